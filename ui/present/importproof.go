package present

import (
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

func (p *ImportPreview) proof(f app.ImportedFile) {
	if f.Opening == nil || f.Closing == nil {
		p.Verdict, p.Status = "The file states no balances", Neutral
		return
	}
	var sum int64
	n := 0
	for i := range f.Rows {
		l := &f.Rows[i].Line
		if !l.Pending && l.Amount.Currency == f.Opening.Currency {
			sum += l.Amount.Minor
			n++
		}
	}
	c := f.Opening.Currency
	should := money.New(f.Opening.Minor+sum, c)
	off := f.Closing.Minor - should.Minor
	p.Proof = [][2]string{
		{"Opening balance", Amount(*f.Opening)},
		{Plural(n, "readable line"), Minor(sum, c)},
		{"Should close at", Amount(should)},
		{"File says", Amount(*f.Closing)},
		{"Difference, " + string(c), Minor(off, c)},
	}
	if f.BalanceHolds != nil && *f.BalanceHolds {
		p.Verdict, p.Status = "Opening + lines = closing", OK
		return
	}
	p.Verdict, p.Status = "Differs by "+p.Proof[4][1], Attention
	if len(f.Quarantined) != 1 {
		return
	}
	q := f.Quarantined[0]
	cells := cellsOf(f.Profile, q.Raw)
	if cells == nil {
		return
	}
	if m, ok := amountIn(f.Profile, cells, c); ok && m.Minor == off && m.Currency == c {
		p.Explains = strings.TrimPrefix(q.Place, "row ")
		p.Verdict += ", exactly row " + p.Explains
	}
}

// FateTitle says what becomes of a line that an import adds.
func FateTitle(f app.LineFate) string {
	switch f {
	case app.MatchesPayout:
		return "New, matches payout"
	case app.MatchesInvoice:
		return "New, matches invoice"
	case app.IsBankCharge:
		return "New, bank charge"
	case app.NeedsSomebody:
		return "New, to resolve"
	case app.IsPending:
		return "New, not booked yet"
	}
	return "New"
}

// fatesOf are the fates of lines by their ids.
func fatesOf(e *app.ImportEffect) map[book.ItemID]app.LineFate {
	if e == nil {
		return nil
	}
	out := make(map[book.ItemID]app.LineFate, len(e.Lines))
	for _, l := range e.Lines {
		out[l.Line] = l.Fate
	}
	return out
}

// effect says in sentences what the import will do.
func (p *ImportPreview) effect(l ImportLook) {
	add := func(parts ...string) { p.Effects = append(p.Effects, strings.Join(parts, "")) }
	e := l.Effect
	switch {
	case p.New == 0:
	case e == nil:
		add("Adds ", Plural(p.New, "bank line"), ". What they match is being looked up.")
	default:
		if text := matchesText(e.Payouts, e.Invoices); text != "" {
			add(text)
		}
		if e.Charges > 0 {
			add("Books ", Plural(e.Charges, "bank charge"), ".")
		}
		if e.Open > 0 {
			add("Leaves ", Plural(e.Open, "line"), " to resolve.")
		}
		if e.Others > 0 {
			add("Adds ", Plural(e.Others, "other line"), ".")
		}
		if e.Pending > 0 {
			add("Notes ", Plural(e.Pending, "line"), " that the bank has not booked yet.")
		}
	}
	if e != nil && e.Settled > 0 {
		add("Takes ", Plural(e.Settled, "announced line"), " back that the bank has settled.")
	}
	if l.File.Replaced > 0 {
		add("Takes ", Plural(l.File.Replaced, "line"), " of the same days out of the books.")
	}
	if p.Known > 0 && p.New == 0 {
		add("Leaves ", Count(p.Known), " alone that the books have already.")
	}
	if p.Kept > 0 {
		add("Keeps ", Count(p.Kept), " aside that could not be read.")
	}
	if len(p.Effects) == 0 {
		add("The file has no lines, so nothing changes.")
	}
}

// matchesText is "Matches 13 payouts and 18 invoices by itself.", "" for none of both.
func matchesText(payouts, invoices int) string {
	var parts []string
	if payouts > 0 {
		parts = append(parts, Plural(payouts, "payout"))
	}
	if invoices > 0 {
		parts = append(parts, Plural(invoices, "invoice"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Matches " + strings.Join(parts, " and ") + " by itself."
}

// Done are the effects of an import that was done, as far as they were known before.
func Done(p *ImportPreview) []string {
	var out []string
	for _, e := range p.Effects {
		if !strings.HasSuffix(e, "is being looked up.") {
			out = append(out, e)
		}
	}
	return out
}

package app

import (
	"cmp"
	"context"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/reconcile"
	"countinghouse/sync/bankfile"
)

// LineFate is what becomes of a line that an import would add.
type LineFate string

// The fates of a line.
const (
	// MatchesPayout and MatchesInvoice are lines that the engine explains by itself.
	MatchesPayout  LineFate = "payout"
	MatchesInvoice LineFate = "invoice"
	// IsBankCharge is money that the bank took for its services.
	IsBankCharge LineFate = "bank charge"
	// NeedsSomebody is a line in an open exception that does not clear by itself.
	NeedsSomebody LineFate = "needs somebody"
	// IsOtherLine is explained by nothing and asks nobody: money that went out, or a line of before
	// the opening date.
	IsOtherLine LineFate = "other"
	// IsPending is announced only, and is not matched before it is booked.
	IsPending LineFate = "pending"
)

// LineEffect is what becomes of one line.
type LineEffect struct {
	Line book.ItemID
	Fate LineFate
	// Items are what it matches, sorted; nil for the other fates.
	Items []book.ItemID
	// Class and Why are those of the exception that needs somebody, "" for the other fates.
	Class book.Class
	Why   string
}

// ImportEffect is what an import would do to the books.
type ImportEffect struct {
	// Lines are the lines that it adds, in the order of the report's rows.
	Lines []LineEffect
	// Payouts and Invoices are how many of them its lines match; one line may pay several.
	Payouts, Invoices int
	// Charges, Open, Others and Pending count the lines of those fates, Settled the lines that were
	// announced and no longer are.
	Charges, Open, Others, Pending, Settled int
}

// ImportEffect says what the lines that a dry run has found new would become. It runs the engine
// over the books and these lines and stores nothing; its errors are those of Month, and the
// context's. A report of an import that was stored already has an effect of its own no more.
func (a *App) ImportEffect(ctx context.Context, r ImportReport, show func(Progress)) (ImportEffect,
	error) {
	var out ImportEffect
	fresh := 0
	for _, f := range r.Files {
		out.Settled += f.Settled
		if f.Err == nil {
			fresh += f.New
		}
	}
	if fresh == 0 {
		return out, ctx.Err()
	}
	show(Progress{Stage: "reading the books", StageOf: 1, Stages: 2})
	in, err := a.input(ctx, a.UsualMonth())
	if err != nil {
		return ImportEffect{}, err
	}
	in.Progress = func(stage string, done, total int) {
		show(Progress{Stage: stage, Done: done, Total: total, StageOf: 2, Stages: 2})
	}
	lines := r.addTo(&in.Books)
	found, err := reconcile.Run(ctx, in)
	if err != nil {
		return ImportEffect{}, err
	}
	m := &Month{Config: a.Config(), Books: in.Books, Matches: found.Matches,
		All: found.Exceptions}
	m.indexUses()
	if err := a.remember(ctx, m.All); err != nil {
		return ImportEffect{}, err
	}
	out.judge(m, lines)
	return out, nil
}

// addTo changes records as storing the files would, and returns the lines that it adds in order.
func (r ImportReport) addTo(books *book.Records) []book.BankLine {
	var lines []book.BankLine
	var would []store.Import
	for _, f := range r.Files {
		if f.Err != nil {
			continue
		}
		would = append(would, f.would)
		for _, row := range f.Rows {
			if !row.Duplicate {
				lines = append(lines, row.Line)
			}
		}
	}
	gone := map[book.ItemID]bool{}
	for _, w := range would {
		books.Statements = append(books.Statements, w.Statements...)
		for _, id := range w.Replaced {
			gone[id] = true
		}
	}
	for _, l := range lines {
		gone[l.ID] = true
	}
	books.Lines = slices.DeleteFunc(books.Lines, func(l book.BankLine) bool { return gone[l.ID] })
	books.Lines = append(books.Lines, lines...)
	// Questions of a month find records by their ids.
	slices.SortFunc(books.Lines, func(a, b book.BankLine) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(books.Statements, func(a, b book.Statement) int { return cmp.Compare(a.ID, b.ID) })
	books.Statements = slices.CompactFunc(books.Statements, func(a, b book.Statement) bool {
		return a.ID == b.ID
	})
	return lines
}

// judge gives each line its fate and counts them.
func (x *ImportEffect) judge(m *Month, lines []book.BankLine) {
	open := map[book.ItemID]*book.Exception{}
	for i := range m.All {
		e := &m.All[i]
		if e.Status != book.Open && e.Status != "" || e.Class.Group() == book.Timing {
			continue
		}
		for _, id := range e.Items {
			if open[id] == nil {
				open[id] = e
			}
		}
	}
	payouts, invoices := map[book.ItemID]bool{}, map[book.ItemID]bool{}
	x.Lines = make([]LineEffect, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		f := LineEffect{Line: l.ID}
		e := open[l.ID]
		switch {
		case l.Pending:
			f.Fate = IsPending
			x.Pending++
		case e != nil:
			f.Fate, f.Class, f.Why = NeedsSomebody, e.Class, e.Why
			x.Open++
		default:
			f.match(m, payouts, invoices)
		}
		if f.Fate == "" && bankfile.IsCharge(l) {
			f.Fate = IsBankCharge
			x.Charges++
		}
		if f.Fate == "" {
			f.Fate = IsOtherLine
			x.Others++
		}
		x.Lines = append(x.Lines, f)
	}
	x.Payouts, x.Invoices = len(payouts), len(invoices)
}

// match finds what the line's live match explains it with. A payment that billing has booked already
// stands for its invoice.
func (f *LineEffect) match(m *Month, payouts, invoices map[book.ItemID]bool) {
	for _, x := range m.MatchesOf(f.Line) {
		if !x.State.Live() {
			continue
		}
		switch x.Leg {
		case book.PayoutBank:
			f.Fate = MatchesPayout
		case book.BankBilling:
			f.Fate = MatchesInvoice
		default:
			continue
		}
		for _, id := range slices.Concat(x.Left, x.Right) {
			if m.Line(id) != nil {
				continue
			}
			f.Items = append(f.Items, id)
			p := m.Payment(id)
			switch {
			case x.Leg == book.PayoutBank:
				payouts[id] = true
			case p != nil && p.InvoiceID != "":
				invoices[p.InvoiceID] = true
			default:
				invoices[id] = true
			}
		}
	}
	slices.Sort(f.Items)
	f.Items = slices.Compact(f.Items)
}

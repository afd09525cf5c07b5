package present

import (
	"fmt"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
)

// PartRow is one kind of movement in a payout, with its bar as fractions from 0 to 1.
type PartRow struct {
	Label, Rows, Amount string
	Total               bool
	Bar                 BarKind
	From, To            float32
}

// CheckRow is one line of a footing check.
type CheckRow struct {
	Text, Amount string
	OK           bool
}

// MemberRow is one movement in a payout; Item is the record's id.
type MemberRow struct {
	ID, About, Kind, Amount string
	Item                    book.ItemID
}

// PayoutDetail is one payout with what it consists of.
type PayoutDetail struct {
	ID, Amount, Currency, Sentence string
	State                          string
	Status                         Status
	Parts                          []PartRow
	AxisNote                       string
	Broken                         bool
	Checks                         []CheckRow
	Difference                     string
	Foots                          bool
	// Bank is the bank line as label and text; empty where none is there yet, and Waiting then says
	// what is waited for. Exception is the one that holds the payout back, "" for none.
	BankTitle, BankAmount string
	Bank                  [][2]string
	Waiting, Exception    string
	Members               []MemberRow
}

func (x *Payouts) detail(c *app.Composition) PayoutDetail {
	p := c.Payout
	row := x.row(c)
	title := x.month.Config.Title(p.Source)
	d := PayoutDetail{ID: string(p.ID), Amount: Amount(p.Amount), Currency: row.Currency,
		State: row.State, Status: row.Status}
	d.Sentence = fmt.Sprintf("%s payout %s, sent %s. ", title, row.Payout, row.Sent)
	switch {
	case c.Swept:
		d.Sentence += "It emptied the balance, so it is all that came since the balance was empty before."
	case p.Members == book.MembersStated:
		d.Sentence += title + " states its members."
	case p.Members == book.MembersPending:
		d.Sentence += title + " has not stated its members yet."
	default:
		d.Sentence += title + " does not state its members."
	}
	d.parts(c)
	d.checks(c, title)
	x.bank(&d, c)
	for _, t := range c.Members {
		about := x.month.Item(t.ID)
		m := MemberRow{ID: ShortID(t.ID), Item: t.ID, Kind: KindTitle(t.Kind),
			Amount: Minor(t.Net, t.Currency),
			About:  about.Customer}
		if about.Invoice != "" {
			m.About += ", invoice " + about.Invoice
		}
		if m.About == "" {
			m.About = t.Text
		}
		d.Members = append(d.Members, m)
	}
	return d
}

func (d *PayoutDetail) parts(c *app.Composition) {
	if len(c.Members) == 0 {
		return
	}
	counts := map[string]int{}
	for _, t := range c.Members {
		switch t.Kind {
		case book.Charge, book.ChargeFailure:
			counts["Charges"]++
		case book.Refund, book.RefundFailure:
			counts["Refunds"]++
		case book.Dispute, book.Reinstatement:
			counts["Disputes"]++
		case book.Fee, book.DisputeFee, book.Tax, book.WithheldTax:
		default:
			counts["Other movements"]++
		}
	}
	type part struct {
		label string
		minor int64
	}
	list := []part{{"Charges", c.Charges}, {"Refunds", c.Refunds}, {"Disputes", c.Disputes},
		{"Fees", c.Fees}, {"Taxes on fees", c.Taxes}, {"Other movements", c.Other}}
	low, high, running := c.Charges, c.Charges, int64(0)
	for _, p := range list {
		running += p.minor
		low, high = min(low, running), max(high, running)
	}
	a := newAxis(low, high)
	d.Broken, d.AxisNote = a.from > 0, "axis from "+axisLabel(a.from, c.Payout.Amount.Currency)
	running = 0
	for i, p := range list {
		if p.label == "Other movements" && p.minor == 0 && counts[p.label] == 0 {
			continue
		}
		row := PartRow{Label: p.label, Amount: Amount(c.Amount(p.minor)), Bar: BarZero}
		if n := counts[p.label]; n > 0 {
			row.Rows = Count(n)
		}
		row.From, row.To = a.place(running), a.place(running+p.minor)
		switch {
		case i == 0:
			row.Bar, row.From = BarTotal, a.place(max(a.from, 0))
		case p.minor > 0:
			row.Bar = BarUp
		case p.minor < 0:
			row.Bar = BarDown
		}
		running += p.minor
		d.Parts = append(d.Parts, row)
	}
	d.Parts = append(d.Parts, PartRow{Label: "Net payout", Rows: Count(len(c.Members)), Total: true,
		Amount: Amount(c.Amount(c.Net)), Bar: BarTotal, From: a.place(max(a.from, 0)),
		To: a.place(c.Net)})
}

func (d *PayoutDetail) checks(c *app.Composition, title string) {
	stated := c.Payout.Members == book.MembersStated || c.Swept
	difference := c.Difference
	if stated {
		d.Checks = append(d.Checks, CheckRow{Plural(len(c.Members), "member net") + " added up",
			Amount(c.Amount(c.Net)), c.Difference == 0})
	}
	d.Checks = append(d.Checks, CheckRow{"Payout as " + title + " states it", d.Amount, true})
	if c.Line != nil {
		same := c.Line.Amount == c.Payout.Amount
		d.Checks = append(d.Checks, CheckRow{"Bank line", Amount(c.Line.Amount), same})
		if difference == 0 {
			difference = c.Line.Amount.Minor - c.Payout.Amount.Minor
		}
	}
	d.Difference, d.Foots = Amount(c.Amount(difference)), difference == 0
}

func (x *Payouts) bank(d *PayoutDetail, c *app.Composition) {
	l := c.Line
	if l == nil {
		due := ""
		if c.Payout.ArrivesOn != 0 {
			due = "Expected " + DateText(c.Payout.ArrivesOn) + "."
		}
		d.Waiting = strings.TrimSpace("No bank line yet. " + due)
		if e := x.held[c.Payout.ID]; e != nil && d.State == toResolve {
			d.Waiting, d.Exception = strings.TrimSpace(due+" "+held(e)), e.ID
		}
		if c.Payout.State == book.PayoutFailed {
			d.Waiting = "The payout came back into the gateway's balance: " +
				strings.ReplaceAll(c.Payout.Reason, "_", " ") + "."
		}
		return
	}
	d.BankTitle, d.BankAmount = "Bank line, "+string(l.Account), Amount(l.Amount)
	d.Bank = [][2]string{
		{"Booked", DateText(l.On) + ", value date " + DateText(l.ValueOn)},
		{"Sender", l.Counterparty},
		{"Text", l.Text},
	}
	for _, m := range x.month.MatchesOf(c.Payout.ID) {
		if m.Leg == book.PayoutBank && m.State.Live() {
			d.Bank = append(d.Bank, [2]string{"Matched", PassTitle(m.Pass) + ", both ways unique"})
		}
	}
}

// held says why a payout with a candidate at the bank is not matched yet.
func held(e *book.Exception) string {
	name := fmt.Sprintf("exception %s %s, %s", e.Class, e.Class.Name(), e.Amount)
	if e.Class == book.D7 {
		return "Several bank lines or payouts fit equally well: " + name + "."
	}
	return "A bank line may be this payout, but nothing proves it: " + name + "."
}

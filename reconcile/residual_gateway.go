package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// reversals names refunds, disputes and what came back of them where billing lacks its side, and
// taxes that the gateway withheld.
func (e *engine) reversals() {
	for i, tx := range e.txs {
		t := int32(i)
		if e.txHeld[i] || !moved(tx) {
			continue
		}
		switch tx.Kind {
		case book.Refund:
			if e.payOf(t) == none && !e.hasChild(t, book.RefundFailure) && tx.State != book.Failed {
				e.reversal(book.R1, t, "The %s paid back %s, but billing records 0.00 of it%s.")
			}
		case book.RefundFailure:
			if e.payOf(t) == none {
				e.reversal(book.R3, t, "The %s brought %s back to us, so the customer has 0.00 "+
					"of the refund%s.")
			}
		case book.Dispute:
			if e.payOf(t) == none && !e.hasChild(t, book.Reinstatement) && e.saysPaid(t) {
				e.reversal(book.R4, t, "The %s took %s back, but billing records 0.00 of it and "+
					"still says paid%s.")
			}
		case book.Reinstatement:
			if e.payOf(t) == none && e.saysReversed(t) {
				e.reversal(book.R5, t, "The %s gave %s back to us, but billing records 0.00 of "+
					"it and still says reversed%s.")
			}
		case book.WithheldTax:
			e.txHeld[i] = true
			a := money.New(tx.Gross, tx.Currency)
			e.raise(finding{class: book.A9, leg: book.GatewayGateway, about: []ref{txRef(t)},
				amount: a, flags: []book.Flag{book.FlagWithheldTax}, why: fmt.Sprintf(
					"The %s kept %s as tax, so that much less than was charged reaches the bank.",
					e.name(txRef(t)), coded(a))})
		}
	}
}

// reversal raises an R class on a movement and what it reverses.
func (e *engine) reversal(class book.Class, t int32, words string) {
	a := charged(e.txs[t])
	about := []ref{txRef(t)}
	if up := e.parent[t]; up != none {
		about = append(about, txRef(up))
		if class == book.R3 {
			e.txHeld[up] = true
		}
	}
	subject := ""
	if p := e.payOf(e.origin(t)); p != none {
		subject = e.subject(p)
	}
	e.txHeld[t] = true
	e.raise(finding{class: class, leg: book.BillingGateway, about: about, amount: a,
		why: fmt.Sprintf(words, e.name(txRef(t)), coded(a), subject)})
}

func (e *engine) hasChild(t int32, kind book.TransactionKind) bool {
	for _, c := range e.children[t] {
		if e.txs[c].Kind == kind {
			return true
		}
	}
	// A source may tie what came back to the charge, beside what it reverses.
	if up := e.parent[t]; up != none {
		for _, c := range e.children[up] {
			if e.txs[c].Kind == kind && c != t && charged(e.txs[c]) == charged(e.txs[t]).Neg() &&
				e.txs[c].At >= e.txs[t].At {
				return true
			}
		}
	}
	return false
}

// saysPaid reports whether billing still counts the money of a movement's charge.
func (e *engine) saysPaid(t int32) bool {
	p := e.payOf(e.origin(t))
	if p == none {
		return false
	}
	v := e.payInv[p]
	return v == none || e.invs[v].Status == book.InvoicePaid || e.invs[v].Status.Open() &&
		e.invs[v].Status != book.InvoiceCollections
}

// saysReversed reports whether billing has booked the loss that a reinstatement undoes.
func (e *engine) saysReversed(t int32) bool {
	up := e.parent[t]
	if up == none {
		return true
	}
	if e.txs[up].Kind == book.Dispute {
		return e.payOf(up) != none || !e.saysPaid(up) && e.payOf(e.origin(up)) != none
	}
	for _, c := range e.children[up] {
		if e.txs[c].Kind == book.Dispute && e.payOf(c) != none {
			return true
		}
	}
	return e.payOf(up) != none && !e.saysPaid(up)
}

// purse is one balance: a source and a currency.
type purse struct {
	source   book.SourceName
	currency money.Currency
}

// unsettled names what is in no payout: charges that wait (T1), other movements that cross the end
// of a month (T3), reserves (T6), and what waits too long (M3).
func (e *engine) unsettled() {
	waiting := map[purse]int64{}
	free := e.unpaidOut()
	for _, t := range free {
		tx := e.txs[t]
		if tx.AvailableAt <= e.in.At {
			waiting[purse{tx.Source, tx.Currency}] += tx.Net
		}
	}
	for i, p := range e.pouts {
		if e.poutComposed[i] == none && p.Members != book.MembersStated &&
			e.cameBack(int32(i)) == 0 {
			waiting[purse{p.Source, p.Amount.Currency}] -= p.Amount.Minor
		}
	}
	// A hold lowers the next payout, whose member it is, and stays a hold until it is released.
	e.reserves()
	schedules := e.schedules()
	emptied := e.emptied()
	for _, t := range free {
		tx := e.txs[t]
		p := purse{tx.Source, tx.Currency}
		if tx.Kind == book.Reserve {
			continue
		}
		plan := schedules[p]
		expected, deadline := e.expected(tx, plan)
		// It is late where payouts left it behind, or where there is a balance to pay out.
		late := e.today > deadline && !plan.byHand() && !e.sourceOf(tx.Source).NoMembers &&
			(waiting[p] > 0 || e.leftBehind(plan, expected, e.in.At+1))
		switch {
		case e.coveredBy(plan, tx, expected, deadline), tx.At <= emptied[p]:
		case late && tx.Net > 0:
			e.overdue(t, deadline)
		case tx.Kind == book.Charge && tx.State == book.Succeeded && e.payOf(t) != none:
			e.waits(book.T1, t, expected)
		case tx.Kind != book.Charge && tx.Kind != book.ChargeFailure &&
			book.MonthOf(e.txOn[t]) < book.MonthOf(expected):
			e.waits(book.T3, t, expected)
		}
	}
}

// unpaidOut lists the movements that no payout carried, as far as anybody states.
func (e *engine) unpaidOut() []int32 {
	var out []int32
	for i, t := range e.txs {
		if moved(t) && t.PayoutID == "" && e.txSettled[i] == none && !e.missing[int32(i)] &&
			t.State != book.Cancelled {
			out = append(out, int32(i))
		}
	}
	return out
}

func (e *engine) overdue(t int32, deadline book.Date) {
	a := e.gross(txRef(t))
	e.raise(finding{class: book.M3, leg: book.GatewayPayout, about: []ref{txRef(t)}, amount: a,
		why: fmt.Sprintf("The %s brought %s, but until %s it was in no payout, so 0.00 of it is "+
			"on its way to the bank.",
			e.name(txRef(t)), coded(a), deadline)})
}

func (e *engine) waits(class book.Class, t int32, expected book.Date) {
	if e.txHeld[t] {
		return
	}
	a := e.gross(txRef(t))
	e.raise(finding{class: class, leg: book.GatewayPayout, about: []ref{txRef(t)}, amount: a,
		clears: expected, why: fmt.Sprintf("The %s of %s is in no payout yet and is expected in "+
			"one by %s.",
			e.name(txRef(t)), coded(a), expected)})
}

// reserves names the holds that are not released. A release belongs to the hold that it names; one
// that names none, to the oldest hold of its amount that is still open.
func (e *engine) reserves() {
	type hold struct {
		purse
		gross int64
	}
	open := map[hold][]int32{}
	var rows []int32
	for i, t := range e.txs {
		if t.Kind == book.Reserve {
			rows = append(rows, int32(i))
		}
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		return cmp.Compare(e.txs[a].At, e.txs[b].At)
	})
	for _, t := range rows {
		tx := e.txs[t]
		k := hold{purse{tx.Source, tx.Currency}, max(tx.Gross, -tx.Gross)}
		switch {
		case tx.Gross < 0 && !e.namedRelease(t):
			open[k] = append(open[k], t)
		case tx.Gross > 0 && e.parent[t] == none && len(open[k]) > 0:
			open[k] = open[k][1:]
		}
	}
	for _, t := range rows {
		tx := e.txs[t]
		if slices.Contains(open[hold{purse{tx.Source, tx.Currency}, -tx.Gross}], t) {
			e.reserve(t)
		}
	}
}

// namedRelease reports whether a release names the hold as its parent.
func (e *engine) namedRelease(t int32) bool {
	return slices.ContainsFunc(e.children[t], func(c int32) bool {
		return e.txs[c].Kind == book.Reserve && e.txs[c].Gross > 0
	})
}

// reserve names money that the gateway holds back until it is released.
func (e *engine) reserve(t int32) {
	tx := e.txs[t]
	a := money.New(tx.Gross, tx.Currency)
	f := finding{class: book.T6, leg: book.GatewayGateway, about: []ref{txRef(t)}, amount: a,
		clears: tx.DueOn}
	switch {
	case tx.DueOn == 0:
		f.why = fmt.Sprintf("%s holds back %s and does not say until when.", e.title(tx.Source),
			coded(a))
	case tx.DueOn >= e.today:
		f.why = fmt.Sprintf("%s holds back %s until %s.", e.title(tx.Source), coded(a), tx.DueOn)
	default:
		f.class, f.clears = book.M3, 0
		f.why = fmt.Sprintf("%s held back %s until %s, but has released 0.00 of it.",
			e.title(tx.Source), coded(a), tx.DueOn)
	}
	e.raise(f)
}

package reconcile

import (
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// handFindings names what the matches of people leave over. Matches that share a record are looked at
// together: who divides one bank line among two invoices wants to know what is left of the line.
func (e *engine) handFindings() {
	for _, leg := range []book.Leg{book.BillingGateway, book.PayoutBank, book.BankBilling} {
		g := newGraph()
		for i := range e.links {
			l := &e.links[i]
			if l.leg != leg || l.state != book.Confirmed {
				continue
			}
			for _, left := range l.left {
				for _, right := range l.right {
					g.pair(left, right)
				}
			}
		}
		for _, c := range g.components() {
			e.handFinding(leg, c)
		}
	}
}

// handFinding compares both sides of one such set. What has several currencies is compared by the
// conversion, a pair of billing and gateway by pairFindings, and a payout's members as stated ones are.
func (e *engine) handFinding(leg book.Leg, c component) {
	due, ok := e.handSum(leg, c.left)
	got, also := e.handSum(leg, c.right)
	if !ok || !also || due.Currency != got.Currency || due == got {
		return
	}
	gap := money.New(due.Minor-got.Minor, due.Currency)
	about := append(slices.Clone(c.right), c.left...)
	f := finding{leg: leg, about: about, amount: gap}
	switch leg {
	case book.BillingGateway:
		if c.unique() || e.hasInvoice(c) {
			return
		}
		f.class, f.about = book.A4, append(slices.Clone(c.left), c.right...)
		f.why = fmt.Sprintf("Billing records %s with %s, but %s brought %s, so the records are %s off.",
			coded(due), e.list(c.left), e.list(c.right), figure(got), figure(gap))
	case book.PayoutBank:
		f.class, f.about = book.A1, append(slices.Clone(c.left), c.right...)
		what := "less than was sent"
		if gap.Minor < 0 {
			f.class, what = book.A2, "more than was sent"
		}
		f.why = fmt.Sprintf("%s sent %s, but %s shows %s, which is %s %s.", upper(e.list(c.left)),
			coded(due), e.list(c.right), figure(got), figure(gap), what)
	case book.BankBilling:
		e.handTransfer(c, &f, due, got)
	}
	for _, r := range about {
		if leg == book.BillingGateway {
			e.hold(r)
		}
	}
	e.raise(f)
}

// handTransfer names what is left of a transfer that a person matched.
func (e *engine) handTransfer(c component, f *finding, due, got money.Money) {
	gap := figure(f.amount)
	switch {
	case !e.hasInvoice(c):
		f.class = book.A4
		f.why = fmt.Sprintf("Billing records %s with %s, but %s shows %s, so the record is %s off.",
			coded(due), e.list(c.left), e.list(c.right), figure(got), gap)
		return
	case f.amount.Minor < 0 && len(c.left) > 1:
		f.class = book.M7
		f.why = fmt.Sprintf("%s brought %s, but %s come to %s, so %s of it pays no invoice.",
			upper(e.list(c.right)), coded(got), e.list(c.left), figure(due), gap)
		return
	case f.amount.Minor < 0:
		f.class = book.A2
		f.why = fmt.Sprintf("%s open on %s, but %s brought %s, so %s too much came in.",
			upper(coded(due)+" is"), e.list(c.left), e.list(c.right), figure(got), gap)
		return
	}
	f.class = book.A1
	if len(c.right) > 1 {
		f.class = book.A3
	}
	f.why = fmt.Sprintf("%s open on %s, but %s brought %s, so the customer still owes %s.",
		upper(coded(due)+" is"), e.list(c.left), e.list(c.right), figure(got), gap)
}

func (e *engine) hasInvoice(c component) bool {
	return slices.ContainsFunc(c.left, func(r ref) bool { return r.sort() == sortInv })
}

// handSum adds up one side; false where it has several currencies, or what went back.
func (e *engine) handSum(leg book.Leg, side []ref) (money.Money, bool) {
	var sum money.Money
	for i, r := range side {
		a := e.amount(r, leg)
		switch {
		case r.sort() == sortTx && leg == book.PayoutBank:
			return sum, false
		case r.sort() == sortInv && e.invs[r.at()].Status.Open():
			a = e.openAmount(r)
		case r.sort() == sortInv:
			// Billing counts it as paid: what is due is what the match takes of it.
			a = money.New(e.use.inv[r.at()], a.Currency)
		}
		if i > 0 && sum.Currency != a.Currency {
			return sum, false
		}
		sum = money.New(sum.Minor+a.Minor, a.Currency)
	}
	return sum, true
}

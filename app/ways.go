package app

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// mostWays is how many ways to reach zero a person is shown.
const mostWays = 3

// Ways are the ways from a selection to a difference of zero, the likeliest first: what to add on the
// billing side, what to choose in its place, and what to keep as credit. They only order candidates;
// nothing is chosen by itself.
func (m *Month) Ways(left, right []book.ItemID) []Candidate {
	money, paid := m.receiptSide(left, right)
	if len(money) == 0 {
		return nil
	}
	leg := book.BankBilling
	if m.kindOf(money[0]) == book.KindTransaction {
		leg = book.BillingGateway
	}
	got, ok := m.sumHolding(money, leg)
	due, also := m.sumHolding(paid, leg)
	if !ok || !also || len(paid) > 0 && got.Currency != due.Currency {
		return nil
	}
	rest := got
	rest.Minor -= due.Minor
	if rest.Minor == 0 {
		return nil
	}
	var all []Candidate
	if rest.Minor > 0 {
		all = append(all, m.additions(money, paid, leg, rest)...)
	}
	if len(money) == 1 {
		all = append(all, m.instead(money[0], paid)...)
	}
	if who := m.ownerOf(money, paid); rest.Minor > 0 && who != "" && len(all) < mostWays {
		c := Candidate{Amount: rest, Difference: zero(rest), Credit: true,
			Title: "Keep " + plainFigure(rest) + " as client credit", Detail: "Stays open as M7 unapplied cash",
			Facts: []CandidateFact{{"The payer is a known customer", true}, {"Not applied to any invoice", false}}}
		all = append(all[:min(len(all), mostWays-1)], c)
	}
	return all[:min(len(all), mostWays)]
}

// receiptSide tells which side the money came in on.
func (m *Month) receiptSide(left, right []book.ItemID) (money, paid []book.ItemID) {
	came := []book.Kind{book.KindBankLine, book.KindTransaction}
	bills := []book.Kind{book.KindInvoice, book.KindPayment}
	switch {
	case m.holds(left, came) && (len(right) == 0 || m.holds(right, bills)):
		return left, right
	case m.holds(right, came) && (len(left) == 0 || m.holds(left, bills)):
		return right, left
	}
	return nil, nil
}

func zero(a money.Money) money.Money { return money.New(0, a.Currency) }

func (m *Month) sumHolding(items []book.ItemID, leg book.Leg) (money.Money, bool) {
	var out []part
	for _, id := range items {
		out = append(out, part{id, m.free(id, leg, nil)})
	}
	if len(out) == 0 {
		return money.Money{}, true
	}
	return sumOf(out)
}

// ownerOf is the customer whom a selection is about, "" where nobody knows or several are.
func (m *Month) ownerOf(money, paid []book.ItemID) book.ItemID {
	var who book.ItemID
	for _, id := range money {
		of := m.customerOf(id)
		if l := m.Line(id); l != nil {
			of = m.senderOf(l)
		}
		if of != "" && who != "" && of != who {
			return ""
		}
		who = cmp.Or(who, of)
	}
	for _, id := range paid {
		of := m.customerOf(id)
		if of != "" && who != "" && of != who {
			return ""
		}
		who = cmp.Or(who, of)
	}
	return who
}

// additions are the open records of the same customer that fill what is missing: one alone, or several.
func (m *Month) additions(came, paid []book.ItemID, leg book.Leg, rest money.Money) []Candidate {
	who := m.ownerOf(came, paid)
	if who == "" {
		return nil
	}
	var pool []book.ItemID
	for _, o := range m.openItems([]book.Kind{book.KindPayment, book.KindInvoice}, leg) {
		id := o.item
		if m.customerOf(id) != who || slices.Contains(paid, id) {
			continue
		}
		if o.use.Currency == rest.Currency && o.use.Minor > 0 {
			pool = append(pool, id)
		}
	}
	slices.SortStableFunc(pool, func(a, b book.ItemID) int {
		return cmp.Or(cmp.Compare(m.ItemOn(a), m.ItemOn(b)), cmp.Compare(a, b))
	})
	pool = pool[:min(len(pool), 24)]
	amounts := make([]int64, len(pool))
	for i, id := range pool {
		amounts[i] = m.free(id, leg, nil).Minor
	}
	found, _ := reconcile.Subsets(amounts, rest.Minor)
	slices.SortStableFunc(found, func(a, b []int) int { return cmp.Compare(len(a), len(b)) })
	var out []Candidate
	for _, of := range found {
		c := Candidate{Amount: rest, Difference: zero(rest), Detail: "The only set that is exact"}
		if len(found) > 1 {
			c.Detail = "Another set comes to it too"
		}
		for _, i := range of {
			c.Items = append(c.Items, pool[i])
		}
		c.Title = "Add " + m.listed(c.Items)
		c.Facts = []CandidateFact{{"Belongs to this customer", true},
			{"Next oldest open one", len(of) == 1 && of[0] == 0}, {"Sum is exact", true}}
		out = append(out, c)
	}
	return out
}

// instead are other records that come to the money alone.
func (m *Month) instead(item book.ItemID, paid []book.ItemID) []Candidate {
	var out []Candidate
	for _, c := range m.Candidates(item) {
		if c.Difference.Minor == 0 && !c.Rejected && (len(paid) == 0 || !holdsEvery(c.Items, paid)) {
			if len(paid) > 0 {
				c.Title += " alone"
			}
			out = append(out, c)
		}
	}
	return out
}

// holdsEvery reports whether items hold every one of some.
func holdsEvery(items, some []book.ItemID) bool {
	for _, id := range some {
		if !slices.Contains(items, id) {
			return false
		}
	}
	return true
}

package app

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Composition is what a payout consists of.
type Composition struct {
	Payout *book.Payout
	// Members are the transactions that the provider states, or those that a match says it consists
	// of, sorted by time, then id.
	Members []*book.Transaction
	// Swept says that no provider states them: they are all that the balance held when the payout
	// emptied it.
	Swept bool
	// Charges, Refunds, Disputes, Other are gross; Fees and Taxes are negative; all in the payout's
	// currency. They add up to Net.
	Charges, Refunds, Disputes, Other, Fees, Taxes, Net int64
	// Difference is Net minus the payout's amount: zero where it foots.
	Difference int64
	Line       *book.BankLine
}

// Compositions are the payouts of the period, sent or booked in it, and those sent before it that an
// open exception says are not at the bank; newest first.
func (m *Month) Compositions() []Composition {
	waiting := m.waitingPayouts()
	members := map[book.ItemID][]*book.Transaction{}
	for i := range m.Books.Transactions {
		if t := &m.Books.Transactions[i]; t.PayoutID != "" {
			members[t.PayoutID] = append(members[t.PayoutID], t)
		}
	}
	var out []Composition
	for i := range m.Books.Payouts {
		p := &m.Books.Payouts[i]
		if p.State == book.PayoutCancelled {
			continue
		}
		c := Composition{Payout: p, Members: members[p.ID], Line: m.lineOf(p.ID)}
		sent := m.ItemOn(p.ID)
		if !m.Period.Has(sent) && (c.Line == nil || !m.Period.Has(c.Line.On)) &&
			(c.Line != nil || !waiting[p.ID] || sent > m.Period.Last()) {
			continue
		}
		if len(c.Members) == 0 && p.Members == book.MembersUnstated {
			c.Members = m.swept(p.ID)
			c.Swept = len(c.Members) > 0
		}
		c.add()
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Composition) int {
		return cmp.Or(cmp.Compare(b.Payout.SentAt, a.Payout.SentAt),
			cmp.Compare(a.Payout.ID, b.Payout.ID))
	})
	return out
}

// swept are the members that a live match gives to a payout, nil where there is none.
func (m *Month) swept(payout book.ItemID) []*book.Transaction {
	var out []*book.Transaction
	for _, x := range m.MatchesOf(payout) {
		if x.Leg != book.GatewayPayout || !x.State.Live() {
			continue
		}
		for _, id := range x.Left {
			if t := m.Transaction(id); t != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// waitingPayouts are those that an open exception between payout and bank names.
func (m *Month) waitingPayouts() map[book.ItemID]bool {
	out := map[book.ItemID]bool{}
	for i := range m.Exceptions {
		e := &m.Exceptions[i]
		if e.Leg != book.PayoutBank || e.Status != book.Open {
			continue
		}
		for _, id := range e.Items {
			out[id] = true
		}
	}
	return out
}

func (m *Month) lineOf(payout book.ItemID) *book.BankLine {
	for _, x := range m.MatchesOf(payout) {
		if x.Leg == book.PayoutBank && x.State.Live() && len(x.Right) == 1 {
			return m.Line(x.Right[0])
		}
	}
	return nil
}

func (c *Composition) add() {
	slices.SortFunc(c.Members, func(a, b *book.Transaction) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	for _, t := range c.Members {
		switch t.Kind {
		case book.Charge, book.ChargeFailure:
			c.Charges += t.Gross
		case book.Refund, book.RefundFailure:
			c.Refunds += t.Gross
		case book.Dispute, book.Reinstatement:
			c.Disputes += t.Gross
		case book.Fee, book.DisputeFee:
			c.Fees += t.Gross
		case book.Tax, book.WithheldTax:
			c.Taxes += t.Gross
		default:
			c.Other += t.Gross
		}
		c.Fees -= t.Fee
		c.Taxes -= t.Tax
		c.Net += t.Net
	}
	c.Difference = c.Net - c.Payout.Amount.Minor
	if c.Payout.Members != book.MembersStated && !c.Swept {
		c.Difference = 0
	}
}

// Amount is money in a composition's currency.
func (c *Composition) Amount(minor int64) money.Money {
	return money.New(minor, c.Payout.Amount.Currency)
}

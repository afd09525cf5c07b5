package world

import (
	"cmp"
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ledgers proves each gateway's side on its own.
func (c *checker) ledgers() error {
	for _, name := range append([]book.SourceName{StripeName}, More...) {
		l := c.w.Ledger(name)
		for _, check := range []func(book.SourceName, *Ledger) error{c.ledger, c.members, c.payouts,
			c.orders} {
			if err := check(name, l); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// ledger proves gross − fee − tax = net row by row, that charges have the rows that their state asks
// for, that the parts of the balance make the sum of all nets, and that nothing is left of a currency
// that the business has no account in.
func (c *checker) ledger(name book.SourceName, l *Ledger) error {
	sums := map[money.Currency]int64{}
	rows := map[string]*Movement{}
	for i := range l.Movements {
		v := &l.Movements[i]
		if v.Gross-v.Fee-v.Tax != v.Net {
			return fmt.Errorf("movement %s: %d - %d - %d is not %d", v.ID, v.Gross, v.Fee, v.Tax,
				v.Net)
		}
		if GatewayOf(v.ID) != name {
			return fmt.Errorf("movement %s has an id of %s", v.ID, GatewayOf(v.ID))
		}
		sums[v.Currency] += v.Net
		rows[v.ID] = v
	}
	banked := map[money.Currency]bool{}
	for _, a := range c.w.Accounts {
		banked[a.Currency] = true
	}
	for currency, sum := range sums {
		available, pending := l.Balance(currency, c.w.Now)
		if available+pending != sum {
			return fmt.Errorf("%s balance: %d and %d are not %d", currency, available, pending, sum)
		}
		if !banked[currency] && sum != 0 {
			return fmt.Errorf("%d is left in %s", sum, currency)
		}
	}
	for i := range l.Charges {
		v := &l.Charges[i]
		row := rows[v.MovementID]
		moved := v.State == book.Succeeded
		if name == StripeName {
			moved = v.State != book.Failed || v.FailureMovementID != ""
		}
		if (row != nil) != moved {
			return fmt.Errorf("charge %s is %s, its row is %q", v.ID, v.State, v.MovementID)
		}
		if row != nil && row.Currency == v.Amount.Currency && row.Gross != v.Amount.Minor {
			return fmt.Errorf("charge %s of %s has a row of %d", v.ID, v.Amount, row.Gross)
		}
	}
	return nil
}

// members proves that no row left before it was available, in a payout of another currency, or in
// one that states no members.
func (c *checker) members(_ book.SourceName, l *Ledger) error {
	at := map[string]*Payout{}
	for i := range l.Payouts {
		at[l.Payouts[i].ID] = &l.Payouts[i]
	}
	for i := range l.Movements {
		v := &l.Movements[i]
		if v.PayoutID == "" {
			continue
		}
		p := at[v.PayoutID]
		if p == nil || p.At < v.AvailableAt || p.Amount.Currency != v.Currency || !p.Automatic {
			return fmt.Errorf("movement %s cannot be in payout %s", v.ID, v.PayoutID)
		}
	}
	return nil
}

// payouts proves that each payout has its own row, that the members of the truth add up to it, save
// for faults, that stated members are the true ones, and that where none are stated it took the
// whole balance.
func (c *checker) payouts(name book.SourceName, l *Ledger) error {
	own, stated := map[string]int64{}, map[string]int64{}
	for i := range l.Movements {
		v := &l.Movements[i]
		if v.Category == "payout" {
			own[cmp.Or(v.SourceID, v.ID)] += v.Gross
		}
		stated[v.PayoutID] += v.Net
	}
	states := name == StripeName || name == RazorpayName
	for i := range l.Payouts {
		p := &l.Payouts[i]
		if own[p.ID] != -p.Amount.Minor || p.Amount.Minor == 0 {
			return fmt.Errorf("%s of %s has a row of %d", p.Item(), p.Amount, own[p.ID])
		}
		flaw := c.flaws[p.Item()]
		if sum := c.composed[p.Item()]; (sum == p.Amount.Minor) == (flaw == book.M6) {
			return fmt.Errorf("%s of %s has true members of %d, fault %q", p.Item(), p.Amount, sum,
				flaw)
		}
		if foots := stated[p.ID] == p.Amount.Minor; states &&
			foots == (flaw == book.A8 || flaw == book.M6) {
			return fmt.Errorf("%s of %s has members of %d, fault %q", p.Item(), p.Amount,
				stated[p.ID], flaw)
		}
		if left := balanceAfter(l, p); !states && (left == 0) == (flaw == book.M6) {
			return fmt.Errorf("%s of %s leaves %d, fault %q", p.Item(), p.Amount, left, flaw)
		}
		if first := utcDate(p.At); !isBusiness(p.ArrivesOn) || p.ArrivesOn < first ||
			p.ArrivesOn == first && name != RazorpayName {
			return fmt.Errorf("%s arrives on %s", p.Item(), p.ArrivesOn)
		}
	}
	return nil
}

// balanceAfter is what is left in a payout's currency by all rows up to it.
func balanceAfter(l *Ledger, p *Payout) int64 {
	sum := int64(0)
	for i := range l.Movements {
		if v := &l.Movements[i]; v.Currency == p.Amount.Currency && v.At <= p.At {
			sum += v.Net
		}
	}
	return sum
}

// orders proves that an order whose money arrived has a charge and a row, and only such a one.
func (c *checker) orders(_ book.SourceName, l *Ledger) error {
	charges := map[string]*Charge{}
	for i := range l.Charges {
		charges[l.Charges[i].ID] = &l.Charges[i]
	}
	for i := range l.Orders {
		o := &l.Orders[i]
		ch := charges[o.ID]
		paid := o.Status == "PAID"
		if paid != (o.MovementID != "") || paid != (o.PaidAt != 0) || o.At > o.UpdatedAt {
			return fmt.Errorf("order %s is %s, its row is %q", o.ID, o.Status, o.MovementID)
		}
		if (ch != nil) != (paid || o.Status == "PENDING") ||
			ch != nil && (ch.IntentID != o.PreOrderID || ch.MovementID != o.MovementID) {
			return fmt.Errorf("order %s is %s and its charge another one's", o.ID, o.Status)
		}
		if paid && o.Received == "" || (o.Received != "") && o.Received.Unit() != o.Pay.Unit() {
			return fmt.Errorf("order %s of %s received %q", o.ID, o.Pay, o.Received)
		}
	}
	return nil
}

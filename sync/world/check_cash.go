package world

import (
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
)

// compositions adds up the members that the truth gives each payout.
func (c *checker) compositions() error {
	nets := map[book.ItemID]int64{}
	for _, name := range c.w.Gateways() {
		l := c.w.Ledger(name)
		for i := range l.Movements {
			if v := &l.Movements[i]; v.Category != "payout" {
				nets[v.Item()] += v.Net
			}
		}
	}
	for _, p := range c.w.Truth.Pairs {
		if p.Leg == book.GatewayPayout {
			c.composed[p.Right] += nets[p.Left]
		}
	}
	return nil
}

// banks proves that lines are in order, in the account's currency, and of days that are over.
func (c *checker) banks() error {
	for _, a := range c.w.Accounts {
		sum, last := a.Opening, c.w.OpeningOn
		for i := range a.Lines {
			l := &a.Lines[i]
			if l.On < last || l.On >= c.w.Now.In(c.w.Zone) || l.Amount.Currency != a.Currency ||
				l.Amount.Minor == 0 || l.BankID == "" {
				return fmt.Errorf("%s: line %d (%s) is out of order", a.Name, i+1, l.BankID)
			}
			sum, last = sum+l.Amount.Minor, l.On
		}
		if got := a.BalanceOn(last); got != sum {
			return fmt.Errorf("%s: balance %d, opening and lines %d", a.Name, got, sum)
		}
	}
	return nil
}

// times proves that everything happened between the opening and Now, in whole seconds and in order.
func (c *checker) times() error {
	w := c.w
	from := w.OpeningOn.Start(w.Zone)
	last := map[string]book.Instant{}
	see := func(kind string, at book.Instant) error {
		if at < from || at > w.Now || at%second != 0 || at < last[kind] {
			return fmt.Errorf("a %s at %s, after %s", kind, at, last[kind])
		}
		last[kind] = at
		return nil
	}
	var errs []error
	for i := range w.Payments {
		errs = append(errs, see("payment", w.Payments[i].At))
	}
	for _, name := range w.Gateways() {
		l, name := w.Ledger(name), string(name)+"'s "
		for i := range l.Charges {
			errs = append(errs, see(name+"charge", l.Charges[i].At))
		}
		for i := range l.Refunds {
			errs = append(errs, see(name+"refund", l.Refunds[i].At))
		}
		for i := range l.Disputes {
			errs = append(errs, see(name+"dispute", l.Disputes[i].At))
		}
		for i := range l.Movements {
			errs = append(errs, see(name+"movement", l.Movements[i].At))
		}
		for i := range l.Payouts {
			errs = append(errs, see(name+"payout", l.Payouts[i].At))
		}
		for i := range l.Orders {
			errs = append(errs, see(name+"order", l.Orders[i].At))
		}
	}
	for i := range w.Invoices {
		errs = append(errs, see("invoice", w.Invoices[i].IssuedOn.Start(w.Zone)))
	}
	return firstOf(errs)
}

// numbers proves that an invoice's printed number, or its last part, is another invoice's id only
// where a fault says so, and that ids ascend.
func (c *checker) numbers() error {
	ids := map[int]bool{}
	last := 0
	for i := range c.w.Invoices {
		if c.w.Invoices[i].ID <= last {
			return fmt.Errorf("invoice %d after %d", c.w.Invoices[i].ID, last)
		}
		last = c.w.Invoices[i].ID
		ids[last] = true
	}
	for i := range c.w.Invoices {
		v := &c.w.Invoices[i]
		_, tail, found := strings.Cut(v.Number, "-")
		if !found {
			tail = v.Number
		}
		n, err := strconv.Atoi(tail)
		if v.Number != "" && err != nil {
			return fmt.Errorf("%s has number %q", v.Item(), v.Number)
		}
		if n != v.ID && ids[n] && c.flaws[v.Item()] != book.D7 {
			return fmt.Errorf("%s has number %q, which is another one's id", v.Item(), v.Number)
		}
	}
	return nil
}

// truth proves that pairs and faults speak of items that exist, once each.
func (c *checker) truth() error {
	seen := map[Pair]bool{}
	for _, p := range c.w.Truth.Pairs {
		if !c.items[p.Left] || !c.items[p.Right] {
			return fmt.Errorf("pair of %s and %s: one is not there", p.Left, p.Right)
		}
		if seen[p] {
			return fmt.Errorf("pair of %s and %s occurs twice", p.Left, p.Right)
		}
		seen[p] = true
	}
	keys := map[book.ItemID]book.Class{}
	for i, f := range c.w.Truth.Faults {
		if keys[f.Key] != "" || len(f.Items) == 0 || f.Items[0] != f.Key || f.Note == "" {
			return fmt.Errorf("fault %d, %s of %s, is incomplete or its key is taken", i, f.Class, f.Key)
		}
		keys[f.Key] = f.Class
		for _, item := range f.Items {
			if !c.items[item] {
				return fmt.Errorf("fault %s of %s: %s is not there", f.Class, f.Key, item)
			}
		}
	}
	return nil
}

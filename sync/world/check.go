package world

import (
	"fmt"

	"countinghouse/app/book"
)

// Check proves that the world's books foot to the cent, that ids are unique, that everything points
// at something that exists, and that the truth speaks of nothing else. It returns the first thing
// that does not hold.
func (w *World) Check() error {
	c := &checker{w: w, items: map[book.ItemID]bool{}, native: map[string]bool{},
		flaws: map[book.ItemID]book.Class{}, composed: map[book.ItemID]int64{}}
	for _, f := range w.Truth.Faults {
		for _, item := range f.Items {
			c.flaws[item] = f.Class
		}
	}
	for _, check := range []func() error{c.ids, c.invoices, c.credits, c.compositions, c.ledgers,
		c.banks, c.times, c.numbers, c.truth} {
		if err := check(); err != nil {
			return fmt.Errorf("world: seed %d, %d customers, %s: %w", w.Options.Seed,
				len(w.Customers), w.Options.Month, err)
		}
	}
	return nil
}

type checker struct {
	w *World
	// items are all ids of the books, native all ids of the gateway and the banks.
	items  map[book.ItemID]bool
	native map[string]bool
	// flaws are the classes of the faults by item.
	flaws map[book.ItemID]book.Class
	// composed are the sums of the true members' nets by payout.
	composed map[book.ItemID]int64
}

func (c *checker) item(id book.ItemID) error {
	if c.items[id] {
		return fmt.Errorf("%s occurs twice", id)
	}
	c.items[id] = true
	return nil
}

// own registers ids of the gateway's objects; empty ones stand for none.
func (c *checker) own(ids ...string) error {
	for _, id := range ids {
		if id != "" && c.native[id] {
			return fmt.Errorf("id %s occurs twice", id)
		}
		c.native[id] = true
	}
	return nil
}

func (c *checker) ids() error {
	w := c.w
	var errs []error
	for i := range w.Customers {
		errs = append(errs, c.item(w.Customers[i].Item()), c.own(w.Customers[i].GatewayID))
	}
	for i := range w.Invoices {
		errs = append(errs, c.item(w.Invoices[i].Item()))
	}
	for i := range w.Payments {
		errs = append(errs, c.item(w.Payments[i].Item()))
	}
	for i := range w.Credits {
		errs = append(errs, c.item(w.Credits[i].Item()))
	}
	for _, name := range w.Gateways() {
		errs = append(errs, c.objects(w.Ledger(name))...)
	}
	for _, a := range w.Accounts {
		for i := range a.Lines {
			errs = append(errs, c.item(a.Lines[i].Item(a.Name)), c.own(a.Lines[i].BankID))
		}
	}
	return firstOf(errs)
}

// objects registers a ledger's objects and rows. A row that is an object's own has its id.
func (c *checker) objects(l *Ledger) []error {
	var errs []error
	object := map[string]bool{}
	own := func(item book.ItemID, id, more string) {
		errs = append(errs, c.own(id, more))
		object[id], c.items[item] = true, true
	}
	for i := range l.Charges {
		intent := l.Charges[i].IntentID
		own(l.Charges[i].Item(), l.Charges[i].ID, intent)
	}
	for i := range l.Refunds {
		own("", l.Refunds[i].ID, "")
	}
	for i := range l.Disputes {
		own("", l.Disputes[i].ID, "")
	}
	for i := range l.Payouts {
		errs = append(errs, c.item(l.Payouts[i].Item()))
		own(l.Payouts[i].Item(), l.Payouts[i].ID, "")
	}
	for i := range l.Orders {
		o := &l.Orders[i]
		if id := o.ID; !object[id] {
			own(o.Item(), id, o.PreOrderID)
		}
	}
	rows := map[string]bool{}
	for i := range l.Movements {
		v := &l.Movements[i]
		if rows[v.ID] {
			errs = append(errs, fmt.Errorf("row %s occurs twice", v.ID))
		}
		if rows[v.ID] = true; !object[v.ID] {
			errs = append(errs, c.own(v.ID))
		}
		if v.Category != "payout" && v.Category != "charge" {
			errs = append(errs, c.item(v.Item()))
		}
	}
	for i := range l.Movements {
		if v := &l.Movements[i]; v.SourceID != "" && !c.native[v.SourceID] {
			errs = append(errs, fmt.Errorf("movement %s: there is no %s", v.ID, v.SourceID))
		}
	}
	return errs
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// invoices proves that totals are the sums of lines, that rows belong to invoices of the same
// client, and that an invoice's state is what its rows and credit say, save for faults.
func (c *checker) invoices() error {
	paid := map[int]int64{}
	owner := map[int]int{}
	back := map[int]bool{}
	for i := range c.w.Invoices {
		owner[c.w.Invoices[i].ID] = c.w.Invoices[i].CustomerID
	}
	for i := range c.w.Payments {
		p := &c.w.Payments[i]
		if p.InvoiceID != 0 && owner[p.InvoiceID] != p.CustomerID {
			return fmt.Errorf("%s is of another customer than its invoice", p.Item())
		}
		if p.In < 0 || p.Out < 0 || (p.In == 0) == (p.Out == 0) {
			return fmt.Errorf("%s has %d in and %d out", p.Item(), p.In, p.Out)
		}
		if p.Currency == "KWD" && (p.In+p.Out)%10 != 0 {
			return fmt.Errorf("%s has more decimals than billing keeps", p.Item())
		}
		paid[p.InvoiceID] += p.In - p.Out
		back[p.InvoiceID] = back[p.InvoiceID] || p.Out > 0
	}
	for i := range c.w.Invoices {
		v := &c.w.Invoices[i]
		sum := int64(0)
		for _, l := range v.Lines {
			sum += l.Amount
		}
		if sum != v.Subtotal || v.Tax < 0 || v.Credit < 0 || v.Credit > v.Subtotal+v.Tax {
			return fmt.Errorf("%s: lines of %d, subtotal %d, tax %d, credit %d", v.Item(), sum,
				v.Subtotal, v.Tax, v.Credit)
		}
		if v.Currency == "KWD" && (v.Subtotal%10 != 0 || v.Tax%10 != 0 || v.Credit%10 != 0) {
			return fmt.Errorf("%s has more decimals than billing keeps", v.Item())
		}
		open := v.Subtotal + v.Tax - v.Credit - paid[v.ID]
		flawed := c.flaws[v.Item()] != ""
		if v.Status == book.InvoicePaid && open > 0 && !back[v.ID] && !flawed {
			return fmt.Errorf("%s is paid and %d is open", v.Item(), open)
		}
		if v.Status.Open() && open <= 0 {
			return fmt.Errorf("%s is %s and nothing is open", v.Item(), v.Status)
		}
		if (v.Status == book.InvoicePaid) != (v.PaidAt != 0) && v.Status != book.InvoiceRefunded &&
			v.Status != book.InvoiceCollections && !flawed {
			return fmt.Errorf("%s is %s and paid at %q", v.Item(), v.Status, v.PaidAt)
		}
	}
	return nil
}

// credits proves that each client's credit is the sum of its log, and none below zero.
func (c *checker) credits() error {
	sum, spent := map[int]int64{}, map[int]int64{}
	for i := range c.w.Credits {
		e := &c.w.Credits[i]
		if sum[e.CustomerID] += e.Amount.Minor; sum[e.CustomerID] < 0 {
			return fmt.Errorf("%s spends more than there is", e.Item())
		}
		if e.Amount.Minor < 0 {
			spent[e.InvoiceID] -= e.Amount.Minor
		}
	}
	for i := range c.w.Customers {
		if v := &c.w.Customers[i]; v.Credit != sum[v.ID] {
			return fmt.Errorf("%s has credit %d, its log %d", v.Item(), v.Credit, sum[v.ID])
		}
	}
	for i := range c.w.Invoices {
		if v := &c.w.Invoices[i]; v.Credit != spent[v.ID] {
			return fmt.Errorf("%s took credit %d, the log says %d", v.Item(), v.Credit, spent[v.ID])
		}
	}
	return nil
}

package whmcs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// index finds the records of a world. Lists of places are in the order of ids.
type index struct {
	*world.World
	customers, products, bills []int
	customerAt, billAt         map[int]int
	billsOf, paymentsOf        map[int][]int
	paymentsFor                map[int][]int
	creditsOf                  map[int][]int
	paymentsBy                 map[string][]int
	ordered                    []int
	currencyID                 map[string]int
	byName                     func() []int
	activity                   func() []entry
}

// entry is an entry of the activity log.
type entry struct {
	id     int64
	at     book.Instant
	client int
	text   string
}

func newIndex(w *world.World) *index {
	x := &index{World: w, customerAt: map[int]int{}, billAt: map[int]int{}, billsOf: map[int][]int{},
		paymentsOf: map[int][]int{}, paymentsFor: map[int][]int{}, creditsOf: map[int][]int{},
		paymentsBy: map[string][]int{}, currencyID: map[string]int{}}
	x.customers = order(len(w.Customers), func(i int) int { return w.Customers[i].ID })
	x.products = order(len(w.Services), func(i int) int { return w.Services[i].ID })
	x.bills = order(len(w.Invoices), func(i int) int { return w.Invoices[i].ID })
	for i := range w.Customers {
		x.customerAt[w.Customers[i].ID] = i
	}
	for _, i := range x.bills {
		v := &w.Invoices[i]
		x.billAt[v.ID] = i
		x.billsOf[v.CustomerID] = append(x.billsOf[v.CustomerID], i)
	}
	x.ordered = order(len(w.Payments), func(i int) int { return w.Payments[i].ID })
	for _, i := range x.ordered {
		p := &w.Payments[i]
		x.paymentsOf[p.CustomerID] = append(x.paymentsOf[p.CustomerID], i)
		x.paymentsFor[p.InvoiceID] = append(x.paymentsFor[p.InvoiceID], i)
		x.paymentsBy[p.TransID] = append(x.paymentsBy[p.TransID], i)
	}
	for _, i := range order(len(w.Credits), func(i int) int { return w.Credits[i].ID }) {
		c := &w.Credits[i]
		x.creditsOf[c.CustomerID] = append(x.creditsOf[c.CustomerID], i)
	}
	for _, r := range w.Rates {
		x.currencyID[string(r.Currency)] = r.ID
	}
	x.byName, x.activity = sync.OnceValue(x.nameOrder), sync.OnceValue(x.log)
	return x
}

// order is the places of n records by id.
func order(n int, id func(int) int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Compare(id(a), id(b)) })
	return out
}

func (x *index) nameOrder() []int {
	out := slices.Clone(x.customers)
	slices.SortStableFunc(out, func(a, b int) int {
		c, d := x.Customers[a], x.Customers[b]
		return cmp.Or(strings.Compare(c.Last, d.Last), strings.Compare(c.First, d.First))
	})
	return out
}

// balance is what is open of an invoice.
func (x *index) balance(v *world.Invoice) int64 {
	open := v.Subtotal + v.Tax - v.Credit
	for _, i := range x.paymentsFor[v.ID] {
		open -= x.Payments[i].In - x.Payments[i].Out
	}
	return open
}

// log is the activity log, newest first. Ids grow with the time of an entry, so that a world that
// has moved on has the entries of before and newer ones.
func (x *index) log() []entry {
	out := make([]entry, 0, len(x.Invoices)+len(x.Payments)+len(x.Credits))
	for _, v := range x.Invoices {
		out = append(out, entry{at: v.UpdatedAt, client: v.CustomerID,
			text: fmt.Sprintf("Modified Invoice - Invoice ID: %d", v.ID)})
	}
	for _, p := range x.Payments {
		text := fmt.Sprintf("Added Transaction - Transaction ID: %d", p.ID)
		if p.InvoiceID != 0 {
			text = fmt.Sprintf("Added Invoice Payment - Invoice ID: %d", p.InvoiceID)
		}
		out = append(out, entry{at: p.At, client: p.CustomerID, text: text})
	}
	for _, c := range x.Credits {
		at := min((c.On+1).Start(x.Zone)-1000, x.Now)
		out = append(out, entry{at: at, client: c.CustomerID,
			text: "Added Credit - Amount: " + c.Amount.Decimal()})
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	var last int64
	for i := range out {
		out[i].id = max(int64(out[i].at)/1000*100, last+1)
		last = out[i].id
	}
	slices.Reverse(out)
	return out
}

// mutate changes the list of invoices behind the back of somebody who walks it: an open invoice is
// merged into an older one of the same client, and a new one is made.
func (s *Simulator) mutate(start int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start == 0 || s.mutations >= s.options.MutateList {
		return
	}
	s.mutations++
	w := s.data.World
	for n := len(s.data.bills) - 1; n >= 0; n-- {
		i := s.data.bills[n]
		v := w.Invoices[i]
		if into := s.older(v); v.Status == book.InvoiceUnpaid && v.Credit == 0 && into >= 0 &&
			len(s.data.paymentsFor[v.ID]) == 0 {
			t := &w.Invoices[into]
			t.Lines = append(slices.Clone(t.Lines), v.Lines...)
			t.Subtotal, t.Tax, t.UpdatedAt = t.Subtotal+v.Subtotal, t.Tax+v.Tax, w.Now
			w.Invoices = slices.Delete(slices.Clone(w.Invoices), i, i+1)
			break
		}
	}
	last := w.Invoices[s.data.bills[len(s.data.bills)-1]%len(w.Invoices)]
	for _, v := range w.Invoices {
		if v.ID > last.ID {
			last = v
		}
	}
	last.ID++
	last.Number, last.Credit, last.UpdatedAt = "", 0, w.Now
	last.Status, last.PaidAt = book.InvoiceUnpaid, 0
	last.Kind, last.Lines = book.InvoiceOrdinary, []world.Line{{ID: 1_000_000 + last.ID,
		Kind: "Item", Text: "Late addition", Amount: last.Subtotal}}
	w.Invoices = append(w.Invoices, last)
	s.data = newIndex(w)
}

// older is the place of an older open invoice of the same client, -1 where there is none.
func (s *Simulator) older(v world.Invoice) int {
	for _, i := range s.data.billsOf[v.CustomerID] {
		o := s.data.Invoices[i]
		if o.ID < v.ID && o.Status == book.InvoiceUnpaid && o.Kind == book.InvoiceOrdinary {
			return i
		}
	}
	return -1
}

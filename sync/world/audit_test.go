package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

// auditor looks at a world without knowing its truth and reports what is wrong by the rules of the
// classes, so that a test can say whether a world holds the faults that it claims, and no others.
type auditor struct {
	w *World
	// Ledger holds what all gateways have.
	Ledger
	invoices map[int]*Invoice
	named    map[string][]*Invoice
	clients  map[int]*Customer
	rows     map[int][]*Payment
	charges  map[string]*Charge
	moves    map[string]*Movement
	// booked counts the rows in and out by the id of what they stand for.
	bookedIn, bookedOut map[string][]*Payment
	// lined holds the payouts and rows that the bank shows.
	lined  map[string]bool
	found  []finding
	lineOf map[int]bool
}

type finding struct {
	class book.Class
	item  book.ItemID
}

func (a *auditor) report(class book.Class, item book.ItemID) {
	a.found = append(a.found, finding{class, item})
}

func audit(w *World) []finding {
	a := &auditor{w: w, invoices: map[int]*Invoice{}, named: map[string][]*Invoice{},
		clients: map[int]*Customer{}, rows: map[int][]*Payment{}, charges: map[string]*Charge{},
		moves: map[string]*Movement{}, bookedIn: map[string][]*Payment{},
		bookedOut: map[string][]*Payment{}, lined: map[string]bool{}, lineOf: map[int]bool{}}
	for i := range w.Invoices {
		v := &w.Invoices[i]
		a.invoices[v.ID] = v
		id := strconv.Itoa(v.ID)
		a.named[id] = append(a.named[id], v)
		if v.Number != "" && v.Number != id {
			a.named[v.Number] = append(a.named[v.Number], v)
		}
	}
	for i := range w.Customers {
		a.clients[w.Customers[i].ID] = &w.Customers[i]
	}
	for _, name := range w.Gateways() {
		a.join(w.Ledger(name))
	}
	for i := range a.Movements {
		a.moves[a.Movements[i].ID] = &a.Movements[i]
	}
	for i := range a.Charges {
		c := &a.Charges[i]
		a.charges[c.ID], a.charges[c.IntentID] = c, c
		if c.MovementID != "" {
			a.charges[c.MovementID] = c
		}
	}
	for i := range a.Orders {
		o := &a.Orders[i]
		if c := a.charges[o.ID]; c != nil {
			a.charges["SC"+o.PreOrderID], a.charges[fmt.Sprint("SC", o.RequestID)] = c, c
		}
	}
	a.resolveRows()
	a.auditCharges()
	a.auditReversals()
	a.auditMovements()
	a.auditPayouts()
	a.auditTransfers()
	a.auditInvoices()
	a.auditCredit()
	return a.found
}

func (a *auditor) join(l *Ledger) {
	a.Charges = append(a.Charges, l.Charges...)
	a.Refunds = append(a.Refunds, l.Refunds...)
	a.Disputes = append(a.Disputes, l.Disputes...)
	a.Movements = append(a.Movements, l.Movements...)
	a.Payouts = append(a.Payouts, l.Payouts...)
	a.Orders = append(a.Orders, l.Orders...)
}

func (a *auditor) resolveRows() {
	reversals := map[string]string{}
	for _, r := range a.Refunds {
		reversals[r.ID], reversals[r.MovementID] = r.ID, r.ID
	}
	for _, d := range a.Disputes {
		if len(d.Movements) > 0 {
			reversals[d.ID], reversals[d.ChargeID] = d.ID, d.ID
			reversals[d.Movements[0]] = d.ID
		}
	}
	for i := range a.w.Payments {
		p := &a.w.Payments[i]
		a.rows[p.InvoiceID] = append(a.rows[p.InvoiceID], p)
		if p.Method == "banktransfer" {
			continue
		}
		if p.Out > 0 {
			if id := reversals[p.TransID]; id != "" {
				a.bookedOut[id] = append(a.bookedOut[id], p)
			} else {
				a.report(book.R2, p.Item())
			}
			continue
		}
		if c := a.charges[p.TransID]; c != nil {
			a.bookedIn[c.ID] = append(a.bookedIn[c.ID], p)
			a.auditPair(p, c)
		} else if m := a.moves[p.TransID]; m != nil && m.Category == "dispute_reversal" {
			a.bookedIn[m.ID] = append(a.bookedIn[m.ID], p)
		} else {
			a.report(book.M2, p.Item())
		}
	}
}

// auditPair compares a row with its own charge; the first difference that applies is reported.
func (a *auditor) auditPair(p *Payment, c *Charge) {
	m := a.moves[c.MovementID]
	v := a.invoices[p.InvoiceID]
	switch {
	case len(a.bookedIn[c.ID]) > 1:
		a.report(book.D2, p.Item())
	case c.Amount.Currency != p.Currency:
		a.report(book.D4, p.Item())
	case c.Payer != a.clients[p.CustomerID].GatewayID:
		a.report(book.D5, p.Item())
	case c.State != book.Succeeded, v != nil && v.Status == book.InvoiceCancelled:
		a.report(book.D6, p.Item())
	case v == nil:
		a.report(book.M7, p.Item())
	case c.Amount.Minor != p.In:
		a.report(book.A4, p.Item())
	case m.Currency == p.Currency && m.Fee != p.Fee && m.Fee+m.Tax != p.Fee &&
		p.Method != string(SpectroCoinName):
		a.report(book.A5, p.Item())
	}
}

func (a *auditor) auditCharges() {
	of := map[string][]*Charge{}
	for i := range a.Charges {
		c := &a.Charges[i]
		if c.State == book.Pending {
			a.report(book.T5, c.Item())
		}
		if c.State != book.Succeeded {
			continue
		}
		twice := false
		if c.InvoiceRef != "" {
			for _, o := range of[c.InvoiceRef] {
				twice = twice || o.Amount == c.Amount && c.At-o.At <= 72*hour
			}
			of[c.InvoiceRef] = append(of[c.InvoiceRef], c)
		}
		if twice {
			a.report(book.D1, c.Item())
		} else if len(a.bookedIn[c.ID]) == 0 {
			a.report(book.M1, c.Item())
		}
	}
}

func (a *auditor) auditReversals() {
	for _, r := range a.Refunds {
		if r.State == book.Failed {
			a.report(book.R3, r.Item())
		} else if len(a.bookedOut[r.ID]) == 0 {
			a.report(book.R1, r.Item())
		}
	}
	for _, d := range a.Disputes {
		switch {
		case len(d.Movements) > 0 && len(a.bookedOut[d.ID]) == 0:
			a.report(book.R4, d.Item())
		}
		for _, id := range d.Movements {
			if v := a.moves[id]; v.Category == "dispute_reversal" && len(a.bookedIn[id]) == 0 {
				a.report(book.R5, v.Item())
			}
		}
	}
}

func (a *auditor) auditMovements() {
	today := a.w.Now.In(a.w.Zone)
	for i := range a.Movements {
		m := &a.Movements[i]
		if m.Category == "risk_reserved_funds" && m.ReleaseOn > today {
			a.report(book.T6, m.Item())
		}
		if !states(m.ID) || m.PayoutID != "" || m.Category == "payout" || addBusiness(utcDate(m.AvailableAt), 4) >= today {
			continue
		}
		covered := slices.ContainsFunc(a.Payouts, func(p Payout) bool {
			return !p.Automatic && GatewayOf(p.ID) == GatewayOf(m.ID) && p.Amount.Currency == m.Currency && p.At >= m.AvailableAt
		})
		if !covered {
			a.report(book.M3, m.Item())
		}
	}
}

// squash leaves capital letters and digits.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// auditTransfers finds the invoices that the other receipts at the bank name.
func (a *auditor) auditTransfers() {
	acc := &a.w.Accounts[0]
	for i := range acc.Lines {
		l := &acc.Lines[i]
		if a.lined[l.BankID] || l.Amount.Minor < 0 {
			continue
		}
		item := l.Item(acc.Name)
		hits := a.hits(l)
		switch len(hits) {
		case 0:
			a.report(book.M5, item)
		case 1:
			a.auditTransfer(l, hits[0], item)
		default:
			a.report(book.D7, item)
		}
	}
	for i := range a.w.Payments {
		if p := &a.w.Payments[i]; p.Method == "banktransfer" && !a.lineOf[p.ID] {
			a.report(book.M2, p.Item())
		}
	}
}

func (a *auditor) auditTransfer(l *BankLine, v *Invoice, item book.ItemID) {
	for _, p := range a.rows[v.ID] {
		if p.Method == "banktransfer" && p.In == l.Amount.Minor && p.At >= l.On.Start(a.w.Zone) {
			a.lineOf[p.ID] = true
			return
		}
	}
	if v.Status != book.InvoiceUnpaid || a.open(v) != l.Amount.Minor {
		a.report(book.D8, item)
	}
}

func (a *auditor) open(v *Invoice) int64 {
	open := v.Subtotal + v.Tax - v.Credit
	for _, p := range a.rows[v.ID] {
		open -= p.In - p.Out
	}
	return open
}

func (a *auditor) auditInvoices() {
	byHand := map[int]bool{}
	for _, e := range a.w.Credits {
		if e.InvoiceID == 0 {
			byHand[e.CustomerID] = true
		}
	}
	for i := range a.w.Invoices {
		v := &a.w.Invoices[i]
		var in []*Payment
		back := false
		for _, p := range a.rows[v.ID] {
			if back = back || p.Out > 0; p.In > 0 {
				in = append(in, p)
			}
		}
		switch open := a.open(v); {
		case v.Status == book.InvoicePaid && open > 0 && !back,
			v.Credit > 0 && byHand[v.CustomerID] && v.Kind == book.InvoiceOrdinary:
			a.report(book.M8, v.Item())
		case v.Status == book.InvoiceUnpaid && len(in) == 1:
			a.report(book.A1, in[0].Item())
		case v.Status == book.InvoiceUnpaid && len(in) > 1:
			a.report(book.A3, in[len(in)-1].Item())
		}
	}
}

// auditCredit explains what is left in the clients' credit.
func (a *auditor) auditCredit() {
	last := map[int]*Credit{}
	for i := range a.w.Credits {
		if e := &a.w.Credits[i]; e.Amount.Minor > 0 {
			last[e.CustomerID] = e
		}
	}
	for _, c := range a.w.Customers {
		if c.Credit == 0 {
			continue
		}
		e := last[c.ID]
		rows := a.rows[e.InvoiceID]
		switch {
		case e.InvoiceID == 0, a.invoices[e.InvoiceID].Kind == book.InvoiceAddFunds:
			a.report(book.M7, e.Item())
		case len(rows) == 1:
			a.report(book.A2, rows[0].Item())
		}
	}
}

// checkFaults compares what an audit finds with what the truth says.
func checkFaults(t *testing.T, w *World) {
	t.Helper()
	seen := map[int]bool{}
	for _, f := range audit(w) {
		i := slices.IndexFunc(w.Truth.Faults, func(o Fault) bool {
			return o.Class == f.class && slices.Contains(o.Items, f.item)
		})
		if i < 0 {
			t.Errorf("seed %d, %d customers, %s: %s of %s is no injected fault", w.Options.Seed,
				len(w.Customers), w.Options.Month, f.class, f.item)
		}
		seen[i] = true
	}
	for i, f := range w.Truth.Faults {
		if !seen[i] {
			t.Errorf("seed %d, %d customers, %s: %s of %s is not to be found (%s)", w.Options.Seed,
				len(w.Customers), w.Options.Month, f.Class, f.Key, f.Note)
		}
	}
}

func TestFaultsOfMoreGatewaysAreWhatAnAuditFinds(t *testing.T) {
	found := map[book.Class]map[book.SourceName]bool{}
	for seed := range uint64(80) {
		o := Options{Seed: seed, Customers: 1 + int(seed*seed)%400, Gateways: More,
			Month: month(2026, time.January) + book.Month(seed%37)}
		switch seed % 4 {
		case 2:
			o.Gateways = More[seed/4%3:][:1]
		case 3:
			o.Faults = map[book.Class]int{}
		}
		w := Build(o)
		checkFaults(t, w)
		for _, f := range w.Truth.Faults {
			if found[f.Class] == nil {
				found[f.Class] = map[book.SourceName]bool{}
			}
			for _, item := range f.Items {
				name, _, _ := strings.Cut(string(item), ":")
				found[f.Class][book.SourceName(name)] = true
			}
		}
	}
	for name, classes := range map[book.SourceName][]book.Class{
		PayPalName:      {book.T5, book.T6, book.M1, book.M6, book.A5, book.R1, book.R4, book.R5, book.R6},
		RazorpayName:    {book.M1, book.M6, book.A5, book.D6, book.R1, book.R4, book.R6},
		SpectroCoinName: {book.T5, book.M1, book.M6, book.A4, book.D6},
	} {
		for _, class := range classes {
			if !found[class][name] {
				t.Errorf("no world has a %s at %s", class, name)
			}
		}
	}
}

func TestFaultsAreWhatAnAuditFinds(t *testing.T) {
	for seed := range uint64(120) {
		o := Options{Seed: seed, Customers: 1 + int(seed*seed)%500, Month: month(2026, time.January)}
		o.Month += book.Month(seed % 37)
		checkFaults(t, Build(o))
	}
	checkFaults(t, Build(Options{Seed: 1, Customers: 2000, Month: month(2026, time.October)}))
}

func TestWorldsWithoutFaultsAreSound(t *testing.T) {
	for seed := range uint64(60) {
		o := Options{Seed: seed, Customers: 1 + int(seed*seed)%700, Month: month(2026, time.January),
			Faults: map[book.Class]int{}}
		o.Month += book.Month(seed % 29)
		w := Build(o)
		if len(w.Truth.Faults) > 0 {
			t.Errorf("seed %d: %v", seed, w.Truth.Faults)
		}
		checkFaults(t, w)
	}
}

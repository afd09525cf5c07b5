package whmcs

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// Mail is one that the simulator sent.
type Mail struct {
	ID, Client    int
	Subject, Body string
	At            book.Instant
}

// Capture decides what becomes of a capture: the gateway's id of the charge, and whether it was taken or
// is pending; a declined one is neither.
type Capture func(v world.Invoice, amount money.Money, at book.Instant) (transID string, taken,
	pending bool)

// changing are the actions that change something.
var changing = map[string]func(*Simulator, call) answer{
	"addinvoicepayment": (*Simulator).addInvoicePayment,
	"addtransaction":    (*Simulator).addTransaction,
	"updateinvoice":     (*Simulator).updateInvoice,
	"capturepayment":    (*Simulator).capturePayment,
	"applycredit":       (*Simulator).applyCredit,
	"addcredit":         (*Simulator).addCredit,
	"sendemail":         (*Simulator).sendEmail,
	"modulesuspend":     (*Simulator).moduleSuspend,
	"moduleunsuspend":   (*Simulator).moduleUnsuspend,
	"moduleterminate":   (*Simulator).moduleTerminate,
}

// change carries out an action on a world of the simulator's own: the one that it was given stays as it
// is.
func (s *Simulator) change(f func(*Simulator, call) answer, form url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own()
	a := f(s, call{form, s.data, s.zone()})
	s.data = newIndex(s.data.World)
	return a
}

// own makes the world the simulator's own, and its moment now.
func (s *Simulator) own() {
	if !s.owned {
		s.data, s.owned = newIndex(ownWorld(s.data.World)), true
	}
	s.data.World.Now = s.now()
}

// ownWorld copies what the actions change.
func ownWorld(w *world.World) *world.World {
	own := *w
	own.Customers, own.Services = slices.Clone(w.Customers), slices.Clone(w.Services)
	own.Invoices, own.Payments = slices.Clone(w.Invoices), slices.Clone(w.Payments)
	own.Credits = slices.Clone(w.Credits)
	return &own
}

func (s *Simulator) now() book.Instant {
	if s.options.Now == nil {
		return s.data.World.Now
	}
	return s.options.Now()
}

// World is the business as it stands now; the caller must not change it.
func (s *Simulator) World() *world.World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.data.World
}

// Mails are those that were sent, oldest first.
func (s *Simulator) Mails() []Mail {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.mails)
}

// amountIn is an explicit amount in a currency.
func (c call) amountIn(field string, cur money.Currency) (money.Money, bool) {
	m, err := money.Parse(c.form.Get(field), cur)
	return m, err == nil && m.Minor > 0
}

func (c call) bill() (*world.Invoice, bool) {
	i, ok := c.billAt[c.number("invoiceid")]
	if !ok {
		return nil, false
	}
	return &c.Invoices[i], true
}

// settle books money on an invoice: what covers it pays it, what is more becomes the client's credit.
func (s *Simulator) settle(c call, v *world.Invoice, p world.Payment) {
	open := c.balance(v)
	w := c.World
	w.Payments = append(w.Payments, p)
	v.UpdatedAt = w.Now
	switch over := p.In - open; {
	case v.Status == book.InvoicePaid || v.Status == book.InvoiceRefunded:
		s.credit(c, v.CustomerID, v.ID, money.New(p.In, v.Currency), fmt.Sprintf("Overpayment of Invoice #%d", v.ID))
	case over >= 0:
		v.Status, v.PaidAt = book.InvoicePaid, w.Now
		if over > 0 {
			s.credit(c, v.CustomerID, v.ID, money.New(over, v.Currency), fmt.Sprintf("Overpayment of Invoice #%d", v.ID))
		}
		s.reactivate(c, v)
	}
}

// credit enters a client's credit log.
func (s *Simulator) credit(c call, client, invoice int, m money.Money, text string) {
	w := c.World
	w.Credits = append(w.Credits, world.Credit{ID: nextID(len(w.Credits),
		func(i int) int { return w.Credits[i].ID }),
		CustomerID: client, InvoiceID: invoice, On: w.Now.In(c.zone), Amount: m, Text: text})
	if i, ok := c.customerAt[client]; ok {
		w.Customers[i].Credit += m.Minor
	}
}

// reactivate brings back the services of a paid invoice that WHMCS, or somebody in its words, suspended
// for money owed.
func (s *Simulator) reactivate(c call, v *world.Invoice) {
	if s.setting("AutoUnsuspend") != "on" {
		return
	}
	for _, l := range v.Lines {
		for i := range c.Services {
			x := &c.World.Services[i]
			if l.Kind == "Hosting" && x.ID == l.RelID && x.Status == "Suspended" && s.reasons[x.ID] == overdueReason {
				x.Status = "Active"
			}
		}
	}
}

func (s *Simulator) setting(name string) string {
	if v, ok := s.options.Settings[name]; ok {
		return v
	}
	return usualSettings[name]
}

func nextID(n int, id func(int) int) int {
	most := 0
	for i := range n {
		most = max(most, id(i))
	}
	return most + 1
}

func (c call) payment(v *world.Invoice) world.Payment {
	p := world.Payment{ID: nextID(len(c.World.Payments), func(i int) int { return c.World.Payments[i].ID }),
		At: c.World.Now, Method: c.form.Get("gateway"), TransID: c.form.Get("transid")}
	if v != nil {
		p.CustomerID, p.InvoiceID, p.Currency = v.CustomerID, v.ID, v.Currency
	}
	return p
}

func (s *Simulator) addInvoicePayment(c call) answer {
	v, ok := c.bill()
	switch {
	case !ok:
		return refuse("Invoice ID Not Found")
	case v.Status == book.InvoiceCancelled:
		return refuse("It is not possible to add a payment to an invoice that is Cancelled")
	}
	p := c.payment(v)
	p.In = c.balance(v) // what is left out means all of it
	if c.form.Has("amount") {
		m, ok := c.amountIn("amount", v.Currency)
		if !ok {
			return refuse("Amount must be in decimal format: ### or ###.##")
		}
		p.In = m.Minor
	}
	if m, ok := c.amountIn("fees", v.Currency); ok {
		p.Fee = m.Minor
	}
	if at, err := time.ParseInLocation("2006-01-02 15:04:05", c.form.Get("date"), c.zone); err == nil {
		p.At = min(book.At(at), c.World.Now)
	}
	p.Text = "Invoice Payment"
	s.settle(c, v, p)
	return answer{body: object{}}
}

func (s *Simulator) addTransaction(c call) answer {
	i, known := c.customerAt[c.number("userid")]
	v, ok := c.bill()
	switch {
	case c.form.Get("paymentmethod") == "":
		return refuse("Payment Method is required")
	case !known:
		return refuse("Client ID Not Found")
	case c.form.Has("invoiceid") && !ok:
		return refuse("Invoice ID Not Found")
	case ok && v.CustomerID != c.Customers[i].ID:
		return refuse("User ID does not own the given Invoice ID")
	case len(c.paymentsBy[c.form.Get("transid")]) > 0 && c.form.Get("transid") != "" &&
		!s.sameWay(c, c.form.Get("transid")):
		return refuse("Transaction ID must be Unique")
	}
	p := c.payment(v)
	p.Method, p.Text = c.form.Get("paymentmethod"), c.form.Get("description")
	p.CustomerID, p.Currency = c.Customers[i].ID, c.Customers[i].Currency
	if m, ok := c.amountIn("amountin", p.Currency); ok {
		p.In = m.Minor
	}
	if m, ok := c.amountIn("amountout", p.Currency); ok {
		p.Out = m.Minor
	}
	c.World.Payments = append(c.World.Payments, p)
	return answer{body: object{}}
}

// sameWay says that duplicates are allowed by the caller.
func (s *Simulator) sameWay(c call, _ string) bool { return c.form.Get("allowduplicatetransid") != "" }

func (s *Simulator) updateInvoice(c call) answer {
	v, ok := c.bill()
	if !ok {
		return refuse("Invoice ID Not Found")
	}
	if word := c.form.Get("status"); word != "" {
		found := false
		for st, w := range statusWords {
			if w == word {
				v.Status, v.UpdatedAt, found = st, c.World.Now, true
			}
		}
		if !found {
			return refuse("Invalid status " + word)
		}
		if v.Status != book.InvoicePaid {
			v.PaidAt = 0
		}
	}
	return answer{body: object{{"invoiceid", v.ID}}}
}

func (s *Simulator) capturePayment(c call) answer {
	v, ok := c.bill()
	if !ok || v.Status != book.InvoiceUnpaid {
		return refuse("Invoice Not Found or Not Unpaid")
	}
	v.UpdatedAt = c.World.Now
	due := money.New(c.balance(v), v.Currency)
	decide := s.options.Capture
	if decide == nil {
		return refuse("Payment Attempt Failed")
	}
	id, taken, pending := decide(*v, due, c.World.Now)
	switch {
	case pending:
		v.Status = book.InvoicePending
	case !taken:
		return refuse("Payment Attempt Failed")
	default:
		p := c.payment(v)
		p.In, p.TransID, p.Method, p.Text = due.Minor, id, v.Method, "Invoice Payment"
		s.settle(c, v, p)
	}
	return answer{body: object{}}
}

func (s *Simulator) applyCredit(c call) answer {
	v, ok := c.bill()
	if !ok {
		return refuse("Invoice ID Not Found")
	}
	m, fine := c.amountIn("amount", v.Currency)
	client := c.customerAt[v.CustomerID]
	switch {
	case v.Status != book.InvoiceUnpaid:
		return refuse("Invoice Not in Unpaid Status")
	case !fine:
		return refuse("Credit Amount to apply must be greater than zero")
	case m.Minor > c.Customers[client].Credit:
		return refuse("Amount exceeds customer credit balance")
	case m.Minor > c.balance(v):
		return refuse("Amount Exceeds Invoice Balance")
	}
	paid := m.Minor == c.balance(v)
	s.credit(c, v.CustomerID, v.ID, m.Neg(), fmt.Sprintf("Credit Applied to Invoice #%d", v.ID))
	v.Credit += m.Minor
	v.UpdatedAt = c.World.Now
	if paid {
		v.Status, v.PaidAt = book.InvoicePaid, c.World.Now
		s.reactivate(c, v)
	}
	return answer{body: object{{"invoiceid", v.ID}, {"amount", dec(m.Minor, v.Currency)},
		{"invoicepaid", strconv.FormatBool(paid)}}}
}

func (s *Simulator) addCredit(c call) answer {
	i, ok := c.customerAt[c.number("clientid")]
	if !ok {
		return refuse("Client ID Not Found")
	}
	m, fine := c.amountIn("amount", c.Customers[i].Currency)
	if !fine {
		return refuse("Amount must be in decimal format: ### or ###.##")
	}
	s.credit(c, c.Customers[i].ID, 0, m, c.form.Get("description"))
	return answer{body: object{{"newbalance", dec(c.World.Customers[i].Credit, m.Currency)}}}
}

func (s *Simulator) sendEmail(c call) answer {
	client := c.number("id")
	if c.form.Get("customtype") == "invoice" {
		i, ok := c.billAt[c.number("id")]
		if !ok {
			return refuse("A related ID is required")
		}
		client = c.Invoices[i].CustomerID
	}
	switch {
	case c.form.Get("customtype") == "" && c.form.Get("messagename") == "":
		return refuse("Email Template not found")
	case c.form.Get("customtype") != "" && c.form.Get("customsubject") == "":
		return refuse("Subject is required")
	case c.form.Get("customtype") != "" && c.form.Get("custommessage") == "":
		return refuse("Message is required")
	}
	subject := c.form.Get("customsubject")
	if subject == "" {
		subject = c.form.Get("messagename")
	}
	s.mails = append(s.mails, Mail{len(s.mails) + 1, client, subject, c.form.Get("custommessage"), c.World.Now})
	return answer{body: object{}}
}

func (s *Simulator) emails(c call) answer {
	client := c.number("clientid")
	if _, ok := c.customerAt[client]; !ok {
		return refuse("Client ID Not Found")
	}
	l := list{inner: "email"}
	for _, m := range s.mails {
		if m.Client == client && strings.Contains(m.Subject, c.form.Get("subject")) {
			l.rows = append(l.rows, object{{"id", m.ID}, {"userid", client}, {"subject", stored(m.Subject)},
				{"message", stored(m.Body)}, {"date", c.time(m.At)}, {"to", ""}, {"cc", nil}, {"bcc", nil}})
		}
	}
	return answer{body: append(counters(len(l.rows), 0, len(l.rows)), field{"emails", l})}
}

// module runs a server's module: it may refuse in its own words.
func (s *Simulator) module(c call, status string) (*world.Service, answer, bool) {
	if c.form.Get("serviceid") == "" {
		return nil, refuse("Service ID is required"), false
	}
	i := slices.IndexFunc(c.World.Services, func(v world.Service) bool { return v.ID == c.number("serviceid") })
	switch {
	case i < 0:
		return nil, refuse("Service ID not found"), false
	case s.options.Module != nil && s.options.Module(c.World.Services[i].ID, status) != "":
		return nil, refuse(s.options.Module(c.World.Services[i].ID, status)), false
	}
	c.World.Services[i].Status = status
	return &c.World.Services[i], answer{body: object{}}, true
}

func (s *Simulator) moduleSuspend(c call) answer {
	v, a, ok := s.module(c, "Suspended")
	if ok {
		if s.reasons == nil {
			s.reasons = map[int]string{}
		}
		s.reasons[v.ID] = c.form.Get("suspendreason")
	}
	return a
}

func (s *Simulator) moduleUnsuspend(c call) answer {
	v, a, ok := s.module(c, "Active")
	if ok {
		delete(s.reasons, v.ID)
	}
	return a
}

func (s *Simulator) moduleTerminate(c call) answer {
	_, a, _ := s.module(c, "Terminated")
	return a
}

// Renew is the daily run that bills services: one unpaid invoice for each, due now. It returns their ids.
func (s *Simulator) Renew(services []int) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own()
	w := s.data.World
	var out []int
	for i := range w.Services {
		x := &w.Services[i]
		if !slices.Contains(services, x.ID) {
			continue
		}
		on := w.Now.In(s.zone())
		id := nextID(len(w.Invoices), func(i int) int { return w.Invoices[i].ID })
		line := world.Line{ID: 10_000_000 + id, Kind: "Hosting", RelID: x.ID, Amount: x.Recurring.Minor,
			Text: x.Product + " - " + x.Domain}
		w.Invoices = append(w.Invoices, world.Invoice{ID: id, CustomerID: x.CustomerID,
			Number: fmt.Sprintf("R-%d", id), Status: book.InvoiceUnpaid, Kind: book.InvoiceOrdinary,
			IssuedOn: on, DueOn: on, UpdatedAt: w.Now, Currency: x.Recurring.Currency,
			Subtotal: x.Recurring.Minor, Method: x.Method, Lines: []world.Line{line}})
		out = append(out, id)
	}
	s.data = newIndex(w)
	return out
}

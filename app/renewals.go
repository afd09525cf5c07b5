package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/dunning"
)

// Hold and Consent are what people decided about renewals; see store.
type (
	Hold    = store.Hold
	Consent = store.Consent
)

// renewalBooks is what cases are made from, with its indexes.
type renewalBooks struct {
	config *Config
	at     book.Instant
	books  book.Records

	customers map[book.ItemID]*book.Customer
	services  map[book.ItemID]*book.Service
	// numbers are the invoices by printed number, "" where several have it.
	numbers map[string]book.ItemID
	// tries are the charges by the invoice that they were to collect, uses those by credential; both in
	// their order in time.
	tries map[book.ItemID][]*book.Transaction
	uses  map[string][]*book.Transaction
	// saved are the methods that gateways told of, by payer.
	saved map[payer][]*book.SavedMethod
	// known are the instruments that customers paid with, lifetime what they paid until now.
	known    map[book.ItemID]map[string]*book.Transaction
	lifetime map[book.ItemID]int64
	// payers are the customers by the gateway's id of theirs, "" where it is several's.
	payers  map[string]book.ItemID
	intents []book.Intent
	// filed are the intents by target.
	filed map[book.ItemID][]*book.Intent
	made  map[book.ItemID]bool
	// unsure are the customers and the credentials of whom it is not known what became of a retry.
	unsure   map[string]bool
	holds    map[book.ItemID]Hold
	consents map[string]Consent
	// readAt is when each source was last read to its end.
	readAt map[book.SourceName]book.Instant
}

// renewalBooks loads everything that cases are made from, once; but for one action, "" for none.
func (a *App) renewalBooks(ctx context.Context, at book.Instant, but string) (*renewalBooks, error) {
	b := &renewalBooks{config: a.Config(), at: at}
	var err error
	if b.books, err = a.store.Load(ctx); err != nil {
		return nil, err
	}
	if b.intents, err = a.store.Intents(ctx); err != nil {
		return nil, err
	}
	b.intents = slices.DeleteFunc(b.intents, func(i book.Intent) bool { return i.ID == but })
	if b.holds, err = a.store.Holds(ctx); err != nil {
		return nil, err
	}
	consents, err := a.store.Consents(ctx)
	if err != nil {
		return nil, err
	}
	states, err := a.store.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	b.readAt = map[book.SourceName]book.Instant{}
	for _, s := range states {
		b.readAt[s.Source] = s.OKAt
	}
	b.consents = map[string]Consent{}
	for _, c := range consents {
		b.consents[c.Key()] = c
	}
	b.index()
	return b, nil
}

func (b *renewalBooks) index() {
	b.customers, b.services = map[book.ItemID]*book.Customer{}, map[book.ItemID]*book.Service{}
	b.numbers, b.lifetime = map[string]book.ItemID{}, map[book.ItemID]int64{}
	for i := range b.books.Customers {
		b.customers[b.books.Customers[i].ID] = &b.books.Customers[i]
	}
	for i := range b.books.Services {
		b.services[b.books.Services[i].ID] = &b.books.Services[i]
	}
	for i := range b.books.Invoices {
		x := &b.books.Invoices[i]
		if _, twice := b.numbers[x.Number]; twice {
			b.numbers[x.Number] = ""
		} else if x.Number != "" {
			b.numbers[x.Number] = x.ID
		}
	}
	for i := range b.books.Payments {
		p := &b.books.Payments[i]
		if c := b.customers[p.CustomerID]; c != nil && c.Currency == p.Amount.Currency && p.At <= b.at {
			b.lifetime[p.CustomerID] += p.Amount.Minor
		}
	}
	b.saved = map[payer][]*book.SavedMethod{}
	for i := range b.books.SavedMethods {
		if m := &b.books.SavedMethods[i]; m.Payer != "" && m.AddedAt <= b.at {
			key := payer{m.Source, m.Payer}
			b.saved[key] = append(b.saved[key], m)
		}
	}
	b.filed, b.made = map[book.ItemID][]*book.Intent{}, map[book.ItemID]bool{}
	b.unsure = map[string]bool{}
	b.unread()
	b.indexCharges()
	for i := range slices.Backward(b.intents) { // the oldest first
		x := &b.intents[i]
		b.filed[x.Target] = append(b.filed[x.Target], x)
		if x.Kind == book.Retry || x.Kind == book.Capture {
			if x.Charge != "" {
				b.made[x.Charge] = true
			}
			b.doubt(x)
		}
		if invoice, _, ok := strings.Cut(string(x.Target), noticeMark); ok && x.Kind == book.Notify {
			id := book.ItemID(invoice)
			b.filed[id] = append(b.filed[id], x)
		}
	}
}

// inDoubt reports whether nobody knows what became of an action.
func inDoubt(i *book.Intent) bool {
	return i.State == book.IntentSent || i.State == book.IntentUnknown || i.State == book.IntentNeedsPerson
}

// doubt notes whose money an attempt that is not known may have taken, and with what: the issuer may have
// said never.
func (b *renewalBooks) doubt(x *book.Intent) {
	o, err := x.Order()
	if !inDoubt(x) || err != nil {
		return
	}
	if o.Customer != "" {
		b.unsure[string(o.Customer)] = true
	}
	for i := range b.books.Transactions {
		if t := &b.books.Transactions[i]; o.Credential != "" && t.Source == x.Provider && t.Instrument.ID == o.Credential {
			b.unsure[credentialOf(t)] = true
		}
	}
}

// noticeMark parts the invoice from the template and the step in a notice's target.
const noticeMark = "/notice/"

func (b *renewalBooks) indexCharges() {
	b.tries, b.uses = map[book.ItemID][]*book.Transaction{}, map[string][]*book.Transaction{}
	b.known = map[book.ItemID]map[string]*book.Transaction{}
	b.payers = map[string]book.ItemID{}
	invoices := map[book.ItemID]*book.Invoice{}
	for i := range b.books.Invoices {
		invoices[b.books.Invoices[i].ID] = &b.books.Invoices[i]
	}
	for i := range b.books.Transactions {
		t := &b.books.Transactions[i]
		if t.Kind != book.Charge || t.At > b.at {
			continue
		}
		invoice := b.invoiceOf(t, invoices)
		if invoice != "" {
			b.tries[invoice] = append(b.tries[invoice], t)
		}
		if key := credentialOf(t); key != "" {
			b.uses[key] = append(b.uses[key], t)
		}
		customer := b.payerOf(t, invoices[invoice])
		if customer != "" && t.State == book.Succeeded && t.Instrument.ID != "" {
			if b.known[customer] == nil {
				b.known[customer] = map[string]*book.Transaction{}
			}
			b.known[customer][t.Instrument.Credential()] = t
		}
	}
	inTime := func(x, y *book.Transaction) int {
		return cmp.Or(cmp.Compare(x.At, y.At),
			cmp.Compare(x.ID, y.ID))
	}
	for _, list := range b.tries {
		slices.SortFunc(list, inTime)
	}
	for _, list := range b.uses {
		slices.SortFunc(list, inTime)
	}
}

// credentialOf names what a charge was made with for counting; the payer where the gateway does not say.
func credentialOf(t *book.Transaction) string {
	key := t.Instrument.Credential()
	if key == "" {
		key = t.Payer
	}
	if key == "" {
		return ""
	}
	return string(t.Source) + " " + key
}

// invoiceOf is the invoice that a charge was to collect, by what its gateway keeps of it.
func (b *renewalBooks) invoiceOf(t *book.Transaction, invoices map[book.ItemID]*book.Invoice) book.ItemID {
	if t.InvoiceRef == "" {
		return ""
	}
	if id := book.NewID(b.billing(), "invoice/"+t.InvoiceRef); invoices[id] != nil {
		return id
	}
	return b.numbers[t.InvoiceRef]
}

// payerOf is the customer of a charge, remembered by the gateway's id of theirs.
func (b *renewalBooks) payerOf(t *book.Transaction, invoice *book.Invoice) book.ItemID {
	var id book.ItemID
	switch {
	case invoice != nil:
		id = invoice.CustomerID
	case t.CustomerRef != "":
		id = book.NewID(b.billing(), "customer/"+t.CustomerRef)
	}
	if t.Payer == "" || id == "" {
		return id
	}
	if known, ok := b.payers[t.Payer]; ok && known != id {
		b.payers[t.Payer] = ""
	} else {
		b.payers[t.Payer] = id
	}
	return id
}

// billing is the name of the billing system.
func (b *renewalBooks) billing() book.SourceName { return b.config.billing() }

// cases are the open invoices whose last attempt failed or is pending, and the paid ones whose service
// this program still holds suspended; by invoice.
func (b *renewalBooks) cases() []dunning.Case {
	var out []dunning.Case
	for i := range b.books.Invoices {
		x := &b.books.Invoices[i]
		if c, ok := b.caseOf(x); ok {
			out = append(out, c)
		}
	}
	return out
}

// caseOf makes the case of an invoice; false where it is none.
func (b *renewalBooks) caseOf(x *book.Invoice) (dunning.Case, bool) {
	tries := b.tries[x.ID]
	if len(tries) == 0 || x.Status == book.InvoiceGone {
		return dunning.Case{}, false
	}
	last := tries[len(tries)-1]
	c := dunning.Case{Invoice: x.ID, Customer: x.CustomerID, Number: x.Number, DueOn: x.DueOn,
		Amount: money.New(x.Balance, x.Currency), Paid: !x.Status.Open() || last.State == book.Succeeded}
	if c.Number == "" {
		c.Number = strings.TrimPrefix(x.ID.Native(), "invoice/")
	}
	if c.Services = b.servicesOf(x); c.Paid && !suspendedByUs(c.Services) {
		return dunning.Case{}, false
	}
	b.person(&c, x, last)
	b.money(&c, x, tries)
	for _, t := range slices.Backward(tries) {
		if t.State == book.Succeeded {
			break
		}
		c.FailedAt = t.At
	}
	b.methods(&c, last)
	b.attempts(&c, tries, last)
	for _, subject := range []book.ItemID{x.ID, x.CustomerID} {
		if h, ok := b.holds[subject]; ok {
			c.Holds = append(c.Holds, dunning.Hold{Reason: h.Reason, By: h.By, At: h.At,
				UntilOn: h.UntilOn})
		}
	}
	failed := c.Paid || last.State == book.Failed || c.Pending || c.Unknown
	c.Unknown = c.Unknown || b.unsure[string(x.CustomerID)] || b.unsure[credentialOf(last)]
	return c, failed
}

func suspendedByUs(list []dunning.Service) bool {
	return slices.ContainsFunc(list, func(s dunning.Service) bool {
		return s.Ours && s.Status == suspended
	})
}

func (b *renewalBooks) person(c *dunning.Case, x *book.Invoice, last *book.Transaction) {
	c.Segment = dunning.Segment{Gateway: b.config.kindOf(last.Source)}
	if len(c.Services) > 0 {
		c.Segment.Product = c.Services[0].Name
	}
	if p := b.customers[x.CustomerID]; p != nil {
		c.Name, c.Email, c.Language, c.Segment.Country = p.Title(), p.Email, p.Language, p.Country
		c.Segment.Lifetime = money.New(b.lifetime[p.ID], p.Currency)
	}
}

// money says how the invoice's money stands: what is pending, and what is not known.
func (b *renewalBooks) money(c *dunning.Case, x *book.Invoice, tries []*book.Transaction) {
	c.Pending = x.Status == book.InvoicePending
	for _, t := range tries {
		c.Pending = c.Pending || t.State == book.Pending
	}
	for _, i := range b.filed[x.ID] {
		switch i.Kind {
		case book.Retry, book.Capture, book.Record, book.ApplyCredit:
			c.Unknown = c.Unknown || inDoubt(i)
		case book.Notify:
			c.Notices = append(c.Notices, noticeSent(i))
		}
	}
}

func noticeSent(i *book.Intent) dunning.Sent {
	_, names, _ := strings.Cut(string(i.Target), noticeMark)
	template, step, _ := strings.Cut(names, "/")
	return dunning.Sent{Template: template, Step: step, At: i.PreparedAt, State: i.State}
}

// attempts are those on the invoice and all others on what it may be charged with: the credential that
// failed last and the customer's other methods.
func (b *renewalBooks) attempts(c *dunning.Case, tries []*book.Transaction, last *book.Transaction) {
	list := slices.Clone(tries)
	keys := []string{credentialOf(last)}
	for _, m := range c.Methods {
		keys = append(keys, string(m.Source)+" "+m.Instrument.Credential())
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		for _, t := range b.uses[key] {
			if !slices.Contains(tries, t) {
				list = append(list, t)
			}
		}
	}
	for _, t := range list {
		a := dunning.Attempt{ID: t.ID, At: t.At, Amount: t.Charged.Abs(), State: t.State,
			Ours: b.made[t.ID],
			Signal: dunning.Signal{Gateway: b.config.kindOf(t.Source), Decline: declineOf(t),
				Instrument: t.Instrument}}
		if slices.Contains(tries, t) {
			a.Invoice = c.Invoice
		}
		if !a.Ours {
			a.By = "billing"
		}
		c.Attempts = append(c.Attempts, a)
	}
	b.captures(c)
	slices.SortFunc(c.Attempts, func(x, y dunning.Attempt) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.ID, y.ID))
	})
}

// captureNear is within what time of a capture that billing made for us its charge stands at a gateway.
const captureNear = 15 * 60 * 1000

// captures adds the refused captures of which no gateway tells: they count all the same.
func (b *renewalBooks) captures(c *dunning.Case) {
	for _, i := range b.filed[c.Invoice] {
		if i.Kind != book.Capture || i.State != book.IntentRefused {
			continue
		}
		near := slices.ContainsFunc(c.Attempts, func(a dunning.Attempt) bool {
			return a.Invoice == c.Invoice && a.At-i.FirstSentAt < captureNear &&
				i.FirstSentAt-a.At < captureNear
		})
		if !near {
			c.Attempts = append(c.Attempts, dunning.Attempt{ID: book.NewID(i.Provider, "action/"+i.ID), Invoice: c.Invoice,
				At: i.FirstSentAt, Amount: i.Amount, State: book.Failed, Ours: true,
				Signal: dunning.Signal{Gateway: b.config.kindOf(i.Provider), Decline: book.Decline{Code: "payment_attempt_failed"}}})
		}
	}
}

// declineOf is what the gateway said, with the one code that all of them keep where it said no more.
func declineOf(t *book.Transaction) book.Decline {
	d := t.Decline
	if d == (book.Decline{}) {
		d.Code = t.Reason
	}
	return d
}

// The states of a service that dunning brings about, as billing words them.
const (
	active    = "Active"
	suspended = "Suspended"
)

// servicesOf are the services that an invoice pays for, and which of them this program suspended.
func (b *renewalBooks) servicesOf(x *book.Invoice) []dunning.Service {
	var out []dunning.Service
	for _, l := range x.Lines {
		s := b.services[l.About]
		if s == nil || slices.ContainsFunc(out, func(o dunning.Service) bool { return o.ID == s.ID }) {
			continue
		}
		d := dunning.Service{ID: s.ID, Name: s.Name, Status: s.Status}
		for _, i := range b.filed[s.ID] {
			// What we did counts until billing was read after it.
			unread := i.State == book.IntentSucceeded && i.FirstSentAt > b.readAt[i.Provider]
			switch {
			case i.Kind == book.Suspend && i.State == book.IntentSucceeded:
				d.Ours, d.SuspendedAt, d.AskedAt = true, i.FirstSentAt, 0
				if unread {
					d.Status = suspended
				}
			case i.Kind == book.Unsuspend && i.State == book.IntentSucceeded:
				d.Ours = false
				if unread {
					d.Status = active
				}
			case i.Kind == book.Unsuspend && i.FirstSentAt > 0:
				d.AskedAt = i.FirstSentAt
			}
		}
		out = append(out, d)
	}
	return out
}

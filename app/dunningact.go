package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/dunning"
)

// ActRefund is the one thing that can be proposed about a renewal and that is no step of a plan.
const ActRefund = "refund"

// ProposeRenewal makes the action that a person wants about a renewal, reads everything again that it is
// about, and says what it would do: "retry", "notice", "suspend", "unsuspend" or "refund".
func (a *App) ProposeRenewal(ctx context.Context, invoice book.ItemID, act string) (Proposal, error) {
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return Proposal{}, err
	}
	var o book.Order
	if act == ActRefund {
		o, err = a.refundOrder(r)
	} else {
		o, err = a.orderOf(ctx, r, stepBy(*r, StepKind(act)))
	}
	if err != nil {
		return Proposal{}, err
	}
	p, err := a.proposal(ctx, o)
	if why := r.InTheWay[StepKind(act)]; why != "" {
		p.Blocked = why
	}
	return p, err
}

// DoOrder files an order and carries it out as far as it goes now.
func (a *App) DoOrder(ctx context.Context, o book.Order, why string) (book.Intent, error) {
	i, err := a.File(ctx, o, a.titleOf(ctx, o), why)
	if err != nil || i.State != book.IntentReady {
		return i, err
	}
	return a.carry(ctx, i.ID)
}

// orderOf is the order of a step of a plan.
func (a *App) orderOf(ctx context.Context, r *Renewal, s dunning.Step) (book.Order, error) {
	o := book.Order{Invoice: r.Invoice, Customer: r.Customer, Target: r.Invoice, Amount: r.Amount,
		Reason: s.Why}
	switch s.Kind {
	case dunning.StepRetry:
		return a.retryOrder(r, s, o)
	case dunning.StepNotice:
		return a.noticeOrder(ctx, r, s, o)
	case dunning.StepSuspend, dunning.StepTerminate, dunning.StepUnsuspend:
		if s.Service == "" {
			return o, errors.New("the invoice pays for no service that could be suspended")
		}
		o.Do = map[dunning.StepKind]book.ActionKind{dunning.StepSuspend: book.Suspend,
			dunning.StepTerminate: book.Terminate, dunning.StepUnsuspend: book.Unsuspend}[s.Kind]
		o.Service, o.Target = s.Service, s.Service
		return o, nil
	}
	return o, fmt.Errorf("%q is no step that could be done", s.Kind)
}

// retryOrder charges the method that the step names, else the case's own, which is the current one or the
// one that failed last; it has the billing system do it where the gateway does not say what was charged.
func (a *App) retryOrder(r *Renewal, s dunning.Step, o book.Order) (book.Order, error) {
	source, instrument := book.SourceName(""), book.Instrument{}
	payer := ""
	for _, x := range slices.Backward(r.Attempts) {
		if x.Invoice == r.Invoice {
			source, instrument = x.ID.Source(), x.Signal.Instrument
			break
		}
	}
	method := s.Method
	current := slices.IndexFunc(r.Methods, func(m dunning.Method) bool { return m.Current })
	if method == nil && current >= 0 {
		method = &r.Methods[current]
	}
	if method != nil {
		source, instrument = method.Source, method.Instrument
	}
	payer = r.payers[source]
	if instrument.ID == "" || payer == "" {
		o.Do, o.Provider = book.Capture, a.Config().billing()
		return o, nil
	}
	o.Do, o.Provider, o.Credential, o.Payer = book.Retry, source, instrument.ID, payer
	o.Method, o.ThenRecord = a.Config().methodFor(source), true
	return o, nil
}

// refundOrder gives back what was paid last on the invoice.
func (a *App) refundOrder(r *Renewal) (book.Order, error) {
	for _, x := range slices.Backward(r.Attempts) {
		if x.Invoice == r.Invoice && x.State == book.Succeeded {
			return book.Order{Do: book.GiveBack, Target: x.ID, Charge: x.ID, Invoice: r.Invoice,
				Customer: r.Customer,
				Amount:   x.Amount, Method: a.Config().methodFor(x.ID.Source()), ThenRecord: true}, nil
		}
	}
	return book.Order{}, errors.New("nothing was paid on this invoice")
}

// printed is the number that an invoice bears, or its number in billing where it has none.
func (a *App) printed(ctx context.Context, invoice book.ItemID) string {
	records, err := a.store.ByIDs(ctx, []book.ItemID{invoice})
	if err == nil && len(records.Invoices) == 1 && records.Invoices[0].Number != "" {
		return records.Invoices[0].Number
	}
	return numberOf(invoice)
}

// titleOf is one line for people: "Retry 349.00 EUR, invoice 2026-10588".
func (a *App) titleOf(ctx context.Context, o book.Order) string {
	number := ""
	if o.Invoice != "" {
		number = ", invoice " + a.printed(ctx, o.Invoice)
	}
	switch o.Do {
	case book.Retry, book.Capture:
		return "Retry " + o.Amount.String() + number
	case book.GiveBack:
		return "Refund " + o.Amount.String() + number
	case book.Notify:
		return "Notice “" + strings.ReplaceAll(o.Message.Template, "_", " ") + "”" + number
	case book.Suspend, book.Unsuspend, book.Terminate:
		info, _ := o.Do.Info()
		return info.Title + " " + numberOf(o.Service) + number
	}
	info, _ := o.Do.Info()
	return info.Title + number
}

func numberOf(id book.ItemID) string {
	n := id.Native()
	for i := len(n) - 1; i >= 0; i-- {
		if n[i] == '/' {
			return n[i+1:]
		}
	}
	return n
}

func buttonOf(o book.Order) string {
	switch o.Do {
	case book.Retry, book.Capture:
		return "Retry now"
	case book.Notify:
		return "Send the notice"
	case book.GiveBack:
		return "File the refund"
	}
	return upperFirst(string(o.Do))
}

// Simulated is what two policies would have done with the failed renewals of past months.
type Simulated struct {
	Months   int
	Now      dunning.Outcome
	Other    dunning.Outcome
	Measured dunning.Measurement
}

// measuredAge is the age at which a case is closed for measuring, in days.
const measuredAge = 30

// SimulatePolicy replays the failed renewals of past months under another policy, beside the one that
// stands, and measures what was recovered in truth.
func (a *App) SimulatePolicy(ctx context.Context, policy string, months int) (Simulated, error) {
	other, err := a.readPolicy(policy)
	if err != nil {
		return Simulated{}, err
	}
	now, err := a.policy()
	if err != nil {
		return Simulated{}, err
	}
	t, err := declines()
	if err != nil {
		return Simulated{}, err
	}
	b, err := a.renewalBooks(ctx, a.Now(), "")
	if err != nil {
		return Simulated{}, err
	}
	from := book.MonthOf(a.Now().In(a.Config().Zone())) - book.Month(months)
	past := b.past(from.First().Start(a.Config().Zone()))
	s := Simulated{Months: months, Measured: dunning.Measure(past, now, t, measuredAge, a.Now())}
	s.Now, s.Other = dunning.Compare(past, now, other, t, a.Now())
	return s, nil
}

// past are the cases that began since a moment, as they went.
func (b *renewalBooks) past(since book.Instant) []dunning.Past {
	var out []dunning.Past
	for i := range b.books.Invoices {
		x := &b.books.Invoices[i]
		tries := b.tries[x.ID]
		first := slices.IndexFunc(tries, func(t *book.Transaction) bool { return t.State == book.Failed })
		if first < 0 || tries[first].At < since {
			continue
		}
		p := dunning.Past{PaidAt: x.PaidAt, Case: dunning.Case{Invoice: x.ID,
			Customer: x.CustomerID, Number: x.Number,
			DueOn: x.DueOn, Amount: tries[first].Charged.Abs(), FailedAt: tries[first].At}}
		if p.Case.Amount.Currency == "" {
			p.Case.Amount = money.New(x.Total, x.Currency)
		}
		last := tries[len(tries)-1]
		b.person(&p.Case, x, last)
		p.Case.Services = b.servicesOf(x)
		b.methods(&p.Case, last)
		b.attempts(&p.Case, tries, tries[first])
		out = append(out, p)
	}
	return out
}

// InvoiceID is the id of an invoice that somebody names: its id, or its number in billing.
func (a *App) InvoiceID(name string) book.ItemID { return a.billingID("invoice/", name) }

// ServiceID is the id of a service that somebody names: its id, or its number in billing.
func (a *App) ServiceID(name string) book.ItemID { return a.billingID("service/", name) }

func (a *App) billingID(kind, name string) book.ItemID {
	if id := book.ItemID(name); id.Source() != "" {
		return id
	}
	return book.NewID(a.Config().billing(), kind+name)
}

// ProposeRefund makes the refund of a payment: a charge at its gateway, or the one behind a row of
// billing. amount tells how much in the charge's currency; zero is all that is left.
func (a *App) ProposeRefund(ctx context.Context, payment book.ItemID,
	amount func(money.Currency) (money.Money, error)) (Proposal, error) {
	books, err := a.store.Load(ctx)
	if err != nil {
		return Proposal{}, err
	}
	charge, invoice := chargeBehind(&books, payment, a.Config().billing())
	if charge == nil {
		return Proposal{}, fmt.Errorf("no charge at a gateway is known behind %s: name the charge itself", payment)
	}
	want, err := amount(charge.Charged.Currency)
	if err != nil {
		return Proposal{}, err
	}
	o := book.Order{Do: book.GiveBack, Target: charge.ID, Charge: charge.ID, Amount: want,
		Method: a.Config().methodFor(charge.Source)}
	if invoice != nil {
		o.Invoice, o.Customer, o.ThenRecord = invoice.ID, invoice.CustomerID, true
	}
	if o.Amount.Minor == 0 {
		o.Amount = charge.Charged.Abs()
		s, err := a.DryRun(ctx, o)
		if err != nil {
			return Proposal{}, err
		}
		if s.Left.Minor > 0 {
			o.Amount = s.Left
		}
	}
	return a.proposal(ctx, o)
}

// chargeBehind finds the charge that a payment is, with the invoice that it paid; nil for none.
func chargeBehind(books *book.Records, payment book.ItemID,
	billing book.SourceName) (*book.Transaction, *book.Invoice) {
	reference := payment.Native()
	var invoiceID book.ItemID
	for i := range books.Payments {
		if p := &books.Payments[i]; p.ID == payment {
			reference, invoiceID = p.Reference, p.InvoiceID
		}
	}
	for i := range books.Transactions {
		t := &books.Transactions[i]
		if t.Kind != book.Charge || t.ID != payment && t.ID.Native() != reference &&
			!slices.Contains(t.Aliases, reference) {
			continue
		}
		if invoiceID == "" && t.InvoiceRef != "" {
			invoiceID = book.NewID(billing, "invoice/"+t.InvoiceRef)
		}
		for k := range books.Invoices {
			if books.Invoices[k].ID == invoiceID {
				return t, &books.Invoices[k]
			}
		}
		return t, nil
	}
	return nil, nil
}

// ProposeService makes the action that suspends, restores or terminates a service, for its open invoice.
func (a *App) ProposeService(ctx context.Context, service book.ItemID,
	kind book.ActionKind) (Proposal, error) {
	books, err := a.store.Load(ctx)
	if err != nil {
		return Proposal{}, err
	}
	o := book.Order{Do: kind, Target: service, Service: service}
	for i := range books.Services {
		if books.Services[i].ID == service {
			o.Customer = books.Services[i].CustomerID
		}
	}
	if o.Customer == "" {
		return Proposal{}, fmt.Errorf("the books know no service %s: sync first", service)
	}
	for i := range books.Invoices {
		x := &books.Invoices[i]
		about := slices.ContainsFunc(x.Lines, func(l book.InvoiceLine) bool { return l.About == service })
		if about && x.Status.Open() {
			o.Invoice, o.Amount = x.ID, money.New(x.Balance, x.Currency)
		}
	}
	if kind == book.Suspend && o.Invoice == "" {
		return Proposal{}, errors.New("no invoice of the service is open: nobody is suspended for nothing")
	}
	return a.proposal(ctx, o)
}

// proposal reads everything again that an order is about.
func (a *App) proposal(ctx context.Context, o book.Order) (Proposal, error) {
	p := Proposal{Order: o, Title: a.titleOf(ctx, o), Button: buttonOf(o), Reason: "By hand"}
	s, err := a.DryRun(ctx, o)
	if err != nil {
		return p, err
	}
	if p.Effects, p.Blocked = s.Effects, s.Blocked; s.Done {
		p.Blocked = "That is so already."
	}
	return p, nil
}

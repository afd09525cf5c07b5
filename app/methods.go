package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// SavedMethod is something that a customer of a failed renewal can be charged with.
type SavedMethod struct {
	// Name is what people call it: "Visa 4558 at Stripe".
	Name       string
	Source     book.SourceName
	Instrument book.Instrument
	// Own says that the renewal failed on it: its own agreement covers it. Another one is charged only
	// with the customer's word, given at ConsentAt and written where How says.
	Own bool
	// Current says that the customer saved it after the renewal failed, or renewed its data: the renewal
	// goes on with it.
	Current   bool
	ConsentAt book.Instant
	How       string
}

// SavedMethods are the methods of the customer of a failed renewal, the one that failed first.
func (a *App) SavedMethods(ctx context.Context, invoice book.ItemID) ([]SavedMethod, error) {
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return nil, err
	}
	consents, err := a.store.Consents(ctx)
	if err != nil {
		return nil, err
	}
	var out []SavedMethod
	for n := len(r.Attempts) - 1; n >= 0; n-- {
		if x := r.Attempts[n]; x.Invoice == invoice {
			if x.Signal.Instrument.Credential() != "" {
				out = append(out, SavedMethod{Source: x.ID.Source(), Instrument: x.Signal.Instrument,
					Own: true})
			}
			break
		}
	}
	for _, m := range r.Methods {
		if len(out) > 0 && out[0].Own && out[0].Instrument.Credential() == m.Instrument.Credential() {
			out[0].Current = m.Current
			continue
		}
		s := SavedMethod{Source: m.Source, Instrument: m.Instrument, Current: m.Current}
		for _, c := range consents {
			if c.Customer == r.Customer && c.Credential == m.Instrument.Credential() {
				s.ConsentAt, s.How = c.At, c.How
			}
		}
		out = append(out, s)
	}
	for i := range out {
		out[i].Name = a.methodName(out[i])
	}
	return out, nil
}

func (a *App) methodName(m SavedMethod) string {
	var words []string
	for _, w := range []string{m.Instrument.Brand, m.Instrument.Ending} {
		if w != "" {
			words = append(words, strings.ToUpper(w[:1])+w[1:])
		}
	}
	if len(words) == 0 {
		words = append(words, strings.ReplaceAll(m.Instrument.Kind, "_", " "))
	}
	return strings.TrimSpace(strings.Join(words, " ")) + " at " + a.Config().Title(m.Source)
}

func (a *App) renewalOf(ctx context.Context, invoice book.ItemID) (*Renewal, error) {
	list, err := a.Renewals(ctx)
	if err != nil {
		return nil, err
	}
	r := list.Find(invoice)
	if r == nil {
		return nil, fmt.Errorf("%s is no failed renewal now; countinghouse renewals lists them", invoice)
	}
	return r, nil
}

// methodBy finds a method by its name, its ending, or the gateway's id.
func (a *App) methodBy(ctx context.Context, invoice book.ItemID, name string) (SavedMethod, error) {
	all, err := a.SavedMethods(ctx, invoice)
	if err != nil {
		return SavedMethod{}, err
	}
	var found []SavedMethod
	for _, m := range all {
		if strings.EqualFold(name, m.Name) || name == m.Instrument.Ending || name == m.Instrument.ID {
			found = append(found, m)
		}
	}
	switch {
	case len(all) == 0:
		return SavedMethod{}, errors.New("no gateway tells of a saved method of this customer")
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return SavedMethod{}, fmt.Errorf("%q fits %d methods: name the gateway's id", name, len(found))
	}
	return SavedMethod{}, fmt.Errorf("%q is none of the customer's methods: countinghouse methods lists them", name)
}

// Consent notes the customer's word that another saved method may be charged, and where it is written.
func (a *App) Consent(ctx context.Context, invoice book.ItemID, method, how string) (SavedMethod, error) {
	if strings.TrimSpace(how) == "" {
		return SavedMethod{}, errors.New("it is missing where the customer's consent is written: a ticket, a letter")
	}
	if err := a.Config().May(a.User(), RightDun); err != nil {
		return SavedMethod{}, err
	}
	m, err := a.methodBy(ctx, invoice, method)
	switch {
	case err != nil:
		return m, err
	case m.Own || m.Current:
		return m, fmt.Errorf("%s is what the renewal is charged to already", m.Name)
	case m.ConsentAt != 0:
		return m, fmt.Errorf("the consent to %s stands already: %s", m.Name, m.How)
	}
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return m, err
	}
	step, err := a.begin(ctx)
	if err != nil {
		return m, err
	}
	c := Consent{Customer: r.Customer, Credential: m.Instrument.Credential(), How: how,
		By: a.User(), At: step.At}
	step.Events = []store.StepEvent{{Kind: book.EventConsent, Subject: string(r.Customer), Why: how,
		What: "May be charged: " + m.Name, Changes: []store.Change{{Consent: &c}}}}
	_, err = a.act(ctx, step)
	m.ConsentAt, m.How = c.At, how
	return m, err
}

// ProposeMandateEnd makes the action that takes a saved method away at its gateway, so that nothing can be
// charged to it any more.
func (a *App) ProposeMandateEnd(ctx context.Context, invoice book.ItemID, method string) (Proposal, error) {
	m, err := a.methodBy(ctx, invoice, method)
	if err != nil {
		return Proposal{}, err
	}
	if m.Instrument.ID == "" {
		return Proposal{}, fmt.Errorf("%s has no id at its gateway by which it could be taken away", m.Name)
	}
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return Proposal{}, err
	}
	p, err := a.proposal(ctx, book.Order{Do: book.CancelMandate, Provider: m.Source, Customer: r.Customer,
		Invoice: invoice, Target: book.NewID(m.Source, "method/"+m.Instrument.ID), Credential: m.Instrument.ID,
		Amount: money.New(0, r.Amount.Currency)})
	p.Title = "Take " + m.Name + " away"
	return p, err
}

package app

import (
	"cmp"
	"maps"
	"slices"

	"countinghouse/app/book"
	"countinghouse/dunning"
)

// payer is a customer as a gateway knows them.
type payer struct {
	source book.SourceName
	id     string
}

// methods are the customer's other instruments that were seen to pay, and those that a gateway has saved.
func (b *renewalBooks) methods(c *dunning.Case, last *book.Transaction) {
	for key, t := range b.known[c.Customer] {
		if key == last.Instrument.Credential() {
			continue
		}
		m := b.methodAs(c, key)
		m.Source, m.Gateway, m.Instrument = t.Source, b.config.kindOf(t.Source), t.Instrument
		m.AddedAt = t.At
	}
	b.renewed(c, last)
	slices.SortFunc(c.Methods, func(x, y dunning.Method) int {
		return cmp.Compare(x.Instrument.Credential(), y.Instrument.Credential())
	})
}

// renewed adds what gateways tell of saved methods. One that was saved after the renewal failed takes the
// place of the one that failed; where the failed one's data was renewed since its last try, it stands
// itself. An older one stays one of the others.
func (b *renewalBooks) renewed(c *dunning.Case, last *book.Transaction) {
	current, since := "", book.Instant(0)
	payers := b.payersOf(*c)
	for _, source := range slices.Sorted(maps.Keys(payers)) {
		id := payers[source]
		if b.payers[id] != c.Customer {
			continue // the gateway has it of two customers
		}
		for _, x := range b.saved[payer{source, id}] {
			key := x.Instrument().Credential()
			// An updater may put another card behind the same id.
			same := key == last.Instrument.Credential() || x.ID.Native() == last.Instrument.ID
			fresh := book.Instant(0)
			switch {
			case x.AddedAt > c.FailedAt:
				fresh = max(x.AddedAt, x.UpdatedAt)
			case same && x.UpdatedAt > last.At:
				fresh = x.UpdatedAt
			case same:
				continue
			}
			m := b.methodAs(c, key)
			m.Source, m.Gateway, m.Instrument = source, b.config.kindOf(source), x.Instrument()
			m.AddedAt, m.UpdatedAt, m.ExpiresOn = x.AddedAt, x.UpdatedAt, x.ExpiresOn
			if fresh > since {
				current, since = key, fresh
			}
		}
	}
	for i := range c.Methods {
		m := &c.Methods[i]
		m.Current = current != "" && m.Instrument.Credential() == current
	}
}

// methodAs is the case's method with a credential, a new one where there is none yet.
func (b *renewalBooks) methodAs(c *dunning.Case, key string) *dunning.Method {
	at := slices.IndexFunc(c.Methods, func(m dunning.Method) bool {
		return m.Instrument.Credential() == key
	})
	if at < 0 {
		m := dunning.Method{}
		if x, ok := b.consents[Consent{Customer: c.Customer, Credential: key}.Key()]; ok {
			m.ConsentAt = x.At
		}
		c.Methods = append(c.Methods, m)
		at = len(c.Methods) - 1
	}
	return &c.Methods[at]
}

// payersOf are the gateways' ids of a case's customer, by gateway, as the last charges have them.
func (b *renewalBooks) payersOf(c dunning.Case) map[book.SourceName]string {
	out := map[book.SourceName]string{}
	for _, t := range b.known[c.Customer] {
		if t.Payer != "" {
			out[t.Source] = t.Payer
		}
	}
	for _, t := range b.tries[c.Invoice] {
		if t.Payer != "" {
			out[t.Source] = t.Payer
		}
	}
	return out
}

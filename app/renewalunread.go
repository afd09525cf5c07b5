package app

import (
	"cmp"
	"encoding/json"

	"countinghouse/app/book"
)

// unread adds to the books the retries whose outcome is known and whose charge no pull has brought yet, as
// the pull will bring them: they count from the moment they are known. Refusals of which a gateway keeps
// nothing stay so.
func (b *renewalBooks) unread() {
	known := map[book.ItemID]bool{}
	instruments := map[string]book.Instrument{}
	for i := range b.books.Transactions {
		t := &b.books.Transactions[i]
		known[t.ID] = true
		if t.Instrument.ID != "" {
			instruments[string(t.Source)+" "+t.Instrument.ID] = t.Instrument
		}
	}
	saved := map[string]*book.SavedMethod{}
	for i := range b.books.SavedMethods {
		m := &b.books.SavedMethods[i]
		saved[string(m.Source)+" "+m.Instrument().ID] = m
	}
	for n := range b.intents {
		i := &b.intents[n]
		state, over := map[book.IntentState]book.TransactionState{book.IntentSucceeded: book.Succeeded,
			book.IntentRefused: book.Failed}[i.State]
		id := cmp.Or(i.Charge, i.Object)
		if i.Kind != book.Retry || !over || i.FirstSentAt == 0 || known[id] {
			continue
		}
		o, err := i.Order()
		if err != nil {
			continue
		}
		t := book.Transaction{ID: id, Source: i.Provider, Kind: book.Charge, State: state,
			At: i.FirstSentAt, Currency: i.Amount.Currency, Charged: i.Amount,
			InvoiceRef: numberOf(o.Invoice), Payer: o.Payer}
		if t.ID == "" {
			t.ID = book.NewID(i.Provider, "action/"+i.ID)
			b.made[t.ID] = true
		}
		key := string(i.Provider) + " " + o.Credential
		t.Instrument = instruments[key]
		// One that was never charged, or renewed since, is known by what its gateway has saved.
		if m := saved[key]; m != nil && (t.Instrument.ID == "" || m.UpdatedAt != 0 && m.UpdatedAt <= i.FirstSentAt) {
			t.Instrument = m.Instrument()
		}
		if t.Instrument.ID == "" {
			t.Instrument.ID = o.Credential
		}
		var said struct {
			Decline book.Decline `json:"decline"`
			KnownAt int64        `json:"known_at"`
		}
		if json.Unmarshal([]byte(i.Evidence), &said) == nil {
			t.Decline = said.Decline
		}
		// Of several sendings nobody knows which one the issuer answered: a refusal counts from when it was
		// known, and what went through is the last word.
		switch {
		case i.Attempts > 1 && state == book.Succeeded:
			t.At = b.at
		case i.Attempts > 1:
			t.At = max(t.At, book.Instant(said.KnownAt))
		}
		b.books.Transactions = append(b.books.Transactions, t)
	}
}

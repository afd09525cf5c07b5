package app

import (
	"context"

	"countinghouse/app/book"
)

// Sender is the customer whom a bank line or a charge is from as far as it is known, "" where nobody
// knows; account says that it is known by the account that the money came from.
func (m *Month) Sender(id book.ItemID) (customer book.ItemID, account bool) {
	l := m.Line(id)
	if l == nil {
		return m.customerOf(id), false
	}
	who := m.senderOf(l)
	return who, who != "" && m.senders().accounts[foldWords(l.CounterpartyAccount)] == who
}

// Rejections are the events by which people said that records do not belong together, oldest first.
func (a *App) Rejections(ctx context.Context) ([]Event, error) {
	all, err := a.store.Events(ctx, nil)
	var out []Event
	for _, e := range all {
		if e.Kind == book.EventKind(book.RejectMatch) {
			out = append(out, e)
		}
	}
	return out, err
}

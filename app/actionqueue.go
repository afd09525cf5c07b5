package app

import (
	"cmp"
	"context"
	"strings"

	"countinghouse/app/book"
)

// ActionQueue reads the filed actions as the window shows them.
func (a *App) ActionQueue(ctx context.Context) (ActionQueue, error) {
	q := ActionQueue{Config: a.Config(), At: a.Now(), Me: a.User(), About: map[string]string{},
		Confirm: map[string]string{}}
	var err error
	if q.List, err = a.store.Intents(ctx); err != nil {
		return q, err
	}
	if q.Paused, err = a.store.Sending(ctx); err != nil {
		return q, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return q, err
	}
	for _, i := range q.List {
		q.About[i.ID] = aboutAction(i, names)
		if words := a.Confirmation(i); words != "" {
			q.Confirm[i.ID] = words
		}
	}
	return q, nil
}

// aboutAction says whom an action is about: customer and invoice. names are those of both.
func aboutAction(i book.Intent, names map[book.ItemID]string) string {
	o, err := i.Order()
	if err != nil {
		return string(i.Target)
	}
	var parts []string
	if name := names[o.Customer]; name != "" {
		parts = append(parts, name)
	}
	if n, ok := strings.CutPrefix(o.Invoice.Native(), "invoice/"); ok {
		parts = append(parts, "invoice "+cmp.Or(names[o.Invoice], n))
	}
	if n, ok := strings.CutPrefix(o.Service.Native(), "service/"); ok && o.Service != "" {
		parts = append(parts, "service "+n)
	}
	if len(parts) == 0 {
		parts = append(parts, string(i.Target))
	}
	return strings.Join(parts, ", ")
}

// names are the customers' names and the invoices' numbers by id.
func (a *App) names(ctx context.Context) (map[book.ItemID]string, error) {
	books, err := a.store.Load(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[book.ItemID]string, len(books.Customers)+len(books.Invoices))
	for _, c := range books.Customers {
		out[c.ID] = c.Title()
	}
	for _, v := range books.Invoices {
		out[v.ID] = v.Number
	}
	return out, nil
}

func stateWord(s book.IntentState) string { return strings.ReplaceAll(string(s), "_", " ") }

package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"countinghouse/app/book"
)

// History is what happened to an exception, oldest first: what its records say of themselves, its
// detection, and what people did. id is the exception's id or the beginning of it.
func (a *App) History(ctx context.Context, id string) ([]Event, error) {
	b, err := a.bench(ctx)
	if err != nil {
		return nil, err
	}
	settled, err := a.store.Settled(ctx, 0, b.m.AsOf.In(a.Config().Zone()), 0)
	if err != nil {
		return nil, err
	}
	x, err := exceptionOf(id, slices.Concat(b.m.All, beside(b.m.All, settled)))
	if err != nil {
		return nil, err
	}
	out := b.m.Past(x)
	events, err := a.store.Events(ctx, []string{x.ID})
	if err != nil {
		return nil, err
	}
	out = append(out, events...)
	slices.SortStableFunc(out, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// EventsOf are the events of people on an exception of this id, oldest first; no run is needed for it.
func (a *App) EventsOf(ctx context.Context, id string) ([]Event, error) {
	return a.store.Events(ctx, []string{id})
}

// Past is what the records around an exception say of themselves, and its detection, oldest first.
func (m *Month) Past(x book.Exception) []Event {
	var out []Event
	say := func(at book.Instant, format string, args ...any) {
		if at != 0 {
			out = append(out, Event{At: at, By: "sync", Kind: book.EventRecord, Subject: x.ID,
				What: fmt.Sprintf(format, args...)})
		}
	}
	zone := m.Config.Zone()
	for _, id := range x.Items {
		if t := m.Transaction(id); t != nil {
			say(t.At, "%s %s, %s", m.ItemName(id), t.State, chargedOf(t))
		} else if p := m.Payment(id); p != nil {
			say(p.At, "%s recorded, %s", m.ItemName(id), p.Amount)
		} else if p := m.Payout(id); p != nil {
			say(p.SentAt, "%s sent, %s", m.ItemName(id), p.Amount)
			say(p.FailedAt, "%s came back", m.ItemName(id))
		} else if l := m.Line(id); l != nil {
			say(lineOn(l).Start(zone), "%s booked, %s", m.ItemName(id), l.Amount)
		} else if v := m.Invoice(id); v != nil {
			say(v.IssuedOn.Start(zone), "%s issued, %s", m.ItemName(id), invoiceTotal(v))
			say(v.PaidAt, "%s marked as paid", m.ItemName(id))
		} else if c := m.Credit(id); c != nil {
			say(c.On.Start(zone), "%s added, %s", m.ItemName(id), c.Amount)
		}
	}
	out = append(out, Event{At: x.DetectedAt, By: "reconcile", Kind: book.EventDetected, Subject: x.ID,
		What: "Detected as " + string(x.Class) + " " + x.Class.Name()})
	slices.SortStableFunc(out, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return out
}

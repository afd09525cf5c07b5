package app

import (
	"context"
	"maps"
	"slices"
	"testing"

	"countinghouse/app/book"
)

// TestEveryOfferOfAMonthCanBeTaken takes every offer of every exception of a pretend month and takes it
// back again. An offer that needs no choice is never refused; afterwards the exception is gone, or waits,
// or is explained, or another class names what is left, and nothing that has no record in common with it
// is touched; taken back, everything is as it was.
func TestEveryOfferOfAMonthCanBeTaken(t *testing.T) {
	ctx := context.Background()
	d := demo(t, 7, 60, "2026-10")
	a := d.App
	start := monthState(runMonth(t, a))
	done := map[book.Class]int{}
	m := runMonth(t, a)
	for _, x := range m.All {
		for _, o := range m.Offers(x) {
			needsChoice := o.Resolution == book.MatchByHand ||
				o.Resolution == book.ChooseMatch && len(o.Left) == 0
			if o.Blocked != "" || needsChoice {
				continue
			}
			q := ResolveRequest{Exceptions: []string{x.ID}, As: o.Resolution, Reason: "tried",
				Code: book.OtherReason, Left: o.Left, Right: o.Right,
				Until: m.AsOf.In(m.Config.Zone()) + 7}
			r, err := a.Resolve(ctx, q)
			if err != nil || len(r.Refused) > 0 {
				t.Fatalf("%s %s as %s: %v, %v", x.Class, x.Items, o.Resolution, err, r.Refused)
			}
			done[x.Class]++
			after := monthState(runMonth(t, a))
			if now, still := after[x.ID]; still && now == start[x.ID] {
				t.Errorf("%s %v as %s changed nothing: %s", x.Class, x.Items, o.Resolution, now)
			}
			touched(t, m, x, o.Resolution, start, after)
			if _, err := a.Undo(ctx); err != nil {
				t.Fatalf("%s %v as %s cannot be taken back: %v", x.Class, x.Items, o.Resolution, err)
			}
			if back := monthState(runMonth(t, a)); !maps.Equal(back, start) {
				t.Fatalf("%s %v as %s was taken back, and left %v", x.Class, x.Items, o.Resolution,
					difference(start, back))
			}
		}
	}
	if len(done) < 28 {
		t.Errorf("only %d classes had offers: %v", len(done), done)
	}
}

func runMonth(t *testing.T, a *App) *Month {
	t.Helper()
	m, err := a.Reconcile(context.Background(), october, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// monthState is what a month says of each exception.
func monthState(m *Month) map[string]string {
	out := map[string]string{}
	for _, x := range m.All {
		out[x.ID] = string(x.Class) + " " + x.Amount.String() + " " + string(x.Status)
	}
	return out
}

func difference(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for id, s := range a {
		if b[id] != s {
			out[id] = s + " -> " + b[id]
		}
	}
	for id, s := range b {
		if _, ok := a[id]; !ok {
			out[id] = "-> " + s
		}
	}
	return out
}

// touched checks that nothing changed but what shares a record with what was settled.
func touched(t *testing.T, m *Month, x book.Exception, r book.Resolution, before, after map[string]string) {
	t.Helper()
	near := map[book.ItemID]bool{}
	for _, id := range x.Items {
		near[id] = true
		for _, s := range m.MatchesOf(id) {
			for _, other := range slices.Concat(s.Left, s.Right) {
				near[other] = true
			}
		}
	}
	for _, y := range m.All {
		if before[y.ID] == after[y.ID] {
			continue
		}
		if !slices.ContainsFunc(y.Items, func(id book.ItemID) bool { return near[id] }) {
			t.Errorf("%s %v as %s changed %s %v: %s -> %s", x.Class, x.Items, r, y.Class, y.Items,
				before[y.ID], after[y.ID])
		}
	}
}

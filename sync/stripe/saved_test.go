package stripe

import (
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func savedIn(b *sourcetest.Books) []book.SavedMethod {
	out := b.All().SavedMethods
	slices.SortFunc(out, func(x, y book.SavedMethod) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return out
}

// TestSavedMethods reads a card that was saved between two pulls, and one whose data was renewed, once by
// pulls and once by webhooks in both orders; an older event that comes again renews nothing.
func TestSavedMethods(t *testing.T) {
	const hour = book.Instant(3600 * 1000)
	w := sourcetest.Small()
	pulled := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), pulled, source.Request{})
	before := savedIn(pulled)
	w.Stripe.Saved[0].UpdatedAt = w.Now + hour
	w.Stripe.Saved = append(w.Stripe.Saved, world.Saved{Payer: "cus_1", AddedAt: w.Now + hour,
		Instrument: book.Instrument{ID: "pm_saved3", Kind: "card", Brand: "mastercard", Ending: "4444", Fingerprint: "FPsaved3"}})
	w.Now += 2 * hour
	s := serve(t, w, NewSimulator(w))
	pullInto(t, s, pulled, source.Request{})
	now := savedIn(pulled)
	if len(before) != 2 || len(now) != 3 || before[0].UpdatedAt != before[0].AddedAt || now[0].AddedAt != before[0].AddedAt ||
		now[0].UpdatedAt != w.Now-hour || now[2].AddedAt != w.Now-hour {
		t.Fatalf("before %+v, now %+v", before, now)
	}
	for _, d := range sourcetest.Diff(expect(w), pulled.All()) {
		t.Error(d)
	}

	r := receiverOf(t, w, secrets())
	var told [][]string
	for _, d := range Deliveries(w) {
		e, err := r.Verify(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.About) == 1 && strings.HasPrefix(e.About[0], savedMethod) {
			told = append(told, e.About)
		}
	}
	if len(told) != 5 {
		t.Fatalf("%d events tell of saved methods: %v", len(told), told)
	}
	follow := func(b *sourcetest.Books, about []string) {
		if err := s.Follow(t.Context(), about, b, func(p source.Page) error {
			b.Keep(p)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	pulled.Changed = nil
	for _, about := range told {
		follow(pulled, about)
	}
	if len(pulled.Changed) > 0 {
		t.Errorf("old events changed %v", pulled.Changed)
	}
	for range 2 {
		slices.Reverse(told)
		b := sourcetest.NewBooks()
		for _, about := range told {
			follow(b, about)
		}
		if !slices.Equal(savedIn(b), now) {
			t.Errorf("by webhooks %+v", savedIn(b))
		}
	}

	// A key that may not read them pulls all else.
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{Denied: []string{"payment_methods"}})), b, source.Request{})
	want := expect(w)
	want.SavedMethods = nil
	for _, d := range sourcetest.Diff(want, b.All()) {
		t.Errorf("without the permission: %s", d)
	}
}

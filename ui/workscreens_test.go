package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/present"
)

// workPictures are those of the workbench: the list with a selection, the sheets of the resolutions,
// the tabs of the detail.
func workPictures() []picture {
	at := func(c book.Class, do func(r *robot)) func(*robot) {
		return func(r *robot) {
			chooseClass(r, c)
			r.settle()
			do(r)
		}
	}
	ask := func(c book.Class, as book.Resolution) func(*robot) {
		return at(c, func(r *robot) { takeAs(r, as) })
	}
	tab := func(name string) func(*robot) {
		return at(book.A4, func(r *robot) {
			x := r.s.reconcile()
			events := pretendEvents(r.s.month)
			x.detail.tab = name
			x.detail.view.Take(r.s.month, x.current(), events)
			x.detail.tabs()
			x.detail.showBelow()
		})
	}
	return []picture{
		{name: "reconcile-selected", both: true, show: showSelected},
		{name: "reconcile-writeoff", show: ask(book.A1, book.WriteOff)},
		{name: "reconcile-explain", light: true, show: ask(book.M8, book.Explain)},
		{name: "reconcile-query", light: true, show: ask(book.M4, book.Query)},
		{name: "reconcile-choose", light: true, show: ask(book.D7, book.ChooseMatch)},
		{name: "reconcile-confirm", show: ask(book.D8, book.ConfirmMatch)},
		{name: "reconcile-fault", light: true, show: at(book.M1, func(r *robot) {
			x := r.s.reconcile()
			x.bench.faults[x.detail.view.ID] = fault{x.detail.view.Offers[0].Offer.Resolution,
				"somebody else worked on it meanwhile: look at it again, then decide"}
			x.showDetail()
		})},
		{name: "reconcile-bulk", show: func(r *robot) {
			showSelected(r)
			r.s.reconcile().bulk()
		}},
		{name: "reconcile-assign", light: true, show: at(book.M1, func(r *robot) { r.letters("a") })},
		{name: "reconcile-note", light: true, show: at(book.M1, func(r *robot) { r.letters("n") })},
		{name: "reconcile-history", light: true, show: tab("history")},
		{name: "reconcile-notes", light: true, show: tab("notes")},
		{name: "reconcile-evidence", light: true, show: tab("evidence")},
		{name: "reconcile-help", both: true, show: at(book.M1, func(r *robot) { r.letters("w") })},
		{name: "reconcile-filters", show: func(r *robot) {
			r.s.open(atReconcile)
			x := r.s.reconcile()
			x.saveFilters(present.SavedFilters{}.With("Mine in euro", present.Filter{Currency: "EUR",
				Owner: "ar.clerk"}).With("Late", present.Filter{State: present.StateLate}))
			x.askFilter()
		}},
		{name: "reconcile-filtered", light: true, show: func(r *robot) {
			r.s.open(atReconcile)
			r.s.reconcile().setFilter(present.Filter{Class: book.M1, Owner: present.Nobody})
		}},
		{name: "reconcile-search", light: true, show: func(r *robot) {
			r.s.open(atReconcile)
			r.s.reconcile().setFilter(present.Filter{Search: "1041"})
		}},
		{name: "reconcile-resolved", light: true, show: func(r *robot) {
			chooseClass(r, book.M1)
			x := r.s.reconcile()
			ids := x.view.Listed()
			x.view.Settle(ids[:2], book.Waiting)
			x.view.Settle(ids[2:5], book.Resolved)
			x.showTab(present.TabResolved)
			x.view.Step(1)
			x.reload()
			x.grid.SetCursor(x.view.Chosen())
			x.showDetail()
		}},
		{name: "reconcile-undo", light: true, show: func(r *robot) {
			r.s.open(atReconcile)
			r.s.reconcile().bench.askUndo([]app.Event{{Kind: "explain", What: "Explained",
				Why: "a gift of the house, agreed with the customer", Subject: r.s.month.Exceptions[0].ID}})
		}},
	}
}

// chooseClass shows the first exception of a class.
func chooseClass(r *robot, c book.Class) {
	r.s.open(atReconcile)
	for i := range r.s.month.Exceptions {
		if e := &r.s.month.Exceptions[i]; e.Class == c && e.Status == book.Open {
			r.s.reconcile().choose(e.ID)
			return
		}
	}
	r.t.Fatalf("the demo month has no %s", c)
}

// takeAs takes the first offer of a resolution.
func takeAs(r *robot, as book.Resolution) {
	x := r.s.reconcile()
	for _, v := range x.detail.view.Offers {
		if v.Offer.Resolution == as && !v.Blocked {
			x.takeOffer(v)
			return
		}
	}
	r.t.Fatalf("%s is not offered %s: %+v", x.detail.view.Class, as, x.detail.view.Offers)
}

func showSelected(r *robot) {
	chooseClass(r, book.M1)
	r.letters("xjx")
}

// pretendEvents are steps of people with an exception.
func pretendEvents(m *app.Month) []app.Event {
	at := m.AsOf - book.Instant(3_600_000)
	return []app.Event{
		{ID: 1, At: at, By: "finance.lead", Kind: book.EventAssigned,
			What: "Assigned to ar.clerk, due 2026-11-04"},
		{ID: 2, At: at + 60_000, By: "ar.clerk", Kind: book.EventNote,
			What: "Asked the customer, who paid from an account in another currency."},
		{ID: 3, At: at + 120_000, By: "ar.clerk", Kind: book.EventNote, What: "The customer's answer.",
			Evidence: []book.Evidence{{Digest: "9f2c11d04be17733aa", Name: "answer.pdf", Size: 48213}}},
		{ID: 4, At: at + 180_000, By: "ar.clerk", Kind: "explain", What: "Explained",
			Why: "wrong reason", UndoneBy: 5},
		{ID: 5, At: at + 240_000, By: "ar.clerk", Kind: book.EventUndo, What: "Undone: Explained",
			Undoes: 4},
	}
}

// TestSavedFilters checks that a filter is kept by name for a profile and shows the same list again.
func TestSavedFilters(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	all := len(x.view.Listed())
	x.setFilter(present.Filter{Class: book.M1})
	r.settle()
	ones := len(x.view.Listed())
	if ones == 0 || ones >= all {
		t.Fatalf("%d of %d are M1", ones, all)
	}
	x.saveFilters(x.savedFilters().With("receipts", x.view.Filter()))
	r.key(fyne.KeyEscape)
	if got := len(x.view.Listed()); got != all {
		t.Errorf("Esc leaves %d of %d", got, all)
	}
	list := x.savedFilters()
	if len(list) != 1 || list[0].Name != "receipts" {
		t.Fatalf("kept %+v", list)
	}
	x.setFilter(list[0].Filter)
	if got := len(x.view.Listed()); got != ones {
		t.Errorf("the kept filter shows %d, want %d", got, ones)
	}
	if text := x.view.Filter(); text.Text() != "M1 Unrecorded receipt" {
		t.Errorf("it says %q", text.Text())
	}
	x.saveFilters(x.savedFilters().Without("receipts"))
	if len(x.savedFilters()) != 0 {
		t.Error("a forgotten filter is still there")
	}
}

// TestSelection checks what is selected, what it sums up to, and that no sum crosses currencies.
func TestSelection(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	r.letters("x")
	first := x.view.Selected()
	if got := x.selectedIDs(); len(got) != 1 || got[0] != first.ID || !x.foot.body.Visible() {
		t.Fatalf("selected %v, foot shown %t", got, x.foot.body.Visible())
	}
	r.letters("J")
	if got := x.selectedIDs(); len(got) != 2 {
		t.Errorf("Shift J selects %d", len(got))
	}
	x.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got, want := len(x.selectedIDs()), len(x.view.Listed()); got != want {
		t.Errorf("Ctrl A selects %d of %d", got, want)
	}
	currencies := map[money.Currency]bool{}
	for _, id := range x.selectedIDs() {
		currencies[x.view.Exception(id).Amount.Currency] = true
	}
	sums := x.view.Sums(x.selectedIDs())
	for c := range currencies {
		if n := count(sums, string(c)); n != 1 {
			t.Errorf("%s stands %d times in %q", c, n, sums)
		}
	}
	r.settle()
	r.key(fyne.KeyEscape)
	if len(x.selectedIDs()) != 0 || x.foot.body.Visible() {
		t.Error("Esc leaves the selection")
	}
}

func count(text, word string) int {
	n := 0
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i:i+len(word)] == word {
			n++
		}
	}
	return n
}

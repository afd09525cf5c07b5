package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/present"
)

// wanted is what the script does about exceptions of a class; for others it does the first thing that is
// possible and chooses no records.
var wanted = map[book.Class]book.Resolution{book.M6: book.Explain, book.M8: book.Explain,
	book.M4: book.Query, book.M3: book.Query, book.A1: book.WriteOff, book.A7: book.WriteOff,
	book.D7: book.ChooseMatch, book.D8: book.ConfirmMatch}

// action is one thing that a person does: a move, a number, a text, a confirmation.
type action struct {
	name string
	do   func(r *robot)
}

// actions are what a person does about the exception with the cursor.
func actionsFor(r *robot) []action {
	v := r.s.reconcile().detail.view
	var of *present.OfferView
	for i := range v.Offers {
		o := &v.Offers[i]
		if o.Key == "" || o.Offer.Resolution == book.MatchByHand {
			continue
		}
		if of == nil || of.Offer.Resolution != wanted[v.Class] && o.Offer.Resolution == wanted[v.Class] {
			of = o
		}
	}
	if of == nil {
		return nil
	}
	out := []action{{of.Key, func(r *robot) { r.letters(of.Key) }}}
	form := present.NewForm(r.s.month, r.s.reconcile().current(), of.Offer, 1)
	if form.Needed {
		out = append(out, action{"text", func(r *robot) { r.letters("seen with the customer") }})
	}
	if form.Asks() {
		out = append(out, action{"Ctrl Enter", func(r *robot) { r.ctrl(fyne.KeyReturn) }})
	}
	return out
}

// scripted is how many exceptions the scripted month resolves.
const scripted = 50

// TestFiftyByKeyboard works 50 exceptions of a month with the keyboard only. A person needs at most
// four actions for each, the move to it included; each is settled in the books afterwards.
func TestFiftyByKeyboard(t *testing.T) {
	if testing.Short() {
		return // a hundred runs of a month
	}
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	open := r.s.month.Breaks()
	var table strings.Builder
	var done []string
	passed := 0
	for len(done) < scripted {
		e := *x.view.Selected()
		keys := []string{"J"}
		list := actionsFor(r)
		if list == nil { // nothing but matching by hand: the next one
			before := x.grid.Cursor()
			for x.grid.Cursor() == before {
				next(r)
			}
			passed++
			continue
		}
		for _, a := range list {
			a.do(r)
			keys = append(keys, a.name)
		}
		r.settle()
		if r.s.covered() {
			t.Fatalf("%s %s: the sheet says %s", e.Class, e.ID, x.bench.faults[e.ID].text)
		}
		if f := x.bench.faults[e.ID]; f.text != "" {
			t.Fatalf("%s %s: %s", e.Class, e.ID, f.text)
		}
		if slices.Contains(x.view.Listed(), e.ID) {
			t.Fatalf("%s %s is still to be resolved after %v", e.Class, e.ID, keys)
		}
		if len(keys) > 4 {
			t.Errorf("%s %s takes %d actions: %v", e.Class, e.ID, len(keys), keys)
		}
		done = append(done, e.ID)
		fmt.Fprintf(&table, "%2d  %s  %s  %d  %s\n", len(done), e.ID, e.Class, len(keys),
			strings.Join(keys, ", "))
		next(r)
	}
	t.Logf("%d of %d resolved by keyboard, %d passed over:\n%s", len(done), open, passed, table.String())
	settledInBooks(t, r, done)
}

// next presses J until the cursor stands on an exception, as a person does who passes a class's head.
func next(r *robot) {
	x := r.s.reconcile()
	for {
		r.letters("j")
		row := x.rows.at(x.grid.Cursor())
		switch {
		case row == nil:
			r.t.Fatal("the list has no row with the cursor")
		case row.Group && row.Folded:
			r.key(fyne.KeyRight)
		case !row.Group:
			r.settle()
			return
		}
	}
}

// settledInBooks checks that each step is an event of the person in the books.
func settledInBooks(t *testing.T, r *robot, done []string) {
	t.Helper()
	for _, id := range done {
		events, err := r.s.profile.EventsOf(t.Context(), id)
		if err != nil || len(events) == 0 || events[len(events)-1].By != "ar.clerk" {
			t.Errorf("%s: %v, %v", id, events, err)
		}
	}
	m, err := r.s.profile.Month(t.Context(), period, func(app.Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Exceptions {
		if e := &m.Exceptions[i]; e.Status == book.Open && slices.Contains(done, e.ID) {
			t.Errorf("%s %s is open in the books", e.Class, e.ID)
		}
	}
}

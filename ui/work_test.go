package ui

import (
	"context"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/present"
)

// TestWorkbench works exceptions of one pretend business: what a step does, what is refused, and what is
// taken back.
func TestWorkbench(t *testing.T) {
	d := ownDemo(t)
	for name, try := range map[string]func(*testing.T, *robot, *reconcileScreen){
		"resolve and undo": tryResolveAndUndo, "a form refuses": tryFormRefuses,
		"somebody else": trySomebodyElse, "note, owner, file": tryNoteAssignEvidence,
		"a selection": tryBulk} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
			r.s.begin()
			r.settle()
			r.ctrl(fyne.Key2)
			try(t, r, r.s.reconcile())
		})
	}
}

// tryResolveAndUndo settles an exception with one number, goes on to the next row, and takes it back
// after it was said what that is.
func tryResolveAndUndo(t *testing.T, r *robot, x *reconcileScreen) {
	chooseClass(r, book.A4)
	r.settle()
	e, row := *x.current(), x.grid.Cursor()
	open := x.view.Counts()[present.TabResolve]
	r.letters("1")
	r.settle()
	if x.grid.Cursor() == row || x.current() == nil {
		t.Fatalf("the cursor stays on %s", x.grid.Cursor())
	}
	here := x.grid.Cursor()
	r.letters("j")
	if x.grid.Cursor() != here {
		t.Error("J after a resolution leads past a row")
	}
	r.letters("k")
	r.letters("j")
	if got := x.view.Counts()[present.TabResolve]; got != open-1 {
		t.Errorf("%d to resolve, want %d", got, open-1)
	}
	if !strings.Contains(r.s.notice.Text, "nothing is sent yet") {
		t.Errorf("the status bar says %q", r.s.notice.Text)
	}
	actions, err := r.s.profile.Actions(t.Context(), "")
	if err != nil || len(actions) == 0 || actions[0].Exception != e.ID {
		t.Fatalf("actions %+v, %v", actions, err)
	}
	r.ctrl(fyne.KeyZ)
	r.settle()
	if !r.s.covered() || len(r.s.form.parts) == 0 {
		t.Fatal("Ctrl Z does not say what it takes back")
	}
	r.key(fyne.KeyReturn)
	r.settle()
	if !r.s.covered() {
		t.Fatal("a plain Enter took the step back")
	}
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.covered() || x.current() == nil || x.current().ID != e.ID {
		t.Errorf("after the undo the cursor is on %s", x.grid.Cursor())
	}
	if got := x.view.Counts()[present.TabResolve]; got != open {
		t.Errorf("%d to resolve after the undo, want %d", got, open)
	}
	events, err := r.s.profile.EventsOf(t.Context(), e.ID)
	n := len(events)
	if err != nil || n < 2 || events[n-1].Undoes != events[n-2].ID {
		t.Errorf("events %+v, %v", events, err)
	}
}

// tryFormRefuses checks that a sheet says beside its button what is missing, keeps what was written,
// and that neither Enter nor Esc changes anything.
func tryFormRefuses(t *testing.T, r *robot, x *reconcileScreen) {
	chooseClass(r, book.M8)
	e := *x.current()
	takeAs(r, book.Explain)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	f := r.s.form
	if f == nil || len(f.said.Objects) != 1 {
		t.Fatal("nothing says that the reason is missing")
	}
	r.letters("agreed with the customer")
	r.key(fyne.KeyReturn)
	r.settle()
	if r.s.form != f || x.view.Exception(e.ID).Status != book.Open {
		t.Fatal("a plain Enter settled it")
	}
	f.path.SetText("no-such-file.pdf")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.form != f || len(f.said.Objects) != 1 || f.path.Text() != "no-such-file.pdf" {
		t.Fatal("a file that is not there was taken, or what was written is lost")
	}
	r.key(fyne.KeyEscape)
	if r.s.covered() || r.s.form != nil {
		t.Fatal("Esc does not close the sheet")
	}
	if events, err := r.s.profile.EventsOf(t.Context(), e.ID); err != nil || len(events) != 0 {
		t.Errorf("%+v, %v", events, err)
	}
}

// trySomebodyElse checks that a step about what somebody else has settled meanwhile is refused in
// words beside the button.
func trySomebodyElse(t *testing.T, r *robot, x *reconcileScreen) {
	chooseClass(r, book.A4)
	r.settle()
	e := *x.current()
	_, err := r.s.profile.Resolve(context.Background(), app.ResolveRequest{Exceptions: []string{e.ID},
		As: book.CorrectPayment})
	if err != nil {
		t.Fatal(err)
	}
	row := x.grid.Cursor()
	r.letters("1")
	r.settle()
	if f := x.bench.faults[e.ID]; !strings.Contains(f.text, "filed already") {
		t.Errorf("the fault is %q", f.text)
	}
	if x.grid.Cursor() != row {
		t.Error("the cursor went on although nothing was done")
	}
}

// tryNoteAssignEvidence adds a note, an owner with a due date and a file by keyboard, and finds them in
// the detail.
func tryNoteAssignEvidence(t *testing.T, r *robot, x *reconcileScreen) {
	chooseClass(r, book.M1)
	r.settle()
	r.letters("n")
	r.letters("called the customer")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	r.letters("a")
	r.settle()
	r.ctrl(fyne.KeyReturn)
	r.settle()
	path := t.TempDir() + "/letter.txt"
	if err := os.WriteFile(path, []byte("a letter"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.letters("e")
	r.letters(path)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	v := x.detail.view
	if len(v.Notes) != 1 || v.Notes[0].Text != "called the customer" || v.Notes[0].Who != "ar.clerk" {
		t.Errorf("notes %+v", v.Notes)
	}
	if len(v.Files) != 1 || v.Files[0].Name != "letter.txt" {
		t.Errorf("files %+v", v.Files)
	}
	if !strings.HasPrefix(v.Due, "ar.clerk") {
		t.Errorf("owned by %q", v.Due)
	}
}

// tryBulk settles a selection of one class in one step, which one undo takes back.
func tryBulk(t *testing.T, r *robot, x *reconcileScreen) {
	x.setFilter(present.Filter{Class: book.M6})
	r.settle()
	x.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	r.settle()
	ids := x.selectedIDs()
	if len(ids) < 2 {
		t.Fatalf("%d selected", len(ids))
	}
	at := -1
	for i, o := range x.foot.common {
		if o.Resolution == book.Explain {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("nothing in common: %+v", x.foot.common)
	}
	x.askResolve(ids, x.foot.common[at])
	r.letters("manual payouts of the day")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.covered() || len(x.view.Listed()) != 0 || x.foot.body.Visible() {
		t.Fatalf("%d are left, the sheet is open: %t", len(x.view.Listed()), r.s.covered())
	}
	r.ctrl(fyne.KeyZ)
	r.settle()
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if got := len(x.view.Listed()); got != len(ids) {
		t.Errorf("after the undo %d are open, want %d", got, len(ids))
	}
}

package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

func showRenewals(r *robot) {
	r.s.open(atRenewals)
	r.settle()
	x := r.s.renewals()
	for _, row := range x.rows.list {
		if row.Class == string(app.ClassFunds) {
			x.grid.SetCursor(row.ID)
			x.choose(row.ID)
			return
		}
	}
}

func showPolicy(r *robot) {
	r.s.open(atPolicy)
	r.s.policy().simulate()
	r.settle()
}

// showActions shows actions of every state.
func showActions(r *robot) {
	r.s.open(atActions)
	r.settle()
	x := r.s.actions()
	q := app.ActionQueue{Config: r.s.month.Config, At: r.s.month.AsOf, Me: "ar.clerk", About: map[string]string{}}
	for n, a := range []struct {
		kind  book.ActionKind
		state book.IntentState
		what  string
		about string
		minor int64
		by    string
	}{
		{book.GiveBack, book.IntentAwaiting, "Refund 59.00 EUR, invoice 10501", "Orrery Nine, invoice 10501", 5900, "support.2"},
		{book.AddCredit, book.IntentAwaiting, "Add credit", "Wexmoor Tools", 600, "ar.clerk"},
		{book.Retry, book.IntentUnknown, "Retry 99.00 EUR, invoice 10611", "Kittiwake Freight, invoice 10611", 9900, "dunning"},
		{book.Unsuspend, book.IntentNeedsPerson, "Unsuspend the service 212", "Nettlebank, service 212", 0, "support.1"},
		{book.Record, book.IntentSent, "Record the payment in billing", "Brindlecote, invoice 10466", 4900, "ar.clerk"},
		{book.Notify, book.IntentDraft, "Notice “add funds”", "Sundrift Labs, invoice 10498", 0, "support.1"},
		{book.Retry, book.IntentSucceeded, "Retry 79.00 EUR, invoice 10536", "Larkmere, invoice 10536", 7900, "dunning"},
		{book.Capture, book.IntentRefused, "Retry 29.00 EUR, invoice 10607", "Tallowgate, invoice 10607", 2900, "dunning"},
		{book.Suspend, book.IntentCancelled, "Suspend the service 88", "Larkmere, service 88", 0, "dunning"},
	} {
		id := strings.Repeat(string(rune('a'+n)), 8)
		q.About[id] = a.about
		q.List = append(q.List, book.Intent{ID: id, Kind: a.kind, State: a.state, What: a.what, PreparedBy: a.by,
			Amount: money.New(a.minor, "EUR"), PreparedAt: q.At - 3_600_000, IdempotencyKey: "ch-" + id,
			Why: "The second charge pays nothing, so it goes back to the same card."})
	}
	x.loaded(q, nil)
}

// TestRenewalsByKeys holds a renewal, sees the hold in its detail, and ends it, all by keys; and finds its
// customer's page and the policy.
func TestRenewalsByKeys(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key5)
	r.settle()
	r.at(atRenewals)
	x := r.s.renewals()
	if len(x.rows.list) == 0 || x.detail.view == nil || r.s.waits[atRenewals] != x.view.Len() {
		t.Fatalf("%d rows, rail says %d", len(x.rows.list), r.s.waits[atRenewals])
	}
	id := x.detail.view.ID
	r.letters("h")
	f := r.s.form
	if f == nil {
		t.Fatal("H opens no sheet")
	}
	r.letters("2030-01-31")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.form == nil {
		t.Fatal("a hold without a reason and for years was taken")
	}
	f.close()
	until := r.s.month.AsOf.In(r.s.month.Config.Zone()) + 5
	r.letters("h")
	r.letters(until.String())
	r.s.canvas.FocusNext()
	r.letters("promised by mail")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.form != nil {
		t.Fatal("the hold was not taken")
	}
	held := false
	for _, a := range x.detail.view.Acts {
		held = held || a.ID == present.ActRelease && strings.Contains(a.Note, "promised by mail")
	}
	if x.detail.view.ID != id || !held {
		t.Fatalf("the detail shows %+v", x.detail.view.Acts)
	}
	r.letters("h")
	r.settle()
	for _, a := range x.detail.view.Acts {
		if a.ID == present.ActRelease {
			t.Error("the hold did not end")
		}
	}
	r.ctrl(fyne.Key6)
	r.settle()
	r.at(atActions)
	if r.s.actions().view == nil {
		t.Error("the actions were not read")
	}
}

// focusButton leads the keyboard to the button of a sheet with a label.
func (r *robot) focusButton(label string) {
	r.t.Helper()
	for range 30 {
		if b, ok := r.focused().(*kit.Button); ok && b.Spec().Label == label {
			return
		}
		r.s.canvas.FocusNext()
	}
	r.t.Fatalf("no button %q can be reached by Tab", label)
}

// TestSavedMethodsByKeys opens what a customer has saved, notes their consent to another card and sees the
// plan know of it, and looks at what taking one away and ending the service would do, all by keys.
func TestSavedMethodsByKeys(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key5)
	r.settle()
	x := r.s.renewals()
	for _, row := range x.rows.list {
		x.grid.SetCursor(row.ID)
		x.choose(row.ID)
		if slices.ContainsFunc(x.detail.view.Acts, func(a present.RenewalAct) bool {
			return a.ID == present.ActMethods && strings.Contains(a.Note, "waits for")
		}) {
			break
		}
	}
	id := x.detail.view.ID
	r.letters("v")
	r.settle()
	if !r.s.covered() {
		t.Fatal("V opens no list of saved methods of a renewal that has another one")
	}
	r.focusButton("Note consent")
	r.key(fyne.KeySpace)
	r.settle()
	if r.s.form == nil || !strings.HasPrefix(r.s.form.title, "Consent to ") {
		t.Fatal("the customer's word is not asked for")
	}
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.form == nil {
		t.Fatal("a consent that is written nowhere was taken")
	}
	r.letters("ticket 4711")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	list, err := r.s.profile.SavedMethods(t.Context(), book.ItemID(id))
	if err != nil || r.s.form != nil || !slices.ContainsFunc(list, func(m app.SavedMethod) bool { return m.How == "ticket 4711" }) {
		t.Fatalf("the consent was not noted: %+v, %v", list, err)
	}
	if x.detail.view.ID != id {
		t.Error("another renewal is shown")
	}
	for _, way := range []struct{ open, title string }{{"Take away", "Take "}, {"", "Terminate"}} {
		if way.open == "" {
			x.actBy(present.ActTerminate)
		} else {
			r.letters("v")
			r.settle()
			r.focusButton(way.open)
			r.key(fyne.KeySpace)
		}
		r.settle()
		if r.s.form == nil || !strings.HasPrefix(r.s.form.title, way.title) {
			t.Fatalf("%s shows nothing: %q", way.title, r.s.notice.Text)
		}
		r.s.form.close()
	}
}

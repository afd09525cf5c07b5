package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/app/book"
	"countinghouse/ui/present"
)

// TestTheWindowDoesWhatIsDue lets the open window make its rounds: without leave it does nothing, with it
// reads everything and then does what the policy has due, once.
func TestTheWindowDoesWhatIsDue(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	made := func() []book.Intent {
		t.Helper()
		q, err := d.App.ActionQueue(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return q.List
	}
	r.s.round()
	r.settle()
	if r.s.pull != nil || len(made()) != 0 {
		t.Fatalf("a round without leave: %d actions", len(made()))
	}
	d.App.Config().Dunning.Auto = true
	r.s.exporting = &exporting{}
	r.s.round()
	if r.s.pull != nil {
		t.Fatal("a round begins while a sheet is open")
	}
	r.s.exporting = nil
	r.s.round()
	if !r.s.pull.running() {
		t.Fatal("the round does not begin with a sync")
	}
	r.settle()
	first := made()
	if len(first) == 0 {
		t.Fatal("nothing that was due was done")
	}
	if text := r.s.notice.Text; !strings.Contains(text, "done,") {
		t.Errorf("the status bar says %q", text)
	}
	seen := map[book.ItemID]bool{}
	for _, i := range first {
		if key := i.Target + book.ItemID(i.Kind); seen[key] {
			t.Errorf("two actions: %s for %s", i.Kind, i.Target)
		} else {
			seen[key] = true
		}
	}
}

// TestTheDesktopIsToldOnce tells of each action that begins to wait for a person once, and only while
// nobody looks.
func TestTheDesktopIsToldOnce(t *testing.T) {
	r := newRobot(t, sharedDemo(t).App, fyne.NewSize(1440, 900), "light")
	row := func(id string) present.ActionRow {
		return present.ActionRow{ID: id, State: "Needs a person", What: "Refund 5.00 EUR", About: "Otter Bakery, invoice 7"}
	}
	r.s.away = true
	test.AssertNotificationSent(t, nil, func() { r.s.tell([]present.ActionRow{row("a")}) }) // it waited already
	test.AssertNotificationSent(t, fyne.NewNotification("Needs a person: Refund 5.00 EUR", "Otter Bakery, invoice 7"),
		func() { r.s.tell([]present.ActionRow{row("a"), row("b")}) })
	test.AssertNotificationSent(t, nil, func() { r.s.tell([]present.ActionRow{row("a"), row("b")}) })
	r.s.away = false
	test.AssertNotificationSent(t, nil, func() { r.s.tell([]present.ActionRow{row("c")}) })
	r.s.away = true
	test.AssertNotificationSent(t, fyne.NewNotification("2 actions wait for a person",
		"Refund 5.00 EUR, Otter Bakery, invoice 7\nRefund 5.00 EUR, Otter Bakery, invoice 7"),
		func() { r.s.tell([]present.ActionRow{row("c"), row("d"), row("e")}) })
}

package present

import (
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
)

func TestFilter(t *testing.T) {
	x := NewExceptions(month(t))
	for _, c := range []struct {
		name   string
		filter Filter
		want   string
		text   string
	}{
		{"all", Filter{}, "e-m1-old e-m1 e-m4 e-a4 e-usd", ""},
		{"class", Filter{Class: book.M1}, "e-m1-old e-m1", "M1 Unrecorded receipt"},
		{"currency", Filter{Currency: "USD"}, "e-usd", ""},
		{"waiting", Filter{State: "waiting"}, "", "Waiting"},
	} {
		x.Show(TabResolve)
		x.SetFilter(c.filter)
		if got := strings.Join(x.Listed(), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		f := x.Filter()
		if f.Text() != c.text {
			t.Errorf("%s says %q, want %q", c.name, f.Text(), c.text)
		}
	}
	if x.Tab() != TabResolved {
		t.Errorf("a filter of waiting ones shows the tab %s", x.Tab())
	}
	list := SavedFilters{}.With("b", Filter{Owner: Nobody}).With("a", Filter{Class: book.M1}).
		With("b", Filter{Search: "x"})
	again := ReadFilters(list.Text())
	if len(again) != 2 || again[0].Name != "a" || again[1].Filter.Search != "x" {
		t.Errorf("kept %+v", again)
	}
	if got := again.Without("a"); len(got) != 1 || len(again) != 2 {
		t.Errorf("without a: %+v", got)
	}
	if ReadFilters("{") != nil {
		t.Error("an unreadable text gives filters")
	}
}

// TestSettle checks where the cursor goes, that a settled one leaves the list at once, and that it stays
// among the resolved ones when the month no longer has it.
func TestSettle(t *testing.T) {
	m := month(t)
	x := NewExceptions(m)
	if got := x.After([]string{"e-m1"}); got != "e-m4" {
		t.Errorf("after e-m1 comes %q", got)
	}
	if got := x.After([]string{"e-usd"}); got != "e-a4" {
		t.Errorf("after the last one comes %q", got)
	}
	if got := x.Sums([]string{"e-m1", "e-a4", "e-usd"}); got != "55.00 EUR, 59.00 USD" {
		t.Errorf("the sums are %q", got)
	}
	x.Settle([]string{"e-m1", "e-usd"}, book.Waiting)
	if got := strings.Join(x.Listed(), " "); got != "e-m1-old e-m4 e-a4" {
		t.Errorf("open are %q", got)
	}
	later := month(t)
	for i, e := range later.Exceptions {
		if e.ID == "e-m1" {
			e.Status = book.Resolved
			later.Settled = append(later.Settled, e)
			later.Exceptions = append(later.Exceptions[:i:i], later.Exceptions[i+1:]...)
			break
		}
	}
	y := NewExceptions(later)
	y.Like(x)
	if got := strings.Join(y.Listed(), " "); got != "e-m1-old e-m4 e-a4 e-usd" {
		t.Errorf("what the month says is open, it shows as %q", got)
	}
	y.Show(TabResolved)
	if got := strings.Join(y.Listed(), " "); got != "e-m1 e-done" {
		t.Errorf("resolved are %q", got)
	}
}

func TestSearchOverRecords(t *testing.T) {
	x := NewExceptions(month(t))
	x.Search("zzz")
	x.TakeFound("other", []app.Found{{Item: "a", Title: "A"}})
	if len(x.Rows()) != 0 {
		t.Error("what an older search found is shown")
	}
	x.TakeFound("zzz", []app.Found{{Item: "a", Title: "A", Amount: eur(500)},
		{Item: "b", Exceptions: []string{"e-m4"}}})
	if got := listed(x); got != "-M4 1 1,420.00\ne-m4 27 d 1,420.00\n-records 1 \na  5.00 EUR" &&
		!strings.HasSuffix(got, "-records 1 \na  5.00 EUR") {
		t.Errorf("found:\n%s", got)
	}
	if got := strings.Join(x.Listed(), " "); got != "e-m4" {
		t.Errorf("the exception of a found record: %q", got)
	}
}

func TestForms(t *testing.T) {
	m := month(t)
	e := &m.Exceptions[0]
	for _, c := range []struct {
		offer app.Offer
		asks  bool
		need  bool
	}{
		{app.Offer{Resolution: book.RecordPayment, Acts: true, Effect: "Records it."}, false, false},
		{app.Offer{Resolution: book.WriteOff}, true, true},
		{app.Offer{Resolution: book.Explain}, true, true},
		{app.Offer{Resolution: book.Query}, true, false},
	} {
		f := NewForm(m, e, c.offer, 1)
		if f.Asks() != c.asks || f.Needed != c.need {
			t.Errorf("%s asks %t, needs a reason %t", c.offer.Resolution, f.Asks(), f.Needed)
		}
		if c.offer.Acts && f.Effect != "Records it. Files an action; nothing is sent yet." {
			t.Errorf("it says %q", f.Effect)
		}
	}
	if f := NewForm(m, e, app.Offer{Resolution: book.Query}, 1); f.UsualUntil !=
		m.AsOf.In(m.Config.Zone())+queryDays {
		t.Errorf("it waits until %s", f.UsualUntil)
	}
}

func TestHistoryOfPeople(t *testing.T) {
	m := month(t)
	e := &m.Exceptions[2]
	d := NewDetail(m, e)
	n := len(d.History)
	d.Take(m, e, []app.Event{
		{ID: 1, At: m.AsOf, By: "a", Kind: book.EventNote, What: "seen", UndoneBy: 3},
		{ID: 2, At: m.AsOf, By: "b", Kind: book.EventNote, What: "a letter",
			Evidence: []book.Evidence{{Digest: "0123456789abcdef", Name: "l.pdf", Size: 2048}}},
		{ID: 3, At: m.AsOf + 1, By: "a", Kind: book.EventUndo, What: "Undone: seen", Undoes: 1}})
	if len(d.History) != n+3 || len(d.Notes) != 2 || len(d.Files) != 1 {
		t.Fatalf("%d lines, notes %+v, files %+v", len(d.History), d.Notes, d.Files)
	}
	if d.Notes[0].Text != "seen (taken back)" || !d.Notes[0].Undone ||
		d.Notes[1].Text != "a letter (1 file)" || d.Files[0].Digest != "0123456789ab" {
		t.Errorf("notes %+v, files %+v", d.Notes, d.Files)
	}
	if last := d.History[len(d.History)-1]; last.Text != "Undone: seen" || last.Who != "a" {
		t.Errorf("the last line is %+v", last)
	}
}

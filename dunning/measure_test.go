package dunning

import (
	"math"
	"reflect"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestWilson holds the integer arithmetic against the formula in floating point.
func TestWilson(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 10, 38, 100, 999, 100_000, 2_000_000} {
		for _, k := range []int{0, 1, n / 3, n / 2, n - 1, n} {
			p, z, m := float64(k)/float64(n), 1.96, float64(n)
			middle := (p + z*z/2/m) / (1 + z*z/m)
			half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/4/m/m)
			low, high := Wilson(k, n)
			if d := float64(low) - 10000*(middle-half); d > 1e-6 && low > 0 || d < -1.5 {
				t.Errorf("%d of %d: low %d, want %f", k, n, low, 10000*(middle-half))
			}
			if d := float64(high) - 10000*(middle+half); d < -1e-6 && high < 10000 || d > 1.5 {
				t.Errorf("%d of %d: high %d, want %f", k, n, high, 10000*(middle+half))
			}
		}
	}
	if low, high := Wilson(0, 0); low != 0 || high != 10000 {
		t.Errorf("of nothing: %d to %d", low, high)
	}
}

// past is a case of one card that failed, with our tries on some days and their outcomes.
func pastCase(t *testing.T, invoice string, from book.Instant, network string, days []int, won bool) Past {
	t.Helper()
	i := book.Instrument{ID: "card of " + invoice, Kind: "card", Brand: "visa"}
	try := func(d int, ours bool) Attempt {
		return Attempt{ID: book.ItemID(invoice + " day " + string(rune('a'+d))), Invoice: book.ItemID(invoice),
			At: later(from, time.Duration(d)*day), Amount: money.New(1000, "EUR"), State: book.Failed, Ours: ours,
			Signal: Signal{Gateway: "stripe", Instrument: i, Decline: book.Decline{Network: network}}}
	}
	p := Past{Case: Case{Invoice: book.ItemID(invoice), Email: "a@example.com", Amount: money.New(1000, "EUR"),
		FailedAt: from, Attempts: []Attempt{try(0, false)}, Services: []Service{{ID: "s", Status: "Active"}}}}
	for _, d := range days {
		p.Case.Attempts = append(p.Case.Attempts, try(d, true))
	}
	if won {
		last := &p.Case.Attempts[len(days)]
		last.State, last.Signal.Decline = book.Succeeded, book.Decline{}
		p.PaidAt, p.SettledAt = last.At, later(last.At, 2*day)
	}
	return p
}

func TestMeasure(t *testing.T) {
	from := moment(t, "2026-08-30 12:00")
	byCustomer := pastCase(t, "4", later(from, 5*day), "51", []int{1, 3}, false)
	byCustomer.Case.Notices = []Sent{{"add_funds", "first", later(from, 8*day), book.IntentSucceeded},
		{"add_funds", "second", later(from, 16*day), book.IntentRefused}}
	byCustomer.PaidAt = later(from, 9*day)
	late := pastCase(t, "5", from, "05", []int{1}, false)
	late.PaidAt = later(from, 40*day)
	past := []Past{
		pastCase(t, "1", from, "51", []int{1, 3}, true),
		pastCase(t, "2", from, "51", []int{1}, true),
		pastCase(t, "3", from, "43", []int{1, 3}, false), // two tries on a dead card
		byCustomer, late,
		pastCase(t, "6", later(from, 60*day), "51", []int{1}, true), // too young
	}
	m := Measure(past, DefaultPolicy(), testTable(t), 30, later(from, 70*day))
	if m.Young != 1 || m.All.Share != (Share{3, 5}) || m.All.Got[0] != money.New(3000, "EUR") {
		t.Errorf("all %+v, young %d", m.All, m.Young)
	}
	shares := func(groups []Group) map[string]Share {
		out := map[string]Share{}
		for _, g := range groups {
			out[g.Name] = g.Share
		}
		return out
	}
	for _, x := range []struct {
		of   []Group
		want map[string]Share
	}{
		{m.Classes, map[string]Share{"N": {0, 1}, "F": {3, 3}, "G": {0, 1}}},
		{m.Cohorts, map[string]Share{"2026-08": {2, 4}, "2026-09": {1, 1}}},
		{m.Steps, map[string]Share{"retry 1": {1, 5}, "retry 2": {1, 3}, "notice first": {1, 1}}},
		{m.Methods, map[string]Share{"stripe card": {2, 8}}},
	} {
		if got := shares(x.of); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%v, want %v", got, x.want)
		}
	}
	if m.Wasted.Never != 2 || m.Wasted.Over != 0 || len(m.Wasted.Attempts) != 2 {
		t.Errorf("wasted %+v", m.Wasted)
	}
	if len(m.Settled) != 1 || m.Settled[0] != (Settled{"stripe", 2, 2 * day, 2 * day}) {
		t.Errorf("settled %+v", m.Settled)
	}
}

func TestWastedOverBudget(t *testing.T) {
	from := moment(t, "2026-09-01 12:00")
	days := []int{}
	for d := range 12 {
		days = append(days, d+1)
	}
	m := Measure([]Past{pastCase(t, "1", from, "51", days, false)}, DefaultPolicy(), testTable(t), 30, later(from, 60*day))
	if m.Wasted.Over != 4 || m.Wasted.Never != 0 {
		t.Errorf("wasted %+v, want the four past eight", m.Wasted)
	}
}

// TestSimulate plays cases whose history is known under the policy that made it, and under another.
func TestSimulate(t *testing.T) {
	from := moment(t, "2026-08-03 12:00")
	otherwise := pastCase(t, "3", from, "51", []int{1, 3}, false)
	otherwise.PaidAt = later(from, 4*day)
	past := []Past{
		pastCase(t, "1", from, "51", []int{1, 3, 5}, true),
		pastCase(t, "2", from, "43", nil, false),
		otherwise,
		pastCase(t, "4", from, "05", []int{1, 3, 7, 14}, false),
	}
	until := later(from, 120*day)
	table, p := testTable(t), DefaultPolicy()
	short, err := ParsePolicy([]byte(StandardPolicy + `
[[segment]]
name = "all that is of stripe"
gateways = ["stripe"]
[[segment.class]]
class = "F"
retry_days = [2]
`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range past {
		past[i].Case.Segment.Gateway = "stripe"
	}
	a, b := Compare(past, p, short, table, until)
	sums := func(o Outcome) [4]int {
		return [4]int{o.Recovered.Cases, o.Otherwise.Cases, o.Lost.Cases, o.Unknown.Cases}
	}
	if sums(a) != [4]int{1, 1, 2, 0} || a.Retries != 9 || a.Guessed != 0 || a.Suspensions != 2 {
		t.Errorf("under its own policy %v: %+v", sums(a), a)
	}
	// One try on day 2, half a day from nothing that was tried: nobody knows.
	if sums(b) != [4]int{0, 1, 2, 1} || b.Retries != 6 || b.Guessed != 2 {
		t.Errorf("under another policy %v: %+v", sums(b), b)
	}
	if a.Recovered.Money[0] != money.New(1000, "EUR") || len(a.Peaks) == 0 {
		t.Errorf("recovered %v, peaks %v", a.Recovered, a.Peaks)
	}
}

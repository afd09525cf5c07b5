package dunning

import (
	"fmt"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// series are failed tries of one card by billing, one every so often from a moment on.
func series(n int, from book.Instant, every time.Duration, brand string) []Attempt {
	var out []Attempt
	for i := range n {
		out = append(out, Attempt{ID: book.ItemID(fmt.Sprint(i)), Invoice: book.ItemID(fmt.Sprint("invoice", i%5)),
			At: later(from, time.Duration(i)*every), Amount: money.New(900, "EUR"), State: book.Failed,
			Signal: Signal{Gateway: "stripe", Instrument: book.Instrument{ID: "c", Kind: "card", Brand: brand}}})
	}
	return out
}

func budgetCase(attempts []Attempt) (*Case, target) {
	return &Case{Invoice: "invoice0", Amount: money.New(900, "EUR"), Attempts: attempts},
		target{"c", "stripe", attempts[0].Signal.Instrument, nil}
}

// frees is when the counters of some names let the next try through.
func frees(t *testing.T, attempts []Attempt, at book.Instant, prefix string) book.Instant {
	t.Helper()
	c, g := budgetCase(attempts)
	p, table := DefaultPolicy(), testTable(t)
	out := at
	found := false
	for _, k := range counters(c, g, &p, &table, at) {
		if len(k.Name) >= len(prefix) && k.Name[:len(prefix)] == prefix {
			out, found = max(out, k.free(at)), true
		}
	}
	if !found {
		t.Fatalf("no counter %q", prefix)
	}
	return out
}

// TestBudgets holds each counter against its last allowed and its first refused try.
func TestBudgets(t *testing.T) {
	start := moment(t, "2026-10-01 00:00")
	month := later(start, 30*day)
	for _, x := range []struct {
		name     string
		n        int
		every    time.Duration
		brand    string
		at, free book.Instant
	}{
		{"Our limit, this card", 14, day, "visa", later(start, 20*day), later(start, 20*day)},
		{"Our limit, this card", 15, day, "visa", later(start, 20*day), month},
		{"Visa, this card, 30 days", 19, day, "visa", later(start, 20*day), later(start, 20*day)},
		{"Visa, this card, 30 days", 20, day, "visa", later(start, 20*day), month},
		{"Visa, this card, 30 days", 21, day, "visa", later(start, 21*day), later(month, day)},
		{"Mastercard, this card, 24 hours", 9, time.Hour, "mastercard", later(start, 12*time.Hour), later(start, 12*time.Hour)},
		{"Mastercard, this card, 24 hours", 10, time.Hour, "mastercard", later(start, 12*time.Hour), later(start, day)},
		{"Mastercard, this card, 30 days", 34, 12 * time.Hour, "mastercard", later(start, 20*day), later(start, 20*day)},
		{"Mastercard, this card, 30 days", 35, 12 * time.Hour, "mastercard", later(start, 20*day), month},
		{"American Express, this card, 30 days", 20, day, "amex", later(start, 20*day), month},
		{"Our retries, this invoice", 40, 12 * time.Hour, "visa", later(start, 20*day), later(start, 20*day)},
		{"Our retries, this invoice", 45, 12 * time.Hour, "visa", later(start, 23*day), later(month, 60*time.Hour)},
	} {
		if got := frees(t, series(x.n, start, x.every, x.brand), x.at, x.name); got != x.free {
			t.Errorf("%s after %d: frees %s, want %s", x.name, x.n, got, x.free)
		}
	}
}

// TestCountersKeepApart changes one fact of the first try at a time, and sees who counts it.
func TestCountersKeepApart(t *testing.T) {
	start := moment(t, "2026-10-01 00:00")
	at := later(start, 20*day)
	table, p := testTable(t), DefaultPolicy()
	for _, x := range []struct {
		what         string
		change       func(*Attempt)
		brand        string
		network, own int
	}{
		{"as it is", func(*Attempt) {}, "visa", 3, 3},
		{"by the customer, Visa", func(a *Attempt) { a.Customer = true }, "visa", 2, 3},
		{"by the customer, Mastercard", func(a *Attempt) { a.Customer = true }, "mastercard", 3, 3},
		{"another amount", func(a *Attempt) { a.Amount = money.New(901, "EUR") }, "visa", 2, 3},
		{"another currency", func(a *Attempt) { a.Amount = money.New(900, "USD") }, "visa", 2, 3},
		{"another card", func(a *Attempt) { a.Signal.Instrument.ID = "d" }, "visa", 2, 2},
		{"the same card saved again", func(a *Attempt) { a.Signal.Instrument.ID = "d" }, "visa", 2, 2},
		{"pending", func(a *Attempt) { a.State = book.Pending }, "visa", 3, 3},
		{"cancelled", func(a *Attempt) { a.State = book.Cancelled }, "visa", 2, 2},
		{"another gateway", func(a *Attempt) { a.Signal.Gateway = "paypal" }, "visa", 3, 3},
	} {
		attempts := series(3, start, day, x.brand)
		x.change(&attempts[0])
		c, g := budgetCase(attempts[1:])
		c.Attempts = attempts
		network, own := -1, -1
		for _, k := range counters(c, g, &p, &table, at) {
			switch b := k.at(at); {
			case b.Window == 30*day && network < 0 && b.Name != "Our limit, this card":
				network = b.Used
			case b.Name == "Our limit, this card":
				own = b.Used
			}
		}
		if network != x.network || own != x.own {
			t.Errorf("%s: the network counts %d and the house %d, want %d and %d", x.what, network, own,
				x.network, x.own)
		}
	}
}

// TestApprovalEndsTheCount is Visa's rule alone.
func TestApprovalEndsTheCount(t *testing.T) {
	start := moment(t, "2026-10-01 00:00")
	at := later(start, 28*day)
	for brand, free := range map[string]book.Instant{"visa": at, "amex": later(start, 31*day)} {
		attempts := series(22, start, day, brand)
		attempts[20].State = book.Succeeded
		name := brandName(brand) + ", this card, 30 days"
		if got := frees(t, attempts, at, name); got != free {
			t.Errorf("%s: frees %s, want %s", name, got, free)
		}
	}
}

// TestLimitOfItsDay: Visa allowed 15 tries until 2025-05-19, and 20 since.
func TestLimitOfItsDay(t *testing.T) {
	table := testTable(t)
	for on, most := range map[string]int{"2025-05-18 12:00": 15, "2025-05-19 12:00": 20} {
		l := table.network(book.Instrument{Kind: "card", Brand: "visa"}, moment(t, on))
		if len(l) != 1 || l[0].most != most {
			t.Errorf("on %s: %v, want %d", on, l, most)
		}
	}
	if l := table.network(book.Instrument{Kind: "sepa_debit"}, moment(t, "2026-01-01 00:00")); len(l) > 0 {
		t.Errorf("a debit has limits of a card network: %v", l)
	}
}

func BenchmarkPlan(b *testing.B) {
	table, p := testTable(b), DefaultPolicy()
	start := moment(b, "2026-10-01 00:00")
	var cases []Case
	for i := range 10_000 {
		a := series(6, later(start, time.Duration(i)*time.Minute), day, []string{"visa", "mastercard"}[i%2])
		for j := range a {
			a[j].Invoice = "invoice0"
			a[j].Signal.Decline = book.Decline{Code: "insufficient_funds", Network: []string{"51", "05", "91", "54"}[i%4]}
		}
		cases = append(cases, Case{Invoice: "invoice0", Email: "a@example.com", Amount: money.New(900, "EUR"),
			FailedAt: a[0].At, Attempts: a, Services: []Service{{ID: "s", Status: "Active"}}})
	}
	for b.Loop() {
		for _, c := range cases {
			PlanCase(c, p, table, later(start, 8*day))
		}
	}
}

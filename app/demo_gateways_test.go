package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// agrees holds a demo month against what really happened in it: nothing unexplained, no wrong automatic
// match, every fault found with its class, all proofs hold, and a second run changes nothing.
func agrees(t *testing.T, d *DemoRun) {
	t.Helper()
	seed, v := d.world.Options.Seed, d.Verdict()
	if len(v.Missed) > 0 || len(v.WrongMatches) > 0 || v.Found != v.Faults {
		t.Errorf("seed %d: missed %v, wrong %v", seed, v.Missed, v.WrongMatches)
	}
	for _, b := range d.Month.Bridges {
		if b.Unexplained != 0 {
			t.Errorf("seed %d: %s unexplained %d", seed, b.Currency, b.Unexplained)
		}
	}
	for _, p := range d.Month.Proofs {
		if !p.Holds {
			t.Errorf("seed %d: proof %s of %s does not hold: %s", seed, p.Kind, p.Source, p.Why)
		}
	}
	again, err := d.App.Reconcile(context.Background(), d.Month.Period, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	if again.Changes != 0 || len(again.Matches) != len(d.Month.Matches) {
		t.Errorf("seed %d: a second run changed %d records", seed, again.Changes)
	}
}

// demoOfAll is a demo month of a business that uses every gateway there is.
func demoOfAll(t *testing.T, seed uint64, customers int, month string) *DemoRun {
	t.Helper()
	m, err := book.ParseMonth(month)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Demo(context.Background(), DemoRequest{Seed: seed, Customers: customers, Month: m,
		Gateways: DemoGateways(), Out: t.TempDir(),
		Options: Options{Dir: t.TempDir(), Now: demoClock, Wall: demoClock}}, func(Progress) {})
	if err != nil {
		t.Fatalf("seed %d, %d customers, %s: %v", seed, customers, month, err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestDemoMonthsOfAllGatewaysAgreeWithTheTruth pulls businesses that use all gateways. Beyond what holds
// for cards alone, no exception names what is in order, save for what time will tell.
func TestDemoMonthsOfAllGatewaysAgreeWithTheTruth(t *testing.T) {
	for _, c := range []struct {
		seed      uint64
		customers int
		month     string
	}{{7, 240, "2026-10"}, {2, 75, "2026-12"}, {12, 20, "2027-03"}, {3, 2, "2026-10"}} {
		d := demoOfAll(t, c.seed, c.customers, c.month)
		agrees(t, d)
		for _, x := range d.Month.All {
			if x.Class.Group() != book.Timing && x.Status != book.Explained && !injected(d.world, x) {
				t.Errorf("seed %d: unexpected %s %s %v: %s", c.seed, x.Class, x.Amount, x.Items, x.Why)
			}
		}
		if c.customers < 60 {
			continue
		}
		for _, name := range DemoGateways() {
			if !slices.ContainsFunc(d.Month.Matches, func(m book.Match) bool {
				return m.Leg == book.PayoutBank && slices.ContainsFunc(m.Left, func(id book.ItemID) bool {
					return strings.HasPrefix(string(id), string(name)+":")
				})
			}) {
				t.Errorf("seed %d: no payout of %s was found at the bank", c.seed, name)
			}
		}
	}
}

// injected reports whether an exception is a fault that the world has.
func injected(w *world.World, x book.Exception) bool {
	return slices.ContainsFunc(w.Truth.Faults, func(f world.Fault) bool {
		return f.Class == x.Class && slices.ContainsFunc(f.Items, func(id book.ItemID) bool {
			return slices.Contains(x.Items, id)
		})
	})
}

func TestSandboxPointsAtItsGateways(t *testing.T) {
	for _, gateways := range [][]book.SourceName{nil, {world.PayPalName}, DemoGateways()} {
		s, err := StartSandbox(context.Background(), SandboxRequest{Listen: "127.0.0.1:0", Seed: 1,
			Customers: 60, Month: book.MonthOf(book.NewDate(2026, 10, 1)), Gateways: gateways})
		if err != nil {
			t.Fatal(err)
		}
		c := s.Config()
		if err := c.check(); err != nil {
			t.Error(err)
		}
		if got, want := len(c.Sources), 2+len(gateways); got != want {
			t.Errorf("%v: %d sources, want %d", gateways, got, want)
		}
		for _, x := range c.Sources {
			if x.URL != s.serving.URL(x.Name) || x.Kind == "" {
				t.Errorf("%v: source %s of kind %q at %q", gateways, x.Name, x.Kind, x.URL)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := StartSandbox(context.Background(), SandboxRequest{Listen: "127.0.0.1:0", Customers: 5,
		Month: minMonth, Gateways: []book.SourceName{"abacus"}}); err == nil {
		t.Error("a gateway that nobody knows is taken")
	}
}

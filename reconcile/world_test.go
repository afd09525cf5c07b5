package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"countinghouse/app/book"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

func run(t testing.TB, in reconcile.Input) reconcile.Result {
	t.Helper()
	r, err := reconcile.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// judge compares a result with the world's own truth and lists what is wrong.
func judge(w *world.World, r reconcile.Result) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	true_ := map[world.Pair]bool{}
	for _, p := range w.Truth.Pairs {
		true_[p] = true
	}
	for _, m := range r.Matches {
		if m.State != book.Auto {
			continue
		}
		for _, l := range m.Left {
			for _, o := range m.Right {
				if !true_[world.Pair{Leg: m.Leg, Left: l, Right: o}] {
					say("wrong match %s %s: %s - %s", m.Pass, m.Leg, l, o)
				}
			}
		}
	}
	faulty := map[book.ItemID]book.Class{}
	for _, f := range w.Truth.Faults {
		for _, id := range f.Items {
			faulty[id] = f.Class
		}
		if !slices.ContainsFunc(r.Exceptions, func(x book.Exception) bool {
			return x.Class == f.Class && slices.Contains(x.Items, f.Key)
		}) {
			say("not found: %s %s (%s)", f.Class, f.Key, f.Note)
		}
	}
	for _, x := range r.Exceptions {
		if x.Class.Group() == book.Timing || x.Status == book.Explained {
			continue
		}
		if !slices.ContainsFunc(w.Truth.Faults, func(f world.Fault) bool {
			return f.Class == x.Class && slices.ContainsFunc(f.Items, func(id book.ItemID) bool {
				return slices.Contains(x.Items, id)
			})
		}) {
			say("unexpected %s %s %v (fault there: %s): %s", x.Class, x.Amount, x.Items,
				faulty[x.Items[0]], x.Why)
		}
	}
	for _, b := range r.Bridges {
		if b.Unexplained != 0 {
			say("%s bridge: %d unexplained", b.Currency, b.Unexplained)
		}
	}
	for _, p := range r.Proofs {
		if !p.Holds {
			say("proof %s %s %s fails: %s", p.Kind, p.Source, p.Currency, p.Why)
		}
	}
	return wrong
}

func TestWorlds(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 100
	}
	faults, passes := map[book.Class]int{}, map[book.Pass]int{}
	for seed := range seeds {
		o := world.Options{Seed: seed, Customers: 1 + int(seed%40),
			Month: book.MonthOf(book.NewDate(2026, 10, 1)) + book.Month(seed%14)}
		w := world.Build(o)
		in := inputOf(w)
		r := run(t, in)
		for _, s := range judge(w, r) {
			t.Errorf("seed %d, %d customers: %s", seed, o.Customers, s)
		}
		if t.Failed() {
			t.FailNow()
		}
		for _, f := range w.Truth.Faults {
			faults[f.Class]++
		}
		for _, s := range r.Stats {
			passes[s.Pass] += s.Auto
		}
		if seed%10 == 0 {
			sameAgain(t, in, r, seed)
		}
	}
	every(t, faults, passes)
}

// every proves that the worlds held every fault there is, and that every pass had its share.
func every(t *testing.T, faults map[book.Class]int, passes map[book.Pass]int) {
	t.Helper()
	for class := range world.Usual {
		if faults[class] == 0 {
			t.Errorf("no world held %s", class)
		}
	}
	for _, p := range []book.Pass{book.P1, book.P2, book.P3, book.P4, book.P5, book.P6, book.P7} {
		if passes[p] == 0 {
			t.Errorf("%s matched nothing", p)
		}
	}
}

// sameAgain proves that order carries no meaning and that nothing is remembered between runs.
func sameAgain(t *testing.T, in reconcile.Input, r reconcile.Result, seed uint64) {
	t.Helper()
	want, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(run(t, in))
	if string(again) != string(want) {
		t.Errorf("seed %d: a second run differs", seed)
	}
	d := rand.New(rand.NewPCG(seed, 1))
	mixed, _ := json.Marshal(run(t, shuffled(in, d)))
	if string(mixed) != string(want) {
		t.Errorf("seed %d: shuffled input gives another result", seed)
	}
}

func shuffled(in reconcile.Input, d *rand.Rand) reconcile.Input {
	b := &in.Books
	b.Customers = mix(d, b.Customers)
	b.Invoices = mix(d, b.Invoices)
	b.Payments = mix(d, b.Payments)
	b.Credits = mix(d, b.Credits)
	b.Transactions = mix(d, b.Transactions)
	b.Payouts = mix(d, b.Payouts)
	b.Balances = mix(d, b.Balances)
	b.Statements = mix(d, b.Statements)
	b.Lines = mix(d, b.Lines)
	in.Sources = mix(d, in.Sources)
	in.Accounts = mix(d, in.Accounts)
	in.Decisions = mix(d, in.Decisions)
	in.Altered = mix(d, in.Altered)
	return in
}

func mix[T any](d *rand.Rand, all []T) []T {
	out := slices.Clone(all)
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestConfirmingChangesNothing confirms every match that a run made by itself: whoever says that a pair
// belongs together does not say that its amounts are right.
func TestConfirmingChangesNothing(t *testing.T) {
	for seed := range uint64(40) {
		w := world.Build(world.Options{Seed: seed, Customers: 20 + int(seed),
			Month: book.MonthOf(book.NewDate(2026, 10, 1))})
		in := inputOf(w)
		first := run(t, in)
		for _, m := range first.Matches {
			if m.State == book.Auto {
				m.State = book.Confirmed
				in.Decisions = append(in.Decisions, m)
			}
		}
		again := run(t, in)
		a, _ := json.Marshal([]any{first.Bridges, first.Exceptions, first.Proofs})
		b, _ := json.Marshal([]any{again.Bridges, again.Exceptions, again.Proofs})
		if string(a) != string(b) {
			t.Errorf("seed %d: bridges, proofs or exceptions differ: %d and %d exceptions", seed,
				len(first.Exceptions), len(again.Exceptions))
			for _, x := range first.Exceptions {
				if !slices.ContainsFunc(again.Exceptions, func(y book.Exception) bool {
					return x.ID == y.ID && x.Class == y.Class
				}) {
					t.Errorf("lost %s %v", x.Class, x.Items)
				}
			}
			for _, x := range again.Exceptions {
				if !slices.ContainsFunc(first.Exceptions, func(y book.Exception) bool {
					return x.ID == y.ID && x.Class == y.Class
				}) {
					t.Errorf("new %s %v: %s", x.Class, x.Items, x.Why)
				}
			}
		}
	}
}

func TestWorldOfTwoThousand(t *testing.T) {
	w := world.Build(world.Options{Seed: 1, Customers: 2000,
		Month: book.MonthOf(book.NewDate(2026, 10, 1))})
	in := inputOf(w)
	r := run(t, in)
	for _, s := range judge(w, r) {
		t.Error(s)
	}
	if r.AutoPayments.Share() < 0.95 || r.AutoBankLines.Share() < 0.9 {
		t.Errorf("automatic: payments %v, bank lines %v", r.AutoPayments, r.AutoBankLines)
	}
	sameAgain(t, in, r, 1)
}

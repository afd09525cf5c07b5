package reconcile_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

func october(seed uint64, customers int) (*world.World, reconcile.Input) {
	w := world.Build(world.Options{Seed: seed, Customers: customers,
		Month: book.MonthOf(book.NewDate(2026, 10, 1))})
	return w, inputOf(w)
}

// TestBridgeIsARealCheck loses or repeats one movement or payout of the month and expects the
// bridge and the balance proof to notice it by exactly its amount.
func TestBridgeIsARealCheck(t *testing.T) {
	for seed := range uint64(60) {
		_, in := october(seed, 30)
		in.Books.Transactions = slices.Clone(in.Books.Transactions)
		in.Books.Payouts = slices.Clone(in.Books.Payouts)
		d := rand.New(rand.NewPCG(seed, 2))
		var off int64
		var c money.Currency
		what := "lost movement"
		inMonth := func(at book.Instant) bool { return in.Period.Has(at.In(in.Zone)) }
		switch n := d.IntN(len(in.Books.Transactions)); seed % 3 {
		case 0, 1:
			for !inMonth(in.Books.Transactions[n].At) || in.Books.Transactions[n].Net == 0 ||
				in.Books.Transactions[n].Kind == book.PayoutFailure {
				n = (n + 1) % len(in.Books.Transactions)
			}
			tx := in.Books.Transactions[n]
			off, c = tx.Net, tx.Currency
			if seed%3 == 0 {
				in.Books.Transactions = slices.Delete(in.Books.Transactions, n, n+1)
				break
			}
			what, off = "repeated movement", -off
			tx.ID += "x"
			in.Books.Transactions = append(in.Books.Transactions, tx)
		case 2:
			what = "lost payout"
			n = slices.IndexFunc(in.Books.Payouts, func(p book.Payout) bool {
				return inMonth(p.SentAt) && p.State == book.PayoutPaid
			})
			off, c = -in.Books.Payouts[n].Amount.Minor, in.Books.Payouts[n].Amount.Currency
			in.Books.Payouts = slices.Delete(in.Books.Payouts, n, n+1)
		}
		r := run(t, in)
		for _, b := range r.Bridges {
			want := int64(0)
			if b.Currency == c {
				want = off
			}
			if b.Unexplained != want {
				t.Errorf("seed %d, %s of %d %s: %s bridge has %d unexplained", seed, what, off, c,
					b.Currency, b.Unexplained)
			}
		}
		if !slices.ContainsFunc(r.Exceptions, func(x book.Exception) bool {
			return x.Class == book.C3 && x.Amount == money.New(off, c).Abs()
		}) {
			t.Errorf("seed %d, %s of %d %s: no C3", seed, what, off, c)
		}
	}
}

// TestStepsAddUp proves for many worlds and both of their months that each step is the sum of its
// entries, and that totals are what the facts say.
func TestStepsAddUp(t *testing.T) {
	for seed := range uint64(80) {
		_, in := october(seed, 5+int(seed))
		in.Period -= book.Month(seed % 2)
		for _, b := range run(t, in).Bridges {
			if len(b.Steps) != len(book.Steps) {
				t.Fatalf("%d steps", len(b.Steps))
			}
			amounts := map[book.Step]int64{}
			for _, s := range b.Steps {
				sum := int64(0)
				for _, x := range s.Entries {
					sum += x.Amount
				}
				if s.Step != book.StepUnexplained && sum != s.Amount || s.Items != len(s.Entries) {
					t.Errorf("seed %d %s %s: entries of %d, amount %d", seed, b.Currency, s.Step,
						sum, s.Amount)
				}
				amounts[s.Step] = s.Amount
			}
			received, sent, banked := totalsOf(in, b.Currency)
			if amounts[book.StepBillingReceipts] != received ||
				amounts[book.StepPayoutsSent] != sent || amounts[book.StepBankMovement] != banked {
				t.Errorf("seed %d %s: totals %d %d %d, want %d %d %d", seed, b.Currency,
					amounts[book.StepBillingReceipts], amounts[book.StepPayoutsSent],
					amounts[book.StepBankMovement], received, sent, banked)
			}
			if b.Unexplained != 0 {
				t.Errorf("seed %d %s: %d unexplained", seed, b.Currency, b.Unexplained)
			}
		}
	}
}

// totalsOf adds up the bridge's totals from the records alone.
func totalsOf(in reconcile.Input, c money.Currency) (received, sent, banked int64) {
	has := func(at book.Instant) bool { return at != 0 && in.Period.Has(at.In(in.Zone)) }
	for _, p := range in.Books.Payments {
		if p.Amount.Currency == c && p.Amount.Minor > 0 && p.Method == "stripe" && has(p.At) {
			received += p.Amount.Minor
		}
	}
	for _, p := range in.Books.Payouts {
		if p.Amount.Currency == c && has(p.SentAt) {
			sent += p.Amount.Minor
		}
		if p.Amount.Currency == c && has(p.FailedAt) {
			sent -= p.Amount.Minor
		}
	}
	for _, l := range in.Books.Lines {
		if l.Amount.Currency == c && in.Period.Has(l.On) {
			banked += l.Amount.Minor
		}
	}
	return received, sent, banked
}

// TestConservation adds up what the live matches use of each record on each leg.
func TestConservation(t *testing.T) {
	_, in := october(3, 400)
	r := run(t, in)
	has := map[book.ItemID]money.Money{}
	for _, p := range in.Books.Payments {
		has[p.ID] = p.Amount
	}
	for _, l := range in.Books.Lines {
		has[l.ID] = l.Amount
	}
	for _, p := range in.Books.Payouts {
		has[p.ID] = p.Amount
	}
	type key struct {
		leg  book.Leg
		item book.ItemID
	}
	used := map[key]int64{}
	ids := map[string]bool{}
	for _, m := range r.Matches {
		if ids[m.ID] || m.ID != reconcile.MatchID(m.Leg, m.Left, m.Right) {
			t.Errorf("match %s: its id is taken or wrong", m.ID)
		}
		ids[m.ID] = true
		items := slices.Concat(m.Left, m.Right)
		if len(m.Uses) != len(items) || len(m.Facts.List()) == 0 || m.Rule == "" {
			t.Fatalf("match of %v: %d uses, facts %q", items, len(m.Uses), m.Facts)
		}
		for i, id := range items {
			if a, ok := has[id]; ok && m.State.Live() {
				used[key{m.Leg, id}] += m.Uses[i].Minor
				if n := used[key{m.Leg, id}]; max(n, -n) > a.Abs().Minor {
					t.Errorf("%s on %s: %d used of %s", id, m.Leg, n, a)
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, x := range r.Exceptions {
		if seen[x.ID] || x.ID != reconcile.ExceptionID(x.Class, x.Leg, x.Items) ||
			x.Amount.Minor < 0 ||
			x.Why == "" || !slices.IsSorted(x.Items) || x.On < in.OpeningOn {
			t.Errorf("exception %+v", x)
		}
		seen[x.ID] = true
	}
}

// TestConfirmedUseUp confirms what a run only suggested and expects the exceptions to go.
func TestConfirmedUseUp(t *testing.T) {
	_, in := october(5, 200)
	first := run(t, in)
	for _, m := range first.Matches {
		if m.State == book.Suggested {
			m.State = book.Confirmed
			in.Decisions = append(in.Decisions, m)
		}
	}
	if len(in.Decisions) == 0 {
		t.Fatal("nothing was suggested")
	}
	for _, m := range run(t, in).Matches {
		if m.State == book.Suggested {
			t.Errorf("still suggested: %v = %v", m.Left, m.Right)
		}
	}
	r := run(t, in)
	for _, x := range r.Exceptions {
		if x.Class == book.D8 {
			t.Errorf("still there: %s", x.Why)
		}
	}
	for _, b := range r.Bridges {
		if b.Unexplained != 0 {
			t.Errorf("%s: %d unexplained", b.Currency, b.Unexplained)
		}
	}
	for i := range in.Decisions {
		in.Decisions[i].State = book.Rejected
	}
	for _, m := range run(t, in).Matches {
		for _, d := range in.Decisions {
			if m.ID == d.ID {
				t.Errorf("rejected and there again: %v = %v", m.Left, m.Right)
			}
		}
	}
}

// TestEverythingTwice gives a run every record twice: it concludes the same, and says D3 of each.
func TestEverythingTwice(t *testing.T) {
	_, in := october(9, 60)
	once := run(t, in)
	b := &in.Books
	b.Invoices = slices.Concat(b.Invoices, b.Invoices)
	b.Payments = slices.Concat(b.Payments, b.Payments)
	b.Credits = slices.Concat(b.Credits, b.Credits)
	b.Transactions = slices.Concat(b.Transactions, b.Transactions)
	b.Payouts = slices.Concat(b.Payouts, b.Payouts)
	b.Lines = slices.Concat(b.Lines, b.Lines)
	twice := run(t, in)
	d3 := 0
	twice.Exceptions = slices.DeleteFunc(twice.Exceptions, func(x book.Exception) bool {
		if x.Class == book.D3 {
			d3++
		}
		return x.Class == book.D3
	})
	want := (len(b.Invoices) + len(b.Payments) + len(b.Credits) + len(b.Transactions) +
		len(b.Payouts) + len(b.Lines)) / 2
	if d3 != want {
		t.Errorf("%d D3 of %d records", d3, want)
	}
	if !reflect.DeepEqual(once, twice) {
		t.Error("a run over everything twice concludes something else")
	}
}

func TestBrokenNetStopsTheRun(t *testing.T) {
	_, in := october(1, 3)
	in.Books.Transactions = slices.Clone(in.Books.Transactions)
	in.Books.Transactions[0].Net++
	_, err := reconcile.Run(context.Background(), in)
	if err == nil || !strings.Contains(err.Error(), "invariant 4") ||
		!strings.Contains(err.Error(), string(in.Books.Transactions[0].ID)) {
		t.Errorf("got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	_, in := october(1, 3)
	ctx, cancel := context.WithCancel(context.Background())
	in.Progress = func(_ string, done, total int) {
		if done >= total {
			t.Errorf("%d of %d", done, total)
		}
		if done == 4 {
			cancel()
		}
	}
	if _, err := reconcile.Run(ctx, in); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOverdrawnDecisionIsSetAside(t *testing.T) {
	_, in := october(5, 200)
	r := run(t, in)
	n := slices.IndexFunc(r.Matches, func(m book.Match) bool { return m.Pass == book.P5 })
	m := r.Matches[n]
	m.State = book.Confirmed
	m.Uses = slices.Clone(m.Uses)
	m.Uses[0].Minor *= 2
	in.Decisions = []book.Match{m}
	if !slices.ContainsFunc(run(t, in).Exceptions, func(x book.Exception) bool {
		return x.Class == book.D9 && slices.Contains(x.Items, m.Left[0])
	}) {
		t.Error("no D9 for a decision that takes more than there is")
	}
}

func TestInPeriod(t *testing.T) {
	month := book.MonthOf(book.NewDate(2026, 10, 1))
	for _, c := range []struct {
		on     book.Date
		status book.ExceptionStatus
		want   bool
	}{
		{month.First() - 40, book.Open, true}, {month.First() - 1, book.Resolved, false},
		{month.First(), book.Explained, true}, {month.Last(), book.Open, true},
		{month.Last() + 1, book.Open, false},
	} {
		if got := reconcile.InPeriod(book.Exception{On: c.on, Status: c.status}, month); got != c.want {
			t.Errorf("%s %s: %v", c.on, c.status, got)
		}
	}
}

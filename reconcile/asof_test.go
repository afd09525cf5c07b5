package reconcile_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"countinghouse/app/book"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

// keep is a slice without what a condition does not hold for.
func keep[T any](all []T, want func(*T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !want(&x) })
}

// before is a world as it stood at the beginning of a day: only what existed then, with what its systems
// said then of invoices, credit and payouts. Balances and statements follow from the rest.
func before(w *world.World, on book.Date) *world.World {
	at := on.Start(w.Zone)
	then := *w
	then.Now = at
	then.Payments = keep(w.Payments, func(p *world.Payment) bool { return p.At <= at })
	then.Credits = keep(w.Credits, func(c *world.Credit) bool { return c.On < on })
	then.Customers = slices.Clone(w.Customers)
	then.Invoices = keep(w.Invoices, func(v *world.Invoice) bool { return v.IssuedOn < on })
	for _, c := range w.Credits {
		if c.On < on {
			continue
		}
		for i := range then.Customers {
			if x := &then.Customers[i]; x.ID == c.CustomerID {
				x.Credit -= c.Amount.Minor
			}
		}
		for i := range then.Invoices {
			if v := &then.Invoices[i]; v.ID == c.InvoiceID && c.Amount.Minor < 0 {
				v.Credit += c.Amount.Minor
			}
		}
	}
	for i := range then.Invoices {
		v := &then.Invoices[i]
		if v.PaidAt > at {
			v.PaidAt, v.Status = 0, book.InvoiceUnpaid
		}
		for _, p := range w.Payments {
			if p.InvoiceID == v.ID && p.At > at && p.Out > 0 && v.Status == book.InvoiceRefunded {
				v.Status = book.InvoicePaid
			}
		}
	}
	s := &then.Stripe
	s.Charges = keep(s.Charges, func(c *world.Charge) bool { return c.At <= at })
	s.Movements = keep(s.Movements, func(m *world.Movement) bool { return m.At <= at })
	for i := range s.Movements {
		m := &s.Movements[i]
		if !slices.ContainsFunc(w.Stripe.Payouts, func(p world.Payout) bool {
			return p.ID == m.PayoutID && p.At <= at
		}) {
			m.PayoutID = ""
		}
	}
	s.Refunds, s.Charges = slices.Clone(s.Refunds), slices.Clone(s.Charges)
	for _, m := range w.Stripe.Movements {
		if m.At <= at {
			continue
		}
		for i := range s.Refunds {
			if m.Category == "refund_failure" && s.Refunds[i].ID == m.SourceID {
				s.Refunds[i].State = book.Succeeded
			}
		}
		for i := range s.Charges {
			if m.Category == "charge_failure" && s.Charges[i].ID == m.SourceID {
				s.Charges[i].State = book.Succeeded
			}
		}
	}
	s.Payouts = keep(s.Payouts, func(p *world.Payout) bool { return p.At <= at })
	for i := range s.Payouts {
		if p := &s.Payouts[i]; p.FailedAt > at {
			p.FailedAt, p.FailureCode, p.State = 0, "", book.PayoutPaid
		}
	}
	then.Accounts = slices.Clone(w.Accounts)
	for i := range then.Accounts {
		a := &then.Accounts[i]
		a.Lines = keep(a.Lines, func(l *world.BankLine) bool { return l.On < on })
	}
	return &then
}

// TestAsOf runs as of the beginning of days of the past over everything that is known now, and over what
// was known then: both conclude the same.
func TestAsOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(1, 400).Draw(t, "seed")
		w := world.Build(world.Options{Seed: seed, Customers: rapid.IntRange(1, 150).Draw(t, "customers"),
			Month: book.MonthOf(book.NewDate(2026, 10, 1))})
		on := book.Date(rapid.IntRange(int(w.OpeningOn)+1, int(w.Now.In(w.Zone))).Draw(t, "on"))
		now := inputOf(w)
		now.At = on.Start(w.Zone)
		now.Period = book.MonthOf(on - 1)
		then := inputOf(before(w, on))
		then.Period = now.Period
		got, want := runAs(t, now), runAs(t, then)
		got.Unseen = 0
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("as of %s:\n%s\nknown then:\n%s", on, firstDifference(describe(now, got), describe(then, want)),
				fmt.Sprint(got.Counts, want.Counts))
		}
	})
}

func runAs(t *rapid.T, in reconcile.Input) reconcile.Result {
	r, err := reconcile.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// firstDifference is the lines around which two texts part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return strings.Join(x[i:min(i+3, len(x))], "\n") + "\nand not\n" +
				strings.Join(y[min(i, len(y)):min(i+3, len(y))], "\n")
		}
	}
	return "the first is a part of the second, or they differ in what is not shown"
}

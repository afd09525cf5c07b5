package world

import (
	"testing"
	"time"

	"countinghouse/app/book"
)

// all are the gateways that a business can use beside Stripe.
var all = []book.SourceName{PayPalName, RazorpayName, SpectroCoinName}

func TestBooksOfMoreGatewaysFoot(t *testing.T) {
	for seed := range uint64(300) {
		o := Options{Seed: seed, Customers: 1 + int(seed*seed)%400, Gateways: all,
			Month: month(2026, time.October) + book.Month(seed%24)}
		switch seed % 5 {
		case 3:
			o.Gateways = all[seed/5%3:][:1]
		case 4:
			o.Faults = map[book.Class]int{}
		}
		if err := Build(o).Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestMoreGatewaysAreUsed(t *testing.T) {
	for _, n := range []int{lotsFrom, 150, 2000} {
		w := Build(Options{Seed: uint64(n), Customers: n, Gateways: all,
			Month: month(2026, time.October)})
		clients := map[string]int{}
		for _, c := range w.Customers {
			clients[c.Method]++
		}
		for _, name := range all {
			l := w.Ledger(name)
			if len(l.Charges) == 0 || len(l.Movements) == 0 || len(l.Payouts) == 0 {
				t.Errorf("%d customers: %s has %d charges, %d rows, %d payouts", n, name,
					len(l.Charges), len(l.Movements), len(l.Payouts))
			}
			if got, want := clients[string(name)], (n*shares[name]+50)/100; got != want {
				t.Errorf("%d customers: %d pay by %s, want %d", n, got, name, want)
			}
		}
	}
}

package store

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// charges makes n charges as a gateway would page them: ids in no order, a payout for each fifty.
func charges(n int) []book.Transaction {
	out := make([]book.Transaction, n)
	for i := range out {
		native := fmt.Sprintf("%016x%08x", uint64(i+1)*0x9e3779b97f4a7c15, i)
		out[i] = book.Transaction{
			ID: book.ItemID("stripe:ch_" + native), Source: "stripe", Kind: book.Charge,
			State: book.Succeeded, At: book.Instant(1760000000000 + int64(i)*2000),
			AvailableAt: book.Instant(1760200000000 + int64(i)*2000), Currency: "EUR",
			Gross: 4900, Fee: 99, Net: 4801, Charged: eur(4900),
			PayoutID:   book.ItemID(fmt.Sprintf("stripe:po_%d", i/50)),
			Aliases:    []string{"pi_" + native, "txn_" + native},
			InvoiceRef: fmt.Sprint(i), CustomerRef: fmt.Sprint(i % 20000),
			Payer: fmt.Sprintf("cus_%d", i%20000), Text: "Invoice #" + fmt.Sprint(i),
			Revision: native[:12],
		}
	}
	return out
}

// pageSize is how many records a page of the benchmarks holds.
const pageSize = 10000

func applyAll(b *testing.B, s *Store, all []book.Transaction) {
	b.Helper()
	for i := 0; i < len(all); i += pageSize {
		page := book.Records{Transactions: all[i:min(i+pageSize, len(all))]}
		if _, err := s.Apply(context.Background(), "stripe", page, nil, "c", 1); err != nil {
			b.Fatal(err)
		}
	}
}

var sizes = []int{10_000, 100_000, 1_000_000}

func perRow(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkApply(b *testing.B) {
	for _, n := range sizes {
		all := charges(n)
		b.Run(fmt.Sprintf("new/%d", n), func(b *testing.B) {
			for b.Loop() {
				applyAll(b, fresh(b), all)
			}
			perRow(b, n)
		})
		b.Run(fmt.Sprintf("same/%d", n), func(b *testing.B) {
			s := fresh(b)
			applyAll(b, s, all)
			for b.Loop() {
				applyAll(b, s, all)
			}
			perRow(b, n)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range sizes {
		s := fresh(b)
		applyAll(b, s, charges(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				recs, err := s.Load(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(recs)
			}
			perRow(b, n)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/row")
		})
	}
}

// pairs matches each charge with its payment, and each fifty with their payout.
func pairs(all []book.Transaction) (book.Records, []book.Match) {
	recs := book.Records{Transactions: all}
	var out []book.Match
	for i, tx := range all {
		id := book.ItemID(fmt.Sprintf("billing:payment/%d", i))
		recs.Payments = append(recs.Payments, book.Payment{ID: id, Source: "billing",
			Amount: eur(4900)})
		out = append(out, book.Match{ID: fmt.Sprintf("%016x", uint64(i+1)*0x9e3779b97f4a7c15),
			Pass: book.P1, Leg: book.BillingGateway, State: book.Auto, Rule: "P1 v1",
			Left: []book.ItemID{id}, Right: []book.ItemID{tx.ID},
			Uses: []money.Money{eur(4900), eur(4900)}, Residual: eur(0),
			Facts: book.Facts("amount\t4900\t4900\n")})
		if i%50 != 0 {
			out[len(out)-2], out[len(out)-1] = out[len(out)-1], out[len(out)-2]
		} else {
			out = append(out, book.Match{ID: fmt.Sprintf("p%d", i), Pass: book.P4,
				Leg: book.GatewayPayout, State: book.Auto, Rule: "P4 v1",
				Right: []book.ItemID{tx.PayoutID}, Uses: []money.Money{eur(0)}})
			recs.Payouts = append(recs.Payouts, book.Payout{ID: tx.PayoutID, Source: "stripe",
				Amount: eur(4801 * 50)})
		}
		p := &out[len(out)-1]
		p.Left = append(p.Left, tx.ID)
		p.Uses = append([]money.Money{eur(4801)}, p.Uses...)
		p.Uses[len(p.Uses)-1].Minor += 4801
	}
	return recs, out
}

func BenchmarkSaveRun(b *testing.B) {
	for _, n := range sizes {
		recs, matches := pairs(charges(n))
		prepared := func(b *testing.B) *Store {
			b.Helper()
			s := fresh(b)
			if _, err := s.Apply(context.Background(), "x", recs, nil, "", 1); err != nil {
				b.Fatal(err)
			}
			return s
		}
		b.Run(fmt.Sprintf("new/%d", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := prepared(b)
				b.StartTimer()
				save(b, s, Run{}, matches, nil)
			}
			perRow(b, n)
		})
		b.Run(fmt.Sprintf("same/%d", n), func(b *testing.B) {
			s := prepared(b)
			save(b, s, Run{}, matches, nil)
			for b.Loop() {
				if got := save(b, s, Run{}, matches, nil); got.Changes() != 0 {
					b.Fatalf("%+v", got)
				}
			}
			perRow(b, n)
		})
	}
}

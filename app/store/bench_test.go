package store

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"countinghouse/app/book"
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
			var recs book.Records
			var before, after runtime.MemStats
			for b.Loop() {
				recs = book.Records{}
				runtime.GC()
				runtime.ReadMemStats(&before)
				var err error
				if recs, err = s.Load(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, n)
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/row")
			runtime.KeepAlive(recs)
		})
	}
}

package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"countinghouse/app/book"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

// BenchmarkRun measures a run over worlds of ten thousand, a hundred thousand and a million
// records. The bytes allocated in all are more than a run ever holds at once.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := inputOf(world.Build(world.Options{Seed: 1, Customers: n * 10 / 53,
				Month: book.MonthOf(book.NewDate(2026, 10, 1))}))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := reconcile.Run(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(in.Books.Len()), "records")
		})
	}
}

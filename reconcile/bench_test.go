package reconcile_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

// BenchmarkRun measures a run over worlds of ten thousand, a hundred thousand and a million
// records. Beside the time it reports the memory that the run itself needed at its peak.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := inputOf(world.Build(world.Options{Seed: 1, Customers: n * 10 / 53,
				Month: book.MonthOf(book.NewDate(2026, 10, 1))}))
			records := in.Books.Len()
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			stop, peak := watch()
			for b.Loop() {
				if _, err := reconcile.Run(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
			close(stop)
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(records), "records")
			b.ReportMetric(float64(<-peak-before.HeapAlloc)/(1<<20), "peak-MiB")
		})
	}
}

// watch samples the heap until it is stopped, and then gives the largest size seen.
func watch() (stop chan struct{}, peak chan uint64) {
	stop, peak = make(chan struct{}), make(chan uint64, 1)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				peak <- most
				return
			case <-tick.C:
			}
		}
	}()
	return stop, peak
}

package bankfile

import (
	"fmt"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// BenchmarkMerge merges 50,000 lines of a file with as many of the books, over an ordinary year and
// where all lines are of one day and amount, and says how many times longer that takes than a join
// of the same lines by a map of their days and amounts.
func BenchmarkMerge(b *testing.B) {
	const n = 50_000
	for _, c := range []struct {
		name     string
		on       func(i int) book.Date
		amount   func(i int) int64
		text     func(i int) string
		reworded bool
	}{
		{"again", yearly, anyAmount, numberedText, false},
		{"other format", yearly, anyAmount, numberedText, true},
		{"other format/one day and amount", oneDay, oneAmount, numberedText, true},
		{"other format/all equal", oneDay, oneAmount, func(int) string { return "CARD PAYMENT PARKING" }, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			file := Parsed{Statement: book.Statement{Account: "operating", FromOn: 20_000, ToOn: 20_365, Format: "csv"}}
			for i := range n {
				file.Lines = append(file.Lines, book.BankLine{Account: "operating", On: c.on(i), ValueOn: c.on(i),
					Amount: money.New(c.amount(i), "EUR"), Counterparty: fmt.Sprintf("Customer %d GmbH", i%4000),
					CounterpartyAccount: "DE89370400440532013000", Text: c.text(i), BankID: fmt.Sprintf("FT%010d", i), Row: i + 1})
			}
			existing := append([]book.BankLine(nil), file.Lines...)
			Identify(existing)
			if c.reworded {
				for i := range file.Lines {
					wordings[1](&file.Lines[i])
				}
			}
			Identify(file.Lines)
			for b.Loop() {
				fresh, known, err := Merge(existing, file)
				if err != nil || len(fresh) != 0 || len(known) != n {
					b.Fatalf("%d new, %d known, %v", len(fresh), len(known), err)
				}
			}
			spent := b.Elapsed()
			b.StopTimer()
			start := time.Now()
			const joins = 5
			for range joins {
				if join(existing, file.Lines) != n {
					b.Fatal("the join loses lines")
				}
			}
			joined := time.Since(start) / joins
			b.ReportMetric(spent.Seconds()/float64(b.N)/joined.Seconds(), "x-join")
			b.ReportMetric(n*float64(b.N)/spent.Seconds(), "lines/s")
		})
	}
}

func yearly(i int) book.Date    { return 20_000 + book.Date(i*365/50_000) }
func oneDay(int) book.Date      { return 20_100 }
func anyAmount(i int) int64     { return int64(i%900)*100 + 99 }
func oneAmount(int) int64       { return 999 }
func numberedText(i int) string { return fmt.Sprintf("INVOICE %d OF 2026 thank you", 100_000+i) }

func join(existing, lines []book.BankLine) int {
	at, n := make(map[move]int, len(existing)), 0
	for i := range existing {
		at[move{existing[i].On, existing[i].Amount}]++
	}
	for i := range lines {
		if k := (move{lines[i].On, lines[i].Amount}); at[k] > 0 {
			at[k]--
			n++
		}
	}
	return n
}

package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// long is a table of twelve typed columns whose rows are made as they are asked for.
func long(rows int, each func(row int)) Table {
	columns := make([]Column, 12)
	for i := range columns {
		columns[i] = Column{ID: fmt.Sprint("c", i), Title: fmt.Sprint("Column ", i), Kind: KindText}
	}
	columns[0].Kind, columns[1].Kind, columns[2].Kind = KindDate, KindInstant, KindInteger
	columns[3].Kind, columns[4].Kind, columns[5].Kind = KindMoney, KindMoney, KindMoney
	return Table{Title: "Long", Columns: columns, Zone: vilnius,
		Rows: func(yield func([]Cell, error) bool) {
			row := make([]Cell, 12)
			for i := range rows {
				each(i)
				n := int64(i)*97 - 1_000_000
				row = append(row[:0], Date(book.Date(20_000+i%365)),
					Instant(book.Instant(1_790_000_000_000+n)), Integer(i),
					Amount(money.New(n, "EUR")), Amount(money.New(n/100, "JPY")),
					Amount(money.New(-n, "KWD")), Text("EUR"), Text("stripe:ch_3PqLmN0000"),
					Text("Orrery Nine"), Text("invoice 10556"), Text("payout to bank"),
					Text("auto"))
				if !yield(row, nil) {
					return
				}
			}
		}}
}

// TestMemoryStaysFlat writes a hundred thousand rows and looks at what is alive on the way: rows
// that are written are on the disk, so late in the run no more is held than early on.
func TestMemoryStaysFlat(t *testing.T) {
	const rows = 100_000
	var early, late uint64
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	table := long(rows, func(row int) {
		switch row {
		case rows / 4:
			early = live()
		case rows - 1:
			late = live()
		}
	})
	var size counter
	if err := WriteTableXLSX(&size, table); err != nil {
		t.Fatal(err)
	}
	// The library keeps at most 16 MB of a sheet before it goes to the disk, in a buffer that may
	// be twice as large.
	if late > early+40<<20 {
		t.Errorf("%d MB alive at the end, %d MB at a quarter", late>>20, early>>20)
	}
	if size < 1<<20 {
		t.Errorf("the workbook has %d bytes only", size)
	}
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// BenchmarkWriteXLSX measures rows a second against the library's bare stream, which writes like
// values without any preparation of ours: with our compression and with the library's own. The goal
// is 1.05 times its cost.
func BenchmarkWriteXLSX(b *testing.B) {
	const rows = 50_000
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if err := WriteTableXLSX(io.Discard, long(rows, func(int) {})); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	for _, fast := range []bool{true, false} {
		b.Run(fmt.Sprintf("bare,fast=%t", fast), func(b *testing.B) {
			for b.Loop() {
				if err := bare(rows, fast); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// bare writes rows as the library's own example does.
func bare(rows int, fast bool) error {
	f := excelize.NewFile()
	defer f.Close()
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	style, err := f.NewStyle(&excelize.Style{NumFmt: 4})
	if err != nil {
		return err
	}
	for i := range rows {
		n := float64(i*97-1_000_000) / 100
		row := []any{
			excelize.Cell{StyleID: style, Value: 45_569 + i%365},
			excelize.Cell{StyleID: style, Value: 46_286.81 + n/86_400_000},
			excelize.Cell{StyleID: style, Value: i},
			excelize.Cell{StyleID: style, Value: n},
			excelize.Cell{StyleID: style, Value: float64(int(n))},
			excelize.Cell{StyleID: style, Value: -n / 10},
			excelize.Cell{StyleID: style, Value: "EUR"},
			excelize.Cell{StyleID: style, Value: "stripe:ch_3PqLmN0000"},
			excelize.Cell{StyleID: style, Value: "Orrery Nine"},
			excelize.Cell{StyleID: style, Value: "invoice 10556"},
			excelize.Cell{StyleID: style, Value: "payout to bank"},
			excelize.Cell{StyleID: style, Value: "auto"},
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := stream.SetRow(cell, row); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	if fast {
		f.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return fastZip(w) })
	}
	return f.Write(io.Discard)
}

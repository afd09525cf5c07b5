package bankfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"pgregory.net/rapid"
)

// TestRowsAheadAreThoseOfTheScanner holds rows that are read ahead against those that are not, with
// the error behind them.
func TestRowsAheadAreThoseOfTheScanner(t *testing.T) {
	broken := errors.New("broken")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", ";", ";", "\n", "\r\n", "\r", "\"",
			" ", "\u00a0", "12,50", "b c", strings.Repeat("x", 40_000)}), 0, 60).Draw(t, "text"), "")
		read := func() *rowScanner {
			r := io.Reader(strings.NewReader(text))
			if len(text)%3 == 0 {
				r = io.MultiReader(r, iotest.ErrReader(broken))
			}
			return &rowScanner{r: r, delim: ';', l: DefaultLimits}
		}
		plain, a := read(), readAhead(read())
		defer a.close()
		for {
			want, wantErr := plain.next()
			got, err := a.next()
			if got.n != want.n || got.trimmed != want.trimmed || !slices.Equal(got.cells, want.cells) ||
				!reflect.DeepEqual(err, wantErr) {
				t.Fatalf("%v %v, want %v %v", got, err, want, wantErr)
			}
			for i, c := range want.cells {
				if got.cell(i) != strings.Trim(c, " \t\r\n\u00a0\u200e\u200f\ufeff") {
					t.Fatalf("the cell of %q is %q", c, got.cell(i))
				}
			}
			if wantErr != nil {
				return
			}
		}
	})
}

// watched reports reads after the end.
type watched struct {
	io.Reader
	ended, late bool
}

func (w *watched) Read(p []byte) (int, error) {
	w.late = w.late || w.ended
	return w.Reader.Read(p)
}

func TestNothingIsReadAfterClose(t *testing.T) {
	w := &watched{Reader: strings.NewReader(strings.Repeat("a;b\n", 1<<20))}
	a := readAhead(&rowScanner{r: w, delim: ';', l: DefaultLimits})
	if _, err := a.next(); err != nil {
		t.Fatal(err)
	}
	a.close()
	w.ended = true
	if _, open := <-a.full; open || w.late {
		t.Errorf("it is read on: %v %v", open, w.late)
	}
}

// longCSV is a statement of so many lines, some of them equal, in a form that has to be found out.
func longCSV(lines int) []byte {
	var b bytes.Buffer
	b.WriteString("Date;Amount;Currency;Name;Text\n")
	for i := range lines {
		fmt.Fprintf(&b, "%02d/03/2025;%d,%02d;EUR;\"Payee %d\";Invoice %d\n", i%28+1, i%7, i%100, i%5, i%900)
	}
	return b.Bytes()
}

// TestBatchesComeInOrder streams more lines than are under way at once.
func TestBatchesComeInOrder(t *testing.T) {
	file := longCSV(5*batchSize + 17)
	kept, err := Read(ctx, bytes.NewReader(file), "long", operating)
	if err != nil {
		t.Fatal(err)
	}
	handed, err := streamed(bytes.NewReader(file), "long", operating)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(kept.Statements[0].Lines, handed.Statements[0].Lines) ||
		kept.Statements[0].ID != handed.Statements[0].ID || kept.Digest != handed.Digest {
		t.Error("the lines streamed are not those read")
	}
}

// TestTakeEndsTheReading stops at each batch, by an error of its own and by the context.
func TestTakeEndsTheReading(t *testing.T) {
	file, full := longCSV(3*batchSize+5), errors.New("full")
	for stop := range 4 {
		calls := 0
		_, err := Stream(ctx, bytes.NewReader(file), "long", operating, func(_ *Parsed, lines []book.BankLine) error {
			if calls++; calls > stop {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) || calls != stop+1 {
			t.Errorf("stopped at %d: %d calls, %v", stop, calls, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Stream(cancelled, bytes.NewReader(file), "long", operating, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestOneReadingIsEnough holds the quick count of decimal marks against trying both.
func TestOneReadingIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"1", "00", "234", ".", ",", "-", " ", "'"}), 1, 8).
			Draw(t, "cell"), "")
		cur := rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD", "CLF"}).Draw(t, "currency")
		table := &table{form: (&form{currency: cur}).indexed()}
		var got, want columnFacts
		table.run.rows = 1
		got.addAmount(table, row{}, cell, &table.run.amounts[amountSlot])
		dot, dotErr := (money.Marks{Point: "."}).Parse(cell, cur)
		comma, commaErr := (money.Marks{Point: ","}).Parse(cell, cur)
		switch {
		case isDigits(cell):
		case dotErr == nil && commaErr != nil:
			want.dots++
		case commaErr == nil && dotErr != nil:
			want.commas++
		case dotErr == nil && dot != comma:
			want.differ++
		}
		if got.dots != want.dots || got.commas != want.commas || got.differ != want.differ {
			t.Fatalf("%q in %s counts as %+v, want %+v", cell, cur, got, want)
		}
		for _, point := range []string{".", ","} {
			table.form.cols, table.form.at[amountSlot] = []Column{{Point: point}}, 0
			read, err := table.parse(amountSlot, cell, cur)
			plain, plainErr := (money.Marks{Point: point}).Parse(cell, cur)
			if read != plain || (err == nil) != (plainErr == nil) {
				t.Fatalf("%q in %s with %q is read as %v, %v, want %v, %v", cell, cur, point, read, err, plain, plainErr)
			}
		}
	})
}

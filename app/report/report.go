// Package report owns tables to read or export, and the writers that turn them into workbooks, CSV
// files and text for a terminal. The use cases and the commands call it with values that they have
// already loaded; it never loads, decides or formats for a locale, and reads no clock.
package report

import (
	"iter"
	"math"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Kind says what a column holds: how its cells are typed, aligned and formatted.
type Kind string

// The kinds of column.
const (
	KindText    Kind = "text"
	KindInteger Kind = "integer"
	KindMoney   Kind = "money"
	KindDate    Kind = "date"
	KindInstant Kind = "instant"
	// KindCode is a short text that is never wrapped or cut: an id, a class, a currency.
	KindCode Kind = "code"
	KindBool Kind = "bool"
)

// Align is where a column's cells stand.
type Align int

// The alignments. AlignKind is the kind's own: numbers right, all else left.
const (
	AlignKind Align = iota
	AlignLeft
	AlignCenter
	AlignRight
)

// Column describes one column of a table.
type Column struct {
	// ID is the stable name, the head in CSV; Title is the head for people.
	ID, Title string
	Kind      Kind
	// Currency is set where all amounts of the column have one currency; it then stands in the
	// head, and in CSV in a column of its own. Where it is empty, a column beside it must hold the
	// currency.
	Currency money.Currency
	// Width is in characters, 0 for the kind's own.
	Width int
	Align Align
	// Wrap lets long text go on below in a workbook.
	Wrap bool
	// Total asks for the column's sum below the rows; integers and amounts of one currency only.
	Total bool
	// Detail keeps the column off the paper when a workbook is printed. Such columns come last.
	Detail bool
	// formula makes the workbook's live formula for a cell of the column from the row's number and
	// cells; the cell itself holds its value. An empty formula leaves the value alone.
	formula func(row int, cells []Cell) string
}

// Table is rows under typed columns.
type Table struct {
	Title string
	// Notes are lines between title and head: the business, the period, the moment.
	Notes   []string
	Columns []Column
	// Zone is the business's time zone, in which instants are shown; nil is UTC.
	Zone *time.Location
	// Rows gives one cell for each column, in order. A row is valid until the next one is asked
	// for, so that millions of rows need the memory of one; nil means no rows. An error ends it.
	Rows iter.Seq2[[]Cell, error]
}

// Cell is one typed value. The zero value is an empty cell.
type Cell struct {
	kind     Kind
	text     string
	n        int64
	currency money.Currency
}

// Text is a cell of text, "" for an empty one. In a column of another kind it stands where there
// is no value to show: "unknown", "—".
func Text[S ~string](s S) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{kind: KindText, text: string(s)}
}

// Integer is a cell that counts.
func Integer(n int) Cell { return Cell{kind: KindInteger, n: int64(n)} }

// Amount is a cell of money; an amount without a currency is an empty cell.
func Amount(m money.Money) Cell {
	if m.Currency == "" {
		return Cell{}
	}
	return Cell{kind: KindMoney, n: m.Minor, currency: m.Currency}
}

// Date is a cell of a calendar date, empty where it is not set.
func Date(d book.Date) Cell {
	if d == 0 {
		return Cell{}
	}
	return Cell{kind: KindDate, n: int64(d)}
}

// Instant is a cell of a moment, empty where it is not set.
func Instant(i book.Instant) Cell {
	if i == 0 {
		return Cell{}
	}
	return Cell{kind: KindInstant, n: int64(i)}
}

// Bool is a cell of yes or no.
func Bool(b bool) Cell {
	c := Cell{kind: KindBool}
	if b {
		c.n = 1
	}
	return c
}

// none stands where a value does not apply.
const none = "—"

func (c Cell) money() money.Money { return money.New(c.n, c.currency) }

// wall is the wall clock of an instant cell in a zone.
func (c Cell) wall(zone *time.Location) time.Time {
	return book.Instant(c.n).Time().In(zoneOf(zone))
}

func zoneOf(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// head is the column's title for people, with its currency.
func (c Column) head() string {
	if c.Currency == "" || c.Title == string(c.Currency) {
		return c.Title
	}
	return c.Title + " " + string(c.Currency)
}

func (c Column) right() bool {
	if c.Align == AlignKind {
		return c.Kind == KindInteger || c.Kind == KindMoney
	}
	return c.Align == AlignRight
}

// totals adds up the columns that ask for it, and counts rows.
type totals struct {
	sums []int64
	rows int
	// lost marks columns whose sum would not be exact: too large, or with cells that are no number.
	lost []bool
}

func newTotals(columns []Column) *totals {
	return &totals{sums: make([]int64, len(columns)), lost: make([]bool, len(columns))}
}

func (t *totals) add(columns []Column, row []Cell) {
	t.rows++
	for i := range columns {
		if !columns[i].Total || row[i].kind == "" {
			continue
		}
		sum, n := t.sums[i], row[i].n
		switch {
		case row[i].kind != columns[i].Kind || row[i].currency != columns[i].Currency,
			n > 0 && sum > math.MaxInt64-n, n < 0 && sum < math.MinInt64-n:
			t.lost[i] = true
		default:
			t.sums[i] = sum + n
		}
	}
}

// cell is the total of column i; "unknown" where it cannot be exact.
func (t *totals) cell(i int, c Column) Cell {
	switch {
	case !c.Total || c.Kind == KindMoney && c.Currency == "":
		return Cell{}
	case t.lost[i]:
		return Text("unknown")
	}
	return Cell{kind: c.Kind, n: t.sums[i], currency: c.Currency}
}

func wantsTotals(columns []Column) bool {
	for _, c := range columns {
		if c.Total {
			return true
		}
	}
	return false
}

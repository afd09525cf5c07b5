package bankfile

import (
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// facts are what all cells of a table's columns say, as far as a form of the table asks for it: they
// are gathered while rows are read under that form, and show whether the form was right.
type facts struct {
	columns []columnFacts
	words   words
	// day and month count the dates that only one order fits, unsure those that both fit and that
	// differ; example is the last of these.
	day, month, unsure int
	example            row
	// spans are those of the booking dates read day first and month first.
	spans [2]span
	// positive says that a debit is positive; in and out that marks go so.
	positive, in, out bool
}

// words are the facts of columns whatever they mean. They are gathered beside all else, and use
// nothing of the table that its reading changes.
type words struct {
	columns []columnWords
	// open are the columns that are constant or marks so far.
	open []openColumn
}

// openColumn is a column that may be constant: the first of its cells, once it is known to be no mark.
type openColumn struct {
	at    int
	first string
}

// columnFacts are of one column: how many amounts only a point fits, only a comma, and both with
// different results; and examples.
type columnFacts struct {
	dots, commas, differ int
	amount               string
	date, settled        *dated
}

// columnWords are of one column, whatever it means: whether all its cells are the same and whether
// all are marks.
type columnWords struct {
	first                 string
	constant, marks, some bool
}

// span is the first and the last day of dates; broken says that one of them is no day.
type span struct {
	from, to book.Date
	broken   bool
}

func (s *span) add(on book.Date) {
	switch {
	case on == 0:
		s.broken = true
		return
	case s.from == 0 || on < s.from:
		s.from = on
	}
	s.to = max(s.to, on)
}

func newFacts(columns int) *facts {
	x := noFacts(columns)
	for j := range x.words.columns {
		x.words.open = append(x.words.open, openColumn{at: j})
		x.words.columns[j].constant, x.words.columns[j].marks = true, true
	}
	return x
}

// noFacts are those of so many columns of which nothing was looked at.
func noFacts(columns int) *facts {
	return &facts{columns: make([]columnFacts, columns),
		words: words{columns: make([]columnWords, columns)}}
}

// add takes a row of the table into account, but for its words.
func (x *facts) add(t *table, r row) {
	m := t.form
	x.addDates(t, r)
	for _, k := range amountSlots {
		if j := m.at[k]; j >= 0 {
			if c := r.cell(j); c != "" {
				x.columns[j].addAmount(t, r, c, &t.run.amounts[k])
			}
		}
	}
	if j := m.at[debitSlot]; j >= 0 && !x.positive {
		if c := r.cell(j); c != "" && c[0] != '-' {
			v, err := m.parse(debitSlot, c, "CLF")
			x.positive = err == nil && v.Minor > 0 && t.dated(r)
		}
	}
	if j := m.at[markSlot]; j >= 0 && !(x.in && x.out) {
		switch marked(r.cell(j)) {
		case 1:
			x.in = true
		case -1:
			x.out = true
		}
	}
}

// add looks which columns are constant and which are marks. It forgets those that are neither.
func (w *words) add(t *table, r row) {
	repeats, known, closed := false, false, false
	for i := range w.open {
		o := &w.open[i]
		if o.at >= len(r.cells) {
			break
		}
		c := r.cell(o.at)
		if c == "" || c == o.first {
			continue
		}
		f := &w.columns[o.at]
		if f.first == "" {
			f.first = strings.Clone(c)
		}
		if !known {
			repeats, known = t.repeatsHeader(r), true
		}
		if !repeats {
			f.constant = f.constant && c == f.first
			f.marks = f.marks && marked(c) != 0
			f.some = true
		}
		if !f.marks {
			o.first = f.first
		}
		closed = closed || !f.constant && !f.marks
	}
	if closed {
		w.open = slices.DeleteFunc(w.open, func(o openColumn) bool {
			return !w.columns[o.at].constant && !w.columns[o.at].marks
		})
	}
}

func (x *facts) addDates(t *table, r row) {
	for _, k := range dateSlots {
		j := t.form.at[k]
		if j < 0 {
			continue
		}
		var d *dated
		switch {
		case t.fixes != nil:
			d = t.readDate(r.cell(j))
		case k == bookedSlot:
			d = t.run.booked
		default:
			d = t.run.valued
		}
		if !d.ok {
			continue
		}
		f := &x.columns[j]
		if f.date == nil {
			f.date = d
		}
		if k == bookedSlot {
			x.spans[0].add(d.day)
			x.spans[1].add(d.month)
		}
		if d.parts.settled() {
			if f.settled == nil {
				f.settled = d
			}
			continue
		}
		switch {
		case d.month == 0:
			x.day++
		case d.day == 0:
			x.month++
		case d.day != d.month:
			x.unsure++
			x.example = row{r.n, append(x.example.cells[:0], r.cells...), r.trimmed}
		}
	}
}

// addAmount counts which decimal mark a cell fits, and keeps in known what it is.
func (f *columnFacts) addAmount(t *table, r row, cell string, known *knownAmount) {
	if isDigits(cell) {
		return
	}
	if f.amount == "" && looksLikeAmount(cell) {
		f.amount = strings.Clone(cell)
	}
	c, err := currencyOf(t.run.cells[currencySlot], t.form.currency)
	if err != nil {
		c = t.form.currency
	}
	if mark := decimals(cell); mark != 0 {
		// No other reading has to be tried: a mark that does not stand before three digits parts no
		// thousands, and none stands behind it.
		if exp, ok := exponentOf(c); ok {
			if minor, ok, plain := plainAmount(cell, mark, exp); plain {
				if f.count(mark, ok); ok && t.fixes == nil {
					*known = knownAmount{t.run.rows, mark, c, minor}
				}
				return
			}
		}
	}
	dot, dotOK := readAmount(cell, ".", c)
	comma, commaOK := readAmount(cell, ",", c)
	switch {
	case dotOK && !commaOK:
		f.dots++
	case commaOK && !dotOK:
		f.commas++
	case dotOK && dot != comma:
		f.differ++
	}
}

// count counts a cell that at most one mark fits.
func (f *columnFacts) count(mark byte, fits bool) {
	switch {
	case fits && mark == '.':
		f.dots++
	case fits:
		f.commas++
	}
}

// decimals is the mark before the last two digits of an amount, 0 where there is none.
func decimals(s string) byte {
	if n := len(s) - 3; n >= 0 && (s[n] == '.' || s[n] == ',') && isDigit(s[n+1]) && isDigit(s[n+2]) {
		return s[n]
	}
	return 0
}

// readAmount is an amount under a decimal mark; false where it is none.
func readAmount(cell, point string, c money.Currency) (int64, bool) {
	if exp, known := exponentOf(c); known {
		if minor, ok, plain := plainAmount(cell, point[0], exp); plain {
			return minor, ok
		}
	}
	m, err := money.Marks{Point: point}.Parse(cell, c)
	return m.Minor, err == nil
}

// exponentOf is Currency.Exponent, at once for what most files are in.
func exponentOf(c money.Currency) (int, bool) {
	switch c {
	case "EUR", "USD", "GBP":
		return 2, true
	}
	return c.Exponent()
}

// point is the decimal mark that most cells prove, "" for none; open says that cells read
// differently under both, and nothing decides.
func (f *columnFacts) point() (point string, open bool) {
	switch {
	case f.dots > f.commas:
		return ".", false
	case f.commas > f.dots:
		return ",", false
	}
	return "", f.differ > 0
}

// allMarks reports whether all cells of the column say which way money went.
func (f *columnWords) allMarks() bool { return f.marks && f.some }

// same reports whether all cells of the column are one text.
func (f *columnWords) same() bool { return f.constant && f.first != "" }

package bankfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// row is one record of a table with its line in the file, from 1.
type row struct {
	n     int
	cells []string
}

// cell is the trimmed text at a column, "" past the end.
func (r row) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return strings.Trim(r.cells[i], " \t\r\n\u00a0\u200e\u200f\ufeff")
}

func (r row) empty() bool {
	for i := range r.cells {
		if r.cell(i) != "" {
			return false
		}
	}
	return true
}

var delimiters = []struct {
	r    rune
	name string
}{{';', "semicolon"}, {',', "comma"}, {'\t', "tab"}, {'|', "pipe"}, {'^', "caret"}}

// readCSV reads delimited text of any dialect.
func readCSV(in *input, s *sink) error {
	f, o := s.f, s.o
	raw, err := in.all(o.Limits)
	if err != nil {
		return err
	}
	set := detect(raw)
	if o.Profile != nil && !set.sure && o.Profile.Encoding != "" {
		if known, ok := charsetNamed(o.Profile.Encoding); ok {
			set = known
		}
	}
	text, err := decode(raw, set)
	if err != nil {
		return err
	}
	if !set.sure {
		f.note("the letters look like %s, which is not certain", set.name)
	}
	text = lineEnds(text)
	delim, skipped, text := delimiterOf(text)
	f.Encoding, f.Delimiter = set.name, string(delim)
	for _, d := range delimiters {
		if d.r == delim {
			f.Variant = "CSV, " + d.name + ", " + set.name
		}
	}
	rows, err := readRows(text, delim, skipped, o.Limits)
	if err != nil {
		return err
	}
	return readTable(&rowsInMemory{rows: rows}, s)
}

// rowsInMemory are rows that were read before.
type rowsInMemory struct {
	rows []row
	at   int
}

func (m *rowsInMemory) next() (row, error) {
	if m.at == len(m.rows) {
		return row{}, io.EOF
	}
	m.at++
	return m.rows[m.at-1], nil
}

func (m *rowsInMemory) restart() error {
	m.at = 0
	return nil
}

// lineEnds makes line ends of CR alone and of CR CR LF ordinary ones.
func lineEnds(s string) string {
	if strings.Contains(s, "\r\r\n") {
		s = strings.ReplaceAll(s, "\r\r\n", "\n")
	}
	if !strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return strings.TrimRight(s, "\x1a\x00")
}

// delimiterOf finds what parts the cells: what a "sep=" line says, else the mark that makes the
// most cells in rows of equal length. It returns how many lines it took off the text.
func delimiterOf(text string) (rune, int, string) {
	if line, rest, ok := strings.Cut(text, "\n"); ok {
		l := strings.Trim(strings.TrimRight(line, "\r"), `"`)
		if len(l) == 5 && strings.EqualFold(l[:4], "sep=") {
			return rune(l[4]), 1, rest
		}
	}
	sample := text[:min(len(text), headSize)]
	best, most := ',', 0
	for _, d := range delimiters {
		counts := map[int]int{}
		r := newCSV(sample, d.r)
		for range 200 {
			rec, err := r.Read()
			if err != nil {
				break
			}
			counts[len(rec)]++
		}
		score := 0
		for cells, n := range counts {
			score = max(score, n*(cells-1))
		}
		if score > most {
			best, most = d.r, score
		}
	}
	return best, 0, text
}

func newCSV(text string, delim rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = delim
	r.LazyQuotes = true
	r.FieldsPerRecord = -1
	return r
}

func readRows(text string, delim rune, skipped int, l Limits) ([]row, error) {
	r := newCSV(text, delim)
	var rows []row
	last := skipped
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, &Error{Place: place(last + 1), Reason: err.Error(),
				Hint: "the row is no row of a table"}
		}
		line, _ := r.FieldPos(0)
		line += skipped
		if line > last+1 {
			// The reader passes over empty lines; they end a paragraph of the table.
			rows = append(rows, row{n: last + 1})
		}
		last, _ = r.FieldPos(len(cells) - 1)
		last += skipped + strings.Count(cells[len(cells)-1], "\n")
		switch {
		case len(rows) >= l.Rows:
			return nil, refuse(fmt.Sprintf("more than %d rows", l.Rows), "export a shorter period")
		case len(cells) > l.Columns:
			return nil, &Error{Place: place(line), Reason: fmt.Sprintf("more than %d cells", l.Columns)}
		case slices.ContainsFunc(cells, func(c string) bool { return len(c) > l.Cell }):
			return nil, &Error{Place: place(line),
				Reason: fmt.Sprintf("a cell is larger than %d KB", l.Cell>>10),
				Hint:   "a quote may be missing"}
		}
		rows = append(rows, row{line, cells})
	}
}

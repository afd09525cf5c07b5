package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The size of a sheet, by Excel's own limits.
const maxSheetRows, maxSheetColumns = 1 << 20, 1 << 14

// sheetRows are the rows of a sheet, read from the archive one by one.
type sheetRows struct {
	w    *workbook
	part string
	p    *xlsxPart
	// commas are the columns whose texts write amounts with a decimal comma: their numbers are
	// written so too.
	commas []bool
	// cells are of the present row, numbers says which of them are numbers.
	cells   []string
	numbers []bool
	value   []byte
	// held is a row whose turn comes after the empty one before it; last is the row given last.
	held row
	last int
	seen int
	done bool
	// hidden counts the hidden rows, lost the numbers that lost digits, the first of which is lostAt.
	hidden, lost int
	lostAt       string
	columns      bool
}

// rowsOf opens the rows of a sheet.
func (w *workbook) rowsOf(sh xlsxSheet) (*sheetRows, error) {
	r := &sheetRows{w: w, part: sh.part}
	if err := r.restart(); err != nil {
		return nil, err
	}
	return r, r.sample()
}

func (r *sheetRows) close() { r.p.close() }

func (r *sheetRows) some() ([]row, error) { return justOne(r.next()) }

// justOne is a row as some rows.
func justOne(r row, err error) ([]row, error) {
	if err != nil {
		return nil, err
	}
	return []row{r}, nil
}

// restart goes back to before the first row.
func (r *sheetRows) restart() error {
	if r.p != nil {
		r.p.close()
	}
	p, err := r.w.open(r.part)
	*r = sheetRows{w: r.w, part: r.part, p: p, commas: r.commas, cells: r.cells,
		numbers: r.numbers, value: r.value}
	return err
}

// remark says what was met in the sheet.
func (r *sheetRows) remark(f *File) {
	if r.columns {
		f.note("hidden columns are read")
	}
	if r.hidden > 0 {
		f.note("%d hidden rows are read", r.hidden)
	}
	if r.lost > 0 {
		f.note("%d numbers have more than %d digits, of which a workbook loses some; they are left out, "+
			"the first in cell %s: have the bank write them as text", r.lost, significant, r.lostAt)
	}
}

// sample looks at the first rows for columns that write amounts with a comma.
func (r *sheetRows) sample() error {
	var dots, commas []int
	grow := func(n int) {
		for len(dots) < n {
			dots, commas = append(dots, 0), append(commas, 0)
		}
	}
	for range sampledRows {
		got, err := r.next()
		if err != nil {
			break // What is wrong is told when the rows are read.
		}
		grow(len(got.cells))
		for j, c := range got.cells {
			// What was a number has a point here, and as a number says nothing of the column.
			if !looksLikeAmount(c) || !strings.ContainsAny(c, ".,") || r.isNumber(j) {
				continue
			}
			if strings.LastIndexByte(c, ',') > strings.LastIndexByte(c, '.') {
				commas[j]++
			} else {
				dots[j]++
			}
		}
	}
	r.commas = make([]bool, len(dots))
	for j := range dots {
		r.commas[j] = commas[j] > dots[j]
	}
	return r.restart()
}

// next is the next row, io.EOF after the last. Empty rows before one come as one empty row.
func (r *sheetRows) next() (row, error) {
	if out := r.held; out.n > 0 {
		r.held = row{}
		r.last = out.n
		return out, nil
	}
	for !r.done {
		tok, err := r.p.token()
		if errors.Is(err, io.EOF) {
			r.done = true
			break
		}
		if err != nil {
			return row{}, err
		}
		if tok == xmlText {
			continue
		}
		switch name := r.p.x.name.local; {
		case tok == xmlEnd && name == "sheetData":
			// What follows is no row, but the archive's checksum covers it.
			r.done = true
			if _, err := io.Copy(io.Discard, r.p.in); err != nil {
				return row{}, err
			}
		case tok == xmlStart && name == "col" && isTrue(r.p.attr("hidden")):
			r.columns = true
		case tok == xmlStart && name == "row":
			out, err := r.row()
			if err != nil {
				return row{}, err
			}
			if len(out.cells) == 0 {
				continue
			}
			if out.n > r.last+1 && r.last > 0 {
				r.held = out
				return row{n: r.last + 1}, nil
			}
			r.last = out.n
			return out, nil
		}
	}
	return row{}, io.EOF
}

// row reads the row whose tag was just read.
func (r *sheetRows) row() (row, error) {
	out := row{n: r.last + 1}
	if at := r.p.value("r"); at != nil {
		n, err := strconv.Atoi(string(at))
		if err != nil || n <= r.last || n > maxSheetRows {
			return row{}, r.p.bad(fmt.Sprintf("%s: row %q comes after row %d", damaged, cut(string(at)), r.last))
		}
		out.n = n
	}
	if r.seen++; r.seen > r.w.l.Rows {
		return row{}, refuse(fmt.Sprintf("more than %d rows", r.w.l.Rows), "export a shorter period")
	}
	hidden := isTrue(r.p.attr("hidden"))
	r.cells, r.numbers = r.cells[:0], r.numbers[:0]
	column := 0
	for {
		tok, err := r.p.token()
		if err != nil {
			return row{}, err
		}
		switch name := r.p.x.name.local; {
		case tok == xmlText:
		case tok == xmlEnd && name == "row":
			if out.cells = r.cells; hidden && len(out.cells) > 0 {
				r.hidden++
			}
			return out, nil
		case tok == xmlStart && name == "c":
			column++
			if at := r.p.value("r"); at != nil {
				if column, err = r.column(at); err != nil {
					return row{}, err
				}
			}
			if err := r.cell(out.n, column); err != nil {
				return row{}, err
			}
		}
	}
}

// column is the column of a cell by its name, "AM12", from 1.
func (r *sheetRows) column(at []byte) (int, error) {
	n, i := 0, 0
	for i < len(at) && i < 4 && at[i] >= 'A' && at[i] <= 'Z' {
		n = n*26 + int(at[i]-'A') + 1
		i++
	}
	if n == 0 || n > maxSheetColumns || !digitsOnly(at[i:]) {
		return 0, r.p.bad(fmt.Sprintf("%s: %q is no cell", damaged, cut(string(at))))
	}
	return n, nil
}

// cell reads the cell whose tag was just read and puts its text at its column.
func (r *sheetRows) cell(rowAt, column int) error {
	kind := cellKinds[string(r.p.value("t"))]
	style, _ := strconv.Atoi(string(r.p.value("s")))
	depth := len(r.p.path)
	r.value = r.value[:0]
	for {
		tok, err := r.p.token()
		if err != nil {
			return err
		}
		n := len(r.p.path)
		if tok == xmlEnd && n < depth {
			break
		}
		if tok != xmlText || r.p.path[n-1] != "v" && !r.p.inText() {
			continue
		}
		if r.value = append(r.value, r.p.x.text...); len(r.value) > r.w.l.Cell {
			return r.p.tooLarge()
		}
	}
	if len(r.value) == 0 {
		return nil
	}
	text, err := r.text(kind, style, rowAt, column)
	if err != nil || text == "" {
		return err
	}
	switch {
	case column > r.w.l.Columns:
		return &Error{Place: place(rowAt), Reason: fmt.Sprintf("more than %d cells", r.w.l.Columns),
			Hint: "this is no bank's table"}
	case column <= len(r.cells):
		return r.p.bad(fmt.Sprintf("%s: row %d has its cells out of order", damaged, rowAt))
	}
	for len(r.cells) < column-1 {
		r.cells = append(r.cells, "")
		r.numbers = append(r.numbers, false)
	}
	r.cells = append(r.cells, text)
	r.numbers = append(r.numbers, kind == numberCell)
	return nil
}

// cellKind is what a cell holds.
type cellKind byte

const (
	numberCell cellKind = iota
	sharedCell
	textCell
	boolCell
	dateCell
)

// cellKinds are the values of a cell's attribute t. The word of an error, #N/A, is its text: it is
// no date and no amount, so that a row that needs it is kept aside.
var cellKinds = map[string]cellKind{"s": sharedCell, "str": textCell, "inlineStr": textCell,
	"e": textCell, "b": boolCell, "d": dateCell}

// text is what a cell says, written as a text file would have it.
func (r *sheetRows) text(kind cellKind, style, rowAt, column int) (string, error) {
	switch kind {
	case sharedCell:
		i, err := strconv.Atoi(string(bytes.TrimSpace(r.value)))
		if err != nil || i < 0 || i >= len(r.w.texts) {
			return "", r.p.bad(fmt.Sprintf("%s: row %d refers to a text that is not there", damaged, rowAt))
		}
		return r.w.texts[i], nil
	case textCell:
		return unescaped(r.value), nil
	case boolCell:
		return strings.ToUpper(strconv.FormatBool(isTrue(string(r.value)))), nil
	case dateCell:
		// The day of an ISO date as written.
		day, _, _ := strings.Cut(string(r.value), "T")
		return day, nil
	}
	d, ok := readDecimal(bytes.TrimSpace(r.value))
	if !ok {
		return string(r.value), nil
	}
	format := plainNumber
	if style >= 0 && style < len(r.w.kinds) {
		format = r.w.kinds[style]
	}
	if format != plainNumber {
		if text, ok := r.moment(d, format); ok {
			return text, nil
		}
	}
	if !d.exact() {
		if r.lost++; r.lost == 1 {
			r.lostAt = columnName(column) + strconv.Itoa(rowAt)
		}
		return "", nil
	}
	point := byte('.')
	if column <= len(r.commas) && r.commas[column-1] {
		point = ','
	}
	return d.text(point), nil
}

// moment is a number as the date or the time of day that its format makes of it.
func (r *sheetRows) moment(d decimal, format numberKind) (string, bool) {
	if format == timeNumber && d.point <= 0 {
		return d.clock()
	}
	on, ok := d.day(r.w.from1904)
	return on.String(), ok
}

// columnName is the letters of a column.
func columnName(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

func (r *sheetRows) isNumber(j int) bool { return j < len(r.numbers) && r.numbers[j] }

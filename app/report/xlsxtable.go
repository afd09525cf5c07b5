package report

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/money"
)

// tableWriter streams a table's rows onto sheets.
type tableWriter struct {
	*workbook
	t      Table
	name   string
	placed placed
	// cells and row hold the current row: row points into cells, so that nothing is boxed anew.
	cells []excelize.Cell
	row   []any
	// styles are those of each column's cells, by the decimals of the currency.
	styles [][len(powers)]int
	totals *totals
	// before is the workbook's count of overlong amounts when the table began.
	before int
	// wraps says that a column wraps, so that rows may be higher than one line.
	wraps bool
}

// table writes a table onto a sheet of its own, and onto more where it is too long for one.
func (b *workbook) table(t Table) (placed, error) {
	n := len(t.Columns)
	w := &tableWriter{workbook: b, t: t, name: sheetName(t.Title), totals: newTotals(t.Columns),
		before: b.overlong, cells: make([]excelize.Cell, n), row: make([]any, n),
		styles: make([][len(powers)]int, n)}
	if err := w.next(); err != nil {
		return nil, err
	}
	w.wraps = slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Wrap })
	for i, c := range t.Columns {
		for exp := range powers {
			l := c.look(roleRow, exp)
			l.top = w.wraps
			id, err := b.style(l)
			if err != nil {
				return nil, err
			}
			w.styles[i][exp] = id
		}
	}
	for cells, err := range t.rows() {
		if err != nil {
			return nil, err
		}
		if err := w.put(cells); err != nil {
			return nil, err
		}
	}
	if err := w.foot(); err != nil {
		return nil, err
	}
	return w.placed, w.finish()
}

// next finishes the sheet and opens the one after it, with title and heads.
func (w *tableWriter) next() error {
	name := w.name
	if n := len(w.placed); n > 0 {
		if err := w.finish(); err != nil {
			return err
		}
		name = fmt.Sprintf("%s %d", w.name, n+1)
	}
	stream, err := w.open(name)
	if err != nil {
		return err
	}
	for i, c := range w.t.Columns {
		if err := stream.SetColWidth(i+1, i+1, c.chars()); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRow,
		TopLeftCell: ref(0, headRow+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	w.placed = append(w.placed, span{name: name, first: headRow + 1, last: headRow, stream: stream})
	return w.heads(stream)
}

func (w *tableWriter) heads(stream *excelize.StreamWriter) error {
	title, err := w.style(look{role: roleTitle})
	if err != nil {
		return err
	}
	note, err := w.style(look{role: roleNote})
	if err != nil {
		return err
	}
	err = stream.SetRow("A1", []any{excelize.Cell{StyleID: title, Value: Neutral(w.t.Title)}},
		excelize.RowOpts{Height: 24})
	if err != nil {
		return err
	}
	for i, n := range w.t.Notes[:min(len(w.t.Notes), headRow-2)] {
		cell := excelize.Cell{StyleID: note, Value: Neutral(n)}
		if err := stream.SetRow(ref(0, 2+i), []any{cell}); err != nil {
			return err
		}
	}
	for i, c := range w.t.Columns {
		id, err := w.style(c.look(roleHead, 0))
		if err != nil {
			return err
		}
		w.cells[i] = excelize.Cell{StyleID: id, Value: Neutral(c.head())}
		w.row[i] = &w.cells[i]
	}
	return stream.SetRow(ref(0, headRow), w.row, excelize.RowOpts{Height: 20})
}

// put writes one row.
func (w *tableWriter) put(cells []Cell) error {
	s := &w.placed[len(w.placed)-1]
	room := w.limit
	if wantsTotals(w.t.Columns) {
		room--
	}
	if s.last >= room {
		if err := w.next(); err != nil {
			return err
		}
		s = &w.placed[len(w.placed)-1]
	}
	s.last++
	w.totals.add(w.t.Columns, cells)
	for i := range cells {
		c, out := &cells[i], &w.cells[i]
		if c.kind == "" {
			*out = excelize.Cell{StyleID: w.styles[i][0]}
			continue
		}
		exp := 0
		if c.kind == KindMoney {
			exp, _ = c.currency.Exponent()
		}
		out.StyleID, out.Formula, out.Value = w.styles[i][exp], "", w.value(*c)
		if f := w.t.Columns[i].formula; f != nil && c.kind != KindText {
			out.Formula = f(s.last, cells)
		}
	}
	if w.wraps {
		return s.stream.SetRow(ref(0, s.last), w.row, excelize.RowOpts{Height: w.height(cells)})
	}
	return s.stream.SetRow(ref(0, s.last), w.row)
}

// height is the room that wrapped text needs, in points; 0 for the height of one line. Not every
// reader works it out by itself. The type is smaller than that in which widths count.
func (w *tableWriter) height(cells []Cell) float64 {
	const lineHeight, most = 12, 409
	lines := 1
	for i, c := range w.t.Columns {
		if c.Wrap && cells[i].kind == KindText {
			perLine := max(int(c.chars()*1.15), 1)
			lines = max(lines, (width(cells[i].text)+perLine-1)/perLine)
		}
	}
	if lines == 1 {
		return 0
	}
	return min(float64(lines*lineHeight+4), most)
}

// value is what a cell holds in the workbook.
func (w *tableWriter) value(c Cell) any {
	switch c.kind {
	case KindInteger:
		return c.n
	case KindMoney:
		if n, ok := number(c.money()); ok {
			return n
		}
		w.overlong++
		return money.Plain.Format(c.money())
	case KindDate:
		if c.n >= marchOn {
			return c.n + epoch
		}
		return dateText(c.n)
	case KindInstant:
		if n, ok := serial(c, w.t.Zone); ok {
			return n
		}
		return c.csv()
	case KindBool:
		return yesNo(c.n != 0)
	}
	return cut(Neutral(c.text))
}

// foot writes what stands below the rows: totals, and whether amounts were too long for numbers.
func (w *tableWriter) foot() error {
	row := w.placed[len(w.placed)-1].last + 1
	if wantsTotals(w.t.Columns) {
		if err := w.sums(row); err != nil {
			return err
		}
		row++
	}
	if w.overlong == w.before || row >= w.limit {
		return nil
	}
	id, err := w.style(look{role: roleNote})
	if err != nil {
		return err
	}
	note := excelize.Cell{StyleID: id, Value: overlongNote(w.overlong - w.before)}
	return w.placed[len(w.placed)-1].stream.SetRow(ref(0, row+1), []any{note})
}

// sums writes the totals, live where all the rows are numbers.
func (w *tableWriter) sums(row int) error {
	s := w.placed[len(w.placed)-1]
	for i, c := range w.t.Columns {
		total := w.totals.cell(i, c)
		exp, _ := c.Currency.Exponent()
		id, err := w.style(c.look(roleTotal, exp))
		if err != nil {
			return err
		}
		w.cells[i] = excelize.Cell{StyleID: id}
		switch {
		case total.kind == "" && i == 0:
			w.cells[i].Value = "Total"
		case total.kind == "":
		default:
			w.cells[i].Value = w.value(total)
			if total.kind == KindInteger || w.overlong == w.before && numeric(total) {
				w.cells[i].Formula = rounded(w.placed.each("SUM(%s)", i), c.Currency)
			}
		}
	}
	return s.stream.SetRow(ref(0, row), w.row)
}

// finish sets what follows the rows and ends the sheet.
func (w *tableWriter) finish() error {
	s := w.placed[len(w.placed)-1]
	end := ref(len(w.t.Columns)-1, max(s.last, s.first))
	if err := w.file.AutoFilter(s.name, ref(0, headRow)+":"+end, nil); err != nil {
		return err
	}
	if err := w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles",
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.name, headRow, headRow),
		Scope:    s.name}); err != nil {
		return err
	}
	if n := slices.IndexFunc(w.t.Columns, func(c Column) bool { return c.Detail }); n > 0 {
		last, _ := excelize.ColumnNumberToName(n)
		if err := w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area",
			RefersTo: fmt.Sprintf("'%s'!$A$1:$%s$%d", s.name, last, s.last+1),
			Scope:    s.name}); err != nil {
			return err
		}
	}
	if err := w.paper(s.name, "landscape"); err != nil {
		return err
	}
	return s.stream.Flush()
}

package bankfile

import (
	"errors"
	"io"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// rowSource gives the rows of a table in file order, and may be read again from its beginning.
type rowSource interface {
	// next is the next row, io.EOF after the last. The slice of its cells is good until the next
	// call, the cells may be kept. An empty row ends a paragraph of the table.
	next() (row, error)
	// some are the next rows, at least one; they are good until the next call.
	some() ([]row, error)
	// restart goes back to before the first row.
	restart() error
}

// row is one record of a table with its line in the file, from 1.
type row struct {
	n     int
	cells []string
	// trimmed says that no cell has anything at its ends that trimCell takes off.
	trimmed bool
}

// cell is the trimmed text at a column, "" past the end.
func (r row) cell(i int) string {
	if r.trimmed && uint(i) < uint(len(r.cells)) {
		return r.cells[i]
	}
	return trimAt(r.cells, i)
}

// trimAt is kept apart so that cell is small enough to cost no call where nothing is to be trimmed.
//
//go:noinline
func trimAt(cells []string, i int) string {
	if uint(i) >= uint(len(cells)) {
		return ""
	}
	return trimCell(cells[i])
}

// isTrimmed reports whether a cell is sure to have nothing at its ends that trimCell takes off.
func isTrimmed(c string) bool { return c == "" || c[0]-'!' < 0x5e && c[len(c)-1]-'!' < 0x5e }

func (r row) empty() bool {
	for i := range r.cells {
		if r.cell(i) != "" {
			return false
		}
	}
	return true
}

// The window is what is looked at before the table is read: so many rows and so many bytes of it.
const (
	windowRows  = 1000
	windowBytes = 4 << 20
)

// table is a table while it is being understood. The window, its first rows, gives it a form; all
// rows are then read under the form, and say by their facts whether it is right. Where they say
// otherwise, the table is read again under the form that they give.
type table struct {
	s *sink
	o Options
	// window are the first rows, whole says that there are no others. Of them, before are the rows
	// above the data and body the data.
	window       []row
	whole        bool
	before, body []row
	header       *row
	// base are the columns with what they can mean without a look at whole columns; asked is what a
	// table without a header asks about them, proven what its running balance says of them.
	base   []Column
	kinds  []kind
	asked  []Question
	proven map[int]Role
	// sums are the currencies in the names of columns, by index; noted is what the rows above say.
	sums  map[int]money.Currency
	noted noted
	// yearless says that the dates have no year, lent that the period is only made up from the
	// file's name.
	yearless, lent bool
	form           *form
	run            run
	// expect is how many lines there will be, where that is known.
	expect int
	// source is where the rows came from. fixes are the corrections of cells, profiles the remembered
	// profiles by shape, dates the cells that were taken apart, recent the last of them.
	source   rowSource
	fixes    map[fixed]string
	profiles map[string]*Profile
	dates    map[string]*dated
	recent   [256]recentDate
}

// fixed is the place of a corrected cell.
type fixed struct {
	row   int
	means Role
}

// readTable understands the rows of a table and reads them into one statement. Spreadsheets and
// delimited text come here alike. In the second pass of Stream it is called again, with the source
// at its beginning.
func readTable(src rowSource, s *sink) error {
	if t, ok := s.memo.(*table); ok {
		t.s, s.f.Delimiter = s, t.s.f.Delimiter
		return t.read(src, nil)
	}
	t := newTable(s)
	t.source = src
	if err := t.look(src); err != nil {
		return err
	}
	if found, err := t.findHeader(); err != nil {
		return err
	} else if !found && !t.findData() {
		return refuse("no table of bank lines in it: no columns with dates and amounts",
			"export the statement as CSV with a line of column names")
	}
	x := t.settle()
	if err := t.recall(src); err != nil {
		return err
	}
	keep := s.pass
	if !t.whole && keep == keeping {
		// A long table is surveyed before any line of it is kept.
		s.pass = surveying
		defer func() { s.pass = keep }()
	}
	for !t.whole {
		next := newFacts(len(t.base))
		if err := t.read(src, next); err != nil {
			return err
		}
		was := t.form
		x, t.form = next, t.decide(next)
		if was.same(t.form) {
			break
		}
		if err := t.restart(src); err != nil {
			return err
		}
	}
	if err := t.form.refusal(); err != nil {
		return err
	}
	if t.whole && len(t.form.questions) == 0 {
		if err := t.read(src, nil); err != nil {
			return err
		}
	}
	if err := t.conclude(x); err != nil || len(s.f.Questions) > 0 {
		return err
	}
	if s.pass != keep {
		s.pass = keep
		if err := t.restart(src); err != nil {
			return err
		}
		t.expect = t.run.lines
		if err := t.read(src, nil); err != nil {
			return err
		}
	}
	t.state(x)
	s.memo = t
	return s.end()
}

// restart goes back to behind the window, to read the table again.
func (t *table) restart(src rowSource) error {
	t.s.restart()
	if err := src.restart(); err != nil {
		return err
	}
	return t.skipWindow(src)
}

func newTable(s *sink) *table {
	t := &table{s: s, o: s.o, sums: map[int]money.Currency{}, profiles: map[string]*Profile{},
		dates: map[string]*dated{}}
	for _, x := range s.o.Fixes {
		if t.fixes == nil {
			t.fixes = map[fixed]string{}
		}
		if _, ok := t.fixes[fixed{x.Row, x.Means}]; !ok {
			t.fixes[fixed{x.Row, x.Means}] = x.Value
		}
	}
	return t
}

// look reads the window.
func (t *table) look(src rowSource) error {
	for size := 0; len(t.window) < windowRows && size < windowBytes; {
		r, err := src.next()
		if errors.Is(err, io.EOF) {
			t.whole = true
			return nil
		}
		if err != nil {
			return err
		}
		t.window = append(t.window, row{r.n, slices.Clone(r.cells), r.trimmed})
		for _, c := range r.cells {
			size += len(c)
		}
	}
	return nil
}

// skipWindow goes behind the window in a source that begins again.
func (t *table) skipWindow(src rowSource) error {
	for range t.window {
		if _, err := src.next(); err != nil {
			return err
		}
	}
	return nil
}

// settle finds the form of the window: decisions build on each other, so it is decided until
// nothing changes. The first is made without any facts.
func (t *table) settle() *facts {
	t.form = t.decide(noFacts(len(t.base)))
	for {
		x := newFacts(len(t.base))
		t.run = run{}
		for _, r := range t.body {
			t.take(r)
			x.add(t, r)
			x.words.add(t, r)
		}
		was := t.form
		if t.form = t.decide(x); was.same(t.form) {
			return x
		}
	}
}

// findHeader looks for the first row that names several columns and is followed by typed rows.
func (t *table) findHeader() (bool, error) {
	rows := t.window
	for i, r := range rows[:min(len(rows), 60)] {
		if !isHeader(r) {
			continue
		}
		body := rows[i+1:]
		wide := len(r.cells)
		for _, b := range body[:min(len(body), 200)] {
			wide = max(wide, len(b.cells))
		}
		t.before, t.header, t.body = rows[:i], &rows[i], body
		t.readBefore()
		if err := t.findYear(); err != nil {
			return false, err
		}
		t.setColumns(wide)
		for j := range t.base {
			t.base[j].Header = r.cell(j)
		}
		return true, nil
	}
	return false, nil
}

// readBefore takes from the rows above the table what they say of the statement.
func (t *table) readBefore() {
	for _, r := range t.before {
		t.noted.read(r)
	}
}

// recoder is a source that knows its letters by a guess only, and takes a remembered charset.
type recoder interface {
	// recode returns the error by which the reading begins again, nil where the letters are sure.
	recode(encoding string) error
}

// recall lets the source take the charset that is remembered of such files.
func (t *table) recall(src rowSource) error {
	if r, ok := src.(recoder); ok && t.form.given.Encoding != "" {
		return r.recode(t.form.given.Encoding)
	}
	return nil
}

// isHeader reports whether a row names columns: one of dates, one of amounts, and most of the rest.
func isHeader(r row) bool {
	dates, sums, known := 0, 0, 0
	for j := range r.cells {
		ms := meanings(r.cell(j))
		if len(ms) > 0 {
			known++
		}
		if hasRole(ms, Booked, Valued) {
			dates++
		}
		if hasRole(ms, Amount, Debit, Credit) {
			sums++
		}
	}
	return known >= 2 && dates > 0 && sums > 0 && (known*2 >= filled(r) || known >= 4)
}

func filled(r row) int {
	n := 0
	for i := range r.cells {
		if r.cell(i) != "" {
			n++
		}
	}
	return n
}

// setColumns makes the columns and looks what kinds of cells they have.
func (t *table) setColumns(n int) {
	t.base, t.kinds = make([]Column, n), make([]kind, n)
	for j := range t.base {
		t.base[j].Index = j
		t.kinds[j] = t.kindOf(j)
	}
}

// nameColumns gives each column the best of its name's meanings that its cells bear out.
func (t *table) nameColumns(m *form, x *facts) {
	type claim struct{ col, rank int }
	best := map[Role]claim{}
	for j := range m.cols {
		name, cur := nameAndCurrency(m.cols[j].Header)
		if cur != "" {
			t.sums[j] = cur
		}
		for _, v := range vocabulary[name] {
			if !t.kinds[j].bears(v.role) || v.role == Mark && !x.words.columns[j].allMarks() {
				continue
			}
			rank := v.rank * 4
			if t.kinds[j].n == 0 {
				// The window shows nothing of it; another column that has cells is the better one.
				rank += 1000
			}
			if v.role == Amount && cur != "" && t.o.Currency == cur {
				rank -= 3
			}
			switch old, taken := best[v.role]; {
			case v.role == Text:
				m.cols[j].Means = Text
			case taken && rank >= old.rank:
				continue
			default:
				if taken {
					m.cols[old.col].Means = Unused
				}
				best[v.role] = claim{j, rank}
				m.cols[j].Means = v.role
			}
			break
		}
		if m.cols[j].Header == "" && m.cols[j].Means == Unused && x.words.columns[j].allMarks() {
			m.cols[j].Means = Mark
		}
	}
	t.dropSpare(m, x)
}

// dropSpare lets go of columns that others make needless or that cannot be what they say.
func (t *table) dropSpare(m *form, x *facts) {
	m.index()
	if a := m.at[ourSlot]; a >= 0 && !x.words.columns[a].same() {
		m.cols[a].Means = Unused
	}
	if a := m.at[theirSlot]; a >= 0 && t.o.Number != "" && x.words.columns[a].same() &&
		sameNumber(t.o.Number, x.words.columns[a].first) {
		m.cols[a].Means = OurAccount
	}
	if m.at[bookedSlot] < 0 && m.at[valuedSlot] >= 0 {
		m.cols[m.at[valuedSlot]].Means = Booked
	}
	m.index()
}

func (t *table) repeatsHeader(r row) bool {
	if t.header == nil {
		return false
	}
	same := 0
	for j := range r.cells {
		c := r.cell(j)
		if c != t.header.cell(j) {
			return false
		}
		if c != "" {
			same++
		}
	}
	return same > 1
}

// cell is the cell of a role in a row, as a person corrected it or as it stands.
func (t *table) cell(r row, k slot) string {
	if t.fixes != nil {
		if v, ok := t.fixes[fixed{r.n, Roles[k]}]; ok {
			return v
		}
	}
	return r.cell(t.form.at[k])
}

func firstDate(s string) (book.Date, bool) {
	p, ok := readDate(s)
	if !ok || !p.settled() {
		return 0, false
	}
	return p.date(DayFirst), true
}

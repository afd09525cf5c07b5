package bankfile

import (
	"errors"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// table is a delimited file while it is being understood.
type table struct {
	s *sink
	f *File
	o Options
	// before are the rows above the data, rows the data and what follows.
	before, rows []row
	header       *row
	cols         []Column
	// sums are the currencies in the names of columns, by index.
	sums     map[int]money.Currency
	currency money.Currency
	// at is the first column of a role, -1 for none.
	at    map[Role]int
	order Order
	sign  Sign
	// given is the profile that applies, never nil.
	given Profile
	out   Parsed
	// opening and closing are stated beside the lines.
	opening, closing string
	balances         []balanceAt
	skipped          int
	// rejected are the rows that could not be read.
	rejected []int
	// negative and single are what whole columns say, found once.
	negative *bool
	single   *int
	// dates are the cells that were taken apart.
	dates map[string]dateParts
}

// rowSource gives the rows of a table in file order, and may be read again from its beginning.
type rowSource interface {
	// next is the next row, io.EOF after the last. The slice of its cells is good until the next
	// call, the cells may be kept. An empty row ends a paragraph of the table.
	next() (row, error)
	// restart goes back to before the first row.
	restart() error
}

// readTable understands the rows of a table and reads them into one statement. Spreadsheets and
// delimited text come here alike. In the second pass of Stream it is called again, with the source
// at its beginning.
func readTable(src rowSource, s *sink) error {
	var rows []row
	for {
		r, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		rows = append(rows, row{r.n, slices.Clone(r.cells)})
	}
	f, o := s.f, s.o
	t := &table{s: s, f: f, o: o, sums: map[int]money.Currency{}, at: map[Role]int{},
		dates: map[string]dateParts{}}
	if !t.findHeader(rows) && !t.findData(rows) {
		return refuse("no table of bank lines in it: no columns with dates and amounts",
			"export the statement as CSV with a line of column names")
	}
	t.applyProfile()
	t.index()
	if t.at[Booked] < 0 || t.at[Amount] < 0 && t.at[Debit] < 0 && t.at[Credit] < 0 {
		return t.unclear()
	}
	t.readBefore()
	t.decideCurrency()
	t.decidePoints()
	t.decideDates()
	t.learn()
	if len(f.Questions) > 0 {
		return nil
	}
	if err := t.readLines(); err != nil {
		return err
	}
	t.decideSign()
	t.learn()
	if len(f.Questions) > 0 {
		return nil
	}
	return t.finish()
}

// findHeader looks for the first row that names several columns and is followed by typed rows.
func (t *table) findHeader(rows []row) bool {
	for i, r := range rows[:min(len(rows), 60)] {
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
		if known < 2 || dates == 0 || sums == 0 || known*2 < filled(r) && known < 4 {
			continue
		}
		body := rows[i+1:]
		wide := len(r.cells)
		for _, b := range body[:min(len(body), 200)] {
			wide = max(wide, len(b.cells))
		}
		t.before, t.header, t.rows = rows[:i], &rows[i], body
		t.cols = make([]Column, wide)
		for j := range t.cols {
			t.cols[j] = Column{Index: j, Header: r.cell(j)}
		}
		t.nameColumns()
		return true
	}
	return false
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

// nameColumns gives each column the best of its name's meanings that its cells bear out.
func (t *table) nameColumns() {
	type claim struct{ col, rank int }
	best := map[Role]claim{}
	for j := range t.cols {
		name, cur := nameAndCurrency(t.cols[j].Header)
		if cur != "" {
			t.sums[j] = cur
		}
		kind := t.kindOf(j)
		for _, m := range vocabulary[name] {
			if !kind.bears(m.role) || m.role == Mark && !t.marks(j) {
				continue
			}
			rank := m.rank * 4
			if m.role == Amount && cur != "" && t.o.Currency == cur {
				rank -= 3
			}
			switch old, taken := best[m.role]; {
			case m.role == Text:
				t.cols[j].Means = Text
			case taken && rank >= old.rank:
				continue
			default:
				if taken {
					t.cols[old.col].Means = Unused
				}
				best[m.role] = claim{j, rank}
				t.cols[j].Means = m.role
			}
			break
		}
		if t.cols[j].Header == "" && t.cols[j].Means == Unused && t.marks(j) {
			t.cols[j].Means = Mark
		}
	}
	t.dropSpare()
}

// dropSpare lets go of columns that others make needless or that cannot be what they say.
func (t *table) dropSpare() {
	t.index()
	if a := t.at[OurAccount]; a >= 0 && !t.constant(a) {
		t.cols[a].Means = Unused
	}
	if a := t.at[TheirAccount]; a >= 0 && t.o.Number != "" && t.constant(a) &&
		sameNumber(t.o.Number, t.firstCell(a)) {
		t.cols[a].Means = OurAccount
	}
	if t.at[Booked] < 0 && t.at[Valued] >= 0 {
		t.cols[t.at[Valued]].Means = Booked
	}
	t.index()
}

// kind is what the cells of a column look like.
type kind struct{ dates, amounts, codes, empty, others, n int }

func (t *table) kindOf(col int) kind {
	var k kind
	for _, r := range t.rows[:min(len(t.rows), 500)] {
		c := r.cell(col)
		if c == "" {
			k.empty++
			continue
		}
		k.n++
		_, date := readDate(c)
		switch {
		case money.Currency(c).Known():
			k.codes++
		case date:
			k.dates++
		case looksLikeAmount(c):
			k.amounts++
		default:
			k.others++
		}
	}
	return k
}

// bears reports whether the cells can be of the role.
func (k kind) bears(r Role) bool {
	switch r {
	case Booked, Valued:
		return k.dates > 0 && k.dates*4 >= k.n
	case Amount:
		return k.amounts+k.dates > 0 && (k.amounts+k.dates)*4 >= k.n
	case Debit, Credit, Balance:
		return k.n == 0 || k.amounts+k.dates > 0 && (k.amounts+k.dates)*4 >= k.n
	case Currency:
		return k.codes > 0
	case Mark:
		return k.n > 0
	}
	return true
}

func looksLikeAmount(s string) bool {
	for _, point := range []string{".", ","} {
		if _, err := (money.Marks{Point: point}).Parse(withoutCode(s), "CLF"); err == nil {
			return true
		}
	}
	return false
}

// withoutCode takes a currency's code out of an amount.
func withoutCode(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		if money.Currency(w).Known() {
			return strings.Replace(s, w, "", 1)
		}
	}
	return s
}

// marks reports whether all cells of a column are words that say which way money went.
func (t *table) marks(col int) bool {
	some := false
	for _, r := range t.rows {
		c := r.cell(col)
		if c == "" || t.repeatsHeader(r) {
			continue
		}
		if marked(c) == 0 {
			return false
		}
		some = true
	}
	return some
}

func (t *table) constant(col int) bool {
	first := t.firstCell(col)
	for _, r := range t.rows {
		if c := r.cell(col); c != "" && c != first && !t.repeatsHeader(r) {
			return false
		}
	}
	return first != ""
}

func (t *table) firstCell(col int) string {
	for _, r := range t.rows {
		if c := r.cell(col); c != "" {
			return c
		}
	}
	return ""
}

// applyProfile puts a remembered profile over what was found.
func (t *table) applyProfile() {
	names := make([]string, 0, len(t.cols))
	for _, c := range t.cols {
		if t.header != nil && c.Index < len(t.header.cells) {
			names = append(names, c.Header)
		} else if t.header == nil {
			names = append(names, "column of "+string(c.Means))
		}
	}
	shape := shapeOf(names)
	p := t.o.Profile
	if p == nil && t.o.Known != nil {
		p = t.o.Known(shape)
	}
	if p != nil && !p.fits(shape, len(t.cols)) {
		t.f.note("the profile %q is of another kind of file and was not used", p.Name)
		p = nil
	}
	if p != nil {
		t.given = *p
		t.f.Recognised = true
		t.f.Questions = nil
		for _, c := range p.Columns {
			if c.Index >= 0 && c.Index < len(t.cols) {
				t.cols[c.Index].Means, t.cols[c.Index].Point = c.Means, c.Point
			}
		}
	}
	t.f.Profile = t.given
	t.f.Profile.Shape = shape
}

func (t *table) index() {
	for _, r := range Roles {
		t.at[r] = -1
	}
	for j := len(t.cols) - 1; j >= 0; j-- {
		t.at[t.cols[j].Means] = j
	}
}

// learn writes what is known now into the file's profile.
func (t *table) learn() {
	p := &t.f.Profile
	p.Encoding, p.Delimiter, p.Header = t.f.Encoding, t.f.Delimiter, t.header != nil
	for j := range t.cols {
		t.cols[j].Reads = t.reads(t.cols[j])
	}
	p.Columns = slices.Clone(t.cols)
	p.Dates, p.Sign = t.order, t.sign
	if p.Sign == Undecided {
		p.Sign = t.given.Sign
	}
}

// reads shows how a column's cells are read.
func (t *table) reads(c Column) string {
	switch {
	case c.Means == Unused:
		return ""
	case c.Means == Booked || c.Means == Valued:
		for _, r := range t.rows {
			if d, ok := t.readDate(r.cell(c.Index)); ok && (d.settled() || t.order != Unordered) {
				return d.reads(t.order)
			}
		}
		return ""
	case c.isAmount() && c.Point == ",":
		return "1.234,56"
	case c.isAmount():
		return "1,234.56"
	case c.Means == Currency && t.constant(c.Index):
		return t.firstCell(c.Index)
	}
	return "text"
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

// fixed is the cell of a role in a row, as a person corrected it or as it stands.
func (t *table) fixed(r row, role Role) string {
	if v, ok := t.s.fixed(r.n, role); ok {
		return v
	}
	return r.cell(t.at[role])
}

func firstDate(s string) (book.Date, bool) {
	p, ok := readDate(s)
	if !ok || !p.settled() {
		return 0, false
	}
	return p.date(DayFirst), true
}

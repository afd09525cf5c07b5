package bankfile

import (
	"fmt"
	"slices"

	"countinghouse/app/money"
)

// slot is a role as the index of what is known of it; the slots are in the order of Roles.
type slot int

const (
	bookedSlot slot = iota
	valuedSlot
	amountSlot
	debitSlot
	creditSlot
	markSlot
	currencySlot
	balanceSlot
	counterpartySlot
	theirSlot
	referenceSlot
	textSlot
	bankIDSlot
	ourSlot
	statusSlot
	slots
)

var (
	dateSlots   = []slot{bookedSlot, valuedSlot}
	amountSlots = []slot{amountSlot, debitSlot, creditSlot, balanceSlot}
)

// form is how a table is written, as far as that is decided, with what is to be said about it.
type form struct {
	said
	cols []Column
	// at is the first column of a role, -1 for none. used are the roles with a column that every line
	// takes its cell from, named those that a survey leaves out. texts are the columns of text; spoken
	// those that say in words what a row is, of all columns. width is how many columns there are up to the
	// last that has a role.
	at       [slots]int
	used     []usedColumn
	named    []usedColumn
	texts    []int
	spoken   []int
	all      []int
	width    int
	currency money.Currency
	order    Order
	// negative says that all debits are written as negative amounts; single is the way of a column
	// of marks that knows one word only, 0 where there are both.
	negative bool
	single   int
	// given is the profile that applies, the zero value for none.
	given      Profile
	shape      string
	recognised bool
	// unclear says that columns of dates or amounts are missing, empty that there are no rows.
	unclear, empty bool
	// sign is what a positive amount means, turned that the amounts are to be turned round: both are
	// known when all rows are read.
	sign   Sign
	turned bool
}

// usedColumn is a role that has a column, and the first column that has it.
type usedColumn struct {
	means slot
	at    int
}

// said is what is to be told about a file.
type said struct {
	warnings, notes []string
	questions       []Question
}

func (s *said) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

func (s *said) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

func (s *said) ask(q Question) { s.questions = append(s.questions, q) }

// tell says it of a file.
func (s *said) tell(f *File) {
	f.Warnings = append(f.Warnings, s.warnings...)
	f.Notes = append(f.Notes, s.notes...)
	f.Questions = append(f.Questions, s.questions...)
}

// decide gives the table the form that the facts say.
func (t *table) decide(x *facts) *form {
	m := &form{cols: slices.Clone(t.base), currency: t.noted.currency}
	m.questions = slices.Clone(t.asked)
	if t.header != nil {
		t.nameColumns(m, x)
	} else {
		m.takeMarks(x)
	}
	t.applyProfile(m)
	t.useProven(m)
	m.index()
	if m.at[bookedSlot] < 0 || m.at[amountSlot] < 0 && m.at[debitSlot] < 0 && m.at[creditSlot] < 0 {
		t.unclear(m)
		return m
	}
	t.decideCurrency(m, x)
	t.decidePoints(m, x)
	t.decideDates(m, x)
	m.negative = !x.positive
	if x.in != x.out {
		m.single = 1
		if x.out {
			m.single = -1
		}
	}
	return m
}

func (m *form) index() {
	for k := range m.at {
		m.at[k] = -1
	}
	m.used, m.named, m.texts, m.spoken, m.all, m.width = nil, nil, nil, nil, nil, 0
	for j := len(m.cols) - 1; j >= 0; j-- {
		if k := slices.Index(Roles, m.cols[j].Means); k < int(slots) {
			m.at[k] = j
		}
	}
	for k := range slots {
		if m.at[k] < 0 {
			continue
		}
		m.width = max(m.width, m.at[k]+1)
		switch u := (usedColumn{k, m.at[k]}); k {
		case counterpartySlot, theirSlot, referenceSlot:
			m.named = append(m.named, u)
		case textSlot, ourSlot, balanceSlot:
		default:
			m.used = append(m.used, u)
		}
	}
	for j, c := range m.cols {
		m.all = append(m.all, j)
		if c.Means == Text {
			m.texts = append(m.texts, j)
		}
		if c.Means == Text || c.Means == Counterparty || c.Means == Unused {
			m.spoken = append(m.spoken, j)
		}
	}
}

// same reports whether rows are read alike under both forms.
func (m *form) same(o *form) bool {
	return m.currency == o.currency && m.order == o.order && m.negative == o.negative &&
		m.single == o.single && len(m.questions) == len(o.questions) && m.unclear == o.unclear &&
		slices.EqualFunc(m.cols, o.cols, func(a, b Column) bool {
			return a.Means == b.Means && a.Point == b.Point
		})
}

// unclear is a table whose columns of dates or amounts cannot be told: empty, or to be asked about.
func (t *table) unclear(m *form) {
	m.unclear = true
	m.empty = !slices.ContainsFunc(t.body, func(r row) bool { return !r.empty() })
	if len(t.body) > 0 {
		m.questions = []Question{{Topic: AskColumns, Place: place(t.body[0].n),
			Text: "Which columns hold the booking date and the amount?"}}
	}
}

// refusal is the error of a table without rows.
func (m *form) refusal() error {
	if m.unclear && m.empty {
		return refuse("the table has no lines", "export a period with movements")
	}
	return nil
}

// applyProfile puts a remembered profile over what was found.
func (t *table) applyProfile(m *form) {
	names := make([]string, 0, len(m.cols))
	for _, c := range m.cols {
		if t.header != nil && c.Index < len(t.header.cells) {
			names = append(names, c.Header)
		} else if t.header == nil {
			names = append(names, "column of "+string(c.Means))
		}
	}
	m.shape = shapeOf(names)
	p := t.o.Profile
	if p == nil && t.o.Known != nil {
		known, ok := t.profiles[m.shape]
		if !ok {
			known = t.o.Known(m.shape)
			t.profiles[m.shape] = known
		}
		p = known
	}
	if p == nil {
		return
	}
	if !p.fits(m.shape, len(m.cols)) {
		m.note("the profile %q is of another kind of file and was not used", p.Name)
		return
	}
	for _, c := range p.Columns {
		if k := t.kinds[c.Index]; isTyped(c.Means) && k.n > 0 && !k.bears(c.Means) {
			m.warn("the profile %q was not used: it has %s as %s, and the cells are none", p.Name,
				m.titleOf(c.Index), c.Means)
			return
		}
	}
	m.given, m.recognised, m.questions = *p, true, nil
	for _, c := range p.Columns {
		m.cols[c.Index].Means, m.cols[c.Index].Point = c.Means, c.Point
	}
}

// isTyped reports whether the cells of a role show whether they can be of it.
func isTyped(r Role) bool {
	return r == Booked || r == Valued || Column{Means: r}.isAmount()
}

// learn writes what is known now into the file's profile.
func (t *table) learn(x *facts) {
	m, f := t.form, t.s.f
	f.Recognised = m.recognised
	f.Profile = m.given
	p := &f.Profile
	p.Shape = m.shape
	p.Encoding, p.Delimiter, p.Header = f.Encoding, f.Delimiter, t.header != nil
	for j := range m.cols {
		m.cols[j].Reads = m.reads(m.cols[j], &x.columns[j], &x.words.columns[j])
	}
	p.Columns = slices.Clone(m.cols)
	if m.unclear {
		return
	}
	p.Dates, p.Sign = m.order, m.sign
	if p.Sign == Undecided {
		p.Sign = m.given.Sign
	}
}

// reads shows how a column's cells are read.
func (m *form) reads(c Column, f *columnFacts, w *columnWords) string {
	switch {
	case c.Means == Unused:
		return ""
	case c.Means == Booked || c.Means == Valued:
		d := f.settled
		if m.order != Unordered {
			d = f.date
		}
		if d == nil {
			return ""
		}
		return d.parts.reads(m.order)
	case c.isAmount() && c.Point == ",":
		return "1.234,56"
	case c.isAmount():
		return "1,234.56"
	case c.Means == Currency && w.same():
		return w.first
	}
	return "text"
}

// title is the name of a role's column in the file.
func (m *form) title(k slot) string {
	if j := m.at[k]; j >= 0 {
		return m.titleOf(j)
	}
	return string(Roles[k])
}

func (m *form) titleOf(j int) string {
	if m.cols[j].Header != "" {
		return m.cols[j].Header
	}
	return fmt.Sprintf("column %d", j+1)
}

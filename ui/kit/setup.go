package kit

import "fyne.io/fyne/v2"

// PickRow is one line of a pick list: an icon, what it is, a quiet line, and its state at the right.
type PickRow struct {
	ID, Icon    string
	Title, Note string
	Status      Status
	State       string
}

// PickList is a short list of which one is chosen: Up, Down, J and K choose, as a press does.
type PickList struct {
	rowed
	OnChange func(id string)
	OnOpen   func(id string) // by Enter or a press; nil where choosing is all
	OnDelete func(id string) // by Delete

	rows     []PickRow
	selected string
}

// NewPickList makes a list; nothing is chosen.
func NewPickList(rows ...PickRow) *PickList {
	l := &PickList{rows: rows}
	l.count = func() int { return len(l.rows) }
	l.rowAt = func(y float32) int {
		if i := int(y / pickRow); y >= 0 && i < len(l.rows) {
			return i
		}
		return -1
	}
	l.open = func(i int) {
		l.choose(i)
		if l.OnOpen != nil {
			l.OnOpen(l.rows[i].ID)
		}
	}
	l.reset()
	l.setUp(l)
	return l
}

const pickRow = 54

// Set replaces the rows; what is chosen stays so.
func (l *PickList) Set(rows ...PickRow) {
	l.rows = rows
	l.Select(l.selected)
}

// Select marks a row without calling OnChange.
func (l *PickList) Select(id string) {
	l.selected, l.cursor = id, -1
	for i, r := range l.rows {
		if r.ID == id {
			l.cursor = i
		}
	}
	l.repaint()
}

// Selected is the id of the marked row.
func (l *PickList) Selected() string { return l.selected }

func (l *PickList) choose(i int) {
	if i < 0 || i >= len(l.rows) {
		return
	}
	changed := l.rows[i].ID != l.selected
	l.Select(l.rows[i].ID)
	if changed && l.OnChange != nil {
		l.OnChange(l.selected)
	}
}

// TypedKey moves the choice; other keys go on.
func (l *PickList) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyDelete && l.OnDelete != nil && l.selected != "" {
		l.OnDelete(l.selected)
		return
	}
	l.rowed.TypedKey(ev)
	l.choose(l.cursor)
}

// TypedRune takes J and K; other letters go on.
func (l *PickList) TypedRune(r rune) {
	l.rowed.TypedRune(r)
	l.choose(l.cursor)
}

// FocusGained answers the toolkit; the mark is where the cursor is.
func (l *PickList) FocusGained() { l.focused = true; l.repaint() }

// Rows are what is shown, in its order.
func (l *PickList) Rows() []PickRow { return l.rows }

func (l *PickList) minimum() fyne.Size {
	return fyne.NewSize(200, pickRow*float32(len(l.rows)))
}

func (l *PickList) paint(p *pen, size fyne.Size) {
	for i, r := range l.rows {
		y := pickRow * float32(i)
		cy := y + pickRow/2
		selected := r.ID == l.selected
		switch {
		case selected:
			p.fill(0, y, size.Width, pickRow, AccentTint, 0)
			p.fill(0, y, 3, pickRow, Accent, 0)
		case i == l.hover:
			p.fill(0, y, size.Width, pickRow, Hover, 0)
		}
		if i > 0 {
			p.hline(0, y, size.Width, RowLine)
		}
		p.fill(16, cy-17, 34, 34, Sunken, 6)
		p.icon(r.Icon, 25, cy, 16, Text2)
		right := size.Width - 16
		if r.State != "" {
			w := TextWidth(r.State, Caption) + chipIcon + chipGap + 1
			p.state(r.State, r.Status.Icon(), r.Status.Ink(), right-w, cy, w+1)
			right -= w + 12
		}
		p.cut(r.Title, 62, right-62, cy-9, fyne.TextAlignLeading, Figure)
		p.cut(r.Note, 62, right-62, cy+9, fyne.TextAlignLeading, Second)
		if selected && l.focused {
			p.ring(1, y+1, size.Width-2, pickRow-2, 4)
		}
	}
}

// Section is a part of a page with its state in a column of ticks at the left, its title, and a note
// or chip at the right; a line leads to the next one.
type Section struct {
	drawn
	title   string
	status  Status
	beside  fyne.CanvasObject
	content fyne.CanvasObject
	last    bool
}

// NewSection makes a section. beside and content may be nil.
func NewSection(status Status, title string, beside, content fyne.CanvasObject) *Section {
	s := &Section{title: title, status: status, beside: beside, content: content}
	s.setUp(s)
	return s
}

// Last says that no section follows, so that no line leads on.
func (s *Section) Last() *Section { s.last = true; return s }

// SetStatus changes the state.
func (s *Section) SetStatus(status Status) { s.status = status; s.repaint() }

const (
	sectionHead = 28
	sectionLeft = 44
	sectionGap  = 16
)

func (s *Section) minimum() fyne.Size {
	size := fyne.NewSize(240, sectionHead+sectionGap)
	if s.content != nil {
		size.Height += s.content.MinSize().Height + 4
	}
	return size
}

func (s *Section) paint(p *pen, size fyne.Size) {
	const r = 13
	icon := s.status.Icon()
	switch s.status {
	case StatusOK:
		icon = "tick"
	case StatusNone:
		icon = ""
	}
	tint, ink := s.status.Tint(), s.status.Ink()
	if s.status == StatusNone {
		tint, ink = Sunken, Muted
	}
	p.circle(r, sectionHead/2, r, tint, Clear, 0)
	if icon != "" {
		p.icon(icon, r-7, sectionHead/2, 14, ink)
	} else {
		p.fill(r-3, sectionHead/2-3, 6, 6, ink, 3)
	}
	if !s.last {
		from := float32(sectionHead + 3)
		p.fill(r-1, from, 2, max(0, size.Height-from-1), CardLine, 0)
	}
	right := size.Width
	if s.beside != nil {
		right = p.rightOf(s.beside, size.Width, sectionHead/2) - 12
	}
	p.cut(s.title, sectionLeft, right-sectionLeft, sectionHead/2, fyne.TextAlignLeading, Heading)
	if s.content != nil {
		h := max(s.content.MinSize().Height, size.Height-sectionHead-sectionGap-4)
		p.place(s.content, sectionLeft, sectionHead+4, size.Width-sectionLeft, h)
	}
}

// Checked is one thing that was looked at, and what was found.
type Checked struct {
	Status       Status
	Label, Value string
}

// CheckList shows what was looked at, one a line.
type CheckList struct {
	drawn
	rows []Checked
}

// NewCheckList makes a list.
func NewCheckList(rows ...Checked) *CheckList {
	c := &CheckList{rows: rows}
	c.setUp(c)
	return c
}

// checkColumn is where the values start, at least; checkColumnMax at most, for long labels.
const checkRow, checkColumn, checkColumnMax = 24, 166, 230

func (c *CheckList) column() float32 {
	at := float32(checkColumn)
	for _, r := range c.rows {
		at = max(at, 24+TextWidth(r.Label, Body)+16)
	}
	return min(round(at), checkColumnMax)
}

func (c *CheckList) minimum() fyne.Size {
	return fyne.NewSize(220, checkRow*float32(len(c.rows)))
}

func (c *CheckList) paint(p *pen, size fyne.Size) {
	at := c.column()
	for i, r := range c.rows {
		cy := checkRow*float32(i) + checkRow/2
		icon, ink := r.Status.Icon(), r.Status.Ink()
		if r.Status == StatusOK {
			icon = "tick"
		}
		p.icon(icon, 0, cy, 15, ink)
		p.cut(r.Label, 24, at-32, cy, fyne.TextAlignLeading, Body)
		p.cut(r.Value, at, size.Width-at, cy, fyne.TextAlignLeading, Body.In(Text2))
	}
}

// TableColumn is a column of a small table: its title, and its share of the width.
type TableColumn struct {
	Title string
	Share float32
}

// TableRow is a row of a small table; its last cell is a state.
type TableRow struct {
	Cells  []string
	Status Status
	State  string
}

// Table is a small table that is only read: the first column stands out, the last one is a state.
type Table struct {
	drawn
	columns []TableColumn
	rows    []TableRow
}

// NewTable makes a table.
func NewTable(columns []TableColumn, rows ...TableRow) *Table {
	t := &Table{columns: columns, rows: rows}
	t.setUp(t)
	return t
}

const tableRow, tableHead = 30, 29

func (t *Table) minimum() fyne.Size {
	return fyne.NewSize(300, tableHead+tableRow*float32(len(t.rows))+1)
}

func (t *Table) paint(p *pen, size fyne.Size) {
	h := min(size.Height, t.minimum().Height)
	p.card(0, 0, size.Width, h, Surface, CardLine, 6)
	p.fill(1, 1, size.Width-2, tableHead-1, Sunken, 5)
	sum := float32(0)
	for _, c := range t.columns {
		sum += c.Share
	}
	x := float32(16)
	for i, c := range t.columns {
		w := (size.Width - 28) * c.Share / sum
		p.cut(c.Title, x, w-12, tableHead/2, fyne.TextAlignLeading, Caption)
		for j, r := range t.rows {
			y := tableHead + tableRow*float32(j)
			cy := y + tableRow/2
			if i == 0 {
				p.hline(1, y, size.Width-2, RowLine)
			}
			switch {
			case i == len(t.columns)-1:
				p.state(r.State, r.Status.Icon(), r.Status.Ink(), x, cy, w-4)
			case i == 0:
				p.cut(r.Cells[i], x, w-12, cy, fyne.TextAlignLeading, Figure)
			default:
				p.cut(r.Cells[i], x, w-12, cy, fyne.TextAlignLeading, Body.In(Text2))
			}
		}
		x += w
	}
}

// IconTile is an icon on a quiet square, 40 wide.
type IconTile struct {
	drawn
	icon string
}

// NewIconTile makes a tile.
func NewIconTile(icon string) *IconTile {
	t := &IconTile{icon: icon}
	t.setUp(t)
	return t
}

func (t *IconTile) minimum() fyne.Size { return fyne.NewSize(40, 40) }

func (t *IconTile) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, 40, 40, Sunken, 8)
	p.icon(t.icon, 11, 20, 18, Text2)
}

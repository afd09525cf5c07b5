package kit

import "fyne.io/fyne/v2"

// WayFact is one thing that was compared, and whether it is so.
type WayFact struct {
	Text string
	Yes  bool
}

// WayRow is one suggestion: a key that takes it, what it does, what it comes to, and why.
type WayRow struct {
	Key           string // "" for one that cannot be taken
	Title, Detail string
	Amount        string
	Difference    string
	Status        Status // of the difference
	Facts         []WayFact
	Quiet         bool // one that was rejected
}

// Ways is a list of suggestions. Up, Down, J and K move, Enter and a press on the button take one.
type Ways struct {
	rowed
	OnTake func(i int)

	rows    []WayRow
	amounts string // the title of the column of amounts
	empty   string
	width   float32
}

// NewWays makes an empty list.
func NewWays() *Ways {
	w := &Ways{}
	w.count = func() int { return len(w.rows) }
	w.rowAt = func(y float32) int {
		if i := int((y - gridHeadHeight) / wayRow); y >= gridHeadHeight && i < len(w.rows) {
			return i
		}
		return -1
	}
	w.open = func(i int) {
		if w.OnTake != nil && w.rows[i].Key != "" {
			w.OnTake(i)
		}
	}
	w.reset()
	w.setUp(w)
	return w
}

const wayRow = 54

// Set replaces the rows; empty is what stands where there is none.
func (w *Ways) Set(amounts, empty string, rows ...WayRow) {
	w.rows, w.amounts, w.empty = rows, amounts, empty
	w.cursor = min(w.cursor, len(rows)-1)
	w.repaint()
}

// Cursor is the row that the keys stand on, 0 at first.
func (w *Ways) Cursor() int { return max(0, w.cursor) }

// Tapped moves to the row; its button takes it.
func (w *Ways) Tapped(ev *fyne.PointEvent) {
	focus(w)
	i := w.rowAt(ev.Position.Y)
	if i < 0 {
		return
	}
	w.cursor = i
	w.repaint()
	if ev.Position.X >= w.width-16-wayButton {
		w.open(i)
	}
}

func (w *Ways) minimum() fyne.Size {
	return fyne.NewSize(420, gridHeadHeight+wayRow*float32(max(1, len(w.rows))))
}

const wayButton = 86

// wayColumns are where the columns start or, of figures, end.
type wayColumns struct{ title, amount, difference, facts, factsEnd float32 }

func waysAt(width float32) wayColumns {
	c := wayColumns{title: 54, factsEnd: width - 16 - wayButton - 12}
	c.amount = max(300, min(440, width*0.37))
	c.difference = c.amount + 104
	c.facts = c.difference + 12
	return c
}

func (w *Ways) paint(p *pen, size fyne.Size) {
	w.width = size.Width
	at := waysAt(size.Width)
	p.fill(0, 0, size.Width, gridHeadHeight, Sunken, 0)
	cy := float32(gridHeadHeight / 2)
	p.text("Suggestion", at.title, cy, Caption)
	p.right(w.amounts, at.amount, cy, Caption)
	p.right("Difference", at.difference, cy, Caption)
	p.text("Why", at.facts, cy, Caption)
	p.hline(0, gridHeadHeight-1, size.Width, CardLine)
	if len(w.rows) == 0 {
		p.cut(w.empty, at.title, size.Width-at.title-16, gridHeadHeight+wayRow/2,
			fyne.TextAlignLeading, Second)
	}
	for i, r := range w.rows {
		w.paintRow(p, at, i, r, size.Width)
	}
}

func (w *Ways) paintRow(p *pen, at wayColumns, i int, r WayRow, width float32) {
	y := gridHeadHeight + wayRow*float32(i)
	cy := y + wayRow/2
	if i == w.hover {
		p.fill(0, y, width, wayRow, Hover, 0)
	}
	if i > 0 {
		p.hline(0, y, width, RowLine)
	}
	title, figure := Figure, Body
	if r.Quiet {
		title, figure = title.In(Muted), figure.In(Muted)
	}
	if r.Key != "" {
		p.key(r.Key, 17, cy, Surface, ButtonLine, Text2)
	} else {
		p.icon("cross", 18, cy, 15, Muted)
	}
	room := at.amount - 90 - at.title
	p.cut(r.Title, at.title, room, cy-9, fyne.TextAlignLeading, title)
	p.cut(r.Detail, at.title, room, cy+9, fyne.TextAlignLeading, Second)
	p.right(r.Amount, at.amount, cy, figure)
	p.right(r.Difference, at.difference, cy, Figure.In(r.Status.Ink()))
	w.paintFacts(p, at, r, cy)
	if r.Key != "" {
		w.paintButton(p, width-16-wayButton, cy, i == 0)
	}
	if i == w.cursor && w.focused {
		p.ring(1, y+1, width-2, wayRow-2, 4)
	}
}

// paintFacts writes the facts in at most three lines; those without room are counted.
func (w *Ways) paintFacts(p *pen, at wayColumns, r WayRow, cy float32) {
	type line struct{ from, to int }
	var lines []line
	x, start, shown := at.facts, 0, len(r.Facts)
	for i, f := range r.Facts {
		wide := 18 + TextWidth(f.Text, Second)
		if x > at.facts && x+wide > at.factsEnd {
			lines = append(lines, line{start, i})
			x, start = at.facts, i
		}
		if len(lines) == 3 {
			shown = i
			break
		}
		x += wide + 18
	}
	if len(lines) < 3 && shown > start {
		lines = append(lines, line{start, shown})
	}
	y := cy - 8.5*float32(len(lines)-1)
	for _, l := range lines {
		x := at.facts
		for _, f := range r.Facts[l.from:l.to] {
			icon, ink := "tick", StatusOK.Ink()
			if !f.Yes {
				icon, ink = "cross", StatusBreak.Ink()
			}
			next := p.icon(icon, x, y, 12, ink) + 6
			x = p.cut(f.Text, next, at.factsEnd-next, y, fyne.TextAlignLeading, Second.In(Text2)) + 18
		}
		y += 17
	}
}

// paintButton paints what takes the row; the first one stands out.
func (w *Ways) paintButton(p *pen, x, cy float32, first bool) {
	y := round(cy - 14)
	if first {
		p.fill(x, y, wayButton, 28, Accent, 6)
		p.center("Choose", x, wayButton, cy, Figure.In(AccentText))
		return
	}
	p.card(x, y, wayButton, 28, Surface, ButtonLine, 6)
	p.center("Choose", x, wayButton, cy, Figure)
}

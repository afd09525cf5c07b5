package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// HeadHeight is the height of a screen's head.
const HeadHeight = 56

// HeadBar is a screen's head: title, month, state at the left, actions at the right.
type HeadBar struct {
	drawn
	title   string
	leading []fyne.CanvasObject
	actions []fyne.CanvasObject
}

// NewHeadBar makes a head. Leading holds the month switcher and chips, actions the buttons.
func NewHeadBar(title string, leading, actions []fyne.CanvasObject) *HeadBar {
	h := &HeadBar{title: title, leading: leading, actions: actions}
	h.setUp(h)
	return h
}

// SetTitle changes the title.
func (h *HeadBar) SetTitle(title string) { h.title = title; h.repaint() }

// SetParts replaces what stands beside the title and at the right.
func (h *HeadBar) SetParts(leading, actions []fyne.CanvasObject) {
	h.leading, h.actions = leading, actions
	h.repaint()
}

func (h *HeadBar) minimum() fyne.Size { return fyne.NewSize(300, HeadHeight) }

func (h *HeadBar) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, Surface, 0)
	p.hline(0, size.Height-1, size.Width, CardLine)
	cy := (size.Height - 1) / 2
	right := size.Width - 20
	for _, o := range h.actions {
		right -= o.MinSize().Width + 12
	}
	x := p.cut(h.title, 24, right-24, cy, fyne.TextAlignLeading, Ink{19, SemiBold, Text})
	for _, o := range h.leading {
		min := o.MinSize()
		if x+12+min.Width > right {
			o.Hide()
			continue
		}
		o.Show()
		p.place(o, x+12, round(cy-min.Height/2), min.Width, min.Height)
		x += 12 + min.Width
	}
	for _, o := range h.actions { // after the others: the order of the keyboard's focus
		min := o.MinSize()
		p.place(o, right+12, round(cy-min.Height/2), min.Width, min.Height)
		right += 12 + min.Width
	}
}

// rightOf places a child so that it ends at x, and returns where it starts.
func (p *pen) rightOf(o fyne.CanvasObject, x, cy float32) float32 {
	size := o.MinSize()
	p.place(o, x-size.Width, round(cy-size.Height/2), size.Width, size.Height)
	return x - size.Width
}

// MonthSwitcher shows the month and leads to the one before, the one after, or any.
type MonthSwitcher struct {
	control
	OnStep func(months int) // −1 or 1
	OnPick func()

	month string
	hover int // −1 none, 0 before, 1 pick, 2 after
}

// NewMonthSwitcher makes a switcher that shows the month, "2026-10".
func NewMonthSwitcher(month string) *MonthSwitcher {
	m := &MonthSwitcher{month: month, hover: -1}
	m.setUp(m)
	return m
}

// SetMonth changes what is shown.
func (m *MonthSwitcher) SetMonth(month string) { m.month = month; m.repaint() }

const monthArrow = 29

func (m *MonthSwitcher) minimum() fyne.Size {
	return fyne.NewSize(round(2*monthArrow+TextWidth(m.month, Strong)+64), 32)
}

func (m *MonthSwitcher) paint(p *pen, size fyne.Size) {
	w, h := size.Width, size.Height
	p.card(0, 0, w, h, Surface, ButtonLine, 6)
	switch m.hover {
	case 0:
		p.fill(1, 1, monthArrow-1, h-2, Sunken, 5)
	case 1:
		p.fill(monthArrow, 1, w-2*monthArrow, h-2, Sunken, 0)
	case 2:
		p.fill(w-monthArrow, 1, monthArrow-1, h-2, Sunken, 5)
	}
	p.vline(monthArrow, 1, h-2, CardLine)
	p.vline(w-monthArrow-1, 1, h-2, CardLine)
	p.icon("left", 8, h/2, 13, Text2)
	p.icon("right", w-21, h/2, 13, Text2)
	x := p.icon("calendar", monthArrow+11, h/2, 16, Text) + 7
	p.text(m.month, x, h/2, Strong)
	p.icon("down", w-monthArrow-22, h/2, 13, Text2)
	if m.focused {
		p.ring(0, 0, w, h, 6)
	}
}

func (m *MonthSwitcher) part(x float32) int {
	switch {
	case x < monthArrow:
		return 0
	case x > m.Size().Width-monthArrow:
		return 2
	}
	return 1
}

// MouseIn answers the toolkit.
func (m *MonthSwitcher) MouseIn(ev *desktop.MouseEvent) { m.MouseMoved(ev) }

// MouseMoved marks the part under the pointer.
func (m *MonthSwitcher) MouseMoved(ev *desktop.MouseEvent) {
	if part := m.part(ev.Position.X); part != m.hover {
		m.hover = part
		m.repaint()
	}
}

// MouseOut answers the toolkit.
func (m *MonthSwitcher) MouseOut() { m.hover = -1; m.repaint() }

// Tapped steps or picks.
func (m *MonthSwitcher) Tapped(ev *fyne.PointEvent) {
	focus(m)
	m.use(m.part(ev.Position.X))
}

func (m *MonthSwitcher) use(part int) {
	switch {
	case part == 1 && m.OnPick != nil:
		m.OnPick()
	case part != 1 && m.OnStep != nil:
		m.OnStep(part - 1)
	}
}

// TypedKey steps with the arrows and picks with Enter; other keys go on.
func (m *MonthSwitcher) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		m.use(0)
	case fyne.KeyRight:
		m.use(2)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyDown:
		m.use(1)
	default:
		PassKey(m, ev)
	}
}

// StatusHeight is the height of the status bar.
const StatusHeight = 26

// Note is one thing that the status bar says.
type Note struct {
	Icon   string
	Status Status
	Text   string
}

// StatusBar says what is going on at the left, and which keys work here at the right.
type StatusBar struct {
	drawn
	notes []Note
	hints []Hint
}

// NewStatusBar makes an empty bar.
func NewStatusBar() *StatusBar {
	s := &StatusBar{}
	s.setUp(s)
	return s
}

// SetNotes replaces what the bar says.
func (s *StatusBar) SetNotes(notes ...Note) { s.notes = notes; s.repaint() }

// SetHints replaces the keys of the screen.
func (s *StatusBar) SetHints(hints ...Hint) { s.hints = hints; s.repaint() }

func (s *StatusBar) minimum() fyne.Size { return fyne.NewSize(300, StatusHeight) }

func (s *StatusBar) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, Surface, 0)
	p.hline(0, 0, size.Width, CardLine)
	cy := 1 + (size.Height-1)/2
	right := size.Width - 16
	for i := len(s.hints) - 1; i >= 0; i-- {
		right -= s.hints[i].width()
		if right < size.Width/3 {
			break
		}
		p.hint(s.hints[i], round(right), cy)
		right -= 18
	}
	x := float32(16)
	for _, note := range s.notes {
		token, icon := Text2, note.Icon
		if note.Status != StatusNone {
			token = note.Status.Ink()
		}
		if icon == "" {
			icon = note.Status.Icon()
		}
		if icon != "" {
			x = p.icon(icon, x, cy, 13, token) + 6
		}
		x = p.cut(note.Text, x, right-x, cy, fyne.TextAlignLeading, Second.In(Text2)) + 16
	}
}

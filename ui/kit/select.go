package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Select is a field that opens a list of options. "Status Open": the name is quiet, the value
// stands out.
type Select struct {
	control
	OnChange func(id string)

	name     string
	options  []Option
	selected string
	menu     *Sheet
}

// NewSelect makes a field; name may be empty. The first option is selected.
func NewSelect(name string, options ...Option) *Select {
	s := &Select{name: name, options: options}
	if len(options) > 0 {
		s.selected = options[0].ID
	}
	s.setUp(s)
	s.act = s.open
	return s
}

// Select marks an option without calling OnChange.
func (s *Select) Select(id string) { s.selected = id; s.repaint() }

// Selected is the id of the marked option.
func (s *Select) Selected() string { return s.selected }

// SetOptions replaces the options.
func (s *Select) SetOptions(options []Option) { s.options = options; s.repaint() }

func (s *Select) value() string {
	for _, o := range s.options {
		if o.ID == s.selected {
			return o.Label
		}
	}
	return ""
}

func (s *Select) nameWidth() float32 {
	if s.name == "" {
		return 0
	}
	return TextWidth(s.name, Body) + 6
}

func (s *Select) minimum() fyne.Size {
	w := s.nameWidth() + TextWidth(s.value(), Strong) + 10 + 8 + 13 + 8
	return fyne.NewSize(round(w+0.5), fieldHeight)
}

func (s *Select) paint(p *pen, size fyne.Size) {
	line := Ctl
	if s.hovered {
		line = Text2
	}
	h := min(size.Height, fieldHeight)
	p.card(0, 0, size.Width, h, Surface, line, 6)
	x := float32(10)
	ink := Figure
	if s.name != "" {
		x = p.text(s.name, x, h/2, Body.In(Text2)) + 6
		ink = Strong
	}
	p.cut(s.value(), x, size.Width-21-x, h/2, fyne.TextAlignLeading, ink)
	p.icon("down", size.Width-21, h/2, 13, Text2)
	if s.focused {
		p.ring(0, 0, size.Width, h, 6)
	}
}

// TypedKey opens the list with Down too.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyDown {
		s.open()
		return
	}
	s.control.TypedKey(ev)
}

// open shows the options below the field.
func (s *Select) open() {
	if len(s.options) == 0 {
		return
	}
	list := newMenu(s.options, s.selected, func(id string) {
		s.menu.Close()
		focus(s)
		if id == s.selected {
			return
		}
		s.Select(id)
		if s.OnChange != nil {
			s.OnChange(id)
		}
	})
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	size := list.minimum()
	size.Width = max(size.Width, s.Size().Width)
	s.menu = ShowMenu(canvasOf(s), list, at.AddXY(0, s.Size().Height+4), size)
	focus(list)
}

const menuRow = 30

// menu is the list of a select's options.
type menu struct {
	drawn
	options  []Option
	selected string
	cursor   int
	pick     func(id string)
}

func newMenu(options []Option, selected string, pick func(string)) *menu {
	m := &menu{options: options, selected: selected, pick: pick}
	for i, o := range options {
		if o.ID == selected {
			m.cursor = i
		}
	}
	m.setUp(m)
	return m
}

func (m *menu) minimum() fyne.Size {
	w := float32(120)
	for _, o := range m.options {
		w = max(w, TextWidth(o.Label, Strong)+TextWidth(o.Count, Second)+60)
	}
	return fyne.NewSize(round(w), menuRow*float32(len(m.options))+8)
}

func (m *menu) paint(p *pen, size fyne.Size) {
	for i, o := range m.options {
		y := 4 + menuRow*float32(i)
		ink := Body
		if i == m.cursor {
			p.fill(4, y, size.Width-8, menuRow, AccentTint, 4)
		}
		if o.ID == m.selected {
			ink = Strong
			p.icon("tick", 12, y+menuRow/2, 14, Accent)
		}
		p.cut(o.Label, 34, size.Width-46, y+menuRow/2, fyne.TextAlignLeading, ink)
		if o.Count != "" {
			p.right(o.Count, size.Width-14, y+menuRow/2, Second)
		}
	}
}

func (m *menu) at(y float32) int {
	i := int((y - 4) / menuRow)
	if y < 4 || i >= len(m.options) {
		return -1
	}
	return i
}

// Tapped picks what is under the pointer.
func (m *menu) Tapped(ev *fyne.PointEvent) {
	if i := m.at(ev.Position.Y); i >= 0 {
		m.pick(m.options[i].ID)
	}
}

// MouseIn answers the toolkit.
func (m *menu) MouseIn(ev *desktop.MouseEvent) { m.MouseMoved(ev) }

// MouseMoved moves the mark to what is under the pointer.
func (m *menu) MouseMoved(ev *desktop.MouseEvent) {
	if i := m.at(ev.Position.Y); i >= 0 && i != m.cursor {
		m.cursor = i
		m.repaint()
	}
}

// MouseOut answers the toolkit.
func (m *menu) MouseOut() {}

// FocusGained answers the toolkit.
func (m *menu) FocusGained() {}

// FocusLost answers the toolkit.
func (m *menu) FocusLost() {}

// TypedRune does nothing: a menu is short.
func (m *menu) TypedRune(rune) {}

// TypedKey moves and picks; Esc goes on and closes the menu.
func (m *menu) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyDown:
		m.cursor = min(len(m.options)-1, m.cursor+1)
	case fyne.KeyUp:
		m.cursor = max(0, m.cursor-1)
	case fyne.KeyHome:
		m.cursor = 0
	case fyne.KeyEnd:
		m.cursor = len(m.options) - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.pick(m.options[m.cursor].ID)
		return
	default:
		PassKey(m, ev)
		return
	}
	m.repaint()
}

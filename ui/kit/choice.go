package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Option is one choice: an id and the word for it, with a count or state where it has one.
type Option struct {
	ID, Label string
	Count     string
	Status    Status
}

// choice is the base of segmented controls and tabs: one of several in a row.
type choice struct {
	drawn
	OnChange func(id string)
	options  []Option
	selected string
	focused  bool
	hover    int
	edges    []float32 // where each option starts, and the last ends, as painted
}

// Select marks an option without calling OnChange.
func (c *choice) Select(id string) { c.selected = id; c.repaint() }

// Selected is the id of the marked option.
func (c *choice) Selected() string { return c.selected }

// SetOptions replaces the options.
func (c *choice) SetOptions(options []Option) { c.options = options; c.repaint() }

func (c *choice) at(x float32) int {
	for i := 0; i+1 < len(c.edges); i++ {
		if x >= c.edges[i] && x < c.edges[i+1] {
			return i
		}
	}
	return -1
}

func (c *choice) index() int {
	for i, o := range c.options {
		if o.ID == c.selected {
			return i
		}
	}
	return -1
}

func (c *choice) choose(i int) {
	if i < 0 || i >= len(c.options) || c.options[i].ID == c.selected {
		return
	}
	c.Select(c.options[i].ID)
	if c.OnChange != nil {
		c.OnChange(c.selected)
	}
}

// Tapped chooses what is under the pointer.
func (c *choice) Tapped(ev *fyne.PointEvent) {
	focus(c.self)
	c.choose(c.at(ev.Position.X))
}

// MouseIn answers the toolkit.
func (c *choice) MouseIn(ev *desktop.MouseEvent) { c.MouseMoved(ev) }

// MouseMoved marks what is under the pointer.
func (c *choice) MouseMoved(ev *desktop.MouseEvent) {
	if i := c.at(ev.Position.X); i != c.hover {
		c.hover = i
		c.repaint()
	}
}

// MouseOut answers the toolkit.
func (c *choice) MouseOut() { c.hover = -1; c.repaint() }

// FocusGained answers the toolkit.
func (c *choice) FocusGained() { c.focused = true; c.repaint() }

// FocusLost answers the toolkit.
func (c *choice) FocusLost() { c.focused = false; c.repaint() }

// TypedKey moves with the arrows; other keys go on.
func (c *choice) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		c.choose(c.index() - 1)
	case fyne.KeyRight:
		c.choose(c.index() + 1)
	default:
		PassKey(c.self, ev)
	}
}

// TypedRune passes letters on.
func (c *choice) TypedRune(r rune) { PassRune(c.self, r) }

// Segmented is a choice of a few in one frame.
type Segmented struct{ choice }

// NewSegmented makes a control with the options; none is selected.
func NewSegmented(options ...Option) *Segmented {
	s := &Segmented{}
	s.options, s.hover = options, -1
	s.setUp(s)
	return s
}

const segmentPad = 12

func segmentWidth(o Option) float32 {
	w := TextWidth(o.Label, Strong) + 2*segmentPad
	if o.Count != "" {
		w += 4 + TextWidth(o.Count, Figure)
	}
	if o.Status != StatusNone {
		w += chipIcon + 6
	}
	return round(w + 0.5)
}

func (s *Segmented) minimum() fyne.Size {
	w := float32(1)
	for _, o := range s.options {
		w += segmentWidth(o)
	}
	return fyne.NewSize(w, 30)
}

func (s *Segmented) paint(p *pen, size fyne.Size) {
	if len(s.options) == 0 {
		return
	}
	w, h := min(size.Width, s.minimum().Width), size.Height
	p.card(0, 0, w, h, Surface, ButtonLine, 6)
	s.edges = s.edges[:0]
	x := float32(0)
	for i, o := range s.options {
		s.edges = append(s.edges, x)
		width := segmentWidth(o)
		ink := Figure.In(Text2)
		if o.ID == s.selected {
			ink = Strong.In(Accent)
			s.ground(p, i, x, width, h, AccentTint)
		} else if s.hover == i {
			s.ground(p, i, x, width, h, Sunken)
		}
		if i > 0 {
			p.vline(x, 1, h-2, ButtonLine)
		}
		next := p.text(o.Label, x+segmentPad, h/2, ink)
		if o.Count != "" {
			next = p.text(o.Count, next+4, h/2, ink)
		}
		if o.Status != StatusNone {
			p.icon(o.Status.Icon(), next+6, h/2, chipIcon, o.Status.Ink())
		}
		x += width
	}
	s.edges = append(s.edges, x)
	if s.focused {
		p.ring(0, 0, w, h, 6)
	}
}

// ground fills a segment inside the frame, round where the frame is.
func (s *Segmented) ground(p *pen, i int, x, width, h float32, t Token) {
	r := p.fill(x+1, 1, width-1, h-2, t, 0)
	if i == 0 {
		r.TopLeftCornerRadius, r.BottomLeftCornerRadius = 5, 5
	}
	if i == len(s.options)-1 {
		r.TopRightCornerRadius, r.BottomRightCornerRadius = 5, 5
	}
}

// Tabs is a choice of views, the one shown underlined.
type Tabs struct{ choice }

// NewTabs makes the tabs; the first is selected.
func NewTabs(options ...Option) *Tabs {
	t := &Tabs{}
	t.options, t.hover = options, -1
	if len(options) > 0 {
		t.selected = options[0].ID
	}
	t.setUp(t)
	return t
}

const tabGap = 20

func (t *Tabs) minimum() fyne.Size {
	w := float32(0)
	for _, o := range t.options {
		w += tabWidth(o) + tabGap
	}
	return fyne.NewSize(w, 36)
}

func tabWidth(o Option) float32 {
	w := TextWidth(o.Label, Strong)
	if o.Count != "" {
		w += 6 + TextWidth(o.Count, Second)
	}
	return w
}

func (t *Tabs) paint(p *pen, size fyne.Size) {
	p.hline(0, size.Height-1, size.Width, CardLine)
	t.edges = t.edges[:0]
	x, cy := float32(0), (size.Height-2)/2
	for i, o := range t.options {
		t.edges = append(t.edges, x)
		ink := Figure.In(Text2)
		if o.ID == t.selected {
			ink = Strong.In(Accent)
		} else if t.hover == i {
			ink = ink.In(Text)
		}
		next := p.text(o.Label, x, cy, ink)
		if o.Count != "" {
			p.text(o.Count, next+6, cy, Second.In(Text2))
		}
		w := tabWidth(o)
		if o.ID == t.selected {
			p.fill(round(x), size.Height-2, round(w), 2, Accent, 0)
			if t.focused {
				p.ring(x-4, 4, w+8, size.Height-10, 4)
			}
		}
		x += w + tabGap
	}
	t.edges = append(t.edges, x)
}

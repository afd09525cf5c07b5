package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
)

// PaletteItem is a line of the palette; the found words stand between ** in Text.
type PaletteItem struct {
	ID, Icon, Text string
	Key            string
	Disabled       bool
	Reason         string // why it cannot run, at the right
}

// PaletteGroup is a headed part of the palette.
type PaletteGroup struct {
	Title string
	Items []PaletteItem
}

// Palette is the field that leads everywhere: words on top, what they find below.
type Palette struct {
	drawn
	OnQuery func(query string) (groups []PaletteGroup, count string)
	OnRun   func(id string)

	entry  *Entry
	list   *paletteList
	scroll *container.Scroll
	hints  []Hint
	scopes []Hint
	count  string
	sheet  *Sheet
}

const (
	paletteWidth = 640
	paletteHead  = 54
	paletteFoot  = 40
	paletteRow   = 36
	paletteTitle = 32
)

// NewPalette makes a palette. Hints are the keys at the foot's left, scopes at its right.
func NewPalette(placeholder string, hints, scopes []Hint) *Palette {
	p := &Palette{hints: hints, scopes: scopes}
	p.setUp(p)
	p.entry = newEntry(placeholder, 16)
	p.entry.plain, p.entry.height = true, paletteHead
	p.entry.OnChanged = func(string) { p.find() }
	p.entry.OnKey = p.key
	p.entry.OnSubmit = func(string) { p.run() }
	p.list = newPaletteList(func(id string) { p.runID(id) })
	p.scroll = container.NewVScroll(p.list)
	return p
}

// Open opens the palette over the window with the query.
func (p *Palette) Open(c fyne.Canvas, query string) {
	p.sheet = ShowSheet(c, p, p.minimum(), 96)
	p.entry.SetText(query)
	p.find()
	p.entry.inner.CursorColumn = len([]rune(query))
	c.Focus(p.entry.inner)
}

func (p *Palette) find() {
	if p.OnQuery == nil {
		return
	}
	groups, count := p.OnQuery(p.entry.Text())
	p.count = count
	p.list.set(groups)
	p.scroll.ScrollToTop()
	if p.sheet != nil {
		p.sheet.SetArea(p.minimum())
	}
	p.repaint()
}

func (p *Palette) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyDown:
		p.list.step(1)
	case fyne.KeyUp:
		p.list.step(-1)
	case fyne.KeyPageDown:
		p.list.step(8)
	case fyne.KeyPageUp:
		p.list.step(-8)
	default:
		return false
	}
	top, bottom := p.list.span()
	switch offset := p.scroll.Offset.Y; {
	case top < offset:
		p.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > offset+p.scroll.Size().Height:
		p.scroll.ScrollToOffset(fyne.NewPos(0, bottom-p.scroll.Size().Height))
	}
	return true
}

func (p *Palette) run() {
	if item, ok := p.list.current(); ok {
		p.runID(item.ID)
	}
}

func (p *Palette) runID(id string) {
	p.sheet.Close()
	if p.OnRun != nil {
		p.OnRun(id)
	}
}

func (p *Palette) minimum() fyne.Size {
	rows := min(p.list.minimum().Height, 460)
	return fyne.NewSize(paletteWidth, paletteHead+rows+paletteFoot+4)
}

func (p *Palette) paint(pn *pen, size fyne.Size) {
	w := size.Width
	pn.icon("search", 18, paletteHead/2, 18, Muted)
	right := pn.right(p.count, w-18, paletteHead/2, Second) - 10
	pn.place(p.entry, 40, 0, right-40, paletteHead)
	pn.hline(0, paletteHead, w, CardLine)
	foot := size.Height - paletteFoot
	pn.place(p.scroll, 0, paletteHead+1, w, foot-paletteHead-1)
	ground := pn.fill(0, foot, w, paletteFoot, Sunken, 0)
	ground.BottomLeftCornerRadius, ground.BottomRightCornerRadius = 7, 7
	pn.hline(0, foot, w, CardLine)
	x := float32(18)
	for _, h := range p.hints {
		x = pn.hint(h, x, foot+paletteFoot/2) + 18
	}
	x = w - 18
	for i := len(p.scopes) - 1; i >= 0; i-- {
		x -= p.scopes[i].width()
		pn.hint(p.scopes[i], round(x), foot+paletteFoot/2)
		x -= 14
	}
}

// paletteList is what the words found.
type paletteList struct {
	drawn
	groups []PaletteGroup
	cursor int // counts items only
	pick   func(id string)
}

func newPaletteList(pick func(string)) *paletteList {
	l := &paletteList{pick: pick}
	l.setUp(l)
	return l
}

func (l *paletteList) set(groups []PaletteGroup) {
	l.groups, l.cursor = groups, 0
	l.repaint()
}

func (l *paletteList) count() int {
	n := 0
	for _, g := range l.groups {
		n += len(g.Items)
	}
	return n
}

func (l *paletteList) step(by int) {
	l.cursor = max(0, min(l.count()-1, l.cursor+by))
	l.repaint()
}

// each calls f for every item with its number and top, until f says stop.
func (l *paletteList) each(f func(n int, top float32, item PaletteItem) bool) {
	n, y := 0, float32(4)
	for _, g := range l.groups {
		y += paletteTitle - 4
		for _, item := range g.Items {
			if !f(n, y, item) {
				return
			}
			n++
			y += paletteRow
		}
		y += 2
	}
}

func (l *paletteList) current() (found PaletteItem, ok bool) {
	l.each(func(n int, _ float32, item PaletteItem) bool {
		if n == l.cursor && !item.Disabled {
			found, ok = item, true
		}
		return n < l.cursor
	})
	return found, ok
}

// span is where the current line starts and ends.
func (l *paletteList) span() (top, bottom float32) {
	l.each(func(n int, y float32, _ PaletteItem) bool {
		top, bottom = y, y+paletteRow
		return n < l.cursor
	})
	if l.cursor == 0 {
		top = 0
	}
	return top, bottom
}

func (l *paletteList) minimum() fyne.Size {
	h := float32(8)
	for _, g := range l.groups {
		h += paletteTitle - 2 + paletteRow*float32(len(g.Items))
	}
	return fyne.NewSize(paletteWidth-20, h)
}

func (l *paletteList) paint(p *pen, size fyne.Size) {
	y := float32(4)
	for _, g := range l.groups {
		p.text(g.Title, 18, y+14, Caption.In(Muted))
		y += paletteTitle - 2 + paletteRow*float32(len(g.Items))
	}
	l.each(func(n int, top float32, item PaletteItem) bool {
		l.line(p, item, n == l.cursor, top, size.Width)
		return true
	})
}

func (l *paletteList) line(p *pen, item PaletteItem, current bool, y, width float32) {
	cy, ink, icon := y+paletteRow/2, Body, Text2
	if current {
		p.fill(0, y, width, paletteRow, AccentTint, 0)
		p.fill(0, y, 3, paletteRow, Accent, 0)
		icon = Accent
	}
	if item.Disabled {
		ink, icon = ink.In(Muted), Muted
	}
	p.icon(item.Icon, 18, cy, 16, icon)
	right := width - 18
	if item.Key != "" {
		right -= keyWidth(item.Key)
		p.key(item.Key, right, cy, Surface, ButtonLine, Text2)
	}
	if item.Reason != "" {
		right = p.right(item.Reason, right-10, cy, Second)
	}
	if lines := wrapSpans(item.Text, right-10-47, ink); len(lines) > 0 {
		p.spanLine(lines[0], 47, cy, ink)
	}
}

func (l *paletteList) at(y float32) int {
	found := -1
	l.each(func(n int, top float32, _ PaletteItem) bool {
		if y >= top && y < top+paletteRow {
			found = n
		}
		return found < 0
	})
	return found
}

// Tapped runs what is under the pointer.
func (l *paletteList) Tapped(ev *fyne.PointEvent) {
	if n := l.at(ev.Position.Y); n >= 0 {
		l.cursor = n
		if item, ok := l.current(); ok {
			l.pick(item.ID)
		}
	}
}

// MouseIn answers the toolkit.
func (l *paletteList) MouseIn(ev *desktop.MouseEvent) { l.MouseMoved(ev) }

// MouseMoved moves the mark to what is under the pointer.
func (l *paletteList) MouseMoved(ev *desktop.MouseEvent) {
	if n := l.at(ev.Position.Y); n >= 0 && n != l.cursor {
		l.cursor = n
		l.repaint()
	}
}

// MouseOut answers the toolkit.
func (l *paletteList) MouseOut() {}

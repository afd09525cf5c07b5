package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// The rail's widths: with words, and icons only below a window width of 1280.
const (
	RailWide   = 176
	RailNarrow = 56
)

// RailItem is one screen in the navigation.
type RailItem struct {
	ID, Icon, Label string
	Count           string // of what waits there, empty for none
	Bottom          bool   // stands at the rail's end, as the settings do
}

// RailUser is who is at work, at the foot of the rail.
type RailUser struct{ Initials, Name, Business string }

// Rail is the navigation at the left. Up and Down move, Enter opens.
type Rail struct {
	drawn
	OnOpen func(id string)

	items    []RailItem
	user     RailUser
	selected string
	narrow   bool
	focused  bool
	cursor   int
	hover    int
}

// NewRail makes the navigation.
func NewRail(items []RailItem) *Rail {
	r := &Rail{items: items, hover: -1}
	r.setUp(r)
	return r
}

// SetItems replaces the items, mostly because of a new count.
func (r *Rail) SetItems(items []RailItem) { r.items = items; r.repaint() }

// SetUser sets who is shown at the foot.
func (r *Rail) SetUser(user RailUser) { r.user = user; r.repaint() }

// Select marks the screen that is shown.
func (r *Rail) Select(id string) {
	r.selected = id
	for i, item := range r.items {
		if item.ID == id {
			r.cursor = i
		}
	}
	r.repaint()
}

// SetNarrow shows icons only.
func (r *Rail) SetNarrow(on bool) { r.narrow = on; r.repaint() }

const (
	railTop  = 64
	railStep = 38
	railItem = 36
)

func (r *Rail) minimum() fyne.Size {
	w := float32(RailWide)
	if r.narrow {
		w = RailNarrow
	}
	return fyne.NewSize(w, railTop+railStep*float32(len(r.items)))
}

// itemTop is where item i starts in a rail of that height.
func (r *Rail) itemTop(i int, height float32) float32 {
	bottom, above := 0, 0
	for j, item := range r.items {
		if item.Bottom {
			bottom++
		} else if j < i {
			above++
		}
	}
	if !r.items[i].Bottom {
		return railTop + railStep*float32(above)
	}
	after := 0
	for _, item := range r.items[i+1:] {
		if item.Bottom {
			after++
		}
	}
	return height - 62 - railStep*float32(after+1)
}

func (r *Rail) at(pos fyne.Position) int {
	for i := range r.items {
		top := r.itemTop(i, r.Size().Height)
		if pos.Y >= top && pos.Y < top+railStep {
			return i
		}
	}
	return -1
}

func (r *Rail) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, RailBg, 0)
	p.mark(15, 15, 26)
	if !r.narrow {
		p.text("Countinghouse", 52, 28, Heading.In(RailStrong))
	}
	for i := range r.items {
		r.paintItem(p, i, size)
	}
	cy := size.Height - 28
	p.circle(28, cy, 14, RailSel, Clear, 0)
	p.center(r.user.Initials, 14, 28, cy, Ink{11.5, SemiBold, RailStrong})
	if !r.narrow {
		w := size.Width - 52 - 8
		p.cut(r.user.Name, 52, w, cy-8, fyne.TextAlignLeading, Second.In(RailText))
		p.cut(r.user.Business, 52, w, cy+8, fyne.TextAlignLeading, Second.In(RailMuted))
	}
}

func (r *Rail) paintItem(p *pen, i int, size fyne.Size) {
	item, y := r.items[i], r.itemTop(i, size.Height)
	cy := y + railItem/2
	ink, count := Figure.In(RailText), Second.In(RailMuted)
	active := item.ID == r.selected
	if active || r.hover == i {
		p.fill(10, y, size.Width-20, railItem, RailSel, 6)
	}
	if active {
		ink, count = ink.In(RailStrong), count.In(RailStrong)
	}
	if r.focused && r.cursor == i {
		p.frame(11, y+1, size.Width-22, railItem-2, Clear, Mark, 2, 6)
	}
	iconX := float32(20)
	if r.narrow {
		iconX = (size.Width - 17) / 2
	}
	p.icon(item.Icon, iconX, cy, 17, ink.Color)
	if r.narrow {
		return
	}
	right := size.Width - 20
	if item.Count != "" {
		right = p.right(item.Count, right, cy, count) - 6
	}
	p.cut(item.Label, 47, right-47, cy, fyne.TextAlignLeading, ink)
}

// Hint names the item under the pointer or with the focus; a narrow rail has no room for it.
func (r *Rail) Hint() string {
	switch {
	case r.hover >= 0 && r.hover < len(r.items):
		return r.items[r.hover].Label
	case r.focused && r.cursor < len(r.items):
		return r.items[r.cursor].Label
	}
	return ""
}

// mark paints the program's sign.
func (p *pen) mark(x, y, size float32) {
	p.fill(x, y, size, size, Mark, size*0.23)
	p.icon("mark", x, y+size/2, size, RailStrong)
}

// Tapped opens the item.
func (r *Rail) Tapped(ev *fyne.PointEvent) {
	if i := r.at(ev.Position); i >= 0 {
		r.cursor = i
		r.open()
	}
}

func (r *Rail) open() {
	if r.OnOpen != nil && r.cursor < len(r.items) {
		r.OnOpen(r.items[r.cursor].ID)
	}
}

// MouseIn answers the toolkit.
func (r *Rail) MouseIn(ev *desktop.MouseEvent) { r.MouseMoved(ev) }

// MouseMoved marks the item under the pointer.
func (r *Rail) MouseMoved(ev *desktop.MouseEvent) {
	if i := r.at(ev.Position); i != r.hover {
		r.hover = i
		r.repaint()
	}
}

// MouseOut answers the toolkit.
func (r *Rail) MouseOut() { r.hover = -1; r.repaint() }

// FocusGained answers the toolkit.
func (r *Rail) FocusGained() { r.focused = true; r.repaint() }

// FocusLost answers the toolkit.
func (r *Rail) FocusLost() { r.focused = false; r.repaint() }

// TypedKey moves and opens; other keys go on.
func (r *Rail) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyDown:
		r.cursor = min(len(r.items)-1, r.cursor+1)
	case fyne.KeyUp:
		r.cursor = max(0, r.cursor-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.open()
	default:
		PassKey(r, ev)
		return
	}
	r.repaint()
}

// TypedRune passes letters on.
func (r *Rail) TypedRune(c rune) {
	if c != ' ' {
		PassRune(r, c)
	}
}

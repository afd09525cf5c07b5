package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// rowed is the base of charts whose rows have hover, cursor and keyboard.
type rowed struct {
	drawn
	count         func() int
	rowAt         func(y float32) int // −1 beside all rows
	open          func(i int)
	cursor, hover int
	focused       bool
	// OnCursor tells where the row is to which a key has moved, so that it can be scrolled to.
	OnCursor func(top, bottom float32)
}

func (r *rowed) reset() { r.cursor, r.hover = -1, -1 }

// Tapped opens the row under the pointer.
func (r *rowed) Tapped(ev *fyne.PointEvent) {
	focus(r.self)
	if i := r.rowAt(ev.Position.Y); i >= 0 {
		r.cursor = i
		r.repaint()
		r.open(i)
	}
}

// MouseIn answers the toolkit.
func (r *rowed) MouseIn(ev *desktop.MouseEvent) { r.MouseMoved(ev) }

// MouseMoved marks the row under the pointer.
func (r *rowed) MouseMoved(ev *desktop.MouseEvent) {
	if i := r.rowAt(ev.Position.Y); i != r.hover {
		r.hover = i
		r.repaint()
	}
}

// MouseOut answers the toolkit.
func (r *rowed) MouseOut() { r.hover = -1; r.repaint() }

// FocusGained answers the toolkit.
func (r *rowed) FocusGained() {
	r.focused = true
	r.cursor = max(0, r.cursor)
	r.repaint()
}

// FocusLost answers the toolkit.
func (r *rowed) FocusLost() { r.focused = false; r.repaint() }

// TypedKey moves and opens; other keys go on.
func (r *rowed) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyDown:
		r.move(r.cursor + 1)
	case fyne.KeyUp:
		r.move(r.cursor - 1)
	case fyne.KeyHome:
		r.move(0)
	case fyne.KeyEnd:
		r.move(r.count() - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if r.cursor >= 0 && r.cursor < r.count() {
			r.open(r.cursor)
		}
	case fyne.KeyJ, fyne.KeyK: // used as letters
	default:
		PassKey(r.self, ev)
	}
}

// TypedRune takes J and K; other letters go on.
func (r *rowed) TypedRune(c rune) {
	switch c {
	case 'j', 'J':
		r.move(r.cursor + 1)
	case 'k', 'K':
		r.move(r.cursor - 1)
	default:
		PassRune(r.self, c)
	}
}

func (r *rowed) move(i int) {
	r.cursor = max(0, min(i, r.count()-1))
	r.repaint()
	if r.OnCursor == nil {
		return
	}
	height := r.self.Size().Height
	top, bottom := height, float32(0)
	for y := float32(0); y < height; y++ {
		if r.rowAt(y) == r.cursor {
			top, bottom = min(top, y), max(bottom, y+1)
		}
	}
	if top < bottom {
		r.OnCursor(top, bottom)
	}
}

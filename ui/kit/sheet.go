package kit

import "fyne.io/fyne/v2"

// Sheet is what lies over the window: a dialog, the palette, a menu. While it is open the
// window's key hooks are its own: Esc closes it and nothing else gets through.
type Sheet struct {
	drawn
	OnClose func()

	canvas  fyne.Canvas
	content fyne.CanvasObject
	at      fyne.Position
	area    fyne.Size
	modal   bool // dims the window, stays until it is closed
	center  bool // across
	open    bool

	focused   fyne.Focusable
	typedKey  func(*fyne.KeyEvent)
	typedRune func(rune)
}

// ShowSheet lays the content over the dimmed window, in the middle across, top below the
// window's upper edge. Focus it afterwards.
func ShowSheet(c fyne.Canvas, content fyne.CanvasObject, size fyne.Size, top float32) *Sheet {
	s := &Sheet{
		content: content, area: size, at: fyne.NewPos(0, top), modal: true, center: true,
	}
	s.show(c)
	return s
}

// ShowMenu lays the content at a place of the window; a press outside closes it.
func ShowMenu(c fyne.Canvas, content fyne.CanvasObject, at fyne.Position, size fyne.Size) *Sheet {
	s := &Sheet{content: content, area: size, at: at}
	s.show(c)
	return s
}

func (s *Sheet) show(c fyne.Canvas) {
	s.setUp(s)
	s.canvas, s.open = c, true
	s.focused = c.Focused()
	s.typedKey, s.typedRune = c.OnTypedKey(), c.OnTypedRune()
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if ev.Name == fyne.KeyEscape {
			s.Close()
		}
	})
	c.SetOnTypedRune(nil)
	c.Overlays().Add(s)
	s.Resize(c.Size())
}

// Close takes the sheet away and gives keys and focus back.
func (s *Sheet) Close() {
	if !s.open {
		return
	}
	s.open = false
	s.canvas.Overlays().Remove(s)
	s.canvas.SetOnTypedKey(s.typedKey)
	s.canvas.SetOnTypedRune(s.typedRune)
	if s.focused != nil {
		s.canvas.Focus(s.focused)
	}
	if s.OnClose != nil {
		s.OnClose()
	}
}

// SetArea changes the size of the content, as when the palette finds fewer lines.
func (s *Sheet) SetArea(size fyne.Size) {
	s.area = size
	s.repaint()
}

// Covered says whether a sheet, a menu or a dialog lies over the window; the router then keeps
// still.
func Covered(c fyne.Canvas) bool { return c.Overlays().Top() != nil }

// Tapped outside the content closes a menu.
func (s *Sheet) Tapped(ev *fyne.PointEvent) {
	if !s.modal && !s.inside(ev.Position) {
		s.Close()
	}
}

func (s *Sheet) inside(pos fyne.Position) bool {
	at, size := s.place(s.Size())
	return pos.X >= at.X && pos.Y >= at.Y && pos.X < at.X+size.Width && pos.Y < at.Y+size.Height
}

// place keeps the content inside the window.
func (s *Sheet) place(window fyne.Size) (fyne.Position, fyne.Size) {
	size := fyne.NewSize(min(s.area.Width, window.Width-16), min(s.area.Height, window.Height-16))
	at := s.at
	if s.center {
		at.X = (window.Width - size.Width) / 2
	}
	at.X = max(8, min(at.X, window.Width-size.Width-8))
	at.Y = max(8, min(at.Y, window.Height-size.Height-8))
	return fyne.NewPos(round(at.X), round(at.Y)), size
}

func (s *Sheet) minimum() fyne.Size { return fyne.NewSize(1, 1) }

func (s *Sheet) paint(p *pen, size fyne.Size) {
	line := ButtonLine
	if s.modal {
		p.fill(0, 0, size.Width, size.Height, Scrim, 0)
		line = CardLine
	}
	at, area := s.place(size)
	p.card(at.X, at.Y, area.Width, area.Height, Surface, line, 8)
	p.place(s.content, at.X+1, at.Y+1, area.Width-2, area.Height-2)
}

// ConfirmSpec is a question before something that cannot be taken back.
type ConfirmSpec struct {
	Title, Text string // the text may hold **bold** parts
	Confirm     string // a verb with its object
	Cancel      string
	Danger      bool // then the confirming button is not the filled one
	OnConfirm   func()
}

// ShowConfirm asks. Esc and the cancelling button change nothing; the focus starts there.
func ShowConfirm(c fyne.Canvas, spec ConfirmSpec) *Sheet {
	q := &question{spec: spec}
	q.setUp(q)
	kind := Primary
	if spec.Danger {
		kind = Outline
	}
	var sheet *Sheet
	q.yes = NewButton(ButtonSpec{Label: spec.Confirm, Kind: kind, OnTap: func() {
		sheet.Close()
		if spec.OnConfirm != nil {
			spec.OnConfirm()
		}
	}})
	q.no = NewButton(ButtonSpec{Label: spec.Cancel, OnTap: func() { sheet.Close() }})
	sheet = ShowSheet(c, q, q.minimum(), 160)
	c.Focus(q.no)
	return sheet
}

const questionWidth = 440

type question struct {
	drawn
	spec    ConfirmSpec
	yes, no *Button
}

func (q *question) minimum() fyne.Size {
	lines := len(wrapSpans(q.spec.Text, questionWidth-48, Body.At(14)))
	return fyne.NewSize(questionWidth, 24+26+float32(lines)*21+24+32+20)
}

func (q *question) paint(p *pen, size fyne.Size) {
	p.cut(q.spec.Title, 23, size.Width-48, 35, fyne.TextAlignLeading, Heading.At(16))
	p.spans(q.spec.Text, 23, 54, size.Width-48, 21, Body.At(14))
	y := size.Height - 20 - 32
	left, right := q.yes, q.no
	if q.spec.Danger {
		left, right = q.no, q.yes
	}
	w := left.MinSize().Width
	p.place(left, 23, y, w, 32)
	if q.spec.Danger {
		p.rightOf(right, size.Width-23, y+16)
	} else {
		p.place(right, 23+w+10, y, right.MinSize().Width, 32)
	}
}

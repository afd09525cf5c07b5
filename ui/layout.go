package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"countinghouse/ui/kit"
)

// free lays its objects out by a function of the size; least is the smallest size.
type free struct {
	least func() fyne.Size
	lay   func(size fyne.Size)
}

// MinSize answers the toolkit.
func (f *free) MinSize([]fyne.CanvasObject) fyne.Size { return f.least() }

// Layout answers the toolkit.
func (f *free) Layout(_ []fyne.CanvasObject, size fyne.Size) { f.lay(size) }

// arranged is a container whose objects a function places.
func arranged(least func() fyne.Size, lay func(size fyne.Size),
	objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&free{least, lay}, objects...)
}

func fixed(w, h float32) func() fyne.Size {
	return func() fyne.Size { return fyne.NewSize(w, h) }
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// row places objects from the left at their own widths, in the middle of a height, and returns
// where the last one ends.
func row(x, y, h, gap float32, objects ...fyne.CanvasObject) float32 {
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		size := o.MinSize()
		place(o, x, y+(h-size.Height)/2, size.Width, size.Height)
		x += size.Width + gap
	}
	return x - gap
}

// stack lays objects one below the other, each as wide as the stack and as high as it needs.
type stack struct{ gap, pad float32 }

// stacked is a container of objects one below the other.
func stacked(gap, pad float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap, pad}, objects...)
}

// MinSize is the height at the width that the stack was given last.
func (s *stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(100, 2*s.pad) // a narrow stack cuts, it never widens its room
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		size.Height += least.Height
		shown++
	}
	size.Height += s.gap * float32(max(0, shown-1))
	return size
}

// Layout places the objects; a wrapping text gets its width first and is asked for its height then.
func (s *stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y, w := s.pad, size.Width-2*s.pad
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
		h := o.MinSize().Height
		place(o, s.pad, y, w, h)
		y += h + s.gap
	}
}

// scrolling shows content that may be higher than its room, as wide as the room.
type scrolling struct {
	scroll  *container.Scroll
	outside *fyne.Container
}

func newScrolling(content fyne.CanvasObject) *scrolling {
	s := &scrolling{scroll: container.NewVScroll(content)}
	s.outside = arranged(fixed(120, 80), s.lay, s.scroll)
	return s
}

func (s *scrolling) lay(size fyne.Size) {
	content := s.scroll.Content
	for range 2 { // texts wrap by the width, and their height follows
		content.Resize(fyne.NewSize(size.Width, max(size.Height, content.MinSize().Height)))
	}
	place(s.scroll, 0, 0, size.Width, size.Height)
	s.scroll.Refresh()
}

// set replaces the content and shows its beginning.
func (s *scrolling) set(content fyne.CanvasObject) {
	s.scroll.Content = content
	s.scroll.Offset = fyne.Position{}
	if size := s.outside.Size(); size.Width > 0 {
		s.lay(size)
	}
}

// reveal scrolls so that a part of the content can be seen.
func (s *scrolling) reveal(top, bottom float32) {
	height := s.scroll.Size().Height
	switch offset := s.scroll.Offset.Y; {
	case top < offset:
		s.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > offset+height:
		s.scroll.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

// follow scrolls to an object when it has the keyboard.
func (s *scrolling) follow(o fyne.CanvasObject) func() {
	return func() { s.revealIn(o, -40, o.Size().Height+40) }
}

// revealIn scrolls so that a part of an object within the content can be seen.
func (s *scrolling) revealIn(o fyne.CanvasObject, top, bottom float32) {
	d := fyne.CurrentApp().Driver()
	y := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s.scroll.Content).Y
	s.reveal(max(0, y+top), min(y+bottom, s.scroll.Content.Size().Height))
}

// sized gives an object a fixed size within a head or a row.
func sized(w, h float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(w, h), o)
}

// between puts one object at the left and others at the right of one line.
func between(height float32, left fyne.CanvasObject, right ...fyne.CanvasObject) *fyne.Container {
	least := func() fyne.Size {
		w := left.MinSize().Width
		for _, o := range right {
			w += 12 + o.MinSize().Width
		}
		return fyne.NewSize(w, height)
	}
	objects := append([]fyne.CanvasObject{left}, right...)
	return arranged(least, func(size fyne.Size) {
		x := size.Width
		for i := len(right) - 1; i >= 0; i-- {
			m := right[i].MinSize()
			x -= m.Width
			place(right[i], x, (size.Height-m.Height)/2, m.Width, m.Height)
			x -= 12
		}
		m := left.MinSize()
		place(left, 0, (size.Height-m.Height)/2, max(0, x), m.Height)
	}, objects...)
}

// chips are chips in one line.
func chips(list ...fyne.CanvasObject) *fyne.Container {
	least := func() fyne.Size {
		w := float32(0)
		for _, o := range list {
			w += o.MinSize().Width + 10
		}
		return fyne.NewSize(max(0, w-10), 24)
	}
	return arranged(least, func(size fyne.Size) { row(0, 0, size.Height, 10, list...) }, list...)
}

// flow lays objects out in lines, as many as the width makes.
type flow struct{ width float32 }

// flowing is a container of objects in lines.
func flowing(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{width: 700}, objects...)
}

const flowLine, flowGap = 24, 10

// MinSize is the height at the width that the container was given last.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	nowhere := func(fyne.CanvasObject, float32, float32, float32) {}
	return fyne.NewSize(100, f.each(objects, f.width, nowhere))
}

// Layout answers the toolkit.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.each(objects, size.Width, func(o fyne.CanvasObject, x, y, w float32) {
		h := o.MinSize().Height
		place(o, x, y+(flowLine-h)/2, w, h)
	})
}

// each tells where each object stands and returns the height of all lines.
func (f *flow) each(objects []fyne.CanvasObject, width float32,
	at func(o fyne.CanvasObject, x, y, w float32)) float32 {
	x, y := float32(0), float32(0)
	for _, o := range objects {
		w := min(o.MinSize().Width, width)
		if x > 0 && x+w > width {
			x, y = 0, y+flowLine+6
		}
		at(o, x, y, w)
		x += w + flowGap
	}
	return y + flowLine
}

// fitted makes a column of amounts wide enough for its widest text: amounts are never cut.
func fitted(g *kit.Grid, column int, texts func(yield func(string) bool)) {
	list := g.Columns()
	width := list[column].Min
	for t := range texts {
		width = max(width, kit.TextWidth(t, kit.Strong)+4)
	}
	if list[column].Width < width {
		list[column].Width = width
		g.SetColumns(list)
	}
}

// ground is a plain colour behind content.
func ground(t kit.Token, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(kit.NewGround(t), content)
}

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// EmptyState is one sentence that says what empty means, and at most one button.
type EmptyState struct {
	drawn
	sentence string
	button   *Button
}

// NewEmptyState makes the sentence; button may be nil.
func NewEmptyState(sentence string, button *Button) *EmptyState {
	e := &EmptyState{sentence: sentence, button: button}
	e.setUp(e)
	return e
}

// Set replaces the sentence.
func (e *EmptyState) Set(sentence string) { e.sentence = sentence; e.repaint() }

func (e *EmptyState) minimum() fyne.Size { return fyne.NewSize(160, 96) }

func (e *EmptyState) paint(p *pen, size fyne.Size) {
	room := min(size.Width-40, 460)
	lines := WrapText(e.sentence, room, Body)
	height := float32(len(lines)) * 20
	if e.button != nil {
		height += 12 + 32
	}
	y := max(12, round((size.Height-height)*0.38))
	for _, line := range lines {
		p.center(line, 0, size.Width, y+10, Body.In(Muted))
		y += 20
	}
	if e.button != nil {
		want := e.button.MinSize()
		p.place(e.button, round((size.Width-want.Width)/2), y+12, want.Width, want.Height)
	}
}

// ErrorStrip stands above what it is about: what failed, since when, and the way out.
type ErrorStrip struct {
	drawn
	sentence string
	status   Status
	button   *Button
}

// NewErrorStrip makes a strip; button may be nil.
func NewErrorStrip(status Status, sentence string, button *Button) *ErrorStrip {
	e := &ErrorStrip{sentence: sentence, status: status, button: button}
	e.setUp(e)
	return e
}

// Set replaces what the strip says.
func (e *ErrorStrip) Set(status Status, sentence string) {
	e.status, e.sentence = status, sentence
	e.repaint()
}

func (e *ErrorStrip) minimum() fyne.Size { return fyne.NewSize(200, 40) }

func (e *ErrorStrip) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, e.status.Tint(), 6)
	cy, right := size.Height/2, size.Width-12
	if e.button != nil {
		right = p.rightOf(e.button, size.Width-6, cy) - 12
	}
	x := p.icon(e.status.Icon(), 12, cy, 16, e.status.Ink()) + 8
	p.cut(e.sentence, x, right-x, cy, fyne.TextAlignLeading, Body)
}

// ProgressLine counts real things: words, and a bar where the total is known.
type ProgressLine struct {
	drawn
	text, note string
	fraction   float32
	status     Status
}

// NewProgressLine makes an empty line.
func NewProgressLine() *ProgressLine {
	l := &ProgressLine{fraction: -1}
	l.setUp(l)
	return l
}

// Set shows the text with the figure at the right. Fraction is 0 to 1; below 0 the total is not
// known and there is no bar. The bar never runs backwards while the text stays the same kind:
// callers pass what is done, not an estimate.
func (l *ProgressLine) Set(text, figure string, fraction float32) {
	l.text, l.note, l.fraction = text, figure, fraction
	l.repaint()
}

// SetStatus colours the bar; none is the accent.
func (l *ProgressLine) SetStatus(s Status) { l.status = s; l.repaint() }

func (l *ProgressLine) minimum() fyne.Size { return fyne.NewSize(120, 32) }

func (l *ProgressLine) paint(p *pen, size fyne.Size) {
	right := size.Width
	if l.note != "" {
		right = p.right(l.note, size.Width, 9, Figure) - 10
	}
	p.cut(l.text, 0, right, 9, fyne.TextAlignLeading, Body)
	if l.fraction < 0 {
		return
	}
	token := Accent
	if l.status != StatusNone {
		token = l.status.Ink()
	}
	p.meter(0, 24, size.Width, l.fraction, token)
}

// BusyLine is the thin bar under a head while something is refreshed.
type BusyLine struct {
	drawn
	fraction float32
}

// NewBusyLine makes a bar that shows nothing.
func NewBusyLine() *BusyLine {
	b := &BusyLine{fraction: -1}
	b.setUp(b)
	return b
}

// Set shows how much is done, 0 to 1; below 0 the bar is not there.
func (b *BusyLine) Set(fraction float32) { b.fraction = fraction; b.repaint() }

func (b *BusyLine) minimum() fyne.Size { return fyne.NewSize(20, 2) }

func (b *BusyLine) paint(p *pen, size fyne.Size) {
	if b.fraction >= 0 {
		p.fill(0, 0, size.Width, size.Height, RowLine, 0)
		p.fill(0, 0, max(2, size.Width*min(1, b.fraction)), size.Height, Accent, 0)
	}
}

// Step is one part of a stepper.
type Step struct {
	Label string
	Done  bool
}

// Stepper shows where in a row of steps one stands.
type Stepper struct {
	drawn
	steps   []Step
	current int
}

// NewStepper makes the steps, the first one current.
func NewStepper(steps ...Step) *Stepper {
	s := &Stepper{steps: steps}
	s.setUp(s)
	return s
}

// Set replaces the steps and which one is current.
func (s *Stepper) Set(current int, steps ...Step) {
	s.steps, s.current = steps, current
	s.repaint()
}

const stepCircle = 22

func (s *Stepper) minimum() fyne.Size {
	w := float32(0)
	for _, step := range s.steps {
		w += stepCircle + 8 + TextWidth(step.Label, Figure) + 60
	}
	return fyne.NewSize(w-60, 26)
}

func (s *Stepper) paint(p *pen, size fyne.Size) {
	x, cy := float32(0), size.Height/2
	for i, step := range s.steps {
		if i > 0 {
			p.hline(x+12, round(cy), 36, ButtonLine)
			x += 60
		}
		mid, ink := x+stepCircle/2, Figure
		number := string(rune('1' + i))
		switch {
		case i == s.current:
			p.circle(mid, cy, stepCircle/2, Accent, Clear, 0)
			p.center(number, x, stepCircle, cy, Strong.At(12).In(AccentText))
		case step.Done:
			p.circle(mid, cy, stepCircle/2, StatusOK.Tint(), Clear, 0)
			p.icon("tick", mid-7, cy, 14, StatusOK.Ink())
		default:
			p.circle(mid, cy, stepCircle/2-0.5, Surface, ButtonLine, 1)
			p.center(number, x, stepCircle, cy, Caption)
			ink = ink.In(Muted)
		}
		x = p.text(step.Label, x+stepCircle+8, cy, ink)
	}
}

// Segments is a row of short bars, one for each step, coloured by state.
type Segments struct {
	drawn
	states []Status
}

// NewSegments makes the bars; a step that is still to come has no status.
func NewSegments(states ...Status) *Segments {
	s := &Segments{states: states}
	s.setUp(s)
	return s
}

// Set replaces the states.
func (s *Segments) Set(states ...Status) { s.states = states; s.repaint() }

func (s *Segments) minimum() fyne.Size { return fyne.NewSize(60, 6) }

func (s *Segments) paint(p *pen, size fyne.Size) {
	n := float32(len(s.states))
	w := (size.Width - 4*(n-1)) / n
	for i, state := range s.states {
		token := CardLine
		if state != StatusNone {
			token = state.Ink()
		}
		p.fill(round(float32(i)*(w+4)), 0, round(w), size.Height, token, 3)
	}
}

// NewSplit divides the room between two parts and reports where the reader puts the border, so
// that it can be remembered. Offset is 0 to 1 and clamped by the parts' smallest sizes.
func NewSplit(
	horizontal bool, first, second fyne.CanvasObject, offset float64, moved func(float64),
) *container.Split {
	split := container.NewVSplit(first, second)
	if horizontal {
		split = container.NewHSplit(first, second)
	}
	watch := &splitWatch{split: split, moved: moved, last: offset}
	split.Leading = container.New(watch, first)
	split.SetOffset(offset)
	return split
}

// splitWatch lays out the first part and notices that the border was moved: the toolkit has no
// event for it.
type splitWatch struct {
	split *container.Split
	moved func(float64)
	last  float64
}

// MinSize is the part's own.
func (w *splitWatch) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize()
}

// Layout fills the part and reports a moved border.
func (w *splitWatch) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(size)
	if w.split.Offset != w.last {
		w.last = w.split.Offset
		if w.moved != nil {
			w.moved(w.last)
		}
	}
}

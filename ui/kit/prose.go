package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// span is a piece of a line in one weight.
type span struct {
	text string
	bold bool
}

// parseSpans splits text at its ** marks.
func parseSpans(s string) []span {
	var spans []span
	for i, part := range strings.Split(s, "**") {
		if part != "" {
			spans = append(spans, span{part, i%2 == 1})
		}
	}
	return spans
}

func (s span) ink(base Ink) Ink {
	if s.bold {
		return base.Of(SemiBold)
	}
	return base
}

// wrapSpans breaks marked text into lines no wider than width.
func wrapSpans(s string, width float32, base Ink) [][]span {
	var lines [][]span
	var line []span
	x := float32(0)
	for _, sp := range parseSpans(s) {
		for i, word := range strings.SplitAfter(sp.text, " ") {
			w := TextWidth(strings.TrimRight(word, " "), sp.ink(base))
			if x > 0 && x+w > width && i+len(line) > 0 {
				lines, line, x = append(lines, line), nil, 0
			}
			line = append(line, span{word, sp.bold})
			x += TextWidth(word, sp.ink(base))
		}
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// spans writes marked text from the top y and returns the y behind it.
func (p *pen) spans(s string, x, y, width, step float32, base Ink) float32 {
	for _, line := range wrapSpans(s, width, base) {
		p.spanLine(line, x, y+step/2, base)
		y += step
	}
	return y
}

// spanLine writes one line, joining words of one weight so that kerning is kept.
func (p *pen) spanLine(line []span, x, cy float32, base Ink) float32 {
	for i := 0; i < len(line); {
		run := line[i]
		for i++; i < len(line) && line[i].bold == run.bold; i++ {
			run.text += line[i].text
		}
		x = p.text(run.text, x, cy, run.ink(base))
	}
	return x
}

// Prose is a sentence that wraps; parts between ** stand out.
type Prose struct {
	drawn
	text string
	ink  Ink
	step float32
	wide float32 // the width that the height was last made for
}

// NewProse makes a sentence. Width is a first guess; the text follows the width it is given.
func NewProse(text string, ink Ink, width float32) *Prose {
	t := &Prose{text: text, ink: ink, step: round(ink.Size * 1.5), wide: width}
	t.setUp(t)
	return t
}

// SetText replaces the sentence.
func (t *Prose) SetText(text string) { t.text = text; t.repaint() }

// Resize wraps anew.
func (t *Prose) Resize(size fyne.Size) {
	t.wide = size.Width
	t.drawn.Resize(size)
}

func (t *Prose) minimum() fyne.Size {
	lines := len(wrapSpans(t.text, t.wide, t.ink))
	return fyne.NewSize(80, t.step*float32(max(1, lines)))
}

func (t *Prose) paint(p *pen, size fyne.Size) {
	p.spans(t.text, 0, 0, size.Width, t.step, t.ink)
}

// Label is one line of text, cut where the room ends.
type Label struct {
	drawn
	text  string
	ink   Ink
	align Align
}

// NewLabel makes a line at the left.
func NewLabel(text string, ink Ink) *Label {
	l := &Label{text: text, ink: ink}
	l.setUp(l)
	return l
}

// NewMoney makes an amount at the right: medium weight, muted where it is zero or a dash.
func NewMoney(amount string) *Label {
	l := &Label{text: amount, ink: amountInk(Cell{Text: amount}), align: AlignRight}
	l.setUp(l)
	return l
}

// SetText replaces the text.
func (l *Label) SetText(text string) {
	l.text = text
	if l.align == AlignRight {
		l.ink = amountInk(Cell{Text: text})
	}
	l.repaint()
}

func (l *Label) minimum() fyne.Size {
	return fyne.NewSize(TextWidth(l.text, l.ink)+1, round(l.ink.Size*1.4))
}

func (l *Label) paint(p *pen, size fyne.Size) {
	p.cut(l.text, 0, size.Width, size.Height/2, l.align.toolkit(), l.ink)
}

// AmountHeading is the amount of the selected item with its currency behind it.
type AmountHeading struct {
	drawn
	before, amount, unit string
}

// NewAmountHeading makes a heading: "Refund" 59.00 EUR, where before may be empty.
func NewAmountHeading(before, amount, unit string) *AmountHeading {
	a := &AmountHeading{before: before, amount: amount, unit: unit}
	a.setUp(a)
	return a
}

// Set replaces the heading.
func (a *AmountHeading) Set(before, amount, unit string) {
	a.before, a.amount, a.unit = before, amount, unit
	a.repaint()
}

func (a *AmountHeading) words() string { return strings.TrimSpace(a.before + " " + a.amount) }

func (a *AmountHeading) minimum() fyne.Size {
	w := TextWidth(a.words(), Ink{24, SemiBold, Text}) + 8 + TextWidth(a.unit, Body.At(14))
	return fyne.NewSize(w, 32)
}

func (a *AmountHeading) paint(p *pen, size fyne.Size) {
	x := p.text(a.words(), 0, size.Height/2, Ink{24, SemiBold, Text})
	p.text(a.unit, x+6, size.Height/2+3, Body.At(14).Of(Medium).In(Text2))
}

// Fact is a line of a list of facts: what it is, and what it comes to.
type Fact struct {
	Label, Value string
	Status       Status // icon before the value, or before the label of a right-aligned list
	Strong       bool
	Ruled        bool // a line above
	Note         string
	Ink          Status // the value's colour, without an icon
}

// Facts is a list of names and values.
type Facts struct {
	drawn
	rows    []Fact
	column  float32 // where values start; 0 puts them at the right
	step    float32
	OnTapAt func(i int)
}

// NewFacts makes a list; column is where the values start, 0 right-aligns them. Step is the
// height of a line.
func NewFacts(column, step float32, rows ...Fact) *Facts {
	f := &Facts{rows: rows, column: column, step: step}
	f.setUp(f)
	return f
}

// Set replaces the lines.
func (f *Facts) Set(rows ...Fact) { f.rows = rows; f.repaint() }

func (f *Facts) minimum() fyne.Size {
	return fyne.NewSize(140, f.step*float32(len(f.rows)))
}

// Tapped reports the line.
func (f *Facts) Tapped(ev *fyne.PointEvent) {
	i := int(ev.Position.Y / f.step)
	if f.OnTapAt != nil && i >= 0 && i < len(f.rows) {
		f.OnTapAt(i)
	}
}

func (f *Facts) paint(p *pen, size fyne.Size) {
	for i, row := range f.rows {
		y := f.step * float32(i)
		cy := y + f.step/2
		if row.Ruled {
			p.hline(0, y, size.Width, CardLine)
		}
		if f.column > 0 {
			f.leftRow(p, row, cy, size.Width)
		} else {
			f.rightRow(p, row, cy, size.Width)
		}
	}
}

func (f *Facts) leftRow(p *pen, row Fact, cy, width float32) {
	p.cut(row.Label, 0, f.column-8, cy, fyne.TextAlignLeading, Body.In(Muted))
	x, right, ink := f.column, width, Body
	if row.Strong {
		ink = Figure
	}
	if row.Status != StatusNone {
		ink = ink.In(row.Status.Ink())
		x = p.icon(row.Status.Icon(), x, cy, 14, row.Status.Ink()) + 6
	}
	if row.Note != "" {
		right = p.right(row.Note, width, cy, Second) - 10
	}
	p.cut(row.Value, x, right-x, cy, fyne.TextAlignLeading, ink)
}

// marked says whether a line has an icon, for which all make room.
func (f *Facts) marked() bool {
	for _, row := range f.rows {
		if row.Status != StatusNone {
			return true
		}
	}
	return false
}

func (f *Facts) rightRow(p *pen, row Fact, cy, width float32) {
	label, value := Body, Body
	if IsNothing(row.Value) {
		value = value.In(Muted)
	}
	if row.Strong {
		label, value = Strong, Strong
	}
	if row.Ink != StatusNone {
		value = value.In(row.Ink.Ink())
	}
	x := float32(0)
	if f.marked() {
		x = 22
	}
	if row.Status != StatusNone {
		p.icon(row.Status.Icon(), 0, cy, 15, row.Status.Ink())
		if row.Strong {
			value = value.In(row.Status.Ink())
		}
	}
	left := p.right(row.Value, width, cy, value)
	x = p.cut(row.Label, x, left-10-x, cy, fyne.TextAlignLeading, label)
	if row.Note != "" {
		p.cut(row.Note, x+8, left-10-x-8, cy, fyne.TextAlignLeading, Second)
	}
}

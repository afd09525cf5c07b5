package kit

import "fyne.io/fyne/v2"

// MeterSpec is how much of something is used.
type MeterSpec struct {
	Title, Count, Note string
	Fraction           float32 // 0 to 1
	Status             Status  // of the bar and the note; StatusNone is the usual colour
}

// Meter is a titled bar with its count at the right and a note below.
type Meter struct {
	drawn
	spec MeterSpec
}

// NewMeter makes a meter.
func NewMeter(spec MeterSpec) *Meter {
	m := &Meter{spec: spec}
	m.setUp(m)
	return m
}

const meterHeight = 44

func (m *Meter) minimum() fyne.Size { return fyne.NewSize(160, meterHeight) }

func (m *Meter) paint(p *pen, size fyne.Size) {
	w := TextWidth(m.spec.Count, Strong)
	p.cut(m.spec.Title, 0, size.Width-w-12, 8, fyne.TextAlignLeading, Body)
	p.cut(m.spec.Count, size.Width-w, w, 8, fyne.TextAlignTrailing, Strong)
	p.fill(0, 20, size.Width, 5, Sunken, 2)
	ink, words := Accent, Second
	if m.spec.Status != StatusNone {
		ink, words = m.spec.Status.Ink(), Second.In(m.spec.Status.Ink())
	}
	if bar := round(size.Width * min(1, max(0, m.spec.Fraction))); bar > 0 {
		p.fill(0, 20, max(2, bar), 5, ink, 2)
	}
	p.cut(m.spec.Note, 0, size.Width, 35, fyne.TextAlignLeading, words)
}

package kit

import "fyne.io/fyne/v2"

const boxSize = 16

// check paints a checkbox whose left edge is at x.
func (p *pen) check(x, cy float32, on, disabled bool) {
	y := round(cy - boxSize/2)
	switch {
	case on && disabled:
		p.fill(x, y, boxSize, boxSize, BarZero, 4)
	case on:
		p.fill(x, y, boxSize, boxSize, Accent, 4)
	case disabled:
		p.card(x, y, boxSize, boxSize, Sunken, CardLine, 4)
	default:
		p.card(x, y, boxSize, boxSize, Surface, Ctl, 4)
	}
	if on {
		p.icon("tick", x+2, y+boxSize/2, 12, AccentText)
	}
}

// CheckBox is a choice of yes or no, with a quiet word at the right.
type CheckBox struct {
	control
	label, note string
	checked     bool
	OnChange    func(bool)
}

// NewCheckBox makes an unchecked box.
func NewCheckBox(label, note string) *CheckBox {
	c := &CheckBox{label: label, note: note}
	c.setUp(c)
	c.act = func() {
		c.checked = !c.checked
		c.repaint()
		if c.OnChange != nil {
			c.OnChange(c.checked)
		}
	}
	return c
}

// Checked says what is chosen.
func (c *CheckBox) Checked() bool { return c.checked }

// SetChecked changes the choice without calling OnChange.
func (c *CheckBox) SetChecked(on bool) {
	c.checked = on
	c.repaint()
}

// SetEnabled turns the box on and off.
func (c *CheckBox) SetEnabled(on bool) {
	c.disabled = !on
	c.repaint()
}

func (c *CheckBox) minimum() fyne.Size {
	w := boxSize + 10 + TextWidth(c.label, Body) + 4
	if c.note != "" {
		w += 12 + TextWidth(c.note, Second)
	}
	return fyne.NewSize(w, 27)
}

func (c *CheckBox) paint(p *pen, size fyne.Size) {
	cy := size.Height / 2
	if c.focused {
		p.ring(0, round(cy-boxSize/2)-2, boxSize+4, boxSize+4, 5)
	}
	p.check(2, cy, c.checked, c.disabled)
	ink := Body
	if c.disabled {
		ink = ink.In(Muted)
	}
	right := size.Width
	if c.note != "" {
		right = p.right(c.note, size.Width, cy, Second) - 12
	}
	x := float32(2 + boxSize + 9)
	p.cut(c.label, x, right-x, cy, fyne.TextAlignLeading, ink)
}

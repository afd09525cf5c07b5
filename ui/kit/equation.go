package kit

import "fyne.io/fyne/v2"

// Term is one figure of an equation with what it is.
type Term struct{ Label, Figure string }

// Equation says in big figures what is left of one sum after another, and in a sentence what follows.
type Equation struct {
	drawn
	first, second, result Term
	status                Status
	sentence              string
}

// NewEquation makes an equation without figures.
func NewEquation() *Equation {
	e := &Equation{}
	e.setUp(e)
	return e
}

// Set changes the figures; the result is in the status's colour.
func (e *Equation) Set(first, second, result Term, status Status, sentence string) {
	e.first, e.second, e.result, e.status, e.sentence = first, second, result, status, sentence
	e.repaint()
}

const (
	equationHigh  = 64
	equationLines = 3
)

var equationInk = Ink{22, SemiBold, Text}

func (e *Equation) minimum() fyne.Size { return fyne.NewSize(420, equationHigh) }

func (e *Equation) paint(p *pen, size fyne.Size) {
	step := max(140, min(240, size.Width*0.27))
	for i, t := range []Term{e.first, e.second, e.result} {
		x := step * float32(i)
		room := step - 30
		ink := equationInk
		p.cut(t.Label, x, room+20, 14, fyne.TextAlignLeading, Second.In(Text2))
		if i == 2 {
			ink = ink.In(e.status.Ink())
			if icon := e.status.Icon(); icon != "" {
				x = p.icon(icon, x, 42, 17, e.status.Ink()) + 9
			}
		}
		for ink.Size > 13 && TextWidth(t.Figure, ink) > room-10 {
			ink.Size--
		}
		p.text(t.Figure, x, 42, ink)
		if i < 2 {
			sign := "−"
			if i == 1 {
				sign = "="
			}
			p.text(sign, step*float32(i+1)-36, 36, Ink{18, Regular, Muted})
		}
	}
	from := step*2 + max(150, TextWidth(e.result.Figure, equationInk)+50)
	lines := WrapText(e.sentence, size.Width-from, Second)
	if len(lines) > equationLines {
		lines = lines[:equationLines]
	}
	y := size.Height/2 - 8*float32(len(lines)-1)
	for _, line := range lines {
		p.right(line, size.Width, y, Second.In(Text2))
		y += 16
	}
}

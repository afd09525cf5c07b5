package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Picture is a drawing without data, such as those of the first screen.
type Picture struct {
	drawn
	draw func(p *pen, size fyne.Size)
	high float32
}

func newPicture(draw func(*pen, fyne.Size)) *Picture {
	x := &Picture{draw: draw, high: 40}
	x.setUp(x)
	return x
}

func (x *Picture) minimum() fyne.Size { return fyne.NewSize(200, x.high) }

func (x *Picture) paint(p *pen, size fyne.Size) { x.draw(p, size) }

// NewBridgePicture is the sketch of a bridge.
func NewBridgePicture() *Picture {
	bars := []struct {
		token    Token
		from, to float32
	}{
		{BarTotal, 0, .86}, {BarDown, .76, .86}, {BarDown, .62, .76}, {BarUp, .62, 1},
		{BarDown, .46, 1}, {BarTotal, 0, .46}, {BarUp, .46, .79}, {BarTotal, 0, .79},
	}
	return newPicture(func(p *pen, size fyne.Size) {
		step := size.Width / (float32(len(bars)) - 0.27)
		w, high := round(step*0.73), size.Height-2
		for i, b := range bars {
			x := round(float32(i) * step)
			p.fill(x, round(high*(1-b.to)), w, round(high*(b.to-b.from)), b.token, 3)
			if i+1 < len(bars) {
				at := b.to
				if b.token == BarDown {
					at = b.from
				}
				p.hline(x+w, round(high*(1-at)), step-w, ButtonLine)
			}
		}
		p.hline(0, high+1, size.Width, ButtonLine)
	})
}

// NewFlowPicture shows three sides that flow into one result.
func NewFlowPicture(first, second, third, result string) *Picture {
	return newPicture(func(p *pen, size fyne.Size) {
		const w, h = 118, 36
		center := round(size.Width * 0.5)
		box := func(x, y float32, icon, text string) {
			p.card(x, y, w, h, Surface, ButtonLine, 6)
			p.cut(text, p.icon(icon, x+12, y+h/2, 16, Text2)+8, w-44, y+h/2,
				fyne.TextAlignLeading, Figure)
		}
		mid := size.Height / 2
		for i, text := range []string{first, second, third} {
			y := mid - h/2 + float32(i-1)*52
			p.hline(w, y+h/2, center-20-w, ButtonLine)
			box(0, y, []string{"receipt", "card", "payouts"}[i], text)
		}
		p.vline(center-20, mid-52, 104, ButtonLine)
		p.hline(center-20, mid, size.Width-w-center+20, ButtonLine)
		p.fill(center-20, mid-32, 90, 64, RailBg, 10)
		p.mark(center-20+32, mid-13, 26)
		box(size.Width-w, mid-h/2, "ok", result)
	})
}

// NewHeadline is the first screen's title with a sentence below, both in the middle.
func NewHeadline(title, sentence string) *Picture {
	return newPicture(func(p *pen, size fyne.Size) {
		p.center(title, 0, size.Width, 20, Ink{28, SemiBold, Text})
		p.center(sentence, 0, size.Width, 58, Body.At(15).In(Text2))
	})
}

// NewPoint is an icon with a title and a sentence of one or two lines.
func NewPoint(icon, title, sentence string) *Picture {
	return newPicture(func(p *pen, size fyne.Size) {
		p.icon(icon, 0, 10, 20, Accent)
		p.cut(title, 32, size.Width-32, 10, fyne.TextAlignLeading, Figure)
		p.spans(sentence, 32, 20, size.Width-32, 17, Second)
	})
}

// NewTick is a sentence with a tick before it.
func NewTick(sentence string) *Picture {
	x := newPicture(func(p *pen, size fyne.Size) {
		p.icon("tick", 0, size.Height/2, 16, StatusOK.Ink())
		p.cut(sentence, 26, size.Width-26, size.Height/2, fyne.TextAlignLeading, Body)
	})
	x.high = 22
	return x
}

// Code is text as it stands in a file.
type Code struct {
	drawn
	lines []string
}

// NewCode shows text as it stands in a file, one line each.
func NewCode(text string) *Code {
	c := &Code{lines: strings.Split(strings.TrimRight(text, "\n"), "\n")}
	c.setUp(c)
	return c
}

func (c *Code) minimum() fyne.Size { return fyne.NewSize(200, 18*float32(len(c.lines))+20) }

func (c *Code) paint(p *pen, size fyne.Size) {
	p.card(0, 0, size.Width, size.Height, Sunken, CardLine, 6)
	for i, line := range c.lines {
		p.cut(line, 12, size.Width-24, 10+18*float32(i)+9, fyne.TextAlignLeading, Body.Of(Mono))
	}
}

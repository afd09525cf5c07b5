package kit

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// pen draws a widget out of rectangles, lines, circles, text and icons. Every paint starts from
// nothing and takes its objects from pools, so that a repaint allocates nothing.
type pen struct {
	objects []fyne.CanvasObject
	rects   pool[canvas.Rectangle]
	lines   pool[canvas.Line]
	circles pool[canvas.Circle]
	texts   pool[canvas.Text]
	images  map[fyne.Resource]*pool[canvas.Image]
	tones   fyne.ThemeVariant
}

// pool hands out objects in the order they were asked for the last time.
type pool[T any] struct {
	items []*T
	used  int
}

func (p *pool[T]) next() *T {
	if p.used == len(p.items) {
		p.items = append(p.items, new(T))
	}
	p.used++
	return p.items[p.used-1]
}

func (p *pen) begin() {
	p.objects = p.objects[:0]
	p.rects.used, p.lines.used, p.circles.used, p.texts.used = 0, 0, 0, 0
	for _, images := range p.images {
		images.used = 0
	}
	p.tones = Variant()
}

func (p *pen) color(t Token) color.Color { return t.In(p.tones) }

func (p *pen) add(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	p.objects = append(p.objects, o)
}

// place puts a child widget.
func (p *pen) place(o fyne.CanvasObject, x, y, w, h float32) {
	if o != nil {
		p.add(o, x, y, w, h)
	}
}

// fill paints a rectangle without a line.
func (p *pen) fill(x, y, w, h float32, t Token, radius float32) *canvas.Rectangle {
	r := p.rect(p.color(t), nil, 0, radius)
	p.add(r, x, y, w, h)
	return r
}

// frame paints a rectangle whose line lies inside its bounds.
func (p *pen) frame(x, y, w, h float32, fill, line Token, width, radius float32) {
	p.add(p.rect(p.color(fill), p.color(line), width, radius), x, y, w, h)
}

// rect sets the fields one by one: an object that loses its size is refreshed on being given
// the same one again, and its neighbours' textures with it.
func (p *pen) rect(fill, line color.Color, width, radius float32) *canvas.Rectangle {
	r := p.rects.next()
	r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius = fill, line, width, radius
	r.TopLeftCornerRadius, r.TopRightCornerRadius = 0, 0
	r.BottomLeftCornerRadius, r.BottomRightCornerRadius = 0, 0
	return r
}

// card paints the surface with its line, as crisp as two fills are. A high one is a bar with
// round corners at each end and a plain rectangle over what is between: without a graphics card a
// rectangle with round corners costs twice as much for each pixel. It must lie on whole pixels.
func (p *pen) card(x, y, w, h float32, fill, line Token, radius float32) {
	if w < 3 || h < 3 {
		return // no room: a negative size is an error of the toolkit's painter
	}
	if h < 6*radius || w != round(w) || h != round(h) {
		p.fill(x, y, w, h, line, radius)
		p.fill(x+1, y+1, w-2, h-2, fill, radius-1)
		return
	}
	for _, end := range []float32{0, h - 2*radius} {
		p.fill(x, y+end, w, 2*radius, line, radius)
		p.fill(x+1, y+max(1, end), w-2, 2*radius-1, fill, radius-1)
	}
	p.vline(x, y+radius, h-2*radius, line)
	p.vline(x+w-1, y+radius, h-2*radius, line)
	p.fill(x+1, y+radius, w-2, h-2*radius, fill, 0)
}

func (p *pen) hline(x, y, w float32, t Token) { p.fill(x, y, w, 1, t, 0) }
func (p *pen) vline(x, y, h float32, t Token) { p.fill(x, y, 1, h, t, 0) }

func (p *pen) line(x1, y1, x2, y2 float32, t Token, width float32) {
	l := p.lines.next()
	l.StrokeColor, l.StrokeWidth = p.color(t), width
	l.Position1, l.Position2 = fyne.NewPos(x1, y1), fyne.NewPos(x2, y2)
	p.objects = append(p.objects, l)
}

func (p *pen) circle(cx, cy, r float32, fill, line Token, width float32) {
	c := p.circles.next()
	c.FillColor, c.StrokeColor, c.StrokeWidth = p.color(fill), p.color(line), width
	if width == 0 {
		c.StrokeColor = nil
	}
	p.add(c, cx-r, cy-r, 2*r, 2*r)
}

// icon paints an icon whose middle is at cy, and returns the x behind it.
func (p *pen) icon(name string, x, cy, size float32, t Token) float32 {
	if name == "" {
		return x
	}
	res := Icon(name, p.color(t))
	if p.images == nil {
		p.images = map[fyne.Resource]*pool[canvas.Image]{}
	}
	images := p.images[res]
	if images == nil {
		images = &pool[canvas.Image]{}
		p.images[res] = images
	}
	img := images.next()
	if img.Resource == nil {
		img.Resource, img.FillMode = res, canvas.ImageFillContain
	}
	p.add(img, x, round(cy-size/2), size, size)
	return x + size
}

// text writes s from x, its capitals in the middle at cy, and returns the x behind it.
func (p *pen) text(s string, x, cy float32, ink Ink) float32 {
	return p.write(s, x, 0, cy, fyne.TextAlignLeading, ink)
}

// right writes s so that it ends at x, and returns where it starts.
func (p *pen) right(s string, x, cy float32, ink Ink) float32 {
	p.write(s, x, 0, cy, fyne.TextAlignTrailing, ink)
	return x - TextWidth(s, ink)
}

func (p *pen) center(s string, x, w, cy float32, ink Ink) {
	p.write(s, x, w, cy, fyne.TextAlignCenter, ink)
}

// cut writes s between x and x+w, shortened if need be, and returns the x behind it.
func (p *pen) cut(s string, x, w, cy float32, align fyne.TextAlign, ink Ink) float32 {
	s = CutText(s, w, ink)
	if align == fyne.TextAlignTrailing {
		return p.write(s, x+w, 0, cy, align, ink)
	}
	return p.write(s, x, w, cy, align, ink)
}

// Inter's measures in parts of the size.
const (
	lineHeight = 1.2102
	ascent     = 0.96875
	capHeight  = 0.7273
)

// textTop is where a line of text starts so that its capitals stand in the middle at cy and its
// baseline on a whole pixel: the toolkit rounds the ascent up.
func textTop(cy, size float32) float32 {
	base := round(cy + size*capHeight/2)
	return base - float32(math.Ceil(float64(size*ascent)))
}

func (p *pen) write(s string, x, w, cy float32, align fyne.TextAlign, ink Ink) float32 {
	if s == "" {
		return x
	}
	t := p.texts.next()
	t.Text, t.TextSize, t.TextStyle = s, ink.Size, ink.Weight.style()
	t.FontSource, t.Color, t.Alignment = ink.Weight.source(), p.color(ink.Color), align
	p.add(t, round(x), textTop(cy, ink.Size), w, ink.Size*lineHeight)
	return x + TextWidth(s, ink)
}

// ring paints the 2 px outline of what has the focus, just inside the bounds.
func (p *pen) ring(x, y, w, h, radius float32) {
	p.frame(x+1, y+1, w-2, h-2, Clear, Accent, 2, radius)
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }

// meter paints a bar that is filled to a fraction; at least 2 px where there is anything.
func (p *pen) meter(x, cy, w, fraction float32, t Token) {
	const h = 5
	y := round(cy - h/2)
	p.fill(x, y, w, h, RowLine, h/2.0)
	if fraction > 0 {
		p.fill(x, y, max(2, w*min(1, fraction)), h, t, h/2.0)
	}
}

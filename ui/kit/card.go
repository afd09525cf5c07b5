package kit

import "fyne.io/fyne/v2"

const cardHead = 44

// Card is a panel with an optional head line.
type Card struct {
	drawn
	title, note string
	beside      fyne.CanvasObject // at the right of the head
	content     fyne.CanvasObject
	pad         float32
}

// NewCard makes a card. Without a title it has no head. Pad is the room around the content;
// lists and charts take 0 and reach the line.
func NewCard(title, note string, beside, content fyne.CanvasObject, pad float32) *Card {
	c := &Card{title: title, note: note, beside: beside, content: content, pad: pad}
	c.setUp(c)
	return c
}

// SetHead changes title and note.
func (c *Card) SetHead(title, note string) {
	c.title, c.note = title, note
	c.repaint()
}

// SetContent replaces what the card holds.
func (c *Card) SetContent(content fyne.CanvasObject) {
	c.content = content
	c.repaint()
}

func (c *Card) top() float32 {
	if c.title == "" {
		return 1
	}
	return cardHead + 1
}

func (c *Card) minimum() fyne.Size {
	size := fyne.NewSize(2+2*c.pad, c.top()+1+2*c.pad)
	if c.content != nil {
		size = size.Add(c.content.MinSize())
	}
	return size
}

func (c *Card) paint(p *pen, size fyne.Size) {
	p.card(0, 0, size.Width, size.Height, Surface, CardLine, 8)
	if c.title != "" {
		c.paintHead(p, size)
	}
	w, h := size.Width-2-2*c.pad, size.Height-c.top()-1-2*c.pad
	p.place(c.content, 1+c.pad, c.top()+c.pad, w, h)
}

func (c *Card) paintHead(p *pen, size fyne.Size) {
	cy := float32(cardHead / 2)
	right := size.Width - 16
	if c.beside != nil {
		right = p.rightOf(c.beside, right, cy) - 12
	}
	x := p.cut(c.title, 16, right-16, cy, fyne.TextAlignLeading, Heading)
	if c.note != "" {
		at := right - TextWidth(c.note, Second)
		if c.beside != nil {
			at = x + 10
		}
		at = max(at, x+10)
		p.cut(c.note, at, right-at, cy, fyne.TextAlignLeading, Second)
	}
	p.hline(1, cardHead, size.Width-2, CardLine)
}

// TileSpec says what a tile shows: a figure with the base that it is a part of.
type TileSpec struct {
	Label, Figure, Unit, Base string
	Status                    Status
	Icon                      string // instead of the status's own
	Stale                     bool   // the last figure is shown muted while a new one is made
	OnTap                     func()
}

// Tile is one figure of the overview. It leads to the list behind it.
type Tile struct {
	control
	spec TileSpec
}

// NewTile makes a tile.
func NewTile(spec TileSpec) *Tile {
	t := &Tile{}
	t.setUp(t)
	t.spec, t.act = spec, spec.OnTap
	return t
}

// Set replaces what the tile shows.
func (t *Tile) Set(spec TileSpec) {
	t.spec, t.act = spec, spec.OnTap
	t.repaint()
}

func (t *Tile) minimum() fyne.Size { return fyne.NewSize(150, 88) }

func (t *Tile) paint(p *pen, size fyne.Size) {
	ground := Surface
	if t.hovered {
		ground = Hover
	}
	p.card(0, 0, size.Width, size.Height, ground, CardLine, 8)
	icon := t.spec.Icon
	if icon == "" {
		icon = t.spec.Status.Icon()
	}
	token := t.spec.Status.Ink()
	if t.spec.Status == StatusNone {
		token = Accent
	}
	room := size.Width - 32
	p.icon(icon, size.Width-31, 20, 15, token)
	p.cut(t.spec.Label, 16, room-20, 20, fyne.TextAlignLeading, Caption)
	figure := Ink{23, SemiBold, Text}
	if t.spec.Stale {
		figure = figure.In(Muted)
	}
	x := p.cut(t.spec.Figure, 16, room, 45, fyne.TextAlignLeading, figure)
	p.cut(t.spec.Unit, x+6, size.Width-16-x-6, 48, fyne.TextAlignLeading, Figure.In(Text2))
	p.cut(t.spec.Base, 16, room, 69, fyne.TextAlignLeading, Second)
	if t.focused {
		p.ring(0, 0, size.Width, size.Height, 8)
	}
}

// Ground is a plain colour behind other things.
type Ground struct {
	drawn
	token Token
}

// NewGround makes a ground that follows the theme.
func NewGround(t Token) *Ground {
	g := &Ground{token: t}
	g.setUp(g)
	return g
}

func (g *Ground) minimum() fyne.Size { return fyne.NewSize(1, 1) }

func (g *Ground) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, g.token, 0)
}

package kit

import "fyne.io/fyne/v2"

const (
	chipHeight = 22
	chipIcon   = 13
	chipGap    = 5
	chipPad    = 8
)

// Chip says a state in a word, on the status's tint, with the status's icon.
type Chip struct {
	drawn
	text, icon string
	status     Status
	bare       bool
	ink        Ink
}

// NewChip makes a chip with the status's own icon.
func NewChip(status Status, text string) *Chip {
	return NewIconChip(status, status.Icon(), text)
}

// NewIconChip makes a chip with another icon, such as two people for an approval.
func NewIconChip(status Status, icon, text string) *Chip {
	c := &Chip{text: text, icon: icon, status: status, ink: Caption.In(status.Ink())}
	c.setUp(c)
	return c
}

// NewState makes icon and word without the tint, for use inside lists and cards.
func NewState(status Status, text string) *Chip {
	c := NewChip(status, text)
	c.bare = true
	return c
}

// Set changes status and text; the icon becomes the status's.
func (c *Chip) Set(status Status, text string) {
	c.status, c.icon, c.text = status, status.Icon(), text
	c.ink = Caption.In(status.Ink())
	c.repaint()
}

func (c *Chip) minimum() fyne.Size {
	w := chipWidth(c.text, c.icon, c.ink)
	if c.bare {
		w -= 2 * chipPad
	}
	return fyne.NewSize(w, chipHeight)
}

func (c *Chip) paint(p *pen, size fyne.Size) {
	if c.bare {
		p.state(c.text, c.icon, c.status.Ink(), 0, size.Height/2, size.Width)
		return
	}
	w := min(size.Width, c.minimum().Width)
	p.chip(c.text, c.icon, c.status, 0, size.Height/2, w)
}

func chipWidth(text, icon string, ink Ink) float32 {
	w := TextWidth(text, ink) + 2*chipPad + 2
	if icon != "" {
		w += chipIcon + chipGap
	}
	return round(w + 0.5)
}

// chip paints a chip of at most that width around the middle cy.
func (p *pen) chip(text, icon string, status Status, x, cy, width float32) {
	w := min(width, chipWidth(text, icon, Caption))
	p.fill(x, round(cy-chipHeight/2), w, chipHeight, status.Tint(), chipHeight/2)
	p.state(text, icon, status.Ink(), x+chipPad, cy, w-2*chipPad)
}

// state paints icon and word, and returns the x behind them.
func (p *pen) state(text, icon string, ink Token, x, cy, width float32) float32 {
	end := x + width
	if icon != "" {
		x = p.icon(icon, x, cy, chipIcon, ink) + chipGap
	}
	return p.cut(text, x, end-x, cy, fyne.TextAlignLeading, Caption.In(ink))
}

// KeyCap shows one key.
type KeyCap struct {
	drawn
	key string
}

// NewKeyCap makes the picture of a key, such as "F5".
func NewKeyCap(key string) *KeyCap {
	k := &KeyCap{key: key}
	k.setUp(k)
	return k
}

func (k *KeyCap) minimum() fyne.Size { return fyne.NewSize(keyWidth(k.key), keyHeight) }

func (k *KeyCap) paint(p *pen, size fyne.Size) {
	p.key(k.key, 0, size.Height/2, Surface, ButtonLine, Text2)
}

const keyHeight = 17

var keyInk = Ink{11, Medium, Text2}

func keyWidth(key string) float32 {
	return max(keyHeight, round(TextWidth(key, keyInk)+9))
}

// key paints a key cap and returns the x behind it.
func (p *pen) key(key string, x, cy float32, fill, line, ink Token) float32 {
	w := keyWidth(key)
	p.card(x, round(cy-keyHeight/2), w, keyHeight, fill, line, 4)
	p.center(key, x, w, cy, keyInk.In(ink))
	return x + w
}

// Hint names keys and what they do, as in the status bar.
type Hint struct {
	Keys  []string
	Label string
}

func (h Hint) width() float32 {
	var w float32
	for i, key := range h.Keys {
		if i > 0 {
			w += 4
		}
		w += keyWidth(key)
	}
	return w + 8 + TextWidth(h.Label, Second)
}

// hint paints the keys and the words and returns the x behind them.
func (p *pen) hint(h Hint, x, cy float32) float32 {
	for i, key := range h.Keys {
		if i > 0 {
			x += 4
		}
		x = p.key(key, x, cy, Surface, ButtonLine, Text2)
	}
	return p.text(h.Label, x+8, cy, Second.In(Text2))
}

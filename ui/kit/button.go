package kit

import "fyne.io/fyne/v2"

// ButtonKind is how much a button stands out.
type ButtonKind string

// The kinds: one primary at most in a decision area; a link is words only.
const (
	Outline ButtonKind = ""
	Primary ButtonKind = "primary"
	Link    ButtonKind = "link"
)

// ButtonSpec says what a button shows and does.
type ButtonSpec struct {
	Label, Icon, Key string
	Kind             ButtonKind
	Small            bool    // 28 instead of 32 high
	Width            float32 // of the button without the reason; 0 is as wide as it needs
	Centered         bool    // label in the middle instead of at the left
	Reason           string  // the sentence beside it; where it is disabled, why
	Disabled         bool
	Busy             bool // the label stays, the icon turns to arrows, presses do nothing
	NoEnter          bool // plain Enter does not press it: it is about money
	OnTap            func()
}

// Button is a verb with its object. A disabled one can still have the focus, so that its
// reason can be read.
type Button struct {
	control
	spec ButtonSpec
}

// NewButton makes a button.
func NewButton(spec ButtonSpec) *Button {
	b := &Button{}
	b.setUp(b)
	b.take(spec)
	return b
}

// Set replaces everything that the button shows and does.
func (b *Button) Set(spec ButtonSpec) {
	b.take(spec)
	b.repaint()
}

func (b *Button) take(spec ButtonSpec) {
	b.spec, b.act = spec, spec.OnTap
	b.disabled = spec.Disabled || spec.Busy
}

// Spec returns what the button shows now.
func (b *Button) Spec() ButtonSpec { return b.spec }

// TypedKey presses the button, but not on a plain Enter where the button is about money.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	if b.spec.NoEnter && (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter) {
		return
	}
	b.control.TypedKey(ev)
}

// inside says whether a press is on the button itself, not on its reason.
func (b *Button) inside(pos fyne.Position) bool { return pos.X <= b.bodyWidth() }

// Tapped presses the button, unless the pointer is on the reason.
func (b *Button) Tapped(ev *fyne.PointEvent) {
	if b.inside(ev.Position) {
		b.control.Tapped(ev)
	}
}

const buttonPad = 12

func (b *Button) height() float32 {
	if b.spec.Small {
		return 28
	}
	return 32
}

func (b *Button) contentWidth() float32 {
	w := TextWidth(b.spec.Label, Figure)
	if b.icon() != "" {
		w += 16
		if b.spec.Label != "" {
			w += 7
		}
	}
	if b.spec.Key != "" {
		w += 8 + keyWidth(b.spec.Key)
	}
	return w
}

func (b *Button) icon() string {
	if b.spec.Busy {
		return "renewals"
	}
	return b.spec.Icon
}

func (b *Button) bodyWidth() float32 {
	if b.spec.Kind == Link {
		return round(b.contentWidth() + 0.5)
	}
	return max(b.spec.Width, round(b.contentWidth()+2*buttonPad+0.5))
}

func (b *Button) minimum() fyne.Size {
	w := b.bodyWidth()
	if b.spec.Reason != "" {
		w += 12 + TextWidth(b.spec.Reason, Second)
	}
	return fyne.NewSize(w, b.height())
}

func (b *Button) paint(p *pen, size fyne.Size) {
	w, h := b.bodyWidth(), b.height()
	if b.spec.Reason == "" {
		w = max(w, size.Width)
	}
	y := round((size.Height - h) / 2)
	ink, line := b.ground(p, w, h, y)
	x := float32(buttonPad)
	switch {
	case b.spec.Kind == Link:
		x = 0
	case b.spec.Centered || b.spec.Icon == "" && b.spec.Width == 0:
		x = round((w - b.contentWidth()) / 2)
	}
	cy := y + h/2
	if b.icon() != "" {
		x = p.icon(b.icon(), x, cy, 16, ink) + 7
	}
	x = p.text(b.spec.Label, x, cy, Figure.In(ink))
	if b.spec.Key != "" {
		fill := Clear
		if b.spec.Kind == Outline && !b.disabled {
			fill = Surface
		}
		if b.spec.Kind == Primary && !b.disabled {
			p.keyLine(b.spec.Key, x+8, cy, line, ink)
		} else {
			p.key(b.spec.Key, x+8, cy, fillOr(fill, Sunken), ButtonLine, Muted)
		}
	}
	if b.spec.Reason != "" {
		p.cut(b.spec.Reason, w+12, size.Width-w-12, cy, fyne.TextAlignLeading, Second)
	}
}

func fillOr(t, other Token) Token {
	if t == Clear {
		return other
	}
	return t
}

// keyLine paints a key cap on a filled ground.
func (p *pen) keyLine(key string, x, cy float32, ground, ink Token) {
	p.key(key, x, cy, ground, AccentLine, ink)
}

// ground paints the button's body and returns the colours of what stands on it.
func (b *Button) ground(p *pen, w, h, y float32) (ink, ground Token) {
	ink, ground = Text, Surface
	switch {
	case b.spec.Kind == Link:
		ink = Accent
		if b.hovered {
			p.hline(0, y+h/2+8, w, Accent)
		}
	case b.disabled:
		ink, ground = Muted, Sunken
		p.card(0, y, w, h, Sunken, CardLine, 6)
	case b.spec.Kind == Primary:
		ink, ground = AccentText, Accent
		if b.hovered {
			ground = AccentHover
		}
		p.fill(0, y, w, h, ground, 6)
	default:
		if b.hovered {
			ground = Sunken
		}
		p.card(0, y, w, h, ground, ButtonLine, 6)
	}
	if !b.focused {
		return ink, ground
	}
	if b.spec.Kind == Primary && !b.disabled {
		p.fill(0, y, w, h, Accent, 6)
		p.fill(2, y+2, w-4, h-4, Surface, 5)
		p.fill(4, y+4, w-8, h-8, ground, 4)
	} else {
		p.ring(0, y, w, h, 6)
	}
	return ink, ground
}

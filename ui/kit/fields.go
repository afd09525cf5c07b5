package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const fieldHeight = 30

// Entry is the only text field of the window: shortcuts and keys that it does not know go on.
type Entry struct {
	drawn
	OnChanged func(string)
	OnSubmit  func(string)
	OnFocus   func()                    // tells that it has the keyboard now
	OnKey     func(*fyne.KeyEvent) bool // sees every key first; true means used

	inner   *entryInner
	dressed *container.ThemeOverride
	icon    string
	key     string
	fault   string
	hovered bool
	focused bool
	plain   bool    // without a frame, as in the palette
	height  float32 // of the field without the fault's line
}

// NewEntry makes a field; the placeholder says what it accepts.
func NewEntry(placeholder string) *Entry { return newEntry(placeholder, 13) }

// NewSearchField makes a search field with the key that leads to it, such as "/".
func NewSearchField(placeholder, key string) *Entry {
	e := newEntry(placeholder, 13)
	e.icon, e.key = "search", key
	return e
}

// NewIconField makes a field with an icon that says what it takes, such as "calendar".
func NewIconField(placeholder, icon string) *Entry {
	e := newEntry(placeholder, 13)
	e.icon = icon
	return e
}

// NewSecretField makes a field that shows a dot for each character. It is never filled beforehand.
func NewSecretField(placeholder string) *Entry {
	e := newEntry(placeholder, 13)
	e.inner.Password = true
	return e
}

func newEntry(placeholder string, size float32) *Entry {
	e := &Entry{height: fieldHeight}
	e.setUp(e)
	e.inner = &entryInner{owner: e}
	e.inner.PlaceHolder = placeholder
	e.inner.Wrapping = fyne.TextWrapOff
	e.inner.Scroll = container.ScrollHorizontalOnly
	e.inner.OnChanged = func(s string) {
		if e.OnChanged != nil {
			e.OnChanged(s)
		}
		e.repaint()
	}
	e.inner.OnSubmitted = func(s string) {
		if e.OnSubmit != nil {
			e.OnSubmit(s)
		}
	}
	e.inner.ExtendBaseWidget(e.inner)
	e.dressed = container.NewThemeOverride(e.inner, entryTheme{text: size})
	return e
}

// entryTheme takes the toolkit's frame away: the field paints its own.
type entryTheme struct {
	presentTheme
	text float32
}

func (t entryTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder:
		return color.Transparent
	}
	return t.presentTheme.Color(name, v)
}

func (t entryTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return t.text
	case theme.SizeNameInnerPadding:
		return 4
	case theme.SizeNameInputBorder: // the cursor's width too
		return 1.5
	case theme.SizeNameInputRadius:
		return 0
	}
	return t.presentTheme.Size(name)
}

// entryInner is the toolkit's entry with the way out for keys.
type entryInner struct {
	widget.Entry
	owner *Entry
}

func (e *entryInner) FocusGained() {
	e.Entry.FocusGained()
	e.owner.focused = true
	e.owner.repaint()
	if e.owner.OnFocus != nil {
		e.owner.OnFocus()
	}
}

func (e *entryInner) FocusLost() {
	e.Entry.FocusLost()
	e.owner.focused = false
	e.owner.repaint()
}

// TypedKey edits; keys that no line of text uses go on.
func (e *entryInner) TypedKey(ev *fyne.KeyEvent) {
	if e.owner.OnKey != nil && e.owner.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown,
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		PassKey(e, ev)
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut edits; shortcuts that a line of text does not know go on.
func (e *entryInner) TypedShortcut(s fyne.Shortcut) {
	if editing(s) {
		e.Entry.TypedShortcut(s)
		return
	}
	PassShortcut(e, s)
}

func editing(s fyne.Shortcut) bool {
	switch s := s.(type) {
	case *fyne.ShortcutCut, *fyne.ShortcutCopy, *fyne.ShortcutPaste,
		*fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
		return true
	case *desktop.CustomShortcut:
		switch s.KeyName {
		case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete,
			fyne.KeyHome, fyne.KeyEnd:
			return true
		}
	}
	return false
}

// Text is what stands in the field.
func (e *Entry) Text() string { return e.inner.Text }

// SetText replaces what stands in the field and calls OnChanged.
func (e *Entry) SetText(s string) { e.inner.SetText(s) }

// SetFault shows one sentence under a red frame; the empty string takes it away.
func (e *Entry) SetFault(sentence string) {
	e.fault = sentence
	e.repaint()
}

// SetEnabled turns editing on and off.
func (e *Entry) SetEnabled(on bool) {
	if on {
		e.inner.Enable()
	} else {
		e.inner.Disable()
	}
	e.repaint()
}

// Focus gives the field the keyboard.
func (e *Entry) Focus() { focus(e.inner) }

// Focusable is what the window's focus order holds for this field.
func (e *Entry) Focusable() fyne.Focusable { return e.inner }

// MouseIn answers the toolkit.
func (e *Entry) MouseIn(*desktop.MouseEvent) { e.hovered = true; e.repaint() }

// MouseMoved answers the toolkit.
func (e *Entry) MouseMoved(*desktop.MouseEvent) {}

// MouseOut answers the toolkit.
func (e *Entry) MouseOut() { e.hovered = false; e.repaint() }

// Tapped on the frame gives the field the keyboard.
func (e *Entry) Tapped(*fyne.PointEvent) { e.Focus() }

func (e *Entry) minimum() fyne.Size {
	h := e.height
	if e.fault != "" {
		h += 20
	}
	return fyne.NewSize(120, h)
}

// mask covers the edge of a child: the toolkit's entry frames itself in the cursor's colour.
func (p *pen) mask(x, y, w, h, width float32, ground Token) {
	p.fill(x, y, w, width, ground, 0)
	p.fill(x, y+h-width, w, width, ground, 0)
	p.fill(x, y, width, h, ground, 0)
	p.fill(x+w-width, y, width, h, ground, 0)
}

func (e *Entry) paint(p *pen, size fyne.Size) {
	h := min(size.Height, e.height)
	line, ground := Ctl, Surface
	if e.hovered {
		line = Text2
	}
	if e.inner.Disabled() {
		line, ground = CardLine, Sunken
	}
	if !e.plain {
		p.card(0, 0, size.Width, h, ground, line, 6)
	}
	x, right := float32(6), size.Width-6
	if e.icon != "" {
		x = p.icon(e.icon, 11, h/2, 16, Muted) + 4
	}
	if e.key != "" && !e.focused {
		w := keyWidth(e.key)
		p.key(e.key, size.Width-w-8, h/2, Surface, ButtonLine, Text2)
		right -= w + 8
	}
	inner := e.dressed.MinSize().Height
	y := round((h - inner) / 2)
	p.place(e.dressed, x, y, right-x, inner)
	p.mask(x-1, y-1, right-x+2, inner+2, 4, ground)
	switch {
	case e.plain:
	case e.fault != "":
		p.frame(1, 1, size.Width-2, h-2, Clear, StatusBreak.Ink(), 2, 6)
		p.state(e.fault, "octagon", StatusBreak.Ink(), 0, h+11, size.Width)
	case e.focused:
		p.ring(0, 0, size.Width, h, 6)
	}
}

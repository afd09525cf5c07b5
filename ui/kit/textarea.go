package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TextArea is a field of many lines, in letters of one width, for text that stands in a file. Tab
// leaves it; shortcuts and keys that it does not know go on.
type TextArea struct {
	drawn
	OnChanged func(string)
	// OnCursor tells the line that the cursor is in, from 1.
	OnCursor func(line int)

	inner   *areaInner
	dressed *container.ThemeOverride
	hovered bool
	focused bool
	faulty  bool
}

// NewTextArea makes an empty field.
func NewTextArea() *TextArea {
	a := &TextArea{}
	a.setUp(a)
	a.inner = &areaInner{owner: a}
	a.inner.MultiLine = true
	a.inner.TextStyle = fyne.TextStyle{Monospace: true}
	a.inner.Wrapping = fyne.TextWrapOff
	a.inner.Scroll = container.ScrollBoth
	a.inner.OnChanged = func(s string) {
		if a.OnChanged != nil {
			a.OnChanged(s)
		}
		a.repaint()
	}
	a.inner.OnCursorChanged = func() {
		if a.OnCursor != nil {
			a.OnCursor(a.Line())
		}
	}
	a.inner.ExtendBaseWidget(a.inner)
	a.dressed = container.NewThemeOverride(a.inner, areaTheme{})
	return a
}

const areaText = 12.5

// areaTheme takes the toolkit's frame away: the field paints its own.
type areaTheme struct{ presentTheme }

func (t areaTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return entryTheme{presentTheme: t.presentTheme}.Color(name, v)
}

func (t areaTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return areaText
	case theme.SizeNameLineSpacing:
		return 5 // less cuts the underscores off
	}
	return entryTheme{presentTheme: t.presentTheme, text: areaText}.Size(name)
}

// areaInner is the toolkit's entry with the way out for keys.
type areaInner struct {
	widget.Entry
	owner *TextArea
}

// AcceptsTab answers the toolkit: Tab goes to the next field, as everywhere.
func (e *areaInner) AcceptsTab() bool { return false }

func (e *areaInner) FocusGained() {
	e.Entry.FocusGained()
	e.owner.focused = true
	e.owner.repaint()
}

func (e *areaInner) FocusLost() {
	e.Entry.FocusLost()
	e.owner.focused = false
	e.owner.repaint()
}

// TypedKey edits; keys that no text uses go on.
func (e *areaInner) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		PassKey(e, ev)
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut edits; shortcuts that a text does not know go on.
func (e *areaInner) TypedShortcut(s fyne.Shortcut) {
	if editing(s) {
		e.Entry.TypedShortcut(s)
		return
	}
	PassShortcut(e, s)
}

// Text is what stands in the field.
func (a *TextArea) Text() string { return a.inner.Text }

// SetText replaces what stands in the field and calls OnChanged.
func (a *TextArea) SetText(s string) { a.inner.SetText(s) }

// SetFaulty puts a red frame around a text with something wrong in it.
func (a *TextArea) SetFaulty(on bool) {
	if on != a.faulty {
		a.faulty = on
		a.repaint()
	}
}

// Line is the line that the cursor is in, from 1.
func (a *TextArea) Line() int { return a.inner.CursorRow + 1 }

// GoTo puts the cursor at the beginning of a line, from 1, and gives the field the keyboard.
func (a *TextArea) GoTo(line int) {
	a.inner.CursorRow, a.inner.CursorColumn = max(0, line-1), 0
	a.inner.Refresh()
	focus(a.inner)
	if a.OnCursor != nil {
		a.OnCursor(a.Line())
	}
}

// Focusable is what the window's focus order holds for this field.
func (a *TextArea) Focusable() fyne.Focusable { return a.inner }

// MouseIn answers the toolkit.
func (a *TextArea) MouseIn(*desktop.MouseEvent) { a.hovered = true; a.repaint() }

// MouseMoved answers the toolkit.
func (a *TextArea) MouseMoved(*desktop.MouseEvent) {}

// MouseOut answers the toolkit.
func (a *TextArea) MouseOut() { a.hovered = false; a.repaint() }

// Tapped on the frame gives the field the keyboard.
func (a *TextArea) Tapped(*fyne.PointEvent) { focus(a.inner) }

func (a *TextArea) minimum() fyne.Size { return fyne.NewSize(200, 120) }

func (a *TextArea) paint(p *pen, size fyne.Size) {
	line := Ctl
	if a.hovered {
		line = Text2
	}
	p.card(0, 0, size.Width, size.Height, Surface, line, 6)
	x, y, w, h := float32(6), float32(5), size.Width-12, size.Height-10
	p.place(a.dressed, x, y, w, h)
	p.mask(x-1, y-1, w+2, h+2, 4, Surface)
	switch {
	case a.faulty:
		p.frame(1, 1, size.Width-2, size.Height-2, Clear, StatusBreak.Ink(), 2, 6)
	case a.focused:
		p.ring(0, 0, size.Width, size.Height, 6)
	}
}

// Package kit owns the window's widgets: grid, fields, buttons, charts, the shell's parts, and
// the theme they are painted with. The screens in ui build on it and fill it with text that
// ui/present has prepared. It knows nothing of invoices, reads no store and no clock, and is
// used on the UI goroutine only.
//
// Every widget paints itself with a pen from rectangles, lines, circles, text and icons. Keys
// that a focused widget does not use go on to the window's own hooks (PassKey, PassRune,
// PassShortcut), where the router of ui listens.
package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// painter is what a drawn widget has to supply.
type painter interface {
	fyne.Widget
	paint(p *pen, size fyne.Size)
	minimum() fyne.Size
}

// drawn is the base of all widgets here: paint and minimum make the renderer.
type drawn struct {
	widget.BaseWidget
	self painter
	pen  pen
}

// setUp ties the base to the widget that embeds it; constructors call it first.
func (d *drawn) setUp(self painter) {
	d.self = self
	d.ExtendBaseWidget(self)
}

// CreateRenderer answers the toolkit.
func (d *drawn) CreateRenderer() fyne.WidgetRenderer { return &renderer{d} }

// MinSize answers the toolkit without making a renderer.
func (d *drawn) MinSize() fyne.Size { return d.self.minimum() }

// repaint shows a changed state.
func (d *drawn) repaint() { d.Refresh() }

type renderer struct{ d *drawn }

func (r *renderer) Destroy() {}

func (r *renderer) Layout(size fyne.Size) {
	r.d.pen.begin()
	r.d.self.paint(&r.d.pen, size)
}

func (r *renderer) MinSize() fyne.Size { return r.d.self.minimum() }

func (r *renderer) Objects() []fyne.CanvasObject { return r.d.pen.objects }

func (r *renderer) Refresh() {
	r.Layout(r.d.self.Size())
	canvas.Refresh(r.d.self)
}

// control is the base of what can be pressed: it has hover, focus and a disabled state.
type control struct {
	drawn
	hovered, focused bool
	disabled         bool
	act              func()
	// OnFocus tells that the control has the keyboard now, so that it can be scrolled to.
	OnFocus func()
}

// Tapped presses the control.
func (c *control) Tapped(*fyne.PointEvent) {
	focus(c.self)
	c.press()
}

func (c *control) press() {
	if !c.disabled && c.act != nil {
		c.act()
	}
}

// MouseIn answers the toolkit.
func (c *control) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.repaint() }

// MouseMoved answers the toolkit.
func (c *control) MouseMoved(*desktop.MouseEvent) {}

// MouseOut answers the toolkit.
func (c *control) MouseOut() { c.hovered = false; c.repaint() }

// FocusGained answers the toolkit.
func (c *control) FocusGained() {
	c.focused = true
	c.repaint()
	if c.OnFocus != nil {
		c.OnFocus()
	}
}

// FocusLost answers the toolkit.
func (c *control) FocusLost() { c.focused = false; c.repaint() }

// TypedKey presses on Enter and Space and passes everything else on.
func (c *control) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.press()
	default:
		PassKey(c.self, ev)
	}
}

// TypedRune passes letters on.
func (c *control) TypedRune(r rune) {
	if r != ' ' {
		PassRune(c.self, r)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// focus gives the keyboard to the object if it can have it.
func focus(o fyne.CanvasObject) {
	f, ok := o.(fyne.Focusable)
	if !ok {
		return
	}
	if c := canvasOf(o); c != nil && c.Focused() != f {
		c.Focus(f)
	}
}

// PassKey hands a key that the focused widget does not use to the window's key hook.
func PassKey(from fyne.CanvasObject, ev *fyne.KeyEvent) {
	if c := canvasOf(from); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

// PassRune hands a letter that the focused widget does not use to the window's rune hook.
func PassRune(from fyne.CanvasObject, r rune) {
	if c := canvasOf(from); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// PassShortcut hands a shortcut that the focused widget does not use to the window's own.
func PassShortcut(from fyne.CanvasObject, s fyne.Shortcut) {
	if c, ok := canvasOf(from).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

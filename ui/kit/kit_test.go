package kit_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

func TestCutText(t *testing.T) {
	kittest.Window(t, fyne.NewSize(10, 10), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return kit.NewKeyCap("A") })
	const s = "Žemaičių Ąžuolas, sąskaita 10482"
	full := kit.TextWidth(s, kit.Body)
	if got := kit.CutText(s, full, kit.Body); got != s {
		t.Errorf("text that fits was cut to %q", got)
	}
	for w := full - 1; w > 0; w -= 3 {
		got := kit.CutText(s, w, kit.Body)
		if got == "" {
			if w > kit.TextWidth("…", kit.Body) {
				t.Errorf("nothing is left at %v", w)
			}
			continue
		}
		head, found := strings.CutSuffix(got, "…")
		if !found || !strings.HasPrefix(s, head) || strings.HasSuffix(head, " ") {
			t.Errorf("cut to %q", got)
		}
		if width := kit.TextWidth(got, kit.Body); width > w+0.6 {
			t.Errorf("%q is %v wide, room is %v", got, width, w)
		}
	}
	lines := kit.WrapText("one two three four\nfive", kit.TextWidth("one two", kit.Body), kit.Body)
	if strings.Join(lines, "|") != "one two|three|four|five" {
		t.Errorf("wrapped to %q", lines)
	}
}

// hooks counts what arrives at the window, where the router listens.
type hooks struct{ keys, runes, shortcuts []string }

func listen(w fyne.Window) *hooks {
	h := &hooks{}
	w.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { h.keys = append(h.keys, string(ev.Name)) })
	w.Canvas().SetOnTypedRune(func(r rune) { h.runes = append(h.runes, string(r)) })
	w.Canvas().AddShortcut(paletteShortcut, func(s fyne.Shortcut) {
		h.shortcuts = append(h.shortcuts, s.ShortcutName())
	})
	return h
}

var paletteShortcut = &desktop.CustomShortcut{KeyName: fyne.KeyK,
	Modifier: fyne.KeyModifierShortcutDefault}

func TestUnusedKeysReachTheRouter(t *testing.T) {
	g, w := gridOf(t, 5)
	h := listen(w)
	key(g, fyne.KeyF5, fyne.KeyDown, fyne.KeyEscape, fyne.KeyLeft)
	g.TypedRune('n')
	g.TypedRune('j')
	g.TypedShortcut(paletteShortcut)
	want := "F5,Escape,Left n CustomDesktop:Control+K"
	got := strings.Join(h.keys, ",") + " " + strings.Join(h.runes, ",") + " " +
		strings.Join(h.shortcuts, ",")
	if got != want {
		t.Errorf("the router got %q, want %q", got, want)
	}
}

func TestEntryHandsOnWhatItDoesNotKnow(t *testing.T) {
	e := kit.NewSearchField("Search", "/")
	w := kittest.Window(t, fyne.NewSize(200, 40), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return e })
	h := listen(w)
	e.Focus()
	inner := w.Canvas().Focused()
	test.Type(inner, "abc")
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF9})
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	s, ok := inner.(fyne.Shortcutable)
	if !ok {
		t.Fatal("the field takes no shortcuts")
	}
	s.TypedShortcut(paletteShortcut)
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if e.Text() != "" {
		t.Errorf("editing left %q", e.Text())
	}
	if len(h.keys) != 1 || h.keys[0] != "F9" || len(h.shortcuts) != 1 || len(h.runes) != 0 {
		t.Errorf("the router got %+v, want F9 and one shortcut", *h)
	}
}

func TestButtonKeysAndReason(t *testing.T) {
	presses := 0
	b := kit.NewButton(kit.ButtonSpec{Label: "Send", Reason: "Within your limit.",
		OnTap: func() { presses++ }})
	w := kittest.Window(t, fyne.NewSize(300, 40), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return b })
	h := listen(w)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	b.TypedRune('r')
	test.TapCanvas(w.Canvas(), fyne.NewPos(10, 20))
	test.TapCanvas(w.Canvas(), fyne.NewPos(200, 20)) // on the reason
	if presses != 2 || len(h.keys) != 1 || len(h.runes) != 1 {
		t.Errorf("%d presses, router got %+v", presses, *h)
	}
	spec := b.Spec()
	spec.Disabled = true
	b.Set(spec)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if presses != 2 {
		t.Error("a disabled button was pressed")
	}
}

func TestBridgeRowsHaveTheKeyboard(t *testing.T) {
	c := kit.NewBridgeChart(bridge())
	w := kittest.Window(t, c.MinSize(), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return c })
	h := listen(w)
	var opened []string
	c.OnOpen = func(id string) { opened = append(opened, id) }
	w.Canvas().Focus(c)
	for range 3 {
		c.TypedRune('j')
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF9})
	test.TapCanvas(w.Canvas(), fyne.NewPos(60, 28+22*9+11)) // taxes: nothing behind it
	test.TapCanvas(w.Canvas(), fyne.NewPos(60, 28+22*6+11))
	if got := strings.Join(opened, ","); got != "Unsupported receipts,,Refunds" {
		t.Errorf("opened %q", got)
	}
	if c.Cursor() != 6 || len(h.keys) != 1 {
		t.Errorf("cursor %d, router got %+v", c.Cursor(), *h)
	}
}

func TestPaletteRunsAndGivesTheFocusBack(t *testing.T) {
	g, w := gridOf(t, 5)
	h := listen(w)
	p := palette()
	ran := ""
	p.OnRun = func(id string) { ran = id }
	p.Open(w.Canvas(), "10482")
	inner := w.Canvas().Focused()
	for range 7 {
		inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp}) // the disabled line
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if ran != "" || !kit.Covered(w.Canvas()) {
		t.Errorf("a disabled line ran %q", ran)
	}
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	inner.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if ran != "8" || kit.Covered(w.Canvas()) || w.Canvas().Focused() != fyne.Focusable(g) {
		t.Errorf("ran %q, covered %v", ran, kit.Covered(w.Canvas()))
	}
	p.Open(w.Canvas(), "")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if kit.Covered(w.Canvas()) || len(h.keys) != 0 {
		t.Errorf("Esc left the palette open, or the router heard %v under it", h.keys)
	}
	key(g, fyne.KeyF5)
	if len(h.keys) != 1 {
		t.Error("the router is off after the palette closed")
	}
}

// Tab goes through a head from left to right.
func TestHeadFocusOrder(t *testing.T) {
	month, sync, export := kit.NewMonthSwitcher("2026-10"), button("Sync", ""), button("Export", "")
	w := kittest.Window(t, fyne.NewSize(800, 56), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject {
			return kit.NewHeadBar("Payouts", []fyne.CanvasObject{month},
				[]fyne.CanvasObject{sync, export})
		})
	for i, want := range []fyne.Focusable{month, sync, export} {
		w.Canvas().FocusNext()
		if w.Canvas().Focused() != want {
			t.Errorf("step %d leads to %T", i, w.Canvas().Focused())
		}
	}
}

func TestSelectMenu(t *testing.T) {
	s := kit.NewSelect("Status", kit.Option{ID: "o", Label: "Open"},
		kit.Option{ID: "d", Label: "Done"})
	w := kittest.Window(t, fyne.NewSize(300, 200), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return at(placed{s, 8, 8, 0, 0}) })
	told := ""
	s.OnChange = func(id string) { told = id }
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	menu := w.Canvas().Focused()
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if told != "d" || s.Selected() != "d" || kit.Covered(w.Canvas()) {
		t.Errorf("told %q, selected %q", told, s.Selected())
	}
}

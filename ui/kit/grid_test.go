package kit_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

// gridOf shows a grid of n made-up rows in a window and gives it the focus.
func gridOf(t testing.TB, n int) (*kit.Grid, fyne.Window) {
	t.Helper()
	g := kit.NewGrid([]kit.Column{{ID: "a", Title: "A", Width: 100, Sortable: true},
		{ID: "b", Title: "B", Width: 100, Grow: true}, {ID: "c", Title: "C", Width: 90, Min: 60},
		{ID: "d", Title: "EUR", Width: 90, Align: kit.AlignRight, Sortable: true}},
		&countedData{n: n})
	w := kittest.Window(t, fyne.NewSize(600, 400), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g })
	w.Canvas().Focus(g)
	return g, w
}

func key(g *kit.Grid, names ...fyne.KeyName) {
	for _, name := range names {
		g.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func TestGridKeysMoveTheCursor(t *testing.T) {
	const n = 1_000_000
	g, _ := gridOf(t, n)
	opened := ""
	g.OnOpen = func(id string) { opened = id }
	for _, step := range []struct {
		keys []fyne.KeyName
		want string
	}{
		{[]fyne.KeyName{fyne.KeyDown}, "id-0"},
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyDown}, "id-2"},
		{[]fyne.KeyName{fyne.KeyUp}, "id-1"},
		{[]fyne.KeyName{fyne.KeyEnd}, "id-999999"},
		{[]fyne.KeyName{fyne.KeyDown}, "id-999999"},
		{[]fyne.KeyName{fyne.KeyHome, fyne.KeyUp}, "id-0"},
		{[]fyne.KeyName{fyne.KeyPageDown}, "id-10"},
		{[]fyne.KeyName{fyne.KeyPageUp}, "id-0"},
	} {
		key(g, step.keys...)
		if g.Cursor() != step.want {
			t.Errorf("after %v the cursor is on %s, want %s", step.keys, g.Cursor(), step.want)
		}
	}
	g.TypedRune('j')
	g.TypedRune('j')
	g.TypedRune('k')
	key(g, fyne.KeyReturn)
	if opened != "id-1" {
		t.Errorf("Enter opened %q, want id-1", opened)
	}
}

func TestGridShowsTheRowWithTheCursor(t *testing.T) {
	g, w := gridOf(t, 1_000_000)
	key(g, fyne.KeyEnd)
	before := w.Canvas().Capture()
	key(g, fyne.KeyUp)
	if _, count := kittest.Compare(before, w.Canvas().Capture()); count == 0 {
		t.Error("moving the cursor at the end of a million rows changes nothing on screen")
	}
}

func TestGridSelectsByKeyAndShift(t *testing.T) {
	g, _ := gridOf(t, 100)
	changes := 0
	g.OnSelect = func() { changes++ }
	key(g, fyne.KeyDown, fyne.KeySpace)
	g.TypedRune('J')
	g.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	key(g, fyne.KeyDown, fyne.KeyDown)
	g.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	key(g, fyne.KeyDown)
	for i, want := range []bool{true, true, true, true, false} {
		id := "id-" + string(rune('0'+i))
		if got := g.Selection().Has(id); got != want {
			t.Errorf("%s selected: %v, want %v", id, got, want)
		}
	}
	if changes != 4 {
		t.Errorf("told of %d changes, want 4", changes)
	}
	g.TypedShortcut(&fyne.ShortcutSelectAll{})
	g.TypedRune('x')
	s := g.Selection()
	if !s.IsAll() || s.Has("id-4") || !s.Has("id-99") || s.Count(100) != 99 {
		t.Errorf("all but one: all %v, count %d", s.IsAll(), s.Count(100))
	}
}

func TestGridKeepsRecordsAcrossASort(t *testing.T) {
	g, d := breaks()
	d.heads = nil
	kittest.Window(t, fyne.NewSize(500, 500), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g })
	id, cursor := d.ids[1], g.Cursor()
	d.reverse()
	g.Reload()
	if !g.Selection().Has(id) || g.Selection().Count(d.Len()) != 2 {
		t.Errorf("the selection moved to other records: %v", g.Selection().IDs())
	}
	if g.Cursor() != cursor {
		t.Errorf("the cursor is on %s, want %s", g.Cursor(), cursor)
	}
	key(g, fyne.KeyDown)
	if want := d.ids[len(d.ids)-7]; g.Cursor() != want {
		t.Errorf("below the record stands %s, want %s", g.Cursor(), want)
	}
}

func TestGridSortsByItsHead(t *testing.T) {
	g, w := gridOf(t, 10)
	var asked []kit.Sort
	g.OnSort = func(s kit.Sort) { asked = append(asked, s) }
	test.TapCanvas(w.Canvas(), fyne.NewPos(40, 15))
	test.TapCanvas(w.Canvas(), fyne.NewPos(40, 15))
	test.TapCanvas(w.Canvas(), fyne.NewPos(160, 15)) // not sortable
	test.TapCanvas(w.Canvas(), fyne.NewPos(560, 15))
	want := []kit.Sort{{Column: "a"}, {Column: "a", Descending: true}, {Column: "d"}}
	if len(asked) != len(want) {
		t.Fatalf("asked for %v, want %v", asked, want)
	}
	for i := range want {
		if asked[i] != want[i] {
			t.Errorf("%d: asked for %v, want %v", i, asked[i], want[i])
		}
	}
}

func TestGridColumnDrag(t *testing.T) {
	g, w := gridOf(t, 10)
	var told []kit.Column
	g.OnColumns = func(list []kit.Column) { told = list }
	edge := float32(16 + 100 + 6)
	test.Drag(w.Canvas(), fyne.NewPos(edge+30, 15), 30, 0)
	if len(told) == 0 || told[0].Width != 130 {
		t.Fatalf("told of %+v, want column a 130 wide", told)
	}
	test.Drag(w.Canvas(), fyne.NewPos(edge+30-110, 15), -110, 0)
	if got := g.Columns()[0].Width; got != 24 {
		t.Errorf("the smallest width is %v, want 24", got)
	}
}

func TestGridMouse(t *testing.T) {
	g, w := gridOf(t, 50)
	now := time.Unix(0, 0)
	g.Clock = func() time.Time { return now }
	var opened, menu string
	g.OnOpen = func(id string) { opened = id }
	g.OnMenu = func(id string, _ fyne.Position) { menu = id }
	press := func(row int, button desktop.MouseButton, mod fyne.KeyModifier) {
		mouseDown(t, w, fyne.NewPos(80, 30+32*float32(row)+10), button, mod)
	}
	press(2, desktop.MouseButtonPrimary, 0)
	now = now.Add(time.Second)
	press(2, desktop.MouseButtonPrimary, 0)
	if opened != "" {
		t.Error("two slow clicks opened the record")
	}
	now = now.Add(100 * time.Millisecond)
	press(2, desktop.MouseButtonPrimary, 0)
	if opened != "id-2" || g.Cursor() != "id-2" {
		t.Errorf("a double click opened %q, cursor %s", opened, g.Cursor())
	}
	press(4, desktop.MouseButtonPrimary, fyne.KeyModifierShift)
	if g.Selection().Count(50) != 3 {
		t.Errorf("Shift selected %d rows, want 3", g.Selection().Count(50))
	}
	press(6, desktop.MouseButtonPrimary, fyne.KeyModifierShortcutDefault)
	if !g.Selection().Has("id-6") || g.Selection().Count(50) != 4 {
		t.Errorf("Ctrl selected %v", g.Selection().IDs())
	}
	press(1, desktop.MouseButtonSecondary, 0)
	if menu != "id-1" {
		t.Errorf("the menu is for %q, want id-1", menu)
	}
}

// mouseDown presses on whatever takes the mouse at a place.
func mouseDown(
	t *testing.T, w fyne.Window, pos fyne.Position, button desktop.MouseButton,
	mod fyne.KeyModifier,
) {
	t.Helper()
	var found desktop.Mouseable
	var within fyne.Position
	walk(w.Content(), fyne.NewPos(0, 0), func(o fyne.CanvasObject, at fyne.Position) {
		size := o.Size()
		if m, ok := o.(desktop.Mouseable); ok && pos.X >= at.X && pos.Y >= at.Y &&
			pos.X < at.X+size.Width && pos.Y < at.Y+size.Height {
			found, within = m, pos.Subtract(at)
		}
	})
	if found == nil {
		t.Fatalf("nothing takes the mouse at %v", pos)
	}
	ev := &desktop.MouseEvent{Button: button, Modifier: mod}
	ev.Position, ev.AbsolutePosition = within, pos
	found.MouseDown(ev)
}

func walk(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	at = at.Add(o.Position())
	if !o.Visible() {
		return
	}
	visit(o, at)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, at, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			walk(child, at, visit)
		}
	}
}

func TestGridFoldsGroups(t *testing.T) {
	g, d := breaks()
	kittest.Window(t, fyne.NewSize(500, 500), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g })
	var told []string
	g.OnFold = func(id string, fold bool) {
		if fold {
			id = "fold " + id
		}
		told = append(told, id)
	}
	key(g, fyne.KeyLeft) // from a member to its group's head
	g.SetCursor("group M2")
	key(g, fyne.KeyRight, fyne.KeySpace)
	if strings.Join(told, ",") != "fold group A4,group M2" {
		t.Errorf("told %v", told)
	}
	if g.Selection().Has("group M2") {
		t.Error("a group's head got selected")
	}
	if len(d.Heads()) != 4 {
		t.Fatalf("the table has %d heads", len(d.Heads()))
	}
}

func TestGridCopiesTabSeparated(t *testing.T) {
	g, _ := gridOf(t, 5)
	got := ""
	g.OnCopy = func(text string) { got = text }
	key(g, fyne.KeyDown)
	g.TypedShortcut(&fyne.ShortcutCopy{})
	if want := "A\tB\tC\tEUR\nr0 c0\tr0 c1\tr0 c2\t0,000.00\n"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	g.Selection().All()
	g.Selection().Set("id-0", false)
	g.TypedShortcut(&fyne.ShortcutCopy{})
	if lines := strings.Count(got, "\n"); lines != 5 {
		t.Errorf("copied %d lines, want the head and 4 rows", lines)
	}
}

func TestGridLeavesUnchangedRowsAlone(t *testing.T) {
	d := &countedData{n: 1000}
	g := kit.NewGrid([]kit.Column{{ID: "a", Width: 100}}, d)
	kittest.Window(t, fyne.NewSize(300, 300), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g })
	d.asked = 0
	g.Restyle()
	if d.asked != 0 {
		t.Errorf("%d cells were asked for though nothing changed", d.asked)
	}
	g.SetCursor("id-3")
	if d.asked == 0 || d.asked > 4 {
		t.Errorf("%d cells were asked for when one row changed", d.asked)
	}
	d.n = 2
	g.Reload() // the length shrank under visible rows
	key(g, fyne.KeyEnd)
	if g.Cursor() != "id-1" {
		t.Errorf("the cursor is on %s, want id-1", g.Cursor())
	}
}

package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
)

func TestGridOpensARow(t *testing.T) {
	g, w := gridOf(t, 50_000)
	pressed := ""
	b := kit.NewButton(kit.ButtonSpec{Label: "Use this", OnTap: func() { pressed = g.Inset() }})
	g.SetCursor("id-40000")
	g.SetInset("id-40000", b, 44)
	if g.Inset() != "id-40000" {
		t.Fatalf("%q is open", g.Inset())
	}
	g.SetCursor("id-40000")
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	if at.Y <= 0 || at.Y+b.Size().Height > 400 || b.Size().Width < 500 {
		t.Fatalf("the content of the row is at %v, %v", at, b.Size())
	}
	test.TapCanvas(w.Canvas(), at.AddXY(20, 20))
	if pressed != "id-40000" {
		t.Errorf("a press in the open row reached %q", pressed)
	}
	// Rows below stand lower by the height of the content; the cursor still finds them.
	w.Canvas().Focus(g)
	key(g, fyne.KeyDown)
	if g.Cursor() != "id-40001" {
		t.Errorf("below the open row is %s", g.Cursor())
	}
	g.SetInset("", nil, 0)
	if g.Inset() != "" || w.Canvas().Content() == nil {
		t.Error("the row stays open")
	}
	pressed = ""
	if test.TapCanvas(w.Canvas(), at.AddXY(20, 20)); pressed != "" {
		t.Error("what belonged to the row can be pressed still")
	}
}

func TestOptionsBelowACell(t *testing.T) {
	g, w := gridOf(t, 5)
	at, size, ok := g.FieldArea("id-2", "c")
	if !ok || size.Width != 90 || at.Y < 60 {
		t.Fatalf("the cell is at %v, %v, %t", at, size, ok)
	}
	if _, _, ok := g.FieldArea("no such row", "c"); ok {
		t.Error("a row that is not there has a place")
	}
	var got []string
	options := []kit.Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}}
	pick := func(keys ...fyne.KeyName) {
		kit.ShowOptions(w.Canvas(), at, size, options, "a", func(id string) { got = append(got, id) })
		for _, k := range keys {
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	pick(fyne.KeyReturn)
	pick(fyne.KeyDown, fyne.KeyReturn)
	if len(got) != 1 || got[0] != "b" || kit.Covered(w.Canvas()) {
		t.Errorf("picked %v", got)
	}
}

func TestPassageBreaksWhereItMust(t *testing.T) {
	mono := kit.Ink{Size: 12, Weight: kit.Mono, Color: kit.Text}
	for _, c := range []struct {
		text  string
		lines float32
	}{{"", 1}, {"a;b", 1}, {"19.10.2026;19.10.2026;6.765,90;EUR;STRIPE PAYMENTS EUROPE;IE64", 2},
		{"0123456789012345678901234567890123456789012345678901234567890123456789", 2}, {"a\nb\nc", 3}} {
		p := kit.NewPassage(c.text, mono)
		p.Resize(fyne.NewSize(320, 10))
		if got := p.MinSize().Height / 18; got != c.lines {
			t.Errorf("%q: %v lines, want %v", c.text, got, c.lines)
		}
	}
}

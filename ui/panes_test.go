package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"countinghouse/app"
	"countinghouse/ui/kit"
)

func TestF6GoesThroughThePanes(t *testing.T) {
	r := start(t)
	o := r.s.screens[atOverview].(*overviewScreen)
	r.s.canvas.Unfocus()
	for i, want := range []fyne.Focusable{o.find.Focusable(), o.chart, o.list, o.proofList,
		o.find.Focusable()} {
		r.s.nextPane()
		if r.focused() != want {
			t.Fatalf("pane %d of the overview: %T", i, r.focused())
		}
	}
	r.ctrl(fyne.Key7)
	r.at(atImport)
	r.s.nextPane() // no list is there yet
	r.key(fyne.KeyF8)
	if r.s.notice.Text != "Choose a statement file first." {
		t.Errorf("without a file, F8 says %q", r.s.notice.Text)
	}
}

func TestEmptySearchShowsNoException(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	x.find.SetText("no such thing")
	if _, ok := x.detail.scroll.scroll.Content.(*kit.EmptyState); !ok {
		t.Errorf("the detail shows %T beside an empty list", x.detail.scroll.scroll.Content)
	}
	x.find.SetText("")
	if _, ok := x.detail.scroll.scroll.Content.(*kit.EmptyState); ok {
		t.Error("the detail stays empty when the list is back")
	}
}

func TestDroppedFileThatContradictsTheBooks(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	folder, err := app.ProfileDir(d.App.Options())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "statements", "operating-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	cells := strings.Split(lines[5], ";")
	cells[2] = "77.777,77"
	lines[5] = strings.Join(cells, ";")
	path := filepath.Join(t.TempDir(), "operating-other.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	r.s.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	r.settle()
	r.at(atImport)
	x := r.s.importing()
	if x.view == nil || !x.view.Conflict || strings.Contains(x.view.Problem, "--") {
		t.Fatalf("a file with another amount than the books: %q, %q", x.view.Problem, x.view.Verdict)
	}
	x.replace = true
	x.again()
	r.settle()
	if x.view.Problem != "" || x.view.New != 1 ||
		!strings.Contains(strings.Join(x.view.Effects, " "), "out of the books") {
		t.Errorf("taking its lines: %q, %q", x.view.Problem, x.view.Effects)
	}
}

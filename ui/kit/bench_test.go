package kit_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

// wideGrid shows a million rows of twelve columns in a window of 1440 by 900.
func wideGrid(b *testing.B) fyne.Window {
	b.Helper()
	var list []kit.Column
	for i := range 12 {
		list = append(list, kit.Column{ID: fmt.Sprint(i), Title: fmt.Sprint("Column ", i), Width: 100})
	}
	list[3].Align = kit.AlignRight
	g := kit.NewGrid(list, &countedData{n: 1_000_000})
	return kittest.Window(b, fyne.NewSize(1440, 900), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g })
}

// BenchmarkGridScroll1M is one wheel step of three rows: the work before painting.
func BenchmarkGridScroll1M(b *testing.B) {
	w := wideGrid(b)
	for b.Loop() {
		test.Scroll(w.Canvas(), fyne.NewPos(400, 400), 0, -102)
	}
}

// BenchmarkGridFrame1M adds the painting in software, which writes every letter anew; a window
// keeps its texts in textures.
func BenchmarkGridFrame1M(b *testing.B) {
	w := wideGrid(b)
	for b.Loop() {
		test.Scroll(w.Canvas(), fyne.NewPos(400, 400), 0, -102)
		w.Canvas().Capture()
	}
}

// BenchmarkGridFirstFrame1M builds, lays out and paints the same grid.
func BenchmarkGridFirstFrame1M(b *testing.B) {
	for b.Loop() {
		wideGrid(b).Canvas().Capture()
	}
}

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
func wideGrid(b *testing.B) (fyne.Window, *countedData) {
	b.Helper()
	var list []kit.Column
	for i := range 12 {
		list = append(list, kit.Column{ID: fmt.Sprint(i), Title: fmt.Sprint("Column ", i), Width: 100})
	}
	list[3].Align = kit.AlignRight
	data := &countedData{n: 1_000_000}
	g := kit.NewGrid(list, data)
	return kittest.Window(b, fyne.NewSize(1440, 900), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return g }), data
}

// BenchmarkGridScroll1M is one wheel step of three rows: the work before painting.
func BenchmarkGridScroll1M(b *testing.B) {
	w, data := wideGrid(b)
	data.asked = 0
	for b.Loop() {
		test.Scroll(w.Canvas(), fyne.NewPos(400, 400), 0, -96)
	}
	b.ReportMetric(float64(data.asked)/float64(b.N), "cells/op")
}

// BenchmarkGridFrame1M adds the painting in software, which writes every letter anew; a window
// keeps its texts in textures.
func BenchmarkGridFrame1M(b *testing.B) {
	w, _ := wideGrid(b)
	for b.Loop() {
		test.Scroll(w.Canvas(), fyne.NewPos(400, 400), 0, -96)
		w.Canvas().Capture()
	}
}

// BenchmarkGridFirstFrame1M builds, lays out and paints the same grid.
func BenchmarkGridFirstFrame1M(b *testing.B) {
	for b.Loop() {
		w, _ := wideGrid(b)
		w.Canvas().Capture()
	}
}

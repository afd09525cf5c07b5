package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"countinghouse/ui/kit"
)

// What is remembered between two starts.
const (
	prefWidth  = "window.width"
	prefHeight = "window.height"
	prefTheme  = "window.theme"
	prefScale  = "window.scale"
	prefScreen = "window.screen"
	prefFolder = "last.folder"
)

// pref is a remembered number.
func (s *shell) pref(name string, otherwise float32) float32 {
	return float32(s.fyne.Preferences().FloatWithFallback(name, float64(otherwise)))
}

// keep remembers a number.
func (s *shell) keep(name string, value float32) {
	s.fyne.Preferences().SetFloat(name, float64(value))
}

// split is a pair of panes whose border is remembered: first is the width of the left one in a
// window of 1440.
func (s *shell) split(name string, left, right fyne.CanvasObject, first float32) fyne.CanvasObject {
	usual := float64(first / (1440 - kit.RailWide))
	prefs := s.fyne.Preferences()
	return kit.NewSplit(true, left, right, prefs.FloatWithFallback("split."+name, usual),
		func(offset float64) { prefs.SetFloat("split."+name, offset) })
}

// splitDown divides a screen into an upper and a lower part, by the share that was chosen last.
func (s *shell) splitDown(name string, top, bottom fyne.CanvasObject, usual float64) fyne.CanvasObject {
	prefs := s.fyne.Preferences()
	return kit.NewSplit(false, top, bottom, prefs.FloatWithFallback("split."+name, usual),
		func(offset float64) { prefs.SetFloat("split."+name, offset) })
}

// columns gives a screen's grid the widths that were chosen by hand, and remembers new ones. The
// lists of all screens stand on Surface.
func (s *shell) columns(name string, g *kit.Grid) {
	g.OnSurface = true
	prefs := s.fyne.Preferences()
	widths := map[string]float32{}
	for part := range strings.SplitSeq(prefs.String("columns."+name), " ") {
		id, w, ok := strings.Cut(part, "=")
		if n, err := strconv.ParseFloat(w, 32); ok && err == nil && n >= 24 {
			widths[id] = float32(n)
		}
	}
	if len(widths) > 0 {
		list := g.Columns()
		for i := range list {
			if w, ok := widths[list[i].ID]; ok {
				list[i].Width = w
			}
		}
		g.SetColumns(list)
	}
	g.OnColumns = func(list []kit.Column) {
		var parts []string
		for _, c := range list {
			parts = append(parts, c.ID+"="+strconv.FormatFloat(float64(c.Width), 'f', 0, 32))
		}
		prefs.SetString("columns."+name, strings.Join(parts, " "))
	}
}

// applyTheme shows the theme that was chosen; the system's where none was.
func (s *shell) applyTheme() {
	switch s.fyne.Preferences().String(prefTheme) {
	case "light":
		s.fyne.Settings().SetTheme(kit.LightTheme())
	case "dark":
		s.fyne.Settings().SetTheme(kit.DarkTheme())
	default:
		s.fyne.Settings().SetTheme(kit.SystemTheme())
	}
}

// setTheme chooses light, dark or the system's.
func (s *shell) setTheme(name string) {
	s.fyne.Preferences().SetString(prefTheme, name)
	s.applyTheme()
	s.update()
}

func (s *shell) toggleTheme() {
	if kit.Variant() == theme.VariantDark {
		s.setTheme("light")
		return
	}
	s.setTheme("dark")
}

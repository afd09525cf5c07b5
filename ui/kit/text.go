package kit

import (
	"fyne.io/fyne/v2"
)

// Weight is one of the faces.
type Weight string

// The weights: 400, 500, 600, and the toolkit's monospaced face.
const (
	Regular  Weight = ""
	Medium   Weight = "medium"
	SemiBold Weight = "semibold"
	Mono     Weight = "mono"
)

// Ink says how text looks: size in toolkit units, weight and colour.
type Ink struct {
	Size   float32
	Weight Weight
	Color  Token
}

// The inks that most of the window is written with.
var (
	Body     = Ink{13, Regular, Text}
	Figure   = Ink{13, Medium, Text}
	Strong   = Ink{13, SemiBold, Text}
	Second   = Ink{12, Regular, Muted}
	Caption  = Ink{12, Medium, Text2}
	Axis     = Ink{11.5, Regular, Muted}
	AxisCode = Ink{11.5, SemiBold, Muted}
	Heading  = Ink{14, SemiBold, Text}
)

// In is the same ink in another colour.
func (i Ink) In(t Token) Ink {
	i.Color = t
	return i
}

// Of is the same ink in another weight.
func (i Ink) Of(w Weight) Ink {
	i.Weight = w
	return i
}

// At is the same ink in another size.
func (i Ink) At(size float32) Ink {
	i.Size = size
	return i
}

func (w Weight) style() fyne.TextStyle {
	return fyne.TextStyle{Bold: w == SemiBold, Monospace: w == Mono}
}

func (w Weight) source() fyne.Resource {
	if w == Medium {
		return mediumFont
	}
	return nil
}

// measureAt is the size at which rune widths are measured; widths scale from there.
const measureAt = 100

// runeWidths caches widths at measureAt. Only the UI goroutine touches it.
var runeWidths = map[Weight]map[rune]float32{}

func runeWidth(r rune, w Weight) float32 {
	widths := runeWidths[w]
	if widths == nil {
		widths = map[rune]float32{}
		runeWidths[w] = widths
	}
	width, ok := widths[r]
	if !ok {
		size, _ := fyne.CurrentApp().Driver().RenderedTextSize(
			string(r), measureAt, w.style(), w.source())
		width = size.Width
		widths[r] = width
	}
	return width
}

// TextWidth is the width of a line of text, from cached rune widths: exact for figures, and
// within a pixel of the drawn width for words, which kerning moves a little.
func TextWidth(s string, ink Ink) float32 {
	var sum float32
	for _, r := range s {
		sum += runeWidth(r, ink.Weight)
	}
	return sum * ink.Size / measureAt
}

const (
	ellipsis = "…"
	slack    = 0.5 // of rounding, so that text fits into its own width
)

// CutText shortens s so that it fits into width, ending in "…" where something is missing. It
// never cuts inside a rune and leaves no space before the dots. No room gives an empty string.
func CutText(s string, width float32, ink Ink) string {
	limit := (width + slack) * measureAt / ink.Size
	room := limit - runeWidth('…', ink.Weight)
	var sum float32
	end, cut := 0, false
	for i, r := range s {
		sum += runeWidth(r, ink.Weight)
		if sum > limit {
			cut = true
			break
		}
		if sum <= room {
			end = i + len(string(r))
		}
	}
	if !cut {
		return s
	}
	if room < 0 {
		return ""
	}
	for end > 0 && s[end-1] == ' ' {
		end--
	}
	return s[:end] + ellipsis
}

// WrapText breaks s into lines no wider than width, at spaces; a word that is wider than a
// line is cut. It returns no line for an empty string.
func WrapText(s string, width float32, ink Ink) []string {
	var lines []string
	line, start := "", 0
	flush := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
	}
	for start < len(s) {
		end := start
		for end < len(s) && s[end] != ' ' && s[end] != '\n' {
			end++
		}
		if word := s[start:end]; word != "" {
			longer := word
			if line != "" {
				longer = line + " " + word
			}
			if line != "" && TextWidth(longer, ink) > width {
				flush()
				longer = word
			}
			line = CutText(longer, width, ink)
		}
		if end < len(s) && s[end] == '\n' {
			flush()
		}
		start = end + 1
	}
	flush()
	return lines
}

package kit

import "fyne.io/fyne/v2"

// Tally is a count with its icon, and what is counted below.
type Tally struct {
	drawn
	status       Status
	icon         string
	figure, word string
}

// NewTally makes a count; icon is instead of the status's own. A count of 0 is quiet.
func NewTally(st Status, icon, figure, word string) *Tally {
	t := &Tally{status: st, icon: icon, figure: figure, word: word}
	if t.icon == "" {
		t.icon = st.Icon()
	}
	t.setUp(t)
	return t
}

func (t *Tally) minimum() fyne.Size {
	w := max(24+TextWidth(t.figure, Ink{20, SemiBold, Text}), TextWidth(t.word, Second))
	return fyne.NewSize(round(w+1), 46)
}

func (t *Tally) paint(p *pen, size fyne.Size) {
	ink, icon := Ink{20, SemiBold, Text}, t.status.Ink()
	if t.figure == "0" {
		ink, icon = ink.In(Muted), Muted
	}
	p.icon(t.icon, 0, 14, 17, icon)
	p.cut(t.figure, 24, size.Width-24, 14, fyne.TextAlignLeading, ink)
	p.cut(t.word, 0, size.Width, 37, fyne.TextAlignLeading, Second)
}

// FileHead is a file: its icon, its name, and what there is to say of it.
type FileHead struct {
	drawn
	icon, name, note string
}

// NewFileHead makes the head of a card that is about a file.
func NewFileHead(icon, name, note string) *FileHead {
	h := &FileHead{icon: icon, name: name, note: note}
	h.setUp(h)
	return h
}

func (h *FileHead) minimum() fyne.Size { return fyne.NewSize(120, 36) }

func (h *FileHead) paint(p *pen, size fyne.Size) {
	p.icon(h.icon, 0, 18, 20, Text2)
	p.cut(h.name, 30, size.Width-30, 9, fyne.TextAlignLeading, Strong)
	p.cut(h.note, 30, size.Width-30, 27, fyne.TextAlignLeading, Second)
}

// Passage is text as it stands in a file: it breaks where the room ends, in the middle of a word where
// it has to, and shows "…" where its height ends.
type Passage struct {
	drawn
	text string
	ink  Ink
	wide float32
}

// NewPassage makes a passage.
func NewPassage(text string, ink Ink) *Passage {
	t := &Passage{text: text, ink: ink, wide: 280}
	t.setUp(t)
	return t
}

// Resize breaks anew.
func (t *Passage) Resize(size fyne.Size) {
	t.wide = size.Width
	t.drawn.Resize(size)
}

// passageMost is how many lines are shown at most.
const passageMost = 12

func (t *Passage) lines() []string {
	var out []string
	rest := []rune(t.text)
	for len(rest) > 0 && len(out) < passageMost {
		end, last, width := 0, 0, float32(0)
		for end < len(rest) && rest[end] != '\n' {
			if width += TextWidth(string(rest[end]), t.ink); width > t.wide && end > 0 {
				break
			}
			end++
			if c := rest[end-1]; c == ' ' || c == ';' || c == ',' || c == '\t' {
				last = end
			}
		}
		if last > 0 && end < len(rest) && rest[end] != '\n' {
			end = last
		}
		out = append(out, string(rest[:end]))
		if end < len(rest) && rest[end] == '\n' {
			end++
		}
		rest = rest[end:]
	}
	if len(rest) > 0 {
		out[len(out)-1] += ellipsis
	}
	return out
}

func (t *Passage) step() float32 { return round(t.ink.Size * 1.5) }

func (t *Passage) minimum() fyne.Size {
	return fyne.NewSize(80, t.step()*float32(max(1, len(t.lines()))))
}

func (t *Passage) paint(p *pen, size fyne.Size) {
	lines := t.lines()
	room := max(1, int(size.Height/t.step()))
	for i, line := range lines[:min(len(lines), room)] {
		if i == room-1 && len(lines) > room {
			line += ellipsis
		}
		p.cut(line, 0, size.Width, t.step()*(float32(i)+0.5), fyne.TextAlignLeading, t.ink)
	}
}

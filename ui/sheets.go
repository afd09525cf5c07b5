package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// sheet lays a titled sheet over the window; Esc closes it.
func (s *shell) sheet(title string, content fyne.CanvasObject, size fyne.Size) *kit.Sheet {
	closer := kit.NewButton(kit.ButtonSpec{Label: "Close", Key: "Esc", Small: true})
	head := between(28, kit.NewLabel(title, kit.Heading.At(16)), closer)
	body := newScrolling(content)
	inner := arranged(fixed(320, 200), func(z fyne.Size) {
		place(head, 20, 14, z.Width-40, 28)
		place(body.outside, 0, 54, z.Width, z.Height-54-8)
	}, head, body.outside)
	sheet := kit.ShowSheet(s.canvas, inner, size, 72)
	spec := closer.Spec()
	spec.OnTap = sheet.Close
	closer.Set(spec)
	s.canvas.Focus(closer)
	return sheet
}

// fittedSheet is a sheet no higher than its content, and no higher than size.
func (s *shell) fittedSheet(title string, content fyne.CanvasObject, size fyne.Size) *kit.Sheet {
	for range 2 { // texts wrap by the width, and their height follows
		content.Resize(fyne.NewSize(size.Width-2, content.MinSize().Height))
	}
	size.Height = min(size.Height, content.MinSize().Height+66)
	return s.sheet(title, content, size)
}

// showKeys shows what each key does here, made from the registry of commands.
func (s *shell) showKeys() {
	var here, all []kit.Fact
	for _, c := range s.commands {
		if len(c.keys) == 0 || !c.here(s.current) {
			continue
		}
		fact := kit.Fact{Label: c.keyText(), Value: c.title, Note: c.reason()}
		if c.screen != "" {
			here = append(here, fact)
		} else {
			all = append(all, fact)
		}
	}
	here = append(here, kit.Fact{Label: "Tab", Value: "Next field or pane"},
		kit.Fact{Label: "Enter", Value: "Open what has the focus"})
	s.fittedSheet("Keys", stacked(10, 20, kit.NewLabel("In this screen", kit.Caption),
		kit.NewFacts(110, 26, here...), kit.NewLabel("Everywhere", kit.Caption),
		kit.NewFacts(110, 26, all...)), fyne.NewSize(620, 640))
}

// showRecord shows a record and those it belongs together with, as they are stored.
func (s *shell) showRecord(id string) {
	if s.month == nil || id == "" {
		return
	}
	r := present.NewRecord(s.month, book.ItemID(id))
	var parts []fyne.CanvasObject
	var sheet *kit.Sheet
	if r.Exception != "" {
		parts = append(parts, kit.NewButton(kit.ButtonSpec{Label: "Show its exception",
			Icon: "octagon", Reason: r.ExceptionText, OnTap: func() {
				sheet.Close()
				s.open(atReconcile)
				s.reconcile().choose(r.Exception)
			}}))
	}
	if r.Payout != "" && s.current != atPayouts {
		parts = append(parts, kit.NewButton(kit.ButtonSpec{Label: "Show its payout", Icon: "payouts",
			OnTap: func() {
				sheet.Close()
				s.open(atPayouts)
				s.payouts().open(r.Payout)
			}}))
	}
	for _, raw := range r.Raw {
		parts = append(parts, rawCard(raw))
	}
	if len(r.Raw) == 0 {
		parts = append(parts, kit.NewProse("The books no longer have this record.", kit.Body, 500))
	}
	sheet = s.fittedSheet(r.Title, stacked(12, 20, parts...), fyne.NewSize(680, 700))
}

// pickMonth offers the months around the one that is shown.
func (s *shell) pickMonth() {
	if why := s.needProfile(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	last := max(s.wanted, s.profile.UsualMonth()+1)
	first := min(s.wanted, last) - 17
	if on := s.profile.Config().OpeningOn(); on != 0 {
		first = max(first, min(s.wanted, book.MonthOf(on)-1))
	}
	var sheet *kit.Sheet
	var parts []fyne.CanvasObject
	for m := last; m >= first; m-- {
		spec := kit.ButtonSpec{Label: m.String(), Icon: "calendar", Width: 260, OnTap: func() {
			sheet.Close()
			s.load(m, false)
		}}
		if m == s.wanted {
			spec.Kind = kit.Primary
		}
		parts = append(parts, kit.NewButton(spec))
	}
	sheet = s.sheet("Choose a month", stacked(6, 20, parts...), fyne.NewSize(300, 480))
}

// typed is text without the blanks around it and the quotes that a copied path may have.
func typed(text string) string { return strings.Trim(strings.TrimSpace(text), `"'`) }

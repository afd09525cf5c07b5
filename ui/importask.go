package ui

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// chooser asks for a file; above it stands what is wrong with the last one, and a way to take its
// lines nevertheless where they only contradict the books.
func (x *importScreen) chooser(st kit.Status, problem string, conflict bool) fyne.CanvasObject {
	read := kit.NewButton(kit.ButtonSpec{Label: "Read it", Icon: "eye",
		OnTap: func() { x.open(typed(x.path.Text())) }})
	choose := kit.NewButton(kit.ButtonSpec{Label: "Choose files", Icon: "file", Key: "Ctrl O",
		Kind: kit.Primary, OnTap: x.s.chooseStatement})
	typing := arranged(fixed(300, 34), func(size fyne.Size) {
		w := read.MinSize().Width
		place(x.path, 0, 0, size.Width-w-8, 50)
		place(read, size.Width-w, -1, w, 32)
	}, x.path, read)
	parts := []fyne.CanvasObject{}
	if problem != "" {
		parts = append(parts, note(st, problem))
	}
	if conflict {
		parts = append(parts, chips(kit.NewButton(kit.ButtonSpec{Icon: "eye",
			Label: "Check the file with its lines instead", OnTap: func() {
				x.replace = true
				x.again()
			}})))
	}
	if len(x.s.profile.Config().Accounts) == 0 {
		parts = append(parts, note(kit.StatusAttention, "No bank account is configured: add an "+
			"[[account]] to "+app.ConfigName+"."))
	}
	parts = append(parts,
		kit.NewProse("Drop bank statements on this window, one, many, or a folder of them. CSV and Excel "+
			"of any bank, MT940, CAMT, OFX, QIF and BAI2 are told apart by what is in them; a bank's layout "+
			"is remembered.", kit.Body.At(14), 420),
		chips(choose), kit.NewLabel("or type a path", kit.Second), typing)
	var links []fyne.CanvasObject
	for _, f := range x.recent() {
		links = append(links, kit.NewButton(kit.ButtonSpec{Label: filepath.Base(f), Icon: "file",
			Kind: kit.Link, Small: true, OnTap: func() { x.open(f) }}))
	}
	if len(links) > 0 {
		parts = append(parts, kit.NewLabel("or take one from the profile's folder", kit.Second),
			stacked(0, 0, links...))
	}
	parts = append(parts, x.past.watching()...)
	return kit.NewCard("Statement files", "", nil, stacked(14, 0, parts...), 20)
}

// recent are the statements in the profile's own folder, newest first, six at most.
func (x *importScreen) recent() []string {
	dir, err := app.ProfileDir(x.s.profile.Options())
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(dir, "statements"))
	if err != nil {
		return nil
	}
	var out []string
	for i := len(entries) - 1; i >= 0 && len(out) < 6; i-- {
		if !entries[i].IsDir() {
			out = append(out, filepath.Join(dir, "statements", entries[i].Name()))
		}
	}
	return out
}

// mono is text as it stands in a file.
var mono = kit.Ink{Size: 12, Weight: kit.Mono, Color: kit.Text}

// question asks what the file cannot decide.
func (x *importScreen) question() fyne.CanvasObject {
	q := x.view.Question
	parts := []fyne.CanvasObject{kit.NewProse("**"+q.Text+"**", kit.Body.At(14), 700)}
	if left := x.view.QuestionsLeft(); left != "" {
		parts = append(parts, kit.NewLabel(left, kit.Second))
	}
	sample := stacked(8, 0)
	parts = append(parts, sample)
	x.sample(sample, q.Place)
	var first *kit.Button
	for _, a := range q.Answers {
		b := kit.NewButton(kit.ButtonSpec{Label: present.AnswerTitle(a), Width: 260,
			Reason: a.Means, OnTap: func() { x.answer(string(q.Topic), a.Value) }})
		reading := kit.NewPassage(present.Reading(x.example, x.delimiter(), a), mono.In(kit.Text2))
		parts = append(parts, stacked(4, 0, b, reading))
		if first == nil {
			first = b
		}
	}
	if q.Hint != "" {
		parts = append(parts, kit.NewProse(q.Hint, kit.Second, 700))
	}
	if len(q.Answers) == 0 {
		own := kit.NewEntry("Answer, for instance " + present.AnswerExample(q.Topic))
		own.OnSubmit = func(text string) { x.answer(string(q.Topic), typed(text)) }
		parts = append(parts, own, kit.NewProse("Press Enter to read the file again with it.",
			kit.Second, 600))
	}
	parts = append(parts, kit.NewProse("Asked once: the answer is remembered for the next file of this "+
		"bank.", kit.Second, 700))
	card := kit.NewCard(x.view.File+" leaves a question open", "", nil, stacked(12, 0, parts...), 20)
	return leading(card, 820)
}

// leading puts a card at the left, as high as it needs and no wider than it reads well.
func leading(card fyne.CanvasObject, width float32) fyne.CanvasObject {
	return arranged(fixed(400, 200), func(size fyne.Size) {
		for range 2 { // texts wrap by the width, and their height follows
			place(card, 0, 0, min(size.Width, width), card.MinSize().Height)
		}
	}, card)
}

// sample shows the row that the question is about, as it stands in the file.
func (x *importScreen) sample(into *fyne.Container, place string) {
	if place == "" {
		return
	}
	into.Add(kit.NewLabel(present.PlaceTitle(place)+" of the file", kit.Second))
	if x.example != "" {
		into.Add(kit.NewPassage(x.example, mono))
	}
}

func (x *importScreen) delimiter() string {
	if len(x.found.Files) == 0 {
		return ""
	}
	return x.found.Files[0].Profile.Delimiter
}

// exampleOf is the row that a question of the file is about, "" where there is none.
func exampleOf(a *app.App, f *importFile) string {
	questions := f.found.Files[0].Questions
	if len(questions) == 0 {
		return ""
	}
	raw, err := a.RawRow(f.file, present.RowOf(questions[0].Place))
	if err != nil {
		return "" // the question stands by itself
	}
	return raw
}

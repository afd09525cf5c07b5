package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// profileEditor edits a source's billing profile: its text at the left with what is wrong in it, at
// the right what it makes of a live page.
type profileEditor struct {
	s      *shell
	source book.SourceName

	text              *kit.TextArea
	at                *kit.Label
	faults, result    *scrolling
	kinds, samples    *kit.Segmented
	sources           *kit.Select
	test, save, close *kit.Button
	grid              *kit.Grid
	rows              *profileRows
	verdict           *kit.Chip
	from              *kit.Label
	sentence          *kit.Prose
	outside           *fyne.Container
	sheet             *kit.Sheet

	wrong  []app.ProfileFault
	view   *present.ProfileTrial
	asked  int
	trying bool
}

// whyNoEditor says why no billing profile can be edited, "" where one can.
func (s *shell) whyNoEditor() string {
	if why := s.needProfile(); why != "" {
		return why
	}
	if len(s.profile.ProfiledSources()) == 0 {
		return present.StateTitle(present.ErrNoProfiledSource.Error()) + "."
	}
	return ""
}

// editProfile opens the editor on a source's billing profile, "" for the first source that has one.
func (s *shell) editProfile(source book.SourceName) *profileEditor {
	names := s.profile.ProfiledSources()
	if source == "" {
		source = names[0]
	}
	x := newProfileEditor(s, names)
	x.sheet = kit.ShowSheet(s.canvas, x.outside, fyne.NewSize(1320, 820), 24)
	x.open(source)
	s.canvas.Focus(x.text.Focusable())
	return x
}

func newProfileEditor(s *shell, names []book.SourceName) *profileEditor {
	x := &profileEditor{s: s, text: kit.NewTextArea(), at: kit.NewLabel("", kit.Second),
		rows: &profileRows{}, verdict: kit.NewState(kit.StatusNeutral, "Not tested yet"),
		from: kit.NewLabel("", kit.Second), sentence: kit.NewProse(" ", kit.Body, 500),
		samples: kit.NewSegmented(), faults: newScrolling(gap(1)), result: newScrolling(gap(1))}
	x.text.OnChanged = func(string) { x.check() }
	x.text.OnCursor = func(line int) { x.at.SetText("Line " + present.Count(line)) }
	var options, kinds []kit.Option
	for _, n := range names {
		options = append(options, kit.Option{ID: string(n), Label: string(n)})
	}
	x.sources = kit.NewSelect("Source", options...)
	x.sources.OnChange = func(id string) { x.open(book.SourceName(id)) }
	for _, k := range app.ProfileKinds {
		kinds = append(kinds, kit.Option{ID: k, Label: present.StateTitle(k)})
	}
	x.kinds = kit.NewSegmented(kinds...)
	x.kinds.Select(app.ProfileKinds[0])
	x.samples.OnChange = func(string) { x.showSample() }
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "field", Title: "Field", Width: 130, Min: 90},
		{ID: "path", Title: "Where it stands", Width: 150, Min: 90, Grow: true},
		{ID: "raw", Title: "What stands there", Width: 150, Min: 90, Grow: true},
		{ID: "result", Title: "What it comes to", Width: 190, Min: 110, Grow: true},
	}, x.rows)
	x.grid.Empty = kit.NewEmptyState("Test against a live page to see what each field comes to.", nil)
	x.test = kit.NewButton(kit.ButtonSpec{Label: "Test against live page", Icon: "play", OnTap: x.run})
	x.save = kit.NewButton(kit.ButtonSpec{Label: "Save profile", Icon: "tick", Kind: kit.Primary,
		OnTap: x.store})
	x.close = kit.NewButton(kit.ButtonSpec{Label: "Close", Key: "Esc", Small: true,
		OnTap: func() { x.sheet.Close() }})
	x.outside = x.lay()
	return x
}

// lay places everything.
func (x *profileEditor) lay() *fyne.Container {
	title := kit.NewLabel("Billing profile", kit.Heading.At(16))
	left := kit.NewLabel("The profile's text", kit.Caption)
	right := kit.NewLabel("What it makes of a live page; nothing is stored", kit.Caption)
	line := kit.NewGround(kit.CardLine)
	return arranged(fixed(800, 480), func(size fyne.Size) {
		place(title, 20, 12, 140, 30)
		place(x.sources, 170, 12, 220, 30)
		cw := x.close.MinSize().Width
		place(x.close, size.Width-20-cw, 13, cw, 28)
		place(line, 0, 54, size.Width, 1)
		w := max(360, size.Width*0.44)
		top, bottom := float32(66), size.Height-16
		place(left, 20, top, w-140, 20)
		place(x.at, 20+w-90, top, 90, 20)
		place(x.text, 20, top+24, w, bottom-top-24-130)
		place(x.faults.outside, 20, bottom-118, w, 74)
		place(x.save, 20, bottom-34, x.save.MinSize().Width, 34)
		rx := 20 + w + 20
		rw := size.Width - rx - 20
		place(right, rx, top, rw, 20)
		place(x.kinds, rx, top+24, x.kinds.MinSize().Width, 30)
		tw := x.test.MinSize().Width
		place(x.test, rx+rw-tw, top+23, tw, 32)
		place(x.verdict, rx, top+64, min(260, rw), 22)
		place(x.from, rx+min(260, rw)+8, top+64, max(0, rw-min(260, rw)-8), 22)
		sw := x.samples.MinSize().Width
		place(x.samples, rx, top+94, sw, 30)
		place(x.sentence, rx+sw+12, top+94, rw-sw-12, 44)
		place(x.grid, rx, top+144, rw, bottom-top-144-142)
		place(x.result.outside, rx, bottom-132, rw, 132)
	}, title, x.sources, x.close, line, left, x.at, x.text, x.faults.outside, x.save, right, x.kinds,
		x.test, x.verdict, x.from, x.samples, x.sentence, x.grid, x.result.outside)
}

// open shows the billing profile of a source.
func (x *profileEditor) open(source book.SourceName) {
	x.source = source
	x.sources.Select(string(source))
	text, err := x.s.profile.ProfileText(string(source))
	if err != nil {
		x.problem(app.Explain(err))
	}
	x.text.SetText(text)
	x.text.GoTo(1)
	x.view = nil
	x.show()
}

// check says what is wrong with the text, line by line, as it is typed.
func (x *profileEditor) check() {
	x.wrong = app.CheckProfile(x.text.Text())
	x.text.SetFaulty(len(x.wrong) > 0)
	var parts []fyne.CanvasObject
	for i, line := range present.ProfileFaults(x.wrong) {
		mark := note(kit.StatusBreak, line)
		if at := x.wrong[i].Line; at > 0 {
			there := kit.NewButton(kit.ButtonSpec{Label: "Go there", Small: true,
				OnTap: func() { x.text.GoTo(at) }})
			mark = beside(mark, there)
		}
		parts = append(parts, mark)
	}
	if len(parts) == 0 {
		parts = append(parts, note(kit.StatusOK, "Nothing is wrong with the text."))
	}
	x.faults.set(stacked(4, 0, parts...))
	x.enable()
}

// beside puts a button at the right of a sentence that may wrap.
func beside(words, button fyne.CanvasObject) fyne.CanvasObject {
	return arranged(func() fyne.Size {
		return fyne.NewSize(200, max(words.MinSize().Height, button.MinSize().Height))
	}, func(size fyne.Size) {
		m := button.MinSize()
		place(words, 0, 2, size.Width-m.Width-12, size.Height-2)
		place(button, size.Width-m.Width, 0, m.Width, m.Height)
	}, words, button)
}

// enable says of the buttons why they cannot be pressed.
func (x *profileEditor) enable() {
	why := ""
	if len(x.wrong) > 0 {
		why = "The text has to be put right first."
	}
	for _, b := range []*kit.Button{x.test, x.save} {
		spec := b.Spec()
		spec.Disabled = why != ""
		if b == x.test {
			spec.Busy = x.trying
		} else {
			spec.Reason = why
		}
		b.Set(spec)
	}
}

// run tries the text on a live page of the source.
func (x *profileEditor) run() {
	if x.trying || len(x.wrong) > 0 {
		return
	}
	a := x.s.profile
	q := app.TryRequest{Source: x.source, Text: x.text.Text(), Kind: x.kinds.Selected()}
	x.asked++
	asked := x.asked
	x.trying = true
	x.enable()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		t, err := a.TryProfile(ctx, q)
		return func() {
			if asked != x.asked {
				return
			}
			x.trying, x.view = false, nil
			x.enable()
			if err != nil {
				x.show()
				x.problem(app.Explain(err))
				return
			}
			v := present.NewProfileTrial(t)
			x.view = &v
			x.show()
		}
	})
}

// problem says why there is no result.
func (x *profileEditor) problem(text string) {
	x.verdict.Set(kit.StatusBreak, "No result")
	x.result.set(stacked(4, 0, note(kit.StatusBreak, text)))
}

// show lays out the result.
func (x *profileEditor) show() {
	var options []kit.Option
	var parts []fyne.CanvasObject
	x.verdict.Set(kit.StatusNeutral, "Not tested yet")
	x.from.SetText("")
	if v := x.view; v != nil {
		x.verdict.Set(status(v.Status), v.Verdict)
		x.from.SetText(v.From)
		for _, s := range v.Samples {
			options = append(options, kit.Option{ID: s.Title, Label: "Row " + s.Title})
		}
		for _, n := range v.Notes {
			parts = append(parts, note(status(n.Status), n.Text))
		}
	}
	x.samples.SetOptions(options)
	if len(options) > 0 {
		x.samples.Select(options[0].ID)
	}
	x.result.set(stacked(4, 0, parts...))
	x.showSample()
	x.outside.Refresh()
}

// showSample shows the fields of one row of the page.
func (x *profileEditor) showSample() {
	x.rows.take(nil)
	x.sentence.SetText(" ")
	if x.view != nil {
		for _, s := range x.view.Samples {
			if s.Title == x.samples.Selected() {
				x.rows.take(s.Fields)
				x.sentence.SetText(s.Sentence)
			}
		}
	}
	x.grid.Reload()
}

// store saves the text.
func (x *profileEditor) store() {
	if len(x.wrong) > 0 {
		return
	}
	a, source, text := x.s.profile, x.source, x.text.Text()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		file, backup, err := a.SaveProfile(ctx, source, text)
		return func() {
			st, said := kit.StatusOK, present.ProfileSaved(string(source), file, backup)
			if err != nil {
				st, said = kit.StatusBreak, app.Explain(err)
			}
			x.faults.set(stacked(4, 0, note(st, said)))
		}
	})
}

// profileRows are the fields of one row for the grid.
type profileRows struct {
	list     []present.ProfileField
	revision uint64
}

func (r *profileRows) take(list []present.ProfileField) { r.list = list; r.revision++ }

// Len and the others answer the grid.
func (r *profileRows) Len() int           { return len(r.list) }
func (r *profileRows) RowID(i int) string { return r.list[i].Field }

func (r *profileRows) Row(i int) kit.Row {
	row := kit.Row{Revision: r.revision}
	if r.list[i].Status == present.Break {
		row.Tint = kit.StatusBreak
	}
	return row
}

func (r *profileRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.Field, Weight: kit.Medium}
	case 1:
		return kit.Cell{Text: x.Path, Quiet: true}
	case 2:
		return kit.Cell{Text: strings.ReplaceAll(x.Raw, "\n", " ")}
	}
	if x.Status == present.Neutral {
		return kit.Cell{Text: x.Result, Quiet: true}
	}
	return kit.Cell{Text: x.Result, Look: kit.LookState, Status: status(x.Status)}
}

package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// workSheet is a sheet that asks what a step needs. Ctrl Enter confirms it, a plain Enter never does;
// Esc leaves everything as it is. What went wrong stands beside the button, and nothing that was
// written is lost.
type workSheet struct {
	s      *shell
	title  string
	parts  []fyne.CanvasObject
	button *kit.Button
	said   *fyne.Container
	body   *fyne.Container
	sheet  *kit.Sheet
	first  fyne.Focusable
	// path is the field that takes a file which is dropped on the window, nil for none.
	path *kit.Entry
	// confirm does the step.
	confirm func()
}

const workSheetWidth = 640

func newWorkSheet(s *shell, title, label string) *workSheet {
	f := &workSheet{s: s, title: title, said: stacked(0, 0)}
	f.button = kit.NewButton(kit.ButtonSpec{Label: label, Key: "Ctrl Enter", Kind: kit.Primary,
		NoEnter: true, OnTap: f.run})
	return f
}

// text adds a paragraph.
func (f *workSheet) text(words string) {
	if words != "" {
		f.parts = append(f.parts, kit.NewProse(words, kit.Body, workSheetWidth-40))
	}
}

// add adds a part below the others.
func (f *workSheet) add(o fyne.CanvasObject) { f.parts = append(f.parts, o) }

// entry adds a labelled field; the first one has the keyboard when the sheet opens.
func (f *workSheet) entry(label, placeholder string, hint string) *kit.Entry {
	e := kit.NewEntry(placeholder)
	f.labelled(label, e, hint)
	f.focusOn(e.Focusable())
	return e
}

func (f *workSheet) focusOn(o fyne.Focusable) {
	if f.first == nil {
		f.first = o
	}
}

// labelled adds a field with its name at the left and a hint below.
func (f *workSheet) labelled(label string, field fyne.CanvasObject, hint string) {
	name, below := kit.NewLabel(label, kit.Body.In(kit.Text2)), kit.NewLabel(hint, kit.Second)
	least := func() fyne.Size {
		h := field.MinSize().Height
		if hint != "" {
			h += 20
		}
		return fyne.NewSize(200, h)
	}
	f.add(arranged(least, func(size fyne.Size) {
		h := field.MinSize().Height
		place(name, 0, 0, 110, 30)
		place(field, 120, 0, size.Width-120, h)
		place(below, 120, h, size.Width-120, 20)
	}, name, field, below))
}

// file adds a field for a file with a button that lets one choose it; a file can be dropped as well.
func (f *workSheet) file(label string) *kit.Entry {
	e := kit.NewEntry("Path of a file, or drop one on the window")
	pick := kit.NewButton(kit.ButtonSpec{Label: "Choose", Icon: "file", OnTap: func() {
		f.s.choose("Choose a file that proves it", false, func(path string) { e.SetText(path) })
	}})
	w := pick.MinSize().Width
	f.labelled(label, arranged(func() fyne.Size { return fyne.NewSize(200, e.MinSize().Height) },
		func(size fyne.Size) {
			place(e, 0, 0, size.Width-w-8, size.Height)
			place(pick, size.Width-w, -1, w, 32)
		}, e, pick), "A copy is kept in the profile.")
	f.path = e
	return e
}

// show opens the sheet.
func (f *workSheet) show() {
	parts := append(f.parts, f.said, chips(f.button), gap(4))
	f.body = stacked(12, 20, parts...)
	f.sheet = f.s.fittedSheet(f.title, f.body, fyne.NewSize(workSheetWidth, 680))
	f.s.form = f
	f.sheet.OnClose = func() {
		if f.s.form == f {
			f.s.form = nil
		}
	}
	if f.first == nil {
		f.first = f.button
	}
	f.s.canvas.Focus(f.first)
}

// onTop says whether no other sheet lies over this one.
func (f *workSheet) onTop() bool { return f.s.canvas.Overlays().Top() == fyne.CanvasObject(f.sheet) }

func (f *workSheet) run() {
	if !f.button.Spec().Busy && !f.button.Spec().Disabled {
		f.fault("")
		f.confirm()
	}
}

func (f *workSheet) close() { f.sheet.Close() }

func (f *workSheet) busy(on bool) {
	spec := f.button.Spec()
	spec.Busy = on
	f.button.Set(spec)
}

// fault says beside the button what went wrong; "" takes it away.
func (f *workSheet) fault(text string) {
	f.said.Objects = nil
	if text != "" {
		f.said.Add(note(kit.StatusBreak, text))
	}
	f.body.Resize(fyne.NewSize(workSheetWidth-2, f.body.MinSize().Height))
	f.sheet.SetArea(fyne.NewSize(workSheetWidth, min(680, f.body.MinSize().Height+66)))
}

// formFields are the fields of a resolution.
type formFields struct {
	reason, path, until *kit.Entry
	code                *kit.Select
}

// request is what was filled in.
func (x *formFields) request(q app.ResolveRequest) (app.ResolveRequest, string) {
	if x.reason != nil {
		q.Reason = typed(x.reason.Text())
	}
	if x.path != nil {
		if path := typed(x.path.Text()); path != "" {
			q.Evidence = []string{path}
		}
	}
	if x.code != nil {
		q.Code = book.ReasonCode(x.code.Selected())
		if q.Code == "" {
			return q, "Choose a reason code: it says under what the amount is given up."
		}
	}
	if x.until != nil {
		on, err := book.ParseDate(typed(x.until.Text()))
		if err != nil {
			return q, "Write the date as 2026-11-30: it is open again from then on."
		}
		q.Until = on
	}
	return q, ""
}

// askResolve opens the sheet of a resolution for some exceptions.
func (x *reconcileScreen) askResolve(ids []string, o app.Offer) {
	e := x.view.Exception(ids[0])
	if e == nil {
		return
	}
	form := present.NewForm(x.view.Month(), e, o, len(ids))
	f := newWorkSheet(x.s, form.Title, kit.CutText(form.Button, 380, kit.Figure))
	if len(ids) > 1 {
		f.text("**" + present.Plural(len(ids), "exception") + "**, " + x.view.Sums(ids) + ".")
	} else {
		f.text("**" + string(e.Class) + " " + e.Class.Name() + "**, " + present.Amount(e.Amount) + " " +
			string(e.Amount.Currency) + ". " + present.About(x.view.Month(), e))
	}
	f.text(form.Effect)
	f.pairs(form)
	fields := f.fields(form)
	f.confirm = func() {
		q, why := fields.request(app.ResolveRequest{Exceptions: ids, As: o.Resolution, Left: o.Left,
			Right: o.Right, Uses: o.Uses})
		if why == "" && form.Needed && q.Reason == "" && len(q.Evidence) == 0 {
			why = "Say why in a few words: whoever looks at it later has only this."
		}
		if why != "" {
			f.fault(why)
			return
		}
		f.busy(true)
		x.bench.resolve(q, func(r app.Resolved, err error) { x.answered(f, ids, r, err) })
	}
	f.show()
}

// answered closes the sheet where all was done, else says what was not and why.
func (x *reconcileScreen) answered(f *workSheet, ids []string, r app.Resolved, err error) {
	f.busy(false)
	switch {
	case err != nil:
		f.fault(app.Explain(err))
	case len(r.Refused) > 0 && len(r.Done) == 0 && len(ids) == 1:
		for _, why := range r.Refused {
			f.fault(sentence(why))
		}
	case len(r.Refused) > 0:
		f.fault(x.refusedText(r))
	default:
		f.close()
	}
}

// pairs shows the records that would be matched, and everything that is compared between them.
func (f *workSheet) pairs(form present.Form) {
	if len(form.Pairs) == 0 {
		return
	}
	var rows []kit.Fact
	for _, p := range form.Pairs {
		rows = append(rows, kit.Fact{Label: p.Detail, Value: p.Title, Note: p.Amount})
	}
	f.add(kit.NewLabel("What counts as matched", kit.Caption))
	f.add(kit.NewFacts(110, 26, rows...))
	rows = nil
	for _, fact := range form.Facts {
		st, word := kit.StatusOK, "same"
		if !fact.Yes {
			st, word = kit.StatusAttention, "differs"
		}
		rows = append(rows, kit.Fact{Label: word, Value: fact.Text, Status: st})
	}
	if len(rows) > 0 {
		f.add(kit.NewLabel("What was compared", kit.Caption))
		f.add(kit.NewFacts(110, 26, rows...))
	}
}

// fields adds the fields that a resolution asks for.
func (f *workSheet) fields(form present.Form) *formFields {
	x := &formFields{}
	if form.Code {
		options := []kit.Option{}
		if form.UsualCode == "" {
			options = append(options, kit.Option{ID: "", Label: "Choose one"})
		}
		for _, c := range book.ReasonCodes {
			options = append(options, kit.Option{ID: string(c.Code), Label: c.Title})
		}
		x.code = kit.NewSelect("", options...)
		x.code.Select(string(form.UsualCode))
		f.labelled("Reason code", x.code, "")
	}
	if form.Reason {
		x.reason = f.entry("Reason", form.ReasonHint, "")
	}
	if form.Until {
		x.until = f.entry("Wait until", "2026-11-30", "It is open again from then on.")
		x.until.SetText(form.UsualUntil.String())
	}
	if form.Evidence {
		x.path = f.file("Evidence")
	}
	return x
}

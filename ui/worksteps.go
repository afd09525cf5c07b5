package ui

import (
	"context"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// sentence is an error's text as a sentence.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// refusedText says which of several exceptions were not settled and why; they stay selected.
func (x *reconcileScreen) refusedText(r app.Resolved) string {
	by := map[string]int{}
	for _, why := range r.Refused {
		by[why]++
	}
	var parts []string
	for why, n := range by {
		parts = append(parts, present.Count(n)+": "+sentence(why))
	}
	slices.Sort(parts)
	return present.Count(len(r.Done)) + " done; " + present.Count(len(r.Refused)) +
		" were refused and stay selected. " + strings.Join(parts, " ")
}

// offer does what has a number: at once where nothing is asked, else it opens the sheet for it.
func (x *reconcileScreen) offer(key string) {
	e := x.current()
	if e == nil {
		x.hint("Choose an exception first: the numbers are its resolutions.")
		return
	}
	for _, v := range x.detail.view.Offers {
		if v.Key == key && x.detail.view.ID == e.ID {
			x.takeOffer(v)
			return
		}
	}
	x.hint("There is no resolution with the number " + key + " here.")
}

func (x *reconcileScreen) hint(text string) {
	x.s.note(kit.Note{Status: kit.StatusNeutral, Text: text})
}

// current is the exception that the detail shows, nil where it shows none.
func (x *reconcileScreen) current() *book.Exception {
	if x.view == nil {
		return nil
	}
	if r := x.rows.at(x.grid.Cursor()); r == nil || r.Group || r.Record {
		return nil
	}
	return x.view.Selected()
}

func (x *reconcileScreen) takeOffer(v present.OfferView) {
	e := x.current()
	if e == nil || v.Blocked {
		return
	}
	if x.bench.busyWith(e.ID) {
		x.hint("The step before is still being done; it takes a moment.")
		return
	}
	if v.Offer.Resolution == book.MatchByHand {
		x.byHand(e)
		return
	}
	form := present.NewForm(x.view.Month(), e, v.Offer, 1)
	if form.Asks() {
		x.askResolve([]string{e.ID}, v.Offer)
		return
	}
	o := v.Offer
	x.bench.resolve(app.ResolveRequest{Exceptions: []string{e.ID}, As: o.Resolution, Left: o.Left,
		Right: o.Right, Uses: o.Uses}, func(app.Resolved, error) { x.showDetail() })
	x.showDetail()
}

// chosen are the exceptions that a step is about: those selected, else the one in the detail.
func (x *reconcileScreen) chosen() []string {
	if ids := x.selectedIDs(); len(ids) > 0 {
		return ids
	}
	if e := x.current(); e != nil {
		return []string{e.ID}
	}
	return nil
}

// whyNone says why a step about exceptions cannot be done now, "" where it can.
func (x *reconcileScreen) whyNone() string {
	if len(x.chosen()) == 0 {
		return "Choose an exception first."
	}
	return ""
}

// assign asks who owns the chosen exceptions, and until when.
func (x *reconcileScreen) assign() {
	ids := x.chosen()
	f := newWorkSheet(x.s, "Assign "+present.Plural(len(ids), "exception"), "Assign")
	owner := f.entry("Owner", "name of a person", "Empty for nobody.")
	due := f.entry("Due", "2026-11-30, or empty", "")
	if e := x.view.Exception(ids[0]); e != nil {
		w := x.view.Month().Work[e.ID]
		owner.SetText(e.Owner)
		if e.Owner == "" {
			owner.SetText(x.s.profile.User())
		}
		if w.DueOn != 0 {
			due.SetText(w.DueOn.String())
		}
	}
	f.confirm = func() {
		var on book.Date
		if text := typed(due.Text()); text != "" {
			var err error
			if on, err = book.ParseDate(text); err != nil {
				f.fault("Write the date as 2026-11-30, or leave the field empty.")
				return
			}
		}
		name := typed(owner.Text())
		said := "Assigned to " + name + ". Ctrl Z takes it back."
		if name == "" {
			said = "Assigned to nobody. Ctrl Z takes it back."
		}
		f.step(x.bench, ids, said, func(ctx context.Context, a *app.App) error {
			return a.Assign(ctx, ids, name, on)
		})
	}
	f.show()
}

// note asks for a note about the exception in the detail.
func (x *reconcileScreen) note() {
	e := x.current()
	if e == nil {
		return
	}
	id := e.ID
	f := newWorkSheet(x.s, "Add a note", "Add the note")
	text := f.entry("Note", "What the next person should know", "")
	path := f.file("Evidence")
	f.confirm = func() {
		x.detail.tab = "notes"
		f.step(x.bench, []string{id}, "The note is added.",
			func(ctx context.Context, a *app.App) error {
				return a.Note(ctx, id, typed(text.Text()), files(path))
			})
	}
	f.show()
}

// evidence asks for a file that proves something about the exception in the detail.
func (x *reconcileScreen) evidence() {
	e := x.current()
	if e == nil {
		return
	}
	id := e.ID
	f := newWorkSheet(x.s, "Add evidence", "Add the file")
	path := f.file("File")
	f.focusOn(path.Focusable())
	text := f.entry("Note", "What it proves", "")
	f.confirm = func() {
		if len(files(path)) == 0 {
			f.fault("Name a file, choose one, or drop one on the window.")
			return
		}
		x.detail.tab = "evidence"
		f.step(x.bench, []string{id}, "The file is added.",
			func(ctx context.Context, a *app.App) error {
				return a.Note(ctx, id, typed(text.Text()), files(path))
			})
	}
	f.show()
}

// files is what stands in a field for a file.
func files(e *kit.Entry) []string {
	if path := typed(e.Text()); path != "" {
		return []string{path}
	}
	return nil
}

// step does a step that resolves nothing, and closes the sheet where it was done.
func (f *workSheet) step(b *workbench, ids []string, said string,
	do func(ctx context.Context, a *app.App) error) {
	f.busy(true)
	b.plainStep(ids, said, do, func(err error) {
		f.busy(false)
		if err != nil {
			f.fault(app.Explain(err))
			return
		}
		f.close()
	})
}

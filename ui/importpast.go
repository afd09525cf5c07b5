package ui

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importPast are the imports that were done and the rows that they kept aside, beside the choice of a
// file.
type importPast struct {
	x       *importScreen
	log     *pastRows
	asides  *asideRows
	grid    *kit.Grid
	kept    *kit.Grid
	undo    *kit.Button
	fix     *kit.Button
	drop    *kit.Button
	right   *fyne.Container
	records []app.ImportEntry
	aside   []app.QuarantinedRow
	watched []app.Watched
	failed  string
	asked   int
}

func newImportPast(x *importScreen) *importPast {
	p := &importPast{x: x, log: &pastRows{}, asides: &asideRows{}}
	p.grid = kit.NewGrid([]kit.Column{
		{ID: "when", Title: "When", Width: 126, Min: 100},
		{ID: "files", Title: "File", Width: 180, Min: 100, Grow: true},
		{ID: "new", Title: "New", Width: 44, Min: 40, Align: kit.AlignRight},
		{ID: "kept", Title: "Aside", Width: 40, Min: 40, Align: kit.AlignRight},
		{ID: "state", Title: "State", Width: 150, Min: 110, Grow: true},
	}, p.log)
	p.grid.Empty = kit.NewEmptyState("Nothing has been imported yet.", nil)
	p.grid.OnCursor = func(string) { p.update() }
	p.grid.OnOpen = func(string) { p.askUndo() }
	p.grid.Clock = x.s.start.Options.Wall
	x.s.columns("import-past", p.grid)
	p.kept = kit.NewGrid([]kit.Column{
		{ID: "file", Title: "File", Width: 150, Min: 90, Grow: true},
		{ID: "place", Title: "Place", Width: 70, Min: 60},
		{ID: "reason", Title: "Why it could not be read", Width: 220, Min: 120, Grow: true},
	}, p.asides)
	p.kept.Empty = kit.NewEmptyState("No row is kept aside: every row of every file was read.", nil)
	p.kept.OnCursor = func(string) { p.update() }
	p.kept.OnOpen = func(string) { p.fixAside() }
	p.kept.Clock = x.s.start.Options.Wall
	x.s.columns("import-aside", p.kept)
	p.undo = kit.NewButton(kit.ButtonSpec{Label: "Undo this import", Icon: "undo", Small: true,
		OnTap: p.askUndo})
	p.fix = kit.NewButton(kit.ButtonSpec{Label: "Fix ...", Icon: "pencil", Small: true, OnTap: p.fixAside})
	p.drop = kit.NewButton(kit.ButtonSpec{Label: "Drop", Icon: "cross", Small: true, OnTap: p.askDrop})
	past := kit.NewCard("Last imports", "", p.undo, p.grid, 0)
	beside := arranged(func() fyne.Size {
		return fyne.NewSize(p.fix.MinSize().Width+8+p.drop.MinSize().Width, 28)
	}, func(size fyne.Size) {
		w := p.fix.MinSize().Width
		place(p.fix, 0, 0, w, 28)
		place(p.drop, w+8, 0, p.drop.MinSize().Width, 28)
	}, p.fix, p.drop)
	kept := kit.NewCard("Kept aside", "", beside, p.kept, 0)
	p.right = arranged(fixed(400, 300), func(size fyne.Size) {
		h := max(180, (size.Height-12)*0.56)
		place(past, 0, 0, size.Width, h)
		place(kept, 0, h+12, size.Width, max(120, size.Height-h-12))
	}, past, kept)
	p.update()
	return p
}

// load reads what was imported and what is kept aside.
func (p *importPast) load() {
	p.asked++
	asked, a := p.asked, p.x.s.profile
	p.x.s.work.start(p.x.s.work.ctx, func(ctx context.Context) func() {
		records, err := a.Imports(ctx)
		aside, asideErr := a.Quarantine(ctx)
		watched, watchErr := a.WatchedFiles(ctx)
		return func() {
			if asked != p.asked {
				return
			}
			p.failed = ""
			for _, e := range []error{err, asideErr, watchErr} {
				if e != nil {
					p.failed = app.Explain(e)
				}
			}
			p.records, p.aside, p.watched = records, aside, watched
			p.show()
		}
	})
}

func (p *importPast) show() {
	zone := p.x.s.zone()
	p.log.take(present.PastImports(p.records, zone))
	p.asides.take(present.AsideRows(p.aside, zone))
	p.grid.Empty.(*kit.EmptyState).Set("Nothing has been imported yet.")
	if p.failed != "" {
		p.grid.Empty.(*kit.EmptyState).Set(p.failed)
	}
	p.grid.Reload()
	p.kept.Reload()
	p.update()
	if p.x.file == "" && !p.x.listed {
		p.x.update()
	}
}

// update says what the buttons can do with the rows under the cursors.
func (p *importPast) update() {
	spec := p.undo.Spec()
	r, ok := p.log.find(p.grid.Cursor())
	spec.Disabled = !ok || !r.CanUndo
	p.undo.Set(spec)
	_, ok = p.asides.find(p.kept.Cursor())
	for _, b := range []*kit.Button{p.fix, p.drop} {
		spec := b.Spec()
		spec.Disabled = !ok
		b.Set(spec)
	}
}

// startPage puts the choice of a file beside what was imported before.
func (p *importPast) startPage(chooser fyne.CanvasObject) fyne.CanvasObject {
	left := newScrolling(chooser)
	return arranged(fixed(800, 400), func(size fyne.Size) {
		w := max(380, min(520, size.Width*0.42))
		place(left.outside, 0, 0, w, size.Height)
		place(p.right, w+12, 0, size.Width-w-12, size.Height)
	}, left.outside, p.right)
}

// record is the import under the cursor.
func (p *importPast) record(id string) *app.ImportEntry {
	for i := range p.records {
		if strconv.FormatInt(int64(p.records[i].ID), 10) == id {
			return &p.records[i]
		}
	}
	return nil
}

// askUndo asks once, and says what goes.
func (p *importPast) askUndo() {
	row, ok := p.log.find(p.grid.Cursor())
	r := p.record(p.grid.Cursor())
	switch {
	case !ok || r == nil:
		p.x.s.say("Choose an import of the list first.")
	case !row.CanUndo:
		p.x.s.note(kit.Note{Status: kit.StatusNeutral, Text: row.Why})
	default:
		p.x.askUndo(*r)
	}
}

// askUndo asks whether an import is to be undone, and does it.
func (x *importScreen) askUndo(r app.ImportEntry) {
	kit.ShowConfirm(x.s.canvas, kit.ConfirmSpec{Title: "Undo this import?", Text: present.UndoText(r),
		Confirm: "Undo the import", Cancel: "Keep it", Danger: true, OnConfirm: func() { x.undo(r.ID) }})
}

func (x *importScreen) undo(id app.ImportID) {
	a := x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		undone, err := a.UndoImport(ctx, id)
		return func() {
			if err != nil {
				x.s.fail(app.Explain(err))
				return
			}
			if x.importFile.id == id {
				x.leave()
			}
			x.past.load()
			x.s.load(x.s.wanted, false)
			x.s.say(present.UndoneText(undone))
		}
	})
}

// chosenAside is the row kept aside under the cursor.
func (p *importPast) chosenAside() *app.QuarantinedRow {
	for i := range p.aside {
		if strconv.FormatInt(p.aside[i].ID, 10) == p.kept.Cursor() {
			return &p.aside[i]
		}
	}
	return nil
}

// fixAside opens the file of a row again, where it still is.
func (p *importPast) fixAside() {
	r := p.chosenAside()
	if r == nil {
		return
	}
	places := p.x.places(*r)
	p.x.s.work.start(p.x.s.work.ctx, func(context.Context) func() {
		path := firstFile(places)
		return func() {
			if path == "" {
				p.x.s.note(kit.Note{Status: kit.StatusAttention, Text: r.File + " is not where it was " +
					"imported from: choose it, and its row opens here."})
				return
			}
			p.x.open(path)
		}
	})
}

// places are where the file of a row that was kept aside may still be.
func (x *importScreen) places(r app.QuarantinedRow) []string {
	var out []string
	if path := x.known[r.Digest]; path != "" {
		out = append(out, path)
	}
	if r.File == "" {
		return out
	}
	out = append(out, filepath.Join(x.s.folder(), r.File))
	if dir, err := app.ProfileDir(x.s.profile.Options()); err == nil {
		out = append(out, filepath.Join(dir, "statements", r.File))
	}
	return out
}

// firstFile is the first path with a file, "" for none.
func firstFile(paths []string) string {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// askDrop asks before a row that was kept aside is dropped on purpose.
func (p *importPast) askDrop() {
	r := p.chosenAside()
	if r == nil {
		return
	}
	id, a := r.ID, p.x.s.profile
	kit.ShowConfirm(p.x.s.canvas, kit.ConfirmSpec{Title: "Drop this row?", Text: "**" +
		present.PlaceTitle(r.Place) + "** of " + r.File + " will not be asked for again. The file stays as " +
		"it is.", Confirm: "Drop the row", Cancel: "Keep it", Danger: true, OnConfirm: func() {
		p.x.s.work.start(p.x.s.work.ctx, func(ctx context.Context) func() {
			err := a.DropQuarantined(ctx, id)
			return func() {
				if err != nil {
					p.x.s.fail(app.Explain(err))
				}
				p.load()
			}
		})
	}})
}

// pastRows are the imports that were done.
type pastRows struct {
	list     []present.PastImport
	revision uint64
}

func (r *pastRows) take(list []present.PastImport) { r.list = list; r.revision++ }

func (r *pastRows) find(id string) (present.PastImport, bool) {
	for _, x := range r.list {
		if x.ID == id {
			return x, true
		}
	}
	return present.PastImport{}, false
}

// Len and the others answer the grid.
func (r *pastRows) Len() int           { return len(r.list) }
func (r *pastRows) RowID(i int) string { return r.list[i].ID }
func (r *pastRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *pastRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.When, Quiet: true}
	case 1:
		return kit.Cell{Text: x.Files}
	case 2:
		return kit.Cell{Text: x.New, Weight: kit.Medium}
	case 3:
		return kit.Cell{Text: x.Kept, Quiet: true}
	}
	return kit.Cell{Text: x.Result, Look: kit.LookState, Status: status(x.Status)}
}

// asideRows are the rows that are kept aside.
type asideRows struct {
	list     []present.AsideRow
	revision uint64
}

func (r *asideRows) take(list []present.AsideRow) { r.list = list; r.revision++ }

func (r *asideRows) find(id string) (present.AsideRow, bool) {
	for _, x := range r.list {
		if x.ID == id {
			return x, true
		}
	}
	return present.AsideRow{}, false
}

// Len and the others answer the grid.
func (r *asideRows) Len() int           { return len(r.list) }
func (r *asideRows) RowID(i int) string { return r.list[i].ID }
func (r *asideRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *asideRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.File}
	case 1:
		return kit.Cell{Text: x.Place, Quiet: true}
	}
	return kit.Cell{Text: x.Reason}
}

package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importQueue lists the files of an import that has several: where each stands, and what came of it.
type importQueue struct {
	x       *importScreen
	outside *fyne.Container
	card    *kit.Card
	grid    *kit.Grid
	rows    *queueRows
	run     *kit.Button
	cancel  *kit.Button
	hint    *kit.Label
}

func newImportQueue(x *importScreen) *importQueue {
	q := &importQueue{x: x, rows: &queueRows{}, hint: kit.NewLabel("", kit.Second)}
	q.grid = kit.NewGrid([]kit.Column{
		{ID: "name", Title: "File", Width: 240, Min: 140, Grow: true},
		{ID: "account", Title: "Account", Width: 110, Min: 80},
		{ID: "period", Title: "Period", Width: 180, Min: 120},
		{ID: "new", Title: "New", Width: 50, Min: 40, Align: kit.AlignRight},
		{ID: "known", Title: "Already in", Width: 66, Min: 40, Align: kit.AlignRight},
		{ID: "kept", Title: "Aside", Width: 44, Min: 40, Align: kit.AlignRight},
		{ID: "state", Title: "State", Width: 320, Min: 180, Grow: true},
	}, q.rows)
	q.grid.Clock = x.s.start.Options.Wall
	q.grid.OnOpen = q.open
	x.s.columns("import-files", q.grid)
	q.run = kit.NewButton(kit.ButtonSpec{Icon: "import", Key: "Ctrl Enter", Kind: kit.Primary,
		OnTap: x.store})
	q.cancel = kit.NewButton(kit.ButtonSpec{Label: "Close the list", OnTap: x.leave})
	var body *fyne.Container
	body = arranged(fixed(480, 200), func(size fyne.Size) {
		place(q.grid, 0, 0, size.Width, size.Height-56)
		place(body.Objects[1], 0, size.Height-56, size.Width, 1)
		rw, cw := q.run.MinSize().Width, q.cancel.MinSize().Width
		place(q.run, size.Width-16-rw, size.Height-44, rw, 32)
		place(q.cancel, size.Width-16-rw-8-cw, size.Height-44, cw, 32)
		place(q.hint, 16, size.Height-44, size.Width-16-rw-8-cw-32, 32)
	}, q.grid, kit.NewGround(kit.CardLine), q.hint, q.cancel, q.run)
	q.card = kit.NewCard("Files", "", nil, body, 0)
	q.outside = arranged(fixed(600, 300), func(size fyne.Size) {
		want := 45 + 28 + 32*float32(max(4, q.rows.Len())) + 60
		place(q.card, 0, 0, size.Width, min(size.Height, want))
	}, q.card)
	return q
}

// ready counts the files that can be imported as they are.
func (q *importQueue) ready() int {
	n := 0
	for _, f := range q.x.queue {
		if f.state() == present.QueueReady {
			n++
		}
	}
	return n
}

// update shows where each file stands.
func (q *importQueue) update() {
	list := make([]present.QueueRow, len(q.x.queue))
	busy := false
	for i, f := range q.x.queue {
		said := f.short
		switch {
		case f.failed != "":
			said = f.failed
		case f.report != nil && f.result == "":
			said = "A gateway's own report: open it"
		}
		state := f.state()
		busy = busy || state == present.QueueReading || state == present.QueueWaiting
		list[i] = present.NewQueueRow(f.file, filepath.Base(f.file), string(f.account), state, f.view, said)
	}
	q.rows.take(list)
	q.card.SetHead("Files", present.QueueSummary(list))
	q.grid.Reload()
	if q.grid.Cursor() == "" && len(list) > 0 {
		q.grid.SetCursor(list[0].ID)
	}
	ready := q.ready()
	spec := q.run.Spec()
	spec.Label, spec.Disabled, spec.Busy = present.ImportAllButton(ready), ready == 0, q.x.all
	q.run.Set(spec)
	q.hint.SetText(present.QueueHint(ready, busy))
	q.outside.Refresh()
}

// open shows a file of the list.
func (q *importQueue) open(id string) {
	for _, f := range q.x.queue {
		if f.file != id || q.x.all {
			continue
		}
		q.x.showFile(f)
		if f.state() == present.QueueWaiting {
			q.x.read(f)
		}
	}
}

// next is the first file that still asks for somebody, after the one that is shown; nil for none.
func (q *importQueue) next() *importFile {
	at := 0
	for i, f := range q.x.queue {
		if f == q.x.importFile {
			at = i
		}
	}
	for i := range q.x.queue {
		f := q.x.queue[(at+1+i)%len(q.x.queue)]
		switch f.state() {
		case present.QueueImported, present.QueueNothing, present.QueueProblem:
		default:
			if f != q.x.importFile {
				return f
			}
		}
	}
	return nil
}

// queueRows are the rows of the list.
type queueRows struct {
	list     []present.QueueRow
	revision uint64
}

func (r *queueRows) take(list []present.QueueRow) { r.list = list; r.revision++ }

// Len and the others answer the grid.
func (r *queueRows) Len() int           { return len(r.list) }
func (r *queueRows) RowID(i int) string { return r.list[i].ID }
func (r *queueRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *queueRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.Name, Icon: "file"}
	case 1:
		return kit.Cell{Text: x.Account}
	case 2:
		return kit.Cell{Text: x.Period, Quiet: true}
	case 3:
		return kit.Cell{Text: x.New, Weight: kit.Medium}
	case 4:
		return kit.Cell{Text: x.Known, Quiet: true}
	case 5:
		return kit.Cell{Text: x.Kept, Quiet: true}
	}
	return kit.Cell{Text: x.Result, Look: kit.LookState, Status: status(x.Status), Icon: x.Icon}
}

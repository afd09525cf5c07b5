package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importCheck shows what an import of a file would do.
type importCheck struct {
	x       *importScreen
	view    *present.ImportPreview
	outside *fyne.Container

	file, columns, proof, counts, list *kit.Card
	tabs                               *kit.Segmented
	grid                               *kit.Grid
	rows                               *importRows
	columnGrid                         *kit.Grid
	columnRows                         *columnRows
	empty                              *kit.EmptyState
	cancel, run                        *kit.Button
	hint                               *kit.Label
}

func newImportCheck(x *importScreen) *importCheck {
	c := &importCheck{x: x, rows: &importRows{}, columnRows: &columnRows{},
		empty: kit.NewEmptyState("There is no row of this kind.", nil), tabs: kit.NewSegmented(),
		hint: kit.NewLabel("", kit.Second)}
	c.tabs.OnChange = func(string) { c.reload() }
	c.grid = kit.NewGrid([]kit.Column{
		{ID: "row", Title: "Row", Width: 56, Min: 44, Align: kit.AlignRight},
		{ID: "booked", Title: "Booked", Width: 94, Min: 90},
		{ID: "who", Title: "Counterparty", Width: 170, Min: 100, Grow: true},
		{ID: "text", Title: "Text", Width: 180, Min: 100, Grow: true},
		{ID: "amount", Title: "Amount", Width: 100, Min: 80, Align: kit.AlignRight},
		{ID: "result", Title: "Result", Width: 180, Min: 110, Grow: true},
	}, c.rows)
	c.grid.Empty = c.empty
	c.grid.OnCursor = c.explain
	x.s.columns(atImport, c.grid)
	c.columnGrid = kit.NewGrid([]kit.Column{
		{ID: "file", Title: "In the file", Width: 130, Min: 80, Grow: true},
		{ID: "means", Title: "Means", Width: 120, Min: 80, Grow: true},
		{ID: "reads", Title: "Reads as", Width: 90, Min: 70},
	}, c.columnRows)
	c.columnGrid.InCard = true
	c.columnGrid.Empty = kit.NewEmptyState("CAMT.053 names its fields itself.", nil)
	c.cancel = kit.NewButton(kit.ButtonSpec{Label: "Cancel", OnTap: func() { x.escape() }})
	c.run = kit.NewButton(kit.ButtonSpec{Label: "Import", Icon: "import", Key: "Ctrl Enter",
		Kind: kit.Primary, OnTap: x.store})
	var body *fyne.Container
	body = arranged(fixed(480, 240), func(size fyne.Size) {
		place(body.Objects[0], 0, 0, size.Width, size.Height-56)
		place(body.Objects[1], 0, size.Height-56, size.Width, 1)
		rw, cw := c.run.MinSize().Width, c.cancel.MinSize().Width
		place(c.run, size.Width-16-rw, size.Height-44, rw, 32)
		place(c.cancel, size.Width-16-rw-8-cw, size.Height-44, cw, 32)
		place(c.hint, 16, size.Height-44, size.Width-16-rw-8-cw-32, 32)
	}, c.grid, kit.NewGround(kit.CardLine), c.hint, c.cancel, c.run)
	c.file = kit.NewCard("", "", nil, nil, 16)
	c.columns = kit.NewCard("Columns", "", nil, c.columnGrid, 0)
	c.proof = kit.NewCard("Balance proof", "", nil, nil, 16)
	c.counts = kit.NewCard("", "", nil, nil, 16)
	c.list = kit.NewCard("Rows", "problems first", c.tabs, body, 0)
	c.outside = arranged(fixed(900, 480), c.lay, c.file, c.columns, c.proof, c.counts, c.list)
	return c
}

func (c *importCheck) lay(size fyne.Size) {
	left := max(300, min(392, size.Width*0.32))
	fileHeight := c.file.MinSize().Height
	proofHeight := max(c.proof.MinSize().Height, c.counts.MinSize().Height)
	place(c.file, 0, 0, left, fileHeight)
	place(c.columns, 0, fileHeight+12, left, size.Height-fileHeight-12)
	x, w := left+12, size.Width-left-12
	counts := max(250, min(356, w*0.43))
	place(c.proof, x, 0, w-counts-12, proofHeight)
	place(c.counts, x+w-counts, 0, counts, proofHeight)
	place(c.list, x, proofHeight+12, w, size.Height-proofHeight-12)
}

// show lays a preview out.
func (c *importCheck) show(v *present.ImportPreview) {
	c.view = v
	facts := []kit.Fact{{Label: "Format", Value: v.Format}, {Label: "Layout", Value: v.Profile},
		{Label: "Account", Value: v.Account}, {Label: "Period", Value: v.Period}}
	parts := []fyne.CanvasObject{kit.NewLabel(v.File, kit.Strong),
		kit.NewLabel(v.Size+", "+present.Plural(v.Lines(), "line"), kit.Second), gap(4),
		kit.NewFacts(84, 24, facts...)}
	for i, w := range v.Warnings {
		if i == 3 {
			parts = append(parts, kit.NewLabel("and "+present.Plural(len(v.Warnings)-i,
				"more warning"), kit.Second))
			break
		}
		parts = append(parts, note(kit.StatusAttention, w))
	}
	c.file.SetContent(stacked(4, 0, parts...))
	c.columnRows.take(v.Columns)
	c.columnGrid.Reload()
	var sums []kit.Fact
	for i, p := range v.Proof {
		sums = append(sums, kit.Fact{Label: p[0], Value: p[1], Ruled: i == 2 || i == len(v.Proof)-1,
			Strong: i == len(v.Proof)-1})
	}
	c.proof.SetContent(stacked(8, 0, chips(kit.NewChip(status(v.Status), v.Verdict)),
		kit.NewFacts(0, 26, sums...)))
	c.counts.SetContent(stacked(14, 0, figures(v), kit.NewGround(kit.CardLine),
		kit.NewLabel("What this import will do", kit.Figure),
		kit.NewProse(v.Effect, kit.Second.In(kit.Text2), 300)))
	list := c.grid.Columns()
	list[4].Title = "Amount"
	if v.Currency != "" {
		list[4].Title = v.Currency
	}
	c.grid.SetColumns(list)
	tab := func(t present.ImportTab, label string) kit.Option {
		return kit.Option{ID: string(t), Label: label, Count: present.Count(len(v.Rows[t]))}
	}
	c.tabs.SetOptions([]kit.Option{tab(present.ImportAll, "All"), tab(present.ImportNew, "New"),
		tab(present.ImportKnown, "Already in"), tab(present.ImportQuarantined, "Quarantined")})
	c.tabs.Select(string(present.ImportAll))
	c.reload()
}

// figures are the three counts side by side.
func figures(v *present.ImportPreview) fyne.CanvasObject {
	one := func(st kit.Status, n int, word string) fyne.CanvasObject {
		if n == 0 {
			st = kit.StatusNeutral
		}
		return stacked(2, 0, kit.NewLabel(present.Count(n), kit.Heading.At(20)),
			kit.NewState(st, word))
	}
	list := []fyne.CanvasObject{one(kit.StatusOK, v.New, "new"),
		one(kit.StatusNeutral, v.Known, "already in"), one(kit.StatusBreak, v.Kept, "kept aside")}
	return arranged(fixed(220, 50), func(size fyne.Size) {
		for i, o := range list {
			place(o, float32(i)*size.Width/3, 0, size.Width/3, size.Height)
		}
	}, list...)
}

func (c *importCheck) reload() {
	if c.view == nil {
		return
	}
	c.rows.take(c.view.Rows[present.ImportTab(c.tabs.Selected())])
	c.grid.Reload()
}

// update shows what the buttons can do now.
func (c *importCheck) update() {
	spec := c.run.Spec()
	spec.Label, spec.Busy = c.view.Button, c.x.storing
	spec.Disabled = c.view.Button == ""
	if spec.Label == "" {
		spec.Label = "Import"
	}
	c.run.Set(spec)
	c.hint.SetText(c.view.Hint)
}

// explain says under the list why a row was kept aside; the column is too narrow for it.
func (c *importCheck) explain(id string) {
	text := c.view.Hint
	for _, r := range c.view.Rows[present.ImportQuarantined] {
		if r.ID == id {
			text = "Row " + r.Row + ": " + r.Result
		}
	}
	c.hint.SetText(text)
}

// nextProblem moves to the next row that was not read.
func (c *importCheck) nextProblem() {
	if c.view == nil || len(c.view.Rows[present.ImportQuarantined]) == 0 {
		c.x.s.say("Every row of the file was read.")
		return
	}
	list := c.view.Rows[present.ImportQuarantined]
	next := list[0].ID
	for i, r := range list[:len(list)-1] {
		if r.ID == c.grid.Cursor() {
			next = list[i+1].ID
		}
	}
	c.tabs.Select(string(present.ImportAll))
	c.reload()
	c.grid.SetCursor(next)
	c.explain(next)
	c.x.s.canvas.Focus(c.grid)
}

// importRows are the rows of the file.
type importRows struct {
	list     []present.ImportRow
	revision uint64
}

func (r *importRows) take(list []present.ImportRow) { r.list = list; r.revision++ }

// Len and the others answer the grid.
func (r *importRows) Len() int           { return len(r.list) }
func (r *importRows) RowID(i int) string { return r.list[i].ID }

func (r *importRows) Row(i int) kit.Row {
	row := kit.Row{Revision: r.revision}
	if r.list[i].Status == present.Break {
		row.Tint = kit.StatusBreak
	}
	return row
}

func (r *importRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.Row, Quiet: true}
	case 1:
		return kit.Cell{Text: x.Booked}
	case 2:
		return kit.Cell{Text: x.Counterparty}
	case 3:
		return kit.Cell{Text: x.Text, Quiet: true}
	case 4:
		return kit.Cell{Text: x.Amount, Look: kit.LookAmount}
	}
	c := kit.Cell{Text: x.Result, Look: kit.LookState, Status: status(x.Status)}
	if x.Status == present.OK {
		c.Icon = "plus"
	}
	return c
}

// columnRows are the columns of the file.
type columnRows struct {
	list     []present.ColumnRow
	revision uint64
}

func (r *columnRows) take(list []present.ColumnRow) { r.list = list; r.revision++ }

// Len and the others answer the grid.
func (r *columnRows) Len() int           { return len(r.list) }
func (r *columnRows) RowID(i int) string { return r.list[i].Header + "#" + present.Count(i) }
func (r *columnRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *columnRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.Header}
	case 1:
		return kit.Cell{Text: x.Means, Weight: kit.Medium}
	}
	return kit.Cell{Text: x.Reads, Quiet: true}
}

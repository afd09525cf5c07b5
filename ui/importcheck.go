package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importCheck shows what an import of a file would do.
type importCheck struct {
	x       *importScreen
	of      *importFile
	view    *present.ImportPreview
	outside *fyne.Container

	file, proof, counts, list *kit.Card
	columns                   *importColumns
	tabs                      *kit.Segmented
	grid                      *kit.Grid
	rows                      *importRows
	empty                     *kit.EmptyState
	cancel, run               *kit.Button
	hint                      *kit.Label
	fix                       *importFixLine
}

func newImportCheck(x *importScreen) *importCheck {
	c := &importCheck{x: x, rows: &importRows{}, columns: newImportColumns(x),
		empty: kit.NewEmptyState("There is no row of this kind.", nil), tabs: kit.NewSegmented(),
		hint: kit.NewLabel("", kit.Second)}
	c.tabs.OnChange = func(string) { c.reload() }
	c.grid = kit.NewGrid([]kit.Column{
		{ID: "row", Title: "Row", Width: 44, Min: 40, Align: kit.AlignRight},
		{ID: "booked", Title: "Booked", Width: 88, Min: 84},
		{ID: "who", Title: "Counterparty", Width: 170, Min: 80, Grow: true},
		{ID: "text", Title: "Text", Width: 180, Min: 80, Grow: true},
		{ID: "amount", Title: "Amount", Width: 100, Min: 80, Align: kit.AlignRight},
		{ID: "result", Title: "Result", Width: 158, Min: 120},
	}, c.rows)
	c.grid.Empty, c.grid.Clock = c.empty, x.s.start.Options.Wall
	c.grid.OnCursor, c.grid.OnOpen = c.columns.showRow, c.openRow
	x.s.columns(atImport, c.grid)
	c.cancel = kit.NewButton(kit.ButtonSpec{Label: "Cancel", OnTap: x.cancel})
	c.run = kit.NewButton(kit.ButtonSpec{Label: "Import", Icon: "import", Key: "Ctrl Enter",
		Kind: kit.Primary, OnTap: x.store})
	first := kit.NewLabel("Problems first", kit.Second)
	var body *fyne.Container
	body = arranged(fixed(480, 240), func(size fyne.Size) {
		place(c.tabs, 16, 8, min(size.Width-32, c.tabs.MinSize().Width), 30)
		fw := first.MinSize().Width
		place(first, size.Width-16-fw, 8, fw, 30)
		show(first, size.Width-48-fw > c.tabs.MinSize().Width)
		place(c.grid, 0, 46, size.Width, size.Height-46-56)
		place(body.Objects[3], 0, size.Height-56, size.Width, 1)
		rw, cw := c.run.MinSize().Width, c.cancel.MinSize().Width
		place(c.run, size.Width-16-rw, size.Height-44, rw, 32)
		place(c.cancel, size.Width-16-rw-8-cw, size.Height-44, cw, 32)
		place(c.hint, 16, size.Height-44, size.Width-16-rw-8-cw-32, 32)
	}, c.tabs, first, c.grid, kit.NewGround(kit.CardLine), c.hint, c.cancel, c.run)
	c.file = kit.NewCard("", "", nil, nil, 16)
	c.proof = kit.NewCard("", "", nil, nil, 16)
	c.counts = kit.NewCard("", "", nil, nil, 16)
	c.list = kit.NewCard("", "", nil, body, 0)
	c.outside = arranged(fixed(900, 480), c.lay, c.file, c.columns.card, c.proof, c.counts, c.list)
	return c
}

func (c *importCheck) lay(size fyne.Size) {
	left := max(346, min(392, size.Width*0.32))
	x, w := left+12, size.Width-left-12
	counts := max(246, min(356, w-470))
	for range 2 { // texts wrap by the width, and their height follows
		file := min(c.file.MinSize().Height, size.Height*0.45)
		proof := max(c.proof.MinSize().Height, c.counts.MinSize().Height)
		place(c.file, 0, 0, left, file)
		place(c.columns.card, 0, file+12, left, size.Height-file-12)
		place(c.proof, x, 0, w-counts-12, proof)
		place(c.counts, x+w-counts, 0, counts, proof)
		place(c.list, x, proof+12, w, size.Height-proof-12)
	}
}

// show lays a preview of a file out. Where it is the file that was shown before, cursor, tab and place
// stay.
func (c *importCheck) show(f *importFile) {
	same := f == c.of
	c.of, c.view = f, f.view
	v := c.view
	if v.Question != nil || v.Problem != "" {
		return
	}
	c.showFile(v)
	c.columns.show(f)
	c.showProof(v)
	c.showCounts(v)
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
	if !same || c.tabs.Selected() == "" {
		c.tabs.Select(string(present.ImportAll))
		c.closeInset()
		c.grid.SetCursor("")
	}
	c.reload()
	if !same {
		c.openProblem()
	}
}

// showFile shows what the file is.
func (c *importCheck) showFile(v *present.ImportPreview) {
	facts := []kit.Fact{{Label: "Format", Value: v.Format}, {Label: "Recognised", Value: v.Profile},
		{Label: "Account", Value: v.Account}, {Label: "Period", Value: v.Period}}
	head := kit.NewFileHead("file", v.File, v.Size+", "+present.Plural(v.Lines(), "line"))
	parts := []fyne.CanvasObject{head, gap(4), kit.NewFacts(90, 23, facts...)}
	for i, w := range v.Warnings {
		if i == 2 && len(v.Warnings) > 3 {
			parts = append(parts, kit.NewLabel("and "+present.Plural(len(v.Warnings)-i,
				"more warning"), kit.Second))
			break
		}
		parts = append(parts, note(kit.StatusAttention, w))
	}
	c.file.SetContent(stacked(4, 0, parts...))
}

// showProof shows whether the balances add up, and how the statement follows on the one before.
func (c *importCheck) showProof(v *present.ImportPreview) {
	var sums []kit.Fact
	for i, p := range v.Proof {
		last := i == len(v.Proof)-1
		f := kit.Fact{Label: p[0], Value: p[1], Ruled: i == 2 || last, Strong: last}
		if last && v.Status == present.Attention {
			f.Ink = kit.StatusAttention
		}
		sums = append(sums, f)
	}
	title := chips(kit.NewLabel("Balance proof", kit.Heading), kit.NewChip(status(v.Status), v.Verdict))
	parts := []fyne.CanvasObject{title, kit.NewFacts(0, 26, sums...)}
	if v.Chain != "" && v.ChainStatus == present.Attention {
		parts = append(parts, note(kit.StatusAttention, v.Chain))
	} else if v.Chain != "" {
		parts = append(parts, kit.NewProse(v.Chain, kit.Second, 360))
	}
	c.proof.SetContent(stacked(8, 0, parts...))
}

// showCounts shows how many lines are new, and what they will become.
func (c *importCheck) showCounts(v *present.ImportPreview) {
	parts := []fyne.CanvasObject{figures(v), kit.NewGround(kit.CardLine),
		kit.NewLabel("What this import will do", kit.Figure)}
	lines := stacked(1, 0)
	for _, e := range v.Effects {
		lines.Add(kit.NewProse(e, kit.Second.In(kit.Text2), 300))
	}
	c.counts.SetContent(stacked(12, 0, append(parts, lines)...))
}

// figures are the three counts side by side.
func figures(v *present.ImportPreview) fyne.CanvasObject {
	list := []fyne.CanvasObject{
		kit.NewTally(kit.StatusOK, "plus", present.Count(v.New), "new"),
		kit.NewTally(kit.StatusNeutral, "", present.Count(v.Known), "already in"),
		kit.NewTally(kit.StatusBreak, "", present.Count(v.Kept), "quarantined")}
	return arranged(fixed(220, 46), func(size fyne.Size) {
		spare := size.Width
		for _, o := range list {
			spare -= o.MinSize().Width
		}
		x := float32(0)
		for _, o := range list {
			w := o.MinSize().Width
			place(o, x, 0, w, size.Height)
			x += w + max(4, min(44, spare/2))
		}
	}, list...)
}

func (c *importCheck) reload() {
	if c.view == nil {
		return
	}
	c.rows.take(c.view.Rows[present.ImportTab(c.tabs.Selected())])
	if id := c.grid.Inset(); id != "" {
		if r, ok := c.rows.find(id); !ok || r.Fix == nil && c.fix != nil {
			c.closeInset()
		}
	}
	c.grid.Reload()
}

// update shows what the buttons can do now.
func (c *importCheck) update() {
	if c.view == nil {
		return
	}
	spec := c.run.Spec()
	spec.Label, spec.Busy = c.view.Button, c.x.storing || c.x.reading
	spec.Disabled = c.view.Button == ""
	if spec.Label == "" {
		spec.Label = "Import"
	}
	spec.Kind = kit.Primary
	if c.grid.Inset() != "" && c.fix != nil {
		spec.Kind = kit.Outline // the fix is decided first
	}
	c.run.Set(spec)
	c.hint.SetText(c.view.Hint)
	c.outside.Refresh()
}

// nextProblem moves to the next row that was not read, and opens its fix.
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
	c.columns.showRow(next)
	c.x.s.canvas.Focus(c.grid)
	c.openRow(next)
}

// openProblem opens the fix of the first row that was not read, when a file is shown.
func (c *importCheck) openProblem() {
	if list := c.view.Rows[present.ImportQuarantined]; len(list) > 0 && list[0].Fix != nil {
		c.grid.SetCursor(list[0].ID)
		c.columns.showRow(list[0].ID)
		c.openFix(list[0])
	}
}

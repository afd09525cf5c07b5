package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importColumns are the columns of a table and what they mean. A changed meaning is an answer: the file
// is read again with it.
type importColumns struct {
	x    *importScreen
	card *kit.Card
	body *fyne.Container
	grid *kit.Grid
	rows *columnRows
	// under the columns: what they prove, and the line of the file that is selected.
	notes *fyne.Container
	raw   *kit.Card
	save  *kit.Button
	// asked counts lines that were fetched: an older one is dropped.
	asked int
	shown string
	lines int
}

func newImportColumns(x *importScreen) *importColumns {
	c := &importColumns{x: x, rows: &columnRows{}, notes: stacked(4, 0)}
	c.grid = kit.NewGrid([]kit.Column{
		{ID: "file", Title: "In the file", Width: 110, Min: 56, Grow: true},
		{ID: "to", Title: "", Width: 8, Min: 8},
		{ID: "means", Title: "Means", Width: 120, Min: 110},
		{ID: "reads", Title: "Reads as", Width: 88, Min: 70},
	}, c.rows)
	c.grid.RowHeight = 36
	c.grid.OnSurface = true
	c.grid.Empty = kit.NewEmptyState("This format names its fields itself.", nil)
	c.grid.OnOpen, c.grid.OnField = c.choose, c.choose
	c.save = kit.NewButton(kit.ButtonSpec{Label: "Save profile", Icon: "tick", Small: true,
		OnTap: x.nameProfile})
	c.raw = kit.NewCard("", "", nil, nil, 12)
	c.body = arranged(fixed(280, 200), c.lay, c.grid, c.notes, c.raw)
	c.card = kit.NewCard("Columns", "", c.save, c.body, 0)
	return c
}

// lay gives the columns the room that they need, and the line below them what is left, three lines at
// least.
func (c *importColumns) lay(size fyne.Size) {
	want := 28 + 36*float32(max(2, c.rows.Len()))
	notes := c.notes.MinSize().Height
	raw := float32(0)
	if c.shown != "" {
		raw = 34 + 18*float32(min(4, max(1, c.lines))) + 14
	}
	under := notes + raw + 12
	if raw > 0 && notes > 0 {
		under += 10
	}
	place(c.grid, 0, 0, size.Width, min(want, max(28+36*3, size.Height-under)))
	y := c.grid.Size().Height + 10
	place(c.notes, 16, y, size.Width-32, notes)
	if notes > 0 {
		y += notes + 10
	}
	place(c.raw, 16, y, size.Width-32, max(0, min(raw, size.Height-y-8)))
	show(c.raw, raw > 0 && size.Height-y-8 >= 50)
}

// show lays out the columns of a file.
func (c *importColumns) show(f *importFile) {
	v := f.view
	c.rows.take(v.Columns)
	c.notes.Objects = nil
	for _, n := range v.ColumnNotes {
		c.notes.Add(note(kit.StatusOK, n))
	}
	show(c.save, len(v.Columns) > 0)
	c.showRow(c.x.check.grid.Cursor())
	c.grid.Reload()
	c.card.Refresh()
	c.body.Refresh()
}

// choose opens the meanings that a column can have.
func (c *importColumns) choose(id string) {
	i, ok := c.rows.index(id)
	at, size, seen := c.grid.FieldArea(id, "means")
	if !ok || !seen || c.x.reading {
		return
	}
	var options []kit.Option
	for _, role := range present.Roles() {
		options = append(options, kit.Option{ID: role, Label: present.RoleTitle(role)})
	}
	kit.ShowOptions(c.x.s.canvas, at, size, options, c.rows.list[i].Role, func(role string) {
		c.x.answer(present.RolesAnswer(c.rows.list, i, role))
	})
}

// showRow shows a row as it stands in the file.
func (c *importColumns) showRow(id string) {
	r, ok := c.x.check.rows.find(id)
	c.asked++
	if !ok || r.Line == 0 || c.x.file == "" {
		c.showRaw("", "")
		return
	}
	asked, a, path := c.asked, c.x.s.profile, c.x.file
	c.x.s.work.start(c.x.s.work.ctx, func(context.Context) func() {
		raw, err := a.RawRow(path, r.Line)
		return func() {
			switch {
			case asked != c.asked:
			case err != nil:
				c.showRaw("", "")
			default:
				c.showRaw("Line "+r.Row+" in the file", raw)
			}
		}
	})
}

func (c *importColumns) showRaw(title, text string) {
	if c.shown == title+text {
		return
	}
	c.shown = title + text
	lines := kit.NewPassage(text, mono.In(kit.Text2))
	lines.Resize(fyne.NewSize(max(200, c.card.Size().Width-58), 20))
	c.lines = int(lines.MinSize().Height / 18)
	c.raw.SetContent(stacked(6, 0, kit.NewLabel(title, kit.Caption), lines))
	c.body.Refresh()
}

// columnRows are the columns of the file.
type columnRows struct {
	list     []present.ColumnRow
	revision uint64
}

func (r *columnRows) take(list []present.ColumnRow) { r.list = list; r.revision++ }

func (r *columnRows) index(id string) (int, bool) {
	for i := range r.list {
		if r.RowID(i) == id {
			return i, true
		}
	}
	return 0, false
}

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
		return kit.Cell{Icon: "right"}
	case 2:
		return kit.Cell{Text: x.Means, Look: kit.LookField, Quiet: x.Role == ""}
	}
	return kit.Cell{Text: x.Reads, Quiet: true}
}

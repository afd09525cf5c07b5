package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// actionsScreen answers: what waits for me, what is unsure, what was sent?
type actionsScreen struct {
	s    *shell
	f    *frame
	view *present.Actions

	find    *kit.Entry
	kind    *kit.Select
	by      *kit.Select
	grid    *kit.Grid
	rows    *actionRows
	empty   *kit.EmptyState
	left    *fyne.Container
	waiting *kit.Chip
	unsure  *kit.Chip
	failed  *kit.Chip
	paused  *kit.Chip
	pause   *kit.Button
	detail  *actionDetail
	// asked counts loads: an older result is dropped; stopped says that nothing is sent now.
	asked   int
	stopped bool
}

func newActionsScreen(s *shell) *actionsScreen {
	x := &actionsScreen{s: s, rows: &actionRows{},
		find: kit.NewSearchField("Search action or customer", "/"),
		kind: kit.NewSelect("Kind"), by: kit.NewSelect("Prepared by"),
		empty:   kit.NewEmptyState("Reading the actions.", nil),
		waiting: kit.NewIconChip(kit.StatusTiming, "people", ""), unsure: kit.NewChip(kit.StatusUnknown, ""),
		failed: kit.NewChip(kit.StatusBreak, ""), paused: kit.NewIconChip(kit.StatusAttention, "pause", "")}
	x.detail = newActionDetail(x)
	x.find.OnChanged = func(text string) { x.change(func() { x.view.Search(text) }) }
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.kind.OnChange = func(id string) { x.change(func() { x.view.OfKind(book.ActionKind(id)) }) }
	x.by.OnChange = func(id string) { x.change(func() { x.view.PreparedBy(id) }) }
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "state", Title: "State", Width: 146, Min: 120},
		{ID: "short", Title: "Number", Width: 76, Min: 70},
		{ID: "action", Title: "Action", Width: 240, Min: 150, Grow: true},
		{ID: "amount", Title: "Amount", Width: 110, Min: 90, Align: kit.AlignRight},
		{ID: "by", Title: "Prepared by", Width: 110, Min: 80},
	}, x.rows)
	x.grid.RowHeight, x.grid.Empty = 44, x.empty
	x.grid.OnCursor = x.choose
	x.grid.OnOpen = func(string) { x.detail.enter() }
	s.columns(atActions, x.grid)
	x.left = arranged(fixed(520, 300), x.layLeft, kit.NewGround(kit.Surface), x.find, x.kind, x.by, x.grid)
	x.pause = kit.NewButton(kit.ButtonSpec{Label: "Pause sending", Icon: "pause", OnTap: x.askPause})
	x.f = s.newPlainFrame("Actions", s.split(atActions, x.left, x.detail.object(), 740), nil, x.pause)
	return x
}

func (x *actionsScreen) frame() *frame           { return x.f }
func (x *actionsScreen) search() *kit.Entry      { return x.find }
func (x *actionsScreen) list() *kit.Grid         { return x.grid }
func (x *actionsScreen) panes() []fyne.Focusable { return x.detail.panes() }

func (x *actionsScreen) layLeft(size fyne.Size) {
	place(x.left.Objects[0], 0, 0, size.Width, size.Height)
	w := x.kind.MinSize().Width + x.by.MinSize().Width + 16
	find := max(120, min(250, size.Width-32-w))
	place(x.find, 16, 12, find, 30)
	row(16+find+8, 12, 30, 8, x.kind, x.by)
	place(x.grid, 0, 54, size.Width, size.Height-54)
}

func (x *actionsScreen) show(*app.Month) { x.load() }

// load reads the actions.
func (x *actionsScreen) load() {
	a := x.s.profile
	if a == nil {
		return
	}
	x.asked++
	asked := x.asked
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		q, err := a.ActionQueue(ctx)
		return func() {
			if asked == x.asked && a == x.s.profile {
				x.loaded(q, err)
			}
		}
	})
}

func (x *actionsScreen) loaded(q app.ActionQueue, err error) {
	if err != nil {
		x.empty.Set(app.Explain(err))
		x.grid.Reload()
		return
	}
	old := x.view
	x.view = present.NewActions(q)
	if old != nil {
		x.view.Like(old)
	}
	x.kinds()
	x.stopped = q.Paused != ""
	x.pause.Set(kit.ButtonSpec{Label: "Pause sending", Icon: "pause", OnTap: x.askPause})
	if x.stopped {
		x.pause.Set(kit.ButtonSpec{Label: "Send again", Icon: "play", OnTap: x.resume})
	}
	x.chips(q.Paused)
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.detail.show(x.view.Detail())
	x.s.waiting(atActions, x.view.Open())
}

func (x *actionsScreen) kinds() {
	kinds := []kit.Option{{Label: "All"}}
	for _, k := range x.view.Kinds() {
		kinds = append(kinds, kit.Option{ID: string(k.Kind), Label: k.Title})
	}
	x.kind.SetOptions(kinds)
	people := []kit.Option{{Label: "Anyone"}}
	for _, who := range x.view.People() {
		people = append(people, kit.Option{ID: who, Label: who})
	}
	x.by.SetOptions(people)
}

// chips are what the head names: what waits, what is unsure, what failed, and that nothing is sent.
func (x *actionsScreen) chips(paused string) {
	var leading []fyne.CanvasObject
	waiting, unsure, failed := x.view.Waiting()
	for _, c := range []struct {
		chip   *kit.Chip
		status kit.Status
		text   string
	}{{x.waiting, kit.StatusTiming, waiting}, {x.unsure, kit.StatusUnknown, unsure},
		{x.failed, kit.StatusBreak, failed}, {x.paused, kit.StatusAttention, paused}} {
		c.chip.Set(c.status, c.text)
		if c.text != "" {
			leading = append(leading, c.chip)
		}
	}
	x.f.head.SetParts(leading, []fyne.CanvasObject{x.pause})
}

func (x *actionsScreen) change(do func()) {
	if x.view == nil {
		return
	}
	do()
	x.reload()
}

func (x *actionsScreen) reload() {
	x.rows.take(x.view.Rows())
	x.empty.Set(x.view.Empty())
	x.grid.Reload()
	x.left.Refresh()
}

func (x *actionsScreen) choose(id string) {
	if x.view != nil {
		x.view.Select(id)
		x.detail.show(x.view.Detail())
	}
}

// escape takes the filters away.
func (x *actionsScreen) escape() bool {
	if x.view == nil || x.find.Text() == "" && x.kind.Selected() == "" && x.by.Selected() == "" {
		return false
	}
	x.kind.Select("")
	x.by.Select("")
	x.find.SetText("")
	x.change(func() {
		x.view.Search("")
		x.view.OfKind("")
		x.view.PreparedBy("")
	})
	return true
}

// actionRows are the rows of the list.
type actionRows struct {
	list     []present.ActionRow
	heads    []int
	places   map[string]int
	revision uint64
}

func (r *actionRows) take(list []present.ActionRow) {
	r.list, r.heads, r.places = list, nil, make(map[string]int, len(list))
	for i, row := range list {
		r.places[row.ID] = i
		if row.Group {
			r.heads = append(r.heads, i)
		}
	}
	r.revision++
}

// Len and the others answer the grid.
func (r *actionRows) Len() int           { return len(r.list) }
func (r *actionRows) RowID(i int) string { return r.list[i].ID }
func (r *actionRows) Heads() []int       { return r.heads }

func (r *actionRows) IndexOf(id string) (int, bool) {
	i, ok := r.places[id]
	return i, ok
}

func (r *actionRows) Row(i int) kit.Row {
	row := kit.Row{Revision: r.revision}
	if x := r.list[i]; x.Group {
		row.Head = &kit.GroupHead{Title: x.Title, Count: present.Count(x.Count), Sunken: true}
	}
	return row
}

func (r *actionRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch {
	case x.Group:
		return kit.Cell{}
	case column == 0:
		return kit.Cell{Text: x.State, Look: kit.LookChip, Status: status(x.Status)}
	case column == 1:
		return kit.Cell{Text: x.Short, Quiet: true}
	case column == 2:
		return kit.Cell{Text: x.What, Sub: x.About}
	case column == 3:
		c := kit.Cell{Text: x.Amount, Look: kit.LookAmount}
		if x.Currency != "" {
			c.Text += " " + x.Currency
		}
		return c
	}
	return kit.Cell{Text: x.By, Quiet: true}
}

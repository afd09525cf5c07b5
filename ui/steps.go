package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// stepScreen lists all items of one step of the bridge, however many they are.
type stepScreen struct {
	s    *shell
	f    *frame
	view *present.StepItems
	rows *stepRows

	find  *kit.Entry
	count *kit.Label
	grid  *kit.Grid
	empty *kit.EmptyState
	body  *fyne.Container
	// asked counts searches and sorts: an older result is dropped.
	asked int
}

func newStepScreen(s *shell) *stepScreen {
	x := &stepScreen{s: s, rows: &stepRows{}, count: kit.NewLabel("", kit.Second),
		find: kit.NewSearchField("Search id, customer, invoice or amount", "/"), empty: kit.NewEmptyState("", nil)}
	x.find.OnChanged = func(string) { x.arrange() }
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "on", Title: "Date", Width: 96, Min: 90, Sortable: true},
		{ID: "kind", Title: "Kind", Width: 150, Min: 90},
		{ID: "item", Title: "Record", Width: 230, Min: 120, Grow: true},
		{ID: "party", Title: "Party", Width: 240, Min: 120, Grow: true},
		{ID: "invoice", Title: "Invoice", Width: 110, Min: 80},
		{ID: "amount", Title: "Amount", Width: 120, Min: 90, Align: kit.AlignRight, Sortable: true},
	}, x.rows)
	x.grid.Empty = x.empty
	x.grid.OnSort = func(by kit.Sort) {
		x.grid.Sort = by
		x.arrange()
	}
	x.grid.OnOpen = func(id string) { s.showRecord(id) }
	s.columns(atStep, x.grid)
	x.body = arranged(fixed(600, 300), func(size fyne.Size) {
		place(x.find, 20, 12, 360, 30)
		place(x.count, 396, 12, size.Width-416, 30)
		place(x.body.Objects[2], 0, 54, size.Width, size.Height-54)
	}, x.find, x.count, x.grid)
	x.f = s.newFrame("Step", ground(kit.Surface, x.body), kit.NewButton(kit.ButtonSpec{
		Label: "Back", Icon: "left", Key: "Esc", OnTap: s.back}))
	return x
}

func (x *stepScreen) frame() *frame { return x.f }

func (x *stepScreen) search() *kit.Entry { return x.find }

func (x *stepScreen) list() *kit.Grid { return x.grid }

// showStep opens the screen on the items of a step.
func (s *shell) showStep(m *app.Month, currency string, step *book.BridgeStep) {
	x := s.steps()
	s.stale[atStep] = false
	x.take(present.NewStepItems(m, step, currency))
	s.open(atStep)
}

// show takes the same step of another month, or of the same one after a run.
func (x *stepScreen) show(m *app.Month) {
	if x.view != nil {
		x.take(x.view.Of(m))
	}
}

func (x *stepScreen) take(v *present.StepItems) {
	x.view = v
	x.f.head.SetTitle(v.Title)
	list := x.grid.Columns()
	list[5].Title = v.Currency
	x.grid.SetColumns(list)
	x.grid.Sort = kit.Sort{Column: "on"}
	x.find.SetText("")
	x.order(v.All())
	if x.rows.Len() > 0 {
		x.grid.SetCursor(x.rows.RowID(0))
	}
}

// arrange searches and sorts beside the UI goroutine: a step may hold a hundred thousand items.
func (x *stepScreen) arrange() {
	if x.view == nil {
		return
	}
	x.asked++
	asked, v, text, by := x.asked, x.view, x.find.Text(), x.grid.Sort
	x.s.work.start(x.s.work.ctx, func(context.Context) func() {
		order := v.Find(text, by.Column, by.Descending)
		return func() {
			if asked == x.asked && v == x.view {
				x.order(order)
			}
		}
	})
}

// order shows these items in this order.
func (x *stepScreen) order(list []int) {
	x.rows.take(x.view, list)
	x.count.SetText(x.view.Count(len(list)))
	x.empty.Set("No item fits this search.")
	x.grid.SetFoot(map[string]kit.Cell{"on": {Text: present.Plural(len(list), "item"),
		Weight: kit.SemiBold}, "amount": {Text: x.view.Sum(list), Look: kit.LookAmount,
		Weight: kit.SemiBold}})
	x.grid.Reload()
}

// stepRows are the rows of the list: their text is made when they are seen.
type stepRows struct {
	view     *present.StepItems
	order    []int
	revision uint64
}

func (r *stepRows) take(v *present.StepItems, order []int) {
	r.view, r.order = v, order
	r.revision++
}

// Len and the others answer the grid.
func (r *stepRows) Len() int           { return len(r.order) }
func (r *stepRows) RowID(i int) string { return r.view.ID(r.order[i]) }
func (r *stepRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *stepRows) Cell(i, column int) kit.Cell {
	row := r.view.Row(r.order[i])
	switch column {
	case 0:
		return kit.Cell{Text: row.On}
	case 1:
		return kit.Cell{Text: row.Kind, Quiet: true}
	case 2:
		return kit.Cell{Text: row.ID}
	case 3:
		return kit.Cell{Text: row.Party}
	case 4:
		return kit.Cell{Text: row.Invoice}
	}
	return kit.Cell{Text: row.Amount, Look: kit.LookAmount}
}

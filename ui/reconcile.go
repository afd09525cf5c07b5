package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// reconcileScreen answers: what is wrong, how much, and why?
type reconcileScreen struct {
	s     *shell
	f     *frame
	view  *present.Exceptions
	step  *book.BridgeStep
	inCur string

	find     *kit.Entry
	currency *kit.Select
	tabs     *kit.Tabs
	grid     *kit.Grid
	rows     *exceptionRows
	empty    *kit.EmptyState
	filtered *kit.ErrorStrip
	left     *fyne.Container
	run      *kit.Button
	proved   *kit.Chip
	detail   *exceptionDetail
	// blank says that the list is empty, so that the detail says why.
	blank bool
}

func newReconcileScreen(s *shell) *reconcileScreen {
	x := &reconcileScreen{s: s, rows: &exceptionRows{}, detail: newExceptionDetail(s),
		tabs: kit.NewTabs(), currency: kit.NewSelect("Currency"),
		find: kit.NewSearchField("Search", "/"), empty: kit.NewEmptyState("", nil)}
	x.find.OnChanged = func(text string) { x.change(func() { x.view.Search(text) }) }
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.currency.OnChange = func(id string) {
		x.change(func() { x.view.InCurrency(money.Currency(id)) })
	}
	x.tabs.OnChange = func(id string) { x.change(func() { x.view.Show(present.Tab(id)) }) }
	x.filtered = kit.NewErrorStrip(kit.StatusTiming, "", kit.NewButton(kit.ButtonSpec{
		Label: "Show all", Small: true, OnTap: x.unfilter}))
	x.filtered.Hide()
	x.buildGrid()
	x.left = arranged(fixed(360, 300), x.layLeft, kit.NewGround(kit.Surface), x.find, x.currency,
		x.filtered, x.tabs, x.grid)
	x.run = kit.NewButton(kit.ButtonSpec{Label: "Run reconcile", Icon: "play", Key: "F9",
		OnTap: func() { s.load(s.wanted, true) }})
	x.proved = kit.NewChip(kit.StatusOK, "")
	x.f = s.newFrame("Reconcile", s.split(atReconcile, x.left, x.detail.object(), 476), x.proved,
		x.run)
	return x
}

func (x *reconcileScreen) buildGrid() {
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "item", Title: "Class and item", Width: 266, Min: 140, Grow: true},
		{ID: "age", Title: "Age", Width: 66, Min: 50, Align: kit.AlignRight},
		{ID: "amount", Title: "Amount", Width: 104, Min: 80, Align: kit.AlignRight},
	}, x.rows)
	x.grid.RowHeight, x.grid.Empty = 44, x.empty
	x.grid.OnCursor = x.moved
	x.grid.OnFold = func(id string, fold bool) {
		x.view.Fold(book.Class(id), fold)
		x.reload()
		if x.grid.Cursor() == id {
			x.moved(id)
		}
	}
	x.grid.OnOpen = func(string) { x.s.canvas.Focus(x.detail.more) }
	x.s.columns(atReconcile, x.grid)
}

func (x *reconcileScreen) frame() *frame { return x.f }

func (x *reconcileScreen) search() *kit.Entry { return x.find }

func (x *reconcileScreen) list() *kit.Grid { return x.grid }

// panes is the detail's lower part, where an exception is shown.
func (x *reconcileScreen) panes() []fyne.Focusable {
	if r := x.rows.at(x.grid.Cursor()); r == nil || r.Group {
		return nil
	}
	return []fyne.Focusable{x.detail.more}
}

func (x *reconcileScreen) layLeft(size fyne.Size) {
	place(x.left.Objects[0], 0, 0, size.Width, size.Height)
	cw := x.currency.MinSize().Width
	place(x.find, 16, 12, size.Width-16-8-cw-16, 30)
	place(x.currency, size.Width-16-cw, 12, cw, 30)
	y := float32(54)
	if x.filtered.Visible() {
		place(x.filtered, 16, y, size.Width-32, 40)
		y += 44
	}
	place(x.tabs, 16, y, size.Width-32, 36)
	place(x.grid, 0, y+36, size.Width, size.Height-y-36)
}

// show lays out a month: what was chosen, folded and searched stays where it can.
func (x *reconcileScreen) show(m *app.Month) {
	old := x.view
	x.view = present.NewExceptions(m)
	if old != nil {
		x.view.Like(old)
		x.step = nil
	}
	x.filtered.Hide()
	if x.view.Selected() == nil {
		x.view.Step(1)
	}
	x.currencies()
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.showDetail()
	x.showProved()
}

func (x *reconcileScreen) currencies() {
	options := []kit.Option{{ID: "", Label: "All"}}
	for _, c := range x.view.Currencies() {
		options = append(options, kit.Option{ID: string(c), Label: string(c)})
	}
	x.currency.SetOptions(options)
	x.currency.Select(string(x.view.Currency()))
}

// showProved says in the head whether the month comes out.
func (x *reconcileScreen) showProved() {
	text, st := present.Unexplained(x.view.Month())
	x.proved.Set(status(st), text)
	x.f.updateHead()
}

// change does something to the list and shows it anew.
func (x *reconcileScreen) change(do func()) {
	if x.view == nil {
		return
	}
	do()
	x.reload()
}

// reload shows the list as it is now.
func (x *reconcileScreen) reload() {
	counts := x.view.Counts()
	option := func(t present.Tab, label string) kit.Option {
		return kit.Option{ID: string(t), Label: label, Count: present.Count(counts[t])}
	}
	x.tabs.SetOptions([]kit.Option{option(present.TabResolve, "To resolve"),
		option(present.TabTiming, "Timing"), option(present.TabResolved, "Resolved")})
	x.tabs.Select(string(x.view.Tab()))
	x.empty.Set(x.view.Empty())
	x.rows.take(x.view.Rows())
	fitted(x.grid, 2, func(yield func(string) bool) {
		for _, r := range x.rows.list {
			if !yield(r.Amount) {
				return
			}
		}
	})
	x.grid.Reload()
	x.left.Refresh()
	blank := len(x.rows.list) == 0
	switch {
	case blank:
		x.detail.showNothing("")
	case x.blank:
		x.showDetail()
	}
	x.blank = blank
}

// moved shows what the cursor stands on.
func (x *reconcileScreen) moved(id string) {
	if r := x.rows.at(id); r != nil && r.Group {
		x.detail.showClass(*r)
		return
	}
	x.view.Choose(id)
	x.showDetail()
}

func (x *reconcileScreen) showDetail() {
	e := x.view.Selected()
	if e == nil {
		x.detail.showNothing("")
		return
	}
	x.detail.show(present.NewDetail(x.view.Month(), e))
}

// choose shows one exception wherever it stands.
func (x *reconcileScreen) choose(id string) {
	if x.view == nil {
		return
	}
	x.unfilter()
	x.find.SetText("")
	x.view.InCurrency("")
	x.currency.Select("")
	x.view.Select(id)
	x.reload()
	x.grid.SetCursor(id)
	x.showDetail()
}

// next goes to the next exception of the tab, unfolding its class.
func (x *reconcileScreen) next() {
	if x.view == nil {
		return
	}
	id := x.view.Next()
	if id == "" {
		x.s.say("There is no further item in this list.")
		return
	}
	x.reload()
	x.grid.SetCursor(id)
	x.s.canvas.Focus(x.grid)
	x.showDetail()
}

func (x *reconcileScreen) showTab(t present.Tab) {
	x.change(func() {
		x.unfilter()
		x.view.Show(t)
	})
}

// showStep limits the list to the exceptions of a bridge's step.
func (x *reconcileScreen) showStep(currency string, step *book.BridgeStep) {
	if x.view == nil {
		return
	}
	x.step, x.inCur = step, currency
	x.find.SetText("")
	x.view.InCurrency("")
	x.currency.Select("")
	x.view.ForStep(step)
	x.view.Anything()
	x.filtered = kit.NewErrorStrip(kit.StatusTiming, present.StepName(step.Step)+", "+currency,
		kit.NewButton(kit.ButtonSpec{Label: present.AllItems(step), Small: true, OnTap: func() {
			x.s.showStep(x.view.Month(), x.inCur, x.step)
		}}))
	x.left.Objects[3] = x.filtered
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.showDetail()
}

// unfilter shows all steps again.
func (x *reconcileScreen) unfilter() {
	if x.view == nil || x.view.Filtered() == "" {
		return
	}
	x.view.ForStep(nil)
	x.filtered.Hide()
	x.reload()
}

// escape takes the filter away, or goes back to where a step was opened.
func (x *reconcileScreen) escape() bool {
	if x.view == nil || x.view.Filtered() == "" {
		return false
	}
	x.unfilter()
	return true
}

// stateChanged shows why a run cannot be started.
func (x *reconcileScreen) stateChanged() {
	spec := x.run.Spec()
	spec.Busy = x.s.loading
	spec.Disabled = x.s.pull.running()
	x.run.Set(spec)
}

// exceptionRows are the rows of the list.
type exceptionRows struct {
	list     []present.ExceptionRow
	heads    []int
	places   map[string]int
	revision uint64
}

func (r *exceptionRows) take(list []present.ExceptionRow) {
	r.list, r.heads, r.places = list, nil, make(map[string]int, len(list))
	for i, row := range list {
		r.places[row.ID] = i
		if row.Group {
			r.heads = append(r.heads, i)
		}
	}
	r.revision++
}

func (r *exceptionRows) at(id string) *present.ExceptionRow {
	if i, ok := r.places[id]; ok {
		return &r.list[i]
	}
	return nil
}

// Len and the others answer the grid.
func (r *exceptionRows) Len() int           { return len(r.list) }
func (r *exceptionRows) RowID(i int) string { return r.list[i].ID }
func (r *exceptionRows) Heads() []int       { return r.heads }

func (r *exceptionRows) IndexOf(id string) (int, bool) {
	i, ok := r.places[id]
	return i, ok
}

func (r *exceptionRows) Row(i int) kit.Row {
	row := kit.Row{Revision: r.revision}
	if x := r.list[i]; x.Group {
		row.Head = &kit.GroupHead{Code: string(x.Class), CodeStatus: status(x.Status),
			Title: x.Title, Count: x.Count, Foldable: true, Folded: x.Folded}
	}
	return row
}

func (r *exceptionRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch {
	case column == 2:
		return kit.Cell{Text: x.Amount, Look: kit.LookAmount}
	case x.Group:
		return kit.Cell{}
	case column == 1:
		return kit.Cell{Text: x.Age, Sub: x.Owner, Quiet: true}
	}
	return kit.Cell{Text: x.Title, Sub: x.Detail}
}

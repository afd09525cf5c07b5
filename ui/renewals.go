package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// renewalsScreen answers: who fails to renew, why, what happens next and when?
type renewalsScreen struct {
	s    *shell
	f    *frame
	view *present.Renewals

	find     *kit.Entry
	class    *kit.Select
	stage    *kit.Select
	currency *kit.Select
	foot     *kit.Label
	grid     *kit.Grid
	rows     *renewalRows
	empty    *kit.EmptyState
	top      *fyne.Container
	today    *kit.Chip
	conflict *kit.Button
	simulate *kit.Button
	run      *kit.Button
	detail   *renewalDetail
	// asked counts loads: an older result is dropped.
	asked int
}

func newRenewalsScreen(s *shell) *renewalsScreen {
	x := &renewalsScreen{s: s, rows: &renewalRows{}, foot: kit.NewLabel("", kit.Body),
		find:  kit.NewSearchField("Search customer or invoice", "/"),
		stage: kit.NewSelect("Stage"), currency: kit.NewSelect("Currency"), class: kit.NewSelect("Class"),
		empty: kit.NewEmptyState("Reading the failed renewals.", nil),
		today: kit.NewIconChip(kit.StatusNeutral, "clock", "")}
	x.conflict = kit.NewButton(kit.ButtonSpec{Label: "Billing works against the policy. Show why", Icon: "triangle",
		Kind: kit.Link, Small: true, OnTap: x.showConflicts})
	x.detail = newRenewalDetail(x)
	x.find.OnChanged = func(text string) { x.change(func() { x.view.Search(text) }) }
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.class.SetOptions(classOptions())
	x.class.OnChange = func(id string) { x.change(func() { x.view.OfClass(app.DeclineClass(id)) }) }
	x.stage.OnChange = func(id string) { x.change(func() { x.view.InStage(id) }) }
	x.currency.OnChange = func(id string) { x.change(func() { x.view.InCurrency(money.Currency(id)) }) }
	x.grid = kit.NewGrid(renewalColumns(), x.rows)
	x.grid.Empty = x.empty
	x.grid.Sort = kit.Sort{Column: "next"}
	x.grid.OnSort = func(by kit.Sort) {
		x.grid.Sort = by
		x.change(func() { x.view.Sort(by.Column, by.Descending) })
	}
	x.grid.OnCursor = x.choose
	x.grid.OnOpen = func(string) { s.canvas.Focus(x.detail.plan) }
	s.columns(atRenewals, x.grid)
	x.top = arranged(fixed(700, 200), x.layTop, kit.NewGround(kit.Surface), x.find, x.class, x.stage,
		x.currency, x.foot, x.grid)
	x.simulate = kit.NewButton(kit.ButtonSpec{Label: "Simulate policy", Icon: "play", OnTap: x.askSimulate})
	x.run = kit.NewButton(kit.ButtonSpec{Label: "Run what is due", Icon: "renewals", NoEnter: true,
		OnTap: x.askRun})
	x.f = s.newPlainFrame("Renewals", s.splitDown(atRenewals, x.top, x.detail.object(), 0.57),
		[]fyne.CanvasObject{x.today}, x.simulate, x.run)
	return x
}

func renewalColumns() []kit.Column {
	return []kit.Column{
		{ID: "select", Width: 24, Min: 24, Check: true},
		{ID: "customer", Title: "Customer", Width: 150, Min: 100, Grow: true, Sortable: true},
		{ID: "invoice", Title: "Invoice", Width: 88, Min: 60, Sortable: true},
		{ID: "amount", Title: "Amount", Width: 84, Min: 72, Align: kit.AlignRight, Sortable: true},
		{ID: "why", Title: "Why it failed", Width: 200, Min: 110, Grow: true},
		{ID: "class", Title: "Class", Width: 112, Min: 84, Sortable: true},
		{ID: "attempts", Title: "Network attempts", Width: 118, Min: 104, Sortable: true},
		{ID: "next", Title: "Next step", Width: 180, Min: 130, Grow: true, Sortable: true},
		{ID: "stage", Title: "Stage", Width: 120, Min: 90, Sortable: true},
		{ID: "lifetime", Title: "Lifetime", Width: 90, Min: 74, Align: kit.AlignRight, Sortable: true},
	}
}

func classOptions() []kit.Option {
	out := []kit.Option{{Label: "All"}}
	for _, c := range app.DeclineClasses {
		out = append(out, kit.Option{ID: string(c), Label: string(c) + " " + present.DeclineTitle(c)})
	}
	return out
}

func (x *renewalsScreen) frame() *frame           { return x.f }
func (x *renewalsScreen) search() *kit.Entry      { return x.find }
func (x *renewalsScreen) list() *kit.Grid         { return x.grid }
func (x *renewalsScreen) panes() []fyne.Focusable { return x.detail.panes() }

func (x *renewalsScreen) layTop(size fyne.Size) {
	place(x.top.Objects[0], 0, 0, size.Width, size.Height)
	selects := []fyne.CanvasObject{x.class, x.stage, x.currency}
	w := float32(0)
	for _, o := range selects {
		w += o.MinSize().Width + 8
	}
	foot := x.foot.MinSize().Width
	find := max(120, min(250, size.Width-48-w-foot))
	place(x.find, 16, 12, find, 30)
	row(16+find+8, 12, 30, 8, selects...)
	place(x.foot, size.Width-16-foot, 12, foot, 30)
	place(x.grid, 0, 54, size.Width, size.Height-54)
}

// show is called when the screen is shown and the books are others.
func (x *renewalsScreen) show(*app.Month) { x.load() }

// load reads the failed renewals and their plans.
func (x *renewalsScreen) load() {
	a := x.s.profile
	if a == nil {
		return
	}
	x.asked++
	asked := x.asked
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.Renewals(ctx)
		return func() {
			if asked == x.asked && a == x.s.profile {
				x.loaded(list, err)
			}
		}
	})
}

func (x *renewalsScreen) loaded(list *app.Renewals, err error) {
	if err != nil {
		x.empty.Set(app.Explain(err))
		x.grid.Reload()
		return
	}
	old := x.view
	x.view = present.NewRenewals(list)
	if old != nil {
		x.view.Like(old)
	}
	x.today.Set(kit.StatusNeutral, "Today, "+list.At.In(list.Config.Zone()).String())
	leading := []fyne.CanvasObject{x.today}
	if x.view.Conflict() != "" {
		leading = append(leading, x.conflict)
	}
	x.f.head.SetParts(leading, []fyne.CanvasObject{x.simulate, x.run})
	x.stage.SetOptions(append([]kit.Option{{Label: "All"}}, stageOptions(x.view.Stages())...))
	options := []kit.Option{{Label: "All"}}
	for _, c := range x.view.Currencies() {
		options = append(options, kit.Option{ID: string(c), Label: string(c)})
	}
	x.currency.SetOptions(options)
	x.currency.Select(string(x.view.Currency()))
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.detail.show(x.view.Detail())
	x.s.waiting(atRenewals, x.view.Len())
}

func stageOptions(list []string) []kit.Option {
	var out []kit.Option
	for _, s := range list {
		out = append(out, kit.Option{ID: s, Label: s})
	}
	return out
}

func (x *renewalsScreen) change(do func()) {
	if x.view == nil {
		return
	}
	do()
	x.reload()
}

func (x *renewalsScreen) reload() {
	list := x.grid.Columns()
	list[3].Title = "Amount"
	if c := x.view.Currency(); c != "" {
		list[3].Title = string(c)
	}
	x.grid.SetColumns(list)
	x.rows.take(x.view.Rows(), x.view.Currency() == "")
	x.empty.Set(x.view.Empty())
	x.foot.SetText(x.view.Foot())
	x.grid.Reload()
	x.top.Refresh()
}

func (x *renewalsScreen) choose(id string) {
	if x.view != nil {
		x.view.Select(id)
		x.detail.show(x.view.Detail())
	}
}

// escape takes the filters away.
func (x *renewalsScreen) escape() bool {
	if x.view == nil || x.find.Text() == "" && x.class.Selected() == "" && x.stage.Selected() == "" {
		return false
	}
	x.class.Select("")
	x.stage.Select("")
	x.find.SetText("")
	x.change(func() {
		x.view.Search("")
		x.view.OfClass("")
		x.view.InStage("")
	})
	return true
}

// showConflicts says what billing does by itself against the policy, and what to change.
func (x *renewalsScreen) showConflicts() {
	var parts []fyne.CanvasObject
	for _, c := range x.view.Conflicts() {
		parts = append(parts, note(kit.StatusAttention, c))
	}
	x.s.fittedSheet("Billing and the policy", stacked(12, 20, parts...), fyne.NewSize(620, 560))
}

// renewalRows are the rows of the list.
type renewalRows struct {
	list     []present.RenewalRow
	places   map[string]int
	mixed    bool // several currencies: each amount has its own
	revision uint64
}

func (r *renewalRows) take(list []present.RenewalRow, mixed bool) {
	r.list, r.mixed, r.places = list, mixed, make(map[string]int, len(list))
	for i, row := range list {
		r.places[row.ID] = i
	}
	r.revision++
}

// Len and the others answer the grid.
func (r *renewalRows) Len() int           { return len(r.list) }
func (r *renewalRows) RowID(i int) string { return r.list[i].ID }
func (r *renewalRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *renewalRows) IndexOf(id string) (int, bool) {
	i, ok := r.places[id]
	return i, ok
}

func (r *renewalRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 1:
		return kit.Cell{Text: x.Customer}
	case 2:
		return kit.Cell{Text: x.Invoice}
	case 3:
		c := kit.Cell{Text: x.Amount, Look: kit.LookAmount}
		if r.mixed {
			c.Text += " " + x.Currency
		}
		return c
	case 4:
		return kit.Cell{Text: x.Why}
	case 5:
		if x.Class == "" {
			return kit.Cell{Text: x.ClassTitle, Quiet: true}
		}
		return kit.Cell{Text: x.Class, Note: x.ClassTitle, Weight: kit.SemiBold}
	case 6:
		if x.Most == 0 {
			return kit.Cell{Text: x.Attempts, Quiet: true}
		}
		return kit.Cell{Text: x.Attempts, Look: kit.LookMeter, Fraction: float32(x.Used) / float32(x.Most)}
	case 7:
		return kit.Cell{Text: x.Next, Icon: x.NextIcon, Look: kit.LookState, Status: status(x.NextStatus)}
	case 8:
		return kit.Cell{Text: x.Stage}
	case 9:
		return kit.Cell{Text: x.Lifetime, Look: kit.LookAmount}
	}
	return kit.Cell{}
}

package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// payoutsScreen answers: what is inside this payout, does it add up, and has it arrived?
type payoutsScreen struct {
	s    *shell
	f    *frame
	view *present.Payouts

	find     *kit.Entry
	source   *kit.Select
	currency *kit.Select
	state    *kit.Select
	grid     *kit.Grid
	rows     *payoutRows
	empty    *kit.EmptyState
	left     *fyne.Container
	transit  *kit.Chip
	resolve  *kit.Chip
	overdue  *kit.Chip
	export   *kit.Button
	detail   *payoutDetail
}

func newPayoutsScreen(s *shell) *payoutsScreen {
	x := &payoutsScreen{s: s, rows: &payoutRows{}, detail: newPayoutDetail(s),
		find:   kit.NewSearchField("Search payout or amount", "/"),
		source: kit.NewSelect("Source"), currency: kit.NewSelect("Currency"),
		state: kit.NewSelect("State", kit.Option{Label: "All"},
			kit.Option{ID: "In bank", Label: "In bank"},
			kit.Option{ID: "In transit", Label: "In transit"},
			kit.Option{ID: "To resolve", Label: "To resolve"},
			kit.Option{ID: "Overdue", Label: "Overdue"},
			kit.Option{ID: "Came back", Label: "Came back"}),
		empty:   kit.NewEmptyState("", nil),
		transit: kit.NewChip(kit.StatusTiming, ""), resolve: kit.NewChip(kit.StatusAttention, ""),
		overdue: kit.NewChip(kit.StatusBreak, "")}
	x.find.OnChanged = func(text string) { x.change(func() { x.view.Search(text) }) }
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.source.OnChange = func(id string) {
		x.change(func() { x.view.FromSource(book.SourceName(id)) })
	}
	x.currency.OnChange = func(id string) {
		x.change(func() { x.view.InCurrency(money.Currency(id)) })
	}
	x.state.OnChange = func(id string) { x.change(func() { x.view.InState(id) }) }
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "sent", Title: "Sent", Width: 82, Min: 80, Sortable: true},
		{ID: "source", Title: "Source", Width: 56, Min: 46, Sortable: true},
		{ID: "payout", Title: "Payout", Width: 110, Min: 46, Grow: true, Sortable: true},
		{ID: "amount", Title: "EUR", Width: 74, Min: 72, Align: kit.AlignRight, Sortable: true},
		{ID: "booked", Title: "Booked or due", Width: 88, Min: 86, Sortable: true},
		{ID: "members", Title: "Members", Width: 104, Min: 80, Grow: true, Sortable: true},
		{ID: "state", Title: "State", Width: 104, Min: 104, Sortable: true},
	}, x.rows)
	x.grid.Empty = x.empty
	x.grid.Sort = kit.Sort{Column: "sent", Descending: true}
	x.grid.OnSort = func(by kit.Sort) {
		x.grid.Sort = by
		x.change(func() { x.view.Sort(by.Column, by.Descending) })
	}
	x.grid.OnCursor = x.choose
	x.grid.OnOpen = func(string) { x.detail.enter() }
	s.columns(atPayouts, x.grid)
	x.left = arranged(fixed(520, 300), x.layLeft, kit.NewGround(kit.Surface), x.find, x.source,
		x.currency, x.state, x.grid)
	x.export = kit.NewButton(kit.ButtonSpec{Label: "Export", Icon: "import", OnTap: s.showExport})
	x.f = s.newFrame("Payouts", s.split(atPayouts, x.left, x.detail.object(), 760), x.transit,
		x.resolve, x.overdue, x.export)
	return x
}

func (x *payoutsScreen) frame() *frame { return x.f }

func (x *payoutsScreen) search() *kit.Entry { return x.find }

func (x *payoutsScreen) list() *kit.Grid { return x.grid }

// panes is the list of the chosen payout's members.
func (x *payoutsScreen) panes() []fyne.Focusable {
	if x.detail.rows.Len() == 0 {
		return nil
	}
	return []fyne.Focusable{x.detail.members}
}

func (x *payoutsScreen) layLeft(size fyne.Size) {
	place(x.left.Objects[0], 0, 0, size.Width, size.Height)
	selects := []fyne.CanvasObject{x.source, x.currency, x.state}
	w := float32(0)
	for _, o := range selects {
		w += o.MinSize().Width + 8
	}
	find := max(100, min(230, size.Width-32-w))
	place(x.find, 16, 12, find, 30)
	row(16+find+8, 12, 30, 8, selects...)
	place(x.grid, 0, 54, size.Width, size.Height-54)
}

func (x *payoutsScreen) show(m *app.Month) {
	old := x.view
	x.view = present.NewPayouts(m)
	if old != nil {
		x.view.Like(old)
	}
	sources := []kit.Option{{Label: "All"}}
	for _, g := range x.view.Sources() {
		sources = append(sources, kit.Option{ID: string(g), Label: m.Config.Title(g)})
	}
	x.source.SetOptions(sources)
	options := []kit.Option{{Label: "All"}}
	for _, c := range x.view.Currencies() {
		options = append(options, kit.Option{ID: string(c), Label: string(c)})
	}
	x.currency.SetOptions(options)
	x.currency.Select(string(x.view.Currency()))
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.showDetail()
}

func (x *payoutsScreen) change(do func()) {
	if x.view == nil {
		return
	}
	do()
	x.reload()
}

func (x *payoutsScreen) reload() {
	list := x.grid.Columns()
	list[3].Title = "Amount"
	if c := x.view.Currency(); c != "" {
		list[3].Title = string(c)
	}
	x.grid.SetColumns(list)
	x.rows.take(x.view.Rows(), x.view.Currency() == "")
	x.empty.Set(x.view.Empty())
	fitted(x.grid, 3, func(yield func(string) bool) {
		for i := range x.rows.list {
			if !yield(x.rows.Cell(i, 3).Text) {
				return
			}
		}
	})
	count, sum, inBank := x.view.Foot()
	x.grid.SetFoot(map[string]kit.Cell{"sent": {Text: count, Weight: kit.SemiBold},
		"amount": {Text: sum, Look: kit.LookAmount, Weight: kit.SemiBold},
		"state":  {Text: inBank, Quiet: true}})
	x.grid.Reload()
	transit, resolve, overdue := x.view.Moving()
	x.transit.Set(kit.StatusTiming, transit)
	x.resolve.Set(kit.StatusAttention, resolve)
	x.overdue.Set(kit.StatusBreak, overdue)
	var actions []fyne.CanvasObject
	if transit != "" {
		actions = append(actions, x.transit)
	}
	if resolve != "" {
		actions = append(actions, x.resolve)
	}
	if overdue != "" {
		actions = append(actions, x.overdue)
	}
	x.f.setActions(append(actions, x.export)...)
	x.left.Refresh()
}

// choose shows a payout's detail.
func (x *payoutsScreen) choose(id string) {
	x.view.Select(id)
	x.showDetail()
}

// open shows one payout wherever it stands.
func (x *payoutsScreen) open(id string) {
	if x.view == nil {
		return
	}
	x.find.SetText("")
	x.view.Only(id)
	x.source.Select("")
	x.currency.Select(string(x.view.Currency()))
	x.state.Select("")
	x.reload()
	x.grid.SetCursor(id)
	x.showDetail()
}

// showState limits the list to one state.
func (x *payoutsScreen) showState(state string) {
	x.state.Select(state)
	x.change(func() { x.view.InState(state) })
}

func (x *payoutsScreen) showDetail() {
	d := x.view.Selected()
	if d == nil {
		x.detail.showNothing("")
		return
	}
	x.detail.show(d)
}

// escape takes the filters away.
func (x *payoutsScreen) escape() bool {
	if x.view == nil || x.find.Text() == "" && x.state.Selected() == "" && x.source.Selected() == "" {
		return false
	}
	x.source.Select("")
	x.view.FromSource("")
	x.find.SetText("")
	x.showState("")
	return true
}

// payoutRows are the rows of the list.
type payoutRows struct {
	list     []present.PayoutRow
	places   map[string]int
	mixed    bool // several currencies: each amount has its own
	revision uint64
}

func (r *payoutRows) take(list []present.PayoutRow, mixed bool) {
	r.list, r.mixed, r.places = list, mixed, make(map[string]int, len(list))
	for i, row := range list {
		r.places[row.ID] = i
	}
	r.revision++
}

// Len and the others answer the grid.
func (r *payoutRows) Len() int           { return len(r.list) }
func (r *payoutRows) RowID(i int) string { return r.list[i].ID }
func (r *payoutRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *payoutRows) IndexOf(id string) (int, bool) {
	i, ok := r.places[id]
	return i, ok
}

func (r *payoutRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: x.Sent}
	case 1:
		return kit.Cell{Text: x.Source}
	case 2:
		return kit.Cell{Text: x.Payout}
	case 3:
		c := kit.Cell{Text: x.Amount, Look: kit.LookAmount}
		if r.mixed {
			c.Text += " " + x.Currency
		}
		return c
	case 4:
		c := kit.Cell{Text: x.Booked, Quiet: x.Status == present.TimingStatus}
		if x.Late {
			c.Status = kit.StatusBreak
		}
		return c
	case 5:
		c := kit.Cell{Text: x.Members, Look: kit.LookState, Status: status(x.MembersStatus)}
		if x.MembersStatus == present.OK {
			c.Icon = "tick"
		}
		return c
	}
	return kit.Cell{Text: x.State, Look: kit.LookState, Status: status(x.Status)}
}

package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// handPane is one side of Match by hand: tabs, a search field and a list in which several are chosen.
type handPane struct {
	x     *handScreen
	side  present.Side
	find  *kit.Entry
	due   *kit.Select // of what could be paid only
	tabs  *kit.Tabs
	grid  *kit.Grid
	rows  *handRows
	foot  *kit.Label
	empty *kit.EmptyState
	inner *fyne.Container
	card  *kit.Card
	// first is the money by which the list was put in order last.
	first string
}

func newHandPane(x *handScreen, side present.Side) *handPane {
	p := &handPane{x: x, side: side, rows: &handRows{}, tabs: kit.NewTabs(),
		find: kit.NewSearchField("Search", ""), foot: kit.NewLabel("", kit.Second.At(13)),
		empty: kit.NewEmptyState("", nil)}
	title := "Money received"
	var columns []kit.Column
	check := kit.Column{ID: "chosen", Width: 18, Min: 18, Check: true}
	amount := kit.Column{ID: "amount", Title: "Amount", Width: 84, Min: 70, Align: kit.AlignRight}
	beside := []fyne.CanvasObject{p.find}
	if side == present.Received {
		columns = []kit.Column{check, {ID: "on", Title: "Booked", Width: 80, Min: 78},
			{ID: "sender", Title: "Sender and text", Width: 200, Min: 120, Grow: true},
			{ID: "class", Title: "Class", Width: 40, Min: 34}, amount}
	} else {
		title = "What it could pay"
		var options []kit.Option
		for _, f := range present.DueFilters {
			options = append(options, kit.Option{ID: f[0], Label: f[1]})
		}
		p.due = kit.NewSelect("Due", options...)
		p.due.OnChange = func(id string) { p.change(func() { x.view.DueBy(id) }) }
		beside = append(beside, p.due)
		columns = []kit.Column{check, {ID: "record", Title: "Invoice", Width: 78, Min: 56},
			{ID: "customer", Title: "Customer", Width: 140, Min: 60, Grow: true},
			{ID: "due", Title: "Due", Width: 80, Min: 78},
			{ID: "fact", Title: "Shared facts", Width: 118, Min: 56, Grow: true}, amount}
	}
	p.find.OnChanged = func(text string) { p.change(func() { x.view.Search(side, text) }) }
	p.find.OnSubmit = func(string) { x.s.canvas.Focus(p.grid) }
	p.tabs.OnChange = func(id string) { p.change(func() { x.view.Show(present.Pane(id)) }) }
	p.rows.side = side
	p.grid = kit.NewGrid(columns, p.rows)
	p.grid.Empty, p.grid.InCard = p.empty, true
	if side == present.Received {
		p.grid.RowHeight = 44
	}
	p.grid.OnSelect = p.selected
	p.grid.OnCursor = func(id string) { x.moved(p, id) }
	p.grid.OnOpen = func(string) { x.match() }
	p.grid.OnTab = func() { x.s.canvas.Focus(x.panes2[1-side].grid) }
	p.inner = arranged(fixed(200, 150), p.lay, p.tabs, p.grid, p.foot)
	w := float32(0)
	for _, o := range beside {
		w += max(150, o.MinSize().Width) + 10
	}
	line := arranged(fixed(w-10, 30), func(size fyne.Size) {
		left := size.Width
		if p.due != nil {
			dw := p.due.MinSize().Width
			place(p.due, size.Width-dw, 0, dw, 30)
			left -= dw + 10
		}
		place(p.find, left-150, 0, 150, 30)
	}, beside...)
	p.card = kit.NewCard(title, "", line, p.inner, 0)
	return p
}

func (p *handPane) lay(size fyne.Size) {
	if short := size.Width < 560; short != p.rows.short {
		p.rows.short = short
		p.rows.revision++
		p.grid.Reload()
	}
	place(p.tabs, 16, 0, size.Width-32, 36)
	place(p.grid, 0, 36, size.Width, size.Height-36)
	// The sentence stands under the last row, where there is room.
	end := 36 + 30 + p.grid.RowHeight*float32(p.rows.Len())
	w := p.foot.MinSize().Width
	fits := p.rows.Len() > 0 && end+70 < size.Height && w < size.Width-32
	show(p.foot, fits)
	if fits {
		place(p.foot, (size.Width-w)/2, end+26, w, 20)
	}
}

// change does something to the list and shows it anew.
func (p *handPane) change(do func()) {
	if p.x.view == nil {
		return
	}
	do()
	p.reload()
}

// reload shows the side as it is now.
func (p *handPane) reload() {
	v := p.x.view
	var options []kit.Option
	for _, t := range v.Tabs(p.side) {
		options = append(options, kit.Option{ID: string(t.Pane), Label: present.PaneTitles[t.Pane],
			Count: present.Count(t.Count)})
	}
	p.tabs.SetOptions(options)
	p.tabs.Select(string(v.Shown(p.side)))
	p.rows.take(v.Rows(p.side))
	p.foot.SetText(v.Foot(p.side))
	p.empty.Set(v.Foot(p.side))
	if p.due != nil {
		list := p.grid.Columns()
		list[1].Title = map[present.Pane]string{present.PaneInvoices: "Invoice", present.PanePayments: "For",
			present.PaneCharges: "Payer", present.PaneSent: "Source"}[v.Shown(p.side)]
		p.grid.SetColumns(list)
	}
	if f := v.First(p.side); f != p.first {
		// Another money was chosen: what it shares most with stands first.
		p.first = f
		p.grid.SetCursor("")
	}
	if s := v.Shown(p.side); s == present.PaneInvoices || s == present.PanePayments {
		fitted(p.grid, 1, func(yield func(string) bool) {
			for i := range min(200, p.rows.Len()) {
				if !yield(p.rows.list[i].Title) {
					return
				}
			}
		})
	}
	p.mark()
	fitted(p.grid, len(p.grid.Columns())-1, func(yield func(string) bool) {
		for i := range min(200, p.rows.Len()) {
			if !yield(p.rows.amount(i)) {
				return
			}
		}
	})
	p.grid.Reload()
	if _, ok := p.rows.IndexOf(p.grid.Cursor()); !ok && p.rows.Len() > 0 {
		p.grid.SetCursor(p.rows.RowID(0))
		p.x.looked(p)
	}
	p.inner.Refresh()
}

// mark shows in the list what was chosen.
func (p *handPane) mark() {
	s := p.grid.Selection()
	s.Clear()
	for _, id := range p.x.view.Chosen(p.side) {
		s.Set(id, true)
	}
	p.grid.Restyle()
}

// mostAtOnce is how many rows Ctrl A may choose.
const mostAtOnce = 200

// selected takes over what the person marked in the list, as far as it may be.
func (p *handPane) selected() {
	v, s := p.x.view, p.grid.Selection()
	if v == nil {
		return
	}
	why := ""
	if s.IsAll() && p.rows.Len() > mostAtOnce {
		why = "These are " + present.Plural(p.rows.Len(), "row") + ": search for those that belong " +
			"together, then choose them."
	} else {
		now := map[string]bool{}
		for _, id := range v.Chosen(p.side) {
			now[id] = true
		}
		for i := range p.rows.Len() {
			if id := p.rows.RowID(i); s.Has(id) != now[id] {
				if said := v.Choose(p.side, id, s.Has(id)); said != "" {
					why = said
				}
			}
		}
	}
	p.x.chosen(why)
}

// handRows are the rows of one side.
type handRows struct {
	side     present.Side
	list     []present.HandRow
	places   map[string]int
	revision uint64
	// short says that there is room for one word about what is shared.
	short bool
}

func (r *handRows) take(list []present.HandRow) {
	r.list, r.places = list, make(map[string]int, len(list))
	for i, row := range list {
		r.places[row.ID] = i
	}
	r.revision++
}

// Len and the others answer the grid.
func (r *handRows) Len() int           { return len(r.list) }
func (r *handRows) RowID(i int) string { return r.list[i].ID }
func (r *handRows) Row(i int) kit.Row {
	return kit.Row{Revision: r.revision, Chosen: r.list[i].Chosen}
}

func (r *handRows) IndexOf(id string) (int, bool) {
	i, ok := r.places[id]
	return i, ok
}

// amount is the amount with its currency, without which two could be taken for one.
func (r *handRows) amount(i int) string { return r.list[i].Amount + " " + r.list[i].Currency }

func (r *handRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	if r.side == present.Received {
		switch column {
		case 1:
			return kit.Cell{Text: x.On}
		case 2:
			return kit.Cell{Text: x.Title, Sub: x.Detail}
		case 3:
			return kit.Cell{Text: x.Class, Look: kit.LookCode, Status: kit.StatusBreak}
		}
		return kit.Cell{Text: r.amount(i), Look: kit.LookAmount}
	}
	switch column {
	case 1:
		return kit.Cell{Text: x.Title, Weight: kit.Medium}
	case 2:
		return kit.Cell{Text: x.Customer, Note: x.Detail}
	case 3:
		return kit.Cell{Text: x.Due}
	case 4:
		text := x.Fact
		if r.short {
			text = x.FactShort
		}
		c := kit.Cell{Text: text, Look: kit.LookState, Status: kit.StatusNeutral}
		if x.FactStrong {
			c.Status, c.Icon = kit.StatusOK, "link"
		}
		return c
	}
	return kit.Cell{Text: r.amount(i), Look: kit.LookAmount}
}

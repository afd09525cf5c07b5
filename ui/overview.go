package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// overviewScreen answers: why is the bank not what billing says, and can I trust the data?
type overviewScreen struct {
	s     *shell
	f     *frame
	view  present.Overview
	month *app.Month

	tiles     []*kit.Tile
	segments  *kit.Segmented
	chart     *kit.BridgeChart
	bridge    *kit.Card
	sources   *kit.Card
	list      *kit.Grid
	rows      *sourceRows
	lag       *kit.LagChart
	lagCard   *kit.Card
	lagNone   *kit.EmptyState
	proofs    *kit.Card
	proofList *kit.Grid
	proved    *proofRows
	none      *kit.EmptyState
	pullAll   *kit.Button
	find      *kit.Entry
	scroll    *scrolling
	inner     *fyne.Container
	export    *kit.Button
	pulling   *kit.Button
}

func newOverviewScreen(s *shell) *overviewScreen {
	x := &overviewScreen{s: s, segments: kit.NewSegmented(), rows: &sourceRows{}}
	for range 5 {
		x.tiles = append(x.tiles, kit.NewTile(kit.TileSpec{}))
	}
	x.chart = kit.NewBridgeChart(kit.Bridge{})
	x.chart.OnOpen = x.openStep
	x.segments.OnChange = func(string) { x.showBridge() }
	x.bridge = kit.NewCard("The bridge from billing to bank", "", x.segments, x.chart, 0)
	x.none = kit.NewEmptyState("", kit.NewButton(kit.ButtonSpec{Label: "Sync all", Icon: "renewals",
		Key: "F5", OnTap: func() { s.sync() }}))
	x.buildSources()
	x.lag = kit.NewLagChart(kit.Lag{})
	x.lagNone = kit.NewEmptyState("No payout of this month is at the bank yet.", nil)
	x.lagCard = kit.NewCard("Days from charge to bank", "", nil, x.lag, 16)
	objects := []fyne.CanvasObject{}
	for _, t := range x.tiles {
		objects = append(objects, t)
	}
	x.proved = &proofRows{}
	x.proofList = kit.NewGrid([]kit.Column{
		{ID: "what", Title: "Proof", Width: 200, Min: 120, Grow: true},
		{ID: "amount", Title: "Closing", Width: 80, Align: kit.AlignRight},
		{ID: "state", Title: "State", Width: 58},
	}, x.proved)
	x.proofList.HideTitles, x.proofList.InCard = true, true
	x.proofList.Empty = kit.NewEmptyState("No balance is stated for this month yet.", nil)
	x.proofs = kit.NewCard("Balance proofs", "", nil, x.proofList, 0)
	objects = append(objects, x.bridge, x.sources, x.lagCard, x.proofs)
	x.inner = arranged(func() fyne.Size { return fyne.NewSize(1000, x.height()) }, x.lay, objects...)
	x.scroll = newScrolling(x.inner)
	x.chart.OnCursor = func(top, bottom float32) {
		y := x.bridge.Position().Y + x.chart.Position().Y
		x.scroll.reveal(y+top, y+bottom)
	}
	x.find = kit.NewSearchField("Search invoices, payments, payouts", "/")
	x.find.OnSubmit = func(text string) {
		x.find.SetText("")
		s.openPalette(text)
	}
	x.pulling = kit.NewButton(kit.ButtonSpec{Label: "Sync", Icon: "renewals", OnTap: s.sync})
	x.export = kit.NewButton(kit.ButtonSpec{Label: "Export", Icon: "import", OnTap: s.showExport})
	x.f = s.newFrame("Overview", x.scroll.outside, sized(300, 30, x.find), x.pulling, x.export)
	return x
}

func (x *overviewScreen) frame() *frame { return x.f }

func (x *overviewScreen) search() *kit.Entry { return x.find }

// panes are the bridge where there is one, and the lists beside it.
func (x *overviewScreen) panes() []fyne.Focusable {
	list := []fyne.Focusable{x.list, x.proofList}
	if len(x.view.Bridges) > 0 {
		list = slices.Insert(list, 0, fyne.Focusable(x.chart))
	}
	return list
}

func (x *overviewScreen) buildSources() {
	s := x.s
	x.list = kit.NewGrid([]kit.Column{
		{ID: "name", Title: "Source", Width: 220, Min: 140, Grow: true},
		{ID: "state", Title: "State", Width: 90, Align: kit.AlignRight},
	}, x.rows)
	x.list.RowHeight, x.list.HideTitles = 44, true
	x.pullAll = kit.NewButton(kit.ButtonSpec{Label: "Sync all", Icon: "renewals", Key: "F5",
		OnTap: s.sync})
	statement := kit.NewButton(kit.ButtonSpec{Label: "Import statement", Icon: "import",
		OnTap: func() { s.open(atImport) }})
	var content *fyne.Container
	content = arranged(func() fyne.Size {
		return fyne.NewSize(300, 44*float32(len(x.rows.list))+64)
	}, func(size fyne.Size) {
		place(x.list, 0, 0, size.Width, size.Height-64)
		row(16, size.Height-52, 40, 8, content.Objects[1:]...)
	}, x.list, x.pullAll, statement)
	x.sources = kit.NewCard("Sources", "", nil, content, 0)
}

// height is that of all cards at once.
func (x *overviewScreen) height() float32 {
	right := x.sources.MinSize().Height + x.lagCard.MinSize().Height + 24 + 150
	return 118 + max(x.bridge.MinSize().Height, right) + 14
}

func (x *overviewScreen) lay(size fyne.Size) {
	w := size.Width - 40
	tile := (w - 4*12) / 5
	for i, t := range x.tiles {
		place(t, 20+float32(i)*(tile+12), 18, tile, 88)
	}
	right := max(342, min(386, w*0.317))
	h := size.Height - 118 - 14
	place(x.bridge, 20, 118, w-12-right, h)
	sources := x.sources.MinSize().Height
	place(x.sources, 20+w-right, 118, right, sources)
	lag := x.lagCard.MinSize().Height
	place(x.lagCard, 20+w-right, 118+sources+12, right, lag)
	top := sources + 12 + lag + 12
	place(x.proofs, 20+w-right, 118+top, right, h-top)
}

func (x *overviewScreen) show(m *app.Month) {
	x.month, x.view = m, present.NewOverview(m)
	for i, t := range x.view.Tiles {
		if i >= len(x.tiles) {
			break
		}
		spec := kit.TileSpec{Label: t.Title, Figure: t.Figure, Unit: t.Unit, Base: t.Base,
			Status: status(t.Status), OnTap: func() { x.openTile(t) }}
		if t.ID == "oldest" {
			spec.Icon = "clock"
		}
		x.tiles[i].Set(spec)
	}
	var options []kit.Option
	chosen := x.segments.Selected()
	found := false
	for _, b := range x.view.Bridges {
		o := kit.Option{ID: string(b.Currency), Label: string(b.Currency), Status: status(b.Status)}
		found = found || o.ID == chosen
		options = append(options, o)
	}
	x.segments.SetOptions(options)
	if !found && len(options) > 0 {
		x.segments.Select(options[0].ID)
	}
	x.showBridge()
	x.rows.take(x.view.Sources)
	x.sources.SetHead("Sources", x.view.ProofsNote)
	x.list.Reload()
	x.lagCard.SetHead("Days from charge to bank", "in business days")
	if len(x.view.Lags) == 0 {
		x.lagCard.SetContent(x.lagNone)
	} else {
		x.lag.Set(lag(&x.view))
		x.lagCard.SetContent(x.lag)
	}
	x.proved.take(present.Proofs(m))
	fitted(x.proofList, 1, func(yield func(string) bool) {
		for _, p := range x.proved.list {
			if !yield(p.Closing) {
				return
			}
		}
	})
	x.proofList.Reload()
	x.inner.Refresh()
	x.scroll.lay(x.scroll.outside.Size())
}

func (x *overviewScreen) showBridge() {
	if len(x.view.Bridges) == 0 {
		x.none.Set("There are no figures in " + x.view.Month.String() +
			" yet. Sync the sources, or import a statement of this month.")
		x.bridge.SetContent(x.none)
		return
	}
	x.bridge.SetContent(x.chart)
	for _, b := range x.view.Bridges {
		if string(b.Currency) == x.segments.Selected() {
			x.chart.Set(bridge(b))
		}
	}
}

// stateChanged shows what runs in the buttons.
func (x *overviewScreen) stateChanged() {
	busy := x.s.pull.running()
	spec := x.pullAll.Spec()
	spec.Busy = busy
	x.pullAll.Set(spec)
	spec = x.pulling.Spec()
	spec.Busy = busy
	x.pulling.Set(spec)
	spec = x.export.Spec()
	spec.Disabled = x.s.month == nil
	x.export.Set(spec)
}

// openTile leads to the list behind a figure.
func (x *overviewScreen) openTile(t present.Tile) {
	switch t.ID {
	case "matched", "reconcile":
		x.s.open(atReconcile)
		x.s.reconcile().showTab(present.TabResolve)
	case "transit":
		x.s.open(atPayouts)
		x.s.payouts().showState("In transit")
	case "payouts":
		x.s.open(atPayouts)
		x.s.payouts().showState("")
	case "oldest":
		x.s.open(atReconcile)
		x.s.reconcile().choose(t.Item)
	}
}

// openStep opens the items of a step: its exceptions where it has any, else all of them. The foot
// opens the exceptions.
func (x *overviewScreen) openStep(id string) {
	if id == "" {
		x.s.open(atReconcile)
		return
	}
	step, currency := x.step(book.Step(id))
	if step == nil {
		return
	}
	list := present.NewExceptions(x.month)
	list.ForStep(step)
	if !list.Anything() {
		x.s.showStep(x.month, currency, step)
		return
	}
	x.s.open(atReconcile)
	x.s.reconcile().showStep(currency, step)
}

func (x *overviewScreen) step(id book.Step) (*book.BridgeStep, string) {
	for i := range x.month.Bridges {
		b := &x.month.Bridges[i]
		if string(b.Currency) != x.segments.Selected() {
			continue
		}
		for j := range b.Steps {
			if b.Steps[j].Step == id {
				return &b.Steps[j], string(b.Currency)
			}
		}
	}
	return nil, ""
}

// sourceRows are the rows of the sources' card.
type sourceRows struct {
	list     []present.SourceRow
	revision uint64
}

func (r *sourceRows) take(list []present.SourceRow) { r.list = list; r.revision++ }

// Len, RowID, Row and Cell answer the grid.
func (r *sourceRows) Len() int           { return len(r.list) }
func (r *sourceRows) RowID(i int) string { return r.list[i].Title }
func (r *sourceRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *sourceRows) Cell(i, column int) kit.Cell {
	row := r.list[i]
	if column == 1 {
		return kit.Cell{Text: row.Word, Look: kit.LookState, Status: status(row.Status)}
	}
	icon := map[string]string{"billing": "receipt", "gateway": "card", "bank": "payouts"}[row.Kind]
	return kit.Cell{Text: row.Title, Note: row.At, Sub: row.Detail, Icon: icon, Weight: kit.Medium}
}

// proofRows are the rows of the proofs' card.
type proofRows struct {
	list     []present.ProofRow
	revision uint64
}

func (r *proofRows) take(list []present.ProofRow) { r.list = list; r.revision++ }

// Len, RowID, Row and Cell answer the grid.
func (r *proofRows) Len() int           { return len(r.list) }
func (r *proofRows) RowID(i int) string { return r.list[i].ID }
func (r *proofRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *proofRows) Cell(i, column int) kit.Cell {
	p := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: p.Title}
	case 1:
		return kit.Cell{Text: p.Closing, Look: kit.LookAmount}
	}
	return kit.Cell{Text: p.Word, Look: kit.LookState, Status: status(p.Status)}
}

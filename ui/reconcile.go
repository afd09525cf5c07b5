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
	state    *kit.Select
	filters  *kit.Button
	tabs     *kit.Tabs
	grid     *kit.Grid
	rows     *exceptionRows
	empty    *kit.EmptyState
	filtered *kit.ErrorStrip
	foot     *selectionFoot
	left     *fyne.Container
	run      *kit.Button
	proved   *kit.Chip
	detail   *exceptionDetail
	bench    *workbench
	// behind counts the steps since the month was computed, where it is too large to follow each; want
	// is the exception to show when it was.
	behind int
	want   string
	// quiet says that the search field is filled by the program.
	quiet bool
	// blank says that the list is empty, so that the detail says why.
	blank bool
}

func newReconcileScreen(s *shell) *reconcileScreen {
	x := &reconcileScreen{s: s, rows: &exceptionRows{}, tabs: kit.NewTabs(),
		currency: kit.NewSelect("Currency"), state: kit.NewSelect("Status", stateOptions()...),
		find: kit.NewSearchField("Search", "/"), empty: kit.NewEmptyState("", nil)}
	x.bench = &workbench{s: s, x: x, faults: map[string]fault{}}
	x.detail = newExceptionDetail(s, x)
	x.find.OnChanged = func(text string) {
		if !x.quiet {
			x.change(func() {
				x.view.Search(text)
				x.searched()
			})
		}
	}
	x.find.OnSubmit = func(string) { s.canvas.Focus(x.grid) }
	x.currency.OnChange = func(id string) {
		x.change(func() { x.view.InCurrency(money.Currency(id)) })
	}
	x.state.OnChange = func(id string) {
		f := x.view.Filter()
		f.State = id
		x.setFilter(f)
	}
	x.filters = kit.NewButton(kit.ButtonSpec{Label: "Filters", Icon: "filter", Kind: kit.Link,
		Small: true, OnTap: x.askFilter})
	x.tabs.OnChange = func(id string) { x.change(func() { x.view.Show(present.Tab(id)) }) }
	x.filtered = kit.NewErrorStrip(kit.StatusTiming, "", kit.NewButton(kit.ButtonSpec{
		Label: "Show all", Small: true, OnTap: x.showAll}))
	x.filtered.Hide()
	x.buildGrid()
	x.foot = newSelectionFoot(x)
	x.left = arranged(fixed(360, 300), x.layLeft, kit.NewGround(kit.Surface), x.find, x.state,
		x.filtered, x.currency, x.tabs, x.filters, x.grid, x.foot.body)
	x.run = kit.NewButton(kit.ButtonSpec{Label: "Run reconcile", Icon: "play", Key: "F9",
		OnTap: func() { s.load(s.wanted, true) }})
	x.proved = kit.NewChip(kit.StatusOK, "")
	x.f = s.newFrame("Reconcile", s.split(atReconcile, x.left, x.detail.object(), 476), x.proved,
		x.run)
	return x
}

func (x *reconcileScreen) buildGrid() {
	x.grid = kit.NewGrid([]kit.Column{
		{ID: "check", Width: 24, Min: 24, Check: true},
		{ID: "item", Title: "Class and item", Width: 230, Min: 120, Grow: true},
		{ID: "age", Title: "Age", Width: 62, Min: 50, Align: kit.AlignRight},
		{ID: "amount", Title: "Amount", Width: 88, Min: 80, Align: kit.AlignRight},
	}, x.rows)
	x.grid.RowHeight, x.grid.Empty = 44, x.empty
	x.grid.OnCursor = x.moved
	x.grid.OnSelect = x.selectionChanged
	x.grid.OnFold = func(id string, fold bool) {
		x.view.Fold(book.Class(id), fold)
		x.reload()
		if x.grid.Cursor() == id {
			x.moved(id)
		}
	}
	x.grid.OnOpen = x.opened
	x.s.columns(atReconcile, x.grid)
}

// opened goes into the detail, or shows a found record.
func (x *reconcileScreen) opened(id string) {
	if r := x.rows.at(id); r != nil && r.Record {
		x.s.showRecord(id)
		return
	}
	x.s.canvas.Focus(x.detail.more)
}

func (x *reconcileScreen) frame() *frame { return x.f }

func (x *reconcileScreen) search() *kit.Entry { return x.find }

func (x *reconcileScreen) list() *kit.Grid { return x.grid }

// panes is the detail's lower part, where an exception is shown.
func (x *reconcileScreen) panes() []fyne.Focusable {
	if r := x.rows.at(x.grid.Cursor()); r == nil || r.Group || r.Record {
		return nil
	}
	return []fyne.Focusable{x.detail.more}
}

func (x *reconcileScreen) layLeft(size fyne.Size) {
	place(x.left.Objects[0], 0, 0, size.Width, size.Height)
	cw := x.currency.MinSize().Width
	sw := min(x.state.MinSize().Width, 150)
	place(x.find, 16, 12, size.Width-32-16-cw-sw, 30)
	place(x.state, size.Width-16-cw-8-sw, 12, sw, 30)
	place(x.currency, size.Width-16-cw, 12, cw, 30)
	y := float32(54)
	if x.filtered.Visible() {
		place(x.filtered, 16, y, size.Width-32, 40)
		y += 44
	}
	fw := x.filters.MinSize().Width
	place(x.tabs, 16, y, size.Width-32, 36)
	place(x.filters, size.Width-16-fw, y+3, fw, 28)
	foot := x.foot.height(size.Width)
	place(x.grid, 0, y+36, size.Width, size.Height-y-36-foot)
	place(x.foot.body, 0, size.Height-foot, size.Width, foot)
}

// show lays out a month: what was chosen, folded and searched stays where it can.
func (x *reconcileScreen) show(m *app.Month) {
	old, cursor := x.view, x.grid.Cursor()
	x.view, x.behind = present.NewExceptions(m), 0
	if old != nil {
		x.view.Like(old)
		x.keepStep(m, old)
	}
	if x.want != "" && x.view.Exception(x.want) != nil {
		x.view.Select(x.want)
		cursor = x.want
	}
	x.want = ""
	if x.view.Selected() == nil {
		x.view.Step(1)
	}
	x.showFilter()
	x.reload()
	if x.rows.at(cursor) == nil || old == nil {
		cursor = x.view.Chosen()
	}
	x.grid.SetCursor(cursor)
	x.moved(cursor)
	x.showProved()
	x.selectionChanged()
}

// keepStep limits the list to the same step of the bridge where the month was computed again.
func (x *reconcileScreen) keepStep(m *app.Month, old *present.Exceptions) {
	step := x.step
	x.step = nil
	if step == nil || old.Month().Period != m.Period {
		return
	}
	for _, b := range m.Bridges {
		for i := range b.Steps {
			if string(b.Currency) == x.inCur && b.Steps[i].Step == step.Step {
				x.step = &b.Steps[i]
				x.view.ForStep(x.step)
			}
		}
	}
}

func (x *reconcileScreen) currencies() {
	options := []kit.Option{{ID: "", Label: "All"}}
	for _, c := range x.view.Currencies() {
		options = append(options, kit.Option{ID: string(c), Label: string(c)})
	}
	x.currency.SetOptions(options)
	x.currency.Select(string(x.view.Currency()))
}

// showBehind says that steps were done that the figures do not show yet.
func (x *reconcileScreen) showBehind() {
	x.proved.Set(kit.StatusAttention, present.Plural(x.behind, "step")+" since the last run")
	x.f.updateHead()
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
	x.standSomewhere()
	x.selectionChanged()
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
	fitted(x.grid, amountColumn, func(yield func(string) bool) {
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
	r := x.rows.at(id)
	switch {
	case r != nil && r.Group:
		x.detail.showClass(*r)
		return
	case r != nil && r.Record:
		x.detail.showNothing(r.Title + ", " + r.Detail + ". No exception holds it; Enter shows it.")
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
	x.showAll()
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
	x.setFilter(present.Filter{})
	x.step, x.inCur = step, currency
	x.view.ForStep(step)
	x.view.Anything()
	x.filtered = kit.NewErrorStrip(kit.StatusTiming, present.StepName(step.Step)+", "+currency,
		kit.NewButton(kit.ButtonSpec{Label: present.AllItems(step), Small: true, OnTap: func() {
			x.s.showStep(x.view.Month(), x.inCur, x.step)
		}}))
	x.left.Objects[stripAt] = x.filtered
	x.reload()
	x.grid.SetCursor(x.view.Chosen())
	x.showDetail()
}

// stripAt is the strip's place among the parts of the left pane.
const stripAt = 3

// unfilter shows all steps again.
func (x *reconcileScreen) unfilter() {
	if x.view == nil || x.view.Filtered() == "" {
		return
	}
	x.view.ForStep(nil)
	x.step = nil
	x.filtered = kit.NewErrorStrip(kit.StatusTiming, "", kit.NewButton(kit.ButtonSpec{
		Label: "Show all", Small: true, OnTap: x.showAll}))
	x.left.Objects[stripAt] = x.filtered
	x.showFilter()
	x.reload()
}

// showAll takes all filters away.
func (x *reconcileScreen) showAll() {
	if x.view == nil {
		return
	}
	x.unfilter()
	x.setFilter(present.Filter{})
}

// escape takes the selection away, else the filter, else goes back to where a step was opened.
func (x *reconcileScreen) escape() bool {
	switch {
	case x.view == nil:
		return false
	case len(x.selectedIDs()) > 0:
		x.grid.Selection().Clear()
		x.grid.Restyle()
		x.selectionChanged()
	case x.view.Filtered() != "":
		x.unfilter()
	case x.view.Filter() != (present.Filter{}):
		x.showAll()
	default:
		return false
	}
	return true
}

// settled shows exceptions as what a step made of them, and goes on to the next open one.
func (x *reconcileScreen) settled(ids []string, status book.ExceptionStatus) {
	next := ""
	for _, id := range ids {
		if id == x.view.Chosen() {
			next = x.view.After(ids)
		}
	}
	x.view.Settle(ids, status)
	x.deselect(ids)
	if next != "" {
		x.view.Choose(next)
	}
	x.reload()
	if next != "" {
		x.grid.Arrive(next)
		x.showDetail()
	}
	x.selectionChanged()
}

// came shows the first of some exceptions when the month was computed again.
func (x *reconcileScreen) came(ids []string) {
	if len(ids) > 0 {
		x.want = ids[0]
	}
}

// help explains the class with the cursor, or shows the keys of the screen.
func (x *reconcileScreen) help() {
	r := x.rows.at(x.grid.Cursor())
	if r == nil || !r.Group || r.Class == "" {
		x.s.showKeys()
		return
	}
	var parts []fyne.CanvasObject
	for _, p := range present.Help(r.Class) {
		parts = append(parts, kit.NewProse(p, kit.Body, 580))
	}
	x.s.fittedSheet(string(r.Class)+" "+r.Title, stacked(10, 20, append(parts, gap(4))...),
		fyne.NewSize(620, 520))
}

// stateChanged shows why a run cannot be started.
func (x *reconcileScreen) stateChanged() {
	spec := x.run.Spec()
	spec.Busy = x.s.loading
	spec.Disabled = x.s.pull.running()
	x.run.Set(spec)
}

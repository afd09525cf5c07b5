package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// prefFilters are the saved filters of a profile; its folder stands behind.
const prefFilters = "filters."

func (x *reconcileScreen) savedFilters() present.SavedFilters {
	return present.ReadFilters(x.s.fyne.Preferences().String(x.filtersKey()))
}

func (x *reconcileScreen) filtersKey() string {
	if x.s.profile == nil {
		return prefFilters
	}
	return prefFilters + x.s.profile.Options().Dir
}

func (x *reconcileScreen) saveFilters(list present.SavedFilters) {
	x.s.fyne.Preferences().SetString(x.filtersKey(), list.Text())
}

// setFilter limits the list and shows that in the fields.
func (x *reconcileScreen) setFilter(f present.Filter) {
	if x.view == nil {
		return
	}
	x.view.SetFilter(f)
	x.showFilter()
	x.searched()
	x.reload()
	x.standSomewhere()
}

// standSomewhere moves the cursor to the first exception where the list no longer has its row.
func (x *reconcileScreen) standSomewhere() {
	if x.rows.at(x.grid.Cursor()) != nil {
		return
	}
	for _, r := range x.rows.list {
		if !r.Group && !r.Record {
			x.view.Choose(r.ID)
			x.grid.SetCursor(r.ID)
			x.showDetail()
			return
		}
	}
}

// showFilter shows the list's filter in the fields above it, and what has no field in a strip.
func (x *reconcileScreen) showFilter() {
	f := x.view.Filter()
	if x.find.Text() != f.Search {
		x.quiet = true
		x.find.SetText(f.Search)
		x.quiet = false
	}
	x.currencies()
	x.state.Select(f.State)
	f.State = ""
	if x.step == nil {
		x.strip(f.Text())
	}
}

// strip says above the list what limits it, "" for nothing.
func (x *reconcileScreen) strip(text string) {
	show(x.filtered, text != "")
	if text != "" {
		x.filtered.Set(kit.StatusTiming, text)
	}
	x.left.Refresh()
}

// searched looks for the text in all records, beside the UI goroutine.
func (x *reconcileScreen) searched() {
	text, m := x.view.Filter().Search, x.view.Month()
	if text == "" {
		return
	}
	x.s.work.start(x.s.work.ctx, func(context.Context) func() {
		list := m.Find(text)
		return func() {
			if x.view.Month() == m {
				x.view.TakeFound(text, list)
				x.reload()
				x.standSomewhere()
			}
		}
	})
}

// filterSheet is the sheet in which a list is limited.
type filterSheet struct {
	x                             *reconcileScreen
	state, owner, class, currency *kit.Select
}

// askFilter opens the sheet of filters: what limits the list, and the saved ones.
func (x *reconcileScreen) askFilter() {
	if x.view == nil {
		return
	}
	f := newWorkSheet(x.s, "Filters", "Show these")
	p := x.filterFields(f)
	name := kit.NewEntry("Name, to keep this filter")
	save := kit.NewButton(kit.ButtonSpec{Label: "Keep", Icon: "plus", OnTap: func() {
		text := typed(name.Text())
		if text == "" {
			f.fault("Give the filter a name first.")
			return
		}
		x.saveFilters(x.savedFilters().With(text, p.filter()))
		f.close()
		x.setFilter(p.filter())
		x.s.say("The filter " + text + " is kept for this profile.")
	}})
	w := save.MinSize().Width
	f.labelled("Keep as", arranged(fixed(200, 32), func(size fyne.Size) {
		place(name, 0, 1, size.Width-w-8, 30)
		place(save, size.Width-w, 0, w, 32)
	}, name, save), "")
	f.saved(x)
	f.confirm = func() {
		f.close()
		x.setFilter(p.filter())
	}
	f.focusOn(p.state)
	f.show()
}

// filterFields adds the fields of a filter.
func (x *reconcileScreen) filterFields(f *workSheet) *filterSheet {
	now := x.view.Filter()
	p := &filterSheet{x: x, state: kit.NewSelect("", stateOptions()...)}
	owners := []kit.Option{{ID: "", Label: "Everybody"}, {ID: present.Nobody, Label: "Nobody"}}
	for _, o := range x.view.Owners() {
		owners = append(owners, kit.Option{ID: o, Label: o})
	}
	classes := []kit.Option{{ID: "", Label: "All"}}
	for _, c := range x.view.Classes() {
		classes = append(classes, kit.Option{ID: string(c), Label: string(c) + " " + c.Name()})
	}
	currencies := []kit.Option{{ID: "", Label: "All"}}
	for _, c := range x.view.Currencies() {
		currencies = append(currencies, kit.Option{ID: string(c), Label: string(c)})
	}
	p.owner, p.class = kit.NewSelect("", owners...), kit.NewSelect("", classes...)
	p.currency = kit.NewSelect("", currencies...)
	p.state.Select(now.State)
	p.owner.Select(now.Owner)
	p.class.Select(string(now.Class))
	p.currency.Select(string(now.Currency))
	f.labelled("Status", p.state, "")
	f.labelled("Currency", p.currency, "")
	f.labelled("Owner", p.owner, "")
	f.labelled("Class", p.class, "")
	return p
}

func stateOptions() []kit.Option {
	var out []kit.Option
	for _, s := range present.States {
		out = append(out, kit.Option{ID: s[0], Label: s[1]})
	}
	return out
}

// filter is what the fields say; the search stays.
func (p *filterSheet) filter() present.Filter {
	return present.Filter{State: p.state.Selected(), Owner: p.owner.Selected(),
		Class: book.Class(p.class.Selected()), Currency: money.Currency(p.currency.Selected()),
		Search: p.x.view.Filter().Search}
}

// saved lists the saved filters, each with a button that shows it and one that drops it.
func (f *workSheet) saved(x *reconcileScreen) {
	list := x.savedFilters()
	if len(list) == 0 {
		return
	}
	f.add(kit.NewLabel("Kept filters", kit.Caption))
	for _, one := range list {
		parts := []string{one.Filter.Text(), string(one.Filter.Currency), one.Filter.Search}
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		text := strings.Join(parts, ", ")
		use := kit.NewButton(kit.ButtonSpec{Label: kit.CutText(one.Name, 200, kit.Figure), Icon: "filter",
			Width: 240, Reason: text, OnTap: func() {
				f.close()
				x.setFilter(one.Filter)
			}})
		drop := kit.NewButton(kit.ButtonSpec{Label: "Forget", Kind: kit.Link, Small: true,
			OnTap: func() {
				x.saveFilters(x.savedFilters().Without(one.Name))
				f.close()
				x.askFilter()
			}})
		f.add(between(32, use, drop))
	}
}

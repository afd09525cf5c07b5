package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

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
	row := kit.Row{Revision: r.revision, NoCheck: r.list[i].Record}
	if x := r.list[i]; x.Group {
		row.Head = &kit.GroupHead{Code: string(x.Class), CodeStatus: status(x.Status),
			Title: x.Title, Count: x.Count, Foldable: true, Folded: x.Folded}
	}
	return row
}

// amountColumn is where the amounts stand.
const amountColumn = 3

func (r *exceptionRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch {
	case column == amountColumn:
		return kit.Cell{Text: x.Amount, Look: kit.LookAmount}
	case x.Group || column == 0:
		return kit.Cell{}
	case column == 2 && x.Late:
		return kit.Cell{Text: "late " + x.Age, Sub: x.Owner, Status: kit.StatusAttention}
	case column == 2:
		return kit.Cell{Text: x.Age, Sub: x.Owner, Quiet: true}
	}
	return kit.Cell{Text: x.Title, Sub: x.Detail}
}

// selectedIDs are the selected exceptions that the tab shows under the filter, in the list's order.
func (x *reconcileScreen) selectedIDs() []string {
	if x.view == nil {
		return nil
	}
	set := x.grid.Selection()
	if !set.IsAll() && len(set.IDs()) == 0 {
		return nil
	}
	var out []string
	for _, id := range x.view.Listed() {
		if set.Has(id) {
			out = append(out, id)
		}
	}
	return out
}

// selectionChanged shows the foot of the selection. "All" means those of the filter as it is now, not
// those of a later one.
func (x *reconcileScreen) selectionChanged() {
	set := x.grid.Selection()
	if set.IsAll() {
		ids := x.selectedIDs()
		set.Clear()
		for _, id := range ids {
			set.Set(id, true)
		}
		x.grid.Restyle()
	}
	x.foot.show(x.selectedIDs())
	x.left.Refresh()
}

// deselect takes exceptions out of the selection.
func (x *reconcileScreen) deselect(ids []string) {
	for _, id := range ids {
		x.grid.Selection().Set(id, false)
	}
}

// selectionFoot says what is selected and what can be done with all of it.
type selectionFoot struct {
	x      *reconcileScreen
	count  *kit.Label
	sums   *kit.Label
	clear  *kit.Button
	assign *kit.Button
	act    *kit.Button
	body   *fyne.Container
	ids    []string
	common []app.Offer
	asked  int
}

const footHeight, footTall = 52, 84

func newSelectionFoot(x *reconcileScreen) *selectionFoot {
	f := &selectionFoot{x: x, count: kit.NewLabel("", kit.Figure), sums: kit.NewLabel("", kit.Second)}
	f.clear = kit.NewButton(kit.ButtonSpec{Label: "Clear", Kind: kit.Link, Small: true, OnTap: func() {
		x.grid.Selection().Clear()
		x.selectionChanged()
		x.grid.Restyle()
		x.s.canvas.Focus(x.grid)
	}})
	f.assign = kit.NewButton(kit.ButtonSpec{Label: "Assign", Icon: "person", OnTap: x.assign})
	f.act = kit.NewButton(kit.ButtonSpec{Label: "Resolve", Kind: kit.Primary, NoEnter: true,
		OnTap: x.bulk})
	f.body = arranged(fixed(300, footHeight), f.lay, kit.NewGround(kit.AccentTint), f.count, f.sums,
		f.clear, f.assign, f.act)
	f.body.Hide()
	return f
}

// height is how much room the foot takes at a width: one line where all fits into it.
func (f *selectionFoot) height(width float32) float32 {
	if !f.body.Visible() {
		return 0
	}
	w := f.count.MinSize().Width + f.sums.MinSize().Width + f.clear.MinSize().Width +
		f.assign.MinSize().Width + f.act.MinSize().Width + 32 + 4*12
	if w > width {
		return footTall
	}
	return footHeight
}

func (f *selectionFoot) lay(size fyne.Size) {
	place(f.body.Objects[0], 0, 0, size.Width, size.Height)
	y := float32(0)
	if size.Height > footHeight {
		y = 32
	}
	x := row(16, 0, footHeight-y/2, 10, f.count)
	room := size.Width - x - 26
	m := f.sums.MinSize()
	place(f.sums, x+10, (footHeight-y/2-m.Height)/2, min(m.Width, room), m.Height)
	aw, bw := f.act.MinSize().Width, f.assign.MinSize().Width
	place(f.act, size.Width-12-aw, y+10, aw, 32)
	place(f.assign, size.Width-12-aw-8-bw, y+10, bw, 32)
	cw := f.clear.MinSize().Width
	if y > 0 {
		place(f.clear, 16, y+12, cw, 28)
	} else {
		place(f.clear, size.Width-12-aw-8-bw-12-cw, 12, cw, 28)
	}
}

// manySelected is from how many on the common resolutions are looked for beside the UI goroutine.
const manySelected = 40

// show says what is selected; nothing takes the foot away.
func (f *selectionFoot) show(ids []string) {
	f.ids, f.common = ids, nil
	f.asked++
	show(f.body, len(ids) > 0)
	if len(ids) == 0 {
		return
	}
	f.count.SetText(present.Count(len(ids)) + " selected")
	f.sums.SetText(f.x.view.Sums(ids))
	if len(ids) < manySelected {
		f.offer(present.Common(f.x.view.Month(), f.x.view.Pick(ids)))
		return
	}
	f.offer(nil)
	asked, m, picked := f.asked, f.x.view.Month(), f.x.view.Pick(ids)
	f.x.s.work.start(f.x.s.work.ctx, func(context.Context) func() {
		list := present.Common(m, picked)
		return func() {
			if asked == f.asked {
				f.offer(list)
				f.x.left.Refresh()
			}
		}
	})
}

// offer names the button by what can be done with all of the selection.
func (f *selectionFoot) offer(list []app.Offer) {
	f.common = list
	spec := f.act.Spec()
	spec.Label, spec.Icon, spec.Disabled = "Nothing in common", "barred", true
	if len(list) > 0 {
		spec.Label, spec.Icon, spec.Disabled = list[0].Title, present.OfferIcon(list[0].Resolution), false
	}
	if len(list) > 1 {
		spec.Label += " …"
	}
	f.act.Set(spec)
	f.body.Refresh()
}

// bulk does with the selection what all of it has in common: one thing asks at once, several are
// offered first.
func (x *reconcileScreen) bulk() {
	ids, list := x.selectedIDs(), x.foot.common
	switch {
	case len(ids) == 0:
		x.hint("Nothing is selected: X selects the row with the cursor, Ctrl A all in the filter.")
	case len(list) == 0:
		x.hint("The selected exceptions have no resolution in common: select those of one class.")
	case len(list) == 1:
		x.askResolve(ids, list[0])
	default:
		x.askWhich(ids, list)
	}
}

// askWhich offers what can be done with all of the selection.
func (x *reconcileScreen) askWhich(ids []string, list []app.Offer) {
	parts := []fyne.CanvasObject{kit.NewProse("**"+present.Plural(len(ids), "exception")+"**, "+
		x.view.Sums(ids)+". What is possible for all of them:", kit.Body, workSheetWidth-40)}
	var sheet *kit.Sheet
	var first *kit.Button
	for _, o := range list {
		b := kit.NewButton(kit.ButtonSpec{Label: o.Title, Icon: present.OfferIcon(o.Resolution),
			Width: 190, Reason: o.Effect, OnTap: func() {
				sheet.Close()
				x.askResolve(ids, o)
			}})
		if first == nil {
			first = b
		}
		parts = append(parts, b)
	}
	sheet = x.s.fittedSheet("Resolve the selection", stacked(10, 20, append(parts, gap(4))...),
		fyne.NewSize(workSheetWidth, 600))
	x.s.canvas.Focus(first)
}

package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// payoutDetail shows one payout: what it consists of, whether it adds up, its bank line and its
// members.
type payoutDetail struct {
	s       *shell
	scroll  *scrolling
	members *kit.Grid
	rows    *memberRows
}

func newPayoutDetail(s *shell) *payoutDetail {
	d := &payoutDetail{s: s, rows: &memberRows{}}
	d.scroll = newScrolling(kit.NewEmptyState("", nil))
	d.members = kit.NewGrid(nil, d.rows)
	return d
}

func (d *payoutDetail) object() fyne.CanvasObject { return ground(kit.Bg, d.scroll.outside) }

func (d *payoutDetail) showNothing(sentence string) {
	d.scroll.set(kit.NewEmptyState(sentence, nil))
}

func (d *payoutDetail) show(v *present.PayoutDetail) {
	raw := kit.NewButton(kit.ButtonSpec{Label: "Raw rows", Icon: "file",
		OnTap: func() { d.s.showRecord(v.ID) }})
	parts := []fyne.CanvasObject{
		between(32, chips(kit.NewChip(status(v.Status), v.State)), raw),
		kit.NewAmountHeading("", v.Amount, v.Currency),
		kit.NewProse(v.Sentence, kit.Body.In(kit.Text2), 456)}
	if len(v.Parts) > 0 {
		parts = append(parts, kit.NewCompositionChart(composition(v)))
	}
	var checks []kit.Fact
	for _, c := range v.Checks {
		st := kit.StatusOK
		if !c.OK {
			st = kit.StatusBreak
		}
		checks = append(checks, kit.Fact{Label: c.Text, Value: c.Amount, Status: st})
	}
	checks = append(checks, kit.Fact{Label: "Difference", Value: v.Difference, Strong: true,
		Ruled: true})
	parts = append(parts, kit.NewCard("", "", nil, stacked(4, 0,
		kit.NewLabel("Footing check", kit.Second.In(kit.Text2)),
		kit.NewFacts(0, 28, checks...)), 14), d.bankCard(v))
	d.rows.take(v.Members)
	if len(v.Members) > 0 {
		parts = append(parts, d.memberCard(v))
	}
	d.scroll.set(stacked(14, 24, parts...))
}

// bankCard is the bank line, or what is waited for.
func (d *payoutDetail) bankCard(v *present.PayoutDetail) fyne.CanvasObject {
	if v.BankTitle == "" {
		st := kit.StatusTiming
		if v.Status == present.Break || v.Status == present.Attention {
			st = status(v.Status)
		}
		parts := []fyne.CanvasObject{note(st, v.Waiting)}
		if v.Exception != "" {
			parts = append(parts, chips(kit.NewButton(kit.ButtonSpec{Label: "Show in Reconcile",
				Icon: "reconcile", OnTap: func() {
					d.s.open(atReconcile)
					d.s.reconcile().choose(v.Exception)
				}})))
		}
		return kit.NewCard("", "", nil, stacked(8, 0, parts...), 14)
	}
	var rows []kit.Fact
	for _, b := range v.Bank {
		rows = append(rows, kit.Fact{Label: b[0], Value: b[1]})
	}
	amount := kit.NewLabel(v.BankAmount, kit.Strong)
	return kit.NewCard("", "", nil, stacked(6, 0,
		between(22, kit.NewLabel(v.BankTitle, kit.Figure), amount),
		kit.NewFacts(76, 21, rows...)), 14)
}

// memberCard lists the movements; ten rows are seen at once, the list scrolls.
func (d *payoutDetail) memberCard(v *present.PayoutDetail) fyne.CanvasObject {
	d.members = kit.NewGrid([]kit.Column{
		{ID: "about", Title: "Member", Width: 200, Min: 120, Grow: true},
		{ID: "kind", Title: "Kind", Width: 76, Min: 60},
		{ID: "net", Title: "Net, " + v.Currency, Width: 90, Min: 76, Align: kit.AlignRight},
	}, d.rows)
	d.members.RowHeight, d.members.InCard = 44, true
	d.members.OnOpen = func(id string) { d.s.showRecord(d.rows.record(id)) }
	height := 30 + 44*float32(min(6, len(v.Members)))
	body := arranged(func() fyne.Size { return fyne.NewSize(300, height) }, func(size fyne.Size) {
		place(d.members, 0, 0, size.Width, size.Height)
	}, d.members)
	return kit.NewCard(fmt.Sprintf("Members %s", present.Count(len(v.Members))), "", nil, body, 0)
}

// enter shows the members and gives them the keyboard.
func (d *payoutDetail) enter() {
	if d.rows.Len() == 0 {
		return
	}
	d.scroll.scroll.ScrollToBottom()
	d.members.SetCursor(d.rows.RowID(0))
	d.s.canvas.Focus(d.members)
}

// memberRows are the movements of a payout.
type memberRows struct {
	list     []present.MemberRow
	revision uint64
}

func (r *memberRows) take(list []present.MemberRow) { r.list = list; r.revision++ }

func (r *memberRows) record(id string) string {
	for _, m := range r.list {
		if m.ID == id {
			return string(m.Item)
		}
	}
	return ""
}

// Len and the others answer the grid.
func (r *memberRows) Len() int           { return len(r.list) }
func (r *memberRows) RowID(i int) string { return r.list[i].ID }
func (r *memberRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *memberRows) Cell(i, column int) kit.Cell {
	m := r.list[i]
	switch column {
	case 0:
		return kit.Cell{Text: m.About, Sub: m.ID}
	case 1:
		return kit.Cell{Text: m.Kind, Quiet: true}
	}
	return kit.Cell{Text: m.Amount, Look: kit.LookAmount}
}

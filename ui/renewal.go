package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// renewalDetail shows one failed renewal: its plan on one line, what happened, how often may still be
// tried, and what can be done.
type renewalDetail struct {
	x      *renewalsScreen
	view   *present.RenewalDetail
	scroll *scrolling
	plan   *kit.PlanLine
	named  *kit.Label
}

func newRenewalDetail(x *renewalsScreen) *renewalDetail {
	d := &renewalDetail{x: x, scroll: newScrolling(kit.NewEmptyState("", nil)),
		plan: kit.NewPlanLine(kit.Plan{}), named: kit.NewLabel("", kit.Second)}
	d.plan.OnPoint = d.named.SetText
	return d
}

func (d *renewalDetail) object() fyne.CanvasObject { return ground(kit.Surface, d.scroll.outside) }

func (d *renewalDetail) panes() []fyne.Focusable {
	if d.view == nil {
		return nil
	}
	return []fyne.Focusable{d.plan}
}

func (d *renewalDetail) show(v *present.RenewalDetail) {
	d.view = v
	if v == nil {
		d.scroll.set(kit.NewEmptyState("Choose a renewal above to see its plan.", nil))
		return
	}
	title := kit.NewLabel(v.Customer, kit.Heading.At(16))
	about := kit.NewLabel(v.About, kit.Body.In(kit.Text2))
	chip := kit.NewIconChip(status(v.Status), "clock", v.State)
	customer := kit.NewButton(kit.ButtonSpec{Label: "Customer page", Kind: kit.Link, Small: true,
		OnTap: func() { d.x.s.showCustomer(v.CustomerID) }})
	head := between(28, arranged(func() fyne.Size { return fyne.NewSize(300, 28) }, func(size fyne.Size) {
		row(0, 0, size.Height, 12, title, about, chip)
	}, title, about, chip), customer)
	parts := []fyne.CanvasObject{head}
	if v.Work != "" {
		parts = append(parts, note(kit.StatusAttention, v.Work))
	}
	d.plan.Set(planOf(v))
	if v.Unplanned != "" {
		parts = append(parts, note(status(v.Status), v.Unplanned))
	}
	d.named.SetText("")
	parts = append(parts, d.plan, d.named, d.columns(v))
	d.scroll.set(stacked(8, 20, parts...))
}

// columns are the timeline, the counters and the actions side by side.
func (d *renewalDetail) columns(v *present.RenewalDetail) fyne.CanvasObject {
	var happened []kit.Fact
	for _, e := range v.Timeline {
		happened = append(happened, kit.Fact{Label: e.When, Value: e.What, Note: e.By})
	}
	timeline := stacked(8, 0, kit.NewLabel("Timeline", kit.Figure), kit.NewFacts(132, 24, happened...))
	counters := []fyne.CanvasObject{kit.NewLabel("Attempts", kit.Figure)}
	for _, b := range v.Budgets {
		st := status(b.Status)
		if b.Status == present.Neutral {
			st = kit.StatusNone
		}
		counters = append(counters, kit.NewMeter(kit.MeterSpec{Title: b.Title, Count: b.Count, Note: b.Note,
			Fraction: float32(b.Percent) / 100, Status: st}))
	}
	budgets := stacked(4, 0, counters...)
	buttons := []fyne.CanvasObject{kit.NewLabel("Actions", kit.Figure)}
	for _, a := range v.Acts {
		spec := kit.ButtonSpec{Label: a.Title, Icon: a.Icon, Key: a.Key, Width: 172, Reason: a.Note,
			Disabled: a.Blocked, NoEnter: true, OnTap: func() { d.x.act(a) }}
		if a.ID == present.ActRetry && !a.Blocked {
			spec.Kind = kit.Primary
		}
		buttons = append(buttons, kit.NewButton(spec))
	}
	acts := stacked(6, 0, buttons...)
	least := func() fyne.Size {
		return fyne.NewSize(640, max(timeline.MinSize().Height, budgets.MinSize().Height,
			acts.MinSize().Height))
	}
	return arranged(least, func(size fyne.Size) {
		w := (size.Width - 64) / 100
		place(timeline, 0, 0, 36*w, size.Height)
		place(budgets, 36*w+32, 0, 25*w, size.Height)
		place(acts, 61*w+64, 0, 39*w, size.Height)
	}, timeline, budgets, acts)
}

func planOf(v *present.RenewalDetail) kit.Plan {
	p := kit.Plan{Title: "Plan"}
	for _, day := range v.Plan.Days {
		p.Days = append(p.Days, kit.PlanDay{Label: day.Label, Weekend: day.Weekend, Today: day.Today})
	}
	p.Marks = marksOf(v.Plan.Marks)
	return p
}

// marksOf draws the marks of a plan.
func marksOf(list []present.RenewalMark) []kit.PlanMark {
	var out []kit.PlanMark
	for _, m := range list {
		mark := kit.PlanMark{ID: m.ID, Day: float32(m.Thousandths) / 1000, Icon: m.Icon,
			Status: status(m.Status), Happened: m.Happened, Words: m.Words, Name: m.Name,
			Shape: kit.MarkService}
		switch m.Kind {
		case present.MarkRetry:
			mark.Shape = kit.MarkAttempt
		case present.MarkNotice:
			mark.Shape = kit.MarkNotice
		}
		out = append(out, mark)
	}
	return out
}

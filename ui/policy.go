package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// policyScreen edits the policy of failed renewals: its text at the left, the picture of its ladders and
// what it would do at the right.
type policyScreen struct {
	s      *shell
	f      *frame
	text   *kit.TextArea
	saved  string
	fault  string
	right  *scrolling
	body   fyne.CanvasObject
	policy app.RenewalPolicy
	rows   []present.PolicyRow
	past   []present.PolicyRow
	said   string
	try    *kit.Button
	save   *kit.Button
	asked  int
}

func newPolicyScreen(s *shell) *policyScreen {
	x := &policyScreen{s: s, text: kit.NewTextArea(), right: newScrolling(kit.NewEmptyState("", nil))}
	x.text.OnChanged = func(string) { x.changed() }
	x.try = kit.NewButton(kit.ButtonSpec{Label: "Simulate", Icon: "play", Key: "F5", OnTap: x.simulate})
	x.save = kit.NewButton(kit.ButtonSpec{Label: "Save the policy", Icon: "tick", Key: "Ctrl Enter", Kind: kit.Primary,
		NoEnter: true, OnTap: x.store})
	back := kit.NewButton(kit.ButtonSpec{Label: "Back", Icon: "left", OnTap: s.back})
	x.body = s.split(atPolicy, ground(kit.Surface, arranged(fixed(360, 300), func(size fyne.Size) {
		place(x.text, 16, 16, size.Width-32, size.Height-32)
	}, x.text)), ground(kit.Bg, x.right.outside), 620)
	x.f = s.newPlainFrame("Policy of renewals", x.body, nil, back, x.try, x.save)
	return x
}

func (x *policyScreen) frame() *frame { return x.f }

// show reads the policy once; what is being written is never replaced.
func (x *policyScreen) show(*app.Month) {
	if x.s.profile == nil || x.saved != "" && x.text.Text() != x.saved {
		return
	}
	text, _, err := x.s.profile.PolicyText()
	if err != nil {
		x.fault = app.Explain(err)
		x.draw()
		return
	}
	x.saved = text
	x.text.SetText(text)
	x.changed()
}

func (x *policyScreen) changed() {
	x.fault = ""
	p, err := x.s.profile.ReadPolicy(x.text.Text())
	if err != nil {
		x.fault = app.Explain(err)
	} else {
		x.policy = p
	}
	x.rows, x.past, x.said = nil, nil, ""
	x.draw()
}

// whyNotSave says why the policy cannot be kept now, "" where it can.
func (x *policyScreen) whyNotSave() string {
	switch {
	case x.fault != "":
		return x.fault
	case x.text.Text() == x.saved:
		return "Nothing was changed."
	}
	return ""
}

func (x *policyScreen) draw() {
	spec := x.save.Spec()
	spec.Disabled = x.whyNotSave() != ""
	x.save.Set(spec)
	var parts []fyne.CanvasObject
	if x.fault != "" {
		parts = append(parts, note(kit.StatusBreak, x.fault))
	}
	for _, l := range present.PolicyLadders(x.policy) {
		plan := kit.Plan{Title: l.Class + " " + l.Title}
		for day := range l.Days {
			d := kit.PlanDay{}
			if day%5 == 0 {
				d.Label = present.Count(day)
			}
			plan.Days = append(plan.Days, d)
		}
		plan.Marks = marksOf(l.Marks)
		parts = append(parts, kit.NewPlanLine(plan))
	}
	if len(x.rows) > 0 {
		parts = append(parts, policyTable("Today's failed renewals", x.rows))
	}
	if len(x.past) > 0 {
		parts = append(parts, policyTable("The last twelve months, replayed", x.past), kit.NewProse(x.said, kit.Body, 500))
	}
	x.right.set(stacked(10, 20, parts...))
}

func policyTable(title string, rows []present.PolicyRow) fyne.CanvasObject {
	line := func(ink kit.Ink, cells ...string) fyne.CanvasObject {
		var labels []fyne.CanvasObject
		for _, c := range cells {
			labels = append(labels, kit.NewLabel(c, ink))
		}
		return arranged(fixed(300, 22), func(size fyne.Size) {
			w := size.Width / 10
			place(labels[0], 0, 0, 3.6*w, size.Height)
			place(labels[1], 3.6*w, 0, 3.2*w, size.Height)
			place(labels[2], 6.8*w, 0, 3.2*w, size.Height)
		}, labels...)
	}
	list := []fyne.CanvasObject{line(kit.Second, "", "As saved", "As written here")}
	for _, r := range rows {
		ink := kit.Body
		if r.Now != r.Other {
			ink = kit.Figure
		}
		list = append(list, line(ink, r.What, r.Now, r.Other))
	}
	return kit.NewCard(title, "", nil, stacked(2, 0, list...), 14)
}

// simulate says what the policy would do with today's cases, and would have done with those of the last
// year.
func (x *policyScreen) simulate() {
	if x.fault != "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: x.fault})
		return
	}
	x.asked++
	asked, a, text := x.asked, x.s.profile, x.text.Text()
	spec := x.try.Spec()
	spec.Busy = true
	x.try.Set(spec)
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		now, err := a.Renewals(ctx)
		var other *app.Renewals
		if err == nil {
			other, err = a.RenewalsUnder(ctx, text)
		}
		var past app.Simulated
		if err == nil {
			past, err = a.SimulatePolicy(ctx, text, 12)
		}
		return func() {
			spec.Busy = false
			x.try.Set(spec)
			if asked != x.asked || text != x.text.Text() {
				return
			}
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
				return
			}
			x.rows, x.past, x.said = present.PolicyEffect(now, other), present.PolicyReplay(past),
				present.PolicyMeasured(past)
			x.draw()
		}
	})
}

func (x *policyScreen) store() {
	if why := x.whyNotSave(); why != "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	text := x.text.Text()
	if err := x.s.profile.SavePolicy(text); err != nil {
		x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
		return
	}
	x.saved = text
	x.s.say("The policy is saved; plans follow it from now on.")
	x.draw()
	if r, ok := x.s.screens[atRenewals].(*renewalsScreen); ok {
		r.load()
	}
}

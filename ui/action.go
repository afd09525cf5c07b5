package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// actionDetail shows one action: what it does, the two people, what is sent and how far it got.
type actionDetail struct {
	x       *actionsScreen
	view    *present.ActionDetail
	scroll  *scrolling
	approve *kit.Button
	check   *kit.Button
	send    *kit.Button
	reject  *kit.Button
	foot    *fyne.Container
	outside *fyne.Container
}

const actionFoot = 60

func newActionDetail(x *actionsScreen) *actionDetail {
	d := &actionDetail{x: x, scroll: newScrolling(kit.NewEmptyState("", nil))}
	d.approve = kit.NewButton(kit.ButtonSpec{Label: "Approve and send", Icon: "tick", Kind: kit.Primary,
		NoEnter: true, OnTap: d.doApprove})
	d.check = kit.NewButton(kit.ButtonSpec{Label: "Check what became of it", Icon: "search", OnTap: d.doCheck})
	d.send = kit.NewButton(kit.ButtonSpec{Label: "Send it", Icon: "send", NoEnter: true, OnTap: d.doSend})
	d.reject = kit.NewButton(kit.ButtonSpec{Label: "Reject", Icon: "cross", OnTap: d.askReject})
	d.foot = arranged(fixed(300, actionFoot), func(size fyne.Size) {
		place(d.foot.Objects[0], 0, 0, size.Width, 1)
		row(24, 14, 32, 8, d.approve, d.send, d.check)
		w := d.reject.MinSize().Width
		place(d.reject, size.Width-24-w, 14, w, 32)
	}, kit.NewGround(kit.CardLine), d.approve, d.send, d.check, d.reject)
	d.outside = arranged(fixed(400, 300), func(size fyne.Size) {
		place(d.scroll.outside, 0, 0, size.Width, size.Height-actionFoot)
		place(d.foot, 0, size.Height-actionFoot, size.Width, actionFoot)
	}, d.scroll.outside, d.foot)
	d.foot.Hide()
	return d
}

func (d *actionDetail) object() fyne.CanvasObject { return ground(kit.Surface, d.outside) }

func (d *actionDetail) panes() []fyne.Focusable {
	if d.view == nil {
		return nil
	}
	return []fyne.Focusable{d.approve}
}

func (d *actionDetail) enter() {
	for _, b := range []*kit.Button{d.approve, d.send, d.check, d.reject} {
		if b.Visible() {
			d.x.s.canvas.Focus(b)
			return
		}
	}
}

func (d *actionDetail) show(v *present.ActionDetail) {
	d.view = v
	if v == nil {
		d.foot.Hide()
		d.scroll.set(kit.NewEmptyState("Choose an action to see what it sends.", nil))
		return
	}
	parts := []fyne.CanvasObject{chips(kit.NewChip(status(v.Status), v.State),
		kit.NewLabel(v.Short, kit.Second))}
	if v.Amount != "" {
		parts = append(parts, kit.NewAmountHeading(v.Title+" ", v.Amount, v.Currency))
	} else {
		parts = append(parts, kit.NewLabel(v.Title, kit.Heading.At(18)))
	}
	for _, words := range []string{v.Sentence, v.Why} {
		if words != "" {
			parts = append(parts, kit.NewProse(words, kit.Body.In(kit.Text2), 440))
		}
	}
	sent := "What will be sent"
	if v.Ended {
		sent = "What was sent"
	}
	parts = append(parts, kit.NewLabel("Two people", kit.Figure), d.people(v),
		kit.NewLabel(sent, kit.Figure), d.steps(v), d.facts(v))
	if v.NoApprove != "" {
		parts = append(parts, note(kit.StatusNeutral, v.NoApprove))
	}
	d.scroll.set(stacked(10, 24, parts...))
	label := "Approve and send"
	if v.Amount != "" {
		label += " " + v.Amount + " " + v.Currency
	}
	spec := d.approve.Spec()
	spec.Label = label
	d.approve.Set(spec)
	show(d.approve, v.CanApprove)
	show(d.send, v.CanSend)
	show(d.check, v.CanCheck)
	show(d.reject, v.CanReject)
	show(d.foot, v.CanApprove || v.CanSend || v.CanCheck || v.CanReject)
	d.outside.Refresh()
}

// people are who prepared it and who approves.
func (d *actionDetail) people(v *present.ActionDetail) fyne.CanvasObject {
	person := func(role string, p present.ActionPerson) fyne.CanvasObject {
		st := kit.StatusTiming
		if p.Done {
			st = kit.StatusOK
		}
		return kit.NewCard("", "", nil, stacked(4, 0, kit.NewLabel(role, kit.Second),
			kit.NewState(st, p.Name), kit.NewLabel(p.Note, kit.Second)), 12)
	}
	left, right := person("Prepared", v.Prepared), person("Approval", v.Approved)
	return arranged(fixed(300, 92), func(size fyne.Size) {
		w := (size.Width - 10) / 2
		place(left, 0, 0, w, size.Height)
		place(right, w+10, 0, w, size.Height)
	}, left, right)
}

func (d *actionDetail) steps(v *present.ActionDetail) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, step := range v.Steps {
		words := stacked(0, 0, kit.NewLabel(step.Title, kit.Body), kit.NewLabel(step.Detail, kit.Second))
		state := kit.NewState(status(step.Status), step.State)
		rows = append(rows, arranged(fixed(300, 38), func(size fyne.Size) {
			w := state.MinSize().Width
			place(words, 0, 0, size.Width-w-12, size.Height)
			place(state, size.Width-w, 2, w, 20)
		}, words, state))
	}
	return stacked(6, 0, rows...)
}

func (d *actionDetail) facts(v *present.ActionDetail) fyne.CanvasObject {
	rows := []kit.Fact{{Label: "Idempotency key", Value: v.Key}}
	for _, f := range v.Facts {
		rows = append(rows, kit.Fact{Label: f[0], Value: f[1]})
	}
	return kit.NewFacts(126, 22, rows...)
}

// step does something with the action beside the UI goroutine, and reads the list again.
func (d *actionDetail) step(said string, do func(ctx context.Context, a *app.App, id string) error) {
	if d.view == nil {
		return
	}
	a, id := d.x.s.profile, d.view.ID
	d.x.s.work.start(d.x.s.work.ctx, func(ctx context.Context) func() {
		err := do(ctx, a, id)
		return func() {
			if err != nil {
				d.x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
			} else {
				d.x.s.say(said)
			}
			d.x.load()
		}
	})
}

// doApprove approves and sends; where nobody else can, the amount has to be typed.
func (d *actionDetail) doApprove() {
	if d.view == nil || !d.view.CanApprove {
		return
	}
	if d.view.Confirm != "" {
		d.askTyped()
		return
	}
	d.step("Approved.", func(ctx context.Context, a *app.App, id string) error {
		_, err := a.Approve(ctx, id, "")
		return err
	})
}

func (d *actionDetail) askTyped() {
	f := newWorkSheet(d.x.s, "Approve alone", "Approve and send")
	f.text("Nobody else uses this profile, so the second look is yours: type **" + d.view.Confirm +
		"** to say that you have read what is sent.")
	e := f.entry("Amount", d.view.Confirm, "")
	f.confirm = func() {
		if typed(e.Text()) != d.view.Confirm {
			f.fault("That is not " + d.view.Confirm + ".")
			return
		}
		f.close()
		d.step("Approved.", func(ctx context.Context, a *app.App, id string) error {
			_, err := a.Approve(ctx, id, d.view.Confirm)
			return err
		})
	}
	f.show()
}

func (d *actionDetail) doSend() {
	d.step("Sent.", func(ctx context.Context, a *app.App, id string) error {
		_, err := a.SendAction(ctx, id)
		return err
	})
}

func (d *actionDetail) doCheck() {
	d.step("Looked up.", func(ctx context.Context, a *app.App, id string) error {
		_, err := a.CheckAction(ctx, id)
		return err
	})
}

func (d *actionDetail) askReject() {
	if d.view == nil || !d.view.CanReject {
		return
	}
	f := newWorkSheet(d.x.s, "Reject "+d.view.Short, "Reject")
	f.text("Nothing was sent. The action ends here; it can be filed again.")
	e := f.entry("Reason", "Why it is not to be done", "")
	f.confirm = func() {
		why := typed(e.Text())
		if why == "" {
			f.fault("Say why in a few words: whoever filed it reads this.")
			return
		}
		f.close()
		d.step("Rejected.", func(ctx context.Context, a *app.App, id string) error {
			return a.CancelAction(ctx, id, why)
		})
	}
	f.show()
}

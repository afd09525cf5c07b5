package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// renewalCommands are the keys of the screens on which money moves.
func (s *shell) renewalCommands() []command {
	here := func(c command) command {
		c.screen = atRenewals
		return c
	}
	act := func(ids ...string) func() { return func() { s.renewals().actBy(ids...) } }
	return []command{
		here(command{id: "renewal.retry", title: "Retry the payment", icon: "renewals", keys: []string{"R"},
			trigger: letter('r'), hint: "retry", run: act(present.ActRetry)}),
		here(command{id: "renewal.notice", title: "Send a notice", icon: "mail", keys: []string{"M"},
			trigger: letter('m'), hint: "notice", run: act(present.ActNotice)}),
		here(command{id: "renewal.hold", title: "Hold the renewal, or end the hold", icon: "pause",
			keys: []string{"H"}, trigger: letter('h'), hint: "hold",
			run: act(present.ActRelease, present.ActHold)}),
		here(command{id: "renewal.suspend", title: "Suspend the service", icon: "barred",
			run: act(present.ActSuspend)}),
		here(command{id: "renewal.refund", title: "Refund what was paid", icon: "undo",
			run: act(present.ActRefund)}),
		here(command{id: "renewal.methods", title: "Saved methods of the customer, and their consent",
			icon: "card", keys: []string{"V"}, trigger: letter('v'), run: act(present.ActMethods)}),
		here(command{id: "renewal.terminate", title: "Terminate the service", icon: "cross",
			run: act(present.ActTerminate)}),
		here(command{id: "renewal.run", title: "Run what is due", icon: "renewals",
			keys: []string{"F9"}, trigger: plain(fyne.KeyF9), run: func() { s.renewals().askRun() }}),
		{id: "policy", title: "Edit the policy of renewals and simulate it", icon: "play",
			why: s.needProfile, run: func() { s.open(atPolicy) }},
		{id: "policy.try", title: "Simulate the policy", icon: "play", screen: atPolicy, keys: []string{"F5"},
			trigger: plain(fyne.KeyF5), hint: "simulate", run: func() { s.policy().simulate() }},
		{id: "policy.save", title: "Save the policy", icon: "tick", screen: atPolicy, keys: []string{"Ctrl", "Enter"},
			trigger: ctrl(fyne.KeyReturn), hint: "save", why: func() string { return s.policy().whyNotSave() },
			run: func() { s.policy().store() }},
		{id: "action.approve", title: "Approve the action and send it", icon: "tick", screen: atActions,
			keys: []string{"Ctrl", "Enter"}, trigger: ctrl(fyne.KeyReturn), hint: "approve",
			why: func() string { return s.actions().detail.whyNotApprove() },
			run: func() { s.actions().detail.doApprove() }},
		{id: "action.reject", title: "Reject the action", icon: "cross", screen: atActions,
			keys: []string{"Del"}, trigger: plain(fyne.KeyDelete), hint: "reject",
			why: func() string { return s.actions().detail.whyNotReject() },
			run: func() { s.actions().detail.askReject() }},
		{id: "action.check", title: "Look up what became of the action", icon: "search", screen: atActions,
			keys: []string{"C"}, trigger: letter('c'), run: func() { s.actions().detail.doCheck() }},
	}
}

func (d *actionDetail) whyNotApprove() string {
	switch {
	case d.view == nil:
		return "No action is chosen."
	case d.view.NoApprove != "":
		return d.view.NoApprove
	case !d.view.CanApprove:
		return "The action does not wait for an approval."
	}
	return ""
}

func (d *actionDetail) whyNotReject() string {
	switch {
	case d.view == nil:
		return "No action is chosen."
	case !d.view.CanReject:
		return "Only what was not sent yet can be rejected."
	}
	return ""
}

// askPause asks why nothing is to be sent.
func (x *actionsScreen) askPause() {
	f := newWorkSheet(x.s, "Pause sending", "Pause sending")
	f.text("Nothing is sent until somebody lets it go on: no retry, no refund, no notice, no suspension. " +
		"What was sent already is still looked up.")
	e := f.entry("Reason", "What happened", "")
	f.confirm = func() {
		why := typed(e.Text())
		if why == "" {
			f.fault("Say why in a few words: whoever lets it go on reads this.")
			return
		}
		f.close()
		x.switchSending("Nothing is sent now.", func(ctx context.Context, a *app.App) error {
			return a.PauseSending(ctx, why)
		})
	}
	f.show()
}

func (x *actionsScreen) resume() {
	x.switchSending("Sending goes on.", func(ctx context.Context, a *app.App) error {
		return a.ResumeSending(ctx)
	})
}

func (x *actionsScreen) switchSending(said string, do func(ctx context.Context, a *app.App) error) {
	a := x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		err := do(ctx, a)
		return func() {
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
			} else {
				x.s.say(said)
			}
			x.load()
		}
	})
}

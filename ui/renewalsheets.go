package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// act begins what a person wants to do with the renewal that is shown.
func (x *renewalsScreen) act(a present.RenewalAct) {
	v := x.detail.view
	if v == nil || a.Blocked {
		return
	}
	switch a.ID {
	case present.ActHold:
		x.askHold(v)
	case present.ActRelease:
		x.do("The hold is over.", func(ctx context.Context, p *app.App) error {
			return p.ReleaseRenewal(ctx, book.ItemID(v.ID))
		}, nil)
	case present.ActMethods:
		x.askMethods(v)
	case present.ActTerminate:
		x.proposeBy(func(ctx context.Context, p *app.App) (app.Proposal, error) {
			return p.ProposeService(ctx, book.ItemID(v.Service), book.Terminate)
		})
	default:
		x.proposeBy(func(ctx context.Context, p *app.App) (app.Proposal, error) {
			return p.ProposeRenewal(ctx, book.ItemID(v.ID), a.ID)
		})
	}
}

// actBy begins an act by its id, for keys; it says in the status bar why one cannot be.
func (x *renewalsScreen) actBy(ids ...string) {
	if x.detail.view == nil {
		return
	}
	for _, a := range x.detail.view.Acts {
		for _, id := range ids {
			if a.ID != id {
				continue
			}
			if a.Blocked {
				x.s.note(kit.Note{Status: kit.StatusNeutral, Text: a.Note})
				return
			}
			x.act(a)
			return
		}
	}
}

// do does something beside the UI goroutine, says what was done and reads the renewals again; then is
// told what went wrong, nil for nothing, and may be nil.
func (x *renewalsScreen) do(said string, do func(ctx context.Context, a *app.App) error,
	then func(err error)) {
	a := x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		err := do(ctx, a)
		return func() {
			switch {
			case err == nil:
				x.s.say(said)
			case then == nil:
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
			}
			if then != nil {
				then(err)
			}
			x.load()
		}
	})
}

// askHold asks until when nothing is to be done, and why.
func (x *renewalsScreen) askHold(v *present.RenewalDetail) {
	f := newWorkSheet(x.s, "Hold "+v.Customer, "Hold")
	f.text("Nothing is retried, written or suspended until the end of the hold. Payments still count.")
	until := f.entry("Until", "2026-11-30", "The last day of the hold.")
	reason := f.entry("Reason", "What was agreed, with whom", "")
	f.confirm = func() {
		on, err := book.ParseDate(typed(until.Text()))
		switch {
		case err != nil:
			f.fault("Write the date as 2026-11-30: a hold always ends.")
			return
		case typed(reason.Text()) == "":
			f.fault("Say why in a few words: whoever looks at the case later has only this.")
			return
		}
		why := typed(reason.Text())
		f.busy(true)
		x.do("Held until "+on.String()+".", func(ctx context.Context, a *app.App) error {
			return a.HoldRenewal(ctx, book.ItemID(v.ID), on, why)
		}, f.done)
	}
	f.show()
}

// done closes the sheet where all went well, else says beside the button what did not.
func (f *workSheet) done(err error) {
	f.busy(false)
	if err != nil {
		f.fault(app.Explain(err))
		return
	}
	f.close()
}

// proposeBy reads everything again and shows what an action would do before it is filed.
func (x *renewalsScreen) proposeBy(propose func(context.Context, *app.App) (app.Proposal, error)) {
	a := x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		p, err := propose(ctx, a)
		return func() {
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
				return
			}
			x.askAction(p)
		}
	})
}

// askAction shows an action and its effects, and files it on Ctrl Enter.
func (x *renewalsScreen) askAction(p app.Proposal) {
	f := newWorkSheet(x.s, p.Title, p.Button)
	for _, e := range p.Effects {
		f.text(e)
	}
	if m := p.Order.Message; m != nil {
		f.add(messageCard(m))
	}
	if p.Blocked != "" {
		f.add(note(kit.StatusAttention, p.Blocked))
		spec := f.button.Spec()
		spec.Disabled = true
		f.button.Set(spec)
	}
	reason := f.entry("Reason", p.Reason, "Kept with the action.")
	f.confirm = func() {
		why := typed(reason.Text())
		if why == "" {
			why = p.Reason
		}
		f.busy(true)
		var done book.Intent
		x.do("Filed: "+p.Title+".", func(ctx context.Context, a *app.App) (err error) {
			done, err = a.DoOrder(ctx, p.Order, why)
			return err
		}, func(err error) {
			f.done(err)
			if err == nil {
				x.s.say(present.ActionSaid(done))
			}
		})
	}
	f.show()
}

// messageCard shows a notice as the customer gets it.
func messageCard(m *book.Message) fyne.CanvasObject {
	head := kit.NewFacts(76, 22, kit.Fact{Label: "To", Value: m.To}, kit.Fact{Label: "Subject", Value: m.Subject},
		kit.Fact{Label: "Language", Value: m.Language})
	return kit.NewCard("Notice", "", nil, stacked(8, 0, head,
		kit.NewPassage(m.Text, kit.Body.In(kit.Text2))), 14)
}

// selected are the renewals that are chosen, all that are shown where none is.
func (x *renewalsScreen) selected() []book.ItemID {
	set := x.grid.Selection()
	var out []book.ItemID
	for _, r := range x.rows.list {
		if set.IsAll() || set.Has(r.ID) {
			out = append(out, book.ItemID(r.ID))
		}
	}
	return out
}

// askRun shows what is due before it is done.
func (x *renewalsScreen) askRun() {
	a, only := x.s.profile, x.selected()
	if x.view == nil {
		return
	}
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		r, err := a.RunRenewals(ctx, app.RenewalRun{Only: only, DryRun: true}, func(app.Progress) {})
		return func() {
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
				return
			}
			x.confirmRun(only, r)
		}
	})
}

func (x *renewalsScreen) confirmRun(only []book.ItemID, due app.RenewalReport) {
	if len(due.Steps) == 0 {
		x.s.say("Nothing is due now.")
		return
	}
	f := newWorkSheet(x.s, "Run what is due", "Run "+present.Plural(len(due.Steps), "step"))
	f.text(present.RunSummary(due))
	var rows []kit.Fact
	for i, s := range due.Steps {
		if i == 12 {
			rows = append(rows, kit.Fact{Label: "…", Value: fmt.Sprintf("and %d more", len(due.Steps)-i)})
			break
		}
		rows = append(rows, kit.Fact{Label: s.Number, Value: s.What})
	}
	f.add(kit.NewFacts(110, 22, rows...))
	f.confirm = func() {
		f.busy(true)
		var done app.RenewalReport
		show := x.s.work.progress(func(p app.Progress) { x.s.say(stageText(p)) })
		x.do("Done.", func(ctx context.Context, a *app.App) (err error) {
			done, err = a.RunRenewals(ctx, app.RenewalRun{Only: only}, show)
			return err
		}, func(err error) {
			f.done(err)
			if err == nil {
				x.s.say(present.RunSaid(done))
			}
		})
	}
	f.show()
}

// askSimulate opens the policy with what it would do, side by side with another one.
func (x *renewalsScreen) askSimulate() { x.s.open(atPolicy) }

// showCustomer opens the page of a customer.
func (s *shell) showCustomer(id string) {
	if s.month == nil || id == "" {
		return
	}
	c := present.NewCustomer(s.month, book.ItemID(id))
	var parts []fyne.CanvasObject
	parts = append(parts, kit.NewFacts(120, 22, facts(c.Facts)...))
	for _, list := range c.Lists {
		if len(list.Rows) == 0 {
			continue
		}
		parts = append(parts, kit.NewLabel(list.Title, kit.Figure), kit.NewFacts(120, 22,
			listFacts(list)...))
	}
	s.fittedSheet(c.Title, stacked(10, 20, parts...), fyne.NewSize(760, 700))
}

func facts(list [][2]string) []kit.Fact {
	var out []kit.Fact
	for _, f := range list {
		out = append(out, kit.Fact{Label: f[0], Value: f[1]})
	}
	return out
}

func listFacts(l present.CustomerList) []kit.Fact {
	var out []kit.Fact
	for _, r := range l.Rows {
		out = append(out, kit.Fact{Label: r.When, Value: strings.TrimSpace(r.What), Note: r.Amount})
	}
	return out
}

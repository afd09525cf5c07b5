package app

import (
	"context"
	"errors"
	"slices"

	"countinghouse/app/book"
	"countinghouse/dunning"
)

// usualRefusals is the share of refused retries so far.
func usualRefusals(made []book.Intent) dunning.Share {
	var s dunning.Share
	for _, i := range made {
		if i.Kind != book.Retry && i.Kind != book.Capture {
			continue
		}
		switch i.State {
		case book.IntentRefused:
			s.Part++
			s.Whole++
		case book.IntentSucceeded:
			s.Whole++
		}
	}
	return s
}

// RunRenewals does what the policy has due now, step by step: a first small part goes ahead, and where
// far more is refused than usual the rest is not sent. Each step reads everything again before it acts.
func (a *App) RunRenewals(ctx context.Context, q RenewalRun, show func(Progress)) (RenewalReport, error) {
	list, err := a.Renewals(ctx)
	if err != nil {
		return RenewalReport{}, err
	}
	made, err := a.store.Intents(ctx)
	if err != nil {
		return RenewalReport{}, err
	}
	r := renewalRun{a: a, q: q, list: list, run: dunning.Progress{Usual: usualRefusals(made)}}
	steps := r.due()
	for n, d := range steps {
		if ctx.Err() != nil {
			return r.report, ctx.Err()
		}
		if !q.DryRun {
			show(Progress{Stage: "acting on failed renewals", Done: n, Total: len(steps), StageOf: 1, Stages: 1})
		}
		r.step(ctx, d)
	}
	return r.report, nil
}

// DoDue asks what became of actions, and where the configuration wants it does what the policy has due. It
// acts on nothing but what was read just now: read says that all sources were. What was missed while
// nobody was there is planned anew and not made up for.
func (a *App) DoDue(ctx context.Context, read bool, show func(Progress)) (RenewalReport, error) {
	failed := a.resolveActions(ctx)
	if !a.Config().Dunning.Auto || !read {
		return RenewalReport{}, failed
	}
	_, err := a.RunActions(ctx)
	r, err2 := a.RunRenewals(ctx, RenewalRun{}, show)
	return r, errors.Join(failed, err, err2)
}

// renewalRun is a run of the policy over the renewals that are due.
type renewalRun struct {
	a      *App
	q      RenewalRun
	list   *Renewals
	run    dunning.Progress
	report RenewalReport
}

// dueStep is a step whose time has come.
type dueStep struct {
	r *Renewal
	s dunning.Step
}

// due are the steps of the run, in the order of the renewals.
func (x *renewalRun) due() []dueStep {
	var out []dueStep
	for i := range x.list.List {
		r := &x.list.List[i]
		if len(x.q.Only) > 0 && !slices.Contains(x.q.Only, r.Invoice) {
			continue
		}
		for _, s := range r.Plan.Due(x.list.At) {
			out = append(out, dueStep{r, s})
			if s.Kind == dunning.StepRetry {
				x.run.Due++
			}
		}
	}
	return out
}

// step does one step, or says why not.
func (x *renewalRun) step(ctx context.Context, d dueStep) {
	done := RenewalDone{Invoice: d.r.Invoice, Number: d.r.Number, Kind: d.s.Kind, At: d.s.At}
	o, err := x.a.orderOf(ctx, d.r, d.s)
	if err != nil {
		done.What, done.Refused = d.s.Why, Explain(err)
		x.report.Steps = append(x.report.Steps, done)
		return
	}
	done.What = x.a.titleOf(ctx, o)
	if x.q.DryRun {
		x.report.Steps = append(x.report.Steps, done)
		return
	}
	retry := d.s.Kind == dunning.StepRetry
	if retry {
		if more, stopped, why := x.list.policy.Bulk.Next(x.run); more == 0 {
			x.report.Held++
			if stopped && x.report.Stopped == "" {
				x.report.Stopped = why + "."
			}
			return
		}
	}
	i, err := x.a.DoOrder(ctx, o, d.s.Why)
	if done.Intent, done.State = i.ID, i.State; err != nil {
		done.Refused = Explain(err)
	}
	if retry {
		x.run.Sent++
		switch i.State {
		case book.IntentSucceeded:
			x.run.Approved++
		case book.IntentRefused:
			x.run.Refused++
		}
	}
	x.report.Steps = append(x.report.Steps, done)
}

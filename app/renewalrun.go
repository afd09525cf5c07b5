package app

import (
	"cmp"
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
// far more is refused than usual the rest is not sent. Of a customer, or a card, for which the run did
// something before, everything is read again.
func (a *App) RunRenewals(ctx context.Context, q RenewalRun, show func(Progress)) (RenewalReport, error) {
	list, err := a.Renewals(ctx)
	if err != nil {
		return RenewalReport{}, err
	}
	made, err := a.store.Intents(ctx)
	if err != nil {
		return RenewalReport{}, err
	}
	r := renewalRun{a: a, q: q, list: list, run: dunning.Progress{Usual: usualRefusals(made)},
		did: map[string]bool{}}
	steps := r.due()
	for n, d := range steps {
		if ctx.Err() != nil {
			return r.report, ctx.Err()
		}
		if !q.DryRun {
			show(Progress{Stage: "acting on failed renewals", Done: n, Total: len(steps), StageOf: 1, Stages: 1})
		}
		if !q.DryRun && r.touched(d.r) {
			if d, err = r.again(ctx, d); err != nil {
				return r.report, err
			}
		}
		if d.r != nil {
			r.step(ctx, d)
		}
	}
	return r.report, nil
}

// touched reports whether the run has done something for the customer of a renewal, or with one of the
// cards that it was tried with, and notes these.
func (x *renewalRun) touched(r *Renewal) bool {
	keys := []string{string(cmp.Or(r.Customer, r.Invoice))}
	for _, t := range r.Attempts {
		if c := t.Signal.Instrument.Credential(); c != "" {
			keys = append(keys, t.Signal.Gateway+" "+c)
		}
	}
	known := slices.ContainsFunc(keys, func(k string) bool { return x.did[k] })
	for _, k := range keys {
		x.did[k] = true
	}
	return known
}

// again is a step as it stands with all that the run has done so far, the zero value where it is not due
// any more: the card of two invoices may be dead since the first of them was tried.
func (x *renewalRun) again(ctx context.Context, d dueStep) (dueStep, error) {
	list, err := x.a.Renewals(ctx)
	if err != nil {
		return dueStep{}, err
	}
	r := list.Find(d.r.Invoice)
	if r == nil {
		return dueStep{}, nil
	}
	for _, s := range r.Plan.Due(list.At) {
		if s.Kind == d.s.Kind && s.Service == d.s.Service {
			return dueStep{r, s}, nil
		}
	}
	return dueStep{}, nil
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
	// did are the customers and cards for which something was done.
	did map[string]bool
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

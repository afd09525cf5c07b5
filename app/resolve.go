package app

import (
	"context"
	"errors"
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// Resolve settles exceptions in one step that Undo takes back as a whole. What cannot be settled is
// refused by itself, with the reason in words; the others are done.
func (a *App) Resolve(ctx context.Context, q ResolveRequest) (Resolved, error) {
	out := Resolved{Refused: map[string]string{}, Said: map[string]string{}}
	if _, ok := q.As.Info(); !ok {
		return out, fmt.Errorf("%q is no resolution", q.As)
	}
	b, err := a.bench(ctx)
	if err != nil {
		return out, err
	}
	files, err := a.keepEvidence(q.Evidence)
	if err != nil {
		return out, err
	}
	step := b.step()
	for _, id := range q.Exceptions {
		x, err := b.exception(id)
		if err != nil {
			out.Refused[id] = err.Error()
			continue
		}
		e, err := b.plan(x, q)
		if err != nil {
			out.Refused[x.ID] = err.Error()
			continue
		}
		e.Evidence = files
		step.Events = append(step.Events, e)
		out.Done, out.Said[x.ID] = append(out.Done, x.ID), e.What
	}
	if len(step.Events) == 0 || q.DryRun {
		return out, nil
	}
	out.Event, err = a.act(ctx, step)
	return out, err
}

// plan is what a request comes to for one exception.
func (b *bench) plan(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	e := store.StepEvent{Kind: book.EventKind(q.As), Subject: x.ID, Why: q.Reason}
	w := b.work[x.ID]
	w.Exception, w.Resolution, w.Code, w.Basis, w.Why = x.ID, q.As, q.Code, basisOf(x), q.Reason
	w.By, w.At = b.app.User(), book.At(b.app.wall())
	switch q.As {
	case book.Explain:
		w.Status, e.What = book.Explained, "Explained"
	case book.Query:
		if q.Until == 0 {
			return e, errors.New("a date is missing: say until when it waits")
		}
		w.Status, w.UntilOn, e.What = book.Waiting, q.Until, "Asked, waits until "+q.Until.String()
	default:
		return e, fmt.Errorf("%s is not offered for %s", q.As, x.Class)
	}
	e.Changes = []store.Change{{Work: &w}}
	return e, nil
}

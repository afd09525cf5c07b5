package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// send sends a ready intent: how things stand is read again, the claim is committed, one call is made,
// and what it said is kept.
func (e *Engine) send(ctx context.Context, i book.Intent) (book.Intent, error) {
	now := e.Now()
	if i.NextTryAt > now {
		return i, ErrNothing
	}
	if i.ExpiresAt > 0 && i.ExpiresAt <= now {
		return e.cancel(ctx, i, "It was no longer wanted when its time came.")
	}
	if paused, err := e.Store.Sending(ctx); err != nil || paused != "" {
		return i, errors.Join(err, ErrNothing)
	}
	a, _, o, c, err := e.actor(i)
	switch {
	case source.KindOf(err) != "": // its keys are locked away just now
		return e.later(ctx, i, err)
	case err != nil:
		return e.hand(ctx, i, err.Error())
	}
	e.crash(BeforeStanding)
	soon, stop := context.WithTimeout(ctx, callMax)
	defer stop()
	s, err := a.Standing(soon, o)
	switch {
	case err != nil:
		return e.later(ctx, i, err)
	case s.Done && s.Object != "":
		return e.settled(ctx, i, s)
	case s.Blocked != "":
		return e.cancel(ctx, i, s.Blocked)
	}
	return e.call(ctx, i, a, o, c)
}

// call claims an intent, sends its stored bytes once, and keeps the outcome. It is the only place that
// calls Send.
func (e *Engine) call(ctx context.Context, i book.Intent, a source.Actor, o book.Order,
	c source.Call) (book.Intent, error) {
	limits, err := e.Limits(ctx, i)
	if err != nil {
		return i, err
	}
	e.crash(BeforeClaim)
	again := i.FirstSentAt > 0
	now := e.Now()
	e.leases++
	lease := fmt.Sprintf("%s %d %d", e.Worker, now, e.leases)
	i, err = e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: now,
		Claim: true, Limits: limits, Kind: book.EventSent, What: "Sent: " + i.What,
		Set: func(i *book.Intent) {
			i.State, i.Lease, i.LeaseUntil = book.IntentSent, lease, after(now, leaseFor)
			i.Attempts++
			if i.FirstSentAt == 0 {
				i.FirstSentAt, i.Looks = now, 0
			}
		}})
	switch {
	case errors.Is(err, store.ErrUnapproved):
		return e.unapproved(ctx, i)
	case errors.Is(err, store.ErrPaused):
		return i, ErrNothing
	case errors.Is(err, store.ErrSpent) && !again:
		return e.cancel(ctx, i, sentence(err))
	case errors.Is(err, store.ErrSpent):
		return e.hand(ctx, i, sentence(err))
	case err != nil:
		return i, err
	}
	e.crash(AfterClaim)
	soon, stop := context.WithTimeout(ctx, callMax)
	out := a.Send(soon, o, c)
	stop()
	e.crash(AfterCall)
	if e.Watch != nil {
		e.Watch(i, out)
	}
	// The outcome is kept even where the caller was stopped while the call was on its way.
	done, err := e.keep(context.WithoutCancel(ctx), i, out, again)
	if err != nil {
		return done, err
	}
	e.crash(AfterOutcome)
	if !out.At.IsZero() && out.At.Sub(e.Now().Time()).Abs() > clockMax {
		return done, ErrClock
	}
	return done, nil
}

// checked is an outcome that may count: one that is done needs an object, and has to be about the
// amount that was asked.
func checked(i book.Intent, out source.Outcome) source.Outcome {
	if out.State != source.OutcomeDone {
		return out
	}
	switch {
	case out.Object == "":
		out.State, out.Detail = source.OutcomeUnknown, "The answer names no record that proves it."
	case out.Amount.Currency != "" && out.Amount.Abs() != i.Amount.Abs():
		out.State = source.OutcomeUnknown
		out.Detail = fmt.Sprintf("The answer is about %s, but %s was asked.", out.Amount.Abs(), i.Amount)
	}
	return out
}

// keep stores what a call said with what follows from it, under the lease that the call was made under.
func (e *Engine) keep(ctx context.Context, i book.Intent, out source.Outcome,
	again bool) (book.Intent, error) {
	out = checked(i, out)
	now := e.Now()
	m := store.Move{ID: i.ID, Version: i.Version, Lease: i.Lease, By: e.Worker, At: now,
		Kind: book.EventOutcome, Why: out.Detail}
	switch out.State {
	case source.OutcomeDone:
		m.What, m.Follow = "Done: "+i.What, e.Follow(i, out)
		m.Set = ended(book.IntentSucceeded, out, now)
	case source.OutcomeRefused:
		m.What = "Refused: " + i.What
		m.Set = ended(book.IntentRefused, out, now)
	case source.OutcomeUnsent:
		if !again {
			return e.unsent(ctx, i, m, out)
		}
		fallthrough
	default:
		m.What = "Not known what became of it: " + i.What
		wait := looks[min(i.Looks, len(looks)-1)]
		if out.State == source.OutcomePending && i.Looks == 0 {
			wait = 0 // it was taken, and its proof has to be read
		}
		m.Set = func(i *book.Intent) {
			i.State, i.Lease, i.LeaseUntil, i.NextTryAt = book.IntentUnknown, "", 0, after(now, wait)
			i.LastError, i.Evidence = out.Detail, out.Evidence
		}
	}
	return e.Store.MoveIntent(ctx, m)
}

// ended sets a final state with what proves it.
func ended(state book.IntentState, out source.Outcome, at book.Instant) func(i *book.Intent) {
	return func(i *book.Intent) {
		i.State, i.Lease, i.LeaseUntil, i.NextTryAt = state, "", 0, 0
		i.Object, i.Charge, i.Evidence = out.Object, out.Charge, out.Evidence
		i.LastError = ""
		if state == book.IntentRefused {
			i.LastError = out.Detail
			i.Evidence = cmp.Or(withDecline(out, at), out.Code)
		}
	}
}

// withDecline is the evidence of a refusal with why a card was declined, in the gateway's codes, under
// "decline", and when that was known, UTC milliseconds, under "known_at".
func withDecline(out source.Outcome, at book.Instant) string {
	if out.Decline == (book.Decline{}) {
		return out.Evidence
	}
	all := map[string]any{}
	if err := json.Unmarshal([]byte(cmp.Or(out.Evidence, "{}")), &all); err != nil {
		all = map[string]any{"said": out.Evidence}
	}
	all["decline"], all["known_at"] = out.Decline, int64(at)
	b, err := json.Marshal(all)
	if err != nil {
		return out.Evidence
	}
	return string(b)
}

// unsent puts back what certainly did not go out, with the same key and bytes, for later.
func (e *Engine) unsent(ctx context.Context, i book.Intent, m store.Move,
	out source.Outcome) (book.Intent, error) {
	m.What = "Not sent: " + i.What
	wait := max(out.RetryAfter, looks[min(i.Attempts-1, 2)])
	wait += timesOf(e.Rand(int64(wait/4) + 1))
	m.Set = func(i *book.Intent) {
		i.State, i.Lease, i.LeaseUntil, i.FirstSentAt = book.IntentReady, "", 0, 0
		i.NextTryAt, i.LastError = after(m.At, wait), out.Detail
	}
	if i.Attempts < unsentMax {
		return e.Store.MoveIntent(ctx, m)
	}
	i, err := e.Store.MoveIntent(ctx, m)
	if err != nil {
		return i, err
	}
	return e.hand(ctx, i, "It could not be sent: "+out.Detail)
}

// sentence is what an error says to a person.
func sentence(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, store.ErrSpent.Error()); i >= 0 {
		text = text[i:]
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

package queue

import (
	"context"
	"fmt"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

func timesOf(n int64) time.Duration { return time.Duration(n) }

// look asks what became of a call whose outcome is not known. It reads only; what was certainly not done
// is sent again under the same key while that lives, else a person has to look.
func (e *Engine) look(ctx context.Context, i book.Intent) (book.Intent, error) {
	now := e.Now()
	if i.State == book.IntentUnknown && i.NextTryAt > now {
		return i, ErrNothing
	}
	a, power, o, c, err := e.actor(i)
	switch {
	case source.KindOf(err) != "": // its keys are locked away just now
		return e.answered(ctx, i, source.Outcome{State: source.OutcomeUnknown, Detail: err.Error()})
	case err != nil:
		return e.hand(ctx, i, err.Error())
	}
	e.crash(BeforeLook)
	soon, stop := context.WithTimeout(ctx, callMax)
	out := a.LookUp(soon, o, c, i.FirstSentAt)
	stop()
	e.crash(AfterLook)
	out = checked(i, out)
	if out.State == source.OutcomeAbsent {
		return e.absent(ctx, i, a, power, o, c)
	}
	done, err := e.answered(context.WithoutCancel(ctx), i, out)
	if err == nil {
		e.crash(AfterAnswer)
	}
	return done, err
}

// answered keeps what a look-up said. One that failed or found nothing changes nothing but when it is
// asked again; where it was asked often enough, a person has to look.
func (e *Engine) answered(ctx context.Context, i book.Intent, out source.Outcome) (book.Intent, error) {
	now := e.Now()
	m := store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: now, Kind: book.EventLookedUp,
		Why: out.Detail}
	switch out.State {
	case source.OutcomeDone:
		m.What, m.Follow = "Looked up, and done: "+i.What, e.Follow(i, out)
		m.Set = ended(book.IntentSucceeded, out, now)
	case source.OutcomeRefused:
		m.What, m.Set = "Looked up, and refused: "+i.What, ended(book.IntentRefused, out, now)
	default:
		m.What = "Looked up, not known yet: " + i.What
		looked := i.Looks + 1
		m.Set = func(i *book.Intent) {
			i.Looks, i.LastError = looked, out.Detail
			if looked >= len(looks) {
				i.State, i.NextTryAt = book.IntentNeedsPerson, 0
				return
			}
			i.NextTryAt = after(now, looks[looked])
		}
	}
	return e.Store.MoveIntent(ctx, m)
}

// absent is what happens where the provider does not know the call.
func (e *Engine) absent(ctx context.Context, i book.Intent, a source.Actor, power source.Power,
	o book.Order,
	c source.Call) (book.Intent, error) {
	now := e.Now()
	late := after(i.FirstSentAt, power.Settle)
	switch {
	case now < late:
		return e.answered(ctx, i, source.Outcome{State: source.OutcomeUnknown,
			Detail: "Nothing of it is to be seen yet; it may still appear."})
	case power.KeyLife == 0:
		return e.hand(ctx, i, "Nothing of it is to be seen, and it is never sent again by itself, because the "+
			"other side could not tell the two apart.")
	case now >= after(i.FirstSentAt, power.KeyLife-keyMargin):
		return e.hand(ctx, i, "Nothing of it is to be seen, and its key is too old to send it again safely.")
	case i.State == book.IntentNeedsPerson:
		return i, ErrNothing
	}
	soon, stop := context.WithTimeout(ctx, callMax)
	s, err := a.Standing(soon, o)
	stop()
	switch {
	case err != nil:
		return e.answered(ctx, i, source.Outcome{State: source.OutcomeUnknown, Detail: err.Error()})
	case s.Blocked != "":
		return e.hand(ctx, i, s.Blocked)
	}
	return e.call(ctx, i, a, o, c)
}

// hand gives an intent to a person, with a sentence that says why.
func (e *Engine) hand(ctx context.Context, i book.Intent, why string) (book.Intent, error) {
	if i.State == book.IntentNeedsPerson && i.LastError == why {
		return i, ErrNothing
	}
	return e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: e.Now(),
		Kind: book.EventOutcome, What: "Needs a person: " + i.What, Why: why,
		Set: func(i *book.Intent) {
			i.State, i.LastError, i.NextTryAt, i.Lease, i.LeaseUntil = book.IntentNeedsPerson, why, 0, "", 0
		}})
}

// cancel ends an intent that must not be sent any more; nothing of it was.
func (e *Engine) cancel(ctx context.Context, i book.Intent, why string) (book.Intent, error) {
	return e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: e.Now(),
		Kind: book.EventCancelled, What: "Cancelled: " + i.What, Why: why,
		Set: func(i *book.Intent) { i.State, i.LastError, i.NextTryAt = book.IntentCancelled, why, 0 }})
}

// settled ends an intent whose effect is there already, without a call.
func (e *Engine) settled(ctx context.Context, i book.Intent, s source.Standing) (book.Intent, error) {
	out := source.Outcome{State: source.OutcomeDone, Object: s.Object,
		Evidence: fmt.Sprintf(`{"standing":%q}`, s.Object)}
	now := e.Now()
	return e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: now,
		Kind: book.EventOutcome, What: "Was so already: " + i.What, Set: ended(book.IntentSucceeded, out, now)})
}

// later tries to read how things stand at another time.
func (e *Engine) later(ctx context.Context, i book.Intent, err error) (book.Intent, error) {
	now := e.Now()
	wait := looks[min(i.Looks, 2)]
	return e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: now,
		Kind: book.EventReady, What: "Waits: " + i.What, Why: "How things stand could not be read.",
		Set: func(i *book.Intent) {
			i.NextTryAt, i.LastError = after(now, wait), err.Error()
			i.Looks = min(i.Looks+1, 2)
		}})
}

// unapproved puts an intent back whose approval is void or past.
func (e *Engine) unapproved(ctx context.Context, i book.Intent) (book.Intent, error) {
	if i.FirstSentAt > 0 {
		return e.hand(ctx, i, "Its approval is past, and what became of it is not known.")
	}
	return e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: e.Now(),
		Kind: book.EventReady, What: "Waits for an approval again: " + i.What,
		Why: "The approval is past, or what was approved is no longer what would be sent.",
		Set: func(i *book.Intent) { i.State, i.ApprovedBy = book.IntentAwaiting, "" }})
}

// Package queue owns how an action is carried out: the one way from an intent to its outcome that no
// fault makes twice. app files intents and calls it; it decides nothing about what is to be done, and
// knows no provider: it sends what an actor has prepared, to the byte, and asks what became of it.
package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// Store is what the queue keeps its intents in.
type Store interface {
	Intent(ctx context.Context, id string) (book.Intent, error)
	DueIntents(ctx context.Context, at book.Instant) ([]book.Intent, error)
	MoveIntent(ctx context.Context, m store.Move) (book.Intent, error)
	Sending(ctx context.Context) (paused string, err error)
}

// Engine carries out intents, one at a time. Its parts are parameters, so that tests can put every fault
// between them. It may be used from one goroutine; several engines may share one store.
type Engine struct {
	Store Store
	// Actor opens the actor of a source.
	Actor func(name book.SourceName) (source.Actor, error)
	// Now tells the moment, in UTC.
	Now func() book.Instant
	// Rand gives a number from 0 to below n.
	Rand func(n int64) int64
	// Limits are those of a kind, an intent's captured amount among them.
	Limits func(ctx context.Context, i book.Intent) (store.Limits, error)
	// Follow says what follows from an outcome.
	Follow func(i book.Intent, o source.Outcome) []book.Intent
	// Live is called with every outcome, so that a breaker can count; may be nil.
	Watch func(i book.Intent, o source.Outcome)
	// Worker names whoever sends, for leases and events.
	Worker string
	// Crash is called at every named point; tests stop the world there. It is nil else.
	Crash func(point Point)

	leases int
}

// Point is a place at which a process may die.
type Point string

// The points, in the order in which an intent passes them.
const (
	BeforeStanding Point = "before the standing is read"
	BeforeClaim    Point = "before the claim"
	AfterClaim     Point = "after the claim"
	AfterCall      Point = "after the call"
	AfterOutcome   Point = "after the outcome"
	BeforeLook     Point = "before the look-up"
	AfterLook      Point = "after the look-up"
	AfterAnswer    Point = "after the look-up's outcome"
)

// Points are all of them.
var Points = []Point{BeforeStanding, BeforeClaim, AfterClaim, AfterCall, AfterOutcome, BeforeLook,
	AfterLook, AfterAnswer}

const (
	// callMax is how long a call and its standing may take, leaseFor how long a claim holds: longer.
	callMax  = 60 * time.Second
	leaseFor = 3 * time.Minute
	// keyMargin is how long before the end of a key's life it is no longer used.
	keyMargin = time.Hour
	// clockMax is how far our clock may be from the provider's before nothing more is sent.
	clockMax = 5 * time.Minute
	// unsentMax is how often something that certainly did not go out is tried before a person looks.
	unsentMax = 12
)

// looks are the waits before each look-up of an unknown outcome.
var looks = []time.Duration{time.Minute, 5 * time.Minute, time.Hour, 24 * time.Hour, 24 * time.Hour,
	24 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// ErrNothing says that there was nothing to do with an intent now.
var ErrNothing = errors.New("there is nothing to do with it now")

// ErrClock says that our clock and the provider's are too far apart to send anything.
var ErrClock = errors.New("this computer's clock is more than five minutes off the provider's: set it, then go on")

func (e *Engine) crash(p Point) {
	if e.Crash != nil {
		e.Crash(p)
	}
}

func after(at book.Instant, d time.Duration) book.Instant { return at + book.Instant(d.Milliseconds()) }

// Drain takes every due intent one step further, oldest first, and returns those that moved. It ends
// early where ctx does, where sending is paused, or where the clock is wrong; an intent that cannot be
// taken further for another reason does not stop the others.
func (e *Engine) Drain(ctx context.Context) ([]book.Intent, error) {
	return e.drain(ctx, func(book.Intent) bool { return true })
}

// Resolve asks what became of the intents whose outcome is not known, as Drain does, and begins nothing.
func (e *Engine) Resolve(ctx context.Context) ([]book.Intent, error) {
	return e.drain(ctx, func(i book.Intent) bool { return i.State != book.IntentReady })
}

func (e *Engine) drain(ctx context.Context, wanted func(book.Intent) bool) ([]book.Intent, error) {
	due, err := e.Store.DueIntents(ctx, e.Now())
	if err != nil {
		return nil, err
	}
	var moved []book.Intent
	var failed []error
	for _, i := range due {
		if ctx.Err() != nil {
			return moved, ctx.Err()
		}
		if !wanted(i) {
			continue
		}
		done, err := e.Step(ctx, i.ID)
		switch {
		case err == nil:
			moved = append(moved, done)
		case errors.Is(err, ErrNothing), errors.Is(err, store.ErrMoved):
		case errors.Is(err, ErrClock):
			return moved, err
		default:
			failed = append(failed, fmt.Errorf("action %s: %w", i.ID, err))
		}
	}
	return moved, errors.Join(failed...)
}

// Step takes one intent one step further: a ready one is sent, of one whose outcome is not known it is
// asked. ErrNothing says that it waits for something else.
func (e *Engine) Step(ctx context.Context, id string) (book.Intent, error) {
	i, err := e.Store.Intent(ctx, id)
	if err != nil {
		return i, err
	}
	now := e.Now()
	switch {
	case i.State == book.IntentSent && i.LeaseUntil > now:
		return i, ErrNothing // somebody is sending it
	case i.State == book.IntentSent:
		// Whoever sent it did not come back: what became of it is not known.
		i, err = e.Store.MoveIntent(ctx, store.Move{ID: i.ID, Version: i.Version, By: e.Worker, At: now,
			Kind: book.EventOutcome, What: "Not known what became of it: " + i.What,
			Why: "Whoever sent it did not come back.",
			Set: func(i *book.Intent) {
				i.State, i.Lease, i.LeaseUntil, i.NextTryAt = book.IntentUnknown, "", 0, now
			}})
		if err != nil {
			return i, err
		}
		return e.look(ctx, i)
	case i.State == book.IntentReady:
		return e.send(ctx, i)
	case i.State == book.IntentUnknown || i.State == book.IntentNeedsPerson:
		return e.look(ctx, i)
	}
	return i, ErrNothing
}

// actor is what carries out an intent, with the call that is stored and what it can do.
func (e *Engine) actor(i book.Intent) (a source.Actor, power source.Power, o book.Order,
	c source.Call, err error) {
	if a, err = e.Actor(i.Provider); err != nil {
		return
	}
	power, ok := PowerOf(a, i.Kind)
	if !ok {
		err = fmt.Errorf("%s cannot do that: %s", i.Provider, i.Kind)
		return
	}
	if o, err = i.Order(); err != nil {
		return
	}
	c, err = source.DecodeCall(i.Request)
	return
}

// PowerOf is what an actor can do of a kind.
func PowerOf(a source.Actor, kind book.ActionKind) (source.Power, bool) {
	for _, p := range a.Powers() {
		if p.Kind == kind {
			return p, true
		}
	}
	return source.Power{}, false
}

package app

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// How webhooks are followed.
const (
	// followMost is how many events are followed together, and followEvery the least time from one
	// such reading to the next: no provider is asked for more than it gives to everybody, and a
	// flood takes nothing from the receiver. What is left over waits for the next pull, whose lists
	// bring a hundred records with one call.
	followMost  = 50
	followEvery = time.Second
	// firstWait and longestWait are the pauses before an event is tried again; each is twice the one
	// before. The next pull settles it in any case.
	firstWait   = 5 * time.Second
	longestWait = time.Hour
)

// follower reads again what a source's webhooks are about and puts it into the books.
type follower struct {
	app  *App
	name book.SourceName
	from source.Receiver
	// wake holds one note that there is something to do.
	wake chan struct{}
	// ready says that a pull has found the key to be that of the books.
	ready atomic.Bool
}

func (f *follower) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// run follows what is there and what comes until ctx ends.
func (f *follower) run(ctx context.Context) {
	for {
		wait := time.Hour
		if f.ready.Load() {
			next, err := f.round(ctx)
			if err != nil && ctx.Err() == nil {
				f.app.log.Warn("webhooks could not be followed", "source", f.name, "error", err)
				next = firstWait
			}
			wait = next
		}
		if !sleep(ctx, followEvery) || !f.pause(ctx, wait) {
			return
		}
	}
}

// pause waits until something is to be done; false means that ctx has ended.
func (f *follower) pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-f.wake:
	}
	return true
}

// round follows the events that are due, up to followMost, and says when the next one is.
func (f *follower) round(ctx context.Context) (time.Duration, error) {
	release, err := f.app.reading.take(ctx, f.name)
	if err != nil {
		return 0, err
	}
	defer release()
	due, turn, err := f.app.store.DueHooks(ctx, f.name, book.At(f.app.wall()), followMost)
	if err == nil && len(due) > 0 {
		err = f.try(ctx, due, turn)
	}
	if err != nil {
		return 0, err
	}
	at, ok, err := f.app.store.NextHook(ctx, f.name)
	if err != nil || !ok {
		return time.Hour, err
	}
	return max(at.Time().Sub(f.app.wall()), 0), nil
}

// try follows events; those that cannot be followed now are put off. Where it is not the network's
// fault, each is tried by itself, so that one does not hold up the others.
func (f *follower) try(ctx context.Context, due []store.Hook, turn int64) error {
	err := f.follow(ctx, due, turn)
	switch kind := source.KindOf(err); {
	case err == nil, errors.Is(err, store.ErrMoved):
		// What was read may be old by now: the events are still due and are read again.
		return nil
	case ctx.Err() != nil, kind == "":
		return err
	case len(due) > 1 && (kind == source.KindMalformed || kind == source.KindRefused ||
		kind == source.KindUnsupported):
		for _, h := range due {
			turn, err := f.app.store.Turn(ctx, f.name)
			if err == nil {
				err = f.try(ctx, []store.Hook{h}, turn)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	f.app.log.Info("webhooks put off", "source", f.name, "events", len(due), "error", err)
	return f.putOff(ctx, due, err)
}

func (f *follower) putOff(ctx context.Context, due []store.Hook, why error) error {
	wait := firstWait << min(slices.MaxFunc(due, func(a, b store.Hook) int {
		return a.Tries - b.Tries
	}).Tries, 16)
	var e *source.Error
	if errors.As(why, &e) {
		wait = max(wait, e.RetryAfter)
	}
	until := book.At(f.app.wall().Add(min(wait, longestWait)))
	return f.app.store.DelayHooks(ctx, f.name, eventsOf(due), until)
}

func eventsOf(hooks []store.Hook) []string {
	out := make([]string, len(hooks))
	for i, h := range hooks {
		out[i] = h.Event
	}
	return out
}

// follow reads what events are about. Each page is stored as it comes, but for the last one, which is
// stored together with the marks of the events.
func (f *follower) follow(ctx context.Context, due []store.Hook, turn int64) error {
	var about []string
	for _, h := range due {
		about = append(about, h.About...)
	}
	slices.Sort(about)
	var held source.Page
	apply := func(events []string) error {
		at := book.At(f.app.wall())
		done, next, err := f.app.store.ApplyHooks(ctx, f.name, turn, held.Records, held.Rejects,
			events, at)
		if err != nil {
			return err
		}
		turn = next
		n := done.Total()
		f.app.log.Info("webhooks followed", "source", f.name, "events", len(events), "new", n.New,
			"changed", n.Changed)
		return nil
	}
	holds := false
	err := f.from.Follow(ctx, slices.Compact(about), pulled{f.app.store, f.name},
		func(p source.Page) error {
			if holds {
				if err := apply(nil); err != nil {
					return err
				}
			}
			source.MaskRecords(&p.Records)
			held, holds = p, true
			return nil
		})
	if err != nil {
		return err
	}
	return apply(eventsOf(due))
}

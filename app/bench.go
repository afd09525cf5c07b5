package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// bench is one look at the books for a step of a person: what is open, and what others did so far.
type bench struct {
	app  *App
	m    *Month
	work map[string]Work
	// seen is the last event that this look knows of.
	seen    EventID
	intents []book.Intent
	stored  map[string]book.Match
}

// bench looks at the books as they are now.
func (a *App) bench(ctx context.Context) (*bench, error) {
	seen, err := a.store.LastEvent(ctx)
	if err != nil {
		return nil, err
	}
	m, err := a.Month(ctx, a.UsualMonth(), func(Progress) {})
	if err != nil {
		return nil, err
	}
	b := &bench{app: a, m: m, seen: seen}
	if b.work, err = a.store.Works(ctx); err != nil {
		return nil, err
	}
	if b.intents, err = a.store.Intents(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// step begins a step of whoever acts.
func (b *bench) step() store.Step {
	return store.Step{By: b.app.User(), At: book.At(b.app.wall()), Seen: b.seen}
}

// exception finds an exception by the beginning of its id.
func (b *bench) exception(id string) (book.Exception, error) {
	var found []book.Exception
	for _, x := range b.m.All {
		if x.ID == id {
			return x, nil
		}
		if id != "" && strings.HasPrefix(x.ID, id) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return book.Exception{}, fmt.Errorf("there is no exception %q now; countinghouse exceptions "+
			"lists them", id)
	case 1:
		return found[0], nil
	}
	return book.Exception{}, fmt.Errorf("%q begins the ids of %d exceptions; give more of it", id,
		len(found))
}

// act does a step and says in words what stood in its way.
func (a *App) act(ctx context.Context, step store.Step) (EventID, error) {
	id, err := a.store.Act(ctx, step)
	switch {
	case errors.Is(err, store.ErrMoved):
		return 0, fmt.Errorf("somebody else worked on %s meanwhile: look at it again, then decide",
			keyOf(err))
	case errors.Is(err, store.ErrConflict):
		return 0, fmt.Errorf("this would use money that another match already uses, or file a second "+
			"action for one record; look at them again: %w", err)
	}
	return id, err
}

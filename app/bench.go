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
	// matched are the matches that this step makes.
	matched map[string]bool
}

// bench looks at the books as they are now.
func (a *App) bench(ctx context.Context) (*bench, error) { return a.benchFor(ctx, false) }

// benchFor looks at the books as they are now; keep stores the run's matches first, so that the
// database's rule knows which money is used.
func (a *App) benchFor(ctx context.Context, keep bool) (*bench, error) {
	seen, err := a.store.LastEvent(ctx)
	if err != nil {
		return nil, err
	}
	run := a.Month
	if keep {
		run = a.Reconcile
	}
	m, err := run(ctx, a.UsualMonth(), func(Progress) {})
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

// named finds the ids of exceptions by their beginnings, and begins a step about them. Where the last run
// knows them all, nothing is computed.
func (a *App) named(ctx context.Context, ids []string) ([]string, store.Step, error) {
	if err := a.Config().May(a.User(), RightNote); err != nil {
		return nil, store.Step{}, err
	}
	seen, err := a.store.LastEvent(ctx)
	if err != nil {
		return nil, store.Step{}, err
	}
	known, err := a.store.Exceptions(ctx)
	if err != nil {
		return nil, store.Step{}, err
	}
	b := &bench{app: a, m: &Month{All: known}, seen: seen}
	for try := 1; ; try++ {
		out, err := b.idsOf(ids)
		if err == nil || try == 2 {
			return out, b.step(), err
		}
		if b, err = a.bench(ctx); err != nil {
			return nil, store.Step{}, err
		}
	}
}

func (b *bench) idsOf(ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		x, err := b.exception(id)
		if err != nil {
			return nil, err
		}
		out = append(out, x.ID)
	}
	return out, nil
}

// begin begins a step that needs no look at the records. A viewer takes none.
func (a *App) begin(ctx context.Context) (store.Step, error) {
	if err := a.Config().May(a.User(), RightNote); err != nil {
		return store.Step{}, err
	}
	seen, err := a.store.LastEvent(ctx)
	return (&bench{app: a, seen: seen}).step(), err
}

// exception finds an exception by the beginning of its id.
func (b *bench) exception(id string) (book.Exception, error) { return exceptionOf(id, b.m.All) }

// exceptionOf finds one of some exceptions by the beginning of its id.
func exceptionOf(id string, list []book.Exception) (book.Exception, error) {
	var found []book.Exception
	for _, x := range list {
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

// act does a step of which every part must be.
func (a *App) act(ctx context.Context, step store.Step) (EventID, error) {
	id, refused, err := a.store.Act(ctx, step)
	for _, e := range refused {
		return id, refusal(e)
	}
	return id, err
}

// refusal says in words what stood in the way of a step.
func refusal(err error) error {
	switch {
	case errors.Is(err, store.ErrMoved):
		return errors.New("somebody else worked on it meanwhile: look at it again, then decide")
	case strings.Contains(err.Error(), "intents"):
		return errors.New("such an action is filed already for this record: look at the actions first")
	}
	return errors.New("its money is already used by another match, and money is used once: look at " +
		"its records again")
}

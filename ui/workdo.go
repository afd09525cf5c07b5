package ui

import (
	"context"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// quickBooks is how many records a month may have that is computed anew after each step; larger ones
// wait for Run reconcile, and the screen says so.
const quickBooks = 150_000

// deed is a step of a person: done beside the UI goroutine, one after another.
type deed struct {
	// ids are the exceptions that it is about, as the resolution, "" for another step.
	ids []string
	as  book.Resolution
	do  func(ctx context.Context, a *app.App) (app.Resolved, error)
	// then is told what came of it, on the UI goroutine.
	then func(r app.Resolved, err error)
}

// workbench does the steps of a person. It is the Reconcile screen's hand.
type workbench struct {
	s     *shell
	x     *reconcileScreen
	queue []deed
	now   *deed
	// faults say of exceptions why the last step about them failed.
	faults map[string]fault
}

// fault is why a step about an exception failed: what was tried, and the sentence.
type fault struct {
	as   book.Resolution
	text string
}

// busyWith says whether a step about an exception is being done or waits.
func (b *workbench) busyWith(id string) bool {
	for _, d := range b.all() {
		for _, one := range d.ids {
			if one == id {
				return true
			}
		}
	}
	return false
}

// doing is the resolution that is being done, "" where none is.
func (b *workbench) doing() book.Resolution {
	if b.now == nil {
		return ""
	}
	return b.now.as
}

func (b *workbench) all() []deed {
	if b.now == nil {
		return b.queue
	}
	return append([]deed{*b.now}, b.queue...)
}

// add does a step as soon as those before it are done.
func (b *workbench) add(d deed) {
	for _, id := range d.ids {
		delete(b.faults, id)
	}
	b.queue = append(b.queue, d)
	b.next()
}

func (b *workbench) next() {
	if b.now != nil || len(b.queue) == 0 {
		return
	}
	d, a := b.queue[0], b.s.profile
	b.queue, b.now = b.queue[1:], &d
	b.s.work.start(b.s.work.ctx, func(ctx context.Context) func() {
		r, err := d.do(ctx, a)
		return func() {
			b.now = nil
			if a == b.s.profile {
				b.ended(d, r, err)
			}
			b.next()
		}
	})
}

func (b *workbench) ended(d deed, r app.Resolved, err error) {
	for id, why := range r.Refused {
		b.faults[id] = fault{d.as, why}
	}
	if err != nil {
		for _, id := range d.ids {
			b.faults[id] = fault{d.as, app.Explain(err)}
		}
	}
	d.then(r, err)
}

// resolve settles exceptions. What was said of it is shown at once, then the month is read again.
func (b *workbench) resolve(q app.ResolveRequest, then func(r app.Resolved, err error)) {
	b.add(deed{ids: q.Exceptions, as: q.As,
		do: func(ctx context.Context, a *app.App) (app.Resolved, error) { return a.Resolve(ctx, q) },
		then: func(r app.Resolved, err error) {
			if len(r.Done) > 0 && err == nil {
				b.x.settled(r.Done, statusAfter(q, r))
				b.s.say(present.DoneText(r))
				b.rerun()
			}
			then(r, err)
		}})
}

// statusAfter is what an exception is after a resolution, until a run says it.
func statusAfter(q app.ResolveRequest, r app.Resolved) book.ExceptionStatus {
	switch {
	case q.As == book.Query || len(r.Intents) > 0:
		return book.Waiting
	case q.As == book.Explain || q.As == book.WriteOff:
		return book.Explained
	}
	return book.Resolved
}

// rerun computes the month again in the background where that is quick.
func (b *workbench) rerun() {
	if b.s.month == nil {
		return
	}
	if b.s.month.Books.Len() > quickBooks {
		b.x.behind++
		b.x.showBehind()
		return
	}
	b.s.recompute()
}

// plainStep does a step that resolves nothing: assign, note, evidence, undo.
func (b *workbench) plainStep(ids []string, said string, do func(ctx context.Context, a *app.App) error,
	then func(err error)) {
	b.add(deed{ids: ids,
		do: func(ctx context.Context, a *app.App) (app.Resolved, error) {
			return app.Resolved{}, do(ctx, a)
		},
		then: func(_ app.Resolved, err error) {
			if err == nil {
				b.s.say(said)
				b.rerun()
			}
			then(err)
		}})
}

// undo asks the books what the last step was, says it, and takes it back when a person says so.
func (b *workbench) undo() {
	s, a := b.s, b.s.profile
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		step, err := a.LastStep(ctx)
		return func() {
			switch {
			case err != nil:
				s.fail(app.Explain(err))
			case len(step) == 0:
				s.note(kit.Note{Status: kit.StatusNeutral, Text: "There is no step of yours to take back."})
			default:
				b.askUndo(step)
			}
		}
	})
}

// askUndo says what would be taken back.
func (b *workbench) askUndo(step []app.Event) {
	f := newWorkSheet(b.s, "Take back your last step", "Take it back")
	f.text("**" + present.StepText(step) + "**")
	if e := b.x.view.Exception(step[0].Subject); e != nil {
		f.text(string(e.Class) + " " + e.Class.Name() + ", " + present.Amount(e.Amount) + " " +
			string(e.Amount.Currency) + ". " + present.About(b.x.view.Month(), e))
	}
	f.text("Nothing is deleted: that it was taken back is a new entry in the history, and what it had " +
		"changed is as it was before.")
	var ids []string
	for _, e := range step {
		ids = append(ids, e.Subject)
	}
	f.confirm = func() {
		f.busy(true)
		b.plainStep(ids, "Taken back: "+present.StepText(step)+".",
			func(ctx context.Context, a *app.App) error {
				_, err := a.Undo(ctx)
				return err
			}, func(err error) {
				f.busy(false)
				if err != nil {
					f.fault(app.Explain(err))
					return
				}
				f.close()
				b.x.came(ids)
			})
	}
	f.show()
}

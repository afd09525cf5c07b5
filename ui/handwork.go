package ui

import (
	"context"
	"errors"
	"maps"
	"slices"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// do runs a step of a person beside the UI goroutine. Where it fails nothing that was chosen is lost; where
// it works, then says what follows.
func (x *handScreen) do(step func(ctx context.Context) (said string, err error), then func(said string)) {
	if x.busy {
		return
	}
	x.busy = true
	x.tell(kit.StatusBreak, "")
	x.buttons()
	s := x.s
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		said, err := step(ctx)
		return func() {
			x.busy = false
			x.buttons()
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					x.tell(kit.StatusBreak, app.Explain(err))
				}
				return
			}
			then(said)
		}
	})
}

// tell says above the lists what was refused or went wrong, until the next choice; "" takes it away.
func (x *handScreen) tell(st kit.Status, text string) {
	show(x.strip, text != "")
	x.strip.Set(st, text)
	x.lay(x.body.Size())
}

// match matches what was chosen where the difference is zero, and says otherwise what is missing.
func (x *handScreen) match() {
	if x.view == nil || x.busy {
		return
	}
	v := x.view.Sum()
	switch {
	case v.Uneven:
		x.tell(kit.StatusAttention, v.Sentence+" Ctrl Enter says what becomes of the rest.")
	case !v.Ready:
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: v.Sentence})
	case x.view.Credits():
		x.matchAnd(present.RestCredit, "")
	default:
		x.matchAnd(present.RestPart, "")
	}
}

// matchAnd matches what was chosen and then does something about the rest.
func (x *handScreen) matchAnd(rest string, code book.ReasonCode) {
	q, why := x.view.Request()
	if why != "" {
		x.tell(kit.StatusAttention, why)
		return
	}
	a, period, draft, what := x.s.profile, x.s.wanted, x.draft, x.view.Summary()
	q.Reason = "matched by hand: " + what
	x.do(func(ctx context.Context) (string, error) {
		if err := dropMatched(ctx, a, q, draft); err != nil {
			return "", err
		}
		if err := settle(ctx, a, q); err != nil {
			return "", err
		}
		said := "Matched: " + what + "."
		if rest == present.RestPart {
			return said, nil
		}
		return said, settleRest(ctx, a, period, q, rest, code)
	}, func(said string) {
		next := x.view.After()
		x.view.Spend()
		x.draft = 0
		x.view.Look(next)
		x.panes2[present.Received].grid.SetCursor(next)
		x.side = present.Received
		x.reload()
		x.s.canvas.Focus(x.panes2[present.Received].grid)
		x.again(said + " Ctrl Z takes it back.")
	})
}

// dropMatched drops the draft of a match that can be made, before it is made: then one step back takes
// back the match and not the draft.
func dropMatched(ctx context.Context, a *app.App, q app.ResolveRequest, draft int64) error {
	if draft == 0 {
		return nil
	}
	q.DryRun = true
	if err := settle(ctx, a, q); err != nil {
		return err
	}
	return a.DropDraft(ctx, draft)
}

// settle does what a request asks for; a refusal is an error in words.
func settle(ctx context.Context, a *app.App, q app.ResolveRequest) error {
	done, err := a.Resolve(ctx, q)
	if err != nil || len(done.Done) > 0 {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(done.Refused)) {
		return errors.New(done.Refused[id])
	}
	return nil
}

// settleRest does something about what a match left over.
func settleRest(ctx context.Context, a *app.App, period book.Month, q app.ResolveRequest, rest string,
	code book.ReasonCode) error {
	m, err := a.Month(ctx, period, func(app.Progress) {})
	if err != nil {
		return err
	}
	left := present.Residual(m, q.Left, q.Right)
	if left == nil {
		return errors.New("the records are matched, but the rest is no open item: look for it in Reconcile")
	}
	r := app.ResolveRequest{Exceptions: []string{left.ID}, As: book.CreditCustomer, Reason: q.Reason}
	if rest == present.RestWriteOff {
		r.As, r.Code = book.WriteOff, code
	} else if info, _ := r.As.Info(); !slices.Contains(info.Classes, left.Class) {
		return nil // it stays open as the customer's unapplied cash
	}
	if err := settle(ctx, a, r); err != nil {
		return errors.New("the records are matched, but the rest stays open: " + err.Error())
	}
	return nil
}

// again reads the month anew and then says what was done.
func (x *handScreen) again(said string) {
	x.did = said
	x.sum()
	x.s.load(x.s.wanted, false)
	x.s.say(said)
}

// reject says that a suggestion is wrong, so that it is never proposed again.
func (x *handScreen) reject() {
	if x.view == nil {
		return
	}
	q, what, why := x.view.Reject(x.ways.Cursor())
	if why != "" {
		x.tell(kit.StatusAttention, why)
		return
	}
	a := x.s.profile
	x.do(func(ctx context.Context) (string, error) { return "Rejected: " + what + ".", settle(ctx, a, q) },
		func(said string) { x.again(said + " Ctrl Z takes it back.") })
}

// undoLast takes this person's last step back.
func (x *handScreen) undoLast() {
	a := x.s.profile
	x.do(func(ctx context.Context) (string, error) {
		e, err := a.Undo(ctx)
		return e.What, err
	}, x.again)
}

// readDrafts reads the drafts of the profile.
func (x *handScreen) readDrafts() {
	a := x.s.profile
	if a == nil {
		return
	}
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.Drafts(ctx)
		return func() {
			if err == nil {
				x.kept = list
				x.showHead()
			}
		}
	})
}

// saveDraft keeps what was chosen for later.
func (x *handScreen) saveDraft() {
	if x.view == nil || x.view.Summary() == "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: "Choose records first, then they can be kept."})
		return
	}
	d := x.view.Draft()
	d.ID = x.draft
	a := x.s.profile
	x.do(func(ctx context.Context) (string, error) {
		id, err := a.SaveDraft(ctx, d)
		d.ID = id
		return "Kept as a draft: " + d.Title + ".", err
	}, func(said string) {
		x.draft = d.ID
		x.readDrafts()
		x.s.say(said)
	})
}

// openDraft chooses a draft's records again.
func (x *handScreen) openDraft(d app.Draft) {
	said := x.view.Open(d)
	x.draft = d.ID
	for _, p := range x.panes2 {
		p.find.SetText("")
		if ids := x.view.Chosen(p.side); len(ids) > 0 {
			p.grid.SetCursor(ids[0])
		}
	}
	x.chosen(said)
}

// dropDraft takes a draft away.
func (x *handScreen) dropDraft(d app.Draft) {
	a := x.s.profile
	x.do(func(ctx context.Context) (string, error) {
		return "Dropped the draft " + d.Title + ". Ctrl Z brings it back.", a.DropDraft(ctx, d.ID)
	}, func(said string) {
		x.kept = slices.DeleteFunc(x.kept, func(o app.Draft) bool { return o.ID == d.ID })
		if x.draft == d.ID {
			x.draft = 0
		}
		x.showHead()
		x.s.say(said)
	})
}

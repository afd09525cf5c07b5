package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// planWork explains an exception, writes it off, or lets it wait.
func (b *bench) planWork(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	w := b.work[x.ID]
	prepared := w.Resolution == book.WriteOff && w.Status == book.Waiting && w.Basis == basisOf(x)
	by := w.By
	w.Exception, w.Resolution, w.Code, w.UntilOn = x.ID, q.As, q.Code, 0
	w.Basis, w.Why = basisOf(x), q.Reason
	w.By, w.At, w.Status = b.app.User(), book.At(b.app.wall()), book.Explained
	e := b.event(x, q, "Explained")
	switch q.As {
	case book.Query:
		w.Status, w.UntilOn = book.Waiting, q.Until
		e.What = "Asked " + b.m.whom(x) + ", waits until " + q.Until.String()
	case book.WriteOff:
		if len(b.m.Suggestions(x)) > 0 {
			return e, errors.New("the match is only suggested: confirm it first, then write off what is left")
		}
		limit := b.m.Config.WriteOffLimit(x.Amount.Currency)
		e.What = fmt.Sprintf("Wrote off %s (%s)", x.Amount.Abs(), q.Code)
		switch {
		case x.Amount.Abs().Minor <= limit.Minor:
		case !prepared:
			w.Status = book.Waiting
			e.What = fmt.Sprintf("Prepared to write off %s (%s): above the limit of %s, a second person has "+
				"to confirm", x.Amount.Abs(), q.Code, limit)
		case by == w.By:
			return e, errors.New("you prepared this write-off: a second person has to confirm it")
		default:
			e.Kind = book.EventApproved
			e.What = fmt.Sprintf("Confirmed the write-off of %s that %s prepared", x.Amount.Abs(), by)
		}
	}
	e.Changes = []store.Change{{Work: &w}}
	return e, nil
}

// planDeed files an action. One open action for an exception is enough: two would give the money twice.
func (b *bench) planDeed(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	d, err := b.m.deed(x, q.As, append(append([]book.ItemID{}, q.Left...), q.Right...))
	if err != nil {
		return store.StepEvent{}, err
	}
	n := 0
	for _, i := range b.intents {
		if i.Kind != book.ActionKind(d.kind) || i.Target != d.target {
			continue
		}
		n++
		if i.State.Open() || d.kind == book.RecordPayment && i.State == book.IntentSucceeded {
			return store.StepEvent{}, fmt.Errorf("for %s this is filed already (%s, by %s): %s",
				b.m.inSentence(d.target), i.State, i.PreparedBy, i.What)
		}
	}
	i := b.intent(d, n)
	i.Exception, i.Why = x.ID, q.Reason
	e := b.event(x, q, "Filed: "+i.What)
	e.Changes = []store.Change{{Intent: &i}}
	return e, nil
}

// intent writes a deed down as an action, the n-th of its kind for its target. Its id and its key are made
// here, once.
func (b *bench) intent(d deed, n int) book.Intent {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\n%s\n%d", d.kind, d.target, n+1)))
	i := book.Intent{ID: hex.EncodeToString(sum[:16]), Kind: book.ActionKind(d.kind), Target: d.target,
		Provider: d.provider, Account: string(d.provider), Live: b.live(d.provider),
		Amount: d.amount.Abs(), Version: 1,
		Asked: d.encode(), State: book.IntentDraft, PreparedBy: b.app.User(),
		PreparedAt: book.At(b.app.wall()), What: d.title}
	if d.second {
		i.State, i.Second = book.IntentAwaiting, true
	}
	i.IdempotencyKey = "ch-" + i.ID
	return i
}

// live reports whether a source is the real one rather than one on this computer.
func (b *bench) live(name book.SourceName) bool {
	for _, s := range b.m.Config.Sources {
		if s.Name == name {
			for _, local := range []string{"//127.0.0.1", "//localhost", "//[::1]"} {
				if strings.Contains(s.URL, local) {
					return false
				}
			}
		}
	}
	return true
}

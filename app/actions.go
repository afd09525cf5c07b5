package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/queue"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// approvalLasts is how long an approval holds.
const approvalLasts = 24 * time.Hour

// actor opens the source that carries an action out.
func (a *App) actor(name book.SourceName) (source.Actor, error) {
	if name == mailName {
		return a.mailer()
	}
	open, err := a.opened(name)
	if err != nil {
		return nil, err
	}
	actor, ok := open.(source.Actor)
	if !ok {
		return nil, fmt.Errorf("%s can only be read by this program: do it there, then sync", a.Config().Title(name))
	}
	return owed{actor, a}, nil
}

// engine is the queue over this profile.
func (a *App) engine() *queue.Engine {
	return &queue.Engine{Store: a.store, Actor: a.actor,
		Now:  func() book.Instant { return book.At(a.wall()) },
		Rand: func(n int64) int64 { return rand.Int64N(max(1, n)) }, Limits: a.limitsOf, Follow: a.follows,
		Worker: fmt.Sprintf("queue %x", rand.Uint32())}
}

// limitsOf are the limits under which an action may be sent.
func (a *App) limitsOf(ctx context.Context, i book.Intent) (store.Limits, error) {
	zone := a.Config().Zone()
	now := book.At(a.wall())
	l := a.Config().dayLimits(i.Kind, i.Amount.Currency)
	l.DayFrom = now.In(zone).Start(zone)
	if i.Kind != book.GiveBack {
		return l, nil
	}
	books, err := a.store.GatewayRecords(ctx)
	if err != nil {
		return l, err
	}
	for k := range books.Transactions {
		if t := &books.Transactions[k]; t.ID == i.Target {
			taken := t.Charged.Abs()
			l.Captured = &taken
			return l, nil
		}
	}
	return l, fmt.Errorf("the books do not know the charge %s: sync first", i.Target)
}

// provider is who carries an order out.
func (a *App) provider(o book.Order) book.SourceName {
	switch o.Do {
	case book.Retry, book.CancelMandate:
		return cmp.Or(o.Charge.Source(), o.Provider)
	case book.GiveBack:
		return o.Charge.Source()
	}
	return cmp.Or(o.Provider, a.Config().billing())
}

// DryRun reads everything again that an order is about, and says what it would do, or what speaks
// against it.
func (a *App) DryRun(ctx context.Context, o book.Order) (source.Standing, error) {
	actor, err := a.actor(a.provider(o))
	if err != nil {
		return source.Standing{}, err
	}
	if _, ok := queue.PowerOf(actor, o.Do); !ok {
		return source.Standing{}, fmt.Errorf("%s cannot do this by its API: do it there, then sync",
			a.Config().Title(a.provider(o)))
	}
	if _, err := actor.Prepare(o, "dry-run"); err != nil {
		return source.Standing{}, err
	}
	return actor.Standing(ctx, o)
}

// File files an action: it is ready to be sent, or waits for a second person. Nothing is sent yet. An
// order that cannot be is refused with a sentence, and nothing is kept.
func (a *App) File(ctx context.Context, o book.Order, what, why string) (book.Intent, error) {
	if err := a.Config().May(a.User(), rightOf(o.Do)); err != nil {
		return book.Intent{}, err
	}
	list, err := a.store.Intents(ctx)
	if err != nil {
		return book.Intent{}, err
	}
	n := 0
	for _, i := range list {
		if i.Kind != o.Do || i.Target != o.Target {
			continue
		}
		if n++; i.State.Open() {
			return book.Intent{}, fmt.Errorf("this is filed already (%s, by %s): %s", i.State, i.PreparedBy, i.What)
		}
	}
	i, err := a.newIntent(o, what, n)
	if err != nil {
		return book.Intent{}, err
	}
	i.Why = why
	i.State = book.IntentReady
	if i.Second = a.Config().needsSecond(o); i.Second {
		i.State = book.IntentAwaiting
	}
	step, err := a.begin(ctx)
	if err != nil {
		return book.Intent{}, err
	}
	step.Events = []store.StepEvent{{Kind: book.EventKind(i.Kind), Subject: i.ID, What: "Filed: " + i.What, Why: why,
		Changes: []store.Change{{Intent: &i}}}}
	_, err = a.act(ctx, step)
	return i, err
}

// newIntent writes an order down, the n-th of its kind for its target: its id and its key are made here,
// once, and so is the request that will be sent.
func (a *App) newIntent(o book.Order, what string, n int) (book.Intent, error) {
	info, ok := o.Do.Info()
	if !ok || o.Target == "" {
		return book.Intent{}, fmt.Errorf("%q is no action that could be filed", o.Do)
	}
	asked, err := json.Marshal(o)
	if err != nil {
		return book.Intent{}, err
	}
	name := a.provider(o)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d", o.Do, o.Target, n+1))
	i := book.Intent{ID: hex.EncodeToString(sum[:16]), Kind: o.Do, Target: o.Target, Provider: name,
		Account: string(name), Live: a.isLive(name), Amount: o.Amount.Abs(), Asked: string(asked),
		Version:    1,
		PreparedBy: a.User(), PreparedAt: book.At(a.wall()), What: cmp.Or(what, info.Title)}
	i.IdempotencyKey = "ch-" + i.ID
	return i, a.prepare(&i)
}

// prepare makes the exact request of an intent, once.
func (a *App) prepare(i *book.Intent) error {
	actor, err := a.actor(i.Provider)
	if err != nil {
		return err
	}
	o, err := i.Order()
	if err != nil {
		return err
	}
	if _, ok := queue.PowerOf(actor, i.Kind); !ok {
		return fmt.Errorf("%s cannot do this by its API: do it there, then sync", a.Config().Title(i.Provider))
	}
	c, err := actor.Prepare(o, i.IdempotencyKey)
	if err != nil {
		return err
	}
	i.Request = c.Encode()
	hash := sha256.Sum256([]byte(i.Request))
	i.RequestHash = hex.EncodeToString(hash[:])
	return nil
}

// isLive reports whether a source is the real one rather than one on this computer.
func (a *App) isLive(name book.SourceName) bool {
	for _, s := range a.Config().Sources {
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

// named finds an action by the beginning of its id.
func (a *App) action(ctx context.Context, id string) (book.Intent, error) {
	list, err := a.store.Intents(ctx)
	if err != nil {
		return book.Intent{}, err
	}
	var found []book.Intent
	for _, i := range list {
		if id != "" && strings.HasPrefix(i.ID, strings.ToLower(strings.TrimPrefix(id, "A-"))) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return book.Intent{}, fmt.Errorf("there is no action %q; countinghouse actions lists them", id)
	case 1:
		return found[0], nil
	}
	return book.Intent{}, fmt.Errorf("%q begins the ids of %d actions; give more of it", id, len(found))
}

// move changes an action by hand of whoever acts.
func (a *App) move(ctx context.Context, i book.Intent, m store.Move) (book.Intent, error) {
	m.ID, m.Version, m.By, m.At = i.ID, i.Version, a.User(), book.At(a.wall())
	out, err := a.store.MoveIntent(ctx, m)
	if errors.Is(err, store.ErrMoved) {
		err = errors.New("somebody else worked on it meanwhile: look at it again, then decide")
	}
	return out, err
}

// Confirmation is what has to be typed to approve an action alone, "" where a second person approves.
func (a *App) Confirmation(i book.Intent) string {
	if a.Config().Team() || i.State != book.IntentAwaiting || i.PreparedBy != a.User() {
		return ""
	}
	return money.Plain.Format(i.Amount)
}

// Approve approves an action and sends it; it returns when the outcome is known, or when it is known that
// it is not. Whoever filed it cannot approve it: only in a profile of one may they, by typing the amount.
func (a *App) Approve(ctx context.Context, id, typed string) (book.Intent, error) {
	i, err := a.action(ctx, id)
	if err != nil {
		return i, err
	}
	if i.State != book.IntentAwaiting {
		return i, fmt.Errorf("the action does not wait for an approval: it is %s", stateWord(i.State))
	}
	if err := a.Config().May(a.User(), RightApprove); err != nil {
		return i, err
	}
	if i.Request == "" {
		ready := i
		if err := a.prepare(&ready); err != nil {
			return i, err
		}
		if i, err = a.move(ctx, i, store.Move{Kind: book.EventReady, What: "Prepared: " + i.What,
			Set: func(i *book.Intent) {
				i.Request, i.RequestHash = ready.Request,
					ready.RequestHash
			}}); err != nil {
			return i, err
		}
	}
	now := book.At(a.wall())
	m := store.Move{Kind: book.EventApproved, What: "Approved: " + i.What,
		Approval: &store.Approval{By: a.User(), At: now, Until: now +
			book.Instant(approvalLasts.Milliseconds())},
		Set: func(i *book.Intent) { i.State, i.ApprovedBy = book.IntentReady, a.User() }}
	if i.PreparedBy == a.User() {
		want := a.Confirmation(i)
		switch {
		case want == "":
			return i, errors.New("you filed it: somebody else has to approve it")
		case typed != want:
			return i, fmt.Errorf("type the amount, %s, to say that you have read what is sent", want)
		}
		m.What, m.Approval = "Confirmed by typing "+want+": "+i.What, nil
		m.Set = func(i *book.Intent) { i.State, i.Second = book.IntentReady, false }
	}
	if i, err = a.move(ctx, i, m); err != nil {
		return i, err
	}
	return a.carry(ctx, i.ID)
}

// SendAction sends an action that is a draft or ready, and asks what became of one that is open.
func (a *App) SendAction(ctx context.Context, id string) (book.Intent, error) {
	i, err := a.action(ctx, id)
	if err != nil {
		return i, err
	}
	if err := a.Config().May(a.User(), rightOf(i.Kind)); err != nil {
		return i, err
	}
	again := i.State == book.IntentNeedsPerson && i.FirstSentAt == 0
	if i.State == book.IntentDraft || again {
		ready := i
		if i.Request == "" {
			if err := a.prepare(&ready); err != nil {
				return i, err
			}
		}
		i, err = a.move(ctx, i, store.Move{Kind: book.EventReady, What: "To be sent: " + i.What,
			Set: func(i *book.Intent) {
				i.Request, i.RequestHash, i.State, i.NextTryAt = ready.Request, ready.RequestHash,
					book.IntentReady, 0
			}})
		if err != nil {
			return i, err
		}
	}
	return a.carry(ctx, i.ID)
}

// CheckAction asks what became of an action whose outcome is not known.
func (a *App) CheckAction(ctx context.Context, id string) (book.Intent, error) {
	i, err := a.action(ctx, id)
	if err != nil {
		return i, err
	}
	if i.State == book.IntentUnknown {
		if i, err = a.move(ctx, i, store.Move{Kind: book.EventLookedUp, What: "To be looked up now: " + i.What,
			Set: func(i *book.Intent) { i.NextTryAt = 0 }}); err != nil {
			return i, err
		}
	}
	return a.carry(ctx, i.ID)
}

// carry takes an action as far as it goes now, with what follows from it.
func (a *App) carry(ctx context.Context, id string) (book.Intent, error) {
	a.sending.Lock()
	defer a.sending.Unlock()
	e := a.engine()
	for range 4 {
		i, err := e.Step(ctx, id)
		if errors.Is(err, queue.ErrNothing) {
			break
		}
		if err != nil {
			return i, err
		}
		if !i.State.Open() {
			for range 3 { // what follows from it, and its proof
				moved, err := e.Drain(ctx)
				if err != nil || len(moved) == 0 {
					return i, err
				}
			}
			return i, nil
		}
	}
	return a.store.Intent(ctx, id)
}

// ActionsReport is what a run of the queue did.
type ActionsReport struct {
	// Moved are the actions that got further, each as it is now.
	Moved []book.Intent
	// Paused says why nothing was sent, "" where things are sent.
	Paused string
}

// RunActions sends what is ready and asks what became of what is not known, until nothing moves any
// more.
func (a *App) RunActions(ctx context.Context) (ActionsReport, error) {
	a.sending.Lock()
	defer a.sending.Unlock()
	e := a.engine()
	last := map[string]book.Intent{}
	var order []string
	for range 6 {
		moved, err := e.Drain(ctx)
		for _, i := range moved {
			if _, ok := last[i.ID]; !ok {
				order = append(order, i.ID)
			}
			last[i.ID] = i
		}
		if err != nil || len(moved) == 0 {
			r := ActionsReport{Moved: inOrder(last, order)}
			paused, err2 := a.store.Sending(ctx)
			r.Paused = paused
			return r, errors.Join(err, err2)
		}
	}
	return ActionsReport{Moved: inOrder(last, order)}, nil
}

// resolveActions asks what became of the actions whose outcome is not known; it begins none.
func (a *App) resolveActions(ctx context.Context) error {
	a.sending.Lock()
	defer a.sending.Unlock()
	_, err := a.engine().Resolve(ctx)
	return err
}

func inOrder(by map[string]book.Intent, order []string) []book.Intent {
	out := make([]book.Intent, 0, len(order))
	for _, id := range order {
		out = append(out, by[id])
	}
	return out
}

// PauseSending stops all sending for a reason; ResumeSending lets it go on.
func (a *App) PauseSending(ctx context.Context, why string) error {
	if strings.TrimSpace(why) == "" {
		return errors.New("a reason is missing: say why nothing is to be sent")
	}
	return a.store.PauseSending(ctx, why, a.User(), book.At(a.wall()))
}

// ResumeSending lets sending go on.
func (a *App) ResumeSending(ctx context.Context) error {
	if err := a.Config().May(a.User(), RightApprove); err != nil {
		return err
	}
	paused, err := a.store.Sending(ctx)
	if err != nil {
		return err
	}
	if paused == afterRestore {
		at, err := a.store.PausedAt(ctx)
		if err != nil {
			return err
		}
		name, err := a.syncedSince(ctx, at)
		switch {
		case err != nil:
			return err
		case name != "":
			return fmt.Errorf("the books were restored: sync %s first, so that what was done since the backup is known", name)
		}
	}
	return a.store.PauseSending(ctx, "", a.User(), book.At(a.wall()))
}

package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// fault is what may happen to a call.
type fault int

const (
	sound fault = iota
	declined
	lostAfter
	lostBefore
	lateEffect
	errorBefore
	errorAfter
	limited
	badReply
	slowly
	wrongAmount
	faults
)

// effect is something that a provider did: money moved, a notice went out.
type effect struct {
	key, target string
	kind        book.ActionKind
	amount      money.Money
	// at is when it can be seen.
	at     book.Instant
	object book.ItemID
}

// provider is the other side: it does what it is told, and loses, delays and spoils its answers. It
// lives on while the program dies. With keys it does one thing a key once.
type provider struct {
	t       testing.TB
	rng     *rand.Rand
	now     *book.Instant
	keyed   bool
	broken  bool
	effects []effect
	// answers are those of keys that were refused.
	answers map[string]source.Outcome
	store   *store.Store
	// wrong are calls that must not have been made.
	wrong []string
	calls int
}

const settle = 2 * time.Hour

func (p *provider) Describe() source.Description { return source.Description{Kind: "pretend"} }

func (p *provider) Check(context.Context) (source.Health, error) { return source.Health{}, nil }

func (p *provider) Powers() []source.Power {
	life := time.Duration(0)
	if p.keyed {
		life = 24 * time.Hour
	}
	var out []source.Power
	for _, k := range book.Actions {
		out = append(out, source.Power{Kind: k.Kind, KeyLife: life, Settle: settle})
	}
	return out
}

func (p *provider) Prepare(o book.Order, key string) (source.Call, error) {
	return source.Call{Op: string(o.Do), Method: "POST", Path: "/", Header: map[string]string{"key": key},
		Body: string(o.Target) + " " + o.Amount.String()}, nil
}

func (p *provider) Standing(context.Context, book.Order) (source.Standing, error) {
	if p.broken && p.rng.IntN(8) == 0 {
		return source.Standing{}, errors.New("no answer")
	}
	return source.Standing{}, nil
}

func (p *provider) Send(_ context.Context, o book.Order, c source.Call) source.Outcome {
	p.calls++
	key := c.Header["key"]
	p.witness(key, c)
	for _, e := range p.effects {
		if p.keyed && e.key == key {
			return p.seen(e)
		}
	}
	if a, ok := p.answers[key]; p.keyed && ok {
		return a
	}
	f := sound
	if p.broken {
		f = fault(p.rng.IntN(int(faults)))
	}
	return p.answer(f, o, key)
}

func (p *provider) answer(f fault, o book.Order, key string) source.Outcome {
	unknown := source.Outcome{State: source.OutcomeUnknown, Detail: "no answer"}
	do := func(wait time.Duration) effect {
		e := effect{key, string(o.Target), o.Do, o.Amount, after(*p.now, wait),
			book.ItemID(fmt.Sprintf("p:%d", len(p.effects)))}
		p.effects = append(p.effects, e)
		return e
	}
	switch f {
	case declined:
		out := source.Outcome{State: source.OutcomeRefused, Code: "no", Detail: "declined"}
		p.answers[key] = out
		return out
	case lostAfter, errorAfter, badReply:
		do(0)
		return unknown
	case lostBefore, errorBefore:
		return unknown
	case lateEffect:
		do(time.Duration(p.rng.Int64N(int64(settle))))
		return unknown
	case limited:
		return source.Outcome{State: source.OutcomeUnsent, RetryAfter: time.Minute}
	case slowly:
		do(time.Duration(p.rng.Int64N(int64(settle))))
		return source.Outcome{State: source.OutcomePending}
	case wrongAmount:
		out := p.seen(do(0))
		out.Amount.Minor++
		return out
	}
	return p.seen(do(0))
}

// seen is what is said of an effect: nothing is known of one that is still to come.
func (p *provider) seen(e effect) source.Outcome {
	if e.at > *p.now {
		return source.Outcome{State: source.OutcomeUnknown, Detail: "in progress"}
	}
	return source.Outcome{State: source.OutcomeDone, Object: e.object, Amount: e.amount}
}

func (p *provider) LookUp(_ context.Context, _ book.Order, c source.Call, _ book.Instant) source.Outcome {
	if p.broken && p.rng.IntN(3) == 0 {
		return source.Outcome{State: source.OutcomeUnknown, Detail: "no answer"}
	}
	for _, e := range p.effects {
		if e.key == c.Header["key"] && e.at <= *p.now {
			return p.seen(e)
		}
	}
	if a, ok := p.answers[c.Header["key"]]; ok {
		return a
	}
	return source.Outcome{State: source.OutcomeAbsent}
}

// has says whether there is an effect of this id.
func (p *provider) has(object book.ItemID) bool {
	return slices.ContainsFunc(p.effects, func(e effect) bool { return e.object == object })
}

// witness checks what must hold in the moment of a call: the decision to send is durable, it is the
// stored request to the byte, and whoever had to approve did, of exactly this.
func (p *provider) witness(key string, c source.Call) {
	i, err := p.store.Intent(context.Background(), strings.TrimPrefix(key, "ch-"))
	if err != nil {
		p.wrong = append(p.wrong, "a key that nothing knows: "+key)
		return
	}
	if i.State != book.IntentSent || i.Lease == "" || i.FirstSentAt == 0 {
		p.wrong = append(p.wrong, "a call of "+i.ID+" in state "+string(i.State))
	}
	if i.Request != c.Encode() {
		p.wrong = append(p.wrong, "other bytes of "+i.ID)
	}
	if i.Second && i.ApprovedBy == "" {
		p.wrong = append(p.wrong, "no approval of "+i.ID)
	}
}

// history is one run of the simulation: a store, a provider, and a program that dies and comes back.
type history struct {
	t     testing.TB
	ctx   context.Context
	rng   *rand.Rand
	now   book.Instant
	store *store.Store
	other *provider
	// dies is the point at which the program stops next, "" for none.
	dies   Point
	starts int
	// filed are the ids of what was filed.
	filed  []string
	limits store.Limits
	// captured are the amounts of the charges, nil where nobody looks at them.
	captured map[book.ItemID]money.Money
	// blind says that nobody looks at what is left of a charge.
	blind bool
	// actor and kept stand between, where a fault is planted.
	actor func(source.Actor) source.Actor
	kept  func(Store) Store
}

type died struct{ at Point }

const begin = book.Instant(1_790_000_000_000)

// fastDir is a folder where a sync costs nothing, if there is one: power cuts are another test's.
func fastDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "queue")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func openStore(t testing.TB, dir string) *store.Store {
	s, err := store.Open(context.Background(), filepath.Join(dir, "cache.db"), store.Options{Program: "test",
		Clock: func() time.Time { return begin.Time() }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newHistory(t testing.TB, s *store.Store, seed uint64) *history {
	h := &history{t: t, ctx: context.Background(), rng: rand.New(rand.NewPCG(seed, 7)), now: begin, store: s,
		captured: map[book.ItemID]money.Money{}}
	h.other = &provider{t: t, rng: h.rng, now: &h.now, keyed: seed%2 == 0, broken: true,
		answers: map[string]source.Outcome{}, store: s}
	return h
}

// engine is the program as it starts.
func (h *history) engine() *Engine {
	h.starts++
	var actor source.Actor = h.other
	if h.actor != nil {
		actor = h.actor(actor)
	}
	var kept Store = h.store
	if h.kept != nil {
		kept = h.kept(kept)
	}
	return &Engine{Store: kept, Worker: fmt.Sprintf("w%d", h.starts),
		Actor: func(book.SourceName) (source.Actor, error) { return actor, nil },
		Now:   func() book.Instant { return h.now }, Rand: h.rng.Int64N,
		Limits: func(_ context.Context, i book.Intent) (store.Limits, error) {
			l := h.limits
			if c, ok := h.captured[i.Target]; ok && !h.blind && i.Kind == book.GiveBack {
				l.Captured = &c
			}
			return l, nil
		},
		Follow: followed,
		Crash: func(p Point) {
			if p == h.dies {
				h.dies = ""
				panic(died{p})
			}
		}}
}

// followed records a refund in billing.
func followed(i book.Intent, o source.Outcome) []book.Intent {
	if i.Kind != book.GiveBack {
		return nil
	}
	return []book.Intent{newIntent(i.ID+"-record", book.RecordRefund, o.Object, i.Amount, i.ID)}
}

// newIntent is an intent that is ready to be sent.
func newIntent(id string, kind book.ActionKind, target book.ItemID, amount money.Money, parent string) book.Intent {
	o := book.Order{Do: kind, Target: target, Amount: amount}
	asked, _ := json.Marshal(o)
	p := &provider{}
	c, _ := p.Prepare(o, "ch-"+id)
	return book.Intent{ID: id, Kind: kind, Target: target, Provider: "p", Account: "p", Amount: amount,
		Asked: string(asked), IdempotencyKey: "ch-" + id, Request: c.Encode(), RequestHash: "h" + id,
		State: book.IntentReady, Version: 1, PreparedBy: "ann", PreparedAt: begin, What: id, Parent: parent}
}

// filing is the step that files an intent.
func filing(i book.Intent, at book.Instant) store.Step {
	return store.Step{By: "ann", At: at, Seen: 1 << 40,
		Events: []store.StepEvent{{Kind: book.EventKind(i.Kind), Subject: i.ID, What: "Filed",
			Changes: []store.Change{{Intent: &i}}}}}
}

// file files an intent; false where the database says that one is open.
func (h *history) file(i book.Intent) (filed bool) {
	_, refused, err := h.store.Act(h.ctx, filing(i, h.now))
	if err != nil {
		h.t.Fatal(err)
	}
	if len(refused) == 0 {
		h.filed = append(h.filed, i.ID)
	}
	return len(refused) == 0
}

// drain runs the program once; it may die.
func (h *history) drain(e *Engine) (alive bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
		}
	}()
	if _, err := e.Drain(h.ctx); err != nil && !errors.Is(err, store.ErrOverLimit) {
		h.t.Fatal(err)
	}
	return true
}

// live lets the program run for a while, with faults and deaths, and then until nothing moves any more.
func (h *history) live(steps int) {
	e := h.engine()
	for range steps {
		if h.rng.IntN(3) == 0 {
			h.dies = Points[h.rng.IntN(len(Points))]
		}
		if !h.drain(e) {
			e = h.engine()
		}
		h.now = after(h.now, []time.Duration{0, time.Second, time.Minute, 10 * time.Minute, 2 * time.Hour,
			25 * time.Hour}[h.rng.IntN(6)])
	}
	h.dies, h.other.broken = "", false
	for range 14 {
		h.drain(e)
		h.now = after(h.now, 25*time.Hour)
	}
}

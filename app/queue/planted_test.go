package queue

import (
	"context"
	"maps"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// TestPlantedFaultsAreFound checks the harness itself: each of these faults, put into the program on
// purpose, must make a history fail.
func TestPlantedFaultsAreFound(t *testing.T) {
	for name, plant := range map[string]func(h *history){
		"a call before the write": func(h *history) {
			h.kept = func(s Store) Store { return &unwritten{s} }
		},
		"a new key on retry": func(h *history) {
			h.actor = func(a source.Actor) source.Actor { return &newKeys{Actor: a} }
		},
		"no answer taken as failed": func(h *history) {
			h.actor = func(a source.Actor) source.Actor { return &hasty{a} }
		},
		"no reserve for what is not known": func(h *history) { h.blind = true },
		"an action without its entry": func(h *history) {
			h.kept = func(s Store) Store { return &silent{s, h} }
		},
		"absent taken as never": func(h *history) {
			h.actor = func(a source.Actor) source.Actor { return &impatient{a} }
		},
		"an answer about another amount": func(h *history) {
			h.actor = func(a source.Actor) source.Actor { return &trusting{a} }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, fastDir(t))
			defer s.Close()
			for seed := range uint64(400) {
				h := newHistory(t, s, seed)
				plant(h)
				scenario(h, seed)
				if len(h.check()) > 0 {
					return
				}
			}
			t.Error("400 histories did not notice")
		})
	}
}

// unwritten says that a claim is kept and keeps nothing.
type unwritten struct{ Store }

func (u *unwritten) MoveIntent(ctx context.Context, m store.Move) (book.Intent, error) {
	if !m.Claim {
		return u.Store.MoveIntent(ctx, m)
	}
	i, err := u.Store.Intent(ctx, m.ID)
	m.Set(&i)
	return i, err
}

// newKeys makes a key each time something is sent.
type newKeys struct {
	source.Actor
	sent int
}

func (k *newKeys) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	if k.sent++; k.sent > 1 {
		c.Header = maps.Clone(c.Header)
		c.Header["key"] += "'"
	}
	return k.Actor.Send(ctx, o, c)
}

// hasty takes what is not known for a refusal.
type hasty struct{ source.Actor }

func (a *hasty) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	out := a.Actor.Send(ctx, o, c)
	if out.State == source.OutcomeUnknown {
		out.State, out.Code = source.OutcomeRefused, "time-out"
	}
	return out
}

// silent loses the entry of what it keeps.
type silent struct {
	Store
	h *history
}

func (s *silent) MoveIntent(ctx context.Context, m store.Move) (book.Intent, error) {
	set := m.Set
	m.Set = func(i *book.Intent) {
		set(i)
		i.Version++ // a change of which no entry tells
	}
	return s.Store.MoveIntent(ctx, m)
}

// impatient knows no time in which an effect may still appear, and no need of keys.
type impatient struct{ source.Actor }

func (a *impatient) Powers() []source.Power {
	out := a.Actor.Powers()
	for i := range out {
		out[i].Settle, out[i].KeyLife = 0, 1<<60
	}
	return out
}

// trusting believes an answer whatever it is about.
type trusting struct{ source.Actor }

func (a *trusting) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	out := a.Actor.Send(ctx, o, c)
	if out.State == source.OutcomeDone {
		out.Amount, out.Object = money.Money{}, "p:another"
	}
	return out
}

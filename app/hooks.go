package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// HookState says what webhooks came in from a source in the last 24 hours.
type HookState struct {
	Name book.SourceName
	// LastAt and LastType are of the event that came in last, zero and "" where none ever did.
	LastAt   book.Instant
	LastType string
	// Received24h counts different events, Repeated24h those that were sent again, Refused24h the
	// deliveries that proved nothing or could not be kept. The last two are counted by whole hours,
	// and noted every few seconds while serve runs.
	Received24h, Repeated24h, Refused24h int
	// Waiting counts events whose objects are still to be read.
	Waiting int
}

// HookStates says what webhooks came in from each gateway, in the order of the configuration,
// whether or not serve runs now.
func (a *App) HookStates(ctx context.Context) ([]HookState, error) {
	since := book.At(a.wall().Add(-24 * time.Hour))
	var out []HookState
	for _, c := range a.Config().Sources {
		if kinds[c.Kind].describe.Role != source.Gateway {
			continue
		}
		h, err := a.store.HookSummary(ctx, c.Name, since)
		if err != nil {
			return nil, err
		}
		out = append(out, HookState{Name: c.Name, LastAt: h.LastAt, LastType: h.LastType,
			Received24h: h.Received, Repeated24h: h.Repeated, Refused24h: h.Refused, Waiting: h.Waiting})
	}
	return out, nil
}

// healthEvery is how long a finding of health holds, so that asking costs little.
const healthEvery = 2 * time.Second

// health is the last finding.
type health struct {
	mu       sync.Mutex
	at       time.Time
	document map[string]any
	ok       bool
}

// troubleLasts is how long one webhook that could not be kept speaks against the books' health where
// none came after it.
const troubleLasts = time.Minute

// trouble remembers whether webhooks could be kept lately.
type trouble struct {
	mu sync.Mutex
	at time.Time
}

// begins notes how keeping one went and reports whether it is the first that could not be kept.
func (t *trouble) begins(err error, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil || errors.Is(err, context.Canceled) {
		if err == nil {
			t.at = time.Time{}
		}
		return false
	}
	first := t.at.IsZero()
	t.at = now
	return first
}

func (t *trouble) now(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.at.IsZero() && now.Sub(t.at) < troubleLasts
}

// healthNow is the document of /healthz: whether the books can be written, and what waits.
func (s *server) healthNow(ctx context.Context) (map[string]any, bool) {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if now := s.wall(); s.health.document == nil || now.Sub(s.health.at) >= healthEvery {
		s.health.document, s.health.ok = s.examine(ctx)
		s.health.at = now
	}
	out := map[string]any{}
	for k, v := range s.health.document {
		out[k] = v
	}
	return out, s.health.ok
}

func (s *server) examine(ctx context.Context) (map[string]any, bool) {
	since := book.At(s.wall().Add(-24 * time.Hour))
	var sources []map[string]any
	backlog, oldest, ok := 0, book.Instant(0), true
	for _, d := range s.doors {
		h, err := s.store.HookSummary(ctx, d.Name, since)
		if err != nil {
			ok = false
			continue
		}
		backlog += h.Waiting
		if h.OldestAt != 0 && (oldest == 0 || h.OldestAt < oldest) {
			oldest = h.OldestAt
		}
		sources = append(sources, map[string]any{"source": d.Name, "last_event": moment(h.LastAt),
			"waiting": h.Waiting})
	}
	// A count of nothing is written like any other. On a full disk it may still find room where a
	// webhook did not.
	err := s.store.CountHooks(ctx, s.doors[0].Name, book.At(s.wall()), 0, 0)
	if err != nil {
		s.log.Warn("the books cannot be written", "error", err)
	}
	writable := err == nil && !s.trouble.now(s.wall())
	return map[string]any{"writable": writable, "waiting": backlog, "oldest_waiting": moment(oldest),
		"sources": sources}, ok && writable
}

// moment is an instant, or null where it is not set.
func moment(at book.Instant) any {
	if at == 0 {
		return nil
	}
	return at
}

package spectrocoin

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Limits on what callbacks that prove nothing can make us ask.
const (
	// hintsAtOnce is how many orders are read for them at the same time, hintsWaiting how many more
	// may wait for that.
	hintsAtOnce  = 3
	hintsWaiting = 60
	// hintsRefused is how many may turn out to be false within hintsEvery.
	hintsRefused = 20
	hintsEvery   = time.Minute
	// memory is how many false ids are remembered, for how long.
	memory    = 1000
	memoryFor = 10 * time.Minute
)

var (
	errRefused = errors.New("refused before")
	errFlood   = errors.New("too many callbacks that prove nothing")
)

// hints keeps callbacks that prove nothing from making us hammer the provider. It may be used from
// many goroutines.
type hints struct {
	clock func() time.Time
	slots chan struct{}

	mu      sync.Mutex
	waiting int
	refused map[string]time.Time
	order   []string // the refused ids, oldest first
	misses  []time.Time
}

func newHints(clock func() time.Time) *hints {
	return &hints{clock: clock, refused: map[string]time.Time{},
		slots: make(chan struct{}, hintsAtOnce)}
}

// enter asks to read an order, and waits where others are being read. Its errors are errRefused,
// errFlood, or the context's. The function that it returns must be called with whether the order was
// there.
func (h *hints) enter(ctx context.Context, id string) (func(known bool), error) {
	if err := h.queue(); err != nil {
		return nil, err
	}
	defer h.unqueue()
	if err := h.may(id); err != nil {
		return nil, err
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// What was asked for meanwhile may have been refused meanwhile.
	if err := h.may(id); err != nil {
		<-h.slots
		return nil, err
	}
	return func(known bool) {
		h.leave(id, known)
		<-h.slots
	}, nil
}

func (h *hints) queue() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting >= hintsWaiting {
		return errFlood
	}
	h.waiting++
	return nil
}

func (h *hints) unqueue() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting--
}

// may reports whether an order may be read now.
func (h *hints) may(id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock()
	for len(h.misses) > 0 && now.Sub(h.misses[0]) >= hintsEvery {
		h.misses = h.misses[1:]
	}
	at, refused := h.refused[id]
	switch {
	case refused && now.Sub(at) < memoryFor:
		return errRefused
	case len(h.misses) >= hintsRefused:
		return errFlood
	}
	return nil
}

func (h *hints) leave(id string, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known {
		return
	}
	now := h.clock()
	h.misses = append(h.misses, now)
	if _, again := h.refused[id]; !again {
		h.order = append(h.order, id)
	}
	h.refused[id] = now
	if len(h.order) > memory {
		delete(h.refused, h.order[0])
		h.order = h.order[1:]
	}
}

package app

import (
	"context"
	"sync"

	"countinghouse/app/book"
)

// turns lets one at a time read from each source, so that what is older never follows what is newer.
// Its zero value is ready.
type turns struct {
	mu sync.Mutex
	of map[book.SourceName]chan struct{}
}

// take waits for a source's turn; release gives it back.
func (t *turns) take(ctx context.Context, name book.SourceName) (release func(), err error) {
	t.mu.Lock()
	if t.of == nil {
		t.of = map[book.SourceName]chan struct{}{}
	}
	turn, ok := t.of[name]
	if !ok {
		turn = make(chan struct{}, 1)
		t.of[name] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

package store

import (
	"context"
	"errors"
	"sync"

	"countinghouse/app/book"
)

// batchMost is how many webhooks one transaction takes at most.
const batchMost = 512

// ErrInboxClosed says that an inbox takes nothing more.
var ErrInboxClosed = errors.New("no more webhooks are taken")

// Inbox keeps webhooks: whoever waits shares one transaction with the others, so that a thousand
// deliveries a second need no thousand syncs of the disk.
type Inbox struct {
	store *Store
	queue chan *waiting
	// mu guards the end: who holds it for reading may put into the queue.
	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

// waiting is a webhook whose deliverer waits for the commit.
type waiting struct {
	hook  Hook
	fresh bool
	err   error
	done  chan struct{}
}

// Inbox opens the way in for webhooks. The caller closes it before the store.
func (s *Store) Inbox() *Inbox {
	in := &Inbox{store: s, queue: make(chan *waiting, batchMost), done: make(chan struct{})}
	go in.run()
	return in
}

// Put keeps a webhook and returns once it is on the disk; fresh says that it was not there before.
// One without anything to read again is applied at once. After an error nobody knows whether it was
// kept, and the provider must send it again. It may be called from many goroutines.
func (in *Inbox) Put(ctx context.Context, h Hook) (fresh bool, err error) {
	w := &waiting{hook: h, done: make(chan struct{})}
	if err := in.enter(ctx, w); err != nil {
		return false, err
	}
	select {
	case <-w.done:
		return w.fresh, w.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (in *Inbox) enter(ctx context.Context, w *waiting) error {
	in.mu.RLock()
	defer in.mu.RUnlock()
	if in.closed {
		return ErrInboxClosed
	}
	select {
	case in.queue <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close keeps what still waits and ends. It may be called twice.
func (in *Inbox) Close() {
	in.mu.Lock()
	if !in.closed {
		in.closed = true
		close(in.queue)
	}
	in.mu.Unlock()
	<-in.done
}

func (in *Inbox) run() {
	defer close(in.done)
	batch := make([]*waiting, 0, batchMost)
	for first := range in.queue {
		batch = in.gather(append(batch[:0], first))
		err := in.keep(batch)
		for _, w := range batch {
			w.err = err
			close(w.done)
		}
	}
}

// gather adds to a batch what waits already.
func (in *Inbox) gather(batch []*waiting) []*waiting {
	for len(batch) < batchMost {
		select {
		case w, ok := <-in.queue:
			if !ok {
				return batch
			}
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// insertHook keeps a webhook that is not there yet.
const insertHook = `INSERT INTO hooks (source, event, type, at, about, received_at, state, tries,
	next_at, applied_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (source, event) DO NOTHING`

func (in *Inbox) keep(batch []*waiting) error {
	return in.store.write(context.Background(), "keep webhooks", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, w := range batch {
				h := w.hook
				state, applied := HookWaiting, book.Instant(0)
				if len(h.About) == 0 {
					state, applied = HookApplied, h.ReceivedAt
				}
				n, err := c.exec(insertHook, string(h.Source), h.Event, h.Type, int64(h.At),
					packed(h.About), int64(h.ReceivedAt), string(state), int64(h.ReceivedAt),
					int64(applied))
				if err != nil {
					return err
				}
				w.fresh = n > 0
			}
			return nil
		})
	})
}

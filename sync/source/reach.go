package source

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Reach is how a server was reached: what its first reply tells, whatever it says.
type Reach struct {
	// Host is the name of the server, "" where there was no reply.
	Host string
	// Took is how long the first reply took, the connection included.
	Took time.Duration
	// At is the server's clock as the reply gave it, in whole seconds; zero where it gave none. Seen is
	// ours when the reply came.
	At, Seen time.Time
}

// Reaching are options whose first reply is noted, and a function that tells it. The function may be
// called at any time.
func Reaching(o Options) (Options, func() Reach) {
	t := &reaching{next: transportOf(o), clock: o.Clock}
	o.Transport = t
	return o, t.reach
}

// errHasty says that nobody wants to wait for another try; Retry then gives the read's own error.
var errHasty = errors.New("not waited for")

// hastyWaits and hastyWait are how often and how long is waited where a person waits too.
const (
	hastyWaits = 2
	hastyWait  = 2 * time.Second
)

// Hasty are options for when a person waits: two tries are repeated at most, after two seconds at
// most. They are for one goroutine at a time.
func Hasty(o Options) Options {
	wait, n := o.Wait, 0
	if wait == nil {
		wait = sleep
	}
	o.Wait = func(ctx context.Context, d time.Duration) error {
		if n++; n > hastyWaits || d > hastyWait {
			return errHasty
		}
		return wait(ctx, d)
	}
	return o
}

type reaching struct {
	next  Transport
	clock func() time.Time

	mu    sync.Mutex
	first Reach
}

func (t *reaching) reach() Reach {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// RoundTrip carries a request and notes the first reply.
func (t *reaching) RoundTrip(req *http.Request) (*http.Response, error) {
	began := t.clock()
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return res, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first.Host == "" {
		now := t.clock()
		t.first = Reach{Host: req.URL.Host, Took: now.Sub(began), Seen: now}
		if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
			t.first.At = at
		}
	}
	return res, nil
}

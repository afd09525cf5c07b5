package source

import (
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

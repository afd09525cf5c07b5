// Package receiver owns the way in for webhooks: an HTTP server that lets deliveries in within
// limits, has each proved by its source, has it kept, and acknowledges it only then. app starts it
// and hands it what keeps; it knows no provider and no store, reads nothing from anybody, and logs no
// payload.
package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Limits of every delivery.
const (
	// BodyMax is the largest body that is read, in bytes.
	BodyMax = 1 << 20
	// AtOnce is how many deliveries of one source are worked on at once; more are sent away.
	AtOnce = 512
	// StaleMost is how many genuine deliveries in a row may be stale before it is our clock that is
	// held to be wrong.
	StaleMost = 10
	// retryAfter is how long a provider is asked to wait, in seconds, where nothing better is known.
	retryAfter = 30
)

// Source is a source whose webhooks are taken.
type Source struct {
	Name book.SourceName
	// Ack is the body of the answer, "" for none.
	Ack string
	// Verify is the source's own; it is called from many goroutines at once.
	Verify func(context.Context, source.Delivery) (source.Event, error)
}

// Options are what a receiver needs. All functions are called from many goroutines at once.
type Options struct {
	Sources []Source
	Clock   func() time.Time
	Log     *slog.Logger
	// Keep stores an event and returns once it is on the disk; fresh says that it was not there.
	Keep func(ctx context.Context, name book.SourceName, e source.Event, at book.Instant) (
		fresh bool, err error)
	// Aside stores a delivery that its provider signed and that cannot be read, and returns once it is
	// on the disk.
	Aside func(ctx context.Context, name book.SourceName, d source.Delivery, why error) error
	// Health is the document of /healthz and whether all is well; the clock is told of separately.
	Health func(ctx context.Context) (document map[string]any, ok bool)
}

// Reason says why a delivery was not taken.
type Reason string

// The reasons.
const (
	Forged     Reason = "forged"     // no signature of the provider's
	Stale      Reason = "stale"      // signed at another time than now
	Garbled    Reason = "garbled"    // not what the provider documents, and not signed
	Unreadable Reason = "unreadable" // signed, and put aside
	TooLarge   Reason = "too large"  // more than BodyMax
	Broken     Reason = "broken"     // broke off, or came too slowly
	NotAHook   Reason = "no hook"    // another method or kind of content
	Busy       Reason = "busy"       // more than AtOnce
	Untold     Reason = "untold"     // the source cannot tell now
	NotKept    Reason = "not kept"   // the store refused
)

// Counts say what came in.
type Counts struct {
	// Received counts events that were new, Repeated those that were known.
	Received, Repeated int
	Refused            map[Reason]int
}

// Refusals is the sum of what was refused.
func (c Counts) Refusals() int {
	n := 0
	for _, k := range c.Refused {
		n += k
	}
	return n
}

// Receiver serves POST /hooks/{source} and GET /healthz.
type Receiver struct {
	o     Options
	mux   *http.ServeMux
	gates map[book.SourceName]*gate
}

// gate is one source's way in.
type gate struct {
	Source
	places chan struct{}

	mu     sync.Mutex
	counts Counts
	// stale counts the stale deliveries since the last one that was not.
	stale int
}

// New is a receiver of the options' sources.
func New(o Options) *Receiver {
	r := &Receiver{o: o, mux: http.NewServeMux(), gates: map[book.SourceName]*gate{}}
	for _, s := range o.Sources {
		r.gates[s.Name] = &gate{Source: s, places: make(chan struct{}, AtOnce),
			counts: Counts{Refused: map[Reason]int{}}}
	}
	r.mux.HandleFunc("/hooks/{source}", r.hook)
	r.mux.HandleFunc("GET /healthz", r.health)
	return r
}

// ServeHTTP answers one request.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) { r.mux.ServeHTTP(w, q) }

// Path is where a source's webhooks are taken.
func Path(name book.SourceName) string { return "/hooks/" + string(name) }

// Counts say what came in from each source since the receiver began.
func (r *Receiver) Counts() map[book.SourceName]Counts {
	out := map[book.SourceName]Counts{}
	for name, g := range r.gates {
		g.mu.Lock()
		c := g.counts
		c.Refused = map[Reason]int{}
		for k, n := range g.counts.Refused {
			c.Refused[k] = n
		}
		g.mu.Unlock()
		out[name] = c
	}
	return out
}

// ClockIsOff reports whether so many genuine deliveries in a row were stale that this computer's
// clock must be wrong.
func (r *Receiver) ClockIsOff() bool {
	for _, g := range r.gates {
		if g.clockIsOff() {
			return true
		}
	}
	return false
}

func (g *gate) clockIsOff() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stale >= StaleMost
}

func (r *Receiver) hook(w http.ResponseWriter, q *http.Request) {
	g := r.gates[book.SourceName(q.PathValue("source"))]
	if g == nil {
		http.NotFound(w, q)
		return
	}
	if q.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		r.refuse(w, g, http.StatusMethodNotAllowed, NotAHook, nil)
		return
	}
	if !readable(q.Header) {
		r.refuse(w, g, http.StatusUnsupportedMediaType, NotAHook, nil)
		return
	}
	body, reason := read(w, q)
	switch reason {
	case TooLarge:
		r.refuse(w, g, http.StatusRequestEntityTooLarge, reason, nil)
		return
	case Broken:
		r.refuse(w, g, http.StatusBadRequest, reason, nil)
		return
	}
	select {
	case g.places <- struct{}{}:
		defer func() { <-g.places }()
	default:
		r.refuse(w, g, http.StatusServiceUnavailable, Busy, nil)
		return
	}
	r.deliver(w, q, g, source.Delivery{Header: q.Header, Query: q.URL.Query(), Body: body,
		At: book.At(r.o.Clock())})
}

// readable reports whether a body is of a kind that providers send, as it is.
func readable(h http.Header) bool {
	if e := h.Get("Content-Encoding"); e != "" && e != "identity" {
		return false
	}
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || kind == "application/x-www-form-urlencoded")
}

// read reads a body within the limit; the reason is "" where it was read whole.
func read(w http.ResponseWriter, q *http.Request) ([]byte, Reason) {
	if q.ContentLength > BodyMax {
		return nil, TooLarge
	}
	var body bytes.Buffer
	// The room beyond lets the end be seen without growing.
	body.Grow(int(min(max(q.ContentLength, 0), 64<<10)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, q.Body, BodyMax))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, TooLarge
	case err != nil:
		return nil, Broken
	}
	return body.Bytes(), ""
}

// deliver has a delivery proved and kept, and acknowledges it.
func (r *Receiver) deliver(w http.ResponseWriter, q *http.Request, g *gate, d source.Delivery) {
	e, err := g.Verify(q.Context(), d)
	if err != nil {
		if errors.Is(err, source.ErrUnreadable) {
			r.aside(w, q, g, d, err)
			return
		}
		r.unproven(w, g, err)
		return
	}
	g.fresh()
	isNew, err := r.o.Keep(q.Context(), g.Name, e, d.At)
	if err != nil {
		r.refuse(w, g, http.StatusServiceUnavailable, NotKept, err)
		return
	}
	g.took(isNew)
	r.o.Log.Info("webhook", "source", g.Name, "event", e.ID, "type", e.Type, "new", isNew)
	g.acknowledge(w)
}

func (g *gate) acknowledge(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, g.Ack)
}

// aside puts a delivery aside that would come again the same, and acknowledges it.
func (r *Receiver) aside(w http.ResponseWriter, q *http.Request, g *gate, d source.Delivery,
	why error) {
	g.fresh()
	if err := r.o.Aside(q.Context(), g.Name, d, why); err != nil {
		r.refuse(w, g, http.StatusServiceUnavailable, NotKept, err)
		return
	}
	g.mu.Lock()
	g.counts.Refused[Unreadable]++
	g.mu.Unlock()
	r.o.Log.Warn("webhook put aside: the provider signed what cannot be read", "source", g.Name,
		"error", why)
	g.acknowledge(w)
}

// unproven answers a delivery that its source does not believe, or cannot tell of now.
func (r *Receiver) unproven(w http.ResponseWriter, g *gate, err error) {
	var e *source.Error
	kind := source.KindOf(err)
	switch {
	case errors.Is(err, source.ErrStale):
		status := http.StatusBadRequest
		if g.isStale() {
			status = http.StatusServiceUnavailable
			r.o.Log.Error("genuine webhooks come at another time than they were signed for: set this "+
				"computer's clock", "source", g.Name)
		}
		r.refuse(w, g, status, Stale, err)
	case kind == source.KindAuth:
		r.refuse(w, g, http.StatusBadRequest, Forged, err)
	case kind == source.KindMalformed:
		r.refuse(w, g, http.StatusBadRequest, Garbled, err)
	default:
		if errors.As(err, &e) && e.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter/time.Second)+1))
		}
		r.refuse(w, g, http.StatusServiceUnavailable, Untold, err)
	}
}

func (g *gate) fresh() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stale = 0
}

// isStale counts a stale delivery and reports whether there were too many in a row.
func (g *gate) isStale() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stale++
	return g.stale >= StaleMost
}

func (g *gate) took(isNew bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if isNew {
		g.counts.Received++
	} else {
		g.counts.Repeated++
	}
}

// refuse answers a delivery that was not kept. Who sends is told nothing but the status.
func (r *Receiver) refuse(w http.ResponseWriter, g *gate, status int, why Reason, err error) {
	g.mu.Lock()
	g.counts.Refused[why]++
	g.mu.Unlock()
	r.o.Log.Info("webhook refused", "source", g.Name, "status", status, "why", why, "error", err)
	if status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
}

func (r *Receiver) health(w http.ResponseWriter, q *http.Request) {
	document, ok := r.o.Health(q.Context())
	if r.ClockIsOff() {
		ok, document["clock"] = false, "wrong"
	}
	document["ok"] = ok
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(document); err != nil {
		r.o.Log.Info("health", "error", err)
	}
}

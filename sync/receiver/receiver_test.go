package receiver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// desk keeps in memory and says what it is told to say.
type desk struct {
	mu       sync.Mutex
	kept     map[string]int
	verify   error
	refusal  error
	put      []string
	hold     chan struct{}
	log      bytes.Buffer
	receiver *Receiver
}

func newDesk() *desk {
	d := &desk{kept: map[string]int{}}
	d.receiver = New(Options{Clock: func() time.Time { return time.UnixMilli(5000) },
		Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Sources: []Source{{Name: "gate", Ack: "*ok*", Verify: func(_ context.Context,
			x source.Delivery) (source.Event, error) {
			if x.At != 5000 {
				return source.Event{}, fmt.Errorf("came in at %s", x.At)
			}
			if d.hold != nil {
				<-d.hold
			}
			return source.Event{ID: string(x.Body), Type: "t", About: []string{x.Query.Get("q")}}, d.verify
		}}},
		Keep: func(_ context.Context, name book.SourceName, e source.Event, at book.Instant) (bool, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.refusal != nil {
				return false, d.refusal
			}
			d.kept[fmt.Sprint(name, " ", e.ID, " ", e.About, " ", int64(at))]++
			return len(d.kept) == 1, nil
		},
		Aside: func(_ context.Context, name book.SourceName, x source.Delivery, why error) error {
			d.put = append(d.put, fmt.Sprint(name, " ", string(x.Body), " ", why))
			return d.refusal
		},
		Health: func(context.Context) (map[string]any, bool) {
			return map[string]any{"waiting": 3}, d.refusal == nil
		}})
	return d
}

// post sends one delivery; header are pairs.
func (d *desk) post(method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	d.receiver.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	big := strings.Repeat("x", BodyMax)
	fail := func(k source.Kind) error { return &source.Error{Kind: k, Detail: "4242 secret"} }
	for _, c := range []struct {
		name, method, target, body string
		header                     []string
		verify, refusal            error
		status                     int
		reason                     Reason
	}{
		{name: "right", status: 200},
		{name: "a form", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 200},
		{name: "the largest", body: big, status: 200},
		{name: "too large", body: big + "x", status: 413, reason: TooLarge},
		{name: "get", method: "GET", status: 405, reason: NotAHook},
		{name: "put", method: "PUT", status: 405, reason: NotAHook},
		{name: "unknown source", target: "/hooks/other", status: 404},
		{name: "below a source", target: "/hooks/gate/x", status: 404},
		{name: "no kind", header: []string{"Content-Type", ""}, status: 415, reason: NotAHook},
		{name: "html", header: []string{"Content-Type", "text/html"}, status: 415, reason: NotAHook},
		{name: "packed", header: []string{"Content-Encoding", "gzip"}, status: 415, reason: NotAHook},
		{name: "forged", verify: fail(source.KindAuth), status: 400, reason: Forged},
		{name: "garbled", verify: fail(source.KindMalformed), status: 400, reason: Garbled},
		{name: "stale", verify: &source.Error{Kind: source.KindAuth, Err: source.ErrStale}, status: 400,
			reason: Stale},
		{name: "cannot tell", verify: fail(source.KindUnavailable), status: 503, reason: Untold},
		{name: "limited", verify: &source.Error{Kind: source.KindLimited, RetryAfter: time.Minute},
			status: 503, reason: Untold},
		{name: "another error", verify: errors.New("no"), status: 503, reason: Untold},
		{name: "disk full", refusal: errors.New("full"), status: 503, reason: NotKept},
	} {
		d := newDesk()
		d.verify, d.refusal = c.verify, c.refusal
		if c.method == "" {
			c.method = http.MethodPost
		}
		if c.target == "" {
			c.target = "/hooks/gate?q=1"
		}
		if c.body == "" {
			c.body = "evt"
		}
		w := d.post(c.method, c.target, c.body, c.header...)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.status)
		}
		if retry := w.Header().Get("Retry-After"); (retry != "") != (c.status == 503) ||
			c.name == "limited" && retry != "61" {
			t.Errorf("%s: retry after %q", c.name, retry)
		}
		counts := d.receiver.Counts()["gate"]
		if c.status == 200 {
			if w.Body.String() != "*ok*" || d.kept["gate "+c.body+" [1] 5000"] != 1 || counts.Received != 1 {
				t.Errorf("%s: answered %q, kept %.80v, %+v", c.name, w.Body, d.kept, counts)
			}
			continue
		}
		if len(d.kept) != 0 || counts.Received+counts.Repeated != 0 || counts.Refused[c.reason] != counts.Refusals() ||
			counts.Refusals() != map[bool]int{true: 1}[c.reason != ""] {
			t.Errorf("%s: kept %v, %+v", c.name, d.kept, counts)
		}
		if c.status != 404 && w.Body.Len() != 0 {
			t.Errorf("%s: the sender is told %q", c.name, w.Body)
		}
		if strings.Contains(d.log.String(), "evt") {
			t.Errorf("%s: the log holds the payload: %s", c.name, &d.log)
		}
	}
}

// What the provider signed and nobody can read is kept aside before it is acknowledged.
func TestUnreadableIsPutAside(t *testing.T) {
	d := newDesk()
	d.verify = &source.Error{Kind: source.KindMalformed, Detail: "no event", Err: source.ErrUnreadable}
	w := d.post("POST", "/hooks/gate", "evt")
	if w.Code != 200 || w.Body.String() != "*ok*" || len(d.kept) != 0 || len(d.put) != 1 ||
		!strings.HasPrefix(d.put[0], "gate evt ") {
		t.Errorf("%d %q, kept %v, aside %v", w.Code, w.Body, d.kept, d.put)
	}
	d.refusal = errors.New("full")
	if w := d.post("POST", "/hooks/gate", "evt"); w.Code != 503 {
		t.Errorf("one that cannot be kept is answered by %d", w.Code)
	}
	if c := d.receiver.Counts()["gate"]; c.Received != 0 || c.Refused[Unreadable] != 1 || c.Refused[NotKept] != 1 {
		t.Errorf("%+v", c)
	}
}

func TestRepeatsAreAcknowledged(t *testing.T) {
	d := newDesk()
	for range 3 {
		if w := d.post("POST", "/hooks/gate", "evt"); w.Code != 200 {
			t.Fatal(w.Code)
		}
		d.kept["other"] = 1
	}
	if c := d.receiver.Counts()["gate"]; c.Received != 1 || c.Repeated != 2 || c.Refusals() != 0 {
		t.Errorf("%+v", c)
	}
}

// Genuine deliveries that are stale one after the other mean that our clock is wrong: providers are
// asked to come again instead of giving up.
func TestAWrongClock(t *testing.T) {
	d := newDesk()
	stale := &source.Error{Kind: source.KindAuth, Err: source.ErrStale}
	d.verify = stale
	for n := range StaleMost + 2 {
		want := 400
		if n >= StaleMost-1 {
			want = 503
		}
		if w := d.post("POST", "/hooks/gate", "evt"); w.Code != want {
			t.Fatalf("stale delivery %d: %d", n+1, w.Code)
		}
	}
	h := d.post("GET", "/healthz", "")
	if h.Code != 503 || !strings.Contains(h.Body.String(), `"clock":"wrong"`) || !d.receiver.ClockIsOff() {
		t.Errorf("health: %d %s", h.Code, h.Body)
	}
	d.verify = nil
	d.post("POST", "/hooks/gate", "evt")
	d.verify = stale
	if w := d.post("POST", "/hooks/gate", "evt"); w.Code != 400 || d.receiver.ClockIsOff() {
		t.Errorf("after a right one: %d", w.Code)
	}
	if h := d.post("GET", "/healthz", ""); h.Code != 200 || !strings.Contains(h.Body.String(), `"waiting":3`) {
		t.Errorf("health: %d %s", h.Code, h.Body)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	d := newDesk()
	d.hold = make(chan struct{})
	codes := make(chan int, AtOnce+1)
	for range AtOnce + 1 {
		go func() { codes <- d.post("POST", "/hooks/gate", "evt").Code }()
	}
	if first := <-codes; first != 503 {
		t.Errorf("the one too many got %d", first)
	}
	close(d.hold)
	for range AtOnce {
		if code := <-codes; code != 200 {
			t.Errorf("one within the limit got %d", code)
		}
	}
}

// TestConnections talks to a listening receiver as strangers do.
func TestConnections(t *testing.T) {
	d := newDesk()
	s, err := Listen(t.Context(), "127.0.0.1:0", d.receiver)
	if err != nil {
		t.Fatal(err)
	}
	if !OnlyHere(s.Addr()) || OnlyHere("0.0.0.0:1") || OnlyHere("[::]:1") || !OnlyHere("localhost:1") {
		t.Errorf("%s is told to be open", s.Addr())
	}
	if _, err := Listen(t.Context(), s.Addr(), d.receiver); err == nil {
		t.Error("two listen at one address")
	}
	ask := func(text string) string {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
		line, _ := bufio.NewReader(c).ReadString('\n')
		return strings.TrimSpace(line)
	}
	const post = "POST /hooks/gate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	for text, want := range map[string]string{
		post + "Content-Length: 3\r\n\r\nevt":                            "HTTP/1.1 200 OK",
		post + "Content-Length: 9\r\n\r\nevt":                            "HTTP/1.1 400 Bad Request",
		post + "Content-Length: 2000000\r\n\r\nevt":                      "HTTP/1.1 413 Request Entity Too Large",
		post + "Transfer-Encoding: chunked\r\n\r\n3\r\nevt\r\n0\r\n\r\n": "HTTP/1.1 200 OK",
		post + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n":          "HTTP/1.1 431 Request Header Fields Too Large",
		"\x16\x03\x01\x00": "HTTP/1.1 400 Bad Request",
	} {
		if got := ask(text); got != want {
			t.Errorf("%.90q: %q, want %q", text, got, want)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("it listens after its end")
	}
}

// TestSlowStrangers lets a connection say nothing, and one half of a request: both are let go of.
func TestSlowStrangers(t *testing.T) {
	t.Parallel()
	d := newDesk()
	s, err := Listen(t.Context(), "127.0.0.1:0", d.receiver)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(context.WithoutCancel(t.Context())) }()
	if limit := s.server.ReadTimeout; limit == 0 || limit > 30*time.Second {
		t.Errorf("a body may take %v", limit)
	}
	for _, text := range []string{"", "POST /hooks/gate HTTP/1.1\r\nHost: x\r\nContent-"} {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, text)
		if err := c.SetReadDeadline(time.Now().Add(4 * headersWithin)); err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, c)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			t.Errorf("who sends %q and no more is waited for", text)
		}
	}
	if len(d.kept) != 0 {
		t.Error("half a request was kept")
	}
}

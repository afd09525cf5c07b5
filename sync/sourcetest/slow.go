package sourcetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"countinghouse/sync/source"
)

// slow lets replies come in drops, which is no fault, and stall, which is one.
func (s Subject) slow(t *testing.T) {
	t.Run("in drops", func(t *testing.T) {
		w := s.World()
		r, b := s.open(t, w, drops(s.Serve(w))), NewBooks()
		r.mustPull(b)
		r.want(b)
		if len(r.waits) != 0 {
			t.Errorf("waited %v for a server that is slow", r.waits)
		}
	})
	for name, before := range map[string]bool{"before the reply": true, "in its midst": false} {
		t.Run("stalled "+name, func(t *testing.T) {
			w := s.World()
			server := httptest.NewServer(s.Serve(w))
			t.Cleanup(server.Close)
			r := s.openAt(t, w, server.URL, &stalling{nth: 3, before: before})
			b := NewBooks()
			r.mustPull(b)
			r.want(b)
			if len(r.waits) == 0 {
				t.Error("did not wait")
			}
			s.openAt(t, w, server.URL, &stalling{nth: 1, before: before}).
				failsBothWays(source.KindUnavailable)
		})
	}
}

// drops sends each reply a few bytes at a time.
func drops(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		body := rec.Body.Bytes()
		for len(body) > 0 {
			n := min(len(body), 1+len(body)/5)
			_, _ = w.Write(body[:n])
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic("sourcetest: " + err.Error())
			}
			body = body[n:]
		}
	})
}

// stalling is a network on which every nth request, the first one first, gets no reply in time, or
// only half of one.
type stalling struct {
	nth, count int
	before     bool
}

func (s *stalling) RoundTrip(q *http.Request) (*http.Response, error) {
	s.count++
	if s.count%s.nth != 1%s.nth {
		return http.DefaultTransport.RoundTrip(q)
	}
	if s.before {
		return nil, os.ErrDeadlineExceeded
	}
	res, err := http.DefaultTransport.RoundTrip(q)
	if err == nil {
		res.Body = &stalled{body: res.Body, left: 20}
		res.ContentLength = -1
	}
	return res, err
}

// stalled is a reply that stops coming.
type stalled struct {
	body io.ReadCloser
	left int
}

func (s *stalled) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := s.body.Read(p[:min(len(p), s.left)])
	s.left -= n
	if err == io.EOF {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func (s *stalled) Close() error { return s.body.Close() }

// skewed lets our clock be wrong by more than two days, either way.
func (s Subject) skewed(t *testing.T) {
	for _, skew := range []time.Duration{-50 * time.Hour, 50 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			w := s.World()
			r, b := s.open(t, w, s.Serve(w)), NewBooks()
			r.options.Clock = func() time.Time { return w.Now.Time().Add(skew) }
			r.reopen()
			r.mustPull(b)
			r.want(b)
			b.Changed = nil
			r.mustPull(b)
			if len(b.Changed) != 0 {
				t.Errorf("a second pull changed %v", b.Changed)
			}
		})
	}
}

package sourcetest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"countinghouse/sync/source"
)

func (s Subject) check(t *testing.T) {
	w := s.World()
	h, err := s.open(t, w, s.Serve(w)).source.Check(t.Context())
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	if h.Account == "" || h.Live || len(h.Missing) != 0 {
		t.Errorf("account %q, live %v, missing %v", h.Account, h.Live, h.Missing)
	}
	wrong := map[string]source.Secret{}
	for field, secret := range s.Secrets {
		wrong[field] = secret[:len(secret)-1] + "#"
	}
	r := s.open(t, w, s.Serve(w))
	r.options.Secrets = wrong
	r.reopen()
	r.s.Secrets = wrong
	r.failsBothWays(source.KindAuth)
	r.never(func() { r.options.Secrets = nil; _, err = s.Open(r.options) })
	if source.KindOf(err) != source.KindAuth {
		t.Errorf("open without secrets: %v", err)
	}
	for _, h := range []http.Handler{html(http.StatusOK), html(http.StatusNotFound),
		http.RedirectHandler("/elsewhere", http.StatusFound)} {
		s.open(t, w, h).failsBothWays(source.KindMalformed)
	}
}

// never runs something that must not open the network.
func (r *rig) never(f func()) {
	r.options.Transport = failing{}
	f()
}

// failsBothWays wants an error of one kind from Check and from Pull, and nothing kept.
func (r *rig) failsBothWays(kind source.Kind) {
	r.t.Helper()
	_, err := r.source.Check(r.t.Context())
	r.wantError("check", err, kind)
	b := NewBooks()
	r.wantError("pull", r.pull(b), kind)
	if all := b.All(); all.Len() != 0 {
		r.t.Errorf("%d records came with an error", all.Len())
	}
}

// wantError wants an error of this source, of a kind, that names its operation and no secret.
func (r *rig) wantError(op string, err error, kind source.Kind) {
	r.t.Helper()
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != kind {
		r.t.Fatalf("%s: want kind %q, got %q: %v", op, kind, source.KindOf(err), err)
	}
	if e.Source != r.s.Name || e.Op == "" {
		r.t.Errorf("%s: error of source %q at %q", op, e.Source, e.Op)
	}
	for ; err != nil; err = errors.Unwrap(err) {
		r.noSecret(err.Error())
	}
	r.noSecret(e.Detail + e.Hint)
}

func (s Subject) unreachable(t *testing.T) {
	w := s.World()
	// No server listens at port 1; one that a server gave back may belong to another by now.
	const closed = "http://127.0.0.1:1"
	silent := log.New(io.Discard, "", 0)
	untrusted := httptest.NewUnstartedServer(s.Serve(w))
	untrusted.Config.ErrorLog = silent
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	unknown := failing{&net.DNSError{Err: "no such host", Name: "gone.invalid", IsNotFound: true}}
	for _, c := range []struct {
		name, url string
		transport source.Transport
		waits     bool
	}{
		{"refused", closed, nil, true},
		{"untrusted", untrusted.URL, nil, false},
		{"not https", "https" + s.open(t, w, s.Serve(w)).options.URL[len("http"):], nil, false},
		{"unknown", "https://gone.invalid", unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.openAt(t, w, c.url, c.transport)
			r.failsBothWays(source.KindUnavailable)
			_, err := r.source.Check(t.Context())
			var e *source.Error
			if errors.As(err, &e) && e.Hint == "" {
				t.Errorf("no hint what to do: %v", err)
			}
			if (len(r.waits) > 0) != c.waits {
				t.Errorf("waited %v", r.waits)
			}
		})
	}
}

func (s Subject) cancel(t *testing.T) {
	w := s.World()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r := s.open(t, w, s.Serve(w))
	r.wantCanceled(ctx)
	t.Run("in a call", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			stop()
			<-r.Context().Done()
		})
		s.open(t, w, hang).wantCanceled(ctx)
	})
	t.Run("in a wait", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r := s.open(t, w, s.fail(http.StatusTooManyRequests, ""))
		r.options.Wait = func(ctx context.Context, _ time.Duration) error {
			stop()
			return ctx.Err()
		}
		r.reopen()
		r.wantCanceled(ctx)
	})
	t.Run("between pages", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r, b := s.open(t, w, s.Cut(s.Serve(w), 2)), NewBooks()
		err := r.source.Pull(ctx, source.Request{Books: b}, func(p source.Page) error {
			b.Keep(p)
			stop()
			return nil
		})
		if !errors.Is(err, context.Canceled) || b.Pages != 1 {
			t.Errorf("%d pages, then %v", b.Pages, err)
		}
	})
}

// wantCanceled wants a pull to end with the context's error and nothing kept.
func (r *rig) wantCanceled(ctx context.Context) {
	r.t.Helper()
	err := r.source.Pull(ctx, source.Request{Books: NewBooks()}, func(source.Page) error {
		r.t.Error("a page came after the end")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		r.t.Errorf("pull: %v", err)
	}
}

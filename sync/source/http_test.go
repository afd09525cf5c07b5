package source

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCheckURL(t *testing.T) {
	for _, ok := range []string{"https://billing.example.com", "https://x.example/portal/",
		"http://127.0.0.1:8640/stripe", "http://localhost:1", "http://[::1]:2", " https://x.example "} {
		if u, err := CheckURL(ok); err != nil || strings.HasSuffix(u.Path, "/") {
			t.Errorf("%q gives %v, %v", ok, u, err)
		}
	}
	for _, bad := range []string{"", "billing.example.com", "ftp://x.example", "http://x.example",
		"http://10.0.0.1", "https://me:pw@x.example", "https://x.example?key=1", "https://x.example/#a",
		"https://", "http://127.0.0.1.example.com"} {
		_, err := CheckURL(bad)
		if err == nil {
			t.Errorf("%q is accepted", bad)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("the error about %q holds its password: %v", bad, err)
		}
	}
}

func reply(status int, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestStatusesHaveKinds(t *testing.T) {
	for status, want := range map[int]Kind{200: "", 201: "", 301: KindMalformed, 400: KindRefused,
		401: KindAuth, 403: KindAuth, 404: KindRefused, 408: KindUnavailable, 429: KindLimited,
		500: KindUnavailable, 503: KindUnavailable} {
		if got := KindOf(StatusError("billing", "read", reply(status), "")); got != want {
			t.Errorf("%d is %q, want %q", status, got, want)
		}
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	date := "Wed, 04 Nov 2026 08:00:00 GMT"
	for value, want := range map[string]time.Duration{"": 0, "7": 7 * time.Second, " 0 ": 0, "-3": 0,
		"soon": 0, "Wed, 04 Nov 2026 08:01:30 GMT": 90 * time.Second,
		"Wed, 04 Nov 2026 07:00:00 GMT": 0} {
		if got := RetryAfter(reply(429, "Retry-After", value, "Date", date)); got != want {
			t.Errorf("%q asks for %v, want %v", value, got, want)
		}
	}
}

// waits records how long a retry wanted to wait.
func waits(list *[]time.Duration) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		*list = append(*list, d)
		return ctx.Err()
	}
}

func TestRetryWaitsLongerEachTime(t *testing.T) {
	var pauses []time.Duration
	calls := 0
	err := Retry(context.Background(), Options{Wait: waits(&pauses)}, func(context.Context) error {
		calls++
		return &Error{Kind: KindUnavailable}
	})
	if KindOf(err) != KindUnavailable || calls != Tries || len(pauses) != Tries-1 {
		t.Fatalf("%d calls, %d waits, %v", calls, len(pauses), err)
	}
	base := 500 * time.Millisecond
	for i, p := range pauses {
		if p < base/2 || p > base*3/2 {
			t.Errorf("wait %d is %v, want about %v", i, p, base)
		}
		base *= 2
	}
}

func TestRetryObeysTheServer(t *testing.T) {
	var pauses []time.Duration
	calls := 0
	err := Retry(context.Background(), Options{Wait: waits(&pauses)}, func(context.Context) error {
		if calls++; calls < 3 {
			return &Error{Kind: KindLimited, RetryAfter: 20 * time.Second}
		}
		return nil
	})
	if err != nil || calls != 3 || len(pauses) != 2 {
		t.Fatalf("%d calls, waits %v, %v", calls, pauses, err)
	}
	for _, p := range pauses {
		if p < 20*time.Second || p > 23*time.Second {
			t.Errorf("waits %v, asked for 20 s", p)
		}
	}
}

func TestRetryGivesUpAtOnce(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		err error
	}{
		"a refusal":        {context.Background(), &Error{Kind: KindRefused}},
		"a wrong key":      {context.Background(), &Error{Kind: KindAuth}},
		"another error":    {context.Background(), errors.New("keep failed")},
		"an hour's wait":   {context.Background(), &Error{Kind: KindLimited, RetryAfter: time.Hour}},
		"a cancelled pull": {cancelled, &Error{Kind: KindUnavailable}},
	} {
		var pauses []time.Duration
		calls := 0
		err := Retry(c.ctx, Options{Wait: waits(&pauses)}, func(context.Context) error {
			calls++
			return c.err
		})
		if calls != 1 || len(pauses) != 0 || !errors.Is(err, c.err) {
			t.Errorf("%s: %d calls, waits %v, %v", name, calls, pauses, err)
		}
	}
}

func TestSecretsPrintAsNothing(t *testing.T) {
	s := Secret("sk_live_x")
	if b, err := s.MarshalText(); err != nil || string(b) != "[redacted]" || s.String() != "[redacted]" ||
		s.GoString() != "[redacted]" || s.Reveal() != "sk_live_x" {
		t.Errorf("a secret prints as %s", b)
	}
}

package source

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestHastyGivesUpSoon repeats a read that fails: twice, and with its own error.
func TestHastyGivesUpSoon(t *testing.T) {
	tries, waits := 0, 0
	failed := &Error{Kind: KindUnavailable, Op: "read", Source: "x"}
	o := Hasty(Options{Wait: func(context.Context, time.Duration) error { waits++; return nil }})
	err := Retry(context.Background(), o, func(context.Context) error { tries++; return failed })
	if err != error(failed) || tries != 3 || waits != 2 {
		t.Errorf("%d tries, %d waits, %v", tries, waits, err)
	}
}

// TestReachIsTheFirstReply asks twice: what is told is of the first reply, also where it is a refusal.
func TestReachIsTheFirstReply(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Tue, 03 Nov 2026 09:36:05 GMT")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	now := time.Date(2026, 11, 3, 9, 36, 0, 0, time.UTC)
	o, reach := Reaching(Options{Clock: func() time.Time { now = now.Add(40 * time.Millisecond); return now }})
	if r := reach(); r.Host != "" {
		t.Errorf("before any reply: %+v", r)
	}
	for range 2 {
		res, err := Client(o).Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r := reach()
	if "http://"+r.Host != server.URL || r.Took != 40*time.Millisecond ||
		r.At.Sub(r.Seen) != 5*time.Second-80*time.Millisecond {
		t.Errorf("reached %+v", r)
	}
}

package sourcetest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"countinghouse/sync/source"
)

// Rewrite is a handler whose replies pass through change: for the Break of a Subject.
func Rewrite(h http.Handler, change func(r *http.Request, body []byte) []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(change(r, rec.Body.Bytes()))
	})
}

// every is a handler that lets a fault answer each nth request, the first one first, and passes the
// others on.
func every(n int64, h, fault http.Handler) http.Handler {
	var count atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1)%n == 1%n {
			fault.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// cutOff closes the connection without a reply.
var cutOff = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
	panic(http.ErrAbortHandler)
})

// halfWay begins a reply and closes the connection in its midst.
var halfWay = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100000")
	_, _ = io.WriteString(w, `{"object":`)
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic("sourcetest: " + err.Error())
	}
	panic(http.ErrAbortHandler)
})

// html answers as a web server that is not the provider.
func html(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title><p>Nothing here.")
	})
}

// huge answers with far more than anyone should read, and counts what was taken.
type huge struct{ taken atomic.Int64 }

func (h *huge) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"object":"list","data":["`)
	part := strings.Repeat("x", 1<<20)
	for range 3 * source.ReplyMax >> 20 {
		n, err := io.WriteString(w, part)
		h.taken.Add(int64(n))
		if err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"]}`)
}

// fail is the subject's own error with a message that holds all of the subject's secrets.
func (s Subject) fail(status int, retryAfter string) http.Handler {
	message := "no"
	for field, secret := range s.Secrets {
		message += fmt.Sprintf(" %s=%s", field, secret.Reveal())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		s.Fail(w, r, status, message)
	})
}

// failing is a transport that no call may reach.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) {
	if f.err == nil {
		panic("sourcetest: the network was opened")
	}
	return nil, f.err
}

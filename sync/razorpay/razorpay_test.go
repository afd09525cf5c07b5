package razorpay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func secrets() map[string]source.Secret {
	out := map[string]source.Secret{}
	for field, s := range SimulatorSecrets() {
		out[field] = source.Secret(s)
	}
	return out
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{
		Name:    world.RazorpayName,
		Open:    func(o source.Options) (source.Puller, error) { return New(o) },
		World:   small,
		Serve:   func(w *world.World) http.Handler { return NewSimulator(w) },
		Secrets: secrets(),
		Expect:  expect,
		Touch:   touch,
		Break:   breakOne,
		Cut:     cut,
		Fail:    fail,

		Deliver:   Deliveries,
		Signature: []string{headerSignature},
	}
}

func TestContract(t *testing.T) { sourcetest.Run(t, subject()) }

// breakOne spoils a payment wherever it stands: its amount is no number any more.
func breakOne(h http.Handler, _ *world.World, plant string) (http.Handler, book.ItemID) {
	text, _ := json.Marshal(plant)
	return sourcetest.Rewrite(h, func(_ *http.Request, body []byte) []byte {
		return bytes.ReplaceAll(body, []byte(`"amount":431700,`),
			append(append([]byte(`"amount":`), text...), ','))
	}), item(rid("pay", "Failed"))
}

// cut makes a server give at most so many objects a page.
func cut(h http.Handler, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if n, err := strconv.Atoi(q.Get("count")); err == nil && n > most {
			q.Set("count", strconv.Itoa(most))
			r.URL.RawQuery = q.Encode()
		}
		h.ServeHTTP(w, r)
	})
}

// fail answers in Razorpay's first shape.
func fail(w http.ResponseWriter, _ *http.Request, status int, message string) {
	code := "BAD_REQUEST_ERROR"
	if status >= 500 {
		code = "SERVER_ERROR"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode((&simError{code: code, description: message}).body())
}

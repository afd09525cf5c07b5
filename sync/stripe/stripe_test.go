package stripe

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
		Name:    world.StripeName,
		Open:    func(o source.Options) (source.Puller, error) { return New(o) },
		Serve:   func(w *world.World) http.Handler { return NewSimulator(w) },
		Secrets: secrets(),
		Expect:  expect,
		Touch:   touch,
		Break:   breakOne,
		Cut:     cut,
		Fail:    fail,
		Deliver: Deliveries, Signature: []string{"Stripe-Signature"}, Window: source.ReplayWindow,
	}
}

func TestContract(t *testing.T) { sourcetest.Run(t, subject()) }

// breakOne spoils a charge's row wherever it stands: its amount is no number any more.
func breakOne(h http.Handler, _ *world.World, plant string) (http.Handler, book.ItemID) {
	text, _ := json.Marshal(plant)
	whole := []byte(`"id":"txn_card2","object":"balance_transaction","amount":4900`)
	broken := append(bytes.TrimSuffix(whole, []byte("4900")), text...)
	return sourcetest.Rewrite(h, func(_ *http.Request, body []byte) []byte {
		return bytes.ReplaceAll(body, whole, broken)
	}), "stripe:ch_card2"
}

// cut makes a server give at most so many objects a page.
func cut(h http.Handler, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > most {
			q.Set("limit", strconv.Itoa(most))
			r.URL.RawQuery = q.Encode()
		}
		h.ServeHTTP(w, r)
	})
}

// fail answers in Stripe's envelope.
func fail(w http.ResponseWriter, _ *http.Request, status int, message string) {
	kind := "invalid_request_error"
	if status >= 500 {
		kind = "api_error"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"type": kind,
		"message": message}})
}

package paypal

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
		Name:    world.PayPalName,
		Open:    func(o source.Options) (source.Puller, error) { return New(o) },
		World:   small,
		Serve:   func(w *world.World) http.Handler { return NewSimulator(w) },
		Secrets: secrets(),
		Expect:  expect,
		Touch:   touch,
		Break:   breakOne,
		Cut:     cut,
		Fail:    fail,
		Deliver: Deliveries,
		Signature: []string{"Paypal-Transmission-Id", "Paypal-Transmission-Time",
			"Paypal-Transmission-Sig", "Paypal-Cert-Url", "Paypal-Auth-Algo"},
		Window: replayWindow,
	}
}

func TestContract(t *testing.T) { sourcetest.Run(t, subject()) }

// breakOne spoils a sale's row wherever it stands: its amount is no number any more.
func breakOne(h http.Handler, _ *world.World, plant string) (http.Handler, book.ItemID) {
	mark := []byte(`"transaction_id":"` + id("SALE2") + `"`)
	text, _ := json.Marshal(plant)
	return sourcetest.Rewrite(h, func(_ *http.Request, body []byte) []byte {
		var reply struct {
			Rows []json.RawMessage `json:"transaction_details"`
		}
		if json.Unmarshal(body, &reply) != nil {
			return body
		}
		for _, row := range reply.Rows {
			if bytes.Contains(row, mark) {
				body = bytes.Replace(body, row, bytes.Replace(row, []byte(`"value":"49.00"`),
					append([]byte(`"value":`), text...), 3), 1)
			}
		}
		return body
	}), native(id("SALE2"))
}

// cut makes a server give at most so many rows a page.
func cut(h http.Handler, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if n, err := strconv.Atoi(q.Get("page_size")); err == nil && n > most {
			q.Set("page_size", strconv.Itoa(most))
			r.URL.RawQuery = q.Encode()
		}
		h.ServeHTTP(w, r)
	})
}

// fail answers in PayPal's form.
func fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	name := map[int]string{400: "VALIDATION_ERROR", 401: "AUTHENTICATION_FAILURE",
		429: "RATE_LIMIT_REACHED", 500: "INTERNAL_SERVER_ERROR"}[status]
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"name": name, "message": message,
		"debug_id": "f1a2b3c4d5e6f", "path": r.URL.Path})
}

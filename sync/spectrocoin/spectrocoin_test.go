package spectrocoin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
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

// open opens a source at the address of a server, which lies before the documented path.
func open(o source.Options) (source.Puller, error) {
	o.URL += publicPath
	return New(o)
}

func subject() sourcetest.Subject {
	return sourcetest.Subject{
		Name:    world.SpectroCoinName,
		Open:    open,
		World:   small,
		Serve:   func(w *world.World) http.Handler { return NewSimulator(w) },
		Secrets: secrets(),
		Expect:  expect,
		Touch:   touch,
		Break:   breakOne,
		Cut:     cut,
		Fail:    fail,
		Deliver: Deliveries,
		Unsigned: func(d source.Delivery) bool {
			return d.Header.Get("Content-Type") == "application/json"
		},
	}
}

func TestContract(t *testing.T) { sourcetest.Run(t, subject()) }

// breakOne spoils an order wherever it stands: its amount is no number any more.
func breakOne(h http.Handler, _ *world.World, plant string) (http.Handler, book.ItemID) {
	id := uuid(5)
	var spoil func(v any)
	spoil = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["id"] == id {
				v["receiveAmount"] = plant
			}
			for _, inner := range v {
				spoil(inner)
			}
		case []any:
			for _, inner := range v {
				spoil(inner)
			}
		}
	}
	return sourcetest.Rewrite(h, func(_ *http.Request, body []byte) []byte {
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return body
		}
		spoil(v)
		out, _ := json.Marshal(v)
		return out
	}), native(id)
}

// cut makes a server give at most so many records a page.
func cut(h http.Handler, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if n, err := strconv.Atoi(q.Get(listNames.size)); err == nil && n > most {
			q.Set(listNames.size, strconv.Itoa(most))
			r.URL.RawQuery = q.Encode()
		}
		h.ServeHTTP(w, r)
	})
}

// fail answers in the documented form. A token is given in spite of a bad request: 400 there means
// wrong credentials.
func fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusBadRequest && strings.HasSuffix(r.URL.Path, "/token") {
		_, _ = w.Write([]byte(`{"access_token":"any-token","expires_in":3600}`))
		return
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"defaultMessage": message,
		"errorCode": "GEN_1 - ", "spanId": "1", "traceId": "2"})
}

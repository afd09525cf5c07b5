package whmcs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
)

// TestAuth checks the order of authentication, and that each refusal says what to do.
func TestAuth(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*SimOptions)
		hint   string
	}{
		"address first": {func(o *SimOptions) {
			o.AllowedIPs, o.Secret, o.Denied = []string{"192.0.2.1"}, "other", []string{"GetClients"}
		}, "API IP Access Restriction"},
		"then credentials": {func(o *SimOptions) {
			o.Secret, o.Denied = "other", []string{"WhmcsDetails"}
		}, "Check identifier and secret"},
		"empty list": {func(o *SimOptions) { o.AllowedIPs = []string{} }, "API IP Access"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sourcetest.Small()
			_, err := opened(t, w, NewSimulator(w, c.change)).Check(t.Context())
			var e *source.Error
			if !errors.As(err, &e) || e.Kind != source.KindAuth || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("check: %+v", e)
			}
		})
	}
	w := sourcetest.Small()
	s := opened(t, w, NewSimulator(w, func(o *SimOptions) {
		o.AllowedIPs, o.AccessKey = []string{}, "key-!@#$%.()*[]-_"
		o.Denied = []string{"getcredits", "WhmcsDetails", "GetInvoice"}
	}))
	s.options.Secrets["access_key"] = "key-!@#$%.()*[]-_"
	h, err := s.Check(t.Context())
	const missing = "[invoice details (GetInvoice) client credit (GetCredits)]"
	if err != nil || fmt.Sprint(h.Missing) != missing {
		t.Errorf("check: %+v, %v", h, err)
	}
	err = s.Pull(t.Context(), source.Request{Books: sourcetest.NewBooks()},
		func(source.Page) error { return nil })
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindAuth ||
		!strings.Contains(e.Hint, "lacks the action GetCredits") {
		t.Errorf("pull: %+v", e)
	}
}

func TestCheckVersions(t *testing.T) {
	w := sourcetest.Small()
	for version, want := range map[string]string{"7.7": "7", "8.13.1": "8.13.1", "9.0.0": "9.0.0"} {
		h, err := opened(t, w, NewSimulator(w, func(o *SimOptions) { o.Version = version })).
			Check(t.Context())
		if err != nil || h.Version != want || h.Live {
			t.Errorf("%s: %+v, %v", version, h, err)
		}
	}
}

// TestCalls makes sure that a pull of unchanged books asks for nothing that it need not.
func TestCalls(t *testing.T) {
	w := rich()
	sim := NewSimulator(w)
	calls := map[string]int{}
	s := opened(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		calls[r.Form.Get("action")]++
		sim.ServeHTTP(rw, r)
	}))
	b := sourcetest.NewBooks()
	pullInto(t, s, b, false)
	if calls["GetInvoice"] != len(w.Invoices) || calls["GetTransactions"] != len(w.Customers) {
		t.Errorf("first pull of %d invoices, %d clients: %v", len(w.Invoices), len(w.Customers), calls)
	}
	clear(calls)
	pullInto(t, s, b, false)
	open, err := b.Unsettled(t.Context(), book.KindInvoice, 0)
	if err != nil {
		t.Fatal(err)
	}
	if calls["GetInvoice"] != len(open) || calls["GetTransactions"] > len(w.Customers)/turns+1 {
		t.Errorf("second pull with %d open invoices of %d clients: %v", len(open), len(w.Customers),
			calls)
	}
}

// TestNoSecretInBooks looks for what WHMCS puts into replies and nobody may keep.
func TestNoSecretInBooks(t *testing.T) {
	w := sourcetest.Small()
	w.Services[0].Recurring = money.New(1, "EUR")
	s := opened(t, w, NewSimulator(w, func(o *SimOptions) {
		o.Spoil = map[string]map[string]string{"service 301": {"recurringamount": "x"},
			"client 2": {"credit": "x"}}
	}))
	b := sourcetest.NewBooks()
	pullInto(t, s, b, false)
	if len(b.Rejects()) != 2 {
		t.Fatalf("rejects %+v", b.Rejects())
	}
	text := fmt.Sprintf("%+v %+v", b.All(), b.Rejects())
	for _, secret := range []string{servicePassword, simSecret, simIdentifier, "a secret answer"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is kept", secret)
		}
	}
}

// TestLogOrder does not trust an activity log that is not newest first: a late payment that leaves
// no other trace is found all the same.
func TestLogOrder(t *testing.T) {
	for _, denied := range []bool{false, true} {
		w := sourcetest.Small()
		b := sourcetest.NewBooks()
		turned := func() http.Handler {
			sim := NewSimulator(w, func(o *SimOptions) {
				if denied {
					o.Denied = []string{"GetActivityLog"}
				}
			})
			return sourcetest.Rewrite(sim, func(_ *http.Request, body []byte) []byte {
				n, ok := parseJSON(body)
				rows, err := n.list("activity", "entry")
				if !ok || err != nil || len(rows) == 0 {
					return body
				}
				slices.Reverse(rows)
				out, err := json.Marshal(map[string]any{"result": "success", "activity": rows})
				if err != nil {
					t.Error(err)
				}
				return out
			})
		}
		pullInto(t, opened(t, w, turned()), b, false)
		touch(w)
		pullInto(t, opened(t, w, turned()), b, false)
		same(t, expect(w), b.All())
	}
}

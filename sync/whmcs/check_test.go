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

// TestPermissions tries every action that a pull makes; one that it can do without is not missing.
func TestPermissions(t *testing.T) {
	w := sourcetest.Small()
	h, err := opened(t, w, NewSimulator(w, func(o *SimOptions) {
		o.Denied = []string{"GetPayMethods", "GetCredits"}
	})).Check(t.Context())
	if err != nil || fmt.Sprint(h.Missing) != "[client credit (GetCredits)]" {
		t.Errorf("%+v, %v", h.Missing, err)
	}
	tried := map[string]bool{}
	for _, p := range h.Permissions {
		tried[p.Title] = true
		denied := p.Title == "GetPayMethods" || p.Title == "GetCredits"
		if p.Granted == denied || p.Needed == optional[p.Title] || p.UsedFor == "" {
			t.Errorf("%+v", p)
		}
	}
	if len(tried) != 13 || len(h.Permissions) != 13 {
		t.Errorf("%d permissions: %v", len(h.Permissions), tried)
	}
}

// TestCautions names what the automation does that a person should know of.
func TestCautions(t *testing.T) {
	w := sourcetest.Small()
	for name, c := range map[string]struct {
		change func(*SimOptions)
		want   []string
	}{
		"usual": {func(*SimOptions) {}, []string{"Suspend Days: 5"}},
		"daily": {func(o *SimOptions) {
			o.Settings = map[string]string{"CCRetryEveryWeekFor": "0", "AutoSuspension": ""}
		}, []string{"Retry Every Week For: 0, which retries daily until paid"}},
		"once": {func(o *SimOptions) {
			o.Settings = map[string]string{"CCRetryEveryWeekFor": "0", "CCAttemptOnlyOnce": "on",
				"AutoTermination": "on"}
		}, []string{"Suspend Days: 5", "Termination Days: 30"}},
		"hidden": {func(o *SimOptions) { o.Denied = []string{"GetConfigurationValue"} }, nil},
		"nine": {func(o *SimOptions) { o.Version = "9.0.1" }, []string{"Suspend Days",
			"credit and debit notes"}},
	} {
		h, err := opened(t, w, NewSimulator(w, c.change)).Check(t.Context())
		if err != nil || len(h.Warnings) != len(c.want) {
			t.Errorf("%s: %v, %v", name, h.Warnings, err)
			continue
		}
		for i, part := range c.want {
			if !strings.Contains(h.Warnings[i], part) {
				t.Errorf("%s: %s", name, h.Warnings[i])
			}
		}
	}
}

// TestNotes lets a credit note of release 9 lower what an invoice owes: the balance is taken as WHMCS
// states it, and nothing else changes.
func TestNotes(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	noted := func(o *SimOptions) { o.Version, o.Notes = "9.0.1", map[int]int64{1005: 2000} }
	pullInto(t, opened(t, w, NewSimulator(w, func(o *SimOptions) { o.Version = "9.0.1" })), b, false)
	pullInto(t, opened(t, w, NewSimulator(w, noted)), b, false)
	want := expect(w)
	for i := range want.Invoices {
		if want.Invoices[i].ID == "billing:invoice/1005" {
			want.Invoices[i].Balance -= 2000
		}
	}
	same(t, want, b.All())
}

// TestWhatTheRoleHidesIsLeftOut pulls without the actions that a pull can do without.
func TestWhatTheRoleHidesIsLeftOut(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, opened(t, w, NewSimulator(w, func(o *SimOptions) {
		o.Denied = []string{"GetPayMethods", "GetConfigurationValue"}
	})), b, true)
	want := expect(w)
	want.SavedMethods, want.Settings = nil, nil
	same(t, want, b.All())
	// Once it may be read it is there, and a role that loses it again takes nothing away.
	pullInto(t, opened(t, w, NewSimulator(w)), b, true)
	same(t, expect(w), b.All())
	pullInto(t, opened(t, w, NewSimulator(w, func(o *SimOptions) {
		o.Denied = []string{"GetPayMethods", "GetConfigurationValue"}
	})), b, true)
	same(t, expect(w), b.All())
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

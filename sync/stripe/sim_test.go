package stripe

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// ask sends one request to a simulator.
func ask(h http.Handler, key, version, method, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if version != "" {
		r.Header.Set("Stripe-Version", version)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestSimulatorErrors(t *testing.T) {
	sim := NewSimulator(sourcetest.Small()).With(Quirks{Denied: []string{"disputes"}})
	const get, key = http.MethodGet, simulatorKey
	many := "/v1/events?limit=1" + strings.Repeat("&types[]=charge.failed", 21)
	for _, c := range []struct {
		key, version, method, target string
		status                       int
		code, param, message         string
	}{
		{"", "", get, "/v1/balance", 401, "", "", "did not provide"},
		{"sk_test_other", "", get, "/v1/balance", 401, "", "", "Invalid API Key provided: sk_test_*"},
		{key, "2020-01-01", get, "/v1/balance", 400, "", "", "Invalid Stripe API version"},
		{key, "", get, "/v1/disputes", 403, "", "", "required permissions"},
		{key, "", http.MethodPost, "/v1/charges", 404, "", "", "Unrecognized request URL (POST"},
		{key, "", get, "/v1/nothing", 404, "", "", "Unrecognized"},
		{key, "", get, "/v2/charges", 404, "", "", "Unrecognized"},
		{key, "", get, "/v1/charges/ch_0", 404, "resource_missing", "id", "No such charge"},
		{key, "", get, "/v1/charges?color=red", 400, "parameter_unknown", "color", "unknown"},
		{key, "", get, "/v1/balance?limit=1", 400, "parameter_unknown", "limit", "unknown"},
		{key, "", get, "/v1/charges?payout=po_1", 400, "parameter_unknown", "payout", "unknown"},
		{key, "", get, "/v1/charges?limit=101", 400, "parameter_invalid_integer", "limit", "101"},
		{key, "", get, "/v1/charges?limit=0", 400, "parameter_invalid_integer", "limit", "0"},
		{key, "", get, "/v1/charges?created[gte]=now", 400, "parameter_invalid_integer",
			"created[gte]", "now"},
		{key, "", get, "/v1/charges?created[from]=1", 400, "parameter_unknown", "created[from]", ""},
		{key, "", get, "/v1/charges?starting_after=ch_0", 400, "resource_missing",
			"starting_after", "No such charge: 'ch_0'"},
		{key, "", get, "/v1/charges?starting_after=a&ending_before=b", 400, "", "ending_before",
			"only use one"},
		{key, "", get, "/v1/charges?expand[]=data.source", 400, "", "expand", "cannot be expanded"},
		{key, "", get, "/v1/charges?expand[]=balance_transaction", 400, "", "expand", ""},
		{key, "", get, many, 400, "", "types", "exceeded"},
		{key, "", get, "/v1/balance_transactions?payout=po_0", 400, "resource_missing", "payout", ""},
		{key, "", get, "/v1/balance_transactions?payout=po_manual", 400, "", "payout", "automatic"},
		{key, "", get, "/v1/balance_transactions?payout=po_late", 400,
			"payout_reconciliation_not_ready", "payout", "not ready"},
	} {
		rec := ask(sim, c.key, c.version, c.method, c.target)
		var reply struct {
			Error struct{ Type, Code, Param, Message string }
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &reply); err != nil {
			t.Fatalf("%s: %v", c.target, err)
		}
		e := reply.Error
		if rec.Code != c.status || e.Code != c.code || e.Param != c.param ||
			!strings.Contains(e.Message, c.message) || e.Type != "invalid_request_error" ||
			rec.Header().Get("Request-Id") == "" {
			t.Errorf("%s: HTTP %d %+v", c.target, rec.Code, e)
		}
	}
}

// TestSimulatorPages walks lists from both ends and with filters.
func TestSimulatorPages(t *testing.T) {
	w := sourcetest.Small()
	sim := NewSimulator(w)
	list := func(query string) (ids []string, more bool) {
		rec := ask(sim, simulatorKey, "2023-10-16", http.MethodGet,
			"/v1/balance_transactions?"+query)
		var l struct {
			HasMore bool `json:"has_more"`
			Data    []struct{ ID string }
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &l); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: HTTP %d %s", query, rec.Code, rec.Body)
		}
		for _, d := range l.Data {
			ids = append(ids, d.ID)
		}
		return ids, l.HasMore
	}
	all, _ := list("limit=100")
	if len(all) != len(w.Stripe.Movements) || all[len(all)-1] != w.Stripe.Movements[0].ID {
		t.Fatalf("%d of %d rows, the last %s", len(all), len(w.Stripe.Movements), all[len(all)-1])
	}
	var down, up []string
	for after, more := "", true; more; after = "&starting_after=" + down[len(down)-1] {
		var ids []string
		ids, more = list("limit=7" + after)
		down = append(down, ids...)
	}
	for before, more := all[len(all)-1], true; more; before = up[0] {
		var ids []string
		ids, more = list("limit=4&ending_before=" + before)
		up = append(ids, up...)
	}
	if !slices.Equal(down, all) || !slices.Equal(append(up, all[len(all)-1]), all) {
		t.Errorf("all %v\ndown %v\nup %v", all, down, up)
	}
	at := seconds(w.Stripe.Movements[3].At)
	created := func(m world.Movement) int { return cmp.Compare(seconds(m.At), at) }
	text := strconv.FormatInt(at, 10)
	for query, want := range map[string]func(world.Movement) bool{
		"type=refund": func(m world.Movement) bool { return m.Type == "refund" },
		"currency=eur&type=charge": func(m world.Movement) bool {
			return m.Type == "charge" && m.Currency == "EUR"
		},
		"source=ch_card2":               func(m world.Movement) bool { return m.SourceID == "ch_card2" },
		"payout=po_paid":                func(m world.Movement) bool { return m.PayoutID == "po_paid" },
		"currency=eur&payout=po_back":   func(m world.Movement) bool { return m.PayoutID == "po_back" },
		"type=none":                     func(world.Movement) bool { return false },
		"source=ch_card2&type=transfer": func(world.Movement) bool { return false },
		"created[gt]=" + text:           func(m world.Movement) bool { return created(m) > 0 },
		"created[gte]=" + text:          func(m world.Movement) bool { return created(m) >= 0 },
		"created[lte]=" + text:          func(m world.Movement) bool { return created(m) <= 0 },
		"created[lt]=" + text:           func(m world.Movement) bool { return created(m) < 0 },
		"created=" + text:               func(m world.Movement) bool { return created(m) == 0 },
	} {
		var ids []string
		for _, m := range w.Stripe.Movements {
			if want(m) {
				ids = append([]string{m.ID}, ids...)
			}
		}
		if got, _ := list("limit=100&" + query); !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", query, got, ids)
		}
	}
}

// TestPermissions opens the account with keys that lack one permission each.
func TestPermissions(t *testing.T) {
	w := sourcetest.Small()
	for _, c := range []struct{ resource, missing string }{
		{"balance_transactions", "Balance transaction sources: Read"},
		{"charges", "Charges and Refunds: Read"}, {"refunds", "Charges and Refunds: Read"},
		{"disputes", "Disputes: Read"}, {"payouts", "Payouts: Read"}, {"events", "Events: Read"},
		{"account", ""},
	} {
		s := serve(t, w, NewSimulator(w).With(Quirks{Denied: []string{c.resource}}))
		h, err := s.Check(t.Context())
		if err != nil || strings.Join(h.Missing, "; ") != c.missing {
			t.Errorf("check without %s: missing %v, %v", c.resource, h.Missing, err)
		}
		b := sourcetest.NewBooks()
		err = s.Pull(t.Context(), source.Request{Books: b}, func(p source.Page) error {
			b.Keep(p)
			return nil
		})
		if c.resource == "events" || c.resource == "account" {
			if err != nil {
				t.Errorf("pull without %s: %v", c.resource, err)
			}
			continue
		}
		var e *source.Error
		if !errors.As(err, &e) || e.Kind != source.KindAuth ||
			!strings.Contains(e.Hint, strings.TrimSuffix(c.missing, ": Read")) {
			t.Errorf("pull without %s: %v", c.resource, err)
		}
	}
	if _, err := serve(t, w, NewSimulator(w).With(Quirks{Denied: []string{"balance"}})).
		Check(t.Context()); source.KindOf(err) != source.KindAuth {
		t.Errorf("check without balance: %v", err)
	}
}

// TestQuirks pulls changes while the simulator has its quirks; the books come out the same.
func TestQuirks(t *testing.T) {
	for name, q := range map[string]Quirks{
		"events in another version": {EventVersion: "2026-08-26.dahlia"},
		"no events":                 {Denied: []string{"events"}},
		"locks":                     {LockEvery: 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := sourcetest.Small()
			b := sourcetest.NewBooks()
			pullInto(t, serve(t, w, NewSimulator(w).With(q)), b, source.Request{})
			touch(w)
			pullInto(t, serve(t, w, NewSimulator(w).With(q)), b, source.Request{})
			want := expect(w)
			if slices.Contains(q.Denied, "events") {
				want.SavedMethods = nil // nothing else tells of them
			}
			for _, d := range sourcetest.Diff(want, b.All()) {
				t.Error(d)
			}
		})
	}
}

// TestMembersNotReady finds payouts whose members Stripe does not give yet, though it says that it
// knows them; the next pull has them.
func TestMembersNotReady(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{NotReady: true})), b, source.Request{})
	for _, p := range b.All().Payouts {
		if p.Members == book.MembersStated {
			t.Errorf("%s has stated members", p.ID)
		}
	}
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	for _, p := range b.All().Payouts {
		// One that came back is told by its event alone, and that lies too far back here.
		want := book.MembersStated
		switch p.ID.Native() {
		case "po_manual":
			want = book.MembersUnstated
		case "po_late", "po_back":
			want = book.MembersPending
		}
		if p.Members != want {
			t.Errorf("%s: members %s", p.ID, p.Members)
		}
	}
}

// TestModes refuses to mix live and test records.
func TestModes(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	live := serve(t, w, NewSimulator(w).With(Quirks{Live: true}))
	if h, err := live.Check(t.Context()); err != nil || !h.Live {
		t.Errorf("live: %v, %v", h.Live, err)
	}
	for cursor, kind := range map[source.Cursor]source.Kind{b.Cursor: source.KindRefused,
		"x": source.KindMalformed, `{"v":9}`: source.KindMalformed,
		`{"v":1,"run":{"stage":99}}`: source.KindMalformed} {
		err := live.Pull(t.Context(), source.Request{Cursor: cursor, Books: b},
			func(source.Page) error { t.Error("a page came"); return nil })
		if source.KindOf(err) != kind {
			t.Errorf("cursor %.20s: %v", cursor, err)
		}
	}
}

// TestMovingLedger lets a charge arrive between the pull of the ledger and the balance.
func TestMovingLedger(t *testing.T) {
	w := sourcetest.Small()
	before := NewSimulator(w)
	after := sourcetest.Small()
	after.Stripe.Charges = append(after.Stripe.Charges, world.Charge{ID: "ch_late", At: w.Now, Amount: w.Stripe.Charges[1].
		Amount, State: book.Succeeded, MethodType: "card", MovementID: "txn_ch_late"})
	after.Stripe.Movements = append(after.Stripe.Movements, world.Movement{ID: "txn_ch_late", Type: "charge",
		Category: "charge", At: w.Now, AvailableAt: w.Now, Currency: "EUR", Gross: 4900, Fee: 99,
		Net: 4801, SourceID: "ch_late"})
	sim, balances := http.Handler(before), 0
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/balance" {
			if balances++; balances == 2 {
				sim = NewSimulator(after)
			}
		}
		sim.ServeHTTP(rw, r)
	})), b, source.Request{})
	for _, d := range sourcetest.Diff(expect(after), b.All()) {
		t.Error(d)
	}
	if balances != 3 {
		t.Errorf("the balance was read %d times", balances)
	}
}

// TestEvents finds a debit that failed within the day by its event alone.
func TestEvents(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	w.Now += 2 * 3600 * 1000
	for i := range w.Stripe.Charges {
		if c := &w.Stripe.Charges[i]; c.ID == "py_pending" {
			c.State, c.FailureCode = book.Failed, "insufficient_funds"
			c.FailureMovementID = "txn_back"
		}
	}
	w.Stripe.Movements = append(w.Stripe.Movements, world.Movement{ID: "txn_back", At: w.Now - 3600*1000,
		Type: "payment_failure_refund", Category: "charge_failure", AvailableAt: w.Now,
		Currency: "EUR", Gross: -3000, Net: -3000, SourceID: "py_pending"})
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
}

// TestPendingRows reads a row again that stayed pending, a day later.
func TestPendingRows(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	w.Now += 25 * 3600 * 1000
	for i := range w.Stripe.Movements {
		if m := &w.Stripe.Movements[i]; m.ID == "txn_pending" {
			m.AvailableAt += 24 * 3600 * 1000
		}
	}
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
}

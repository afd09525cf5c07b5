package paypal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

// transport answers requests without a network.
type transport func(*http.Request) *http.Response

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r), nil }

func answer(h http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

// ask sends one request to a simulator, with a token of its own.
func ask(t *testing.T, s *Simulator, target string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/oauth2/token",
		strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(simulatorClient, simulatorSecret)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	var token wireToken
	if err := json.Unmarshal(rec.Body.Bytes(), &token); err != nil {
		t.Fatal(err)
	}
	r = httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Authorization", "Bearer "+token.Token)
	rec = httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	var reply map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &reply); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return rec.Code, reply
}

func window(from, to string) string {
	return "/v1/reporting/transactions?start_date=" + from + "&end_date=" + to
}

// TestSimulatorErrors asks for what PayPal refuses.
func TestSimulatorErrors(t *testing.T) {
	w := small()
	sim := NewSimulator(w).With(Quirks{Denied: []string{"balances"}, MaximumItems: 30})
	month := window("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z")
	for _, c := range []struct {
		target     string
		status     int
		name, word string
	}{
		{month, 400, tooLarge, `"maximum_items":30`},
		{month, 400, tooLarge, `"total_items":33`},
		{window("2026-10-01T00:00:00Z", "2026-11-01T00:00:01Z"), 400, "INVALID_REQUEST", "31 days"},
		{window("2026-10-02T00:00:00Z", "2026-10-01T00:00:00Z"), 400, "INVALID_REQUEST", "after the start"},
		{window("2023-10-02T00:00:00Z", "2023-10-03T00:00:00Z"), 400, "INVALID_REQUEST", "three years"},
		{window("2026-11-06T00:00:00Z", "2026-11-07T00:00:00Z"), 400, "INVALID_REQUEST", "not available"},
		{window("2026-10-01", "2026-10-02"), 400, "INVALID_REQUEST", "start_date"},
		{window("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z") + "&page_size=501", 400, "INVALID_REQUEST", "page_size"},
		{window("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z") + "&page=0", 400, "INVALID_REQUEST", "page"},
		{"/v1/reporting/balances", 403, "NOT_AUTHORIZED", "PERMISSION_DENIED"},
		{"/v1/customer/disputes?page_size=51", 400, "INVALID_REQUEST", "page_size"},
		{"/v1/customer/disputes?update_time_after=2026-01-01T00:00:00Z", 400, "INVALID_REQUEST", "180 days"},
		{"/v1/customer/disputes?start_time=2026-10-01T00:00:00Z&disputed_transaction_id=X", 400,
			"INVALID_REQUEST", "exclude"},
		{"/v1/customer/disputes/PP-D-0", 404, "RESOURCE_NOT_FOUND", ""},
		{"/v1/payments/payouts", 404, "RESOURCE_NOT_FOUND", ""},
		{"/v1/notifications/webhooks-events?start_time=x", 400, "INVALID_REQUEST", "start_time"},
	} {
		status, reply := ask(t, sim, c.target)
		text, _ := json.Marshal(reply)
		if status != c.status || reply["name"] != c.name || !strings.Contains(string(text), c.word) {
			t.Errorf("%s: HTTP %d %s", c.target, status, text)
		}
	}
	for header, want := range map[string]string{"": "AUTHENTICATION_FAILURE",
		"Bearer A21AAother": "AUTHENTICATION_FAILURE"} {
		r := httptest.NewRequest(http.MethodGet, month, nil)
		r.Header.Set("Authorization", header)
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, r)
		if rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("with %q: HTTP %d %s", header, rec.Code, rec.Body)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/oauth2/token", nil)
	r.SetBasicAuth(simulatorClient, "wrong")
	rec := httptest.NewRecorder()
	sim.ServeHTTP(rec, r)
	if rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Body.String(), `"error":"invalid_client"`) {
		t.Errorf("a wrong secret: HTTP %d %s", rec.Code, rec.Body)
	}
}

// TestSimulatorWindows looks at edges, which are part of a window, filters, pages and the lag.
func TestSimulatorWindows(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	count := func(s *Simulator, target string) int {
		status, reply := ask(t, s, target)
		if status != http.StatusOK {
			t.Fatalf("%s: HTTP %d %v", target, status, reply)
		}
		return int(reply["total_items"].(float64))
	}
	// SALE1 came on the second at midnight sharp.
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-10-02T00:00:00Z", "2026-10-02T00:00:00Z", 1},
		{"2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", 1},
		{"2026-10-02T00:00:00Z", "2026-10-02T23:59:59Z", 1},
		{"2026-10-01T00:00:00Z", "2026-10-01T23:59:59Z", 0},
		{"2026-10-02T00:00:01Z", "2026-10-02T23:59:59Z", 0},
		{"2026-10-01T23:00:00-01:00", "2026-10-02T02:00:00%2B02:00", 1},
	} {
		if got := count(sim, window(c.from, c.to)); got != c.want {
			t.Errorf("from %s to %s: %d rows, want %d", c.from, c.to, got, c.want)
		}
	}
	first := window("2026-10-02T00:00:00Z", "2026-10-02T00:00:00Z") + "&fields=all"
	row := func(target string) (info, all map[string]any) {
		_, reply := ask(t, sim, target)
		all = reply["transaction_details"].([]any)[0].(map[string]any)
		return all["transaction_info"].(map[string]any), all
	}
	info, all := row(first)
	if info["ending_balance"] == nil || all["payer_info"] == nil ||
		info["transaction_initiation_date"] != "2026-10-02T00:00:00+0000" {
		t.Errorf("a row of a plain window: %v", all)
	}
	info, all = row(strings.TrimSuffix(first, "&fields=all") + "&transaction_id=" + id("SALE1"))
	if info["ending_balance"] != nil || all["payer_info"] != nil {
		t.Errorf("a row under a filter: %v", all)
	}
	if n := count(sim, first+"&balance_affecting_records_only=N"); n != 2 {
		t.Errorf("with memo rows: %d", n)
	}
	month := window("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z")
	whole := count(sim, month)
	sum := 0
	for page := 1; ; page++ {
		_, reply := ask(t, sim, fmt.Sprintf("%s&page_size=7&page=%d", month, page))
		rows := len(reply["transaction_details"].([]any))
		if sum += rows; rows < 7 {
			if int(reply["total_pages"].(float64)) != page {
				t.Errorf("page %d is the last of %v", page, reply["total_pages"])
			}
			break
		}
	}
	if sum != whole {
		t.Errorf("%d rows on pages of %d", sum, whole)
	}
	late := sim.With(Quirks{Lag: 20 * 24 * time.Hour})
	if n := count(late, month); n >= whole || n == 0 {
		t.Errorf("%d rows behind a lag, %d without", n, whole)
	}
}

// TestSimulatorBalances adds up: of every currency the running balance of the last row is the balance
// of that moment, less what is withheld.
func TestSimulatorBalances(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	last := map[string]string{}
	for _, from := range []string{"2026-10-01", "2026-10-16", "2026-11-01"} {
		start, err := book.ParseDate(from)
		if err != nil {
			t.Fatal(err)
		}
		end := start.Time().AddDate(0, 0, 15).Add(-time.Second)
		_, reply := ask(t, sim.With(Quirks{ByInitiation: true}), window(from+"T00:00:00Z", end.Format(time.RFC3339))+
			"&page_size=500")
		for _, row := range reply["transaction_details"].([]any) {
			info := row.(map[string]any)["transaction_info"].(map[string]any)
			b := info["ending_balance"].(map[string]any)
			last[b["currency_code"].(string)] = b["value"].(string)
		}
	}
	_, reply := ask(t, sim, "/v1/reporting/balances")
	list := reply["balances"].([]any)
	if len(list) != 4 {
		t.Fatalf("%d balances", len(list))
	}
	for _, one := range list {
		b := one.(map[string]any)
		value := func(name string) string { return b[name].(map[string]any)["value"].(string) }
		currency := b["currency"].(string)
		if value("available_balance") != last[currency] {
			t.Errorf("%s: %s available, the rows end with %s", currency, value("available_balance"),
				last[currency])
		}
		if currency == "EUR" && value("withheld_balance") != "15.00" {
			t.Errorf("withheld: %s", value("withheld_balance"))
		}
	}
}

package razorpay

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"countinghouse/sync/world"
)

// ask sends one request to a simulator.
func ask(h http.Handler, authorization, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if authorization == "" {
		r.SetBasicAuth(simulatorKeyID, simulatorSecret)
	} else {
		r.Header.Set("Authorization", authorization)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// TestSimulatorWantsKeys answers 401 to everything else than Basic and the right pair.
func TestSimulatorWantsKeys(t *testing.T) {
	sim := NewSimulator(small())
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth(simulatorKeyID, simulatorSecret)
	right := r.Header.Get("Authorization")
	r.SetBasicAuth(simulatorKeyID, "else")
	for authorization, want := range map[string]int{right: 200, "basic" + right[5:]: 401,
		"Bearer " + simulatorSecret: 401, r.Header.Get("Authorization"): 401, "-": 401} {
		if rec := ask(sim, authorization, "/v1/payments"); rec.Code != want ||
			want == 401 && !strings.Contains(rec.Body.String(), `"Authentication failed"`) {
			t.Errorf("%q gives %d, want %d: %s", authorization, rec.Code, want, rec.Body)
		}
	}
}

// TestSimulatorPages answers collections without a total, 10 at a time where nobody asks for more,
// newest first, and lets skip and the bounds of time choose.
func TestSimulatorPages(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	list := func(target string) []string {
		t.Helper()
		var page map[string]json.RawMessage
		rec := ask(sim, "", target)
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || len(page) != 3 {
			t.Fatalf("%s: %s", target, rec.Body)
		}
		var items []struct {
			ID       string `json:"id"`
			EntityID string `json:"entity_id"`
		}
		if err := json.Unmarshal(page["items"], &items); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, i := range items {
			out = append(out, i.ID+i.EntityID)
		}
		return out
	}
	all := list("/v1/payments?count=100")
	if len(all) != len(w.Razorpay.Charges) || all[0] != rid("pay", "New") {
		t.Errorf("%d payments, the first is %s", len(all), all[0])
	}
	if n := len(list("/v1/payments")); n != 10 {
		t.Errorf("%d payments by default", n)
	}
	if got := list("/v1/payments?count=2&skip=3"); strings.Join(got, " ") != all[3]+" "+all[4] {
		t.Errorf("skip 3 gives %v", got)
	}
	if got := list("/v1/payments?skip=1000"); len(got) != 0 {
		t.Errorf("skip 1000 gives %v", got)
	}
	if got := list("/v1/payments?to=946684800"); len(got) != 0 {
		t.Errorf("the year 2000 has %v", got)
	}
	month := list("/v1/settlements/recon/combined?year=2026&month=10&count=1000")
	day := list("/v1/settlements/recon/combined?year=2026&month=10&day=6&count=1000")
	if len(day) == 0 || len(day) >= len(month) {
		t.Errorf("%d rows of a day, %d of the month", len(day), len(month))
	}
	if got := list("/v1/settlements/recon/combined?year=2026&month=9"); len(got) != 0 {
		t.Errorf("rows before the opening: %v", got)
	}
}

// TestSimulatorWritesAsRazorpayDoes looks at the shapes that readers trip over.
func TestSimulatorWritesAsRazorpayDoes(t *testing.T) {
	sim := NewSimulator(small())
	for target, want := range map[string][]string{
		"/v1/payments/" + rid("pay", "Dinar"):   {`"notes":[]`, `"amount":12500`, `"captured":true`},
		"/v1/payments/" + rid("pay", "Dollars"): {`"base_amount":831250`, `"base_currency":"INR"`},
		"/v1/payments/" + rid("pay", "Held"):    {`"status":"authorized"`, `"fee":null`, `"tax":null`},
		"/v1/payments/" + rid("pay", "Void"):    {`"status":"refunded"`, `"captured":false`},
		"/v1/payments/" + rid("pay", "Card1"):   {`"fee":11564`, `"tax":1764`},
		"/v1/refunds/" + rid("rfnd", "Instant"): {`"speed_processed":"instant"`},
		"/v1/disputes/" + rid("disp", "Lost"):   {`"amount_deducted":490000`, `"phase":"pre_arbitration"`},
		"/v1/disputes/" + rid("disp", "Open"):   {`"amount_deducted":0`, `"phase":"retrieval"`},
		"/v1/settlements/" + rid("setl", "back"): {`"status":"failed"`,
			`"utr":"RZRP173069230702"`},
		"/v1/settlements/ondemand/" + rid("setlod", "Twice") + "?expand[]=ondemand_payouts": {
			`"setlodp_Twice`, `"utr":"ICICN0002"`, `"amount_settled":298820`},
		"/v1/settlements/recon/combined?year=2026&month=10&count=1000": {`"notes":"{}"`, `"notes":[]`,
			`"notes":null`, `"notes":{`, `"type":"payment"`, `"type":"refund"`, `"type":"transfer"`,
			`"type":"adjustment"`, `"dispute_id":"disp_`},
	} {
		rec := ask(sim, "", target)
		for _, part := range want {
			if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), part) {
				t.Errorf("%s: no %s in %d %s", target, part, rec.Code, rec.Body)
			}
		}
	}
	if rec := ask(sim, "", "/v1/settlements/ondemand/setlod_x?expand[]=moon"); rec.Code != 400 ||
		!strings.Contains(rec.Body.String(), `"success":false`) {
		t.Errorf("a bad expand gives %d %s", rec.Code, rec.Body)
	}
}

// TestEmptyWorld serves a business that does not use Razorpay.
func TestEmptyWorld(t *testing.T) {
	w := world.Build(world.Options{Seed: 1, Customers: 1})
	if rec := ask(NewSimulator(w), "", "/v1/payments"); rec.Code != 200 || len(Deliveries(w)) != 0 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

package stripe

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// direct is a transport that hands calls to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

func receiverOf(t *testing.T, w *world.World, secrets map[string]source.Secret) *Stripe {
	t.Helper()
	s, err := New(source.Options{Name: world.StripeName, Secrets: secrets, Zone: w.Zone, Base: w.Base,
		Clock: func() time.Time { return w.Now.Time() }, Transport: direct{NewSimulator(w)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// permute calls fn with every order of n places.
func permute(n int, fn func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var rest func(int)
	rest = func(k int) {
		if k == n {
			fn(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			rest(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	rest(0)
}

// TestAllOrders follows seven events about a charge, its refund, its dispute and the payouts that
// carried them in all 5,040 orders (a tenth of them in a short run), each one by itself and the first one
// twice: there is one end.
func TestAllOrders(t *testing.T) {
	w := sourcetest.Small()
	s := receiverOf(t, w, secrets())
	var events [][]string
	for _, part := range []string{"ch_card2_charge_succeeded", "re_done_refund_created",
		"du_won_charge_dispute_created", "du_won_charge_dispute_funds_reinstated",
		"po_back_payout_created", "po_back_payout_failed", "po_back_payout_reconciliation_completed"} {
		for _, d := range Deliveries(w) {
			if !strings.Contains(string(d.Body), `"evt_`+part+`"`) {
				continue
			}
			e, err := s.Verify(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, e.About)
		}
	}
	if len(events) != 7 {
		t.Fatalf("%d events are there", len(events))
	}
	follow := func(b *sourcetest.Books, about []string) {
		err := s.Follow(t.Context(), about, b, func(p source.Page) error {
			b.Keep(p)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := sourcetest.NewBooks()
	follow(all, slices.Concat(events...))
	want := all.All()
	if want.Len() < 5 {
		t.Fatalf("the events come to %d records", want.Len())
	}
	orders := 0
	permute(len(events), func(order []int) {
		if orders++; testing.Short() && orders%10 != 0 {
			return
		}
		b := sourcetest.NewBooks()
		for _, i := range append(slices.Clone(order), order[0]) {
			follow(b, events[i])
		}
		for _, d := range sourcetest.Diff(want, b.All()) {
			t.Fatalf("order %v: %s", order, d)
		}
	})
	if orders != 5040 {
		t.Errorf("%d orders were tried", orders)
	}
}

// TestSigningSecrets receives with none, one and two secrets.
func TestSigningSecrets(t *testing.T) {
	w := sourcetest.Small()
	body := []byte(`{"id":"evt_1","object":"event","type":"ping","created":1,"livemode":false}`)
	at := int64(w.Now) / 1000
	for _, c := range []struct {
		secret string
		signed source.Delivery
		kind   source.Kind
	}{
		{"whsec_old whsec_new", Sign(body, "whsec_old", at), ""},
		{" whsec_old\nwhsec_new ", Sign(body, "whsec_new", at), ""},
		{"whsec_new", Sign(body, "whsec_old", at), source.KindAuth},
		{"", Sign(body, "", at), source.KindAuth},
		{"  ", Sign(body, "", at), source.KindAuth},
		{"whsec_new", Sign([]byte(`{"object":"balance","id":"x","type":"y"}`), "whsec_new", at),
			source.KindMalformed},
		{"whsec_new", Sign([]byte(`{`), "whsec_new", at), source.KindMalformed},
		{"whsec_new", Sign([]byte(strings.Replace(string(body), "false", "true", 1)), "whsec_new", at),
			source.KindAuth},
		{"whsec_new", Sign([]byte(strings.Replace(string(body), "{", `{"account":"acct_other",`, 1)),
			"whsec_new", at), source.KindAuth},
		{"whsec_new", Sign(body, "whsec_new", at+600), source.KindAuth},
		{"whsec_new", Sign(body, "whsec_new", at-600), source.KindAuth},
	} {
		s := receiverOf(t, w, map[string]source.Secret{"secret_key": simulatorKey,
			"webhook_secret": source.Secret(c.secret)})
		c.signed.At = w.Now
		e, err := s.Verify(t.Context(), c.signed)
		if source.KindOf(err) != c.kind || err == nil && (e.ID != "evt_1" || e.About != nil) {
			t.Errorf("secret %q, %s: %+v, %v", c.secret, c.signed.Body, e, err)
		}
	}
}

// TestRefundedCharge reads the refunds of a charge whose event names the charge alone, as accounts of
// an older version have it.
func TestRefundedCharge(t *testing.T) {
	w := sourcetest.Small()
	s := receiverOf(t, w, secrets())
	e, err := s.Verify(t.Context(), Sign([]byte(`{"id":"evt_1","object":"event","type":"charge.refunded",`+
		`"created":1,"data":{"object":{"id":"ch_card2","object":"charge"}}}`), simulatorSigning,
		int64(w.Now)/1000))
	if err != nil {
		t.Fatal(err)
	}
	b := sourcetest.NewBooks()
	if err := s.Follow(t.Context(), e.About, b, func(p source.Page) error { b.Keep(p); return nil }); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, x := range b.All().Transactions {
		ids = append(ids, string(x.ID))
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"stripe:ch_card2", "stripe:re_done"}) {
		t.Errorf("it brings %v", ids)
	}
}

package paypal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// TestForged spoils a delivery in every way that somebody without PayPal's key could.
func TestForged(t *testing.T) {
	w := small()
	good := Deliveries(w)[7]
	var e wireEvent
	if err := json.Unmarshal(good.Body, &e); err != nil {
		t.Fatal(err)
	}
	moment := good.At
	header := func(name, value string) func(*source.Delivery) {
		return func(d *source.Delivery) { d.Header.Set("Paypal-"+name, value) }
	}
	certificate := good.Header.Get("Paypal-Cert-Url")
	forgeries := map[string]func(*source.Delivery){
		"another algorithm":         header("Auth-Algo", "SHA1withRSA"),
		"no algorithm at all":       header("Auth-Algo", "none"),
		"another transmission":      header("Transmission-Id", "b2384410-f8d2-11e4-8bf3-77339302725b"),
		"another time":              header("Transmission-Time", (moment + 60_000).Time().Format(time.RFC3339)),
		"a time that is none":       header("Transmission-Time", "now"),
		"a signature of nothing":    header("Transmission-Sig", base64.StdEncoding.EncodeToString(make([]byte, 256))),
		"a signature that is none":  header("Transmission-Sig", "%%%"),
		"another host":              header("Cert-Url", strings.Replace(certificate, "api.paypal.com", "paypal.example.com", 1)),
		"a host that ends alike":    header("Cert-Url", strings.Replace(certificate, "api.paypal.com", "evilpaypal.com", 1)),
		"a host that begins alike":  header("Cert-Url", strings.Replace(certificate, "api.paypal.com", "api.paypal.com.example.com", 1)),
		"this computer":             header("Cert-Url", strings.Replace(certificate, "api.paypal.com", "127.0.0.1", 1)),
		"a user before the host":    header("Cert-Url", strings.Replace(certificate, "//", "//api.paypal.com@", 1)),
		"a port":                    header("Cert-Url", strings.Replace(certificate, ".com/", ".com:8443/", 1)),
		"plain http":                header("Cert-Url", strings.Replace(certificate, "https", "http", 1)),
		"a certificate that is not": header("Cert-Url", certificate+"0"),
		"an address that is a page": header("Cert-Url", "https://www.paypal.com/v1/reporting/balances"),
		"another body": func(d *source.Delivery) {
			d.Body = []byte(strings.Replace(string(d.Body), e.Resource.ID, id("OTHER"), 1))
		},
		"for another webhook": func(d *source.Delivery) {
			*d = sign(d.Body, "1", "7AB028458E2496506", moment)
		},
		"signed long ago": func(d *source.Delivery) {
			*d = sign(d.Body, "1", simulatorWebhook, moment)
			d.At += book.Instant((replayWindow + time.Second).Milliseconds())
		},
		"signed in the future": func(d *source.Delivery) {
			*d = sign(d.Body, "1", simulatorWebhook, moment)
			d.At -= book.Instant((source.ReplayWindow + time.Second).Milliseconds())
		},
	}
	for _, name := range subject().Signature {
		forgeries["no "+name] = func(d *source.Delivery) { d.Header.Del(name) }
		forgeries["an empty "+name] = func(d *source.Delivery) { d.Header.Set(name, "") }
	}
	for _, what := range slices.Sorted(maps.Keys(forgeries)) {
		d := good
		d.Header, d.Body = d.Header.Clone(), slices.Clone(d.Body)
		forgeries[what](&d)
		b := newBench(t, w, NewSimulator(w), nil)
		_, err := b.Verify(t.Context(), d)
		var said *source.Error
		if !errors.As(err, &said) || said.Kind != source.KindAuth || said.Op != "verify a webhook" {
			t.Errorf("%s: %v", what, err)
		}
		if stale := strings.HasPrefix(what, "signed "); errors.Is(err, source.ErrStale) != stale {
			t.Errorf("%s: stale %v", what, !stale)
		}
	}
	if _, err := newBench(t, w, NewSimulator(w), nil).Verify(t.Context(), good); err != nil {
		t.Errorf("the delivery that all are made of: %v", err)
	}
}

// TestCertificates serves certificates that must not be trusted.
func TestCertificates(t *testing.T) {
	w := small()
	d := Deliveries(w)[3]
	verify := func(h http.Handler) error {
		_, err := newBench(t, w, h, nil).Verify(t.Context(), d)
		return err
	}
	text := func(body string) http.Handler {
		return sourcetest.Rewrite(NewSimulator(w), func(*http.Request, []byte) []byte {
			return []byte(body)
		})
	}
	other := string(simulatorAuthority().issue("merchant.example.com", simulatorTo, &simulatorKey().PublicKey))
	for what, c := range map[string]struct {
		h    http.Handler
		want string
	}{
		"expired":             {NewSimulator(w).With(Quirks{Expired: true}), "expired"},
		"another authority":   {NewSimulator(w).With(Quirks{Foreign: true}), "unknown authority"},
		"of somebody else":    {text(other), "not PayPal's"},
		"no certificate":      {text("-----BEGIN NOTHING-----"), "no certificate"},
		"a broken one":        {text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "cannot be read"},
		"sent somewhere else": {http.RedirectHandler("/elsewhere", http.StatusFound), "HTTP 302"},
	} {
		err := verify(c.h)
		if source.KindOf(err) != source.KindAuth || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for status, kind := range map[int]source.Kind{429: source.KindLimited, 500: source.KindUnavailable,
		503: source.KindUnavailable, 403: source.KindAuth} {
		err := verify(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		if source.KindOf(err) != kind {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
}

// TestCertificateOnce asks for the certificate once, without a token, whatever comes in.
func TestCertificateOnce(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w), nil)
	for _, d := range Deliveries(w) {
		if _, err := b.Verify(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.asked) != 1 || b.asked[0].Header.Get("Authorization") != "" {
		t.Errorf("%d calls, the first with %q", len(b.asked), b.asked[0].Header)
	}
	// A certificate that has been seen is still held against the time.
	d := sign(Deliveries(w)[0].Body, "1", simulatorWebhook, book.At(simulatorTo.Add(time.Hour)))
	if _, err := b.Verify(t.Context(), d); source.KindOf(err) != source.KindAuth {
		t.Errorf("after its last day: %v", err)
	}
}

// TestLiveTrust makes sure that the simulator's authority is trusted by nobody who talks to PayPal:
// the certificate is asked for at its own address, and refused.
func TestLiveTrust(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	for _, address := range []string{"", liveURL, "https://api-m.sandbox.paypal.com"} {
		var asked []string
		p, err := New(source.Options{Name: world.PayPalName, URL: address, Secrets: secrets(),
			Clock: clock(w.Now), Transport: transport(func(r *http.Request) *http.Response {
				asked = append(asked, r.URL.Host)
				return answer(sim, r)
			})})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Verify(t.Context(), Deliveries(w)[0])
		if source.KindOf(err) != source.KindAuth || !strings.Contains(err.Error(), "not trusted") ||
			!slices.Equal(asked, []string{"api.paypal.com"}) {
			t.Errorf("at %q: asked %v, %v", address, asked, err)
		}
	}
}

// TestAbout says what events speak of.
func TestAbout(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`{"event_type":"PAYMENT.CAPTURE.COMPLETED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"id":"SALE1","create_time":"2026-10-05T07:59:00Z"}}`, "transaction/SALE1@1791187140"},
		{`{"event_type":"PAYMENT.CAPTURE.COMPLETED","create_time":"2026-11-05T08:00:00Z",
			"resource":{"id":"SALE1","create_time":"2026-10-05T08:00:00Z"}}`,
			"transaction/SALE1@1791187200 transaction/SALE1@1793865600"},
		{`{"event_type":"PAYMENT.CAPTURE.REFUNDED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"id":"REFUND1","links":[{"rel":"self","href":"/v2/payments/captures/X"},
			{"rel":"up","href":"https://api-m.paypal.com/v2/payments/captures/SALE1"}]}}`,
			"transaction/REFUND1@1791187200"},
		{`{"event_type":"PAYMENT.SALE.COMPLETED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"id":"SALE1"}}`, "transaction/SALE1@1791187200"},
		{`{"event_type":"PAYMENT.SALE.COMPLETED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"id":"../balances"}}`, ""},
		{`{"event_type":"CUSTOMER.DISPUTE.CREATED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"dispute_id":"PP-D-1"}}`, "dispute/PP-D-1"},
		{`{"event_type":"CUSTOMER.DISPUTE.CREATED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"dispute_id":"../1"}}`, ""},
		{`{"event_type":"CHECKOUT.ORDER.COMPLETED","create_time":"2026-10-05T08:00:00Z",
			"resource":{"id":"ORDER1"}}`, ""},
	} {
		var e wireEvent
		if err := json.Unmarshal([]byte(c.body), &e); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(e.about(), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
}

// TestFollowBehindLag follows what PayPal does not show yet: nothing comes, and nothing is wrong.
func TestFollowBehindLag(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w).With(Quirks{Lag: 70 * time.Hour}), nil)
	books := sourcetest.NewBooks()
	keep := func(p source.Page) error { books.Keep(p); return nil }
	late := "transaction/" + id("ECHECK") + "@1793786400"
	if err := b.Follow(t.Context(), []string{late, "nothing", "dispute/PP-D-0"}, books, keep); err != nil {
		t.Fatal(err)
	}
	if all := books.All(); all.Len() != 0 {
		t.Errorf("%+v came", all)
	}
	b = newBench(t, w, NewSimulator(w), nil)
	if err := b.Follow(t.Context(), []string{late}, books, keep); err != nil {
		t.Fatal(err)
	}
	if all := books.All(); all.Len() != 1 || all.Transactions[0].ID != native(id("ECHECK")) {
		t.Errorf("%+v came", all)
	}
}

// TestAFloodAsksForFewCertificates sends forged deliveries that each name another certificate of PayPal's:
// few are asked for, the rest is put off, and what is known goes on being proven.
func TestAFloodAsksForFewCertificates(t *testing.T) {
	w := small()
	asked := 0
	inner := NewSimulator(w)
	b := newBench(t, w, http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.URL.Path, "/forged/") {
			asked++
			http.NotFound(rw, q)
			return
		}
		inner.ServeHTTP(rw, q)
	}), nil)
	good := Deliveries(w)[3]
	if _, err := b.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	kinds := map[source.Kind]int{}
	for i := range 300 {
		d := good
		d.Header = d.Header.Clone()
		d.Header.Set("Paypal-Cert-Url", fmt.Sprintf("https://api.paypal.com/forged/%d", i))
		_, err := b.Verify(t.Context(), d)
		kinds[source.KindOf(err)]++
	}
	if asked >= fetchesMax || asked == 0 || kinds[source.KindAuth] != asked ||
		kinds[source.KindLimited] != 300-asked {
		t.Errorf("asked for %d certificates; answers %v", asked, kinds)
	}
	if _, err := b.Verify(t.Context(), good); err != nil {
		t.Errorf("a known certificate behind the flood: %v", err)
	}
}

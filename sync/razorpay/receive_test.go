package razorpay

import (
	"net/http"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

const captured = `{"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"payment.captured",` +
	`"contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_DESlfW9H8K9uqM",` +
	`"entity":"payment","amount":100,"currency":"INR"}}},"created_at":1793091661}`

// TestForgedWebhooks takes what is signed with the present or the previous secret, and nothing else.
func TestForgedWebhooks(t *testing.T) {
	with := func(now, before string) *Razorpay {
		all := secrets()
		all["webhook_secret"], all["webhook_secret_previous"] = source.Secret(now), source.Secret(before)
		s, err := New(source.Options{Name: "razorpay", Secrets: all})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const now, before = "secret-of-now", "secret-of-before"
	signed := func(secret string) source.Delivery {
		return Sign([]byte(captured), secret, "evt_1", book.AtUnix(1793091661))
	}
	changed := func(change func(*source.Delivery)) source.Delivery {
		d := signed(now)
		change(&d)
		return d
	}
	set := func(value string) source.Delivery {
		return changed(func(d *source.Delivery) { d.Header.Set(headerSignature, value) })
	}
	right := signed(now).Header.Get(headerSignature)
	for _, c := range []struct {
		name string
		s    *Razorpay
		d    source.Delivery
		want source.Kind
	}{
		{"right", with(now, before), signed(now), ""},
		{"of the previous secret", with(now, before), signed(before), ""},
		{"of the previous secret alone", with("", before), signed(before), ""},
		{"in capitals", with(now, ""), set(strings.ToUpper(right)), ""},
		{"years later", with(now, ""), changed(func(d *source.Delivery) { d.At *= 2 }), ""},
		{"of the previous secret, which is gone", with(now, ""), signed(before), source.KindAuth},
		{"with no secret set", with("", ""), signed(""), source.KindAuth},
		{"of another secret", with(now, before), signed("else"), source.KindAuth},
		{"of an empty secret", with(now, before), signed(""), source.KindAuth},
		{"missing", with(now, before), changed(func(d *source.Delivery) {
			d.Header = http.Header{}
		}), source.KindAuth},
		{"empty", with(now, before), set(""), source.KindAuth},
		{"truncated", with(now, before), set(right[:len(right)-2]), source.KindAuth},
		{"half a byte short", with(now, before), set(right[:len(right)-1]), source.KindAuth},
		{"longer", with(now, before), set(right + "00"), source.KindAuth},
		{"no hex", with(now, before), set("sha256=" + right), source.KindAuth},
		{"over a changed body", with(now, before), changed(func(d *source.Delivery) {
			d.Body = []byte(strings.Replace(captured, `"amount":100`, `"amount":900`, 1))
		}), source.KindAuth},
		{"over a truncated body", with(now, before), changed(func(d *source.Delivery) {
			d.Body = d.Body[:len(d.Body)-1]
		}), source.KindAuth},
		{"over no JSON", with(now, before), Sign([]byte("<html>"), now, "e", 1), source.KindMalformed},
		{"over no event", with(now, before), Sign([]byte(`{"entity":"payment"}`), now, "e", 1),
			source.KindMalformed},
	} {
		e, err := c.s.Verify(t.Context(), c.d)
		if source.KindOf(err) != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v, want kind %q", c.name, err, c.want)
		}
		if err == nil && (!strings.HasPrefix(e.ID, "sha256-") || len(e.About) != 1 || e.About[0] != "payment/pay_DESlfW9H8K9uqM") {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

// TestEventsAreKnownByWhatIsSigned takes a digest of the body: the id in the header is not signed, and
// with another one an old event would pass for new.
func TestEventsAreKnownByWhatIsSigned(t *testing.T) {
	s, err := New(source.Options{Name: "razorpay", Secrets: secrets()})
	if err != nil {
		t.Fatal(err)
	}
	id := func(body, header string) string {
		e, err := s.Verify(t.Context(), Sign([]byte(body), simulatorWebhook, header, 1))
		if err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	other := strings.Replace(captured, "1793091661", "1793091662", 1)
	if id(captured, "a") != id(captured, "b") || id(captured, "") != id(captured, "a") ||
		id(captured, "a") == id(other, "a") {
		t.Errorf("ids %q, %q, %q", id(captured, "a"), id(captured, ""), id(other, "a"))
	}
}

// TestAboutTakesIDsOnly drops what is no id of an object that can be read.
func TestAboutTakesIDsOnly(t *testing.T) {
	s, err := New(source.Options{Name: "razorpay", Secrets: secrets()})
	if err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[string]string{
		`"refund":{"entity":{"id":"rfnd_1"}},"payment":{"entity":{"id":"pay_1"}}`: "payment/pay_1 refund/rfnd_1",
		`"settlement":{"entity":{"id":"setl_1"}}`:                                 "settlement/setl_1",
		`"payment":{"entity":{"id":"pay_1/../../v1/refunds"}}`:                    "",
		`"payment":{"entity":{"id":"setl_1"}}`:                                    "",
		`"token":{"entity":{"id":"token_1"}}`:                                     "",
	} {
		body := `{"entity":"event","event":"x","payload":{` + payload + `}}`
		e, err := s.Verify(t.Context(), Sign([]byte(body), simulatorWebhook, "", 1))
		if err != nil || strings.Join(e.About, " ") != want {
			t.Errorf("%s: %v, %v", payload, e.About, err)
		}
	}
}

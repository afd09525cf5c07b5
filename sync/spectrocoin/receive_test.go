package spectrocoin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// clock is a clock that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// serve opens a source against a handler; change may alter its options.
func serve(t *testing.T, w *world.World, h http.Handler, change ...func(*source.Options)) *SpectroCoin {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o := source.Options{Name: world.SpectroCoinName, URL: server.URL + publicPath,
		Secrets: secrets(), Zone: w.Zone, Base: w.Base,
		Clock: func() time.Time { return w.Now.Time() },
		Wait: func(ctx context.Context, d time.Duration) error {
			t.Errorf("waited %v", d)
			return ctx.Err()
		}}
	for _, f := range change {
		f(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hint(id, project string) source.Delivery {
	b, _ := json.Marshal(map[string]string{"id": id, "merchantApiId": project})
	return source.Delivery{Body: b}
}

func formOf(v url.Values) source.Delivery { return source.Delivery{Body: []byte(v.Encode())} }

// older is the small world's paid order of the older API.
func older(w *world.World) world.Order {
	i := slices.IndexFunc(w.SpectroCoin.Orders, func(o world.Order) bool {
		return o.Older && o.Status == "PAID"
	})
	return w.SpectroCoin.Orders[i]
}

// TestForgedForms brings forms that SpectroCoin has not signed for this merchant.
func TestForgedForms(t *testing.T) {
	w := small()
	s := serve(t, w, NewSimulator(w))
	o := older(w)
	with := func(field, value string) url.Values {
		f := signed(callbackForm(o, "PENDING"), javaForm)
		f.Set(field, value)
		return f
	}
	other := callbackForm(o, "PAID")
	other.Set("merchantId", "4099999")
	unsigned := callbackForm(o, "PAID")
	byMerchant := callbackForm(o, "PAID")
	text, err := callbackSigning.sign(byMerchant, javaForm, merchantKey())
	if err != nil {
		t.Fatal(err)
	}
	byMerchant.Set("sign", text)
	twice := signed(callbackForm(o, "PENDING"), javaForm)
	twice["status"] = []string{"2", "3"}
	for what, c := range map[string]struct {
		d    source.Delivery
		kind source.Kind
	}{
		"another status":          {formOf(with("status", "3")), source.KindAuth},
		"another order":           {formOf(with("orderId", "1-1")), source.KindAuth},
		"another amount":          {formOf(with("receivedAmount", "1")), source.KindAuth},
		"no number":               {formOf(with("receivedAmount", "x")), source.KindMalformed},
		"another description":     {formOf(with("description", "")), source.KindAuth},
		"no base64":               {formOf(with("sign", "%%%")), source.KindAuth},
		"no signature":            {formOf(unsigned), source.KindAuth},
		"another merchant":        {formOf(signed(other, javaForm)), source.KindAuth},
		"the merchant's own key":  {formOf(byMerchant), source.KindAuth},
		"a field twice":           {formOf(twice), source.KindMalformed},
		"a semicolon":             {source.Delivery{Body: []byte("a=1;b=2")}, source.KindMalformed},
		"nothing":                 {source.Delivery{}, source.KindMalformed},
		"a picture":               {source.Delivery{Body: []byte{0x89, 'P', 'N', 'G'}}, source.KindMalformed},
		"too much":                {source.Delivery{Body: make([]byte, bodyMax+1)}, source.KindMalformed},
		"signed, but of no order": {formOf(signed(url.Values{"merchantId": {simulatorMerchant}, "payAmount": {"0"}, "receiveAmount": {"0"}, "receivedAmount": {"0"}, "status": {"3"}}, javaForm)), source.KindMalformed},
	} {
		if e, err := s.Verify(t.Context(), c.d); source.KindOf(err) != c.kind {
			t.Errorf("%s: %+v, %v", what, e, err)
		}
	}
	good := with("payerName", "not signed and not looked at")
	e, err := s.Verify(t.Context(), formOf(good))
	if err != nil || e.Type != "order.PENDING" || !strings.HasPrefix(e.ID, "form/") ||
		!slices.Equal(e.About, []string{"request/20004417/1022-9"}) {
		t.Errorf("a right one: %+v, %v", e, err)
	}
	raw := strings.ReplaceAll(good.Encode(), "+", "%20")
	if again, err := s.Verify(t.Context(), source.Delivery{Body: []byte(raw)}); err != nil ||
		again.ID != e.ID {
		t.Errorf("with %%20 for blanks: %+v, %v", again, err)
	}
}

// TestFormsAreKnownByWhatIsSigned writes the amounts of a form otherwise, which the signature allows: it
// is the same event, so that nobody can pass an old one off as new.
func TestFormsAreKnownByWhatIsSigned(t *testing.T) {
	w := subject().World()
	s := serve(t, w, NewSimulator(w))
	for _, d := range Deliveries(w) {
		form, err := url.ParseQuery(string(d.Body))
		if err != nil || !form.Has("sign") {
			continue
		}
		want, err := s.Verify(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range amountFields {
			other := maps.Clone(form)
			other.Set(field, "+0"+form.Get(field)+"e0")
			e, err := s.Verify(t.Context(), formOf(other))
			other.Set(field, "0"+form.Get(field))
			again, err2 := s.Verify(t.Context(), formOf(other))
			if err == nil && e.ID != want.ID || err2 != nil || again.ID != want.ID {
				t.Errorf("%s written otherwise makes %s and %s of %s: %v, %v", field, e.ID, again.ID, want.ID, err, err2)
			}
		}
		return
	}
	t.Error("no form is sent: nothing is tested")
}

// TestForgedHints brings JSON callbacks, which prove nothing by themselves.
func TestForgedHints(t *testing.T) {
	w := small()
	var orders atomic.Int64
	sim := NewSimulator(w)
	s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/merchants/orders/") {
			orders.Add(1)
		}
		sim.ServeHTTP(rw, r)
	}))
	for what, c := range map[string]struct {
		d    source.Delivery
		kind source.Kind
	}{
		"another project":   {hint(uuid(2), simulatorUser), source.KindAuth},
		"no project":        {source.Delivery{Body: []byte(`{"id":"` + uuid(2) + `"}`)}, source.KindMalformed},
		"no id":             {hint("", simulatorProject), source.KindMalformed},
		"a path":            {hint("../../oauth/token", simulatorProject), source.KindAuth},
		"a short id":        {hint("12", simulatorProject), source.KindAuth},
		"no object":         {source.Delivery{Body: []byte(`{"id":`)}, source.KindMalformed},
		"an id twice":       {source.Delivery{Body: []byte(`{"id":"a","id":"b"}`)}, source.KindMalformed},
		"an id of no order": {source.Delivery{Body: []byte(`{"id":{},"merchantApiId":"x"}`)}, source.KindMalformed},
	} {
		if e, err := s.Verify(t.Context(), c.d); source.KindOf(err) != c.kind {
			t.Errorf("%s: %+v, %v", what, e, err)
		}
	}
	if n := orders.Load(); n != 0 {
		t.Fatalf("%d orders were read for what was no hint", n)
	}
	for range 50 {
		if _, err := s.Verify(t.Context(), hint(uuid(99), simulatorProject)); source.KindOf(err) !=
			source.KindAuth {
			t.Fatalf("an unknown order: %v", err)
		}
	}
	if n := orders.Load(); n != 1 {
		t.Errorf("%d orders were read for one that is unknown", n)
	}
	e, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject))
	if err != nil || e.ID != "order/"+uuid(2)+"/PENDING" || e.Type != "order.PENDING" ||
		!slices.Equal(e.About, []string{"order/" + uuid(2)}) {
		t.Errorf("a right one: %+v, %v", e, err)
	}
}

// TestFlood brings very many false hints: few are looked up, and after a minute right ones count
// again.
func TestFlood(t *testing.T) {
	w := small()
	var orders, now, most atomic.Int64
	sim := NewSimulator(w)
	c := &clock{w.Now.Time()}
	s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/merchants/orders/") {
			orders.Add(1)
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
		}
		sim.ServeHTTP(rw, r)
	}), func(o *source.Options) { o.Clock = c.now })
	var all sync.WaitGroup
	for i := range 400 {
		all.Go(func() {
			_, err := s.Verify(t.Context(), hint(uuid(1000+i), simulatorProject))
			if kind := source.KindOf(err); kind != source.KindAuth && kind != source.KindLimited {
				t.Errorf("a false hint: %v", err)
			}
		})
	}
	all.Wait()
	if orders.Load() > hintsRefused+hintsAtOnce || most.Load() > hintsAtOnce {
		t.Errorf("%d orders were read, %d at once", orders.Load(), most.Load())
	}
	_, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject))
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindLimited || e.RetryAfter != hintsEvery {
		t.Errorf("a right hint in the flood: %v", err)
	}
	c.at = c.at.Add(hintsEvery)
	if _, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject)); err != nil {
		t.Errorf("a right hint a minute later: %v", err)
	}
	for i := range memory + 10 {
		s.hints.leave(fmt.Sprint("id", i), false)
	}
	if len(s.hints.refused) > memory || len(s.hints.order) > memory {
		t.Errorf("%d refused ids are remembered", len(s.hints.refused))
	}
}

// TestOthersOrders answers with an order that names another project: the hint is false, and no pull
// takes it.
func TestOthersOrders(t *testing.T) {
	w := small()
	var orders atomic.Int64
	h := sourcetest.Rewrite(NewSimulator(w), func(r *http.Request, body []byte) []byte {
		if strings.HasSuffix(r.URL.Path, uuid(2)) {
			orders.Add(1)
		}
		return []byte(strings.ReplaceAll(string(body), `"projectId":"`+simulatorProject,
			`"projectId":"`+simulatorUser))
	})
	s := serve(t, w, h)
	for range 3 {
		if _, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject)); source.KindOf(err) !=
			source.KindAuth {
			t.Errorf("verify: %v", err)
		}
	}
	if orders.Load() != 1 {
		t.Errorf("the order was read %d times", orders.Load())
	}
	b := sourcetest.NewBooks()
	pullInto(t, s, b)
	if _, ok := transactions(b)[string(native(uuid(2)))]; ok {
		t.Error("an order of another project is in the books")
	}
}

// TestCannotTell fails while a hint is looked up: SpectroCoin must call again, whatever the cause.
func TestCannotTell(t *testing.T) {
	w := small()
	for status, kind := range map[int]source.Kind{401: source.KindUnavailable,
		403: source.KindUnavailable, 429: source.KindLimited, 500: source.KindUnavailable,
		302: source.KindUnavailable} {
		sim := NewSimulator(w)
		s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				sim.ServeHTTP(rw, r)
				return
			}
			rw.WriteHeader(status)
		}))
		if _, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject)); source.KindOf(err) != kind {
			t.Errorf("HTTP %d: %v", status, err)
		}
		if _, err := s.Verify(t.Context(), formOf(signed(callbackForm(older(w), "PAID"),
			javaForm))); source.KindOf(err) != kind {
			t.Errorf("HTTP %d for the key: %v", status, err)
		}
	}
}

// TestHintsWithoutToken loses our own credentials: that makes nobody's hint a false one.
func TestHintsWithoutToken(t *testing.T) {
	w := small()
	for _, status := range []int{400, 401, 403, 404, 422} {
		sim := NewSimulator(w)
		s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			sim.fail(rw, simError{status, "GEN_2", "No"})
		}))
		_, err := s.Verify(t.Context(), hint(uuid(2), simulatorProject))
		if source.KindOf(err) != source.KindUnavailable || len(s.hints.refused) != 0 {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
}

// TestRotatedKey changes the key of the service: a form signed with the new one counts once the old
// one is ten minutes old, and never where the settings hold the key.
func TestRotatedKey(t *testing.T) {
	w := small()
	c := &clock{w.Now.Time()}
	keys := []string{string(publicPEM(merchantKey())), string(publicPEM(simKey()))}
	var fetched atomic.Int64
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != keyPath {
			http.NotFound(rw, r)
			return
		}
		_, _ = rw.Write([]byte(keys[min(int(fetched.Add(1))-1, len(keys)-1)]))
	})
	d := formOf(signed(callbackForm(older(w), "PAID"), javaForm))
	s := serve(t, w, h, func(o *source.Options) { o.Clock = c.now })
	for range 5 {
		if _, err := s.Verify(t.Context(), d); source.KindOf(err) != source.KindAuth {
			t.Fatalf("signed with another key: %v", err)
		}
	}
	if fetched.Load() != 1 {
		t.Errorf("the key was fetched %d times", fetched.Load())
	}
	c.at = c.at.Add(keyAgain)
	if _, err := s.Verify(t.Context(), d); err != nil {
		t.Errorf("with the new key: %v", err)
	}
	pinned := serve(t, w, h, func(o *source.Options) {
		o.Secrets = maps.Clone(o.Secrets)
		o.Secrets["public_key"] = source.Secret(publicPEM(merchantKey()))
		o.Clock = c.now
	})
	c.at = c.at.Add(time.Hour)
	if _, err := pinned.Verify(t.Context(), d); source.KindOf(err) != source.KindAuth {
		t.Errorf("with the key of the settings: %v", err)
	}
	keys = []string{vendorSample}
	weak := serve(t, w, h)
	if _, err := weak.Verify(t.Context(), d); source.KindOf(err) != source.KindUnavailable {
		t.Errorf("with the vendor's sample key: %v", err)
	}
}

func transactions(b *sourcetest.Books) map[string]book.Transaction {
	out := map[string]book.Transaction{}
	for _, x := range b.All().Transactions {
		out[string(x.ID)] = x
	}
	return out
}

func pullInto(t *testing.T, s *SpectroCoin, b *sourcetest.Books) {
	t.Helper()
	err := s.Pull(t.Context(), source.Request{Cursor: b.Cursor, Books: b}, func(p source.Page) error {
		b.Keep(p)
		return nil
	})
	if err != nil {
		t.Fatalf("pull: %v", err)
	}
}

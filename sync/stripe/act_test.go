package stripe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// till is an account with a client that acts on it, and what the server got.
type till struct {
	t     *testing.T
	sim   *Simulator
	s     *Stripe
	got   []string
	lapse world.Lapse
	swap  func(w http.ResponseWriter) bool
}

func newTill(t *testing.T, answer world.Answer) *till {
	x := &till{t: t}
	x.sim = NewSimulator(sourcetest.Small()).Taking(world.Desk{Issuer: sourcetest.Mood(answer), Lapse: func(string) world.Lapse { return x.lapse }})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body := new(strings.Builder)
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			buf := make([]byte, 1<<16)
			n, _ := r.Body.Read(buf)
			body.Write(buf[:n])
			r.Body = http.NoBody
			r.Body = &replay{strings.NewReader(body.String())}
			x.got = append(x.got, body.String())
			if x.swap != nil && x.swap(w) {
				return
			}
		}
		x.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	x.s, err = New(source.Options{Name: world.StripeName, URL: server.URL,
		Secrets: map[string]source.Secret{"secret_key": simulatorKey},
		Wait:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

type replay struct{ *strings.Reader }

func (*replay) Close() error { return nil }

// order is one of a kind for a charge that succeeded: to be given back, or its customer to be charged.
func (x *till) order(kind book.ActionKind) book.Order {
	x.t.Helper()
	back := map[string]bool{}
	for _, r := range x.sim.World().Stripe.Refunds {
		back[r.ChargeID] = true
	}
	for _, d := range x.sim.World().Stripe.Disputes {
		back[d.ChargeID] = true
	}
	for _, c := range x.sim.World().Stripe.Charges {
		if c.State != book.Succeeded || back[c.ID] || c.Payer == "" {
			continue
		}
		return book.Order{Do: kind, Charge: c.Item(), Invoice: "billing:invoice/990042", Customer: "billing:customer/7",
			Amount: c.Amount, Payer: c.Payer, Credential: world.InstrumentOf(c).ID}
	}
	x.t.Fatal("no charge to act on")
	return book.Order{}
}

func (x *till) prepare(o book.Order) source.Call {
	x.t.Helper()
	c, err := x.s.Prepare(o, "ch-0001")
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

func (x *till) send(o book.Order) source.Outcome {
	x.t.Helper()
	c, before := x.prepare(o), len(x.got)
	out := x.s.Send(x.t.Context(), o, c)
	if len(x.got) != before+1 || x.got[before] != c.Body {
		x.t.Fatalf("the server got %d requests, the last one %q, want %q", len(x.got)-before, x.got[len(x.got)-1], c.Body)
	}
	if strings.Contains(c.Encode()+out.Evidence+out.Detail, simulatorKey) {
		x.t.Fatal("the key stands in what is kept")
	}
	return out
}

func (x *till) look(o book.Order) source.Outcome {
	return x.s.LookUp(x.t.Context(), o, x.prepare(o), x.sim.World().Now)
}

func (x *till) count() int {
	return len(x.sim.World().Stripe.Charges) + len(x.sim.World().Stripe.Refunds) + len(x.sim.gone)
}

var acts = []book.ActionKind{book.Retry, book.GiveBack, book.CancelMandate}

// TestActsOnce does each action, does it again under its key, and reads it back: one effect, one object,
// and a pull that brings what a pull of the changed account must.
func TestActsOnce(t *testing.T) {
	for _, kind := range acts {
		x := newTill(t, world.Answer{Approved: true})
		o, before := x.order(kind), x.count()
		if s, err := x.s.Standing(t.Context(), o); err != nil || s.Blocked != "" || s.Done || len(s.Effects) == 0 {
			t.Fatalf("%s stands %+v, %v", kind, s, err)
		}
		first := x.send(o)
		again := x.send(o)
		if first.State != source.OutcomeDone || first.Object == "" || again.Object != first.Object {
			t.Errorf("%s: %+v, then %+v", kind, first, again)
		}
		if x.count() != before+1 {
			t.Errorf("%s had %d effects", kind, x.count()-before)
		}
		if found := x.look(o); found.State != source.OutcomeDone || found.Object != first.Object {
			t.Errorf("%s is looked up as %+v", kind, found)
		}
		b := sourcetest.NewBooks()
		pullInto(t, x.s, b, source.Request{})
		for _, d := range sourcetest.Diff(expect(x.sim.World()), b.All()) {
			t.Errorf("after %s: %s", kind, d)
		}
		if s, err := x.s.Standing(t.Context(), o); err != nil || s.Blocked == "" && !s.Done {
			t.Errorf("%s stands again %+v, %v", kind, s, err)
		}
	}
}

// TestLostRepliesAreFound loses the reply in every way: what was done is found by reading, and what was
// not is absent; the same key never does it twice.
func TestLostRepliesAreFound(t *testing.T) {
	for _, kind := range acts {
		for _, lapse := range []world.Lapse{world.LostBefore, world.LostAfter, world.Broken, world.Garbled} {
			x := newTill(t, world.Answer{Approved: true})
			o, before := x.order(kind), x.count()
			x.lapse = lapse
			if out := x.send(o); out.State != source.OutcomeUnknown {
				t.Errorf("%s, %s: %+v", kind, lapse, out)
			}
			x.lapse = ""
			want, effects := source.OutcomeDone, 1
			if lapse == world.LostBefore {
				want, effects = source.OutcomeAbsent, 0
			}
			if out := x.look(o); out.State != want || x.count() != before+effects {
				t.Errorf("%s, %s: looked up %+v, %d effects", kind, lapse, out, x.count()-before)
			}
			if x.send(o); x.count() != before+1 {
				t.Errorf("%s, %s: %d effects after the resend", kind, lapse, x.count()-before)
			}
		}
	}
}

// TestDeclinesAreRefusalsWithTheirCodes checks that a declined card is a refusal, once, with what the
// network said.
func TestDeclinesAreRefusalsWithTheirCodes(t *testing.T) {
	for network, want := range map[string]string{"51": "insufficient_funds", "54": "expired_card", "41": "lost_card",
		"1A": "authentication_required", "05": "do_not_honor"} {
		x := newTill(t, world.Answer{Network: network})
		o := x.order(book.Retry)
		out, before := x.send(o), x.count()
		if out.State != source.OutcomeRefused || out.Decline.Code != want || out.Decline.Network != network ||
			out.Charge == "" {
			t.Errorf("%s: %+v", network, out)
		}
		if again := x.send(o); again.State != source.OutcomeRefused || x.count() != before {
			t.Errorf("the key tried the card again: %+v", again)
		}
		if found := x.look(o); found.State != source.OutcomeRefused || found.Decline != out.Decline {
			t.Errorf("%s is looked up as %+v", network, found)
		}
	}
}

// TestAdviceIsFoundAgain loses the answer to a try of a Mastercard: the look-up says as well how long the
// bank wants to be left alone.
func TestAdviceIsFoundAgain(t *testing.T) {
	x := newTill(t, world.Answer{Network: "51", Advice: "24"})
	o := x.order(book.Retry)
	o.Credential = ""
	for _, c := range x.sim.World().Stripe.Charges {
		if i := world.InstrumentOf(c); i.Brand == "mastercard" && c.Payer != "" && c.State == book.Succeeded {
			o.Payer, o.Credential, o.Amount = c.Payer, i.ID, c.Amount
		}
	}
	if o.Credential == "" {
		t.Fatal("nobody pays with a Mastercard")
	}
	x.lapse = world.LostAfter
	if out := x.send(o); out.State != source.OutcomeUnknown {
		t.Fatalf("%+v", out)
	}
	x.lapse = ""
	if d := x.look(o).Decline; d.Network != "51" || d.Advice != "24" {
		t.Errorf("looked up as %+v", d)
	}
}

// TestAnswersThatProveNothing puts answers between that must not be believed.
func TestAnswersThatProveNothing(t *testing.T) {
	ok := `{"id":"pi_1","object":"payment_intent","status":"succeeded","latest_charge":"ch_1","livemode":false,`
	for name, c := range map[string]struct {
		status int
		body   string
		want   source.OutcomeState
	}{
		"no mode of ours":   {200, strings.Replace(ok, "false", "true", 1) + `"amount":1,"currency":"eur"}`, source.OutcomeUnknown},
		"two amounts":       {200, ok + `"amount":1,"amount":1,"currency":"eur"}`, source.OutcomeUnknown},
		"an amount in text": {200, ok + `"amount":"1","currency":"eur"}`, source.OutcomeUnknown},
		"a page":            {200, "<html>", source.OutcomeUnknown},
		"nothing":           {200, "", source.OutcomeUnknown},
		"elsewhere":         {302, "", source.OutcomeUnknown},
		"too many":          {429, `{"error":{"type":"invalid_request_error","code":"rate_limit"}}`, source.OutcomeUnsent},
		"in use":            {409, `{"error":{"type":"invalid_request_error","code":"idempotency_key_in_use"}}`, source.OutcomeUnknown},
		"other parameters":  {400, `{"error":{"type":"idempotency_error"}}`, source.OutcomeUnknown},
		"a bad key":         {401, `{"error":{"type":"invalid_request_error"}}`, source.OutcomeUnsent},
		"a wrong request":   {400, `{"error":{"type":"invalid_request_error","code":"parameter_missing"}}`, source.OutcomeRefused},
		"their fault":       {500, `{"error":{"type":"api_error"}}`, source.OutcomeUnknown},
	} {
		x := newTill(t, world.Answer{Approved: true})
		x.swap = func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
			return true
		}
		out := x.send(x.order(book.Retry))
		if out.State != c.want || c.status == 429 && out.RetryAfter != 7*time.Second {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// TestNothingLeavesWhereNobodyIs checks that a refused connection sends nothing.
func TestNothingLeavesWhereNobodyIs(t *testing.T) {
	x := newTill(t, world.Answer{Approved: true})
	o := x.order(book.GiveBack)
	x.s.o.URL = "http://127.0.0.1:1"
	if out := x.s.Send(t.Context(), o, x.prepare(o)); out.State != source.OutcomeUnsent {
		t.Errorf("%+v", out)
	}
	for name, bad := range map[string]book.Order{"nothing": {Do: book.GiveBack, Charge: o.Charge},
		"no method": {Do: book.Retry, Amount: o.Amount, Payer: o.Payer}, "no charge": {Do: book.GiveBack, Amount: o.Amount},
		"no such act": {Do: book.Suspend}} {
		if c, err := x.s.Prepare(bad, "k"); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	o.Amount.Minor++
	x = newTill(t, world.Answer{Approved: true})
	if s, err := x.s.Standing(t.Context(), o); err != nil || !strings.Contains(s.Blocked, "left") {
		t.Errorf("more than was taken stands %+v, %v", s, err)
	}
}

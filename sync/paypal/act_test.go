package paypal

import (
	"context"
	"io"
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

// till is an account with a client that acts on it, and the money requests that the server got.
type till struct {
	t     *testing.T
	sim   *Simulator
	p     *PayPal
	got   []string
	lapse world.Lapse
	swap  func(w http.ResponseWriter) bool
	now   book.Instant
}

func newTill(t *testing.T, answer world.Answer, q Quirks) *till {
	w := small()
	x := &till{t: t, now: w.Now}
	x.sim = simulator(w, q).Taking(world.Desk{Issuer: sourcetest.Mood(answer), Now: func() book.Instant { return x.now },
		Lapse: func(string) world.Lapse { return x.lapse }})
	described := &inspector{t: t, all: load(t), next: x.sim, seen: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path != "/v1/oauth2/token" {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(strings.NewReader(string(text)))
			x.got = append(x.got, string(text))
			if x.swap != nil && x.swap(w) {
				return
			}
		}
		if x.lapse == "" {
			described.ServeHTTP(w, r)
			return
		}
		x.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	x.p, err = New(source.Options{Name: world.PayPalName, URL: server.URL, Secrets: secrets(),
		Clock: func() time.Time { return x.now.Time() },
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// order is one of a kind about a payment under an agreement that nothing was given back of.
func (x *till) order(kind book.ActionKind) book.Order {
	x.t.Helper()
	touched := map[string]bool{}
	for _, m := range x.sim.World().PayPal.Movements {
		touched[m.SourceID] = true
	}
	for _, c := range x.sim.World().PayPal.Charges {
		if c.State == book.Succeeded && c.IntentID == "" && !touched[c.ID] && c.Amount.Currency == "EUR" {
			invoice := "billing:invoice/990042"
			if kind == book.GiveBack {
				invoice = "billing:invoice/1042"
			}
			return book.Order{Do: kind, Charge: native(c.ID), Invoice: book.ItemID(invoice),
				Customer: "billing:customer/7", Amount: c.Amount, Payer: c.Payer, Credential: agreementOf(c.Payer)}
		}
	}
	x.t.Fatal("no payment to act on")
	return book.Order{}
}

func (x *till) prepare(o book.Order) source.Call {
	x.t.Helper()
	c, err := x.p.Prepare(o, "k-0001")
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

func (x *till) send(o book.Order) source.Outcome {
	x.t.Helper()
	c, before := x.prepare(o), len(x.got)
	out := x.p.Send(x.t.Context(), o, c)
	if len(x.got) != before+1 || x.got[before] != c.Body {
		x.t.Fatalf("the server got %d requests, want %q once: %+v", len(x.got)-before, c.Body, out)
	}
	if kept := c.Encode() + out.Evidence + out.Detail; strings.Contains(kept, simulatorSecret) ||
		strings.Contains(kept, x.p.token.value) && x.p.token.value != "" {
		x.t.Fatal("a secret stands in what is kept")
	}
	return out
}

func (x *till) look(o book.Order) source.Outcome {
	return x.p.LookUp(x.t.Context(), o, x.prepare(o), x.now)
}

// later lets PayPal's data reach beyond all that was done.
func (x *till) later(o book.Order) source.Outcome {
	c, since := x.prepare(o), x.now
	x.now += 9 * 60 * 60 * 1000
	return x.p.LookUp(x.t.Context(), o, c, since)
}

func (x *till) count() int {
	l := x.sim.World().PayPal
	return len(l.Charges) + len(l.Refunds)
}

var acts = []book.ActionKind{book.Retry, book.GiveBack}

// TestActsOnce does each action, does it again under its key, and reads it back: one effect, one object,
// and a pull that brings what a pull of the changed account must.
func TestActsOnce(t *testing.T) {
	for _, kind := range acts {
		x := newTill(t, world.Answer{Approved: true}, Quirks{})
		o, before := x.order(kind), x.count()
		if s, err := x.p.Standing(t.Context(), o); err != nil || s.Blocked != "" || s.Left != o.Amount || len(s.Effects) == 0 {
			t.Fatalf("%s stands %+v, %v", kind, s, err)
		}
		first, again := x.send(o), x.send(o)
		if first.State != source.OutcomeDone || first.Object == "" || again.Object != first.Object || first.Amount != o.Amount {
			t.Errorf("%s: %+v, then %+v", kind, first, again)
		}
		if x.count() != before+1 {
			t.Errorf("%s had %d effects", kind, x.count()-before)
		}
		if found := x.look(o); found.State != source.OutcomeDone || found.Object != first.Object || found.Amount != o.Amount {
			t.Errorf("%s is looked up as %+v", kind, found)
		}
		b := sourcetest.NewBooks()
		if err := x.p.Pull(t.Context(), source.Request{Books: b}, func(page source.Page) error {
			b.Keep(page)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, d := range sourcetest.Diff(expect(x.sim.World()), b.All()) {
			t.Errorf("after %s: %s", kind, d)
		}
		if s, err := x.p.Standing(t.Context(), o); err != nil || s.Blocked == "" {
			t.Errorf("%s stands again %+v, %v", kind, s, err)
		}
	}
}

// TestLostRepliesAreFound loses the reply in every way: what was done is found by reading, what was not
// is absent once PayPal's data reach so far, and the same key never does it twice.
func TestLostRepliesAreFound(t *testing.T) {
	for _, kind := range acts {
		for _, lapse := range []world.Lapse{world.LostBefore, world.LostAfter, world.Broken, world.Garbled} {
			x := newTill(t, world.Answer{Approved: true}, Quirks{Lag: 3 * time.Hour})
			o, before := x.order(kind), x.count()
			x.lapse = lapse
			if out := x.send(o); out.State != source.OutcomeUnknown {
				t.Errorf("%s, %s: %+v", kind, lapse, out)
			}
			x.lapse = ""
			if out := x.look(o); out.State != source.OutcomeUnknown {
				t.Errorf("%s, %s: before the data reach so far, %+v", kind, lapse, out)
			}
			want, effects := source.OutcomeDone, 1
			if lapse == world.LostBefore {
				want, effects = source.OutcomeAbsent, 0
			}
			if out := x.later(o); out.State != want || x.count() != before+effects {
				t.Errorf("%s, %s: looked up %+v, %d effects", kind, lapse, out, x.count()-before)
			}
			if x.send(o); x.count() != before+1 {
				t.Errorf("%s, %s: %d effects after the resend", kind, lapse, x.count()-before)
			}
		}
	}
}

// TestRefusalsAreSure checks what each refusal is taken for, and that nothing was done.
func TestRefusalsAreSure(t *testing.T) {
	for network, want := range map[string]string{"51": "INSTRUMENT_DECLINED", "41": "AGREEMENT_ALREADY_CANCELLED",
		"1A": "PAYER_ACTION_REQUIRED", "91": "processor:" + issuerAway} {
		x := newTill(t, world.Answer{Network: network}, Quirks{})
		out := x.send(x.order(book.Retry))
		if out.State != source.OutcomeRefused || out.Decline.Code != want {
			t.Errorf("%s: %+v", network, out)
		}
	}
	x := newTill(t, world.Answer{Approved: true, Late: true}, Quirks{})
	if out := x.send(x.order(book.Retry)); out.State != source.OutcomePending {
		t.Errorf("late: %+v", out)
	}
	if s, err := x.p.Standing(t.Context(), x.order(book.Retry)); err != nil || !strings.Contains(s.Blocked, "pending") {
		t.Errorf("beside a pending attempt it stands %+v, %v", s, err)
	}
	x = newTill(t, world.Answer{Approved: true}, Quirks{})
	o, before := x.order(book.GiveBack), x.count()
	for name, spoil := range map[string]func(*book.Order){
		"REFUND_AMOUNT_EXCEEDED":           func(o *book.Order) { o.Amount.Minor++ },
		"REFUND_CAPTURE_CURRENCY_MISMATCH": func(o *book.Order) { o.Amount.Currency = "USD" },
		"RESOURCE_NOT_FOUND":               func(o *book.Order) { o.Charge = native("7XB51234AB567890X") },
	} {
		bad := o
		spoil(&bad)
		if s, err := x.p.Standing(t.Context(), bad); err != nil || s.Blocked == "" {
			t.Errorf("%s stands %+v, %v", name, s, err)
		}
		if out := x.send(bad); out.State != source.OutcomeRefused || out.Code != name || x.count() != before {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// TestPartOfARefundIsLeft gives a third back and asks what is left.
func TestPartOfARefundIsLeft(t *testing.T) {
	x := newTill(t, world.Answer{Approved: true}, Quirks{})
	o := x.order(book.GiveBack)
	all := o.Amount
	o.Amount.Minor /= 3
	if out := x.send(o); out.State != source.OutcomeDone || out.Amount != o.Amount {
		t.Fatalf("%+v", out)
	}
	part := o.Amount
	o.Amount = all
	if s, err := x.p.Standing(t.Context(), o); err != nil || !strings.Contains(s.Blocked, "left") {
		t.Errorf("all of it stands %+v, %v", s, err)
	}
	o.Amount.Minor = all.Minor - part.Minor
	if s, err := x.p.Standing(t.Context(), o); err != nil || s.Blocked != "" || s.Left != o.Amount {
		t.Errorf("the rest stands %+v, %v", s, err)
	}
}

// TestAnswersThatProveNothing puts answers between that must not be believed.
func TestAnswersThatProveNothing(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   source.OutcomeState
	}{
		"an order alone":    {201, `{"id":"5O190127TN364715T","status":"CREATED"}`, source.OutcomeUnknown},
		"no amount":         {201, `{"id":"5O1","purchase_units":[{"payments":{"captures":[{"id":"3C6","status":"COMPLETED"}]}}]}`, source.OutcomeUnknown},
		"a page":            {200, "<html>", source.OutcomeUnknown},
		"nothing":           {201, "", source.OutcomeUnknown},
		"elsewhere":         {302, "", source.OutcomeUnknown},
		"too many":          {429, `{"name":"RATE_LIMIT_REACHED"}`, source.OutcomeUnsent},
		"in progress":       {409, `{"name":"RESOURCE_CONFLICT","details":[{"issue":"PREVIOUS_REQUEST_IN_PROGRESS"}]}`, source.OutcomeUnknown},
		"a number of ours":  {422, `{"name":"UNPROCESSABLE_ENTITY","details":[{"issue":"DUPLICATE_INVOICE_ID"}]}`, source.OutcomeUnknown},
		"an old token":      {401, `{"name":"AUTHENTICATION_FAILURE"}`, source.OutcomeUnsent},
		"no right":          {403, `{"name":"NOT_AUTHORIZED"}`, source.OutcomeRefused},
		"a wrong request":   {400, `{"name":"INVALID_REQUEST"}`, source.OutcomeRefused},
		"their fault":       {500, `{"name":"INTERNAL_SERVER_ERROR"}`, source.OutcomeUnknown},
		"a stranger's word": {422, `{"error":{"code":1}}`, source.OutcomeUnknown},
	} {
		x := newTill(t, world.Answer{Approved: true}, Quirks{})
		x.swap = func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
			return true
		}
		out := x.send(x.order(book.Retry))
		if out.State != c.want || c.status == 429 && out.RetryAfter != 7*time.Second {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// TestNothingLeavesWhereNobodyIs checks that neither a dead address nor a wrong secret sends anything.
func TestNothingLeavesWhereNobodyIs(t *testing.T) {
	x := newTill(t, world.Answer{Approved: true}, Quirks{})
	o := x.order(book.GiveBack)
	c := x.prepare(o)
	x.p.o.Secrets["client_secret"] = "wrong"
	if out := x.p.Send(t.Context(), o, c); out.State != source.OutcomeUnsent || len(x.got) != 0 {
		t.Errorf("a wrong secret: %+v", out)
	}
	dead, err := New(source.Options{Name: world.PayPalName, URL: "http://127.0.0.1:1", Secrets: x.p.o.Secrets,
		Clock: time.Now, Wait: func(context.Context, time.Duration) error { return context.Canceled }})
	if err != nil {
		t.Fatal(err)
	}
	if out := dead.Send(t.Context(), o, c); out.State != source.OutcomeUnsent {
		t.Errorf("nobody there: %+v", out)
	}
	for name, bad := range map[string]book.Order{"nothing": {Do: book.GiveBack, Charge: o.Charge},
		"no agreement": {Do: book.Retry, Amount: o.Amount}, "no payment": {Do: book.GiveBack, Amount: o.Amount},
		"no such act": {Do: book.Suspend}} {
		if c, err := x.p.Prepare(bad, "k"); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

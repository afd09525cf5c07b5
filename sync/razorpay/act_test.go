package razorpay

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// till is an account with a client that acts on it, and what the server got.
type till struct {
	t     *testing.T
	sim   *Simulator
	s     *Razorpay
	got   []string
	lapse world.Lapse
	swap  func(w http.ResponseWriter) bool
}

func newTill(t *testing.T) *till {
	w := small()
	x := &till{t: t}
	x.sim = NewSimulator(w).Taking(world.Desk{Lapse: func(string) world.Lapse { return x.lapse }})
	x.s = open(t, w, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
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
		x.sim.ServeHTTP(w, r)
	}))
	return x
}

// order gives a payment back of which nothing was given back.
func (x *till) order() book.Order {
	x.t.Helper()
	touched := map[string]bool{}
	for _, r := range x.sim.World().Razorpay.Refunds {
		touched[r.ChargeID] = true
	}
	for _, c := range x.sim.World().Razorpay.Charges {
		if c.State == book.Succeeded && !touched[c.ID] && c.Amount.Currency == "INR" {
			return book.Order{Do: book.GiveBack, Charge: item(c.ID), Amount: c.Amount}
		}
	}
	x.t.Fatal("no payment to give back")
	return book.Order{}
}

const key = "ch-0001-0001"

func (x *till) send(o book.Order) source.Outcome {
	x.t.Helper()
	c, err := x.s.Prepare(o, key)
	if err != nil {
		x.t.Fatal(err)
	}
	before := len(x.got)
	out := x.s.Send(x.t.Context(), o, c)
	if len(x.got) != before+1 || x.got[before] != c.Body {
		x.t.Fatalf("the server got %d requests, want %q once: %+v", len(x.got)-before, c.Body, out)
	}
	if strings.Contains(c.Encode()+out.Evidence+out.Detail, simulatorSecret) {
		x.t.Fatal("the secret stands in what is kept")
	}
	return out
}

func (x *till) look(o book.Order) source.Outcome {
	c, err := x.s.Prepare(o, key)
	if err != nil {
		x.t.Fatal(err)
	}
	return x.s.LookUp(x.t.Context(), o, c, x.sim.World().Now)
}

func (x *till) count() int { return len(x.sim.World().Razorpay.Refunds) }

// TestRefundsOnce gives a payment back, does it again under its key, and reads it back: one refund, and a
// pull that brings what a pull of the changed account must.
func TestRefundsOnce(t *testing.T) {
	x := newTill(t)
	o, before := x.order(), x.count()
	if s, err := x.s.Standing(t.Context(), o); err != nil || s.Blocked != "" || s.Left != o.Amount || len(s.Effects) == 0 {
		t.Fatalf("it stands %+v, %v", s, err)
	}
	first, again := x.send(o), x.send(o)
	if first.State != source.OutcomeDone || first.Object == "" || again.Object != first.Object || first.Amount != o.Amount {
		t.Errorf("%+v, then %+v", first, again)
	}
	if found := x.look(o); found.State != source.OutcomeDone || found.Object != first.Object || x.count() != before+1 {
		t.Errorf("looked up as %+v, %d refunds", found, x.count()-before)
	}
	other := o
	other.Amount.Minor--
	if out := x.send(other); out.State != source.OutcomeUnknown || x.count() != before+1 {
		t.Errorf("another request under the key: %+v", out)
	}
	b := sourcetest.NewBooks()
	pullInto(t, x.s, b)
	for _, d := range sourcetest.Diff(expect(x.sim.World()), b.All()) {
		t.Error(d)
	}
	if s, err := x.s.Standing(t.Context(), o); err != nil || s.Blocked == "" {
		t.Errorf("it stands again %+v, %v", s, err)
	}
}

// TestLostRepliesAreFound loses the reply in every way: what was done is found by reading, what was not is
// absent, and the same key never does it twice.
func TestLostRepliesAreFound(t *testing.T) {
	for _, lapse := range []world.Lapse{world.LostBefore, world.LostAfter, world.Broken, world.Garbled} {
		x := newTill(t)
		o, before := x.order(), x.count()
		x.lapse = lapse
		if out := x.send(o); out.State != source.OutcomeUnknown {
			t.Errorf("%s: %+v", lapse, out)
		}
		x.lapse = ""
		want, effects := source.OutcomeDone, 1
		if lapse == world.LostBefore {
			want, effects = source.OutcomeAbsent, 0
		}
		if out := x.look(o); out.State != want || x.count() != before+effects {
			t.Errorf("%s: looked up %+v, %d refunds", lapse, out, x.count()-before)
		}
		if x.send(o); x.count() != before+1 {
			t.Errorf("%s: %d refunds after the resend", lapse, x.count()-before)
		}
	}
}

// TestRefusedRefundsDoNothing asks for what cannot be: Standing says why, and Razorpay refuses it.
func TestRefusedRefundsDoNothing(t *testing.T) {
	x := newTill(t)
	o, before := x.order(), x.count()
	for name, spoil := range map[string]func(*book.Order){
		"more than there is": func(o *book.Order) { o.Amount.Minor++ },
		"unknown":            func(o *book.Order) { o.Charge = item("pay_0000000000000X") },
		"a failed payment":   func(o *book.Order) { o.Charge = item(rid("pay", "Failed")) },
	} {
		bad := o
		spoil(&bad)
		if s, err := x.s.Standing(t.Context(), bad); err != nil || s.Blocked == "" {
			t.Errorf("%s stands %+v, %v", name, s, err)
		}
		if out := x.send(bad); out.State != source.OutcomeRefused || out.Detail == "" || x.count() != before {
			t.Errorf("%s: %+v", name, out)
		}
	}
	o.Amount = money.New(o.Amount.Minor/3, o.Amount.Currency)
	part := o.Amount.Minor
	if out := x.send(o); out.State != source.OutcomeDone {
		t.Fatalf("a third: %+v", out)
	}
	o.Amount.Minor = part * 3
	if s, err := x.s.Standing(t.Context(), o); err != nil || !strings.Contains(s.Blocked, "left") {
		t.Errorf("all of it after a third stands %+v, %v", s, err)
	}
	for name, bad := range map[string]book.Order{"nothing": {Do: book.GiveBack, Charge: o.Charge},
		"a retry": {Do: book.Retry, Amount: o.Amount}, "no payment": {Do: book.GiveBack, Amount: o.Amount}} {
		if c, err := x.s.Prepare(bad, key); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestAnswersThatProveNothing puts answers between that must not be believed.
func TestAnswersThatProveNothing(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   source.OutcomeState
	}{
		"no amount":       {200, `{"id":"rfnd_1","status":"processed"}`, source.OutcomeUnknown},
		"another object":  {200, `{"id":"pay_1","amount":1,"currency":"INR","status":"processed"}`, source.OutcomeUnknown},
		"a new state":     {200, `{"id":"rfnd_1","amount":1,"currency":"INR","status":"queued"}`, source.OutcomeUnknown},
		"pending":         {200, `{"id":"rfnd_1","amount":1,"currency":"INR","status":"pending"}`, source.OutcomePending},
		"failed":          {200, `{"id":"rfnd_1","amount":1,"currency":"INR","status":"failed"}`, source.OutcomeRefused},
		"a page":          {200, "<html>", source.OutcomeUnknown},
		"elsewhere":       {302, "", source.OutcomeUnknown},
		"too many":        {429, `{"error":{"code":"BAD_REQUEST_ERROR"}}`, source.OutcomeUnsent},
		"running":         {409, `{"error":{"code":"BAD_REQUEST_ERROR","description":"x"}}`, source.OutcomeUnknown},
		"wrong keys":      {401, `{"error":{"code":"BAD_REQUEST_ERROR","description":"x"}}`, source.OutcomeUnsent},
		"their fault":     {502, "<html>", source.OutcomeUnknown},
		"a proxy's words": {400, "no", source.OutcomeUnknown},
	} {
		x := newTill(t)
		x.swap = func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
			return true
		}
		if out := x.send(x.order()); out.State != c.want || c.status == 429 && out.RetryAfter != 7*time.Second {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

package whmcs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// desk is a WHMCS with a client that acts on it, and what the server got.
type desk struct {
	t    *testing.T
	sim  *Simulator
	whm  *WHMCS
	got  []string
	fail string
	lose string
}

func newDesk(t *testing.T, set ...func(*SimOptions)) *desk {
	d := &desk{t: t}
	d.sim = NewSimulator(sourcetest.Small(), append(set, func(o *SimOptions) {
		o.Lose = func(action string) bool { return action == d.lose }
	})...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ParseForm() == nil && changing[strings.ToLower(r.Form.Get("action"))] != nil {
			d.got = append(d.got, r.Form.Encode())
			if d.fail != "" {
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(d.fail))
				return
			}
		}
		d.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	d.whm, err = New(source.Options{Name: world.BillingName, URL: server.URL, Secrets: secrets(), Zone: d.sim.zone(),
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// open is an unpaid ordinary invoice of the world with its client's records.
func (d *desk) open() (v world.Invoice, o book.Order) {
	d.t.Helper()
	w := d.sim.World()
	for _, v := range w.Invoices {
		if v.Status != book.InvoiceUnpaid || v.Kind != book.InvoiceOrdinary {
			continue
		}
		for _, l := range v.Lines {
			if l.Kind == "Hosting" {
				due := d.sim.data.balance(&v)
				return v, book.Order{Target: item("invoice", v.ID), Invoice: item("invoice", v.ID),
					Customer: item("customer", v.CustomerID), Service: item("service", l.RelID),
					Amount: money.New(due, v.Currency), Method: "stripe"}
			}
		}
	}
	d.t.Fatal("the world has no open invoice of a service")
	return
}

func item(kind string, n int) book.ItemID {
	return book.NewID(world.BillingName, kind+"/"+strconv.Itoa(n))
}

// do prepares, checks and sends an order, and looks its proof up where that has to be read.
func (d *desk) do(o book.Order) source.Outcome {
	d.t.Helper()
	c, err := d.whm.Prepare(o, "ch-1")
	if err != nil {
		d.t.Fatal(err)
	}
	if s := d.stands(o); s.Blocked != "" || s.Done {
		d.t.Fatalf("%s: %+v", o.Do, s)
	}
	before := len(d.got)
	out := d.whm.Send(d.t.Context(), o, c)
	if len(d.got) != before+1 {
		d.t.Fatalf("%s: %d requests", o.Do, len(d.got)-before)
	}
	for _, secret := range secrets() {
		if strings.Contains(c.Encode()+out.Evidence+out.Detail, secret.Reveal()) {
			d.t.Fatalf("%s: a secret stands in what is kept", o.Do)
		}
	}
	if out.State == source.OutcomePending || out.State == source.OutcomeUnknown {
		out = d.whm.LookUp(d.t.Context(), o, c, d.sim.World().Now-1000)
	}
	return out
}

func (d *desk) stands(o book.Order) source.Standing {
	d.t.Helper()
	s, err := d.whm.Standing(d.t.Context(), o)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// orders are one order of each power for an open invoice.
func orders(o book.Order) map[book.ActionKind]book.Order {
	with := func(kind book.ActionKind, change func(o *book.Order)) book.Order {
		o := o
		o.Do = kind
		if change != nil {
			change(&o)
		}
		return o
	}
	reference := func(o *book.Order) { o.Reference = "ch_" + string(o.Do) }
	return map[book.ActionKind]book.Order{
		book.Capture:       with(book.Capture, nil),
		book.Record:        with(book.Record, reference),
		book.RecordRefund:  with(book.RecordRefund, reference),
		book.RecordReverse: with(book.RecordReverse, reference),
		book.AddCredit:     with(book.AddCredit, func(o *book.Order) { o.Reason = "Kept" }),
		book.Notify: with(book.Notify, func(o *book.Order) {
			o.Message = &book.Message{Subject: "Your invoice", HTML: "<p>…</p>"}
		}),
		book.Suspend: with(book.Suspend, nil),
	}
}

// TestEveryPowerIsDoneOnceAndProved does each action, and loses its reply once: what was done is found by
// reading, and a second look before sending says that it is done where that can be told.
func TestEveryPowerIsDoneOnceAndProved(t *testing.T) {
	capture := func(o *SimOptions) {
		o.Capture = func(world.Invoice, money.Money, book.Instant) (string, bool, bool) { return "ch_new", true, false }
	}
	for kind := range orders(book.Order{}) {
		for _, lost := range []bool{false, true} {
			d := newDesk(t, capture)
			_, base := d.open()
			o := orders(base)[kind]
			if lost {
				d.lose = strings.ToLower(deeds[kind].action)
			}
			out := d.do(o)
			if out.State != source.OutcomeDone || out.Object == "" {
				t.Errorf("%s, reply lost %v: %+v", kind, lost, out)
			}
		}
	}
}

// TestNothingIsDoneAndNothingIsFound lets the server fail before the action: the look-up finds nothing.
func TestNothingIsDoneAndNothingIsFound(t *testing.T) {
	for kind := range orders(book.Order{}) {
		for _, page := range []string{"<html>", "", `{"result":"success","warning":"Invalid payment"}`} {
			d := newDesk(t)
			_, base := d.open()
			d.fail = page + " "
			if out := d.do(orders(base)[kind]); out.State != source.OutcomeAbsent {
				t.Errorf("%s after %q: %+v", kind, page, out)
			}
		}
	}
}

// TestRefusalsAreThoseOfTheList checks that only written texts are refusals.
func TestRefusalsAreThoseOfTheList(t *testing.T) {
	d := newDesk(t)
	_, o := d.open()
	o.Do = book.Capture
	if out := d.do(o); out.State != source.OutcomeRefused || out.Decline.Code != "payment_attempt_failed" {
		t.Errorf("a declined capture is %+v", out)
	}
	d = newDesk(t, func(o *SimOptions) {
		o.Module = func(int, string) string { return "cPanel: Connection <b>refused</b> for 4242 4242 4242 4242" }
	})
	_, o = d.open()
	o.Do = book.Suspend
	out := d.do(o)
	if out.State != source.OutcomeRefused || strings.Contains(out.Detail, "4242 4242 4242") {
		t.Errorf("a module's refusal is %+v", out)
	}
	d = newDesk(t)
	_, o = d.open()
	d.fail = `{"result":"error","message":"Something went wrong"}`
	o.Do, o.Reference = book.Record, "ch_1"
	c, _ := d.whm.Prepare(o, "k")
	if out := d.whm.Send(t.Context(), o, c); out.State != source.OutcomeUnknown {
		t.Errorf("a text of no list is %+v", out)
	}
}

// TestStandingSpeaksUp checks what must stop an action in the second before it is sent.
func TestStandingSpeaksUp(t *testing.T) {
	d := newDesk(t, func(o *SimOptions) {
		o.Capture = func(world.Invoice, money.Money, book.Instant) (string, bool, bool) { return "ch_9", true, false }
	})
	_, o := d.open()
	o.Do = book.Suspend
	if out := d.do(o); out.State != source.OutcomeDone {
		t.Fatalf("%+v", out)
	}
	if s := d.stands(o); !s.Done {
		t.Errorf("a suspended service stands %+v", s)
	}
	short := o
	short.Do, short.Amount.Minor = book.Capture, o.Amount.Minor-1
	if s := d.stands(short); !strings.Contains(s.Blocked, "owes") {
		t.Errorf("another amount stands %+v", s)
	}
	o.Do = book.Capture
	if out := d.do(o); out.State != source.OutcomeDone {
		t.Fatalf("%+v", out)
	}
	// Paid: the service is up again by itself, because the reason was the standard one.
	if got, _ := d.whm.serviceNow(t.Context(), o.Service); got != "Active" {
		t.Errorf("the service of a paid invoice is %s", got)
	}
	for _, kind := range []book.ActionKind{book.Capture, book.Suspend} {
		o.Do = kind
		if s := d.stands(o); !strings.Contains(s.Blocked, "paid") {
			t.Errorf("%s of a paid invoice stands %+v", kind, s)
		}
	}
	o.Do, o.Reference = book.Record, "ch_9"
	if s := d.stands(o); !s.Done || s.Object == "" {
		t.Errorf("a payment that is booked stands %+v", s)
	}
	o.Amount.Minor++
	if s := d.stands(o); s.Blocked == "" {
		t.Errorf("another amount under the same id stands %+v", s)
	}
}

// TestPrepareRefusesWhatIsMissing checks that nothing is left to WHMCS's own guess.
func TestPrepareRefusesWhatIsMissing(t *testing.T) {
	d := newDesk(t)
	_, o := d.open()
	for name, change := range map[string]func(o *book.Order){
		"no amount":    func(o *book.Order) { o.Do, o.Reference, o.Amount.Minor = book.Record, "x", 0 },
		"no reference": func(o *book.Order) { o.Do = book.Record },
		"no text":      func(o *book.Order) { o.Do, o.Message = book.Notify, &book.Message{} },
		"no service":   func(o *book.Order) { o.Do, o.Service = book.Suspend, "" },
		"no call":      func(o *book.Order) { o.Do = book.Remove },
	} {
		bad := o
		change(&bad)
		if c, err := d.whm.Prepare(bad, "k"); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	o.Do, o.Reference = book.Record, "x"
	a, _ := d.whm.Prepare(o, "k")
	b, _ := d.whm.Prepare(o, "k")
	if a.Encode() != b.Encode() || !strings.Contains(a.Body, "amount=") {
		t.Errorf("%v, %v", a, b)
	}
}

package razorpay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// open serves a handler on loopback and opens an account against it.
func open(t *testing.T, w *world.World, h http.Handler, keys ...string) *Razorpay {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(source.Options{Name: world.RazorpayName, URL: server.URL, Secrets: secrets(),
		InvoiceKeys: keys, Clock: func() time.Time { return w.Now.Time() },
		Wait: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pullInto(t *testing.T, s *Razorpay, b *sourcetest.Books) {
	t.Helper()
	err := s.Pull(t.Context(), source.Request{Books: b, Cursor: b.Cursor},
		func(p source.Page) error {
			b.Keep(p)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
}

func wantWorld(t *testing.T, w *world.World, b *sourcetest.Books) {
	t.Helper()
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
	for _, r := range b.Rejects() {
		t.Errorf("reject %s: %s", r.Place, r.Reason)
	}
}

func payoutOf(t *testing.T, b *sourcetest.Books, id string) book.Payout {
	t.Helper()
	for _, p := range b.All().Payouts {
		if p.ID == item(id) {
			return p
		}
	}
	t.Fatalf("no payout %s", id)
	return book.Payout{}
}

// TestListsThatShift changes the list of payments under the reader: between two pages a payment
// appears or disappears before the place where the reader stands. No payment is lost.
func TestListsThatShift(t *testing.T) {
	late := func(w *world.World) world.Charge {
		return world.Charge{ID: rid("pay", "Appears"), At: w.Now - 7*day, Amount: inr(100),
			State: book.Failed, FailureCode: "payment_failed"}
	}
	for name, grows := range map[string]bool{"grows": true, "shrinks": false} {
		t.Run(name, func(t *testing.T) {
			long, short := small(), small()
			long.Razorpay.Charges = append(long.Razorpay.Charges, late(long))
			order(long)
			first, then := NewSimulator(long), NewSimulator(short)
			if grows {
				first, then = then, first
			}
			var pages atomic.Int64
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				newest := q.Get("to") == strconv.FormatInt(seconds(short.Now), 10)
				if r.URL.Path != "/v1/payments" || q.Get("skip") == "" || !newest {
					then.ServeHTTP(w, r)
				} else if pages.Add(1) <= 2 {
					first.ServeHTTP(w, r)
				} else {
					then.ServeHTTP(w, r)
				}
			})
			w := short
			if grows {
				w = long
			}
			b := sourcetest.NewBooks()
			pullInto(t, open(t, w, cut(h, 3)), b)
			want := expect(w)
			got := b.All()
			if !grows {
				// What was there when it was read stays.
				want = expect(long)
			}
			for _, d := range sourcetest.Diff(want, got) {
				t.Error(d)
			}
			if pages.Load() < 5 {
				t.Errorf("%d pages only", pages.Load())
			}
		})
	}
}

// TestListThatNeverStandsStill gives up with an error that says to try again.
func TestListThatNeverStandsStill(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	var n atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.URL.Path == "/v1/payments" && q.Get("skip") != "" {
			// Each page begins somewhere else.
			q.Set("skip", []string{"0", "2", "4"}[n.Add(1)%3])
			r.URL.RawQuery = q.Encode()
		}
		sim.ServeHTTP(w, r)
	})
	s := open(t, w, cut(h, 2))
	err := s.Pull(t.Context(), source.Request{Books: sourcetest.NewBooks()},
		func(source.Page) error { return nil })
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindUnavailable || e.Hint == "" {
		t.Errorf("pull: %v", err)
	}
}

// editRow changes fields of a row in a page of the reconciliation.
func editRow(body []byte, entity string, fields map[string]any) []byte {
	var page struct {
		Entity string           `json:"entity"`
		Count  int              `json:"count"`
		Items  []map[string]any `json:"items"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&page); err != nil {
		panic(err)
	}
	for _, row := range page.Items {
		if row["entity_id"] == entity {
			maps.Copy(row, fields)
		}
	}
	out, err := json.Marshal(page)
	if err != nil {
		panic(err)
	}
	return out
}

// TestMembersAreProven spoils one row of a settlement in several ways: the settlement's members are
// not stated then, and nothing makes up for what is missing.
func TestMembersAreProven(t *testing.T) {
	paid := rid("setl", "paid")
	for _, c := range []struct {
		name    string
		spoil   func(*world.World)
		rewrite func([]byte) []byte
		rejects int
	}{
		{name: "a row is missing", spoil: func(w *world.World) {
			for i := range w.Razorpay.Movements {
				if m := &w.Razorpay.Movements[i]; m.ID == rid("pay", "Card1") {
					m.PayoutID = ""
				}
			}
		}},
		{name: "the settlement is larger", spoil: func(w *world.World) {
			builder{w}.payout(paid).Amount.Minor++
		}},
		{name: "a row cannot be read", rejects: 1, rewrite: func(b []byte) []byte {
			return []byte(strings.ReplaceAll(string(b), `"credit":1012,`, `"credit":"1012",`))
		}},
		{name: "a row does not explain its net", rejects: 1, rewrite: func(b []byte) []byte {
			return editRow(b, rid("pay", "Card1"), map[string]any{"credit": 478_437})
		}},
		{name: "another amount than the payment's", rejects: 1, rewrite: func(b []byte) []byte {
			return editRow(b, rid("pay", "Card1"), map[string]any{"amount": 500_000,
				"credit": 488_436})
		}},
		{name: "two rows are wrong and their sum is right", rejects: 2, rewrite: func(b []byte) []byte {
			b = editRow(b, rid("pay", "Card1"), map[string]any{"amount": 500_000, "credit": 488_436})
			return editRow(b, rid("pay", "Card2"), map[string]any{"amount": 480_000, "credit": 468_436})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := small()
			if c.spoil != nil {
				c.spoil(w)
			}
			var h http.Handler = NewSimulator(w)
			if c.rewrite != nil {
				h = sourcetest.Rewrite(h, func(r *http.Request, body []byte) []byte {
					if r.URL.Path != pathRecon {
						return body
					}
					return c.rewrite(body)
				})
			}
			b := sourcetest.NewBooks()
			s := open(t, w, h)
			for range 2 {
				pullInto(t, s, b)
				if p := payoutOf(t, b, paid); p.Members != book.MembersPending {
					t.Errorf("members are %s", p.Members)
				}
			}
			if n := len(b.Rejects()); n != c.rejects {
				t.Errorf("%d rejects: %+v", n, b.Rejects())
			}
			sum := int64(0)
			for _, x := range b.All().Transactions {
				if x.PayoutID == item(paid) {
					sum += x.Net
				}
			}
			if sum == payoutOf(t, b, paid).Amount.Minor {
				t.Error("the members make the amount: nothing is tested")
			}
		})
	}
}

// TestRowsComeLate lets the reconciliation be empty at first, and show its rows a day late later.
func TestRowsComeLate(t *testing.T) {
	w := small()
	b := sourcetest.NewBooks()
	pullInto(t, open(t, w, NewSimulator(w).With(Quirks{NotReady: true})), b)
	for _, id := range []string{"paid", "again", "late"} {
		if p := payoutOf(t, b, rid("setl", id)); p.Members != book.MembersPending {
			t.Errorf("%s: members are %s with no row", id, p.Members)
		}
	}
	s := open(t, w, NewSimulator(w).With(Quirks{NextDay: true}))
	pullInto(t, s, b)
	for _, id := range []string{"paid", "again", "late"} {
		if p := payoutOf(t, b, rid("setl", id)); p.Members != book.MembersStated {
			t.Errorf("%s: members are %s with all rows", id, p.Members)
		}
	}
	// One that came back is not looked at for ever; a pull of everything brings its members too.
	err := s.Pull(t.Context(), source.Request{Books: b, Cursor: b.Cursor, Full: true},
		func(p source.Page) error {
			b.Keep(p)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	wantWorld(t, w, b)
}

// TestInvoiceFromTheOrder finds invoices in the receipts of orders, all orders of a slice at once.
func TestInvoiceFromTheOrder(t *testing.T) {
	w := small()
	for i := range w.Razorpay.Charges {
		if c := &w.Razorpay.Charges[i]; c.InvoiceRef != "" {
			c.Text = ""
		}
	}
	var lists, single atomic.Int64
	sim := NewSimulator(w).With(Quirks{Receipts: true})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, ok := strings.CutPrefix(r.URL.Path, "/v1/orders"); ok && path == "" {
			lists.Add(1)
		} else if ok {
			single.Add(1)
		}
		sim.ServeHTTP(w, r)
	})
	b := sourcetest.NewBooks()
	pullInto(t, open(t, w, h), b)
	wantWorld(t, w, b)
	if lists.Load() == 0 || single.Load() > 0 {
		t.Errorf("%d lists of orders and %d single ones", lists.Load(), single.Load())
	}
}

// TestWithoutOnDemand pulls from an account that has neither on-demand settlements nor disputes.
func TestWithoutOnDemand(t *testing.T) {
	w := small()
	s := open(t, w, NewSimulator(w).With(Quirks{Denied: []string{"settlements/ondemand", "disputes"}}))
	b := sourcetest.NewBooks()
	pullInto(t, s, b)
	for _, x := range w.Razorpay.Payouts {
		found := slices.ContainsFunc(b.All().Payouts, func(p book.Payout) bool {
			return p.ID == item(x.ID)
		})
		if found == x.Instant {
			t.Errorf("payout %s is there: %v", x.ID, found)
		}
	}
	h, err := s.Check(t.Context())
	if err != nil || len(h.Missing) != 1 || h.Account != "rzp_test_…42xy" || len(h.Permissions) != 6 {
		t.Errorf("%+v, %v", h, err)
	}
	for _, p := range h.Permissions {
		if p.Granted == (p.Title == "Disputes" || p.Title == "On-demand settlements") {
			t.Errorf("%s is granted: %v", p.Title, p.Granted)
		}
	}
	if h.At != w.Now.Time().Truncate(time.Second) {
		t.Errorf("the clock is %v", h.At)
	}
}

// TestModesDoNotMix refuses to pull with a live key into the books of a test key.
func TestModesDoNotMix(t *testing.T) {
	w := small()
	s := open(t, w, NewSimulator(w))
	b := sourcetest.NewBooks()
	pullInto(t, s, b)
	s.keyID = "rzp_live_Northwind42xy"
	err := s.Pull(t.Context(), source.Request{Books: b, Cursor: b.Cursor},
		func(source.Page) error { return nil })
	if source.KindOf(err) != source.KindRefused || s.account() != "rzp_live_…42xy" {
		t.Errorf("pull: %v, account %s", err, s.account())
	}
	err = s.Pull(t.Context(), source.Request{Books: b, Cursor: `{"v":9}`},
		func(source.Page) error { return nil })
	if source.KindOf(err) != source.KindMalformed {
		t.Errorf("pull with a cursor of another version: %v", err)
	}
}

// TestErrorShapes reads both shapes of an error, and tells an unknown id from other refusals.
func TestErrorShapes(t *testing.T) {
	w := small()
	s := open(t, w, NewSimulator(w))
	if _, found, err := s.one(t.Context(), "/v1/payments", "pay_0", nil); found || err != nil {
		t.Errorf("an unknown payment: %v, %v", found, err)
	}
	for _, c := range []struct {
		path string
		q    url.Values
		want string
	}{
		{"/v1/payments", url.Values{"count": {"101"}}, "count may not be greater than 100"},
		{"/v1/payments", url.Values{"color": {"red"}}, "should not be sent"},
		{"/v1/payments", url.Values{"from": {"1"}}, "between"},
		{"/v1/payments", url.Values{"expand[]": {"moon"}}, "selected expand is invalid"},
		{pathRecon, url.Values{"year": {"2026"}, "month": {"13"}}, "field month"},
		{pathRecon, url.Values{"year": {"2026"}, "month": {"10"}, "count": {"1001"}}, "1000"},
		{"/v1/moon", nil, "not found on the server"},
	} {
		q := query{}
		for k := range c.q {
			q[k] = c.q.Get(k)
		}
		_, err := s.list(t.Context(), c.path, q)
		if source.KindOf(err) != source.KindRefused || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: %v, want %q in it", c.path, c.q, err, c.want)
		}
	}
}

// TestSettledAgain moves the rows of a settlement that came back into the next one, under which they
// are settled again: each row belongs to the later settlement, and the first has no members.
func TestSettledAgain(t *testing.T) {
	w := small()
	paid, again := rid("setl", "paid"), rid("setl", "again")
	b := sourcetest.NewBooks()
	pullInto(t, open(t, w, NewSimulator(w)), b)
	moved := small()
	later := builder{moved}
	later.payout(paid).State = book.PayoutFailed
	both := later.payout(paid).Amount.Minor
	later.payout(again).Amount.Minor += both
	for i := range moved.Razorpay.Movements {
		if m := &moved.Razorpay.Movements[i]; m.PayoutID == paid && m.Category != "payout" {
			m.PayoutID = again
		}
	}
	old, fresh := NewSimulator(w), NewSimulator(moved)
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		// The first settlement's day still shows its rows.
		if r.URL.Path == pathRecon && r.URL.Query().Get("day") == "06" {
			old.ServeHTTP(rw, r)
			return
		}
		fresh.ServeHTTP(rw, r)
	})
	s := open(t, moved, h)
	for range 2 {
		err := s.Pull(t.Context(), source.Request{Books: b, Cursor: b.Cursor, Full: true},
			func(p source.Page) error {
				b.Keep(p)
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range b.All().Transactions {
		if x.PayoutID == item(paid) && (x.Kind == book.Charge || x.Kind == book.Refund) {
			t.Errorf("%s still belongs to the first settlement", x.ID)
		}
	}
	if p := payoutOf(t, b, paid); p.State != book.PayoutFailed || p.Members != book.MembersPending {
		t.Errorf("the first settlement: %+v", p)
	}
}

// TestLateAuthorisation lets a payment that failed three days before the last pull be captured after
// it, with nothing else happening.
func TestLateAuthorisation(t *testing.T) {
	w := small()
	late := func(w *world.World, c world.Charge) {
		c.ID, c.At, c.Amount = rid("pay", "Bank"), small().Now-3*day, inr(50_000)
		builder{w}.charge(c, world.Movement{})
		order(w)
	}
	late(w, world.Charge{State: book.Failed, FailureCode: "payment_timed_out"})
	b := sourcetest.NewBooks()
	pullInto(t, open(t, w, NewSimulator(w)), b)
	then := small()
	late(then, world.Charge{})
	then.Now += hour
	b.Changed = nil
	pullInto(t, open(t, then, NewSimulator(then)), b)
	wantWorld(t, then, b)
	if len(b.Changed) != 1 {
		t.Errorf("changed %v", b.Changed)
	}
}

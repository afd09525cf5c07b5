package whmcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// rich is a world of every kind of client, with one who has more transactions than fit a cut reply,
// texts full of marks, and amounts of three exponents.
func rich() *world.World {
	w := world.Build(world.Options{Seed: 7, Customers: 40,
		Month: book.MonthOf(book.NewDate(2026, 10, 1))})
	sourcetest.Foreign(w)
	c := &w.Customers[0]
	c.First, c.Last, c.Company = "Ana & Zoë", "O'Neil <x>", `"Vale" & Sons/日本 😀 &amp; Co`
	for i := range 30 {
		n := 700_000 + i
		on := w.OpeningOn + book.Date(i)
		at := on.Start(w.Zone) + 12*3600*1000
		w.Invoices = append(w.Invoices, world.Invoice{ID: n, CustomerID: c.ID, Currency: c.Currency,
			Status: book.InvoicePaid, Kind: book.InvoiceOrdinary, IssuedOn: on, DueOn: on, PaidAt: at,
			UpdatedAt: at, Subtotal: 100, Tax: 21, Method: "stripe",
			Lines: []world.Line{{ID: n, Kind: "Setup", Text: "Ą\nline", Amount: 100}}})
		w.Payments = append(w.Payments, world.Payment{ID: n, CustomerID: c.ID, InvoiceID: n, At: at,
			Currency: c.Currency, In: 121, Method: "stripe", TransID: fmt.Sprintf("tx/%d&é", n)})
	}
	return w
}

// opened serves a world and opens a source against it.
func opened(t *testing.T, w *world.World, h http.Handler) *WHMCS {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(source.Options{Name: world.BillingName, URL: server.URL + "/billing/",
		Secrets: secrets(), Zone: w.Zone, Base: w.Base,
		Clock: func() time.Time { return w.Now.Time() },
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pullInto(t *testing.T, s *WHMCS, b *sourcetest.Books, full bool) {
	t.Helper()
	err := s.Pull(t.Context(), source.Request{Cursor: b.Cursor, Books: b, Full: full},
		func(p source.Page) error { b.Keep(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// plainly is every record of a batch as text without its revision, by id.
func plainly(r book.Records) map[string]string {
	out := map[string]string{}
	add := func(id any, record any) { out[fmt.Sprint(id)] = fmt.Sprintf("%+v", record) }
	for _, x := range r.Customers {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.Services {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.Invoices {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.Payments {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.Credits {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.SavedMethods {
		x.Revision = ""
		add(x.ID, x)
	}
	for _, x := range r.Settings {
		add("setting "+x.Name, x)
	}
	for _, x := range r.Methods {
		add("method "+x.Name, x)
	}
	for _, x := range r.Rates {
		add("rate "+x.Currency, x)
	}
	return out
}

func same(t *testing.T, want, got book.Records) {
	t.Helper()
	w, g := plainly(want), plainly(got)
	shown := 0
	for id, record := range w {
		if g[id] != record {
			t.Errorf("%s\nwant %s\n got %s", id, record, g[id])
			if shown++; shown == 5 {
				t.FailNow()
			}
		}
	}
	for id := range g {
		if w[id] == "" {
			t.Errorf("%s should not be there", id)
		}
	}
}

// TestSwitches pulls the same world under every switch: the books must come to the same.
func TestSwitches(t *testing.T) {
	type set = func(*SimOptions)
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]set{
		"documented":    func(*SimOptions) {},
		"empty text":    func(o *SimOptions) { o.Empty = `""` },
		"empty object":  func(o *SimOptions) { o.Empty = "{}" },
		"empty array":   func(o *SimOptions) { o.Empty = "[]" },
		"empty null":    func(o *SimOptions) { o.Empty = "null" },
		"empty missing": func(o *SimOptions) { o.Empty = "missing" },
		"single":        func(o *SimOptions) { o.Single = true },
		"numeric":       func(o *SimOptions) { o.Numeric = true },
		"flat":          func(o *SimOptions) { o.Flat = true },
		"strings":       func(o *SimOptions) { o.Strings = true },
		"numbers":       func(o *SimOptions) { o.Numbers = true },
		"unescaped":     func(o *SimOptions) { o.Unescaped = true },
		"html":          func(o *SimOptions) { o.Fault, o.FaultEvery = "html", 4 },
		"empty reply":   func(o *SimOptions) { o.Fault, o.FaultEvery = "empty", 4 },
		"5xx":           func(o *SimOptions) { o.Fault, o.FaultEvery = "5xx", 3 },
		"429":           func(o *SimOptions) { o.Fault, o.FaultEvery = "429", 3 },
		"notice":        func(o *SimOptions) { o.Fault = "notice" },
		"cut":           func(o *SimOptions) { o.CutTransactions = true },
		"7.7":           func(o *SimOptions) { o.Version = "7.7" },
		"9.0":           func(o *SimOptions) { o.Version = "9.0.0" },
		"status key": func(o *SimOptions) {
			o.StatusKey, o.Denied = true, []string{"GetActivityLog"}
		},
		"warning":  func(o *SimOptions) { o.Warning = true },
		"no log":   func(o *SimOptions) { o.Denied = []string{"GetActivityLog"} },
		"UTC":      func(o *SimOptions) { o.Zone = time.UTC },
		"New York": func(o *SimOptions) { o.Zone = newYork },
		"all shapes": func(o *SimOptions) {
			o.Empty, o.Single, o.Numeric, o.Flat, o.Strings = "[]", true, true, true, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := rich()
			h := NewSimulator(w, change)
			s := opened(t, w, cut(h, 9))
			s.zone = h.zone()
			b := sourcetest.NewBooks()
			pullInto(t, s, b, false)
			want := expect(w)
			if name == "7.7" {
				want.SavedMethods = nil // the call came with 7.8
			}
			same(t, want, b.All())
			if n := len(b.Rejects()); n != 0 {
				t.Errorf("%d rejects: %+v", n, b.Rejects()[0])
			}
			b.Changed = nil
			pullInto(t, s, b, false)
			if len(b.Changed) != 0 {
				t.Errorf("the second pull changed %v", b.Changed)
			}
		})
	}
}

// TestDamagedService loses one service at most: XML brings it, and where XML cannot, it is one
// reject.
func TestDamagedService(t *testing.T) {
	for _, both := range []bool{false, true} {
		w := rich()
		damaged := w.Services[3].ID
		s := opened(t, w, NewSimulator(w, func(o *SimOptions) {
			o.DamagedService, o.DamagedXML = damaged, both
		}))
		b := sourcetest.NewBooks()
		pullInto(t, s, b, false)
		want := expect(w)
		if both {
			want.Services = append(want.Services[:3:3], want.Services[4:]...)
		}
		same(t, want, b.All())
		if n := len(b.Rejects()); both != (n == 1) || !both && n != 0 {
			t.Errorf("XML damaged %v: rejects %+v", both, b.Rejects())
		}
	}
}

// TestCutWithoutInvoice is the one case that WHMCS keeps from us: it must be said.
func TestCutWithoutInvoice(t *testing.T) {
	w := sourcetest.Small()
	for i := range 30 {
		w.Payments = append(w.Payments, world.Payment{ID: 5000 + i, CustomerID: 4, At: w.Now,
			Currency: "EUR", In: 100, Method: "stripe"})
	}
	s := opened(t, w, NewSimulator(w, func(o *SimOptions) { o.CutTransactions = true }))
	b := sourcetest.NewBooks()
	pullInto(t, s, b, false)
	r := b.Rejects()
	if len(r) != 1 || r[0].Place != "transactions of client 4" ||
		!strings.Contains(r[0].Reason, "counts 31 transactions") {
		t.Errorf("rejects %+v", r)
	}
}

// TestFilterIgnored refuses rows of other clients: the filter was not understood.
func TestFilterIgnored(t *testing.T) {
	w := sourcetest.Small()
	h := NewSimulator(w)
	s := opened(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		if r.Form.Get("action") == "GetTransactions" {
			r.Form.Del("clientid")
		}
		h.ServeHTTP(rw, r)
	}))
	err := s.Pull(t.Context(), source.Request{Books: sourcetest.NewBooks()},
		func(source.Page) error { return nil })
	if source.KindOf(err) != source.KindMalformed {
		t.Errorf("pull: %v", err)
	}
}

// TestMutation lets invoices come and go between pages. What came late is there, and what was
// merged away is not, at the latest with the next pull.
func TestMutation(t *testing.T) {
	for _, first := range []int{0, 6} {
		w := rich()
		b := sourcetest.NewBooks()
		if first == 0 {
			pullInto(t, opened(t, w, NewSimulator(w)), b, false)
		}
		before := slices.Clone(w.Invoices)
		h := NewSimulator(w, func(o *SimOptions) { o.MutateList = 6 })
		s := opened(t, w, cut(h, 7))
		pullInto(t, s, b, false)
		if h.mutations != 6 {
			t.Fatalf("%d mutations", h.mutations)
		}
		still := plainly(expect(w))
		got := plainly(b.All())
		for _, v := range before {
			id := fmt.Sprintf("billing:invoice/%d", v.ID)
			if still[id] != "" && got[id] == "" {
				t.Errorf("%s was skipped", id)
			}
		}
		pullInto(t, s, b, false)
		same(t, expect(w), b.All())
	}
}

// TestResumeChanges cuts a pull of changes off at every page; nothing of them may be lost.
func TestResumeChanges(t *testing.T) {
	killed := errors.New("killed")
	for kill := range 40 {
		w := sourcetest.Small()
		b := sourcetest.NewBooks()
		pullInto(t, opened(t, w, NewSimulator(w)), b, false)
		touch(w)
		h := cut(NewSimulator(w), 3)
		pages := 0
		err := opened(t, w, h).Pull(t.Context(), source.Request{Cursor: b.Cursor, Books: b},
			func(p source.Page) error {
				if pages == kill {
					return killed
				}
				pages++
				b.Keep(p)
				return nil
			})
		if err != nil && !errors.Is(err, killed) {
			t.Fatal(err)
		}
		pullInto(t, opened(t, w, h), b, false)
		same(t, expect(w), b.All())
		if err == nil {
			if kill < 10 {
				t.Errorf("the changes fill %d pages only", kill)
			}
			return
		}
	}
	t.Error("the pull never came to its end")
}

// TestBegin says which cursors go on and which begin anew.
func TestBegin(t *testing.T) {
	mid := source.Cursor(`{"stage":4,"pos":9,"last":7,"pulls":3,"log":5,"log_next":8}`)
	full := source.Cursor(`{"stage":4,"pos":9,"last":7,"full":true,"pulls":3}`)
	done := source.Cursor(`{"from":20000,"pulls":3,"log":5}`)
	for _, c := range []struct {
		name  string
		from  source.Request
		stage int
		full  bool
		log   int64
	}{
		{"first", source.Request{}, 0, false, 0},
		{"goes on", source.Request{Cursor: mid}, 4, false, 5},
		{"full begins", source.Request{Cursor: mid, Full: true}, 0, true, 0},
		{"full goes on", source.Request{Cursor: full, Full: true}, 4, true, 0},
		{"full goes on unasked", source.Request{Cursor: full}, 4, true, 0},
		{"next", source.Request{Cursor: done, Since: 20000}, 0, false, 5},
		{"next from later", source.Request{Cursor: done, Since: 20001}, 0, false, 5},
		{"next from earlier", source.Request{Cursor: done, Since: 19999}, 0, true, 0},
		{"next from the start", source.Request{Cursor: done}, 0, true, 0},
		{"no cursor of ours", source.Request{Cursor: "page 3"}, 0, false, 0},
		{"no stage of ours", source.Request{Cursor: `{"stage":99}`}, 0, false, 0},
	} {
		got := begin(c.from)
		if got.Stage != c.stage || got.Full != c.full || got.Log != c.log {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestVanished keeps a tombstone of a stored invoice that WHMCS no longer has, wherever in the list
// it stood, paid or not.
func TestVanished(t *testing.T) {
	for _, id := range []int{1001, 1003, 1005, 1006} {
		w := sourcetest.Small()
		b := sourcetest.NewBooks()
		pullInto(t, opened(t, w, NewSimulator(w)), b, false)
		for i, v := range w.Invoices {
			if v.ID == id {
				w.Invoices = append(w.Invoices[:i:i], w.Invoices[i+1:]...)
				break
			}
		}
		var gone []book.ItemID
		err := opened(t, w, NewSimulator(w)).Pull(t.Context(),
			source.Request{Cursor: b.Cursor, Books: b}, func(p source.Page) error {
				gone = append(gone, p.Records.Gone...)
				b.Keep(p)
				return nil
			})
		if err != nil || len(gone) != 1 || gone[0].Native() != fmt.Sprintf("invoice/%d", id) {
			t.Errorf("invoice %d: gone %v, %v", id, gone, err)
		}
	}
}

// TestRejects breaks one value of one record: that record is missing with a reason, nothing else.
func TestRejects(t *testing.T) {
	for _, c := range []struct{ place, key, field, value, lost, reason string }{
		{"invoice 1002", "invoice 1002", "total", "12,50", "invoice/1002", `"12,50" is not an amount`},
		{"invoice 1002", "invoice 1002", "balance", "1.005", "invoice/1002", "not an amount of EUR"},
		{"invoice 1002", "invoice row 1002", "currencycode", "XBT", "invoice/1002", "ISO 4217"},
		{"invoice 1002", "invoice row 1002", "updated_at", "soon", "invoice/1002", "date"},
		{"invoice 1002", "invoice 1002", "date", "2026-02-30", "invoice/1002", "not a date"},
		{"payment 992", "transaction 992", "amountin", "1e2", "payment/992", "not an amount"},
		{"payment 992", "transaction 992", "date", "", "payment/992", "date"},
		{"payment 992", "transaction 992", "currency", "77", "payment/992", "currency of id 77"},
		{"service 302", "service 302", "recurringamount", "ten", "service/302", "not an amount"},
		{"client 2", "client 2", "credit", "-", "customer/2", "not an amount"},
	} {
		t.Run(c.key+" "+c.field, func(t *testing.T) {
			w := sourcetest.Small()
			s := opened(t, w, NewSimulator(w, func(o *SimOptions) {
				o.Spoil = map[string]map[string]string{c.key: {c.field: c.value}}
			}))
			b := sourcetest.NewBooks()
			pullInto(t, s, b, false)
			whole, got := plainly(expect(w)), plainly(b.All())
			if len(got) != len(whole)-1 || got["billing:"+c.lost] != "" {
				t.Errorf("%d records of %d; the broken one: %s", len(got), len(whole),
					got["billing:"+c.lost])
			}
			r := b.Rejects()
			if len(r) != 1 || r[0].Place != c.place || !strings.Contains(r[0].Reason, c.reason) ||
				r[0].Raw == "" || r[0].At != w.Now {
				t.Errorf("rejects %+v", r)
			}
		})
	}
}

package whmcs

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// without deletes a service, a payment, a credit entry, and a client with all that is theirs.
func without(w *world.World) []book.ItemID {
	w.Services = slices.DeleteFunc(w.Services, func(v world.Service) bool {
		return v.ID == 303 || v.CustomerID == 6
	})
	w.Payments = slices.DeleteFunc(w.Payments, func(v world.Payment) bool {
		return v.ID == 993 || v.CustomerID == 6
	})
	w.Credits = slices.DeleteFunc(w.Credits, func(v world.Credit) bool { return v.CustomerID == 6 })
	w.Invoices = slices.DeleteFunc(w.Invoices, func(v world.Invoice) bool { return v.CustomerID == 6 })
	w.Customers = slices.DeleteFunc(w.Customers, func(v world.Customer) bool { return v.ID == 6 })
	return []book.ItemID{"billing:service/303", "billing:service/306", "billing:payment/993",
		"billing:customer/6", "billing:credit/88"}
}

// TestDeletedRecords deletes records in WHMCS: a pull of everything names them, another one does
// not, and neither touches what is there.
func TestDeletedRecords(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	gone := without(w)
	has := func(id book.ItemID) bool {
		revision, err := b.Revision(t.Context(), id)
		return err == nil && revision != ""
	}
	for _, full := range []bool{false, true} {
		for _, id := range gone {
			if !has(id) {
				t.Fatalf("before the pull, full %v: %s is not there", full, id)
			}
		}
		if pullInto(t, opened(t, w, NewSimulator(w)), b, full); full {
			same(t, expect(w), b.All())
		}
	}
}

// TestNothingIsDeletedUnseen lets parts of WHMCS be unreadable during a pull of everything: what
// was not seen is not taken for deleted.
func TestNothingIsDeletedUnseen(t *testing.T) {
	for name, c := range map[string]struct{ part, with string }{
		"a client":          {`"clientid":3`, ""},
		"transactions":      {`"amountin":"`, `"amountin":"x`},
		"a repeated id":     {`"id":"993",`, `"id":"993","id":"994",`},
		"a larger total":    {`"totalresults":`, `"totalresults":9`},
		"a service's id":    {`"id":"303"`, `"id":""`},
		"an unlisted one":   {`"id":"303"`, `"id":"302"`},
		"a client's row id": {`{"id":3,"firstname"`, `{"id":"x","firstname"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := sourcetest.Small()
			b := sourcetest.NewBooks()
			pullInto(t, opened(t, w, NewSimulator(w)), b, false)
			broken := sourcetest.Rewrite(NewSimulator(w), func(r *http.Request, body []byte) []byte {
				if err := r.ParseForm(); err != nil {
					t.Error(err)
				}
				if name == "a client" {
					if r.Form.Get("clientid") == "3" && r.Form.Get("action") == "GetClientsDetails" {
						return []byte(`{"result":"error","message":"malformed UTF-8"}`)
					}
					return body
				}
				if name == "a larger total" && r.Form.Get("action") != "GetTransactions" {
					return body
				}
				return bytes.ReplaceAll(body, []byte(c.part), []byte(c.with))
			})
			err := opened(t, w, broken).Pull(t.Context(), source.Request{Cursor: b.Cursor, Full: true,
				Books: b}, func(p source.Page) error {
				if len(p.Records.Gone) > 0 {
					t.Errorf("gone: %v", p.Records.Gone)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRepeatedNames puts a name twice into single records: each is kept aside, the rest goes on.
func TestRepeatedNames(t *testing.T) {
	for place, c := range map[string]struct{ part, with string }{
		"invoice 1003": {`{"result":"success","invoiceid":1003,`,
			`{"result":"success","balance":"9.00","invoiceid":1003,`},
		"payment 993": {`"id":"993",`, `"id":"993","amountin":"1.00",`},
		"service 303": {`"id":"303",`, `"id":"303","status":"Active",`},
	} {
		w := sourcetest.Small()
		b := sourcetest.NewBooks()
		pullInto(t, opened(t, w, sourcetest.Rewrite(NewSimulator(w), func(_ *http.Request,
			body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(c.part), []byte(c.with))
		})), b, false)
		r := b.Rejects()
		if len(r) != 1 || r[0].Place != place || !bytes.Contains([]byte(r[0].Reason),
			[]byte("stands twice")) || bytes.Contains([]byte(r[0].Raw), []byte("twice")) {
			t.Errorf("%s: %+v", place, r)
		}
	}
}

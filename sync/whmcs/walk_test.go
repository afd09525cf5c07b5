package whmcs

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// TestShift deletes invoices that the sweep has passed, so that the rows behind move up, and makes a
// new one, all between two pages of one pull: nothing may be skipped.
func TestShift(t *testing.T) {
	for _, deleted := range []int{1, 2, 5} {
		w := sourcetest.Small()
		var h http.Handler = NewSimulator(w)
		pages := 0
		s := opened(t, w, cut(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			if r.Form.Get("action") == "GetInvoices" {
				if pages++; pages == 3 {
					late := w.Invoices[len(w.Invoices)-1]
					late.ID++
					slices.SortFunc(w.Invoices, func(a, b world.Invoice) int { return b.ID - a.ID })
					w.Invoices = append(w.Invoices[deleted:], late)
					h = NewSimulator(w)
				}
			}
			h.ServeHTTP(rw, r)
		}), 3))
		b := sourcetest.NewBooks()
		pullInto(t, s, b, false)
		got := plainly(b.All())
		for id := range plainly(expect(w)) {
			if got[id] == "" {
				t.Errorf("%d deleted: %s was skipped", deleted, id)
			}
		}
	}
}

// TestVanishedFar finds an open invoice that vanished far from its neighbours.
func TestVanishedFar(t *testing.T) {
	w := sourcetest.Small()
	lone := w.Invoices[slices.IndexFunc(w.Invoices, func(v world.Invoice) bool {
		return v.Status == book.InvoiceUnpaid
	})]
	lone.ID = 500_000
	whole := slices.Clone(w.Invoices)
	w.Invoices = append(w.Invoices, lone)
	b := sourcetest.NewBooks()
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	w.Invoices = whole
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	same(t, expect(w), b.All())
}

// TestLogWhileAway changes a client that a pull has passed, before the pull is taken up again: the
// next one must find it.
func TestLogWhileAway(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	free := func(id, client int) {
		w.Now += 3600 * 1000
		w.Payments = append(w.Payments, world.Payment{ID: id, CustomerID: client, At: w.Now,
			Currency: "EUR", In: 100, Method: "stripe"})
	}
	free(8001, 5)
	away := errors.New("away")
	passed := false
	err := opened(t, w, cut(NewSimulator(w), 4)).Pull(t.Context(),
		source.Request{Cursor: b.Cursor, Books: b}, func(p source.Page) error {
			if passed {
				return away
			}
			passed = p.StageOf == clientStage+1 && p.Done >= 6
			b.Keep(p)
			return nil
		})
	if !errors.Is(err, away) {
		t.Fatal(err)
	}
	free(8002, 6)
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	pullInto(t, opened(t, w, NewSimulator(w)), b, false)
	same(t, expect(w), b.All())
}

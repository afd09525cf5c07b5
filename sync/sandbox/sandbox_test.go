package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/bankfile"
	"countinghouse/sync/world"
)

// TestStatementsEndWithYesterday fetches the bank's statements of every account: that of the month in
// which the business stands ends with the last full day, and a month to come has none.
func TestStatementsEndWithYesterday(t *testing.T) {
	month := book.MonthOf(book.NewDate(2026, 10, 1))
	w := world.Build(world.Options{Seed: 7, Customers: 20, Month: month})
	s, err := Start(context.Background(), w, "127.0.0.1:0", func() book.Instant { return w.Now })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	get := func(a world.Account, m book.Month) *http.Response {
		reply, err := http.Get(s.StatementURL(a.Name, m, "camt"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { reply.Body.Close() })
		return reply
	}
	now := book.MonthOf(w.Now.In(w.Zone))
	for _, a := range w.Accounts {
		for m := month; m <= now; m++ {
			reply := get(a, m)
			if reply.StatusCode != http.StatusOK {
				t.Fatalf("%s, %s: %s", a.Name, m, reply.Status)
			}
			b, err := io.ReadAll(reply.Body)
			if err != nil {
				t.Fatal(err)
			}
			f, err := bankfile.Read(t.Context(), bytes.NewReader(b), "x.xml", bankfile.Options{Account: a.Name,
				Currency: a.Currency, Number: a.IBAN})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := f.Statements[0].ToOn, min(m.Last(), w.Now.In(w.Zone)-1); got != want {
				t.Errorf("%s, %s: ends on %s, want %s", a.Name, m, got, want)
			}
		}
		reply := get(a, now+1)
		if b, err := io.ReadAll(reply.Body); err != nil || reply.StatusCode != http.StatusNotFound {
			t.Errorf("%s, a month to come: %s, %v, %s", a.Name, reply.Status, err, b)
		}
	}
}

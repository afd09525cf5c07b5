package reconcile_test

import (
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// TestBoundaries judges one waiting charge and one payout on its way to the last millisecond of the
// deadline and right after it. The deadline of the charge knows weekends only, that of the payout
// the holidays of its account; the day begins in the business's zone, and on one of these days the
// clocks change.
func TestBoundaries(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int) book.Date { return book.NewDate(2026, 10, d) }
	holiday := func(d book.Date) bool {
		w := d.Time().Weekday()
		return w != time.Saturday && w != time.Sunday && d != day(27)
	}
	in := reconcile.Input{Period: book.MonthOf(day(1)), Zone: zone, OpeningOn: day(1), Base: "EUR",
		Sources: []reconcile.Source{
			{Name: "billing", Role: reconcile.Billing, Methods: map[string]string{"s": "stripe"}},
			{Name: "stripe", Role: reconcile.Gateway}},
		Accounts: []reconcile.Account{{Name: "operating", Currency: "EUR", BusinessDay: holiday,
			Settles: []book.SourceName{"stripe"}}},
		Books: book.Records{
			Payments: []book.Payment{{ID: "billing:payment/1", Source: "billing", Method: "s",
				At: day(20).Start(zone), Amount: money.New(100, "EUR"), Reference: "ch_1"}},
			Transactions: []book.Transaction{
				{ID: "stripe:ch_1", Source: "stripe", Kind: book.Charge, State: book.Succeeded,
					At: day(20).Start(zone), AvailableAt: day(23).Start(zone) - 1, Currency: "EUR",
					Gross: 100, Net: 100, Charged: money.New(100, "EUR")},
				{ID: "stripe:ch_2", Source: "stripe", Kind: book.Charge, State: book.Succeeded,
					At: day(1).Start(zone), AvailableAt: day(2).Start(zone), Currency: "EUR",
					Gross: 200, Net: 200, Charged: money.New(200, "EUR"), PayoutID: "stripe:po_1"}},
			Payouts: []book.Payout{{ID: "stripe:po_1", Source: "stripe", State: book.PayoutPaid,
				Amount: money.New(200, "EUR"), SentAt: day(21).Start(zone), ArrivesOn: day(23),
				Members: book.MembersStated}},
			Statements: []book.Statement{{ID: "operating:s", Account: "operating",
				Currency: "EUR", FromOn: day(1), ToOn: day(31)}},
		}}
	// The charge: available on the 22nd, in a payout on Friday 23rd, overdue after Wednesday 28th.
	// The payout: due on Friday 23rd, and the 27th is a holiday: missing after Thursday 29th.
	for _, c := range []struct {
		at   book.Instant
		want [2]book.Class
	}{
		{day(29).Start(zone) - 1, [2]book.Class{book.T1, book.T2}},
		{day(29).Start(zone), [2]book.Class{book.M3, book.T2}},
		{day(30).Start(zone) - 1, [2]book.Class{book.M3, book.T2}},
		{day(30).Start(zone), [2]book.Class{book.M3, book.M4}},
	} {
		in.At = c.at
		got := map[book.ItemID]book.Class{}
		for _, x := range run(t, in).Exceptions {
			for _, id := range x.Items {
				got[id] = x.Class
			}
		}
		if g := [2]book.Class{got["stripe:ch_1"], got["stripe:po_1"]}; g != c.want {
			t.Errorf("at %s: %v, want %v", c.at, g, c.want)
		}
	}
	in.Books.Statements[0].ToOn = day(28)
	for _, x := range run(t, in).Exceptions {
		if x.Class == book.M4 {
			t.Errorf("no statement covers the 29th: %s", x.Why)
		}
	}
}

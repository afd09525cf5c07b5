package present

import (
	"testing"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

func on(t testing.TB, s string) book.Date {
	t.Helper()
	d, err := book.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func at(t testing.TB, s string) book.Instant {
	t.Helper()
	x, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return book.At(x)
}

func eur(minor int64) money.Money { return money.New(minor, "EUR") }

// month is a small month written by hand: one chain that differs, one that lacks its payment, and
// payouts in every state.
func month(t testing.TB) *app.Month {
	period, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	charge := func(id string, gross, fee int64, payout book.ItemID, day string) book.Transaction {
		return book.Transaction{ID: book.ItemID("stripe:" + id), Source: "stripe", Kind: book.Charge,
			State: book.Succeeded, At: at(t, day+" 09:30"), Currency: "EUR", Gross: gross, Fee: fee,
			Net: gross - fee, Charged: eur(gross), PayoutID: payout, InvoiceRef: "1042",
			PayerName: "Wexmoor Tools"}
	}
	payout := func(id string, amount int64, sent, due string, state book.PayoutState) book.Payout {
		return book.Payout{ID: book.ItemID("stripe:" + id), Source: "stripe", State: state,
			Amount: eur(amount), SentAt: at(t, sent+" 08:00"), ArrivesOn: on(t, due),
			Members: book.MembersStated}
	}
	m := &app.Month{Period: period, AsOf: at(t, "2026-11-03 09:38"),
		Config: &app.Config{Business: app.Business{Name: "Northwind", BaseCurrency: "EUR"},
			Sources: []app.SourceConfig{{Name: "billing", Kind: "whmcs"},
				{Name: "stripe", Kind: "stripe"}}},
		Sources: []app.SourceState{{Name: "billing", Title: "WHMCS", Kind: "whmcs", OK: true,
			At: at(t, "2026-11-03 09:36")}, {Name: "stripe", Title: "Stripe", Kind: "stripe", OK: true,
			At: at(t, "2026-11-02 22:00")}},
		AutoPayments: book.AutoRate{Matched: 2951, Of: 2984},
		AutoLines:    book.AutoRate{Matched: 30, Of: 30}}
	m.Books = book.Records{
		Customers: []book.Customer{{ID: "billing:customer/7", Company: "Wexmoor Tools"}},
		Invoices: []book.Invoice{
			{ID: "billing:invoice/1042", CustomerID: "billing:customer/7", Number: "2026-77",
				Status: book.InvoicePaid, IssuedOn: on(t, "2026-10-12"), Currency: "EUR", Total: 12000},
			{ID: "billing:invoice/1050", CustomerID: "billing:customer/7", Status: book.InvoiceUnpaid,
				IssuedOn: on(t, "2026-10-20"), Currency: "EUR", Total: 4900}},
		Payments: []book.Payment{{ID: "billing:payment/991", InvoiceID: "billing:invoice/1042",
			CustomerID: "billing:customer/7", At: at(t, "2026-10-14 11:03"), Amount: eur(12000)}},
		Transactions: []book.Transaction{charge("ch_1", 11400, 114, "stripe:po_1", "2026-10-14"),
			charge("ch_2", 4900, 49, "", "2026-10-20")},
		Payouts: []book.Payout{payout("po_1", 11286, "2026-10-15", "2026-10-16", book.PayoutPaid),
			payout("po_2", 142000, "2026-10-21", "2026-10-26", book.PayoutInTransit),
			payout("po_3", 1000, "2026-10-30", "2026-11-04", book.PayoutInTransit),
			payout("po_4", 2000, "2026-10-29", "2026-11-01", book.PayoutFailed)},
	}
	exception := func(id string, c book.Class, amount money.Money, day string,
		items ...book.ItemID) book.Exception {
		return book.Exception{ID: id, Class: c, Amount: amount, On: on(t, day), Items: items,
			Status: book.Open, Leg: book.BillingGateway, DetectedAt: m.AsOf, Why: "Because of " + id}
	}
	m.Exceptions = []book.Exception{
		exception("e-m1", book.M1, eur(4900), "2026-10-20", "stripe:ch_2"),
		exception("e-m1-old", book.M1, eur(100), "2026-09-12", "stripe:ch_9"),
		exception("e-a4", book.A4, eur(600), "2026-10-14", "billing:payment/991", "stripe:ch_1"),
		exception("e-m4", book.M4, eur(142000), "2026-10-21", "stripe:po_2"),
		exception("e-t2", book.T2, eur(1000), "2026-10-30", "stripe:po_3"),
		exception("e-usd", book.R1, money.New(5900, "USD"), "2026-10-09", "stripe:re_1"),
	}
	m.Exceptions = append(m.Exceptions, exception("e-done", book.A5, eur(7), "2026-10-03",
		"stripe:ch_7"))
	m.Exceptions[len(m.Exceptions)-1].Status = "resolved"
	return m
}

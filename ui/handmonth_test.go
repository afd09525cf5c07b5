package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// handMonth is the month of the design's picture: three bank lines that nothing matched, and what they
// could pay. more is how many further invoices are open.
func handMonth(t *testing.T, config *app.Config, more int) *app.Month {
	t.Helper()
	day := func(s string) book.Date {
		d, err := book.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	eur := func(minor int64) money.Money { return money.New(minor, "EUR") }
	m := &app.Month{Period: period, Config: config, User: "ar.clerk",
		AsOf:     book.At(time.Date(2026, 11, 3, 9, 38, 0, 0, time.UTC)),
		Rejected: map[string]bool{}}
	names := []string{"Pellgrove Dental", "Harrowfen Yarns", "Lindenmoor", "Tallowgate", "Veldmoor Studio"}
	for i, name := range names {
		m.Books.Customers = append(m.Books.Customers, book.Customer{Source: "billing", Company: name,
			ID: book.ItemID(fmt.Sprintf("billing:customer/%d", i+1))})
	}
	invoice := func(n string, customer int, due string, minor int64, c money.Currency) {
		m.Books.Invoices = append(m.Books.Invoices, book.Invoice{ID: book.ItemID("billing:invoice/" + n),
			Source: "billing", Number: n, Status: book.InvoiceUnpaid, DueOn: day(due),
			IssuedOn: day(due) - 14, Currency: c, Total: minor, Balance: minor,
			CustomerID: book.ItemID(fmt.Sprintf("billing:customer/%d", customer))})
	}
	invoice("10400", 1, "2026-08-28", 9900, "EUR")
	m.Books.Invoices[0].Status = book.InvoicePaid
	invoice("10455", 1, "2026-09-28", 19900, "EUR")
	invoice("10458", 2, "2026-10-01", 44800, "EUR")
	invoice("10461", 1, "2026-10-05", 14900, "EUR")
	invoice("10470", 1, "2026-10-12", 10000, "EUR")
	invoice("10473", 3, "2026-10-12", 24000, "EUR")
	invoice("10474", 3, "2026-10-12", 24000, "EUR")
	invoice("10502", 4, "2026-10-10", 14900, "EUR")
	invoice("10508", 1, "2026-10-19", 6400, "EUR")
	invoice("10519", 5, "2026-10-20", 5900, "USD")
	for i := range more {
		invoice(fmt.Sprint(20000+i), 2+i%4, "2026-10-20", int64(1000+i), "EUR")
	}
	line := func(id, on, from, text, account string, minor int64, class book.Class) {
		l := book.BankLine{ID: book.ItemID("operating:" + id), Account: "operating", On: day(on),
			Amount: eur(minor), Counterparty: from, Text: text, CounterpartyAccount: account}
		m.Books.Lines = append(m.Books.Lines, l)
		if class != "" {
			m.All = append(m.All, book.Exception{ID: strings.ToLower(id), Class: class, Status: book.Open,
				Leg: book.BankBilling, Items: []book.ItemID{l.ID}, Amount: l.Amount, On: l.On})
		}
	}
	line("A0", "2026-08-29", "Pellgrove Dental", "10400", "LT1", 9900, "")
	line("A1", "2026-10-13", "Tallowgate", "TRANSFER OCT HOSTING TALLOWGATE", "LT9", 31200, book.M5)
	line("A2", "2026-10-23", "Pellgrove Dental", "PELLGROVE DENTAL HOSTING SEP OCT", "LT1", 44800, book.M5)
	line("A3", "2026-10-26", "", "HOSTING PAYMENT", "", 48000, book.D7)
	m.Exceptions = m.All
	m.Matches = []book.Match{{ID: "m", Pass: book.P7, Leg: book.BankBilling, State: book.Auto,
		Left: []book.ItemID{"billing:invoice/10400"}, Right: []book.ItemID{"operating:A0"},
		Uses: []money.Money{eur(9900), eur(9900)}}}
	return m
}

// showHand opens the screen on the month of the design.
func showHand(r *robot) {
	r.s.loaded(handMonth(r.t, r.s.profile.Config(), 0), nil, false)
	r.s.open(atHand)
	r.settle()
}

// showHandZero has 448.00 = 199.00 + 149.00 + 100.00 chosen.
func showHandZero(r *robot) {
	showHandOver(r)
	r.letters("1")
	r.settle()
}

// showHandOver has 448.00 and two invoices chosen, 100.00 more than they need.
func showHandOver(r *robot) {
	showHand(r)
	r.key("Down", "Space", "Tab", "Space", "Down", "Space")
	r.settle()
}

// showHandDrafts shows the list of drafts.
func showHandDrafts(r *robot) {
	showHandOver(r)
	x := r.s.hand()
	d := x.view.Draft()
	d.ID, d.By, d.At = 1, "ar.clerk", r.s.month.AsOf
	o := d
	o.ID, o.Title, o.By = 2, "Tallowgate 312.00 EUR = 10502", "j.smith"
	x.kept = []app.Draft{d, o}
	x.showHead()
	x.showDrafts()
}

// showHandRejected shows what a person said no to.
func showHandRejected(r *robot) {
	m := handMonth(r.t, r.s.profile.Config(), 0)
	m.Rejected[reconcile.MatchID(book.BankBilling, []book.ItemID{"billing:invoice/10458"},
		[]book.ItemID{"operating:A2"})] = true
	r.s.loaded(m, nil, false)
	r.s.open(atHand)
	r.settle()
	r.key("Down", "Space")
	r.settle()
}

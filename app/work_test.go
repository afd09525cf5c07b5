package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestEveryClassHasItsOffers looks at all 42 classes: what may be done agrees with the words of the
// resolutions, and what cannot be done has a reason.
func TestEveryClassHasItsOffers(t *testing.T) {
	if len(ladders) != len(book.Classes) {
		t.Errorf("%d ladders for %d classes", len(ladders), len(book.Classes))
	}
	for _, c := range book.Classes {
		for _, i := range book.Resolutions {
			if slices.Contains(i.Classes, c.Class) != slices.Contains(ladders[c.Class], i.Resolution) {
				t.Errorf("%s: %s stands in the ladder or in the resolution's classes, not in both", c.Class,
					i.Resolution)
			}
		}
		if len(ladders[c.Class])+len(barred[c.Class]) == 0 {
			t.Errorf("%s: nobody is told what to do", c.Class)
		}
		if c.Class.Group() == book.Timing && !slices.Equal(ladders[c.Class], []book.Resolution{book.Query}) {
			t.Errorf("%s: timing clears by itself", c.Class)
		}
	}
}

// smallBooks opens books with a few records of every kind and things wrong with them.
func smallBooks(t testing.TB, user, dir string) *App {
	t.Helper()
	a, err := Open(context.Background(), Options{Config: configFile(t, `
[business]
base_currency = "EUR"
opening_date = "2026-09-01"
[limits]
write_off = "10.00 EUR"
[[source]]
name = "billing"
kind = "whmcs"
url = "https://billing.example.com"
gateways = { stripe = "stripe", bank = "operating" }
[[source]]
name = "stripe"
kind = "stripe"
[[account]]
name = "operating"
currency = "EUR"
settles = ["stripe"]
`), Dir: dir, User: user, Wall: demoClock, Now: func() time.Time {
		return time.Date(2026, 11, 5, 8, 0, 0, 0, time.UTC)
	}, LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func on(s string) book.Date {
	d, err := book.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func eur(minor int64) money.Money { return money.New(minor, "EUR") }

func noon(day int) book.Instant {
	return book.At(time.Date(2026, 10, day, 12, 0, 0, 0, time.UTC))
}

func charge(id string, day int, gross int64, invoice string) book.Transaction {
	return book.Transaction{ID: book.ItemID("stripe:" + id), Source: "stripe", Kind: book.Charge,
		State: book.Succeeded, At: noon(day), AvailableAt: noon(day), Currency: "EUR", Gross: gross, Net: gross,
		Charged: eur(gross), InvoiceRef: invoice}
}

func invoice(n, customer int, total, balance int64) book.Invoice {
	v := book.Invoice{ID: book.ItemID(fmt.Sprintf("billing:invoice/%d", n)), Source: "billing",
		CustomerID: book.ItemID(fmt.Sprintf("billing:customer/%d", customer)), Status: book.InvoiceUnpaid,
		Kind: book.InvoiceOrdinary, IssuedOn: on("2026-10-01"), DueOn: on("2026-10-14"), Currency: "EUR",
		Total: total, Balance: balance, Method: "stripe"}
	if balance == 0 {
		v.Status, v.PaidAt = book.InvoicePaid, noon(5)
	}
	return v
}

func payment(n, inv, customer, day int, amount int64, method, reference string) book.Payment {
	return book.Payment{ID: book.ItemID(fmt.Sprintf("billing:payment/%d", n)), Source: "billing",
		InvoiceID:  book.ItemID(fmt.Sprintf("billing:invoice/%d", inv)),
		CustomerID: book.ItemID(fmt.Sprintf("billing:customer/%d", customer)), At: noon(day),
		Amount: eur(amount), Method: method, Reference: reference}
}

func line(id string, day int, amount int64, from, account, text string) book.BankLine {
	return book.BankLine{ID: book.ItemID("operating:" + id), Account: "operating",
		StatementID: "operating:S1", On: book.NewDate(2026, 10, day), Amount: eur(amount), Counterparty: from,
		CounterpartyAccount: account, Text: text, Row: 1}
}

// smallRecords are: an invoice whose charge billing does not know (M1), one booked too high (A4), one short
// (A1, above and below the limit), one closed by hand (M8), transfers of nobody known (M5), of a customer
// who pays several invoices, and one posted twice (D2).
func smallRecords() book.Records {
	r := book.Records{}
	for i, name := range []string{"Brindlecote", "Wexmoor Tools", "Pellgrove Dental", "Harrowfen Yarns"} {
		r.Customers = append(r.Customers, book.Customer{ID: book.ItemID(fmt.Sprintf("billing:customer/%d", i+1)),
			Source: "billing", Company: name, Currency: "EUR"})
	}
	r.Invoices = []book.Invoice{
		invoice(10466, 1, 4900, 4900),
		invoice(10482, 2, 12000, 0),
		invoice(10490, 2, 10000, 400), invoice(10491, 2, 20000, 5000),
		invoice(10455, 3, 19900, 19900), invoice(10461, 3, 14900, 14900), invoice(10470, 3, 10000, 10000),
		invoice(10458, 4, 44800, 44800),
		invoice(10499, 1, 7000, 0),
		invoice(10500, 4, 3900, 0),
		invoice(10430, 3, 6400, 0),
	}
	r.Payments = []book.Payment{
		payment(991, 10482, 2, 14, 12000, "stripe", "ch_58214"),
		payment(992, 10490, 2, 14, 9600, "stripe", "ch_2"),
		payment(993, 10491, 2, 14, 15000, "stripe", "ch_3"),
		payment(994, 10500, 4, 14, 3900, "stripe", "ch_4"),
		payment(995, 10500, 4, 14, 3900, "stripe", "ch_4"),
		payment(996, 10430, 3, 2, 6400, "bank", "10430"),
	}
	r.Transactions = []book.Transaction{
		charge("ch_9", 12, 4900, "10466"), charge("ch_58214", 14, 11400, "10482"),
		charge("ch_2", 14, 9600, "10490"), charge("ch_3", 14, 15000, "10491"),
		charge("ch_4", 14, 3900, "10500"),
	}
	r.Statements = []book.Statement{{ID: "operating:S1", Account: "operating", Currency: "EUR",
		FromOn: on("2026-10-01"), ToOn: on("2026-10-31")}}
	r.Lines = []book.BankLine{
		line("L0", 3, 6400, "Pellgrove Dental", "LT99", "invoice 10430"),
		line("L1", 13, 31200, "Tallowgate", "LT55", "TRANSFER OCT HOSTING TALLOWGATE"),
		line("L2", 23, 44800, "P. DENTAL", "LT99", "HOSTING SEP OCT"),
	}
	return r
}

// openSmall opens small books with their records in.
func openSmall(t testing.TB) *App {
	t.Helper()
	a := smallBooks(t, "ann", t.TempDir())
	fill(t, a)
	return a
}

func fill(t testing.TB, a *App) {
	t.Helper()
	all := smallRecords()
	bank := book.Records{Statements: all.Statements, Lines: all.Lines}
	all.Statements, all.Lines = nil, nil
	for name, r := range map[book.SourceName]book.Records{"billing": {Customers: all.Customers,
		Invoices: all.Invoices, Payments: all.Payments}, "stripe": {Transactions: all.Transactions},
		"operating": bank} {
		if _, err := a.store.Apply(context.Background(), name, r, nil, "", 1); err != nil {
			t.Fatal(err)
		}
	}
}

var october = book.MonthOf(book.NewDate(2026, 10, 1))

func run(t testing.TB, a *App) *Month {
	t.Helper()
	m, err := a.Reconcile(context.Background(), october, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// only is the only exception of a class that holds an item.
func only(t testing.TB, m *Month, c book.Class, item book.ItemID) book.Exception {
	t.Helper()
	for _, x := range m.All {
		if x.Class == c && slices.Contains(x.Items, item) {
			return x
		}
	}
	t.Fatalf("there is no %s on %s in\n%s", c, item, listing(m))
	return book.Exception{}
}

// listing is every exception and match of a month in words.
func listing(m *Month) string {
	var b strings.Builder
	for _, x := range m.All {
		fmt.Fprintf(&b, "%s %s %s %v\n", x.Class, x.Amount, x.Status, x.Items)
	}
	for _, x := range m.Matches {
		fmt.Fprintf(&b, "%s %s %s %v = %v %v\n", x.Pass, x.Leg, x.State, x.Left, x.Right, x.Uses)
	}
	return b.String()
}

func resolve(t testing.TB, a *App, q ResolveRequest) Resolved {
	t.Helper()
	r, err := a.Resolve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	for id, why := range r.Refused {
		t.Errorf("%s was refused: %s", id, why)
	}
	return r
}

package present

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// handMonth has a line of 448.00 from a known account, one of nobody, and what they could pay.
func handMonth(t testing.TB) *app.Month {
	m := month(t)
	m.Rejected = map[string]bool{}
	m.Books.Customers = []book.Customer{{ID: "billing:customer/1", Company: "Pellgrove Dental"},
		{ID: "billing:customer/2", Company: "Harrowfen Yarns"}}
	invoice := func(n string, customer int, due string, minor int64, c money.Currency) book.Invoice {
		return book.Invoice{ID: book.ItemID("billing:invoice/" + n), Source: "billing", Number: n,
			CustomerID: book.ItemID(fmt.Sprintf("billing:customer/%d", customer)), Currency: c, Total: minor,
			Status: book.InvoiceUnpaid, Balance: minor, DueOn: on(t, due), IssuedOn: on(t, due) - 14}
	}
	m.Books.Invoices = []book.Invoice{invoice("10400", 1, "2026-08-28", 9900, "EUR"),
		invoice("10455", 1, "2026-09-28", 19900, "EUR"), invoice("10458", 2, "2026-10-01", 44800, "EUR"),
		invoice("10461", 1, "2026-10-05", 14900, "EUR"), invoice("10470", 1, "2026-11-12", 10000, "EUR"),
		invoice("10519", 2, "2026-10-20", 5900, "USD")}
	m.Books.Invoices[0].Status = book.InvoicePaid
	m.Books.Payments, m.Books.Transactions, m.Books.Payouts = nil, nil, nil
	line := func(id, day, from, account string, minor int64) book.BankLine {
		return book.BankLine{ID: book.ItemID("operating:" + id), Account: "operating", On: on(t, day),
			Amount: eur(minor), Counterparty: from, CounterpartyAccount: account, Text: "HOSTING"}
	}
	m.Books.Lines = []book.BankLine{line("A0", "2026-08-29", "Pellgrove Dental", "LT1", 9900),
		line("A2", "2026-10-23", "Pellgrove Dental", "LT1", 44800), line("A3", "2026-09-26", "", "", 48000),
		line("A4", "2026-11-02", "Later", "", 100)}
	m.All = nil
	for i, class := range []book.Class{book.M5, book.D7, book.M5} {
		l := m.Books.Lines[i+1]
		m.All = append(m.All, book.Exception{ID: string(l.ID), Class: class, Status: book.Open,
			Leg: book.BankBilling, Items: []book.ItemID{l.ID}, Amount: l.Amount, On: l.On})
	}
	m.Exceptions = m.All
	m.Matches = []book.Match{{ID: "m", Leg: book.BankBilling, State: book.Auto,
		Left: []book.ItemID{"billing:invoice/10400"}, Right: []book.ItemID{"operating:A0"},
		Uses: []money.Money{eur(9900), eur(9900)}}}
	return m
}

// rowsOf are the rows of a side as lines of text.
func rowsOf(h *Hand, s Side) string {
	var b strings.Builder
	for _, r := range h.Rows(s) {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s %s\n", r.Title, r.Customer, r.Class, r.Due, r.Fact, r.Amount,
			r.Currency)
	}
	return b.String()
}

func TestHandLists(t *testing.T) {
	h := NewHand(handMonth(t))
	for _, c := range []struct {
		name string
		do   func()
		side Side
		want string
		foot string
	}{
		{"the month and before, never later", func() {}, Received,
			"Unknown sender||D7|—||480.00 EUR\nPellgrove Dental|Pellgrove Dental|M5|—||448.00 EUR\n",
			"2 unmatched bank lines in 2026-10. Every other line is matched."},
		{"by customer", func() {}, Applied,
			"10458|Harrowfen Yarns||2026-10-01||448.00 EUR\n10519|Harrowfen Yarns||2026-10-20||59.00 USD\n" +
				"10455|Pellgrove Dental||2026-09-28||199.00 EUR\n10461|Pellgrove Dental||2026-10-05||149.00 EUR\n" +
				"10470|Pellgrove Dental||2026-11-12||100.00 EUR\n",
			"5 open invoices in 2026-10. Nothing else is owed."},
		{"what shares most with the money first", func() { h.Look("operating:A2") }, Applied,
			"10455|Pellgrove Dental||2026-09-28|Sender's IBAN|199.00 EUR\n" +
				"10461|Pellgrove Dental||2026-10-05|Sender's IBAN|149.00 EUR\n" +
				"10470|Pellgrove Dental||2026-11-12|Sender's IBAN|100.00 EUR\n" +
				"10458|Harrowfen Yarns||2026-10-01|Same amount|448.00 EUR\n" +
				"10519|Harrowfen Yarns||2026-10-20||59.00 USD\n",
			"5 open invoices in 2026-10. Nothing else is owed."},
		{"searched by two words", func() { h.Search(Applied, "pellgrove 149.00") }, Applied,
			"10461|Pellgrove Dental||2026-10-05|Sender's IBAN|149.00 EUR\n",
			"1 of 5 open invoices fit the search and the filters."},
		{"nothing fits", func() { h.Search(Applied, "nobody") }, Applied, "",
			"None of 5 open invoices fits the search and the filters."},
		{"due later", func() { h.Search(Applied, ""); h.DueBy("later") }, Applied,
			"10470|Pellgrove Dental||2026-11-12|Sender's IBAN|100.00 EUR\n",
			"1 of 5 open invoices fit the search and the filters."},
		{"overdue of one customer", func() { h.DueBy("overdue"); h.OfCustomer("billing:customer/2") }, Applied,
			"10458|Harrowfen Yarns||2026-10-01|Same amount|448.00 EUR\n10519|Harrowfen Yarns||2026-10-20||59.00 USD\n",
			"2 of 5 open invoices fit the search and the filters."},
		{"his money", func() {}, Received, "", "None of 2 unmatched bank lines fits the search and the filters."},
		{"another tab", func() { h.OfCustomer(""); h.Show(PanePayouts) }, Received, "",
			"No open payout in 2026-10 or before. Every other payout is matched."},
	} {
		c.do()
		if got := rowsOf(h, c.side); got != c.want || h.Foot(c.side) != c.foot {
			t.Errorf("%s:\n%s%s\nwant\n%s%s", c.name, got, h.Foot(c.side), c.want, c.foot)
		}
	}
	if names := h.Customers(); len(names) != 2 || names[0].Name != "Harrowfen Yarns" {
		t.Errorf("customers: %+v", names)
	}
}

func TestHandSums(t *testing.T) {
	pay := func(n string) string { return "billing:invoice/" + n }
	for _, c := range []struct {
		name           string
		got, paid      []string
		sums, sentence string
		ready, uneven  bool
	}{
		{name: "nothing", sums: "0.00 0.00 —",
			sentence: "Choose money on the left and what it pays on the right."},
		{name: "money only", got: []string{"operating:A2"}, sums: "448.00 0.00 448.00",
			sentence: "Choose what it pays, or take a suggestion below."},
		{name: "an invoice only", paid: []string{pay("10455")}, sums: "0.00 199.00 −199.00",
			sentence: "Choose the money that paid it."},
		{name: "more", got: []string{"operating:A2"}, paid: []string{pay("10455"), pay("10461")},
			sums: "448.00 348.00 100.00", uneven: true,
			sentence: "Not zero yet: 100.00 more was received than the two invoices."},
		{name: "less", got: []string{"operating:A2"}, paid: []string{pay("10455"), pay("10458")},
			sums: "448.00 647.00 −199.00", uneven: true,
			sentence: "Not zero yet: 199.00 less was received than the two invoices."},
		{name: "zero", got: []string{"operating:A2"}, paid: []string{pay("10455"), pay("10461"), pay("10470")},
			sums: "448.00 448.00 0.00", ready: true, sentence: "Zero: both sides agree to the cent."},
		{name: "several to several", got: []string{"operating:A2", "operating:A3"},
			paid: []string{pay("10458"), pay("10455")}, sums: "928.00 647.00 281.00", uneven: true,
			sentence: "Not zero yet: 281.00 more was received than the two invoices."},
	} {
		h := NewHand(handMonth(t))
		for _, id := range c.got {
			if why := h.Choose(Received, id, true); why != "" {
				t.Fatal(why)
			}
		}
		for _, id := range c.paid {
			if why := h.Choose(Applied, id, true); why != "" {
				t.Fatal(why)
			}
		}
		v := h.Sum()
		if got := v.Received + " " + v.Applied + " " + v.Difference; got != c.sums ||
			v.Sentence != c.sentence || v.Ready != c.ready || v.Uneven != c.uneven {
			t.Errorf("%s: %s, %+v", c.name, got, v)
		}
		if q, why := h.Request(); why == "" != (c.ready || c.uneven) || len(q.Left) != len(c.paid) {
			t.Errorf("%s: request %+v, %q", c.name, q, why)
		}
	}
}

func TestHandRefusesInWords(t *testing.T) {
	h := NewHand(handMonth(t))
	h.Choose(Received, "operating:A2", true)
	for _, c := range []struct{ why, want string }{
		{h.Choose(Applied, "billing:invoice/10519", true), "Invoice 10519 is in USD and what you chose is in " +
			"EUR: amounts of two currencies are never mixed. Match it by itself."},
		{h.Choose(Applied, "billing:invoice/10400", true), "This record has nothing left to be matched."},
		{h.Choose(Applied, "billing:invoice/10455", true), ""},
		{h.SetPart("billing:invoice/10455", "much"), "Write an amount in EUR, such as 199.00."},
		{h.SetPart("billing:invoice/10455", "0"), "Nothing would be taken of it: leave the record out instead."},
		{h.SetPart("billing:invoice/10455", "199.01"), "Invoice 10455 has 199.00 EUR left: take that or less."},
		{h.SetPart("billing:invoice/10458", "1.00"), "Invoice 10458 is not chosen."},
		{h.SetPart("billing:invoice/10455", "48.00"), ""},
		{h.SetPart("operating:A2", "48.00"), ""},
		{h.Take(7), "There is no suggestion 8."},
		{h.Bring("billing:invoice/10400"), "Invoice 10400 has nothing left to be matched by hand."},
	} {
		if c.why != c.want {
			t.Errorf("%q, want %q", c.why, c.want)
		}
	}
	q, why := h.Request()
	if why != "" || !slices.Equal(q.Uses, []money.Money{eur(4800), eur(4800)}) || !h.Sum().Ready {
		t.Errorf("parts: %+v, %q", q, why)
	}
	if rows := h.Rows(Received); rows[1].Amount != "48.00 of 448.00" || !rows[1].Part {
		t.Errorf("the row of a part: %+v", rows)
	}
	d, kept := h.Draft(), NewHand(handMonth(t))
	if said := kept.Open(d); said != "" || !slices.Equal(kept.Draft().Uses, d.Uses) || !kept.Sum().Ready {
		t.Errorf("a draft of parts, opened again: %q, %+v", said, kept.Draft())
	}
	d.Uses[0] = eur(20000)
	if said := kept.Open(d); said != "Invoice 10455 has 199.00 EUR left: take that or less." {
		t.Errorf("a draft of more than is left: %q", said)
	}
}

func TestHandRests(t *testing.T) {
	texts := func(paid ...string) string {
		h := NewHand(handMonth(t))
		h.Choose(Received, "operating:A2", true)
		for _, n := range paid {
			h.Choose(Applied, "billing:invoice/"+n, true)
		}
		var b strings.Builder
		for _, r := range h.Rests() {
			fmt.Fprintf(&b, "%s: %s (%s)\n", r.ID, r.Title, r.Blocked)
		}
		return b.String()
	}
	for _, c := range []struct {
		paid []string
		want string
	}{
		{[]string{"10455"}, "credit: Keep 249.00 EUR as credit of Pellgrove Dental ()\n" +
			"part: Match, and leave 249.00 EUR open ()\n" +
			"write-off: Match, and write off 249.00 EUR (Money that came is never written off: keep it as " +
			"credit, or refund it.)\namounts: Split: say how much of each ()\n"},
		{[]string{"10458", "10455"}, "part: Allocate a part, 199.00 EUR stays owed ()\n" +
			"write-off: Match, and write off 199.00 EUR ()\namounts: Split: say how much of each ()\n" +
			"credit: Keep 199.00 EUR as the customer's credit (Less was received than is owed: nothing is left " +
			"over.)\n"},
	} {
		if got := texts(c.paid...); got != c.want {
			t.Errorf("%v:\n%s\nwant\n%s", c.paid, got, c.want)
		}
	}
}

func TestHandWays(t *testing.T) {
	m := handMonth(t)
	h := NewHand(m)
	if h.Asked() != nil || h.NoWays() != "Choose money on the left, and what could explain it is named here." {
		t.Errorf("nothing is looked at: %q", h.NoWays())
	}
	h.Choose(Received, "operating:A2", true)
	h.Suggest(h.Asked()())
	if w := h.Ways(); len(w) < 2 || w[0].Title != "Add invoices 10455, 10461 and 10470" ||
		strings.Contains(w[1].Title, "10461") {
		t.Errorf("one set of records is proposed twice: %+v", w)
	}
	h.Choose(Applied, "billing:invoice/10455", true)
	h.Choose(Applied, "billing:invoice/10461", true)
	h.Suggest(h.Asked()())
	var got []string
	for _, w := range h.Ways() {
		got = append(got, w.Key+" "+w.Title+" "+w.Amount+" "+w.Difference)
	}
	want := []string{"1 Add invoice 10470 100.00 0.00", "2 Invoice 10458 alone 448.00 0.00",
		"3 Keep 100.00 as client credit 100.00 0.00"}
	if !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	if why := h.Take(2); why != "" || !h.Credits() || h.Sum().Applied != "448.00" ||
		h.Sum().AppliedLabel != "Applied, 2 invoices and 100.00 credit" || !h.Sum().Ready {
		t.Errorf("credit: %q, %+v", why, h.Sum())
	}
	if why := h.Take(1); why != "" || !slices.Equal(h.Chosen(Applied), []string{"billing:invoice/10458"}) {
		t.Errorf("another one alone: %q, %v", why, h.Chosen(Applied))
	}
	if h.Draft().Title != "Pellgrove Dental 448.00 EUR = 10458" {
		t.Errorf("draft: %+v", h.Draft())
	}
	h.Spend()
	if h.Sum().Ready || strings.Contains(rowsOf(h, Received), "448.00") {
		t.Errorf("after the match:\n%s", rowsOf(h, Received))
	}
}

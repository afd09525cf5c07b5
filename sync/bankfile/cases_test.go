package bankfile

import (
	"errors"
	"fmt"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// entry is a line of a made statement.
type entry struct {
	on, valueOn     book.Date
	minor           int64
	who, text, bank string
	reference       string
	pending         bool
}

// made is a file with one statement of some days, in a format, with closing balance or without.
func made(format Format, from, to book.Date, closes bool, entries ...entry) File {
	p := Parsed{Statement: book.Statement{Account: "operating", Currency: "EUR", FromOn: from, ToOn: to,
		Format: string(format)}}
	if closes {
		p.Opening, p.Closing = new(int64), new(int64)
	}
	for i, e := range entries {
		p.Lines = append(p.Lines, book.BankLine{Account: "operating", On: e.on, ValueOn: e.valueOn,
			Amount: money.New(e.minor, "EUR"), Counterparty: e.who, Text: e.text, BankID: e.bank,
			Reference: e.reference, Pending: e.pending, Row: i + 1})
		if !e.pending {
			*closing(&p) += e.minor
		}
	}
	newIdentities().name(p.Lines, p.signing())
	p.sign()
	return File{Format: format, Statements: []Parsed{p}}
}

func closing(p *Parsed) *int64 {
	if p.Closing == nil {
		return new(int64)
	}
	return p.Closing
}

func equalEntries(n int, e entry) []entry {
	out := make([]entry, n)
	for i := range out {
		out[i] = e
	}
	return out
}

// TestIdentityCases imports files one after another: how many lines each adds, how many booked and
// pending ones there are in the end, and whether the last file is refused.
func TestIdentityCases(t *testing.T) {
	stripe := entry{on: 15, valueOn: 15, minor: 53519, who: "Stripe Payments Europe", text: "STRIPE PO7VEX OCT15", bank: "A0001"}
	with := func(e entry, change func(*entry)) entry {
		change(&e)
		return e
	}
	coffee := entry{on: 15, minor: -450, who: "Café", text: "Kartenzahlung"}
	hold := with(coffee, func(e *entry) { e.pending = true })
	for _, c := range []struct {
		name            string
		files           []File
		added           []int
		booked, pending int
		refused         bool
	}{
		{"a fee and a purchase under one FITID", []File{
			made(OFX, 15, 15, true, entry{on: 15, minor: -100, text: "PURCHASE", bank: "F1"}, entry{on: 15, minor: -3, text: "FEE", bank: "F1"}),
			made(OFX, 15, 16, true, entry{on: 15, minor: -100, text: "PURCHASE", bank: "F1"}, entry{on: 15, minor: -3, text: "FEE", bank: "F1"})},
			[]int{2, 0}, 2, 0, false},
		{"a file has one of two lines of a FITID, the next one both", []File{
			made(OFX, 15, 15, true, entry{on: 15, minor: -100, text: "PURCHASE", bank: "F1"}),
			made(OFX, 15, 15, true, entry{on: 15, minor: -100, text: "PURCHASE", bank: "F1"}, entry{on: 15, minor: -3, text: "FEE", bank: "F1"}),
			made(OFX, 15, 15, true, entry{on: 15, minor: -3, text: "FEE", bank: "F1"})},
			[]int{1, 1, 0}, 2, 0, false},
		{"an id comes again with other days and amounts", []File{
			made(OFX, 15, 15, true, entry{on: 15, minor: -100, text: "RENT", bank: "1"}),
			made(OFX, 45, 45, true, entry{on: 45, minor: -100, text: "RENT", bank: "1"}),
			made(OFX, 75, 75, true, entry{on: 75, minor: -250, text: "OTHER", bank: "1"}),
			made(OFX, 45, 75, true, entry{on: 45, minor: -100, text: "RENT", bank: "1"}, entry{on: 75, minor: -250, text: "OTHER", bank: "1"})},
			[]int{1, 1, 1, 0}, 3, 0, false},
		{"a batch's reference on all its entries", []File{
			made(CAMT, 15, 15, true, equalEntries(3, with(stripe, func(e *entry) { e.bank = "BATCH1" }))...),
			made(CAMT, 15, 15, true, equalEntries(3, with(stripe, func(e *entry) { e.bank = "BATCH1" }))...)},
			[]int{3, 0}, 3, 0, false},
		{"an MT940 reference that is the same every day", []File{
			made(MT940, 15, 15, true, entry{on: 15, valueOn: 15, minor: -490, text: "PARKING", bank: "NONREF1"}),
			made(MT940, 16, 16, true, entry{on: 16, valueOn: 16, minor: -490, text: "PARKING", bank: "NONREF1"}),
			made(MT940, 17, 17, true, entry{on: 17, valueOn: 17, minor: -490, text: "PARKING", bank: "NONREF1"}),
			made(MT940, 15, 17, true, entry{on: 15, valueOn: 15, minor: -490, text: "PARKING", bank: "NONREF1"},
				entry{on: 16, valueOn: 16, minor: -490, text: "PARKING", bank: "NONREF1"},
				entry{on: 17, valueOn: 17, minor: -490, text: "PARKING", bank: "NONREF1"})},
			[]int{1, 1, 1, 0}, 3, 0, false},
		{"interim, then final under another reference", []File{
			made(CAMT, 15, 15, false, with(stripe, func(e *entry) { e.bank = "TMP77" })), made(CAMT, 15, 15, true, stripe)},
			[]int{1, 0}, 1, 0, false},
		{"interim, then final a day later under the payer's reference", []File{
			made(CAMT, 15, 15, false, with(stripe, func(e *entry) { e.bank, e.reference = "TMP77", "E2E-4711" })),
			made(CAMT, 16, 16, true, with(stripe, func(e *entry) { e.on, e.reference = 16, "E2E-4711" }))},
			[]int{1, 0}, 1, 0, false},
		{"booked a day later under the same reference", []File{
			made(CAMT, 15, 15, false, stripe), made(CAMT, 16, 16, true, with(stripe, func(e *entry) { e.on = 16 }))},
			[]int{1, 0}, 1, 0, false},
		{"a table prints the value date, the other format both", []File{
			made(CSV, 10, 20, true, with(stripe, func(e *entry) { e.on, e.valueOn, e.bank = 16, 0, "" })),
			made(CAMT, 10, 20, true, with(stripe, func(e *entry) { e.valueOn, e.text = 16, "STRIPE PO7VEX OCT15 77301" })),
		}, []int{1}, 1, 0, true},
		{"the same, with a reference", []File{
			made(CSV, 10, 20, true, with(stripe, func(e *entry) { e.on, e.valueOn, e.bank, e.reference = 16, 0, "", "E2E-1" })),
			made(CAMT, 10, 20, true, with(stripe, func(e *entry) { e.valueOn, e.reference = 16, "E2E-1" }))},
			[]int{1, 0}, 1, 0, false},
		{"reports of a day, each with what is new", []File{
			made(CAMT, 15, 15, false, stripe), made(CAMT, 15, 15, false, with(stripe, func(e *entry) { e.text, e.bank = "STRIPE PO9CAT OCT15 88812", "A0002" }),
				coffee),
			made(CAMT, 15, 15, true, stripe, with(stripe, func(e *entry) { e.text, e.bank = "STRIPE PO9CAT OCT15 88812", "A0002" }), coffee)},
			[]int{1, 2, 0}, 3, 0, false},
		{"two payers, one amount, a report each", []File{
			made(MT940, 15, 15, false, entry{on: 15, minor: 4900, who: "Acme", text: "INVOICE 10442"}),
			made(MT940, 15, 15, false, entry{on: 15, minor: 4900, who: "Beta", text: "INVOICE 10443"})},
			[]int{1, 1}, 2, 0, false},
		{"two payers, one amount, where both files should have both", []File{
			made(CSV, 14, 16, true, entry{on: 15, minor: 4900, who: "Acme", text: "INVOICE 10442"}),
			made(CAMT, 14, 16, true, entry{on: 15, minor: 4900, who: "Beta", text: "INVOICE 10443"})},
			[]int{1}, 1, 0, true},
		{"MT940 cut off, CAMT whole", []File{
			made(MT940, 15, 15, true, entry{on: 15, minor: 9900, who: "MUELLER UND SOEHNE GMBH", text: "RECHNUNG10442VOM12OKTOBERDA"}),
			made(CAMT, 15, 15, true, entry{on: 15, minor: 9900, who: "Müller und Söhne GmbH & Co. KG",
				text: "Rechnung 10442 vom 12. Oktober, danke", bank: "C-1"}),
			made(CSV, 15, 15, true, entry{on: 15, minor: 9900, who: "M?ller und S?hne GmbH", text: "Rechnung 10442 vom 12. Okt"})},
			[]int{1, 0, 0}, 1, 0, false},
		{"30 equal rows, 29 there", []File{made(CSV, 15, 15, true, equalEntries(29, coffee)...),
			made(CSV, 15, 15, true, equalEntries(30, coffee)...)}, []int{29, 1}, 30, 0, false},
		{"30 equal rows, 29 there from another format", []File{
			made(CAMT, 15, 15, true, equalEntries(29, with(coffee, func(e *entry) { e.text = "KARTENZAHLUNG CAFE" }))...),
			made(CSV, 15, 15, true, equalEntries(30, coffee)...), made(CSV, 15, 15, true, equalEntries(30, coffee)...)},
			[]int{29, 1, 0}, 30, 0, false},
		{"one cent off", []File{made(CSV, 14, 16, true, stripe),
			made(MT940, 14, 16, true, with(stripe, func(e *entry) { e.minor++ }))}, []int{1}, 1, 0, true},
		{"announced, then booked a day later", []File{made(CAMT, 15, 15, false, hold),
			made(CAMT, 16, 16, true, with(coffee, func(e *entry) { e.on = 16 }))}, []int{1, 1}, 1, 0, false},
		{"booked, and a report of before comes late", []File{made(CAMT, 16, 16, true, with(coffee, func(e *entry) { e.on = 16 })),
			made(CAMT, 15, 15, false, hold)}, []int{1, 0}, 1, 0, false},
		{"announced and never booked", []File{made(CAMT, 15, 15, false, hold), made(CAMT, 15, 15, true, stripe)}, []int{1, 1}, 1, 0, false},
		{"announced, and its day is not told of yet", []File{made(CAMT, 15, 15, false, hold),
			made(CAMT, 14, 14, true, with(stripe, func(e *entry) { e.on, e.valueOn = 14, 14 }))}, []int{1, 1}, 1, 1, false},
		{"announced with another amount", []File{made(CSV, 15, 15, true, with(hold, func(e *entry) { e.minor, e.bank = -10000, "AUTH-9" })),
			made(CSV, 17, 17, true, with(coffee, func(e *entry) { e.on, e.minor, e.bank = 17, -9850, "AUTH-9" }))}, []int{1, 1}, 1, 0, false},
		{"announced twice alike, booked once", []File{made(CSV, 15, 15, true, hold, hold),
			made(CSV, 15, 16, true, with(coffee, func(e *entry) { e.on = 16 }), hold)}, []int{2, 1}, 1, 1, false},
		{"announced without a date, then booked", []File{made(CSV, 14, 15, true, stripe, with(hold, func(e *entry) { e.on = 0 })),
			made(CSV, 16, 16, true, with(coffee, func(e *entry) { e.on = 16 }))}, []int{2, 1}, 2, 0, false},
		{"announced without a date, and still so", []File{made(CSV, 14, 15, true, stripe, with(hold, func(e *entry) { e.on = 0 })),
			made(CSV, 15, 16, true, stripe, with(hold, func(e *entry) { e.on = 0 }))}, []int{2, 0}, 1, 1, false},
		{"announced without a date, and no more in the next list", []File{made(CSV, 14, 15, true, stripe, with(hold, func(e *entry) { e.on = 0 })),
			made(CSV, 15, 16, true, stripe, with(hold, func(e *entry) { e.on, e.text = 0, "Hotel" }))}, []int{2, 1}, 1, 1, false},
	} {
		books := newShelf()
		var added []int
		var err error
		for _, f := range c.files {
			var n int
			if n, err = books.take(f); err == nil {
				added = append(added, n)
			}
		}
		_, refused := errors.AsType[*Conflict](err)
		booked := len(books.sorted(func(l *book.BankLine) bool { return !l.Pending }))
		pending := len(books.lines) - booked
		if fmt.Sprint(added) != fmt.Sprint(c.added) || booked != c.booked || pending != c.pending || refused != c.refused ||
			err != nil && !refused {
			t.Errorf("%s: added %v, want %v; %d booked, want %d; %d pending, want %d; %v", c.name, added, c.added, booked,
				c.booked, pending, c.pending, err)
		}
	}
}

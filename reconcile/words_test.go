package reconcile

import (
	"slices"
	"testing"

	"countinghouse/app/book"
)

func TestInvoiceWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"RE 10466", []string{"10466"}},
		{"inv#10466", []string{"10466"}},
		{"10466/HOSTING", []string{"10466HOSTING", "10466"}},
		{"RNR:2026-11466 KD", []string{"202611466"}},
		{"PAYMENT FOR INVOICE (2026-11466)", []string{"202611466"}},
		{"INV-10466, INV-10467", []string{"INV10466", "10466", "INV10467", "10467"}},
		{"Sąskaita ĄB-77.", []string{"ĄB77"}},
		{"HOSTING OCT 2026", nil},
		{"01.10.2026", []string{"01102026"}},
		{"10/2026", []string{"102026"}},
		{"2 x web, 12 months", nil},
		{"THANK YOU", nil},
		{"10466 10466", []string{"10466"}},
	} {
		if got := invoiceWords(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFoldedKeys(t *testing.T) {
	for _, c := range []struct {
		reference string
		want      []string
	}{
		{" ch_3N aBc\n", []string{"CH_3NABC"}},
		{"Stripe: ch_3NaBc9 (card)", []string{"STRIPECH_3NABC9CARD", "STRIPE", "CH_3NABC9"}},
		{"cash", nil},
		{"", nil},
	} {
		if got := foldedKeys(c.reference); !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.reference, got, c.want)
		}
	}
	if tail("ch_3NaBc") != tail("CH_3N ABC.") || tail("ch_3NaBc") == tail("ch_3NaBd") {
		t.Error("the tail of an id depends on its case or not on its letters")
	}
}

func TestAddBusinessDays(t *testing.T) {
	friday, monday := int32(20735), int32(20738) // 2026-10-09 and 2026-10-12
	holiday := &Account{BusinessDay: func(d book.Date) bool {
		return int32(d) != monday && isBusinessDay(nil, d)
	}}
	never := &Account{BusinessDay: func(book.Date) bool { return false }}
	for _, c := range []struct {
		a    *Account
		from int32
		n    int
		want int32
	}{
		{nil, friday, 1, monday}, {nil, monday, -1, friday}, {nil, friday + 1, 1, monday},
		{nil, friday, 3, friday + 5}, {holiday, friday, 1, monday + 1}, {nil, friday, 0, friday},
		{never, friday, 2, friday + 2},
	} {
		if got := addBusinessDays(c.a, book.Date(c.from), c.n); int32(got) != c.want {
			t.Errorf("%d business days after %s: %s", c.n, book.Date(c.from), got)
		}
	}
}

func TestDisguisedNumbers(t *testing.T) {
	for _, c := range []struct {
		line book.BankLine
		want []string
	}{
		{book.BankLine{Text: "RE10466"}, []string{"10466"}},
		{book.BankLine{Text: "INV-10 466."}, []string{"10466"}},
		{book.BankLine{Text: "invoice 10\n4 66, thanks"}, []string{"10466"}},
		{book.BankLine{Text: "Ref 000010466"}, []string{"10466"}},
		{book.BankLine{Structured: "0000000104668"}, []string{"104668", "10466"}},
		{book.BankLine{Text: "paid 10,42 of 104.66"}, nil},
		{book.BankLine{Text: "X10466Y"}, nil},
		{book.BankLine{Text: "10466a"}, nil},
		{book.BankLine{Text: "HOSTING OCT 2026"}, nil},
		{book.BankLine{Text: "1 2 3 4 5 6 7"}, []string{"1234", "2345", "3456", "4567"}},
	} {
		if got := disguised(&c.line); !slices.Equal(got, c.want) {
			t.Errorf("%+v hides %q, want %q", c.line, got, c.want)
		}
	}
}

func TestCreditorReferences(t *testing.T) {
	for text, want := range map[string][]string{
		"RF18539007547034":          {"539007547034"},
		"ref RF18 5390 0754 7034.":  {"539007547034"},
		"rf18-5390-0754-7034":       {"539007547034"},
		"RF19539007547034":          nil,
		"RF06000000000000010440":    {"10440"},
		"RF":                        nil,
		"RF18":                      nil,
		"RFID 2026 OFFER 10466":     nil,
		"RF18 5390 0754 7034 thank": {"539007547034"},
	} {
		if got := creditorReferences(text); !slices.Equal(got, want) {
			t.Errorf("%q refers to %q, want %q", text, got, want)
		}
	}
}

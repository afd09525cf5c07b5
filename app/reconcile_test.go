package app

import (
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// TestFeesThatBillingNeverRecords: a billing module that records no fee for any payment says nothing by
// a missing one; a module that records some does, and so does too short a history.
func TestFeesThatBillingNeverRecords(t *testing.T) {
	c := Config{Sources: []SourceConfig{{Name: "billing", Gateways: map[string]string{
		"stripe": "stripe", "paypal": "paypal"}}}}
	var books book.Records
	for i := range 50 {
		p := book.Payment{Method: "stripe", Amount: money.New(1000, "EUR")}
		if i == 49 {
			p.Fee = 40
		}
		books.Payments = append(books.Payments, p, book.Payment{Method: "paypal",
			Amount: money.New(1000, "EUR")})
	}
	if !recordsFees(&c, &books, "stripe") || recordsFees(&c, &books, "paypal") {
		t.Error("stripe has a recorded fee, paypal has none")
	}
	books.Payments = books.Payments[:10]
	if !recordsFees(&c, &books, "paypal") {
		t.Error("five payments without a fee prove nothing")
	}
}

// TestAlterationsInWords checks the sentence about a record that changed after it was matched.
func TestAlterationsInWords(t *testing.T) {
	for _, c := range []struct {
		what book.Facts
		want string
	}{
		{book.Facts("").With("amount", "4900", "5900"), "its amount was 49.00 EUR and is 59.00 EUR"},
		{book.Facts("").With("reference", "ch_1", ""), "its reference was ch_1 and is not set"},
		{book.Facts("").With("gone", "0", "1"), "it is no longer at its source"},
		{book.Facts("").With("state", "succeeded", "failed"), ""},
		{book.Facts("").With("net", "100", "90").With("state", "succeeded", "failed"),
			"its net was 1.00 EUR and is 0.90 EUR"},
	} {
		if got := changed(store.Alteration{What: c.what}, "EUR"); got != c.want {
			t.Errorf("%q gives %q, want %q", c.what, got, c.want)
		}
	}
}

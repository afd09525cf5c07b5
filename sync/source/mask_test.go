package source

import (
	"reflect"
	"strings"
	"testing"

	"countinghouse/app/book"
)

func TestMaskCards(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"card 4242424242424242 used", "card ************4242 used"},
		{"4242 4242 4242 4242", "**** **** **** 4242"},
		{"5555-5555-5555-4444.", "****-****-****-4444."},
		{"order 2026 4242 4242 4242 4242", "order 2026 **** **** **** 4242"},
		{"378282246310005", "***********0005"},
		{"Rechnung é 4242424242424242", "Rechnung é ************4242"},
		{"4242424242424241", "4242424242424241"},
		{"1234567890123452", "1234567890123452"},
		{"ch_4242424242424242", "ch_4242424242424242"},
		{"LT121000011101001000", "LT121000011101001000"},
		{"2026-10-05 invoice 5012", "2026-10-05 invoice 5012"},
		{"", ""},
	} {
		if got := MaskCards(c.in); got != c.want {
			t.Errorf("MaskCards(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestRaw(t *testing.T) {
	secrets := map[string]Secret{"secret": "s3cret-key"}
	got := Raw(`{"note":"s3cret-key 4242424242424242`+"\xff"+strings.Repeat("é", RawMax), secrets)
	if len(got) > RawMax || strings.Contains(got, "s3cret") || strings.Contains(got, "42424242") {
		t.Errorf("Raw kept %d bytes: %.80s", len(got), got)
	}
}

// TestMaskRecordsReachesEveryText plants a card number into every text of every record; what is left
// must be identifiers only.
func TestMaskRecordsReachesEveryText(t *testing.T) {
	const card = "4242 4242 4242 4242"
	keys := map[string]bool{"Parent": true, "PayoutID": true, "InvoiceRef": true, "CustomerRef": true,
		"Payer": true, "Reference": true, "Number": true, "Aliases": true, "Trace": true, "Revision": true,
		"Email": true, "Country": true, "Language": true, "Currency": true, "Status": true, "Kind": true, "Method": true,
		"Cycle": true, "Source": true, "State": true, "Rate": true, "Asked": true, "Paid": true,
		"Reason": true, "Members": true, "About": true, "ID": true, "CustomerID": true,
		"InvoiceID": true, "RefundOf": true, "Origin": true, "Account": true, "StatementID": true,
		"CounterpartyAccount": true, "Structured": true, "BankID": true}
	var r book.Records
	for _, list := range []any{&r.Customers, &r.Services, &r.Invoices, &r.Payments, &r.Credits,
		&r.Transactions, &r.Payouts, &r.SavedMethods, &r.Settings, &r.Lines} {
		v := reflect.ValueOf(list).Elem()
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0), card)
	}
	MaskRecords(&r)
	var left func(v reflect.Value, field string)
	left = func(v reflect.Value, field string) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				left(v.Field(i), v.Type().Field(i).Name)
			}
		case reflect.Slice:
			for i := range v.Len() {
				left(v.Index(i), field)
			}
		case reflect.String:
			if strings.Contains(v.String(), card) && !keys[field] {
				t.Errorf("%s still holds the card number", field)
			}
		}
	}
	left(reflect.ValueOf(r), "")
}

// plant puts a text into every text of a value.
func plant(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			plant(v.Field(i), text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0), text)
	case reflect.String:
		v.SetString(text)
	}
}

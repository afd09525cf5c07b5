package source

import (
	"strings"
	"testing"
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

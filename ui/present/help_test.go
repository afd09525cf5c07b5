package present

import (
	"strings"
	"testing"
	"unicode/utf8"

	"countinghouse/app/book"
)

// TestHelp checks that each class is explained in three short paragraphs of plain words.
func TestHelp(t *testing.T) {
	jargon := []string{"webhook", "API", "callback", "gross", "ledger", "accrual", "remittance", "ARN",
		"SEPA", "clearing", "idempot", "tolerance", "residual", "cursor", "payload", "net amount",
		"counterparty", "leg "}
	for _, c := range book.Classes {
		help := Help(c.Class)
		if len(help) != 3 {
			t.Errorf("%s is explained in %d paragraphs, want 3", c.Class, len(help))
		}
		text := strings.Join(help, "\n\n")
		if n := utf8.RuneCountInString(text); n > 900 || n < 150 {
			t.Errorf("%s is explained in %d characters", c.Class, n)
		}
		for _, word := range jargon {
			if strings.Contains(text, word) {
				t.Errorf("%s says %q, which is jargon", c.Class, word)
			}
		}
	}
	if len(helpTexts) != len(book.Classes) {
		t.Errorf("%d classes are explained, there are %d", len(helpTexts), len(book.Classes))
	}
}

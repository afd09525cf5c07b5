package bankfile

import (
	"strings"
	"testing"

	"countinghouse/app/book"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// TestWordsOfALine holds the fast way of making a line's words against the plain one.
func TestWordsOfALine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abAB \t\n\v\f\r.,1\x00\x1f\x7fäÄ\u00a0\u0085\u2028A\u0300")))
		l := book.BankLine{Counterparty: text.Draw(t, "name"), CounterpartyAccount: text.Draw(t, "account"),
			Reference: text.Draw(t, "reference"), Text: text.Draw(t, "text")}
		want := "x " + norm.NFC.String(strings.ToLower(oneLine(strings.Join([]string{
			l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " "))))
		if got := string(appendWords([]byte("x "), &l)); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

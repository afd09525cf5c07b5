package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Neutral is a text that no spreadsheet takes for a formula: control characters that XML forbids
// are removed, line ends become a line feed, broken UTF-8 becomes U+FFFD, and where the text begins
// with = + - @, tab, CR or NUL, also in full width or after blanks, a ' is put before it. A text
// that already has a ' before such a beginning gets one more, so that Plain gives the text back.
func Neutral(s string) string {
	if safe(s) {
		return s
	}
	risky := begins(s)
	s = clean(s, false)
	if risky || begins(s) {
		return "'" + s
	}
	return s
}

// Plain takes away the ' that Neutral put before a text. Only after a CR or NUL at the beginning,
// which are gone, it leaves it.
func Plain(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && begins(rest) {
		return rest
	}
	return s
}

// safe reports that a text is printable ASCII and begins with a letter or a digit, as nearly all
// texts do; it is what keeps a million rows cheap.
func safe(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s == "" || s[0] >= '0' && s[0] <= '9' || s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
}

// begins reports whether a spreadsheet may read the text as a formula, blanks, unseen characters
// and quotes before it left out of account.
func begins(s string) bool {
	for _, r := range s {
		switch r {
		case '=', '+', '-', '@', '\t', '\r', 0, '＝', '＋', '－', '＠':
			return true
		case '\'':
			continue
		}
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) {
			return false
		}
	}
	return false
}

// clean removes what may not stand in XML. With line it makes one harmless line for a terminal: all
// control characters and marks that turn the direction of writing go too, line ends become blanks.
func clean(s string, line bool) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\r' && !line:
			r = '\n'
		case r == '\n' || r == '\t' || r == '\r':
			if line {
				r = ' '
			}
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
			continue
		case line && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)):
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cellLimit is the number of UTF-16 units that a cell of a workbook can hold.
const cellLimit = 32767

// cut shortens a text to what a cell can hold, with … at its end.
func cut(s string) string {
	if len(s) <= cellLimit {
		return s
	}
	units, end := 0, 0
	for i, r := range s {
		if units < cellLimit {
			end = i
		}
		units++
		if r > 0xffff {
			units++
		}
	}
	if units <= cellLimit {
		return s
	}
	return s[:end] + "…"
}

// width is the number of characters of a text.
func width(s string) int { return utf8.RuneCountInString(s) }

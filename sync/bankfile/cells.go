package bankfile

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"
)

// What stands here is done with every cell of a file and takes no memory where nothing changes. The
// tests hold each of it against the plain way of doing the same.

// trimCell takes blanks, line ends, direction marks and byte order marks off both ends of a cell.
func trimCell(s string) string {
	if isTrimmed(s) {
		return s
	}
	for s != "" {
		n := 0
		switch c := s[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			n = 1
		case c == 0xc2 || c == 0xe2 || c == 0xef:
			n = blankIn(s, strings.HasPrefix)
		}
		if n == 0 {
			break
		}
		s = s[n:]
	}
	for s != "" {
		n := 0
		switch c := s[len(s)-1]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			n = 1
		case c == 0xa0 || c == 0x8e || c == 0x8f || c == 0xbf:
			n = blankIn(s, strings.HasSuffix)
		}
		if n == 0 {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}

// blankIn is the length of a wide blank at one end of a text, 0 where there is none.
func blankIn(s string, has func(s, end string) bool) int {
	for _, b := range [...]string{"\u00a0", "\u200e", "\u200f", "\ufeff"} {
		if has(s, b) {
			return len(b)
		}
	}
	return 0
}

// oneLine makes runs of blanks and line ends one blank.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func isOneLine(s string) bool {
	if n, blank := plainWords(nil, s); n == len(s) && n > 0 {
		return !blank && s[0] != ' '
	}
	blank := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c-'!' < utf8.RuneSelf-'!' {
			blank = false
			continue
		}
		switch {
		case c == ' ':
			if blank {
				return false
			}
			blank = true
		case c >= '\t' && c <= '\r':
			return false
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			if unicode.IsSpace(r) || r == utf8.RuneError {
				return false
			}
			i += n - 1
			blank = false
		default:
			blank = false
		}
	}
	return s == "" || !blank
}

// plainWords looks at a text eight letters at a time, as far as they are of ASCII and nothing but
// single blanks parts them, and writes them to dst in small letters where there is one. It returns
// how many these are and whether the last of them is a blank. A text of less than eight it leaves.
func plainWords(dst []byte, s string) (n int, blank bool) {
	all := unsafe.Slice(unsafe.StringData(s), len(s))
	for n < len(all) && len(all) >= 8 {
		// The last eight hold some of those before them once more.
		at := min(n, len(all)-8)
		x := binary.LittleEndian.Uint64(all[at:])
		blanks := zeros(x ^ ' '*lowBits)
		if beyondText(x) || blanks&(blanks<<8) != 0 || blank && at == n && blanks&0x80 != 0 {
			break
		}
		if dst != nil {
			// A byte from A to Z has its highest bit in from and not in past; moved by two it makes
			// the letter small.
			from, past := x+(0x80-'A')*lowBits, x+(0x80-'Z'-1)*lowBits
			binary.LittleEndian.PutUint64(dst[at:], x|(from&^past&highBits)>>2)
		}
		blank = blanks>>63 != 0
		n = at + 8
	}
	return n, blank
}

// beyondText reports whether one of eight bytes is a control character or no ASCII: what is less than
// a blank borrows from its highest bit.
func beyondText(x uint64) bool { return (x|(x-' '*lowBits))&highBits != 0 }

// plainAmount reads an amount that is nothing but digits, points, commas and a sign before them, as
// money.Marks.Parse does. plain is false where a cell holds more or is too long: then the answer is
// Parse's. ok is false where Parse would refuse it.
func plainAmount(s string, point byte, exp int) (minor int64, ok, plain bool) {
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if s == "" || len(s) > 18 || !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return 0, false, false
	}
	var g groups
	digits, places := 0, -1
	ok = true
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
			switch {
			case places < 0:
				g.length++
			case places == exp:
				ok = ok && c == '0'
				continue
			default:
				places++
			}
			minor = minor*10 + int64(c-'0')
		case c == point && places < 0:
			places = 0
		case c == '.' || c == ',':
			ok = ok && places < 0
			g.next()
		default:
			return 0, false, false
		}
	}
	if digits > 13 {
		return 0, false, false
	}
	for places = max(places, 0); places < exp; places++ {
		minor *= 10
	}
	if neg {
		minor = -minor
	}
	return minor, ok && g.good(), true
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// groups are the digits before the point as marks part them: how many parts are closed, the length
// of the first and second of them and of the open one, and whether those after the first are alike.
type groups struct {
	parts, first, size, length int
	uneven                     bool
}

func (g *groups) next() {
	switch g.parts {
	case 0:
		g.first = g.length
	case 1:
		g.size = g.length
	default:
		g.uneven = g.uneven || g.length != g.size
	}
	g.parts++
	g.length = 0
}

// good reports whether the parts are thousands or lakhs.
func (g *groups) good() bool {
	switch {
	case g.parts == 0:
		return true
	case g.parts == 1:
		g.size = 3
	}
	return g.length == 3 && !g.uneven && (g.size == 2 || g.size == 3) && g.first >= 1 && g.first <= g.size
}

// fold makes names comparable: small letters without accents, words parted by one blank.
func fold(s string) string { return string(appendFold(nil, s)) }

// foldedRune is what becomes of a letter: its text, or a gap between words, or nothing.
type foldedRune struct {
	text string
	gap  bool
}

// foldedRunes are those of the alphabets that are folded letter by letter, Latin to Cyrillic.
var foldedRunes = func() (out [0x530]foldedRune) {
	for r := range out {
		first, _ := utf8.DecodeRuneInString(norm.NFD.String(strings.ToLower(string(rune(r)))))
		out[r] = foldedRune{foldAll(string(rune(r))),
			!unicode.IsLetter(first) && !unicode.IsDigit(first) && !unicode.Is(unicode.Mn, first)}
	}
	return out
}()

// appendFold appends the folded text.
func appendFold(dst []byte, s string) []byte {
	start := len(dst)
	gap := false
	for _, r := range s {
		if int(r) >= len(foldedRunes) || r >= 0x300 && r < 0x370 || r == 'ß' || r == 'ẞ' {
			return append(dst[:start], foldAll(s)...)
		}
		switch f := &foldedRunes[r]; {
		case f.gap:
			gap = true
		case f.text != "":
			if gap && len(dst) > start {
				dst = append(dst, ' ')
			}
			gap = false
			dst = append(dst, f.text...)
		}
	}
	return dst
}

// foldAll folds a text of any letters.
func foldAll(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch r {
		case 'ß':
			b.WriteString("ss")
			continue
		case 'ł':
			r = 'l'
		case 'ø':
			r = 'o'
		case 'đ':
			r = 'd'
		case 'ı':
			r = 'i'
		}
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

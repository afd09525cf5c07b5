package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ofxDate is the day of an OFX date: its first eight digits. Time and zone never move it.
func ofxDate(s string) (book.Date, bool) {
	if len(s) < 8 || !isDigits(s[:8]) {
		return 0, false
	}
	p := dateParts{a: number(s[:4]), b: number(s[4:6]), c: number(s[6:8]), yearFirst: true}
	on := p.date(Unordered)
	return on, on > book.NewDate(1970, time.January, 1)
}

var errTwoWays = errors.New("the comma may stand before decimals or thousands")

// ofxAmount reads an amount by the rules of OFX and by what banks make of them: a point or a comma
// before the decimals, and where both stand the last of them. Nothing but digits, marks, blanks and
// a sign may stand in it.
func ofxAmount(s string, c money.Currency) (money.Money, error) {
	if m, err := money.Parse(s, c); err == nil {
		return m, nil
	}
	t := strings.TrimSpace(s)
	dots, commas := strings.Count(t, "."), strings.Count(t, ",")
	point := "."
	switch {
	case commas == 0 && dots > 1, commas == 1 && dots == 0, commas > 0 && dots > 0 &&
		strings.LastIndexByte(t, ',') > strings.LastIndexByte(t, '.'):
		point = ","
	}
	if commas == 1 && dots == 0 {
		whole, frac, _ := strings.Cut(t, ",")
		whole = strings.TrimLeft(whole, "+-\u2212 ")
		if len(frac) == 3 && len(whole) <= 3 && strings.Trim(whole, "0") != "" {
			return money.Money{}, fmt.Errorf("%w: %q", errTwoWays, s)
		}
	}
	return strictAmount(t, point, c)
}

// ofxText turns the bytes of a text into words.
type ofxText struct {
	// name is the encoding that is certain, "" for none: then it is UTF-8 where that fits, and else the
	// other one.
	name            string
	declared, other *charset
	fell            bool
}

func (x *ofxText) declare(name string) {
	switch strings.ToUpper(name) {
	case "UTF-8", "UTF-16", "US-ASCII", "USASCII", "ASCII":
		return
	}
	if c, ok := charsetNamed(name); ok && x.name == "" {
		x.declared = &c
	}
}

// fallBackTo takes the set that the head names for what is not UTF-8. Heads name 1252 and ASCII for
// everything, so that nothing is believed of them but this.
func (x *ofxText) fallBackTo(name string) {
	switch {
	case len(name) == 4 && isDigits(name):
		name = "windows-" + name
	case strings.HasPrefix(name, "8859"):
		name = "ISO-" + name
	}
	if c, ok := charsetNamed(name); ok && c.name != "UTF-8" {
		x.other = &c
	}
}

func (x *ofxText) set() charset {
	switch {
	case x.declared != nil:
		return *x.declared
	case x.other != nil:
		return *x.other
	}
	c, _ := charsetNamed("windows-1252")
	return c
}

// used names the encoding of the file.
func (x *ofxText) used() string {
	switch {
	case x.name != "":
		return x.name
	case x.declared != nil || x.fell:
		return x.set().name
	}
	return "UTF-8"
}

// of is a text of the file: decoded once, trimmed, with single blanks.
func (x *ofxText) of(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if literal(raw) {
		return string(raw)
	}
	var b strings.Builder
	for len(raw) > 0 {
		i := bytes.Index(raw, []byte("<!"))
		if i < 0 {
			b.WriteString(entities(x.decode(raw)))
			break
		}
		b.WriteString(entities(x.decode(raw[:i])))
		raw = raw[i:]
		switch {
		case bytes.HasPrefix(raw, []byte("<![CDATA[")):
			raw = raw[len("<![CDATA["):]
			in, rest, _ := bytes.Cut(raw, []byte("]]>"))
			b.WriteString(x.decode(in))
			raw = rest
		case bytes.HasPrefix(raw, []byte("<!--")):
			_, raw, _ = bytes.Cut(raw, []byte("-->"))
		default:
			b.WriteString("<!")
			raw = raw[2:]
		}
	}
	return oneLine(b.String())
}

// literal reports whether a text is ASCII that stands for itself.
func literal(raw []byte) bool {
	blank := false
	for _, c := range raw {
		if c < ' ' || c >= utf8.RuneSelf || c == '&' || c == '<' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return true
}

// decode makes UTF-8 of bytes.
func (x *ofxText) decode(raw []byte) string {
	ascii := bytes.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	if ascii || x.declared == nil && utf8.Valid(raw) {
		return string(raw)
	}
	if x.name != "" {
		return strings.ToValidUTF8(string(raw), "\ufffd")
	}
	x.fell = true
	text, err := x.set().enc.NewDecoder().Bytes(raw)
	if err != nil {
		text = raw
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}

// narrowed reads UTF-16, named as wide does, as UTF-8.
func narrowed(r io.Reader, name string) io.Reader {
	order := unicode.LittleEndian
	if name == "UTF-16BE" {
		order = unicode.BigEndian
	}
	return transform.NewReader(r, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
}

// ofxHead is what an OFX file has near its beginning.
var ofxHead = regexp.MustCompile(`(?i)OFXHEADER|<OFX[\s>]`)

// asASCII is the beginning of a text, of UTF-16 without the zero bytes, by which ASCII is ASCII.
func asASCII(head []byte) []byte {
	head = head[:min(len(head), 4096)]
	if wide(head) != "" {
		head = bytes.ReplaceAll(bytes.TrimLeft(head, "\xfe\xff"), []byte{0}, nil)
	}
	return bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
}

var ofxEntities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " "}

// entities decodes them once; what is none stays as it is.
func entities(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "&")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, _, ok := strings.Cut(after[:min(len(after), 12)], ";")
		text, known := ofxEntities[name]
		if ok && !known && strings.HasPrefix(name, "#") {
			text, known = letterOf(name[1:])
		}
		if !ok || !known {
			b.WriteString("&")
			s = after
			continue
		}
		b.WriteString(text)
		s = after[len(name)+1:]
	}
}

// letterOf is the letter of a number, "233" or "xE9".
func letterOf(s string) (string, bool) {
	base := 10
	if strings.HasPrefix(s, "x") || strings.HasPrefix(s, "X") {
		s, base = s[1:], 16
	}
	n, err := strconv.ParseUint(s, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	return string(rune(n)), true
}

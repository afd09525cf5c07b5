package bankfile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// charset is an encoding with the name that people know; sure is false for a guess.
type charset struct {
	name string
	enc  encoding.Encoding
	sure bool
}

var utf8Charset = charset{"UTF-8", unicode.UTF8BOM, true}

// wide names the UTF-16 form of a text by its mark or by where its zero bytes stand; "" for none.
func wide(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "UTF-16LE"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "UTF-16BE"
	}
	var zero [2]int
	n := min(len(b), 4096)
	for i, c := range b[:n] {
		if c == 0 {
			zero[i%2]++
		}
	}
	switch {
	case zero[1] > n/4 && zero[0] <= n/100:
		return "UTF-16LE"
	case zero[0] > n/4 && zero[1] <= n/100:
		return "UTF-16BE"
	}
	return ""
}

// detect finds the encoding of a text by its beginning: byte order mark, zero bytes, valid UTF-8,
// else the charset detector's guess, which known names of columns may overrule. checked says that it
// is UTF-8 only as long as all that follows is.
func detect(head []byte) (c charset, checked bool) {
	switch wide(head) {
	case "UTF-16LE":
		return charset{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true}, false
	case "UTF-16BE":
		return charset{"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true}, false
	}
	if new(utf8Check).look(head) == nil {
		return utf8Charset, true
	}
	return guess(head), false
}

func guess(b []byte) charset {
	sample := b[:min(len(b), headSize)]
	best := charset{"windows-1252", charmap.Windows1252, false}
	// The detector's own best depends on the timing of its goroutines where several are as likely.
	all, _ := chardet.NewTextDetector().DetectAll(sample)
	slices.SortFunc(all, func(a, b chardet.Result) int {
		return cmp.Or(b.Confidence-a.Confidence, cmp.Compare(a.Charset, b.Charset),
			cmp.Compare(a.Language, b.Language))
	})
	for _, r := range all {
		if c, ok := charsetNamed(r.Charset); ok {
			best = c
			best.sure = r.Confidence >= 50
			break
		}
	}
	if best.sure {
		return best
	}
	most := knownNames(sample, best)
	for _, c := range []charset{
		{"windows-1252", charmap.Windows1252, false},
		{"windows-1250", charmap.Windows1250, false},
		{"windows-1251", charmap.Windows1251, false},
		{"windows-1257", charmap.Windows1257, false},
		{"IBM852", charmap.CodePage852, false},
		{"IBM850", charmap.CodePage850, false},
	} {
		if n := knownNames(sample, c); n > most {
			best, most = c, n
		}
	}
	return best
}

// charsetNamed is an encoding by the detector's or a profile's name. The ISO sets give way to the
// Windows sets, which hold them and are what banks' programs really write.
func charsetNamed(name string) (charset, bool) {
	switch name {
	case "UTF-8":
		return utf8Charset, true
	case "ISO-8859-1", "windows-1252":
		return charset{"windows-1252", charmap.Windows1252, true}, true
	case "ISO-8859-2", "windows-1250":
		return charset{"windows-1250", charmap.Windows1250, true}, true
	case "IBM852":
		return charset{name, charmap.CodePage852, true}, true
	case "IBM850":
		return charset{name, charmap.CodePage850, true}, true
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return charset{}, false
	}
	return charset{name, enc, true}, true
}

// knownNames counts the cells of the first lines that are names of columns in this encoding.
func knownNames(sample []byte, c charset) int {
	text, err := c.enc.NewDecoder().Bytes(sample)
	if err != nil {
		return 0
	}
	n := 0
	for i, line := range strings.SplitN(string(text), "\n", 30) {
		if i == 29 {
			break
		}
		parts := func(r rune) bool { return strings.ContainsRune(",;\t|\"\r", r) }
		for _, cell := range strings.FieldsFunc(line, parts) {
			if len(meanings(cell)) > 0 {
				n++
			}
		}
	}
	return n
}

package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// textLines gives the lines of a text one by one, whatever ends them: LF, CR LF or CR alone.
type textLines struct {
	in   *input
	most int
	// n counts the lines that were given; long is where a line is put together that the buffer does
	// not hold as a whole; crlf says that the last line ended with CR, so that an LF belongs to it.
	n    int
	long []byte
	crlf bool
}

// next is the next line without its end, io.EOF after the last. It is valid until the call after.
func (t *textLines) next() ([]byte, error) {
	t.long = t.long[:0]
	for {
		if _, err := t.in.Peek(1); err != nil {
			if errors.Is(err, io.EOF) && len(t.long) > 0 {
				t.n++
				return t.long, nil
			}
			return nil, err
		}
		b, _ := t.in.Peek(t.in.Buffered())
		if t.crlf {
			t.crlf = false
			if b[0] == '\n' {
				_, _ = t.in.Discard(1)
				continue
			}
		}
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			end = len(b)
		}
		if cr := bytes.IndexByte(b[:end], '\r'); cr >= 0 {
			end, t.crlf = cr, true
		}
		if len(t.long)+end > t.most {
			return nil, refuse(fmt.Sprintf("a line is longer than %d KB", t.most>>10),
				"this is no bank's statement")
		}
		whole := end < len(b)
		if whole && len(t.long) == 0 {
			t.n++
			_, _ = t.in.Discard(end + 1)
			return b[:end], nil
		}
		t.long = append(t.long, b[:end]...)
		_, _ = t.in.Discard(min(end+1, len(b)))
		if whole {
			t.n++
			return t.long, nil
		}
	}
}

// letters turns the bytes of a text whose charset is not stated into letters: UTF-8 where they are
// valid, else one charset for the whole file.
type letters struct {
	other *charset
	f     *File
}

// look decides the charset by a text, if it is the first that is not UTF-8. A letter may be broken
// over two lines.
func (l *letters) look(b []byte) {
	if l.other == nil && !utf8.Valid(b) && !utf8.Valid(bytes.ReplaceAll(b, []byte("\n"), nil)) {
		l.settle(b)
	}
}

// decode is a text without control bytes but line feeds.
func (l *letters) decode(b []byte) string {
	plain := true
	for _, c := range b {
		if c >= 0x80 || c < 0x20 && c != '\n' || c == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return string(b)
	}
	text := string(b)
	if !utf8.Valid(b) {
		if l.other == nil {
			l.settle(b)
		}
		if t, err := l.other.enc.NewDecoder().Bytes(b); err == nil {
			text = string(t)
		}
	}
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// beginning looks at the beginning of the file, where it may be cut off within a letter.
func (l *letters) beginning(head []byte) {
	text := bytes.ReplaceAll(bytes.ReplaceAll(head, []byte("\r"), nil), []byte("\n"), nil)
	for n := 0; n < utf8.UTFMax && len(text) > 0; n++ {
		if utf8.Valid(text) {
			return
		}
		if len(head) < headSize {
			break
		}
		text = text[:len(text)-1]
	}
	if len(text) > 0 {
		l.settle(head)
	}
}

// settle decides the charset by the first bytes that are not UTF-8.
func (l *letters) settle(sample []byte) {
	c := oneByteCharset(sample)
	l.other, l.f.Encoding = &c, c.name
}

// central are the currencies of the countries that write with the letters of Central Europe.
var central = regexp.MustCompile(`[CD][0-9]{6}(PLN|HUF|CZK|RON|HRK|RSD|BAM)[0-9]`)

// oneByteCharset guesses in what charset a text of statements is written: the one in which most of
// its letters beyond ASCII stand as letters among letters of their case. Statements are short of
// them, which is why the statistics of a general detector come second.
func oneByteCharset(sample []byte) charset {
	tried := []charset{
		{"windows-1252", charmap.Windows1252, false}, {"IBM850", charmap.CodePage850, false},
		{"windows-1250", charmap.Windows1250, false}, {"IBM852", charmap.CodePage852, false}}
	if central.Match(sample) {
		tried = []charset{tried[2], tried[3], tried[0], tried[1]}
	}
	beyond := 0
	for _, b := range sample {
		if b >= 0x80 {
			beyond++
		}
	}
	best, most := tried[0], -1
	for _, c := range tried {
		text, err := c.enc.NewDecoder().Bytes(sample)
		if n := inWords(string(text)); err == nil && n > most {
			best, most = c, n
		}
	}
	if 2*most < beyond {
		return guess(sample)
	}
	return best
}

// inWords counts the letters beyond ASCII that fit the letter before or after them: a small one
// stands beside another letter, a capital one follows no small one.
func inWords(text string) int {
	n := 0
	runes := []rune(text)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	for i, r := range runes {
		before, after := at(i-1), at(i+1)
		switch {
		case r < 0x80 || !unicode.IsLetter(r):
		case unicode.IsUpper(r) && !unicode.IsLower(before) && unicode.IsLetter(after),
			unicode.IsUpper(r) && unicode.IsUpper(before),
			unicode.IsLower(r) && (unicode.IsLower(before) || unicode.IsLower(after)),
			unicode.IsLower(r) && unicode.IsUpper(before) && unicode.IsLetter(after):
			n++
		}
	}
	return n
}

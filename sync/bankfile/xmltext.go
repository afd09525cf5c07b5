package bankfile

import (
	"errors"
	"io"
	"unicode"
	"unicode/utf8"
)

// plainBytes are those that stand for themselves in a text; all others need a look.
var plainBytes = func() (is [256]bool) {
	for c := range utf8.RuneSelf {
		is[c] = c >= ' ' && c != '<' && c != '>' && c != '&' && c != '"' && c != '\'' || c == '\t' || c == '\n'
	}
	return is
}()

// chars reads a text to its end: the < before the next tag, which is left, or the quote or the ]]> of
// CDATA, which are taken. References become what they stand for, and line ends \n.
func (s *xmlScanner) chars(quote byte, cdata bool) bool {
	// Both are counted from the token's start, because the buffer may move. done is how far the text
	// is copied to scratch.
	from := s.at - s.start
	done := from
	s.scratch = s.scratch[:0]
	for {
		at := s.at
		for at < s.end && plainBytes[s.buf[at]] {
			at++
		}
		s.at = at
		if at == s.end {
			if s.more() {
				continue
			}
			if quote != 0 || cdata {
				s.cut()
				return false
			}
			// The end of the file ends a text; the next call says so. Any other error is one now.
			if !errors.Is(s.err, io.EOF) {
				return false
			}
			s.err, s.late = nil, s.err
			return s.take(from, done, s.at-s.start)
		}
		switch c := s.buf[at]; {
		case c == '<' && !cdata:
			if quote != 0 {
				return s.bad("unescaped < inside quoted string")
			}
			return s.take(from, done, at-s.start)
		case quote != 0 && c == quote:
			s.at++
			return s.take(from, done, at-s.start)
		case c == '>' && quote == 0 && at-s.start >= from+2 && s.buf[at-1] == ']' && s.buf[at-2] == ']':
			if !cdata {
				return s.bad("unescaped ]]> not in CDATA section")
			}
			s.at++
			return s.take(from, done, at-2-s.start)
		case c == '&' && !cdata:
			s.scratch = append(s.scratch, s.buf[s.start+done:at]...)
			if !s.reference() {
				return false
			}
			done = s.at - s.start
		case c == '\r':
			s.scratch = append(append(s.scratch, s.buf[s.start+done:at]...), '\n')
			s.at++
			if s.at < s.end || s.more() {
				if s.buf[s.at] == '\n' {
					s.at++
				}
			}
			done = s.at - s.start
		case c >= utf8.RuneSelf:
			if !s.letter() {
				return false
			}
		case c < ' ':
			return s.bad("illegal character code U+%04X", c)
		default:
			s.at++
		}
	}
}

// take makes the text between two places the present one.
func (s *xmlScanner) take(from, done, to int) bool {
	s.text = s.buf[s.start+from : s.start+to]
	if done > from {
		s.scratch = append(s.scratch, s.buf[s.start+done:s.start+to]...)
		s.text = s.scratch
	}
	return true
}

// letter reads one beyond ASCII.
func (s *xmlScanner) letter() bool {
	for !utf8.FullRune(s.buf[s.at:s.end]) {
		if !s.more() {
			if errors.Is(s.err, io.EOF) {
				s.err = nil
			}
			return s.bad("invalid UTF-8")
		}
	}
	r, size := utf8.DecodeRune(s.buf[s.at:s.end])
	if r == utf8.RuneError && size == 1 {
		return s.bad("invalid UTF-8")
	}
	if !xmlRune(r) {
		return s.bad("illegal character code %U", r)
	}
	s.at += size
	return true
}

// xmlRune reports whether a document may hold a character: XML 1.0, production 2, but for surrogates,
// which UTF-8 does not hold.
func xmlRune(r rune) bool {
	return r >= ' ' && r < 0xFFFE || r > 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// reference puts what an &...; stands for into scratch: a character by its number, or one of the five
// that XML names. No document can declare others.
func (s *xmlScanner) reference() bool {
	from := s.at - s.start
	s.at++
	for {
		b, ok := s.must()
		if !ok {
			return false
		}
		if b == ';' {
			break
		}
		if !nameBytes[b] && b != '#' {
			return s.noReference(from)
		}
	}
	name := s.buf[s.start+from+1 : s.at-1]
	switch string(name) {
	case "amp":
		s.scratch = append(s.scratch, '&')
	case "lt":
		s.scratch = append(s.scratch, '<')
	case "gt":
		s.scratch = append(s.scratch, '>')
	case "quot":
		s.scratch = append(s.scratch, '"')
	case "apos":
		s.scratch = append(s.scratch, '\'')
	default:
		r, ok := characterOf(name)
		if !ok {
			return s.noReference(from)
		}
		if !xmlRune(r) {
			return s.bad("illegal character code %U", r)
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
	}
	return true
}

func (s *xmlScanner) noReference(from int) bool {
	return s.bad("invalid character entity %.40q", s.buf[s.start+from:s.at])
}

// characterOf is the character of #65 or #x41. A surrogate is no character, but encoding/xml takes it
// for the one that replaces those that are lost, and so do we.
func characterOf(name []byte) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := rune(10), name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	n := rune(0)
	for _, c := range digits {
		d := rune(99)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d >= base {
			return 0, false
		}
		if n = n*base + d; n > unicode.MaxRune {
			return 0, false
		}
	}
	if n >= 0xD800 && n <= 0xDFFF {
		n = utf8.RuneError
	}
	return n, len(digits) > 0
}

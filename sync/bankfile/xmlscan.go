package bankfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// xmlToken is what the scanner finds: a tag that opens, one that closes, or text.
type xmlToken int

const (
	xmlStart xmlToken = iota
	xmlEnd
	xmlText
)

// xmlScanner cuts XML in UTF-8 into tags and texts, several times faster than encoding/xml and without
// an allocation for each. It accepts what encoding/xml's RawToken accepts and yields the same names,
// attributes and texts, which FuzzXML compares; but it refuses document types and other
// declarations, more than maxNames names, and a token larger than most, and it leaves the encoding
// to its caller. Comments and instructions are read and left out.
type xmlScanner struct {
	r    io.Reader
	buf  []byte
	most int
	// start is where the present token begins in buf, at where reading goes on, end what is filled.
	start, at, end int
	// lines counts the line ends before counted, which is an index of buf.
	lines, counted int
	// err is why reading stopped, late the reader's error behind the bytes that came with it.
	err, late error
	// closes says that the tag that opened last closed itself, and that this is still to be told.
	closes bool

	// name and ccy (the attribute of that name) are of the present tag, text is the present text, good
	// until the next token; scratch holds a text that does not stand in the file as it is.
	name    *xmlName
	ccy     string
	text    []byte
	scratch []byte

	names  map[string]*xmlName
	recent [256]*xmlName
	// expect is the element that is open, where the caller knows: the one that closes next, mostly.
	expect *xmlName
	// attr is told every attribute, its text good until it returns; nil where they do not matter.
	attr func(name string, text []byte)
	// declared is asked about the encoding that a declaration names; nil where it does not matter.
	declared func(encoding string) error
}

// xmlName is a name of an element or attribute; there is one for each name of a document. tag says
// that it may name an element: it has one colon at most.
type xmlName struct {
	raw, local string
	tag        bool
}

// maxNames is how many names of elements and attributes a document may use. ISO 20022 has some
// hundreds in a message.
const maxNames = 4096

var (
	errToken     = errors.New("a text or tag is too large")
	errDirective = errors.New("a document type or entities are declared")
	errCut       = errors.New("the file ends in the middle")
)

// xmlFault says why a text is no well-formed XML.
type xmlFault string

func (f xmlFault) Error() string { return string(f) }

// newXMLScanner reads from r through a buffer of so many bytes, which grows where a token needs it.
func newXMLScanner(r io.Reader, size, most int) *xmlScanner {
	return &xmlScanner{r: r, buf: make([]byte, size), most: most, names: map[string]*xmlName{}}
}

// next goes to the next token. The error is io.EOF at the end of the file, which may come inside an
// element, and the reader's own error where that fails; after an error it is always the same.
func (s *xmlScanner) next() (xmlToken, error) {
	for s.err == nil {
		s.start = s.at
		if s.closes {
			s.closes = false
			return xmlEnd, nil
		}
		if s.at == s.end && !s.more() {
			break
		}
		if s.buf[s.at] != '<' {
			return xmlText, s.result(s.chars(0, false))
		}
		s.at++
		b, _ := s.must()
		switch b {
		case '/':
			return xmlEnd, s.result(s.endTag())
		case '?':
			s.instruction()
		case '!':
			if b, _ = s.must(); b == '[' {
				return xmlText, s.result(s.literal("CDATA[") && s.chars(0, true))
			}
			s.comment(b)
		default:
			s.at--
			return xmlStart, s.result(s.startTag())
		}
	}
	return 0, s.err
}

func (s *xmlScanner) result(ok bool) error {
	if ok {
		return nil
	}
	return s.err
}

// line is the line on which the present token begins, from 1.
func (s *xmlScanner) line() int {
	s.lines += bytes.Count(s.buf[s.counted:s.start], []byte{'\n'})
	s.counted = s.start
	return s.lines + 1
}

// raw is the present token as it stands in the file.
func (s *xmlScanner) raw() []byte { return s.buf[s.start:s.at] }

// more reads on behind what is there; it keeps the present token, which may move. False at the end.
func (s *xmlScanner) more() bool {
	if s.err == nil {
		s.err = s.late
	}
	if s.err != nil {
		return false
	}
	if s.end-s.start > s.most {
		s.err = errToken
		return false
	}
	if s.start > 0 {
		s.line()
		copy(s.buf, s.buf[s.start:s.end])
		s.at, s.end = s.at-s.start, s.end-s.start
		s.start, s.counted = 0, 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.late = err
		if n > 0 {
			return true
		}
		if err != nil {
			s.err = err
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// must is the next byte, which has to be there.
func (s *xmlScanner) must() (byte, bool) {
	if s.at == s.end && !s.more() {
		s.cut()
		return 0, false
	}
	b := s.buf[s.at]
	s.at++
	return b, true
}

// cut makes an end of file one inside a token.
func (s *xmlScanner) cut() {
	if errors.Is(s.err, io.EOF) {
		s.err = errCut
	}
}

func (s *xmlScanner) bad(format string, args ...any) bool {
	if s.err == nil {
		s.err = xmlFault(fmt.Sprintf(format, args...))
	}
	return false
}

// solid is the next byte that is no blank.
func (s *xmlScanner) solid() (byte, bool) {
	for {
		b, ok := s.must()
		if !ok || b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return b, ok
		}
	}
}

func (s *xmlScanner) literal(text string) bool {
	for i := range len(text) {
		if b, ok := s.must(); !ok || b != text[i] {
			return s.bad("<! is followed by neither a comment nor CDATA")
		}
	}
	return true
}

// until goes behind the next sep and gives what stands before it.
func (s *xmlScanner) until(sep string) ([]byte, bool) {
	from := s.at - s.start
	for {
		if i := bytes.Index(s.buf[s.at:s.end], []byte(sep)); i >= 0 {
			text := s.buf[s.start+from : s.at+i]
			s.at += i + len(sep)
			return text, true
		}
		s.at = max(s.at, s.end-len(sep)+1)
		if !s.more() {
			s.cut()
			return nil, false
		}
	}
}

// comment reads what begins with <! and no bracket: only comments are accepted.
func (s *xmlScanner) comment(b byte) {
	if s.err == nil && b != '-' {
		s.err = errDirective
	}
	if s.err != nil || !s.literal("-") {
		return
	}
	if _, ok := s.until("--"); ok {
		if b, ok = s.must(); ok && b != '>' {
			s.bad("-- stands in a comment")
		}
	}
}

// instruction reads what begins with <? and looks at it where it is the declaration.
func (s *xmlScanner) instruction() {
	name, ok := s.readName()
	if !ok {
		return
	}
	if _, ok = s.solid(); !ok {
		return
	}
	s.at--
	text, ok := s.until("?>")
	if !ok || name.raw != "xml" {
		return
	}
	if v := declaration("version", string(text)); v != "" && v != "1.0" {
		s.bad("version %q is not known, only 1.0 is", v)
	} else if e := declaration("encoding", string(text)); e != "" && s.declared != nil {
		s.err = s.declared(e)
	}
}

// declaration is a value in the text of an XML declaration, "" where it is missing.
func declaration(name, text string) string {
	for {
		_, after, ok := strings.Cut(text, name+"=")
		if !ok || after == "" {
			return ""
		}
		if q := after[0]; q == '"' || q == '\'' {
			if value, _, ok := strings.Cut(after[1:], after[:1]); ok {
				return value
			}
			return ""
		}
		text = after[1:]
	}
}

func (s *xmlScanner) endTag() bool {
	if e := s.expect; e != nil {
		if at := s.at + len(e.raw); at < s.end && s.buf[at] == '>' && string(s.buf[s.at:at]) == e.raw {
			s.name, s.at = e, at+1
			return true
		}
	}
	if !s.tagName() {
		return false
	}
	b, ok := s.solid()
	if ok && b != '>' {
		return s.bad("invalid characters between </%s and >", s.name.local)
	}
	return ok
}

func (s *xmlScanner) startTag() bool {
	s.ccy = ""
	if !s.tagName() {
		return false
	}
	for {
		b, ok := s.solid()
		switch {
		case !ok:
			return false
		case b == '>':
			return true
		case b == '/':
			if b, ok = s.must(); ok && b != '>' {
				return s.bad("expected /> in element")
			}
			s.closes = ok
			return ok
		}
		s.at--
		if !s.attribute() {
			return false
		}
	}
}

func (s *xmlScanner) attribute() bool {
	tag := s.name
	if !s.tagName() {
		return false
	}
	name := s.name
	s.name = tag
	b, ok := s.solid()
	if ok && b != '=' {
		return s.bad("attribute name without = in element")
	}
	if b, ok = s.solid(); ok && b != '"' && b != '\'' {
		return s.bad("unquoted or missing attribute value in element")
	}
	if !ok || !s.chars(b, false) {
		return false
	}
	if s.attr != nil {
		s.attr(name.local, s.text)
	}
	if name.local == "Ccy" {
		s.ccy = s.intern(s.text)
	}
	return true
}

// intern is the text of an attribute; currencies are a handful and share theirs with the names.
func (s *xmlScanner) intern(text []byte) string {
	if n := s.names[string(text)]; n != nil {
		return n.raw
	}
	if len(text) == 3 && len(s.names) < maxNames && asciiName(text) {
		return s.enter(string(text)).raw
	}
	return string(text)
}

func (s *xmlScanner) tagName() bool {
	n, ok := s.readName()
	if ok && !n.tag {
		return s.bad("invalid XML name: %.100s", n.raw)
	}
	s.name = n
	return ok
}

// readName reads a name, of which any byte beyond ASCII may be part.
func (s *xmlScanner) readName() (*xmlName, bool) {
	from := s.at - s.start
	for {
		at := s.at
		for at < s.end && nameBytes[s.buf[at]] {
			at++
		}
		s.at = at
		if at < s.end {
			break
		}
		if !s.more() {
			s.cut()
			return nil, false
		}
	}
	b := s.buf[s.start+from : s.at]
	if len(b) == 0 {
		return nil, s.bad("a name is expected after <, </, <? or in an element")
	}
	slot := &s.recent[(uint(len(b))*31+uint(b[0])*7+uint(b[len(b)/2])*3+uint(b[len(b)-1])*13)&255]
	if *slot != nil && (*slot).raw == string(b) {
		return *slot, true
	}
	n := s.names[string(b)]
	if n == nil {
		if len(s.names) >= maxNames {
			return nil, s.bad("more than %d names of elements", maxNames)
		}
		if !asciiName(b) && !otherName(b) {
			return nil, s.bad("invalid XML name: %.100q", b)
		}
		n = s.enter(string(b))
	}
	*slot = n
	return n, true
}

func (s *xmlScanner) enter(raw string) *xmlName {
	n := &xmlName{raw: raw, local: raw, tag: strings.Count(raw, ":") <= 1}
	if space, local, ok := strings.Cut(raw, ":"); ok && space != "" && local != "" {
		n.local = local
	}
	s.names[raw] = n
	return n
}

// nameBytes are the bytes that a name goes on with.
var nameBytes = func() (is [256]bool) {
	for c := range 256 {
		is[c] = c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			c >= '0' && c <= '9' || strings.IndexByte("_:.-", byte(c)) >= 0
	}
	return is
}()

// asciiName reports whether bytes of nameBytes are a name in ASCII.
func asciiName(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf || !nameBytes[c] {
			return false
		}
	}
	c := b[0]
	return c == '_' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// otherName asks the standard library about a name with letters beyond ASCII: its tables are not
// ours to repeat, and a document has few of them.
func otherName(b []byte) bool {
	_, err := xml.NewDecoder(strings.NewReader("<?" + string(b) + "?>")).RawToken()
	return err == nil
}

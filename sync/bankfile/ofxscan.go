package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ofxScanner parts an OFX file into tags, each with the text behind it. It is no XML parser: OFX 1 is
// SGML whose leaves are usually left open, and files that call themselves OFX 2 are so too. It holds
// one tag and its text, or one entry, in memory.
type ofxScanner struct {
	r    io.Reader
	most int
	buf  []byte
	// base is the first byte that is still needed, end the end of those that were read.
	base, end int
	eof       bool
	// at is where the present tag begins, after where it ends, and next where the one behind its text
	// begins and ends.
	at, after int
	next      [2]int
	pinned    bool
	// head is the text before the first tag.
	head string
	// name is the present tag's in capitals, closes says that it is a closing one.
	name   []byte
	closes bool
}

func newOFXScanner(r io.Reader, l Limits) *ofxScanner {
	return &ofxScanner{r: r, most: l.Cell + 4096, buf: make([]byte, headSize), name: make([]byte, 0, 64)}
}

// start goes to the first tag.
func (s *ofxScanner) start() error {
	if err := s.find(0); err != nil {
		return err
	}
	s.head = string(s.buf[:s.next[0]])
	return nil
}

// step goes to the next tag; false at the end of the file.
func (s *ofxScanner) step() (bool, error) {
	s.at, s.after = s.next[0], s.next[1]
	if !s.pinned {
		s.base = s.at
	}
	if s.at == s.after {
		return false, nil
	}
	if err := s.find(s.after); err != nil {
		return false, err
	}
	s.readName()
	return true, nil
}

// text is what stands behind the present tag, before the next one; as it is in the file, and only
// until the next step.
func (s *ofxScanner) text() []byte { return s.buf[s.after:s.next[0]] }

// inner is what stands between the brackets of the present tag.
func (s *ofxScanner) inner() []byte { return s.buf[s.at+1 : s.after-1] }

// pin keeps everything from the present tag on until unpin.
func (s *ofxScanner) pin() { s.pinned, s.base = true, s.at }

func (s *ofxScanner) unpin() { s.pinned = false }

// sincePin is what was read since pin without the present tag; offset is an index of it.
func (s *ofxScanner) sincePin() []byte         { return s.buf[s.base:s.at] }
func (s *ofxScanner) offset(index int) int     { return index - s.base }
func (s *ofxScanner) textSpan() (int, int)     { return s.offset(s.after), s.offset(s.next[0]) }
func (s *ofxScanner) kept(from, to int) []byte { return s.buf[s.base+from : s.base+to] }

// readName puts the name of the present tag into capitals.
func (s *ofxScanner) readName() {
	b := s.inner()
	s.closes = len(b) > 0 && b[0] == '/'
	if s.closes {
		b = b[1:]
	}
	s.name = s.name[:0]
	for _, c := range b {
		if !nameByte(c) && (c != '?' && c != '!' || len(s.name) > 0) || len(s.name) == cap(s.name) {
			break
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		s.name = append(s.name, c)
	}
}

func nameByte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
		c == '.' || c == '_' || c == '-' || c == ':'
}

// find looks for the next tag from an index on and puts it into next; both ends are the end of the
// file where there is none.
func (s *ofxScanner) find(p int) error {
	for {
		k := bytes.IndexByte(s.buf[p:s.end], '<')
		if k < 0 {
			p = s.end
		} else {
			p += k
		}
		n, tag := tagAt(s.buf[p:s.end])
		switch {
		case n > 0 && tag:
			s.next = [2]int{p, p + n}
			return nil
		case n > 0:
			p += n
		case s.eof && k < 0:
			s.next = [2]int{s.end, s.end}
			return nil
		case s.eof:
			p++
		default:
			moved, err := s.fill()
			if err != nil {
				return err
			}
			p -= moved
		}
	}
}

// fill reads more. It returns by how much everything was moved to make room.
func (s *ofxScanner) fill() (moved int, err error) {
	if s.end-s.base > s.most {
		return 0, refuse(fmt.Sprintf("a text, tag or entry is larger than %d KB", s.most>>10),
			"this is no bank's OFX file")
	}
	if s.end == len(s.buf) {
		moved = s.base
		to := s.buf
		if s.end-s.base > len(s.buf)/2 {
			to = make([]byte, 2*len(s.buf))
		}
		s.end = copy(to, s.buf[s.base:s.end])
		s.buf, s.base = to, 0
		s.at, s.after = s.at-moved, s.after-moved
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.eof = errors.Is(err, io.EOF)
		switch {
		case err != nil && !s.eof:
			return 0, err
		case n > 0 || s.eof:
			return moved, nil
		}
	}
	return 0, io.ErrNoProgress
}

// tagAt looks at bytes that begin with "<": how long the tag is, or how long what is passed over as
// text: CDATA, a comment, or a bracket that begins no tag. 0 is for too few bytes.
func tagAt(b []byte) (n int, tag bool) {
	if len(b) < 2 {
		return 0, false
	}
	switch c := b[1]; {
	case c == '!':
		for _, x := range []struct{ open, shut string }{{"<![CDATA[", "]]>"}, {"<!--", "-->"}} {
			m := min(len(b), len(x.open))
			if string(b[:m]) != x.open[:m] {
				continue
			}
			if i := bytes.Index(b[m:], []byte(x.shut)); i >= 0 && m == len(x.open) {
				return m + i + len(x.shut), false
			}
			return 0, false
		}
		return bytes.IndexByte(b, '>') + 1, true
	case c == '?':
		return bytes.IndexByte(b, '>') + 1, true
	case c == '/' || nameByte(c) && (c < '0' || c > '9'):
		return plainTag(b)
	}
	return 1, false
}

// maxTag is the longest tag in bytes.
const maxTag = 256

// plainTag is a name with nothing behind it but blanks, a slash or attributes.
func plainTag(b []byte) (n int, tag bool) {
	head := b[:min(len(b), maxTag)]
	i := 2
	for i < len(head) && nameByte(head[i]) {
		i++
	}
	if i < len(head) && head[i] == '>' {
		return i + 1, true
	}
	end := bytes.IndexAny(head[i:], "<>")
	switch {
	case end < 0 && len(head) < maxTag:
		return 0, false
	case end < 0 || head[i+end] == '<':
		return 1, false
	}
	rest := bytes.TrimSpace(head[i : i+end])
	if len(rest) == 0 || string(rest) == "/" || bytes.IndexByte(rest, '=') > 0 {
		return i + end + 1, true
	}
	return 1, false
}

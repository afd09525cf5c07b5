package bankfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// chunkSize is how much of a text is taken at once.
const chunkSize = 64 << 10

// rowScanner parts a text into rows and cells as encoding/csv does with LazyQuotes and rows of any
// length, but many times faster: the cells of a row are pieces of the text. It differs in what banks
// write: a row ends with LF, CR, CR LF or CR CR LF alike, and a text in quotes keeps LF for each.
type rowScanner struct {
	r     io.Reader
	delim byte
	l     Limits
	// check looks at all bytes as they come; nil for none.
	check func([]byte) error
	// text is what is at hand of the file, at where the next row begins, eof that nothing follows.
	text string
	at   int
	eof  bool
	// line counts the lines before the next row; gap is the first of the empty lines before it.
	line, gap int
	// lf, cr and quote are where the next of each stands, at or after at, or len(text).
	lf, cr, quote int
	// cells are those of the row, behind those before from, which the caller still needs.
	cells []string
	from  int
	begun bool
	// room is where the text is read into, before it gets its own memory.
	room []byte
}

// errMore says that the row goes on behind the text at hand.
var errMore = errors.New("more of the text is needed")

// next is the next row, io.EOF after the last. Empty lines before a row come as one empty row.
func (s *rowScanner) next() (row, error) {
	for {
		r, err := s.row()
		if !errors.Is(err, errMore) {
			return r, err
		}
		if err := s.more(); err != nil {
			return row{}, err
		}
	}
}

// more reads on, behind what is left of the text.
func (s *rowScanner) more() error {
	rest := s.text[s.at:]
	if len(rest) > 4*s.l.Cell {
		return &Error{Place: place(s.line + 1),
			Reason: fmt.Sprintf("a line is longer than %d KB", 4*s.l.Cell>>10),
			Hint:   "this is no bank's table"}
	}
	if want := max(chunkSize, len(rest)); len(s.room) < want {
		s.room = make([]byte, want)
	}
	n := 0
	var err error
	for n < len(s.room) && err == nil {
		var k int
		k, err = s.r.Read(s.room[n:])
		n += k
	}
	fresh := s.room[:n]
	if s.eof = errors.Is(err, io.EOF); err != nil && !s.eof {
		return err
	}
	if s.check != nil {
		if err := s.check(fresh); err != nil {
			return err
		}
	}
	// Cells are pieces of the text, so each text has its own memory.
	var all strings.Builder
	all.Grow(len(rest) + n)
	all.WriteString(rest)
	all.Write(fresh)
	s.text, s.at = all.String(), 0
	if s.eof {
		s.text = strings.TrimRight(s.text, "\x1a\x00")
	}
	if !s.begun && s.text != "" {
		s.text = strings.TrimPrefix(s.text, "\ufeff")
		s.begun = true
	}
	s.lf, s.cr, s.quote = -1, -1, -1
	return nil
}

// skipLine leaves the first line out.
func (s *rowScanner) skipLine() error {
	_, err := s.next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// find is where the next c stands, known from before or looked up.
func (s *rowScanner) find(c byte, known *int) int {
	if *known < s.at {
		if i := strings.IndexByte(s.text[s.at:], c); i >= 0 {
			*known = s.at + i
		} else {
			*known = len(s.text)
		}
	}
	return *known
}

func (s *rowScanner) row() (row, error) {
	for {
		if s.at == len(s.text) {
			if s.eof {
				return row{}, io.EOF
			}
			return row{}, errMore
		}
		end := min(s.find('\n', &s.lf), s.find('\r', &s.cr))
		if s.find('"', &s.quote) < end {
			return s.quoted()
		}
		next, err := s.afterLine(end)
		if err != nil {
			return row{}, err
		}
		line := s.text[s.at:end]
		if line == "" {
			s.empty()
			s.at = next
			continue
		}
		if s.gap > 0 {
			return s.paragraph(), nil
		}
		return s.parts(line, next)
	}
}

// plain adds the rows that follow, as long as they have no quotes and end with LF or CR LF within the
// text at hand: most rows of most files. What else there is, row reads.
func (s *rowScanner) plain(rows []row) []row {
	for s.gap == 0 {
		n := strings.IndexByte(s.text[s.at:], '\n')
		end := s.at + n
		if n <= 0 || n > s.l.Cell || s.find('"', &s.quote) < end {
			break
		}
		next := end + 1
		if cr := s.find('\r', &s.cr); cr < end {
			if cr < end-1 || cr == s.at {
				break
			}
			end--
		}
		trimmed := s.cut(s.text[s.at:end])
		if len(s.cells)-s.from > s.l.Columns {
			break
		}
		s.at = next
		s.line++
		rows = append(rows, row{s.line, s.cells[s.from:len(s.cells):len(s.cells)], trimmed})
		s.from = len(s.cells)
	}
	return rows
}

// parts reads a row without quotes.
func (s *rowScanner) parts(line string, next int) (row, error) {
	trimmed := s.cut(line)
	return s.done(next, 1, trimmed)
}

// cut parts a line without quotes into cells and reports whether all of them are trimmed. It stops
// where there are too many.
func (s *rowScanner) cut(line string) (trimmed bool) {
	// There is room for a row that has too many, and for what its last eight bytes may add.
	most := s.from + s.l.Columns
	if cap(s.cells) < most+10 {
		s.cells = slices.Grow(s.cells[:s.from], 8*(s.l.Columns+10))
	}
	cells, n := s.cells[:cap(s.cells)], s.from
	trimmed = true
	begin, at := 0, 0
	// Eight bytes at a time: each that is the delimiter becomes zero, and each zero its highest bit.
	all, eights := unsafe.Slice(unsafe.StringData(line), len(line)), uint64(s.delim)*lowBits
	for ; at+8 <= len(all) && n <= most; at += 8 {
		for found := zeros(binary.LittleEndian.Uint64(all[at:]) ^ eights); found != 0; found &= found - 1 {
			end := at + bits.TrailingZeros64(found)>>3
			cells[n] = line[begin:end]
			trimmed = trimmed && isTrimmed(cells[n])
			n++
			begin = end + 1
		}
	}
	for ; at < len(line) && n <= most; at++ {
		if line[at] == s.delim {
			cells[n] = line[begin:at]
			trimmed = trimmed && isTrimmed(cells[n])
			n++
			begin = at + 1
		}
	}
	cells[n] = line[begin:]
	s.cells = cells[:n+1]
	return trimmed && isTrimmed(cells[n])
}

// lowBits and highBits are the lowest and the highest bit of each of eight bytes.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// zeros has the highest bit of each byte that is zero in x, and no other bit.
func zeros(x uint64) uint64 { return ^((x&^highBits + ^uint64(highBits)) | x | ^uint64(highBits)) }

func (s *rowScanner) empty() {
	s.line++
	if s.gap == 0 {
		s.gap = s.line
	}
}

// paragraph is the empty row that stands for the empty lines before a row.
func (s *rowScanner) paragraph() row {
	r := row{n: s.gap}
	s.gap = 0
	return r
}

// afterLine is where the line after the line end at end begins.
func (s *rowScanner) afterLine(end int) (int, error) {
	after := end
	for after < len(s.text) && after < end+3 && s.text[after] == '\r' {
		after++
	}
	switch {
	case after == len(s.text) && !s.eof:
		return 0, errMore
	case after == len(s.text):
		return min(end+1, after), nil
	case s.text[after] == '\n':
		return after + 1, nil
	}
	return end + 1, nil
}

// done checks the cells against the limits and goes behind the row.
func (s *rowScanner) done(next, lines int, trimmed bool) (row, error) {
	r := row{s.line + 1, s.cells[s.from:len(s.cells):len(s.cells)], trimmed}
	if len(r.cells) > s.l.Columns {
		return row{}, &Error{Place: place(r.n), Reason: fmt.Sprintf("more than %d cells", s.l.Columns),
			Hint: "this is no bank's table"}
	}
	if next-s.at > s.l.Cell {
		for _, c := range r.cells {
			if len(c) > s.l.Cell {
				return row{}, s.tooLarge()
			}
		}
	}
	s.at = next
	s.line += lines
	return r, nil
}

func (s *rowScanner) tooLarge() error {
	return &Error{Place: place(s.line + 1),
		Reason: fmt.Sprintf("a cell is larger than %d KB", s.l.Cell>>10), Hint: "a quote may be missing"}
}

// quoted reads a row that has quotes. Where it goes on behind the text at hand, it is read again
// from its beginning.
func (s *rowScanner) quoted() (row, error) {
	if s.gap > 0 {
		return s.paragraph(), nil
	}
	s.cells = s.cells[:s.from]
	at, lines, trimmed := s.at, 1, true
	for {
		var cell string
		var err error
		if at < len(s.text) && s.text[at] == '"' {
			cell, at, err = s.inQuotes(at+1, &lines)
		} else {
			cell = s.open(at)
			if at += len(cell); at == len(s.text) && !s.eof {
				return row{}, errMore
			}
		}
		if err != nil {
			return row{}, err
		}
		s.cells = append(s.cells, cell)
		trimmed = trimmed && isTrimmed(cell)
		if at == len(s.text) || len(s.cells)-s.from > s.l.Columns {
			return s.done(at, lines, trimmed)
		}
		if s.text[at] != s.delim {
			next, err := s.afterLine(at)
			if err != nil {
				return row{}, err
			}
			return s.done(next, lines, trimmed)
		}
		at++
	}
}

// open is the cell without quotes that begins at this place.
func (s *rowScanner) open(at int) string {
	cell := s.text[at:]
	for _, c := range [...]byte{s.delim, '\n', '\r'} {
		if n := strings.IndexByte(cell, c); n >= 0 {
			cell = cell[:n]
		}
	}
	return cell
}

// inQuotes reads a cell behind its opening quote. A quote that neither ends the cell nor is doubled
// stands for itself.
func (s *rowScanner) inQuotes(at int, lines *int) (cell string, after int, err error) {
	start := at
	var built []byte
	for {
		n := strings.IndexByte(s.text[at:], '"')
		if (n < 0 || at+n+1 == len(s.text)) && !s.eof {
			if len(s.text)-start > s.l.Cell+2 {
				return "", 0, s.tooLarge()
			}
			return "", 0, errMore
		}
		if n < 0 {
			n = len(s.text) - at
		}
		piece := s.text[at : at+n]
		if min(s.lf, s.cr) < at+n && strings.ContainsAny(piece, "\r\n") {
			piece = lineEnds(piece)
			*lines += strings.Count(piece, "\n")
		}
		if at += n + 1; at >= len(s.text) || s.ends(at) {
			if built != nil {
				piece = string(append(built, piece...))
			}
			if len(piece) > s.l.Cell {
				return "", 0, s.tooLarge()
			}
			return piece, min(at, len(s.text)), nil
		}
		built = append(append(built, piece...), '"')
		if s.text[at] == '"' {
			at++
		}
	}
}

// ends reports whether a cell ends at this place, behind a quote.
func (s *rowScanner) ends(at int) bool {
	c := s.text[at]
	return c == s.delim || c == '\n' || c == '\r'
}

// lineEnds makes every line end a LF.
func lineEnds(s string) string { return oneEnd.Replace(s) }

// oneEnd takes each line end once: the longest that begins at a place, so that a CR before it ends a
// line of its own.
var oneEnd = strings.NewReplacer("\r\r\r\n", "\n", "\r\r\n", "\n", "\r\n", "\n", "\r", "\n")

// utf8Check reports the first bytes that are no UTF-8, with the letters around them.
type utf8Check struct{ tail []byte }

// notUTF8 is the error of a text that is in another charset; sample shows its letters.
type notUTF8 struct{ sample []byte }

func (*notUTF8) Error() string { return "the text is no UTF-8" }

func (c *utf8Check) look(fresh []byte) error {
	b := fresh
	if len(c.tail) > 0 {
		b = append(c.tail, fresh...)
	}
	if len(fresh) > 0 && utf8.Valid(b) {
		c.tail = nil
		return nil
	}
	whole := len(b)
	if len(fresh) > 0 {
		// A letter may be cut in two at the end.
		for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
			if utf8.RuneStart(b[len(b)-i]) {
				if !utf8.FullRune(b[len(b)-i:]) {
					whole = len(b) - i
				}
				break
			}
		}
	}
	if !utf8.Valid(b[:whole]) {
		return &notUTF8{bytes.Clone(b)}
	}
	c.tail = bytes.Clone(b[whole:])
	return nil
}

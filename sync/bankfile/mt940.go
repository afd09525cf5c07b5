package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/money"
)

// What one file may hold beside its entries, so that a file made of nothing else stays small.
const (
	maxMessages = 20_000
	maxUnread   = 5_000
	maxUnreadKB = 8
)

// mtReader reads SWIFT MT940 and MT942 line by line. Nothing but a known tag with both colons begins
// a field: what else begins a line, whatever it looks like, goes on with the field before.
type mtReader struct {
	lines *textLines
	text  *letters
	s     *sink
	f     *File
	// head is what the message says before its entries; fresh says that none of them was met since.
	head  mtHead
	fresh bool
	// p is the open statement, nil for none, and now how far it is read.
	p   *Parsed
	now mtStatement
	// entry is the open entry, and field what a line without a tag goes on with.
	entry mtOpenEntry
	field mtField
	// held is a line that the next one decides on: a dash that may end the message, or a tag that
	// may be text.
	held    []byte
	holding bool
	// entries counts them in the file, unread those of them that were rejected, clamped those whose
	// value date was the 30th of February.
	entries, unread, clamped int
}

// mtHead is what a message says before its entries.
type mtHead struct {
	account, number string
	currency        money.Currency
	// interim says that the message is an MT942.
	interim bool
}

// mtStatement is how far the open statement is read.
type mtStatement struct {
	mtHead
	// opened and closed say that its balances were met, closing is the tag of the last closing one.
	opened, closed bool
	closing        string
	// lines counts its entries, unknown is a currency that does not exist.
	lines   int
	unknown string
	// sums are the entries of an MT942, stated what it says of them.
	sums   mtSums
	stated []mtStated
	// minus is the first entry whose amount bears a minus, minuses how many do.
	minus   string
	minuses int
}

// mtField is the field that is being read.
type mtField int

const (
	mtOther mtField = iota
	mtMoved
	mtText
)

// mtOpenEntry is an entry whose fields are still coming: the lines of its :61: and its :86:, each
// ended by LF but for the last, and numbered says that the text is a :NS: block.
type mtOpenEntry struct {
	open, numbered, said bool
	row, line            int
	moved, text          []byte
}

func readMT940(in *input, s *sink) error {
	m := &mtReader{lines: &textLines{in: in, most: s.o.Limits.Cell}, s: s, f: s.f}
	m.text = &letters{f: m.f}
	m.f.Encoding, m.f.Variant = "UTF-8", ""
	head, err := in.head()
	if err != nil {
		return err
	}
	m.text.beginning(head)
	for {
		line, err := m.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = m.take(line)
		}
		if err != nil {
			return err
		}
	}
	return m.finish()
}

// finish closes what is open at the end of the file.
func (m *mtReader) finish() error {
	if m.holding && m.held[0] != '-' {
		if err := m.more(m.held); err != nil {
			return err
		}
	}
	if m.fresh && m.head != (mtHead{}) {
		if err := m.begin(); err != nil {
			return err
		}
	}
	if err := m.endStatement(); err != nil {
		return err
	}
	if m.clamped > 0 {
		m.f.note("%d value dates are the 29th or 30th of a shorter February, read as its last day",
			m.clamped)
	}
	if m.f.seen == 0 {
		return refuse("this is a SWIFT message without a statement in it", "download it again")
	}
	return nil
}

// take reads a line.
func (m *mtReader) take(line []byte) error {
	line = bytes.TrimFunc(line, func(r rune) bool {
		return r < 0x20 && r != '\t' || r == 0x7f || r == '\ufeff'
	})
	if m.holding {
		if len(line) == 0 {
			return nil
		}
		m.holding = false
		if m.held[0] == ':' && len(m.held) == 1 {
			line = append(m.held, line...)
			if _, _, ok := tagOf(line); !ok {
				return errors.Join(m.more(line[:1]), m.more(line[1:]))
			}
			m.f.warn("line %d: the tag %s is broken over two lines", m.lines.n, line[:4])
		} else if err := m.decide(line); err != nil {
			return err
		}
	}
	tag, rest, known := tagOf(line)
	switch {
	case m.entry.open && (endsMessage(line) || tag == "20" || string(line) == ":"):
		m.held, m.holding = append(m.held[:0], line...), true
		return nil
	case known:
		return m.tagged(tag, rest, line)
	case isBlock(line):
		return m.block(line)
	}
	return m.more(line)
}

// decide says by the line after it what a held one is: the end of the message or the head of the
// next, or else text of the entry.
func (m *mtReader) decide(next []byte) error {
	held := m.held
	tag, _, _ := tagOf(next)
	if held[0] == '-' {
		if tag == "20" || tag == "940" || tag == "942" || isBlock(next) {
			return m.endEntry()
		}
		return m.more(held)
	}
	switch tag {
	case "21", "25", "25P", "28", "28C", "60F", "60M", "34F", "13D":
		_, rest, _ := tagOf(held)
		return m.tagged("20", rest, held)
	}
	return m.more(held)
}

// tags are all that begin a field.
var tags = map[string]bool{"20": true, "21": true, "25": true, "25P": true, "28": true, "28C": true,
	"60F": true, "60M": true, "61": true, "86": true, "NS": true, "62F": true, "62M": true, "64": true,
	"65": true, "34F": true, "13D": true, "90D": true, "90C": true, "940": true, "942": true}

// tagOf is the tag that a line begins with and what follows it.
func tagOf(line []byte) (tag string, rest []byte, known bool) {
	if len(line) < 4 || line[0] != ':' {
		return "", nil, false
	}
	end := bytes.IndexByte(line[1:min(len(line), 5)], ':')
	if end < 2 || !tags[string(line[1:1+end])] {
		return "", nil, false
	}
	return string(line[1 : 1+end]), line[2+end:], true
}

// endsMessage reports whether a line may be the end of a message: "-", "-}", "-}{5:…}", "-XXX", or a
// dash with one letter in place of the brace.
func endsMessage(line []byte) bool {
	if len(line) == 0 || line[0] != '-' {
		return false
	}
	rest := bytes.TrimRight(line[1:], " ")
	return len(rest) == 0 || rest[0] == '}' || string(rest) == "XXX" ||
		rest[0] >= 0x80 && len(rest) <= 2
}

// isBlock reports whether a line is a header block, "{1:F01…}".
func isBlock(line []byte) bool {
	return len(line) > 2 && line[0] == '{' && line[1] >= '1' && line[1] <= '5' && line[2] == ':'
}

// block reads a line of header blocks; the message may begin on it.
func (m *mtReader) block(line []byte) error {
	if err := m.endEntry(); err != nil {
		return err
	}
	m.field = mtOther
	if at := bytes.LastIndex(line, []byte("{4:")); at >= 0 && len(line) > at+3 {
		return m.take(bytes.Clone(line[at+3:]))
	}
	return nil
}

// more goes on with the open field.
func (m *mtReader) more(line []byte) error {
	var b *[]byte
	switch {
	case !m.entry.open || m.field == mtOther:
		return nil
	case m.field == mtMoved:
		b = &m.entry.moved
	default:
		b = &m.entry.text
	}
	if len(*b)+len(line) > m.s.o.Limits.Cell {
		return refuse(fmt.Sprintf("the text of an entry is larger than %d KB", m.s.o.Limits.Cell>>10),
			"this is no bank's statement")
	}
	if len(*b) > 0 {
		*b = append(*b, '\n')
	}
	*b = append(*b, line...)
	return nil
}

// tagged reads a line that begins with a tag.
func (m *mtReader) tagged(tag string, rest, line []byte) error {
	switch tag {
	case "86", "NS":
		return m.described(tag == "NS", rest)
	case "61":
		return m.moved(rest)
	case "21", "25", "25P", "28", "28C", "34F", "13D":
		if m.entry.open {
			return m.misplaced(tag, rest, line)
		}
	}
	if err := m.endEntry(); err != nil {
		return err
	}
	m.field = mtOther
	switch tag {
	case "20", "940", "942":
		m.head, m.fresh = mtHead{interim: tag == "942"}, true
	case "25", "25P", "28", "28C", "34F", "13D":
		m.heading(tag, rest)
	case "60F", "60M":
		return m.opening(tag, rest)
	case "62F", "62M":
		return m.closing(tag, rest)
	case "90D", "90C":
		return m.counted(tag, rest)
	}
	return nil
}

// misplaced takes a field of the head that stands among the entries for what it is: text of the
// entry before it, whose tag is wrong, or that happens to begin a line so.
func (m *mtReader) misplaced(tag string, rest, line []byte) error {
	if m.field == mtMoved && !m.entry.said && gvcOf(rest) != 0 {
		m.f.warn("%s: its text is marked :%s:, read as :86:", m.entry.place(), tag)
		return m.described(false, rest)
	}
	return m.more(line)
}

// heading reads a field of a message's head; the first of each stays.
func (m *mtReader) heading(tag string, rest []byte) {
	if m.now.closed && !m.fresh {
		m.head, m.fresh = mtHead{}, true
	}
	text := strings.TrimSpace(m.text.decode(rest))
	h := &m.head
	switch tag {
	case "25", "25P":
		if h.account == "" {
			h.account, h.currency = accountOf(text, m.s.o.Number)
		}
	case "28", "28C":
		if h.number == "" {
			h.number = text
		}
	case "34F":
		h.interim = true
		if c, err := money.ParseCurrency(text[:min(3, len(text))]); err == nil {
			h.currency = c
		}
	case "13D":
		h.interim = true
	}
}

// described begins the text of an entry. What stands elsewhere is of the statement.
func (m *mtReader) described(numbered bool, rest []byte) error {
	m.field = mtText
	if m.entry.open {
		m.entry.numbered, m.entry.said = numbered, true
	}
	return m.more(rest)
}

// moved begins an entry.
func (m *mtReader) moved(rest []byte) error {
	if err := m.endEntry(); err != nil {
		return err
	}
	if err := m.ready(); err != nil {
		return err
	}
	m.entries++
	m.entry = mtOpenEntry{open: true, row: m.entries, line: m.lines.n,
		moved: m.entry.moved[:0], text: m.entry.text[:0]}
	m.field = mtMoved
	return m.more(rest)
}

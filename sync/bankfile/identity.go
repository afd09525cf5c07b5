package bankfile

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/unicode/norm"
)

// identities tells the lines of one file apart: the bank's own reference where each line of the
// file that has it is alone with it, else the date and a fingerprint of account, date, amount,
// currency and text, numbered where equal lines follow. The same file gives the same ids.
type identities struct {
	// uses counts the booked lines by a hash of their reference, equal those by their fingerprint.
	uses  map[uint64]uint32
	equal counts
	printing
	// text is taken again for each line.
	text []byte
}

// printing makes fingerprints: room is taken again for each line; days are the texts of the last dates.
type printing struct {
	room []byte
	days [64]day
}

// day is a date with its text.
type day struct {
	on   book.Date
	text string
}

// atOnce is how many lines are named together: their ids are pieces of one text, and the places of
// their fingerprints come from memory at the same time.
const atOnce = 64

func newIdentities() *identities {
	return &identities{uses: map[uint64]uint32{}}
}

// note takes a line into account; every line of the file is noted before the first is named.
func (ids *identities) note(l *book.BankLine) {
	if l.BankID != "" && !l.Pending {
		ids.uses[hashOf(l.BankID)]++
	}
}

// name gives lines their ids and ordinals and writes the ids to sum, each with a line end. Lines are
// named in file order.
func (ids *identities) name(lines []book.BankLine, sum io.Writer) {
	var prints [atOnce]fingerprint
	for some := range slices.Chunk(lines, atOnce) {
		ids.printing.of(some, prints[:])
		ids.nameSome(some, prints[:len(some)], sum)
	}
}

// nameAll is name for lines with these fingerprints.
func (ids *identities) nameAll(lines []book.BankLine, prints []fingerprint, sum io.Writer) {
	for some := range slices.Chunk(lines, atOnce) {
		ids.nameSome(some, prints[:len(some)], sum)
		prints = prints[len(some):]
	}
}

func (ids *identities) nameSome(lines []book.BankLine, prints []fingerprint, sum io.Writer) {
	ids.equal.fetch(prints)
	var ends [atOnce]int
	b := ids.text[:0]
	for i := range lines {
		l := &lines[i]
		l.Ordinal = ids.equal.count(prints[i])
		if l.BankID != "" && !l.Pending && ids.uses[hashOf(l.BankID)] == 1 {
			b = append(append(append(b, l.Account...), ':'), l.BankID...)
		} else {
			b = prints[i].appendID(b, l, ids.day(l.On))
		}
		ends[i] = len(b)
		b = append(b, '\n')
	}
	// A digest takes all that it is given.
	_, _ = sum.Write(b)
	all, start := string(b), 0
	for i := range lines {
		lines[i].ID = book.ItemID(all[start:ends[i]])
		start = ends[i] + 1
	}
	ids.text = b
}

// of puts the fingerprints of lines into prints.
func (g *printing) of(lines []book.BankLine, prints []fingerprint) {
	for i := range lines {
		l := &lines[i]
		g.room = appendContent(g.room[:0], l, g.day(l.On))
		prints[i] = fingerprintOf(l, g.room)
	}
}

// day is the text of a date.
func (g *printing) day(on book.Date) string {
	d := &g.days[int(on)&(len(g.days)-1)]
	if d.on != on {
		*d = day{on, string(appendDate(nil, on))}
	}
	return d.text
}

// counts counts fingerprints: a table of 8 bytes for each place, at most three in four of them taken.
// A place holds a fingerprint's key and above it how often it has come, 0 where nothing is.
type counts struct {
	places []uint64
	taken  int
	// many are how often keys have come beyond what a place counts.
	many map[uint64]int
	// touched is nothing but what fetch has seen.
	touched uint64
}

const (
	// keyBits are those of a key: 48 of the sum, which holds the date too, and one for pending.
	keyBits = 49
	keyMask = 1<<keyBits - 1
	// mostCounted is what a place counts up to.
	mostCounted = 1<<(64-keyBits) - 1
)

// count is how often the fingerprint has come, with this time.
func (c *counts) count(f fingerprint) int {
	if c.taken*4 >= len(c.places)*3 {
		c.grow(max(64, 2*len(c.places)))
	}
	key := f.key()
	p := c.place(key)
	n := *p >> keyBits
	switch {
	case n == mostCounted:
		if c.many == nil {
			c.many = map[uint64]int{}
		}
		c.many[key]++
		return mostCounted + c.many[key]
	case n == 0:
		c.taken++
	}
	*p = key | (n+1)<<keyBits
	return int(n) + 1
}

// reserve makes places for so many fingerprints.
func (c *counts) reserve(n int) {
	places := 64
	for places*3 < n*4 {
		places *= 2
	}
	c.grow(places)
}

// grow makes so many places, a power of two.
func (c *counts) grow(places int) {
	old := c.places
	c.places = make([]uint64, places)
	for _, p := range old {
		if p != 0 {
			*c.place(p & keyMask) = p
		}
	}
}

// place is where a key is or belongs.
func (c *counts) place(key uint64) *uint64 {
	mask := uint64(len(c.places) - 1)
	at := key & mask
	for c.places[at] != 0 && c.places[at]&keyMask != key {
		at = (at + 1) & mask
	}
	return &c.places[at]
}

// fetch looks at the places of fingerprints before they are counted. No look waits for the one before
// it, as it does where each is compared: of a large table that is most of the time.
func (c *counts) fetch(prints []fingerprint) {
	if len(c.places) == 0 {
		return
	}
	mask := uint64(len(c.places) - 1)
	for i := range prints {
		c.touched |= c.places[prints[i].key()&mask]
	}
}

// Identify gives lines of one file their ids and ordinals, as Read does.
func Identify(lines []book.BankLine) {
	ids := newIdentities()
	for i := range lines {
		ids.note(&lines[i])
	}
	ids.name(lines, io.Discard)
}

// hashOf is FNV-1a, 64 bits.
func hashOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// numbered is the id of a line whose reference does not name it alone.
func numbered(l book.BankLine) book.ItemID {
	day := string(appendDate(nil, l.On))
	return book.ItemID(fingerprintOf(&l, appendContent(nil, &l, day)).appendID(nil, &l, day))
}

// fingerprint is of a line's content; pending lines stand apart, because the bank may still change
// them.
type fingerprint struct {
	on      book.Date
	pending bool
	sum     [6]byte
}

// key is the fingerprint as a number. Its bits are as good as chance.
func (f *fingerprint) key() uint64 {
	key := uint64(binary.LittleEndian.Uint32(f.sum[:])) | uint64(binary.LittleEndian.Uint16(f.sum[4:]))<<32
	if f.pending {
		key |= 1 << (keyBits - 1)
	}
	return key
}

// appendID appends the account's name and the fingerprint, "operating:2026-10-05/3f1c…", with the
// line's number from the second of several equal lines on; day is the text of its date.
func (f fingerprint) appendID(b []byte, l *book.BankLine, day string) []byte {
	b = append(append(b, l.Account...), ':')
	if f.pending {
		day = "pending"
	}
	b = hex.AppendEncode(append(append(b, day...), '/'), f.sum[:])
	if l.Ordinal > 1 {
		b = strconv.AppendInt(append(b, '-'), int64(l.Ordinal), 10)
	}
	return b
}

// appendDate appends a date as its String says it.
func appendDate(b []byte, on book.Date) []byte {
	if on == 0 {
		return b
	}
	y, m, d := on.Time().Date()
	if y < 1000 || y > 9999 {
		return append(b, on.String()...)
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-', digit(int(m)/10),
		digit(int(m)), '-', digit(d/10), digit(d))
}

// fingerprintOf is the fingerprint of a line with this content.
func fingerprintOf(l *book.BankLine, content []byte) fingerprint {
	sum := sha256.Sum256(content)
	f := fingerprint{on: l.On, pending: l.Pending}
	if l.Pending {
		f.on = 0
	}
	copy(f.sum[:], sum[:])
	return f
}

// appendContent appends what a line's fingerprint is of; day is the text of its date.
func appendContent(b []byte, l *book.BankLine, day string) []byte {
	b = append(append(b, l.Account...), '\n')
	b = append(append(b, day...), '\n')
	b = append(strconv.AppendInt(b, l.Amount.Minor, 10), '\n')
	b = append(append(b, l.Amount.Currency...), '\n')
	return appendText(b, l)
}

// The signs of lowered that are no letters of ASCII.
const (
	blankSign = 0x80
	wideSign  = 0xff
)

// lowered are the small letters.
var lowered = func() (out [256]byte) {
	for i := range out {
		switch c := byte(i); {
		case c >= utf8.RuneSelf:
			out[i] = wideSign
		case c == ' ' || c >= '\t' && c <= '\r':
			out[i] = blankSign
		case c >= 'A' && c <= 'Z':
			out[i] = c + 'a' - 'A'
		default:
			out[i] = c
		}
	}
	return out
}()

// appendText appends what a line says, in small letters, its words parted by one blank.
func appendText(b []byte, l *book.BankLine) []byte {
	start := len(b)
	// Each text grows by at most a blank before its first word.
	b = slices.Grow(b, len(l.Counterparty)+len(l.CounterpartyAccount)+len(l.Reference)+len(l.Text)+4)
	for _, s := range [...]string{l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text} {
		n := len(b)
		b = b[:n+len(s)+1]
		word, at := s != "" && lowered[s[0]] < blankSign, 0
		if word {
			if n > start {
				b[n] = ' '
				n++
			}
			var blank bool
			if at, blank = plainWords(b[n:], s); blank {
				at--
			}
			n += at
		}
		for i := at; i < len(s); i++ {
			c := lowered[s[i]]
			switch {
			case c < blankSign && (word || n == start):
				word = true
			case c < blankSign:
				b[n] = ' '
				n++
				word = true
			case c == wideSign:
				return append(b[:start], wideText(l)...)
			default:
				word = false
				continue
			}
			b[n] = c
			n++
		}
		b = b[:n]
	}
	return b
}

// wideText is what a line says where not all of it is ASCII.
func wideText(l *book.BankLine) string {
	return norm.NFC.String(strings.ToLower(oneLine(strings.Join([]string{
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " "))))
}

// signing is what takes the ids of the statement's lines into its own.
func (p *Parsed) signing() io.Writer {
	if p.digest == nil {
		p.digest = sha256.New()
		fmt.Fprintf(p.digest, "%s\n%s\n%s\n%s\n%s\n%s\n", alphanumeric(p.AccountNumber), p.Number,
			p.Currency, p.FromOn, p.ToOn, balances(p.Opening, p.Closing))
	}
	return p.digest
}

// sign gives the statement its id: a fingerprint of what it and its lines say.
func (p *Parsed) sign() {
	p.signing()
	p.ID = book.NewID(p.Account, "statement/"+hex.EncodeToString(p.digest.Sum(nil)[:8]))
}

func balances(b ...*int64) string {
	s := ""
	for _, x := range b {
		if x == nil {
			s += "none "
		} else {
			s += strconv.FormatInt(*x, 10) + " "
		}
	}
	return s
}

// keepOnce leaves out statements that stand in the file twice, as they do where files were put
// together: of the same days, number and balances, with lines between those that move something and
// are the same. Of statements without balances nobody knows whether both are real.
func (f *File) keepOnce() {
	type content struct {
		account, number  string
		from, to         book.Date
		opening, closing money.Money
		trace            uint64
	}
	seen := map[content]bool{}
	f.Statements = slices.DeleteFunc(f.Statements, func(p Parsed) bool {
		q := p.Proof
		if q.Opening == nil || q.Closing == nil || *q.Opening == *q.Closing || len(p.tally.sums) == 0 {
			return false
		}
		c := content{alphanumeric(p.AccountNumber), p.Number, p.FromOn, p.ToOn, *q.Opening, *q.Closing,
			p.tally.trace}
		if !seen[c] {
			seen[c] = true
			return false
		}
		f.warn("statement %s of %s to %s stands in the file twice: it is taken once", p.Number,
			cmp.Or(p.FromOn, p.tally.from), cmp.Or(p.ToOn, p.tally.to))
		return true
	})
}

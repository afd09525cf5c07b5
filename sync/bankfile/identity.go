package bankfile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
}

func newIdentities() *identities {
	return &identities{uses: map[uint64]uint32{}}
}

// note takes a line into account; every line of the file is noted before the first is named.
func (ids *identities) note(l *book.BankLine) {
	if l.BankID != "" && !l.Pending {
		ids.uses[hashOf(l.BankID)]++
	}
}

// name gives a line its id and ordinal. Lines are named in file order.
func (ids *identities) name(l *book.BankLine) {
	f := fingerprintOf(l)
	l.Ordinal = ids.equal.count(f)
	if l.BankID != "" && !l.Pending && ids.uses[hashOf(l.BankID)] == 1 {
		l.ID = book.NewID(l.Account, l.BankID)
		return
	}
	l.ID = f.id(l)
}

// counts counts fingerprints: a table of 16 bytes for each place, at most three in four of them taken.
type counts struct {
	places []counted
	taken  int
}

type counted struct {
	f fingerprint
	n int32
}

// count is how often the fingerprint has come, with this time.
func (c *counts) count(f fingerprint) int {
	if c.taken*4 >= len(c.places)*3 {
		c.grow(max(64, 2*len(c.places)))
	}
	p := c.place(f)
	if p.n == 0 {
		p.f = f
		c.taken++
	}
	p.n++
	return int(p.n)
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
	c.places = make([]counted, places)
	for _, p := range old {
		if p.n > 0 {
			*c.place(p.f) = p
		}
	}
}

// place is where a fingerprint is or belongs. Its bytes are as good as chance.
func (c *counts) place(f fingerprint) *counted {
	mask := uint32(len(c.places) - 1)
	at := uint32(f.sum[0]) | uint32(f.sum[1])<<8 | uint32(f.sum[2])<<16 | uint32(f.sum[3])<<24
	for at &= mask; c.places[at].n > 0 && c.places[at].f != f; at = (at + 1) & mask {
	}
	return &c.places[at]
}

// Identify gives lines of one file their ids and ordinals, as Read does.
func Identify(lines []book.BankLine) {
	ids := newIdentities()
	for i := range lines {
		ids.note(&lines[i])
	}
	for i := range lines {
		ids.name(&lines[i])
	}
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
func numbered(l book.BankLine) book.ItemID { return fingerprintOf(&l).id(&l) }

// fingerprint is of a line's content; pending lines stand apart, because the bank may still change
// them.
type fingerprint struct {
	on      book.Date
	pending bool
	sum     [6]byte
}

// id is the account's name and the fingerprint, "operating:2026-10-05/3f1c…", with the line's number
// from the second of several equal lines on.
func (f fingerprint) id(l *book.BankLine) book.ItemID {
	var room [128]byte
	b := append(append(room[:0], l.Account...), ':')
	if f.pending {
		b = append(b, "pending"...)
	} else {
		b = appendDate(b, f.on)
	}
	b = hex.AppendEncode(append(b, '/'), f.sum[:])
	if l.Ordinal > 1 {
		b = strconv.AppendInt(append(b, '-'), int64(l.Ordinal), 10)
	}
	return book.ItemID(b)
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

func fingerprintOf(l *book.BankLine) fingerprint {
	var room [512]byte
	b := append(append(room[:0], l.Account...), '\n')
	b = append(appendDate(b, l.On), '\n')
	b = append(strconv.AppendInt(b, l.Amount.Minor, 10), '\n')
	b = append(append(b, l.Amount.Currency...), '\n')
	sum := sha256.Sum256(appendText(b, l))
	f := fingerprint{on: l.On, pending: l.Pending}
	if l.Pending {
		f.on = 0
	}
	copy(f.sum[:], sum[:])
	return f
}

// appendText appends what a line says, in small letters, its words parted by one blank.
func appendText(b []byte, l *book.BankLine) []byte {
	start, word := len(b), false
	for _, s := range [...]string{l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text} {
		for i := range len(s) {
			switch c := s[i]; {
			case c >= utf8.RuneSelf:
				return append(b[:start], wideText(l)...)
			case c == ' ' || c >= '\t' && c <= '\r':
				word = false
			default:
				if !word && len(b) > start {
					b = append(b, ' ')
				}
				word = true
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				b = append(b, c)
			}
		}
		word = false
	}
	return b
}

// wideText is what a line says where not all of it is ASCII.
func wideText(l *book.BankLine) string {
	return norm.NFC.String(strings.ToLower(oneLine(strings.Join([]string{
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " "))))
}

// signing takes a line into the statement's id.
func (p *Parsed) signing(l *book.BankLine) {
	if p.digest == nil {
		p.digest = sha256.New()
		fmt.Fprintf(p.digest, "%s\n%s\n%s\n%s\n%s\n%s\n", alphanumeric(p.AccountNumber), p.Number,
			p.Currency, p.FromOn, p.ToOn, balances(p.Opening, p.Closing))
	}
	if l != nil {
		p.digest.Write(append([]byte(l.ID), '\n'))
	}
}

// sign gives the statement its id: a fingerprint of what it and its lines say.
func (p *Parsed) sign() {
	p.signing(nil)
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

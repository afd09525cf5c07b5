package bankfile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	equal map[fingerprint]int32
}

func newIdentities() *identities {
	return &identities{map[uint64]uint32{}, map[fingerprint]int32{}}
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
	ids.equal[f]++
	l.Ordinal = int(ids.equal[f])
	if l.BankID != "" && !l.Pending && ids.uses[hashOf(l.BankID)] == 1 {
		l.ID = book.NewID(l.Account, l.BankID)
		return
	}
	l.ID = numbered(*l)
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
func numbered(l book.BankLine) book.ItemID {
	f := fingerprintOf(&l).String()
	if l.Ordinal > 1 {
		f += "-" + strconv.Itoa(l.Ordinal)
	}
	return book.NewID(l.Account, f)
}

// fingerprint is of a line's content; pending lines stand apart, because the bank may still change
// them.
type fingerprint struct {
	on      book.Date
	pending bool
	sum     [6]byte
}

// String is "2026-10-05/3f1c…".
func (f fingerprint) String() string {
	day := f.on.String()
	if f.pending {
		day = "pending"
	}
	return day + "/" + hex.EncodeToString(f.sum[:])
}

func fingerprintOf(l *book.BankLine) fingerprint {
	text := norm.NFC.String(strings.ToLower(oneLine(strings.Join([]string{
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " "))))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%s",
		l.Account, l.On, l.Amount.Minor, l.Amount.Currency, text))
	f := fingerprint{on: l.On, pending: l.Pending}
	if l.Pending {
		f.on = 0
	}
	copy(f.sum[:], sum[:])
	return f
}

// signing takes a line into the statement's id.
func (p *Parsed) signing(l *book.BankLine) {
	if p.digest == nil {
		p.digest = sha256.New()
		fmt.Fprintf(p.digest, "%s\n%s\n%s\n%s\n%s\n%s\n", alphanumeric(p.AccountNumber), p.Number,
			p.Currency, p.FromOn, p.ToOn, balances(p.Opening, p.Closing))
	}
	if l != nil {
		fmt.Fprintf(p.digest, "%s\n", l.ID)
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

package bankfile

import (
	"bytes"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ofxEntry is an entry: its tags in file order, and what was found in them.
type ofxEntry struct {
	tags    []ofxTag
	shut    []uint64
	open    []uint64
	tooMany bool
	found   [ofxFieldCount]string
	// twice is the first field that stands twice with different texts and must not.
	twice ofxField
}

// ofxTag is a tag of an entry: a hash of its name, and the text behind it.
type ofxTag struct {
	id       uint64
	closes   bool
	part     bool
	from, to int
}

// maxTags is how many tags an entry may have.
const maxTags = 500

// ofxField is what a leaf of an entry means.
type ofxField byte

const (
	ofxType ofxField = iota + 1
	ofxPosted
	ofxAvailable
	ofxAmountOf
	ofxID
	ofxCorrects
	ofxAction
	ofxCheck
	ofxRef
	ofxName
	ofxLongName
	ofxPayee
	ofxMemo
	ofxCurrencyOf
	ofxTheirs
	ofxFieldCount
)

// ofxFields are the leaves of an entry by the part in which they stand, "" for the entry itself.
var ofxFields = func() map[[2]uint64]ofxField {
	out := map[[2]uint64]ofxField{}
	for _, x := range []struct {
		part, leaf string
		field      ofxField
	}{
		{"", "TRNTYPE", ofxType}, {"", "DTPOSTED", ofxPosted}, {"", "DTTRAN", ofxPosted},
		{"", "DTAVAIL", ofxAvailable}, {"", "VALUEDATE", ofxAvailable}, {"", "TRNAMT", ofxAmountOf},
		{"", "FITID", ofxID}, {"", "CORRECTFITID", ofxCorrects}, {"", "CORRECTACTION", ofxAction},
		{"", "CHECKNUM", ofxCheck}, {"", "REFNUM", ofxRef}, {"", "NAME", ofxName},
		{"", "EXTDNAME", ofxLongName}, {"", "MEMO", ofxMemo}, {"PAYEE", "NAME", ofxPayee},
		{"CURRENCY", "CURSYM", ofxCurrencyOf}, {"BANKACCTTO", "ACCTID", ofxTheirs},
		{"CCACCTTO", "ACCTID", ofxTheirs},
	} {
		part := uint64(0)
		if x.part != "" {
			part = hashOf(x.part)
		}
		out[[2]uint64{part, hashOf(x.leaf)}] = x.field
	}
	return out
}()

// ofxRemarks are what is said once of all entries.
type ofxRemarks struct {
	trades, contrary, agreeing   int
	shared, repeated, wrongValue int
	nameless                     int
	corrections                  []ofxCorrection
	more                         int
}

// ofxCorrection is an entry that says which one it takes the place of.
type ofxCorrection struct{ place, by, of string }

// entry reads an entry up to its end: its closing tag, or the next tag that cannot stand in it. more
// is false where the file ends before.
func (r *ofxReader) entry(name string) (more bool, err error) {
	e := &r.e
	*e = ofxEntry{tags: e.tags[:0], shut: e.shut, open: e.open}
	r.pin()
	defer r.unpin()
	closed := false
	for {
		if more, err = r.step(); err != nil || !more {
			break
		}
		tag := string(r.name)
		if closed = r.closes && tag == name; closed || tag == "STMTTRN" || tag == "STMTTRNP" ||
			ofxParts[tag] != ofxNone {
			break
		}
		if len(e.tags) == maxTags {
			e.tooMany = true
			continue
		}
		from, to := r.textSpan()
		e.tags = append(e.tags, ofxTag{id: hashOf(tag), closes: r.closes, from: from, to: to})
	}
	if err != nil {
		return false, err
	}
	e.sort(r)
	if err := r.take(name == "STMTTRNP", more); err != nil {
		return false, err
	}
	if closed {
		r.unpin()
		return r.step()
	}
	return more, nil
}

// sort finds which tags without a text are parts, because they are closed, and takes the leaves.
func (e *ofxEntry) sort(r *ofxReader) {
	e.shut, e.open = e.shut[:0], e.open[:0]
	for i := len(e.tags) - 1; i >= 0; i-- {
		t := &e.tags[i]
		empty := len(bytes.TrimSpace(r.kept(t.from, t.to))) == 0
		j := lastOf(e.shut, t.id)
		switch {
		case t.closes:
			e.shut = append(e.shut, t.id)
		case j >= 0 && (empty || j == len(e.shut)-1):
			t.part = empty
			e.shut = e.shut[:j]
		}
	}
	for _, t := range e.tags {
		switch j := lastOf(e.open, t.id); {
		case t.closes && j >= 0:
			e.open = e.open[:j]
		case t.closes:
		case t.part:
			e.open = append(e.open, t.id)
		default:
			e.leaf(r, t)
		}
	}
}

// lastOf is the last place of an id among the innermost ones, -1 where it has none.
func lastOf(ids []uint64, id uint64) int {
	for i := len(ids) - 1; i >= max(0, len(ids)-16); i-- {
		if ids[i] == id {
			return i
		}
	}
	return -1
}

func (e *ofxEntry) leaf(r *ofxReader, t ofxTag) {
	in := uint64(0)
	if n := len(e.open); n > 0 {
		in = e.open[n-1]
	}
	f := ofxFields[[2]uint64{in, t.id}]
	if f == 0 {
		return
	}
	text := r.words.of(r.kept(t.from, t.to))
	switch {
	case text == "":
	case e.found[f] == "":
		e.found[f] = text
	case e.found[f] != text && e.twice == 0 && (f == ofxAmountOf || f == ofxPosted || f == ofxCurrencyOf):
		e.twice = f
	}
}

// ofxNames are the fields that an entry can be kept aside for.
var ofxNames = map[ofxField]string{ofxAmountOf: "TRNAMT", ofxPosted: "DTPOSTED",
	ofxCurrencyOf: "CURSYM", ofxAction: "CORRECTACTION"}

// take makes a line of an entry, or keeps the entry aside.
func (r *ofxReader) take(pending, whole bool) error {
	e := &r.e
	r.n++
	if err := r.ensure(); err != nil {
		return err
	}
	aside := func(f ofxField, reason string) error {
		return r.accs.aside(r.placeOf(), ofxNames[f], reason, r.sincePin())
	}
	switch {
	case !whole:
		return aside(0, "the file ends in the middle of it")
	case e.tooMany:
		return aside(0, fmt.Sprintf("it has more than %d elements", maxTags))
	case e.twice != 0 && !r.mended(e.twice):
		return aside(e.twice, "it stands twice, and differs")
	case strings.EqualFold(e.found[ofxAction], "DELETE"):
		return aside(ofxAction, fmt.Sprintf("it moves nothing: the bank takes entry %s back by it; see "+
			"whether that one is in the books", e.found[ofxCorrects]))
	}
	l := book.BankLine{Row: r.n, Pending: pending, BankID: r.fixed(BankID, ofxID)}
	if f, reason := r.sums(&l); reason != "" {
		return aside(f, reason)
	}
	r.describe(&l)
	r.remark(&l)
	return r.s.line(l, false)
}

// ofxRoles are the roles under which a person corrects what may not stand twice.
var ofxRoles = map[ofxField]Role{ofxAmountOf: Amount, ofxPosted: Booked, ofxCurrencyOf: Currency}

func (r *ofxReader) mended(f ofxField) bool {
	_, ok := r.s.fixed(r.n, ofxRoles[f])
	return ok
}

// placeOf names the present entry.
func (r *ofxReader) placeOf() string {
	place := fmt.Sprintf("entry %d", r.n)
	if id := r.e.found[ofxID]; id != "" {
		place = "FITID " + id + ", " + place
	}
	return place
}

// fixed is a field as a person corrected it, or as it stands.
func (r *ofxReader) fixed(means Role, f ofxField) string {
	if v, ok := r.s.fixed(r.n, means); ok {
		return v
	}
	return r.e.found[f]
}

// sums reads date and amount; it returns why that cannot be done, and of which field.
func (r *ofxReader) sums(l *book.BankLine) (ofxField, string) {
	c := r.block.currency
	if code := r.fixed(Currency, ofxCurrencyOf); code != "" {
		var err error
		if c, err = money.ParseCurrency(code); err != nil {
			return ofxCurrencyOf, fmt.Sprintf("%q is not a currency", code)
		}
	}
	if c == "" {
		return ofxCurrencyOf, "no currency"
	}
	text := r.fixed(Amount, ofxAmountOf)
	if text == "" {
		return ofxAmountOf, "no amount"
	}
	var err error
	if l.Amount, err = ofxAmount(text, c); err != nil {
		return ofxAmountOf, reasonOf(err)
	}
	var ok bool
	l.On, ok = r.date(Booked, ofxPosted)
	switch posted := r.e.found[ofxPosted]; {
	case !ok:
		return ofxPosted, fmt.Sprintf("%q is not a date", posted)
	case l.On == 0 && !l.Pending:
		return ofxPosted, "no date"
	}
	if l.ValueOn, ok = r.date(Valued, ofxAvailable); !ok {
		r.told.wrongValue++
	}
	return 0, ""
}

// date is a field's date, zero where it has none; false where it cannot be read.
func (r *ofxReader) date(means Role, f ofxField) (book.Date, bool) {
	if v, ok := r.s.fixed(r.n, means); ok {
		on, err := book.ParseDate(v)
		return on, err == nil
	}
	if r.e.found[f] == "" {
		return 0, true
	}
	return ofxDate(r.e.found[f])
}

// describe fills in who, what for and under which reference.
func (r *ofxReader) describe(l *book.BankLine) {
	e := &r.e
	name := ofxName
	for _, better := range []ofxField{ofxPayee, ofxLongName} {
		if e.found[better] != "" {
			name = better
		}
	}
	l.Counterparty = r.fixed(Counterparty, name)
	l.CounterpartyAccount = r.fixed(TheirAccount, ofxTheirs)
	check := e.found[ofxCheck]
	if strings.Trim(check, "0") == "" {
		check = ""
	}
	l.Reference = r.fixed(Reference, ofxRef)
	l.Text = r.fixed(Text, ofxMemo)
	switch {
	case check == "" || check == l.Reference:
	case l.Reference == "":
		l.Reference = check
	default:
		l.Text = joined(l.Text, "check "+check)
	}
	if l.Counterparty == "" && l.Text == "" && l.Reference == "" {
		l.Text = e.found[ofxType]
	}
}

// remark counts what is worth a word about all entries together.
func (r *ofxReader) remark(l *book.BankLine) {
	q := &r.told
	called := l.Amount.Minor
	switch r.e.found[ofxType] {
	case "CREDIT":
	case "DEBIT", "CHECK":
		called = -called
	default:
		called = 0
	}
	switch {
	case called < 0:
		q.contrary++
	case called > 0:
		q.agreeing++
	}
	if r.s.pass != handing && l.BankID != "" && !l.Pending && r.s.ids.uses[hashOf(l.BankID)] > 0 {
		if r.block.again {
			q.repeated++
		} else {
			q.shared++
		}
	}
	of := r.e.found[ofxCorrects]
	switch {
	case of == "":
	case len(q.corrections) < 1000:
		q.corrections = append(q.corrections, ofxCorrection{r.placeOf(), l.BankID, of})
	default:
		q.more++
	}
}

// say turns the counts into warnings and notes.
func (q *ofxRemarks) say(r *ofxReader) {
	f := r.f
	if q.trades > 0 {
		f.note("%d trades of securities are no bank lines", q.trades)
	}
	const contrary = "%d entries are called debit or check and are positive, or credit and negative: " +
		"the sign of the amount counts"
	if q.contrary > q.agreeing {
		f.warn(contrary, q.contrary)
	} else if q.contrary > 0 {
		f.note(contrary, q.contrary)
	}
	if q.nameless > 0 {
		f.warn("%d statements name no currency: they are read in the account's, %s", q.nameless, r.s.o.Currency)
	}
	if q.wrongValue > 0 {
		f.warn("%d value dates cannot be read and are left out", q.wrongValue)
	}
	if q.shared > 0 {
		f.note("%d entries have the FITID of another one: they are told apart by date, amount and text", q.shared)
	}
	if q.repeated > 0 {
		f.warn("%d entries have the FITID of an entry in an earlier statement of this account in this file: all "+
			"are read; see whether they are the same", q.repeated)
	}
	for _, c := range q.corrections {
		if r.s.ids.uses[hashOf(c.of)] > 0 && c.of != c.by {
			f.warn("%s takes the place of entry %s, which is in this file too: both are read", c.place, c.of)
		} else {
			f.note("%s takes the place of entry %s: see whether that one is in the books", c.place, c.of)
		}
	}
	if q.more > 0 {
		f.warn("%d more entries take the place of others", q.more)
	}
}

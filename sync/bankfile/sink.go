package bankfile

import (
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// reading is how the reader of a format looks: it tells the sink what it finds, in file order. A
// file may be read twice, so it says the same each time.
type reading func(in *input, s *sink) error

// pass is what a sink does with lines: keep them, only survey them, or hand them over.
type pass int

const (
	keeping pass = iota
	surveying
	handing
)

// batchSize is how many lines are handed over at once, batchWeight how heavy they may be.
const (
	batchSize   = 1024
	batchWeight = 8 << 20
)

// sink takes what a format's reader finds. What needs the whole statement or file to be decided (the
// direction of reversals, which references are unique) is decided here, for all formats alike.
type sink struct {
	f    *File
	o    Options
	pass pass
	// cur is the statement that is open, nil between them; entries counts the lines of the file.
	cur     *Parsed
	entries int
	ids     *identities
	// plan is what the survey found, take where lines go in the second pass; batch waits for it.
	plan  *File
	take  func(*Parsed, []book.BankLine) error
	batch []book.BankLine
	// naming are the batches before it that were not handed over.
	naming []*naming
	// weight is about how many bytes the texts and payments of the batch take.
	weight int
	// memo is for the reader: what its first pass decided.
	memo any
}

// tally is what is known of a statement's lines without them.
type tally struct {
	sums     []sum
	from, to book.Date
	// trace is of the lines' days and amounts without their signs, in their order.
	trace uint64
	// err is the first sum that no integer holds.
	err error
}

// sum are the booked lines of one currency: how many lines, theirs and the reversals' total.
type sum struct {
	currency         money.Currency
	lines            int
	booked, reversed money.Money
}

// begin opens a statement. Its head may be filled in until end.
func (s *sink) begin() *Parsed {
	s.cur = &Parsed{at: s.f.seen}
	s.f.seen++
	return s.cur
}

// restart forgets all that was found in the file: its reader has to begin again.
func (s *sink) restart() {
	s.cur, s.entries, s.ids = nil, 0, newIdentities()
	s.f.Statements, s.f.seen = nil, 0
}

// line takes a line of the open statement. reversal says that the bank marked it as taking another
// one back: whether its amount is turned round is decided by the balances.
func (s *sink) line(l book.BankLine, reversal bool) error { return s.add(&l, reversal) }

// add is line for a line that the caller does not need afterwards.
func (s *sink) add(l *book.BankLine, reversal bool) error {
	s.entries++
	if s.entries > s.o.Limits.Rows {
		return refuse(fmt.Sprintf("more than %d entries", s.o.Limits.Rows), "export a shorter period")
	}
	p := s.cur
	l.Account = s.o.Account
	reversal = reversal && !l.Pending
	if s.pass == handing {
		return s.hand(l, reversal)
	}
	p.tally.add(l, reversal)
	s.ids.note(l)
	if s.pass == surveying {
		return nil
	}
	if reversal {
		p.reversals = append(p.reversals, len(p.Lines))
	}
	p.Lines = append(p.Lines, *l)
	return nil
}

func (t *tally) add(l *book.BankLine, reversal bool) {
	i := 0
	for i < len(t.sums) && t.sums[i].currency != l.Amount.Currency {
		i++
	}
	if i == len(t.sums) {
		zero := money.New(0, l.Amount.Currency)
		t.sums = append(t.sums, sum{currency: l.Amount.Currency, booked: zero, reversed: zero})
	}
	x := &t.sums[i]
	x.lines++
	for _, n := range [2]uint64{uint64(l.On), uint64(l.Amount.Abs().Minor)} {
		t.trace = (t.trace ^ n) * 1099511628211
	}
	if l.Pending {
		return
	}
	var err error
	if x.booked, err = x.booked.Add(l.Amount); err == nil && reversal {
		x.reversed, err = x.reversed.Add(l.Amount)
	}
	if err != nil && t.err == nil {
		t.err = &Error{Place: place(l.Row), Reason: err.Error()}
	}
	if l.On != 0 {
		if t.from == 0 || l.On < t.from {
			t.from = l.On
		}
		t.to = max(t.to, l.On)
	}
}

// in is the sum of a currency, zero where there is none.
func (t *tally) in(c money.Currency) sum {
	for _, s := range t.sums {
		if s.currency == c {
			return s
		}
	}
	return sum{currency: c, booked: money.New(0, c), reversed: money.New(0, c)}
}

// reject keeps an entry aside that could not be read: its place in words, the field, why, and the
// text itself.
func (p *Parsed) reject(place, field, reason, raw string) {
	if field != "" {
		reason = field + ": " + reason
	}
	p.Rejects = append(p.Rejects, book.Reject{Place: place, Reason: reason, Raw: raw})
}

// fixed is what a person said that a field of an entry is: of a date "2026-10-30", of an amount
// "-149.00", of anything else its text; false where nobody did.
func (s *sink) fixed(row int, means Role) (string, bool) {
	for _, x := range s.o.Fixes {
		if x.Row == row && x.Means == means {
			return x.Value, true
		}
	}
	return "", false
}

// end closes the open statement: its currency where it states none, and which way reversals go.
func (s *sink) end() error {
	p := s.cur
	s.cur = nil
	if s.pass == handing {
		return s.flush(p)
	}
	if p.Currency == "" && len(p.tally.sums) > 0 {
		p.Currency = p.tally.sums[0].currency
	}
	for _, b := range []*money.Money{p.Proof.Opening, p.Proof.Closing} {
		if p.Currency == "" && b != nil {
			p.Currency = b.Currency
		}
	}
	if p.Currency == "" {
		p.Currency = s.o.Currency
	}
	if p.tally.err != nil {
		return p.tally.err
	}
	if err := p.turnReversals(s.f); err != nil {
		return err
	}
	s.f.Statements = append(s.f.Statements, *p)
	return nil
}

// turnRound turns a line's amount, and those of its payments with it.
func turnRound(l *book.BankLine) {
	l.Amount = l.Amount.Neg()
	for _, d := range l.Details {
		if d.Amount != nil {
			*d.Amount = d.Amount.Neg()
		}
	}
}

// turnReversals decides by the balances what the bank means with a reversal. By ISO 20022 and SWIFT
// the mark already is the way that money went; some banks state the way of the booking that they
// take back. Where the statement misses its closing balance by exactly twice the reversals, they do.
func (p *Parsed) turnReversals(f *File) error {
	q, t := p.Proof, p.tally.in(p.Currency)
	if t.reversed.IsZero() || q.Opening == nil || q.Closing == nil ||
		q.Opening.Currency != p.Currency || q.Closing.Currency != p.Currency {
		return nil
	}
	left, err := q.Closing.Sub(*q.Opening)
	if err == nil {
		left, err = left.Sub(t.booked)
	}
	twice := t.reversed
	if err == nil {
		twice, err = twice.Add(t.reversed)
	}
	if err != nil {
		return &Error{Place: "statement " + p.Number, Reason: err.Error()}
	}
	if left != twice.Neg() {
		return nil
	}
	p.turned = true
	for i := range p.tally.sums {
		if x := &p.tally.sums[i]; x.currency == p.Currency {
			if x.booked, err = x.booked.Sub(twice); err != nil {
				return &Error{Place: "statement " + p.Number, Reason: err.Error()}
			}
		}
	}
	n := 0
	for _, i := range p.reversals {
		if p.Lines[i].Amount.Currency == p.Currency {
			turnRound(&p.Lines[i])
			n++
		}
	}
	f.warn("statement %s: %d reversals are turned round: only so does it reach its closing balance",
		p.Number, n)
	return nil
}

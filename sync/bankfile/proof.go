package bankfile

import (
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Proof shows whether a statement adds up: opening + booked lines = closing.
type Proof struct {
	// Opening and Closing are as stated, or from the column of running balances; nil where the file
	// has neither. They may be in another currency than the lines.
	Opening, Closing *money.Money
	// Lines is the sum of the booked lines that were read.
	Lines money.Money
	// Known says that there is something to compare; Holds and Difference mean nothing without.
	// Difference is closing − (opening + lines).
	Known, Holds bool
	Difference   money.Money
	// Jumps are where the running balance does not follow from the row before.
	Jumps []Jump
}

// Jump is a place where a running balance leaps by an amount that no line explains.
type Jump struct {
	Row int
	By  money.Money
}

// prove adds the statement up and warns where it does not hold.
func (p *Parsed) prove(f *File) error {
	q := &p.Proof
	q.Lines = p.tally.in(p.Currency).booked
	p.Opening, p.Closing = inCurrency(q.Opening, p.Currency), inCurrency(q.Closing, p.Currency)
	for _, b := range []*money.Money{q.Opening, q.Closing} {
		if b != nil && b.Currency != p.Currency && p.Currency != "" {
			f.warn("a balance is %s, the statement is in %s: not compared", b, p.Currency)
		}
	}
	if p.Opening == nil || p.Closing == nil {
		return nil
	}
	want, err := q.Opening.Add(q.Lines)
	if err == nil {
		q.Difference, err = q.Closing.Sub(want)
	}
	if err != nil {
		return &Error{Reason: "balances: " + err.Error()}
	}
	q.Known, q.Holds = true, q.Difference.IsZero()
	if !q.Holds {
		f.warn("opening %s and lines %s make %s, the file says %s: off by %s",
			q.Opening, q.Lines, want, q.Closing, q.Difference)
	}
	return nil
}

func inCurrency(m *money.Money, c money.Currency) *int64 {
	if m == nil || m.Currency != c {
		return nil
	}
	minor := m.Minor
	return &minor
}

// balanceAt is the running balance beside a line, by the line's index.
type balanceAt struct {
	line, row int
	minor     int64
}

// chain checks the running balances in one direction and sign. It returns how many neighbours it
// could check, how many of them follow from each other, and the jumps between those that do not.
// Where a row between could not be read, a jump is no wonder and counts for nothing.
func (t *table) chain(newest bool, sign int64) (checked, holds int, jumps []Jump) {
	for i := 1; i < len(t.balances); i++ {
		a, b := t.balances[i-1], t.balances[i]
		from, to := a.line+1, b.line+1
		if newest {
			from, to = a.line, b.line
		}
		sum := int64(0)
		for _, l := range t.out.Lines[from:to] {
			if !l.Pending {
				sum += sign * l.Amount.Minor
			}
		}
		gap := b.minor - a.minor - sum
		if newest {
			gap = a.minor - b.minor - sum
		}
		if gap == 0 {
			checked++
			holds++
			continue
		}
		if !t.rejectedBetween(a.row, b.row) {
			checked++
		}
		jumps = append(jumps, Jump{b.row, money.New(gap, t.currency)})
	}
	return checked, holds, jumps
}

func (t *table) rejectedBetween(from, to int) bool {
	return slices.ContainsFunc(t.rejected, func(row int) bool { return row > from && row < to })
}

// oneCurrency reports whether all lines are in one currency, which becomes the table's.
func (t *table) oneCurrency() bool {
	seen := map[money.Currency]bool{}
	for _, l := range t.out.Lines {
		seen[l.Amount.Currency] = true
	}
	if len(seen) == 1 {
		t.currency = t.out.Lines[0].Amount.Currency
	}
	return len(seen) <= 1
}

// decideSign finds what a positive amount means where one column holds all amounts: the running
// balance proves it, a negative amount shows it, else the profile or a person says it. Where the
// balance proves columns of debits and credits the other way round, they are turned too.
func (t *table) decideSign() {
	proved := t.provedSign()
	if t.at[Mark] >= 0 || t.at[Amount] < 0 || t.at[Debit] >= 0 && t.at[Credit] >= 0 {
		if proved == PositiveOut {
			t.f.warn("in and out are exchanged: only so does the running balance follow")
			t.turn()
		}
		return
	}
	t.sign = t.given.Sign
	if proved != Undecided {
		if t.sign != Undecided && t.sign != proved {
			t.f.warn("the profile says positive is %s, the running balance proves %s", t.sign, proved)
		}
		t.sign = proved
	}
	negative := func(l book.BankLine) bool { return l.Amount.Minor < 0 }
	switch {
	case t.sign != Undecided:
	case slices.ContainsFunc(t.out.Lines, negative):
		t.sign = PositiveIn
	case t.header != nil:
		t.sign = PositiveIn
		if len(t.out.Lines) > 0 {
			t.f.warn("no amount is negative and no balance proves it: all are read as money in")
		}
	case len(t.out.Lines) > 0:
		l := t.out.Lines[0]
		t.ask(Question{Topic: AskSign, Place: place(l.Row),
			Text: fmt.Sprintf("Is %s money in or out?", l.Amount),
			Answers: []Answer{{string(PositiveOut), "positive is money out"},
				{string(PositiveIn), "positive is money in"}}})
	}
	if t.sign == PositiveOut {
		t.turn()
	}
}

func (t *table) turn() {
	for i := range t.out.Lines {
		t.out.Lines[i].Amount = t.out.Lines[i].Amount.Neg()
	}
}

// provedSign is the sign under which every running balance follows, where only one does. That
// positive is out needs dates that give the direction of the rows: balances printed before their
// lines, read backwards, would look the same.
func (t *table) provedSign() Sign {
	if len(t.balances) < 2 || !t.oneCurrency() {
		return Undecided
	}
	works := func(newest bool, sign int64) bool {
		checked, holds, _ := t.chain(newest, sign)
		return checked > 0 && holds == checked
	}
	newest, known := t.direction()
	in, out := works(newest, 1), works(newest, -1)
	if !known {
		in, out = in || works(!newest, 1), false
	}
	switch {
	case in && !out:
		return PositiveIn
	case out && !in:
		return PositiveOut
	}
	return Undecided
}

// direction is the order of the rows by their dates; known is false where all are of one day.
func (t *table) direction() (newest, known bool) {
	first, last := t.out.Lines[0].On, t.out.Lines[len(t.out.Lines)-1].On
	for _, l := range t.out.Lines {
		if l.On != 0 && !l.Pending {
			if first == 0 {
				first = l.On
			}
			last = l.On
		}
	}
	return first > last, first != 0 && first != last
}

// finish puts balances beside the lines and hands the statement over.
func (t *table) finish() error {
	one := t.oneCurrency()
	if one {
		t.out.Currency = t.currency
	}
	q := &t.out.Proof
	stated := func(s string) *money.Money {
		if s == "" || !one {
			return nil
		}
		for _, role := range []Role{Balance, Amount, Credit, Debit} {
			if t.at[role] >= 0 {
				if m, err := t.parse(role, s, t.currency); err == nil {
					return &m
				}
			}
		}
		return nil
	}
	q.Opening, q.Closing = stated(t.opening), stated(t.closing)
	if one && len(t.balances) > 0 {
		t.runningBalances()
	}
	p := t.s.begin()
	p.Statement, p.Proof, p.Rejects = t.out.Statement, t.out.Proof, t.out.Rejects
	for _, l := range t.out.Lines {
		if err := t.s.line(l, false); err != nil {
			return err
		}
	}
	return t.s.end()
}

// runningBalances takes opening and closing from the column of balances where they follow the rows.
func (t *table) runningBalances() {
	q := &t.out.Proof
	newest := t.newestFirst()
	checked, holds, jumps := t.chain(newest, 1)
	if holds*2 < checked {
		t.f.note("the column of balances does not follow the rows; it is not used as a proof")
		return
	}
	q.Jumps = jumps
	for i, j := range jumps {
		if i == 3 {
			t.f.warn("%d more jumps of the running balance", len(jumps)-i)
			break
		}
		t.f.warn("%s: the running balance jumps by %s", place(j.Row), j.By)
	}
	sum := func(lines []book.BankLine) (s int64) {
		for _, l := range lines {
			if !l.Pending {
				s += l.Amount.Minor
			}
		}
		return s
	}
	first, last := t.balances[0], t.balances[len(t.balances)-1]
	lines := t.out.Lines
	opening := first.minor - sum(lines[:first.line+1])
	closing := last.minor + sum(lines[last.line+1:])
	if newest {
		opening = last.minor - sum(lines[last.line:])
		closing = first.minor + sum(lines[:first.line])
	}
	if q.Opening == nil {
		m := money.New(opening, t.currency)
		q.Opening = &m
	}
	if q.Closing == nil {
		m := money.New(closing, t.currency)
		q.Closing = &m
	}
}

// newestFirst finds the direction of the rows by the dates, else by the balances.
func (t *table) newestFirst() bool {
	newest, known := t.direction()
	if known {
		return newest
	}
	_, up, _ := t.chain(false, 1)
	_, down, _ := t.chain(true, 1)
	return down > up
}

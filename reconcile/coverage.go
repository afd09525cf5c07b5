package reconcile

import (
	"cmp"
	"math"
	"slices"

	"countinghouse/app/book"
)

// quietDays is how many days without a line may lie between two exports that print no range of
// their own: a weekend and bank holidays.
const quietDays = 4

// span is a stretch of days that a bank has told us of, with the balances at its ends, nil where it
// states none.
type span struct {
	from, to         book.Date
	opening, closing *int64
}

// covers reports whether an account's statements tell of all days from one to another.
func (e *engine) covers(name book.AccountName, from, to book.Date) bool {
	if e.covered == nil {
		e.readCoverage()
	}
	return slices.ContainsFunc(e.covered[name], func(s span) bool {
		return s.from <= from && to <= s.to
	})
}

// readCoverage joins each account's statements. Lines of no known statement are one of their own.
func (e *engine) readCoverage() {
	type source struct {
		account   book.AccountName
		statement book.ItemID
	}
	told := map[source]*span{}
	for i := range e.in.Books.Statements {
		s := &e.in.Books.Statements[i]
		told[source{s.Account, s.ID}] = &span{s.FromOn, s.ToOn, s.Opening, s.Closing}
	}
	for _, l := range e.lines {
		if l.Pending || lineOn(l) == 0 {
			continue
		}
		k := source{l.Account, l.StatementID}
		s := told[k]
		if s == nil {
			k.statement = ""
			s = told[k]
		}
		if s == nil {
			s = &span{from: lineOn(l), to: lineOn(l)}
			told[k] = s
		}
		s.from, s.to = min(s.from, lineOn(l)), max(s.to, lineOn(l))
	}
	e.covered = map[book.AccountName][]span{}
	for k, s := range told {
		e.covered[k.account] = append(e.covered[k.account], *s)
	}
	for name, of := range e.covered {
		e.covered[name] = joined(of)
	}
}

// joined joins spans that overlap or touch, whose balances follow each other, or between which only
// a few quiet days lie.
func joined(all []span) []span {
	slices.SortFunc(all, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to),
			cmp.Compare(value(a.opening), value(b.opening)),
			cmp.Compare(value(a.closing), value(b.closing)))
	})
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].leadsTo(s) {
			last := &out[n-1]
			if s.to >= last.to {
				last.to, last.closing = s.to, s.closing
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

func (s span) leadsTo(next span) bool {
	switch {
	case next.from <= s.to+1:
		return true
	case s.closing != nil && next.opening != nil:
		return *s.closing == *next.opening
	}
	return next.from <= s.to+1+quietDays
}

// value is a balance, or what no balance is where none is stated.
func value(b *int64) int64 {
	if b == nil {
		return math.MinInt64
	}
	return *b
}

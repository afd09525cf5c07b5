package book

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Following says how a bank statement stands to the account's others.
type Following string

// How a statement may stand to the others.
const (
	// Unchained is a statement that does not state both balances, as interim reports and
	// notifications do: it takes no part.
	Unchained Following = ""
	// FirstOfAccount has none before it.
	FirstOfAccount Following = "first"
	// Follows opens with the closing balance of the one before.
	Follows Following = "follows"
	// Leaps opens with another balance than the one before closes with.
	Leaps Following = "leaps"
	// Overlaps begins on a day that another one tells of too.
	Overlaps Following = "overlaps"
	// Contradicts states another balance for a day than another statement does.
	Contradicts Following = "contradicts"
	// Repeats is a statement that is there already, line by line.
	Repeats Following = "repeats"
)

// Link is how one statement stands to the account's others.
type Link struct {
	Kind Following
	// Statement is the one that it is about; Before the one that it was compared with, nil for the
	// first and for Unchained.
	Statement, Before *Statement
	// From and To are the day of the closing balance before and of the opening balance, where they
	// were compared.
	From, To Date
	// By is by how much the balance leaps, or differs from what another statement says of the day; in
	// minor units of the statement's currency.
	By int64
	// SharedFrom and SharedTo are the first and the last day that another statement tells of too,
	// zero for none.
	SharedFrom, SharedTo Date
	// MissingFrom and MissingTo are the numbers that the bank gave to statements between the two,
	// zero where none is missing or it does not count them.
	MissingFrom, MissingTo int
}

// Chain holds statements of one account and compares them. It may be read from several goroutines.
type Chain struct {
	// all are those with both balances, by their last day; ids all of them.
	all []*Statement
	ids map[ItemID]*Statement
}

// NewChain makes a chain of one account's statements, in any order. It keeps the pointers.
func NewChain(of []*Statement) *Chain {
	c := &Chain{ids: make(map[ItemID]*Statement, len(of))}
	for _, s := range of {
		if c.ids[s.ID] == nil {
			c.ids[s.ID] = s
			if chained(s) {
				c.all = append(c.all, s)
			}
		}
	}
	slices.SortFunc(c.all, func(a, b *Statement) int {
		return cmp.Or(cmp.Compare(a.ToOn, b.ToOn), cmp.Compare(a.FromOn, b.FromOn),
			cmp.Compare(a.ID, b.ID))
	})
	return c
}

func chained(s *Statement) bool {
	return s.Opening != nil && s.Closing != nil && s.FromOn != 0 && s.ToOn != 0
}

// Link says how a statement, of the chain or not, stands to the others of the chain.
func (c *Chain) Link(s *Statement) Link {
	l := Link{Statement: s}
	if o := c.ids[s.ID]; o != nil && o != s {
		l.Kind, l.Before = Repeats, o
		return l
	}
	if !chained(s) {
		return l
	}
	after := c.share(s, &l)
	switch before := c.before(s); {
	case before != nil && *before.Closing == *s.Opening:
		l.compare(before, Follows)
	case l.Kind != "":
	case before != nil && !after:
		l.compare(before, Leaps)
	case before == nil && l.SharedFrom == 0:
		l.Kind = FirstOfAccount
	case before == nil:
		l.Kind = FirstOfAccount
		if l.SharedFrom <= s.FromOn {
			l.Kind = Overlaps
		}
	default:
		l.Kind = Overlaps
	}
	return l
}

// share finds the days that others tell of too, and what they say of its opening. It reports
// whether another one tells of its first day.
func (c *Chain) share(s *Statement, l *Link) (head bool) {
	var other *Statement
	agreed := false
	first, _ := slices.BinarySearchFunc(c.all, s.FromOn, func(o *Statement, on Date) int {
		return cmp.Compare(o.ToOn, on)
	})
	for _, o := range c.all[first:] {
		if o.ID == s.ID || o.FromOn > s.ToOn || o.Currency != s.Currency || o.joins(s) || s.joins(o) {
			continue
		}
		from, to := max(o.FromOn, s.FromOn), min(o.ToOn, s.ToOn)
		if l.SharedFrom == 0 || from < l.SharedFrom {
			l.SharedFrom = from
		}
		l.SharedTo = max(l.SharedTo, to)
		head = head || from == s.FromOn
		if o.FromOn == s.FromOn {
			agreed = agreed || *o.Opening == *s.Opening
			other = o
		}
	}
	if other != nil && !agreed {
		l.Kind, l.Before, l.By = Contradicts, other, *s.Opening-*other.Opening
		l.From, l.To = s.FromOn, s.FromOn
	}
	return head
}

// joins says that a later part of a day's statement begins where this one ends.
func (s *Statement) joins(next *Statement) bool {
	return s.ToOn == next.FromOn && *s.Closing == *next.Opening
}

// ClosedOtherwise is a statement that ends on the same day with another balance, nil where there is
// none or where another one agrees. It need not contradict: either may be of a part of the day.
func (c *Chain) ClosedOtherwise(s *Statement) *Statement {
	if !chained(s) {
		return nil
	}
	var other *Statement
	i, _ := slices.BinarySearchFunc(c.all, s.ToOn, func(o *Statement, on Date) int {
		return cmp.Compare(o.ToOn, on)
	})
	for ; i < len(c.all) && c.all[i].ToOn == s.ToOn; i++ {
		o := c.all[i]
		switch {
		case o.ID == s.ID || o.Currency != s.Currency || o.joins(s) || s.joins(o):
		case *o.Closing == *s.Closing:
			return nil
		default:
			other = o
		}
	}
	return other
}

// before is the statement that ends last before another begins, one with its opening balance where
// there are several; nil where there is none.
func (c *Chain) before(s *Statement) *Statement {
	end, _ := slices.BinarySearchFunc(c.all, s.FromOn+1, func(o *Statement, on Date) int {
		return cmp.Compare(o.ToOn, on)
	})
	var last *Statement
	for i := end - 1; i >= 0; i-- {
		o := c.all[i]
		switch {
		case o.ID == s.ID || o.Currency != s.Currency || o.ToOn == s.FromOn && !o.joins(s):
			continue
		case last != nil && o.ToOn < last.ToOn:
			return last
		case last == nil || *o.Closing == *s.Opening:
			last = o
		}
		if *last.Closing == *s.Opening {
			return last
		}
	}
	return last
}

// compare fills in what the two balances say.
func (l *Link) compare(before *Statement, kind Following) {
	s := l.Statement
	l.Kind, l.Before, l.From, l.To = kind, before, before.ToOn, s.FromOn
	l.By = *s.Opening - *before.Closing
	a, counts := before.sequence()
	b, too := s.sequence()
	if l.SharedFrom == 0 && counts && too && before.Format == s.Format && b > a+1 &&
		b-a <= fewMissing {
		l.MissingFrom, l.MissingTo = a+1, b-1
	}
}

// fewMissing is how many statements may be missing by their numbers; where it seems to be more, the
// bank counts in another way.
const fewMissing = 60

// sequence is the number under which the bank counts its statements: "123/1" of a page, "ID-9 123"
// behind an id.
func (s *Statement) sequence() (int, bool) {
	words := strings.Fields(s.Number)
	if len(words) == 0 {
		return 0, false
	}
	number, _, _ := strings.Cut(words[len(words)-1], "/")
	if len(number) > 5 || strings.Trim(number, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(number)
	return n, err == nil
}

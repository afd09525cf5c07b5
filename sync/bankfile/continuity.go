package bankfile

import (
	"countinghouse/app/book"
)

// Continuity says how each statement of a file stands to the account's statements that are there
// and to the others of the file: known are those of the books, statements the file's in its order,
// fresh the lines that the file adds. The result has one link for each statement of the file, and
// behind it one for the statement of the books that comes next, where that one does not open with
// the balance that the file's closes with.
func Continuity(known, statements []book.Statement, fresh []book.BankLine) []book.Link {
	all := make([]*book.Statement, 0, len(known)+len(statements))
	// next are the statements of the books by the one of the file that they come after.
	next := map[*book.Statement][]*book.Statement{}
	for i := range known {
		all = append(all, &known[i])
	}
	for i := range statements {
		all = append(all, &statements[i])
	}
	chain := book.NewChain(all)
	links := make(map[book.ItemID]book.Link, len(known))
	for i := range known {
		s := &known[i]
		if l := chain.Link(s); l.Kind == book.Leaps {
			links[s.ID] = l
			next[l.Before] = append(next[l.Before], s)
		}
	}
	var out []book.Link
	for i := range statements {
		s := &statements[i]
		l := chain.Link(s)
		if o := chain.ClosedOtherwise(s); o != nil && !explained(o, s, fresh) && l.Kind != book.Repeats &&
			l.Kind != book.Contradicts {
			l.Kind, l.Before, l.From, l.To = book.Contradicts, o, s.ToOn, s.ToOn
			l.By, l.MissingFrom, l.MissingTo = *s.Closing-*o.Closing, 0, 0
		}
		out = append(out, l)
		for _, n := range next[s] {
			out = append(out, links[n.ID])
		}
	}
	return out
}

// explained says that two statements close a day with other balances because one of them was made
// before the day was over: the lines that are new make the difference.
func explained(old, s *book.Statement, fresh []book.BankLine) bool {
	sum := int64(0)
	for i := range fresh {
		l := &fresh[i]
		if !l.Pending && l.On >= old.FromOn && l.On <= old.ToOn && l.Amount.Currency == s.Currency {
			sum += l.Amount.Minor
		}
	}
	return sum == *s.Closing-*old.Closing
}

package bankfile

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Conflict is the error of Merge: a day on which the file and the books cannot both be right.
type Conflict struct {
	On book.Date
	// Booked are lines that the account already has and the file lacks, New those that only the file
	// has.
	Booked, New []book.BankLine
}

// Error says it plainly.
func (c *Conflict) Error() string {
	list := func(ls []book.BankLine) string {
		parts := make([]string, 0, len(ls))
		for _, l := range ls[:min(len(ls), 3)] {
			parts = append(parts, oneLine(l.Amount.String()+" "+l.Counterparty+" "+l.Text))
		}
		return strings.Join(parts, ", ")
	}
	s := fmt.Sprintf("bankfile: merge: %s: the account already has %s, which the file does not",
		c.On, list(c.Booked))
	if len(c.New) > 0 {
		s += "; the file has " + list(c.New) + " instead"
	}
	return s + "; import it with --replace if the file is right"
}

// Merge parts a statement's lines into new ones and those that the account already has. existing
// are the account's lines of the statement's days and those with the ids of its lines, of whatever
// format they came in. The same line
// of the same format has the same id; of another format it is found by date, amount and what the
// texts share. A day on which the account has a line that the file lacks, while the file covers the
// whole day or has another in its place, is a *Conflict, and nothing is to be imported. A new line
// whose bank's reference is already another line's gets the id of its fingerprint.
func Merge(existing []book.BankLine, file Parsed) (fresh, duplicates []book.BankLine, err error) {
	byID := make(map[book.ItemID]*book.BankLine, len(existing))
	for i := range existing {
		byID[existing[i].ID] = &existing[i]
	}
	taken, own := map[book.ItemID]bool{}, map[book.ItemID]bool{}
	var open []book.BankLine
	for _, l := range file.Lines {
		own[l.ID] = true
		if old, ok := byID[l.ID]; ok && !sameMove(*old, l) {
			l.ID = numbered(l)
		}
		if old, ok := byID[l.ID]; ok && sameMove(*old, l) && !taken[old.ID] {
			taken[old.ID] = true
			duplicates = append(duplicates, named(l, *old))
			continue
		}
		open = append(open, l)
	}
	left := slices.DeleteFunc(slices.Clone(existing), func(l book.BankLine) bool {
		elsewhere := file.file[l.ID] && !own[l.ID]
		return taken[l.ID] || elsewhere || l.Pending || l.Account != file.Account ||
			l.On < file.FromOn || l.On > file.ToOn
	})
	pairs := pairUp(left, open)
	for i, l := range open {
		if j, ok := pairs[i]; ok {
			taken[left[j].ID] = true
			duplicates = append(duplicates, named(l, left[j]))
			continue
		}
		fresh = append(fresh, l)
	}
	left = slices.DeleteFunc(left, func(l book.BankLine) bool { return taken[l.ID] })
	if err := conflict(left, fresh, file); err != nil {
		return nil, nil, err
	}
	return fresh, duplicates, nil
}

// named is the file's line under the id that it already has.
func named(l, old book.BankLine) book.BankLine {
	l.ID, l.StatementID, l.Ordinal = old.ID, old.StatementID, old.Ordinal
	return l
}

func sameMove(a, b book.BankLine) bool {
	return a.On == b.On && a.Amount == b.Amount && a.Pending == b.Pending
}

// pairUp pairs lines of the file, by index, with lines of the account by date and amount. Among
// several of one day and amount those pair that share most words; lines whose texts share nothing
// do not pair at all.
func pairUp(left, open []book.BankLine) map[int]int {
	type key struct {
		on book.Date
		m  money.Money
	}
	at := map[key][]int{}
	for j, l := range left {
		k := key{l.On, l.Amount}
		at[k] = append(at[k], j)
	}
	type candidate struct{ i, j, shared int }
	var all []candidate
	for i, l := range open {
		if l.Pending {
			continue
		}
		for _, j := range at[key{l.On, l.Amount}] {
			if n, ok := shared(l, left[j]); ok {
				all = append(all, candidate{i, j, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.shared - a.shared })
	pairs, used := map[int]int{}, map[int]bool{}
	for _, c := range all {
		if _, ok := pairs[c.i]; !ok && !used[c.j] {
			pairs[c.i] = c.j
			used[c.j] = true
		}
	}
	return pairs
}

// shared counts the words that two lines have in common; false where both say something and
// nothing of it is the same.
func shared(a, b book.BankLine) (int, bool) {
	wa, wb := lineWords(a), lineWords(b)
	if len(wa) == 0 || len(wb) == 0 {
		return 0, true
	}
	n := 0
	for w := range wa {
		if wb[w] {
			n++
		}
	}
	return n, n > 0
}

func lineWords(l book.BankLine) map[string]bool {
	out := map[string]bool{}
	for _, s := range []string{l.Counterparty, l.Reference, l.Text, l.BankID, l.CounterpartyAccount} {
		for _, w := range strings.Fields(fold(s)) {
			if len(w) >= 3 {
				out[w] = true
			}
		}
	}
	return out
}

// conflict looks for a day on which a line of the account is missing in the file. The first and
// last day of a file may be cut off, the days between may not; a day with other lines in place of
// the missing ones conflicts wherever it is. A row that could not be read may be the missing line.
func conflict(left, fresh []book.BankLine, file Parsed) error {
	slices.SortStableFunc(left, func(a, b book.BankLine) int { return int(a.On - b.On) })
	for _, l := range left {
		c := &Conflict{On: l.On}
		on := func(x book.BankLine) bool { return x.On == l.On && !x.Pending }
		for _, x := range left {
			if on(x) {
				c.Booked = append(c.Booked, x)
			}
		}
		for _, x := range fresh {
			if on(x) {
				c.New = append(c.New, x)
			}
		}
		unread := len(left) <= len(file.Rejects)
		if len(c.New) > 0 || !unread && l.On > file.FromOn && l.On < file.ToOn {
			return c
		}
	}
	return nil
}

package bankfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Nearby is by how many days a bank may move a line's booking date between an interim and a final
// statement, or between two formats.
const Nearby = 5

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

// Merge parts a statement's lines into new ones and those that the account already has, both in
// file order. existing are the account's lines of the statement's days and of Nearby days before and
// after, those with the ids of its lines, and pending ones; of whatever format they came in. The
// same line of the same format has the same id; of another format it is found by date, amount and
// what the texts share; on another day only by a reference that names it alone. A day on which the
// account has a line that the file lacks, while the file covers the whole day or has another in its
// place, is a *Conflict, and nothing is to be imported. A new line whose bank's reference is already
// another line's gets the id of its fingerprint. A pending line that the account has as a booked one
// counts as there.
func Merge(existing []book.BankLine, file Parsed) (fresh, duplicates []book.BankLine, err error) {
	m := &merger{file: &file, byID: make(map[book.ItemID]int, len(existing)),
		taken: make([]bool, len(existing)), existing: existing}
	for i := range existing {
		m.byID[existing[i].ID] = i
	}
	open := m.known()
	left := m.left()
	p := newPairing(pointers(existing, left), pointers(m.lines, open))
	p.byDay()
	p.moved(m)
	p.announced()
	added := 0
	for i, j := range p.mate {
		if j < 0 {
			added++
			continue
		}
		m.mate[open[i]] = left[j]
	}
	fresh = make([]book.BankLine, 0, added)
	duplicates = make([]book.BankLine, 0, len(m.lines)-added)
	for i := range m.lines {
		if j := m.mate[i]; j >= 0 {
			duplicates = append(duplicates, named(m.lines[i], &existing[j]))
			continue
		}
		fresh = append(fresh, m.unnamed(m.lines[i]))
	}
	var missing []*book.BankLine
	for j, l := range p.left {
		if !p.used[j] && l.On >= file.FromOn && l.On <= file.ToOn {
			missing = append(missing, l)
		}
	}
	if err := conflict(missing, fresh, file); err != nil {
		return nil, nil, err
	}
	return fresh, duplicates, nil
}

// merger is a merge under way. lines are the file's with the ids that they would get, mate the index
// of the account's line for each, -1 for none.
type merger struct {
	file     *Parsed
	existing []book.BankLine
	byID     map[book.ItemID]int
	taken    []bool
	lines    []book.BankLine
	mate     []int
}

func pointers(lines []book.BankLine, at []int) []*book.BankLine {
	out := make([]*book.BankLine, len(at))
	for i, j := range at {
		out[i] = &lines[j]
	}
	return out
}

// known finds the lines that the account has under the same id, and gives back the places of the
// others.
func (m *merger) known() (open []int) {
	m.lines, m.mate = slices.Clone(m.file.Lines), make([]int, len(m.file.Lines))
	for i := range m.lines {
		l := &m.lines[i]
		m.mate[i] = -1
		j, ok := m.byID[l.ID]
		if ok && !sameMove(&m.existing[j], l) {
			l.ID = numbered(*l)
			j, ok = m.byID[l.ID]
		}
		if ok && sameMove(&m.existing[j], l) && !m.taken[j] {
			m.taken[j], m.mate[i] = true, j
			continue
		}
		open = append(open, i)
	}
	return open
}

// left are the places of the account's booked lines that may be one of the file's: those that no line
// of the file, this statement's or another's, has by its id.
func (m *merger) left() (left []int) {
	var own map[book.ItemID]bool
	if len(m.file.file) > len(m.file.Lines) {
		own = make(map[book.ItemID]bool, len(m.file.Lines))
		for i := range m.file.Lines {
			own[m.file.Lines[i].ID] = true
		}
	}
	for j := range m.existing {
		l := &m.existing[j]
		elsewhere := own != nil && m.file.file[l.ID] && !own[l.ID]
		if !m.taken[j] && !elsewhere && !l.Pending && l.Account == m.file.Account {
			left = append(left, j)
		}
	}
	return left
}

// unnamed gives a new line an id that no line of the account has.
func (m *merger) unnamed(l book.BankLine) book.BankLine {
	for _, taken := m.byID[l.ID]; taken; _, taken = m.byID[l.ID] {
		l.Ordinal++
		l.ID = numbered(l)
	}
	m.byID[l.ID] = len(m.existing)
	return l
}

// named is the file's line under the id that it already has.
func named(l book.BankLine, old *book.BankLine) book.BankLine {
	l.ID, l.StatementID, l.Ordinal = old.ID, old.StatementID, old.Ordinal
	return l
}

func sameMove(a, b *book.BankLine) bool {
	return a.On == b.On && a.Amount == b.Amount && a.Pending == b.Pending
}

// valued is the value date, or the booking date where there is none.
func valued(l *book.BankLine) book.Date { return cmp.Or(l.ValueOn, l.On) }

// sameKey is an amount, and which of a line's keys says what.
type sameKey struct {
	m     money.Money
	which int
	key   string
}

// moved pairs booked lines that the bank has moved to another day: of one amount, named alike by a
// key that no other line of the file or the account has, with the same value date, or on a day that
// the file tells of without the line.
func (p *pairing) moved(m *merger) {
	// Only amounts that are left on both sides are worth a look.
	amounts := map[money.Money]bool{}
	for amount, g := range rest(p, func(l *book.BankLine, _ bool) (money.Money, bool) {
		return l.Amount, !l.Pending
	}) {
		if len(g[1]) > 0 {
			amounts[amount] = true
		}
	}
	if len(amounts) == 0 {
		return
	}
	inFile, inBooks := keyCounts(m.lines, amounts), keyCounts(m.existing, amounts)
	for which := range keys(&book.BankLine{}) {
		groups := rest(p, func(l *book.BankLine, _ bool) (sameKey, bool) {
			if l.Pending || l.On == 0 || !amounts[l.Amount] {
				return sameKey{}, false
			}
			k := sameKey{l.Amount, which, keys(l)[which]}
			return k, k.key != ""
		})
		for k, g := range groups {
			if len(g[0]) != 1 || len(g[1]) != 1 || inFile[k] != 1 || inBooks[k] != 1 {
				continue
			}
			l, old := p.open[g[0][0]], p.left[g[1][0]]
			apart := max(l.On-old.On, old.On-l.On)
			told := old.On > m.file.FromOn && old.On < m.file.ToOn && !m.file.interim()
			if apart <= Nearby && (valued(l) == valued(old) || told) {
				p.pair(g[0][0], g[1][0])
			}
		}
	}
}

// keyCounts counts the booked lines of some amounts by their keys.
func keyCounts(lines []book.BankLine, amounts map[money.Money]bool) map[sameKey]int {
	out := map[sameKey]int{}
	for i := range lines {
		if l := &lines[i]; !l.Pending && amounts[l.Amount] {
			for which, key := range keys(l) {
				if key != "" {
					out[sameKey{l.Amount, which, key}]++
				}
			}
		}
	}
	return out
}

// interim says that the statement is a report or a notification: it states no closing balance, and
// so does not claim to hold all lines of its days.
func (p *Parsed) interim() bool {
	return p.Closing == nil && p.Proof.Closing == nil && (p.Format == string(CAMT) || p.Format == string(MT940))
}

// conflict looks for a day on which a line of the account is missing in the file. The first and
// last day of a file may be cut off, the days between may not; a day with other lines in place of
// the missing ones conflicts wherever it is. A row that could not be read may be the missing line. A
// report of a part of a day conflicts only where its line may be the missing one.
func conflict(missing []*book.BankLine, fresh []book.BankLine, file Parsed) error {
	if len(missing) == 0 {
		return nil
	}
	days := map[book.Date]*Conflict{}
	for _, l := range missing {
		if days[l.On] == nil {
			days[l.On] = &Conflict{On: l.On}
		}
		days[l.On].Booked = append(days[l.On].Booked, *l)
	}
	for _, l := range fresh {
		if c := days[l.On]; c != nil && !l.Pending {
			c.New = append(c.New, l)
		}
	}
	unread := len(missing) <= len(file.Rejects)
	for _, on := range slices.Sorted(maps.Keys(days)) {
		c := days[on]
		if file.interim() {
			if c.instead() {
				return c
			}
			continue
		}
		if len(c.New) > 0 || !unread && on > file.FromOn && on < file.ToOn {
			return c
		}
	}
	return nil
}

// instead says that one of the new lines may be one of the booked ones: of the same amount, and not
// told apart by the numbers that both quote.
func (c *Conflict) instead() bool {
	booked := map[money.Money][]said{}
	for i := range c.Booked {
		l := &c.Booked[i]
		booked[l.Amount] = append(booked[l.Amount], sayings(l))
	}
	for i := range c.New {
		s := sayings(&c.New[i])
		for _, o := range booked[c.New[i].Amount] {
			if !strangers(&s, &o) {
				return true
			}
		}
	}
	return false
}

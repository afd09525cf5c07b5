package reconcile

import (
	"fmt"
	"slices"
	"unicode"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// sums is P12: a receipt of a known customer that several of his rows and open invoices come to
// exactly. The only such set is suggested; where there are two, or two receipts want one record, a
// person has to say. More candidates than a search may have are left alone.
func (e *engine) sums() error {
	senders := e.senders()
	open := e.openByCustomer()
	g := newGraph()
	unsure := map[ref]bool{}
	for i := range e.lines {
		l := lineRef(int32(i))
		who := senders.of(e.lines[i])
		if who == "" || !e.openLine(int32(i)) || e.lines[i].Amount.Minor <= 0 {
			continue
		}
		all := e.payableBy(int32(i), open[who])
		amounts := make([]int64, len(all))
		for n, r := range all {
			amounts[n] = e.openAmount(r).Minor
		}
		found, _ := subsets(amounts, e.lines[i].Amount.Minor)
		for _, of := range found {
			set := make([]ref, len(of))
			for i, n := range of {
				set[i] = all[n]
			}
			if e.isRejectedSet(set, l) {
				continue
			}
			for _, r := range set {
				g.pair(r, l)
			}
		}
		unsure[l] = len(found) > 1
	}
	for _, c := range g.components() {
		switch {
		case len(c.right) > 1 || unsure[c.right[0]]:
			e.ambiguous(book.BankBilling, c.right, c.left)
		default:
			e.suggestSum(book.P12, c)
		}
	}
	return nil
}

// isRejectedSet reports whether a person rejected that a line pays exactly these records together. Its
// parts are another thing.
func (e *engine) isRejectedSet(left []ref, l ref) bool {
	return len(e.rejected) > 0 &&
		e.rejected[MatchID(book.BankBilling, e.ids(left), []book.ItemID{e.id(l)})]
}

// openByCustomer lists what transfers may still pay of each customer: free rows of bank methods, and
// open invoices. In the order of their ids.
func (e *engine) openByCustomer() map[book.ItemID][]ref {
	out := map[book.ItemID][]ref{}
	for i := range e.pays {
		r := int32(i)
		if e.payBank[i] != "" && e.payLink[i] == none && !e.payHeld[i] && e.pays[i].Amount.Minor > 0 {
			out[e.customerOf(r)] = append(out[e.customerOf(r)], payRef(r))
		}
	}
	for i, v := range e.invs {
		if e.owes(int32(i)) && !e.invHeld[i] {
			out[v.CustomerID] = append(out[v.CustomerID], invRef(int32(i)))
		}
	}
	return out
}

// payableBy are the records of a customer that a line may pay: in its currency, on its account, of
// its days. A line that names invoices pays only those that it names.
func (e *engine) payableBy(l int32, of []ref) []ref {
	line, named := e.lines[l], e.transfer[l].named
	return slices.DeleteFunc(slices.Clone(of), func(r ref) bool {
		if e.openAmount(r).Currency != line.Amount.Currency ||
			e.isRejected(book.BankBilling, r, lineRef(l)) ||
			len(named) > 0 && !slices.ContainsFunc(named, func(v int32) bool { return e.speaksOf(r, v) }) {
			return true
		}
		if r.sort() == sortInv {
			return e.invs[r.at()].IssuedOn > lineOn(line)
		}
		apart := e.payOn[r.at()] - lineOn(line)
		return e.payBank[r.at()] != line.Account || apart < -rowDaysBefore || apart > rowDaysAfter
	})
}

// senders knows customers by the accounts that they paid from, and by their names.
type senders struct {
	accounts, names map[string]book.ItemID
}

// senders learns from the matches of this run, people's own among them, whose account is whose; what
// is known of two customers is known of none. It only ever leads to suggestions.
func (e *engine) senders() senders {
	s := senders{map[string]book.ItemID{}, map[string]book.ItemID{}}
	learn := func(known map[string]book.ItemID, key string, who book.ItemID) {
		if old, ok := known[key]; ok && old != who {
			who = ""
		}
		known[key] = who
	}
	for i := range e.links {
		l := &e.links[i]
		if l.leg != book.BankBilling || !l.state.Live() {
			continue
		}
		for _, right := range l.right {
			account := foldNumber(e.lines[right.at()].CounterpartyAccount)
			if right.sort() != sortLine || account == "" {
				continue
			}
			for _, left := range l.left {
				learn(s.accounts, account, e.payer(left))
			}
		}
	}
	// There are many customers and few lines that nothing explains yet: only names that one of those
	// may have are folded.
	wanted := map[uint64]bool{}
	for i, l := range e.lines {
		if e.openLine(int32(i)) && l.Amount.Minor > 0 && l.Counterparty != "" {
			wanted[nameHash(l.Counterparty)] = true
		}
	}
	for id, c := range e.custs {
		for _, name := range [2]string{c.Company, c.Name} {
			if name == "" || !wanted[nameHash(name)] {
				continue
			}
			if name = foldName(name); len(name) >= 5 {
				learn(s.names, name, id)
			}
		}
	}
	return s
}

// nameHash is equal for names that foldName makes equal.
func nameHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range s {
		if r = unicode.ToUpper(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			h = (h ^ uint64(r)) * 1099511628211
		}
	}
	return h
}

// of is the customer who sent a line, "" where nobody knows.
func (s senders) of(l *book.BankLine) book.ItemID {
	if who := s.accounts[foldNumber(l.CounterpartyAccount)]; who != "" {
		return who
	}
	return s.names[foldName(l.Counterparty)]
}

// suggestSum keeps a set that a person must confirm, and raises its one D8.
func (e *engine) suggestSum(pass book.Pass, c component) {
	if c.unique() {
		e.suggest(pass, book.BankBilling, c.left, c.right)
		return
	}
	if e.add(link{pass: pass, leg: book.BankBilling, state: book.Suggested, left: c.left, right: c.right,
		uses: e.transferUses(c)}) == none {
		return
	}
	all := append(slices.Clone(c.right), c.left...)
	for _, r := range all {
		e.hold(r)
	}
	got, sum := e.lines[c.right[0].at()].Amount, int64(0)
	for _, r := range c.left {
		sum += e.openAmount(r).Minor
	}
	e.raise(finding{class: book.D8, leg: book.BankBilling, about: all, amount: got,
		flags: []book.Flag{book.FlagSuggestion}, why: fmt.Sprintf("%s brought %s, and %s come to "+
			"%s and to nothing else, but no reference ties them together, so a person has to confirm them.",
			upper(e.name(c.right[0])), coded(got), e.list(c.left), figure(money.New(sum, got.Currency)))})
}

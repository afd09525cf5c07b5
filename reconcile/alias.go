package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// learnedDays is how many business days beyond the usual ones a payout may take that a learned sender
// brings: its name is some evidence, the day is none.
const learnedDays = 7

// LearnedAlias is a sender's name under which payouts of one gateway, and of no other, came to an
// account by their ids. Nobody has confirmed it, so that it only ever leads to suggestions.
type LearnedAlias struct {
	Account book.AccountName
	Gateway book.SourceName
	// Name is the sender as the bank wrote it last, Payouts how many it sent.
	Name    string
	Payouts int
}

// sentBy is a sender's folded name on an account.
type sentBy struct {
	account book.AccountName
	name    string
}

// learnAliases learns from the payouts that the bank names by their ids, or that people confirmed,
// which senders are whose; what a rule claims teaches nothing. A name that brought payouts of two
// gateways, or anything else, is nobody's.
func (e *engine) learnAliases() {
	e.learned = map[sentBy]*LearnedAlias{}
	for i := range e.links {
		l := &e.links[i]
		if !l.state.Live() || l.rule != nil {
			continue
		}
		for _, r := range l.right {
			if r.sort() != sortLine {
				continue
			}
			line := e.lines[r.at()]
			k := sentBy{line.Account, foldName(line.Counterparty)}
			if k.name == "" || e.confirmed(line) {
				continue
			}
			of := book.SourceName("")
			if l.leg == book.PayoutBank && l.left[0].sort() == sortPout {
				of = e.pouts[l.left[0].at()].Source
			}
			e.learn(k, of, line)
		}
	}
}

// learn notes that a gateway's payout came from a sender; "" stands for what is no payout.
func (e *engine) learn(k sentBy, of book.SourceName, line *book.BankLine) {
	a := e.learned[k]
	if a == nil {
		a = &LearnedAlias{Account: k.account, Gateway: of}
		e.learned[k] = a
	}
	if a.Gateway != of {
		a.Gateway = ""
	}
	a.Payouts++
	if name := strings.Join(strings.Fields(line.Counterparty), " "); name > a.Name {
		a.Name = name
	}
}

// learnedAlias is what is known of a line's sender, nil for nothing.
func (e *engine) learnedAlias(l *book.BankLine) *LearnedAlias {
	if a := e.learned[sentBy{l.Account, foldName(l.Counterparty)}]; a != nil && a.Gateway != "" {
		return a
	}
	return nil
}

// latePayouts is the part of P6 that learned senders allow: a payout and a line that are exactly of one
// amount, and unique both ways, but some days further apart than payouts usually are. It only suggests.
func (e *engine) latePayouts() {
	if len(e.learned) == 0 {
		return
	}
	by := e.linesByWorth()
	g := newGraph()
	for i := range int32(len(e.pouts)) {
		p := e.pouts[i]
		if !e.freePayout(i) {
			continue
		}
		for _, a := range e.settles(p.Source, p.Amount.Currency) {
			from, to := e.window(a, p)
			to = addBusinessDays(a, to, learnedDays)
			for _, l := range by[worth{a.Name, p.Amount}] {
				on, known := lineOn(e.lines[l]), e.learnedAlias(e.lines[l])
				if known != nil && known.Gateway == p.Source && on >= from && on <= to && !e.quotes[l] &&
					!e.isRejected(book.PayoutBank, poutRef(i), lineRef(l)) {
					g.pair(poutRef(i), lineRef(l))
				}
			}
		}
	}
	for _, c := range g.components() {
		if c.unique() {
			e.suggest(book.P6, book.PayoutBank, c.left, c.right)
			continue
		}
		e.ambiguous(book.PayoutBank, c.left, c.right)
	}
}

// seenOn says what a learned alias rests on: " (the sender was seen on 12 payouts of Stripe)", "" where
// nothing is learned of the line's sender.
func (e *engine) seenOn(l *book.BankLine) string {
	a := e.learnedAlias(l)
	if a == nil {
		return ""
	}
	plural := "s"
	if a.Payouts == 1 {
		plural = ""
	}
	return fmt.Sprintf(" (the sender was seen on %d payout%s of %s)", a.Payouts, plural, e.title(a.Gateway))
}

// settleLearned settles payouts and lines that fit each other in more than one way. What is learned of
// senders leaves some pairs out; those that are then unique are suggested, never more.
func (e *engine) settleLearned(g *graph, c component) {
	less := newGraph()
	left := 0
	for _, p := range c.left {
		for _, l := range g.right[p] {
			known := e.learnedAlias(e.lines[l.at()])
			if known != nil && known.Gateway != e.pouts[p.at()].Source {
				left++
				continue
			}
			less.pair(p, l)
		}
	}
	if left == 0 {
		e.ambiguous(book.PayoutBank, c.left, c.right)
		return
	}
	for _, c := range less.components() {
		if c.unique() {
			e.suggest(book.P6, book.PayoutBank, c.left, c.right)
			continue
		}
		e.ambiguous(book.PayoutBank, c.left, c.right)
	}
}

// aliasList lists what was learned, by account and name.
func (e *engine) aliasList() []LearnedAlias {
	var out []LearnedAlias
	for _, a := range e.learned {
		if a.Gateway != "" {
			out = append(out, *a)
		}
	}
	slices.SortFunc(out, func(a, b LearnedAlias) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
	})
	return out
}

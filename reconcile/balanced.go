package reconcile

import (
	"fmt"
	"math/bits"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// balancedMost is how many receipts and how many records a balanced set may have on each side.
const balancedMost = 8

// balanced is P13: receipts and what they name, connected by shared names, that come out even as a
// whole while no part of them does. It is suggested, and a second person should look at it.
func (e *engine) balanced() error {
	g := newGraph()
	for i := range e.lines {
		l, t := lineRef(int32(i)), &e.transfer[i]
		if !e.openLine(int32(i)) || len(t.left) > 0 || e.lines[i].Amount.Minor <= 0 {
			continue
		}
		for _, v := range t.named {
			for _, r := range e.payableOf(v, e.lines[i]) {
				g.pair(r, l)
			}
		}
	}
	for _, c := range g.components() {
		if len(c.right) < 2 || len(c.left) > balancedMost || len(c.right) > balancedMost ||
			!e.evens(c) || e.hasEvenPart(c) {
			continue
		}
		e.suggestEven(c)
	}
	return nil
}

// payableOf is what a transfer may pay of an invoice that it names: its free row, or what is open.
func (e *engine) payableOf(v int32, l *book.BankLine) []ref {
	rows := e.bankRows(v, l, rowDaysBefore, rowDaysAfter)
	switch {
	case len(rows) == 1:
		return []ref{payRef(rows[0])}
	case len(rows) == 0 && e.owes(v) && !e.invHeld[v] && e.invs[v].Currency == l.Amount.Currency:
		return []ref{invRef(v)}
	}
	return nil
}

// evens reports whether both sides of a set come to the same.
func (e *engine) evens(c component) bool {
	due := int64(0)
	for _, r := range c.left {
		due += e.openAmount(r).Minor
	}
	return due == e.cameIn(c.right).Minor
}

// hasEvenPart reports whether some of a set's receipts come to some of its records.
func (e *engine) hasEvenPart(c component) bool {
	sums := func(rs []ref, amount func(ref) int64) map[int64]bool {
		out := map[int64]bool{}
		for set := uint32(1); set < 1<<len(rs)-1; set++ {
			sum := int64(0)
			for rest := set; rest != 0; rest &= rest - 1 {
				sum += amount(rs[bits.TrailingZeros32(rest)])
			}
			out[sum] = true
		}
		return out
	}
	due := sums(c.left, func(r ref) int64 { return e.openAmount(r).Minor })
	for got := range sums(c.right, func(r ref) int64 { return e.lines[r.at()].Amount.Minor }) {
		if due[got] {
			return true
		}
	}
	return false
}

// suggestEven keeps a balanced set that people must confirm, and raises its one D8.
func (e *engine) suggestEven(c component) {
	var uses []money.Money
	for _, r := range c.left {
		uses = append(uses, e.openAmount(r))
	}
	for _, r := range c.right {
		uses = append(uses, e.lines[r.at()].Amount)
	}
	if e.add(link{pass: book.P13, leg: book.BankBilling, state: book.Suggested, left: c.left,
		right: c.right, uses: uses}) == none {
		return
	}
	all := append(slices.Clone(c.right), c.left...)
	for _, r := range all {
		e.hold(r)
	}
	sum := e.cameIn(c.right)
	e.raise(finding{class: book.D8, leg: book.BankBilling, about: all, amount: sum,
		flags: []book.Flag{book.FlagSuggestion}, why: fmt.Sprintf("%s brought %s together, and what they "+
			"name, %s, comes to %s only as a whole, so two people have to confirm it.",
			upper(e.list(c.right)), coded(sum), e.list(c.left), figure(sum))})
}

package reconcile

import (
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// partPayments is P9: lines that name exactly one invoice and pay more or less than is open. Where the
// customer himself sent them and they come to no more than is open, they are allocated, and what is
// left is A1 after one receipt, A3 after several. All else is offered.
func (e *engine) partPayments() error {
	g := newGraph()
	for i := range e.lines {
		l, t := int32(i), &e.transfer[i]
		if !e.openLine(l) || len(t.named) != 1 || len(t.left) > 0 || len(e.lines[i].Details) > 1 {
			continue
		}
		v := t.named[0]
		inv, line := e.invs[v], e.lines[i]
		if inv.Currency != line.Amount.Currency || line.Amount.Minor < 0 {
			continue
		}
		left := invRef(v)
		if rows := e.bankRows(v, line, rowDaysBefore, rowDaysAfter); len(rows) == 1 {
			left = payRef(rows[0])
		} else if len(rows) > 1 || !e.owes(v) {
			continue
		}
		if !e.isHeld(left) && !e.isRejected(book.BankBilling, left, lineRef(l)) {
			g.pair(left, lineRef(l))
		}
	}
	for _, c := range g.components() {
		switch {
		case len(c.left) == 1 && e.isPart(c):
			e.allocate(c)
		case c.unique():
			e.inexact(c.left[0], c.right[0])
		default:
			e.ambiguous(book.BankBilling, c.right, c.left)
		}
	}
	return nil
}

// isPart reports whether lines pay a part of an open invoice, or all of it in parts: each is sent by
// its customer.
func (e *engine) isPart(c component) bool {
	if c.left[0].sort() != sortInv {
		return false
	}
	for _, l := range c.right {
		if !e.sentByCustomer(component{c.left, []ref{l}}) {
			return false
		}
	}
	return e.cameIn(c.right).Minor <= e.openAmount(c.left[0]).Minor
}

// allocate takes lines for a part of an invoice and names what is still due.
func (e *engine) allocate(c component) {
	due, got := e.openAmount(c.left[0]), e.cameIn(c.right)
	uses := []money.Money{got}
	for _, l := range c.right {
		uses = append(uses, e.lines[l.at()].Amount)
	}
	if e.add(link{pass: book.P9, leg: book.BankBilling, state: book.Auto, left: c.left, right: c.right,
		uses: uses}) == none || got == due {
		return
	}
	f := finding{class: book.A1, leg: book.BankBilling, about: append(slices.Clone(c.right), c.left...),
		amount: money.New(due.Minor-got.Minor, due.Currency)}
	what := e.name(c.right[0]) + " brought"
	rest := "so the customer still owes " + figure(f.amount)
	if len(c.right) > 1 {
		f.class = book.A3
		what = fmt.Sprintf("%d receipts brought", len(c.right))
	} else if class, said := netted(e.lines[c.right[0].at()], due, got); class != "" {
		f.class, rest = class, "because "+figure(f.amount)+" "+said
	}
	f.why = fmt.Sprintf("%s open on %s, but %s %s, %s.", upper(coded(due)+" is"), e.name(c.left[0]), what,
		figure(got), rest)
	e.raise(f)
}

// cameIn is what lines of one currency brought together.
func (e *engine) cameIn(lines []ref) money.Money {
	sum := money.New(0, e.lines[lines[0].at()].Amount.Currency)
	for _, l := range lines {
		sum.Minor += e.lines[l.at()].Amount.Minor
	}
	return sum
}

// inexact suggests a transfer that is short or too much: one D8, which names the difference. Where the
// line itself explains it, that is P10, and the class says by what.
func (e *engine) inexact(left, l ref) {
	due, got := e.openAmount(left), e.lines[l.at()].Amount
	take := min(due.Minor, got.Minor)
	f := finding{class: book.D8, leg: book.BankBilling, about: []ref{l, left}, amount: got,
		flags: []book.Flag{book.FlagSuggestion}, why: e.whyTransferDiffers(left, l.at())}
	pass := book.P9
	if class, said := netted(e.lines[l.at()], due, got); class != "" {
		gap := money.New(due.Minor-got.Minor, due.Currency)
		pass, f.class, f.amount = book.P10, class, gap
		f.why = fmt.Sprintf("%s due on %s, but %s shows %s, because %s %s, which a person has to confirm.",
			upper(coded(due)+" is"), e.name(left), e.name(l), figure(got), figure(gap), said)
	}
	if e.add(link{pass: pass, leg: book.BankBilling, state: book.Suggested, left: []ref{left},
		right: []ref{l}, uses: []money.Money{money.New(take, due.Currency),
			money.New(take, due.Currency)}}) == none {
		return
	}
	e.hold(left)
	e.hold(l)
	e.raise(f)
}

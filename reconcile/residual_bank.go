package reconcile

import (
	"fmt"

	"countinghouse/app/book"
)

// payouts names payouts without a bank line, those that came back, and those whose members nobody
// states.
func (e *engine) payouts() {
	for i, p := range e.pouts {
		o := int32(i)
		if p.Members == book.MembersUnstated && e.poutComposed[i] == none &&
			p.State != book.PayoutCancelled {
			e.raise(finding{class: book.M6, leg: book.GatewayPayout, about: []ref{poutRef(o)},
				amount: p.Amount, why: fmt.Sprintf(
					"The %s took %s, but %s states 0.00 of what it consists of, so only the "+
						"balance proof covers it.",
					e.name(poutRef(o)), coded(p.Amount), e.title(p.Source))})
		}
		switch {
		case e.cameBack(o) != 0 && p.State != book.PayoutCancelled:
			e.failedPayout(o)
		case e.poutLink[i] != none || e.poutHeld[i] || p.State == book.PayoutCancelled ||
			p.Amount.Minor == 0:
		default:
			e.inTransit(o)
		}
	}
}

func (e *engine) failedPayout(o int32) {
	p := e.pouts[o]
	about := []ref{poutRef(o)}
	if t, ok := e.returned[o]; ok {
		about = append(about, txRef(t))
	}
	e.raise(finding{class: book.R6, leg: book.PayoutBank, about: about, amount: p.Amount,
		why: fmt.Sprintf("The %s sent %s, but it came back on %s, so %s is in the gateway's "+
			"balance again.",
			e.name(poutRef(o)), coded(p.Amount), e.cameBack(o).In(e.zone), figure(p.Amount))})
}

// inTransit tells a payout that may still arrive from one that is missing: it is missing once a
// statement covers all days on which it could have come.
func (e *engine) inTransit(o int32) {
	p := e.pouts[o]
	due := e.arrival(p)
	if p.ArrivesOn == 0 {
		due = addBusinessDays(nil, due, e.lagOf(p).median)
	}
	f := finding{class: book.T2, leg: book.PayoutBank, about: []ref{poutRef(o)}, amount: p.Amount,
		clears: due}
	if deadline, accounts := e.missed(p); accounts != "" {
		f.class, f.clears = book.M4, 0
		f.why = fmt.Sprintf("The %s of %s was due by %s, but the account %s shows 0.00 of it.",
			e.name(poutRef(o)), coded(p.Amount), deadline, accounts)
	} else {
		way := "on its way to the bank"
		if p.Amount.Minor < 0 {
			way = "a debit that the bank has not shown yet"
		}
		f.why = fmt.Sprintf("The %s of %s is %s, due on %s.", e.name(poutRef(o)), coded(p.Amount),
			way, due)
	}
	e.raise(f)
}

// missed names the accounts on which a payout can no longer arrive, and the last day on which it
// could have; "" while the days are not over or a statement of one of them does not cover them.
func (e *engine) missed(p *book.Payout) (deadline book.Date, accounts string) {
	for _, a := range e.settles(p.Source, p.Amount.Currency) {
		_, by := e.window(a, p)
		if e.today <= by || !e.covers(a.Name, e.arrival(p), by) {
			return 0, ""
		}
		if accounts != "" {
			accounts += " or "
		}
		accounts += string(a.Name)
		deadline = max(deadline, by)
	}
	return deadline, accounts
}

// bankRemainder names receipts at the bank that nothing explains. Debits are no exception.
func (e *engine) bankRemainder() {
	for i, l := range e.lines {
		if l.Pending || l.Amount.Minor <= 0 || e.lineLink[i] != none || e.lineHeld[i] {
			continue
		}
		why := "no payout and no invoice explains it"
		if named := e.transfer[i].named; len(named) > 0 {
			v := named[0]
			why = fmt.Sprintf("it names %s, which is %s and asks for no such amount",
				e.invoiceName(v), e.invs[v].Status)
			switch {
			case len(named) > 1:
				why = "the invoices that it names do not come to it"
			case e.invTaken[v]:
				why = fmt.Sprintf("it names %s, which other money already pays", e.invoiceName(v))
			}
		}
		if r := e.marked[int32(i)]; r != nil {
			why += "; the rule " + r.Name + " would take it for " + r.takes() + ", but " + r.waits()
		}
		e.raise(finding{class: book.M5, leg: book.PayoutBank, about: []ref{lineRef(int32(i))},
			amount: l.Amount, why: fmt.Sprintf("%s brought %s, but %s.",
				upper(e.name(lineRef(int32(i)))), coded(l.Amount), why)})
	}
}

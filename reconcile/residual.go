package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
)

// residual is P15: whatever is left gets its class. Evidence comes before order: what an identifier
// proves is said first, and a record that something was said of is not named twice.
func (e *engine) residual() error {
	e.nonCash, e.onPayoutLeg = map[int32]bool{}, map[int32]bool{}
	e.notePayoutLeg()
	for _, d := range e.duplicates {
		e.raise(finding{class: book.D3, leg: duplicateLeg[d.what], amount: d.amount, on: d.on,
			extra: []book.ItemID{d.id}, why: fmt.Sprintf(
				"The %s %s of %s stands twice in the books but exists once at its source, so "+
					"one copy is ours and must go.",
				d.what, d.id.Native(), coded(d.amount))})
	}
	e.readCredits()
	e.pairFindings()
	e.handFindings()
	e.secondPostings()
	e.duplicateReceipts()
	e.reversals()
	e.lonelyRows()
	e.lonelyCharges()
	e.unsettled()
	e.payouts()
	e.bankRemainder()
	e.explainMarked()
	e.invoices()
	e.unapplied()
	e.altered()
	e.prove()
	return nil
}

// duplicateLeg is the leg that a record standing twice belongs to.
var duplicateLeg = map[string]book.Leg{"invoice": book.BillingGateway,
	"payment": book.BillingGateway, "credit": book.BillingGateway, "movement": book.BillingGateway,
	"payout": book.PayoutBank, "bank line": book.PayoutBank}

// notePayoutLeg remembers the lines that a payout may have sent, for the rate of bank lines.
func (e *engine) notePayoutLeg() {
	for i := range e.links {
		if l := &e.links[i]; l.leg == book.PayoutBank && l.state == book.Suggested {
			for _, r := range l.right {
				e.onPayoutLeg[r.at()] = true
			}
		}
	}
	for i := range e.exceptions {
		x := &e.exceptions[i]
		if x.Class != book.D7 || x.Leg != book.PayoutBank {
			continue
		}
		for _, id := range x.Items {
			l, ok := slices.BinarySearchFunc(e.lines, id,
				func(l *book.BankLine, id book.ItemID) int { return cmp.Compare(l.ID, id) })
			if ok {
				e.onPayoutLeg[int32(l)] = true
			}
		}
	}
}

// duplicateReceipts raises D1: two charges of one payer and amount for one invoice, of which one
// alone would have paid it.
func (e *engine) duplicateReceipts() {
	first := fill(len(e.invs))
	byInvoice := map[int32][]int32{}
	for i := range e.txs {
		t := int32(i)
		if e.txs[i].Kind != book.Charge || e.txs[i].State != book.Succeeded || e.txHeld[i] {
			continue
		}
		v := e.refInv[i]
		if p := e.payOf(t); p != none {
			v = e.payInv[p]
		}
		switch {
		case v == none:
		case first[v] == none:
			first[v] = t
		default:
			if byInvoice[v] == nil {
				byInvoice[v] = []int32{first[v]}
			}
			byInvoice[v] = append(byInvoice[v], t)
		}
	}
	for v := range int32(len(e.invs)) {
		if of := byInvoice[v]; len(of) > 1 {
			e.duplicatesOf(v, of)
		}
	}
}

func (e *engine) duplicatesOf(v int32, of []int32) {
	inv := e.invs[v]
	slices.SortFunc(of, func(a, b int32) int {
		booked := 0
		if (e.payOf(a) == none) != (e.payOf(b) == none) {
			booked = 1
			if e.payOf(a) != none {
				booked = -1
			}
		}
		return cmp.Or(booked, cmp.Compare(e.txs[a].At, e.txs[b].At), cmp.Compare(a, b))
	})
	kept := int64(0)
	for _, t := range of {
		kept += e.keptOf(t)
	}
	for n := len(of) - 1; n > 0; n-- {
		t := of[n]
		first := e.twin(t, of[:n])
		gross := charged(e.txs[t])
		if first == none || gross.Currency != inv.Currency || e.keptOf(t) < gross.Minor ||
			kept-gross.Minor < inv.Total-inv.Credit {
			continue
		}
		kept -= gross.Minor
		about := []ref{txRef(t), txRef(first)}
		if p := e.payOf(t); p != none {
			about = append(about, payRef(p))
			e.payHeld[p] = true
		}
		e.txHeld[t], e.d1[t], e.invHeld[v] = true, true, true
		e.raise(finding{class: book.D1, leg: book.BillingGateway, about: about, amount: gross,
			why: fmt.Sprintf("%s took %s for %s, which %s had already paid with %s, so %s has "+
				"to go back.",
				upper("The "+e.name(txRef(t))), coded(gross), e.invoiceName(v),
				"the "+e.name(txRef(first)), figure(charged(e.txs[first])), figure(gross))})
	}
}

// keptOf is what is left of a charge after its refunds and disputes, in the customer's currency.
func (e *engine) keptOf(t int32) int64 {
	sum := charged(e.txs[t]).Minor
	var walk func(t int32, depth int)
	walk = func(t int32, depth int) {
		for _, c := range e.children[t] {
			if tx := e.txs[c]; moved(tx) && tx.Kind != book.DisputeFee && tx.Kind != book.Fee {
				sum += charged(tx).Minor
			}
			if depth < 4 {
				walk(c, depth+1)
			}
		}
	}
	walk(t, 0)
	return sum
}

// twin is an earlier charge of the same payer and amount, or none.
func (e *engine) twin(t int32, before []int32) int32 {
	a := e.txs[t]
	for _, o := range before {
		b := e.txs[o]
		if charged(a) == charged(b) && (a.Payer == b.Payer || a.Payer == "" || b.Payer == "") {
			return o
		}
	}
	return none
}

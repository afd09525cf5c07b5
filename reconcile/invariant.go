package reconcile

import (
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// usage is how much of each record the live matches have taken, by the part of the chain in which
// it may be taken once.
type usage struct {
	pay, inv, line    []int64
	txBilling, txPaid []int64
	txChild, txParent []int64
	poutFrom, poutTo  []int64
	poutBack          []int64
}

func newUsage(e *engine) usage {
	p, t, o := len(e.pays), len(e.txs), len(e.pouts)
	return usage{pay: make([]int64, p), inv: make([]int64, len(e.invs)),
		line: make([]int64, len(e.lines)), txBilling: make([]int64, t), txPaid: make([]int64, t),
		txChild: make([]int64, t), txParent: make([]int64, t), poutFrom: make([]int64, o),
		poutTo: make([]int64, o), poutBack: make([]int64, o)}
}

// of is the place where a record's use on a leg is counted, nil for none.
func (u *usage) of(r ref, leg book.Leg, left bool) *int64 {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return &u.pay[i]
	case sortInv:
		return &u.inv[i]
	case sortLine:
		return &u.line[i]
	case sortTx:
		switch {
		case leg == book.GatewayPayout:
			return &u.txPaid[i]
		case leg == book.GatewayGateway && left:
			return &u.txParent[i]
		case leg == book.GatewayGateway:
			return &u.txChild[i]
		}
		return &u.txBilling[i]
	case sortPout:
		switch leg {
		case book.GatewayPayout:
			return &u.poutFrom[i]
		case book.GatewayGateway:
			return &u.poutBack[i]
		}
		return &u.poutTo[i]
	}
	return nil
}

// taken is how much of its n-th record a match takes, counted over both sides.
func (e *engine) taken(l *link, n int, r ref) money.Money {
	if l.uses != nil {
		return l.uses[n]
	}
	return e.amount(r, l.leg)
}

// visit calls do for each record of a link with what is taken of it.
func (e *engine) visit(l *link, do func(r ref, left bool, use money.Money) error) error {
	n := 0
	for side, rs := range [2][]ref{l.left, l.right} {
		for _, r := range rs {
			if err := do(r, side == 0, e.taken(l, n, r)); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// check is run after each pass over what it added.
func (e *engine) check(pass book.Pass) error {
	if pass == book.P0 {
		if err := e.checkNets(); err != nil {
			return err
		}
	}
	for ; e.checked < len(e.links); e.checked++ {
		l := &e.links[e.checked]
		if !l.state.Live() {
			continue
		}
		if err := e.checkOpen(l); err != nil {
			return fmt.Errorf("reconcile: %s: invariant 3, invoice total: %w", pass, err)
		}
		if err := e.checkUse(l, false); err != nil {
			return fmt.Errorf("reconcile: %s: invariant 2, conservation of use: %w", pass, err)
		}
		if l.pass == book.P4 {
			if err := e.checkFooting(l); err != nil {
				return fmt.Errorf("reconcile: %s: invariant 5, payout footing: %w", pass, err)
			}
		}
		if err := e.checkUnique(l, int32(e.checked)); err != nil {
			return fmt.Errorf("reconcile: %s: invariant 10, unique both ways: %w", pass, err)
		}
	}
	if pass == book.P15 {
		return e.checkProofs()
	}
	return nil
}

// checkNets is invariant 4 and the part of 1 that a run can see: every amount has a currency, and a
// movement's gross less fee and tax is its net.
func (e *engine) checkNets() error {
	for _, t := range e.txs {
		if t.Gross-t.Fee-t.Tax != t.Net {
			return fmt.Errorf("reconcile: P0: invariant 4, gross − fee − tax = net: "+
				"%s: %d − %d − %d is not %d", t.ID, t.Gross, t.Fee, t.Tax, t.Net)
		}
		if err := hasCurrency(t.ID, t.Currency, moved(t)); err != nil {
			return err
		}
	}
	for _, p := range e.pays {
		if err := hasCurrency(p.ID, p.Amount.Currency, p.Amount.Minor != 0); err != nil {
			return err
		}
	}
	for _, p := range e.pouts {
		if err := hasCurrency(p.ID, p.Amount.Currency, p.Amount.Minor != 0); err != nil {
			return err
		}
	}
	for _, l := range e.lines {
		if err := hasCurrency(l.ID, l.Amount.Currency, l.Amount.Minor != 0); err != nil {
			return err
		}
	}
	return nil
}

// hasCurrency is invariant 1 for one record that holds an amount.
func hasCurrency(id book.ItemID, c money.Currency, holds bool) error {
	if holds && !c.Known() {
		return fmt.Errorf("reconcile: P0: invariant 1, money has a currency: %s: %q", id, c)
	}
	return nil
}

// checkOpen is invariant 3 as far as a match can break it: what a run by itself takes of an invoice
// directly is never more than is open on it, with what was taken before.
func (e *engine) checkOpen(l *link) error {
	if l.state != book.Auto {
		return nil
	}
	return e.visit(l, func(r ref, _ bool, use money.Money) error {
		if r.sort() != sortInv {
			return nil
		}
		v := e.invs[r.at()]
		if given := e.use.inv[r.at()]; given+use.Minor > v.Balance {
			return fmt.Errorf("%s takes %s of %s, on which %s is open and %d taken", l.leg, use, v.ID,
				money.New(v.Balance, v.Currency), given)
		}
		return nil
	})
}

// checkProofs is invariants 6 and 7: a proof's figures add up, and it holds exactly where they are what
// the provider or the bank states. One that does not hold is an exception; one that is wrong about
// itself stops the run.
func (e *engine) checkProofs() error {
	for i := range e.proofs {
		p := &e.proofs[i]
		if p.Kind == book.InvoiceTotals {
			continue // It is held invoice by invoice.
		}
		name := "invariant 7, statement"
		if p.Kind == book.GatewayBalance {
			name = "invariant 6, gateway balance"
		}
		if p.Opening+p.Movement-p.Payouts != p.Closing ||
			p.Holds != (p.ProviderClosing == nil || *p.ProviderClosing == p.Closing) {
			return fmt.Errorf("reconcile: P15: %s: %s %s: %d + %d − %d is not %d", name, p.Source, p.Currency,
				p.Opening, p.Movement, p.Payouts, p.Closing)
		}
	}
	return nil
}

// checkUse takes what a match uses, and refuses more than there is, the other sign or currency. As
// a trial it takes nothing.
func (e *engine) checkUse(l *link, trial bool) error {
	return e.visit(l, func(r ref, left bool, use money.Money) error {
		has := e.amount(r, l.leg)
		at := e.use.of(r, l.leg, left)
		if at == nil || use.Minor == 0 {
			return nil
		}
		if !l.fits(use, has, *at) {
			return fmt.Errorf("%s takes %s of %s, which has %s and has given %d", l.leg, use,
				e.id(r), has, *at)
		}
		if !trial {
			*at += use.Minor
		}
		return nil
	})
}

// fits reports whether a use is a part of what is left of a record.
func (l *link) fits(use, has money.Money, given int64) bool {
	if use.Currency != has.Currency {
		return false
	}
	total := given + use.Minor
	if has.Minor < 0 {
		return use.Minor < 0 && total >= has.Minor
	}
	return use.Minor > 0 && total <= has.Minor
}

func (e *engine) checkFooting(l *link) error {
	sum := int64(0)
	for _, r := range l.left {
		sum += e.txs[r.at()].Net
	}
	if p := e.pouts[l.right[0].at()]; sum != p.Amount.Minor {
		return fmt.Errorf("%s: the members come to %d, not %d", p.ID, sum, p.Amount.Minor)
	}
	return nil
}

// checkUnique refuses an automatic match one of whose records has another live match on the leg.
func (e *engine) checkUnique(l *link, at int32) error {
	if l.state != book.Auto || l.leg == book.GatewayGateway {
		return nil
	}
	return e.visit(l, func(r ref, _ bool, _ money.Money) error {
		has := at
		i := r.at()
		switch r.sort() {
		case sortPay:
			has = e.payLink[i]
		case sortLine:
			has = e.lineLink[i]
		case sortTx:
			switch l.leg {
			case book.GatewayPayout:
				has = e.txSettled[i]
			case book.PayoutBank:
				if p, ok := e.backRow(i); ok {
					has = e.returnedAt[p]
				}
			default:
				has = e.txLink[i]
			}
		case sortPout:
			has = e.poutLink[i]
			if l.leg == book.GatewayPayout {
				has = e.poutComposed[i]
			}
		}
		if has != at {
			return fmt.Errorf("%s has two matches on %s", e.id(r), l.leg)
		}
		return nil
	})
}

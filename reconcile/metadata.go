package reconcile

import (
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// candidateDays is how far a row and a charge without a common id may lie apart: 72 hours.
const candidateDays = 3

// metadata is P2: charges that no payment records are looked up by the invoice that their metadata
// names. An exact one is linked to its invoice. Rows without a usable reference are offered the
// charge of their invoice or customer, for a person to confirm.
func (e *engine) metadata() error {
	e.findRefInvoices()
	e.refundRows()
	e.weakPairs()
	for i := range e.txs {
		t, v := int32(i), e.refInv[i]
		if v == none || !e.unrecorded(t) || e.txHeld[t] {
			continue
		}
		e.invLinked[v] = append(e.invLinked[v], t)
	}
	for v := range int32(len(e.invs)) {
		found := e.invLinked[v]
		if len(found) != 1 {
			continue
		}
		inv, t := e.invs[v], e.txs[found[0]]
		if e.owes(v) && charged(t) == money.New(inv.Balance, inv.Currency) &&
			e.refRow(v) == none && e.ownsCharge(v, t) {
			e.add(link{pass: book.P2, leg: book.BillingGateway, state: book.Auto,
				left: []ref{invRef(v)}, right: []ref{txRef(found[0])},
				uses: []money.Money{charged(t), charged(t)}})
		}
	}
	return nil
}

// owes reports whether an invoice waits for money that no match brings yet.
func (e *engine) owes(v int32) bool {
	inv := e.invs[v]
	return inv.Status.Open() && inv.Balance > 0 && !e.invTaken[v]
}

// ownsCharge reports whether a charge names the invoice's customer, or none.
func (e *engine) ownsCharge(v int32, t *book.Transaction) bool {
	return t.CustomerRef == "" || t.CustomerRef == customerNative(e.invs[v].CustomerID)
}

// unrecorded reports whether a transaction is money that came in and that no payment records.
func (e *engine) unrecorded(t int32) bool {
	tx := e.txs[t]
	return tx.Kind == book.Charge && tx.State == book.Succeeded && charged(tx).Minor > 0 &&
		e.payOf(t) == none
}

// refRow is a row of the invoice that no movement explains yet, or none.
func (e *engine) refRow(v int32) int32 {
	for _, i := range e.rows[v] {
		if e.payLink[i] == none && e.behind[i] != "" && e.pays[i].Amount.Minor > 0 {
			return i
		}
	}
	return none
}

// findRefInvoices finds the invoice that each charge names, by id or by printed number. A text
// that is one invoice's number and another's id names none.
func (e *engine) findRefInvoices() {
	e.refInv = fill(len(e.txs))
	for i := range e.links {
		// A person or a rule may have matched a charge with an invoice that has no row yet.
		l := &e.links[i]
		if l.leg == book.BillingGateway && l.state.Live() && l.left[0].sort() == sortInv {
			e.refInv[l.right[0].at()] = l.left[0].at()
		}
	}
	want := map[string]bool{}
	for i, t := range e.txs {
		if t.InvoiceRef != "" && e.txLink[i] == none {
			want[strings.TrimSpace(t.InvoiceRef)] = true
		}
	}
	if len(want) == 0 {
		return
	}
	named := map[string][]int32{}
	for i, v := range e.invs {
		id := strings.TrimPrefix(v.ID.Native(), "invoice/")
		for _, key := range []string{id, strings.TrimSpace(v.Number)} {
			if key != "" && want[key] {
				named[key] = appendNew(named[key], int32(i))
			}
		}
	}
	for i, t := range e.txs {
		if t.InvoiceRef == "" || e.txLink[i] != none {
			continue
		}
		of := e.billedThrough(t.Source, named[strings.TrimSpace(t.InvoiceRef)])
		switch {
		case len(of) == 1:
			e.refInv[i] = of[0]
		case len(of) > 1:
			if v := e.ownInvoice(t, of); v != none {
				e.refInv[i] = v
			}
		}
	}
}

// billedThrough keeps the invoices of billing sources that collect through a gateway.
func (e *engine) billedThrough(gateway book.SourceName, of []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(of), func(v int32) bool {
		s := e.sources[e.invs[v].Source]
		if s == nil {
			return true
		}
		for _, behind := range s.Methods {
			if behind == string(gateway) {
				return false
			}
		}
		return true
	})
}

// ownInvoice picks, among invoices that share a name, the one whose customer the charge names too.
func (e *engine) ownInvoice(t *book.Transaction, of []int32) int32 {
	at := none
	for _, v := range of {
		if t.CustomerRef == "" || customerNative(e.invs[v].CustomerID) != t.CustomerRef {
			continue
		}
		if at != none {
			return none
		}
		at = v
	}
	return at
}

func customerNative(id book.ItemID) string { return strings.TrimPrefix(id.Native(), "customer/") }

// weakPairs offers rows without a usable reference the charge that fits them: same gateway, amount
// and currency, at most 72 hours apart, and of the same invoice or customer.
func (e *engine) weakPairs() {
	type key struct {
		source   book.SourceName
		currency string
		amount   int64
	}
	free := map[key][]int32{}
	for i := range e.pays {
		if r := int32(i); e.lonelyRow(r) {
			a := e.pays[i].Amount
			k := key{e.behind[i], string(a.Currency), a.Minor}
			free[k] = append(free[k], r)
		}
	}
	if len(free) == 0 {
		return
	}
	g := newGraph()
	for i, t := range e.txs {
		if !e.free(int32(i)) {
			continue
		}
		a := charged(t)
		for _, r := range free[key{t.Source, string(a.Currency), a.Minor}] {
			apart := e.payOn[r] - e.txOn[i]
			if apart >= -candidateDays && apart <= candidateDays && e.sameParty(r, int32(i)) &&
				!e.isRejected(book.BillingGateway, payRef(r), txRef(int32(i))) {
				g.pair(payRef(r), txRef(int32(i)))
			}
		}
	}
	e.settleGraph(g, book.P2, false)
}

// lonelyRow reports whether a row went through a gateway and nothing explains it yet.
func (e *engine) lonelyRow(i int32) bool {
	_, second := e.dupPays[i]
	return e.behind[i] != "" && e.payLink[i] == none && !e.payHeld[i] && !second &&
		e.pays[i].Amount.Minor != 0
}

// free reports whether a transaction is of a sort that a row may record, and no row does.
func (e *engine) free(t int32) bool {
	tx := e.txs[t]
	switch tx.Kind {
	case book.Charge, book.Refund, book.Dispute, book.ChargeFailure, book.Reinstatement,
		book.RefundFailure:
	default:
		return false
	}
	return e.txLink[t] == none && !e.txHeld[t] &&
		(tx.State == book.Succeeded || tx.State == book.Pending && moved(tx))
}

// sameParty reports whether a row and a movement speak of one invoice or one customer.
func (e *engine) sameParty(i, t int32) bool {
	if !e.stands(e.pays[i], e.txs[t]) {
		return false
	}
	from := e.origin(t)
	tx := e.txs[from]
	if at := e.payOf(from); at != none {
		return e.payInv[at] != none && e.payInv[at] == e.payInv[i]
	}
	if v := e.refInv[from]; v != none {
		return v == e.payInv[i]
	}
	who := e.customerOf(i)
	if tx.CustomerRef != "" {
		return who != "" && customerNative(who) == tx.CustomerRef
	}
	c := e.custs[who]
	if c == nil || tx.PayerName == "" {
		return false
	}
	name := foldName(tx.PayerName)
	return name != "" && (name == foldName(c.Name) || name == foldName(c.Company) ||
		name == foldName(c.Email))
}

// customerOf is the customer of a payment: its invoice's, else its own.
func (e *engine) customerOf(i int32) book.ItemID {
	if v := e.payInv[i]; v != none && e.invs[v].CustomerID != "" {
		return e.invs[v].CustomerID
	}
	return e.pays[i].CustomerID
}

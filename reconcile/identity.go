package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// identity is P1: a payment's reference is looked up among all ids of its gateway. Receipts find
// their charge, refunds theirs; amounts, currency and state are compared afterwards, so that a
// difference is a finding on the pair and never two lonely rows.
func (e *engine) identity() error {
	first, claims := fill(len(e.txs)), map[int32][]int32{}
	var later []int32
	for i, p := range e.pays {
		x := e.aliases[e.behind[i]]
		if x == nil || p.Reference == "" || e.payLink[i] != none || p.Amount.Minor == 0 {
			continue
		}
		found := x.resolve(p.Reference)
		if len(found) == 0 {
			continue
		}
		t, many := e.direct(p, found)
		switch {
		case len(many) > 0:
			e.ambiguous(book.BillingGateway, e.charges(many), []ref{payRef(int32(i))})
		case t != none && first[t] == none:
			first[t] = int32(i)
		case t != none:
			if claims[t] == nil {
				claims[t] = []int32{first[t]}
			}
			claims[t] = append(claims[t], int32(i))
		default:
			later = append(later, int32(i))
		}
	}
	for t := range int32(len(e.txs)) {
		if first[t] == none {
			continue
		}
		rows := claims[t]
		if rows == nil {
			rows = []int32{first[t]}
		}
		if e.txLink[t] == none {
			rows = e.claim(t, rows)
		}
		later = append(later, rows...)
	}
	slices.Sort(later)
	e.descendants(later)
	for _, i := range later {
		e.secondPosting(i)
	}
	return nil
}

// direct picks the one transaction, among those that share a reference, that a row of this sign can
// stand for. Attempts of one intent share it: the successful one counts, else the pending, else the
// last failed. It returns many where two or more successful ones fit equally.
func (e *engine) direct(p *book.Payment, found []int32) (t int32, many []int32) {
	var fit []int32
	for _, f := range found {
		if e.stands(p, e.txs[f]) {
			fit = append(fit, f)
		}
	}
	if len(fit) < 2 {
		if len(fit) == 1 {
			return fit[0], nil
		}
		return none, nil
	}
	for _, s := range []book.TransactionState{book.Succeeded, book.Pending} {
		of := slices.DeleteFunc(slices.Clone(fit), func(f int32) bool {
			return e.txs[f].State != s
		})
		if len(of) > 1 {
			exact := slices.DeleteFunc(slices.Clone(of), func(f int32) bool {
				return charged(e.txs[f]) != p.Amount
			})
			if len(exact) == 1 {
				return exact[0], nil
			}
			return none, of
		}
		if len(of) == 1 {
			return of[0], nil
		}
	}
	return slices.MaxFunc(fit, func(a, b int32) int {
		return cmp.Or(cmp.Compare(e.txs[a].At, e.txs[b].At), cmp.Compare(a, b))
	}), nil
}

// stands reports whether a payment row of its sign can be the record of a transaction.
func (e *engine) stands(p *book.Payment, t *book.Transaction) bool {
	switch t.Kind {
	case book.Charge, book.Reinstatement, book.RefundFailure:
		return p.Amount.Minor > 0
	case book.Refund, book.Dispute, book.ChargeFailure:
		return p.Amount.Minor < 0
	}
	return false
}

// claim links the rows that quote one transaction, and returns those that are left over. One row
// is the plain case. Of several, the rows of several invoices that add up are one payment for all
// of them; else the exact one of the invoice that the charge names is the record, or the earliest
// exact one, and the others are second postings.
func (e *engine) claim(t int32, rows []int32) (over []int32) {
	tx := e.txs[t]
	slices.SortFunc(rows, func(a, b int32) int {
		return cmp.Or(cmp.Compare(e.pays[a].At, e.pays[b].At), cmp.Compare(a, b))
	})
	want := charged(tx)
	best := rows[0]
	if len(rows) > 1 {
		if group := e.shared(rows, want); group != nil {
			e.link(book.P1, group, t)
			return slices.DeleteFunc(rows, func(i int32) bool { return slices.Contains(group, i) })
		}
		rank := -1
		for _, i := range rows {
			r := 0
			if e.pays[i].Amount == want {
				r = 1
				if e.named(i, tx) {
					r = 2
				}
			}
			if r > rank {
				best, rank = i, r
			}
		}
	}
	if e.isRejected(book.BillingGateway, payRef(best), txRef(t)) {
		return slices.DeleteFunc(rows, func(i int32) bool { return i == best })
	}
	e.link(book.P1, []int32{best}, t)
	return slices.DeleteFunc(rows, func(i int32) bool { return i == best })
}

// named reports whether a charge names the invoice of a row.
func (e *engine) named(i int32, t *book.Transaction) bool {
	v := e.payInv[i]
	if v == none || t.InvoiceRef == "" {
		return false
	}
	ref := strings.TrimSpace(t.InvoiceRef)
	return ref == strings.TrimPrefix(e.invs[v].ID.Native(), "invoice/") || ref == e.invs[v].Number
}

// shared is the set of rows of different invoices that add up to one charge, nil where there is
// none. A second row of the same invoice is no part of it.
func (e *engine) shared(rows []int32, want money.Money) []int32 {
	var group []int32
	seen := map[int32]bool{}
	sum := int64(0)
	for _, i := range rows {
		p := e.pays[i]
		if p.Amount == want || p.Amount.Currency != want.Currency || e.payInv[i] == none {
			return nil
		}
		if seen[e.payInv[i]] {
			continue
		}
		seen[e.payInv[i]] = true
		group = append(group, i)
		sum += p.Amount.Minor
	}
	if sum != want.Minor || len(group) < 2 {
		return nil
	}
	slices.Sort(group)
	return group
}

// link keeps an automatic match of rows with one transaction.
func (e *engine) link(pass book.Pass, rows []int32, t int32) {
	side := e.refs.take(len(rows) + 1)
	for i, r := range rows {
		side[i] = payRef(r)
	}
	side[len(rows)] = txRef(t)
	e.add(link{pass: pass, leg: book.BillingGateway, state: book.Auto, left: side[:len(rows)],
		right: side[len(rows):]})
}

// descendants links rows that quote a charge but record what came of it: a refund or a dispute,
// what came back of either, or the failure of a bank debit. The amount must be exact and the pair
// unique both ways.
func (e *engine) descendants(rows []int32) {
	g := newGraph()
	for _, i := range rows {
		p := e.pays[i]
		if e.payLink[i] != none || e.payHeld[i] {
			continue
		}
		for _, f := range e.aliases[e.behind[i]].resolve(p.Reference) {
			e.offerFamily(g, i, f)
		}
	}
	e.settleGraph(g, book.P1, true)
}

// offerFamily adds the pairs of a row with every free descendant of a transaction's charge.
func (e *engine) offerFamily(g *graph, i, t int32) {
	p := e.pays[i]
	var walk func(t int32, depth int)
	walk = func(t int32, depth int) {
		for _, c := range e.children[t] {
			tx := e.txs[c]
			late := p.Amount.Minor < 0 || e.payOn[i] >= e.txOn[c]
			if e.txLink[c] == none && e.stands(p, tx) && charged(tx) == p.Amount && late &&
				tx.State != book.Failed && tx.State != book.Cancelled &&
				!e.isRejected(book.BillingGateway, payRef(i), txRef(c)) {
				g.pair(payRef(i), txRef(c))
			}
			if depth < 4 {
				walk(c, depth+1)
			}
		}
	}
	walk(e.origin(t), 0)
}

// secondPosting notes that a row quotes a transaction that another row already records.
func (e *engine) secondPosting(i int32) {
	if e.payLink[i] != none || e.payHeld[i] {
		return
	}
	p := e.pays[i]
	t, _ := e.direct(p, e.aliases[e.behind[i]].resolve(p.Reference))
	if t == none || e.txLink[t] == none {
		return
	}
	for _, r := range e.links[e.txLink[t]].left {
		if r.sort() == sortPay {
			e.dupPays[i] = r.at()
			return
		}
	}
}

// refundRows links refunds that billing ties to their payment, where the reference says nothing:
// the payment's charge has exactly one free refund of exactly that amount.
func (e *engine) refundRows() {
	g := newGraph()
	at := map[book.ItemID]int32{}
	for i, p := range e.pays {
		if p.Amount.Minor < 0 && e.payLink[i] == none && p.RefundOf != "" {
			at[p.RefundOf] = none
		}
	}
	if len(at) == 0 {
		return
	}
	for i, p := range e.pays {
		if _, ok := at[p.ID]; ok {
			at[p.ID] = int32(i)
		}
	}
	for i, p := range e.pays {
		if p.Amount.Minor >= 0 || e.payLink[i] != none || e.payHeld[i] || p.RefundOf == "" {
			continue
		}
		of := at[p.RefundOf]
		if of == none || e.behind[of] != e.behind[i] || e.behind[i] == "" {
			continue
		}
		if t := e.txOf(of); t != none {
			e.offerFamily(g, int32(i), t)
		}
	}
	e.settleGraph(g, book.P2, true)
}

// txOf is the first transaction that a payment is linked to, or none.
func (e *engine) txOf(pay int32) int32 {
	if at := e.payLink[pay]; at != none && e.links[at].leg == book.BillingGateway {
		for _, r := range e.links[at].right {
			if r.sort() == sortTx {
				return r.at()
			}
		}
	}
	return none
}

// payOf is the first payment that a transaction is linked to, or none.
func (e *engine) payOf(tx int32) int32 {
	if at := e.txLink[tx]; at != none {
		for _, r := range e.links[at].left {
			if r.sort() == sortPay {
				return r.at()
			}
		}
	}
	return none
}

func (e *engine) charges(of []int32) []ref {
	out := make([]ref, len(of))
	for i, t := range of {
		out[i] = txRef(t)
	}
	return out
}

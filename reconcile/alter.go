package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
)

// vanished is a person's decision that can no longer stand, with those of its records that remain.
type vanished struct {
	match *book.Match
	rest  []ref
	why   string
}

// setAside keeps a decision that cannot stand for its D9.
func (e *engine) setAside(l link, why string) {
	e.gone = append(e.gone, vanished{l.given, append(slices.Clone(l.left), l.right...), why})
}

// sides are the sorts of record that may stand on the left and on the right of each leg.
var sides = map[book.Leg][2][]ref{
	book.BillingGateway: {{sortPay, sortInv}, {sortTx}},
	book.GatewayGateway: {{sortTx, sortPout}, {sortTx}},
	book.GatewayPayout:  {{sortTx}, {sortPout}},
	book.PayoutBank:     {{sortPout, sortTx}, {sortLine}},
	book.BankBilling:    {{sortPay, sortInv}, {sortLine}},
}

// joins reports whether a link's records may stand on its leg, with one at least on each side.
func (l *link) joins() bool {
	for i, side := range [2][]ref{l.left, l.right} {
		if len(side) == 0 {
			return false
		}
		for _, r := range side {
			if !slices.Contains(sides[l.leg][i], r.sort()) {
				return false
			}
		}
	}
	return true
}

// recorded puts the row that billing has made of an invoice's payment since in the place of the
// invoice that a person matched: the only free one of the invoice with that amount and that gateway
// or account.
func (e *engine) recorded(l *link) {
	if len(l.left) != 1 || len(l.right) != 1 || l.left[0].sort() != sortInv {
		return
	}
	want := e.amount(l.right[0], l.leg)
	if len(l.uses) == 2 {
		want = l.uses[0]
	}
	row := none
	for _, i := range e.rows[l.left[0].at()] {
		same := l.right[0].sort() == sortTx && e.behind[i] == e.txs[l.right[0].at()].Source ||
			l.right[0].sort() == sortLine && e.payBank[i] == e.lines[l.right[0].at()].Account
		if !same || e.payLink[i] != none || e.pays[i].Amount != want {
			continue
		}
		if row != none {
			return
		}
		row = i
	}
	if row != none {
		l.left[0] = payRef(row)
	}
}

// altered names matched records that changed at their source: D9, or C2 in a closed month.
func (e *engine) altered() {
	for _, g := range e.gone {
		f := finding{class: book.D9, leg: g.match.Leg, about: g.rest}
		for _, id := range append(slices.Clone(g.match.Left), g.match.Right...) {
			if !slices.Contains(e.ids(g.rest), id) {
				f.extra = append(f.extra, id)
			}
		}
		if len(g.rest) > 0 {
			f.amount = e.gross(g.rest[0])
		} else {
			f.on = e.today
			if len(g.match.Uses) > 0 {
				f.amount = g.match.Uses[0]
			}
		}
		f.why = fmt.Sprintf("A person matched %s with %s, but %s, so the match no longer stands.",
			nameItems(g.match.Left), nameItems(g.match.Right), g.why)
		e.raise(f)
	}
	changed := slices.Clone(e.in.Altered)
	slices.SortFunc(changed, func(a, b Alteration) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Change, b.Change))
	})
	places := e.places()
	for i, a := range changed {
		if i > 0 && changed[i-1].Item == a.Item {
			continue
		}
		f := finding{class: book.D9, leg: e.legOfItem(a.Item), amount: a.Amount, on: a.On}
		name := a.Item.Native()
		if r, ok := places[a.Item]; ok {
			f.about = []ref{r}
			name = e.name(r)
			if a.Amount.Currency == "" {
				f.amount = e.gross(r)
			}
		} else {
			f.extra = []book.ItemID{a.Item}
			if f.on == 0 {
				f.on = e.today
			}
		}
		when := "after it was matched"
		if a.Closed {
			f.class, f.flags = book.C2, []book.Flag{book.FlagAltered}
			when = "after its month was closed"
		}
		f.why = fmt.Sprintf("The record %s of %s changed %s: %s.", name, coded(f.amount), when,
			a.Change)
		e.raise(f)
	}
}

func nameItems(ids []book.ItemID) string {
	out := ""
	for i, id := range ids {
		if i > 0 {
			out += " and "
		}
		out += id.Native()
	}
	return out
}

// legOfItem is the leg that a record by itself belongs to.
func (e *engine) legOfItem(id book.ItemID) book.Leg {
	if _, ok := e.poutAt[id]; ok || e.account(book.AccountName(id.Source())) != nil {
		return book.PayoutBank
	}
	return book.BillingGateway
}

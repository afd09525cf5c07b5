package reconcile

import (
	"slices"

	"countinghouse/app/book"
)

// batches is P8 on the way from bank to billing: a line that the bank opens into its payments, each of
// which names one row or open invoice and pays it to the cent. The bank itself declares what belongs
// together, so that it counts; where one payment is in doubt the line stays whole and open.
func (e *engine) batches() error {
	want := map[string][]int32{}
	words := map[int32][][]string{}
	for i, l := range e.lines {
		if len(l.Details) < 2 || !e.openLine(int32(i)) || !addsUp(l) {
			continue
		}
		of := make([][]string, len(l.Details))
		for n := range l.Details {
			part := detailLine(l, n)
			of[n] = namesOf(&part, e.pattern(l.Account))
			for _, w := range of[n] {
				want[w] = nil
			}
		}
		words[int32(i)] = of
	}
	e.findNamed(want)
	taken := map[ref]int{}
	found := map[int32][]ref{}
	for i := range e.lines {
		if of := words[int32(i)]; of != nil {
			found[int32(i)] = e.batch(int32(i), of, want)
			for _, r := range found[int32(i)] {
				taken[r]++
			}
		}
	}
	for i := range e.lines {
		left := found[int32(i)]
		if left == nil || slices.ContainsFunc(left, func(r ref) bool { return taken[r] > 1 }) {
			continue
		}
		c := component{left, []ref{lineRef(int32(i))}}
		e.add(link{pass: book.P8, leg: book.BankBilling, state: book.Auto, left: c.left, right: c.right,
			uses: e.transferUses(c)})
	}
	return nil
}

// addsUp reports whether the payments of a batch are stated in its currency and come to its amount.
func addsUp(l *book.BankLine) bool {
	sum := int64(0)
	for _, d := range l.Details {
		if d.Amount == nil || d.Amount.Currency != l.Amount.Currency {
			return false
		}
		sum += d.Amount.Minor
	}
	return sum == l.Amount.Minor
}

// detailLine is one payment of a batch as if it were booked by itself.
func detailLine(l *book.BankLine, n int) book.BankLine {
	d := &l.Details[n]
	return book.BankLine{Account: l.Account, On: l.On, ValueOn: l.ValueOn, Amount: *d.Amount,
		Counterparty: d.Counterparty, CounterpartyAccount: d.CounterpartyAccount,
		Reference: d.Reference, Structured: d.Structured, Text: d.Text, BankID: d.BankID}
}

// batch is what each payment of a batch pays, sorted; nil where one of them pays nothing, or more than
// one thing.
func (e *engine) batch(i int32, words [][]string, want map[string][]int32) []ref {
	var out []ref
	for n, of := range words {
		part := detailLine(e.lines[i], n)
		var named []int32
		for _, w := range of {
			for _, v := range want[w] {
				named = appendNew(named, v)
			}
		}
		left := e.paidExactly(&part, named, nil)
		if len(left) != 1 || e.isHeld(left[0]) || slices.Contains(out, left[0]) {
			return nil
		}
		out = append(out, left[0])
	}
	slices.Sort(out)
	return out
}

// combinedPayouts is P8 on the way from gateway to bank: a line that carries the ids of several
// payouts and is exactly their sum.
func (e *engine) combinedPayouts() {
	keys := map[string]int32{}
	for i, p := range e.pouts {
		if e.poutLink[i] != none || e.poutHeld[i] || p.Amount.Minor == 0 {
			continue
		}
		for _, k := range payoutKeys(p) {
			if old, ok := keys[k]; ok && old != int32(i) {
				keys[k] = none
				continue
			}
			keys[k] = int32(i)
		}
	}
	if len(keys) < 2 {
		return
	}
	taken := map[ref]int{}
	var found []component
	for i, l := range e.lines {
		if e.lineLink[i] != none || e.lineHeld[i] || l.Pending {
			continue
		}
		var left []ref
		sum := int64(0)
		for _, w := range textOf(l).words {
			p, ok := keys[w]
			if !ok || p == none || slices.Contains(left, poutRef(p)) || !e.landsOn(p, l) {
				continue
			}
			left = append(left, poutRef(p))
			sum += e.pouts[p].Amount.Minor
		}
		if len(left) < 2 || sum != l.Amount.Minor {
			continue
		}
		slices.Sort(left)
		for _, r := range left {
			taken[r]++
		}
		found = append(found, component{left, []ref{lineRef(int32(i))}})
	}
	for _, c := range found {
		if !slices.ContainsFunc(c.left, func(r ref) bool { return taken[r] > 1 }) {
			e.add(link{pass: book.P8, leg: book.PayoutBank, state: book.Auto, left: c.left, right: c.right})
		}
	}
}

// landsOn reports whether a payout may arrive on a line's account, in its currency.
func (e *engine) landsOn(p int32, l *book.BankLine) bool {
	o := e.pouts[p]
	return o.Amount.Currency == l.Amount.Currency &&
		slices.ContainsFunc(e.settles(o.Source, o.Amount.Currency), func(a *Account) bool {
			return a.Name == l.Account
		})
}

package world

import (
	"slices"
	"strings"

	"countinghouse/app/book"
)

// states says that the gateway of an id states what its payouts consist of.
func states(id string) bool {
	name := GatewayOf(id)
	return name == StripeName || name == RazorpayName
}

// leaves is what is on a balance behind a payout.
func (a *auditor) leaves(p *Payout) int64 {
	sum := int64(0)
	for _, v := range a.Movements {
		if GatewayOf(v.ID) == GatewayOf(p.ID) && v.Currency == p.Amount.Currency && v.At <= p.At {
			sum += v.Net
		}
	}
	return sum
}

func (a *auditor) auditPayouts() {
	members := map[string]int64{}
	for _, m := range a.Movements {
		members[m.PayoutID] += m.Net
	}
	for i := range a.Payouts {
		p := &a.Payouts[i]
		switch {
		case states(p.ID) && !p.Automatic, !states(p.ID) && a.leaves(p) != 0:
			a.report(book.M6, p.Item())
		case p.State == book.PayoutFailed:
			a.report(book.R6, p.Item())
		case states(p.ID) && members[p.ID] != p.Amount.Minor:
			a.report(book.A8, p.Item())
		}
	}
	for i := range a.w.Accounts {
		a.matchPayouts(&a.w.Accounts[i])
	}
	late := addBusiness(a.w.Now.In(a.w.Zone), -3)
	for i := range a.Payouts {
		p := &a.Payouts[i]
		if !a.lined[p.ID] && p.State != book.PayoutFailed && p.ArrivesOn < late {
			a.report(book.M4, p.Item())
		}
	}
}

// matchPayouts finds the payouts' lines: by id or trace, then by amount where that is unique.
func (a *auditor) matchPayouts(acc *Account) {
	var left []*BankLine
	for i := range acc.Lines {
		l := &acc.Lines[i]
		text := squash(l.Text + l.Reference)
		matched := false
		for _, p := range a.Payouts {
			if p.Account == acc.Name && p.Amount == l.Amount && !a.lined[p.ID] &&
				(strings.Contains(text, squash(p.ID)) || p.Trace != "" &&
					strings.Contains(text, p.Trace)) {
				matched, a.lined[p.ID], a.lined[l.BankID] = true, true, true
				break
			}
		}
		if !matched && len(a.hits(l)) == 0 {
			left = append(left, l)
		}
	}
	fits := func(l *BankLine, p *Payout) bool {
		return p.Account == acc.Name && p.Amount == l.Amount && !a.lined[p.ID] &&
			p.State == book.PayoutPaid &&
			l.On >= addBusiness(p.ArrivesOn, -1) && l.On <= addBusiness(p.ArrivesOn, 3)
	}
	type couple struct {
		l *BankLine
		p *Payout
	}
	var couples []couple
	lines, payouts := map[*BankLine]int{}, map[*Payout]int{}
	for _, l := range left {
		for i := range a.Payouts {
			if p := &a.Payouts[i]; fits(l, p) {
				couples = append(couples, couple{l, p})
				lines[l]++
				payouts[p]++
			}
		}
	}
	for _, c := range couples {
		switch {
		case lines[c.l] > 1 || payouts[c.p] > 1:
			a.report(book.D7, c.p.Item())
		case !slices.Contains(acc.Aliases, c.l.Counterparty):
			a.report(book.D8, c.p.Item())
		}
		a.lined[c.p.ID], a.lined[c.l.BankID] = true, true
	}
}

// hits are the invoices that a line's text names.
func (a *auditor) hits(l *BankLine) []*Invoice {
	var hits []*Invoice
	for _, token := range strings.FieldsFunc(l.Text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9')
	}) {
		hits = append(hits, a.named[strings.Trim(token, "-")]...)
	}
	return hits
}

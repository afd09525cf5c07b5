package reconcile

import (
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// hardLinks is P3: what a gateway itself ties together. The child is used up in full; a charge is
// used by what was given back of it, as far as there is something left.
func (e *engine) hardLinks() error {
	left := map[int32]int64{}
	for i, t := range e.txs {
		c, up := int32(i), e.parent[i]
		switch {
		case e.use.txChild[i] != 0: // A person tied it to something.
		case up != none:
			over, seen := left[up]
			if !seen {
				over = charged(e.txs[up]).Minor - e.use.txParent[up]
			}
			take := int64(0)
			if charged(e.txs[up]).Currency == charged(t).Currency {
				take = takeBack(over, t)
				left[up] = over - take
			}
			e.add(link{pass: book.P3, leg: book.GatewayGateway, state: book.Auto,
				left: []ref{txRef(up)}, right: []ref{txRef(c)},
				uses: []money.Money{money.New(take, charged(e.txs[up]).Currency),
					charged(t)}})
		case t.Kind == book.PayoutFailure:
			p, ok := e.backRow(c)
			if !ok || e.use.poutBack[p] != 0 {
				continue
			}
			e.add(link{pass: book.P3, leg: book.GatewayGateway, state: book.Auto,
				left: []ref{poutRef(p)}, right: []ref{txRef(c)}})
		}
	}
	return nil
}

// takeBack is how much of what is left of a parent a child gives back: the opposite of its charge,
// never more than there is and never of the other sign.
func takeBack(over int64, child *book.Transaction) int64 {
	back := -charged(child).Minor
	switch {
	case over > 0 && back > 0:
		return min(over, back)
	case over < 0 && back < 0:
		return max(over, back)
	}
	return 0
}

// composition is P4: a payout whose members the provider states must be the sum of their nets, and
// one that empties a balance is all that came since it was empty.
func (e *engine) composition() error {
	members := e.members()
	var free map[netKey][]int32
	for i := range int32(len(e.pouts)) {
		p := e.pouts[i]
		of := members[i]
		if at := e.poutComposed[i]; at != none {
			// A person said so; whether it foots is asked all the same.
			of = of[:0]
			for _, r := range e.links[at].left {
				of = append(of, r.at())
			}
		}
		if p.Members != book.MembersStated && len(of) == 0 {
			continue
		}
		sum, same := int64(0), true
		for _, t := range of {
			if e.txs[t].Currency != p.Amount.Currency {
				same = false
				continue
			}
			sum += e.txs[t].Net
		}
		if p.Members == book.MembersPending && (sum != p.Amount.Minor || !same) {
			continue
		}
		if same && sum == p.Amount.Minor && len(of) > 0 {
			if e.poutComposed[i] != none {
				continue
			}
			e.add(link{pass: book.P4, leg: book.GatewayPayout, state: book.Auto,
				left: e.charges(of), right: []ref{poutRef(i)}})
			continue
		}
		if free == nil {
			free = e.freeByNet()
		}
		e.misfooted(i, of, sum, free)
	}
	return e.sweeps()
}

// members lists, for each payout, the movements that the provider says it carried. A payout's own
// failure is none of them.
func (e *engine) members() [][]int32 {
	out := make([][]int32, len(e.pouts))
	count := make([]int32, len(e.pouts))
	of := fill(len(e.txs))
	for i, t := range e.txs {
		if t.PayoutID == "" || e.txSettled[i] != none {
			continue
		}
		if p, ok := e.poutAt[t.PayoutID]; ok && e.poutComposed[p] == none &&
			(t.Kind != book.PayoutFailure || t.Parent != t.PayoutID) {
			of[i] = p
			count[p]++
		}
	}
	for p, n := range count {
		out[p] = make([]int32, 0, n)
	}
	for i, p := range of {
		if p != none {
			out[p] = append(out[p], int32(i))
		}
	}
	return out
}

// netKey is an exact net on one balance.
type netKey struct {
	purse
	net int64
}

// freeByNet lists the movements that no payout names, by net.
func (e *engine) freeByNet() map[netKey][]int32 {
	out := map[netKey][]int32{}
	for i, t := range e.txs {
		if t.Net != 0 && t.PayoutID == "" {
			k := netKey{purse{t.Source, t.Currency}, t.Net}
			out[k] = append(out[k], int32(i))
		}
	}
	return out
}

// misfooted raises A8. Where exactly one free movement makes up the difference, it is named with
// the payout, as the member that is most likely missing, and is nothing of its own.
func (e *engine) misfooted(i int32, of []int32, sum int64, free map[netKey][]int32) {
	p := e.pouts[i]
	gap := money.New(p.Amount.Minor-sum, p.Amount.Currency)
	about := []ref{poutRef(i)}
	missing, fits := none, 0
	for _, t := range free[netKey{purse{p.Source, gap.Currency}, gap.Minor}] {
		if e.txs[t].AvailableAt <= p.SentAt {
			missing = t
			fits++
		}
	}
	if fits != 1 {
		missing = none
	} else {
		about = append(about, txRef(missing))
		e.missing[missing] = true
	}
	e.raise(finding{class: book.A8, leg: book.GatewayPayout, about: about, amount: gap,
		why: e.whyMisfooted(i, len(of), sum, missing)})
}

// bankWindow is how many business days before and after the provider's date a payout may be booked.
const (
	daysBefore = 1
	daysAfter  = 3
	// daysUnstated is how many business days a payout may take whose arrival the provider does not
	// state: PayPal's takes up to five.
	daysUnstated = 5
)

// window is the first and the last day on which a payout may be booked on an account.
func (e *engine) window(a *Account, p *book.Payout) (from, to book.Date) {
	if p.ArrivesOn == 0 {
		sent := p.SentAt.In(e.zone)
		return sent, addBusinessDays(a, sent, e.lagOf(p).most)
	}
	return addBusinessDays(a, p.ArrivesOn, -daysBefore), addBusinessDays(a, p.ArrivesOn, daysAfter)
}

// isBusinessDay asks the account's calendar, Monday to Friday where it has none.
func isBusinessDay(a *Account, d book.Date) bool {
	if a != nil && a.BusinessDay != nil {
		return a.BusinessDay(d)
	}
	w := (int(d)%7 + 7 + 4) % 7 // 1970-01-01 was a Thursday; Sunday is 0.
	return w != 0 && w != 6
}

// addBusinessDays is n business days after a date, before it where n is negative. A calendar that
// knows no business days for a year counts plain days.
func addBusinessDays(a *Account, d book.Date, n int) book.Date {
	step := book.Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for at, tried := d, 0; n > 0; tried++ {
		at += step
		if isBusinessDay(a, at) {
			n--
			d = at
		}
		if tried > 366 {
			return d + step*book.Date(n)
		}
	}
	return d
}

// settles are the accounts on which a gateway's payouts of a currency land, in the order of names.
func (e *engine) settles(source book.SourceName, c money.Currency) []*Account {
	var out []*Account
	for i := range e.in.Accounts {
		a := &e.in.Accounts[i]
		if a.Currency == c && slices.Contains(a.Settles, source) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *Account) int { return compareNames(a.Name, b.Name) })
	return out
}

// arrival is when a payout is expected at the bank: the provider's date, else the date it was sent.
func (e *engine) arrival(p *book.Payout) book.Date {
	if p.ArrivesOn != 0 {
		return p.ArrivesOn
	}
	return p.SentAt.In(e.zone)
}

// cameBack is the moment at which a payout returned to the gateway's balance, zero for never: that
// of its failure's own row, else the provider's date.
func (e *engine) cameBack(i int32) book.Instant {
	if t, ok := e.returned[i]; ok {
		return e.txs[t].At
	}
	p := e.pouts[i]
	switch {
	case p.FailedAt != 0:
		return p.FailedAt
	case p.State == book.PayoutCancelled, p.State == book.PayoutFailed:
		return p.SentAt
	}
	return 0
}

package reconcile

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
)

// sweeps composes payouts by the running balance: one that leaves exactly nothing consists of all
// movements since the balance was nothing before, where no other payout lies between (ruling 23).
// It counts only as far as the provider's own balances agree with the movements.
func (e *engine) sweeps() error {
	of := map[purse][]step{}
	for i, p := range e.pouts {
		k := purse{p.Source, p.Amount.Currency}
		if e.sourceOf(p.Source).Sweeps && p.State != book.PayoutCancelled && p.Amount.Minor != 0 {
			of[k] = append(of[k], step{at: p.SentAt, amount: -p.Amount.Minor, payout: true,
				record: int32(i)})
		}
	}
	for i, t := range e.txs {
		k := purse{t.Source, t.Currency}
		if t.Net != 0 && len(of[k]) > 0 {
			of[k] = append(of[k], step{at: t.At, amount: t.Net, record: int32(i)})
		}
	}
	for _, k := range e.purses() {
		if steps := of[k]; len(steps) > 0 {
			e.sweepPurse(k, steps)
		}
	}
	return nil
}

// step is one change of a balance with the record that made it.
type step struct {
	at     book.Instant
	amount int64
	payout bool
	record int32
}

// sweepPurse walks one balance from its beginning. Of one moment payouts come last: a provider pays
// out what is there.
func (e *engine) sweepPurse(k purse, steps []step) {
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.at, b.at), compareBool(a.payout, b.payout),
			cmp.Compare(a.record, b.record))
	})
	base, proven := e.proven(k)
	running, known := base.amount, base.amount == 0
	var since []step
	for n, s := range steps {
		if s.at <= base.at && base.at != 0 {
			continue
		}
		running += s.amount
		if !s.payout {
			since = append(since, s)
			continue
		}
		alone := n+1 == len(steps) || steps[n+1].at != s.at || !steps[n+1].payout
		if running == 0 && known && alone && s.at <= proven {
			e.swept(s, since)
		}
		// Behind a payout that leaves something nobody can tell what is left.
		known, since = running == 0, nil
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// proven is where a balance begins, and the last moment up to which every balance that the provider
// states is what the movements come to; zero where it states none.
func (e *engine) proven(k purse) (base anchor, to book.Instant) {
	flows := e.flows()[k]
	base = e.base(k, flows)
	for _, b := range e.stated(k) {
		if base.roll(flows, b.At) != b.Amount {
			break
		}
		to = b.At
	}
	return base, to
}

// swept links a payout with the movements since the last one, unless a person or the provider has
// said otherwise of one of them.
func (e *engine) swept(s step, since []step) {
	p := e.pouts[s.record]
	sum := int64(0)
	of := make([]int32, 0, len(since))
	for _, m := range since {
		if t := e.txs[m.record]; e.txSettled[m.record] != none || t.PayoutID != "" {
			return
		}
		sum += m.amount
		of = append(of, m.record)
	}
	if e.poutComposed[s.record] != none || p.Members != book.MembersUnstated ||
		sum != p.Amount.Minor || len(of) == 0 {
		return
	}
	slices.Sort(of)
	e.add(link{pass: book.P4, leg: book.GatewayPayout, state: book.Auto, left: e.charges(of),
		right: []ref{poutRef(s.record)}})
}

// emptied is the last moment at which nothing was left on a balance of a gateway that states no members:
// what moved before is not there any more, be it paid out or converted into another currency.
func (e *engine) emptied() map[purse]book.Instant {
	out := map[purse]book.Instant{}
	for k, all := range e.flows() {
		if !e.sourceOf(k.source).NoMembers {
			continue
		}
		flows := slices.Clone(all)
		slices.SortStableFunc(flows, func(a, b flow) int { return cmp.Compare(a.at, b.at) })
		base, proven := e.proven(k)
		running := base.amount
		for i, f := range flows {
			if f.at <= base.at && base.at != 0 {
				continue
			}
			running += f.amount
			last := i+1 == len(flows) || flows[i+1].at != f.at
			if last && running == 0 && f.at <= min(proven, e.in.At) {
				out[k] = f.at
			}
		}
	}
	return out
}

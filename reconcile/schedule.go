package reconcile

import (
	"slices"

	"countinghouse/app/book"
)

// settleDays is how many business days after a payout's expected day a movement becomes overdue.
const settleDays = 3

// schedule is what a balance's payouts tell of how they come.
type schedule struct {
	// stated and unstated are when payouts were sent whose members are known and not known.
	stated, unstated []book.Instant
	// cycle is how many days lie between payouts at least, 1 where too few are known.
	cycle int
}

// byHand reports whether somebody sends the payouts when he likes: there are some, and the provider
// stated the members of none.
func (s *schedule) byHand() bool {
	return s != nil && len(s.stated) == 0 && len(s.unstated) > 0
}

// enough is how many payouts tell a cycle.
const enough = 4

// schedules reads the payouts of each balance.
func (e *engine) schedules() map[purse]*schedule {
	out := map[purse]*schedule{}
	for i, p := range e.pouts {
		k := purse{p.Source, p.Amount.Currency}
		s := out[k]
		if s == nil {
			s = &schedule{cycle: 1}
			out[k] = s
		}
		switch {
		case e.poutComposed[i] != none:
			s.stated = append(s.stated, p.SentAt)
		case p.Members != book.MembersStated:
			s.unstated = append(s.unstated, p.SentAt)
		}
	}
	for _, s := range out {
		slices.Sort(s.stated)
		if len(s.stated) < enough {
			continue
		}
		least := book.Date(31)
		for i, at := range s.stated[1:] {
			least = min(least, at.In(e.zone)-s.stated[i].In(e.zone))
		}
		s.cycle = max(1, int(least))
	}
	return out
}

// expected is when a movement should be in a payout, deadline when it is overdue.
func (e *engine) expected(t *book.Transaction, plan *schedule) (expected, deadline book.Date) {
	cycle := max(1, e.sourceOf(t.Source).CycleDays)
	if plan != nil {
		cycle = max(cycle, plan.cycle)
	}
	expected = max(t.AvailableAt, t.At).In(e.zone) + book.Date(cycle)
	return expected, addBusinessDays(nil, expected, settleDays)
}

// leftBehind reports whether a payout with known members was sent after a movement was expected in
// one, and before another moment.
func (e *engine) leftBehind(plan *schedule, expected book.Date, before book.Instant) bool {
	return plan != nil && slices.ContainsFunc(plan.stated, func(at book.Instant) bool {
		return at < before && at.In(e.zone) > expected
	})
}

// coveredBy reports whether a payout of unknown members may have carried a movement: one sent after it
// arose, since instant ones do not wait until it is available, and before it was overdue or left
// behind by others.
func (e *engine) coveredBy(plan *schedule, t *book.Transaction, expected,
	deadline book.Date) bool {
	return plan != nil && slices.ContainsFunc(plan.unstated, func(at book.Instant) bool {
		return at >= t.At &&
			(at.In(e.zone) <= deadline || !e.leftBehind(plan, expected, at))
	})
}

package razorpay

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// index sorts and indexes the world.
func (s *Simulator) index() {
	l := &s.w.Razorpay
	s.charges = byID(l.Charges, func(c *world.Charge) string { return c.ID })
	s.refunds = byID(l.Refunds, func(r *world.Refund) string { return r.ID })
	s.disputes = byID(l.Disputes, func(d *world.Dispute) string { return d.ID })
	s.payouts = byID(l.Payouts, func(p *world.Payout) string { return p.ID })
	s.movements = byID(l.Movements, func(m *world.Movement) string { return m.ID })
	s.refundedOf = map[string]int64{}
	for _, r := range l.Refunds {
		if r.State == book.Succeeded {
			s.refundedOf[r.ChargeID] += r.Amount.Minor
		}
	}
	charges := byTime(l.Charges, func(c *world.Charge) (book.Instant, string) { return c.At, c.ID })
	refunds := byTime(l.Refunds, func(r *world.Refund) (book.Instant, string) { return r.At, r.ID })
	disputes := byTime(l.Disputes, func(d *world.Dispute) (book.Instant, string) {
		return d.At, d.ID
	})
	payouts := byTime(l.Payouts, func(p *world.Payout) (book.Instant, string) { return p.At, p.ID })
	instant := slices.DeleteFunc(slices.Clone(payouts), func(p *world.Payout) bool {
		return !p.Instant
	})
	payouts = slices.DeleteFunc(payouts, func(p *world.Payout) bool { return p.Instant })
	orders := slices.DeleteFunc(slices.Clone(charges), func(c *world.Charge) bool {
		return c.IntentID == ""
	})
	asked := requests(instant)
	s.lists = map[string]*collection{
		"payments": list(charges, func(c *world.Charge) (book.Instant, string) { return c.At, c.ID },
			func(c *world.Charge, _ bool) any { return s.payment(c) }),
		"orders": list(orders, func(c *world.Charge) (book.Instant, string) {
			return c.At, c.IntentID
		}, func(c *world.Charge, _ bool) any { return s.order(c) }),
		"refunds": list(refunds, func(r *world.Refund) (book.Instant, string) { return r.At, r.ID },
			func(r *world.Refund, _ bool) any { return s.refund(r) }),
		"disputes": list(disputes, func(d *world.Dispute) (book.Instant, string) {
			return d.At, d.ID
		}, func(d *world.Dispute, _ bool) any { return s.dispute(d) }),
		"settlements": list(payouts, func(p *world.Payout) (book.Instant, string) {
			return p.At, p.ID
		}, func(p *world.Payout, _ bool) any { return s.settlement(p) }),
		"settlements/ondemand": list(asked, func(r *simRequest) (book.Instant, string) {
			return r.parts[0].At, r.parts[0].ID
		}, func(r *simRequest, expand bool) any { return s.onDemand(r, expand) }),
	}
	s.lists["settlements/ondemand"].expandable = "ondemand_payouts"
	s.indexRows()
}

// list is a collection over objects in order of time.
func list[T any](of []*T, key func(*T) (book.Instant, string),
	render func(*T, bool) any) *collection {
	c := &collection{length: len(of),
		id: func(i int) string {
			_, id := key(of[i])
			return id
		},
		at: func(i int) int64 {
			at, _ := key(of[i])
			return seconds(at)
		},
		render: func(i int, expand bool) any { return render(of[i], expand) }}
	return c.settle()
}

// byID are the elements by id.
func byID[T any](of []T, id func(*T) string) map[string]*T {
	out := make(map[string]*T, len(of))
	for i := range of {
		out[id(&of[i])] = &of[i]
	}
	return out
}

// byTime are the elements in order of time, then id.
func byTime[T any](of []T, key func(*T) (book.Instant, string)) []*T {
	out := make([]*T, len(of))
	for i := range of {
		out[i] = &of[i]
	}
	slices.SortFunc(out, func(a, b *T) int {
		at, id := key(a)
		bt, other := key(b)
		return cmp.Or(cmp.Compare(seconds(at), seconds(bt)), cmp.Compare(id, other))
	})
	return out
}

// simRequest is an on-demand settlement: the instant payouts of one moment, the one that carries the
// settlement's id first.
type simRequest struct{ parts []*world.Payout }

func requests(instant []*world.Payout) []*simRequest {
	var out []*simRequest
	for _, p := range instant {
		if n := len(out); n > 0 && out[n-1].parts[0].At == p.At {
			out[n-1].parts = append(out[n-1].parts, p)
			continue
		}
		out = append(out, &simRequest{parts: []*world.Payout{p}})
	}
	return out
}

// simRow is a row of the reconciliation, settled on a day in India.
type simRow struct {
	on      book.Date
	place   int
	s       *Simulator
	m       *world.Movement
	settled *world.Payout
}

// indexRows lists what settlements consist of, in order of the day, then the movement's time.
func (s *Simulator) indexRows() {
	s.rows = nil
	if s.quirks.NotReady {
		return
	}
	moved := byTime(s.w.Razorpay.Movements, func(m *world.Movement) (book.Instant, string) {
		return m.At, m.ID
	})
	for _, m := range moved {
		p := s.payouts[m.PayoutID]
		if p == nil || p.Instant || !p.Reconciled || m.Category == "payout" {
			continue
		}
		on := p.At.In(ist)
		if s.quirks.NextDay {
			on++
		}
		s.rows = append(s.rows, simRow{on: on, place: len(s.rows), s: s, m: m, settled: p})
	}
	slices.SortStableFunc(s.rows, func(a, b simRow) int { return cmp.Compare(a.on, b.on) })
}

package stripe

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// index sorts and indexes the world.
func (s *Simulator) index() {
	w := s.w
	s.movements = byTime(w.Stripe.Movements, func(m world.Movement) (book.Instant, string) {
		return m.At, m.ID
	})
	s.charges = byTime(w.Stripe.Charges, func(c world.Charge) (book.Instant, string) { return c.At, c.ID })
	s.refunds = byTime(w.Stripe.Refunds, func(r world.Refund) (book.Instant, string) { return r.At, r.ID })
	s.disputes = byTime(w.Stripe.Disputes, func(d world.Dispute) (book.Instant, string) {
		return d.At, d.ID
	})
	s.payouts = byTime(w.Stripe.Payouts, func(p world.Payout) (book.Instant, string) { return p.At, p.ID })
	s.lists = map[string]*collection{
		"balance_transactions": s.listMovements(), "charges": s.listCharges(),
		"refunds": s.listRefunds(), "disputes": s.listDisputes(), "payouts": s.listPayouts(),
		"payment_intents": s.listIntents(),
	}
	s.refundedOf, s.disputed = map[string]int64{}, map[string]bool{}
	for _, r := range s.refunds {
		if r.State != book.Failed && r.State != book.Cancelled {
			s.refundedOf[r.ChargeID] += r.Amount.Minor
		}
	}
	for _, d := range s.disputes {
		s.disputed[d.ChargeID] = true
	}
	s.available, s.onTheirWay = map[string]int64{}, map[string]int64{}
	for i := range s.movements {
		m := &s.movements[i]
		c := strings.ToLower(string(m.Currency))
		net := units(money.New(m.Net, m.Currency))
		s.available[c] += 0
		s.onTheirWay[c] += 0
		if s.status(m) == "available" {
			s.available[c] += net
		} else {
			s.onTheirWay[c] += net
		}
	}
	s.listEvents()
}

// byTime is a slice in order of time, then id; it is copied only where it is not in order already.
func byTime[T any](of []T, key func(T) (book.Instant, string)) []T {
	compare := func(a, b T) int {
		at, id := key(a)
		bt, other := key(b)
		return cmp.Or(cmp.Compare(seconds(at), seconds(bt)), cmp.Compare(at, bt),
			cmp.Compare(id, other))
	}
	if slices.IsSortedFunc(of, compare) {
		return of
	}
	of = slices.Clone(of)
	slices.SortFunc(of, compare)
	return of
}

func seconds(i book.Instant) int64 { return int64(i) / 1000 }

// units is an amount as Stripe sends it.
func units(m money.Money) int64 {
	n := m.Minor
	if theirs, special := stripeExponents[m.Currency]; special {
		ours, _ := m.Currency.Exponent()
		for ; ours < theirs; ours++ {
			n *= 10
		}
		for ; ours > theirs; ours-- {
			n /= 10
		}
	}
	return n
}

func (s *Simulator) status(m *world.Movement) string {
	if m.AvailableAt > s.w.Now {
		return "pending"
	}
	return "available"
}

func (s *Simulator) listMovements() *collection {
	c := &collection{noun: "balance transaction", length: len(s.movements),
		id: func(i int) string { return s.movements[i].ID },
		at: func(i int) int64 { return seconds(s.movements[i].At) },
		filters: map[string]func(int) string{
			"type":     func(i int) string { return s.movements[i].Type },
			"source":   func(i int) string { return s.movements[i].SourceID },
			"currency": func(i int) string { return lower(s.movements[i].Currency) },
			"payout": func(i int) string {
				// A payout's own row is among its members (Stripe, payout reconciliation).
				if m := &s.movements[i]; m.Category == "payout" {
					return m.SourceID
				}
				return s.movements[i].PayoutID
			},
		},
		expandable: []string{"source"},
		render: func(i int, expand map[string]bool) any {
			return s.movement(i, expand["source"])
		}}
	return c.settle()
}

func (s *Simulator) listCharges() *collection {
	c := &collection{noun: "charge", length: len(s.charges),
		id: func(i int) string { return s.charges[i].ID },
		at: func(i int) int64 { return seconds(s.charges[i].At) },
		filters: map[string]func(int) string{
			"customer":       func(i int) string { return s.charges[i].Payer },
			"payment_intent": func(i int) string { return s.charges[i].IntentID },
		},
		expandable: []string{"balance_transaction"},
		render: func(i int, expand map[string]bool) any {
			return s.charge(i, expand["balance_transaction"])
		}}
	return c.settle()
}

func (s *Simulator) listRefunds() *collection {
	c := &collection{noun: "refund", length: len(s.refunds),
		id: func(i int) string { return s.refunds[i].ID },
		at: func(i int) int64 { return seconds(s.refunds[i].At) },
		filters: map[string]func(int) string{
			"charge": func(i int) string { return s.refunds[i].ChargeID },
		},
		expandable: []string{"balance_transaction", "failure_balance_transaction", "charge"},
		render:     func(i int, expand map[string]bool) any { return s.refund(i, expand) }}
	return c.settle()
}

func (s *Simulator) listDisputes() *collection {
	c := &collection{noun: "dispute", length: len(s.disputes),
		id: func(i int) string { return s.disputes[i].ID },
		at: func(i int) int64 { return seconds(s.disputes[i].At) },
		filters: map[string]func(int) string{
			"charge": func(i int) string { return s.disputes[i].ChargeID },
		},
		expandable: []string{"charge"},
		render: func(i int, expand map[string]bool) any {
			return s.dispute(i, expand["charge"])
		}}
	return c.settle()
}

func (s *Simulator) listPayouts() *collection {
	c := &collection{noun: "payout", length: len(s.payouts),
		id: func(i int) string { return s.payouts[i].ID },
		at: func(i int) int64 { return seconds(s.payouts[i].At) },
		filters: map[string]func(int) string{
			"status": func(i int) string { return payoutStatus(s.payouts[i].State) },
		},
		expandable: []string{"balance_transaction", "failure_balance_transaction"},
		render:     func(i int, expand map[string]bool) any { return s.payout(i, expand) }}
	return c.settle()
}

func lower(c money.Currency) string { return strings.ToLower(string(c)) }

// simEvent is an event: what happened to which object when, in Unix seconds.
type simEvent struct {
	at                 int64
	id, kind, objectID string
}

// listEvents lists the events of the last 30 days.
func (s *Simulator) listEvents() {
	s.events = s.eventsSince(seconds(s.w.Now) - 30*oneDay)
	c := &collection{noun: "event", length: len(s.events),
		id:      func(i int) string { return s.events[i].id },
		at:      func(i int) int64 { return s.events[i].at },
		filters: map[string]func(int) string{"type": func(i int) string { return s.events[i].kind }},
		render:  func(i int, _ map[string]bool) any { return s.event(&s.events[i]) }}
	s.lists["events"] = c.settle()
}

// eventsSince derives the events from a moment on, in Unix seconds, from the world, oldest first.
func (s *Simulator) eventsSince(from int64) []simEvent {
	var out []simEvent
	now := seconds(s.w.Now)
	add := func(at book.Instant, kind, objectID string) {
		t := min(seconds(at), now)
		if t >= from {
			id := "evt_" + objectID + "_" + strings.ReplaceAll(kind, ".", "_")
			out = append(out, simEvent{t, id, kind, objectID})
		}
	}
	for i := range s.charges {
		s.chargeEvents(&s.charges[i], add)
	}
	for _, r := range s.refunds {
		add(r.At, "refund.created", r.ID)
		if m := s.movementOf(r.MovementID); m != nil && m.At > r.At {
			add(m.At, "refund.updated", r.ID)
		}
		if r.FailedAt != 0 {
			add(r.FailedAt, "refund.failed", r.ID)
		}
	}
	for _, d := range s.disputes {
		add(d.At, "charge.dispute.created", d.ID)
		for i, id := range d.Movements {
			if m := s.movementOf(id); m != nil {
				add(m.At, "charge.dispute.funds_"+[]string{"withdrawn", "reinstated"}[min(i, 1)], d.ID)
			}
		}
	}
	for i := range s.payouts {
		s.payoutEvents(&s.payouts[i], add)
	}
	for _, m := range s.w.Stripe.Saved {
		add(m.AddedAt, "payment_method.attached", m.Instrument.ID)
		if m.UpdatedAt > 0 {
			add(m.UpdatedAt, "payment_method.automatically_updated", m.Instrument.ID)
		}
	}
	slices.SortFunc(out, func(a, b simEvent) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id))
	})
	return out
}

type adder func(at book.Instant, kind, objectID string)

// chargeEvents tell of a charge; a delayed method succeeds or fails later than it was made.
func (s *Simulator) chargeEvents(c *world.Charge, add adder) {
	at := c.At
	if c.MethodType != "card" && c.MovementID != "" {
		add(c.At, "charge.pending", c.ID)
		if m := s.movementOf(cmp.Or(c.FailureMovementID, c.MovementID)); m != nil {
			at = m.AvailableAt
			if c.FailureMovementID != "" {
				at = m.At
			}
		}
	}
	switch c.State {
	case book.Succeeded:
		add(at, "charge.succeeded", c.ID)
	case book.Failed:
		add(at, "charge.failed", c.ID)
	}
}

// payoutEvents tell of a payout; its members are stated a day after it was made.
func (s *Simulator) payoutEvents(p *world.Payout, add adder) {
	add(p.At, "payout.created", p.ID)
	if p.State == book.PayoutPaid {
		add(book.At(p.ArrivesOn.Time()), "payout.paid", p.ID)
	}
	if p.FailedAt != 0 {
		add(p.FailedAt, "payout.failed", p.ID)
	}
	if p.Reconciled {
		add(p.At+oneDay*1000, "payout.reconciliation_completed", p.ID)
	}
}

func (s *Simulator) movementOf(id string) *world.Movement {
	i, ok := s.lists["balance_transactions"].find(id)
	if !ok {
		return nil
	}
	return &s.movements[i]
}

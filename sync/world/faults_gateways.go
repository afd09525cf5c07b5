package world

import (
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// moreFaults are what can happen to a client of the gateways beside Stripe.
var moreFaults = map[book.SourceName][]plot{
	PayPalName: {
		{book.T5, 1, 1, (*maker).tellCheckOpen},
		{book.M1, 1, 2, (*maker).tellUnrecorded},
		{book.M2, 1, 1, (*maker).tellUnsupported},
		{book.A5, 1, 2, (*maker).tellWrongFee},
		{book.D2, 1, 1, (*maker).tellPostedTwice},
		{book.R1, 1, 1, (*maker).tellRefundUnbooked},
		{book.R2, 1, 1, (*maker).tellRefundUnsent},
		{book.R4, 1, 1, (*maker).tellDisputeUnbooked},
		{book.R5, 1, 1, (*maker).tellWinUnbooked},
	},
	RazorpayName: {
		{book.M1, 1, 2, (*maker).tellUnrecorded},
		{book.M2, 1, 1, (*maker).tellUnsupported},
		{book.A5, 1, 2, (*maker).tellWrongFee},
		{book.D6, 1, 2, (*maker).tellStatus},
		{book.R1, 1, 1, (*maker).tellRefundUnbooked},
		{book.R2, 1, 1, (*maker).tellRefundUnsent},
		{book.R4, 1, 1, (*maker).tellDisputeUnbooked},
	},
	SpectroCoinName: {
		{book.T5, 1, 1, (*maker).tellUnconfirmed},
		{book.M1, 1, 2, (*maker).tellUnrecorded},
		{book.M2, 1, 2, (*maker).tellNoOrder},
		{book.A4, 1, 1, (*maker).tellUnderpaid},
		{book.D6, 1, 1, (*maker).tellExpiredLater},
	},
}

// planMore chooses whom the faults of the other gateways happen to: each class once, to half of a
// gateway's clients at most.
func (m *maker) planMore() {
	for _, g := range m.gateways[1:] {
		name := g.own().name
		var free []*client
		for _, c := range m.clients {
			if c.gate == g && c.Currency == g.own().balances[0].currency {
				free = append(free, c)
			}
		}
		m.r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
		free = free[:(len(free)+1)/2]
		order := slices.Clone(moreFaults[name])
		m.r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, p := range order {
			if len(free) > 0 && m.counts[p.class] > 0 {
				m.place(p, free[:1], m.r.IntN(p.variants))
				free[0].tale.method = g.own().module
				free = free[1:]
			}
		}
	}
}

// plan chooses the sweep that comes back, and whether a reserve is held at Now.
func (g *payPal) plan() {
	m := g.m
	first := m.w.Options.Month.First()
	if m.counts[book.R6] > 0 {
		g.failing = append(g.failing, first+book.Date(m.between(0, 9)))
	}
	if m.counts[book.T6] == 0 {
		return
	}
	d, amount := first+book.Date(m.between(3, 24)), int64(m.between(4, 20))*500
	release := m.today + book.Date(m.between(30, 120))
	m.at(m.clock(d, 13*hour+book.Instant(m.between(0, 3_000))*second), func() {
		v := g.enter(Movement{ID: g.id(), Type: "T2103", Category: "risk_reserved_funds",
			Currency: "EUR", Gross: -amount, ReleaseOn: release, Text: "Reserve Hold"})
		m.fault(book.T6, "held until "+release.String(), v.Item())
	})
}

// plan chooses the settlements that come back, or are asked for.
func (g *razorpay) plan() {
	first := g.m.w.Options.Month.First()
	if g.m.counts[book.R6] > 0 {
		g.failing = append(g.failing, first+book.Date(g.m.between(2, 14)))
	}
	if g.m.counts[book.M6] > 0 {
		g.instant = append(g.instant, nextBusiness(first+book.Date(g.m.between(4, 20))))
	}
}

// tellCheckOpen pays by a payment through PayPal that has not cleared at Now.
func (m *maker) tellCheckOpen(b *bill) {
	d := m.w.Options.Month.Last() - book.Date(m.between(0, 2))
	m.at(m.daytime(d), func() {
		ch := b.client.gate.(*payPal).check(b)
		m.pair(book.BillingGateway, b.Item(), ch.Item())
		m.fault(book.T5, "a payment that has not cleared", ch.Item())
	})
}

// tellUnconfirmed pays by an order that was seen on the chain and is not final.
func (m *maker) tellUnconfirmed(b *bill) {
	d := m.w.Options.Month.Last() - book.Date(m.between(0, 2))
	m.at(m.daytime(d), func() {
		g := b.client.gate.(*spectroCoin)
		ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
		ch.State = book.Pending
		o := g.made[ch.ID]
		o.Status, o.Received = "PENDING", o.Pay
		m.pair(book.BillingGateway, b.Item(), ch.Item())
		m.fault(book.T5, "an order that is not confirmed", ch.Item())
	})
}

// tellUnderpaid lets the merchant accept an order of which only a part came; the plugin books the
// invoice's total.
func (m *maker) tellUnderpaid(b *bill) {
	m.at(m.soonPaid(b), func() {
		g := b.client.gate.(*spectroCoin)
		ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
		o, percent := g.made[ch.ID], int64(m.between(50, 95))
		o.Received = g.part(o.Pay, percent)
		ch.Amount.Minor = ch.Amount.Minor * percent / 100
		g.earn(ch)
		m.soon(m.callback(), func() {
			p := m.record(b, ch)
			m.fault(book.A4, "booked as the invoice's total, and less was received", p.Item(),
				ch.Item())
		})
	})
}

// tellNoOrder books an order of the test mode, or one that never was.
func (m *maker) tellNoOrder(b *bill) {
	if b.client.tale.variant == 1 {
		m.tellUnsupported(b)
		return
	}
	m.at(m.soonPaid(b), func() {
		o := b.client.gate.(*spectroCoin).order(b.client, b, money.New(b.due(), b.Currency))
		o.Status = "TEST_PAID"
		p := m.receipt(b, Payment{In: b.due(), TransID: o.transID()})
		m.fault(book.M2, "the order was a test", p.Item())
	})
}

// tellExpiredLater pays an invoice by one order; another one expires, and the plugin cancels the
// invoice without looking.
func (m *maker) tellExpiredLater(b *bill) {
	m.at(m.soonPaid(b), func() {
		g := b.client.gate.(*spectroCoin)
		again := g.order(b.client, b, money.New(b.due(), b.Currency))
		m.payPart(b, b.due(), func(p *Payment, ch *charge) {
			m.soon(20*minute, func() {
				again.Status, again.UpdatedAt = "EXPIRED", m.now
				m.cancel(b)
				m.fault(book.D6, "paid, and cancelled by another order that expired", p.Item(),
					ch.Item(), b.Item())
			})
		})
	})
}

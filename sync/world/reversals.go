package world

import (
	"countinghouse/app/book"
)

// afterwards lets some ordinary receipts go back: refunds and disputes that billing books properly.
func (m *maker) afterwards(b *bill, ch *charge) {
	wait := book.Instant(m.between(20, 200)) * hour
	switch x := m.r.IntN(1000); {
	case x < 7:
		m.at(m.now+wait, func() { m.refundBooked(b, ch, ch.Amount.Minor) })
	case x < 15:
		m.at(m.now+wait, func() { m.refundBooked(b, ch, max(1, ch.Amount.Minor/3)) })
	case x < 19:
		m.at(m.now+wait, func() { m.disputeLost(b, ch) })
	case x < 22:
		m.at(m.now+wait, func() { m.disputeWon(b, ch) })
	case x < 25:
		m.at(m.now+wait, func() { m.inquiry(ch) })
	}
}

// refund gives a part of a charge back at the gateway.
func (m *maker) refund(ch *charge, amount int64) (*Refund, *move) {
	a := ch.Amount
	a.Minor = amount
	r := m.refunds.add(Refund{ID: m.token("re_"), ChargeID: ch.ID, At: m.now, Amount: a,
		State: book.Succeeded})
	gross, rate := m.settled(a)
	kind := "refund"
	if ch.MethodType != "card" {
		kind = "payment_refund"
	}
	v := m.movement(Movement{Type: kind, Category: "refund", Currency: gross.Currency,
		Gross: -gross.Minor, Rate: rate, SourceID: r.ID, Text: "REFUND FOR " + ch.Text})
	r.MovementID = v.ID
	m.pair(book.GatewayGateway, ch.Item(), r.Item())
	return r, v
}

// refundBooked gives a part of a charge back and books it in billing, though the row does not
// always name the one that it refunds.
func (m *maker) refundBooked(b *bill, ch *charge, amount int64) (*Refund, *move) {
	r, v := m.refund(ch, amount)
	m.soon(m.callback(), func() {
		row := Payment{Out: amount, TransID: r.ID, RefundID: b.first.ID,
			Text: "Refund of Transaction ID " + ch.ID}
		if m.chance(200) {
			row.RefundID = 0
		}
		if m.chance(150) {
			row.TransID = r.MovementID
		}
		p := m.payOut(b, row)
		m.pair(book.BillingGateway, p.Item(), r.Item())
		if amount == ch.Amount.Minor {
			b.Status = book.InvoiceRefunded
		}
	})
	return r, v
}

// refundReturns lets a refund, whose row is v, come back to us.
func (m *maker) refundReturns(r *Refund, v *move) *move {
	back := m.movement(Movement{Type: "refund_failure", Category: "refund_failure",
		Currency: v.Currency, Gross: -v.Gross, Rate: v.Rate, SourceID: r.ID,
		Text: "REFUND FAILURE FOR " + r.ID})
	r.State, r.FailedAt, r.FailureReason = book.Failed, m.now, "expired_or_canceled_card"
	r.FailureMovementID = back.ID
	m.pair(book.GatewayGateway, r.Item(), back.Item())
	return back
}

var disputeReasons = []string{"fraudulent", "product_not_received", "subscription_canceled",
	"unrecognized", "duplicate"}

// dispute lets the customer's bank take a charge back, with the gateway's fee and its tax.
func (m *maker) dispute(ch *charge) (*Dispute, *move) {
	d := m.disputes.add(Dispute{ID: m.token("du_"), ChargeID: ch.ID, At: m.now, Amount: ch.Amount,
		Status: "needs_response", Reason: pick(m, disputeReasons)})
	v := ch.row
	fee, tax := int64(2_000), int64(420)
	if v.Currency == "USD" {
		fee, tax = 1_500, 0
	}
	out := m.movement(Movement{Type: "adjustment", Category: "dispute", Currency: v.Currency,
		Gross: -v.Gross, Fee: fee, Tax: tax, Rate: v.Rate, SourceID: d.ID,
		Text: "Chargeback withdrawal for " + ch.ID})
	d.Movements = append(d.Movements, out.ID)
	m.pair(book.GatewayGateway, ch.Item(), d.Item())
	return d, out
}

// reinstate gives the disputed money back.
func (m *maker) reinstate(d *Dispute, out *move) *move {
	d.Status = "won"
	in := m.movement(Movement{Type: "adjustment", Category: "dispute_reversal",
		Currency: out.Currency, Gross: -out.Gross, Rate: out.Rate, SourceID: d.ID,
		Text: "Chargeback reversal for " + d.ChargeID})
	d.Movements = append(d.Movements, in.ID)
	m.pair(book.GatewayGateway, d.Item(), in.Item())
	return in
}

// disputeBooked opens a dispute and books it in billing, as the reversal callback does.
func (m *maker) disputeBooked(b *bill, ch *charge) (*Dispute, *move) {
	d, out := m.dispute(ch)
	m.soon(m.callback(), func() {
		row := Payment{Out: ch.Amount.Minor, TransID: d.ID, RefundID: b.first.ID,
			Text: "Payment reversed by the customer's bank"}
		if m.chance(200) && b.client.tale == nil {
			row.TransID = ch.ID
		}
		p := m.payOut(b, row)
		m.pair(book.BillingGateway, p.Item(), d.Item())
		b.Status = book.InvoiceCollections
	})
	return d, out
}

func (m *maker) disputeLost(b *bill, ch *charge) {
	d, _ := m.disputeBooked(b, ch)
	m.at(m.now+book.Instant(m.between(100, 400))*hour, func() { d.Status = "lost" })
}

func (m *maker) disputeWon(b *bill, ch *charge) {
	d, out := m.disputeBooked(b, ch)
	m.at(m.now+book.Instant(m.between(100, 300))*hour, func() {
		in := m.reinstate(d, out)
		m.soon(m.callback(), func() {
			p := m.receipt(b, Payment{In: ch.Amount.Minor, TransID: in.ID,
				Text: "Reversal won, payment reinstated"})
			m.pair(book.BillingGateway, p.Item(), in.Item())
		})
	})
}

// inquiry is a dispute that takes nothing.
func (m *maker) inquiry(ch *charge) {
	m.disputes.add(Dispute{ID: m.token("du_"), ChargeID: ch.ID, At: m.now, Amount: ch.Amount,
		Status: "warning_needs_response", Reason: pick(m, disputeReasons)})
}

package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// afterwards lets some ordinary receipts go back: refunds and disputes that billing books properly.
func (m *maker) afterwards(b *bill, ch *charge) {
	wait := book.Instant(m.between(20, 200)) * hour
	back := func(amount int64, do func()) {
		m.at(m.now+wait, func() {
			if ch.back.bears(amount) {
				do()
			}
		})
	}
	all := ch.Amount.Minor
	switch x := m.r.IntN(1000); {
	case x < 7:
		back(all, func() { m.refundBooked(b, ch, all) })
	case x < 15:
		back(all, func() { m.refundBooked(b, ch, third(ch.Amount)) })
	case x < 19:
		back(all, func() { m.disputeLost(b, ch) })
	case x < 22:
		back(all, func() { m.disputeWon(b, ch) })
	case x < 25:
		m.at(m.now+wait, func() { ch.back.inquiry(ch) })
	}
}

// refundBooked gives a part of a charge back and books it in billing, though the row does not
// always name the one that it refunds.
func (m *maker) refundBooked(b *bill, ch *charge, amount int64) (*Refund, *move) {
	r, v := ch.back.refund(ch, amount)
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

// disputeBooked opens a dispute and books it in billing, as the reversal callback does.
func (m *maker) disputeBooked(b *bill, ch *charge) (*Dispute, *move) {
	d, out := ch.back.dispute(ch)
	m.soon(m.callback(), func() {
		row := Payment{Out: ch.Amount.Minor, TransID: d.key(), RefundID: b.first.ID,
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
	m.at(m.now+book.Instant(m.between(100, 400))*hour, func() { ch.back.lose(d) })
}

func (m *maker) disputeWon(b *bill, ch *charge) {
	d, out := m.disputeBooked(b, ch)
	m.at(m.now+book.Instant(m.between(100, 300))*hour, func() {
		if !ch.back.bears(0) {
			return
		}
		in := ch.back.reinstate(d, out)
		m.soon(m.callback(), func() {
			p := m.receipt(b, Payment{In: ch.Amount.Minor, TransID: in.ID,
				Text: "Reversal won, payment reinstated"})
			m.pair(book.BillingGateway, p.Item(), in.Item())
		})
	})
}

// third is about a third of an amount, in whole hundredths where the currency has three decimals:
// billing keeps two.
func third(a money.Money) int64 {
	amount := max(1, a.Minor/3)
	if a.Currency == "KWD" {
		amount = amount / 10 * 10
	}
	return amount
}

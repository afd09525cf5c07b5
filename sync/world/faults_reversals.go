package world

import "countinghouse/app/book"

func (m *maker) tellRefundUnbooked(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(40, 90))*hour, func() {
			amount := ch.Amount.Minor
			if !ch.back.bears(amount) {
				return
			}
			if m.chance(400) {
				amount /= 2
			}
			r, _ := ch.back.refund(ch, amount)
			m.fault(book.R1, "refunded at the gateway only", r.Item())
		})
	})
}

func (m *maker) tellRefundUnsent(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(40, 90))*hour, func() {
			p := m.payOut(b, Payment{Out: ch.Amount.Minor, TransID: ch.back.refundID(),
				RefundID: b.first.ID, Text: "Refund of Transaction ID " + ch.ID})
			b.Status = book.InvoiceRefunded
			m.fault(book.R2, "refunded in billing only", p.Item())
		})
	})
}

func (m *maker) tellRefundReturned(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(40, 70))*hour, func() {
			r, v := m.refundBooked(b, ch, ch.Amount.Minor)
			m.at(m.now+book.Instant(m.between(70, 120))*hour, func() {
				back := m.stripe.refundReturns(r, v)
				m.fault(book.R3, "the refund came back", r.Item(), back.Item())
			})
		})
	})
}

func (m *maker) tellDisputeUnbooked(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(60, 130))*hour, func() {
			if !ch.back.bears(ch.Amount.Minor) {
				return
			}
			d, _ := ch.back.dispute(ch)
			if m.chance(300) {
				ch.back.lose(d)
			}
			m.fault(book.R4, "disputed, and billing still says paid", d.Item())
		})
	})
}

func (m *maker) tellWinUnbooked(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(30, 60))*hour, func() {
			d, out := m.disputeBooked(b, ch)
			m.at(m.now+book.Instant(m.between(80, 130))*hour, func() {
				in := ch.back.reinstate(d, out)
				m.fault(book.R5, "the dispute was won, and billing has the loss only", in.Item(),
					d.Item())
			})
		})
	})
}

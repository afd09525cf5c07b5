package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// soonPaid is when a client with a fault pays: within two days of the invoice.
func (m *maker) soonPaid(b *bill) book.Instant {
	if t := b.client.tale.at; t != 0 {
		return t
	}
	return m.daytime(b.IssuedOn + book.Date(m.between(1, 2)))
}

// payPart charges an amount for an invoice, books it as it was, and goes on with the row.
func (m *maker) payPart(b *bill, amount int64, then func(*Payment, *charge)) {
	ch := m.charge(b.client, b, money.New(amount, b.Currency))
	m.soon(m.callback(), func() { then(m.record(b, ch), ch) })
}

func (m *maker) tellPending(b *bill) {
	d := m.w.Options.Month.Last() - book.Date(m.between(0, 2))
	m.at(m.daytime(d), func() {
		ch := m.stripe.debit(b, addBusiness(m.today, m.between(2, 3)))
		m.pair(book.BillingGateway, b.Item(), ch.Item())
		m.fault(book.T5, "a bank debit that is not final", ch.Item())
	})
}

func (m *maker) tellUnrecorded(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, false)
		m.pair(book.BillingGateway, b.Item(), ch.Item())
		note := "the charge names the invoice, which is still unpaid"
		if b.client.tale.variant == 1 {
			note = "the charge names the invoice, which was cancelled"
			m.at(m.now+20*hour, func() { m.cancel(b) })
		}
		m.fault(book.M1, note, ch.Item())
	})
}

func (m *maker) tellUnsupported(b *bill) {
	m.at(m.soonPaid(b), func() {
		due := money.New(b.due(), b.Currency)
		p := m.receipt(b, b.client.gate.unsupported(due))
		m.fault(book.M2, "the gateway has no such charge", p.Item())
	})
}

func (m *maker) tellOverdue(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.collect(b, true)
		ch.row.lane = held
		m.fault(book.M3, "available long ago and in no payout", ch.Item())
	})
}

func (m *maker) tellUnapplied(b *bill) {
	m.beginSoundly(b)
	c := b.client
	m.at(m.soonPaid(b)+30*hour, func() {
		switch c.tale.variant {
		case 0:
			ch := m.charge(c, nil, money.New(2_500, c.Currency))
			m.soon(m.callback(), func() {
				row := ch.gate.row(ch)
				row.Text = "Deposit"
				p := m.addRow(c, 0, row)
				m.pair(book.BillingGateway, p.Item(), ch.Item())
				m.fault(book.M7, "a receipt for no invoice, and not in credit", p.Item(), ch.Item())
			})
		case 1:
			e := m.credit(c, int64(m.between(5, 40))*100, "Credit from the old system", 0)
			m.fault(book.M7, "credit whose origin nobody states", e.Item())
		default:
			m.addFunds(c, int64(m.between(2, 9))*1_000, func(f *bill, _ *charge, e *Credit) {
				m.fault(book.M7, "bought credit that pays no invoice yet", e.Item(), f.Item())
			})
		}
	})
}

func (m *maker) tellNonCash(b *bill) {
	m.at(m.soonPaid(b), func() {
		if b.client.tale.variant == 0 {
			b.Status, b.PaidAt, b.UpdatedAt = book.InvoicePaid, m.now, m.now
			m.fault(book.M8, "marked as paid by hand", b.Item())
			return
		}
		due := b.due()
		e := m.credit(b.client, due, "Courtesy credit", 0)
		m.soon(minute, func() {
			m.applyCredit(b, due)
			m.fault(book.M8, "closed by credit that somebody added by hand", b.Item(), e.Item())
		})
	})
}

func (m *maker) tellShort(b *bill) {
	m.at(m.soonPaid(b), func() {
		m.payPart(b, b.due()*int64(m.between(50, 90))/100, func(p *Payment, ch *charge) {
			m.fault(book.A1, "one receipt of less than due", p.Item(), b.Item(), ch.Item())
		})
	})
}

func (m *maker) tellOver(b *bill) {
	m.at(m.soonPaid(b), func() {
		m.payPart(b, b.due()+int64(m.between(3, 20))*100, func(p *Payment, ch *charge) {
			m.fault(book.A2, "more than due, the rest is still in credit", p.Item(), b.Item(),
				ch.Item())
		})
	})
}

func (m *maker) tellPartial(b *bill) {
	total := b.due()
	m.at(m.soonPaid(b), func() {
		m.payPart(b, total*2/5, func(first *Payment, _ *charge) {
			m.at(m.now+book.Instant(m.between(80, 120))*hour, func() {
				m.payPart(b, total*3/10, func(p *Payment, _ *charge) {
					m.fault(book.A3, "two receipts, together less than due", p.Item(),
						first.Item(), b.Item())
				})
			})
		})
	})
}

func (m *maker) tellWrongAmount(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.charge(b.client, b, money.New(b.due()*4/5, b.Currency))
		m.soon(m.callback(), func() {
			row := ch.gate.row(ch)
			row.In = b.due()
			p := m.receipt(b, row)
			m.pair(book.BillingGateway, p.Item(), ch.Item())
			m.fault(book.A4, "booked as the invoice's total, which is not what arrived", p.Item(),
				ch.Item())
		})
	})
}

func (m *maker) tellWrongFee(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.charge(b.client, b, money.New(b.due(), b.Currency))
		m.soon(m.callback(), func() {
			row := ch.gate.row(ch)
			row.Fee += int64(m.between(7, 31))
			if b.client.tale.variant == 1 {
				row.Fee = 0
			}
			p := m.receipt(b, row)
			m.pair(book.BillingGateway, p.Item(), ch.Item())
			m.fault(book.A5, "billing has another fee than the gateway took", p.Item(), ch.Item())
		})
	})
}

// tellLoose makes two charges of one payout; the provider's list lacks the first.
func (m *maker) tellLoose(b *bill) {
	m.at(b.client.tale.at, func() {
		ch := m.collect(b, true)
		ch.row.loose = !b.client.tale.second
	})
}

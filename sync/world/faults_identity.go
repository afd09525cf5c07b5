package world

import (
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func (m *maker) tellPaidTwice(b *bill) {
	m.at(m.soonPaid(b), func() {
		due := money.New(b.due(), b.Currency)
		first := m.collect(b, true)
		m.at(m.now+book.Instant(m.between(600, 70_000))*second, func() {
			again := m.charge(b.client, b, due)
			if b.client.tale.variant == 0 {
				m.fault(book.D1, "two charges for one invoice, the second not booked",
					again.Item(), first.Item(), b.Item())
				return
			}
			m.soon(m.callback(), func() {
				p := m.record(b, again)
				m.fault(book.D1, "two charges for one invoice, the second in credit",
					again.Item(), first.Item(), b.Item(), p.Item())
			})
		})
	})
}

func (m *maker) tellPostedTwice(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.charge(b.client, b, money.New(b.due(), b.Currency))
		m.soon(m.callback(), func() {
			row := ch.gate.row(ch)
			first := m.receipt(b, row)
			m.pair(book.BillingGateway, first.Item(), ch.Item())
			m.soon(m.callback(), func() {
				p := m.receipt(b, row)
				m.pair(book.BillingGateway, p.Item(), ch.Item())
				m.fault(book.D2, "one charge booked twice", p.Item(), first.Item(), ch.Item())
			})
		})
	})
}

func (m *maker) tellCurrency(b *bill) {
	m.at(m.soonPaid(b), func() {
		ch := m.charge(b.client, b, money.New(b.due(), "USD"))
		m.soon(m.callback(), func() {
			row := ch.gate.row(ch)
			row.Fee = 0
			p := m.receipt(b, row)
			m.pair(book.BillingGateway, p.Item(), ch.Item())
			m.fault(book.D4, "the client is billed in EUR, the charge is in USD", p.Item(), ch.Item())
		})
	})
}

// tellParty books the first client's charge on the second's invoice.
func (m *maker) tellParty(b *bill) {
	t := b.client.tale
	if !t.second {
		*t.other = b
		return
	}
	m.at(t.at, func() {
		payer := *t.other
		ch := m.charge(payer.client, payer, money.New(payer.due(), payer.Currency))
		m.soon(m.callback(), func() {
			p := m.record(b, ch)
			m.fault(book.D5, "the charge names another customer's invoice", p.Item(), ch.Item(),
				payer.Item(), b.Item())
		})
	})
}

func (m *maker) tellStatus(b *bill) {
	m.at(m.soonPaid(b), func() {
		if b.client.tale.variant == 0 {
			ch := b.client.gate.fail(b)
			m.soon(m.callback(), func() {
				row := ch.gate.row(ch)
				p := m.receipt(b, row)
				m.pair(book.BillingGateway, p.Item(), ch.Item())
				m.fault(book.D6, "booked as paid, and the charge failed", p.Item(), ch.Item())
			})
			return
		}
		m.payPart(b, b.due(), func(p *Payment, ch *charge) {
			m.at(m.now+40*hour, func() {
				m.cancel(b)
				m.fault(book.D6, "paid, and cancelled afterwards", p.Item(), ch.Item(), b.Item())
			})
		})
	})
}

// tellAmbiguous makes two payouts of one amount whose lines name neither, or a transfer that quotes
// the number of one client's invoice, which is also the id of another's.
func (m *maker) tellAmbiguous(b *bill) {
	t := b.client.tale
	if t.variant == 0 {
		m.at(t.at, func() {
			ch := m.collect(b, true)
			m.stripe.lastLane++
			ch.row.lane = m.stripe.lastLane
		})
		return
	}
	if !t.second {
		*t.other = b
		return
	}
	d := nextBusiness(b.IssuedOn + 2)
	m.at(m.clock(d, 7*hour), func() {
		other := *t.other
		b.Number = strconv.Itoa(other.ID)
		l := m.bookLine(0, m.transferLine(b, d, b.due(), "INV "+b.Number))
		m.pair(book.BankBilling, b.Item(), m.itemOf(l))
		m.fault(book.D7, "the text is one invoice's number and another one's id", m.itemOf(l),
			b.Item(), other.Item())
	})
}

// tellVague pays an invoice by a transfer of another amount, which nobody booked.
func (m *maker) tellVague(b *bill) {
	d := nextBusiness(b.IssuedOn + book.Date(m.between(1, 4)))
	amount := b.due() + int64(m.between(2, 12))*90
	m.at(m.clock(d, 7*hour), func() {
		l := m.bookLine(0, m.transferLine(b, d, amount, m.disguise(b)))
		m.pair(book.BankBilling, b.Item(), m.itemOf(l))
		m.fault(book.D8, "the transfer names an invoice and is not its amount", m.itemOf(l), b.Item())
	})
}

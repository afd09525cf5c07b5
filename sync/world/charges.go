package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// charge is a charge with its gateway, who takes it back, and its row in the ledger, nil where
// nothing moved.
type charge struct {
	Charge
	gate gateway
	back reverser
	row  *move
}

// move is a movement with how payouts treat it.
type move struct {
	Movement
	lane lane
	// loose lets a payout take the movement and not name it among its members.
	loose bool
}

// lane says by which payouts a movement is taken: the ordinary daily one, none at all, or one of
// its own.
type lane int

const (
	daily lane = 0
	held  lane = -1
)

// charge takes money through the client's gateway.
func (m *maker) charge(c *client, b *bill, amount money.Money) *charge {
	ch := c.gate.attempt(c, b, amount)
	c.gate.earn(ch)
	return ch
}

// collect charges what is open on an invoice and, where booked, records it in billing a little
// later, as the module's callback does.
func (m *maker) collect(b *bill, booked bool) *charge {
	ch := m.charge(b.client, b, money.New(b.due(), b.Currency))
	if booked {
		m.soon(m.callback(), func() { m.record(b, ch) })
	}
	return ch
}

// callback is how long a module takes to hear of a charge.
func (m *maker) callback() book.Instant { return book.Instant(m.between(2, 40)) * second }

// record books a charge on its invoice as it was.
func (m *maker) record(b *bill, ch *charge) *Payment {
	p := m.receipt(b, ch.gate.row(ch))
	m.pair(book.BillingGateway, p.Item(), ch.Item())
	return p
}

// decline is a refusal as the gateway words it, with how often it occurs in a hundred cases.
type decline struct {
	weight     int
	code, more string
}

// decline picks one of a gateway's refusals.
func (m *maker) decline(declines []decline) decline {
	n := m.r.IntN(100)
	for _, d := range declines {
		if n -= d.weight; n < 0 {
			return d
		}
	}
	return declines[0]
}

// refuse is a renewal whose attempts all fail: on the due date and weekly after it.
func (m *maker) refuse(b *bill) {
	for _, wait := range []book.Date{0, 3, 7, 14, 21} {
		m.at(m.clock(b.DueOn+wait, 9*hour+book.Instant(m.between(60, 900))*second), func() {
			if b.Status == book.InvoiceUnpaid {
				b.client.gate.fail(b)
			}
		})
	}
	m.at(m.clock(b.DueOn+16, 9*hour), func() {
		for _, s := range b.client.services {
			s.Status = "Suspended"
		}
	})
}

func (m *maker) cancel(b *bill) { b.Status, b.UpdatedAt = book.InvoiceCancelled, m.now }

package world

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// charge is a charge with its row in the ledger, nil where nothing moved.
type charge struct {
	Charge
	row *move
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

// decline is a refusal as the gateway words it, with how often it occurs.
type decline struct {
	weight     int
	code, more string
}

var declines = []decline{
	{46, "card_declined", "insufficient_funds"}, {18, "card_declined", "generic_decline"},
	{9, "card_declined", "do_not_honor"}, {8, "expired_card", "expired_card"},
	{5, "authentication_required", "authentication_required"}, {4, "card_declined", "lost_card"},
	{4, "incorrect_cvc", "incorrect_cvc"}, {3, "processing_error", "processing_error"},
	{3, "card_declined", "stolen_card"},
}

func (m *maker) decline() decline {
	n := m.r.IntN(100)
	for _, d := range declines {
		if n -= d.weight; n < 0 {
			return d
		}
	}
	return declines[0]
}

// attempt makes a charge of an invoice that has moved nothing yet; b is nil for none.
func (m *maker) attempt(c *client, b *bill, amount money.Money) *charge {
	ch := m.charges.add(charge{Charge: Charge{
		ID: m.token("ch_"), IntentID: m.token("pi_"), Payer: c.GatewayID, At: m.now, Amount: amount,
		State: book.Succeeded, MethodType: "card", Name: c.title(), Email: c.Email,
		ClientRef: strconv.Itoa(c.ID),
	}})
	if b == nil {
		ch.Text = "Account deposit"
		return ch
	}
	ch.InvoiceRef, ch.Text = strconv.Itoa(b.ID), fmt.Sprintf("Invoice #%d", b.ID)
	if c.tale != nil {
		return ch
	}
	// Not every module tells the gateway all that it knows.
	switch x := m.r.IntN(100); {
	case x < 8:
		ch.InvoiceRef, ch.ClientRef = "", ""
	case x < 12:
		ch.ClientRef = ""
	case x < 15:
		ch.InvoiceRef, ch.ClientRef, ch.Text = "", "", ""
	}
	return ch
}

// charge takes money by card.
func (m *maker) charge(c *client, b *bill, amount money.Money) *charge {
	ch := m.attempt(c, b, amount)
	m.earn(ch, addBusiness(utcDate(m.now), 2))
	return ch
}

// fail is an attempt by card that the customer's bank refuses.
func (m *maker) fail(b *bill) *charge {
	ch := m.attempt(b.client, b, money.New(b.due(), b.Currency))
	d := m.decline()
	ch.State, ch.FailureCode, ch.DeclineCode = book.Failed, d.code, d.more
	b.UpdatedAt = m.now
	return ch
}

// earn enters the movement of a charge.
func (m *maker) earn(ch *charge, availableOn book.Date) {
	gross, rate := m.settled(ch.Amount)
	kind := "charge"
	if strings.HasPrefix(ch.ID, "py_") {
		kind = "payment"
	}
	ch.row = m.movement(Movement{Type: kind, Category: "charge", AvailableAt: utc(availableOn, 0),
		Currency: gross.Currency, Gross: gross.Minor, Fee: tariff(gross), Rate: rate,
		SourceID: ch.ID, Text: ch.Text})
	ch.MovementID = ch.row.ID
}

// tariff is the gateway's fee on a charge: 1.5 % and 25 cents, in dollars 2.9 % and 30.
func tariff(gross money.Money) int64 {
	if gross.Currency == "USD" {
		return (gross.Minor*29+500)/1000 + 30
	}
	return (gross.Minor*15+500)/1000 + 25
}

// settled is an amount in the balance's currency, with the gateway's rate of the day or "".
func (m *maker) settled(a money.Money) (money.Money, string) {
	if a.Currency != "GBP" {
		return a, ""
	}
	i := max(0, min(int(m.now.In(m.w.Zone)-m.w.OpeningOn), len(m.rates)-1))
	got, err := a.Convert(big.NewRat(m.rates[i], 1_000_000), "EUR")
	if err != nil {
		panic("world: convert " + a.String() + ": " + err.Error())
	}
	rate := strconv.FormatInt(m.rates[i], 10)
	rate = strings.TrimRight(rate[:len(rate)-6]+"."+rate[len(rate)-6:], "0")
	return got, strings.TrimSuffix(rate, ".")
}

// movement enters a row of the ledger; it is available at once where it says nothing else.
func (m *maker) movement(v Movement) *move {
	v.ID, v.At = m.token("txn_"), m.now
	v.Net = v.Gross - v.Fee - v.Tax
	v.AvailableAt = max(v.AvailableAt, v.At)
	entered := m.moves.add(move{Movement: v})
	i := ledger(v.Currency)
	m.waiting[i] = append(m.waiting[i], entered)
	return entered
}

// payByCard charges what is open on an invoice and, where booked, records it in billing a little
// later, as the module's callback does.
func (m *maker) payByCard(b *bill, booked bool) *charge {
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
	p := m.receipt(b, m.rowOf(ch))
	m.pair(book.BillingGateway, p.Item(), ch.Item())
	return p
}

// rowOf is billing's row for a charge: its reference is one of the ids that the gateway knows, its
// fee the gateway's unless the money was converted.
func (m *maker) rowOf(ch *charge) Payment {
	row := Payment{In: ch.Amount.Minor, TransID: ch.ID}
	if ch.row != nil && ch.row.Currency == ch.Amount.Currency {
		row.Fee = ch.row.Fee
	}
	switch x := m.r.IntN(10); {
	case x >= 9 && ch.row != nil:
		row.TransID = ch.MovementID
	case x >= 7:
		row.TransID = ch.IntentID
	}
	return row
}

// beginCard lets an ordinary client pay by card, sooner or later or never.
func (m *maker) beginCard(b *bill) {
	t := m.payTime(b)
	switch x := m.r.IntN(1000); {
	case x < 885:
		m.at(t, func() { m.afterwards(b, m.payByCard(b, true)) })
	case x < 945:
		m.at(t, func() { m.fail(b) })
		m.at(t+book.Instant(m.between(2*3600, 70*3600))*second, func() { m.payByCard(b, true) })
	case x < 966:
		m.refuse(b)
	case x < 975:
		m.at(m.clock(b.DueOn+5, 9*hour), func() { m.cancel(b) })
	default:
		// Some just let it lie.
	}
}

// refuse is a renewal whose attempts all fail: on the due date and weekly after it.
func (m *maker) refuse(b *bill) {
	for _, wait := range []book.Date{0, 3, 7, 14, 21} {
		m.at(m.clock(b.DueOn+wait, 9*hour+book.Instant(m.between(60, 900))*second), func() {
			if b.Status == book.InvoiceUnpaid {
				m.fail(b)
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

// beginDebit lets a client pay by a bank debit, which takes days to succeed. Nothing is begun that
// would still be open at Now.
func (m *maker) beginDebit(b *bill) {
	t := m.payTime(b)
	wait := addBusiness(utcDate(t), m.between(3, 5))
	done := utc(wait, 6*hour+book.Instant(m.between(0, 7_000))*second)
	if done > m.cutoff {
		m.at(t, func() { m.payByCard(b, true) })
		return
	}
	fails := m.chance(40)
	m.at(t, func() {
		ch := m.debit(b, addBusiness(wait, 1))
		m.at(done, func() {
			if !fails {
				ch.State = book.Succeeded
				m.record(b, ch)
				return
			}
			m.bounce(b, ch)
		})
	})
}

// debit begins a bank debit: the row is in the ledger at once, and available when it is final.
func (m *maker) debit(b *bill, availableOn book.Date) *charge {
	ch := m.attempt(b.client, b, money.New(b.due(), b.Currency))
	ch.ID, ch.MethodType, ch.State = "py_"+ch.ID[3:], "sepa_debit", book.Pending
	m.earn(ch, availableOn)
	b.Status, b.UpdatedAt = book.InvoicePending, m.now
	return ch
}

// bounce lets a bank debit fail: the ledger takes it back, the client pays by card later.
func (m *maker) bounce(b *bill, ch *charge) {
	ch.State, ch.FailureCode, ch.DeclineCode = book.Failed, "insufficient_funds", ""
	v := ch.row
	back := m.movement(Movement{Type: "payment_failure_refund", Category: "charge_failure",
		AvailableAt: v.AvailableAt, Currency: v.Currency, Gross: -v.Gross, SourceID: ch.ID,
		Text: "Payment failure refund for " + ch.ID})
	ch.FailureMovementID = back.ID
	m.pair(book.GatewayGateway, ch.Item(), back.Item())
	b.Status, b.UpdatedAt = book.InvoiceUnpaid, m.now
	m.at(m.now+book.Instant(m.between(20, 60))*hour, func() { m.payByCard(b, true) })
}

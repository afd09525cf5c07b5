package world

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// spectroCoin is the gateway for crypto currencies: orders that are paid or not, what was paid
// credited in euros less 1 %, and the balance withdrawn to the bank by hand about once a week. It
// states the members of no payout.
type spectroCoin struct {
	side
	// made are the orders by the id of their charge.
	made map[string]*Order
	// requestID and number are the last ids given out.
	requestID, number int64
	// parted says that withdrawals leave something; spent is what they took from what waits.
	parted bool
	spent  int64
}

func newSpectroCoin(m *maker) gateway {
	return &spectroCoin{made: map[string]*Order{}, requestID: 20_004_416, number: 710_442_017,
		side: m.newSide(SpectroCoinName, "Bitcoin, Ether, Tether", balance{"EUR", operatingName})}
}

func (g *spectroCoin) currency(int) money.Currency { return "EUR" }

// payer is a number that only the business knows: SpectroCoin has no customers.
func (g *spectroCoin) payer(*client) string { return "" }

// uuid is a random UUID.
func (g *spectroCoin) uuid() string {
	a, b := g.m.r.Uint64(), g.m.r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff,
		b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// transaction is a number of the wallet's account.
func (g *spectroCoin) transaction() string {
	g.number += int64(g.m.between(3, 900))
	return strconv.FormatInt(g.number, 10)
}

// coin is a currency that people pay in: its decimals, and what one costs in hundredths of a cent.
type coin struct {
	unit, network string
	decimals      int
	price         int64
}

var coins = []coin{{"BTC", "bitcoin", 8, 923_501_700}, {"ETH", "ethereum", 18, 32_145_500},
	{"USDT", "tron", 6, 9_231}}

// quantity is how much of a coin an amount in euro cents buys, a little up or down by the day.
func (g *spectroCoin) quantity(c coin, cents int64) money.Quantity {
	price := c.price + c.price*int64(g.m.between(-300, 300))/10_000
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.decimals)), nil)
	n.Mul(n, big.NewInt(cents*100)).Div(n, big.NewInt(price))
	return c.of(n)
}

func (c coin) of(n *big.Int) money.Quantity {
	digits := n.String()
	if short := c.decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	point := len(digits) - c.decimals
	q, err := money.ParseQuantity(digits[:point]+"."+digits[point:], c.unit)
	if err != nil {
		panic("world: quantity " + digits + " " + c.unit + ": " + err.Error())
	}
	return q
}

// part is so many hundredths of a quantity.
func (g *spectroCoin) part(q money.Quantity, hundredths int64) money.Quantity {
	for _, c := range coins {
		if c.unit == q.Unit() {
			whole, fraction, _ := strings.Cut(q.Decimal(), ".")
			n, _ := new(big.Int).SetString(
				whole+fraction+strings.Repeat("0", c.decimals-len(fraction)), 10)
			return c.of(n.Mul(n, big.NewInt(hundredths)).Div(n, big.NewInt(100)))
		}
	}
	panic("world: no coin " + q.Unit())
}

// order makes an order of an invoice some minutes before the present moment. Clients whose shop was
// set up long ago order through the older interface.
func (g *spectroCoin) order(c *client, b *bill, amount money.Money) *Order {
	m := g.m
	k := coins[min(m.r.IntN(3), m.r.IntN(3))]
	at := max(m.w.OpeningOn.Start(m.w.Zone), m.now-book.Instant(m.between(90, 700))*second)
	o := Order{ID: g.uuid(), PreOrderID: g.uuid(), At: at, UpdatedAt: m.now,
		ValidUntil: at + 15*minute, Status: "NEW", Receive: amount, Network: k.network,
		Ref:  fmt.Sprintf("%d-%d", b.ID, m.between(1000, 9999)),
		Text: fmt.Sprintf("Order #%d", b.ID), Pay: g.quantity(k, amount.Minor),
		Older: c.ID%4 == 1}
	if o.Older {
		g.requestID += int64(m.between(1, 60))
		o.RequestID = g.requestID
	}
	return g.orders.add(o)
}

func (g *spectroCoin) attempt(c *client, b *bill, amount money.Money) *charge {
	return g.chargeOf(g.order(c, b, amount), c, b)
}

// chargeOf is the charge beside an order whose money arrived.
func (g *spectroCoin) chargeOf(o *Order, c *client, b *bill) *charge {
	ch := g.charges.add(charge{gate: g, Charge: Charge{ID: o.ID, IntentID: o.PreOrderID,
		At: g.m.now, Amount: o.Receive, State: book.Succeeded, MethodType: "crypto",
		Name: c.title(), Email: c.Email, InvoiceRef: strconv.Itoa(b.ID), Text: o.Text}})
	g.made[ch.ID] = o
	return ch
}

// fail is an order that nobody paid in time.
func (g *spectroCoin) fail(b *bill) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	ch.State = book.Failed
	g.made[ch.ID].Status = "EXPIRED"
	return ch
}

// earn credits an order less 1 %.
func (g *spectroCoin) earn(ch *charge) {
	o, amount := g.made[ch.ID], ch.Amount.Minor
	ch.row = g.enter(Movement{ID: g.transaction(), Category: "charge", Currency: "EUR",
		Gross: amount, Fee: (amount + 50) / 100, SourceID: ch.ID, Text: "Order " + o.Ref})
	ch.MovementID, o.MovementID = ch.row.ID, ch.row.ID
	o.Status, o.PaidAt, o.UpdatedAt = "PAID", g.m.now, g.m.now
	if o.Received == "" {
		o.Received = o.Pay
	}
}

// row is what the plugin records: the invoice's total and no fee.
func (g *spectroCoin) row(ch *charge) Payment {
	o := g.made[ch.ID]
	return Payment{In: o.Receive.Minor, TransID: o.transID()}
}

// transID is the plugin's reference of an order.
func (o *Order) transID() string {
	if o.Older {
		return "SC" + strconv.FormatInt(o.RequestID, 10)
	}
	return "SC" + o.PreOrderID
}

func (g *spectroCoin) unsupported(due money.Money) Payment {
	return Payment{In: due.Minor, TransID: "SC" + g.uuid()}
}

// end is how an order ends other than paid and credited: how many hundredths of it came, and
// whether the plugin cancels the invoice.
type end struct {
	weight   int
	status   string
	received int64
	cancels  bool
}

// ends are all statuses but PAID, the likely ones first. What came late or short stays in its own
// currency and is in no balance of ours.
var ends = []end{{330, "EXPIRED", 0, true}, {150, "CANCELLED", 0, true},
	{120, "UNDERPAID", 60, false}, {70, "LATE_CRYPTO_PAYMENT", 100, true},
	{60, "REFUNDED", 100, false}, {50, "PARTIAL_PAYMENT", 40, false},
	{50, "TEST_PAID", 0, false}, {30, "FAILED", 0, true}, {20, "INVALID_PAYMENT", 0, true},
	{20, "TEST_EXPIRED", 0, false}, {20, "PROCESSING_REFUND", 100, false},
	{20, "REJECTED", 0, true}, {15, "REJECTED_REFUND", 100, false},
	{15, "PENDING_LATE_CRYPTO_PAYMENT", 100, true}, {15, "NEW", 0, false}, {15, "TEST", 0, false}}

func (g *spectroCoin) begin(b *bill) {
	m := g.m
	t := m.payTime(b)
	switch x := m.r.IntN(1000); {
	case x < 680:
		m.at(t, func() { m.collect(b, true) })
	case x < 970:
		n := m.r.IntN(1000)
		for _, e := range ends {
			if n -= e.weight; n < 0 {
				m.at(t, func() { g.abandon(b, e) })
				return
			}
		}
	default:
		// Some just let it lie.
	}
}

// abandon ends an order unpaid, and lets the client try again where its invoice is still open.
func (g *spectroCoin) abandon(b *bill, e end) {
	m := g.m
	o := g.order(b.client, b, money.New(b.due(), b.Currency))
	o.Status = e.status
	if e.received > 0 {
		o.Received = g.part(o.Pay, e.received)
	}
	if e.cancels {
		m.soon(m.callback(), func() { m.cancel(b) })
		return
	}
	m.at(m.now+book.Instant(m.between(2, 40))*hour, func() { m.collect(b, true) })
}

// schedule enters the weekly withdrawal.
func (g *spectroCoin) schedule() {
	m := g.m
	g.parted = m.counts[book.M6] > 0 && m.chance(500)
	for d := m.w.OpeningOn; d <= m.today; d++ {
		if d.Time().Weekday() == 3 {
			at := utc(d+book.Date(m.between(0, 1)), 9*hour+book.Instant(m.between(0, 9_000))*second)
			m.at(at, func() { g.withdraw() })
		}
	}
}

// withdraw sends the balance to the bank, or most of it. A few euros are not worth the trouble.
func (g *spectroCoin) withdraw() {
	m := g.m
	members, sum := g.waiting[0], total(g.waiting[0])-g.spent
	if g.parted {
		sum = sum * int64(m.between(60, 95)) / 100 / 100 * 100
	}
	if sum < 1_000 {
		return
	}
	p := g.send(sum)
	if g.parted {
		g.spent += sum
		m.fault(book.M6, "a withdrawal of a part, whose members nobody states", p.Item())
		return
	}
	g.waiting[0] = nil
	for _, v := range members {
		m.pair(book.GatewayPayout, v.Item(), p.Item())
	}
}

func (g *spectroCoin) send(amount int64) *payout {
	m := g.m
	p := g.payouts.add(payout{gate: g, Payout: Payout{ID: g.transaction(), At: m.now,
		Amount: money.New(amount, "EUR"), State: book.PayoutInTransit, Account: operatingName,
		ArrivesOn: addBusiness(utcDate(m.now), m.between(1, 2))}})
	if p.ArrivesOn < m.today {
		p.State = book.PayoutPaid
	}
	p.MovementID = p.ID
	g.moves.add(move{Movement: Movement{ID: p.ID, Category: "payout", At: m.now,
		AvailableAt: m.now, Currency: "EUR", Gross: -amount, Net: -amount, SourceID: p.ID,
		Text: "Withdrawal to bank account"}})
	return p
}

const spectroSender = "SPECTRO FINANCE"

var spectroIBAN = iban("EE", "7700771001234567")

// word writes a line that mostly says no more than who sends the money.
func (g *spectroCoin) word(p *payout, l *BankLine) {
	l.Counterparty, l.CounterpartyAccount = spectroSender, spectroIBAN
	switch form := g.m.r.IntN(100); {
	case form < 8 || p.line == lineNamed:
		l.Text = "WITHDRAWAL " + p.ID
	case form < 60:
		l.Text = "WITHDRAWAL"
	default:
		l.Text = "SPECTROCOIN PAYOUT"
	}
}

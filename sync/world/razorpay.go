package world

import (
	"fmt"
	"slices"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// razorpay is the gateway for rupees: a settlement on every business day of what was taken two
// business days before, with its members stated, and an instant one where somebody asked for it.
type razorpay struct {
	side
	// failing and instant are the days from which the next settlement comes back, or is asked for.
	failing, instant []book.Date
}

func newRazorpay(m *maker) gateway {
	return &razorpay{side: m.newSide(RazorpayName, "Razorpay", balance{"INR", operatingINRName})}
}

func (g *razorpay) currency(int) money.Currency { return "INR" }

// id is an id of an object of a kind: pay_, rfnd_, setl_, ... It holds a digit, as nearly all do.
func (g *razorpay) id(kind string) string { return kind + g.m.token("")[1:14] + g.m.digits(1) }

func (g *razorpay) payer(*client) string { return g.id("cust_") }

func (g *razorpay) attempt(c *client, b *bill, amount money.Money) *charge {
	m := g.m
	ch := g.charges.add(charge{gate: g, back: g, Charge: Charge{ID: g.id("pay_"),
		IntentID: g.id("order_"), Payer: c.GatewayID, At: m.now, Amount: amount,
		State: book.Succeeded, MethodType: g.method(), Name: c.title(), Email: c.Email,
		ClientRef: strconv.Itoa(c.ID)}})
	if b == nil {
		ch.Text = "Account deposit"
		return ch
	}
	ch.InvoiceRef, ch.Text = strconv.Itoa(b.ID), fmt.Sprintf("Invoice #%d", b.ID)
	if c.tale == nil && m.chance(80) {
		ch.ClientRef = ""
	}
	return ch
}

func (g *razorpay) method() string {
	switch x := g.m.r.IntN(100); {
	case x < 45:
		return "upi"
	case x < 80:
		return "card"
	}
	return "netbanking"
}

var razorpayDeclines = []decline{{40, "BAD_REQUEST_ERROR", "payment_failed"},
	{25, "BAD_REQUEST_ERROR", "payment_declined"}, {20, "BAD_REQUEST_ERROR", "card_declined"},
	{15, "GATEWAY_ERROR", "payment_failed"}}

func (g *razorpay) fail(b *bill) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	d := g.m.decline(razorpayDeclines)
	ch.State, ch.FailureCode, ch.DeclineCode = book.Failed, d.code, d.more
	b.UpdatedAt = g.m.now
	return ch
}

// earn enters a payment, less 2 % and the tax on them; it settles two business days later.
func (g *razorpay) earn(ch *charge) {
	fee, tax := rupeeFee(ch.Amount.Minor)
	ch.row = g.enter(Movement{ID: ch.ID, Type: "payment", Category: "charge",
		AvailableAt: utc(addBusiness(indianDate(g.m.now), 2), 0), Currency: "INR",
		Gross: ch.Amount.Minor, Fee: fee, Tax: tax, SourceID: ch.ID, Text: ch.Text})
	ch.MovementID = ch.ID
}

// rupeeFee is the gateway's fee without its tax, and the tax: 18 % of it.
func rupeeFee(gross int64) (fee, tax int64) {
	fee = (gross*2 + 50) / 100
	return fee, (fee*18 + 50) / 100
}

// indianDate is the date of a moment in India.
func indianDate(t book.Instant) book.Date { return utcDate(t + 5*hour + 30*minute) }

// row has the fee with its tax, as the gateway's own word fee means it.
func (g *razorpay) row(ch *charge) Payment {
	row := Payment{In: ch.Amount.Minor, TransID: ch.ID}
	if ch.row != nil {
		row.Fee = ch.row.Fee + ch.row.Tax
	}
	return row
}

func (g *razorpay) unsupported(due money.Money) Payment {
	fee, tax := rupeeFee(due.Minor)
	return Payment{In: due.Minor, Fee: fee + tax, TransID: g.id("pay_")}
}

// bears says that what will be settled by Now is more than the amount. So the balance is never below
// zero for long, and every row that belongs to no object of its own stands in a settlement: nothing
// else shows it.
func (g *razorpay) bears(amount int64) bool {
	last := utc(g.m.today, settlesAt)
	sum := int64(0)
	for _, v := range g.waiting[0] {
		if v.AvailableAt <= last {
			sum += v.Net
		}
	}
	return g.m.now < last && (amount == 0 || sum > amount)
}

func (g *razorpay) refundID() string { return g.id("rfnd_") }

func (g *razorpay) refund(ch *charge, amount int64) (*Refund, *move) {
	r := g.refunds.add(Refund{ID: g.refundID(), ChargeID: ch.ID, At: g.m.now,
		Amount: money.New(amount, "INR"), State: book.Succeeded})
	v := g.enter(Movement{ID: r.ID, Type: "refund", Category: "refund", Currency: "INR",
		Gross: -amount, SourceID: r.ID, Text: "Refund of " + ch.Text})
	r.MovementID = v.ID
	g.m.pair(book.GatewayGateway, ch.Item(), r.Item())
	return r, v
}

var razorpayReasons = []string{"chargeback_authorization", "goods_or_services_not_received",
	"credit_not_processed", "duplicate_processing"}

func (g *razorpay) open(ch *charge, phase string) *Dispute {
	return g.disputes.add(Dispute{ID: g.id("disp_"), ChargeID: ch.ID, At: g.m.now,
		Amount: ch.Amount, Status: "open", Stage: phase, Reason: pick(g.m, razorpayReasons)})
}

// dispute takes a payment back when it is opened, by an adjustment.
func (g *razorpay) dispute(ch *charge) (*Dispute, *move) {
	d := g.open(ch, "chargeback")
	out := g.enter(Movement{ID: g.id("adj_"), Type: "adjustment", Category: "dispute",
		Currency: "INR", Gross: -ch.Amount.Minor, SourceID: d.ID, Text: "Debit for dispute " + d.ID})
	d.Movements = append(d.Movements, out.ID)
	g.m.pair(book.GatewayGateway, ch.Item(), d.Item())
	return d, out
}

func (g *razorpay) lose(d *Dispute) { d.Status, d.UpdatedAt = "lost", g.m.now }

func (g *razorpay) reinstate(d *Dispute, out *move) *move {
	d.Status, d.UpdatedAt = "won", g.m.now
	in := g.enter(Movement{ID: g.id("adj_"), Type: "adjustment", Category: "dispute_reversal",
		Currency: "INR", Gross: -out.Gross, SourceID: d.ID, Text: "Credit for dispute " + d.ID})
	d.Movements = append(d.Movements, in.ID)
	g.m.pair(book.GatewayGateway, d.Item(), in.Item())
	g.m.pair(book.GatewayGateway, gatewayID(d.ChargeID), in.Item())
	return in
}

// inquiry is a case that takes nothing.
func (g *razorpay) inquiry(ch *charge) { g.open(ch, "retrieval") }

func (g *razorpay) begin(b *bill) {
	m := g.m
	t := m.payTime(b)
	switch x := m.r.IntN(1000); {
	case x < 860:
		m.at(t, func() { m.afterwards(b, m.collect(b, true)) })
	case x < 915:
		m.at(t, func() { g.fail(b) })
		m.at(t+book.Instant(m.between(600, 50*3600))*second, func() { m.collect(b, true) })
	case x < 950:
		g.beginLate(b, t)
	case x < 975:
		m.refuse(b)
	default:
		// Some just let it lie.
	}
}

// beginLate pays by an attempt that failed, as it seemed, and that the bank confirms hours later.
func (g *razorpay) beginLate(b *bill, t book.Instant) {
	m := g.m
	late := t + book.Instant(m.between(3_600, 60_000))*second
	if late > m.cutoff {
		m.at(t, func() { m.collect(b, true) })
		return
	}
	m.at(t, func() {
		ch := g.fail(b)
		m.at(late, func() {
			ch.State, ch.FailureCode, ch.DeclineCode = book.Succeeded, "", ""
			g.earn(ch)
			m.record(b, ch)
		})
	})
}

// settlesAt is when the day's settlement is made, in UTC: ten in the morning in India.
const settlesAt = 4*hour + 30*minute

// schedule enters the daily settlement and, where the world has payouts that nobody can attribute,
// instant ones.
func (g *razorpay) schedule() {
	m := g.m
	g.plan()
	for d := m.w.OpeningOn; d <= m.today; d++ {
		if isBusiness(d) {
			m.at(utc(d, settlesAt), func() { g.settle(d) })
		}
	}
	for _, first := range g.instant {
		done := false
		for n := range 8 {
			d := addBusiness(first, n)
			m.at(utc(d, 11*hour+book.Instant(m.between(0, 9_000))*second), func() {
				done = done || g.onDemand(d)
			})
		}
	}
}

// settle sends what is due of the balance. A settlement debits nobody's bank: what is below zero
// waits for better days.
func (g *razorpay) settle(d book.Date) {
	m := g.m
	lanes, _ := g.available(0)
	members := lanes[daily]
	sum := total(members)
	if sum <= 0 {
		g.waiting[0] = append(g.waiting[0], members...)
		return
	}
	p := g.send(d, Payout{ID: g.id("setl_"), Amount: money.New(sum, "INR"), Automatic: true,
		Reconciled: true}, Movement{})
	for _, v := range members {
		m.join(v, p)
	}
	if len(g.failing) > 0 && g.failing[0] <= d {
		g.failing = g.failing[1:]
		g.returns(p)
	}
}

// onDemand sends all payments that wait at once, for a fee; false where there are none, or where
// something else waits for the next settlement. Nobody states what it consists of.
func (g *razorpay) onDemand(d book.Date) bool {
	members := g.waiting[0]
	sum := total(members)
	fee := (sum*25 + 5_000) / 10_000
	tax := (fee*18 + 50) / 100
	if sum <= fee+tax || slices.ContainsFunc(members, func(v *move) bool {
		return v.Category != "charge"
	}) {
		return false
	}
	g.waiting[0] = nil
	for _, v := range members {
		v.AvailableAt = min(v.AvailableAt, g.m.now)
	}
	p := g.send(d, Payout{ID: g.id("setlod_"), Amount: money.New(sum-fee-tax, "INR"),
		Instant: true}, Movement{Fee: fee, Tax: tax})
	p.touched = true
	g.m.fault(book.M6, "an instant settlement, whose members nobody states", p.Item())
	return true
}

// send makes a payout with its own row, which has a fee where it says so. It arrives within hours.
func (g *razorpay) send(d book.Date, v Payout, row Movement) *payout {
	m := g.m
	v.At, v.ArrivesOn, v.State, v.Account = m.now, d, book.PayoutInTransit, operatingINRName
	v.Trace = pick(m, []string{"RZRP", "AXISCN", "KKBKH", "HDFCN"}) + m.digits(12)
	if v.ArrivesOn < m.today {
		v.State = book.PayoutPaid
	}
	v.MovementID = v.ID
	row.ID, row.SourceID, row.Category = v.ID, v.ID, "payout"
	row.At, row.AvailableAt = m.now, m.now
	row.Currency, row.Gross = "INR", -v.Amount.Minor
	row.Net = row.Gross - row.Fee - row.Tax
	g.moves.add(move{Movement: row})
	return g.payouts.add(payout{gate: g, Payout: v})
}

// returns lets a settlement come back: the money goes out again with the next one.
func (g *razorpay) returns(p *payout) {
	p.touched, p.line = true, lineNone
	g.m.at(utc(addBusiness(p.ArrivesOn, 1), 9*hour), func() {
		v := g.enter(Movement{ID: g.id("adj_"), Type: "adjustment", Category: "payout_reversal",
			Currency: "INR", Gross: p.Amount.Minor, SourceID: p.ID,
			Text: "Settlement " + p.ID + " returned"})
		p.State, p.FailedAt, p.FailureCode = book.PayoutFailed, g.m.now, "beneficiary_bank_offline"
		p.FailureMovementID = v.ID
		g.m.pair(book.GatewayGateway, p.Item(), v.Item())
		g.m.fault(book.R6, "the settlement came back into the balance", p.Item(), v.Item())
	})
}

const razorpaySender = "RAZORPAY SOFTWARE PVT LTD"

// word writes the narration of a transfer between Indian banks, which holds the UTR.
func (g *razorpay) word(p *payout, l *BankLine) {
	l.Counterparty, l.CounterpartyAccount = razorpaySender, "50200047713309"
	ifsc := pick(g.m, []string{"HDFC0000240", "UTIB0001506", "YESB0000001"})
	switch form := g.m.r.IntN(100); {
	case form < 70 || p.line == lineNamed:
		l.Text = "NEFT CR-" + ifsc + "-" + razorpaySender + "-" + p.Trace
	case form < 88:
		l.Text = "NEFT CR-" + ifsc + "-RAZORPAYSOFTW-" + p.Trace
	default:
		l.Reference, l.Text = p.Trace, "NEFT CR-"+ifsc+"-"+razorpaySender
	}
}

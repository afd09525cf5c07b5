package world

import (
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// payPal is the gateway for wallets: balances in EUR and USD, a sweep of all euros to the bank every
// week, dollars withdrawn by hand now and then. Yen are converted as they come. It states the
// members of no payout.
type payPal struct {
	side
	// spent is what withdrawals took from what waits, by order of balances.
	spent []int64
	// failing are the days from which the next sweep comes back.
	failing []book.Date
}

func newPayPal(m *maker) gateway {
	g := &payPal{side: m.newSide(PayPalName, "PayPal", balance{"EUR", operatingName},
		balance{"USD", operatingUSDName}, balance{"JPY", ""})}
	g.spent = make([]int64, len(g.balances))
	g.rates["JPY"] = m.drift(6_050)
	return g
}

// currency gives every fifth client dollars and every fifth yen.
func (g *payPal) currency(client int) money.Currency {
	switch client % 5 {
	case 1:
		return "USD"
	case 2:
		return "JPY"
	}
	return "EUR"
}

// id is an id of a transaction or an order. It holds a digit, as nearly all do.
func (g *payPal) id() string { return g.m.upper(16) + g.m.digits(1) }

func (g *payPal) payer(*client) string { return g.m.upper(13) }

// byAgreement says that a client lets us draw what it owes, and does not come to check out.
func byAgreement(c *client) bool { return c.ID%3 == 0 }

func (g *payPal) attempt(c *client, b *bill, amount money.Money) *charge {
	m := g.m
	ch := g.charges.add(charge{gate: g, back: g, Charge: Charge{ID: g.id(), Payer: c.GatewayID, At: m.now,
		Amount: amount, State: book.Succeeded, MethodType: "paypal", Name: c.title(),
		Email: c.Email, ClientRef: strconv.Itoa(c.ID)}})
	if !byAgreement(c) || b == nil {
		ch.IntentID = g.id()
	}
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

var payPalDeclines = []decline{{60, "INSTRUMENT_DECLINED", ""}, {25, "TRANSACTION_REFUSED", ""},
	{15, "PAYER_ACCOUNT_RESTRICTED", ""}}

// fail is a payment that PayPal denies.
func (g *payPal) fail(b *bill) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	ch.State, ch.FailureCode = book.Failed, g.m.decline(payPalDeclines).code
	b.UpdatedAt = g.m.now
	return ch
}

func (g *payPal) earn(ch *charge) {
	code := "T0006"
	if ch.IntentID == "" {
		code = "T0003"
	}
	ch.row = g.enter(Movement{ID: ch.ID, Type: code, Category: "charge",
		Currency: ch.Amount.Currency, Gross: ch.Amount.Minor, Fee: walletFee(ch.Amount),
		Text: ch.Text})
	ch.MovementID = ch.ID
	g.convert(ch.row)
}

// walletFixed is the part of the fee that does not depend on the amount, and is kept on a refund.
var walletFixed = map[money.Currency]int64{"EUR": 35, "USD": 49, "JPY": 40}

// walletFee is the gateway's fee on a sale: 3.4 % and the fixed part.
func walletFee(gross money.Money) int64 {
	return (gross.Minor*34+500)/1000 + walletFixed[gross.Currency]
}

// convert moves what a row left in a currency that is not kept: two rows of opposite sign.
func (g *payPal) convert(v *move) {
	if g.rates[v.Currency] == nil || v.Net == 0 {
		return
	}
	got, rate := g.converted(money.New(v.Net, v.Currency))
	out := g.enter(Movement{ID: g.id(), Type: "T0200", Category: "conversion", SourceID: v.ID,
		Currency: v.Currency, Gross: -v.Net, Text: "General Currency Conversion"})
	in := g.enter(Movement{ID: g.id(), Type: "T0200", Category: "conversion", SourceID: v.ID,
		Currency: got.Currency, Gross: got.Minor, Rate: rate, Text: "General Currency Conversion"})
	for _, pair := range [][2]*move{{v, out}, {v, in}, {out, in}} {
		g.m.pair(book.GatewayGateway, pair[0].Item(), pair[1].Item())
	}
}

func (g *payPal) row(ch *charge) Payment {
	row := Payment{In: ch.Amount.Minor, TransID: ch.ID}
	if ch.row != nil {
		row.Fee = ch.row.Fee
	}
	return row
}

func (g *payPal) unsupported(due money.Money) Payment {
	return Payment{In: due.Minor, Fee: walletFee(due), TransID: g.id()}
}

func (g *payPal) bears(int64) bool { return true }

func (g *payPal) refundID() string { return g.id() }

// refund gives back a part of the fee with the money: its fixed part is kept.
func (g *payPal) refund(ch *charge, amount int64) (*Refund, *move) {
	r := g.refunds.add(Refund{ID: g.id(), ChargeID: ch.ID, At: g.m.now, State: book.Succeeded,
		Amount: money.New(amount, ch.Amount.Currency)})
	fee := (ch.row.Fee - walletFixed[ch.row.Currency]) * amount / ch.Amount.Minor
	v := g.enter(Movement{ID: r.ID, Type: "T1107", Category: "refund", SourceID: ch.ID,
		Currency: r.Amount.Currency, Gross: -amount, Fee: -fee, Text: "Payment Refund"})
	r.MovementID = v.ID
	g.m.pair(book.GatewayGateway, ch.Item(), r.Item())
	g.convert(v)
	return r, v
}

var payPalReasons = []string{"MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "UNAUTHORISED",
	"CANCELED_RECURRING_BILLING", "DUPLICATE_TRANSACTION", "CREDIT_NOT_PROCESSED"}

func (g *payPal) open(ch *charge, status, stage string) *Dispute {
	return g.disputes.add(Dispute{ID: "PP-D-" + g.m.digits(8), ChargeID: ch.ID, At: g.m.now,
		Amount: ch.Amount, Status: status, Stage: stage, Reason: pick(g.m, payPalReasons)})
}

// dispute takes a sale back, with a fee as a row of its own.
func (g *payPal) dispute(ch *charge) (*Dispute, *move) {
	d := g.open(ch, "UNDER_PAYPAL_REVIEW", "CHARGEBACK")
	out := g.enter(Movement{ID: g.id(), Type: "T1201", Category: "dispute", SourceID: ch.ID,
		Currency: ch.Amount.Currency, Gross: -ch.Amount.Minor, Text: "Chargeback"})
	currency, amount := money.Currency("EUR"), int64(1_600)
	if ch.Amount.Currency == "USD" {
		currency, amount = "USD", 2_000
	}
	fee := g.enter(Movement{ID: g.id(), Type: "T0106", Category: "fee", SourceID: ch.ID,
		Currency: currency, Gross: -amount, Text: "Chargeback Fee"})
	d.Movements = append(d.Movements, out.ID, fee.ID)
	g.m.pair(book.GatewayGateway, ch.Item(), d.Item())
	g.m.pair(book.GatewayGateway, ch.Item(), fee.Item())
	g.m.pair(book.GatewayGateway, d.Item(), fee.Item())
	g.convert(out)
	return d, out
}

func (g *payPal) lose(d *Dispute) { d.Status, d.UpdatedAt = "RESOLVED", g.m.now }

func (g *payPal) reinstate(d *Dispute, out *move) *move {
	d.Status, d.UpdatedAt = "RESOLVED", g.m.now
	in := g.enter(Movement{ID: g.id(), Type: "T1202", Category: "dispute_reversal",
		SourceID: d.ChargeID, Currency: out.Currency, Gross: -out.Gross,
		Text: "Chargeback Reversal"})
	d.Movements = append(d.Movements, in.ID)
	g.m.pair(book.GatewayGateway, d.Item(), in.Item())
	g.m.pair(book.GatewayGateway, gatewayID(d.ChargeID), in.Item())
	g.convert(in)
	return in
}

// inquiry holds a sale while PayPal asks, and lets it go some days later.
func (g *payPal) inquiry(ch *charge) {
	m := g.m
	end := m.now + book.Instant(m.between(50, 150))*hour
	if g.rates[ch.Amount.Currency] != nil || end > m.cutoff {
		return
	}
	d := g.open(ch, "OPEN_INQUIRIES", "INQUIRY")
	hold := g.enter(Movement{ID: g.id(), Type: "T1110", Category: "hold", SourceID: ch.ID,
		Currency: ch.Amount.Currency, Gross: -ch.Amount.Minor, Text: "Hold for Dispute"})
	m.pair(book.GatewayGateway, ch.Item(), hold.Item())
	m.at(end, func() {
		d.Status, d.UpdatedAt = "RESOLVED", m.now
		g.release(hold, "T1111", "Cancellation of Hold for Dispute", ch.ID)
	})
}

// release ends a hold.
func (g *payPal) release(hold *move, code, text, source string) {
	free := g.enter(Movement{ID: g.id(), Type: code, Category: hold.Category, SourceID: source,
		Currency: hold.Currency, Gross: -hold.Gross, Text: text})
	g.m.pair(book.GatewayGateway, hold.Item(), free.Item())
	if source != hold.ID {
		g.m.pair(book.GatewayGateway, gatewayID(source), free.Item())
	}
}

func (g *payPal) begin(b *bill) {
	m := g.m
	t := m.payTime(b)
	switch x := m.r.IntN(1000); {
	case x < 860:
		m.at(t, func() { m.afterwards(b, m.collect(b, true)) })
	case x < 910:
		m.at(t, func() { g.fail(b) })
		m.at(t+book.Instant(m.between(600, 50*3600))*second, func() { m.collect(b, true) })
	case x < 955:
		g.beginCheck(b, t)
	case x < 975:
		m.refuse(b)
	default:
		// Some just let it lie.
	}
}

// beginCheck pays from the client's bank through PayPal, which takes days to clear. Nothing is begun
// that would still be open at Now.
func (g *payPal) beginCheck(b *bill, t book.Instant) {
	m := g.m
	done := utc(addBusiness(utcDate(t), m.between(3, 5)), 15*hour+book.Instant(m.between(0, 7_000))*second)
	if done > m.cutoff {
		m.at(t, func() { m.collect(b, true) })
		return
	}
	m.at(t, func() {
		ch := g.check(b)
		m.at(done, func() {
			ch.State = book.Succeeded
			g.earn(ch)
			m.record(b, ch)
		})
	})
}

// check begins a payment that is not final and has moved nothing.
func (g *payPal) check(b *bill) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	ch.State = book.Pending
	b.UpdatedAt = g.m.now
	return ch
}

// schedule enters the weekly sweep of euros, the withdrawal of dollars every other week, and a
// general hold with its end.
func (g *payPal) schedule() {
	m := g.m
	g.plan()
	for d := m.w.OpeningOn; d <= m.today; d++ {
		switch weekday := int(d.Time().Weekday()); {
		case weekday == 1:
			m.at(utc(d, 3*hour), func() { g.sweep(d) })
		case weekday == 4 && int(d/7)%2 == 0:
			at := utc(d, 10*hour+book.Instant(m.between(0, 7_000))*second)
			m.at(at, func() { g.withdraw(d) })
		}
	}
	if len(m.clients) < lotsFrom {
		return
	}
	d := m.w.OpeningOn + book.Date(m.between(8, 30))
	amount := int64(m.between(2, 9)) * 500
	m.at(m.clock(d, 11*hour), func() {
		hold := g.enter(Movement{ID: g.id(), Type: "T2101", Category: "hold", Currency: "EUR",
			Gross: -amount, Text: "General Hold"})
		m.at(m.clock(d+book.Date(m.between(5, 12)), 11*hour), func() {
			g.release(hold, "T2102", "General Hold Release", hold.ID)
		})
	})
}

// sweep sends all euros to the bank: what is there is what came since the last time.
func (g *payPal) sweep(d book.Date) {
	members := g.waiting[0]
	sum := total(members)
	if sum <= 0 {
		return
	}
	g.waiting[0] = nil
	p := g.send(d, 0, sum, "T0401")
	for _, v := range members {
		g.m.pair(book.GatewayPayout, v.Item(), p.Item())
	}
	if len(g.failing) > 0 && g.failing[0] <= d {
		g.failing = g.failing[1:]
		g.returns(p)
	}
}

// withdraw sends dollars to the bank: all of them, or, where the world has payouts that nobody can
// attribute, most of them.
func (g *payPal) withdraw(d book.Date) {
	m := g.m
	sum := total(g.waiting[1]) - g.spent[1]
	if m.counts[book.M6] == 0 {
		if sum <= 0 {
			return
		}
		members := g.waiting[1]
		g.waiting[1] = nil
		p := g.send(d, 1, sum, "T0400")
		for _, v := range members {
			m.pair(book.GatewayPayout, v.Item(), p.Item())
		}
		return
	}
	sum = sum * int64(m.between(60, 90)) / 100 / 100 * 100
	if sum <= 0 {
		return
	}
	g.spent[1] += sum
	p := g.send(d, 1, sum, "T0400")
	m.fault(book.M6, "a withdrawal of a part, whose members nobody states", p.Item())
}

// send makes a payout of a balance. It arrives some business days later.
func (g *payPal) send(d book.Date, i int, amount int64, code string) *payout {
	m, b := g.m, g.balances[i]
	p := g.payouts.add(payout{gate: g, Payout: Payout{ID: g.id(), At: m.now,
		Amount: money.New(amount, b.currency), State: book.PayoutInTransit, Account: b.account,
		Automatic: code == "T0401", ArrivesOn: addBusiness(d, m.between(1, 2))}})
	if p.ArrivesOn < m.today {
		p.State = book.PayoutPaid
	}
	p.MovementID = p.ID
	g.moves.add(move{Movement: Movement{ID: p.ID, Type: code, Category: "payout", At: m.now,
		AvailableAt: m.now, Currency: b.currency, Gross: -amount, Net: -amount,
		Text: "General Withdrawal"}})
	return p
}

// returns lets a sweep come back: the money goes out again with the next one.
func (g *payPal) returns(p *payout) {
	p.touched, p.line = true, lineNone
	g.m.at(utc(addBusiness(p.ArrivesOn, 2), 9*hour), func() {
		v := g.enter(Movement{ID: g.id(), Type: "T1101", Category: "payout_reversal",
			Currency: p.Amount.Currency, Gross: p.Amount.Minor, SourceID: p.ID,
			Text: "Reversal of General Withdrawal"})
		p.State, p.FailedAt, p.FailureCode = book.PayoutFailed, g.m.now, "returned_by_bank"
		p.FailureMovementID = v.ID
		g.m.pair(book.GatewayGateway, p.Item(), v.Item())
		g.m.fault(book.R6, "the withdrawal came back into the balance", p.Item(), v.Item())
	})
}

const payPalSender = "PAYPAL EUROPE S.A.R.L. ET CIE S.C.A"

var payPalIBAN = iban("LU", "089"+"6013580264711")

// word writes a line that names no transaction but where it must.
func (g *payPal) word(p *payout, l *BankLine) {
	l.Counterparty, l.CounterpartyAccount = payPalSender, payPalIBAN
	if p.Amount.Currency == "USD" {
		l.Counterparty, l.CounterpartyAccount = "PAYPAL", "000987654321"
	}
	form := g.m.r.IntN(100)
	switch {
	case p.line == lineNamed || form < 6:
		l.Text = "PAYPAL TRANSFER " + p.ID
	case form < 60:
		l.Text = "PAYPAL TRANSFER " + strings.TrimLeft(g.m.digits(13), "0")
	case form < 85:
		l.Reference, l.Text = g.m.digits(13), "PAYPAL TRANSFER"
	default:
		l.Text = "PAYPAL"
	}
}

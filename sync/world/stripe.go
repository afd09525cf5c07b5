package world

import (
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// stripe is the gateway for cards and bank debits: balances in EUR and USD, a payout of all that is
// available on every business day.
type stripe struct {
	side
	lastLane lane
	// failing and manual are the days from which the next payout fails or is made by hand.
	failing, manual []book.Date
	// vague is how many payouts come without an id from an unconfirmed sender.
	vague int
}

func newStripe(m *maker) *stripe {
	g := &stripe{side: m.newSide(StripeName, "Credit/Debit Card", balance{"EUR", operatingName},
		balance{"USD", operatingUSDName})}
	rate := int64(1_150_000) + m.r.Int64N(20_000)
	for range m.midnights {
		rate += m.r.Int64N(6_001) - 3_000
		g.rates["GBP"] = append(g.rates["GBP"], rate)
	}
	if len(m.w.Options.Gateways) > 0 {
		g.rates["KWD"] = m.drift(2_990_000)
	}
	return g
}

var stripeDeclines = []decline{
	{46, "card_declined", "insufficient_funds"}, {18, "card_declined", "generic_decline"},
	{9, "card_declined", "do_not_honor"}, {8, "expired_card", "expired_card"},
	{5, "authentication_required", "authentication_required"}, {4, "card_declined", "lost_card"},
	{4, "incorrect_cvc", "incorrect_cvc"}, {3, "processing_error", "processing_error"},
	{3, "card_declined", "stolen_card"},
}

// currency is for the few clients that the shares of currencies do not cover.
func (g *stripe) currency(int) money.Currency { return "KWD" }

func (g *stripe) payer(*client) string { return "cus_" + g.m.token("")[:14] }

func (g *stripe) attempt(c *client, b *bill, amount money.Money) *charge {
	m := g.m
	ch := g.charges.add(charge{gate: g, back: g, Charge: Charge{
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

// fail is an attempt by card that the customer's bank refuses.
func (g *stripe) fail(b *bill) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	d := g.m.decline(stripeDeclines)
	ch.State, ch.FailureCode, ch.DeclineCode = book.Failed, d.code, d.more
	b.UpdatedAt = g.m.now
	return ch
}

func (g *stripe) earn(ch *charge) { g.earnBy(ch, addBusiness(utcDate(g.m.now), 2)) }

// earnBy enters the movement of a charge that is available on a day.
func (g *stripe) earnBy(ch *charge, availableOn book.Date) {
	gross, rate := g.settled(ch.Amount)
	kind := "charge"
	if strings.HasPrefix(ch.ID, "py_") {
		kind = "payment"
	}
	ch.row = g.movement(Movement{Type: kind, Category: "charge", AvailableAt: utc(availableOn, 0),
		Currency: gross.Currency, Gross: gross.Minor, Fee: cardFee(gross), Rate: rate,
		SourceID: ch.ID, Text: ch.Text})
	ch.MovementID = ch.row.ID
}

// cardFee is the gateway's fee on a charge: 1.5 % and 25 cents, in dollars 2.9 % and 30.
func cardFee(gross money.Money) int64 {
	if gross.Currency == "USD" {
		return (gross.Minor*29+500)/1000 + 30
	}
	return (gross.Minor*15+500)/1000 + 25
}

// settled is an amount in the balance's currency, with the gateway's rate of the day or "".
func (g *stripe) settled(a money.Money) (money.Money, string) {
	if g.rates[a.Currency] == nil {
		return a, ""
	}
	return g.converted(a)
}

func (g *stripe) movement(v Movement) *move {
	v.ID = g.m.token("txn_")
	return g.enter(v)
}

// row is billing's row for a charge: its reference is one of the ids that the gateway knows, its
// fee the gateway's unless the money was converted.
func (g *stripe) row(ch *charge) Payment {
	row := Payment{In: ch.Amount.Minor, TransID: ch.ID}
	if ch.row != nil && ch.row.Currency == ch.Amount.Currency {
		row.Fee = ch.row.Fee
	}
	switch x := g.m.r.IntN(10); {
	case x >= 9 && ch.row != nil:
		row.TransID = ch.MovementID
	case x >= 7:
		row.TransID = ch.IntentID
	}
	return row
}

func (g *stripe) unsupported(due money.Money) Payment {
	return Payment{In: due.Minor, Fee: cardFee(due), TransID: g.m.token("ch_")}
}

func (g *stripe) bears(int64) bool { return true }

func (g *stripe) refundID() string { return g.m.token("re_") }

func (g *stripe) refund(ch *charge, amount int64) (*Refund, *move) {
	a := ch.Amount
	a.Minor = amount
	r := g.refunds.add(Refund{ID: g.refundID(), ChargeID: ch.ID, At: g.m.now, Amount: a,
		State: book.Succeeded})
	gross, rate := g.settled(a)
	kind := "refund"
	if ch.MethodType != "card" {
		kind = "payment_refund"
	}
	v := g.movement(Movement{Type: kind, Category: "refund", Currency: gross.Currency,
		Gross: -gross.Minor, Rate: rate, SourceID: r.ID, Text: "REFUND FOR " + ch.Text})
	r.MovementID = v.ID
	g.m.pair(book.GatewayGateway, ch.Item(), r.Item())
	return r, v
}

// refundReturns lets a refund, whose row is v, come back to us.
func (g *stripe) refundReturns(r *Refund, v *move) *move {
	back := g.movement(Movement{Type: "refund_failure", Category: "refund_failure",
		Currency: v.Currency, Gross: -v.Gross, Rate: v.Rate, SourceID: r.ID,
		Text: "REFUND FAILURE FOR " + r.ID})
	r.State, r.FailedAt, r.FailureReason = book.Failed, g.m.now, "expired_or_canceled_card"
	r.FailureMovementID = back.ID
	g.m.pair(book.GatewayGateway, r.Item(), back.Item())
	return back
}

var stripeReasons = []string{"fraudulent", "product_not_received", "subscription_canceled",
	"unrecognized", "duplicate"}

// dispute lets the customer's bank take a charge back, with the gateway's fee and its tax.
func (g *stripe) dispute(ch *charge) (*Dispute, *move) {
	d := g.disputes.add(Dispute{ID: g.m.token("du_"), ChargeID: ch.ID, At: g.m.now,
		Amount: ch.Amount, Status: "needs_response", Reason: pick(g.m, stripeReasons)})
	v := ch.row
	fee, tax := int64(2_000), int64(420)
	if v.Currency == "USD" {
		fee, tax = 1_500, 0
	}
	out := g.movement(Movement{Type: "adjustment", Category: "dispute", Currency: v.Currency,
		Gross: -v.Gross, Fee: fee, Tax: tax, Rate: v.Rate, SourceID: d.ID,
		Text: "Chargeback withdrawal for " + ch.ID})
	d.Movements = append(d.Movements, out.ID)
	g.m.pair(book.GatewayGateway, ch.Item(), d.Item())
	return d, out
}

func (g *stripe) lose(d *Dispute) { d.Status = "lost" }

func (g *stripe) reinstate(d *Dispute, out *move) *move {
	d.Status = "won"
	in := g.movement(Movement{Type: "adjustment", Category: "dispute_reversal",
		Currency: out.Currency, Gross: -out.Gross, Rate: out.Rate, SourceID: d.ID,
		Text: "Chargeback reversal for " + d.ChargeID})
	d.Movements = append(d.Movements, in.ID)
	g.m.pair(book.GatewayGateway, d.Item(), in.Item())
	return in
}

// inquiry is a dispute that takes nothing.
func (g *stripe) inquiry(ch *charge) {
	g.disputes.add(Dispute{ID: g.m.token("du_"), ChargeID: ch.ID, At: g.m.now, Amount: ch.Amount,
		Status: "warning_needs_response", Reason: pick(g.m, stripeReasons)})
}

// schedule enters the daily payout run, the monthly fee and what the gateway holds back.
func (g *stripe) schedule() {
	m := g.m
	for d := m.w.OpeningOn; d <= m.today; d++ {
		if isBusiness(d) {
			m.at(utc(d, 5*hour), func() { g.runPayouts(d) })
		}
		if _, _, day := d.Time().Date(); day == 1 && d > m.w.OpeningOn {
			m.at(utc(d, 2*hour), func() { g.monthlyFee(book.MonthOf(d) - 1) })
		}
	}
	g.holds()
}

func (g *stripe) begin(b *bill) {
	if b.client.debit {
		g.beginDebit(b)
		return
	}
	g.beginCard(b)
}

// beginCard lets an ordinary client pay by card, sooner or later or never.
func (g *stripe) beginCard(b *bill) {
	m := g.m
	t := m.payTime(b)
	switch x := m.r.IntN(1000); {
	case x < 885:
		m.at(t, func() { m.afterwards(b, m.collect(b, true)) })
	case x < 945:
		m.at(t, func() { g.fail(b) })
		m.at(t+book.Instant(m.between(2*3600, 70*3600))*second, func() { m.collect(b, true) })
	case x < 966:
		m.refuse(b)
	case x < 975:
		m.at(m.clock(b.DueOn+5, 9*hour), func() { m.cancel(b) })
	default:
		// Some just let it lie.
	}
}

// beginDebit lets a client pay by a bank debit, which takes days to succeed. Nothing is begun that
// would still be open at Now.
func (g *stripe) beginDebit(b *bill) {
	m := g.m
	t := m.payTime(b)
	wait := addBusiness(utcDate(t), m.between(3, 5))
	done := utc(wait, 6*hour+book.Instant(m.between(0, 7_000))*second)
	if done > m.cutoff {
		m.at(t, func() { m.collect(b, true) })
		return
	}
	fails := m.chance(40)
	m.at(t, func() {
		ch := g.debit(b, addBusiness(wait, 1))
		m.at(done, func() {
			if !fails {
				ch.State = book.Succeeded
				m.record(b, ch)
				return
			}
			g.bounce(b, ch)
		})
	})
}

// debit begins a bank debit: the row is in the ledger at once, and available when it is final.
func (g *stripe) debit(b *bill, availableOn book.Date) *charge {
	ch := g.attempt(b.client, b, money.New(b.due(), b.Currency))
	ch.ID, ch.MethodType, ch.State = "py_"+ch.ID[3:], "sepa_debit", book.Pending
	g.earnBy(ch, availableOn)
	b.Status, b.UpdatedAt = book.InvoicePending, g.m.now
	return ch
}

// bounce lets a bank debit fail: the ledger takes it back, the client pays by card later.
func (g *stripe) bounce(b *bill, ch *charge) {
	m := g.m
	ch.State, ch.FailureCode, ch.DeclineCode = book.Failed, "insufficient_funds", ""
	v := ch.row
	back := g.movement(Movement{Type: "payment_failure_refund", Category: "charge_failure",
		AvailableAt: v.AvailableAt, Currency: v.Currency, Gross: -v.Gross, SourceID: ch.ID,
		Text: "Payment failure refund for " + ch.ID})
	ch.FailureMovementID = back.ID
	m.pair(book.GatewayGateway, ch.Item(), back.Item())
	b.Status, b.UpdatedAt = book.InvoiceUnpaid, m.now
	m.at(m.now+book.Instant(m.between(20, 60))*hour, func() { m.collect(b, true) })
}

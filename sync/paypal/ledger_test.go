package paypal

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

const (
	hour = book.Instant(3600 * 1000)
	day  = 24 * hour
)

// id makes a transaction id of 17 characters that can be read.
func id(word string) string {
	return word + strings.Repeat("0", 17-len(word))
}

// small is the small business with one of everything at PayPal: amounts with 0, 2 and 3 decimals,
// payments that are done, pending and denied, a conversion, refunds, disputes in every state, holds,
// a reserve, fees, a tax, a code that nobody knows, and withdrawals that arrived, are on their way
// and came back.
func small() *world.World {
	w := sourcetest.Small()
	b := ledger{w, book.At(w.OpeningOn.Time())}
	b.sales()
	b.reversals()
	b.rest()
	slices.SortStableFunc(w.PayPal.Movements, func(x, y world.Movement) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.ID, y.ID))
	})
	return w
}

type ledger struct {
	*world.World
	start book.Instant
}

func (b ledger) move(m world.Movement) {
	m.Net = m.Gross - m.Fee - m.Tax
	m.AvailableAt, m.Currency = m.At, cmp.Or(m.Currency, "EUR")
	b.PayPal.Movements = append(b.PayPal.Movements, m)
}

func (b ledger) sale(c world.Charge, fee int64) {
	c.MethodType, c.State = "paypal", cmp.Or(c.State, book.Succeeded)
	c.Payer = cmp.Or(c.Payer, "PAYER23456789")
	if c.State == book.Succeeded {
		c.MovementID = c.ID
		code := "T0006"
		if c.IntentID == "" {
			code = "T0003"
		}
		b.move(world.Movement{ID: c.ID, Type: code, Category: "charge", At: c.At,
			Currency: c.Amount.Currency, Gross: c.Amount.Minor, Fee: fee, Text: c.Text})
	}
	b.PayPal.Charges = append(b.PayPal.Charges, c)
}

func eur(minor int64) money.Money { return money.New(minor, "EUR") }

func (b ledger) sales() {
	for i := range 6 {
		b.sale(world.Charge{ID: id("SALE" + string(rune('1'+i))), IntentID: id("ORDER" + string(rune('1'+i))),
			At: b.start + day + book.Instant(i)*25*hour, Amount: eur(4900), Name: "Ona Kalnė",
			Email: "ona@example.com", InvoiceRef: "100" + string(rune('1'+i)), ClientRef: "4",
			Text: "Hosting"}, 202)
	}
	b.sale(world.Charge{ID: id("AGREED"), At: b.start + 7*day, Amount: eur(1000),
		Email: "jonas@example.com", Text: "Payment of Invoice #1042"}, 69)
	b.sale(world.Charge{ID: id("DOLLAR"), At: b.start + 8*day, Amount: money.New(10_000, "USD"),
		IntentID: id("ORDERUSD"), ClientRef: "2"}, 389)
	b.sale(world.Charge{ID: id("YEN"), At: b.start + 8*day, Amount: money.New(5000, "JPY"),
		InvoiceRef: "1050"}, 210)
	b.sale(world.Charge{ID: id("DINAR"), At: b.start + 8*day, Amount: money.New(12_500, "KWD")}, 0)
	b.sale(world.Charge{ID: id("DENIED"), At: b.start + 9*day, Amount: eur(4900), State: book.Failed,
		FailureCode: "INSTRUMENT_DECLINED", InvoiceRef: "1005"}, 0)
	b.sale(world.Charge{ID: id("ECHECK"), At: b.Now - 2*day, Amount: eur(3000), State: book.Pending,
		IntentID: id("ORDERCHECK"), InvoiceRef: "1006"}, 0)
	// A conversion of what the yen came to.
	b.move(world.Movement{ID: id("FXOUT"), Type: "T0200", Category: "conversion", Currency: "JPY",
		At: b.start + 8*day, Gross: -4790, SourceID: id("YEN")})
	b.move(world.Movement{ID: id("FXIN"), Type: "T0200", Category: "conversion",
		At: b.start + 8*day, Gross: 2930, SourceID: id("YEN"), Rate: "0.006117"})
}

func (b ledger) reversals() {
	for _, r := range []world.Refund{
		{ID: id("REFUNDPART"), ChargeID: id("SALE2"), At: b.start + 11*day, Amount: eur(2500)},
		{ID: id("REFUNDALL"), ChargeID: id("SALE3"), At: b.start + 12*day, Amount: eur(4900)},
		{ID: id("REFUNDLATE"), ChargeID: id("SALE1"), At: b.Now - day, Amount: eur(100),
			State: book.Pending},
	} {
		if r.State == "" {
			r.State, r.MovementID = book.Succeeded, r.ID
			b.move(world.Movement{ID: r.ID, Type: "T1107", Category: "refund", At: r.At,
				Gross: -r.Amount.Minor, Fee: -r.Amount.Minor * 34 / 1000, SourceID: r.ChargeID,
				Text: "Refund"})
		}
		b.PayPal.Refunds = append(b.PayPal.Refunds, r)
	}
	b.PayPal.Disputes = []world.Dispute{
		{ID: "PP-D-11111", ChargeID: id("SALE5"), At: b.start + 13*day, Amount: eur(4900),
			Status: "RESOLVED", Reason: "UNAUTHORISED", Stage: "CHARGEBACK",
			UpdatedAt: b.start + 28*day, Movements: []string{id("BACK1"), id("FEE1"), id("WON1")}},
		{ID: "PP-D-22222", ChargeID: id("SALE6"), At: b.start + 14*day, Amount: eur(4900),
			Status: "UNDER_PAYPAL_REVIEW", Reason: "CANCELED_RECURRING_BILLING",
			Stage: "CHARGEBACK", Movements: []string{id("BACK2"), id("FEE2")}},
		{ID: "PP-D-33333", ChargeID: id("SALE1"), At: b.start + 15*day, Amount: eur(4900),
			Status: "OPEN_INQUIRIES", Reason: "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
			Stage: "INQUIRY"}}
	for _, m := range []world.Movement{
		{ID: id("HOLD1"), Type: "T1110", Category: "hold", At: b.start + 13*day, Gross: -4900,
			SourceID: id("SALE5"), Text: "Hold"},
		{ID: id("UNHOLD1"), Type: "T1111", Category: "hold", At: b.start + 13*day + hour, Gross: 4900,
			SourceID: id("SALE5")},
		{ID: id("BACK1"), Type: "T1201", Category: "dispute", At: b.start + 13*day + hour,
			Gross: -4900, SourceID: id("SALE5"), Text: "Chargeback"},
		{ID: id("FEE1"), Type: "T0106", Category: "fee", At: b.start + 13*day + hour, Gross: -1600,
			SourceID: id("SALE5"), Text: "Chargeback Fee"},
		{ID: id("WON1"), Type: "T1202", Category: "dispute_reversal", At: b.start + 28*day,
			Gross: 4900, SourceID: id("SALE5")},
		{ID: id("BACK2"), Type: "T1106", Category: "dispute", At: b.start + 14*day, Gross: -4900,
			SourceID: id("SALE6")},
		{ID: id("FEE2"), Type: "T0106", Category: "fee", At: b.start + 14*day, Gross: -1600,
			SourceID: id("SALE6")},
		{ID: id("HOLD2"), Type: "T1110", Category: "hold", At: b.start + 15*day, Gross: -500,
			SourceID: id("SALE1")},
	} {
		b.move(m)
	}
}

func (b ledger) rest() {
	for _, m := range []world.Movement{
		{ID: id("RESERVE"), Type: "T2103", Category: "risk_reserved_funds", At: b.start + 17*day,
			Gross: -1000, Text: "Reserve"},
		{ID: id("FEE"), Type: "T0107", Category: "fee", At: b.start + 17*day, Gross: -700},
		{ID: id("TAX"), Type: "T2301", Category: "tax", At: b.start + 17*day, Gross: -55},
		{ID: id("NEW"), Type: "T8877", Category: "", At: b.start + 18*day, Gross: 12},
		{ID: id("ADJUST"), Type: "T1299", Category: "other_adjustment", At: b.start + 18*day,
			Gross: -7},
		{ID: id("SENT"), Type: "T0000", Category: "", At: b.start + 18*day, Gross: -500},
	} {
		b.move(m)
	}
	for _, p := range []world.Payout{
		{ID: id("SWEEP1"), At: b.start + 10*day, Amount: eur(5000), State: book.PayoutPaid,
			Automatic: true, Trace: "1023456789"},
		{ID: id("SWEEP2"), At: b.start + 20*day, Amount: eur(300), State: book.PayoutFailed,
			Automatic: true, FailedAt: b.start + 24*day, FailureMovementID: id("RETURN2")},
		{ID: id("DRAW"), At: b.start + 24*day, Amount: money.New(1234, "USD"),
			State: book.PayoutPaid},
		{ID: id("DRAWLATE"), At: b.Now - day/2, Amount: eur(55), State: book.PayoutInTransit},
	} {
		p.MovementID, p.Account = p.ID, "operating"
		b.PayPal.Payouts = append(b.PayPal.Payouts, p)
		code := "T0400"
		if p.Automatic {
			code = "T0401"
		}
		m := world.Movement{ID: p.ID, Type: code, Category: "payout", At: p.At,
			Currency: p.Amount.Currency, Gross: -p.Amount.Minor, Text: "General Withdrawal"}
		if p.ID == id("DRAW") {
			m.Fee = 25
		}
		b.move(m)
		if p.FailureMovementID != "" {
			b.move(world.Movement{ID: p.FailureMovementID, Type: "T1101", SourceID: p.ID,
				Category: "payout_reversal", At: p.FailedAt, Gross: p.Amount.Minor})
		}
	}
}

// touch lets the world move on for two days: a bank's check clears, a refund goes out, a dispute is
// won, another one is opened about a sale of long ago, a withdrawal arrives and one comes back.
func touch(w *world.World) {
	old := w.Now
	w.Now += 48 * hour
	b := ledger{w, old}
	p := &w.PayPal
	for i := range p.Charges {
		if c := &p.Charges[i]; c.ID == id("ECHECK") {
			c.State, c.MovementID = book.Succeeded, c.ID
			b.move(world.Movement{ID: c.ID, Type: "T0006", Category: "charge", At: old + hour,
				Gross: 3000, Fee: 137})
		}
	}
	for i := range p.Refunds {
		if r := &p.Refunds[i]; r.ID == id("REFUNDLATE") {
			r.State, r.MovementID = book.Succeeded, r.ID
			b.move(world.Movement{ID: r.ID, Type: "T1107", Category: "refund", At: r.At,
				UpdatedAt: old + 2*hour, Gross: -100, SourceID: r.ChargeID})
		}
	}
	for i := range p.Disputes {
		if d := &p.Disputes[i]; d.ID == "PP-D-22222" {
			d.Status, d.UpdatedAt = "RESOLVED", old+5*hour
			d.Movements = append(d.Movements, id("WON2"))
			b.move(world.Movement{ID: id("WON2"), Type: "T1205", Category: "dispute_reversal",
				At: d.UpdatedAt, Gross: 4900, SourceID: d.ChargeID})
		}
	}
	p.Disputes = append(p.Disputes, world.Dispute{ID: "PP-D-44444", ChargeID: id("SALE4"),
		At: old + 6*hour, Amount: eur(4900), Status: "REQUIRED_ACTION", Reason: "UNAUTHORISED",
		Movements: []string{id("BACK4")}})
	b.move(world.Movement{ID: id("BACK4"), Type: "T1201", Category: "dispute", At: old + 6*hour,
		Gross: -4900, SourceID: id("SALE4")})
	for i := range p.Payouts {
		switch x := &p.Payouts[i]; x.ID {
		case id("DRAWLATE"):
			x.State = book.PayoutPaid
			for k := range p.Movements {
				if p.Movements[k].ID == x.ID {
					p.Movements[k].UpdatedAt = old + 7*hour
				}
			}
		case id("SWEEP1"):
			x.State, x.FailedAt = book.PayoutFailed, old+8*hour
			x.FailureMovementID = id("RETURN1")
			b.move(world.Movement{ID: id("RETURN1"), Type: "T1101", Category: "payout_reversal",
				At: x.FailedAt, Gross: 5000, SourceID: x.ID})
		}
	}
}

// clock is a clock that stands.
func clock(i book.Instant) func() time.Time { return func() time.Time { return i.Time() } }

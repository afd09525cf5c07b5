package razorpay

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

const (
	hour = book.Instant(3600 * 1000)
	day  = 24 * hour
)

// rid is an id as Razorpay makes them: a prefix and 14 letters and digits.
func rid(prefix, name string) string {
	return prefix + "_" + (name + strings.Repeat("0", 14))[:14]
}

func item(native string) book.ItemID {
	if native == "" {
		return ""
	}
	return book.NewID(world.RazorpayName, native)
}

type builder struct{ *world.World }

func (b builder) start() book.Instant { return book.At(b.OpeningOn.Time()) + 7*hour }

// small is the small business with a ledger at Razorpay that holds one of everything.
func small() *world.World {
	w := sourcetest.Small()
	b := builder{w}
	b.charges()
	b.reversals()
	b.others()
	b.payouts()
	order(w)
	return w
}

// order puts the ledger's slices in order of time.
func order(w *world.World) {
	slices.SortFunc(w.Razorpay.Charges, func(a, b world.Charge) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(w.Razorpay.Movements, func(a, b world.Movement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(w.Razorpay.Payouts, func(a, b world.Payout) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
}

// move adds a movement; what is not given follows from the rest.
func (b builder) move(m world.Movement) {
	m.Currency = money.Currency(cmp.Or(string(m.Currency), "INR"))
	m.Net = m.Gross - m.Fee - m.Tax
	b.Razorpay.Movements = append(b.Razorpay.Movements, m)
}

// charge adds a charge, and where payout is not "-" its movement.
func (b builder) charge(c world.Charge, m world.Movement) {
	c.State = book.TransactionState(cmp.Or(string(c.State), string(book.Succeeded)))
	if c.IntentID == "" {
		c.IntentID = strings.Replace(c.ID, "pay_", "order_", 1)
	}
	c.MethodType = cmp.Or(c.MethodType, "upi")
	if c.State == book.Succeeded {
		c.MovementID = c.ID
		m.ID, m.SourceID, m.Type, m.Category, m.At = c.ID, c.ID, "payment", "charge", c.At
		if m.Gross == 0 {
			m.Gross, m.Currency = c.Amount.Minor, c.Amount.Currency
		}
		if m.Fee == 0 {
			m.Fee = m.Gross / 50
			m.Tax = m.Fee * 18 / 100
		}
		b.move(m)
	}
	b.Razorpay.Charges = append(b.Razorpay.Charges, c)
}

func inr(n int64) money.Money { return money.New(n, "INR") }

func (b builder) charges() {
	start := b.start()
	for i, payout := range []string{"paid", "paid", "paid", "back", "back", "back"} {
		n := string(rune('1' + i))
		b.charge(world.Charge{ID: rid("pay", "Card"+n), At: start + book.Instant(i)*day + 1234,
			Amount: inr(490_000), Payer: rid("cust", "Ona"+n), Email: "ona" + n + "@example.com",
			InvoiceRef: "100" + n, ClientRef: n, Text: "Inv#100" + n},
			world.Movement{PayoutID: rid("setl", payout)})
	}
	b.charge(world.Charge{ID: rid("pay", "Dollars"), At: start + 5*day, Amount: money.New(10_000, "USD"),
		Email: "far@example.com", Text: "Invoice #1007"},
		world.Movement{Gross: 831_250, Currency: "INR", PayoutID: rid("setl", "back")})
	b.charge(world.Charge{ID: rid("pay", "Yen"), At: start + 6*day, Amount: money.New(5000, "JPY"),
		InvoiceRef: "900001"}, world.Movement{})
	b.charge(world.Charge{ID: rid("pay", "Dinar"), At: start + 7*day,
		Amount: money.New(12_500, "KWD")}, world.Movement{})
	b.charge(world.Charge{ID: rid("pay", "Older"), At: start + hour, Amount: inr(120_000),
		Text: "kept on hold"}, world.Movement{PayoutID: rid("setl", "late")})
	b.charge(world.Charge{ID: rid("pay", "Waits"), At: b.Now - 5*day, Amount: inr(77_700),
		InvoiceRef: "1010"}, world.Movement{})
	b.charge(world.Charge{ID: rid("pay", "New"), At: b.Now - 3*hour, Amount: inr(66_600),
		InvoiceRef: "1011"}, world.Movement{})
	for _, c := range []world.Charge{
		{ID: rid("pay", "Failed"), At: start + 8*day, Amount: inr(431_700), State: book.Failed,
			FailureCode: "BAD_REQUEST_ERROR", DeclineCode: "insufficient_funds", Text: "#1005"},
		{ID: rid("pay", "Late"), At: b.Now - 30*hour, Amount: inr(51_500), State: book.Failed,
			FailureCode: "payment_timed_out", InvoiceRef: "1012"},
		{ID: rid("pay", "Held"), At: b.Now - 20*hour, Amount: inr(52_500), State: book.Pending,
			InvoiceRef: "1013"},
		{ID: rid("pay", "HeldLong"), At: b.Now - 9*day, Amount: inr(53_500), State: book.Pending},
		{ID: rid("pay", "Void"), At: start + 9*day, Amount: inr(54_500), State: book.Cancelled,
			IntentID: rid("order", "Void")},
	} {
		b.charge(c, world.Movement{})
	}
}

func (b builder) reversals() {
	start := b.start()
	for _, r := range []struct {
		world.Refund
		fee    int64
		payout string
		gross  int64
	}{
		{Refund: world.Refund{ID: rid("rfnd", "Part"), ChargeID: rid("pay", "Card2"), At: start + 4*day,
			Amount: inr(25_000), State: book.Succeeded}, payout: "back"},
		{Refund: world.Refund{ID: rid("rfnd", "Instant"), ChargeID: rid("pay", "Card3"),
			At: start + 5*day, Amount: inr(490_000), State: book.Succeeded}, fee: 708, payout: "back"},
		{Refund: world.Refund{ID: rid("rfnd", "Dollars"), ChargeID: rid("pay", "Dollars"),
			At: start + 6*day, Amount: money.New(1000, "USD"), State: book.Succeeded},
			payout: "back", gross: 83_125},
		{Refund: world.Refund{ID: rid("rfnd", "Cents"), ChargeID: rid("pay", "Dollars"),
			At: start + 20*day, Amount: money.New(500, "USD"), State: book.Succeeded}, gross: 41_500},
		{Refund: world.Refund{ID: rid("rfnd", "Unsettled"), ChargeID: rid("pay", "Card4"),
			At: b.Now - 6*hour, Amount: inr(9_900), State: book.Succeeded}},
		{Refund: world.Refund{ID: rid("rfnd", "Back"), ChargeID: rid("pay", "Card5"),
			At: start + 6*day, Amount: inr(8_800), State: book.Failed, FailedAt: start + 12*day,
			FailureMovementID: rid("adj", "RefundBack")}, payout: "back"},
	} {
		m := world.Movement{ID: r.ID, Type: "refund", Category: "refund", At: r.At, SourceID: r.ID,
			Gross: -cmp.Or(r.gross, r.Amount.Minor), Fee: r.fee - r.fee*18/118, Tax: r.fee * 18 / 118}
		if r.payout != "" {
			m.PayoutID = rid("setl", r.payout)
		}
		r.MovementID = r.ID
		b.move(m)
		if r.FailureMovementID != "" {
			b.move(world.Movement{ID: r.FailureMovementID, Type: "adjustment",
				Category: "refund_failure", At: r.FailedAt, Gross: r.Amount.Minor, SourceID: r.ID,
				PayoutID: rid("setl", "again")})
		}
		b.Razorpay.Refunds = append(b.Razorpay.Refunds, r.Refund)
	}
	b.Razorpay.Refunds = append(b.Razorpay.Refunds,
		world.Refund{ID: rid("rfnd", "Pending"), ChargeID: rid("pay", "Card6"), At: b.Now - 8*day,
			Amount: inr(490_000), State: book.Pending},
		world.Refund{ID: rid("rfnd", "Never"), ChargeID: rid("pay", "Card1"), At: start + 9*day,
			Amount: inr(100), State: book.Failed},
		world.Refund{ID: rid("rfnd", "Void"), ChargeID: rid("pay", "Void"), At: start + 14*day,
			Amount: inr(54_500), State: book.Succeeded})
	b.disputes()
}

func (b builder) disputes() {
	start := b.start()
	b.Razorpay.Disputes = []world.Dispute{
		{ID: rid("disp", "Won"), ChargeID: rid("pay", "Card4"), At: start + 5*day, Amount: inr(490_000),
			Status: "won", Reason: "goods_or_services_not_received", Stage: "chargeback",
			UpdatedAt: start + 11*day,
			Movements: []string{rid("adj", "Taken"), rid("adj", "Given")}},
		{ID: rid("disp", "Debited"), ChargeID: rid("pay", "Card5"), At: start + 6*day,
			Amount: inr(490_000), Status: "under_review", Reason: "fraudulent",
			UpdatedAt: start + 7*day, Movements: []string{rid("adj", "Debited")}},
		{ID: rid("disp", "Lost"), ChargeID: rid("pay", "Card1"), At: start + 15*day,
			Amount: inr(490_000), Status: "lost", Reason: "chargeback", Stage: "pre_arbitration",
			UpdatedAt: start + 30*day, Movements: []string{rid("adj", "Lost")}},
		{ID: rid("disp", "Open"), ChargeID: rid("pay", "Card2"), At: start + 16*day,
			Amount: inr(5_000), Status: "open", Reason: "fraudulent", Stage: "retrieval"},
	}
	adj := func(name, of, category string, at book.Instant, gross int64, payout string) {
		m := world.Movement{ID: rid("adj", name), Type: "adjustment", Category: category, At: at,
			Gross: gross, SourceID: rid("disp", of), Text: "Debit for dispute"}
		if payout != "" {
			m.PayoutID = rid("setl", payout)
		}
		b.move(m)
	}
	adj("Taken", "Won", "dispute", start+5*day+hour, -490_000, "back")
	adj("Given", "Won", "dispute_reversal", start+11*day, 490_000, "again")
	adj("Debited", "Debited", "dispute", start+6*day+hour, -490_000, "back")
	adj("Lost", "Lost", "dispute", start+30*day, -490_000, "")
}

// others adds what moves without a customer.
func (b builder) others() {
	start := b.start()
	for _, m := range []world.Movement{
		{ID: rid("adj", "Credit"), Type: "adjustment", Category: "other_adjustment",
			At: start + 3*day, Gross: 1012, Text: "Correction", PayoutID: rid("setl", "paid")},
		{ID: rid("adj", "Unseen"), Type: "adjustment", Category: "other_adjustment",
			At: start + 25*day, Gross: -500, Text: "Not settled yet"},
		{ID: rid("trf", "Linked"), Type: "transfer", Category: "other_adjustment", At: start + 3*day,
			Gross: -100_000, Fee: 250, Tax: 46, PayoutID: rid("setl", "paid")},
	} {
		b.move(m)
	}
}

// payouts sends money to the bank. One settlement came back and went out again with the next.
func (b builder) payouts() {
	start := b.start()
	b.move(world.Movement{ID: rid("adj", "SetlBack"), Type: "adjustment",
		Category: "payout_reversal", At: start + 12*day, Gross: 1, SourceID: rid("setl", "back"),
		PayoutID: rid("setl", "again")})
	for _, p := range []world.Payout{
		{ID: rid("setl", "paid"), At: start + 5*day, State: book.PayoutPaid, Reconciled: true,
			Trace: "1568176960vxp0rj"},
		{ID: rid("setl", "back"), At: start + 9*day, State: book.PayoutFailed, Reconciled: true,
			Trace: "RZRP173069230702", FailedAt: start + 12*day,
			FailureMovementID: rid("adj", "SetlBack")},
		{ID: rid("setl", "again"), At: start + 13*day, State: book.PayoutPaid, Reconciled: true,
			Trace: "KKBKH14156891582"},
		{ID: rid("setl", "late"), At: start + 32*day, State: book.PayoutPaid, Reconciled: true,
			Trace: "AXISCN1153863727"},
		{ID: rid("setl", "unproven"), At: b.Now - 30*hour, State: book.PayoutPaid, Trace: "UTROLD1"},
		{ID: rid("setl", "created"), At: b.Now - hour, State: book.PayoutPending},
	} {
		sum := int64(0)
		for i := range b.Razorpay.Movements {
			m := &b.Razorpay.Movements[i]
			if p.ID == rid("setl", "again") && m.ID == rid("adj", "SetlBack") {
				m.Gross = b.payout(rid("setl", "back")).Amount.Minor
				m.Net = m.Gross
			}
			if m.PayoutID == p.ID {
				sum += m.Net
			}
			if p.ID == rid("setl", "unproven") && m.ID == rid("pay", "Waits") ||
				p.ID == rid("setl", "created") && m.ID == rid("pay", "New") {
				sum += m.Net
			}
		}
		if p.ID == rid("setl", "created") {
			sum -= 5_000 // What the open dispute will take.
		}
		p.Automatic = true
		if sum != 0 {
			p.Amount = inr(sum)
		}
		b.pay(p, 0)
	}
	for _, p := range []world.Payout{
		{ID: rid("setlod", "Twice"), At: start + 18*day, Amount: inr(199_410), Trace: "ICICN0001",
			State: book.PayoutPaid},
		{ID: rid("setlodp", "Twice2"), At: start + 18*day, Amount: inr(99_410), Trace: "ICICN0002",
			State: book.PayoutPaid},
		{ID: rid("setlod", "Returned"), At: start + 19*day, Amount: inr(50_000),
			State: book.PayoutFailed, FailedAt: start + 19*day + hour},
		{ID: rid("setlod", "Waits"), At: b.Now - hour, Amount: inr(30_000),
			State: book.PayoutPending},
	} {
		p.Instant = true
		b.pay(p, 590)
	}
}

func (b builder) pay(p world.Payout, fee int64) {
	p.MovementID, p.Account = p.ID, "operating"
	p.ArrivesOn = p.At.In(ist)
	b.Razorpay.Payouts = append(b.Razorpay.Payouts, p)
	b.move(world.Movement{ID: p.ID, Type: "settlement", Category: "payout", At: p.At,
		Gross: -p.Amount.Minor, Fee: fee - fee*18/118, Tax: fee * 18 / 118, SourceID: p.ID})
}

func (b builder) payout(id string) *world.Payout {
	for i := range b.Razorpay.Payouts {
		if b.Razorpay.Payouts[i].ID == id {
			return &b.Razorpay.Payouts[i]
		}
	}
	panic("no payout " + id)
}

// touch lets the world move on for two days: a payment that failed is authorised late, one that was
// held is captured, a refund goes out, a dispute takes money, a settlement is sent again with another
// UTR and its members are stated, another one is processed, an on-demand one comes back.
func touch(w *world.World) {
	b, old := builder{w}, w.Now
	w.Now += 48 * hour
	for i := range w.Razorpay.Charges {
		switch c := &w.Razorpay.Charges[i]; c.ID {
		case rid("pay", "Late"), rid("pay", "Held"), rid("pay", "HeldLong"):
			c.State, c.FailureCode, c.MovementID = book.Succeeded, "", c.ID
			b.move(world.Movement{ID: c.ID, SourceID: c.ID, Type: "payment", Category: "charge",
				At: c.At, Gross: c.Amount.Minor, Fee: 1000, Tax: 180})
		}
	}
	for i := range w.Razorpay.Refunds {
		if r := &w.Razorpay.Refunds[i]; r.ID == rid("rfnd", "Pending") {
			r.State, r.MovementID = book.Succeeded, r.ID
			b.move(world.Movement{ID: r.ID, Type: "refund", Category: "refund", At: old + hour,
				Gross: -r.Amount.Minor, SourceID: r.ID})
		}
	}
	for i := range w.Razorpay.Disputes {
		if d := &w.Razorpay.Disputes[i]; d.ID == rid("disp", "Open") {
			d.Status, d.UpdatedAt, d.Movements = "lost", old+hour, []string{rid("adj", "Open")}
			b.move(world.Movement{ID: rid("adj", "Open"), Type: "adjustment", Category: "dispute",
				At: old + hour, Gross: -d.Amount.Minor, SourceID: d.ID,
				PayoutID: rid("setl", "created")})
		}
	}
	for i := range w.Razorpay.Movements {
		switch m := &w.Razorpay.Movements[i]; m.ID {
		case rid("pay", "Waits"):
			m.PayoutID = rid("setl", "unproven")
		case rid("pay", "New"):
			m.PayoutID = rid("setl", "created")
		}
	}
	p := b.payout(rid("setl", "unproven"))
	p.Reconciled, p.Trace = true, "UTRNEW2"
	p = b.payout(rid("setl", "created"))
	p.State, p.Trace, p.Reconciled = book.PayoutPaid, "UTRNEW3", true
	p = b.payout(rid("setlod", "Waits"))
	p.State, p.FailedAt = book.PayoutFailed, old+hour
	order(w)
}

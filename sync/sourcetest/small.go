package sourcetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

const day = book.Instant(24 * 60 * 60 * 1000)

// Small is a business of a few dozen records that holds one of everything: amounts with 0, 2 and 3
// decimals, a conversion, attempts that failed, refunds and disputes in every state, fees, taxes
// and a reserve, and payouts that are paid, on their way, manual and returned.
func Small() *world.World {
	w := &world.World{Name: "Small Hosting", Base: "EUR", Zone: time.UTC,
		OpeningOn: book.NewDate(2026, 10, 1),
		Now:       book.At(time.Date(2026, 11, 5, 10, 0, 0, 0, time.UTC)),
		Options:   world.Options{Seed: 1, Customers: 6, Month: book.MonthOf(book.NewDate(2026, 10, 1))},
	}
	Foreign(w)
	b := builder{w}
	b.billing()
	b.charges()
	b.afterwards()
	b.payouts()
	b.saved()
	w.Accounts = []world.Account{{Name: "operating", Currency: "EUR",
		IBAN: "LT121000011101001000", Settles: []book.SourceName{"stripe"}, Calendar: "target"}}
	byTime(w)
	return w
}

// byTime puts the gateway's slices in order.
func byTime(w *world.World) {
	slices.SortFunc(w.Stripe.Charges, func(a, b world.Charge) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(w.Stripe.Movements, func(a, b world.Movement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(w.Stripe.Payouts, func(a, b world.Payout) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
}

// Foreign adds to any world a customer, an invoice, its payment and its charge in a currency
// without decimals and in one with three; the gateway holds both in balances of their own.
func Foreign(w *world.World) {
	b := builder{w}
	at := w.Now - 20*day
	for i, m := range []money.Money{money.New(5000, "JPY"), money.New(12_500, "KWD")} {
		n := 900_001 + i
		charge := fmt.Sprintf("ch_foreign%d", i+1)
		w.Customers = append(w.Customers, world.Customer{ID: n, First: "Aiko", Last: "Far",
			Email: fmt.Sprintf("far%d@example.com", i), Country: "JP", Currency: m.Currency,
			Status: "Active", CreatedOn: w.OpeningOn, Method: "stripe",
			GatewayID: fmt.Sprintf("cus_foreign%d", i+1)})
		w.Invoices = append(w.Invoices, world.Invoice{ID: n, CustomerID: n,
			Number: fmt.Sprintf("F-%d", n), Status: book.InvoicePaid, Kind: book.InvoiceOrdinary,
			IssuedOn: at.In(w.Zone), DueOn: at.In(w.Zone), PaidAt: at, UpdatedAt: at,
			Currency: m.Currency, Subtotal: m.Minor, Method: "stripe",
			Lines: []world.Line{{ID: n, Kind: "Hosting", Text: "Hosting", Amount: m.Minor}}})
		w.Payments = append(w.Payments, world.Payment{ID: n, CustomerID: n, InvoiceID: n, At: at,
			Currency: m.Currency, In: m.Minor, Fee: 180, Method: "stripe", TransID: charge,
			Text: "Invoice Payment"})
		w.Rates = append(w.Rates, world.Rate{ID: 90 + i, Currency: m.Currency,
			Value: []string{"161.50000", "0.33000"}[i]})
		b.charge(world.Charge{ID: charge, At: at, Amount: m, Payer: fmt.Sprintf("cus_foreign%d", i+1),
			InvoiceRef: fmt.Sprint(n), ClientRef: fmt.Sprint(n)},
			world.Movement{ID: fmt.Sprintf("txn_foreign%d", i+1), Currency: m.Currency,
				Gross: m.Minor, Fee: 180})
	}
	byTime(w)
}

type builder struct{ *world.World }

// billing fills the billing side.
func (b builder) billing() {
	on := b.OpeningOn
	b.Methods = []world.Method{{Module: "stripe", Title: "Credit Card", Behind: "stripe"},
		{Module: "banktransfer", Title: "Bank Transfer", Behind: "operating"}}
	b.Rates = append(b.Rates, world.Rate{ID: 1, Currency: "EUR", Value: "1.00000"},
		world.Rate{ID: 2, Currency: "USD", Value: "1.08330"})
	for i := 1; i <= 6; i++ {
		at := on.Time().Add(time.Duration(i) * 25 * time.Hour)
		c := world.Customer{ID: i, First: "Ona", Last: fmt.Sprintf("Kalnė %d", i),
			Email: fmt.Sprintf("ona%d@example.com", i), Country: "LT", Currency: "EUR",
			Status: "Active", CreatedOn: on, Method: "stripe",
			GatewayID: fmt.Sprintf("cus_%d", i), NoNotices: i == 5}
		if i == 6 {
			c.Company, c.Status, c.Credit = "Šeštas & Co", "Inactive", 1500
		}
		b.Customers = append(b.Customers, c)
		b.Services = append(b.Services, world.Service{ID: 300 + i, CustomerID: i,
			Product: "Hosting S", Domain: fmt.Sprintf("site%d.example.com", i), Status: "Active",
			Cycle: "Monthly", Method: "stripe", Recurring: money.New(4900, "EUR"),
			RegisteredOn: on, NextDueOn: on + 31})
		inv := world.Invoice{ID: 1000 + i, CustomerID: i, Number: fmt.Sprintf("INV-2026-%d", i),
			Status: book.InvoicePaid, Kind: book.InvoiceOrdinary, IssuedOn: on, DueOn: on + 7,
			PaidAt: book.At(at), UpdatedAt: book.At(at), Currency: "EUR", Subtotal: 4050, Tax: 850,
			Method: "stripe", Lines: []world.Line{{ID: 2000 + i, Kind: "Hosting", RelID: 300 + i,
				Text: "Hosting S", Amount: 4050}}}
		if i > 4 {
			inv.Status, inv.PaidAt = book.InvoiceUnpaid, 0
		} else {
			b.Payments = append(b.Payments, world.Payment{ID: 990 + i, CustomerID: i,
				InvoiceID: inv.ID, At: book.At(at), Currency: "EUR", In: 4900, Fee: 99,
				Method: "stripe", TransID: fmt.Sprintf("ch_card%d", i), Text: "Invoice Payment"})
		}
		b.Invoices = append(b.Invoices, inv)
	}
	b.Credits = []world.Credit{{ID: 88, CustomerID: 6, On: on + 3, Amount: money.New(1500, "EUR"),
		Text: "Added by hand"}}
	slices.SortFunc(b.Rates, func(x, y world.Rate) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.Customers, func(x, y world.Customer) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.Invoices, func(x, y world.Invoice) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.Payments, func(x, y world.Payment) int { return cmp.Compare(x.ID, y.ID) })
}

// saved adds a card that was saved after its payer's failed, and one whose data was renewed.
func (b builder) saved() {
	for i, m := range []world.Saved{{Payer: "cus_5", AddedAt: b.Now - 3*day},
		{Payer: "cus_2", AddedAt: b.Now - 25*day, UpdatedAt: b.Now - 2*day}} {
		m.Instrument = book.Instrument{ID: fmt.Sprintf("pm_saved%d", i+1), Kind: "card", Brand: "visa",
			Ending: fmt.Sprintf("424%d", i+1), Fingerprint: fmt.Sprintf("FPsaved%d", i+1), Region: "LT"}
		b.Stripe.Saved = append(b.Stripe.Saved, m)
	}
}

// charge adds a charge and what moved for it.
func (b builder) charge(c world.Charge, m world.Movement) {
	c.IntentID = "pi_" + c.ID[3:]
	c.MethodType = cmp.Or(c.MethodType, "card")
	c.State = cmp.Or(c.State, book.Succeeded)
	if c.Payer != "" {
		c.Name, c.Email = "Ona "+c.Payer, c.Payer+"@example.com"
	}
	if m.ID != "" {
		c.MovementID = m.ID
		m.Type = map[string]string{"card": "charge", "sepa_debit": "payment"}[c.MethodType]
		m.Category, m.At, m.SourceID, m.Text = "charge", c.At, c.ID, c.Text
		m.AvailableAt = cmp.Or(m.AvailableAt, c.At+3*day)
		b.move(m)
	}
	b.Stripe.Charges = append(b.Stripe.Charges, c)
}

func (b builder) move(m world.Movement) {
	m.Net = m.Gross - m.Fee - m.Tax
	m.AvailableAt = cmp.Or(m.AvailableAt, m.At)
	m.Currency = cmp.Or(m.Currency, "EUR")
	b.Stripe.Movements = append(b.Stripe.Movements, m)
}

// charges fills in attempts to take money.
func (b builder) charges() {
	start := book.At(b.OpeningOn.Time())
	eur := func(n int64) money.Money { return money.New(n, "EUR") }
	for i := 1; i <= 6; i++ {
		b.charge(world.Charge{ID: fmt.Sprintf("ch_card%d", i), At: start + book.Instant(i)*day,
			Amount: eur(4900), Payer: fmt.Sprintf("cus_%d", i), InvoiceRef: fmt.Sprint(1000 + i),
			ClientRef: fmt.Sprint(i), Text: fmt.Sprintf("Invoice #%d", 1000+i)},
			world.Movement{ID: fmt.Sprintf("txn_card%d", i), Gross: 4900, Fee: 82, Tax: 17,
				PayoutID: "po_paid"})
	}
	b.charge(world.Charge{ID: "ch_usd", At: start + 8*day, Amount: money.New(10_000, "USD"),
		Payer: "cus_1", Text: "Payment of Invoice #1001"},
		world.Movement{ID: "txn_usd", Gross: 9231, Fee: 325, Rate: "0.923100", PayoutID: "po_back"})
	b.charge(world.Charge{ID: "ch_failed", At: start + 9*day, Amount: eur(4900), Payer: "cus_5",
		State: book.Failed, FailureCode: "card_declined", DeclineCode: "insufficient_funds",
		InvoiceRef: "1005", ClientRef: "5"}, world.Movement{})
	b.charge(world.Charge{ID: "py_failed", At: start + 10*day, Amount: eur(2000), Payer: "cus_5",
		State: book.Failed, FailureCode: "insufficient_funds", MethodType: "sepa_debit",
		FailureMovementID: "txn_pyback"},
		world.Movement{ID: "txn_py", Gross: 2000, Fee: 35, PayoutID: "po_back"})
	b.move(world.Movement{ID: "txn_pyback", Type: "payment_failure_refund",
		Category: "charge_failure", At: start + 15*day, Gross: -2000, SourceID: "py_failed",
		PayoutID: "po_back"})
	b.charge(world.Charge{ID: "py_pending", At: b.Now - 2*day, Amount: eur(3000), Payer: "cus_2",
		State: book.Pending, MethodType: "sepa_debit", InvoiceRef: "1002"},
		world.Movement{ID: "txn_pending", Gross: 3000, Fee: 35, AvailableAt: b.Now + 4*day})
}

// afterwards takes some charges back and adds what moves without a customer.
func (b builder) afterwards() {
	start := book.At(b.OpeningOn.Time())
	for _, r := range []world.Refund{
		{ID: "re_done", ChargeID: "ch_card2", At: start + 11*day, Amount: money.New(2500, "EUR"),
			State: book.Succeeded, MovementID: "txn_re1"},
		{ID: "re_usd", ChargeID: "ch_usd", At: start + 12*day, Amount: money.New(1000, "USD"),
			State: book.Succeeded, MovementID: "txn_re2"},
		{ID: "re_failed", ChargeID: "ch_card3", At: start + 12*day, Amount: money.New(900, "EUR"),
			State: book.Failed, FailedAt: start + 20*day, FailureReason: "expired_or_canceled_card",
			MovementID: "txn_re3", FailureMovementID: "txn_re3back"},
		{ID: "re_pending", ChargeID: "ch_card4", At: b.Now - day, Amount: money.New(4900, "EUR"),
			State: book.Pending},
	} {
		b.Stripe.Refunds = append(b.Stripe.Refunds, r)
		m := world.Movement{ID: r.MovementID, Type: "refund", Category: "refund", At: r.At,
			Gross: -r.Amount.Minor, SourceID: r.ID, PayoutID: "po_back",
			Text: "REFUND FOR CHARGE"}
		if r.Amount.Currency == "USD" {
			m.Gross, m.Rate = -923, "0.9231"
		}
		if r.MovementID != "" {
			b.move(m)
		}
		if r.FailureMovementID != "" {
			b.move(world.Movement{ID: r.FailureMovementID, Type: "refund_failure",
				Category: "refund_failure", At: r.FailedAt, Gross: r.Amount.Minor, SourceID: r.ID})
		}
	}
	b.Stripe.Disputes = []world.Dispute{
		{ID: "du_won", ChargeID: "ch_card5", At: start + 13*day, Amount: money.New(4900, "EUR"),
			Status: "won", Reason: "fraudulent", Movements: []string{"txn_du1", "txn_du1back"}},
		{ID: "du_open", ChargeID: "ch_card6", At: start + 14*day, Amount: money.New(4900, "EUR"),
			Status: "needs_response", Reason: "product_not_received", Movements: []string{"txn_du2"}},
		{ID: "du_inquiry", ChargeID: "ch_card1", At: start + 14*day,
			Amount: money.New(4900, "EUR"), Status: "warning_needs_response", Reason: "general"}}
	for _, m := range []world.Movement{
		{ID: "txn_du1", Type: "adjustment", Category: "dispute", At: start + 13*day, Gross: -4900,
			Fee: 2000, SourceID: "du_won", Text: "Chargeback withdrawal", PayoutID: "po_back"},
		{ID: "txn_du1back", Type: "adjustment", Category: "dispute_reversal", At: start + 28*day,
			Gross: 4900, SourceID: "du_won", Text: "Chargeback reversal"},
		{ID: "txn_du2", Type: "adjustment", Category: "dispute", At: start + 14*day, Gross: -4900,
			Fee: 2000, SourceID: "du_open", PayoutID: "po_back"},
		{ID: "txn_fee", Type: "stripe_fee", Category: "fee", At: start + 16*day, Gross: -700,
			Text: "Billing - Usage Fee (2026-09)", PayoutID: "po_back"},
		{ID: "txn_tax", Type: "tax_fee", Category: "tax", At: start + 16*day, Gross: -147,
			Text: "VAT on fees", PayoutID: "po_back"},
		{ID: "txn_hold", Type: "reserved_funds", Category: "risk_reserved_funds",
			At: start + 17*day, Gross: -1000, Text: "Reserve"},
		{ID: "txn_new", Type: "fee_credit_funding", Category: "", At: start + 18*day, Gross: 55,
			Text: "Fee credit"},
	} {
		b.move(m)
	}
}

// payouts sends money to the bank and gets some of it back.
func (b builder) payouts() {
	start := book.At(b.OpeningOn.Time())
	net := map[string]int64{}
	for _, m := range b.Stripe.Movements {
		net[m.PayoutID] += m.Net
	}
	for _, p := range []world.Payout{
		{ID: "po_paid", At: start + 10*day, State: book.PayoutPaid, Automatic: true,
			Reconciled: true, MovementID: "txn_po1", Trace: "LT26TRACE1", Descriptor: "SMALL HOST"},
		{ID: "po_back", At: start + 22*day, State: book.PayoutFailed, Automatic: true,
			Reconciled: true, MovementID: "txn_po2", FailedAt: start + 25*day,
			FailureCode: "account_closed", FailureMovementID: "txn_po2back"},
		{ID: "po_manual", At: start + 24*day, Amount: money.New(1234, "EUR"),
			State: book.PayoutPaid, MovementID: "txn_po3"},
		{ID: "po_late", At: b.Now - day/2, Amount: money.New(55, "EUR"),
			State: book.PayoutInTransit, Automatic: true, MovementID: "txn_po4"},
	} {
		if p.Reconciled {
			p.Amount = money.New(net[p.ID], "EUR")
		}
		p.ArrivesOn, p.Account = p.At.In(time.UTC)+2, "operating"
		b.Stripe.Payouts = append(b.Stripe.Payouts, p)
		own := world.Movement{ID: p.MovementID, Type: "payout", Category: "payout", At: p.At,
			Gross: -p.Amount.Minor, SourceID: p.ID, Text: "STRIPE PAYOUT"}
		if p.Automatic && p.Reconciled {
			own.PayoutID = p.ID
		}
		b.move(own)
		if p.FailureMovementID != "" {
			b.move(world.Movement{ID: p.FailureMovementID, Type: "payout_failure",
				Category: "payout_reversal", At: p.FailedAt, Gross: p.Amount.Minor, SourceID: p.ID})
		}
	}
}

// Mood is an issuer that says the same to everybody.
type Mood world.Answer

// Answer is that.
func (m Mood) Answer(book.Instrument, money.Money, book.Instant) world.Answer { return world.Answer(m) }

package stripe

import (
	"cmp"
	"regexp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// expect is what the books must come to, written from the world alone.
func expect(w *world.World) book.Records {
	e := expectation{w: w, charges: map[string]world.Charge{},
		refunds: map[string]world.Refund{}, disputes: map[string]world.Dispute{},
		payouts: map[string]world.Payout{}}
	for _, c := range w.Stripe.Charges {
		e.charges[c.ID] = c
	}
	for _, r := range w.Stripe.Refunds {
		e.refunds[r.ID] = r
	}
	for _, d := range w.Stripe.Disputes {
		e.disputes[d.ID] = d
	}
	for _, p := range w.Stripe.Payouts {
		e.payouts[p.ID] = p
		e.out.Payouts = append(e.out.Payouts, e.payout(p))
	}
	balances := map[money.Currency]int64{}
	for _, m := range w.Stripe.Movements {
		balances[m.Currency] += m.Net
		if m.Category != "payout" {
			e.out.Transactions = append(e.out.Transactions, e.row(m))
		}
	}
	for c, n := range balances {
		e.out.Balances = append(e.out.Balances, book.Balance{Source: world.StripeName, Currency: c,
			At: w.Now / 1000 * 1000, Amount: n})
	}
	for _, c := range w.Stripe.Charges {
		if c.MovementID == "" {
			x := book.Transaction{ID: c.Item(), Source: world.StripeName, Kind: book.Charge,
				State: c.State, At: second(c.At), Currency: c.Amount.Currency, Charged: c.Amount}
			e.out.Transactions = append(e.out.Transactions, e.paid(x, c))
		}
	}
	for _, r := range w.Stripe.Refunds {
		if r.MovementID == "" {
			e.out.Transactions = append(e.out.Transactions, book.Transaction{ID: r.Item(),
				Source: world.StripeName, Kind: book.Refund, State: r.State, At: second(r.At),
				Currency: r.Amount.Currency, Charged: r.Amount.Neg(), Parent: native(r.ChargeID),
				Reason: r.FailureReason})
		}
	}
	for _, m := range w.Stripe.Saved {
		e.out.SavedMethods = append(e.out.SavedMethods, book.SavedMethod{ID: native(m.Instrument.ID),
			Source: world.StripeName, Kind: m.Instrument.Kind, Brand: m.Instrument.Brand,
			Ending: m.Instrument.Ending, ExpiresOn: book.NewDate(2030, 12, 31), Payer: m.Payer,
			Fingerprint: m.Instrument.Fingerprint, AddedAt: second(m.AddedAt),
			UpdatedAt: second(max(m.AddedAt, m.UpdatedAt))})
	}
	return e.out
}

type expectation struct {
	w        *world.World
	out      book.Records
	charges  map[string]world.Charge
	refunds  map[string]world.Refund
	disputes map[string]world.Dispute
	payouts  map[string]world.Payout
}

func native(id string) book.ItemID {
	if id == "" {
		return ""
	}
	return book.NewID(world.StripeName, id)
}

// second is an instant as Stripe can say it.
func second(i book.Instant) book.Instant { return i / 1000 * 1000 }

func (e *expectation) payout(p world.Payout) book.Payout {
	members := book.MembersUnstated
	if p.Automatic {
		members = book.MembersPending
		if p.Reconciled {
			members = book.MembersStated
		}
	}
	return book.Payout{ID: p.Item(), Source: world.StripeName, State: p.State, Amount: p.Amount,
		SentAt: second(p.At), ArrivesOn: p.ArrivesOn, Members: members, Trace: p.Trace,
		Descriptor: p.Descriptor, FailedAt: second(p.FailedAt), Reason: p.FailureCode,
		Aliases: []string{p.MovementID}}
}

// paid adds what a charge says of itself.
func (e *expectation) paid(x book.Transaction, c world.Charge) book.Transaction {
	x.Payer, x.PayerName = c.Payer, cmp.Or(c.Name, c.Email)
	x.InvoiceRef, x.CustomerRef = cmp.Or(c.InvoiceRef, named(c.Text)), c.ClientRef
	x.Text = cmp.Or(x.Text, c.Text)
	if c.State == book.Failed {
		x.Reason = cmp.Or(c.DeclineCode, c.FailureCode)
	}
	if x.Kind == book.Charge {
		x.Instrument, x.Decline = world.InstrumentOf(c), declined(c)
	}
	if x.Kind == book.Charge && c.IntentID != "" {
		x.Aliases = append(x.Aliases, c.IntentID)
	}
	return x
}

// declined is what networks and Stripe say of a charge that failed.
func declined(c world.Charge) book.Decline {
	if c.State != book.Failed {
		return book.Decline{}
	}
	d := book.Decline{Error: c.FailureCode, Code: cmp.Or(c.DeclineCode, c.FailureCode)}
	codes := map[string][2]string{"insufficient_funds": {"51", "02"}, "generic_decline": {"05", ""},
		"do_not_honor": {"05", ""}, "expired_card": {"54", "01"}, "lost_card": {"41", "03"},
		"stolen_card": {"43", "03"}, "processing_error": {"96", ""}, "incorrect_cvc": {"82", ""}}[c.DeclineCode]
	d.Network = codes[0]
	if world.InstrumentOf(c).Brand == "mastercard" {
		d.Advice = codes[1]
	}
	return d
}

func named(text string) string {
	if found := regexp.MustCompile(`Invoice #([0-9]+)`).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

var expectedKinds = map[string]book.TransactionKind{"charge": book.Charge, "refund": book.Refund,
	"charge_failure": book.ChargeFailure, "refund_failure": book.RefundFailure,
	"dispute": book.Dispute, "dispute_reversal": book.Reinstatement, "fee": book.Fee,
	"tax": book.Tax, "payout_reversal": book.PayoutFailure, "risk_reserved_funds": book.Reserve,
	"other_adjustment": book.Adjustment, "": book.OtherMovement}

func (e *expectation) row(m world.Movement) book.Transaction {
	x := book.Transaction{ID: m.Item(), Source: world.StripeName, Kind: expectedKinds[m.Category],
		State: book.Succeeded, At: second(m.At), AvailableAt: second(m.AvailableAt),
		Currency: m.Currency, Gross: m.Gross, Fee: m.Fee, Tax: m.Tax, Net: m.Net,
		Charged: money.New(m.Gross, m.Currency), Rate: m.Rate, Text: m.Text, DueOn: m.ReleaseOn}
	if p := e.payouts[m.PayoutID]; p.Automatic && p.Reconciled {
		x.PayoutID = p.Item()
	}
	if x.ID.Native() != m.ID {
		x.Aliases = []string{m.ID}
	}
	signed := func(a money.Money) {
		if m.Gross < 0 {
			a = a.Neg()
		}
		x.Charged = a
	}
	switch x.Kind {
	case book.Charge, book.ChargeFailure:
		c := e.charges[m.SourceID]
		x = e.paid(x, c)
		signed(c.Amount)
		if x.Kind == book.Charge {
			x.State = c.State
		} else {
			x.Parent = c.Item()
		}
	case book.Refund, book.RefundFailure:
		r := e.refunds[m.SourceID]
		signed(r.Amount)
		x.Parent, x.Reason, x.InvoiceRef = r.Item(), r.FailureReason, named(m.Text)
		if x.Kind == book.Refund {
			x.Parent, x.State = native(r.ChargeID), r.State
		}
	case book.Dispute, book.Reinstatement:
		d := e.disputes[m.SourceID]
		signed(d.Amount)
		x.Parent, x.Reason, x.InvoiceRef = d.Item(), d.Reason, named(m.Text)
		if x.Kind == book.Dispute {
			x.Parent = native(d.ChargeID)
		}
	case book.PayoutFailure:
		p := e.payouts[m.SourceID]
		x.Parent, x.Reason = p.Item(), p.FailureCode
	}
	slices.Sort(x.Aliases)
	return x
}

// touch lets the world move on for two days: a refund fails, a pending refund goes out, a bank
// debit fails, a payout's members are stated and it arrives, another one comes back.
func touch(w *world.World) {
	const hour = book.Instant(3600 * 1000)
	old := w.Now
	w.Now += 48 * hour
	add := func(m world.Movement) {
		m.Net, m.AvailableAt, m.Currency = m.Gross-m.Fee, m.At, "EUR"
		w.Stripe.Movements = append(w.Stripe.Movements, m)
	}
	for i := range w.Stripe.Refunds {
		switch r := &w.Stripe.Refunds[i]; r.ID {
		case "re_done":
			r.State, r.FailedAt = book.Failed, old+hour
			r.FailureReason, r.FailureMovementID = "lost_or_stolen_card", "txn_late1"
			add(world.Movement{ID: "txn_late1", Type: "refund_failure", Category: "refund_failure",
				At: r.FailedAt, Gross: r.Amount.Minor, SourceID: r.ID})
		case "re_pending":
			r.State, r.MovementID = book.Succeeded, "txn_late2"
			add(world.Movement{ID: "txn_late2", Type: "refund", Category: "refund",
				At: old + 2*hour, Gross: -r.Amount.Minor, SourceID: r.ID})
		}
	}
	for i := range w.Stripe.Charges {
		if c := &w.Stripe.Charges[i]; c.ID == "py_pending" {
			c.State, c.FailureCode = book.Failed, "insufficient_funds"
			c.FailureMovementID = "txn_late3"
			add(world.Movement{ID: "txn_late3", Type: "payment_failure_refund",
				Category: "charge_failure", At: old + 3*hour, Gross: -3000, SourceID: c.ID})
		}
	}
	for i := range w.Stripe.Payouts {
		switch p := &w.Stripe.Payouts[i]; p.ID {
		case "po_late":
			p.State, p.Reconciled, p.Trace = book.PayoutPaid, true, "LT26LATE"
			for k := range w.Stripe.Movements {
				if w.Stripe.Movements[k].ID == "txn_new" {
					w.Stripe.Movements[k].PayoutID = p.ID
				}
			}
		case "po_paid":
			p.State, p.FailedAt, p.FailureCode = book.PayoutFailed, old+4*hour, "no_account"
			p.FailureMovementID = "txn_late4"
			add(world.Movement{ID: "txn_late4", Type: "payout_failure",
				Category: "payout_reversal", At: p.FailedAt, Gross: p.Amount.Minor,
				SourceID: p.ID})
		}
	}
	for i := range w.Stripe.Disputes {
		if d := &w.Stripe.Disputes[i]; d.ID == "du_open" {
			d.Status = "won"
			d.Movements = append(d.Movements, "txn_late5")
			add(world.Movement{ID: "txn_late5", Type: "adjustment", Category: "dispute_reversal",
				At: old + 5*hour, Gross: d.Amount.Minor, SourceID: d.ID})
		}
	}
}

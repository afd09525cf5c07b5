package paypal

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
	e := expectation{charges: map[string]world.Charge{}, disputes: map[string]world.Dispute{}}
	l := &w.PayPal
	for _, c := range l.Charges {
		e.charges[c.ID] = c
	}
	for _, d := range l.Disputes {
		if old, ok := e.disputes[d.ChargeID]; !ok || max(old.At, old.UpdatedAt) < max(d.At, d.UpdatedAt) {
			e.disputes[d.ChargeID] = d
		}
	}
	fees := map[string]int64{}
	balances := map[money.Currency]int64{}
	for _, m := range l.Movements {
		balances[m.Currency] += m.Net
		if m.Category == "payout" {
			fees[m.ID] = m.Fee
			continue
		}
		e.out.Transactions = append(e.out.Transactions, e.row(m))
	}
	for _, p := range l.Payouts {
		e.out.Payouts = append(e.out.Payouts, book.Payout{ID: native(p.ID), Source: world.PayPalName,
			State: p.State, Amount: p.Amount, SentAt: whole(p.At), Members: book.MembersUnstated,
			Trace: p.Trace, FailedAt: whole(p.FailedAt)})
		if fee := fees[p.ID]; fee != 0 {
			e.out.Transactions = append(e.out.Transactions, book.Transaction{
				ID: native(p.ID + "/fee"), Source: world.PayPalName, Kind: book.Fee,
				State: book.Succeeded, At: whole(p.At), AvailableAt: whole(p.At),
				Currency: p.Amount.Currency, Gross: -fee, Net: -fee,
				Charged: money.New(-fee, p.Amount.Currency)})
		}
	}
	for c, n := range balances {
		e.out.Balances = append(e.out.Balances, book.Balance{Source: world.PayPalName, Currency: c,
			At: whole(w.Now), Amount: n})
	}
	e.unmoved(l)
	return e.out
}

type expectation struct {
	out      book.Records
	charges  map[string]world.Charge
	disputes map[string]world.Dispute
}

func native(id string) book.ItemID {
	if id == "" {
		return ""
	}
	return book.NewID(world.PayPalName, id)
}

// whole is an instant as PayPal can say it.
func whole(i book.Instant) book.Instant { return i / 1000 * 1000 }

// unmoved adds what moved nothing.
func (e *expectation) unmoved(l *world.Ledger) {
	for _, c := range l.Charges {
		if c.MovementID == "" {
			x := book.Transaction{ID: native(c.ID), Source: world.PayPalName, Kind: book.Charge,
				State: c.State, At: whole(c.At), Currency: c.Amount.Currency, Charged: c.Amount}
			e.out.Transactions = append(e.out.Transactions, e.sale(x, c))
		}
	}
	for _, r := range l.Refunds {
		if r.MovementID == "" {
			x := book.Transaction{ID: native(r.ID), Source: world.PayPalName, Kind: book.Refund,
				State: r.State, At: whole(r.At), Currency: r.Amount.Currency, Charged: r.Amount.Neg(),
				Parent: native(r.ChargeID)}
			e.out.Transactions = append(e.out.Transactions, e.party(x, e.charges[r.ChargeID]))
		}
	}
}

func (e *expectation) party(x book.Transaction, c world.Charge) book.Transaction {
	x.Payer, x.PayerName = c.Payer, cmp.Or(c.Name, c.Email)
	x.InvoiceRef, x.CustomerRef = cmp.Or(c.InvoiceRef, named(x.Text)), c.ClientRef
	return x
}

func (e *expectation) sale(x book.Transaction, c world.Charge) book.Transaction {
	x.Text = cmp.Or(c.Text, x.Text)
	if c.IntentID != "" {
		x.Aliases = []string{c.IntentID}
	} else {
		x.Instrument = book.Instrument{ID: agreementOf(c.Payer), Kind: "paypal"}
	}
	return e.party(x, c)
}

func named(text string) string {
	if found := regexp.MustCompile(`Invoice #([0-9]+)`).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

var expectedKinds = map[string]book.TransactionKind{"charge": book.Charge, "refund": book.Refund,
	"dispute": book.Dispute, "dispute_reversal": book.Reinstatement, "fee": book.Fee,
	"payout_reversal": book.PayoutFailure, "conversion": book.Conversion, "hold": book.Reserve,
	"risk_reserved_funds": book.Reserve, "tax": book.WithheldTax, "": book.OtherMovement,
	"other_adjustment": book.Adjustment}

func (e *expectation) row(m world.Movement) book.Transaction {
	x := book.Transaction{ID: native(m.ID), Source: world.PayPalName,
		Kind: expectedKinds[m.Category], State: book.Succeeded, At: whole(m.At),
		AvailableAt: whole(m.At), Currency: m.Currency, Gross: m.Gross, Fee: m.Fee + m.Tax,
		Net: m.Net, Charged: money.New(m.Gross, m.Currency), Text: m.Text}
	if m.Type == "T0106" {
		x.Kind = book.DisputeFee
	}
	if c, ok := e.charges[m.ID]; ok {
		return e.sale(x, c)
	}
	c, ofSale := e.charges[m.SourceID]
	switch x.Kind {
	case book.Refund, book.Dispute, book.Reinstatement, book.PayoutFailure:
		x.Parent = native(m.SourceID)
	}
	if ofSale && x.Kind != book.Conversion {
		x = e.party(x, c)
	}
	d, disputed := e.disputes[m.SourceID]
	if disputed && slices.Contains([]string{"dispute", "dispute_reversal", "hold"}, m.Category) ||
		disputed && m.Type == "T0106" {
		x.Reason = d.Reason
		if x.Kind == book.Dispute {
			x.Aliases = []string{d.ID}
			if d.Status != "RESOLVED" {
				x.DueOn = book.DateOf((d.At + 10*day).Time())
			}
		}
	}
	if x.InvoiceRef == "" {
		x.InvoiceRef = named(x.Text)
	}
	return x
}

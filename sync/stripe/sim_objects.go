package stripe

import (
	"encoding/json"

	api "github.com/stripe/stripe-go/v76"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// The objects below hold every field that version 2023-10-16 calls required, and those that a
// reader of ours could want. null stands for what a field may be and is not.

// null is a text that is null where it is empty.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

type simMovement struct {
	ID          string   `json:"id"`
	Object      string   `json:"object"`
	Amount      int64    `json:"amount"`
	AvailableOn int64    `json:"available_on"`
	Created     int64    `json:"created"`
	Currency    string   `json:"currency"`
	Description any      `json:"description"`
	Rate        any      `json:"exchange_rate"`
	Fee         int64    `json:"fee"`
	FeeDetails  []simFee `json:"fee_details"`
	Net         int64    `json:"net"`
	Category    string   `json:"reporting_category"`
	Source      any      `json:"source"`
	Status      string   `json:"status"`
	Type        string   `json:"type"`
}

type simFee struct {
	Amount      int64  `json:"amount"`
	Application any    `json:"application"`
	Currency    string `json:"currency"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

func (s *Simulator) movement(i int, expand bool) *simMovement {
	m := &s.movements[i]
	of := func(n int64) int64 { return units(money.New(n, m.Currency)) }
	out := &simMovement{ID: m.ID, Object: "balance_transaction", Amount: of(m.Gross),
		AvailableOn: seconds(m.AvailableAt), Created: seconds(m.At), Currency: lower(m.Currency),
		Description: null(m.Text), Fee: of(m.Fee + m.Tax), FeeDetails: []simFee{}, Net: of(m.Net),
		Category: m.Category, Source: null(m.SourceID), Status: s.status(m), Type: m.Type}
	if m.Rate != "" {
		out.Rate = json.Number(m.Rate)
	}
	if m.Fee != 0 {
		out.FeeDetails = append(out.FeeDetails, simFee{Amount: of(m.Fee), Currency: out.Currency,
			Description: "Stripe processing fees", Type: "stripe_fee"})
	}
	if m.Tax != 0 {
		out.FeeDetails = append(out.FeeDetails, simFee{Amount: of(m.Tax), Currency: out.Currency,
			Description: "VAT", Type: "tax"})
	}
	if expand && m.SourceID != "" {
		out.Source = s.object(m.SourceID)
	}
	return out
}

// object is any object by its id, with nothing in it expanded; the id where there is none.
func (s *Simulator) object(id string) any {
	for _, list := range []string{"charges", "refunds", "disputes", "payouts"} {
		if i, ok := s.lists[list].find(id); ok {
			return s.lists[list].render(i, nil)
		}
	}
	if m, err := s.method(id); err == nil {
		return m
	}
	return id
}

// row is a balance transaction, expanded or by its id; null for "".
func (s *Simulator) row(id string, expand bool) any {
	if i, ok := s.lists["balance_transactions"].find(id); ok && expand {
		return s.movement(i, false)
	}
	return null(id)
}

type simCharge struct {
	ID             string            `json:"id"`
	Object         string            `json:"object"`
	Amount         int64             `json:"amount"`
	AmountCaptured int64             `json:"amount_captured"`
	AmountRefunded int64             `json:"amount_refunded"`
	Movement       any               `json:"balance_transaction"`
	Billing        map[string]any    `json:"billing_details"`
	Captured       bool              `json:"captured"`
	Created        int64             `json:"created"`
	Currency       string            `json:"currency"`
	Customer       any               `json:"customer"`
	Description    any               `json:"description"`
	Disputed       bool              `json:"disputed"`
	FailureRow     any               `json:"failure_balance_transaction"`
	FailureCode    any               `json:"failure_code"`
	Invoice        any               `json:"invoice"`
	Live           bool              `json:"livemode"`
	Metadata       map[string]string `json:"metadata"`
	Outcome        map[string]any    `json:"outcome"`
	Paid           bool              `json:"paid"`
	Intent         any               `json:"payment_intent"`
	Method         string            `json:"payment_method"`
	MethodDetails  map[string]any    `json:"payment_method_details"`
	Refunded       bool              `json:"refunded"`
	Status         string            `json:"status"`
}

// chargedWith is what a charge says of how it was paid.
func chargedWith(i book.Instrument) map[string]any {
	out := methodDetails(i)
	switch details, _ := out[i.Kind].(map[string]any); i.Kind {
	case "card":
		details["network"] = i.Brand
	case "sepa_debit":
		details["mandate"] = nil
	}
	return out
}

// methodDetails are what a saved method is.
func methodDetails(i book.Instrument) map[string]any {
	switch i.Kind {
	case "card":
		return map[string]any{"type": "card", "card": map[string]any{"brand": i.Brand, "country": i.Region,
			"exp_month": 12, "exp_year": 2030, "fingerprint": i.Fingerprint, "funding": "credit",
			"last4": i.Ending}}
	case "sepa_debit":
		return map[string]any{"type": "sepa_debit", "sepa_debit": map[string]any{"bank_code": nil,
			"branch_code": nil, "country": i.Region, "fingerprint": null(i.Fingerprint), "last4": i.Ending}}
	}
	return map[string]any{"type": i.Kind}
}

// networkCodes are what networks say where Stripe says this, with Mastercard's advice.
var networkCodes = map[string][2]string{"insufficient_funds": {"51", "02"}, "generic_decline": {"05", ""},
	"do_not_honor": {"05", ""}, "expired_card": {"54", "01"}, "lost_card": {"41", "03"},
	"stolen_card": {"43", "03"}, "processing_error": {"96", ""}, "incorrect_cvc": {"82", ""}}

// networkSaid is what the network said to a charge that failed; only Mastercard advises.
func networkSaid(c *world.Charge) (network, advice string) {
	network, advice = c.Network, c.Advice
	if codes, ok := networkCodes[c.DeclineCode]; ok && network == "" {
		network, advice = codes[0], codes[1]
	}
	if world.InstrumentOf(*c).Brand != "mastercard" {
		advice = ""
	}
	return network, advice
}

func (s *Simulator) charge(i int, expand bool) *simCharge {
	c := &s.charges[i]
	amount := units(c.Amount)
	out := &simCharge{ID: c.ID, Object: "charge", Amount: amount,
		AmountRefunded: units(money.New(s.refundedOf[c.ID], c.Amount.Currency)),
		Movement:       s.row(c.MovementID, expand),
		Billing: map[string]any{"name": null(c.Name), "email": null(c.Email), "phone": nil,
			"address": nil},
		Captured: true, Created: seconds(c.At), Currency: lower(c.Amount.Currency),
		Customer: null(c.Payer), Description: null(c.Text), Disputed: s.disputed[c.ID],
		FailureRow:  null(c.FailureMovementID),
		FailureCode: null(c.FailureCode), Live: s.quirks.Live, Metadata: map[string]string{},
		Outcome: map[string]any{"type": "authorized", "network_status": "approved_by_network",
			"reason": nil, "seller_message": "Payment complete.", "risk_level": "normal"},
		Intent: null(c.IntentID), Status: "succeeded", Paid: true,
		Method: world.InstrumentOf(*c).ID, MethodDetails: chargedWith(world.InstrumentOf(*c))}
	if c.InvoiceRef != "" {
		out.Metadata["invoice_id"] = c.InvoiceRef
	}
	if c.ClientRef != "" {
		out.Metadata["client_id"] = c.ClientRef
	}
	if key := s.made[c.ID]; key != "" {
		out.Metadata[keyField] = key
	}
	s.chargeState(out, c)
	out.AmountCaptured = amount
	if !out.Captured {
		out.AmountCaptured = 0
	}
	out.Refunded = out.Refunded || amount != 0 && out.AmountRefunded == amount
	return out
}

// chargeState fills in how far the charge got. A card's charge that waits and has no row of the
// ledger is not captured.
func (s *Simulator) chargeState(out *simCharge, c *world.Charge) {
	switch {
	case c.State == book.Failed:
		out.Status, out.Paid, out.Captured = "failed", false, c.MovementID != ""
		if c.DeclineCode != "" {
			out.Outcome = map[string]any{"type": "issuer_declined",
				"network_status": "declined_by_network", "reason": c.DeclineCode,
				"seller_message": "The bank did not return any further details.",
				"risk_level":     "normal"}
			if network, advice := networkSaid(c); network != "" {
				out.Outcome["network_decline_code"] = network
				if advice != "" {
					out.Outcome["network_advice_code"] = advice
				}
			}
		}
	case c.State == book.Pending && c.MovementID != "":
		out.Status, out.Paid = "pending", false
	case c.State == book.Pending:
		out.Captured = false
	case c.State == book.Cancelled:
		out.Captured, out.Refunded, out.AmountRefunded = false, true, out.Amount
	}
}

type simRefund struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	Amount        int64             `json:"amount"`
	Movement      any               `json:"balance_transaction"`
	Charge        any               `json:"charge"`
	Created       int64             `json:"created"`
	Currency      string            `json:"currency"`
	FailureRow    any               `json:"failure_balance_transaction,omitempty"`
	FailureReason any               `json:"failure_reason,omitempty"`
	Metadata      map[string]string `json:"metadata"`
	Intent        any               `json:"payment_intent"`
	Reason        any               `json:"reason"`
	ReceiptNumber any               `json:"receipt_number"`
	Status        string            `json:"status"`
}

func (s *Simulator) refund(i int, expand map[string]bool) *simRefund {
	r := &s.refunds[i]
	out := &simRefund{ID: r.ID, Object: "refund", Amount: units(r.Amount),
		Movement: s.row(r.MovementID, expand["balance_transaction"]), Charge: r.ChargeID,
		Created: seconds(r.At), Currency: lower(r.Amount.Currency),
		FailureRow:    s.row(r.FailureMovementID, expand["failure_balance_transaction"]),
		FailureReason: null(r.FailureReason), Metadata: map[string]string{},
		Status: map[book.TransactionState]string{book.Pending: "pending", book.Failed: "failed",
			book.Cancelled: "canceled", book.Succeeded: "succeeded"}[r.State]}
	if key := s.made[r.ID]; key != "" {
		out.Metadata[keyField] = key
	}
	if k, ok := s.lists["charges"].find(r.ChargeID); ok {
		out.Intent = null(s.charges[k].IntentID)
	}
	if expand["charge"] {
		out.Charge = s.object(r.ChargeID)
	}
	return out
}

type simDispute struct {
	ID              string            `json:"id"`
	Object          string            `json:"object"`
	Amount          int64             `json:"amount"`
	Movements       []any             `json:"balance_transactions"`
	Charge          any               `json:"charge"`
	Created         int64             `json:"created"`
	Currency        string            `json:"currency"`
	Evidence        map[string]any    `json:"evidence"`
	EvidenceDetails map[string]any    `json:"evidence_details"`
	Refundable      bool              `json:"is_charge_refundable"`
	Live            bool              `json:"livemode"`
	Metadata        map[string]string `json:"metadata"`
	Intent          any               `json:"payment_intent"`
	Reason          string            `json:"reason"`
	Status          string            `json:"status"`
}

func (s *Simulator) dispute(i int, expand bool) *simDispute {
	d := &s.disputes[i]
	due := seconds(d.At) + 14*oneDay
	out := &simDispute{ID: d.ID, Object: "dispute", Amount: units(d.Amount), Movements: []any{},
		Charge: d.ChargeID, Created: seconds(d.At), Currency: lower(d.Amount.Currency),
		Evidence: map[string]any{}, EvidenceDetails: map[string]any{"due_by": due,
			"has_evidence": false, "past_due": due < seconds(s.w.Now), "submission_count": 0},
		Live: s.quirks.Live, Metadata: map[string]string{}, Reason: d.Reason, Status: d.Status}
	for _, id := range d.Movements {
		out.Movements = append(out.Movements, s.row(id, true))
	}
	if k, ok := s.lists["charges"].find(d.ChargeID); ok {
		out.Intent = null(s.charges[k].IntentID)
	}
	if expand {
		out.Charge = s.object(d.ChargeID)
	}
	return out
}

type simPayout struct {
	ID             string            `json:"id"`
	Object         string            `json:"object"`
	Amount         int64             `json:"amount"`
	ArrivalDate    int64             `json:"arrival_date"`
	Automatic      bool              `json:"automatic"`
	Movement       any               `json:"balance_transaction"`
	Created        int64             `json:"created"`
	Currency       string            `json:"currency"`
	Description    string            `json:"description"`
	Destination    string            `json:"destination"`
	Failure        any               `json:"failure_balance_transaction"`
	FailureCode    any               `json:"failure_code"`
	Live           bool              `json:"livemode"`
	Metadata       map[string]string `json:"metadata"`
	Method         string            `json:"method"`
	Reconciliation string            `json:"reconciliation_status"`
	SourceType     string            `json:"source_type"`
	Descriptor     any               `json:"statement_descriptor"`
	Status         string            `json:"status"`
	Trace          map[string]any    `json:"trace_id"`
	Type           string            `json:"type"`
}

func payoutStatus(p book.PayoutState) string {
	if p == book.PayoutCancelled {
		return "canceled"
	}
	return string(p)
}

func (s *Simulator) payout(i int, expand map[string]bool) *simPayout {
	p := &s.payouts[i]
	out := &simPayout{ID: p.ID, Object: "payout", Amount: units(p.Amount),
		ArrivalDate: p.ArrivesOn.Time().Unix(), Automatic: p.Automatic,
		Movement: s.row(p.MovementID, expand["balance_transaction"]), Created: seconds(p.At),
		Currency: lower(p.Amount.Currency), Description: "STRIPE PAYOUT",
		Destination: "ba_" + string(p.Account),
		Failure:     s.row(p.FailureMovementID, expand["failure_balance_transaction"]),
		FailureCode: null(p.FailureCode), Live: s.quirks.Live, Metadata: map[string]string{},
		Method: "standard", Reconciliation: "in_progress", SourceType: "card",
		Descriptor: null(p.Descriptor), Status: payoutStatus(p.State),
		Trace: map[string]any{"status": "pending", "value": nil}, Type: "bank_account"}
	switch {
	case !p.Automatic:
		out.Reconciliation, out.Description = "not_applicable", "Manual payout"
	case p.Reconciled:
		out.Reconciliation = "completed"
	}
	if p.Trace != "" {
		out.Trace = map[string]any{"status": "supported", "value": p.Trace}
	}
	return out
}

// event is an event with its object as it is now.
func (s *Simulator) event(e *simEvent) any {
	object := s.object(e.objectID)
	version := api.APIVersion
	if s.quirks.EventVersion != "" {
		version, object = s.quirks.EventVersion, otherVersion(object)
	}
	return map[string]any{"id": e.id, "object": "event", "api_version": version, "created": e.at,
		"data": map[string]any{"object": object}, "livemode": s.quirks.Live,
		"pending_webhooks": 0, "request": map[string]any{"id": nil, "idempotency_key": nil},
		"type": e.kind}
}

// otherVersion is an object as a later version of the API renders it: amounts and links that a
// reader of the pinned version expects are gone or of another type.
func otherVersion(object any) any {
	b, err := json.Marshal(object)
	if err != nil {
		panic("stripe: write an event: " + err.Error())
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		panic("stripe: write an event: " + err.Error())
	}
	for _, gone := range []string{"balance_transaction", "payment_intent", "invoice", "status"} {
		delete(fields, gone)
	}
	fields["amount"] = map[string]any{"value": "1.00"}
	return fields
}

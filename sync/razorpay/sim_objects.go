package razorpay

import (
	"cmp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// The objects below hold every field that Razorpay documents for reading, with null for what a field
// may be and is not.

// null is a text that is null where it is empty.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// pairs are notes as Razorpay sends them: [] where there are none.
func pairs(list ...string) any {
	out := map[string]string{}
	for i := 0; i < len(list); i += 2 {
		if list[i+1] != "" {
			out[list[i]] = list[i+1]
		}
	}
	if len(out) == 0 {
		return []any{}
	}
	return out
}

func (s *Simulator) notesOf(c *world.Charge) any {
	if s.quirks.Receipts {
		return pairs("client_id", c.ClientRef)
	}
	return pairs("invoice_id", c.InvoiceRef, "client_id", c.ClientRef)
}

func (s *Simulator) payment(c *world.Charge) any {
	refunded := s.refundedOf[c.ID]
	status, captured := "authorized", false
	switch {
	case c.State == book.Failed:
		status = "failed"
	case c.State == book.Cancelled:
		status, refunded = "refunded", c.Amount.Minor
	case c.State == book.Succeeded && refunded >= c.Amount.Minor:
		status, captured = "refunded", true
	case c.State == book.Succeeded:
		status, captured = "captured", true
	}
	out := map[string]any{"id": c.ID, "entity": "payment", "amount": c.Amount.Minor,
		"currency": c.Amount.Currency, "status": status, "order_id": null(c.IntentID),
		"invoice_id": nil, "international": c.Amount.Currency != balanceCurrency,
		"method": cmp.Or(c.MethodType, "card"), "amount_refunded": refunded,
		"refund_status": refundStatus(refunded, c.Amount.Minor), "captured": captured,
		"description": null(c.Text), "card_id": nil, "bank": nil, "wallet": nil, "vpa": nil,
		"email": null(c.Email), "contact": null(""), "customer_id": null(c.Payer),
		"token_id": nil, "notes": s.notesOf(c), "fee": nil, "tax": nil, "error_code": nil,
		"error_description": nil, "error_source": nil, "error_step": nil, "error_reason": nil,
		"acquirer_data": map[string]any{"auth_code": nil}, "created_at": seconds(c.At)}
	if m := s.movements[c.MovementID]; m != nil && captured {
		out["fee"], out["tax"] = m.Fee+m.Tax, m.Tax
		if m.Currency != c.Amount.Currency {
			out["base_amount"], out["base_currency"] = m.Gross, m.Currency
		}
	}
	if status == "failed" {
		out["error_code"] = "BAD_REQUEST_ERROR"
		out["error_description"] = "The payment could not be completed."
		out["error_source"], out["error_step"] = "issuer_bank", "payment_authorization"
		out["error_reason"] = cmp.Or(c.DeclineCode, c.FailureCode, "NA")
	}
	return out
}

func refundStatus(refunded, of int64) any {
	switch {
	case refunded == 0:
		return nil
	case refunded < of:
		return "partial"
	}
	return "full"
}

func (s *Simulator) order(c *world.Charge) any {
	status, paid := "attempted", int64(0)
	if c.State == book.Succeeded {
		status, paid = "paid", c.Amount.Minor
	}
	return map[string]any{"id": c.IntentID, "entity": "order", "amount": c.Amount.Minor,
		"amount_paid": paid, "amount_due": c.Amount.Minor - paid, "currency": c.Amount.Currency,
		"receipt": null(c.InvoiceRef), "offer_id": nil, "status": status, "attempts": 1,
		"notes": s.notesOf(c), "created_at": seconds(c.At)}
}

func (s *Simulator) refund(r *world.Refund) any {
	status := map[book.TransactionState]string{book.Succeeded: "processed", book.Failed: "failed",
		book.Cancelled: "failed"}[r.State]
	speed := "normal"
	if m := s.movements[r.MovementID]; m != nil && m.Fee != 0 {
		speed = "instant"
	}
	named := any([]any{})
	if n := s.named[r.ID]; len(n) > 0 {
		named = n
	}
	return map[string]any{"id": r.ID, "entity": "refund", "amount": r.Amount.Minor,
		"currency": r.Amount.Currency, "payment_id": r.ChargeID, "notes": named,
		"receipt": nil, "acquirer_data": map[string]any{"arn": nil}, "created_at": seconds(r.At),
		"batch_id": nil, "status": cmp.Or(status, "pending"), "speed_processed": speed,
		"speed_requested": "normal"}
}

func (s *Simulator) dispute(d *world.Dispute) any {
	deducted := int64(0)
	if d.Status == "lost" {
		deducted = d.Amount.Minor
	}
	return map[string]any{"id": d.ID, "entity": "dispute", "payment_id": d.ChargeID,
		"amount": d.Amount.Minor, "currency": d.Amount.Currency, "amount_deducted": deducted,
		"reason_code": d.Reason, "reason_description": d.Reason,
		"respond_by": seconds(d.At) + 7*oneDay, "status": d.Status,
		"phase": cmp.Or(d.Stage, "chargeback"), "created_at": seconds(d.At),
		"evidence": map[string]any{"amount": d.Amount.Minor, "submitted_at": nil}}
}

func (s *Simulator) settlement(p *world.Payout) any {
	return map[string]any{"id": p.ID, "entity": "settlement", "amount": p.Amount.Minor,
		"status": settlementStatus(p.State), "fees": 0, "tax": 0, "utr": null(p.Trace),
		"created_at": seconds(p.At)}
}

func settlementStatus(state book.PayoutState) string {
	switch state {
	case book.PayoutPaid, book.PayoutInTransit:
		return "processed"
	case book.PayoutFailed, book.PayoutCancelled:
		return "failed"
	}
	return "created"
}

func (s *Simulator) onDemand(r *simRequest, expand bool) any {
	first := r.parts[0]
	var asked, sent, waits, back, fees, tax int64
	items := []any{}
	for i, p := range r.parts {
		id := p.ID
		if i == 0 {
			id = "setlodp_" + strings.TrimPrefix(first.ID, "setlod_")
		}
		fee, gst := int64(0), int64(0)
		if m := s.movements[p.MovementID]; m != nil {
			fee, gst = m.Fee+m.Tax, m.Tax
		}
		whole := p.Amount.Minor + fee
		asked, fees, tax = asked+whole, fees+fee, tax+gst
		one := map[string]any{"id": id, "entity": "settlement.ondemand_payout",
			"initiated_at": seconds(p.At), "processed_at": nil, "reversed_at": nil,
			"amount": whole, "amount_settled": nil, "fees": fee, "tax": gst, "utr": null(p.Trace),
			"status": "initiated", "created_at": seconds(p.At)}
		switch p.State {
		case book.PayoutPaid, book.PayoutInTransit:
			one["status"], one["amount_settled"] = "processed", p.Amount.Minor
			one["processed_at"] = seconds(p.At)
			sent += p.Amount.Minor
		case book.PayoutFailed, book.PayoutCancelled:
			one["status"], one["reversed_at"] = "reversed", seconds(cmp.Or(p.FailedAt, p.At))
			back += whole
		default:
			waits += whole
		}
		items = append(items, one)
	}
	out := map[string]any{"id": first.ID, "entity": "settlement.ondemand",
		"amount_requested": asked, "amount_settled": sent, "amount_pending": waits,
		"amount_reversed": back, "fees": fees, "tax": tax, "currency": first.Amount.Currency,
		"settle_full_balance": false, "status": "processed", "description": null(first.Descriptor),
		"notes": []any{}, "created_at": seconds(first.At)}
	if expand {
		out["ondemand_payouts"] = page(items)
	}
	return out
}

// entity is the kind of a movement's row and the object that it is about: a payment and a refund
// stand for themselves.
func entity(m *world.Movement) (kind, id string) {
	prefix := ""
	switch kind = "adjustment"; {
	case m.Category == "charge":
		kind, prefix = "payment", "pay_"
	case m.Category == "refund":
		kind, prefix = "refund", "rfnd_"
	case m.Type == "transfer":
		kind = "transfer"
	}
	if !strings.HasPrefix(m.ID, prefix) {
		return kind, m.SourceID
	}
	return kind, m.ID
}

// description is the text of a row: a payment's own, none for a refund. The return of a payout or a
// refund names what came back.
func (r *simRow) description() string {
	switch m := r.m; m.Category {
	case "charge":
		if c := r.s.charges[r.chargeID()]; c != nil {
			return c.Text
		}
	case "refund":
		return ""
	case "payout_reversal":
		return strings.TrimSpace(m.Text + " Reversal of settlement " + m.SourceID)
	case "refund_failure":
		return strings.TrimSpace(m.Text + " Reversal of refund " + m.SourceID)
	}
	return r.m.Text
}

// made is when the object of a row was made: a payment that was captured late is as old as itself.
func (r *simRow) made() book.Instant {
	if c := r.s.charges[r.chargeID()]; c != nil && r.m.Category == "charge" {
		return c.At
	}
	return r.m.At
}

// object is the row as Razorpay sends it. Notes come in each of their forms.
func (r *simRow) object() any {
	m, fee := r.m, r.m.Fee+r.m.Tax
	kind, id := entity(m)
	out := map[string]any{"entity_id": id, "type": kind, "debit": max(0, -m.Net),
		"credit": max(0, m.Net), "amount": max(m.Gross, -m.Gross), "currency": m.Currency,
		"fee": fee, "tax": m.Tax, "on_hold": false, "settled": true, "created_at": seconds(r.made()),
		"settled_at": seconds(r.settled.At), "posted_at": nil, "settlement_id": r.settled.ID,
		"credit_type": "default", "description": null(r.description()),
		"notes":      []any{"{}", []any{}, nil, map[string]any{"k": "v"}}[r.place%4],
		"payment_id": nil, "settlement_utr": null(r.settled.Trace), "order_id": nil,
		"order_receipt": nil, "method": nil, "card_network": nil, "card_issuer": nil,
		"card_type": nil, "dispute_id": nil}
	if kind == "adjustment" {
		out["settlement_utr"] = nil
	}
	if c := r.s.charges[r.chargeID()]; c != nil && kind == "payment" {
		out["order_id"], out["order_receipt"] = null(c.IntentID), null(c.InvoiceRef)
		out["method"] = cmp.Or(c.MethodType, "card")
	} else if c != nil {
		out["payment_id"] = c.ID
	}
	if r.s.disputes[m.SourceID] != nil {
		out["dispute_id"] = m.SourceID
	}
	return out
}

// chargeID is the payment behind a row, "" where there is none.
func (r *simRow) chargeID() string {
	switch s := r.s; {
	case s.charges[r.m.SourceID] != nil:
		return r.m.SourceID
	case s.refunds[r.m.SourceID] != nil:
		return s.refunds[r.m.SourceID].ChargeID
	case s.disputes[r.m.SourceID] != nil:
		return s.disputes[r.m.SourceID].ChargeID
	case s.charges[r.m.ID] != nil:
		return r.m.ID
	case s.refunds[r.m.ID] != nil:
		return s.refunds[r.m.ID].ChargeID
	}
	return ""
}

package stripe

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// reportColumns are the columns that WriteReport writes.
var reportColumns = []string{"balance_transaction_id", "created_utc", "created",
	"available_on_utc", "available_on", "currency", "gross", "fee", "net", "reporting_category",
	"source_id", "description", "customer_facing_amount", "customer_facing_currency",
	"automatic_payout_id", "automatic_payout_effective_at_utc", "automatic_payout_effective_at",
	"charge_id", "payment_intent_id", "customer_id", "customer_email", "customer_name",
	"dispute_reason", "trace_id", "payment_metadata[invoice_id]", "payment_metadata[client_id]"}

// reportWriter writes a world's movements as Stripe's reports do.
type reportWriter struct {
	charges  map[string]world.Charge
	refunds  map[string]world.Refund
	disputes map[string]world.Dispute
	payouts  map[string]world.Payout
	zone     *time.Location
}

// WriteReport writes a report over all of a world's history as a person would download it:
// "stripe-itemised-balance", "stripe-itemised-payouts", or "stripe-payout-reconciliation", which holds
// what automatic payouts carried. Times stand in UTC and in the zone.
func WriteReport(out io.Writer, w *world.World, format string, zone *time.Location) error {
	r := reportWriter{map[string]world.Charge{}, map[string]world.Refund{},
		map[string]world.Dispute{}, map[string]world.Payout{}, zone}
	for _, c := range w.Stripe.Charges {
		r.charges[c.ID] = c
	}
	for _, x := range w.Stripe.Refunds {
		r.refunds[x.ID] = x
	}
	for _, d := range w.Stripe.Disputes {
		r.disputes[d.ID] = d
	}
	for _, p := range w.Stripe.Payouts {
		r.payouts[p.ID] = p
	}
	if format == itemisedPayouts {
		return r.writePayouts(out, w)
	}
	columns := reportColumns
	if format == payoutReconciliation {
		columns = append(columns[:len(columns):len(columns)], "destination_payment_id")
	}
	table := csv.NewWriter(out)
	if err := table.Write(columns); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for _, m := range w.Stripe.Movements {
		if m.Category == "payout" || format == payoutReconciliation && !r.stated(m) {
			continue
		}
		cells := r.row(m)
		row := make([]string, len(columns))
		for i, column := range columns {
			row[i] = cells[column]
		}
		if err := table.Write(row); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	table.Flush()
	return table.Error()
}

// stated says that Stripe states which payout carried a row.
func (r reportWriter) stated(m world.Movement) bool {
	p, ok := r.payouts[m.PayoutID]
	return ok && p.Automatic && p.Reconciled
}

// row is a movement by the names of the columns.
func (r reportWriter) row(m world.Movement) map[string]string {
	of := func(n int64) string { return money.New(n, m.Currency).Decimal() }
	cells := map[string]string{"balance_transaction_id": m.ID, "currency": lower(m.Currency),
		"gross": of(m.Gross), "fee": of(m.Fee + m.Tax), "net": of(m.Net),
		"reporting_category": m.Category, "source_id": m.SourceID, "description": m.Text}
	r.time(cells, "created", m.At)
	r.time(cells, "available_on", m.AvailableAt)
	if r.stated(m) {
		p := r.payouts[m.PayoutID]
		cells["automatic_payout_id"], cells["trace_id"] = p.ID, p.Trace
		r.time(cells, "automatic_payout_effective_at", book.At(p.ArrivesOn.Time()))
	}
	charge, paid := m.SourceID, money.Money{}
	if x, ok := r.refunds[m.SourceID]; ok {
		charge, paid = x.ChargeID, x.Amount
	}
	if d, ok := r.disputes[m.SourceID]; ok {
		charge, paid = d.ChargeID, d.Amount
		cells["dispute_reason"] = d.Reason
	}
	c, ok := r.charges[charge]
	if !ok {
		return cells
	}
	if charge == m.SourceID {
		paid = c.Amount
	}
	cells["charge_id"], cells["payment_intent_id"] = c.ID, c.IntentID
	cells["customer_id"], cells["customer_name"], cells["customer_email"] = c.Payer, c.Name, c.Email
	cells["customer_facing_amount"] = paid.Decimal()
	cells["customer_facing_currency"] = lower(paid.Currency)
	cells["payment_metadata[invoice_id]"] = c.InvoiceRef
	cells["payment_metadata[client_id]"] = c.ClientRef
	if m.Text == "" && charge == m.SourceID {
		cells["description"] = c.Text
	}
	return cells
}

// time writes an instant in UTC and in the report's zone.
func (r reportWriter) time(cells map[string]string, column string, at book.Instant) {
	if at != 0 {
		cells[column+"_utc"] = at.Time().Format(timeForms[0])
		cells[column] = at.Time().In(r.zone).Format(timeForms[0])
	}
}

// writePayouts writes the itemised payouts.
func (r reportWriter) writePayouts(out io.Writer, w *world.World) error {
	table := csv.NewWriter(out)
	rows := [][]string{{"payout_id", "effective_at_utc", "currency", "balance_transaction_id", "gross",
		"fee", "net", "reporting_category", "payout_expected_arrival_date", "payout_status",
		"payout_reversed_at_utc", "payout_type", "trace_id"}}
	statuses := map[book.PayoutState]string{book.PayoutPaid: "paid", book.PayoutFailed: "failed",
		book.PayoutCancelled: "canceled", book.PayoutInTransit: "in_transit",
		book.PayoutPending: "pending"}
	for _, p := range w.Stripe.Payouts {
		kind, effective, back := "automatic", p.ArrivesOn.Time(), ""
		if !p.Automatic {
			kind, effective = "manual", p.At.Time()
		}
		if p.FailedAt != 0 {
			back = p.FailedAt.Time().Format(timeForms[0])
		}
		amount := p.Amount.Neg().Decimal()
		rows = append(rows, []string{p.ID, effective.Format(timeForms[0]), lower(p.Amount.Currency),
			p.MovementID, amount, "0.00", amount, "payout", p.ArrivesOn.String(), statuses[p.State], back,
			kind, p.Trace})
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

package paypal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// simEvent is a webhook event.
type simEvent struct {
	at           book.Instant
	id, kind     string
	resourceType string
	resource     map[string]any
}

// eventsKeptFor is how long PayPal keeps events.
const eventsKeptFor = 30 * 24 * time.Hour

// history is all events of a ledger up to now, oldest first. There are none for withdrawals, fees
// and conversions.
func (s *Simulator) history() []simEvent {
	var out []simEvent
	add := func(at book.Instant, kind, resourceType, id string, resource map[string]any) {
		sum := sha256.Sum256([]byte(kind + id + at.String()))
		text := strings.ToUpper(hex.EncodeToString(sum[:17]))
		if at <= s.w.Now {
			out = append(out, simEvent{at: at, id: "WH-" + text[:17] + "-" + text[17:], kind: kind,
				resourceType: resourceType, resource: resource})
		}
	}
	for _, c := range s.w.PayPal.Charges {
		m, moved := s.byID[c.MovementID]
		if c.State == book.Pending || moved && m.At/1000 > c.At/1000 {
			add(c.At, "PAYMENT.CAPTURE.PENDING", "capture", c.ID, capture(c, "PENDING", c.At))
		}
		switch {
		case moved:
			add(m.At, "PAYMENT.CAPTURE.COMPLETED", "capture", c.ID, capture(c, "COMPLETED", m.At))
		case c.State == book.Failed:
			add(c.At, "PAYMENT.CAPTURE.DENIED", "capture", c.ID, capture(c, "DECLINED", c.At))
		}
	}
	for _, r := range s.w.PayPal.Refunds {
		kind, status := "PAYMENT.CAPTURE.REFUNDED", "COMPLETED"
		if r.MovementID == "" {
			kind, status = "PAYMENT.REFUND.PENDING", "PENDING"
		}
		add(r.At, kind, "refund", r.ID, map[string]any{"id": r.ID, "status": status,
			"amount": wire(r.Amount), "create_time": second(r.At), "update_time": second(r.At),
			"links": []any{link("self", "/v2/payments/refunds/"+r.ID),
				link("up", "/v2/payments/captures/"+r.ChargeID)}})
	}
	for _, d := range s.w.PayPal.Disputes {
		add(d.At, "CUSTOMER.DISPUTE.CREATED", "dispute", d.ID, dispute(d, d.At, "OPEN"))
		switch {
		case d.UpdatedAt <= d.At:
		case d.Status == "RESOLVED":
			add(d.UpdatedAt, "CUSTOMER.DISPUTE.RESOLVED", "dispute", d.ID,
				dispute(d, d.UpdatedAt, "RESOLVED"))
		default:
			add(d.UpdatedAt, "CUSTOMER.DISPUTE.UPDATED", "dispute", d.ID,
				dispute(d, d.UpdatedAt, "UNDER_REVIEW"))
		}
	}
	slices.SortStableFunc(out, func(a, b simEvent) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id))
	})
	return out
}

func second(i book.Instant) string { return i.Time().Format(time.RFC3339) }

func link(rel, path string) any {
	return map[string]any{"rel": rel, "method": "GET", "href": liveURL + path}
}

func capture(c world.Charge, status string, at book.Instant) map[string]any {
	out := map[string]any{"id": c.ID, "status": status, "amount": wire(c.Amount),
		"final_capture": true, "create_time": second(c.At), "update_time": second(at),
		"links": []any{link("self", "/v2/payments/captures/"+c.ID)}}
	if c.InvoiceRef != "" {
		out["invoice_id"] = c.InvoiceRef
	}
	if c.ClientRef != "" {
		out["custom_id"] = c.ClientRef
	}
	if c.IntentID != "" {
		out["links"] = append(out["links"].([]any), link("up", "/v2/checkout/orders/"+c.IntentID))
	}
	return out
}

func dispute(d world.Dispute, at book.Instant, status string) map[string]any {
	return map[string]any{"dispute_id": d.ID, "create_time": zulu(d.At), "update_time": zulu(at),
		"status": status, "reason": d.Reason, "dispute_amount": wire(d.Amount),
		"disputed_transactions": []any{map[string]any{"seller_transaction_id": d.ChargeID}}}
}

// render is an event in PayPal's form.
func (e *simEvent) render() map[string]any {
	return map[string]any{"id": e.id, "event_version": "1.0", "create_time": zulu(e.at),
		"resource_type": e.resourceType, "resource_version": "2.0", "event_type": e.kind,
		"summary": "A " + e.resourceType + " changed.", "resource": e.resource,
		"links": []any{link("self", "/v1/notifications/webhooks-events/"+e.id)}}
}

// listEvents answers a request for events, newest first.
func (s *Simulator) listEvents(q url.Values) (any, *simError) {
	size, fail := number(q, "page_size", 10, 1, 1000)
	if fail != nil {
		return nil, fail
	}
	from, to := s.w.Now-book.Instant(eventsKeptFor.Milliseconds()), s.w.Now
	for name, bound := range map[string]*book.Instant{"start_time": &from, "end_time": &to} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return nil, invalid("INVALID_PARAMETER_SYNTAX", "%s is no date", name)
		}
		*bound = book.At(at)
	}
	from = max(from, s.w.Now-book.Instant(eventsKeptFor.Milliseconds()))
	var found []*simEvent
	for i := len(s.events) - 1; i >= 0; i-- {
		e := &s.events[i]
		kind := q.Get("event_type")
		if e.at >= from && e.at <= to && (kind == "" || kind == e.kind) {
			found = append(found, e)
		}
	}
	start, fail := offset(q.Get("next_page_token"), len(found))
	if fail != nil {
		return nil, fail
	}
	list := []any{}
	for i := start; i < min(start+size, len(found)); i++ {
		list = append(list, found[i].render())
	}
	return map[string]any{"events": list, "count": len(list),
		"links": pageLinks("/v1/notifications/webhooks-events", q, start+size, len(found))}, nil
}

// webhook answers a request for the only webhook.
func (s *Simulator) webhook(url.Values) (any, *simError) {
	types := []any{}
	events := s.quirks.Events
	if events == nil {
		events = []string{"*"}
	}
	for _, name := range events {
		types = append(types, map[string]any{"name": name, "status": "ENABLED"})
	}
	return map[string]any{"id": simulatorWebhook, "url": "https://books.example.com/hooks/paypal",
		"event_types": types, "links": []any{link("self", "/v1/notifications/webhooks/"+
			simulatorWebhook)}}, nil
}

package razorpay

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// simEvent is a webhook: what happened to which objects when, in Unix seconds.
type simEvent struct {
	at      int64
	kind    string
	payload map[string]any
	about   string
}

// Deliveries are all webhooks that Razorpay would have sent of a world's history up to its Now,
// oldest first, each signed and come in when it happened.
func Deliveries(w *world.World) []source.Delivery {
	s := NewSimulator(w)
	events := s.events()
	out := make([]source.Delivery, len(events))
	for i, e := range events {
		body, err := json.Marshal(e.object())
		if err != nil {
			panic("razorpay: write an event: " + err.Error())
		}
		out[i] = Sign(body, simulatorWebhook, e.id(), book.AtUnix(e.at))
	}
	return out
}

// Sign is a delivery of a body as Razorpay sends it, signed with a secret.
func Sign(body []byte, secret, id string, at book.Instant) source.Delivery {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Razorpay-Webhook/v1")
	h.Set(headerSignature, hex.EncodeToString(mac.Sum(nil)))
	if id != "" {
		h.Set(headerEventID, id)
	}
	return source.Delivery{Header: h, Body: body, At: at}
}

// id is the event's id: the same each time that it is sent.
func (e *simEvent) id() string {
	sum := sha256.Sum256([]byte(e.kind + " " + e.about))
	id := base64.RawURLEncoding.EncodeToString(sum[:])
	return strings.NewReplacer("-", "0", "_", "1").Replace(id)[:14]
}

func (e *simEvent) object() any {
	contains := []string{}
	payload := map[string]any{}
	for word, object := range e.payload {
		contains = append(contains, word)
		payload[word] = map[string]any{"entity": object}
	}
	slices.Sort(contains)
	return map[string]any{"entity": "event", "account_id": "acc_Northwind00001",
		"event": e.kind, "contains": contains, "payload": payload, "created_at": e.at}
}

// events derives the webhooks from the world.
func (s *Simulator) events() []simEvent {
	var out []simEvent
	now := seconds(s.w.Now)
	add := func(at book.Instant, kind, about string, payload map[string]any) {
		out = append(out, simEvent{at: min(seconds(at), now), kind: kind, about: about,
			payload: payload})
	}
	l := &s.w.Razorpay
	for i := range l.Charges {
		s.chargeEvents(&l.Charges[i], add)
	}
	for i := range l.Refunds {
		s.refundEvents(&l.Refunds[i], add)
	}
	for i := range l.Disputes {
		d := &l.Disputes[i]
		payload := map[string]any{"dispute": s.dispute(d)}
		if c := s.charges[d.ChargeID]; c != nil {
			payload["payment"] = s.payment(c)
		}
		add(d.At, "payment.dispute.created", d.ID, payload)
		if d.Status != "open" {
			add(cmp.Or(d.UpdatedAt, d.At), "payment.dispute."+d.Status, d.ID, payload)
		}
	}
	for i := range l.Payouts {
		p := &l.Payouts[i]
		if !p.Instant && settlementStatus(p.State) != "created" {
			add(p.At, "settlement.processed", p.ID, map[string]any{"settlement": s.settlement(p)})
		}
	}
	slices.SortFunc(out, func(a, b simEvent) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.about, b.about),
			cmp.Compare(a.kind, b.kind))
	})
	return out
}

type adder func(at book.Instant, kind, about string, payload map[string]any)

func (s *Simulator) chargeEvents(c *world.Charge, add adder) {
	payload := map[string]any{"payment": s.payment(c)}
	switch c.State {
	case book.Failed:
		add(c.At, "payment.failed", c.ID, payload)
		return
	case book.Succeeded:
		add(c.At, "payment.captured", c.ID, payload)
		if c.IntentID != "" {
			add(c.At, "order.paid", c.ID,
				map[string]any{"payment": s.payment(c), "order": s.order(c)})
		}
	}
	add(c.At, "payment.authorized", c.ID, payload)
}

func (s *Simulator) refundEvents(r *world.Refund, add adder) {
	payload := map[string]any{"refund": s.refund(r)}
	if c := s.charges[r.ChargeID]; c != nil {
		payload["payment"] = s.payment(c)
	}
	add(r.At, "refund.created", r.ID, payload)
	switch r.State {
	case book.Succeeded:
		at := r.At
		if m := s.movements[r.MovementID]; m != nil {
			at = max(at, m.At)
		}
		add(at, "refund.processed", r.ID, payload)
	case book.Failed:
		add(cmp.Or(r.FailedAt, r.At), "refund.failed", r.ID, payload)
	}
}

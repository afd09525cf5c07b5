package stripe

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// Deliveries are all webhooks that Stripe would have sent of a world's history up to its Now,
// oldest first, each signed and come in when it happened.
func Deliveries(w *world.World) []source.Delivery { return NewSimulator(w).Deliveries() }

// Deliveries are the webhooks of the simulator's world, with its quirks.
func (s *Simulator) Deliveries() []source.Delivery {
	events := s.eventsSince(0)
	out := make([]source.Delivery, len(events))
	for i := range events {
		body, err := json.MarshalIndent(s.event(&events[i]), "", "  ")
		if err != nil {
			panic("stripe: write an event: " + err.Error())
		}
		out[i] = Sign(body, simulatorSigning, events[i].at)
	}
	return out
}

// Sign is a delivery of a body as Stripe sends it, signed with a secret at a moment in Unix seconds.
func Sign(body []byte, secret string, at int64) source.Delivery {
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body,
		Secret: secret, Timestamp: time.Unix(at, 0)})
	h := http.Header{}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	h.Set("Stripe-Signature", signed.Header)
	return source.Delivery{Header: h, Body: body, At: book.AtUnix(at)}
}

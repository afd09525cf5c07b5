package spectrocoin

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// paths are the statuses that an order passes before the one in which it stands.
var paths = map[string][]string{"PAID": {"PENDING"}, "FAILED": {"PENDING"},
	"INVALID_PAYMENT": {"PENDING"}, "REJECTED": {"PENDING"}, "UNDERPAID": {"PARTIAL_PAYMENT"},
	"PENDING_LATE_CRYPTO_PAYMENT": {"EXPIRED"},
	"LATE_CRYPTO_PAYMENT":         {"EXPIRED", "PENDING_LATE_CRYPTO_PAYMENT"},
	"PROCESSING_REFUND":           {"PARTIAL_PAYMENT", "UNDERPAID"},
	"REFUNDED":                    {"PENDING", "PAID"},
	"REJECTED_REFUND":             {"PARTIAL_PAYMENT", "UNDERPAID", "PROCESSING_REFUND"}}

// Deliveries are the callbacks that SpectroCoin would have sent of a world's orders up to its Now,
// oldest first: signed forms for older orders, one for each status, and unsigned JSON for the
// others, the last one only: those before it say the same and no more.
func Deliveries(w *world.World) []source.Delivery {
	var out []source.Delivery
	for _, o := range w.SpectroCoin.Orders {
		if o.ID == "" || o.Status == "NEW" {
			continue
		}
		steps := append(slices.Clone(paths[o.Status]), o.Status)
		if o.Status == "PAID" && o.ValidUntil != 0 && o.PaidAt > o.ValidUntil {
			steps = []string{"EXPIRED", "LATE_CRYPTO_PAYMENT", "PAID"}
		}
		last := max(cmp.Or(o.PaidAt, o.UpdatedAt, o.At), o.UpdatedAt)
		if !o.Older {
			steps = steps[len(steps)-1:]
		}
		for i, status := range steps {
			at := o.At + (last-o.At)*book.Instant(i+1)/book.Instant(len(steps))
			if at <= w.Now {
				out = append(out, callback(o, status, at))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b source.Delivery) int { return cmp.Compare(a.At, b.At) })
	return out
}

// callback is one callback of an order.
func callback(o world.Order, status string, at book.Instant) source.Delivery {
	if !o.Older {
		body, err := json.Marshal(map[string]string{"id": o.ID, "merchantApiId": simulatorProject})
		if err != nil {
			panic("spectrocoin: write a callback: " + err.Error())
		}
		return source.Delivery{Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
			At: at}
	}
	return source.Delivery{
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte(signed(callbackForm(o, status), javaForm).Encode()), At: at}
}

// callbackForm are the fields of a form callback of the first generation, without its signature.
func callbackForm(o world.Order, status string) url.Values {
	code := cmp.Or(codeOf(status), status)
	return url.Values{"merchantId": {simulatorMerchant}, "apiId": {simulatorAPI}, "orderId": {o.Ref},
		"payCurrency": {o.Pay.Unit()}, "payAmount": {cmp.Or(o.Pay.Decimal(), "0")},
		"receiveCurrency": {string(o.Receive.Currency)}, "receiveAmount": {o.Receive.Decimal()},
		"receivedAmount": {cmp.Or(o.Received.Decimal(), "0")}, "description": {o.Text},
		"orderRequestId": {strconv.FormatInt(o.RequestID, 10)}, "status": {code}}
}

// signed adds the simulator's signature to a form.
func signed(form url.Values, e encoder) url.Values {
	text, err := callbackSigning.sign(form, e, simKey())
	if err != nil {
		panic("spectrocoin: sign a callback: " + err.Error())
	}
	form.Set("sign", text)
	return form
}

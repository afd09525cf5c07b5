package paypal

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// answerIn is how long a seller has to answer a dispute.
const answerIn = book.Instant(10 * 24 * 60 * 60 * 1000)

// dispute statuses by dispute_state.
var caseStatus = map[string]string{"OPEN_INQUIRIES": "OPEN",
	"REQUIRED_ACTION":             "WAITING_FOR_SELLER_RESPONSE",
	"REQUIRED_OTHER_PARTY_ACTION": "WAITING_FOR_BUYER_RESPONSE",
	"UNDER_PAYPAL_REVIEW":         "UNDER_REVIEW", "APPEALABLE": "RESOLVED", "RESOLVED": "RESOLVED"}

func changed(d world.Dispute) book.Instant { return max(d.UpdatedAt, d.At) }

// summary is a dispute as the list shows it.
func (s *Simulator) summary(d world.Dispute) map[string]any {
	out := map[string]any{"dispute_id": d.ID, "create_time": zulu(d.At),
		"update_time": zulu(changed(d)), "reason": d.Reason, "status": caseStatus[d.Status],
		"dispute_state": d.Status, "dispute_channel": "INTERNAL",
		"dispute_life_cycle_stage": cmp.Or(d.Stage, "CHARGEBACK"),
		"dispute_amount":           wire(d.Amount),
		"links": []any{map[string]any{"rel": "self", "method": "GET",
			"href": liveURL + "/v1/customer/disputes/" + d.ID}}}
	if caseStatus[d.Status] != "RESOLVED" {
		out["seller_response_due_date"] = zulu(d.At + answerIn)
	}
	return out
}

func wire(m money.Money) any {
	return map[string]any{"currency_code": string(m.Currency), "value": m.Decimal()}
}

// disputes answers a request for a list of disputes.
func (s *Simulator) disputes(q url.Values) (any, *simError) {
	size, fail := number(q, "page_size", 10, 1, 50)
	if fail != nil {
		return nil, fail
	}
	after := s.w.Now - book.Instant((180 * 24 * time.Hour).Milliseconds())
	if v := q.Get("update_time_after"); v != "" {
		at, err := time.Parse(time.RFC3339, v)
		if err != nil || book.At(at) < after {
			return nil, invalid("INVALID_PARAMETER_VALUE", "update_time_after must be within the "+
				"last 180 days.")
		}
		after = book.At(at)
	}
	about := q.Get("disputed_transaction_id")
	if q.Get("start_time") != "" && about != "" {
		return nil, invalid("INVALID_REQUEST", "start_time and disputed_transaction_id exclude "+
			"each other.")
	}
	var found []world.Dispute
	for _, d := range s.cases {
		state := q.Get("dispute_state")
		if about != "" && d.ChargeID != about || about == "" && changed(d) < after ||
			state != "" && state != d.Status {
			continue
		}
		found = append(found, d)
	}
	start, fail := offset(q.Get("next_page_token"), len(found))
	if fail != nil {
		return nil, fail
	}
	items := []any{}
	for i := start; i < min(start+size, len(found)); i++ {
		items = append(items, s.summary(found[i]))
	}
	return map[string]any{"items": items,
		"links": pageLinks("/v1/customer/disputes", q, start+size, len(found))}, nil
}

// offset reads a page token.
func offset(token string, most int) (int, *simError) {
	if token == "" {
		return 0, nil
	}
	text, err := base64.StdEncoding.DecodeString(token)
	n, err2 := strconv.Atoi(string(text))
	if err != nil || err2 != nil || n < 0 || n > most {
		return 0, invalid("INVALID_PARAMETER_VALUE", "next_page_token")
	}
	return n, nil
}

// pageLinks are the links of a page, to the next one too where there is one.
func pageLinks(path string, q url.Values, next, most int) []any {
	link := func(rel string, q url.Values) any {
		return map[string]any{"rel": rel, "method": "GET", "href": liveURL + path + "?" + q.Encode()}
	}
	out := []any{link("self", q)}
	if next < most {
		further := url.Values{}
		for k, v := range q {
			further[k] = v
		}
		further.Set("next_page_token", base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(next))))
		out = append(out, link("next", further))
	}
	return out
}

// dispute answers a request for one dispute with all details.
func (s *Simulator) dispute(q url.Values) (any, *simError) {
	for _, d := range s.cases {
		if d.ID != q.Get("id") {
			continue
		}
		out := s.summary(d)
		about := map[string]any{"seller_transaction_id": d.ChargeID}
		for _, c := range s.w.PayPal.Charges {
			if c.ID == d.ChargeID {
				about["create_time"], about["gross_amount"] = zulu(c.At), wire(c.Amount)
				about["transaction_status"] = "COMPLETED"
				if c.InvoiceRef != "" {
					about["invoice_number"] = c.InvoiceRef
				}
				if c.ClientRef != "" {
					about["custom"] = c.ClientRef
				}
			}
		}
		out["disputed_transactions"] = []any{about}
		moved := []any{}
		for _, id := range d.Movements {
			moved = append(moved, s.moneyMovement(s.byID[id]))
		}
		if len(moved) > 0 {
			out["money_movements"] = moved
		}
		if out["status"] == "RESOLVED" {
			code := "RESOLVED_BUYER_FAVOUR"
			if len(moved) == 0 || s.byID[d.Movements[len(d.Movements)-1]].Category == "dispute_reversal" {
				code = "RESOLVED_SELLER_FAVOUR"
			}
			out["dispute_outcome"] = map[string]any{"outcome_code": code}
		}
		return out, nil
	}
	return nil, notFound()
}

func (s *Simulator) moneyMovement(m world.Movement) any {
	out := map[string]any{"affected_party": "SELLER", "initiated_time": zulu(m.At), "type": "DEBIT",
		"amount": wire(money.New(m.Gross, m.Currency).Abs()), "reason": "DISPUTE_SETTLEMENT"}
	if m.Gross > 0 {
		out["type"] = "CREDIT"
	}
	if m.Type == "T0106" {
		out["reason"] = "CHARGEBACK_FEE"
	}
	return out
}

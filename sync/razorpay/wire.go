package razorpay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The shapes below are those of Razorpay's API v1 (Razorpay API reference, read 2026-11). Only what
// is used is named. Amounts are pointers where their absence must be seen.

// wireList is a page of a collection; its items are decoded one by one, so that one that cannot be
// read does not take the others with it. Count is of this page.
type wireList struct {
	Entity string            `json:"entity"`
	Count  int               `json:"count"`
	Items  []json.RawMessage `json:"items"`
}

// wireError is what both shapes of an error say.
type wireError struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	Field       string `json:"field"`
	Reason      string `json:"reason"`
}

// readError reads an error in either shape; false for a body that is neither.
func readError(body []byte) (wireError, bool) {
	var reply struct {
		Error      json.RawMessage   `json:"error"`
		StatusCode int               `json:"status_code"`
		Errors     []json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &reply) != nil {
		return wireError{}, false
	}
	var e wireError
	if json.Unmarshal(reply.Error, &e) == nil && (e.Code != "" || e.Description != "") {
		return e, true
	}
	if reply.StatusCode == 0 || len(reply.Errors) == 0 {
		return wireError{}, false
	}
	first := reply.Errors[0]
	if json.Unmarshal(first, &e) == nil && e.Description != "" {
		return e, true
	}
	var text string
	if json.Unmarshal(first, &text) != nil {
		text = "errors without a description"
	}
	return wireError{Description: text}, true
}

type wirePayment struct {
	ID           string `json:"id"`
	Amount       *int64 `json:"amount"`
	Currency     string `json:"currency"`
	BaseAmount   *int64 `json:"base_amount"`
	BaseCurrency string `json:"base_currency"`
	Status       string `json:"status"`
	Captured     bool   `json:"captured"`
	OrderID      string `json:"order_id"`
	InvoiceID    string `json:"invoice_id"`
	Description  string `json:"description"`
	Email        string `json:"email"`
	Contact      string `json:"contact"`
	CustomerID   string `json:"customer_id"`
	Notes        notes  `json:"notes"`
	Fee          *int64 `json:"fee"`
	Tax          *int64 `json:"tax"`
	ErrorCode    string `json:"error_code"`
	ErrorReason  string `json:"error_reason"`
	Created      int64  `json:"created_at"`
}

type wireOrder struct {
	ID      string `json:"id"`
	Receipt string `json:"receipt"`
}

type wireRefund struct {
	ID           string `json:"id"`
	Amount       *int64 `json:"amount"`
	Currency     string `json:"currency"`
	BaseAmount   *int64 `json:"base_amount"`
	BaseCurrency string `json:"base_currency"`
	PaymentID    string `json:"payment_id"`
	Receipt      string `json:"receipt"`
	Notes        notes  `json:"notes"`
	Status       string `json:"status"`
	Created      int64  `json:"created_at"`
}

// wireDispute is read for its reason; what it took or gave back is a row of the reconciliation.
type wireDispute struct {
	ID         string `json:"id"`
	PaymentID  string `json:"payment_id"`
	Amount     *int64 `json:"amount"`
	Currency   string `json:"currency"`
	ReasonCode string `json:"reason_code"`
}

type wireSettlement struct {
	ID      string `json:"id"`
	Amount  *int64 `json:"amount"`
	Status  string `json:"status"`
	UTR     string `json:"utr"`
	Created int64  `json:"created_at"`
}

// wireRow is an item of the settlement reconciliation: what one movement came to in a settlement.
type wireRow struct {
	EntityID     string `json:"entity_id"`
	Type         string `json:"type"`
	Debit        *int64 `json:"debit"`
	Credit       *int64 `json:"credit"`
	Amount       *int64 `json:"amount"`
	Currency     string `json:"currency"`
	Fee          int64  `json:"fee"`
	Tax          int64  `json:"tax"`
	Created      int64  `json:"created_at"`
	Settled      int64  `json:"settled_at"`
	SettlementID string `json:"settlement_id"`
	Description  string `json:"description"`
	PaymentID    string `json:"payment_id"`
	DisputeID    string `json:"dispute_id"`
	Notes        notes  `json:"notes"`
	// utr, order and receipt are used of a report only: the API says them elsewhere.
	utr, order, receipt string
}

type wireOnDemand struct {
	ID       string `json:"id"`
	Currency string `json:"currency"`
	Created  int64  `json:"created_at"`
	Status   string `json:"status"`
	Payouts  struct {
		Items []json.RawMessage `json:"items"`
	} `json:"ondemand_payouts"`
}

// wireOnDemandPayout is one transfer of an on-demand settlement. Fees include the tax; what comes to
// the bank is AmountSettled, null until it is sent.
type wireOnDemandPayout struct {
	ID            string `json:"id"`
	Amount        *int64 `json:"amount"`
	AmountSettled *int64 `json:"amount_settled"`
	Fees          int64  `json:"fees"`
	Tax           int64  `json:"tax"`
	UTR           string `json:"utr"`
	Status        string `json:"status"`
	Created       int64  `json:"created_at"`
	Reversed      int64  `json:"reversed_at"`
}

// notes are the merchant's own pairs. They come as an object, as [] when empty, as null, as a text
// that holds an object, and as a plain text, which is kept under the key "".
type notes map[string]string

// UnmarshalJSON reads each of the forms.
func (n *notes) UnmarshalJSON(b []byte) error {
	*n = nil
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || bytes.Equal(b, []byte("null")):
		return nil
	case b[0] == '"':
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		inner := strings.TrimSpace(text)
		if strings.HasPrefix(inner, "{") && json.Valid([]byte(inner)) {
			return n.UnmarshalJSON([]byte(inner))
		}
		if inner != "" && inner != "[]" && inner != "null" {
			*n = notes{"": inner}
		}
		return nil
	case b[0] == '[':
		return nil
	case b[0] != '{':
		return errors.New("notes are neither an object nor a text")
	}
	var pairs map[string]json.RawMessage
	if err := json.Unmarshal(b, &pairs); err != nil {
		return err
	}
	*n = notes{}
	for k, v := range pairs {
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = strings.Trim(string(v), `"`)
		}
		if text != "null" {
			(*n)[k] = text
		}
	}
	return nil
}

// moneyFields must stand in an object once at most, and in lower case: the standard library takes
// other letters too, and the last of two.
var moneyFields = []string{"amount", "base_amount", "currency", "base_currency", "fee", "tax", "fees",
	"debit", "credit", "amount_settled"}

// decode reads one object strictly.
func decode(body []byte, v any) error {
	if err := json.Unmarshal(body, v); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("it is no object")
	}
	var seen []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if small := strings.ToLower(key); slices.Contains(moneyFields, small) {
			if key != small || slices.Contains(seen, key) {
				return fmt.Errorf("field %q stands twice or in other letters", key)
			}
			seen = append(seen, key)
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}

// idOf is the id of an object that may not be readable otherwise, "" where it has none.
func idOf(body json.RawMessage) string { return textField(body, "id") }

// entityOf is the id of the object behind a row of the reconciliation.
func entityOf(body json.RawMessage) string {
	return strings.TrimSpace(textField(body, "entity_id") + " " + textField(body, "settlement_id"))
}

func textField(body json.RawMessage, field string) string {
	var head map[string]json.RawMessage
	var text string
	if json.Unmarshal(body, &head) != nil || json.Unmarshal(head[field], &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

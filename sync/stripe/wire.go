package stripe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	api "github.com/stripe/stripe-go/v76"
)

// The shapes below are those of API version 2023-10-16, which the library pins, and fields newer
// than it that an account may show (Stripe API reference, read 2026-11). Only what is used is
// named. Money fields are pointers where their absence must be seen.

// wireList is a page of any list; its elements are decoded one by one, so that one that cannot be
// read does not take the others with it.
type wireList struct {
	api.APIResource
	Object string            `json:"object"`
	More   bool              `json:"has_more"`
	Data   []json.RawMessage `json:"data"`
}

type wireAccount struct {
	api.APIResource
	ID              string `json:"id"`
	Email           string `json:"email"`
	BusinessProfile struct {
		Name string `json:"name"`
	} `json:"business_profile"`
	Settings struct {
		Dashboard struct {
			DisplayName string `json:"display_name"`
		} `json:"dashboard"`
	} `json:"settings"`
}

type wireBalance struct {
	api.APIResource
	Object    string       `json:"object"`
	Live      bool         `json:"livemode"`
	Available []wireAmount `json:"available"`
	Pending   []wireAmount `json:"pending"`
}

type wireAmount struct {
	Amount   *int64 `json:"amount"`
	Currency string `json:"currency"`
}

// wireMovement is a balance transaction.
type wireMovement struct {
	ID          string       `json:"id"`
	Amount      *int64       `json:"amount"`
	Fee         *int64       `json:"fee"`
	Net         *int64       `json:"net"`
	Currency    string       `json:"currency"`
	Rate        *json.Number `json:"exchange_rate"`
	FeeDetails  []wireFee    `json:"fee_details"`
	Created     int64        `json:"created"`
	AvailableOn int64        `json:"available_on"`
	Status      string       `json:"status"`
	Type        string       `json:"type"`
	Category    string       `json:"reporting_category"`
	Source      reference    `json:"source"`
	Description string       `json:"description"`
}

type wireFee struct {
	Amount int64  `json:"amount"`
	Type   string `json:"type"`
}

type wireCharge struct {
	ID             string            `json:"id"`
	Amount         *int64            `json:"amount"`
	AmountCaptured int64             `json:"amount_captured"`
	Currency       string            `json:"currency"`
	Created        int64             `json:"created"`
	Captured       bool              `json:"captured"`
	Refunded       bool              `json:"refunded"`
	Status         string            `json:"status"`
	FailureCode    string            `json:"failure_code"`
	Movement       reference         `json:"balance_transaction"`
	Intent         reference         `json:"payment_intent"`
	Invoice        reference         `json:"invoice"`
	Customer       reference         `json:"customer"`
	Description    string            `json:"description"`
	Metadata       map[string]string `json:"metadata"`
	ReceiptEmail   string            `json:"receipt_email"`
	Billing        struct {
		Name  string `json:"name"`
		Email string `json:"email"`
	} `json:"billing_details"`
	Outcome *wireOutcome `json:"outcome"`
	Method  string       `json:"payment_method"`
	Details *wireDetails `json:"payment_method_details"`
}

// wireOutcome is what networks and Stripe's own rules said of an attempt; the codes are newer than the
// pinned version and may be missing.
type wireOutcome struct {
	Type          string `json:"type"`
	Reason        string `json:"reason"`
	NetworkCode   string `json:"network_decline_code"`
	NetworkAdvice string `json:"network_advice_code"`
	Advice        string `json:"advice_code"`
}

// wireDetails are of the method that a charge was made with.
type wireDetails struct {
	Type string `json:"type"`
	Card *struct {
		Brand       string `json:"brand"`
		Country     string `json:"country"`
		Fingerprint string `json:"fingerprint"`
		Last4       string `json:"last4"`
		ExpMonth    int    `json:"exp_month"`
		ExpYear     int    `json:"exp_year"`
	} `json:"card"`
	SEPA *struct {
		Country     string `json:"country"`
		Fingerprint string `json:"fingerprint"`
		Last4       string `json:"last4"`
		Mandate     string `json:"mandate"`
	} `json:"sepa_debit"`
}

// wireMethod is a saved method; of a detached one Customer is empty.
type wireMethod struct {
	ID       string    `json:"id"`
	Object   string    `json:"object"`
	Created  int64     `json:"created"`
	Customer reference `json:"customer"`
	wireDetails
}

type wireRefund struct {
	ID            string            `json:"id"`
	Amount        *int64            `json:"amount"`
	Currency      string            `json:"currency"`
	Created       int64             `json:"created"`
	Charge        reference         `json:"charge"`
	Intent        reference         `json:"payment_intent"`
	Status        string            `json:"status"`
	FailureReason string            `json:"failure_reason"`
	Movement      reference         `json:"balance_transaction"`
	Description   string            `json:"description"`
	Metadata      map[string]string `json:"metadata"`
}

type wireDispute struct {
	ID        string            `json:"id"`
	Amount    *int64            `json:"amount"`
	Currency  string            `json:"currency"`
	Charge    reference         `json:"charge"`
	Intent    reference         `json:"payment_intent"`
	Status    string            `json:"status"`
	Reason    string            `json:"reason"`
	Movements []json.RawMessage `json:"balance_transactions"`
	Metadata  map[string]string `json:"metadata"`
}

type wirePayout struct {
	ID             string    `json:"id"`
	Amount         *int64    `json:"amount"`
	Currency       string    `json:"currency"`
	Created        int64     `json:"created"`
	ArrivalDate    int64     `json:"arrival_date"`
	Automatic      bool      `json:"automatic"`
	Status         string    `json:"status"`
	Reconciliation string    `json:"reconciliation_status"`
	Movement       reference `json:"balance_transaction"`
	Failure        reference `json:"failure_balance_transaction"`
	FailureCode    string    `json:"failure_code"`
	Descriptor     string    `json:"statement_descriptor"`
	// Trace is newer than the pinned version.
	Trace *struct {
		Value string `json:"value"`
	} `json:"trace_id"`
}

// wireEvent is a hint that an object changed. Nothing else of it may be used: events are rendered
// in the account's own version of the API and not in the pinned one.
type wireEvent struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Type    string `json:"type"`
	Created int64  `json:"created"`
	Live    *bool  `json:"livemode"`
	// Account is the connected account that an event is about, "" for one of our own.
	Account string `json:"account"`
	Data    struct {
		Object struct {
			ID      string `json:"id"`
			Object  string `json:"object"`
			Created int64  `json:"created"`
		} `json:"object"`
	} `json:"data"`
}

// reference is an expandable field: null, an id, or the whole object.
type reference struct {
	ID string
	// Object is the kind of the object, "" where only its id is known.
	Object string
	body   json.RawMessage
}

// UnmarshalJSON reads each of the three forms.
func (r *reference) UnmarshalJSON(b []byte) error {
	*r = reference{}
	switch {
	case bytes.Equal(b, []byte("null")):
		return nil
	case b[0] == '"':
		return json.Unmarshal(b, &r.ID)
	}
	var head struct {
		ID     string `json:"id"`
		Object string `json:"object"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	if head.ID == "" || head.Object == "" {
		return errors.New("an object has no id or no kind")
	}
	r.ID, r.Object, r.body = head.ID, head.Object, bytes.Clone(b)
	return nil
}

// open decodes the object behind the reference; there must be one.
func (r reference) open(v any) error {
	if r.body == nil {
		return fmt.Errorf("%s was not sent along", r.ID)
	}
	return decode(r.body, v)
}

// idOf is the id of a record that may not be readable otherwise, "" where it has none.
func idOf(body json.RawMessage) string {
	var head struct {
		ID any `json:"id"`
	}
	if json.Unmarshal(body, &head) != nil {
		return ""
	}
	id, _ := head.ID.(string)
	return strings.TrimSpace(id)
}

package paypal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The shapes below are those of PayPal's published descriptions: Transaction Search 1.9, Disputes
// 1.10, Webhooks 1.11 (read 2026-11). Only what is used is named; every enumeration is open.

// wireToken is the reply to a request for a token.
type wireToken struct {
	Token     string      `json:"access_token"`
	Type      string      `json:"token_type"`
	ExpiresIn json.Number `json:"expires_in"`
	Scope     string      `json:"scope"`
}

// wireError is an error in either of PayPal's two forms.
type wireError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	DebugID string `json:"debug_id"`
	Details []struct {
		Field       string `json:"field"`
		Issue       string `json:"issue"`
		Description string `json:"description"`
	} `json:"details"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// wireSearch is a page of the transaction search; its rows are decoded one by one, so that one that
// cannot be read does not take the others with it.
type wireSearch struct {
	Rows       []json.RawMessage `json:"transaction_details"`
	Account    string            `json:"account_number"`
	Refreshed  wireTime          `json:"last_refreshed_datetime"`
	Page       int               `json:"page"`
	TotalItems *int              `json:"total_items"`
	TotalPages *int              `json:"total_pages"`
}

// wireRow is a row of the transaction search.
type wireRow struct {
	Info  wireInfo  `json:"transaction_info"`
	Payer wirePayer `json:"payer_info"`
}

type wireInfo struct {
	ID            string    `json:"transaction_id"`
	AccountID     string    `json:"paypal_account_id"`
	Reference     string    `json:"paypal_reference_id"`
	ReferenceType string    `json:"paypal_reference_id_type"`
	Code          string    `json:"transaction_event_code"`
	Initiated     wireTime  `json:"transaction_initiation_date"`
	Updated       wireTime  `json:"transaction_updated_date"`
	Amount        wireMoney `json:"transaction_amount"`
	Fee           wireMoney `json:"fee_amount"`
	Status        string    `json:"transaction_status"`
	Subject       string    `json:"transaction_subject"`
	Note          string    `json:"transaction_note"`
	Tracking      string    `json:"payment_tracking_id"`
	BankReference string    `json:"bank_reference_id"`
	Invoice       string    `json:"invoice_id"`
	Custom        string    `json:"custom_field"`
}

type wirePayer struct {
	AccountID string `json:"account_id"`
	Email     string `json:"email_address"`
	Name      struct {
		Given     string `json:"given_name"`
		Surname   string `json:"surname"`
		Alternate string `json:"alternate_full_name"`
		Full      string `json:"full_name"`
	} `json:"payer_name"`
}

type wireBalances struct {
	Balances []wireBalance `json:"balances"`
	Account  string        `json:"account_id"`
	AsOf     wireTime      `json:"as_of_time"`
}

type wireBalance struct {
	Currency string    `json:"currency"`
	Total    wireMoney `json:"total_balance"`
	Withheld wireMoney `json:"withheld_balance"`
}

// wireDisputes is a page of the dispute list.
type wireDisputes struct {
	Items []wireDispute `json:"items"`
	Links []wireLink    `json:"links"`
}

// wireDispute is a dispute; the list leaves out what is below the blank line.
type wireDispute struct {
	ID      string   `json:"dispute_id"`
	Created wireTime `json:"create_time"`
	Updated wireTime `json:"update_time"`
	Reason  string   `json:"reason"`
	Status  string   `json:"status"`
	DueAt   wireTime `json:"seller_response_due_date"`

	Transactions []struct {
		ID string `json:"seller_transaction_id"`
	} `json:"disputed_transactions"`
	Movements []struct {
		At wireTime `json:"initiated_time"`
	} `json:"money_movements"`
}

// wireEvents is a page of the list of webhook events.
type wireEvents struct {
	Events []wireEvent `json:"events"`
	Links  []wireLink  `json:"links"`
}

// wireEvent is a webhook event: a hint what to read again. Nothing else of it may be used.
type wireEvent struct {
	ID       string   `json:"id"`
	Created  wireTime `json:"create_time"`
	Type     string   `json:"event_type"`
	Resource struct {
		ID        string   `json:"id"`
		DisputeID string   `json:"dispute_id"`
		Created   wireTime `json:"create_time"`
	} `json:"resource"`
}

// wireWebhook is a webhook as PayPal has it.
type wireWebhook struct {
	Types []wireEventType `json:"event_types"`
}

type wireEventType struct {
	Name string `json:"name"`
}

type wireLink struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

// wireMoney is an amount; both texts are empty where it is absent.
type wireMoney struct {
	Currency string `json:"currency_code"`
	Value    string `json:"value"`
}

func (m wireMoney) absent() bool { return m.Currency == "" && m.Value == "" }

func (m wireMoney) parse() (money.Money, error) {
	if m.absent() {
		return money.Money{}, errors.New("the amount is missing")
	}
	c, err := money.ParseCurrency(m.Currency)
	if err != nil {
		return money.Money{}, err
	}
	return money.Parse(m.Value, c)
}

// wireTime is an instant as PayPal writes it: RFC 3339, or with an offset without a colon. It is
// read when it is needed, so that a wrong one spoils one record only.
type wireTime string

// noColon is RFC 3339 with an offset like +0000.
const noColon = "2006-01-02T15:04:05Z0700"

func (t wireTime) parse() (time.Time, error) {
	if t == "" {
		return time.Time{}, errors.New("a date is missing")
	}
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil {
		at, err = time.Parse(noColon, string(t))
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("date %q cannot be read", string(t))
	}
	return at.UTC(), nil
}

func (t wireTime) instant() (book.Instant, error) {
	at, err := t.parse()
	if err != nil {
		return 0, err
	}
	return book.At(at), nil
}

// unix is the instant in whole seconds, 0 where it cannot be read.
func (t wireTime) unix() int64 {
	at, err := t.parse()
	if err != nil {
		return 0
	}
	return at.Unix()
}

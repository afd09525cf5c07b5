package book

import (
	"encoding/json"
	"fmt"

	"countinghouse/app/money"
)

// IntentState is how far a recorded decision to change something outside got.
type IntentState string

// The states of an intent. It may be cancelled only before it was sent.
const (
	IntentDraft       IntentState = "draft"
	IntentAwaiting    IntentState = "awaiting_approval"
	IntentReady       IntentState = "ready"
	IntentSent        IntentState = "sent"
	IntentSucceeded   IntentState = "succeeded"
	IntentRefused     IntentState = "refused"
	IntentUnknown     IntentState = "unknown"
	IntentNeedsPerson IntentState = "needs_person"
	IntentCancelled   IntentState = "cancelled"
)

// IntentStates are all states in the order in which an intent passes them.
var IntentStates = []IntentState{IntentDraft, IntentAwaiting, IntentReady, IntentSent,
	IntentSucceeded, IntentRefused, IntentUnknown, IntentNeedsPerson, IntentCancelled}

// Open reports whether the intent still waits for something; one such is allowed for each target.
func (s IntentState) Open() bool {
	return s != IntentSucceeded && s != IntentRefused && s != IntentCancelled
}

// Unsent reports whether nothing left this computer yet, so that it may be cancelled.
func (s IntentState) Unsent() bool {
	return s == IntentDraft || s == IntentAwaiting || s == IntentReady
}

// Intent is a recorded decision to change something at another system.
type Intent struct {
	ID   string
	Kind ActionKind
	// Target is the record that it changes, Exception the exception that it was filed for.
	Target    ItemID
	Exception string
	// Provider is the source that is to change, Account its account there, Live false for a test one.
	Provider SourceName
	Account  string
	Live     bool
	// Amount is not negative.
	Amount money.Money
	// Asked is the Order, in JSON.
	Asked string
	// IdempotencyKey is made once from the id; Request is exactly what will be sent, RequestHash its
	// SHA-256 in hex; "" while that is not made yet.
	IdempotencyKey, Request, RequestHash string
	State                                IntentState
	// Version counts changes from 1.
	Version    int64
	PreparedBy string
	PreparedAt Instant
	// Second says that a second person has to approve, ApprovedBy who did, "" while nobody has.
	Second     bool
	ApprovedBy string
	// ExpiresAt is when it is no longer wanted, if it was not sent until then; zero for never.
	ExpiresAt Instant
	// Lease is the token of whoever sends it now, until LeaseUntil.
	Lease                  string
	LeaseUntil             Instant
	FirstSentAt, NextTryAt Instant
	// Looks counts the look-ups of an unknown outcome.
	Looks int
	// Object is the provider's object that proves the outcome, Charge the movement that it made;
	// Evidence are fields of the reply, in JSON.
	Object, Charge ItemID
	Evidence       string
	// Parent is the intent that this one follows, "" for none.
	Parent    string
	Attempts  int
	LastError string
	// What is one line for people, Why the reason that was given.
	What, Why string
}

// Order is what was asked, decoded.
func (i Intent) Order() (Order, error) {
	var o Order
	if err := json.Unmarshal([]byte(i.Asked), &o); err != nil {
		return Order{}, fmt.Errorf("action %s: its order cannot be read: %w", i.ID, err)
	}
	return o, nil
}

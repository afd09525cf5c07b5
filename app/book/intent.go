package book

import "countinghouse/app/money"

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
	// IdempotencyKey is made once from the id; Request is exactly what will be sent, RequestHash its
	// SHA-256 in hex.
	IdempotencyKey, Request, RequestHash string
	State                                IntentState
	// Version counts changes from 1.
	Version    int64
	PreparedBy string
	PreparedAt Instant
	// ApprovedBy is the second person, "" while nobody approved.
	ApprovedBy string
	Attempts   int
	LastError  string
	// What is one line for people, Why the reason that was given.
	What, Why string
}

package source

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ActReplyMax is the largest reply to an action that is read, in bytes.
const ActReplyMax = 4 << 20

// Actor is a source that can be asked to change something. Preparing, sending and looking up are
// apart, because what is sent is stored before it is sent, and what became of it is asked and never
// tried. None of its methods repeats a request.
type Actor interface {
	Source
	// Powers are the kinds of action that it can do, in the order of book.Actions.
	Powers() []Power
	// Prepare makes the exact request of an order, once; key is the intent's idempotency key. It opens
	// no network, and the same order and key give the same bytes. Its error is a sentence that says
	// what is wrong with the order: a missing credential, a currency that is not the charge's.
	Prepare(o book.Order, key string) (Call, error)
	// Standing reads what the order is about again, in the moment before it is sent.
	Standing(ctx context.Context, o book.Order) (Standing, error)
	// Send sends a call as it was stored: one HTTP request. Whatever happens is an outcome.
	Send(ctx context.Context, o book.Order, c Call) Outcome
	// LookUp asks, by reading only, what became of a call that was sent since. OutcomeAbsent says that
	// the provider certainly knows nothing of it; OutcomeUnknown that it cannot be told yet.
	LookUp(ctx context.Context, o book.Order, c Call, since book.Instant) Outcome
}

// Power is one kind of action of an actor.
type Power struct {
	Kind book.ActionKind
	// KeyLife is how long the provider honours an idempotency key, zero where it has none: then nothing
	// is ever sent again by itself.
	KeyLife time.Duration
	// Settle is how long after a call of unknown outcome its effect may still appear; after it a
	// look-up that finds nothing is handed to a person, or sent again where the key lives.
	Settle time.Duration
}

// Call is one request to a provider, to the byte, without its credentials: those are added when it is
// sent and stored nowhere.
type Call struct {
	// Op is what it does, in words for logs: "create refund".
	Op     string `json:"op"`
	Method string `json:"method"`
	// Path is what follows the source's address, with its query.
	Path string `json:"path"`
	// Header are the headers beside those that every call has: the idempotency key, the content type.
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
}

// Encode is the call as it is stored.
func (c Call) Encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	return string(b)
}

// DecodeCall reads what Encode wrote.
func DecodeCall(text string) (Call, error) {
	var c Call
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Call{}, fmt.Errorf("stored call: %w", err)
	}
	return c, nil
}

// Standing is how things stand at the provider right before an action.
type Standing struct {
	// Blocked says in a sentence why the action must not be sent now: the invoice is paid, less is left
	// of the charge than is to be refunded, an attempt is pending. "" where nothing speaks against it.
	Blocked string
	// Done says that what is asked for is the case already; the object that shows it is in Object.
	Done   bool
	Object book.ItemID
	// Effects are sentences of what will happen, for a dry run.
	Effects []string
	// Left is what may still be refunded or collected, where that is asked.
	Left money.Money
}

// LeftToRefund is the standing of a refund of a payment of which so much is left: blocked where that is
// not enough, else with what happens.
func LeftToRefund(o book.Order, left money.Money, effect string) Standing {
	switch {
	case o.Amount.Currency != left.Currency:
		return Standing{Blocked: "The payment was in " + string(left.Currency) + "."}
	case left.Minor <= 0:
		return Standing{Blocked: "All of the payment was given back already."}
	case o.Amount.Minor > left.Minor:
		return Standing{Blocked: "Of the payment " + left.String() + " are left to give back."}
	}
	return Standing{Left: left, Effects: []string{effect}}
}

// OutcomeState is what became of a call.
type OutcomeState string

// The states of an outcome.
const (
	// OutcomeDone: the provider did it and named the object. Only so may an intent succeed.
	OutcomeDone OutcomeState = "done"
	// OutcomeRefused: an answer of the provider's written list of refusals; nothing was done.
	OutcomeRefused OutcomeState = "refused"
	// OutcomePending: accepted, and not final yet; the look-up tells.
	OutcomePending OutcomeState = "pending"
	// OutcomeUnsent: certainly not executed (429, no connection was made); may be sent again.
	OutcomeUnsent OutcomeState = "unsent"
	// OutcomeAbsent: a look-up found that the provider does not know the call.
	OutcomeAbsent OutcomeState = "absent"
	// OutcomeUnknown: anything else.
	OutcomeUnknown OutcomeState = "unknown"
)

// Outcome is what is known of a call after it was sent or looked up.
type Outcome struct {
	State OutcomeState
	// Object is the provider's object that proves it: the refund, the charge, the transaction row.
	// Charge is the movement that a retry made, which may differ from the object.
	Object, Charge book.ItemID
	// Amount is what the provider says moved, where it says so; another than the order's is unknown.
	Amount money.Money
	// Decline is why an attempt was declined, in the provider's codes.
	Decline book.Decline
	// Instrument is what was charged, where the reply says so.
	Instrument book.Instrument
	// Code is the provider's code of a refusal, Detail a sentence for people that holds no secret and
	// no payload.
	Code, Detail string
	// Evidence are the allow-listed fields of the reply, in JSON.
	Evidence string
	// RetryAfter is how long the provider asked to wait, At the provider's own clock.
	RetryAfter time.Duration
	At         time.Time
}

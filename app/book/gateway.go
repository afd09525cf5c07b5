package book

import "countinghouse/app/money"

// TransactionKind says what moved on a gateway's balance.
type TransactionKind string

// The kinds of transaction.
const (
	// Charge is money from a customer. An attempt that failed is a charge in state failed that
	// moved nothing.
	Charge TransactionKind = "charge"
	// ChargeFailure takes back a charge of a delayed method that was counted too early.
	ChargeFailure TransactionKind = "charge_failure"
	Refund        TransactionKind = "refund"
	// RefundFailure is a refund that came back to us.
	RefundFailure TransactionKind = "refund_failure"
	// Dispute takes the disputed money; its fee rides on the row or is a DisputeFee.
	Dispute TransactionKind = "dispute"
	// Reinstatement gives the disputed money back.
	Reinstatement TransactionKind = "reinstatement"
	DisputeFee    TransactionKind = "dispute_fee"
	// Fee is a fee of the gateway that stands alone.
	Fee TransactionKind = "fee"
	// Tax is a tax on fees that stands alone; WithheldTax was taken from our receipts.
	Tax         TransactionKind = "tax"
	WithheldTax TransactionKind = "withheld_tax"
	Adjustment  TransactionKind = "adjustment"
	// Conversion moves money between balances of two currencies; each side is a row.
	Conversion TransactionKind = "conversion"
	// Reserve holds back money (negative) or releases it (positive).
	Reserve TransactionKind = "reserve"
	// PayoutFailure is a payout that came back into the balance; its Parent is the payout.
	PayoutFailure TransactionKind = "payout_failure"
	// OtherMovement is a kind that the source has and we have no word for; it still counts.
	OtherMovement TransactionKind = "other"
)

// TransactionState is how far a transaction got.
type TransactionState string

// The states of a transaction.
const (
	// Pending is not final: the money may still not come (bank debit, review).
	Pending   TransactionState = "pending"
	Succeeded TransactionState = "succeeded"
	Failed    TransactionState = "failed"
	Cancelled TransactionState = "cancelled"
)

// Transaction is one movement on a gateway's balance, or an attempt that moved nothing.
type Transaction struct {
	ID     ItemID
	Source SourceName
	Kind   TransactionKind
	State  TransactionState
	// At is when it arose, AvailableAt when it may enter a payout.
	At, AvailableAt Instant
	// Currency is the balance's. Gross − Fee − Tax = Net, all in its minor units, toward us
	// positive: a refund's Gross is negative, a fee that we pay is positive. All four are zero
	// where the balance was not touched.
	Currency             money.Currency
	Gross, Fee, Tax, Net int64
	// Charged is what the customer paid, was asked, or got back, in the customer's currency and
	// with Gross's sign; for movements without a customer it equals Gross.
	Charged money.Money
	// Rate is the provider's rate from Charged's currency to Currency, a decimal number, or "".
	Rate string
	// Asked and Paid are what the payer was asked and what came, where that was a crypto currency:
	// exact, and never added to anything.
	Asked, Paid money.Quantity
	// Parent is what this one reverses or belongs to: a refund's or a dispute's charge, a failed
	// refund's refund, a failed payout's payout.
	Parent ItemID
	// PayoutID is the payout that carried it, once the provider has said so.
	PayoutID ItemID
	// Aliases are all other ids under which the gateway knows it, native, without the source's
	// name: payment intent, balance transaction, capture, order.
	Aliases []string
	// InvoiceRef and CustomerRef are the billing ids found in the gateway's metadata or text, as
	// written there: "1042", "42".
	InvoiceRef, CustomerRef string
	// Payer is the provider's own id of the customer, PayerName a name or mail address.
	Payer, PayerName string
	Text             string
	// Reason is why it failed, is held or was disputed, in the provider's code.
	Reason string
	// Instrument is what was charged, and Decline why not, where the gateway says so.
	Instrument Instrument `json:",omitzero"`
	Decline    Decline    `json:",omitzero"`
	// DueOn is when a reserve is released or a pending one decided, where the provider says so.
	DueOn    Date
	Revision string
}

// Instrument is what a customer pays with, as the gateway has it saved. Its number is never read.
type Instrument struct {
	// ID is the gateway's id of the saved method, by which it can be charged again, "" for none:
	// pm_, a vault's id, token_. Mandate is the authority under which it may be charged, "" for none.
	ID      string `json:",omitempty"`
	Mandate string `json:",omitempty"`
	// Fingerprint is the same for the same card, however often it was saved; "" where the gateway does
	// not tell, so that ID stands for it.
	Fingerprint string `json:",omitempty"`
	// Kind is card, sepa_debit, paypal, upi, ...; Brand the network: visa, mastercard; Ending the last
	// digits.
	Kind   string `json:",omitempty"`
	Brand  string `json:",omitempty"`
	Ending string `json:",omitempty"`
	// Region is the issuer's country, "" where it is not said.
	Region string `json:",omitempty"`
}

// Credential names the instrument for counting attempts: the fingerprint, else the id.
func (i Instrument) Credential() string {
	if i.Fingerprint != "" {
		return i.Fingerprint
	}
	return i.ID
}

// Decline is why an attempt failed, in the gateway's own codes as text; any may be "".
type Decline struct {
	// Code is the gateway's specific code, Error its general one.
	Code  string `json:",omitempty"`
	Error string `json:",omitempty"`
	// Network is the card network's response code, Advice its or the gateway's advice code.
	Network string `json:",omitempty"`
	Advice  string `json:",omitempty"`
	// Outcome is the reason that the gateway's own rules gave.
	Outcome string `json:",omitempty"`
}

// PayoutState is how far a payout got.
type PayoutState string

// The states of a payout.
const (
	PayoutPending   PayoutState = "pending"
	PayoutInTransit PayoutState = "in_transit"
	PayoutPaid      PayoutState = "paid"
	PayoutFailed    PayoutState = "failed"
	PayoutCancelled PayoutState = "cancelled"
)

// Members says whether a payout's composition is known.
type Members string

// What is known of a payout's members.
const (
	MembersStated  Members = "stated"
	MembersPending Members = "pending"
	// MembersUnstated means that the provider never says (manual, instant, balance transfer).
	MembersUnstated Members = "unstated"
)

// Payout is gateway balance sent to our bank, positive; a negative one debits our bank.
type Payout struct {
	ID     ItemID
	Source SourceName
	State  PayoutState
	Amount money.Money
	// SentAt is when it left the balance, ArrivesOn when the provider expects it at the bank.
	SentAt    Instant
	ArrivesOn Date
	Members   Members
	// Trace is the bank rail's trace id or UTR, Descriptor the text sent to the bank.
	Trace, Descriptor string
	// FailedAt is when it came back; Reason is the provider's code for why.
	FailedAt Instant
	Reason   string
	Aliases  []string
	Revision string
}

// Balance is what a provider says it holds for us in one currency: available and pending.
type Balance struct {
	Source   SourceName
	Currency money.Currency
	At       Instant
	Amount   int64
	// LedgerFrom is the moment from which the pulled transactions are complete; zero means from the
	// account's first, so that its opening balance is zero.
	LedgerFrom Instant
}

package book

import "countinghouse/app/money"

// ActionKind is what an action does at another system. Those that a resolution files carry the
// resolution's word.
type ActionKind string

// The kinds of action. They are stored: a word is never changed.
const (
	// Retry collects an invoice again with a saved method at a gateway, Capture has the billing system
	// do it, which knows no keys: it is never sent again by itself.
	Retry   ActionKind = "retry"
	Capture ActionKind = "capture"
	// GiveBack refunds a charge at its gateway, RecordRefund books that in billing; the second follows
	// the first.
	GiveBack      ActionKind = "refund"
	RecordRefund  ActionKind = "record-refund"
	Record        ActionKind = "record-payment"
	Correct       ActionKind = "correct-payment"
	Remove        ActionKind = "remove-posting"
	ApplyCredit   ActionKind = "apply-credit"
	AddCredit     ActionKind = "credit"
	Reopen        ActionKind = "reopen-invoice"
	RecordReverse ActionKind = "book-reversal"
	Notify        ActionKind = "notice"
	Suspend       ActionKind = "suspend"
	Unsuspend     ActionKind = "unsuspend"
	Terminate     ActionKind = "terminate"
	CancelMandate ActionKind = "cancel-mandate"
)

// ActionInfo describes a kind of action for people.
type ActionInfo struct {
	Kind ActionKind
	// Title is a verb with its object.
	Title string
	// Moves says that money moves, Customer that a customer gets to see or feel it.
	Moves, Customer bool
	// Second says that a second person always has to approve.
	Second bool
	// OnceEver says that one target gets it once, however long ago: a refused or cancelled one aside.
	OnceEver bool
}

// Actions are all kinds of action in the order in which lists show them.
var Actions = []ActionInfo{
	{Retry, "Retry the payment", true, true, false, false},
	{Capture, "Have billing retry the payment", true, true, false, false},
	{GiveBack, "Refund", true, true, false, false},
	{RecordRefund, "Record the refund in billing", false, false, false, true},
	{Record, "Record the payment in billing", false, false, false, true},
	{Correct, "Correct the payment in billing", false, false, false, false},
	{Remove, "Remove the posting in billing", false, false, false, false},
	{ApplyCredit, "Apply credit to the invoice", true, true, false, false},
	{AddCredit, "Add credit", true, true, false, false},
	{Reopen, "Reopen the invoice", false, true, false, false},
	{RecordReverse, "Book the reversal in billing", false, false, false, true},
	{Notify, "Send a notice", false, true, false, true},
	{Suspend, "Suspend the service", false, true, false, false},
	{Unsuspend, "Unsuspend the service", false, true, false, false},
	{Terminate, "Terminate the service", false, true, true, false},
	{CancelMandate, "Cancel the mandate", false, true, false, false},
}

// Info describes the kind; false for a word that is not ours.
func (k ActionKind) Info() (ActionInfo, bool) {
	for _, i := range Actions {
		if i.Kind == k {
			return i, true
		}
	}
	return ActionInfo{}, false
}

// Order is what is asked of another system, in our words. What is sent, to the byte, is made of it once
// and stored before anything leaves.
type Order struct {
	Do ActionKind `json:"do"`
	// Provider is the source that is asked; "" for the one whose record it is about, or billing.
	Provider SourceName `json:"provider,omitempty"`
	// Target is the record that the action is about and of which one may be open: the invoice of a
	// retry, the charge of a refund, the service, the invoice and step of a notice.
	Target   ItemID `json:"target"`
	Invoice  ItemID `json:"invoice,omitempty"`
	Customer ItemID `json:"customer,omitempty"`
	Service  ItemID `json:"service,omitempty"`
	// Payment is billing's row, Charge the gateway's movement that is refunded, retried or recorded.
	Payment ItemID `json:"payment,omitempty"`
	Charge  ItemID `json:"charge,omitempty"`
	// Amount is not negative, and always explicit.
	Amount money.Money  `json:"amount"`
	Fee    *money.Money `json:"fee,omitempty"`
	// Method is the billing system's payment-method name that a booking carries, Credential the
	// gateway's id of the saved method that a retry charges, Payer the gateway's id of the customer.
	Method     string `json:"method,omitempty"`
	Credential string `json:"credential,omitempty"`
	Payer      string `json:"payer,omitempty"`
	// Reference is the id under which it is booked, Reason what the other system is told.
	Reference string `json:"reference,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Date      Date   `json:"date,omitzero"`
	// Message is what a notice says, rendered; nil for all else.
	Message *Message `json:"message,omitempty"`
	// ThenCredit is added as credit once the rest succeeded, ThenRecord says that the outcome is
	// recorded in billing once it is known.
	ThenCredit *money.Money `json:"then_credit,omitempty"`
	ThenRecord bool         `json:"then_record,omitempty"`
}

// Message is one notice to a customer as it is sent.
type Message struct {
	// Template and Step name it: one invoice gets each once.
	Template string `json:"template"`
	Step     string `json:"step"`
	Language string `json:"language"`
	From     string `json:"from"`
	ReplyTo  string `json:"reply_to,omitempty"`
	To       string `json:"to"`
	Name     string `json:"name,omitempty"`
	// At is when it was written, which stands in its head.
	At      Instant `json:"at,omitempty"`
	Subject string  `json:"subject"`
	Text    string  `json:"text"`
	HTML    string  `json:"html,omitempty"`
	// Unsubscribe is the address of the list header, "" where the law needs none.
	Unsubscribe string `json:"unsubscribe,omitempty"`
}

package book

// Resolution is a way in which a person settles an exception: the words of `resolve --as`.
type Resolution string

// The resolutions. Those from RecordPayment on change another system: they are filed as intents for
// the action queue and change nothing by themselves.
const (
	// ConfirmMatch takes the suggested match, RejectMatch says that its records do not belong together.
	ConfirmMatch Resolution = "confirm"
	RejectMatch  Resolution = "reject"
	// MatchByHand matches records of a person's choice, ChooseMatch one of a D7's candidates.
	MatchByHand Resolution = "match"
	ChooseMatch Resolution = "choose"
	// Explain gives a reason, with evidence where the class wants it.
	Explain Resolution = "explain"
	// WriteOff gives a difference up for a reason code, within the limit of one person.
	WriteOff Resolution = "write-off"
	// Query says that somebody was asked; the exception waits until a date.
	Query Resolution = "query"
	// RecordPayment records a receipt that billing does not know.
	RecordPayment  Resolution = "record-payment"
	CorrectPayment Resolution = "correct-payment"
	RemovePosting  Resolution = "remove-posting"
	ReopenInvoice  Resolution = "reopen-invoice"
	RefundCustomer Resolution = "refund"
	CreditCustomer Resolution = "credit"
	BookReversal   Resolution = "book-reversal"
	// ReopenMonth opens a closed month again.
	ReopenMonth Resolution = "reopen-month"
)

// ResolutionInfo describes a resolution for people.
type ResolutionInfo struct {
	Resolution Resolution
	// Title is a verb with its object, Effect one sentence of what it does.
	Title, Effect string
	// Acts says that it changes another system, through an action that is filed.
	Acts bool
	// Evidence says that it needs a file or a reason that points at a proof.
	Evidence bool
	// Classes are those that it may settle, in order.
	Classes []Class
}

// Resolutions are all resolutions in the order in which lists show them.
var Resolutions = []ResolutionInfo{
	{ConfirmMatch, "Confirm the match", "The suggested records count as matched.", false, false,
		[]Class{A1, A5, A6, A9, D8}},
	{ChooseMatch, "Choose a candidate", "One of the candidates counts as matched, the others stay open.",
		false, false, []Class{D7}},
	{MatchByHand, "Match by hand", "The records that you choose count as matched.", false, false,
		[]Class{M1, M2, M3, M4, M5, M6, M7, M8, A1, A2, A3, A4, D1, D2, D4, D5, D7, D8, D9, R1, R2}},
	{RecordPayment, "Record in billing", "Files an action that records the receipt in billing.", true,
		false, []Class{M1}},
	{CorrectPayment, "Correct the payment", "Files an action that corrects the amount in billing.", true,
		false, []Class{A4, A5, D4, D5}},
	{RemovePosting, "Remove the posting", "Files an action that takes the row out of billing.", true,
		false, []Class{M2, D2, D6}},
	{ReopenInvoice, "Reopen the invoice", "Files an action that opens the invoice again.", true, false,
		[]Class{M8, A1, D6}},
	{RefundCustomer, "Refund the customer", "Files an action that gives the money back.", true, false,
		[]Class{M1, M7, A2, D1, D5, D6, R2, R3}},
	{CreditCustomer, "Keep as credit", "Files an action that adds credit for the customer.", true, false,
		[]Class{M5, A1, A2, A4, D1, D6, R3}},
	{BookReversal, "Book the reversal", "Files an action that books the reversal in billing.", true,
		false, []Class{R1, R3, R4, R5}},
	{WriteOff, "Write off", "The difference is given up, with a reason code.", false, false,
		[]Class{A1, A5, A6, A7}},
	{RejectMatch, "Not these", "The pair is never proposed again, and both sides are open.", false, false,
		[]Class{A1, A5, A6, A9, D7, D8}},
	{Query, "Ask and wait", "It waits until the date that you name, then it is open again.", false, false,
		[]Class{T1, T2, T3, T4, T5, T6, M1, M2, M3, M4, M5, M6, M7, A1, A3, A5, A6, A8, A9, D6, R2, R3,
			R4, R6, C3, C4}},
	{Explain, "Explain", "It counts as explained while nothing changes under it.", false, true,
		[]Class{M1, M2, M3, M4, M5, M6, M7, M8, A1, A2, A3, A5, A6, A7, A9, D1, D4, D5, D6, D9, R1, R2,
			R3, R4, R5, R6, C1, C2}},
	{ReopenMonth, "Reopen the month", "The closed month is opened again for the change.", false, false,
		[]Class{C2}},
}

// Info describes the resolution; false for a word that is not ours.
func (r Resolution) Info() (ResolutionInfo, bool) {
	for _, i := range Resolutions {
		if i.Resolution == r {
			return i, true
		}
	}
	return ResolutionInfo{}, false
}

// ReasonCode says for what a difference is given up or explained.
type ReasonCode string

// The reason codes.
const (
	Rounding      ReasonCode = "rounding"
	BankCharge    ReasonCode = "bank-charge"
	FeeVariance   ReasonCode = "fee-variance"
	FXVariance    ReasonCode = "fx-variance"
	Goodwill      ReasonCode = "goodwill"
	Uncollectable ReasonCode = "uncollectable"
	TestPayment   ReasonCode = "test"
	OtherReason   ReasonCode = "other"
)

// ReasonInfo describes a reason code for people.
type ReasonInfo struct {
	Code  ReasonCode
	Title string
}

// ReasonCodes are all reason codes in order.
var ReasonCodes = []ReasonInfo{
	{Rounding, "Rounding"},
	{BankCharge, "Bank charge"},
	{FeeVariance, "Fee variance"},
	{FXVariance, "Exchange rate variance"},
	{Goodwill, "Goodwill"},
	{Uncollectable, "Uncollectable"},
	{TestPayment, "Test payment"},
	{OtherReason, "Other"},
}

// Known reports whether the code is one of ours.
func (c ReasonCode) Known() bool {
	for _, i := range ReasonCodes {
		if i.Code == c {
			return true
		}
	}
	return false
}

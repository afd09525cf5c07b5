// Package dunning owns the recovery of failed renewals: what a decline allows, how often a card may be
// asked, and the plan of retries, notices and service steps that follows. app calls it with what it
// loaded; it is pure: no store, no source, no clock. It never acts.
package dunning

import (
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Class is what may be done after a decline.
type Class string

// The classes of decline, in the order of the design.
const (
	Never        Class = "N"
	Authenticate Class = "A"
	Data         Class = "D"
	Funds        Class = "F"
	Generic      Class = "G"
	Technical    Class = "T"
	OwnFault     Class = "O"
	Unmapped     Class = "U"
)

// Classes are all classes in order.
var Classes = []Class{Never, Authenticate, Data, Funds, Generic, Technical, OwnFault, Unmapped}

// Signal is what a gateway said of one attempt.
type Signal struct {
	// Gateway is the kind of the source: stripe, paypal, razorpay, whmcs.
	Gateway    string
	Decline    book.Decline
	Instrument book.Instrument
}

// Case is one invoice whose last attempt failed, with all that a plan depends on.
type Case struct {
	Invoice  book.ItemID
	Customer book.ItemID
	// Number is the printed number, Name the customer's.
	Number, Name, Email string
	// Language is the one that the customer chose, in two letters, "" where none is known.
	Language string
	Amount   money.Money
	DueOn    book.Date
	// FailedAt is the first failed attempt since the last reset: day 0 of the ladder.
	FailedAt book.Instant
	// Attempts are all tries to collect the invoice or to charge its credential, oldest first, wherever
	// they were made.
	Attempts []Attempt
	Notices  []Sent
	Services []Service
	Methods  []Method
	Holds    []Hold
	// Standing of the money: an attempt or a payment that is pending, one whose outcome is not known,
	// and whether it is paid after all.
	Pending, Unknown, Paid bool
	// ClearedAt is when somebody settled what the last attempt left open: that our own fault is mended,
	// or what became of an attempt of which the gateway said that it knows it already.
	ClearedAt book.Instant
	// Segment are the facts by which a policy may differ.
	Segment Segment
}

// Attempt is one try to charge a credential.
type Attempt struct {
	ID      book.ItemID
	Invoice book.ItemID
	At      book.Instant
	Amount  money.Money
	State   book.TransactionState
	Signal  Signal
	// Ours says that this program made it, By that somebody else did: "billing", "client area".
	Ours bool
	By   string
	// Initiated by the customer in person; networks count those apart.
	Customer bool
}

// Sent is one notice that went out or is on its way.
type Sent struct {
	Template, Step string
	At             book.Instant
	State          book.IntentState
}

// Service is something that the invoice pays for and that may be suspended.
type Service struct {
	ID     book.ItemID
	Name   string
	Status string
	// Ours says that this program suspended it, SuspendedAt when, and AskedAt when it last asked for the
	// service to be unsuspended; zero for never.
	Ours                 bool
	SuspendedAt, AskedAt book.Instant
	// Owed is the number of another invoice for which the policy would have the service down by now, "" for
	// none; see Owing.
	Owed string
}

// Method is a saved method of the customer.
type Method struct {
	Source     book.SourceName
	Gateway    string
	Instrument book.Instrument
	ExpiresOn  book.Date
	// ConsentAt is when the customer agreed on record to be charged by it when another one fails, zero
	// for never; AddedAt is when it was saved.
	ConsentAt, AddedAt book.Instant
	// Current says that it is the one that invoices are charged with now, UpdatedAt when the customer or
	// an updater last renewed its data. Where no method is current, that of the last attempt stands.
	Current   bool
	UpdatedAt book.Instant
}

// Hold is a reason not to act on a case.
type Hold struct {
	Reason, By string
	At         book.Instant
	// UntilOn is the last day of it; a hold always ends.
	UntilOn book.Date
}

// Segment are facts of a case by which a policy may differ.
type Segment struct {
	Gateway, Country, Product string
	// Lifetime is what the customer paid until now.
	Lifetime money.Money
}

// StepKind is what a step does.
type StepKind string

// The kinds of step.
const (
	StepRetry     StepKind = "retry"
	StepNotice    StepKind = "notice"
	StepSuspend   StepKind = "suspend"
	StepTerminate StepKind = "terminate"
	StepUnsuspend StepKind = "unsuspend"
	StepNone      StepKind = "none"
)

// Step is one thing that a plan does at a moment.
type Step struct {
	Kind StepKind
	At   book.Instant
	// Why is one plain sentence.
	Why string
	// Template and Name name a notice: each goes once for an invoice.
	Template, Name string
	// Method is the one that a retry charges; nil for the case's own: the current one, else the one that
	// failed last.
	Method *Method
	// Service is the one that a service step is about.
	Service book.ItemID
}

// Block is a reason why something may not be done now.
type Block struct {
	// Kind is what is blocked; "" for everything.
	Kind StepKind
	Why  string
	// FreesAt is when it ends, zero where a person or the customer must act first.
	FreesAt book.Instant
}

// Budget is one counter of attempts.
type Budget struct {
	// Name says whose rule it is: "Visa, this card, 30 days".
	Name       string
	Used, Most int
	// Elsewhere are those of Used that somebody else made.
	Elsewhere int
	// FreesAt is when the next attempt leaves the count, zero where none does.
	FreesAt book.Instant
	// Warns is the count from which it is said, 0 for never.
	Warns  int
	Window time.Duration
}

// Plan is what the policy would do about a case, from a moment on.
type Plan struct {
	Class   Class
	Decline Decline
	// Next is the next step, of kind none where there is none; Steps are it and all after it, as far
	// as they can be foreseen.
	Next    Step
	Steps   []Step
	Blocked []Block
	Budgets []Budget
	// Stage says in words where the case stands: "Retrying, day 7".
	Stage string
	// Work is a sentence for us where only we can mend it (class O, failed server actions), "" else.
	Work string
}

// Decline is what the table says of a signal.
type Decline struct {
	Class Class
	// Code, Network and Advice are what decided; Row names the row of the table, "" where there is none.
	Code, Network, Advice, Row string
	// Retry is the table's word: yes, no, after_update, after_authentication, after_resolution,
	// after_fix.
	Retry string
	// NewMethod and Action say that another method or an act of the customer is needed.
	NewMethod, Action bool
	// Reason is the key of what the customer may hear; MandateGone says that the authority to charge has
	// ended.
	Reason      string
	MandateGone bool
	// Wait is the waiting time that an advice gave, zero for none.
	Wait time.Duration
	// Look says that a person should look at the case, Missing which codes no row of the table knows.
	Look    Look
	Missing []string
}

package app

import (
	"countinghouse/app/book"
	"countinghouse/dunning"
)

// What a plan consists of; see dunning.
type (
	RenewalCase    = dunning.Case
	RenewalAttempt = dunning.Attempt
	RenewalPlan    = dunning.Plan
	RenewalStep    = dunning.Step
	RenewalBudget  = dunning.Budget
	DeclineClass   = dunning.Class
	Decline        = dunning.Decline
	StepKind       = dunning.StepKind
	RenewalPolicy  = dunning.Policy
	PolicyLadder   = dunning.Ladder
	PolicyOutcome  = dunning.Outcome
)

// Renewal is a failed renewal with what the policy would do about it.
type Renewal struct {
	RenewalCase
	Plan RenewalPlan
	// Declines say what the table says of each of Attempts; the zero value for one that did not fail.
	Declines []Decline
	// InTheWay says what speaks against a step of a kind that a person wants now, in a sentence; a kind
	// that is allowed is not there.
	InTheWay map[StepKind]string

	// payers are the gateways' ids of the customer, by gateway.
	payers map[book.SourceName]string
}

// Renewals are the failed renewals at a moment, those with the earliest next step first.
type Renewals struct {
	At     book.Instant
	Config *Config
	List   []Renewal
	// Conflicts are sentences about what the billing system does by itself against the policy.
	Conflicts []string

	policy dunning.Policy
	table  dunning.Table
}

// Find is the renewal of an invoice, nil where there is none.
func (r *Renewals) Find(invoice book.ItemID) *Renewal {
	for i := range r.List {
		if r.List[i].Invoice == invoice {
			return &r.List[i]
		}
	}
	return nil
}

// The kinds of a plan's steps, and the classes of decline; see dunning.
const (
	RenewalRetry     = dunning.StepRetry
	RenewalNotice    = dunning.StepNotice
	RenewalSuspend   = dunning.StepSuspend
	RenewalTerminate = dunning.StepTerminate
	RenewalUnsuspend = dunning.StepUnsuspend
	RenewalNone      = dunning.StepNone

	ClassNever        = dunning.Never
	ClassAuthenticate = dunning.Authenticate
	ClassData         = dunning.Data
	ClassFunds        = dunning.Funds
	ClassGeneric      = dunning.Generic
	ClassTechnical    = dunning.Technical
	ClassOwnFault     = dunning.OwnFault
	ClassUnmapped     = dunning.Unmapped
)

// ActionQueue are the filed actions as the window shows them.
type ActionQueue struct {
	Config *Config
	At     book.Instant
	// Me is who looks at it.
	Me string
	// List are all actions, the last one first; About says by an action's id whom it is about.
	List  []book.Intent
	About map[string]string
	// Confirm is what has to be typed to approve one alone, by its id.
	Confirm map[string]string
	// Paused says why nothing is sent now, "" where things are sent.
	Paused string
}

// DeclineClasses are the classes of decline in order.
var DeclineClasses = dunning.Classes

// Proposal is an action that could be filed about a renewal, with what it would do.
type Proposal struct {
	Order book.Order
	// Title is a verb with its object, Button its short form, Reason the one that is kept where nobody
	// writes another.
	Title, Button, Reason string
	// Effects are sentences; Blocked says why it cannot be done now, "" where it can.
	Effects []string
	Blocked string
}

// RenewalRun says what a run of the policy is to do.
type RenewalRun struct {
	// Only are the invoices to look at, nil for all.
	Only []book.ItemID
	// DryRun only says what is due.
	DryRun bool
}

// RenewalReport is what a run did, or would do.
type RenewalReport struct {
	Steps []RenewalDone
	// Held counts steps that are due and wait for the next run; Stopped says why a run ended early.
	Held    int
	Stopped string
}

// RenewalDone is one step of a run.
type RenewalDone struct {
	Invoice book.ItemID
	Number  string
	Kind    StepKind
	What    string
	At      book.Instant
	Intent  string
	State   book.IntentState
	Refused string
}

// DunningConfig says what happens by itself about failed renewals.
type DunningConfig struct {
	// Auto has serve, and the open window, do what the policy has due after each pull; without it a
	// person runs it.
	Auto bool `toml:"auto,omitempty"`
}

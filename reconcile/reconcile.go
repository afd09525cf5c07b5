// Package reconcile owns the matching ladder: from invoices, payments, gateway movements, payouts
// and bank lines it works out which records explain each other, what stays open and why, and the
// bridge from billing to the bank. The use cases in app call Run with everything they have and keep
// what it returns. It reads no clock, opens nothing, changes no record that it is given, and never
// guesses: what is not unique both ways stays open.
package reconcile

import (
	"context"
	"regexp"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Role says what a source is to the business.
type Role string

// The roles.
const (
	Billing Role = "billing"
	Gateway Role = "gateway"
)

// Source is a configured source, as far as matching needs it.
type Source struct {
	Name book.SourceName
	Role Role
	// Title is what people call it, "Stripe"; Name where empty.
	Title string
	// Methods maps a billing source's payment-method names to the source or account behind them.
	Methods map[string]string
	// StatesLag is how long after a movement a gateway publishes it, where it states so; else zero.
	StatesLag time.Duration
	// CycleDays is the length of a payout cycle in days, 1 where zero.
	CycleDays int
	// NoMembers says that the gateway never states what any payout consists of, so that no
	// movement of it can be overdue.
	NoMembers bool
	// Sweeps says that one of its payouts that leaves nothing on the balance consists of everything
	// since the balance was empty last.
	Sweeps bool
	// NoFees says that billing can record no fees for this gateway.
	NoFees bool
	// Tariff is what the gateway takes of a charge by contract; the zero value where nobody says.
	Tariff money.Tariff
}

// Account is a configured bank account.
type Account struct {
	Name     book.AccountName
	Currency money.Currency
	IBAN     string
	// Settles are the gateways whose payouts land here.
	Settles []book.SourceName
	// Aliases are sender names of gateways that a person has confirmed.
	Aliases []string
	// InvoicePattern finds the business's own names for invoices in the texts of lines, by its first
	// group, else by all of it; nil for none.
	InvoicePattern *regexp.Regexp
	// BusinessDay is the account's calendar; Monday to Friday where nil.
	BusinessDay func(book.Date) bool
}

// Alteration is a matched record that changed or vanished at its source after it was matched.
type Alteration struct {
	Item book.ItemID
	// Closed says that the record's month was closed when it changed.
	Closed bool
	// On and Amount describe the record as it was matched; they are needed where it vanished, and
	// otherwise taken from the books where not set.
	On     book.Date
	Amount money.Money
	// Change says what changed, as the end of a sentence: "its amount was 49.00 and is 59.00 EUR".
	Change string
}

// Input is everything that a run looks at. Run changes nothing of it, and the order of slices
// carries no meaning.
type Input struct {
	// At is the moment by which lateness is judged, Period the month of bridge, proofs and rates. What is
	// dated after At is not there yet: a run as of a past moment concludes what it would have then.
	At     book.Instant
	Period book.Month
	// Zone is the business's time zone; UTC where nil.
	Zone *time.Location
	// OpeningOn is the first date that is reconciled; nothing before it is an exception.
	OpeningOn book.Date
	Base      money.Currency
	Sources   []Source
	Accounts  []Account
	Books     book.Records
	// Decisions are the matches that people confirmed or rejected. Confirmed ones use up their
	// records before any pass runs, rejected ones are never proposed again.
	Decisions []book.Match
	Altered   []Alteration
	// Rules are the user's own, in the order in which they stand; their names differ.
	Rules []Rule
	// Progress, where set, is called now and then from the goroutine of Run.
	Progress func(stage string, done, total int)
}

// PassStat counts what a pass produced.
type PassStat struct {
	Pass                       book.Pass
	Auto, Suggested, Confirmed int
}

// Result is what a run concluded. All slices are sorted, and equal for equal facts, whatever the
// order in which they came.
type Result struct {
	// Matches are all live and suggested matches, confirmed ones first, then by pass and records.
	Matches []book.Match
	// Exceptions are all open items, by class, then items, whatever their date; see InPeriod.
	Exceptions []book.Exception
	// Bridges has one bridge for every currency seen, by currency.
	Bridges []book.Bridge
	Proofs  []book.Proof
	Counts  book.Counts
	// AutoBankLines is the rate of gateway receipts at the bank, AutoPayments that of billing's
	// payments through gateways; both of records dated in the period.
	AutoBankLines, AutoPayments book.AutoRate
	Stats                       []PassStat
	// Marks are what the user's rules say of bank lines that match nothing, by line.
	Marks []Mark
	// Unseen counts what is dated after the moment, and was not looked at.
	Unseen int
	// Learned are senders of payouts that nobody has confirmed, by account and name.
	Learned []LearnedAlias
}

// InPeriod reports whether a month lists the exception: it is dated in the month, or it is dated
// before and still open.
func InPeriod(e book.Exception, m book.Month) bool {
	open := e.Status == book.Open || e.Status == book.Waiting || e.Status == ""
	return m.Has(e.On) || e.On < m.First() && open
}

// Run matches, classifies and proves. It returns the context's error when it was cancelled, and an
// error that names the invariant where one is broken: then nothing of the result may be used.
func Run(ctx context.Context, in Input) (Result, error) {
	in, unseen := asOf(in)
	e, err := newEngine(ctx, in)
	if err != nil {
		return Result{}, err
	}
	plan := e.plan()
	for i, s := range plan {
		if err := e.stage(s, i, len(plan)); err != nil {
			return Result{}, err
		}
	}
	r, err := e.result()
	r.Unseen = unseen
	return r, err
}

package book

import "countinghouse/app/money"

// Flag is an extra mark on an exception.
type Flag string

// The flags.
const (
	// FlagStale is C1: open past the class's age limit.
	FlagStale Flag = "stale"
	// FlagInvoiceCancelled marks a receipt for a cancelled invoice that billing has no row for.
	FlagInvoiceCancelled Flag = "invoice_cancelled"
	FlagWithheldTax      Flag = "withheld_tax"
	FlagAltered          Flag = "altered"
	// FlagSuggestion marks an exception that holds a suggested match.
	FlagSuggestion Flag = "suggestion"
)

// ExceptionStatus is what became of an exception.
type ExceptionStatus string

// The states of an exception.
const (
	Open ExceptionStatus = "open"
	// Explained ones are understood and need nobody: rounding differences.
	Explained ExceptionStatus = "explained"
	// Waiting ones are somebody's turn: asked and not answered yet, prepared and not approved, or an
	// action is filed for them.
	Waiting  ExceptionStatus = "waiting"
	Resolved ExceptionStatus = "resolved"
)

// Exception is an open item that the rules cannot explain, or that waits for time to pass.
type Exception struct {
	// ID is a hash of the class's group and the items; it survives a rerun.
	ID    string
	Class Class
	Flags []Flag
	Leg   Leg
	// Amount is not negative: the item's gross, or for A the difference.
	Amount money.Money
	// Items are sorted; the chain around them is found through their matches.
	Items []ItemID
	// On is the date of the item by which a period lists it.
	On Date
	// DetectedAt is the first sighting and does not move.
	DetectedAt Instant
	// ClearsOn is when a timing item should clear, zero for breaks.
	ClearsOn Date
	Owner    string
	Status   ExceptionStatus
	// Why is one plain sentence that names both figures.
	Why string
}

// Step names a line of the bridge.
type Step string

// The steps of the bridge, in order. The four in bold of the contract are subtotals.
const (
	StepBillingReceipts   Step = "billing_receipts"
	StepOtherPeriod       Step = "billing_other_period"
	StepUnrecorded        Step = "unrecorded_receipts"
	StepUnsupported       Step = "unsupported_receipts"
	StepAmountDifferences Step = "recorded_amount_differences"
	StepNonCash           Step = "non_cash"
	StepRefunds           Step = "refunds"
	StepDisputes          Step = "disputes"
	StepFees              Step = "fees"
	StepTaxesOnFees       Step = "taxes_on_fees"
	StepFX                Step = "fx"
	StepAdjustments       Step = "adjustments"
	StepReserves          Step = "reserves"
	StepOpeningInGateway  Step = "opening_in_gateway"
	StepClosingInGateway  Step = "closing_in_gateway"
	StepPayoutsSent       Step = "payouts_sent"
	StepOpeningInTransit  Step = "opening_in_transit"
	StepClosingInTransit  Step = "closing_in_transit"
	StepPayoutDifferences Step = "payout_differences"
	StepGatewayAtBank     Step = "gateway_receipts_at_bank"
	StepDirectReceipts    Step = "direct_receipts"
	StepOtherBankLines    Step = "other_bank_lines"
	StepBankMovement      Step = "bank_movement"
	StepUnexplained       Step = "unexplained"
)

// StepInfo describes a step for people.
type StepInfo struct {
	Step Step
	Name string
	// Total marks a balance that is read from the facts; the steps before it must add up to it.
	Total bool
}

// Steps are all steps of the bridge in order, the first a total, the last what nothing explains.
var Steps = []StepInfo{
	{StepBillingReceipts, "Paid in billing", true},
	{StepOtherPeriod, "Recorded in another month", false},
	{StepUnrecorded, "Unrecorded receipts", false},
	{StepUnsupported, "Unsupported receipts", false},
	{StepAmountDifferences, "Recorded amount differences", false},
	{StepNonCash, "Settled without cash", false},
	{StepRefunds, "Refunds", false},
	{StepDisputes, "Disputes", false},
	{StepFees, "Fees", false},
	{StepTaxesOnFees, "Taxes on fees", false},
	{StepFX, "Currency conversion", false},
	{StepAdjustments, "Adjustments", false},
	{StepReserves, "Reserves held", false},
	{StepOpeningInGateway, "Opening balance at gateways", false},
	{StepClosingInGateway, "Closing balance at gateways", false},
	{StepPayoutsSent, "Payouts sent", true},
	{StepOpeningInTransit, "Opening payouts in transit", false},
	{StepClosingInTransit, "Closing payouts in transit", false},
	{StepPayoutDifferences, "Payout differences", false},
	{StepGatewayAtBank, "Gateway receipts at bank", true},
	{StepDirectReceipts, "Direct bank transfers", false},
	{StepOtherBankLines, "Other bank lines", false},
	{StepBankMovement, "Received in bank", true},
	{StepUnexplained, "Unexplained", false},
}

// BridgeStep is one line of a bridge.
type BridgeStep struct {
	Step Step
	// Amount is signed, in the bridge's currency.
	Amount int64
	// Items counts what the step lists; Entries are the items with their parts, sorted by id.
	Items   int
	Entries []BridgeEntry
	// Classes are the classes of exception that the step holds, in order.
	Classes []Class
}

// BridgeEntry is one item's part in a step.
type BridgeEntry struct {
	Item   ItemID
	Amount int64
}

// Bridge explains, for one currency and period, the way from billing to the bank.
type Bridge struct {
	Currency money.Currency
	// Steps holds every step in order, zero ones too, StepUnexplained last.
	Steps []BridgeStep
	// Unexplained is what no item explains; it must be zero.
	Unexplained int64
}

// ProofKind names what a proof compares.
type ProofKind string

// The kinds of proof.
const (
	// GatewayBalance: opening + movement − payouts = what the provider holds.
	GatewayBalance ProofKind = "gateway_balance"
	// StatementBalance: opening + lines = closing.
	StatementBalance ProofKind = "statement_balance"
	// StatementChain: a statement opens with what the one before it closed with.
	StatementChain ProofKind = "statement_chain"
	// InvoiceTotals: total = payments + credits + open balance, over all invoices.
	InvoiceTotals ProofKind = "invoice_totals"
)

// Proof is a sum that must come out; minor units of Currency.
type Proof struct {
	Kind     ProofKind
	Source   string
	Currency money.Currency
	AsOf     Instant
	Opening  int64
	Movement int64
	Payouts  int64
	// Closing is computed; ProviderClosing is what the other side states, nil where it states none.
	Closing         int64
	ProviderClosing *int64
	// Derived says that the opening was derived from the provider's first stated balance.
	Derived bool
	Holds   bool
	// OpensAfter and OpensBy bound where a gateway's gap opens: the last moment at which the balance
	// that it stated was right, zero for the ledger's beginning, and the first at which it was not.
	// Both are zero where the proof holds.
	OpensAfter, OpensBy Instant
	// Why says in one sentence what does not hold, "" where it does.
	Why string
}

// Counts are the numbers of records that a run looked at.
type Counts struct {
	Invoices        int `json:"invoices"`
	BillingPayments int `json:"billing_payments"`
	GatewayEntries  int `json:"gateway_entries"`
	Payouts         int `json:"payouts"`
	BankLines       int `json:"bank_lines"`
}

// AutoRate is the rate of automatic matching: how many of the matchable items are matched.
type AutoRate struct{ Matched, Of int }

// Share is the part that is matched, from 0 to 1; 1 where nothing is to match.
func (a AutoRate) Share() float64 {
	if a.Of == 0 {
		return 1
	}
	return float64(a.Matched) / float64(a.Of)
}

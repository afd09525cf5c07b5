package book

// Class is the stable code of what is wrong with an open item, or of when it will clear.
type Class string

// Group is the kind of class: how a person has to look at it.
type Group string

// The groups of classes. Timing items clear by themselves; all others are breaks.
const (
	Timing    Group = "T"
	OneSided  Group = "M"
	Differing Group = "A"
	Identity  Group = "D"
	Reversal  Group = "R"
	Control   Group = "C"
)

// The classes, in the order in which they apply.
const (
	T1 Class = "T1"
	T2 Class = "T2"
	T3 Class = "T3"
	T4 Class = "T4"
	T5 Class = "T5"
	T6 Class = "T6"
	M1 Class = "M1"
	M2 Class = "M2"
	M3 Class = "M3"
	M4 Class = "M4"
	M5 Class = "M5"
	M6 Class = "M6"
	M7 Class = "M7"
	M8 Class = "M8"
	A1 Class = "A1"
	A2 Class = "A2"
	A3 Class = "A3"
	A4 Class = "A4"
	A5 Class = "A5"
	A6 Class = "A6"
	A7 Class = "A7"
	A8 Class = "A8"
	A9 Class = "A9"
	D1 Class = "D1"
	D2 Class = "D2"
	D3 Class = "D3"
	D4 Class = "D4"
	D5 Class = "D5"
	D6 Class = "D6"
	D7 Class = "D7"
	D8 Class = "D8"
	D9 Class = "D9"
	R1 Class = "R1"
	R2 Class = "R2"
	R3 Class = "R3"
	R4 Class = "R4"
	R5 Class = "R5"
	R6 Class = "R6"
	C1 Class = "C1"
	C2 Class = "C2"
	C3 Class = "C3"
	C4 Class = "C4"
)

// ClassInfo describes a class for people.
type ClassInfo struct {
	Class Class
	// Name always stands beside the code, Means explains it in one sentence.
	Name, Means string
	// AgeLimit is the number of days after which an open item of the class is stale (flag C1).
	AgeLimit int
}

// Classes are all 42 classes in the order in which they apply.
var Classes = []ClassInfo{
	{T1, "Unsettled receipt", "The charge is matched and waits for its payout.", 10},
	{T2, "Payout in transit", "The payout was sent and may still arrive at the bank.", 7},
	{T3, "Cut-off item", "It happened in this period and settles in the next.", 35},
	{T4, "Reporting lag", "The provider has not published the row yet.", 2},
	{T5, "Payment pending", "The attempt to pay is not final.", 14},
	{T6, "Reserve or hold", "The gateway holds funds until a stated date.", 180},
	{M1, "Unrecorded receipt", "Money came in and billing does not know it.", 5},
	{M2, "Unsupported receipt", "Billing says paid, and the gateway has no such money.", 5},
	{M3, "Overdue settlement", "The charge never reached a payout in its window.", 5},
	{M4, "Missing bank credit", "The payout did not arrive at the bank in its window.", 5},
	{M5, "Unidentified bank receipt", "Money arrived with no payout and no invoice.", 10},
	{M6, "Unattributed payout", "The provider does not say what the payout consists of.", 30},
	{M7, "Unapplied cash", "Money or credit that pays no invoice.", 30},
	{M8, "Non-cash settlement", "An invoice was closed by credit or by hand.", 30},
	{A1, "Short payment", "Less was received than is due.", 10},
	{A2, "Over-payment", "More was received than was due.", 10},
	{A3, "Partial payment", "A part was received, with more receipts or a plan.", 30},
	{A4, "Recorded amount wrong", "Billing recorded another amount than the gateway.", 5},
	{A5, "Fee variance", "The recorded fee is not the fee that was taken.", 30},
	{A6, "FX variance", "The converted amount is not rate times amount.", 30},
	{A7, "Rounding difference", "At most one minor unit for each converted line.", 60},
	{A8, "Payout footing error", "The members do not add up to the payout.", 2},
	{A9, "Tax or withholding", "The gateway took tax or withholding.", 60},
	{D1, "Duplicate receipt", "One obligation was paid twice.", 3},
	{D2, "Duplicate posting", "Billing recorded one receipt twice.", 5},
	{D3, "Duplicate import", "One source row stands twice in the books.", 1},
	{D4, "Currency mismatch", "One identifier stands for two currencies.", 5},
	{D5, "Party mismatch", "One customer's money was applied to another.", 3},
	{D6, "Status conflict", "The sides disagree on the state.", 5},
	{D7, "Ambiguous match", "Two or more candidates fit equally well.", 10},
	{D8, "Missing reference", "The key is absent; a candidate stands on weaker facts.", 10},
	{D9, "Source altered", "A matched record changed at its source.", 5},
	{R1, "Refund not in billing", "The gateway refunded and billing does not know.", 5},
	{R2, "Refund not at gateway", "Billing says refunded, and the gateway did not.", 2},
	{R3, "Refund failed", "The refund came back to us.", 3},
	{R4, "Chargeback not booked", "A dispute took the money, billing still says paid.", 5},
	{R5, "Won dispute not booked", "The money came back, billing still says reversed.", 10},
	{R6, "Payout failed", "The payout came back into the gateway's balance.", 2},
	{C1, "Stale item", "Open past the age limit of its class.", 0},
	{C2, "Change after close", "A record of a closed month changed.", 2},
	{C3, "Balance proof failed", "The movements do not lead to the provider's balance.", 1},
	{C4, "Duty conflict", "The approver prepared it, or a limit was passed.", 1},
}

var classIndex = func() map[Class]int {
	m := make(map[Class]int, len(Classes))
	for i, c := range Classes {
		m[c.Class] = i
	}
	return m
}()

// Info describes the class; false for a code that is not ours.
func (c Class) Info() (ClassInfo, bool) {
	i, ok := classIndex[c]
	if !ok {
		return ClassInfo{}, false
	}
	return Classes[i], true
}

// Order is the class's place in the order, for sorting; unknown codes come last.
func (c Class) Order() int {
	if i, ok := classIndex[c]; ok {
		return i
	}
	return len(Classes)
}

// Group is the class's group, its letter.
func (c Class) Group() Group {
	if c == "" {
		return ""
	}
	return Group(c[:1])
}

// Name is the class's plain name, "" for a code that is not ours.
func (c Class) Name() string {
	i, _ := c.Info()
	return i.Name
}

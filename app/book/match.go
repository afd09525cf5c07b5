package book

import (
	"strings"

	"countinghouse/app/money"
)

// Pass names a rung of the matching ladder, P0 to P15.
type Pass string

// The passes, in the order in which they run.
const (
	P0  Pass = "P0"
	P1  Pass = "P1"
	P2  Pass = "P2"
	P3  Pass = "P3"
	P4  Pass = "P4"
	P5  Pass = "P5"
	P6  Pass = "P6"
	P7  Pass = "P7"
	P8  Pass = "P8"
	P9  Pass = "P9"
	P10 Pass = "P10"
	P12 Pass = "P12"
	P13 Pass = "P13"
	P14 Pass = "P14"
	P15 Pass = "P15"
	// PHand marks what a person matched.
	PHand Pass = "hand"
	// PRule marks what a rule of the user's own matched.
	PRule Pass = "rule"
)

// Passes are all passes that make matches or exceptions, in order; what people matched comes first.
// The user's own rules run between the others, each in its place, and are listed together.
var Passes = []Pass{PHand, P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P12, P13, P14, PRule, P15}

// Leg is the part of the chain that a match or an exception belongs to.
type Leg string

// The legs, from billing to bank.
const (
	BillingGateway Leg = "billing-gateway"
	GatewayGateway Leg = "gateway-gateway"
	GatewayPayout  Leg = "gateway-payout"
	PayoutBank     Leg = "payout-bank"
	BankBilling    Leg = "bank-billing"
)

// MatchState is how sure a match is.
type MatchState string

// The states of a match. Auto and confirmed ones are live; only those use up amounts.
const (
	Auto      MatchState = "auto"
	Suggested MatchState = "suggested"
	Confirmed MatchState = "confirmed"
	Rejected  MatchState = "rejected"
)

// Live reports whether the match counts.
func (s MatchState) Live() bool { return s == Auto || s == Confirmed }

// Match is a set of records of two sides that explain each other.
type Match struct {
	// ID is a hash of leg and items; the same records give the same id in every run.
	ID    string
	Pass  Pass
	Leg   Leg
	State MatchState
	// Rule is the version of the pass that made it: "P1 v1".
	Rule string
	// Left is the side nearer to billing. Both are sorted.
	Left, Right []ItemID
	// Uses says how much of each item the match takes: first of Left, then of Right, in the item's
	// own sign and currency. On the payout leg a transaction is used with its net, elsewhere with
	// what the customer was charged.
	Uses []money.Money
	// Residual is left minus right where both have one currency; zero otherwise.
	Residual money.Money
	// Facts are all compared facts.
	Facts Facts
}

// Facts is a compact list of compared facts, one a line: field, tab, left, tab, right.
type Facts string

// Fact is one compared field: what each side says.
type Fact struct{ Field, Left, Right string }

// Equal reports whether both sides say the same.
func (f Fact) Equal() bool { return f.Left == f.Right }

// With is the list with one more fact; tabs and line ends in values become blanks.
func (f Facts) With(field, left, right string) Facts {
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	return f + Facts(clean.Replace(field)+"\t"+clean.Replace(left)+"\t"+clean.Replace(right)+"\n")
}

// List opens the compact form.
func (f Facts) List() []Fact {
	var out []Fact
	for line := range strings.Lines(string(f)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(parts) == 3 {
			out = append(out, Fact{parts[0], parts[1], parts[2]})
		}
	}
	return out
}

package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// RuleField names what a test of a rule looks at.
type RuleField string

// The fields. Of a bank line they are what the bank says of the sender and the payment; of a charge
// the payer's name, the provider's id of him, the charge's ids and its text.
const (
	FieldCounterparty  RuleField = "counterparty"
	FieldAccountNumber RuleField = "account_number"
	FieldReference     RuleField = "reference"
	FieldText          RuleField = "text"
	// FieldAmount is signed, toward us positive, in the record's own currency.
	FieldAmount   RuleField = "amount"
	FieldCurrency RuleField = "currency"
	// FieldWeekday is monday to sunday, FieldDay the day of the month.
	FieldWeekday RuleField = "weekday"
	FieldDay     RuleField = "day"
)

// RuleFields are all fields.
var RuleFields = []RuleField{FieldCounterparty, FieldAccountNumber, FieldReference, FieldText,
	FieldAmount, FieldCurrency, FieldWeekday, FieldDay}

// Ordered reports whether values of the field can lie between two others.
func (f RuleField) Ordered() bool {
	return f == FieldAmount || f == FieldWeekday || f == FieldDay
}

// Weekdays are the days as tests write them, in their order.
var Weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// RuleTest is one condition of a rule. Exactly one of Contains, Equals, Matches, and From with To is
// set. Texts are compared without regard to case and to the number of blanks, patterns as written.
type RuleTest struct {
	Field            RuleField
	Contains, Equals string
	Matches          *regexp.Regexp
	// From and To are the ends of a range, both included: amounts as decimals, days, weekdays.
	From, To string
}

// RuleAction is what a rule does with the records that pass its tests.
type RuleAction string

// The actions. The last three say of a bank line what it is, and match nothing: they are for lines
// that are no receipts of customers.
const (
	// RuleInvoice matches the record with the row or the open invoice that a group of a pattern names.
	RuleInvoice RuleAction = "invoice"
	// RulePayout matches a bank line with the payout of a gateway that is exactly its amount.
	RulePayout      RuleAction = "payout"
	RuleBankCharge  RuleAction = "bank-charge"
	RuleOwnTransfer RuleAction = "own-transfer"
	RuleExplained   RuleAction = "explained"
)

// RuleActions are all actions.
var RuleActions = []RuleAction{RuleInvoice, RulePayout, RuleBankCharge, RuleOwnTransfer, RuleExplained}

// Marks reports whether the action says what a line is instead of matching it.
func (a RuleAction) Marks() bool { return a != RuleInvoice && a != RulePayout }

// Rule is one of the user's own rules. It runs right behind a pass and takes nothing that an earlier
// pass matched or holds, nor a pair that a person rejected.
type Rule struct {
	Name  string
	After book.Pass
	// Account restricts it to the lines of one account, all accounts where empty. Source makes it a
	// rule about the charges of that gateway instead.
	Account book.AccountName
	Source  book.SourceName
	Tests   []RuleTest
	Action  RuleAction
	// Gateway is whose payouts RulePayout looks at, Reason what RuleExplained and its like say.
	Gateway book.SourceName
	Reason  string
	// Posts says that the rule is to match by itself, Allowed that the books hold a back-test of
	// exactly this rule that contradicted nothing. It only suggests unless both are true.
	Posts, Allowed bool
}

// RulePasses are the passes behind which a rule may stand.
var RulePasses = []book.Pass{book.P1, book.P2, book.P3, book.P4, book.P5, book.P6, book.P7, book.P8,
	book.P9, book.P12, book.P13, book.P14}

// acts reports whether the rule matches by itself.
func (r *Rule) acts() bool { return r.Posts && r.Allowed }

// Hash identifies what a rule does: any change of it but whether it posts gives another hash.
func (r *Rule) Hash() string {
	h := sha256.New()
	put := func(words ...string) {
		for _, w := range words {
			h.Write([]byte(strconv.Itoa(len(w)) + ":" + w))
		}
	}
	put(r.Name, string(r.After), string(r.Account), string(r.Source), string(r.Action),
		string(r.Gateway), r.Reason, strconv.Itoa(len(r.Tests)))
	for _, t := range r.Tests {
		pattern := ""
		if t.Matches != nil {
			pattern = t.Matches.String()
		}
		put(string(t.Field), t.Contains, t.Equals, pattern, t.From, t.To)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// version is the rule as matches keep it: "rule NAME v<hash>".
func (r *Rule) version() string { return "rule " + r.Name + " v" + r.Hash() }

// Group is the place of the group that names the invoice, in the pattern of the first test that has
// one: the group called invoice, else the first one. test is -1 where no pattern has a group.
func (r *Rule) Group() (test, group int) {
	for i, t := range r.Tests {
		if t.Matches == nil || t.Matches.NumSubexp() == 0 {
			continue
		}
		if n := t.Matches.SubexpIndex("invoice"); n > 0 {
			return i, n
		}
		return i, 1
	}
	return -1, 0
}

// ruled is what rules look at of a bank line or a charge.
type ruled struct {
	counterparty, number, reference, text string
	amount                                money.Money
	on                                    book.Date
}

func ruledLine(l *book.BankLine) ruled {
	return ruled{l.Counterparty, l.CounterpartyAccount,
		strings.Join(strings.Fields(l.Reference+" "+l.Structured), " "), l.Text, l.Amount, lineOn(l)}
}

func (e *engine) ruledCharge(t int32) ruled {
	x := e.txs[t]
	return ruled{x.PayerName, x.Payer, strings.Join(append([]string{x.ID.Native()}, x.Aliases...), " "),
		x.Text, charged(x), e.txOn[t]}
}

// says is a field of a record as text.
func (r *ruled) says(f RuleField) string {
	switch f {
	case FieldCounterparty:
		return r.counterparty
	case FieldAccountNumber:
		return r.number
	case FieldReference:
		return r.reference
	case FieldText:
		return r.text
	case FieldAmount:
		return r.amount.Decimal()
	case FieldCurrency:
		return string(r.amount.Currency)
	case FieldWeekday:
		return Weekdays[weekday(r.on)]
	}
	return strconv.Itoa(r.on.Time().Day())
}

// weekday is 0 for a Monday; 1970-01-01 was a Thursday.
func weekday(d book.Date) int { return (int(d)%7 + 7 + 3) % 7 }

// passes reports whether a record passes all tests of a rule.
func (r *Rule) passes(x *ruled) bool {
	for i := range r.Tests {
		if !r.Tests[i].passes(x) {
			return false
		}
	}
	return len(r.Tests) > 0
}

func (t *RuleTest) passes(x *ruled) bool {
	says := x.says(t.Field)
	switch {
	case t.Matches != nil:
		return t.Matches.MatchString(says)
	case t.Contains != "":
		return strings.Contains(t.fold(says), t.fold(t.Contains))
	case t.From != "":
		at, ok := t.Field.place(says, x.amount.Currency)
		from, one := t.Field.place(t.From, x.amount.Currency)
		to, two := t.Field.place(t.To, x.amount.Currency)
		return ok && one && two && from <= at && at <= to
	case t.Field == FieldAmount:
		at, ok := t.Field.place(t.Equals, x.amount.Currency)
		return ok && at == x.amount.Minor
	}
	return t.fold(says) == t.fold(t.Equals)
}

// fold writes a text as tests compare it.
func (t *RuleTest) fold(s string) string {
	if t.Field == FieldAccountNumber {
		return foldNumber(s)
	}
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// place is where a value stands in the order of its field; false for a value that has none, such as
// an amount with more decimals than the currency.
func (f RuleField) place(s string, c money.Currency) (int64, bool) {
	switch f {
	case FieldAmount:
		m, err := money.Parse(s, c)
		return m.Minor, err == nil
	case FieldWeekday:
		for i, d := range Weekdays {
			if strings.EqualFold(s, d) {
				return int64(i), true
			}
		}
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// wants is a test in words: `contains "acme"`.
func (t *RuleTest) wants() string {
	switch {
	case t.Matches != nil:
		return "matches " + t.Matches.String()
	case t.Contains != "":
		return "contains " + t.Contains
	case t.From != "":
		return "between " + t.From + " and " + t.To
	}
	return "equals " + t.Equals
}

package app

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/reconcile"
)

// RuleConfig is one matching rule of the user's own; see reconcile.Rule.
type RuleConfig struct {
	Name string `toml:"name"`
	// After is the pass behind which it runs; default P9, behind all that match by themselves.
	After book.Pass `toml:"after,omitempty"`
	// Account restricts it to the lines of one account; Source makes it a rule about a gateway's charges.
	Account book.AccountName     `toml:"account,omitempty"`
	Source  book.SourceName      `toml:"source,omitempty"`
	Tests   []RuleTestConfig     `toml:"tests,inline"`
	Action  reconcile.RuleAction `toml:"action"`
	// Gateway is whose payouts the action payout looks for.
	Gateway book.SourceName `toml:"gateway,omitempty"`
	Reason  string          `toml:"reason,omitempty"`
	// Posts lets it match by itself once its back-test has been allowed; else it only suggests.
	Posts bool `toml:"posts,omitempty"`
}

// RuleTestConfig is one condition: a field and exactly one of the others.
type RuleTestConfig struct {
	Field    reconcile.RuleField `toml:"field"`
	Contains string              `toml:"contains,omitempty"`
	Equals   string              `toml:"equals,omitempty"`
	Matches  string              `toml:"matches,omitempty"`
	// Between are the two ends of a range, both included.
	Between []string `toml:"between,omitempty"`
}

// ruleError is what is wrong with a rule: the setting of the rule at a place in the file's order.
type ruleError struct {
	at        int
	name, key string
	text      string
}

func (e ruleError) Error() string {
	name := e.name
	if name == "" {
		name = strconv.Itoa(e.at + 1)
	}
	return fmt.Sprintf("rule %s: %s", name, e.text)
}

// line is where the wrong setting stands in a configuration's text: its own line, else that of the
// rule's head; 0 where neither is found.
func (e ruleError) line(text []byte) int {
	row, n, head := 0, -1, 0
	own := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(e.key) + `"?\s*=`)
	for line := range bytes.Lines(text) {
		row++
		switch code := strings.TrimRight(string(line), "\r\n"); {
		case headLine.MatchString(code):
			if head > 0 {
				return head
			}
			if headOf(code) != "[[rule]]" {
				continue
			}
			if n++; n == e.at {
				head = row
			}
		case head > 0 && e.key != "" && own.MatchString(code):
			return row
		}
	}
	return head
}

// checkRules checks the rules and fills in what they leave out.
func (c *Config) checkRules() error {
	names := map[string]bool{}
	for i := range c.Rules {
		r := &c.Rules[i]
		if key, text := r.check(c, names); text != "" {
			return ruleError{i, r.Name, key, text}
		}
	}
	return nil
}

// check gives the setting that is wrong and what is wrong with it; "" where nothing is.
func (r *RuleConfig) check(c *Config, names map[string]bool) (key, text string) {
	if r.After == "" {
		r.After = book.P9
	}
	switch {
	case !nameForm.MatchString(r.Name):
		return "name", fmt.Sprintf("name %q: use lower-case letters, digits and -, beginning with a letter", r.Name)
	case names[r.Name]:
		return "name", "the name stands twice; each rule needs its own"
	case !slices.Contains(reconcile.RulePasses, r.After):
		return "after", fmt.Sprintf("after %q is no pass behind which a rule may stand; use one of %s", r.After,
			listed(reconcile.RulePasses))
	case !slices.Contains(reconcile.RuleActions, r.Action):
		return "action", fmt.Sprintf("action %q is not one of %s", r.Action, listed(reconcile.RuleActions))
	case len(r.Tests) == 0:
		return "tests", "it has no tests; without one it would take every line"
	}
	names[r.Name] = true
	if key, text := r.checkPlace(c); text != "" {
		return key, text
	}
	for i := range r.Tests {
		if text := r.Tests[i].check(); text != "" {
			return "tests", text
		}
	}
	compiled := r.rule()
	if test, _ := compiled.Group(); r.Action == reconcile.RuleInvoice && test < 0 {
		return "tests", "the action invoice needs a test that matches a pattern with a group around the invoice's " +
			`number, such as matches = 'ORDER K(\d+)'`
	}
	return "", ""
}

// checkPlace checks what a rule looks at, against its action and the other settings.
func (r *RuleConfig) checkPlace(c *Config) (key, text string) {
	if _, ok := c.Account(r.Account); r.Account != "" && !ok {
		return "account", fmt.Sprintf("account %q is none of the accounts", r.Account)
	}
	switch {
	case r.Source != "" && r.Account != "":
		return "source", "it names an account and a source; a rule is about one account's lines or one gateway's charges"
	case r.Source != "" && !c.isGateway(r.Source):
		return "source", fmt.Sprintf("source %q is none of the gateways", r.Source)
	case r.Source != "" && r.Action != reconcile.RuleInvoice:
		return "action", fmt.Sprintf("action %s is for bank lines; a rule about charges can only match an invoice", r.Action)
	case r.Action == reconcile.RulePayout && !c.isGateway(r.Gateway):
		return "gateway", fmt.Sprintf("gateway %q is none of the gateways; the action payout needs the one whose "+
			"payouts the lines are", r.Gateway)
	case r.Action != reconcile.RulePayout && r.Gateway != "":
		return "gateway", "gateway goes with the action payout only"
	case r.Action == reconcile.RuleExplained && strings.TrimSpace(r.Reason) == "":
		return "reason", "the action explained needs a reason, which is shown with each line"
	case !r.Action.Marks() && r.Reason != "":
		return "reason", fmt.Sprintf("reason goes with the actions %s, %s and %s only", reconcile.RuleBankCharge,
			reconcile.RuleOwnTransfer, reconcile.RuleExplained)
	}
	return "", ""
}

// isGateway reports whether a name is that of a configured gateway.
func (c *Config) isGateway(name book.SourceName) bool {
	return slices.ContainsFunc(c.Sources, func(s SourceConfig) bool {
		return s.Name == name && reconcile.Role(s.Role()) == reconcile.Gateway
	})
}

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,4})?$`)

// check says what is wrong with a test, "" for nothing.
func (t *RuleTestConfig) check() string {
	if !slices.Contains(reconcile.RuleFields, t.Field) {
		return fmt.Sprintf("field %q is not one of %s", t.Field, listed(reconcile.RuleFields))
	}
	given := 0
	for _, set := range []bool{t.Contains != "", t.Equals != "", t.Matches != "", len(t.Between) > 0} {
		if set {
			given++
		}
	}
	switch {
	case given != 1:
		return fmt.Sprintf("the test of %s needs exactly one of contains, equals, matches and between", t.Field)
	case len(t.Between) > 0 && (!t.Field.Ordered() || len(t.Between) != 2):
		return fmt.Sprintf("the test of %s: between takes two values, of amount, weekday or day", t.Field)
	case t.Field.Ordered() && (t.Contains != "" || t.Matches != ""):
		return fmt.Sprintf("the test of %s: use equals or between", t.Field)
	}
	if _, err := regexp.Compile(t.Matches); err != nil {
		return fmt.Sprintf("the test of %s: %v", t.Field, err)
	}
	for _, v := range append([]string{t.Equals}, t.Between...) {
		if v == "" || !t.Field.Ordered() {
			continue
		}
		day, _ := strconv.Atoi(v)
		switch {
		case t.Field == reconcile.FieldAmount && !decimal.MatchString(v):
			return fmt.Sprintf("the test of amount: %q is not an amount such as \"-4.50\"", v)
		case t.Field == reconcile.FieldWeekday && !slices.Contains(reconcile.Weekdays, strings.ToLower(v)):
			return fmt.Sprintf("the test of weekday: %q is not one of %s", v, listed(reconcile.Weekdays))
		case t.Field == reconcile.FieldDay && (day < 1 || day > 31):
			return fmt.Sprintf("the test of day: %q is no day of a month", v)
		}
	}
	return ""
}

// rule is the rule as the engine takes it; the configuration is checked.
func (r *RuleConfig) rule() reconcile.Rule {
	out := reconcile.Rule{Name: r.Name, After: r.After, Account: r.Account, Source: r.Source,
		Action: r.Action, Gateway: r.Gateway, Reason: strings.TrimSpace(r.Reason), Posts: r.Posts}
	for _, t := range r.Tests {
		test := reconcile.RuleTest{Field: t.Field, Contains: t.Contains, Equals: t.Equals,
			Matches: pattern(t.Matches)}
		if len(t.Between) == 2 {
			test.From, test.To = t.Between[0], t.Between[1]
		}
		out.Tests = append(out.Tests, test)
	}
	return out
}

// listed is a list of words for a sentence.
func listed[S ~string](words []S) string {
	var out []string
	for _, w := range words {
		out = append(out, string(w))
	}
	return strings.Join(out, ", ")
}

package app

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

const goodRules = wholeConfig + `
# What Acme writes.
[[rule]]
name = "orders"
after = "P7"
account = "operating"
tests = [{ field = "text", matches = 'ORDER K(\d+)Z' }]   # its own numbers
action = "invoice"
posts = true

[[rule]]
name = "fee"
tests = [
  { field = "amount", between = ["-20.00", "0"] },
  { field = "weekday", between = ["Monday", "friday"] },
  { field = "day", equals = "31" },
]
action = "bank-charge"
reason = "what the bank takes"
`

// TestRuleErrors checks that every mistake in a rule gives a sentence with the line of the setting.
func TestRuleErrors(t *testing.T) {
	if _, err := LoadConfig(configFile(t, goodRules)); err != nil {
		t.Fatal(err)
	}
	line := func(of string) string {
		at := strings.Index(goodRules, of)
		return strings.Repeat("\n", strings.Count(goodRules[:at], "\n")) + "line"
	}
	for _, c := range []struct{ from, to, want string }{
		{`name = "orders"`, `name = "Orders"`, `rule Orders: name "Orders": use lower-case letters`},
		{`name = "fee"`, `name = "orders"`, "rule orders: the name stands twice"},
		{`after = "P7"`, `after = "P11"`, `after "P11" is no pass behind which a rule may stand; use one of P1`},
		{`account = "operating"`, `account = "savings"`, `account "savings" is none of the accounts`},
		{`after = "P7"`, `source = "stripe"`, "it names an account and a source"},
		{`account = "operating"`, `source = "billing"`, `source "billing" is none of the gateways`},
		{`action = "invoice"`, `action = "delete"`, `action "delete" is not one of invoice, payout`},
		{`action = "invoice"`, `action = "payout"`, `gateway "" is none of the gateways`},
		{`posts = true`, `gateway = "stripe"`, "gateway goes with the action payout only"},
		{`posts = true`, `reason = "because"`, "reason goes with the actions bank-charge"},
		{`action = "bank-charge"`, `action = "invoice"`, "reason goes with the actions"},
		{`reason = "what the bank takes"`, `source = "stripe"`, "action bank-charge is for bank lines"},
		{`reason = "what the bank takes"`, `gateway = "x"`, "gateway goes with the action payout only"},
		{`'ORDER K(\d+)Z'`, `'ORDER K\d+Z'`, "needs a test that matches a pattern with a group"},
		{`'ORDER K(\d+)Z'`, `'ORDER K(\d+Z'`, "the test of text: error parsing regexp: missing closing )"},
		{`field = "text", matches`, `field = "texts", matches`, `field "texts" is not one of counterparty`},
		{`field = "text", matches`, `field = "text", contains = "x", matches`, "needs exactly one of contains"},
		{`field = "text", matches`, `field = "amount", matches`, "the test of amount: use equals or between"},
		{`["-20.00", "0"]`, `["-20.00"]`, "between takes two values"},
		{`["-20.00", "0"]`, `["-20,00", "0"]`, `"-20,00" is not an amount such as "-4.50"`},
		{`"friday"`, `"fri"`, `"fri" is not one of monday`},
		{`equals = "31"`, `equals = "32"`, `"32" is no day of a month`},
		{`equals = "31"`, `equals = 31`, "cannot decode TOML integer"},
		{`posts = true`, `post = true`, `unknown setting "rule.post"`},
	} {
		_, err := LoadConfig(configFile(t, strings.Replace(goodRules, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), ", line ") {
			t.Errorf("%s: %v\nwant %s", c.to, err, c.want)
		}
	}
	_, err := LoadConfig(configFile(t, strings.Replace(goodRules, `after = "P7"`, `after = "P11"`, 1)))
	if want := strings.Count(line(`after = "P7"`), "\n") + 1; !strings.Contains(err.Error(), "line "+strconv.Itoa(want)+":") {
		t.Errorf("%v, want line %d", err, want)
	}
	_, err = LoadConfig(configFile(t, goodRules+"[[rule]]\nname = \"last\"\naction = \"invoice\"\n"))
	if want := strings.Count(goodRules, "\n") + 1; !strings.Contains(err.Error(), "line "+strconv.Itoa(want)+": rule last: it has no tests") {
		t.Errorf("%v, want line %d", err, want)
	}
}

// TestRulesSurviveAnEdit changes another setting: the rules stay as they were written.
func TestRulesSurviveAnEdit(t *testing.T) {
	path := configFile(t, goodRules)
	c, backup, err := EditConfig(path, func(c *Config) error {
		c.Accounts[0].Aliases = append(c.Accounts[0].Aliases, "SPUK")
		return nil
	})
	if err != nil || backup != "" || len(c.Rules) != 2 {
		t.Fatalf("%v, backup %q, %d rules", err, backup, len(c.Rules))
	}
	text, err := os.ReadFile(path)
	want := strings.Replace(goodRules, `aliases = ["STRIPE"]`, "aliases = ['STRIPE', 'SPUK']", 1)
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadConfig(path)
	if err != nil || len(again.Rules) != 2 {
		t.Fatalf("%v, %d rules", err, len(again.Rules))
	}
	for i := range c.Rules {
		one, two := c.Rules[i].rule(), again.Rules[i].rule()
		if one.Hash() != two.Hash() || one.Posts != two.Posts {
			t.Errorf("rule %s became %+v", one.Name, two)
		}
	}
}

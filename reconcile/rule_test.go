package reconcile_test

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"countinghouse/app/book"
	"countinghouse/reconcile"
)

// orders is a scenario of three past months: a payer whose texts carry an invoice's number in his own
// way. Payments 1 and 2 were booked by a clerk who typed the line's own id, so that P7 knows them; a
// person confirmed the third, and nothing is known of the fourth.
const orders = `
run at=2027-01-05 period=2026-12
customer 1 company=Acme
customer 2 company=Two
invoice 1042 customer=1 total=49.00
invoice 1043 customer=1 total=59.00
invoice 1044 customer=1 total=69.00
invoice 1045 customer=1 total=79.00
payment 1 invoice=1042 on=2026-10-05 amount=49.00 method=bank ref=BANKREF001
payment 2 invoice=1043 on=2026-11-05 amount=59.00 method=bank ref=BANKREF002
line L1 amount=49.00 on=2026-10-05 from=TREASURY text="ORDER K1042Z9" bank=BANKREF001
line L2 amount=59.00 on=2026-11-05 from=TREASURY text="ORDER K1043Z9" bank=BANKREF002
line L3 amount=69.00 on=2026-12-05 from=TREASURY text="ORDER K1044Z9" bank=BANKREF003
line L4 amount=79.00 on=2026-12-08 from=TREASURY text="ORDER K1045Z9" bank=BANKREF004
line L5 amount=11.00 on=2027-01-03 from=TREASURY text="ORDER K1045Z9" bank=BANKREF005
decide confirmed leg=bank-billing left=billing:invoice/1044 right=operating:L3
`

func ordersRule() reconcile.Rule {
	return reconcile.Rule{Name: "orders", After: book.P7, Action: reconcile.RuleInvoice, Posts: true,
		Tests: []reconcile.RuleTest{{Field: reconcile.FieldText,
			Matches: regexp.MustCompile(`ORDER K(\d+)Z`)}}}
}

func try(t *testing.T, text string, r reconcile.Rule, months int) reconcile.BackTest {
	t.Helper()
	b, err := reconcile.TryRule(context.Background(), parseScenario(t, text), r, months)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTryRule(t *testing.T) {
	said := func(b reconcile.BackTest) string {
		s := fmt.Sprintf("%s to %s: %d acted, %d agreed, %d new", b.From, b.To, b.Acted, b.Agreed, b.New)
		for _, c := range b.Contradictions {
			s += fmt.Sprintf("; %s on %s, %s: %v not %v: %s", c.Item, c.On, c.Amount, c.Would, c.Known, c.Why)
		}
		return s
	}
	bankFee := reconcile.Rule{Name: "fee", After: book.P9, Action: reconcile.RuleBankCharge,
		Tests: []reconcile.RuleTest{{Field: reconcile.FieldCounterparty, Equals: "treasury"}}}
	for _, c := range []struct {
		what, more string
		rule       reconcile.Rule
		months     int
		want       string
	}{
		{"all past months", "", ordersRule(), 0, "2026-10 to 2026-12: 4 acted, 3 agreed, 1 new"},
		{"the last two", "", ordersRule(), 2, "2026-11 to 2026-12: 3 acted, 2 agreed, 1 new"},
		{"a person says otherwise", "decide rejected leg=bank-billing left=billing:invoice/1045 " +
			"right=operating:L4", ordersRule(), 0, "2026-10 to 2026-12: 4 acted, 3 agreed, 0 new; operating:L4 " +
			"on 2026-12-08, 79.00 EUR: [billing:invoice/1045] not []: a person rejected this pair"},
		{"another line pays it", "line L6 amount=79.00 on=2026-12-10 from=ACME text=1045", ordersRule(), 0,
			"2026-10 to 2026-12: 4 acted, 3 agreed, 0 new; operating:L4 on 2026-12-08, 79.00 EUR: " +
				"[billing:invoice/1045] not [operating:L6]: billing:invoice/1045 is matched with another " +
				"record by P7 v1"},
		{"a mark on what is matched", "", bankFee, 1, "2026-12 to 2026-12: 2 acted, 0 agreed, 1 new; " +
			"operating:L3 on 2026-12-05, 69.00 EUR: [] not [billing:invoice/1044]: it is matched as " +
			"bank-billing by a person"},
		{"no month is past", "run at=2026-10-20 period=2026-10", ordersRule(), 0, "0000-01 to 0000-01: 0 acted, " +
			"0 agreed, 0 new"},
	} {
		if got := said(try(t, orders+c.more, c.rule, c.months)); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.what, got, c.want)
		}
	}
}

// TestRuleHash changes a rule in each way: every change but whether it posts is another rule.
func TestRuleHash(t *testing.T) {
	whole := func() reconcile.Rule {
		return reconcile.Rule{Name: "a", After: book.P7, Action: reconcile.RuleInvoice,
			Tests: []reconcile.RuleTest{{Field: reconcile.FieldText, Contains: "x"},
				{Field: reconcile.FieldAmount, From: "1", To: "2"}}}
	}
	first := whole()
	seen := map[string]bool{first.Hash(): true}
	for i, change := range []func(*reconcile.Rule){
		func(r *reconcile.Rule) { r.Name = "b" },
		func(r *reconcile.Rule) { r.After = book.P9 },
		func(r *reconcile.Rule) { r.Account = "x" },
		func(r *reconcile.Rule) { r.Source = "x" },
		func(r *reconcile.Rule) { r.Action = reconcile.RulePayout },
		func(r *reconcile.Rule) { r.Gateway = "x" },
		func(r *reconcile.Rule) { r.Reason = "x" },
		func(r *reconcile.Rule) { r.Tests = r.Tests[:1] },
		func(r *reconcile.Rule) { r.Tests[0].Field = reconcile.FieldReference },
		func(r *reconcile.Rule) { r.Tests[0].Contains = "xx" },
		func(r *reconcile.Rule) { r.Tests[0].Contains, r.Tests[0].Equals = "", "x" },
		func(r *reconcile.Rule) { r.Tests[0].Matches = regexp.MustCompile("x") },
		func(r *reconcile.Rule) { r.Tests[1].From = "1.5" },
		func(r *reconcile.Rule) { r.Tests[1].From, r.Tests[1].To = "12", "" },
	} {
		r := whole()
		change(&r)
		if seen[r.Hash()] {
			t.Errorf("change %d has the hash of another rule", i)
		}
		seen[r.Hash()] = true
	}
	posts := whole()
	posts.Posts, posts.Allowed = true, true
	if posts.Hash() != first.Hash() {
		t.Error("whether it posts is part of the rule")
	}
}

// TestRulesTakeNothing draws rules behind each pass over a world: what the passes before them matched
// is matched as ever, no record is used twice (the run checks itself), the same rules give the same
// result in any order of the facts, and a rule that may not post makes no automatic match.
func TestRulesTakeNothing(t *testing.T) {
	_, in := october(7, 120)
	plain := run(t, in)
	rapid.Check(t, func(t *rapid.T) {
		in := in
		patterns := []string{`(\d+)`, `([0-9]{4,})`, `(?i)inv\D*(\d+)`, `([A-Z0-9]+)$`}
		n := rapid.IntRange(1, 3).Draw(t, "rules")
		for i := range n {
			at := rapid.IntRange(0, len(reconcile.RulePasses)-1).Draw(t, "after")
			r := reconcile.Rule{Name: fmt.Sprint("r", i), After: reconcile.RulePasses[at],
				Action:  rapid.SampledFrom(reconcile.RuleActions).Draw(t, "action"),
				Gateway: "stripe", Reason: "for a test", Posts: rapid.Bool().Draw(t, "posts"),
				Allowed: rapid.Bool().Draw(t, "allowed")}
			if r.Action == reconcile.RuleInvoice && rapid.Bool().Draw(t, "charges") {
				r.Source = "stripe"
			}
			r.Tests = []reconcile.RuleTest{{Field: rapid.SampledFrom([]reconcile.RuleField{
				reconcile.FieldText, reconcile.FieldReference, reconcile.FieldCounterparty}).Draw(t, "field"),
				Matches: regexp.MustCompile(rapid.SampledFrom(patterns).Draw(t, "pattern"))}}
			in.Rules = append(in.Rules, r)
		}
		first := slices.IndexFunc(book.Passes, func(p book.Pass) bool {
			return slices.ContainsFunc(in.Rules, func(r reconcile.Rule) bool { return r.After == p })
		})
		got, err := reconcile.Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		before := func(r reconcile.Result) []book.Match {
			var out []book.Match
			for _, m := range r.Matches {
				if m.State.Live() && m.Pass != book.PRule && slices.Index(book.Passes, m.Pass) <= first {
					out = append(out, m)
				}
			}
			return out
		}
		if !reflect.DeepEqual(before(got), before(plain)) {
			t.Fatal("a rule changed what the passes before it matched")
		}
		for _, m := range got.Matches {
			if m.Pass != book.PRule {
				continue
			}
			acts := slices.ContainsFunc(in.Rules, func(r reconcile.Rule) bool {
				return m.Rule == "rule "+r.Name+" v"+r.Hash() && r.Posts && r.Allowed
			})
			if m.State == book.Auto && !acts || m.Rule == "" || m.Facts.List()[0].Field != "rule" {
				t.Fatalf("match %+v", m)
			}
		}
		for _, b := range got.Bridges {
			if b.Unexplained != 0 {
				t.Fatalf("%s: %d unexplained", b.Currency, b.Unexplained)
			}
		}
		slices.Reverse(in.Books.Lines)
		slices.Reverse(in.Books.Invoices)
		again, err := reconcile.Run(context.Background(), in)
		slices.Reverse(in.Books.Lines)
		slices.Reverse(in.Books.Invoices)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("another order gives another result, %v", err)
		}
	})
}

package reconcile_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

var update = flag.Bool("update", false, "write what runs give into the scenarios, to be reviewed")

// TestScenarios runs every file of testdata. Above the line of dashes stand the records, below it
// what a run must conclude: matches as pass, state, left and right; exceptions as class, amount and
// items, with their sentence; the steps of the bridge that are not zero; proofs that fail.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			given, want, found := strings.Cut(string(raw), "\n----\n")
			if !found && !*update {
				t.Fatalf("%s: no line of dashes", file)
			}
			in := parseScenario(t, given)
			r := run(t, in)
			sameAgain(t, in, r, 1)
			got := describe(in, r)
			if *update {
				given = strings.TrimRight(given, "\n")
				if err := os.WriteFile(file, []byte(given+"\n----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("%s gives\n%s\nand not\n%s", file, got, want)
			}
		})
	}
}

// TestRejectedNeverAgain rejects every match of every scenario, one at a time, and sees that no pass
// and no rule brings exactly it back.
func TestRejectedNeverAgain(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[book.Pass]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		given, _, _ := strings.Cut(string(raw), "\n----\n")
		in := parseScenario(t, given)
		decisions := in.Decisions
		for _, m := range run(t, in).Matches {
			if m.Pass == book.PHand {
				continue
			}
			seen[m.Pass]++
			m.State = book.Rejected
			in.Decisions = append(slices.Clone(decisions), m)
			for _, again := range run(t, in).Matches {
				if again.ID == m.ID {
					t.Errorf("%s: %s %v = %v was rejected, and %s has it again", file, m.Pass, m.Left, m.Right,
						again.Pass)
				}
			}
		}
	}
	for _, p := range book.Passes {
		if seen[p] == 0 && p != book.PHand && p != book.P0 && p != book.P15 {
			t.Errorf("no scenario has a match of %s to reject", p)
		}
	}
}

// describe writes a result in the form of the scenarios.
func describe(in reconcile.Input, r reconcile.Result) string {
	var b strings.Builder
	for _, m := range r.Matches {
		fmt.Fprintf(&b, "%s %s %s: %s = %s", m.Pass, m.State, m.Leg, join(m.Left), join(m.Right))
		if m.Pass == book.PRule {
			fmt.Fprintf(&b, " by %s", m.Rule)
		}
		if m.Residual.Minor != 0 {
			fmt.Fprintf(&b, " residual %s", m.Residual)
		}
		b.WriteByte('\n')
	}
	for _, m := range r.Marks {
		said := "suggested"
		if m.Posted {
			said = "posted"
		}
		fmt.Fprintf(&b, "mark %s %s: %s by %s\n", said, m.Action, m.Item, m.Rule)
	}
	for _, x := range r.Exceptions {
		fmt.Fprintf(&b, "%s %s of %s on %s: %s", x.Class, x.Amount, x.On, x.Leg, join(x.Items))
		for _, f := range x.Flags {
			fmt.Fprintf(&b, " (%s)", f)
		}
		if x.ClearsOn != 0 {
			fmt.Fprintf(&b, " clears %s", x.ClearsOn)
		}
		if x.Status != book.Open {
			fmt.Fprintf(&b, " %s", x.Status)
		}
		fmt.Fprintf(&b, "\n  %s\n", x.Why)
	}
	for _, br := range r.Bridges {
		fmt.Fprintf(&b, "bridge %s:", br.Currency)
		for _, s := range br.Steps {
			if s.Amount == 0 && s.Step != book.StepUnexplained {
				continue
			}
			fmt.Fprintf(&b, " %s %s", s.Step, money.New(s.Amount, br.Currency).Decimal())
			if len(s.Classes) > 0 {
				fmt.Fprintf(&b, " %v", s.Classes)
			}
		}
		b.WriteByte('\n')
	}
	for _, p := range r.Proofs {
		if !p.Holds {
			fmt.Fprintf(&b, "proof %s %s %s fails\n  %s\n", p.Kind, p.Source, p.Currency, p.Why)
		}
	}
	fmt.Fprintf(&b, "automatic: payments %d of %d, bank lines %d of %d\n", r.AutoPayments.Matched,
		r.AutoPayments.Of, r.AutoBankLines.Matched, r.AutoBankLines.Of)
	return b.String()
}

func join(ids []book.ItemID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, " + ")
}

// entry is one line of a scenario: a kind, a name, and named values.
type entry struct {
	t    *testing.T
	kind string
	name string
	has  map[string]string
}

func (s entry) text(key string) string { return s.has[key] }

func (s entry) date(key string) book.Date {
	if s.has[key] == "" {
		return 0
	}
	d, err := book.ParseDate(s.has[key][:10])
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// at is a moment: a date, at noon UTC unless a time follows as in 2026-10-05T08:30.
func (s entry) at(key string) book.Instant {
	v := s.has[key]
	if v == "" {
		return 0
	}
	if len(v) == 10 {
		v += "T12:00"
	}
	at, err := time.Parse("2006-01-02T15:04", v)
	if err != nil {
		s.t.Fatal(err)
	}
	return book.At(at)
}

// amount is 49.00 in euros, or 49.00USD.
func (s entry) amount(key string) money.Money {
	v := s.has[key]
	if v == "" {
		return money.New(0, "EUR")
	}
	c := money.Currency("EUR")
	if n := len(v) - 3; n > 0 && v[n] >= 'A' && v[n] <= 'Z' {
		v, c = v[:n], money.Currency(v[n:])
	}
	a, err := money.Parse(v, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s entry) list(key string) []string {
	if s.has[key] == "" {
		return nil
	}
	return strings.Split(s.has[key], ",")
}

func (s entry) item(key, kind string) book.ItemID {
	if s.has[key] == "" {
		return ""
	}
	return book.ItemID("billing:" + kind + "/" + s.has[key])
}

// parseScenario reads the records of a scenario. What it does not say is the plain case: one
// account "operating" in euros that settles "stripe" under the confirmed name STRIPE, and the
// methods stripe, paypal, bank (the account) and cash (nothing behind it).
func parseScenario(t *testing.T, text string) reconcile.Input {
	t.Helper()
	in := reconcile.Input{Base: "EUR", OpeningOn: book.NewDate(2026, 9, 1),
		Period: book.MonthOf(book.NewDate(2026, 10, 1)),
		At:     book.At(time.Date(2026, 11, 5, 8, 0, 0, 0, time.UTC)),
		Sources: []reconcile.Source{
			{Name: "billing", Role: reconcile.Billing, Methods: map[string]string{
				"stripe": "stripe", "paypal": "paypal", "coins": "spectrocoin", "bank": "operating"}},
			{Name: "stripe", Role: reconcile.Gateway, Title: "Stripe"},
		}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := parseEntry(line)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		s.t = t
		if !addRules(&in, s) && !addBilling(&in.Books, s) && !addGateway(&in.Books, s) &&
			!addBank(&in.Books, s) {
			t.Fatalf("line %d: unknown record %q", n+1, s.kind)
		}
	}
	if len(in.Accounts) == 0 {
		in.Accounts = []reconcile.Account{{Name: "operating", Currency: "EUR",
			Settles: []book.SourceName{"stripe", "paypal"}, Aliases: []string{"STRIPE"}}}
	}
	finishInvoices(&in.Books)
	return in
}

// parseEntry splits a line into words; a value with blanks stands in double quotes.
func parseEntry(line string) (entry, error) {
	s := entry{has: map[string]string{}}
	for n := 0; line != ""; n++ {
		word := line
		quoted := false
		end := strings.IndexFunc(line, func(r rune) bool {
			if r == '"' {
				quoted = !quoted
			}
			return r == ' ' && !quoted
		})
		if end >= 0 {
			word, line = line[:end], strings.TrimLeft(line[end:], " ")
		} else {
			line = ""
		}
		key, value, pair := strings.Cut(word, "=")
		if v, err := strconv.Unquote(value); err == nil && strings.HasPrefix(value, `"`) {
			value = v
		}
		switch {
		case n == 0:
			s.kind = word
		case n == 1 && !pair:
			s.name = word
		case !pair:
			s.has[word] = "yes"
		case s.has[key] != "":
			return s, fmt.Errorf("%s stands twice", key)
		default:
			s.has[key] = value
		}
	}
	return s, nil
}

func addRules(in *reconcile.Input, s entry) bool {
	switch s.kind {
	case "run":
		in.At = cmp.Or(s.at("at"), in.At)
		in.OpeningOn = cmp.Or(s.date("opening"), in.OpeningOn)
		if s.text("period") != "" {
			in.Period = book.MonthOf(entry{s.t, "", "", map[string]string{
				"d": s.text("period") + "-01"}}.date("d"))
		}
	case "gateway":
		hours, _ := strconv.Atoi(s.text("lag"))
		g := reconcile.Source{Name: book.SourceName(s.name), Role: reconcile.Gateway,
			Title: s.text("title"), StatesLag: time.Duration(hours) * time.Hour,
			NoFees: s.text("nofees") != "", NoMembers: s.text("nomembers") != "",
			Sweeps: s.text("sweeps") != ""}
		if s.text("fees") != "" {
			var err error
			if g.Tariff, err = money.ParseTariff(s.text("fees")); err != nil {
				s.t.Fatal(err)
			}
		}
		in.Sources = slices.DeleteFunc(in.Sources, func(o reconcile.Source) bool {
			return o.Name == g.Name
		})
		in.Sources = append(in.Sources, g)
	case "account":
		a := reconcile.Account{Name: book.AccountName(s.name),
			Currency: money.Currency(cmp.Or(s.text("currency"), "EUR")), Aliases: s.list("aliases")}
		if p := s.text("pattern"); p != "" {
			a.InvoicePattern = regexp.MustCompile(p)
		}
		for _, name := range s.list("settles") {
			a.Settles = append(a.Settles, book.SourceName(name))
		}
		in.Accounts = append(in.Accounts, a)
	case "decide":
		m := book.Match{State: book.MatchState(s.name), Pass: book.PHand,
			Leg: book.Leg(s.text("leg"))}
		for _, id := range s.list("left") {
			m.Left = append(m.Left, book.ItemID(id))
		}
		for _, id := range s.list("right") {
			m.Right = append(m.Right, book.ItemID(id))
		}
		for _, use := range s.list("uses") {
			m.Uses = append(m.Uses, entry{s.t, "", "", map[string]string{"u": use}}.amount("u"))
		}
		m.ID = reconcile.MatchID(m.Leg, m.Left, m.Right)
		in.Decisions = append(in.Decisions, m)
	case "rule":
		in.Rules = append(in.Rules, reconcile.Rule{Name: s.name, After: book.Pass(s.text("after")),
			Account: book.AccountName(s.text("account")), Source: book.SourceName(s.text("source")),
			Action:  reconcile.RuleAction(s.text("action")),
			Gateway: book.SourceName(s.text("gateway")), Reason: s.text("reason"),
			Posts: s.text("posts") != "", Allowed: s.text("allowed") != ""})
	case "test":
		r := &in.Rules[len(in.Rules)-1]
		test := reconcile.RuleTest{Field: reconcile.RuleField(s.name), Contains: s.text("contains"),
			Equals: s.text("equals"), From: s.text("from"), To: s.text("to")}
		if p := s.text("matches"); p != "" {
			test.Matches = regexp.MustCompile(p)
		}
		r.Tests = append(r.Tests, test)
	case "altered":
		in.Altered = append(in.Altered, reconcile.Alteration{Item: book.ItemID(s.name),
			Closed: s.text("closed") != "", Change: s.text("change")})
	default:
		return false
	}
	return true
}

func addBilling(b *book.Records, s entry) bool {
	id := book.ItemID("billing:" + s.kind + "/" + s.name)
	switch s.kind {
	case "customer":
		b.Customers = append(b.Customers, book.Customer{ID: id, Source: "billing",
			Name: s.text("name"), Company: s.text("company"), Email: s.text("email"),
			Currency: money.Currency(cmp.Or(s.text("currency"), "EUR")),
			Credit:   s.amount("credit").Minor})
	case "invoice":
		total := s.amount("total")
		v := book.Invoice{ID: id, Source: "billing", CustomerID: s.item("customer", "customer"),
			Number: s.text("number"), Status: book.InvoiceStatus(s.text("status")),
			Kind:     book.InvoiceKind(cmp.Or(s.text("kind"), "ordinary")),
			IssuedOn: cmp.Or(s.date("issued"), book.NewDate(2026, 10, 1)), PaidAt: s.at("paid"),
			Currency: total.Currency, Total: total.Minor, Credit: s.amount("credit").Minor}
		b.Invoices = append(b.Invoices, v)
	case "payment":
		b.Payments = append(b.Payments, book.Payment{ID: id, Source: "billing",
			InvoiceID: s.item("invoice", "invoice"), CustomerID: s.item("customer", "customer"),
			At: s.at("on"), Amount: s.amount("amount"), Fee: s.amount("fee").Minor,
			Method: cmp.Or(s.text("method"), "stripe"), Reference: s.text("ref"),
			RefundOf: s.item("refunds", "payment")})
	case "credit":
		b.Credits = append(b.Credits, book.Credit{ID: id, Source: "billing", On: s.date("on"),
			CustomerID: s.item("customer", "customer"), Amount: s.amount("amount"),
			InvoiceID: s.item("invoice", "invoice"), Text: s.text("text"),
			Origin: book.CreditOrigin(s.text("origin"))})
	default:
		return false
	}
	return true
}

// finishInvoices works out balances and states that a scenario does not give.
func finishInvoices(b *book.Records) {
	for i := range b.Invoices {
		v := &b.Invoices[i]
		v.Balance = v.Total - v.Credit
		for _, p := range b.Payments {
			if p.InvoiceID == v.ID && p.Amount.Currency == v.Currency {
				v.Balance -= p.Amount.Minor
			}
		}
		if v.Status == "" {
			v.Status = book.InvoiceUnpaid
			if v.Balance <= 0 {
				v.Status = book.InvoicePaid
			}
		}
	}
}

func addGateway(b *book.Records, s entry) bool {
	source := book.SourceName(cmp.Or(s.text("source"), "stripe"))
	id := func(n string) book.ItemID {
		if n == "" {
			return ""
		}
		return book.NewID(source, n)
	}
	switch s.kind {
	case "charge", "charge_failure", "refund", "refund_failure", "dispute", "reinstatement",
		"dispute_fee", "fee", "tax", "withheld_tax", "adjustment", "conversion", "reserve",
		"payout_failure", "other":
		gross := s.amount("amount")
		t := book.Transaction{ID: id(s.name), Source: source, Kind: book.TransactionKind(s.kind),
			State: book.TransactionState(cmp.Or(s.text("state"), "succeeded")), At: s.at("on"),
			AvailableAt: cmp.Or(s.at("available"), s.at("on")), Currency: gross.Currency,
			Gross: gross.Minor, Fee: s.amount("fee").Minor, Tax: s.amount("tax").Minor,
			Charged: gross, Rate: s.text("rate"), Parent: id(s.text("parent")),
			PayoutID: id(s.text("payout")), Aliases: s.list("aliases"),
			InvoiceRef: s.text("invoice"), CustomerRef: s.text("client"), Payer: s.text("payer"),
			PayerName: s.text("name"), Text: s.text("text"), DueOn: s.date("due"), Reason: s.text("reason"),
			Asked: money.Quantity(s.text("asked")), Paid: money.Quantity(s.text("came"))}
		if s.text("charged") != "" {
			t.Charged = s.amount("charged")
		}
		if s.text("unmoved") != "" {
			t.Gross = 0
		}
		t.Net = t.Gross - t.Fee - t.Tax
		b.Transactions = append(b.Transactions, t)
	case "payout":
		b.Payouts = append(b.Payouts, book.Payout{ID: id(s.name), Source: source,
			State: book.PayoutState(cmp.Or(s.text("state"), "paid")), Amount: s.amount("amount"),
			SentAt: s.at("sent"), ArrivesOn: s.date("arrives"),
			Members: book.Members(cmp.Or(s.text("members"), "stated")), Trace: s.text("trace"),
			FailedAt: s.at("failed"), Aliases: s.list("aliases")})
	case "balance":
		a := s.amount("amount")
		b.Balances = append(b.Balances, book.Balance{Source: book.SourceName(s.name),
			Currency: a.Currency, At: s.at("at"), Amount: a.Minor, LedgerFrom: s.at("from")})
	default:
		return false
	}
	return true
}

func addBank(b *book.Records, s entry) bool {
	account := book.AccountName(cmp.Or(s.text("account"), "operating"))
	switch s.kind {
	case "line":
		b.Lines = append(b.Lines, book.BankLine{ID: book.NewID(account, s.name), Account: account,
			StatementID: book.ItemID(s.text("statement")), On: s.date("on"),
			Amount: s.amount("amount"), Counterparty: s.text("from"), Reference: s.text("ref"),
			Structured: s.text("structured"), Text: s.text("text"),
			CounterpartyAccount: s.text("iban"), BankID: cmp.Or(s.text("bank"), s.name),
			Pending: s.text("pending") != ""})
	case "detail":
		l := &b.Lines[slices.IndexFunc(b.Lines, func(l book.BankLine) bool {
			return l.ID == book.NewID(account, s.name)
		})]
		a := s.amount("amount")
		l.Details = append(l.Details, book.BankDetail{Amount: &a, Counterparty: s.text("from"),
			Reference: s.text("ref"), Text: s.text("text")})
	case "statement":
		st := book.Statement{ID: book.ItemID(s.name), Account: account, FromOn: s.date("from"),
			ToOn: s.date("to"), Currency: "EUR"}
		if s.text("opening") != "" {
			n := s.amount("opening").Minor
			st.Opening = &n
		}
		if s.text("closing") != "" {
			n := s.amount("closing").Minor
			st.Closing = &n
		}
		b.Statements = append(b.Statements, st)
	default:
		return false
	}
	return true
}

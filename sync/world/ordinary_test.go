package world

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

// TestOrdinaryLife checks that a world shows all that happens in a sound business.
func TestOrdinaryLife(t *testing.T) {
	w := Build(Options{Seed: 1, Customers: 2000, Month: month(2026, time.October),
		Faults: map[book.Class]int{}})
	seen := map[string]int{}
	count := func(is bool, what string) {
		if is {
			seen[what]++
		} else {
			seen[what] += 0
		}
	}
	for _, c := range w.Customers {
		count(c.Currency == "EUR", "customer in EUR")
		count(c.Currency == "USD", "customer in USD")
		count(c.Currency == "GBP", "customer in GBP")
		count(c.Method == "banktransfer", "customer paying by transfer")
		count(strings.ContainsAny(c.Company+c.Last, "&'"), "name with an entity")
		count(strings.ContainsFunc(c.Company+c.Last, func(r rune) bool { return r > 127 }),
			"name beyond ASCII")
	}
	for _, s := range w.Services {
		count(true, "service "+s.Cycle)
		count(s.Status == "Suspended", "suspended service")
		if s.NextDueOn <= w.Now.In(w.Zone) {
			t.Errorf("service %d is next due on %s", s.ID, s.NextDueOn)
		}
	}
	for _, v := range w.Invoices {
		count(true, "invoice "+string(v.Status))
		count(true, "invoice kind "+string(v.Kind))
		count(v.Number == "", "invoice without a number")
		count(v.Tax > 0, "taxed invoice")
		count(v.Credit > 0 && v.Credit < v.Subtotal+v.Tax, "invoice paid by credit in part")
		count(v.Status == book.InvoiceUnpaid && v.DueOn < w.Now.In(w.Zone), "overdue invoice")
	}
	for _, p := range w.Payments {
		if p.In > 0 {
			count(true, "row by "+p.Method)
			count(true, "row with "+p.TransID[:min(3, len(p.TransID))])
		}
		count(p.Out > 0 && p.RefundID > 0, "refund that names its row")
		count(p.Out > 0 && p.RefundID == 0, "refund that names no row")
	}
	for _, e := range w.Credits {
		for _, text := range []string{"Overpayment", "Add Funds", "Mass Invoice", "Applied"} {
			count(strings.Contains(e.Text, text), "credit by "+text)
		}
	}
	for _, c := range w.Stripe.Charges {
		count(true, c.MethodType+" "+string(c.State))
		count(c.FailureMovementID != "", "debit that bounced")
		count(c.InvoiceRef == "", "charge without metadata")
	}
	for _, d := range w.Stripe.Disputes {
		count(true, "dispute "+d.Status)
	}
	for _, v := range w.Stripe.Movements {
		count(true, "movement "+v.Category)
		count(v.Rate != "", "converted movement")
		count(v.Tax > 0, "movement with tax")
	}
	for _, p := range w.Stripe.Payouts {
		count(true, "payout "+string(p.State))
		count(!p.Reconciled, "payout not reconciled")
	}
	want := []string{"invoice draft", "invoice unpaid", "invoice paid", "invoice cancelled",
		"invoice refunded", "invoice collections", "invoice kind mass_payment",
		"invoice kind add_funds", "service Monthly", "service Quarterly", "service Annually",
		"row by banktransfer", "row with ch_", "row with pi_", "row with txn", "row with py_",
		"card succeeded", "card failed", "sepa_debit succeeded", "sepa_debit failed",
		"dispute won", "dispute lost", "dispute warning_needs_response", "movement fee",
		"movement tax", "movement charge", "movement refund", "movement dispute",
		"movement dispute_reversal", "movement charge_failure", "payout paid", "payout in_transit"}
	for _, what := range want {
		count(false, what)
	}
	for what, n := range seen {
		if n == 0 {
			t.Errorf("there is no %s", what)
		}
	}
	if n := seen["customer in EUR"]; n < 1500 || n > 1700 {
		t.Errorf("%d of 2000 customers pay in EUR, want about 80 %%", n)
	}
	if n := seen["customer paying by transfer"]; n < 110 || n > 210 {
		t.Errorf("%d of 2000 customers pay by transfer, want about 8 %%", n)
	}
}

func TestMassPaymentsPayTheirOriginals(t *testing.T) {
	w := Build(Options{Seed: 2, Customers: 1500, Month: month(2026, time.October)})
	byID := map[int]Invoice{}
	rows := map[int]int{}
	for _, v := range w.Invoices {
		byID[v.ID] = v
	}
	for _, p := range w.Payments {
		rows[p.InvoiceID]++
	}
	n := 0
	for _, v := range w.Invoices {
		if v.Kind != book.InvoiceMassPayment {
			continue
		}
		n++
		if v.Status != book.InvoicePaid || rows[v.ID] != 1 || len(v.Lines) < 2 {
			t.Errorf("collecting invoice %d is %s with %d rows", v.ID, v.Status, rows[v.ID])
		}
		for _, l := range v.Lines {
			o := byID[l.RelID]
			if l.Kind != "Invoice" || o.Status != book.InvoicePaid || o.Credit != l.Amount ||
				rows[o.ID] != 0 || o.CustomerID != v.CustomerID {
				t.Errorf("original %d is %s, credit %d of %d, %d rows", o.ID, o.Status, o.Credit,
					l.Amount, rows[o.ID])
			}
		}
	}
	if n == 0 {
		t.Error("there are no mass payments")
	}
}

func TestConversionsFollowThePrintedRate(t *testing.T) {
	w := Build(Options{Seed: 4, Customers: 600, Month: month(2026, time.October)})
	rows := map[string]Movement{}
	for _, v := range w.Stripe.Movements {
		rows[v.ID] = v
	}
	n := 0
	for _, c := range w.Stripe.Charges {
		if c.Amount.Currency != "GBP" || c.MovementID == "" {
			continue
		}
		n++
		v := rows[c.MovementID]
		// Pence times millionths, half to even by hand.
		whole, frac, _ := strings.Cut(v.Rate, ".")
		rate, err := strconv.ParseInt(whole+(frac + "000000")[:6], 10, 64)
		if err != nil || len(frac) > 6 {
			t.Fatalf("rate %q of %s: %v", v.Rate, v.ID, err)
		}
		want, rest := c.Amount.Minor*rate/1_000_000, c.Amount.Minor*rate%1_000_000
		if rest > 500_000 || rest == 500_000 && want%2 == 1 {
			want++
		}
		if v.Currency != "EUR" || v.Gross != want {
			t.Errorf("%s at %s is %d %s, want %d", c.Amount, v.Rate, v.Gross, v.Currency, want)
		}
	}
	if n == 0 {
		t.Error("nothing was converted")
	}
}

func TestEqualBankLinesDifferByReference(t *testing.T) {
	w := Build(Options{Seed: 1, Customers: 1, Month: month(2027, time.February)})
	lines := slices.Clone(w.Accounts[0].Lines)
	equal := 0
	for i, l := range lines {
		for _, o := range lines[:i] {
			if same := o; same.BankID != l.BankID {
				same.BankID = l.BankID
				if same == l {
					equal++
				}
			}
		}
	}
	if equal == 0 {
		t.Error("no two lines are equal in all but the bank's reference")
	}
}

func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		month   book.Month
		opening string
		now     string
	}{
		{month(2026, time.October), "2026-09-01", "2026-11-04T08:00:00Z"},
		{month(2028, time.February), "2028-01-01", "2028-03-03T08:00:00Z"},
		{month(2028, time.January), "2027-12-01", "2028-02-03T08:00:00Z"},
		{month(2026, time.December), "2026-11-01", "2027-01-05T08:00:00Z"},
		{0, "2026-09-01", "2026-11-04T08:00:00Z"},
	} {
		w := Build(Options{Seed: 9, Customers: 250, Month: c.month})
		if w.OpeningOn.String() != c.opening || w.Now.String() != c.now {
			t.Errorf("%s: opens on %s, stands at %s", c.month, w.OpeningOn, w.Now)
		}
		if err := w.Check(); err != nil {
			t.Error(err)
		}
		for _, a := range w.Accounts {
			if last := a.Lines[len(a.Lines)-1].On; last < w.Options.Month.Last() {
				t.Errorf("%s: account %s ends on %s", c.month, a.Name, last)
			}
		}
	}
	leap := Build(Options{Seed: 9, Customers: 900, Month: month(2028, time.February)})
	day := book.NewDate(2028, time.February, 29)
	if !slices.ContainsFunc(leap.Stripe.Charges, func(c Charge) bool { return c.At.In(leap.Zone) == day }) {
		t.Error("nobody pays on the 29th of February")
	}
}

func TestExplicitFaultsAreCounted(t *testing.T) {
	want := map[book.Class]int{book.M1: 5, book.D7: 3, book.R4: 2, book.T1: 9}
	w := Build(Options{Seed: 3, Customers: 300, Month: month(2026, time.October), Faults: want})
	got := map[book.Class]int{}
	for _, f := range w.Truth.Faults {
		got[f.Class]++
	}
	if got[book.M1] != 5 || got[book.D7] != 3 || got[book.R4] != 2 || len(got) != 3 {
		t.Errorf("got %v, want %v without T1", got, want)
	}
	if n := len(Build(Options{Customers: -5}).Customers); n != 1 {
		t.Errorf("%d customers, want 1", n)
	}
}

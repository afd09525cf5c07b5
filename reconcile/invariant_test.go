package reconcile

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// planted is a business small enough to see whole: one payment, charge, payout and bank line that
// belong together, an open invoice, and a transfer that pays it.
func planted() Input {
	eur := func(n int64) money.Money { return money.New(n, "EUR") }
	at, on := book.At(time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)), book.NewDate(2026, 10, 6)
	closing := int64(5900)
	return Input{At: book.At(time.Date(2026, 11, 5, 8, 0, 0, 0, time.UTC)), Base: "EUR",
		Period: book.MonthOf(on), OpeningOn: book.NewDate(2026, 9, 1),
		Sources: []Source{{Name: "billing", Role: Billing, Methods: map[string]string{"stripe": "stripe"}},
			{Name: "stripe", Role: Gateway}},
		Accounts: []Account{{Name: "bank", Currency: "EUR", Settles: []book.SourceName{"stripe"}}},
		Books: book.Records{
			Invoices: []book.Invoice{
				{ID: "billing:invoice/1042", Source: "billing", Status: book.InvoicePaid, IssuedOn: on - 3,
					Currency: "EUR", Total: 1000},
				{ID: "billing:invoice/1043", Source: "billing", Status: book.InvoiceUnpaid, IssuedOn: on - 3,
					Currency: "EUR", Total: 6000, Credit: 1000, Balance: 5000}},
			Payments: []book.Payment{{ID: "billing:payment/1", Source: "billing",
				InvoiceID: "billing:invoice/1042", At: at, Amount: eur(1000), Fee: 100, Method: "stripe",
				Reference: "ch_1xxxxx"}},
			Transactions: []book.Transaction{{ID: "stripe:ch_1xxxxx", Source: "stripe", Kind: book.Charge,
				State: book.Succeeded, At: at, AvailableAt: at, Currency: "EUR", Gross: 1000, Fee: 100, Net: 900,
				Charged: eur(1000), PayoutID: "stripe:po_1xxxxx"}},
			Payouts: []book.Payout{{ID: "stripe:po_1xxxxx", Source: "stripe", State: book.PayoutPaid,
				Amount: eur(900), SentAt: at, ArrivesOn: on, Members: book.MembersStated, Trace: "TRACE0000001"}},
			Balances: []book.Balance{{Source: "stripe", Currency: "EUR", At: at + 86_400_000}},
			Statements: []book.Statement{{ID: "bank:statement/1", Account: "bank", Currency: "EUR", FromOn: on - 5,
				ToOn: on + 20, Opening: new(int64), Closing: &closing}},
			Lines: []book.BankLine{
				{ID: "bank:1", Account: "bank", StatementID: "bank:statement/1", On: on, Amount: eur(900),
					Reference: "TRACE0000001"},
				{ID: "bank:2", Account: "bank", StatementID: "bank:statement/1", On: on, Amount: eur(5000),
					Text: "invoice 1043"}}}}
}

// TestPlantedViolations plants a violation of each invariant behind a pass and sees the run stop there
// with its name. Without one the run goes through and matches everything.
func TestPlantedViolations(t *testing.T) {
	find := func(e *engine, leg book.Leg) *link {
		return &e.links[slices.IndexFunc(e.links, func(l link) bool { return l.leg == leg })]
	}
	for _, c := range []struct {
		what  string
		after book.Pass
		plant func(e *engine)
		want  string
	}{
		{"nothing", book.P0, func(*engine) {}, ""},
		{"a line without a currency", book.P0, func(e *engine) { e.lines[0].Amount.Currency = "" },
			"P0: invariant 1, money has a currency: bank:1"},
		{"a payment used beyond its amount", book.P1, func(e *engine) {
			find(e, book.BillingGateway).uses = []money.Money{money.New(1001, "EUR"), money.New(1000, "EUR")}
		}, "P1: invariant 2, conservation of use: billing-gateway takes 10.01 EUR of billing:payment/1"},
		{"a use in another currency", book.P5, func(e *engine) {
			find(e, book.PayoutBank).uses = []money.Money{money.New(900, "USD"), money.New(900, "EUR")}
		}, "P5: invariant 2, conservation of use"},
		{"a use of the other sign", book.P5, func(e *engine) {
			find(e, book.PayoutBank).uses = []money.Money{money.New(900, "EUR"), money.New(-900, "EUR")}
		}, "P5: invariant 2, conservation of use"},
		{"an invoice paid beyond what is open", book.P7, func(e *engine) {
			find(e, book.BankBilling).uses[0].Minor = 5500
		}, "P7: invariant 3, invoice total: bank-billing takes 55.00 EUR of billing:invoice/1043, on which 50.00 EUR"},
		{"a movement whose fee is off", book.P0, func(e *engine) { e.txs[0].Fee++ },
			"P0: invariant 4, gross − fee − tax = net: stripe:ch_1xxxxx"},
		{"a payout that its members do not come to", book.P4, func(e *engine) { e.pouts[0].Amount.Minor++ },
			"P4: invariant 5, payout footing: stripe:po_1xxxxx"},
		{"a balance that does not add up", book.P15, func(e *engine) { e.proofs[0].Movement++ },
			"P15: invariant 6, gateway balance: stripe EUR"},
		{"a balance that hides that it fails", book.P15, func(e *engine) {
			wrong := e.proofs[0].Closing + 1
			e.proofs[0].ProviderClosing = &wrong
		}, "P15: invariant 6, gateway balance: stripe EUR"},
		{"a statement that does not add up", book.P15, func(e *engine) {
			for i := range e.proofs {
				if e.proofs[i].Kind == book.StatementBalance {
					e.proofs[i].Closing++
				}
			}
		}, "P15: invariant 7, statement: bank EUR"},
		{"a record with two matches on a leg", book.P5, func(e *engine) {
			l := *find(e, book.PayoutBank)
			l.right = []ref{lineRef(1)}
			l.uses = []money.Money{money.New(0, "EUR"), money.New(900, "EUR")}
			e.links = append(e.links, l)
		}, "P5: invariant 10, unique both ways: stripe:po_1xxxxx has two matches"},
	} {
		e, err := newEngine(context.Background(), planted())
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range e.plan() {
			run := s.run
			s.run = func(e *engine) error {
				if err := run(e); err != nil || s.pass != c.after {
					return err
				}
				c.plant(e)
				return nil
			}
			if err = e.stage(s, i, len(stages)); err != nil {
				break
			}
		}
		switch {
		case c.want == "" && (err != nil || len(e.links) != 4 || len(e.exceptions) != 0):
			t.Errorf("%s: %v, %d matches, %v", c.what, err, len(e.links), e.exceptions)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v\nwant %s", c.what, err, c.want)
		}
	}
}

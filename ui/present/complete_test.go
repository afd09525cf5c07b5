package present

import (
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
)

func TestCompletenessNamesTheFiguresAndTheGap(t *testing.T) {
	stated := int64(984_612)
	p := book.Proof{Kind: book.GatewayBalance, Source: "stripe", Currency: "EUR", Opening: 100_000,
		Movement: 1_084_612, Payouts: 200_000, Closing: 984_612, ProviderClosing: &stated, Holds: true}
	c := CompleteOf(p, "Stripe")
	if !c.Holds || !c.Stated || c.Title != "Stripe EUR" ||
		c.Equation != "1,000.00 opening, 10,846.12 moved, −2,000.00 paid out: 9,846.12" ||
		!strings.Contains(c.Text, "lead to 9,846.12, which it states") {
		t.Errorf("got %+v", c)
	}
	p.ProviderClosing = nil
	if c := CompleteOf(p, "Razorpay"); c.Stated || !strings.Contains(c.Text, "states no balance") {
		t.Errorf("without a balance: %+v", c)
	}
	p.Holds, p.Why = false, "The movements lead to 1; the gap opens on 2026-10-11."
	if c := CompleteOf(p, "PayPal"); c.Holds || c.Text != p.Why {
		t.Errorf("with a gap: %+v", c)
	}
}

// TestAGatewayWithoutABalanceIsNotCalledProven keeps what was added up here apart from what a provider
// bears out.
func TestAGatewayWithoutABalanceIsNotCalledProven(t *testing.T) {
	stated := int64(5)
	of := func(p book.Proof) string {
		p.Kind, p.Source, p.Currency, p.Holds = book.GatewayBalance, "razorpay", "INR", true
		detail, _, _ := gatewayHealth(&app.Month{Proofs: []book.Proof{p}}, app.SourceState{Name: "razorpay"})
		return detail
	}
	if got := of(book.Proof{}); got != "INR added up, none stated" {
		t.Errorf("got %q", got)
	}
	if got := of(book.Proof{ProviderClosing: &stated}); got != "INR balance proven" {
		t.Errorf("got %q", got)
	}
}

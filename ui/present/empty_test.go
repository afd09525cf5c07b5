package present

import (
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
)

// A month without a record proves nothing, and must not say that it does.
func TestMonthWithoutRecords(t *testing.T) {
	m := month(t)
	m.Exceptions = nil
	m.Bridges = []book.Bridge{{Currency: "EUR", Steps: []book.BridgeStep{
		{Step: book.StepBillingReceipts}, {Step: book.StepPayoutsSent}}}}
	o := NewOverview(m)
	if len(o.Bridges) != 0 || o.StatusKind != Neutral || strings.Contains(o.Status, "explained") {
		t.Errorf("%d bridges, %q", len(o.Bridges), o.Status)
	}
	if text, st := Unexplained(m); text != "Nothing to explain" || st != Neutral {
		t.Errorf("%q, %v", text, st)
	}
	if got := NewExceptions(m).Empty(); !strings.Contains(got, "no records of this month yet") {
		t.Errorf("the empty list says %q", got)
	}
	m.Bridges[0].Steps[0].Items = 1
	if o = NewOverview(m); len(o.Bridges) != 1 || o.Status != "EUR explained to the cent" {
		t.Errorf("with an item: %d bridges, %q", len(o.Bridges), o.Status)
	}
}

// While a source is not complete, a bridge that comes out is no proof yet.
func TestMonthWithoutASource(t *testing.T) {
	m := month(t)
	m.Bridges = []book.Bridge{{Currency: "EUR", Steps: []book.BridgeStep{
		{Step: book.StepBillingReceipts, Items: 1, Amount: 100}}}}
	if o := NewOverview(m); o.Bridges[0].Status != OK || o.StatusKind != OK {
		t.Errorf("with all sources: %v, %v", o.Bridges[0].Status, o.StatusKind)
	}
	m.Sources[1].OK, m.Sources[1].Message = false, "Source stripe: The key is wrong."
	o := NewOverview(m)
	want := "Stripe is not complete: figures may change"
	if o.Bridges[0].Verdict != want || o.Bridges[0].Status != Attention || o.Status != want ||
		o.Tiles[0].Base != "Stripe is not complete" || o.Sources[1].Detail != "The key is wrong." {
		t.Errorf("without Stripe: %+v, %q, %+v, %+v", o.Bridges[0], o.Status, o.Tiles[0], o.Sources[1])
	}
	if text, st := Unexplained(m); text != "EUR unexplained 0.00, not complete" || st != Attention {
		t.Errorf("%q, %v", text, st)
	}
	m.Bridges[0].Unexplained = 1
	if o = NewOverview(m); o.Bridges[0].Status != Break || o.StatusKind != Break {
		t.Errorf("with a rest: %v, %v", o.Bridges[0].Status, o.StatusKind)
	}
}

// A month without payouts, passed on the way, does not change which currency is shown.
func TestPayoutsKeepTheirCurrency(t *testing.T) {
	none := month(t)
	none.Books.Payouts, none.Exceptions = nil, nil
	list := NewPayouts(month(t))
	for _, m := range []*app.Month{none, month(t)} {
		next := NewPayouts(m)
		next.Like(list)
		list = next
	}
	if list.Currency() != "EUR" {
		t.Errorf("after a month without payouts it shows %q", list.Currency())
	}
	list.InCurrency("")
	next := NewPayouts(month(t))
	if next.Like(list); next.Currency() != "" {
		t.Errorf("all currencies were chosen, it shows %q", next.Currency())
	}
}

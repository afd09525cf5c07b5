package present

import (
	"strings"
	"testing"

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

package app

import (
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/profile"
)

// TestOnlyFreshBillingLetsARetryPass holds a retry back where billing can only be read as a whole and was not
// read just now, or says that another amount or nothing is owed.
func TestOnlyFreshBillingLetsARetryPass(t *testing.T) {
	now := time.Date(2026, 11, 4, 10, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	c := Config{Business: Business{Name: "N", BaseCurrency: "EUR", Timezone: "UTC", OpeningDate: "2026-09-01"},
		Sources: []SourceConfig{{Name: "flux", Kind: "fluxbilling", URL: "http://127.0.0.1:1"}}}
	if err := c.Save(dir + "/" + ConfigName); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	a, err := Open(t.Context(), Options{Dir: dir, Now: clock, Wall: clock,
		Secrets: map[string]string{"COUNTINGHOUSE_FLUX_TOKEN": profile.SimulatorSecrets("fluxbilling")["token"]}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	order := book.Order{Do: book.Retry, Invoice: "flux:invoice/1", Amount: money.New(900, "EUR")}
	says := func() string {
		t.Helper()
		s, err := a.stillOwed(t.Context(), order)
		if err != nil {
			t.Fatal(err)
		}
		return s.Blocked
	}
	if s := says(); !strings.Contains(s, "sync") {
		t.Errorf("never read: %q", s)
	}
	if _, err := a.store.Apply(t.Context(), "flux", book.Records{Invoices: []book.Invoice{{ID: "flux:invoice/1", Source: "flux",
		Status: book.InvoiceUnpaid, Currency: "EUR", Total: 900, Balance: 900}}}, nil, "c", book.At(now)); err != nil {
		t.Fatal(err)
	}
	if err := a.store.SaveSourceRun(t.Context(), store.SourceRun{Source: "flux", At: book.At(now), Result: resultOK}); err != nil {
		t.Fatal(err)
	}
	if s := says(); s != "" {
		t.Errorf("read just now: %q", s)
	}
	order.Amount.Minor++
	if s := says(); !strings.Contains(s, "another amount") {
		t.Errorf("another amount: %q", s)
	}
	order.Amount.Minor--
	now = now.Add(16 * time.Minute)
	if s := says(); !strings.Contains(s, "sync") {
		t.Errorf("read a while ago: %q", s)
	}
}

package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
)

// TestImportOfAGatewaysReport drops a gateway's own report on the import: it is recognised, shown
// with what it would bring, and kept for its source when the person says so.
func TestImportOfAGatewaysReport(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key7)
	x := r.s.importing()
	path := filepath.Join(t.TempDir(), "download.csv")
	text := "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id\n" +
		"txn_new1,2026-10-05 10:00:00,eur,49.00,1.12,47.88,charge,ch_new1\n" +
		"txn_new2,2026-10-05 11:00:00,eur,49.00,1.12,0.00,charge,ch_new2\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	x.open(path)
	r.settle()
	if x.report == nil || x.report.file == nil || x.report.from.Source != "stripe" ||
		x.report.file.New != 1 || x.failed != "" {
		t.Fatalf("report %+v, failed %q", x.report, x.failed)
	}
	before := len(r.s.month.Books.Transactions)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if !strings.Contains(x.result, "1 new, 0 changed, 1 kept aside") {
		t.Errorf("result %q, failed %q", x.result, x.failed)
	}
	if got := len(r.s.month.Books.Transactions); got != before+1 {
		t.Errorf("%d transactions, want %d and one", got, before)
	}
	r.key(fyne.KeyEscape)
	if x.report != nil {
		t.Error("Esc does not lead back to the choice")
	}
	// Of several sources the person chooses.
	x.importFile = &importFile{file: path}
	x.offer(x.importFile, []app.Recognised{{Source: "stripe", Title: "Stripe"}, {Source: "other", Title: "Other"}})
	if x.report.file != nil {
		t.Error("a source was chosen by itself")
	}
	x.readReport(x.importFile, x.report.sources[0], true)
	r.settle()
	if x.report.file == nil || x.report.file.Same != 1 {
		t.Errorf("report %+v, failed %q", x.report.file, x.failed)
	}
}

package razorpay

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func reporter(t *testing.T, w *world.World) source.Reporter {
	t.Helper()
	r, err := NewReports(source.Options{Name: world.RazorpayName,
		Clock: func() time.Time { return w.Now.Time() }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readReport(t *testing.T, w *world.World, file io.Reader, b *sourcetest.Books) source.Report {
	t.Helper()
	cursor := b.Cursor
	report, err := reporter(t, w).Report(t.Context(), file, b, func(p source.Page) error {
		if p.Cursor != "" {
			t.Errorf("a page of a report has the cursor %s", p.Cursor)
		}
		p.Cursor = cursor
		b.Keep(p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func written(t *testing.T, w *world.World) *bytes.Buffer {
	t.Helper()
	var file bytes.Buffer
	if err := WriteRecon(&file, w, w.OpeningOn, w.Now.In(ist)); err != nil {
		t.Fatal(err)
	}
	return &file
}

// lessKnown is a record as the report can know it: without what only the API says.
func lessKnown(x book.Transaction) book.Transaction {
	x.Payer, x.PayerName, x.CustomerRef = "", "", ""
	if x.Kind == book.Charge || x.Kind == book.Refund {
		x.Charged.Minor, x.Charged.Currency = x.Gross, x.Currency
	}
	if x.Kind == book.Dispute || x.Kind == book.Reinstatement {
		x.Reason, x.Decline = "", book.Decline{}
	}
	if x.Kind == book.Refund {
		x.State = book.Succeeded
	}
	return x
}

// TestReportsAndPullsAreOneRecord reads a world's report into empty books: each settled movement is
// there under the API's id with the same money. A pull behind it comes to the world, a report behind
// a pull changes nothing.
func TestReportsAndPullsAreOneRecord(t *testing.T) {
	for _, w := range []*world.World{small(), world.Build(world.Options{Seed: 7, Customers: 80,
		Gateways: []book.SourceName{world.RazorpayName}})} {
		b := sourcetest.NewBooks()
		report := readReport(t, w, written(t, w), b)
		var want book.Records
		for _, x := range expect(w).Transactions {
			if x.PayoutID != "" {
				want.Transactions = append(want.Transactions, lessKnown(x))
			}
		}
		got := b.All()
		if len(want.Transactions) < 10 || report.Rows != len(want.Transactions) || report.Known != 0 ||
			report.Format != reportFormat || report.From == 0 || report.To < report.From {
			t.Errorf("%d records and %+v", len(want.Transactions), report)
		}
		for _, d := range sourcetest.Diff(want, book.Records{Transactions: got.Transactions}) {
			t.Error(d)
		}
		stated, traced := 0, 0
		for _, p := range expect(w).Payouts {
			if p.Members == book.MembersStated {
				stated++
			}
		}
		if len(got.Payouts) != stated {
			t.Errorf("%d payouts, want %d", len(got.Payouts), stated)
		}
		for _, p := range got.Payouts {
			world := payoutOfWorld(t, w, p.ID)
			// Rows of adjustments carry no UTR.
			if p.Amount != world.Amount || p.Trace != world.Trace && p.Trace != "" ||
				p.ArrivesOn != world.At.In(ist) {
				t.Errorf("payout %+v, want %+v", p, world)
			}
			if p.Trace != "" {
				traced++
			}
		}
		if traced < 2 {
			t.Errorf("%d payouts have a UTR", traced)
		}
		for _, x := range got.Transactions {
			if !strings.HasPrefix(x.Revision, source.FromReport) {
				t.Errorf("%s has revision %s", x.ID, x.Revision)
			}
		}
		b.Changed = nil
		readReport(t, w, written(t, w), b)
		if len(b.Changed) != 0 {
			t.Errorf("the same report again changes %v", b.Changed)
		}
		pullInto(t, open(t, w, NewSimulator(w)), b)
		wantWorld(t, w, b)
		b.Changed = nil
		report = readReport(t, w, written(t, w), b)
		if len(b.Changed) != 0 || report.Known != report.Rows {
			t.Errorf("a report behind a pull changes %v; %d of %d rows were known", b.Changed,
				report.Known, report.Rows)
		}
	}
}

func payoutOfWorld(t *testing.T, w *world.World, id book.ItemID) world.Payout {
	t.Helper()
	for _, p := range w.Razorpay.Payouts {
		if item(p.ID) == id {
			return p
		}
	}
	t.Fatalf("the world has no payout %s", id)
	return world.Payout{}
}

// TestReportColumnsAreFoundByName reads a file with other columns between, in another order and in
// other letters, with dashes in its dates.
func TestReportColumnsAreFoundByName(t *testing.T) {
	w := small()
	const file = "\xef\xbb\xbfChannel Type,Entity Id,type,settlement_id,settled_at,created_at,debit,credit," +
		"amount,currency,fee,tax,notes,settlement_utr,order_receipt\n" +
		"online,pay_1,payment,setl_1,05-10-2026,03-10-2026 00:30:00,0,971.00,1000.00,INR,29.00,4.42," +
		"\"{\"\"invoice_id\"\":\"\"77\"\"}\",UTR1,\n" +
		"online,rfnd_1,Refund,setl_1,05-10-2026,03-10-2026 09:00:00,100,0,100,INR,0,0,,UTR1,\n" +
		"\n"
	b := sourcetest.NewBooks()
	report := readReport(t, w, strings.NewReader(file), b)
	if len(b.Rejects()) != 0 || report.Rows != 2 || report.From != book.NewDate(2026, 10, 5) {
		t.Fatalf("%+v, %+v", report, b.Rejects())
	}
	for _, x := range b.All().Transactions {
		switch x.ID.Native() {
		case "pay_1":
			if x.Gross != 100_000 || x.Fee != 2458 || x.Tax != 442 || x.Net != 97_100 ||
				x.InvoiceRef != "77" || x.At.String() != "2026-10-02T19:00:00Z" {
				t.Errorf("%+v", x)
			}
		case "rfnd_1":
			if x.Gross != -10_000 || x.Net != -10_000 {
				t.Errorf("%+v", x)
			}
		default:
			t.Errorf("record %s", x.ID)
		}
	}
	if p := b.All().Payouts; len(p) != 1 || p[0].Amount != inr(87_100) || p[0].Trace != "UTR1" {
		t.Errorf("payouts %+v", p)
	}
}

// TestBadRowsOfReportsAreRejected puts rows aside that cannot be read, with their reason and the
// settlement that they belong to, and keeps the others.
func TestBadRowsOfReportsAreRejected(t *testing.T) {
	w := small()
	const head = "entity_id,type,debit,credit,amount,currency,fee,tax,created_at,settled_at,settlement_id\n"
	const good = "pay_1,payment,0,971.00,1000.00,INR,29.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1\n"
	for row, why := range map[string]string{
		"pay_2,payment,0,971.00,1000.00,INR,28.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1": "do not make",
		"pay_2,payment,0,971.001,1000.00,INR,29,4.42,03/10/2026 10:00:00,05/10/2026,setl_1":   "credit",
		"pay_2,payment,0,nine,1000.00,INR,29.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1":   "credit",
		"pay_2,payment,0,971.00,1000.00,,29.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1":    "currency",
		"pay_2,payment,0,971.00,1000.00,INR,29.00,4.42,2026-10-03,05/10/2026,setl_1":          "created_at",
		"pay_2,payment,0,971.00,1000.00,INR,29.00,4.42,03/10/2026 10:00:00,,setl_1":           "settled_at",
		",payment,0,971.00,1000.00,INR,29.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1":      "no id",
		"pay_2,payment,971.00,0,942.00,INR,29.00,4.42,03/10/2026 10:00:00,05/10/2026,setl_1":  "wrong sign",
	} {
		b := sourcetest.NewBooks()
		report := readReport(t, w, strings.NewReader(head+good+row+" \n"), b)
		r := b.Rejects()
		if len(r) != 1 || !strings.Contains(r[0].Reason, why) || r[0].Place != "row 3" || r[0].Raw == "" {
			t.Errorf("%s: %+v", row, r)
		}
		all := b.All()
		if len(all.Transactions) != 1 || len(all.Payouts) != 0 || report.Rows != 2 ||
			len(report.Notes) != 1 {
			t.Errorf("%s: %d transactions, %d payouts, %+v", row, len(all.Transactions),
				len(all.Payouts), report)
		}
	}
	b := sourcetest.NewBooks()
	readReport(t, w, strings.NewReader(head+"pay_2,\"pay\"ment,1\n"+good+"pay_3,payment\n"), b)
	if len(b.Rejects()) != 2 || len(b.All().Transactions) != 1 {
		t.Errorf("%+v", b.Rejects())
	}
}

// TestOtherFilesAreNoReports refuses files of another kind with a hint, and gives back the error of
// who keeps the records.
func TestOtherFilesAreNoReports(t *testing.T) {
	w := small()
	keep := func(source.Page) error { return nil }
	for _, file := range []string{"", "a,b\n1,2\n", "PK\x03\x04", "id,amount,currency\n",
		"entity_id,type,debit,debit,credit,amount,currency,fee,tax,created_at,settled_at,settlement_id\n"} {
		_, err := reporter(t, w).Report(t.Context(), strings.NewReader(file), sourcetest.NewBooks(), keep)
		var e *source.Error
		if !errors.As(err, &e) || e.Kind != source.KindUnsupported || e.Hint == "" {
			t.Errorf("%q: %v", file, err)
		}
	}
	full := errors.New("full")
	_, err := reporter(t, w).Report(t.Context(), written(t, w), sourcetest.NewBooks(),
		func(source.Page) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("keep failed, report says %v", err)
	}
	if _, err := NewReports(source.Options{InvoicePattern: "("}); source.KindOf(err) != source.KindRefused {
		t.Errorf("a broken pattern: %v", err)
	}
}

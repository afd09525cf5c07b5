package stripe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func reportOptions(w *world.World) source.Options {
	return source.Options{Name: world.StripeName, Zone: time.FixedZone("east", 2*3600),
		Clock: func() time.Time { return w.Now.Time() }}
}

// download is a report of a world.
func download(t *testing.T, w *world.World, format string) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteReport(&out, w, format, time.FixedZone("east", 2*3600)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// namedFile is a file with a name.
type namedFile struct {
	io.Reader
	name string
}

func (n namedFile) Name() string { return n.name }

// readInto reads a report into books.
func readInto(t *testing.T, w *world.World, b *sourcetest.Books, file io.Reader) (source.Report,
	error) {
	t.Helper()
	r, err := NewReports(reportOptions(w))
	if err != nil {
		t.Fatal(err)
	}
	return r.Report(context.Background(), file, b, func(p source.Page) error {
		p.Cursor = b.Cursor
		b.Keep(p)
		return nil
	})
}

// mustRead reads a report that holds no faults.
func mustRead(t *testing.T, w *world.World, b *sourcetest.Books, text string) source.Report {
	t.Helper()
	r, err := readInto(t, w, b, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range b.Rejects() {
		t.Errorf("%s: %s", x.Place, x.Reason)
	}
	return r
}

// reportable is what the reports of a world say: no taxes apart, no rates, nothing that has not
// moved, no failures behind a charge or a refund.
func reportable(w *world.World) book.Records {
	var out book.Records
	all := expect(w)
	for _, x := range all.Transactions {
		if x.Net == 0 && x.Gross == 0 {
			continue
		}
		x.Fee, x.Tax, x.Rate = x.Fee+x.Tax, 0, ""
		x.Instrument, x.Decline = book.Instrument{}, book.Decline{}
		if x.State = book.Succeeded; x.Kind != book.Dispute && x.Kind != book.Reinstatement {
			x.Reason = ""
		}
		if x.Kind == book.Fee || x.Kind == book.DisputeFee {
			x.Kind = (&wireMovement{Category: "fee", Description: x.Text}).kind()
		}
		out.Transactions = append(out.Transactions, x)
	}
	for _, p := range all.Payouts {
		p.Aliases, p.Descriptor, p.Reason, p.SentAt = nil, "", "", 0
		out.Payouts = append(out.Payouts, p)
	}
	return out
}

// timeless is what books hold, without the moment at which a payout left, which no report states.
func timeless(b *sourcetest.Books) book.Records {
	out := b.All()
	for i := range out.Payouts {
		out.Payouts[i].SentAt = 0
	}
	return out
}

// TestReportsSayWhatTheAPISays reads the reports of a world in every order and compares with the
// world; read again they change nothing.
func TestReportsSayWhatTheAPISays(t *testing.T) {
	w := sourcetest.Small()
	formats := []string{itemisedBalance, itemisedPayouts, payoutReconciliation}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		b := sourcetest.NewBooks()
		read := func() {
			for _, i := range order {
				r := mustRead(t, w, b, download(t, w, formats[i]))
				if r.Format != formats[i] || r.Rows == 0 || r.Known != 0 || r.From == 0 || r.To < r.From ||
					len(r.Notes) != map[int]int{0: 1}[i] {
					t.Errorf("%+v", r)
				}
			}
		}
		read()
		for _, d := range sourcetest.Diff(reportable(w), timeless(b)) {
			t.Errorf("%v: %s", order, d)
		}
		b.Changed = nil
		if read(); len(b.Changed) != 0 {
			t.Errorf("%v: read again, changed: %v", order, b.Changed)
		}
	}
}

// TestReportsAndAPINeverDouble reads reports before and after a pull: after the pull the books are
// those of a pull alone, and a report changes nothing of them.
func TestReportsAndAPINeverDouble(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	for _, format := range []string{itemisedBalance, itemisedPayouts, payoutReconciliation} {
		mustRead(t, w, b, download(t, w, format))
	}
	pullInto(t, serve(t, w, NewSimulator(w)), b, source.Request{})
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
	b.Changed = nil
	r := mustRead(t, w, b, download(t, w, payoutReconciliation))
	if len(b.Changed) != 0 || r.Known != r.Rows || r.Known == 0 {
		t.Errorf("changed: %v, %+v", b.Changed, r)
	}
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
}

// TestLocalTimesAndColumnsByName reads a report without UTC columns, in another order, with
// semicolons and decimal commas: the records are the same.
func TestLocalTimesAndColumnsByName(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	table, err := source.NewTable(strings.NewReader(download(t, w, itemisedBalance)))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	add := func(cells []string) {
		var out []string
		for i := len(cells) - 1; i >= 0; i-- {
			switch h := table.Header[i]; {
			case strings.HasSuffix(h, "_utc"):
				continue
			case h == "gross" || h == "net" || h == "fee" || h == "customer_facing_amount":
				// With three decimals a comma could part thousands: such a row would be refused.
				if !slices.Contains(cells, "kwd") {
					cells[i] = strings.ReplaceAll(cells[i], ".", ",")
				}
			}
			out = append(out, `"`+cells[i]+`"`)
		}
		lines = append(lines, strings.Join(out, ";"))
	}
	header := append([]string{}, table.Header...)
	add(header)
	for {
		cells, _, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		add(cells)
	}
	mustRead(t, w, b, strings.Join(lines, "\r\n"))
	want, got := reportable(w), b.All()
	want.Payouts, got.Payouts = nil, nil
	for _, d := range sourcetest.Diff(want, got) {
		t.Error(d)
	}
}

const reportHead = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category," +
	"source_id,description,automatic_payout_id\n"

// TestRowsThatCannotBeRead keeps each with its row and reason; the good one is there.
func TestRowsThatCannotBeRead(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	file := reportHead + "txn_1,2026-10-01 10:00:00,eur,10.00,0.50,9.50,charge,ch_1,,\n" +
		"txn_2,2026-10-01 10:00:00,eur,10.00,0.50,9.00,charge,ch_2,,\n" +
		"txn_3,2026-10-01 10:00:00,eur,10.00,0.50,9.50,charge,,card 4242424242424242,\n" +
		"txn_4,yesterday,eur,10.00,0.50,9.50,charge,ch_4,,\n" +
		"txn_5,2026-10-01 10:00:00,xyz,10.00,0.50,9.50,charge,ch_5,,\n" +
		"txn_6,2026-10-01 10:00:00,eur\n" +
		",2026-10-01 10:00:00,eur,10.00,0.50,9.50,charge,ch_7,,\n" +
		"txn_8,2026-10-01 10:00:00,eur,,0.50,9.50,charge,ch_8,,\n" +
		"txn_9,2026-10-01 10:00:00,eur,-9.50,0.00,-9.50,payout,po_1,,\n"
	r, err := readInto(t, w, b, strings.NewReader(file))
	if err != nil || r.Rows != 9 || len(b.All().Transactions) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	want := map[string]string{"row 3": "is not net", "row 4": "names no object",
		"row 5": "is no time", "row 6": "XYZ", "row 7": "3 cells", "row 8": "no id",
		"row 9": "gross"}
	for _, x := range b.Rejects() {
		if reason, ok := want[x.Place]; !ok || !strings.Contains(strings.ToUpper(x.Reason),
			strings.ToUpper(reason)) || strings.Contains(x.Raw, "4242424242") {
			t.Errorf("%+v", x)
		}
		delete(want, x.Place)
	}
	if len(want) != 0 {
		t.Errorf("not rejected: %v", want)
	}
}

// TestOtherFilesAreRefused says what each looks like; the file's name tells a reconciliation.
func TestOtherFilesAreRefused(t *testing.T) {
	w := sourcetest.Small()
	for text, want := range map[string]string{
		"Date,Amount\n1,2\n": "none of Stripe's itemised reports.", "": "none of Stripe's",
		"reporting_category,currency,count,gross\n":        "is a summary",
		strings.Replace(reportHead, "source_id,", "", 1):   "source_id was left out",
		strings.Replace(reportHead, "created_utc", "x", 1): "created was left out"} {
		_, err := readInto(t, w, sourcetest.NewBooks(), strings.NewReader(text))
		var e *source.Error
		if !errors.As(err, &e) || e.Kind != source.KindUnsupported || !strings.Contains(e.Hint, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	row := "txn_1,2026-10-01 10:00:00,eur,10.00,0.50,9.50,charge,ch_1,,po_1\n"
	for name, format := range map[string]string{"Itemised_payout_reconciliation_EUR.csv": payoutReconciliation,
		"Itemised_balance_change_from_activity.csv": itemisedBalance} {
		b := sourcetest.NewBooks()
		r, err := readInto(t, w, b, namedFile{strings.NewReader(reportHead + row), "/x/" + name})
		if err != nil || r.Format != format ||
			len(b.All().Payouts) != map[string]int{payoutReconciliation: 1}[format] {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

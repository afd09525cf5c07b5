package paypal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// readInto reads a report into books.
func readInto(t *testing.T, w *world.World, b *sourcetest.Books, text string) (source.Report, error) {
	t.Helper()
	r, err := NewReports(source.Options{Name: world.PayPalName, Clock: clock(w.Now)})
	if err != nil {
		t.Fatal(err)
	}
	return r.Report(context.Background(), strings.NewReader(text), b, func(p source.Page) error {
		p.Cursor = b.Cursor
		b.Keep(p)
		return nil
	})
}

func mustRead(t *testing.T, w *world.World, b *sourcetest.Books, text string) source.Report {
	t.Helper()
	r, err := readInto(t, w, b, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range b.Rejects() {
		t.Errorf("%s: %s", x.Place, x.Reason)
	}
	return r
}

func download(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func activityOf(t *testing.T, w *world.World, language string) string {
	return download(t, func(out io.Writer) error {
		return WriteActivity(out, w, language, time.FixedZone("CET", 3600))
	})
}

// settlementOf leaves currencies out whose amounts a settlement report leaves unclear.
func settlementOf(t *testing.T, w *world.World) string {
	w = decimals(w)
	return download(t, func(out io.Writer) error { return WriteSettlement(out, w) })
}

// decimals is a world without PayPal's money in currencies that have other than two decimals.
func decimals(w *world.World) *world.World {
	out := *w
	out.PayPal.Movements = slices.DeleteFunc(slices.Clone(w.PayPal.Movements),
		func(m world.Movement) bool { return m.Currency == "JPY" || m.Currency == "KWD" })
	out.PayPal.Charges = slices.DeleteFunc(slices.Clone(w.PayPal.Charges),
		func(c world.Charge) bool { return c.Amount.Currency == "JPY" || c.Amount.Currency == "KWD" })
	return &out
}

// pulled is what a pull by API comes to.
func pulled(t *testing.T, w *world.World, b *sourcetest.Books) {
	t.Helper()
	server := httptest.NewServer(NewSimulator(w))
	defer server.Close()
	p, err := New(source.Options{Name: world.PayPalName, URL: server.URL, Secrets: secrets(),
		Clock: clock(w.Now), Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Pull(context.Background(), source.Request{Cursor: b.Cursor, Books: b},
		func(page source.Page) error { b.Keep(page); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// reportable is what a report says of what the API says: nothing of disputes and of who is behind an
// account's id, no aliases, and of withdrawals neither the bank's reference nor their return.
func reportable(t *testing.T, w *world.World, settled bool) book.Records {
	b := sourcetest.NewBooks()
	if settled {
		w = decimals(w)
	}
	pulled(t, w, b)
	all := b.All()
	var out book.Records
	for _, x := range all.Transactions {
		if settled && x.State != book.Succeeded {
			continue
		}
		if settled && strings.Contains(x.Text, x.InvoiceRef) {
			x.InvoiceRef = "" // it stands in a text that the report does not have
		}
		if !settled && x.Kind == book.Adjustment {
			x.Kind = book.OtherMovement // of a type whose words are new
		}
		out.Transactions = append(out.Transactions, bare(x))
	}
	for _, x := range all.Payouts {
		x.Trace, x.State, x.FailedAt = "", book.PayoutPaid, 0
		if settled || x.State != book.PayoutInTransit {
			out.Payouts = append(out.Payouts, x)
		}
	}
	return out
}

func bare(x book.Transaction) book.Transaction {
	x.Payer, x.PayerName, x.Text, x.Aliases, x.Reason, x.DueOn = "", "", "", nil, "", 0
	return x
}

// plainBooks is what books hold, as reportable says it.
func plainBooks(b *sourcetest.Books) book.Records {
	var out book.Records
	for _, x := range b.All().Transactions {
		out.Transactions = append(out.Transactions, bare(x))
	}
	for _, x := range b.All().Payouts {
		x.Trace, x.State, x.FailedAt = "", book.PayoutPaid, 0
		out.Payouts = append(out.Payouts, x)
	}
	return out
}

// TestReportsSayWhatTheAPISays reads each report of a world and compares with a pull; read again it
// changes nothing.
func TestReportsSayWhatTheAPISays(t *testing.T) {
	w := small()
	for name, text := range map[string]string{"English": activityOf(t, w, "English"),
		"German": activityOf(t, w, "German"), "settlement": settlementOf(t, w)} {
		t.Run(name, func(t *testing.T) {
			b := sourcetest.NewBooks()
			r := mustRead(t, w, b, text)
			if r.Rows == 0 || r.From == 0 || r.To < r.From || len(r.Notes) != 0 {
				t.Errorf("%+v", r)
			}
			for _, d := range sourcetest.Diff(reportable(t, w, name == "settlement"), plainBooks(b)) {
				t.Error(d)
			}
			b.Changed = nil
			if r = mustRead(t, w, b, text); len(b.Changed) != 0 || r.Known != 0 {
				t.Errorf("read again: %d known, changed %v", r.Known, b.Changed)
			}
		})
	}
}

// TestReportsAndAPINeverDouble reads reports before and after a pull, and one after the other: the
// books are those of the pull alone, and what knows less changes nothing of what knows more.
func TestReportsAndAPINeverDouble(t *testing.T) {
	w := small()
	alone := sourcetest.NewBooks()
	pulled(t, w, alone)
	for name, texts := range map[string][]string{"activity": {activityOf(t, w, "English")},
		"settlement": {settlementOf(t, w)},
		"both":       {activityOf(t, w, "German"), settlementOf(t, w)}} {
		t.Run(name, func(t *testing.T) {
			b := sourcetest.NewBooks()
			for _, text := range texts {
				mustRead(t, w, b, text)
			}
			pulled(t, w, b)
			for _, d := range sourcetest.Diff(alone.All(), b.All()) {
				t.Error(d)
			}
			b.Changed = nil
			for _, text := range texts {
				if r := mustRead(t, w, b, text); r.Known == 0 {
					t.Errorf("%+v", r)
				}
			}
			if len(b.Changed) != 0 {
				t.Errorf("changed: %v", b.Changed)
			}
		})
	}
	b := sourcetest.NewBooks()
	mustRead(t, w, b, settlementOf(t, w))
	b.Changed = nil
	mustRead(t, w, b, activityOf(t, w, "English"))
	for _, key := range b.Changed {
		// What is pending or was denied stands in no settlement report.
		if revision, _ := b.Revision(t.Context(), book.ItemID(key[strings.IndexByte(key, ' ')+1:])); strings.Contains(revision, "#") {
			t.Errorf("%s was changed", key)
		}
	}
}

const activityHead = `"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net",` +
	`"From Email Address","To Email Address","Transaction ID","Reference Txn ID","Invoice Number",` +
	`"Custom Number","Balance","Subject","Note","Balance Impact"` + "\n"

func line(date, id, kind, status, gross, fee, net, balance string) string {
	return `"` + strings.Join([]string{date, "10:00:00", "PDT", "Ona", kind, status, "EUR", gross, fee,
		net, "a@example.com", "b@example.com", id, "", "1001", "", balance, "", "", "Credit"}, `","`) +
		"\"\n"
}

// TestActivityOrders reads dates with the day and with the month first, newest first and last.
func TestActivityOrders(t *testing.T) {
	w := small()
	const sale = "Express Checkout Payment"
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"month first": {line("10/05/2026", "A", sale, "Completed", "10.00", "-0.50", "9.50", "9.50") +
			line("10/13/2026", "B", sale, "Completed", "1.00", "0.00", "1.00", "10.50"),
			"2026-10-05T17:00:00Z"},
		"day first": {line("05/10/2026", "A", sale, "Completed", "10.00", "-0.50", "9.50", "9.50") +
			line("13/10/2026", "B", sale, "Completed", "1.00", "0.00", "1.00", "10.50"),
			"2026-10-05T17:00:00Z"},
		"newest first": {line("05/11/2026", "B", sale, "Completed", "1.00", "0.00", "1.00", "10.50") +
			line("13/10/2026", "C", "New Words", "Pending", "7.00", "0.00", "7.00", "9.50") +
			line("05/10/2026", "A", sale, "Completed", "10.00", "-0.50", "9.50", "9.50"),
			"2026-10-05T17:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			b := sourcetest.NewBooks()
			mustRead(t, w, b, activityHead+c.text)
			for _, x := range b.All().Transactions {
				if x.ID == "paypal:A" && (x.At.String() != c.want || x.Net != 950 || x.Fee != 50) {
					t.Errorf("%+v", x)
				}
				if x.ID == "paypal:C" && (x.State != book.Pending || x.Net != 0) {
					t.Errorf("%+v", x)
				}
			}
		})
	}
}

// TestReportsThatCannotBeRight are refused as a whole, each with what is wrong.
func TestReportsThatCannotBeRight(t *testing.T) {
	w := small()
	const sale = "Express Checkout Payment"
	good := settlementOf(t, w)
	for name, c := range map[string]struct {
		text, want string
		kind       source.Kind
	}{
		"other":   {"Date,Amount\n1,2\n", "none of PayPal's", source.KindUnsupported},
		"empty":   {"", "none of PayPal's", source.KindUnsupported},
		"partial": {"Date,Type,Status\n", "lacks the column", source.KindUnsupported},
		"unclear dates": {activityHead + line("04/05/2026", "A", sale, "Completed", "1.00", "0.00", "1.00",
			"1.00"), "day or the month first", source.KindMalformed},
		"back and forth": {activityHead + line("10/13/2026", "A", sale, "Completed", "1", "0", "1", "1") +
			line("10/12/2026", "B", sale, "Completed", "1", "0", "1", "2") +
			line("10/14/2026", "C", sale, "Completed", "1", "0", "1", "3"), "back and forth",
			source.KindMalformed},
		"filtered": {activityHead + line("10/13/2026", "A", sale, "Completed", "1", "0", "1", "1") +
			line("10/14/2026", "C", sale, "Completed", "1", "0", "1", "5"),
			"from a balance of 0.00 to 2.00, and the file says 5.00", source.KindMalformed},
		"cut off":     {good[:strings.Index(good, "\nRC")+1], "cut off", source.KindMalformed},
		"wrong total": {strings.Replace(good, "\nSF,EUR,", "\nSF,EUR,9", 1), "do not come out", source.KindMalformed},
		"lost row":    {good[:strings.Index(good, "\nSB")] + good[strings.Index(good[strings.Index(good, "\nSB")+1:], "\nSB")+strings.Index(good, "\nSB")+1:], "changed", source.KindMalformed},
	} {
		_, err := readInto(t, w, sourcetest.NewBooks(), c.text)
		var e *source.Error
		if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(e.Hint, c.want) {
			t.Errorf("%s: %v; %v", name, err, e)
		}
	}
}

// TestRowsThatCannotBeRead keeps each aside with its reason.
func TestRowsThatCannotBeRead(t *testing.T) {
	w := small()
	const sale = "Express Checkout Payment"
	b := sourcetest.NewBooks()
	r, err := readInto(t, w, b, activityHead+
		line("10/13/2026", "A", sale, "Completed", "1.00", "0.00", "1.00", "1.00")+
		line("10/13/2026", "A", sale, "Completed", "2.00", "0.00", "2.00", "3.00")+
		line("10/13/2026", "B", sale, "Sleeping", "2.00", "0.00", "2.00", "3.00")+
		line("10/13/2026", "C", sale, "Completed", "2.00", "0.00", "3.00", "3.00")+
		line("10/13/2026", "", sale, "Completed", "2.00", "0.00", "2.00", "3.00"))
	want := []string{"row 3: its transaction id stands twice", "row 4: the status", "row 5: gross",
		"row 6: the row has no"}
	if err != nil || len(b.Rejects()) != len(want) || len(r.Notes) != 1 || len(b.All().Transactions) != 1 {
		t.Fatalf("%+v, %v, %v", r, b.Rejects(), err)
	}
	for i, x := range b.Rejects() {
		if !strings.HasPrefix(x.Place+": "+x.Reason, want[i]) {
			t.Errorf("%s: %s", x.Place, x.Reason)
		}
	}
	b = sourcetest.NewBooks()
	yen := strings.ReplaceAll(settlementOf(t, w), ",EUR,", ",JPY,")
	if _, err := readInto(t, w, b, yen); err != nil || len(b.Rejects()) == 0 ||
		!strings.Contains(b.Rejects()[0].Reason, "JPY with decimals") {
		t.Errorf("%v, %v", b.Rejects(), err)
	}
}

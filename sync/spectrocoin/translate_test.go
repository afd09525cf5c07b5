package spectrocoin

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
)

// payload is what the service shows: orders, and the rows of a wallet's account, nil for no wallet.
type payload struct {
	Orders   []json.RawMessage
	Currency money.Currency
	Rows     *[]json.RawMessage
}

// offline is a source that never opens the network.
func offline(t testing.TB) *SpectroCoin {
	t.Helper()
	s, err := New(source.Options{Name: "spectrocoin", Secrets: secrets(), Zone: time.UTC,
		Clock: func() time.Time { return book.NewDate(2026, 11, 1).Time() }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// translateAll gives the records of a payload, and the first thing that could not be read.
func translateAll(t testing.TB, text []byte) (book.Records, error) {
	t.Helper()
	var in payload
	if err := json.Unmarshal(text, &in); err != nil {
		return book.Records{}, err
	}
	s := offline(t)
	p := &pull{SpectroCoin: s, ctx: t.Context(), books: sourcetest.NewBooks()}
	p.at.Run = &run{}
	for _, body := range in.Orders {
		o, err := readOrder(body, "", time.UTC)
		if err != nil {
			return book.Records{}, err
		}
		p.loaded.orders = append(p.loaded.orders, o)
	}
	if in.Rows != nil {
		p.ledger = &ledger{}
		for _, body := range *in.Rows {
			r, err := readRow(body, in.Currency, s.translate)
			if err != nil {
				return book.Records{}, err
			}
			p.ledger.rows = append(p.ledger.rows, r)
		}
	}
	p.settle()
	var out book.Records
	for _, o := range p.loaded.orders {
		xs, _, err := s.records(t.Context(), p.books, o, &p.loaded, 0)
		if err != nil {
			return out, err
		}
		out.Transactions = append(out.Transactions, xs...)
	}
	if p.ledger != nil {
		for _, r := range p.ledger.rows {
			if err := p.row(r); err != nil {
				return out, err
			}
		}
	}
	out.Add(p.page.Records)
	return out, nil
}

// written is a batch as testdata holds it: without revisions and without what is empty.
func written(t testing.TB, records book.Records) []byte {
	t.Helper()
	var list []any
	for _, x := range records.Transactions {
		list = append(list, x)
	}
	for _, x := range records.Payouts {
		list = append(list, x)
	}
	out := []map[string]any{}
	for _, record := range list {
		b, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]any{}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&fields); err != nil {
			t.Fatal(err)
		}
		if fields["Revision"] == "" {
			t.Error("a record has no revision")
		}
		delete(fields, "Revision")
		for k, v := range fields {
			if v == nil || v == "" {
				delete(fields, k)
			}
		}
		out = append(out, fields)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTranslate reads each payload of testdata and compares with the records beside it.
func TestTranslate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.want.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want.json")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			records, err := translateAll(t, read(t, name))
			if err != nil {
				t.Fatal(err)
			}
			if got := written(t, records); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestUnreadable changes one thing in a good payload; the error must name the record and the fault.
func TestUnreadable(t *testing.T) {
	const order = "order 5b0b3c7e-6d1a-4b52-9a43-0d6f6b6f1d01"
	for _, c := range []struct{ file, old, new, want string }{
		{"paid_with_wallet", `"receiveAmount": "120.0"`, `"receiveAmount": "120.001"`,
			order + `: receive amount: money: not an amount: "120.001" has more decimals than EUR`},
		{"yen", `"18000.0"`, `"18000.5"`, "has more decimals than JPY"},
		{"dinar", `"37.125"`, `"37.1255"`, "has more decimals than KWD"},
		{"paid_with_wallet", `"120.0"`, `"a lot"`, "receive amount: money: not an amount"},
		{"paid_with_wallet", `"120.0"`, `null`, "receive amount: money: not an amount"},
		{"paid_with_wallet", `"120.0"`, `"-1"`, "is negative"},
		{"paid_with_wallet", `"120.0"`, `{"value": 120}`, `"receiveAmount" is neither`},
		{"paid_with_wallet", `"120.0"`, `1e999`, "receive amount: money: not an amount"},
		{"paid_with_wallet", `"120.0"`, `99999999999999999999`, "too large"},
		{"paid_with_wallet", `"receiveAmount": "120.0"`,
			`"receiveAmount": "1", "receiveAmount": "120.0"`, `"receiveAmount" stands twice`},
		{"paid_with_wallet", `"receiveCurrencyCode": "EUR"`, `"receiveCurrencyCode": "BTC"`,
			order + ": receive amount: money: unknown"},
		{"paid_with_wallet", `"payAmount": "0.00213371"`, `"payAmount": "0,002"`, "pay amount: money"},
		{"paid_with_wallet", `"receivedAmount": "0.00213371"`, `"receivedAmount": true`,
			`"receivedAmount" is neither`},
		{"paid_with_wallet", `"id": "5b0b3c7e-6d1a-4b52-9a43-0d6f6b6f1d01"`, `"id": null`, "no id"},
		{"paid_with_wallet", `"status": "PAID"`, `"status": ""`, "no status"},
		{"paid_with_wallet", `"2026-10-04T11:02:00.000Z"`, `"yesterday"`,
			`"createdAt": "yesterday" is no moment`},
		{"paid_with_wallet", `"2026-10-04T11:02:00.000Z"`, `99999999999999999`, "is no moment"},
		{"paid_with_wallet", `"118.80"`, `"118.805"`, "wallet row 710442901: money"},
		{"paid_with_wallet", `1791112800000`, `null`, "wallet row 710442901 has no number or no date"},
		{"paid_with_wallet", `710442901`, `""`, "has no number"},
	} {
		text := read(t, c.file)
		bad := bytes.ReplaceAll(text, []byte(c.old), []byte(c.new))
		if bytes.Equal(bad, text) {
			t.Errorf("%s has no %s", c.file, c.old)
		}
		got, err := translateAll(t, bad)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: got %+v, error %v, want %q", c.file, c.new, got, err, c.want)
		}
	}
}

// TestInvoices finds the invoice in reference and description.
func TestInvoices(t *testing.T) {
	for _, c := range []struct{ pattern, ref, text, want string }{
		{"", "5012-4471", "Order #9", "5012"},
		{"", "5012", "", "5012"},
		{"", "5012-1-2", "", "5012"},
		{"", "", "Order #5012", "5012"},
		{"", "", "your order # 77, thanks", "77"},
		{"", "Pre-7055-1", "Order #5012", ""},
		{"", "-4471", "", ""},
		{"", "", "Reorder 12", ""},
		{`INV/(\d+)`, "INV/31-4471", "Order #5012", "31"},
		{`INV/(\d+)`, "5012-4471", "for INV/31", "31"},
		{`INV/(\d+)`, "5012-4471", "Order #5012", ""},
	} {
		tr, err := newTranslator(source.Options{InvoicePattern: c.pattern})
		if err != nil {
			t.Fatal(err)
		}
		if got := tr.invoice(&order{ref: c.ref, text: c.text}); got != c.want {
			t.Errorf("%+v gives %q", c, got)
		}
	}
	for _, pattern := range []string{`INV (\d+`, `INV \d+`} {
		if _, err := New(source.Options{Name: "spectrocoin", Secrets: secrets(),
			InvoicePattern: pattern}); source.KindOf(err) != source.KindRefused {
			t.Errorf("pattern %q: %v", pattern, err)
		}
	}
}

// TestMoments reads the forms in which a moment may come.
func TestMoments(t *testing.T) {
	vilnius, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		t.Fatal(err)
	}
	want := book.At(time.Date(2026, 10, 4, 11, 2, 0, 0, time.UTC))
	for _, text := range []string{"2026-10-04T11:02:00Z", "2026-10-04T14:02:00+03:00",
		"2026-10-04T14:02:00.000+0300", "2026-10-04T14:02:00", "2026-10-04 14:02:00",
		"2026-10-04 14:02", "1791111720000", "1791111720"} {
		if got, err := moment(text, vilnius); err != nil || got != want {
			t.Errorf("%s gives %s, %v", text, got, err)
		}
	}
	if got, err := moment("", vilnius); got != 0 || err != nil {
		t.Errorf("nothing gives %s, %v", got, err)
	}
	for _, bad := range []string{"04/10/2026", "12", "99999999999999", "2026-13-01T00:00:00Z",
		"0001-01-01T00:00:00Z"} {
		if got, err := moment(bad, vilnius); err == nil {
			t.Errorf("%s gives %s", bad, got)
		}
	}
}

// TestStatuses reads each status by name, number and number in quotes.
func TestStatuses(t *testing.T) {
	if len(codes) != 18 {
		t.Errorf("%d statuses", len(codes))
	}
	for code, name := range codes {
		for _, text := range []string{code, name, strings.ToLower(name),
			strings.ReplaceAll(name, "_", " "), strings.ReplaceAll(name, "_", "-")} {
			if got := statusName(text); got != name {
				t.Errorf("%q is %q, want %q", text, got, name)
			}
		}
	}
	for _, unknown := range []string{"7", "99", "HELD"} {
		o := order{status: statusName(unknown)}
		if o.status != unknown || o.state() != book.Pending {
			t.Errorf("%q becomes %q, %s", unknown, o.status, o.state())
		}
	}
}

// TestFacts reads back what stands behind a revision.
func TestFacts(t *testing.T) {
	for _, f := range []facts{{wallet: true}, {seen: 5},
		{wallet: true, row: "71,04@1", credited: -11880, at: 1791111720000}} {
		got, ok := factsOf("0123456789abcdef" + f.String())
		if !ok || got != f {
			t.Errorf("%+v reads back as %+v", f, got)
		}
	}
	for _, bad := range []string{"", "0123", "0123@", "0123@true,x,1,2,", "0123@true,1,2"} {
		if f, ok := factsOf(bad); ok {
			t.Errorf("%q reads as %+v", bad, f)
		}
	}
}

// FuzzTranslate reads anything: it must never panic, and what it gives must add up.
func FuzzTranslate(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := translateAll(t, text)
		if err != nil {
			return
		}
		for _, x := range records.Transactions {
			if x.Gross-x.Fee-x.Tax != x.Net || !x.Currency.Known() || x.ID.Native() == "" {
				t.Errorf("%+v", x)
			}
		}
	})
}

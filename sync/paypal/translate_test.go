package paypal

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

var update = flag.Bool("update", false, "write the expected records anew")

func newTestTranslator(t testing.TB) translator {
	t.Helper()
	tr, err := newTranslator(source.Options{Name: "paypal"})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// payloads are the rows of testdata.
func payloads(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !strings.Contains(name, ".") {
			out = append(out, name)
		}
	}
	if len(out) < 40 {
		t.Fatalf("%d payloads only", len(out))
	}
	return out
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	payload, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// translated is what a row with the dispute about it comes to.
func translated(tr translator, payload, dispute []byte) (book.Records, error) {
	r, moves, err := open(payload)
	if err != nil || !moves {
		return book.Records{}, err
	}
	r.native = r.Info.ID
	var d *wireDispute
	if dispute != nil {
		d = &wireDispute{}
		if err := json.Unmarshal(dispute, d); err != nil {
			return book.Records{}, err
		}
	}
	return tr.records(&r, d)
}

// TestTranslate reads each payload of testdata and compares with the records beside it.
func TestTranslate(t *testing.T) {
	for _, name := range payloads(t) {
		t.Run(name, func(t *testing.T) {
			dispute, err := os.ReadFile("testdata/" + name + ".case.json")
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			records, err := translated(newTestTranslator(t), read(t, name), dispute)
			if err != nil {
				t.Fatal(err)
			}
			got := plain(t, records)
			if *update {
				if err := os.WriteFile("testdata/"+name+".want.json", got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, name+".want"); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// plain is records as text, without their revisions and without what is empty.
func plain(t *testing.T, r book.Records) []byte {
	t.Helper()
	out := []map[string]any{}
	var list []any
	for _, x := range r.Transactions {
		list = append(list, x)
	}
	for _, x := range r.Payouts {
		list = append(list, x)
	}
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
		for k, v := range fields {
			if k == "Revision" || v == nil || v == "" || k == "Asked" || k == "Paid" {
				delete(fields, k)
			}
		}
		out = append(out, fields)
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestUnreadable spoils a row in many ways: each must be refused with its reason.
func TestUnreadable(t *testing.T) {
	whole := string(read(t, "sale"))
	for _, c := range []struct{ old, new, want string }{
		{`"49.00"`, `"49.001"`, "more decimals"},
		{`"49.00"`, `"49,00"`, "amount"},
		{`"49.00"`, `""`, "amount"},
		{`"49.00"`, `"9999999999999999999"`, "too large"},
		{`"49.00"`, `49.00`, "cannot unmarshal number"},
		{`"49.00"`, `"4.9e1"`, "amount"},
		{`"value": "49.00"`, `"value": null`, "amount"},
		{`"-2.02"`, `"-2.021"`, "more decimals"},
		{`"7XB51234AB567890C"`, `""`, "no transaction id"},
		{`"T0006"`, `""`, "no event code"},
		{`"transaction_status": "S"`, `"transaction_status": "X"`, `status "X"`},
		{`"transaction_status": "S"`, `"transaction_status": ""`, `status ""`},
		{`"transaction_initiation_date": "2026-10-05T08:00:00+0000"`,
			`"transaction_initiation_date": "05.10.2026"`, `date "05.10.2026"`},
		{`"transaction_updated_date": "2026-10-05T08:00:00+0000"`,
			`"transaction_updated_date": "soon"`, `date "soon"`},
	} {
		bad := strings.Replace(whole, c.old, c.new, 1)
		if bad == whole {
			t.Fatalf("the sale has no %s", c.old)
		}
		got, err := translated(newTestTranslator(t), []byte(bad), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %+v, error %v, want %q", c.new, got, err, c.want)
		}
	}
	fee := strings.Replace(whole, "\"fee_amount\": {\n      \"currency_code\": \"EUR\"",
		"\"fee_amount\": {\n      \"currency_code\": \"USD\"", 1)
	if _, err := translated(newTestTranslator(t), []byte(fee), nil); err == nil ||
		!strings.Contains(err.Error(), "fee is in USD") {
		t.Errorf("a fee in another currency: %v", err)
	}
}

// TestExtractors finds billing's ids by keys and a pattern of the user's own.
func TestExtractors(t *testing.T) {
	for _, c := range []struct {
		payload           string
		o                 source.Options
		invoice, customer string
	}{
		{"sale", source.Options{}, "1042", "42"},
		{"sale", source.Options{InvoiceKeys: []string{"payment_tracking_id", "custom_field"}}, "42", "42"},
		{"sale", source.Options{InvoiceKeys: []string{}, CustomerKeys: []string{}}, "", ""},
		{"sale_by_agreement", source.Options{}, "1042", ""},
		{"sale_by_agreement", source.Options{InvoicePattern: `#(\d{2})`}, "10", ""},
		{"sale_with_note", source.Options{}, "INV-2026-7", ""},
	} {
		tr, err := newTranslator(c.o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := translated(tr, read(t, c.payload), nil)
		if err != nil {
			t.Fatal(err)
		}
		if x := got.Transactions[0]; x.InvoiceRef != c.invoice || x.CustomerRef != c.customer {
			t.Errorf("%s, %+v: invoice %q, customer %q", c.payload, c.o, x.InvoiceRef, x.CustomerRef)
		}
	}
	for _, pattern := range []string{`Invoice (\d+`, `Invoice \d+`} {
		if _, err := New(source.Options{Name: "paypal", Secrets: secrets(),
			InvoicePattern: pattern}); source.KindOf(err) != source.KindRefused {
			t.Errorf("pattern %q: %v", pattern, err)
		}
	}
}

// FuzzTranslate reads anything: it must never panic, and what it gives must add up.
func FuzzTranslate(f *testing.F) {
	for _, name := range payloads(f) {
		f.Add(read(f, name))
	}
	tr := newTestTranslator(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		got, err := translated(tr, payload, nil)
		if err != nil {
			return
		}
		for _, x := range got.Transactions {
			if x.Gross-x.Fee-x.Tax != x.Net || !x.Currency.Known() || x.ID.Native() == "" {
				t.Errorf("%+v", x)
			}
		}
		for _, x := range got.Payouts {
			if x.Amount.Minor < 0 || !x.Amount.Currency.Known() || x.ID.Native() == "" {
				t.Errorf("%+v", x)
			}
		}
	})
}

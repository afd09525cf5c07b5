package stripe

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

func newTestTranslator(t *testing.T) translator {
	t.Helper()
	tr, err := newTranslator(source.Options{Name: "stripe"})
	if err != nil {
		t.Fatal(err)
	}
	return tr
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
			got := records(t, read(t, name))
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func read(t *testing.T, name string) json.RawMessage {
	t.Helper()
	payload, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// records are the records of a payload, without their revisions and without what is empty.
func records(t *testing.T, payload json.RawMessage) []byte {
	t.Helper()
	tr := newTestTranslator(t)
	list, err := translateAny(tr, payload)
	if err != nil {
		t.Fatal(err)
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
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func translateAny(tr translator, payload json.RawMessage) ([]any, error) {
	var head struct {
		Object string `json:"object"`
	}
	if err := json.Unmarshal(payload, &head); err != nil {
		return nil, err
	}
	var out []any
	switch head.Object {
	case "balance_transaction":
		x, ok, err := tr.movement(payload)
		if err != nil || !ok {
			return nil, err
		}
		return []any{x}, nil
	case "charge":
		x, err := tr.charge(payload)
		return []any{x}, err
	case "refund":
		x, err := tr.refund(payload)
		return []any{x}, err
	case "payout":
		x, err := tr.payout(payload)
		return []any{x}, err
	}
	rows, err := tr.dispute(payload)
	for _, x := range rows {
		out = append(out, x)
	}
	return out, err
}

// TestUnreadable changes one thing in a good payload; the error must name the record and the fault.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"charge", `"amount": 4900,`, `"amount": "49.00",`, "amount"},
		{"charge", `"amount": 4900,`, `"amount": 49.5,`, "amount"},
		{"charge", `"amount": 4900,`, `"amount": 1e400,`, "amount"},
		{"charge", `"fee": 121,`, `"fee": 1, "fee": 121,`, `"fee" stands twice`},
		{"charge", `"fee": 121,`, `"fee": 121, "Net": 4779,`, `"Net" stands twice`},
		{"charge", `"fee": 121,`, `"fee": 121, "f\u0065e": 121,`, `"fee" stands twice`},
		{"payout", `"amount": 28806,`, `"AMOUNT": 28806,`, `"AMOUNT" stands twice or`},
		{"charge", `"net": 4779`, `"net": 4778`, "txn_3QAbCdEf: amount 4900 less fee 121"},
		{"charge", `"net": 4779,`, ``, "txn_3QAbCdEf: amount, fee or net is missing"},
		{"charge", `"currency": "eur"`, `"currency": "euro"`, `txn_3QAbCdEf: money: unknown`},
		{"charge", `"created": 1793091661`, `"created": 0`, "no date"},
		{"charge", `"id": "txn_3QAbCdEf"`, `"id": ""`, "no id"},
		{"charge", `"object": "charge"`, `"object": ""`, "no id or no kind"},
		{"payout_negative", `"jpy"`, `"isk"`, "part of the smallest unit"},
		{"charge_in_mga", `2.04e-04`, `2e99`, "rate"},
		{"charge_in_mga", `50000`, `900000000000000000`, "too large"},
		{"charge_failed", `"amount": 4900`, `"amount": null`, "ch_3QFailed: the amount is missing"},
		{"refund_pending", `"currency": "eur"`, `"currency": "xxx"`, "re_3QWaits: money"},
		{"refund_pending", `"id": "re_3QWaits"`, `"id": ""`, "no id"},
		{"dispute_won", `"net": 4900`, `"net": 4901`, "dispute du_1QAbCdEf: balance transaction"},
		{"payout", `"amount": 28806`, `"amount": null`, "po_1QAbCdEf: the amount is missing"},
		{"payout", `"created": 1793004100`, `"created": null`, "no date"},
	} {
		payload := read(t, c.file)
		bad := bytes.ReplaceAll(payload, []byte(c.old), []byte(c.new))
		if bytes.Equal(bad, payload) {
			t.Errorf("%s has no %s", c.file, c.old)
		}
		got, err := translateAny(newTestTranslator(t), bad)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: got %+v, error %v, want %q", c.file, c.new, got, err, c.want)
		}
	}
	unexpanded := []byte(`{"id":"txn_1","object":"balance_transaction","amount":100,"fee":0,
		"net":100,"currency":"eur","created":1,"type":"charge","reporting_category":"charge",
		"source":"ch_1"}`)
	if _, _, err := newTestTranslator(t).movement(unexpanded); err == nil ||
		!strings.Contains(err.Error(), "ch_1 behind it was not sent along") {
		t.Errorf("a charge's row without the charge: %v", err)
	}
}

// TestExtractors finds billing's ids by keys and a pattern of the user's own.
func TestExtractors(t *testing.T) {
	payload := read(t, "charge")
	for _, c := range []struct {
		o                 source.Options
		invoice, customer string
	}{
		{source.Options{}, "1042", "42"},
		{source.Options{InvoiceKeys: []string{"order"}}, "1042", "42"},
		{source.Options{InvoiceKeys: []string{}, CustomerKeys: []string{},
			InvoicePattern: `#(\d{2})`}, "10", ""},
		{source.Options{InvoiceKeys: []string{"client_id"}}, "42", "42"},
		{source.Options{InvoiceKeys: []string{}, InvoicePattern: `Order (\d+)`}, "", "42"},
	} {
		tr, err := newTranslator(c.o)
		if err != nil {
			t.Fatal(err)
		}
		x, _, err := tr.movement(payload)
		if err != nil || x.InvoiceRef != c.invoice || x.CustomerRef != c.customer {
			t.Errorf("%+v: invoice %q, customer %q, %v", c.o, x.InvoiceRef, x.CustomerRef, err)
		}
	}
	for _, pattern := range []string{`Invoice (\d+`, `Invoice \d+`} {
		if _, err := New(source.Options{Name: "stripe", Secrets: secrets(),
			InvoicePattern: pattern}); source.KindOf(err) != source.KindRefused {
			t.Errorf("pattern %q: %v", pattern, err)
		}
	}
}

// TestRevision stays what it is while nothing changes, and tells the payout.
func TestRevision(t *testing.T) {
	tr := newTestTranslator(t)
	x, _, err := tr.movement(read(t, "charge"))
	if err != nil {
		t.Fatal(err)
	}
	y, _, _ := tr.movement(read(t, "charge"))
	if x.Revision != y.Revision || strings.Contains(x.Revision, "@") {
		t.Errorf("revisions %q and %q", x.Revision, y.Revision)
	}
	y.PayoutID = "stripe:po_1"
	if got := revision(y); got != x.Revision+"@po_1" {
		t.Errorf("in a payout: %q", got)
	}
	y.State = book.Failed
	if got := revision(y); strings.HasPrefix(got, x.Revision) {
		t.Errorf("after a change: %q", got)
	}
}

// FuzzTranslate reads anything: it must never panic, and what it gives must add up.
func FuzzTranslate(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	tr, err := newTranslator(source.Options{Name: "stripe"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		list, err := translateAny(tr, payload)
		if err != nil {
			return
		}
		for _, record := range list {
			x, ok := record.(book.Transaction)
			if ok && (x.Gross-x.Fee-x.Tax != x.Net || !x.Currency.Known() || x.ID.Native() == "") {
				t.Errorf("%+v", x)
			}
		}
	})
}

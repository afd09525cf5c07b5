package razorpay

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

func newTestTranslator(t *testing.T, keys ...string) translator {
	t.Helper()
	tr, err := newTranslator(source.Options{Name: "razorpay", InvoiceKeys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// recorded is a file of testdata: payloads as Razorpay sends them, by what they are.
type recorded struct {
	Payment, Refund, Row, Dispute, Settlement, OnDemand json.RawMessage
	// Parent is a refund's payment, Receipt that of a payment's order.
	Parent  json.RawMessage
	Receipt string
}

// translate is the records of the payloads of a file.
func (r recorded) translate(tr translator) ([]any, error) {
	var m settled
	var got row
	if r.Row != nil {
		var err error
		if got, err = readRow(r.Row); err != nil {
			return nil, err
		}
		m = got.settled
	}
	switch {
	case r.Payment != nil:
		var w wirePayment
		if err := decode(r.Payment, &w); err != nil {
			return nil, err
		}
		x, err := tr.payment(w, known{receipt: r.Receipt}, m)
		return []any{x}, err
	case r.Refund != nil:
		var w wireRefund
		var of wirePayment
		if err := decode(r.Refund, &w); err != nil {
			return nil, err
		}
		if r.Parent != nil {
			if err := decode(r.Parent, &of); err != nil {
				return nil, err
			}
		}
		x, err := tr.refund(w, of.marks(), m)
		return []any{x}, err
	case r.Settlement != nil:
		x, err := tr.payout(r.Settlement)
		return []any{x}, err
	case r.OnDemand != nil:
		records, gone, err := tr.onDemand(r.OnDemand)
		var out []any
		for _, x := range records.Payouts {
			out = append(out, x)
		}
		for _, x := range records.Transactions {
			out = append(out, x)
		}
		for _, id := range gone {
			out = append(out, map[string]any{"Gone": id, "Revision": "-"})
		}
		return out, err
	case got.DisputeID != "":
		var d wireDispute
		if r.Dispute != nil {
			if err := decode(r.Dispute, &d); err != nil {
				return nil, err
			}
		}
		x, err := tr.dispute(got, d)
		return []any{x}, err
	}
	return []any{tr.movement(got)}, nil
}

// TestTranslate reads each file of testdata and compares with the records beside it.
func TestTranslate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.want.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want.json")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r recorded
			payload, err := os.ReadFile("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(payload, &r); err != nil {
				t.Fatal(err)
			}
			list, err := r.translate(newTestTranslator(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := plain(t, list); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// plain is records as text, without their revisions and without what is empty.
func plain(t *testing.T, list []any) []byte {
	t.Helper()
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

// TestUnreadable are payloads that must not become records, with a word of why.
func TestUnreadable(t *testing.T) {
	tr := newTestTranslator(t)
	const pay = `"id":"pay_1","amount":100,"currency":"INR","status":"captured","captured":true,` +
		`"fee":3,"tax":1,"created_at":1793091661`
	const line = `"entity_id":"pay_1","type":"payment","currency":"INR","created_at":1793091661,` +
		`"settlement_id":"setl_1"`
	for _, c := range []struct{ kind, payload, why string }{
		{"payment", `{` + pay + `,"amount":200}`, "stands twice"},
		{"payment", `{` + pay + `,"Fee":0}`, "other letters"},
		{"payment", `{` + strings.Replace(pay, `100`, `"100"`, 1) + `}`, "amount"},
		{"payment", `{` + strings.Replace(pay, `100`, `100.5`, 1) + `}`, "amount"},
		{"payment", `{` + strings.Replace(pay, `100`, `-100`, 1) + `}`, "out of reach"},
		{"payment", `{` + strings.Replace(pay, `100`, `null`, 1) + `}`, "amount is missing"},
		{"payment", `{` + strings.Replace(pay, `"tax":1`, `"tax":4`, 1) + `}`, "not a part"},
		{"payment", `{` + strings.Replace(pay, `INR`, `XXQ`, 1) + `}`, "currency"},
		{"payment", `{` + strings.Replace(pay, `INR`, `KWD`, 1) + `,"x":1}`, ""},
		{"payment", `{` + strings.NewReplacer(`100`, `99991`, `INR`, `KWD`).Replace(pay) + `}`,
			"does not end in 0"},
		{"payment", `{` + strings.Replace(pay, `pay_1`, ``, 1) + `}`, "no id"},
		{"payment", `[]`, "array"},
		{"refund", `{"id":"rfnd_1","amount":-1,"currency":"INR","created_at":1}`, "out of reach"},
		{"refund", `{"id":"rfnd_1","amount":1,"currency":"INR"}`, "no date"},
		{"settlement", `{"id":"setl_1","created_at":1}`, "amount is missing"},
		{"settlement", `{"id":"setl_1","amount":1}`, "no date"},
		{"row", `{` + line + `,"debit":0,"credit":97,"amount":100,"fee":2,"tax":0}`, "do not make"},
		{"row", `{` + line + `,"debit":1,"credit":97,"amount":100,"fee":3,"tax":0}`, "both"},
		{"row", `{` + line + `,"credit":97,"amount":100,"fee":3,"tax":0}`, "missing"},
		{"row", `{` + line + `,"debit":0,"credit":97,"amount":100,"fee":3,"tax":5}`, "not a part"},
		{"row", `{"entity_id":"adj_1","type":"adjustment","debit":0,"credit":1,"currency":"INR"}`,
			"no date"},
		{"ondemand", `{"id":"setlod_1","currency":"INR","created_at":1,"ondemand_payouts":{"items":[{}]}}`,
			"no amount"},
	} {
		payload := json.RawMessage(c.payload)
		r := map[string]recorded{"payment": {Payment: payload}, "refund": {Refund: payload},
			"settlement": {Settlement: payload}, "row": {Row: payload},
			"ondemand": {OnDemand: payload}}[c.kind]
		_, err := r.translate(tr)
		if c.why == "" {
			if err != nil {
				t.Errorf("%s: %v", c.payload, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s %s: error %v, want %q in it", c.kind, c.payload, err, c.why)
		}
	}
}

// TestInvoiceIsFoundInConfiguredOrder reads the same payment with the keys in several orders.
func TestInvoiceIsFoundInConfiguredOrder(t *testing.T) {
	w := wirePayment{OrderID: "order_1", Description: "Inv#3", Notes: notes{"a": "1", "b": "2"}}
	for _, c := range []struct {
		keys  []string
		want  string
		order bool
	}{
		{[]string{"a", "b"}, "1", false},
		{[]string{"b", "a"}, "2", false},
		{[]string{"none"}, "3", false},
		{[]string{"description", "a"}, "3", false},
		{[]string{"receipt", "a"}, "4", true},
		{[]string{"none", "receipt"}, "4", true},
		{nil, "3", false},
	} {
		tr := newTestTranslator(t, c.keys...)
		var x book.Transaction
		tr.references(&x, w.Notes, w.Description, "4")
		if x.InvoiceRef != c.want || tr.wantsReceipt(w) != c.order {
			t.Errorf("%v: %q, asks for the order %v", c.keys, x.InvoiceRef, tr.wantsReceipt(w))
		}
	}
}

// TestRevisionsRemember writes and reads what a revision remembers.
func TestRevisionsRemember(t *testing.T) {
	for _, s := range []stored{{}, {void: true}, {foreign: true},
		{settled: settled{payout: "setl_1", currency: "INR", net: -97, fee: 3, tax: 1}},
		{settled: settled{payout: "setl_1", currency: "INR", net: 97}, foreign: true}} {
		s.found = true
		got, err := readRevision(revision("x", s))
		if err != nil || got != s {
			t.Errorf("%+v comes back as %+v, %v", s, got, err)
		}
	}
	if _, err := readRevision("1f@setl_1"); err == nil {
		t.Error("a revision of another form is read")
	}
}

package whmcs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func TestList(t *testing.T) {
	row := `{"id":1,"status":"x"}`
	for _, c := range []struct {
		name, wrapper string
		want          int
		bad           bool
	}{
		{"nominal", `{"invoice":[` + row + `,` + row + `]}`, 2, false},
		{"nothing inside", `{"invoice":[]}`, 0, false},
		{"inner text", `{"invoice":""}`, 0, false},
		{"inner null", `{"invoice":null}`, 0, false},
		{"text", `""`, 0, false},
		{"blank text", `" "`, 0, false},
		{"null", `null`, 0, false},
		{"object", `{}`, 0, false},
		{"array", `[]`, 0, false},
		{"numeric names", `{"invoice":{"10":` + row + `,"9":` + row + `}}`, 2, false},
		{"bare row", `{"invoice":` + row + `}`, 1, false},
		{"no inner name", `[` + row + `]`, 1, false},
		{"no inner name, numeric", `{"0":` + row + `}`, 1, false},
		{"no inner name, bare", row, 1, false},
		{"words", `"none"`, 0, true},
		{"number", `3`, 0, true},
		{"array of words", `{"invoice":["a"]}`, 0, true},
		{"numeric names of words", `{"invoice":{"0":"a"}}`, 0, true},
	} {
		n, ok := parseJSON([]byte(`{"result":"success","invoices":` + c.wrapper + `}`))
		if !ok {
			t.Fatalf("%s: not read", c.name)
		}
		rows, err := n.list("invoices", "invoice")
		if len(rows) != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %d rows, %v", c.name, len(rows), err)
		}
	}
	missing, _ := parseJSON([]byte(`{"result":"success"}`))
	if rows, err := missing.list("invoices", "invoice"); len(rows) != 0 || err != nil {
		t.Errorf("missing: %v, %v", rows, err)
	}
	order, _ := parseJSON([]byte(`{"result":"success",
		"x":{"10":{"id":3},"2":{"id":2},"0":{"id":1}}}`))
	rows, _ := order.list("x", "")
	if fmt.Sprint(rows) != "[map[id:1] map[id:2] map[id:3]]" {
		t.Errorf("numeric names in order: %v", rows)
	}
}

func TestFlattened(t *testing.T) {
	n, ok := parseJSON([]byte(`{"result":"success","credits[credit][1][id]":"89",
		"credits[credit][0][id]":"88","credits[credit][0][password]":"x","odd[":1,"a]":2}`))
	if !ok {
		t.Fatal("not read")
	}
	rows, err := n.list("credits", "credit")
	if err != nil || fmt.Sprint(rows) != "[map[id:88] map[id:89]]" {
		t.Errorf("rows %v, %v", rows, err)
	}
}

func TestEnvelope(t *testing.T) {
	for _, c := range []struct {
		body, result string
	}{
		{`{"result":"success"}`, "success"},
		{`{"status":"success","billableid":3}`, "success"},
		{`{"result":"success","status":"Unpaid"}`, "success"},
		{"\xef\xbb\xbf \n{\"result\":\"error\",\"message\":\"no\"}", "error"},
		{`<b>Notice</b>: Undefined {x} {"a"} {"result":"success"}`, "success"},
		{`{"result":"success"} <!-- rendered in 3 ms -->`, "success"},
		{`{"result":"success","invoices":{"invoice":[{"id":1,"status":"Unpaid"}`, ""},
		{`<html><style>body{margin:0}</style></html>`, ""},
		{`{"id":1,"status":"Unpaid"}`, ""},
		{`[]`, ""}, {``, ""}, {`null`, ""},
	} {
		n, ok := parseJSON([]byte(c.body))
		if n.result() != c.result || ok != (c.result != "") {
			t.Errorf("%q: %q, %v", c.body, n.result(), ok)
		}
	}
}

func TestXML(t *testing.T) {
	n, ok := parseXML([]byte(`<?xml version="1.0" encoding="iso-8859-1"?><whmcsapi version="8.0">
		<result>success</result><totalresults>2</totalresults><products><product><id>1</id>
		<password>` + "\xe9" + `</password><name>A &amp;amp; B</name></product><product><id>2</id>
		</product></products><notes/></whmcsapi>`))
	if !ok {
		t.Fatal("not read")
	}
	rows, err := n.list("products", "product")
	if err != nil || len(rows) != 2 || rows[0].text("name") != "A & B" || rows[1].word("id") != "2" ||
		rows[0]["password"] != nil {
		t.Errorf("rows %v, %v", rows, err)
	}
	for _, bad := range []string{"", "<html></html>", "<a><result>success</result>",
		strings.Repeat("<a>", 100)} {
		if _, ok := parseXML([]byte(bad)); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestValues(t *testing.T) {
	read := func(value string) *reader {
		n, ok := parseJSON([]byte(`{"result":"success","v":` + value + `}`))
		if !ok {
			t.Fatalf("%s: not read", value)
		}
		return &reader{node: n}
	}
	for value, want := range map[string]any{
		`42`: int64(42), `"42"`: int64(42), `""`: int64(0), `null`: int64(0), `-3`: int64(-3),
		`9223372036854775807`: int64(9223372036854775807), `"4,2"`: "error", `4.2`: "error",
		`"9223372036854775808"`: "error", `"x"`: "error", `{}`: int64(0),
	} {
		r := read(value)
		if got := r.int("v"); r.err == nil && any(got) != want || r.err != nil && want != "error" {
			t.Errorf("int %s: %v, %v", value, got, r.err)
		}
	}
	for value, want := range map[string]any{
		`"120.00"`: int64(12000), `120.5`: int64(12050), `120`: int64(12000), `"-0.05"`: int64(-5),
		`"0.00000"`: int64(0), `12345678901.23`: int64(1234567890123), `"0.005"`: "error",
		`1e2`: "error", `"1,200.00"`: "error", `"$5.00 USD"`: "error", `null`: "error", `""`: "error",
		`"99999999999999.99"`: "error", `0.1`: int64(10),
	} {
		r := read(value)
		if got := r.amount("v", "EUR"); r.err == nil && any(got) != want ||
			r.err != nil && want != "error" {
			t.Errorf("amount %s: %v, %v", value, got, r.err)
		}
	}
	for value, want := range map[string]bool{`true`: true, `false`: false, `1`: true, `0`: false,
		`"1"`: true, `"0"`: false, `"on"`: true, `""`: false, `"true"`: true, `"false"`: false,
		`null`: false, `"off"`: false} {
		if got := read(value).flag("v"); got != want {
			t.Errorf("bool %s: %v", value, got)
		}
	}
	for value, want := range map[string]string{`"2026-03-01"`: "2026-03-01", `"0000-00-00"`: "",
		`""`: "", `null`: "", `"2026-03-01 10:00:00"`: "2026-03-01", `"-0001-11-30 00:00:00"`: "",
		`"2026-02-30"`: "error", `"01/03/2026"`: "error", `"2026-03-011"`: "error"} {
		r := read(value)
		if got := r.date("v").String(); r.err == nil && got != want || r.err != nil && want != "error" {
			t.Errorf("date %s: %v, %v", value, got, r.err)
		}
	}
	if got := read(`"O&#039;Neil &amp;amp; S\u00f6n"`).text("v"); got != "O'Neil &amp; Sön" {
		t.Errorf("text %q", got)
	}
}

// TestInstants covers the hours that a server's clock skips and repeats, and zones that changed on
// the date line.
func TestInstants(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/Vilnius", "2026-01-15 12:00:00", "2026-01-15T10:00:00Z"},
		{"Europe/Vilnius", "2026-07-15 12:00:00", "2026-07-15T09:00:00Z"},
		{"Europe/Vilnius", "2026-03-29 02:59:59", "2026-03-29T00:59:59Z"},
		{"Europe/Vilnius", "2026-03-29 03:30:00", "2026-03-29T01:30:00Z"},
		{"Europe/Vilnius", "2026-03-29 04:00:00", "2026-03-29T01:00:00Z"},
		{"Europe/Vilnius", "2026-10-25 02:59:59", "2026-10-24T23:59:59Z"},
		{"Europe/Vilnius", "2026-10-25 03:30:00", "2026-10-25T00:30:00Z"},
		{"Europe/Vilnius", "2026-10-25 04:00:00", "2026-10-25T02:00:00Z"},
		{"America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"},
		{"America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z"},
		{"Asia/Kolkata", "2026-03-08 02:30:00", "2026-03-07T21:00:00Z"},
		{"Pacific/Apia", "2026-03-08 00:00:00", "2026-03-07T11:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03T15:45:00Z"},
		{"UTC", "2026-03-08", "2026-03-08T00:00:00Z"},
		{"Europe/Vilnius", "2026-03-08T12:00:00.000000Z", "2026-03-08T12:00:00Z"},
		{"Europe/Vilnius", "0000-00-00 00:00:00", ""},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		r := reader{node: node{"v": c.wall}}
		if got := r.instant("v", zone).String(); got != c.want || r.err != nil {
			t.Errorf("%s in %s: %s, want %s (%v)", c.wall, c.zone, got, c.want, r.err)
		}
	}
}

// FuzzDecode feeds anything to the decoder: it must not fail, and nothing secret may come through.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"result":"success","transactions":""}`,
		`{"result":"success","transactions":{"transaction":[{"id":"7781","amountin":"1.00"}]}}`,
		`{"result":"success","credits[credit][0][id]":"1","credits[credit][0]":"x"}`,
		`{"result":"success","products":{"product":{"0":{"id":1,"password":"topsecret"}}}}`,
		"\xef\xbb\xbf<b>Notice</b>{x}{\"status\":\"error\",\"message\":\"\xff\"}",
		`<whmcsapi><result>success</result><a><b>1</b><b>2</b></a></whmcsapi>`,
		`{"result":"success","date":"2026-03-29 03:30:00","total":1e999,"items":[[]]}`,
		`{"result":"success","a[b][c][password]":"topsecret","a[b]":{}}`,
	} {
		f.Add([]byte(seed))
	}
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		f.Fatal(err)
	}
	tr := translator{name: "billing", zone: zone, currencies: map[int64]currency{1: {1, "EUR"}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, parse := range []func([]byte) (node, bool){parseJSON, parseXML} {
			n, ok := parse(body)
			if !ok {
				continue
			}
			if again, err := json.Marshal(map[string]any(n)); err == nil {
				var tree any
				if json.Unmarshal(again, &tree) == nil {
					noSecrets(t, tree)
				}
			}
			tr.everything(n)
			for key := range n {
				rows, _ := n.list(key, "transaction")
				for _, row := range rows {
					tr.everything(row)
				}
			}
		}
	})
}

// everything reads a row as every kind of record.
func (t translator) everything(n node) {
	eur := currency{1, "EUR"}
	if row, err := t.invoiceRow(n); err == nil {
		_, _ = t.invoice(row, n, "EUR")
	}
	if row, err := t.clientRow(n); err == nil {
		_, _ = t.customer(row, n, eur)
	}
	_, _, _ = t.rate(n)
	_, _ = t.method(n)
	_, _ = t.service(n, eur)
	_, _ = t.payment(n, 1, 0, eur)
	_, _ = t.credit(n, 1, eur)
}

func noSecrets(t *testing.T, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if secretKeys[strings.ToLower(k)] {
				t.Errorf("%s came through", k)
			}
			noSecrets(t, inner)
		}
	case []any:
		for _, inner := range v {
			noSecrets(t, inner)
		}
	}
}

// TestTotal: WHMCS's total is after applied credit, except where the row's parts say otherwise.
func TestTotal(t *testing.T) {
	for _, c := range []struct {
		subtotal, tax, credit, total string
		want                         int64
	}{
		{"100.00", "20.00", "0.00", "120.00", 12000},
		{"100.00", "20.00", "50.00", "70.00", 12000},
		{"100.00", "20.00", "120.00", "0.00", 12000},
		{"100.00", "20.00", "50.00", "120.00", 12000},
		{"100.00", "20.01", "50.00", "70.00", 12000},
		{"", "", "50.00", "70.00", 12000},
	} {
		r := reader{node: node{"subtotal": c.subtotal, "tax": c.tax, "credit": c.credit,
			"total": c.total}}
		credit, _ := money.Parse(c.credit, "EUR")
		got := translator{}.total(&r, "EUR", credit.Minor)
		if got != c.want || r.err != nil {
			t.Errorf("%+v: %d, %v", c, got, r.err)
		}
	}
}

func TestKind(t *testing.T) {
	lines := func(kinds ...string) (out []book.InvoiceLine) {
		for _, k := range kinds {
			out = append(out, book.InvoiceLine{Kind: k})
		}
		return out
	}
	for _, c := range []struct {
		lines []book.InvoiceLine
		want  book.InvoiceKind
	}{
		{lines("Invoice", "Invoice"), book.InvoiceMassPayment},
		{lines("AddFunds"), book.InvoiceAddFunds},
		{lines("Hosting", "Invoice"), book.InvoiceOrdinary},
		{lines(""), book.InvoiceOrdinary},
		{nil, book.InvoiceOrdinary},
	} {
		if got := kind(c.lines); got != c.want {
			t.Errorf("%v: %s", c.lines, got)
		}
	}
}

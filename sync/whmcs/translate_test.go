package whmcs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

var update = flag.Bool("update", false, "write the expected records anew, to be read by a person")

var revisions = regexp.MustCompile(`"Revision": "[^"]+"`)

// TestTranslate compares replies in testdata with the records beside them.
func TestTranslate(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		t.Fatal(err)
	}
	tr := translator{name: "billing", zone: zone, currencies: map[int64]currency{}}
	tr.each(t, "getcurrencies", "currencies", "currency", func(n node) (any, error) {
		rate, c, err := tr.rate(n)
		tr.currencies[c.id] = c
		return rate, err
	})
	eur := tr.currencies[2]
	tr.each(t, "getpaymentmethods", "paymentmethods", "paymentmethod", func(n node) (any, error) {
		return tr.method(n)
	})
	tr.each(t, "getclientsdetails", "client", "", func(n node) (any, error) {
		c, err := tr.currencyOf(n)
		if err != nil {
			return nil, err
		}
		return tr.customer(clientRow{id: 42, listed: "row"}, n, c)
	})
	tr.each(t, "getclientsproducts", "products", "product", func(n node) (any, error) {
		return tr.service(n, eur)
	})
	tr.each(t, "gettransactions", "transactions", "transaction", func(n node) (any, error) {
		return tr.payment(n, 42, 0, eur)
	})
	tr.each(t, "getcredits", "credits", "credit", func(n node) (any, error) {
		return tr.credit(n, 42, eur)
	})
	tr.each(t, "getpaymethods", "paymethods", "paymethod", func(n node) (any, error) {
		return tr.saved(n, 42)
	})
	tr.each(t, "getinvoices", "invoices", "invoice", func(n node) (any, error) {
		row, err := tr.invoiceRow(n)
		if err != nil {
			return nil, err
		}
		detail := reply(t, fmt.Sprintf("getinvoice.%d", row.id))
		out := struct {
			Final    bool
			LastOn   book.Date
			Invoice  book.Invoice
			Payments []book.Payment
		}{Final: row.final(), LastOn: row.lastOn}
		c := currency{code: "EUR"}
		if row.code == "JPY" {
			c.code = "JPY"
		}
		if out.Invoice, err = tr.invoice(row, detail, c.code); err != nil {
			return nil, err
		}
		rows, err := detail.list("transactions", "transaction")
		for _, r := range rows {
			p, err := tr.payment(r, row.client, row.id, c)
			if err != nil {
				return nil, err
			}
			out.Payments = append(out.Payments, p)
		}
		return out, err
	})
}

func reply(t *testing.T, name string) node {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	n, ok := parseJSON(body)
	if !ok {
		t.Fatalf("%s is no reply", name)
	}
	return n
}

// each translates the rows of a reply and compares them with what stands beside it.
func (t translator) each(test *testing.T, name, wrapper, inner string,
	one func(node) (any, error)) {
	test.Helper()
	rows, err := reply(test, name).list(wrapper, inner)
	if err != nil || len(rows) == 0 {
		test.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	var out []any
	for _, n := range rows {
		record, err := one(n)
		if err != nil {
			test.Errorf("%s: %v", name, err)
		}
		out = append(out, record)
	}
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		test.Fatal(err)
	}
	// What a revision is made of may change; that there is one may not.
	text := revisions.ReplaceAllString(got.String(), `"Revision": "some"`)
	file := filepath.Join("testdata", name+".want.json")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			test.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		test.Fatal(err)
	}
	if g, w := text, string(want); g != w {
		gl, wl := strings.Split(g, "\n"), strings.Split(w, "\n")
		for i := range min(len(gl), len(wl)) {
			if gl[i] != wl[i] {
				test.Errorf("%s line %d:\nwant %s\n got %s", file, i+1, wl[i], gl[i])
			}
		}
		if len(gl) != len(wl) {
			test.Errorf("%s: %d lines instead of %d", file, len(gl), len(wl))
		}
	}
}

package profile

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
)

var update = flag.Bool("update", false, "write the expected records anew, to be read by a person")

var revisions = regexp.MustCompile(`"Revision": "[^"]+"`)

// TestTranslate compares the pages in testdata with the records and rejects beside them.
func TestTranslate(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		t.Fatal(err)
	}
	for file, kind := range map[string]book.Kind{
		"fossbilling.clients": book.KindCustomer, "fossbilling.invoices": book.KindInvoice,
		"fossbilling.transactions": book.KindPayment, "fluxbilling.invoices": book.KindInvoice,
		"fluxbilling.payments": book.KindPayment, "fluxbilling.credits": book.KindCredit,
	} {
		text, _ := Shipped(strings.Split(file, ".")[0])
		m, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join("testdata", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		page, err := decode(body)
		if err != nil {
			t.Fatal(err)
		}
		o := m.object(kind)
		rows, _ := lookup(page, o.List).([]any)
		tr := translator{name: "billing", zone: zone, base: "EUR"}
		out := []any{}
		for _, row := range rows {
			got, err := tr.translate(kind, o, node{row})
			switch r := got.records; {
			case err != nil:
				out = append(out, map[string]string{"Reject": err.Error()})
			case len(r.Invoices) > 0:
				out = append(out, r.Invoices[0])
			case len(r.Payments) > 0:
				out = append(out, r.Payments[0])
			case len(r.Customers) > 0:
				out = append(out, r.Customers[0])
			case len(r.Credits) > 0:
				out = append(out, r.Credits[0])
			default:
				out = append(out, map[string]any{"Gone": r.Gone})
			}
		}
		compare(t, file, out)
	}
}

func compare(t *testing.T, file string, out []any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	got := revisions.ReplaceAllString(b.String(), `"Revision": "some"`)
	path := filepath.Join("testdata", file+".want.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s: %v\n got %s\nwant %s", file, err, got, want)
	}
}

// FuzzParse reads any text as a mapping: it is one, or the faults say where it is not.
func FuzzParse(f *testing.F) {
	f.Add(minimal)
	for _, name := range ShippedNames() {
		text, _ := Shipped(name)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(text)
		if (m == nil) == (err == nil) {
			t.Errorf("mapping %v, error %v", m != nil, err)
		}
	})
}

// FuzzRows reads any page and any file by the shipped profile: nothing breaks, and no amount comes
// from anything but digits.
func FuzzRows(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":1,"status":"paid","currency":"EUR","total":"49.00"}]}`))
	f.Add([]byte("id,status,currency,total\n1,paid,EUR,49.00\n"))
	text, _ := Shipped("fluxbilling")
	m, err := Parse(text)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if page, err := decode(body); err == nil {
			rows, _ := lookup(page, "data").([]any)
			for _, k := range kinds {
				for _, row := range rows {
					_, _ = translator{name: "billing", zone: time.UTC}.translate(k, m.object(k), node{row})
				}
			}
		}
		r := &Reports{options: source.Options{Name: "billing"}, mapping: m}
		_, _ = r.Report(t.Context(), bytes.NewReader(body), sourcetest.NewBooks(),
			func(source.Page) error { return nil })
	})
}

// TestLanguageCode reads a customer's language from the codes that systems write.
func TestLanguageCode(t *testing.T) {
	for s, want := range map[string]string{"de": "de", "de-AT": "de", "pt_BR": "pt", "en_US.UTF-8": "en", "LT": "lt",
		"": "", "german": "", "d1": "", "-de": ""} {
		if got := languageCode(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// filesOf is the shipped profile with changes to its [files].
func filesOf(t *testing.T, old, fresh string) string {
	t.Helper()
	text, _ := Shipped("fluxbilling")
	if !strings.Contains(text, old) {
		t.Fatalf("the shipped profile does not hold %q", old)
	}
	return strings.Replace(text, old, fresh, 1)
}

func fileOptions(w *world.World, text string) source.Options {
	return source.Options{Name: world.BillingName, Base: w.Base, Zone: w.Zone, Profile: text}
}

// read imports a file into books.
func read(t *testing.T, b *sourcetest.Books, w *world.World, text string, file []byte) (
	source.Report, error) {
	t.Helper()
	r, err := NewReports(FluxBilling, fileOptions(w, text))
	if err != nil {
		t.Fatal(err)
	}
	return r.Report(context.Background(), bytes.NewReader(file), b, func(p source.Page) error {
		b.Keep(p)
		return nil
	})
}

// expectFiles is what exports can say of a world: no lines of invoices.
func expectFiles(w *world.World) book.Records {
	out := expectFlux(w)
	for i := range out.Invoices {
		out.Invoices[i].Lines = nil
	}
	for i := range out.Customers {
		out.Customers[i].Country, out.Customers[i].NoNotices = "", false
	}
	return out
}

const filesHead = "[files]\ndelimiter = \"auto\"\ndecimal = \"point\"\nencoding = \"auto\"\n"

// TestExportsInEveryForm reads the same business from CSV of many forms and from workbooks, twice.
func TestExportsInEveryForm(t *testing.T) {
	for name, c := range map[string]struct {
		head string
		form FileForm
		xlsx bool
	}{
		"plain":     {filesHead, FileForm{}, false},
		"semicolon": {filesHead, FileForm{Delimiter: ';', Mark: true}, false},
		"tab":       {filesHead, FileForm{Delimiter: '\t'}, false},
		"breaks":    {filesHead, FileForm{Breaks: true}, false},
		"comma": {"[files]\ndecimal = \"comma\"\ndates = \"DD.MM.YYYY\"\n",
			FileForm{Delimiter: ';', Point: ',', Dates: "DD.MM.YYYY"}, false},
		"baltic": {"[files]\nencoding = \"windows-1257\"\n", FileForm{Encoding: "windows-1257"}, false},
		"utf-16": {filesHead, FileForm{Encoding: "utf-16le", Mark: true}, false},
		"xlsx":   {filesHead, FileForm{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := sourcetest.Small()
			text := filesOf(t, filesHead, c.head)
			if c.form.Dates != "" {
				for _, f := range []string{"paid_at", "updated_at", "occurred_at"} {
					text = strings.ReplaceAll(text, f+` = "`+f+`"`, f+` = "`+f+` | date YYYY-MM-DDThh:mm:ssZ"`)
				}
			}
			b := sourcetest.NewBooks()
			for round := range 2 {
				b.Changed = nil
				for _, list := range Kinds {
					var file bytes.Buffer
					err := WriteCSV(&file, w, list, c.form)
					if c.xlsx {
						file.Reset()
						err = WriteXLSX(&file, w, list)
					}
					if err != nil {
						t.Fatal(err)
					}
					r, err := read(t, b, w, text, file.Bytes())
					if err != nil || r.Rows == 0 || !strings.HasPrefix(r.Format, "fluxbilling-"+list) {
						t.Fatalf("%s: %+v, %v", list, r, err)
					}
				}
				if round == 1 && len(b.Changed) > 0 {
					t.Errorf("a second import changed %v", b.Changed)
				}
			}
			want := expectFiles(w)
			if c.form.Breaks {
				for i := range want.Customers {
					want.Customers[i].Name = strings.Replace(want.Customers[i].Name, " ", ` "the" `, 1)
				}
				for i := range want.Payments {
					want.Payments[i].Text = strings.Replace(want.Payments[i].Text, " ", ` "the" `, 1)
				}
				for i := range want.Credits {
					want.Credits[i].Text = strings.Replace(want.Credits[i].Text, " ", ` "the" `, 1)
				}
			}
			for _, d := range sourcetest.Diff(want, b.All()) {
				t.Error(d)
			}
			for _, r := range b.Rejects() {
				t.Errorf("reject %s: %s", r.Place, r.Reason)
			}
		})
	}
}

// TestBrokenRowsAreNamed keeps what is whole and names every other row with its number and reason.
func TestBrokenRowsAreNamed(t *testing.T) {
	w := sourcetest.Small()
	var file bytes.Buffer
	if err := WriteCSV(&file, w, "invoices", FileForm{Broken: true}); err != nil {
		t.Fatal(err)
	}
	n := len(w.Invoices)
	fmt.Fprintf(&file, "1001,twice,1,paid,ordinary,EUR,1,0,0,1,2026-10-01,2026-10-02,,,stripe\r\n")
	fmt.Fprintf(&file, "77,=SUM(A1),1,paid,ordinary,EUR,49.001,0,0,1,2026-10-01,2026-10-02,,,stripe\r\n")
	fmt.Fprintf(&file, "78,=SUM(A1),1,odd,ordinary,EUR,4242,0,0,1,2026-10-01,2026-10-02,,,4242424242424242\r\n")
	b := sourcetest.NewBooks()
	r, err := read(t, b, w, "", file.Bytes())
	if err != nil || r.Rows != n+5 {
		t.Fatalf("%+v, %v", r, err)
	}
	reasons := map[string]string{}
	for _, x := range b.Rejects() {
		reasons[x.Place] = x.Reason
	}
	for i, want := range []string{"the row has 2 cells, the header 15", "no currency", "twice",
		`"49.001" is no amount of EUR`} {
		place := fmt.Sprintf("row %d", n+2+i)
		if !strings.Contains(reasons[place], want) {
			t.Errorf("%s: %q, want %q in it", place, reasons[place], want)
		}
	}
	if len(reasons) != 4 {
		t.Errorf("rejects %v", reasons)
	}
	for _, v := range b.All().Invoices {
		if v.ID == "billing:invoice/78" && (v.Number != "=SUM(A1)" || v.Status != "odd" ||
			strings.Contains(v.Method, "42424242")) {
			t.Errorf("kept %+v", v)
		}
	}
	if got := len(b.All().Invoices); got != n+1 {
		t.Errorf("%d invoices, want %d", got, n+1)
	}
}

// TestQuotesThatDoNotClose name the row and go on where that can be done.
func TestQuotesThatDoNotClose(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	r, err := read(t, b, w, "", []byte("id,status,currency,total\n1,paid,EUR,1\n2,pa\"id,EUR,1\n3,paid,EUR,1\n"))
	if err != nil || r.Rows != 3 || len(b.All().Invoices) != 2 || len(b.Rejects()) != 1 ||
		b.Rejects()[0].Place != "row 3" {
		t.Errorf("%+v, %v, rejects %v", r, err, b.Rejects())
	}
}

// TestCompleteFilesBury gives tombstones to what a complete file leaves out, but never to what the
// API brought, and none at all where a row could not be told apart.
func TestCompleteFilesBury(t *testing.T) {
	w := sourcetest.Small()
	complete := filesOf(t, "[files.invoices.fields]", "[files.invoices]\ncomplete = true\n[files.invoices.fields]")
	head := "id,status,currency,total\n"
	b := sourcetest.NewBooks()
	b.Keep(source.Page{Records: book.Records{Invoices: []book.Invoice{{ID: "billing:invoice/9",
		Source: world.BillingName, Revision: "api"}}}})
	for i, c := range []struct {
		text, rows string
		want       int
		known      int
		note       string
	}{
		{"", "1,paid,EUR,1\n2,paid,EUR,2\n3,paid,EUR,3\n", 4, 0, ""},
		{"", "1,paid,EUR,1\n", 4, 0, ""},
		{complete, "1,paid,EUR,1\n,paid,EUR,7\n", 4, 0, "ids of 1 rows"},
		{complete, "1,paid,EUR,1\n2,paid,EUR,many\n", 3, 0, "1 invoices"},
		{complete, "1,paid,EUR,1\n9,paid,EUR,5\n", 2, 1, "1 invoices"},
	} {
		r, err := read(t, b, w, c.text, []byte(head+c.rows))
		if err != nil || r.Known != c.known || len(b.All().Invoices) != c.want {
			t.Errorf("%d: %+v, %v, %d invoices, want %d", i, r, err, len(b.All().Invoices), c.want)
		}
		if notes := strings.Join(r.Notes, " "); (notes == "") != (c.note == "") ||
			!strings.Contains(notes, c.note) {
			t.Errorf("%d: notes %q, want %q in them", i, notes, c.note)
		}
	}
	for _, v := range b.All().Invoices {
		if v.ID == "billing:invoice/9" && v.Revision != "api" {
			t.Error("a file changed what the API had brought")
		}
	}
}

// TestFilesThatAreNone are refused with a reason, and nothing of them is kept.
func TestFilesThatAreNone(t *testing.T) {
	w := sourcetest.Small()
	for name, c := range map[string]struct{ file, want string }{
		"empty":       {"", "no header"},
		"a statement": {"Date,Amount,Description\n01/02/2026,10.00,A\n", "invoices lack currency, id, status, total"},
		"twice":       {"id,status,currency,total,ID\n", "stands there twice"},
		"a picture":   {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no text"},
		"a zip":       {"PK\x03\x04rest", "workbook cannot be opened"},
	} {
		b := sourcetest.NewBooks()
		_, err := read(t, b, w, "", []byte(c.file))
		var e *source.Error
		if !errors.As(err, &e) || e.Kind != source.KindUnsupported || !strings.Contains(e.Detail, c.want) ||
			b.Pages != 0 {
			t.Errorf("%s: %v, %d pages", name, err, b.Pages)
		}
	}
}

// TestFilesOfAnotherBilling maps columns of any name, with a unit, a fixed currency and two decimal
// marks, and takes the customers from the invoices.
func TestFilesOfAnotherBilling(t *testing.T) {
	text := `profile = 1
name = "shop"
title = "Shop"
time_zone = "Europe/Vilnius"
[files]
delimiter = "semicolon"
decimal = "comma"
dates = "DD.MM.YY"
[files.invoices.fields]
id = "Rechnung Nr."
number = "Rechnung Nr."
status = "Status | lower"
currency = "= EUR"
total = "Betrag"
credit_applied = "Guthaben (Cent) | cents"
customer_id = "Kunde | split # 1"
customer_name = "Kunde | split # 0 | entities"
issued_on = "Datum"
paid_at = "Bezahlt | epoch"
[files.invoices.statuses]
bezahlt = "paid"
offen = "unpaid"
`
	file := "Rechnung  Nr.;STATUS;Betrag;Guthaben (Cent);Kunde;Datum;Bezahlt\n" +
		"R-1;Bezahlt;1.234,50;150;\"Müller &amp; Co # 7\";05.10.26;1760000000\n" +
		"R-2;Offen;49;;\"Müller &amp; Co # 7\";06.10.26;\n"
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	if r, err := read(t, b, w, text, []byte(file)); err != nil || r.From.String() != "2026-10-05" ||
		r.To.String() != "2026-10-06" {
		t.Fatalf("%+v, %v, %v", r, err, b.Rejects())
	}
	want := book.Records{
		Customers: []book.Customer{{ID: "billing:customer/7", Source: "billing", Name: "Müller & Co",
			Currency: "EUR"}},
		Invoices: []book.Invoice{
			{ID: "billing:invoice/R-1", Source: "billing", CustomerID: "billing:customer/7", Number: "R-1",
				Status: book.InvoicePaid, Kind: book.InvoiceOrdinary, IssuedOn: book.NewDate(2026, 10, 5),
				PaidAt: 1_760_000_000_000, Currency: "EUR", Total: 123_450, Credit: 150},
			{ID: "billing:invoice/R-2", Source: "billing", CustomerID: "billing:customer/7", Number: "R-2",
				Status: book.InvoiceUnpaid, Kind: book.InvoiceOrdinary, IssuedOn: book.NewDate(2026, 10, 6),
				Currency: "EUR", Total: 4900, Balance: 4900}}}
	for _, d := range sourcetest.Diff(want, b.All()) {
		t.Error(d)
	}
}

// TestWorkbooksThatPeopleMake reads numbers, dates and formulas as the cells hold them.
func TestWorkbooksThatPeopleMake(t *testing.T) {
	f, tenth := excelize.NewFile(), 0.1
	for cell, v := range map[string]any{"A1": "id", "B1": "status", "C1": "currency", "D1": "total",
		"E1": "issued_on", "F1": "number", "A3": 12, "B3": "paid", "C3": "EUR", "D3": tenth + 2*tenth,
		"E3": 46300, "F3": "-1", "A4": "13", "B4": "paid", "C4": "EUR", "D4": "49.90", "E4": 46300.5} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	if _, err := read(t, b, w, "", file.Bytes()); err != nil {
		t.Fatal(err)
	}
	if got := b.Rejects(); len(got) != 1 || got[0].Place != "row 3" ||
		!strings.Contains(got[0].Reason, "0.30000000000000004") {
		t.Errorf("rejects %+v", got)
	}
	if got := b.All().Invoices; len(got) != 1 || got[0].Total != 4990 ||
		got[0].IssuedOn.String() != "2026-10-05" {
		t.Errorf("invoices %+v", got)
	}
}

func TestSerialDates(t *testing.T) {
	for v, want := range map[string]string{"46300": "2026-10-05", "46300.5": "2026-10-05 12:00:00",
		"46300.999988425923": "2026-10-05 23:59:59", "20000": "1954-10-03", "2026": "", "-46300": "",
		"4.63e4": "", "2026-10-05": "", "120001": ""} {
		if got, ok := serialDate(v); ok != (want != "") || ok && got != want {
			t.Errorf("%s is %q, %v, want %q", v, got, ok, want)
		}
	}
}

package bankfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"countinghouse/app/money"
)

// part is a part of a workbook.
type part struct{ name, text string }

// zipped packs parts.
func zipped(t testing.TB, parts ...part) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bookParts are the small parts of a workbook with some sheets; settings are the attributes of its
// workbookPr. Style 1 is a date, 2 an amount, 3 a date with the time, 4 a time.
func bookParts(settings string, sheets ...string) []part {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	link := func(id, kind, target string) string {
		return fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="%s"/>`, id, office, kind, target)
	}
	relations := func(links string) string {
		return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + links + "</Relationships>"
	}
	list, links := "", link("s", "styles", "styles.xml")+link("t", "sharedStrings", "/xl/sharedStrings.xml")
	for i, s := range sheets {
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="r%d"/>`, s, i+1, i+1)
		links += link(fmt.Sprintf("r%d", i+1), "worksheet", fmt.Sprintf("worksheets/s%d.xml", i+1))
	}
	return []part{{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", relations(link("a", "officeDocument", "xl/workbook.xml"))},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><workbookPr ` + settings +
			`/><sheets>` + list + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations(links)},
		{"xl/styles.xml", `<styleSheet xmlns="` + main + `"><numFmts><numFmt numFmtId="170" formatCode="dd\.mm\.yy\ hh:mm"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>` +
			`<xf numFmtId="4"/><xf numFmtId="170"/><xf numFmtId="20"/></cellXfs></styleSheet>`}}
}

// book1 is a workbook of one sheet of rows, with shared texts.
func book1(t testing.TB, settings, rows string, texts ...string) string {
	shared := ""
	for _, s := range texts {
		shared += "<si>" + s + "</si>"
	}
	return zipped(t, append(bookParts(settings, "Export"), part{"xl/sharedStrings.xml", "<sst>" + shared + "</sst>"},
		part{"xl/worksheets/s1.xml", sheetOf(rows)})...)
}

func sheetOf(rows string) string {
	return `<?xml version="1.0"?>` + "\n" + `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`
}

// cellTexts is a row of cells with texts; numbers in braces are cells of their own.
func cellTexts(cells ...string) string {
	s := "<row>"
	for _, c := range cells {
		if strings.HasPrefix(c, "<c") {
			s += c
			continue
		}
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(c))
		s += `<c t="inlineStr"><is><t>` + b.String() + `</t></is></c>`
	}
	return s + "</row>"
}

func styled(style int, v string) string { return fmt.Sprintf(`<c s="%d"><v>%s</v></c>`, style, v) }

var xlsxHead = cellTexts("Date", "Description", "Amount")

func TestXLSXCells(t *testing.T) {
	for _, c := range []struct{ name, settings, date, amount, want string }{
		{"a day and a float", "", styled(1, "45810"), styled(2, "15.310000000000015"), "2025-06-02 15.31 EUR"},
		{"another artefact", "", styled(1, "45810"), styled(0, "-20.399999999999999"), "2025-06-02 -20.40 EUR"},
		{"what a difference leaves", "", styled(1, "45810"), styled(2, "9.9999999802093953E-3"), "2025-06-02 0.01 EUR"},
		{"a power of ten", "", styled(1, "4.581E4"), styled(2, "1.2E+3"), "2025-06-02 1,200.00 EUR"},
		{"a day's last second", "", styled(3, "45810.9999884259"), styled(2, "1"), "2025-06-02 1.00 EUR"},
		{"midnight as a float", "", styled(3, "45809.999999999996"), styled(2, "1"), "2025-06-02 1.00 EUR"},
		{"the other epoch", `date1904="1"`, styled(1, "44348"), styled(2, "1"), "2025-06-02 1.00 EUR"},
		{"an ISO date", "", `<c t="d"><v>2025-06-02T23:59:59</v></c>`, styled(2, "1"), "2025-06-02 1.00 EUR"},
		{"texts", "", cellTexts("2025-06-02")[5 : len(cellTexts("2025-06-02"))-6], `<c t="str"><f>A1</f><v>1,234.50</v></c>`,
			"2025-06-02 1,234.50 EUR"},
		{"a formula's value", "", styled(1, "45810"), `<c><f>1+1</f><v>2</v></c>`, "2025-06-02 2.00 EUR"},
	} {
		f := mustRead(t, book1(t, c.settings, xlsxHead+cellTexts(c.date, "x", c.amount)+
			cellTexts(styled(1, "45811"), "y", styled(2, "-5"))), "a.xlsx", operating)
		l := allLines(f)
		if len(l) != 2 || l[0].On.String()+" "+l[0].Amount.String() != c.want || l[0].Row != 2 || l[0].Text != "x" {
			t.Errorf("%s: got %+v %v, want %s", c.name, l, f.Warnings, c.want)
		}
	}
}

func TestXLSXKeepsAsideWhatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, date, amount string }{
		{"an error", styled(1, "45810"), `<c t="e"><v>#N/A</v></c>`},
		{"an error for a date", `<c t="e"><v>#REF!</v></c>`, styled(2, "1")},
		{"a truth", styled(1, "45810"), `<c t="b"><v>1</v></c>`},
		{"too many places", styled(1, "45810"), styled(2, "12.345")},
		{"too many digits", styled(1, "45810"), styled(2, "1.2345678901234567E+19")},
		{"a formula without a value", styled(1, "45810"), `<c><f>SUM(A1:A9)</f></c>`},
		{"a number that is no date", styled(0, "45810"), styled(2, "1")},
		{"the day that never was", styled(1, "60"), styled(2, "1")},
		{"a day before all days", styled(1, "-1"), styled(2, "1")},
		{"a day after all days", styled(1, "2958466"), styled(2, "1")},
		{"no number", styled(1, "45810"), styled(2, "1..2")},
	} {
		good := cellTexts(styled(1, "45811"), "y", styled(2, "-5"))
		f := mustRead(t, book1(t, "", xlsxHead+good+cellTexts(c.date, "x", c.amount)+good), "a.xlsx", operating)
		if s := f.Statements[0]; len(s.Lines) != 2 || len(s.Rejects) != 1 || s.Rejects[0].Place != "row 3" {
			t.Errorf("%s: %+v, rejects %+v", c.name, s.Lines, s.Rejects)
		}
	}
}

// TestXLSXNumbersAndTextsInOneColumn has amounts as texts with a comma beside amounts as numbers: the
// number 1.234 must not be taken for a thousand.
func TestXLSXNumbersAndTextsInOneColumn(t *testing.T) {
	row := func(amount string) string { return cellTexts(styled(1, "45810"), "x", amount) }
	f := mustRead(t, book1(t, "", xlsxHead+row("1.234,56")+row("-0,50")+row(styled(2, "1.5"))+row(styled(2, "250"))+
		row(styled(2, "1234.56"))+row(styled(2, "1.234"))), "a.xlsx", operating)
	if got := amounts(f); !reflect.DeepEqual(got, []int64{123456, -50, 150, 25000, 123456}) ||
		len(f.Statements[0].Rejects) != 1 {
		t.Errorf("got %v %+v", got, f.Statements[0].Rejects)
	}
}

func TestXLSXTexts(t *testing.T) {
	f := mustRead(t, book1(t, "", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="AM1" t="s"><v>1</v></c><c r="AN1" t="s"><v>2</v></c></row>`+
		`<row r="4"><c r="A4" s="1"><v>45810</v></c><c r="AM4" t="s"><v>3</v></c><c r="AN4"><v>-5</v></c></row>`+
		`<row r="5"><c r="A5" s="1"><v>45810</v></c><c r="AM5" t="s"><v>4</v></c><c r="AN5"><v>-6</v></c><c r="XFD5" s="1"/></row>`,
		"<t>Date</t>", "<t>Description</t>", "<t>Amount</t>",
		"<r><t>rich </t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">and  poor</t></r><rPh><t>aid</t></rPh>",
		"<t>a&amp;b_x000D_&#10;c_x0041_</t>"), "a.xlsx", operating)
	l := allLines(f)
	if len(l) != 2 || l[0].Text != "rich and poor" || l[1].Text != "a&b cA" || l[0].Row != 4 || l[1].Row != 5 {
		t.Errorf("got %+v", l)
	}
}

func TestXLSXSheets(t *testing.T) {
	table := xlsxHead + cellTexts(styled(1, "45810"), "x", styled(2, "-1"))
	prose := cellTexts("Dear customer") + cellTexts("see the next sheet")
	make := func(list string, sheets ...string) string {
		parts := bookParts("", make([]string, len(sheets))...)
		parts[2].text = "<workbook><sheets>" + list + "</sheets></workbook>"
		for i, s := range sheets {
			parts = append(parts, part{fmt.Sprintf("xl/worksheets/s%d.xml", i+1), s})
		}
		return zipped(t, parts...)
	}
	f := mustRead(t, make(`<sheet name="Old" state="hidden" id="r1"/><sheet name="About" id="r2"/><sheet name="May" id="r3"/>`+
		`<sheet name="June" id="r4"/>`, sheetOf(table+table), sheetOf(prose),
		`<worksheet><cols><col min="9" max="9" hidden="1"/></cols><sheetData>`+xlsxHead+
			strings.Replace(cellTexts(styled(1, "45810"), "x", styled(2, "-1")), "<row", `<row hidden="1"`, 1)+
			`</sheetData></worksheet>`, sheetOf(table)), "a.xlsx", operating)
	if len(allLines(f)) != 1 || f.Variant != "XLSX, sheet May" || len(f.Warnings) != 1 ||
		!strings.Contains(f.Warnings[0], `there are tables on ["June"] too`) {
		t.Errorf("got %s %+v, %v", f.Variant, allLines(f), f.Warnings)
	}
	for _, want := range []string{`hidden sheets are not read: "Old"`, "hidden columns are read", "1 hidden rows are read"} {
		if !strings.Contains(strings.Join(f.Notes, "; "), want) {
			t.Errorf("notes %q lack %q", f.Notes, want)
		}
	}
	for _, c := range []struct{ name, file, want string }{
		{"prose", make(`<sheet name="A" id="r1"/>`, sheetOf(prose)), "no table of bank lines"},
		{"all hidden", make(`<sheet name="A" state="veryHidden" id="r1"/>`, sheetOf(table)), "no visible sheet"},
		{"nothing", make(`<sheet name="A" id="r1"/>`, sheetOf("")), "no table of bank lines"},
		{"a part that is missing", make(`<sheet name="A" id="r9"/>`, sheetOf(table)), "no visible sheet"},
		{"a text that is missing", book1(t, "", `<row><c t="s"><v>7</v></c></row>`), "refers to a text that is not there"},
		{"no workbook", zipped(t, part{"[Content_Types].xml", ""}, part{"a.xml", ""}), "without a workbook"},
		{"binary", zipped(t, part{"[Content_Types].xml", ""}, part{"xl/workbook.bin", ""}), "binary Excel workbook (XLSB)"},
		{"open document", "PK\x03\x04\x14\x00 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"},
		{"password", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600) + string(encryptedPackage), "with a password"},
		{"cut off", table1(t)[:900], "workbook is damaged"},
	} {
		_, err := Read(ctx, strings.NewReader(c.file), "a.xlsx", operating)
		if e, ok := err.(*Error); !ok || !strings.Contains(e.Reason, c.want) || e.Hint == "" || e.File != "a.xlsx" {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// table1 is a small workbook with a table.
func table1(t testing.TB) string {
	return book1(t, "", xlsxHead+cellTexts(styled(1, "45810"), "x", styled(2, "-1")))
}

func TestXLSXSaysWhereDigitsAreLost(t *testing.T) {
	f := mustRead(t, book1(t, "", cellTexts("Date", "Description", "Amount", "Account")+
		cellTexts(styled(1, "45810"), "x", styled(2, "-1"), styled(0, "1.2345678901234567e+19"))), "a.xlsx", operating)
	if f.Statements[0].AccountNumber != "" || !strings.Contains(strings.Join(f.Notes, ";"), "the first in cell D2") {
		t.Errorf("account %q, notes %q", f.Statements[0].AccountNumber, f.Notes)
	}
}

func TestDaysOfBothEpochs(t *testing.T) {
	for _, c := range []struct {
		number   string
		from1904 bool
		want     string
	}{{"1", false, "1900-01-01"}, {"59", false, "1900-02-28"}, {"60", false, ""}, {"61", false, "1900-03-01"},
		{"25568.5", false, "1969-12-31"}, {"45810", false, "2025-06-02"}, {"2958465", false, "9999-12-31"},
		{"2958466", false, ""}, {"0", false, ""}, {"0", true, "1904-01-01"}, {"44348", true, "2025-06-02"},
		{"-1", true, ""}, {"1E400", false, ""}} {
		d, ok := readDecimal([]byte(c.number))
		on, dated := d.day(c.from1904)
		if !ok || dated != (c.want != "") || dated && on.String() != c.want {
			t.Errorf("%s: %s %v, want %q", c.number, on, dated, c.want)
		}
	}
	for number, want := range map[string]string{"0.5": "12:00:00", "0": "00:00:00", "0.999988425925926": "23:59:59",
		"4.1666666666666664E-2": "01:00:00", "0.00001": "00:00:01"} {
		d, _ := readDecimal([]byte(number))
		if got, ok := d.clock(); !ok || got != want {
			t.Errorf("%s: %s %v, want %s", number, got, ok, want)
		}
	}
}

func TestNumberFormats(t *testing.T) {
	for code, want := range map[string]numberKind{"General": plainNumber, "0.00": plainNumber, "@": plainNumber,
		"yyyy-mm-dd": dateNumber, `dd\-mmm\-yy`: dateNumber, "mmm": dateNumber, "m/d/yy h:mm": dateNumber,
		"h:mm": timeNumber, "[h]:mm:ss": timeNumber, "mm:ss.0": timeNumber, "yyyy\\-mm\\-dd hh:mm:ss": dateNumber,
		`[$€-407] #,##0.00;[Red]-[$€-407] #,##0.00`: plainNumber, `#,##0.00" days"`: plainNumber, `_d0`: plainNumber,
		`_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)`: plainNumber, `[$-409]d\-mmm\-yyyy;@`: dateNumber,
		"0.00 USD": plainNumber, "": plainNumber, "[": plainNumber, `"`: plainNumber, `0;yyyy`: plainNumber} {
		if got := kindOfFormat(code); got != want {
			t.Errorf("%q: %d, want %d", code, got, want)
		}
	}
}

// TestAmountsSurviveBinaryFractions writes amounts as spreadsheets do, as the nearest binary fraction
// or one beside it, in 17 digits, and reads them back.
func TestAmountsSurviveBinaryFractions(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD"}).Draw(r, "currency")
		m := money.New(rapid.Int64Range(-99_999_999_999, 99_999_999_999).Draw(r, "minor"), c)
		f, err := strconv.ParseFloat(m.Decimal(), 64)
		if err != nil {
			r.Fatal(err)
		}
		f += f * rapid.SampledFrom([]float64{0, 0x1p-52, -0x1p-52}).Draw(r, "noise")
		format := rapid.SampledFrom([]byte{'g', 'e', 'f'}).Draw(r, "format")
		places := map[byte]int{'g': 17, 'e': 16, 'f': 12}[format]
		d, ok := readDecimal([]byte(strconv.FormatFloat(f, format, places, 64)))
		if !ok {
			r.Fatal("no number")
		}
		for _, point := range []string{".", ","} {
			got, err := money.Marks{Point: point}.Parse(d.text(point[0]), c)
			if err != nil || got != m {
				r.Fatalf("%s: got %v %v, want %v", strconv.FormatFloat(f, format, places, 64), got, err, m)
			}
			// Under the other mark it is the same or nothing.
			other := map[string]string{".": ",", ",": "."}[point]
			if got, err := (money.Marks{Point: other}).Parse(d.text(point[0]), c); err == nil && got != m {
				r.Fatalf("%v under the other mark is %v", m, got)
			}
		}
	})
}

// TestXLSXReadsWhatExcelizeWrites compares the cells of workbooks that another library has written
// with those that it reads itself.
func TestXLSXReadsWhatExcelizeWrites(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := excelize.NewFile()
		defer x.Close()
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringN(0, 12, 40), 0, 9), 1, 12).Draw(r, "rows")
		for i, cells := range rows {
			for j, c := range cells {
				name, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if err := x.SetCellStr("Sheet1", name, c); err != nil {
					r.Fatal(err)
				}
			}
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			r.Fatal(err)
		}
		want := readByExcelize(r, b.Bytes())
		in := newInput(ctx, bytes.NewReader(b.Bytes()), 1<<20)
		w, err := openWorkbook(in, DefaultLimits)
		if err != nil {
			r.Fatal(err)
		}
		src, err := w.rowsOf(w.sheets[0])
		if err != nil {
			r.Fatal(err)
		}
		for {
			got, err := src.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				r.Fatal(err)
			}
			for j, c := range got.cells {
				if cell := want[got.n-1]; j >= len(cell) && c != "" || j < len(cell) && c != cell[j] {
					r.Fatalf("row %d: %q, want %q", got.n, got.cells, cell)
				}
			}
			want[got.n-1] = nil
		}
		for i, cells := range want {
			if strings.Join(cells, "") != "" {
				r.Fatalf("row %d is missing: %q", i+1, cells)
			}
		}
	})
}

func readByExcelize(t rapid.TB, b []byte) [][]string {
	x, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return append(rows, make([][]string, 12)...)
}

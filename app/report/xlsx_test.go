package report

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func open(t *testing.T, p *Pack, limit int) *excelize.File {
	t.Helper()
	var buf bytes.Buffer
	if err := writeXLSX(&buf, p, limit); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// formulas calls back with every formula of the workbook, its value in the file and its value when
// it is calculated.
func formulas(t *testing.T, f *excelize.File, each func(sheet, cell, formula, stored, got string)) {
	t.Helper()
	raw := excelize.Options{RawCellValue: true}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, raw)
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for c := range rows[r] {
				at := ref(c, r+1)
				formula, err := f.GetCellFormula(name, at)
				if err != nil {
					t.Fatal(err)
				}
				if formula == "" {
					continue
				}
				got, err := f.CalcCellValue(name, at, raw)
				if err != nil {
					t.Fatalf("%s!%s = %s: %v", name, at, formula, err)
				}
				each(name, at, formula, rows[r][c], got)
			}
		}
	}
}

func TestFormulasComeToTheirStoredValues(t *testing.T) {
	f := open(t, month(), rowLimit)
	n := 0
	formulas(t, f, func(sheet, cell, formula, stored, got string) {
		n++
		if stored != got {
			t.Errorf("%s!%s = %s: file says %q, calculated %q", sheet, cell, formula, stored, got)
		}
	})
	if n < 300 {
		t.Errorf("%d formulas in the workbook, expected hundreds", n)
	}
}

func TestTableXLSXTypes(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteTableXLSX(&buf, tricky()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	if sheet != "Tricky   a b" {
		t.Errorf("the sheet is called %q", sheet)
	}
	const text, number = excelize.CellTypeInlineString, excelize.CellTypeUnset
	for _, test := range []struct {
		cell, raw, shown string
		kind             excelize.CellType
	}{
		{"A2", "'=note", "'=note", text},
		{"A5", "'=cmd()", "'=cmd()", text},
		{"A6", "'+49", "'+49", text},
		{"A7", "' @x, \"y\"\nz", "' @x, \"y\"\nz", text},
		{"A8", "'\tTAB", "'\tTAB", text},
		{"A9", "𝄞", "𝄞", text},
		{"A10", "'-1", "'-1", text},
		{"B5", "-1234.56", "−1,234.56", number},
		{"B6", "1234567", "1,234,567", number},
		{"B7", "-0.001", "−0.001", number},
		{"B8", "1.2345", "1.2345", number},
		{"B9", "9999999999999.99", "9,999,999,999,999.99", number},
		{"B10", "−10,000,000,000,000.00", "−10,000,000,000,000.00", text},
		{"B11", "unknown", "unknown", text},
		{"D5", "45351", "2024-02-29", number},
		{"D6", "1900-02-28", "1900-02-28", text},
		{"E5", "45352.0625", "2024-03-01 01:30", number},
		{"F5", "-1234567", "−1,234,567", number},
		{"G5", "yes", "yes", text},
		{"A14", overlongNote(1), overlongNote(1), text},
		{"F12", "-1234567", "−1,234,567", number},
	} {
		kind, err := f.GetCellType(sheet, test.cell)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := f.GetCellValue(sheet, test.cell, excelize.Options{RawCellValue: true})
		shown, _ := f.GetCellValue(sheet, test.cell)
		formula, _ := f.GetCellFormula(sheet, test.cell)
		if kind != test.kind || raw != test.raw || shown != test.shown {
			t.Errorf("%s: type %v, raw %q, shown %q; want %v, %q, %q", test.cell, kind, raw, shown,
				test.kind, test.raw, test.shown)
		}
		if (formula != "") != (test.cell == "F12") {
			t.Errorf("%s has the formula %q", test.cell, formula)
		}
	}
}

// TestEveryAmountIsItself writes amounts of all sizes and places and reads the same digits back.
func TestEveryAmountIsItself(t *testing.T) {
	for _, c := range []money.Currency{"JPY", "EUR", "KWD", "CLF"} {
		for n, i := int64(7), 0; n < 1e15; n, i = n*3+int64(i%10), i+1 {
			for _, m := range []money.Money{money.New(n, c), money.New(-n, c)} {
				v, ok := number(m)
				back, err := money.Parse(strconv.FormatFloat(v, 'f', -1, 64), c)
				if !ok || err != nil || back != m {
					t.Fatalf("%v became %v: %v", m, v, err)
				}
			}
		}
	}
	if _, ok := number(money.New(1e15, "JPY")); ok {
		t.Error("an amount of 16 digits was taken for a number")
	}
}

func value(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// results reads the list of checks on the cover: the result by name.
func results(t *testing.T, f *excelize.File) map[string]string {
	t.Helper()
	rows, err := f.GetRows("Cover")
	if err != nil {
		t.Fatal(err)
	}
	out, in := map[string]string{}, false
	for _, r := range rows {
		switch {
		case len(r) > 0 && r[0] == "Check":
			in = true
		case in && len(r) == coverColumns:
			out[r[coverName]] = r[coverResult]
		case in:
			return out
		}
	}
	return out
}

func TestChecksSayWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*Pack)
		off   []string
	}{
		{"nothing", func(*Pack) {}, nil},
		{"a step that its items do not make", func(p *Pack) { p.Bridges[0].Steps[8].Amount++ },
			[]string{"EUR: lines of the bridge that differ"}},
		{"an item with another amount", func(p *Pack) { p.Bridges[0].Steps[8].Entries[0].Amount++ },
			[]string{"EUR: unexplained", "EUR: lines of the bridge that differ"}},
		{"a payout too few", func(p *Pack) { p.Payouts = p.Payouts[1:] },
			[]string{"EUR: payouts listed and payouts sent"}},
		{"a bank line that is only announced", func(p *Pack) { p.Lines[40].Pending = true },
			[]string{"JPY: bank lines listed and received in bank"}},
		{"a payout that does not foot", func(p *Pack) { p.Payouts[3].Parts[0].Gross++ },
			[]string{"Payouts that do not add up, and exceptions that say so"}},
		{"a balance stated otherwise", func(p *Pack) { *p.Proofs[0].ProviderClosing++ },
			[]string{"Gateway balance: computed and stated differ"}},
		{"a proof that does not hold", func(p *Pack) { p.Proofs[3].Holds = false },
			[]string{"Proofs that do not hold"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := month()
			test.spoil(p)
			f := open(t, p, rowLimit)
			for name, result := range results(t, f) {
				if want := slices.Contains(test.off, name); want != (result == isOff) {
					t.Errorf("%s: %s", name, result)
				}
			}
			want := allZero
			if len(test.off) > 0 {
				want = "Checks that are not zero: " + strconv.Itoa(len(test.off))
			}
			if got := value(t, f, "Cover", "A5"); got != want {
				t.Errorf("the cover says %q, want %q", got, want)
			}
			if got, err := f.CalcCellValue("Cover", "A5"); err != nil || got != want {
				t.Errorf("the cover calculates %q, want %q: %v", got, want, err)
			}
		})
	}
}

func TestLongListsGoOnInTheNextSheet(t *testing.T) {
	p := month()
	f := open(t, p, headRow+25)
	list := f.GetSheetList()
	at := slices.Index(list, "Matches")
	if at < 0 || !slices.Equal(list[at:at+3], []string{"Matches", "Matches 2", "Matches 3"}) {
		t.Fatalf("sheets are %q", list)
	}
	rows := 0
	for _, name := range list[at : at+3] {
		all, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if all[headRow-1][0] != "Between" || len(all) > headRow+25 {
			t.Errorf("%s has %d rows, its head is %q", name, len(all), all[headRow-1])
		}
		rows += len(all) - headRow
	}
	if rows != len(p.Matches) {
		t.Errorf("%d matches on three sheets, want %d", rows, len(p.Matches))
	}
	if got := value(t, f, "Cover", "A5"); got != allZero {
		t.Errorf("the cover says %q", got)
	}
	if got, err := f.CalcCellValue("Cover", "A5"); err != nil || got != allZero {
		t.Errorf("the cover calculates %q: %v", got, err)
	}
}

func TestEmptyPack(t *testing.T) {
	f := open(t, &Pack{Business: "=New", Period: book.MonthOf(on("2024-02-29"))}, rowLimit)
	if got := value(t, f, "Cover", "A1"); got != "Close pack 2024-02" {
		t.Errorf("title %q", got)
	}
	if got := value(t, f, "Cover", "A2"); got != "'=New" {
		t.Errorf("business %q", got)
	}
	if got := value(t, f, "Cover", "A5"); got != allZero {
		t.Errorf("verdict %q", got)
	}
	if list := f.GetSheetList(); len(list) != 8 {
		t.Errorf("sheets %q", list)
	}
}

func TestAmountsBeyondFifteenDigitsAreText(t *testing.T) {
	p := month()
	p.Bridges = []book.Bridge{bridgeOf("EUR",
		map[book.Step][]int64{book.StepDirectReceipts: {4_000_000_000_000_000_001}}, nil)}
	p.Lines = []book.BankLine{{ID: "operating:1",
		Amount: money.New(4_000_000_000_000_000_001, "EUR")}}
	p.Payouts, p.Matches = nil, nil
	f := open(t, p, rowLimit)
	rows, err := f.GetRows("Cover")
	if err != nil {
		t.Fatal(err)
	}
	var direct, last []string
	for _, r := range rows {
		if len(r) > 0 && r[0] == "Direct bank transfers" {
			direct = r
		}
		last = r
	}
	if direct == nil || direct[coverAmount] != "40,000,000,000,000,000.01" {
		t.Errorf("got %q", direct)
	}
	if len(last) == 0 || !strings.Contains(last[0], "more than 15 digits") {
		t.Errorf("the cover ends with %q", last)
	}
	if got := value(t, f, "Cover", "A5"); got != allZero {
		t.Errorf("verdict %q", got)
	}
}

func TestSheetsAreReadyToReadAndPrint(t *testing.T) {
	f := open(t, month(), rowLimit)
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	if got := names["Matches _xlnm.Print_Titles"]; got != "'Matches'!$4:$4" {
		t.Errorf("repeated rows: %q", got)
	}
	if got := names["Matches _xlnm._FilterDatabase"]; got != "'Matches'!$A$4:$N$66" {
		t.Errorf("filter: %q", got)
	}
	panes, err := f.GetPanes("Matches")
	if err != nil || !panes.Freeze || panes.YSplit != headRow {
		t.Errorf("panes %+v: %v", panes, err)
	}
	page, err := f.GetPageLayout("Matches")
	if err != nil || *page.Orientation != "landscape" || *page.FitToWidth != 1 {
		t.Errorf("page %+v: %v", page, err)
	}
	doc, err := f.GetDocProps()
	if err != nil || doc.Title != "Close pack 2026-10, Northwind Hosting" ||
		doc.Created != "2026-11-03T07:38:00Z" {
		t.Errorf("properties %+v: %v", doc, err)
	}
	calc, err := f.GetCalcProps()
	if err != nil || calc.FullCalcOnLoad == nil || !*calc.FullCalcOnLoad {
		t.Errorf("calculation %+v: %v", calc, err)
	}
}

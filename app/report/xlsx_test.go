package report

import (
	"bytes"
	"os"
	"testing"

	"github.com/xuri/excelize/v2"
)

func open(t *testing.T, p *Pack, limit int) *excelize.File {
	t.Helper()
	var buf bytes.Buffer
	if err := writeXLSX(&buf, p, limit); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("REPORT_KEEP"); dir != "" {
		os.WriteFile(dir+"/"+t.Name()+".xlsx", buf.Bytes(), 0o600)
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

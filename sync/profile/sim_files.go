package profile

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/htmlindex"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// FileForm says how a pretend export is written.
type FileForm struct {
	// Delimiter stands between the cells, ',' if not said. Point is the decimal point, '.' if not said.
	Delimiter, Point rune
	// Dates is the pattern of dates, "" for YYYY-MM-DD. Encoding is "" for UTF-8; Mark puts a byte
	// order mark before it.
	Dates, Encoding string
	Mark            bool
	// Breaks puts a line break and quotes into every text; Broken adds rows that nobody can read.
	Breaks, Broken bool
}

// exportColumns are the columns of a pretend export, called as the fields of billing-source/1.
var exportColumns = map[string][]string{
	"invoices": {"id", "number", "customer_id", "status", "kind", "currency", "total",
		"credit_applied", "paid", "balance", "issued_on", "due_on", "paid_at", "updated_at", "method"},
	"payments": {"id", "invoice_id", "customer_id", "kind", "amount", "currency", "fee", "reference",
		"method", "occurred_at", "refunds_payment_id", "description"},
	"customers": {"id", "name", "company", "email", "currency", "credit_balance", "status"},
	"credits":   {"id", "customer_id", "amount", "currency", "on", "description", "invoice_id"},
}

// exportTable is a pretend export as rows of text, the header first.
func exportTable(w *world.World, list string, f FileForm) ([][]string, error) {
	columns := exportColumns[list]
	rows, ok := NewSimulator(w, FluxBilling.Kind).rows(list)
	if !ok {
		return nil, fmt.Errorf("profile: there is no list %q", list)
	}
	out := [][]string{columns}
	for _, o := range rows {
		if o["deleted"] == true {
			continue
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = exportCell(c, o[c], f)
		}
		out = append(out, row)
	}
	if f.Broken {
		out = append(out, []string{"too", "short"}, append([]string{"900900"},
			slices.Repeat([]string{"?"}, len(columns)-1)...))
	}
	return out, nil
}

// exportCell is one cell as the form writes it.
func exportCell(column string, v any, f FileForm) string {
	if v == nil {
		return ""
	}
	t := fmt.Sprint(v)
	switch column {
	case "total", "credit_applied", "paid", "balance", "amount", "fee", "credit_balance":
		if f.Point != 0 {
			t = strings.ReplaceAll(t, ".", string(f.Point))
		}
	case "issued_on", "due_on", "on":
		if f.Dates != "" {
			t = strings.NewReplacer("YYYY", t[:4], "MM", t[5:7], "DD", t[8:]).Replace(f.Dates)
		}
	case "description", "name":
		if f.Breaks {
			t = strings.Replace(t, " ", "\r\n\"the\" ", 1)
		}
	}
	return t
}

// WriteCSV writes a pretend export of one list: customers, invoices, payments or credits.
func WriteCSV(to io.Writer, w *world.World, list string, f FileForm) error {
	rows, err := exportTable(w, list, f)
	if err != nil {
		return err
	}
	mark := ","
	if f.Delimiter != 0 {
		mark = string(f.Delimiter)
	}
	var b strings.Builder
	if f.Mark {
		b.WriteString("\ufeff")
	}
	for _, row := range rows {
		for i, c := range row {
			if i > 0 {
				b.WriteString(mark)
			}
			if strings.ContainsAny(c, mark+"\"\r\n") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString("\r\n")
	}
	text := b.String()
	if f.Encoding != "" {
		enc, err := htmlindex.Get(f.Encoding)
		if err != nil {
			return fmt.Errorf("profile: encoding %q: %w", f.Encoding, err)
		}
		if text, err = enc.NewEncoder().String(text); err != nil {
			return fmt.Errorf("profile: encoding %q: %w", f.Encoding, err)
		}
	}
	_, err = io.WriteString(to, text)
	return err
}

// WriteXLSX writes a pretend export as a workbook: amounts are numbers, dates are days since
// 1899-12-30 with a date's format, as spreadsheets keep them.
func WriteXLSX(to io.Writer, w *world.World, list string) (err error) {
	rows, err := exportTable(w, list, FileForm{})
	if err != nil {
		return err
	}
	file := excelize.NewFile()
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	sheet := file.GetSheetName(0)
	day, err := file.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return err
	}
	for i, row := range rows {
		for j, c := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := xlsxCell(file, sheet, at, rows[0][j], c, i == 0, day); err != nil {
				return err
			}
		}
	}
	return file.Write(to)
}

func xlsxCell(file *excelize.File, sheet, at, column, c string, head bool, day int) error {
	switch column {
	case "total", "credit_applied", "paid", "balance", "amount", "fee", "credit_balance":
		if m, err := money.Parse(c, "USD"); err == nil && !head {
			return file.SetCellFloat(sheet, at, float64(m.Minor)/100, -1, 64)
		}
	case "issued_on", "due_on", "on":
		if iso, err := isoDate(c, "YYYY-MM-DD"); err == nil && !head && iso != "" {
			if err := file.SetCellInt(sheet, at, serialOf(iso)); err != nil {
				return err
			}
			return file.SetCellStyle(sheet, at, at, day)
		}
	}
	return file.SetCellStr(sheet, at, c)
}

// serialOf is a date as a count of days since 1899-12-30.
func serialOf(iso string) int64 {
	d, err := book.ParseDate(iso)
	if err != nil {
		return 0
	}
	return int64(d) + 25569
}

package world

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"io"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// xlsxParts are the parts of the bank's workbook beside the sheet. Style 1 shows a number as a date,
// style 2 as an amount.
var xlsxParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType=` +
		`"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType=` +
		`"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType=` +
		`"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="` + relations + `"><Relationship Id="rId1" ` +
		`Type="` + officeTypes + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + officeTypes[:len(officeTypes)-1] +
		`"><sheets><sheet name="Statement" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + relations + `">` +
		`<Relationship Id="rId1" Type="` + officeTypes + `worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + officeTypes + `styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="` + spreadsheet + `"><fonts count="1"><font/></fonts>` +
		`<fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/>` +
		`<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/>` +
		`</cellXfs></styleSheet>`},
}

const (
	relations   = "http://schemas.openxmlformats.org/package/2006/relationships"
	officeTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)

// WriteXLSX writes the account's statement from one day to another, both included, as a workbook with
// one sheet: dates as numbers of days, amounts as numbers, the balance after each line. Its errors
// are the writer's.
func (a *Account) WriteXLSX(w io.Writer, from, to book.Date) error {
	z := zip.NewWriter(w)
	for _, p := range xlsxParts {
		part, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(part, xml.Header+p.text)
		}
		if err != nil {
			return err
		}
	}
	part, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	x := &element{w: bufio.NewWriterSize(part, 1<<16)}
	x.raw(xml.Header + `<worksheet xmlns="` + spreadsheet + `"><sheetData><row>`)
	for _, name := range []string{"Booking date", "Value date", "Amount", "Currency", "Counterparty",
		"Counterparty IBAN", "Description", "Balance", "Customer reference", "Bank reference"} {
		x.cell(name)
	}
	x.raw("</row>")
	balance := a.BalanceOn(from - 1)
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.On < from || l.On > to {
			continue
		}
		balance += l.Amount.Minor
		x.raw("<row>").figure(1, serial(l.On)).figure(1, serial(l.ValueOn)).figure(2, l.Amount.Decimal())
		x.cell(string(l.Amount.Currency)).cell(l.Counterparty).cell(l.CounterpartyAccount).cell(l.Text)
		x.figure(2, money.New(balance, a.Currency).Decimal()).cell(l.Reference).cell(l.BankID).raw("</row>\n")
	}
	x.raw("</sheetData></worksheet>")
	if err := x.w.Flush(); err != nil {
		return err
	}
	return z.Close()
}

// serial is a date as a workbook counts days.
func serial(d book.Date) string { return strconv.Itoa(int(d) + 25569) }

// cell writes a cell of text, also an empty one, so that the next stands in its column.
func (x *element) cell(text string) *element {
	if text == "" {
		return x.raw("<c/>")
	}
	x.raw(`<c t="inlineStr"><is>`)
	return x.text("t", text).raw("</is></c>")
}

// figure writes a cell with a number in a style.
func (x *element) figure(style int, number string) *element {
	return x.raw(`<c s="` + strconv.Itoa(style) + `"><v>` + number + "</v></c>")
}

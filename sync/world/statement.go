package world

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// StatementFormat is one in which the pretend bank offers its statements.
type StatementFormat struct {
	// Name is what import calls the format, Ext the ending of its files without the point.
	Name, Ext, MediaType string
	write                func(a *Account, w io.Writer, from, to book.Date, at book.Instant) error
}

// StatementFormats are all of them.
var StatementFormats = []StatementFormat{
	{"csv", "csv", "text/csv", func(a *Account, w io.Writer, from, to book.Date, _ book.Instant) error {
		return a.WriteCSV(w, from, to)
	}},
	{"camt", "xml", "application/xml", (*Account).WriteCAMT},
	{"bai2", "bai", "text/plain", (*Account).WriteBAI2},
	{"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		func(a *Account, w io.Writer, from, to book.Date, _ book.Instant) error {
			return a.WriteXLSX(w, from, to)
		}},
	{"mt940", "sta", "text/plain", func(a *Account, w io.Writer, from, to book.Date, _ book.Instant) error {
		return a.WriteMT940(w, from, to)
	}},
	{"ofx", "ofx", "application/x-ofx", (*Account).WriteOFX},
	{"qif", "qif", "application/qif", func(a *Account, w io.Writer, from, to book.Date, _ book.Instant) error {
		return a.WriteQIF(w, from, to)
	}},
}

// Write writes an account's statement from one day to another, both included, made at a moment. Its
// errors are the writer's.
func (f StatementFormat) Write(a *Account, w io.Writer, from, to book.Date, at book.Instant) error {
	if err := f.write(a, w, from, to, at); err != nil {
		return fmt.Errorf("world: write %s statement of %s: %w", f.Name, a.Name, err)
	}
	return nil
}

// WriteCSV writes the account's statement from one day to another, both included, as the house bank
// offers it for download: semicolons, decimal commas, dd.mm.yyyy, German headings, the balance
// after each line, UTF-8, lines in order of booking. Its errors are the writer's.
func (a *Account) WriteCSV(w io.Writer, from, to book.Date) error {
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	balance := a.BalanceOn(from - 1)
	rows := [][]string{{"Buchungstag", "Valuta", "Betrag", "Währung", "Name", "IBAN",
		"Verwendungszweck", "Saldo", "Info", "Kundenreferenz", "Bankreferenz"}}
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.On < from || l.On > to {
			continue
		}
		balance += l.Amount.Minor
		info := "GUTSCHRIFT"
		if l.Amount.Minor < 0 {
			info = "LASTSCHRIFT"
		}
		rows = append(rows, []string{germanDate(l.On), germanDate(l.ValueOn), german(l.Amount),
			string(l.Amount.Currency), l.Counterparty, l.CounterpartyAccount, l.Text,
			german(money.New(balance, a.Currency)), info, l.Reference, l.BankID})
		if len(rows) == 512 {
			if err := out.WriteAll(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return out.WriteAll(rows)
}

func germanDate(d book.Date) string { return d.Time().Format("02.01.2006") }

// german is an amount as 1.234,56.
func german(m money.Money) string {
	whole, frac, _ := strings.Cut(m.Abs().Decimal(), ".")
	var b strings.Builder
	if m.Minor < 0 {
		b.WriteByte('-')
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(whole[i])
	}
	if frac != "" {
		b.WriteString("," + frac)
	}
	return b.String()
}

// WriteCAMT writes the account's statement from one day to another, both included, as ISO 20022
// camt.053.001.08, made at a moment. Its errors are the writer's.
func (a *Account) WriteCAMT(w io.Writer, from, to book.Date, at book.Instant) error {
	out := bufio.NewWriterSize(w, 1<<16)
	id := fmt.Sprintf("%s-%s-%s", a.IBAN, from, to)
	opening, closing := a.BalanceOn(from-1), a.BalanceOn(to)
	x := &element{w: out}
	x.raw(xml.Header[:len(xml.Header)-1])
	x.raw(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>`)
	x.raw("<GrpHdr>").text("MsgId", "M-"+id).text("CreDtTm", at.String()).raw("</GrpHdr>\n<Stmt>")
	x.text("Id", id).text("ElctrncSeqNb", strconv.Itoa(int(book.MonthOf(to))%12+1))
	x.text("CreDtTm", at.String())
	x.raw("<FrToDt>").text("FrDtTm", from.String()+"T00:00:00").
		text("ToDtTm", to.String()+"T23:59:59").raw("</FrToDt>")
	x.raw("<Acct>").number(a.IBAN).text("Ccy", string(a.Currency))
	x.raw("</Acct>\n")
	x.balance("OPBD", money.New(opening, a.Currency), from)
	x.balance("CLBD", money.New(closing, a.Currency), to)
	n := 0
	for i := range a.Lines {
		if l := &a.Lines[i]; l.On >= from && l.On <= to {
			n++
			x.entry(l, n)
		}
	}
	x.raw("</Stmt></BkToCstmrStmt></Document>\n")
	// A buffered writer keeps its first error and gives it back here.
	return out.Flush()
}

// element writes XML; the buffered writer below it keeps the first error.
type element struct{ w *bufio.Writer }

func (x *element) raw(s string) *element {
	x.w.WriteString(s)
	return x
}

// text writes an element with text, or nothing where the text is empty.
func (x *element) text(name, text string) *element {
	if text == "" {
		return x
	}
	x.raw("<" + name + ">")
	_ = xml.EscapeText(x.w, []byte(text))
	return x.raw("</" + name + ">")
}

// number writes an account's number: an IBAN, or a plain one.
func (x *element) number(account string) *element {
	if account[0] >= 'A' {
		return x.raw("<Id>").text("IBAN", account).raw("</Id>")
	}
	return x.raw("<Id><Othr>").text("Id", account).raw("</Othr></Id>")
}

func (x *element) amount(m money.Money) *element {
	mark := "CRDT"
	if m.Minor < 0 {
		mark = "DBIT"
	}
	x.raw(`<Amt Ccy="` + string(m.Currency) + `">` + m.Abs().Decimal() + "</Amt>")
	return x.text("CdtDbtInd", mark)
}

func (x *element) balance(code string, m money.Money, on book.Date) {
	x.raw("<Bal><Tp><CdOrPrtry>").text("Cd", code).raw("</CdOrPrtry></Tp>").amount(m)
	x.raw("<Dt>").text("Dt", on.String()).raw("</Dt></Bal>\n")
}

func (x *element) entry(l *BankLine, n int) {
	x.raw("<Ntry>").text("NtryRef", strconv.Itoa(n)).amount(l.Amount)
	x.raw("<Sts>").text("Cd", "BOOK").raw("</Sts>")
	x.raw("<BookgDt>").text("Dt", l.On.String()).raw("</BookgDt>")
	x.raw("<ValDt>").text("Dt", l.ValueOn.String()).raw("</ValDt>")
	x.text("AcctSvcrRef", l.BankID)
	family, sub, party := "RCDT", "ESCT", "Dbtr"
	if l.Amount.Minor < 0 {
		family, party = "ICDT", "Cdtr"
	}
	x.raw("<BkTxCd><Domn>").text("Cd", "PMNT").raw("<Fmly>").text("Cd", family)
	x.text("SubFmlyCd", sub).raw("</Fmly></Domn></BkTxCd><NtryDtls><TxDtls>")
	reference := l.Reference
	if reference == "" {
		reference = "NOTPROVIDED"
	}
	x.raw("<Refs>").text("EndToEndId", reference).raw("</Refs>").amount(l.Amount)
	x.raw("<RltdPties><"+party+"><Pty>").text("Nm", l.Counterparty).raw("</Pty></" + party + ">")
	if account := l.CounterpartyAccount; account != "" {
		x.raw("<" + party + "Acct>").number(account).raw("</" + party + "Acct>")
	}
	x.raw("</RltdPties>")
	if l.Text != "" {
		x.raw("<RmtInf>").text("Ustrd", l.Text).raw("</RmtInf>")
	}
	x.raw("</TxDtls></NtryDtls></Ntry>\n")
}

package world

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// maxOFXName is the longest NAME that OFX allows; a longer one stands in EXTDNAME.
const maxOFXName = 32

// WriteOFX writes the account's statement from one day to another, both included, as OFX 2.2, made
// at a moment. OFX states no opening balance. Its errors are the writer's.
func (a *Account) WriteOFX(w io.Writer, from, to book.Date, at book.Instant) error {
	out := bufio.NewWriterSize(w, 1<<16)
	x := &element{w: out}
	stamp := at.Time().Format("20060102150405.000") + "[0:GMT]"
	x.raw(strings.TrimSuffix(xml.Header, "\n")).raw("\n")
	x.raw(`<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>`)
	x.raw("\n<OFX><SIGNONMSGSRSV1><SONRS>").fine().text("DTSERVER", stamp).text("LANGUAGE", "ENG")
	x.raw("</SONRS></SIGNONMSGSRSV1>\n<BANKMSGSRSV1><STMTTRNRS>").text("TRNUID", "1").fine()
	x.raw("<STMTRS>").text("CURDEF", string(a.Currency))
	x.raw("<BANKACCTFROM>").text("BANKID", "HOUSEBANK").text("ACCTID", a.IBAN).
		text("ACCTTYPE", "CHECKING").raw("</BANKACCTFROM>\n")
	x.raw("<BANKTRANLIST>").text("DTSTART", ofxDate(from)).text("DTEND", ofxDate(to)).raw("\n")
	for i := range a.Lines {
		if l := &a.Lines[i]; l.On >= from && l.On <= to {
			x.ofxEntry(l)
		}
	}
	closing := money.New(a.BalanceOn(to), a.Currency)
	x.raw("</BANKTRANLIST>\n<LEDGERBAL>").text("BALAMT", closing.Decimal()).text("DTASOF", ofxDate(to))
	x.raw("</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n")
	// A buffered writer keeps its first error and gives it back here.
	return out.Flush()
}

func ofxDate(d book.Date) string { return d.Time().Format("20060102") + "120000" }

// fine is the status of an answer that could be given.
func (x *element) fine() *element {
	return x.raw("<STATUS>").text("CODE", "0").text("SEVERITY", "INFO").raw("</STATUS>")
}

func (x *element) ofxEntry(l *BankLine) {
	kind := "CREDIT"
	if l.Amount.Minor < 0 {
		kind = "DEBIT"
	}
	x.raw("<STMTTRN>").text("TRNTYPE", kind).text("DTPOSTED", ofxDate(l.On))
	x.text("DTAVAIL", ofxDate(l.ValueOn)).text("TRNAMT", l.Amount.Decimal()).text("FITID", l.BankID)
	x.text("REFNUM", l.Reference)
	name := l.Counterparty
	if letters := []rune(name); len(letters) > maxOFXName {
		x.text("NAME", string(letters[:maxOFXName])).text("EXTDNAME", name)
	} else {
		x.text("NAME", name)
	}
	if account := l.CounterpartyAccount; account != "" {
		x.raw("<BANKACCTTO>").text("BANKID", "OTHERBANK").text("ACCTID", account).
			text("ACCTTYPE", "CHECKING").raw("</BANKACCTTO>")
	}
	x.text("MEMO", l.Text).raw("</STMTTRN>\n")
}

package world

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func TestOFXAndQIFDialects(t *testing.T) {
	from, to := book.NewDate(2026, 10, 1), book.NewDate(2026, 10, 31)
	a := Account{Name: "operating", Currency: "EUR", IBAN: "LT121000011101001000", Opening: 100_000, Lines: []BankLine{
		{On: book.NewDate(2026, 10, 16), ValueOn: book.NewDate(2026, 10, 19), Amount: money.New(-123_456_789, "EUR"),
			Counterparty: "The Company of the Rather Long Name", CounterpartyAccount: "DE02", Text: "a < b  & c",
			Reference: "R1", BankID: "X1"},
	}}
	for name, want := range map[string][]string{
		"ofx": {"<CURDEF>EUR</CURDEF>", "<ACCTID>LT121000011101001000</ACCTID>", "<DTSTART>20261001120000</DTSTART>",
			"<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20261016120000</DTPOSTED><DTAVAIL>20261019120000</DTAVAIL>" +
				"<TRNAMT>-1234567.89</TRNAMT><FITID>X1</FITID><REFNUM>R1</REFNUM><NAME>The Company of the Rather Long N</NAME>" +
				"<EXTDNAME>The Company of the Rather Long Name</EXTDNAME><BANKACCTTO><BANKID>OTHERBANK</BANKID>" +
				"<ACCTID>DE02</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTTO><MEMO>a &lt; b  &amp; c</MEMO></STMTTRN>",
			"<LEDGERBAL><BALAMT>-1233567.89</BALAMT><DTASOF>20261031120000</DTASOF></LEDGERBAL>"},
		"qif": {"!Account\nNoperating\nTBank\n^\n!Type:Bank\nD10/01/2026\nT1,000.00\nCX\nPOpening Balance\nL[operating]\n^\n" +
			"D10/16/2026\nT-1,234,567.89\nNR1\nPThe Company of the Rather Long Name\nMa < b & c\nL[DE02]\n^\n"},
	} {
		for _, f := range StatementFormats {
			if f.Name != name {
				continue
			}
			var b bytes.Buffer
			if err := f.Write(&a, &b, from, to, to.Start(time.UTC)); err != nil {
				t.Fatal(err)
			}
			for _, w := range want {
				if !strings.Contains(b.String(), w) {
					t.Errorf("%s has no %s:\n%s", name, w, b.String())
				}
			}
			if err := f.Write(&a, full{}, from, to, to.Start(time.UTC)); !errors.Is(err, errFull) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

package world

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// readGerman reads 1.234,56 the slow way.
func readGerman(t *testing.T, s string) int64 {
	t.Helper()
	m, err := money.Parse(strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", "."), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return m.Minor
}

func TestCSVStatementsFoot(t *testing.T) {
	w := Build(Options{Seed: 3, Customers: 400, Month: month(2026, time.October), Gateways: More})
	if len(w.Accounts) != 3 {
		t.Errorf("%d accounts, want one for rupees too", len(w.Accounts))
	}
	for _, a := range w.Accounts {
		lines := 0
		for from := w.OpeningOn; from <= w.Now.In(w.Zone); from = (book.MonthOf(from) + 1).First() {
			to := book.MonthOf(from).Last()
			var b bytes.Buffer
			if err := a.WriteCSV(&b, from, to); err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(&b)
			r.Comma = ';'
			rows, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			balance := a.BalanceOn(from - 1)
			for _, row := range rows[1:] {
				balance += readGerman(t, row[2])
				if readGerman(t, row[7]) != balance {
					t.Fatalf("%s: %v: balance is not %d", a.Name, row, balance)
				}
				if row[9] != a.Lines[lines].Reference || row[10] != a.Lines[lines].BankID ||
					row[4] != a.Lines[lines].Counterparty || row[6] != a.Lines[lines].Text {
					t.Fatalf("%s: %v is not %+v", a.Name, row, a.Lines[lines])
				}
				lines++
			}
			if balance != a.BalanceOn(to) {
				t.Errorf("%s %s: closes at %d, want %d", a.Name, from, balance, a.BalanceOn(to))
			}
		}
		if lines != len(a.Lines) || lines == 0 {
			t.Errorf("%s: %d lines written, there are %d", a.Name, lines, len(a.Lines))
		}
	}
}

func TestCSVDialect(t *testing.T) {
	a := Account{Name: "operating", Currency: "EUR", Opening: 100_000, Lines: []BankLine{
		{On: book.NewDate(2026, 10, 16), ValueOn: book.NewDate(2026, 10, 19),
			Amount: money.New(123_456_789, "EUR"), Counterparty: "A; B", Text: `say "hi"`, BankID: "X1"},
		{On: book.NewDate(2026, 10, 31), ValueOn: book.NewDate(2026, 10, 31),
			Amount: money.New(-5, "EUR"), Text: "fee", BankID: "X2"},
	}}
	var b bytes.Buffer
	if err := a.WriteCSV(&b, book.NewDate(2026, 10, 1), book.NewDate(2026, 10, 31)); err != nil {
		t.Fatal(err)
	}
	want := "Buchungstag;Valuta;Betrag;Währung;Name;IBAN;Verwendungszweck;Saldo;Info;" +
		"Kundenreferenz;Bankreferenz\r\n" +
		"16.10.2026;19.10.2026;1.234.567,89;EUR;\"A; B\";;\"say \"\"hi\"\"\";1.235.567,89;" +
		"GUTSCHRIFT;;X1\r\n31.10.2026;31.10.2026;-0,05;EUR;;;fee;1.235.567,84;LASTSCHRIFT;;X2\r\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

type camt struct {
	Stmt struct {
		IBAN  string `xml:"Acct>Id>IBAN"`
		Other string `xml:"Acct>Id>Othr>Id"`
		Bal   []struct {
			Code string `xml:"Tp>CdOrPrtry>Cd"`
			Amt  string
			Mark string `xml:"CdtDbtInd"`
		}
		Ntry []struct {
			Amt         string
			Mark        string `xml:"CdtDbtInd"`
			On          string `xml:"BookgDt>Dt"`
			AcctSvcrRef string
			EndToEnd    string `xml:"NtryDtls>TxDtls>Refs>EndToEndId"`
			Debtor      string `xml:"NtryDtls>TxDtls>RltdPties>Dbtr>Pty>Nm"`
			Creditor    string `xml:"NtryDtls>TxDtls>RltdPties>Cdtr>Pty>Nm"`
			Text        string `xml:"NtryDtls>TxDtls>RmtInf>Ustrd"`
		}
	} `xml:"BkToCstmrStmt>Stmt"`
}

func signed(t *testing.T, amount, mark string) int64 {
	t.Helper()
	m, err := money.Parse(amount, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	if mark == "DBIT" {
		return -m.Minor
	}
	return m.Minor
}

func TestCAMTStatementsFoot(t *testing.T) {
	w := Build(Options{Seed: 5, Customers: 400, Month: month(2026, time.October), Gateways: More})
	for _, a := range w.Accounts {
		var b bytes.Buffer
		from, to := w.Options.Month.First(), w.Options.Month.Last()
		if err := a.WriteCAMT(&b, from, to, w.Now); err != nil {
			t.Fatal(err)
		}
		var doc camt
		if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if number := doc.Stmt.IBAN + doc.Stmt.Other; number != a.IBAN || (doc.Stmt.IBAN != "") != a.HasIBAN() {
			t.Errorf("%s: number %q, IBAN %q", a.Name, doc.Stmt.Other, doc.Stmt.IBAN)
		}
		bal := doc.Stmt.Bal
		if len(bal) != 2 || bal[0].Code != "OPBD" || bal[1].Code != "CLBD" {
			t.Fatalf("%s: balances %+v", a.Name, bal)
		}
		sum := signed(t, bal[0].Amt, bal[0].Mark)
		if sum != a.BalanceOn(from-1) {
			t.Errorf("%s opens at %d", a.Name, sum)
		}
		i := 0
		for a.Lines[i].On < from {
			i++
		}
		for _, e := range doc.Stmt.Ntry {
			l := a.Lines[i]
			sum += signed(t, e.Amt, e.Mark)
			party := e.Debtor + e.Creditor
			if l.Amount.Minor != signed(t, e.Amt, e.Mark) || e.On != l.On.String() ||
				e.AcctSvcrRef != l.BankID || party != l.Counterparty || e.Text != l.Text ||
				l.Reference != "" && e.EndToEnd != l.Reference {
				t.Fatalf("%s: %+v is not %+v", a.Name, e, l)
			}
			i++
		}
		if sum != signed(t, bal[1].Amt, bal[1].Mark) || sum != a.BalanceOn(to) || len(doc.Stmt.Ntry) == 0 {
			t.Errorf("%s: entries lead to %d, the statement closes at %+v", a.Name, sum, bal[1])
		}
	}
}

var errFull = errors.New("no space")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestStatementsReportTheWritersError(t *testing.T) {
	w := Build(Options{Seed: 5, Customers: 60, Month: month(2026, time.October)})
	a := &w.Accounts[0]
	if err := a.WriteCSV(full{}, w.OpeningOn, w.Options.Month.Last()); !errors.Is(err, errFull) {
		t.Errorf("csv: %v", err)
	}
	if err := a.WriteCAMT(full{}, w.OpeningOn, w.Options.Month.Last(), w.Now); !errors.Is(err, errFull) {
		t.Errorf("camt: %v", err)
	}
}

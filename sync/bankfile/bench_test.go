package bankfile

import (
	"encoding/csv"
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

// The benchmarks read a busy year and report how many times longer it takes than the bare decoder
// of the standard library, which decides, checks and identifies nothing.

func BenchmarkCSV(b *testing.B) {
	const row = "15.01.2025;16.01.2025;-1.234,56;EUR;Payee and Company;DE89370400440532013000;Invoice 4711;100,00;R-1\n"
	text := "Buchungstag;Valuta;Betrag;Währung;Name;IBAN;Verwendungszweck;Kontostand alt;Kundenreferenz\n" +
		strings.Repeat(row, 100_000)
	ratio(b, text, 100_000, func() error {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = ';'
		_, err := r.ReadAll()
		return err
	})
}

func BenchmarkCAMT(b *testing.B) {
	const detail = `<AcctSvcrRef>B</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs>` +
		`<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr></RltdPties><RmtInf><Ustrd>Invoice 4711</Ustrd></RmtInf></TxDtls></NtryDtls>`
	text := camt("", "", strings.Repeat(ntry("1.00", "CRDT", detail), 20_000))
	type entry struct {
		Amt struct {
			Ccy  string `xml:"Ccy,attr"`
			Text string `xml:",chardata"`
		}
		CdtDbtInd, Sts, AcctSvcrRef string
		Booked                      string   `xml:"BookgDt>Dt"`
		EndToEnd                    []string `xml:"NtryDtls>TxDtls>Refs>EndToEndId"`
		Name                        []string `xml:"NtryDtls>TxDtls>RltdPties>Dbtr>Nm"`
		Ustrd                       []string `xml:"NtryDtls>TxDtls>RmtInf>Ustrd"`
	}
	ratio(b, text, 20_000, func() error {
		var doc struct {
			Entries []entry `xml:"BkToCstmrStmt>Stmt>Ntry"`
		}
		return xml.Unmarshal([]byte(text), &doc)
	})
}

func ratio(b *testing.B, text string, lines int, bare func() error) {
	b.SetBytes(int64(len(text)))
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		f, err := Read(strings.NewReader(text), "bench", operating)
		ours += time.Since(start)
		if err != nil || len(allLines(f)) != lines {
			b.Fatalf("%d lines, %v", len(allLines(f)), err)
		}
		start = time.Now()
		if err := bare(); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "times-bare")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N*lines), "ns/line")
}

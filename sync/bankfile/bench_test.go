package bankfile

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

// The benchmarks stream files of 10 and 100 MB through the readers: MB/s, rows/s, the largest heap
// above what was there before, and, where the standard library has a decoder for the format that
// decides, checks and identifies nothing, how many times longer than that it takes.

func BenchmarkCSV(b *testing.B) {
	stream(b, longFile{
		head: "Buchungstag;Valuta;Betrag;Währung;Name;IBAN;Verwendungszweck;Kontostand alt;Kundenreferenz\n",
		row: func(i int) string {
			return fmt.Sprintf("%02d.01.2025;16.01.2025;-1.234,56;EUR;Payee and Company;"+
				"DE89370400440532013000;Invoice %d;100,00;R-%d\n", i%28+1, i, i)
		}}, func(r io.Reader) error {
		c := csv.NewReader(r)
		c.Comma = ';'
		for {
			if _, err := c.Read(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

func BenchmarkCAMT(b *testing.B) {
	const detail = `<AcctSvcrRef>B%d</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E-%[1]d</EndToEndId></Refs>` +
		`<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr></RltdPties><RmtInf><Ustrd>Invoice %[1]d</Ustrd></RmtInf></TxDtls></NtryDtls>`
	head, foot, _ := strings.Cut(camt("", "", "|"), "|")
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
	stream(b, longFile{head: head, foot: foot, row: func(i int) string {
		return ntry("1.00", "CRDT", fmt.Sprintf(detail, i))
	}}, func(r io.Reader) error {
		var doc struct {
			Entries []entry `xml:"BkToCstmrStmt>Stmt>Ntry"`
		}
		return xml.NewDecoder(r).Decode(&doc)
	})
}

// longFile is a file of any length: a head, rows, a foot.
type longFile struct {
	head, foot string
	row        func(i int) string
	// pack makes the file of its text; nil where that is the file.
	pack func(text []byte) []byte
}

// sized writes the file with so many rows that it has about so many bytes.
func (l longFile) sized(size int) (_ []byte, rows int) {
	var b bytes.Buffer
	b.Grow(size + 1<<16)
	b.WriteString(l.head)
	for b.Len() < size {
		b.WriteString(l.row(rows))
		rows++
	}
	b.WriteString(l.foot)
	return b.Bytes(), rows
}

// stream measures the reader on a file of 10 MB and one of 100 MB; bare is nil where there is nothing
// to compare with.
func stream(b *testing.B, long longFile, bare func(io.Reader) error) {
	for _, mb := range []int{10, 100} {
		b.Run(fmt.Sprintf("MB=%d", mb), func(b *testing.B) {
			file, rows := long.sized(mb << 20)
			b.SetBytes(int64(len(file)))
			if long.pack != nil {
				file = long.pack(file)
			}
			var ours, theirs time.Duration
			peak := uint64(0)
			for b.Loop() {
				got, before := 0, heap(true)
				start := time.Now()
				o := operating
				o.Limits = Limits{Bytes: 1 << 30, Rows: 1 << 30}
				_, err := Stream(ctx, bytes.NewReader(file), "bench", o,
					func(_ *Parsed, lines []book.BankLine) error {
						if got += len(lines); got%(64*batchSize) < batchSize {
							peak = max(peak, heap(false)-min(before, heap(false)))
						}
						return nil
					})
				ours += time.Since(start)
				if err != nil || got != rows {
					b.Fatalf("%d lines of %d, %v", got, rows, err)
				}
				if bare != nil {
					start = time.Now()
					if err := bare(bytes.NewReader(file)); err != nil {
						b.Fatal(err)
					}
					theirs += time.Since(start)
				}
			}
			b.ReportMetric(float64(rows*b.N)/ours.Seconds(), "rows/s")
			b.ReportMetric(float64(peak>>20), "peak-MB")
			if bare != nil {
				b.ReportMetric(float64(ours)/float64(theirs), "times-bare")
			}
		})
	}
}

// heap is the memory in use, after a collection where that is asked for.
func heap(collect bool) uint64 {
	if collect {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

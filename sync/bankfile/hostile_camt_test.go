package bankfile

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// madeFile reads a head, a text that is made anew each time, and a foot; it can be read twice.
type madeFile struct {
	head, foot string
	n          int
	each       func(i int) string

	i    int
	left string
}

func (p *madeFile) Seek(int64, int) (int64, error) {
	p.i, p.left = 0, ""
	return 0, nil
}

func (p *madeFile) Read(b []byte) (int, error) {
	for p.left == "" {
		switch p.i++; {
		case p.i == 1:
			p.left = p.head
		case p.i-2 < p.n:
			p.left = p.each(p.i - 2)
		case p.i-2 == p.n:
			p.left = p.foot
		default:
			return 0, io.EOF
		}
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

const payment = `<TxDtls><Refs><AcctSvcrRef>%d</AcctSvcrRef><EndToEndId>E</EndToEndId></Refs><Amt Ccy="EUR">0.01</Amt>` +
	`<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr></RltdPties><RmtInf><Ustrd>Invoice</Ustrd></RmtInf></TxDtls>`

// batchOf is a statement with an entry, a batch of so many payments, and an entry.
func batchOf(n int) *madeFile {
	head, foot, _ := strings.Cut(camt("0", "1002.00", ntry("1.00", "CRDT", "")+ntry("1000.00", "CRDT",
		"<AcctSvcrRef>B</AcctSvcrRef><NtryDtls>|</NtryDtls><AddtlNtryInf>Collected</AddtlNtryInf>")+ntry("1.00", "CRDT", "")), "|")
	return &madeFile{head: head, foot: foot, n: n, each: func(i int) string { return fmt.Sprintf(payment, i) }}
}

// TestCAMTBatchOfAnySizeTakesFlatMemory reads batches of 10,000 and 100,000 payments: the first is
// opened, of the second a part would look like all, so that it stays closed and counts.
func TestCAMTBatchOfAnySizeTakesFlatMemory(t *testing.T) {
	for _, c := range []struct {
		payments, details int
		most              uint64
	}{{10_000, 10_000, 80}, {100_000, 0, 80}} {
		lines, opened, peak := 0, 0, uint64(0)
		before := heap(true)
		f, err := Stream(ctx, batchOf(c.payments), "a.xml", operating, func(_ *Parsed, ls []book.BankLine) error {
			for _, l := range ls {
				lines++
				opened = max(opened, len(l.Details))
			}
			peak = max(peak, heap(false)-min(before, heap(false)))
			return nil
		})
		if err != nil || lines != 3 || opened != c.details || !f.Statements[0].Proof.Holds || peak>>20 > c.most {
			t.Errorf("%d payments: %d lines, %d opened, %d MB, %v", c.payments, lines, opened, peak>>20, err)
		}
		if closed := strings.Contains(strings.Join(f.Warnings, ""), "1 batches are too large"); closed != (c.details == 0) {
			t.Errorf("%d payments: %q", c.payments, f.Warnings)
		}
	}
	f, err := Read(ctx, batchOf(100_000), "a.xml", operating)
	if err != nil || allLines(f)[1].Text != "Collected" || allLines(f)[1].BankID != "B" {
		t.Errorf("got %+v, %v", allLines(f), err)
	}
}

func TestHostileCAMT(t *testing.T) {
	const stmt = `<Document><BkToCstmrStmt><Stmt>`
	const mb, gb = 1 << 20, 1 << 30
	manyNames := &madeFile{head: stmt + "<Ntry>", n: 1 << 20, each: func(i int) string { return fmt.Sprintf("<a%d/>", i) }}
	for _, c := range []struct {
		name   string
		r      io.ReadSeeker
		want   string
		mostMB uint64
	}{
		{"a line of 1 GB", &endless{head: stmt + "<Ntry>", body: "x", left: gb}, "larger than 256 KB", 8},
		{"a line of 1 GB of blanks", &endless{head: stmt, body: " ", left: gb}, "larger than 256 KB", 8},
		{"a line of 1 GB of elements", &endless{head: stmt + "<Acct>", body: "<Id>x</Id>", left: gb}, "more than 200000 elements", 96},
		{"a tag of 1 GB", &endless{head: stmt + "<Ntry ", body: `a="b" `, left: gb}, "larger than 256 KB", 8},
		{"a name of 1 GB", &endless{head: stmt + "<", body: `N`, left: gb}, "larger than 256 KB", 8},
		{"a reference of 1 GB", &endless{head: stmt + "<Id>&", body: "a", left: gb}, "larger than 256 KB", 8},
		{"an instruction of 1 GB", &endless{head: stmt + "<?x ", body: "a", left: gb}, "larger than 256 KB", 8},
		{"CDATA of 1 GB", &endless{head: stmt + "<![CDATA[", body: "]]", left: gb}, "larger than 256 KB", 8},
		{"a document type of 1 GB", &endless{head: "<!DOCTYPE a [", body: "<!ENTITY a 'b'>", left: gb}, "document type or entities", 2},
		{"names without end", manyNames, "more than 4096 names", 16},
		{"bad entries without end", &endless{head: stmt, body: ntry("1..0", "CRDT", ""), left: 100 * mb}, "more entries cannot be read", 32},
		{"texts without end", &endless{head: stmt + "<Ntry>", body: "<a>" + strings.Repeat("x", 1<<14) + "</a>", left: 100 * mb},
			"more than 16 MB", 192},
		{"nested in UTF-16", &endless{head: "\xff\xfe<\x00a\x00>\x00", body: "<\x00a\x00>\x00", left: 100 * mb}, "nested deeper", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(ctx, c.r, "hostile", operating)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Reason, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / mb; got > c.mostMB {
				t.Errorf("took %d MB in all, %d at most", got, c.mostMB)
			}
		})
	}
}

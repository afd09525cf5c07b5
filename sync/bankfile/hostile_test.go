package bankfile

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// endless repeats a text behind a head until so many bytes are read.
type endless struct {
	head, body string
	left, at   int
}

// Seek does nothing: hostile files are refused when they are read for the first time.
func (e *endless) Seek(int64, int) (int64, error) { return 0, nil }

// once is a reader that is read once.
type once struct{ io.Reader }

// Seek goes nowhere.
func (once) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		src := e.head
		if src == "" {
			src = e.body[e.at:]
		}
		k := copy(p[n:min(len(p), n+e.left)], src)
		if e.head != "" {
			e.head = e.head[k:]
		} else {
			e.at = (e.at + k) % len(e.body)
		}
		n += k
		e.left -= k
	}
	return n, nil
}

func TestHostileFilesAreRefusedWithFlatMemory(t *testing.T) {
	const stmt = `<Document><BkToCstmrStmt><Stmt>`
	const mb = 1 << 20
	for _, c := range []struct {
		name   string
		r      io.ReadSeeker
		want   string
		mostMB uint64
	}{
		{"entity bomb", strings.NewReader(`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">` +
			`<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + stmt + `<Id>&b;</Id>`), "document type or entities", 2},
		{"entity without declaration", strings.NewReader(stmt + `<Id>&lol;</Id>`), "invalid character entity", 2},
		{"nested tags", &endless{head: stmt, body: "<a>", left: 8 * mb}, "nested deeper than 48", 2},
		{"nested before the statement", &endless{head: "<Document>", body: "<a>", left: 8 * mb}, "nested deeper", 2},
		{"one line of a table", &endless{head: "Date,Text,Amount\n2025-01-02,", body: "x", left: 100 * mb},
			"a line is longer than 1024 KB", 16},
		{"one line of cells", &endless{head: "Date,Text,Amount\n", body: ",", left: 100 * mb}, "a line is longer", 16},
		{"an open quote", &endless{head: "Date,Text,Amount\n2025-01-02,\"", body: "x\n", left: 4 * mb},
			"a cell is larger than 256 KB", 64},
		{"one text", &endless{head: stmt + "<Id>", body: "x", left: 100 * mb}, "larger than 256 KB", 8},
		{"one comment", &endless{head: stmt + "<!--", body: "<x>", left: 100 * mb}, "larger than 256 KB", 8},
		{"one attribute", &endless{head: stmt + `<Id a="`, body: "x", left: 100 * mb}, "larger than 256 KB", 8},
		{"text in small pieces", &endless{head: stmt + "<Id>", body: "xxxxxxxxxxxxxxxx<!-- -->", left: 100 * mb},
			"a text is larger than 256 KB", 64},
		{"elements without end", &endless{head: stmt + "<Ntry>", body: "<a/>", left: 100 * mb},
			"more than 200000 elements", 96},
		{"entries without end", &endless{head: stmt, body: ntry("1.00", "CRDT", ""), left: 100 * mb},
			"larger than 8 MB", 256},
		{"rows without end", &endless{head: "Date,Text,Amount\n", body: "2025-01-02,x,1.00\n", left: 100 * mb},
			"larger than 8 MB", 256},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := operating
			if strings.Contains(c.want, "8 MB") {
				o.Limits.Bytes = 8 * mb
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(ctx, c.r, "hostile", o)
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

func TestLimits(t *testing.T) {
	rows := "Date,Text,Amount\n" + strings.Repeat("2025-01-02,x,-1.00\n", 20)
	entries := camt("", "", strings.Repeat(ntry("1.00", "CRDT", ""), 20))
	for _, c := range []struct {
		name, text, want string
		l                Limits
	}{
		{"rows", rows, "more than 10 rows", Limits{Rows: 10}},
		{"entries", entries, "more than 10 entries", Limits{Rows: 10}},
		{"columns", "Date,Text,Amount,a,b,c\n" + rows, "more than 5 cells", Limits{Columns: 5}},
		{"cell", rows + "2025-01-02," + strings.Repeat("y", 200) + ",1\n", "a cell is larger", Limits{Cell: 100}},
	} {
		o := operating
		o.Limits = c.l
		if _, err := Read(ctx, strings.NewReader(c.text), "a", o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReadersErrorsComeThrough(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, head := range []string{"", "Date,Text,Amount\n2025-01-02,x,-1.00\n", "<Document><BkToCstmrStmt>"} {
		_, err := Read(ctx, once{io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken))}, "a.csv",
			operating)
		if !errors.Is(err, broken) {
			t.Errorf("after %q: %v", head, err)
		}
	}
	const text = "Date,Text,Amount\n2025-01-02,x,-1.00\n"
	for _, r := range []io.Reader{iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
		if f, err := Read(ctx, once{r}, "a.csv", operating); err != nil || len(allLines(f)) != 1 {
			t.Errorf("got %v", err)
		}
	}
}

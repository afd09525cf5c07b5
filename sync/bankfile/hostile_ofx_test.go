package bankfile

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// repeats is an endless file that can be read again from its beginning.
type repeats struct {
	endless
	head string
	size int
}

func repeated(head, body string, size int) *repeats {
	return &repeats{endless{head: head, body: body, left: size}, head, size}
}

// Seek goes to the beginning.
func (r *repeats) Seek(int64, int) (int64, error) {
	r.endless = endless{head: r.head, body: r.body, left: r.size}
	return 0, nil
}

// TestHostileOFXAndQIF reads files that no bank writes: a refusal where they are no statement, and
// never much memory.
func TestHostileOFXAndQIF(t *testing.T) {
	const mb = 1 << 20
	const head = "OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<ACCTFROM><BANKTRANLIST>"
	const qif = "!Type:Bank\n"
	for _, c := range []struct {
		name   string
		r      io.ReadSeeker
		want   string
		mostMB uint64
	}{
		{"nested tags", repeated(head, "<a>", 8*mb), "nested deeper than 48", 2},
		{"nested statements", repeated(head, "<STMTRS><BANKTRANLIST>", 8*mb), "nested deeper than 48", 2},
		{"nested in an entry", repeated(head+"<STMTTRN>", "<a>", 8*mb), "is larger than 260 KB", 4},
		{"one tag", repeated(head+"<", "a", 100*mb), "is larger than 260 KB", 4},
		{"one closing tag", repeated(head+"</", "a", 100*mb), "is larger than 260 KB", 4},
		{"one text", repeated(head+"<STMTTRN><MEMO>", "x", 100*mb), "is larger than 260 KB", 4},
		{"one text of brackets", repeated(head+"<STMTTRN><MEMO>", "<", 100*mb), "is larger than 260 KB", 4},
		{"one comment", repeated(head+"<!--", "<x>", 100*mb), "is larger than 260 KB", 4},
		{"one CDATA", repeated(head+"<STMTTRN><MEMO><![CDATA[", "<x>", 100*mb), "is larger than 260 KB", 4},
		{"one instruction", repeated(head+"<?", "x", 100*mb), "is larger than 260 KB", 4},
		{"one entry", repeated(head+"<STMTTRN>", "<MEMO>x", 100*mb), "is larger than 260 KB", 4},
		{"a head without end", repeated("OFXHEADER:100\n", "x", 100*mb), "is larger than 260 KB", 4},
		{"empty entries", repeated(head, "<STMTTRN></STMTTRN>", 100*mb), "ten thousand entries before it are unreadable", 32},
		{"entries that never end", repeated(head, "<STMTTRN>", 100*mb), "ten thousand entries before it are unreadable", 32},
		{"statements without end", repeated("<OFX>", "<STMTRS><BALAMT><BANKTRANLIST></BANKTRANLIST></STMTRS>", 100*mb),
			"more than 10000 statements", 32},
		{"balances that are none", repeated(head, "</STMTRS><STMTRS><ACCTFROM><LEDGERBAL><BALAMT>x</LEDGERBAL>", 8*mb),
			"more than 10000 statements", 64},
		{"balances of one account that are none", repeated(head,
			"</STMTRS><STMTRS><CCACCTFROM><ACCTID>1</CCACCTFROM><LEDGERBAL><BALAMT>x</LEDGERBAL>", 8*mb), "", 96},
		{"entries without end", repeated(head, stmttrn("20261005", "1.00", "A", ""), 100*mb), "more than 100000 entries", 256},
		{"crossed tags", repeated(head, "</STMTRS><STMTRS></OFX>", 8*mb), "", 16},
		{"one line", repeated(qif+"D1/2/2026\nM", "x", 100*mb), "a line is longer than 256 KB", 4},
		{"one record", repeated(qif+"D1/2/2026\n", "Mxxxxxxxx\n", 100*mb), "an entry is larger than 256 KB", 4},
		{"one address", repeated(qif+"D31/1/2026\nT1.00\n", "Axxxxxxxx\n", 16*mb), "", 4},
		{"empty records", repeated(qif, "Z\n^\n", 100*mb), "more than 100000 entries", 16},
		{"records without end", repeated(qif, "D31/1/2026\nT1.00\n^\n", 100*mb), "more than 100000 entries", 16},
		{"unreadable records", repeated(qif, "Z\n^\n", mb/8), "ten thousand entries before it are unreadable", 32},
		{"opening balances", repeated(qif+"D31/1/2026\nT1.00\nPOpening Balance\nL[x]\n^\n",
			"D31/1/2026\nT2.00\nPOpening Balance\nL[x]\n^\n", 2*mb), "", 64},
		{"accounts without end", repeated("", "!Account\nNx\n^\n!Type:Bank\n", 2*mb), "", 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := operating
			o.Limits.Rows = 100_000
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Stream(ctx, c.r, "hostile", o, func(*Parsed, []book.BankLine) error { return nil })
			runtime.ReadMemStats(&after)
			e, refused := errors.AsType[*Error](err)
			if (c.want != "") != refused || refused && (!strings.Contains(e.Reason, c.want) || e.Hint == "") || err != nil && !refused {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / mb; got > 4*c.mostMB { // The race detector takes some times more.
				t.Errorf("took %d MB in all, %d at most", got, c.mostMB)
			}
		})
	}
}

// TestOFXAndQIFReadersErrorsComeThrough breaks the disk in the middle of a file.
func TestOFXAndQIFReadersErrorsComeThrough(t *testing.T) {
	broken := errors.New("the disk is gone")
	whole := ofxFile(stmttrn("20261005", "1.00", "A", ""))
	for _, text := range []string{whole[:60], whole[:len(whole)-20], "!Type:Bank\nD31/1/2026\nT1.00\n"} {
		_, err := Read(ctx, once{io.MultiReader(strings.NewReader(text), failing{broken})}, "a", operating)
		if !errors.Is(err, broken) {
			t.Errorf("after %q: %v", text, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

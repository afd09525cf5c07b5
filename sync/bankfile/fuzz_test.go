package bankfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// The fuzzers check that any bytes give either a refusal that names the file, a question, or
// statements whose lines have ids of their own and add up to their proof; twice the same, and the
// same when the lines are handed over as when they are kept.

func FuzzCSV(f *testing.F)   { fuzz(f, CSV) }
func FuzzOFX(f *testing.F)   { fuzz(f, OFX) }
func FuzzQIF(f *testing.F)   { fuzz(f, QIF) }
func FuzzMT940(f *testing.F) { fuzz(f, MT940) }
func FuzzCAMT(f *testing.F)  { fuzz(f, CAMT) }
func FuzzBAI2(f *testing.F)  { fuzz(f, BAI2) }
func FuzzXLSX(f *testing.F)  { fuzz(f, XLSX) }

// FuzzXLSXSheet fuzzes the sheet of a workbook that is whole: random bytes never get past the
// archive around them.
func FuzzXLSXSheet(f *testing.F) {
	f.Add(xlsxHead+cellTexts(styled(1, "45810"), "x", styled(2, "15.310000000000015")), "yyyy-mm-dd", "a text", false)
	f.Add(`<row r="3" hidden="1"><c r="C3" t="s"><v>0</v></c><c t="e"><v>#N/A</v></c><c s="5"><v>1E5</v></c></row>`+
		xlsxHead+cellTexts(styled(5, "45810.5"), "1.234,50", `<c t="b"><v>1</v></c>`), "[h]:mm", "<r><t>rich</t></r>", true)
	f.Fuzz(func(t *testing.T, rows, format, text string, from1904 bool) {
		parts := bookParts(fmt.Sprintf(`date1904="%t"`, from1904), "Export")
		var code bytes.Buffer
		_ = xml.EscapeText(&code, []byte(format))
		parts[4].text = strings.NewReplacer("<numFmts>", `<numFmts><numFmt numFmtId="171" formatCode="`+code.String()+`"/>`,
			"</cellXfs>", `<xf numFmtId="171"/></cellXfs>`).Replace(parts[4].text)
		check(t, []byte(zipped(t, append(parts, part{"xl/sharedStrings.xml", "<sst><si>" + text + "</si></sst>"},
			part{"xl/worksheets/s1.xml", sheetOf(rows)})...)), XLSX)
	})
}

// fuzz fuzzes the reader of a format from the corpus.
func fuzz(f *testing.F, format Format) {
	files, err := filepath.Glob(filepath.Join(corpus, folders[format], "*"))
	if err != nil || len(files) < 6 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b, format) })
}

func check(t *testing.T, b []byte, format Format) {
	o := operating
	o.Format, o.Limits = format, Limits{Bytes: 1 << 20, Cell: 1 << 14, Rows: 5000}
	f, err := Read(ctx, bytes.NewReader(b), "fuzz", o)
	if err != nil {
		_, ask := errors.AsType[*Ask](err)
		e, refused := errors.AsType[*Error](err)
		if !ask && !refused || refused && (e.File != "fuzz" || e.Reason == "") || len(f.Questions) > 0 != ask {
			t.Fatalf("error %v with questions %v", err, f.Questions)
		}
		for _, q := range f.Questions {
			for _, a := range q.Answers {
				if _, err := f.Profile.With(q.Topic, a.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
		return
	}
	again, err := streamed(bytes.NewReader(b), "fuzz", o)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[book.ItemID]bool{}
	for i, s := range f.Statements {
		sum := int64(0)
		for j, l := range s.Lines {
			if !l.Pending && l.Amount.Currency == s.Currency {
				sum += l.Amount.Minor
			}
			if seen[l.ID] || !reflect.DeepEqual(l, again.Statements[i].Lines[j]) || !l.Amount.Currency.Known() ||
				l.On == 0 && !l.Pending || l.Row < 1 {
				t.Fatalf("line %+v", l)
			}
			seen[l.ID] = true
		}
		if sum != s.Proof.Lines.Minor {
			t.Fatalf("lines are %d, the proof says %v", sum, s.Proof.Lines)
		}
		if p := s.Proof; p.Known && *s.Closing-*s.Opening-sum != p.Difference.Minor {
			t.Fatalf("proof %+v", p)
		}
	}
}

package bankfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
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

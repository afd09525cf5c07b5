package bankfile

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"countinghouse/app/book"
)

// streamed reads a file by Stream and puts the lines back into their statements.
func streamed(r io.ReadSeeker, name string, o Options) (File, error) {
	lines := map[*Parsed][]book.BankLine{}
	f, err := Stream(ctx, r, name, o, func(p *Parsed, batch []book.BankLine) error {
		lines[p] = append(lines[p], batch...)
		return nil
	})
	for i := range f.Statements {
		p := &f.Statements[i]
		p.Lines = lines[p]
		for j := range p.Lines {
			p.Lines[j].StatementID = p.ID
		}
	}
	return f, err
}

// TestStreamSaysWhatReadSays reads every file of the corpus both ways.
func TestStreamSaysWhatReadSays(t *testing.T) {
	for _, m := range manifest(t) {
		b, err := os.ReadFile(filepath.Join(corpus, m["file"]))
		if err != nil {
			t.Fatal(err)
		}
		o := optionsFor(m)
		kept, keptErr := Read(ctx, bytes.NewReader(b), m["file"], o)
		handed, handedErr := streamed(bytes.NewReader(b), m["file"], o)
		if !reflect.DeepEqual(keptErr, handedErr) {
			t.Errorf("%s: %v, streamed %v", m["file"], keptErr, handedErr)
		}
		for _, f := range []*File{&kept, &handed} {
			for i := range f.Statements {
				p := &f.Statements[i]
				p.file, p.digest, p.reversals, p.plan = nil, nil, nil, nil
			}
		}
		if !reflect.DeepEqual(kept, handed) {
			t.Errorf("%s: read\n%+v\nstreamed\n%+v", m["file"], kept, handed)
		}
	}
}

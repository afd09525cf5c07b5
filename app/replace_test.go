package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// TestReplacingTouchesOnlyWhatDiffers imports a statement in place of one that differs in a single
// line: that line is exchanged, and no other record counts as altered.
func TestReplacingTouchesOnlyWhatDiffers(t *testing.T) {
	d := demo(t, 3, 120, "2026-10")
	ctx := context.Background()
	text, err := os.ReadFile(filepath.Join(d.App.dir(), "statements", "operating-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	cells := strings.Split(lines[5], ";")
	cells[2] = "77.777,77"
	lines[5] = strings.Join(cells, ";")
	file := filepath.Join(t.TempDir(), "other.csv")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	q := ImportRequest{Files: []string{file}, Account: "operating"}
	show := func(Progress) {}
	report, err := d.App.Import(ctx, q, show)
	if err != nil || report.Files[0].Err == nil || !report.Files[0].Conflict {
		t.Fatalf("a contradiction is imported: %+v, %v", report.Files[0], err)
	}
	q.Replace = true
	report, err = d.App.Import(ctx, q, show)
	if err != nil || report.Files[0].Err != nil {
		t.Fatal(err, report.Files[0].Err)
	}
	f := report.Files[0]
	if f.New != 1 || f.Replaced != 1 || f.Duplicates != len(lines)-3 {
		t.Errorf("%d new, %d replaced, %d duplicates of %d lines", f.New, f.Replaced, f.Duplicates,
			len(lines)-2)
	}
	m, err := d.App.Month(ctx, d.Month.Period, show)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Filter(ExceptionFilter{Classes: []book.Class{book.D9}})); n > 1 {
		t.Errorf("%d records count as altered", n)
	}
}

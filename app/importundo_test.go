package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"countinghouse/app/book"
)

// Two programs on one profile import overlapping files and undo them: each line is there once, under
// a statement that is there, and nothing is lost that an import which stands has.
func TestTwoProgramsImportAndUndo(t *testing.T) {
	a := statementBooks(t)
	clock := func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }
	b, err := Open(context.Background(), Options{Dir: a.dir(), Now: clock, Wall: clock, User: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, dir := context.Background(), t.TempDir()
	var all sync.WaitGroup
	for k, program := range []*App{a, b} {
		all.Go(func() {
			for n := range 6 {
				text := "Date,Amount,Description\n"
				for day := 1 + n + k; day < 6+n+k; day++ {
					text += fmt.Sprintf("2026-05-%02d,%d.00,DAY %d\n", day, day-7, day)
				}
				path := statementAt(t, filepath.Join(dir, fmt.Sprintf("%d-%d.csv", k, n)), text)
				r, err := program.Import(ctx, ImportRequest{Files: []string{path}, Account: "operating",
					Answers: []string{"sign=in"}}, quiet)
				if err != nil || r.Files[0].Err != nil {
					t.Errorf("%d-%d: %v, %v", k, n, err, r.Files)
					return
				}
				if n%2 == 1 {
					if _, err := program.UndoImport(ctx, r.Files[0].ID); err != nil {
						t.Errorf("undo %d-%d: %v", k, n, err)
					}
				}
			}
		})
	}
	all.Wait()
	recs, err := a.store.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	statements, texts := map[book.ItemID]bool{}, map[string]bool{}
	for _, s := range recs.Statements {
		statements[s.ID] = true
	}
	for _, l := range recs.Lines {
		if texts[l.Text] || !statements[l.StatementID] {
			t.Errorf("%s is there twice, or under no statement", l.Text)
		}
		texts[l.Text] = true
	}
	// The files with even numbers stand: the first program's days 1 to 9, the second's 2 to 10.
	if len(texts) != 10 || !texts["DAY 1"] || !texts["DAY 10"] {
		t.Errorf("the days are %v", texts)
	}
}

// What is in the way of an undo is said in a sentence; what was done is, too.
func TestUndoSaysWhatItDid(t *testing.T) {
	u := Undone{Import: ImportEntry{ID: 3, Files: []string{"a.csv"}}, Gone: 1, Back: 2, Kept: 4, Rejects: 1,
		Matches: 2, KeptBy: []ImportEntry{{ID: 5, Files: []string{"b.csv"}}}}
	want := "Import 3 (a.csv) is undone: 1 line went, 2 came back, 1 row left the quarantine; 2 matches " +
		"ended; 4 lines stay, because import 5 (b.csv) has them too"
	if got := u.Sentence(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// An undo takes the answers back that the import taught: the next file asks anew.
func TestUndoForgetsWhatTheImportTaught(t *testing.T) {
	a, ctx := statementBooks(t), context.Background()
	path := statementAt(t, filepath.Join(t.TempDir(), "a.csv"),
		"Date,Amount,Description\n01/02/2026,1.00,A\n02/03/2026,-1.00,B\n")
	q := ImportRequest{Files: []string{path}, Account: "operating", Answers: []string{"dates=mdy"}}
	r, err := a.Import(ctx, q, quiet)
	if err != nil || r.Files[0].New != 2 {
		t.Fatalf("%+v, %v", r.Files, err)
	}
	if _, err := a.UndoImport(ctx, r.Files[0].ID); err != nil {
		t.Fatal(err)
	}
	q.Answers = nil
	r, err = a.Import(ctx, q, quiet)
	if err != nil || r.Files[0].Err == nil || !strings.Contains(r.Files[0].Err.Error(), "needs an answer") {
		t.Errorf("%+v, %v", r.Files, err)
	}
}

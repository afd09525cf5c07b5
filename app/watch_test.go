package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// lookAt looks and says of each file what became of it.
func lookAt(t *testing.T, a *App) map[string]string {
	t.Helper()
	list, err := a.LookWatched(context.Background(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, w := range list {
		out[filepath.Base(w.Path)] = string(w.State) + " " + w.Why
	}
	return out
}

// A look takes what needs nobody and says of the rest what it waits for.
func TestALookTakesOnlyWhatNeedsNobody(t *testing.T) {
	a := statementBooks(t)
	inbox := filepath.Join(a.dir(), "inbox")
	if got := lookAt(t, a)["inbox"]; !strings.Contains(got, "the watched folder is not there") {
		t.Errorf("no folder: %q", got)
	}
	iban := "LT121000011101001000"
	for name, text := range map[string]string{
		"proved.xml": camt(iban, "EUR", "6.00"), "short.xml": camt(iban, "EUR", "6.01"),
		"others.xml": camt("0099887766", "EUR", "6.00"), "nobody.xml": camt("DE55", "EUR", "6.00"),
		"asks.csv":   "Date,Amount\n01/02/2026,1.00\n02/03/2026,-1.00\n",
		"broken.csv": "Date,Amount\n2026-05-06,1.00\n2026-05-77,-1.00\n",
		"gap.csv":    "Date,Amount\n2026-05-09,1.00\n2026-05-09,-1.00\n",
		"next.csv":   "Date,Amount\n2026-05-05,1.00\n2026-05-05,-1.00\n",
		"photo.png":  "\x89PNG\r\n\x1a\n\x00\x00\x00\x01\x02",
	} {
		statementAt(t, filepath.Join(inbox, name), text)
	}
	first := lookAt(t, a)
	if len(first) != 8 || !strings.HasPrefix(first["proved.xml"], "seen ") || len(linesOf(t, a)) != 0 {
		t.Errorf("the first look: %v", first)
	}
	second := lookAt(t, a)
	for name, want := range map[string]string{"proved.xml": "taken ", "others.xml": "does not watch this folder",
		"short.xml": "waits ", "nobody.xml": "which is none in", "asks.csv": "needs an answer",
		"broken.csv": "row 3", "gap.csv": "the first of its account", "next.csv": ""} {
		if !strings.Contains(second[name], want) {
			t.Errorf("%s: %q, want %q", name, second[name], want)
		}
	}
	// In the order of the names, next.csv comes before what it follows: it is taken a look later.
	if third := lookAt(t, a); third["next.csv"] != "taken " || third["proved.xml"] != "" ||
		!strings.Contains(third["gap.csv"], "the days from 2026-05-05 to 2026-05-08 are missing") {
		t.Errorf("the third look: %v", third)
	}
	if n := len(linesOf(t, a)); n != 3 {
		t.Errorf("%d lines are in the books", n)
	}
	list, err := a.WatchedFiles(context.Background())
	if err != nil || len(list) != 9 || list[0].State != WatchWaits || list[8].State == WatchWaits {
		t.Errorf("%+v, %v", list, err)
	}
}

// What was taken once is not taken again: not when its import was undone, not under another name, not
// when somebody touched it. What grew is.
func TestALookTakesNothingTwice(t *testing.T) {
	a := statementBooks(t)
	inbox := filepath.Join(a.dir(), "inbox")
	text := camt("LT121000011101001000", "EUR", "6.00")
	path := statementAt(t, filepath.Join(inbox, "a.xml"), text)
	lookAt(t, a)
	if got := lookAt(t, a)["a.xml"]; got != "taken " {
		t.Fatal(got)
	}
	if _, err := a.UndoImport(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	statementAt(t, path, text)
	statementAt(t, filepath.Join(inbox, "copy.xml"), text)
	lookAt(t, a)
	if got := lookAt(t, a); got["copy.xml"] != "taken the same file was taken before" || len(linesOf(t, a)) != 0 {
		t.Errorf("%v, %d lines", got, len(linesOf(t, a)))
	}
	statementAt(t, path, strings.Replace(text, "</Document>", "<!-- whole --></Document>", 1))
	lookAt(t, a)
	if got := lookAt(t, a)["a.xml"]; got != "taken " || len(linesOf(t, a)) != 1 {
		t.Errorf("%q, %d lines", got, len(linesOf(t, a)))
	}
}

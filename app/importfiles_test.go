package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

// statementBooks are books with two accounts in euro, one of them named by its IBAN.
func statementBooks(t *testing.T) *App {
	t.Helper()
	dir := t.TempDir()
	text := "[business]\nbase_currency = \"EUR\"\n\n[[account]]\nname = \"operating\"\ncurrency = \"EUR\"\n" +
		"iban = \"LT12 1000 0111 0100 1000\"\nwatch = \"inbox\"\n\n[[account]]\nname = \"savings\"\n" +
		"currency = \"EUR\"\nnumber = \"0099887766\"\n"
	if err := os.WriteFile(filepath.Join(dir, ConfigName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }
	a, err := Open(context.Background(), Options{Dir: dir, Now: clock, Wall: clock, User: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func statementAt(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const threeLines = "Date,Amount,Description\n2026-05-04,1.00,ONE\n2026-05-05,-2.00,TWO\n2026-05-06,3.00,THREE\n"

func quiet(Progress) {}

// linesOf are the bank lines in the books, as many as there are.
func linesOf(t *testing.T, a *App) []book.BankLine {
	t.Helper()
	recs, err := a.store.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return recs.Lines
}

// Every file that cannot be had is refused with a sentence that says what to do, and costs the others
// nothing.
func TestFilesThatCannotBeHad(t *testing.T) {
	a, dir := statementBooks(t), t.TempDir()
	good := statementAt(t, filepath.Join(dir, "good.csv"), threeLines)
	huge := statementAt(t, filepath.Join(dir, "huge.csv"), threeLines)
	if err := os.Truncate(huge, 300<<20); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ path, says string }{
		{filepath.Join(dir, "nowhere.csv"), "there is no file"},
		{dir, "is a folder"},
		{statementAt(t, filepath.Join(dir, "empty.csv"), ""), "the file is empty"},
		{huge, "larger than 256 MB: export a shorter period"},
		{os.DevNull, "is no ordinary file"},
	}
	if os.Getuid() != 0 {
		closed := statementAt(t, filepath.Join(dir, "closed.csv"), threeLines)
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, struct{ path, says string }{closed, "you may not read"})
	}
	q := ImportRequest{Account: "operating"}
	for _, c := range cases {
		q.Files = append(q.Files, c.path)
	}
	q.Files = append(q.Files, good)
	r, err := a.Import(context.Background(), q, quiet)
	if err != nil || len(r.Files) != len(cases)+1 {
		t.Fatalf("%d files, %v", len(r.Files), err)
	}
	for i, c := range cases {
		if r.Files[i].Err == nil || !strings.Contains(r.Files[i].Err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.path, r.Files[i].Err, c.says)
		}
	}
	if last := r.Files[len(cases)]; last.Err != nil || last.New != 3 {
		t.Errorf("the good one: %d new, %v", last.New, last.Err)
	}
}

// A file that changes while it is read is none yet; one whose reading does not end is given up with
// advice; one that is stopped stores nothing.
func TestFilesThatDoNotStandStill(t *testing.T) {
	a := statementBooks(t)
	path := statementAt(t, filepath.Join(t.TempDir(), "may.csv"), threeLines)
	_, info, err := openStatement(path)
	if err != nil {
		t.Fatal(err)
	}
	statementAt(t, path, threeLines+"2026-05-07,4.00,FOUR\n")
	if err := unchanged(path, info, info.Size()); err == nil ||
		!strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("a file that grows: %v", err)
	}
	r, err := a.Import(context.Background(), ImportRequest{Files: []string{path}, Account: "operating",
		within: time.Nanosecond}, quiet)
	if err != nil || r.Files[0].Err == nil ||
		!strings.Contains(r.Files[0].Err.Error(), "copy it to this computer first") {
		t.Errorf("a file that hangs: %+v, %v", r.Files, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = a.Import(ctx, ImportRequest{Files: []string{path}, Account: "operating",
		accept: func(ImportedFile) error { cancel(); return nil }}, quiet)
	if !errors.Is(err, context.Canceled) || len(linesOf(t, a)) != 0 {
		t.Errorf("stopped: %v, %d lines", err, len(linesOf(t, a)))
	}
	list, err := a.Imports(context.Background())
	if err != nil || len(list) != 0 {
		t.Errorf("the log has %+v, %v", list, err)
	}
}

// Of a folder the files that may be statements are taken, in the order of their names.
func TestFoldersGiveTheirStatements(t *testing.T) {
	a, dir := statementBooks(t), t.TempDir()
	for name, text := range map[string]string{"may 10.csv": threeLines, "may 2.csv": threeLines,
		"photo.png": "\x89PNG\r\n\x1a\n\x00\x00\x00\x01\x02\x03\x04", "note.pdf": "%PDF-1.4",
		".DS_Store": threeLines, "sub/deep.csv": threeLines, "letter.txt": "Dear Sir or Madam,\n"} {
		statementAt(t, filepath.Join(dir, name), text)
	}
	named := statementAt(t, filepath.Join(t.TempDir(), "named.pdf"), "%PDF-1.4")
	pick, err := a.PickStatements(context.Background(), []string{named, dir, filepath.Join(dir, "may 2.csv")})
	want := []string{named, filepath.Join(dir, "may 2.csv"), filepath.Join(dir, "may 10.csv")}
	if err != nil || !slices.Equal(pick.Files, want) {
		t.Errorf("%v, %v, want %v", pick.Files, err, want)
	}
	var out []string
	for _, x := range pick.LeftOut {
		out = append(out, filepath.Base(x.Path)+": "+x.Why)
	}
	if got := strings.Join(out, "; "); got != ".DS_Store: it is hidden; letter.txt: there is no number "+
		"in it; note.pdf: this is a PDF; photo.png: this is no text file" {
		t.Errorf("left out: %s", got)
	}
}

func TestARowIsShownAsItStandsInTheFile(t *testing.T) {
	a, dir := statementBooks(t), t.TempDir()
	path := statementAt(t, filepath.Join(dir, "a.csv"),
		"Datum;Betrag\r\n2026-05-04;\"1,00\r\nund mehr\"\r\n2026-05-05;Müller\r\n"+strings.Repeat("x", 9000))
	for row, want := range map[int]string{1: "Datum;Betrag", 2: "2026-05-04;\"1,00\nund mehr\"",
		4: "2026-05-05;Müller", 5: strings.Repeat("x", 4096)} {
		if got, err := a.RawRow(path, row); err != nil || got != want {
			t.Errorf("row %d: %.60q, %v, want %.60q", row, got, err, want)
		}
	}
	for row, says := range map[int]string{0: "rows count from 1", 6: "has no such row"} {
		if _, err := a.RawRow(path, row); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("row %d: %v", row, err)
		}
	}
	wide := statementAt(t, filepath.Join(dir, "w.csv"), "\xff\xfeA\x00;\x00\n\x00B\x00;\x001\x00\n\x00")
	if got, err := a.RawRow(wide, 2); err != nil || got != "B;1" {
		t.Errorf("UTF-16: %q, %v", got, err)
	}
}

func camt(number, currency, closing string) string {
	return fmt.Sprintf("<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>%s</Id></Othr></Id>"+
		"<Ccy>%s</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"%[2]s\">1.00</Amt>"+
		"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-05-04</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd>"+
		"</CdOrPrtry></Tp><Amt Ccy=\"%[2]s\">%[3]s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-05-04</Dt>"+
		"</Dt></Bal><Ntry><Amt Ccy=\"%[2]s\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>"+
		"<Dt>2026-05-04</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>", number, currency, closing)
}

// A file is of the accounts that it names, however their numbers are written, else of those in its
// currency.
func TestWhoseAFileIs(t *testing.T) {
	a, dir := statementBooks(t), t.TempDir()
	for name, c := range map[string]struct {
		text string
		want []book.AccountName
		says string
	}{
		"iban.xml":    {camt("lt121000011101001000", "EUR", "6.00"), []book.AccountName{"operating"}, ""},
		"bban.xml":    {camt("11101001000", "EUR", "6.00"), []book.AccountName{"operating"}, ""},
		"number.xml":  {camt("99887766", "EUR", "6.00"), []book.AccountName{"savings"}, ""},
		"other.xml":   {camt("DE55", "EUR", "6.00"), nil, "is a statement of account DE55"},
		"dollars.xml": {camt("LT121000011101001000", "USD", "6.00"), nil, "is a statement of account"},
		"none.csv":    {threeLines, []book.AccountName{"operating", "savings"}, ""},
		"asks.csv":    {"Date,Amount\n01/02/2026,1.00\n02/03/2026,-1.00\n", []book.AccountName{"operating", "savings"}, ""},
		"yen.csv":     {"Date,Amount,Currency\n2026-05-04,100,JPY\n", nil, ""},
	} {
		got, err := a.AccountsFor(context.Background(), statementAt(t, filepath.Join(dir, name), c.text))
		if !slices.Equal(got, c.want) || (err == nil) != (c.says == "") ||
			err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v, want %v and %q", name, got, err, c.want, c.says)
		}
	}
}

// What a profile says comes back from a file, and a file that says what no profile can is refused.
func TestStatementProfilesAreShared(t *testing.T) {
	a := statementBooks(t)
	p := Profile{Name: "bank", Shape: "5ha9e", Header: true, Dates: "dmy", Sign: "in", Currency: "EUR"}
	var b bytes.Buffer
	if err := a.ExportStatementProfile(p, &b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := a.ReadStatementProfile(&b)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(p) {
		t.Errorf("%+v came back, %v", got, err)
	}
	if err := a.SaveStatementProfile(context.Background(), got); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveStatementProfile(context.Background(), Profile{Name: "bank", Shape: "other"}); err == nil {
		t.Error("two profiles have one name")
	}
	for _, bad := range []string{"", "{}", "[]", strings.Replace(text, "/1", "/2", 1),
		strings.Replace(text, "dmy", "ymd", 1), strings.Replace(text, "5ha9e", "", 1),
		strings.Replace(text, "\"header\"", "\"columns\": [{\"means\": \"colour\"}], \"header\"", 1)} {
		if _, err := a.ReadStatementProfile(strings.NewReader(bad)); err == nil {
			t.Errorf("taken: %s", bad)
		}
	}
	if _, err := a.ReadStatementProfile(io.LimitReader(zeros{}, 2<<20)); err == nil {
		t.Error("two megabytes were taken")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// slip is a gateway whose reports hold a first line "slip", and an id and an amount in cents a line.
type slip struct{ o source.Options }

// Report reads a slip.
func (s slip) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	r := source.Report{Format: "slip"}
	lines := bufio.NewScanner(file)
	if !lines.Scan() || lines.Text() != "slip" {
		return source.Report{}, &source.Error{Kind: source.KindUnsupported, Source: s.o.Name,
			Op: "read report", Hint: "This is no slip."}
	}
	for lines.Scan() {
		r.Rows++
		id := book.NewID(s.o.Name, lines.Text())
		switch stored, err := books.Revision(ctx, id); {
		case err != nil:
			return r, err
		case lines.Text() == "total":
			return r, &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: "read report",
				Hint: "The total does not come out."}
		case lines.Text() == "smudge":
			err = keep(source.Page{Rejects: []book.Reject{{Origin: string(s.o.Name), Place: "row 3",
				Reason: "cannot be read"}}})
			if err != nil {
				return r, err
			}
			continue
		case stored != "" && !strings.HasPrefix(stored, source.FromReport):
			r.Known++
			continue
		}
		x := book.Transaction{ID: id, Source: s.o.Name, Kind: book.Charge, State: book.Succeeded,
			At: book.At(s.o.Clock()), Currency: "EUR", Gross: 100, Net: 100,
			Charged: money.New(100, "EUR"), Revision: source.FromReport + lines.Text()}
		records := book.Records{Transactions: []book.Transaction{x}}
		if err := keep(source.Page{Records: records}); err != nil {
			return r, err
		}
	}
	return r, lines.Err()
}

// slips opens books with two gateways of a made-up kind without keys, and one of another kind.
func slips(t *testing.T) *App {
	kinds["slip"] = kind{describe: source.Description{Title: "Slip",
		Secrets: []source.Field{{Name: "key"}}},
		reports: func(o source.Options) (source.Reporter, error) { return slip{o}, nil }}
	kinds["mute"] = kind{describe: source.Description{Title: "Mute"}}
	t.Cleanup(func() { delete(kinds, "slip"); delete(kinds, "mute") })
	a, err := Open(context.Background(), Options{Config: configFile(t,
		"[business]\nbase_currency = \"EUR\"\n[[source]]\nname = \"one\"\nkind = \"slip\"\n"+
			"[[source]]\nname = \"two\"\nkind = \"slip\"\n"+
			"[[source]]\nname = \"mute\"\nkind = \"mute\"\n"),
		Dir: t.TempDir(), Now: demoClock, Wall: demoClock,
		LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func slipFile(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func importSlips(t *testing.T, a *App, dry bool, paths ...string) []ReportFile {
	t.Helper()
	r, err := a.ImportReports(context.Background(), ReportRequest{paths, "one", dry},
		func(Progress) {})
	if err != nil || len(r.Files) != len(paths) {
		t.Fatalf("%d files, %v", len(r.Files), err)
	}
	return r.Files
}

// TestReportsAreKept looks at a report, imports it, and imports it again: a look stores nothing, and
// the second time changes nothing. The cursor of the source's pull stays, and a record that its API
// brought is left alone.
func TestReportsAreKept(t *testing.T) {
	a := slips(t)
	ctx := context.Background()
	_, err := a.store.Apply(ctx, "one", book.Records{Transactions: []book.Transaction{{ID: "one:api",
		Source: "one", Kind: book.Charge, State: book.Succeeded, Currency: "EUR",
		Charged: money.New(7, "EUR"), Revision: "by API"}}}, nil, "here", 1)
	if err != nil {
		t.Fatal(err)
	}
	path := slipFile(t, "a.txt", "slip\nx\nsmudge\napi\ny\n")
	for i, want := range []ReportFile{{New: 2}, {New: 2}, {Same: 2}} {
		got := importSlips(t, a, i == 0, path)[0]
		if got.Err != nil || got.New != want.New || got.Changed != 0 || got.Same != want.Same ||
			got.Known != 1 || got.Rows != 4 || len(got.Quarantined) != 1 {
			t.Errorf("import %d: %+v", i, got)
		}
	}
	rejects, err := a.store.Rejects(ctx, "one")
	cursor, err2 := a.store.Cursor(ctx, "one")
	if err != nil || err2 != nil || len(rejects) != 1 || cursor != "here" {
		t.Errorf("%d rejects, cursor %q, %v, %v", len(rejects), cursor, err, err2)
	}
}

// meddler is a reader of reports during whose work a pull writes a record, the given number of times.
type meddler struct {
	slip
	a     *App
	times *int
}

// Report reads a slip while the pull goes on.
func (m meddler) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	r, err := m.slip.Report(ctx, file, books, keep)
	if *m.times--; *m.times >= 0 {
		_, applied := m.a.store.Apply(ctx, "one", book.Records{Transactions: []book.Transaction{{
			ID: "one:x", Source: "one", Kind: book.Charge, State: book.Succeeded, Currency: "EUR",
			Charged: money.New(7, "EUR"), Revision: "by API"}}}, nil, "on", 1)
		err = errors.Join(err, applied)
	}
	return r, err
}

// TestAPullDuringAReport lets a pull bring a record while a report that knows it too is read: the
// report is read again and leaves it alone.
func TestAPullDuringAReport(t *testing.T) {
	for _, times := range []int{1, 1000} {
		a := slips(t)
		kinds["slip"] = kind{describe: kinds["slip"].describe,
			reports: func(o source.Options) (source.Reporter, error) {
				return meddler{slip{o}, a, &times}, nil
			}}
		got := importSlips(t, a, false, slipFile(t, "a.txt", "slip\nx\ny\n"))[0]
		if times < 1 && (got.Err != nil || got.New != 1 || got.Known != 1) ||
			times > 1 && !errors.Is(got.Err, store.ErrMoved) {
			t.Errorf("%+v", got)
		}
		revision, err := a.store.Revision(t.Context(), "one:x")
		if err != nil || revision != "by API" {
			t.Errorf("revision %q, %v", revision, err)
		}
	}
}

// TestNothingOfARefusedReportIsKept imports a report whose total is wrong, files that are none, and
// one for a source that has no reports.
func TestNothingOfARefusedReportIsKept(t *testing.T) {
	a := slips(t)
	bank := slipFile(t, "bank.csv", "Date,Amount,Description\n2026-05-24,1.00,ONE\n"+
		"2026-05-25,2.00,TWO\n")
	files := importSlips(t, a, false, slipFile(t, "bad.txt", "slip\nx\nsmudge\ntotal\n"),
		slipFile(t, "other.txt", "nothing\n"), bank, "nowhere.csv", t.TempDir())
	for i, want := range []string{"Source one: The total does not come out.", "Source one: This is no slip.",
		"bank.csv looks like a bank statement and is no report of Slip one: import it with --account",
		"Report cannot be opened: there is no file nowhere.csv", "is a folder"} {
		if got := Explain(files[i].Err); !strings.Contains(got, want) {
			t.Errorf("file %d: %s", i, got)
		}
	}
	list, err := a.store.Load(context.Background())
	rejects, err2 := a.store.Rejects(context.Background(), "")
	if err != nil || err2 != nil || list.Len() != 0 || len(rejects) != 0 {
		t.Errorf("kept: %d records, %d rejects, %v, %v", list.Len(), len(rejects), err, err2)
	}
	for name, want := range map[book.SourceName]string{"mute": "no reports", "none": "no source"} {
		_, err := a.ImportReports(context.Background(), ReportRequest{nil, name, false}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestASourceOfReportsNeedsNoKey pulls sources without a key: the one with records from reports says
// so and fails nobody, the other one lacks its key.
func TestASourceOfReportsNeedsNoKey(t *testing.T) {
	a := slips(t)
	path := slipFile(t, "a.txt", "slip\nx\n")
	importSlips(t, a, false, path)
	r, err := a.Sync(context.Background(), SyncRequest{Sources: []book.SourceName{"one"}},
		func(Progress) {})
	if err != nil || r.Sources[0].Err != nil || r.Sources[0].Note != noKeyNeeded {
		t.Errorf("with reports: %+v, %v", r, err)
	}
	_, err = a.Sync(context.Background(), SyncRequest{Sources: []book.SourceName{"two"}},
		func(Progress) {})
	if source.KindOf(err) != source.KindAuth {
		t.Errorf("without: %v", err)
	}
	found, err := a.Recognise(context.Background(), path)
	if err != nil || len(found) != 2 || found[0].Source != "one" || found[1].Format != "slip" {
		t.Errorf("recognised: %+v, %v", found, err)
	}
	bank := slipFile(t, "b.csv", "Date,Amount,Description\n2026-05-04,1.00,ONE\n")
	if found, err := a.Recognise(context.Background(), bank); err != nil || len(found) != 0 {
		t.Errorf("a bank statement: %+v, %v", found, err)
	}
}

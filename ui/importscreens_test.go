package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/present"
)

// showImport shows a statement of which one date cannot be read.
func showImport(r *robot) {
	forget(r, "operating")
	r.s.open(atImport)
	x := r.s.importing()
	x.open(spoiledStatement(r.t, r.s.profile))
	r.settle()
}

// forget takes the imports of October and later of an account out of the books.
func forget(r *robot, account book.AccountName) {
	ctx := r.t.Context()
	list, err := r.s.profile.Imports(ctx)
	for _, e := range list {
		if err == nil && e.Undoable && e.Accounts[0] == account && e.Files[0] > "operating-2026-10" {
			_, err = r.s.profile.UndoImport(ctx, e.ID)
		}
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// spoiledStatement is the October statement of the demo with a letter in the date of row 41.
func spoiledStatement(t *testing.T, a *app.App) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(a.Options().Dir, "statements", "operating-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	lines[40] = strings.Replace(lines[40], ".2026", ".2O26", 1)
	path := filepath.Join(t.TempDir(), "operating-2026-10.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// showGap shows a statement that does not follow on the one before.
func showGap(r *robot) {
	showImport(r)
	x := r.s.importing()
	v := *x.view
	v.Chain = "Opens with 46,958.90, but the statement to 2026-09-28 closes with 46,729.70: 229.20 between " +
		"them is in no statement. Statement 9 is missing."
	v.ChainStatus = present.Attention
	v.Proof[0][0] = "Opening balance"
	x.view = &v
	x.check.show(x.importFile)
	x.check.closeInset()
}

// showQueue shows several files in each state.
func showQueue(r *robot) {
	r.s.open(atImport)
	x := r.s.importing()
	preview := func(name string, f app.ImportedFile) *importFile {
		f.Name, f.From, f.To = name, 20729, 20757
		v := present.NewImportPreview(present.ImportLook{File: f})
		return &importFile{file: name, account: "operating", view: &v}
	}
	row := app.ImportRow{Line: book.BankLine{ID: "a:1", Row: 2, On: 20730, Amount: money.New(14900, "EUR")}}
	balance := func(minor int64) *money.Money { m := money.New(minor, "EUR"); return &m }
	yes, no := true, false
	x.queue = []*importFile{
		preview("operating-2026-10-01_15.sta", app.ImportedFile{New: 1, Rows: []app.ImportRow{row},
			Opening: balance(100), Closing: balance(15000), BalanceHolds: &yes}),
		preview("operating-2026-10-16_31.csv", app.ImportedFile{New: 37, Duplicates: 6,
			Rows: []app.ImportRow{row}, Quarantined: []book.Reject{{Place: "row 41"}},
			Opening: balance(100), Closing: balance(29900), BalanceHolds: &no}),
		preview("new-bank.xlsx", app.ImportedFile{Questions: []app.Question{{Topic: "dates",
			Text: "Is 03/04/2026 the day or the month first?"}}}),
		preview("operating-2026-09.xml", app.ImportedFile{Duplicates: 31, Rows: []app.ImportRow{row},
			Opening: balance(100), Closing: balance(15000), BalanceHolds: &yes}),
		{file: "stripe-balance.csv", report: &reportChoice{}},
		{file: "letter.pdf", failed: present.NoStatement("this is a PDF document")},
		{file: "operating-2026-08.ofx", account: "operating", result: "done",
			short: "Imported 28 lines"},
		{file: "operating-2026-07.ofx", account: "operating", reading: true},
	}
	x.showList()
}

// showPast shows what was imported before, and what was kept aside.
// showNothingImported shows the start of the import where nothing was imported yet.
func showNothingImported(r *robot) {
	r.s.open(atImport)
	r.settle()
	past := r.s.importing().past
	past.records, past.aside, past.watched = nil, nil, nil
	past.show()
}

func showPast(r *robot) {
	r.s.open(atImport)
	r.settle()
	x := r.s.importing()
	at := r.s.profile.Now()
	x.past.records = []app.ImportEntry{
		{ID: 12, Files: []string{"operating-2026-10.csv"}, At: at, New: 37, KeptAside: 1, Undoable: true},
		{ID: 11, Files: []string{"operating-2026-09.csv"}, At: at - 86_400_000, New: 44, Undoable: true},
		{ID: 10, Files: []string{"operating-usd-2026-09.xml"}, At: at - 2*86_400_000, New: 12,
			UndoneAt: at - 86_400_000},
	}
	x.past.aside = []app.QuarantinedRow{{ID: 1, File: "operating-2026-10.csv", Place: "row 41",
		Reason: "Buchungstag: \"30.10.2O26\" is not a date"}}
	x.past.watched = []app.Watched{{Path: "bank/new.csv", State: app.WatchWaits,
		Why: "needs an answer: Is 03/04/2026 the day or the month first?"}}
	x.past.show()
	x.past.grid.SetCursor("12")
	x.past.kept.SetCursor("1")
	x.past.update()
}

func showQuestion(r *robot) {
	r.s.open(atImport)
	x := r.s.importing()
	file := app.ImportedFile{Name: "bank.csv", Questions: []app.Question{{
		Topic: "dates", Text: "Is 03/04/2026 the day or the month first?", Place: "row 2",
		Answers: []app.Answer{{Value: "dmy", Means: "day first: 2026-04-03"},
			{Value: "mdy", Means: "month first: 2026-03-04"}},
		Hint: "Every row of this file fits both."}, {Topic: "sign"}}}
	file.Profile.Delimiter = ";"
	f := &importFile{file: "bank.csv", found: app.ImportReport{Files: []app.ImportedFile{file}},
		example: "03/04/2026;STRIPE PAYMENTS EUROPE;STRIPE PO7VEX OCT15;1176.78"}
	v := present.NewImportPreview(f.look("operating EUR"))
	f.view = &v
	x.importFile = f
	x.update()
}

package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// TestCardNumbersInStatementsAreKeptNowhere plants card numbers into the names and texts of a
// statement, in every format, with a row that cannot be read among them, and imports it: no file of
// the profile and nothing that is shown may hold one.
func TestCardNumbersInStatementsAreKeptNowhere(t *testing.T) {
	card := regexp.MustCompile(`4242[ -]?4242[ -]?4242[ -]?4242|5555[ -]?5555[ -]?5555[ -]?4444`)
	account := world.Account{Name: "operating", Currency: "EUR", IBAN: "LT121000011101001000"}
	for i, text := range []string{"PAID BY 4242 4242 4242 4242", "card 5555-5555-5555-4444 thanks", "4242424242424242"} {
		d := book.NewDate(2026, 10, 5+i)
		account.Lines = append(account.Lines, world.BankLine{On: d, ValueOn: d, Amount: money.New(100, "EUR"),
			Counterparty: "ANN 4242424242424242", Text: text, BankID: fmt.Sprint("FT26", i)})
	}
	for _, format := range world.StatementFormats {
		t.Run(format.Name, func(t *testing.T) {
			a := statementBooks(t)
			path := filepath.Join(t.TempDir(), "statement."+format.Ext)
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			from, to := account.Lines[0].On-1, account.Lines[2].On+1
			if err := format.Write(&account, f, from, to, 0); err != nil {
				t.Fatal(err)
			}
			f.Close()
			report, err := a.Import(context.Background(), ImportRequest{Files: []string{path},
				Account: "operating", Answers: []string{"dates=dmy"}}, quiet)
			if err != nil || len(report.Files) != 1 || report.Files[0].Err != nil || report.Files[0].New != 3 {
				t.Fatalf("%+v, %v", report, err)
			}
			if found := card.FindString(fmt.Sprintf("%+v", report)); found != "" {
				t.Errorf("the report shows %s", found)
			}
			a.Close()
			dir, err := ProfileDir(a.Options())
			if err != nil {
				t.Fatal(err)
			}
			err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				if found := card.Find(b); found != nil {
					t.Errorf("%s holds %s", e.Name(), found)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

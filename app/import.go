package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/bankfile"
)

// Question is what a statement file cannot decide by itself; see bankfile.
type Question = bankfile.Question

// Answer is one possible answer to a question, and Topic what a question is about; see bankfile.
type (
	Answer = bankfile.Answer
	Topic  = bankfile.Topic
)

// Fix is a person's correction of one cell of a file, or the word that a row is no line; Role is
// what a column means. See bankfile.
type (
	Fix  = bankfile.Fix
	Role = bankfile.Role
)

// Topics are all topics that a question may be about.
var Topics = []Topic{bankfile.AskDates, bankfile.AskSign, bankfile.AskPoint, bankfile.AskColumns,
	bankfile.AskCurrency}

// AskColumns is the topic whose answer is a role for each column.
const AskColumns = bankfile.AskColumns

// Roles are all that a column may mean, in the order of a menu.
var Roles = bankfile.Roles

// Profile is how a bank writes its files; see bankfile.
type Profile = bankfile.Profile

// fileLimit is how long the reading of one file may take. What a bank gives is read in seconds, so
// that it is the disk or the network that hangs.
const fileLimit = 5 * time.Minute

// ImportRequest says which statement files to read.
type ImportRequest struct {
	Files []string
	// Account is whose statements they are, "" to find it out by what each file says; see AccountsFor.
	Account book.AccountName
	// Format is one of StatementFormats; "" is auto.
	Format string
	// Profile is the name of a remembered profile to read with, "" to recognise it by the file.
	Profile string
	// Answers are answers to questions, "dates=dmy".
	Answers []string
	// Fixes correct single cells; for a request with one file.
	Fixes []Fix
	// DryRun reads and compares, and stores nothing.
	DryRun bool
	// Replace takes a file's lines in place of those already there from a file of another format
	// which it cannot be paired with.
	Replace bool

	// within is the time for one file, zero for fileLimit. accept looks at what is about to be stored;
	// its error stops it. nil accepts all.
	within time.Duration
	accept func(ImportedFile) error
}

// ImportReport says what an import read and did, in the order of the files; a file with statements
// of several accounts has an entry for each.
type ImportReport struct{ Files []ImportedFile }

// ImportRow is one line of a statement; Duplicate says that the books have it already.
type ImportRow struct {
	Line      book.BankLine
	Duplicate bool
}

// ImportID numbers imports from 1.
type ImportID = store.ImportID

// ImportedFile is what was read from one file for one account and what was done with it.
type ImportedFile struct {
	Name string
	// ID is the import's number, by which it can be undone; 0 where nothing was stored.
	ID ImportID
	// Format is what the file is, Variant says more in words.
	Format, Variant string
	Size            int64
	// Digest is the SHA-256 of the file in hex.
	Digest          string
	Account         book.AccountName
	Rows            []ImportRow
	New, Duplicates int
	// Replaced are lines of the books that this file's take the place of, as was asked for. Conflict
	// says that Err is about such lines, and that nobody has asked for it yet.
	Replaced int
	Conflict bool
	// Settled are lines that were announced and that the file announces no more: it has them as booked
	// ones, or they will never be.
	Settled int
	// Continuity says how each statement of the file stands to the account's others; see
	// bankfile.Continuity.
	Continuity []book.Link
	// Quarantined are rows that could not be read, with place and reason.
	Quarantined []book.Reject
	// TakenIn counts rows of this file that an earlier import kept aside and that are settled now.
	TakenIn int
	// Opening and Closing are those of the first and the last statement in the file, nil where it
	// states none; BalanceHolds is nil where nothing can be proved.
	Opening, Closing *money.Money
	BalanceHolds     *bool
	// Difference is what the balance proof misses, zero where it holds or cannot be made.
	Difference int64
	From, To   book.Date
	// Warnings are what is not right with the file, Notes what was decided in reading it.
	Warnings, Notes []string
	// Questions must be answered before the file can be read; Err is then set too.
	Questions []Question
	Profile   Profile
	// Recognised says that a remembered profile was applied.
	Recognised bool
	// Err is why nothing of the file was imported.
	Err error

	// would is what storing the file writes.
	would store.Import
}

// Import reads statement files into the books: each file is one transaction, and a file that the
// books have already adds nothing. A file that cannot be read does not stop the others; the error
// is for what concerns all.
func (a *App) Import(ctx context.Context, q ImportRequest, show func(Progress)) (ImportReport, error) {
	var report ImportReport
	if err := a.Config().May(a.User(), RightDecide); err != nil && !q.DryRun {
		return report, err
	}
	if err := a.checkImport(q); err != nil {
		return report, err
	}
	// ahead are the lines and statements that a look has seen in the files before, as if they had
	// been stored.
	var ahead book.Records
	for i, path := range q.Files {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		show(Progress{Stage: "reading " + baseName(path), Done: i, Total: len(q.Files)})
		files, err := a.importFile(ctx, path, q, &ahead)
		if ctx.Err() != nil && err != nil {
			return report, err
		}
		if len(files) == 0 {
			files = []ImportedFile{{Account: q.Account}}
		}
		for j := range files {
			f := &files[j]
			f.Name = baseName(path)
			if f.Err == nil {
				f.Err = err
			}
			_, f.Conflict = errors.AsType[*bankfile.Conflict](f.Err)
		}
		report.Files = append(report.Files, files...)
	}
	return report, nil
}

// checkImport says what is wrong with a request, whatever its files are.
func (a *App) checkImport(q ImportRequest) error {
	if q.Account != "" {
		if _, ok := a.Config().Account(q.Account); !ok {
			return fmt.Errorf("there is no account %q in %s: add an [[account]] or name "+
				"one of %s", q.Account, ConfigName, a.accountList())
		}
	}
	if len(a.Config().Accounts) == 0 {
		return fmt.Errorf("no account is configured: add an [[account]] to %s", ConfigName)
	}
	if q.Format != "" && !slices.Contains(StatementFormats, q.Format) {
		return fmt.Errorf("--format %q: use one of %s", q.Format, strings.Join(StatementFormats, ", "))
	}
	if len(q.Fixes) > 0 && len(q.Files) != 1 {
		return errors.New("corrections are of the rows of one file: import that file by itself")
	}
	return nil
}

// StatementFormats are the words for what a file may be read as, auto first.
var StatementFormats = statementFormats()

func statementFormats() []string {
	var out []string
	for _, f := range bankfile.Formats {
		out = append(out, string(f))
	}
	return out
}

func (a *App) accountList() string {
	var names []string
	for _, x := range a.Config().Accounts {
		names = append(names, string(x.Name))
	}
	return strings.Join(names, ", ")
}

func baseName(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// importFile reads a file, once for each account that it is of, and stores what it adds in one
// transaction. An error that is about one account only is that entry's.
func (a *App) importFile(ctx context.Context, path string, q ImportRequest,
	ahead *book.Records) ([]ImportedFile, error) {
	within := q.within
	if within == 0 {
		within = fileLimit
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	read, err := a.readStatements(limited, path, q)
	if err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("%s: its reading did not end within %s: if it is on a network drive, copy "+
				"it to this computer first; else export a shorter period", baseName(path), within)
		}
		return noted(read), err
	}
	// Another process may import or undo between the comparison and the storing: compare again then.
	for range 10 {
		out, err := a.mergeAndStore(ctx, read, q, ahead)
		if !errors.Is(err, store.ErrMoved) {
			return out, err
		}
	}
	return noted(read), errors.New("the books are being changed by another process: try again")
}

// noted are the entries of files that were read and no further.
func noted(read []statementFile) []ImportedFile {
	out := make([]ImportedFile, len(read))
	for i, r := range read {
		out[i] = r.entry()
	}
	return out
}

// mergeAndStore compares what was read with the books, and stores what it adds unless it is a look.
func (a *App) mergeAndStore(ctx context.Context, read []statementFile, q ImportRequest,
	ahead *book.Records) ([]ImportedFile, error) {
	turn, err := a.store.ImportTurn(ctx)
	if err != nil {
		return noted(read), err
	}
	all := store.Import{Turn: &turn, By: a.User()}
	out := noted(read)
	for i, r := range read {
		batch, err := a.merge(ctx, &out[i], r, q, *ahead)
		out[i].would = batch
		if err != nil {
			out[i].Err = err
			return out, err
		}
		if q.accept != nil {
			if err := q.accept(out[i]); err != nil {
				out[i].Err = err
				return out, err
			}
		}
		join(&all, batch)
	}
	if q.DryRun {
		ahead.Lines = append(ahead.Lines, all.Lines...)
		ahead.Statements = append(ahead.Statements, all.Statements...)
		return out, nil
	}
	if p := read[0].file.Profile; p.Shape != "" {
		if all.Shape, all.Profile, err = rememberedText(p); err != nil {
			return out, err
		}
	}
	done, err := a.store.Import(ctx, all, book.At(a.wall()))
	for i := range out {
		out[i].ID = done.ID
	}
	return out, err
}

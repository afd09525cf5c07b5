package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

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

// Topics are all topics that a question may be about.
var Topics = []Topic{bankfile.AskDates, bankfile.AskSign, bankfile.AskPoint, bankfile.AskColumns,
	bankfile.AskCurrency}

// AskColumns is the topic whose answer is a role for each column.
const AskColumns = bankfile.AskColumns

// Profile is how a bank writes its files; see bankfile.
type Profile = bankfile.Profile

// ImportRequest says which statement files to read.
type ImportRequest struct {
	Files   []string
	Account book.AccountName
	// Format is auto, csv or camt; "" is auto.
	Format string
	// Profile is the name of a remembered profile to read with, "" to recognise it by the file.
	Profile string
	// Answers are answers to questions, "dates=dmy".
	Answers []string
	// DryRun reads and compares, and stores nothing.
	DryRun bool
	// Replace takes a file's lines in place of those already there from a file of another format
	// which it cannot be paired with.
	Replace bool
}

// ImportReport says what an import read and did, in the order of the files.
type ImportReport struct{ Files []ImportedFile }

// ImportRow is one line of a statement; Duplicate says that the books have it already.
type ImportRow struct {
	Line      book.BankLine
	Duplicate bool
}

// ImportedFile is what was read from one file and what was done with it.
type ImportedFile struct {
	Name string
	// Format is csv or camt, Variant says more in words.
	Format, Variant string
	Size            int64
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
	account, ok := a.Config().Account(q.Account)
	if !ok {
		return ImportReport{}, fmt.Errorf("there is no account %q in %s: add an [[account]] or name "+
			"one of %s", q.Account, ConfigName, a.accountList())
	}
	o, err := a.importOptions(ctx, account, q)
	if err != nil {
		return ImportReport{}, err
	}
	var report ImportReport
	// ahead are the lines and statements that a look has seen in the files before, as if they had
	// been stored.
	var ahead book.Records
	for i, path := range q.Files {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		show(Progress{Stage: "reading " + baseName(path), Done: i, Total: len(q.Files)})
		f, err := a.importFile(ctx, path, o, q, &ahead)
		f.Name, f.Account, f.Err = baseName(path), q.Account, err
		_, f.Conflict = errors.AsType[*bankfile.Conflict](err)
		report.Files = append(report.Files, f)
	}
	return report, nil
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

func (a *App) importOptions(ctx context.Context, account AccountConfig,
	q ImportRequest) (bankfile.Options, error) {
	o := bankfile.Options{Account: account.Name, Currency: account.Currency, Number: account.IBAN,
		Format: bankfile.Format(q.Format)}
	if o.Number == "" {
		o.Number = account.Number
	}
	switch o.Format {
	case "", bankfile.Auto, bankfile.CSV, bankfile.CAMT:
	default:
		return o, fmt.Errorf("--format %q: this version reads csv and camt; use auto", q.Format)
	}
	profiles, err := a.profiles(ctx)
	if err != nil {
		return o, err
	}
	o.Known = func(shape string) *Profile {
		if p, ok := profiles[shape]; ok {
			return &p
		}
		return nil
	}
	if q.Profile == "" {
		return o, nil
	}
	for _, p := range profiles {
		if p.Name == q.Profile {
			o.Profile = &p
			return o, nil
		}
	}
	return o, fmt.Errorf("there is no remembered profile %q", q.Profile)
}

// profiles are the remembered ones by shape.
func (a *App) profiles(ctx context.Context) (map[string]Profile, error) {
	texts, err := a.store.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Profile, len(texts))
	for shape, text := range texts {
		var p Profile
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("remembered profile %s: %w", shape, err)
		}
		out[shape] = p
	}
	return out, nil
}

func (a *App) importFile(ctx context.Context, path string, o bankfile.Options, q ImportRequest,
	ahead *book.Records) (ImportedFile, error) {
	f, err := a.readFile(ctx, path, o, q.Answers)
	out := ImportedFile{Format: string(f.Format), Variant: f.Variant, Size: f.Size,
		Warnings: f.Warnings, Notes: f.Notes, Questions: f.Questions, Profile: f.Profile,
		Recognised: f.Recognised}
	if err != nil {
		return out, err
	}
	batch, err := a.merge(ctx, &out, f, q, *ahead)
	out.would = batch
	if err != nil || q.DryRun {
		ahead.Lines = append(ahead.Lines, batch.Lines...)
		ahead.Statements = append(ahead.Statements, batch.Statements...)
		return out, err
	}
	if f.Profile.Shape != "" {
		text, err := json.Marshal(f.Profile)
		if err != nil {
			return out, fmt.Errorf("remember the profile: %w", err)
		}
		batch.Shape, batch.Profile = f.Profile.Shape, string(text)
	}
	_, err = a.store.Import(ctx, batch, book.At(a.wall()))
	return out, err
}

// readFile reads a file, and again with the answers where it asks or where a remembered profile has
// answered before: what a person says now goes before what was said then.
func (a *App) readFile(ctx context.Context, path string, o bankfile.Options,
	answers []string) (bankfile.File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return bankfile.File{}, fmt.Errorf("statement cannot be opened: there is no file %s; check its "+
			"path, or choose it again", path)
	}
	if err != nil {
		return bankfile.File{}, fmt.Errorf("statement cannot be opened: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return bankfile.File{}, fmt.Errorf("%q is a folder: name the files in it", baseName(path))
	}
	for i := range len(answers) + 1 {
		f, err := bankfile.Read(ctx, file, path, o)
		var open func(Topic) bool
		var ask *bankfile.Ask
		switch {
		case errors.As(err, &ask):
			open = func(t Topic) bool {
				return slices.ContainsFunc(ask.Questions, func(q Question) bool { return q.Topic == t })
			}
		case err == nil && i == 0 && f.Recognised:
			open = func(Topic) bool { return true }
		default:
			return f, err
		}
		profile, taken, wrong := answered(f.Profile, open, answers)
		if wrong != nil {
			f.Questions = nil
			return f, wrong
		}
		if !taken {
			return f, err
		}
		o.Profile = &profile
		if _, err := file.Seek(0, 0); err != nil {
			return f, fmt.Errorf("statement cannot be read again: %w", err)
		}
	}
	return bankfile.Read(ctx, file, path, o)
}

// answered is the profile with the answers to open topics, and whether there was one.
func answered(p Profile, open func(Topic) bool, answers []string) (_ Profile, taken bool, err error) {
	for _, x := range answers {
		topic, value, _ := strings.Cut(x, "=")
		if !open(Topic(topic)) {
			continue
		}
		if p, err = p.With(Topic(topic), value); err != nil {
			return p, taken, err
		}
		taken = true
	}
	return p, taken, nil
}

// merge compares a file with what the books, and the lines ahead of it, have of its days and says
// what it adds.
func (a *App) merge(ctx context.Context, out *ImportedFile, f bankfile.File, q ImportRequest,
	ahead book.Records) (store.Import, error) {
	batch := store.Import{Account: q.Account}
	holds, proved := true, false
	chain, err := a.store.Statements(ctx, q.Account)
	if err != nil {
		return batch, err
	}
	pending, err := a.store.PendingLines(ctx, q.Account)
	if err != nil {
		return batch, err
	}
	chain, pending = append(chain, ahead.Statements...), append(pending, ahead.Lines...)
	// taken are the lines that a statement of the file has been found to be: no other one is it.
	taken := map[book.ItemID]bool{}
	for i := range f.Statements {
		p := &f.Statements[i]
		if p.OtherAccount {
			return batch, fmt.Errorf("%s is a statement of account %s, and %s is another account in "+
				"%s: choose the account that it is of", f.Name, p.AccountNumber, q.Account, ConfigName)
		}
		if err := a.sameCurrency(f.Name, q.Account, p); err != nil {
			return batch, err
		}
		existing, err := a.existing(ctx, q.Account, p, ahead.Lines)
		if err != nil {
			return batch, err
		}
		existing = slices.DeleteFunc(existing, func(l book.BankLine) bool { return taken[l.ID] })
		fresh, known, err := bankfile.Merge(existing, *p)
		if err != nil && q.Replace {
			var gone []book.ItemID
			fresh, known, gone = replace(existing, p)
			batch.Replaced = append(batch.Replaced, gone...)
			out.Replaced += len(gone)
			err = nil
		}
		if err != nil {
			return batch, fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, l := range known {
			taken[l.ID] = true
		}
		if !slices.ContainsFunc(chain, func(s book.Statement) bool { return s.ID == p.ID }) {
			settled := bankfile.Settled(pending, *p, fresh, known)
			batch.Replaced = append(batch.Replaced, settled...)
			out.Settled += len(settled)
		}
		out.note(p, fresh, known)
		batch.Statements = append(batch.Statements, p.Statement)
		batch.Lines = append(batch.Lines, fresh...)
		for j := range p.Rejects {
			p.Rejects[j].At = book.At(a.wall())
		}
		batch.Rejects = append(batch.Rejects, p.Rejects...)
		if p.Proof.Known {
			proved = true
			holds = holds && p.Proof.Holds
			out.Difference += p.Proof.Difference.Minor
		}
	}
	if proved {
		out.BalanceHolds = &holds
	}
	out.Continuity = bankfile.Continuity(chain, batch.Statements, batch.Lines)
	return batch, nil
}

// sameCurrency refuses a statement of which no line is in the account's currency: it is of another
// account, though it does not say so.
func (a *App) sameCurrency(name string, account book.AccountName, p *bankfile.Parsed) error {
	c, _ := a.Config().Account(account)
	if len(p.Lines) == 0 || slices.ContainsFunc(p.Lines, func(l book.BankLine) bool {
		return l.Amount.Currency == c.Currency
	}) {
		return nil
	}
	return fmt.Errorf("%s is in %s, and the account %s is in %s: choose the account that it is of",
		name, p.Lines[0].Amount.Currency, account, c.Currency)
}

// existing are the account's lines of a statement's days and nearby ones, its announced lines, and
// those that have its lines' ids on other days; in the books, or ahead.
func (a *App) existing(ctx context.Context, account book.AccountName, p *bankfile.Parsed,
	ahead []book.BankLine) ([]book.BankLine, error) {
	var list []book.BankLine
	if from, to := p.FromOn-bankfile.Nearby, p.ToOn+bankfile.Nearby; p.FromOn != 0 {
		var err error
		if list, err = a.store.Lines(ctx, account, from, to); err != nil {
			return nil, err
		}
	}
	have := make(map[book.ItemID]bool, len(list)+len(ahead))
	for _, l := range list {
		have[l.ID] = true
	}
	for _, l := range ahead {
		if !have[l.ID] {
			have[l.ID] = true
			list = append(list, l)
		}
	}
	var ids []book.ItemID
	for _, l := range p.Lines {
		if !have[l.ID] {
			ids = append(ids, l.ID)
		}
	}
	others, err := a.store.LinesByID(ctx, ids)
	return append(list, others...), err
}

// replace takes a statement's lines as they are: those that the books have under the same id and with
// the same date and amount stay, the others are new, and what the books have on its days beside them
// is gone.
func replace(existing []book.BankLine, p *bankfile.Parsed) (fresh, known []book.BankLine,
	gone []book.ItemID) {
	have := make(map[book.ItemID]*book.BankLine, len(existing))
	for i := range existing {
		have[existing[i].ID] = &existing[i]
	}
	kept, taken := make(map[book.ItemID]bool, len(p.Lines)), map[book.ItemID]bool{}
	for _, l := range p.Lines {
		if old := have[l.ID]; old != nil && old.On == l.On && old.Amount == l.Amount {
			kept[l.ID] = true
			known = append(known, l)
			continue
		}
		fresh = append(fresh, l)
		taken[l.ID] = true
	}
	for _, l := range existing {
		onItsDays := l.On >= p.FromOn && l.On <= p.ToOn
		if !kept[l.ID] && (onItsDays || taken[l.ID]) {
			gone = append(gone, l.ID)
		}
	}
	return fresh, known, gone
}

// note takes a statement into the report.
func (f *ImportedFile) note(p *bankfile.Parsed, fresh, known []book.BankLine) {
	rows := make([]ImportRow, 0, len(fresh)+len(known))
	for _, l := range fresh {
		rows = append(rows, ImportRow{l, false})
	}
	for _, l := range known {
		rows = append(rows, ImportRow{l, true})
	}
	slices.SortStableFunc(rows, func(a, b ImportRow) int { return a.Line.Row - b.Line.Row })
	f.Rows = append(f.Rows, rows...)
	f.New += len(fresh)
	f.Duplicates += len(known)
	f.Quarantined = append(f.Quarantined, p.Rejects...)
	if p.Opening != nil && f.Opening == nil {
		m := money.New(*p.Opening, p.Currency)
		f.Opening = &m
	}
	if p.Closing != nil {
		m := money.New(*p.Closing, p.Currency)
		f.Closing = &m
	}
	if f.From == 0 || p.FromOn != 0 && p.FromOn < f.From {
		f.From = p.FromOn
	}
	f.To = max(f.To, p.ToOn)
}

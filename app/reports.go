package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/bankfile"
	"countinghouse/sync/source"
)

// ReportRequest says which downloaded reports of a gateway to read.
type ReportRequest struct {
	Files  []string
	Source book.SourceName
	// DryRun reads and compares, and stores nothing.
	DryRun bool
}

// ReportResult says what an import of reports read and did, in the order of the files.
type ReportResult struct{ Files []ReportFile }

// ReportFile is what was read from one report and what was done with it.
type ReportFile struct {
	Name   string
	Source book.SourceName
	// Format names the report, "stripe-itemised-balance"; From and To are the dates of its first and
	// last row, zero where it has none.
	Format   string
	From, To book.Date
	// Rows counts its data rows; New, Changed and Same the records that they came to; Known those
	// that were left alone because the API had brought them.
	Rows, New, Changed, Same, Known int
	// Quarantined are rows that could not be read, with place and reason.
	Quarantined []book.Reject
	// Notes are what a person should know of how it was read.
	Notes []string
	// Err is why nothing of the file was imported.
	Err error
}

// reportTries is how often a report is read where a pull or a webhook writes at the same time.
const reportTries = 5

// ImportReports reads a gateway's own reports into the books: each file is one transaction, the
// source's pull goes on from where it stood, and what its API has brought stays as it is. A file
// that cannot be read does not stop the others; the error is for what concerns all.
func (a *App) ImportReports(ctx context.Context, q ReportRequest,
	show func(Progress)) (ReportResult, error) {
	var out ReportResult
	reporter, err := a.reporter(q.Source)
	if err != nil {
		return out, err
	}
	for i, path := range q.Files {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		show(Progress{Stage: "reading " + baseName(path), Done: i, Total: len(q.Files)})
		f, err := a.importReport(ctx, reporter, path, q)
		for tries := 1; errors.Is(err, store.ErrMoved) && tries < reportTries; tries++ {
			f, err = a.importReport(ctx, reporter, path, q)
		}
		f.Name, f.Source, f.Err = baseName(path), q.Source, err
		out.Files = append(out.Files, f)
	}
	return out, nil
}

// reporter opens the reader of a configured source's reports.
func (a *App) reporter(name book.SourceName) (source.Reporter, error) {
	chosen, err := a.choose([]book.SourceName{name})
	if err != nil {
		return nil, err
	}
	k := kinds[chosen[0].Kind]
	if k.reports == nil {
		return nil, fmt.Errorf("%s has no reports that can be read from a file: pull it with "+
			"countinghouse sync", a.Config().Title(name))
	}
	o, err := a.settings(chosen[0])
	if err != nil {
		return nil, err
	}
	return k.reports(o)
}

func (a *App) importReport(ctx context.Context, reporter source.Reporter, path string,
	q ReportRequest) (ReportFile, error) {
	file, err := openReport(path)
	if err != nil {
		return ReportFile{}, err
	}
	defer file.Close()
	turn, err := a.store.Turn(ctx, q.Source)
	if err != nil {
		return ReportFile{}, err
	}
	var records book.Records
	var f ReportFile
	read, err := reporter.Report(ctx, file, pulled{a.store, q.Source}, func(p source.Page) error {
		source.MaskRecords(&p.Records)
		records.Add(p.Records)
		f.Quarantined = append(f.Quarantined, p.Rejects...)
		return ctx.Err()
	})
	f.Format, f.From, f.To, f.Rows, f.Known = read.Format, read.From, read.To, read.Rows, read.Known
	f.Notes = read.Notes
	if source.KindOf(err) == source.KindUnsupported {
		err = a.otherwise(ctx, path, q.Source, err)
	}
	if err != nil {
		f.Quarantined = nil
		return f, err
	}
	done, err := a.store.Add(ctx, q.Source, turn, records, f.Quarantined, book.At(a.wall()), q.DryRun)
	n := done.Total()
	f.New, f.Changed, f.Same = n.New, n.Changed, n.Same
	return f, err
}

func openReport(path string) (*os.File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report cannot be opened: there is no file %s; check its path, or "+
			"choose it again", path)
	}
	if err != nil {
		return nil, fmt.Errorf("report cannot be opened: %w", err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("report cannot be opened: %w", err)
	case info.IsDir():
		err = fmt.Errorf("%q is a folder: name the files in it", baseName(path))
	case info.Size() > source.ReportSizeMax:
		err = fmt.Errorf("%q is larger than %d MB: download a shorter period", baseName(path),
			source.ReportSizeMax>>20)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// otherwise is the refusal of a file that is none of a source's reports, with what it looks like.
func (a *App) otherwise(ctx context.Context, path string, name book.SourceName, err error) error {
	for _, kind := range kindNames() {
		k := kinds[kind]
		if k.reports == nil || slices.ContainsFunc(a.Config().Sources, func(s SourceConfig) bool {
			return s.Name == name && s.Kind == kind
		}) {
			continue
		}
		o := source.Options{Name: "other", Zone: a.Config().Zone(), Clock: a.wall,
			Base: a.Config().Business.BaseCurrency}
		if _, ok := recognised(ctx, k, o, path); ok {
			return fmt.Errorf("%s is a report of %s and none of %s: name the source that it is of",
				baseName(path), k.describe.Title, a.Config().Title(name))
		}
	}
	if a.isStatement(ctx, path) {
		return fmt.Errorf("%s looks like a bank statement and is no report of %s: import it with "+
			"--account", baseName(path), a.Config().Title(name))
	}
	return err
}

// isStatement says that a file can be read as a bank statement, or could with a question answered.
func (a *App) isStatement(ctx context.Context, path string) bool {
	file, _, err := openStatement(path)
	if err != nil {
		return false
	}
	defer file.Close()
	f, err := bankfile.Read(ctx, file, path, bankfile.Options{Account: "other",
		Currency: a.Config().Business.BaseCurrency})
	return err == nil && len(f.Statements) > 0 && len(f.Statements[0].Lines) > 0
}

// Recognised is a source whose report a file is.
type Recognised struct {
	Source        book.SourceName
	Title, Format string
}

// Recognise lists the configured sources of which a file is a report, in the order of the
// configuration; none for a bank statement. It stores nothing. Its error is for a file that cannot
// be opened.
func (a *App) Recognise(ctx context.Context, path string) ([]Recognised, error) {
	file, err := openReport(path)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	var out []Recognised
	for _, s := range a.Config().Sources {
		k := kinds[s.Kind]
		o, err := a.settings(s)
		if k.reports == nil || err != nil {
			continue
		}
		if format, ok := recognised(ctx, k, o, path); ok {
			out = append(out, Recognised{s.Name, a.Config().Title(s.Name), format})
		}
	}
	return out, ctx.Err()
}

// errSeen ends the reading of a report as soon as it is known to be one.
var errSeen = errors.New("recognised")

// recognised says whether a file is a report of a kind of source, and which.
func recognised(ctx context.Context, k kind, o source.Options, path string) (string, bool) {
	reporter, err := k.reports(o)
	if err != nil {
		return "", false
	}
	file, err := openReport(path)
	if err != nil {
		return "", false
	}
	defer file.Close()
	read, err := reporter.Report(ctx, file, noBooks{}, func(source.Page) error { return errSeen })
	return read.Format, err == nil || errors.Is(err, errSeen) ||
		source.KindOf(err) == source.KindMalformed
}

// noBooks are books that hold nothing.
type noBooks struct{}

func (noBooks) Revision(context.Context, book.ItemID) (string, error) { return "", nil }

func (noBooks) Unsettled(context.Context, book.Kind, book.Instant) ([]book.ItemID, error) {
	return nil, nil
}

// noKeyNeeded is what a sync says of a source that is read from reports.
const noKeyNeeded = "no key; read from reports"

// onlyReported says that a source has no key and needs none: its records came from reports.
func (a *App) onlyReported(ctx context.Context, s SourceConfig) (bool, error) {
	if kinds[s.Kind].reports == nil || !a.keyless(s) {
		return false, nil
	}
	return a.store.HasRevision(ctx, s.Name, source.FromReport)
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/bankfile"
	"countinghouse/sync/source"
)

// statementFile is a file as it was read for one account.
type statementFile struct {
	account AccountConfig
	file    bankfile.File
}

// entry is what the report says of a file before it is compared with the books.
func (r statementFile) entry() ImportedFile {
	f := r.file
	return ImportedFile{Account: r.account.Name, Format: string(f.Format), Variant: f.Variant,
		Size: f.Size, Digest: f.Digest, Warnings: f.Warnings, Notes: f.Notes, Questions: f.Questions,
		Profile: f.Profile, Recognised: f.Recognised}
}

// openStatement opens a statement file. Its errors are sentences that say what to do.
func openStatement(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("statement cannot be opened: there is no file %s; check its "+
			"path, or choose it again", path)
	case err != nil:
		return nil, nil, fmt.Errorf("statement cannot be opened: %w", err)
	case info.IsDir():
		return nil, nil, fmt.Errorf("%q is a folder: name the files in it", baseName(path))
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%q is no ordinary file: save the statement to a file first",
			baseName(path))
	case info.Size() > bankfile.DefaultLimits.Bytes:
		return nil, nil, fmt.Errorf("%s is larger than %d MB: export a shorter period",
			baseName(path), bankfile.DefaultLimits.Bytes>>20)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil, fmt.Errorf("statement cannot be opened: you may not read %s; close the program "+
			"that has it open, or change its permissions", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("statement cannot be opened: %w", err)
	}
	return f, info, nil
}

// unchanged says that a file is still what it was when it was opened: one that is being written is
// no statement yet.
func unchanged(path string, was fs.FileInfo, read int64) error {
	now, err := os.Stat(path)
	if err == nil && now.Size() == was.Size() && now.ModTime().Equal(was.ModTime()) &&
		(read == 0 || read == was.Size()) {
		return nil
	}
	return fmt.Errorf("%s changed while it was read: import it again when it is complete",
		baseName(path))
}

// readStatements reads a file for each account that it is of. Beside an error the entries say how
// far it got.
func (a *App) readStatements(ctx context.Context, path string, q ImportRequest) ([]statementFile,
	error) {
	file, info, err := openStatement(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hits, err := a.accountsOf(ctx, file, path, q)
	if err != nil {
		return nil, err
	}
	out := make([]statementFile, 0, len(hits))
	for i, h := range hits {
		o, err := a.importOptions(ctx, h, q)
		if err != nil {
			return out, err
		}
		for j, other := range hits {
			if i != j {
				o.Elsewhere = append(o.Elsewhere, other.number)
			}
		}
		f, err := a.readFor(ctx, file, path, h, o, q)
		out = append(out, statementFile{h.AccountConfig, f})
		if err != nil {
			return out, err
		}
		h.keepOwn(&out[i].file, hits)
		maskCards(&out[i].file)
	}
	if err := unchanged(path, info, out[0].file.Size); err != nil {
		return out, err
	}
	return out, checkFixes(out, q.Fixes)
}

// maskCards masks card numbers in what a file says, before anything of it is compared, shown or kept.
func maskCards(f *bankfile.File) {
	for i := range f.Statements {
		source.MaskRecords(&book.Records{Lines: f.Statements[i].Lines})
	}
	for _, texts := range [][]string{f.Warnings, f.Notes} {
		for i := range texts {
			texts[i] = source.MaskCards(texts[i])
		}
	}
}

// readFor reads a file for one account. One that has an IBAN and a number may be named by either.
func (a *App) readFor(ctx context.Context, file io.ReadSeeker, path string, h hit,
	o bankfile.Options, q ImportRequest) (bankfile.File, error) {
	f, err := readAnswered(ctx, file, path, o, q.Answers)
	other := slices.ContainsFunc(f.Statements, func(p bankfile.Parsed) bool { return p.OtherAccount })
	if err != nil || !other || h.Number == "" || o.Number == h.Number {
		return f, err
	}
	o.Number = h.Number
	return readAnswered(ctx, file, path, o, q.Answers)
}

// checkFixes refuses a correction of a row that the file does not have.
func checkFixes(read []statementFile, fixes []Fix) error {
	for _, x := range fixes {
		found := x.LeaveOut
		for _, r := range read {
			for _, p := range r.file.Statements {
				found = found || slices.ContainsFunc(p.Lines, func(l book.BankLine) bool {
					return l.Row == x.Row
				}) || slices.ContainsFunc(p.Rejects, func(b book.Reject) bool {
					return bankfile.RowOf(b.Place) == x.Row
				})
			}
			if x.LeaveOut {
				found = slices.ContainsFunc(r.file.Notes, func(n string) bool {
					place, _, _ := strings.Cut(n, " is left out")
					return bankfile.RowOf(place) == x.Row
				})
			}
		}
		switch {
		case found:
		case x.LeaveOut:
			return fmt.Errorf("row %d of %s is none that is kept aside: only such a row can be left out",
				x.Row, read[0].file.Name)
		default:
			return fmt.Errorf("row %d of %s is no line, so that it cannot be corrected", x.Row,
				read[0].file.Name)
		}
	}
	return nil
}

// importOptions are how a file is read for an account.
func (a *App) importOptions(ctx context.Context, h hit, q ImportRequest) (bankfile.Options, error) {
	o := bankfile.Options{Account: h.Name, Currency: h.Currency, Number: h.number,
		Format: bankfile.Format(q.Format), Fixes: q.Fixes}
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
	return o, fmt.Errorf("there is no remembered profile %q: see countinghouse import profile list",
		q.Profile)
}

// readAnswered reads a file, and again with the answers where it asks or where a remembered profile
// has answered before: what a person says now goes before what was said then.
func readAnswered(ctx context.Context, file io.ReadSeeker, path string, o bankfile.Options,
	answers []string) (bankfile.File, error) {
	for i := range len(answers) + 1 {
		f, err := readAgain(ctx, file, path, o, bankfile.Read)
		var open func(Topic) bool
		var ask *bankfile.Ask
		switch {
		case errors.As(err, &ask):
			open = func(t Topic) bool {
				return slices.ContainsFunc(ask.Questions, func(q Question) bool { return q.Topic == t }) ||
					t == AskColumns && len(f.Profile.Columns) > 0
			}
		case err == nil && i == 0 && f.Recognised:
			open = func(Topic) bool { return true }
		case err == nil && i == 0 && f.Profile.Shape != "":
			// What a column means is a person's to say, though the file does not ask.
			open = func(t Topic) bool { return t == AskColumns }
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
	}
	return readAgain(ctx, file, path, o, bankfile.Read)
}

// readAgain reads a file from its beginning.
func readAgain(ctx context.Context, file io.ReadSeeker, path string, o bankfile.Options,
	read func(context.Context, io.ReadSeeker, string, bankfile.Options) (bankfile.File, error),
) (bankfile.File, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return bankfile.File{}, fmt.Errorf("statement cannot be read: %w", err)
	}
	return read(ctx, file, path, o)
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

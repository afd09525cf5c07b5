// Package bankfile owns reading bank statements from files: it finds out what a file is, decides
// from the data how it is written, and gives statements, lines and their proof. app calls it for
// every import; it never stores anything, never opens a file or the network itself, and never
// guesses: what the file cannot decide comes back as a question, what cannot be read as a reject.
package bankfile

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// Format is a kind of statement file.
type Format string

// The formats that are read.
const (
	// Auto lets the content decide.
	Auto Format = "auto"
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	// OFX is QFX too.
	OFX Format = "ofx"
	QIF Format = "qif"
	// MT940 is MT942 too.
	MT940 Format = "mt940"
	CAMT  Format = "camt"
	BAI2  Format = "bai2"
)

// Formats are all that a file may be read as, Auto first.
var Formats = []Format{Auto, CSV, XLSX, OFX, QIF, MT940, CAMT, BAI2}

// readers read the formats.
var readers = map[Format]reading{
	CSV:   readCSV,
	XLSX:  readXLSX,
	OFX:   readOFX,
	QIF:   readQIF,
	MT940: readMT940,
	CAMT:  readCAMT,
	BAI2:  readBAI2,
}

// Options say for which account a file is read and what is already known of its form.
type Options struct {
	Account book.AccountName
	// Currency is the account's, used where the file names none.
	Currency money.Currency
	// Number is the account's IBAN or number, "" where it is not configured.
	Number string
	// Format is Auto or "" where the content decides.
	Format Format
	// Profile is how such files are written, as learned or answered before; nil for none. Known looks
	// a profile up by the file's shape where Profile is nil; it may be nil and may return nil.
	Profile *Profile
	Known   func(shape string) *Profile
	// Fixes replace cells that a person has corrected; the file stays as it is.
	Fixes []Fix
	// Elsewhere are the numbers of accounts whose statements are read out of the same file for them:
	// leaving those out is nothing to warn of.
	Elsewhere []string
	Limits    Limits
}

// Fix is a person's correction of one cell of a delimited file, or of one field of another one.
type Fix struct {
	// Row is the row or entry in the file, from 1.
	Row int
	// Means is the column; Value replaces its cell. Dates are YYYY-MM-DD.
	Means Role
	Value string
	// LeaveOut says in place of a value that a row that cannot be read is no line: it is no reject.
	LeaveOut bool
}

// Limits are what a file may hold; zero fields take the defaults of DefaultLimits.
type Limits struct {
	// Bytes is the size of the file, Cell the size of one cell or XML text in bytes.
	Bytes int64
	Cell  int
	// Rows are lines or entries, Columns the cells of a row, Depth the nesting of XML elements.
	Rows, Columns, Depth int
}

// DefaultLimits hold several years of a busy account.
var DefaultLimits = Limits{Bytes: 256 << 20, Cell: 1 << 18, Rows: 2_000_000, Columns: 512, Depth: 48}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	if l.Bytes > 0 {
		d.Bytes = l.Bytes
	}
	if l.Cell > 0 {
		d.Cell = l.Cell
	}
	if l.Rows > 0 {
		d.Rows = l.Rows
	}
	if l.Columns > 0 {
		d.Columns = l.Columns
	}
	if l.Depth > 0 {
		d.Depth = l.Depth
	}
	return d
}

// File is what was read from one file.
type File struct {
	// Name is the file's name without its folder.
	Name   string
	Format Format
	// Variant says more about the format: "camt.053", "CSV, semicolon, windows-1252".
	Variant, Encoding, Delimiter string
	// Digest is the SHA-256 of the bytes in hex, Size their number.
	Digest string
	Size   int64
	// Statements are in file order.
	Statements []Parsed
	// Profile is how the file is written, as far as it could be decided; for delimited files only.
	// Recognised says that a profile that was given has been applied.
	Profile    Profile
	Recognised bool
	// Questions are what the file cannot decide; Statements is empty while there are any.
	Questions []Question
	// Warnings are what is not right with the file, Notes what was decided in reading it.
	Warnings, Notes []string

	// seen counts the statements, those that are left out too.
	seen int
}

// Outcome says in one word how reading went: "ok", "warn" or "ask".
func (f File) Outcome() string {
	if len(f.Questions) > 0 {
		return "ask"
	}
	if len(f.Warnings) > 0 {
		return "warn"
	}
	return "ok"
}

// Parsed is one statement with its lines in file order.
type Parsed struct {
	book.Statement
	Lines []book.BankLine
	// Rejects are the rows that could not be read; their At is for the caller to set.
	Rejects []book.Reject
	Proof   Proof
	// OtherAccount says that the statement names another account than Options.Number.
	OtherAccount bool
	// file holds the ids of all lines of the file, this statement's and its others'.
	file map[book.ItemID]bool

	// at is the statement's place in the file, from 0, tally what its lines come to, and digest what
	// its id is made of. reversals are the indexes of lines that take others back, turned says that
	// their amounts were turned round. plan is the same statement as a first pass found it.
	at        int
	tally     tally
	digest    hash.Hash
	reversals []int
	turned    bool
	plan      *Parsed
}

// Error says what is wrong with a file, where, and what to do.
type Error struct {
	// File is the name without its folder; Place the row, line or entry, "" for the whole file; Field
	// the column or element there.
	File, Place, Field string
	Reason, Hint       string
}

// Error is all of it in one line.
func (e *Error) Error() string {
	parts := []string{"bankfile"}
	for _, p := range []string{e.File, e.Place, e.Field, e.Reason} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	s := strings.Join(parts, ": ")
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// refuse is an error about the whole file; Read fills in its name.
func refuse(reason, hint string) error { return &Error{Reason: reason, Hint: hint} }

// Ask is the error of a file that needs an answer first. Ask the questions, put the answers into
// the file's profile with Profile.With, and read again.
type Ask struct {
	File      string
	Questions []Question
}

// Error names the questions.
func (e *Ask) Error() string {
	texts := make([]string, len(e.Questions))
	for i, q := range e.Questions {
		texts[i] = q.Text
	}
	return "bankfile: " + e.File + ": needs an answer: " + strings.Join(texts, " ")
}

// Read reads a statement file. name is the file's name, used in messages and as a hint only. It
// returns *Error for a file that is refused as a whole, *Ask with the File as far as it was read
// where a question must be answered first, and the context's or reader's own error wrapped.
func Read(ctx context.Context, r io.ReadSeeker, name string, o Options) (File, error) {
	in, f, s := open(ctx, r, name, o, keeping)
	err := f.finish(in, s)
	return *f, err
}

func open(ctx context.Context, r io.ReadSeeker, name string, o Options, p pass) (*input, *File, *sink) {
	o.Limits = o.Limits.orDefault()
	f := &File{Name: baseName(name)}
	return newInput(ctx, r, o.Limits.Bytes), f, &sink{f: f, o: o, pass: p, ids: newIdentities()}
}

// finish reads a file once and completes what was found.
func (f *File) finish(in *input, s *sink) error {
	if err := f.read(in, s); err != nil {
		return f.named(err)
	}
	digest, size, err := in.finish()
	if err != nil {
		return f.named(err)
	}
	f.Digest, f.Size = digest, size
	if len(f.Questions) > 0 {
		f.Statements = nil
		return &Ask{File: f.Name, Questions: f.Questions}
	}
	if err := f.complete(s); err != nil {
		return f.named(err)
	}
	return nil
}

func (f *File) read(in *input, s *sink) error {
	head, err := in.head()
	if err != nil {
		return err
	}
	kind, err := recognise(head)
	if err != nil {
		return err
	}
	if want := s.o.Format; want != "" && want != Auto && want != kind {
		return refuse(fmt.Sprintf("the content is %s, not %s", kind, want),
			"leave the format to be found out")
	}
	f.Format = kind
	return readers[kind](in, s)
}

// named puts the file's name into an error.
func (f *File) named(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.File = f.Name
		return e
	}
	return fmt.Errorf("bankfile: %s: read: %w", f.Name, err)
}

func (f *File) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

func (f *File) note(format string, args ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
}

// complete gives the statements their names and proofs, and the lines that were kept their ids.
func (f *File) complete(s *sink) error {
	o := s.o
	f.keepAccount(o)
	f.keepOnce()
	for i := range f.Statements {
		p := &f.Statements[i]
		p.Account, p.File, p.Digest, p.Format = o.Account, f.Name, f.Digest, string(f.Format)
		f.leaveOut(p, o.Fixes)
		for j := range p.Rejects {
			p.Rejects[j].Origin = string(o.Account)
			p.Rejects[j].Kind = book.KindBankLine
			p.Rejects[j].Raw = source.Raw(p.Rejects[j].Raw, nil)
			f.warn("%s: %s", p.Rejects[j].Place, p.Rejects[j].Reason)
		}
		p.OtherAccount = o.Number != "" && p.AccountNumber != "" &&
			!sameNumber(o.Number, p.AccountNumber)
		if p.FromOn == 0 {
			p.FromOn = p.tally.from
		}
		if p.ToOn == 0 {
			p.ToOn = p.tally.to
		}
		if err := p.prove(f); err != nil {
			return err
		}
		if n := p.tally.foreign(o.Currency); n > 0 {
			f.warn("%d lines are in another currency than the account's, %s", n, o.Currency)
		}
	}
	if s.pass == keeping {
		f.identify(s.ids)
	}
	return nil
}

// identify gives the lines of a file and its statements their ids.
func (f *File) identify(ids *identities) {
	all := map[book.ItemID]bool{}
	for i := range f.Statements {
		p := &f.Statements[i]
		ids.name(p.Lines, p.signing())
		p.sign()
		for j := range p.Lines {
			p.Lines[j].StatementID = p.ID
			all[p.Lines[j].ID] = true
		}
		p.file = all
	}
}

// keepAccount leaves out the statements of other accounts where the file has some of ours. Where it
// has none, the number may only be written in another way: it is the caller's to stop.
func (f *File) keepAccount(o Options) {
	number := o.Number
	if number == "" {
		return
	}
	elsewhere := func(p Parsed) bool {
		return slices.ContainsFunc(o.Elsewhere, func(n string) bool {
			return sameNumber(n, p.AccountNumber)
		})
	}
	others := func(p Parsed) bool {
		return p.AccountNumber != "" && !sameNumber(number, p.AccountNumber)
	}
	var kept []Parsed
	for _, p := range f.Statements {
		if !others(p) {
			kept = append(kept, p)
		}
	}
	for _, p := range f.Statements {
		if !others(p) || len(kept) > 0 && elsewhere(p) {
			continue
		}
		if len(kept) > 0 {
			f.warn("a statement of account %s is left out: this account is %s", p.AccountNumber, number)
		} else {
			f.warn("the file is of account %s, this account is %s", p.AccountNumber, number)
		}
	}
	if len(kept) > 0 {
		f.Statements = kept
	}
}

// foreign counts the lines in another currency than the account's.
func (t *tally) foreign(c money.Currency) int {
	n := 0
	for _, s := range t.sums {
		if c != "" && s.currency != c {
			n += s.lines
		}
	}
	return n
}

func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// sameNumber compares account numbers by their letters and digits; one may end with the other,
// because banks print the IBAN here and the number alone there.
func sameNumber(a, b string) bool {
	a, b = alphanumeric(a), alphanumeric(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || len(a) >= 6 && strings.HasSuffix(b, a)
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, s)
}

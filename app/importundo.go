package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/bankfile"
)

// ImportEntry is one import in the books' log.
type ImportEntry struct {
	ID       ImportID
	Accounts []book.AccountName
	Files    []string
	At       book.Instant
	By       string
	// New counts lines, Replaced lines and statements that others took the place of, KeptAside rows
	// that could not be read and TakenIn rows of an earlier import that were read this time.
	New, Replaced, KeptAside, TakenIn int
	// Undoable says that it stands and that the books hold what it did. UndoneAt is zero while it
	// stands.
	Undoable bool
	UndoneAt book.Instant
	UndoneBy string
}

// Title names an import: its number and files.
func (e ImportEntry) Title() string {
	if len(e.Files) == 0 {
		return fmt.Sprintf("import %d", e.ID)
	}
	return fmt.Sprintf("import %d (%s)", e.ID, strings.Join(e.Files, ", "))
}

// Imports lists the imports of statements, the newest first.
func (a *App) Imports(ctx context.Context) ([]ImportEntry, error) {
	list, err := a.store.Imports(ctx)
	out := make([]ImportEntry, 0, len(list))
	for _, r := range list {
		out = append(out, entryOf(r))
	}
	return out, err
}

func entryOf(r store.ImportRecord) ImportEntry {
	return ImportEntry{ID: r.ID, Accounts: r.Accounts, Files: r.Files, At: r.At, By: r.By, New: r.New,
		Replaced: r.Replaced, KeptAside: r.Rejected, TakenIn: r.Settled,
		Undoable: r.Undoable && r.UndoneAt == 0, UndoneAt: r.UndoneAt, UndoneBy: r.UndoneBy}
}

// Undone says what the undoing of an import came to.
type Undone struct {
	Import ImportEntry
	// Gone are lines that went, Back those that came back, Kept those that stay because the imports
	// KeptBy have them too.
	Gone, Back, Kept int
	KeptBy           []ImportEntry
	// Rejects counts rows that left the quarantine, Reopened those that wait there again, Matches the
	// automatic and suggested matches that ended.
	Rejects, Reopened, Matches int
}

// Sentence says it in words.
func (u Undone) Sentence() string {
	s := fmt.Sprintf("%s is undone: %s went", capital(u.Import.Title()), counted(u.Gone, "line"))
	if u.Back > 0 {
		s += fmt.Sprintf(", %d came back", u.Back)
	}
	if u.Rejects > 0 {
		s += fmt.Sprintf(", %s left the quarantine", counted(u.Rejects, "row"))
	}
	if u.Reopened > 0 {
		s += fmt.Sprintf(", %s kept aside again", counted(u.Reopened, "row"))
	}
	if u.Matches > 0 {
		s += fmt.Sprintf("; %s ended", counted(u.Matches, "match"))
	}
	if u.Kept > 0 {
		var by []string
		for _, e := range u.KeptBy {
			by = append(by, e.Title())
		}
		s += fmt.Sprintf("; %s stay, because %s has them too", counted(u.Kept, "line"),
			strings.Join(by, " and "))
	}
	return s
}

// counted is a number of things in words.
func counted(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ch"):
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// UndoImport takes an import back as one step: what it brought goes, what it replaced comes back,
// and its rows leave the quarantine. An error says in a sentence what is in the way and what to do.
func (a *App) UndoImport(ctx context.Context, id ImportID) (Undone, error) {
	if err := a.Config().May(a.User(), RightDecide); err != nil {
		return Undone{}, err
	}
	done, err := a.store.UndoImport(ctx, id, a.User(), book.At(a.wall()))
	var cannot *store.CannotUndo
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Undone{}, fmt.Errorf("there is no import %d: countinghouse import list names them", id)
	case errors.As(err, &cannot):
		return Undone{}, a.cannotUndo(cannot)
	case err != nil:
		return Undone{}, err
	}
	out := Undone{Import: entryOf(done.Import), Gone: done.Gone, Back: done.Back, Kept: done.Kept,
		Rejects: done.Rejects, Reopened: done.Reopened, Matches: done.Matches}
	all, err := a.Imports(ctx)
	for _, e := range all {
		if slices.Contains(done.KeptBy, e.ID) {
			out.KeptBy = append(out.KeptBy, e)
		}
	}
	return out, err
}

func (a *App) cannotUndo(e *store.CannotUndo) error {
	entry := entryOf(e.Import)
	title := entry.Title()
	line := fmt.Sprintf("the line of %s, %s", e.Line.On, e.Line.Amount)
	if e.Line.Counterparty != "" {
		line += ", " + e.Line.Counterparty
	}
	switch {
	case e.Twice:
		return fmt.Errorf("%s was undone already, on %s by %s", title,
			entry.UndoneAt.In(a.Config().Zone()), entry.UndoneBy)
	case e.Old:
		return fmt.Errorf("%s was made by a version that did not keep what an import does: import the "+
			"right file with --replace instead", title)
	case e.Later.ID != 0:
		later := entryOf(e.Later)
		return fmt.Errorf("%s cannot be undone before %s, which was compared with it (%s): undo "+
			"import %d first", title, later.Title(), line, later.ID)
	}
	why := ""
	if e.Why != "" {
		why = fmt.Sprintf(" (%q)", e.Why)
	}
	return fmt.Errorf("%s cannot be undone: %s, is in a match that %s confirmed%s: reject that match "+
		"first", title, line, e.By, why)
}

// QuarantinedRow is a row of a statement file that could not be read and waits for somebody.
type QuarantinedRow struct {
	ID      int64
	Account book.AccountName
	// File is the file's name, "" where the books do not know it, and Digest the SHA-256 of its bytes.
	File, Digest string
	// Place is where it stands, Row its number there, 0 where it has none.
	Place       string
	Row         int
	Reason, Raw string
	At          book.Instant
	Import      ImportID
}

// Quarantine lists the rows of statements that wait for somebody, in the order in which they came.
// They are taken in by importing the same file with Fixes.
func (a *App) Quarantine(ctx context.Context) ([]QuarantinedRow, error) {
	list, err := a.store.Quarantine(ctx)
	out := make([]QuarantinedRow, 0, len(list))
	for _, x := range list {
		out = append(out, QuarantinedRow{ID: x.ID, Account: x.Account, File: x.File, Digest: x.Digest,
			Place: x.Place, Row: bankfile.RowOf(x.Place), Reason: x.Reason, Raw: x.Raw, At: x.At,
			Import: x.Import})
	}
	return out, err
}

// DropQuarantined settles a row on purpose, without taking it in; it stays out when its file comes
// again.
func (a *App) DropQuarantined(ctx context.Context, id int64) error {
	err := a.store.DropAside(ctx, id, a.User(), book.At(a.wall()))
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("no row %d is kept aside: countinghouse import rejects lists them", id)
	}
	return err
}

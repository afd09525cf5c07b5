package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// WatchState is what became of a file in a watched folder; see store.
type WatchState = store.WatchState

// The states of a watched file.
const (
	WatchSeen  = store.WatchSeen
	WatchTaken = store.WatchTaken
	WatchWaits = store.WatchWaits
	WatchOther = store.WatchOther
)

// Watched is a file in a watched folder, or the folder itself where it cannot be read.
type Watched struct {
	Path  string
	State WatchState
	// Why says what a file waits for.
	Why string
	// At is when this was found out.
	At book.Instant
	// Imported is what a look that took the file did; nil at other times.
	Imported []ImportedFile
}

// errNotAlone is the error of a file that no look may import by itself.
type errNotAlone struct{ why string }

func (e *errNotAlone) Error() string { return e.why }

// watchFolders are the watched folders in the order of the configuration, with their accounts.
func (a *App) watchFolders() (folders []string, accounts map[string][]book.AccountName) {
	accounts = map[string][]book.AccountName{}
	for _, x := range a.Config().Accounts {
		if x.Watch == "" {
			continue
		}
		folder := filepath.Clean(x.Watch)
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(a.dir(), folder)
		}
		if accounts[folder] == nil {
			folders = append(folders, folder)
		}
		accounts[folder] = append(accounts[folder], x.Name)
	}
	return folders, accounts
}

// WatchedFiles lists what the last looks found in watched folders: what waits first, by path.
func (a *App) WatchedFiles(ctx context.Context) ([]Watched, error) {
	list, err := a.store.WatchedFiles(ctx)
	var out []Watched
	for _, f := range list {
		out = append(out, Watched{Path: f.Path, State: f.State, Why: f.Why, At: f.At})
	}
	slices.SortStableFunc(out, func(x, y Watched) int {
		return boolOrder(y.State == WatchWaits) - boolOrder(x.State == WatchWaits)
	})
	return out, err
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// LookWatched looks into the watched folders. A file that is as it was at the look before is
// imported, if nothing about it needs a person: no question, no warning, nothing kept aside, and a
// balance that comes out, or none stated and no day missing since the last statement. Every other one
// waits and says what for. No file is moved, changed or deleted, and none is taken twice, also after
// its import was undone. It returns what is new or waits.
func (a *App) LookWatched(ctx context.Context, show func(Progress)) ([]Watched, error) {
	folders, accounts := a.watchFolders()
	if len(folders) == 0 {
		return nil, nil
	}
	a.looking.Lock()
	defer a.looking.Unlock()
	list, err := a.store.WatchedFiles(ctx)
	if err != nil {
		return nil, err
	}
	l := look{app: a, known: map[string]store.WatchedFile{}, taken: map[string]bool{}, show: show}
	for _, f := range list {
		l.known[f.Path] = f
		if f.Digest != "" {
			l.taken[f.Digest] = true
		}
	}
	for _, folder := range folders {
		if err := l.folder(ctx, folder, accounts[folder]); err != nil {
			return l.found, err
		}
	}
	return l.found, nil
}

// look is one look at all watched folders.
type look struct {
	app   *App
	known map[string]store.WatchedFile
	// taken are the digests of files that were taken before.
	taken map[string]bool
	found []Watched
	show  func(Progress)
}

func (l *look) folder(ctx context.Context, folder string, accounts []book.AccountName) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		why := "the watched folder cannot be read: " + err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			why = "the watched folder is not there: make it, connect its drive, or change it in " + ConfigName
		}
		l.found = append(l.found, Watched{Path: folder, State: WatchWaits, Why: why})
		return nil
	}
	slices.SortFunc(entries, func(x, y fs.DirEntry) int { return natural(x.Name(), y.Name()) })
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.show(Progress{Stage: "looking into " + baseName(folder), Done: i, Total: len(entries)})
		path := filepath.Join(folder, e.Name())
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			continue
		}
		if err := l.file(ctx, path, info, accounts); err != nil {
			return err
		}
	}
	return nil
}

// file looks at one file. Its error ends the look: the books cannot be read or written.
func (l *look) file(ctx context.Context, path string, info fs.FileInfo,
	accounts []book.AccountName) error {
	now := store.WatchedFile{Path: path, Size: info.Size(), Modified: info.ModTime().UnixNano(),
		State: WatchSeen, At: book.At(l.app.wall())}
	was, ok := l.known[path]
	now.Digest = was.Digest
	if !ok || was.Size != now.Size || was.Modified != now.Modified {
		if why := noStatement(path); why != "" {
			now.State, now.Why = WatchOther, why
		} else {
			l.found = append(l.found, Watched{Path: path, State: WatchSeen, At: now.At,
				Why: "it is new or has changed: it is read at the next look"})
		}
		return l.app.store.SaveWatched(ctx, now)
	}
	if was.State == WatchTaken || was.State == WatchOther {
		return nil
	}
	files, err := l.take(ctx, path, accounts)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w := Watched{Path: path, State: WatchTaken, At: now.At}
	switch {
	case errors.Is(err, errTakenBefore):
		w.Why = "the same file was taken before"
	case err != nil:
		w.State, w.Why = WatchWaits, Explain(err)
		if was.State == WatchWaits && was.Why == w.Why {
			w.At = was.At
		}
	default:
		w.Imported = files
	}
	if w.State == WatchTaken {
		now.Digest = files[0].Digest
		l.taken[now.Digest] = true
	}
	now.State, now.Why, now.At = w.State, w.Why, w.At
	l.found = append(l.found, w)
	return l.app.store.SaveWatched(ctx, now)
}

// take imports a file if nothing about it needs a person; else the error says what does.
func (l *look) take(ctx context.Context, path string, accounts []book.AccountName) ([]ImportedFile,
	error) {
	file, _, err := openStatement(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	of, err := l.app.candidates(ctx, file, path, ImportRequest{})
	switch {
	case err != nil:
		return nil, err
	case !of.byNumber && of.unknown != "":
		return nil, notConfigured(path, of.unknown)
	}
	q := ImportRequest{Files: []string{path}}
	for _, h := range of.hits {
		here := slices.Contains(accounts, h.Name)
		switch {
		case of.byNumber && !here:
			return nil, &errNotAlone{fmt.Sprintf("it is of the account %s, which does not watch this "+
				"folder: import it by hand", h.Name)}
		case of.byNumber || !here:
		case q.Account != "":
			return nil, &errNotAlone{"it does not say of which account it is: import it by hand"}
		default:
			q.Account = h.Name
		}
	}
	if !of.byNumber && q.Account == "" {
		return nil, &errNotAlone{"it is of no account that watches this folder: import it by hand"}
	}
	q.accept = func(f ImportedFile) error {
		if l.taken[f.Digest] {
			return errTakenBefore
		}
		return l.app.aloneIn(ctx, f)
	}
	r, err := l.app.Import(ctx, q, func(Progress) {})
	for _, f := range r.Files {
		if err == nil {
			err = f.Err
		}
	}
	return r.Files, err
}

// errTakenBefore says that the same bytes were taken under another name.
var errTakenBefore = errors.New("it was taken before")

// aloneIn is nil for a file that may be imported without a person, else what it needs one for.
func (a *App) aloneIn(ctx context.Context, f ImportedFile) error {
	switch {
	case len(f.Questions) > 0:
		return &errNotAlone{"needs an answer: " + f.Questions[0].Text}
	case len(f.Quarantined) > 0:
		return &errNotAlone{fmt.Sprintf("%s cannot be read: %s: %s", counted(len(f.Quarantined), "row"),
			f.Quarantined[0].Place, f.Quarantined[0].Reason)}
	case len(f.Warnings) > 0:
		return &errNotAlone{"needs a look: " + f.Warnings[0]}
	case f.BalanceHolds != nil && *f.BalanceHolds, f.New == 0:
		return nil
	case f.BalanceHolds != nil:
		return &errNotAlone{"its balance does not come out"}
	case f.Opening != nil || f.Closing != nil:
		return &errNotAlone{"its balance cannot be proved"}
	}
	last := book.Date(0)
	stored, err := a.store.Statements(ctx, f.Account)
	for _, s := range stored {
		last = max(last, s.ToOn)
	}
	switch {
	case err != nil:
		return err
	case last == 0:
		return &errNotAlone{"it states no balance and is the first of its account: import it by hand"}
	case f.From > last+1:
		return &errNotAlone{fmt.Sprintf("it states no balance, and the days from %s to %s are missing "+
			"before it", last+1, f.From-1)}
	}
	return nil
}

// look looks into the watched folders and says in the log what it found.
func (s *server) look(ctx context.Context) {
	found, err := s.LookWatched(ctx, func(Progress) {})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("watched folders could not be looked at", "error", err)
	}
	for _, w := range found {
		switch w.State {
		case WatchWaits:
			s.log.Warn("a watched file waits", "file", w.Path, "why", strings.TrimSpace(w.Why))
		case WatchTaken:
			s.log.Info("a watched file was imported", "file", w.Path)
		}
	}
}

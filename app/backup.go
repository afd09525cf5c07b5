package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// afterRestore is why nothing is sent after a restore.
const afterRestore = "The books were restored from a backup: sync every source first."

// Backup writes the books into a new file, as they are at this moment; it may be called while they are
// used. A file that is there already is never replaced.
func (a *App) Backup(ctx context.Context, file string) error {
	err := a.store.Backup(ctx, file)
	if errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("%s is there already: name a new file", file)
	}
	return err
}

// RestoreReport says what a restore did.
type RestoreReport struct {
	// Kept is where the books that were replaced are, "" where there were none.
	Kept string `json:"kept"`
	// Entries are those of the restored history.
	Entries int64 `json:"entries"`
}

// Restore puts a backup in the place of a profile's books, which nobody may have open. The backup is
// checked first; the books that were there are kept beside it. Nothing is sent until every source was
// synced and somebody lets sending go on.
func Restore(ctx context.Context, o Options, file string) (RestoreReport, error) {
	var r RestoreReport
	dir, err := ProfileDir(o)
	if err != nil {
		return r, err
	}
	db := o.DB
	if db == "" {
		db = filepath.Join(dir, booksName)
	}
	next := db + ".restoring"
	defer func() {
		for _, f := range []string{next, next + "-wal", next + "-shm"} {
			_ = os.Remove(f) // what is left of a restore that failed
		}
	}()
	if err := checkBackup(ctx, o, file, next, &r); err != nil {
		return r, err
	}
	if r.Kept, err = setAside(db); err != nil {
		return r, err
	}
	if err := os.Rename(next, db); err != nil {
		return r, fmt.Errorf("restore: %w; the books that were there are at %s", err, r.Kept)
	}
	if err := os.Remove(filepath.Join(dir, headName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("restore: the old head of the audit chain: %w", err)
	}
	return r, nil
}

// checkBackup copies a backup beside the books, opens it as the program would, and looks for damage.
func checkBackup(ctx context.Context, o Options, file, next string, r *RestoreReport) error {
	from, err := store.Open(ctx, file, store.Options{Program: o.Version, Clock: o.Wall})
	if err != nil {
		return fmt.Errorf("the backup cannot be used: %w", err)
	}
	err = os.Remove(next)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = from.Backup(ctx, next)
	}
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	s, err := store.Open(ctx, next, store.Options{Program: o.Version, Clock: o.Wall})
	if err != nil {
		return err
	}
	defer s.Close()
	found, err := s.Check(ctx)
	switch {
	case err != nil:
		return err
	case len(found) > 0:
		return fmt.Errorf("the backup is damaged: %s", found[0])
	}
	fault, err := s.VerifyAudit(ctx, store.Head{})
	switch {
	case err != nil:
		return err
	case fault != nil:
		return fmt.Errorf("the backup's history does not hold: %s", fault.Why)
	}
	user := o.User
	if user == "" {
		user = "restore"
	}
	if err := s.AfterRestore(ctx, afterRestore, user, book.At(o.Wall())); err != nil {
		return err
	}
	head, err := s.AuditHead(ctx)
	r.Entries = head.Count
	return err
}

// setAside moves books out of the way, to the first name that is free.
func setAside(db string) (string, error) {
	if _, err := os.Stat(db); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s.replaced-%d", db, n)
		if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(db+end, to+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("restore: %w; is the profile still open?", err)
			}
		}
		return to, nil
	}
}

// syncedSince says which source was not read to its end since a moment, "" where all were.
func (a *App) syncedSince(ctx context.Context, at book.Instant) (book.SourceName, error) {
	states, err := a.SourceStates(ctx)
	if err != nil {
		return "", err
	}
	read := map[book.SourceName]book.Instant{}
	for _, s := range states {
		read[s.Name] = s.OKAt
	}
	for _, s := range a.Config().Sources {
		if read[s.Name] < at && !s.Paused {
			return s.Name, nil
		}
	}
	return "", nil
}

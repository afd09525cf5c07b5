package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mattn/go-sqlite3"
)

// The kinds of error; callers test them with errors.Is. Their texts are written for people.
var (
	// ErrNewer says that a newer version of the program wrote the database.
	ErrNewer = errors.New("the database was written by a newer version of Countinghouse; " +
		"please update")
	// ErrReadOnly says that the database or its folder can't be written.
	ErrReadOnly = errors.New("the database or its folder is read-only, or you lack the " +
		"permission to write there")
	// ErrFull says that the disk took no more; nothing of the step was kept.
	ErrFull = errors.New("the disk is full or refuses to write; nothing of this step was kept")
	// ErrLocked says that another program holds the database for longer than we wait.
	ErrLocked = errors.New("another program is using the database; close it or try again")
	// ErrCorrupt says that the file is damaged or is no database of ours.
	ErrCorrupt = errors.New("the file is damaged or is not a Countinghouse database")
	// ErrConflict says that what was to be written contradicts what is stored.
	ErrConflict = errors.New("this contradicts what is already in the books")
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("there is no such record")
	// ErrNoFile says that there is no usable database file at the path.
	ErrNoFile = errors.New("the database can't be opened there")
)

// explain wraps an error with the operation, and with its kind where it has one.
func explain(op string, err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("store: %s: %w: %w", op, kind, err)
	}
	return fmt.Errorf("store: %s: %w", op, err)
}

func kindOf(err error) error {
	var lite sqlite3.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	case errors.As(err, &lite):
		return kindOfSQLite(lite)
	case errors.Is(err, fs.ErrPermission):
		return ErrReadOnly
	}
	return nil
}

func kindOfSQLite(err sqlite3.Error) error {
	switch err.Code {
	case sqlite3.ErrFull:
		return ErrFull
	case sqlite3.ErrIoErr:
		switch err.ExtendedCode {
		case sqlite3.ErrIoErrRead, sqlite3.ErrIoErrShortRead:
			return ErrCorrupt
		}
		return ErrFull
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return ErrReadOnly
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return ErrLocked
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrFormat:
		return ErrCorrupt
	case sqlite3.ErrConstraint:
		return ErrConflict
	case sqlite3.ErrCantOpen:
		return ErrNoFile
	}
	return nil
}

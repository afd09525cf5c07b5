package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteFile makes a file that appears whole or not at all: what write gives goes into a temporary
// file beside it, readable by its owner only, which is synced and takes the name when all of it is
// on the disk. On an error, a full disk too, the temporary file is removed and an older file of the
// name is as it was.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".countinghouse-*.tmp")
	if err != nil {
		return fmt.Errorf("report: write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("report: write %s: %w", path, err), tidy(tmp))
		}
	}()
	if err = tmp.Chmod(0o600); err != nil {
		return err
	}
	buf := bufio.NewWriterSize(tmp, 1<<16)
	if err = write(buf); err != nil {
		return err
	}
	if err = buf.Flush(); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	syncFolder(dir)
	return nil
}

// tidy removes the temporary file of a write that went wrong.
func tidy(tmp *os.File) error {
	tmp.Close() // it may be closed already
	if err := os.Remove(tmp.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes the new name last. Not every system can sync a folder, and the file itself is
// already safe, so an error is no reason to say that the export went wrong.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

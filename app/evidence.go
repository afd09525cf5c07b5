package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"countinghouse/app/book"
)

// evidenceDir is the folder of a profile that holds what proves something, each file under its digest.
const evidenceDir = "evidence"

// evidenceLimit is how large a file of evidence may be.
const evidenceLimit = 20 << 20

// keepEvidence copies files into the profile. A file that is there already is kept once.
func (a *App) keepEvidence(paths []string) ([]book.Evidence, error) {
	var out []book.Evidence
	for _, path := range paths {
		e, err := a.keepFile(path)
		if err != nil {
			return nil, fmt.Errorf("evidence %s: %w", filepath.Base(path), err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (a *App) keepFile(path string) (e book.Evidence, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, errors.New("there is no such file")
	case err != nil:
		return e, err
	case !info.Mode().IsRegular():
		return e, errors.New("it is no plain file")
	case info.Size() > evidenceLimit:
		return e, fmt.Errorf("it is larger than %d MB", evidenceLimit>>20)
	}
	from, err := os.Open(path)
	if err != nil {
		return e, err
	}
	defer from.Close()
	dir := filepath.Join(a.dir(), evidenceDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return e, err
	}
	to, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return e, err
	}
	defer os.Remove(to.Name())
	hash := sha256.New()
	// One byte more than is allowed is read, for a file that grows while it is read.
	n, err := io.Copy(io.MultiWriter(to, hash), io.LimitReader(from, evidenceLimit+1))
	if err == nil && n > evidenceLimit {
		err = fmt.Errorf("it is larger than %d MB", evidenceLimit>>20)
	}
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return e, err
	}
	e = book.Evidence{Digest: hex.EncodeToString(hash.Sum(nil)), Name: filepath.Base(path), Size: n}
	// Never executable, and readable by its owner only.
	if err := os.Chmod(to.Name(), 0o600); err != nil {
		return e, err
	}
	return e, os.Rename(to.Name(), filepath.Join(dir, e.Digest))
}

// digestForm is what a digest looks like: nothing else is ever part of a path.
var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// OpenEvidence opens a kept file for reading; the caller closes it. The error is fs.ErrNotExist where
// the folder was emptied meanwhile.
func (a *App) OpenEvidence(e book.Evidence) (io.ReadCloser, error) {
	if !digestForm.MatchString(e.Digest) {
		return nil, fmt.Errorf("%q is no digest: %w", e.Digest, fs.ErrNotExist)
	}
	return os.Open(filepath.Join(a.dir(), evidenceDir, e.Digest))
}

// CopyEvidence writes a kept file into a folder under its own name, without replacing anything, and
// returns the path: to look at it with another program.
func (a *App) CopyEvidence(e book.Evidence, dir string) (string, error) {
	from, err := a.OpenEvidence(e)
	if err != nil {
		return "", err
	}
	defer from.Close()
	name := filepath.Base(filepath.Clean("/" + e.Name))
	path := filepath.Join(dir, name)
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, from)
	return path, errors.Join(err, to.Close())
}

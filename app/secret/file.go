package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"filippo.io/age"
)

// FileName is the name of the encrypted file in a profile folder.
const FileName = "secrets.age"

// The variables that name the file's passphrase, or a file of one line that holds it.
const (
	PassphraseEnv     = "COUNTINGHOUSE_PASSPHRASE"
	PassphraseFileEnv = "COUNTINGHOUSE_PASSPHRASE_FILE"
)

// PassphraseMin is the least length of a new file's passphrase, in bytes.
const PassphraseMin = 8

// Errors of the encrypted file.
var (
	// ErrLocked: the file is needed and no passphrase is known. Ask for it, then Unlock.
	ErrLocked = errors.New("the encrypted file of keys is locked: give its passphrase in " +
		PassphraseEnv + ", or in a file named by " + PassphraseFileEnv)
	// ErrPassphrase: the passphrase does not open the file. Ask again.
	ErrPassphrase = errors.New("this passphrase does not open the encrypted file of keys")
	// ErrDamaged: the file is not whole. A person must bring back a copy, or remove it and enter
	// the keys again.
	ErrDamaged = errors.New("the encrypted file of keys is damaged: bring back a copy of " + FileName +
		", or remove it and enter the keys again")
)

// workFactor is the logarithm of scrypt's cost for a new file: 128 MB and about half a second.
// workMax is the highest that is read.
const (
	workFactor = 17
	workMax    = 20
)

// fileMax is the largest file that is read, in bytes.
const fileMax = 1 << 20

// File is an encrypted file of secrets: age with a passphrase around a JSON object. It is written
// whole or not at all, and what it holds is on no disk in the clear. A nil File holds nothing. It may
// be used from several goroutines.
type File struct {
	// Path is where it stands; it need not be there.
	Path string
	// Env reads an environment variable.
	Env func(string) (string, bool)
	// Ask asks a person for the passphrase, fresh for a file that is to be made; nil where nobody can
	// be asked.
	Ask func(fresh bool) (string, error)

	// Work is the logarithm of scrypt's cost for what is written, 0 for the usual one.
	Work int

	mu         sync.Mutex
	passphrase string
	// read is what the file held when it was as size and changed say.
	read    map[string]string
	size    int64
	changed time.Time
}

// Exists reports whether there is a file.
func (f *File) Exists() bool {
	if f == nil {
		return false
	}
	_, err := os.Stat(f.Path)
	return err == nil
}

// Locked reports whether there is a file whose passphrase is not known yet.
func (f *File) Locked() bool {
	if !f.Exists() {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.passphrase != "" {
		return false
	}
	p, err := f.given()
	return err != nil || p == ""
}

// Unlock takes the passphrase of the file, or of the one that is to be made. It is ErrPassphrase
// where it does not open the file, and then forgotten.
func (f *File) Unlock(passphrase string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.passphrase
	f.passphrase, f.read = passphrase, nil
	_, err := f.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err = strong(passphrase); err == nil {
			return nil
		}
	}
	if err != nil {
		f.passphrase = before
	}
	return err
}

func strong(passphrase string) error {
	if len(passphrase) < PassphraseMin {
		return fmt.Errorf("the passphrase is too short: take %d characters or more", PassphraseMin)
	}
	return nil
}

// given is the passphrase that the environment names, "" where it names none.
func (f *File) given() (string, error) {
	if p, ok := f.Env(PassphraseEnv); ok && p != "" {
		return p, nil
	}
	name, ok := f.Env(PassphraseFileEnv)
	if !ok || name == "" {
		return "", nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", PassphraseFileEnv, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: %s can be read by others: take their rights away (chmod 600)",
			PassphraseFileEnv, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", PassphraseFileEnv, err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("%s: the first line of %s is empty", PassphraseFileEnv, name)
	}
	return line, nil
}

// open makes sure that a passphrase is known; fresh says that the file is to be made.
func (f *File) open(fresh bool) error {
	if f.passphrase != "" {
		return nil
	}
	p, err := f.given()
	if err == nil && p == "" {
		if f.Ask == nil {
			return ErrLocked
		}
		p, err = f.Ask(fresh)
	}
	if err == nil && fresh {
		err = strong(p)
	}
	if err != nil {
		return err
	}
	if p == "" {
		return ErrLocked
	}
	f.passphrase = p
	return nil
}

// load is what the file holds, read again where it has changed; fs.ErrNotExist where there is none.
// The map is not to be changed.
func (f *File) load() (map[string]string, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, err
	}
	if f.read != nil && info.Size() == f.size && info.ModTime().Equal(f.changed) {
		return f.read, nil
	}
	if info.Size() > fileMax {
		return nil, ErrDamaged
	}
	if err := f.open(false); err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, err
	}
	held, err := unseal(sealed, f.passphrase)
	if err != nil {
		f.passphrase = ""
		return nil, err
	}
	f.read, f.size, f.changed = held, info.Size(), info.ModTime()
	return held, nil
}

func unseal(sealed []byte, passphrase string) (map[string]string, error) {
	who, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrPassphrase
	}
	who.SetMaxWorkFactor(workMax)
	plain, err := age.Decrypt(bytes.NewReader(sealed), who)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return nil, ErrPassphrase
	case err != nil:
		return nil, ErrDamaged
	}
	text, err := io.ReadAll(io.LimitReader(plain, fileMax))
	if err != nil {
		return nil, ErrDamaged
	}
	held := map[string]string{}
	if err := json.Unmarshal(text, &held); err != nil {
		return nil, ErrDamaged // the error of the text could quote it
	}
	return held, nil
}

func seal(held map[string]string, passphrase string, work int) ([]byte, error) {
	text, err := json.Marshal(held)
	if err != nil {
		return nil, errors.New("the keys cannot be put into words") // the error could quote them
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(work)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return sealed.Bytes(), nil
}

func (f *File) get(name string) (string, error) {
	if f == nil {
		return "", nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.load()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return held[name], err
}

func (f *File) has(name string) (bool, error) {
	v, err := f.get(name)
	return v != "", err
}

// set puts a secret into the file, which is made where there is none.
func (f *File) set(name, value string) error {
	return f.change(func(held map[string]string) bool {
		held[name] = value
		return true
	})
}

// remove takes a secret out. The file goes with its last one.
func (f *File) remove(name string) error {
	if !f.Exists() {
		return nil
	}
	return f.change(func(held map[string]string) bool {
		_, there := held[name]
		delete(held, name)
		return there
	})
}

// change writes the file anew with what do made of its content, unless do says that nothing has
// changed.
func (f *File) change(do func(held map[string]string) bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	old, err := f.load()
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return err
	}
	held := map[string]string{}
	for k, v := range old {
		held[k] = v
	}
	if !do(held) {
		return nil
	}
	if len(held) == 0 {
		f.read = nil
		return os.Remove(f.Path)
	}
	if err := f.open(fresh); err != nil {
		return err
	}
	work := f.Work
	if work == 0 {
		work = workFactor
	}
	sealed, err := seal(held, f.passphrase, work)
	if err != nil {
		return fmt.Errorf("write %s: %w", FileName, err)
	}
	f.read = nil
	if err := writeWhole(f.Path, sealed); err != nil {
		return err
	}
	if info, err := os.Stat(f.Path); err == nil {
		f.read, f.size, f.changed = held, info.Size(), info.ModTime()
	}
	return nil
}

// writeWhole writes a file whole or not at all, readable for this user only.
func writeWhole(path string, content []byte) error {
	next := path + ".new"
	out, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err == nil {
		err = out.Sync()
	}
	if shut := out.Close(); err == nil {
		err = shut
	}
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		_ = os.Remove(next) // it holds nothing that is not in the file already, or not yet
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename last. Where a folder cannot be opened for that, as on Windows, the system
// does it by itself.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil || runtime.GOOS == "windows" {
		return nil
	}
	defer d.Close()
	return d.Sync()
}

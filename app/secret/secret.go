// Package secret owns where the keys of sources are kept: the environment first, then the keyring
// of the operating system, then an encrypted file in the profile. app calls it when it opens a source
// and when a person enters or forgets a key. It never puts a secret into a log, an error, an argument,
// or a file that is not encrypted.
package secret

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zalando/go-keyring"
)

// Service is the name under which the keyring keeps our secrets.
const Service = "countinghouse"

// ErrMissing says that a secret stands nowhere; the text names the places that were looked at.
var ErrMissing = errors.New("secret not found")

// Place is where a secret stands.
type Place string

// The places, in the order in which they are looked at. Given is a sandbox's own; Nowhere is none.
const (
	Nowhere       Place = ""
	Given         Place = "given"
	InEnvironment Place = "environment"
	InKeyring     Place = "keyring"
	InFile        Place = "file"
)

// Words say where a secret stands: "in the keyring".
func (p Place) Words() string {
	switch p {
	case Given:
		return "given by the sandbox"
	case InEnvironment:
		return "in the environment"
	case InKeyring:
		return "in the keyring"
	case InFile:
		return "in the encrypted file"
	}
	return "nowhere"
}

// EnvName is the environment variable that holds a field of a source: upper case, - as _.
func EnvName(source, field string) string {
	r := strings.NewReplacer("-", "_")
	return "COUNTINGHOUSE_" + strings.ToUpper(r.Replace(source)+"_"+r.Replace(field))
}

// Store looks secrets up, keeps and forgets them. It may be used from several goroutines at once.
type Store struct {
	// Env reads an environment variable; os.LookupEnv.
	Env func(string) (string, bool)
	// Fixed holds secrets by EnvName that stand before all others: those of a sandbox.
	Fixed map[string]string
	// File is the encrypted file behind the keyring, nil for none.
	File *File
}

// Find is a field of a source. A keyring that is missing or locked counts as empty. The error is
// ErrMissing where the secret stands nowhere, and ErrLocked, ErrPassphrase or ErrDamaged where it may
// stand in a file that cannot be read.
func (s *Store) Find(source, field string) (string, error) {
	v, _, err := s.find(source, field)
	return v, err
}

// Where is the place at which a secret is found; its errors are those of Find.
func (s *Store) Where(source, field string) (Place, error) {
	_, place, err := s.find(source, field)
	return place, err
}

func (s *Store) find(source, field string) (string, Place, error) {
	name := EnvName(source, field)
	if v, ok := s.Fixed[name]; ok {
		return v, Given, nil
	}
	if v, ok := s.Env(name); ok && v != "" {
		return v, InEnvironment, nil
	}
	v, unusable := keyring.Get(Service, key(source, field))
	if unusable == nil && v != "" {
		return v, InKeyring, nil
	}
	v, err := s.File.get(key(source, field))
	switch {
	case err != nil:
		return "", Nowhere, fmt.Errorf("%s of %s: %w", field, source, err)
	case v != "":
		return v, InFile, nil
	case unusable == nil || errors.Is(unusable, keyring.ErrNotFound):
		return "", Nowhere, fmt.Errorf("%w: %s of %s: set %s, or store it in the keyring", ErrMissing,
			field, source, name)
	}
	return "", Nowhere, fmt.Errorf("%w: %s of %s: set %s (this computer's keyring cannot be used: %v)",
		ErrMissing, field, source, name, unusable)
}

// key is the name of a secret in the keyring and in the file.
func key(source, field string) string { return source + "/" + field }

// Set keeps a secret in the keyring, or in the encrypted file where the keyring cannot be used, and
// says where it went. A value in the environment goes on standing before it. Its error is ErrLocked
// where the file is needed and no passphrase is known; then nothing was kept.
func (s *Store) Set(source, field, value string) (Place, error) {
	if value == "" {
		return Nowhere, fmt.Errorf("%s of %s: an empty secret is not kept", field, source)
	}
	unusable := keyring.Set(Service, key(source, field), value)
	if unusable == nil {
		if !s.File.Locked() {
			// An older one behind it is only a second place to lose a key from; the keyring's goes first.
			_ = s.File.remove(key(source, field))
		}
		return InKeyring, nil
	}
	if s.File == nil {
		return Nowhere, fmt.Errorf("%s of %s: this computer's keyring cannot be used: %w", field,
			source, masked(unusable, value))
	}
	if err := s.File.set(key(source, field), value); err != nil {
		return Nowhere, fmt.Errorf("%s of %s: %w", field, source, err)
	}
	return InFile, nil
}

// masked is an error without a secret that its text may repeat.
func masked(err error, value string) error {
	if strings.Contains(err.Error(), value) {
		return errors.New("it gives no reason that can be shown")
	}
	return err
}

// Forget removes a secret from the keyring and from the file, wherever it stands, and names the
// places that held it. One in the environment cannot be taken away; Where still finds it.
func (s *Store) Forget(source, field string) ([]Place, error) {
	var out []Place
	switch err := keyring.Delete(Service, key(source, field)); {
	case err == nil:
		out = append(out, InKeyring)
	case errors.Is(err, keyring.ErrNotFound):
	case usable():
		return out, fmt.Errorf("%s of %s stays in the keyring: %w", field, source, err)
	}
	held, err := s.File.has(key(source, field))
	if err == nil && held {
		err = s.File.remove(key(source, field))
	}
	if err != nil {
		return out, fmt.Errorf("%s of %s: %w", field, source, err)
	}
	if held {
		out = append(out, InFile)
	}
	return out, nil
}

// KeyringUsable reports whether this computer's keyring answers.
func (s *Store) KeyringUsable() bool { return usable() }

// usable asks the keyring for something that is not there: one that works says so.
func usable() bool {
	_, err := keyring.Get(Service, "-/-")
	return err == nil || errors.Is(err, keyring.ErrNotFound)
}

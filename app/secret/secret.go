// Package secret owns where the keys of sources are kept: the environment first, then the keyring
// of the operating system. app calls it when it opens a source; it only reads, and never puts a secret
// into a file, a log or an error.
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

// EnvName is the environment variable that holds a field of a source: upper case, - as _.
func EnvName(source, field string) string {
	r := strings.NewReplacer("-", "_")
	return "COUNTINGHOUSE_" + strings.ToUpper(r.Replace(source)+"_"+r.Replace(field))
}

// Finder looks secrets up.
type Finder struct {
	// Env reads an environment variable; os.LookupEnv.
	Env func(string) (string, bool)
	// Fixed holds secrets by EnvName that stand before all others: those of a sandbox.
	Fixed map[string]string
}

// Find is a field of a source. A keyring that is missing or locked counts as empty, and the error
// then says so; it is ErrMissing.
func (f Finder) Find(source, field string) (string, error) {
	name := EnvName(source, field)
	if v, ok := f.Fixed[name]; ok {
		return v, nil
	}
	if v, ok := f.Env(name); ok && v != "" {
		return v, nil
	}
	v, err := keyring.Get(Service, source+"/"+field)
	switch {
	case err == nil && v != "":
		return v, nil
	case err == nil || errors.Is(err, keyring.ErrNotFound):
		return "", fmt.Errorf("%w: %s of %s: set %s, or store it in the keyring", ErrMissing,
			field, source, name)
	}
	return "", fmt.Errorf("%w: %s of %s: set %s (this computer's keyring cannot be used: %v)",
		ErrMissing, field, source, name, err)
}

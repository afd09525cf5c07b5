package app

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/source"
)

// Secret is a text that prints as [redacted] wherever it is printed.
type Secret = source.Secret

// SourceKeys are the keys of one configured source.
type SourceKeys struct {
	Source book.SourceName
	Keys   []Key
}

// Keys says of each configured source where its keys stand, in the order of the configuration.
func (a *App) Keys() []SourceKeys {
	var out []SourceKeys
	for _, s := range a.Config().Sources {
		out = append(out, SourceKeys{s.Name, a.keyPlaces(s)})
	}
	return out
}

// SetSecret keeps one secret field of a configured source.
func (a *App) SetSecret(name book.SourceName, field string, value Secret) (Added, error) {
	s, err := a.configured(name)
	if err != nil {
		return Added{}, err
	}
	fields := secretFields(s.Kind)
	if !slices.Contains(fields, field) {
		return Added{}, fmt.Errorf("%s has no secret %q: it has %s", name, field,
			strings.Join(fields, ", "))
	}
	if strings.TrimSpace(value.Reveal()) == "" {
		return Added{}, fmt.Errorf("%s of %s: an empty secret is not kept", field, name)
	}
	return a.ReplaceKeys(name, map[string]Secret{field: value})
}

func secretFields(kind string) []string {
	var out []string
	for _, f := range kinds[kind].describe.Secrets {
		out = append(out, f.Name)
	}
	return out
}

// ForgetSecrets takes secrets out of the keyring and the encrypted file: all of a configured source
// where no field is named. A field that is named may be of a source that is not configured any more.
func (a *App) ForgetSecrets(name book.SourceName, fields ...string) (Forgotten, error) {
	if len(fields) == 0 {
		s, err := a.configured(name)
		if err != nil {
			return Forgotten{}, fmt.Errorf("%w; name the field too", err)
		}
		fields = secretFields(s.Kind)
	}
	done := Forgotten{Places: map[string][]secret.Place{}}
	for _, field := range fields {
		places, err := a.secrets.Forget(string(name), field)
		if len(places) > 0 {
			done.Places[field] = places
		}
		if err != nil {
			return done, err
		}
		key := secret.EnvName(string(name), field)
		if v, set := a.secrets.Env(key); set && v != "" {
			done.Left = append(done.Left, key)
		}
	}
	a.tests.Delete(name)
	return done, nil
}

// SecretFields are the names of a configured source's secret fields, none where it is not configured.
func (c *Config) SecretFields(name book.SourceName) []string {
	for _, s := range c.Sources {
		if s.Name == name {
			return secretFields(s.Kind)
		}
	}
	return nil
}

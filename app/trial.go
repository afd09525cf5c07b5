package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// Test is what a test of a connection found. It holds no secret but a key's last characters.
type Test struct {
	// At is when it ended.
	At book.Instant
	// Problem says in a sentence why the connection does not work, "" where it does. Kind is the
	// kind of the error, Locked that the keys are in the encrypted file, whose passphrase is needed.
	Problem string
	Kind    source.Kind
	Locked  bool
	// Host is the server, "" where there was no reply; Took is how long the first reply took.
	Host string
	Took time.Duration
	// Apart is how far the server's clock is before ours; SkewKnown says that it told its time.
	Apart     time.Duration
	SkewKnown bool
	// KeyHint is the last characters of the key, "" where it is too short to show any.
	KeyHint string
	// Account and Version are what the provider says of itself, Live is false for its test mode.
	Account, Version string
	Live             bool
	Permissions      []source.Permission
	Warnings         []string
	Balances         []money.Money
}

// Passed reports whether the connection works, and may read what a pull needs.
func (t *Test) Passed() bool { return t.Problem == "" && len(t.Lacking()) == 0 }

// Lacking names the permissions without which a pull is not complete.
func (t *Test) Lacking() []string {
	var out []string
	for _, p := range t.Permissions {
		if p.Needed && !p.Granted {
			out = append(out, p.Title)
		}
	}
	return out
}

// SkewMax is how far a server's clock may be from ours before it is worth a word.
const SkewMax = time.Minute

// Test asks a configured source whether its keys work and what they may do.
func (a *App) Test(ctx context.Context, name book.SourceName) (Test, error) {
	s, err := a.configured(name)
	if err != nil {
		return Test{}, err
	}
	o, err := a.settings(s)
	if err != nil {
		return Test{}, err
	}
	t := Test{}
	if o.Secrets, err = a.keys(s, o.Profile); err != nil {
		t = Test{At: book.At(a.wall()), Problem: Explain(err), Kind: source.KindOf(err),
			Locked: IsLocked(err)}
		if t.Locked {
			return t, nil // it says nothing of the connection
		}
	} else if t, err = try(ctx, s, o, a.now); err != nil {
		return Test{}, err
	}
	a.tests.Store(name, t)
	return t, nil
}

// TryConnection tests a connection that is not added yet, by a profile's options: there need be no
// profile. Nothing is kept.
func TryConnection(ctx context.Context, o Options, c *Config, r ConnectionRequest) (Test, error) {
	if c == nil {
		c = &Config{Business: Business{BaseCurrency: "EUR"}}
	}
	s := r.config()
	folder, err := ProfileDir(o)
	if err != nil {
		return Test{}, err
	}
	mapping, err := firstText(folder, s)
	if err != nil {
		return Test{}, err
	}
	if err := r.check(mapping); err != nil {
		return Test{}, err
	}
	if err := s.check(map[string]bool{}); err != nil {
		return Test{}, err
	}
	at, err := sourceSettings(c, s, o.Wall)
	if err != nil {
		return Test{}, err
	}
	at.Profile = mapping
	for field, value := range r.Secrets {
		if v := typed(value); v != "" {
			at.Secrets[field] = source.Secret(v)
		}
	}
	return try(ctx, s, at, o.Now)
}

// try opens a source and checks it. Its error is the context's own.
func try(ctx context.Context, s SourceConfig, o source.Options, now Clock) (Test, error) {
	o, reach := source.Reaching(source.Hasty(o))
	t := Test{KeyHint: hint(kinds[s.Kind].describe, o.Secrets)}
	p, err := kinds[s.Kind].open(o)
	var h source.Health
	if err == nil {
		h, err = p.Check(ctx)
	}
	if ctx.Err() != nil {
		return Test{}, ctx.Err()
	}
	t.At = book.At(o.Clock())
	r := reach()
	t.Host, t.Took = r.Host, r.Took
	if !h.At.IsZero() {
		r.At = h.At
	}
	if t.SkewKnown = !r.At.IsZero(); t.SkewKnown {
		// A sandbox's clock stands where its business does, as does the moment to judge by.
		t.Apart = r.At.Sub(r.Seen)
		if apart := r.At.Sub(now()); apart.Abs() < t.Apart.Abs() {
			t.Apart = apart
		}
	}
	if err != nil {
		t.Problem, t.Kind = shown(Explain(err), o.Secrets), source.KindOf(err)
		return t, nil
	}
	t.Account, t.Version, t.Live = h.Account, h.Version, h.Live
	t.Balances, t.Warnings = h.Balances, h.Warnings
	t.Permissions = h.Permissions
	if t.Permissions == nil {
		for _, m := range h.Missing {
			t.Permissions = append(t.Permissions, source.Permission{Title: m, Access: "read",
				UsedFor: "A pull reads it", Needed: true})
		}
	}
	return t, nil
}

// shown is a text with each secret in it taken out, whoever put it there.
func shown(text string, secrets map[string]source.Secret) string {
	for _, s := range secrets {
		if v := s.Reveal(); len(v) > 3 {
			text = strings.ReplaceAll(text, v, s.String())
		}
	}
	return text
}

// hintChars is how much of a key is shown, hintLeast how long it must be for that.
const hintChars, hintLeast = 4, 13

// hint is the end of the first needed secret, "" where it is short: then its end would tell too much.
func hint(d source.Description, secrets map[string]source.Secret) string {
	for _, f := range d.Secrets {
		v := strings.TrimSpace(secrets[f.Name].Reveal())
		if f.Optional || v == "" {
			continue
		}
		if len(v) < hintLeast || strings.ContainsAny(v, "\n\r") {
			return ""
		}
		return v[len(v)-hintChars:]
	}
	return ""
}

// keyFinding says of a source where its keys stand.
func (a *App) keyFinding(s SourceConfig) string {
	var out []string
	for _, k := range a.keyPlaces(s) {
		switch {
		case k.Locked:
			out = append(out, k.Field+" may be in the encrypted file, which is locked")
		case k.Place != "":
			out = append(out, fmt.Sprintf("%s %s", k.Field, k.Place.Words()))
		case k.Optional:
			out = append(out, k.Field+" not set (optional)")
		default:
			out = append(out, k.Field+" nowhere")
		}
	}
	return strings.Join(out, ", ")
}

// Tested takes a test that was made before a connection was added.
func (a *App) Tested(name book.SourceName, t Test) { a.tests.Store(name, t) }

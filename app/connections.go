package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/profile"
	"countinghouse/sync/source"
)

// The sides of the books that a connection stands on.
const (
	RoleBilling = source.Billing
	RoleGateway = source.Gateway
)

// ConnectionState says whether a connection is alive.
type ConnectionState string

// The states of a connection.
const (
	// StateConnected: its last sync came to its end, or it has all that it needs for the first one.
	StateConnected ConnectionState = "connected"
	// StateSetup: something that it needs is missing: a key, or what makes it count.
	StateSetup ConnectionState = "setup"
	// StatePaused: a sync leaves it out.
	StatePaused ConnectionState = "paused"
	// StateFailing: its last sync did not come to its end.
	StateFailing ConnectionState = "failing"
	// StateLagging: it works, and its last sync that came to its end is longer ago than lagAfter, or
	// one stopped since.
	StateLagging ConnectionState = "lagging"
)

// lagAfter is how old the last sync of a connection may be before it counts as lagging.
const lagAfter = book.Instant(48 * 3600 * 1000)

// Key is one secret field of a connection and where it stands.
type Key struct {
	// Field is its name in the contract: "secret_key". Title says what it is and where to find it.
	Field, Title string
	Optional     bool
	// Place is where it stands; secret.Nowhere where it does not, or where that is not known.
	Place secret.Place
	// Locked says that it may stand in the encrypted file, whose passphrase is not known.
	Locked bool
}

// Connection is one configured source with its keys and how it fares. It holds no secret.
type Connection struct {
	Name  book.SourceName
	Title string
	// Kind is the word in the configuration, KindTitle what people call it.
	Kind, KindTitle string
	Role            source.Role
	// URL is the configured address, "" for the live one.
	URL   string
	State ConnectionState
	// Why says in a sentence why the state is not StateConnected.
	Why  string
	Keys []Key
	// Last is how the last sync went.
	Last SourceState
	// Methods are the billing system's payment methods that lead here, Settles the accounts into which
	// it pays out, Behind of a billing system what is behind each of its methods.
	Methods []string
	Settles []book.AccountName
	Behind  map[string]string
	// Hooks says that it can receive webhooks.
	Hooks bool
	// Lag is how long after a movement the provider may publish it, zero where it says nothing.
	Lag time.Duration
	// Tested is the last test since the profile was opened, nil for none.
	Tested *Test
}

// SourceKind is a kind of source that can be connected.
type SourceKind struct {
	Kind, Title string
	Role        source.Role
	// Secrets are its fields; URLRequired says that it has no live address.
	Secrets     []source.Field
	URLRequired bool
	// Mapped says that a billing profile drives it, Unmapped that none comes with the program, so that
	// it begins with one to change, and Unverified that nobody has tried that one on the real system.
	Mapped, Unmapped, Unverified bool
}

// SourceKinds are all kinds of source: billing systems first, those that are described by a file last
// among them, then by title.
func SourceKinds() []SourceKind {
	var out []SourceKind
	for kind, k := range kinds {
		_, shipped := profile.Shipped(kind)
		mapped := k.profile != nil
		out = append(out, SourceKind{Kind: kind, Title: k.describe.Title, Role: k.describe.Role,
			Mapped: mapped, Unmapped: mapped && !shipped, Unverified: mapped && unverified(kind),
			Secrets: k.describe.Secrets, URLRequired: k.describe.URLRequired})
	}
	slices.SortFunc(out, func(a, b SourceKind) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.place(), b.place()),
			strings.Compare(a.Title, b.Title))
	})
	return out
}

// place is where a kind stands among those of its role.
func (k SourceKind) place() int {
	switch {
	case k.Unmapped:
		return 2
	case k.Mapped:
		return 1
	}
	return 0
}

// Connections lists the configured sources in the order of the configuration.
func (a *App) Connections(ctx context.Context) ([]Connection, error) {
	states, err := a.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	c := a.Config()
	var out []Connection
	for _, s := range c.Sources {
		d := kinds[s.Kind].describe
		x := Connection{Name: s.Name, Title: c.Title(s.Name), Kind: s.Kind, KindTitle: d.Title,
			Role: d.Role, URL: s.URL, Hooks: sendsHooks(d), Lag: d.Lag, Behind: s.Gateways,
			Keys: a.keyPlaces(s)}
		for _, st := range states {
			if st.Name == s.Name {
				x.Last = st
			}
		}
		for _, other := range c.Sources {
			for method, behind := range other.Gateways {
				if behind == string(s.Name) {
					x.Methods = append(x.Methods, method)
				}
			}
		}
		slices.Sort(x.Methods)
		for _, account := range c.Accounts {
			if slices.Contains(account.Settles, s.Name) {
				x.Settles = append(x.Settles, account.Name)
			}
		}
		if t, ok := a.tests.Load(s.Name); ok {
			test := t.(Test)
			x.Tested = &test
		}
		reported, err := a.onlyReported(ctx, s)
		if err != nil {
			return nil, err
		}
		x.State, x.Why = a.stateOf(s, x, reported)
		out = append(out, x)
	}
	return out, nil
}

// sendsHooks reports whether a kind of source sends webhooks: all gateways do.
func sendsHooks(d source.Description) bool { return d.Role == source.Gateway }

func (a *App) keyPlaces(s SourceConfig) []Key {
	var out []Key
	for _, f := range kinds[s.Kind].describe.Secrets {
		place, err := a.secrets.Where(string(s.Name), f.Name)
		out = append(out, Key{Field: f.Name, Title: f.Title, Optional: f.Optional, Place: place,
			Locked: err != nil && !errors.Is(err, secret.ErrMissing)})
	}
	return out
}

func (a *App) stateOf(s SourceConfig, x Connection, reported bool) (ConnectionState, string) {
	if s.Paused {
		return StatePaused, "Paused. A sync leaves it out."
	}
	for _, k := range x.Keys {
		switch {
		case reported:
		case k.Locked:
			return StateSetup, "Its keys are in the encrypted file, which is locked."
		case k.Place == secret.Nowhere && !k.Optional:
			return StateSetup, "A key is missing: " + k.Field + "."
		}
	}
	switch {
	case x.Last.At != 0 && !x.Last.OK && x.Tested != nil && x.Tested.Passed():
		return StateLagging, "Its last sync stopped. The test since then passed: sync it again."
	case x.Last.At != 0 && !x.Last.OK:
		return StateFailing, x.Last.Message
	case x.Tested != nil && x.Tested.Problem != "":
		return StateFailing, x.Tested.Problem
	case x.Role == RoleGateway && len(x.Methods) == 0:
		return StateSetup, "No payment method of the billing system leads here, so its transactions " +
			"meet no invoice yet."
	case x.Last.OKAt != 0 && a.Now()-x.Last.OKAt > lagAfter:
		return StateLagging, fmt.Sprintf("Its last sync is %d days ago.",
			(a.Now()-x.Last.OKAt)/(24*3600*1000))
	}
	return StateConnected, ""
}

// SourceRecords is what the books hold of a source: how many records, and how many could not be read.
type SourceRecords struct {
	Kinds   []KindCount
	Rejects int
	// From is the date of the first record that has one, zero for none.
	From book.Date
}

// KindCount is how many records of a kind there are.
type KindCount struct {
	Kind  book.Kind
	Count int
}

// Records is what the books hold of a source.
func (a *App) Records(ctx context.Context, name book.SourceName) (SourceRecords, error) {
	var out SourceRecords
	rejects, err := a.store.Rejects(ctx, string(name))
	if err != nil {
		return out, err
	}
	out.Rejects = len(rejects)
	counts, first, err := a.store.SourceCounts(ctx, name)
	if err != nil {
		return out, err
	}
	for _, kind := range []book.Kind{book.KindCustomer, book.KindService, book.KindInvoice,
		book.KindPayment, book.KindCredit, book.KindTransaction, book.KindPayout} {
		if n := counts[kind]; n > 0 {
			out.Kinds = append(out.Kinds, KindCount{kind, n})
		}
	}
	out.From = first.In(a.Config().Zone())
	return out, nil
}

// KeyPlaces says where new keys go: the keyring of this computer, or the encrypted file.
type KeyPlaces struct {
	// Keyring says that the keyring answers. FileThere says that there is an encrypted file, Locked
	// that its passphrase is not known.
	Keyring, FileThere, Locked bool
	// File is its path.
	File string
}

// KeyPlaces says where new keys go.
func (a *App) KeyPlaces() KeyPlaces {
	f := a.secrets.File
	return KeyPlaces{Keyring: a.secrets.KeyringUsable(), FileThere: f.Exists(), Locked: f.Locked(),
		File: f.Path}
}

// Unlock takes the passphrase of the encrypted file of keys, or of the one that is to be made.
func (a *App) Unlock(passphrase string) error { return a.secrets.File.Unlock(passphrase) }

// IsLocked reports whether an error came because the encrypted file of keys is needed and its
// passphrase is not known, or is another one.
func IsLocked(err error) bool {
	return errors.Is(err, secret.ErrLocked) || errors.Is(err, secret.ErrPassphrase)
}

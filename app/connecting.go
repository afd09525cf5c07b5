package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/secret"
	"countinghouse/sync/source"
)

// ConnectionRequest is a connection to add or to test before it is added. Its secrets are never
// printed and never stand in an error.
type ConnectionRequest struct {
	Name book.SourceName
	Kind string
	// URL is the address, "" for the live one. Timezone is the zone of a server whose times carry none,
	// "" for the business's.
	URL, Timezone string
	// Profile is the file of a billing profile in the profile folder, "" for none or the one that
	// comes with the program.
	Profile string
	// Secrets are the values by field; an empty one is left out.
	Secrets map[string]Secret
	Links   Links
}

// Links say what makes a connection count.
type Links struct {
	// Methods are the billing system's payment methods that lead to a gateway.
	Methods []string
	// Settles are the accounts into which a gateway pays out.
	Settles []book.AccountName
	// Behind says of a billing system's methods which source or account is behind each; nil leaves
	// them as they are.
	Behind map[string]string
}

// MethodChoice is a payment method of a billing system that is in the books or in the configuration.
type MethodChoice struct {
	Billing book.SourceName
	// Name is what payments carry, Title what customers read.
	Name, Title string
	// Behind is the source or account behind it, "" for none yet.
	Behind string
	// Stated says that the billing system itself names it, and not the configuration alone.
	Stated bool
}

// Methods lists all payment methods of the billing systems, by system and name.
func (a *App) Methods(ctx context.Context) ([]MethodChoice, error) {
	list, err := a.store.Methods(ctx)
	if err != nil {
		return nil, err
	}
	var out []MethodChoice
	for _, s := range a.Config().Sources {
		if s.Role() != source.Billing {
			continue
		}
		seen := map[string]bool{}
		for _, m := range list {
			if m.Source == s.Name {
				seen[m.Name] = true
				out = append(out, MethodChoice{s.Name, m.Name, m.Title, s.Gateways[m.Name], true})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.Gateways)) {
			if !seen[name] {
				out = append(out, MethodChoice{s.Name, name, name, s.Gateways[name], false})
			}
		}
	}
	return out, nil
}

// SuggestName is a name for a new connection of a kind that no other has.
func (c *Config) SuggestName(kind string) book.SourceName {
	base := kind
	if kinds[kind].describe.Role == source.Billing && !slices.ContainsFunc(c.Sources,
		func(s SourceConfig) bool { return s.Name == "billing" }) {
		base = "billing"
	}
	taken := func(name string) bool {
		_, account := c.Account(book.AccountName(name))
		return account || slices.ContainsFunc(c.Sources,
			func(s SourceConfig) bool { return string(s.Name) == name })
	}
	name := base
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return book.SourceName(name)
}

// SuggestedMethod reports whether a billing system's payment method looks like one of a kind of
// source: their words are the same, or one begins with the other.
func SuggestedMethod(kind, method string) bool {
	m := strings.ToLower(method)
	return strings.HasPrefix(m, kind) || len(m) > 3 && strings.HasPrefix(kind, m)
}

// check says what is missing in a request, in a sentence that names the field; nil for nothing.
// mapping is the text of its billing profile, "" for none of its own.
func (r ConnectionRequest) check(mapping string) error {
	k, ok := kinds[r.Kind]
	if !ok {
		return fmt.Errorf("kind %q is not one of %s", r.Kind, kindList())
	}
	for _, f := range k.describe.Secrets {
		if !f.Optional && typed(r.Secrets[f.Name]) == "" && !keyFree(mapping) {
			return fmt.Errorf("%s is missing: %s", f.Name, f.Title)
		}
	}
	return nil
}

func (r ConnectionRequest) config() SourceConfig {
	return SourceConfig{Name: r.Name, Kind: r.Kind, URL: strings.TrimSpace(r.URL),
		Timezone: r.Timezone, Profile: cmp.Or(strings.TrimSpace(r.Profile),
			starterFile(r.Kind, r.Name))}
}

// typed is a secret as it was meant: without the blanks around it, and a PEM block that a field of
// one line has taken in with blanks for its line ends has lines again.
func typed(s Secret) string {
	v := strings.TrimSpace(s.Reveal())
	head, rest, ok := strings.Cut(strings.TrimPrefix(v, "-----"), "-----")
	if !ok || !strings.HasPrefix(v, "-----BEGIN ") || strings.Contains(v, "\n") {
		return v
	}
	body, foot, ok := strings.Cut(rest, "-----")
	if !ok {
		return v
	}
	return "-----" + head + "-----\n" + strings.Join(strings.Fields(body), "\n") + "\n-----" + foot + "\n"
}

// Added says what adding or replacing did.
type Added struct {
	// Places says by field where each key went.
	Places map[string]secret.Place
	// Shadowed are fields whose value in the environment goes on standing before the new one, by the
	// variable's name.
	Shadowed []string
	// Backup is the copy of a configuration that had to be written anew, "" for none.
	Backup string
}

// Add keeps the keys of a new connection and writes it into the configuration. Where the keys cannot
// be kept nothing is written; where the configuration cannot, the keys are forgotten again. IsLocked
// says of the error that a passphrase is needed.
func (a *App) Add(ctx context.Context, r ConnectionRequest) (Added, error) {
	mapping, err := firstText(a.folder, r.config())
	if err != nil {
		return Added{}, err
	}
	if err := r.check(mapping); err != nil {
		return Added{}, err
	}
	// The whole change is tried on a copy first, so that no key is kept for nothing.
	trial := a.Config().clone()
	if err := trial.add(r); err != nil {
		return Added{}, err
	}
	if err := trial.check(); err != nil {
		return Added{}, err
	}
	if err := a.startProfile(r.config()); err != nil {
		return Added{}, err
	}
	done, err := a.keep(r.Kind, r.Name, r.Secrets)
	if err == nil {
		done.Backup, err = a.change(ctx, func(c *Config) error { return c.add(r) })
	}
	if err != nil {
		for field := range done.Places {
			_, undone := a.secrets.Forget(string(r.Name), field)
			err = errors.Join(err, undone)
		}
		return Added{}, err
	}
	return done, nil
}

// add puts a connection and what makes it count into the configuration.
func (c *Config) add(r ConnectionRequest) error {
	if slices.ContainsFunc(c.Sources, func(s SourceConfig) bool { return s.Name == r.Name }) {
		return fmt.Errorf("source name %q stands twice; sources and accounts need names of their own",
			r.Name)
	}
	c.Sources = append(c.Sources, r.config())
	return c.link(r.Name, r.Links)
}

// link makes a source count as the links say, and no other way.
func (c *Config) link(name book.SourceName, l Links) error {
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Name == name && l.Behind != nil {
			s.Gateways = maps.Clone(l.Behind)
		}
		if s.Role() != source.Billing || s.Name == name {
			continue
		}
		for method, behind := range s.Gateways {
			if behind == string(name) && !slices.Contains(l.Methods, method) {
				delete(s.Gateways, method)
			}
		}
	}
	for _, method := range l.Methods {
		if err := c.lead(method, string(name)); err != nil {
			return err
		}
	}
	for i := range c.Accounts {
		x := &c.Accounts[i]
		has, wanted := slices.Contains(x.Settles, name), slices.Contains(l.Settles, x.Name)
		switch {
		case wanted && !has:
			x.Settles = append(x.Settles, name)
		case has && !wanted:
			x.Settles = slices.DeleteFunc(x.Settles, func(s book.SourceName) bool { return s == name })
		}
	}
	return nil
}

// lead makes a payment method lead to a source or account, in the billing system that has it, or in
// the first.
func (c *Config) lead(method, behind string) error {
	at := -1
	for i, s := range c.Sources {
		_, has := s.Gateways[method]
		if s.Role() == source.Billing && (has || at < 0) {
			at = i
			if has {
				break
			}
		}
	}
	if at < 0 {
		return fmt.Errorf("method %q has no billing system to stand in: connect that first", method)
	}
	if c.Sources[at].Gateways == nil {
		c.Sources[at].Gateways = map[string]string{}
	}
	c.Sources[at].Gateways[method] = behind
	return nil
}

// keep stores secrets and says where they went.
func (a *App) keep(kind string, name book.SourceName, secrets map[string]Secret) (Added, error) {
	done := Added{Places: map[string]secret.Place{}}
	for _, f := range kinds[kind].describe.Secrets {
		value := typed(secrets[f.Name])
		if value == "" {
			continue
		}
		place, err := a.secrets.Set(string(name), f.Name, value)
		if err != nil {
			return done, err
		}
		done.Places[f.Name] = place
		if a.inEnvironment(name, f.Name) {
			done.Shadowed = append(done.Shadowed, secret.EnvName(string(name), f.Name))
		}
	}
	return done, nil
}

// ReplaceKeys keeps other secrets for a connection; fields that are left empty stay as they are.
func (a *App) ReplaceKeys(name book.SourceName, secrets map[string]Secret) (Added, error) {
	s, err := a.configured(name)
	if err != nil {
		return Added{}, err
	}
	a.tests.Delete(name)
	return a.keep(s.Kind, name, secrets)
}

// SetLinks changes what makes a connection count. backup is as of EditConfig.
func (a *App) SetLinks(ctx context.Context, name book.SourceName, l Links) (backup string, err error) {
	if _, err := a.configured(name); err != nil {
		return "", err
	}
	return a.change(ctx, func(c *Config) error { return c.link(name, l) })
}

// SetAddress changes the address of a connection, "" for the live one, and takes back what a test of
// the old one said. backup is as of EditConfig.
func (a *App) SetAddress(ctx context.Context, name book.SourceName, url string) (backup string, err error) {
	backup, err = a.change(ctx, func(c *Config) error {
		for i := range c.Sources {
			if c.Sources[i].Name == name {
				c.Sources[i].URL = strings.TrimSpace(url)
				return nil
			}
		}
		return fmt.Errorf("there is no source %q in %s", name, ConfigName)
	})
	if err == nil {
		a.tests.Delete(name)
	}
	return backup, err
}

// Pause makes a sync leave a connection out, or takes it in again. backup is as of EditConfig.
func (a *App) Pause(ctx context.Context, name book.SourceName, on bool) (backup string, err error) {
	return a.change(ctx, func(c *Config) error {
		for i := range c.Sources {
			if c.Sources[i].Name == name {
				c.Sources[i].Paused = on
				return nil
			}
		}
		return fmt.Errorf("there is no source %q in %s", name, ConfigName)
	})
}

// Forgotten says what forgetting took away.
type Forgotten struct {
	// Places are where keys stood that are gone now, by field.
	Places map[string][]secret.Place
	// Left are the environment's variables that still hold a key.
	Left []string
	// Backup is the copy of a configuration that had to be written anew, "" for none.
	Backup string
}

// Forget takes a connection out of the configuration and its keys out of the keyring and the
// encrypted file. Its records stay in the books, and a connection of the same name goes on from
// there. Keys go first: where they cannot, the connection stays.
func (a *App) Forget(ctx context.Context, name book.SourceName) (Forgotten, error) {
	s, err := a.configured(name)
	if err != nil {
		return Forgotten{}, err
	}
	done, err := a.ForgetSecrets(name, secretFields(s.Kind)...)
	if err != nil {
		return done, err
	}
	done.Backup, err = a.change(ctx, func(c *Config) error {
		c.Sources = slices.DeleteFunc(c.Sources, func(s SourceConfig) bool { return s.Name == name })
		return c.link(name, Links{})
	})
	a.tests.Delete(name)
	return done, err
}

func (a *App) configured(name book.SourceName) (SourceConfig, error) {
	for _, s := range a.Config().Sources {
		if s.Name == name {
			return s, nil
		}
	}
	return SourceConfig{}, fmt.Errorf("there is no source %q in %s", name, ConfigName)
}

// change edits the configuration file as it stands now and takes over what it says then.
func (a *App) change(ctx context.Context, edit func(*Config) error) (backup string, err error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	if err := errors.Join(ctx.Err(), a.Config().May(a.User(), RightConfigure)); err != nil {
		return "", err
	}
	c, backup, err := EditConfig(a.options.configPath(a.folder), edit)
	if err != nil {
		return "", err
	}
	a.config.Store(&c)
	return backup, nil
}

// AccountRequest is a bank account to add.
type AccountRequest struct {
	Name     book.AccountName
	Currency money.Currency
	// Number is the IBAN, or the number at the bank.
	Number, Calendar string
	Settles          []book.SourceName
}

// AddAccount writes a bank account into the configuration. backup is as of EditConfig.
func (a *App) AddAccount(ctx context.Context, r AccountRequest) (backup string, err error) {
	x := AccountConfig{Name: r.Name, Currency: r.Currency, Settles: r.Settles, Calendar: r.Calendar}
	number := strings.ToUpper(strings.ReplaceAll(r.Number, " ", ""))
	if len(number) > 4 && number[0] >= 'A' && number[0] <= 'Z' && number[1] >= 'A' && number[1] <= 'Z' {
		x.IBAN = number
	} else {
		x.Number = number
	}
	return a.change(ctx, func(c *Config) error {
		c.Accounts = append(c.Accounts, x)
		return nil
	})
}

// CreateProfile makes the profile of the options with a business and nothing else. It is refused
// where a configuration is already.
func CreateProfile(o Options, b Business) error {
	dir, err := ProfileDir(o)
	if err != nil {
		return err
	}
	c := Config{Business: b}
	if strings.TrimSpace(b.Name) == "" {
		return errors.New("the business needs a name, such as Northwind Hosting")
	}
	if err := c.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the profile's folder cannot be made: %w", err)
	}
	path := o.configPath(dir)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("there is a configuration already, and it was left as it is: %s", path)
	case err != nil:
		return fmt.Errorf("configuration %s cannot be written: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return c.Save(path)
}

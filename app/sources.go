package app

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/paypal"
	"countinghouse/sync/profile"
	"countinghouse/sync/razorpay"
	"countinghouse/sync/source"
	"countinghouse/sync/spectrocoin"
	"countinghouse/sync/stripe"
	"countinghouse/sync/whmcs"
)

// kind is a kind of source: what it is and how one is opened.
type kind struct {
	describe source.Description
	open     func(source.Options) (source.Puller, error)
	// reports opens the reader of the provider's own reports, which needs no key; nil where there is
	// none.
	reports func(source.Options) (source.Reporter, error)
	// profile is the description that a billing profile drives, nil for the kinds that are code.
	profile *source.Description
}

// kinds are all kinds of source, by their word in the configuration.
var kinds = map[string]kind{
	"whmcs": {describe: whmcs.Description,
		open: func(o source.Options) (source.Puller, error) { return whmcs.New(o) }},
	"stripe": {describe: stripe.Description,
		open:    func(o source.Options) (source.Puller, error) { return stripe.New(o) },
		reports: func(o source.Options) (source.Reporter, error) { return stripe.NewReports(o) }},
	"paypal": {describe: paypal.Description,
		open:    func(o source.Options) (source.Puller, error) { return paypal.New(o) },
		reports: func(o source.Options) (source.Reporter, error) { return paypal.NewReports(o) }},
	"razorpay": {describe: razorpay.Description,
		open:    func(o source.Options) (source.Puller, error) { return razorpay.New(o) },
		reports: razorpay.NewReports},
	"spectrocoin": {describe: spectrocoin.Description,
		open: func(o source.Options) (source.Puller, error) { return spectrocoin.New(o) }},
	"fluxbilling": profiled(profile.FluxBilling),
	"fossbilling": profiled(profile.FOSSBilling),
	"billing":     profiled(profile.Other),
}

// profiled is a kind of source that a billing profile drives.
func profiled(d source.Description) kind {
	return kind{describe: d, profile: &d,
		open: func(o source.Options) (source.Puller, error) { return profile.New(d, o) },
		reports: func(o source.Options) (source.Reporter, error) {
			return profile.NewReports(d, o)
		}}
}

// kindNames are the words of all kinds, sorted.
func kindNames() []string { return slices.Sorted(maps.Keys(kinds)) }

func kindList() string { return strings.Join(kindNames(), ", ") }

// source opens a configured source with its secrets. Its error is of kind auth where a secret is
// missing or locked away.
func (a *App) source(s SourceConfig) (source.Puller, error) {
	o, err := a.sourceOptions(s)
	if err != nil {
		return nil, err
	}
	return kinds[s.Kind].open(o)
}

// sourceOptions are what a configured source is opened with.
func (a *App) sourceOptions(s SourceConfig) (source.Options, error) {
	o, err := a.settings(s)
	if err != nil {
		return source.Options{}, err
	}
	o.Secrets, err = a.keys(s, o.Profile)
	return o, err
}

// keys are the secrets of a configured source, by field; its billing profile may want none.
func (a *App) keys(s SourceConfig, profile string) (map[string]source.Secret, error) {
	out := map[string]source.Secret{}
	alone := a.keysInEnvironment(s)
	for _, f := range kinds[s.Kind].describe.Secrets {
		if f.Optional && alone && !a.inEnvironment(s.Name, f.Name) {
			continue
		}
		v, err := a.secrets.Find(string(s.Name), f.Name)
		missing := errors.Is(err, secret.ErrMissing)
		switch {
		case err == nil:
			out[f.Name] = source.Secret(v)
		case missing && (f.Optional || keyFree(profile)):
		case missing:
			return nil, &source.Error{Kind: source.KindAuth, Source: s.Name, Op: "look up " + f.Name,
				Detail: err.Error(), Err: err, Hint: fmt.Sprintf("A key is missing. Set %s, or store it "+
					"in this computer's keyring.", secret.EnvName(string(s.Name), f.Name))}
		default:
			return nil, &source.Error{Kind: source.KindAuth, Source: s.Name, Op: "look up " + f.Name,
				Detail: err.Error(), Err: err, Hint: "Its keys cannot be read."}
		}
	}
	return out, nil
}

// settings are a configured source's options without its secrets.
func (a *App) settings(s SourceConfig) (source.Options, error) {
	o, err := sourceSettings(a.Config(), s, a.wall)
	if err != nil {
		return o, err
	}
	o.Profile, err = a.profileOf(s)
	return o, err
}

func sourceSettings(c *Config, s SourceConfig, wall Clock) (source.Options, error) {
	zone := c.Zone()
	if s.Timezone != "" {
		z, err := time.LoadLocation(s.Timezone)
		if err != nil {
			return source.Options{}, err
		}
		zone = z
	}
	return source.Options{Name: s.Name, URL: s.URL, Zone: zone, Clock: wall,
		Base: c.Business.BaseCurrency, Secrets: map[string]source.Secret{},
		InvoiceKeys: s.InvoiceKeys, CustomerKeys: s.CustomerKeys,
		InvoicePattern: s.InvoicePattern}, nil
}

// keyless says that none of a source's secrets is anywhere.
func (a *App) keyless(s SourceConfig) bool {
	for _, f := range kinds[s.Kind].describe.Secrets {
		_, err := a.secrets.Find(string(s.Name), f.Name)
		if !errors.Is(err, secret.ErrMissing) { // it is there, or locked away
			return false
		}
	}
	return true
}

// keysInEnvironment says that the environment has all keys that a source needs. The keyring is then
// not asked for the others, so that one that is missing, locked or slow is in nobody's way.
func (a *App) keysInEnvironment(s SourceConfig) bool {
	for _, f := range kinds[s.Kind].describe.Secrets {
		if !f.Optional && !a.inEnvironment(s.Name, f.Name) {
			return false
		}
	}
	return true
}

func (a *App) inEnvironment(name book.SourceName, field string) bool {
	key := secret.EnvName(string(name), field)
	_, fixed := a.secrets.Fixed[key]
	v, set := a.secrets.Env(key)
	return fixed || set && v != ""
}

// Role is the side of the books that a source stands on.
func (s SourceConfig) Role() source.Role { return kinds[s.Kind].describe.Role }

// Title is what people call a source or an account: "Stripe" for the only source of its kind, else
// its configured name.
func (c *Config) Title(name book.SourceName) string {
	i := slices.IndexFunc(c.Sources, func(s SourceConfig) bool { return s.Name == name })
	if i < 0 {
		return string(name)
	}
	kindOf := c.Sources[i].Kind
	same := 0
	for _, s := range c.Sources {
		if s.Kind == kindOf {
			same++
		}
	}
	if same == 1 {
		return kinds[kindOf].describe.Title
	}
	return kinds[kindOf].describe.Title + " " + string(name)
}

package app

import (
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/stripe"
	"countinghouse/sync/whmcs"
)

// kind is a kind of source: what it is and how one is opened.
type kind struct {
	describe source.Description
	open     func(source.Options) (source.Puller, error)
}

// kinds are all kinds of source, by their word in the configuration.
var kinds = map[string]kind{
	"whmcs": {whmcs.Description, func(o source.Options) (source.Puller, error) {
		return whmcs.New(o)
	}},
	"stripe": {stripe.Description, func(o source.Options) (source.Puller, error) {
		return stripe.New(o)
	}},
}

func kindList() string {
	var names []string
	for n := range kinds {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// source opens a configured source with its secrets. Its error is of kind auth where a secret is
// missing.
func (a *App) source(s SourceConfig) (source.Puller, error) {
	k := kinds[s.Kind]
	zone := a.config.Zone()
	if s.Timezone != "" {
		z, err := time.LoadLocation(s.Timezone)
		if err != nil {
			return nil, err
		}
		zone = z
	}
	o := source.Options{Name: s.Name, URL: s.URL, Zone: zone, Clock: a.wall,
		Base: a.config.Business.BaseCurrency, Secrets: map[string]source.Secret{},
		InvoiceKeys: s.InvoiceKeys, CustomerKeys: s.CustomerKeys, InvoicePattern: s.InvoicePattern}
	for _, f := range k.describe.Secrets {
		v, err := a.secrets.Find(string(s.Name), f.Name)
		switch {
		case err == nil:
			o.Secrets[f.Name] = source.Secret(v)
		case !f.Optional:
			return nil, &source.Error{Kind: source.KindAuth, Source: s.Name, Op: "open",
				Detail: err.Error(), Err: err}
		}
	}
	return k.open(o)
}

// role is the side of the books that a source stands on.
func role(s SourceConfig) source.Role { return kinds[s.Kind].describe.Role }

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

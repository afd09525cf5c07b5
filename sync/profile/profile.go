// Package profile owns billing systems that are described by a mapping file instead of by code: a
// JSON-over-REST interface or exports of CSV and XLSX, whose paths, words and forms the file maps to
// ours. app opens it for FluxBilling, FOSSBilling and any other billing system, and asks it to try
// a mapping; it never stores anything, and a word that no map knows is shown and never guessed.
//
// docs/billing-profile.md describes the file. The facts about FOSSBilling are from its source
// (github.com/FOSSBilling/FOSSBilling, commit 56a0871, read 2026-11); of FluxBilling nothing but the
// words of its product pages is public.
package profile

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"countinghouse/sync/source"
)

// The descriptions of the kinds of source that a profile drives.
var (
	FluxBilling = source.Description{Kind: "fluxbilling", Title: "FluxBilling", Role: source.Billing,
		URLRequired: true, Secrets: []source.Field{
			{Name: "token", Title: "Token of the adapter or interface that speaks billing-source/1"}}}
	FOSSBilling = source.Description{Kind: "fossbilling", Title: "FOSSBilling", Role: source.Billing,
		URLRequired: true, Secrets: []source.Field{
			{Name: "token", Title: "API token of an administrator, from his profile in FOSSBilling"}}}
	Other = source.Description{Kind: "billing", Title: "Another billing system", Role: source.Billing,
		URLRequired: true, Secrets: []source.Field{
			{Name: "token", Title: "The token or password that the profile's connection asks for"}}}
)

// Source is one billing system that a mapping describes. It is for use by one goroutine at a time.
type Source struct {
	describe source.Description
	options  source.Options
	mapping  *Mapping
	api      *url.URL
	http     *http.Client
	zone     *time.Location
}

var _ source.Puller = (*Source)(nil)

// New opens a billing system of a kind without asking it anything. The mapping is that of
// Options.Profile, else the one that comes with the kind. The error is about the address or the
// mapping, or of kind auth where the secret is missing.
func New(d source.Description, o source.Options) (*Source, error) {
	m, err := mappingFor(d, o)
	if err != nil {
		return nil, err
	}
	if m.Invoices == nil {
		return nil, fmt.Errorf("source %s: the profile %s describes files only: import them with "+
			"countinghouse import FILE --source %[1]s", o.Name, m.Name)
	}
	return open(d, o, m)
}

// mappingFor is the mapping that the options name, else the kind's own.
func mappingFor(d source.Description, o source.Options) (*Mapping, error) {
	text := o.Profile
	if text == "" {
		var ok bool
		if text, ok = Shipped(d.Kind); !ok {
			return nil, fmt.Errorf("source %s: profile is missing: the file that describes your billing "+
				"system, such as profile = \"billing.toml\"", o.Name)
		}
	}
	m, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", o.Name, err)
	}
	return m, nil
}

func open(d source.Description, o source.Options, m *Mapping) (*Source, error) {
	if o.URL == "" {
		return nil, fmt.Errorf("source %s: url is missing: the address of your %s, which only imports of "+
			"files can do without", o.Name, m.Title)
	}
	u, err := source.CheckURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", o.Name, err)
	}
	if o.Secrets[m.Connection.secret()] == "" && m.Connection.Auth != "none" {
		return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
			Detail: "no " + m.Connection.secret(),
			Hint:   "Enter the " + m.Connection.secret() + " of " + m.Title + "."}
	}
	if m.Title != "" {
		d.Title = m.Title
	}
	u.Path = strings.TrimRight(u.Path+m.Connection.Base, "/")
	return &Source{describe: d, options: o, mapping: m, api: u, http: source.Client(o),
		zone: m.zone(o.Zone)}, nil
}

// Describe says what the mapping calls the system.
func (s *Source) Describe() source.Description { return s.describe }

// local reports whether the system runs on this computer: one that nobody else can reach is a
// sandbox.
func (s *Source) local() bool {
	ip := net.ParseIP(s.api.Hostname())
	return s.api.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *Source) translator() translator {
	return translator{name: s.options.Name, zone: s.zone, base: s.options.Base,
		loose: s.mapping.Credits == nil}
}

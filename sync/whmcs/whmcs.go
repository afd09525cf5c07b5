// Package whmcs owns what we know of the WHMCS billing system: its remote administration API, the
// translation of its records into the books, and a simulator of it over a pretend business. app
// opens it as a source and the sandbox serves its simulator; it never stores anything, and no
// password, token or card number that WHMCS puts into its replies leaves its decoder.
//
// Facts about the API are from github.com/WHMCS/developer-docs, read 2026-11, unless said
// otherwise.
package whmcs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"countinghouse/sync/source"
)

// Description says what WHMCS is and which settings it takes.
var Description = source.Description{
	Kind:  "whmcs",
	Title: "WHMCS",
	Role:  source.Billing,
	Secrets: []source.Field{
		{Name: "identifier", Title: "API identifier, from Manage API Credentials in WHMCS"},
		{Name: "secret", Title: "API secret, shown once when the credentials are made"},
		{Name: "access_key", Optional: true,
			Title: "API access key, $api_access_key in WHMCS's configuration.php"},
	},
	URLRequired: true,
}

// WHMCS is one configured WHMCS. It is for use by one goroutine at a time and keeps one request in
// flight: shared hosts and their firewalls limit those who send more.
type WHMCS struct {
	options source.Options
	api     *url.URL
	http    *http.Client
	// acts sends what changes something.
	acts *http.Client
	zone *time.Location
}

var _ source.Puller = (*WHMCS)(nil)

// New opens a WHMCS without asking it anything. URL is the system URL, with its folder if there is
// one; Zone is the zone of its server. The error is about the address, or of kind auth where a
// secret is missing.
func New(o source.Options) (*WHMCS, error) {
	u, err := source.CheckURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("whmcs: %s: %w", o.Name, err)
	}
	for _, name := range []string{"identifier", "secret"} {
		if o.Secrets[name] == "" {
			return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
				Detail: "no " + name, Hint: "Enter the " + name + " of the API credentials."}
		}
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	return &WHMCS{options: o, api: u.JoinPath("includes", "api.php"), http: source.Client(o),
		acts: source.ActClient(o), zone: zone}, nil
}

// Describe is Description.
func (s *WHMCS) Describe() source.Description { return Description }

// Check asks WHMCS for its version and tries every action that a pull makes. Missing names the
// actions that the API role does not allow, Warnings what WHMCS's automation does that a person
// should know of.
func (s *WHMCS) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Account: s.api.Hostname(), Live: !s.local()}
	details, err := s.call(ctx, whmcsDetails())
	switch {
	case err == nil:
		h.Version = details.object("whmcs").word("version")
		allow(&h, whmcsDetails(), versionNumber, true)
	case errors.Is(err, errRole):
		allow(&h, whmcsDetails(), versionNumber, false)
	case source.KindOf(err) == source.KindUnsupported:
		h.Version = "7"
	default:
		return source.Health{}, err
	}
	clients, err := s.probe(ctx, &h, "clients", getClients(0, 1))
	if err != nil {
		return source.Health{}, err
	}
	invoices, err := s.probe(ctx, &h, "invoices", getInvoices(0, 1))
	if err != nil {
		return source.Health{}, err
	}
	client, invoice := firstID(clients, "clients", "client"), firstID(invoices, "invoices", "invoice")
	for _, need := range []struct {
		what string
		ask  request
	}{
		{"currencies", getCurrencies()},
		{"payment methods", getPaymentMethods()},
		{"client details", getClientsDetails(client)},
		{"services", getClientsProducts(0, 1)},
		{"invoice details", getInvoice(invoice)},
		{"transactions", getTransactionsOfClient(client)},
		{"client credit", getCredits(client)},
		{"activity log, to read changed clients only", getActivityLog(0, 1)},
		{savedMethods, getPayMethods(client)},
		{automationSettings, getConfigurationValue(automation[0])},
	} {
		if _, err := s.probe(ctx, &h, need.what, need.ask); err != nil {
			return source.Health{}, err
		}
	}
	settings, err := s.readSettings(ctx)
	if err != nil {
		return source.Health{}, err
	}
	h.Warnings = cautions(settings, h.Version)
	return h, nil
}

// What a pull does without where the API role does not allow it.
const (
	versionNumber      = "version, to know what this WHMCS can do"
	savedMethods       = "saved payment methods, to know when a card expires"
	automationSettings = "automation settings, to see what WHMCS does by itself"
)

// optional are the actions that a pull can do without.
var optional = map[string]bool{"WhmcsDetails": true, "GetActivityLog": true, "GetPayMethods": true,
	"GetConfigurationValue": true}

// local reports whether WHMCS runs on this computer. WHMCS has no test mode of its own; one that
// nobody else can reach is a sandbox.
func (s *WHMCS) local() bool {
	ip := net.ParseIP(s.api.Hostname())
	return s.api.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// allow notes whether the API role allows an action.
func allow(h *source.Health, r request, usedFor string, granted bool) {
	h.Permissions = append(h.Permissions, source.Permission{Title: r.action, Access: "read",
		UsedFor: usedFor, Granted: granted, Needed: !optional[r.action]})
}

// probe sends a request and notes in h what the API role does not allow. That the record is not
// found is no error: there may be none.
func (s *WHMCS) probe(ctx context.Context, h *source.Health, what string, r request) (node, error) {
	n, err := s.call(ctx, r)
	switch {
	case errors.Is(err, errRole):
		if what != savedMethods && what != automationSettings {
			h.Missing = append(h.Missing, what+" ("+r.action+")")
		}
		allow(h, r, what, false)
		return nil, nil
	case errors.Is(err, errNotFound), errors.Is(err, errUTF8):
		allow(h, r, what, true)
		return nil, nil
	case optional[r.action] && (source.KindOf(err) == source.KindUnsupported ||
		source.KindOf(err) == source.KindRefused):
		return nil, nil // this version has no such call, or no such setting
	case err == nil:
		allow(h, r, what, true)
	}
	return n, err
}

// firstID is the id of the first row of a list, or 1 where there is none: any id serves to find out
// whether an action is allowed.
func firstID(n node, wrapper, inner string) int64 {
	if rows, err := n.list(wrapper, inner); err == nil && len(rows) > 0 {
		if r := (&reader{node: rows[0]}); r.id("id") > 0 {
			return r.id("id")
		}
	}
	return 1
}

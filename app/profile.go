package app

import (
	"path/filepath"

	"countinghouse/app/secret"
)

// Options are those by which the profile was opened, with the folder filled in.
func (a *App) Options() Options {
	o := a.options
	o.Dir = a.folder
	return o
}

// ConfigPath is the configuration file of the options' profile, whether or not it is there.
func ConfigPath(o Options) string {
	dir, err := ProfileDir(o)
	if err != nil {
		return ConfigName
	}
	return o.configPath(dir)
}

// BooksPath is the database file of the options' profile.
func BooksPath(o Options) string {
	if o.DB != "" {
		return o.DB
	}
	dir, err := ProfileDir(o)
	if err != nil {
		return booksName
	}
	return filepath.Join(dir, booksName)
}

// ConfigTemplate is a configuration to fill in: one billing system, one gateway, one account.
const ConfigTemplate = `[business]
name = "Your company"
base_currency = "EUR"
timezone = "Europe/Vilnius"
opening_date = "2026-01-01"   # nothing before it is reconciled

[[source]]
name = "billing"
kind = "whmcs"
url = "https://billing.example.com"   # the system URL of your WHMCS
# payment methods of the billing system, and the source or account behind each
gateways = { stripe = "stripe", banktransfer = "operating" }

[[source]]
name = "stripe"
kind = "stripe"

[[account]]
name = "operating"
currency = "EUR"
iban = "LT601010012345678901"
settles = ["stripe"]          # whose payouts arrive here
calendar = "target"
`

// SecretGuide names the environment variables that the template's sources need.
var SecretGuide = secret.EnvName("billing", "identifier") + ", " +
	secret.EnvName("billing", "secret") + " and " + secret.EnvName("stripe", "secret_key") + "."

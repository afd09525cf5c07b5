package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// ConfigName is the name of the configuration file in a profile folder.
const ConfigName = "countinghouse.toml"

// Config is what countinghouse.toml says: the business, its sources and its bank accounts.
type Config struct {
	Business Business        `toml:"business"`
	Sources  []SourceConfig  `toml:"source,omitempty"`
	Accounts []AccountConfig `toml:"account,omitempty"`
	Limits   Limits          `toml:"limits,omitempty"`
	// Users are the people of a team; without any the profile is one person's.
	Users []UserConfig `toml:"user,omitempty"`
	Mail  Mail         `toml:"mail,omitempty"`
	// Dunning says what happens by itself about failed renewals.
	Dunning DunningConfig `toml:"dunning,omitempty"`
	// Rules are matching rules of the user's own, in the order in which they run.
	Rules []RuleConfig `toml:"rule,omitempty"`

	zone *time.Location
}

// Business is whose books these are.
type Business struct {
	Name         string         `toml:"name"`
	BaseCurrency money.Currency `toml:"base_currency"`
	Timezone     string         `toml:"timezone"`
	// OpeningDate is YYYY-MM-DD; nothing before it is reconciled.
	OpeningDate string `toml:"opening_date"`
}

// Limits are what one person may decide alone.
type Limits struct {
	// WriteOff is how much one person may write off or forgive at once, "10.00 EUR", or several with
	// commas between for several currencies; in any other currency a second person has to confirm.
	WriteOff string `toml:"write_off,omitempty"`
	// Refund is how much one person may give back at once without a second look, RefundDay how much all
	// may in a day; amounts as WriteOff.
	Refund    string `toml:"refund,omitempty"`
	RefundDay string `toml:"refund_day,omitempty"`
	// RefundsDay, RetriesDay, NoticesDay and SuspensionsDay are the most of each in a day; 0 for the usual.
	RefundsDay     int `toml:"refunds_day,omitempty"`
	RetriesDay     int `toml:"retries_day,omitempty"`
	NoticesDay     int `toml:"notices_day,omitempty"`
	SuspensionsDay int `toml:"suspensions_day,omitempty"`
}

// SourceConfig is one configured source. Secrets never stand here.
type SourceConfig struct {
	Name book.SourceName `toml:"name"`
	Kind string          `toml:"kind"`
	URL  string          `toml:"url,omitempty"`
	// Gateways maps the billing system's payment-method names to our source or account names.
	Gateways map[string]string `toml:"gateways,inline,omitempty"`
	// Timezone is the zone of the source's server where its times carry none; default the business's.
	Timezone string `toml:"timezone,omitempty"`
	// Profile is a billing profile's file in the profile folder, "" for the one that comes with the
	// kind.
	Profile string `toml:"profile,omitempty"`
	// InvoiceKeys, CustomerKeys and InvoicePattern say where a gateway's records name billing's
	// ids; see source.Options.
	InvoiceKeys    []string `toml:"invoice_keys,omitempty"`
	CustomerKeys   []string `toml:"customer_keys,omitempty"`
	InvoicePattern string   `toml:"invoice_pattern,omitempty"`
	// Fees is what a gateway takes by contract, "1.5% + 0.25 EUR"; see money.ParseTariff. A charge that
	// cost something else, or whose fee billing does not record, is A5.
	Fees string `toml:"fees,omitempty"`
	// Paused says that a sync leaves the source out.
	Paused bool `toml:"paused,omitempty"`
}

// AccountConfig is one bank account of ours.
type AccountConfig struct {
	Name     book.AccountName  `toml:"name"`
	Currency money.Currency    `toml:"currency"`
	IBAN     string            `toml:"iban,omitempty"`
	Number   string            `toml:"number,omitempty"`
	Settles  []book.SourceName `toml:"settles,omitempty"`
	// Calendar is the business-day calendar: target, us, in, gb, ...; default target.
	Calendar string `toml:"calendar,omitempty"`
	// Aliases are sender names confirmed for matching payouts by amount.
	Aliases []string `toml:"aliases,omitempty"`
	// InvoicePattern finds the business's own names for invoices in the texts of lines; see
	// reconcile.Account.
	InvoicePattern string `toml:"invoice_pattern,omitempty"`
	// Watch is a folder whose statement files are imported by themselves, "" for none; a relative one
	// is in the profile folder. Several accounts may have the same.
	Watch string `toml:"watch,omitempty"`
}

// LoadConfig reads a configuration file and checks all of it. A missing file gives fs.ErrNotExist;
// every other error is a sentence that names the place and what to write there.
func LoadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Config{}, fmt.Errorf("no configuration at %s: %w", path, fs.ErrNotExist)
		}
		return Config{}, fmt.Errorf("configuration %s cannot be read: %w", path, err)
	}
	// Some editors put a byte order mark before the text.
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var c Config
	err = toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&c)
	var strict *toml.StrictMissingError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		row, _ := strict.Errors[0].Position()
		return Config{}, fmt.Errorf("configuration %s, line %d: unknown setting %q",
			filepath.Base(path), row, strings.Join(strict.Errors[0].Key(), "."))
	case errors.As(err, &decode):
		row, col := decode.Position()
		return Config{}, fmt.Errorf("configuration %s, line %d, column %d: %s",
			filepath.Base(path), row, col, strings.TrimPrefix(decode.Error(), "toml: "))
	case err != nil:
		return Config{}, fmt.Errorf("configuration %s: %w", filepath.Base(path), err)
	}
	err = c.check()
	var rule ruleError
	switch {
	case errors.As(err, &rule) && rule.line(text) > 0:
		return Config{}, fmt.Errorf("configuration %s, line %d: %w", filepath.Base(path), rule.line(text), err)
	case err != nil:
		return Config{}, fmt.Errorf("configuration %s: %w", filepath.Base(path), err)
	}
	return c, nil
}

// Save writes the configuration, whole or not at all.
func (c Config) Save(path string) error {
	b, err := toml.Marshal(c)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	return writeConfig(path, b)
}

// Zone is the business's time zone; UTC before check.
func (c *Config) Zone() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

// OpeningOn is the date before which nothing is reconciled, zero for none.
func (c *Config) OpeningOn() book.Date {
	d, _ := book.ParseDate(c.Business.OpeningDate)
	return d
}

// billing is the name of the billing system, "" where there is none.
func (c *Config) billing() book.SourceName {
	for _, s := range c.Sources {
		if s.Role() == source.Billing {
			return s.Name
		}
	}
	return ""
}

// methodFor is the billing system's name of the payment method behind which a gateway stands, "" for
// none; the first by name where there are several.
func (c *Config) methodFor(gateway book.SourceName) string {
	best := ""
	for _, s := range c.Sources {
		for method, behind := range s.Gateways {
			if behind == string(gateway) && (best == "" || method < best) {
				best = method
			}
		}
	}
	return best
}

// kindOf is the kind of a source, "" for one that is not configured.
func (c *Config) kindOf(name book.SourceName) string {
	for _, s := range c.Sources {
		if s.Name == name {
			return s.Kind
		}
	}
	return ""
}

// Account finds a configured account by name.
func (c *Config) Account(name book.AccountName) (AccountConfig, bool) {
	i := slices.IndexFunc(c.Accounts, func(a AccountConfig) bool { return a.Name == name })
	if i < 0 {
		return AccountConfig{}, false
	}
	return c.Accounts[i], true
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (c *Config) check() error {
	b := &c.Business
	cur, err := money.ParseCurrency(string(b.BaseCurrency))
	if err != nil {
		return fmt.Errorf("business.base_currency %q is not a currency code such as EUR",
			b.BaseCurrency)
	}
	b.BaseCurrency = cur
	if b.Timezone == "" {
		b.Timezone = "UTC"
	}
	if c.zone, err = time.LoadLocation(b.Timezone); err != nil {
		return fmt.Errorf("business.timezone %q is not a zone such as Europe/Vilnius", b.Timezone)
	}
	if b.OpeningDate != "" {
		if _, err := book.ParseDate(b.OpeningDate); err != nil {
			return fmt.Errorf("business.opening_date %q is not a date such as 2026-09-01",
				b.OpeningDate)
		}
	}
	if err := c.checkLimits(); err != nil {
		return err
	}
	if err := errors.Join(c.checkUsers(), c.Mail.check()); err != nil {
		return err
	}
	names := map[string]bool{}
	for i := range c.Sources {
		if err := c.Sources[i].check(names); err != nil {
			return err
		}
	}
	for i := range c.Accounts {
		if err := c.Accounts[i].check(names); err != nil {
			return err
		}
	}
	if err := c.checkLinks(names); err != nil {
		return err
	}
	return c.checkRules()
}

func takeName(names map[string]bool, what, name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%s name %q: use lower-case letters, digits and -, beginning with a letter",
			what, name)
	}
	if names[name] {
		return fmt.Errorf("%s name %q stands twice; sources and accounts need names of their own",
			what, name)
	}
	names[name] = true
	return nil
}

func (s *SourceConfig) check(names map[string]bool) error {
	if err := takeName(names, "source", string(s.Name)); err != nil {
		return err
	}
	d, ok := kinds[s.Kind]
	if !ok {
		return fmt.Errorf("source %s: kind %q is not one of %s", s.Name, s.Kind, kindList())
	}
	if err := s.checkProfile(d); err != nil {
		return err
	}
	if s.URL == "" && d.describe.URLRequired && d.profile == nil {
		return fmt.Errorf("source %s: url is missing: the address of your %s", s.Name,
			d.describe.Title)
	}
	if s.URL != "" {
		if _, err := source.CheckURL(s.URL); err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
	}
	if s.Timezone != "" {
		if _, err := time.LoadLocation(s.Timezone); err != nil {
			return fmt.Errorf("source %s: timezone %q is not a zone such as Europe/Vilnius", s.Name,
				s.Timezone)
		}
	}
	if _, err := regexp.Compile(s.InvoicePattern); err != nil {
		return fmt.Errorf("source %s: invoice_pattern: %w", s.Name, err)
	}
	if s.Fees != "" {
		if _, err := money.ParseTariff(s.Fees); err != nil {
			return fmt.Errorf("source %s: fees %q is not of the form 1.5%% + 0.25 EUR", s.Name, s.Fees)
		}
	}
	return nil
}

func (a *AccountConfig) check(names map[string]bool) error {
	if err := takeName(names, "account", string(a.Name)); err != nil {
		return err
	}
	if _, err := regexp.Compile(a.InvoicePattern); err != nil {
		return fmt.Errorf("account %s: invoice_pattern: %w", a.Name, err)
	}
	cur, err := money.ParseCurrency(string(a.Currency))
	if err != nil {
		return fmt.Errorf("account %s: currency %q is not a currency code such as EUR", a.Name,
			a.Currency)
	}
	a.Currency = cur
	if a.Calendar == "" {
		a.Calendar = "target"
	}
	if a.Watch != "" && strings.TrimSpace(a.Watch) != a.Watch {
		return fmt.Errorf("account %s: watch %q is no folder: it begins or ends with a blank", a.Name,
			a.Watch)
	}
	if _, ok := calendars[a.Calendar]; !ok {
		return fmt.Errorf("account %s: calendar %q is not one of %s", a.Name, a.Calendar,
			calendarList())
	}
	return nil
}

func (c *Config) checkLinks(names map[string]bool) error {
	for _, s := range c.Sources {
		for method, behind := range s.Gateways {
			if !names[behind] {
				return fmt.Errorf("source %s: gateways: %q points at %q, which is no source or account",
					s.Name, method, behind)
			}
		}
	}
	for _, a := range c.Accounts {
		for _, s := range a.Settles {
			if !slices.ContainsFunc(c.Sources, func(x SourceConfig) bool { return x.Name == s }) {
				return fmt.Errorf("account %s: settles names %q, which is no source", a.Name, s)
			}
		}
	}
	return nil
}

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
)

const wholeConfig = `
[business]
name = "Northwind Hosting"
base_currency = "eur"
timezone = "Europe/Vilnius"
opening_date = "2026-09-01"

[[source]]
name = "billing"
kind = "whmcs"
url = "https://billing.example.com/portal"
gateways = { stripe = "stripe", banktransfer = "operating" }

[[source]]
name = "stripe"
kind = "stripe"

[[account]]
name = "operating"
currency = "EUR"
iban = "LT121000011101001000"
settles = ["stripe"]
calendar = "target"
aliases = ["STRIPE"]
`

func configFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ConfigName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigIsReadAndSavedAgain(t *testing.T) {
	c, err := LoadConfig(configFile(t, wholeConfig))
	if err != nil {
		t.Fatal(err)
	}
	if c.Business.BaseCurrency != "EUR" || c.Zone().String() != "Europe/Vilnius" ||
		c.OpeningOn().String() != "2026-09-01" || len(c.Sources) != 2 || len(c.Accounts) != 1 ||
		c.Sources[0].Gateways["banktransfer"] != "operating" {
		t.Errorf("read %+v", c)
	}
	path := filepath.Join(t.TempDir(), ConfigName)
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if again.Sources[0].Gateways["stripe"] != "stripe" || again.Accounts[0].Aliases[0] != "STRIPE" {
		t.Errorf("saved and read again: %+v", again)
	}
}

// TestConfigErrors checks that every mistake gives a sentence that names the place.
func TestConfigErrors(t *testing.T) {
	edit := func(from, to string) string { return strings.Replace(wholeConfig, from, to, 1) }
	for _, c := range []struct{ name, text, want string }{
		{"currency", edit(`"eur"`, `"euro"`), `base_currency "euro" is not a currency code`},
		{"zone", edit("Europe/Vilnius", "Europe/Nowhere"), `"Europe/Nowhere" is not a zone`},
		{"date", edit("2026-09-01", "2026-02-30"), `"2026-02-30" is not a date`},
		{"kind", edit(`"whmcs"`, `"whmsc"`), `kind "whmsc" is not one of`},
		{"url missing", edit(`url = "https://billing.example.com/portal"`, ""), "url is missing"},
		{"url plain", edit("https://billing", "http://billing"), "plain http is allowed on this computer"},
		{"url with password", edit("https://", "https://me:pw@"), "no user, password"},
		{"gateway", edit(`stripe = "stripe"`, `stripe = "strpie"`), `"strpie", which is no source`},
		{"account's pattern", edit(`settles = ["stripe"]`, "settles = [\"stripe\"]\ninvoice_pattern = '('"),
			"account operating: invoice_pattern: "},
		{"settles", edit(`settles = ["stripe"]`, `settles = ["x"]`), `settles names "x"`},
		{"calendar", edit(`"target"`, `"mars"`), `calendar "mars" is not one of`},
		{"twice", edit(`name = "operating"`, `name = "stripe"`), "stands twice"},
		{"name", edit(`name = "operating"`, `name = "Op 1"`), "use lower-case letters"},
		{"unknown setting", edit("calendar", "calender"), `unknown setting "account.calender"`},
		{"a secret", edit(`kind = "stripe"`, "kind = \"stripe\"\nsecret_key = \"sk_live_x\""),
			`unknown setting "source.secret_key"`},
		{"syntax", edit(`name = "billing"`, `name = billing`), "line 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadConfig(configFile(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "sk_live") {
				t.Error("the error holds a secret")
			}
		})
	}
}

func mustDate(t *testing.T, s string) book.Date {
	t.Helper()
	d, err := book.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCalendars(t *testing.T) {
	for _, c := range []struct {
		calendar, date string
		business       bool
	}{
		{"target", "2026-10-30", true},
		{"target", "2026-10-31", false}, // Saturday
		{"target", "2026-05-01", false}, // Labour Day
		{"target", "2026-04-03", false}, // Good Friday
		{"us", "2026-11-26", false},     // Thanksgiving
		{"target", "2026-11-26", true},
		{"gb", "2026-12-28", false}, // Boxing Day, moved
		{"in", "2026-08-15", false},
		{"none", "2026-12-25", true},
	} {
		d := mustDate(t, c.date)
		if got := businessDays(c.calendar)(d); got != c.business {
			t.Errorf("%s %s: business day is %v, want %v", c.calendar, c.date, got, c.business)
		}
	}
}

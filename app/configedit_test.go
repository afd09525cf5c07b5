package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const handWritten = `# Northwind's books.
[business]
name = "Northwind Hosting"
base_currency = "eur"   # what we report in
timezone = "Europe/Vilnius"

# The old portal.
[[source]]
name = "billing"
kind = "whmcs"
url = "https://billing.example.com"  # behind the proxy
gateways = { stripe = "stripe", banktransfer = "operating" }  # asked Anna

# Cards, since 2024.
[[source]]
name = "stripe"
kind = "stripe"

[[account]]
name = "operating"
currency = "EUR"
settles = [
  "stripe",  # weekly
]
# the end
`

// TestEditingKeepsWhatAPersonWrote makes every change that the connections make, and looks at the
// text of the file.
func TestEditingKeepsWhatAPersonWrote(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		edit   func(string) string
	}{
		{"nothing", func(*Config) {}, func(s string) string { return s }},
		{"pause", func(c *Config) { c.Sources[1].Paused = true }, func(s string) string {
			return strings.Replace(s, "kind = \"stripe\"\n", "kind = \"stripe\"\npaused = true\n", 1)
		}},
		{"address", func(c *Config) { c.Sources[0].URL = "https://new.example.com" },
			func(s string) string {
				return strings.Replace(s, `url = "https://billing.example.com"`, `url = 'https://new.example.com'`, 1)
			}},
		{"add", func(c *Config) {
			c.Sources = append(c.Sources, SourceConfig{Name: "second", Kind: "stripe"})
			c.Sources[0].Gateways["cards"] = "second"
			c.Accounts[0].Settles = append(c.Accounts[0].Settles, "second")
		}, func(s string) string {
			s = strings.Replace(s, "banktransfer = \"operating\" }",
				"banktransfer = 'operating', cards = 'second', stripe = 'stripe' }", 1)
			s = strings.Replace(s, `{ stripe = "stripe", `, "{", 1)
			s = strings.Replace(s, "'stripe' }", "'stripe'}", 1)
			s = strings.Replace(s, "{banktransfer = \"", "{banktransfer = '", 1)
			s = strings.Replace(s, "[\n  \"stripe\",  # weekly\n]", "['stripe', 'second']", 1)
			return strings.Replace(s, "\n[[account]]",
				"\n[[source]]\nname = 'second'\nkind = 'stripe'\n\n[[account]]", 1)
		}},
		{"forget", func(c *Config) {
			c.Sources = c.Sources[:1]
			delete(c.Sources[0].Gateways, "stripe")
			c.Accounts[0].Settles = nil
		}, func(s string) string {
			s = strings.Replace(s, "# Cards, since 2024.\n[[source]]\nname = \"stripe\"\nkind = \"stripe\"\n\n", "", 1)
			s = strings.Replace(s, `{ stripe = "stripe", banktransfer = "operating" }`, `{banktransfer = 'operating'}`, 1)
			return strings.Replace(s, "settles = [\n  \"stripe\",  # weekly\n]\n", "", 1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := configFile(t, handWritten)
			got, backup, err := EditConfig(path, func(x *Config) error { c.change(x); return nil })
			if err != nil || backup != "" {
				t.Fatalf("backup %q, %v", backup, err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if want := c.edit(handWritten); string(text) != want {
				t.Errorf("got:\n%s\nwant:\n%s", text, want)
			}
			again, err := LoadConfig(path)
			if err != nil || !same(got, again) {
				t.Errorf("read again: %+v, %v", again, err)
			}
		})
	}
}

// TestWhatCannotBeEditedKeepsACopy edits a file of a form whose lines cannot be told apart: it is
// written anew, and the old one is kept and named.
func TestWhatCannotBeEditedKeepsACopy(t *testing.T) {
	text := "# by hand\nbusiness = {base_currency = \"EUR\"}\nsource = [{name = \"stripe\", kind = \"stripe\"}]\n"
	path := configFile(t, text)
	_, backup, err := EditConfig(path, func(c *Config) error { c.Sources[0].Paused = true; return nil })
	if err != nil || backup != filepath.Join(filepath.Dir(path), BackupName) {
		t.Fatalf("backup %q, %v", backup, err)
	}
	if old, err := os.ReadFile(backup); err != nil || string(old) != text {
		t.Errorf("the copy: %q, %v", old, err)
	}
	if c, err := LoadConfig(path); err != nil || !c.Sources[0].Paused {
		t.Errorf("written anew: %+v, %v", c, err)
	}
}

// TestARefusedChangeWritesNothing hands in a change that the configuration does not allow.
func TestARefusedChangeWritesNothing(t *testing.T) {
	path := configFile(t, handWritten)
	_, _, err := EditConfig(path, func(c *Config) error { c.Sources[1].Name = "billing"; return nil })
	if err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != handWritten {
		t.Errorf("the file was changed: %v", err)
	}
}

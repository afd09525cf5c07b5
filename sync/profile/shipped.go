package profile

import (
	"embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed shipped/*.toml
var shipped embed.FS

// Shipped is the text of a profile that comes with the program, by its name.
func Shipped(name string) (string, bool) {
	if !slices.Contains(ShippedNames(), name) {
		return "", false
	}
	b, err := shipped.ReadFile("shipped/" + name + ".toml")
	return string(b), err == nil
}

// ShippedNames are the names of the profiles that come with the program, sorted.
func ShippedNames() []string {
	files, err := shipped.ReadDir("shipped")
	if err != nil {
		panic("profile: the shipped profiles are not there: " + err.Error())
	}
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f.Name(), ".toml"))
	}
	slices.Sort(out)
	return out
}

// Starter is the text that a billing profile of one's own begins with: billing-source/1, with the
// name of the source.
func Starter(name string) string {
	text, ok := Shipped(FluxBilling.Kind)
	if !ok {
		panic("profile: there is nothing to start from")
	}
	m, err := Parse(text)
	if err != nil {
		panic("profile: a shipped profile is wrong: " + err.Error())
	}
	_, rest, _ := strings.Cut(text, "\nprofile = 1\n")
	rest = strings.Replace(rest, "name = "+strconv.Quote(m.Name), "name = "+strconv.Quote(name), 1)
	rest = strings.Replace(rest, "title = "+strconv.Quote(m.Title), "title = "+strconv.Quote(name), 1)
	rest = strings.Replace(rest, "note = "+strconv.Quote(m.Note), "note = "+strconv.Quote(
		"Nobody has tried this profile yet: change it until a live page comes out right."), 1)
	return "# Change paths, fields and words to those of your billing system; see docs/billing-profile.md.\n" +
		"profile = 1\n" + rest
}

package profile

import (
	"embed"
	"slices"
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

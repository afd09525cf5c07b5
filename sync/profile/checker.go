package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"countinghouse/app/book"
)

// checker collects what is wrong with a mapping, with the lines where it stands.
type checker struct {
	text   []string
	faults []Fault
}

// fault notes something about a setting of a section; key "" is the section itself.
func (c *checker) fault(section, key, format string, args ...any) {
	c.faults = append(c.faults, Fault{c.line(section, key), fmt.Sprintf(format, args...)})
}

// line finds the line of a setting: in its section, else the section's head, else 0.
func (c *checker) line(section, key string) int {
	at, head := "", 0
	for i, l := range c.text {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "[") {
			at = strings.Trim(strings.SplitN(l, "]", 2)[0], "[] ")
			if at == section {
				head = i + 1
			}
			continue
		}
		name, _, ok := strings.Cut(l, "=")
		if ok && at == section && strings.Trim(strings.TrimSpace(name), `"'`) == key {
			return i + 1
		}
	}
	return head
}

// oneOf notes a word that is none of those which a setting takes.
func (c *checker) oneOf(section, key, value string, words ...string) {
	if !slices.Contains(words, value) {
		c.fault(section, key, "%s: %q is not one of %s", key, value, strings.Join(words, ", "))
	}
}

func (c *checker) mapping(m *Mapping) {
	if m.Profile != 1 {
		c.fault("", "profile", "profile = %d: this program reads profile = 1", m.Profile)
	}
	if m.Name == "" || m.Title == "" {
		c.fault("", "name", "name and title must be there")
	}
	if _, err := time.LoadLocation(m.TimeZone); err != nil {
		c.fault("", "time_zone", "time_zone: %q is not a zone such as Europe/Vilnius", m.TimeZone)
	}
	if m.Invoices == nil && (m.Files == nil || m.Files.Invoices == nil) {
		c.fault("", "", "there is no [invoices]: without invoices nothing can be compared")
	}
	lists := slices.ContainsFunc(kinds, func(k book.Kind) bool { return m.object(k) != nil })
	if lists {
		c.connection(m)
		for path := range m.About.Expect {
			c.path("about.expect", path, path)
		}
		for key, p := range map[string]string{"account": m.About.Account,
			"version": m.About.Version, "clock": m.About.Clock, "capabilities": m.About.Capabilities} {
			c.path("about", key, p)
		}
		c.path("errors", "path", m.Errors.Path)
		c.path("errors", "message", m.Errors.Message)
	}
	for _, k := range kinds {
		if o := m.object(k); o != nil {
			c.list(m, k, o)
		}
	}
	if m.Files != nil {
		c.files(m)
	}
}

func (c *checker) connection(m *Mapping) {
	o := m.Connection
	c.oneOf("connection", "auth", o.Auth, "bearer", "basic", "header", "none")
	if o.Auth == "header" && o.Header == "" {
		c.fault("connection", "auth", "auth = \"header\" needs the header's name: header = \"X-Api-Key\"")
	}
	if o.Secret != "" && o.Secret != "token" {
		c.fault("connection", "secret", "secret: the secret field of a billing source is called token")
	}
	c.place("connection", "base", o.Base)
	c.place("about", "path", m.About.Path)
}

// place notes an address that is no path behind the source's own.
func (c *checker) place(section, key, path string) {
	if path != "" && !strings.HasPrefix(path, "/") || strings.Contains(path, "://") ||
		strings.ContainsAny(path, "# ") || strings.Contains(path, "..") {
		c.fault(section, key, "%s: %q is not a path such as /invoices", key, path)
	}
}

func (c *checker) path(section, key, path string) {
	if path == "" {
		return
	}
	if _, err := parsePath(path); err != nil {
		c.fault(section, key, "%s: %s", key, err)
	}
}

// list checks the part of a kind that is read by REST.
func (c *checker) list(m *Mapping, k book.Kind, o *Object) {
	section := sections[k]
	if o.Path == "" {
		c.fault(section, "path", "path is missing: the page that lists %s", section)
	}
	c.place(section, "path", o.Path)
	c.place(section, "one", o.One)
	if o.One != "" && !strings.Contains(o.One, "{id}") {
		c.fault(section, "one", "one: %q has no {id} in it", o.One)
	}
	if o.List == "" {
		c.fault(section, "list", "list is missing: the path of the rows, or \".\" for the whole reply")
	}
	c.path(section, "list", o.List)
	if o.Since != "" {
		c.oneOf(section, "since_form", o.sinceForm(), "rfc3339", "date", "epoch", "epoch_ms")
		if o.Fields["updated_at"].empty() {
			c.fault(section, "since", "since: change reading needs the field updated_at")
		}
	}
	p, at := m.paging(o), "paging"
	if o.Paging != nil {
		at = section + ".paging"
	}
	c.oneOf(at, "style", p.Style, "cursor", "page", "offset", "none")
	if p.Style != "none" && p.Parameter == "" {
		c.fault(at, "parameter", "parameter is missing: what takes the %s", p.Style)
	}
	if p.Style == "cursor" && p.Next == "" {
		c.fault(at, "next", "next is missing: the path of the next cursor")
	}
	if p.Size < 0 || p.Size > 10_000 || p.SizeParameter != "" && p.Size == 0 {
		c.fault(at, "size", "size: %d is not between 1 and 10000", p.Size)
	}
	for key, path := range map[string]string{"next": p.Next, "pages": p.Pages, "total": p.Total} {
		c.path(at, key, path)
	}
	c.object(section, k, o, true)
}

// object checks the fields and the words of a kind. Paths of a file are names of columns.
func (c *checker) object(section string, k book.Kind, o *Object, paths bool) {
	known := fieldsOf[k]
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		f := o.Fields[name]
		if !slices.Contains(known.all(), name) {
			c.fault(section+".fields", name, "%q is no field of %s; they are %s", name, section,
				strings.Join(known.all(), ", "))
		}
		if paths && !f.fixed {
			c.path(section+".fields", name, f.path)
		}
	}
	for _, name := range known.needed {
		if o.Fields[name].empty() {
			c.fault(section+".fields", "", "the field %s is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Lines)) {
		if k != book.KindInvoice || !slices.Contains(lineFields, name) {
			c.fault(section+".lines", name, "%q is no field of a line; they are %s", name,
				strings.Join(lineFields, ", "))
		}
	}
	c.words(section+".statuses", o.Statuses, known.statuses)
	c.words(section+".kinds", o.Kinds, known.kinds)
}

// words checks that a map of words points at ours.
func (c *checker) words(section string, words map[string]string, ours []string) {
	seen := map[string]bool{}
	for _, theirs := range slices.Sorted(maps.Keys(words)) {
		switch to := words[theirs]; {
		case len(ours) == 0:
			c.fault(section, "", "this kind of record has no such words")
			return
		case !slices.Contains(ours, to):
			c.fault(section, theirs, "%q points at %q, which is not one of %s", theirs, to,
				strings.Join(ours, ", "))
		case seen[strings.ToLower(theirs)]:
			c.fault(section, theirs, "%q stands twice in other letter case", theirs)
		}
		seen[strings.ToLower(theirs)] = true
	}
}

func (c *checker) files(m *Mapping) {
	f := m.Files
	if f.Delimiter != "" {
		c.oneOf("files", "delimiter", f.Delimiter, "auto", "comma", "semicolon", "tab")
	}
	if f.Decimal != "" {
		c.oneOf("files", "decimal", f.Decimal, "point", "comma")
	}
	if _, err := datePattern(f.Dates); err != nil {
		c.fault("files", "dates", "dates: %s", err)
	}
	if f.Encoding != "" && f.Encoding != "auto" {
		if _, err := htmlindex.Get(f.Encoding); err != nil {
			c.fault("files", "encoding", "encoding: %q is not known", f.Encoding)
		}
	}
	for _, k := range kinds {
		if o := m.file(k); o != nil {
			c.object("files."+sections[k], k, o, false)
		}
	}
}

func (o *Object) sinceForm() string {
	if o.SinceForm == "" {
		return "rfc3339"
	}
	return o.SinceForm
}

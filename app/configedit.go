package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// BackupName is the name of the copy that stays where a configuration had to be written anew.
const BackupName = ConfigName + ".before"

// writeConfig writes the text of a configuration, whole or not at all. A link is followed, so that
// it stays one.
func writeConfig(path string, text []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(text)
		if err == nil {
			err = f.Sync()
		}
		if shut := f.Close(); err == nil {
			err = shut
		}
	}
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return fmt.Errorf("configuration %s cannot be written: %w", path, err)
	}
	return nil
}

// EditConfig changes a configuration file and returns what it says now. What a person wrote stays as
// it is, comments too: only the lines of the changed settings are touched. Where that cannot be done
// the file is written anew, and backup is the path of the copy of the old one, otherwise "".
func EditConfig(path string, change func(*Config) error) (c Config, backup string, err error) {
	from, err := LoadConfig(path)
	if err != nil {
		return Config{}, "", err
	}
	to := from.clone()
	if err := change(&to); err != nil {
		return Config{}, "", err
	}
	if err := to.check(); err != nil {
		return Config{}, "", err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return Config{}, "", fmt.Errorf("configuration %s cannot be read: %w", path, err)
	}
	if text, ok := editText(old, from, to); ok {
		return to, "", writeConfig(path, text)
	}
	backup = filepath.Join(filepath.Dir(path), BackupName)
	if err := writeConfig(backup, old); err != nil {
		return Config{}, "", err
	}
	return to, backup, to.Save(path)
}

// clone is a copy that shares nothing that can be changed.
func (c *Config) clone() Config {
	out := *c
	out.Sources = slices.Clone(c.Sources)
	for i, s := range c.Sources {
		if s.Gateways != nil {
			out.Sources[i].Gateways = map[string]string{}
			for k, v := range s.Gateways {
				out.Sources[i].Gateways[k] = v
			}
		}
	}
	out.Accounts = slices.Clone(c.Accounts)
	for i, a := range c.Accounts {
		out.Accounts[i].Settles = slices.Clone(a.Settles)
		out.Accounts[i].Aliases = slices.Clone(a.Aliases)
	}
	out.Rules = slices.Clone(c.Rules)
	return out
}

// editText is the text with the differences between two configurations put in, and whether it then
// says exactly what it must.
func editText(old []byte, from, to Config) ([]byte, bool) {
	parts := splitTables(string(bytes.TrimPrefix(old, []byte("\ufeff"))))
	parts = editTables(parts, "[business]", settings("business", from.Business),
		settings("business", to.Business))
	parts = editList(parts, "[[source]]", sourceTables(from), sourceTables(to))
	parts = editList(parts, "[[account]]", accountTables(from), accountTables(to))
	text := []byte(strings.Join(parts, ""))
	var got Config
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&got); err != nil {
		return nil, false
	}
	if err := got.check(); err != nil {
		return nil, false
	}
	return text, same(got, to)
}

// named are tables by the names that their records have, and the order in which they stand.
type named struct {
	names []string
	by    map[string]table
}

func (n *named) add(name, head string, value any) {
	n.names = append(n.names, name)
	n.by[name] = settings(head, value)
}

func sourceTables(c Config) named {
	out := named{by: map[string]table{}}
	for _, s := range c.Sources {
		out.add(string(s.Name), "source", s)
	}
	return out
}

func accountTables(c Config) named {
	out := named{by: map[string]table{}}
	for _, a := range c.Accounts {
		out.add(string(a.Name), "account", a)
	}
	return out
}

// same reports whether two configurations say the same.
func same(a, b Config) bool {
	x, err1 := toml.Marshal(a)
	y, err2 := toml.Marshal(b)
	return err1 == nil && err2 == nil && reflect.DeepEqual(x, y)
}

// setting is one line of a table: its key, and all of the line.
type setting struct{ key, line string }

// table is the settings of a table, in their order.
type table []setting

// settings are the lines in which a value is written.
func settings(name string, value any) table {
	text, err := toml.Marshal(map[string]any{name: value})
	if err != nil {
		panic("app: a configuration that cannot be written: " + err.Error())
	}
	var out table
	for line := range strings.Lines(string(text)) {
		key, _, found := strings.Cut(line, " = ")
		if found && !strings.HasPrefix(line, "[") {
			out = append(out, setting{key, line})
		}
	}
	return out
}

func (t table) line(key string) string {
	for _, s := range t {
		if s.key == key {
			return s.line
		}
	}
	return ""
}

// text is a whole table under its head.
func (t table) text(head string) string {
	out := head + "\n"
	for _, s := range t {
		out += s.line
	}
	return out
}

var headLine = regexp.MustCompile(`^\s*(\[\[?\s*[A-Za-z_]+\s*\]\]?)\s*(#.*)?$`)

// splitTables cuts a text before each table's head and the comment that stands right above it. The
// parts together are the text.
func splitTables(text string) []string {
	var parts []string
	part, above := "", ""
	for line := range strings.Lines(text) {
		switch {
		case headLine.MatchString(strings.TrimRight(line, "\r\n")):
			parts = append(parts, part)
			part, above = above+line, ""
		case strings.HasPrefix(strings.TrimSpace(line), "#"):
			above += line
		default:
			part += above + line
			above = ""
		}
	}
	return append(parts, part+above)
}

// headOf is the head of a part: "[[source]]", "" where it has none.
func headOf(part string) string {
	for line := range strings.Lines(part) {
		if m := headLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
			return strings.Join(strings.Fields(m[1]), "")
		}
	}
	return ""
}

// editTables edits the part with this head.
func editTables(parts []string, head string, was, now table) []string {
	for i, p := range parts {
		if headOf(p) == head {
			parts[i] = editPart(p, was, now)
		}
	}
	return parts
}

// editList edits the parts of a list of tables. Tables that are not there any more are cut out, new
// ones are put behind the last.
func editList(parts []string, head string, was, now named) []string {
	var out []string
	next, end := 0, -1
	for _, p := range parts {
		if headOf(p) != head || next == len(was.names) {
			out = append(out, p)
			continue
		}
		name := was.names[next]
		next++
		if to, stays := now.by[name]; stays {
			out = append(out, editPart(p, was.by[name], to))
		}
		end = len(out)
	}
	if end < 0 {
		end = len(out)
	}
	var fresh []string
	for _, name := range now.names {
		if _, old := was.by[name]; !old {
			fresh = append(fresh, now.by[name].text(head))
		}
	}
	if len(fresh) == 0 {
		return out
	}
	before := strings.Join(out[:end], "")
	gap := ""
	if before != "" {
		gap = strings.Repeat("\n", max(0, 2-len(before)+len(strings.TrimRight(before, "\n"))))
	}
	added := gap + strings.Join(fresh, "\n")
	if end < len(out) {
		added += "\n"
	}
	return slices.Insert(out, end, added)
}

// editPart replaces, adds and removes the lines of changed settings in the text of one table.
func editPart(part string, was, now table) string {
	for _, s := range now {
		if was.line(s.key) != s.line {
			part = putLine(part, s.key, s.line)
		}
	}
	for _, s := range was {
		if now.line(s.key) == "" {
			part = putLine(part, s.key, "")
		}
	}
	return part
}

// putLine puts a line in the place of a setting's old one, behind the last setting where it had
// none; "" takes the old one out.
func putLine(part, key, line string) string {
	lines := strings.SplitAfter(part, "\n")
	own := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(key) + `"?\s*=`)
	last := 0
	for i, l := range lines {
		if own.MatchString(l) {
			end := i + 1
			for depth := nesting(l); depth > 0 && end < len(lines); end++ {
				depth += nesting(lines[end])
			}
			note := trailing(lines[end-1])
			if line != "" && note != "" {
				line = strings.TrimSuffix(line, "\n") + "  " + note + "\n"
			}
			return strings.Join(lines[:i], "") + line + strings.Join(lines[end:], "")
		}
		if t := strings.TrimSpace(l); t != "" && !strings.HasPrefix(t, "#") {
			last = i
		}
	}
	if !strings.HasSuffix(lines[last], "\n") {
		lines[last] += "\n"
	}
	return strings.Join(lines[:last+1], "") + line + strings.Join(lines[last+1:], "")
}

// bare is a line without what stands in quotes, and the comment behind it.
func bare(line string) (code, comment string) {
	quote := rune(0)
	for i, r := range line {
		switch {
		case quote == 0 && r == '#':
			return code, strings.TrimSpace(line[i:])
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0:
			code += string(r)
		case r == quote && (r == '\'' || !strings.HasSuffix(line[:i], `\`)):
			quote = 0
		}
	}
	return code, ""
}

// nesting is how many brackets a line opens more than it closes.
func nesting(line string) int {
	code, _ := bare(line)
	return strings.Count(code, "[") + strings.Count(code, "{") - strings.Count(code, "]") -
		strings.Count(code, "}")
}

func trailing(line string) string {
	_, comment := bare(line)
	return comment
}

package whmcs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// node is one object of a reply as it came: names to strings, json.Number, bool, nil, lists and
// objects. Numbers stay digits. Secrets that WHMCS puts into normal replies are gone already.
type node map[string]any

// list is the rows under a wrapper, in every shape that WHMCS is known to give: wrapper and inner
// name with an array, an object with numeric names or one bare object inside; and for nothing, an
// empty text, null, {}, [] or no wrapper at all. inner is "" for lists without an inner name.
func (n node) list(key, inner string) ([]node, error) {
	v := n[key]
	if m, ok := v.(map[string]any); ok && inner != "" {
		if in, ok := m[inner]; ok {
			v = in
		}
	}
	rows, err := rowsOf(v)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", key, err)
	}
	return rows, nil
}

var errShape = errors.New("neither a list nor a row")

func rowsOf(v any) ([]node, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, nil
		}
	case []any:
		rows := make([]node, len(v))
		for i, e := range v {
			m, ok := e.(map[string]any)
			if !ok {
				return nil, errShape
			}
			rows[i] = m
		}
		return rows, nil
	case map[string]any:
		return rowsOfObject(v)
	}
	return nil, errShape
}

func rowsOfObject(m map[string]any) ([]node, error) {
	if len(m) == 0 {
		return nil, nil
	}
	type numbered struct {
		at  uint64
		row node
	}
	rows := make([]numbered, 0, len(m))
	for k, v := range m {
		if k == twice {
			return nil, fmt.Errorf("%w: the row %v stands twice in it", errShape, v)
		}
		at, err := strconv.ParseUint(k, 10, 31)
		if err != nil {
			return []node{m}, nil
		}
		row, ok := v.(map[string]any)
		if !ok {
			return nil, errShape
		}
		rows = append(rows, numbered{at, row})
	}
	slices.SortFunc(rows, func(a, b numbered) int { return cmp.Compare(a.at, b.at) })
	out := make([]node, len(rows))
	for i, r := range rows {
		out[i] = r.row
	}
	return out, nil
}

// word is a value as the text that it is on the wire, without blanks around it: digits of a number,
// "" for null, missing, lists and objects, "1" and "" for a boolean as PHP prints it.
func (n node) word(key string) string {
	switch v := n[key].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "1"
		}
	}
	return ""
}

// object is a nested object, nil where there is none.
func (n node) object(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

// text is text for people: HTML entities decoded once, card numbers masked.
func (n node) text(key string) string {
	return source.MaskCards(html.UnescapeString(n.word(key)))
}

// flag is a boolean in any of its forms: true, 1, "1", "on", "true", "yes".
func (n node) flag(key string) bool {
	switch strings.ToLower(n.word(key)) {
	case "1", "on", "true", "yes":
		return true
	}
	return false
}

// reader reads the values of one record and remembers the first that cannot be read.
type reader struct {
	node
	err error
}

func (r *reader) fail(key, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %q is not %s", key, clip(r.word(key), 64), want)
	}
}

// int is a whole number; "" and null are 0.
func (r *reader) int(key string) int64 {
	if name := r.word(twice); name != "" && r.err == nil {
		r.err = fmt.Errorf("the name %q stands twice in the record", clip(name, 64))
	}
	w := r.word(key)
	if w == "" {
		return 0
	}
	i, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		r.fail(key, "a whole number")
	}
	return i
}

// id is a whole number above zero that must be there.
func (r *reader) id(key string) int64 {
	i := r.int(key)
	if i <= 0 {
		r.fail(key, "an id")
	}
	return i
}

// amountMax is the largest amount that is taken for one, in minor units: sums of a few stay in
// range.
const amountMax = 1e15

// amount is an exact amount that must be there.
func (r *reader) amount(key string, c money.Currency) int64 {
	m, err := money.Parse(r.word(key), c)
	if err != nil || m.Abs().Minor > amountMax {
		r.fail(key, "an amount of "+string(c))
	}
	return m.Minor
}

// amountOrNone is an exact amount; a missing or empty one is zero.
func (r *reader) amountOrNone(key string, c money.Currency) int64 {
	if r.word(key) == "" {
		return 0
	}
	return r.amount(key, c)
}

// unset reports whether a date or time says that it is not set: nothing, MySQL's zero date, or the
// year −1 that PHP makes of the zero date.
func unset(w string) bool {
	return w == "" || strings.HasPrefix(w, "0000-00-00") || strings.HasPrefix(w, "-0001")
}

// date is a calendar date, zero where not set; a time behind it is ignored.
func (r *reader) date(key string) book.Date {
	w := r.word(key)
	if unset(w) {
		return 0
	}
	d, err := book.ParseDate(w[:min(len(w), len(time.DateOnly))])
	if err != nil || len(w) > len(time.DateOnly) && w[10] != ' ' && w[10] != 'T' {
		r.fail(key, "a date")
		return 0
	}
	return d
}

// instant is a local time of the server, or a time that carries its zone; zero where not set.
func (r *reader) instant(key string, zone *time.Location) book.Instant {
	w := r.word(key)
	if unset(w) {
		return 0
	}
	if t, err := time.Parse(time.RFC3339, w); err == nil {
		return book.At(t)
	}
	t, err := time.Parse(time.DateTime, w)
	if err != nil {
		t, err = time.Parse(time.DateOnly, w)
	}
	if err != nil {
		r.fail(key, "a date and time")
		return 0
	}
	return resolve(t, zone)
}

// resolve turns a wall clock into an instant: the earlier of two where the clock was turned back,
// and where it was turned forward the moment that the clock before the change would have called so.
func resolve(wall time.Time, zone *time.Location) book.Instant {
	_, before := wall.AddDate(0, 0, -1).In(zone).Zone()
	_, after := wall.AddDate(0, 0, 1).In(zone).Zone()
	first := wall.Add(-time.Duration(before) * time.Second)
	for _, offset := range []int{before, after} {
		at := wall.Add(-time.Duration(offset) * time.Second)
		if _, there := at.In(zone).Zone(); there == offset {
			return book.At(at)
		}
	}
	return book.At(first)
}

// clip cuts a text to at most n bytes at a letter's border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

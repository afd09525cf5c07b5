package whmcs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
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

// secretKeys are the fields that never leave the decoder: passwords of services, tokens of pay
// methods, transfer codes of domains, access codes of tickets.
var secretKeys = map[string]bool{"password": true, "remote_token": true, "transfersecret": true,
	"c": true, "frauddata": true, "fraudoutput": true, "securityqans": true, "cardnum": true}

// braces is how many opening braces are tried as the start of a reply behind a PHP notice.
const braces = 16

// parseJSON reads a reply: an object that says result or status, behind a byte order mark, blanks
// or PHP notices if there are any. It returns false for anything else.
func parseJSON(body []byte) (node, bool) {
	rest := body
	for range braces {
		i := bytes.IndexByte(rest, '{')
		if i < 0 {
			return nil, false
		}
		rest = rest[i:]
		var n node
		d := json.NewDecoder(bytes.NewReader(rest))
		d.UseNumber()
		if d.Decode(&n) == nil && n.result() != "" {
			strip(map[string]any(n))
			return unflatten(n), true
		}
		rest = rest[1:]
	}
	return nil, false
}

// result is "success" or "error" of a reply, which some actions call status; "" where the object is
// no reply.
func (n node) result() string {
	for _, key := range []string{"result", "status"} {
		switch w := strings.ToLower(n.word(key)); w {
		case "success", "error":
			return w
		}
	}
	return ""
}

// parseXML reads a reply in the XML form, in which every value is text and a list's rows are equal
// elements. Bytes that are not UTF-8, for which the JSON form fails, become the replacement mark.
func parseXML(body []byte) (node, bool) {
	d := xml.NewDecoder(strings.NewReader(strings.ToValidUTF8(string(body), "\uFFFD")))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		t, err := d.Token()
		if err != nil {
			return nil, false
		}
		if _, ok := t.(xml.StartElement); !ok {
			continue
		}
		v, err := element(d, 0)
		m, ok := v.(map[string]any)
		if err != nil || !ok || node(m).result() == "" {
			return nil, false
		}
		strip(m)
		return m, true
	}
}

// depthMax is how deep a reply may be nested.
const depthMax = 32

var errDeep = errors.New("reply is nested too deeply")

func element(d *xml.Decoder, depth int) (any, error) {
	if depth > depthMax {
		return nil, errDeep
	}
	var text strings.Builder
	var children map[string]any
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if children != nil {
				return children, nil
			}
			return text.String(), nil
		case xml.StartElement:
			v, err := element(d, depth+1)
			if err != nil {
				return nil, err
			}
			if children == nil {
				children = map[string]any{}
			}
			switch old, ok := children[t.Name.Local]; {
			case !ok:
				children[t.Name.Local] = v
			default:
				list, many := old.([]any)
				if !many {
					list = []any{old}
				}
				children[t.Name.Local] = append(list, v)
			}
		}
	}
}

// strip removes secrets at every depth.
func strip(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if secretKeys[strings.ToLower(k)] {
				delete(v, k)
				continue
			}
			strip(inner)
		}
	case []any:
		for _, inner := range v {
			strip(inner)
		}
	}
}

// unflatten opens names of the form credits[credit][0][id], in which the name-value form of a
// reply leaks into JSON, into nested objects. A name that is not of the form stays as it is.
func unflatten(n node) node {
	for k, v := range n {
		head, tail, ok := strings.Cut(k, "[")
		if !ok || !strings.HasSuffix(tail, "]") || head == "" {
			continue
		}
		path := append([]string{head}, strings.Split(strings.TrimSuffix(tail, "]"), "][")...)
		if len(path) > depthMax {
			continue
		}
		if plant(n, path, v) {
			delete(n, k)
		}
	}
	strip(map[string]any(n))
	return n
}

func plant(at map[string]any, path []string, v any) bool {
	for _, p := range path[:len(path)-1] {
		next, ok := at[p].(map[string]any)
		if !ok {
			if at[p] != nil {
				return false
			}
			next = map[string]any{}
			at[p] = next
		}
		at = next
	}
	if _, taken := at[path[len(path)-1]]; taken {
		return false
	}
	at[path[len(path)-1]] = v
	return true
}

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

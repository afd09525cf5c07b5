package whmcs

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

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
		d := json.NewDecoder(bytes.NewReader(rest))
		d.UseNumber()
		if v, err := value(d, 0); err == nil {
			m, _ := v.(map[string]any)
			if n := node(m); n.result() != "" {
				strip(m)
				return unflatten(n), true
			}
		}
		rest = rest[1:]
	}
	return nil, false
}

// twice is the name under which an object notes a name that stands in it more than once: which of the
// two values holds cannot be known, so nothing of the object can be read.
const twice = "\x00twice"

// value reads the next JSON value: as encoding/json does into any, but that objects note a name that
// stands in them twice.
func value(d *json.Decoder, depth int) (any, error) {
	if depth > depthMax {
		return nil, errDeep
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		m := map[string]any{}
		for d.More() {
			t, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := t.(string)
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			if _, known := m[name]; known {
				m[twice] = name
			}
			m[name] = v
		}
		_, err := d.Token()
		return m, err
	}
	return t, nil
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

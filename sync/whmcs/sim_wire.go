package whmcs

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// What the simulator writes. A PHP array keeps its order, so objects are lists of fields.
type (
	object []field
	field  struct {
		name  string
		value any
	}
	// digits is a whole number that WHMCS writes as text, amount one with decimals.
	digits string
	amount string
	// list is a list under its wrapper. inner is the name inside, "" for flat arrays; flat says that
	// the documentation shows flattened names.
	list struct {
		inner string
		rows  []object
		flat  bool
		// empty is what the documentation shows for no rows.
		empty string
	}
)

func num(n int) digits { return digits(strconv.Itoa(n)) }

// dec is an amount as WHMCS prints it: two decimals also where the currency has none.
func dec(minor int64, c money.Currency) amount {
	s := money.New(minor, c).Decimal()
	if !strings.Contains(s, ".") {
		s += ".00"
	}
	return amount(s)
}

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'",
	"&#039;")

// stored is text as WHMCS keeps it: with HTML entities.
func stored(s string) string { return entities.Replace(s) }

func (c call) time(t book.Instant) string {
	if t == 0 {
		return "0000-00-00 00:00:00"
	}
	return t.Time().In(c.zone).Format("2006-01-02 15:04:05")
}

func wireDate(d book.Date) string {
	if d == 0 {
		return "0000-00-00"
	}
	return d.String()
}

// write sends an answer in the format that was asked for.
func (s *Simulator) write(w http.ResponseWriter, form url.Values, a answer) {
	body := append(object{{"result", "success"}}, a.body...)
	if a.err != "" {
		body = object{{"result", "error"}, {"message", a.err}}
	}
	if s.options.StatusKey && a.err != "" {
		body[0].name = "status"
	}
	if s.options.Warning {
		body = append(body, field{"warning", "Parameter is deprecated"})
	}
	var b bytes.Buffer
	if s.options.Fault == "notice" {
		b.WriteString("\xef\xbb\xbf<br />\n<b>Notice</b>: Undefined index: {x} in <b>/a.php</b>\n")
	}
	asJSON := form.Get("responsetype") == "json"
	damaged := a.damaged(s.options.DamagedService)
	switch {
	case damaged && (asJSON || s.options.DamagedXML):
		b.WriteString("Error generating JSON encoded response: Malformed UTF-8 characters, " +
			"possibly incorrectly encoded")
	case asJSON:
		w.Header().Set("Content-Type", "application/json")
		s.json(&b, body)
	default:
		w.Header().Set("Content-Type", "application/xml")
		b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n<whmcsapi version=\"" +
			s.options.Version + "\">\n")
		s.xml(&b, body)
		b.WriteString("</whmcsapi>")
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(b.Bytes())
}

// damaged reports whether the answer lists the service that is not UTF-8.
func (a answer) damaged(service int) bool {
	for _, f := range a.body {
		l, ok := f.value.(list)
		for i := 0; ok && f.name == "products" && i < len(l.rows); i++ {
			if l.rows[i][0].value == num(service) {
				return true
			}
		}
	}
	return false
}

func (s *Simulator) json(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		s.text(b, v)
	case bool:
		if s.options.Strings {
			s.text(b, map[bool]string{true: "1", false: ""}[v])
			return
		}
		b.WriteString(strconv.FormatBool(v))
	case int:
		s.number(b, strconv.Itoa(v), s.options.Strings)
	case digits:
		s.number(b, string(v), !s.options.Numbers)
	case amount:
		if t := string(v); s.options.Numbers {
			if strings.Contains(t, ".") {
				t = strings.TrimSuffix(strings.TrimRight(t, "0"), ".")
			}
			s.number(b, t, false)
			return
		}
		s.text(b, string(v))
	case object:
		s.object(b, v)
	default:
		panic(fmt.Sprintf("whmcs simulator: no JSON for %T", v))
	}
}

func (s *Simulator) number(b *bytes.Buffer, n string, asText bool) {
	if asText {
		n = `"` + n + `"`
	}
	b.WriteString(n)
}

func (s *Simulator) object(b *bytes.Buffer, o object) {
	b.WriteByte('{')
	first := true
	name := func(n string) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		s.text(b, n)
		b.WriteByte(':')
	}
	for _, f := range o {
		l, ok := f.value.(list)
		switch {
		case !ok:
			name(f.name)
			s.json(b, f.value)
		case len(l.rows) == 0 && s.options.Empty == "missing":
		case l.flat && s.options.Flat:
			for i, row := range l.rows {
				for _, g := range row {
					name(fmt.Sprintf("%s[%s][%d][%s]", f.name, l.inner, i, g.name))
					s.json(b, g.value)
				}
			}
		default:
			name(f.name)
			s.list(b, l)
		}
	}
	b.WriteByte('}')
}

func (s *Simulator) list(b *bytes.Buffer, l list) {
	if empty := cmp.Or(s.options.Empty, l.empty); len(l.rows) == 0 && empty != "" {
		b.WriteString(empty)
		return
	}
	if l.inner != "" {
		b.WriteByte('{')
		s.text(b, l.inner)
		b.WriteByte(':')
		defer b.WriteByte('}')
	}
	switch {
	case len(l.rows) == 1 && s.options.Single:
		s.object(b, l.rows[0])
	case s.options.Numeric && len(l.rows) > 0:
		rows := make(object, len(l.rows))
		for i, r := range l.rows {
			rows[i] = field{strconv.Itoa(i), r}
		}
		s.object(b, rows)
	default:
		b.WriteByte('[')
		for i, r := range l.rows {
			if i > 0 {
				b.WriteByte(',')
			}
			s.object(b, r)
		}
		b.WriteByte(']')
	}
}

// text writes a JSON text as PHP does: slashes and everything beyond ASCII escaped.
func (s *Simulator) text(b *bytes.Buffer, t string) {
	b.WriteByte('"')
	for _, c := range t {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '/' && !s.options.Unescaped:
			b.WriteString(`\/`)
		case c == '\n':
			b.WriteString(`\n`)
		case c < 0x20:
			fmt.Fprintf(b, `\u%04x`, c)
		case c < utf8.RuneSelf || s.options.Unescaped:
			b.WriteRune(c)
		default:
			if hi, lo := utf16.EncodeRune(c); hi != utf8.RuneError {
				fmt.Fprintf(b, `\u%04x\u%04x`, hi, lo)
				continue
			}
			fmt.Fprintf(b, `\u%04x`, c)
		}
	}
	b.WriteByte('"')
}

// xml writes fields as elements; a list is its wrapper with one element a row. A row of the damaged
// service holds a byte that is no UTF-8.
func (s *Simulator) xml(b *bytes.Buffer, o object) {
	for _, f := range o {
		fmt.Fprintf(b, "<%s>", f.name)
		switch v := f.value.(type) {
		case nil:
		case object:
			s.xml(b, v)
		case list:
			for _, row := range v.rows {
				s.xml(b, object{{v.inner, row}})
			}
		default:
			t := fmt.Sprint(v)
			if f.name == "password" && s.options.DamagedService != 0 {
				t = "\xe9" + t
				b.WriteString(t)
				break
			}
			_ = xml.EscapeText(b, []byte(t))
		}
		fmt.Fprintf(b, "</%s>\n", f.name)
	}
}

package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/money"
)

// fields carries one record between its struct and its row, in either direction: a record's column
// list, its writing and its reading are one function, so that they can't drift apart.
type fields struct {
	mode mode
	// names collects the columns while naming.
	names []string
	// args takes the values while writing; a row's next value goes to args[at].
	args []driver.NamedValue
	// vals holds the row while reading; the next value is vals[at].
	vals []driver.Value
	at   int
	// words holds one copy of each text that many records share.
	words map[string]string
	err   error
}

type mode int

const (
	naming mode = iota
	writing
	reading
)

func isEnd(err error) bool { return err == io.EOF }

// put writes one value while writing.
func (f *fields) put(v driver.Value) {
	f.args[f.at].Value = v
	f.at++
}

// next is the row's next value while reading.
func (f *fields) next() driver.Value {
	v := f.vals[f.at]
	f.at++
	return v
}

// text is a column of text that few records share.
func text[S ~string](f *fields, name string, p *S) {
	switch f.mode {
	case naming:
		f.names = append(f.names, name)
	case writing:
		f.put(string(*p))
	case reading:
		s, _ := f.next().(string)
		*p = S(s)
	}
}

// word is a column of text that many records share; reading keeps one copy of each.
func word[S ~string](f *fields, name string, p *S) {
	if f.mode != reading {
		text(f, name, p)
		return
	}
	s, _ := f.next().(string)
	if s == "" {
		*p = ""
		return
	}
	kept, ok := f.words[s]
	if !ok {
		f.words[s] = s
		kept = s
	}
	*p = S(kept)
}

// number is a column of whole numbers: amounts, instants, dates, counts.
func number[N ~int | ~int32 | ~int64](f *fields, name string, p *N) {
	switch f.mode {
	case naming:
		f.names = append(f.names, name)
	case writing:
		f.put(int64(*p))
	case reading:
		n, _ := f.next().(int64)
		*p = N(n)
	}
}

// optional is a column of whole numbers that may be NULL.
func optional(f *fields, name string, p **int64) {
	switch f.mode {
	case naming:
		f.names = append(f.names, name)
	case writing:
		if *p == nil {
			f.put(nil)
		} else {
			f.put(**p)
		}
	case reading:
		*p = nil
		if n, ok := f.next().(int64); ok {
			*p = &n
		}
	}
}

// boolean is a column of 0 or 1.
func boolean(f *fields, name string, p *bool) {
	var n int64
	if *p {
		n = 1
	}
	number(f, name, &n)
	*p = n == 1
}

// amount is two columns: minor units and their currency.
func amount(f *fields, name string, p *money.Money) {
	number(f, name, &p.Minor)
	word(f, name+"_currency", &p.Currency)
}

// list is a column that holds texts in their order, see packed.
func list[S ~string](f *fields, name string, p *[]S) {
	var s string
	if f.mode == writing {
		s = packed(*p)
	}
	text(f, name, &s)
	if f.mode == reading {
		*p = unpacked[S](s)
	}
}

// parts is a column that holds a list of small records in JSON, the lines of an invoice or the
// payments of a batch.
func parts[T any](f *fields, name string, p *[]T) {
	var s string
	if f.mode == writing && len(*p) > 0 {
		b, err := json.Marshal(*p)
		f.fail(name, err)
		s = string(b)
	}
	text(f, name, &s)
	if f.mode == reading {
		*p = nil
		if s != "" {
			f.fail(name, json.Unmarshal([]byte(s), p))
		}
	}
}

func (f *fields) fail(name string, err error) {
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("column %s: %w", name, err)
	}
}

// packed writes texts one a line, or as a JSON list where a text would not survive that. No texts
// are "".
func packed[S ~string](texts []S) string {
	if len(texts) == 0 {
		return ""
	}
	size := len(texts)
	plain := !strings.HasPrefix(string(texts[0]), "[")
	for _, t := range texts {
		size += len(t)
		plain = plain && t != "" && strings.IndexByte(string(t), '\n') < 0
	}
	if !plain {
		b, err := json.Marshal(texts)
		if err != nil {
			panic(err) // a list of texts always has a JSON form
		}
		return string(b)
	}
	var b strings.Builder
	b.Grow(size)
	for i, t := range texts {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(t))
	}
	return b.String()
}

// unpacked reads what packed wrote; no texts are nil.
func unpacked[S ~string](s string) []S {
	if s == "" {
		return nil
	}
	if s[0] == '[' {
		var out []S
		if json.Unmarshal([]byte(s), &out) == nil {
			return out
		}
	}
	out := make([]S, 0, strings.Count(s, "\n")+1)
	for t := range strings.SplitSeq(s, "\n") {
		out = append(out, S(t))
	}
	return out
}

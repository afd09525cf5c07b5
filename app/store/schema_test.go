package store

import (
	"context"
	"database/sql/driver"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// columnOf is a field's column: CustomerID is customer_id.
func columnOf(field string) string {
	var b strings.Builder
	runes := []rune(field)
	for i, r := range runes {
		lower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || lower) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func columnsOfStruct(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		name := columnOf(t.Field(i).Name)
		if inner := t.Field(i).Type; inner == reflect.TypeFor[book.Instrument]() ||
			inner == reflect.TypeFor[book.Decline]() {
			for _, column := range columnsOfStruct(inner) {
				out = append(out, name+"_"+column)
			}
			continue
		}
		out = append(out, name)
		if t.Field(i).Type == reflect.TypeFor[money.Money]() {
			out = append(out, name+"_currency")
		}
	}
	slices.Sort(out)
	return out
}

func columnsOfTable(t *testing.T, s *Store, table string, own ...string) []string {
	t.Helper()
	var out []string
	ask(t, s, "SELECT name FROM pragma_table_info('"+table+"')", func(vals []driver.Value) {
		if name := vals[0].(string); !slices.Contains(own, name) {
			out = append(out, name)
		}
	})
	slices.Sort(out)
	return out
}

// ask runs a query on the store.
func ask(t testing.TB, s *Store, query string, fn func([]driver.Value)) {
	t.Helper()
	err := s.view(context.Background(), "ask", func(x *tx) error {
		return x.bulk(func(c *conn) error {
			return c.rows(context.Background(), query, nil, func(vals []driver.Value) error {
				fn(vals)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// one is the first column of a query's only row.
func one(t testing.TB, s *Store, query string) driver.Value {
	t.Helper()
	var out driver.Value
	ask(t, s, query, func(vals []driver.Value) { out = vals[0] })
	return out
}

// raw runs SQL as it is, as somebody with a shell would.
func raw(s *Store, query string) error {
	return s.write(context.Background(), "raw", func(x *tx) error {
		_, err := x.conn.ExecContext(context.Background(), query)
		return err
	})
}

func TestColumnsAreTheFieldsOfTheRecords(t *testing.T) {
	s := fresh(t)
	recs := reflect.TypeFor[book.Records]()
	tables := map[string]bool{}
	for i := range recs.NumField() {
		if recs.Field(i).Name == "Gone" {
			continue
		}
		name := columnOf(recs.Field(i).Name)
		if name == "lines" {
			name = "bank_lines"
		}
		tables[name] = true
		got := columnsOfTable(t, s, name, "seq", "gone")
		if want := columnsOfStruct(recs.Field(i).Type.Elem()); !slices.Equal(got, want) {
			t.Errorf("%s has columns %v, the record has fields %v", name, got, want)
		}
	}
	for _, f := range allFacts {
		if m := f.about(); !tables[m.name] {
			t.Errorf("table %s stands for no field of book.Records", m.name)
		}
	}
	got := columnsOfTable(t, s, "matches", "seq", "run", "sum", "live", "decided_by", "decided_at",
		"decided_why")
	if want := columnsOfStruct(reflect.TypeFor[book.Match]()); !slices.Equal(got, want) {
		t.Errorf("matches has columns %v, the match has fields %v", got, want)
	}
	got = columnsOfTable(t, s, "exceptions", "seq", "run", "sum", "ended_at")
	if want := columnsOfStruct(reflect.TypeFor[book.Exception]()); !slices.Equal(got, want) {
		t.Errorf("exceptions has columns %v, the exception has fields %v", got, want)
	}
}

func TestPackedTextsComeBack(t *testing.T) {
	for _, want := range [][]string{nil, {"a"}, {"a", "b"}, {""}, {"", ""}, {"a\nb", "c"}, {"[x"},
		{"[]"}, {"a", ""}, {"ü", "[\"q\"]"}} {
		if got := unpacked[string](packed(want)); !slices.Equal(got, want) {
			t.Errorf("%q came back as %q", want, got)
		}
	}
}

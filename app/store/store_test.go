package store

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// open opens a database in a temporary folder and closes it with the test.
func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, Options{Program: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func fresh(t testing.TB) *Store { return open(t, filepath.Join(t.TempDir(), "cache.db")) }

func eur(minor int64) money.Money { return money.New(minor, "EUR") }

// fill sets every field of a record to a value of its own, counted up from n.
func fill(v reflect.Value, n *int64) {
	*n++
	if v.Type() == reflect.TypeFor[*money.Money]() {
		// Amounts inside of a column of JSON are checked when they are read.
		m := eur(*n)
		v.Set(reflect.ValueOf(&m))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text-%d", *n))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(*n)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("no value for " + v.Kind().String())
	}
}

// everyKind is two records of every kind, the first with every field set, the second with the
// fields set that make it one.
func everyKind() book.Records {
	var n int64
	var r book.Records
	fill(reflect.ValueOf(&r).Elem(), &n)
	r.Gone = nil
	v := reflect.ValueOf(&r).Elem()
	for i := range v.NumField() {
		if v.Field(i).Len() == 0 {
			continue
		}
		bare := reflect.New(v.Field(i).Type().Elem()).Elem()
		for _, key := range []string{"ID", "Source", "Name", "Currency"} {
			if f := bare.FieldByName(key); f.IsValid() {
				fill(f, &n)
			}
		}
		v.Field(i).Index(1).Set(bare)
	}
	return r
}

func TestEveryKindComesBackAsItWas(t *testing.T) {
	ctx, s, want := context.Background(), fresh(t), everyKind()
	got, err := s.Apply(ctx, "src", want, nil, "c1", 7)
	if err != nil {
		t.Fatal(err)
	}
	if total := got.Total(); total != (Count{New: want.Len()}) {
		t.Errorf("first apply counted %+v, want %d new", total, want.Len())
	}
	back, err := s.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range allFacts {
		table.sort(&want)
	}
	if !reflect.DeepEqual(back, want) {
		t.Errorf("loaded\n%+v\nwant\n%+v", back, want)
	}
	again, err := s.Apply(ctx, "src", want, nil, "c1", 8)
	if err != nil {
		t.Fatal(err)
	}
	if total := again.Total(); total != (Count{Same: want.Len()}) {
		t.Errorf("second apply counted %+v, want %d the same", total, want.Len())
	}
}

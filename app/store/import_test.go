package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"countinghouse/app/book"
)

func TestImportsAreKeptWholeOrNotAtAll(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	zero := int64(0)
	in := Import{Account: "op", Shape: "h1", Profile: `{"date": 1}`,
		Statements: []book.Statement{{ID: "op:s1", Account: "op", Currency: "EUR", Opening: &zero, File: "a.csv"}},
		Lines: []book.BankLine{{ID: "op:2", Account: "op", StatementID: "op:s1", On: 20, Amount: eur(5), Row: 2},
			{ID: "op:1", Account: "op", StatementID: "op:s1", ValueOn: 10, Amount: eur(7), Row: 1}},
		Rejects: []book.Reject{{Origin: "op", Place: "row 3", Reason: "no date"}},
	}
	got, err := s.Import(ctx, in, 3)
	want := Imported{ID: 1, Statements: Count{New: 1}, Lines: Count{New: 2}, Rejected: 1}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
	// The same again, from a copy of the file under another name.
	again := in
	again.Statements = slices.Clone(in.Statements)
	again.Statements[0].File = "copy of a.csv"
	got, err = s.Import(ctx, again, 4)
	want = Imported{ID: 2, Statements: Count{Same: 1}, Lines: Count{Same: 2}}
	if err != nil || got != want {
		t.Errorf("again: %+v, %v, want %+v", got, err, want)
	}
	// One line says something else: nothing of the import is kept.
	other := Import{Account: "op", Shape: "h2", Profile: "{}",
		Lines: []book.BankLine{{ID: "op:3", Account: "op"}, {ID: "op:2", Account: "op", On: 20, Amount: eur(6)}}}
	if _, err := s.Import(ctx, other, 5); !errors.Is(err, ErrConflict) {
		t.Errorf("a contradiction: %v", err)
	}
	if _, err := s.Profile(ctx, "h2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("its profile: %v", err)
	}
	lines, err := s.Lines(ctx, "op", 0, 0)
	if wantLines := []book.BankLine{in.Lines[1], in.Lines[0]}; err != nil || !reflect.DeepEqual(lines, wantLines) {
		t.Errorf("lines are %+v, %v", lines, err)
	}
	other.Replaced = []book.ItemID{"op:2", "op:1"}
	got, err = s.Import(ctx, other, 6)
	want = Imported{ID: 3, Lines: Count{New: 1, Changed: 1}, Replaced: 2}
	if err != nil || got != want {
		t.Errorf("in place of others: %+v, %v, want %+v", got, err, want)
	}
	if lines, err = s.Lines(ctx, "op", 0, 0); err != nil || !reflect.DeepEqual(lines,
		[]book.BankLine{other.Lines[1], other.Lines[0]}) {
		t.Errorf("lines are %+v, %v", lines, err)
	}
	statements, err := s.Statements(ctx, "op")
	if err != nil || !reflect.DeepEqual(statements, in.Statements) {
		t.Errorf("statements are %+v, %v", statements, err)
	}
	if p, err := s.Profile(ctx, "h1"); p != `{"date": 1}` || err != nil {
		t.Errorf("the profile is %q, %v", p, err)
	}
	if p, err := s.Profiles(ctx); err != nil || !reflect.DeepEqual(p,
		map[string]string{"h1": `{"date": 1}`, "h2": "{}"}) {
		t.Errorf("the profiles are %v, %v", p, err)
	}
	if err := s.SaveProfile(ctx, "h1", "{", 9); !errors.Is(err, ErrConflict) {
		t.Errorf("a profile that is no JSON: %v", err)
	}
}

func TestLinesAreReadByDate(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	apply1(t, s, book.Records{Lines: []book.BankLine{{ID: "a:1", Account: "a", On: 10, ValueOn: 99},
		{ID: "a:2", Account: "a", ValueOn: 20}, {ID: "a:3", Account: "a", On: 30}, {ID: "b:1", Account: "b", On: 20}}})
	for _, test := range []struct {
		from, to book.Date
		want     []book.ItemID
	}{
		{0, 0, []book.ItemID{"a:1", "a:2", "a:3"}},
		{10, 20, []book.ItemID{"a:1", "a:2"}},
		{11, 0, []book.ItemID{"a:2", "a:3"}},
		{0, 19, []book.ItemID{"a:1"}},
	} {
		lines, err := s.Lines(ctx, "a", test.from, test.to)
		var got []book.ItemID
		for _, l := range lines {
			got = append(got, l.ID)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("from %d to %d: %v, %v, want %v", test.from, test.to, got, err, test.want)
		}
	}
}

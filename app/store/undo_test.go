package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"pgregory.net/rapid"
)

// live is what the books say, tombstones and the log of imports left out, as text.
func live(t rapid.TB, s *Store) string {
	t.Helper()
	ctx := context.Background()
	recs, err := s.Load(ctx)
	recs.Gone = nil
	asides, err2 := s.Quarantine(ctx)
	profiles, err3 := s.Profiles(ctx)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, l := range recs.Lines {
		fmt.Fprintf(&b, "%+v\n", l)
	}
	for _, st := range recs.Statements {
		opening := int64(-1)
		if st.Opening != nil {
			opening, st.Opening = *st.Opening, nil
		}
		fmt.Fprintf(&b, "%+v opening %d\n", st, opening)
	}
	for _, a := range asides {
		fmt.Fprintf(&b, "%s %s %s %s\n", a.Account, a.Digest, a.Place, a.Raw)
	}
	return b.String() + fmt.Sprint(profiles)
}

// model is what a sequence of imports should come to: the books as text after those that stand.
type plannedFile struct {
	digest  string
	days    [2]book.Date
	lines   []book.BankLine
	pending []book.BankLine
	rejects []book.Reject
}

// compare makes an import of a file as the app does: lines that are there are known, announced ones of
// its days that it does not announce are settled.
func (f plannedFile) compare(t rapid.TB, s *Store) Import {
	t.Helper()
	ctx := context.Background()
	statement := book.ItemID("a:statement/" + f.digest)
	in := Import{Account: "a", File: f.digest + ".csv", Digest: f.digest, By: "ann", Shape: "shape",
		Profile: fmt.Sprintf("{%q: 1}", f.digest[:1]), Rejects: f.rejects,
		Statements: []book.Statement{{ID: statement, Account: "a", Currency: "EUR", FromOn: f.days[0],
			ToOn: f.days[1], File: f.digest + ".csv", Digest: f.digest, Format: "csv"}}}
	stored, err := s.Lines(ctx, "a", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	own := map[book.ItemID]bool{}
	for _, l := range slices.Concat(f.lines, f.pending) {
		own[l.ID] = true
		l.StatementID = statement
		if slices.ContainsFunc(stored, func(x book.BankLine) bool { return x.ID == l.ID }) {
			in.Known = append(in.Known, Known{l.ID, statement})
		} else {
			in.Lines = append(in.Lines, l)
		}
	}
	for _, l := range stored {
		if l.Pending && !own[l.ID] && l.On >= f.days[0] && l.On <= f.days[1] {
			in.Replaced = append(in.Replaced, l.ID)
		}
	}
	return in
}

// drawFile draws a file of a few days out of one story: the same day has the same lines in each.
func drawFile(t *rapid.T, n int) plannedFile {
	from := book.Date(rapid.IntRange(1, 6).Draw(t, "from"))
	to := from + book.Date(rapid.IntRange(0, 3).Draw(t, "days"))
	f := plannedFile{digest: fmt.Sprintf("%c%d-%d", 'a'+n%3, from, to), days: [2]book.Date{from, to}}
	for day := from; day <= to; day++ {
		for k := range 2 {
			f.lines = append(f.lines, book.BankLine{ID: book.ItemID(fmt.Sprintf("a:%d/%d", day, k)),
				Account: "a", On: day, Amount: eur(int64(day)*10 + int64(k)), Row: int(day)*2 + k, Ordinal: 1})
		}
	}
	if rapid.Bool().Draw(t, "announces") {
		f.pending = append(f.pending, book.BankLine{ID: book.ItemID(fmt.Sprintf("a:pending/%d", to)),
			Account: "a", On: to, Amount: eur(7), Pending: true, Ordinal: 1})
		f.digest += "p"
	}
	if rapid.Bool().Draw(t, "unreadable") {
		f.rejects = []book.Reject{{Origin: "a", Place: "row 9", Reason: "no date", Raw: "x"}}
	}
	return f
}

// Whatever was imported and undone before, undoing the last import gives the books from before it,
// and importing the file again gives what it gave.
func TestUndoingTheLastImportGivesTheBooksFromBefore(t *testing.T) {
	s := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var undo []ImportID
		for n := range rapid.IntRange(1, 6).Draw(t, "imports") {
			f := drawFile(t, n)
			before := live(t, s)
			done, err := s.Import(ctx, f.compare(t, s), book.Instant(n+1))
			if err != nil {
				t.Fatal(err)
			}
			after := live(t, s)
			if _, err := s.UndoImport(ctx, done.ID, "bob", 9); err != nil {
				t.Fatal(err)
			}
			if got := live(t, s); got != before {
				t.Fatalf("undone, the books are\n%s\nwant\n%s", got, before)
			}
			if done, err = s.Import(ctx, f.compare(t, s), book.Instant(n+1)); err != nil {
				t.Fatal(err)
			}
			if got := live(t, s); got != after {
				t.Fatalf("imported again, the books are\n%s\nwant\n%s", got, after)
			}
			undo = append(undo, done.ID)
		}
		// In any order, all undone leave nothing, whatever was in each other's way on the way.
		for len(undo) > 0 {
			i := rapid.IntRange(0, len(undo)-1).Draw(t, "undo")
			_, err := s.UndoImport(ctx, undo[i], "bob", 9)
			var later *CannotUndo
			if errors.As(err, &later) && later.Later.ID != 0 {
				i = slices.Index(undo, later.Later.ID)
				_, err = s.UndoImport(ctx, undo[i], "bob", 9)
			}
			if err != nil && !(errors.As(err, &later) && later.Later.ID != 0) {
				t.Fatal(err)
			}
			if err == nil {
				undo = slices.Delete(undo, i, i+1)
			}
		}
		if got := live(t, s); got != "map[]" {
			t.Fatalf("all undone, the books still hold\n%s", got)
		}
	})
}

// What remains of imports that stand is what they alone would have brought: each line is there if one
// of them has it, under a statement that stands.
func TestWhatStandsAfterAnUndoIsWhatTheOthersHave(t *testing.T) {
	s := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		standing := map[ImportID]plannedFile{}
		for n := range rapid.IntRange(2, 6).Draw(t, "imports") {
			f := drawFile(t, n)
			if slices.ContainsFunc(mapValues(standing), func(x plannedFile) bool { return x.digest == f.digest }) {
				continue
			}
			f.pending, f.rejects = nil, nil
			done, err := s.Import(ctx, f.compare(t, s), book.Instant(n+1))
			if err != nil {
				t.Fatal(err)
			}
			standing[done.ID] = f
			if rapid.Bool().Draw(t, "undo one") {
				ids := make([]ImportID, 0, len(standing))
				for id := range standing {
					ids = append(ids, id)
				}
				slices.Sort(ids)
				id := rapid.SampledFrom(ids).Draw(t, "which")
				if _, err := s.UndoImport(ctx, id, "bob", 9); err != nil {
					t.Fatal(err)
				}
				delete(standing, id)
			}
			want := map[book.ItemID]bool{}
			for _, f := range standing {
				for _, l := range f.lines {
					want[l.ID] = true
				}
			}
			recs, err := s.Load(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range recs.Lines {
				if !want[l.ID] {
					t.Fatalf("%s stays, and no import that stands has it", l.ID)
				}
				delete(want, l.ID)
				if !slices.ContainsFunc(recs.Statements, func(x book.Statement) bool {
					return x.ID == l.StatementID && l.On >= x.FromOn && l.On <= x.ToOn
				}) {
					t.Fatalf("%s is of %s, which is not there", l.ID, l.StatementID)
				}
			}
			if len(want) > 0 {
				t.Fatalf("lost: %v", want)
			}
		}
		for id := range standing {
			if _, err := s.UndoImport(ctx, id, "bob", 9); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func mapValues(m map[ImportID]plannedFile) []plannedFile {
	var out []plannedFile
	for _, f := range m {
		out = append(out, f)
	}
	return out
}

// A person's decision is not undone with the line that it rests on; what the program concluded is.
func TestUndoRespectsDecisions(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	apply1(t, s, book.Records{Payouts: []book.Payout{{ID: "b:payout/1", Source: "b", Amount: eur(500)},
		{ID: "b:payout/2", Source: "b", Amount: eur(600)}}})
	in := Import{Account: "a", Lines: []book.BankLine{{ID: "a:1", Account: "a", On: 5, Amount: eur(500)},
		{ID: "a:2", Account: "a", On: 5, Amount: eur(600)}}}
	if _, err := s.Import(ctx, in, 1); err != nil {
		t.Fatal(err)
	}
	pays := func(id string, state book.MatchState, n int64, amount int64) book.Match {
		return book.Match{ID: id, Pass: "P6", Leg: book.PayoutBank, State: state,
			Left:  []book.ItemID{book.ItemID(fmt.Sprintf("b:payout/%d", n))},
			Right: []book.ItemID{book.ItemID(fmt.Sprintf("a:%d", n))}, Uses: []money.Money{eur(amount), eur(amount)}}
	}
	save(t, s, Run{Period: 1, At: 1}, []book.Match{pays("auto", book.Auto, 1, 500)}, nil)
	if err := decide(s, pays("sure", book.Confirmed, 2, 600), Decision{"ann", 2, "called them"}); err != nil {
		t.Fatal(err)
	}
	before := live(t, s)
	_, err := s.UndoImport(ctx, 1, "bob", 9)
	var held *CannotUndo
	if !errors.As(err, &held) || held.Match != "sure" || held.By != "ann" || held.Line.ID != "a:2" {
		t.Fatalf("a confirmed match: %v", err)
	}
	if m, _ := allMatches(ctx, s); len(m) != 2 || live(t, s) != before {
		t.Fatalf("a refused undo changed the books: %d matches\n%s", len(m), live(t, s))
	}
	if err := decide(s, pays("sure", book.Rejected, 2, 600), Decision{"ann", 3, "wrong"}); err != nil {
		t.Fatal(err)
	}
	done, err := s.UndoImport(ctx, 1, "bob", 9)
	if err != nil || done.Gone != 2 || done.Matches != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	m, err := allMatches(ctx, s)
	if err != nil || len(m) != 1 || m[0].State != book.Rejected {
		t.Errorf("matches are %+v, %v", m, err)
	}
	if found := check(t, s); len(found) != 0 {
		t.Errorf("the books are not sound: %v", found)
	}
}

// Who compared a file with the books before another import or undo is told so and stores nothing.
func TestAnImportThatComparedTooEarlyIsRefused(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	line := book.BankLine{ID: "a:1", Account: "a", On: 5, Amount: eur(5)}
	turn, err := s.ImportTurn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(ctx, Import{Account: "a", Lines: []book.BankLine{line}, Turn: &turn}, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(ctx, Import{Account: "a", Turn: &turn}, 2); !errors.Is(err, ErrMoved) {
		t.Errorf("after an import: %v", err)
	}
	if turn, err = s.ImportTurn(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UndoImport(ctx, 1, "bob", 3); err != nil {
		t.Fatal(err)
	}
	_, err = s.Import(ctx, Import{Account: "a", Turn: &turn, Known: []Known{{Line: "a:1"}}}, 4)
	if !errors.Is(err, ErrMoved) {
		t.Errorf("after an undo: %v", err)
	}
	_, err = s.Import(ctx, Import{Account: "a", Known: []Known{{Line: "a:1"}}}, 4)
	if !errors.Is(err, ErrMoved) {
		t.Errorf("a known line that is gone: %v", err)
	}
	list, err := s.Imports(ctx)
	want := []ImportRecord{{ID: 1, Accounts: []book.AccountName{"a"}, At: 1, New: 1, Undoable: true,
		UndoneAt: 3, UndoneBy: "bob"}}
	if err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("the log is %+v, %v", list, err)
	}
}

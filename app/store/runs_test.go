package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func save(t testing.TB, s *Store, r Run, m []book.Match, e []book.Exception) Saved {
	t.Helper()
	got, err := s.SaveRun(context.Background(), r, m, e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func matchesOf(t testing.TB, s *Store) map[string]book.MatchState {
	t.Helper()
	list, err := allMatches(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]book.MatchState{}
	for _, m := range list {
		out[m.ID] = m.State
	}
	return out
}

func TestARunWritesOnlyWhatDiffers(t *testing.T) {
	s := someFacts(t)
	run := Run{Period: 24321, At: 5, Digest: "d", Rules: "P1 v1"}
	m := []book.Match{pair("m3", book.Suggested, 100), pair("m1", book.Auto, 600), pair("m2", book.Auto, 400)}
	e := []book.Exception{{ID: "e1", Class: book.M1, Amount: eur(5), Items: []book.ItemID{"g:ch_1"}}}
	first := save(t, s, run, m, e)
	if want := (Saved{Run: 1, Matches: Count{New: 3}, Exceptions: Count{New: 1}}); first != want {
		t.Errorf("first run saved %+v, want %+v", first, want)
	}
	if m[0].ID != "m3" {
		t.Error("the caller's slice was sorted")
	}
	run.At = 6
	slices.Reverse(m)
	version := one(t, s, "PRAGMA data_version")
	again := save(t, s, run, m, e)
	if want := (Saved{Run: 1, Matches: Count{Same: 3}, Exceptions: Count{Same: 1}}); again != want {
		t.Errorf("second run saved %+v, want %+v", again, want)
	}
	if now := one(t, s, "PRAGMA data_version"); now != version {
		t.Error("the second run wrote to the file")
	}
	run.At, run.Digest = 7, "d2"
	third := save(t, s, run, []book.Match{pair("m1", book.Auto, 1000)}, nil)
	want := Saved{Run: 2, Matches: Count{Changed: 1}, Ended: 2, Cleared: 1}
	if third != want {
		t.Errorf("third run saved %+v, want %+v", third, want)
	}
	if got := matchesOf(t, s); len(got) != 1 || got["m1"] != book.Auto {
		t.Errorf("stored are %v", got)
	}
	if found := check(t, s); len(found) != 0 {
		t.Error(found)
	}
	runs, err := s.Runs(context.Background())
	if err != nil || len(runs) != 2 || runs[0] != (Run{2, 24321, 7, "d2", "P1 v1", 0}) {
		t.Errorf("runs are %+v, %v", runs, err)
	}
}

func TestMatchesComeBackAsTheyWere(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	want := []book.Match{
		{ID: "a", Pass: book.P4, Leg: book.GatewayPayout, State: book.Auto, Rule: "P4 v2",
			Left: []book.ItemID{"g:ch_1"}, Right: []book.ItemID{"g:po_1"},
			Uses: []money.Money{eur(850), eur(850)}, Residual: money.New(-7, "USD"),
			Facts: book.Facts("").With("amount", "850", "850").With("a", "", "b")},
		{ID: "b", Leg: book.BankBilling, State: book.Suggested, Left: []book.ItemID{"a:1"}},
		{ID: "c", Leg: book.BillingGateway, State: book.Rejected,
			Left: []book.ItemID{"b:payment/2"}, Right: []book.ItemID{"g:re_1"},
			Uses: []money.Money{eur(-400), eur(-400)}},
	}
	save(t, s, Run{}, want, nil)
	got, err := allMatches(ctx, s)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	got, err = s.MatchesOf(ctx, []book.ItemID{"g:po_1", "g:re_1", "none"})
	if err != nil || !reflect.DeepEqual(got, []book.Match{want[0], want[2]}) {
		t.Errorf("of two items: %+v, %v", got, err)
	}
	got, err = s.Decided(ctx)
	if err != nil || !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("decided: %+v, %v", got, err)
	}
	broken := want[0]
	broken.Uses = broken.Uses[:1]
	if _, err := s.SaveRun(ctx, Run{}, []book.Match{broken}, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("uses that don't fit the items: %v", err)
	}
	_, err = s.SaveRun(ctx, Run{}, []book.Match{want[0], want[0]}, nil)
	if !errors.Is(err, ErrConflict) {
		t.Errorf("one match twice: %v", err)
	}
}

// allMatches are the matches of any state, sorted by id.
func allMatches(ctx context.Context, s *Store) ([]book.Match, error) {
	return s.matches(ctx, "matches", "ORDER BY id", nil)
}

// decide is a person who confirms or rejects a match.
func decide(s *Store, m book.Match, d Decision) error {
	_, err := tryAct(s, Step{By: d.By, At: d.At, Seen: 1 << 40, Events: []StepEvent{{Subject: m.ID,
		Changes: []Change{{Match: &Decided{Match: m, Decision: d}}}}}})
	return err
}

// decisionsIn are who decided about matches, by the match's id.
func decisionsIn(t testing.TB, s *Store) map[string]Decision {
	t.Helper()
	out := map[string]Decision{}
	all, err := allMatches(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.State != book.Confirmed && m.State != book.Rejected {
			continue
		}
		err := s.view(context.Background(), "decided", func(tx *tx) error {
			return tx.bulk(func(c *conn) error {
				return readDecided(context.Background(), c, m.ID, func(d Decided) { out[m.ID] = d.Decision })
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestDecisionsOutliveRuns(t *testing.T) {
	s := someFacts(t)
	save(t, s, Run{At: 1}, []book.Match{pair("m1", book.Auto, 600), pair("m2", book.Suggested, 400)}, nil)
	no, yes := pair("m1", book.Rejected, 600), pair("m2", book.Confirmed, 400)
	if err := decide(s, no, Decision{"ann", 2, "wrong customer"}); err != nil {
		t.Fatal(err)
	}
	if err := decide(s, yes, Decision{"ann", 3, "seen the mail"}); err != nil {
		t.Fatal(err)
	}
	save(t, s, Run{At: 4}, []book.Match{pair("m1", book.Auto, 600), pair("m3", book.Auto, 100)}, nil)
	want := map[string]book.MatchState{"m1": book.Rejected, "m2": book.Confirmed, "m3": book.Auto}
	if got := matchesOf(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("stored are %v, want %v", got, want)
	}
	// A confirmed match may be refreshed by one that is confirmed; who decided stays.
	save(t, s, Run{At: 5}, []book.Match{pair("m2", book.Confirmed, 500)}, nil)
	wantDecisions := map[string]Decision{"m1": {"ann", 2, "wrong customer"}, "m2": {"ann", 3, "seen the mail"}}
	if got := decisionsIn(t, s); !reflect.DeepEqual(got, wantDecisions) {
		t.Errorf("decisions are %v", got)
	}
	if err := decide(s, pair("m9", book.Confirmed, 501), Decision{}); !errors.Is(err, ErrConflict) {
		t.Errorf("a decision that overdraws: %v", err)
	}
	if found := check(t, s); len(found) != 0 {
		t.Error(found)
	}
}

// A confirmed match that the run drops, its records having changed, frees what it used; the decision
// stays, and counts again when a run holds the match again.
func TestAConfirmedMatchThatNoRunHoldsIsInNobodysWay(t *testing.T) {
	s := someFacts(t)
	if err := decide(s, pair("m1", book.Confirmed, 1000), Decision{"ann", 1, "why"}); err != nil {
		t.Fatal(err)
	}
	got := save(t, s, Run{At: 2}, []book.Match{pair("m2", book.Auto, 900)}, nil)
	if want := (Saved{Run: 1, Matches: Count{New: 1}, Ended: 1}); got != want {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	if again := save(t, s, Run{At: 3}, []book.Match{pair("m2", book.Auto, 900)}, nil); again.Changes() != 0 {
		t.Errorf("again: %+v", again)
	}
	if got := matchesOf(t, s); got["m1"] != book.Confirmed || got["m2"] != book.Auto {
		t.Errorf("stored are %v", got)
	}
	got = save(t, s, Run{At: 4}, []book.Match{pair("m1", book.Confirmed, 1000)}, nil)
	if want := (Saved{Run: 2, Matches: Count{Changed: 1}, Ended: 1}); got != want {
		t.Errorf("held again: %+v, want %+v", got, want)
	}
	if d := decisionsIn(t, s); d["m1"] != (Decision{"ann", 1, "why"}) {
		t.Errorf("decisions are %v", d)
	}
	err := decide(s, pair("m3", book.Confirmed, 1), Decision{})
	if !errors.Is(err, ErrConflict) {
		t.Errorf("what it uses is free: %v", err)
	}
	if found := check(t, s); len(found) != 0 {
		t.Error(found)
	}
}

func exceptions(t testing.TB, s *Store) []book.Exception {
	t.Helper()
	got, err := s.Exceptions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestExceptionsKeepTheirFirstSighting(t *testing.T) {
	s := fresh(t)
	e := book.Exception{ID: "e1", Class: book.M1, Flags: []book.Flag{book.FlagStale, book.FlagAltered},
		Leg: book.BillingGateway, Amount: eur(4900), Items: []book.ItemID{"g:ch_1", "g:ch_2"}, On: 20000,
		DetectedAt: 100, ClearsOn: 20010, Status: book.Open, Why: "one sentence"}
	save(t, s, Run{At: 100}, nil, []book.Exception{e})
	if got := exceptions(t, s); len(got) != 1 || !reflect.DeepEqual(got[0], e) {
		t.Fatalf("got %+v, want %+v", got, e)
	}
	later := e
	later.DetectedAt, later.Class, later.Why = 200, book.M2, "another sentence"
	if got := save(t, s, Run{At: 200}, nil, []book.Exception{later}); got.Exceptions.Changed != 1 {
		t.Errorf("saved %+v", got)
	}
	want := later
	want.DetectedAt = 100
	if got := exceptions(t, s); !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	// It clears, and is back later: seen first when it was seen first.
	if got := save(t, s, Run{At: 300}, nil, nil); got.Cleared != 1 || len(exceptions(t, s)) != 0 {
		t.Errorf("a cleared one is listed: %+v", got)
	}
	if again := save(t, s, Run{At: 350}, nil, nil); again.Changes() != 0 {
		t.Errorf("clearing twice: %+v", again)
	}
	save(t, s, Run{At: 400}, nil, []book.Exception{later})
	if got := exceptions(t, s); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("back again: %+v", got)
	}
}

// TestSettledExceptions lists what people settled when a run no longer finds it: of its month, or of an
// earlier one where that was done since; never what was only asked about, and cleared by itself.
func TestSettledExceptions(t *testing.T) {
	s := fresh(t)
	save(t, s, Run{At: 1}, nil, []book.Exception{
		{ID: "asked", Class: book.M5, On: 20, Status: book.Open}, {ID: "cleared", Class: book.M5, On: 20, Status: book.Open},
		{ID: "early", Class: book.M5, On: 5, Status: book.Open}, {ID: "matched", Class: book.M5, On: 20, Status: book.Open}})
	for n, id := range []string{"asked", "early", "matched"} {
		kind := book.MatchByHand
		if id == "asked" {
			kind = book.Query
		}
		act(t, s, Step{By: "ann", At: book.Instant(10 + n), Seen: 1 << 40, Events: []StepEvent{{
			Kind: book.EventKind(kind), Subject: id, What: "done", Changes: []Change{{Work: &Work{Exception: id}}}}}})
	}
	save(t, s, Run{At: 30}, nil, nil)
	for _, c := range []struct {
		from, to book.Date
		since    book.Instant
		want     string
	}{{10, 30, 0, "early matched"}, {10, 30, 12, "matched"}, {0, 10, 50, "early"}, {30, 40, 50, ""}} {
		got, err := s.Settled(context.Background(), c.from, c.to, c.since)
		var ids []string
		for _, e := range got {
			ids = append(ids, e.ID)
		}
		if text := strings.Join(ids, " "); err != nil || text != c.want {
			t.Errorf("%+v: settled are %q, %v", c, text, err)
		}
	}
}

func TestExceptionsAreSorted(t *testing.T) {
	s := fresh(t)
	save(t, s, Run{At: 1}, nil, []book.Exception{
		{ID: "z", Class: book.D1, On: 10, Status: book.Open},
		{ID: "a", Class: book.D1, On: 20, Status: book.Open},
		{ID: "b", Class: book.D1, On: 20, Status: book.Open},
		{ID: "y", Class: book.T1, On: 30, Status: book.Explained},
	})
	var got []string
	for _, e := range exceptions(t, s) {
		got = append(got, e.ID)
	}
	if want := []string{"y", "z", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("listed are %v, want %v", got, want)
	}
}

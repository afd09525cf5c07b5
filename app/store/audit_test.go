package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// history makes books with so many entries and returns their path and head.
func history(t *testing.T, entries int) (string, Head) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cache.db")
	s := open(t, path)
	for n := range entries {
		act(t, s, Step{By: "ann", At: book.Instant(n), Seen: 1 << 40, Events: []StepEvent{{Kind: book.EventNote,
			Subject: fmt.Sprint("e", n%7), What: fmt.Sprint("note ", n), Why: "because"}}})
	}
	h, err := s.AuditHead(context.Background())
	if err != nil || h.Count != int64(entries) {
		t.Fatalf("%+v, %v", h, err)
	}
	if f, err := s.VerifyAudit(context.Background(), h); f != nil || err != nil {
		t.Fatalf("an honest history: %+v, %v", f, err)
	}
	return path, h
}

// tamperings are ways to change history behind the program, with the triggers taken out of the way: n is
// any entry but the last one.
var tamperings = map[string][]string{
	"edit": {"UPDATE events SET why = 'another' WHERE id = {n}"},
	"insert": {"UPDATE events SET id = -id WHERE id > {n}", "UPDATE events SET id = -id + 1 WHERE id < 0",
		`INSERT INTO events SELECT {n} + 1, batch, at, by, kind, subject, what, why, "before", "after", evidence, undoes FROM events WHERE id = {n}`},
	"append":   {`INSERT INTO events SELECT 41, batch, at, by, kind, subject, what, why, "before", "after", evidence, undoes FROM events WHERE id = {n}`},
	"delete":   {"DELETE FROM events WHERE id = {n}"},
	"reorder":  {"UPDATE events SET id = 0 WHERE id = {n}", "UPDATE events SET id = {n} WHERE id = {n} + 1", "UPDATE events SET id = {n} + 1 WHERE id = 0"},
	"cut":      {"DELETE FROM events WHERE id > {n}", "DELETE FROM chain WHERE event > {n}"},
	"chain":    {"UPDATE chain SET hash = 'ab' WHERE event = {n}"},
	"who":      {"UPDATE events SET by = 'bob' WHERE id = {n}"},
	"vanished": {"DELETE FROM chain WHERE event = {n}"},
}

// tampered is how often the history is tampered with in each way: 1,112 times, 10,008 in all, for a release.
var tampered = flag.Int("tamperings", 60, "rounds of tampering with the history in each of nine ways")

// TestAuditTampering changes the history in every way, at any place: each is found, with a sentence.
func TestAuditTampering(t *testing.T) {
	const entries = 40
	rng := rand.New(rand.NewPCG(1, 2))
	path, head := history(t, entries)
	c, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetMaxOpenConns(1)
	for _, trigger := range []string{"events_update", "events_delete", "chain_update", "chain_delete"} {
		mustRun(t, c, "DROP TRIGGER "+trigger)
	}
	mustRun(t, c, "CREATE TABLE honest_events AS SELECT * FROM events")
	mustRun(t, c, "CREATE TABLE honest_chain AS SELECT * FROM chain")
	s := open(t, path)
	for round := range *tampered {
		for name, steps := range tamperings {
			n := 1 + rng.IntN(entries-2)
			for _, step := range steps {
				mustRun(t, c, strings.ReplaceAll(step, "{n}", fmt.Sprint(n)))
			}
			found, err := s.VerifyAudit(context.Background(), head)
			if err != nil || found == nil || found.Why == "" {
				t.Fatalf("round %d: %s at %d was not found: %v", round, name, n, err)
			}
			for _, q := range []string{"DELETE FROM events", "DELETE FROM chain",
				"INSERT INTO events SELECT * FROM honest_events", "INSERT INTO chain SELECT * FROM honest_chain"} {
				mustRun(t, c, q)
			}
		}
	}
}

func mustRun(t *testing.T, c *sql.DB, query string) {
	t.Helper()
	if _, err := c.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// TestABrokenChainIsReadOnly opens books whose history was changed: they can be read, and nothing is
// written.
func TestABrokenChainIsReadOnly(t *testing.T) {
	path, _ := history(t, 12)
	c, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, c, "DROP TRIGGER events_update")
	mustRun(t, c, "UPDATE events SET what = 'nothing' WHERE id = 7")
	c.Close()
	s := open(t, path)
	if !s.Broken() {
		t.Fatal("the change was not seen when the books were opened")
	}
	if _, err := s.Events(context.Background(), nil); err != nil {
		t.Errorf("they cannot be read: %v", err)
	}
	if _, err := tryAct(s, someWork()); !errors.Is(err, ErrBroken) {
		t.Errorf("they can be written: %v", err)
	}
}

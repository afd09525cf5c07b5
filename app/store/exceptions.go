package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// exceptionFacts are the columns that a run states; detected_at and owner are kept apart, since a
// rerun does not move them.
func exceptionFacts(f *fields, e *book.Exception) {
	text(f, "id", &e.ID)
	word(f, "class", &e.Class)
	list(f, "flags", &e.Flags)
	word(f, "leg", &e.Leg)
	amount(f, "amount", &e.Amount)
	list(f, "items", &e.Items)
	number(f, "on", &e.On)
	number(f, "clears_on", &e.ClearsOn)
	word(f, "status", &e.Status)
	text(f, "why", &e.Why)
}

func exceptionKept(f *fields, e *book.Exception) {
	number(f, "detected_at", &e.DetectedAt)
	word(f, "owner", &e.Owner)
}

var (
	exceptionColumns     = columnsOf(exceptionFacts)
	exceptionKeptColumns = columnsOf(exceptionKept)
)

// Exceptions lists the exceptions that the last run found, each with its first sighting, by class in its
// order, then date, then id. What people decided about them is their work, in Works.
func (s *Store) Exceptions(ctx context.Context) ([]book.Exception, error) {
	return s.exceptions(ctx, "exceptions", "ended_at = 0")
}

// Settled lists the exceptions that people settled and whose step stands, whether the last run found
// them or not: those dated from one day to another, and earlier ones settled since a moment. They come
// in the order of Exceptions.
func (s *Store) Settled(ctx context.Context, from, to book.Date, since book.Instant) ([]book.Exception,
	error) {
	var steps []book.Resolution
	for _, r := range book.Resolutions {
		if r.Resolution != book.Query { // who asks and waits settles nothing
			steps = append(steps, r.Resolution)
		}
	}
	in, err := packJSON(steps)
	if err != nil {
		return nil, explain("settled exceptions", err)
	}
	return s.exceptions(ctx, "settled exceptions", `"on" <= ?1 AND EXISTS (SELECT 1 FROM events e
		WHERE e.subject = exceptions.id AND e.kind IN (SELECT value FROM json_each(?2))
		AND ("on" >= ?3 OR e.at >= ?4)
		AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id AND u.undoes <> 0))`,
		int64(to), in, int64(from), int64(since))
}

func (s *Store) exceptions(ctx context.Context, op, where string, args ...any) ([]book.Exception, error) {
	var out []book.Exception
	err := s.view(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			f := reader()
			query := "SELECT " + strings.Join(exceptionColumns, ", ") + ", " +
				strings.Join(exceptionKeptColumns, ", ") + " FROM exceptions WHERE " + where
			return c.rows(ctx, query, args, func(vals []driver.Value) error {
				var e book.Exception
				f.vals, f.at = vals, 0
				exceptionFacts(f, &e)
				exceptionKept(f, &e)
				out = append(out, e)
				return f.err
			})
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b book.Exception) int {
		return cmp.Or(cmp.Compare(a.Class.Order(), b.Class.Order()), cmp.Compare(a.On, b.On),
			strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// sighting is what is stored of an exception that a run may find again.
type sighting struct{ seq, sum, ended int64 }

func saveExceptions(ctx context.Context, c *conn, run int64, at book.Instant,
	found []book.Exception, out *Saved) error {
	stored := map[string]sighting{}
	err := c.rows(ctx, "SELECT id, seq, sum, ended_at FROM exceptions", nil,
		func(vals []driver.Value) error {
			id, _ := vals[0].(string)
			var s sighting
			s.seq, _ = vals[1].(int64)
			s.sum, _ = vals[2].(int64)
			s.ended, _ = vals[3].(int64)
			stored[id] = s
			return nil
		})
	if err != nil {
		return err
	}
	seen := make(map[string]bool, len(found))
	for i := range found {
		e := &found[i]
		if seen[e.ID] {
			return fmt.Errorf("%w: exception %s occurs twice", ErrConflict, e.ID)
		}
		seen[e.ID] = true
		old, known := stored[e.ID]
		if err := saveException(c, run, at, e, old, known, out); err != nil {
			return fmt.Errorf("exception %s: %w", e.ID, err)
		}
	}
	for id, old := range stored {
		if seen[id] || old.ended != 0 {
			continue
		}
		_, err := c.exec("UPDATE exceptions SET ended_at = ?, run = ? WHERE seq = ?",
			int64(at), run, old.seq)
		if err != nil {
			return err
		}
		out.Cleared++
	}
	return nil
}

// saveException writes one sighting.
func saveException(c *conn, run int64, at book.Instant, e *book.Exception, old sighting,
	known bool, out *Saved) error {
	n := len(exceptionColumns)
	r := newRow(n + 4)
	exceptionFacts(&r.fields, e)
	sum := r.fingerprint()
	r.put(sum)
	r.put(run)
	switch {
	case !known:
		out.Exceptions.New++
		detected := e.DetectedAt
		if detected == 0 {
			detected = at
		}
		r.put(int64(detected))
		r.put(e.Owner)
		_, err := c.execNamed("INSERT INTO exceptions ("+strings.Join(exceptionColumns, ", ")+
			", sum, run, detected_at, owner) VALUES "+placeholders(1, n+4), r.args)
		return err
	case sum == old.sum && old.ended == 0:
		out.Exceptions.Same++
		return nil
	}
	out.Exceptions.Changed++
	r.put(old.seq)
	reopened := ""
	if old.ended != 0 {
		reopened = ", ended_at = 0"
	}
	_, err := c.execNamed("UPDATE exceptions SET ("+strings.Join(exceptionColumns, ", ")+
		", sum, run) = "+placeholders(1, n+2)+reopened+" WHERE seq = ?", r.args[:n+3])
	return err
}

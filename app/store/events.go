package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// LastEvent is the number of the last event, 0 where nothing happened yet.
func (s *Store) LastEvent(ctx context.Context) (book.EventID, error) {
	var n int64
	err := s.view(ctx, "last event", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			n, err = c.number("SELECT max(id) FROM events")
			return err
		})
	})
	return book.EventID(n), err
}

// Events lists what happened to some subjects in its order, all of it for no subjects.
func (s *Store) Events(ctx context.Context, subjects []string) ([]book.Event, error) {
	where, args := "", []any(nil)
	if len(subjects) > 0 {
		in, err := packJSON(subjects)
		if err != nil {
			return nil, explain("events", err)
		}
		where, args = "WHERE e.subject IN (SELECT value FROM json_each(?))", []any{in}
	}
	var out []book.Event
	err := s.view(ctx, "events", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readEvents(ctx, c, where+" ORDER BY e.id", args,
				func(e book.Event) { out = append(out, e) })
		})
	})
	return out, err
}

func eventFields(f *fields, e *book.Event) {
	number(f, "e.id", &e.ID)
	number(f, "e.batch", &e.Batch)
	number(f, "e.at", &e.At)
	word(f, "e.by", &e.By)
	word(f, "e.kind", &e.Kind)
	text(f, "e.subject", &e.Subject)
	text(f, "e.what", &e.What)
	text(f, "e.why", &e.Why)
	text(f, "before", &e.Before)
	text(f, "after", &e.After)
	parts(f, "evidence", &e.Evidence)
	number(f, "e.undoes", &e.Undoes)
	number(f, "undone_by", &e.UndoneBy)
}

func readEvents(ctx context.Context, c *conn, where string, args []any, fn func(book.Event)) error {
	f := reader()
	return c.rows(ctx, `SELECT e.id, e.batch, e.at, e.by, e.kind, e.subject, e.what, e.why, e."before",
		e."after", e.evidence, e.undoes, coalesce(u.id, 0) AS undone_by
		FROM events e LEFT JOIN events u ON u.undoes = e.id AND u.undoes <> 0 `+where, args,
		func(vals []driver.Value) error {
			var e book.Event
			f.vals, f.at = vals, 0
			eventFields(f, &e)
			fn(e)
			return f.err
		})
}

// LastStep lists the events of the last step of a person that can be taken back, in their order; none
// where there is none.
func (s *Store) LastStep(ctx context.Context, by string) ([]book.Event, error) {
	var out []book.Event
	err := s.view(ctx, "last step", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			out, err = lastStep(ctx, c, by)
			return err
		})
	})
	return out, err
}

func lastStep(ctx context.Context, c *conn, by string) ([]book.Event, error) {
	batch, err := c.number(`SELECT max(e.batch) FROM events e WHERE e.by = ? AND e.kind <> 'undo'
		AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id AND u.undoes <> 0)`, by)
	if err != nil || batch == 0 {
		return nil, err
	}
	var out []book.Event
	err = readEvents(ctx, c, "WHERE e.batch = ? ORDER BY e.id", []any{batch},
		func(e book.Event) { out = append(out, e) })
	return out, err
}

// Undo takes the last step of a person back as a step of its own, which what describes. It returns
// ErrNotFound where there is none, and ErrMoved, with the key, where something else was built on the
// step meanwhile; then nothing is kept.
func (s *Store) Undo(ctx context.Context, by string, at book.Instant,
	what func([]book.Event) string) (book.EventID, error) {
	var batch book.EventID
	err := s.write(ctx, "undo", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			done, err := lastStep(ctx, c, by)
			if err != nil {
				return err
			}
			if len(done) == 0 {
				return ErrNotFound
			}
			w := newEventWriter(ctx, c, by, at)
			if err := w.begin(); err != nil {
				return err
			}
			batch = w.batch
			said := what(done)
			for _, e := range slices.Backward(done) {
				if err := w.undo(ctx, e, said); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return batch, err
}

// undo puts back what one event changed, where nothing changed it since. What it took away of matches
// comes back last, so that no money is used twice on the way.
func (w *eventWriter) undo(ctx context.Context, e book.Event, what string) error {
	before, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for text, to := range map[string]*map[string]json.RawMessage{e.Before: &before, e.After: &after} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), to); err != nil {
			return err
		}
	}
	keys := slices.Sorted(maps.Keys(after))
	for _, key := range keys {
		now, err := stateOf(ctx, w.c, key)
		if err != nil {
			return err
		}
		if !sameState(key, now, after[key]) {
			return fmt.Errorf("%w: %s", ErrMoved, key)
		}
	}
	for _, gone := range []bool{true, false} {
		for _, key := range keys {
			if gone != freesMoney(key, before[key]) {
				continue
			}
			if err := putState(ctx, w.c, key, before[key]); err != nil {
				return err
			}
		}
	}
	undo := StepEvent{Kind: book.EventUndo, Subject: e.Subject, What: what}
	return w.write(undo, e.ID, after, before)
}

// freesMoney reports whether a state that is put back uses no money.
func freesMoney(key string, state json.RawMessage) bool {
	var d Decided
	return !strings.HasPrefix(key, "match/") || string(state) == string(nothing) ||
		decode(state, &d, decidedFields, decidedColumns) == nil && !d.Match.State.Live()
}

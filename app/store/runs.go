package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// Run is one reconciliation and what it looked at.
type Run struct {
	ID     int64
	Period book.Month
	At     book.Instant
	// Digest fingerprints the facts, Rules names the versions of the rules.
	Digest, Rules string
	// Seen is the last event of people that the run knew of, 0 where it need not know.
	Seen book.EventID
}

// Saved says what a run changed against what was stored.
type Saved struct {
	// Run is the run's number; that of the run before where nothing at all was new.
	Run int64
	// Matches counts matches, Ended those that the run no longer found; they are removed,
	// or kept without effect where a person confirmed them.
	Matches Count
	Ended   int
	// Exceptions counts exceptions, Cleared those that the run no longer found; they are kept.
	Exceptions Count
	Cleared    int
}

// Changes counts what was written.
func (s Saved) Changes() int {
	return s.Matches.New + s.Matches.Changed + s.Ended +
		s.Exceptions.New + s.Exceptions.Changed + s.Cleared
}

// runRow is a row of runs.
type runRow struct {
	ID            int64 `gorm:"primaryKey"`
	Period        int32
	At            int64
	Digest, Rules string
}

func (runRow) TableName() string { return "runs" }

// SaveRun stores the whole result of a run in one transaction and writes only what differs from
// what is stored. Automatic and suggested matches that are not among matches are removed; what a
// person confirmed or rejected stays as decided, and is refreshed only by a match of the same
// state; a confirmed one that is not among matches uses nothing until a run holds it again, so
// that it is in nobody's way once its records have changed. Exceptions keep their first
// sighting; those that are not among exceptions are
// marked as cleared. It returns ErrConflict where live matches would use more of an item than it
// holds, and ErrMoved where people went on since the run's last event; then nothing is kept. Neither
// slice is changed.
func (s *Store) SaveRun(ctx context.Context, r Run, matches []book.Match,
	exceptions []book.Exception) (Saved, error) {
	var out Saved
	err := s.write(ctx, "save run", func(t *tx) error {
		if r.Seen != 0 {
			if err := unmoved(t, r.Seen); err != nil {
				return err
			}
		}
		var last runRow
		if err := t.gorm.Order("id DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		next := runRow{last.ID + 1, int32(r.Period), int64(r.At), r.Digest, r.Rules}
		err := t.bulk(func(c *conn) error {
			if err := saveMatches(ctx, c, next.ID, matches, &out); err != nil {
				return err
			}
			return saveExceptions(ctx, c, next.ID, r.At, exceptions, &out)
		})
		if err != nil {
			return err
		}
		same := last.ID != 0 && last.Period == next.Period && last.Digest == next.Digest &&
			last.Rules == next.Rules
		if same && out.Changes() == 0 {
			out.Run = last.ID
			return nil
		}
		out.Run = next.ID
		return t.gorm.Create(&next).Error
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

// unmoved refuses what was concluded before people went on.
func unmoved(t *tx, seen book.EventID) error {
	return t.bulk(func(c *conn) error {
		last, err := c.number("SELECT max(id) FROM events")
		if err == nil && book.EventID(last) != seen {
			err = ErrMoved
		}
		return err
	})
}

// Runs lists all runs, the last one first.
func (s *Store) Runs(ctx context.Context) ([]Run, error) {
	var rows []runRow
	err := s.view(ctx, "runs", func(t *tx) error {
		return t.gorm.Order("id DESC").Find(&rows).Error
	})
	var out []Run
	for _, r := range rows {
		out = append(out, Run{r.ID, book.Month(r.Period), book.Instant(r.At), r.Digest, r.Rules, 0})
	}
	return out, err
}

// saveMatches walks what is stored and what was found side by side, both in the order of ids.
func saveMatches(ctx context.Context, c *conn, run int64, matches []book.Match,
	out *Saved) error {
	found := make([]*book.Match, len(matches))
	for i := range matches {
		found[i] = &matches[i]
	}
	slices.SortFunc(found, func(a, b *book.Match) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(found); i++ {
		if found[i].ID == found[i-1].ID {
			return fmt.Errorf("%w: match %s occurs twice", ErrConflict, found[i].ID)
		}
	}
	var drop, suspend []int64
	var write []*book.Match
	r := newRow(len(matchColumns))
	next := 0
	err := c.rows(ctx, "SELECT id, seq, state, sum, live FROM matches ORDER BY id", nil,
		func(vals []driver.Value) error {
			id, _ := vals[0].(string)
			seq, _ := vals[1].(int64)
			state, _ := vals[2].(string)
			sum, _ := vals[3].(int64)
			for next < len(found) && found[next].ID < id {
				write = append(write, found[next])
				next++
			}
			confirmed, live := state == string(book.Confirmed), vals[4] == int64(1)
			decided := state == string(book.Confirmed) || state == string(book.Rejected)
			if next == len(found) || found[next].ID != id {
				switch {
				case !decided:
					drop = append(drop, seq)
					out.Ended++
				case live:
					suspend = append(suspend, seq)
					out.Ended++
				}
				return nil
			}
			m := found[next]
			next++
			r.at = 0
			match(&r.fields, m)
			if decided && string(m.State) != state ||
				r.fingerprint() == sum && (live || !confirmed) {
				out.Matches.Same++
				return nil
			}
			drop, write = append(drop, seq), append(write, m)
			out.Matches.Changed++
			return nil
		})
	if err != nil {
		return err
	}
	write = append(write, found[next:]...)
	out.Matches.New = len(write) - out.Matches.Changed
	w, err := newMatchWriter(c, run)
	if err != nil {
		return err
	}
	if err := w.suspend(suspend); err != nil {
		return err
	}
	return w.replace(ctx, drop, write)
}

// replace removes matches first and writes others then, so that no item is overdrawn on the way.
// Who decided about a match that is written again stays with it.
func (w *matchWriter) replace(ctx context.Context, drop []int64, write []*book.Match) error {
	type decided struct{ id, by, why, at any }
	var keep []decided
	for _, seq := range drop {
		err := w.c.rows(ctx, `SELECT id, decided_by, decided_why, decided_at FROM matches
			WHERE seq = ? AND state IN ('confirmed', 'rejected')`, []any{seq},
			func(vals []driver.Value) error {
				keep = append(keep, decided{vals[0], vals[1], vals[2], vals[3]})
				return nil
			})
		if err != nil {
			return err
		}
	}
	if err := w.drop(drop); err != nil {
		return err
	}
	if err := w.insert(ctx, write); err != nil {
		return err
	}
	for _, d := range keep {
		_, err := w.c.exec(`UPDATE matches SET decided_by = ?, decided_why = ?, decided_at = ?
			WHERE id = ?`, d.by, d.why, d.at, d.id)
		if err != nil {
			return err
		}
	}
	return nil
}

// Alteration is a change at the source of a record that a live match rested on.
type Alteration struct {
	Item book.ItemID
	Kind book.Kind
	At   book.Instant
	// What lists the fields that changed: name, old value, new value, as the columns hold them.
	What book.Facts
}

// Alterations lists what changed under live matches since a moment, in the order in which it came.
func (s *Store) Alterations(ctx context.Context, since book.Instant) ([]Alteration, error) {
	var out []Alteration
	err := s.view(ctx, "alterations", func(t *tx) error {
		return t.gorm.Table("alterations").Where("at >= ?", int64(since)).Order("seq").
			Find(&out).Error
	})
	return out, err
}

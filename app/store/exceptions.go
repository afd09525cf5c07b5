package store

import (
	"context"
	"database/sql/driver"
	"fmt"
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

func exceptionKept(f *fields, e *Exception) {
	number(f, "detected_at", &e.DetectedAt)
	word(f, "owner", &e.Owner)
	number(f, "ended_at", &e.EndedAt)
	word(f, "decided", &e.decided)
	text(f, "decided_by", &e.Decision.By)
	number(f, "decided_at", &e.Decision.At)
	text(f, "decided_why", &e.Decision.Why)
}

var (
	exceptionColumns     = columnsOf(exceptionFacts)
	exceptionKeptColumns = columnsOf(exceptionKept)
)

// Exception is an exception with what became of it since. Its Status is what a person decided, else
// resolved where it cleared, else what the run said.
type Exception struct {
	book.Exception
	// EndedAt is when a run no longer found it, zero while it stands.
	EndedAt book.Instant
	// Decision is who gave it its status, zero where nobody did.
	Decision Decision
	decided  book.ExceptionStatus
}

// ExceptionFilter says which exceptions to list; zero fields don't restrict.
type ExceptionFilter struct {
	IDs      []string
	Classes  []book.Class
	Statuses []book.ExceptionStatus
	// From and To restrict the date, both ends included.
	From, To book.Date
	// Ended asks for those that cleared as well.
	Ended bool
}

func (x ExceptionFilter) where() (string, []any, error) {
	terms, args := []string{"1 = 1"}, []any(nil)
	if !x.Ended {
		terms = append(terms, "ended_at = 0")
	}
	if x.From != 0 {
		terms, args = append(terms, `"on" >= ?`), append(args, int64(x.From))
	}
	if x.To != 0 {
		terms, args = append(terms, `"on" <= ?`), append(args, int64(x.To))
	}
	const shown = `CASE WHEN decided <> '' THEN decided WHEN ended_at <> 0 THEN 'resolved'
		ELSE status END`
	for column, texts := range map[string]any{"id": x.IDs, "class": x.Classes,
		shown: x.Statuses} {
		in, err := packJSON(texts)
		if err != nil {
			return "", nil, err
		}
		if in == "null" || in == "[]" {
			continue
		}
		terms = append(terms, column+" IN (SELECT value FROM json_each(?))")
		args = append(args, in)
	}
	return strings.Join(terms, " AND "), args, nil
}

// Exceptions lists exceptions by class in its order, then date, then id.
func (s *Store) Exceptions(ctx context.Context, x ExceptionFilter) ([]Exception, error) {
	where, args, err := x.where()
	if err != nil {
		return nil, explain("exceptions", err)
	}
	var out []Exception
	err = s.view(ctx, "exceptions", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			f := reader()
			query := "SELECT " + strings.Join(exceptionColumns, ", ") + ", " +
				strings.Join(exceptionKeptColumns, ", ") + " FROM exceptions WHERE " + where
			return c.rows(ctx, query, args, func(vals []driver.Value) error {
				var e Exception
				f.vals, f.at = vals, 0
				exceptionFacts(f, &e.Exception)
				exceptionKept(f, &e)
				switch {
				case e.decided != "":
					e.Status = e.decided
				case e.EndedAt != 0:
					e.Status = book.Resolved
				}
				out = append(out, e)
				return f.err
			})
		})
	})
	if err != nil {
		return nil, err
	}
	sortExceptions(out)
	return out, nil
}

// DecideException gives an exception the status that a person decided; it stands until the
// exception clears. An empty status takes the decision back. It returns ErrNotFound.
func (s *Store) DecideException(ctx context.Context, id string, status book.ExceptionStatus,
	d Decision) error {
	return s.updateException(ctx, "decide exception "+id, `UPDATE exceptions SET decided = ?,
		decided_by = ?, decided_at = ?, decided_why = ? WHERE id = ?`,
		string(status), d.By, int64(d.At), d.Why, id)
}

// AssignException gives an exception its owner, "" for nobody. It returns ErrNotFound.
func (s *Store) AssignException(ctx context.Context, id, owner string) error {
	return s.updateException(ctx, "assign exception "+id,
		"UPDATE exceptions SET owner = ? WHERE id = ?", owner, id)
}

func (s *Store) updateException(ctx context.Context, op, query string, args ...any) error {
	return s.write(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			n, err := c.exec(query, args...)
			if err == nil && n == 0 {
				err = ErrNotFound
			}
			return err
		})
	})
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

// saveException writes one sighting. One that had cleared and is back begins without a decision.
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
		reopened = ", ended_at = 0, decided = '', decided_by = '', decided_at = 0, decided_why = ''"
	}
	_, err := c.execNamed("UPDATE exceptions SET ("+strings.Join(exceptionColumns, ", ")+
		", sum, run) = "+placeholders(1, n+2)+reopened+" WHERE seq = ?", r.args[:n+3])
	return err
}

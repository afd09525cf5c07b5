package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"countinghouse/app/book"
)

// HookState says how far a webhook is.
type HookState string

// The states of a webhook: what it is about is still to be read, or is in the books.
const (
	HookWaiting HookState = "waiting"
	HookApplied HookState = "applied"
)

// KindHook is the kind of a reject that is a webhook.
const KindHook book.Kind = "webhook"

// Hook is a webhook as it is kept: which event of a source, and what to read again.
type Hook struct {
	Source book.SourceName
	// Event is the provider's id: a source has each one once.
	Event, Type string
	// At is when it happened, ReceivedAt when it came in.
	At, ReceivedAt book.Instant
	// About are the objects to read, in words of the source's own.
	About []string
	// Tries is how often they could not be read.
	Tries int
}

// ErrMoved says that the source's facts were written meanwhile by somebody else: read again.
var ErrMoved = errors.New("the books moved on meanwhile")

// DueHooks lists a source's waiting webhooks whose time has come, the first received first, and
// the turn of the source's facts, for ApplyHooks.
func (s *Store) DueHooks(ctx context.Context, src book.SourceName, at book.Instant,
	most int) (due []Hook, turn int64, err error) {
	err = s.view(ctx, "due webhooks: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			if turn, err = turnOf(c, src); err != nil {
				return err
			}
			return c.rows(ctx, `SELECT event, type, at, received_at, about, tries FROM hooks
				WHERE source = ? AND state = 'waiting' AND next_at <= ? ORDER BY seq LIMIT ?`,
				[]any{string(src), int64(at), int64(most)}, func(v []driver.Value) error {
					h := Hook{Source: src}
					h.Event, _ = v[0].(string)
					h.Type, _ = v[1].(string)
					happened, _ := v[2].(int64)
					received, _ := v[3].(int64)
					about, _ := v[4].(string)
					tries, _ := v[5].(int64)
					h.At, h.ReceivedAt = book.Instant(happened), book.Instant(received)
					h.About, h.Tries = unpacked[string](about), int(tries)
					due = append(due, h)
					return nil
				})
		})
	})
	return due, turn, err
}

// Turn counts how often the facts of a source were written.
func (s *Store) Turn(ctx context.Context, src book.SourceName) (turn int64, err error) {
	err = s.view(ctx, "turn: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			turn, err = turnOf(c, src)
			return err
		})
	})
	return turn, err
}

func turnOf(c *conn, src book.SourceName) (int64, error) {
	return c.number("SELECT coalesce(max(turn), 0) FROM cursors WHERE source = ?", string(src))
}

// NextHook is when a source's next waiting webhook is due; false where none waits.
func (s *Store) NextHook(ctx context.Context, src book.SourceName) (at book.Instant, ok bool,
	err error) {
	err = s.view(ctx, "next webhook: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return c.rows(ctx, `SELECT min(next_at) FROM hooks WHERE source = ? AND
				state = 'waiting'`, []any{string(src)}, func(v []driver.Value) error {
				var n int64
				n, ok = v[0].(int64)
				at = book.Instant(n)
				return nil
			})
		})
	})
	return at, ok, err
}

// ApplyHooks stores what webhooks brought and marks them as applied, in one transaction; the cursor
// stays where it is. It returns ErrMoved, and has stored nothing, where the source's facts were
// written since the turn was read: what was read from the provider may then be older than they are.
// The new turn is returned for what else belongs to the same reading.
func (s *Store) ApplyHooks(ctx context.Context, src book.SourceName, turn int64,
	recs book.Records, rejects []book.Reject, events []string, at book.Instant) (out Applied,
	next int64, err error) {
	err = s.write(ctx, fmt.Sprintf("apply webhooks: %s", src), func(t *tx) (err error) {
		err = t.bulk(func(c *conn) error {
			now, err := turnOf(c, src)
			if err == nil && now != turn {
				err = ErrMoved
			}
			if err != nil {
				return err
			}
			for _, e := range events {
				_, err := c.exec(`UPDATE hooks SET state = 'applied', applied_at = ?
					WHERE source = ? AND event = ? AND state = 'waiting'`, int64(at), string(src), e)
				if err != nil {
					return err
				}
			}
			_, err = c.exec(`INSERT INTO cursors (source, cursor, at, turn) VALUES (?, '', 0, 1)
				ON CONFLICT (source) DO UPDATE SET turn = turn + 1`, string(src))
			return err
		})
		if err != nil {
			return err
		}
		out, err = apply(t, &recs, rejects, at)
		return err
	})
	if err != nil {
		return Applied{}, turn, err
	}
	return out, turn + 1, nil
}

// DelayHooks notes that what webhooks are about could not be read, and when to try again.
func (s *Store) DelayHooks(ctx context.Context, src book.SourceName, events []string,
	until book.Instant) error {
	return s.write(ctx, "delay webhooks: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, e := range events {
				_, err := c.exec(`UPDATE hooks SET tries = tries + 1, next_at = ?
					WHERE source = ? AND event = ? AND state = 'waiting'`, int64(until), string(src), e)
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// SettleHooks marks the waiting webhooks that came in before a moment as applied: a pull that began
// then has read everything. It returns how many there were.
func (s *Store) SettleHooks(ctx context.Context, src book.SourceName, before,
	at book.Instant) (n int, err error) {
	err = s.write(ctx, "settle webhooks: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			n, err = c.exec(`UPDATE hooks SET state = 'applied', applied_at = ?
				WHERE source = ? AND state = 'waiting' AND received_at < ?`, int64(at), string(src),
				int64(before))
			return err
		})
	})
	return n, err
}

// ForgetHooks drops applied webhooks that came in before a moment, and counts of hours before it.
func (s *Store) ForgetHooks(ctx context.Context, before book.Instant) (n int, err error) {
	err = s.write(ctx, "forget webhooks", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			n, err = c.exec("DELETE FROM hooks WHERE state = 'applied' AND received_at < ?",
				int64(before))
			if err != nil {
				return err
			}
			_, err = c.exec("DELETE FROM hook_counts WHERE hour < ?", hourOf(before))
			return err
		})
	})
	return n, err
}

func hourOf(at book.Instant) int64 { return int64(at) / (3600 * 1000) }

// CountHooks adds to what came in about now and was not kept: events that were there already, and
// deliveries that proved nothing.
func (s *Store) CountHooks(ctx context.Context, src book.SourceName, at book.Instant, repeated,
	refused int) error {
	return s.write(ctx, "count webhooks: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			_, err := c.exec(`INSERT INTO hook_counts (source, hour, repeated, refused)
				VALUES (?, ?, ?, ?) ON CONFLICT (source, hour) DO UPDATE SET
				repeated = repeated + excluded.repeated, refused = refused + excluded.refused`,
				string(src), hourOf(at), int64(repeated), int64(refused))
			return err
		})
	})
}

// HookSummary says what came in from a source.
type HookSummary struct {
	Source book.SourceName
	// LastAt and LastType are of the webhook that came in last, zero and "" where none is kept.
	LastAt   book.Instant
	LastType string
	// Received counts different events, Repeated and Refused the rest, all since the moment asked
	// for; the last two by whole hours.
	Received, Repeated, Refused int
	// Waiting are those whose objects are still to be read, OldestAt when the first of them came.
	Waiting  int
	OldestAt book.Instant
}

// HookSummary says what came in from a source since a moment.
func (s *Store) HookSummary(ctx context.Context, src book.SourceName,
	since book.Instant) (HookSummary, error) {
	out := HookSummary{Source: src}
	name := string(src)
	err := s.view(ctx, "webhooks: "+name, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			err := c.rows(ctx, `SELECT received_at, type FROM hooks WHERE source = ?
				ORDER BY received_at DESC, seq DESC LIMIT 1`, []any{name}, func(v []driver.Value) error {
				at, _ := v[0].(int64)
				out.LastAt = book.Instant(at)
				out.LastType, _ = v[1].(string)
				return nil
			})
			if err != nil {
				return err
			}
			return c.rows(ctx, `SELECT
				(SELECT count(*) FROM hooks WHERE source = ?1 AND received_at >= ?2),
				(SELECT coalesce(sum(repeated), 0) FROM hook_counts WHERE source = ?1 AND hour >= ?3),
				(SELECT coalesce(sum(refused), 0) FROM hook_counts WHERE source = ?1 AND hour >= ?3),
				(SELECT count(*) FROM hooks WHERE source = ?1 AND state = 'waiting'),
				(SELECT coalesce(min(received_at), 0) FROM hooks WHERE source = ?1 AND
					state = 'waiting')`,
				[]any{name, int64(since), hourOf(since)}, func(v []driver.Value) error {
					n := func(i int) int { x, _ := v[i].(int64); return int(x) }
					out.Received, out.Repeated, out.Refused, out.Waiting = n(0), n(1), n(2), n(3)
					out.OldestAt = book.Instant(n(4))
					return nil
				})
		})
	})
	return out, err
}

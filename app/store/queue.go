package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The refusals of a move that callers act on.
var (
	// ErrUnapproved says that no valid approval stands for exactly this intent.
	ErrUnapproved = errors.New("nobody has approved exactly this")
	// ErrOverLimit says that a limit is reached; its text names it.
	ErrOverLimit = errors.New("a limit is reached")
	// ErrSpent says that a charge has less left than is to be given back.
	ErrSpent = errors.New("more than is left of the charge")
	// ErrPaused says that nothing is sent now.
	ErrPaused = errors.New("sending is paused")
)

// Move is a change of an intent's state. It is made only while the intent is as whoever moves it saw it:
// at its version and, where it is leased, under its lease.
type Move struct {
	ID      string
	Version int64
	// Lease is the token under which the mover holds it, "" for none.
	Lease string
	// Set changes the intent; it may set what is not bound to it for ever.
	Set func(i *book.Intent)
	By  string
	At  book.Instant
	// Kind, What and Why are the event's.
	Kind      book.EventKind
	What, Why string
	// Claim says that this is the step before a call: that nothing is paused, that it is approved where
	// it has to be, and that the limits hold is checked in the same transaction.
	Claim  bool
	Limits Limits
	// Approval is a second person's yes, kept with the move.
	Approval *Approval
	// Follow are the intents that follow from the outcome, filed in the same transaction. One that is
	// there already is left out.
	Follow []book.Intent
}

// Approval is a second person's yes to one intent as it is now.
type Approval struct {
	By    string
	At    book.Instant
	Until book.Instant
}

// Limits are what one kind of action may come to; zero is no limit.
type Limits struct {
	// DayCount and DayAmount are of all of its kind since DayFrom, what is in flight included; the
	// amount counts in its own currency.
	DayFrom   book.Instant
	DayCount  int
	DayAmount int64
	// Captured is what the charge of a refund took: all refunds of it together may not be more.
	Captured *money.Money
}

// CanonicalHash is over all of an intent that an approval is about: an edit makes it another.
func CanonicalHash(i book.Intent) string {
	h := sha256.New()
	for _, part := range []string{string(i.Kind), string(i.Target), string(i.Provider), i.Account,
		fmt.Sprint(i.Live), fmt.Sprint(i.Amount.Minor), string(i.Amount.Currency), i.IdempotencyKey,
		i.Asked, i.RequestHash, i.PreparedBy, fmt.Sprint(int64(i.ExpiresAt))} {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Intent is one intent; ErrNotFound where there is none.
func (s *Store) Intent(ctx context.Context, id string) (book.Intent, error) {
	var out []book.Intent
	err := s.view(ctx, "intent", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			out, err = intentsBy(ctx, c, "WHERE id = ?", id)
			return err
		})
	})
	if err == nil && len(out) == 0 {
		err = explain("intent "+id, ErrNotFound)
	}
	if err != nil {
		return book.Intent{}, err
	}
	return out[0], nil
}

// DueIntents are those that the queue has to look at by a moment: ready ones, those whose outcome is
// to be asked, and those that somebody began to send and did not finish. Oldest first.
func (s *Store) DueIntents(ctx context.Context, at book.Instant) ([]book.Intent, error) {
	var out []book.Intent
	err := s.view(ctx, "due intents", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			out, err = intentsBy(ctx, c, `WHERE state IN ('ready', 'unknown')
				AND coalesce(next_try_at, 0) <= ? OR state = 'sent' AND coalesce(lease_until, 0) <= ?
				ORDER BY rowid`, int64(at), int64(at))
			return err
		})
	})
	return out, err
}

func intentsBy(ctx context.Context, c *conn, where string, args ...any) ([]book.Intent, error) {
	var out []book.Intent
	err := readIntents(ctx, c, where, args, func(i book.Intent) { out = append(out, i) })
	return out, err
}

// MoveIntent makes a move in one transaction with its event, its approval and what follows. It returns
// the intent as it is then. ErrMoved says that it is another one by now, ErrUnapproved, ErrOverLimit,
// ErrSpent and ErrPaused that it may not be sent, ErrConflict that the database refuses it; then
// nothing is kept.
func (s *Store) MoveIntent(ctx context.Context, m Move) (book.Intent, error) {
	var out book.Intent
	err := s.write(ctx, "move intent", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			out, err = moveIntent(ctx, c, m)
			return err
		})
	})
	return out, err
}

func moveIntent(ctx context.Context, c *conn, m Move) (book.Intent, error) {
	list, err := intentsBy(ctx, c, "WHERE id = ?", m.ID)
	switch {
	case err != nil:
		return book.Intent{}, err
	case len(list) == 0:
		return book.Intent{}, ErrNotFound
	}
	i := list[0]
	if i.Version != m.Version || m.Lease != "" && i.Lease != m.Lease {
		return i, ErrMoved
	}
	if m.Claim {
		if err := mayBeSent(ctx, c, i, m); err != nil {
			return i, err
		}
	}
	before := i
	m.Set(&i)
	i.Version++
	if err := updateIntent(c, before, i); err != nil {
		return before, err
	}
	w := newEventWriter(ctx, c, m.By, m.At)
	if err := w.begin(); err != nil {
		return before, err
	}
	if a := m.Approval; a != nil {
		if err := approve(c, i, *a); err != nil {
			return before, err
		}
	}
	key := "intent/" + i.ID
	err = w.write(StepEvent{Kind: m.Kind, Subject: subjectOf(i), What: m.What, Why: m.Why}, 0,
		map[string]json.RawMessage{key: brief(before)}, map[string]json.RawMessage{key: brief(i)})
	if err != nil {
		return before, err
	}
	return i, follow(ctx, c, w, m.Follow)
}

// subjectOf is what an intent's events are about: the exception that it was filed for, else itself.
func subjectOf(i book.Intent) string {
	if i.Exception != "" {
		return i.Exception
	}
	return i.ID
}

// brief is what an event remembers of an intent's move; its bytes stay with the intent.
func brief(i book.Intent) json.RawMessage {
	b, err := json.Marshal(struct {
		State    book.IntentState `json:"state"`
		Version  int64            `json:"version"`
		Attempts int              `json:"attempts,omitempty"`
		Object   book.ItemID      `json:"object,omitempty"`
		Request  string           `json:"request_hash,omitempty"`
		Said     string           `json:"said,omitempty"`
	}{i.State, i.Version, i.Attempts, i.Object, i.RequestHash, i.LastError})
	if err != nil {
		panic(err) // texts and numbers always have a JSON form
	}
	return b
}

// updateIntent writes the columns that a move may change, guarded by the version.
func updateIntent(c *conn, old, i book.Intent) error {
	n, err := c.exec(`UPDATE intents SET state = ?, version = ?, call = ?, call_hash = ?,
		lease_token = ?, lease_until = ?, first_sent_at = ?, next_try_at = ?, attempts = ?, looks = ?,
		last_error = ?, evidence = ?, object = ?, charge = ?, approved_by = ?, expires_at = ?, second = ?
		WHERE id = ? AND version = ?`, string(i.State), i.Version, i.Request, i.RequestHash, i.Lease,
		int64(i.LeaseUntil), int64(i.FirstSentAt), int64(i.NextTryAt), int64(i.Attempts), int64(i.Looks),
		i.LastError, i.Evidence, string(i.Object), string(i.Charge), i.ApprovedBy, int64(i.ExpiresAt),
		bit(i.Second), i.ID, old.Version)
	if err == nil && n == 0 {
		err = ErrMoved
	}
	return err
}

// mayBeSent checks, in the transaction that claims it, everything that must hold before a call.
func mayBeSent(ctx context.Context, c *conn, i book.Intent, m Move) error {
	paused, err := c.number("SELECT count(*) FROM sending WHERE paused <> ''")
	switch {
	case err != nil:
		return err
	case paused > 0:
		return ErrPaused
	}
	if i.Second {
		ok, err := c.number("SELECT count(*) FROM approvals WHERE intent = ? AND hash = ? AND by <> ? AND until > ?",
			i.ID, CanonicalHash(i), i.PreparedBy, int64(m.At))
		if err != nil {
			return err
		}
		if ok == 0 {
			return ErrUnapproved
		}
	}
	if err := withinDay(c, i, m.Limits); err != nil {
		return err
	}
	if m.Limits.Captured == nil {
		return nil
	}
	return withinCapture(c, i, *m.Limits.Captured)
}

// withinDay counts what was sent of the kind today; what is refused or certainly undone does not count.
func withinDay(c *conn, i book.Intent, l Limits) error {
	const sent = ` FROM intents WHERE kind = ? AND id <> ? AND first_sent_at >= ?
		AND state NOT IN ('refused', 'cancelled', 'ready')`
	if l.DayCount > 0 {
		n, err := c.number("SELECT count(*)"+sent, string(i.Kind), i.ID, int64(l.DayFrom))
		if err != nil {
			return err
		}
		if int(n) >= l.DayCount {
			return fmt.Errorf("%w: %d of its kind were sent today, and %d is the most", ErrOverLimit, n,
				l.DayCount)
		}
	}
	if l.DayAmount > 0 {
		n, err := c.number("SELECT coalesce(sum(amount_minor), 0)"+sent+" AND currency = ?",
			string(i.Kind), i.ID, int64(l.DayFrom), string(i.Amount.Currency))
		if err != nil {
			return err
		}
		if n+i.Amount.Minor > l.DayAmount {
			return fmt.Errorf("%w: %s of its kind were sent today, and %s is the most", ErrOverLimit,
				money.New(n, i.Amount.Currency), money.New(l.DayAmount, i.Amount.Currency))
		}
	}
	return nil
}

// withinCapture checks that a charge's refunds, with those of unknown outcome, stay within what it took.
func withinCapture(c *conn, i book.Intent, captured money.Money) error {
	if captured.Currency != i.Amount.Currency {
		return fmt.Errorf("%w: the charge was in %s", ErrSpent, captured.Currency)
	}
	n, err := c.number(`SELECT coalesce(sum(amount_minor), 0) FROM intents WHERE kind = ? AND target = ?
		AND id <> ? AND state NOT IN ('refused', 'cancelled')`, string(i.Kind), string(i.Target), i.ID)
	if err != nil {
		return err
	}
	if n+i.Amount.Minor > captured.Minor {
		return fmt.Errorf("%w: %s of the charge's %s are refunded or on their way already", ErrSpent,
			money.New(n, captured.Currency), captured)
	}
	return nil
}

func approve(c *conn, i book.Intent, a Approval) error {
	_, err := c.exec("INSERT INTO approvals (intent, hash, by, at, until) VALUES (?, ?, ?, ?, ?)",
		i.ID, CanonicalHash(i), a.By, int64(a.At), int64(a.Until))
	return err
}

// follow files what follows from an outcome, each with an event of its own in the same step.
func follow(ctx context.Context, c *conn, w *eventWriter, list []book.Intent) error {
	for k := range list {
		i := &list[k]
		there, err := c.number("SELECT count(*) FROM intents WHERE id = ?", i.ID)
		if err != nil {
			return err
		}
		if there > 0 {
			continue
		}
		err = w.attempt(ctx, StepEvent{Kind: book.EventKind(i.Kind), Subject: subjectOf(*i),
			What: "Filed: " + i.What, Changes: []Change{{Intent: i}}}, w.next)
		if kindOf(err) == ErrConflict {
			// It was done by hand meanwhile: the outcome is kept all the same, and says so.
			err = w.write(StepEvent{Kind: book.EventKind(i.Kind), Subject: subjectOf(*i),
				What: "Not filed, as another one is there: " + i.What}, 0, nil, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Sending says why nothing is sent, "" where things are sent.
func (s *Store) Sending(ctx context.Context) (paused string, err error) {
	err = s.view(ctx, "sending", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readRows(ctx, c, "sending", "", nil, func(f *fields, v *string) { text(f, "paused", v) },
				[]string{"paused"}, func(v string) { paused = v })
		})
	})
	return paused, err
}

// PausedAt is when sending was paused.
func (s *Store) PausedAt(ctx context.Context) (at book.Instant, err error) {
	err = s.view(ctx, "paused at", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			n, err := c.number("SELECT at FROM sending")
			at = book.Instant(n)
			return err
		})
	})
	return at, err
}

// PauseSending stops all sending for a reason, or lets it go on for none, with its event.
func (s *Store) PauseSending(ctx context.Context, why, by string, at book.Instant) error {
	return s.write(ctx, "pause sending", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			if _, err := c.exec("UPDATE sending SET paused = ?, by = ?, at = ?", why, by, int64(at)); err != nil {
				return err
			}
			w := newEventWriter(ctx, c, by, at)
			if err := w.begin(); err != nil {
				return err
			}
			e := StepEvent{Kind: book.EventSending, Subject: "sending", What: "Paused sending", Why: why}
			if why == "" {
				e.What = "Let sending go on"
			}
			return w.write(e, 0, nil, nil)
		})
	})
}

// AfterRestore makes restored books safe: whatever was open may have been sent since the backup was made,
// so that nothing of it is known any more, and nothing is sent until somebody lets it. It is one step
// with its entry.
func (s *Store) AfterRestore(ctx context.Context, why, by string, at book.Instant) error {
	return s.write(ctx, "after a restore", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			if _, err := c.exec(`UPDATE intents SET state = 'unknown', version = version + 1, lease_token = '',
				lease_until = 0, next_try_at = 0, looks = 0,
				first_sent_at = CASE WHEN coalesce(first_sent_at,
					0) > 0 THEN first_sent_at ELSE requested_at END
				WHERE call <> '' AND state IN ('awaiting_approval', 'ready', 'sent', 'unknown')`); err != nil {
				return err
			}
			if _, err := c.exec("UPDATE sending SET paused = ?, by = ?, at = ?", why, by, int64(at)); err != nil {
				return err
			}
			w := newEventWriter(ctx, c, by, at)
			if err := w.begin(); err != nil {
				return err
			}
			return w.write(StepEvent{Kind: book.EventSending, Subject: "sending", What: "Restored from a backup",
				Why: why}, 0, nil, nil)
		})
	})
}

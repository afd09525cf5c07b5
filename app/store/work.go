package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Work is where an exception stands with people.
type Work struct {
	Exception string
	Owner     string
	DueOn     book.Date
	// Resolution is what was decided, "" for nothing; Status what the exception is by that.
	Resolution book.Resolution
	Code       book.ReasonCode
	Status     book.ExceptionStatus
	// UntilOn is how long it waits, zero where it waits for no date.
	UntilOn book.Date
	// Basis is what the decision rests on; it stands while that is the same.
	Basis string
	By    string
	At    book.Instant
	Why   string
}

// Draft is a half-finished manual match.
type Draft struct {
	// ID numbers drafts from 1.
	ID          int64
	Title       string
	Left, Right []book.ItemID
	// Uses says how much of each is taken, left first; nil for all that is left of each.
	Uses []money.Money
	By   string
	At   book.Instant
}

// Decided is a match of any state with who decided about it, if anybody did.
type Decided struct {
	Match book.Match
	Decision
}

// Change is one thing that a step changes: what is set is its new state.
type Change struct {
	Work   *Work
	Match  *Decided
	Intent *book.Intent
	Draft  *Draft
	Hold   *Hold
	// Consent is a customer's word about a saved method.
	Consent *Consent
	// Without names what the step takes away: "match/ID", "draft/ID", "hold/SUBJECT", "consent/KEY".
	Without string
}

// StepEvent is one event of a step, with what it changes.
type StepEvent struct {
	Kind      book.EventKind
	Subject   string
	What, Why string
	Evidence  []book.Evidence
	Changes   []Change
}

// Step is one act of a person.
type Step struct {
	By string
	At book.Instant
	// Seen is the last event that whoever acts knew of: the step is refused where a later one has a
	// subject in common with it.
	Seen   book.EventID
	Events []StepEvent
}

// Act does a step in one transaction with its events, and returns the first event's number. An event
// that cannot be is left out and refused, by its place, the others are kept: with ErrMoved where
// somebody else worked on its subject meanwhile, with ErrConflict where it would use money twice or file
// a second action for one target. Where none can be, nothing is kept and the number is 0.
func (s *Store) Act(ctx context.Context, step Step) (book.EventID, map[int]error, error) {
	var batch book.EventID
	refused := map[int]error{}
	err := s.write(ctx, "act", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			w := newEventWriter(ctx, c, step.By, step.At)
			if err := w.begin(); err != nil {
				return err
			}
			for i, e := range step.Events {
				err := w.attempt(ctx, e, step.Seen)
				switch {
				case err == nil:
					batch = w.batch
				case errors.Is(err, ErrMoved), errors.Is(err, ErrConflict), kindOf(err) == ErrConflict:
					refused[i] = explain("act", err)
				default:
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return 0, nil, err
	}
	return batch, refused, nil
}

// attempt does one event and takes all of it back where it cannot be.
func (w *eventWriter) attempt(ctx context.Context, e StepEvent, seen book.EventID) error {
	if _, err := w.c.exec("SAVEPOINT event"); err != nil {
		return err
	}
	next := w.next
	last, err := w.c.number("SELECT max(id) FROM events WHERE subject = ? AND id < ?", e.Subject,
		int64(w.batch))
	if err == nil && book.EventID(last) > seen {
		err = fmt.Errorf("%w: %s", ErrMoved, e.Subject)
	}
	if err == nil {
		err = w.do(ctx, e)
	}
	if err != nil {
		w.next = next
		if _, back := w.c.exec("ROLLBACK TO event"); back != nil {
			// A full disk takes the whole transaction back by itself: then that is the news.
			if errors.Is(err, ErrMoved) || errors.Is(err, ErrConflict) {
				return back
			}
			return errors.Join(err, back)
		}
	}
	if _, release := w.c.exec("RELEASE event"); release != nil {
		return release
	}
	return err
}

// eventWriter writes the events of one step.
type eventWriter struct {
	ctx         context.Context
	c           *conn
	by          string
	at          book.Instant
	batch, next book.EventID
}

func newEventWriter(ctx context.Context, c *conn, by string, at book.Instant) *eventWriter {
	return &eventWriter{ctx: ctx, c: c, by: by, at: at}
}

func (w *eventWriter) begin() error {
	last, err := w.c.number("SELECT max(id) FROM events")
	w.batch, w.next = book.EventID(last+1), book.EventID(last+1)
	return err
}

// do makes an event's changes and writes it.
func (w *eventWriter) do(ctx context.Context, e StepEvent) error {
	before, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, ch := range e.Changes {
		key, state, err := ch.state()
		if err != nil {
			return err
		}
		old, err := stateOf(ctx, w.c, key)
		if err != nil {
			return err
		}
		if err := putState(ctx, w.c, key, state); err != nil {
			return err
		}
		if _, ok := before[key]; !ok {
			before[key] = old
		}
		after[key] = state
	}
	return w.write(e, 0, before, after)
}

func (w *eventWriter) write(e StepEvent, undoes book.EventID,
	before, after map[string]json.RawMessage) error {
	texts := make([]string, 3)
	for i, v := range []any{before, after, e.Evidence} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if texts[i] = string(b); texts[i] == "null" || texts[i] == "{}" || texts[i] == "[]" {
			texts[i] = ""
		}
	}
	_, err := w.c.exec(`INSERT INTO events (id, batch, at, by, kind, subject, what, why, "before",
		"after", evidence, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, int64(w.next),
		int64(w.batch), int64(w.at), w.by, string(e.Kind), e.Subject, e.What, e.Why, texts[0], texts[1],
		texts[2], int64(undoes))
	w.next++
	if err != nil {
		return err
	}
	return link(w.ctx, w.c)
}

// nothing is the state of what is not there.
var nothing = json.RawMessage("null")

// state is the key of what changes and its new state.
func (ch Change) state() (string, json.RawMessage, error) {
	switch {
	case ch.Work != nil:
		b, err := encode(ch.Work, workFields, workColumns)
		return "work/" + ch.Work.Exception, b, err
	case ch.Match != nil:
		b, err := encode(ch.Match, decidedFields, decidedColumns)
		return "match/" + ch.Match.Match.ID, b, err
	case ch.Intent != nil:
		b, err := encode(ch.Intent, intentFields, intentColumns)
		return "intent/" + ch.Intent.ID, b, err
	case ch.Draft != nil:
		b, err := encode(ch.Draft, draftFields, draftColumns)
		return fmt.Sprintf("draft/%d", ch.Draft.ID), b, err
	case ch.Hold != nil:
		b, err := encode(ch.Hold, holdFields, holdColumns)
		return "hold/" + string(ch.Hold.Subject), b, err
	case ch.Consent != nil:
		b, err := encode(ch.Consent, consentFields, consentColumns)
		return "consent/" + ch.Consent.Key(), b, err
	}
	return ch.Without, nothing, nil
}

// Works lists where exceptions stand with people, by exception.
func (s *Store) Works(ctx context.Context) (map[string]Work, error) {
	out := map[string]Work{}
	err := s.view(ctx, "work", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readWork(ctx, c, "", nil, func(w Work) { out[w.Exception] = w })
		})
	})
	return out, err
}

func workFields(f *fields, w *Work) {
	text(f, "exception", &w.Exception)
	word(f, "owner", &w.Owner)
	number(f, "due_on", &w.DueOn)
	word(f, "resolution", &w.Resolution)
	word(f, "code", &w.Code)
	word(f, "status", &w.Status)
	number(f, "until_on", &w.UntilOn)
	text(f, "basis", &w.Basis)
	word(f, "by", &w.By)
	number(f, "at", &w.At)
	text(f, "why", &w.Why)
}

var workColumns = columnsOf(workFields)

func readWork(ctx context.Context, c *conn, where string, args []any, fn func(Work)) error {
	return readRows(ctx, c, "work", where, args, workFields, workColumns, fn)
}

func draftFields(f *fields, d *Draft) {
	number(f, "id", &d.ID)
	text(f, "title", &d.Title)
	list(f, "left", &d.Left)
	list(f, "right", &d.Right)
	uses(f, "uses", &d.Uses)
	word(f, "by", &d.By)
	number(f, "at", &d.At)
}

var draftColumns = columnsOf(draftFields)

// Drafts lists half-finished manual matches, the last one first.
func (s *Store) Drafts(ctx context.Context) ([]Draft, error) {
	var out []Draft
	err := s.view(ctx, "drafts", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readDrafts(ctx, c, "ORDER BY id DESC", nil, func(d Draft) { out = append(out, d) })
		})
	})
	return out, err
}

func readDrafts(ctx context.Context, c *conn, where string, args []any, fn func(Draft)) error {
	return readRows(ctx, c, "drafts", where, args, draftFields, draftColumns, fn)
}

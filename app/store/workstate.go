package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// encode is a record in JSON by its columns: what an event remembers of it.
func encode[T any](v *T, carry func(*fields, *T), columns []string) (json.RawMessage, error) {
	r := newRow(len(columns))
	carry(&r.fields, v)
	by := make(map[string]any, len(columns))
	for i, name := range columns {
		by[name] = r.args[i].Value
	}
	b, err := json.Marshal(by)
	return b, errors.Join(r.err, err)
}

// decode reads what encode wrote.
func decode[T any](state json.RawMessage, v *T, carry func(*fields, *T), columns []string) error {
	d := json.NewDecoder(bytes.NewReader(state))
	d.UseNumber()
	by := map[string]any{}
	if err := d.Decode(&by); err != nil {
		return err
	}
	f := reader()
	for _, name := range columns {
		value := by[name]
		if n, ok := value.(json.Number); ok {
			whole, err := n.Int64()
			if err != nil {
				return err
			}
			value = whole
		}
		f.vals = append(f.vals, value)
	}
	carry(f, v)
	return f.err
}

// stateOf is the stored state under a key, nothing where there is none.
func stateOf(ctx context.Context, c *conn, key string) (state json.RawMessage, err error) {
	kind, id, _ := strings.Cut(key, "/")
	state = nothing
	var bad error
	switch kind {
	case "work":
		err = readWork(ctx, c, "WHERE exception = ?", []any{id},
			func(w Work) { state, bad = encode(&w, workFields, workColumns) })
	case "match":
		err = readDecided(ctx, c, id,
			func(d Decided) { state, bad = encode(&d, decidedFields, decidedColumns) })
	case "intent":
		err = readIntents(ctx, c, "WHERE id = ?", []any{id},
			func(i book.Intent) { state, bad = encode(&i, intentFields, intentColumns) })
	case "draft":
		err = readDrafts(ctx, c, "WHERE id = CAST(? AS INTEGER)", []any{id},
			func(d Draft) { state, bad = encode(&d, draftFields, draftColumns) })
	case "hold":
		err = readRows(ctx, c, "holds", "WHERE subject = ?", []any{id}, holdFields, holdColumns,
			func(h Hold) { state, bad = encode(&h, holdFields, holdColumns) })
	case "consent":
		err = readRows(ctx, c, "consents", "WHERE id = ?", []any{id}, consentFields, consentColumns,
			func(v Consent) { state, bad = encode(&v, consentFields, consentColumns) })
	default:
		err = fmt.Errorf("%w: %s", ErrNotFound, key)
	}
	return state, errors.Join(err, bad)
}

// putState puts a state under a key in the place of what is there.
func putState(ctx context.Context, c *conn, key string, state json.RawMessage) error {
	kind, id, _ := strings.Cut(key, "/")
	gone := string(state) == string(nothing)
	switch kind {
	case "work":
		return putRow(c, "work", "exception = ?", id, gone, state, workFields, workColumns)
	case "draft":
		return putRow(c, "drafts", "id = CAST(? AS INTEGER)", id, gone, state, draftFields, draftColumns)
	case "hold":
		return putRow(c, "holds", "subject = ?", id, gone, state, holdFields, holdColumns)
	case "consent":
		return putRow(c, "consents", "id = ?", id, gone, state, consentFields, consentColumns)
	case "match":
		return putMatch(ctx, c, id, gone, state)
	case "intent":
		return putIntent(c, id, gone, state)
	}
	return fmt.Errorf("%w: %s", ErrNotFound, key)
}

// putRow writes one row of a small table.
func putRow[T any](c *conn, table, key, id string, gone bool, state json.RawMessage,
	carry func(*fields, *T), columns []string) error {
	if _, err := c.exec("DELETE FROM "+table+" WHERE "+key, id); err != nil || gone {
		return err
	}
	var v T
	if err := decode(state, &v, carry, columns); err != nil {
		return err
	}
	r := newRow(len(columns))
	carry(&r.fields, &v)
	_, err := c.execNamed("INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES "+
		placeholders(1, len(columns)), r.args)
	return err
}

func decidedFields(f *fields, d *Decided) {
	match(f, &d.Match)
	text(f, "decided_by", &d.By)
	number(f, "decided_at", &d.At)
	text(f, "decided_why", &d.Why)
}

var decidedColumns = columnsOf(decidedFields)

func readDecided(ctx context.Context, c *conn, id string, fn func(Decided)) error {
	return readRows(ctx, c, "matches", "WHERE id = ?", []any{id}, decidedFields, decidedColumns, fn)
}

func putMatch(ctx context.Context, c *conn, id string, gone bool, state json.RawMessage) error {
	w, err := newMatchWriter(c, 0)
	if err != nil {
		return err
	}
	seq, err := c.number("SELECT seq FROM matches WHERE id = ?", id)
	if err != nil {
		return err
	}
	if seq != 0 {
		if err := w.drop([]int64{seq}); err != nil {
			return err
		}
	}
	if gone {
		return nil
	}
	var d Decided
	if err := decode(state, &d, decidedFields, decidedColumns); err != nil {
		return err
	}
	if err := w.insert(ctx, []*book.Match{&d.Match}); err != nil {
		return err
	}
	_, err = c.exec(`UPDATE matches SET decided_by = ?, decided_at = ?, decided_why = ?
		WHERE id = ?`, d.By, int64(d.At), d.Why, id)
	return err
}

// sameState reports whether two states under one key say the same, as far as a person decided it: a
// run that wrote a match's facts anew changed no decision.
func sameState(key string, a, b json.RawMessage) bool {
	if string(a) == string(nothing) || string(b) == string(nothing) {
		return string(a) == string(b)
	}
	switch kind, _, _ := strings.Cut(key, "/"); kind {
	case "intent":
		var x, y book.Intent
		return decode(a, &x, intentFields, intentColumns) == nil &&
			decode(b, &y, intentFields, intentColumns) == nil && x.State == y.State
	case "match":
		var x, y Decided
		return decode(a, &x, decidedFields, decidedColumns) == nil &&
			decode(b, &y, decidedFields, decidedColumns) == nil && x.Match.State == y.Match.State &&
			slices.Equal(x.Match.Uses, y.Match.Uses) && x.Decision == y.Decision
	}
	return string(a) == string(b)
}

func intentFields(f *fields, i *book.Intent) {
	text(f, "id", &i.ID)
	word(f, "kind", &i.Kind)
	text(f, "target", &i.Target)
	text(f, "exception", &i.Exception)
	word(f, "provider", &i.Provider)
	word(f, "account", &i.Account)
	boolean(f, "live", &i.Live)
	number(f, "amount_minor", &i.Amount.Minor)
	word(f, "currency", &i.Amount.Currency)
	text(f, "idem_key", &i.IdempotencyKey)
	hash := digestOf(i.Asked)
	text(f, "request", &i.Asked)
	text(f, "request_hash", &hash)
	text(f, "call", &i.Request)
	text(f, "call_hash", &i.RequestHash)
	word(f, "state", &i.State)
	number(f, "version", &i.Version)
	word(f, "requested_by", &i.PreparedBy)
	number(f, "requested_at", &i.PreparedAt)
	boolean(f, "second", &i.Second)
	word(f, "approved_by", &i.ApprovedBy)
	number(f, "expires_at", &i.ExpiresAt)
	text(f, "lease_token", &i.Lease)
	number(f, "lease_until", &i.LeaseUntil)
	number(f, "first_sent_at", &i.FirstSentAt)
	number(f, "next_try_at", &i.NextTryAt)
	number(f, "looks", &i.Looks)
	text(f, "object", &i.Object)
	text(f, "charge", &i.Charge)
	text(f, "evidence", &i.Evidence)
	text(f, "parent", &i.Parent)
	number(f, "attempts", &i.Attempts)
	text(f, "last_error", &i.LastError)
	text(f, "what", &i.What)
	text(f, "why", &i.Why)
}

var intentColumns = columnsOf(intentFields)

func readIntents(ctx context.Context, c *conn, where string, args []any,
	fn func(book.Intent)) error {
	return readRows(ctx, c, "intents", where, args, intentFields, intentColumns, fn)
}

// Intents lists all actions, the last one first.
func (s *Store) Intents(ctx context.Context) ([]book.Intent, error) {
	var out []book.Intent
	err := s.view(ctx, "intents", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readIntents(ctx, c, "ORDER BY rowid DESC", nil,
				func(i book.Intent) { out = append(out, i) })
		})
	})
	return out, err
}

// putIntent files an intent, or changes the state of one that is filed. One is never deleted: to take
// it away is to cancel it, and only while nothing was sent.
func putIntent(c *conn, id string, gone bool, state json.RawMessage) error {
	if gone {
		n, err := c.exec(`UPDATE intents SET state = 'cancelled', version = version + 1 WHERE id = ?
			AND state IN ('draft', 'awaiting_approval', 'ready')`, id)
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: the action %s is no longer a draft", ErrConflict, id)
		}
		return err
	}
	var i book.Intent
	if err := decode(state, &i, intentFields, intentColumns); err != nil {
		return err
	}
	filed, err := c.number("SELECT count(*) FROM intents WHERE id = ?", id)
	if err != nil {
		return err
	}
	if filed > 0 {
		_, err := c.exec("UPDATE intents SET state = ?, version = version + 1 WHERE id = ?",
			string(i.State), id)
		return err
	}
	r := newRow(len(intentColumns))
	intentFields(&r.fields, &i)
	_, err = c.execNamed("INSERT INTO intents ("+strings.Join(intentColumns, ", ")+") VALUES "+
		placeholders(1, len(intentColumns)), r.args)
	return err
}

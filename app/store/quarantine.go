package store

import (
	"context"
	"database/sql/driver"
	"strconv"

	"countinghouse/app/book"
)

// The states of a row in quarantine.
const (
	rowOpen    = "open"
	rowTaken   = "taken in"
	rowDropped = "dropped"
	rowUndone  = "undone"
)

// Aside is a row of a statement file that could not be read and that nobody has settled yet.
type Aside struct {
	ID      int64
	Account book.AccountName
	// File is the name of the file, Digest the SHA-256 of its bytes; both "" for rows from before the
	// books kept them.
	File, Digest       string
	Place, Raw, Reason string
	At                 book.Instant
	// Import is the import that kept it aside, 0 where that is not known.
	Import ImportID
}

// Quarantine lists the rows that wait for somebody, in the order in which they came.
func (s *Store) Quarantine(ctx context.Context) ([]Aside, error) {
	var out []Aside
	err := s.view(ctx, "quarantine", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return c.rows(ctx, `SELECT seq, account, file, digest, place, raw, reason, at,
				(SELECT max(import) FROM import_changes WHERE kind = 'reject' AND role = 'changed'
				AND item = seq) FROM quarantine WHERE state = 'open' ORDER BY seq`, nil,
				func(vals []driver.Value) error {
					word := func(i int) string { s, _ := vals[i].(string); return s }
					number := func(i int) int64 { n, _ := vals[i].(int64); return n }
					out = append(out, Aside{number(0), book.AccountName(word(1)), word(2), word(3),
						word(4), word(5), word(6), book.Instant(number(7)), ImportID(number(8))})
					return nil
				})
		})
	})
	return out, err
}

// DropAside settles a row in quarantine on purpose, without taking it in. It returns ErrNotFound
// where none with this number waits.
func (s *Store) DropAside(ctx context.Context, id int64, by string, at book.Instant) error {
	return s.write(ctx, "drop a row kept aside", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			n, err := c.exec(`UPDATE quarantine SET state = ?, "by" = ?, ended_at = ?
				WHERE seq = ? AND state = ?`, rowDropped, by, int64(at), id, rowOpen)
			if err == nil && n == 0 {
				err = ErrNotFound
			}
			return err
		})
	})
}

// rejects keeps the rows aside that could not be read, once for each file, and settles those of the
// same file that could be read this time. What a person dropped stays dropped.
func (j *journal) rejects(in *Import, out *Imported, at book.Instant) error {
	return j.t.bulk(func(c *conn) error {
		for _, r := range in.Rejects {
			if err := j.aside(c, in, r, out, at); err != nil {
				return err
			}
		}
		if in.Digest == "" {
			return nil
		}
		return j.settle(c, in, out, at)
	})
}

func (j *journal) aside(c *conn, in *Import, r book.Reject, out *Imported, at book.Instant) error {
	account, file := r.Origin, ""
	if account == "" {
		account = string(in.Account)
	}
	if files := in.files(); len(files) > 0 {
		file = files[0]
	}
	var seq int64
	state := ""
	err := c.rows(j.t.ctx, `SELECT seq, state FROM quarantine
		WHERE account = ? AND digest = ? AND place = ?`, []any{account, in.Digest, r.Place},
		func(vals []driver.Value) error {
			seq, _ = vals[0].(int64)
			state, _ = vals[1].(string)
			return nil
		})
	if err != nil {
		return err
	}
	switch state {
	case "":
		if seq, err = c.number("SELECT coalesce(max(seq), 0) + 1 FROM quarantine"); err != nil {
			return err
		}
		_, err = c.exec(`INSERT INTO quarantine (seq, account, file, digest, place, raw, reason, at,
			state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, seq, account, file, in.Digest, r.Place, r.Raw,
			r.Reason, int64(at), rowOpen)
	case rowUndone:
		_, err = c.exec(`UPDATE quarantine SET state = ?, raw = ?, reason = ?, at = ? WHERE seq = ?`,
			rowOpen, r.Raw, r.Reason, int64(at), seq)
	default:
		return j.note(c, kindReject, roleSeen, [][2]book.ItemID{{rowID(seq)}})
	}
	if err != nil {
		return err
	}
	out.Rejected++
	return j.change(c, kindReject, string(rowID(seq)), rowOpen, nil)
}

func rowID(seq int64) book.ItemID { return book.ItemID(strconv.FormatInt(seq, 10)) }

// settle ends the open rows of the same file that are no rejects any more.
func (j *journal) settle(c *conn, in *Import, out *Imported, at book.Instant) error {
	still := map[[2]string]bool{}
	for _, r := range in.Rejects {
		still[[2]string{r.Origin, r.Place}] = true
	}
	var read []int64
	for _, account := range in.accounts() {
		err := c.rows(j.t.ctx, `SELECT seq, place FROM quarantine
			WHERE account = ? AND digest = ? AND state = ?`, []any{string(account), in.Digest, rowOpen},
			func(vals []driver.Value) error {
				seq, _ := vals[0].(int64)
				place, _ := vals[1].(string)
				if !still[[2]string{string(account), place}] {
					read = append(read, seq)
				}
				return nil
			})
		if err != nil {
			return err
		}
	}
	for _, seq := range read {
		_, err := c.exec(`UPDATE quarantine SET state = ?, "by" = ?, ended_at = ? WHERE seq = ?`,
			rowTaken, in.By, int64(at), seq)
		if err != nil {
			return err
		}
		if err := j.change(c, kindReject, string(rowID(seq)), rowTaken, rowOpen); err != nil {
			return err
		}
		out.Settled++
	}
	return nil
}

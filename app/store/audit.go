package store

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrBroken says that the audit chain does not hold: the books can be read, and nothing is written.
var ErrBroken = errors.New("the audit chain is broken: somebody changed the books' history behind the " +
	"program. Nothing is written until they are restored from a backup; countinghouse audit verify says where")

// Head is the end of the audit chain: how many entries it has, and the hash of the last one.
type Head struct {
	Count int64  `json:"count"`
	Hash  string `json:"hash"`
}

// Fault is the first place at which the audit chain does not hold.
type Fault struct {
	// Event is the number of the entry, 0 for the chain as a whole.
	Event int64
	// Why is one sentence.
	Why string
}

// chained are the columns of an event that its hash is over, in order.
const chained = `id, batch, at, by, kind, subject, what, why, "before", "after", evidence, undoes`

// linkOf is the hash of an event after another: every field with its length, so that no two events of
// other fields come to the same text.
func linkOf(before string, vals []driver.Value) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s,", len(before), before)
	for _, v := range vals {
		text := fmt.Sprint(v)
		if b, ok := v.([]byte); ok {
			text = string(b)
		}
		fmt.Fprintf(h, "%d:%s,", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// lastLink is the hash of the last entry of the chain, "" for none.
func lastLink(ctx context.Context, c *conn) (at int64, hash string, err error) {
	err = c.rows(ctx, "SELECT event, hash FROM chain ORDER BY event DESC LIMIT 1", nil, func(vals []driver.Value) error {
		at, _ = vals[0].(int64)
		hash, _ = vals[1].(string)
		return nil
	})
	return at, hash, err
}

// link chains the events behind the last link; it is called in the transaction that writes them.
func link(ctx context.Context, c *conn) error {
	at, hash, err := lastLink(ctx, c)
	if err != nil {
		return err
	}
	type entry struct {
		id   int64
		hash string
	}
	var fresh []entry
	err = c.rows(ctx, "SELECT "+chained+" FROM events WHERE id > ? ORDER BY id", []any{at}, func(vals []driver.Value) error {
		hash = linkOf(hash, vals)
		id, _ := vals[0].(int64)
		fresh = append(fresh, entry{id, hash})
		return nil
	})
	for _, e := range fresh {
		if err == nil {
			_, err = c.exec("INSERT INTO chain (event, hash) VALUES (?, ?)", e.id, e.hash)
		}
	}
	return err
}

// chainHistory chains the events of before there was a chain, once.
func (s *Store) chainHistory(ctx context.Context) error {
	return s.write(ctx, "chain the history", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			n, err := c.number("SELECT count(*) FROM chain")
			if err != nil || n > 0 {
				return err
			}
			return link(ctx, c)
		})
	})
}

// AuditHead is the end of the chain.
func (s *Store) AuditHead(ctx context.Context) (Head, error) {
	var h Head
	err := s.view(ctx, "audit head", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			if h.Count, err = c.number("SELECT count(*) FROM chain"); err != nil {
				return err
			}
			_, h.Hash, err = lastLink(ctx, c)
			return err
		})
	})
	return h, err
}

// VerifyAudit reads the whole history and compares it with its chain, and the chain with a head that was
// kept elsewhere, the zero Head for none: the books may have gone on since, but never back. It returns
// the first fault, nil where all holds.
func (s *Store) VerifyAudit(ctx context.Context, kept Head) (*Fault, error) {
	var found *Fault
	err := s.view(ctx, "verify the audit chain", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			found, err = verify(ctx, c, kept)
			return err
		})
	})
	return found, err
}

func verify(ctx context.Context, c *conn, kept Head) (*Fault, error) {
	links := map[int64]string{}
	var order []int64
	err := c.rows(ctx, "SELECT event, hash FROM chain ORDER BY event", nil, func(vals []driver.Value) error {
		id, _ := vals[0].(int64)
		links[id], _ = vals[1].(string)
		order = append(order, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var found *Fault
	say := func(event int64, format string, args ...any) {
		if found == nil {
			found = &Fault{event, fmt.Sprintf(format, args...)}
		}
	}
	hash, n, last := "", 0, int64(0)
	err = c.rows(ctx, "SELECT "+chained+" FROM events ORDER BY id", nil, func(vals []driver.Value) error {
		id, _ := vals[0].(int64)
		hash = linkOf(hash, vals)
		switch {
		case id != last+1:
			say(last+1, "Entry %d is missing.", last+1)
		case n >= len(order) || order[n] != id:
			say(id, "Entry %d is not in the chain: it was put in behind the program.", id)
		case links[id] != hash:
			say(id, "Entry %d was changed, or one before it.", id)
		}
		last = id
		n++
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(order) > n {
		say(last+1, "Entry %d is missing: the chain goes on behind the last one.", last+1)
	}
	switch {
	case kept.Count > int64(len(order)):
		say(int64(len(order))+1, "The history was cut: %d entries were signed, %d are there.", kept.Count, len(order))
	case kept.Count > 0 && links[order[kept.Count-1]] != kept.Hash:
		say(kept.Count, "The history was written anew: entry %d is not the one that was signed.", kept.Count)
	}
	return found, nil
}

// tailHolds checks the last entries of the chain, which costs nothing when books are opened.
func tailHolds(ctx context.Context, c *conn) error {
	const tail = 50
	events, err := c.number("SELECT coalesce(max(id), 0) FROM events")
	if err != nil {
		return err
	}
	at, _, err := lastLink(ctx, c)
	if err != nil || at != events {
		return errors.Join(err, brokenIf(at != events))
	}
	hashes := map[int64]string{}
	err = c.rows(ctx, "SELECT event, hash FROM chain WHERE event >= ? ORDER BY event", []any{events - tail},
		func(vals []driver.Value) error {
			id, _ := vals[0].(int64)
			hashes[id], _ = vals[1].(string)
			return nil
		})
	if err != nil {
		return err
	}
	broken := false
	err = c.rows(ctx, "SELECT "+chained+" FROM events WHERE id > ? ORDER BY id", []any{events - tail},
		func(vals []driver.Value) error {
			id, _ := vals[0].(int64)
			broken = broken || hashes[id] != linkOf(hashes[id-1], vals)
			return nil
		})
	return errors.Join(err, brokenIf(broken))
}

func brokenIf(broken bool) error {
	if broken {
		return ErrBroken
	}
	return nil
}

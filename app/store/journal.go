package store

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// The roles of a thing in an import.
const (
	roleChanged = "changed"
	roleSeen    = "seen"
)

// The kinds of things that an import touches beside lines and statements.
const (
	kindReject  book.Kind = "reject"
	kindProfile book.Kind = "profile"
)

// journaled are the kinds of fact that imports bring.
var journaled = []book.Kind{KindStatement, book.KindBankLine}

// journal keeps what an import does, so that it can be undone.
type journal struct {
	t  *tx
	id ImportID
	// moved are known lines whose statement is replaced: they are of this file's from now on.
	moved []Known
}

// imageOf is an expression for a record as it is, tombstone included.
func imageOf(m meta) string {
	var parts []string
	for _, c := range append(append([]string(nil), m.columns...), "gone") {
		parts = append(parts, "'"+c+"', x."+quote(c))
	}
	return "(SELECT json_object(" + strings.Join(parts, ", ") + ") FROM " + m.name +
		" x WHERE x.id = item)"
}

// begin notes how everything is that the import may touch.
func (j *journal) begin(in *Import) error {
	return j.t.bulk(func(c *conn) error {
		if err := j.findMoved(c, in); err != nil {
			return err
		}
		for _, kind := range journaled {
			pairs := make([][2]book.ItemID, 0, len(in.Lines)+len(in.Replaced))
			switch kind {
			case book.KindBankLine:
				for _, l := range in.Lines {
					pairs = append(pairs, [2]book.ItemID{l.ID, l.StatementID})
				}
				for _, k := range j.moved {
					pairs = append(pairs, [2]book.ItemID{k.Line, k.Statement})
				}
			default:
				for _, s := range in.Statements {
					pairs = append(pairs, [2]book.ItemID{s.ID})
				}
			}
			for _, id := range in.Replaced {
				pairs = append(pairs, [2]book.ItemID{id})
			}
			if err := j.note(c, kind, roleChanged, pairs); err != nil {
				return err
			}
			table, _ := factsOf(kind)
			_, err := c.exec("UPDATE import_changes SET before = "+imageOf(table.about())+
				" WHERE import = ? AND kind = ?", int64(j.id), string(kind))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// findMoved finds the known lines of statements that are replaced.
func (j *journal) findMoved(c *conn, in *Import) error {
	if len(in.Replaced) == 0 || len(in.Known) == 0 {
		return nil
	}
	known, err := packJSON(in.Known)
	if err != nil {
		return err
	}
	gone, err := packJSON(in.Replaced)
	if err != nil {
		return err
	}
	return c.rows(j.t.ctx, `SELECT l.id, json_extract(k.value, '$.Statement') FROM json_each(?) k
		JOIN bank_lines l ON l.id = json_extract(k.value, '$.Line') AND l.gone = 0
		WHERE l.statement_id IN (SELECT value FROM json_each(?))`, []any{known, gone},
		func(vals []driver.Value) error {
			line, _ := vals[0].(string)
			statement, _ := vals[1].(string)
			j.moved = append(j.moved, Known{book.ItemID(line), book.ItemID(statement)})
			return nil
		})
}

// move makes the known lines of replaced statements this file's.
func (j *journal) move() error {
	return j.t.bulk(func(c *conn) error {
		for _, k := range j.moved {
			_, err := c.exec("UPDATE bank_lines SET statement_id = ? WHERE id = ?",
				string(k.Statement), string(k.Line))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// note puts things into the journal, each with what it says; one that is there already stays.
func (j *journal) note(c *conn, kind book.Kind, role string, pairs [][2]book.ItemID) error {
	in, err := packJSON(pairs)
	if err != nil {
		return err
	}
	_, err = c.exec(`INSERT OR IGNORE INTO import_changes (import, kind, item, role, says)
		SELECT ?, ?, json_extract(j.value, '$[0]'), ?, json_extract(j.value, '$[1]')
		FROM json_each(?) j`, int64(j.id), string(kind), role, in)
	return err
}

// end compares how everything is now. What did not change the file has too; an import that changed
// nothing at all vouches for nothing: the same file twice is one import.
func (j *journal) end(in *Import) error {
	return j.t.bulk(func(c *conn) error {
		for _, kind := range journaled {
			table, _ := factsOf(kind)
			_, err := c.exec("UPDATE import_changes SET role = '"+roleSeen+"' WHERE import = ? "+
				"AND kind = ? AND before IS "+imageOf(table.about()), int64(j.id), string(kind))
			if err != nil {
				return err
			}
			// What is as gone as it was before is nothing that the file has.
			_, err = c.exec("DELETE FROM import_changes WHERE import = ? AND kind = ? AND role = '"+
				roleSeen+"' AND NOT EXISTS (SELECT 1 FROM "+table.about().name+
				" x WHERE x.id = item AND x.gone = 0)", int64(j.id), string(kind))
			if err != nil {
				return err
			}
		}
		_, err := c.exec("UPDATE import_changes SET before = NULL WHERE import = ? AND role = ?",
			int64(j.id), roleSeen)
		if err != nil {
			return err
		}
		if err := j.known(c, in.Known); err != nil {
			return err
		}
		n, err := c.number(`SELECT count(*) FROM import_changes WHERE import = ? AND role = ?
			AND kind <> ?`, int64(j.id), roleChanged, string(kindProfile))
		if n > 0 || err != nil {
			return err
		}
		_, err = c.exec("DELETE FROM import_changes WHERE import = ? AND kind <> ?", int64(j.id),
			string(kindProfile))
		return err
	})
}

// known notes the lines that the file shares with the books; one that is not there any more means
// that the books moved on.
func (j *journal) known(c *conn, known []Known) error {
	pairs := make([][2]book.ItemID, len(known))
	ids := make([]book.ItemID, len(known))
	for i, k := range known {
		pairs[i], ids[i] = [2]book.ItemID{k.Line, k.Statement}, k.Line
	}
	in, err := packJSON(ids)
	if err != nil {
		return err
	}
	gone, err := c.number(`SELECT count(*) FROM json_each(?) j WHERE NOT EXISTS
		(SELECT 1 FROM bank_lines WHERE id = j.value AND gone = 0)`, in)
	if err != nil {
		return err
	}
	if gone > 0 {
		return fmt.Errorf("%w: %d known lines are gone", ErrMoved, gone)
	}
	return j.note(c, book.KindBankLine, roleSeen, pairs)
}

// change notes one thing that is no fact with how it was; before is nil where it was not there.
func (j *journal) change(c *conn, kind book.Kind, item, says string, before any) error {
	_, err := c.exec(`INSERT OR IGNORE INTO import_changes (import, kind, item, role, says, before)
		VALUES (?, ?, ?, 'changed', ?, ?)`, int64(j.id), string(kind), item, says, before)
	return err
}

// profile remembers how the file is read.
func (j *journal) profile(in *Import, at book.Instant) error {
	if in.Shape == "" || in.Profile == "" {
		return nil
	}
	var before any
	err := j.t.bulk(func(c *conn) error {
		return c.rows(j.t.ctx, "SELECT profile FROM import_profiles WHERE shape = ?",
			[]any{in.Shape}, func(vals []driver.Value) error {
				before = vals[0]
				return nil
			})
	})
	if err != nil {
		return err
	}
	if before == in.Profile {
		return j.t.bulk(func(c *conn) error {
			return j.note(c, kindProfile, roleSeen, [][2]book.ItemID{{book.ItemID(in.Shape)}})
		})
	}
	if err := saveProfile(j.t, in.Shape, in.Profile, at); err != nil {
		return err
	}
	return j.t.bulk(func(c *conn) error {
		return j.change(c, kindProfile, in.Shape, in.Profile, before)
	})
}

package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"countinghouse/app/book"
)

// cursorRow is a row of cursors. Turn grows with every write of the source's facts.
type cursorRow struct {
	Source string `gorm:"primaryKey"`
	Cursor string
	At     int64
	Turn   int64
}

func (cursorRow) TableName() string { return "cursors" }

func setCursor(t *tx, src book.SourceName, cursor string, at book.Instant) error {
	row := cursorRow{string(src), cursor, int64(at), 1}
	err := t.gorm.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "source"}},
		DoUpdates: clause.Assignments(map[string]any{"cursor": cursor, "at": int64(at),
			"turn": gorm.Expr("turn + 1")})}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("cursor: %w", err)
	}
	return nil
}

// Cursor is where a source's pull stands, "" where it never began.
func (s *Store) Cursor(ctx context.Context, src book.SourceName) (string, error) {
	var rows []cursorRow
	err := s.view(ctx, "cursor: "+string(src), func(t *tx) error {
		return t.gorm.Where("source = ?", string(src)).Find(&rows).Error
	})
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Cursor, nil
}

// SetCursor moves a source's cursor; "" makes its next pull begin anew.
func (s *Store) SetCursor(ctx context.Context, src book.SourceName, cursor string,
	at book.Instant) error {
	return s.write(ctx, "set cursor: "+string(src), func(t *tx) error {
		return setCursor(t, src, cursor, at)
	})
}

// Revision is the stored revision of a record, "" where it is not stored or gone.
func (s *Store) Revision(ctx context.Context, id book.ItemID) (string, error) {
	var out string
	err := s.view(ctx, "revision: "+string(id), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return c.rows(ctx, revisionQuery(), []any{string(id)}, func(vals []driver.Value) error {
				out, _ = vals[0].(string)
				return nil
			})
		})
	})
	return out, err
}

// revisionQuery asks all revised tables at once; an id stands in one of them.
var revisionQuery = sync.OnceValue(func() string {
	var parts []string
	for _, kind := range revised {
		table, _ := factsOf(kind)
		parts = append(parts, "SELECT revision FROM "+table.about().name+" WHERE id = ?1 AND gone = 0")
	}
	return strings.Join(parts, " UNION ALL ") + " LIMIT 1"
})

// HasRevision reports whether a source has transactions or payouts whose revision begins so.
func (s *Store) HasRevision(ctx context.Context, src book.SourceName, prefix string) (bool, error) {
	found := 0
	err := s.view(ctx, "revisions: "+string(src), func(t *tx) error {
		return t.gorm.Raw(`SELECT EXISTS (SELECT 1 FROM transactions
			WHERE source = ?1 AND gone = 0 AND substr(revision, 1, length(?2)) = ?2
			UNION ALL SELECT 1 FROM payouts
			WHERE source = ?1 AND gone = 0 AND substr(revision, 1, length(?2)) = ?2)`,
			string(src), prefix).Scan(&found).Error
	})
	return found == 1, err
}

// revised are the kinds whose records carry a revision.
var revised = []book.Kind{book.KindTransaction, book.KindInvoice, book.KindPayment,
	book.KindCustomer, book.KindService, book.KindCredit, book.KindPayout,
	book.KindSavedMethod}

// unsettled says by kind which records must be read again; ?1 is the source and ?2 the moment from
// which on a final one may still be reversed.
var unsettled = map[book.Kind]string{
	book.KindInvoice: `SELECT id FROM invoices WHERE source = ?1 AND gone = 0
		AND status IN ('draft', 'unpaid', 'payment_pending', 'collections') ORDER BY id`,
	book.KindTransaction: `SELECT id FROM transactions
		WHERE source = ?1 AND state = 'pending' AND gone = 0
		UNION SELECT id FROM transactions
		WHERE source = ?1 AND at >= ?2 AND state = 'succeeded' AND gone = 0
		AND kind IN ('charge', 'refund', 'dispute') ORDER BY id`,
	book.KindPayout: `SELECT id FROM payouts WHERE source = ?1 AND gone = 0
		AND (state IN ('pending', 'in_transit') OR state = 'paid' AND (members = 'pending'
			OR sent_at >= ?2)) ORDER BY id`,
}

// Unsettled lists a source's stored records of a kind that are not final: invoices that are draft
// or open; pending transactions, and charges, refunds and disputes since the moment, which may be
// reversed; payouts on their way, with members to come, or paid since the moment, which may come
// back. Other kinds are final: none are listed. Sorted by id.
func (s *Store) Unsettled(ctx context.Context, src book.SourceName, kind book.Kind,
	since book.Instant) ([]book.ItemID, error) {
	query, ok := unsettled[kind]
	if !ok {
		return nil, nil
	}
	args := []any{string(src), int64(since)}
	if kind == book.KindInvoice {
		args = args[:1]
	}
	var out []book.ItemID
	err := s.view(ctx, fmt.Sprintf("unsettled: %s %s", src, kind), func(t *tx) error {
		return t.bulk(func(c *conn) error { return ids(ctx, c, query, args, &out) })
	})
	return out, err
}

// Stored lists a source's stored records of a kind, those with a tombstone left out. Sorted by id.
func (s *Store) Stored(ctx context.Context, src book.SourceName, kind book.Kind) ([]book.ItemID,
	error) {
	var out []book.ItemID
	err := s.view(ctx, fmt.Sprintf("stored: %s %s", src, kind), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, table := range allFacts {
				m := table.about()
				if m.kind != kind || !m.hasID() {
					continue
				}
				err := ids(ctx, c, "SELECT id FROM "+m.name+" WHERE source = ? AND gone = 0 ORDER BY id",
					[]any{string(src)}, &out)
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	return out, err
}

// ids appends the first column of a query.
func ids(ctx context.Context, c *conn, query string, args []any, out *[]book.ItemID) error {
	return c.rows(ctx, query, args, func(vals []driver.Value) error {
		id, _ := vals[0].(string)
		*out = append(*out, book.ItemID(id))
		return nil
	})
}

// SourceRun is one pull from a source and how it ended.
type SourceRun struct {
	Source book.SourceName
	At     book.Instant
	// Result is "ok" or the kind of error, Message what people read.
	Result, Message string
	Count           Count
	Rejected        int
}

// sourceRunRow is a row of source_runs.
type sourceRunRow struct {
	ID                               int64 `gorm:"primaryKey"`
	Source                           string
	At                               int64
	Result, Message                  string
	Created, Changed, Same, Rejected int
}

func (sourceRunRow) TableName() string { return "source_runs" }

// SaveSourceRun records how a pull ended.
func (s *Store) SaveSourceRun(ctx context.Context, r SourceRun) error {
	row := sourceRunRow{Source: string(r.Source), At: int64(r.At), Result: r.Result,
		Message: r.Message, Created: r.Count.New, Changed: r.Count.Changed, Same: r.Count.Same,
		Rejected: r.Rejected}
	return s.write(ctx, "save source run: "+string(r.Source), func(t *tx) error {
		return t.gorm.Create(&row).Error
	})
}

// SourceState is where a source stands: its cursor and its last run; zero where it never ran.
type SourceState struct {
	Source  book.SourceName
	Cursor  string
	LastRun SourceRun
	// OKAt is when a run last ended without an error, zero for never.
	OKAt book.Instant
}

// SourceStates lists every source that ever ran or holds a cursor, sorted by name.
func (s *Store) SourceStates(ctx context.Context) ([]SourceState, error) {
	var out []SourceState
	err := s.view(ctx, "source states", func(t *tx) error {
		var rows []struct {
			Run    sourceRunRow `gorm:"embedded"`
			Cursor string
			OkAt   int64
		}
		err := t.gorm.Raw(`SELECT n.source, coalesce(c.cursor, '') AS cursor, r.id, r.at, r.result,
			r.message, r.created, r.changed, r.same, r.rejected,
			(SELECT max(at) FROM source_runs o
				WHERE o.source = n.source AND o.result = 'ok') AS ok_at
			FROM (SELECT source FROM cursors UNION SELECT source FROM source_runs) n
			LEFT JOIN cursors c ON c.source = n.source
			LEFT JOIN source_runs r ON r.id =
				(SELECT max(id) FROM source_runs l WHERE l.source = n.source)
			ORDER BY n.source`).Scan(&rows).Error
		for _, r := range rows {
			src := book.SourceName(r.Run.Source)
			state := SourceState{Source: src, Cursor: r.Cursor, OKAt: book.Instant(r.OkAt)}
			if r.Run.ID != 0 {
				state.LastRun = SourceRun{src, book.Instant(r.Run.At), r.Run.Result, r.Run.Message,
					Count{r.Run.Created, r.Run.Changed, r.Run.Same}, r.Run.Rejected}
			}
			out = append(out, state)
		}
		return err
	})
	return out, err
}

// Balances lists what the providers said they hold, sorted by source, currency and moment.
func (s *Store) Balances(ctx context.Context) ([]book.Balance, error) {
	recs, err := s.loadKinds(ctx, "balances", "", nil, KindBalance)
	return recs.Balances, err
}

// SourceCounts counts a source's stored records by kind, and tells the moment of the first
// transaction, payout or payment, zero where there is none.
func (s *Store) SourceCounts(ctx context.Context, src book.SourceName) (map[book.Kind]int, book.Instant,
	error) {
	counts := map[book.Kind]int{}
	first := book.Instant(0)
	err := s.view(ctx, "count: "+string(src), func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, kind := range revised {
				table, _ := factsOf(kind)
				name, at := table.about().name, dated[kind]
				if at == "" {
					at = "0"
				}
				query := "SELECT count(*), coalesce(min(nullif(" + at + ", 0)), 0) FROM " + name +
					" WHERE source = ? AND gone = 0"
				err := c.rows(ctx, query, []any{string(src)}, func(vals []driver.Value) error {
					n, _ := vals[0].(int64)
					from, _ := vals[1].(int64)
					counts[kind] = int(n)
					if from != 0 && (first == 0 || book.Instant(from) < first) {
						first = book.Instant(from)
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	return counts, first, err
}

// dated names the column with the moment of a kind's records, for those that have one.
var dated = map[book.Kind]string{book.KindTransaction: "at", book.KindPayout: "sent_at",
	book.KindPayment: "at"}

// Methods lists the payment methods of all billing systems, sorted by source and name.
func (s *Store) Methods(ctx context.Context) ([]book.Method, error) {
	recs, err := s.loadKinds(ctx, "methods", "", nil, KindMethod)
	return recs.Methods, err
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"countinghouse/app/book"
)

// Count says what became of records that were handed in.
type Count struct{ New, Changed, Same int }

// Applied says what a page came to.
type Applied struct {
	// Kinds counts by kind of record; kinds that the page did not hold are absent.
	Kinds map[book.Kind]Count
	// Gone counts records that got a tombstone, Rejected the rejects that were not known yet, and
	// Altered the records under a live match that changed in what the match rests on.
	Gone, Rejected, Altered int
}

// Total adds up all kinds.
func (a Applied) Total() Count {
	var out Count
	for _, c := range a.Kinds {
		out.New += c.New
		out.Changed += c.Changed
		out.Same += c.Same
	}
	return out
}

// Apply stores one page of a source: records, rejects and the cursor, all or nothing. Records that
// are stored as they come are not written again; a record that comes back loses its tombstone. A
// transaction that comes without its payout keeps the known one. What changed under a live match is
// listed by Alterations. Errors are of the kinds ErrFull, ErrLocked, ErrReadOnly and ErrCorrupt.
func (s *Store) Apply(ctx context.Context, src book.SourceName, recs book.Records,
	rejects []book.Reject, cursor string, at book.Instant) (Applied, error) {
	var out Applied
	err := s.write(ctx, fmt.Sprintf("apply page: %s", src), func(t *tx) (err error) {
		if out, err = apply(t, &recs, rejects, at); err != nil {
			return err
		}
		return setCursor(t, src, cursor, at)
	})
	if err != nil {
		return Applied{}, err
	}
	return out, nil
}

// errDry rolls a look back.
var errDry = errors.New("only a look")

// Add stores records of a source that came another way than by its pull, all or nothing, as Apply
// does; the source's cursor stays where it is. It returns ErrMoved where the source's facts were
// written since the turn: what the records were compared with may be old by now. With dry it only says
// what they would come to.
func (s *Store) Add(ctx context.Context, src book.SourceName, turn int64, recs book.Records,
	rejects []book.Reject, at book.Instant, dry bool) (Applied, error) {
	var out Applied
	err := s.write(ctx, fmt.Sprintf("add records: %s", src), func(t *tx) error {
		err := t.bulk(func(c *conn) error {
			now, err := turnOf(c, src)
			if err == nil && now != turn {
				err = ErrMoved
			}
			return err
		})
		if err != nil {
			return err
		}
		out, err = apply(t, &recs, rejects, at)
		if err == nil && dry {
			return errDry
		}
		return err
	})
	if err != nil && !errors.Is(err, errDry) {
		return Applied{}, err
	}
	return out, nil
}

func apply(t *tx, recs *book.Records, rejects []book.Reject, at book.Instant) (Applied, error) {
	out := Applied{Kinds: map[book.Kind]Count{}}
	err := t.bulk(func(c *conn) error {
		for _, table := range allFacts {
			m := table.about()
			n, err := table.upsert(t.ctx, c, recs)
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			if n != (Count{}) {
				out.Kinds[m.kind] = n
			}
		}
		for _, id := range recs.Gone {
			n, err := bury(c, id)
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			out.Gone += n
		}
		n, err := c.exec("UPDATE alterations SET at = ? WHERE at IS NULL", int64(at))
		out.Altered = n
		return err
	})
	if err != nil {
		return Applied{}, err
	}
	out.Rejected, err = keepRejects(t, rejects, at)
	return out, err
}

// bury gives a record its tombstone; a record that is not stored is none to lose.
func bury(c *conn, id book.ItemID) (int, error) {
	for _, table := range allFacts {
		m := table.about()
		if !m.hasID() {
			continue
		}
		set := "gone = 1"
		if m.kind == book.KindInvoice {
			set += ", status = '" + string(book.InvoiceGone) + "'"
		}
		n, err := c.exec("UPDATE "+m.name+" SET "+set+" WHERE id = ? AND gone = 0", string(id))
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, nil
}

// rejectRow is a row of rejects.
type rejectRow struct {
	Seq                              int64 `gorm:"primaryKey"`
	Origin, Place, Kind, Raw, Reason string
	At                               int64
}

func (rejectRow) TableName() string { return "rejects" }

// keepRejects stores rejects; the same one is kept once, with its first moment. A reject without a
// moment gets the page's.
func keepRejects(t *tx, rejects []book.Reject, at book.Instant) (int, error) {
	if len(rejects) == 0 {
		return 0, nil
	}
	rows := make([]rejectRow, len(rejects))
	for i, r := range rejects {
		if r.At == 0 {
			r.At = at
		}
		rows[i] = rejectRow{Origin: r.Origin, Place: r.Place, Kind: string(r.Kind), Raw: r.Raw,
			Reason: r.Reason, At: int64(r.At)}
	}
	res := t.gorm.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200)
	if res.Error != nil {
		return 0, fmt.Errorf("rejects: %w", res.Error)
	}
	return int(res.RowsAffected), nil
}

// KeepReject stores one record that could not be read, once.
func (s *Store) KeepReject(ctx context.Context, r book.Reject, at book.Instant) error {
	return s.write(ctx, "keep reject: "+r.Origin, func(t *tx) error {
		_, err := keepRejects(t, []book.Reject{r}, at)
		return err
	})
}

// Rejects lists the rejects of a source or account, "" for all, in the order in which they came.
func (s *Store) Rejects(ctx context.Context, origin string) ([]book.Reject, error) {
	var rows []rejectRow
	err := s.view(ctx, "rejects", func(t *tx) error {
		q := t.gorm.Order("seq")
		if origin != "" {
			q = q.Where("origin = ?", origin)
		}
		return q.Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	out := make([]book.Reject, len(rows))
	for i, r := range rows {
		out[i] = book.Reject{Origin: r.Origin, Place: r.Place, Kind: book.Kind(r.Kind), Raw: r.Raw,
			Reason: r.Reason, At: book.Instant(r.At)}
	}
	return out, nil
}

func atOf(clock func() time.Time) book.Instant {
	if clock == nil {
		return 0
	}
	return book.At(clock())
}

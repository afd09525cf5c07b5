package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func match(f *fields, m *book.Match) {
	text(f, "id", &m.ID)
	word(f, "pass", &m.Pass)
	word(f, "leg", &m.Leg)
	word(f, "state", &m.State)
	word(f, "rule", &m.Rule)
	list(f, "left", &m.Left)
	list(f, "right", &m.Right)
	uses(f, "uses", &m.Uses)
	amount(f, "residual", &m.Residual)
	text(f, "facts", &m.Facts)
}

// uses is a column of amounts, one a line: minor units, a blank, the currency.
func uses(f *fields, name string, p *[]money.Money) {
	var s string
	if f.mode == writing {
		var b []byte
		for _, u := range *p {
			b = append(strconv.AppendInt(b, u.Minor, 10), ' ')
			b = append(append(b, u.Currency...), '\n')
		}
		s = string(b)
	}
	text(f, name, &s)
	if f.mode != reading {
		return
	}
	*p = nil
	if s != "" {
		*p = make([]money.Money, 0, strings.Count(s, "\n"))
	}
	for line := range strings.Lines(s) {
		minor, currency, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		n, err := strconv.ParseInt(minor, 10, 64)
		f.fail(name, err)
		if kept, ok := f.words[currency]; ok {
			currency = kept
		}
		*p = append(*p, money.New(n, money.Currency(currency)))
	}
}

var matchColumns = columnsOf(match)

func columnsOf[T any](fn func(*fields, *T)) []string {
	f := fields{mode: naming}
	fn(&f, new(T))
	for i, c := range f.names {
		f.names[i] = quote(c)
	}
	return f.names
}

// row is a record's values as they are written, and a fingerprint of them.
type row struct {
	fields
	buf []byte
}

func newRow(width int) *row {
	r := &row{fields: fields{mode: writing, args: make([]driver.NamedValue, width)}}
	for i := range r.args {
		r.args[i].Ordinal = i + 1
	}
	return r
}

// fingerprint is the first 64 bits of SHA-256 over the values from a column on.
func (r *row) fingerprint() int64 {
	r.buf = r.buf[:0]
	for _, a := range r.args[:r.at] {
		switch v := a.Value.(type) {
		case int64:
			r.buf = binary.BigEndian.AppendUint64(r.buf, uint64(v))
		case string:
			r.buf = appendText(r.buf, v)
		}
	}
	sum := sha256.Sum256(r.buf)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Matches lists all matches of any state, sorted by id.
func (s *Store) Matches(ctx context.Context) ([]book.Match, error) {
	return s.matches(ctx, "matches", "ORDER BY id", nil)
}

// MatchesOf lists the matches of any state that hold one of the items, sorted by id.
func (s *Store) MatchesOf(ctx context.Context, items []book.ItemID) ([]book.Match, error) {
	in, err := packJSON(items)
	if err != nil {
		return nil, explain("matches of items", err)
	}
	return s.matches(ctx, "matches of items", `WHERE seq IN (SELECT match FROM allocations
		WHERE item IN (SELECT value FROM json_each(?))) ORDER BY id`, []any{in})
}

func (s *Store) matches(ctx context.Context, op, where string, args []any) ([]book.Match, error) {
	var out []book.Match
	err := s.view(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			f := reader()
			query := "SELECT " + strings.Join(matchColumns, ", ") + " FROM matches " + where
			return c.rows(ctx, query, args, func(vals []driver.Value) error {
				var m book.Match
				f.vals, f.at = vals, 0
				match(f, &m)
				out = append(out, m)
				return f.err
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Decision is who decided, when and why.
type Decision struct {
	By  string
	At  book.Instant
	Why string
}

// Decide stores what a person decided about a match: its state is confirmed or rejected. It stands
// against every later run. It returns ErrConflict where the match would use more of an item than
// the other live matches leave.
func (s *Store) Decide(ctx context.Context, m book.Match, d Decision) error {
	op := "decide match " + m.ID
	if m.State != book.Confirmed && m.State != book.Rejected {
		return explain(op, fmt.Errorf("%w: its state is %s", ErrConflict, m.State))
	}
	return s.write(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			w, err := newMatchWriter(c, 0)
			if err != nil {
				return err
			}
			seq, err := c.number("SELECT seq FROM matches WHERE id = ?", m.ID)
			if err != nil {
				return err
			}
			if seq != 0 {
				if err := w.drop([]int64{seq}); err != nil {
					return err
				}
			}
			if err := w.insert(ctx, []*book.Match{&m}); err != nil {
				return err
			}
			_, err = c.exec(`UPDATE matches SET decided_by = ?, decided_at = ?, decided_why = ?
				WHERE id = ?`, d.By, int64(d.At), d.Why, m.ID)
			return err
		})
	})
}

// Decisions are who decided about matches, by the match's id.
func (s *Store) Decisions(ctx context.Context) (map[string]Decision, error) {
	out := map[string]Decision{}
	err := s.view(ctx, "decisions", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return c.rows(ctx, `SELECT id, decided_by, decided_at, decided_why FROM matches
				WHERE state IN ('confirmed', 'rejected')`, nil, func(vals []driver.Value) error {
				by, _ := vals[1].(string)
				at, _ := vals[2].(int64)
				why, _ := vals[3].(string)
				out[vals[0].(string)] = Decision{by, book.Instant(at), why}
				return nil
			})
		})
	})
	return out, err
}

// matchWriter writes matches with their allocations.
type matchWriter struct {
	c   *conn
	run int64
	// seq is the last number given to a match.
	seq int64
}

func newMatchWriter(c *conn, run int64) (*matchWriter, error) {
	seq, err := c.number("SELECT max(seq) FROM matches")
	return &matchWriter{c: c, run: run, seq: seq}, err
}

// drop removes matches and what they use.
func (w *matchWriter) drop(seqs []int64) error {
	for _, seq := range seqs {
		var leg string
		var items []book.ItemID
		err := w.c.rows(context.Background(),
			`SELECT leg, "left", "right" FROM matches WHERE seq = ?`, []any{seq},
			func(vals []driver.Value) error {
				leg, _ = vals[0].(string)
				left, _ := vals[1].(string)
				right, _ := vals[2].(string)
				items = append(unpacked[book.ItemID](left), unpacked[book.ItemID](right)...)
				return nil
			})
		if err != nil {
			return err
		}
		for _, item := range items {
			_, err := w.c.exec("DELETE FROM allocations WHERE item = ? AND leg = ? AND match = ?",
				string(item), leg, seq)
			if err != nil {
				return err
			}
		}
		if _, err := w.c.exec("DELETE FROM matches WHERE seq = ?", seq); err != nil {
			return err
		}
	}
	return nil
}

// matchBlock is how many matches are written before what they use: enough to write that in the
// order of its index, little enough to be held in memory.
const matchBlock = 50_000

// insert writes matches, which should come sorted by id so that they lie in that order.
func (w *matchWriter) insert(ctx context.Context, matches []*book.Match) error {
	for block := range slices.Chunk(matches, matchBlock) {
		var takes []take
		r := newRow(len(matchColumns) + 3)
		query := "INSERT INTO matches (" + strings.Join(matchColumns, ", ") + ", sum, run, seq) " +
			"VALUES " + placeholders(1, len(matchColumns)+3)
		for i, m := range block {
			if i%1000 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			w.seq++
			r.at = 0
			match(&r.fields, m)
			r.put(r.fingerprint())
			r.put(w.run)
			r.put(w.seq)
			if _, err := w.c.execNamed(query, r.args); err != nil {
				return fmt.Errorf("match %s: %w", m.ID, err)
			}
			var err error
			if takes, err = appendTakes(takes, m, w.seq); err != nil {
				return err
			}
		}
		if err := w.allocate(ctx, takes); err != nil {
			return err
		}
	}
	return nil
}

// take is what one match uses of one item.
type take struct {
	item  book.ItemID
	leg   book.Leg
	match int64
	use   money.Money
	live  bool
	id    string
}

func appendTakes(to []take, m *book.Match, seq int64) ([]take, error) {
	n := len(m.Left) + len(m.Right)
	if len(m.Uses) != n && (m.State.Live() || len(m.Uses) != 0) {
		return nil, fmt.Errorf("match %s: %w: %d uses of %d items", m.ID, ErrConflict,
			len(m.Uses), n)
	}
	for i := range n {
		t := take{leg: m.Leg, match: seq, live: m.State.Live(), id: m.ID}
		if i < len(m.Left) {
			t.item = m.Left[i]
		} else {
			t.item = m.Right[i-len(m.Left)]
		}
		if len(m.Uses) > 0 {
			t.use = m.Uses[i]
		}
		to = append(to, t)
	}
	return to, nil
}

// takesPerStatement balances like rowsPerStatement.
const takesPerStatement = 100

// allocate writes what matches use, in the order of the index.
func (w *matchWriter) allocate(ctx context.Context, takes []take) error {
	slices.SortFunc(takes, func(a, b take) int {
		return cmp.Or(byID(a.item, b.item), cmp.Compare(a.leg, b.leg), cmp.Compare(a.match, b.match))
	})
	const width = 6
	sql := func(n int) string {
		return "INSERT INTO allocations (item, leg, match, amount, currency, live) VALUES " +
			placeholders(n, width)
	}
	many, one := sql(takesPerStatement), sql(1)
	r := newRow(takesPerStatement * width)
	for chunk := range slices.Chunk(takes, takesPerStatement) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.at = 0
		for _, t := range chunk {
			r.take(t)
		}
		var err error
		if len(chunk) == takesPerStatement {
			_, err = w.c.execNamed(many, r.args)
		}
		if err == nil && len(chunk) == takesPerStatement {
			continue
		}
		// The last ones go singly; so do those that were refused together, to name the one.
		for _, t := range chunk {
			r.at = 0
			r.take(t)
			if _, err := w.c.execNamed(one, r.args[:width]); err != nil {
				return fmt.Errorf("match %s takes %s of %s: %w", t.id, t.use, t.item, err)
			}
		}
		if err != nil {
			return errors.Join(errors.New("refused together, not singly"), err)
		}
	}
	return nil
}

func (r *row) take(t take) {
	var live int64
	if t.live {
		live = 1
	}
	r.put(string(t.item))
	r.put(string(t.leg))
	r.put(t.match)
	r.put(t.use.Minor)
	r.put(string(t.use.Currency))
	r.put(live)
}

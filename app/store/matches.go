package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
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

// Decided lists the matches that people confirmed or rejected, sorted by id.
func (s *Store) Decided(ctx context.Context) ([]book.Match, error) {
	return s.matches(ctx, "decided matches", "WHERE state IN ('confirmed', 'rejected') ORDER BY id", nil)
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
		err := w.onItems(seq, "DELETE FROM allocations WHERE item = ? AND leg = ? AND match = ?")
		if err != nil {
			return err
		}
		if _, err := w.c.exec("DELETE FROM matches WHERE seq = ?", seq); err != nil {
			return err
		}
	}
	return nil
}

// suspend keeps matches and frees what they use.
func (w *matchWriter) suspend(seqs []int64) error {
	for _, seq := range seqs {
		err := w.onItems(seq,
			"UPDATE allocations SET live = 0 WHERE item = ? AND leg = ? AND match = ?")
		if err != nil {
			return err
		}
		_, err = w.c.exec("UPDATE matches SET live = 0, run = ? WHERE seq = ?", w.run, seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// onItems runs a statement for every item of a match, with the item, the leg and the match's number.
func (w *matchWriter) onItems(seq int64, query string) error {
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
		if _, err := w.c.exec(query, string(item), leg, seq); err != nil {
			return err
		}
	}
	return nil
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// insert writes matches, which should come sorted by id so that they lie in that order.
func (w *matchWriter) insert(ctx context.Context, matches []*book.Match) error {
	r := newRow(len(matchColumns) + 4)
	query := "INSERT INTO matches (" + strings.Join(matchColumns, ", ") + ", sum, run, seq, live)" +
		" VALUES " + placeholders(1, len(matchColumns)+4)
	takes := allocationsOf(matches, w.seq+1)
	// Sorting only reads the matches; nobody has to wait for it who gives up.
	sorted := make(chan struct{})
	go func() {
		takes.sort()
		close(sorted)
	}()
	for i, m := range matches {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		n := len(m.Left) + len(m.Right)
		if len(m.Uses) != n && (m.State.Live() || len(m.Uses) != 0) {
			return fmt.Errorf("match %s: %w: %d uses of %d items", m.ID, ErrConflict, len(m.Uses), n)
		}
		w.seq++
		r.at = 0
		match(&r.fields, m)
		r.put(r.fingerprint())
		r.put(w.run)
		r.put(w.seq)
		r.put(bit(m.State.Live()))
		if _, err := w.c.execNamed(query, r.args); err != nil {
			return fmt.Errorf("match %s: %w", m.ID, err)
		}
	}
	<-sorted
	return w.allocate(ctx, takes)
}

// take names what a match uses of one of its items, by the places of both: a run has millions.
type take struct{ match, item int32 }

// allocations are what matches use, the first of which has the number first.
type allocations struct {
	matches []*book.Match
	takes   []take
	first   int64
}

// allocationsOf are those of matches that will have the numbers from first on.
func allocationsOf(matches []*book.Match, first int64) *allocations {
	n := 0
	for _, m := range matches {
		n += len(m.Left) + len(m.Right)
	}
	takes := make([]take, 0, n)
	for i, m := range matches {
		for k := range len(m.Left) + len(m.Right) {
			takes = append(takes, take{int32(i), int32(k)})
		}
	}
	return &allocations{matches, takes, first}
}

func (a *allocations) item(t take) book.ItemID {
	m := a.matches[t.match]
	if int(t.item) < len(m.Left) {
		return m.Left[t.item]
	}
	return m.Right[int(t.item)-len(m.Left)]
}

func (a *allocations) use(t take) money.Money {
	if uses := a.matches[t.match].Uses; len(uses) > 0 {
		return uses[t.item]
	}
	return money.Money{}
}

// sort puts the takes in the order of the table, so that they are appended rather than strewn.
func (a *allocations) sort() {
	slices.SortFunc(a.takes, func(x, y take) int {
		if c := byID(a.item(x), a.item(y)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.matches[x.match].Leg, a.matches[y.match].Leg),
			cmp.Compare(x.match, y.match))
	})
}

// put writes one take's row.
func (a *allocations) put(r *row, t take) {
	m, use := a.matches[t.match], a.use(t)
	r.put(string(a.item(t)))
	r.put(string(m.Leg))
	r.put(a.first + int64(t.match))
	r.put(use.Minor)
	r.put(string(use.Currency))
	r.put(bit(m.State.Live()))
	r.put(bit(int(t.item) >= len(m.Left)))
}

// takesPerStatement balances like rowsPerStatement.
const takesPerStatement = 100

// allocate writes what matches use, sorted; the database refuses what exceeds an item.
func (w *matchWriter) allocate(ctx context.Context, a *allocations) error {
	const width = 7
	sql := func(n int) string {
		return "INSERT INTO allocations (item, leg, match, amount, currency, live, side) VALUES " +
			placeholders(n, width)
	}
	many, one := sql(takesPerStatement), sql(1)
	r := newRow(takesPerStatement * width)
	for chunk := range slices.Chunk(a.takes, takesPerStatement) {
		if err := ctx.Err(); err != nil {
			return err
		}
		var refused error
		if len(chunk) == takesPerStatement {
			r.at = 0
			for _, t := range chunk {
				a.put(r, t)
			}
			if _, refused = w.c.execNamed(many, r.args); refused == nil {
				continue
			}
		}
		// The last ones go singly; so do those that were refused together, to name the one.
		for _, t := range chunk {
			r.at = 0
			a.put(r, t)
			if _, err := w.c.execNamed(one, r.args[:width]); err != nil {
				return fmt.Errorf("match %s takes %s of %s: %w", a.matches[t.match].ID, a.use(t),
					a.item(t), err)
			}
		}
		if refused != nil {
			return refused
		}
	}
	return nil
}

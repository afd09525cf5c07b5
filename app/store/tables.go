package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"

	"countinghouse/app/book"
)

// The kinds of fact that have no identifier of their own, beside those of book.
const (
	KindMethod    book.Kind = "method"
	KindRate      book.Kind = "rate"
	KindSetting   book.Kind = "setting"
	KindBalance   book.Kind = "balance"
	KindStatement book.Kind = "statement"
)

// table is how one kind of fact lies in the database.
type table[T any] struct {
	name string
	kind book.Kind
	// key are the columns that name a record; "id" but for those without one.
	key []string
	// owner is the column that names the source or account.
	owner string
	// of is the kind's slice in a batch.
	of func(*book.Records) *[]T
	// fields carries one record; id is its identifier, "" without one.
	fields func(*fields, *T)
	order  func(a, b T) int
	// keeps overrides how a column is set when the record comes again.
	keeps map[string]string

	// described holds what about says; it is asked for with every record that is looked up.
	once      sync.Once
	described meta
}

// facts is a table of any kind of record.
type facts interface {
	about() meta
	// upsert writes the kind's records of a batch and counts them.
	upsert(ctx context.Context, c *conn, r *book.Records) (Count, error)
	// contested lists the batch's records that are stored under their id with other content and
	// without a tombstone; columns that keeps governs don't count.
	contested(ctx context.Context, c *conn, r *book.Records) ([]book.ItemID, error)
	// read appends the rows of a query over the columns to the kind's slice of r.
	read(ctx context.Context, c *conn, f *fields, where string, args []any, r *book.Records) error
	// sort orders the kind's slice of r by identifier.
	sort(r *book.Records)
	// grow makes room for n records in the kind's slice of r.
	grow(r *book.Records, n int)
	// only is the first record of the kind in r, as a value of its book type.
	only(r *book.Records) (any, bool)
}

type meta struct {
	name, owner  string
	kind         book.Kind
	key, columns []string
}

// hasID reports whether the records carry an identifier.
func (m meta) hasID() bool { return m.key[0] == "id" }

func (m meta) selects() string {
	quoted := make([]string, len(m.columns))
	for i, c := range m.columns {
		quoted[i] = quote(c)
	}
	return "SELECT " + strings.Join(quoted, ", ") + " FROM " + m.name
}

func (t *table[T]) about() meta {
	t.once.Do(func() {
		f := fields{mode: naming}
		t.fields(&f, new(T))
		owner := t.owner
		if owner == "" {
			owner = "source"
		}
		t.described = meta{name: t.name, owner: owner, kind: t.kind, key: t.key, columns: f.names}
	})
	return t.described
}

// rowsPerStatement balances the cost of a statement against the cost of preparing one.
const rowsPerStatement = 50

// upsertSQL is the statement that writes n records: new ones go in, known ones change only where a
// column differs, so that the count of changes is true and nothing is written twice.
func (t *table[T]) upsertSQL(n int) string {
	m := t.about()
	var sets, differs []string
	quoted := make([]string, len(m.columns))
	for i, c := range m.columns {
		quoted[i] = quote(c)
		if slices.Contains(t.key, c) {
			continue
		}
		value := "excluded." + quote(c)
		if keep, ok := t.keeps[c]; ok {
			value = keep
		}
		sets = append(sets, quote(c)+" = "+value)
		differs = append(differs, m.name+"."+quote(c)+" IS NOT "+value)
	}
	return fmt.Sprintf(`INSERT INTO %s (%s) VALUES %s ON CONFLICT (%s) DO UPDATE SET %s, gone = 0
		WHERE %s OR %[1]s.gone <> 0`, m.name, strings.Join(quoted, ", "),
		placeholders(n, len(m.columns)), strings.Join(t.key, ", "), strings.Join(sets, ", "),
		strings.Join(differs, " OR "))
}

func (t *table[T]) upsert(ctx context.Context, c *conn, r *book.Records) (Count, error) {
	records := *t.of(r)
	if len(records) == 0 {
		return Count{}, nil
	}
	before, err := c.number("SELECT max(seq) FROM " + t.name)
	if err != nil {
		return Count{}, err
	}
	touched, width := 0, len(t.about().columns)
	f := fields{mode: writing, args: make([]driver.NamedValue, rowsPerStatement*width)}
	for i := range f.args {
		f.args[i].Ordinal = i + 1
	}
	many, one := t.upsertSQL(rowsPerStatement), t.upsertSQL(1)
	for i := 0; i < len(records); {
		if err := ctx.Err(); err != nil {
			return Count{}, err
		}
		query, n := many, rowsPerStatement
		if len(records)-i < n {
			query, n = one, 1
		}
		f.at = 0
		for k := range n {
			t.fields(&f, &records[i+k])
		}
		if f.err != nil {
			return Count{}, f.err
		}
		changed, err := c.execNamed(query, f.args[:n*width])
		if err != nil {
			return Count{}, err
		}
		touched += changed
		i += n
	}
	after, err := c.number("SELECT max(seq) FROM " + t.name)
	if err != nil {
		return Count{}, err
	}
	created := int(after - before)
	return Count{New: created, Changed: touched - created, Same: len(records) - touched}, nil
}

func (t *table[T]) contested(ctx context.Context, c *conn, r *book.Records) ([]book.ItemID,
	error) {
	m := t.about()
	var differs []string
	for i, col := range m.columns {
		if _, ok := t.keeps[col]; !ok {
			differs = append(differs, fmt.Sprintf("s.%s IS NOT n.c%d", quote(col), i))
		}
	}
	given := make([]string, len(m.columns))
	for i := range given {
		given[i] = fmt.Sprintf("? AS c%d", i)
	}
	query := fmt.Sprintf("SELECT s.id FROM (SELECT %s) n JOIN %s s ON s.id = n.c0 "+
		"WHERE s.gone = 0 AND (%s)", strings.Join(given, ", "), m.name,
		strings.Join(differs, " OR "))
	row := newRow(len(m.columns))
	records := *t.of(r)
	var out []book.ItemID
	for i := range records {
		row.at = 0
		t.fields(&row.fields, &records[i])
		args := make([]any, len(row.args))
		for k, a := range row.args {
			args[k] = a.Value
		}
		if err := ids(ctx, c, query, args, &out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *table[T]) read(ctx context.Context, c *conn, f *fields, where string, args []any,
	r *book.Records) error {
	to := t.of(r)
	return c.rows(ctx, t.about().selects()+" "+where, args, func(vals []driver.Value) error {
		var rec T
		f.vals, f.at = vals, 0
		t.fields(f, &rec)
		*to = append(*to, rec)
		return f.err
	})
}

func (t *table[T]) sort(r *book.Records) { slices.SortFunc(*t.of(r), t.order) }

func (t *table[T]) grow(r *book.Records, n int) { *t.of(r) = slices.Grow(*t.of(r), n) }

func (t *table[T]) only(r *book.Records) (any, bool) {
	if s := *t.of(r); len(s) > 0 {
		return s[0], true
	}
	return nil, false
}

// factsOf finds a kind's table; false for a kind that is not kept.
func factsOf(kind book.Kind) (facts, bool) {
	for _, t := range allFacts {
		if t.about().kind == kind {
			return t, true
		}
	}
	return nil, false
}

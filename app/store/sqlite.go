package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// What only SQLite can say stands in this file and in the migrations.

// oldestSQLite is the first release without the data race of the write-ahead log on checkpoints
// (SQLite release notes 3.51.3, read 2026-11).
const oldestSQLite = 3051003

// applicationID marks our files ("CoHo"), so that another program's database is never taken over.
const applicationID = 0x436f486f

// setting is a pragma, how it is set, and how it reads once it is.
type setting struct{ name, value, reads string }

// settings hold on every connection.
var settings = []setting{
	{"busy_timeout", "5000", "5000"},
	{"foreign_keys", "1", "1"},
	{"synchronous", "FULL", "2"},
	{"cache_size", "-65536", "-65536"},
	{"temp_store", "MEMORY", "2"},
	{"journal_size_limit", "67108864", "67108864"},
	{"wal_autocheckpoint", "8000", "8000"},
}

func dsn(path string) string {
	path = (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return (&url.URL{Scheme: "file", Opaque: path}).String() +
		"?_txlock=immediate&_busy_timeout=5000&_foreign_keys=1&_synchronous=FULL"
}

// connector opens connections with our settings and refuses one where a setting did not take.
type connector struct {
	path string
	// reads makes connections that can't write.
	reads bool
}

// Driver is SQLite's.
func (k connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// Connect opens one connection.
func (k connector) Connect(context.Context) (driver.Conn, error) {
	d := &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		if version, n, _ := sqlite3.Version(); n < oldestSQLite {
			return fmt.Errorf("sqlite %s is too old", version)
		}
		for _, s := range settings {
			if err := set(c, s); err != nil {
				return err
			}
		}
		if k.reads {
			return set(c, setting{"query_only", "1", "1"})
		}
		return nil
	}}
	c, err := d.Open(dsn(k.path))
	if err != nil {
		return nil, err
	}
	return &conn{c.(*sqlite3.SQLiteConn), map[string]driver.Stmt{}}, nil
}

// writeAhead is set once the file is known to be ours: it changes the file.
var writeAhead = setting{"journal_mode", "WAL", "wal"}

// set sets a pragma and reads it back.
func set(lite *sqlite3.SQLiteConn, s setting) error {
	c := &conn{lite, map[string]driver.Stmt{}}
	if _, err := lite.Exec("PRAGMA "+s.name+" = "+s.value, nil); err != nil {
		return err
	}
	var got string
	err := c.rows(context.Background(), "PRAGMA "+s.name, nil, func(vals []driver.Value) error {
		got = fmt.Sprint(vals[0])
		return nil
	})
	err = errors.Join(err, c.forget())
	if err == nil && got != s.reads {
		err = fmt.Errorf("the setting %s is %s and must be %s", s.name, got, s.reads)
	}
	return err
}

// reachable looks at the path before SQLite does, whose errors all read alike.
func reachable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%w: %s is a folder", ErrNoFile, path)
	case err == nil:
		return writable(path)
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	folder := filepath.Dir(path)
	if info, err = os.Stat(folder); err != nil {
		return fmt.Errorf("%w: no folder %s", ErrNoFile, folder)
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: %s is no folder", ErrNoFile, folder)
	}
	// SQLite would make the file for everybody to read, and what it keeps beside it like the file.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return f.Close()
}

func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return f.Close()
}

// conn is one connection to SQLite underneath database/sql, which keeps its prepared statements as long
// as it is open. Whoever moves rows in bulk uses it: no reflection, no copy. It is used by one goroutine
// at a time.
type conn struct {
	*sqlite3.SQLiteConn
	stmts map[string]driver.Stmt
}

// bulk runs fn on the connection underneath c.
func bulk(c *sql.Conn, fn func(*conn) error) error {
	return c.Raw(func(dc any) error { return fn(dc.(*conn)) })
}

func (c *conn) stmt(query string) (driver.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.Prepare(query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

// forget lets the prepared statements go.
func (c *conn) forget() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	clear(c.stmts)
	return errors.Join(errs...)
}

// Close closes the connection.
func (c *conn) Close() error { return errors.Join(c.forget(), c.SQLiteConn.Close()) }

// exec runs a prepared statement and returns how many rows it changed. It does not watch a context:
// statements are short, and callers look between them.
func (c *conn) exec(query string, args ...any) (int, error) {
	return c.execNamed(query, named(args))
}

func (c *conn) execNamed(query string, args []driver.NamedValue) (int, error) {
	s, err := c.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := s.(driver.StmtExecContext).ExecContext(context.Background(), args)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// rows calls fn for each row of a query; vals is only good until fn returns.
func (c *conn) rows(ctx context.Context, query string, args []any,
	fn func(vals []driver.Value) error) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), named(args))
	if err != nil {
		return err
	}
	defer rows.Close()
	vals := make([]driver.Value, len(rows.Columns()))
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := rows.Next(vals); {
		case isEnd(err):
			return nil
		case err != nil:
			return err
		}
		if err := fn(vals); err != nil {
			return err
		}
	}
}

// number is the first column of a query's only row, 0 where it is NULL.
func (c *conn) number(query string, args ...any) (int64, error) {
	var n int64
	err := c.rows(context.Background(), query, args, func(vals []driver.Value) error {
		n, _ = vals[0].(int64)
		return nil
	})
	return n, err
}

func named(args []any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}

// copyTo writes the whole database into a new file that appears only when it is complete and on
// the disk.
func copyTo(ctx context.Context, c *sql.Conn, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%w: %s exists", ErrConflict, file)
	}
	// Two processes may copy at once. VACUUM writes into a file that is empty.
	empty, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoFile, err)
	}
	part := empty.Name()
	if err := empty.Close(); err != nil {
		return errors.Join(err, dropFile(part))
	}
	if _, err := c.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return errors.Join(err, dropFile(part))
	}
	if err := errors.Join(os.Chmod(part, 0o600), syncFile(part)); err != nil {
		return errors.Join(err, dropFile(part))
	}
	if err := os.Rename(part, file); err != nil {
		return errors.Join(err, dropFile(part))
	}
	return syncFolder(filepath.Dir(file))
}

func dropFile(file string) error {
	if err := os.Remove(file); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes a rename durable; systems that can't sync a folder need none.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// integrity is what SQLite itself finds wrong with the file; empty when it is sound.
func integrity(ctx context.Context, c *conn) ([]string, error) {
	var out []string
	err := c.rows(ctx, "PRAGMA integrity_check(20)", nil, func(vals []driver.Value) error {
		if s := fmt.Sprint(vals[0]); s != "ok" {
			out = append(out, s)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.rows(ctx, "PRAGMA foreign_key_check", nil, func(vals []driver.Value) error {
		out = append(out, fmt.Sprintf("table %v row %v refers to nothing in %v", vals[0], vals[1],
			vals[2]))
		return nil
	})
	return out, err
}

// placeholders is "(?,?),(?,?)" for rows of columns.
func placeholders(rows, columns int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

func quote(name string) string { return strconv.Quote(name) }

// Package store owns the books on disk: facts as sources and banks state them, and apart from them
// what was concluded here, in one SQLite file through GORM. Only app calls it. It knows value types
// only: it never calls a source or an engine, reads no clock and opens no network.
package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options are what a store needs to be opened.
type Options struct {
	// Program is the program's version, which the schema remembers: "1.0.0".
	Program string
	// Clock tells when a migration was made; nil leaves it unset.
	Clock func() time.Time
}

// readers is how many connections may read at once beside the writer.
const readers = 3

// Store is an open database. It is safe for use by many goroutines: one writes at a time, others
// read what was committed before they began.
type Store struct {
	path string
	// pool holds the writer's only connection, and turn the right to use it.
	pool   *sql.DB
	writer *sql.Conn
	turn   chan struct{}
	reads  *sql.DB
	// orm is GORM without a connection of its own: each transaction lends it one.
	orm *gorm.DB
	// broken says that the audit chain does not hold: nothing is written any more.
	broken bool
}

// Open opens the database at a path, makes it where there is none, and brings its schema up to
// date after a backup beside it. Errors are of the kinds ErrNoFile, ErrReadOnly, ErrNewer,
// ErrCorrupt, ErrLocked and ErrFull.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{path: path, turn: make(chan struct{}, 1)}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(explain("open "+path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) (err error) {
	if err := reachable(s.path); err != nil {
		return err
	}
	steps, err := migrations(migrationFiles)
	if err != nil {
		return err
	}
	s.pool = sql.OpenDB(connector{path: s.path})
	s.pool.SetMaxOpenConns(1)
	if s.writer, err = s.pool.Conn(ctx); err != nil {
		return err
	}
	m := migrator{path: s.path, program: o.Program, steps: steps, at: atOf(o.Clock)}
	// Look before anything is written: a database that is not ours stays as it is.
	if _, err := m.version(ctx, s.writer); err != nil {
		return err
	}
	err = bulk(s.writer, func(c *conn) error { return set(c.SQLiteConn, writeAhead) })
	if err != nil {
		return err
	}
	if err := m.run(ctx, s.writer); err != nil {
		return err
	}
	s.reads = sql.OpenDB(connector{path: s.path, reads: true})
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	s.orm, err = gorm.Open(sqlite.New(sqlite.Config{Conn: s.writer}), &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
	})
	if err != nil {
		return err
	}
	if err := s.chainHistory(ctx); err != nil {
		return err
	}
	err = s.view(ctx, "look at the audit chain", func(t *tx) error {
		return t.bulk(func(c *conn) error { return tailHolds(ctx, c) })
	})
	if s.broken = errors.Is(err, ErrBroken); s.broken {
		return nil // what is there can be read
	}
	return err
}

// Broken says that the audit chain does not hold, so that nothing is written.
func (s *Store) Broken() bool { return s.broken }

// Close lets go of the file, after whoever writes has finished. It may be called twice.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
		s.writer = nil
	}
	for _, pool := range []*sql.DB{s.pool, s.reads} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return explain("close", errors.Join(errs...))
}

// Path is where the database lies.
func (s *Store) Path() string { return s.path }

// tx is one transaction: records in ones and hundreds through GORM, rows in bulk through bulk.
type tx struct {
	ctx  context.Context
	gorm *gorm.DB
	conn *sql.Conn
}

func (t *tx) bulk(fn func(*conn) error) error { return bulk(t.conn, fn) }

var errClosed = errors.New("the database is closed")

// write runs fn in one transaction that is kept whole when fn returns nil, and not at all
// otherwise or when the process ends meanwhile. It waits its turn.
func (s *Store) write(ctx context.Context, op string, fn func(*tx) error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return explain(op, ctx.Err())
	}
	if s.writer == nil {
		return explain(op, errClosed)
	}
	if s.broken {
		return explain(op, ErrBroken)
	}
	return explain(op, s.transact(ctx, s.writer, "BEGIN IMMEDIATE", fn))
}

// view runs fn on one unchanging state of the database.
func (s *Store) view(ctx context.Context, op string, fn func(*tx) error) error {
	c, err := s.reads.Conn(ctx)
	if err != nil {
		return explain(op, err)
	}
	defer c.Close()
	return explain(op, s.transact(ctx, c, "BEGIN", fn))
}

func (s *Store) transact(ctx context.Context, c *sql.Conn, begin string,
	fn func(*tx) error) error {
	if _, err := c.ExecContext(ctx, begin); err != nil {
		return err
	}
	orm := s.orm.Session(&gorm.Session{NewDB: true, Context: ctx})
	orm.Statement.ConnPool = c
	err := fn(&tx{ctx: ctx, gorm: orm, conn: c})
	if err == nil {
		err = ctx.Err()
	}
	// The end of a transaction does not depend on who waits for it.
	end := context.WithoutCancel(ctx)
	if err == nil {
		_, err = c.ExecContext(end, "COMMIT")
	}
	if err != nil {
		// SQLite may have rolled back by itself, on a full disk for one; then this has no effect.
		_, _ = c.ExecContext(end, "ROLLBACK")
	}
	return err
}

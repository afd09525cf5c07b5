package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"countinghouse/app/book"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered step of the schema.
type migration struct {
	version int
	name    string
	// statements are the parts of the file between blank lines.
	statements []string
}

// migrations reads the steps in order; their numbers must run from 1 without a gap.
func migrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var out []migration
	for i, name := range names {
		base := strings.TrimSuffix(strings.TrimPrefix(name, "migrations/"), ".sql")
		number, title, _ := strings.Cut(base, "_")
		n, err := strconv.Atoi(number)
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s is not number %d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		out = append(out, migration{n, title, statementsOf(string(text))})
	}
	return out, nil
}

// statementsOf cuts a file at its blank lines and leaves parts out that hold comments only.
func statementsOf(text string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		for line := range strings.Lines(part) {
			if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "--") {
				out = append(out, part)
				break
			}
		}
	}
	return out
}

// migrator brings one database up to date.
type migrator struct {
	path    string
	program string
	steps   []migration
	at      book.Instant
	// after is called behind every statement; an error cuts the migration off there. Only tests
	// set it.
	after func(version, statement int) error
}

// run brings the schema up to the last step. A database that holds anything is copied first; each
// step is one transaction with its row in schema_versions, and all steps of a new database are one,
// so that nobody sees it half made.
func (m *migrator) run(ctx context.Context, c *sql.Conn) error {
	version, err := m.version(ctx, c)
	if err != nil {
		return err
	}
	if version == len(m.steps) {
		return nil
	}
	if version > 0 {
		if err := m.backup(ctx, c, version); err != nil {
			return fmt.Errorf("backup before the upgrade: %w", err)
		}
	}
	if version == 0 {
		return m.apply(ctx, c, m.steps)
	}
	for i := range m.steps[version:] {
		if err := m.apply(ctx, c, m.steps[version+i:version+i+1]); err != nil {
			return err
		}
	}
	return nil
}

// version is the schema's number, 0 for an empty file. It returns ErrNewer for one that we do not
// know yet and ErrCorrupt for a database that is not ours.
func (m *migrator) version(ctx context.Context, c *sql.Conn) (int, error) {
	var objects, ours, id int
	err := c.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema),
		(SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'),
		(SELECT application_id FROM pragma_application_id)`).Scan(&objects, &ours, &id)
	switch {
	case err != nil:
		return 0, err
	case objects == 0:
		return 0, nil
	case ours == 0 || id != applicationID:
		return 0, fmt.Errorf("%w: it holds another program's tables", ErrCorrupt)
	}
	var version int
	var program string
	err = c.QueryRowContext(ctx, `SELECT version, program FROM schema_versions
		ORDER BY version DESC LIMIT 1`).Scan(&version, &program)
	if err != nil {
		return 0, err
	}
	if version > len(m.steps) {
		return 0, fmt.Errorf("%w: the database has schema %d, written by version %s; "+
			"this is version %s, which knows schemas up to %d",
			ErrNewer, version, program, m.program, len(m.steps))
	}
	return version, nil
}

// backup copies the database to <path>.backup-vNNNN-<n>, n being the first that is free.
func (m *migrator) backup(ctx context.Context, c *sql.Conn, version int) error {
	for n := 1; ; n++ {
		file := fmt.Sprintf("%s.backup-v%04d-%d", m.path, version, n)
		if _, err := os.Lstat(file); errors.Is(err, os.ErrNotExist) {
			return copyTo(ctx, c, file)
		} else if err != nil {
			return err
		}
	}
}

// apply takes some steps in one transaction.
func (m *migrator) apply(ctx context.Context, c *sql.Conn, steps []migration) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another process may have done it while we waited for the lock.
	version, err := m.version(ctx, c)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if step.version <= version {
			continue
		}
		if err := m.step(ctx, tx, step); err != nil {
			return fmt.Errorf("migration %04d_%s: %w", step.version, step.name, err)
		}
	}
	return tx.Commit()
}

func (m *migrator) step(ctx context.Context, tx *sql.Tx, step migration) error {
	if step.version == 1 {
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `CREATE TABLE schema_versions (version INTEGER PRIMARY KEY,
			name TEXT NOT NULL, program TEXT NOT NULL, at INTEGER NOT NULL) STRICT`)
		if err != nil {
			return err
		}
	}
	for i, statement := range step.statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
		if m.after != nil {
			if err := m.after(step.version, i+1); err != nil {
				return err
			}
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_versions VALUES (?, ?, ?, ?)",
		step.version, step.name, m.program, int64(m.at))
	return err
}

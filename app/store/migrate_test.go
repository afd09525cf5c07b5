package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"countinghouse/app/book"
)

// plain opens a file with nothing but the driver.
func plain(t testing.TB, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite3", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustExec(t testing.TB, c *sql.Conn, query string) {
	t.Helper()
	if _, err := c.ExecContext(context.Background(), query); err != nil {
		t.Fatal(err)
	}
}

// dump is the schema and all rows of a database, as text.
func dump(t testing.TB, path string) string {
	t.Helper()
	c := plain(t, path)
	defer c.Close()
	var b strings.Builder
	var tables []string
	list := func(query string, fn func(vals []any)) {
		rows, err := c.QueryContext(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		for rows.Next() {
			vals, at := make([]any, len(columns)), make([]any, len(columns))
			for i := range vals {
				at[i] = &vals[i]
			}
			if err := rows.Scan(at...); err != nil {
				t.Fatal(err)
			}
			fn(vals)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	list("SELECT type, name, sql FROM sqlite_schema ORDER BY name", func(vals []any) {
		fmt.Fprintln(&b, vals...)
		if vals[0] == "table" {
			tables = append(tables, vals[1].(string))
		}
	})
	for _, table := range tables {
		if table == "schema_versions" {
			continue
		}
		list("SELECT * FROM "+table, func(vals []any) { fmt.Fprintln(&b, append(vals, table)...) })
	}
	return b.String()
}

// copyFiles copies a database as a kill would leave it: the file and its log.
func copyFiles(t testing.TB, from, to string) {
	t.Helper()
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(from + end)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func embedded(t testing.TB) []migration {
	t.Helper()
	steps, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// withNext is our migrations and one that does not exist yet.
func withNext(t testing.TB) []migration {
	t.Helper()
	files := fstest.MapFS{}
	for i := range embedded(t) {
		files[fmt.Sprintf("migrations/%04d_x.sql", i+1)] = &fstest.MapFile{}
	}
	n := len(files) + 1
	files[fmt.Sprintf("migrations/%04d_next.sql", n)] = &fstest.MapFile{Data: []byte(`-- Only a remark.

ALTER TABLE payments ADD COLUMN extra TEXT NOT NULL DEFAULT 'x';

UPDATE payments SET extra = id;

CREATE TRIGGER extra AFTER INSERT ON payments BEGIN
	UPDATE payments SET extra = NEW.id WHERE id = NEW.id;
END;

DROP TABLE rejects;
`)}
	next, err := migrations(files)
	if err != nil {
		t.Fatal(err)
	}
	return append(embedded(t), next[n-1])
}

var errKilled = errors.New("killed")

// Whatever the statement behind which a migration dies, the file is as it was before it.
func TestAMigrationThatIsKilledChangesNothing(t *testing.T) {
	ctx := context.Background()
	steps := withNext(t)
	for version := range steps {
		start := filepath.Join(t.TempDir(), "cache.db")
		c := plain(t, start)
		if version > 0 {
			text, err := os.ReadFile(fmt.Sprintf("testdata/schema-%04d.sql", version))
			if err != nil {
				t.Fatal(err)
			}
			mustExec(t, c, string(text))
		}
		c.Close()
		before := dump(t, start)
		var done string
		statements := steps[version].statements
		for kill := 1; kill <= len(statements)+1; kill++ {
			path := filepath.Join(t.TempDir(), "cache.db")
			copyFiles(t, start, path)
			corpse := filepath.Join(t.TempDir(), "cache.db")
			c := plain(t, path)
			mustExec(t, c, "PRAGMA journal_mode = WAL")
			m := migrator{path: path, program: "x", steps: steps[:version+1],
				after: func(_, statement int) error {
					if statement == kill {
						copyFiles(t, path, corpse)
						return errKilled
					}
					return nil
				}}
			err := m.run(ctx, c)
			c.Close()
			if kill > len(statements) {
				if err != nil {
					t.Fatal(err)
				}
				done = dump(t, path)
				continue
			}
			if !errors.Is(err, errKilled) {
				t.Fatalf("statement %d: %v", kill, err)
			}
			for name, file := range map[string]string{"the file": path, "what a kill left": corpse} {
				if after := dump(t, file); after != before {
					t.Errorf("version %d, killed behind statement %d: %s changed:\n%s", version+1, kill, name, after)
				}
			}
		}
		if done == before {
			t.Errorf("migration %d did nothing", version+1)
		}
	}
}

func TestAnUpgradeKeepsABackup(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "cache.db")
	s := open(t, path)
	apply1(t, s, everyKind())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if names, _ := filepath.Glob(path + ".backup*"); len(names) != 0 {
		t.Errorf("a new database has backups: %v", names)
	}
	before := dump(t, path)
	steps := withNext(t)
	taken := fmt.Sprintf("%s.backup-v%04d-1", path, len(steps)-1)
	if err := os.WriteFile(taken, []byte("taken"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := plain(t, path)
	m := migrator{path: path, program: "2.0.0", steps: steps}
	if err := m.run(ctx, c); err != nil {
		t.Fatal(err)
	}
	c.Close()
	backup := fmt.Sprintf("%s.backup-v%04d-2", path, len(steps)-1)
	if got := dump(t, backup); got != before {
		t.Errorf("the backup holds\n%s\nwant\n%s", got, before)
	}
	if b, _ := os.ReadFile(taken); string(b) != "taken" {
		t.Error("an older backup was overwritten")
	}

	_, err := Open(ctx, path, Options{Program: "1.0.0"})
	if !errors.Is(err, ErrNewer) {
		t.Fatalf("a newer database: %v", err)
	}
	for _, part := range []string{fmt.Sprint("schema ", len(steps)), "2.0.0", "1.0.0",
		fmt.Sprint("up to ", len(steps)-1)} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

var writeSchema = flag.Bool("write-schema", false, "write the dump of the newest schema to testdata")

// script is SQL that makes a database like the one at path, rows included.
func script(t testing.TB, path string) string {
	t.Helper()
	c := plain(t, path)
	defer c.Close()
	texts := func(query string) (out []string) {
		rows, err := c.QueryContext(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		return out
	}
	parts := []string{fmt.Sprintf("PRAGMA application_id = %d", applicationID)}
	parts = append(parts, texts("SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql <> ''")...)
	for _, table := range texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid") {
		columns := texts("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('" + table + "')")
		parts = append(parts, texts("SELECT 'INSERT INTO "+table+" VALUES (' || "+
			strings.Join(columns, " || ', ' || ")+" || ')' FROM "+table)...)
	}
	parts = append(parts, texts("SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql <> ''")...)
	return strings.Join(parts, ";\n") + ";\n"
}

// confirmed puts a match there that a person decided about, without an event: the first schemas had none.
func confirmed(s *Store, m book.Match, d Decision) error {
	ctx := context.Background()
	state, err := encode(&Decided{Match: m, Decision: d}, decidedFields, decidedColumns)
	return errors.Join(err, s.write(ctx, "decide", func(t *tx) error {
		return t.bulk(func(c *conn) error { return putMatch(ctx, c, m.ID, false, state) })
	}))
}

// furnish puts something into every table.
func furnish(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	apply1(t, s, everyKind())
	_, err := s.Apply(ctx, "b", book.Records{Payments: []book.Payment{{ID: "b:payment/1",
		Source: "b", Amount: eur(1000)}}, Credits: []book.Credit{{ID: "b:credit/1", Source: "b",
		Amount: eur(0)}}}, []book.Reject{{Origin: "b", Place: "x"}}, "c", 1)
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, Run{Period: 1, At: 1}, []book.Match{pair("m1", book.Auto, 900)},
		[]book.Exception{{ID: "e1", Class: book.M1, Items: []book.ItemID{"b:payment/1"}}})
	_, err = s.Import(ctx, Import{Account: "a", Shape: "h", Profile: "{}", By: "ann", File: "a.csv",
		Digest: "d", Rejects: []book.Reject{{Origin: "a", Place: "row 3", Reason: "no date"}}}, 2)
	err = errors.Join(err, confirmed(s, pair("m2", book.Confirmed, 50), Decision{"ann", 3, "why"}),
		s.SaveWatched(ctx, WatchedFile{Path: "st/a.csv", Size: 9, State: WatchTaken}),
		s.SaveSourceRun(ctx, SourceRun{Source: "b", At: 4, Result: "ok"}),
		put(s, Hook{Source: "b", Event: "evt_1", Type: "charge.failed", At: 1, ReceivedAt: 2,
			About: []string{"charge/ch_1"}}), s.CountHooks(ctx, "b", 5, 1, 2),
		s.AllowRule(ctx, RuleAllowance{"orders", "ab12", "ann", 7, 24321, 24323, 4, 3, 1}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryAct(s, someWork()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.MoveIntent(ctx, Move{ID: "i1", Version: 1, By: "bob", At: 8, Kind: book.EventApproved,
		What: "Approved", Approval: &Approval{By: "bob", At: 8, Until: 99}, Set: func(i *book.Intent) {
			i.State, i.ApprovedBy = book.IntentReady, "bob"
		}}); err != nil {
		t.Fatal(err)
	}
	apply1(t, s, book.Records{Payments: []book.Payment{{ID: "b:payment/1", Source: "b",
		Amount: eur(1001)}}})
	ask(t, s, "SELECT name FROM sqlite_schema WHERE type = 'table'", func(vals []driver.Value) {
		if one(t, s, fmt.Sprintf("SELECT count(*) FROM %s", vals[0])) == int64(0) {
			t.Errorf("table %s is empty", vals[0])
		}
	})
}

// schemaOf is the schema of a database as text, tablesOf its tables with their columns.
func schemaOf(t testing.TB, c *sql.Conn) string {
	t.Helper()
	return asText(t, c, "SELECT type, name, sql FROM sqlite_schema ORDER BY name")
}

func tablesOf(t testing.TB, c *sql.Conn) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(asText(t, c, `SELECT s.name, group_concat('"' || i.name || '"')
		FROM sqlite_schema s JOIN pragma_table_info(s.name) i WHERE s.type = 'table'
		AND s.name NOT IN ('schema_versions', 'sqlite_sequence')
		AND NOT (s.name = 'exceptions' AND i.name GLOB 'decided*') -- dropped by 0013: nothing wrote them
		GROUP BY s.name`)) {
		name, columns, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		out[name] = columns
	}
	return out
}

// rowsOf is what tables hold in some columns.
func rowsOf(t testing.TB, c *sql.Conn, tables map[string]string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		fmt.Fprintf(&b, "%s\n%s", name, asText(t, c, "SELECT "+tables[name]+" FROM "+name+" ORDER BY 1, 2"))
	}
	return b.String()
}

func asText(t testing.TB, c *sql.Conn, query string) string {
	t.Helper()
	rows, err := c.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var b strings.Builder
	vals, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range vals {
		at[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		for i, v := range vals {
			if i > 0 {
				b.WriteByte('|')
			}
			fmt.Fprint(&b, v)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// testdata holds a dump of every released schema with rows in it; each must open with the schema of
// a new database and hold what it held.
func TestEveryReleasedSchemaIsUpgraded(t *testing.T) {
	fresh := open(t, filepath.Join(t.TempDir(), "cache.db"))
	furnish(t, fresh)
	if *writeSchema {
		name := fmt.Sprintf("testdata/schema-%04d.sql", len(embedded(t)))
		if err := os.WriteFile(name, []byte(script(t, fresh.Path())), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/schema-*.sql")
	if err != nil || len(files) != len(embedded(t)) {
		t.Fatalf("%d dumps of %d schemas, %v", len(files), len(embedded(t)), err)
	}
	want := plain(t, fresh.Path())
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "cache.db")
		c := plain(t, path)
		mustExec(t, c, string(text))
		tables := tablesOf(t, c)
		before := rowsOf(t, c, tables)
		s := open(t, path)
		if len(tables) < 10 || rowsOf(t, c, tables) != before {
			t.Errorf("%s became\n%s\nwant\n%s", file, rowsOf(t, c, tables), before)
		}
		if schemaOf(t, c) != schemaOf(t, want) {
			t.Errorf("%s has the schema\n%s\nwant\n%s", file, schemaOf(t, c), schemaOf(t, want))
		}
		if found := check(t, s); len(found) != 0 {
			t.Errorf("%s: %v", file, found)
		}
	}
}

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	for _, names := range [][]string{{"0002_a.sql"}, {"0001_a.sql", "0003_b.sql"}, {"one.sql"}} {
		files := fstest.MapFS{}
		for _, name := range names {
			files["migrations/"+name] = &fstest.MapFile{}
		}
		if _, err := migrations(files); err == nil {
			t.Errorf("%v was accepted", names)
		}
	}
}

func TestTwoMayOpenANewDatabaseAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := Open(context.Background(), path, Options{})
			if err == nil {
				_, err = s.Apply(context.Background(), "g", book.Records{Payouts: []book.Payout{{ID: "g:1", Source: "g"}}}, nil, "c", 1)
				err = errors.Join(err, s.Close())
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

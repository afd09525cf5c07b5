package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

func TestPathsThatHoldNoDatabase(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	c := plain(t, foreign)
	mustExec(t, c, "CREATE TABLE songs (title TEXT)")
	c.Close()
	text := write("notes.txt", []byte(strings.Repeat("no database at all\n", 500)))
	for path, want := range map[string]error{
		dir:                                 ErrNoFile,
		filepath.Join(dir, "no", "such.db"): ErrNoFile,
		filepath.Join(text, "below.db"):     nil,
		text:                                ErrCorrupt,
		foreign:                             ErrCorrupt,
	} {
		before, _ := os.ReadFile(path)
		s, err := Open(context.Background(), path, Options{})
		if err == nil || s != nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s was changed", path)
		}
	}
	if err := open(t, write("empty.db", nil)).Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"a b?c#d%20.db", "ü&_synchronous=OFF.db"} {
		s := open(t, filepath.Join(dir, name))
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if got := one(t, s, "PRAGMA synchronous"); got != int64(2) {
			t.Errorf("%q: synchronous is %v", name, got)
		}
	}
}

func TestSettingsAreReadBack(t *testing.T) {
	s := fresh(t)
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2",
		"foreign_keys": "1", "busy_timeout": "5000", "cache_size": "-65536"} {
		var writer string
		err := s.writer.QueryRowContext(context.Background(), "PRAGMA "+name).Scan(&writer)
		if reader := fmt.Sprint(one(t, s, "PRAGMA "+name)); err != nil || writer != want || reader != want {
			t.Errorf("%s is %s for the writer and %s for readers, %v, want %s", name, writer, reader, err, want)
		}
	}
	err := bulk(s.writer, func(c *conn) error {
		return set(c.SQLiteConn, setting{"synchronous", "NORMAL", "2"})
	})
	if err == nil {
		t.Error("a setting that did not take was accepted")
	}
	if err := s.view(context.Background(), "x", func(x *tx) error {
		return x.gorm.Exec("DELETE FROM cursors").Error
	}); err == nil {
		t.Error("a reader may write")
	}
}

// Whatever is written when the disk is full is refused as that, and the books are as before.
func TestAFullDiskLosesNothing(t *testing.T) {
	ctx := context.Background()
	big := strings.Repeat("x", 200_000)
	payment := func(id book.ItemID) book.Records {
		return book.Records{Payments: []book.Payment{{ID: id, Source: "b", Text: big, Amount: eur(5)}}}
	}
	for name, do := range map[string]func(*Store) error{
		"apply": func(s *Store) error {
			_, err := s.Apply(ctx, "b", payment("b:payment/9"), nil, "second", 2)
			return err
		},
		"reject": func(s *Store) error {
			_, err := s.Apply(ctx, "b", book.Records{}, []book.Reject{{Raw: big}}, "second", 2)
			return err
		},
		"cursor": func(s *Store) error { return s.SetCursor(ctx, "b", big, 2) },
		"source run": func(s *Store) error {
			return s.SaveSourceRun(ctx, SourceRun{Source: "b", Message: big})
		},
		"import": func(s *Store) error {
			_, err := s.Import(ctx, Import{Lines: []book.BankLine{{ID: "a:1", Text: big}}}, 2)
			return err
		},
		"profile": func(s *Store) error { return s.SaveProfile(ctx, "h", `"`+big+`"`, 2) },
		"matches": func(s *Store) error {
			m := pair("m", book.Suggested, 5)
			m.Facts = book.Facts(big)
			_, err := s.SaveRun(ctx, Run{}, []book.Match{m}, nil)
			return err
		},
		"exceptions": func(s *Store) error {
			_, err := s.SaveRun(ctx, Run{}, nil, []book.Exception{{ID: "e", Why: big}})
			return err
		},
		"decision": func(s *Store) error {
			return decide(s, pair("m", book.Rejected, 5), Decision{Why: big})
		},
		"action": func(s *Store) error {
			i := someIntent("i2", "b:payment/2")
			i.Request = big
			_, err := tryAct(s, Step{By: "ann", Seen: 99, Events: []StepEvent{{Subject: "i2", Changes: []Change{{Intent: i}}}}})
			return err
		},
		"claim": func(s *Store) error {
			_, err := s.MoveIntent(ctx, Move{ID: "i1", Version: 1, By: "w", At: 3, Kind: book.EventSent, What: big,
				Set: func(i *book.Intent) { i.State, i.Lease = book.IntentSent, "w 1" }})
			return err
		},
		"outcome": func(s *Store) error {
			_, err := s.MoveIntent(ctx, Move{ID: "i1", Version: 1, By: "w", At: 3, Kind: book.EventOutcome, What: "done",
				Set: func(i *book.Intent) { i.State, i.Evidence = book.IntentSucceeded, big }})
			return err
		},
		"pause": func(s *Store) error { return s.PauseSending(ctx, big, "ann", 3) },
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t)
			if _, err := s.Apply(ctx, "b", payment("b:payment/1"), nil, "first", 1); err != nil {
				t.Fatal(err)
			}
			if _, err := tryAct(s, Step{By: "ann", Seen: 99, Events: []StepEvent{{Subject: "i1",
				Changes: []Change{{Intent: someIntent("i1", "b:payment/1")}}}}}); err != nil {
				t.Fatal(err)
			}
			before := dump(t, s.Path())
			limit := func(n any) {
				t.Helper()
				if _, err := s.writer.ExecContext(ctx, fmt.Sprint("PRAGMA max_page_count = ", n)); err != nil {
					t.Fatal(err)
				}
			}
			limit(one(t, s, "PRAGMA page_count"))
			if err := do(s); !errors.Is(err, ErrFull) {
				t.Errorf("got %v", err)
			}
			if after := dump(t, s.Path()); after != before {
				t.Error("the books changed")
			}
			limit(1 << 30)
			if err := do(s); err != nil {
				t.Errorf("with room again: %v", err)
			}
			if found := check(t, s); len(found) != 0 {
				t.Error(found)
			}
		})
	}
}

// flipped is how many copies of a database get flipped bits: 2,000 for a release.
var flipped = flag.Int("flips", 60, "copies of a database with flipped bits")

// Flipped bits end in an error, a finding or no harm, never in a panic or an endless loop.
func TestADamagedFileIsSaidToBeOne(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "cache.db")
	s := open(t, path)
	apply1(t, s, everyKind())
	apply1(t, s, book.Records{Transactions: charges(2000)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	flips := *flipped
	for flip := range flips {
		b := bytes.Clone(sound)
		for range 40 {
			b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		}
		broken := filepath.Join(t.TempDir(), "cache.db")
		if err := os.WriteFile(broken, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(ctx, broken, Options{})
		if err != nil {
			noticed++
			continue
		}
		found, err := s.Check(ctx)
		_, loadErr := s.Load(ctx)
		if err != nil || len(found) > 0 || loadErr != nil {
			noticed++
		}
		for _, err := range []error{err, loadErr} {
			if err != nil && strings.Contains(err.Error(), "malformed") && !errors.Is(err, ErrCorrupt) {
				t.Errorf("flip %d: %v", flip, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if noticed < flips/2 {
		t.Errorf("%d of %d damaged files were noticed", noticed, flips)
	}
	if err := os.WriteFile(path, sound[:len(sound)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	cut, err := Open(ctx, path, Options{})
	if err == nil {
		_, err = cut.Load(ctx)
		cut.Close()
	}
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("half a file: %v", err)
	}
}

func TestWhoHoldsTheFileIsWaitedForAndNamed(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	other := plain(t, s.Path())
	defer other.Close()
	mustExec(t, other, "BEGIN IMMEDIATE")
	if _, err := s.writer.ExecContext(ctx, "PRAGMA busy_timeout = 20"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCursor(ctx, "g", "c", 1); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	// Reading goes on meanwhile.
	if _, err := s.Load(ctx); err != nil {
		t.Error(err)
	}
	mustExec(t, other, "COMMIT")
	if err := s.SetCursor(ctx, "g", "c", 1); err != nil {
		t.Error(err)
	}
}

func TestTwoHandlesWriteInTurns(t *testing.T) {
	a := fresh(t)
	b := open(t, a.Path())
	const pages = 25
	errs := make(chan error)
	for i, s := range []*Store{a, b, a, b} {
		go func() {
			var first error
			for page := range pages {
				_, err := s.Apply(context.Background(), "g", book.Records{Payouts: []book.Payout{
					{ID: book.ItemID(fmt.Sprintf("g:%d/%d", i, page)), Source: "g"}}}, nil, "c", 1)
				if first == nil {
					first = err
				}
			}
			errs <- first
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := one(t, a, "SELECT count(*) FROM payouts"); n != int64(4*pages) {
		t.Errorf("%v payouts, want %d", n, 4*pages)
	}
}

func TestWhoGivesUpWaitingChangesNothing(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(context.Background())
	release, held := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.write(context.Background(), "hold", func(*tx) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	cancel()
	if err := s.SetCursor(ctx, "g", "c", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	// One that gives up in the middle of its page.
	ctx, cancel = context.WithCancel(context.Background())
	err := s.write(ctx, "page", func(x *tx) error {
		if err := setCursor(x, "g", "late", 1); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("in the middle: %v", err)
	}
	if cursor, err := s.Cursor(context.Background(), "g"); cursor != "" || err != nil {
		t.Errorf("the cursor is %q, %v", cursor, err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := fresh(t)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCursor(context.Background(), "g", "c", 1); err == nil {
		t.Error("a closed store was written")
	}
	if _, err := s.Load(context.Background()); err == nil {
		t.Error("a closed store was read")
	}
}

func TestABackupIsTheWholeDatabase(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	apply1(t, s, everyKind())
	file := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if dump(t, file) != dump(t, s.Path()) {
		t.Error("the backup differs")
	}
	if found := check(t, open(t, file)); len(found) != 0 {
		t.Error(found)
	}
	if err := s.Backup(ctx, file); !errors.Is(err, ErrConflict) {
		t.Errorf("over an existing file: %v", err)
	}
	if err := s.Backup(ctx, filepath.Join(t.TempDir(), "no", "such.db")); !errors.Is(err, ErrNoFile) {
		t.Errorf("into no folder: %v", err)
	}
}

func TestMigrationsRememberTheirMoment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	s, err := Open(context.Background(), path, Options{Program: "1.2.3", Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := one(t, s, "SELECT program || ' ' || at FROM schema_versions"); got != fmt.Sprint("1.2.3 ", at.UnixMilli()) {
		t.Errorf("got %v", got)
	}
}

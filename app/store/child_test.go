package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// Some tests need a process of their own, to be killed or to have fewer rights: the test binary
// itself, told by the environment what to do.
const (
	childDoes = "COUNTINGHOUSE_STORE_CHILD"
	childPath = "COUNTINGHOUSE_STORE_PATH"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childDoes) {
	case "":
		os.Exit(m.Run())
	case "apply":
		childApply(os.Getenv(childPath))
	case "open":
		childOpen(os.Getenv(childPath))
	case "undo":
		childUndo(os.Getenv(childPath))
	}
}

// childOpen says by name how opening fails.
func childOpen(path string) {
	s, err := Open(context.Background(), path, Options{})
	switch {
	case err == nil:
		_, err = s.Apply(context.Background(), "g", book.Records{}, nil, "c", 1)
		fmt.Println("opened", err)
	case errors.Is(err, ErrReadOnly):
		fmt.Println("read-only")
	default:
		fmt.Println(err)
	}
}

// rowsOfPage is how many rows a page of the killed child has.
const rowsOfPage = 300

// childApply applies pages for ever, and tells each one that was kept.
func childApply(path string) {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	cursor, err := s.Cursor(ctx, "g")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	from, _ := strconv.Atoi(cursor)
	for page := from + 1; ; page++ {
		var recs book.Records
		for i := range rowsOfPage {
			recs.Transactions = append(recs.Transactions, book.Transaction{Source: "g",
				ID: book.ItemID(fmt.Sprintf("g:%d/%d", page, i)), Text: strings.Repeat("x", 200)})
		}
		if _, err := s.Apply(ctx, "g", recs, nil, strconv.Itoa(page), 1); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(page)
	}
}

// childUndo imports a file and undoes it for ever, and tells each step that was kept.
func childUndo(path string) {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	for err == nil {
		in := Import{Account: "a", File: "a.csv", Digest: "d", Rejects: []book.Reject{{Origin: "a",
			Place: "row 9"}}, Statements: []book.Statement{{ID: "a:s", Account: "a"}}}
		for i := range rowsOfPage {
			in.Lines = append(in.Lines, book.BankLine{Account: "a", StatementID: "a:s", On: 5,
				ID: book.ItemID(fmt.Sprintf("a:%d", i)), Amount: eur(1)})
		}
		var done Imported
		if done, err = s.Import(ctx, in, 1); err == nil {
			fmt.Println("imported")
			_, err = s.UndoImport(ctx, done.ID, "ann", 2)
			fmt.Println("undone")
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

func child(t *testing.T, binary, does, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childDoes+"="+does, childPath+"="+path)
	return cmd
}

// A process that is killed at any moment leaves whole pages: every one that it told of, and at most
// one more, whose cursor is there with it.
func TestAKilledProcessLeavesWholePages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	told := 0
	for round := range 8 {
		cmd := child(t, os.Args[0], "apply", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + round%3 {
			if !lines.Scan() {
				t.Fatalf("the child ended: %v", cmd.Wait())
			}
			if told, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatalf("the child says %s", lines.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		// It may have told of more before it died.
		for lines.Scan() {
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				told = n
			}
		}
		_ = cmd.Wait()

		s, err := Open(context.Background(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cursor, err := s.Cursor(context.Background(), "g")
		if err != nil {
			t.Fatal(err)
		}
		kept, _ := strconv.Atoi(cursor)
		if kept != told && kept != told+1 {
			t.Errorf("the child told of page %d, and %d are kept", told, kept)
		}
		if n := one(t, s, "SELECT count(*) FROM transactions"); n != int64(kept*rowsOfPage) {
			t.Errorf("%d pages are kept and %v rows, want %d", kept, n, kept*rowsOfPage)
		}
		if found := check(t, s); len(found) != 0 {
			t.Error(found)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		told = kept
	}
}

// A process that is killed while it imports or undoes leaves the whole file or nothing of it.
func TestAKilledUndoLeavesAllOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	for round := range 6 {
		cmd := child(t, os.Args[0], "undo", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + round {
			if !lines.Scan() || lines.Text() != "imported" && lines.Text() != "undone" {
				t.Fatalf("the child says %q: %v", lines.Text(), cmd.Wait())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			continue // what it told of before it died
		}
		_ = cmd.Wait()

		s := open(t, path)
		list, err := s.Imports(context.Background())
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		want := int64(0)
		if list[0].UndoneAt == 0 {
			want = 1
		}
		for _, part := range []struct {
			query string
			n     int64
		}{{"SELECT count(*) FROM bank_lines WHERE gone = 0", want * rowsOfPage},
			{"SELECT count(*) FROM statements WHERE gone = 0", want},
			{"SELECT count(*) FROM quarantine WHERE state = 'open'", want}} {
			if n := one(t, s, part.query); n != part.n {
				t.Errorf("round %d: %s: %v, want %d", round, part.query, n, part.n)
			}
		}
		if found := check(t, s); len(found) != 0 {
			t.Error(found)
		}
		if want == 1 {
			if _, err := s.UndoImport(context.Background(), list[0].ID, "bob", 3); err != nil {
				t.Error(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// copyFile copies the test binary to where another user may run it.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

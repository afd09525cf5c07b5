//go:build unix

package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestOnlyTheOwnerReadsTheBooks looks at the files that hold customers' data.
func TestOnlyTheOwnerReadsTheBooks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cache.db")
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetCursor(context.Background(), "stripe", "1", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 3 {
		t.Fatalf("only %d files to look at", len(files))
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

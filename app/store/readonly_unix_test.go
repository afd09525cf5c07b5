//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Modes say nothing to root, so that root runs this as the user nobody.
func TestWhatCannotBeWrittenIsReadOnly(t *testing.T) {
	base := t.TempDir()
	for dir := base; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(base, "child")
	copyFile(t, os.Args[0], binary)
	locked := filepath.Join(base, "locked")
	if err := os.Mkdir(locked, 0o755); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(locked, "old.db")
	if err := open(t, old).Close(); err != nil {
		t.Fatal(err)
	}
	// A file that may be written in a folder that may not: there is no room for its log.
	loose := filepath.Join(locked, "loose.db")
	if err := open(t, loose).Close(); err != nil {
		t.Fatal(err)
	}
	free := filepath.Join(base, "free")
	for path, mode := range map[string]os.FileMode{old: 0o444, loose: 0o666, locked: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(locked, 0o755) })
	if err := os.Mkdir(free, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(free, 0o777); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(locked, "new.db"): "read-only",
		old:                             "read-only",
		loose:                           "read-only",
		filepath.Join(free, "new.db"):   "opened <nil>",
	} {
		cmd := child(t, binary, "open", path)
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", path, got, err, want)
		}
	}
}

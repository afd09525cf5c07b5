package queue

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// restores is how many backups are restored: a thousand for a release.
var restores = flag.Int("restores", 50, "backups that are restored after a hundred actions")

// TestARestoreDoublesNothing makes a backup, acts a hundred times with all faults, and restores: what was
// sent since the backup is found or asked for, and nothing is done twice.
func TestARestoreDoublesNothing(t *testing.T) {
	for round := range *restores {
		dir := fastDir(t)
		s := openStore(t, dir)
		h := newHistory(t, s, uint64(round))
		id := func(n int) string { return fmt.Sprintf("b%d-%d", round, n) }
		for n := range 20 {
			h.file(newIntent(id(n), book.Retry, book.ItemID("b:invoice/"+id(n)), eur(100), ""))
		}
		h.live(1)
		h.other.broken = true
		for n := 20; n < 30; n++ { // filed, and not sent when the backup is made
			h.file(newIntent(id(n), book.Retry, book.ItemID("b:invoice/"+id(n)), eur(100), ""))
		}
		file := filepath.Join(dir, "backup.db")
		if err := s.Backup(h.ctx, file); err != nil {
			t.Fatal(err)
		}
		for n := 30; n < 60; n++ {
			h.file(newIntent(id(n), book.Retry, book.ItemID("b:invoice/"+id(n)), eur(100), ""))
		}
		h.live(3)
		before := len(h.other.effects)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		restored, err := store.Open(h.ctx, file, store.Options{Program: "test"})
		if err != nil {
			t.Fatal(err)
		}
		h.store, h.other.store = restored, restored
		if err := restored.AfterRestore(h.ctx, "restored", "ann", h.now); err != nil {
			t.Fatal(err)
		}
		h.drain(h.engine())
		if n := len(h.other.effects); n != before {
			t.Fatalf("round %d: %d effects while sending was off", round, n-before)
		}
		if err := restored.PauseSending(h.ctx, "", "ann", h.now); err != nil {
			t.Fatal(err)
		}
		h.live(3)
		done := map[string]int{}
		for _, e := range h.other.effects {
			if done[e.key]++; done[e.key] > 1 {
				t.Fatalf("round %d: %s was done twice", round, e.key)
			}
		}
		if len(h.other.wrong) > 0 {
			t.Fatalf("round %d: %v", round, h.other.wrong)
		}
		if f, err := restored.VerifyAudit(h.ctx, store.Head{}); f != nil || err != nil {
			t.Fatalf("round %d: %+v, %v", round, f, err)
		}
		if err := errors.Join(restored.Close(), os.RemoveAll(dir)); err != nil {
			t.Fatal(err)
		}
	}
}

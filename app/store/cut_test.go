package store

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"countinghouse/app/book"
)

// cuts is how often the power is cut: 2,000 times for each merge, 50,000 for a release.
var cuts = flag.Int("cuts", 2000, "power cuts on a disk that forgets and tears what was not synced")

// disk is what a disk holds of the books after a step that was acknowledged.
type disk struct{ main, wal []byte }

func diskOf(t *testing.T, path string) disk {
	t.Helper()
	var d disk
	for end, into := range map[string]*[]byte{"": &d.main, "-wal": &d.wal} {
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		*into = b
	}
	return d
}

// sector is what a disk writes whole.
const sector = 512

// torn is a file of which each sector is as it was before, as it was to become, or, behind what was synced,
// never written or nonsense.
func torn(rng *rand.Rand, before, behind []byte, synced int) []byte {
	if rng.IntN(4) == 0 {
		return behind // it was written just in time
	}
	out := make([]byte, max(len(before), len(behind)))
	for at := 0; at < len(out); at += sector {
		end := min(at+sector, len(out))
		from := before
		if len(before) < end || rng.IntN(2) == 0 {
			from = behind
		}
		if len(from) >= end {
			copy(out[at:end], from[at:end])
		}
		changed := len(before) < end || len(behind) < end || !bytes.Equal(before[at:end], behind[at:end])
		if at >= synced && changed && rng.IntN(8) == 0 {
			for i := range out[at:end] {
				out[at+i] = byte(rng.Uint32())
			}
		}
	}
	copy(out, before[:min(synced, len(before))])
	if least := max(synced, len(before)); len(out) > least && rng.IntN(4) == 0 {
		out = out[:least+rng.IntN(len(out)-least)]
	}
	return out
}

// TestAPowerCutForgetsNothingThatWasKept cuts the power between an acknowledged step and the end of the next
// one, on a disk that keeps any part of what it was not told to sync. The file is sound, every step that
// was acknowledged is there, and of the next one all or nothing.
func TestAPowerCutForgetsNothingThatWasKept(t *testing.T) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("/dev/shm", "cut")
	if err != nil {
		dir = t.TempDir()
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cache.db")
	s := open(t, path)
	// The write-ahead log comes into the file often, so that power is cut in the middle of that too.
	if _, err := s.writer.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 30"); err != nil {
		t.Fatal(err)
	}
	var kept []disk
	for n := range 60 {
		id := fmt.Sprintf("i%d", n)
		act(t, s, Step{By: "ann", At: book.Instant(n), Seen: 1 << 40, Events: []StepEvent{{Kind: book.EventNote,
			Subject: id, What: "Filed", Changes: []Change{{Intent: someIntent(id, book.ItemID("b:payment/"+id))}}}}})
		kept = append(kept, diskOf(t, path))
		for v, state := range []book.IntentState{book.IntentReady, book.IntentSent, book.IntentSucceeded} {
			if _, err := s.MoveIntent(ctx, Move{ID: id, Version: int64(v + 1), By: "w", At: 9, Kind: book.EventOutcome,
				What: string(state), Set: func(i *book.Intent) {
					if i.State = state; state == book.IntentSucceeded {
						i.Object = "g:1"
					}
				}}); err != nil {
				t.Fatal(err)
			}
			kept = append(kept, diskOf(t, path))
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	both, inFile := [2]int{}, 0
	for cut := 0; cut < *cuts; {
		n := rng.IntN(len(kept) - 1)
		before, behind := kept[n], kept[n+1]
		if len(before.wal) < 32 || !bytes.Equal(before.wal[16:24], behind.wal[16:24]) {
			continue // the log began anew, for which everything before was synced
		}
		cut++
		corpse := filepath.Join(dir, "corpse.db")
		// What is in the log comes into the file only after the log was synced.
		main, wal := before.main, torn(rng, before.wal, behind.wal, len(before.wal))
		if !bytes.Equal(before.main, behind.main) && rng.IntN(2) == 0 {
			main, wal = torn(rng, before.main, behind.main, 0), behind.wal
			inFile++
		}
		for end, b := range map[string][]byte{"": main, "-wal": wal} {
			if err := os.WriteFile(corpse+end, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_ = os.Remove(corpse + "-shm") // a cut leaves none that counts
		s, err := Open(ctx, corpse, Options{Program: "1.0.0"})
		if err != nil {
			t.Fatalf("cut %d behind step %d: %v", cut, n, err)
		}
		more := one(t, s, "SELECT count(*) FROM events").(int64) - int64(n+1)
		found, checkErr := s.Check(ctx)
		broken, auditErr := s.VerifyAudit(ctx, Head{})
		if more != 0 && more != 1 || checkErr != nil || len(found) > 0 || broken != nil || auditErr != nil {
			t.Fatalf("cut %d behind step %d: %d steps more, %v %v, %v %v", cut, n, more, found, checkErr, broken, auditErr)
		}
		both[more]++
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the step that was cut was lost %d times and kept %d times; %d cuts in the file", both[0], both[1], inFile)
	if both[0] < *cuts/20 || both[1] < *cuts/20 || inFile < *cuts/100 {
		t.Error("that is no fair share of each")
	}
}

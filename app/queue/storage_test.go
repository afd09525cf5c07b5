package queue

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/store"
)

// late is how many payments are made at a provider without keys whose effects come late.
var late = flag.Int("late", 2_000, "payments at a provider without keys")

// refusing is a store whose disk is full, or which another program holds, from a write on.
type refusing struct {
	Store
	// left is how many writes still succeed.
	left int
	with error
}

func (r *refusing) MoveIntent(ctx context.Context, m store.Move) (book.Intent, error) {
	if r.left--; r.left < 0 {
		return book.Intent{}, r.with
	}
	return r.Store.MoveIntent(ctx, m)
}

// TestADiskThatRefusesSendsNothing lets each write of a history be the first that the disk refuses, and
// all after it until the next start: no call goes out whose claim is not kept, what went out is found, and
// nothing is done twice.
func TestADiskThatRefusesSendsNothing(t *testing.T) {
	s := openStore(t, fastDir(t))
	defer s.Close()
	for _, with := range []error{store.ErrFull, store.ErrLocked} {
		for n := range 12 {
			for seed := range uint64(20) {
				h := newHistory(t, s, seed)
				h.other.keyed = seed%2 == 0
				h.other.broken = seed%4 < 2
				id := func(i int) string { return fmt.Sprintf("d%s-%d-%d-%d", with.Error()[:3], n, seed, i) }
				charge := book.ItemID("p:" + id(0) + "/charge")
				h.captured[charge] = eur(1000)
				h.file(newIntent(id(1), book.GiveBack, charge, eur(700), ""))
				h.file(newIntent(id(2), book.Retry, book.ItemID("b:invoice/"+id(2)), eur(4900), ""))
				h.kept = func(s Store) Store { return &refusing{s, n, with} }
				before := h.other.calls
				_, err := h.engine().Drain(h.ctx)
				if err == nil && h.other.calls-before > n {
					t.Fatalf("%d calls with %d writes", h.other.calls-before, n)
				}
				if n == 0 && (err == nil || h.other.calls != before) {
					t.Fatalf("the disk was full from the start: %v, %d calls", err, h.other.calls-before)
				}
				h.kept = nil
				h.live(3)
				if wrong := h.check(); len(wrong) > 0 {
					t.Fatalf("%v from write %d on, seed %d: %s", with, n, seed, strings.Join(wrong, "; "))
				}
			}
		}
	}
}

// TestLateEffectsWithoutKeys pays at a provider that knows no keys, loses its answers and does what it was
// told hours later: nothing is ever sent a second time by itself.
func TestLateEffectsWithoutKeys(t *testing.T) {
	for first := 0; first < *late; first += perStore {
		s := openStore(t, fastDir(t))
		h := newHistory(t, s, uint64(first))
		h.other.keyed, h.other.broken = false, true
		for n := range perStore {
			id := fmt.Sprintf("l%d-%d", first, n)
			h.file(newIntent(id, book.Capture, book.ItemID("b:invoice/"+id), eur(4900), ""))
		}
		h.live(6)
		if wrong := h.check(); len(wrong) > 0 {
			t.Fatalf("from %d: %s", first, strings.Join(wrong, "; "))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

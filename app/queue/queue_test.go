package queue

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// seeds is how many histories the simulation runs: 10,000 for each merge, a million for a release, which
// may be parted into runs that begin at different ones.
var (
	seeds  = flag.Uint64("seeds", 10_000, "histories of the action queue's simulation")
	begins = flag.Uint64("first", 0, "the seed of the first history")
)

// rounds is how often two workers, or two people, meet at one target: 50,000 times for a release.
var rounds = flag.Int("rounds", 2_000, "meetings of two workers at one target")

// perStore is how many histories share a database: making one costs more than a history.
const perStore = 250

func eur(minor int64) money.Money { return money.New(minor, "EUR") }

// TestQueueUnderAllFaults runs seeded histories of a program that dies at named points, against a
// provider that loses, delays and spoils its answers, and checks after each that nothing was done
// twice, nothing was forgotten, and nothing is said to be done that was not.
func TestQueueUnderAllFaults(t *testing.T) {
	var wg sync.WaitGroup
	work := make(chan uint64)
	for range 2 {
		wg.Go(func() {
			for first := range work {
				runSome(t, first)
			}
		})
	}
	for n := uint64(0); n < *seeds; n += perStore {
		work <- *begins + n
	}
	close(work)
	wg.Wait()
}

func runSome(t *testing.T, first uint64) {
	dir := fastDir(t)
	defer os.RemoveAll(dir) // a million histories need no more room than a few
	s := openStore(t, dir)
	defer s.Close()
	for seed := first; seed < first+perStore; seed++ {
		h := newHistory(t, s, seed)
		scenario(h, seed)
		if wrong := h.check(); len(wrong) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(wrong, "; "))
			return
		}
	}
}

// scenario files what a day may bring, some of it while the queue runs.
func scenario(h *history, seed uint64) {
	id := func(n int) string { return fmt.Sprintf("s%d-%d", seed, n) }
	charge := book.ItemID("p:" + id(0) + "/charge")
	h.captured[charge] = eur(1000)
	h.file(newIntent(id(1), book.GiveBack, charge, eur(700), ""))
	h.file(newIntent(id(2), book.Retry, book.ItemID("b:invoice/"+id(2)), eur(4900), ""))
	h.live(2 + h.rng.IntN(3))
	h.other.broken = true
	h.file(newIntent(id(3), book.GiveBack, charge, eur(400), "")) // more than is left, if the first went out
	h.file(newIntent(id(4), book.Notify, book.ItemID("b:invoice/"+id(2)+"/notice/first/1"), money.Money{Currency: "EUR"}, ""))
	h.file(newIntent(id(5), book.Retry, book.ItemID("b:invoice/"+id(2)), eur(4900), "")) // while one may be open
	h.live(1 + h.rng.IntN(3))
}

// check is what must hold after every history, whatever happened in it.
func (h *history) check() []string {
	wrong := slices.Clone(h.other.wrong)
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	done := map[string]int{}
	refunds := map[string]int64{}
	for _, e := range h.other.effects {
		done[e.key]++
		if e.kind == book.GiveBack {
			refunds[e.target] += e.amount.Minor
		}
	}
	for charge, sum := range refunds {
		if sum > h.captured[book.ItemID(charge)].Minor {
			say("%d given back of %s", sum, charge)
		}
	}
	for key, n := range done {
		i, err := h.store.Intent(h.ctx, strings.TrimPrefix(key, "ch-"))
		switch {
		case err != nil:
			say("an effect without its action: %s", key)
		case n > 1:
			say("%s was done %d times", i.ID, n)
		case i.State == book.IntentRefused || i.State == book.IntentCancelled || i.State == book.IntentReady:
			say("%s is %s and was done", i.ID, i.State)
		}
	}
	for _, id := range h.filed {
		for _, id := range []string{id, id + "-record"} {
			if i, err := h.store.Intent(h.ctx, id); err == nil {
				h.checkOne(i, done[i.IdempotencyKey], say)
			}
		}
	}
	return wrong
}

func (h *history) checkOne(i book.Intent, effects int, say func(string, ...any)) {
	switch i.State {
	case book.IntentSucceeded:
		if effects != 1 {
			say("%s succeeded and was done %d times", i.ID, effects)
		}
		if i.Object == "" {
			say("%s succeeded without a proof", i.ID)
		}
		if !h.other.has(i.Object) {
			say("%s succeeded by a proof that is not there: %s", i.ID, i.Object)
		}
	case book.IntentRefused:
		if i.Evidence == "" {
			say("%s was refused without a reason", i.ID)
		}
	case book.IntentNeedsPerson, book.IntentCancelled:
	case book.IntentReady:
		if i.Kind != book.GiveBack {
			say("%s is ready and nothing sends it", i.ID)
		}
	default:
		say("%s is left %s", i.ID, i.State)
	}
	events, err := h.store.Events(h.ctx, []string{i.ID})
	if err != nil {
		h.t.Fatal(err)
	}
	if len(events) != int(i.Version) {
		say("%s changed %d times and has %d entries", i.ID, i.Version, len(events))
	}
}

// TestTwoWorkersOneTarget lets two programs send the same action at once: one of them does.
func TestTwoWorkersOneTarget(t *testing.T) {
	s := openStore(t, fastDir(t))
	defer s.Close()
	for round := range *rounds {
		h := newHistory(t, s, uint64(2*round)+1)
		h.other.broken = false
		i := newIntent(fmt.Sprintf("r%d", round), book.Capture, book.ItemID(fmt.Sprintf("b:invoice/%d", round)),
			eur(100), "")
		h.file(i)
		var mu sync.Mutex
		h.actor = func(a source.Actor) source.Actor { return &locked{a, &mu} }
		var wg sync.WaitGroup
		start := make(chan bool)
		for _, e := range []*Engine{h.engine(), h.engine()} {
			wg.Go(func() {
				<-start
				_, _ = e.Step(h.ctx, i.ID)
			})
		}
		close(start)
		wg.Wait()
		if len(h.other.effects) != 1 || len(h.other.wrong) > 0 {
			t.Fatalf("round %d: done %d times, %v", round, len(h.other.effects), h.other.wrong)
		}
	}
}

// TestTwoRefundsOfOneCharge lets two people give back of one charge in the same moment, together more than
// it holds: one refund goes out.
func TestTwoRefundsOfOneCharge(t *testing.T) {
	s := openStore(t, fastDir(t))
	defer s.Close()
	for round := range *rounds {
		h := newHistory(t, s, uint64(2*round)+1)
		h.other.broken = false
		charge := book.ItemID(fmt.Sprintf("p:charge/%d", round))
		h.captured[charge] = eur(1000)
		var mu sync.Mutex
		h.actor = func(a source.Actor) source.Actor { return &locked{a, &mu} }
		var wg sync.WaitGroup
		start := make(chan bool)
		for n, e := range []*Engine{h.engine(), h.engine()} {
			i := newIntent(fmt.Sprintf("g%d-%d", round, n), book.GiveBack, charge, eur(700), "")
			wg.Go(func() {
				<-start
				// The second is refused when it is filed, while the first is open, or when it is claimed.
				if _, _, err := s.Act(h.ctx, filing(i, h.now)); err != nil {
					t.Error(err)
				}
				_, _ = e.Step(h.ctx, i.ID)
			})
		}
		close(start)
		wg.Wait()
		if wrong := h.check(); len(h.other.effects) != 1 || len(wrong) > 0 {
			t.Fatalf("round %d: %d refunds went out, %v", round, len(h.other.effects), wrong)
		}
	}
}

// locked lets one call at a time into the pretend provider, which is no part of the test.
type locked struct {
	source.Actor
	mu *sync.Mutex
}

func (l *locked) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Actor.Send(ctx, o, c)
}

// TestLimitsStopInFlight checks that what is in flight counts, and that nothing over a limit is sent.
func TestLimitsStopInFlight(t *testing.T) {
	s := openStore(t, fastDir(t))
	defer s.Close()
	h := newHistory(t, s, 3)
	h.other.broken = false
	h.limits = store.Limits{DayFrom: begin - 1, DayCount: 3, DayAmount: 250}
	for n := range 5 {
		h.file(newIntent(fmt.Sprintf("l%d", n), book.Retry, book.ItemID(fmt.Sprintf("b:invoice/l%d", n)), eur(100), ""))
	}
	for range 3 {
		h.drain(h.engine())
	}
	if len(h.other.effects) != 2 {
		t.Errorf("%d were sent, of 250 cents a day at 100 each", len(h.other.effects))
	}
}

// TestApprovalIsOfExactlyThis checks that nothing is sent that nobody else approved as it is.
func TestApprovalIsOfExactlyThis(t *testing.T) {
	s := openStore(t, fastDir(t))
	defer s.Close()
	h := newHistory(t, s, 5)
	h.other.broken = false
	i := newIntent("a1", book.Retry, "b:invoice/a1", eur(100), "")
	i.Second, i.State = true, book.IntentAwaiting
	h.file(i)
	move := func(by string, a *store.Approval) error {
		now, err := s.Intent(h.ctx, "a1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.MoveIntent(h.ctx, store.Move{ID: "a1", Version: now.Version, By: by, At: h.now,
			Kind: book.EventApproved, What: "Approved", Approval: a,
			Set: func(i *book.Intent) { i.State, i.ApprovedBy = book.IntentReady, by }})
		return err
	}
	if err := move("ann", &store.Approval{By: "ann", At: h.now, Until: h.now + 1e9}); err == nil {
		t.Fatal("who filed it approved it")
	}
	if err := move("bob", nil); err != nil {
		t.Fatal(err)
	}
	h.drain(h.engine()) // ready, and nobody's approval is kept
	if now, _ := s.Intent(h.ctx, "a1"); len(h.other.effects) != 0 || now.State != book.IntentAwaiting {
		t.Fatalf("%s, sent %d", now.State, len(h.other.effects))
	}
	if err := move("bob", &store.Approval{By: "bob", At: h.now, Until: h.now + 10}); err != nil {
		t.Fatal(err)
	}
	h.now += 20
	h.drain(h.engine()) // the approval is past
	if now, _ := s.Intent(h.ctx, "a1"); len(h.other.effects) != 0 || now.State != book.IntentAwaiting {
		t.Fatalf("%s, sent %d", now.State, len(h.other.effects))
	}
	if err := move("bob", &store.Approval{By: "bob", At: h.now, Until: h.now + 1e9}); err != nil {
		t.Fatal(err)
	}
	h.drain(h.engine())
	if len(h.other.effects) != 1 || len(h.other.wrong) > 0 {
		t.Fatalf("sent %d, %v", len(h.other.effects), h.other.wrong)
	}
}

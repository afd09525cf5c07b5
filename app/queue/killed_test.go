//go:build unix

package queue

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// kills is how many processes are killed: 1,000 for each merge, 20,000 for a release.
var kills = flag.Int("kills", 1000, "processes killed while they send actions")

// The child is this test program itself, told by the environment what to do.
const childJob = "COUNTINGHOUSE_QUEUE_CHILD"

// job is one life of the program.
type job struct {
	Dir, URL string
	Now      book.Instant
	Seed     uint64
	Keyed    bool
	// Dies is the point at which the process kills itself when it comes there for the nth time.
	Dies Point
	Nth  int
}

func TestMain(m *testing.M) {
	text := os.Getenv(childJob)
	if text == "" {
		os.Exit(m.Run())
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	if err := j.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the program: it opens the books, drains the queue once, and ends.
func (j job) run() error {
	ctx := context.Background()
	s, err := store.Open(ctx, j.Dir+"/cache.db", store.Options{Program: "test",
		Clock: func() time.Time { return j.Now.Time() }})
	if err != nil {
		return err
	}
	defer s.Close()
	rng := rand.New(rand.NewPCG(j.Seed, 3))
	e := &Engine{Store: s, Worker: fmt.Sprintf("w%d", j.Seed),
		Actor: func(book.SourceName) (source.Actor, error) { return remote{&provider{keyed: j.Keyed}, j.URL}, nil },
		Now:   func() book.Instant { return j.Now }, Rand: rng.Int64N,
		Limits: func(_ context.Context, i book.Intent) (store.Limits, error) {
			var l store.Limits
			if c := eur(1000); i.Kind == book.GiveBack {
				l.Captured = &c
			}
			return l, nil
		},
		Follow: followed,
		Crash: func(p Point) {
			if p != j.Dies {
				return
			}
			if j.Nth--; j.Nth == 0 {
				if err := os.WriteFile(j.Dir+"/died", []byte(p), 0o600); err != nil {
					panic(err)
				}
				die(os.Getpid())
			}
		}}
	_, err = e.Drain(ctx)
	return err
}

// die kills a process so that it does nothing more: no deferred call, no closed file.
func die(pid int) {
	_ = syscall.Kill(pid, syscall.SIGKILL)
	if pid == os.Getpid() {
		select {}
	}
}

// remote is the provider as the child has it: over HTTP, in the process that lives on.
type remote struct {
	*provider
	url string
}

// asked is one question to the provider.
type asked struct {
	PID   int
	Order book.Order
	Call  source.Call
}

func (r remote) Standing(context.Context, book.Order) (source.Standing, error) {
	return source.Standing{}, nil
}

func (r remote) ask(path string, o book.Order, c source.Call) source.Outcome {
	unknown := source.Outcome{State: source.OutcomeUnknown, Detail: "no answer"}
	body, err := json.Marshal(asked{os.Getpid(), o, c})
	if err != nil {
		panic(err)
	}
	res, err := http.Post(r.url+path, "application/json", strings.NewReader(string(body)))
	if err != nil {
		return unknown
	}
	defer res.Body.Close()
	var out source.Outcome
	if json.NewDecoder(res.Body).Decode(&out) != nil {
		return unknown
	}
	return out
}

func (r remote) Send(_ context.Context, o book.Order, c source.Call) source.Outcome {
	return r.ask("/send", o, c)
}

func (r remote) LookUp(_ context.Context, o book.Order, c source.Call, _ book.Instant) source.Outcome {
	return r.ask("/look", o, c)
}

// counter is the provider's end of the line. It may kill whoever asks, before or after it did what was
// asked for.
type counter struct {
	mu    sync.Mutex
	h     *history
	rng   *rand.Rand
	kills bool
}

func (x *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var a asked
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fate := -1
	if x.kills {
		fate = x.rng.IntN(8)
	}
	if fate == 0 {
		die(a.PID)
		return
	}
	var out source.Outcome
	if r.URL.Path == "/send" {
		out = x.h.other.Send(r.Context(), a.Order, a.Call)
	} else {
		out = x.h.other.LookUp(r.Context(), a.Order, a.Call, 0)
	}
	if fate == 1 {
		die(a.PID)
		return
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return // the asker is gone
	}
}

// TestKilledProcessesDoNothingTwice lets real processes send actions to a provider that loses, delays and
// spoils its answers, and kills them at each named point and in the middle of a call. Whoever comes next
// has only the file: nothing is done twice, nothing is forgotten, nothing is said to be done that was not.
func TestKilledProcessesDoNothingTwice(t *testing.T) {
	died, lives := map[Point]int{}, 0
	sum := func() (n int) {
		for _, k := range died {
			n += k
		}
		return n
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	seed := uint64(0)
	for range 2 {
		wg.Go(func() {
			for !t.Failed() {
				mu.Lock()
				mine, enough := seed, sum() >= *kills
				seed++
				mu.Unlock()
				if enough {
					return
				}
				killedHistory(t, mine, func(at Point, dead bool) {
					mu.Lock()
					defer mu.Unlock()
					if lives++; dead {
						died[at]++
					}
				})
			}
		})
	}
	wg.Wait()
	for _, p := range append(slices.Clone(Points), "in a call") {
		t.Logf("%4d killed %s", died[p], p)
		if died[p] < *kills/100 {
			t.Errorf("only %d were killed %s", died[p], p)
		}
	}
	t.Logf("%d processes, %d killed", lives, sum())
}

// killedHistory is one store with its actions, from the first life to the last.
func killedHistory(t *testing.T, seed uint64, lived func(at Point, dead bool)) {
	dir := fastDir(t)
	s := openStore(t, dir)
	defer s.Close()
	h := newHistory(t, s, seed)
	x := &counter{h: h, rng: rand.New(rand.NewPCG(seed, 5)), kills: true}
	server := httptest.NewServer(x)
	defer server.Close()
	id := func(n int) string { return fmt.Sprintf("k%d-%d", seed, n) }
	charge := book.ItemID("p:" + id(0) + "/charge")
	h.captured[charge] = eur(1000)
	for n := range 9 {
		h.file(newIntent(id(2*n+1), book.Retry, book.ItemID("b:invoice/"+id(2*n)), eur(4900), ""))
	}
	h.file(newIntent(id(20), book.GiveBack, charge, eur(700), ""))
	h.file(newIntent(id(30), book.Notify, book.ItemID("b:invoice/n"+id(2)+"/notice/first/1"), money.Money{Currency: "EUR"}, ""))
	for life := range 44 {
		j := job{Dir: dir, URL: server.URL, Now: h.now, Seed: seed<<8 | uint64(life), Keyed: h.other.keyed}
		x.mu.Lock()
		if life < 30 {
			j.Dies, j.Nth = Points[x.rng.IntN(len(Points))], 1+x.rng.IntN(2)
		} else {
			x.kills, h.other.broken = false, false
		}
		x.mu.Unlock()
		dead := j.live(t)
		if dead != "" {
			lived(dead, true)
		} else {
			lived("", false)
		}
		x.mu.Lock()
		h.now = after(h.now, []time.Duration{0, time.Second, 4 * time.Minute, 2 * time.Hour,
			25 * time.Hour}[x.rng.IntN(5)])
		if life >= 30 {
			h.now = after(h.now, 25*time.Hour)
		}
		x.mu.Unlock()
		if t.Failed() {
			return
		}
	}
	if wrong := h.check(); len(wrong) > 0 {
		t.Errorf("seed %d: %s", seed, strings.Join(wrong, "; "))
	}
	if f, err := s.VerifyAudit(h.ctx, store.Head{}); f != nil || err != nil {
		t.Errorf("seed %d: %+v, %v", seed, f, err)
	}
	if found, err := s.Check(h.ctx); err != nil || len(found) > 0 {
		t.Errorf("seed %d: %v, %v", seed, found, err)
	}
}

// live runs the program once, and says where it was killed, "" where it came to its end.
func (j job) live(t *testing.T) Point {
	text, err := json.Marshal(j)
	if err != nil {
		t.Error(err)
		return ""
	}
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childJob+"="+string(text))
	out, err := c.CombinedOutput()
	if err == nil {
		return ""
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("seed %d: %v\n%s", j.Seed, err, out)
		return ""
	}
	if len(out) > 0 {
		t.Errorf("seed %d: %s", j.Seed, out)
	}
	if at, err := os.ReadFile(j.Dir + "/died"); err == nil {
		_ = os.Remove(j.Dir + "/died")
		return Point(at)
	}
	return "in a call"
}

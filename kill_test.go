//go:build unix

package main

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

// kills is how often a process is killed in TestKilled: at random moments of sync, import and
// reconcile, in turn.
const kills = 200

// TestKilled kills real processes with SIGKILL at random moments and runs the same command again:
// the books must end in the state that an unharmed run comes to.
func TestKilled(t *testing.T) {
	p := served(t, 11, 60)
	steps := [][]string{{"sync"}}
	for _, a := range p.sand.Config().Accounts {
		steps = append(steps, append([]string{"import", "--account", string(a.Name)},
			p.files[a.Name]...))
	}
	steps = append(steps, []string{"reconcile"})
	whole := func(books string) []byte {
		for _, s := range steps {
			p.run(t, books, []int{0, 3}, s...)
		}
		return p.run(t, books, []int{0, 3}, "reconcile", "--json", "--matches")
	}
	unharmed := p.books(t)
	took := make([]time.Duration, len(steps))
	for i, s := range steps {
		began := time.Now()
		p.run(t, unharmed, []int{0, 3}, s...)
		took[i] = time.Since(began)
	}
	want := whole(unharmed)
	rng := rand.New(rand.NewPCG(7, 11))
	died := 0
	for done := 0; done < kills; {
		books := p.books(t)
		for i, s := range steps {
			for range 5 {
				if p.killed(t, books, s, time.Duration(rng.Int64N(int64(took[i])))) {
					died++
				}
				done++
			}
			p.run(t, books, []int{0, 3}, s...)
		}
		if got := whole(books); !bytes.Equal(got, want) {
			t.Fatalf("after %d kills the books end in another state:\n%s", done, firstDifference(got, want))
		}
		p.run(t, books, []int{0}, "doctor")
	}
	t.Logf("%d processes killed before their end, of %d", died, kills)
	if died < kills/4 {
		t.Errorf("only %d of %d processes were killed before their end: the moments are too late",
			died, kills)
	}
}

// killed starts a command and kills it after a while; it reports whether the command had not ended.
func (p *profile) killed(t *testing.T, books string, args []string, after time.Duration) bool {
	t.Helper()
	c := p.command(books, args...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	_ = c.Wait()
	return c.ProcessState.ExitCode() == -1
}

// firstDifference is the first line in which two texts differ.
func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return "got  " + string(g[i]) + "\nwant " + string(w[i])
		}
	}
	return "one is longer than the other"
}

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // what was acknowledged is looked up with it

	"countinghouse/app/book"
	"countinghouse/sync/stripe"
	"countinghouse/sync/world"
)

// receiving is a serve process.
type receiving struct {
	cmd  *exec.Cmd
	addr string
	out  bytes.Buffer
	// said is what it said on stderr after it listened; it is whole when ended is closed.
	said  bytes.Buffer
	ended chan struct{}
}

// receive starts serve and waits until it listens.
func (p *profile) receive(t testing.TB, cmd *exec.Cmd) *receiving {
	t.Helper()
	r := &receiving{cmd: cmd, ended: make(chan struct{})}
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = &r.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(errs)
	line, _ := lines.ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "Listening on http://")
	if !ok {
		rest, _ := io.ReadAll(lines)
		t.Fatalf("serve says %s%s", line, rest)
	}
	r.addr = addr
	go func() {
		_, _ = io.Copy(&r.said, lines)
		close(r.ended)
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return r
}

func (p *profile) serve(t testing.TB, books string, args ...string) *receiving {
	t.Helper()
	return p.receive(t, p.command(books, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...))
}

// stop ends serve as Ctrl-C does and wants it to end well.
func (r *receiving) stop(t testing.TB) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-r.ended
	if err := r.cmd.Wait(); err != nil {
		t.Fatalf("serve ended with %v\n%s", err, &r.said)
	}
}

func (r *receiving) kill() {
	_ = r.cmd.Process.Kill()
	<-r.ended
	_ = r.cmd.Wait()
}

// loader sends webhooks about the charges of a business, each event once.
type loader struct {
	client  *http.Client
	secret  string
	charges []string
	next    atomic.Int64
}

func newLoader(p *profile, seed uint64, customers int) *loader {
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		panic(err)
	}
	l := &loader{secret: p.sand.Environment()["COUNTINGHOUSE_STRIPE_WEBHOOK_SECRET"]}
	w := world.Build(world.Options{Seed: seed, Customers: customers, Month: month})
	for _, c := range w.Stripe.Charges {
		l.charges = append(l.charges, c.ID)
	}
	dial := net.Dialer{Timeout: 5 * time.Second}
	l.client = &http.Client{Transport: &http.Transport{DialContext: dial.DialContext,
		MaxIdleConnsPerHost: 256}, Timeout: 30 * time.Second}
	return l
}

// event is the body of an event of this number.
func (l *loader) event(n int64) (id string, body []byte) {
	id = fmt.Sprintf("evt_%d", n)
	return id, fmt.Appendf(nil, `{"id":%q,"object":"event","api_version":"2023-10-16","created":%d,`+
		`"livemode":false,"pending_webhooks":1,"type":"charge.updated","data":{"object":{"id":%q,`+
		`"object":"charge","amount":4900,"currency":"eur","status":"succeeded","description":%q}}}`,
		id, time.Now().Unix(), l.charges[n%int64(len(l.charges))], strings.Repeat("text ", 200))
}

// send sends one new event and returns its id and the status, 0 where no answer came.
func (l *loader) send(addr string) (id string, status int) {
	id, body := l.event(l.next.Add(1))
	d := stripe.Sign(body, l.secret, time.Now().Unix())
	q, err := http.NewRequest(http.MethodPost, "http://"+addr+"/hooks/stripe", bytes.NewReader(d.Body))
	if err != nil {
		panic(err)
	}
	q.Header = d.Header
	res, err := l.client.Do(q)
	if err != nil {
		return id, 0
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return id, res.StatusCode
}

// acknowledged is how many webhooks a receiver acknowledges that is killed again and again: a million for a
// release.
var acknowledged = flag.Int("acknowledged", 50_000, "webhooks that a receiver acknowledges while it is killed")

// TestReceiverKilled kills the receiver under load, again and again. Whatever it acknowledged is
// stored, once, and in the end all of it is applied and the books are those of pulls alone.
func TestReceiverKilled(t *testing.T) {
	const times, senders = 20, 8
	p := served(t, 12, 40)
	load := newLoader(p, 12, 40)
	books := p.books(t)
	rng := rand.New(rand.NewPCG(4, 4))
	var mu sync.Mutex
	var acked []string
	kills := 0
	for ; kills < times || len(acked) < *acknowledged; kills++ {
		if kills > times+*acknowledged/100 {
			t.Fatalf("only %d events were acknowledged in %d lives", len(acked), kills)
		}
		r := p.serve(t, books)
		timer := time.AfterFunc(time.Duration(100+rng.IntN(900))*time.Millisecond, r.kill)
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for {
					id, status := load.send(r.addr)
					switch status {
					case http.StatusOK:
						mu.Lock()
						acked = append(acked, id)
						mu.Unlock()
					case 0:
						return
					}
				}
			})
		}
		all.Wait()
		<-r.ended
		timer.Stop()
	}
	last := p.serve(t, books, "--json")
	last.stop(t)
	p.run(t, books, []int{0, 3}, "sync")
	wantApplied(t, books, acked)
	t.Logf("%d events acknowledged, %d sent, %d kills", len(acked), load.next.Load(), kills)
	pulls := p.books(t)
	p.run(t, pulls, []int{0, 3}, "sync")
	got := p.run(t, books, []int{0, 3}, "reconcile", "--json", "--matches")
	want := p.run(t, pulls, []int{0, 3}, "reconcile", "--json", "--matches")
	if !bytes.Equal(got, want) {
		t.Errorf("the books end in another state:\n%s", firstDifference(got, want))
	}
	p.run(t, books, []int{0}, "doctor")
}

// wantApplied wants every acknowledged event to be stored once and applied.
func wantApplied(t *testing.T, books string, acked []string) {
	t.Helper()
	state := wantStored(t, books, acked)
	for _, id := range acked {
		if state[id] != "applied" {
			t.Fatalf("%s was acknowledged and is %q", id, state[id])
		}
	}
}

// wantStored wants every acknowledged event to be stored once and returns how far each is.
func wantStored(t *testing.T, books string, acked []string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(books, "cache.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT event, state, count(*) FROM hooks GROUP BY event")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	state := map[string]string{}
	for rows.Next() {
		var event, s string
		var n int
		if err := rows.Scan(&event, &s, &n); err != nil {
			t.Fatal(err)
		}
		if state[event] = s; n != 1 {
			t.Errorf("%s is stored %d times", event, n)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range acked {
		if state[id] == "" {
			t.Fatalf("%s was acknowledged and is not stored", id)
		}
	}
	return state
}

// TestServe starts and stops the receiver as a person does.
func TestServe(t *testing.T) {
	p := served(t, 12, 10)
	load := newLoader(p, 12, 10)
	books := p.books(t)
	r := p.serve(t, books, "--json", "--pull-every", "0")
	for range 5 {
		if _, status := load.send(r.addr); status != http.StatusOK {
			t.Errorf("a right webhook is answered by %d", status)
		}
	}
	load.next.Store(0)
	if _, status := load.send(r.addr); status != http.StatusOK {
		t.Errorf("a repeated webhook is answered by %d", status)
	}
	load.secret += "x"
	if _, status := load.send(r.addr); status != http.StatusBadRequest {
		t.Errorf("a forged webhook is answered by %d", status)
	}
	badInput{name: "port taken", code: 1, want: "Another program listens on"}.judge(t,
		p.command(p.books(t), "serve", "--listen", r.addr))
	r.stop(t)
	var said struct {
		Listened string
		Sources  []struct {
			Source, Path       string
			Received, Repeated int
			Refused            map[string]int
		}
	}
	if err := json.Unmarshal(r.out.Bytes(), &said); err != nil {
		t.Fatalf("%v\n%s", err, &r.out)
	}
	if s := said.Sources; said.Listened != r.addr || len(s) != 1 || s[0].Path != "/hooks/stripe" ||
		s[0].Received != 5 || s[0].Repeated != 1 || s[0].Refused["forged"] != 1 {
		t.Errorf("%+v", said)
	}
	if !strings.Contains(r.said.String(), "POST /hooks/stripe") {
		t.Errorf("it does not say where webhooks are taken: %s", &r.said)
	}
	none := p.command(p.books(t), "serve")
	none.Env = slices.DeleteFunc(slices.Clone(none.Env), func(v string) bool {
		return strings.HasPrefix(v, "COUNTINGHOUSE_STRIPE_WEBHOOK_SECRET=")
	})
	badInput{name: "no secret", code: 1,
		want: "Set COUNTINGHOUSE_STRIPE_WEBHOOK_SECRET to receive webhooks"}.judge(t, none)
	for _, c := range []struct {
		want string
		code int
		args []string
	}{
		{"use 1m or more", 2, []string{"--pull-every", "5s"}},
		{"one word too many", 2, []string{"now"}},
		{"127.0.0.1:8642", 1, []string{"--listen", "nowhere"}},
	} {
		badInput{code: c.code, want: c.want}.judge(t, p.command(p.books(t), append([]string{"serve"}, c.args...)...))
	}
}

// TestReceiverOnAFullDisk receives until the disk takes no more. From then on everything is put off,
// and all that was acknowledged is there.
func TestReceiverOnAFullDisk(t *testing.T) {
	if out, err := exec.Command("unshare", "-Urm", "true").CombinedOutput(); err != nil {
		t.Logf("this system lets nobody make a mount namespace, so disks are not tried: %v %s", err, out)
		return
	}
	p := served(t, 12, 5)
	load := newLoader(p, 12, 5)
	mnt := t.TempDir()
	cmd := exec.Command("unshare", append(p.mounted(p.books(t), mnt, "size=3m"), "--data", mnt, "serve",
		"--listen", "127.0.0.1:0")...)
	cmd.Env = p.env
	r := p.receive(t, cmd)
	var acked []string
	full := 0
	for n := 0; n < 20_000 && full < 20; n++ {
		switch id, status := load.send(r.addr); status {
		case http.StatusOK:
			acked = append(acked, id)
		case http.StatusServiceUnavailable:
			full++
		default:
			t.Fatalf("webhook %d is answered by %d", n, status)
		}
	}
	if full < 20 || len(acked) < 20 {
		t.Errorf("%d webhooks were acknowledged, %d put off", len(acked), full)
	}
	res, err := http.Get("http://" + r.addr + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("health is %d on a full disk", res.StatusCode)
	}
	copied := t.TempDir()
	for _, name := range []string{"cache.db", "cache.db-wal"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/root%s", cmd.Process.Pid, filepath.Join(mnt, name)))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(copied, name), string(text))
	}
	wantStored(t, copied, acked)
	r.stop(t)
	if !strings.Contains(r.said.String(), "the disk is full") {
		t.Errorf("it says\n%s", &r.said)
	}
}

// quantile is a share of sorted times.
func quantile(sorted []time.Duration, permille int) float64 {
	return float64(sorted[min(len(sorted)-1, len(sorted)*permille/1000)].Microseconds()) / 1000
}

// BenchmarkServe sends webhooks over loopback to a serve process with synchronous=FULL: as many as it
// takes from 64 connections, and 2,000 a second for a minute; and beside them to a bare handler that reads the
// body and keeps nothing. It reports events a second, the times of answers in milliseconds, and the
// receiver's own processor time for an event, which does not depend on who else uses the computer.
func BenchmarkServe(b *testing.B) {
	const events, senders, perSecond = 40_000, 64, 2000
	const paced = 60 * perSecond
	bare := func(b *testing.B) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
			_, _ = io.Copy(io.Discard, q.Body)
		})}
		go func() { _ = s.Serve(l) }()
		b.Cleanup(func() { _ = s.Close() })
		return l.Addr().String()
	}
	whole := func(b *testing.B, p *profile) *receiving {
		books := p.books(b)
		p.run(b, books, []int{0, 3}, "sync")
		return p.serve(b, books)
	}
	for _, c := range []struct {
		name   string
		bare   bool
		events int
		every  time.Duration
	}{{"bare", true, events, 0}, {"most", false, events, 0},
		{"2000-a-second", false, paced, time.Second / perSecond}} {
		b.Run(c.name, func(b *testing.B) {
			p := served(b, 12, 200)
			load := newLoader(p, 12, 200)
			if c.bare {
				addr := bare(b)
				for b.Loop() {
					load.measure(b, addr, c.events, senders, 0)
				}
				return
			}
			r := whole(b, p)
			for b.Loop() {
				load.measure(b, r.addr, c.events, senders, c.every)
			}
			r.stop(b)
			used := r.cmd.ProcessState.UserTime() + r.cmd.ProcessState.SystemTime()
			b.ReportMetric(float64(used.Microseconds())/float64(load.next.Load()), "cpu-us/event")
		})
	}
}

// measure sends events, one each so often where every is not zero. A time counts from when the event
// was due, so that a receiver that falls behind is not spared.
func (l *loader) measure(b *testing.B, addr string, events, senders int, every time.Duration) {
	took := make([]time.Duration, events)
	var at atomic.Int64
	began := time.Now()
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for n := at.Add(1) - 1; n < int64(events); n = at.Add(1) - 1 {
				due := time.Now()
				if every > 0 {
					due = began.Add(time.Duration(n) * every)
					time.Sleep(time.Until(due))
				}
				if _, status := l.send(addr); status != http.StatusOK {
					b.Errorf("a webhook is answered by %d", status)
				}
				took[n] = time.Since(due)
			}
		})
	}
	all.Wait()
	whole := time.Since(began)
	slices.Sort(took)
	b.ReportMetric(float64(events)/whole.Seconds(), "events/s")
	b.ReportMetric(quantile(took, 500), "p50-ms")
	b.ReportMetric(quantile(took, 990), "p99-ms")
	b.ReportMetric(quantile(took, 999), "p999-ms")
	b.ReportMetric(0, "ns/op")
}

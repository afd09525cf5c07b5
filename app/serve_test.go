package app

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // two books are held against each other in it

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/receiver"
	"countinghouse/sync/source"
	"countinghouse/sync/stripe"
	"countinghouse/sync/world"
)

// deliveries are the webhooks of a world by the gateway that sends them.
var deliveries = map[book.SourceName]func(*world.World) []source.Delivery{
	world.StripeName: stripe.Deliveries,
}

// hookTest is a served business with books that receive its webhooks.
type hookTest struct {
	*server
	t    *testing.T
	sand *Sandbox
	// at is the clock on the wall.
	at  book.Instant
	dir string
}

func newHookTest(t *testing.T, s *Sandbox) *hookTest {
	t.Helper()
	h := &hookTest{t: t, sand: s, at: s.Now(), dir: t.TempDir()}
	c := s.Config()
	if err := c.Save(filepath.Join(h.dir, ConfigName)); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return h.at.Time() }
	a, err := Open(t.Context(), Options{Dir: h.dir, Secrets: s.Environment(), Now: clock, Wall: clock,
		LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	if h.server, err = a.newServer(ServeRequest{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.inbox.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func sandboxOf(t *testing.T, q SandboxRequest) *Sandbox {
	t.Helper()
	q.Listen = "127.0.0.1:0"
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	q.Month = month
	s, err := StartSandbox(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// post delivers one webhook at the moment at which it was sent and returns the status.
func (h *hookTest) post(name book.SourceName, d source.Delivery) int {
	h.at = d.At
	r := httptest.NewRequest(http.MethodPost, receiver.Path(name)+"?"+d.Query.Encode(),
		bytes.NewReader(d.Body))
	r.Header = d.Header
	w := httptest.NewRecorder()
	h.receiver.ServeHTTP(w, r)
	return w.Code
}

// sync pulls all sources now.
func (h *hookTest) sync() {
	h.t.Helper()
	h.at = h.sand.Now()
	if _, err := h.Sync(h.t.Context(), SyncRequest{}, func(Progress) {}); err != nil {
		h.t.Fatal(err)
	}
}

// followAll follows what is due now.
func (h *hookTest) followAll() {
	h.t.Helper()
	h.at = h.sand.Now()
	for _, f := range h.followers {
		for wait := time.Duration(0); wait == 0; {
			var err error
			if wait, err = f.round(h.t.Context()); err != nil {
				h.t.Fatal(err)
			}
		}
	}
}

func (h *hookTest) db() *sql.DB {
	h.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(h.dir, booksName))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = db.Close() })
	return db
}

// number is the only column of a query's only row.
func (h *hookTest) number(query string) int {
	h.t.Helper()
	var n int
	if err := h.db().QueryRow(query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// facts is everything that the sources stated, as text: every column but the place of the row, and the
// cursors.
func (h *hookTest) facts() string {
	h.t.Helper()
	db, out := h.db(), strings.Builder{}
	for _, table := range []string{"customers", "services", "invoices", "payments", "credits", "methods",
		"rates", "transactions", "payouts", "balances", "cursors"} {
		var columns string
		if err := db.QueryRow(`SELECT group_concat('quote("' || name || '")', ' || ''|'' || ')
			FROM pragma_table_info(?) WHERE name NOT IN ('seq', 'turn') AND NOT
			(? = 'cursors' AND name = 'at')`, table, table).Scan(&columns); err != nil {
			h.t.Fatal(err)
		}
		rows, err := db.Query("SELECT " + columns + " FROM " + table + " ORDER BY 1")
		if err != nil {
			h.t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				h.t.Fatal(err)
			}
			fmt.Fprintln(&out, table, row)
		}
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
	}
	return out.String()
}

// TestWebhooksComeToTheSameBooks delivers every webhook of a business twice, in random order, some of
// them lost, with pulls between: the books are those of pulls alone, byte for byte.
func TestWebhooksComeToTheSameBooks(t *testing.T) {
	s := sandboxOf(t, SandboxRequest{Seed: 5, Customers: 120})
	pulls, hooks := newHookTest(t, s), newHookTest(t, s)
	pulls.sync()
	pulls.sync()
	type sent struct {
		from book.SourceName
		source.Delivery
	}
	var all []sent
	for name, make := range deliveries {
		for _, d := range make(s.serving.World) {
			all = append(all, sent{name, d}, sent{name, d})
		}
	}
	rng := rand.New(rand.NewPCG(3, 9))
	rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	events := map[string]bool{}
	for i, d := range all {
		if i%5 == 0 {
			continue
		}
		if code := hooks.post(d.from, d.Delivery); code != http.StatusOK {
			t.Fatalf("a webhook is answered by %d", code)
		}
		events[string(d.from)+string(d.Body)] = true
		if i%50 == 49 {
			hooks.followAll()
		}
		if i == len(all)/2 {
			if hooks.number("SELECT count(*) FROM transactions") == 0 {
				t.Error("half of the webhooks brought nothing")
			}
			hooks.sync()
		}
	}
	hooks.followAll()
	if n := hooks.number("SELECT count(*) FROM hooks WHERE state = 'applied'"); n != len(events) {
		t.Errorf("%d events are applied, %d came", n, len(events))
	}
	hooks.sync()
	got, want := hooks.facts(), pulls.facts()
	if got != want {
		t.Errorf("the books differ: %d bytes by webhooks and pulls, %d by pulls alone\n%s", len(got),
			len(want), differs(got, want))
	}
	if strings.Count(want, "\ntransactions ") < 100 {
		t.Error("the business is too small")
	}
	states, err := hooks.HookStates(t.Context())
	if err != nil || len(states) != len(deliveries) || states[0].Waiting != 0 || states[0].LastAt == 0 ||
		states[0].LastType == "" {
		t.Errorf("%+v, %v", states, err)
	}
}

// differs is the first line in which two texts differ.
func differs(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one is longer than the other"
}

// attacks is how many deliveries are forged: 100,000 for each merge, a million for a release.
var attacks = flag.Int("attacks", 100_000, "forged deliveries, half of them of Stripe's, half of all gateways'")

// TestForgedWebhooks sends deliveries of Stripe's that are forged, or old, or were sent before. Not one of
// them is taken, and each is answered as it must be.
func TestForgedWebhooks(t *testing.T) {
	attacks := *attacks / 2
	s := sandboxOf(t, SandboxRequest{Seed: 6, Customers: 30})
	h := newHookTest(t, s)
	ds := stripe.Deliveries(s.serving.World)
	for _, d := range ds {
		if code := h.post(world.StripeName, d); code != http.StatusOK {
			t.Fatalf("a right webhook is answered by %d", code)
		}
	}
	before := h.facts()
	rng := rand.New(rand.NewPCG(1, 2))
	repeats, stale := 0, 0
	for n := range attacks {
		d := ds[rng.IntN(len(ds))]
		d.Header = d.Header.Clone()
		want := http.StatusBadRequest
		switch n % 10 {
		case 0:
			repeats, want = repeats+1, http.StatusOK
		case 1:
			stale++
			d.At += book.Instant(source.ReplayWindow.Milliseconds() + 1000 + rng.Int64N(1<<40))
			if n%20 < 10 && stale > 1 {
				want = 0
			}
		case 2:
			d.Header.Set("Stripe-Signature", ds[rng.IntN(len(ds))].Header.Get("Stripe-Signature"))
			d.Body = []byte(strings.Replace(string(d.Body), "evt_", fmt.Sprintf("evt_%d_", n), 1))
		case 3:
			d.Header.Del("Stripe-Signature")
		case 4:
			d = stripe.Sign(d.Body, "whsec_northwind_signx", int64(d.At)/1000)
		case 5:
			d = stripe.Sign(d.Body, "", int64(d.At)/1000)
		case 6:
			d.Body = d.Body[:rng.IntN(len(d.Body))]
		case 7:
			sig := d.Header.Get("Stripe-Signature")
			d.Header.Set("Stripe-Signature", strings.Replace(sig, "v1=", "v0=", 1))
		case 8:
			b := []byte(d.Header.Get("Stripe-Signature"))
			b[rng.IntN(len(b))] ^= 1
			d.Header.Set("Stripe-Signature", string(b))
		default:
			d.Body = slices.Clone(d.Body)
			d.Body[rng.IntN(len(d.Body))] ^= byte(1 + rng.IntN(255))
		}
		if code := h.post(world.StripeName, d); code != want && (want != 0 || code == http.StatusOK) {
			t.Fatalf("attack %d of kind %d is answered by %d, want %d", n, n%10, code, want)
		}
	}
	if n := h.number("SELECT count(*) FROM hooks"); n != len(ds) {
		t.Errorf("%d events are kept, %d were real", n, len(ds))
	}
	if h.facts() != before {
		t.Error("the books have changed")
	}
	c := h.receiver.Counts()[world.StripeName]
	if c.Received != len(ds) || c.Repeated != repeats || c.Refusals() != attacks-repeats ||
		c.Refused[receiver.Stale] != stale {
		t.Errorf("%+v", c)
	}
	if err := h.count(t.Context()); err != nil {
		t.Fatal(err)
	}
	states, err := h.HookStates(t.Context())
	if err != nil || states[0].Refused24h != c.Refusals() || states[0].Repeated24h != repeats {
		t.Errorf("%+v, %v", states, err)
	}
}

// TestForgedWebhooksOfEveryGateway sends the other half: what each gateway really signed, spoilt or sent
// again in every way that needs no secret. No event comes of it.
func TestForgedWebhooksOfEveryGateway(t *testing.T) {
	attacks := *attacks / 2 / len(hooksOf)
	w := wholeWorld(6, 60)
	h := newHookTest(t, servedWorld(t, w))
	for name, of := range hooksOf {
		ds := slices.DeleteFunc(of(w), func(d source.Delivery) bool {
			// The newer callbacks of SpectroCoin are not signed: each is held against the order itself.
			return name == world.SpectroCoinName && d.Header.Get("Content-Type") == "application/json"
		})
		if len(ds) < 5 {
			t.Errorf("%s: %d webhooks are there: nothing is tested", name, len(ds))
			continue
		}
		for _, d := range ds {
			if code := h.post(name, d); code != http.StatusOK {
				t.Fatalf("%s: a right webhook is answered by %d", name, code)
			}
		}
		kept := h.number("SELECT count(*) FROM hooks")
		before := h.facts()
		rng := rand.New(rand.NewPCG(8, 2))
		for n := range attacks {
			d, like := spoilt(rng, ds, n)
			if code := h.post(name, d); code == http.StatusOK && !like {
				t.Fatalf("%s: attack %d of kind %d is answered by %d\n%v\n%s", name, n, n%8, code, d.Header, d.Body)
			}
		}
		if got := h.number("SELECT count(*) FROM hooks"); got != kept {
			t.Errorf("%s: %d events came of forgeries", name, got-kept)
		}
		if h.facts() != before {
			t.Errorf("%s: the books have changed", name)
		}
		c := h.receiver.Counts()[name]
		if c.Received != len(ds) || c.Refusals() < attacks/2 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// spoilt is a delivery that no provider would send like this; like says that it still may be taken for
// one that was sent again.
func spoilt(rng *rand.Rand, ds []source.Delivery, n int) (d source.Delivery, like bool) {
	d, other := ds[rng.IntN(len(ds))], ds[rng.IntN(len(ds))]
	d.Header, d.Body = d.Header.Clone(), slices.Clone(d.Body)
	switch n % 8 {
	case 0: // sent again
		return d, true
	case 1: // sent again as if it were new
		for k := range d.Header {
			if k != "Content-Type" && rng.IntN(2) == 0 {
				d.Header.Set(k, d.Header.Get(k)+"x")
			}
		}
		return d, true
	case 2: // sent again years later
		d.At += book.Instant(int64(400*24*time.Hour/time.Millisecond) + rng.Int64N(1<<36))
		return d, true
	case 3: // the signature of another one
		if bytes.Equal(d.Body, other.Body) {
			return d, true
		}
		d.Body = append(other.Body[:len(other.Body):len(other.Body)], ' ')
	case 4: // cut
		d.Body = d.Body[:rng.IntN(len(d.Body))]
	case 5: // nothing but the body
		d.Header = http.Header{"Content-Type": d.Header["Content-Type"]}
		d.Body[len(d.Body)/2] ^= 1
	case 6: // some bytes of it
		for range 1 + rng.IntN(4) {
			d.Body[rng.IntN(len(d.Body))] ^= byte(1 + rng.IntN(255))
		}
		return d, true // the bytes may have been of a field that is not signed
	default: // made up
		d.Body = fmt.Appendf(nil, `{"id":"evt_%d","object":"event","entity":"event","event":"payment.captured"}`, n)
	}
	return d, false
}

// TestUnreadableWebhooks receives what Stripe signed and what is no event of Stripe's.
func TestUnreadableWebhooks(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	for range 2 {
		d := stripe.Sign([]byte(`{"object":"thing","card":"4242424242424242","key":"sk_test_northwind"}`),
			stripe.SimulatorSecrets()["webhook_secret"], int64(h.at)/1000)
		if code := h.post(world.StripeName, d); code != http.StatusOK {
			t.Errorf("answered by %d", code)
		}
	}
	rejects, err := h.store.Rejects(t.Context(), "stripe")
	if err != nil || len(rejects) != 1 || h.number("SELECT count(*) FROM hooks") != 0 {
		t.Fatalf("%+v, %v", rejects, err)
	}
	if r := rejects[0]; r.Kind != store.KindHook || !strings.Contains(r.Raw, "thing") ||
		strings.Contains(r.Raw, "42424242") || strings.Contains(r.Raw, "sk_test") || r.Reason == "" {
		t.Errorf("%+v", r)
	}
}

// TestPausedSourcesReceiveNothing serves a profile with one gateway paused, and one with all.
func TestPausedSourcesReceiveNothing(t *testing.T) {
	s := servedWorld(t, wholeWorld(6, 30))
	a := onWorld(t, s, func() time.Time { return s.Now().Time() })
	pause := func(names ...book.SourceName) (*server, error) {
		reconfigure(a, func(c *SourceConfig) bool {
			c.Paused = slices.Contains(names, c.Name)
			return true
		})
		return a.newServer(ServeRequest{})
	}
	one, err := pause(world.StripeName)
	if err != nil {
		t.Fatal(err)
	}
	defer one.inbox.Close()
	w := httptest.NewRecorder()
	one.receiver.ServeHTTP(w, httptest.NewRequest(http.MethodPost, receiver.Path(world.StripeName), nil))
	if w.Code != http.StatusNotFound || one.followers[world.StripeName] != nil ||
		one.followers[world.PayPalName] == nil {
		t.Errorf("a paused source answers %d", w.Code)
	}
	for _, x := range one.sources {
		if (x.Off != "") != (x.Name == world.StripeName) {
			t.Errorf("%s is off: %q", x.Name, x.Off)
		}
	}
	if _, err := pause(append(world.More, world.StripeName)...); err == nil ||
		!strings.Contains(err.Error(), "source stripe is paused") {
		t.Errorf("with all paused: %v", err)
	}
}

// fake is a receiver that follows as it is told.
type fake struct {
	source.Receiver
	follow func(about []string, keep func(source.Page) error) error
}

func (f fake) Follow(_ context.Context, about []string, _ source.Books,
	keep func(source.Page) error) error {
	return f.follow(about, keep)
}

func payoutPage(id book.ItemID) source.Page {
	return source.Page{Records: book.Records{Payouts: []book.Payout{{ID: id, Source: "stripe"}}}}
}

// put keeps events named by what they are about.
func (h *hookTest) put(about ...string) {
	h.t.Helper()
	for _, a := range about {
		_, err := h.keep(h.t.Context(), world.StripeName, source.Event{ID: "evt_" + a, Type: "t",
			About: []string{a}}, h.at)
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestFollowingLater puts events off while the provider is away, longer each time; the next pull
// settles them.
func TestFollowingLater(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	f := h.followers[world.StripeName]
	tries := 0
	f.from = fake{follow: func([]string, func(source.Page) error) error {
		tries++
		return &source.Error{Kind: source.KindUnavailable}
	}}
	h.put("a", "b")
	for n, want := range []time.Duration{5, 10, 20, 40} {
		wait, err := f.round(t.Context())
		if err != nil || wait != want*time.Second || tries != n+1 {
			t.Fatalf("try %d: next in %v, %v", tries, wait, err)
		}
		h.at += book.Instant(wait.Milliseconds())
	}
	f.from = fake{follow: func([]string, func(source.Page) error) error {
		return &source.Error{Kind: source.KindLimited, RetryAfter: 10 * time.Minute}
	}}
	if wait, err := f.round(t.Context()); wait != 10*time.Minute || err != nil {
		t.Errorf("asked to wait: %v, %v", wait, err)
	}
	if n := h.number("SELECT count(*) FROM hooks WHERE state = 'waiting'"); n != 2 {
		t.Errorf("%d wait", n)
	}
	later := h.at + 1
	h.at = later
	if _, err := h.Sync(t.Context(), SyncRequest{}, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if n := h.number("SELECT count(*) FROM hooks WHERE state = 'waiting'"); n != 0 {
		t.Errorf("%d wait after a pull", n)
	}
}

// TestNothingIsFollowedWithAWrongKey pulls once with the right key and once with a wrong one: only the
// right one lets webhooks be followed, for with another account's the books would be mixed.
func TestNothingIsFollowedWithAWrongKey(t *testing.T) {
	s := servedWorld(t, world.Build(world.Options{Seed: 5, Customers: 5}))
	for key, ready := range map[string]bool{"": true, "sk_test_of_another": false} {
		a := onWorld(t, s, func() time.Time { return s.Now().Time() })
		if key != "" {
			a.secrets.Fixed = maps.Clone(a.secrets.Fixed)
			a.secrets.Fixed["COUNTINGHOUSE_STRIPE_SECRET_KEY"] = key
		}
		server, err := a.newServer(ServeRequest{})
		if err != nil {
			t.Fatal(err)
		}
		defer server.inbox.Close()
		server.pullAll(t.Context())
		if got := server.followers[world.StripeName].ready.Load(); got != ready {
			t.Errorf("with key %q webhooks are followed: %v", key, got)
		}
	}
}

// TestOneBadEvent lets one object be refused for good: the others are followed all the same.
func TestOneBadEvent(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	f := h.followers[world.StripeName]
	f.from = fake{follow: func(about []string, keep func(source.Page) error) error {
		if slices.Contains(about, "bad") {
			return &source.Error{Kind: source.KindRefused}
		}
		for _, a := range about {
			if err := keep(payoutPage(book.ItemID("stripe:" + a))); err != nil {
				return err
			}
		}
		return nil
	}}
	h.put("a", "bad", "c", "d")
	h.followAll()
	if n := h.number("SELECT count(*) FROM payouts"); n != 3 {
		t.Errorf("%d payouts came", n)
	}
	if n := h.number("SELECT count(*) FROM hooks WHERE state = 'waiting' AND event = 'evt_bad'"); n != 1 ||
		h.number("SELECT count(*) FROM hooks WHERE state = 'waiting'") != 1 {
		t.Error("another one waits than the bad one")
	}
}

// TestAPullMeanwhile lets another process pull while events are followed: what was read before is not
// stored over what was pulled, and is read again.
func TestAPullMeanwhile(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	other, err := store.Open(t.Context(), filepath.Join(h.dir, booksName), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	f := h.followers[world.StripeName]
	readings := 0
	f.from = fake{follow: func(_ []string, keep func(source.Page) error) error {
		old, now := payoutPage("stripe:po"), payoutPage("stripe:po")
		old.Records.Payouts[0].Revision, now.Records.Payouts[0].Revision = "old", "now"
		if readings++; readings > 1 {
			return keep(now)
		}
		_, err := other.Apply(t.Context(), world.StripeName, now.Records, nil, "c", h.at)
		if err != nil {
			t.Fatal(err)
		}
		return keep(old)
	}}
	h.put("a")
	h.followAll()
	if n := h.number("SELECT count(*) FROM payouts WHERE revision = 'now'"); n != 1 || readings != 2 {
		t.Errorf("%d are up to date after %d readings", n, readings)
	}
	if h.number("SELECT count(*) FROM hooks WHERE state = 'waiting'") != 0 {
		t.Error("the event still waits")
	}
}

// TestFollowingAndPullingTakeTurns pulls while a follower reads.
func TestFollowingAndPullingTakeTurns(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	f := h.followers[world.StripeName]
	ended := make(chan error, 1)
	f.from = fake{follow: func([]string, func(source.Page) error) error {
		go func() {
			_, err := h.Sync(context.WithoutCancel(t.Context()), SyncRequest{}, func(Progress) {})
			ended <- err
		}()
		short, stop := context.WithCancel(t.Context())
		stop()
		if _, err := h.reading.take(short, world.StripeName); err == nil {
			t.Error("two read from one source at once")
		}
		return nil
	}}
	h.put("a")
	if _, err := f.round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestHealth(t *testing.T) {
	h := newHookTest(t, sandboxOf(t, SandboxRequest{Seed: 5, Customers: 5}))
	h.put("a", "b")
	ask := func() (int, string) {
		w := httptest.NewRecorder()
		h.receiver.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		return w.Code, w.Body.String()
	}
	code, body := ask()
	for _, part := range []string{`"ok":true`, `"writable":true`, `"waiting":2`, `"source":"stripe"`,
		`"oldest_waiting":"` + h.at.String()} {
		if code != 200 || !strings.Contains(body, part) {
			t.Errorf("%d %s does not say %s", code, body, part)
		}
	}
	if _, err := h.db().Exec("CREATE TRIGGER no BEFORE UPDATE ON hook_counts BEGIN SELECT raise(ABORT, 'no'); END"); err != nil {
		t.Fatal(err)
	}
	if code, _ := ask(); code != 200 {
		t.Errorf("a finding does not hold for a while: %d", code)
	}
	h.at += 3000
	if code, body := ask(); code != 503 || !strings.Contains(body, `"writable":false`) {
		t.Errorf("books that cannot be written: %d %s", code, body)
	}
}

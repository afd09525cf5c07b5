// Package sourcetest owns the contract suite: what every source must do, run against the source's
// own simulator over a pretend business, with the faults of a real network put between the two.
// The test of each source calls Run with about 25 lines. Nothing but tests imports it, it never
// leaves this computer, and it never waits on the clock.
package sourcetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// Subject is a source under test, with what the suite cannot know of it.
type Subject struct {
	// Name is the configured name of the source; its ids begin with it.
	Name book.SourceName
	// Open opens the source.
	Open func(source.Options) (source.Puller, error)
	// World makes a business, the same each time and the caller's own to change. It must hold
	// amounts of currencies with 0, 2 and 3 decimals; nil for Small.
	World func() *world.World
	// Serve is the simulator over a world. A world that was changed is served by a new one.
	Serve func(*world.World) http.Handler
	// Secrets are the right ones, each at least 6 bytes long.
	Secrets map[string]source.Secret
	// Expect is what the books must come to after a pull of the world: every record, to the last
	// field except Revision. Order does not matter, neither among records nor among aliases.
	Expect func(*world.World) book.Records
	// Touch changes records late, without which any other changes: a refund fails, an invoice is
	// paid, a payout is completed. It moves the world's Now on, by less than 30 days.
	Touch func(*world.World)
	// Break stands between the source and the simulator: every time the simulator serves one
	// certain record, its text cannot be read any more, and plant stands in it. It returns that
	// record's id; the books must come to everything else.
	Break func(h http.Handler, w *world.World, plant string) (http.Handler, book.ItemID)
	// Cut stands between too and makes the server's pages small: at most max records a page.
	Cut func(h http.Handler, max int) http.Handler
	// Fail answers one request with an error in the provider's own form: 400, 401, 429 or 500 and
	// a message. Headers such as Retry-After are set already.
	Fail func(w http.ResponseWriter, r *http.Request, status int, message string)

	// Deliver makes the webhooks that the provider would have sent of a world's history up to its
	// Now, oldest first, each event once; At is when each was signed and came in. It is nil where the
	// source is no Receiver.
	Deliver func(*world.World) []source.Delivery
	// Signature are the headers without which, or with another value of which, no delivery may be
	// believed.
	Signature []string
	// Window is how old a signed time may be, zero where the provider signs none.
	Window time.Duration
	// Unsigned says that a delivery is of a kind that the provider does not sign, so that it is only
	// a hint and cannot be forged; nil where all are signed.
	Unsigned func(source.Delivery) bool
}

// Run runs the whole suite.
func Run(t *testing.T, s Subject) {
	if s.World == nil {
		s.World = Small
	}
	t.Run("describe", s.describe)
	t.Run("check", s.check)
	t.Run("unreachable", s.unreachable)
	t.Run("cancel", s.cancel)
	t.Run("pull", s.pull)
	t.Run("currencies", s.currencies)
	t.Run("built", s.built)
	t.Run("pages", s.pages)
	t.Run("resume", s.resume)
	t.Run("repeat", s.repeat)
	t.Run("since", s.since)
	t.Run("changes", s.changes)
	t.Run("limited", s.limited)
	t.Run("transient", s.transient)
	t.Run("slow", s.slow)
	t.Run("skewed", s.skewed)
	t.Run("refused", s.refused)
	t.Run("reject", s.reject)
	t.Run("huge", s.huge)
	t.Run("receives", s.receives)
	if s.Deliver != nil {
		t.Run("verify", s.verify)
		t.Run("forged", s.forged)
		t.Run("stale", s.stale)
		t.Run("follow", s.follow)
		t.Run("follow each", s.followEach)
		t.Run("lost events", s.lost)
		t.Run("follow faults", s.followFaults)
	}
}

// rig is one source opened against one handler.
type rig struct {
	t       *testing.T
	s       Subject
	world   *world.World
	options source.Options
	source  source.Puller
	// waits are the pauses that the source asked for between tries.
	waits []time.Duration
}

// open serves a handler on loopback and opens the source against it.
func (s Subject) open(t *testing.T, w *world.World, h http.Handler) *rig {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return s.openAt(t, w, server.URL, nil)
}

func (s Subject) openAt(t *testing.T, w *world.World, url string, tr source.Transport) *rig {
	t.Helper()
	r := &rig{t: t, s: s, world: w}
	r.options = source.Options{Name: s.Name, URL: url, Secrets: s.Secrets, Zone: w.Zone,
		Base: w.Base, Transport: tr, Clock: func() time.Time { return w.Now.Time() }, Wait: r.wait}
	r.reopen()
	return r
}

// reopen opens the source anew, as after a restart of the program.
func (r *rig) reopen() {
	r.t.Helper()
	p, err := r.s.Open(r.options)
	if err != nil {
		r.t.Fatalf("open: %v", err)
	}
	r.source = p
}

func (r *rig) wait(ctx context.Context, d time.Duration) error {
	r.waits = append(r.waits, d)
	return ctx.Err()
}

// pull pulls from the books' cursor until the end, keeping and checking every page.
func (r *rig) pull(b *Books) error {
	r.t.Helper()
	return r.pullAs(b, source.Request{})
}

func (r *rig) pullAs(b *Books, q source.Request) error {
	r.t.Helper()
	q.Books, q.Cursor = b, b.Cursor
	progress := progress{}
	return r.source.Pull(r.t.Context(), q, func(p source.Page) error {
		r.t.Helper()
		progress.check(r.t, p)
		r.checkPage(p)
		b.Keep(p)
		return nil
	})
}

// mustPull pulls and wants no error.
func (r *rig) mustPull(b *Books) {
	r.t.Helper()
	if err := r.pull(b); err != nil {
		r.t.Fatalf("pull: %v", err)
	}
}

// want compares the books with what the world must come to.
func (r *rig) want(b *Books) {
	r.t.Helper()
	r.wantRecords(b, r.s.Expect(r.world))
	for _, reject := range b.Rejects() {
		r.t.Errorf("reject %s: %s", reject.Place, reject.Reason)
	}
}

func (r *rig) wantRecords(b *Books, want book.Records) {
	r.t.Helper()
	if want.Len() == 0 {
		r.t.Fatal("the world comes to no records: nothing is tested")
	}
	for i, d := range Diff(want, b.All()) {
		if i == 10 {
			r.t.Fatal("and more")
		}
		r.t.Error(d)
	}
}

// progress checks that a pull's progress never runs backwards.
type progress struct{ last source.Page }

func (g *progress) check(t *testing.T, p source.Page) {
	t.Helper()
	switch l := g.last; {
	case p.Stage == "" || p.StageOf < 1 || p.StageOf > p.Stages:
		t.Errorf("stage %q is %d of %d", p.Stage, p.StageOf, p.Stages)
	case p.StageOf < l.StageOf || l.Stages != 0 && p.Stages != l.Stages:
		t.Errorf("stage %d of %d came after %d of %d", p.StageOf, p.Stages, l.StageOf, l.Stages)
	case p.StageOf == l.StageOf && (p.Done < l.Done || p.Stage != l.Stage):
		t.Errorf("%s: %d done after %s: %d", p.Stage, p.Done, l.Stage, l.Done)
	case p.Total != 0 && p.Done > p.Total:
		t.Errorf("%s: %d done of %d", p.Stage, p.Done, p.Total)
	case p.Cursor == "":
		t.Errorf("%s: a page has no cursor", p.Stage)
	}
	g.last = p
}

// checkPage checks what holds for every record of every source.
func (r *rig) checkPage(p source.Page) {
	r.t.Helper()
	for key, e := range index(p.Records) {
		if e.source != r.s.Name {
			r.t.Errorf("%s is a record of source %q", key, e.source)
		}
		if e.versioned && e.revision == "" {
			r.t.Errorf("%s has no revision", key)
		}
		if e.id != "" && (e.id.Source() != r.s.Name || e.id.Native() == "") {
			r.t.Errorf("%s: id %q does not begin with %q", key, e.id, r.s.Name)
		}
	}
	for _, x := range p.Records.Transactions {
		if x.Gross-x.Fee-x.Tax != x.Net {
			r.t.Errorf("%s: gross %d - fee %d - tax %d is not net %d", x.ID, x.Gross, x.Fee,
				x.Tax, x.Net)
		}
		if !x.Currency.Known() || !x.Charged.Currency.Known() {
			r.t.Errorf("%s: currencies %q and %q", x.ID, x.Currency, x.Charged.Currency)
		}
	}
	for _, reject := range p.Rejects {
		if reject.Origin != string(r.s.Name) || reject.Place == "" || reject.Reason == "" {
			r.t.Errorf("reject of %q at %q: %q", reject.Origin, reject.Place, reject.Reason)
		}
		r.noSecret(reject.Raw + reject.Reason + reject.Place)
	}
}

// noSecret checks that a text holds none of the secrets.
func (r *rig) noSecret(text string) {
	r.t.Helper()
	for field, secret := range r.s.Secrets {
		if holds(text, secret.Reveal()) {
			r.t.Errorf("%s is leaked in: %.500s", field, text)
		}
	}
}

func (s Subject) describe(t *testing.T) {
	r := s.openAt(t, s.World(), "http://127.0.0.1:1", failing{})
	d := r.source.Describe()
	if d.Kind == "" || d.Title == "" || d.Role != source.Billing && d.Role != source.Gateway {
		t.Errorf("kind %q, title %q, role %q", d.Kind, d.Title, d.Role)
	}
	var fields []string
	for _, f := range d.Secrets {
		fields = append(fields, f.Name)
		if f.Name == "" || f.Title == "" {
			t.Errorf("secret field %q has title %q", f.Name, f.Title)
		}
	}
	for field, secret := range s.Secrets {
		if !slices.Contains(fields, field) {
			t.Errorf("field %s is not described", field)
		}
		if len(secret) < 6 {
			t.Errorf("the secret for %s is too short to look for", field)
		}
	}
	for _, address := range []string{"ftp://127.0.0.1", "http://billing.example.com", "https://",
		"https://user:word@billing.example.com", "https://billing.example.com?a=b"} {
		o := r.options
		o.URL = address
		if _, err := s.Open(o); err == nil {
			t.Errorf("address %q was taken", address)
		}
	}
}

func (s Subject) pull(t *testing.T) {
	w := s.World()
	r, b := s.open(t, w, s.Serve(w)), NewBooks()
	r.mustPull(b)
	r.want(b)
	if len(r.waits) != 0 {
		t.Errorf("waited %v with nothing wrong", r.waits)
	}
}

// currencies makes sure that the test of exact amounts above tested something.
func (s Subject) currencies(t *testing.T) {
	found := map[int]bool{}
	see := func(c money.Currency) {
		places, _ := c.Exponent()
		found[places] = true
	}
	want := s.Expect(s.World())
	for _, x := range want.Invoices {
		see(x.Currency)
	}
	for _, x := range want.Transactions {
		see(x.Currency)
	}
	for _, places := range []int{0, 2, 3} {
		if !found[places] {
			t.Errorf("the world holds no amount in a currency with %d decimals", places)
		}
	}
}

package sourcetest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// built pulls worlds that were made from a seed, with all faults, and pulls them again.
func (s Subject) built(t *testing.T) {
	for _, o := range []world.Options{{Seed: 1, Customers: 1}, {Seed: 7, Customers: 150}} {
		if s.Name != world.StripeName && s.Name != world.BillingName {
			// A business of one customer may never use it.
			o.Customers, o.Gateways = max(o.Customers, 60), []book.SourceName{s.Name}
		}
		w := world.Build(o)
		r, b := s.open(t, w, s.Serve(w)), NewBooks()
		r.mustPull(b)
		r.want(b)
		b.Changed = nil
		r.mustPull(b)
		if len(b.Changed) != 0 {
			t.Errorf("%d records changed by themselves: %s", len(b.Changed), b.Changed[0])
		}
	}
}

func (s Subject) pages(t *testing.T) {
	for _, most := range []int{1, 2, 3, 7} {
		w := s.World()
		r, b := s.open(t, w, s.Cut(s.Serve(w), most)), NewBooks()
		r.mustPull(b)
		r.want(b)
	}
}

// resume kills a pull at every page, once for each page and once at all of them.
func (s Subject) resume(t *testing.T) {
	w := s.World()
	r, whole := s.open(t, w, s.Cut(s.Serve(w), 4)), NewBooks()
	r.mustPull(whole)
	if whole.Pages < 4 {
		t.Fatalf("the world fills %d pages only", whole.Pages)
	}
	for k := range whole.Pages {
		b := NewBooks()
		r.killAfter(b, k)
		r.reopen()
		r.mustPull(b)
		r.want(b)
		if b.Pages > whole.Pages+2 {
			t.Errorf("killed after %d pages: %d pages instead of %d", k, b.Pages, whole.Pages)
		}
	}
	b := NewBooks()
	for range 2*whole.Pages + 2 {
		if !r.killAfter(b, 1) {
			break
		}
		r.reopen()
	}
	r.want(b)
}

var errKilled = errors.New("killed")

// killAfter pulls n pages and fails at the next. It reports whether there was a next one.
func (r *rig) killAfter(b *Books, n int) bool {
	r.t.Helper()
	taken := 0
	err := r.source.Pull(r.t.Context(), source.Request{Cursor: b.Cursor, Books: b},
		func(p source.Page) error {
			if taken == n {
				return errKilled
			}
			taken++
			b.Keep(p)
			return nil
		})
	if err != nil && !errors.Is(err, errKilled) {
		r.t.Fatalf("killed after %d pages: %v", n, err)
	}
	return err != nil
}

// repeat pulls the same books again, in each way, and wants nothing to change.
func (s Subject) repeat(t *testing.T) {
	w := s.World()
	r, b := s.open(t, w, s.Serve(w)), NewBooks()
	r.mustPull(b)
	for _, q := range []source.Request{{}, {}, {Full: true}, {Full: true}, {}} {
		b.Changed = nil
		before := b.Copy()
		r.reopen()
		if err := r.pullAs(b, q); err != nil {
			t.Fatalf("pull, full %v: %v", q.Full, err)
		}
		if len(b.Changed) != 0 {
			t.Errorf("full %v: %d records changed: %s", q.Full, len(b.Changed),
				strings.Join(b.Changed[:min(5, len(b.Changed))], ", "))
		}
		for _, d := range Diff(before.All(), b.All()) {
			t.Error(d)
		}
		r.want(b)
	}
}

// since pulls a part; what comes must be as in the whole, and reach back far enough.
func (s Subject) since(t *testing.T) {
	w := s.World()
	r, b := s.open(t, w, s.Serve(w)), NewBooks()
	since := w.Now.In(w.Zone) - 7
	if err := r.pullAs(b, source.Request{Since: since}); err != nil {
		t.Fatalf("pull since %s: %v", since, err)
	}
	want, got := s.Expect(w), b.All()
	all := index(want)
	for key, e := range index(got) {
		if whole, ok := all[key]; !ok && !strings.HasPrefix(key, "balance ") {
			t.Errorf("%s is not in the whole", key)
		} else if e.id != "" && plain(whole) != plain(e) {
			t.Errorf("%s differs\n whole %s\n  part %s", key, plain(whole), plain(e))
		}
	}
	part := index(got)
	needed := func(kind string, id book.ItemID, on book.Date) {
		if _, ok := part[kind+" "+string(id)]; on >= since && !ok {
			t.Errorf("%s %s of %s is missing", kind, id, on)
		}
	}
	for _, x := range want.Invoices {
		needed("invoice", x.ID, x.IssuedOn)
	}
	for _, x := range want.Payments {
		needed("payment", x.ID, x.At.In(w.Zone))
	}
	for _, x := range want.Transactions {
		needed("transaction", x.ID, x.At.In(w.Zone))
	}
	for _, x := range want.Payouts {
		needed("payout", x.ID, x.SentAt.In(w.Zone))
	}
	if err := r.pullAs(b, source.Request{}); err != nil {
		t.Fatalf("pull of all after a part: %v", err)
	}
	r.want(b)
}

// changes pulls, lets the world move on, and pulls again: once in time, once after two months.
func (s Subject) changes(t *testing.T) {
	for _, gap := range []time.Duration{0, 61 * 24 * time.Hour} {
		w := s.World()
		r, b := s.open(t, w, s.Serve(w)), NewBooks()
		r.mustPull(b)
		before := s.Expect(w)
		s.Touch(w)
		if len(Diff(before, s.Expect(w))) == 0 {
			t.Fatal("the touch changes nothing: nothing is tested")
		}
		w.Now += book.Instant(gap.Milliseconds())
		late := s.open(t, w, s.Cut(s.Serve(w), 5))
		late.mustPull(b)
		late.want(b)
		late.reopen()
		b.Changed = nil
		late.mustPull(b)
		if len(b.Changed) != 0 {
			t.Errorf("a pull after the changes changed %v", b.Changed)
		}
	}
}

func (s Subject) limited(t *testing.T) {
	w := s.World()
	r, b := s.open(t, w, every(3, s.Serve(w), s.fail(http.StatusTooManyRequests, "7"))), NewBooks()
	r.mustPull(b)
	r.want(b)
	if len(r.waits) == 0 {
		t.Fatal("did not wait")
	}
	for _, d := range r.waits {
		if d < 7*time.Second || d > 30*time.Second {
			t.Errorf("waited %v where 7 s were asked", d)
		}
	}
	r = s.open(t, w, s.fail(http.StatusTooManyRequests, ""))
	r.failsBothWays(source.KindLimited)
	if len(r.waits) != 2*(source.Tries-1) {
		t.Errorf("waited %d times", len(r.waits))
	}
	r = s.open(t, w, s.fail(http.StatusTooManyRequests, "86400"))
	r.failsBothWays(source.KindLimited)
	if len(r.waits) != 0 {
		t.Errorf("waited %v where a day was asked", r.waits)
	}
	var e *source.Error
	if err := r.pull(b); !errors.As(err, &e) || e.RetryAfter != 24*time.Hour {
		t.Errorf("retry after: %v", err)
	}
}

func (s Subject) transient(t *testing.T) {
	for name, fault := range map[string]http.Handler{
		"500": s.fail(http.StatusInternalServerError, ""), "502": html(http.StatusBadGateway),
		"503": html(http.StatusServiceUnavailable), "cut off": cutOff, "half way": halfWay,
	} {
		t.Run(name, func(t *testing.T) {
			w := s.World()
			r, b := s.open(t, w, every(3, s.Serve(w), fault)), NewBooks()
			r.mustPull(b)
			r.want(b)
			if name != "cut off" && len(r.waits) == 0 {
				t.Error("did not wait")
			}
			s.open(t, w, fault).failsBothWays(source.KindUnavailable)
		})
	}
}

// refused answers with errors that name the secrets, and with a reply that breaks off.
func (s Subject) refused(t *testing.T) {
	w := s.World()
	r := s.open(t, w, s.fail(http.StatusBadRequest, ""))
	r.failsBothWays(source.KindRefused)
	if len(r.waits) != 0 {
		t.Errorf("waited %v after a refusal", r.waits)
	}
	s.open(t, w, s.fail(http.StatusUnauthorized, "")).failsBothWays(source.KindAuth)
	half := Rewrite(s.Serve(w), func(_ *http.Request, body []byte) []byte {
		return body[:len(body)/2]
	})
	s.open(t, w, half).failsBothWays(source.KindMalformed)
}

func (s Subject) reject(t *testing.T) {
	const card = "4242 4242 4242 4242"
	plant := card
	for _, secret := range s.Secrets {
		plant += " " + secret.Reveal()
	}
	w := s.World()
	h, id := s.Break(s.Serve(w), w, plant)
	r, b := s.open(t, w, h), NewBooks()
	r.mustPull(b)
	whole := s.Expect(w)
	rest := without(whole, id)
	if rest.Len() != whole.Len()-1 {
		t.Fatalf("%s is no record of the world", id)
	}
	r.wantRecords(b, rest)
	rejects := b.Rejects()
	if len(rejects) != 1 {
		t.Fatalf("%d rejects: %+v", len(rejects), rejects)
	}
	if raw := rejects[0].Raw; raw == "" || holds(raw, card) || rejects[0].Kind == "" {
		t.Errorf("reject of kind %q keeps %q", rejects[0].Kind, raw)
	}
	healed := s.open(t, w, s.Serve(w))
	if err := healed.pullAs(b, source.Request{Full: true}); err != nil {
		t.Fatalf("pull of everything: %v", err)
	}
	healed.wantRecords(b, whole)
}

func (s Subject) huge(t *testing.T) {
	w, h := s.World(), &huge{}
	s.open(t, w, h).failsBothWays(source.KindMalformed)
	if calls := int64(2); h.taken.Load() > calls*2*source.ReplyMax {
		t.Errorf("%d MiB were read in %d calls", h.taken.Load()>>20, calls)
	}
}

package sourcetest

import (
	"bytes"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// receives makes sure that no source with webhooks goes without their tests.
func (s Subject) receives(t *testing.T) {
	r := s.openAt(t, s.World(), "http://127.0.0.1:1", failing{})
	if _, ok := r.source.(source.Receiver); ok != (s.Deliver != nil) {
		t.Errorf("the source is a Receiver: %v; the test has webhooks of it: %v", ok, s.Deliver != nil)
	}
}

// receiver is the source as a receiver whose clock stands where the test puts it.
type receiver struct {
	*rig
	source.Receiver
	now book.Instant
}

func (s Subject) receiver(t *testing.T, w *world.World, h http.Handler) *receiver {
	t.Helper()
	r := &receiver{rig: s.open(t, w, h), now: w.Now}
	r.options.Clock = func() time.Time { return r.now.Time() }
	r.again()
	return r
}

// again opens the source anew with the rig's options.
func (r *receiver) again() {
	r.t.Helper()
	r.reopen()
	r.Receiver = r.rig.source.(source.Receiver)
}

// take verifies a delivery at the moment at which it came in.
func (r *receiver) take(d source.Delivery) (source.Event, error) {
	r.now = d.At
	return r.Verify(r.t.Context(), d)
}

// about verifies deliveries and collects what they are about; each one must be right.
func (r *receiver) about(ds []source.Delivery) []string {
	r.t.Helper()
	var out []string
	for _, d := range ds {
		e, err := r.take(d)
		if err != nil {
			r.t.Fatalf("verify: %v", err)
		}
		out = append(out, e.About...)
	}
	return out
}

// deliveries are those of a world; there must be some.
func (s Subject) deliveries(t *testing.T, w *world.World) []source.Delivery {
	t.Helper()
	ds := s.Deliver(w)
	if len(ds) < 3 {
		t.Fatalf("the world gives %d webhooks: nothing is tested", len(ds))
	}
	return ds
}

func copied(d source.Delivery) source.Delivery {
	d.Header, d.Body = d.Header.Clone(), slices.Clone(d.Body)
	return d
}

// worlds are the small one and one made from a seed.
func (s Subject) worlds() []*world.World {
	o := world.Options{Seed: 7, Customers: 80}
	if s.Name != world.StripeName {
		o.Gateways = []book.SourceName{s.Name}
	}
	return []*world.World{s.World(), world.Build(o)}
}

// verify takes every delivery, many at once and each twice.
func (s Subject) verify(t *testing.T) {
	for _, w := range s.worlds() {
		r, ds := s.receiver(t, w, s.Serve(w)), s.deliveries(t, w)
		if again := s.Deliver(w); !reflect.DeepEqual(ds, again) {
			t.Error("the webhooks of a world are not the same each time")
		}
		if !slices.IsSortedFunc(ds, func(a, b source.Delivery) int { return int(a.At - b.At) }) {
			t.Error("the webhooks are not in the order of time")
		}
		seen, about := map[string]bool{}, false
		for _, d := range ds {
			before := copied(d)
			e, err := r.take(d)
			if err != nil {
				t.Fatalf("verify: %v\n%.300s", err, d.Body)
			}
			if !reflect.DeepEqual(d, before) {
				t.Fatal("verify changes what came in")
			}
			if e.ID == "" || e.Type == "" || e.At > d.At+1000 {
				t.Errorf("event %+v of a delivery at %s", e, d.At)
			}
			if seen[e.ID] {
				t.Errorf("event %s comes of two deliveries", e.ID)
			}
			seen[e.ID], about = true, about || len(e.About) > 0
			r.noSecret(e.ID + e.Type + strings.Join(e.About, ""))
			if again, err := r.take(copied(before)); err != nil || !reflect.DeepEqual(again, e) {
				t.Errorf("the same delivery again: %+v, %v; before %+v", again, err, e)
			}
		}
		if !about {
			t.Error("no event is about anything")
		}
		r.atOnce(ds[len(ds)/2])
	}
}

// atOnce verifies one delivery from many goroutines.
func (r *receiver) atOnce(d source.Delivery) {
	r.t.Helper()
	r.now = d.At
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := r.Verify(r.t.Context(), copied(d)); err != nil {
				r.t.Errorf("verify at once: %v", err)
			}
		})
	}
	all.Wait()
}

// forged changes deliveries in every way that somebody without the secrets could.
func (s Subject) forged(t *testing.T) {
	w := s.World()
	r, ds := s.receiver(t, w, s.Serve(w)), s.deliveries(t, w)
	if s.Unsigned != nil {
		ds = slices.DeleteFunc(ds, s.Unsigned)
	}
	tried := []source.Delivery{ds[0], ds[len(ds)/2], ds[len(ds)-1]}
	for _, d := range tried {
		e, err := r.take(copied(d))
		if err != nil {
			t.Fatalf("verify: %v", err)
		}
		r.sameUnderOtherHeaders(d, e)
		for what, bad := range s.forgeries(d) {
			_, err := r.take(bad)
			r.wantRefused(what, err, bad)
		}
	}
	wrong := map[string]source.Secret{}
	for field, secret := range s.Secrets {
		wrong[field] = secret[:len(secret)-1] + "#"
	}
	r.options.Secrets = wrong
	r.again()
	for _, d := range tried {
		_, err := r.take(copied(d))
		r.wantRefused("of another secret", err, d)
	}
}

// sameUnderOtherHeaders changes what is not signed: the event must stay the one that it was, so that
// nobody can pass an old one off as new.
func (r *receiver) sameUnderOtherHeaders(d source.Delivery, want source.Event) {
	r.t.Helper()
	for name := range d.Header {
		if name == "Content-Type" || slices.Contains(r.s.Signature, name) {
			continue
		}
		for _, value := range []string{"", d.Header.Get(name) + "x"} {
			c := copied(d)
			c.Header.Set(name, value)
			if e, err := r.take(c); err == nil && e.ID != want.ID {
				r.t.Errorf("%s is not signed and makes event %s of %s", name, e.ID, want.ID)
			}
		}
	}
}

// places are where a text is spoiled: its ends and some points between.
func places(n int) []int {
	return []int{0, n / 5, n / 3, n / 2, 2 * n / 3, 4 * n / 5, n - 1}
}

// forgeries are spoilt copies of a delivery by what was done to them.
func (s Subject) forgeries(d source.Delivery) map[string]source.Delivery {
	out := map[string]source.Delivery{}
	body := func(what string, b []byte) {
		c := copied(d)
		c.Body = b
		out[what] = c
	}
	for _, i := range places(len(d.Body)) {
		b := slices.Clone(d.Body)
		b[i] ^= 1
		body("a byte of the body changed at "+string(d.Body[max(0, i-8):i]), b)
	}
	body("no body", nil)
	body("an empty body", []byte{})
	body("half of the body", d.Body[:len(d.Body)/2])
	body("a body of another kind", []byte("<html>"))
	body("blanks behind the body", append(slices.Clone(d.Body), ' '))
	body("a huge body", append(slices.Clone(d.Body), bytes.Repeat([]byte{'x'}, 2<<20)...))
	for _, name := range s.Signature {
		value := d.Header.Get(name)
		c := copied(d)
		c.Header.Del(name)
		out["no "+name] = c
		c = copied(d)
		c.Header.Set(name, "")
		out["an empty "+name] = c
		if value == "" {
			continue
		}
		for _, i := range places(len(value)) {
			b := []byte(value)
			b[i] ^= 1
			c := copied(d)
			c.Header.Set(name, string(b))
			out[name+" changed at "+value[max(0, i-8):i]] = c
		}
	}
	return out
}

// wantRefused wants a delivery to be refused with an error that tells nothing.
func (r *receiver) wantRefused(what string, err error, d source.Delivery) {
	r.t.Helper()
	kind := source.KindOf(err)
	if kind != source.KindAuth && kind != source.KindMalformed {
		r.t.Errorf("%s: kind %q: %v", what, kind, err)
		return
	}
	r.wantError(what, err, kind)
	if len(d.Body) > 16 && holds(err.Error(), string(d.Body)) {
		r.t.Errorf("%s: the error holds the body", what)
	}
}

// stale brings right deliveries at the wrong time.
func (s Subject) stale(t *testing.T) {
	w := s.World()
	r, ds := s.receiver(t, w, s.Serve(w)), s.deliveries(t, w)
	ds = slices.DeleteFunc(ds, func(d source.Delivery) bool { return s.Unsigned != nil && s.Unsigned(d) })
	d := copied(ds[len(ds)/2])
	signed := d.At
	for _, late := range []time.Duration{s.Window - 2*time.Second, s.Window + 2*time.Second,
		24 * time.Hour, 365 * 24 * time.Hour} {
		d.At = signed + book.Instant(late.Milliseconds())
		_, err := r.take(d)
		if s.Window == 0 || late < s.Window {
			if err != nil {
				t.Errorf("%v later: %v", late, err)
			}
			continue
		}
		r.wantRefused("stale", err, d)
		if !errors.Is(err, source.ErrStale) {
			t.Errorf("%v later: %v is not marked as stale", late, err)
		}
	}
}

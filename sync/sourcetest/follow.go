package sourcetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"countinghouse/sync/source"
)

// followInto follows and keeps the pages, which carry no cursor, and returns what came.
func (r *receiver) followInto(b *Books, about []string) *Books {
	r.t.Helper()
	came, cursor := NewBooks(), b.Cursor
	err := r.Follow(r.t.Context(), about, b, func(p source.Page) error {
		r.t.Helper()
		if p.Cursor != "" {
			r.t.Errorf("a page of Follow carries the cursor %.40q", p.Cursor)
		}
		p.Cursor = "-"
		r.checkPage(p)
		came.Keep(p)
		p.Cursor = cursor
		b.Keep(p)
		return nil
	})
	if err != nil {
		r.t.Fatalf("follow %v: %v", about, err)
	}
	return came
}

// follow reads what all events of a world are about into empty books: what comes is what a pull
// brings, and a pull behind it comes to the same books as a pull alone.
func (s Subject) follow(t *testing.T) {
	for _, w := range s.worlds() {
		r, ds := s.receiver(t, w, s.Serve(w)), s.deliveries(t, w)
		pulled := NewBooks()
		r.mustPull(pulled)
		about := r.about(ds)
		for seed := range uint64(3) {
			b := NewBooks()
			followed := r.inBatches(b, twice(about, seed), 1+int(seed)*7)
			if len(followed.entries) == 0 {
				t.Fatal("the events bring nothing")
			}
			for key := range followed.entries {
				want, ok := pulled.entries[key]
				if got := b.entries[key]; !ok || text(want.record) != text(got.record) {
					t.Errorf("%s differs\n pulled   %s\n followed %s", key, text(want.record),
						text(got.record))
				}
			}
			r.mustPull(b)
			r.same(pulled, b)
		}
	}
}

// followEach follows each object by itself: of each kind of object, the word before the slash, some
// bring a record that a pull brings too.
func (s Subject) followEach(t *testing.T) {
	w := s.World()
	r := s.receiver(t, w, s.Serve(w))
	pulled, brought := NewBooks(), map[string]bool{}
	r.mustPull(pulled)
	for _, a := range r.about(s.deliveries(t, w)) {
		kind, _, _ := strings.Cut(a, "/")
		came := r.followInto(NewBooks(), []string{a})
		brought[kind] = brought[kind] || len(came.entries) > 0
		for key := range came.entries {
			if _, ok := pulled.entries[key]; !ok {
				t.Errorf("%s brings %s, which no pull brings", a, key)
			}
		}
	}
	for kind, some := range brought {
		if !some {
			t.Errorf("no event about a %q brings anything", kind)
		}
	}
}

// twice is a list with every element twice, in random order.
func twice[T any](list []T, seed uint64) []T {
	out := append(slices.Clone(list), list...)
	rng := rand.New(rand.NewPCG(seed, 17))
	rng.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}

// inBatches follows some at a time and returns all that came.
func (r *receiver) inBatches(b *Books, about []string, size int) *Books {
	r.t.Helper()
	came := NewBooks()
	for part := range slices.Chunk(about, size) {
		came.Keep(source.Page{Records: r.followInto(b, part).All()})
	}
	return came
}

// same wants two books to hold the same records, byte for byte.
func (r *receiver) same(want, got *Books) {
	r.t.Helper()
	for _, d := range Diff(want.All(), got.All()) {
		r.t.Error(d)
	}
	for key, e := range want.entries {
		if other, ok := got.entries[key]; ok && text(other.record) != text(e.record) {
			r.t.Errorf("%s\n pulls    %s\n webhooks %s", key, text(e.record), text(other.record))
		}
	}
}

// lost pulls, lets the world move on, and follows what is new of its events, some of which are
// lost. With the next pull the books are those of pulls alone.
func (s Subject) lost(t *testing.T) {
	for _, lose := range []int{1, 2, 3, 1 << 30} {
		w := s.World()
		before := NewBooks()
		s.receiver(t, w, s.Serve(w)).mustPull(before)
		known := map[string]bool{}
		for _, d := range s.Deliver(w) {
			known[string(d.Body)] = true
		}
		s.Touch(w)
		r := s.receiver(t, w, s.Serve(w))
		fresh := slices.DeleteFunc(s.Deliver(w), func(d source.Delivery) bool {
			return known[string(d.Body)]
		})
		if len(fresh) == 0 {
			t.Fatal("the touch brings no webhook: nothing is tested")
		}
		var came []source.Delivery
		for i, d := range fresh {
			if (i+1)%lose != 0 {
				came = append(came, d)
			}
		}
		pulls, hooks := before.Copy(), before.Copy()
		r.mustPull(pulls)
		followed := r.inBatches(hooks, twice(r.about(came), 5), 3)
		for key := range followed.entries {
			p, h := text(pulls.entries[key].record), text(hooks.entries[key].record)
			if p != h {
				t.Errorf("lose %d: %s\n pulls    %s\n webhooks %s", lose, key, p, h)
			}
		}
		r.again()
		r.mustPull(hooks)
		r.same(pulls, hooks)
		r.want(hooks)
	}
}

// followFaults follows over a network that fails now and then, always, and in the midst.
func (s Subject) followFaults(t *testing.T) {
	w := s.World()
	whole := s.receiver(t, w, s.Serve(w))
	about := whole.about(s.deliveries(t, w))
	want := NewBooks()
	whole.followInto(want, about)
	for name, fault := range map[string]http.Handler{"cut off": cutOff, "half way": halfWay,
		"500": s.fail(http.StatusInternalServerError, ""), "503": html(http.StatusServiceUnavailable),
		"429": s.fail(http.StatusTooManyRequests, "7")} {
		r, b := s.receiver(t, w, every(3, s.Serve(w), fault)), NewBooks()
		r.followInto(b, about)
		r.same(want, b)
		r = s.receiver(t, w, fault)
		kind := source.KindUnavailable
		if name == "429" {
			kind = source.KindLimited
		}
		r.wantError(name, r.followNothing(t.Context(), about), kind)
	}
	r := s.receiver(t, w, s.Serve(w))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := r.followNothing(ctx, about); !errors.Is(err, context.Canceled) {
		t.Errorf("follow after the end: %v", err)
	}
	if err := r.followNothing(t.Context(), nil); err != nil {
		t.Errorf("follow nothing: %v", err)
	}
	if err := r.Follow(t.Context(), about, NewBooks(), func(source.Page) error {
		return errKilled
	}); !errors.Is(err, errKilled) {
		t.Errorf("keep failed, follow says %v", err)
	}
}

// followNothing follows and wants no record.
func (r *receiver) followNothing(ctx context.Context, about []string) error {
	r.t.Helper()
	return r.Follow(ctx, about, NewBooks(), func(p source.Page) error {
		if p.Records.Len() != 0 {
			r.t.Errorf("%d records came", p.Records.Len())
		}
		return nil
	})
}

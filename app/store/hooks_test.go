package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"countinghouse/app/book"
)

// put keeps one webhook.
func put(s *Store, h Hook) error {
	in := s.Inbox()
	defer in.Close()
	_, err := in.Put(context.Background(), h)
	return err
}

func hook(event string, at book.Instant, about ...string) Hook {
	return Hook{Source: "g", Event: event, Type: "charge.failed", At: at, ReceivedAt: at, About: about}
}

func due(t *testing.T, s *Store, at book.Instant) (events []string, turn int64) {
	t.Helper()
	list, turn, err := s.DueHooks(context.Background(), "g", at, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list {
		events = append(events, h.Event)
	}
	return events, turn
}

// Many deliver the same events at once: each event is kept once, and one deliverer is told so.
func TestEachWebhookIsKeptOnce(t *testing.T) {
	s := fresh(t)
	in := s.Inbox()
	const events, times = 200, 5
	var all sync.WaitGroup
	var mu sync.Mutex
	fresh := map[string]int{}
	for n := range events * times {
		all.Go(func() {
			h := hook(fmt.Sprint("evt_", n%events), book.Instant(n), "charge/ch_1")
			ok, err := in.Put(context.Background(), h)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if ok {
				fresh[h.Event]++
			}
		})
	}
	all.Wait()
	in.Close()
	in.Close()
	if _, err := in.Put(context.Background(), hook("late", 1)); !errors.Is(err, ErrInboxClosed) {
		t.Errorf("after the end: %v", err)
	}
	for event, n := range fresh {
		if n != 1 {
			t.Errorf("%s is new %d times", event, n)
		}
	}
	if n := one(t, s, "SELECT count(*) FROM hooks"); n != int64(events) || len(fresh) != events {
		t.Errorf("%v are kept, %d were new", n, len(fresh))
	}
	path := s.Path()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if n := one(t, again, "SELECT count(*) FROM hooks"); n != int64(events) {
		t.Errorf("%v are there after all", n)
	}
}

func TestWebhooksAreAppliedWithTheirRecords(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	for i, event := range []string{"a", "b", "c"} {
		if err := put(s, hook(event, book.Instant(10+i), "charge/ch_1", "refunds of/ch_1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(s, hook("nothing", 5)); err != nil {
		t.Fatal(err)
	}
	events, turn := due(t, s, 11)
	if fmt.Sprint(events) != "[a b]" {
		t.Fatalf("due are %v", events)
	}
	list, _, _ := s.DueHooks(ctx, "g", 11, 1)
	if want := hook("a", 10, "charge/ch_1", "refunds of/ch_1"); len(list) != 1 ||
		!reflect.DeepEqual(list[0], want) {
		t.Errorf("the first is %v", list)
	}
	records := book.Records{Payouts: []book.Payout{{ID: "g:po_1", Source: "g"}}}
	// A record that cannot be kept takes the marks with it.
	if err := raw(s, `CREATE TRIGGER no BEFORE INSERT ON payouts BEGIN SELECT raise(ABORT, 'no'); END`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ApplyHooks(ctx, "g", turn, records, nil, events, 20); err == nil {
		t.Fatal("a record that cannot be kept was kept")
	}
	if still, _ := due(t, s, 11); fmt.Sprint(still) != "[a b]" {
		t.Errorf("waiting are %v", still)
	}
	if err := raw(s, "DROP TRIGGER no"); err != nil {
		t.Fatal(err)
	}
	out, next, err := s.ApplyHooks(ctx, "g", turn, records, nil, events, 20)
	if err != nil || next != turn+1 || out.Total() != (Count{New: 1}) {
		t.Fatalf("%+v, turn %d after %d, %v", out, next, turn, err)
	}
	if c, err := s.Cursor(ctx, "g"); c != "" || err != nil {
		t.Errorf("the cursor is %q, %v", c, err)
	}
	if left, _ := due(t, s, 100); fmt.Sprint(left) != "[c]" {
		t.Errorf("waiting are %v", left)
	}
	if at := one(t, s, "SELECT applied_at FROM hooks WHERE event = 'a'"); at != int64(20) {
		t.Errorf("applied at %v", at)
	}
}

// Who read from the provider before another one wrote stores nothing.
func TestOldReadingsAreNotApplied(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	if err := put(s, hook("a", 1, "payout/po_1")); err != nil {
		t.Fatal(err)
	}
	other := open(t, s.Path())
	for name, write := range map[string]func() error{
		"a pull": func() error {
			_, err := other.Apply(ctx, "g", book.Records{}, nil, "c2", 3)
			return err
		},
		"another follower": func() error {
			_, turn := due(t, other, 9)
			_, _, err := other.ApplyHooks(ctx, "g", turn, book.Records{}, nil, nil, 3)
			return err
		},
		"a moved cursor": func() error { return other.SetCursor(ctx, "g", "", 4) },
	} {
		events, turn := due(t, s, 9)
		if err := write(); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.ApplyHooks(ctx, "g", turn, book.Records{Payouts: []book.Payout{{ID: "g:po_1",
			Source: "g"}}}, nil, events, 5)
		if !errors.Is(err, ErrMoved) {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if n := one(t, s, "SELECT count(*) FROM payouts"); n != int64(0) {
		t.Errorf("%v payouts were kept", n)
	}
	if events, _ := due(t, s, 9); len(events) != 1 {
		t.Errorf("waiting are %v", events)
	}
}

func TestWebhooksWaitAndAreSettled(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	for event, at := range map[string]book.Instant{"a": 10, "b": 20, "c": 30} {
		if err := put(s, hook(event, at, "charge/ch_1")); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, err := s.NextHook(ctx, "other"); ok || err != nil {
		t.Errorf("another source waits: %v, %v", ok, err)
	}
	if err := s.DelayHooks(ctx, "g", []string{"a", "b"}, 500); err != nil {
		t.Fatal(err)
	}
	if at, ok, err := s.NextHook(ctx, "g"); at != 30 || !ok || err != nil {
		t.Errorf("next at %d, %v, %v", at, ok, err)
	}
	list, _, err := s.DueHooks(ctx, "g", 500, 10)
	if err != nil || len(list) != 3 || list[0].Tries+list[1].Tries+list[2].Tries != 2 {
		t.Errorf("due are %+v, %v", list, err)
	}
	if n, err := s.SettleHooks(ctx, "g", 30, 40); n != 2 || err != nil {
		t.Errorf("%d settled, %v", n, err)
	}
	if events, _ := due(t, s, 500); fmt.Sprint(events) != "[c]" {
		t.Errorf("waiting are %v", events)
	}
	const hour = 3600 * 1000
	for range 2 {
		if err := s.CountHooks(ctx, "g", 7*hour+5, 3, 4); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := s.HookSummary(ctx, "g", 20)
	want := HookSummary{Source: "g", LastAt: 30, LastType: "charge.failed", Received: 2, Repeated: 6,
		Refused: 8, Waiting: 1, OldestAt: 30}
	if err != nil || sum != want {
		t.Errorf("%+v, %v", sum, err)
	}
	if n, err := s.ForgetHooks(ctx, 20); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	if n, err := s.ForgetHooks(ctx, 8*hour); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	sum, err = s.HookSummary(ctx, "g", 0)
	if err != nil || sum.Received != 1 || sum.Waiting != 1 || sum.Refused != 0 {
		t.Errorf("what waits must stay: %+v, %v", sum, err)
	}
}

func TestAnInboxSaysWhenTheDiskRefuses(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "cache.db"))
	in := s.Inbox()
	defer in.Close()
	if _, err := in.Put(context.Background(), hook("a", 1, "charge/ch_1")); err != nil {
		t.Fatal(err)
	}
	var pages int64
	ask(t, s, "PRAGMA page_count", func(v []driver.Value) { pages = v[0].(int64) })
	err := s.write(context.Background(), "limit", func(x *tx) error {
		_, err := x.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, full := 1, 0
	for n := range 400 {
		_, err := in.Put(context.Background(), hook(fmt.Sprintf("evt_%0200d", n), 1, "charge/ch_1"))
		switch {
		case err == nil:
			kept++
		case errors.Is(err, ErrFull):
			full++
		default:
			t.Fatal(err)
		}
	}
	if n := one(t, s, "SELECT count(*) FROM hooks"); full == 0 || n != int64(kept) {
		t.Errorf("%d were acknowledged, %d refused, %v are there", kept, full, n)
	}
}

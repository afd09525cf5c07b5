package app

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"countinghouse/app/book"
)

// beforeTheMonth is a pulled business with the statements of the month before its last, and the
// request that imports the others.
func beforeTheMonth(t *testing.T) (*DemoRun, ImportRequest) {
	t.Helper()
	ctx := context.Background()
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	s, err := StartSandbox(ctx, SandboxRequest{Listen: "127.0.0.1:0", Seed: 3, Customers: 150, Month: month})
	if err != nil {
		t.Fatal(err)
	}
	d := &DemoRun{world: s.serving.World, sandbox: s}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	options := Options{Dir: t.TempDir(), Now: demoClock, Wall: demoClock}
	if err := d.open(ctx, DemoRequest{Options: options, Month: month}, s); err != nil {
		t.Fatal(err)
	}
	if _, err := d.App.Sync(ctx, SyncRequest{}, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	files, err := s.WriteStatements(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	q := ImportRequest{Files: files["operating"][:1], Account: "operating"}
	r, err := d.App.Import(ctx, q, func(Progress) {})
	if err != nil || r.Files[0].Err != nil {
		t.Fatal(err, r.Files[0].Err)
	}
	q.Files, q.DryRun = files["operating"], true
	return d, q
}

// TestImportEffect holds what a preview says of each line against what the month says of it once the
// files are imported, and sees that the preview stored nothing.
func TestImportEffect(t *testing.T) {
	d, q := beforeTheMonth(t)
	ctx := context.Background()
	show := func(Progress) {}
	report, err := d.App.Import(ctx, q, show)
	if err != nil {
		t.Fatal(err)
	}
	follows := []book.Following{book.Repeats, book.Follows, book.Follows}
	for i, f := range report.Files {
		if len(f.Continuity) != 1 || f.Continuity[0].Kind != follows[i] {
			t.Errorf("%s: %+v, want that it %s", f.Name, f.Continuity, follows[i])
		}
	}
	before, err := d.App.store.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.App.ImportEffect(ctx, report, show)
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.App.store.Load(ctx)
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Fatalf("the preview changed the books; %v", err)
	}
	if x.Payouts == 0 || x.Invoices == 0 || x.Charges == 0 || x.Open == 0 || x.Others == 0 {
		t.Errorf("the month has of everything, the effect says %+v", x)
	}
	q.DryRun = false
	if _, err := d.App.Import(ctx, q, show); err != nil {
		t.Fatal(err)
	}
	m, err := d.App.Month(ctx, d.world.Options.Month, show)
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, f := range report.Files {
		if f.Err != nil {
			t.Fatal(f.Err)
		}
		for _, row := range f.Rows {
			if row.Duplicate {
				continue
			}
			l := x.Lines[fresh]
			fresh++
			if want := fateInMonth(m, row.Line.ID); l.Line != row.Line.ID || l.Fate != want &&
				(want != IsOtherLine || l.Fate != IsBankCharge || row.Line.Counterparty != "Bank") {
				t.Errorf("%+v of %s becomes %q, %s %s", row.Line, row.Line.ID, want, l.Fate, l.Why)
			}
		}
	}
	if fresh != len(x.Lines) {
		t.Errorf("%d lines of %d", len(x.Lines), fresh)
	}
	again, err := d.App.Import(ctx, ImportRequest{Files: q.Files, Account: q.Account, DryRun: true}, show)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := d.App.ImportEffect(ctx, again, show); err != nil || len(x.Lines) != 0 {
		t.Errorf("imported already, it would still become %+v, %v", x, err)
	}
}

// fateInMonth is what a stored line has become.
func fateInMonth(m *Month, id book.ItemID) LineFate {
	for _, e := range m.All {
		for _, x := range e.Items {
			if x == id && e.Status == book.Open && e.Class.Group() != book.Timing {
				return NeedsSomebody
			}
		}
	}
	for _, x := range m.MatchesOf(id) {
		if x.State.Live() && x.Leg == book.PayoutBank {
			return MatchesPayout
		}
		if x.State.Live() && x.Leg == book.BankBilling {
			return MatchesInvoice
		}
	}
	return IsOtherLine
}

func TestImportEffectCanBeCancelled(t *testing.T) {
	d, q := beforeTheMonth(t)
	ctx, cancel := context.WithCancel(context.Background())
	report, err := d.App.Import(ctx, q, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.App.ImportEffect(ctx, report, func(p Progress) {
		if p.StageOf == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// demoClock is any day after the demo months of the tests.
func demoClock() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func demo(t *testing.T, seed uint64, customers int, month string) *DemoRun {
	t.Helper()
	m, err := book.ParseMonth(month)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Demo(context.Background(), DemoRequest{Seed: seed, Customers: customers, Month: m,
		Out: t.TempDir(), Options: Options{Dir: t.TempDir(), Now: demoClock, Wall: demoClock}},
		func(Progress) {})
	if err != nil {
		t.Fatalf("seed %d, %d customers, %s: %v", seed, customers, month, err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestDemoMonthsAgreeWithTheTruth pulls pretend businesses over HTTP, matches them, and holds the
// outcome against what really happened: nothing unexplained, no wrong automatic match, every fault
// found with its class, all proofs hold, and a second run changes nothing.
func TestDemoMonthsAgreeWithTheTruth(t *testing.T) {
	for _, c := range []struct {
		seed      uint64
		customers int
		month     string
	}{{7, 300, "2026-10"}, {1, 1, "2026-10"}, {2, 25, "2028-02"}, {3, 60, "2026-12"}, {4, 90, "2027-03"},
		{5, 10, "2026-01"}} {
		d := demo(t, c.seed, c.customers, c.month)
		agrees(t, d)
		if v := d.Verdict(); c.customers >= 300 && (v.Faults < 25 || v.Matches < 500) {
			t.Errorf("seed %d: only %d faults and %d matches: too easy", c.seed, v.Faults, v.Matches)
		}
	}
}

// TestDemoCanBeSyncedAgain pulls a demo month once more: the servers are there until it is closed, and
// there is nothing new.
func TestDemoCanBeSyncedAgain(t *testing.T) {
	d := demo(t, 9, 20, "2026-10")
	report, err := d.App.Sync(context.Background(), SyncRequest{}, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Sources {
		if r.New != 0 || r.Changed != 0 || r.Same == 0 {
			t.Errorf("%s: %d new, %d changed, %d same", r.Name, r.New, r.Changed, r.Same)
		}
	}
}

// TestMonthAnswersQuestions asks a month what the screens ask of it.
func TestMonthAnswersQuestions(t *testing.T) {
	d := demo(t, 7, 300, "2026-10")
	m := d.Month
	sent := map[string]int64{}
	for _, c := range m.Compositions() {
		p := c.Payout
		if m.Period.Has(m.ItemOn(p.ID)) {
			sent[string(p.Amount.Currency)] += p.Amount.Minor
		}
		if p.Members == book.MembersStated &&
			c.Charges+c.Refunds+c.Disputes+c.Other+c.Fees+c.Taxes != c.Net {
			t.Errorf("the parts of %s do not add up to %d", p.ID, c.Net)
		}
	}
	whole := 0
	for i := range m.Exceptions {
		e := &m.Exceptions[i]
		c := m.ChainOf(e.Items)
		if e.Class == book.A4 {
			if c.Invoice == nil || c.Payment == nil || c.Transaction == nil || c.Payout == nil ||
				c.Line == nil {
				t.Errorf("the chain of %s %v has gaps: %+v", e.Class, e.Items, c)
			}
			whole++
		}
		for _, id := range e.Items {
			if m.ItemOn(id) == 0 && m.kindOf(id) != book.KindCustomer {
				t.Errorf("%s has no date", id)
			}
		}
	}
	if whole == 0 {
		t.Error("no A4 to look at")
	}
	for _, x := range m.MatchesInPeriod() {
		if !m.Residual(x).Currency.Known() {
			t.Errorf("match %v with %v leaves money of no currency", x.Left, x.Right)
		}
	}
	if list := m.Filter(ExceptionFilter{Classes: []book.Class{book.M1}}); len(list) == 0 ||
		list[0].Class != book.M1 {
		t.Errorf("filter for M1 gives %d", len(list))
	}
	if _, err := m.Bridge("XYZ"); err == nil || !strings.Contains(err.Error(), "EUR") {
		t.Errorf("an unknown currency gives %v", err)
	}
}

// TestExplainSaysWhatToDo checks the sentences that people see.
func TestExplainSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&source.Error{Kind: source.KindAuth, Source: "stripe", Op: "list payouts", Detail: "HTTP 401"},
			"Source stripe: The key is wrong"},
		{&source.Error{Kind: source.KindLimited, Source: "billing", Op: "x", Hint: "Wait a minute."},
			"Source billing: Wait a minute. (x)"},
		{store.ErrFull, "The disk is full"},
		{store.ErrReadOnly, "cannot be written"},
		{store.ErrNewer, "newer version"},
		{context.Canceled, "What was finished is kept"},
		{errors.Join(errors.New("one"), errors.New("two")), "One\nTwo"},
		{errors.New("plain"), "Plain"},
		{&os.PathError{Op: "open", Path: "x", Err: os.ErrPermission}, "No permission"},
		{errors.New("bankfile: merge: store: lines differ"), "Lines differ"},
		{errors.New("bankfile: may.csv: no lines"), "may.csv: no lines"},
		{fmt.Errorf("may.csv: %w", errors.New("bankfile: no lines")), "may.csv: no lines"},
	} {
		got := Explain(c.err)
		if !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q in it", c.err, got, c.want)
		}
		if strings.Contains(got, "bankfile") {
			t.Errorf("%q names a package of ours", got)
		}
	}
	if Explain(nil) != "" {
		t.Error("no error needs no words")
	}
}

// TestDemoLeavesOtherProfilesAlone refuses a folder that holds somebody's books, though their sources
// may be reached through this computer, and takes its own folder again.
func TestDemoLeavesOtherProfilesAlone(t *testing.T) {
	m, _ := book.ParseMonth("2026-10")
	into := func(dir string) error {
		d, err := Demo(context.Background(), DemoRequest{Seed: 1, Customers: 2, Month: m,
			Options: Options{Dir: dir, Now: demoClock, Wall: demoClock}}, func(Progress) {})
		if err != nil {
			return err
		}
		return d.Close()
	}
	tunnel := strings.Replace(wholeConfig, "https://billing.example.com", "http://127.0.0.1:9000", 1)
	tunnel = strings.Replace(tunnel, `kind = "stripe"`, "kind = \"stripe\"\nurl = \"http://127.0.0.1:9001\"", 1)
	for _, config := range []string{wholeConfig, tunnel} {
		dir := filepath.Dir(configFile(t, config))
		if err := into(dir); err == nil ||
			!strings.Contains(err.Error(), "holds the books of another profile") {
			t.Errorf("in the place of other books: %v", err)
		}
	}
	own := t.TempDir()
	for range 2 {
		if err := into(own); err != nil {
			t.Errorf("in a folder of its own: %v", err)
		}
	}
	if err := os.WriteFile(filepath.Join(own, ConfigName), []byte(wholeConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := into(own); err == nil {
		t.Error("a demo's folder that somebody has taken for other books was overwritten")
	}
}

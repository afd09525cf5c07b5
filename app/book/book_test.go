package book

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestIDsComeApart(t *testing.T) {
	id := NewID(SourceName("billing"), "invoice/1042")
	if id != "billing:invoice/1042" || id.Source() != "billing" || id.Native() != "invoice/1042" {
		t.Errorf("id %q: source %q, native %q", id, id.Source(), id.Native())
	}
	if got := ItemID("stripe:ch_1:2").Native(); got != "ch_1:2" {
		t.Errorf("an id with a colon gives %q", got)
	}
}

func TestDatesAndMonths(t *testing.T) {
	d, err := ParseDate("2028-02-29")
	if err != nil || d.String() != "2028-02-29" || MonthOf(d).String() != "2028-02" {
		t.Errorf("got %s, %v", d, err)
	}
	for _, bad := range []string{"2026-02-29", "2026-2-1", "", "2026-10-05T00:00:00Z"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
	}
	m := MonthOf(d)
	if m.First().String() != "2028-02-01" || m.Last() != d || !m.Has(d) || m.Has(d+1) {
		t.Errorf("%s runs from %s to %s", m, m.First(), m.Last())
	}
	if dec, _ := ParseMonth("2026-12"); (dec + 1).String() != "2027-01" {
		t.Errorf("after 2026-12 comes %s", dec+1)
	}
	if _, err := ParseMonth("2026-13"); err == nil {
		t.Error("2026-13 is read as a month")
	}
}

// TestInstantsAreDatedInTheZone looks at the two ends of a day in a zone with daylight saving time.
func TestInstantsAreDatedInTheZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		t.Fatal(err)
	}
	at := At(time.Date(2026, 10, 31, 22, 30, 0, 0, time.UTC))
	if got := at.In(zone).String(); got != "2026-11-01" {
		t.Errorf("half past midnight in Vilnius is dated %s", got)
	}
	for d := NewDate(2026, 10, 24); d < NewDate(2026, 10, 28); d++ {
		start := d.Start(zone)
		if start.In(zone) != d || (start-1).In(zone) != d-1 {
			t.Errorf("%s starts at %s", d, start)
		}
	}
	if Instant(0).In(zone) != 0 || Instant(0).String() != "" || Date(0).String() != "" {
		t.Error("what is not set must stay so")
	}
}

func TestJSONForms(t *testing.T) {
	b, err := json.Marshal(struct {
		At   Instant
		None Instant
		On   Date
		Not  Date
		M    Month
	}{At: AtUnix(1_793_000_000), On: NewDate(2026, 10, 5), M: MonthOf(NewDate(2026, 10, 1))})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"At":"2026-10-26T07:33:20Z","None":null,"On":"2026-10-05","Not":null,"M":"2026-10"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

// TestClassesAreComplete holds the classes against the outside contract: 42 codes, each with its
// plain name, in the order in which they apply.
func TestClassesAreComplete(t *testing.T) {
	counts := map[Group]int{}
	for i, c := range Classes {
		counts[c.Class.Group()]++
		if c.Class.Order() != i || c.Name == "" || !strings.HasSuffix(c.Means, ".") {
			t.Errorf("class %+v stands at %d", c, i)
		}
	}
	want := map[Group]int{Timing: 6, OneSided: 8, Differing: 9, Identity: 9, Reversal: 6, Control: 4}
	for g, n := range want {
		if counts[g] != n {
			t.Errorf("group %s has %d classes, want %d", g, counts[g], n)
		}
	}
	if Class("Z1").Order() != len(Classes) || Class("Z1").Name() != "" {
		t.Error("an unknown class must come last and have no name")
	}
}

// TestStepsAreTheContracts holds the bridge's steps against the outside contract, in order.
func TestStepsAreTheContracts(t *testing.T) {
	want := "billing_receipts billing_other_period unrecorded_receipts unsupported_receipts " +
		"recorded_amount_differences non_cash refunds disputes fees taxes_on_fees fx adjustments " +
		"reserves opening_in_gateway closing_in_gateway payouts_sent opening_in_transit " +
		"closing_in_transit payout_differences gateway_receipts_at_bank direct_receipts " +
		"other_bank_lines bank_movement unexplained"
	var got []string
	for _, s := range Steps {
		got = append(got, string(s.Step))
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
}

func TestFactsKeepTheirForm(t *testing.T) {
	f := Facts("").With("gross", "120.00 EUR", "114.00 EUR").With("text", "a\tb", "c\nd")
	list := f.List()
	if len(list) != 2 || list[0] != (Fact{"gross", "120.00 EUR", "114.00 EUR"}) || list[0].Equal() ||
		list[1] != (Fact{"text", "a b", "c d"}) {
		t.Errorf("got %+v", list)
	}
}

func TestAutoRateShare(t *testing.T) {
	if (AutoRate{}).Share() != 1 || (AutoRate{Matched: 1, Of: 4}).Share() != 0.25 {
		t.Error("shares are wrong")
	}
}

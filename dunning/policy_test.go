package dunning

import (
	"strings"
	"testing"

	"countinghouse/app/money"
)

func TestStandardPolicy(t *testing.T) {
	p := DefaultPolicy()
	want := map[Class][]int{Funds: {1, 3, 5, 7, 10, 15, 21, 27}, Generic: {1, 3, 7, 14}, Unmapped: {1, 3}}
	for _, c := range Classes {
		l := p.Ladder(c, Segment{})
		if w, ok := want[c]; ok && len(l.RetryDays) != len(w) {
			t.Errorf("%s: %v, want %v", c, l.RetryDays, w)
		}
		for i, d := range want[c] {
			if l.RetryDays[i] != d {
				t.Errorf("%s: %v, want %v", c, l.RetryDays, want[c])
			}
		}
	}
	if p.Limits.Retries != 8 || p.Limits.HoursBetween != 20 || p.Limits.Warn != 10 || p.Limits.Stop != 15 ||
		p.Limits.Days != 30 {
		t.Errorf("limits %+v", p.Limits)
	}
}

// TestPolicyRefuses changes one thing in the standard policy at a time.
func TestPolicyRefuses(t *testing.T) {
	for _, x := range []struct{ old, new, line, says string }{
		{"policy = 1", "policy = 2", "policy = 2", "only version"},
		{"retries = 8            #", "tries = 8            #", "tries = 8", `unknown setting "limits.tries"`},
		{"hours_between = 20", "hours_between = 23", "hours_between = 23", "from 1 to 22"},
		{"stop = 15", "stop = 21", "stop = 21", "from 1 to 20"},
		{"warn = 10", "warn = 16", "warn = 16", "from 0 to 15"},
		{`quiet_from = "21:00"`, `quiet_from = "25:00"`, `quiet_from = "25:00"`, "no time of day"},
		{`from = "09:00"`, `from = "17:00"`, `from = "17:00"`, "not before to"},
		{"first = 10  ", "first = 300  ", "first = 300", "from 1 to 200"},
		{`classes = ["N", "D", "F", "G"]`, `classes = ["O"]`, `classes = ["O"]`, "no answer to class"},
		{"[1, 3, 7, 14]", "[1, 3, 3, 14]", "[1, 3, 3, 14]", "3 stands after 3"},
		{"[1, 3, 7, 14]", "[1, 3, 7, 21]", "suspend_day = 21", "the last retry is on day 21"},
		{"retry_days = [1, 3]", "retry_days = [1, 2, 3]", "retry_days = [1, 2, 3]", "tried twice at most"},
		{"retry_days = [1, 3, 5, 7, 10, 15, 21, 27]", "retry_days = [1, 2, 3, 4, 5, 7, 10, 15, 21]",
			"retry_days = [1, 2, 3, 4, 5", "9 retries are more than the 8"},
		{"[5, 60, 360, 1440]", "[1, 60, 360, 1440]", "retry_minutes = [1,", "rise by at least 5"},
		{"suspend_day = 15\n\n[[class]]              # the", "suspend_day = 15\nretry_days = [1]\n\n[[class]]              # the",
			"retry_days = [1]\n", "never tried again by itself"},
		{`step = "first", day = 3, template = "add_funds"`, `step = "first", day = 2, template = "add_funds"`,
			"notices = [\n  { step = \"first\", day = 2", "must not stand before day 3"},
		{`{ step = "ask", day = 0, template = "update_card" },`, "", "notices = [\n  \n  { step = \"reminder\", day = 4, template = \"update",
			"first notice is on day 0"},
		{`template = "suspension_warning", before = "suspend" },
  { step = "suspended", day = 0, template = "suspended", after = "suspend" },
]
suspend_day = 28`, `template = "suspension_warning" },
]
suspend_day = 28`, "suspend_day = 28", `needs a notice with before = "suspend" on day 24`},
		{`day = 22, template = "suspension_warning"`, `day = 25, template = "suspension_warning"`, "suspend_day = 28",
			"on day 24 or earlier"},
		{"suspend_day = 28", "suspend_day = 28\nterminate_day = 28", "terminate_day = 28", "some days after"},
		{"suspend_day = 28", "suspend_day = 28\nterminate_day = 60", "terminate_day = 60", `before = "terminate"`},
		{`step = "second", day = 11`, `step = "first", day = 11`, "notices = [\n  { step = \"first\", day = 3, template = \"add_funds\" },\n  { step = \"first\"", "of its own"},
		{`class = "O"`, `class = "X"`, `class = "X"`, `no class "X"`},
		{`class = "O"`, "class = \"O\"\nsuspend_day = 20", "class = \"O\"", "our own fault"},
		{`class = "G"`, `class = "F"`, "class = \"F\"\nretry_days = [1, 3, 7", "twice"},
		{"\n[[class]]              # our own fault: a work item, and nothing else\nclass = \"O\"\n", "", "policy = 1", "class O is missing"},
	} {
		text := strings.Replace(StandardPolicy, x.old, x.new, 1)
		if text == StandardPolicy {
			t.Fatalf("%q is not in the policy", x.old)
		}
		_, err := ParsePolicy([]byte(text))
		if err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v, want %q", x.new, err, x.says)
			continue
		}
		at := strings.Index(text, x.line)
		if at < 0 {
			t.Fatalf("%q is not in the changed policy", x.line)
		}
		line := strings.Count(text[:at], "\n") + 1
		var got int
		if _, rest, ok := strings.Cut(err.Error(), "line "); ok {
			for _, r := range rest {
				if r < '0' || r > '9' {
					break
				}
				got = got*10 + int(r-'0')
			}
		}
		// A missing class is said at the head of the file, whose first lines are comments.
		if got != line && !(got == 1 && strings.Contains(x.says, "missing")) {
			t.Errorf("%q: line %d, want %d (%v)", x.new, got, line, err)
		}
	}
}

func TestSegments(t *testing.T) {
	text := StandardPolicy + `
[[segment]]
name = "large"
lifetime_from = "5000.00 EUR"
countries = ["LT", "lv"]
[[segment.class]]
class = "G"
retry_days = [1, 3, 7, 14, 20]
notices = [{ step = "warning", day = 15, template = "call_us", before = "suspend" }]
suspend_day = 40

[[segment]]
name = "small"
lifetime_below = "10.00 EUR"
products = ["trial"]
[[segment.class]]
class = "F"
retry_days = [1]
`
	p, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	eur := func(n int64) money.Money { return money.New(n, "EUR") }
	for _, x := range []struct {
		s        Segment
		c        Class
		retries  int
		suspends int
	}{
		{Segment{Country: "LV", Lifetime: eur(500_000)}, Generic, 5, 40},
		{Segment{Country: "LV", Lifetime: eur(499_999)}, Generic, 4, 21},
		{Segment{Country: "EE", Lifetime: eur(500_000)}, Generic, 4, 21},
		{Segment{Country: "LT", Lifetime: money.New(900_000, "USD")}, Generic, 4, 21},
		{Segment{Country: "LT", Lifetime: eur(500_000)}, Funds, 8, 28},
		{Segment{Product: "trial", Lifetime: eur(999)}, Funds, 1, 0},
		{Segment{Product: "trial", Lifetime: eur(1000)}, Funds, 8, 28},
	} {
		l := p.Ladder(x.c, x.s)
		if len(l.RetryDays) != x.retries || l.SuspendDay != x.suspends {
			t.Errorf("%+v %s: %d retries, suspended on day %d; want %d and %d", x.s, x.c, len(l.RetryDays),
				l.SuspendDay, x.retries, x.suspends)
		}
	}
	for _, bad := range []struct{ old, new, says string }{
		{`suspend_day = 40`, `suspend_day = 20`, "the last retry is on day 20"},
		{`"5000.00 EUR"`, `"5000.00"`, "no amount"},
		{"lifetime_below = \"10.00 EUR\"\nproducts = [\"trial\"]\n", "", "no condition"},
	} {
		_, err := ParsePolicy([]byte(strings.Replace(text, bad.old, bad.new, 1)))
		if err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q: %v, want %q", bad.new, err, bad.says)
		}
	}
}

package dunning

import (
	"strings"
	"testing"

	"countinghouse/app/book"
)

func TestConflicts(t *testing.T) {
	p := DefaultPolicy()
	for _, x := range []struct {
		settings string
		harm     bool
		says     string // "" for nothing at all
	}{
		{"CCRetryEveryWeekFor=0", true, "every day until it is paid"},
		{"CCRetryEveryWeekFor=0 CCAttemptOnlyOnce=on", false, ""},
		{"CCRetryEveryWeekFor=3", false, "each week for 3 weeks"},
		{"CCRetryEveryWeekFor=", false, ""},
		{"AutoSuspension=on AutoSuspensionDays=10", true, "before the last retry of class F on day 27. Or set"},
		{"AutoSuspension=on AutoSuspensionDays=27", true, "does not before day 28 (class F)"},
		{"AutoSuspension=on AutoSuspensionDays=40", false, "by itself, even while a payment is pending"},
		{"AutoSuspension= AutoSuspensionDays=10", false, ""},
		{"AutoTermination=on AutoTerminationDays=20", true, "Termination Days to 29 or more"},
		{"AutoUnsuspend=", true, "Enable Unsuspension"},
		{"AutoUnsuspend=on", false, ""},
		{"SendFirstOverdueInvoiceReminder=1", false, "stays silent until day 3"},
		{"SendFirstOverdueInvoiceReminder=1 SendReminder=", false, ""},
		{"SendThirdOverdueInvoiceReminder=9", false, "hears of it twice"},
		{"AddLateFeeDays=5", false, "Add Late Fee Days to 28 or more"},
		{"AddLateFeeDays=30", false, ""},
		{"SomethingElse=1", false, ""},
	} {
		var settings []book.Setting
		for _, f := range strings.Fields(x.settings) {
			name, value, _ := strings.Cut(f, "=")
			settings = append(settings, book.Setting{Source: "billing", Name: name, Value: value})
		}
		got := Conflicts(settings, p)
		if x.says == "" {
			if len(got) > 0 {
				t.Errorf("%s: %v", x.settings, got)
			}
			continue
		}
		says, _, _ := strings.Cut(x.says, ". Or set")
		if len(got) != 1 || got[0].Harm != x.harm || !strings.Contains(got[0].Why, says) {
			t.Errorf("%s: %v, want %q, harm %t", x.settings, got, says, x.harm)
		}
	}
	both := Conflicts([]book.Setting{{Name: "CCRetryEveryWeekFor", Value: "2"},
		{Name: "AutoSuspension", Value: "on"}, {Name: "AutoSuspensionDays", Value: "5"}}, p)
	if len(both) != 2 || !both[0].Harm || both[0].Setting.Name != "AutoSuspensionDays" {
		t.Errorf("the harmful one stands first: %v", both)
	}
}

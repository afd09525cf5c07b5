package dunning

import (
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestWhatElseIsOwedKeepsAServiceDown pays one of two invoices of a suspended service: it comes up unless the
// policy would suspend it for the other one at once, day after day.
func TestWhatElseIsOwedKeepsAServiceDown(t *testing.T) {
	table, p := testTable(t), DefaultPolicy()
	from := moment(t, "2026-11-02 10:00") // a Monday
	now := later(from, 42*day)
	down := Service{ID: "s", Name: "gs", Status: "Suspended", Ours: true, SuspendedAt: later(from, 30*day)}
	first := Case{Invoice: "1", Number: "R-1", Email: "a@example.com", Amount: money.New(900, "EUR"), FailedAt: from,
		Services: []Service{down}, Notices: []Sent{{"suspension_warning", "warning", later(from, 10*day), book.IntentSucceeded}},
		Attempts: []Attempt{{ID: "x", Invoice: "1", At: from, Amount: money.New(900, "EUR"), State: book.Failed,
			Signal: signal("stripe", "visa", book.Decline{Network: "43"})}}}
	for name, x := range map[string]struct {
		change func(*Case)
		owed   bool
	}{
		"the other is due for it":      {func(*Case) {}, true},
		"the other is paid":            {func(c *Case) { c.Paid = true }, false},
		"the other is of another":      {func(c *Case) { c.Services[0].ID = "t" }, false},
		"the other failed only now":    {func(c *Case) { c.FailedAt, c.Attempts = now, c.Attempts[:1]; c.Attempts[0].At = now }, false},
		"the other was not warned of":  {func(c *Case) { c.Notices, c.Email = nil, "" }, false},
		"somebody holds the other one": {func(c *Case) { c.Holds = []Hold{{Reason: "r", UntilOn: now.In(p.zone()) + 2}} }, false},
	} {
		other := first
		other.Services, other.Attempts = []Service{down}, append([]Attempt(nil), first.Attempts...)
		x.change(&other)
		paid := Case{Invoice: "2", Number: "R-2", Paid: true, Services: []Service{down}}
		cases := []Case{paid, other}
		Owing(cases, p, table, now)
		plan := PlanCase(cases[0], p, table, now)
		blocks := May(cases[0], p, table, now, Step{Kind: StepUnsuspend, Service: "s"})
		if x.owed {
			if len(plan.Steps) != 0 || len(blocks) != 1 || !strings.Contains(blocks[0].Why, "R-1") || !strings.Contains(plan.Next.Why, "R-1") {
				t.Errorf("%s: %+v, %+v", name, plan, blocks)
			}
		} else if len(plan.Steps) != 1 || plan.Steps[0].Kind != StepUnsuspend || blocks != nil {
			t.Errorf("%s: %+v, %+v", name, plan, blocks)
		}
		if other.Services[0].Status != "Suspended" {
			t.Errorf("%s: the case is changed", name)
		}
	}
}

package dunning

import (
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestMay asks for steps by hand, and sees what is in the way and when it frees.
func TestMay(t *testing.T) {
	table, p := testTable(t), DefaultPolicy()
	from := moment(t, "2026-11-02 10:00") // a Monday
	c1 := book.Instrument{ID: "c1", Kind: "card", Brand: "visa"}
	base := Case{Invoice: "1", Email: "a@example.com", Amount: money.New(900, "EUR"), FailedAt: from,
		Services: []Service{{ID: "s", Name: "gs", Status: "Active"}, {ID: "b", Name: "mail", Status: "Suspended"}},
		Methods: []Method{{Gateway: "stripe", Instrument: book.Instrument{ID: "c2"}, ConsentAt: 1},
			{Gateway: "stripe", Instrument: book.Instrument{ID: "c3"}}},
		Attempts: []Attempt{{Invoice: "1", At: from, Amount: money.New(900, "EUR"), State: book.Failed,
			Signal: Signal{Gateway: "stripe", Instrument: c1, Decline: book.Decline{Network: "51"}}}}}
	refused := func(network string) func(*Case) {
		return func(c *Case) {
			c.Attempts = []Attempt{c.Attempts[0]}
			c.Attempts[0].Signal.Decline = book.Decline{Network: network}
		}
	}
	warned := func(c *Case) {
		c.Notices = []Sent{{"suspension_warning", "warning", later(from, 22*day), book.IntentSucceeded}}
	}
	for _, x := range []struct {
		why    string
		after  time.Duration
		change func(*Case)
		step   Step
		says   string // "" for nothing in the way
		frees  time.Duration
	}{
		{"before the ladder's day", 21 * time.Hour, nil, Step{Kind: StepRetry}, "", 0},
		{"within twenty hours", 19 * time.Hour, nil, Step{Kind: StepRetry}, "is 20 hours", 20 * time.Hour},
		{"a dead card", day, refused("43"), Step{Kind: StepRetry}, "must not be charged again", 0},
		{"a card to be confirmed", day, refused("1A"), Step{Kind: StepRetry}, "must confirm", 0},
		{"a card to be updated", day, refused("54"), Step{Kind: StepRetry}, "renewed first", 0},
		{"our own fault", day, refused("13"), Step{Kind: StepRetry}, "our own fault", 0},
		{"our own fault, a notice", day, refused("13"), Step{Kind: StepNotice}, "our own fault", 0},
		{"paid", day, func(c *Case) { c.Paid = true }, Step{Kind: StepRetry}, "is paid", 0},
		{"pending", day, func(c *Case) { c.Pending = true }, Step{Kind: StepNotice}, "is pending", 0},
		{"unknown", day, func(c *Case) { c.Unknown = true }, Step{Kind: StepRetry}, "not known yet", 0},
		{"on hold", day, func(c *Case) { c.Holds = []Hold{{Reason: "r", By: "lina", UntilOn: from.In(time.UTC) + 3}} },
			Step{Kind: StepRetry}, "On hold by lina: r", 4*day - 10*time.Hour},
		{"another method with consent", day, nil, Step{Kind: StepRetry, Method: &base.Methods[0]}, "", 0},
		{"another method without", day, nil, Step{Kind: StepRetry, Method: &base.Methods[1]}, "consent", 0},
		{"a notice in the silent days", day, nil, Step{Kind: StepNotice}, "", 0},
		{"a notice to nobody", day, func(c *Case) { c.Email = " " }, Step{Kind: StepNotice}, "no mail", 0},
		{"suspend with retries to come", 2 * day, func(c *Case) { c.Methods = nil }, Step{Kind: StepSuspend, Service: "s"}, "Not before the last retry", 28 * day},
		{"suspend without a warning", 40 * day, func(c *Case) { c.Email = "" }, Step{Kind: StepSuspend, Service: "s"}, "No warning", 0},
		{"suspend after all", 28 * day, func(c *Case) {
			warned(c)
			c.Methods = nil
			c.Attempts = append(c.Attempts[:1:1], c.Attempts[0])
			c.Attempts[1].At, c.Attempts[1].Ours = later(from, 27*day), true
		}, Step{Kind: StepSuspend, Service: "s"}, "", 0},
		{"suspend what is suspended", 28 * day, warned, Step{Kind: StepSuspend, Service: "b"}, "no such step", 0},
		{"terminate, which the policy never does", 90 * day, warned, Step{Kind: StepTerminate, Service: "s"}, "no such step", 0},
		{"unsuspend what is billing's", day, func(c *Case) { c.Paid = true }, Step{Kind: StepUnsuspend, Service: "b"}, "did not suspend mail", 0},
		{"unsuspend what is not paid", day, func(c *Case) { c.Services = []Service{{ID: "s", Status: "Suspended", Ours: true}} },
			Step{Kind: StepUnsuspend, Service: "s"}, "not paid", 0},
		{"unsuspend", day, func(c *Case) { c.Paid, c.Services = true, []Service{{ID: "s", Status: "Suspended", Ours: true}} },
			Step{Kind: StepUnsuspend, Service: "s"}, "", 0},
		{"unsuspend nothing", day, func(c *Case) { c.Paid = true }, Step{Kind: StepUnsuspend, Service: "z"}, "no such service", 0},
	} {
		c := base
		if x.change != nil {
			x.change(&c)
		}
		got := May(c, p, table, later(from, x.after), x.step)
		switch {
		case x.says == "" && got != nil:
			t.Errorf("%s: %v is in the way", x.why, got)
		case x.says != "" && (len(got) != 1 || !strings.Contains(got[0].Why, x.says)):
			t.Errorf("%s: %v, want %q", x.why, got, x.says)
		case x.says != "" && x.frees != 0 && got[0].FreesAt != later(from, x.frees):
			t.Errorf("%s: frees %s, want %s", x.why, got[0].FreesAt, later(from, x.frees))
		}
	}
}

// TestTerminate: only what we suspended, as long after it as the ladder says, and warned of it.
func TestTerminate(t *testing.T) {
	text := strings.Replace(StandardPolicy, "suspend_day = 28\n", "suspend_day = 28\nterminate_day = 58\n", 1)
	text = strings.Replace(text, `{ step = "warning", day = 22, template = "suspension_warning", before = "suspend" },`,
		`{ step = "warning", day = 22, template = "suspension_warning", before = "suspend" },
  { step = "last", day = 45, template = "termination_warning", before = "terminate" },`, 1)
	p, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	from := moment(t, "2026-11-02 10:00")
	c := Case{Invoice: "1", Email: "a@example.com", Amount: money.New(900, "EUR"), FailedAt: from,
		Services: []Service{{ID: "s", Status: "Active"}},
		Attempts: []Attempt{{Invoice: "1", At: from, State: book.Failed,
			Signal: signal("stripe", "visa", book.Decline{Network: "51"})}}}
	terminates := func(after int) book.Instant {
		for _, s := range PlanCase(c, p, testTable(t), later(from, time.Duration(after)*day)).Steps {
			if s.Kind == StepTerminate {
				return s.At
			}
		}
		return 0
	}
	// Foreseen from the first day: 30 days after the suspension, both on a working day.
	if got := terminates(0); got != later(from, 58*day) {
		t.Errorf("foreseen on %s, want %s", got, later(from, 58*day))
	}
	c.Services[0] = Service{ID: "s", Status: "Suspended", Ours: true, SuspendedAt: later(from, 40*day)}
	c.Notices = []Sent{{"termination_warning", "last", later(from, 45*day), book.IntentSucceeded}}
	if got := terminates(60); got != later(from, 70*day) {
		t.Errorf("30 days after a late suspension: %s, want %s", got, later(from, 70*day))
	}
	c.Notices[0].State = book.IntentRefused
	if got := terminates(60); got != 0 {
		t.Errorf("without a warning: %s", got)
	}
	c.Notices[0].State = book.IntentSucceeded
	c.Services[0].Ours = false
	if got := terminates(60); got != 0 {
		t.Errorf("what billing suspended: %s", got)
	}
}

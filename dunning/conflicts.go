package dunning

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
)

// Conflict is a setting of the billing system that passes a limit or fights the policy.
type Conflict struct {
	Setting book.Setting
	// Why is one or two sentences that name the setting as people see it, and what to change.
	Why string
	// Harm says that a limit is passed or a customer is harmed; the rest is done twice.
	Harm bool
}

// Conflicts compares the billing system's own automation with a policy, the harmful first. Settings
// that are not known say nothing.
func Conflicts(settings []book.Setting, p Policy) []Conflict {
	s := automation{p: p, set: map[string]book.Setting{}}
	for _, x := range settings {
		s.set[x.Name] = x
	}
	s.retries()
	s.suspends()
	s.unsuspends()
	s.writes()
	slices.SortStableFunc(s.out, func(a, b Conflict) int {
		switch {
		case a.Harm == b.Harm:
			return 0
		case a.Harm:
			return -1
		}
		return 1
	})
	return s.out
}

type automation struct {
	p   Policy
	set map[string]book.Setting
	out []Conflict
}

func (s *automation) say(name string, harm bool, format string, a ...any) {
	s.out = append(s.out, Conflict{s.set[name], fmt.Sprintf(format, a...), harm})
}

// number is a setting as a number, false where it is not known or none.
func (s *automation) number(name string) (int, bool) {
	x, ok := s.set[name]
	n, err := strconv.Atoi(strings.TrimSpace(x.Value))
	return n, ok && err == nil
}

// on is whether a switch is known to be on.
func (s *automation) on(name string) bool {
	switch strings.ToLower(strings.TrimSpace(s.set[name].Value)) {
	case "on", "1", "true", "yes":
		return true
	}
	return false
}

func (s *automation) retries() {
	if s.on("CCAttemptOnlyOnce") {
		return
	}
	weeks, ok := s.number("CCRetryEveryWeekFor")
	switch {
	case !ok:
	case weeks == 0:
		s.say("CCRetryEveryWeekFor", true, "WHMCS tries a failed card every day until it is paid: 30 tries in "+
			"30 days, where Visa allows 20 and this program stops at %d. Under Automation Settings, switch on "+
			"Attempt Only Once, or set Retry Every Week For to some weeks.", s.p.Limits.Stop)
	default:
		s.say("CCRetryEveryWeekFor", false, "WHMCS tries a failed card again each week for %d weeks, and those "+
			"tries count against the card. Under Automation Settings, switch on Attempt Only Once, and leave the "+
			"retries to the policy.", weeks)
	}
}

// ends are the classes whose own service step, or last retry, stands after a day of the billing system.
func (s *automation) ends(days int, of func(Ladder) int) (Class, int) {
	var worst Ladder
	most := days
	for _, l := range s.p.Classes {
		if d := of(l); d > most {
			worst, most = l, d
		}
	}
	return worst.Class, most
}

func lastRetry(l Ladder) int {
	if len(l.RetryDays) == 0 {
		return 0
	}
	return l.RetryDays[len(l.RetryDays)-1]
}

func (s *automation) suspends() {
	for _, x := range []struct {
		on, days, verb, label string
		own                   func(Ladder) int
	}{
		{"AutoSuspension", "AutoSuspensionDays", "suspends", "Suspend Days", func(l Ladder) int { return l.SuspendDay }},
		{"AutoTermination", "AutoTerminationDays", "terminates", "Termination Days",
			func(l Ladder) int { return max(l.TerminateDay, l.SuspendDay) }},
	} {
		days, ok := s.number(x.days)
		if !s.on(x.on) || !ok {
			continue
		}
		if c, d := s.ends(days, lastRetry); c != "" {
			s.say(x.days, true, "WHMCS %s a service %d days after the due date, before the last retry of class %s on "+
				"day %d, and even while a payment is pending. Under Automation Settings, set %s to %d or more, or switch it off.",
				x.verb, days, c, d, x.label, s.most(x.own)+1)
		} else if c, d := s.ends(days, x.own); c != "" {
			s.say(x.days, true, "WHMCS %s a service %d days after the due date, where the policy does not before day %d "+
				"(class %s), and without looking for a pending payment or a warning. Under Automation Settings, set %s to "+
				"%d or more, or switch it off.", x.verb, days, d, c, x.label, s.most(x.own)+1)
		} else {
			s.say(x.days, false, "WHMCS %s a service %d days after the due date by itself, even while a payment is "+
				"pending or on hold here. Under Automation Settings, switch it off to leave it to the policy.", x.verb, days)
		}
	}
}

func (s *automation) most(of func(Ladder) int) int {
	_, d := s.ends(0, of)
	return d
}

func (s *automation) unsuspends() {
	if _, known := s.set["AutoUnsuspend"]; !known || s.on("AutoUnsuspend") {
		return
	}
	suspends := slices.ContainsFunc(s.p.Classes, func(l Ladder) bool { return l.SuspendDay > 0 })
	if suspends || s.on("AutoSuspension") {
		s.say("AutoUnsuspend", true, "WHMCS leaves a service suspended after its invoice was paid. Under Automation "+
			"Settings, switch on Enable Unsuspension; this program unsuspends only what it suspended itself.")
	}
}

// writes names the notices that the billing system sends besides.
func (s *automation) writes() {
	first := 0
	for _, l := range s.p.Classes {
		if l.Class == Funds && len(l.Notices) > 0 {
			first = l.Notices[0].Day
		}
	}
	_, known := s.set["SendReminder"]
	for _, x := range []struct{ name, label string }{
		{"SendFirstOverdueInvoiceReminder", "First Overdue Reminder"},
		{"SendSecondOverdueInvoiceReminder", "Second Overdue Reminder"},
		{"SendThirdOverdueInvoiceReminder", "Third Overdue Reminder"},
	} {
		days, ok := s.number(x.name)
		if !ok || days <= 0 || known && !s.on("SendReminder") {
			continue
		}
		why := "the customer hears of it twice"
		if days < first {
			why = fmt.Sprintf("the policy stays silent until day %d, because most failures mend themselves", first)
		}
		s.say(x.name, false, "WHMCS writes to the customer %d days after the due date, and %s. Under Automation Settings, "+
			"set %s to 0, or take the client out with Disable Overdue Notices.", days, why, x.label)
	}
	if n, ok := s.number("AddLateFeeDays"); ok && n > 0 && n <= s.most(lastRetry) {
		s.say("AddLateFeeDays", false, "WHMCS adds a late fee %d days after the due date, while the payment is still tried: "+
			"the amount changes, and with it what the next retry charges. Under Automation Settings, set Add Late Fee "+
			"Days to %d or more.", n, s.most(lastRetry)+1)
	}
}

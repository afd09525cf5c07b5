package dunning

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/money"
)

// fault is what is wrong in a policy, and where: the nth table of a name, and a key in it.
type fault struct {
	table string
	nth   int
	key   string
	what  string
}

func (f *fault) Error() string { return f.what }

// line is where it stands in the file: the key's line, else the table's, else the first.
func (f *fault) line(text string) int {
	at, seen, table := 1, 0, ""
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "[") && !strings.HasPrefix(l, "[ ") {
			name, _, _ := strings.Cut(strings.TrimLeft(l, "["), "]")
			table = name
			if name == f.table {
				if seen++; seen == f.nth+1 {
					at = i + 1
				}
			}
		}
		key, _, is := strings.Cut(l, "=")
		if is && strings.TrimSpace(key) == f.key && table == f.table && (f.table == "" || seen == f.nth+1) {
			return i + 1
		}
	}
	return at
}

// Check says what is wrong with a policy, nil for nothing.
func (p Policy) Check() error {
	if p.Version != 1 {
		return &fault{key: "policy", what: "policy = 1 is the only version of the form there is"}
	}
	for _, check := range []func() error{p.checkLimits, p.checkRules, p.checkClasses, p.checkSegments} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// between says that a number is out of its bounds.
func between(table string, nth int, key string, v, least, most int) error {
	if v >= least && v <= most {
		return nil
	}
	return &fault{table, nth, key, fmt.Sprintf("%s is %d: write a number from %d to %d", key, v,
		least, most)}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (p Policy) checkLimits() error {
	l := p.Limits
	err := first(between("limits", 0, "retries", l.Retries, 0, 15),
		between("limits", 0, "days", l.Days, 7, 60),
		// An hour less than a day, because a day has 23 hours in spring.
		between("limits", 0, "hours_between", l.HoursBetween, 1, 22),
		between("limits", 0, "stop", l.Stop, 1, 20), between("limits", 0, "warn", l.Warn, 0, l.Stop))
	for i, g := range l.Gateways {
		if err == nil && g.Gateway == "" {
			err = &fault{"limits.gateway", i, "gateway", "a gateway's limit names the gateway"}
		}
		err = first(err, between("limits.gateway", i, "retries", g.Retries, 0, 35),
			between("limits.gateway", i, "days", g.Days, 1, 60),
			between("limits.gateway", i, "hours_between", g.HoursBetween, 0, 240))
	}
	return err
}

func (p Policy) checkRules() error {
	s, o, b, n := p.Service, p.OtherMethods, p.Bulk, p.Notices
	err := first(between("notices", 0, "gap_days", n.GapDays, 1, 30),
		between("service", 0, "warning_days", s.WarningDays, 1, 60),
		between("bulk", 0, "most", b.Most, 1, 100_000), between("bulk", 0, "first", b.First, 1, b.Most),
		between("bulk", 0, "anomaly", b.Anomaly, 2, 100))
	if err == nil && o.Use {
		err = first(between("other_methods", 0, "tries", o.Tries, 1, 8),
			between("other_methods", 0, "after_days", o.AfterDays, 0, 60))
	}
	if err == nil && s.From >= s.To {
		err = &fault{"service", 0, "from", "services are suspended between from and to: from is not before to"}
	}
	if err == nil && n.QuietFrom == n.QuietTo && n.QuietFrom != 0 {
		err = &fault{"notices", 0, "quiet_from", "quiet_from and quiet_to are the same: leave both out for no quiet hours"}
	}
	for _, c := range o.Classes {
		if err == nil && (!slices.Contains(Classes, c) || c == OwnFault || c == Technical) {
			err = &fault{"other_methods", 0, "classes", fmt.Sprintf("another method is no answer to class %q", c)}
		}
	}
	return err
}

func (p Policy) checkClasses() error {
	seen := map[Class]bool{}
	for i, l := range p.Classes {
		if seen[l.Class] {
			return &fault{"class", i, "class", fmt.Sprintf("class %s stands there twice", l.Class)}
		}
		seen[l.Class] = true
		if err := p.checkLadder("class", i, l); err != nil {
			return err
		}
	}
	for _, c := range Classes {
		if !seen[c] {
			return &fault{what: fmt.Sprintf("class %s is missing: each of %v needs its [[class]]", c, Classes)}
		}
	}
	return nil
}

func (p Policy) checkSegments() error {
	ladder := 0
	for i, g := range p.Segments {
		if g.Name == "" {
			return &fault{"segment", i, "name", "a segment needs a name"}
		}
		none := money.Money{}
		if len(g.Gateways)+len(g.Country)+len(g.Products) == 0 && g.LifetimeFrom.Money == none &&
			g.LifetimeBelow.Money == none {
			return &fault{"segment", i, "name", fmt.Sprintf("segment %q has no condition: it would be for everybody", g.Name)}
		}
		for _, l := range g.Classes {
			if err := p.checkLadder("segment.class", ladder, l); err != nil {
				return err
			}
			ladder++
		}
	}
	return nil
}

// checkLadder sees that the steps of a class stand in an order that does no harm.
func (p Policy) checkLadder(table string, nth int, l Ladder) error {
	wrong := func(key, format string, a ...any) error {
		return &fault{table, nth, key, fmt.Sprintf("class %s: ", l.Class) + fmt.Sprintf(format, a...)}
	}
	if !slices.Contains(Classes, l.Class) {
		return &fault{table, nth, "class", fmt.Sprintf("there is no class %q: the classes are %v", l.Class, Classes)}
	}
	last := 0
	for _, d := range l.RetryDays {
		if d <= last || d > 90 {
			return wrong("retry_days", "retry days rise from 1 to 90 at most; %d stands after %d", d, last)
		}
		last = d
	}
	minutes := 0
	for _, m := range l.RetryMinutes {
		if m < minutes+5 || m > 1440 {
			return wrong("retry_minutes", "retry minutes rise by at least 5, to a day at most; %d stands after %d", m, minutes)
		}
		minutes = m
	}
	switch n := len(l.RetryDays) + len(l.RetryMinutes); {
	case slices.Contains([]Class{Never, Authenticate, Data, OwnFault}, l.Class) && n > 0:
		return wrong("retry_days", "it is never tried again by itself, so it has no retries")
	case l.Class == Unmapped && n > 2:
		return wrong("retry_days", "a code that nobody knows is tried twice at most, not %d times", n)
	case l.Class != Technical && len(l.RetryMinutes) > 0:
		return wrong("retry_minutes", "only technical failures are tried again within minutes")
	case len(l.RetryDays) > p.Limits.Retries:
		return wrong("retry_days", "%d retries are more than the %d that limits allow for one invoice", len(l.RetryDays), p.Limits.Retries)
	case l.SuspendDay > 0 && l.SuspendDay <= last:
		return wrong("suspend_day", "the last retry is on day %d, so nothing is suspended before day %d", last, last+1)
	case l.TerminateDay > 0 && (l.SuspendDay == 0 || l.TerminateDay <= l.SuspendDay):
		return wrong("terminate_day", "a service is terminated only some days after it was suspended")
	case l.Class == OwnFault && (len(l.Notices) > 0 || l.SuspendDay > 0):
		return wrong("class", "our own fault is no reason to write to a customer, or to suspend anything")
	}
	return p.checkNotices(wrong, l)
}

func (p Policy) checkNotices(wrong func(key, format string, a ...any) error, l Ladder) error {
	silent := map[Class]int{Funds: 3, Generic: 3, Technical: 3}[l.Class]
	seen := map[string]bool{}
	day, warned := 0, map[StepKind]int{}
	for _, n := range l.Notices {
		switch {
		case n.Step == "" || n.Template == "" || seen[n.Step]:
			return wrong("notices", "each notice has a template and a step of its own; see step %q", n.Step)
		case n.After != "" && (n.After != StepSuspend || n.Before != "" || n.Day != 0):
			return wrong("notices", "step %q: after is \"suspend\" or nothing, without a day", n.Step)
		case n.Before != "" && n.Before != StepSuspend && n.Before != StepTerminate:
			return wrong("notices", "step %q: before is \"suspend\", \"terminate\" or nothing", n.Step)
		case n.After == "" && n.Day < max(day, silent):
			return wrong("notices", "step %q is on day %d, but must not stand before day %d", n.Step, n.Day, max(day, silent))
		}
		if seen[n.Step] = true; n.After == "" {
			day = n.Day
		}
		if n.Before != "" {
			warned[n.Before] = n.Day
		}
	}
	asks := l.Class == Never || l.Class == Authenticate || l.Class == Data
	if asks && (len(l.Notices) == 0 || l.Notices[0].Day != 0 || l.Notices[0].After != "") {
		return wrong("notices", "only the customer can mend this, so the first notice is on day 0")
	}
	for _, s := range []struct {
		kind StepKind
		key  string
		day  int
	}{{StepSuspend, "suspend_day", l.SuspendDay}, {StepTerminate, "terminate_day", l.TerminateDay}} {
		at, is := warned[s.kind]
		if s.day > 0 && (!is || at+p.Service.WarningDays > s.day) {
			return wrong(s.key, "day %d needs a notice with before = %q on day %d or earlier", s.day, s.kind, s.day-p.Service.WarningDays)
		}
	}
	return nil
}

package present

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/money"
)

// PolicyLadder is the picture of what a policy does about one class of decline.
type PolicyLadder struct {
	Class, Title string
	Marks        []RenewalMark
	// Days is how many the picture shows, from day 0.
	Days int
}

// policyDays is how many days the picture of a policy shows at most.
const policyDays = 32

// PolicyLadders are the ladders of a policy, one for each class that it does anything about.
func PolicyLadders(p app.RenewalPolicy) []PolicyLadder {
	var out []PolicyLadder
	for _, c := range app.DeclineClasses {
		i := slices.IndexFunc(p.Classes, func(l app.PolicyLadder) bool { return l.Class == c })
		if i < 0 {
			continue
		}
		l := p.Classes[i]
		v := PolicyLadder{Class: string(c), Title: DeclineTitle(c), Days: policyDays}
		add := func(day, part int, m RenewalMark) {
			if day < policyDays {
				m.Thousandths = day*1000 + part
				v.Marks = append(v.Marks, m)
			}
		}
		add(0, 0, RenewalMark{Kind: app.RenewalRetry, Icon: "cross", Status: Break, Happened: true, Name: "The payment fails"})
		for n, minutes := range l.RetryMinutes {
			add(minutes/(24*60), 100+n, RenewalMark{Kind: app.RenewalRetry, Icon: "renewals", Status: TimingStatus,
				Name: fmt.Sprintf("Retry after %d minutes", minutes)})
		}
		for n, day := range l.RetryDays {
			m := RenewalMark{Kind: app.RenewalRetry, Icon: "renewals", Status: TimingStatus, Name: fmt.Sprintf("Retry on day %d", day)}
			if n == len(l.RetryDays)-1 {
				m.Words = "last"
			}
			add(day, 0, m)
		}
		for _, n := range l.Notices {
			if n.After != "" {
				continue
			}
			m := RenewalMark{Kind: app.RenewalNotice, Icon: "mail", Status: Neutral,
				Name: fmt.Sprintf("Notice “%s” on day %d", strings.ReplaceAll(n.Template, "_", " "), n.Day)}
			if n.Before != "" {
				m.Status, m.Words = Attention, "warning"
			}
			add(n.Day, 300, m)
		}
		if l.SuspendDay > 0 {
			add(l.SuspendDay, 0, RenewalMark{Kind: app.RenewalSuspend, Icon: "pause", Status: Attention, Words: "suspend",
				Name: fmt.Sprintf("Suspend on day %d", l.SuspendDay)})
		}
		v.Marks = spread(v.Marks)
		out = append(out, v)
	}
	return out
}

// PolicyRow is one figure under two policies.
type PolicyRow struct{ What, Now, Other string }

// PolicyEffect says what two policies would do with today's cases: how many have each step next.
func PolicyEffect(now, other *app.Renewals) []PolicyRow {
	count := func(list *app.Renewals, kind app.StepKind) string {
		n, due := 0, 0
		for _, r := range list.List {
			if r.Plan.Next.Kind == kind {
				if n++; r.Plan.Next.At <= list.At && kind != app.RenewalNone {
					due++
				}
			}
		}
		if due > 0 {
			return fmt.Sprintf("%d, %d of them now", n, due)
		}
		return fmt.Sprint(n)
	}
	var out []PolicyRow
	for _, k := range []struct {
		kind app.StepKind
		what string
	}{{app.RenewalRetry, "Next a retry"}, {app.RenewalNotice, "Next a notice"}, {app.RenewalSuspend, "Next a suspension"},
		{app.RenewalTerminate, "Next a termination"}, {app.RenewalUnsuspend, "Next a release"}, {app.RenewalNone, "Nothing more"}} {
		out = append(out, PolicyRow{k.what, count(now, k.kind), count(other, k.kind)})
	}
	return out
}

// PolicyReplay says what two policies would have done with past cases.
func PolicyReplay(s app.Simulated) []PolicyRow {
	row := func(what string, of func(o app.PolicyOutcome) string) PolicyRow {
		return PolicyRow{what, of(s.Now), of(s.Other)}
	}
	number := func(n func(o app.PolicyOutcome) int) func(app.PolicyOutcome) string {
		return func(o app.PolicyOutcome) string { return Count(n(o)) }
	}
	return []PolicyRow{
		row("Failed renewals", number(func(o app.PolicyOutcome) int { return o.Cases })),
		row("Retries of ours", number(func(o app.PolicyOutcome) int { return o.Retries })),
		row("Notices", number(func(o app.PolicyOutcome) int { return o.Notices })),
		row("Services suspended", number(func(o app.PolicyOutcome) int { return o.Suspensions })),
		row("of those who paid later", number(func(o app.PolicyOutcome) int { return o.PaidSuspended })),
		row("Recovered by a retry", func(o app.PolicyOutcome) string { return sums(o.Recovered.Cases, o.Recovered.Money) }),
		row("Paid otherwise", func(o app.PolicyOutcome) string { return sums(o.Otherwise.Cases, o.Otherwise.Money) }),
		row("Lost", func(o app.PolicyOutcome) string { return sums(o.Lost.Cases, o.Lost.Money) }),
		row("Nobody knows", func(o app.PolicyOutcome) string { return sums(o.Unknown.Cases, o.Unknown.Money) }),
	}
}

// sums is a count with its money, a currency at a time.
func sums(cases int, list []money.Money) string {
	parts := []string{Count(cases)}
	for _, m := range list {
		parts = append(parts, withCurrency(m))
	}
	return strings.Join(parts, ", ")
}

// PolicyMeasured says what was recovered in truth.
func PolicyMeasured(s app.Simulated) string {
	all := s.Measured.All
	if all.Whole == 0 {
		return fmt.Sprintf("No failed renewal of the last %s is old enough to be measured yet.", Plural(s.Months, "month"))
	}
	bps := func(n int) string { return fmt.Sprintf("%d.%d %%", n/100, n/10%10) }
	return fmt.Sprintf("In truth %d of %d failed renewals were recovered within %d days (%s to %s with 95 %% confidence). "+
		"Wasted attempts: %d on cards refused for good, %d over a limit; the goal is none.", all.Part, all.Whole,
		s.Measured.AgeDays, bps(all.LowBPS), bps(all.HighBPS), s.Measured.Wasted.Never,
		s.Measured.Wasted.Over)
}

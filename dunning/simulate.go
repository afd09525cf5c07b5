package dunning

import (
	"cmp"
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// near is how close a real attempt must be to one that is played for its outcome to be known.
const near = 12 * time.Hour

// played is how long a case is played after its failure.
const played = 90 * day

// Sum is a number of cases and their money by currency.
type Sum struct {
	Cases int
	Money []money.Money
}

func (s *Sum) add(m money.Money) { s.Cases, s.Money = s.Cases+1, plus(s.Money, m) }

// Outcome is what a policy would have done with past cases, and what is known of how that had ended.
type Outcome struct {
	Cases int
	// Retries are ours, Guessed those of them whose outcome nobody knows, because nothing was tried at
	// that time in truth; Elsewhere are tries of others, which happened whatever the policy.
	Retries, Guessed, Elsewhere int
	Notices                     int
	// Suspensions are of services, PaidSuspended those of cases that were paid later anyway.
	Suspensions, PaidSuspended, Terminations int
	// Peaks are the budgets at their fullest before a retry, by name.
	Peaks []Budget
	// Recovered by a retry whose outcome is known, Otherwise paid by the customer or by others, which
	// is taken to have come as it did, Lost without a retry left, and Unknown.
	Recovered, Otherwise, Lost, Unknown Sum
}

// Simulate replays past cases under a policy, until a moment. Attempts of others and payments of the
// customers come as they came; our own are those of the policy. A retry has the outcome of the real
// attempt of the same method that was made within twelve hours of it. Any other is taken as refused,
// and its case, unless it is paid otherwise, counts as unknown: history does not say whether the card
// would have paid that day, nor whether other notices had moved the customer.
func Simulate(past []Past, p Policy, t Table, until book.Instant) Outcome {
	s := simulator{p: p, t: t, peaks: map[string]Budget{}}
	for i := range past {
		s.play(&past[i], until)
	}
	for _, b := range s.peaks {
		s.out.Peaks = append(s.out.Peaks, b)
	}
	slices.SortFunc(s.out.Peaks, func(a, b Budget) int { return cmp.Compare(a.Name, b.Name) })
	return s.out
}

// Compare replays the same cases under two policies.
func Compare(past []Past, a, b Policy, t Table, until book.Instant) (Outcome, Outcome) {
	return Simulate(past, a, t, until), Simulate(past, b, t, until)
}

type simulator struct {
	p     Policy
	t     Table
	out   Outcome
	peaks map[string]Budget
}

// stage is a case being played.
type stage struct {
	c     Case
	real  *Past
	used  []bool // which of the real attempts lent their outcome
	paid  bool
	guess bool
	down  int
}

// play plays one case from its failure on.
func (s *simulator) play(real *Past, until book.Instant) {
	s.out.Cases++
	g := stage{c: real.Case, real: real, used: make([]bool, len(real.Case.Attempts))}
	end := min(until, later(g.c.FailedAt, played))
	// Others' payments come as they came; our own retry's success has to be earned again.
	otherwise := book.Instant(0)
	by := real.recovering()
	if real.PaidAt != 0 && (by == nil || !by.Ours) {
		otherwise = real.PaidAt
		end = min(end, otherwise-1)
	}
	g.reset()
	for now := g.c.FailedAt; now <= end && !g.paid; {
		plan := PlanCase(g.c, s.p, s.t, now)
		due := plan.Due(now)
		for _, step := range due {
			s.take(&g, step, plan, now)
		}
		next := end + 1
		if len(plan.Steps) > 0 {
			next = min(next, max(plan.Steps[0].At, now+1))
		}
		now = min(next, g.change(now, end+1))
	}
	s.out.Elsewhere += g.elsewhere(end)
	s.close(&g, otherwise, until)
}

// reset takes our own part out of a case: our attempts, notices and service steps.
func (g *stage) reset() {
	c := &g.c
	c.Notices, c.Pending, c.Unknown, c.Paid = nil, false, false, false
	c.Attempts = slices.DeleteFunc(slices.Clone(c.Attempts), func(a Attempt) bool {
		return a.Invoice == c.Invoice && a.At > c.FailedAt && (a.Ours || a.State == book.Pending)
	})
	c.Services = slices.Clone(c.Services)
	for i := range c.Services {
		if v := &c.Services[i]; v.Ours {
			v.Status, v.Ours, v.SuspendedAt, v.AskedAt = "Active", false, 0, 0
		}
	}
}

// change is the next moment after now at which something happens that is not ours.
func (g *stage) change(now, most book.Instant) book.Instant {
	at := func(i book.Instant) {
		if i > now {
			most = min(most, i)
		}
	}
	for _, a := range g.c.Attempts {
		at(a.At)
	}
	for _, m := range g.c.Methods {
		at(m.AddedAt)
		at(m.UpdatedAt)
		at(m.ConsentAt)
	}
	at(g.c.ClearedAt)
	return most
}

// take does one step of the policy.
func (s *simulator) take(g *stage, step Step, plan Plan, now book.Instant) {
	switch step.Kind {
	case StepRetry:
		s.out.Retries++
		for _, b := range plan.Budgets {
			if was, ok := s.peaks[b.Name]; step.Method == nil && (!ok || b.Used > was.Used) {
				b.FreesAt = 0
				s.peaks[b.Name] = b
			}
		}
		s.retry(g, step, now)
	case StepNotice:
		s.out.Notices++
		n := Sent{step.Template, step.Name, now, book.IntentSucceeded}
		g.c.Notices = append(slices.Clip(g.c.Notices), n)
	case StepSuspend, StepTerminate:
		i := slices.IndexFunc(g.c.Services, func(v Service) bool { return v.ID == step.Service })
		v := &g.c.Services[i]
		if v.Status, v.Ours, v.SuspendedAt = "Suspended", true, now; step.Kind == StepTerminate {
			v.Status = "Terminated"
			s.out.Terminations++
			return
		}
		s.out.Suspensions++
		g.down++
	}
}

// retry plays one attempt: with the outcome of the nearest real one, else as refused.
func (s *simulator) retry(g *stage, step Step, now book.Instant) {
	view := g.c
	view.Attempts = attemptsUntil(g.c.Attempts, now)
	w := newPlanner(&view, &s.p, &s.t, now)
	w.choose()
	charged := w.own
	if m := step.Method; m != nil {
		charged = target{m.Instrument.Credential(), m.Gateway, m.Instrument, m}
	}
	a := Attempt{Invoice: g.c.Invoice, At: now, Amount: g.c.Amount, State: book.Failed, Ours: true,
		Signal: Signal{Gateway: charged.gateway, Instrument: charged.instrument}}
	best, apart := -1, near+1
	for i, r := range g.real.Case.Attempts {
		d := max(r.At-now, now-r.At)
		if r.Invoice == g.c.Invoice && r.Ours && !g.used[i] && credentialOf(r) == charged.credential &&
			r.State != book.Pending && later(0, apart) > d {
			best, apart = i, time.Duration(d)*time.Millisecond
		}
	}
	if best >= 0 {
		g.used[best] = true
		a.State, a.Signal = g.real.Case.Attempts[best].State, g.real.Case.Attempts[best].Signal
	} else {
		s.out.Guessed++
		g.guess = true
		for _, r := range slices.Backward(g.c.Attempts) {
			if r.At <= now && r.State == book.Failed && credentialOf(r) == charged.credential {
				a.Signal = r.Signal
				break
			}
		}
	}
	g.paid = a.State == book.Succeeded
	i, _ := slices.BinarySearchFunc(g.c.Attempts, now+1, func(x Attempt, at book.Instant) int {
		return cmp.Compare(x.At, at)
	})
	g.c.Attempts = slices.Insert(g.c.Attempts, i, a)
}

// elsewhere counts others' tries after the failure.
func (g *stage) elsewhere(end book.Instant) int {
	n := 0
	for _, a := range g.c.Attempts {
		if a.Invoice == g.c.Invoice && !a.Ours && a.At > g.c.FailedAt && a.At <= end {
			n++
		}
	}
	return n
}

// close says how a played case ended.
func (s *simulator) close(g *stage, otherwise, until book.Instant) {
	amount := g.c.Amount
	ours := g.real.PaidAt != 0 && otherwise == 0
	switch {
	case g.paid:
		s.out.Recovered.add(amount)
	case otherwise != 0 && otherwise <= until:
		s.out.Otherwise.add(amount)
		s.out.PaidSuspended += g.down
	case g.guess || ours || later(g.c.FailedAt, played) > until:
		// A retry of ours had recovered it in truth, or the case is not over yet.
		s.out.Unknown.add(amount)
	default:
		s.out.Lost.add(amount)
	}
}

package dunning

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
)

// The distances that no policy changes.
const (
	day = 24 * time.Hour
	// askedAfter is when the notice of day 0 goes: within the hour, and after another method had its turn.
	askedAfter = 30 * time.Minute
	// otherAfter lies between a try of one method and of another for the same invoice.
	otherAfter = 10 * time.Minute
	// afterRetry is the least time from our last retry, or an advice's date, to a service step;
	// afterTry that from a try that somebody else made.
	afterRetry, afterTry = day, time.Hour
	// razorpayWait is how long a failed payment of Razorpay may still be authorised.
	razorpayWait = 3 * day
	// verifyAfter is when a service that we asked to be unsuspended has to be up.
	verifyAfter = time.Hour
	// foreseen is how many retries ahead a plan looks at most.
	foreseen = 40
)

// planner is one plan in the making.
type planner struct {
	c   *Case
	p   *Policy
	t   *Table
	now book.Instant
	// answers are what the table says of each attempt that failed, by its place.
	answers []Decline

	own    target
	base   book.Instant // day 0
	suffix string       // of the names of notices, after a new card
	last   *Attempt     // of this invoice with own, nil where it was not tried yet
	// fresh says that own may be tried at once: a new card, an update, or a fault that was mended.
	fresh  bool
	ladder Ladder
	// floor is before which nothing happens; stopped that nothing happens until somebody acts.
	floor   book.Instant
	stopped bool
	plan    Plan
}

// PlanCase says what a policy would do about a case from a moment on. It looks at nothing later than
// the moment. The same case gives the same plan; and until the next step's time has come, the same
// next step. Steps that were missed are planned anew: at most one of a kind is due at once.
func PlanCase(c Case, p Policy, t Table, now book.Instant) Plan {
	c.Attempts = attemptsUntil(c.Attempts, now)
	c.Notices = noticesUntil(c.Notices, now)
	w := newPlanner(&c, &p, &t, now)
	if c.Paid {
		w.paid()
		return w.plan
	}
	w.choose()
	w.classify()
	w.plan.Budgets = w.budgets()
	w.holds()
	if !w.stopped {
		w.steps()
	}
	w.settle()
	return w.plan
}

// newPlanner reads what each attempt was answered.
func newPlanner(c *Case, p *Policy, t *Table, now book.Instant) *planner {
	w := &planner{c: c, p: p, t: t, now: now, floor: now, answers: make([]Decline, len(c.Attempts))}
	for i, a := range c.Attempts {
		if a.State == book.Failed {
			w.answers[i] = t.Classify(a.Signal, a.At)
		}
	}
	return w
}

// Due are the steps whose time has come: one, or, of a service step, one for each service.
func (p Plan) Due(now book.Instant) []Step {
	var out []Step
	for _, s := range p.Steps {
		if s.At > now || len(out) > 0 && (s.Kind != out[0].Kind || s.Service == "") {
			break
		}
		out = append(out, s)
	}
	return out
}

// attemptsUntil are those until a moment, oldest first, and of one moment by their ids, so that the order
// in which they were loaded decides nothing; the given slice is left as it is.
func attemptsUntil(all []Attempt, now book.Instant) []Attempt {
	order := func(a, b Attempt) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) }
	if !slices.IsSortedFunc(all, order) {
		all = slices.Clone(all)
		slices.SortStableFunc(all, order)
	}
	n := len(all)
	for n > 0 && all[n-1].At > now {
		n--
	}
	return all[:n:n]
}

// noticesUntil are those until a moment.
func noticesUntil(all []Sent, now book.Instant) []Sent {
	later := func(n Sent) bool { return n.At > now }
	if !slices.ContainsFunc(all, later) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), later)
}

// choose finds what a retry charges, and the day from which the ladder counts.
func (w *planner) choose() {
	own, found := w.current()
	if !found {
		own = w.lastCharged()
	}
	w.own, w.base = own, w.c.FailedAt
	firstOwn, firstAny := book.Instant(0), book.Instant(0)
	for i, a := range w.c.Attempts {
		if a.Invoice != w.c.Invoice || a.At < w.c.FailedAt || !tried(a) {
			continue
		}
		if firstAny == 0 {
			firstAny = a.At
		}
		if credentialOf(a) == own.credential {
			if firstOwn == 0 {
				firstOwn = a.At
			}
			w.last = &w.c.Attempts[i]
		}
	}
	if w.base == 0 {
		w.base = firstAny
	}
	if !found {
		return
	}
	switch m := own.method; {
	case firstOwn == 0:
		// A new card restarts at once.
		w.fresh = true
		w.base = max(w.base, m.AddedAt)
		w.suffix = "@" + w.base.In(w.p.zone()).String()
	case firstOwn > firstAny:
		w.base = firstOwn
		w.suffix = "@" + max(w.c.FailedAt, m.AddedAt).In(w.p.zone()).String()
	}
}

// current is the method that invoices are charged with, where that is known.
func (w *planner) current() (target, bool) {
	for i := range w.c.Methods {
		if m := &w.c.Methods[i]; m.Current && m.AddedAt <= w.now && m.Instrument.Credential() != "" {
			return target{m.Instrument.Credential(), m.Gateway, m.Instrument, m}, true
		}
	}
	return target{}, false
}

// lastCharged is what the last attempt charged by itself: no other method's turn, and, where there is
// any else, nothing that the customer tried in person.
func (w *planner) lastCharged() target {
	var found *Attempt
	rank := -1
	for i := range w.c.Attempts {
		a := &w.c.Attempts[i]
		if a.Invoice != w.c.Invoice {
			continue
		}
		r := 0
		if !a.Customer {
			r++
		}
		if !slices.ContainsFunc(w.c.Methods, func(m Method) bool {
			return m.Instrument.Credential() == credentialOf(*a)
		}) {
			r++
		}
		if r >= rank {
			found, rank = a, r
		}
	}
	if found == nil {
		return target{credential: "of " + string(w.c.Invoice), gateway: w.c.Segment.Gateway}
	}
	return target{credentialOf(*found), found.Signal.Gateway, found.Signal.Instrument, nil}
}

// classify finds the class of the case: what its last attempt was answered, unless the credential is
// dead for good.
func (w *planner) classify() {
	dead, d := w.verdict(w.own)
	if w.last == nil && !dead {
		// The new card has not been asked: the case still stands where the old one left it.
		for i, a := range slices.Backward(w.c.Attempts) {
			if a.Invoice == w.c.Invoice && a.State == book.Failed {
				d = w.answers[i]
				break
			}
		}
	}
	if d.Class == "" {
		d = w.t.Classify(Signal{}, w.now)
	}
	if dead {
		w.fresh = false
	} else if w.last != nil {
		w.fresh = w.mended(d)
	}
	w.plan.Class, w.plan.Decline = d.Class, d
	w.ladder = w.p.Ladder(d.Class, w.c.Segment)
}

// mended reports whether what a decline waits for has happened since.
func (w *planner) mended(d Decline) bool {
	switch d.Retry {
	case "after_update", "after_authentication", "no":
		m := w.own.method
		return m != nil && m.UpdatedAt > w.last.At && m.UpdatedAt <= w.now
	case "after_fix", "after_resolution":
		return w.c.ClearedAt > w.last.At && w.c.ClearedAt <= w.now
	}
	return false
}

// verdict is what is known of a credential for this invoice: whether it may never be charged again,
// and the decline that decides.
func (w *planner) verdict(g target) (dead bool, d Decline) {
	for i, a := range w.c.Attempts {
		if credentialOf(a) != g.credential {
			continue
		}
		own := a.Invoice == w.c.Invoice
		if a.State == book.Succeeded {
			dead = false
			continue
		}
		if a.State != book.Failed {
			continue
		}
		answer := w.answers[i]
		switch {
		case answer.Class == Never && (own || answer.NewMethod):
			renewed := g.method != nil && g.method.UpdatedAt > a.At && answer.Reason == "update_method"
			if !renewed || own && d.Class == "" {
				d = answer
			}
			dead = dead || !renewed
		case own && !dead:
			d = answer
		}
	}
	return dead, d
}

func (w *planner) block(kind StepKind, frees book.Instant, why string) {
	b := Block{Kind: kind, Why: why, FreesAt: frees}
	if !slices.Contains(w.plan.Blocked, b) {
		w.plan.Blocked = append(w.plan.Blocked, b)
	}
}

// until keeps the case from everything until a moment, or, without one, until somebody acts.
func (w *planner) until(frees book.Instant, why string) {
	w.block("", frees, why)
	if frees == 0 {
		w.stopped = true
	}
	w.floor = max(w.floor, frees)
}

// holds finds what keeps the case from everything.
func (w *planner) holds() {
	c := w.c
	pending := c.Pending
	for i, a := range c.Attempts {
		if a.Invoice != c.Invoice {
			continue
		}
		pending = pending || a.State == book.Pending
		if a.State == book.Failed && strings.EqualFold(a.Signal.Gateway, "razorpay") {
			final := w.answers[i].Class
			if frees := later(a.At, razorpayWait); frees > w.now && final != Never && final != Data {
				w.until(frees, "Razorpay may still confirm this payment within three days")
			}
		}
	}
	if c.Unknown {
		w.until(0, "It is not known yet whether an attempt went through; it is looked up first")
	}
	if pending {
		w.until(0, "A payment of this invoice is pending")
	}
	if w.plan.Decline.Retry == "after_resolution" && !w.fresh {
		w.until(0, "The gateway says that it knows this payment already: find out what became of it")
		w.plan.Work = "Look up what became of the earlier attempt (" + w.plan.Decline.Row + ")."
	}
	for _, h := range c.Holds {
		why := "On hold by " + h.By + ": " + h.Reason
		switch frees := (h.UntilOn + 1).Start(w.p.zone()); {
		case h.UntilOn == 0:
			w.until(0, why)
		case frees > w.now:
			w.until(frees, why)
		}
	}
}

// budgets are all counters of the method that a retry would charge.
func (w *planner) budgets() []Budget {
	var out []Budget
	for _, k := range counters(w.c, w.own, w.p, w.t, w.now) {
		if k.Window > 0 {
			out = append(out, k.at(w.now))
		}
	}
	return out
}

// addDays is the same time of day some days on, in the business's zone.
func (w *planner) addDays(from book.Instant, days int) book.Instant {
	t := from.Time().In(w.p.zone())
	return book.At(t.AddDate(0, 0, days))
}

// clock is the time of day of a moment in minutes.
func (w *planner) clock(at book.Instant) Clock {
	t := at.Time().In(w.p.zone())
	return Clock(t.Hour()*60 + t.Minute())
}

// on is a time of day on a date.
func (w *planner) on(d book.Date, c Clock) book.Instant {
	y, m, n := d.Time().Date()
	return book.At(time.Date(y, m, n, int(c)/60, int(c)%60, 0, 0, w.p.zone()))
}

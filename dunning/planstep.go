package dunning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// steps foresees the whole ladder. A new card or an update is tried alone: what is said to the
// customer, and what happens to the service, waits for its outcome.
func (w *planner) steps() {
	retries := w.retries()
	out := slices.Clone(retries)
	if !w.fresh || len(retries) == 0 {
		notices := w.notices()
		out = append(out, notices...)
		out = append(out, w.services(retries, notices)...)
	}
	rank := func(s Step) int {
		return slices.Index([]StepKind{StepRetry, StepUnsuspend, StepNotice, StepSuspend, StepTerminate},
			s.Kind)
	}
	slices.SortStableFunc(out, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.At, b.At), rank(a)-rank(b))
	})
	w.plan.Steps = out
}

// sent is the notice of a step that is there already, in whatever state; each goes once.
func (w *planner) sent(step string) *Sent {
	for i := range w.c.Notices {
		if w.c.Notices[i].Step == step {
			return &w.c.Notices[i]
		}
	}
	return nil
}

// notices are the notices that are still to go, in order. Of those whose time has passed only the
// last goes; a warning always goes, and nothing before it in its place.
func (w *planner) notices() []Step {
	if w.plan.Decline.Look == LookFirst {
		w.block(StepNotice, 0, "Our own rules refused this payment: look at them before the customer is told")
		return nil
	}
	if strings.TrimSpace(w.c.Email) == "" {
		w.block(StepNotice, 0, "The customer has no mail address")
		return nil
	}
	var last book.Instant
	began := false
	for _, n := range w.c.Notices {
		if n.State != book.IntentRefused && n.State != book.IntentCancelled {
			last = max(last, n.At)
		}
	}
	for _, n := range w.ladder.Notices {
		began = began || n.plain() && w.sent(w.name(n)) != nil
	}
	var out []Step
	left := w.left()
	for i, n := range left {
		name := w.name(n)
		at := max(w.noticeAt(n), w.floor)
		// The first word after a class has changed does not wait for what was said before.
		opening := !began && len(out) == 0 && n.plain() && w.ladder.Notices[0].Day == 0
		if !opening {
			if last != 0 && n.After == "" {
				at = max(at, w.addDays(last, w.p.Notices.GapDays))
			}
			at = w.loud(at)
		}
		// Of those whose time has passed only the last goes.
		if slices.ContainsFunc(left[i+1:], func(o NoticeRule) bool {
			return n.plain() && o.Before == "" && w.noticeAt(o) <= at
		}) {
			continue
		}
		out = append(out, Step{Kind: StepNotice, At: at, Template: n.Template, Name: name,
			Why: noticeWhy(n)})
		last = at
	}
	return out
}

// left are the notices of the ladder that did not go yet and still mean something, by their time.
func (w *planner) left() []NoticeRule {
	var out []NoticeRule
	for _, n := range w.ladder.Notices {
		s := w.sent(w.name(n))
		switch {
		case s != nil && n.plain():
			out = slices.DeleteFunc(out, NoticeRule.plain) // the later one has said it
		case s != nil && (s.State == book.IntentRefused || s.State == book.IntentCancelled):
			w.block(StepNotice, 0, "The notice \""+n.Step+"\" did not reach the customer; it is not sent again by itself")
		case s != nil:
		case n.Before != "" && !w.warns(n.Before), n.After == StepSuspend && w.downSince() == 0:
		default:
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b NoticeRule) int {
		return cmp.Compare(w.noticeAt(a), w.noticeAt(b))
	})
	return out
}

// plain reports whether it neither warns of a service step nor reports one.
func (n NoticeRule) plain() bool { return n.Before == "" && n.After == "" }

// name is a notice's for this invoice. A new card has its own round of them, but a suspension is told once.
func (w *planner) name(n NoticeRule) string {
	if n.After != "" {
		return n.Step
	}
	return n.Step + w.suffix
}

// noticeAt is the time of a notice by the ladder alone.
func (w *planner) noticeAt(n NoticeRule) book.Instant {
	switch {
	case n.After == StepSuspend:
		return w.downSince()
	case n.Day == 0:
		return later(w.base, askedAfter)
	}
	return w.addDays(w.base, n.Day)
}

// warns reports whether there is anything of which a notice could warn.
func (w *planner) warns(kind StepKind) bool {
	return slices.ContainsFunc(w.c.Services, func(s Service) bool {
		return active(s) && (kind == StepSuspend || w.ladder.TerminateDay > 0) ||
			kind == StepTerminate && w.ladder.TerminateDay > 0 && down(s)
	})
}

func active(s Service) bool { return strings.EqualFold(s.Status, "active") }

// down reports whether we have suspended it.
func down(s Service) bool { return strings.EqualFold(s.Status, "suspended") && s.Ours }

// downSince is when we suspended the first service, zero for never.
func (w *planner) downSince() book.Instant {
	var since book.Instant
	for _, s := range w.c.Services {
		if down(s) && s.SuspendedAt <= w.now && (since == 0 || s.SuspendedAt < since) {
			since = max(s.SuspendedAt, 1)
		}
	}
	return since
}

// loud is the first moment from at on outside the quiet hours.
func (w *planner) loud(at book.Instant) book.Instant {
	from, to := w.p.Notices.QuietFrom, w.p.Notices.QuietTo
	c, d := w.clock(at), at.In(w.p.zone())
	switch {
	case from == to, from < to && (c < from || c >= to), from > to && c >= to && c < from:
		return at
	case from > to && c >= from:
		d++
	}
	return max(at, w.on(d, to))
}

func noticeWhy(n NoticeRule) string {
	switch {
	case n.Before != "":
		return fmt.Sprintf("Warning before the step to %s, day %d", n.Before, n.Day)
	case n.After != "":
		return "The service was suspended; the customer is told"
	case n.Day == 0:
		return "Only the customer can mend this, so they are told within the hour"
	}
	return fmt.Sprintf("Notice of day %d", n.Day)
}

// services are the steps about what the invoice pays for.
func (w *planner) services(retries, notices []Step) []Step {
	var out []Step
	for _, s := range w.c.Services {
		var at book.Instant
		since := s.SuspendedAt
		if w.ladder.SuspendDay > 0 && active(s) {
			if at = w.serviceAt(StepSuspend, w.ladder.SuspendDay, 0, retries, notices); at == 0 {
				continue
			}
			since = at
			out = append(out, Step{Kind: StepSuspend, At: at, Service: s.ID,
				Why: fmt.Sprintf("After the last retry and the warning, from day %d", w.ladder.SuspendDay)})
		}
		if w.ladder.TerminateDay > 0 && (at != 0 || down(s)) {
			// As long after the suspension as the ladder says, however late that was.
			least := w.addDays(since, w.ladder.TerminateDay-w.ladder.SuspendDay)
			at = w.serviceAt(StepTerminate, w.ladder.TerminateDay, least, retries, notices)
			if at != 0 {
				out = append(out, Step{Kind: StepTerminate, At: at, Service: s.ID,
					Why: fmt.Sprintf("Suspended and unpaid until day %d", w.ladder.TerminateDay)})
			}
		}
	}
	return out
}

// serviceAt is the first moment at which a service step may happen, zero where it may not.
func (w *planner) serviceAt(kind StepKind, days int, at book.Instant,
	retries, notices []Step) book.Instant {
	warned, ok := w.warned(kind, notices)
	if !ok {
		w.block(kind, 0, fmt.Sprintf("No warning before the step to %s has reached the customer", kind))
		return 0
	}
	at = max(at, w.floor, w.addDays(w.base, days), w.addDays(warned, w.p.Service.WarningDays))
	for _, r := range retries {
		at = max(at, later(r.At, afterRetry))
	}
	for i, a := range w.c.Attempts {
		if a.Invoice != w.c.Invoice {
			continue
		}
		if a.Ours {
			at = max(at, later(a.At, afterRetry))
		}
		at = max(at, later(a.At, afterTry))
		if d := w.answers[i]; d.Wait > 0 {
			at = max(at, later(a.At, d.Wait+afterRetry))
		}
	}
	return w.working(at)
}

// warned is when the warning before a step reached the customer, or will go by the plan.
func (w *planner) warned(kind StepKind, notices []Step) (book.Instant, bool) {
	for _, n := range w.ladder.Notices {
		if n.Before != kind {
			continue
		}
		name := w.name(n)
		if s := w.sent(name); s != nil {
			return s.At, s.State == book.IntentSucceeded
		}
		for _, s := range notices {
			if s.Name == name {
				return s.At, true
			}
		}
	}
	return 0, false
}

// working is the first moment from at on within the hours, and on the days, of service steps.
func (w *planner) working(at book.Instant) book.Instant {
	from, to := w.p.Service.From, w.p.Service.To
	d := at.In(w.p.zone())
	if w.clock(at) >= to {
		d++
	}
	for range 60 {
		if !w.p.Service.BusinessDays || w.p.works(d) {
			break
		}
		d++
	}
	return max(at, w.on(d, from))
}

// paid ends the case: what we suspended comes up again, and is seen to be up.
func (w *planner) paid() {
	w.plan.Class, w.plan.Stage = "", "Paid"
	for _, s := range w.c.Services {
		switch {
		case !down(s):
		case s.Owed != "":
			w.block(StepUnsuspend, 0, owed(s))
		case s.AskedAt <= s.SuspendedAt || s.AskedAt > w.now: // not asked since
			w.plan.Steps = append(w.plan.Steps, Step{Kind: StepUnsuspend, At: w.now, Service: s.ID,
				Why: "The invoice is paid, and we suspended the service"})
		case later(s.AskedAt, verifyAfter) > w.now:
			w.block(StepUnsuspend, later(s.AskedAt, verifyAfter), "We asked to unsuspend "+s.Name+", and look again whether it is up")
		default:
			w.plan.Work = "Unsuspend " + s.Name + " by hand: it is paid and still suspended, an hour after we asked."
		}
	}
	w.nextUp()
}

func owed(s Service) string {
	return "Invoice " + s.Owed + " of " + s.Name + " is unpaid too, and would have it suspended again"
}

// Owing tells the cases of paid invoices for which other invoice a service would be suspended again as
// soon as it is up, so that it stays down until that one is paid too.
func Owing(cases []Case, p Policy, t Table, now book.Instant) {
	for i := range cases {
		for k := range cases[i].Services {
			s := &cases[i].Services[k]
			if !cases[i].Paid || !down(*s) {
				continue
			}
			other := slices.IndexFunc(cases, func(c Case) bool { return c.stops(s.ID, p, t, now) })
			if other >= 0 {
				s.Owed = cases[other].Number
			}
		}
	}
}

// stops reports whether a policy would suspend a service for this case within the next working hours.
func (c Case) stops(service book.ItemID, p Policy, t Table, now book.Instant) bool {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.ID == service })
	if i < 0 || c.Paid {
		return false
	}
	c.Services = slices.Clone(c.Services)
	c.Services[i].Status = "Active"
	soon := (&planner{p: &p}).working(now)
	return slices.ContainsFunc(PlanCase(c, p, t, now).Steps, func(s Step) bool {
		return s.Kind == StepSuspend && s.Service == service && s.At <= soon
	})
}

func (w *planner) nextUp() {
	w.plan.Next = Step{Kind: StepNone, Why: "Nothing is left to do"}
	if len(w.plan.Steps) > 0 {
		w.plan.Next = w.plan.Steps[0]
		return
	}
	for _, b := range w.plan.Blocked {
		if b.Kind == "" || b.Kind == StepUnsuspend {
			w.plan.Next = Step{Kind: StepNone, At: b.FreesAt, Why: b.Why}
			break
		}
	}
}

// settle says in words where the case stands, and what only we can mend.
func (w *planner) settle() {
	w.nextUp()
	d := w.plan.Decline
	day := int(w.now.In(w.p.zone()) - w.base.In(w.p.zone()))
	last := w.plan.Next.Kind
	warned := false
	for _, n := range w.ladder.Notices {
		s := w.sent(w.name(n))
		warned = warned || n.Before == StepSuspend && s != nil && s.State == book.IntentSucceeded
	}
	held := slices.ContainsFunc(w.plan.Blocked, func(b Block) bool { return b.Kind == "" })
	onHold := slices.ContainsFunc(w.plan.Blocked, func(b Block) bool {
		return b.Kind == "" && strings.HasPrefix(b.Why, "On hold")
	})
	asks := d.Class == Never || d.Class == Authenticate || d.Class == Data
	switch {
	case w.downSince() != 0:
		w.plan.Stage = "Suspended"
	case onHold:
		w.plan.Stage = "On hold"
	case held:
		w.plan.Stage = "Paused"
	case d.Class == OwnFault && !w.fresh:
		w.plan.Stage = "Ours to mend"
	case warned:
		w.plan.Stage = fmt.Sprintf("Warned, day %d", day)
	case last == StepRetry || !asks && last != StepNone:
		w.plan.Stage = fmt.Sprintf("Retrying, day %d", day)
	case asks:
		w.plan.Stage = "With customer"
	default:
		w.plan.Stage = fmt.Sprintf("Given up, day %d", day)
	}
	switch {
	case w.plan.Work != "" || w.fresh:
	case d.Class == OwnFault:
		w.plan.Work = "Mend our own fault (" + d.Row + "); until then nothing is tried, and nobody is written to."
	case d.Look != "":
		w.plan.Work = "Look at this refusal (" + d.Row + "): it is a sign of fraud, loss, or a rule of ours."
	case d.MandateGone:
		w.plan.Work = "The customer has ended the authority to charge: stop the automatic payment (" + d.Row + ")."
	}
}

package dunning

import (
	"slices"
	"strings"

	"countinghouse/app/book"
)

// May says what is in the way of a step now, whoever asks for it, nil for nothing: a person who wants
// it before its time, or the program in the second before it acts, with everything read again. Days
// and steps of the ladder are not in the way of a person; limits, dates of banks, and the rules that
// keep a customer from harm are in everybody's. Of a step only kind, method and service count.
func May(c Case, p Policy, t Table, now book.Instant, s Step) []Block {
	c.Attempts = attemptsUntil(c.Attempts, now)
	c.Notices = noticesUntil(c.Notices, now)
	w := newPlanner(&c, &p, &t, now)
	if s.Kind == StepUnsuspend {
		return w.mayUnsuspend(s.Service)
	}
	if c.Paid {
		return []Block{{Why: "The invoice is paid"}}
	}
	w.choose()
	w.classify()
	w.holds()
	if len(w.plan.Blocked) > 0 {
		return w.plan.Blocked
	}
	switch s.Kind {
	case StepRetry:
		w.mayRetry(s.Method)
	case StepNotice:
		if strings.TrimSpace(c.Email) == "" {
			w.block(StepNotice, 0, "The customer has no mail address")
		}
		if w.plan.Class == OwnFault && !w.fresh {
			w.block(StepNotice, 0, "This is our own fault: there is nothing that the customer could do")
		}
	case StepSuspend, StepTerminate:
		w.mayStop(s)
	}
	if len(w.plan.Blocked) == 0 {
		return nil
	}
	return w.plan.Blocked
}

func (w *planner) mayUnsuspend(id book.ItemID) []Block {
	for _, v := range w.c.Services {
		switch {
		case v.ID != id:
		case !down(v):
			return []Block{{Kind: StepUnsuspend, Why: "This program did not suspend " + v.Name}}
		case !w.c.Paid:
			return []Block{{Kind: StepUnsuspend, Why: "The invoice is not paid"}}
		case v.Owed != "":
			return []Block{{Kind: StepUnsuspend, Why: owed(v)}}
		default:
			return nil
		}
	}
	return []Block{{Kind: StepUnsuspend, Why: "The invoice has no such service"}}
}

// mayRetry holds a try of a method at this moment against its class and every limit.
func (w *planner) mayRetry(m *Method) {
	if m == nil || m.Instrument.Credential() == w.own.credential {
		own := w.candidates()
		i := slices.IndexFunc(own, func(c candidate) bool { return c.credential == w.own.credential })
		if i < 0 {
			return // candidates has told why
		}
		w.free(&own[i], rung{at: w.now, quick: w.plan.Class == Technical}, w.now, true)
		return
	}
	for i := range w.c.Methods {
		if x := &w.c.Methods[i]; x.Instrument.Credential() == m.Instrument.Credential() {
			c, ok := w.other(x)
			if !ok {
				break
			}
			w.plan.Blocked = nil
			if c.last != 0 && w.nextDay(c.last) > w.now {
				w.block(StepRetry, w.nextDay(c.last), "Another method is tried once a day")
			}
			w.free(&c, rung{at: w.now}, w.now, true)
			return
		}
	}
	w.block(StepRetry, 0, "This method may not be charged: it needs the customer's consent, and no refusal that ended it")
}

// mayStop holds a service step at this moment against the plan.
func (w *planner) mayStop(s Step) {
	w.steps()
	planned := slices.IndexFunc(w.plan.Steps, func(x Step) bool {
		return x.Kind == s.Kind && x.Service == s.Service
	})
	blocked := slices.ContainsFunc(w.plan.Blocked, func(b Block) bool { return b.Kind == s.Kind })
	w.plan.Blocked = slices.DeleteFunc(w.plan.Blocked, func(b Block) bool { return b.Kind != s.Kind })
	switch {
	case planned >= 0 && w.plan.Steps[planned].At > w.now:
		w.block(s.Kind, w.plan.Steps[planned].At, "Not before the last retry, a warning, and the business's hours")
	case planned < 0 && !blocked:
		w.block(s.Kind, 0, "The policy has no such step for this service now")
	}
}

package dunning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
)

// rung is one retry of a ladder.
type rung struct {
	at    book.Instant
	quick bool
	why   string
}

// candidate is a method that may be charged next, with what was tried of it.
type candidate struct {
	target
	counters []counter
	rungs    []rung
	// last is its last try for this invoice, tries how many; from is when its turn begins, advice a
	// date that the issuer gave in the last answer, floor one that it gave for another invoice.
	last                book.Instant
	tries, most         int
	from, advice, floor book.Instant
}

// retries are the retries that can be foreseen, each taken as refused like the last one. What is found
// to be in the way of the first is told.
func (w *planner) retries() []Step {
	all := w.candidates()
	lastAny := book.Instant(0)
	for _, a := range w.c.Attempts {
		if a.Invoice == w.c.Invoice && tried(a) {
			lastAny = a.At
		}
	}
	var out []Step
	for len(out) < foreseen {
		var next *candidate
		var step Step
		for i := range all {
			if s, ok := w.next(&all[i], lastAny, len(out) == 0); ok && (next == nil || s.At < step.At) {
				next, step = &all[i], s
			}
		}
		if next == nil {
			break
		}
		next.last, next.advice, lastAny = step.At, 0, step.At
		next.tries++
		for i := range all {
			for j := range all[i].counters {
				if k := &all[i].counters[j]; k.counts(next.target) {
					k.ticks = append(k.ticks, tick{at: step.At})
				}
			}
		}
		out = append(out, step)
		if w.fresh {
			break // what its outcome is decides the rest
		}
	}
	return out
}

// candidates are the case's own method, where its class allows a retry, and the others with consent.
func (w *planner) candidates() []candidate {
	var out []candidate
	dead, _ := w.verdict(w.own)
	switch d := w.plan.Decline; {
	case dead:
		w.block(StepRetry, 0, "The bank said that this "+thing(w.own.instrument)+
			" must not be charged again ("+d.Row+"); another method is needed")
	case w.fresh:
		c := w.candidate(w.own)
		c.rungs = []rung{{w.base, false, "A new method: it is tried at once"}}
		if w.last != nil {
			at := w.c.ClearedAt
			if w.own.method != nil {
				at = max(at, w.own.method.UpdatedAt)
			}
			c.rungs = []rung{{at, false, "What the last attempt waited for has happened: one try"}}
		}
		out = append(out, c)
	case d.Retry == "yes" || d.Retry == "after_resolution":
		c := w.candidate(w.own)
		c.rungs = w.rungs()
		out = append(out, c)
	case d.Class == OwnFault:
		w.block(StepRetry, 0, "This is our own fault, to be mended first ("+d.Row+")")
	case d.Class == Authenticate:
		w.block(StepRetry, 0, "The customer must confirm the payment; it is never tried without them")
	default:
		w.block(StepRetry, 0, "The payment data must be renewed first ("+d.Row+")")
	}
	if !w.p.OtherMethods.Use || !slices.Contains(w.p.OtherMethods.Classes, w.plan.Class) || w.fresh ||
		w.plan.Decline.Look == LookFirst { // our own rules refused the customer, whatever the method
		return out
	}
	for i := range w.c.Methods {
		if c, ok := w.other(&w.c.Methods[i]); ok {
			out = append(out, c)
		}
	}
	return out
}

// other is another saved method as a candidate, false where it may not be charged.
func (w *planner) other(m *Method) (candidate, bool) {
	id := m.Instrument.Credential()
	today := w.now.In(w.p.zone())
	if m.Current || id == "" || id == w.own.credential || m.ConsentAt == 0 || m.ConsentAt > w.now ||
		m.AddedAt > w.now || m.ExpiresOn != 0 && m.ExpiresOn < today {
		return candidate{}, false
	}
	g := target{id, m.Gateway, m.Instrument, m}
	dead, d := w.verdict(g)
	if dead || d.Class != "" && d.Retry != "yes" {
		return candidate{}, false
	}
	c := w.candidate(g)
	c.most = w.p.OtherMethods.Tries
	c.from = w.base
	if w.plan.Class != Never && w.plan.Class != Data {
		c.from = w.addDays(w.base, w.p.OtherMethods.AfterDays)
	}
	return c, c.tries < c.most
}

// candidate is a method with its counters, and what issuers said of waiting.
func (w *planner) candidate(g target) candidate {
	c := candidate{target: g, counters: counters(w.c, g, w.p, w.t, w.now)}
	for i, a := range w.c.Attempts {
		if credentialOf(a) != g.credential {
			continue
		}
		wait := book.Instant(0)
		if d := w.answers[i]; d.Wait > 0 {
			wait = later(a.At, d.Wait)
		}
		c.floor = max(c.floor, wait)
		if a.Invoice == w.c.Invoice && tried(a) {
			c.last, c.advice = a.At, wait
			c.tries++
		}
	}
	return c
}

// rungs are the retries of the class's ladder: the quick ones from the first of the technical failures
// at the end, the others from day 0.
func (w *planner) rungs() []rung {
	var out []rung
	start := w.base
	for i, a := range slices.Backward(w.c.Attempts) {
		if a.Invoice != w.c.Invoice || credentialOf(a) != w.own.credential || a.State != book.Failed {
			continue
		}
		if w.answers[i].Class != Technical {
			break
		}
		start = a.At
	}
	for _, m := range w.ladder.RetryMinutes {
		at := later(start, time.Duration(m)*time.Minute)
		out = append(out, rung{at, true, "A technical failure: tried again after " + span(m)})
	}
	for i, d := range w.ladder.RetryDays {
		out = append(out, rung{w.addDays(w.base, d), false,
			fmt.Sprintf("Retry %d of %d, day %d", i+1, len(w.ladder.RetryDays), d)})
	}
	slices.SortStableFunc(out, func(a, b rung) int { return int(a.at - b.at) })
	return out
}

func span(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d min", minutes)
}

// next is a candidate's next retry. A rung is over once anybody tried the method at its time or later,
// so that of rungs that were missed one is left.
func (w *planner) next(c *candidate, lastAny book.Instant, tell bool) (Step, bool) {
	r := rung{c.from, false, "Another saved method, with the customer's consent"}
	if c.method == nil || c.method.Current {
		i := slices.IndexFunc(c.rungs, func(r rung) bool {
			near := time.Hour
			if r.quick {
				near = time.Minute
			}
			return w.fresh || c.last == 0 || r.at > later(c.last, near)
		})
		if i < 0 {
			return Step{}, false
		}
		r = c.rungs[i]
	} else {
		if c.tries >= c.most {
			return Step{}, false
		}
		if c.last != 0 {
			r.at = max(r.at, w.nextDay(c.last))
		}
		r.at = max(r.at, later(lastAny, otherAfter))
	}
	step := Step{Kind: StepRetry, At: max(r.at, w.floor), Why: r.why}
	if c.method != nil && !c.method.Current {
		step.Method = c.method
	}
	if c.advice != 0 && !w.fresh {
		step.At, step.Why = max(c.advice, w.floor), "The date that the bank gave"
		if step.Method != nil {
			step.At = max(step.At, r.at) // and still once a day
		}
	}
	if c.advice == 0 && step.At > later(r.at, time.Hour) {
		step.Why += ", later than planned"
	}
	at := w.free(c, r, step.At, tell)
	if at == 0 {
		return Step{}, false
	}
	if at > step.At {
		step.Why += ", moved by a limit"
	}
	step.At = at
	return step, true
}

// nextDay is the same time on the next day, a whole day later where the clocks made that day shorter.
func (w *planner) nextDay(at book.Instant) book.Instant {
	return max(w.addDays(at, 1), later(at, day))
}

// free is the first moment from at on at which no limit is in the way, zero for never.
func (w *planner) free(c *candidate, r rung, at book.Instant, tell bool) book.Instant {
	if c.floor > at {
		at = c.floor
		if tell {
			w.block(StepRetry, at, "The bank gave a date for this "+thing(c.instrument)+", and is not asked before")
		}
	}
	for again := true; again; {
		again = false
		for i := range c.counters {
			k := &c.counters[i]
			if r.quick && k.gap > 0 && k.Window == 0 {
				continue // a technical failure was no answer of the bank
			}
			frees := k.free(at)
			if frees == at {
				continue
			}
			if tell {
				w.block(StepRetry, frees, limitWhy(k))
			}
			if frees == 0 {
				return 0
			}
			at, again = frees, true
		}
	}
	return at
}

func limitWhy(k *counter) string {
	if k.Window == 0 {
		return fmt.Sprintf("%s is %d hours", k.Name, k.gap/time.Hour)
	}
	if len(k.ticks) < k.Most {
		return fmt.Sprintf("%s: tries are %d hours apart", k.Name, k.gap/time.Hour)
	}
	return strings.TrimSpace(fmt.Sprintf("%s: no more than %d tries", k.Name, k.Most))
}

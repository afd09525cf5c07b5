package dunning

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// years is how many seeds TestYear runs; each is a business of its own, in one of five time zones.
var years = flag.Int("years", 5, "how many seeds the year of failed renewals is run with")

// pretend is a business of one year whose renewals fail, its issuers, its billing system that retries
// and suspends by itself, its customers, and an app that is not always awake.
type pretend struct {
	t       *testing.T
	r       *rand.Rand
	p       Policy
	table   Table
	zone    *time.Location
	now     book.Instant
	people  []*customer
	said    map[string]int
	did     map[string]int
	awake   bool
	wokeAt  book.Instant
	invoice int
}

type card struct {
	Method
	mood   string
	seed   uint64
	bad    bool // expired, until it is updated
	dead   bool // an issuer said never
	advice book.Instant
}

type customer struct {
	name  string
	cards []*card
	tries []Attempt // of all invoices, oldest first
	cases []*affair
	cron  bool // billing retries daily
	kicks bool // billing suspends by itself
}

type affair struct {
	c        Case
	who      *customer
	own      *card
	heldAt   book.Instant
	paidAt   book.Instant
	lateAt   book.Instant // when a pending or unknown attempt is known
	late     int          // its place in tries
	lateOK   bool
	next     Step
	planned  bool
	seen     facts
	closed   bool
	failures int
	plan     Plan
}

// facts are what a case may differ in from one look to the next.
type facts struct {
	tries, notices, holds, cards, current int
	pending, unknown, paid                bool
	at                                    book.Instant
	status                                string
}

func (a *affair) state() facts {
	f := facts{len(a.who.tries), len(a.c.Notices), len(a.c.Holds), len(a.who.cards), 0, a.c.Pending,
		a.c.Unknown, a.c.Paid, a.c.ClearedAt, ""}
	for i, c := range a.who.cards {
		if f.at += c.UpdatedAt; c.Current {
			f.current = i
		}
	}
	for _, o := range a.who.cases {
		if o.c.Unknown || o.c.Pending {
			f.holds += 1000 // what it tried on the same card is not known to this one either
		}
	}
	for _, s := range a.c.Services {
		f.at, f.status = f.at+s.AskedAt+s.SuspendedAt, f.status+s.Status
	}
	return f
}

func (w *pretend) chance(percent int) bool { return w.r.IntN(100) < percent }

func (w *pretend) newCard(kind string) *card {
	n := w.r.Uint64()
	brand := []string{"visa", "mastercard", "amex"}[w.r.IntN(3)]
	c := &card{seed: n, mood: []string{"funds", "funds", "funds", "generic", "expired", "dead",
		"stopped", "confirm", "technical", "ours", "unmapped", "well"}[w.r.IntN(12)]}
	c.Method = Method{Gateway: kind, AddedAt: w.now, Instrument: book.Instrument{
		ID: fmt.Sprintf("pm_%x", n), Fingerprint: fmt.Sprintf("fp_%x", n), Kind: "card", Brand: brand, Region: "LT"}}
	c.bad = c.mood == "expired"
	return c
}

// answer is what the issuer says: a signal, and whether it approves.
func (w *pretend) answer(c *card) (Signal, bool) {
	d := book.Decline{Code: "generic_decline"}
	day := int64(w.now)/(24*3600*1000) + int64(c.seed%13)
	switch c.mood {
	case "well":
		return Signal{Gateway: c.Gateway, Instrument: c.Instrument}, true
	case "funds":
		if day%13 >= 9 && w.chance(60) {
			return Signal{Gateway: c.Gateway, Instrument: c.Instrument}, true
		}
		d = book.Decline{Code: "insufficient_funds", Network: "51"}
		if c.Instrument.Brand == "mastercard" {
			d.Advice = []string{"", "02", "24", "25", "26", "27", "28", "30"}[w.r.IntN(8)]
		}
	case "generic":
		if w.chance(25) {
			return Signal{Gateway: c.Gateway, Instrument: c.Instrument}, true
		}
		d.Network = "05"
	case "expired":
		if !c.bad {
			return Signal{Gateway: c.Gateway, Instrument: c.Instrument}, true
		}
		d = book.Decline{Code: "expired_card", Network: "54"}
	case "dead":
		d = book.Decline{Code: "stolen_card", Network: "43"}
	case "stopped":
		d = book.Decline{Code: "revocation_of_authorization", Network: "R1"}
	case "confirm":
		d = book.Decline{Code: "authentication_required", Network: "1A"}
	case "technical":
		if w.chance(40) {
			return Signal{Gateway: c.Gateway, Instrument: c.Instrument}, true
		}
		d = book.Decline{Code: "processing_error", Network: "91"}
	case "ours":
		d = book.Decline{Code: "generic_decline", Outcome: "rule"}
	case "unmapped":
		d = book.Decline{Code: "something_new", Network: "ZZ"}
	}
	if c.Gateway == "razorpay" {
		word := map[string]string{"insufficient_funds": "insufficient_funds", "expired_card": "card_expired",
			"stolen_card": "debit_instrument_blocked", "authentication_required": "authentication_failed"}[d.Code]
		if word == "" {
			word = "payment_failed"
		}
		d = book.Decline{Code: word}
	}
	return Signal{Gateway: c.Gateway, Decline: d, Instrument: c.Instrument}, false
}

// charge is one try, by anybody.
func (w *pretend) charge(a *affair, c *card, ours, person bool) {
	s, ok := w.answer(c)
	x := Attempt{ID: book.ItemID(fmt.Sprint("x", len(a.who.tries))), Invoice: a.c.Invoice, At: w.now,
		Amount: a.c.Amount, State: book.Failed, Signal: s, Ours: ours, Customer: person}
	if ok {
		x.State = book.Succeeded
	}
	if late := w.r.IntN(100); late < 8 && a.lateAt == 0 {
		a.lateAt, a.late, a.lateOK = later(w.now, time.Duration(1+w.r.IntN(90))*time.Hour), len(a.who.tries), ok
		if late < 5 {
			x.State, x.Signal.Decline, a.c.Pending = book.Pending, book.Decline{}, true
			a.who.tries = append(a.who.tries, x)
		} else {
			a.c.Unknown = true // the books do not have it yet
			x.State = book.Pending
			a.who.tries = append(a.who.tries, x)
		}
		return
	}
	a.who.tries = append(a.who.tries, x)
	w.learn(a, c, x)
}

func (w *pretend) learn(a *affair, c *card, x Attempt) {
	if x.State == book.Succeeded {
		a.c.Paid = true
		return
	}
	a.failures++
	d := w.table.Classify(x.Signal, x.At)
	w.said[string(d.Class)]++
	c.dead = c.dead || d.Class == Never
	if d.Wait > 0 {
		c.advice = max(c.advice, later(x.At, d.Wait))
	}
}

func (w *pretend) arrive(a *affair) {
	if a.lateAt == 0 || w.now < a.lateAt {
		return
	}
	x := &a.who.tries[a.late]
	c := a.who.card(credentialOf(*x))
	if x.State = book.Failed; a.lateOK {
		x.State = book.Succeeded
	} else if x.Signal.Decline == (book.Decline{}) {
		x.Signal.Decline = book.Decline{Code: "insufficient_funds"}
		if c.Gateway != "razorpay" && c.mood == "dead" {
			x.Signal.Decline = book.Decline{Network: "43", Code: "stolen_card"}
		}
	}
	a.lateAt, a.heldAt, a.c.Pending, a.c.Unknown = 0, w.now, false, false
	w.learn(a, c, *x)
}

func (c *customer) card(credential string) *card {
	for _, x := range c.cards {
		if x.Instrument.Credential() == credential {
			return x
		}
	}
	return nil
}

// load is what the app would load.
func (w *pretend) load(a *affair) Case {
	c := a.c
	c.Attempts = slices.Clone(a.who.tries)
	for _, o := range a.who.cases {
		if o.c.Unknown {
			// What became of it is not in the books yet, and is no attempt there.
			id := a.who.tries[o.late].ID
			c.Attempts = slices.DeleteFunc(c.Attempts, func(x Attempt) bool { return x.ID == id })
		}
	}
	c.Methods = nil
	for _, x := range a.who.cards {
		c.Methods = append(c.Methods, x.Method)
	}
	return c
}

// life is what happens to a case beside the app.
func (w *pretend) life(a *affair) {
	local := w.now.Time().In(w.zone)
	if a.c.Paid {
		return
	}
	asked := slices.ContainsFunc(a.c.Notices, func(n Sent) bool { return n.State == book.IntentSucceeded })
	switch {
	case a.who.cron && local.Hour() == 9 && !a.own.dead && w.chance(50):
		w.charge(a, a.own, false, false)
	case a.c.Pending || a.c.Unknown:
	case asked && w.r.IntN(900) == 0:
		a.c.Paid = true // by bank, and it is recorded
	case asked && w.r.IntN(700) == 0:
		w.renew(a)
	case w.r.IntN(1500) == 0:
		w.charge(a, a.own, false, true)
	case w.r.IntN(2500) == 0:
		a.c.Holds = append(a.c.Holds, Hold{Reason: "promised", By: "lina", At: w.now,
			UntilOn: w.now.In(w.zone) + book.Date(w.r.IntN(9))})
	case a.own.mood == "ours" && w.r.IntN(200) == 0:
		a.c.ClearedAt, a.own.mood = w.now, "well"
	case a.who.kicks && local.Hour() == 10 && w.now > later(a.c.FailedAt, 20*day):
		for i := range a.c.Services {
			if active(a.c.Services[i]) {
				a.c.Services[i].Status = "suspended"
			}
		}
	}
}

func (w *pretend) renew(a *affair) {
	if a.own.mood == "expired" && w.chance(70) {
		a.own.bad, a.own.UpdatedAt = false, w.now
		return
	}
	a.own.Current = false
	n := w.newCard(a.own.Gateway)
	n.Current = true
	if w.chance(60) {
		n.mood, n.bad = "well", false
	}
	a.who.cards = append(a.who.cards, n)
	for _, o := range a.who.cases {
		o.own = n
	}
}

// act does one step, and holds it against the rules with counts of its own.
func (w *pretend) act(a *affair, s Step) {
	fail := func(format string, args ...any) {
		w.t.Helper()
		w.t.Errorf("%s, %s %s at %s: %s", a.who.name, s.Kind, s.Name, w.now, fmt.Sprintf(format, args...))
	}
	w.did[string(s.Kind)]++
	if s.Kind != StepUnsuspend {
		if a.c.Paid || a.c.Pending || a.c.Unknown {
			fail("paid %t, pending %t, unknown %t", a.c.Paid, a.c.Pending, a.c.Unknown)
		}
		for _, h := range a.c.Holds {
			if w.now.In(w.zone) <= h.UntilOn {
				fail("on hold until %s", h.UntilOn)
			}
		}
	}
	switch s.Kind {
	case StepRetry:
		c := a.own
		if s.Method != nil {
			c = a.who.card(s.Method.Instrument.Credential())
		}
		w.checkRetry(a, c, s, fail)
		if slices.ContainsFunc(a.who.cases, func(o *affair) bool { return o.lateAt != 0 }) {
			w.did["in the dark"]++
		}
		w.charge(a, c, true, false)
	case StepNotice:
		w.checkNotice(a, s, fail)
		n := Sent{Template: s.Template, Step: s.Name, At: w.now, State: book.IntentSucceeded}
		if w.chance(2) {
			n.State = book.IntentRefused
		}
		a.c.Notices = append(a.c.Notices, n)
	case StepSuspend:
		w.checkSuspend(a, fail)
		v := a.service(s.Service)
		if !active(*v) {
			fail("it is %s", v.Status)
		}
		v.Status, v.Ours, v.SuspendedAt, v.AskedAt = "Suspended", true, w.now, 0
	case StepUnsuspend:
		v := a.service(s.Service)
		if v.AskedAt = w.now; w.chance(85) {
			v.Status = "Active"
		}
	default:
		fail("no such step")
	}
}

func (a *affair) service(id book.ItemID) *Service {
	return &a.c.Services[slices.IndexFunc(a.c.Services, func(s Service) bool { return s.ID == id })]
}

func (w *pretend) checkRetry(a *affair, c *card, s Step, fail func(string, ...any)) {
	id := c.Instrument.Credential()
	if c.dead {
		fail("the issuer said never")
	}
	if w.now < c.advice {
		fail("the bank's date is %s", c.advice)
	}
	var onCard, amount24, amount30, invoice int
	var last *Attempt
	first := true
	for i := range a.who.tries {
		x := &a.who.tries[i]
		if x.State == book.Succeeded {
			if credentialOf(*x) == id && c.Instrument.Brand == "visa" {
				amount30 = 0
			}
			continue
		}
		month := x.At > later(w.now, -30*day)
		if credentialOf(*x) == id {
			if month {
				onCard++
				amount30++
			}
			if x.At > later(w.now, -day) {
				amount24++
			}
		}
		if x.Invoice == a.c.Invoice {
			if !first && month {
				invoice++
			}
			first = false
			if credentialOf(*x) == id {
				last = x
			}
		}
	}
	if onCard >= 15 || invoice >= 8 || c.Instrument.Brand == "mastercard" && (amount24 >= 10 || amount30 >= 35) ||
		amount30 >= 20 {
		fail("over budget: card %d, invoice %d, 24 h %d, amount %d", onCard, invoice, amount24, amount30)
	}
	if s.Method != nil && (s.Method.ConsentAt == 0 || last != nil && w.now < later(last.At, day)) {
		fail("another method without consent, or twice a day")
	}
	if last == nil {
		return
	}
	d := w.table.Classify(last.Signal, last.At)
	if gap := later(last.At, 20*time.Hour); w.now < gap && d.Class != Technical {
		fail("%s after the last try", time.Duration(w.now-last.At)*time.Millisecond)
	}
	switch d.Class {
	case Authenticate, Data:
		if c.UpdatedAt < last.At {
			fail("nothing was updated after a %s", d.Class)
		}
	case OwnFault:
		if a.c.ClearedAt < last.At {
			fail("our own fault was not mended")
		}
	}
	if c.Gateway == "razorpay" && d.Class != Never && d.Class != Data && w.now < later(last.At, 3*day) {
		fail("Razorpay may still confirm")
	}
}

func (w *pretend) checkNotice(a *affair, s Step, fail func(string, ...any)) {
	asks := s.Name == "ask" || s.Name == "reminder" || strings.HasPrefix(s.Name, "ask@") ||
		strings.HasPrefix(s.Name, "reminder@")
	for _, n := range a.c.Notices {
		if n.Step == s.Name {
			fail("it went already at %s", n.At)
		}
		if n.State == book.IntentSucceeded && !asks && s.Name != "suspended" && n.At > later(w.now, -47*time.Hour) {
			fail("%q went only at %s", n.Step, n.At)
		}
	}
	if !asks && w.now < later(a.c.FailedAt, 3*day-time.Hour) {
		fail("in the silent days")
	}
	if h := w.now.Time().In(w.zone).Hour(); !asks && (h >= 21 || h < 8) {
		fail("in the quiet hours")
	}
	if a.plan.Class == OwnFault {
		fail("the customer is told of our own fault")
	}
}

func (w *pretend) checkSuspend(a *affair, fail func(string, ...any)) {
	warned := false
	for _, n := range a.c.Notices {
		warned = warned || n.Template == "suspension_warning" && n.State == book.IntentSucceeded &&
			n.At < later(w.now, -4*day+2*time.Hour)
	}
	if !warned {
		fail("no warning on file")
	}
	for _, x := range a.who.tries {
		if x.Invoice == a.c.Invoice && x.Ours && w.now < later(x.At, day) {
			fail("our last retry was at %s", x.At)
		}
		if d := w.table.Classify(x.Signal, x.At); x.Invoice == a.c.Invoice && x.State == book.Failed &&
			d.Wait > 0 && w.now < later(x.At, d.Wait+day) {
			fail("within a day of the bank's date %s", later(x.At, d.Wait))
		}
	}
	local := w.now.Time().In(w.zone)
	if wd := local.Weekday(); wd == time.Saturday || wd == time.Sunday || local.Hour() < 9 || local.Hour() >= 17 {
		fail("at %s", local)
	}
	for _, st := range a.plan.Steps {
		if st.Kind == StepRetry {
			fail("a retry is still to come at %s", st.At)
		}
	}
}

// tick is one waking of the app for one case.
func (w *pretend) tick(a *affair) {
	state := a.state()
	changed := state != a.seen
	if !changed && a.planned && a.next.At > w.now && w.r.IntN(40) != 0 {
		return
	}
	c := w.load(a)
	plan := PlanCase(c, w.p, w.table, w.now)
	w.did["plans"]++
	if w.r.IntN(20) == 0 {
		mixed := c
		mixed.Attempts, mixed.Notices = slices.Clone(c.Attempts), slices.Clone(c.Notices)
		w.r.Shuffle(len(mixed.Attempts), func(i, j int) {
			mixed.Attempts[i], mixed.Attempts[j] = mixed.Attempts[j], mixed.Attempts[i]
		})
		w.r.Shuffle(len(mixed.Notices), func(i, j int) {
			mixed.Notices[i], mixed.Notices[j] = mixed.Notices[j], mixed.Notices[i]
		})
		if got := PlanCase(mixed, w.p, w.table, w.now); !reflect.DeepEqual(got, plan) {
			w.t.Errorf("%s: planned from shuffled facts at %s: %v, not %v", a.who.name, w.now, got, plan)
		}
	}
	if again := PlanCase(c, w.p, w.table, w.now); !reflect.DeepEqual(again, plan) {
		w.t.Errorf("%s: planned again at %s: %v, not %v", a.who.name, w.now, again, plan)
	}
	if !changed && a.planned && a.next.At > w.now && a.next.Kind != StepNone &&
		(plan.Next.Kind != a.next.Kind || plan.Next.At != a.next.At || plan.Next.Name != a.next.Name) {
		w.t.Errorf("%s: at %s the next step is %v, and was %v", a.who.name, w.now, plan.Next, a.next)
	}
	a.plan, a.next, a.planned, a.seen = plan, plan.Next, true, state
	if !slices.IsSortedFunc(plan.Steps, func(x, y Step) int { return int(x.At - y.At) }) {
		w.t.Errorf("%s: steps out of order", a.who.name)
	}
	w.checkTold(a, plan)
	for i, s := range plan.Due(w.now) {
		if i > 0 && s.Service == "" {
			w.t.Errorf("%s: two steps at once", a.who.name)
		}
		if why := May(w.load(a), w.p, w.table, w.now, s); why != nil {
			w.t.Errorf("%s: %v is due at %s, and may not be done: %v", a.who.name, s, w.now, why)
		}
		w.act(a, s)
	}
	w.byHand(a, plan)
	if plan.Work != "" {
		w.did["work"]++
		for i := range a.c.Services {
			if v := &a.c.Services[i]; a.c.Paid && down(*v) && w.now > later(v.AskedAt, time.Hour) {
				v.Status = "Active" // by hand
				w.did["by hand"]++
			}
		}
	}
}

// byHand is a person who wants something before its time: what May lets through keeps all rules.
func (w *pretend) byHand(a *affair, plan Plan) {
	if len(plan.Due(w.now)) > 0 || w.r.IntN(60) != 0 {
		return
	}
	s := Step{Kind: []StepKind{StepRetry, StepSuspend}[w.r.IntN(2)], Service: a.c.Services[0].ID}
	c := w.load(a)
	if s.Kind == StepRetry && w.chance(50) {
		s.Method = &c.Methods[w.r.IntN(len(c.Methods))]
		if s.Method.Instrument == a.own.Instrument {
			s.Method = nil
		}
	}
	if May(c, w.p, w.table, w.now, s) == nil {
		w.did["by a person"]++
		a.plan.Steps = nil // a person does not wait for the ladder
		w.act(a, s)
	} else {
		w.did["kept from a person"]++
	}
}

// checkTold sees that who alone can mend it hears of it within the hour, or as soon as the app is awake
// and nothing is in the way.
func (w *pretend) checkTold(a *affair, plan Plan) {
	asks := plan.Class == Never || plan.Class == Authenticate || plan.Class == Data
	for _, b := range plan.Blocked {
		if b.Kind == "" {
			a.heldAt = max(a.heldAt, w.now, b.FreesAt)
		}
	}
	if !asks || w.now < later(max(w.wokeAt, a.heldAt), 2*time.Hour) || len(plan.Steps) > 0 &&
		plan.Steps[0].Kind == StepRetry {
		return
	}
	last := a.who.tries[len(a.who.tries)-1]
	if last.Invoice != a.c.Invoice || last.State != book.Failed || last.At > later(w.now, -3*time.Hour) ||
		credentialOf(last) != a.own.Instrument.Credential() || last.Signal.Gateway == "razorpay" ||
		w.table.Classify(last.Signal, last.At).Class != plan.Class {
		return
	}
	for _, n := range a.c.Notices {
		if strings.HasPrefix(n.Step, "ask") || strings.HasPrefix(n.Step, "reminder") {
			return
		}
	}
	w.t.Errorf("%s: at %s nobody has told the customer of the %s at %s: %v", a.who.name, w.now, plan.Class,
		last.At, plan.Steps)
}

func (w *pretend) fail(c *customer) {
	w.invoice++
	own := c.cards[0]
	for _, x := range c.cards {
		if x.Current {
			own = x
		}
	}
	if own.mood == "well" {
		return
	}
	id := book.ItemID(fmt.Sprint("billing:invoice:", w.invoice))
	a := &affair{who: c, own: own, c: Case{Invoice: id, Number: fmt.Sprint(w.invoice), Name: c.name,
		Email: "a@example.com", Amount: money.New(4900, "EUR"), FailedAt: w.now,
		Services: []Service{{ID: id + "s", Name: "gs", Status: "Active"}}}}
	if own.dead {
		return // billing knows that card, and does not try it
	}
	w.charge(a, own, false, false)
	if !a.c.Paid {
		c.cases = append(c.cases, a)
		w.said["cases"]++
	}
}

func (w *pretend) year(people int) {
	for i := range people {
		c := &customer{name: fmt.Sprint("customer ", i), cron: w.chance(10), kicks: w.chance(5)}
		gateway := []string{"stripe", "stripe", "stripe", "razorpay"}[w.r.IntN(4)]
		own := w.newCard(gateway)
		own.Current = true
		c.cards = []*card{own}
		if w.chance(25) {
			other := w.newCard("stripe")
			if w.chance(60) {
				other.ConsentAt = w.now
			}
			c.cards = append(c.cards, other)
		}
		w.people = append(w.people, c)
	}
	end := later(w.now, 365*day)
	sleepUntil := book.Instant(0)
	for ; w.now < end; w.now = later(w.now, time.Hour) {
		if w.r.IntN(700) == 0 {
			sleepUntil, w.awake = later(w.now, time.Duration(1+w.r.IntN(20*24))*time.Hour), false
		}
		for i, c := range w.people {
			if (int(int64(w.now)/3_600_000)+i*37)%(24*30) == 0 {
				w.fail(c)
			}
			for _, a := range c.cases {
				if a.closed {
					continue
				}
				w.arrive(a)
				w.life(a)
				if w.now >= sleepUntil {
					if !w.awake {
						w.awake, w.wokeAt = true, w.now
					}
					w.tick(a)
				}
				if a.c.Paid && a.paidAt == 0 {
					a.paidAt = w.now
				}
				up := !slices.ContainsFunc(a.c.Services, down)
				a.closed = a.c.Paid && up && a.lateAt == 0 || w.now > later(a.c.FailedAt, 90*day) && !a.c.Paid
			}
		}
	}
}

// past are all cases of a year as they went.
func (w *pretend) past() []Past {
	var out []Past
	for _, c := range w.people {
		for _, a := range c.cases {
			p := Past{Case: w.load(a), PaidAt: a.paidAt}
			if by := p.recovering(); by != nil {
				p.SettledAt = later(by.At, 3*day)
			}
			out = append(out, p)
		}
	}
	return out
}

func newPretend(t *testing.T, seed uint64) *pretend {
	zones := []string{"Europe/Vilnius", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"}
	zone, err := time.LoadLocation(zones[seed%uint64(len(zones))])
	if err != nil {
		t.Fatal(err)
	}
	return &pretend{t: t, r: rand.New(rand.NewPCG(seed, 7)), table: testTable(t), zone: zone,
		p: DefaultPolicy().In(zone, nil), now: moment(t, "2027-03-01 00:00"), said: map[string]int{},
		did: map[string]int{}}
}

// TestYear runs years of failed renewals and holds every step against the rules.
func TestYear(t *testing.T) {
	total := map[string]int{}
	for seed := range uint64(*years) {
		w := newPretend(t, seed)
		w.year(120)
		for _, c := range w.people {
			for _, a := range c.cases {
				for _, s := range a.c.Services {
					if a.c.Paid && down(s) && w.awake && w.now > later(max(a.paidAt, w.wokeAt), 2*day) {
						t.Errorf("seed %d, %s: paid, and still suspended", seed, c.name)
					}
				}
			}
		}
		w.measured()
		for k, n := range w.said {
			total["said "+k] += n
		}
		for k, n := range w.did {
			total["did "+k] += n
		}
	}
	t.Log(total)
	for _, k := range []string{"did retry", "did notice", "did suspend", "did unsuspend", "did by hand",
		"said N", "said A", "said D", "said F", "said G", "said T", "said O", "said U", "recovered"} {
		if total["did "+k]+total[k] == 0 {
			t.Errorf("nothing of %q happened", k)
		}
	}
}

// measured sees that the year's figures add up, that no retry was wasted, and that replays are sober.
func (w *pretend) measured() {
	t := w.t
	past := w.past()
	m := Measure(past, w.p, w.table, 30, w.now)
	// In hindsight a card may have been dead already when a try of another invoice was not known yet.
	if m.Wasted.Never > w.did["in the dark"] || m.Wasted.Over != 0 {
		t.Errorf("wasted %d and %d retries: %v", m.Wasted.Never, m.Wasted.Over, m.Wasted.Attempts)
	}
	if m.All.Whole+m.Young != len(past) {
		t.Errorf("%d and %d young of %d cases", m.All.Whole, m.Young, len(past))
	}
	for _, groups := range [][]Group{m.Classes, m.Cohorts} {
		var sum Rate
		for _, g := range groups {
			sum.Whole, sum.Part = sum.Whole+g.Whole, sum.Part+g.Part
			for _, x := range g.Got {
				sum.Got = plus(sum.Got, x)
			}
		}
		if sum.Share != m.All.Share || !slices.Equal(sum.Got, m.All.Got) {
			t.Errorf("groups come to %v, all to %v", sum, m.All)
		}
	}
	w.did["recovered"] += m.All.Part
	none := w.p
	none.Classes = slices.Clone(none.Classes)
	for i := range none.Classes {
		none.Classes[i].RetryDays, none.Classes[i].RetryMinutes = nil, nil
	}
	none.OtherMethods.Use = false
	same, quiet := Compare(past, w.p, none, w.table, w.now)
	for _, o := range []Outcome{same, quiet} {
		if n := o.Recovered.Cases + o.Otherwise.Cases + o.Lost.Cases + o.Unknown.Cases; n != o.Cases || n != len(past) {
			t.Errorf("%d of %d cases have an end", n, len(past))
		}
		for _, b := range o.Peaks {
			if strings.HasPrefix(b.Name, "Our limit") && b.Used >= b.Most {
				t.Errorf("a retry at %d of %d of %q", b.Used, b.Most, b.Name)
			}
		}
	}
	if again := Simulate(past, w.p, w.table, w.now); !reflect.DeepEqual(again, same) {
		t.Error("the same replay came out differently")
	}
	if same.Retries == 0 || same.Recovered.Cases == 0 || same.Guessed >= same.Retries {
		t.Errorf("replayed under its own policy: %+v", same)
	}
	w.did["replayed"] += same.Retries
	w.did["guessed"] += same.Guessed
	w.did["replay recovered"] += same.Recovered.Cases
	w.did["replay unknown"] += same.Unknown.Cases
}

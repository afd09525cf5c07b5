package world

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"
	_ "time/tzdata" // the business's zone must be found on every machine

	"countinghouse/app/book"
)

const (
	second = book.Instant(1000)
	minute = 60 * second
	hour   = 60 * minute
)

// quiet is how long before Now the last thing of its own accord happens: what follows from it, such
// as booking a charge, is then done at Now.
const quiet = hour

// Build makes the world that the options describe. It never fails: where a small world has no room
// for a fault, the fault is left out. Fewer than one customer are one, no month is October 2026.
// It may be called from several goroutines at once; the world is the caller's own.
func Build(o Options) *World {
	m := newMaker(o)
	m.makeCustomers()
	m.makeServices()
	m.makeAccounts()
	m.schedule()
	m.run()
	m.bankPayouts()
	m.finish()
	return m.w
}

// maker makes one world by letting its days pass: everything happens at m.now, in order.
type maker struct {
	w *World
	r *rand.Rand
	// today is Now's date in the business's zone, cutoff the last moment of events of their own.
	today  book.Date
	cutoff book.Instant
	// midnights are the starts of the business's days from OpeningOn to today.
	midnights []book.Instant
	now       book.Instant
	queue     queue
	seq       int

	clients []*client
	// billed lists the clients by their day of the month.
	billed   [29][]*client
	bills    arena[bill]
	services arena[Service]
	payments arena[Payment]
	credits  arena[Credit]
	lines    []*line
	// gateways are those that the business uses, stripe the first of them.
	gateways []gateway
	stripe   *stripe
	// domains counts how often a name was taken; the others are the last ids given out.
	domains                                          map[string]int
	invoiceID, numberID, lineID, paymentID, creditID int
	serviceID, bankID                                int
	// counts are how many faults of each class to inject.
	counts map[book.Class]int
}

func newMaker(o Options) *maker {
	o.Customers = max(o.Customers, 1)
	if o.Month == 0 {
		o.Month = book.MonthOf(book.NewDate(2026, time.October, 1))
	}
	zone, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		panic("world: the embedded time zones lack Europe/Vilnius")
	}
	today := addBusiness(o.Month.Last(), 3)
	m := &maker{
		w: &World{
			Options: o, Name: "Northwind Hosting", Base: "EUR", Zone: zone,
			OpeningOn: (o.Month - 1).First(), Now: utc(today, 8*hour),
		},
		r:     rand.New(rand.NewPCG(o.Seed, 0x6e6f72746877696e)),
		today: today, domains: map[string]int{},
		invoiceID: 9999, paymentID: 4000, creditID: 80, serviceID: 300, lineID: 20000,
	}
	m.cutoff = m.w.Now - quiet
	for d := m.w.OpeningOn; d <= today; d++ {
		m.midnights = append(m.midnights, d.Start(zone))
	}
	m.open()
	return m
}

// schedule enters the events of the calendar: the daily billing run, what the business pays, and
// what the gateways do by themselves.
func (m *maker) schedule() {
	for d := m.w.OpeningOn; d <= m.today; d++ {
		m.at(m.clock(d, 9*hour), func() { m.issueDay(d) })
	}
	m.overheads()
	for _, g := range m.gateways {
		g.schedule()
	}
}

// at enters an event. What would happen within the quiet hour before Now, or later, never does.
func (m *maker) at(t book.Instant, do func()) {
	if t <= m.cutoff {
		m.push(t, do)
	}
}

// soon enters what follows from the present event within the hour; it always happens.
func (m *maker) soon(after book.Instant, do func()) { m.push(m.now+after, do) }

func (m *maker) push(t book.Instant, do func()) {
	m.seq++
	heap.Push(&m.queue, event{t, m.seq, do})
}

func (m *maker) run() {
	for len(m.queue) > 0 {
		e := heap.Pop(&m.queue).(event)
		m.now = e.at
		e.do()
	}
}

type event struct {
	at  book.Instant
	seq int
	do  func()
}

// queue is a heap of events by time, then by the order in which they were entered.
type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(e any)   { *q = append(*q, e.(event)) }
func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return e
}

// finish copies what was made into the world, in order.
func (m *maker) finish() {
	w := m.w
	w.Invoices = flatten(&m.bills, func(b *bill) Invoice { return b.Invoice })
	w.Services = flatten(&m.services, func(s *Service) Service { return *s })
	w.Payments = flatten(&m.payments, func(p *Payment) Payment { return *p })
	w.Credits = flatten(&m.credits, func(c *Credit) Credit { return *c })
	w.Methods = []Method{
		{"stripe", "Credit/Debit Card", string(StripeName)},
		{"banktransfer", "Bank Transfer", "operating"},
	}
	for i, g := range m.gateways {
		s := g.own()
		s.fill(w.Ledger(s.name))
		if i > 0 {
			w.Methods = append(w.Methods, Method{s.module, s.title, string(s.name)})
		}
	}
	w.Rates = m.billingRates()
	m.finishLines()
	slices.SortFunc(w.Truth.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Key, b.Key))
	})
}

// inOrder sorts by time, then id; things of one second were made in any order.
func inOrder[T any](list []T, key func(*T) (book.Instant, string)) {
	slices.SortFunc(list, func(a, b T) int {
		at, id := key(&a)
		bt, bid := key(&b)
		return cmp.Or(cmp.Compare(at, bt), cmp.Compare(id, bid))
	})
}

// arena holds values that grow in number and keep their address.
type arena[T any] struct {
	chunks [][]T
	n      int
}

func (a *arena[T]) add(v T) *T {
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last]) == cap(a.chunks[last]) {
		a.chunks = append(a.chunks, make([]T, 0, 64<<min(len(a.chunks), 6)))
		last++
	}
	a.chunks[last] = append(a.chunks[last], v)
	a.n++
	return &a.chunks[last][len(a.chunks[last])-1]
}

// each visits all values in the order in which they were added.
func (a *arena[T]) each(visit func(*T)) {
	for _, chunk := range a.chunks {
		for i := range chunk {
			visit(&chunk[i])
		}
	}
}

func flatten[T, U any](a *arena[T], as func(*T) U) []U {
	out := make([]U, 0, a.n)
	a.each(func(v *T) { out = append(out, as(v)) })
	return out
}

// The dice.

func (m *maker) between(low, high int) int { return low + m.r.IntN(high-low+1) }

// chance is true in so many of a thousand cases.
func (m *maker) chance(perMille int) bool { return m.r.IntN(1000) < perMille }

func pick[T any](m *maker, from []T) T { return from[m.r.IntN(len(from))] }

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// token is an id of the gateway: the prefix and 24 letters and digits.
func (m *maker) token(prefix string) string {
	b := make([]byte, 0, 32)
	b = append(append(b, prefix...), '1')
	for range 2 {
		for n, i := m.r.Uint64(), 0; i < 10; i++ {
			b = append(b, base62[n%62])
			n /= 62
		}
	}
	for n, i := m.r.Uint32(), 0; i < 3; i++ {
		b = append(b, base62[n%62])
		n /= 62
	}
	return string(b)
}

// The calendar.

// clock is a moment of a day of the business, in its own zone.
func (m *maker) clock(d book.Date, after book.Instant) book.Instant {
	if i := int(d - m.w.OpeningOn); i >= 0 && i < len(m.midnights) {
		return m.midnights[i] + after
	}
	return d.Start(m.w.Zone) + after
}

// daytime is a moment of the day at which people pay: mostly from morning to evening.
func (m *maker) daytime(d book.Date) book.Instant {
	from, to := 7*3600, 22*3600
	if m.chance(120) {
		from, to = 0, 23*3600
	}
	return m.clock(d, book.Instant(m.between(from, to-1))*second)
}

// utc is a moment of a day of the gateway, in UTC.
func utc(d book.Date, after book.Instant) book.Instant { return book.At(d.Time()) + after }

// utcDate is the gateway's date of a moment.
func utcDate(t book.Instant) book.Date { return book.Date(t / (24 * hour)) }

func isBusiness(d book.Date) bool {
	w := d.Time().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// addBusiness is n business days, Monday to Friday, after the date, or before it where n is
// negative; a date on a weekend counts as the business day that the counting leaves.
func addBusiness(d book.Date, n int) book.Date {
	step := book.Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if isBusiness(d) {
			n--
		}
	}
	return d
}

// nextBusiness is the date itself, or the business day after it.
func nextBusiness(d book.Date) book.Date {
	for !isBusiness(d) {
		d++
	}
	return d
}

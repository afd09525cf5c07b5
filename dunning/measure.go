package dunning

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Past is a case as it went, known afterwards.
type Past struct {
	Case Case
	// PaidAt is when the invoice was paid, by whatever, zero for not until now. SettledAt is when the
	// gateway paid out the money of the attempt that recovered it, zero for not known.
	PaidAt, SettledAt book.Instant
}

// recovering is the attempt that paid the invoice, nil where it was paid otherwise or not.
func (p *Past) recovering() *Attempt {
	for i := range p.Case.Attempts {
		if a := &p.Case.Attempts[i]; a.Invoice == p.Case.Invoice && a.State == book.Succeeded &&
			a.At >= p.Case.FailedAt {
			return a
		}
	}
	return nil
}

// Rate is how much was recovered of how much, by count and by money.
type Rate struct {
	Share
	// Money is what was to be recovered and Got what was, one amount for each currency in alphabetic
	// order; amounts of two currencies are never added.
	Money, Got []money.Money
	// LowBPS and HighBPS are Wilson's interval of the count at 95 %, in hundredths of a percent.
	LowBPS, HighBPS int
}

// Group is a rate of some cases.
type Group struct {
	Name string
	Rate
}

// Wasted are retries of ours that should never have been made; the goal is none.
type Wasted struct {
	// Never are those of a credential that had been refused for good, Over those over a limit.
	Never, Over int
	// Attempts are all of them.
	Attempts []book.ItemID
}

// Settled is how long a gateway takes from a recovered charge to its payout.
type Settled struct {
	Gateway string
	Count   int
	// Median is of the middle, Slow of nine in ten.
	Median, Slow time.Duration
}

// Measurement is what recovery came to, for cases of a fixed age.
type Measurement struct {
	// AgeDays is the age at which each case was closed for the measurement; Young are those that have
	// not reached it, and are not counted.
	AgeDays, Young int
	All            Rate
	// Classes are by the first decline, Cohorts by the month of it, Steps by what was done: how many
	// such steps were taken, and how many of them ended the case. Methods are our retries by gateway
	// and kind of method.
	Classes, Cohorts, Steps, Methods []Group
	Wasted                           Wasted
	Settled                          []Settled
}

// Measure says what was recovered of past cases within an age. A case counts for what it was at that
// age, however it went on, so that an old month and a new one can be compared.
func Measure(past []Past, p Policy, t Table, ageDays int, at book.Instant) Measurement {
	m := measurer{p: p, t: t, groups: map[string]map[string]*Group{}, settled: map[string][]time.Duration{}}
	m.out.AgeDays = ageDays
	for i := range past {
		m.wasted(&past[i])
		closed := later(past[i].Case.FailedAt, time.Duration(ageDays)*day)
		if closed > at {
			m.out.Young++
			continue
		}
		m.one(&past[i], closed)
	}
	all := m.list("all")
	if len(all) > 0 {
		m.out.All = all[0].Rate
	}
	m.out.Classes, m.out.Cohorts = m.list("class"), m.list("cohort")
	m.out.Steps, m.out.Methods = m.list("step"), m.list("method")
	for gateway, took := range m.settled {
		slices.Sort(took)
		m.out.Settled = append(m.out.Settled, Settled{gateway, len(took), took[(len(took)-1)/2],
			took[(len(took)-1)*9/10]})
	}
	slices.SortFunc(m.out.Settled, func(a, b Settled) int { return cmp.Compare(a.Gateway, b.Gateway) })
	return m.out
}

type measurer struct {
	p       Policy
	t       Table
	groups  map[string]map[string]*Group
	settled map[string][]time.Duration
	out     Measurement
}

// one counts a case that has reached its age.
func (m *measurer) one(p *Past, closed book.Instant) {
	c := &p.Case
	paid := p.PaidAt != 0 && p.PaidAt <= closed
	class := Unmapped
	for _, a := range c.Attempts {
		if a.Invoice == c.Invoice && a.State == book.Failed && a.At >= c.FailedAt {
			class = m.t.Classify(a.Signal, a.At).Class
			break
		}
	}
	m.count("all", "", paid, c.Amount)
	m.count("class", string(class), paid, c.Amount)
	m.count("cohort", book.MonthOf(c.FailedAt.In(m.p.zone())).String(), paid, c.Amount)
	retries := 0
	for _, a := range c.Attempts {
		if a.Invoice != c.Invoice || !a.Ours || a.At > closed || a.State == book.Cancelled {
			continue
		}
		retries++
		got := a.State == book.Succeeded
		m.count("step", "retry "+strconv.Itoa(retries), got, c.Amount)
		m.count("method", a.Signal.Gateway+" "+a.Signal.Instrument.Kind, got, c.Amount)
	}
	by := p.recovering()
	var last *Sent
	for i := range c.Notices {
		n := &c.Notices[i]
		if n.State == book.IntentSucceeded && n.At <= closed && (!paid || n.At <= p.PaidAt) {
			last = n
		}
	}
	for i := range c.Notices {
		if n := &c.Notices[i]; n.State == book.IntentSucceeded && n.At <= closed {
			// A payment by the customer is credited to the last notice before it.
			step, _, _ := strings.Cut(n.Step, "@")
			m.count("step", "notice "+step, paid && n == last && (by == nil || !by.Ours), c.Amount)
		}
	}
	if by != nil && by.Ours && p.SettledAt > by.At {
		took := time.Duration(p.SettledAt-by.At) * time.Millisecond
		m.settled[by.Signal.Gateway] = append(m.settled[by.Signal.Gateway], took)
	}
}

func (m *measurer) count(kind, name string, got bool, amount money.Money) {
	if m.groups[kind] == nil {
		m.groups[kind] = map[string]*Group{}
	}
	g := m.groups[kind][name]
	if g == nil {
		g = &Group{Name: name}
		m.groups[kind][name] = g
	}
	g.Whole++
	g.Money = plus(g.Money, amount)
	if got {
		g.Part++
		g.Got = plus(g.Got, amount)
	}
}

// list are the groups of a kind by name, classes in their order, with their intervals.
func (m *measurer) list(kind string) []Group {
	var out []Group
	for _, g := range m.groups[kind] {
		g.LowBPS, g.HighBPS = Wilson(g.Part, g.Whole)
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		if kind == "class" {
			return slices.Index(Classes, Class(a.Name)) - slices.Index(Classes, Class(b.Name))
		}
		// "retry 10" stands after "retry 9".
		return cmp.Or(cmp.Compare(strings.TrimRight(a.Name, "0123456789"), strings.TrimRight(b.Name, "0123456789")),
			cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// wasted counts retries of ours that a dead credential or a limit should have kept back.
func (m *measurer) wasted(p *Past) {
	attempts := attemptsUntil(p.Case.Attempts, 1<<62)
	for i, a := range attempts {
		if !a.Ours || a.Invoice != p.Case.Invoice || a.State == book.Cancelled {
			continue
		}
		before := p.Case
		before.Attempts = attempts[:i:i]
		w := newPlanner(&before, &m.p, &m.t, a.At)
		g := target{credentialOf(a), a.Signal.Gateway, a.Signal.Instrument, nil}
		for j := range before.Methods {
			if x := &before.Methods[j]; x.Instrument.Credential() == g.credential && x.UpdatedAt <= a.At {
				g.method = x
			}
		}
		over := false
		for _, k := range counters(&before, g, &m.p, &m.t, a.At) {
			over = over || k.Window > 0 && len(k.inside(a.At)) >= k.Most
		}
		switch dead, _ := w.verdict(g); {
		case dead:
			m.out.Wasted.Never++
		case over:
			m.out.Wasted.Over++
		default:
			continue
		}
		m.out.Wasted.Attempts = append(m.out.Wasted.Attempts, a.ID)
	}
}

// plus adds an amount to the sums of its currency; an amount that no longer fits is left out of them.
func plus(sums []money.Money, m money.Money) []money.Money {
	i, found := slices.BinarySearchFunc(sums, m.Currency, func(s money.Money, c money.Currency) int {
		return cmp.Compare(s.Currency, c)
	})
	if !found {
		return slices.Insert(sums, i, m)
	}
	if sum, err := sums[i].Add(m); err == nil {
		sums[i] = sum
	}
	return sums
}

// Wilson is the interval in which a share lies with 95 % confidence, in hundredths of a percent, by
// E. B. Wilson's formula with z = 1.96; 0 to 10000 where there is nothing to go by.
func Wilson(part, whole int) (lowBPS, highBPS int) {
	if whole <= 0 {
		return 0, 10000
	}
	const z2 = 38416 // 1.96², in ten-thousandths
	k, n := int64(part), int64(whole)
	// 10⁸ · (k(n−k)/n + z²/4)
	x := new(big.Int).Mul(big.NewInt(4*k), big.NewInt(n-k))
	x.Mul(x, big.NewInt(10_000)).Add(x, new(big.Int).Mul(big.NewInt(z2), big.NewInt(n)))
	x.Mul(x, big.NewInt(100_000_000)).Div(x, new(big.Int).Mul(big.NewInt(40_000), big.NewInt(n)))
	root := new(big.Int).Sqrt(x).Int64() // 10⁴ times the root
	below := n*10_000 + z2
	middle, half := 10_000*(k*10_000+z2/2), 19_600*(root+1)
	low, high := (middle-half)/below, (middle+half+below-1)/below
	return int(max(0, low)), int(min(10_000, high))
}

package bankfile

import (
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mostJumps is how many jumps of a running balance are kept; the others are counted.
const mostJumps = 1000

// running is what the lines of a table come to while they are read: their sum, the days of the first
// and the last, and whether each running balance follows from the one before it, in all four ways
// that the rows may be meant.
type running struct {
	// negative says that a line is; firstRow and firstAmount are of the first line.
	negative    bool
	lines       int
	firstRow    int
	firstAmount money.Money
	// currencies are at most two of those that lines are in.
	currencies []money.Currency
	// firstOn and lastOn are the days of the first and last booked lines that have one.
	firstOn, lastOn book.Date
	// before and sum are the booked lines before the last line and with it.
	before, sum int64
	// first and last are the running balances, balances their number; rejected is the last row that
	// could not be read.
	first, last balanceAt
	balances    int
	rejected    int
	chains      [4]chain
}

// balanceAt is the running balance beside a line, with the sums before and with the line.
type balanceAt struct {
	row                int
	minor, before, sum int64
}

// way is one way in which the rows may be meant: the newest first, and positive amounts out.
type way struct{ newest, out bool }

func (w way) index() int {
	i := 0
	if w.newest {
		i = 1
	}
	if w.out {
		i += 2
	}
	return i
}

var ways = [4]way{{}, {newest: true}, {out: true}, {newest: true, out: true}}

// chain is how the running balances follow in one of the ways: how many neighbours could be checked,
// how many of them follow from each other, and the jumps between those that do not. Where a row
// between could not be read, a jump is no wonder and counts for nothing.
type chain struct {
	checked, holds, jumped int
	jumps                  []jumpAt
}

type jumpAt struct {
	row int
	by  int64
}

// line takes a line into account.
func (n *running) line(l *book.BankLine) {
	if n.lines == 0 {
		n.firstRow, n.firstAmount = l.Row, l.Amount
		n.firstOn, n.lastOn = l.On, l.On
	}
	n.lines++
	n.negative = n.negative || l.Amount.Minor < 0
	if c := l.Amount.Currency; len(n.currencies) == 0 || len(n.currencies) == 1 && n.currencies[0] != c {
		n.currencies = append(n.currencies, c)
	}
	n.before = n.sum
	if l.Pending {
		return
	}
	n.sum += l.Amount.Minor
	if l.On != 0 {
		if n.firstOn == 0 {
			n.firstOn = l.On
		}
		n.lastOn = l.On
	}
}

// balance takes the running balance beside the last line into account.
func (n *running) balance(row int, minor int64) {
	b := balanceAt{row, minor, n.before, n.sum}
	if n.balances++; n.balances == 1 {
		n.first, n.last = b, b
		return
	}
	a := n.last
	n.last = b
	for i, w := range ways {
		sum, step := b.sum-a.sum, b.minor-a.minor
		if w.newest {
			sum, step = b.before-a.before, -step
		}
		if w.out {
			sum = -sum
		}
		c := &n.chains[i]
		if step == sum {
			c.checked++
			c.holds++
			continue
		}
		if n.rejected <= a.row {
			c.checked++
		}
		if c.jumped++; len(c.jumps) < mostJumps {
			c.jumps = append(c.jumps, jumpAt{row, step - sum})
		}
	}
}

// direction is the order of the rows by their dates; known is false where all are of one day.
func (n *running) direction() (newest, known bool) {
	return n.firstOn > n.lastOn, n.firstOn != 0 && n.firstOn != n.lastOn
}

// proved is the sign under which every running balance follows, where only one does. That positive
// is out needs dates that give the direction of the rows: balances printed before their lines, read
// backwards, would look the same.
func (n *running) proved() Sign {
	if n.balances < 2 || len(n.currencies) > 1 {
		return Undecided
	}
	newest, known := n.direction()
	in, out := n.works(way{newest, false}), n.works(way{newest, true})
	if !known {
		in, out = in || n.works(way{!newest, false}), false
	}
	switch {
	case in && !out:
		return PositiveIn
	case out && !in:
		return PositiveOut
	}
	return Undecided
}

// works reports whether every running balance follows in one of the ways.
func (n *running) works(w way) bool {
	c := &n.chains[w.index()]
	return c.checked > 0 && c.holds == c.checked
}

// doubtful reports whether the running balances follow only where positive is out, and nothing says
// that the rows are in that order.
func (n *running) doubtful() bool {
	return n.balances > 1 && len(n.currencies) == 1 && n.proved() == Undecided &&
		!n.works(ways[0]) && !n.works(ways[1]) && (n.works(ways[2]) || n.works(ways[3]))
}

// decideSign finds what a positive amount means where one column holds all amounts: the running
// balance proves it, a negative amount shows it, else the profile or a person says it. Where the
// balance proves columns of debits and credits the other way round, they are turned too.
func (t *table) decideSign() {
	m, n := t.form, &t.run.running
	proved := n.proved()
	if m.at[markSlot] >= 0 || m.at[amountSlot] < 0 || m.at[debitSlot] >= 0 && m.at[creditSlot] >= 0 {
		if proved == PositiveOut {
			m.warn("in and out are exchanged: only so does the running balance follow")
			t.turn()
		}
		return
	}
	m.sign = m.given.Sign
	if proved != Undecided {
		if m.sign != Undecided && m.sign != proved {
			m.warn("the profile says positive is %s, the running balance proves %s", m.sign, proved)
		}
		m.sign = proved
	}
	switch {
	case m.sign != Undecided:
	case n.doubtful():
		t.askSign()
	case n.negative:
		m.sign = PositiveIn
	case t.header != nil:
		m.sign = PositiveIn
		if n.lines > 0 {
			m.warn("no amount is negative and no balance proves it: all are read as money in")
		}
	case n.lines > 0:
		t.askSign()
	}
	if m.sign == PositiveOut {
		t.turn()
	}
}

func (t *table) askSign() {
	n := &t.run.running
	t.form.ask(Question{Topic: AskSign, Place: place(n.firstRow),
		Text: fmt.Sprintf("Is %s money in or out?", n.firstAmount),
		Answers: []Answer{{string(PositiveOut), "positive is money out"},
			{string(PositiveIn), "positive is money in"}}})
}

// turn changes the sign of all lines.
func (t *table) turn() {
	t.form.turned = true
	p := t.s.cur
	for i := range p.Lines {
		p.Lines[i].Amount = p.Lines[i].Amount.Neg()
	}
	for i := range p.tally.sums {
		x := &p.tally.sums[i]
		x.booked = x.booked.Neg()
	}
}

// conclude decides what only all rows together say.
func (t *table) conclude(x *facts) error {
	m, u, f := t.form, &t.run, t.s.f
	if len(m.questions) == 0 {
		if u.lines+u.rejects == 0 {
			return refuse("the table has no lines", "export a period with movements")
		}
		t.decideSign()
	}
	t.learn(x)
	m.said.tell(f)
	return nil
}

// count says what became of the rows that are no lines.
func (u *run) count() {
	if u.failed > 0 {
		u.note("%d rows are of payments that were declined or taken back; they are no lines", u.failed)
	}
	if u.skipped > 0 {
		u.note("%d rows are balances, totals or notes; they are no lines", u.skipped)
	}
	if u.unread > mostSaid {
		u.note("%d more balances cannot be read", u.unread-mostSaid)
	}
}

// state writes the head of the statement: its account, currency, period and balances.
func (t *table) state(x *facts) {
	u, n, p := &t.run, &t.run.running, t.s.cur
	u.count()
	defer func() { u.said.tell(t.s.f) }()
	p.AccountNumber = u.account
	if !t.lent {
		p.FromOn, p.ToOn = u.from, u.to
	}
	if a := t.form.at[ourSlot]; a >= 0 && x.words.columns[a].first != "" {
		p.AccountNumber = x.words.columns[a].first
	}
	if len(n.currencies) > 1 {
		return
	}
	c := u.currency
	if len(n.currencies) == 1 {
		c = n.currencies[0]
	}
	p.Currency = c
	stated := func(s string) *money.Money {
		if s == "" {
			return nil
		}
		for _, k := range []slot{balanceSlot, amountSlot, creditSlot, debitSlot} {
			if t.form.at[k] >= 0 {
				if m, err := t.form.parse(k, s, c); err == nil {
					return &m
				}
			}
		}
		return nil
	}
	p.Proof.Opening, p.Proof.Closing = stated(u.opening), stated(u.closing)
	if n.balances > 0 {
		t.runningBalances(&p.Proof, c)
	}
}

// runningBalances takes opening and closing from the column of balances where they follow the rows.
func (t *table) runningBalances(q *Proof, c money.Currency) {
	n := &t.run.running
	newest, known := n.direction()
	if !known {
		up, down := way{false, t.form.turned}, way{true, t.form.turned}
		newest = n.chains[down.index()].holds > n.chains[up.index()].holds
	}
	x := &n.chains[way{newest, t.form.turned}.index()]
	if x.holds*2 < x.checked {
		t.run.note("the column of balances does not follow the rows; it is not used as a proof")
		return
	}
	for i, j := range x.jumps {
		q.Jumps = append(q.Jumps, Jump{j.row, money.New(j.by, c)})
		if i < 3 {
			t.run.warn("%s: the running balance jumps by %s", place(j.row), q.Jumps[i].By)
		}
	}
	if x.jumped > 3 {
		t.run.warn("%d more jumps of the running balance", x.jumped-3)
	}
	sign := int64(1)
	if t.form.turned {
		sign = -1
	}
	opening := n.first.minor - sign*n.first.sum
	closing := n.last.minor + sign*(n.sum-n.last.sum)
	if newest {
		opening = n.last.minor - sign*(n.sum-n.last.before)
		closing = n.first.minor + sign*n.first.before
	}
	if q.Opening == nil {
		m := money.New(opening, c)
		q.Opening = &m
	}
	if q.Closing == nil {
		m := money.New(closing, c)
		q.Closing = &m
	}
}

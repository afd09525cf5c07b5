package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// result writes out what the passes found.
func (e *engine) result() (Result, error) {
	r := Result{Counts: book.Counts{Invoices: len(e.invs), BillingPayments: len(e.pays),
		GatewayEntries: len(e.txs), Payouts: len(e.pouts), BankLines: len(e.lines)}}
	sortExceptions(e.exceptions)
	// Two classes of one group on the same items and leg are one exception: the first class stands.
	seen := make(map[string]bool, len(e.exceptions))
	e.exceptions = slices.DeleteFunc(e.exceptions, func(x book.Exception) bool {
		twice := seen[x.ID]
		seen[x.ID] = true
		return twice
	})
	r.Exceptions = e.exceptions
	r.AutoPayments, r.AutoBankLines = e.rates()
	r.Bridges = e.bridges()
	r.Proofs = e.proofs
	r.Marks, r.Learned = e.marks(), e.aliasList()
	r.Stats = e.stats()
	r.Matches = e.matches()
	if err := e.ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("reconcile: result: %w", err)
	}
	return r, nil
}

func sortExceptions(all []book.Exception) {
	slices.SortFunc(all, func(a, b book.Exception) int {
		return cmp.Or(cmp.Compare(a.Class.Order(), b.Class.Order()),
			slices.Compare(a.Items, b.Items), strings.Compare(a.ID, b.ID))
	})
}

// passOrder is the order of passes for sorting: what people did comes first.
func passOrder(p book.Pass) int { return slices.Index(book.Passes, p) }

// matches writes the links out, sorted; it is the last to need them, for their places change.
func (e *engine) matches() []book.Match {
	e.sortLinks()
	out := make([]book.Match, len(e.links))
	items := newArena[book.ItemID](2 * len(e.links))
	uses := newArena[money.Money](2 * len(e.links))
	facts := &factBook{}
	for i := range e.links {
		l := &e.links[i]
		if l.given != nil {
			out[i] = *l.given
			if out[i].ID == "" {
				out[i].ID = MatchID(l.leg, l.given.Left, l.given.Right)
			}
			continue
		}
		m := &out[i]
		m.Pass, m.Leg, m.State, m.Rule = l.pass, l.leg, l.state, rules[l.pass]
		if l.rule != nil {
			m.Rule = l.rule.version()
		}
		m.Left, m.Right = e.take(items, l.left), e.take(items, l.right)
		m.ID = MatchID(l.leg, m.Left, m.Right)
		m.Uses = uses.take(len(l.left) + len(l.right))
		n := 0
		_ = e.visit(l, func(_ ref, _ bool, use money.Money) error {
			m.Uses[n] = use
			n++
			return nil
		})
		m.Residual = e.residue(l)
		facts.add(e, l, &m.Facts)
	}
	facts.flush()
	return out
}

// sortLinks puts the links in the order of passes, then of their records, which stand in the order
// of their ids within each sort.
func (e *engine) sortLinks() {
	type keyed struct {
		key  uint64
		pass int
		at   int32
	}
	order := make([]keyed, len(e.links))
	for i := range e.links {
		l := &e.links[i]
		order[i] = keyed{uint64(l.left[0])<<32 | uint64(l.right[0]), passOrder(l.pass), int32(i)}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		if c := cmp.Or(cmp.Compare(a.pass, b.pass), cmp.Compare(a.key, b.key)); c != 0 {
			return c
		}
		x, y := &e.links[a.at], &e.links[b.at]
		return cmp.Or(slices.Compare(x.left, y.left), slices.Compare(x.right, y.right),
			cmp.Compare(x.leg, y.leg))
	})
	links := make([]link, len(e.links))
	for i, o := range order {
		links[i] = e.links[o.at]
	}
	e.links = links
}

// rules are the versions of the passes, kept with every match.
var rules = map[book.Pass]string{book.P1: "P1 v1", book.P2: "P2 v1", book.P3: "P3 v1",
	book.P4: "P4 v1", book.P5: "P5 v1", book.P6: "P6 v1", book.P7: "P7 v1", book.P8: "P8 v1",
	book.P9: "P9 v1", book.P10: "P10 v1", book.P12: "P12 v1", book.P13: "P13 v1",
	book.P14: "P14 v1"}

// arena hands out small slices of one large one.
type arena[T any] struct{ free []T }

func newArena[T any](n int) *arena[T] { return &arena[T]{make([]T, n)} }

func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		a.free = make([]T, max(n, 4096))
	}
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}

func (e *engine) take(a *arena[book.ItemID], rs []ref) []book.ItemID {
	out := a.take(len(rs))
	for i, r := range rs {
		out[i] = e.id(r)
	}
	if !slices.IsSorted(out) {
		slices.Sort(out)
	}
	return out
}

// residue is left minus right where both sides have one currency: billing's amounts against what
// customers paid, members' nets against the payout, the payout against the bank.
func (e *engine) residue(l *link) money.Money {
	if l.leg == book.GatewayGateway {
		return money.Money{}
	}
	side := func(rs []ref) (money.Money, bool) {
		var sum money.Money
		for _, r := range rs {
			a := e.amount(r, l.leg)
			switch {
			case r.sort() == sortTx && l.leg == book.PayoutBank:
				// What came back into the gateway's balance left the bank.
				a = a.Neg()
			case r.sort() == sortTx && l.leg != book.GatewayPayout:
				a = charged(e.txs[r.at()])
			case r.sort() == sortInv:
				a = e.openAmount(r)
			}
			if sum.Currency != "" && sum.Currency != a.Currency {
				return sum, false
			}
			sum = money.New(sum.Minor+a.Minor, a.Currency)
		}
		return sum, true
	}
	left, ok := side(l.left)
	right, also := side(l.right)
	if !ok || !also || left.Currency != right.Currency {
		return money.Money{}
	}
	return money.New(left.Minor-right.Minor, left.Currency)
}

// stats counts the links by pass.
func (e *engine) stats() []PassStat {
	var out []PassStat
	for _, p := range book.Passes {
		st := PassStat{Pass: p}
		for i := range e.links {
			if e.links[i].pass != p {
				continue
			}
			switch e.links[i].state {
			case book.Auto:
				st.Auto++
			case book.Suggested:
				st.Suggested++
			case book.Confirmed:
				st.Confirmed++
			}
		}
		out = append(out, st)
	}
	return out
}

// rates are the shares of billing's gateway payments and of the gateways' bank lines in the period
// that are matched. Rows that pay without cash and lines of other senders are nothing to match.
func (e *engine) rates() (payments, lines book.AutoRate) {
	for i := range e.pays {
		if e.behind[i] == "" || !e.in.Period.Has(e.payOn[i]) || e.payOn[i] < e.in.OpeningOn ||
			e.nonCash[int32(i)] || e.pays[i].Amount.Minor == 0 {
			continue
		}
		payments.Of++
		if e.payLink[i] != none {
			payments.Matched++
		}
	}
	for i, l := range e.lines {
		if !e.in.Period.Has(lineOn(l)) || l.Pending || lineOn(l) < e.in.OpeningOn {
			continue
		}
		at := e.lineLink[i]
		switch {
		case at != none && e.links[at].leg == book.PayoutBank:
			lines.Matched++
			lines.Of++
		case at == none && (e.onPayoutLeg[int32(i)] || l.Amount.Minor > 0 && e.confirmed(l)):
			lines.Of++
		}
	}
	return payments, lines
}

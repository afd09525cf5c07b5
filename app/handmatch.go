package app

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// joint says which kinds of record a leg joins.
type joint struct {
	leg         book.Leg
	left, right []book.Kind
}

var joints = []joint{
	{book.BillingGateway, []book.Kind{book.KindPayment, book.KindInvoice},
		[]book.Kind{book.KindTransaction}},
	{book.GatewayPayout, []book.Kind{book.KindTransaction}, []book.Kind{book.KindPayout}},
	{book.PayoutBank, []book.Kind{book.KindPayout}, []book.Kind{book.KindBankLine}},
	{book.BankBilling, []book.Kind{book.KindPayment, book.KindInvoice},
		[]book.Kind{book.KindBankLine}},
	{book.GatewayGateway, []book.Kind{book.KindTransaction}, []book.Kind{book.KindTransaction}},
}

// errSides says what may be matched with what.
var errSides = errors.New("these records cannot be matched: choose invoices or payments on one side " +
	"and charges or bank lines on the other, or charges and one payout, or payouts and bank lines")

// holds reports whether all items are of one of the kinds.
func (m *Month) holds(items []book.ItemID, kinds []book.Kind) bool {
	for _, id := range items {
		if !slices.Contains(kinds, m.kindOf(id)) {
			return false
		}
	}
	return len(items) > 0
}

// legOf finds the leg of two sides, and whether they have to change places so that the side nearer to
// billing is the left one.
func (m *Month) legOf(left, right []book.ItemID) (leg book.Leg, swap bool, err error) {
	for _, id := range slices.Concat(left, right) {
		if m.kindOf(id) == book.KindTransaction && m.Transaction(id) == nil ||
			!slices.Contains([]book.Kind{book.KindPayment, book.KindInvoice, book.KindTransaction,
				book.KindPayout, book.KindBankLine}, m.kindOf(id)) || !m.known(id) {
			return "", false, fmt.Errorf("there is no record %s that could be matched", id)
		}
	}
	for _, j := range joints {
		switch {
		case m.holds(left, j.left) && m.holds(right, j.right):
			return j.leg, false, nil
		case m.holds(right, j.left) && m.holds(left, j.right):
			return j.leg, true, nil
		}
	}
	return "", false, errSides
}

// known reports whether an item is in the books.
func (m *Month) known(id book.ItemID) bool {
	return m.Invoice(id) != nil || m.Payment(id) != nil || m.Transaction(id) != nil ||
		m.Payout(id) != nil || m.Line(id) != nil || m.Credit(id) != nil
}

// holding is what a leg may take of an item at most.
func (m *Month) holding(id book.ItemID, leg book.Leg) money.Money {
	if t := m.Transaction(id); t != nil {
		if leg == book.GatewayPayout {
			return money.New(t.Net, t.Currency)
		}
		return chargedOf(t)
	} else if p := m.Payment(id); p != nil {
		return p.Amount
	} else if p := m.Payout(id); p != nil {
		return p.Amount
	} else if l := m.Line(id); l != nil {
		return l.Amount
	} else if v := m.Invoice(id); v != nil {
		if v.Status.Open() {
			return invoiceOpen(v)
		}
		return invoiceTotal(v)
	}
	return money.Money{}
}

// free is what the live matches of a leg leave of an item, those in the place of which others come left
// out.
func (m *Month) free(id book.ItemID, leg book.Leg, instead []*book.Match) money.Money {
	out := m.holding(id, leg)
	for _, x := range m.MatchesOf(id) {
		if x.Leg != leg || !x.State.Live() || slices.Contains(instead, x) {
			continue
		}
		for i, item := range slices.Concat(x.Left, x.Right) {
			if item == id && i < len(x.Uses) {
				out.Minor -= x.Uses[i].Minor
			}
		}
	}
	return out
}

// taken says what stands against taking an item that has nothing left.
func (m *Month) taken(id book.ItemID, leg book.Leg, instead []*book.Match) error {
	for _, x := range m.MatchesOf(id) {
		if x.Leg != leg || !x.State.Live() || slices.Contains(instead, x) {
			continue
		}
		others := x.Right
		if slices.Contains(x.Right, id) {
			others = x.Left
		}
		return fmt.Errorf("%s is already matched with %s (%s): all of its money is used", m.inSentence(id),
			m.listed(others), x.Pass)
	}
	return fmt.Errorf("nothing is left of %s", m.inSentence(id))
}

// part is an item with what is taken of it.
type part struct {
	item book.ItemID
	use  money.Money
}

// HandMatch is the match of records that a person chooses, of either order of sides. uses says how much
// of each is taken, left first; nil takes what fits. Matches named in instead free their money. The error
// says in words why the records cannot be matched.
func (m *Month) HandMatch(left, right []book.ItemID, uses []money.Money,
	instead []*book.Match) (book.Match, error) {
	leg, swap, err := m.legOf(left, right)
	if err != nil {
		return book.Match{}, err
	}
	if len(uses) != 0 && len(uses) != len(left)+len(right) {
		return book.Match{}, fmt.Errorf("%d records were chosen and %d amounts given: give one amount for "+
			"each", len(left)+len(right), len(uses))
	}
	take := func(items []book.ItemID, from int) (out []part, err error) {
		for i, id := range items {
			p := part{id, m.free(id, leg, instead)}
			if p.use.Minor == 0 || p.use.Minor > 0 != (m.holding(id, leg).Minor > 0) {
				return nil, m.taken(id, leg, instead)
			}
			if len(uses) > 0 {
				if err := m.fits(id, uses[from+i], p.use); err != nil {
					return nil, err
				}
				p.use = uses[from+i]
			}
			if slices.ContainsFunc(out, func(o part) bool { return o.item == id }) {
				return nil, fmt.Errorf("%s was chosen twice", m.inSentence(id))
			}
			out = append(out, p)
		}
		return out, nil
	}
	l, err := take(left, 0)
	if err != nil {
		return book.Match{}, err
	}
	r, err := take(right, len(left))
	if err != nil {
		return book.Match{}, err
	}
	if swap {
		l, r = r, l
	}
	if len(uses) == 0 {
		if err := m.balance(leg, l, r); err != nil {
			return book.Match{}, err
		}
	}
	return m.handMatch(leg, l, r), nil
}

// fits checks an amount that a person gave against what is left of an item.
func (m *Month) fits(id book.ItemID, use, free money.Money) error {
	switch {
	case use.Currency != free.Currency:
		return fmt.Errorf("%s is in %s, not in %s", m.inSentence(id), free.Currency, use.Currency)
	case use.Minor == 0 || use.Minor > 0 != (free.Minor > 0) || use.Abs().Minor > free.Abs().Minor:
		return fmt.Errorf("%s has %s left, so %s cannot be taken of it", m.inSentence(id), free, use)
	}
	return nil
}

// balance takes from each side only what the other side has, where that is how the leg counts: a
// transfer pays as much as is due, and what is over stays. Payments, payouts and what came of them are
// compared in full, and members must make up their payout.
func (m *Month) balance(leg book.Leg, left, right []part) error {
	l, lok := sumOf(left)
	r, rok := sumOf(right)
	if leg == book.GatewayPayout && l != r {
		return fmt.Errorf("the members come to %s and the payout is %s: choose members that make it up "+
			"to the cent", l, r)
	}
	takes := leg == book.BankBilling ||
		leg == book.BillingGateway && slices.ContainsFunc(left, func(p part) bool {
			return m.Invoice(p.item) != nil
		})
	if !takes || !lok || !rok || l.Currency != r.Currency || l == r {
		return nil
	}
	side, most := left, r.Minor
	if l.Minor < r.Minor {
		side, most = right, l.Minor
	}
	order := make([]*part, len(side))
	for i := range side {
		if side[i].use.Minor < 0 {
			return errors.New("money in and money back do not come out even: give the amount of each")
		}
		order[i] = &side[i]
	}
	slices.SortFunc(order, func(a, b *part) int {
		return cmp.Or(cmp.Compare(m.ItemOn(a.item), m.ItemOn(b.item)), cmp.Compare(a.item, b.item))
	})
	for _, p := range order {
		if most <= 0 {
			return fmt.Errorf("%s gets nothing of the money: leave it out", m.inSentence(p.item))
		}
		p.use.Minor = min(p.use.Minor, most)
		most -= p.use.Minor
	}
	return nil
}

// sumOf adds up one side; false where it has several currencies.
func sumOf(side []part) (money.Money, bool) {
	sum := money.New(0, side[0].use.Currency)
	for _, p := range side {
		if p.use.Currency != sum.Currency {
			return sum, false
		}
		sum.Minor += p.use.Minor
	}
	return sum, true
}

// handMatch writes a person's match out.
func (m *Month) handMatch(leg book.Leg, left, right []part) book.Match {
	x := book.Match{Pass: book.PHand, Leg: leg, State: book.Confirmed, Rule: "hand v1"}
	byItem := func(a, b part) int { return cmp.Compare(a.item, b.item) }
	for i, side := range [][]part{left, right} {
		slices.SortFunc(side, byItem)
		for _, p := range side {
			if i == 0 {
				x.Left = append(x.Left, p.item)
			} else {
				x.Right = append(x.Right, p.item)
			}
			x.Uses = append(x.Uses, p.use)
		}
	}
	x.ID = reconcile.MatchID(leg, x.Left, x.Right)
	s := m.Weigh(x.Left, x.Right)
	if s.Difference.Currency != "" {
		x.Residual = s.Difference
	}
	x.Facts = x.Facts.With("amount", s.Left.String(), s.Right.String()).
		With("customer", m.Party(x.Left[0]), m.Party(x.Right[0]))
	return x
}

// Selection is what two sides of a manual match come to.
type Selection struct {
	Left, Right money.Money
	// Difference is left minus right; without a currency where the sides have different ones.
	Difference money.Money
	// Blocked says why the records cannot be matched, "" where they can.
	Blocked string
}

// Weigh adds up what was chosen on both sides, in full.
func (m *Month) Weigh(left, right []book.ItemID) Selection {
	var s Selection
	leg, _, _ := m.legOf(left, right)
	sum := func(items []book.ItemID) (money.Money, bool) {
		var sides []part
		for _, id := range items {
			sides = append(sides, part{id, m.holding(id, leg)})
		}
		if len(sides) == 0 {
			return money.Money{}, true
		}
		return sumOf(sides)
	}
	var lok, rok bool
	s.Left, lok = sum(left)
	s.Right, rok = sum(right)
	if s.Left.Currency == "" {
		s.Left.Currency = s.Right.Currency
	}
	if s.Right.Currency == "" {
		s.Right.Currency = s.Left.Currency
	}
	if lok && rok && s.Left.Currency == s.Right.Currency {
		s.Difference = money.New(s.Left.Minor-s.Right.Minor, s.Left.Currency)
	}
	if _, err := m.HandMatchable(left, right); err != nil {
		s.Blocked = err.Error()
	}
	return s
}

// HandMatchable reports why two sides cannot be matched, nil where they can, and on which leg.
func (m *Month) HandMatchable(left, right []book.ItemID) (book.Leg, error) {
	if len(left) == 0 || len(right) == 0 {
		return "", errors.New("choose records on both sides")
	}
	leg, _, err := m.legOf(left, right)
	if err != nil {
		return "", err
	}
	for _, id := range slices.Concat(left, right) {
		if m.free(id, leg, nil).Minor == 0 {
			return leg, m.taken(id, leg, nil)
		}
	}
	return leg, nil
}

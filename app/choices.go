package app

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// pairing is one way to match some records of an ambiguous set.
type pairing struct {
	left, right []book.ItemID
	amount      money.Money
	days        int
}

// choiceOffers offers each way in which the records of a D7 may belong together, the nearest dates first.
func (m *Month) choiceOffers(x book.Exception, o Offer) []Offer {
	var out []Offer
	for _, p := range m.pairings(x) {
		c := o
		c.Left, c.Right = p.left, p.right
		c.Title = upperFirst(m.listed(p.left)) + " = " + m.listed(p.right)
		c.Effect = fmt.Sprintf("These count as matched with %s, %s; the others stay open.", p.amount,
			daysApart(p.days))
		out = append(out, c)
	}
	if len(out) == 0 {
		o.Blocked = "No two of them come out even: match by hand and say how much of each."
		return []Offer{o}
	}
	return out
}

func daysApart(n int) string {
	switch n {
	case 0:
		return "on the same day"
	case 1:
		return "one day apart"
	}
	return fmt.Sprintf("%d days apart", n)
}

// pairings are the pairs of an ambiguous set that come out even, and the sums of several where one side
// is a single record.
func (m *Month) pairings(x book.Exception) []pairing {
	left, right := m.sidesOf(x)
	var out []pairing
	add := func(l, r []book.ItemID) {
		s := m.Weigh(l, r)
		if s.Difference.Currency == "" || s.Difference.Minor != 0 || s.Blocked != "" {
			return
		}
		days := 0
		for _, a := range l {
			for _, b := range r {
				days = max(days, apart(m.ItemOn(a), m.ItemOn(b)))
			}
		}
		out = append(out, pairing{l, r, s.Left, days})
	}
	for _, l := range left {
		for _, r := range right {
			add([]book.ItemID{l}, []book.ItemID{r})
		}
	}
	if len(out) == 0 && len(right) == 1 && len(left) > 2 {
		amounts := make([]int64, len(left))
		for i, id := range left {
			amounts[i] = m.holding(id, x.Leg).Minor
		}
		found, _ := reconcile.Subsets(amounts, m.holding(right[0], x.Leg).Minor)
		for _, of := range found {
			var some []book.ItemID
			for _, i := range of {
				some = append(some, left[i])
			}
			add(some, right)
		}
	}
	slices.SortStableFunc(out, func(a, b pairing) int {
		return cmp.Or(cmp.Compare(a.days, b.days), slices.Compare(a.left, b.left),
			slices.Compare(a.right, b.right))
	})
	return out
}

func apart(a, b book.Date) int {
	if a > b {
		a, b = b, a
	}
	return int(b - a)
}

// sidesOf parts an exception's records by the sides of its leg.
func (m *Month) sidesOf(x book.Exception) (left, right []book.ItemID) {
	for _, j := range joints {
		if j.leg != x.Leg {
			continue
		}
		for _, id := range x.Items {
			switch kind := m.kindOf(id); {
			case slices.Contains(j.right, kind):
				right = append(right, id)
			case slices.Contains(j.left, kind):
				left = append(left, id)
			}
		}
	}
	return left, right
}

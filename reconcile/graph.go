package reconcile

import (
	"slices"

	"countinghouse/app/book"
)

// graph holds the candidate pairs of one pass. A pair is taken where neither side has another
// candidate; every larger connected set is ambiguous as a whole.
type graph struct {
	right, left map[ref][]ref
	known       map[[2]ref]bool
}

func newGraph() *graph {
	return &graph{right: map[ref][]ref{}, left: map[ref][]ref{}, known: map[[2]ref]bool{}}
}

// pair adds a candidate pair once.
func (g *graph) pair(left, right ref) {
	if g.known[[2]ref{left, right}] {
		return
	}
	g.known[[2]ref{left, right}] = true
	g.right[left] = append(g.right[left], right)
	g.left[right] = append(g.left[right], left)
}

// component is a connected set of candidates, each side sorted.
type component struct{ left, right []ref }

func (c component) unique() bool { return len(c.left) == 1 && len(c.right) == 1 }

// components are all connected sets, in the order of their first left record.
func (g *graph) components() []component {
	starts := make([]ref, 0, len(g.right))
	for l := range g.right {
		starts = append(starts, l)
	}
	slices.Sort(starts)
	seen := make(map[ref]bool, len(starts))
	var out []component
	for _, s := range starts {
		if seen[s] {
			continue
		}
		var c component
		todo := []ref{s}
		seen[s] = true
		for len(todo) > 0 {
			r := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			next, isLeft := g.right[r]
			if isLeft {
				c.left = append(c.left, r)
			} else {
				c.right = append(c.right, r)
				next = g.left[r]
			}
			for _, n := range next {
				if !seen[n] {
					seen[n] = true
					todo = append(todo, n)
				}
			}
		}
		slices.Sort(c.left)
		slices.Sort(c.right)
		out = append(out, c)
	}
	return out
}

// settleGraph matches the unique pairs of a graph between billing and gateway, and names the
// others as ambiguous.
func (e *engine) settleGraph(g *graph, pass book.Pass, auto bool) {
	for _, c := range g.components() {
		switch {
		case !c.unique():
			e.ambiguous(book.BillingGateway, c.left, c.right)
		case auto:
			e.add(link{pass: pass, leg: book.BillingGateway, state: book.Auto, left: c.left,
				right: c.right})
		default:
			e.suggest(pass, book.BillingGateway, c.left, c.right)
		}
	}
}

// ambiguous raises one D7 for a connected set and holds its records, so that nothing else is said
// of them.
func (e *engine) ambiguous(leg book.Leg, left, right []ref) {
	all := append(slices.Clone(left), right...)
	for _, r := range all {
		e.hold(r)
	}
	e.raise(finding{class: book.D7, leg: leg, about: all, why: e.whyAmbiguous(all),
		amount: e.gross(all[0]).Abs()})
}

// suggest keeps a pair that a person must confirm, and raises its one D8.
func (e *engine) suggest(pass book.Pass, leg book.Leg, left, right []ref) {
	l := link{pass: pass, leg: leg, state: book.Suggested, left: left, right: right}
	if leg == book.BankBilling {
		l.uses = e.transferUses(component{left, right})
	}
	if e.add(l) == none {
		return
	}
	// The gateway's or the bank's side comes first: its date decides in which month it is listed.
	all := append(slices.Clone(right), left...)
	if leg == book.PayoutBank {
		all = append(slices.Clone(left), right...)
	}
	for _, r := range all {
		e.hold(r)
	}
	e.raise(finding{class: book.D8, leg: leg, about: all, why: e.whySuggested(left, right),
		amount: e.gross(right[0]).Abs(), flags: []book.Flag{book.FlagSuggestion}})
}

// hold marks a record as spoken for by an exception.
func (e *engine) hold(r ref) {
	i := r.at()
	switch r.sort() {
	case sortPay:
		e.payHeld[i] = true
	case sortTx:
		e.txHeld[i] = true
	case sortInv:
		e.invHeld[i] = true
	case sortPout:
		e.poutHeld[i] = true
	case sortLine:
		e.lineHeld[i] = true
	case sortCred:
		e.credHeld[i] = true
	}
}

// isHeld reports whether an exception already speaks for the record.
func (e *engine) isHeld(r ref) bool {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return e.payHeld[i]
	case sortTx:
		return e.txHeld[i]
	case sortInv:
		return e.invHeld[i]
	case sortPout:
		return e.poutHeld[i]
	case sortLine:
		return e.lineHeld[i]
	}
	return e.credHeld[i]
}

package bankfile

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// manyClasses is with how many others of a day and amount a text is compared, where still more have
// something in common with it. What is not paired by that is refused, not guessed.
const manyClasses = 64

// pairing pairs lines of a file, open, with lines of the account, left. mate is the index of the
// account's line for each of the file's, -1 for none, and used marks those of the account.
type pairing struct {
	left, open []*book.BankLine
	mate       []int
	used       []bool
}

func newPairing(left, open []*book.BankLine) *pairing {
	p := &pairing{left: left, open: open, mate: make([]int, len(open)), used: make([]bool, len(left))}
	for i := range p.mate {
		p.mate[i] = -1
	}
	return p
}

func (p *pairing) pair(i, j int) { p.mate[i], p.used[j] = j, true }

// rest is what is not paired yet, of those that a key is the same of: open and left by key.
func rest[K comparable](p *pairing, key func(l *book.BankLine, old bool) (K, bool)) map[K]*[2][]int {
	at := make(map[K]*[2][]int, len(p.open)/2)
	for i := range p.open {
		if p.mate[i] >= 0 {
			continue
		}
		if k, ok := key(p.open[i], false); ok {
			if at[k] == nil {
				at[k] = new([2][]int)
			}
			at[k][0] = append(at[k][0], i)
		}
	}
	for j := range p.left {
		if p.used[j] {
			continue
		}
		if k, ok := key(p.left[j], true); ok && at[k] != nil {
			at[k][1] = append(at[k][1], j)
		}
	}
	return at
}

// move is a day and what moved on it.
type move struct {
	on book.Date
	m  money.Money
}

// byDay pairs booked lines of one day and amount. Those with the bank's own reference in common go
// first, then those whose texts share most; lines whose texts share nothing do not pair at all.
func (p *pairing) byDay() {
	groups := rest(p, func(l *book.BankLine, _ bool) (move, bool) {
		return move{l.On, l.Amount}, !l.Pending
	})
	for _, g := range groups {
		if len(g[1]) == 0 {
			continue
		}
		open, left := p.byReference(g[0], g[1])
		if len(open) > 0 && len(left) > 0 {
			p.byText(classes(p.open, open), classes(p.left, left))
		}
	}
}

// byReference pairs lines of a group whose bank's reference is the same, and gives back the rest.
// One that stands twice on a side names no line.
func (p *pairing) byReference(open, left []int) (o, l []int) {
	at := make(map[string]int, len(left))
	for _, j := range left {
		if id := p.left[j].BankID; telling(id) {
			if _, ok := at[id]; ok {
				at[id] = -1
				continue
			}
			at[id] = j
		}
	}
	if len(at) == 0 {
		return open, left
	}
	count := make(map[string]int, len(open))
	for _, i := range open {
		count[p.open[i].BankID]++
	}
	for _, i := range open {
		id := p.open[i].BankID
		if j, ok := at[id]; ok && j >= 0 && count[id] == 1 {
			p.pair(i, j)
			continue
		}
		o = append(o, i)
	}
	for _, j := range left {
		if !p.used[j] {
			l = append(l, j)
		}
	}
	return o, l
}

// class are lines of one side that say the same.
type class struct {
	said
	lines []int
}

// classes parts lines by what they say, in their order.
func classes(lines []*book.BankLine, of []int) []*class {
	at := make(map[string]*class, len(of))
	var out []*class
	for _, i := range of {
		s := sayings(lines[i])
		c := at[s.squeezed]
		if c == nil {
			c = &class{said: s}
			at[s.squeezed] = c
			out = append(out, c)
		}
		c.lines = append(c.lines, i)
	}
	return out
}

// byText pairs classes: those that say the same, then those that share most.
func (p *pairing) byText(open, left []*class) {
	at := make(map[string]*class, len(left))
	for _, c := range left {
		at[c.squeezed] = c
	}
	for _, c := range open {
		if o := at[c.squeezed]; o != nil {
			p.pairAll(c, o)
		}
	}
	some := func(c *class) bool { return len(c.lines) == 0 }
	open, left = slices.DeleteFunc(open, some), slices.DeleteFunc(left, some)
	for _, x := range candidates(open, left) {
		p.pairAll(x.open, x.left)
	}
}

// pairAll pairs as many lines of two classes as there are on both sides.
func (p *pairing) pairAll(open, left *class) {
	n := min(len(open.lines), len(left.lines))
	for k := range n {
		p.pair(open.lines[k], left.lines[k])
	}
	open.lines, left.lines = open.lines[n:], left.lines[n:]
}

type candidate struct {
	open, left *class
	score      int
}

// candidates are the classes that may be the same, those that share most first. Of a text only the
// classes are looked at with which it shares its rarest parts.
func candidates(open, left []*class) []candidate {
	if len(open) == 0 || len(left) == 0 {
		return nil
	}
	holding := map[uint64][]*class{}
	var silent []*class
	for _, c := range left {
		if len(c.grams()) == 0 {
			silent = append(silent, c)
		}
		for _, g := range c.grams() {
			holding[g] = append(holding[g], c)
		}
	}
	var out []candidate
	for _, c := range open {
		near := silent
		switch {
		case len(left) <= manyClasses || len(c.grams()) == 0:
			near = left[:min(len(left), manyClasses)]
		default:
			near = append(slices.Clone(silent), sharing(c, holding)...)
		}
		for _, o := range near {
			if score, may := alike(&c.said, &o.said); may {
				out = append(out, candidate{c, o, score})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	return out
}

// sharing are classes that hold the rarest parts of another.
func sharing(c *class, holding map[uint64][]*class) []*class {
	parts := slices.Clone(c.grams())
	slices.SortFunc(parts, func(a, b uint64) int {
		return cmp.Or(cmp.Compare(len(holding[a]), len(holding[b])), cmp.Compare(a, b))
	})
	seen := make(map[*class]bool, manyClasses)
	var out []*class
	for _, g := range parts {
		for _, o := range holding[g] {
			if len(out) == manyClasses {
				return out
			}
			if !seen[o] {
				seen[o] = true
				out = append(out, o)
			}
		}
	}
	return out
}

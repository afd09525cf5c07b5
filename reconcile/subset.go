package reconcile

import (
	"cmp"
	"math/bits"
	"slices"
)

// The bounds of a search for sums: so many candidates, so many members. The search makes at most
// 2 · 2^12 partial sums, whatever the amounts are.
const (
	subsetCandidates = 24
	subsetMembers    = 8
)

// partial is a sum of some of one half of the candidates, the lowest of its sets of so many members.
type partial struct {
	sum     int64
	members int
	sets    [2]uint32
	// more says that there are two such sets; what further ones there are makes no difference.
	more bool
}

// subsets finds the sets of positive amounts, of one to subsetMembers members, that add up to a target:
// none, the only one, or the first two. More than subsetCandidates amounts are not searched: nil and
// false.
func subsets(amounts []int64, target int64) (found [][]int, searched bool) {
	if len(amounts) > subsetCandidates {
		return nil, false
	}
	half := len(amounts) / 2
	left, right := partials(amounts[:half], target), partials(amounts[half:], target)
	for _, a := range left {
		at, _ := slices.BinarySearchFunc(right, target-a.sum, func(p partial, sum int64) int {
			return cmp.Compare(p.sum, sum)
		})
		for _, b := range right[at:] {
			if b.sum != target-a.sum {
				break
			}
			if n := a.members + b.members; n == 0 || n > subsetMembers {
				continue
			}
			for _, x := range a.each() {
				for _, y := range b.each() {
					if found = append(found, members(x|y<<half)); len(found) == 2 {
						return found, true
					}
				}
			}
		}
	}
	return found, true
}

// each are the sets of a partial sum, two at most.
func (p *partial) each() []uint32 {
	if p.more {
		return p.sets[:]
	}
	return p.sets[:1]
}

// partials are the sums of all sets of amounts with at most subsetMembers members and no more than
// a target, by sum and number of members.
func partials(amounts []int64, target int64) []partial {
	all := []partial{{}}
	for i, a := range amounts {
		for _, p := range all[:len(all):len(all)] {
			if p.members < subsetMembers && a > 0 && a <= target-p.sum {
				all = append(all, partial{sum: p.sum + a, members: p.members + 1,
					sets: [2]uint32{p.sets[0] | 1<<i}})
			}
		}
	}
	slices.SortFunc(all, func(a, b partial) int {
		return cmp.Or(cmp.Compare(a.sum, b.sum), a.members-b.members, cmp.Compare(a.sets[0], b.sets[0]))
	})
	out := all[:0]
	for _, p := range all {
		last := len(out) - 1
		if last >= 0 && out[last].sum == p.sum && out[last].members == p.members {
			if !out[last].more {
				out[last].more, out[last].sets[1] = true, p.sets[0]
			}
			continue
		}
		out = append(out, p)
	}
	return out
}

// members are the places of a set's bits, ascending.
func members(set uint32) []int {
	out := make([]int, 0, bits.OnesCount32(set))
	for ; set != 0; set &= set - 1 {
		out = append(out, bits.TrailingZeros32(set))
	}
	return out
}

// Subsets finds sets of amounts that add up to a target, as their places: none, the only one, or the
// first two. All amounts and the target are positive. False where there are too many to search.
func Subsets(amounts []int64, target int64) (found [][]int, searched bool) {
	return subsets(amounts, target)
}

package reconcile

import (
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSubsets(t *testing.T) {
	for _, c := range []struct {
		amounts []int64
		target  int64
		want    [][]int
	}{
		{[]int64{19900, 14900, 10000, 6400}, 44800, [][]int{{0, 1, 2}}},
		{[]int64{100, 200, 300}, 300, [][]int{{2}, {0, 1}}},
		{[]int64{100, 100}, 100, [][]int{{1}, {0}}},
		{[]int64{100, 200}, 250, nil},
		{[]int64{100, 200}, 0, nil},
		{nil, 100, nil},
		{[]int64{-100, 200}, 100, nil},
		// Nine members are too many.
		{[]int64{1, 1, 1, 1, 1, 1, 1, 1, 1}, 9, nil},
	} {
		if got, ok := subsets(c.amounts, c.target); !ok || !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%v of %d: %v, want %v", c.amounts, c.target, got, c.want)
		}
	}
	if _, ok := subsets(make([]int64, subsetCandidates+1), 1); ok {
		t.Error("more candidates than allowed are searched")
	}
}

// TestSubsetsAgreeWithTryingAll compares with trying all sets one by one.
func TestSubsetsAgreeWithTryingAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int64Range(1, 40), 0, 12).Draw(r, "amounts")
		target := rapid.Int64Range(0, 200).Draw(r, "target")
		all := 0
		for set := uint32(1); set < 1<<len(amounts); set++ {
			sum := int64(0)
			of := members(set)
			for _, i := range of {
				sum += amounts[i]
			}
			if sum == target && len(of) <= subsetMembers {
				all++
			}
		}
		got, ok := subsets(amounts, target)
		if !ok || len(got) != min(all, 2) {
			r.Fatalf("%v to %d: %v, there are %d", amounts, target, got, all)
		}
		for _, of := range got {
			sum := int64(0)
			for _, i := range of {
				sum += amounts[i]
			}
			if sum != target || len(of) == 0 || len(of) > subsetMembers || !slices.IsSorted(of) {
				r.Fatalf("%v is no solution", of)
			}
		}
		if len(got) == 2 && slices.Equal(got[0], got[1]) {
			r.Fatalf("one solution twice: %v", got)
		}
	})
}

// TestSubsetsAreBounded takes the amounts that give the most partial sums and the most equal ones: the
// memory stays that of two times 4,096 partial sums.
func TestSubsetsAreBounded(t *testing.T) {
	equal, powers := make([]int64, subsetCandidates), make([]int64, subsetCandidates)
	for i := range equal {
		equal[i], powers[i] = 1<<40, 1<<i
	}
	for _, amounts := range [][]int64{equal, powers} {
		for _, target := range []int64{1, 1<<40*8 + 1, 1<<24 - 1, 1<<63 - 1, 1 << 43} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			found, ok := subsets(amounts, target)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; !ok || len(found) > 2 || n > 1<<20 {
				t.Errorf("target %d: %d bytes, %d found", target, n, len(found))
			}
		}
		if n := len(partials(amounts[:subsetCandidates/2], 1<<62)); n > 1<<12 {
			t.Errorf("%d partial sums", n)
		}
	}
}

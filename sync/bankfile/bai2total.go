package bankfile

import (
	"slices"
	"strconv"
)

// bai2Total is what amounts come to as they are written, without the signs of their codes, and how
// many records and parts (accounts of a group, groups of a file) there are.
type bai2Total struct {
	sum            int64
	records, parts int
	// unknown says that an amount could not be read.
	unknown bool
}

// add takes an amount as written into the account's control total.
func (r *bai2Reader) add(n int64) { r.totals[0].add(n) }

func (t *bai2Total) add(n int64) {
	sum := t.sum + n
	if (sum > t.sum) != (n > 0) && n != 0 {
		t.unknown = true
	}
	t.sum = sum
}

// maxMismatches is how many wrong control totals are told one by one.
const maxMismatches = 5

// control compares the trailer of an account, a group or the file (level 0 to 2) with what was read.
// What a trailer does not state is not asked for. A trailer's total counts for the level above as it
// is stated: an error is told once.
func (r *bai2Reader) control(rec bai2Record, level int) {
	t := r.totals[level]
	f := bai2Fields{rest: rec.text}
	stated, err := bai2Minor(f.next())
	if err == nil {
		if !t.unknown && stated != t.sum {
			r.mismatch(rec, "the control total is %d, the amounts come to %d", stated, t.sum)
		}
		t.sum, t.unknown = stated, false
	}
	counts := []int{t.records}
	if level > 0 {
		counts = []int{t.parts, t.records}
	}
	for i, n := range counts {
		what := []string{"records", []string{"", "accounts", "groups"}[level]}[len(counts)-1-i]
		if text := f.next(); text != "" {
			if stated, err := strconv.Atoi(text); err == nil && stated != n {
				r.mismatch(rec, "the trailer counts %d "+what+", there are %d", stated, n)
			}
		}
	}
	if level < 2 {
		up := &r.totals[level+1]
		up.add(t.sum)
		up.unknown = up.unknown || t.unknown
		up.parts++
	}
	r.totals[level] = bai2Total{}
}

func (r *bai2Reader) mismatch(rec bai2Record, format string, args ...any) {
	if r.mismatches++; r.mismatches <= maxMismatches {
		r.s.f.warn("line %d: "+format, slices.Concat([]any{rec.line}, args)...)
	}
}

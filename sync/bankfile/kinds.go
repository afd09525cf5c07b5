package bankfile

import (
	"strings"

	"countinghouse/app/money"
)

// kind is what the cells of a column look like.
type kind struct{ dates, amounts, codes, empty, others, n int }

func (t *table) kindOf(col int) kind {
	var k kind
	for _, r := range t.body[:min(len(t.body), 500)] {
		c := r.cell(col)
		if c == "" {
			k.empty++
			continue
		}
		k.n++
		switch {
		case money.Currency(c).Known():
			k.codes++
		case t.readDate(c).ok:
			k.dates++
		case looksLikeAmount(c):
			k.amounts++
		default:
			k.others++
		}
	}
	return k
}

// bears reports whether the cells can be of the role.
func (k kind) bears(r Role) bool {
	switch r {
	case Booked, Valued:
		return k.dates > 0 && k.dates*4 >= k.n
	case Amount:
		return k.amounts+k.dates > 0 && (k.amounts+k.dates)*4 >= k.n
	case Debit, Credit, Balance:
		return k.n == 0 || k.amounts+k.dates > 0 && (k.amounts+k.dates)*4 >= k.n
	case Currency:
		return k.n == 0 || k.codes > 0
	}
	return true
}

func looksLikeAmount(s string) bool {
	if !strings.ContainsAny(s, "0123456789") {
		return false
	}
	s = withoutCode(s)
	for _, point := range [...]string{".", ","} {
		if _, ok := readAmount(s, point, "CLF"); ok {
			return true
		}
	}
	return false
}

// withoutCode takes a currency's code out of an amount.
func withoutCode(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		if money.Currency(w).Known() {
			return strings.Replace(s, w, "", 1)
		}
	}
	return s
}

package bankfile

import (
	"fmt"
	"slices"
	"strings"
)

// findData takes a table without names of columns: by far most rows must be of one length, with
// one column of dates and one of amounts.
func (t *table) findData() bool {
	rows := t.window
	typed := func(r row) bool {
		date, sum := false, false
		for i := range r.cells {
			d := t.readDate(r.cell(i)).ok
			date = date || d
			sum = sum || !d && looksLikeAmount(r.cell(i))
		}
		return date && sum
	}
	first := slices.IndexFunc(rows, typed)
	if first < 0 {
		return false
	}
	t.before, t.body = rows[:first], rows[first:]
	t.readBefore()
	wide := 0
	for _, r := range t.body {
		wide = max(wide, len(r.cells))
	}
	t.setColumns(wide)
	var sums []int
	for j, k := range t.kinds {
		switch {
		case k.n == 0:
		case k.dates*10 >= k.n*9 && !slices.ContainsFunc(t.base, means(Booked)):
			t.base[j].Means = Booked
		case k.dates*10 >= k.n*9 && !slices.ContainsFunc(t.base, means(Valued)):
			t.base[j].Means = Valued
		case k.amounts*10 >= k.n*9 && k.n >= k.empty:
			sums = append(sums, j)
			if len(sums) == 1 {
				t.base[j].Means = Amount
			}
		case k.codes == k.n:
			t.base[j].Means = Currency
		default:
			t.base[j].Means = Text
		}
	}
	if !slices.ContainsFunc(t.base, means(Booked)) || len(sums) == 0 {
		return false
	}
	if len(sums) > 1 {
		t.askColumns(sums)
	}
	return true
}

func means(r Role) func(Column) bool { return func(c Column) bool { return c.Means == r } }

// askColumns asks which of several columns of numbers is the amount. Each answer gives the role of
// every column; a second column of numbers may be the running balance.
func (t *table) askColumns(sums []int) {
	sums = sums[:min(len(sums), 8)]
	q := Question{Topic: AskColumns, Place: place(t.body[0].n),
		Text: "The file names no columns: which of them is the amount?"}
	for _, a := range sums {
		for _, b := range append([]int{-1}, sums...) {
			if a == b {
				continue
			}
			roles := make([]string, len(t.base))
			for j, c := range t.base {
				roles[j] = string(c.Means)
			}
			for _, j := range sums {
				roles[j] = string(Unused)
			}
			roles[a] = string(Amount)
			words := fmt.Sprintf("amount %s", t.body[0].cell(a))
			if b >= 0 {
				roles[b] = string(Balance)
				words += fmt.Sprintf(", balance %s", t.body[0].cell(b))
			}
			q.Answers = append(q.Answers, Answer{strings.Join(roles, ","), words})
		}
	}
	t.asked = append(t.asked, q)
}

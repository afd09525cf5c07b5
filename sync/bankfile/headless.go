package bankfile

import (
	"fmt"
	"slices"
	"strings"
)

// findData takes a table without names of columns: by far most rows must be of one length, with
// one column of dates and one of amounts.
func (t *table) findData(rows []row) bool {
	typed := func(r row) bool {
		date, sum := false, false
		for i := range r.cells {
			_, d := readDate(r.cell(i))
			date = date || d
			sum = sum || !d && looksLikeAmount(r.cell(i))
		}
		return date && sum
	}
	first := slices.IndexFunc(rows, typed)
	if first < 0 {
		return false
	}
	t.before, t.rows = rows[:first], rows[first:]
	wide := 0
	for _, r := range t.rows {
		wide = max(wide, len(r.cells))
	}
	t.cols = make([]Column, wide)
	var sums []int
	for j := range t.cols {
		t.cols[j] = Column{Index: j}
		k := t.kindOf(j)
		switch {
		case k.n == 0:
		case k.dates*10 >= k.n*9 && !slices.ContainsFunc(t.cols, means(Booked)):
			t.cols[j].Means = Booked
		case k.dates*10 >= k.n*9 && !slices.ContainsFunc(t.cols, means(Valued)):
			t.cols[j].Means = Valued
		case k.amounts*10 >= k.n*9 && k.n*2 >= len(t.rows):
			sums = append(sums, j)
			if len(sums) == 1 {
				t.cols[j].Means = Amount
			}
		case k.codes == k.n:
			t.cols[j].Means = Currency
		default:
			t.cols[j].Means = Text
		}
	}
	if !slices.ContainsFunc(t.cols, means(Booked)) || len(sums) == 0 {
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
	q := Question{Topic: AskColumns, Place: place(t.rows[0].n),
		Text: "The file names no columns: which of them is the amount?"}
	for _, a := range sums {
		for _, b := range append([]int{-1}, sums...) {
			if a == b {
				continue
			}
			roles := make([]string, len(t.cols))
			for j, c := range t.cols {
				roles[j] = string(c.Means)
			}
			for _, j := range sums {
				roles[j] = string(Unused)
			}
			roles[a] = string(Amount)
			words := fmt.Sprintf("amount %s", t.rows[0].cell(a))
			if b >= 0 {
				roles[b] = string(Balance)
				words += fmt.Sprintf(", balance %s", t.rows[0].cell(b))
			}
			q.Answers = append(q.Answers, Answer{strings.Join(roles, ","), words})
		}
	}
	t.ask(q)
}

// unclear is a table whose columns of dates or amounts cannot be told: empty, or to be asked about.
func (t *table) unclear() error {
	if !slices.ContainsFunc(t.rows, func(r row) bool { return !r.empty() }) {
		return refuse("the table has no lines", "export a period with movements")
	}
	t.learn()
	t.f.Questions = []Question{{Topic: AskColumns, Place: place(t.rows[0].n),
		Text: "Which columns hold the booking date and the amount?"}}
	return nil
}

package bankfile

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/money"
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
	if len(sums) > 1 && !t.proveColumns(sums) {
		t.askColumns(sums)
	}
	return true
}

// provenRows is how many rows in a row must follow from each other to prove what columns are.
const provenRows = 3

// proveColumns finds the one pair of columns of which one is the balance after each row's amount in
// the other. Where there is such a pair, and one only, nobody needs to be asked.
func (t *table) proveColumns(sums []int) bool {
	sums = sums[:min(len(sums), 8)]
	amount, balance, pairs := 0, 0, 0
	for _, a := range sums {
		for _, b := range sums {
			if a != b && t.followsFrom(a, b) {
				amount, balance = a, b
				pairs++
			}
		}
	}
	if pairs != 1 {
		return false
	}
	t.proven = map[int]Role{}
	for _, j := range sums {
		t.proven[j] = Unused
	}
	t.proven[amount], t.proven[balance] = Amount, Balance
	return true
}

// useProven takes what the balance proved, where no profile says what the columns are. It comes after
// the profile, because the next file of the bank may be too short to prove anything.
func (t *table) useProven(m *form) {
	if m.recognised || t.proven == nil {
		return
	}
	for j, r := range t.proven {
		m.cols[j].Means = r
	}
	at := func(r Role) int { return 1 + slices.IndexFunc(m.cols, means(r)) }
	m.note("column %d is the amount, because column %d is the balance after it", at(Amount), at(Balance))
}

// followsFrom reports whether each balance in column b is the one before it and the amount in column
// a, from the oldest row to the newest or the other way, in every row that has both.
func (t *table) followsFrom(a, b int) bool {
	for _, point := range []string{".", ","} {
		var sums, balances []int64
		for _, r := range t.body {
			sum, err := (money.Marks{Point: point}).Parse(withoutCode(r.cell(a)), anyCurrency)
			after, err2 := (money.Marks{Point: point}).Parse(withoutCode(r.cell(b)), anyCurrency)
			if err == nil && err2 == nil {
				sums, balances = append(sums, sum.Minor), append(balances, after.Minor)
			}
		}
		up, down, moves := true, true, 0
		for i := 1; i < len(sums); i++ {
			up = up && balances[i] == balances[i-1]+sums[i]
			down = down && balances[i-1] == balances[i]+sums[i-1]
			if sums[i] != 0 {
				moves++
			}
		}
		if (up || down) && moves >= provenRows-1 && len(sums)*10 >= len(t.body)*9 {
			return true
		}
	}
	return false
}

// anyCurrency has more decimals than those of amounts whose currency is not known yet.
const anyCurrency money.Currency = "CLF"

func means(r Role) func(Column) bool { return func(c Column) bool { return c.Means == r } }

// takeMarks gives columns of words their meaning that say nothing but which way money went: the one whose
// words differ tells it. Where all say the same it is no text, and no ground to turn an amount round;
// where several differ, none is trusted.
func (m *form) takeMarks(x *facts) {
	var differ []int
	for j := range m.cols {
		f := &x.words.columns[m.cols[j].Index]
		switch {
		case m.cols[j].Means != Text || !f.allMarks():
		case f.same():
			m.cols[j].Means = Unused
		default:
			differ = append(differ, j)
		}
	}
	if len(differ) == 1 {
		m.cols[differ[0]].Means = Mark
	}
}

// marksInWindow is the one column of words of the window that has nothing but marks, of both ways; -1 for
// none.
func (t *table) marksInWindow() int {
	found := -1
	for j, c := range t.base {
		ways := map[int]bool{}
		for _, r := range t.body {
			if cell := r.cell(j); cell != "" {
				ways[marked(cell)] = true
			}
		}
		if c.Means == Text && ways[1] && ways[-1] && !ways[0] {
			if found >= 0 {
				return -1
			}
			found = j
		}
	}
	return found
}

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
			if j := t.marksInWindow(); j >= 0 {
				roles[j] = string(Mark)
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

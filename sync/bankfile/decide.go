package bankfile

import (
	"fmt"
	"regexp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// decideCurrency finds the currency of rows that name none themselves: the name of the column of
// amounts, a sign in its cells, the rows above the table, the profile, the account.
func (t *table) decideCurrency(m *form, x *facts) {
	sums := []slot{amountSlot, debitSlot, creditSlot}
	for _, k := range sums {
		if c := t.sums[m.at[k]]; c != "" && m.at[k] >= 0 {
			m.currency = c
			return
		}
	}
	if m.currency != "" {
		return
	}
	for _, k := range sums {
		for _, r := range t.body[:min(len(t.body), 200)] {
			if m.currency = currencyIn(r.cell(m.at[k])); m.currency != "" {
				return
			}
		}
	}
	m.currency = m.given.Currency
	if m.currency == "" {
		m.currency = t.o.Currency
	}
	if j := m.at[currencySlot]; m.currency == "" && (j < 0 || x.words.columns[j].first == "") {
		m.ask(Question{Topic: AskCurrency, Text: "The file names no currency: which one is it?"})
	}
}

// currencyIn is the currency that a cell of an amount names by a sign or a code, "" for none.
func currencyIn(cell string) money.Currency {
	if c := signIn(cell); c != "" {
		return c
	}
	for _, w := range strings.Fields(cell) {
		if c := money.Currency(w); c.Known() {
			return money.Currency(strings.Clone(w))
		}
	}
	return ""
}

// currencyOf is the currency that a cell names; of one that names none it is the table's.
func currencyOf(cell string, table money.Currency) (money.Currency, error) {
	if cell == "" {
		if table == "" {
			return "", fmt.Errorf("no currency")
		}
		return table, nil
	}
	if cell == string(table) {
		if _, known := exponentOf(table); known {
			return table, nil
		}
	}
	c, err := money.ParseCurrency(cell)
	if err != nil {
		if known, ok := signsOf[cell]; ok {
			return known, nil
		}
		return "", fmt.Errorf("%q is not a currency", cell)
	}
	return codes[c], nil
}

// codes are the known codes, so that a line does not hold on to the text of the file for its three
// letters.
var codes = func() map[money.Currency]money.Currency {
	out := map[money.Currency]money.Currency{}
	for _, c := range money.Currencies() {
		out[c] = c
	}
	return out
}()

// decideDates finds whether day or month comes first, from all cells of all columns of dates.
func (t *table) decideDates(m *form, x *facts) {
	switch {
	case x.day > 10*x.month:
		m.order = DayFirst
	case x.month > 10*x.day:
		m.order = MonthOne
	case x.day+x.month > 0:
		m.warn("the dates contradict each other: %d have the day first, %d the month", x.day, x.month)
		m.order = m.given.Dates
		if m.order == Unordered {
			t.askDates(m, x)
		}
	case m.given.Dates != Unordered:
		m.order = m.given.Dates
	case x.unsure > 0 && m.decimalComma():
		// Nobody who writes the month first writes a decimal comma.
		m.order = DayFirst
		m.note("day and month read as day first, because amounts have a decimal comma")
	case x.unsure > 0:
		t.askDates(m, x)
	}
	if m.given.Dates != Unordered && m.order != m.given.Dates {
		m.warn("the profile has the dates as %s, the file proves %s", m.given.Dates, m.order)
	}
}

func (m *form) decimalComma() bool {
	comma := false
	for _, c := range m.cols {
		if c.isAmount() && c.Point == "." {
			return false
		}
		comma = comma || c.isAmount() && c.Point == ","
	}
	return comma
}

func (t *table) askDates(m *form, x *facts) {
	r := x.example
	cell := r.cell(m.at[bookedSlot])
	d := t.readDate(cell)
	if !d.ok || d.parts.settled() {
		cell = r.cell(m.at[valuedSlot])
		d = t.readDate(cell)
	}
	q := Question{Topic: AskDates, Place: place(r.n),
		Text: fmt.Sprintf("Is %s the day or the month first?", cell)}
	answers := map[Order]Answer{
		DayFirst: {string(DayFirst), "day first: " + d.day.String()},
		MonthOne: {string(MonthOne), "month first: " + d.month.String()},
	}
	first, second := DayFirst, MonthOne
	switch t.likelier(x) {
	case DayFirst:
		q.Hint = "the other way, rows would be dated after the file or outside its period"
	case MonthOne:
		first, second = MonthOne, DayFirst
		q.Hint = "the other way, rows would be dated after the file or outside its period"
	}
	q.Answers = []Answer{answers[first], answers[second]}
	m.ask(q)
}

var nameDate = regexp.MustCompile(`(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)`)

// dateIn is the last date in a file's name, 0 for none.
func dateIn(name string) (last book.Date) {
	for _, m := range nameDate.FindAllStringSubmatch(name, -1) {
		if on, err := book.ParseDate(m[1] + "-" + m[2] + "-" + m[3]); err == nil {
			last = max(last, on)
		}
	}
	return last
}

// likelier is the order in which no row is later than the date in the file's name and none lies
// outside the stated period, where that is so for one order only.
func (t *table) likelier(x *facts) Order {
	last := max(t.noted.to, dateIn(t.s.f.Name))
	if last == 0 {
		return Unordered
	}
	fits := func(s span) bool {
		return !s.broken && (s.from == 0 || s.from >= t.noted.from && s.to <= last)
	}
	switch day, month := fits(x.spans[0]), fits(x.spans[1]); {
	case day && !month:
		return DayFirst
	case month && !day:
		return MonthOne
	}
	return Unordered
}

// decidePoints finds the decimal mark of each column of amounts from all its cells; columns that
// leave it open follow the profile or the others.
func (t *table) decidePoints(m *form, x *facts) {
	var undecided []int
	common := map[string]bool{}
	for j := range m.cols {
		c := &m.cols[j]
		if !c.isAmount() {
			continue
		}
		point, open := x.columns[j].point()
		switch {
		case point != "" && c.Point != "" && point != c.Point:
			m.warn("the profile has %q before the decimals of %s, the file proves %q", c.Point,
				m.titleOf(j), point)
			c.Point = point
		case point != "":
			c.Point = point
		case open && c.Point == "":
			undecided = append(undecided, j)
		}
		if c.Point != "" {
			common[c.Point] = true
		}
	}
	for _, j := range undecided {
		switch {
		case common["."] && !common[","]:
			m.cols[j].Point = "."
		case common[","] && !common["."]:
			m.cols[j].Point = ","
		default:
			m.ask(Question{Topic: AskPoint, Place: place(t.body[0].n),
				Text: fmt.Sprintf("Is %q with a decimal point or with thousands?", x.columns[j].amount),
				Answers: []Answer{{".", "the point stands before decimals"},
					{",", "the comma stands before decimals"}}})
			return
		}
	}
}

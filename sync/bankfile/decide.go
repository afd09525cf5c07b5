package bankfile

import (
	"fmt"
	"regexp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// readBefore takes account, currency, period and balances from the rows above the table.
func (t *table) readBefore() {
	for _, r := range t.before {
		t.readNote(r)
	}
	if a := t.at[OurAccount]; a >= 0 {
		t.out.AccountNumber = t.firstCell(a)
	}
}

// readNote reads a row outside the table: a label and its value, or a bare code of a currency.
func (t *table) readNote(r row) {
	label, value := "", ""
	for i := range r.cells {
		c := r.cell(i)
		switch {
		case c == "":
		case label == "":
			label = c
		case value == "":
			value = c
		}
		if cur := money.Currency(c); cur.Known() && t.currency == "" {
			t.currency = cur
		}
	}
	if l, v, ok := strings.Cut(label, ":"); ok && strings.TrimSpace(v) != "" && value == "" {
		label, value = l, strings.TrimSpace(v)
	}
	name := fold(label)
	switch {
	case value == "":
	case openingWords[name]:
		if t.opening == "" {
			t.opening = value
		}
	case closingWords[name]:
		t.closing = value
	case hasRole(vocabulary[name], Currency):
		if c, err := money.ParseCurrency(value); err == nil {
			t.currency = c
		}
	case t.out.AccountNumber == "" && accountLabel.MatchString(name):
		if n := accountNumber.FindString(value); n != "" {
			t.out.AccountNumber = n
		}
	case periodLabel.MatchString(name):
		t.readPeriod(value)
	}
}

var (
	accountLabel  = regexp.MustCompile(`account|iban|konto|compte|cuenta|conto|rekening|uct|szamla|rachun`)
	accountNumber = regexp.MustCompile(`([A-Z]{2}\d{2}[A-Z0-9 ]{8,36}|\d[\d /.-]{4,32}\d)`)
	periodLabel   = regexp.MustCompile(`period|zeitraum|periode|periodo|obdobi|okres|idoszak|datumsbereich`)
	periodParts   = regexp.MustCompile(`(?i)\s+(?:to|bis|until|au|a|al|do|t/m|tot|-|–)\s+`)
)

func (t *table) readPeriod(value string) {
	parts := periodParts.Split(value, 2)
	if len(parts) != 2 {
		return
	}
	from, ok1 := firstDate(parts[0])
	to, ok2 := firstDate(parts[1])
	if ok1 && ok2 && from <= to {
		t.out.FromOn, t.out.ToOn = from, to
	}
}

// signsOf are the signs of money that stand for one currency only.
var signsOf = map[string]money.Currency{"£": "GBP", "€": "EUR", "₹": "INR", "₽": "RUB", "zł": "PLN",
	"Kč": "CZK", "₪": "ILS", "₩": "KRW", "₺": "TRY", "₴": "UAH", "R$": "BRL", "฿": "THB", "₫": "VND"}

// signIn is the currency whose sign stands in a cell, "" where there is none or more than one.
func signIn(cell string) (found money.Currency) {
	for sign, c := range signsOf {
		if strings.Contains(cell, sign) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}

// decideCurrency finds the currency of rows that name none themselves: the name of the column of
// amounts, a sign in its cells, the rows above the table, the profile, the account.
func (t *table) decideCurrency() {
	for _, role := range []Role{Amount, Debit, Credit} {
		if c := t.sums[t.at[role]]; c != "" && t.at[role] >= 0 {
			t.currency = c
			return
		}
	}
	if t.currency != "" {
		return
	}
	for _, role := range []Role{Amount, Debit, Credit} {
		for _, r := range t.rows[:min(len(t.rows), 200)] {
			c := r.cell(t.at[role])
			if cur := signIn(c); cur != "" {
				t.currency = cur
				return
			}
			for _, w := range strings.Fields(c) {
				if money.Currency(w).Known() {
					t.currency = money.Currency(w)
					return
				}
			}
		}
	}
	t.currency = t.given.Currency
	if t.currency == "" {
		t.currency = t.o.Currency
	}
	if t.currency == "" && t.at[Currency] < 0 {
		t.ask(Question{Topic: AskCurrency, Text: "The file names no currency: which one is it?"})
	}
}

// currencyOf is the currency of a row.
func (t *table) currencyOf(r row) (money.Currency, error) {
	cell := t.fixed(r, Currency)
	if cell == "" {
		if t.currency == "" {
			return "", fmt.Errorf("no currency")
		}
		return t.currency, nil
	}
	c, err := money.ParseCurrency(cell)
	if err != nil {
		if known, ok := signsOf[cell]; ok {
			return known, nil
		}
		return "", fmt.Errorf("%q is not a currency", cell)
	}
	return c, nil
}

func (t *table) ask(q Question) { t.f.Questions = append(t.f.Questions, q) }

// decideDates finds whether day or month comes first, from all cells of all columns of dates.
func (t *table) decideDates() {
	day, month, open := 0, 0, 0
	var example row
	for _, r := range t.rows {
		for _, role := range []Role{Booked, Valued} {
			p, ok := t.readDate(r.cell(t.at[role]))
			if !ok || p.settled() {
				continue
			}
			d, m := p.date(DayFirst), p.date(MonthOne)
			switch {
			case m == 0:
				day++
			case d == 0:
				month++
			case d != m:
				open++
				example = r
			}
		}
	}
	switch {
	case day > 10*month:
		t.order = DayFirst
	case month > 10*day:
		t.order = MonthOne
	case day+month > 0:
		t.f.warn("the dates contradict each other: %d have the day first, %d the month", day, month)
		t.order = t.given.Dates
		if t.order == Unordered {
			t.askDates(example)
		}
	case t.given.Dates != Unordered:
		t.order = t.given.Dates
	case open > 0 && t.decimalComma():
		// Nobody who writes the month first writes a decimal comma.
		t.order = DayFirst
		t.f.note("day and month read as day first, because amounts have a decimal comma")
	case open > 0:
		t.askDates(example)
	}
	if t.given.Dates != Unordered && t.order != t.given.Dates {
		t.f.warn("the profile has the dates as %s, the file proves %s", t.given.Dates, t.order)
	}
}

func (t *table) decimalComma() bool {
	comma := false
	for _, c := range t.cols {
		if c.isAmount() && c.Point == "." {
			return false
		}
		comma = comma || c.isAmount() && c.Point == ","
	}
	return comma
}

func (t *table) askDates(r row) {
	cell := r.cell(t.at[Booked])
	p, ok := readDate(cell)
	if !ok || p.settled() {
		cell = r.cell(t.at[Valued])
		p, _ = readDate(cell)
	}
	q := Question{Topic: AskDates, Place: place(r.n),
		Text: fmt.Sprintf("Is %s the day or the month first?", cell)}
	answers := map[Order]Answer{
		DayFirst: {string(DayFirst), "day first: " + p.date(DayFirst).String()},
		MonthOne: {string(MonthOne), "month first: " + p.date(MonthOne).String()},
	}
	first, second := DayFirst, MonthOne
	switch t.likelier() {
	case DayFirst:
		q.Hint = "the other way, rows would be dated after the file or outside its period"
	case MonthOne:
		first, second = MonthOne, DayFirst
		q.Hint = "the other way, rows would be dated after the file or outside its period"
	}
	q.Answers = []Answer{answers[first], answers[second]}
	t.ask(q)
}

var nameDate = regexp.MustCompile(`(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)`)

// likelier is the order in which no row is later than the date in the file's name and none lies
// outside the stated period, where that is so for one order only.
func (t *table) likelier() Order {
	last := t.out.ToOn
	for _, m := range nameDate.FindAllStringSubmatch(t.f.Name, -1) {
		if on, err := book.ParseDate(m[1] + "-" + m[2] + "-" + m[3]); err == nil {
			last = max(last, on)
		}
	}
	if last == 0 {
		return Unordered
	}
	fits := func(o Order) bool {
		for _, r := range t.rows {
			if p, ok := readDate(r.cell(t.at[Booked])); ok {
				if on := p.date(o); on == 0 || on > last || on < t.out.FromOn {
					return false
				}
			}
		}
		return true
	}
	switch day, month := fits(DayFirst), fits(MonthOne); {
	case day && !month:
		return DayFirst
	case month && !day:
		return MonthOne
	}
	return Unordered
}

// decidePoints finds the decimal mark of each column of amounts from all its cells; columns that
// leave it open follow the others.
func (t *table) decidePoints() {
	var undecided []int
	common := map[string]bool{}
	for j := range t.cols {
		c := &t.cols[j]
		if !c.isAmount() {
			continue
		}
		if c.Point == "" {
			var open bool
			if c.Point, open = t.pointOf(j); open {
				undecided = append(undecided, j)
			}
		}
		if c.Point != "" {
			common[c.Point] = true
		}
	}
	for _, j := range undecided {
		switch {
		case common["."] && !common[","]:
			t.cols[j].Point = "."
		case common[","] && !common["."]:
			t.cols[j].Point = ","
		default:
			t.ask(Question{Topic: AskPoint, Place: place(t.rows[0].n),
				Text: fmt.Sprintf("Is %q with a decimal point or with thousands?", t.firstAmount(j)),
				Answers: []Answer{{".", "the point stands before decimals"},
					{",", "the comma stands before decimals"}}})
			return
		}
	}
}

// pointOf counts the cells that only one mark fits. open says that cells read differently under
// both, and nothing decides.
func (t *table) pointOf(col int) (point string, open bool) {
	dots, commas, differ := 0, 0, 0
	for _, r := range t.rows {
		cell := r.cell(col)
		if cell == "" || isDigits(cell) {
			continue
		}
		cur, err := t.currencyOf(r)
		if err != nil {
			cur = t.currency
		}
		dot, dotErr := money.Marks{Point: "."}.Parse(cell, cur)
		comma, commaErr := money.Marks{Point: ","}.Parse(cell, cur)
		switch {
		case dotErr == nil && commaErr != nil:
			dots++
		case commaErr == nil && dotErr != nil:
			commas++
		case dotErr == nil && dot != comma:
			differ++
		}
	}
	switch {
	case dots > commas:
		return ".", false
	case commas > dots:
		return ",", false
	}
	return "", differ > 0
}

func (t *table) firstAmount(col int) string {
	for _, r := range t.rows {
		if c := r.cell(col); c != "" && !isDigits(c) && looksLikeAmount(c) {
			return c
		}
	}
	return ""
}

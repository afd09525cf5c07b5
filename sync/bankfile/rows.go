package bankfile

import (
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// readLines reads the rows of the table: lines, lines that go on, and rows that are none.
func (t *table) readLines() error {
	goesOn := false
	failed := 0
	for _, r := range t.rows {
		if r.empty() || t.repeatsHeader(r) {
			goesOn = false
			continue
		}
		if t.goesOn(r) {
			if goesOn {
				l := &t.out.Lines[len(t.out.Lines)-1]
				l.Text = joined(l.Text, t.textOf(r))
				continue
			}
			t.special(r)
			continue
		}
		if failedWords[fold(t.fixed(r, Status))] {
			failed++
			continue
		}
		goesOn = t.readLine(r)
	}
	if failed > 0 {
		t.f.note("%d rows are of payments that were declined or taken back; they are no lines", failed)
	}
	if t.skipped > 0 {
		t.f.note("%d rows are balances, totals or notes; they are no lines", t.skipped)
	}
	if len(t.out.Lines)+len(t.out.Rejects) == 0 {
		return refuse("the table has no lines", "export a period with movements")
	}
	return nil
}

// goesOn reports whether a row holds nothing but text: it continues the line above.
func (t *table) goesOn(r row) bool {
	text := false
	for j := range r.cells {
		if r.cell(j) == "" {
			continue
		}
		if j >= len(t.cols) || t.cols[j].Means != Text {
			return false
		}
		text = true
	}
	return text && !openingWords[fold(t.textOf(r))] && !closingWords[fold(t.textOf(r))]
}

// readLine reads one row into a line or a reject; it reports whether it became a line.
func (t *table) readLine(r row) bool {
	dateCell := t.fixed(r, Booked)
	on, dateErr := t.date(dateCell)
	valued, valueErr := t.date(t.fixed(r, Valued))
	amounts := t.fixed(r, Amount)+t.fixed(r, Debit)+t.fixed(r, Credit) != ""
	pending := pendingWords[fold(dateCell)] || pendingWords[fold(t.fixed(r, Status))]
	switch {
	case t.isSpecial(r, on != 0):
		t.special(r)
		return false
	case dateCell == "" && valued != 0 && valueErr == nil:
		on, dateErr = valued, nil
	case !amounts && (dateErr != nil || dateCell == ""):
		t.special(r)
		return false
	}
	if pending && on == 0 {
		dateErr = nil
	}
	l := book.BankLine{On: on, ValueOn: valued, Pending: pending, Row: r.n}
	var err error
	switch {
	case dateErr != nil:
		t.reject(r, t.title(Booked), dateErr)
		return false
	case on == 0 && !pending:
		t.reject(r, t.title(Booked), fmt.Errorf("no date"))
		return false
	case valueErr != nil:
		t.reject(r, t.title(Valued), valueErr)
		return false
	case !amounts:
		t.reject(r, t.title(Amount), fmt.Errorf("no amount"))
		return false
	}
	if l.Amount, err = t.amount(r); err != nil {
		t.reject(r, "", err)
		return false
	}
	l.Counterparty = oneLine(t.fixed(r, Counterparty))
	l.CounterpartyAccount = oneLine(t.fixed(r, TheirAccount))
	l.Reference = oneLine(t.fixed(r, Reference))
	l.BankID = oneLine(t.fixed(r, BankID))
	l.Text = t.textOf(r)
	t.out.Lines = append(t.out.Lines, l)
	t.readBalance(r, len(t.out.Lines)-1, l.Amount.Currency)
	return true
}

// readBalance keeps the running balance beside a line. One that cannot be read proves nothing, and
// costs the line nothing.
func (t *table) readBalance(r row, line int, c money.Currency) {
	cell := r.cell(t.at[Balance])
	if cell == "" {
		return
	}
	m, err := t.parse(Balance, cell, c)
	if err != nil {
		t.f.note("%s: %s: %q is not a balance", place(r.n), t.title(Balance), cell)
		return
	}
	t.balances = append(t.balances, balanceAt{line, r.n, m.Minor})
}

func (t *table) date(cell string) (book.Date, error) {
	if cell == "" {
		return 0, nil
	}
	p, ok := t.readDate(cell)
	if !ok || p.date(t.order) == 0 {
		return 0, fmt.Errorf("%q is not a date", cell)
	}
	return p.date(t.order), nil
}

// readDate takes a cell apart, once for each text: the days of a statement repeat.
func (t *table) readDate(cell string) (dateParts, bool) {
	if d, ok := t.dates[cell]; ok {
		return d, d.c != 0
	}
	d, ok := readDate(cell)
	if !ok {
		d = dateParts{}
	}
	if len(t.dates) < 10_000 {
		t.dates[cell] = d
	}
	return d, ok
}

func (t *table) parse(role Role, cell string, c money.Currency) (money.Money, error) {
	point := t.cols[t.at[role]].Point
	if point == "" {
		point = "."
	}
	m, err := money.Marks{Point: point}.Parse(cell, c)
	if err != nil {
		return m, fmt.Errorf("%s: %w", t.title(role), err)
	}
	return m, nil
}

// amount is the signed amount of a row, as far as the row itself says: a column of amounts alone
// is taken as written.
func (t *table) amount(r row) (money.Money, error) {
	c, err := t.currencyOf(r)
	if err != nil {
		return money.Money{}, fmt.Errorf("%s: %w", t.title(Currency), err)
	}
	get := func(role Role) money.Money {
		cell := t.fixed(r, role)
		if cell == "" || err != nil {
			return money.New(0, c)
		}
		var m money.Money
		m, err = t.parse(role, cell, c)
		return m
	}
	sum, debit, credit := get(Amount), get(Debit), get(Credit)
	switch {
	case err != nil:
		return money.Money{}, err
	case !debit.IsZero() && !credit.IsZero():
		return money.Money{}, fmt.Errorf("both a debit and a credit")
	case t.at[Amount] >= 0 && t.fixed(r, Amount) != "":
		if !debit.IsZero() && sum.Minor > 0 {
			sum = sum.Neg()
		}
		return t.withMark(r, sum)
	case !debit.IsZero():
		// A negative debit is a debit where the column writes all of them so, else one taken back.
		if t.debitsNegative() {
			return debit, nil
		}
		return debit.Neg(), nil
	}
	return credit, nil
}

// debitsNegative reports whether the column of debits writes no positive one.
func (t *table) debitsNegative() bool {
	if t.negative == nil {
		all := true
		for _, r := range t.rows {
			c := r.cell(t.at[Debit])
			if m, err := t.parse(Debit, c, "CLF"); c != "" && err == nil && m.Minor > 0 && t.dated(r) {
				all = false
			}
		}
		t.negative = &all
	}
	return *t.negative
}

func (t *table) dated(r row) bool {
	on, err := t.date(r.cell(t.at[Booked]))
	return err == nil && on != 0
}

// withMark gives an amount the direction of the column of marks, where there is one.
func (t *table) withMark(r row, m money.Money) (money.Money, error) {
	if t.at[Mark] < 0 {
		return m, nil
	}
	cell := t.fixed(r, Mark)
	way := marked(cell)
	if way == 0 && cell == "" {
		way = -t.onlyMark()
	}
	switch {
	case way == 0:
		return money.Money{}, fmt.Errorf("%s: %q says neither in nor out", t.title(Mark), cell)
	case way > 0 && m.Minor < 0:
		return money.Money{}, fmt.Errorf("%s: the amount is negative but marked %q", t.title(Mark), cell)
	case way > 0:
		return m, nil
	}
	return m.Abs().Neg(), nil
}

// onlyMark is the direction of a column of marks that knows one word only; rows without it go the
// other way. 0 where there are both.
func (t *table) onlyMark() int {
	if t.single == nil {
		in, out := 0, 0
		for _, r := range t.rows {
			switch marked(r.cell(t.at[Mark])) {
			case 1:
				in = 1
			case -1:
				out = -1
			}
		}
		way := in + out
		t.single = &way
	}
	return *t.single
}

// isSpecial reports whether a row is a balance or total among the lines. A row with a date is one
// only where its text is nothing else: a shop may be called Total.
func (t *table) isSpecial(r row, dated bool) bool {
	for j, c := range t.cols {
		if c.Means != Text && c.Means != Counterparty && c.Means != Unused && dated {
			continue
		}
		cell := r.cell(j)
		if cell == "" || len(cell) > longestWord {
			continue
		}
		w := fold(cell)
		if openingWords[w] || closingWords[w] || turnoverWords[w] || !dated && totalWords[w] {
			return !dated || r.cell(t.at[Counterparty]) == "" || c.Means == Counterparty
		}
	}
	return false
}

// special takes what a row that is no line says of the statement.
func (t *table) special(r row) {
	t.skipped++
	for j := range r.cells {
		w := fold(r.cell(j))
		if !openingWords[w] && !closingWords[w] {
			continue
		}
		value := ""
		for _, role := range []Role{Balance, Amount, Credit, Debit} {
			if c := r.cell(t.at[role]); value == "" && c != "" && t.at[role] != j {
				value = c
			}
		}
		if value != "" && marked(r.cell(t.at[Mark])) < 0 && !strings.HasPrefix(value, "-") {
			value = "-" + value
		}
		if value == "" {
			t.readNote(r)
		} else if openingWords[w] && t.opening == "" {
			t.opening = value
		} else if closingWords[w] {
			t.closing = value
		}
		return
	}
	if len(t.out.Lines) > 0 {
		t.readNote(r)
	}
}

func (t *table) reject(r row, field string, err error) {
	reason := strings.TrimPrefix(err.Error(), "money: ")
	reason = strings.ReplaceAll(reason, ": money: ", ": ")
	t.rejected = append(t.rejected, r.n)
	t.out.reject(place(r.n), field, reason, strings.Join(r.cells, t.f.Delimiter))
}

// title is the name of a role's column in the file.
func (t *table) title(role Role) string {
	if j := t.at[role]; j >= 0 && t.cols[j].Header != "" {
		return t.cols[j].Header
	} else if j >= 0 {
		return fmt.Sprintf("column %d", j+1)
	}
	return string(role)
}

// textOf joins the columns of text; what repeats is left out.
func (t *table) textOf(r row) string {
	out := ""
	for j, c := range t.cols {
		if c.Means == Text {
			out = joined(out, oneLine(r.cell(j)))
		}
	}
	return out
}

func joined(a, b string) string {
	switch {
	case b == "" || a == b:
		return a
	case a == "":
		return b
	}
	return a + " " + b
}

// oneLine makes runs of blanks and line ends one blank.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

package bankfile

import (
	"fmt"

	"countinghouse/app/money"
)

// point is the decimal mark of a role's column.
func (m *form) point(k slot) string {
	if p := m.cols[m.at[k]].Point; p != "" {
		return p
	}
	return "."
}

// parse reads an amount with the decimal mark of its column.
func (m *form) parse(k slot, cell string, c money.Currency) (money.Money, error) {
	point := m.point(k)
	if exp, known := exponentOf(c); known {
		if minor, ok, plain := plainAmount(cell, point[0], exp); ok && plain {
			return money.New(minor, c), nil
		}
	}
	v, err := money.Marks{Point: point}.Parse(cell, c)
	if err != nil {
		return v, fmt.Errorf("%s: %w", m.title(k), err)
	}
	return v, nil
}

// knownAmount is what a cell of a row is under a decimal mark and in a currency.
type knownAmount struct {
	row      int
	mark     byte
	currency money.Currency
	minor    int64
}

// parse is the form's, or what is known already.
func (t *table) parse(k slot, cell string, c money.Currency) (money.Money, error) {
	if a := &t.run.amounts[k]; a.row == t.run.rows && a.currency == c && a.mark == t.form.point(k)[0] {
		return money.New(a.minor, c), nil
	}
	return t.form.parse(k, cell, c)
}

// amount is the signed amount of a row, as far as the row itself says: a column of amounts alone
// is taken as written.
func (t *table) amount(r row) (money.Money, error) {
	c, err := currencyOf(t.run.cells[currencySlot], t.run.currency)
	if err != nil {
		return money.Money{}, fmt.Errorf("%s: %w", t.form.title(currencySlot), err)
	}
	var sum, debit, credit money.Money
	if sum, err = t.amountIn(amountSlot, c); err == nil {
		debit, err = t.amountIn(debitSlot, c)
	}
	if err == nil {
		credit, err = t.amountIn(creditSlot, c)
	}
	if err != nil {
		return money.Money{}, err
	}
	switch {
	case !debit.IsZero() && !credit.IsZero():
		return money.Money{}, fmt.Errorf("both a debit and a credit")
	case t.form.at[amountSlot] >= 0 && t.run.cells[amountSlot] != "":
		if !debit.IsZero() && sum.Minor > 0 {
			sum = sum.Neg()
		}
		return t.withMark(r, sum)
	case !debit.IsZero():
		// A negative debit is a debit where the column writes all of them so, else one taken back.
		if t.form.negative {
			return debit, nil
		}
		return debit.Neg(), nil
	}
	return credit, nil
}

// amountIn is the amount in a cell of the row, zero where it is empty.
func (t *table) amountIn(k slot, c money.Currency) (money.Money, error) {
	if cell := t.run.cells[k]; cell != "" {
		return t.parse(k, cell, c)
	}
	return money.New(0, c), nil
}

// withMark gives an amount the direction of the column of marks, where there is one.
func (t *table) withMark(r row, m money.Money) (money.Money, error) {
	if t.form.at[markSlot] < 0 {
		return m, nil
	}
	cell := t.cell(r, markSlot)
	way := marked(cell)
	if way == 0 && cell == "" {
		way = -t.form.single
	}
	switch {
	case way == 0:
		return money.Money{}, fmt.Errorf("%s: %q says neither in nor out", t.form.title(markSlot), cell)
	case way > 0 && m.Minor < 0:
		return money.Money{}, fmt.Errorf("%s: the amount is negative but marked %q", t.form.title(markSlot), cell)
	case way > 0:
		return m, nil
	}
	return m.Abs().Neg(), nil
}

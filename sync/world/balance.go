package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Balance is what the gateway holds at a moment in a currency, in minor units: what payouts may
// take, and what is not available yet. Rows made later do not count. Either may be negative, both
// are 0 without movements.
func (l *Ledger) Balance(c money.Currency, at book.Instant) (available, pending int64) {
	for i := range l.Movements {
		v := &l.Movements[i]
		switch {
		case v.Currency != c || v.At > at:
		case v.AvailableAt <= at:
			available += v.Net
		default:
			pending += v.Net
		}
	}
	return available, pending
}

// BalanceOn is the account's balance in minor units at the end of a day.
func (a *Account) BalanceOn(d book.Date) int64 {
	sum := a.Opening
	for i := range a.Lines {
		if a.Lines[i].On <= d {
			sum += a.Lines[i].Amount.Minor
		}
	}
	return sum
}

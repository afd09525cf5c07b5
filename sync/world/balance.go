package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Balance is what the gateway holds at Now in a currency, in minor units: what payouts may take,
// and what is not available yet. Either may be negative, both are 0 without movements.
func (w *World) Balance(c money.Currency) (available, pending int64) {
	for i := range w.Movements {
		v := &w.Movements[i]
		switch {
		case v.Currency != c:
		case v.AvailableAt <= w.Now:
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

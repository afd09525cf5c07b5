package reconcile

import (
	"slices"

	"countinghouse/app/book"
)

// lagSamples is how many payouts tell how long a gateway's take.
const lagSamples = 20

// lag is how many business days payouts of a balance take to the bank, where the provider states no
// arrival: the median, and what 99 of 100 take at most.
type lag struct{ median, most int }

// unstated is the lag of a balance of which too little is known; PayPal's payouts take up to five days.
var unstated = lag{daysUnstated, daysUnstated}

// learnLags learns from the payouts that the bank names by their ids how long others of their balance
// take. The days are those of the account on which they arrived.
func (e *engine) learnLags() {
	days := map[purse][]int{}
	for i, p := range e.pouts {
		at := e.poutLink[i]
		if at == none || p.ArrivesOn != 0 || e.links[at].pass != book.P5 {
			continue
		}
		line := e.lines[e.links[at].right[0].at()]
		k := purse{p.Source, p.Amount.Currency}
		days[k] = append(days[k], businessDaysBetween(e.account(line.Account), p.SentAt.In(e.zone),
			lineOn(line)))
	}
	e.lags = map[purse]lag{}
	for k, of := range days {
		if len(of) < lagSamples {
			continue
		}
		slices.Sort(of)
		e.lags[k] = lag{median: of[(len(of)-1)/2], most: of[(len(of)*99+99)/100-1]}
	}
}

// lagOf is how long a payout takes whose arrival is not stated.
func (e *engine) lagOf(p *book.Payout) lag {
	if l, ok := e.lags[purse{p.Source, p.Amount.Currency}]; ok {
		return l
	}
	return unstated
}

// businessDaysBetween is how many business days of an account lie behind a date up to another one; 0
// where that is not later. A year is the most that is counted.
func businessDaysBetween(a *Account, from, to book.Date) int {
	n := 0
	for d := from + 1; d <= to && d <= from+366; d++ {
		if isBusinessDay(a, d) {
			n++
		}
	}
	return n
}

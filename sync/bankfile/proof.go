package bankfile

import (
	"countinghouse/app/money"
)

// Proof shows whether a statement adds up: opening + booked lines = closing.
type Proof struct {
	// Opening and Closing are as stated, or from the column of running balances; nil where the file
	// has neither. They may be in another currency than the lines.
	Opening, Closing *money.Money
	// Lines is the sum of the booked lines that were read.
	Lines money.Money
	// Known says that there is something to compare; Holds and Difference mean nothing without.
	// Difference is closing − (opening + lines).
	Known, Holds bool
	Difference   money.Money
	// Jumps are where the running balance does not follow from the row before.
	Jumps []Jump
}

// Jump is a place where a running balance leaps by an amount that no line explains.
type Jump struct {
	Row int
	By  money.Money
}

// prove adds the statement up and warns where it does not hold.
func (p *Parsed) prove(f *File) error {
	q := &p.Proof
	q.Lines = p.tally.in(p.Currency).booked
	p.Opening, p.Closing = inCurrency(q.Opening, p.Currency), inCurrency(q.Closing, p.Currency)
	for _, b := range []*money.Money{q.Opening, q.Closing} {
		if b != nil && b.Currency != p.Currency && p.Currency != "" {
			f.warn("a balance is %s, the statement is in %s: not compared", b, p.Currency)
		}
	}
	if p.Opening == nil || p.Closing == nil {
		return nil
	}
	want, err := q.Opening.Add(q.Lines)
	if err == nil {
		q.Difference, err = q.Closing.Sub(want)
	}
	if err != nil {
		return &Error{Reason: "balances: " + err.Error()}
	}
	q.Known, q.Holds = true, q.Difference.IsZero()
	if !q.Holds {
		f.warn("opening %s and lines %s make %s, the file says %s: off by %s",
			q.Opening, q.Lines, want, q.Closing, q.Difference)
	}
	return nil
}

func inCurrency(m *money.Money, c money.Currency) *int64 {
	if m == nil || m.Currency != c {
		return nil
	}
	minor := m.Minor
	return &minor
}

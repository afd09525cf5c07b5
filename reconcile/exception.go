package reconcile

import (
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// finding is an exception before it is written out. The first record of about decides its date.
type finding struct {
	class  book.Class
	leg    book.Leg
	about  []ref
	amount money.Money
	flags  []book.Flag
	clears book.Date
	why    string
	// on overrides the first record's date; extra names items that are no records of the run.
	on     book.Date
	extra  []book.ItemID
	status book.ExceptionStatus
}

// raise keeps an exception, unless its record is dated before the opening.
func (e *engine) raise(f finding) {
	on := f.on
	if on == 0 && len(f.about) > 0 {
		on = e.on(f.about[0])
	}
	if on < e.in.OpeningOn {
		return
	}
	items := append(e.ids(f.about), f.extra...)
	slices.Sort(items)
	items = slices.Compact(items)
	x := book.Exception{ID: ExceptionID(f.class, f.leg, items), Class: f.class, Flags: f.flags,
		Leg: f.leg, Amount: f.amount.Abs(), Items: items, On: on, DetectedAt: e.in.At, ClearsOn: f.clears,
		Status: book.Open, Why: f.why}
	if f.status != "" {
		x.Status = f.status
	}
	if info, ok := f.class.Info(); ok && info.AgeLimit > 0 && x.Status == book.Open &&
		int(e.today-on) > info.AgeLimit {
		x.Flags = append(slices.Clone(x.Flags), book.FlagStale)
	}
	e.exceptions = append(e.exceptions, x)
}

// gross is what people call a record's amount: what the customer paid, what billing recorded, what
// arrived.
func (e *engine) gross(r ref) money.Money {
	if r.sort() == sortTx {
		t := e.txs[r.at()]
		if m := charged(t); m.Minor != 0 {
			return m
		}
		if t.Gross != 0 {
			return money.New(t.Gross, t.Currency)
		}
		return money.New(t.Net, t.Currency)
	}
	return e.amount(r, "")
}

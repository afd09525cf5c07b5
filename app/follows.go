package app

import (
	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// follows are the actions that an outcome brings: what a gateway did is recorded in billing, and credit
// is given once the rest succeeded.
func (a *App) follows(i book.Intent, out source.Outcome) []book.Intent {
	o, err := i.Order()
	if err != nil {
		return nil
	}
	billing := a.Config().billing()
	var next []book.Order
	record := book.Order{Provider: billing, Invoice: o.Invoice, Customer: o.Customer,
		Amount: o.Amount, Method: o.Method,
		Date: book.At(a.wall()).In(a.Config().Zone())}
	if o.ThenRecord && o.Method != "" && o.Invoice != "" {
		switch i.Kind {
		case book.Retry:
			record.Do, record.Target, record.Charge = book.Record, out.Charge, out.Charge
			record.Reference = out.Charge.Native()
			next = append(next, record)
		case book.GiveBack:
			record.Do, record.Target = book.RecordRefund, out.Object
			record.Reference = out.Object.Native()
			next = append(next, record)
		}
	}
	if o.ThenCredit != nil && o.Customer != "" {
		next = append(next, book.Order{Do: book.AddCredit, Provider: billing, Target: book.ItemID(string(i.Target) + "/credit"),
			Customer: o.Customer, Invoice: o.Invoice, Amount: *o.ThenCredit, Reason: i.Why})
	}
	var out2 []book.Intent
	for _, o := range next {
		if o.Target == "" {
			continue
		}
		n, err := a.newIntent(o, "", 0)
		if err != nil {
			// It stands as a draft that a person has to look at: the outcome is kept all the same.
			n.State = book.IntentNeedsPerson
			n.LastError = err.Error()
		} else {
			n.State = book.IntentReady
		}
		if n.ID == "" {
			continue
		}
		n.PreparedBy, n.Parent, n.Why = i.PreparedBy, i.ID, "Follows from "+i.What
		out2 = append(out2, n)
	}
	return out2
}

package reconcile

import (
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// asOf gives the input as it was at its moment: what is dated later is not there, and what later
// records changed is rolled back as far as they tell by how much: what an invoice and a customer's
// credit still hold, what a provider and a bank say that is left, a payout or a refund that came back.
// A date counts once its day has begun. It returns how many records it left out; where that is none,
// the input is what it was.
func asOf(in Input) (Input, int) {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	r := rewind{in: in, zone: zone, gone: map[book.ItemID]bool{}}
	r.lastOn = (in.At - 1).In(zone)
	r.movements()
	r.payouts()
	r.bank()
	r.billing()
	if r.unseen == 0 {
		return in, 0
	}
	r.decisions()
	return r.in, r.unseen
}

// rewind is the state of rolling an input back to its moment.
type rewind struct {
	in   Input
	zone *time.Location
	// lastOn is the last date that counts.
	lastOn book.Date
	// gone are the records that are not there yet.
	gone   map[book.ItemID]bool
	unseen int
	// later are what moved on each balance behind the moment.
	later map[purse][]flow
}

// cut takes the records out that are later, without touching the input's slice.
func cut[T any](r *rewind, all []T, id func(*T) book.ItemID, later func(*T) bool, dropped func(*T)) []T {
	first := -1
	for i := range all {
		if later(&all[i]) {
			first = i
			break
		}
	}
	if first < 0 {
		return all
	}
	out := slices.Clone(all[:first])
	for i := first; i < len(all); i++ {
		if !later(&all[i]) {
			out = append(out, all[i])
			continue
		}
		r.unseen++
		r.gone[id(&all[i])] = true
		dropped(&all[i])
	}
	return out
}

// change clones a slice once and lets fn change its elements.
func change[T any](all []T, touched func(*T) bool, fn func(*T)) []T {
	if !slices.ContainsFunc(all, func(t T) bool { return touched(&t) }) {
		return all
	}
	out := slices.Clone(all)
	for i := range out {
		if touched(&out[i]) {
			fn(&out[i])
		}
	}
	return out
}

// movements leaves later movements out; a refund or a debit that one of them takes back stands again.
func (r *rewind) movements() {
	b, at := &r.in.Books, r.in.At
	r.later = map[purse][]flow{}
	back := map[book.ItemID]bool{}
	returned := map[book.ItemID]bool{}
	for i := range b.Transactions {
		if t := &b.Transactions[i]; t.Kind == book.PayoutFailure {
			returned[t.Parent] = true
		}
	}
	b.Transactions = cut(r, b.Transactions, func(t *book.Transaction) book.ItemID { return t.ID },
		func(t *book.Transaction) bool { return t.At > at }, func(t *book.Transaction) {
			k := purse{t.Source, t.Currency}
			r.later[k] = append(r.later[k], flow{at: t.At, amount: t.Net})
			if t.Kind == book.RefundFailure || t.Kind == book.ChargeFailure {
				back[t.Parent] = true
			}
		})
	if len(back) > 0 {
		b.Transactions = change(b.Transactions,
			func(t *book.Transaction) bool { return back[t.ID] && t.State == book.Failed },
			func(t *book.Transaction) { t.State = book.Succeeded })
	}
	for i := range b.Payouts {
		p := &b.Payouts[i]
		k := purse{p.Source, p.Amount.Currency}
		if p.SentAt > at {
			r.later[k] = append(r.later[k], flow{at: p.SentAt, amount: -p.Amount.Minor})
		}
		if p.FailedAt > at && !returned[p.ID] {
			r.later[k] = append(r.later[k], flow{at: p.FailedAt, amount: p.Amount.Minor})
		}
	}
}

// payouts leaves later payouts out, and takes back what is known of them and of those that failed
// later. What providers say they hold is carried back to the moment.
func (r *rewind) payouts() {
	b, at := &r.in.Books, r.in.At
	b.Payouts = cut(r, b.Payouts, func(p *book.Payout) book.ItemID { return p.ID },
		func(p *book.Payout) bool { return p.SentAt > at }, func(*book.Payout) {})
	b.Payouts = change(b.Payouts, func(p *book.Payout) bool { return p.FailedAt > at },
		func(p *book.Payout) {
			r.unseen++
			p.State, p.FailedAt, p.Reason = book.PayoutPaid, 0, ""
		})
	b.Transactions = change(b.Transactions, func(t *book.Transaction) bool { return r.gone[t.PayoutID] },
		func(t *book.Transaction) { t.PayoutID = "" })
	first := map[purse]book.Balance{}
	var out []book.Balance
	for _, x := range b.Balances {
		if x.At <= at {
			out = append(out, x)
			continue
		}
		k := purse{x.Source, x.Currency}
		if old, ok := first[k]; x.LedgerFrom <= at && (!ok || x.At < old.At ||
			x.At == old.At && x.Amount < old.Amount) {
			first[k] = x
		}
	}
	if len(out) == len(b.Balances) {
		return
	}
	r.unseen += len(b.Balances) - len(out)
	for k, x := range first {
		x.Amount -= between(r.later[k], at, x.At)
		x.At = at
		out = append(out, x)
	}
	b.Balances = out
}

// bank leaves later lines out; a statement that goes on ends with the last day that counts.
func (r *rewind) bank() {
	b := &r.in.Books
	type day struct {
		on     book.Date
		amount int64
	}
	later := map[book.AccountName][]day{}
	b.Lines = cut(r, b.Lines, func(l *book.BankLine) book.ItemID { return l.ID },
		func(l *book.BankLine) bool { return lineOn(l) > r.lastOn }, func(l *book.BankLine) {
			if !l.Pending {
				later[l.Account] = append(later[l.Account], day{lineOn(l), l.Amount.Minor})
			}
		})
	b.Statements = cut(r, b.Statements, func(s *book.Statement) book.ItemID { return s.ID },
		func(s *book.Statement) bool { return s.FromOn > r.lastOn }, func(*book.Statement) {})
	b.Statements = change(b.Statements, func(s *book.Statement) bool { return s.ToOn > r.lastOn },
		func(s *book.Statement) {
			r.unseen++
			if s.Closing != nil {
				closing := *s.Closing
				for _, d := range later[s.Account] {
					if d.on <= s.ToOn {
						closing -= d.amount
					}
				}
				s.Closing = &closing
			}
			s.ToOn = r.lastOn
		})
}

// billing leaves later rows, credits and invoices out, and gives invoices and customers back what those
// took of them.
func (r *rewind) billing() {
	b, at := &r.in.Books, r.in.At
	type took struct {
		row, credit int64
		refunded    bool
	}
	of := map[book.ItemID]map[money.Currency]*took{}
	note := func(id book.ItemID, c money.Currency) *took {
		if of[id] == nil {
			of[id] = map[money.Currency]*took{}
		}
		if of[id][c] == nil {
			of[id][c] = &took{}
		}
		return of[id][c]
	}
	b.Payments = cut(r, b.Payments, func(p *book.Payment) book.ItemID { return p.ID },
		func(p *book.Payment) bool { return p.At > at }, func(p *book.Payment) {
			x := note(p.InvoiceID, p.Amount.Currency)
			x.row += p.Amount.Minor
			x.refunded = x.refunded || p.Amount.Minor < 0
		})
	held := map[book.ItemID]int64{}
	b.Credits = cut(r, b.Credits, func(c *book.Credit) book.ItemID { return c.ID },
		func(c *book.Credit) bool { return c.On > r.lastOn }, func(c *book.Credit) {
			held[c.CustomerID] += c.Amount.Minor
			if c.Amount.Minor < 0 {
				note(c.InvoiceID, c.Amount.Currency).credit -= c.Amount.Minor
			}
		})
	b.Customers = change(b.Customers, func(c *book.Customer) bool { return held[c.ID] != 0 },
		func(c *book.Customer) { c.Credit -= held[c.ID] })
	b.Invoices = cut(r, b.Invoices, func(v *book.Invoice) book.ItemID { return v.ID },
		func(v *book.Invoice) bool { return v.IssuedOn > r.lastOn }, func(*book.Invoice) {})
	b.Invoices = change(b.Invoices, func(v *book.Invoice) bool { return v.PaidAt > at || of[v.ID] != nil },
		func(v *book.Invoice) {
			refunded, paid := false, false
			if x := of[v.ID][v.Currency]; x != nil {
				v.Credit -= x.credit
				// Books that do not add up must not make an invoice owe more than it asks for.
				v.Balance = min(v.Balance+x.row+x.credit, max(v.Balance, v.Total))
				refunded, paid = x.refunded, x.row+x.credit > 0
			}
			switch {
			case v.PaidAt == 0 && v.Status == book.InvoicePaid && paid && v.Balance > 0:
				v.Status = book.InvoiceUnpaid
			case v.PaidAt > at && (v.Status == book.InvoicePaid || v.Status == book.InvoiceRefunded):
				r.unseen++
				v.Status, v.PaidAt = book.InvoiceUnpaid, 0
			case v.Status == book.InvoiceRefunded && refunded:
				v.Status = book.InvoicePaid
			}
		})
}

// decisions leaves out what people said of records that are not there yet.
func (r *rewind) decisions() {
	gone := func(id book.ItemID) bool { return r.gone[id] }
	r.in.Decisions = slices.DeleteFunc(slices.Clone(r.in.Decisions), func(m book.Match) bool {
		return slices.ContainsFunc(m.Left, gone) || slices.ContainsFunc(m.Right, gone)
	})
	r.in.Altered = slices.DeleteFunc(slices.Clone(r.in.Altered), func(a Alteration) bool {
		return gone(a.Item)
	})
}

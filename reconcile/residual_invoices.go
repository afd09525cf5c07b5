package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// wallet is one customer's credit: what was added, oldest first, and what is left of each entry
// when spending takes the oldest first.
type wallet struct {
	added []int32
	left  map[int32]int64
}

// portion is a part of an added credit that an invoice took.
type portion struct {
	credit int32
	amount int64
}

// readCredits replays each customer's credit log.
func (e *engine) readCredits() {
	e.wallets = map[book.ItemID]*wallet{}
	e.spentOn = map[int32][]portion{}
	order := make([]int32, len(e.creds))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := e.creds[a], e.creds[b]
		return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(len(x.ID), len(y.ID)),
			cmp.Compare(x.ID, y.ID))
	})
	for _, i := range order {
		c := e.creds[i]
		w := e.wallets[c.CustomerID]
		if w == nil {
			w = &wallet{left: map[int32]int64{}}
			e.wallets[c.CustomerID] = w
		}
		if c.Amount.Minor > 0 {
			w.added = append(w.added, i)
			w.left[i] = c.Amount.Minor
			continue
		}
		for _, part := range w.spend(-c.Amount.Minor) {
			if v, ok := e.invAt[c.InvoiceID]; ok {
				e.spentOn[v] = append(e.spentOn[v], part)
			}
		}
	}
	for id, w := range e.wallets {
		c := e.custs[id]
		if c == nil {
			continue
		}
		sum := int64(0)
		for _, left := range w.left {
			sum += left
		}
		if sum > c.Credit {
			w.spend(sum - max(c.Credit, 0))
		}
	}
}

// spend takes an amount from the oldest entries.
func (w *wallet) spend(amount int64) []portion {
	var out []portion
	for _, i := range w.added {
		if amount == 0 {
			break
		}
		if take := min(amount, w.left[i]); take > 0 {
			w.left[i] -= take
			amount -= take
			out = append(out, portion{i, take})
		}
	}
	return out
}

// remains is what is left of a credit entry.
func (e *engine) remains(i int32) int64 {
	w := e.wallets[e.creds[i].CustomerID]
	if w == nil {
		return 0
	}
	return w.left[i]
}

// creditsOf lists the entries that came from an invoice, oldest first.
func (e *engine) creditsOf(v int32) []int32 {
	w := e.wallets[e.invs[v].CustomerID]
	if w == nil {
		return nil
	}
	var out []int32
	for _, i := range w.added {
		if e.creds[i].InvoiceID == e.invs[v].ID {
			out = append(out, i)
		}
	}
	return out
}

// invoices compares what was received on each invoice with what was due.
func (e *engine) invoices() {
	for i, inv := range e.invs {
		v := int32(i)
		switch inv.Status {
		case book.InvoiceDraft, book.InvoiceGone, book.InvoiceCancelled:
			continue
		}
		net, in, out, last := e.received(v)
		due := inv.Total - inv.Credit
		switch {
		case in > 0 && net > due:
			e.overpaid(v, last, net-due)
		case e.invHeld[i]:
		case in == 0 && out == 0 && inv.Status == book.InvoicePaid && due > 0 && !e.invTaken[v]:
			e.closedByHand(v, due)
		case in > 0 && out == 0 && net < due &&
			(inv.Status.Open() || inv.Status == book.InvoicePaid):
			e.short(v, in, net, due, last)
		default:
			e.closedByCredit(v)
		}
	}
}

// received adds up an invoice's rows without second postings: the net, how many came in and went
// out, and the last that came in.
func (e *engine) received(v int32) (net int64, in, out int, last int32) {
	last = none
	for _, r := range e.rows[v] {
		p := e.pays[r]
		if _, twice := e.dupPays[r]; twice || p.Amount.Currency != e.invs[v].Currency {
			continue
		}
		net += p.Amount.Minor
		switch {
		case p.Amount.Minor < 0:
			out++
		case p.Amount.Minor > 0:
			in++
			if last == none || p.At >= e.pays[last].At { // Rows stand in the order of their ids.
				last = r
			}
		}
	}
	return net, in, out, last
}

// counterpart adds what a payment is matched to.
func (e *engine) counterpart(about []ref, pay int32) []ref {
	if at := e.payLink[pay]; at != none {
		about = append(about, e.links[at].right...)
	}
	return about
}

func (e *engine) legOf(pay int32) book.Leg {
	if e.payBank[pay] != "" {
		return book.BankBilling
	}
	return book.BillingGateway
}

// overpaid raises A2 while the excess is unspent. A duplicate receipt has its own class.
func (e *engine) overpaid(v, last int32, over int64) {
	inv := e.invs[v]
	from := e.creditsOf(v)
	left := over
	if len(from) > 0 {
		left = 0
		for _, c := range from {
			left += e.remains(c)
		}
		left = min(left, over)
	}
	if e.hasDuplicate(v) {
		e.holdCredits(from)
		return
	}
	if left <= 0 || e.payHeld[last] {
		return
	}
	e.holdCredits(from)
	gap := money.New(left, inv.Currency)
	about := append(e.counterpart([]ref{payRef(last)}, last), invRef(v))
	where := "is too much"
	if len(from) > 0 {
		where = "is still in the customer's credit"
	}
	e.raise(finding{class: book.A2, leg: e.legOf(last), about: about, amount: gap,
		why: fmt.Sprintf("%s was due on %s, but %s came in, and %s of it %s.",
			upper(coded(money.New(inv.Total-inv.Credit, inv.Currency))), e.invoiceName(v),
			figure(money.New(inv.Total-inv.Credit+over, inv.Currency)), figure(gap), where)})
}

// hasDuplicate reports whether a D1 speaks for a receipt of the invoice.
func (e *engine) hasDuplicate(v int32) bool {
	for _, r := range e.rows[v] {
		if t := e.txOf(r); t != none && e.d1[t] {
			return true
		}
	}
	return false
}

func (e *engine) holdCredits(of []int32) {
	for _, c := range of {
		e.credHeld[c] = true
	}
}

// short raises A1 for one receipt of less than due, A3 for several.
func (e *engine) short(v int32, in int, net, due int64, last int32) {
	if e.payHeld[last] {
		return
	}
	inv := e.invs[v]
	gap := money.New(due-net, inv.Currency)
	f := finding{class: book.A1, leg: e.legOf(last), amount: gap,
		about: append(e.counterpart([]ref{payRef(last)}, last), invRef(v))}
	times := "one receipt brought"
	if in > 1 {
		f.class = book.A3
		times = fmt.Sprintf("%d receipts brought", in)
		for _, r := range e.rows[v] {
			if r != last && e.pays[r].Amount.Minor > 0 {
				f.about = append(f.about, payRef(r))
			}
		}
	}
	owes := "so the customer still owes " + figure(gap)
	if class, said := e.nettedRow(last, due, net, inv.Currency); in == 1 && class != "" {
		f.class, owes = class, "because "+figure(gap)+" "+said
	} else if inv.Status == book.InvoicePaid {
		owes = "and it is marked as paid all the same, with " + figure(gap) + " missing"
	}
	f.why = fmt.Sprintf("%s was due on %s, but %s %s, "+
		"%s.", upper(coded(money.New(due, inv.Currency))),
		e.invoiceName(v), times, figure(money.New(net, inv.Currency)), owes)
	e.raise(f)
}

// closedByHand raises M8 for an invoice that is marked as paid with nothing received. One that a
// second posting closed is spoken for.
func (e *engine) closedByHand(v int32, due int64) {
	for _, r := range e.rows[v] {
		if _, twice := e.dupPays[r]; twice {
			return
		}
	}
	inv := e.invs[v]
	a := money.New(due, inv.Currency)
	f := finding{class: book.M8, leg: book.BillingGateway, about: []ref{invRef(v)}, amount: a,
		why: fmt.Sprintf("%s was due on %s, which is marked as paid with 0.00 received, so it "+
			"needs a reason.",
			upper(coded(a)), e.invoiceName(v))}
	if inv.PaidAt != 0 {
		f.on = inv.PaidAt.In(e.zone)
	}
	e.raise(f)
}

// closedByCredit raises M8 for an invoice that took credit which somebody added by hand.
func (e *engine) closedByCredit(v int32) {
	inv := e.invs[v]
	if inv.Credit <= 0 || inv.Status != book.InvoicePaid {
		return
	}
	sum := int64(0)
	about := []ref{invRef(v)}
	for _, part := range e.spentOn[v] {
		if e.byHandCredit(part.credit) {
			sum += part.amount
			about = append(about, credRef(part.credit))
		}
	}
	if sum == 0 {
		return
	}
	a := money.New(sum, inv.Currency)
	f := finding{class: book.M8, leg: book.BillingGateway, about: about, amount: a,
		why: fmt.Sprintf("%s of %s was paid with credit that somebody added by hand, with 0.00 "+
			"received for it, so it needs a reason.",
			upper(coded(a)), e.invoiceName(v))}
	if inv.PaidAt != 0 {
		f.on = inv.PaidAt.In(e.zone)
	}
	e.raise(f)
}

// byHandCredit reports whether somebody added a credit entry for nothing: billing says so, or it states
// neither an origin nor an invoice; and no payment without an invoice of the same customer and amount
// stands behind it.
func (e *engine) byHandCredit(c int32) bool {
	entry := e.creds[c]
	unstated := entry.Origin == "" && entry.InvoiceID == ""
	return (unstated || entry.Origin == book.CreditByHand) && e.depositOf(entry) == none
}

// depositOf is the payment without an invoice that a credit entry stands for, or none.
func (e *engine) depositOf(c *book.Credit) int32 {
	if e.deposits == nil {
		e.deposits = map[book.ItemID][]int32{}
		for i, p := range e.pays {
			if p.InvoiceID == "" && p.Amount.Minor > 0 {
				e.deposits[p.CustomerID] = append(e.deposits[p.CustomerID], int32(i))
			}
		}
	}
	for _, i := range e.deposits[c.CustomerID] {
		if p := e.pays[i]; p.Amount == c.Amount && e.payOn[i]-c.On <= 3 && c.On-e.payOn[i] <= 3 {
			return i
		}
	}
	return none
}

// unapplied raises M7 for credit that pays no invoice yet, and for receipts of no invoice.
func (e *engine) unapplied() {
	for i := range e.pays {
		if _, twice := e.dupPays[int32(i)]; twice {
			e.holdCredits(e.creditOfRow(int32(i)))
		}
	}
	deposited := map[int32]bool{}
	for i, c := range e.creds {
		at := int32(i)
		if c.Amount.Minor <= 0 {
			continue
		}
		row := none
		if c.InvoiceID == "" {
			row = e.depositOf(c)
		}
		if row != none {
			deposited[row] = true
		}
		left := e.remains(at)
		if left == 0 || e.credHeld[i] {
			continue
		}
		about := []ref{credRef(at)}
		if row != none {
			about = append(about, payRef(row))
		}
		a := money.New(left, c.Amount.Currency)
		e.raise(finding{class: book.M7, leg: book.BillingGateway, about: about, amount: a,
			why: fmt.Sprintf("%s%s was added as credit and %s of it pays no invoice yet.",
				upper(coded(c.Amount)), e.of(c.CustomerID), figure(a))})
	}
	for i, p := range e.pays {
		r := int32(i)
		if p.InvoiceID != "" || p.Amount.Minor <= 0 || deposited[r] || e.payHeld[i] ||
			p.CustomerID == "" || e.behind[i] == "" && e.payBank[i] == "" {
			continue
		}
		e.raise(finding{class: book.M7, leg: e.legOf(r), amount: p.Amount,
			about: e.counterpart([]ref{payRef(r)}, r), why: fmt.Sprintf(
				"Billing records %s%s, but it pays no invoice and 0.00 of it is in credit.",
				coded(p.Amount), e.of(p.CustomerID))})
	}
}

// creditOfRow lists the credit that a second posting made.
func (e *engine) creditOfRow(i int32) []int32 {
	v := e.payInv[i]
	if v == none {
		return nil
	}
	return e.creditsOf(v)
}

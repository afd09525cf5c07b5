package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// hygiene is P0: it sorts the records, sets aside what stands twice, and builds the indexes.
func (e *engine) hygiene() error {
	b := &e.in.Books
	e.invs = sorted(b.Invoices, func(r *book.Invoice) book.ItemID { return r.ID },
		func(r *book.Invoice) {
			e.twice(r.ID, money.New(r.Total, r.Currency), r.IssuedOn, "invoice")
		})
	e.pays = sorted(b.Payments, func(r *book.Payment) book.ItemID { return r.ID },
		func(r *book.Payment) { e.twice(r.ID, r.Amount, r.At.In(e.zone), "payment") })
	e.txs = sorted(b.Transactions, func(r *book.Transaction) book.ItemID { return r.ID },
		func(r *book.Transaction) { e.twice(r.ID, charged(r), r.At.In(e.zone), "movement") })
	e.pouts = sorted(b.Payouts, func(r *book.Payout) book.ItemID { return r.ID },
		func(r *book.Payout) { e.twice(r.ID, r.Amount, r.SentAt.In(e.zone), "payout") })
	e.lines = sorted(b.Lines, func(r *book.BankLine) book.ItemID { return r.ID },
		func(r *book.BankLine) { e.twice(r.ID, r.Amount, lineOn(r), "bank line") })
	e.creds = sorted(b.Credits, func(r *book.Credit) book.ItemID { return r.ID },
		func(r *book.Credit) { e.twice(r.ID, r.Amount, r.On, "credit") })
	e.repeatedLines()
	e.indexBilling()
	e.groupRows()
	e.indexGateways()
	e.payLink, e.txLink, e.txSettled = fill(len(e.pays)), fill(len(e.txs)), fill(len(e.txs))
	e.poutComposed, e.poutLink = fill(len(e.pouts)), fill(len(e.pouts))
	e.lineLink, e.invTaken = fill(len(e.lines)), make([]bool, len(e.invs))
	e.payHeld, e.txHeld = make([]bool, len(e.pays)), make([]bool, len(e.txs))
	e.poutHeld, e.lineHeld = make([]bool, len(e.pouts)), make([]bool, len(e.lines))
	e.invHeld, e.credHeld = make([]bool, len(e.invs)), make([]bool, len(e.creds))
	e.refs = newArena[ref](2 * len(e.pays))
	e.links = make([]link, 0, len(e.pays)+len(e.txs)/8+3*len(e.pouts))
	e.quotes = make([]bool, len(e.lines))
	e.use = newUsage(e)
	return nil
}

func (e *engine) twice(id book.ItemID, amount money.Money, on book.Date, what string) {
	e.duplicates = append(e.duplicates, duplicate{id, amount, on, what})
}

// repeatedLines finds one line of the bank that two statements brought in under two ids: the same
// account, reference of the bank, date, amount and text. A reference without digits, or one that
// stands twice in a statement, is no line's own.
func (e *engine) repeatedLines() {
	type key struct {
		account   book.AccountName
		bankID    string
		on        book.Date
		amount    money.Money
		reference string
		text      string
	}
	first := make(map[key]*book.BankLine, len(e.lines))
	var common map[mention]bool
	kept := e.lines[:0:0]
	for _, l := range e.lines {
		k := key{l.Account, l.BankID, lineOn(l), l.Amount, fold(l.Reference), fold(l.Text)}
		o := first[k]
		if hasDigit(l.BankID) && o != nil && o.StatementID != l.StatementID {
			if common == nil {
				common = e.commonReferences()
			}
			if !common[mention{account: l.Account, bankID: l.BankID}] {
				e.twice(l.ID, l.Amount, lineOn(l), "bank line")
				continue
			}
		}
		if o == nil {
			first[k] = l
		}
		kept = append(kept, l)
	}
	e.lines = kept
}

// mention is a reference of the bank in one statement, or in all of an account's.
type mention struct {
	account   book.AccountName
	statement book.ItemID
	bankID    string
}

// commonReferences are those that stand twice in one statement.
func (e *engine) commonReferences() map[mention]bool {
	said, common := make(map[mention]bool, len(e.lines)), map[mention]bool{}
	for _, l := range e.lines {
		m := mention{l.Account, l.StatementID, l.BankID}
		if said[m] {
			common[mention{account: l.Account, bankID: l.BankID}] = true
		}
		said[m] = true
	}
	return common
}

// indexBilling finds each payment's invoice and what stands behind its payment method.
func (e *engine) indexBilling() {
	e.invAt = make(map[book.ItemID]int32, len(e.invs))
	for i, v := range e.invs {
		e.invAt[v.ID] = int32(i)
	}
	e.custs = make(map[book.ItemID]*book.Customer, len(e.in.Books.Customers))
	for i := range e.in.Books.Customers {
		c := &e.in.Books.Customers[i]
		if o := e.custs[c.ID]; o == nil || fmt.Sprintf("%+v", *c) < fmt.Sprintf("%+v", *o) {
			e.custs[c.ID] = c
		}
	}
	accounts := map[string]bool{}
	for i := range e.in.Accounts {
		accounts[string(e.in.Accounts[i].Name)] = true
	}
	n := len(e.pays)
	e.payOn, e.payInv = make([]book.Date, n), fill(n)
	e.behind, e.payBank = make([]book.SourceName, n), make([]book.AccountName, n)
	for i, p := range e.pays {
		e.payOn[i] = p.At.In(e.zone)
		if v, ok := e.invAt[p.InvoiceID]; ok && p.InvoiceID != "" {
			e.payInv[i] = v
		}
		s := e.sources[p.Source]
		if s == nil {
			continue
		}
		name := s.Methods[p.Method]
		switch {
		case e.isGateway(book.SourceName(name)):
			e.behind[i] = book.SourceName(name)
		case accounts[name]:
			e.payBank[i] = book.AccountName(name)
		}
	}
}

// groupRows lists the payments of each invoice in one packed slice.
func (e *engine) groupRows() {
	e.rows = make([][]int32, len(e.invs))
	count := make([]int32, len(e.invs))
	for _, v := range e.payInv {
		if v != none {
			count[v]++
		}
	}
	packed := newArena[int32](len(e.pays))
	for v, n := range count {
		if n > 0 {
			e.rows[v] = packed.take(int(n))[:0]
		}
	}
	for i, v := range e.payInv {
		if v != none {
			e.rows[v] = append(e.rows[v], int32(i))
		}
	}
}

// indexGateways builds the alias graph of each gateway and the links from child to parent.
func (e *engine) indexGateways() {
	n := len(e.txs)
	e.txOn, e.parent = make([]book.Date, n), fill(n)
	e.aliases = make(map[book.SourceName]*aliasIndex, len(e.sources))
	for i, t := range e.txs {
		e.txOn[i] = t.At.In(e.zone)
	}
	e.poutAt = make(map[book.ItemID]int32, len(e.pouts))
	for i, p := range e.pouts {
		e.poutAt[p.ID] = int32(i)
	}
	e.wanted()
	for i, t := range e.txs {
		if t.Parent != "" {
			if up, ok := e.find(t.Parent); ok && up != int32(i) {
				e.parent[i] = up
				e.children[up] = append(e.children[up], int32(i))
			}
		}
		if t.Kind == book.PayoutFailure {
			if p, ok := e.poutAt[t.Parent]; ok && e.returns(t, p) {
				e.returned[p] = int32(i)
			}
		}
		x := e.aliases[t.Source]
		if x == nil {
			continue
		}
		x.note(t.ID.Native(), int32(i))
		for _, a := range t.Aliases {
			x.note(a, int32(i))
		}
	}
	for _, x := range e.aliases {
		x.foldLost(e)
	}
}

// returns reports whether a movement brings back the whole of a payout; another amount is no return
// but an adjustment.
func (e *engine) returns(t *book.Transaction, p int32) bool {
	return money.New(t.Gross, t.Currency) == e.pouts[p].Amount && t.At >= e.pouts[p].SentAt
}

// origin is the charge from which a movement descends: itself, its parent, or its parent's parent.
func (e *engine) origin(t int32) int32 {
	for range 8 {
		if e.parent[t] == none {
			return t
		}
		t = e.parent[t]
	}
	return t
}

// decisions keeps what people decided: rejected pairs are remembered, confirmed matches use up
// their records. A confirmed match whose record is gone is kept aside as D9.
func (e *engine) decisions() error {
	given := make([]*book.Match, 0, len(e.in.Decisions))
	for i := range e.in.Decisions {
		given = append(given, &e.in.Decisions[i])
	}
	slices.SortFunc(given, func(a, b *book.Match) int {
		return cmp.Or(cmp.Compare(a.Leg, b.Leg), slices.Compare(a.Left, b.Left),
			slices.Compare(a.Right, b.Right), cmp.Compare(a.State, b.State))
	})
	places := e.places()
	for i, m := range given {
		if m.State == book.Rejected {
			e.rejected[MatchID(m.Leg, m.Left, m.Right)] = true
			continue
		}
		if m.State != book.Confirmed || i > 0 && sameMatch(given[i-1], m) {
			continue
		}
		l := link{pass: m.Pass, leg: m.Leg, state: m.State, given: m, uses: m.Uses}
		var gone bool
		l.left, gone = find(places, m.Left, gone)
		l.right, gone = find(places, m.Right, gone)
		e.recorded(&l)
		switch {
		case gone:
			e.setAside(l, "one of its records is gone")
			continue
		case !l.joins():
			e.setAside(l, "its records do not belong on this leg")
			continue
		}
		if len(m.Uses) != len(m.Left)+len(m.Right) {
			l.uses = nil
		}
		if err := e.checkUse(&l, true); err != nil {
			e.setAside(l, "one of its records no longer has that amount to give")
			continue
		}
		e.add(l)
		if err := e.check(book.PHand); err != nil {
			return err
		}
	}
	return nil
}

func sameMatch(a, b *book.Match) bool {
	return a.State == b.State && a.Leg == b.Leg && slices.Equal(a.Left, b.Left) &&
		slices.Equal(a.Right, b.Right)
}

// places finds any record that a decision names.
func (e *engine) places() map[book.ItemID]ref {
	if len(e.in.Decisions) == 0 && len(e.in.Altered) == 0 {
		return nil
	}
	want := map[book.ItemID]bool{}
	for i := range e.in.Decisions {
		for _, id := range e.in.Decisions[i].Left {
			want[id] = true
		}
		for _, id := range e.in.Decisions[i].Right {
			want[id] = true
		}
	}
	for i := range e.in.Altered {
		want[e.in.Altered[i].Item] = true
	}
	out := make(map[book.ItemID]ref, len(want))
	note := func(n int, make func(int32) ref) {
		for i := range int32(n) {
			if r := make(i); want[e.id(r)] {
				out[e.id(r)] = r
			}
		}
	}
	note(len(e.creds), credRef)
	note(len(e.lines), lineRef)
	note(len(e.pouts), poutRef)
	note(len(e.txs), txRef)
	note(len(e.pays), payRef)
	note(len(e.invs), invRef)
	return out
}

func find(places map[book.ItemID]ref, items []book.ItemID, gone bool) ([]ref, bool) {
	out := make([]ref, 0, len(items))
	for _, id := range items {
		if r, ok := places[id]; ok {
			out = append(out, r)
		} else {
			gone = true
		}
	}
	return out, gone
}

package reconcile

import (
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// How far a payment row may lie from the bank line that it records: a clerk books before the bank
// does by a few days, and later by some weeks where the text or the reference names the pair.
const (
	rowDaysBefore = 5
	rowDaysAfter  = 45
	rowDaysWeak   = 7
)

// transfer is what a bank line's text says: the invoices that it names, and whether a name of it
// means two invoices.
type transfer struct {
	named    []int32
	doubtful []int32
	// left are the rows and invoices that the line pays exactly.
	left []ref
	// hidden is the number that it names in disguise, "" for none.
	hidden string
}

// readTransfers reads the free lines of all accounts, before payouts are found by amount: a line
// that names an invoice of exactly its amount is no payout's. It fills quotes and transfer.
func (e *engine) readTransfers() {
	e.transfer = make([]transfer, len(e.lines))
	want := map[string][]int32{}
	words := make([][]string, len(e.lines))
	refs := map[string][]int32{}
	for i, l := range e.lines {
		if !e.openLine(int32(i)) {
			continue
		}
		words[i] = namesOf(l, e.pattern(l.Account))
		for _, w := range words[i] {
			want[w] = nil
		}
		for _, id := range []string{fold(l.BankID), fold(l.ID.Native())} {
			if len(id) >= 6 {
				refs[id] = appendNew(refs[id], int32(i))
			}
		}
	}
	e.findNamed(want)
	quoted := e.rowsByLine(refs)
	for i, l := range e.lines {
		if words[i] == nil && quoted[int32(i)] == nil {
			continue
		}
		t := &e.transfer[i]
		for _, w := range words[i] {
			of := want[w]
			if len(of) > 1 {
				t.doubtful = append(t.doubtful, of...)
			}
			for _, v := range of {
				t.named = appendNew(t.named, v)
			}
		}
		slices.Sort(t.named)
		t.left = e.paidExactly(l, t.named, quoted[int32(i)])
		e.quotes[i] = len(t.left) > 0 && !e.confirmed(e.lines[i])
	}
}

// openLine reports whether a line is booked and nothing explains it yet.
func (e *engine) openLine(i int32) bool {
	l := e.lines[i]
	return e.lineLink[i] == none && !e.lineHeld[i] && !l.Pending && l.Amount.Minor != 0
}

// findNamed finds the invoices that the wanted words name, by id or by printed number.
func (e *engine) findNamed(want map[string][]int32) {
	if len(want) == 0 {
		return
	}
	for i, v := range e.invs {
		if v.Status == book.InvoiceDraft || v.Status == book.InvoiceGone {
			continue
		}
		id := strings.TrimPrefix(v.ID.Native(), "invoice/")
		if of, ok := want[id]; ok {
			want[id] = appendNew(of, int32(i))
		}
		if v.Number == "" {
			continue
		}
		number := foldNumber(v.Number)
		if of, ok := want[number]; ok {
			want[number] = appendNew(of, int32(i))
		}
	}
}

// rowsByLine finds the rows of a bank method whose reference is a line's own id at the bank.
func (e *engine) rowsByLine(refs map[string][]int32) map[int32][]int32 {
	out := map[int32][]int32{}
	for i, p := range e.pays {
		if e.payBank[i] == "" || e.payLink[i] != none || p.Reference == "" {
			continue
		}
		for _, l := range refs[fold(p.Reference)] {
			if e.lines[l].Account == e.payBank[i] {
				out[l] = append(out[l], int32(i))
			}
		}
	}
	return out
}

// paidExactly lists what a line pays to the cent: one row or open invoice each (several where they
// compete), or all that it names together, where they are of one customer.
func (e *engine) paidExactly(line *book.BankLine, named, quoted []int32) []ref {
	var out []ref
	for _, i := range quoted {
		if e.pays[i].Amount == line.Amount {
			out = append(out, payRef(i))
		}
	}
	for _, v := range named {
		rows := e.bankRows(v, line, rowDaysBefore, rowDaysAfter)
		exact := false
		for _, i := range rows {
			if e.pays[i].Amount == line.Amount {
				exact = true
				if !slices.Contains(out, payRef(i)) {
					out = append(out, payRef(i))
				}
			}
		}
		if inv := e.invs[v]; !exact && len(rows) == 0 && e.owes(v) &&
			line.Amount == money.New(inv.Balance, inv.Currency) {
			out = append(out, invRef(v))
		}
	}
	if len(out) > 0 || len(named) < 2 {
		return out
	}
	return e.paidTogether(line, named)
}

// paidTogether is the rows and open invoices of one customer that a line names and pays in full.
func (e *engine) paidTogether(line *book.BankLine, named []int32) []ref {
	var out []ref
	sum := int64(0)
	for _, v := range named {
		inv := e.invs[v]
		if inv.CustomerID != e.invs[named[0]].CustomerID || inv.Currency != line.Amount.Currency {
			return nil
		}
		rows := e.bankRows(v, line, rowDaysBefore, rowDaysAfter)
		switch {
		case len(rows) == 1:
			out = append(out, payRef(rows[0]))
			sum += e.pays[rows[0]].Amount.Minor
		case len(rows) == 0 && e.owes(v):
			out = append(out, invRef(v))
			sum += inv.Balance
		default:
			return nil
		}
	}
	if sum != line.Amount.Minor {
		return nil
	}
	slices.Sort(out)
	return out
}

// bankRows are an invoice's free rows of the line's account, sign and currency, booked around it.
func (e *engine) bankRows(v int32, l *book.BankLine, before, after book.Date) []int32 {
	var out []int32
	for _, i := range e.rows[v] {
		p := e.pays[i]
		apart := e.payOn[i] - lineOn(l)
		if e.payBank[i] == l.Account && e.payLink[i] == none && !e.payHeld[i] &&
			p.Amount.Currency == l.Amount.Currency && apart >= -before && apart <= after &&
			(p.Amount.Minor > 0) == (l.Amount.Minor > 0) {
			out = append(out, i)
		}
	}
	return out
}

// transfers is P7: direct transfers find the row that billing made of them, or the open invoice
// that they pay.
func (e *engine) transfers() error {
	g := newGraph()
	for i := range e.lines {
		l, t := int32(i), &e.transfer[i]
		if !e.openLine(l) {
			continue
		}
		if len(t.doubtful) > 0 && len(t.left) > 0 {
			left := slices.Clone(t.left)
			for _, v := range t.doubtful {
				if !slices.ContainsFunc(left, func(r ref) bool { return e.speaksOf(r, v) }) {
					left = append(left, invRef(v))
				}
			}
			if len(left) > 1 {
				slices.Sort(left)
				e.ambiguous(book.BankBilling, []ref{lineRef(l)}, left)
				continue
			}
		}
		for _, r := range t.left {
			if !e.isHeld(r) && !e.isRejected(book.BankBilling, r, lineRef(l)) {
				g.pair(r, lineRef(l))
			}
		}
	}
	for _, c := range g.components() {
		if c.unique() && e.namesOthers(c) {
			e.suggest(book.P7, book.BankBilling, c.left, c.right)
			continue
		}
		if c.unique() || len(c.right) == 1 && e.isTogether(c) {
			e.add(link{pass: book.P7, leg: book.BankBilling, state: book.Auto, left: c.left,
				right: c.right, uses: e.transferUses(c)})
			continue
		}
		e.ambiguous(book.BankBilling, c.right, c.left)
	}
	e.disguisedTransfers()
	return nil
}

// namesOthers reports whether a line that pays a row or invoice exactly names an open invoice of
// another customer too.
func (e *engine) namesOthers(c component) bool {
	who := e.payer(c.left[0])
	return slices.ContainsFunc(e.transfer[c.right[0].at()].named, func(v int32) bool {
		return e.invs[v].CustomerID != who && e.owes(v)
	})
}

// speaksOf reports whether a row or invoice is about an invoice.
func (e *engine) speaksOf(r ref, v int32) bool {
	return r == invRef(v) || r.sort() == sortPay && e.payInv[r.at()] == v
}

// isTogether reports whether the left records are paid by the line as a whole: their sum is exact,
// and none of them by itself.
func (e *engine) isTogether(c component) bool {
	line := e.lines[c.right[0].at()]
	sum := int64(0)
	for _, r := range c.left {
		a := e.openAmount(r)
		if a == line.Amount {
			return false
		}
		sum += a.Minor
	}
	return sum == line.Amount.Minor
}

// openAmount is what a transfer may pay: a row's amount, an invoice's open balance.
func (e *engine) openAmount(r ref) money.Money {
	if r.sort() == sortInv {
		return money.New(e.invs[r.at()].Balance, e.invs[r.at()].Currency)
	}
	return e.amount(r, book.BankBilling)
}

func (e *engine) transferUses(c component) []money.Money {
	var out []money.Money
	for _, r := range c.left {
		out = append(out, e.openAmount(r))
	}
	return append(out, e.lines[c.right[0].at()].Amount)
}

// weakTransfers is P14: it offers lines that name nothing: the one free row of their account and
// amount within a week, or the one open invoice of that amount whose customer is the sender.
func (e *engine) weakTransfers() error {
	by := map[worth][]int32{}
	for i, l := range e.lines {
		if e.openLine(int32(i)) && len(e.transfer[i].left) == 0 {
			k := worth{l.Account, l.Amount}
			by[k] = append(by[k], int32(i))
		}
	}
	if len(by) == 0 {
		return nil
	}
	g := newGraph()
	for i, p := range e.pays {
		if e.payBank[i] == "" || e.payLink[i] != none || e.payHeld[i] {
			continue
		}
		for _, l := range by[worth{e.payBank[i], p.Amount}] {
			apart := e.payOn[i] - lineOn(e.lines[l])
			if apart >= -rowDaysWeak && apart <= rowDaysWeak && e.namesNoOther(l, int32(i)) &&
				!e.isRejected(book.BankBilling, payRef(int32(i)), lineRef(l)) {
				g.pair(payRef(int32(i)), lineRef(l))
			}
		}
	}
	e.openBySender(g, by)
	for _, c := range g.components() {
		if c.unique() {
			e.suggest(book.P14, book.BankBilling, c.left, c.right)
			continue
		}
		e.ambiguous(book.BankBilling, c.right, c.left)
	}
	return nil
}

// namesNoOther reports whether a line's text leaves room for a row: it names no invoice, or the
// row's own.
func (e *engine) namesNoOther(l, row int32) bool {
	named := e.transfer[l].named
	return len(named) == 0 || e.payInv[row] != none && slices.Contains(named, e.payInv[row])
}

// openBySender adds the open invoices whose customer's name is the line's sender.
func (e *engine) openBySender(g *graph, by map[worth][]int32) {
	senders := map[string]bool{}
	for _, of := range by {
		for _, l := range of {
			if name := foldName(e.lines[l].Counterparty); len(name) >= 5 {
				senders[name] = true
			}
		}
	}
	for i, v := range e.invs {
		if !e.owes(int32(i)) || e.invHeld[i] {
			continue
		}
		for a := range e.in.Accounts {
			for _, l := range by[worth{e.in.Accounts[a].Name, money.New(v.Balance, v.Currency)}] {
				line := e.lines[l]
				sent := foldName(line.Counterparty)
				c := e.custs[v.CustomerID]
				if c != nil && senders[sent] &&
					(foldName(c.Company) == sent || foldName(c.Name) == sent) &&
					len(e.transfer[l].named) == 0 && lineOn(line) >= v.IssuedOn &&
					!e.isRejected(book.BankBilling, invRef(int32(i)), lineRef(l)) {
					g.pair(invRef(int32(i)), lineRef(l))
				}
			}
		}
	}
}

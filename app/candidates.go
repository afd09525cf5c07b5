package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
)

// mostCandidates is how many candidates a person is shown.
const mostCandidates = 20

// ranked is a candidate with what it is worth.
type ranked struct {
	Candidate
	score int
	on    int
}

// Candidates are the sets of records that may explain a bank line, a payout, a charge, a payment or an
// invoice, the likeliest first, with every fact that was compared; those that a person rejected come
// last. The order is the same for the same books.
func (m *Month) Candidates(item book.ItemID) []Candidate {
	if !m.known(item) {
		return nil
	}
	var all []ranked
	seen := map[book.ItemID]bool{}
	for _, j := range joints {
		if j.leg == book.GatewayGateway {
			continue
		}
		kind := m.kindOf(item)
		var others []book.Kind
		switch {
		case slices.Contains(j.left, kind):
			others = j.right
		case slices.Contains(j.right, kind):
			others = j.left
		default:
			continue
		}
		q := m.wanted(item, j.leg)
		for _, p := range m.openItems(others, j.leg) {
			if p.item != item && !seen[p.item] && m.worthComparing(&q, p) {
				if c, ok := m.compare(&q, p, j.leg); ok {
					all, seen[p.item] = append(all, c), true
				}
			}
		}
		all = append(all, m.sumsFor(item, j.leg, others)...)
	}
	return topOf(all)
}

func topOf(all []ranked) []Candidate {
	slices.SortFunc(all, func(a, b ranked) int {
		if a.Rejected != b.Rejected {
			if b.Rejected {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.on, b.on),
			slices.Compare(a.Items, b.Items))
	})
	out := make([]Candidate, 0, min(len(all), mostCandidates))
	for i := range all[:min(len(all), mostCandidates)] {
		out = append(out, all[i].Candidate)
	}
	return out
}

// openItems are the records of some kinds of which a leg may still take something.
func (m *Month) openItems(kinds []book.Kind, leg book.Leg) []part {
	var out []part
	for _, k := range kinds {
		out = append(out, m.lazy.openOf(string(leg)+string(k), func() []part {
			return m.openOfKind(k, leg)
		})...)
	}
	return out
}

func (m *Month) openOfKind(kind book.Kind, leg book.Leg) []part {
	var out []part
	take := func(id book.ItemID) {
		if free := m.free(id, leg, nil); free.Minor != 0 {
			out = append(out, part{id, free})
		}
	}
	switch kind {
	case book.KindInvoice:
		for i := range m.Books.Invoices {
			if v := &m.Books.Invoices[i]; v.Status.Open() && v.Balance > 0 {
				take(v.ID)
			}
		}
	case book.KindPayment:
		for i := range m.Books.Payments {
			if m.goesBy(&m.Books.Payments[i], leg) {
				take(m.Books.Payments[i].ID)
			}
		}
	case book.KindTransaction:
		for i := range m.Books.Transactions {
			if t := &m.Books.Transactions[i]; t.State == book.Succeeded && t.Gross != 0 {
				take(t.ID)
			}
		}
	case book.KindPayout:
		for i := range m.Books.Payouts {
			take(m.Books.Payouts[i].ID)
		}
	case book.KindBankLine:
		for i := range m.Books.Lines {
			if !m.Books.Lines[i].Pending {
				take(m.Books.Lines[i].ID)
			}
		}
	}
	return out
}

// goesBy reports whether a payment's method leads to the other side of a leg.
func (m *Month) goesBy(p *book.Payment, leg book.Leg) bool {
	for _, s := range m.Config.Sources {
		if s.Name != p.Source {
			continue
		}
		behind := s.Gateways[p.Method]
		_, bank := m.Config.Account(book.AccountName(behind))
		return behind != "" && bank == (leg == book.BankBilling)
	}
	return false
}

// wanted is the item for which candidates are looked for.
type wanted struct {
	item  book.ItemID
	free  money.Money
	owner book.ItemID
	// text is what the item says, without blanks and signs; keys are the names of it in others' texts.
	text string
	keys []string
	line bool
	// name is the owner's, in the same form.
	name string
}

func (m *Month) wanted(item book.ItemID, leg book.Leg) wanted {
	q := wanted{item: item, free: m.free(item, leg, nil), owner: m.customerOf(item),
		text: foldWords(m.textOf(item))}
	if q.free.Minor == 0 {
		q.free = m.holding(item, leg)
	}
	if l := m.Line(item); l != nil {
		q.line, q.owner, q.text = true, m.senderOf(l), foldWords(l.Counterparty+m.textOf(item))
	}
	for _, k := range m.keysOf(item) {
		q.keys = append(q.keys, foldWords(k))
	}
	if c := m.Customer(q.owner); c != nil {
		q.name = foldWords(c.Title())
	}
	return q
}

// worthComparing reports whether anything at all speaks for two records: most are told apart by this, and
// nothing is written down of them.
func (m *Month) worthComparing(q *wanted, p part) bool {
	if q.free == p.use || q.owner != "" && m.customerOf(p.item) == q.owner {
		return true
	}
	if q.text != "" {
		for _, k := range m.keysOf(p.item) {
			if strings.Contains(q.text, foldWords(k)) {
				return true
			}
		}
		if name := foldWords(m.Party(p.item)); q.line && len(name) >= 5 && strings.Contains(q.text, name) {
			return true
		}
	}
	l := m.Line(p.item)
	if l != nil && q.owner != "" && m.senderOf(l) == q.owner {
		return true
	}
	text := foldWords(m.textOf(p.item))
	if text == "" {
		return false
	}
	return slices.ContainsFunc(q.keys, func(k string) bool { return k != "" && strings.Contains(text, k) }) ||
		l != nil && len(q.name) >= 5 && strings.Contains(foldWords(l.Counterparty)+text, q.name)
}

// compare holds one record against another; false where nothing speaks for the two.
func (m *Month) compare(q *wanted, p part, leg book.Leg) (ranked, bool) {
	a, b, item, other := q.free, p.use, q.item, p.item
	if a.Currency != b.Currency || (a.Minor > 0) != (b.Minor > 0) {
		return ranked{}, false
	}
	r := ranked{Candidate: Candidate{Items: []book.ItemID{other}, Amount: b, Title: m.ItemName(other),
		Difference: money.New(a.Minor-b.Minor, a.Currency)}}
	m.fact(&r, a == b, 4, "Same amount", "Amount differs by "+plainFigure(r.Difference))
	customer := m.sameCustomer(&r, item, other)
	number := m.numberFact(&r, item, other)
	m.dateFact(&r, item, other)
	m.rejectedFact(&r, item, leg)
	if a != b && !customer && !number {
		return r, false
	}
	r.Detail = detailOf(&r)
	return r, true
}

// fact notes what was compared and counts it.
func (m *Month) fact(r *ranked, yes bool, worth int, is, not string) {
	text := not
	if yes {
		text = is
		r.score += worth
	}
	if text != "" {
		r.Facts = append(r.Facts, CandidateFact{text, yes})
	}
}

// sameCustomer compares whose records two are, by the account that money was sent from before, by name, or
// by billing's own word.
func (m *Month) sameCustomer(r *ranked, item, other book.ItemID) bool {
	line, record := m.Line(item), other
	if line == nil {
		line, record = m.Line(other), item
	}
	if line == nil {
		a, b := m.customerOf(item), m.customerOf(other)
		if a == "" || b == "" {
			return false
		}
		m.fact(r, a == b, 3, "Same customer", "Another customer")
		return a == b
	}
	owner := m.customerOf(record)
	if owner == "" {
		return false
	}
	s := m.senders()
	byAccount := s.accounts[foldWords(line.CounterpartyAccount)]
	switch {
	case byAccount != "":
		m.fact(r, byAccount == owner, 4, "Account belongs to this customer", "Another customer's account")
		return byAccount == owner
	case line.CounterpartyAccount != "":
		r.Facts = append(r.Facts, CandidateFact{"Account not seen before", false})
	}
	name := foldWords(m.Party(record))
	text := foldWords(line.Counterparty + " " + line.Text)
	same := len(name) >= 5 && strings.Contains(text, name)
	m.fact(r, same, 3, "Customer's name in the bank text", "No name in the bank text")
	return same
}

// numberFact looks for an invoice's number, or a payout's trace, in the text of the other record.
func (m *Month) numberFact(r *ranked, item, other book.ItemID) bool {
	for _, pair := range [][2]book.ItemID{{item, other}, {other, item}} {
		text, keys := m.textOf(pair[0]), m.keysOf(pair[1])
		if text == "" || len(keys) == 0 {
			continue
		}
		folded := foldWords(text)
		for _, k := range keys {
			switch {
			case wholeWord(text, k):
				m.fact(r, true, 5, "Names "+k, "")
				return true
			case len(foldWords(k)) >= 5 && strings.Contains(folded, foldWords(k)):
				m.fact(r, true, 2, "Holds "+k+" within other letters", "")
				return true
			}
		}
		m.fact(r, false, 0, "", "Names no "+keys[0])
		return false
	}
	return false
}

// textOf is the free text of a record, "" for none.
func (m *Month) textOf(id book.ItemID) string {
	if l := m.Line(id); l != nil {
		return l.Reference + " " + l.Structured + " " + l.Text
	} else if t := m.Transaction(id); t != nil {
		return t.InvoiceRef + " " + t.Text
	} else if p := m.Payment(id); p != nil {
		return p.Reference + " " + p.Text
	}
	return ""
}

// keysOf are the names by which others speak of a record.
func (m *Month) keysOf(id book.ItemID) []string {
	var out []string
	if v := m.Invoice(id); v != nil {
		out = []string{v.Number, strings.TrimPrefix(v.ID.Native(), "invoice/")}
	} else if p := m.Payment(id); p != nil {
		if v := m.Invoice(p.InvoiceID); v != nil {
			out = []string{v.Number, strings.TrimPrefix(v.ID.Native(), "invoice/")}
		}
	} else if p := m.Payout(id); p != nil {
		out = append([]string{p.Trace, p.ID.Native()}, p.Aliases...)
	} else if t := m.Transaction(id); t != nil {
		out = append([]string{t.ID.Native()}, t.Aliases...)
	}
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < 2 })
}

// wholeWord reports whether a text holds a word with no letter or digit beside it.
func wholeWord(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		if !joins(text, i-1) && !joins(text, i+len(word)) {
			return true
		}
		at = i + 1
	}
}

func joins(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' ||
		s[i] >= 0x80)
}

func (m *Month) dateFact(r *ranked, item, other book.ItemID) {
	a, b := m.ItemOn(item), m.ItemOn(other)
	if v := m.Invoice(other); v != nil && v.DueOn != 0 {
		b = v.DueOn
	}
	if a == 0 || b == 0 {
		return
	}
	r.on = apart(a, b)
	m.fact(r, r.on <= 7, 1, upperFirst(daysApart(r.on)), upperFirst(daysApart(r.on)))
}

// rejectedFact marks what a person said no to.
func (m *Month) rejectedFact(r *ranked, item book.ItemID, leg book.Leg) {
	for _, id := range []string{reconcile.MatchID(leg, r.Items, []book.ItemID{item}),
		reconcile.MatchID(leg, []book.ItemID{item}, r.Items)} {
		if m.Rejected[id] {
			r.Rejected = true
			r.Facts = append(r.Facts, CandidateFact{"Rejected by a person", false})
			return
		}
	}
}

// detailOf is what a candidate stands on, in a few words.
func detailOf(r *ranked) string {
	var yes []string
	for _, f := range r.Facts {
		if f.Yes {
			yes = append(yes, strings.ToLower(f.Text[:1])+f.Text[1:])
		}
	}
	switch {
	case r.Rejected:
		return "A person said no to it"
	case len(yes) == 1 && r.Difference.Minor == 0:
		return "Weak: amount only"
	}
	return upperFirst(strings.Join(yes, ", "))
}

// sumsFor finds the sets of several records of one customer, or of one gateway, that come to an item.
func (m *Month) sumsFor(item book.ItemID, leg book.Leg, kinds []book.Kind) []ranked {
	target := m.free(item, leg, nil)
	if target.Minor <= 0 || leg == book.BillingGateway && m.kindOf(item) != book.KindTransaction {
		return nil
	}
	who := m.customerOf(item)
	if l := m.Line(item); l != nil {
		who = m.senderOf(l)
	}
	var pool []book.ItemID
	for _, o := range m.openItems(kinds, leg) {
		id := o.item
		own := who != "" && m.customerOf(id) == who
		if p := m.Payout(item); p != nil && leg == book.GatewayPayout {
			t := m.Transaction(id)
			own = t != nil && t.Source == p.Source && t.PayoutID == "" && t.At <= p.SentAt
		}
		if !own {
			continue
		}
		if o.use.Currency == target.Currency && o.use.Minor > 0 {
			pool = append(pool, id)
		}
	}
	return m.sumsOf(item, leg, pool, target, len(pool))
}

// sumsOf searches a pool for sets of two or more that come to a target.
func (m *Month) sumsOf(item book.ItemID, leg book.Leg, pool []book.ItemID, target money.Money,
	n int) []ranked {
	amounts := make([]int64, n)
	for i, id := range pool {
		amounts[i] = m.free(id, leg, nil).Minor
	}
	found, searched := reconcile.Subsets(amounts, target.Minor)
	if !searched {
		return nil
	}
	var out []ranked
	for _, of := range found {
		if len(of) < 2 {
			continue
		}
		r := ranked{score: 6, Candidate: Candidate{Amount: target, Difference: zero(target)}}
		for _, i := range of {
			r.Items = append(r.Items, pool[i])
			r.on = max(r.on, apart(m.ItemOn(item), m.ItemOn(pool[i])))
		}
		slices.Sort(r.Items)
		r.Title = upperFirst(m.listed(r.Items))
		r.Facts = append(r.Facts, CandidateFact{"Sum is exact", true},
			CandidateFact{fmt.Sprintf("The only set that is (%d records)", len(of)), len(found) == 1})
		r.Detail = "The only set that is exact"
		if len(found) > 1 {
			r.score, r.Detail = 3, "Another set comes to it too"
		}
		m.rejectedFact(&r, item, leg)
		out = append(out, r)
	}
	return out
}

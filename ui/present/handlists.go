package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// holders are the open exceptions by the items that they hold.
type holders map[book.ItemID][]*book.Exception

func (h *Hand) holders() holders {
	out := holders{}
	for i := range h.m.All {
		x := &h.m.All[i]
		if x.Status != book.Open && x.Status != book.Waiting {
			continue
		}
		for _, id := range x.Items {
			out[id] = append(out[id], x)
		}
	}
	return out
}

// on is the first class of an item's exceptions, those that need somebody first; only of one leg where
// legs are given.
func (x holders) on(id book.ItemID, legs ...book.Leg) book.Class {
	var timing book.Class
	for _, e := range x[id] {
		if len(legs) > 0 && !slices.Contains(legs, e.Leg) {
			continue
		}
		if e.Class.Group() != book.Timing {
			return e.Class
		}
		timing = cmp.Or(timing, e.Class)
	}
	return timing
}

// byHand reports whether an exception of a class may be settled by a match of a person's choice.
func byHand(c book.Class) bool {
	info, _ := book.MatchByHand.Info()
	return slices.Contains(info.Classes, c)
}

// left is what the live matches of some legs leave of an amount.
func (h *Hand) left(id book.ItemID, all money.Money, legs ...book.Leg) money.Money {
	for _, x := range h.m.MatchesOf(id) {
		if !x.State.Live() || !slices.Contains(legs, x.Leg) {
			continue
		}
		for i, item := range slices.Concat(x.Left, x.Right) {
			if item == id && i < len(x.Uses) && x.Uses[i].Currency == all.Currency {
				all.Minor -= x.Uses[i].Minor
			}
		}
	}
	return all
}

// collect finds every record with money left, in the month and before.
func (h *Hand) collect() {
	x := h.holders()
	h.collectLines(x)
	h.collectPayouts(x)
	h.collectTransactions(x)
	h.collectInvoices(x)
	h.collectPayments(x)
	for p, list := range h.lists {
		slices.SortFunc(list, func(a, b *handItem) int {
			return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.id, b.id))
		})
		for _, it := range list {
			h.items[sideOf(p)][it.id] = it
			it.words = strings.ToLower(strings.Join([]string{it.title, it.detail, string(it.class),
				h.customerWords(it.customer), ShortID(it.id), Amount(it.free), it.free.Decimal(),
				string(it.free.Currency), DateText(it.on), DateText(it.due)}, " "))
		}
	}
}

func (h *Hand) customerWords(id book.ItemID) string {
	if c := h.m.Customer(id); c != nil {
		return c.Company + " " + c.Name
	}
	return ""
}

// add takes a record in, if anything is left of it and it is not of a later month.
func (h *Hand) add(it handItem) {
	if it.free.Minor != 0 && it.on <= h.m.Period.Last() {
		h.lists[it.pane] = append(h.lists[it.pane], &it)
	}
}

func (h *Hand) collectLines(x holders) {
	for i := range h.m.Books.Lines {
		l := &h.m.Books.Lines[i]
		class := x.on(l.ID)
		if l.Pending || !byHand(class) {
			continue
		}
		who, _ := h.m.Sender(l.ID)
		title := l.Counterparty
		if title == "" {
			title = "Unknown sender"
		}
		h.add(handItem{id: l.ID, pane: PaneLines, on: cmp.Or(l.On, l.ValueOn), title: title,
			detail: strings.TrimSpace(l.Text + " " + l.Reference), class: class, customer: who,
			free: h.left(l.ID, l.Amount, book.PayoutBank, book.BankBilling)})
	}
}

func (h *Hand) collectPayouts(x holders) {
	zone := h.m.Config.Zone()
	for i := range h.m.Books.Payouts {
		p := &h.m.Books.Payouts[i]
		it := handItem{id: p.ID, on: p.SentAt.In(zone), title: h.m.Config.Title(p.Source),
			detail: ShortID(p.ID), due: p.ArrivesOn, class: x.on(p.ID)}
		if it.class == "" {
			continue
		}
		it.pane, it.free = PaneSent, h.left(p.ID, p.Amount, book.PayoutBank)
		h.add(it)
		if byHand(it.class) {
			it.pane, it.free = PanePayouts, h.left(p.ID, p.Amount, book.GatewayPayout)
			h.add(it)
		}
	}
}

func (h *Hand) collectTransactions(x holders) {
	zone := h.m.Config.Zone()
	for i := range h.m.Books.Transactions {
		t := &h.m.Books.Transactions[i]
		if t.State != book.Succeeded || len(x[t.ID]) == 0 {
			continue
		}
		who, _ := h.m.Sender(t.ID)
		title := t.PayerName
		if title == "" {
			title = h.m.Config.Title(t.Source) + " " + KindTitle(t.Kind)
		}
		it := handItem{id: t.ID, on: t.At.In(zone), title: title, customer: who,
			detail: h.m.Config.Title(t.Source) + " " + KindTitle(t.Kind) + " " + ShortID(t.ID)}
		if class := x.on(t.ID, book.BillingGateway); byHand(class) {
			charged := t.Charged
			if charged.Currency == "" {
				charged = money.New(t.Gross, t.Currency)
			}
			it.pane, it.class = PaneGateway, class
			it.free = h.left(t.ID, charged, book.BillingGateway)
			h.add(it)
		}
		if class := x.on(t.ID, book.GatewayPayout); class != "" {
			it.pane, it.class = PaneCharges, class
			it.free = h.left(t.ID, money.New(t.Net, t.Currency), book.GatewayPayout)
			h.add(it)
		}
	}
}

func (h *Hand) collectInvoices(x holders) {
	for i := range h.m.Books.Invoices {
		v := &h.m.Books.Invoices[i]
		claimed := x.on(v.ID) == book.M8
		if !v.Status.Open() && !claimed {
			continue
		}
		due := money.New(v.Balance, v.Currency)
		detail := ""
		if claimed {
			due, detail = money.New(v.Total, v.Currency), "marked as paid"
		}
		h.add(handItem{id: v.ID, pane: PaneInvoices, on: v.IssuedOn, due: v.DueOn,
			title: invoiceName(v), detail: detail, class: x.on(v.ID), customer: v.CustomerID,
			free: h.left(v.ID, due, book.BankBilling, book.BillingGateway)})
	}
}

// invoiceName is an invoice's printed number, else its id.
func invoiceName(v *book.Invoice) string { return cmp.Or(v.Number, ShortID(v.ID)) }

func (h *Hand) collectPayments(x holders) {
	zone := h.m.Config.Zone()
	for i := range h.m.Books.Payments {
		p := &h.m.Books.Payments[i]
		class := x.on(p.ID)
		if !byHand(class) {
			continue
		}
		who, title := p.CustomerID, ShortID(p.ID)
		if v := h.m.Invoice(p.InvoiceID); v != nil {
			who, title = cmp.Or(who, v.CustomerID), invoiceName(v)
		}
		h.add(handItem{id: p.ID, pane: PanePayments, on: p.At.In(zone), title: title,
			detail: strings.TrimSpace(p.Method + " " + p.Reference), class: class, customer: who,
			free: h.left(p.ID, p.Amount, book.BillingGateway, book.BankBilling)})
	}
}

// fact is what a record shares with the money, the strongest first.
type fact struct {
	rank int
	text string
}

func (f fact) strong() bool { return f.rank < factAmount }

// The facts by rank.
const (
	factNumber = iota + 1
	factAccount
	factName
	factAmount
	factNone
)

var factWords = map[int]string{factNumber: "Number in text", factAccount: "Sender's IBAN",
	factName: "Sender's name", factAmount: "Same amount", factNone: ""}

// factShort are the same in one word, for a narrow window.
var factShort = map[int]string{factNumber: "Number", factAccount: "IBAN", factName: "Name",
	factAmount: "Amount", factNone: ""}

// Look notes the money under the cursor, so that the other side says what it shares with it.
func (h *Hand) Look(id string) bool {
	before := h.reference()
	h.looked = book.ItemID(id)
	if slices.Equal(before, h.reference()) {
		return false
	}
	h.compare()
	return true
}

// reference is the money that the other side is compared with: what was chosen, else what is looked at.
func (h *Hand) reference() []book.ItemID {
	if len(h.chosen[Received]) > 0 {
		return h.chosen[Received]
	}
	if h.items[Received][h.looked] != nil {
		return []book.ItemID{h.looked}
	}
	return nil
}

// compare says of each record that could be paid what it shares with the money, and puts those that share
// most first.
func (h *Hand) compare() {
	of := h.reference()
	sum := int64(0)
	var currency money.Currency
	byAccount, byName, text := map[book.ItemID]bool{}, map[book.ItemID]bool{}, ""
	for _, id := range of {
		it := h.items[Received][id]
		sum, currency = sum+h.take(it), it.free.Currency
		text += " " + it.words
		if who, account := h.m.Sender(id); who != "" && account {
			byAccount[who] = true
		} else if who != "" {
			byName[who] = true
		}
	}
	for _, p := range panes[Applied] {
		for _, it := range h.lists[p] {
			rank := factNone
			switch {
			case len(of) == 0:
			case p == PaneInvoices && len(it.title) > 3 &&
				strings.Contains(text, strings.ToLower(it.title)):
				rank = factNumber
			case byAccount[it.customer]:
				rank = factAccount
			case byName[it.customer]:
				rank = factName
			case it.free.Minor == sum && it.free.Currency == currency:
				rank = factAmount
			}
			it.fact = fact{rank, factWords[rank]}
		}
		slices.SortFunc(h.lists[p], func(a, b *handItem) int {
			return cmp.Or(cmp.Compare(a.fact.rank, b.fact.rank),
				cmp.Compare(h.customerName(a.customer), h.customerName(b.customer)),
				cmp.Compare(a.due, b.due), cmp.Compare(a.id, b.id))
		})
	}
}

// First names what a side's list was put in order by; another name means another order.
func (h *Hand) First(s Side) string {
	if s == Received {
		return ""
	}
	return fmt.Sprint(h.reference())
}

package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Side is one of the two lists of Match by hand.
type Side int

// The sides: money that came, and what it could pay.
const (
	Received Side = iota
	Applied
)

// Pane is one tab of a side.
type Pane string

// The panes: the first three are money received, the others what it could pay.
const (
	PaneLines    Pane = "lines"
	PanePayouts  Pane = "payouts"
	PaneGateway  Pane = "gateway"
	PaneInvoices Pane = "invoices"
	PanePayments Pane = "payments"
	PaneCharges  Pane = "charges"
	PaneSent     Pane = "sent"
)

// panes are the tabs of each side in order.
var panes = [2][]Pane{{PaneLines, PanePayouts, PaneGateway},
	{PaneInvoices, PanePayments, PaneCharges, PaneSent}}

// paneNouns are what one record of a pane is called.
var paneNouns = map[Pane]string{PaneLines: "line", PanePayouts: "payout", PaneGateway: "movement",
	PaneInvoices: "invoice", PanePayments: "payment", PaneCharges: "charge", PaneSent: "payout"}

// PaneTitles are the words on the tabs.
var PaneTitles = map[Pane]string{PaneLines: "Bank lines", PanePayouts: "Payouts", PaneGateway: "Gateway",
	PaneInvoices: "Open invoices", PanePayments: "Billing payments", PaneCharges: "Gateway charges",
	PaneSent: "Payouts"}

// PaneTab is a tab with its number of records.
type PaneTab struct {
	Pane  Pane
	Count int
}

// HandRow is a line of one of the two lists.
type HandRow struct {
	ID string
	// On is when it was booked or sent, Due until when it is owed.
	On, Due       string
	Title, Detail string
	Customer      string
	Class         string
	// Fact is what it shares with the money that was chosen, FactStrong that it is more than an amount.
	Fact, FactShort  string
	FactStrong       bool
	Amount, Currency string
	// Part says that a part of it is taken only, Chosen that it is chosen.
	Part, Chosen bool
}

// handItem is a record that has money left to be matched.
type handItem struct {
	id       book.ItemID
	pane     Pane
	on, due  book.Date
	title    string
	detail   string
	class    book.Class
	customer book.ItemID
	// free is what live matches leave of it.
	free money.Money
	// words is what is searched, in lower case.
	words string
	fact  fact
}

// Hand is the screen Match by hand: what can be matched in a month and before, what was chosen on both
// sides, and what that comes to. It is used from one goroutine.
type Hand struct {
	m        *app.Month
	lists    map[Pane][]*handItem
	items    [2]map[book.ItemID]*handItem
	shown    [2]Pane
	search   [2]string
	customer book.ItemID
	due      string
	chosen   [2][]book.ItemID
	// parts are the amounts that a person gave instead of all that is left.
	parts map[book.ItemID]int64
	// credit says that what is left over becomes the customer's credit.
	credit bool
	// looked is the money under the cursor; the other side says what it shares with it.
	looked book.ItemID
	ways   []Way
}

// NewHand lists what can be matched by hand in a month and before.
func NewHand(m *app.Month) *Hand {
	h := &Hand{m: m, lists: map[Pane][]*handItem{}, shown: [2]Pane{PaneLines, PaneInvoices},
		parts: map[book.ItemID]int64{}}
	h.items = [2]map[book.ItemID]*handItem{{}, {}}
	h.collect()
	h.compare()
	return h
}

// Month is the month that is shown.
func (h *Hand) Month() *app.Month { return h.m }

// sideOf is the side on which a pane stands.
func sideOf(p Pane) Side {
	if slices.Contains(panes[Received], p) {
		return Received
	}
	return Applied
}

// Tabs are the tabs of a side with the number of records in each.
func (h *Hand) Tabs(s Side) []PaneTab {
	var out []PaneTab
	for _, p := range panes[s] {
		out = append(out, PaneTab{p, len(h.lists[p])})
	}
	return out
}

// Show changes the tab of a side.
func (h *Hand) Show(p Pane) { h.shown[sideOf(p)] = p }

// Shown is the tab of a side.
func (h *Hand) Shown(s Side) Pane { return h.shown[s] }

// Search shows only records of a side that hold every word of a text.
func (h *Hand) Search(s Side, text string) { h.search[s] = strings.ToLower(strings.TrimSpace(text)) }

// OfCustomer shows only records of a customer on both sides, "" all.
func (h *Hand) OfCustomer(id string) { h.customer = book.ItemID(id) }

// DueFilters are the choices of the due filter: id and word.
var DueFilters = [][2]string{{"", "any"}, {"overdue", "overdue"}, {"month", "this month"},
	{"later", "later"}}

// DueBy shows only what is due at a time, one of DueFilters.
func (h *Hand) DueBy(id string) { h.due = id }

// HandCustomer is a customer who has a record on either side.
type HandCustomer struct{ ID, Name string }

// Customers are those with a record on either side, by name.
func (h *Hand) Customers() []HandCustomer {
	seen := map[book.ItemID]bool{"": true}
	var out []HandCustomer
	for _, list := range h.lists {
		for _, it := range list {
			if !seen[it.customer] {
				seen[it.customer] = true
				out = append(out, HandCustomer{string(it.customer), h.customerName(it.customer)})
			}
		}
	}
	slices.SortFunc(out, func(a, b HandCustomer) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (h *Hand) customerName(id book.ItemID) string {
	if c := h.m.Customer(id); c != nil {
		return c.Title()
	}
	if id == "" {
		return ""
	}
	return ShortID(id)
}

// matching are the records of the shown tab that the filters leave.
func (h *Hand) matching(s Side) []*handItem {
	list := h.lists[h.shown[s]]
	if h.search[s] == "" && h.customer == "" && (s == Received || h.due == "") {
		return list
	}
	words := strings.Fields(h.search[s])
	out := make([]*handItem, 0, len(list))
next:
	for _, it := range list {
		if h.customer != "" && it.customer != h.customer || s == Applied && !h.dueFits(it) {
			continue
		}
		for _, w := range words {
			if !strings.Contains(it.words, w) {
				continue next
			}
		}
		out = append(out, it)
	}
	return out
}

func (h *Hand) dueFits(it *handItem) bool {
	switch today := h.today(); h.due {
	case "overdue":
		return it.due != 0 && it.due < today
	case "month":
		return it.due != 0 && h.m.Period.Has(it.due)
	case "later":
		return it.due > h.m.Period.Last()
	}
	return true
}

func (h *Hand) today() book.Date { return h.m.AsOf.In(h.m.Config.Zone()) }

// Rows are the lines of a side's tab as they are filtered.
func (h *Hand) Rows(s Side) []HandRow {
	list := h.matching(s)
	out := make([]HandRow, len(list))
	for i, it := range list {
		out[i] = h.row(it)
	}
	return out
}

func (h *Hand) row(it *handItem) HandRow {
	r := HandRow{ID: string(it.id), On: DateText(it.on), Due: DateText(it.due), Title: it.title,
		Detail: it.detail, Customer: h.customerName(it.customer), Class: string(it.class),
		Fact: it.fact.text, FactStrong: it.fact.strong(),
		FactShort: factShort[it.fact.rank], Amount: Amount(it.free), Currency: string(it.free.Currency),
		Chosen: slices.Contains(h.chosen[sideOf(it.pane)], it.id)}
	if part, ok := h.parts[it.id]; ok && part != it.free.Minor {
		r.Part = true
		r.Amount = Minor(part, it.free.Currency) + " of " + r.Amount
	}
	return r
}

// Foot says what an empty rest of a list means.
func (h *Hand) Foot(s Side) string {
	n, all := len(h.matching(s)), len(h.lists[h.shown[s]])
	noun := paneFoots[h.shown[s]]
	switch {
	case n < all && n == 0:
		return fmt.Sprintf("None of %s fits the search and the filters.", Plural(all, noun[0]))
	case n < all:
		return fmt.Sprintf("%s of %s fit the search and the filters.", Count(n), Plural(all, noun[0]))
	case n == 0:
		return fmt.Sprintf("No %s in %s or before. %s", noun[0], h.m.Period, noun[1])
	}
	return fmt.Sprintf("%s in %s. %s", Plural(n, noun[0]), h.m.Period, noun[1])
}

// paneFoots are what the records of a pane are, and what follows for the others.
var paneFoots = map[Pane][2]string{
	PaneLines:    {"unmatched bank line", "Every other line is matched."},
	PanePayouts:  {"open payout", "Every other payout is matched."},
	PaneGateway:  {"unmatched movement", "Every other movement is matched."},
	PaneInvoices: {"open invoice", "Nothing else is owed."},
	PanePayments: {"unmatched payment", "Every other payment is matched."},
	PaneCharges:  {"charge without a payout", "Every other charge is in a payout."},
	PaneSent:     {"payout not at the bank", "Every other payout arrived."},
}

// Like takes over what was shown, searched, filtered and chosen in another list, as far as it is still
// there.
func (h *Hand) Like(old *Hand) {
	h.shown, h.search, h.customer, h.due = old.shown, old.search, old.customer, old.due
	for s, list := range old.chosen {
		for _, id := range list {
			if h.items[s][id] != nil {
				h.Choose(Side(s), string(id), true)
			}
		}
	}
	for id, part := range old.parts {
		for s := range h.chosen {
			if it := h.items[s][id]; it != nil && slices.Contains(h.chosen[s], id) {
				h.SetPart(string(id), money.New(part, it.free.Currency).Decimal())
			}
		}
	}
	h.Look(string(old.looked))
}

// Spend takes what was chosen out of the lists, as a match did, and chooses nothing any more.
func (h *Hand) Spend() {
	for s, list := range h.chosen {
		for _, id := range list {
			for _, p := range panes[s] {
				h.lists[p] = slices.DeleteFunc(h.lists[p], func(it *handItem) bool { return it.id == id })
			}
			delete(h.items[s], id)
		}
	}
	h.Clear()
}

// Bring chooses records on the sides where they are, shows their tabs, and says in words which cannot be
// chosen, "" where all can.
func (h *Hand) Bring(items ...book.ItemID) string {
	said := ""
	for _, id := range items {
		s := Received
		if h.items[s][id] == nil || len(h.chosen[Received]) > 0 && h.items[Applied][id] != nil {
			s = Applied // what is on both sides joins the money that was chosen
		}
		it := h.items[s][id]
		if it == nil {
			said = h.m.ItemName(id) + " has nothing left to be matched by hand."
			continue
		}
		if why := h.Choose(s, string(id), true); why != "" {
			said = why
			continue
		}
		for _, p := range panes[s] {
			if slices.Contains(h.lists[p], it) {
				h.shown[s] = p
			}
		}
	}
	return said
}

// Open chooses the records of a draft with what it takes of each, and says which of them have nothing or
// less left, "" for none.
func (h *Hand) Open(d app.Draft) string {
	h.Clear()
	said := h.Bring(slices.Concat(d.Right, d.Left)...)
	for i, id := range slices.Concat(d.Left, d.Right) {
		if i >= len(d.Uses) || !slices.Contains(slices.Concat(h.chosen[Received], h.chosen[Applied]), id) {
			continue
		}
		if why := h.SetPart(string(id), d.Uses[i].Decimal()); why != "" {
			said = why
		}
	}
	return said
}

// Customer is the name of the customer who is filtered by, "" for all.
func (h *Hand) Customer() string { return h.customerName(h.customer) }

// Filtered reports whether a search or a filter hides anything.
func (h *Hand) Filtered() bool {
	return h.search[0] != "" || h.search[1] != "" || h.customer != "" || h.due != ""
}

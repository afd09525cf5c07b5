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

// PayoutRow is a line of the Payouts screen.
type PayoutRow struct {
	ID                           string
	Sent, Source, Payout, Booked string
	Amount, Currency             string
	Members                      string
	MembersStatus                Status
	State                        string
	Status                       Status
	// Late says that the date in Booked is past.
	Late  bool
	sent  book.Instant
	minor int64
}

// toResolve is the state of a payout whose bank line is there, but not surely its own.
const toResolve = "To resolve"

// Payouts is the list of the Payouts screen. It is used from one goroutine.
type Payouts struct {
	month    *app.Month
	all      []app.Composition
	rows     []PayoutRow
	late     map[book.ItemID]bool
	held     map[book.ItemID]*book.Exception
	search   string
	source   book.SourceName
	currency money.Currency
	state    string
	sortBy   string
	down     bool
	selected string
}

// NewPayouts is the list of a month, newest first, in the base currency where it has such payouts.
func NewPayouts(m *app.Month) *Payouts {
	x := &Payouts{month: m, all: m.Compositions(), late: map[book.ItemID]bool{},
		held: map[book.ItemID]*book.Exception{}, sortBy: "sent", down: true}
	for i := range m.Exceptions {
		e := &m.Exceptions[i]
		if e.Status != book.Open {
			continue
		}
		for _, id := range e.Items {
			switch {
			case e.Class == book.M4:
				x.late[id] = true
			case e.Leg == book.PayoutBank && (e.Class == book.D7 || e.Class == book.D8):
				x.held[id] = e
			}
		}
	}
	for i := range x.all {
		x.rows = append(x.rows, x.row(&x.all[i]))
	}
	base := m.Config.Business.BaseCurrency
	if slices.ContainsFunc(x.rows, func(r PayoutRow) bool { return r.Currency == string(base) }) {
		x.currency = base
	}
	if v := x.Rows(); len(v) > 0 {
		x.selected = v[0].ID
	}
	return x
}

func (x *Payouts) row(c *app.Composition) PayoutRow {
	p := c.Payout
	zone := x.month.Config.Zone()
	r := PayoutRow{ID: string(p.ID), Sent: DateText(p.SentAt.In(zone)),
		Source: x.month.Config.Title(p.Source), Payout: ShortID(p.ID), Amount: Amount(p.Amount),
		Currency: string(p.Amount.Currency), Booked: DateText(p.ArrivesOn), sent: p.SentAt,
		minor: p.Amount.Minor}
	switch {
	case p.Members == book.MembersUnstated && !c.Swept:
		r.Members, r.MembersStatus = "not stated", Neutral
	case p.Members == book.MembersPending:
		r.Members, r.MembersStatus = "not yet stated", TimingStatus
	case c.Difference != 0:
		r.Members = "off " + Amount(c.Amount(c.Difference))
		r.MembersStatus = Break
	default:
		r.Members, r.MembersStatus = "foots", OK
	}
	switch {
	case p.State == book.PayoutFailed:
		r.State, r.Status = "Came back", Break
	case c.Line != nil:
		r.State, r.Status, r.Booked = "In bank", OK, DateText(c.Line.On)
	case x.late[p.ID]:
		r.State, r.Status, r.Late = "Overdue "+Age(cmp.Or(p.ArrivesOn, p.SentAt.In(zone)),
			x.month.AsOf.In(zone)), Break, true
	case x.held[p.ID] != nil:
		r.State, r.Status = toResolve, Attention
	default:
		r.State, r.Status = "In transit", TimingStatus
	}
	return r
}

// Search, FromSource, InCurrency and InState limit the list; empty values show all.
func (x *Payouts) Search(text string) { x.search = strings.ToLower(strings.TrimSpace(text)) }

// FromSource shows one gateway only.
func (x *Payouts) FromSource(s book.SourceName) { x.source = s }

// InCurrency shows one currency only.
func (x *Payouts) InCurrency(c money.Currency) { x.currency = c }

// Currency is the currency that the list is limited to, "" for all.
func (x *Payouts) Currency() money.Currency { return x.currency }

// InState shows one state only: "In bank", "In transit", "To resolve", "Overdue",
// "Came back".
func (x *Payouts) InState(s string) { x.state = s }

// Currencies are those of the month's payouts, sorted.
func (x *Payouts) Currencies() []money.Currency {
	var out []money.Currency
	for _, r := range x.rows {
		if c := money.Currency(r.Currency); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// Sort orders by a column: sent, source, payout, amount, booked, members or state.
func (x *Payouts) Sort(by string, down bool) { x.sortBy, x.down = by, down }

// Rows are the lines to draw.
func (x *Payouts) Rows() []PayoutRow {
	var out []PayoutRow
	for _, r := range x.rows {
		if x.keeps(r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b PayoutRow) int {
		n := 0
		switch x.sortBy {
		case "source":
			n = strings.Compare(a.Source, b.Source)
		case "payout":
			n = strings.Compare(a.Payout, b.Payout)
		case "amount":
			n = int(min(max(a.minor-b.minor, -1), 1))
		case "booked":
			n = strings.Compare(a.Booked, b.Booked)
		case "members":
			n = strings.Compare(a.Members, b.Members)
		case "state":
			n = strings.Compare(a.State, b.State)
		default:
			n = int(min(max(a.sent-b.sent, -1), 1))
		}
		if x.down {
			return -n
		}
		return n
	})
	return out
}

func (x *Payouts) keeps(r PayoutRow) bool {
	if x.currency != "" && r.Currency != string(x.currency) ||
		x.source != "" && book.ItemID(r.ID).Source() != x.source ||
		x.state != "" && !strings.HasPrefix(r.State, x.state) {
		return false
	}
	text := strings.ToLower(r.ID + " " + r.Sent + " " + r.Source + " " + r.Booked + " " + r.State +
		" " + r.Amount + " " + strings.ReplaceAll(r.Amount, ",", ""))
	for word := range strings.FieldsSeq(x.search) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// Foot is the sum of the list's rows: the number of payouts, their sum where they have one
// currency, and how many are in the bank.
func (x *Payouts) Foot() (count, sum, inBank string) {
	rows := x.Rows()
	var total int64
	arrived := 0
	one := true
	for _, r := range rows {
		total += r.minor
		one = one && r.Currency == rows[0].Currency
		if r.State == "In bank" {
			arrived++
		}
	}
	sum = None
	if one && len(rows) > 0 {
		sum = Minor(total, money.Currency(rows[0].Currency))
	}
	return Plural(len(rows), "payout"), sum, Count(arrived) + " in bank"
}

// Moving says how many payouts are in transit, to be resolved and overdue, with their sums in one
// currency; empty texts for none.
func (x *Payouts) Moving() (transit, resolve, overdue string) {
	sums := map[string]int64{}
	counts := map[string]int{}
	for _, r := range x.rows {
		state := r.State
		if r.Late {
			state = "Overdue"
		}
		if x.currency == "" || r.Currency == string(x.currency) {
			counts[state]++
			sums[state] += r.minor
		}
	}
	say := func(state, word string) string {
		switch {
		case counts[state] == 0:
			return ""
		case x.currency == "":
			return fmt.Sprintf("%d %s", counts[state], word)
		}
		return fmt.Sprintf("%d %s, %s", counts[state], word, Minor(sums[state], x.currency))
	}
	return say("In transit", "in transit"), say(toResolve, "to resolve"), say("Overdue", "overdue")
}

// Like takes over how another list is shown: search, filters, order and choice.
func (x *Payouts) Like(o *Payouts) {
	x.search, x.state, x.sortBy, x.down = o.search, o.state, o.sortBy, o.down
	chosen := o.currency == "" && len(o.rows) > 0 // a month without payouts chooses nothing
	if chosen || slices.Contains(x.Currencies(), o.currency) {
		x.currency = o.currency
	}
	if slices.Contains(x.Sources(), o.source) {
		x.source = o.source
	}
	if slices.ContainsFunc(x.rows, func(r PayoutRow) bool { return r.ID == o.selected }) {
		x.selected = o.selected
	}
}

// Only chooses a payout and takes away every filter that may hide it.
func (x *Payouts) Only(id string) {
	x.search, x.source, x.state, x.selected = "", "", "", id
	for _, r := range x.rows {
		if r.ID == id && x.currency != "" {
			x.currency = money.Currency(r.Currency)
		}
	}
}

// Sources are the gateways of the month's payouts, sorted.
func (x *Payouts) Sources() []book.SourceName {
	var out []book.SourceName
	for _, r := range x.rows {
		if s := book.ItemID(r.ID).Source(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// Empty says what an empty list means.
func (x *Payouts) Empty() string {
	if len(x.rows) == 0 {
		return "No payout was sent or booked in this month."
	}
	return "No payout fits this filter."
}

// Chosen is the id of the chosen payout, "" for none.
func (x *Payouts) Chosen() string { return x.selected }

// Select chooses a payout by id.
func (x *Payouts) Select(id string) { x.selected = id }

// Selected is the chosen payout's detail, nil for none.
func (x *Payouts) Selected() *PayoutDetail {
	for i := range x.all {
		if string(x.all[i].Payout.ID) == x.selected {
			d := x.detail(&x.all[i])
			return &d
		}
	}
	return nil
}

package report

import (
	"fmt"
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Item is what the pack says of a record beside its id; any part may be empty.
type Item struct {
	Kind book.Kind
	// Customer and Invoice are what a person calls them: a company, a printed number.
	Customer, Invoice string
	On                book.Date
}

// Lookup finds what is known of a record; an unknown one gives the zero Item. It is asked for each
// row while a pack is written, so it must be a look into memory.
type Lookup interface {
	Item(id book.ItemID) Item
}

// Input is one source of a run, as far as it was read.
type Input struct {
	// Name is the source's or account's name, Kind its kind: "stripe", "mt940".
	Name, Kind string
	Records    int
	// Digest is the SHA-256 in hex over what was read.
	Digest   string
	SyncedAt book.Instant
}

// Parameter is one setting that a run used.
type Parameter struct{ Name, Value string }

// Part is one kind of movement inside a payout, in the payout's minor units, toward us positive;
// Gross − Fee − Tax = Net, as in book.Transaction.
type Part struct {
	Kind                 book.TransactionKind
	Count                int
	Gross, Fee, Tax, Net int64
}

// Payout is a payout with what it consists of and where it arrived.
type Payout struct {
	book.Payout
	// Parts are sorted by kind; none where nobody states the members.
	Parts []Part
	// BankLine is the line that it arrived with and BookedOn that line's date, zero where none is.
	BankLine book.ItemID
	BookedOn book.Date
}

// Compose adds a payout's members up by kind. It refuses a member in another currency with
// money.ErrCurrency (wrapped).
func Compose(p book.Payout, members []book.Transaction) (Payout, error) {
	at := map[book.TransactionKind]int{}
	out := Payout{Payout: p}
	for _, m := range members {
		if m.Currency != p.Amount.Currency {
			return Payout{}, fmt.Errorf("report: compose payout %s: %s is in %s: %w", p.ID, m.ID,
				m.Currency, money.ErrCurrency)
		}
		i, ok := at[m.Kind]
		if !ok {
			i = len(out.Parts)
			at[m.Kind] = i
			out.Parts = append(out.Parts, Part{Kind: m.Kind})
		}
		part := &out.Parts[i]
		part.Count++
		part.Gross += m.Gross
		part.Fee += m.Fee
		part.Tax += m.Tax
		part.Net += m.Net
	}
	slices.SortFunc(out.Parts, func(a, b Part) int { return order(a.Kind) - order(b.Kind) })
	return out, nil
}

// Rates are the rates of automatic matching of a run.
type Rates struct{ BankLines, Payments book.AutoRate }

// Pack is everything that the close of one month hands over. It is written in the order in which it
// stands here; the caller sorts.
type Pack struct {
	Business string
	Base     money.Currency
	// Zone is the business's time zone; nil is UTC.
	Zone   *time.Location
	Period book.Month
	// At is the moment by which the run judged, RunAt when it ran.
	At, RunAt book.Instant
	// Version is the program's, Rules the versions of the passes: "P1 v1".
	Version    string
	Rules      []string
	Parameters []Parameter
	Inputs     []Input
	Counts     book.Counts
	Rates      Rates

	Bridges    []book.Bridge
	Proofs     []book.Proof
	Exceptions []book.Exception
	// Due says by when exceptions are to be settled, by id, where somebody said so.
	Due map[string]book.Date
	// Matches are all live matches with an item in the period.
	Matches []book.Match
	// Payouts are those sent in the period or come back in it, and may be others too, which then
	// do not count towards the month.
	Payouts []Payout
	// Lines are the bank lines booked in the period.
	Lines []book.BankLine
	// Lookup may be nil: customers and invoices are then blank.
	Lookup Lookup
}

func (p *Pack) item(id book.ItemID) Item {
	if p.Lookup == nil || id == "" {
		return Item{}
	}
	return p.Lookup.Item(id)
}

// about is the first customer and invoice that any of the items knows.
func (p *Pack) about(lists ...[]book.ItemID) (customer, invoice string) {
	for _, list := range lists {
		for _, id := range list {
			it := p.item(id)
			if customer == "" {
				customer = it.Customer
			}
			if invoice == "" {
				invoice = it.Invoice
			}
			if customer != "" && invoice != "" {
				return customer, invoice
			}
		}
	}
	return customer, invoice
}

// sent is what the payout counts towards payouts_sent of the period: its amount when it left in it,
// minus its amount when it came back in it.
func (p *Pack) sent(o Payout) money.Money {
	var n int64
	if p.falls(o.SentAt) {
		n += o.Amount.Minor
	}
	if p.falls(o.FailedAt) {
		n -= o.Amount.Minor
	}
	return money.New(n, o.Amount.Currency)
}

// falls reports whether an instant lies in the period and not after the moment of the run.
func (p *Pack) falls(at book.Instant) bool {
	return at != 0 && p.Period.Has(at.In(zoneOf(p.Zone))) && (p.At == 0 || at <= p.At)
}

// notes are the lines under each title.
func (p *Pack) notes() []string {
	return []string{p.Business + " · " + p.Period.String() + " · as of " + p.moment(p.At)}
}

// moment is an instant for people, in the business's zone, which it names.
func (p *Pack) moment(i book.Instant) string {
	if i == 0 {
		return none
	}
	zone := zoneOf(p.Zone)
	return i.Time().In(zone).Format("2006-01-02 15:04 ") + zone.String()
}

var kindOrder = []book.TransactionKind{book.Charge, book.ChargeFailure, book.Refund,
	book.RefundFailure, book.Dispute, book.Reinstatement, book.DisputeFee, book.Fee, book.Tax,
	book.WithheldTax, book.Adjustment, book.Conversion, book.Reserve, book.PayoutFailure,
	book.OtherMovement}

func order(k book.TransactionKind) int {
	if i := slices.Index(kindOrder, k); i >= 0 {
		return i
	}
	return len(kindOrder)
}

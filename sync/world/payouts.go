package world

import (
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// payout is a payout with how its bank line looks.
type payout struct {
	Payout
	line lineKind
	// touched says that a fault lies on it already.
	touched bool
}

// lineKind says which bank line a payout gets.
type lineKind int

const (
	lineAny lineKind = iota
	// lineNone: the money did not arrive; lineReturned: it came and went back.
	lineNone
	lineReturned
	// lineNameless carries neither id nor trace; lineUnknown comes from an unconfirmed sender too.
	lineNameless
	lineUnknown
	// lineNamed carries the id in full.
	lineNamed
)

// runPayouts is the gateway's daily run: everything available of a currency goes out.
func (m *maker) runPayouts(d book.Date) {
	for i, c := range balanceCurrencies {
		lanes := map[lane][]*move{}
		var order []lane
		kept := m.waiting[i][:0]
		for _, v := range m.waiting[i] {
			if v.lane == held || v.AvailableAt > m.now {
				kept = append(kept, v)
				continue
			}
			if lanes[v.lane] == nil {
				order = append(order, v.lane)
			}
			lanes[v.lane] = append(lanes[v.lane], v)
		}
		clear(m.waiting[i][len(kept):])
		m.waiting[i] = kept
		slices.Sort(order)
		for _, l := range order {
			if !m.payOutLane(d, c, l, lanes[l]) {
				m.waiting[i] = append(m.waiting[i], lanes[l]...)
			}
		}
	}
}

// payOutLane sends one payout; false where the members come to nothing.
func (m *maker) payOutLane(d book.Date, c money.Currency, l lane, members []*move) bool {
	sum := int64(0)
	for _, v := range members {
		sum += v.Net
	}
	if sum == 0 {
		return false
	}
	p := m.send(d, money.New(sum, c))
	if l != daily {
		p.touched = true
		for _, v := range members {
			m.join(v, p)
		}
		m.pairAlike(p)
		return true
	}
	if c == "USD" && sum > 0 && len(m.manual) > 0 && m.manual[0] <= d {
		m.manual = m.manual[1:]
		p.Automatic, p.Reconciled, p.touched, p.line = false, false, true, lineNamed
		m.fault(book.M6, "a manual payout, whose members nobody states", p.Item())
		return true
	}
	loose := m.looseOf(members)
	for _, v := range members {
		if v == loose {
			m.pair(book.GatewayPayout, v.Item(), p.Item())
			p.touched, p.line = true, lineNamed
			m.fault(book.A8, "the provider's list of members lacks a charge", p.Item(), v.Item())
			continue
		}
		m.join(v, p)
	}
	if c == "EUR" && sum > 0 && !p.touched && len(m.failing) > 0 && m.failing[0] <= d {
		m.failing = m.failing[1:]
		m.failPayout(p)
	}
	return true
}

// looseOf is a member that the payout will not name, nil for none; one member at least is named.
func (m *maker) looseOf(members []*move) *move {
	if len(members) < 2 {
		return nil
	}
	for _, v := range members {
		if v.loose {
			return v
		}
	}
	return nil
}

func (m *maker) join(v *move, p *payout) {
	v.PayoutID = p.ID
	m.pair(book.GatewayPayout, v.Item(), p.Item())
}

// send makes an automatic payout with its own row. It arrives one or two business days later; the
// provider states the members a day after it was made.
func (m *maker) send(d book.Date, amount money.Money) *payout {
	account, trace := operatingName, "STP"+m.upper(15)
	if amount.Currency == "USD" {
		account, trace = operatingUSDName, m.digits(15)
	}
	p := m.payouts.add(payout{Payout: Payout{
		ID: m.token("po_"), At: m.now, Amount: amount, State: book.PayoutInTransit, Automatic: true,
		ArrivesOn:  addBusiness(d, m.between(1, 2)),
		Reconciled: m.now <= m.w.Now-24*hour, Account: account,
	}})
	if p.ArrivesOn < m.today {
		p.State, p.Trace = book.PayoutPaid, trace
	}
	v := m.moves.add(move{Movement: Movement{ID: m.token("txn_"), Type: "payout",
		Category: "payout", At: m.now, AvailableAt: m.now, Currency: amount.Currency,
		Gross: -amount.Minor, Net: -amount.Minor, SourceID: p.ID, Text: "STRIPE PAYOUT"}})
	p.MovementID = v.ID
	return p
}

// failPayout lets a payout come back some days after it was due: the bank never had it, or sent it
// back. The members stay its members, the money goes out again with a later payout.
func (m *maker) failPayout(p *payout) {
	p.touched, p.line = true, lineNone
	if len(m.failing)%2 == 1 {
		p.line = lineReturned
	}
	m.at(utc(addBusiness(p.ArrivesOn, 2), 9*hour), func() {
		v := m.movement(Movement{Type: "payout_failure", Category: "payout_reversal",
			Currency: p.Amount.Currency, Gross: p.Amount.Minor, SourceID: p.ID,
			Text: "STRIPE PAYOUT FAILURE"})
		p.State, p.FailedAt, p.FailureCode = book.PayoutFailed, m.now, "account_closed"
		if p.line == lineReturned {
			p.FailureCode = "could_not_process"
		}
		p.FailureMovementID = v.ID
		m.pair(book.GatewayGateway, p.Item(), v.Item())
		m.fault(book.R6, "the payout came back into the balance", p.Item(), v.Item())
	})
}

// pairAlike makes an ambiguous pair of two payouts of one amount that were sent on one day.
func (m *maker) pairAlike(p *payout) {
	p.line = lineNameless
	var twin *payout
	m.payouts.each(func(o *payout) {
		if o.line == lineNameless && o != p && o.At == p.At && o.Amount == p.Amount {
			twin = o
		}
	})
	if twin == nil {
		return
	}
	p.ArrivesOn = twin.ArrivesOn
	p.State, p.Trace = twin.State, m.traceLike(twin)
	m.fault(book.D7, "two payouts of one amount, and bank lines without an id",
		twin.Item(), p.Item())
}

func (m *maker) traceLike(o *payout) string {
	if o.Trace == "" {
		return ""
	}
	return "STP" + m.upper(15)
}

// monthlyFee is the gateway's own bill for a month: two fees and the tax on them, as rows of their
// own. The smallest businesses get none.
func (m *maker) monthlyFee(month book.Month) {
	n := int64(len(m.clients))
	if n < 20 {
		return
	}
	span := fmt.Sprintf("(%s - %s)", month.First(), month.Last())
	usage, checks := 900+n*7, 300+n*2
	fee := func(kind, category, text string, amount int64) {
		m.movement(Movement{Type: kind, Category: category, Currency: "EUR", Gross: -amount,
			Text: text + " " + span})
	}
	fee("stripe_fee", "fee", "Billing - Usage Fee", usage)
	fee("stripe_fee", "fee", "Radar for Fraud Teams", checks)
	fee("tax_fee", "tax", "VAT on fees", (usage+checks)*21/100)
}

const upperDigits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

func (m *maker) upper(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = upperDigits[m.r.IntN(len(upperDigits))]
	}
	return string(b)
}

func (m *maker) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(m.r.IntN(10))
	}
	return string(b)
}

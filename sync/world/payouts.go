package world

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// payout is a payout with its gateway and how its bank line looks.
type payout struct {
	Payout
	gate gateway
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
func (g *stripe) runPayouts(d book.Date) {
	for i, b := range g.balances {
		lanes, order := g.available(i)
		for _, l := range order {
			if !g.payOutLane(d, b.currency, l, lanes[l]) {
				g.waiting[i] = append(g.waiting[i], lanes[l]...)
			}
		}
	}
}

// available takes what may be paid out of a balance from what waits, by lane, and lists the lanes
// in order.
func (s *side) available(i int) (lanes map[lane][]*move, order []lane) {
	lanes = map[lane][]*move{}
	kept := s.waiting[i][:0]
	for _, v := range s.waiting[i] {
		if v.lane == held || v.AvailableAt > s.m.now {
			kept = append(kept, v)
			continue
		}
		if lanes[v.lane] == nil {
			order = append(order, v.lane)
		}
		lanes[v.lane] = append(lanes[v.lane], v)
	}
	clear(s.waiting[i][len(kept):])
	s.waiting[i] = kept
	slices.Sort(order)
	return lanes, order
}

func total(members []*move) int64 {
	sum := int64(0)
	for _, v := range members {
		sum += v.Net
	}
	return sum
}

// payOutLane sends one payout; false where the members come to nothing.
func (g *stripe) payOutLane(d book.Date, c money.Currency, l lane, members []*move) bool {
	m, sum := g.m, total(members)
	if sum == 0 {
		return false
	}
	p := g.send(d, money.New(sum, c))
	if l != daily {
		p.touched = true
		for _, v := range members {
			m.join(v, p)
		}
		g.pairAlike(p)
		return true
	}
	if c == "USD" && sum > 0 && len(g.manual) > 0 && g.manual[0] <= d {
		g.manual = g.manual[1:]
		p.Automatic, p.Reconciled, p.touched, p.line = false, false, true, lineNamed
		m.fault(book.M6, "a manual payout, whose members nobody states", p.Item())
		return true
	}
	loose := looseOf(members)
	for _, v := range members {
		if v == loose {
			m.pair(book.GatewayPayout, v.Item(), p.Item())
			p.touched, p.line = true, lineNamed
			m.fault(book.A8, "the provider's list of members lacks a charge", p.Item(), v.Item())
			continue
		}
		m.join(v, p)
	}
	if c == "EUR" && sum > 0 && !p.touched && len(g.failing) > 0 && g.failing[0] <= d {
		g.failing = g.failing[1:]
		g.failPayout(p)
	}
	return true
}

// looseOf is a member that the payout will not name, nil for none; one member at least is named.
func looseOf(members []*move) *move {
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
func (g *stripe) send(d book.Date, amount money.Money) *payout {
	m := g.m
	account, trace := operatingName, "STP"+m.upper(15)
	if amount.Currency == "USD" {
		account, trace = operatingUSDName, m.digits(15)
	}
	p := g.payouts.add(payout{gate: g, Payout: Payout{
		ID: m.token("po_"), At: m.now, Amount: amount, State: book.PayoutInTransit, Automatic: true,
		ArrivesOn:  addBusiness(d, m.between(1, 2)),
		Reconciled: m.now <= m.w.Now-24*hour, Account: account,
	}})
	if p.ArrivesOn < m.today {
		p.State, p.Trace = book.PayoutPaid, trace
	}
	v := g.moves.add(move{Movement: Movement{ID: m.token("txn_"), Type: "payout",
		Category: "payout", At: m.now, AvailableAt: m.now, Currency: amount.Currency,
		Gross: -amount.Minor, Net: -amount.Minor, SourceID: p.ID, Text: "STRIPE PAYOUT"}})
	p.MovementID = v.ID
	return p
}

// failPayout lets a payout come back some days after it was due: the bank never had it, or sent it
// back. The members stay its members, the money goes out again with a later payout.
func (g *stripe) failPayout(p *payout) {
	m := g.m
	p.touched, p.line = true, lineNone
	if len(g.failing)%2 == 1 {
		p.line = lineReturned
	}
	m.at(utc(addBusiness(p.ArrivesOn, 2), 9*hour), func() {
		v := g.movement(Movement{Type: "payout_failure", Category: "payout_reversal",
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
func (g *stripe) pairAlike(p *payout) {
	p.line = lineNameless
	var twin *payout
	g.payouts.each(func(o *payout) {
		if o.line == lineNameless && o != p && o.At == p.At && o.Amount == p.Amount {
			twin = o
		}
	})
	if twin == nil {
		return
	}
	p.ArrivesOn = twin.ArrivesOn
	p.State, p.Trace = twin.State, g.traceLike(twin)
	g.m.fault(book.D7, "two payouts of one amount, and bank lines without an id",
		twin.Item(), p.Item())
}

func (g *stripe) traceLike(o *payout) string {
	if o.Trace == "" {
		return ""
	}
	return "STP" + g.m.upper(15)
}

// monthlyFee is the gateway's own bill for a month: two fees and the tax on them, as rows of their
// own. The smallest businesses get none.
func (g *stripe) monthlyFee(month book.Month) {
	n := int64(len(g.m.clients))
	if n < 20 {
		return
	}
	span := fmt.Sprintf("(%s - %s)", month.First(), month.Last())
	usage, checks := 900+n*7, 300+n*2
	fee := func(kind, category, text string, amount int64) {
		g.movement(Movement{Type: kind, Category: category, Currency: "EUR", Gross: -amount,
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

var stripeIBAN = iban("IE", "IRCE92050112342190")

// word writes the sender and the line's text: the payout's id or trace in one of the forms that
// banks make of them, or, where the amount must do, next to nothing.
func (g *stripe) word(p *payout, l *BankLine) {
	l.Counterparty, l.CounterpartyAccount = "STRIPE PAYMENTS EUROPE", stripeIBAN
	if p.Amount.Currency == "USD" {
		l.Counterparty, l.CounterpartyAccount = "STRIPE", "000123456789"
	}
	plain := strings.ToUpper(strings.ReplaceAll(p.ID, "_", ""))
	day := strings.ToUpper(p.At.Time().Format("Jan02"))
	form := g.m.r.IntN(100)
	switch p.line {
	case lineNamed, lineReturned:
		form %= 70
	case lineNameless:
		form = 99
	case lineUnknown:
		l.Counterparty, l.CounterpartyAccount, l.Text = "CLEARING SERVICES DUBLIN", "", "PAYOUT"
		return
	}
	switch {
	case form < 15:
		l.Text = "STRIPE " + p.ID
	case form < 30:
		l.Text = "STRIPE " + strings.ToUpper(p.ID) + " " + day
	case form < 42:
		l.Text = "STRIPE PAYOUT " + plain
	case form < 50:
		l.Text = "STRIPE " + plain[:12] + " " + plain[12:] + " " + day
	case form < 60:
		l.Text = "STRIPE PAYMENTS REF " + p.Trace
	case form < 70:
		l.Reference, l.Text = p.Trace, "STRIPE PAYOUT"
	case form < 85:
		l.Text = "STRIPE PO" + plain[len(plain)-4:] + " " + day
	default:
		l.Text = "STRIPE"
	}
}

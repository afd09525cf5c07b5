package world

import (
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// bankPayouts books the payouts on the bank accounts, once all are known: two that look alike must
// be told apart by their texts, unless they are meant to be ambiguous.
func (m *maker) bankPayouts() {
	alike := map[money.Money]int{}
	for _, g := range m.gateways {
		g.own().payouts.each(func(p *payout) { alike[p.Amount]++ })
	}
	m.spoilPayouts(alike)
	for _, g := range m.gateways {
		g.own().payouts.each(func(p *payout) {
			if p.line == lineAny && (alike[p.Amount] > 1 || p.Amount.Minor < 0) {
				p.line = lineNamed
			}
			m.bankPayout(p)
		})
	}
	m.strangers(alike)
}

// spoilPayouts lets some payouts not arrive (M4), and some come without an id from a sender that
// nobody has confirmed (D8). All are old enough to be judged at Now.
func (m *maker) spoilPayouts(alike map[money.Money]int) {
	var sound []*payout
	latest := addBusiness(m.today, -8)
	from := m.w.OpeningOn + 14
	m.stripe.payouts.each(func(p *payout) {
		if !p.touched && p.Automatic && p.Amount.Currency == "EUR" && p.Amount.Minor > 0 &&
			alike[p.Amount] == 1 && p.ArrivesOn <= latest && p.ArrivesOn >= from {
			sound = append(sound, p)
		}
	})
	m.r.Shuffle(len(sound), func(i, j int) { sound[i], sound[j] = sound[j], sound[i] })
	missing := min(m.counts[book.M4], (len(sound)+1)/2)
	vague := min(m.stripe.vague, 3, len(sound)-missing)
	for i, p := range sound[:missing+vague] {
		p.touched, p.line = true, lineNone
		if i >= missing {
			p.line = lineUnknown
			continue
		}
		m.fault(book.M4, "sent, due long ago, and not at the bank", p.Item())
	}
}

// bankPayout books what the bank shows of a payout.
func (m *maker) bankPayout(p *payout) {
	if p.line == lineNone || p.State != book.PayoutPaid && p.line != lineReturned {
		return
	}
	on := p.ArrivesOn
	if m.chance(180) && p.line != lineNameless && !p.touched {
		on = addBusiness(on, 1)
	}
	account := m.account(p.Account)
	l := BankLine{On: on, Amount: p.Amount}
	p.gate.word(p, &l)
	booked := m.bookLine(account, l)
	if booked == nil {
		return
	}
	item := m.itemOf(booked)
	m.pair(book.PayoutBank, p.Item(), item)
	switch p.line {
	case lineUnknown:
		m.fault(book.D8, "no id, and a sender that nobody confirmed", p.Item(), item)
	case lineNameless:
		m.nameLine(p, item)
	case lineReturned:
		l.On, l.ValueOn, l.Amount = p.FailedAt.In(m.w.Zone), 0, p.Amount.Neg()
		l.Text = "RETURN " + l.Text
		if back := m.bookLine(account, l); back != nil {
			m.pair(book.PayoutBank, gatewayID(p.FailureMovementID), m.itemOf(back))
		}
	}
}

// nameLine adds a line to the ambiguous pair that its payout belongs to.
func (m *maker) nameLine(p *payout, item book.ItemID) {
	for i := range m.w.Truth.Faults {
		f := &m.w.Truth.Faults[i]
		if f.Class != book.D7 {
			continue
		}
		for _, of := range f.Items {
			if of == p.Item() {
				f.Items = append(f.Items, item)
				return
			}
		}
	}
}

var strangerTexts = []string{"THANK YOU", "PAYMENT", "AS AGREED", "Zahlung", "DONATION", "REFUND?",
	"CONTRACT", ""}

// strangers books receipts that nobody can place (M5): an unknown sender, no reference, and an
// amount that is nobody else's.
func (m *maker) strangers(taken map[money.Money]int) {
	m.bills.each(func(b *bill) {
		for _, n := range []int64{b.due(), b.Subtotal + b.Tax, b.Subtotal + b.Tax - b.Credit} {
			taken[money.New(n, b.Currency)]++
		}
	})
	for range m.counts[book.M5] {
		d := m.w.Options.Month.First() + book.Date(m.between(2, 25))
		if m.chance(200) {
			d -= 28
		}
		amount := money.New(int64(m.between(2_011, 48_977)), "EUR")
		for taken[amount] > 0 {
			amount.Minor++
		}
		taken[amount]++
		l := m.bookLine(0, BankLine{On: nextBusiness(d), Amount: amount,
			Counterparty:        strings.ToUpper(pick(m, lastNames) + " " + pick(m, firmBacks)),
			CounterpartyAccount: m.iban(m.country("EUR").code), Text: pick(m, strangerTexts)})
		m.fault(book.M5, "an unknown sender and no reference", m.itemOf(l))
	}
}

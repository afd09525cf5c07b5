package world

import (
	"slices"

	"countinghouse/app/book"
)

// Usual is how many faults of each class a world of 2,000 customers has by default; others have
// more or fewer, by the square root of their size, but at least one where there is room. Its classes
// are all that Build can inject; a class of Options.Faults that is not here is left out.
var Usual = map[book.Class]int{
	book.T5: 3, book.T6: 2,
	book.M1: 6, book.M2: 4, book.M3: 3, book.M4: 2, book.M5: 4, book.M6: 1, book.M7: 4, book.M8: 4,
	book.A1: 4, book.A2: 3, book.A3: 2, book.A4: 3, book.A5: 4, book.A8: 1,
	book.D1: 4, book.D2: 3, book.D4: 2, book.D5: 2, book.D6: 4, book.D7: 2, book.D8: 3,
	book.R1: 3, book.R2: 2, book.R3: 2, book.R4: 2, book.R5: 2, book.R6: 2,
}

// most caps what a world has room for, whatever its size: there is one payout a day.
var most = map[book.Class]int{book.A8: 1, book.M4: 3, book.M6: 2, book.R6: 3}

// wantedCounts is how many faults of each class to inject.
func (m *maker) wantedCounts() map[book.Class]int {
	counts := map[book.Class]int{}
	root := 1
	for root*root < m.w.Options.Customers {
		root++
	}
	for class, n := range Usual {
		if m.w.Options.Faults != nil {
			n = max(0, m.w.Options.Faults[class])
		} else {
			n = max(1, (n*root+22)/45)
		}
		if limit, ok := most[class]; ok {
			n = min(n, limit)
		}
		counts[class] = n
	}
	return counts
}

// tale is a fault that happens to a client, or to two, with one invoice.
type tale struct {
	month book.Month
	// variant tells the forms of a class apart.
	variant int
	method  string
	// product is what the client rents where the amount matters; it is then not taxed.
	product *product
	// at is the moment of paying that two clients share, zero for any.
	at book.Instant
	// second is set for the second of two clients, and other is the first one's invoice.
	second bool
	other  **bill
	tell   func(*maker, *bill)
}

// plot is how a class of faults happens to clients.
type plot struct {
	class book.Class
	// cast is how many clients it takes, variants how many forms it has.
	cast, variants int
	tell           func(*maker, *bill)
}

var plots = []plot{
	{book.T5, 1, 1, (*maker).tellPending},
	{book.M1, 1, 2, (*maker).tellUnrecorded},
	{book.M2, 1, 1, (*maker).tellUnsupported},
	{book.M3, 1, 1, (*maker).tellOverdue},
	{book.M7, 1, 3, (*maker).tellUnapplied},
	{book.M8, 1, 2, (*maker).tellNonCash},
	{book.A1, 1, 1, (*maker).tellShort},
	{book.A2, 1, 1, (*maker).tellOver},
	{book.A3, 1, 1, (*maker).tellPartial},
	{book.A4, 1, 1, (*maker).tellWrongAmount},
	{book.A5, 1, 2, (*maker).tellWrongFee},
	{book.A8, 2, 1, (*maker).tellLoose},
	{book.D1, 1, 2, (*maker).tellPaidTwice},
	{book.D2, 1, 1, (*maker).tellPostedTwice},
	{book.D4, 1, 1, (*maker).tellCurrency},
	{book.D5, 2, 1, (*maker).tellParty},
	{book.D6, 1, 2, (*maker).tellStatus},
	{book.D7, 2, 2, (*maker).tellAmbiguous},
	{book.D8, 1, 2, (*maker).tellVague},
	{book.R1, 1, 1, (*maker).tellRefundUnbooked},
	{book.R2, 1, 1, (*maker).tellRefundUnsent},
	{book.R3, 1, 1, (*maker).tellRefundReturned},
	{book.R4, 1, 1, (*maker).tellDisputeUnbooked},
	{book.R5, 1, 1, (*maker).tellWinUnbooked},
}

// planFaults chooses whom the faults happen to: every class once, then every class again, in an
// order of the seed's, until all are placed or half of the clients have one.
func (m *maker) planFaults() {
	m.counts = m.wantedCounts()
	m.planPayouts()
	m.planMore()
	var free []*client
	for _, c := range m.clients {
		if c.Currency == "EUR" && c.gate == m.stripe {
			free = append(free, c)
		}
	}
	m.r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	free = free[:(len(free)+1)/2]
	order := slices.Clone(plots)
	m.r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	turn := m.r.IntN(6)
	for round, placed := 0, true; placed; round++ {
		placed = false
		for _, p := range order {
			if round >= m.counts[p.class] || len(free) < p.cast {
				continue
			}
			placed = true
			if m.place(p, free[:p.cast], (turn+round)%p.variants) {
				free = free[p.cast:]
			}
		}
	}
}

// place gives a fault to its clients; false where the form needs none.
func (m *maker) place(p plot, cast []*client, variant int) bool {
	if p.class == book.D8 && variant == 0 {
		m.stripe.vague++ // It happens to a payout, see spoilPayouts.
		return false
	}
	t := tale{month: m.w.Options.Month, variant: variant, method: "stripe", tell: p.tell,
		other: new(*bill)}
	if m.chance(220) {
		t.month--
	}
	day := m.between(2, 10)
	switch {
	case p.class == book.T5:
		t.month, day = m.w.Options.Month, m.between(17, 23)
	case p.class == book.A8:
		// The charge becomes available on the month's last business day: its payout has arrived by
		// Now, and the charge that the payout does not name is not overdue yet.
		paid := addBusiness(addBusiness(m.today, -3), -2)
		t.month, day = m.w.Options.Month, m.between(10, 16)
		t.at = m.clock(paid, 14*hour)
	case p.cast == 2:
		t.product = &products[m.between(1, 6)]
		t.at = m.clock(t.month.First()+book.Date(day+1), 15*hour)
	}
	if p.class == book.D7 && variant == 1 || p.class == book.D8 {
		t.method = "banktransfer"
	}
	for i, c := range cast {
		own := t
		own.second = i == 1
		c.tale, c.day = &own, day
	}
	return true
}

// planPayouts chooses the days from which a payout fails, or is made by hand.
func (m *maker) planPayouts() {
	first := m.w.Options.Month.First()
	for range m.counts[book.R6] {
		m.stripe.failing = append(m.stripe.failing, first+book.Date(m.between(2, 14)))
	}
	for range m.counts[book.M6] {
		m.stripe.manual = append(m.stripe.manual, first+book.Date(m.between(4, 16)))
	}
	if len(m.stripe.failing) > 2 {
		m.stripe.failing[0] -= 28
	}
	slices.Sort(m.stripe.failing)
	slices.Sort(m.stripe.manual)
}

// holds enters what the gateway holds back for months to come.
func (g *stripe) holds() {
	m := g.m
	for range m.counts[book.T6] {
		d := m.w.Options.Month.First() + book.Date(m.between(3, 24))
		amount := int64(m.between(20, 60)) * 100
		release := m.today + book.Date(m.between(30, 120))
		m.at(m.clock(d, 13*hour+book.Instant(m.between(0, 3_000))*second), func() {
			v := g.movement(Movement{Type: "reserved_funds", Category: "risk_reserved_funds",
				Currency: "EUR", Gross: -amount, ReleaseOn: release,
				Text: "Reserve until " + release.String()})
			m.fault(book.T6, "held until "+release.String(), v.Item())
		})
	}
}

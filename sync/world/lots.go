package world

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// lot is the gateway of a client and the currency that goes with it, "" for any.
type lot struct {
	gate     gateway
	currency money.Currency
}

// shares are how many clients in a hundred pay through each gateway beside Stripe.
var shares = map[book.SourceName]int{PayPalName: 18, RazorpayName: 10, SpectroCoinName: 7}

// lotsFrom is the size of a business from which every gateway that it uses has a client.
const lotsFrom = 60

// drawLots decides which gateway each client pays through, nil where there is only one. The shares
// are kept exactly; who pays how is the seed's.
func (m *maker) drawLots(n int) []lot {
	if len(m.gateways) == 1 {
		return nil
	}
	lots := make([]lot, 0, n)
	for _, g := range m.gateways[1:] {
		count := (n*shares[g.own().name] + 50) / 100
		if n >= lotsFrom {
			count = max(1, count)
		}
		for i := range min(count, n-len(lots)) {
			lots = append(lots, lot{g, g.currency(i)})
		}
	}
	if n >= lotsFrom {
		for i := range min((n+25)/50, n-len(lots)) {
			lots = append(lots, lot{m.stripe, m.stripe.currency(i)})
		}
	}
	for len(lots) < n {
		lots = append(lots, lot{gate: m.stripe})
	}
	m.r.Shuffle(n, func(i, j int) { lots[i], lots[j] = lots[j], lots[i] })
	return lots
}

// foreignPrices are what a euro cent is in a hundredth of a list price of other currencies, and to
// what a price is rounded: list prices are round. Billing keeps two decimals, so that a price in a
// currency with three ends in a naught.
var foreignPrices = map[money.Currency]struct{ times, step int64 }{
	"INR": {9_500, 100}, "JPY": {160, 10}, "KWD": {330, 100},
}

func foreignPrice(cents int64, c money.Currency) int64 {
	f := foreignPrices[c]
	return max(1, (cents*f.times/100+f.step/2)/f.step) * f.step
}

// currencies are those that billing can know, with their rates as it prints them.
var currencies = []Rate{{1, "EUR", "1.00000"}, {2, "USD", "1.08340"}, {3, "GBP", "0.86410"},
	{4, "INR", "95.21000"}, {5, "JPY", "161.50000"}, {6, "KWD", "0.33310"}}

// billingRates are the three currencies that the business has always had, and the others that its
// clients pay in.
func (m *maker) billingRates() []Rate {
	used := map[money.Currency]bool{"EUR": true, "USD": true, "GBP": true}
	for _, c := range m.clients {
		used[c.Currency] = true
	}
	var rates []Rate
	for _, r := range currencies {
		if used[r.Currency] {
			rates = append(rates, r)
		}
	}
	return rates
}

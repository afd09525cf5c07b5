package world

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// gateway is what each of the business's gateways does in its own way. What a client pays goes
// through its gateway; the rest of the maker knows none by name.
type gateway interface {
	// own is the gateway's side of the business.
	own() *side
	// currency is that of the gateway's client of a number, "" for any.
	currency(client int) money.Currency
	// payer is a new id for a client as the gateway knows it.
	payer(c *client) string
	// attempt makes a charge that has moved nothing yet; b is nil for none.
	attempt(c *client, b *bill, amount money.Money) *charge
	// fail is an attempt that comes to nothing.
	fail(b *bill) *charge
	// earn enters the movement of a charge.
	earn(ch *charge)
	// row is billing's row for a charge as its module records it, unsupported one for a charge that
	// never was.
	row(ch *charge) Payment
	unsupported(due money.Money) Payment
	// begin decides what becomes of an ordinary client's new invoice.
	begin(b *bill)
	// schedule enters the gateway's own events: payouts, fees and holds.
	schedule()
	// word writes what the bank prints of a payout.
	word(p *payout, l *BankLine)
}

// reverser is a gateway whose charges can go back; at SpectroCoin none can.
type reverser interface {
	// bears reports whether the gateway can take an amount now, or give one where it is 0: some take
	// only from what they are about to pay out.
	bears(amount int64) bool
	// refund gives a part of a charge back; refundID is an id as its refunds have it.
	refund(ch *charge, amount int64) (*Refund, *move)
	refundID() string
	// dispute lets the customer take a charge back; then it is lost, or the money reinstated. An
	// inquiry is a dispute that takes nothing.
	dispute(ch *charge) (*Dispute, *move)
	lose(d *Dispute)
	reinstate(d *Dispute, out *move) *move
	inquiry(ch *charge)
}

// side is a gateway's side of the business while it is made.
type side struct {
	m             *maker
	name          book.SourceName
	module, title string
	// balances are the currencies that the gateway holds; what comes in another one is converted into
	// the first.
	balances []balance
	// rates are the gateway's rates into the first balance's currency by day, in millionths.
	rates map[money.Currency][]int64

	charges  arena[charge]
	refunds  arena[Refund]
	disputes arena[Dispute]
	moves    arena[move]
	payouts  arena[payout]
	orders   arena[Order]
	// waiting are the movements that no payout took yet, by order of balances.
	waiting [][]*move
}

// balance is a currency that a gateway holds, and the account to which it pays it out.
type balance struct {
	currency money.Currency
	account  book.AccountName
}

func (m *maker) newSide(name book.SourceName, title string, balances ...balance) side {
	return side{m: m, name: name, module: string(name), title: title, balances: balances,
		rates: map[money.Currency][]int64{}, waiting: make([][]*move, len(balances))}
}

func (s *side) own() *side { return s }

// makers make the gateways beside Stripe, by name.
var makers = map[book.SourceName]func(*maker) gateway{PayPalName: newPayPal,
	RazorpayName: newRazorpay, SpectroCoinName: newSpectroCoin}

// open makes the gateways that the options ask for; Stripe is always the first.
func (m *maker) open() {
	m.stripe = newStripe(m)
	m.gateways = []gateway{m.stripe}
	for _, name := range m.w.Gateways()[1:] {
		m.gateways = append(m.gateways, makers[name](m))
	}
}

// place is the place in balances of the one that a currency settles in.
func (s *side) place(c money.Currency) int {
	return max(0, slices.IndexFunc(s.balances, func(b balance) bool { return b.currency == c }))
}

// drift makes a rate for every day, near a first one, in millionths.
func (m *maker) drift(rate int64) []int64 {
	var rates []int64
	for range m.midnights {
		rate += m.r.Int64N(rate/200+1) - rate/400
		rates = append(rates, rate)
	}
	return rates
}

// converted is an amount in the first balance's currency by the rate of the day, and the rate.
func (s *side) converted(a money.Money) (money.Money, string) {
	rates := s.rates[a.Currency]
	i := max(0, min(int(s.m.now.In(s.m.w.Zone)-s.m.w.OpeningOn), len(rates)-1))
	got, err := a.Convert(big.NewRat(rates[i], 1_000_000), s.balances[0].currency)
	if err != nil {
		panic("world: convert " + a.String() + ": " + err.Error())
	}
	rate := strconv.FormatInt(1_000_000+rates[i], 10)
	whole := strconv.FormatInt(rates[i]/1_000_000, 10)
	rate = strings.TrimRight(whole+"."+rate[len(rate)-6:], "0")
	return got, strings.TrimSuffix(rate, ".")
}

// enter enters a row of the ledger; it is available at once where it says nothing else.
func (s *side) enter(v Movement) *move {
	v.At = s.m.now
	v.Net = v.Gross - v.Fee - v.Tax
	v.AvailableAt = max(v.AvailableAt, v.At)
	entered := s.moves.add(move{Movement: v})
	i := s.place(v.Currency)
	s.waiting[i] = append(s.waiting[i], entered)
	return entered
}

// fill copies what was made into the world's ledger, in order.
func (s *side) fill(l *Ledger) {
	l.Charges = flatten(&s.charges, func(c *charge) Charge { return c.Charge })
	l.Refunds = flatten(&s.refunds, func(r *Refund) Refund { return *r })
	l.Disputes = flatten(&s.disputes, func(d *Dispute) Dispute { return *d })
	l.Movements = flatten(&s.moves, func(v *move) Movement { return v.Movement })
	l.Payouts = flatten(&s.payouts, func(p *payout) Payout { return p.Payout })
	if s.orders.n > 0 {
		l.Orders = flatten(&s.orders, func(o *Order) Order { return *o })
	}
	inOrder(l.Charges, func(c *Charge) (book.Instant, string) { return c.At, c.ID })
	inOrder(l.Refunds, func(r *Refund) (book.Instant, string) { return r.At, r.ID })
	inOrder(l.Disputes, func(d *Dispute) (book.Instant, string) { return d.At, d.ID })
	inOrder(l.Movements, func(v *Movement) (book.Instant, string) { return v.At, v.ID })
	inOrder(l.Payouts, func(p *Payout) (book.Instant, string) { return p.At, p.ID })
	inOrder(l.Orders, func(o *Order) (book.Instant, string) { return o.At, o.PreOrderID })
}

// More are the gateways that a business can use beside Stripe, in the order of World's fields.
var More = []book.SourceName{PayPalName, RazorpayName, SpectroCoinName}

// Tariffs are what gateways take of a charge by contract, for those that have one price for all and
// whose module records what they took.
var Tariffs = map[book.SourceName]string{RazorpayName: "2%"}

// Ledger is a gateway's side of the business, nil for a name that is no gateway.
func (w *World) Ledger(name book.SourceName) *Ledger {
	switch name {
	case StripeName:
		return &w.Stripe
	case PayPalName:
		return &w.PayPal
	case RazorpayName:
		return &w.Razorpay
	case SpectroCoinName:
		return &w.SpectroCoin
	}
	return nil
}

// Gateways are the gateways that the business uses: Stripe, and those of More.
func (w *World) Gateways() []book.SourceName {
	names := []book.SourceName{StripeName}
	for _, name := range More {
		if slices.Contains(w.Options.Gateways, name) {
			names = append(names, name)
		}
	}
	return names
}

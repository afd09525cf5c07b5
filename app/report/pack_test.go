package report

import (
	"fmt"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// titles answers for the records of a test.
type titles map[book.ItemID]Item

func (t titles) Item(id book.ItemID) Item { return t[id] }

var vilnius = func() *time.Location {
	z, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		panic(err)
	}
	return z
}()

func at(s string) book.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return book.At(t)
}

func on(s string) book.Date {
	d, err := book.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// bridgeOf makes a bridge from the items of its steps: totals are added up, and get items of their
// own where the map has some.
func bridgeOf(c money.Currency, items map[book.Step][]int64, classes map[book.Step][]book.Class,
) book.Bridge {
	b := book.Bridge{Currency: c}
	records := map[book.Step]int{book.StepPayoutsSent: 31, book.StepGatewayAtBank: 30,
		book.StepBankMovement: 31}
	var running int64
	for _, info := range book.Steps {
		s := book.BridgeStep{Step: info.Step, Classes: classes[info.Step]}
		for i, n := range items[info.Step] {
			id := book.ItemID(fmt.Sprintf("stripe:%s_%s_%04d", info.Step, c, i+1))
			s.Entries = append(s.Entries, book.BridgeEntry{Item: id, Amount: n})
			s.Amount += n
		}
		s.Items = len(s.Entries)
		switch {
		case info.Step == book.StepUnexplained:
		case info.Total && info.Step != book.StepBillingReceipts:
			s.Amount, s.Items = running, records[info.Step]
			for i, m := range money.New(running, c).Split(s.Items) {
				id := book.ItemID(fmt.Sprintf("records:%s_%d", info.Step, i))
				s.Entries = append(s.Entries, book.BridgeEntry{Item: id, Amount: m.Minor})
			}
		default:
			running += s.Amount
		}
		b.Steps = append(b.Steps, s)
	}
	return b
}

// euros are the figures of a month in EUR: what each step's items come to.
func euros() book.Bridge {
	items := map[book.Step][]int64{
		book.StepBillingReceipts:   nil,
		book.StepOtherPeriod:       {-4900, -2550},
		book.StepUnrecorded:        {4900, 12000, 14900, 16800},
		book.StepUnsupported:       {-9900, -11900},
		book.StepAmountDifferences: {-600, -4560},
		book.StepNonCash:           {-34000},
		book.StepRefunds:           {-99000, -56640},
		book.StepDisputes:          {-38600},
		book.StepFees:              nil,
		book.StepFX:                {-1844},
		book.StepAdjustments:       {2500},
		book.StepReserves:          {-50000},
		book.StepOpeningInGateway:  {1102855},
		book.StepClosingInGateway:  {-1194358},
		book.StepOpeningInTransit:  {591820},
		book.StepClosingInTransit:  {-610455},
		book.StepPayoutDifferences: {-1500},
		book.StepDirectReceipts:    {2000000, 438000},
		book.StepOtherBankLines:    {76000, 48000, -12330},
	}
	for i := range 200 {
		items[book.StepBillingReceipts] = append(items[book.StepBillingReceipts], 93415+int64(i%7))
		items[book.StepFees] = append(items[book.StepFees], -2012-int64(i%3))
	}
	return bridgeOf("EUR", items, map[book.Step][]book.Class{
		book.StepUnrecorded: {book.M1}, book.StepUnsupported: {book.M2},
		book.StepAmountDifferences: {book.A4, book.D2}, book.StepNonCash: {book.M8},
		book.StepReserves: {book.T6}, book.StepClosingInGateway: {book.T1},
		book.StepClosingInTransit: {book.T2, book.M4}, book.StepOtherBankLines: {book.M5},
	})
}

// month is a pack as a month leaves it, in which everything comes out: two currencies, payouts with
// their parts, bank lines, proofs, and texts that a spreadsheet would take for formulas.
func month() *Pack {
	p := &Pack{Business: "Northwind Hosting", Base: "EUR", Zone: vilnius,
		At: at("2026-10-31T21:59:59Z"), RunAt: at("2026-11-03T07:38:00Z"), Version: "0.1.0"}
	p.Period, _ = book.ParseMonth("2026-10")
	p.Rules = []string{"P1 v1", "P4 v1", "P5 v2"}
	p.Parameters = []Parameter{{"Tolerance", "0 minor units"}, {"Arrival window", "−1 to +3"}}
	p.Inputs = []Input{{"billing", "whmcs", 4206, fmt.Sprintf("%064x", 0xbeef),
		at("2026-11-03T07:38:00Z")}, {"operating", "mt940", 76, fmt.Sprintf("%064x", 7), 0}}
	p.Counts = book.Counts{Invoices: 4100, BillingPayments: 2984, GatewayEntries: 3022,
		Payouts: 31, BankLines: 76}
	p.Rates = Rates{BankLines: book.AutoRate{Matched: 30, Of: 31},
		Payments: book.AutoRate{Matched: 2951, Of: 2984}}
	yen := bridgeOf("JPY", map[book.Step][]int64{book.StepBillingReceipts: {980000, 120000},
		book.StepFees: {-35200}}, nil)
	p.Bridges = []book.Bridge{euros(), yen}
	for _, b := range p.Bridges {
		p.addPayouts(b)
		p.addLines(b)
	}
	p.addExceptions()
	p.Proofs = proofs()
	return p
}

func (p *Pack) addPayouts(b book.Bridge) {
	total := money.New(step(b, book.StepPayoutsSent).Amount, b.Currency)
	for i, m := range total.Split(31) {
		sent := book.NewDate(2026, 10, 1+i%30).Start(vilnius) + 9*3600_000
		id := book.NewID(book.SourceName("stripe"), fmt.Sprintf("po_%s%03d", b.Currency, i))
		fee := m.Minor / 50
		o, err := Compose(book.Payout{ID: id, Source: "stripe", State: book.PayoutPaid, Amount: m,
			SentAt: sent, ArrivesOn: sent.In(vilnius) + 2, Members: book.MembersStated},
			[]book.Transaction{
				{ID: "stripe:re_1", Kind: book.Refund, Currency: b.Currency, Gross: -4900,
					Net: -4900},
				{ID: "stripe:ch_1", Kind: book.Charge, Currency: b.Currency,
					Gross: m.Minor + 5900 + fee, Fee: fee, Net: m.Minor + 5900},
				{ID: "stripe:fee_1", Kind: book.Fee, Currency: b.Currency, Fee: 1000, Net: -1000},
			})
		if err != nil {
			panic(err)
		}
		o.BookedOn = o.ArrivesOn
		o.BankLine = book.ItemID(fmt.Sprintf("operating:%s-%d", b.Currency, i))
		p.Payouts = append(p.Payouts, o)
	}
}

func (p *Pack) addLines(b book.Bridge) {
	total := money.New(step(b, book.StepBankMovement).Amount, b.Currency)
	texts := []string{"STRIPE PO5QEB OCT27", "=cmd|'/c calc'!A1", "+49 30 901820", "-1+1",
		"@SUM(A1)", "\tTAB", "  =1+1", "＝1+1", "O'Brien & Söhne <x>", "Grüße 𝄞 😀", "", "line\nend"}
	for i, m := range total.Split(31) {
		line := book.BankLine{ID: book.ItemID(fmt.Sprintf("operating:%s-%d", b.Currency, i)),
			Account: "operating", On: on("2026-10-03") + book.Date(i%28), Amount: m,
			Counterparty: "STRIPE PAYMENTS EUROPE", Text: texts[i%len(texts)],
			Reference: fmt.Sprintf("REF%05d", i), BankID: fmt.Sprintf("B%d", i)}
		p.Lines = append(p.Lines, line)
		p.Matches = append(p.Matches, book.Match{ID: fmt.Sprintf("m%s%03d", b.Currency, i),
			Pass: book.P5, Rule: "P5 v2", Leg: book.PayoutBank, State: book.Auto,
			Left:  []book.ItemID{book.ItemID(fmt.Sprintf("stripe:po_%s%03d", b.Currency, i))},
			Right: []book.ItemID{line.ID}, Uses: []money.Money{m, m},
			Residual: money.New(0, b.Currency)})
	}
}

func (p *Pack) addExceptions() {
	look := titles{}
	add := func(class book.Class, leg book.Leg, m money.Money, item, customer, why string) {
		id := book.ItemID(item)
		look[id] = Item{Kind: book.KindTransaction, Customer: customer, Invoice: "10466"}
		p.Exceptions = append(p.Exceptions, book.Exception{ID: "x" + item, Class: class, Leg: leg,
			Amount: m, Items: []book.ItemID{id}, On: on("2026-10-12"), Status: book.Open,
			DetectedAt: at("2026-11-03T07:38:00Z"), Why: why})
	}
	add(book.M1, book.BillingGateway, money.New(4900, "EUR"), "stripe:ch_9", "Orrery Nine",
		"Stripe received 49.00 for invoice 10466, and billing has no payment: it is still open.")
	add(book.M1, book.BillingGateway, money.New(12000, "EUR"), "stripe:ch_10", "=HYPERLINK(\"x\")",
		"Stripe received 120.00, and billing records nothing, so the customer would be dunned.")
	add(book.M4, book.PayoutBank, money.New(142000, "EUR"), "paypal:PP-4421", "",
		"PayPal sent 1,420.00 on 2026-10-21, and the bank has no such line up to 2026-11-02.")
	add(book.A4, book.BillingGateway, money.New(600, "EUR"), "spectrocoin:o1", "Lindenmoor",
		"Billing records 120.00, but SpectroCoin received 114.00, so the customer still owes 6.00.")
	add(book.T1, book.GatewayPayout, money.New(980000, "JPY"), "stripe:ch_jp", "東京ホスト",
		"Charged 980,000 on 2026-10-30; the payout is due on 2026-11-04.")
	p.Exceptions[2].ClearsOn = on("2026-11-05")
	p.Exceptions[1].Flags = []book.Flag{book.FlagStale, book.FlagAltered}
	p.Lookup = look
}

func proofs() []book.Proof {
	stated := func(n int64) *int64 { return &n }
	return []book.Proof{
		{Kind: book.GatewayBalance, Source: "stripe", Currency: "EUR",
			AsOf: at("2026-10-31T21:59:59Z"), Opening: 1102855, Movement: 18017132, Payouts: 17925629, Closing: 1194358,
			ProviderClosing: stated(1194358), Holds: true},
		{Kind: book.GatewayBalance, Source: "spectrocoin", Currency: "EUR", Opening: 100,
			Movement: 50, Payouts: 150, Closing: 0, Derived: true, Holds: true},
		{Kind: book.StatementBalance, Source: "operating", Currency: "EUR",
			Opening: 4188206, Movement: 20455164, Closing: 24643370,
			ProviderClosing: stated(24643370), Holds: true},
		{Kind: book.StatementChain, Source: "operating", Currency: "EUR", Opening: 4188206,
			Closing: 4188206, ProviderClosing: stated(4188206), Holds: true},
	}
}

func TestComposeRefusesAnotherCurrency(t *testing.T) {
	_, err := Compose(book.Payout{ID: "stripe:po_1", Amount: money.New(1, "EUR")},
		[]book.Transaction{{ID: "stripe:ch_1", Currency: "USD"}})
	if err == nil {
		t.Fatal("a member in USD was added to a payout in EUR")
	}
}

func TestSentCountsThePeriodOnly(t *testing.T) {
	p := month()
	ten := money.New(1000, "EUR")
	for _, test := range []struct {
		name         string
		sent, failed book.Instant
		want         int64
	}{
		{"first moment of the month in the zone", at("2026-09-30T21:00:00Z"), 0, 1000},
		{"a moment before", at("2026-09-30T20:59:59Z"), 0, 0},
		{"not sent yet", 0, 0, 0},
		{"came back in the month", at("2026-10-02T00:00:00Z"), at("2026-10-05T00:00:00Z"), 0},
		{"last month's came back", at("2026-09-02T00:00:00Z"), at("2026-10-05T00:00:00Z"), -1000},
		{"after the moment of the run", at("2026-10-31T22:30:00Z"), 0, 0},
	} {
		o := Payout{Payout: book.Payout{Amount: ten, SentAt: test.sent, FailedAt: test.failed}}
		if got := p.sent(o); got != money.New(test.want, "EUR") {
			t.Errorf("%s: got %v, want %d", test.name, got, test.want)
		}
	}
}

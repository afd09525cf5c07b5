package spectrocoin

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

const (
	minute = book.Instant(60 * 1000)
	hour   = 60 * minute
)

func uuid(n int) string { return fmt.Sprintf("0a1b2c3d-0000-4000-8000-%012d", n) }

func preOrder(n int) string { return fmt.Sprintf("9f8e7d6c-0000-4000-8000-%012d", n) }

func quantityOf(text, unit string) money.Quantity {
	q, err := money.ParseQuantity(text, unit)
	if err != nil {
		panic(err)
	}
	return q
}

// ledgerOf fills a world's ledger.
type ledgerOf struct {
	*world.World
	n int
}

// order adds an order of a status, two days after the one before it.
func (l *ledgerOf) order(status string, receive money.Money, paid string) *world.Order {
	l.n++
	at := book.At(l.OpeningOn.Time()) + book.Instant(l.n)*(oneDay+37*minute+book.Instant(l.n)*1001)
	o := world.Order{ID: uuid(l.n), PreOrderID: preOrder(l.n),
		Ref: fmt.Sprintf("%d-%d", 1000+l.n, 4000+l.n), Text: fmt.Sprintf("Order #%d", 1000+l.n),
		At: at, UpdatedAt: at + 20*minute, ValidUntil: at + 15*minute, Status: status,
		Receive: receive, Pay: quantityOf("0.00213371", "BTC"), Network: "bitcoin"}
	if paid != "" {
		o.Received = quantityOf(paid, "BTC")
	}
	l.SpectroCoin.Orders = append(l.SpectroCoin.Orders, o)
	return &l.SpectroCoin.Orders[len(l.SpectroCoin.Orders)-1]
}

// credit lets an order's money arrive.
func (l *ledgerOf) credit(o *world.Order, at book.Instant, gross, fee int64) {
	o.Status, o.PaidAt, o.MovementID = "PAID", at, "48000"+o.Ref[:4]
	l.move(world.Movement{ID: o.MovementID, Category: "charge", At: at + 3*minute,
		Currency: o.Receive.Currency, Gross: gross, Fee: fee, SourceID: o.ID})
	l.SpectroCoin.Charges = append(l.SpectroCoin.Charges, world.Charge{ID: o.ID,
		IntentID: o.PreOrderID, At: o.At, Amount: o.Receive, State: book.Succeeded,
		MethodType: "crypto", MovementID: o.MovementID})
}

func (l *ledgerOf) move(m world.Movement) {
	m.Net, m.AvailableAt = m.Gross-m.Fee-m.Tax, m.At
	m.Currency = cmp.Or(m.Currency, "EUR")
	l.SpectroCoin.Movements = append(l.SpectroCoin.Movements, m)
	slices.SortFunc(l.SpectroCoin.Movements, func(a, b world.Movement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
}

func (l *ledgerOf) withdraw(id string, at book.Instant, amount int64, state book.PayoutState) {
	l.SpectroCoin.Payouts = append(l.SpectroCoin.Payouts, world.Payout{ID: id, At: at,
		Amount: money.New(amount, "EUR"), State: state, MovementID: id, Account: "operating"})
	l.move(world.Movement{ID: id, Category: "payout", At: at, Gross: -amount, SourceID: id})
}

// small is the suite's small business with a ledger of SpectroCoin's: an order in every status and
// one in a status that nobody knows, currencies of 0, 2 and 3 decimals, and all that can move in a
// wallet.
func small() *world.World {
	w := sourcetest.Small()
	l := &ledgerOf{World: w}
	eur := func(n int64) money.Money { return money.New(n, "EUR") }
	for _, s := range []string{"NEW", "PENDING", "FAILED", "CANCELLED", "EXPIRED", "TEST",
		"TEST_PAID", "TEST_EXPIRED", "LATE_CRYPTO_PAYMENT", "PARTIAL_PAYMENT", "UNDERPAID",
		"INVALID_PAYMENT", "PROCESSING_REFUND", "REFUNDED", "REJECTED_REFUND",
		"PENDING_LATE_CRYPTO_PAYMENT", "REJECTED", "ON_HOLD"} {
		o := l.order(s, eur(12_000+int64(l.n)), "")
		if l.n%3 == 0 {
			o.Older, o.RequestID = true, 20_004_000+int64(l.n)
		}
		switch s {
		case "UNDERPAID", "PARTIAL_PAYMENT":
			o.Received = quantityOf("0.001000000000000001", "BTC")
		case "NEW":
			o.Pay, o.Network = "", ""
		}
	}
	wei := l.order("PAID", eur(9_900), "")
	wei.Pay = quantityOf("0.031234567890123456", "ETH")
	wei.Received = quantityOf("0.031234567890123457", "ETH")
	l.credit(wei, wei.At+10*minute, 9_900, 99)
	yen := l.order("PAID", money.New(18_000, "JPY"), "0.00213371")
	l.credit(yen, yen.At+10*minute, 18_000, 180)
	dinar := l.order("PAID", money.New(37_125, "KWD"), "0.00213371")
	l.credit(dinar, dinar.At+10*minute, 37_125, 371)
	older := l.order("PAID", eur(4_900), "0.00213371")
	older.Older, older.RequestID, older.Ref = true, 20_004_417, older.Ref[:4]+"-9"
	l.credit(older, older.At+10*minute, 4_900, 49)
	short := l.order("PAID", eur(10_000), "0.00113371")
	l.credit(short, short.At+2*oneDay, 5_300, 53)
	short.Received = quantityOf("0.0011308663", "BTC") // 53 %
	given := l.order("PAID", eur(2_000), "0.00213371")
	l.credit(given, given.At+10*minute, 2_000, 20)
	given.Status, given.UpdatedAt = "REFUNDED", given.At+oneDay
	// An order that is paid with its money not in the wallet yet.
	l.order("PAID", eur(2_500), "0.00213371").PaidAt = w.Now - hour
	back := l.order("PAID", eur(3_000), "0.00213371")
	l.credit(back, back.At+5*minute, 3_000, 30)
	w.SpectroCoin.Refunds = []world.Refund{{ID: "4800077", ChargeID: back.ID, At: back.At + oneDay,
		Amount: eur(1_000), State: book.Succeeded, MovementID: "4800077"}}
	l.move(world.Movement{ID: "4800077", Category: "refund", At: back.At + oneDay, Gross: -1_000,
		SourceID: "4800077"})
	start := book.At(w.OpeningOn.Time())
	l.withdraw("4810001", start+26*oneDay, 4_000, book.PayoutPaid)
	l.withdraw("4810002", w.Now-oneDay, 1_200, book.PayoutPaid)
	l.withdraw("4810003", w.Now-hour, 300, book.PayoutPending)
	l.move(world.Movement{ID: "4820001", Category: "fee", At: start + 20*oneDay, Gross: -150})
	l.move(world.Movement{ID: "4820002", Category: "conversion", At: start + 27*oneDay,
		Currency: "JPY", Gross: -1_650})
	l.move(world.Movement{ID: "4820003", Category: "conversion", At: start + 27*oneDay,
		Gross: 1_000})
	l.move(world.Movement{ID: "4820004", Category: "other_adjustment", At: start + 28*oneDay,
		Gross: 77})
	return w
}

// touch lets the world move on for a day: pending orders are decided, an expired one is paid late, a
// short one is accepted, a withdrawal comes back, and a new order is paid.
func touch(w *world.World) {
	l := &ledgerOf{World: w, n: len(w.SpectroCoin.Orders)}
	w.Now += oneDay
	at := w.Now - 2*hour
	for i := range w.SpectroCoin.Orders {
		o := &w.SpectroCoin.Orders[i]
		if o.At < w.Now-lateness-overlap+2*oneDay && o.Status != "UNDERPAID" && o.Status != "PENDING" {
			continue
		}
		switch o.Status {
		case "PENDING", "ON_HOLD":
			o.UpdatedAt = at
			l.credit(o, at, o.Receive.Minor, o.Receive.Minor/100)
		case "UNDERPAID":
			part := expectPart(*o)
			o.UpdatedAt = at
			l.credit(o, at, part, part/100)
		case "REJECTED":
			o.Status, o.UpdatedAt = "EXPIRED", at
		case "REJECTED_REFUND":
			o.Status, o.UpdatedAt = "REFUNDED", at
		case "PENDING_LATE_CRYPTO_PAYMENT":
			o.Status, o.UpdatedAt, o.Received = "LATE_CRYPTO_PAYMENT", at,
				quantityOf("0.00213371", "BTC")
		case "PAID":
			if o.MovementID == "" {
				l.credit(o, o.PaidAt, o.Receive.Minor, o.Receive.Minor/100)
			}
		}
	}
	for i := range w.SpectroCoin.Payouts {
		switch p := &w.SpectroCoin.Payouts[i]; p.ID {
		case "4810002":
			p.State, p.FailedAt, p.FailureMovementID = book.PayoutFailed, at, "4810900"
			l.move(world.Movement{ID: "4810900", Category: "payout_reversal", At: at,
				Gross: 1_200, SourceID: p.ID})
		case "4810003":
			p.State = book.PayoutPaid
		}
	}
	fresh := l.order("PAID", money.New(7_700, "EUR"), "0.00213371")
	fresh.At, fresh.ValidUntil = at-20*minute, at-5*minute
	l.credit(fresh, at, 7_700, 77)
}

func native(id string) book.ItemID {
	if id == "" {
		return ""
	}
	return book.NewID(world.SpectroCoinName, id)
}

// over are the statuses that ended without money, with what the books call it.
var over = map[string]book.TransactionState{"FAILED": book.Failed, "EXPIRED": book.Failed,
	"INVALID_PAYMENT": book.Failed, "REJECTED": book.Failed, "CANCELLED": book.Cancelled,
	"TEST": book.Cancelled, "TEST_PAID": book.Cancelled, "TEST_EXPIRED": book.Cancelled}

// expect is what the books must come to, written from the world alone.
func expect(w *world.World) book.Records {
	var out book.Records
	moves, sim := map[string]world.Movement{}, NewSimulator(w)
	balances := map[money.Currency]int64{}
	for _, m := range w.SpectroCoin.Movements {
		moves[m.ID] = m
		balances[m.Currency] += m.Net
		out.Transactions = append(out.Transactions, expectRow(w, m, sim.rowText(m))...)
	}
	for _, o := range w.SpectroCoin.Orders {
		if o.ID != "" {
			out.Transactions = append(out.Transactions, expectOrder(o, moves)...)
		}
	}
	for _, p := range w.SpectroCoin.Payouts {
		text := sim.rowText(moves[p.MovementID])
		x := book.Payout{ID: native(p.MovementID), Source: world.SpectroCoinName,
			State: book.PayoutPaid, Amount: p.Amount, SentAt: moves[p.MovementID].At,
			Members: book.MembersUnstated, Descriptor: text}
		if p.State == book.PayoutPending {
			x.State = book.PayoutPending
		}
		if back, ok := moves[p.FailureMovementID]; ok && p.FailureMovementID != "" {
			x.State, x.FailedAt, x.Reason = book.PayoutFailed, back.At, sim.rowText(back)
		}
		out.Payouts = append(out.Payouts, x)
	}
	for c, n := range balances {
		out.Balances = append(out.Balances, book.Balance{Source: world.SpectroCoinName, Currency: c,
			At: w.Now / 1000 * 1000, Amount: n})
	}
	return out
}

// expectPart is what comes of an order of which the payer sent a part only.
func expectPart(o world.Order) int64 {
	asked, ok := new(big.Rat).SetString(o.Pay.Decimal())
	got, ok2 := new(big.Rat).SetString(o.Received.Decimal())
	if !ok || !ok2 || got.Cmp(asked) >= 0 {
		return o.Receive.Minor
	}
	part, err := o.Receive.Convert(got.Quo(got, asked), o.Receive.Currency)
	if err != nil {
		panic(err)
	}
	return part.Minor
}

func expectOrder(o world.Order, moves map[string]world.Movement) []book.Transaction {
	x := book.Transaction{ID: native(o.ID), Source: world.SpectroCoinName, Kind: book.Charge,
		State: book.Pending, At: o.At, Currency: o.Receive.Currency, Charged: o.Receive,
		Asked: o.Pay, Paid: o.Received, Text: o.Text, Reason: o.Status,
		Aliases: []string{"SC" + o.PreOrderID, "SC" + o.ID, o.PreOrderID, o.Ref}}
	for i := range o.Ref {
		if o.Ref[i] == '-' {
			x.InvoiceRef = o.Ref[:i]
			break
		}
	}
	if o.RequestID != 0 {
		x.Aliases = append(x.Aliases, fmt.Sprintf("SC%d", o.RequestID))
	}
	if state, ok := over[o.Status]; ok {
		x.State = state
	}
	if o.Status == "TEST" || o.Status == "TEST_PAID" || o.Status == "TEST_EXPIRED" {
		x.Aliases = []string{o.PreOrderID, o.Ref}
	}
	switch o.Status {
	case "NEW", "PENDING", "PARTIAL_PAYMENT":
		x.DueOn = o.ValidUntil.In(time.UTC)
	case "PAID", "REFUNDED":
		x.State, x.Reason, x.At = book.Succeeded, "", cmp.Or(o.PaidAt, o.At)
	}
	m, credited := moves[o.MovementID]
	switch {
	case credited:
		x.At, x.Aliases = m.At, append(x.Aliases, m.ID)
		x.Gross, x.Net = expectPart(o), m.Net
		x.Fee, x.Charged = x.Gross-x.Net, money.New(x.Gross, x.Currency)
	case o.Status == "REFUNDED":
		x.State, x.Reason = book.Cancelled, o.Status
	}
	if x.State == book.Succeeded {
		x.AvailableAt = x.At
	}
	slices.Sort(x.Aliases)
	if o.Status != "REFUNDED" || !credited {
		return []book.Transaction{x}
	}
	back := book.Transaction{ID: native(o.ID + "/refund"), Source: x.Source, Kind: book.Refund,
		State: book.Pending, At: o.UpdatedAt, AvailableAt: o.UpdatedAt, Currency: x.Currency,
		Charged: x.Charged.Neg(), Parent: x.ID, InvoiceRef: x.InvoiceRef, Text: x.Text}
	return []book.Transaction{x, back}
}

func expectRow(w *world.World, m world.Movement, text string) []book.Transaction {
	kinds := map[string]book.TransactionKind{"fee": book.Fee, "conversion": book.Conversion,
		"refund": book.Refund, "payout_reversal": book.PayoutFailure}
	if m.Category == "charge" || m.Category == "payout" {
		return nil
	}
	x := book.Transaction{ID: native(m.ID), Source: world.SpectroCoinName,
		Kind: cmp.Or(kinds[m.Category], book.OtherMovement), State: book.Succeeded, At: m.At,
		AvailableAt: m.At, Currency: m.Currency, Gross: m.Net, Net: m.Net,
		Charged: money.New(m.Net, m.Currency), Text: text}
	switch m.Category {
	case "refund":
		for _, r := range w.SpectroCoin.Refunds {
			if r.ID == m.SourceID {
				x.Parent = native(r.ChargeID)
			}
		}
	case "payout_reversal":
		x.Parent = native(m.SourceID)
	}
	return []book.Transaction{x}
}

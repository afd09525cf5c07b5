package report

import (
	"fmt"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// composition is a payout's parts in the columns of the payout table; they add up to Net.
type composition struct {
	charges, refunds, disputes, reserves, other, fees, taxes, net int64
	count                                                         int
}

func compose(parts []Part) (c composition) {
	for _, t := range parts {
		switch t.Kind {
		case book.Charge, book.ChargeFailure:
			c.charges += t.Gross
		case book.Refund, book.RefundFailure:
			c.refunds += t.Gross
		case book.Dispute, book.Reinstatement:
			c.disputes += t.Gross
		case book.Reserve:
			c.reserves += t.Gross
		case book.Fee, book.DisputeFee:
			c.fees += t.Gross
		case book.Tax, book.WithheldTax:
			c.taxes += t.Gross
		default:
			c.other += t.Gross
		}
		c.fees -= t.Fee
		c.taxes -= t.Tax
		c.count += t.Count
	}
	c.net = c.charges + c.refunds + c.disputes + c.reserves + c.other + c.fees + c.taxes
	return c
}

// The places of columns in the payout table that formulas name.
const (
	payoutCurrency, payoutAmount     = 6, 7
	payoutCharges, payoutTaxes       = 9, 15
	payoutNet, payoutFoots, payoutIn = 16, 17, 18
)

func (p *Pack) payoutTable() Table {
	columns := []Column{
		{ID: "payout", Title: "Payout", Kind: KindCode, Width: 24},
		{ID: "source", Title: "Source", Kind: KindText, Width: 12},
		{ID: "sent", Title: "Sent", Kind: KindInstant, Width: 17},
		{ID: "arrives", Title: "Arrives", Kind: KindDate, Width: 12},
		{ID: "booked", Title: "Booked", Kind: KindDate, Width: 12},
		{ID: "state", Title: "State", Kind: KindCode, Width: 11},
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "amount", Title: "Payout", Kind: KindMoney},
		{ID: "rows", Title: "Rows", Kind: KindInteger},
		{ID: "charges", Title: "Charges", Kind: KindMoney},
		{ID: "refunds", Title: "Refunds", Kind: KindMoney, Width: 13},
		{ID: "disputes", Title: "Disputes", Kind: KindMoney, Width: 13},
		{ID: "reserves", Title: "Reserves", Kind: KindMoney, Width: 13},
		{ID: "other", Title: "Other", Kind: KindMoney, Width: 13},
		{ID: "fees", Title: "Fees", Kind: KindMoney, Width: 13},
		{ID: "taxes", Title: "Taxes", Kind: KindMoney, Width: 13},
		{ID: "net", Title: "Net", Kind: KindMoney, formula: payoutSum},
		{ID: "difference", Title: "Footing", Kind: KindMoney, Width: 11, formula: payoutFooting},
		{ID: "in_period", Title: "In this month", Kind: KindMoney},
		{ID: "members", Title: "Members", Kind: KindCode, Width: 11, Detail: true},
		{ID: "bank_line", Title: "Bank line", Kind: KindCode, Width: 32, Detail: true},
	}
	return p.table("Payouts", columns, func(yield func(...Cell) bool) {
		for _, o := range p.Payouts {
			if !yield(p.payoutRow(o)...) {
				return
			}
		}
	})
}

func (p *Pack) payoutRow(o Payout) []Cell {
	in := func(n int64) Cell { return Amount(money.New(n, o.Amount.Currency)) }
	row := []Cell{Text(o.ID), Text(o.Source), Instant(o.SentAt), Date(o.ArrivesOn),
		Date(o.BookedOn), Text(o.State), Text(o.Amount.Currency), Amount(o.Amount)}
	if len(o.Parts) == 0 {
		for range payoutNet - payoutAmount {
			row = append(row, Text(none))
		}
		row = append(row, Cell{}) // a text would be in the way of counting what does not foot
	} else {
		c := compose(o.Parts)
		row = append(row, Integer(c.count), in(c.charges), in(c.refunds), in(c.disputes),
			in(c.reserves), in(c.other), in(c.fees), in(c.taxes), in(c.net),
			in(c.net-o.Amount.Minor))
	}
	return append(row, Amount(p.sent(o)), Text(o.Members), Text(o.BankLine))
}

func payoutSum(row int, cells []Cell) string {
	if !numeric(cells[payoutCharges : payoutNet+1]...) {
		return ""
	}
	sum := fmt.Sprintf("SUM(%s:%s)", ref(payoutCharges, row), ref(payoutTaxes, row))
	return rounded(sum, cells[payoutNet].currency)
}

func payoutFooting(row int, cells []Cell) string {
	if !numeric(cells[payoutNet], cells[payoutAmount]) {
		return ""
	}
	return rounded(ref(payoutNet, row)+"-"+ref(payoutAmount, row), cells[payoutNet].currency)
}

// The places of columns in the table of proofs that formulas name.
const (
	proofKindAt, proofOpening, proofMovement, proofPayouts = 0, 4, 5, 6
	proofClosingAt, proofStated, proofDiffers, proofHolds  = 7, 8, 9, 10
)

// proofClosing is live where the proof is a sum; a chain of statements compares without one.
func proofClosing(row int, cells []Cell) string {
	sum := cells[proofOpening].n + cells[proofMovement].n - cells[proofPayouts].n
	if sum != cells[proofClosingAt].n || !numeric(cells[proofOpening:proofClosingAt+1]...) {
		return ""
	}
	formula := ref(proofOpening, row) + "+" + ref(proofMovement, row) + "-" + ref(proofPayouts, row)
	return rounded(formula, cells[proofClosingAt].currency)
}

func proofDifference(row int, cells []Cell) string {
	if !numeric(cells[proofClosingAt], cells[proofStated]) {
		return ""
	}
	formula := ref(proofClosingAt, row) + "-" + ref(proofStated, row)
	return rounded(formula, cells[proofClosingAt].currency)
}

// rounded keeps a formula exact: sums of decimals in binary are off by less than any minor unit.
// Some calculators round a trace below zero to −0, which they then do not take for 0; + 0 mends it.
func rounded(formula string, c money.Currency) string {
	exp, _ := c.Exponent()
	return fmt.Sprintf("ROUND(%s,%d)+0", formula, exp)
}

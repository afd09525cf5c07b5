package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// bridgeMaker collects the entries of all bridges of a run.
type bridgeMaker struct {
	e        *engine
	from, to book.Instant
	first    book.Date
	entries  map[money.Currency]map[book.Step][]book.BridgeEntry
	classes  map[book.ItemID][]book.Class
	flows    map[purse][]flow
}

// bridges explains, for every currency seen, the way from billing to the bank. Each total is added
// up from its own facts, each step from the items that it lists; the difference is what nothing
// explains.
func (e *engine) bridges() []book.Bridge {
	b := &bridgeMaker{e: e, first: max(e.in.Period.First(), e.in.OpeningOn),
		entries: map[money.Currency]map[book.Step][]book.BridgeEntry{}, flows: e.flows()}
	b.from, b.to = e.span()
	b.see(e.in.Base)
	b.noteClasses()
	b.receipts()
	b.movements()
	b.balances()
	b.payouts()
	b.bank()
	out := make([]book.Bridge, 0, len(b.entries))
	for _, c := range slices.Sorted(maps.Keys(b.entries)) {
		out = append(out, b.bridge(c))
	}
	return out
}

// see makes sure that a currency has a bridge.
func (b *bridgeMaker) see(c money.Currency) map[book.Step][]book.BridgeEntry {
	of := b.entries[c]
	if of == nil && c != "" {
		of = map[book.Step][]book.BridgeEntry{}
		b.entries[c] = of
	}
	return of
}

// put lists an item's part in a step.
func (b *bridgeMaker) put(step book.Step, id book.ItemID, amount money.Money) {
	of := b.see(amount.Currency)
	if amount.Minor != 0 && of != nil {
		of[step] = append(of[step], book.BridgeEntry{Item: id, Amount: amount.Minor})
	}
}

// in reports whether a moment lies in the period and not after the bridge's cut.
func (b *bridgeMaker) in(at book.Instant) bool { return at > b.from && at <= b.to }

// inDays does the same for a bank's date.
func (b *bridgeMaker) inDays(d book.Date) bool { return d >= b.first && d <= b.e.cut }

// counted reports whether a row is one of billing_receipts: money in, through a source.
func (b *bridgeMaker) counted(i int32) bool {
	return b.e.behind[i] != "" && b.e.pays[i].Amount.Minor > 0
}

// receipts takes what billing records over to what the gateways charged.
func (b *bridgeMaker) receipts() {
	e := b.e
	for i, p := range e.pays {
		r := int32(i)
		b.see(p.Amount.Currency)
		if !b.counted(r) || !b.in(p.At) {
			continue
		}
		b.put(book.StepBillingReceipts, p.ID, p.Amount)
		if at := e.payLink[i]; at != none && e.links[at].leg == book.BillingGateway {
			continue
		}
		step := book.StepUnsupported
		if _, twice := e.dupPays[r]; twice {
			step = book.StepAmountDifferences
		} else if e.nonCash[r] {
			step = book.StepNonCash
		}
		b.put(step, p.ID, p.Amount.Neg())
	}
	for at := range e.links {
		if l := &e.links[at]; l.leg == book.BillingGateway && l.state.Live() {
			b.pair(l, int32(at))
		}
	}
	for i, t := range e.txs {
		if t.Kind == book.Charge && moved(t) && !b.isCounted(int32(i)) && b.in(t.At) {
			b.put(book.StepUnrecorded, t.ID, charged(t))
		}
	}
}

// isCounted reports whether a row of billing_receipts stands for a movement.
func (b *bridgeMaker) isCounted(t int32) bool {
	at := b.e.txLink[t]
	if at == none {
		return false
	}
	for _, r := range b.e.links[at].left {
		if r.sort() == sortPay && b.counted(r.at()) {
			return true
		}
	}
	return false
}

// pair explains the rows of one match: the month of the movement is the anchor, rows of another
// month move there, and there the amounts are compared. A record that a person divided among
// several matches counts in one of them.
func (b *bridgeMaker) pair(l *link, at int32) {
	e := b.e
	var anchor, receipt *book.Transaction
	for _, r := range l.right {
		if r.sort() != sortTx {
			continue
		}
		t := e.txs[r.at()]
		if moved(t) && (anchor == nil || t.At < anchor.At) {
			anchor = t
		}
		if moved(t) && t.Kind == book.Charge {
			receipt = t
		}
	}
	var lead book.ItemID
	gap := map[money.Currency]int64{}
	for _, r := range l.left {
		if r.sort() != sortPay || !b.counted(r.at()) {
			continue
		}
		p := e.pays[r.at()]
		if lead == "" {
			lead = p.ID
		}
		switch {
		case e.payLink[r.at()] != at:
		case anchor == nil:
			if b.in(p.At) {
				b.put(book.StepUnsupported, p.ID, p.Amount.Neg())
			}
		case receipt == nil:
			// Billing books what came back of a refund or a dispute as a receipt; the movement
			// itself stands among refunds and disputes.
			if b.in(p.At) {
				b.put(book.StepAmountDifferences, p.ID, p.Amount.Neg())
			}
		default:
			if b.in(p.At) != b.in(anchor.At) {
				moved := p.Amount
				if b.in(p.At) {
					moved = moved.Neg()
				}
				b.put(book.StepOtherPeriod, p.ID, moved)
			}
			if b.in(anchor.At) {
				gap[p.Amount.Currency] -= p.Amount.Minor
			}
		}
	}
	if lead == "" || receipt == nil {
		return
	}
	for _, r := range l.right {
		if r.sort() != sortTx || e.txLink[r.at()] != at {
			continue
		}
		if t := e.txs[r.at()]; moved(t) && t.Kind == book.Charge && b.in(t.At) {
			gap[charged(t).Currency] += charged(t).Minor
		}
	}
	for c, n := range gap {
		b.put(book.StepAmountDifferences, lead, money.New(n, c))
	}
}

// movements lists the gateways' own rows: what customers got back in their currency, conversions,
// fees, taxes and the rest in the balance's.
func (b *bridgeMaker) movements() {
	e := b.e
	for i, t := range e.txs {
		if !moved(t) {
			continue
		}
		b.see(t.Currency)
		b.see(charged(t).Currency)
		if !b.in(t.At) {
			continue
		}
		gross := money.New(t.Gross, t.Currency)
		paid := charged(t)
		switch t.Kind {
		case book.Charge:
		case book.ChargeFailure:
			b.put(b.failureStep(int32(i)), t.ID, paid)
		case book.Refund, book.RefundFailure:
			b.put(book.StepRefunds, t.ID, paid)
		case book.Dispute, book.Reinstatement:
			b.put(book.StepDisputes, t.ID, paid)
		case book.PayoutFailure:
			if _, known := e.backRow(int32(i)); !known {
				b.put(book.StepAdjustments, t.ID, gross)
			}
			paid = gross
		default:
			b.put(stepOf[t.Kind], t.ID, gross)
			paid = gross
		}
		if paid != gross {
			b.put(book.StepFX, t.ID, paid.Neg())
			b.put(book.StepFX, t.ID, gross)
		}
		b.put(book.StepFees, t.ID, money.New(-t.Fee, t.Currency))
		b.put(book.StepTaxesOnFees, t.ID, money.New(-t.Tax, t.Currency))
	}
}

// stepOf is where a movement without a customer stands.
var stepOf = map[book.TransactionKind]book.Step{
	book.DisputeFee: book.StepFees, book.Fee: book.StepFees, book.Tax: book.StepTaxesOnFees,
	book.WithheldTax: book.StepTaxesOnFees, book.Adjustment: book.StepAdjustments,
	book.Conversion: book.StepFX, book.Reserve: book.StepReserves,
	book.OtherMovement: book.StepAdjustments,
}

// failureStep is where the failure of a bank debit stands: with the row that it makes unsupported,
// with the refunds where billing booked it, else with the debit that nobody recorded.
func (b *bridgeMaker) failureStep(t int32) book.Step {
	switch {
	case b.e.payOf(t) != none:
		return book.StepRefunds
	case b.e.parent[t] != none && b.isCounted(b.e.parent[t]):
		return book.StepUnsupported
	}
	return book.StepUnrecorded
}

// bridge puts one currency's steps in order and finds what is left.
func (b *bridgeMaker) bridge(c money.Currency) book.Bridge {
	out := book.Bridge{Currency: c}
	sums := map[book.Step]int64{}
	for _, info := range book.Steps {
		s := book.BridgeStep{Step: info.Step}
		s.Entries = merge(b.entries[c][info.Step])
		s.Items = len(s.Entries)
		for _, entry := range s.Entries {
			s.Amount += entry.Amount
		}
		s.Classes = b.classesOf(info.Step, s.Entries)
		sums[info.Step] = s.Amount
		out.Steps = append(out.Steps, s)
	}
	// Each total is compared with the one before it and the steps between them.
	var off, worst, carried int64
	for _, info := range book.Steps {
		switch {
		case info.Step == book.StepUnexplained:
		case info.Step == book.StepBillingReceipts:
			carried = sums[info.Step]
		case info.Total:
			gap := sums[info.Step] - carried
			off += gap
			if max(gap, -gap) > max(worst, -worst) {
				worst = gap
			}
			carried = sums[info.Step]
		default:
			carried += sums[info.Step]
		}
	}
	if off == 0 {
		// Two gaps that cancel out are still gaps.
		off = worst
	}
	out.Unexplained = off
	out.Steps[len(out.Steps)-1].Amount = off
	return out
}

// merge sorts the entries of a step by item and adds up those of one item.
func merge(all []book.BridgeEntry) []book.BridgeEntry {
	byItem := func(a, b book.BridgeEntry) int { return cmp.Compare(a.Item, b.Item) }
	if !slices.IsSortedFunc(all, byItem) {
		slices.SortFunc(all, byItem)
	}
	out := all[:0]
	for _, x := range all {
		if n := len(out); n > 0 && out[n-1].Item == x.Item {
			out[n-1].Amount += x.Amount
			continue
		}
		out = append(out, x)
	}
	return slices.DeleteFunc(out, func(x book.BridgeEntry) bool { return x.Amount == 0 })
}

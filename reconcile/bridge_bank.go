package reconcile

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// balances lists what the gateways held at the period's start and end: the movements that no payout
// had carried. Where the known balance says otherwise, the difference stands under the balance's
// own name: as the opening it is where the ledger began, as the closing it stays unexplained.
func (b *bridgeMaker) balances() {
	e := b.e
	held, holding := b.held(b.from), b.held(b.to)
	for _, p := range e.purses() {
		b.see(p.currency)
		flows := b.flows[p]
		opening, _ := e.opening(p, flows, b.from)
		computed, _ := e.opening(p, flows, b.from)
		computed += between(flows, b.from, b.to)
		closing, ok := e.closing(p, flows, b.to)
		if !ok {
			closing = computed
		}
		item := book.NewID(p.source, "balance/"+string(p.currency))
		b.hold(book.StepOpeningInGateway, p, held[p], opening, 1, item)
		b.hold(book.StepClosingInGateway, p, holding[p], closing, -1, item)
	}
}

func (b *bridgeMaker) hold(step book.Step, p purse, items []book.BridgeEntry, balance, sign int64,
	item book.ItemID) {
	for _, x := range items {
		balance -= x.Amount
		b.put(step, x.Item, money.New(sign*x.Amount, p.currency))
	}
	b.put(step, item, money.New(sign*balance, p.currency))
}

// held lists what each balance consisted of at a moment.
func (b *bridgeMaker) held(at book.Instant) map[purse][]book.BridgeEntry {
	e := b.e
	out := map[purse][]book.BridgeEntry{}
	carried := make([]int64, len(e.pouts))
	for i, t := range e.txs {
		if t.Net == 0 || t.At > at {
			continue
		}
		if p, ok := b.payoutOf(int32(i)); ok && e.pouts[p].SentAt <= at {
			carried[p] += t.Net
			continue
		}
		k := purse{t.Source, t.Currency}
		out[k] = append(out[k], book.BridgeEntry{Item: t.ID, Amount: t.Net})
	}
	for i, p := range e.pouts {
		if p.SentAt > at {
			continue
		}
		rest := carried[i] - p.Amount.Minor
		if back := e.cameBack(int32(i)); back != 0 && back <= at {
			if _, row := e.returned[int32(i)]; !row {
				rest += p.Amount.Minor
			}
		}
		if rest != 0 {
			k := purse{p.Source, p.Amount.Currency}
			out[k] = append(out[k], book.BridgeEntry{Item: p.ID, Amount: rest})
		}
	}
	return out
}

// payoutOf is the payout that carried a movement, by the provider or by a person's word.
func (b *bridgeMaker) payoutOf(t int32) (int32, bool) {
	e := b.e
	if at := e.txSettled[t]; at != none {
		for _, r := range e.links[at].right {
			if r.sort() == sortPout {
				return r.at(), true
			}
		}
	}
	if e.txs[t].PayoutID == "" {
		return none, false
	}
	p, ok := e.poutAt[e.txs[t].PayoutID]
	return p, ok && e.pouts[p].Amount.Currency == e.txs[t].Currency
}

// trip is a payout's way to the bank: when it left, arrived and came back; zero for never.
type trip struct {
	sent, back book.Instant
	// returned is when the bank shows that it went back.
	arrived, returned book.Date
}

// trip follows a payout. What was due before the opening, and never showed, is none of ours.
func (b *bridgeMaker) trip(i int32) (trip, bool) {
	e := b.e
	p := e.pouts[i]
	t := trip{sent: p.SentAt, back: e.cameBack(i)}
	if at := e.poutLink[i]; at != none {
		for _, r := range e.links[at].right {
			if on := lineOn(e.lines[r.at()]); t.arrived == 0 || on < t.arrived {
				t.arrived = on
			}
		}
	}
	if at, ok := e.returnedAt[i]; ok {
		t.returned = lineOn(e.lines[e.links[at].right[0].at()])
	}
	return t, t.arrived != 0 || t.back != 0 || e.arrival(p) >= e.in.OpeningOn
}

// underway is how often a payout counts as in transit at the end of a moment and its date: once
// while it is sent and neither here nor back, and less once while it is on its way back.
func (t trip) underway(at book.Instant, on book.Date) int64 {
	n := int64(0)
	arrived := t.arrived != 0 && t.arrived <= on
	back := t.back != 0 && t.back <= at
	if t.sent <= at {
		n++
	}
	if arrived {
		n--
	}
	if back {
		n--
	}
	if t.returned == 0 && arrived && back || t.returned != 0 && t.returned <= on {
		n++
	}
	return n
}

// payouts lists what was sent, what was on its way, and what the bank made of it.
func (b *bridgeMaker) payouts() {
	e := b.e
	for i, p := range e.pouts {
		b.see(p.Amount.Currency)
		t, ours := b.trip(int32(i))
		if b.in(t.sent) {
			b.put(book.StepPayoutsSent, p.ID, p.Amount)
		}
		if t.back != 0 && b.in(t.back) {
			b.put(book.StepPayoutsSent, p.ID, p.Amount.Neg())
		}
		if !ours {
			continue
		}
		a := func(n int64) money.Money { return money.New(n*p.Amount.Minor, p.Amount.Currency) }
		open, left := t.underway(b.from, b.first-1), t.underway(b.to, e.cut)
		b.put(book.StepOpeningInTransit, p.ID, a(open))
		b.put(book.StepClosingInTransit, p.ID, a(-left))
		if t.arrived != 0 && t.back != 0 && t.returned == 0 {
			// The bank had it and it came back all the same: a difference once both are known.
			both := func(at book.Instant, on book.Date) bool {
				return t.arrived <= on && t.back <= at
			}
			if both(b.to, e.cut) && !both(b.from, b.first-1) {
				b.put(book.StepPayoutDifferences, p.ID, p.Amount)
			}
		}
	}
	for at := range e.links {
		if l := &e.links[at]; l.leg == book.PayoutBank && l.state.Live() {
			b.difference(l, int32(at))
		}
	}
}

// difference compares the lines of one match with its payouts, in the period of each line.
func (b *bridgeMaker) difference(l *link, at int32) {
	e := b.e
	gap := map[money.Currency]int64{}
	for _, r := range l.right {
		if line := e.lines[r.at()]; b.inDays(lineOn(line)) && e.lineLink[r.at()] == at {
			gap[line.Amount.Currency] += line.Amount.Minor
		}
	}
	for _, r := range l.left {
		if r.sort() == sortTx {
			// A payout's return: it left the bank on the line's own day.
			if t := e.txs[r.at()]; b.inDays(lineOn(e.lines[l.right[0].at()])) {
				gap[t.Currency] += t.Gross
			}
			continue
		}
		if r.sort() != sortPout || e.poutLink[r.at()] != at {
			continue
		}
		if t, _ := b.trip(r.at()); b.inDays(t.arrived) {
			a := e.pouts[r.at()].Amount
			gap[a.Currency] -= a.Minor
		}
	}
	for c, n := range gap {
		b.put(book.StepPayoutDifferences, e.id(l.right[0]), money.New(n, c))
	}
}

// bank lists the lines of the period: payouts, direct transfers, and the rest.
func (b *bridgeMaker) bank() {
	e := b.e
	for i, l := range e.lines {
		b.see(l.Amount.Currency)
		if l.Pending || !b.inDays(lineOn(l)) {
			continue
		}
		b.put(book.StepBankMovement, l.ID, l.Amount)
		step := book.StepOtherBankLines
		if at := e.lineLink[i]; at != none {
			switch e.links[at].leg {
			case book.PayoutBank:
				step = book.StepGatewayAtBank
			case book.BankBilling:
				step = book.StepDirectReceipts
			}
		}
		b.put(step, l.ID, l.Amount)
	}
}

// stepClasses are the classes that a step may hold.
var stepClasses = map[book.Step][]book.Class{
	book.StepUnrecorded:        {book.T5, book.M1, book.D1, book.D7, book.D8},
	book.StepUnsupported:       {book.T4, book.T5, book.M2, book.D6, book.D7, book.D8},
	book.StepAmountDifferences: {book.A4, book.D2, book.D4},
	book.StepNonCash:           {book.M8},
	book.StepRefunds:           {book.R1, book.R3},
	book.StepDisputes:          {book.R4, book.R5},
	book.StepFees:              {book.A5},
	book.StepTaxesOnFees:       {book.A9},
	book.StepFX:                {book.A6, book.A7},
	book.StepReserves:          {book.T6, book.M3},
	book.StepOpeningInGateway:  {book.T1, book.T3, book.M3, book.M6, book.A8},
	book.StepClosingInGateway:  {book.T1, book.T3, book.M3, book.M6, book.A8},
	book.StepPayoutsSent:       {book.R6},
	book.StepOpeningInTransit:  {book.T2, book.M4, book.R6, book.D7, book.D8},
	book.StepClosingInTransit:  {book.T2, book.M4, book.R6, book.D7, book.D8},
	book.StepPayoutDifferences: {book.A1, book.A2, book.R6},
	book.StepDirectReceipts:    {book.A1, book.A2, book.A3},
	book.StepOtherBankLines:    {book.M5, book.D7, book.D8},
}

// noteClasses remembers the classes of each item.
func (b *bridgeMaker) noteClasses() {
	e := b.e
	b.classes = make(map[book.ItemID][]book.Class, 2*len(e.exceptions))
	for i := range e.exceptions {
		x := &e.exceptions[i]
		for _, id := range x.Items {
			b.classes[id] = append(b.classes[id], x.Class)
		}
		if x.Class != book.T5 {
			continue
		}
		// A pending charge is its exception's only item; the step lists the row that records it.
		for _, id := range x.Items {
			if t, ok := e.find(id); ok && e.payOf(t) != none {
				row := e.pays[e.payOf(t)].ID
				b.classes[row] = append(b.classes[row], x.Class)
			}
		}
	}
}

// classesOf lists the classes that a step's items have and that the step may hold, in order.
func (b *bridgeMaker) classesOf(step book.Step, entries []book.BridgeEntry) []book.Class {
	may := stepClasses[step]
	if len(may) == 0 {
		return nil
	}
	var out []book.Class
	for _, x := range entries {
		for _, c := range b.classes[x.Item] {
			if slices.Contains(may, c) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b book.Class) int { return cmp.Compare(a.Order(), b.Order()) })
	return out
}

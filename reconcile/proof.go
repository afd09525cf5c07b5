package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// prove computes every proof of the period and raises C3 for each that fails.
func (e *engine) prove() {
	first := max(e.in.Period.First(), e.in.OpeningOn)
	e.cut = max(min(e.in.Period.Last(), e.today), first-1)
	e.proofs = append(e.proofs, e.gatewayProofs(e.span())...)
	e.proofs = append(e.proofs, e.statementProofs()...)
	e.proofs = append(e.proofs, e.invoiceProofs()...)
	for _, p := range e.proofs {
		if p.Holds {
			continue
		}
		off := p.Closing
		if p.ProviderClosing != nil {
			off -= *p.ProviderClosing
		}
		e.raise(finding{class: book.C3, leg: proofLeg(p.Kind), on: p.AsOf.In(e.zone),
			amount: money.New(off, p.Currency), why: p.Why, extra: []book.ItemID{proofItem(p)}})
	}
}

// proofItem names what a proof is about: "stripe:balance/EUR", "operating:statement/2026-10-31".
func proofItem(p book.Proof) book.ItemID {
	kind := map[book.ProofKind]string{book.GatewayBalance: "balance/",
		book.StatementBalance: "statement/", book.StatementChain: "chain/",
		book.InvoiceTotals: "totals/"}[p.Kind]
	if p.Kind == book.StatementBalance || p.Kind == book.StatementChain {
		return book.NewID(book.SourceName(p.Source), kind+p.AsOf.Time().Format("2006-01-02"))
	}
	return book.NewID(book.SourceName(p.Source), kind+string(p.Currency))
}

func proofLeg(k book.ProofKind) book.Leg {
	switch k {
	case book.GatewayBalance:
		return book.GatewayPayout
	case book.InvoiceTotals:
		return book.BillingGateway
	}
	return book.PayoutBank
}

// purses lists every balance that movements, payouts or stated balances speak of.
func (e *engine) purses() []purse {
	seen := map[purse]bool{}
	for _, t := range e.txs {
		if moved(t) {
			seen[purse{t.Source, t.Currency}] = true
		}
	}
	for _, p := range e.pouts {
		seen[purse{p.Source, p.Amount.Currency}] = true
	}
	for i := range e.in.Books.Balances {
		b := &e.in.Books.Balances[i]
		seen[purse{b.Source, b.Currency}] = true
	}
	out := make([]purse, 0, len(seen))
	for p := range seen {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b purse) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.currency, b.currency))
	})
	return out
}

// flow is one change of a balance.
type flow struct {
	at     book.Instant
	amount int64
	payout bool
}

// flows lists every change of each balance: movements by their nets, and payouts as sent. A payout
// that came back is a movement of its own where the gateway has a row for it, else the reverse.
func (e *engine) flows() map[purse][]flow {
	if e.flowed != nil {
		return e.flowed
	}
	out := map[purse][]flow{}
	e.flowed = out
	for i, t := range e.txs {
		if t.Net == 0 {
			continue
		}
		k := purse{t.Source, t.Currency}
		_, back := e.backRow(int32(i))
		out[k] = append(out[k], flow{t.At, t.Net, back})
	}
	for i, p := range e.pouts {
		k := purse{p.Source, p.Amount.Currency}
		out[k] = append(out[k], flow{p.SentAt, -p.Amount.Minor, true})
		if at := e.cameBack(int32(i)); at != 0 {
			if _, ok := e.returned[int32(i)]; !ok {
				out[k] = append(out[k], flow{at, p.Amount.Minor, true})
			}
		}
	}
	return out
}

// backRow reports whether a movement is the row with which a known payout came back.
func (e *engine) backRow(t int32) (int32, bool) {
	if e.txs[t].Kind != book.PayoutFailure {
		return none, false
	}
	p, ok := e.poutAt[e.txs[t].Parent]
	if !ok {
		return none, false
	}
	row, ok := e.returned[p]
	return p, ok && row == t
}

// anchor is a balance that is known at a moment.
type anchor struct {
	at      book.Instant
	amount  int64
	derived bool
}

// stated lists what the provider says of a balance, oldest first.
func (e *engine) stated(p purse) []*book.Balance {
	var out []*book.Balance
	for i := range e.in.Books.Balances {
		if b := &e.in.Books.Balances[i]; b.Source == p.source && b.Currency == p.currency {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b *book.Balance) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Amount, b.Amount),
			cmp.Compare(a.LedgerFrom, b.LedgerFrom))
	})
	return slices.CompactFunc(out, func(a, b *book.Balance) bool { return *a == *b })
}

// base is where a ledger begins: at zero where it is complete, else at what the provider's first
// stated balance leaves once the movements before it are taken off.
func (e *engine) base(p purse, flows []flow) anchor {
	stated := e.stated(p)
	if len(stated) == 0 || stated[0].LedgerFrom == 0 {
		return anchor{derived: len(stated) == 0}
	}
	b := stated[0]
	return anchor{at: b.LedgerFrom, derived: true,
		amount: b.Amount - between(flows, b.LedgerFrom, b.At)}
}

// between is the sum of flows after one moment, up to and including another.
func between(flows []flow, after, to book.Instant) int64 {
	sum := int64(0)
	for _, f := range flows {
		if f.at > after && f.at <= to {
			sum += f.amount
		}
	}
	return sum
}

// roll carries a known balance to another moment, forward or back.
func (a anchor) roll(flows []flow, to book.Instant) int64 {
	if to >= a.at {
		return a.amount + between(flows, a.at, to)
	}
	return a.amount - between(flows, to, a.at)
}

// opening is a balance at the end of a moment, from the last that the provider stated by then, else
// from the ledger's beginning.
func (e *engine) opening(p purse, flows []flow, at book.Instant) (int64, bool) {
	known := e.base(p, flows)
	derived := known.derived
	for _, b := range e.stated(p) {
		if b.At <= at && b.At >= known.at && b.LedgerFrom <= at {
			known = anchor{at: b.At, amount: b.Amount}
		}
	}
	return known.roll(flows, at), derived
}

// closing is a balance as the provider's own figures give it: the first stated at or after the
// moment, carried back, else the last before it, carried on. False where it states none.
func (e *engine) closing(p purse, flows []flow, at book.Instant) (int64, bool) {
	var known *book.Balance
	for _, b := range e.stated(p) {
		known = b
		if b.At >= at {
			break
		}
	}
	if known == nil {
		return 0, false
	}
	return anchor{at: known.At, amount: known.Amount}.roll(flows, at), true
}

// span is the period as moments: everything after from, up to and including to, which is the moment
// of judgement where the month is not over.
func (e *engine) span() (from, to book.Instant) {
	from = max(e.in.Period.First(), e.in.OpeningOn).Start(e.zone) - 1
	return from, max(from, min((e.cut+1).Start(e.zone)-1, e.in.At))
}

// Balances proves each gateway's balances over all that is in the books, from the opening date to
// the moment of judgement: what was held at the beginning and moved since is what the provider holds.
// Nothing is matched. Only what gateways state is needed of the books.
func Balances(ctx context.Context, in Input) ([]book.Proof, error) {
	e, err := newEngine(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := e.stage(stages[0], 0, 1); err != nil {
		return nil, err
	}
	from := book.Instant(0)
	if in.OpeningOn != 0 {
		from = in.OpeningOn.Start(e.zone) - 1
	}
	return e.gatewayProofs(from, in.At), nil
}

// gatewayProofs prove each balance over a span: all after from, up to and including to.
func (e *engine) gatewayProofs(from, to book.Instant) []book.Proof {
	flows := e.flows()
	var out []book.Proof
	for _, p := range e.purses() {
		of := flows[p]
		proof := book.Proof{Kind: book.GatewayBalance, Source: string(p.source),
			Currency: p.currency, AsOf: min(to, e.in.At)}
		proof.Opening, proof.Derived = e.opening(p, of, from)
		for _, f := range of {
			if f.at > from && f.at <= to {
				if f.payout {
					proof.Payouts -= f.amount
				} else {
					proof.Movement += f.amount
				}
			}
		}
		proof.Closing = proof.Opening + proof.Movement - proof.Payouts
		proof.Holds = true
		if stated, ok := e.closing(p, of, to); ok {
			proof.ProviderClosing = &stated
			proof.Holds = stated == proof.Closing
		}
		if !proof.Holds {
			proof.OpensAfter, proof.OpensBy = e.gap(p, of)
			proof.Why = fmt.Sprintf("The movements lead to a balance of %s at %s, but it states "+
				"%s, so a movement is missing or counted twice%s.",
				money.New(proof.Closing, p.currency), e.title(p.source),
				signedFigure(money.New(*proof.ProviderClosing, p.currency)),
				e.gapDay(proof.OpensAfter, proof.OpensBy))
		}
		out = append(out, proof)
	}
	return out
}

// gap bounds where a balance leaves its movements: after the last stated balance that they come to,
// and by the first that they do not. Both are zero where all agree.
func (e *engine) gap(p purse, flows []flow) (after, by book.Instant) {
	base := e.base(p, flows)
	after = base.at
	for _, b := range e.stated(p) {
		if base.roll(flows, b.At) != b.Amount {
			return after, b.At
		}
		after = b.At
	}
	return 0, 0
}

// gapDay says on which day a gap opens, or between which days; "" where nobody can tell.
func (e *engine) gapDay(after, by book.Instant) string {
	// Gateways book by whole seconds: the next one is the first that can hold it.
	from, to := (after + 1000).In(e.zone), by.In(e.zone)
	switch {
	case by == 0:
		return ""
	case after == 0:
		return fmt.Sprintf("; the gap opens on %s or before", to)
	case from == to:
		return fmt.Sprintf("; the gap opens on %s", to)
	}
	return fmt.Sprintf("; the gap opens between %s and %s", from, to)
}

// signedFigure is an amount with its sign and without its code.
func signedFigure(m money.Money) string {
	s, _, _ := strings.Cut(m.String(), " ")
	return s
}

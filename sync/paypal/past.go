package paypal

import (
	"context"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// BalancesAt are the balances at a moment of the past, as PayPal's own report gives them.
func (p *PayPal) BalancesAt(ctx context.Context, at book.Instant) ([]book.Balance, error) {
	const op = "read balances of the past"
	b, err := p.balances(ctx, at.Time())
	if denied(err) || refusedAs(err, "INVALID_REQUEST") {
		return nil, &source.Error{Kind: source.KindUnsupported, Source: p.o.Name, Op: op, Err: err,
			Detail: "the app may not read balances, or not so long ago"}
	}
	if err != nil {
		return nil, err
	}
	totals, err := b.totals()
	if err != nil {
		return nil, p.malformed(op, err)
	}
	if b.AsOf != "" {
		asOf, err := b.AsOf.parse()
		if err != nil {
			return nil, p.malformed(op, err)
		}
		at = book.At(asOf)
	}
	out := make([]book.Balance, 0, len(totals))
	for _, m := range totals {
		out = append(out, book.Balance{Source: p.o.Name, Currency: m.Currency, Amount: m.Minor,
			At: at})
	}
	return out, nil
}

var _ source.Balancer = (*PayPal)(nil)

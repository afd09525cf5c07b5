package app

import (
	"context"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
	"countinghouse/sync/source"
)

// Completeness proves, for each gateway and currency, that what was held at the beginning and moved
// since is what the provider holds, over all that is in the books. A proof that fails says where its
// gap opens. Proofs are sorted by source and currency.
func (a *App) Completeness(ctx context.Context) ([]book.Proof, error) {
	books, err := a.store.GatewayRecords(ctx)
	if err != nil {
		return nil, err
	}
	in := reconcile.Input{At: max(a.Now(), latest(books.Balances)), Zone: a.Config().Zone(),
		OpeningOn: a.Config().OpeningOn(), Base: a.Config().Business.BaseCurrency, Books: books}
	for _, s := range a.Config().Sources {
		if s.Role() == source.Gateway {
			in.Sources = append(in.Sources, reconcile.Source{Name: s.Name,
				Role: reconcile.Gateway, Title: a.Config().Title(s.Name)})
		}
	}
	proofs, err := reconcile.Balances(ctx, in)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(proofs, func(p book.Proof) bool {
		return !slices.ContainsFunc(in.Sources, func(s reconcile.Source) bool {
			return string(s.Name) == p.Source
		})
	}), nil
}

func latest(balances []book.Balance) book.Instant {
	last := book.Instant(0)
	for _, b := range balances {
		last = max(last, b.At)
	}
	return last
}

// prove says after a sync whether all is there, and asks the providers that can tell on which day a
// gap opens.
func (a *App) prove(ctx context.Context, pulled []SourceConfig, r SyncReport) ([]book.Proof, error) {
	proofs, err := a.Completeness(ctx)
	if err != nil {
		return nil, err
	}
	for i, s := range pulled {
		if _, open := a.between(proofs, s.Name); !open || s.Paused || r.Sources[i].Err != nil {
			continue
		}
		if proofs, err = a.narrow(ctx, s, proofs); err != nil {
			return nil, err
		}
	}
	return proofs, nil
}

// narrowMax bounds how many balances of the past are asked for to find the days of gaps.
const narrowMax = 16

// narrow asks a provider for balances of the past until each gap of its is known to the day, and
// keeps them. Providers that cannot tell leave a gap as wide as the pulls were apart.
func (a *App) narrow(ctx context.Context, s SourceConfig, proofs []book.Proof) ([]book.Proof, error) {
	p, err := a.source(s)
	if err != nil {
		return proofs, err
	}
	b, ok := p.(source.Balancer)
	if !ok {
		return proofs, nil
	}
	asked := map[book.Date]bool{}
	for range narrowMax {
		day, open := a.between(proofs, s.Name)
		if !open || asked[day] {
			break
		}
		asked[day] = true
		balances, err := b.BalancesAt(ctx, (day+1).Start(a.Config().Zone())-1)
		if source.KindOf(err) == source.KindUnsupported {
			break
		}
		if err != nil {
			return proofs, err
		}
		if err := a.keepBalances(ctx, s.Name, balances); err != nil {
			return proofs, err
		}
		if proofs, err = a.Completeness(ctx); err != nil {
			return nil, err
		}
	}
	return proofs, nil
}

// between is the day in the middle of the first gap of a source that is wider than a day.
func (a *App) between(proofs []book.Proof, name book.SourceName) (book.Date, bool) {
	zone := a.Config().Zone()
	for _, p := range proofs {
		if p.Source != string(name) || p.Holds || p.OpensBy == 0 {
			continue
		}
		from := max(p.OpensAfter.In(zone), a.Config().OpeningOn()-1)
		if to := p.OpensBy.In(zone); from != 0 && to-from > 1 {
			return from + (to-from)/2, true
		}
	}
	return 0, false
}

// keepBalances stores balances of the past with the ledger's beginning that the others have.
func (a *App) keepBalances(ctx context.Context, name book.SourceName,
	balances []book.Balance) error {
	books, err := a.store.GatewayRecords(ctx)
	if err != nil {
		return err
	}
	for i := range balances {
		for _, known := range books.Balances {
			if known.Source == name && known.Currency == balances[i].Currency {
				balances[i].LedgerFrom = known.LedgerFrom
				break
			}
		}
	}
	cursor, err := a.store.Cursor(ctx, name)
	if err != nil {
		return err
	}
	_, err = a.store.Apply(ctx, name, book.Records{Balances: balances}, nil, cursor,
		book.At(a.wall()))
	return err
}

// ProofSentence says what a gateway's balance proof came to: the figures where it holds, the gap
// where it does not.
func ProofSentence(p book.Proof) string {
	figure := func(minor int64) string { return money.New(minor, p.Currency).Decimal() }
	sum := fmt.Sprintf("%s %s: opening %s, movements %s, payouts %s, balance %s", p.Source, p.Currency,
		figure(p.Opening), figure(p.Movement), figure(-p.Payouts), figure(p.Closing))
	switch {
	case !p.Holds:
		return sum + ". " + p.Why
	case p.ProviderClosing == nil:
		return sum + ", derived: the provider states none"
	}
	return sum + ", as the provider states"
}

package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"countinghouse/app/book"
	"countinghouse/dunning"
	"countinghouse/sync/source"
)

// billingFresh is how old the last reading of a billing system may be that cannot be asked about one
// invoice, for a retry at a gateway.
const billingFresh = 15 * time.Minute

// owed is a gateway that charges an invoice only while billing says that it is owed: a gateway knows
// nothing of what was paid elsewhere.
type owed struct {
	source.Actor
	app *App
}

// Standing asks billing first, then the gateway.
func (o owed) Standing(ctx context.Context, order book.Order) (source.Standing, error) {
	if order.Do != book.Retry || order.Invoice == "" {
		return o.Actor.Standing(ctx, order)
	}
	s, err := o.app.stillOwed(ctx, order)
	if err == nil && s.Blocked == "" {
		s.Blocked, err = o.app.stillMay(ctx, order)
	}
	if err != nil || s.Blocked != "" {
		return s, err
	}
	return o.Actor.Standing(ctx, order)
}

// retryFresh is how long after it was filed a retry is sent for the first time without another look at
// what issuers have said since.
const retryFresh = 15 * time.Minute

// stillMay says what speaks against a retry that was filed a while ago, or of whose first sending nothing
// is to be seen; "" for nothing. Meanwhile the card's issuer may have said never, or when.
func (a *App) stillMay(ctx context.Context, order book.Order) (string, error) {
	filed, err := a.store.Intents(ctx)
	if err != nil {
		return "", err
	}
	n := slices.IndexFunc(filed, func(i book.Intent) bool {
		return i.Kind == book.Retry && i.Target == order.Target && i.State.Open()
	})
	if n < 0 || filed[n].FirstSentAt == 0 && filed[n].PreparedAt >= book.At(a.wall().Add(-retryFresh)) {
		return "", nil
	}
	p, err := a.policy()
	if err != nil {
		return "", err
	}
	list, err := a.renewalsUnder(ctx, p, filed[n].ID)
	if err != nil {
		return "", err
	}
	r := list.Find(order.Invoice)
	if r == nil {
		return "The invoice is no failed renewal any more.", nil
	}
	step := dunning.Step{Kind: dunning.StepRetry}
	own, err := a.retryOrder(r, step, book.Order{})
	if err != nil {
		return "", err
	}
	if own.Credential != order.Credential {
		at := slices.IndexFunc(r.Methods, func(m dunning.Method) bool {
			return m.Instrument.ID == order.Credential
		})
		if at < 0 {
			return "The renewal is charged to another method by now.", nil
		}
		step.Method = &r.Methods[at]
	}
	for _, b := range dunning.May(r.RenewalCase, p, list.table, list.At, step) {
		return b.Why + ".", nil
	}
	return "", nil
}

// opened opens a source of the configuration.
func (a *App) opened(name book.SourceName) (source.Puller, error) {
	for _, s := range a.Config().Sources {
		if s.Name == name {
			return a.source(s)
		}
	}
	return nil, fmt.Errorf("there is no source %q in the configuration any more", name)
}

// stillOwed reads how an invoice stands in billing now. Of a billing system that can only be read as a
// whole the last reading counts, if it is fresh.
func (a *App) stillOwed(ctx context.Context, order book.Order) (source.Standing, error) {
	name := order.Invoice.Source()
	billing, err := a.opened(name)
	if err != nil {
		return source.Standing{}, err
	}
	if actor, ok := billing.(source.Actor); ok {
		order.Do, order.Provider = book.Capture, name
		return actor.Standing(ctx, order)
	}
	states, err := a.store.SourceStates(ctx)
	if err != nil {
		return source.Standing{}, err
	}
	records, err := a.store.ByIDs(ctx, []book.ItemID{order.Invoice})
	if err != nil {
		return source.Standing{}, err
	}
	for _, s := range states {
		if s.Source == name && s.OKAt >= book.At(a.wall().Add(-billingFresh)) {
			if len(records.Invoices) != 1 {
				return source.Standing{}, errors.New("the books do not know the invoice: sync first")
			}
			if x := records.Invoices[0]; !x.Status.Open() || x.Balance != order.Amount.Minor {
				return source.Standing{Blocked: "The invoice is " + string(x.Status) + " in billing, or owes another amount."}, nil
			}
			return source.Standing{}, nil
		}
	}
	return source.Standing{Blocked: "Billing was not read in the last 15 minutes, and the invoice may be paid by now: sync, then retry."}, nil
}

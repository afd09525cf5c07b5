package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

// moreOf is what a run would be given of a world with more gateways, beside what inputOf gives.
func moreOf(w *world.World) reconcile.Input {
	in := inputOf(w)
	for _, name := range w.Gateways()[1:] {
		states := name == world.RazorpayName
		in.Sources = append(in.Sources, reconcile.Source{Name: name, Role: reconcile.Gateway,
			Title: string(name), NoMembers: !states, Sweeps: !states,
			NoFees: name == world.SpectroCoinName})
		sideRecords(w, name, &in.Books)
	}
	return in
}

// kindsBeside are what categories mean that Stripe has not, or not so.
var kindsBeside = map[string]book.TransactionKind{"conversion": book.Conversion,
	"hold": book.Reserve, "fee": book.DisputeFee}

// sideRecords translates a ledger as its source does, without the protocol.
func sideRecords(w *world.World, name book.SourceName, r *book.Records) {
	l := w.Ledger(name)
	charges, orders := map[string]*world.Charge{}, map[string]*world.Order{}
	parents := map[string]string{}
	for i := range l.Orders {
		orders[l.Orders[i].ID] = &l.Orders[i]
	}
	for i := range l.Refunds {
		parents[l.Refunds[i].ID] = l.Refunds[i].ChargeID
	}
	for i := range l.Disputes {
		parents[l.Disputes[i].ID] = l.Disputes[i].ChargeID
	}
	for i := range l.Charges {
		c := &l.Charges[i]
		charges[string(c.Item())] = c
		if c.MovementID == "" {
			t := book.Transaction{ID: c.Item(), Source: name, Kind: book.Charge, State: c.State,
				At: c.At, Currency: c.Amount.Currency, Charged: c.Amount}
			named(&t, c, orders[c.ID])
			r.Transactions = append(r.Transactions, t)
		}
	}
	held := map[money.Currency]int64{}
	for i := range l.Movements {
		v := &l.Movements[i]
		held[v.Currency] += v.Net
		t := book.Transaction{ID: v.Item(), Source: name, Kind: kindsOf[v.Category],
			State: book.Succeeded, At: v.At, AvailableAt: v.AvailableAt, Currency: v.Currency,
			Gross: v.Gross, Fee: v.Fee, Tax: v.Tax, Net: v.Net, Text: v.Text,
			Charged: money.New(v.Gross, v.Currency)}
		if k, ok := kindsBeside[v.Category]; ok {
			t.Kind = k
		}
		if v.PayoutID != "" {
			t.PayoutID = book.NewID(name, v.PayoutID)
		}
		switch {
		case v.Category == "payout":
			if v.Fee+v.Tax == 0 {
				continue
			}
			t.ID, t.Kind = book.NewID(name, v.ID+"/fee"), book.Fee
			t.Gross, t.Net, t.Charged = 0, -v.Fee-v.Tax, money.New(0, v.Currency)
		case charges[string(t.ID)] != nil:
			c := charges[string(t.ID)]
			named(&t, c, orders[c.ID])
		case v.SourceID != "" && t.Kind != book.Conversion && t.Kind != book.Reserve:
			parent, ok := parents[v.SourceID]
			if !ok {
				parent = v.SourceID
			}
			t.Parent = book.NewID(name, parent)
		}
		r.Transactions = append(r.Transactions, t)
	}
	for i := range l.Payouts {
		p := &l.Payouts[i]
		members := book.MembersUnstated
		if p.Reconciled {
			members = book.MembersStated
		}
		r.Payouts = append(r.Payouts, book.Payout{ID: p.Item(), Source: name, State: p.State,
			Amount: p.Amount, SentAt: p.At, ArrivesOn: p.ArrivesOn, Members: members, Trace: p.Trace,
			FailedAt: p.FailedAt, Reason: p.FailureCode})
	}
	for c, amount := range held {
		r.Balances = append(r.Balances, book.Balance{Source: name, Currency: c, At: w.Now,
			Amount: amount})
	}
}

// named notes what a charge says of its payer and its ids; o is its order, nil for none.
func named(t *book.Transaction, c *world.Charge, o *world.Order) {
	party(t, c)
	for _, id := range []string{c.IntentID, c.MovementID} {
		if id != "" && id != c.ID {
			t.Aliases = append(t.Aliases, id)
		}
	}
	if o != nil {
		t.Aliases = append(t.Aliases, "SC"+o.PreOrderID)
		if o.RequestID != 0 {
			t.Aliases = append(t.Aliases, fmt.Sprint("SC", o.RequestID))
		}
	}
}

func TestWorldsOfMoreGateways(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 40
	}
	composed := map[string]int{}
	for seed := range seeds {
		o := world.Options{Seed: seed, Customers: 1 + int(seed*37)%160, Gateways: world.More,
			Month: book.MonthOf(book.NewDate(2026, 10, 1)) + book.Month(seed%14)}
		if seed%5 == 4 {
			o.Faults = map[book.Class]int{}
		}
		w := world.Build(o)
		in := moreOf(w)
		r := run(t, in)
		for _, s := range judge(w, r) {
			t.Errorf("seed %d, %d customers: %s", seed, o.Customers, s)
		}
		if t.Failed() {
			t.FailNow()
		}
		for _, m := range r.Matches {
			if m.Leg == book.GatewayPayout {
				name, _, _ := strings.Cut(string(m.Right[0]), ":")
				composed[name]++
			}
		}
		if seed%10 == 0 {
			sameAgain(t, in, r, seed)
		}
	}
	for _, name := range world.More {
		if composed[string(name)] == 0 {
			t.Errorf("no payout of %s was composed", name)
		}
	}
}

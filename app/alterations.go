package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/reconcile"
)

// alterations are the matched records that changed at their source, in the engine's words.
func (a *App) alterations(ctx context.Context) ([]reconcile.Alteration, error) {
	list, err := a.store.Alterations(ctx, 0)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]book.ItemID, len(list))
	for i, x := range list {
		ids[i] = x.Item
	}
	records, err := a.store.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	amounts := map[book.ItemID]money.Money{}
	dates := map[book.ItemID]book.Date{}
	zone := a.Config().Zone()
	for _, x := range records.Invoices {
		amounts[x.ID], dates[x.ID] = money.New(x.Total, x.Currency), x.IssuedOn
	}
	for _, x := range records.Payments {
		amounts[x.ID], dates[x.ID] = x.Amount, x.At.In(zone)
	}
	for _, x := range records.Transactions {
		amounts[x.ID], dates[x.ID] = money.New(x.Gross, x.Currency), x.At.In(zone)
	}
	for _, x := range records.Payouts {
		amounts[x.ID], dates[x.ID] = x.Amount, x.SentAt.In(zone)
	}
	for _, x := range records.Lines {
		amounts[x.ID], dates[x.ID] = x.Amount, x.On
	}
	var out []reconcile.Alteration
	for _, x := range list {
		if change := changed(x, amounts[x.Item].Currency); change != "" {
			out = append(out, reconcile.Alteration{Item: x.Item, On: dates[x.Item],
				Amount: amounts[x.Item].Abs(), Change: change})
		}
	}
	return out, nil
}

// fieldNames are the columns that an alteration may name, in words; amounts are marked.
var fieldNames = map[string]struct {
	name   string
	amount bool
}{
	"total": {"total", true}, "amount": {"amount", true}, "gross": {"gross", true},
	"fee": {"fee", true}, "tax": {"tax", true}, "net": {"net", true}, "charged": {"charge", true},
	"customer_id": {"customer", false}, "invoice_id": {"invoice", false},
	"refund_of": {"refunded payment", false}, "payout_id": {"payout", false},
	"amount_currency": {"currency", false}, "charged_currency": {"charge's currency", false},
}

// changed says what changed, as the end of a sentence; "" where only a state moved on: a refund or
// charge that fails later has a class of its own.
func changed(x store.Alteration, currency money.Currency) string {
	var parts []string
	for _, f := range x.What.List() {
		switch f.Field {
		case "gone":
			return "it is no longer at its source"
		case "state":
			continue
		}
		known := fieldNames[f.Field]
		name := known.name
		if name == "" {
			name = f.Field
		}
		parts = append(parts, fmt.Sprintf("its %s was %s and is %s", name,
			readable(f.Left, known.amount, currency), readable(f.Right, known.amount, currency)))
	}
	return strings.Join(parts, ", ")
}

func readable(value string, amount bool, currency money.Currency) string {
	if value == "" {
		return "not set"
	}
	minor, err := strconv.ParseInt(value, 10, 64)
	if !amount || err != nil || !currency.Known() {
		return value
	}
	return money.New(minor, currency).String()
}

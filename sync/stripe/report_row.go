package stripe

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// cell is a row's cell in a column, "" where there is none.
func (r *reading) cell(cells []string, column string) string {
	i, ok := r.column[column]
	if !ok || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// timeForms are how the reports write times.
var timeForms = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05Z07:00",
	"2006-01-02"}

// moment is a time, from the column in UTC where there is one; zero where the cell is empty.
func (r *reading) moment(cells []string, column string) (book.Instant, error) {
	text, zone := r.cell(cells, column+"_utc"), time.UTC
	if text == "" {
		text = r.cell(cells, column)
		if r.o.Zone != nil {
			zone = r.o.Zone
		}
	}
	if text == "" {
		return 0, nil
	}
	for _, form := range timeForms {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return book.At(at), nil
		}
	}
	return 0, fmt.Errorf("%s %q is no time", column, text)
}

// transaction is what a row says; false for a payout's own row.
func (r *reading) transaction(cells []string) (book.Transaction, bool, error) {
	get := func(column string) string { return r.cell(cells, column) }
	x := book.Transaction{Source: r.o.Name, State: book.Succeeded, Text: get("description")}
	if len(cells) != r.width {
		return x, false, fmt.Errorf("the row has %d cells for %d columns", len(cells), r.width)
	}
	var err error
	if x.At, err = r.moment(cells, "created"); err != nil {
		return x, false, err
	}
	if x.AvailableAt, err = r.moment(cells, "available_on"); err != nil {
		return x, false, err
	}
	id := get("balance_transaction_id")
	if id == "" || x.At == 0 {
		return x, false, errors.New("the row has no id or no date")
	}
	m := wireMovement{ID: id, Category: get("reporting_category"), Description: x.Text}
	if x.Kind = m.kind(); x.Kind == "" {
		return x, false, nil
	}
	if err := r.amounts(&x, get); err != nil {
		return x, false, err
	}
	if err := r.identify(&x, id, get); err != nil {
		return x, false, err
	}
	r.about(&x, get)
	if x.ID.Native() != id {
		x.Aliases = append(x.Aliases, id)
	}
	x.PayoutID = r.translate.item(get("automatic_payout_id"))
	return x, true, nil
}

// amounts reads gross, fee and net, which must add up, and what the customer paid.
func (r *reading) amounts(x *book.Transaction, get func(string) string) error {
	c, err := money.ParseCurrency(get("currency"))
	if err != nil {
		return err
	}
	x.Currency = c
	for _, part := range []struct {
		to   *int64
		name string
	}{{&x.Gross, "gross"}, {&x.Fee, "fee"}, {&x.Net, "net"}} {
		if *part.to, err = source.Amount(get(part.name), c); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if x.Gross-x.Fee != x.Net {
		return fmt.Errorf("gross %s less fee %s is not net %s", get("gross"), get("fee"), get("net"))
	}
	x.Charged = money.New(x.Gross, c)
	paid := get("customer_facing_amount")
	if paid == "" {
		return nil
	}
	other, err := money.ParseCurrency(get("customer_facing_currency"))
	if err != nil || other == c {
		return err
	}
	minor, err := source.Amount(paid, other)
	if err != nil {
		return fmt.Errorf("customer_facing_amount: %w", err)
	}
	x.Charged = money.New(minor, other).Abs()
	if x.Gross < 0 {
		x.Charged = x.Charged.Neg()
	}
	return nil
}

// identify gives the transaction the id under which the API brings it, and its parent.
func (r *reading) identify(x *book.Transaction, id string, get func(string) string) error {
	behind, charge := get("source_id"), get("charge_id")
	item := r.translate.item
	x.ID = item(id)
	prefix, _, _ := strings.Cut(behind, "_")
	switch prefix {
	case "ch", "py":
		if x.Kind == book.Charge {
			x.ID = item(behind)
		} else {
			x.Parent = item(behind)
		}
		return nil
	case "re", "pyr":
		x.Parent = item(charge)
		switch x.Kind {
		case book.Refund, book.ChargeFailure:
			x.ID = item(behind)
		case book.RefundFailure:
			x.Parent = item(behind)
		}
		return nil
	case "du", "dp":
		x.Parent, x.Reason = item(behind), get("dispute_reason")
		if x.Kind == book.Dispute {
			x.ID, x.Parent = item(behind), item(charge)
		}
		return nil
	case "po":
		x.Parent = item(behind)
		return nil
	}
	switch x.Kind {
	case book.Charge, book.Refund, book.Dispute:
		return fmt.Errorf("source_id %q of a %s names no object that the API would bring it under",
			behind, x.Kind)
	case book.Reserve:
		x.DueOn = release(x.Text)
	}
	if behind != "" {
		x.Aliases = append(x.Aliases, behind)
	}
	return nil
}

// about notes who paid and for what.
func (r *reading) about(x *book.Transaction, get func(string) string) {
	metadata := map[string]string{}
	kind := ""
	switch x.Kind {
	case book.Charge, book.ChargeFailure:
		x.Payer, kind = get("customer_id"), "payment_metadata["
		x.PayerName = cmp.Or(get("customer_name"), get("customer_email"))
		if intent := get("payment_intent_id"); x.Kind == book.Charge && intent != "" {
			x.Aliases = append(x.Aliases, intent)
		}
		if invoice := get("invoice_id"); x.Kind == book.Charge && invoice != "" {
			x.Aliases = append(x.Aliases, invoice)
		}
	case book.Refund, book.RefundFailure:
		kind = "refund_metadata["
	case book.Dispute, book.Reinstatement:
	default:
		return
	}
	for column := range r.column {
		if key, ok := strings.CutPrefix(column, kind); ok && kind != "" {
			metadata[strings.TrimSuffix(key, "]")] = get(column)
		}
	}
	r.translate.references(x, metadata, x.Text)
}

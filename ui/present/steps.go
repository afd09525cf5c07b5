package present

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// StepRow is one item of a step of the bridge.
type StepRow struct{ On, Kind, ID, Party, Invoice, Amount string }

// StepItems are all items of one step of the bridge, however many: a row's text is made when it is
// asked for. It is not changed after it was made and may be read from several goroutines.
type StepItems struct {
	Title, Currency string
	month           *app.Month
	step            book.BridgeStep
}

// NewStepItems are the items of a step in one currency.
func NewStepItems(m *app.Month, step *book.BridgeStep, currency string) *StepItems {
	return &StepItems{Title: stepName(step.Step), Currency: currency, month: m, step: *step}
}

// Of is the same step of another month; it has no items where that month has no such bridge.
func (x *StepItems) Of(m *app.Month) *StepItems {
	for i := range m.Bridges {
		if string(m.Bridges[i].Currency) != x.Currency {
			continue
		}
		for j := range m.Bridges[i].Steps {
			if s := &m.Bridges[i].Steps[j]; s.Step == x.step.Step {
				return NewStepItems(m, s, x.Currency)
			}
		}
	}
	return NewStepItems(m, &book.BridgeStep{Step: x.step.Step}, x.Currency)
}

// ID is the item in place i of the step.
func (x *StepItems) ID(i int) string { return string(x.step.Entries[i].Item) }

// Row is the text of the item in place i.
func (x *StepItems) Row(i int) StepRow {
	e := x.step.Entries[i]
	about := x.month.Item(e.Item)
	r := StepRow{On: DateText(about.On), Kind: x.kind(e.Item), ID: ShortID(e.Item),
		Party: about.Customer, Invoice: about.Invoice,
		Amount: Minor(e.Amount, money.Currency(x.Currency))}
	if r.ID == "" {
		r.ID = string(e.Item)
	}
	return r
}

func (x *StepItems) kind(id book.ItemID) string {
	if t := x.month.Transaction(id); t != nil {
		return x.month.Config.Title(t.Source) + " " + KindTitle(t.Kind)
	}
	return KindOf(x.month, id)
}

// KindOf says in words what sort of record an item is.
func KindOf(m *app.Month, id book.ItemID) string {
	switch {
	case m.Transaction(id) != nil:
		return m.Config.Title(id.Source()) + " " + KindTitle(m.Transaction(id).Kind)
	case m.Payout(id) != nil:
		return m.Config.Title(id.Source()) + " payout"
	case m.Line(id) != nil:
		return "Bank line"
	case m.Invoice(id) != nil:
		return "Invoice"
	case m.Payment(id) != nil:
		return "Billing payment"
	case m.Credit(id) != nil:
		return "Credit"
	}
	return "Balance"
}

// All are the places of all items, in the order of their days.
func (x *StepItems) All() []int { return x.Find("", "on", false) }

// Find are the places of the items that hold every word of a text, ordered by "on" or "amount", or
// by id for "". It may take a moment for very long steps.
func (x *StepItems) Find(text, by string, down bool) []int {
	words := strings.Fields(strings.ToLower(text))
	var out []int
	for i := range x.step.Entries {
		if x.holds(i, words) {
			out = append(out, i)
		}
	}
	switch by {
	case "amount":
		slices.SortStableFunc(out, func(a, b int) int {
			return cmp.Compare(x.step.Entries[a].Amount, x.step.Entries[b].Amount)
		})
	case "on":
		on := make([]book.Date, len(x.step.Entries))
		for _, i := range out {
			on[i] = x.month.ItemOn(x.step.Entries[i].Item)
		}
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(on[a], on[b]) })
	}
	if down {
		slices.Reverse(out)
	}
	return out
}

func (x *StepItems) holds(i int, words []string) bool {
	if len(words) == 0 {
		return true
	}
	r := x.Row(i)
	text := strings.ToLower(strings.Join([]string{x.ID(i), r.On, r.Kind, r.Party, r.Invoice,
		r.Amount, strings.ReplaceAll(r.Amount, ",", "")}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Count says how many of the step's items are listed.
func (x *StepItems) Count(n int) string {
	if n == len(x.step.Entries) {
		return "All " + Plural(n, "item") + " behind this step, " + Minor(x.step.Amount,
			money.Currency(x.Currency)) + " " + x.Currency
	}
	return Count(n) + " of " + Plural(len(x.step.Entries), "item")
}

// Sum is the sum of listed items.
func (x *StepItems) Sum(list []int) string {
	var sum int64
	for _, i := range list {
		sum += x.step.Entries[i].Amount
	}
	return Minor(sum, money.Currency(x.Currency))
}

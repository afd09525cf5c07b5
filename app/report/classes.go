package report

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// classGroup is what the exceptions of one class and currency come to.
type classGroup struct {
	class    book.Class
	currency money.Currency
	count    int
	// sum is the amounts without sign; unknown where it does not fit.
	sum Cell
}

// classGroups are the exceptions by class and currency, in the order of the classes.
func (p *Pack) classGroups() []classGroup {
	type key struct {
		class    book.Class
		currency money.Currency
	}
	at := map[key]int{}
	var out []classGroup
	for i := range p.Exceptions {
		e := &p.Exceptions[i]
		k := key{e.Class, e.Amount.Currency}
		g, ok := at[k]
		if !ok {
			g = len(out)
			at[k] = g
			out = append(out, classGroup{e.Class, k.currency, 0, Amount(money.New(0, k.currency))})
		}
		out[g].count++
		if out[g].sum.kind != KindMoney {
			continue
		}
		sum, err := out[g].sum.money().Add(e.Amount)
		if err != nil {
			out[g].sum = Text("unknown")
			continue
		}
		out[g].sum = Amount(sum)
	}
	slices.SortStableFunc(out, func(a, b classGroup) int {
		return cmp.Or(a.class.Order()-b.class.Order(), cmp.Compare(a.currency, b.currency))
	})
	return out
}

// classTable counts the exceptions by class for people.
func (p *Pack) classTable() Table {
	columns := []Column{
		{ID: "class", Title: "Class", Kind: KindCode},
		{ID: "name", Title: "Exceptions", Kind: KindText},
		{ID: "kind", Title: "Kind", Kind: KindCode},
		{ID: "items", Title: "Items", Kind: KindInteger, Total: true},
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "amount", Title: "Without sign", Kind: KindMoney},
	}
	return p.table("Exceptions by class", columns, func(yield func(...Cell) bool) {
		for _, g := range p.classGroups() {
			if !yield(Text(g.class), Text(g.class.Name()), Text(groupWord(g.class)),
				Integer(g.count), Text(g.currency), g.sum) {
				return
			}
		}
	})
}

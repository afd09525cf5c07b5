package present

import (
	"fmt"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestTheChoiceMovesOn takes chosen renewals away: the one behind is chosen next, at the end the one before.
func TestTheChoiceMovesOn(t *testing.T) {
	list := func(numbers ...int) *Renewals {
		l := &app.Renewals{Config: &app.Config{Business: app.Business{BaseCurrency: "EUR"}}}
		for _, n := range numbers {
			l.List = append(l.List, app.Renewal{RenewalCase: app.RenewalCase{Number: fmt.Sprint(n),
				Invoice: book.ItemID(fmt.Sprintf("b:invoice/%d", n)), Amount: money.New(100, "EUR")}})
		}
		return NewRenewals(l)
	}
	for _, c := range []struct {
		chosen string
		left   []int
		want   string
	}{
		{"b:invoice/2", []int{1, 2, 3, 4}, "b:invoice/2"}, {"b:invoice/2", []int{1, 3, 4}, "b:invoice/3"},
		{"b:invoice/2", []int{1, 4}, "b:invoice/4"}, {"b:invoice/4", []int{1, 2, 3}, "b:invoice/3"},
		{"b:invoice/1", []int{2}, "b:invoice/2"}, {"b:invoice/1", nil, ""},
	} {
		old := list(1, 2, 3, 4)
		old.Select(c.chosen)
		next := list(c.left...)
		next.Like(old)
		if next.Chosen() != c.want {
			t.Errorf("%s with %v left: %s is chosen, want %s", c.chosen, c.left, next.Chosen(), c.want)
		}
	}
}

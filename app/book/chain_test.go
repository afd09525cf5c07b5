package book

import (
	"testing"
	"time"
)

func TestChain(t *testing.T) {
	day := func(d int) Date { return NewDate(2026, time.October, d) }
	made := func(id string, from, to int, opening, closing int64, number string) *Statement {
		return &Statement{ID: ItemID("operating:" + id), Account: "operating", Currency: "EUR", Format: "mt940",
			FromOn: day(from), ToOn: day(to), Opening: &opening, Closing: &closing, Number: number}
	}
	interim := made("interim", 16, 16, 0, 0, "")
	interim.Opening, interim.Closing = nil, nil
	dollars := made("dollars", 16, 16, 150, 150, "")
	dollars.Currency = "USD"
	books := []*Statement{made("a", 1, 10, 0, 100, "1/1"), made("b", 11, 15, 100, 150, "2/1"), interim, dollars,
		made("later", 26, 31, 400, 500, "9/1")}
	for _, c := range []struct {
		name string
		s    *Statement
		want Link
	}{
		{"the next", made("n", 16, 20, 150, 170, "3/1"), Link{Kind: Follows, Before: books[1], From: day(15), To: day(16)}},
		{"after a weekend", made("n", 19, 20, 150, 170, "3/1"), Link{Kind: Follows, Before: books[1], From: day(15), To: day(19)}},
		{"a gap", made("n", 18, 20, 270, 300, "5/1"), Link{Kind: Leaps, Before: books[1], From: day(15), To: day(18), By: 120,
			MissingFrom: 3, MissingTo: 4}},
		{"a number is missing, the balance follows", made("n", 16, 20, 150, 170, "4/1"), Link{Kind: Follows,
			Before: books[1], From: day(15), To: day(16), MissingFrom: 3, MissingTo: 3}},
		{"a gap where nobody counts", made("n", 18, 20, 270, 300, ""), Link{Kind: Leaps, Before: books[1], From: day(15),
			To: day(18), By: 120}},
		{"a longer period", made("n", 11, 20, 100, 170, "3"), Link{Kind: Follows, Before: books[0], From: day(10), To: day(11),
			SharedFrom: day(11), SharedTo: day(15)}},
		{"within another", made("n", 13, 14, 120, 130, ""), Link{Kind: Overlaps, SharedFrom: day(13), SharedTo: day(14)}},
		{"begins within another", made("n", 14, 20, 120, 170, ""), Link{Kind: Overlaps, SharedFrom: day(14), SharedTo: day(15)}},
		{"another balance on one day", made("n", 11, 15, 90, 150, ""), Link{Kind: Contradicts, Before: books[1], By: -10,
			From: day(11), To: day(11), SharedFrom: day(11), SharedTo: day(15)}},
		{"the rest of a day", made("n", 15, 15, 150, 180, ""), Link{Kind: Follows, Before: books[1], From: day(15), To: day(15)}},
		{"before all", func() *Statement { s := made("n", 1, 1, 5, 6, ""); s.FromOn, s.ToOn = day(1)-9, day(1)-1; return s }(),
			Link{Kind: FirstOfAccount}},
		{"without balances", func() *Statement { s := made("n", 16, 20, 5, 6, ""); s.Closing = nil; return s }(), Link{}},
		{"known", made("b", 11, 15, 100, 150, "2/1"), Link{Kind: Repeats, Before: books[1]}},
	} {
		got := NewChain(books).Link(c.s)
		c.want.Statement = c.s
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
	if l := NewChain(books).Link(books[4]); l.Kind != Leaps || l.Before != books[1] || l.By != 250 {
		t.Errorf("a statement of the chain: %+v", l)
	}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// someFacts is an item of each kind that can be taken, by amounts.
func someFacts(t testing.TB) *Store {
	t.Helper()
	s := fresh(t)
	_, err := s.Apply(context.Background(), "x", book.Records{
		Invoices: []book.Invoice{{ID: "b:invoice/1", Source: "b", Currency: "EUR", Total: 1000}},
		Payments: []book.Payment{
			{ID: "b:payment/1", Source: "b", Amount: eur(1000)},
			{ID: "b:payment/2", Source: "b", Amount: eur(-400)},
			{ID: "b:payment/0", Source: "b", Amount: eur(0)},
		},
		Credits: []book.Credit{{ID: "b:credit/1", Source: "b", Amount: eur(300)}},
		Transactions: []book.Transaction{
			{ID: "g:ch_1", Source: "g", State: book.Succeeded, Currency: "EUR", Gross: 900, Fee: 50,
				Net: 850, Charged: money.New(1000, "USD")},
			{ID: "g:re_1", Source: "g", State: book.Succeeded, Currency: "EUR", Gross: -400,
				Net: -400, Charged: eur(-400)},
			{ID: "g:fee", Source: "g", State: book.Succeeded, Currency: "EUR", Gross: -7, Net: -7},
		},
		Payouts:   []book.Payout{{ID: "g:po_1", Source: "g", Amount: eur(850)}},
		Lines:     []book.BankLine{{ID: "a:1", Account: "a", Amount: eur(850)}},
		Customers: []book.Customer{{ID: "b:customer/1", Source: "b"}},
	}, nil, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNoItemIsUsedBeyondWhatItHolds(t *testing.T) {
	const put = "INSERT INTO allocations (item, leg, match, amount, currency, live) VALUES "
	const onSide = "INSERT INTO allocations VALUES "
	for _, test := range []struct {
		name, before, sql string
		ok                bool
	}{
		{"all of it", "", put + "('b:payment/1','billing-gateway',1,1000,'EUR',1)", true},
		{"more than all", "", put + "('b:payment/1','billing-gateway',1,1001,'EUR',1)", false},
		{"more, but only suggested", "", put + "('b:payment/1','billing-gateway',1,1001,'EUR',0)", true},
		{"beside a suggestion", put + "('b:payment/1','billing-gateway',1,1000,'EUR',0)",
			put + "('b:payment/1','billing-gateway',2,1000,'EUR',1)", true},
		{"beside one of the other sign, from before the fact turned",
			put + "('b:payment/2','billing-gateway',1,-400,'EUR',1);" +
				"UPDATE payments SET amount = 400 WHERE id = 'b:payment/2'",
			put + "('b:payment/2','billing-gateway',2,400,'EUR',1)", false},
		{"in two parts", "", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)," +
			"('b:payment/1','billing-gateway',2,400,'EUR',1)", true},
		{"in two parts, too much", "", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)," +
			"('b:payment/1','billing-gateway',2,401,'EUR',1)", false},
		{"again on another leg", put + "('b:payment/1','billing-gateway',1,1000,'EUR',1)",
			put + "('b:payment/1','bank-billing',2,1000,'EUR',1)", true},
		{"other sign", "", put + "('b:payment/1','billing-gateway',1,-1,'EUR',1)", false},
		{"other sign to make room", put + "('b:payment/1','billing-gateway',1,1000,'EUR',1)",
			put + "('b:payment/1','billing-gateway',2,-500,'EUR',1)", false},
		{"other currency", "", put + "('b:payment/1','billing-gateway',1,10,'USD',1)", false},
		{"refund", "", put + "('b:payment/2','billing-gateway',1,-400,'EUR',1)", true},
		{"refund beyond", "", put + "('b:payment/2','billing-gateway',1,-401,'EUR',1)", false},
		{"refund taken as receipt", "", put + "('b:payment/2','billing-gateway',1,400,'EUR',1)", false},
		{"nothing of nothing", "", put + "('b:payment/0','billing-gateway',1,0,'EUR',1)", true},
		{"something of nothing", "", put + "('b:payment/0','billing-gateway',1,1,'EUR',1)", false},
		{"charged currency", "", put + "('g:ch_1','billing-gateway',1,1000,'USD',1)", true},
		{"balance's currency on billing leg", "", put + "('g:ch_1','billing-gateway',1,900,'EUR',1)", false},
		{"net on payout leg", "", put + "('g:ch_1','gateway-payout',1,850,'EUR',1)", true},
		{"gross on payout leg", "", put + "('g:ch_1','gateway-payout',1,900,'EUR',1)", false},
		{"several refunds of one charge", put + "('g:ch_1','gateway-gateway',1,600,'USD',1)",
			put + "('g:ch_1','gateway-gateway',2,400,'USD',1)", true},
		{"refunds beyond the charge", put + "('g:ch_1','gateway-gateway',1,600,'USD',1)",
			put + "('g:ch_1','gateway-gateway',2,401,'USD',1)", false},
		{"a refund as child and as parent", onSide + "('g:re_1','gateway-gateway',1,-400,'EUR',1,1)",
			onSide + "('g:re_1','gateway-gateway',2,-400,'EUR',1,0)", true},
		{"a refund twice as parent", onSide + "('g:re_1','gateway-gateway',1,-400,'EUR',1,0)",
			onSide + "('g:re_1','gateway-gateway',2,-1,'EUR',1,0)", false},
		{"on both sides of another leg", onSide + "('b:payment/1','bank-billing',1,1000,'EUR',1,0)",
			onSide + "('b:payment/1','bank-billing',2,1,'EUR',1,1)", false},
		{"turned to the other side", onSide + "('g:re_1','gateway-gateway',1,-400,'EUR',1,0)," +
			"('g:re_1','gateway-gateway',2,-400,'EUR',1,1)",
			"UPDATE allocations SET side = 0", false},
		{"gross where nothing else is stated", "", put + "('g:fee','gateway-gateway',1,-7,'EUR',1)", true},
		{"beyond that gross", "", put + "('g:fee','gateway-gateway',1,-8,'EUR',1)", false},
		{"payout", "", put + "('g:po_1','payout-bank',1,850,'EUR',1)", true},
		{"payout beyond", "", put + "('g:po_1','gateway-payout',1,851,'EUR',1)", false},
		{"bank line", "", put + "('a:1','bank-billing',1,850,'EUR',1)", true},
		{"bank line beyond", "", put + "('a:1','payout-bank',1,851,'EUR',1)", false},
		{"invoice", "", put + "('b:invoice/1','bank-billing',1,1000,'EUR',1)", true},
		{"invoice beyond", "", put + "('b:invoice/1','bank-billing',1,1001,'EUR',1)", false},
		{"credit", "", put + "('b:credit/1','billing-gateway',1,300,'EUR',1)", true},
		{"what holds no money", "", put + "('b:customer/1','billing-gateway',1,0,'EUR',1)", false},
		{"what is not there", "", put + "('g:none','billing-gateway',1,0,'EUR',1)", false},
		{"raised later", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			"UPDATE allocations SET amount = 1001", false},
		{"turned live later", put + "('b:payment/1','billing-gateway',1,1001,'EUR',0)",
			"UPDATE allocations SET live = 1", false},
		{"moved to another leg", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)," +
			"('b:payment/1','bank-billing',2,600,'EUR',1)",
			"UPDATE allocations SET leg = 'billing-gateway' WHERE match = 2", false},
		{"moved to another item", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			"UPDATE allocations SET item = 'b:credit/1'", false},
		{"currency changed", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			"UPDATE allocations SET currency = 'USD'", false},
		{"put in place", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			strings.Replace(put, "INSERT", "INSERT OR REPLACE", 1) +
				"('b:payment/1','billing-gateway',1,1000,'EUR',1)", true},
		{"put in place, too much", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			strings.Replace(put, "INSERT", "INSERT OR REPLACE", 1) +
				"('b:payment/1','billing-gateway',1,1001,'EUR',1)", false},
		{"overflow", put + "('b:payment/1','billing-gateway',1,600,'EUR',1)",
			put + "('b:payment/1','billing-gateway',2,9223372036854775807,'EUR',1)", false},
		{"neither live nor not", "", put + "('b:payment/1','billing-gateway',1,1,'EUR',2)", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := someFacts(t)
			if test.before != "" {
				if err := raw(s, test.before); err != nil {
					t.Fatal(err)
				}
			}
			before := one(t, s, "SELECT count(*) FROM allocations")
			err := raw(s, test.sql)
			if test.ok != (err == nil) {
				t.Errorf("got error %v, want accepted = %v", err, test.ok)
			}
			if after := one(t, s, "SELECT count(*) FROM allocations"); err != nil && after != before {
				t.Errorf("refused, and yet %v rows became %v", before, after)
			}
		})
	}
}

func pair(id string, state book.MatchState, minor int64) book.Match {
	return book.Match{ID: id, Pass: book.P1, Leg: book.BillingGateway, State: state, Rule: "P1 v1",
		Left: []book.ItemID{"b:payment/1"}, Right: []book.ItemID{"b:credit/1"},
		Uses:  []money.Money{eur(minor), eur(0)},
		Facts: book.Facts("").With("amount", fmt.Sprint(minor), "0")}
}

func TestARunThatOverdrawsAnItemKeepsNothing(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	_, err := s.SaveRun(ctx, Run{At: 1}, []book.Match{pair("m1", book.Auto, 600),
		pair("m2", book.Auto, 401)}, []book.Exception{{ID: "e1", Class: book.M1}})
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "b:payment/1") {
		t.Fatalf("got %v, want a conflict that names the item", err)
	}
	for _, table := range []string{"matches", "allocations", "exceptions", "runs"} {
		if n := one(t, s, "SELECT count(*) FROM "+table); n != int64(0) {
			t.Errorf("%s holds %v rows", table, n)
		}
	}
}

// One take among hundreds that are written together is named when it is refused.
func TestTheRefusedTakeIsNamed(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	var recs book.Records
	var matches []book.Match
	for i := range 500 {
		id := book.ItemID(fmt.Sprintf("b:payment/%d", i))
		recs.Payments = append(recs.Payments, book.Payment{ID: id, Source: "b", Amount: eur(10)})
		matches = append(matches, book.Match{ID: fmt.Sprint("m", i), Leg: book.BankBilling,
			State: book.Auto, Left: []book.ItemID{id}, Uses: []money.Money{eur(10)}})
	}
	apply1(t, s, recs)
	matches[321].Uses[0].Minor = 11
	_, err := s.SaveRun(ctx, Run{}, matches, nil)
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "match m321 takes 0.11 EUR of b:payment/321:") {
		t.Errorf("got %v", err)
	}
	matches[321].Uses[0].Minor = 10
	if got := save(t, s, Run{}, matches, nil); got.Matches.New != 500 {
		t.Errorf("saved %+v", got)
	}
}

// A fact that shrinks below its matches is stored all the same; the change is listed, the check
// names it, and the next run repairs it.
func TestAFactMayShrinkBelowItsMatches(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	if _, err := s.SaveRun(ctx, Run{At: 1}, []book.Match{pair("m1", book.Auto, 1000)}, nil); err != nil {
		t.Fatal(err)
	}
	less := book.Records{Payments: []book.Payment{{ID: "b:payment/1", Source: "b", Amount: eur(900),
		Reference: "a\tb"}}}
	got, err := s.Apply(ctx, "b", less, nil, "", 77)
	if err != nil || got.Altered != 1 {
		t.Fatalf("got %+v, %v, want one alteration", got, err)
	}
	list, err := s.Alterations(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []Alteration{{"b:payment/1", book.KindPayment, 77, book.Facts("").
		With("amount", "1000", "900").With("reference", "", "a b")}}
	if len(list) != 1 || list[0] != want[0] {
		t.Errorf("got alterations %+v, want %+v", list, want)
	}
	if found := check(t, s); len(found) != 1 || !strings.Contains(found[0], "b:payment/1") {
		t.Errorf("the check says %v", found)
	}
	if _, err := s.SaveRun(ctx, Run{At: 2}, []book.Match{pair("m1", book.Auto, 900)}, nil); err != nil {
		t.Fatal(err)
	}
	if found := check(t, s); len(found) != 0 {
		t.Errorf("after the next run the check says %v", found)
	}
}

func TestOrdinaryProgressIsNoAlteration(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	tx := book.Transaction{ID: "g:ch_1", Source: "g", State: book.Pending, Charged: eur(100),
		Currency: "EUR"}
	apply := func() Applied {
		t.Helper()
		got, err := s.Apply(ctx, "g", book.Records{Transactions: []book.Transaction{tx}}, nil, "", 5)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	apply()
	m := book.Match{ID: "m", Leg: book.BillingGateway, State: book.Auto,
		Right: []book.ItemID{"g:ch_1"}, Uses: []money.Money{eur(100)}}
	if _, err := s.SaveRun(ctx, Run{}, []book.Match{m}, nil); err != nil {
		t.Fatal(err)
	}
	tx.State, tx.Gross, tx.Fee, tx.Net, tx.Revision = book.Succeeded, 100, 3, 97, "r2"
	if got := apply(); got.Altered != 0 {
		t.Error("success of a pending charge counts as an alteration")
	}
	tx.PayoutID, tx.AvailableAt = "g:po_1", 9
	if got := apply(); got.Altered != 0 {
		t.Error("settlement counts as an alteration")
	}
	tx.Fee, tx.Net = 4, 96
	if got := apply(); got.Altered != 1 {
		t.Error("another fee counts as no alteration")
	}
	got, err := s.Apply(ctx, "g", book.Records{Gone: []book.ItemID{"g:ch_1"}}, nil, "", 6)
	if err != nil || got.Altered != 1 || got.Gone != 1 {
		t.Errorf("a record that is gone: %+v, %v", got, err)
	}
}

func check(t testing.TB, s *Store) []string {
	t.Helper()
	found, err := s.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheCheckFindsWhatSQLBroke(t *testing.T) {
	for _, sql := range []string{
		"UPDATE matches SET uses = '999 EUR' || char(10) || '0 EUR' || char(10)",
		"DELETE FROM matches",
		"DELETE FROM allocations WHERE item = 'b:credit/1'",
		"UPDATE matches SET live = 0",
		"UPDATE matches SET leg = 'payout-bank'",
		"UPDATE payments SET amount_currency = 'USD'",
		"UPDATE payments SET amount = -1000",
	} {
		s := someFacts(t)
		_, err := s.SaveRun(context.Background(), Run{At: 1}, []book.Match{pair("m1", book.Auto, 1000)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found := check(t, s); len(found) != 0 {
			t.Fatalf("sound books: %v", found)
		}
		if err := raw(s, sql); err != nil {
			t.Fatal(err)
		}
		if found := check(t, s); len(found) == 0 {
			t.Errorf("nothing found after %s", sql)
		}
	}
}

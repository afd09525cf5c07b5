package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
)

func apply1(t testing.TB, s *Store, recs book.Records) Applied {
	t.Helper()
	got, err := s.Apply(context.Background(), "src", recs, nil, "c", 1)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Every single field counts: a record that differs in one is changed, and comes back changed.
func TestAnyFieldThatDiffersIsAChange(t *testing.T) {
	s, recs := fresh(t), everyKind()
	apply1(t, s, recs)
	ignored := map[string]bool{"statements.file": true, "statements.digest": true,
		"statements.format": true, "bank_lines.statement_id": true, "bank_lines.row": true}
	n := int64(100000)
	v := reflect.ValueOf(&recs).Elem()
	for _, table := range allFacts {
		m := table.about()
		var batch book.Records
		field := reflect.Value{}
		for i := range v.NumField() {
			name := columnOf(v.Type().Field(i).Name)
			if name == m.name || name == "lines" && m.name == "bank_lines" {
				field = reflect.ValueOf(&batch).Elem().Field(i)
				field.Set(v.Field(i).Slice(0, 1))
			}
		}
		rec := reflect.New(field.Index(0).Type()).Elem()
		rec.Set(field.Index(0))
		for i := range rec.NumField() {
			column := columnOf(rec.Type().Field(i).Name)
			if slices.Contains(m.key, column) || ignored[m.name+"."+column] {
				continue
			}
			if rec.Field(i).Kind() == reflect.Bool {
				rec.Field(i).SetBool(false)
			} else {
				fill(rec.Field(i), &n)
			}
			changed := reflect.MakeSlice(field.Type(), 1, 1)
			changed.Index(0).Set(rec)
			field.Set(changed)
			if got := apply1(t, s, batch).Total(); got != (Count{Changed: 1}) {
				t.Errorf("%s.%s differs, counted %+v", m.name, column, got)
			}
		}
	}
}

func TestAPageIsKeptWholeOrNotAtAll(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	page := func(from int) book.Records {
		var r book.Records
		for i := range 120 {
			r.Transactions = append(r.Transactions, book.Transaction{Source: "g",
				ID: book.ItemID(fmt.Sprintf("g:ch_%d", from+i))})
		}
		return r
	}
	if _, err := s.Apply(ctx, "g", page(0), nil, "first", 1); err != nil {
		t.Fatal(err)
	}
	err := raw(s, `CREATE TRIGGER fails BEFORE INSERT ON transactions WHEN NEW.id = 'g:ch_1117'
		BEGIN SELECT RAISE(ABORT, 'planted'); END`)
	if err != nil {
		t.Fatal(err)
	}
	bad := page(1000)
	bad.Payouts = []book.Payout{{ID: "g:po_1", Source: "g"}}
	_, err = s.Apply(ctx, "g", bad, []book.Reject{{Origin: "g", Place: "x"}}, "second", 2)
	if err == nil || !strings.Contains(err.Error(), "planted") {
		t.Fatalf("got %v", err)
	}
	if n := one(t, s, "SELECT (SELECT count(*) FROM transactions) + (SELECT count(*) FROM payouts)"+
		"+ (SELECT count(*) FROM rejects)"); n != int64(120) {
		t.Errorf("%v rows are there, want 120", n)
	}
	if cursor, err := s.Cursor(ctx, "g"); err != nil || cursor != "first" {
		t.Errorf("the cursor is %q, %v", cursor, err)
	}
}

func TestAKnownPayoutIsNotErased(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	payout := func() book.ItemID {
		recs, err := s.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return recs.Transactions[0].PayoutID
	}
	tx := book.Transaction{ID: "g:1", Source: "g", State: book.Succeeded, PayoutID: "g:po_1"}
	apply1(t, s, book.Records{Transactions: []book.Transaction{tx}})
	tx.PayoutID = ""
	if got := apply1(t, s, book.Records{Transactions: []book.Transaction{tx}}); got.Total().Same != 1 {
		t.Errorf("without its payout it counts as %+v", got.Total())
	}
	if payout() != "g:po_1" {
		t.Errorf("the payout is %q", payout())
	}
	tx.PayoutID = "g:po_2"
	apply1(t, s, book.Records{Transactions: []book.Transaction{tx}})
	if payout() != "g:po_2" {
		t.Errorf("after another payout it is %q", payout())
	}
	tx.PayoutID, tx.State = "", book.Failed
	apply1(t, s, book.Records{Transactions: []book.Transaction{tx}})
	if payout() != "" {
		t.Errorf("after its failure the payout is %q", payout())
	}
}

func TestGoneRecordsKeepATombstone(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	recs := book.Records{
		Invoices: []book.Invoice{{ID: "b:invoice/1", Source: "b", Status: book.InvoiceUnpaid, Revision: "r"}},
		Payments: []book.Payment{{ID: "b:payment/1", Source: "b", Revision: "r"}},
	}
	apply1(t, s, recs)
	gone := book.Records{Gone: []book.ItemID{"b:payment/1", "b:invoice/1", "b:never"}}
	if got := apply1(t, s, gone); got.Gone != 2 {
		t.Errorf("counted %+v", got)
	}
	if got := apply1(t, s, gone); got.Gone != 0 {
		t.Errorf("a second time counted %+v", got)
	}
	back, err := s.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Payments) != 0 || len(back.Invoices) != 1 || back.Invoices[0].Status != book.InvoiceGone ||
		!slices.Equal(back.Gone, []book.ItemID{"b:invoice/1", "b:payment/1"}) {
		t.Errorf("loaded %+v", back)
	}
	if rev, err := s.Revision(ctx, "b:invoice/1"); rev != "" || err != nil {
		t.Errorf("a gone record has revision %q, %v", rev, err)
	}
	if got := apply1(t, s, recs); got.Total() != (Count{Changed: 2}) {
		t.Errorf("back again counted %+v", got.Total())
	}
	back, err = s.Load(ctx)
	if err != nil || !reflect.DeepEqual(back, recs) {
		t.Errorf("back again loaded %+v, %v", back, err)
	}
}

func TestRejectsAreKeptOnce(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	want := []book.Reject{{Origin: "b", Place: "invoice 7", Kind: book.KindInvoice, Raw: "{", Reason: "cut", At: 3},
		{Origin: "g", Place: "page 2", Raw: "<", Reason: "no JSON", At: 9}}
	given := slices.Clone(want)
	given[1].At = 0
	for i, n := range []int{2, 0} {
		got, err := s.Apply(ctx, "b", book.Records{}, given, "", 9)
		if err != nil || got.Rejected != n {
			t.Errorf("time %d: %+v, %v", i+1, got, err)
		}
	}
	if got, err := s.Rejects(ctx, ""); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := s.Rejects(ctx, "g"); err != nil || !reflect.DeepEqual(got, want[1:]) {
		t.Errorf("of one origin: %+v, %v", got, err)
	}
}

func TestWhatIsNotFinalIsListed(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	apply1(t, s, book.Records{
		Invoices: []book.Invoice{{ID: "b:invoice/2", Source: "b", Status: book.InvoiceUnpaid},
			{ID: "b:invoice/1", Source: "b", Status: book.InvoiceCollections},
			{ID: "b:invoice/3", Source: "b", Status: book.InvoicePaid},
			{ID: "c:invoice/1", Source: "c", Status: book.InvoiceUnpaid}},
		Transactions: []book.Transaction{
			{ID: "g:old", Source: "g", Kind: book.Charge, State: book.Succeeded, At: 10},
			{ID: "g:new", Source: "g", Kind: book.Charge, State: book.Succeeded, At: 100},
			{ID: "g:fee", Source: "g", Kind: book.Fee, State: book.Succeeded, At: 100},
			{ID: "g:pending", Source: "g", Kind: book.Charge, State: book.Pending, At: 10},
			{ID: "h:new", Source: "h", Kind: book.Charge, State: book.Succeeded, At: 100}},
		Payouts: []book.Payout{
			{ID: "g:po_1", Source: "g", State: book.PayoutInTransit, Members: book.MembersStated},
			{ID: "g:po_2", Source: "g", State: book.PayoutPaid, Members: book.MembersPending},
			{ID: "g:po_3", Source: "g", State: book.PayoutPaid, Members: book.MembersStated, SentAt: 10},
			{ID: "g:po_4", Source: "g", State: book.PayoutPaid, Members: book.MembersStated, SentAt: 100},
			{ID: "g:po_5", Source: "g", State: book.PayoutFailed, Members: book.MembersPending, SentAt: 100}},
	})
	for _, test := range []struct {
		src  book.SourceName
		kind book.Kind
		want []book.ItemID
	}{
		{"b", book.KindInvoice, []book.ItemID{"b:invoice/1", "b:invoice/2"}},
		{"g", book.KindTransaction, []book.ItemID{"g:new", "g:pending"}},
		{"g", book.KindPayout, []book.ItemID{"g:po_1", "g:po_2", "g:po_4"}},
		{"g", book.KindCustomer, nil},
	} {
		got, err := s.Unsettled(ctx, test.src, test.kind, 50)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %v, %v, want %v", test.src, test.kind, got, err, test.want)
		}
	}
}

// TestWhatIsStoredIsListed lists a source's records of a kind, those with a tombstone left out.
func TestWhatIsStoredIsListed(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	apply1(t, s, book.Records{
		Invoices: []book.Invoice{{ID: "b:invoice/2", Source: "b"}, {ID: "b:invoice/1", Source: "b"},
			{ID: "b:invoice/3", Source: "b"}, {ID: "c:invoice/1", Source: "c"}},
		Payments: []book.Payment{{ID: "b:payment/1", Source: "b"}}})
	apply1(t, s, book.Records{Gone: []book.ItemID{"b:invoice/3"}})
	for kind, want := range map[book.Kind][]book.ItemID{
		book.KindInvoice: {"b:invoice/1", "b:invoice/2"}, book.KindPayment: {"b:payment/1"},
		book.KindCredit: nil} {
		if got, err := s.Stored(ctx, "b", kind); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", kind, got, err, want)
		}
	}
}

func TestWhereSourcesStand(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	bad := SourceRun{Source: "g", At: 20, Result: "auth", Message: "the key is refused"}
	for _, r := range []SourceRun{
		{Source: "g", At: 10, Result: "ok", Count: Count{New: 3, Changed: 2, Same: 1}, Rejected: 4}, bad} {
		if err := s.SaveSourceRun(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, cursor := range []string{"x", "y"} {
		if err := s.SetCursor(ctx, "b", cursor, 5); err != nil {
			t.Fatal(err)
		}
	}
	want := []SourceState{{Source: "b", Cursor: "y"}, {Source: "g", LastRun: bad, OKAt: 10}}
	if got, err := s.SourceStates(ctx); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if cursor, err := s.Cursor(ctx, "g"); cursor != "" || err != nil {
		t.Errorf("a cursor that was never set: %q, %v", cursor, err)
	}
}

func TestDigestIsTheFactsAndNotTheirOrder(t *testing.T) {
	ctx := context.Background()
	digest := func(pages ...book.Records) []SourceDigest {
		s := fresh(t)
		for _, p := range pages {
			apply1(t, s, p)
		}
		d, err := s.Digest(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a := book.Records{Payments: []book.Payment{{ID: "b:payment/1", Source: "b", Text: "x"}}}
	b := book.Records{Payments: []book.Payment{{ID: "b:payment/2", Source: "b", Amount: eur(5)}},
		Lines: []book.BankLine{{ID: "o:1", Account: "o"}}}
	one, other := digest(a, b), digest(b, a)
	if !reflect.DeepEqual(one, other) {
		t.Errorf("the order counts: %v and %v", one, other)
	}
	if len(one) != 2 || one[0].Source != "b" || one[0].Records != 2 || one[1].Source != "o" {
		t.Errorf("got %+v", one)
	}
	b.Payments[0].Amount = eur(6)
	third := digest(a, b)
	if third[0].Digest == one[0].Digest || third[1] != one[1] {
		t.Errorf("one cent more: %v and %v", one, third)
	}
}

func TestRecordsAreFoundByIDAndText(t *testing.T) {
	ctx, s := context.Background(), fresh(t)
	inv := book.Invoice{ID: "b:invoice/7", Source: "b", Number: "INV-100%", CustomerID: "b:customer/1"}
	tx := book.Transaction{ID: "g:ch_1", Source: "g", Aliases: []string{"pi_9", "txn_9"}, PayerName: "Zoë INV"}
	apply1(t, s, book.Records{Invoices: []book.Invoice{inv}, Transactions: []book.Transaction{tx},
		Customers: []book.Customer{{ID: "b:customer/1", Source: "b", Company: "Inv-estors"}},
		Lines:     []book.BankLine{{ID: "o:gone", Account: "o", Text: "inv"}}, Gone: []book.ItemID{"o:gone"}})
	rec, kind, err := s.Item(ctx, "b:invoice/7")
	if err != nil || kind != book.KindInvoice || !reflect.DeepEqual(rec, inv) {
		t.Errorf("got %+v, %v, %v", rec, kind, err)
	}
	if _, _, err := s.Item(ctx, "b:invoice/8"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	recs, err := s.ByIDs(ctx, []book.ItemID{"g:ch_1", "none", "b:invoice/7"})
	if err != nil || !reflect.DeepEqual(recs, book.Records{Invoices: []book.Invoice{inv},
		Transactions: []book.Transaction{tx}}) {
		t.Errorf("got %+v, %v", recs, err)
	}
	if got, err := s.IDs(ctx, book.KindTransaction); err != nil || !slices.Equal(got, []book.ItemID{"g:ch_1"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := s.IDs(ctx, book.KindBankLine); err != nil || len(got) != 0 {
		t.Errorf("gone ones are listed: %v, %v", got, err)
	}
	for _, test := range []struct {
		text  string
		limit int
		want  []Hit
	}{
		{"b:invoice/7", 5, []Hit{{"b:invoice/7", book.KindInvoice, "id"}}},
		{" PI_9 ", 5, []Hit{{"g:ch_1", book.KindTransaction, "aliases"}}},
		{"inv-100%", 5, []Hit{{"b:invoice/7", book.KindInvoice, "number"}}},
		{"0%", 5, []Hit{{"b:invoice/7", book.KindInvoice, "number"}}},
		{"%", 5, []Hit{{"b:invoice/7", book.KindInvoice, "number"}}},
		{"inv", 5, []Hit{{"b:customer/1", book.KindCustomer, "company"},
			{"b:invoice/7", book.KindInvoice, "id"}, {"g:ch_1", book.KindTransaction, "payer_name"}}},
		{"inv", 1, []Hit{{"b:customer/1", book.KindCustomer, "company"}}},
		{"  ", 5, nil},
		{"nowhere", 5, nil},
	} {
		if got, err := s.Search(ctx, test.text, test.limit); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("search %q: %+v, %v, want %+v", test.text, got, err, test.want)
		}
	}
}

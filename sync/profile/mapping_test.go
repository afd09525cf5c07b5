package profile

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// serve serves a handler and returns options that point at it.
func serve(t *testing.T, kind string, h http.Handler) source.Options {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return source.Options{Name: world.BillingName, URL: server.URL, Base: "EUR", Zone: time.UTC,
		Secrets: secrets(kind), Clock: func() time.Time { return sourcetest.Small().Now.Time() },
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func pullInto(t *testing.T, b *sourcetest.Books, d source.Description, o source.Options) error {
	t.Helper()
	s, err := New(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Pull(t.Context(), source.Request{Books: b, Cursor: b.Cursor}, func(p source.Page) error {
		b.Keep(p)
		return nil
	})
}

// TestFaultsOfAMappingHaveLines says where each mistake stands.
func TestFaultsOfAMappingHaveLines(t *testing.T) {
	whole := minimal
	if _, err := Parse(whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, fresh, want string
		line             int
	}{
		{`profile = 1`, `profile = 3`, "profile = 3", 1},
		{`name = "mini"`, `name = `, "", 2},
		{`title = "Mini"`, `titel = "Mini"`, `unknown setting "titel"`, 3},
		{`auth = "bearer"`, `auth = "digest"`, `"digest" is not one of`, 5},
		{`auth = "bearer"`, `auth = "header"`, `header's name`, 5},
		{`auth = "bearer"`, `auth = "bearer"` + "\nsecret = \"hunter2\"", "called token", 6},
		{`style = "page"`, `style = "pages"`, `"pages" is not one of`, 7},
		{`parameter = "p"`, `first = 0`, "parameter is missing", 6},
		{`path = "/bills"`, `path = "https://other.example/bills"`, "not a path", 10},
		{`path = "/bills"`, `path = "/../bills"`, "not a path", 10},
		{`list = "."`, `list = "a..b"`, "no path", 11},
		{`total = "sum | cents"`, `total = "sum | pennies"`, `"pennies" is none of the steps`, 16},
		{`total = "sum | cents"`, `total = "sum | split ,"`, "split takes 2 words", 16},
		{`total = "sum | cents"`, `sum = "sum"`, `"sum" is no field of invoices`, 16},
		{`total = "sum | cents"`, `number = "nr"`, "the field total is missing", 12},
		{`P = "paid"`, `P = "settled"`, `"settled", which is not one of`, 18},
	} {
		text := strings.Replace(whole, c.old, c.fresh, 1)
		if text == whole {
			t.Fatalf("%q is not there", c.old)
		}
		_, err := Parse(text)
		var bad *MappingError
		if !errors.As(err, &bad) || !slices.ContainsFunc(bad.Faults, func(f Fault) bool {
			return f.Line == c.line && strings.Contains(f.Text, c.want)
		}) {
			t.Errorf("%s: %v, want line %d with %q", c.fresh, err, c.line, c.want)
		}
	}
}

const minimal = `profile = 1
name = "mini"
title = "Mini"
[connection]
auth = "bearer"
[paging]
style = "page"
parameter = "p"
[invoices]
path = "/bills"
list = "."
[invoices.fields]
id = "id"
status = "state"
currency = "money.0.code | upper"
total = "sum | cents"
[invoices.statuses]
P = "paid"
`

func TestSteps(t *testing.T) {
	for _, c := range []struct{ field, in, want string }{
		{"x | trim | lower", " AbC ", "abc"},
		{"x | upper", "eur", "EUR"},
		{"x | entities", "Smith &amp; Co", "Smith & Co"},
		{"x | epoch", "1760000000", "2025-10-09T08:53:20Z"},
		{"x | epoch_ms", "1760000000123", "2025-10-09T08:53:20.123Z"},
		{"x | epoch", "soon", "error"},
		{"x | not", "1", "false"},
		{"x | not", "maybe", "error"},
		{"x | date DD/MM/YYYY", "05/10/2026", "2026-10-05"},
		{"x | date DD/MM/YYYY", "05/10/2026 14:30", "2026-10-05 14:30:00"},
		{"x | date DD/MM/YYYY", "31/02/2026", "error"},
		{"x | split - 0", "5012-77", "5012"},
		{"x | split - -1", "5012-77-8", "8"},
		{"x | split - 5", "5012-77", ""},
		{"= EUR", "anything", "EUR"},
		{"x.y", "v", ""},
	} {
		var f Field
		if err := f.UnmarshalText([]byte(c.field)); err != nil {
			t.Fatal(err)
		}
		r := reader{record: node{map[string]any{"x": c.in}}, fields: map[string]Field{"f": f}}
		got := r.word("f")
		if c.want == "error" {
			if r.err == nil {
				t.Errorf("%s of %q is %q", c.field, c.in, got)
			}
		} else if r.err != nil || got != c.want {
			t.Errorf("%s of %q is %q, %v, want %q", c.field, c.in, got, r.err, c.want)
		}
	}
}

// TestMoneyIsExact reads amounts as the digits that stand there, and rejects what does not fit.
func TestMoneyIsExact(t *testing.T) {
	for _, c := range []struct {
		step, json string
		currency   money.Currency
		want       int64
		bad        bool
	}{
		{"", `"49.90"`, "EUR", 4990, false},
		{"", `49.9`, "EUR", 4990, false},
		{"", `90071992547409.93`, "EUR", 9007199254740993, true},
		{"", `900719925474.93`, "EUR", 90071992547493, false},
		{"", `49.900`, "EUR", 4990, false},
		{"", `49.901`, "EUR", 0, true},
		{"", `12.1000000000000005`, "EUR", 0, true},
		{"", `5e2`, "EUR", 0, true},
		{"", `"1,234.50"`, "EUR", 0, true},
		{"", `5000`, "JPY", 5000, false},
		{"", `5000.5`, "JPY", 0, true},
		{"", `12.5`, "KWD", 12500, false},
		{" | cents", `4990`, "EUR", 4990, false},
		{" | cents", `5000`, "JPY", 5000, false},
		{" | cents", `49.9`, "EUR", 0, true},
		{" | decimal_comma", `"1.234,50"`, "EUR", 123450, false},
		{" | decimal_comma", `"1,234.50"`, "EUR", 0, true},
		{" | abs", `"-7.00"`, "EUR", 700, false},
		{" | negate", `"7.00"`, "EUR", -700, false},
		{"", `["7.00"]`, "EUR", 0, true},
	} {
		var f Field
		if err := f.UnmarshalText([]byte("x" + c.step)); err != nil {
			t.Fatal(err)
		}
		v, err := decode([]byte(`{"x":` + c.json + `}`))
		if err != nil {
			t.Fatal(err)
		}
		r := reader{record: node{v}, fields: map[string]Field{"f": f}}
		got, _ := r.amount("f", c.currency)
		if (r.err != nil) != c.bad || !c.bad && got != c.want {
			t.Errorf("%s%s of %s is %d, %v, want %d", c.json, c.step, c.currency, got, r.err, c.want)
		}
	}
}

// TestWordsAreNeverGuessed keeps a status that is not mapped as it is, marks one that happens to be a
// word of ours, and rejects payments whose kind or state is not mapped.
func TestWordsAreNeverGuessed(t *testing.T) {
	text := strings.Replace(minimal, "P = \"paid\"", "P = \"paid\"\nC = \"replaced\"", 1) + `
[payments]
path = "/pays"
list = "."
[payments.fields]
id = "id"
amount = "amount"
currency = "= EUR"
occurred_at = "at"
kind = "kind"
status = "status"
[payments.kinds]
in = "payment"
out = "refund"
note = "none"
[payments.statuses]
ok = "succeeded"
wait = "pending"
`
	pages := map[string]string{
		"/bills": `[{"id":1,"state":"p","sum":100,"money":[{"code":"eur"}]},
			{"id":2,"state":"Paid","sum":100,"money":[{"code":"eur"}]},
			{"id":3,"state":"Verbucht","sum":100,"money":[{"code":"eur"}]},
			{"id":4,"state":"C","sum":100,"money":[{"code":"eur"}]}]`,
		"/pays": `[{"id":1,"amount":"5","at":"2026-10-05T10:00:00+02:00","kind":"in","status":"ok"},
			{"id":2,"amount":"5","at":"2026-10-05","kind":"out","status":"ok"},
			{"id":3,"amount":"5","at":"2026-10-05","kind":"in","status":"wait"},
			{"id":4,"amount":"5","at":"2026-10-05","kind":"chargeback","status":"ok"},
			{"id":5,"amount":"5","at":"2026-10-05","kind":"in","status":"maybe"},
			{"id":6,"amount":"-5","at":"2026-10-05","kind":"in","status":"ok"},
			{"id":7,"amount":"5","at":"2026-10-05","kind":"note","status":"ok"}]`}
	o := serve(t, "billing", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("p") != "1" {
			write(w, http.StatusOK, []string{})
			return
		}
		_, _ = w.Write([]byte(pages[r.URL.Path]))
	}))
	o.Profile = text
	b := sourcetest.NewBooks()
	if err := pullInto(t, b, Other, o); err != nil {
		t.Fatal(err)
	}
	got := map[book.ItemID]book.InvoiceStatus{}
	for _, v := range b.All().Invoices {
		got[v.ID] = v.Status
	}
	for id, want := range map[book.ItemID]book.InvoiceStatus{"billing:invoice/1": book.InvoicePaid,
		"billing:invoice/2": "unmapped: Paid", "billing:invoice/3": "Verbucht",
		"billing:invoice/4": book.InvoiceReplaced} {
		if got[id] != want || want != book.InvoicePaid && got[id].Open() {
			t.Errorf("%s is %q, want %q", id, got[id], want)
		}
	}
	amounts := map[book.ItemID]int64{}
	for _, p := range b.All().Payments {
		amounts[p.ID] = p.Amount.Minor
	}
	if len(amounts) != 2 || amounts["billing:payment/1"] != 500 || amounts["billing:payment/2"] != -500 {
		t.Errorf("payments %v", amounts)
	}
	var places []string
	for _, r := range b.Rejects() {
		places = append(places, r.Place)
	}
	if !slices.Equal(places, []string{"payment/4", "payment/5", "payment/6"}) {
		t.Errorf("rejects %v", places)
	}
}

// TestAListThatMoves loses no invoice while others are deleted behind the walk, and a list that never
// stands still ends with an error that says so.
func TestAListThatMoves(t *testing.T) {
	w := sourcetest.Small()
	small := func(o *SimOptions) { o.PageMax, o.Moving = 3, 2 }
	b := sourcetest.NewBooks()
	err := pullInto(t, b, FOSSBilling, serve(t, "fossbilling", NewSimulator(w, "fossbilling", small)))
	if err != nil {
		t.Fatal(err)
	}
	// Those that were read before they were deleted are looked up and buried.
	for _, d := range sourcetest.Diff(expectFoss(w), b.All()) {
		t.Error(d)
	}
	w = sourcetest.Small()
	always := func(o *SimOptions) { o.PageMax, o.Moving = 1, 100 }
	err = pullInto(t, sourcetest.NewBooks(), FOSSBilling, serve(t, "fossbilling",
		NewSimulator(w, "fossbilling", always)))
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindUnavailable || !strings.Contains(e.Hint, "sync again") {
		t.Errorf("a list that never stands still: %v", err)
	}
}

// TestAPageThatKnowsNothingBuriesNothing does not take a missing look-up for a missing invoice, and an
// empty list for a proof that all is gone.
func TestAPageThatKnowsNothingBuriesNothing(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	if err := pullInto(t, b, FOSSBilling, serve(t, "fossbilling", NewSimulator(w, "fossbilling"))); err != nil {
		t.Fatal(err)
	}
	before := b.Copy()
	gone := w.Invoices[0]
	w.Invoices = w.Invoices[1:]
	sim := NewSimulator(w, "fossbilling")
	blind := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/get") {
			SimulatorError(rw, "fossbilling", http.StatusNotFound, "740", "Unknown API call, not found")
			return
		}
		sim.ServeHTTP(rw, r)
	})
	if err := pullInto(t, b, FOSSBilling, serve(t, "fossbilling", blind)); err != nil {
		t.Fatal(err)
	}
	for _, d := range sourcetest.Diff(before.All(), b.All()) {
		t.Error(d)
	}
	none := *w
	none.Invoices, none.Payments = nil, nil
	if err := pullInto(t, b, FOSSBilling, serve(t, "fossbilling",
		NewSimulator(&none, "fossbilling"))); err != nil {
		t.Fatal(err)
	}
	for _, d := range sourcetest.Diff(before.All(), b.All()) {
		t.Error(d)
	}
	if err := pullInto(t, b, FOSSBilling, serve(t, "fossbilling", sim)); err != nil {
		t.Fatal(err)
	}
	if n := len(b.All().Invoices); n != len(before.All().Invoices)-1 {
		t.Errorf("invoice %d was deleted, and %d are there", gone.ID, n)
	}
}

// TestForgottenCursors begin the list anew.
func TestForgottenCursors(t *testing.T) {
	w := sourcetest.Small()
	b := sourcetest.NewBooks()
	forget := func(o *SimOptions) { o.PageMax, o.ExpireEvery = 5, 3 }
	if err := pullInto(t, b, FluxBilling, serve(t, "fluxbilling",
		NewSimulator(w, "fluxbilling", forget))); err != nil {
		t.Fatal(err)
	}
	for _, d := range sourcetest.Diff(expectFlux(w), b.All()) {
		t.Error(d)
	}
}

// TestWhatASystemDoesNotHave reads only declared lists, takes changes only where they are declared,
// and says what stays off.
func TestWhatASystemDoesNotHave(t *testing.T) {
	w := sourcetest.Small()
	o := serve(t, "fluxbilling", NewSimulator(w, "fluxbilling", func(o *SimOptions) {
		o.Capabilities = []string{"invoices.list", "customers.list", "payments.list"}
		o.Forbidden = []string{"/payments"}
	}))
	s, err := New(FluxBilling, o)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Check(t.Context())
	if err != nil || !slices.Equal(h.Missing, []string{"payments"}) || len(h.Permissions) != 4 ||
		h.Permissions[3].Granted || h.Permissions[2].Granted || !h.Permissions[1].Granted ||
		!h.Permissions[1].Needed || h.Version != "1.0" || h.Account != w.Name ||
		!h.At.Equal(w.Now.Time()) {
		t.Errorf("%+v, %v", h, err)
	}
	if err := pullInto(t, sourcetest.NewBooks(), FluxBilling, o); source.KindOf(err) != source.KindAuth {
		t.Errorf("payments may not be read: %v", err)
	}
	none := serve(t, "fluxbilling", NewSimulator(w, "fluxbilling", func(o *SimOptions) {
		o.Capabilities = []string{"customers.list"}
	}))
	if err := pullInto(t, sourcetest.NewBooks(), FluxBilling, none); source.KindOf(err) !=
		source.KindUnsupported {
		t.Errorf("no invoices: %v", err)
	}
	bare := serve(t, "fluxbilling", NewSimulator(w, "fluxbilling", func(o *SimOptions) {
		o.Bare = true
	}))
	b := sourcetest.NewBooks()
	if err := pullInto(t, b, FluxBilling, bare); err != nil || len(b.Rejects()) > 0 ||
		len(b.All().Invoices) != len(w.Invoices) {
		t.Errorf("without optional fields: %v, %v", err, b.Rejects())
	}
}

// TestChangesOnly asks only for what changed, a little before the newest change that was seen.
func TestChangesOnly(t *testing.T) {
	w := sourcetest.Small()
	var asked []string
	sim := NewSimulator(w, "fluxbilling")
	o := serve(t, "fluxbilling", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/invoices" {
			asked = append(asked, r.URL.Query().Get("updated_since"))
		}
		sim.ServeHTTP(rw, r)
	}))
	b := sourcetest.NewBooks()
	for range 2 {
		if err := pullInto(t, b, FluxBilling, o); err != nil {
			t.Fatal(err)
		}
	}
	last := book.Instant(0)
	for _, v := range w.Invoices {
		last = max(last, v.UpdatedAt)
	}
	if want := []string{"", (last - overlap).String()}; !slices.Equal(asked, want) {
		t.Errorf("asked since %v, want %v", asked, want)
	}
}

// TestSumsThatDoNotComeOut are warned about where a person looks, and the balance is taken as the
// system says it.
func TestSumsThatDoNotComeOut(t *testing.T) {
	w := sourcetest.Small()
	o := serve(t, "fluxbilling", NewSimulator(w, "fluxbilling", func(o *SimOptions) {
		o.WrongSums = true
	}))
	s, err := New(FluxBilling, o)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Check(t.Context())
	if err != nil || len(h.Warnings) != 2 || !strings.Contains(h.Warnings[0], "no API description") ||
		!strings.Contains(h.Warnings[1], "invoice/1001: the total of 49.00 EUR") {
		t.Errorf("%v, %v", h.Warnings, err)
	}
	m, err := mappingFor(FluxBilling, o)
	if err != nil {
		t.Fatal(err)
	}
	trial, err := Try(t.Context(), FluxBilling, o, m, book.KindInvoice)
	if err != nil || len(trial.Warnings) != 2 || trial.Read != len(w.Invoices) ||
		len(trial.Rows) != TrialRows || len(trial.Unused) > 0 {
		t.Fatalf("%+v, %v", trial, err)
	}
	for _, f := range trial.Rows[0].Fields {
		if f.Field == "total" && (f.Raw != "49.00" || f.Result != "49.00 EUR" || f.Path != "total") {
			t.Errorf("total %+v", f)
		}
	}
	b := sourcetest.NewBooks()
	if err := pullInto(t, b, FluxBilling, o); err != nil {
		t.Fatal(err)
	}
	for _, v := range b.All().Invoices {
		if v.ID == "billing:invoice/1001" && v.Balance != 700 {
			t.Errorf("balance %d", v.Balance)
		}
	}
}

// TestAnotherSystemAtTheAddress is told apart by what it says of itself.
func TestAnotherSystemAtTheAddress(t *testing.T) {
	o := serve(t, "fluxbilling", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, object{"profile": "billing-source/9", "data": []int{}})
	}))
	err := pullInto(t, sourcetest.NewBooks(), FluxBilling, o)
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindMalformed ||
		!strings.Contains(e.Detail, `profile is "billing-source/9"`) {
		t.Errorf("%v", err)
	}
}

// TestTheExampleOfTheGuide loads the example of docs/billing-profile.md and runs it.
func TestTheExampleOfTheGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/billing-profile.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string) string {
		_, rest, ok := strings.Cut(string(guide), "```"+kind+"\n")
		text, _, closed := strings.Cut(rest, "```")
		if !ok || !closed {
			t.Fatalf("the guide has no %s block", kind)
		}
		return text
	}
	var pages map[string]json.RawMessage
	if err := json.Unmarshal([]byte(block("json")), &pages); err != nil {
		t.Fatal(err)
	}
	o := serve(t, "billing", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok || r.Header.Get("X-Api-Key") != simToken {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(page)
	}))
	o.Profile = block("toml")
	b := sourcetest.NewBooks()
	if err := pullInto(t, b, Other, o); err != nil {
		t.Fatal(err)
	}
	want := book.Records{
		Methods: []book.Method{{Source: "billing", Name: "stripe", Title: "stripe"}},
		Customers: []book.Customer{{ID: "billing:customer/c7", Source: "billing", Name: "Müller & Co",
			Email: "buero@mueller.example", Currency: "EUR"}},
		Invoices: []book.Invoice{
			{ID: "billing:invoice/1", Source: "billing", CustomerID: "billing:customer/c7",
				Number: "2026-001", Status: book.InvoicePaid, Kind: book.InvoiceOrdinary,
				IssuedOn: book.NewDate(2026, 10, 5), DueOn: book.NewDate(2026, 10, 19), Currency: "EUR",
				Total: 11_900, Method: "stripe"},
			{ID: "billing:invoice/2", Source: "billing", CustomerID: "billing:customer/c7",
				Number: "2026-002", Status: "disputed", Kind: book.InvoiceOrdinary,
				IssuedOn: book.NewDate(2026, 10, 6), DueOn: book.NewDate(2026, 10, 20), Currency: "EUR",
				Total: 4900, Balance: 4900, Method: "stripe"}},
		Payments: []book.Payment{{ID: "billing:payment/p1", Source: "billing",
			InvoiceID: "billing:invoice/1", At: 1_791_190_800_000, Amount: money.New(11_900, "EUR"),
			Fee: 202, Method: "stripe", Reference: "ch_1"}}}
	for _, d := range sourcetest.Diff(want, b.All()) {
		t.Error(d)
	}
	if len(b.Rejects()) > 0 {
		t.Errorf("rejects %v", b.Rejects())
	}
}

package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// bench is a source against a simulator, with what was asked.
type bench struct {
	t *testing.T
	*PayPal
	mu    sync.Mutex
	asked []*http.Request
	waits []time.Duration
}

func newBench(t *testing.T, w *world.World, h http.Handler, change func(*source.Options)) *bench {
	t.Helper()
	b := &bench{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.asked = append(b.asked, r.Clone(context.Background()))
		b.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	o := source.Options{Name: world.PayPalName, URL: server.URL, Secrets: secrets(),
		Clock: clock(w.Now), Wait: func(ctx context.Context, d time.Duration) error {
			b.waits = append(b.waits, d)
			return ctx.Err()
		}}
	if change != nil {
		change(&o)
	}
	var err error
	if b.PayPal, err = New(o); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) pullInto(books *sourcetest.Books) error {
	return b.Pull(b.t.Context(), source.Request{Cursor: books.Cursor, Books: books},
		func(p source.Page) error { books.Keep(p); return nil })
}

func (b *bench) mustPull(books *sourcetest.Books) {
	b.t.Helper()
	if err := b.pullInto(books); err != nil {
		b.t.Fatalf("pull: %v", err)
	}
	for _, r := range books.Rejects() {
		b.t.Errorf("reject %s: %s", r.Place, r.Reason)
	}
}

func wantBooks(t *testing.T, books *sourcetest.Books, want book.Records) {
	t.Helper()
	for _, d := range sourcetest.Diff(want, books.All()) {
		t.Error(d)
	}
}

// searches are the windows that were asked for, in order, without the look for the horizon, which
// asks for one second.
func (b *bench) searches() []url.Values {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []url.Values
	for _, r := range b.asked {
		q := r.URL.Query()
		if strings.HasSuffix(r.URL.Path, "/v1/reporting/transactions") {
			out = append(out, q)
		}
	}
	return out
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestWindows looks at every window of a whole pull: 31 days at most, all fields, no filter, and
// each one second behind the one before, so that no row stands on two edges or between them.
func TestWindows(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w), nil)
	b.mustPull(sourcetest.NewBooks())
	list := b.searches()[1:]
	for i, q := range list {
		from, to := at(t, q.Get("start_date")), at(t, q.Get("end_date"))
		if to.Sub(from) > 31*24*time.Hour || to.Before(from) {
			t.Errorf("window from %s to %s", from, to)
		}
		if q.Get("fields") != "all" || q.Get("page_size") != "500" {
			t.Errorf("asked %v", q)
		}
		for _, name := range optional {
			if q.Has(name) {
				t.Errorf("window with filter %s", name)
			}
		}
		if i > 0 && !from.Equal(at(t, list[i-1].Get("end_date")).Add(time.Second)) {
			t.Errorf("window from %s after one to %s", from, list[i-1].Get("end_date"))
		}
	}
	if last := at(t, list[len(list)-1].Get("end_date")); book.At(last) != whole(w.Now) {
		t.Errorf("the last window ends at %s", last)
	}
}

// TestSplit lowers PayPal's limit of rows, so that windows must be halved down to seconds; a second
// that still holds too many is a clear error.
func TestSplit(t *testing.T) {
	w := small()
	for _, most := range []int{20, 9, 5} {
		b := newBench(t, w, NewSimulator(w).With(Quirks{MaximumItems: most}), nil)
		books := sourcetest.NewBooks()
		b.mustPull(books)
		wantBooks(t, books, expect(w))
	}
	b := newBench(t, w, NewSimulator(w).With(Quirks{MaximumItems: 2}), nil)
	err := b.pullInto(sourcetest.NewBooks())
	var e *source.Error
	if !errors.As(err, &e) || e.Kind != source.KindUnsupported || e.Hint == "" ||
		!strings.Contains(e.Detail, "2026-10-09T00:00:00Z") {
		t.Errorf("five rows in one second: %v", err)
	}
}

// TestLag pulls behind PayPal's delay: nothing beyond it is asked for or claimed, the balance is that
// of the same moment, and what was hidden comes with the next pull.
func TestLag(t *testing.T) {
	w := small()
	lag := 60 * time.Hour
	b := newBench(t, w, NewSimulator(w).With(Quirks{Lag: lag}), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	reach := w.Now - book.Instant(lag.Milliseconds())
	sums := map[string]int64{}
	all := books.All()
	for _, x := range all.Transactions {
		sums[string(x.Currency)] += x.Net
		if x.At > reach {
			t.Errorf("%s is of %s", x.ID, x.At)
		}
	}
	for _, p := range all.Payouts {
		sums[string(p.Amount.Currency)] -= p.Amount.Minor
	}
	if len(all.Balances) != 4 {
		t.Fatalf("%d balances", len(all.Balances))
	}
	for _, x := range all.Balances {
		if x.At != whole(reach) || x.Amount != sums[string(x.Currency)] || x.LedgerFrom != 0 {
			t.Errorf("balance %+v, the rows come to %d", x, sums[string(x.Currency)])
		}
	}
	late := newBench(t, w, NewSimulator(w), nil)
	late.mustPull(books)
	wantBooks(t, books, expect(w))
	from := at(t, late.searches()[1].Get("start_date"))
	if want := reach - book.Instant(overlap*1000); book.At(from) != whole(want) {
		t.Errorf("the second pull reads from %s, want %s", from, want)
	}
}

// TestFar looks at how far back pulls read again: days always, 45 once a week, and once a day while
// something is pending.
func TestFar(t *testing.T) {
	for _, c := range []struct {
		later   book.Instant
		pending bool
		want    book.Instant
	}{
		{12 * hour, true, 3*day + 4*hour}, {25 * hour, true, 45 * day},
		{25 * hour, false, 3*day + 4*hour}, {8 * day, false, 45 * day},
	} {
		w := small()
		if !c.pending {
			touch(w)
		}
		// So that nothing but what is pending is young.
		w.Now += 60 * day
		books := sourcetest.NewBooks()
		newBench(t, w, NewSimulator(w), nil).mustPull(books)
		mark := w.Now
		w.Now += c.later
		if c.later > 7*day {
			b := ledger{w, w.Now}
			b.sale(world.Charge{ID: id("FRESH"), At: mark - 2*day, Amount: eur(100)}, 0)
			fresh := newBench(t, w, NewSimulator(w), nil)
			fresh.mustPull(books.Copy())
			if at(t, fresh.searches()[1].Get("start_date")) != (mark - overlap*1000).Time() {
				t.Error("a pull reads far back although nothing can change any more")
			}
			books.Keep(source.Page{Cursor: books.Cursor, Records: book.Records{
				Transactions: []book.Transaction{{ID: native("YOUNG"), Source: world.PayPalName,
					Kind: book.Charge, State: book.Succeeded, At: mark - 9*day}}}})
		}
		b := newBench(t, w, NewSimulator(w), nil)
		b.mustPull(books)
		from := at(t, b.searches()[1].Get("start_date"))
		if want := mark - c.want; book.At(from) != whole(want) {
			t.Errorf("%+v: reads from %s, want %s", c, from, want)
		}
	}
}

// TestBalanceOfLater answers with balances of a later moment than was read: they are not kept.
func TestBalanceOfLater(t *testing.T) {
	w := small()
	h := sourcetest.Rewrite(NewSimulator(w), func(r *http.Request, body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), `"as_of_time":"2026-11-05T10:00:00+0000"`,
			`"as_of_time":"2026-11-05T10:00:01+0000"`))
	})
	b := newBench(t, w, h, nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	if got := books.All().Balances; len(got) != 0 {
		t.Errorf("kept %+v", got)
	}
	want := expect(w)
	want.Balances = nil
	wantBooks(t, books, want)
}

// TestOpening pulls an account that is older than what PayPal shows: its ledger begins with what it
// held, and says so.
func TestOpening(t *testing.T) {
	w := small()
	w.Now += 3 * 365 * day
	b := newBench(t, w, NewSimulator(w), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	from := whole(w.Now) - book.Instant(searchKept*1000)
	for _, x := range books.All().Balances {
		if x.LedgerFrom != from {
			t.Errorf("the ledger of %s is complete from %s, want %s", x.Currency, x.LedgerFrom, from)
		}
	}
	before := books.Copy()
	b.mustPull(books)
	wantBooks(t, books, before.All())
	if n := len(b.searches()); n > 60 {
		t.Errorf("%d windows: the second pull read everything", n)
	}
}

// TestToken lets tokens run out: by their own time they are renewed before, by surprise once.
func TestToken(t *testing.T) {
	w := small()
	tokens := func(b *bench) (n int) {
		for _, r := range b.asked {
			if r.URL.Path == "/v1/oauth2/token" {
				n++
			}
		}
		return n
	}
	b := newBench(t, w, NewSimulator(w).With(Quirks{TokenUses: 3}), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	wantBooks(t, books, expect(w))
	if n := tokens(b); n < 5 {
		t.Errorf("%d tokens for %d calls", n, len(b.asked))
	}
	refused := 0
	b = newBench(t, w, sourcetest.Rewrite(NewSimulator(w).With(Quirks{TokenLife: 600}),
		func(_ *http.Request, body []byte) []byte {
			if strings.Contains(string(body), "AUTHENTICATION_FAILURE") {
				refused++
			}
			return body
		}), func(o *source.Options) {
		now := w.Now.Time()
		o.Clock = func() time.Time { now = now.Add(time.Minute); return now }
	})
	books = sourcetest.NewBooks()
	b.mustPull(books)
	if n := tokens(b); n < 3 || refused != 0 {
		t.Errorf("%d tokens, %d refused", n, refused)
	}
	// A token that is refused again and again is not asked for again and again.
	b = newBench(t, w, NewSimulator(w).With(Quirks{TokenUses: -1}), nil)
	b.mustPull(sourcetest.NewBooks())
	always := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/oauth2/token" {
			NewSimulator(w).ServeHTTP(rw, r)
			return
		}
		fail(rw, r, http.StatusUnauthorized, "no")
	})
	b = newBench(t, w, always, nil)
	if err := b.pullInto(sourcetest.NewBooks()); source.KindOf(err) != source.KindAuth || tokens(b) != 2 {
		t.Errorf("%v after %d tokens", err, tokens(b))
	}
}

// TestTokenStaysHome sends links to another host: their queries are followed, but at home.
func TestTokenStaysHome(t *testing.T) {
	w := small()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("another host was asked")
	}))
	defer elsewhere.Close()
	h := cut(sourcetest.Rewrite(NewSimulator(w), func(_ *http.Request, body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), liveURL, elsewhere.URL))
	}), 1)
	b := newBench(t, w, h, nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	touch(w)
	after := newBench(t, w, cut(NewSimulator(w), 1), nil)
	after.mustPull(books)
	wantBooks(t, books, expect(w))
	pages := 0
	for _, r := range after.asked {
		if strings.HasSuffix(r.URL.Path, "/disputes") && r.URL.Query().Has("next_page_token") {
			pages++
		}
	}
	if pages == 0 {
		t.Error("no further page of disputes was asked for")
	}
}

// TestClockSkew pulls with a clock that is hours wrong: the server's counts.
func TestClockSkew(t *testing.T) {
	w := small()
	for _, skew := range []book.Instant{-50 * hour, 50 * hour} {
		b := newBench(t, w, NewSimulator(w), func(o *source.Options) { o.Clock = clock(w.Now + skew) })
		books := sourcetest.NewBooks()
		b.mustPull(books)
		wantBooks(t, books, expect(w))
	}
}

// TestArriving lets rows arrive between pages: the window is read again, and nothing is lost. A list
// that never comes to rest is an error for another day.
func TestArriving(t *testing.T) {
	w := small()
	b := newBench(t, w, cut(NewSimulator(w).With(Quirks{Arriving: 3}), 5), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	wantBooks(t, books, expect(w))
	seen := map[string]int{}
	for _, q := range b.searches() {
		if q.Get("page") == "1" {
			seen[q.Get("start_date")]++
		}
	}
	if again := slices.Max(slices.Collect(maps.Values(seen))); again < 2 {
		t.Error("no window was read again: nothing is tested")
	}
	b = newBench(t, w, cut(NewSimulator(w).With(Quirks{Arriving: 12}), 5), nil)
	if err := b.pullInto(sourcetest.NewBooks()); source.KindOf(err) != source.KindUnavailable {
		t.Errorf("a list without rest: %v", err)
	}
}

// TestTwins shows two rows with one id: the second has its event code behind it, in every pull.
func TestTwins(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w).With(Quirks{Twins: true}), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	want := expect(w)
	for i := range want.Transactions {
		switch x := &want.Transactions[i]; x.ID.Native() {
		case id("HOLD1"):
			x.ID = native(id("SALE5") + "/T1110")
		case id("HOLD2"):
			x.ID = native(id("SALE1") + "/T1110")
		}
	}
	wantBooks(t, books, want)
	books.Changed = nil
	touch(w)
	w.Now += 2 * day
	// By now the sale is too old to be read again, its hold is not.
	again := newBench(t, w, NewSimulator(w).With(Quirks{Twins: true}), nil)
	again.mustPull(books)
	for _, key := range books.Changed {
		if strings.Contains(key, "T1110") || strings.Contains(key, "SALE") {
			t.Errorf("%s changed", key)
		}
	}
}

// TestNamed gives rows of one id their names, whatever the slices in which they come.
func TestNamed(t *testing.T) {
	line := func(code, value, currency, at string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"transaction_info":{"transaction_id":"X1",
			"transaction_event_code":%q,"transaction_initiation_date":%q,"transaction_status":"S",
			"transaction_amount":{"value":%q,"currency_code":%q}}}`, code, at, value, currency))
	}
	const early, late = "2026-10-05T08:00:00+0000", "2026-10-05T09:00:00+0000"
	bodies := []json.RawMessage{
		line("T0006", "49.00", "EUR", early), line("T0200", "-49.00", "EUR", early),
		line("T0200", "52.00", "USD", early), line("T1110", "-49.00", "EUR", early),
		line("T1110", "-10.00", "EUR", late), line("T1300", "49.00", "EUR", early)}
	want := map[string]string{"X1": "49.00 EUR charge", "X1/T0200": "-49.00 EUR conversion",
		"X1/T0200/2": "52.00 USD conversion", "X1/T1110": "-49.00 EUR reserve",
		"X1/T1110/2": "-10.00 EUR reserve"}
	tr := newTestTranslator(t)
	for _, slices := range [][][]int{{{0, 1, 2, 3, 4, 5}}, {{5, 4, 3, 2, 1, 0}},
		{{2, 0, 1, 2, 4, 3, 0}}, {{0, 1}, {2}, {3, 4}, {0}, {2}, {1}}, {{0}, {1, 2}, {3, 4, 2}}} {
		books := sourcetest.NewBooks()
		for _, slice := range slices {
			p := pull{PayPal: &PayPal{o: source.Options{Name: "paypal"}, translate: tr},
				ctx: t.Context(), books: books, noCases: true}
			var part []json.RawMessage
			for _, i := range slice {
				part = append(part, bodies[i])
			}
			if _, err := p.keepRows(part, func(*row) bool { return true }); err != nil {
				t.Fatal(err)
			}
			books.Keep(p.page)
		}
		got := map[string]string{}
		for _, x := range books.All().Transactions {
			got[x.ID.Native()] = fmt.Sprintf("%s %s", x.Charged, x.Kind)
		}
		if !maps.Equal(got, want) {
			t.Errorf("slices %v: %v", slices, got)
		}
	}
}

// TestResumeLate goes on with a pull that was cut off weeks ago, to where the data reach by now.
func TestResumeLate(t *testing.T) {
	w := small()
	books := sourcetest.NewBooks()
	b := newBench(t, w, NewSimulator(w), nil)
	cut := errors.New("cut off")
	err := b.Pull(t.Context(), source.Request{Books: books}, func(p source.Page) error {
		if books.Pages > 0 {
			return cut
		}
		books.Keep(p)
		return nil
	})
	if !errors.Is(err, cut) {
		t.Fatal(err)
	}
	touch(w)
	w.Now += 25 * day
	newBench(t, w, NewSimulator(w), nil).mustPull(books)
	wantBooks(t, books, expect(w))
}

// TestByInitiation serves windows by the date of initiation: what is pending is found again when it
// is done, what a dispute or an event speaks of as well, even where it was pending for months.
func TestByInitiation(t *testing.T) {
	quirks := Quirks{ByInitiation: true, Denied: []string{"webhooks"}}
	for _, gap := range []book.Instant{0, 20 * day} {
		w := small()
		books := sourcetest.NewBooks()
		newBench(t, w, NewSimulator(w).With(quirks), nil).mustPull(books)
		touch(w)
		w.Now += gap
		b := newBench(t, w, NewSimulator(w).With(quirks), nil)
		b.mustPull(books)
		wantBooks(t, books, expect(w))
	}
	w := small()
	books := sourcetest.NewBooks()
	newBench(t, w, NewSimulator(w), nil).mustPull(books)
	w.Now += 80 * day
	newBench(t, w, NewSimulator(w).With(quirks), nil).mustPull(books)
	w.Now += 2 * day
	p := &w.PayPal
	r := &p.Refunds[len(p.Refunds)-1]
	if r.ID != id("REFUNDLATE") {
		t.Fatalf("the last refund is %s", r.ID)
	}
	r.State, r.MovementID = book.Succeeded, r.ID
	ledger{w, 0}.move(world.Movement{ID: r.ID, Type: "T1107", Category: "refund", At: r.At,
		UpdatedAt: w.Now - hour, Gross: -100, SourceID: r.ChargeID})
	newBench(t, w, NewSimulator(w).With(quirks), nil).mustPull(books)
	wantBooks(t, books, expect(w))
}

// TestOldDispute changes a dispute about money that moved long before the last pull: its rows are
// read again although no window would show them.
func TestOldDispute(t *testing.T) {
	w := small()
	w.Now += 50 * day
	books := sourcetest.NewBooks()
	newBench(t, w, NewSimulator(w), nil).mustPull(books)
	w.Now += 2 * hour
	for i := range w.PayPal.Disputes {
		if d := &w.PayPal.Disputes[i]; d.ID == "PP-D-22222" {
			d.Status, d.UpdatedAt, d.Reason = "RESOLVED", w.Now-hour, "OTHER"
		}
	}
	b := newBench(t, w, NewSimulator(w), nil)
	b.mustPull(books)
	wantBooks(t, books, expect(w))
	if !slices.Contains(books.Changed, "transaction paypal:"+id("BACK2")) {
		t.Errorf("changed: %v", books.Changed)
	}
}

// TestWithoutPermissions pulls with Transaction Search only.
func TestWithoutPermissions(t *testing.T) {
	w := small()
	q := Quirks{Denied: []string{"balances", "disputes", "webhooks"}}
	b := newBench(t, w, NewSimulator(w).With(q), nil)
	h, err := b.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Balances: read", "Disputes: read", "Webhooks: read"}; !slices.Equal(h.Missing, want) {
		t.Errorf("missing %v", h.Missing)
	}
	books := sourcetest.NewBooks()
	b.mustPull(books)
	touch(w)
	newBench(t, w, NewSimulator(w).With(q), nil).mustPull(books)
	want := expect(w)
	want.Balances = nil
	for i := range want.Transactions {
		x := &want.Transactions[i]
		x.Reason, x.DueOn = "", 0
		if x.Kind == book.Dispute {
			x.Aliases = nil
		}
	}
	wantBooks(t, books, want)
	q.Denied = []string{"transactions"}
	b = newBench(t, w, NewSimulator(w).With(q), nil)
	if h, err = b.Check(t.Context()); err != nil || !slices.Equal(h.Missing,
		[]string{"Transaction Search: read"}) {
		t.Errorf("missing %v, %v", h.Missing, err)
	}
	var e *source.Error
	if err := b.pullInto(sourcetest.NewBooks()); !errors.As(err, &e) || e.Kind != source.KindAuth ||
		!strings.Contains(e.Hint, "Transaction Search") {
		t.Errorf("pull: %v", err)
	}
}

// TestWithoutAdditions lets PayPal refuse everything but the search: pulls go on without, a check
// says so.
func TestWithoutAdditions(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	b := newBench(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/oauth2/token" || r.URL.Path == "/v1/reporting/transactions" {
			sim.ServeHTTP(rw, r)
			return
		}
		fail(rw, r, http.StatusBadRequest, "no")
	}), nil)
	books := sourcetest.NewBooks()
	b.mustPull(books)
	b.mustPull(books)
	if n := len(books.All().Transactions); n != len(expect(w).Transactions) {
		t.Errorf("%d transactions", n)
	}
	if _, err := b.Check(t.Context()); source.KindOf(err) != source.KindRefused {
		t.Errorf("check: %v", err)
	}
}

// TestCheck reads all of what a check finds.
func TestCheck(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w), nil)
	h, err := b.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, p := range h.Permissions {
		titles = append(titles, fmt.Sprintf("%s %v %v", p.Title, p.Granted, p.Needed))
	}
	if want := []string{"Transaction Search true true", "Balances true false", "Disputes true false",
		"Webhooks true false"}; !slices.Equal(titles, want) {
		t.Errorf("permissions %v", titles)
	}
	if h.Account != "PayPal "+simulatorAccount || h.Live || !h.At.Equal(whole(w.Now).Time()) ||
		len(h.Balances) != 4 || len(h.Warnings) != 0 {
		t.Errorf("%+v", h)
	}
	b = newBench(t, w, NewSimulator(w).With(Quirks{
		Scopes: []string{"https://uri.paypal.com/services/payments/refund"}}), nil)
	if h, err = b.Check(t.Context()); err != nil || len(h.Warnings) != 1 {
		t.Errorf("an app that may refund: %v, %v", h.Warnings, err)
	}
	b = newBench(t, w, NewSimulator(w).With(Quirks{Events: wanted[1:]}), nil)
	if h, err = b.Check(t.Context()); err != nil || len(h.Warnings) != 1 ||
		!strings.Contains(h.Warnings[0], "does not send PAYMENT.CAPTURE.COMPLETED.") {
		t.Errorf("a webhook without completed payments: %v, %v", h.Warnings, err)
	}
	for id, word := range map[string]string{"7AB028458E2496506": "no webhook of that ID",
		"../webhooks": "none of PayPal's"} {
		b = newBench(t, w, NewSimulator(w), func(o *source.Options) {
			o.Secrets["webhook_id"] = source.Secret(id)
		})
		if h, err = b.Check(t.Context()); err != nil || len(h.Warnings) != 1 ||
			!strings.Contains(h.Warnings[0], word) {
			t.Errorf("webhook %s: %v, %v", id, h.Warnings, err)
		}
	}
	for address, live := range map[string]bool{"": true, "https://api-m.paypal.com": true,
		"https://api-m.sandbox.paypal.com": false, "https://paypal.example.com": false} {
		p, err := New(source.Options{Name: "paypal", URL: address, Secrets: secrets()})
		if err != nil || p.live() != live {
			t.Errorf("address %q: live %v, %v", address, p.live(), err)
		}
	}
}

// TestOtherAccount refuses to mix the records of two accounts.
func TestOtherAccount(t *testing.T) {
	w := small()
	books := sourcetest.NewBooks()
	newBench(t, w, NewSimulator(w), nil).mustPull(books)
	b := newBench(t, w, NewSimulator(w).With(Quirks{Account: "ABCDEFGH23456"}), nil)
	if err := b.pullInto(books); source.KindOf(err) != source.KindRefused {
		t.Errorf("another account: %v", err)
	}
}

// TestCursor refuses positions that it does not know.
func TestCursor(t *testing.T) {
	w := small()
	b := newBench(t, w, NewSimulator(w), nil)
	for _, c := range []source.Cursor{"x", `{"v":99}`, `{"v":1,"run":{"stage":9,"step":1}}`,
		`{"v":1,"run":{"stage":0,"step":0}}`} {
		err := b.Pull(t.Context(), source.Request{Cursor: c, Books: sourcetest.NewBooks()},
			func(source.Page) error { return nil })
		if source.KindOf(err) != source.KindMalformed {
			t.Errorf("cursor %s: %v", c, err)
		}
	}
}

package spectrocoin

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
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

// TestCheck says what the credentials may do.
func TestCheck(t *testing.T) {
	w := small()
	s := serve(t, w, NewSimulator(w).With(Quirks{
		Scope: "merchant-orders:view withdraw-crypto:read,withdraw-crypto:create exchange:create"}))
	h, err := s.Check(t.Context())
	if err != nil || h.Live || h.Account != "SpectroCoin project …9d11" || len(h.Missing) != 0 ||
		!h.At.Equal(w.Now.Time().Truncate(time.Second)) {
		t.Errorf("%+v, %v", h, err)
	}
	if len(h.Warnings) != 2 || !strings.Contains(h.Warnings[0], `"withdraw-crypto:create"`) ||
		!strings.Contains(h.Warnings[1], `"exchange:create"`) {
		t.Errorf("warnings %q", h.Warnings)
	}
	var want []money.Money
	for _, b := range expect(w).Balances {
		want = append(want, money.New(b.Amount, b.Currency))
	}
	sorted := func(list []money.Money) string {
		var out []string
		for _, m := range list {
			out = append(out, m.String())
		}
		slices.Sort(out)
		return fmt.Sprint(out)
	}
	if sorted(h.Balances) != sorted(want) {
		t.Errorf("balances %v, want %v", h.Balances, want)
	}
	if len(h.Permissions) != 3 || !h.Permissions[0].Granted || !h.Permissions[0].Needed ||
		!h.Permissions[1].Granted || h.Permissions[1].Needed || !h.Permissions[2].Granted ||
		!strings.HasPrefix(h.Permissions[2].Title, "Callback key SHA-256 ") {
		t.Errorf("permissions %+v", h.Permissions)
	}
}

// TestCheckWithout tries what is not there: the wallet is optional, orders are not.
func TestCheckWithout(t *testing.T) {
	w := small()
	for _, status := range []int{401, 403, 404, 410} {
		s := serve(t, w, NewSimulator(w).With(Quirks{NoWallet: status}))
		h, err := s.Check(t.Context())
		if err != nil || len(h.Missing) != 0 || h.Permissions[1].Granted || h.Balances != nil {
			t.Errorf("no wallet, HTTP %d: %+v, %v", status, h, err)
		}
	}
	sim := NewSimulator(w)
	s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/merchants/") {
			sim.fail(rw, simError{http.StatusForbidden, "GEN_5", "Not allowed"})
			return
		}
		sim.ServeHTTP(rw, r)
	}))
	h, err := s.Check(t.Context())
	if err != nil || h.Permissions[0].Granted || !slices.Equal(h.Missing, []string{"Merchant orders: view"}) {
		t.Errorf("no orders: %+v, %v", h, err)
	}
	for _, q := range []Quirks{{}, {Unknown: 400}, {Unknown: 400, StubErrors: true}} {
		s := serve(t, w, NewSimulator(w).With(q), func(o *source.Options) {
			o.Secrets = maps.Clone(o.Secrets)
			o.Secrets["client_secret"] = "another-secret"
		})
		_, err := s.Check(t.Context())
		if source.KindOf(err) != source.KindAuth || strings.Contains(err.Error(), "another-secret") {
			t.Errorf("a wrong secret, %+v: %v", q, err)
		}
	}
}

// TestCheckKeys warns of keys in the settings that prove nothing or are not the ones shown.
func TestCheckKeys(t *testing.T) {
	w := small()
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(merchantKey())})
	for _, c := range []struct {
		field, value string
		want         []string
	}{
		{"private_key", string(private), nil},
		{"private_key", "no key", []string{"The merchant's private key cannot be used: it is no RSA"}},
		{"public_key", string(publicPEM(simKey())), nil},
		{"public_key", vendorSample, []string{"it is the vendor's published sample key"}},
		{"public_key", string(publicPEM(merchantKey())), []string{"SpectroCoin shows another public key"}},
	} {
		s := serve(t, w, NewSimulator(w), func(o *source.Options) {
			o.Secrets = maps.Clone(o.Secrets)
			o.Secrets[c.field] = source.Secret(c.value)
		})
		h, err := s.Check(t.Context())
		if err != nil || len(h.Warnings) != len(c.want) {
			t.Errorf("%s %.20s: %q, %v", c.field, c.value, h.Warnings, err)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(h.Warnings[i], want) {
				t.Errorf("%s %.20s: %q", c.field, c.value, h.Warnings)
			}
		}
	}
}

// TestAddresses takes what ruling 44 says and nothing else.
func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{"": true, "https://spectrocoin.com/api/public": true,
		"https://spectrocoin.com/api/public/": true, "https://test.spectrocoin.com/api/public": true,
		"http://127.0.0.1:8640/spectrocoin/api/public": true, "https://spectrocoin.com": false,
		"https://spectrocoin.com/api": false, "http://spectrocoin.com/api/public": false} {
		s, err := New(source.Options{Name: "spectrocoin", URL: address, Secrets: secrets()})
		if (err == nil) != ok || err != nil && source.KindOf(err) != source.KindRefused {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil && s.live != (address == "" || strings.HasPrefix(address, "https://spectrocoin.")) {
			t.Errorf("%q is live: %v", address, s.live)
		}
	}
	for _, field := range []string{"client_id", "client_secret", "project_id"} {
		without := secrets()
		delete(without, field)
		if _, err := New(source.Options{Name: "spectrocoin", Secrets: without}); source.KindOf(err) !=
			source.KindAuth {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

// TestNoRedirects sends the token's request elsewhere: the secret must not follow.
func TestNoRedirects(t *testing.T) {
	w := small()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came elsewhere", r.Method, r.URL.Path)
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 307, 308} {
		s := serve(t, w, http.RedirectHandler(elsewhere.URL, status))
		if _, err := s.Check(t.Context()); source.KindOf(err) != source.KindMalformed {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
}

// TestLateStates pulls an order on each way that its status may take; the books follow it, by pulls
// and by callbacks that come twice, late and in the wrong order.
func TestLateStates(t *testing.T) {
	for _, path := range [][]string{{"NEW", "PENDING", "PAID"}, {"NEW", "EXPIRED",
		"LATE_CRYPTO_PAYMENT", "PAID"}, {"NEW", "CANCELLED", "PENDING_LATE_CRYPTO_PAYMENT",
		"LATE_CRYPTO_PAYMENT", "PAID"}, {"PARTIAL_PAYMENT", "UNDERPAID", "PAID"},
		{"EXPIRED", "PAID", "REFUNDED"}, {"UNDERPAID", "PROCESSING_REFUND", "REFUNDED"},
		{"PENDING", "FAILED", "PAID"}, {"CANCELLED", "PAID", "REFUNDED"}} {
		w := sourcetest.Small()
		w.SpectroCoin = world.Ledger{}
		l := &ledgerOf{World: w}
		first := l.order("NEW", money.New(12_000, "EUR"), "")
		first.At = w.Now - hour
		first.ValidUntil, first.UpdatedAt = first.At+15*minute, first.At
		b, hooks := sourcetest.NewBooks(), sourcetest.NewBooks()
		var old []source.Delivery
		for _, status := range path {
			o := &w.SpectroCoin.Orders[0]
			w.Now += 20 * hour
			if status == "PAID" {
				l.credit(o, w.Now-hour, 12_000, 120)
			}
			o.Status, o.UpdatedAt = status, w.Now-hour
			s := serve(t, w, NewSimulator(w))
			pullInto(t, s, b)
			for _, d := range sourcetest.Diff(expect(w), b.All()) {
				t.Errorf("%v at %s: %s", path, status, d)
			}
			old = append(old, Deliveries(w)...)
			for _, d := range slices.Backward(old) {
				e, err := s.Verify(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				err = s.Follow(t.Context(), e.About, hooks, func(p source.Page) error {
					hooks.Keep(p)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if len(old) == 0 {
				continue
			}
			want, got := transactions(b), transactions(hooks)
			if x := got[string(native(o.ID))]; fmt.Sprintf("%+v", x) !=
				fmt.Sprintf("%+v", want[string(native(o.ID))]) {
				t.Errorf("%v at %s\n pulled   %+v\n followed %+v", path, status,
					want[string(native(o.ID))], x)
			}
		}
	}
}

// TestWalletComesAndGoes loses the wallet between pulls: what it said stays, what is new counts as it
// was asked, and when it is back the books are as if it had never been away.
func TestWalletComesAndGoes(t *testing.T) {
	for _, status := range []int{401, 403, 404, 410} {
		w := small()
		b := sourcetest.NewBooks()
		pullInto(t, serve(t, w, NewSimulator(w)), b)
		before := transactions(b)
		balances := b.All().Balances
		w.Now += oneDay
		b.Changed = nil
		pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{NoWallet: status})), b)
		if len(b.Changed) != 0 {
			t.Errorf("HTTP %d: %v changed", status, b.Changed)
		}
		touch(w)
		pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{NoWallet: status})), b)
		all := transactions(b)
		for id, x := range before {
			if y := all[id]; x.Net != 0 && (y.Net != x.Net || y.Fee != x.Fee) {
				t.Errorf("HTTP %d: %s brought %d and then %d", status, id, x.Net, y.Net)
			}
		}
		fresh := w.SpectroCoin.Orders[len(w.SpectroCoin.Orders)-1]
		if x := all[string(native(fresh.ID))]; x.Net != fresh.Receive.Minor || x.Fee != 0 {
			t.Errorf("HTTP %d: a new order brought %+v", status, x)
		}
		if d := sourcetest.Diff(book.Records{Balances: balances},
			book.Records{Balances: b.All().Balances}); len(d) != 0 {
			t.Errorf("HTTP %d: balances without a wallet: %v", status, d)
		}
		pullInto(t, serve(t, w, NewSimulator(w)), b)
		for _, d := range sourcetest.Diff(expect(w), b.All()) {
			t.Errorf("HTTP %d: %s", status, d)
		}
	}
	w := small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{NoWallet: 404})), b)
	if got := b.All(); len(got.Balances) != 0 || len(got.Payouts) != 0 {
		t.Errorf("without a wallet: %+v, %+v", got.Balances, got.Payouts)
	}
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Errorf("the wallet's first time: %s", d)
	}
}

// TestKilledInTheMidst cuts a pull off, and lets an order that was handed over already be credited
// before the pull goes on: what credits it is neither lost nor counted twice.
func TestKilledInTheMidst(t *testing.T) {
	for stop := range 12 {
		w := small()
		b := sourcetest.NewBooks()
		pages := 0
		err := serve(t, w, cut(NewSimulator(w), 3)).Pull(t.Context(), source.Request{Books: b},
			func(p source.Page) error {
				if pages++; pages > stop {
					return errStop
				}
				b.Keep(p)
				return nil
			})
		if !errors.Is(err, errStop) {
			t.Fatalf("stopped after %d pages: %v", stop, err)
		}
		touch(w)
		pullInto(t, serve(t, w, cut(NewSimulator(w), 3)), b)
		for _, d := range sourcetest.Diff(expect(w), b.All()) {
			t.Errorf("stopped after %d pages: %s", stop, d)
		}
	}
}

var errStop = errors.New("stop")

// TestLongWithoutWallet pulls without the wallet for a month: what moved meanwhile is there when it
// is back.
func TestLongWithoutWallet(t *testing.T) {
	w := small()
	w.SpectroCoin.Payouts[2].State = book.PayoutPaid // nothing waits to be read again
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	l := &ledgerOf{World: w, n: len(w.SpectroCoin.Orders)}
	for range 6 {
		w.Now += 6 * oneDay
		l.move(world.Movement{ID: fmt.Sprint(4_870_000 + l.n), Category: "fee", At: w.Now - hour,
			Gross: -100})
		fresh := l.order("PAID", money.New(4_400, "EUR"), "0.00213371")
		fresh.At, fresh.ValidUntil = w.Now-2*hour, w.Now-hour
		l.credit(fresh, w.Now-90*minute, 4_400, 44)
		pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{NoWallet: 410})), b)
	}
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
}

// TestSlowRow leaves a withdrawal pending for weeks: it is read again until it is decided.
func TestSlowRow(t *testing.T) {
	w := small()
	b := sourcetest.NewBooks()
	for range 5 {
		pullInto(t, serve(t, w, NewSimulator(w)), b)
		w.Now += 10 * oneDay
	}
	w.SpectroCoin.Payouts[2].State = book.PayoutPaid
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Error(d)
	}
}

// TestDeniedHistory shows the wallet's balances and keeps its rows to itself: that is no wallet.
func TestDeniedHistory(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	b := sourcetest.NewBooks()
	s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/wallet/account/") {
			sim.fail(rw, simError{http.StatusForbidden, "GEN_5", "Not allowed"})
			return
		}
		sim.ServeHTTP(rw, r)
	}))
	pullInto(t, s, b)
	pullInto(t, s, b)
	if got := b.All(); len(got.Balances) != 0 || len(got.Payouts) != 0 {
		t.Errorf("balances %v, payouts %v", got.Balances, got.Payouts)
	}
	pullInto(t, serve(t, w, sim), b)
	for _, d := range sourcetest.Diff(expect(w), b.All()) {
		t.Errorf("allowed at last: %s", d)
	}
}

// TestDeafList gives all orders whatever moment is asked for: what is older is left as it is.
func TestDeafList(t *testing.T) {
	w := small()
	sim := func() http.Handler {
		next := NewSimulator(w)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			q.Del(listNames.from)
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(rw, r)
		})
	}
	b := sourcetest.NewBooks()
	since := w.Now.In(w.Zone) + 8 // orders that were credited are older than what is read for it
	err := serve(t, w, sim()).Pull(t.Context(), source.Request{Since: since, Books: b},
		func(p source.Page) error {
			b.Keep(p)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	whole := map[string]book.Transaction{}
	for _, x := range expect(w).Transactions {
		whole[string(x.ID)] = x
	}
	for id, x := range transactions(b) {
		if x.Net != whole[id].Net || x.Fee != whole[id].Fee {
			t.Errorf("%s brought %d, and %d of the whole", id, x.Net, whole[id].Net)
		}
	}
}

// TestTokens asks for a token a minute before the old one ends, and not before that.
func TestTokens(t *testing.T) {
	w := small()
	c := &clock{w.Now.Time()}
	asked := 0
	sim := NewSimulator(w)
	s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/oauth/token") {
			asked++
		}
		sim.ServeHTTP(rw, r)
	}), func(o *source.Options) { o.Clock = c.now })
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {0, 1}, {58 * time.Minute, 1}, {time.Minute, 2}, {0, 2}} {
		c.at = c.at.Add(step.after)
		if _, err := s.listPage(t.Context(), listQuery{size: 1}); err != nil || asked != step.want {
			t.Errorf("%v later: %d tokens, want %d: %v", step.after, asked, step.want, err)
		}
	}
}

// TestOldParents gives money back of an order, and of a withdrawal, that are too old to be read
// again: the rows still belong to them, and stay theirs.
func TestOldParents(t *testing.T) {
	w := sourcetest.Small()
	w.SpectroCoin = world.Ledger{}
	l := &ledgerOf{World: w}
	o := l.order("PAID", money.New(12_000, "EUR"), "")
	o.At = w.Now - 2*hour
	l.credit(o, w.Now-hour, 12_000, 120)
	l.withdraw("4810001", w.Now-minute, 500, book.PayoutPaid)
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	w.Now += 50 * oneDay
	pullInto(t, serve(t, w, NewSimulator(w)), b)
	l.move(world.Movement{ID: "4830001", Category: "refund", At: w.Now, Gross: -500, SourceID: "r1"})
	w.SpectroCoin.Refunds = []world.Refund{{ID: "r1", ChargeID: o.ID, MovementID: "4830001"}}
	l.move(world.Movement{ID: "4830002", Category: "payout_reversal", At: w.Now, Gross: 500,
		SourceID: "4810001"})
	for range 5 {
		w.Now += oneDay
		pullInto(t, serve(t, w, NewSimulator(w)), b)
		all := transactions(b)
		refund, back := all["spectrocoin:4830001"], all["spectrocoin:4830002"]
		if refund.Kind != book.Refund || refund.Parent != native(o.ID) ||
			back.Kind != book.PayoutFailure || back.Parent != "spectrocoin:4810001" {
			t.Fatalf("%+v\n%+v", refund, back)
		}
	}
}

// TestManyDays lets a merchant's life go on for two months with a pull at the end of most days:
// orders are paid at once, late or never, credited at once or days later, withdrawals go out and
// come back. The books must be right every time.
func TestManyDays(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := sourcetest.Small()
		w.SpectroCoin = world.Ledger{}
		l := &ledgerOf{World: w}
		b, n := sourcetest.NewBooks(), 0
		for day := range 60 {
			w.Now += oneDay
			l.day(r, &n)
			if r.IntN(4) == 0 {
				continue
			}
			q := Quirks{Unstable: r.IntN(2) == 0}
			if day > 0 && r.IntN(6) == 0 {
				q.NoWallet = http.StatusForbidden
			}
			pullInto(t, serve(t, w, NewSimulator(w).With(q)), b)
			if q.NoWallet != 0 {
				continue
			}
			if d := sourcetest.Diff(expect(w), b.All()); len(d) > 0 {
				t.Fatalf("seed %d, day %d: %d differences, %s", seed, day, len(d), d[0])
			}
		}
		if len(w.SpectroCoin.Movements) < 40 || len(w.SpectroCoin.Payouts) < 3 {
			t.Errorf("seed %d: too little happened", seed)
		}
	}
}

// day lets one day pass.
func (l *ledgerOf) day(r *rand.Rand, n *int) {
	for range r.IntN(4) {
		o := l.order("NEW", money.New(1_000+int64(r.IntN(90_000)), "EUR"), "")
		o.At = l.Now - book.Instant(1+r.IntN(20))*hour
		o.ValidUntil, o.UpdatedAt = o.At+15*minute, o.At
	}
	for i := range l.SpectroCoin.Orders {
		o := &l.SpectroCoin.Orders[i]
		at := l.Now - book.Instant(r.IntN(3600))*1000
		if o.At < l.Now-14*oneDay || o.MovementID != "" {
			continue
		}
		switch o.Status {
		case "NEW", "EXPIRED", "PENDING":
			switch r.IntN(6) {
			case 0, 1:
				o.Status, o.PaidAt, o.UpdatedAt = "PAID", at, at
			case 2:
				o.Status, o.UpdatedAt = "EXPIRED", at
			case 3:
				o.Status, o.UpdatedAt = "PENDING", at
			}
		}
		if o.Status == "PAID" && r.IntN(3) > 0 {
			paid := o.PaidAt
			l.credit(o, at-3*minute, o.Receive.Minor, o.Receive.Minor/100)
			o.PaidAt = paid
		}
	}
	*n++
	if r.IntN(5) == 0 {
		l.withdraw(fmt.Sprint(4_900_000+*n), l.Now-hour, 500, book.PayoutPaid)
	}
	for i := range l.SpectroCoin.Payouts {
		p := &l.SpectroCoin.Payouts[i]
		if p.FailureMovementID == "" && p.At > l.Now-10*oneDay && r.IntN(40) == 0 {
			p.State, p.FailedAt = book.PayoutFailed, l.Now-minute
			p.FailureMovementID = fmt.Sprint(4_950_000 + *n*100 + i)
			l.move(world.Movement{ID: p.FailureMovementID, Category: "payout_reversal",
				At: p.FailedAt, Gross: 500, SourceID: p.ID})
		}
	}
}

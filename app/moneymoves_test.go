package app

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/dunning"
	"countinghouse/sync/stripe"
	"countinghouse/sync/whmcs"
	"countinghouse/sync/world"
)

// house is a business whose WHMCS and Stripe take changes, with the program beside it, on one clock.
type house struct {
	w       *world.World
	t       *testing.T
	mu      sync.Mutex
	now     book.Instant
	answer  world.Answer
	billing *whmcs.Simulator
	stripe  *stripe.Simulator
	server  *httptest.Server
	dir     string
	env     map[string]string
	users   []UserConfig
	auto    bool
}

func (h *house) clock() book.Instant {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	h.now += book.Instant(d.Milliseconds())
	h.mu.Unlock()
}

// Answer is what the issuer says now.
func (h *house) Answer(book.Instrument, money.Money, book.Instant) world.Answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.answer
}

func newHouse(t *testing.T) *house {
	w := world.Build(world.Options{Seed: 3, Customers: 150, Month: book.MonthOf(book.NewDate(2026, 10, 1))})
	h := &house{t: t, w: w, now: w.Now, answer: world.Answer{Network: "51"}, dir: t.TempDir(), env: map[string]string{},
		users: []UserConfig{{"ann", "finance"}, {"bob", "approver"}, {"eve", "viewer"}, {"adi", "admin"}}}
	h.billing = whmcs.NewSimulator(w, func(o *whmcs.SimOptions) {
		o.Now, o.Settings = h.clock, map[string]string{"AutoUnsuspend": "", "AutoSuspension": ""}
	})
	h.stripe = stripe.NewSimulator(w).Taking(world.Desk{Issuer: h, Now: h.clock})
	mux := http.NewServeMux()
	mux.Handle("/billing/", http.StripPrefix("/billing", h.billing))
	mux.Handle("/stripe/", http.StripPrefix("/stripe", h.stripe))
	h.serve(mux)
	return h
}

// serve lets both simulators answer on loopback.
func (h *house) serve(both http.Handler) {
	h.server = httptest.NewServer(both)
	h.t.Cleanup(h.server.Close)
	for name, keys := range map[string]map[string]string{"BILLING": whmcs.SimulatorSecrets(), "STRIPE": stripe.SimulatorSecrets()} {
		for field, v := range keys {
			h.env["COUNTINGHOUSE_"+name+"_"+strings.ToUpper(field)] = v
		}
	}
}

// open opens the profile as a user.
func (h *house) open(user string) *App {
	h.t.Helper()
	c := Config{Business: Business{Name: "Northwind Hosting", BaseCurrency: "EUR", Timezone: "Europe/Vilnius",
		OpeningDate: "2026-09-01"}, Sources: []SourceConfig{{Name: "billing", Kind: "whmcs", URL: h.server.URL + "/billing",
		Gateways: map[string]string{"stripe": "stripe"}}, {Name: "stripe", Kind: "stripe", URL: h.server.URL + "/stripe"}},
		Limits: Limits{Refund: "20.00 EUR"},
		Users:  h.users, Dunning: DunningConfig{Auto: h.auto}}
	if err := c.Save(h.dir + "/" + ConfigName); err != nil {
		h.t.Fatal(err)
	}
	clock := func() time.Time { return h.clock().Time() }
	a, err := Open(h.t.Context(), Options{Dir: h.dir, Now: clock, Wall: clock, User: user, Secrets: h.env})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { a.Close() })
	return a
}

func (h *house) sync(a *App) {
	h.t.Helper()
	if _, err := a.Sync(h.t.Context(), SyncRequest{}, func(Progress) {}); err != nil {
		h.t.Fatal(err)
	}
}

// renewal is the failed renewal of an invoice, or one of class F with a service where none is named.
func (h *house) renewal(a *App, id book.ItemID) *Renewal {
	h.t.Helper()
	list, err := a.Renewals(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if id != "" {
		return list.Find(id)
	}
	for i := range list.List {
		r := &list.List[i]
		if r.Plan.Class == dunning.Funds && len(r.Services) > 0 && r.Services[0].Status == "Active" && r.Segment.Gateway == "stripe" &&
			r.InTheWay[RenewalRetry] == "" {
			return r
		}
	}
	h.t.Fatal("the business has no failed renewal for want of funds")
	return nil
}

func (h *house) status(service book.ItemID) string {
	for _, s := range h.billing.World().Services {
		if s.ID == numberFrom(service) {
			return s.Status
		}
	}
	return ""
}

func numberFrom(id book.ItemID) int {
	n := 0
	for _, c := range numberOf(id) {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestARenewalFromRefusalToRelease retries a failed renewal, which is refused for want of funds, lets the
// policy write, warn and suspend in its time, takes the payment, and finds the service up again.
func TestARenewalFromRefusalToRelease(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	id, service := r.Invoice, r.Services[0].ID
	tried := len(r.Attempts)

	p, err := a.ProposeRenewal(t.Context(), id, "retry")
	if err != nil || p.Blocked != "" || len(p.Effects) == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	i, err := a.DoOrder(t.Context(), p.Order, "asked by phone")
	if err != nil || i.State != book.IntentRefused || i.Kind != book.Retry {
		t.Fatalf("%+v, %v", i, err)
	}
	h.sync(a)
	r = h.renewal(a, id)
	last := r.Attempts[len(r.Attempts)-1]
	if len(r.Attempts) != tried+1 || !last.Ours || last.Signal.Decline.Network != "51" || r.Plan.Class != dunning.Funds {
		t.Fatalf("after the retry: %+v", last)
	}
	if r.InTheWay[RenewalRetry] == "" {
		t.Error("the card may be asked twice within twenty hours")
	}
	mails := 0
	for day := 0; day < 45 && h.status(service) == "Active"; day++ {
		h.pass(24 * time.Hour)
		done, err := a.RunRenewals(t.Context(), RenewalRun{Only: []book.ItemID{id}}, func(Progress) {})
		if err != nil {
			t.Fatal(err)
		}
		if len(done.Steps) > 0 && h.status(service) == "Active" {
			h.sync(a)
		}
		mails = len(h.billing.Mails())
	}
	if r := h.renewal(a, id); r == nil || r.Services[0].Status != "Suspended" {
		t.Error("the service is not shown as suspended before billing was read again")
	}
	if h.status(service) != "Suspended" || mails < 1 {
		t.Fatalf("the service is %s after %d mails", h.status(service), mails)
	}
	subjects := map[string]int{}
	for _, m := range h.billing.Mails() {
		subjects[m.Subject]++
	}
	warned := false
	for s := range subjects {
		warned = warned || strings.Contains(s, "suspend")
	}
	if !warned {
		t.Errorf("suspended without a warning: %v", subjects)
	}

	h.mu.Lock()
	h.answer = world.Answer{Approved: true}
	h.mu.Unlock()
	h.pass(24 * time.Hour)
	h.sync(a)
	p, err = a.ProposeRenewal(t.Context(), id, "retry")
	if err != nil {
		t.Fatal(err)
	}
	i, err = a.DoOrder(t.Context(), p.Order, "the customer called")
	if err != nil || i.State != book.IntentSucceeded || i.Charge == "" {
		t.Fatalf("%+v, %v", i, err)
	}
	list, _ := a.Actions(t.Context(), "")
	if list[0].Kind != book.Record || list[0].State != book.IntentSucceeded {
		t.Fatalf("the payment is not recorded: %+v", list[0])
	}
	h.sync(a)
	if _, err := a.RunRenewals(t.Context(), RenewalRun{}, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if h.status(service) != "Active" {
		t.Errorf("the service of a customer who paid is %s", h.status(service))
	}
	h.sync(a)
	if r := h.renewal(a, id); r != nil {
		t.Errorf("it is still a failed renewal: %+v", r.Plan)
	}
}

// TestARefundNeedsASecondPerson files a refund in a team: whoever filed it cannot approve it, a viewer can
// do nothing, and the second person's yes sends it once and records it in billing.
func TestARefundNeedsASecondPerson(t *testing.T) {
	h := newHouse(t)
	ann, bob, eve := h.open("ann"), h.open("bob"), h.open("eve")
	h.sync(ann)
	books, err := ann.store.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var charge book.ItemID
	for _, x := range books.Transactions {
		if x.Kind == book.Charge && x.State == book.Succeeded && x.InvoiceRef != "" && x.Charged.Currency == "EUR" &&
			x.Charged.Minor > 3000 {
			charge = x.ID
			break
		}
	}
	all := func(money.Currency) (money.Money, error) { return money.Money{}, nil }
	p, err := ann.ProposeRefund(t.Context(), charge, all)
	if err != nil || p.Blocked != "" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := eve.DoOrder(t.Context(), p.Order, "x"); err == nil || !strings.Contains(err.Error(), "may not") {
		t.Errorf("a viewer filed a refund: %v", err)
	}
	before := len(h.stripe.World().Stripe.Refunds)
	i, err := ann.DoOrder(t.Context(), p.Order, "paid twice")
	if err != nil || i.State != book.IntentAwaiting {
		t.Fatalf("%+v, %v", i, err)
	}
	if _, err := ann.DoOrder(t.Context(), p.Order, "again"); err == nil {
		t.Error("a second refund of the same charge was filed")
	}
	if _, err := ann.Approve(t.Context(), i.ID, ""); err == nil {
		t.Error("who filed it approved it")
	}
	if len(h.stripe.World().Stripe.Refunds) != before {
		t.Fatal("it was sent without an approval")
	}
	i, err = bob.Approve(t.Context(), i.ID, "")
	if err != nil || i.State != book.IntentSucceeded || i.ApprovedBy != "bob" || i.Object == "" {
		t.Fatalf("%+v, %v", i, err)
	}
	if n := len(h.stripe.World().Stripe.Refunds); n != before+1 {
		t.Errorf("%d refunds", n-before)
	}
	list, _ := bob.Actions(t.Context(), "")
	if list[0].Kind != book.RecordRefund || list[0].State != book.IntentSucceeded || list[0].Parent != i.ID {
		t.Errorf("the refund is not recorded: %+v", list[0])
	}
	if p, err := ann.ProposeRefund(t.Context(), charge, all); err != nil || p.Blocked == "" {
		t.Errorf("what was given back can be given back: %+v, %v", p, err)
	}
}

// TestNothingIsSentWhereNothingCanBe checks sentences for what a person gets wrong: nothing is sent, and
// nothing is lost.
func TestNothingIsSentWhereNothingCanBe(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	if err := a.PauseSending(t.Context(), "the bank asked"); err != nil {
		t.Fatal(err)
	}
	p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry")
	if err != nil {
		t.Fatal(err)
	}
	i, err := a.DoOrder(t.Context(), p.Order, "x")
	if err != nil || i.State != book.IntentReady || i.Attempts != 0 {
		t.Fatalf("while sending is paused: %+v, %v", i, err)
	}
	if err := a.CancelAction(t.Context(), i.ID, "not today"); err != nil {
		t.Fatal(err)
	}
	bob := h.open("bob")
	if err := bob.ResumeSending(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.server.CloseClientConnections()
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	i, err = a.File(t.Context(), p.Order, "Retry", "x")
	if err != nil {
		t.Fatal(err)
	}
	if i, err = a.SendAction(t.Context(), i.ID); err != nil || i.State != book.IntentReady || i.Attempts != 0 {
		t.Errorf("with a dead gateway: %+v, %v", i, err)
	}
}

// TestASyncAsksWhatBecameOfIt loses the answer to a retry that went through: the screen says that it is not
// known, nothing is sent again, and the next sync finds it and records it in billing.
func TestASyncAsksWhatBecameOfIt(t *testing.T) {
	h := newHouse(t)
	h.answer = world.Answer{Approved: true}
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry")
	if err != nil {
		t.Fatal(err)
	}
	served := h.server.Config.Handler
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/stripe/") {
			served.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		served.ServeHTTP(w, r)
	})
	before := len(h.stripe.World().Stripe.Charges)
	i, err := a.DoOrder(t.Context(), p.Order, "asked")
	if err != nil || i.State != book.IntentUnknown {
		t.Fatalf("%+v, %v", i, err)
	}
	if blocked := h.renewal(a, r.Invoice); blocked == nil || !blocked.Unknown || blocked.InTheWay[RenewalSuspend] == "" {
		t.Error("an outcome that is not known is in nobody's way")
	}
	if _, err := a.DoOrder(t.Context(), p.Order, "again"); err == nil {
		t.Error("a second retry was filed while the first is not known")
	}
	h.server.Config.Handler = served
	h.pass(2 * time.Minute)
	h.sync(a)
	list, err := a.Actions(t.Context(), "")
	if err != nil || len(list) != 2 || list[1].State != book.IntentSucceeded || list[0].Kind != book.Record {
		t.Fatalf("%+v, %v", list, err)
	}
	if n := len(h.stripe.World().Stripe.Charges); n != before+1 {
		t.Errorf("%d charges", n-before)
	}
}

// TestServeDoesWhatIsDue lets serve act after its pulls: with auto on, what the policy has due is done, and
// without it nothing is.
func TestServeDoesWhatIsDue(t *testing.T) {
	for _, auto := range []bool{false, true} {
		h := newHouse(t)
		a := h.open("ann")
		c := a.Config().clone()
		c.Dunning.Auto = auto
		a.config.Store(&c)
		s := &server{App: a}
		h.sync(a)
		s.dun(t.Context(), false)
		if list, err := a.Actions(t.Context(), ""); err != nil || len(list) != 0 {
			t.Fatalf("acted on what was not read: %v, %v", list, err)
		}
		s.dun(t.Context(), true)
		if list, err := a.Actions(t.Context(), ""); err != nil || auto != (len(list) > 0) {
			t.Errorf("auto %v: %d actions, %v", auto, len(list), err)
		}
	}
}

// TestWhatWasDoneCountsBeforeItIsReadBack retries without a sync behind it: a refusal counts at once with its
// reason, so that the card is not asked again, and what was collected is no failed renewal any more.
func TestWhatWasDoneCountsBeforeItIsReadBack(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	id, tried := r.Invoice, len(r.Attempts)
	retry := func() book.Intent {
		t.Helper()
		p, err := a.ProposeRenewal(t.Context(), id, "retry")
		if err != nil {
			t.Fatal(err)
		}
		i, err := a.DoOrder(t.Context(), p.Order, "by hand")
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	if i := retry(); i.State != book.IntentRefused {
		t.Fatalf("%+v", i)
	}
	calls := len(h.stripe.World().Stripe.Charges)
	for range 3 {
		if _, err := a.RunRenewals(t.Context(), RenewalRun{Only: []book.ItemID{id}}, func(Progress) {}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.stripe.World().Stripe.Charges); n != calls {
		t.Errorf("the card was asked %d times more before the first refusal was read back", n-calls)
	}
	r = h.renewal(a, id)
	unread := r.Attempts[len(r.Attempts)-1]
	if len(r.Attempts) != tried+1 || !unread.Ours || unread.Signal.Decline.Network != "51" || unread.Invoice != id ||
		unread.Signal.Instrument.Credential() == "" {
		t.Errorf("not read back yet: %+v", unread)
	}
	h.sync(a)
	r = h.renewal(a, id)
	if read := r.Attempts[len(r.Attempts)-1]; len(r.Attempts) != tried+1 || read.ID != unread.ID ||
		read.Signal.Instrument.Credential() != unread.Signal.Instrument.Credential() {
		t.Errorf("read back: %+v, before %+v", read, unread)
	}
	h.mu.Lock()
	h.answer = world.Answer{Approved: true}
	h.mu.Unlock()
	h.pass(8 * 24 * time.Hour)
	h.sync(a)
	if i := retry(); i.State != book.IntentSucceeded {
		t.Fatalf("%+v", i)
	}
	if r := h.renewal(a, id); r != nil {
		t.Errorf("what was collected is a failed renewal still: %+v", r.Plan)
	}
}

// TestAMethodIsChargedByConsentAndTakenAway lists what a customer can be charged with, notes the word that
// another method may be, and takes the failed one away at the gateway, once and by who may.
func TestAMethodIsChargedByConsentAndTakenAway(t *testing.T) {
	h := newHouse(t)
	a := h.open("bob")
	h.sync(a)
	r := h.renewal(a, "")
	id := r.Invoice
	// The customer paid another invoice with another card.
	other := book.Transaction{ID: "stripe:ch_other", Source: "stripe", Kind: book.Charge, State: book.Succeeded, At: h.clock() - 1,
		Currency: "EUR", Charged: money.New(900, "EUR"), Gross: 900, Net: 900, Payer: r.payers["stripe"],
		CustomerRef: numberOf(r.Customer),
		Instrument:  book.Instrument{ID: "pm_other", Fingerprint: "fp-other", Kind: "card", Brand: "visa", Ending: "4242"}}
	if _, err := a.store.Apply(t.Context(), "stripe", book.Records{Transactions: []book.Transaction{other}}, nil, "c", h.clock()); err != nil {
		t.Fatal(err)
	}
	list, err := a.SavedMethods(t.Context(), id)
	if err != nil || len(list) != 2 || !list[0].Own || list[1].Own || list[1].Name != "Visa 4242 at stripe" && list[1].Name != "Visa 4242 at Stripe" ||
		list[1].ConsentAt != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, bad := range []struct{ method, how, want string }{{"4242", " ", "written"}, {"9999", "ticket 12", "none of the customer's"},
		{list[0].Instrument.ID, "ticket 12", "already"}} {
		if _, err := a.Consent(t.Context(), id, bad.method, bad.how); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := h.open("eve").Consent(t.Context(), id, "4242", "ticket 12"); err == nil {
		t.Error("a viewer noted a consent")
	}
	if _, err := a.Consent(t.Context(), id, "4242", "ticket 12"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Consent(t.Context(), id, "4242", "ticket 13"); err == nil || !strings.Contains(err.Error(), "ticket 12") {
		t.Errorf("noted twice: %v", err)
	}
	if m := h.renewal(a, id).Methods; len(m) != 1 || m[0].ConsentAt == 0 {
		t.Errorf("the plan does not know of it: %+v", m)
	}

	own := list[0].Instrument.ID
	p, err := a.ProposeMandateEnd(t.Context(), id, own)
	if err != nil || p.Blocked != "" || len(p.Effects) == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := h.open("ann").DoOrder(t.Context(), p.Order, "asked"); err == nil {
		t.Error("finance may not end mandates, and did")
	}
	i, err := a.DoOrder(t.Context(), p.Order, "asked by letter")
	if err != nil || i.State != book.IntentSucceeded {
		t.Fatalf("%+v, %v", i, err)
	}
	if p, err := a.ProposeMandateEnd(t.Context(), id, own); err != nil || p.Blocked == "" {
		t.Errorf("twice: %+v, %v", p, err)
	}
	if p, err := a.ProposeRenewal(t.Context(), id, "retry"); err != nil || !strings.Contains(p.Blocked, "no longer") {
		t.Errorf("what was taken away may be charged: %+v, %v", p, err)
	}
}

// TestANewCardRestarts lets a card be refused for good, the customer save another, and the plan go on with
// that one at once, by itself, under its own budget; the dead one is not asked again. A network's updater that
// puts a new card behind the id of the dead one does the same.
func TestANewCardRestarts(t *testing.T) {
	t.Run("saved", func(t *testing.T) { restarts(t, "pm_fresh") })
	t.Run("updated", func(t *testing.T) { restarts(t, "") })
}

// restarts saves a card with an id, "" for that of the dead one.
func restarts(t *testing.T, saved string) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	id, payer := r.Invoice, r.payers["stripe"]
	h.mu.Lock()
	h.answer = world.Answer{Network: "41", Advice: "03"} // a lost card
	h.mu.Unlock()
	p, err := a.ProposeRenewal(t.Context(), id, "retry")
	if err != nil {
		t.Fatal(err)
	}
	dead := p.Order.Credential
	if i, err := a.DoOrder(t.Context(), p.Order, "asked by phone"); err != nil || i.State != book.IntentRefused {
		t.Fatalf("%+v, %v", i, err)
	}
	h.pass(time.Hour)
	h.sync(a)
	r = h.renewal(a, id)
	if p, err := a.ProposeRenewal(t.Context(), id, "retry"); err != nil || p.Blocked == "" || r.Plan.Class != dunning.Never {
		t.Fatalf("a lost card may be asked again: %s %+v, %v", r.Plan.Class, p, err)
	}

	h.pass(time.Minute)
	h.stripe.Save(payer, book.Instrument{ID: cmp.Or(saved, dead), Kind: "card", Brand: "visa", Ending: "4242", Fingerprint: "fp-fresh",
		Region: "LT"})
	savedAt := h.clock()
	h.pass(time.Minute)
	// Somebody else's card is nothing to this customer.
	h.stripe.Save("cus_somebody", book.Instrument{ID: "pm_else", Kind: "card", Brand: "visa", Ending: "1111", Fingerprint: "fp-else"})
	h.mu.Lock()
	h.answer = world.Answer{Approved: true}
	h.mu.Unlock()
	h.pass(time.Hour)
	h.sync(a)
	r = h.renewal(a, id)
	next := r.Plan.Next
	// Asked for without a method, as by hand when the plan has no retry left, it is never the dead one either.
	o, err := a.retryOrder(r, dunning.Step{Kind: dunning.StepRetry}, book.Order{})
	if err != nil || o.Credential != cmp.Or(saved, dead) || saved != "" && o.Credential == dead {
		t.Errorf("a retry by hand charges %q, %v", o.Credential, err)
	}
	if next.Kind != dunning.StepRetry || next.At > h.clock() {
		t.Fatalf("after a new card the plan is %+v, in the way is %+v", next, r.Plan.Blocked)
	}
	done, err := a.RunRenewals(t.Context(), RenewalRun{Only: []book.ItemID{id}}, func(Progress) {})
	if err != nil || len(done.Steps) != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	h.pass(time.Hour)
	h.sync(a)
	if r := h.renewal(a, id); r != nil {
		t.Errorf("it is still a failed renewal: %+v", r.Plan.Next)
	}
	tries := map[string]int{}
	for _, x := range h.stripe.World().Stripe.Charges {
		if x.Payer == payer && x.At > savedAt {
			tries[world.InstrumentOf(x).Fingerprint]++
		}
	}
	if len(tries) != 1 || tries["fp-fresh"] != 1 {
		t.Errorf("charged were %v", tries)
	}
}

// TestWhatIsMendedGoesOn stops at a decline that is our own fault until somebody says that it is mended, and
// goes on then; taking the word back stops it again.
func TestWhatIsMendedGoesOn(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	id := r.Invoice
	last := r.Attempts[len(r.Attempts)-1]
	fault := book.Transaction{ID: "stripe:ch_fault", Source: "stripe", Kind: book.Charge, State: book.Failed, At: h.clock() - 1,
		Currency: last.Amount.Currency, Charged: last.Amount, Payer: r.payers["stripe"], InvoiceRef: numberOf(id),
		Instrument: last.Signal.Instrument, Decline: book.Decline{Error: "card_declined", Code: "testmode_decline"}}
	if _, err := a.store.Apply(t.Context(), "stripe", book.Records{Transactions: []book.Transaction{fault}}, nil, "c", h.clock()); err != nil {
		t.Fatal(err)
	}
	h.pass(10 * 24 * time.Hour)
	retries := func() bool {
		t.Helper()
		for _, s := range h.renewal(a, id).Plan.Steps {
			if s.Kind == dunning.StepRetry {
				return true
			}
		}
		return false
	}
	if r := h.renewal(a, id); r.Plan.Class != dunning.OwnFault || retries() {
		t.Fatalf("%s is planned for class %s", r.Plan.Next.Kind, r.Plan.Class)
	}
	if err := a.MendRenewal(t.Context(), id, " "); err == nil {
		t.Error("mended without a reason")
	}
	if err := h.open("eve").MendRenewal(t.Context(), id, "x"); err == nil {
		t.Error("a viewer mended it")
	}
	if err := a.MendRenewal(t.Context(), id, "the live key is set"); err != nil {
		t.Fatal(err)
	}
	if !retries() {
		t.Errorf("nothing goes on: %+v", h.renewal(a, id).Plan)
	}
	if _, err := a.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if retries() {
		t.Error("it goes on though the word was taken back")
	}
}

// TestWhatIsPaidMeanwhileIsNotCharged pays an invoice in billing after the last sync: neither a retry, nor one
// that was filed before, nor a termination that waits for its approval does anything any more.
func TestWhatIsPaidMeanwhileIsNotCharged(t *testing.T) {
	h := newHouse(t)
	a := h.open("bob")
	h.sync(a)
	r := h.renewal(a, "")
	p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry")
	if err != nil || p.Blocked != "" {
		t.Fatalf("%+v, %v", p, err)
	}
	end, err := a.ProposeService(t.Context(), r.Services[0].ID, book.Terminate)
	if err != nil || end.Blocked != "" {
		t.Fatalf("%+v, %v", end, err)
	}
	filed, err := a.File(t.Context(), p.Order, "Retry", "by hand")
	if err != nil {
		t.Fatal(err)
	}
	waits, err := a.File(t.Context(), end.Order, "Terminate", "asked")
	if err != nil || waits.State != book.IntentAwaiting {
		t.Fatalf("%+v, %v", waits, err)
	}
	form := url.Values{"action": {"AddInvoicePayment"}, "invoiceid": {numberOf(r.Invoice)}, "transid": {"WIRE77"},
		"gateway": {"banktransfer"}, "amount": {r.Amount.Decimal()}, "responsetype": {"json"}}
	for field, v := range whmcs.SimulatorSecrets() {
		form.Set(field, v)
	}
	res, err := http.PostForm(h.server.URL+"/billing/includes/api.php", form)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	charges := len(h.stripe.World().Stripe.Charges)
	if i, err := a.SendAction(t.Context(), filed.ID); err != nil || i.State != book.IntentCancelled || !strings.Contains(i.LastError, "paid") {
		t.Errorf("the retry that was filed: %s %q, %v", i.State, i.LastError, err)
	}
	if i, err := h.open("adi").Approve(t.Context(), waits.ID, ""); err != nil || i.State != book.IntentCancelled {
		t.Errorf("the termination: %s %q, %v", i.State, i.LastError, err)
	}
	if p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry"); err != nil || !strings.Contains(p.Blocked, "paid") {
		t.Errorf("a new retry: %+v, %v", p, err)
	}
	if n := len(h.stripe.World().Stripe.Charges); n != charges || h.status(r.Services[0].ID) != "Active" {
		t.Errorf("%d charges more; the service is %s", n-charges, h.status(r.Services[0].ID))
	}
}

package app

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/dunning"
	"countinghouse/sync/stripe"
	"countinghouse/sync/whmcs"
	"countinghouse/sync/world"
)

// livingDays is how long the business of TestALivingBusiness goes on, livingSeeds how many of them there are.
var (
	livingDays  = flag.Int("days", 40, "days that the whole business with its failed renewals goes on")
	livingSeeds = flag.Uint64("businesses", 1, "how many whole businesses")
)

// living is a business whose billing system renews services every month and charges their cards, whose
// issuers refuse, whose customers pay otherwise or save new cards, and whose network, servers and laptop
// fail. What happened is counted where it happened, at the simulators, and never read from our books.
type living struct {
	*house
	r     *rand.Rand
	table dunning.Table
	a     *App
	// services are renewed; cards are what each customer's renewals are charged to.
	services []*renewed
	cards    map[string]book.Instrument
	// asked are the issuer's answers by credential; us says that whoever asks is the program.
	asked map[string][]asked
	us    bool
	// harm is how many percent of requests lose their answer, down that the servers are.
	harm      int
	down      bool
	suspended map[int]bool
	failed    map[int]bool
	did       map[string]int
}

type renewed struct {
	world.Service
	payer  string
	day    int
	bills  []int
	client int
}

type asked struct {
	at     book.Instant
	amount money.Money
	signal dunning.Signal
	ok     bool
}

func (l *living) chance(percent int) bool { return l.r.IntN(100) < percent }

func (l *living) wrong(format string, args ...any) {
	l.t.Helper()
	l.t.Errorf("%s: %s", l.clock().Time().In(l.w.Zone).Format("2006-01-02 15:04"), fmt.Sprintf(format, args...))
}

// Answer is the issuer's: by the card's mood and the day. It holds what the program asks against the rules,
// from counts of its own.
func (l *living) Answer(i book.Instrument, amount money.Money, at book.Instant) world.Answer {
	id := i.Credential()
	if l.us {
		l.did["tries"]++
		l.judge(i, amount, at)
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	n := h.Sum64()
	day := int64(at)/(24*3600*1000) + int64(n>>8%13)
	a := world.Answer{Approved: true}
	switch mood := n % 20; {
	case strings.HasPrefix(i.Fingerprint, "well"):
	case mood < 5 && day%13 < 9:
		a = world.Answer{Network: "51"}
		if i.Brand == "mastercard" {
			a.Advice = []string{"", "02", "24", "25", "26", "27", "28", "30"}[l.r.IntN(8)]
		}
	case mood == 5:
		a = world.Answer{Network: "41", Advice: "03"}
	case mood == 6:
		a = world.Answer{Network: "54", Advice: "01"}
	case mood == 7:
		a = world.Answer{Network: "1A"}
	case mood == 8 && l.chance(75):
		a = world.Answer{Network: "05"}
	case mood == 9 && l.chance(60):
		a = world.Answer{Network: "91"}
	}
	x := asked{at: at, amount: amount, ok: a.Approved, signal: dunning.Signal{Gateway: "stripe", Instrument: i,
		Decline: book.Decline{Network: a.Network, Advice: a.Advice}}}
	if a.Network == "41" {
		x.signal.Decline.Code = "lost_card"
	}
	l.asked[id] = append(l.asked[id], x)
	return a
}

// judge holds a try of the program against what was answered before.
func (l *living) judge(i book.Instrument, amount money.Money, at book.Instant) {
	const day = 24 * time.Hour
	ago := func(d time.Duration) book.Instant { return at - book.Instant(d.Milliseconds()) }
	var card, same, today int
	before := l.asked[i.Credential()]
	for n := range before {
		x := &before[n]
		if x.ok {
			if x.amount == amount && i.Brand == "visa" {
				same = 0
			}
			continue
		}
		d := l.table.Classify(x.signal, x.at)
		if d.Class == dunning.Never {
			l.wrong("%s is asked though its issuer said never at %s", i.Credential(), x.at)
		}
		if due := x.at + book.Instant(d.Wait.Milliseconds()); n == len(before)-1 && d.Wait > 0 && at < due {
			l.wrong("%s is asked before the bank's date %s", i.Credential(), due)
		}
		if x.at > ago(30*day) {
			card++
			if x.amount == amount {
				same++
			}
		}
		if x.at > ago(day) {
			today++
		}
	}
	if card >= 15 || same >= 20 || i.Brand == "mastercard" && today >= 10 {
		l.wrong("%s is asked beyond its budget: %d in 30 days, %d of this amount, %d today", i.Credential(), card, same, today)
	}
}

func (l *living) lapse(string) world.Lapse {
	if !l.us || !l.chance(l.harm) {
		return ""
	}
	l.did["lost answers"]++
	return []world.Lapse{world.LostBefore, world.LostAfter, world.Broken, world.Garbled}[l.r.IntN(4)]
}

func newLiving(t *testing.T, seed uint64) *living {
	w := world.Build(world.Options{Seed: seed, Customers: 120, Month: book.MonthOf(book.NewDate(2026, 10, 1))})
	table, err := declines()
	if err != nil {
		t.Fatal(err)
	}
	l := &living{house: &house{t: t, w: w, now: w.Now, dir: t.TempDir(), env: map[string]string{}, auto: true,
		users: []UserConfig{{"ann", "finance"}}}, r: rand.New(rand.NewPCG(seed, 7)), table: table,
		cards: map[string]book.Instrument{}, asked: map[string][]asked{}, harm: 6, suspended: map[int]bool{},
		failed: map[int]bool{}, did: map[string]int{}}
	changes := []string{"addinvoicepayment", "sendemail", "modulesuspend", "moduleunsuspend"}
	l.billing = whmcs.NewSimulator(w, func(o *whmcs.SimOptions) {
		o.Now, o.Settings = l.clock, map[string]string{"AutoUnsuspend": "", "AutoSuspension": ""}
		o.Lose = func(action string) bool {
			lost := l.us && slices.Contains(changes, action) && l.chance(l.harm)
			if lost {
				l.did["lost answers"]++
			}
			return lost
		}
		o.Module = func(service int, status string) string {
			if l.harm > 0 && (int64(l.clock())/(24*3600*1000)+int64(service))%11 == 0 {
				return "The server is not there"
			}
			if status == "Suspended" {
				l.suspended[service] = true
			}
			return ""
		}
	})
	l.stripe = stripe.NewSimulator(w).Taking(world.Desk{Issuer: l, Now: l.clock, Lapse: l.lapse})
	mux := http.NewServeMux()
	mux.Handle("/billing/", http.StripPrefix("/billing", l.billing))
	mux.Handle("/stripe/", http.StripPrefix("/stripe", l.stripe))
	l.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.down && l.us {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	l.collect()
	return l
}

// collect finds the services that are paid by card.
func (l *living) collect() {
	customers := map[int]world.Customer{}
	for _, c := range l.w.Customers {
		customers[c.ID] = c
	}
	for _, c := range l.w.Stripe.Charges {
		if c.MethodType == "card" && c.Payer != "" {
			l.cards[c.Payer] = world.InstrumentOf(c)
		}
	}
	for _, s := range l.w.Services {
		c := customers[s.CustomerID]
		if _, ok := l.cards[c.GatewayID]; ok && s.Status == "Active" && s.Method == "stripe" && s.Recurring.Minor > 0 {
			l.services = append(l.services, &renewed{Service: s, payer: c.GatewayID, client: c.ID, day: 1 + s.ID%28})
		}
	}
}

// post is a call of the billing system's own module, or of its clerk.
func (h *house) post(path string, form url.Values, key string) (status int) {
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		req.SetBasicAuth(key, "")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// charge is the billing system's own charge of an invoice.
func (h *house) charge(payer, method string, invoice int, amount money.Money) (status int) {
	return h.post("/stripe/v1/payment_intents", url.Values{"customer": {payer}, "payment_method": {method}, "confirm": {"true"},
		"amount": {fmt.Sprint(amount.Minor)}, "currency": {strings.ToLower(string(amount.Currency))},
		"metadata[invoice_id]": {fmt.Sprint(invoice)}}, stripe.SimulatorSecrets()["secret_key"])
}

// record books money on an invoice as a clerk or the billing system's module does.
func (l *living) record(invoice int, transID, method string, amount money.Money) {
	l.clerk(url.Values{"action": {"AddInvoicePayment"}, "invoiceid": {fmt.Sprint(invoice)}, "transid": {transID},
		"gateway": {method}, "amount": {amount.Decimal()}})
}

// clerk does something in billing itself.
func (l *living) clerk(form url.Values) {
	form.Set("responsetype", "json")
	for field, v := range whmcs.SimulatorSecrets() {
		form.Set(field, v)
	}
	l.post("/billing/includes/api.php", form, "")
}

// renew bills the services of the day and charges their cards, as the billing system does by itself.
func (l *living) renew() {
	for _, s := range l.services {
		if l.clock().In(l.w.Zone).Time().Day() != s.day || l.status(book.ItemID("billing:service/"+fmt.Sprint(s.ID))) != "Active" {
			continue
		}
		for _, id := range l.billing.Renew([]int{s.ID}) {
			s.bills = append(s.bills, id)
			l.did["renewals"]++
			before := len(l.stripe.World().Stripe.Charges)
			status := l.charge(s.payer, l.cards[s.payer].ID, id, s.Recurring)
			all := l.stripe.World().Stripe.Charges
			if len(all) != before+1 {
				l.t.Fatalf("billing's own charge: %d, %d charges more", status, len(all)-before)
			}
			if status == http.StatusOK {
				l.record(id, all[before].ID, "stripe", s.Recurring)
			} else {
				l.did["failed renewals"]++
				l.failed[id] = true
			}
		}
	}
}

// openOf are the unpaid invoices of a service.
func (l *living) openOf(s *renewed) []int {
	var out []int
	for _, v := range l.billing.World().Invoices {
		if v.Status == book.InvoiceUnpaid && slices.ContainsFunc(v.Lines, func(x world.Line) bool {
			return x.Kind == "Hosting" && x.RelID == s.ID
		}) {
			out = append(out, v.ID)
		}
	}
	return out
}

// live is what customers do by themselves on a day.
func (l *living) live() {
	for _, s := range l.services {
		open := slices.DeleteFunc(l.openOf(s), func(id int) bool { return !slices.Contains(s.bills, id) })
		if len(open) == 0 {
			continue
		}
		switch n := l.r.IntN(100); {
		case n < 3:
			l.record(open[0], fmt.Sprintf("WIRE%d", open[0]), "banktransfer", s.Recurring)
			l.did["paid by bank"]++
		case n < 6:
			x := l.r.Uint64()
			card := book.Instrument{ID: fmt.Sprintf("pm_%x", x), Kind: "card", Brand: "visa", Ending: "4242", Region: "LT",
				Fingerprint: fmt.Sprintf("%s_%x", []string{"well", "fp"}[l.r.IntN(2)], x)}
			l.stripe.Save(s.payer, card)
			l.cards[s.payer] = card
			l.did["new cards"]++
		}
	}
}

// wake lets the program do what it does by itself: read, ask what became of actions, act.
func (l *living) wake() {
	l.us = true
	defer func() { l.us = false }()
	if l.a == nil || l.chance(4) {
		if l.a != nil {
			if err := l.a.Close(); err != nil {
				l.t.Fatal(err)
			}
		}
		l.a = l.house.open("ann")
		l.did["starts"]++
	}
	clear(l.suspended)
	_, err := l.a.Sync(l.t.Context(), SyncRequest{}, func(Progress) {})
	if (err == nil) == l.down {
		l.t.Fatalf("down %v: %v", l.down, err)
	}
	if _, err := l.a.DoDue(l.t.Context(), err == nil, func(Progress) {}); err != nil && !l.down {
		l.t.Fatal(err)
	}
	for id := range l.suspended {
		l.did["suspensions"]++
		i := slices.IndexFunc(l.services, func(s *renewed) bool { return s.ID == id })
		if i < 0 {
			continue // of an invoice that was there before
		}
		if len(l.openOf(l.services[i])) == 0 {
			l.wrong("service %d is suspended, and all its invoices are paid", id)
		}
	}
}

// work is a person who does once a day what the program leaves to people: services that did not come up when it
// asked.
func (l *living) work() {
	l.us = true
	defer func() { l.us = false }()
	list, err := l.a.Renewals(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, r := range list.List {
		if !strings.HasPrefix(r.Plan.Work, "Unsuspend") {
			continue
		}
		p, err := l.a.ProposeService(l.t.Context(), r.Services[0].ID, book.Unsuspend)
		if err == nil && p.Blocked == "" {
			_, err = l.a.DoOrder(l.t.Context(), p.Order, "by hand")
		}
		if err == nil && p.Blocked == "" {
			l.did["by hand"]++
		} else {
			l.settle(r.Services[0].ID)
		}
	}
}

// settle is the person where the program asked for one because nothing is to be seen of what it sent: they
// unsuspend in billing, and let the program look again.
func (l *living) settle(service book.ItemID) {
	list, err := l.a.Actions(l.t.Context(), book.IntentNeedsPerson)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, i := range list {
		if i.Kind != book.Unsuspend || i.Target != service {
			continue
		}
		l.us = false
		l.clerk(url.Values{"action": {"ModuleUnsuspend"}, "serviceid": {strings.TrimPrefix(service.Native(), "service/")}})
		l.us = true
		if i, err = l.a.CheckAction(l.t.Context(), i.ID); err == nil && i.State == book.IntentSucceeded {
			l.did["settled"]++
		}
	}
}

// TestALivingBusiness lets the whole program work by itself for a year of a business under faults: nothing is
// taken twice, no card is asked against its issuer's word or beyond a budget, no notice goes out twice, and
// nobody who paid is or stays suspended.
func TestALivingBusiness(t *testing.T) {
	t.Parallel()
	for seed := range *livingSeeds {
		t.Run(fmt.Sprint("seed=", seed+1), func(t *testing.T) {
			t.Parallel()
			l := newLiving(t, seed+1)
			for day := range *livingDays {
				l.pass(time.Duration(3+l.r.IntN(4)) * time.Hour)
				l.renew()
				l.live()
				l.down = l.chance(4)
				if asleep := day%50 > 46; !asleep {
					l.wake()
					l.pass(5 * time.Hour)
					l.down = false
					l.wake()
					l.work()
				}
				next := (l.clock().In(l.w.Zone) + 1).Start(l.w.Zone)
				l.pass(time.Duration(next+5*3600*1000-l.clock()) * time.Millisecond)
			}
			// A few quiet days, so that what was in the way is not.
			l.harm = 0
			for range 8 {
				l.wake()
				l.work()
				l.pass(12 * time.Hour)
			}
			l.audit()
			t.Logf("%d services, %d days: %v", len(l.services), *livingDays, l.did)
		})
	}
}

// audit looks at what the gateway and billing have in the end.
func (l *living) audit() {
	w := l.billing.World()
	taken := map[string]int64{}
	for _, c := range l.stripe.World().Stripe.Charges {
		if c.State == book.Succeeded {
			taken[c.InvoiceRef] += c.Amount.Minor
		}
	}
	rows := map[string]int{}
	byBank := map[int]int64{}
	for _, p := range w.Payments {
		if p.TransID != "" && p.Method == "stripe" && p.In > 0 {
			rows[p.TransID]++
		}
		if p.Method == "banktransfer" {
			byBank[p.InvoiceID] += p.In
		}
	}
	for _, v := range w.Invoices {
		if !strings.HasPrefix(v.Number, "R-") {
			continue
		}
		got := taken[fmt.Sprint(v.ID)]
		if got+byBank[v.ID] > v.Subtotal {
			l.wrong("invoice %d of %d: %d was taken and %d paid", v.ID, v.Subtotal, got, byBank[v.ID])
		}
		if got > 0 && v.Status != book.InvoicePaid {
			l.wrong("invoice %d is %s though its card was charged", v.ID, v.Status)
		}
		if l.failed[v.ID] && v.Status == book.InvoicePaid {
			l.did["recovered"]++
		}
	}
	for _, s := range l.services {
		if l.status(book.ItemID("billing:service/"+fmt.Sprint(s.ID))) == "Suspended" && len(l.openOf(s)) == 0 {
			l.wrong("service %d is suspended, and all is paid", s.ID)
		}
	}
	for id, n := range rows {
		if c := id; n > 1 && slices.ContainsFunc(l.stripe.World().Stripe.Charges, func(x world.Charge) bool {
			return x.ID == c && strings.Contains(x.ID, "_3N")
		}) {
			l.wrong("charge %s is recorded %d times", id, n)
		}
	}
	l.auditNotices()
}

// auditNotices compares the mails with the notices that were filed.
func (l *living) auditNotices() {
	list, err := l.a.Actions(l.t.Context(), "")
	if err != nil {
		l.t.Fatal(err)
	}
	sent := map[book.ItemID]int{}
	for _, i := range list {
		if i.Kind == book.Notify && i.State != book.IntentRefused && i.State != book.IntentCancelled && i.Attempts > 0 {
			sent[i.Target]++
		}
		if i.State == book.IntentUnknown || i.State == book.IntentSent {
			l.did["not settled"]++
		}
	}
	for target, n := range sent {
		if n > 1 {
			l.wrong("%s was sent %d times", target, n)
		}
	}
	l.did["notices"] = len(sent)
	if n := len(l.billing.Mails()); n > len(sent) {
		l.wrong("%d mails of %d notices", n, len(sent))
	}
}

// fails bills a service once more, and its charge is refused; it returns the invoice.
func (h *house) fails(payer, method string, service int) book.ItemID {
	h.t.Helper()
	id := h.billing.Renew([]int{service})[0]
	for _, v := range h.billing.World().Invoices {
		if v.ID == id && h.charge(payer, method, id, money.New(v.Subtotal, v.Currency)) != http.StatusPaymentRequired {
			h.t.Fatal("the charge was not refused")
		}
	}
	return book.ItemID("billing:invoice/" + fmt.Sprint(id))
}

// TestOneCardOfTwoInvoices lets two renewals of a customer fail and a new card be saved, which is what both go on
// with at once: its issuer says never to the first try, and there is no second one, in this run or the next.
func TestOneCardOfTwoInvoices(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	payer, service := r.payers["stripe"], numberFrom(r.Services[0].ID)
	second := h.fails(payer, r.Attempts[len(r.Attempts)-1].Signal.Instrument.ID, service)
	h.pass(time.Minute)
	h.stripe.Save(payer, book.Instrument{ID: "pm_fresh", Kind: "card", Brand: "visa", Ending: "4242", Fingerprint: "fp-fresh", Region: "LT"})
	h.says(world.Answer{Network: "41"}) // a lost card
	both := []book.ItemID{r.Invoice, second}
	for round := range 3 {
		h.pass(time.Hour)
		if round != 1 { // not read back in the second
			h.sync(a)
		}
		if list, err := a.Renewals(t.Context()); err != nil || list.Find(both[0]) == nil || list.Find(both[1]) == nil {
			t.Fatalf("not both are failed renewals: %v", err)
		}
		if _, err := a.RunRenewals(t.Context(), RenewalRun{Only: both}, func(Progress) {}); err != nil {
			t.Fatal(err)
		}
		tries := 0
		for _, x := range h.stripe.World().Stripe.Charges {
			if world.InstrumentOf(x).Fingerprint == "fp-fresh" {
				tries++
			}
		}
		if tries != 1 {
			t.Fatalf("round %d: the lost card was tried %d times", round, tries)
		}
	}
}

// TestOneCardInDoubt loses the answer to the try of one invoice: nothing of the customer's is charged until it
// is known, another invoice neither.
func TestOneCardInDoubt(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	payer, card := r.payers["stripe"], r.Attempts[len(r.Attempts)-1].Signal.Instrument.ID
	second := h.fails(payer, card, numberFrom(r.Services[0].ID))
	h.pass(48 * time.Hour)
	h.sync(a)
	p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry")
	if err != nil || p.Blocked != "" {
		t.Fatalf("%+v, %v", p, err)
	}
	served := h.server.Config.Handler
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.ServeHTTP(w, r)
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/stripe/") {
			panic(http.ErrAbortHandler)
		}
	})
	if i, err := a.DoOrder(t.Context(), p.Order, "asked"); err != nil || i.State != book.IntentUnknown {
		t.Fatalf("%+v, %v", i, err)
	}
	p, err = a.ProposeRenewal(t.Context(), second, "retry")
	if err != nil || !strings.Contains(p.Blocked, "not known") {
		t.Errorf("the other invoice may be charged: %+v, %v", p, err)
	}
}

// TestARetryIsSentByWhatIsKnownThen lets a retry be lost on its way, or wait while sending is paused, until the
// card's issuer has said never to the charge of another invoice: it does not go out any more.
func TestARetryIsSentByWhatIsKnownThen(t *testing.T) {
	for _, lost := range []bool{true, false} {
		h := newHouse(t)
		a := h.open("adi")
		h.sync(a)
		r := h.renewal(a, "")
		payer, card := r.payers["stripe"], r.Attempts[len(r.Attempts)-1].Signal.Instrument.ID
		p, err := a.ProposeRenewal(t.Context(), r.Invoice, "retry")
		if err != nil || p.Blocked != "" {
			t.Fatalf("%+v, %v", p, err)
		}
		served := h.server.Config.Handler
		if lost {
			h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/stripe/") {
					panic(http.ErrAbortHandler)
				}
				served.ServeHTTP(w, r)
			})
		} else if err := a.PauseSending(t.Context(), "the bank asked"); err != nil {
			t.Fatal(err)
		}
		i, err := a.DoOrder(t.Context(), p.Order, "asked")
		if want := map[bool]book.IntentState{true: book.IntentUnknown, false: book.IntentReady}[lost]; err != nil || i.State != want {
			t.Fatalf("%+v, %v", i, err)
		}
		h.server.Config.Handler = served
		h.says(world.Answer{Network: "41"}) // a lost card
		h.pass(30 * time.Minute)
		h.fails(payer, card, numberFrom(r.Services[0].ID))
		charges := len(h.stripe.World().Stripe.Charges)
		for range 3 {
			h.pass(30 * time.Minute)
			h.sync(a)
			if !lost {
				if err := a.ResumeSending(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := a.RunActions(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		list, err := a.Actions(t.Context(), "")
		want := map[bool]book.IntentState{true: book.IntentNeedsPerson, false: book.IntentCancelled}[lost]
		if err != nil || len(list) != 1 || list[0].State != want || !strings.Contains(list[0].LastError, "must not be charged again") {
			t.Errorf("lost %v: %+v, %v", lost, list, err)
		}
		if n := len(h.stripe.World().Stripe.Charges); n != charges {
			t.Errorf("lost %v: the card was asked %d times more", lost, n-charges)
		}
	}
}

// says lets the issuer answer so from now on.
func (h *house) says(answer world.Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = answer
}

// lost sends a retry of an invoice that never reaches the gateway, and whose outcome is not known for that.
func (h *house) lost(a *App, invoice book.ItemID) book.Intent {
	h.t.Helper()
	p, err := a.ProposeRenewal(h.t.Context(), invoice, "retry")
	if err != nil || p.Blocked != "" {
		h.t.Fatalf("%+v, %v", p, err)
	}
	served := h.server.Config.Handler
	defer func() { h.server.Config.Handler = served }()
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/stripe/") {
			panic(http.ErrAbortHandler)
		}
		served.ServeHTTP(w, r)
	})
	i, err := a.DoOrder(h.t.Context(), p.Order, "asked")
	if err != nil || i.State != book.IntentUnknown {
		h.t.Fatalf("%+v, %v", i, err)
	}
	return i
}

// TestAResentTryCountsFromWhenItWasMade loses a retry on its way; it is sent again an hour later and refused. Before
// the charge is read back it counts from then on, as what the issuer said of waiting does.
func TestAResentTryCountsFromWhenItWasMade(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	i := h.lost(a, r.Invoice)
	h.says(world.Answer{Network: "51"})
	h.pass(time.Hour)
	h.sync(a)
	if i, err := a.action(t.Context(), i.ID); err != nil || i.State != book.IntentRefused || i.Attempts != 2 {
		t.Fatalf("%+v, %v", i, err)
	}
	list, err := a.Renewals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tries := list.Find(r.Invoice).Attempts
	if last := tries[len(tries)-1]; !last.Ours || last.At != h.clock() {
		t.Errorf("the last try is %+v, and it is %s", last, h.clock())
	}
}

// TestAResentTryThatWentThroughIsTheLast lets billing's own module be refused between the two sendings of a retry, of
// which the second goes through: the invoice is no failed renewal any more, before the charge is read back either.
func TestAResentTryThatWentThroughIsTheLast(t *testing.T) {
	h := newHouse(t)
	a := h.open("ann")
	h.sync(a)
	r := h.renewal(a, "")
	i := h.lost(a, r.Invoice)
	h.says(world.Answer{Network: "91"}) // the issuer is not there
	h.pass(30 * time.Minute)
	card := r.Attempts[len(r.Attempts)-1].Signal.Instrument.ID
	if h.charge(r.payers["stripe"], card, numberFrom(r.Invoice), r.Amount) != http.StatusPaymentRequired {
		t.Fatal("the charge was not refused")
	}
	h.says(world.Answer{Approved: true})
	h.pass(12 * time.Hour)
	h.sync(a)
	if i, err := a.action(t.Context(), i.ID); err != nil || i.State != book.IntentSucceeded || i.Attempts != 2 {
		t.Fatalf("%+v, %v", i, err)
	}
	list, err := a.Renewals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if x := list.Find(r.Invoice); x != nil && !x.Paid {
		t.Errorf("it may be charged again: %+v", x.Plan.Next)
	}
}

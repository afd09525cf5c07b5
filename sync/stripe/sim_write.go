package stripe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// Taking is a simulator of the same world that takes changes. They are made on a copy of the world.
func (s *Simulator) Taking(d world.Desk) *Simulator {
	own := *s.w
	own.Stripe.Charges, own.Stripe.Refunds = slices.Clone(s.w.Stripe.Charges),
		slices.Clone(s.w.Stripe.Refunds)
	own.Stripe.Movements = slices.Clone(s.w.Stripe.Movements)
	c := &Simulator{w: &own, quirks: s.quirks, desk: &d, keys: map[string]keyed{},
		made: map[string]string{},
		gone: map[string]bool{}}
	if d.Issuer == nil {
		c.desk.Issuer = world.Moods{Seed: own.Options.Seed}
	}
	c.index()
	return c
}

// World is the business as it stands now; the caller must not change it.
func (s *Simulator) World() *world.World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.w
}

// Save is a payer who saves a method now, as in the client area, or an updater that gives the data of one
// that was charged before anew; s must be Taking changes.
func (s *Simulator) Save(payer string, i book.Instrument) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.Now = s.desk.Now()
	m := world.Saved{Payer: payer, Instrument: i, AddedAt: s.w.Now}
	if c := s.payer(payer, i.ID); c != nil {
		m.AddedAt, m.UpdatedAt = c.At, s.w.Now
	}
	s.w.Stripe.Saved = append(slices.Clip(s.w.Stripe.Saved), m)
	s.index()
}

// keyed is what the first call under a key was, and what was answered.
type keyed struct {
	call   string
	status int
	body   []byte
}

// change answers a POST.
func (s *Simulator) change(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	s.mu.Lock()
	if s.desk.Now != nil {
		w.Header().Set("Date", s.desk.Now().Time().Format(http.TimeFormat))
	}
	status, body, lapse := s.changed(r, string(text))
	s.mu.Unlock()
	if lapse.Spoil(w) {
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (s *Simulator) changed(r *http.Request, text string) (int, []byte, world.Lapse) {
	lapse := s.desk.Fate(r.URL.Path)
	if lapse == world.LostBefore {
		return simReply(http.StatusInternalServerError, &simError{http.StatusInternalServerError, "api_error", "",
			"An unknown error occurred", ""}, nil, lapse)
	}
	if err := s.admit(r, s.count.Load()); err != nil {
		return simReply(err.status, err, nil, lapse)
	}
	key, call := r.Header.Get("Idempotency-Key"), r.Method+" "+r.URL.Path+" "+text
	if k, ok := s.keys[key]; ok && key != "" {
		if k.call != call {
			return simReply(http.StatusBadRequest, &simError{http.StatusBadRequest, "idempotency_error", "",
				"Keys for idempotent requests can only be used with the same parameters they were first used with.", ""},
				nil, lapse)
		}
		return k.status, k.body, lapse
	}
	if s.desk.Now != nil {
		s.w.Now = s.desk.Now()
	}
	f, parseErr := url.ParseQuery(text)
	if parseErr != nil {
		return simReply(http.StatusBadRequest, invalid("", "", "Invalid body"), nil, lapse)
	}
	body, extra, err := s.make(r.URL.Path, f)
	s.index()
	status := http.StatusOK
	if err != nil {
		status = err.status
	}
	_, out, _ := simReply(status, err, body, lapse)
	if extra != nil {
		out, _ = json.Marshal(map[string]any{"error": extra})
	}
	if lapse == world.LostAfter {
		status, out = http.StatusInternalServerError, []byte(`{"error":{"type":"api_error","message":"An unknown error occurred"}}`)
	}
	if key != "" && (err == nil || extra != nil || lapse == world.LostAfter) {
		s.keys[key] = keyed{call, status, out}
	}
	return status, out, lapse
}

// simReply is a reply's status and body.
func simReply(status int, err *simError, body any, lapse world.Lapse) (int, []byte, world.Lapse) {
	if err != nil {
		body = map[string]any{"error": map[string]any{"type": err.kind, "code": err.code, "message": err.message,
			"param": err.param}}
	}
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(body)
	return status, b.Bytes(), lapse
}

// make carries out a change; extra is the envelope of a declined card.
func (s *Simulator) make(path string, f url.Values) (body, extra any, err *simError) {
	switch parts := strings.Split(strings.Trim(path, "/"), "/"); {
	case path == "/v1/payment_intents":
		return s.pay(f)
	case path == "/v1/refunds":
		body, err = s.giveBack(f)
	case len(parts) == 4 && parts[1] == "payment_methods" && parts[3] == "detach":
		body, err = s.detach(parts[2])
	default:
		err = &simError{http.StatusNotFound, "invalid_request_error", "", "Unrecognized request URL", ""}
	}
	return body, nil, err
}

// newID is an id that the same world makes the same way.
func (s *Simulator) newID(prefix string) string {
	s.serial++
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", prefix, s.w.Options.Seed, s.serial)
	return fmt.Sprintf("%s3N%016X", prefix, h.Sum64())
}

// payer finds a charge of the customer that the method was used for, or one that shows whose a method is
// that was only saved.
func (s *Simulator) payer(customer, method string) *world.Charge {
	var saved book.Instrument
	for _, m := range s.w.Stripe.Saved {
		if m.Payer == customer && m.Instrument.ID == method {
			saved = m.Instrument
		}
	}
	for i := range s.charges {
		c := s.charges[i]
		if saved.ID != "" {
			c.With = saved
		}
		if c.Payer == customer && world.InstrumentOf(c).ID == method {
			return &c
		}
	}
	return nil
}

func (s *Simulator) pay(f url.Values) (body, extra any, err *simError) {
	cur, e := money.ParseCurrency(f.Get("currency"))
	minor, e2 := strconv.ParseInt(f.Get("amount"), 10, 64)
	if e != nil || e2 != nil || minor <= 0 {
		return nil, nil, invalid("parameter_invalid_integer", "amount", "Invalid amount")
	}
	like := s.payer(f.Get("customer"), f.Get("payment_method"))
	if like == nil || s.gone[f.Get("payment_method")] {
		return nil, nil, invalid("resource_missing", "payment_method", "No such PaymentMethod: '%s'", f.Get("payment_method"))
	}
	m, _ := amount(&minor, string(cur))
	c := world.Charge{ID: s.newID("ch_"), IntentID: s.newID("pi_"), Payer: like.Payer, At: s.w.Now, Amount: m,
		State: book.Succeeded, MethodType: like.MethodType, With: like.With,
		Name: like.Name, Email: like.Email,
		InvoiceRef: f.Get("metadata[invoice_id]"), ClientRef: f.Get("metadata[client_id]"), Text: f.Get("description")}
	answer := s.desk.Issuer.Answer(world.InstrumentOf(c), m, s.w.Now)
	s.made[c.ID] = f.Get("metadata[" + keyField + "]")
	defer func() { s.w.Stripe.Charges = append(s.w.Stripe.Charges, c) }()
	if answer.Approved {
		s.earn(&c)
		return s.intent(&c), nil, nil
	}
	c.State, c.Network, c.Advice = book.Failed, answer.Network, answer.Advice
	c.FailureCode, c.DeclineCode = wordsOf(answer.Network)
	said := cardError(&c)
	said["payment_intent"] = s.intent(&c)
	return nil, said, &simError{status: http.StatusPaymentRequired}
}

// cardError is what Stripe says of a charge that its issuer refused.
func cardError(c *world.Charge) map[string]any {
	said := map[string]any{"type": "card_error", "code": c.FailureCode, "decline_code": c.DeclineCode,
		"message": "Your card was declined.", "charge": c.ID}
	network, advice := networkSaid(c)
	if network != "" {
		said["network_decline_code"] = network
	}
	if advice != "" {
		said["network_advice_code"] = advice
	}
	return said
}

// wordsOf are Stripe's codes for a network's.
func wordsOf(network string) (code, decline string) {
	for word, codes := range networkCodes {
		if codes[0] == network && word != "generic_decline" {
			switch word {
			case "expired_card", "incorrect_cvc", "processing_error":
				return word, word
			}
			return "card_declined", word
		}
	}
	if network == "1A" {
		return "authentication_required", "authentication_required"
	}
	return "card_declined", "generic_decline"
}

// earn enters a charge's movement; a currency that the balance does not hold is converted as its last
// charge was.
func (s *Simulator) earn(c *world.Charge) {
	gross, rate := c.Amount, ""
	for i := len(s.movements) - 1; i >= 0; i-- {
		m := &s.movements[i]
		k, ok := s.lists["charges"].find(m.SourceID)
		if !ok || s.charges[k].Amount.Currency != c.Amount.Currency || m.Category != "charge" {
			continue
		}
		if rate = m.Rate; rate != "" {
			gross = converted(c.Amount, rate, m.Currency)
		}
		break
	}
	fee := (gross.Minor*15+500)/1000 + 25
	if gross.Currency == "USD" {
		fee = (gross.Minor*29+500)/1000 + 30
	}
	c.MovementID = s.newID("txn_")
	s.w.Stripe.Movements = append(s.w.Stripe.Movements, world.Movement{ID: c.MovementID, Type: "charge",
		Category: "charge", At: s.w.Now, AvailableAt: s.w.Now + 2*24*60*60*1000, Currency: gross.Currency,
		Gross: gross.Minor, Fee: fee, Net: gross.Minor - fee, Rate: rate, SourceID: c.ID, Text: c.Text})
}

// converted is an amount at a rate of major units, half to even as Stripe rounds.
func converted(a money.Money, rate string, to money.Currency) money.Money {
	r, ok := new(big.Rat).SetString(rate)
	if !ok {
		return a
	}
	r.Mul(r, new(big.Rat).SetInt64(a.Minor))
	from, _ := a.Currency.Exponent()
	into, _ := to.Exponent()
	for ; from < into; from++ {
		r.Mul(r, big.NewRat(10, 1))
	}
	for ; from > into; from-- {
		r.Mul(r, big.NewRat(1, 10))
	}
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if twice := rest.Lsh(rest, 1).CmpAbs(r.Denom()); twice > 0 || twice == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return money.New(q.Int64(), to)
}

// intent is the payment intent of a charge.
func (s *Simulator) intent(c *world.Charge) map[string]any {
	out := map[string]any{"id": c.IntentID, "object": "payment_intent", "amount": units(c.Amount),
		"currency": lower(c.Amount.Currency), "created": seconds(c.At), "customer": null(c.Payer),
		"livemode": s.quirks.Live, "latest_charge": c.ID, "status": "succeeded", "metadata": map[string]string{}}
	if key := s.made[c.ID]; key != "" {
		out["metadata"] = map[string]string{keyField: key, "invoice_id": c.InvoiceRef, "client_id": c.ClientRef}
	}
	switch c.State {
	case book.Failed:
		out["status"] = "requires_payment_method"
		out["last_payment_error"] = cardError(c)
	case book.Pending:
		out["status"] = "processing"
	}
	return out
}

func (s *Simulator) giveBack(f url.Values) (any, *simError) {
	k, ok := s.lists["charges"].find(f.Get("charge"))
	if !ok {
		return nil, invalid("resource_missing", "charge", "No such charge: '%s'", f.Get("charge"))
	}
	c := s.charges[k]
	minor, err := strconv.ParseInt(f.Get("amount"), 10, 64)
	m, _ := amount(&minor, lower(c.Amount.Currency))
	switch {
	case err != nil || minor <= 0:
		return nil, invalid("parameter_invalid_integer", "amount", "Invalid integer: %s", f.Get("amount"))
	case c.State != book.Succeeded:
		return nil, invalid("", "charge", "This charge has not been captured.")
	case m.Minor > c.Amount.Minor-s.refundedOf[c.ID]:
		return nil, invalid("charge_already_refunded", "amount", "Refund amount is greater than unrefunded amount on charge")
	}
	r := world.Refund{ID: s.newID("re_"), ChargeID: c.ID, At: s.w.Now, Amount: m, State: book.Succeeded,
		MovementID: s.newID("txn_")}
	gross, rate := m, ""
	if i, ok := s.lists["balance_transactions"].find(c.MovementID); ok && s.movements[i].Rate != "" {
		rate = s.movements[i].Rate
		gross = converted(m, rate, s.movements[i].Currency)
	}
	s.w.Stripe.Movements = append(s.w.Stripe.Movements, world.Movement{ID: r.MovementID, Type: "refund",
		Category: "refund", At: s.w.Now, AvailableAt: s.w.Now, Currency: gross.Currency, Gross: -gross.Minor,
		Net: -gross.Minor, Rate: rate, SourceID: r.ID, Text: "REFUND FOR " + c.Text})
	s.w.Stripe.Refunds = append(s.w.Stripe.Refunds, r)
	s.made[r.ID] = f.Get("metadata[" + keyField + "]")
	s.index()
	i, _ := s.lists["refunds"].find(r.ID)
	return s.refund(i, nil), nil
}

// method shows a saved method; one that was taken away has no customer.
func (s *Simulator) method(id string) (any, *simError) {
	show := func(i book.Instrument, payer string, at book.Instant) (any, *simError) {
		out := methodDetails(i)
		out["id"], out["object"], out["customer"] = id, "payment_method", null(payer)
		out["created"], out["livemode"] = seconds(at), s.quirks.Live
		out["billing_details"] = map[string]any{"address": nil, "email": nil, "name": nil, "phone": nil}
		if s.gone[id] {
			out["customer"] = nil
		}
		return out, nil
	}
	for _, m := range s.w.Stripe.Saved {
		if m.Instrument.ID == id {
			return show(m.Instrument, m.Payer, m.AddedAt)
		}
	}
	for i := range s.charges {
		if c := &s.charges[i]; world.InstrumentOf(*c).ID == id {
			return show(world.InstrumentOf(*c), c.Payer, c.At)
		}
	}
	return nil, &simError{http.StatusNotFound, "invalid_request_error", "resource_missing",
		"No such PaymentMethod: '" + id + "'", "payment_method"}
}

func (s *Simulator) detach(id string) (any, *simError) {
	if _, err := s.method(id); err != nil {
		return nil, err
	}
	s.gone[id] = true
	return s.method(id)
}

// listIntents are the payment intents, one for each charge.
func (s *Simulator) listIntents() *collection {
	c := &collection{noun: "payment intent", length: len(s.charges),
		id:      func(i int) string { return s.charges[i].IntentID },
		at:      func(i int) int64 { return seconds(s.charges[i].At) },
		filters: map[string]func(int) string{"customer": func(i int) string { return s.charges[i].Payer }},
		render:  func(i int, _ map[string]bool) any { return s.intent(&s.charges[i]) }}
	return c.settle()
}

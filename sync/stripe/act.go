package stripe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v76"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

var _ source.Actor = (*Stripe)(nil)

// keyField is the metadata field by which what we did is found again.
const keyField = "countinghouse_intent"

// keyLife is how long Stripe keeps keys at least (Stripe API, idempotent requests, read 2026-11).
const keyLife = 24 * time.Hour

// Powers are what Stripe can be asked to do.
func (s *Stripe) Powers() []source.Power {
	return []source.Power{{Kind: book.Retry, KeyLife: keyLife, Settle: 2 * time.Minute},
		{Kind: book.GiveBack, KeyLife: keyLife, Settle: 2 * time.Minute},
		{Kind: book.CancelMandate, KeyLife: keyLife, Settle: 2 * time.Minute}}
}

// Prepare makes the request of an order, with its key in the metadata too.
func (s *Stripe) Prepare(o book.Order, key string) (source.Call, error) {
	c := source.Call{Method: http.MethodPost, Header: map[string]string{"Idempotency-Key": key,
		"Content-Type": "application/x-www-form-urlencoded", "Stripe-Version": api.APIVersion}}
	f := url.Values{"metadata[" + keyField + "]": {key}}
	switch o.Do {
	case book.Retry:
		if o.Credential == "" || o.Payer == "" {
			return c, errors.New("the customer has no saved method at Stripe that could be charged")
		}
		c.Op, c.Path = "create payment intent", "/v1/payment_intents"
		f.Set("customer", o.Payer)
		f.Set("payment_method", o.Credential)
		f.Set("confirm", "true")
		f.Set("off_session", "true")
		f.Set("error_on_requires_action", "true")
		s.named(f, o)
	case book.GiveBack:
		if !strings.HasPrefix(o.Charge.Native(), "ch_") && !strings.HasPrefix(o.Charge.Native(), "py_") {
			return c, fmt.Errorf("%q is no charge of Stripe", o.Charge)
		}
		c.Op, c.Path = "create refund", "/v1/refunds"
		f.Set("charge", o.Charge.Native())
	case book.CancelMandate:
		if o.Credential == "" {
			return c, errors.New("there is no saved method at Stripe to take away")
		}
		c.Op, c.Path = "detach payment method", "/v1/payment_methods/"+url.PathEscape(o.Credential)+"/detach"
		return c, nil // it takes no parameters
	default:
		return c, fmt.Errorf("Stripe cannot do this: %s", o.Do)
	}
	if o.Amount.Minor <= 0 {
		return c, errors.New("the amount is missing")
	}
	f.Set("amount", strconv.FormatInt(theirs(o.Amount), 10))
	if o.Do == book.Retry {
		f.Set("currency", strings.ToLower(string(o.Amount.Currency)))
	}
	c.Body = f.Encode()
	return c, nil
}

// named names billing's invoice and client as its module does, so that a pull finds them.
func (s *Stripe) named(f url.Values, o book.Order) {
	if n, ok := strings.CutPrefix(o.Invoice.Native(), "invoice/"); ok {
		f.Set("metadata[invoice_id]", n)
		f.Set("description", "Invoice #"+n)
	}
	if n, ok := strings.CutPrefix(o.Customer.Native(), "customer/"); ok {
		f.Set("metadata[client_id]", n)
	}
}

// theirs is an amount in Stripe's units.
func theirs(m money.Money) int64 {
	n := m.Minor
	if exp, special := stripeExponents[m.Currency]; special {
		ours, _ := m.Currency.Exponent()
		for ; ours < exp; ours++ {
			n *= 10
		}
		for ; ours > exp; ours-- {
			n /= 10
		}
	}
	return n
}

// Send sends the stored request with the key of the account, once.
func (s *Stripe) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	base := cmp.Or(s.o.URL, api.APIURL)
	req, err := http.NewRequest(c.Method, base+c.Path, strings.NewReader(c.Body))
	if err != nil {
		return source.Outcome{State: source.OutcomeUnsent, Detail: "The request could not be made."}
	}
	for k, v := range c.Header {
		req.Header.Set(k, v)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("User-Agent", "countinghouse")
	r, out, ok := source.Exchange(ctx, s.acts, req)
	if !ok {
		return out
	}
	out = s.judge(o, r)
	out.At = r.At
	if r.Header.Get("Idempotent-Replayed") == "true" {
		out.Evidence = strings.TrimSuffix(out.Evidence, "}") + `,"replayed":"true"}`
	}
	return out
}

// wireFailure is Stripe's envelope of an error.
type wireFailure struct {
	Error *wireError `json:"error"`
}

// wireError is an error: of a call, or the last one of a payment intent.
type wireError struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Decline string `json:"decline_code"`
	Network string `json:"network_decline_code"`
	MAC     string `json:"network_advice_code"`
	Advice  string `json:"advice_code"`
	Message string `json:"message"`
	Charge  string `json:"charge"`
}

// decline is why a card was refused, in every code that there is.
func (e *wireError) decline() book.Decline {
	return book.Decline{Error: e.Code, Code: cmp.Or(e.Decline, e.Code),
		Network: e.Network, Advice: cmp.Or(e.MAC, e.Advice)}
}

// wireIntent is a payment intent, as far as an outcome is read from it.
type wireIntent struct {
	ID       string            `json:"id"`
	Object   string            `json:"object"`
	Amount   *int64            `json:"amount"`
	Currency string            `json:"currency"`
	Status   string            `json:"status"`
	Charge   reference         `json:"latest_charge"`
	Live     *bool             `json:"livemode"`
	Metadata map[string]string `json:"metadata"`
	Failure  *wireError        `json:"last_payment_error"`
}

func unsure(format string, args ...any) source.Outcome {
	return source.Outcome{State: source.OutcomeUnknown, Detail: fmt.Sprintf(format, args...)}
}

// judge reads the answer to an action.
func (s *Stripe) judge(o book.Order, r source.Reply) source.Outcome {
	if r.Status >= 400 {
		return s.refused(r)
	}
	switch o.Do {
	case book.Retry:
		var p wireIntent
		if err := decode(r.Body, &p); err != nil || p.Object != "payment_intent" {
			return unsure("The answer is no payment of Stripe.")
		}
		return s.ofIntent(&p)
	case book.GiveBack:
		var x wireRefund
		if err := decode(r.Body, &x); err != nil || !strings.HasPrefix(x.ID, "re_") && !strings.HasPrefix(x.ID, "pyr_") {
			return unsure("The answer is no refund of Stripe.")
		}
		return s.ofRefund(&x)
	}
	var m struct {
		ID, Object string
		Customer   *string `json:"customer"`
	}
	if err := json.Unmarshal(r.Body, &m); err != nil || m.Object != "payment_method" || m.Customer != nil {
		return unsure("The answer is no detached method of Stripe.")
	}
	return source.Outcome{State: source.OutcomeDone, Object: s.translate.item(m.ID)}
}

// ofIntent is what a payment intent says of the attempt.
func (s *Stripe) ofIntent(p *wireIntent) source.Outcome {
	m, err := amount(p.Amount, p.Currency)
	if err != nil || p.ID == "" {
		return unsure("The answer's amount cannot be read.")
	}
	if p.Live != nil && *p.Live != s.live() {
		return unsure("The answer is of another mode than the key.")
	}
	out := source.Outcome{Amount: m, Object: s.translate.item(p.ID), Charge: s.translate.item(p.Charge.ID),
		Evidence: fmt.Sprintf(`{"payment_intent":%q,"status":%q,"charge":%q}`, p.ID, p.Status, p.Charge.ID)}
	switch p.Status {
	case "succeeded":
		out.State = source.OutcomeDone
		if p.Charge.ID != "" {
			out.Object = out.Charge
		}
	case "processing":
		out.State, out.Detail = source.OutcomePending, "Stripe is still processing it."
	case "requires_payment_method", "canceled":
		out.State, out.Code, out.Detail = source.OutcomeRefused, p.Status, "The payment was declined."
		if f := p.Failure; f != nil {
			out.Decline = f.decline()
			out.Code = out.Decline.Code
		}
	case "requires_action", "requires_confirmation":
		out.State, out.Code = source.OutcomeRefused, "authentication_required"
		out.Decline = book.Decline{Code: "authentication_required"}
		out.Detail = "The customer has to confirm the payment."
	default:
		out.State, out.Detail = source.OutcomeUnknown, "Stripe says "+s.mask(p.Status)+"."
	}
	return out
}

func (s *Stripe) ofRefund(x *wireRefund) source.Outcome {
	m, err := amount(x.Amount, x.Currency)
	if err != nil {
		return unsure("The answer's amount cannot be read.")
	}
	out := source.Outcome{Amount: m, Object: s.translate.item(x.ID), Charge: s.translate.item(x.ID),
		Evidence: fmt.Sprintf(`{"refund":%q,"status":%q}`, x.ID, x.Status)}
	switch x.Status {
	case "succeeded":
		out.State = source.OutcomeDone
	case "pending", "requires_action":
		out.State, out.Detail = source.OutcomePending, "Stripe has taken the refund; it is not final yet."
	case "failed", "canceled":
		out.State, out.Code = source.OutcomeRefused, cmp.Or(x.FailureReason, x.Status)
		out.Detail = "The refund failed."
	default:
		out.State, out.Detail = source.OutcomeUnknown, "Stripe says "+s.mask(x.Status)+"."
	}
	return out
}

// refused reads an error. Only what Stripe certainly did not do is a refusal.
func (s *Stripe) refused(r source.Reply) source.Outcome {
	var f wireFailure
	if err := json.Unmarshal(r.Body, &f); err != nil || f.Error == nil || f.Error.Type == "" {
		return unsure("The answer is not one of Stripe's API.")
	}
	e := f.Error
	out := source.Outcome{State: source.OutcomeUnknown, Code: cmp.Or(e.Decline, e.Code, e.Type),
		Detail: source.Clean(e.Message, s.o.Secrets), Charge: s.translate.item(e.Charge),
		Evidence: fmt.Sprintf(`{"type":%q,"code":%q,"decline_code":%q,"charge":%q}`, e.Type, e.Code, e.Decline, e.Charge)}
	switch {
	case r.Status == http.StatusPaymentRequired && e.Type == "card_error":
		out.State = source.OutcomeRefused
		out.Decline = e.decline()
	case e.Type == "idempotency_error", r.Status == http.StatusConflict:
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		out.State = source.OutcomeUnsent
	case (r.Status == http.StatusBadRequest || r.Status == http.StatusNotFound) && e.Type == "invalid_request_error":
		out.State = source.OutcomeRefused
	}
	return out
}

func (s *Stripe) live() bool { return !strings.Contains(s.key, "_test_") }

// LookUp finds what an action left behind, by the key in its metadata.
func (s *Stripe) LookUp(ctx context.Context, o book.Order, c source.Call,
	since book.Instant) source.Outcome {
	key := c.Header["Idempotency-Key"]
	const slack = 10 * 60
	from := strconv.FormatInt(int64(since)/1000-slack, 10)
	var out source.Outcome
	var err error
	switch o.Do {
	case book.Retry:
		out, err = s.findIn(ctx, "/v1/payment_intents", query{"customer": {o.Payer}, "created[gte]": {from},
			"limit": {pageSize}}, key, func(body json.RawMessage) (source.Outcome, error) {
			var p wireIntent
			err := decode(body, &p)
			return s.ofIntent(&p), err
		})
	case book.GiveBack:
		out, err = s.findIn(ctx, "/v1/refunds", query{"charge": {o.Charge.Native()}, "limit": {pageSize}}, key,
			func(body json.RawMessage) (source.Outcome, error) {
				var x wireRefund
				err := decode(body, &x)
				return s.ofRefund(&x), err
			})
	default:
		attached, err := s.attached(ctx, o.Credential)
		switch {
		case err != nil:
			return unsure("%s", source.Clean(err.Error(), s.o.Secrets))
		case attached:
			return source.Outcome{State: source.OutcomeAbsent}
		}
		return source.Outcome{State: source.OutcomeDone, Object: s.translate.item(o.Credential)}
	}
	if err != nil {
		return unsure("%s", source.Clean(err.Error(), s.o.Secrets))
	}
	return out
}

// findIn reads a list to its end for the object that carries a key; OutcomeAbsent where none does.
func (s *Stripe) findIn(ctx context.Context, path string, q query, key string,
	read func(json.RawMessage) (source.Outcome, error)) (source.Outcome, error) {
	for {
		l, err := s.list(ctx, path, q)
		if err != nil {
			return source.Outcome{}, err
		}
		last := ""
		for _, body := range l.Data {
			var head struct {
				ID       string            `json:"id"`
				Metadata map[string]string `json:"metadata"`
			}
			if err := json.Unmarshal(body, &head); err != nil {
				return source.Outcome{}, s.malformed(path, err)
			}
			if last = head.ID; head.Metadata[keyField] == key {
				return read(body)
			}
		}
		if !l.More {
			return source.Outcome{State: source.OutcomeAbsent}, nil
		}
		q["starting_after"] = []string{last}
	}
}

// attached says whether a saved method may still be charged.
func (s *Stripe) attached(ctx context.Context, id string) (bool, error) {
	var m raw
	err := s.get(ctx, "get payment method", "/v1/payment_methods/"+id, nil, &m)
	if refusedAs(err, "resource_missing") {
		return false, nil
	}
	var v struct {
		Customer *string `json:"customer"`
	}
	if err == nil {
		err = json.Unmarshal(m.body, &v)
	}
	return v.Customer != nil, err
}

// Standing reads what an order is about again.
func (s *Stripe) Standing(ctx context.Context, o book.Order) (source.Standing, error) {
	switch o.Do {
	case book.Retry:
		return s.standsRetry(ctx, o)
	case book.GiveBack:
		return s.standsRefund(ctx, o)
	}
	ok, err := s.attached(ctx, o.Credential)
	if err == nil && !ok {
		return source.Standing{Done: true, Object: s.translate.item(o.Credential)}, nil
	}
	return source.Standing{Effects: []string{"The saved method is taken away at Stripe."}}, err
}

func (s *Stripe) standsRetry(ctx context.Context, o book.Order) (source.Standing, error) {
	ok, err := s.attached(ctx, o.Credential)
	switch {
	case err != nil:
		return source.Standing{}, err
	case !ok:
		return source.Standing{Blocked: "The saved method is no longer with the customer at Stripe."}, nil
	}
	number := strings.TrimPrefix(o.Invoice.Native(), "invoice/")
	l, err := s.list(ctx, "/v1/charges", query{"customer": {o.Payer}, "limit": {pageSize}})
	if err != nil {
		return source.Standing{}, err
	}
	for _, body := range l.Data {
		var c wireCharge
		if err := decode(body, &c); err != nil {
			return source.Standing{}, s.malformed("list charges", err)
		}
		var x book.Transaction
		s.translate.references(&x, c.Metadata, c.Description)
		if x.InvoiceRef != number {
			continue
		}
		switch c.state() {
		case book.Pending:
			return source.Standing{Blocked: "Another attempt for this invoice is pending at Stripe."}, nil
		case book.Succeeded:
			if !c.Refunded {
				return source.Standing{Blocked: "Stripe has taken " + c.ID + " for this invoice already."}, nil
			}
		}
	}
	return source.Standing{Effects: []string{"Stripe charges " + o.Amount.String() + " to the saved method."},
		Left: o.Amount}, nil
}

func (s *Stripe) standsRefund(ctx context.Context, o book.Order) (source.Standing, error) {
	var m raw
	if err := s.get(ctx, "get charge", "/v1/charges/"+o.Charge.Native(), nil, &m); err != nil {
		if refusedAs(err, "resource_missing") {
			return source.Standing{Blocked: "Stripe does not know the charge."}, nil
		}
		return source.Standing{}, err
	}
	var c struct {
		wireCharge
		Back     *int64 `json:"amount_refunded"`
		Disputed bool   `json:"disputed"`
	}
	if err := decode(m.body, &c); err != nil {
		return source.Standing{}, s.malformed("get charge", err)
	}
	taken, err := amount(&c.AmountCaptured, c.Currency)
	back, err2 := amount(c.Back, c.Currency)
	if err := errors.Join(err, err2); err != nil {
		return source.Standing{}, s.malformed("get charge", err)
	}
	left := money.New(taken.Minor-back.Minor, taken.Currency)
	switch {
	case c.state() != book.Succeeded:
		return source.Standing{Blocked: "The charge is " + string(c.state()) + " at Stripe: there is nothing to give back."}, nil
	case c.Disputed:
		return source.Standing{Blocked: "The charge is disputed: the dispute decides about its money."}, nil
	}
	return source.LeftToRefund(o, left, "Stripe gives "+o.Amount.String()+
		" back to what was charged. Its fee is not returned."), nil
}

package razorpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

var _ source.Actor = (*Razorpay)(nil)

// keyField is the note by which what we did is found again.
const keyField = "countinghouse_intent"

// Powers are what Razorpay can be asked to do. How long it keeps a refund's key is not documented, so
// none is ever relied on: nothing is sent again by itself. A recurring debit is no single request and
// takes a day and a half, so billing's module has to make it.
func (s *Razorpay) Powers() []source.Power {
	return []source.Power{{Kind: book.GiveBack, Settle: 2 * time.Minute}}
}

// Prepare makes the request of a refund, with its key in the notes too.
func (s *Razorpay) Prepare(o book.Order, key string) (source.Call, error) {
	c := source.Call{Op: "create refund", Method: http.MethodPost,
		Header: map[string]string{"X-Refund-Idempotency": key, "Content-Type": "application/json"}}
	id := o.Charge.Native()
	switch {
	case o.Do != book.GiveBack:
		return c, fmt.Errorf("Razorpay cannot do this: %s", o.Do)
	case !strings.HasPrefix(id, "pay_"):
		return c, fmt.Errorf("%q is no payment of Razorpay", o.Charge)
	case o.Amount.Minor <= 0:
		return c, errors.New("the amount is missing")
	}
	c.Path = "/v1/payments/" + url.PathEscape(id) + "/refund"
	named := map[string]string{keyField: key}
	if n, ok := strings.CutPrefix(o.Invoice.Native(), "invoice/"); ok {
		named["invoice_id"] = n
	}
	body, err := json.Marshal(struct {
		Amount int64             `json:"amount"`
		Speed  string            `json:"speed"`
		Notes  map[string]string `json:"notes"`
	}{o.Amount.Minor, "normal", named})
	c.Body = string(body)
	return c, err
}

// Send sends the stored request with the keys of the account, once.
func (s *Razorpay) Send(ctx context.Context, _ book.Order, c source.Call) source.Outcome {
	r, err := http.NewRequest(c.Method, s.o.URL+c.Path, strings.NewReader(c.Body))
	if err != nil {
		return source.Outcome{State: source.OutcomeUnsent, Detail: "The request could not be made."}
	}
	for k, v := range c.Header {
		r.Header.Set(k, v)
	}
	r.SetBasicAuth(s.keyID, strings.TrimSpace(s.o.Secrets["key_secret"].Reveal()))
	r.Header.Set("User-Agent", "countinghouse")
	reply, out, ok := source.Exchange(ctx, s.acts, r)
	if !ok {
		return out
	}
	out = s.judge(reply)
	out.At = reply.At
	return out
}

func unsure(format string, args ...any) source.Outcome {
	return source.Outcome{State: source.OutcomeUnknown, Detail: fmt.Sprintf(format, args...)}
}

// judge reads the answer to a refund. Only what Razorpay certainly did not do is a refusal.
func (s *Razorpay) judge(r source.Reply) source.Outcome {
	if r.Status < 400 {
		var x wireRefund
		if err := decode(r.Body, &x); err != nil || !strings.HasPrefix(x.ID, "rfnd_") {
			return unsure("The answer is no refund of Razorpay.")
		}
		return s.ofRefund(&x)
	}
	e, ours := readError(r.Body)
	if !ours {
		return unsure("The answer is not one of Razorpay's API.")
	}
	out := source.Outcome{State: source.OutcomeUnknown, Code: firstOf(e.Reason, e.Code),
		Detail:   source.Clean(e.Description, s.o.Secrets),
		Evidence: fmt.Sprintf(`{"code":%q,"reason":%q}`, e.Code, e.Reason)}
	switch {
	case strings.Contains(e.Description, "idempotency key"):
		// It has the key already: with another body, or running.
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		out.State = source.OutcomeUnsent
	case r.Status == http.StatusBadRequest && e.Code == "BAD_REQUEST_ERROR":
		out.State = source.OutcomeRefused
	}
	return out
}

// ofRefund is what a refund says of the money.
func (s *Razorpay) ofRefund(x *wireRefund) source.Outcome {
	m, err := charged(x.Amount, x.Currency)
	if err != nil {
		return unsure("The answer's amount cannot be read.")
	}
	out := source.Outcome{Amount: m, Object: s.item(x.ID), Charge: s.item(x.ID),
		Evidence: fmt.Sprintf(`{"refund":%q,"status":%q}`, x.ID, x.Status)}
	switch x.Status {
	case "processed":
		out.State = source.OutcomeDone
	case "pending":
		out.State, out.Detail = source.OutcomePending, "Razorpay has taken the refund; it is not final yet."
	case "failed":
		out.State, out.Code, out.Detail = source.OutcomeRefused, x.Status, "The refund failed."
	default:
		out.State, out.Detail = source.OutcomeUnknown, "Razorpay says "+s.mask(x.Status)+"."
	}
	return out
}

// LookUp finds the refund by the key in its notes, among all of its payment.
func (s *Razorpay) LookUp(ctx context.Context, o book.Order, c source.Call, _ book.Instant) source.Outcome {
	out := source.Outcome{State: source.OutcomeAbsent}
	err := s.refundsOf(ctx, o.Charge.Native(), func(x *wireRefund) {
		if x.Notes[keyField] == c.Header["X-Refund-Idempotency"] {
			out = s.ofRefund(x)
		}
	})
	if err != nil {
		return unsure("%s", source.Clean(err.Error(), s.o.Secrets))
	}
	return out
}

// refundsOf reads all refunds of a payment.
func (s *Razorpay) refundsOf(ctx context.Context, payment string, each func(*wireRefund)) error {
	path := "/v1/payments/" + url.PathEscape(payment) + "/refunds"
	for skip := 0; ; skip += pageMax {
		items, err := s.list(ctx, path, query{"count": fmt.Sprint(pageMax), "skip": fmt.Sprint(skip)})
		if err != nil {
			return err
		}
		for _, body := range items {
			var x wireRefund
			if err := decode(body, &x); err != nil {
				return s.malformed("list refunds", err)
			}
			each(&x)
		}
		if len(items) < pageMax {
			return nil
		}
	}
}

// Standing reads the payment again.
func (s *Razorpay) Standing(ctx context.Context, o book.Order) (source.Standing, error) {
	body, known, err := s.one(ctx, "/v1/payments", o.Charge.Native(), nil)
	if err != nil || !known {
		return source.Standing{Blocked: "Razorpay does not know the payment."}, err
	}
	var p struct {
		wirePayment
		Back *int64 `json:"amount_refunded"`
	}
	err = decode(body, &p)
	taken, err2 := charged(p.Amount, p.Currency)
	back, err3 := amount(p.Back, p.Currency)
	if err := errors.Join(err, err2, err3); err != nil {
		return source.Standing{}, s.malformed("read payments", err)
	}
	left := money.New(taken.Minor-back.Minor, taken.Currency)
	// What is still pending may yet be given back.
	pending := false
	err = s.refundsOf(ctx, o.Charge.Native(), func(x *wireRefund) {
		pending = pending || x.state() == book.Pending
	})
	switch {
	case err != nil:
		return source.Standing{}, err
	case p.state() != book.Succeeded:
		return source.Standing{Blocked: "The payment is " + string(p.state()) +
			" at Razorpay: there is nothing to give back."}, nil
	case pending:
		return source.Standing{Blocked: "Another refund of this payment is pending at Razorpay."}, nil
	}
	return source.LeftToRefund(o, left, "Razorpay gives "+o.Amount.String()+
		" back in 5 to 7 working days, from the current balance. Its fee is not returned."), nil
}

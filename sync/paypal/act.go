package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

var _ source.Actor = (*PayPal)(nil)

// How long PayPal keeps a request id, by Orders 2.13 and Payments 2.5, and how long after a call its row
// may still come: the search lags by up to three hours.
const (
	orderKeyLife  = 6 * time.Hour
	refundKeyLife = 45 * 24 * time.Hour
	settles       = 4 * time.Hour
)

// Powers are what PayPal can be asked to do.
func (p *PayPal) Powers() []source.Power {
	return []source.Power{{Kind: book.Retry, KeyLife: orderKeyLife, Settle: settles},
		{Kind: book.GiveBack, KeyLife: refundKeyLife, Settle: settles}}
}

// oursMark parts billing's invoice from our key in PayPal's invoice_id, by which a row is found again.
// PayPal wants each payment to have its own, and takes few signs in it.
const oursMark = "::"

// agreement is the id of a billing agreement as the search shows it, without its hyphen.
var agreement = regexp.MustCompile(`^B-?([0-9A-Z]{17})$`)

// Prepare makes the request of an order, with its key in the invoice id too.
func (p *PayPal) Prepare(o book.Order, key string) (source.Call, error) {
	c := source.Call{Method: http.MethodPost, Header: map[string]string{"PayPal-Request-Id": key,
		"Content-Type": "application/json", "Prefer": "return=representation"}}
	amount := wireMoney{string(o.Amount.Currency), o.Amount.Decimal()}
	invoice := strings.TrimPrefix(o.Invoice.Native(), "invoice/") + oursMark + key
	var body any
	switch o.Do {
	case book.Retry:
		if o.Credential == "" {
			return c, errors.New("the customer has no agreement at PayPal under which could be charged")
		}
		c.Op, c.Path = "create order", "/v2/checkout/orders"
		unit := wireUnit{Invoice: invoice, Amount: &amount}
		if n, ok := strings.CutPrefix(o.Invoice.Native(), "invoice/"); ok {
			unit.Text = "Invoice #" + n
		}
		if n, ok := strings.CutPrefix(o.Customer.Native(), "customer/"); ok {
			unit.Custom = n
		}
		body = wireOrder{Intent: "CAPTURE", Units: []wireUnit{unit}, Source: paidBy(o.Credential)}
	case book.GiveBack:
		id := captureOf(o.Charge)
		if !plainID.MatchString(id) {
			return c, fmt.Errorf("%q is no payment of PayPal", o.Charge)
		}
		c.Op, c.Path = "refund capture", "/v2/payments/captures/"+url.PathEscape(id)+"/refund"
		body = wireUnit{Invoice: invoice, Amount: &amount}
	default:
		return c, fmt.Errorf("PayPal cannot do this: %s", o.Do)
	}
	if o.Amount.Minor <= 0 {
		return c, errors.New("the amount is missing")
	}
	text, err := json.Marshal(body)
	c.Body = string(text)
	return c, err
}

// captureOf is PayPal's id of a payment: a record that shares it with others has more behind it.
func captureOf(charge book.ItemID) string {
	id, _, _ := strings.Cut(charge.Native(), "/")
	return id
}

// paidBy is the stored method that an order charges: a billing agreement, else a vaulted wallet.
func paidBy(credential string) any {
	if found := agreement.FindStringSubmatch(credential); found != nil {
		return map[string]any{"token": map[string]string{"id": "B-" + found[1], "type": "BILLING_AGREEMENT"}}
	}
	return map[string]any{"paypal": map[string]any{"vault_id": credential}}
}

// The shapes below are of Orders 2.13 and Payments 2.5.

type wireOrder struct {
	ID     string     `json:"id,omitempty"`
	Status string     `json:"status,omitempty"`
	Intent string     `json:"intent"`
	Units  []wireUnit `json:"purchase_units"`
	Source any        `json:"payment_source,omitempty"`
}

type wireUnit struct {
	Invoice  string     `json:"invoice_id,omitempty"`
	Custom   string     `json:"custom_id,omitempty"`
	Text     string     `json:"description,omitempty"`
	Amount   *wireMoney `json:"amount,omitempty"`
	Payments *struct {
		Captures []wireCapture `json:"captures"`
	} `json:"payments,omitempty"`
}

// wireCapture is a capture or a refund.
type wireCapture struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Amount    wireMoney `json:"amount"`
	Created   wireTime  `json:"create_time"`
	Processor *struct {
		Code   string `json:"response_code"`
		Advice string `json:"payment_advice_code"`
	} `json:"processor_response"`
}

// Send sends the stored request with a token of the app, once.
func (p *PayPal) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	unsent := func(detail string) source.Outcome {
		return source.Outcome{State: source.OutcomeUnsent, Detail: detail}
	}
	bearer, err := p.bearer(ctx)
	if err != nil {
		return unsent("Without a token nothing was sent: " + source.Clean(err.Error(), p.o.Secrets))
	}
	// The path has escapes of its own.
	r, err := http.NewRequest(c.Method, strings.TrimSuffix(p.base.String(), "/")+c.Path, strings.NewReader(c.Body))
	if err != nil {
		return unsent("The request could not be made.")
	}
	for k, v := range c.Header {
		r.Header.Set(k, v)
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("User-Agent", "countinghouse")
	reply, out, ok := source.Exchange(ctx, p.acts, r)
	if !ok {
		return out
	}
	if reply.Status == http.StatusUnauthorized {
		p.token = token{}
	}
	out = p.judge(o, reply)
	out.At = reply.At
	return out
}

func unsure(format string, args ...any) source.Outcome {
	return source.Outcome{State: source.OutcomeUnknown, Detail: fmt.Sprintf(format, args...)}
}

// judge reads the answer to an action.
func (p *PayPal) judge(o book.Order, r source.Reply) source.Outcome {
	if r.Status >= 400 {
		return p.declined(r)
	}
	if o.Do == book.GiveBack {
		var c wireCapture
		if err := json.Unmarshal(r.Body, &c); err != nil || c.ID == "" {
			return unsure("The answer is no refund of PayPal.")
		}
		return p.ofCapture(&c)
	}
	var order wireOrder
	if err := json.Unmarshal(r.Body, &order); err != nil || order.ID == "" {
		return unsure("The answer is no order of PayPal.")
	}
	for _, u := range order.Units {
		if u.Payments != nil && len(u.Payments.Captures) == 1 && len(order.Units) == 1 {
			out := p.ofCapture(&u.Payments.Captures[0])
			out.Evidence = strings.TrimSuffix(out.Evidence, "}") + fmt.Sprintf(`,"order":%q}`, order.ID)
			return out
		}
	}
	if order.Status == "PAYER_ACTION_REQUIRED" {
		return source.Outcome{State: source.OutcomeRefused, Code: order.Status,
			Object: p.translate.item(order.ID), Decline: book.Decline{Code: order.Status}, Detail: "The customer has to confirm the payment at PayPal."}
	}
	return unsure("PayPal made an order without a payment: %s.", p.mask(order.Status))
}

// ofCapture is what a capture or a refund says of the money.
func (p *PayPal) ofCapture(c *wireCapture) source.Outcome {
	m, err := c.Amount.parse()
	if err != nil || c.ID == "" {
		return unsure("The answer's amount cannot be read.")
	}
	out := source.Outcome{Amount: m, Object: p.translate.item(c.ID), Charge: p.translate.item(c.ID),
		Evidence: fmt.Sprintf(`{"id":%q,"status":%q}`, c.ID, c.Status)}
	switch c.Status {
	case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED":
		out.State = source.OutcomeDone
	case "PENDING":
		out.State, out.Detail = source.OutcomePending, "PayPal has taken it; it is not final yet."
	case "DECLINED", "FAILED", "CANCELLED":
		out.State, out.Code, out.Detail = source.OutcomeRefused, c.Status, "PayPal says "+strings.ToLower(c.Status)+"."
		if x := c.Processor; x != nil && x.Code != "" {
			out.Code = "processor:" + x.Code
			out.Decline = book.Decline{Code: out.Code, Advice: x.Advice}
		}
	default:
		out.State, out.Detail = source.OutcomeUnknown, "PayPal says "+p.mask(c.Status)+"."
	}
	return out
}

// notSaid are issues of a refusal that leave open whether an earlier request went through.
var notSaid = []string{"DUPLICATE_INVOICE_ID", "PREVIOUS_REQUEST_IN_PROGRESS", "ORDER_ALREADY_CAPTURED"}

// declined reads an error. Only what PayPal certainly did not do is a refusal.
func (p *PayPal) declined(r source.Reply) source.Outcome {
	var said wireError
	if err := json.Unmarshal(r.Body, &said); err != nil || said.Name+said.Error == "" {
		return unsure("The answer is not one of PayPal's API.")
	}
	code, detail := said.Name+said.Error, said.Message+said.Description
	if len(said.Details) > 0 && said.Details[0].Issue != "" {
		code, detail = said.Details[0].Issue, said.Details[0].Description
	}
	out := source.Outcome{State: source.OutcomeUnknown, Code: code,
		Detail:   source.Clean(detail, p.o.Secrets),
		Evidence: fmt.Sprintf(`{"name":%q,"issue":%q,"debug_id":%q}`, said.Name, code, said.DebugID)}
	switch s := r.Status; {
	case slices.Contains(notSaid, code):
		out.Detail = "PayPal says that an earlier request may have gone through: " + out.Detail
	case s == http.StatusUnauthorized:
		out.State = source.OutcomeUnsent
	case s == http.StatusForbidden:
		out.State, out.Detail = source.OutcomeRefused, "The app may not do this at PayPal: "+out.Detail
	case s == http.StatusUnprocessableEntity:
		out.State, out.Decline = source.OutcomeRefused, book.Decline{Code: code}
	case s == http.StatusBadRequest || s == http.StatusNotFound:
		out.State = source.OutcomeRefused
	}
	return out
}

// LookUp finds the row that an action left behind, by the key in its invoice id. As long as the data may
// lack it, nothing is known.
func (p *PayPal) LookUp(ctx context.Context, o book.Order, c source.Call,
	since book.Instant) source.Outcome {
	const slack = 10 * 60
	from := int64(since)/1000 - slack
	var found []*row
	until, err := p.rowsFrom(ctx, from, func(r *row) {
		if _, key, ok := strings.Cut(r.Info.Invoice, oursMark); ok && key == c.Header["PayPal-Request-Id"] {
			found = append(found, r)
		}
	})
	switch {
	case err != nil:
		return unsure("%s", source.Clean(err.Error(), p.o.Secrets))
	case len(found) == 1:
		return p.ofRow(found[0])
	case len(found) > 1:
		return unsure("PayPal shows %d rows of this request.", len(found))
	case until < from+int64(settles/time.Second):
		return unsure("PayPal's data do not reach so far yet.")
	}
	return source.Outcome{State: source.OutcomeAbsent}
}

// ofRow is what a row of the search says of the money.
func (p *PayPal) ofRow(r *row) source.Outcome {
	m := r.amount.Abs()
	id := p.translate.item(r.Info.ID)
	out := source.Outcome{Amount: m, Object: id, Charge: id,
		Evidence: fmt.Sprintf(`{"transaction":%q,"status":%q}`, r.Info.ID, r.Info.Status)}
	switch states[r.Info.Status] {
	case book.Succeeded:
		out.State = source.OutcomeDone
	case book.Pending:
		out.State, out.Detail = source.OutcomePending, "PayPal has taken it; it is not final yet."
	case book.Failed:
		out.State, out.Code, out.Detail = source.OutcomeRefused, "DENIED", "PayPal shows it as denied."
	default:
		out.State, out.Detail = source.OutcomeUnknown, "PayPal shows a state that is unknown."
	}
	return out
}

// rowsFrom reads all rows since a second and says how far PayPal's data reach.
func (p *PayPal) rowsFrom(ctx context.Context, from int64, each func(*row)) (until int64, err error) {
	far, err := p.horizon(ctx)
	if err != nil {
		return 0, err
	}
	until = far.Refreshed.unix()
	q := &pull{PayPal: p, ctx: ctx}
	for at := from; at <= until; at += sliceMost {
		bodies, err := q.slice(at, min(at+sliceMost-1, until), nil)
		if err != nil {
			return until, err
		}
		for _, body := range bodies {
			r, moves, err := open(body)
			if err != nil {
				return until, p.malformed("list transactions", err)
			}
			if moves {
				each(&r)
			}
		}
	}
	return until, nil
}

// Standing reads what an order is about again.
func (p *PayPal) Standing(ctx context.Context, o book.Order) (source.Standing, error) {
	if o.Do == book.GiveBack {
		return p.standsRefund(ctx, o)
	}
	blocked := ""
	number := strings.TrimPrefix(o.Invoice.Native(), "invoice/")
	_, err := p.rowsFrom(ctx, p.now().Unix()-sliceMost+1, func(r *row) {
		x := p.translate.transaction(r, nil)
		switch {
		case x.InvoiceRef != number || x.Kind != book.Charge:
		case x.State == book.Pending:
			blocked = "Another attempt for this invoice is pending at PayPal."
		case r.Info.Status == "S":
			blocked = "PayPal has taken " + r.Info.ID + " for this invoice already."
		}
	})
	if err != nil || blocked != "" {
		return source.Standing{Blocked: blocked}, err
	}
	return source.Standing{Left: o.Amount,
		Effects: []string{"PayPal charges " + o.Amount.String() + " under the customer's agreement."}}, nil
}

func (p *PayPal) standsRefund(ctx context.Context, o book.Order) (source.Standing, error) {
	id := captureOf(o.Charge)
	var c wireCapture
	err := p.get(ctx, "get capture", "/v2/payments/captures/"+id, nil, &c)
	if missing(err) {
		return source.Standing{Blocked: "PayPal does not know the payment."}, nil
	}
	taken, err2 := c.Amount.parse()
	if err == nil && err2 != nil {
		err = p.malformed("get capture", err2)
	}
	if err != nil {
		return source.Standing{}, err
	}
	left := taken
	switch c.Status {
	case "COMPLETED":
	case "PARTIALLY_REFUNDED":
		if left, err = p.leftOf(ctx, &c, taken); err != nil {
			return source.Standing{}, err
		}
	case "REFUNDED":
		return source.Standing{Blocked: "All of the payment was given back already."}, nil
	default:
		return source.Standing{Blocked: "The payment is " + strings.ToLower(p.mask(c.Status)) +
			" at PayPal: there is nothing to give back."}, nil
	}
	return source.LeftToRefund(o, left, "PayPal gives "+o.Amount.String()+
		" back to the customer. Its fee is not returned."), nil
}

// leftOf is what is left of a payment that was given back in part: PayPal says so only row by row.
func (p *PayPal) leftOf(ctx context.Context, c *wireCapture, taken money.Money) (money.Money, error) {
	from, err := c.Created.parse()
	if err != nil {
		return taken, p.malformed("get capture", err)
	}
	left := taken
	_, err = p.rowsFrom(ctx, from.Unix(), func(r *row) {
		if meaningOf(r.Info.Code).kind(r.amount.Minor) == book.Refund && r.Info.Reference == c.ID &&
			states[r.Info.Status] != book.Failed && r.amount.Currency == left.Currency {
			left.Minor += r.amount.Minor
		}
	})
	return left, err
}

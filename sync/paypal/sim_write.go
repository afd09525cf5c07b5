package paypal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// issuerAway is the processor's code for an issuer that cannot be reached.
const issuerAway = "5920"

const capturesPath = "/v2/payments/captures/"

// Taking is a simulator of the same world that takes orders and refunds. They are made on a copy of the
// world.
func (s *Simulator) Taking(d world.Desk) *Simulator {
	own := *s.w
	l := &own.PayPal
	l.Charges, l.Refunds = slices.Clone(l.Charges), slices.Clone(l.Refunds)
	l.Movements = slices.Clone(l.Movements)
	c := simulator(&own, s.quirks)
	if d.Issuer == nil {
		d.Issuer = world.Moods{Seed: own.Options.Seed}
	}
	c.desk, c.keys, c.named = &d, map[string]keyed{}, map[string]string{}
	return c
}

// World is the business as it stands now, apart from what changes later.
func (s *Simulator) World() *world.World {
	s.turn.Lock()
	defer s.turn.Unlock()
	own := *s.w
	return &own
}

// keyed is what the first request of an id was, and what shows what became of it.
type keyed struct {
	call string
	show func() (any, *simError)
}

// change answers a POST, which desk.Lapse may spoil.
func (s *Simulator) change(w http.ResponseWriter, r *http.Request, n int) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the sender has gone away
	}
	lapse := s.desk.Fate(r.URL.Path)
	lost := &simError{status: http.StatusInternalServerError, name: "INTERNAL_SERVER_ERROR",
		message: "An internal server error has occurred."}
	status, body, fail := http.StatusCreated, any(nil), lost
	if lapse != world.LostBefore {
		status, body, fail = s.changed(r, string(text), n)
	}
	if lapse.Spoil(w) {
		return
	}
	if lapse == world.LostAfter {
		fail = lost
	}
	if fail != nil {
		status, body = fail.status, fail.body(w.Header().Get("Paypal-Debug-Id"))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// changed does what is asked for unless its request id was here before: then it shows what became of that.
func (s *Simulator) changed(r *http.Request, text string, n int) (int, any, *simError) {
	if err := s.admit(r, n); err != nil {
		return 0, nil, err
	}
	key, call := r.Header.Get("PayPal-Request-Id"), r.URL.Path+" "+text
	if k, ok := s.keys[key]; ok && key != "" {
		if k.call != call {
			return 0, nil, unprocessable("DUPLICATE_REQUEST_ID", "The value of PayPal-Request-Id header has already been used.")
		}
		body, err := k.show()
		if r.URL.Path != "/v2/checkout/orders" {
			return http.StatusCreated, body, err
		}
		return http.StatusOK, body, err
	}
	var show func() (any, *simError)
	var err *simError
	id, isRefund := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, capturesPath), "/refund")
	switch {
	case r.URL.Path == "/v2/checkout/orders":
		if key == "" {
			return 0, nil, invalid("PAYPAL_REQUEST_ID_REQUIRED", "A PayPal-Request-Id is required if you are trying to "+
				"process payment for an Order. Please specify a PayPal-Request-Id or Create the Order "+
				"without a 'payment_source' specified.")
		}
		show, err = s.order(text)
	case isRefund:
		show, err = s.giveBack(id, text)
	default:
		err = notFound()
	}
	if err != nil {
		return 0, nil, err
	}
	s.keys[key] = keyed{call, show}
	s.index()
	body, err := show()
	return http.StatusCreated, body, err
}

func unprocessable(issue, description string) *simError {
	return &simError{status: http.StatusUnprocessableEntity, name: "UNPROCESSABLE_ENTITY", message: "The requested " +
		"action could not be performed, semantically incorrect, or failed business validation.", issue: issue,
		description: description}
}

// newID is an id that the same world makes the same way: letters and digits, as nearly all have.
func (s *Simulator) newID(kind string) string {
	s.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", kind, s.w.Options.Seed, s.serial))
	return strings.ToUpper(hex.EncodeToString(sum[:8])) + "7"
}

// order charges a billing agreement.
func (s *Simulator) order(text string) (func() (any, *simError), *simError) {
	var o struct {
		wireOrder
		Source struct {
			Token struct{ ID, Type string } `json:"token"`
		} `json:"payment_source"`
	}
	if json.Unmarshal([]byte(text), &o) != nil || o.Intent != "CAPTURE" || len(o.Units) != 1 || o.Units[0].Amount == nil {
		return nil, invalid("MISSING_REQUIRED_PARAMETER", "A required field is missing.")
	}
	u := o.Units[0]
	m, e := u.Amount.parse()
	if e != nil || m.Minor <= 0 {
		return nil, unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero. If the currency supports "+
			"decimals, only two decimal place precision is supported.")
	}
	at := slices.IndexFunc(s.w.PayPal.Charges, func(c world.Charge) bool {
		return c.IntentID == "" && "B-"+agreementOf(c.Payer)[1:] == o.Source.Token.ID
	})
	if at < 0 || o.Source.Token.Type != "BILLING_AGREEMENT" {
		return nil, unprocessable("BILLING_AGREEMENT_NOT_FOUND", "The requested Billing Agreement token was not found.")
	}
	if slices.ContainsFunc(s.w.PayPal.Charges, func(c world.Charge) bool {
		return c.State == book.Succeeded && s.named[c.ID] == u.Invoice && u.Invoice != ""
	}) {
		return nil, unprocessable("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected. To avoid a potential duplicate "+
			"transaction your account setting requires that Invoice Id be unique for each transaction.")
	}
	like, orderID := s.w.PayPal.Charges[at], s.newID("order")
	ref, _, _ := strings.Cut(u.Invoice, oursMark)
	c := world.Charge{ID: s.newID("capture"), Payer: like.Payer, At: s.w.Now, Amount: m, State: book.Succeeded,
		MethodType: "paypal", Name: like.Name, Email: like.Email, InvoiceRef: ref, ClientRef: u.Custom, Text: u.Text}
	answer := s.desk.Issuer.Answer(book.Instrument{ID: agreementOf(c.Payer), Kind: "paypal"}, m, s.w.Now)
	s.named[c.ID] = u.Invoice
	switch {
	case answer.Late:
		c.State = book.Pending
	case answer.Approved:
		s.earn(&c)
	case answer.Network == "54" || answer.Network == "41":
		return nil, unprocessable("AGREEMENT_ALREADY_CANCELLED", "The requested agreement is already canceled.")
	case answer.Network == "1A":
		return func() (any, *simError) {
			return map[string]any{"id": orderID, "status": "PAYER_ACTION_REQUIRED", "intent": "CAPTURE"}, nil
		}, nil
	case answer.Network == "91":
		c.State = book.Failed
	default:
		return nil, unprocessable("INSTRUMENT_DECLINED", "The instrument presented  was either declined by the "+
			"processor or bank, or it can't be used for this payment.")
	}
	s.w.PayPal.Charges = append(s.w.PayPal.Charges, c)
	return func() (any, *simError) {
		body, err := s.showCapture(c.ID)
		if shown, ok := body.(map[string]any); ok && c.State == book.Failed {
			said := map[string]any{"response_code": issuerAway}
			if answer.Advice != "" {
				said["payment_advice_code"] = answer.Advice
			}
			shown["processor_response"] = said
		}
		return map[string]any{"id": orderID, "status": "COMPLETED", "intent": "CAPTURE", "purchase_units": []any{
			map[string]any{"reference_id": "default", "payments": map[string]any{"captures": []any{body}}}}}, err
	}, nil
}

// earn enters a charge's movement.
func (s *Simulator) earn(c *world.Charge) {
	fee := (c.Amount.Minor*34+500)/1000 + 35
	c.MovementID = c.ID
	s.w.PayPal.Movements = append(s.w.PayPal.Movements, world.Movement{ID: c.ID, Type: "T0003", Category: "charge",
		At: s.w.Now, AvailableAt: s.w.Now, Currency: c.Amount.Currency, Gross: c.Amount.Minor, Fee: fee,
		Net: c.Amount.Minor - fee, Text: c.Text})
}

// charge is a charge with what was given back of it.
func (s *Simulator) charge(id string) (c *world.Charge, back int64) {
	for i := range s.w.PayPal.Charges {
		if s.w.PayPal.Charges[i].ID == id {
			c = &s.w.PayPal.Charges[i]
		}
	}
	for _, m := range s.w.PayPal.Movements {
		if c != nil && m.SourceID == id && m.Category == "refund" {
			back -= m.Gross
		}
	}
	return c, back
}

func (s *Simulator) showCapture(id string) (any, *simError) {
	c, back := s.charge(id)
	if c == nil {
		return nil, notFound()
	}
	status := map[book.TransactionState]string{book.Succeeded: "COMPLETED", book.Pending: "PENDING",
		book.Failed: "DECLINED", book.Cancelled: "DECLINED"}[c.State]
	switch {
	case back > 0 && back < c.Amount.Minor:
		status = "PARTIALLY_REFUNDED"
	case back > 0:
		status = "REFUNDED"
	}
	return map[string]any{"id": id, "status": status, "amount": wire(c.Amount), "final_capture": true,
		"invoice_id": s.named[id], "create_time": zulu(c.At), "update_time": zulu(c.At)}, nil
}

// textOf is what a movement says.
func (s *Simulator) textOf(id string) string { return s.byID[id].Text }

// giveBack refunds a capture.
func (s *Simulator) giveBack(id, text string) (func() (any, *simError), *simError) {
	c, back := s.charge(id)
	var u wireUnit
	if json.Unmarshal([]byte(text), &u) != nil {
		return nil, invalid("MALFORMED_REQUEST", "The request is no JSON.")
	}
	if c == nil {
		return nil, notFound()
	}
	m := money.New(c.Amount.Minor-back, c.Amount.Currency)
	if u.Amount != nil {
		var err error
		if m, err = u.Amount.parse(); err != nil {
			return nil, invalid("INVALID_PARAMETER_VALUE", "The amount cannot be read.")
		}
	}
	switch {
	case c.State == book.Pending:
		return nil, unprocessable("PENDING_CAPTURE", "Cannot initiate a refund as the capture is pending. Capture is "+
			"typically pending when the payer has funded the transaction using e-check/bank funded.")
	case c.State != book.Succeeded:
		return nil, unprocessable("REFUND_NOT_ALLOWED", "Capture cannot be refunded.")
	case back >= c.Amount.Minor:
		return nil, unprocessable("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded")
	case m.Currency != c.Amount.Currency:
		return nil, unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund must be in the same currency as the capture")
	case m.Minor <= 0 || m.Minor > c.Amount.Minor-back:
		return nil, unprocessable("REFUND_AMOUNT_EXCEEDED", "The refund amount must be less than or equal to the "+
			"capture amount that has not yet been refunded.")
	}
	r := world.Refund{ID: s.newID("refund"), ChargeID: id, At: s.w.Now, Amount: m, State: book.Succeeded}
	r.MovementID, s.named[r.ID] = r.ID, u.Invoice
	s.w.PayPal.Refunds = append(s.w.PayPal.Refunds, r)
	s.w.PayPal.Movements = append(s.w.PayPal.Movements, world.Movement{ID: r.ID, Type: "T1107", Category: "refund",
		At: s.w.Now, AvailableAt: s.w.Now, Currency: m.Currency, Gross: -m.Minor, Net: -m.Minor,
		SourceID: id,
		Text:     "Refund for " + cmp.Or(c.Text, s.textOf(id))})
	return func() (any, *simError) {
		return map[string]any{"id": r.ID, "status": "COMPLETED", "amount": wire(m), "invoice_id": u.Invoice,
			"create_time": zulu(r.At), "update_time": zulu(r.At)}, nil
	}, nil
}

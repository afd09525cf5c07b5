package whmcs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

var _ source.Actor = (*WHMCS)(nil)

// overdueReason is the reason of WHMCS's own suspensions for money owed. With any other a service stays
// down when the customer pays.
const overdueReason = "Overdue on Payment"

// Powers are what WHMCS can be asked to do. It knows no keys, so that nothing is ever sent again by
// itself. Its module calls run a server's module while we wait, which may go on after we gave up.
func (s *WHMCS) Powers() []source.Power {
	var out []source.Power
	for _, info := range book.Actions {
		if _, ok := deeds[info.Kind]; ok {
			out = append(out, source.Power{Kind: info.Kind, Settle: 30 * time.Minute})
		}
	}
	return out
}

// deed is how one kind of action is spoken: its request, the state before it, and its proof.
type deed struct {
	action string
	form   func(o book.Order, key string, f url.Values) error
	// stands says what speaks against it; proves finds what it left, by reading only.
	stands func(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error)
	proves func(ctx context.Context, s *WHMCS, o book.Order, key string,
		since book.Instant) (source.Outcome, error)
}

// deeds are all kinds of action that the API has. Correcting and removing a posting is not among them:
// UpdateTransaction changes a row without judging its invoice again, and no call deletes one.
var deeds = map[book.ActionKind]deed{
	book.Capture:       {"CapturePayment", captureForm, standsInvoice, provesCapture},
	book.Record:        {"AddInvoicePayment", recordForm, standsRecord, provesRow},
	book.RecordRefund:  {"AddTransaction", reverseForm, standsRow, provesRow},
	book.RecordReverse: {"AddTransaction", reverseForm, standsRow, provesRow},
	book.ApplyCredit:   {"ApplyCredit", applyForm, standsCredit, provesApplied},
	book.AddCredit:     {"AddCredit", creditForm, standsCustomer, provesCredit},
	book.Reopen:        {"UpdateInvoice", reopenForm, standsReopen, provesReopen},
	book.Notify:        {"SendEmail", mailForm, standsCustomer, provesMail},
	book.Suspend:       {"ModuleSuspend", suspendForm, standsSuspend, provesService},
	book.Unsuspend:     {"ModuleUnsuspend", serviceForm, standsService, provesService},
	book.Terminate:     {"ModuleTerminate", serviceForm, standsTerminate, provesService},
}

// keyHeader carries the intent's key beside the request: WHMCS never sees it, the proof may need it.
const keyHeader = "Countinghouse-Key"

// Prepare makes the request of an order without its credentials, which are added when it is sent.
func (s *WHMCS) Prepare(o book.Order, key string) (source.Call, error) {
	d, ok := deeds[o.Do]
	if !ok {
		return source.Call{}, fmt.Errorf("the API of WHMCS cannot do this: do it in WHMCS itself, then sync")
	}
	f := url.Values{"action": {d.action}, "responsetype": {"json"}}
	if err := d.form(o, key, f); err != nil {
		return source.Call{}, err
	}
	return source.Call{Op: d.action, Method: http.MethodPost, Path: "/includes/api.php",
		Header: map[string]string{keyHeader: key}, Body: f.Encode()}, nil
}

// Standing reads what an order is about again.
func (s *WHMCS) Standing(ctx context.Context, o book.Order) (source.Standing, error) {
	d, ok := deeds[o.Do]
	if !ok {
		return source.Standing{}, errors.New("the API of WHMCS cannot do this")
	}
	return d.stands(ctx, s, o)
}

// Send sends the stored request with the credentials, once. A success that names no record is pending:
// its proof has to be read.
func (s *WHMCS) Send(ctx context.Context, o book.Order, c source.Call) source.Outcome {
	form := url.Values{}
	for field, name := range map[string]string{"identifier": "identifier", "secret": "secret",
		"accesskey": "access_key"} {
		if v := s.options.Secrets[name]; v != "" {
			form[field] = []string{v.Reveal()}
		}
	}
	req, err := http.NewRequest(c.Method, s.api.String(), strings.NewReader(c.Body+"&"+form.Encode()))
	if err != nil {
		return source.Outcome{State: source.OutcomeUnsent, Detail: "The request could not be made."}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	r, out, ok := source.Exchange(ctx, s.acts, req)
	if !ok {
		return out
	}
	out = s.judge(o, r)
	out.At = r.At
	return out
}

// refusing are the texts with which WHMCS refuses an action without having done anything; all are
// documented. Of module actions any text is the module's refusal.
var refusing = []string{"invoice id not found", "client id not found", "client not found", "service id not found",
	"invoice not found or not unpaid", "invoice not in unpaid status", "payment attempt failed",
	"it is not possible to add a payment", "transaction id must be unique",
	"user id does not own the given invoice id", "amount exceeds customer credit balance",
	"amount exceeds invoice balance", "credit amount to apply must be greater than zero",
	"no amount provided", "amount must be in decimal format", "payment method is required",
	"invalid status", "email template not found", "email template is disabled", "a related id is required",
	"subject is required", "message is required", "date format is not valid", "invalid date format",
	"service not assigned to a module", "service id is required", "type can only be add or remove",
	"api function not found"}

// judge tells the outcomes of a reply apart: done, refused by a written text, and anything else.
func (s *WHMCS) judge(o book.Order, r source.Reply) source.Outcome {
	n, ok := parseJSON(r.Body)
	message := source.Clean(n.word("message"), s.options.Secrets)
	lower := strings.ToLower(message)
	switch {
	case ok && n.result() == "success" && r.Status/100 == 2 && n.word("warning") == "":
		return source.Outcome{State: source.OutcomePending, Evidence: evidence(n)}
	case !ok || n.result() != "error":
		return source.Outcome{State: source.OutcomeUnknown, Detail: "The answer is not one of WHMCS's API."}
	case r.Status == http.StatusForbidden:
		return source.Outcome{State: source.OutcomeUnsent, Detail: "WHMCS does not let us in: " + message}
	}
	for _, text := range refusing {
		if strings.Contains(lower, text) {
			return source.Outcome{State: source.OutcomeRefused, Code: text, Detail: message,
				Decline: book.Decline{Code: declineOf(text)}, Evidence: evidence(n)}
		}
	}
	if o.Do == book.Suspend || o.Do == book.Unsuspend || o.Do == book.Terminate {
		// The server's module says so in its own words, whatever they are.
		return source.Outcome{State: source.OutcomeRefused, Code: "module", Detail: message, Evidence: evidence(n)}
	}
	return source.Outcome{State: source.OutcomeUnknown, Detail: "WHMCS says: " + message}
}

// declineOf is the code of a capture that the gateway declined; WHMCS does not say why.
func declineOf(text string) string {
	if text == "payment attempt failed" {
		return "payment_attempt_failed"
	}
	return ""
}

// evidence are the fields of a reply that are kept.
func evidence(n node) string {
	out := map[string]string{}
	for _, key := range []string{"result", "message", "invoiceid", "amount", "invoicepaid", "newbalance"} {
		if v := n.word(key); v != "" {
			out[key] = clip(v, 200)
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // texts always have a JSON form
	}
	return string(b)
}

// LookUp reads what an action left behind.
func (s *WHMCS) LookUp(ctx context.Context, o book.Order, c source.Call,
	since book.Instant) source.Outcome {
	d, ok := deeds[o.Do]
	if !ok {
		return source.Outcome{State: source.OutcomeUnknown, Detail: "The API of WHMCS cannot do this."}
	}
	out, err := d.proves(ctx, s, o, c.Header[keyHeader], since)
	if err != nil {
		return source.Outcome{State: source.OutcomeUnknown, Detail: source.Clean(err.Error(),
			s.options.Secrets)}
	}
	return out
}

// numberIn is WHMCS's own number of a record: 5012 of "billing:invoice/5012".
func numberIn(id book.ItemID, kind book.Kind) (int64, error) {
	text, ok := strings.CutPrefix(id.Native(), string(kind)+"/")
	n, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no %s of WHMCS", id, kind)
	}
	return n, nil
}

func put(f url.Values, field string, id book.ItemID, kind book.Kind) error {
	n, err := numberIn(id, kind)
	if err == nil {
		f.Set(field, strconv.FormatInt(n, 10))
	}
	return err
}

// sum puts an explicit amount: one that is left out would mean the whole invoice.
func sum(f url.Values, field string, m money.Money) error {
	if m.Minor <= 0 {
		return errors.New("the amount is missing: WHMCS would take the whole invoice")
	}
	f.Set(field, m.Decimal())
	return nil
}

func captureForm(o book.Order, _ string, f url.Values) error {
	return put(f, "invoiceid", o.Invoice, book.KindInvoice)
}

func recordForm(o book.Order, _ string, f url.Values) error {
	if o.Reference == "" || o.Method == "" {
		return errors.New("a payment needs the gateway's transaction id and its payment method")
	}
	f.Set("transid", o.Reference)
	f.Set("gateway", o.Method)
	f.Set("noemail", "1")
	if o.Date != 0 {
		f.Set("date", o.Date.String()+" 12:00:00")
	}
	if o.Fee != nil && o.Fee.Minor != 0 {
		f.Set("fees", o.Fee.Decimal())
	}
	return errors.Join(put(f, "invoiceid", o.Invoice, book.KindInvoice), sum(f, "amount", o.Amount))
}

func reverseForm(o book.Order, _ string, f url.Values) error {
	if o.Reference == "" || o.Method == "" {
		return errors.New("a refund needs the gateway's transaction id and its payment method")
	}
	f.Set("transid", o.Reference)
	f.Set("paymentmethod", o.Method)
	f.Set("description", "Refund "+o.Reference)
	err := errors.Join(put(f, "userid", o.Customer, book.KindCustomer), sum(f, "amountout", o.Amount))
	if o.Invoice != "" {
		err = errors.Join(err, put(f, "invoiceid", o.Invoice, book.KindInvoice))
	}
	return err
}

func applyForm(o book.Order, _ string, f url.Values) error {
	f.Set("noemail", "1")
	return errors.Join(put(f, "invoiceid", o.Invoice, book.KindInvoice), sum(f, "amount", o.Amount))
}

func creditForm(o book.Order, key string, f url.Values) error {
	f.Set("description", creditText(o, key))
	return errors.Join(put(f, "clientid", o.Customer, book.KindCustomer), sum(f, "amount", o.Amount))
}

// creditText carries the key, because nothing else of an entry is unique.
func creditText(o book.Order, key string) string {
	return strings.TrimSpace(clip(o.Reason, 120) + " [" + key + "]")
}

func reopenForm(o book.Order, _ string, f url.Values) error {
	f.Set("status", "Unpaid")
	return put(f, "invoiceid", o.Invoice, book.KindInvoice)
}

func mailForm(o book.Order, _ string, f url.Values) error {
	if o.Message == nil || o.Message.Subject == "" || o.Message.HTML == "" {
		return errors.New("the notice has no text")
	}
	f.Set("customtype", "invoice")
	f.Set("customsubject", o.Message.Subject)
	f.Set("custommessage", o.Message.HTML)
	return put(f, "id", o.Invoice, book.KindInvoice)
}

func serviceForm(o book.Order, _ string, f url.Values) error {
	return put(f, "serviceid", o.Service, book.KindService)
}

func suspendForm(o book.Order, key string, f url.Values) error {
	f.Set("suspendreason", overdueReason)
	return serviceForm(o, key, f)
}

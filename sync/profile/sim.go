package profile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// SimOptions say whom a simulator lets in and how it behaves.
type SimOptions struct {
	Token string
	// Capabilities are those that it declares; nil for all that it has.
	Capabilities []string
	// PageMax is the most rows on a page.
	PageMax int
	// ExpireEvery lets the server forget every so manieth cursor, 0 for none.
	ExpireEvery int
	// Moving lets rows change while somebody walks the list of invoices: a walk by page finds the
	// first invoice deleted behind its first page, as often as it says.
	Moving int
	// Bare leaves out all optional fields, WrongSums makes the balance of the first invoice wrong.
	Bare, WrongSums bool
	// Fault is a status that every request is answered with once in FaultEvery requests, 0 for all;
	// the status 0 is none.
	Fault, FaultEvery int
	// Forbidden are paths that the token may not read.
	Forbidden []string
	// Zone is the zone of times without one, nil for the business's own.
	Zone *time.Location
}

const (
	simToken     = "sandbox-token-4Jq81xZ"
	simFossToken = "sandbox-foss-token-9Kd2"
)

// SimulatorSecrets are the credentials that the simulator of a kind accepts, by field.
func SimulatorSecrets(kind string) map[string]string {
	if kind == FOSSBilling.Kind {
		return map[string]string{"token": simFossToken}
	}
	return map[string]string{"token": simToken}
}

// Simulator serves the billing side of a pretend business as billing-source/1 or as FOSSBilling. It
// is safe for use by many goroutines at once.
type Simulator struct {
	options SimOptions
	kind    string
	mu      sync.Mutex
	world   *world.World
	// served counts requests, cursors those that were given, moved the rows that went.
	served, cursors, moved int
	// paid is what came on each invoice.
	paid map[int]int64
}

// NewSimulator serves a world in the protocol of a kind, fossbilling or any other. The world must
// not be changed while it does. Each set may change the options.
func NewSimulator(w *world.World, kind string, set ...func(*SimOptions)) *Simulator {
	o := SimOptions{Token: SimulatorSecrets(kind)["token"], PageMax: 500, Zone: w.Zone}
	for _, f := range set {
		f(&o)
	}
	s := &Simulator{options: o, kind: kind, world: w, paid: map[int]int64{}}
	for _, p := range w.Payments {
		s.paid[p.InvoiceID] += p.In - p.Out
	}
	return s
}

// object is one JSON object.
type object = map[string]any

// ServeHTTP answers one call.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	if f := s.options.Fault; f != 0 && (s.options.FaultEvery == 0 ||
		s.served%s.options.FaultEvery == 0) {
		if f == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "2")
		}
		s.fail(w, f, "fault", "the server is in trouble")
		return
	}
	if s.kind == FOSSBilling.Kind {
		s.foss(w, r)
		return
	}
	s.generic(w, r)
}

// fail answers with an error in the protocol's own form.
func (s *Simulator) fail(w http.ResponseWriter, status int, code, message string) {
	SimulatorError(w, s.kind, status, code, message)
}

// SimulatorError writes an error in the form of a kind's protocol.
func SimulatorError(w http.ResponseWriter, kind string, status int, code, message string) {
	body := object{"error": object{"code": code, "message": message, "retryable": status >= 429}}
	if kind == FOSSBilling.Kind {
		body = object{"result": nil, "error": object{"code": status, "message": message}}
	}
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// capabilities are all that a simulator can.
var capabilities = []string{"invoices.list", "invoices.changedSince", "customers.list",
	"payments.list", "payments.changedSince", "credits.list"}

// generic answers in billing-source/1.
func (s *Simulator) generic(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.options.Token:
		s.fail(w, http.StatusUnauthorized, "unauthorized", "the token is not known")
		return
	case slices.Contains(s.options.Forbidden, r.URL.Path):
		s.fail(w, http.StatusForbidden, "forbidden", "the token may not read this")
		return
	case r.Method != http.MethodGet:
		s.fail(w, http.StatusMethodNotAllowed, "method", "this server can only be read")
		return
	}
	name, id, one := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	if name == "source" && !one {
		s.source(w)
		return
	}
	rows, ok := s.rows(name)
	if !ok {
		s.fail(w, http.StatusNotFound, "not_found", "there is no such page")
		return
	}
	if one {
		i := slices.IndexFunc(rows, func(o object) bool { return o["id"] == id })
		if i < 0 {
			s.fail(w, http.StatusNotFound, "not_found", "there is no such record")
			return
		}
		write(w, http.StatusOK, rows[i])
		return
	}
	s.list(w, r.URL.Query(), rows)
}

func (s *Simulator) source(w http.ResponseWriter) {
	c := s.options.Capabilities
	if c == nil {
		c = capabilities
	}
	write(w, http.StatusOK, object{"name": s.world.Name, "version": "1.0",
		"profile": "billing-source/1", "server_time": s.world.Now.String(),
		"time_zone": s.world.Zone.String(), "default_currency": s.world.Base, "capabilities": c})
}

// list answers a page of a list, from a cursor, of what changed since a moment if asked.
func (s *Simulator) list(w http.ResponseWriter, q url.Values, rows []object) {
	if since, err := time.Parse(time.RFC3339, q.Get("updated_since")); err == nil {
		rows = slices.DeleteFunc(rows, func(o object) bool {
			at, err := time.Parse(time.RFC3339, fmt.Sprint(o["updated_at"]))
			return err == nil && at.Before(since)
		})
		slices.SortStableFunc(rows, func(a, b object) int {
			return cmp.Compare(fmt.Sprint(a["updated_at"]), fmt.Sprint(b["updated_at"]))
		})
	}
	size := 100
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		size = n
	}
	from := 0
	if c := q.Get("cursor"); c != "" {
		s.cursors++
		n, err := strconv.Atoi(strings.TrimPrefix(c, "c"))
		if e := s.options.ExpireEvery; err != nil || e > 0 && s.cursors%e == 0 {
			s.fail(w, http.StatusGone, "cursor_expired", "the cursor is too old")
			return
		}
		from = min(n, len(rows))
	}
	to := min(from+max(1, min(size, s.options.PageMax)), len(rows))
	var next any
	if to < len(rows) {
		next = "c" + strconv.Itoa(to)
	}
	write(w, http.StatusOK, object{"data": rows[from:to], "next_cursor": next})
}

// decimal is an amount as the protocols write it.
func decimal(minor int64, c money.Currency) string { return money.New(minor, c).Decimal() }

func nullable(v string) any {
	if v == "" {
		return nil
	}
	return v
}

func idText(n int) any {
	if n == 0 {
		return nil
	}
	return strconv.Itoa(n)
}

// rows are the rows of a list in billing-source/1.
func (s *Simulator) rows(name string) ([]object, bool) {
	out := []object{}
	switch name {
	case "customers":
		for _, c := range s.world.Customers {
			out = append(out, object{"id": strconv.Itoa(c.ID), "name": c.First + " " + c.Last,
				"company": c.Company, "email": c.Email, "country": c.Country, "currency": c.Currency,
				"credit_balance": decimal(c.Credit, c.Currency), "dunning_opt_out": c.NoNotices,
				"status": strings.ToLower(c.Status)})
		}
	case "invoices":
		for i, v := range s.world.Invoices {
			out = append(out, s.invoice(v, i == 0))
		}
	case "payments":
		for _, p := range s.world.Payments {
			out = append(out, s.payment(p))
		}
	case "credits":
		for _, c := range s.world.Credits {
			out = append(out, object{"id": strconv.Itoa(c.ID), "customer_id": idText(c.CustomerID),
				"invoice_id": idText(c.InvoiceID), "on": c.On.String(), "description": c.Text,
				"currency": c.Amount.Currency, "amount": c.Amount.Decimal()})
		}
	default:
		return nil, false
	}
	return out, true
}

var (
	simStatuses = map[book.InvoiceStatus]string{book.InvoicePending: "pending",
		book.InvoiceReplaced: "converted"}
	simKinds = map[book.InvoiceKind]string{book.InvoiceMassPayment: "collective"}
)

// invoice is an invoice in billing-source/1. One that is gone is a tombstone.
func (s *Simulator) invoice(v world.Invoice, first bool) object {
	if v.Status == book.InvoiceGone {
		return object{"id": strconv.Itoa(v.ID), "deleted": true, "updated_at": v.UpdatedAt.String()}
	}
	total := v.Subtotal + v.Tax
	balance := total - v.Credit - s.paid[v.ID]
	if first && s.options.WrongSums {
		balance += 700
	}
	o := object{"id": strconv.Itoa(v.ID), "customer_id": idText(v.CustomerID),
		"status": cmp.Or(simStatuses[v.Status], string(v.Status)), "currency": v.Currency,
		"total": decimal(total, v.Currency), "balance": decimal(balance, v.Currency),
		"issued_on": v.IssuedOn.String(), "due_on": v.DueOn.String(),
		"updated_at": nullable(v.UpdatedAt.String())}
	if s.options.Bare {
		return o
	}
	o["number"], o["method"] = nullable(v.Number), v.Method
	o["kind"] = cmp.Or(simKinds[v.Kind], string(v.Kind))
	o["credit_applied"] = decimal(v.Credit, v.Currency)
	o["paid"] = decimal(s.paid[v.ID], v.Currency)
	o["paid_at"] = nullable(v.PaidAt.String())
	lines := []object{}
	for _, l := range v.Lines {
		x := object{"id": strconv.Itoa(l.ID), "description": l.Text, "kind": l.Kind,
			"amount": decimal(l.Amount, v.Currency)}
		switch l.Kind {
		case "Invoice":
			x["invoice_id"] = idText(l.RelID)
		case "Hosting", "Setup":
			x["service_id"] = idText(l.RelID)
		}
		lines = append(lines, x)
	}
	o["lines"] = lines
	return o
}

// payment is a payment in billing-source/1.
func (s *Simulator) payment(p world.Payment) object {
	kind, amount := payPayment, p.In-p.Out
	if amount < 0 {
		kind, amount = payRefund, -amount
	}
	return object{"id": strconv.Itoa(p.ID), "invoice_id": idText(p.InvoiceID),
		"customer_id": idText(p.CustomerID), "kind": kind, "status": paySucceeded,
		"amount": decimal(amount, p.Currency), "currency": p.Currency,
		"fee": decimal(p.Fee, p.Currency), "reference": p.TransID, "method": p.Method,
		"occurred_at": p.At.String(), "refunds_payment_id": idText(p.RefundID),
		"description": p.Text, "updated_at": p.At.String()}
}

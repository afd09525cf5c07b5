package stripe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	api "github.com/stripe/stripe-go/v76"

	"countinghouse/sync/world"
)

// simulatorKey is the only key that a simulator takes, simulatorSigning signs its webhooks.
const (
	simulatorKey     = "sk_test_northwind"
	simulatorSigning = "whsec_northwind_signs"
)

// SimulatorSecrets are the secrets that a simulator takes and signs with, by field.
func SimulatorSecrets() map[string]string {
	return map[string]string{"secret_key": simulatorKey, "webhook_secret": simulatorSigning}
}

// Quirks are things that Stripe does now and then; the zero value is a quiet day.
type Quirks struct {
	// Denied are the resources for which the key lacks the permission: "charges", "account".
	Denied []string
	// NotReady refuses the members of every payout, though the payouts call them completed.
	NotReady bool
	// LockEvery answers each nth request with a lock timeout; 0 for none.
	LockEvery int64
	// EventVersion renders events in that version of the API instead of the pinned one.
	EventVersion string
	// Live is live mode.
	Live bool
}

// Simulator serves a world in Stripe's protocol, version 2023-10-16, for everything that can be
// read. The world must not change while it serves; its Now is the simulator's clock. It may be
// called at once from any number of goroutines.
type Simulator struct {
	w      *world.World
	quirks Quirks
	count  atomic.Int64
	lists  map[string]*collection

	movements []world.Movement
	charges   []world.Charge
	refunds   []world.Refund
	disputes  []world.Dispute
	payouts   []world.Payout
	events    []simEvent
	// mu guards everything where changes are taken: desk says how, nil for not at all. keys are those that
	// were used, made the keys by what they made, gone the saved methods that were taken away.
	mu                    sync.RWMutex
	desk                  *world.Desk
	keys                  map[string]keyed
	made                  map[string]string
	gone                  map[string]bool
	serial                int
	refundedOf            map[string]int64
	disputed              map[string]bool
	available, onTheirWay map[string]int64
}

// NewSimulator indexes a world and serves it.
func NewSimulator(w *world.World) *Simulator {
	s := &Simulator{w: w}
	s.index()
	return s
}

// With is a simulator of the same world with quirks.
func (s *Simulator) With(q Quirks) *Simulator {
	c := NewSimulator(s.w)
	c.quirks = q
	return c
}

// simError is an error in Stripe's envelope.
type simError struct {
	status                     int
	kind, code, message, param string
}

func invalid(code, param, format string, args ...any) *simError {
	return &simError{http.StatusBadRequest, "invalid_request_error", code,
		fmt.Sprintf(format, args...), param}
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.count.Add(1)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if r.Method == http.MethodPost && s.desk != nil {
		s.change(w, r)
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	h.Set("Date", s.w.Now.Time().Format(http.TimeFormat))
	h.Set("Request-Id", "req_"+strconv.FormatInt(n, 36))
	h.Set("Stripe-Version", api.APIVersion)
	body, err := s.answer(r, n)
	status := http.StatusOK
	if err != nil {
		e := map[string]any{"type": err.kind, "message": err.message,
			"request_log_url": "https://dashboard.stripe.com/test/logs/" + h.Get("Request-Id")}
		if err.code != "" {
			e["code"] = err.code
			e["doc_url"] = "https://stripe.com/docs/error-codes/" + err.code
		}
		if err.param != "" {
			e["param"] = err.param
		}
		status, body = err.status, map[string]any{"error": e}
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		// The reader has gone away: there is nobody to tell.
		return
	}
}

func (s *Simulator) answer(r *http.Request, n int64) (any, *simError) {
	if err := s.admit(r, n); err != nil {
		return nil, err
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet || len(parts) < 2 || len(parts) > 3 || parts[0] != "v1" {
		return nil, unrecognized(r)
	}
	resource := parts[1]
	list, saved := s.lists[resource], resource == "payment_methods" && len(parts) == 3
	if list == nil && !saved && (len(parts) > 2 || resource != "balance" && resource != "account") {
		return nil, unrecognized(r)
	}
	if slices.Contains(s.quirks.Denied, resource) {
		return nil, &simError{http.StatusForbidden, "invalid_request_error", "",
			"The provided key 'rk_test_***' does not have the required permissions for this " +
				"endpoint.", ""}
	}
	if saved {
		return s.method(parts[2])
	}
	p, err := parseParams(r, list, len(parts) == 3)
	if err != nil {
		return nil, err
	}
	switch {
	case resource == "balance":
		return s.balance(), nil
	case resource == "account":
		return s.account(), nil
	case len(parts) == 3:
		i, ok := list.find(parts[2])
		if !ok {
			return nil, &simError{http.StatusNotFound, "invalid_request_error",
				"resource_missing", fmt.Sprintf("No such %s: '%s'", list.noun, parts[2]), "id"}
		}
		return list.render(i, p.expand), nil
	}
	if resource == "balance_transactions" {
		if err := s.membersReady(p.filters["payout"]); err != nil {
			return nil, err
		}
	}
	return list.page(r.URL.Path, p)
}

// admit checks the key, the version and whether something is locked.
func (s *Simulator) admit(r *http.Request, n int64) *simError {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		key, _, _ = r.BasicAuth()
	}
	unauthorized := func(text string) *simError {
		return &simError{http.StatusUnauthorized, "invalid_request_error", "", text, ""}
	}
	switch version := r.Header.Get("Stripe-Version"); {
	case key == "":
		return unauthorized("You did not provide an API key.")
	case key != simulatorKey:
		return unauthorized("Invalid API Key provided: " + key[:min(len(key), 8)] + "****")
	case version != "" && version != api.APIVersion:
		return invalid("", "", "Invalid Stripe API version: %s", version)
	case s.quirks.LockEvery > 0 && n%s.quirks.LockEvery == 0:
		return &simError{http.StatusTooManyRequests, "invalid_request_error", "lock_timeout",
			"This object cannot be accessed right now because another API request or Stripe " +
				"process is currently accessing it.", ""}
	}
	return nil
}

func unrecognized(r *http.Request) *simError {
	return &simError{http.StatusNotFound, "invalid_request_error", "",
		fmt.Sprintf("Unrecognized request URL (%s: %s).", r.Method, r.URL.Path), ""}
}

// membersReady refuses to list the members of a payout that Stripe does not state, or not yet.
func (s *Simulator) membersReady(payout string) *simError {
	if payout == "" {
		return nil
	}
	i, ok := s.lists["payouts"].find(payout)
	switch {
	case !ok:
		return invalid("resource_missing", "payout", "No such payout: '%s'", payout)
	case !s.payouts[i].Automatic:
		return invalid("", "payout", "Balance transaction history can only be filtered on "+
			"automatic transfers, not manual.")
	case s.quirks.NotReady || !s.payouts[i].Reconciled:
		return invalid("payout_reconciliation_not_ready", "payout", "Payout reconciliation is "+
			"not ready yet for payout '%s'.", payout)
	}
	return nil
}

func (s *Simulator) account() any {
	return map[string]any{"id": "acct_northwind", "object": "account", "type": "standard",
		"country": "LT", "default_currency": strings.ToLower(string(s.w.Base)),
		"charges_enabled": true, "payouts_enabled": true, "details_submitted": true,
		"email": "office@example.com", "business_profile": map[string]any{"name": s.w.Name},
		"settings": map[string]any{"branding": map[string]any{"icon": nil, "logo": nil,
			"primary_color": nil, "secondary_color": nil}, "card_payments": map[string]any{
			"statement_descriptor_prefix": nil, "statement_descriptor_prefix_kana": nil,
			"statement_descriptor_prefix_kanji": nil}, "payments": map[string]any{
			"statement_descriptor": nil, "statement_descriptor_kana": nil,
			"statement_descriptor_kanji": nil}, "dashboard": map[string]any{
			"display_name": s.w.Name, "timezone": s.w.Zone.String()}}}
}

func (s *Simulator) balance() any {
	return map[string]any{"object": "balance", "livemode": s.quirks.Live,
		"available": amounts(s.available), "pending": amounts(s.onTheirWay)}
}

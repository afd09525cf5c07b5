package paypal

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
	"countinghouse/sync/world"
)

// The only app that a simulator knows, and its webhook.
const (
	simulatorClient  = "AZDxjDScFpQtjWTOUtWKbyN_bDt4OgqaF4eYXlewfBP4"
	simulatorSecret  = "EGnHDxD_qRPdaLdZz8iCr8N7_MzF-YHPTkjs6NKYQvQS"
	simulatorWebhook = "5GP028458E2496506"
	simulatorAccount = "N2RTHW5ND7HST"
)

// SimulatorSecrets are the secrets that a simulator takes, by field.
func SimulatorSecrets() map[string]string {
	return map[string]string{"client_id": simulatorClient, "client_secret": simulatorSecret,
		"webhook_id": simulatorWebhook}
}

// Quirks are things that PayPal does now and then; the zero value is a quiet day.
type Quirks struct {
	// Denied are the features that the app lacks: "transactions", "balances", "disputes",
	// "webhooks".
	Denied []string
	// Lag is how far the data are behind the clock.
	Lag time.Duration
	// MaximumItems is how many rows a window may hold; 0 for PayPal's 10,000.
	MaximumItems int
	// TokenUses is how many calls a token is good for, 0 for any number; TokenLife its seconds.
	TokenUses, TokenLife int
	// LimitEvery answers each nth call with 429; 0 for none.
	LimitEvery int
	// Twins shows the hold of a sale under the sale's own id.
	Twins bool
	// ByInitiation lets windows go by the date of initiation instead of that of the last change.
	ByInitiation bool
	// Arriving is how many rows of a window of several pages are not there at first: one arrives
	// with each request.
	Arriving int
	// Expired and Foreign serve a certificate that ran out in 2021, or of another authority.
	Expired, Foreign bool
	// Scopes are what the token may do besides reading.
	Scopes []string
	// Events are those that the webhook is asked to send; nil for all.
	Events []string
	// Account is another account than the usual one.
	Account string
}

// Simulator serves a world's PayPal ledger in PayPal's protocol, for everything that can be read, and
// with a desk for what can be asked for. The world must not change while it serves; its Now is the
// simulator's clock. It may be called at once
// from any number of goroutines.
type Simulator struct {
	w      *world.World
	quirks Quirks
	rows   []simRow
	cases  []world.Dispute
	events []simEvent
	byID   map[string]world.Movement

	mu     sync.Mutex
	calls  int
	issued int
	// tokens counts the uses of each token, arrivals the requests of each window.
	tokens, arrivals map[string]int

	// desk says how changes are taken, nil for not at all. All below and the world are then under turn:
	// the requests by their id, the invoice ids that rows got, and how many objects are new.
	desk   *world.Desk
	turn   sync.Mutex
	keys   map[string]keyed
	named  map[string]string
	serial int
	asked  bool
}

// NewSimulator indexes a world and serves it.
func NewSimulator(w *world.World) *Simulator { return simulator(w, Quirks{}) }

// With is a simulator of the same world with quirks.
func (s *Simulator) With(q Quirks) *Simulator { return simulator(s.w, q) }

func simulator(w *world.World, q Quirks) *Simulator {
	s := &Simulator{w: w, quirks: q, tokens: map[string]int{}, arrivals: map[string]int{},
		byID: map[string]world.Movement{}}
	s.index()
	s.cases = slices.Clone(w.PayPal.Disputes)
	slices.SortStableFunc(s.cases, func(a, b world.Dispute) int {
		return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(a.ID, b.ID))
	})
	s.events = s.history()
	return s
}

// simError is an error in PayPal's form.
type simError struct {
	status                            int
	name, message, issue, description string
	more                              map[string]any
}

// Messages of errors that PayPal's descriptions do not list.
const (
	limitedMessage  = "Too many requests. Blocked due to rate limiting."
	tooLargeMessage = "Result set size is greater than the maximum limit. Change the filter " +
		"criteria and try again."
)

func invalid(issue, format string, args ...any) *simError {
	return &simError{status: http.StatusBadRequest, name: "INVALID_REQUEST",
		message: "Request is not well-formed, syntactically incorrect, or violates schema.",
		issue:   issue, description: fmt.Sprintf(format, args...)}
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls++
	n := s.calls
	s.mu.Unlock()
	if s.desk != nil {
		s.turn.Lock()
		defer s.turn.Unlock()
		// Until something is asked for, the world stands still.
		s.asked = s.asked || r.URL.Path != tokenPath && r.Method == http.MethodPost
		if s.desk.Now != nil && s.asked {
			s.w.Now = s.desk.Now()
		}
	}
	h := w.Header()
	h.Set("Date", s.w.Now.Time().Format(http.TimeFormat))
	h.Set("Paypal-Debug-Id", fmt.Sprintf("%013x", 0xf1a2b3c4d5+n))
	if id, ok := strings.CutPrefix(r.URL.Path, certificatePath); ok && r.Method == http.MethodGet {
		s.serveCertificate(w, r, id)
		return
	}
	h.Set("Content-Type", "application/json")
	if s.desk != nil && r.Method == http.MethodPost && r.URL.Path != tokenPath {
		s.change(w, r, n)
		return
	}
	body, err := s.answer(r, n)
	status := http.StatusOK
	if err != nil {
		if err.status == http.StatusTooManyRequests {
			h.Set("Retry-After", "2")
		}
		status, body = err.status, err.body(h.Get("Paypal-Debug-Id"))
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		// The reader has gone away: there is nobody to tell.
		return
	}
}

func (e *simError) body(debug string) map[string]any {
	if e.name == "invalid_client" || e.name == "unsupported_grant_type" {
		return map[string]any{"error": e.name, "error_description": e.message}
	}
	out := map[string]any{"name": e.name, "message": e.message, "debug_id": debug,
		"information_link": "https://developer.paypal.com/docs/api/#errors", "links": []any{}}
	if e.issue != "" {
		out["details"] = []any{map[string]any{"issue": e.issue, "description": e.description}}
	}
	for k, v := range e.more {
		out[k] = v
	}
	return out
}

func (s *Simulator) answer(r *http.Request, n int) (any, *simError) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if path == tokenPath && r.Method == http.MethodPost {
		return s.token(r)
	}
	if err := s.admit(r, n); err != nil {
		return nil, err
	}
	if r.Method != http.MethodGet {
		return nil, notFound()
	}
	q := r.URL.Query()
	switch id, isCase := strings.CutPrefix(path, "/v1/customer/disputes/"); {
	case path == "/v1/reporting/transactions":
		return s.permitted("transactions", q, s.search)
	case path == "/v1/reporting/balances":
		return s.permitted("balances", q, s.balances)
	case path == "/v1/customer/disputes":
		return s.permitted("disputes", q, s.disputes)
	case path == "/v1/notifications/webhooks-events":
		return s.permitted("webhooks", q, s.listEvents)
	case path == "/v1/notifications/webhooks/"+simulatorWebhook:
		return s.permitted("webhooks", q, s.webhook)
	case strings.HasPrefix(path, capturesPath) && s.desk != nil:
		return s.showCapture(strings.TrimPrefix(path, capturesPath))
	case isCase:
		return s.permitted("disputes", url.Values{"id": {id}}, s.dispute)
	}
	return nil, notFound()
}

func notFound() *simError {
	return &simError{status: http.StatusNotFound, name: "RESOURCE_NOT_FOUND",
		message: "The specified resource does not exist."}
}

// permitted answers unless the app lacks the feature.
func (s *Simulator) permitted(feature string, q url.Values,
	answer func(url.Values) (any, *simError)) (any, *simError) {
	if slices.Contains(s.quirks.Denied, feature) {
		return nil, &simError{status: http.StatusForbidden, name: "NOT_AUTHORIZED",
			message: "Authorization failed due to insufficient permissions.",
			issue:   "PERMISSION_DENIED", description: "You do not have permission to access or " +
				"perform operations on this resource."}
	}
	return answer(q)
}

// token gives a token to the app.
func (s *Simulator) token(r *http.Request) (any, *simError) {
	id, secret, _ := r.BasicAuth()
	if id != simulatorClient || secret != simulatorSecret {
		return nil, &simError{status: http.StatusUnauthorized, name: "invalid_client",
			message: "Client Authentication failed"}
	}
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" {
		return nil, &simError{status: http.StatusBadRequest, name: "unsupported_grant_type",
			message: "Grant Type is NULL"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	token := fmt.Sprintf("A21AA%s-%d", strings.Repeat("Kd7", 12), s.issued)
	s.tokens[token] = 0
	scopes := append([]string{"https://uri.paypal.com/services/reporting/search/read",
		"https://uri.paypal.com/services/reporting/balances/read",
		"https://uri.paypal.com/services/disputes/read-seller",
		"https://uri.paypal.com/services/applications/webhooks"}, s.quirks.Scopes...)
	return map[string]any{"scope": strings.Join(scopes, " "), "access_token": token,
		"token_type": "Bearer", "app_id": "APP-80W284485P519543T",
		"expires_in": cmp.Or(s.quirks.TokenLife, 32_400),
		"nonce":      s.w.Now.Time().Format(time.RFC3339) + "nonce"}, nil
}

// admit checks the token and counts what it was used for.
func (s *Simulator) admit(r *http.Request, n int) *simError {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	used, known := s.tokens[token]
	s.tokens[token]++
	if !known {
		delete(s.tokens, token)
	}
	s.mu.Unlock()
	switch {
	case !known || s.quirks.TokenUses > 0 && used >= s.quirks.TokenUses:
		return &simError{status: http.StatusUnauthorized, name: "AUTHENTICATION_FAILURE",
			message: "Authentication failed due to missing authorization header, or invalid " +
				"authentication credentials."}
	case s.quirks.LimitEvery > 0 && n%s.quirks.LimitEvery == 0:
		return &simError{status: http.StatusTooManyRequests, name: "RATE_LIMIT_REACHED",
			message: limitedMessage}
	}
	return nil
}

// refreshed is how far the data reach.
func (s *Simulator) refreshed() time.Time {
	return s.w.Now.Time().Add(-s.quirks.Lag).Truncate(time.Second)
}

// number reads a whole number within bounds.
func number(q url.Values, name string, standard, least, most int) (int, *simError) {
	v := q.Get(name)
	if v == "" {
		return standard, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return 0, invalid("INVALID_PARAMETER_VALUE", "%s must be from %d to %d", name, least, most)
	}
	return n, nil
}

// plus is an instant as the reports write it: with an offset that has no colon.
func plus(i book.Instant) string { return i.Time().Format("2006-01-02T15:04:05-0700") }

// zulu is an instant as the other calls write it.
func zulu(i book.Instant) string { return i.Time().Format("2006-01-02T15:04:05.000Z") }

package razorpay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// The only keys that a simulator takes, and the secret that it signs webhooks with.
const (
	simulatorKeyID   = "rzp_test_Northwind42xy"
	simulatorSecret  = "northwindKeySecret"
	simulatorWebhook = "northwindWebhookSecret"
)

// SimulatorSecrets are the secrets that a simulator takes, by field.
func SimulatorSecrets() map[string]string {
	return map[string]string{"key_id": simulatorKeyID, "key_secret": simulatorSecret,
		"webhook_secret": simulatorWebhook}
}

// Quirks are things that Razorpay does now and then; the zero value is a quiet day.
type Quirks struct {
	// Denied are the lists that the account does not have: "disputes", "settlements/ondemand".
	Denied []string
	// Receipts keeps the invoice in the order's receipt only, and nothing in the payment's notes.
	Receipts bool
	// NotReady leaves the reconciliation empty, though settlements are made.
	NotReady bool
	// NextDay shows the rows of a settlement on the day after it was made.
	NextDay bool
}

// Simulator serves a world in Razorpay's protocol, for everything that can be read, and with a desk for
// refunds. The world must
// not change while it serves; its Now is the simulator's clock. It may be called at once from any
// number of goroutines.
type Simulator struct {
	w      *world.World
	quirks Quirks
	lists  map[string]*collection
	rows   []simRow

	charges    map[string]*world.Charge
	refunds    map[string]*world.Refund
	disputes   map[string]*world.Dispute
	payouts    map[string]*world.Payout
	movements  map[string]*world.Movement
	refundedOf map[string]int64

	// desk says how refunds are taken, nil for not at all. All of this and the world are then under turn:
	// the refunds by their key, and the notes of those that are new.
	desk  *world.Desk
	turn  sync.Mutex
	keys  map[string]keyed
	named map[string]map[string]string
}

// NewSimulator indexes a world and serves it.
func NewSimulator(w *world.World) *Simulator {
	s := &Simulator{w: w}
	s.index()
	return s
}

// With is a simulator of the same world with quirks.
func (s *Simulator) With(q Quirks) *Simulator {
	c := &Simulator{w: s.w, quirks: q}
	c.index()
	return c
}

// simError is an error in one of Razorpay's two shapes.
type simError struct {
	status                   int
	code, description, field string
	listed                   bool
}

func invalid(field, format string, args ...any) *simError {
	return &simError{status: http.StatusBadRequest, code: "BAD_REQUEST_ERROR", field: field,
		description: fmt.Sprintf(format, args...)}
}

// body is the error as Razorpay sends it.
func (e *simError) body() any {
	if e.listed {
		return map[string]any{"status_code": e.status, "success": false,
			"errors": []any{map[string]any{"code": e.code, "description": e.description}}}
	}
	inner := map[string]any{"code": e.code, "description": e.description, "source": "business",
		"step": "NA", "reason": "input_validation_failed", "metadata": map[string]any{}}
	if e.field != "" {
		inner["field"] = e.field
	}
	return map[string]any{"error": inner}
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.desk != nil {
		s.turn.Lock()
		defer s.turn.Unlock()
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Date", s.w.Now.Time().Format(http.TimeFormat))
	if path, ok := strings.CutPrefix(r.URL.Path, "/v1/"); ok && s.desk != nil && r.Method == http.MethodPost &&
		s.known(r) {
		s.change(w, r, path)
		return
	}
	body, err := s.answer(r)
	status := http.StatusOK
	if err != nil {
		status, body = err.status, err.body()
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		// The reader has gone away: there is nobody to tell.
		return
	}
}

func (s *Simulator) answer(r *http.Request) (any, *simError) {
	if !s.known(r) {
		return nil, &simError{status: http.StatusUnauthorized, code: "BAD_REQUEST_ERROR",
			description: "Authentication failed"}
	}
	path, ours := strings.CutPrefix(r.URL.Path, "/v1/")
	if r.Method != http.MethodGet || !ours {
		return nil, unrecognized()
	}
	if slices.ContainsFunc(s.quirks.Denied, func(d string) bool {
		return path == d || strings.HasPrefix(path, d+"/")
	}) {
		return nil, invalid("", "Access to the requested resource is not available")
	}
	if path == "settlements/recon/combined" {
		return s.recon(r)
	}
	if of, ok := strings.CutSuffix(path, "/refunds"); ok && strings.HasPrefix(of, "payments/") {
		if id := strings.TrimPrefix(of, "payments/"); s.charges[id] != nil {
			return s.refundsOf(id).page(r)
		}
		return nil, invalid("", "The id provided does not exist")
	}
	if list := s.lists[path]; list != nil {
		return list.page(r)
	}
	cut := strings.LastIndex(path, "/")
	if cut < 0 || s.lists[path[:cut]] == nil {
		return nil, unrecognized()
	}
	list := s.lists[path[:cut]]
	expand, err := list.expand(r)
	if err != nil {
		return nil, err
	}
	i, ok := list.places[path[cut+1:]]
	if !ok {
		return nil, invalid("", "The id provided does not exist")
	}
	return list.render(i, expand), nil
}

// known reports whether a request has the keys.
func (s *Simulator) known(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	return ok && strings.HasPrefix(r.Header.Get("Authorization"), "Basic ") && id == simulatorKeyID &&
		secret == simulatorSecret
}

func unrecognized() *simError {
	return invalid("", "The requested URL was not found on the server.")
}

// collection is a list of objects, oldest first.
type collection struct {
	length int
	id     func(i int) string
	at     func(i int) int64
	render func(i int, expand bool) any
	// expandable is the field that can be expanded, "" for none.
	expandable string
	places     map[string]int
}

// settle makes the index by id.
func (c *collection) settle() *collection {
	c.places = make(map[string]int, c.length)
	for i := range c.length {
		c.places[c.id(i)] = i
	}
	return c
}

// expand reports whether the request asks for the field that can be expanded.
func (c *collection) expand(r *http.Request) (bool, *simError) {
	asked := r.URL.Query()["expand[]"]
	for _, field := range asked {
		if field != c.expandable || field == "" {
			return false, &simError{status: http.StatusBadRequest, code: "BAD_REQUEST_ERROR",
				description: "The selected expand is invalid.", listed: true}
		}
	}
	return len(asked) > 0, nil
}

// page answers a list request: newest first. It says how many are on this page, and nothing more.
func (c *collection) page(r *http.Request) (any, *simError) {
	expand, err := c.expand(r)
	if err != nil {
		return nil, err
	}
	n, err := numbers(r, pageMax, "from", "to")
	if err != nil {
		return nil, err
	}
	low, high := 0, c.length
	if from, ranged := n["from"]; ranged {
		low = sort.Search(c.length, func(i int) bool { return c.at(i) >= from })
	}
	if to, bounded := n["to"]; bounded {
		high = sort.Search(c.length, func(i int) bool { return c.at(i) > to })
	}
	items := []any{}
	newest := high - 1 - int(min(n["skip"], int64(c.length)))
	for i := newest; i >= low && int64(len(items)) < n["count"]; i-- {
		items = append(items, c.render(i, expand))
	}
	return page(items), nil
}

func page(items []any) any {
	return map[string]any{"entity": "collection", "count": len(items), "items": items}
}

// numbers reads count, skip and other parameters of a request, all whole numbers.
func numbers(r *http.Request, most int64, names ...string) (map[string]int64, *simError) {
	out := map[string]int64{"count": 10}
	for key, values := range r.URL.Query() {
		if key == "expand[]" {
			continue
		}
		if key != "count" && key != "skip" && !slices.Contains(names, key) {
			return nil, invalid("", "%s is/are not required and should not be sent", key)
		}
		n, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil || n < 0 {
			return nil, invalid(key, "The %s must be an integer.", key)
		}
		out[key] = n
	}
	switch {
	case out["count"] < 1 || out["count"] > most:
		return nil, invalid("count", "The count may not be greater than %d.", most)
	case out["from"] != 0 && out["from"] < earliest || out["to"] > latest:
		return nil, invalid("from", "from must be between 946684800 and 4765046400")
	}
	return out, nil
}

// recon answers for a month or a day of settling, by the Indian calendar.
func (s *Simulator) recon(r *http.Request) (any, *simError) {
	n, err := numbers(r, reconMax, "year", "month", "day")
	if err != nil {
		return nil, err
	}
	switch {
	case n["year"] < 2000 || n["year"] > 2100:
		return nil, invalid("year", "The year field is required.")
	case n["month"] < 1 || n["month"] > 12:
		return nil, invalid("month", "The month must be between 1 and 12.")
	}
	from := book.NewDate(int(n["year"]), time.Month(n["month"]), 1)
	to := book.MonthOf(from).Last()
	if day, daily := n["day"]; daily {
		from += book.Date(min(max(day, 1), 31)) - 1
		to = min(from, to)
	}
	low := sort.Search(len(s.rows), func(i int) bool { return s.rows[i].on >= from })
	high := sort.Search(len(s.rows), func(i int) bool { return s.rows[i].on > to })
	items := []any{}
	first := low + int(min(n["skip"], int64(len(s.rows))))
	for i := first; i < high && int64(len(items)) < n["count"]; i++ {
		items = append(items, s.rows[i].object())
	}
	return page(items), nil
}

func seconds(i book.Instant) int64 { return int64(i) / 1000 }

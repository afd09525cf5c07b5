package razorpay

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// Taking is a simulator of the same world that takes refunds. They are made on a copy of the world.
func (s *Simulator) Taking(d world.Desk) *Simulator {
	own := *s.w
	l := &own.Razorpay
	l.Charges, l.Refunds = slices.Clone(l.Charges), slices.Clone(l.Refunds)
	l.Movements = slices.Clone(l.Movements)
	c := &Simulator{w: &own, quirks: s.quirks, desk: &d, keys: map[string]keyed{},
		named: map[string]map[string]string{}}
	c.index()
	return c
}

// World is the business as it stands now.
func (s *Simulator) World() *world.World {
	s.turn.Lock()
	defer s.turn.Unlock()
	own := *s.w
	return &own
}

// keyed is what the first request under a key was, and the refund that it made.
type keyed struct{ call, refund string }

// refundKey is what Razorpay takes for a key.
var refundKey = regexp.MustCompile(`^[A-Za-z0-9_-]{10,}$`)

// change answers a POST, which desk.Lapse may spoil.
func (s *Simulator) change(w http.ResponseWriter, r *http.Request, path string) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the sender has gone away
	}
	lapse := s.desk.Fate(r.URL.Path)
	lost := &simError{status: http.StatusBadGateway, code: "SERVER_ERROR", description: "We are facing some trouble " +
		"completing your request at the moment. Please try again shortly."}
	body, fail := any(nil), lost
	if lapse != world.LostBefore {
		body, fail = s.giveBack(path, r.Header.Get("X-Refund-Idempotency"), string(text))
	}
	if lapse.Spoil(w) {
		return
	}
	if lapse == world.LostAfter {
		fail = lost
	}
	if fail != nil {
		w.WriteHeader(fail.status)
		body = fail.body()
	}
	_ = json.NewEncoder(w).Encode(body)
}

// giveBack refunds a payment.
func (s *Simulator) giveBack(path, key, text string) (any, *simError) {
	id, ok := strings.CutSuffix(strings.TrimPrefix(path, "payments/"), "/refund")
	c := s.charges[id]
	if !ok || !strings.HasPrefix(path, "payments/") {
		return nil, unrecognized()
	}
	if key != "" && !refundKey.MatchString(key) {
		return nil, invalid("", "The idempotency key is not valid.")
	}
	call := path + " " + text
	if k, ok := s.keys[key]; ok {
		if k.call != call {
			return nil, &simError{status: http.StatusConflict, code: "BAD_REQUEST_ERROR",
				description: "Different request with the same idempotency key has already been processed."}
		}
		return s.refund(s.refunds[k.refund]), nil
	}
	var ask struct {
		Amount *int64            `json:"amount"`
		Speed  string            `json:"speed"`
		Notes  map[string]string `json:"notes"`
	}
	if json.Unmarshal([]byte(text), &ask) != nil || ask.Speed != "" && ask.Speed != "normal" && ask.Speed != "optimum" {
		return nil, invalid("", "The request is invalid.")
	}
	switch {
	case c == nil:
		return nil, invalid("", "The id provided does not exist")
	case c.State != book.Succeeded:
		return nil, invalid("", "The payment status should be captured for action to be taken")
	case s.refundedOf[id] >= c.Amount.Minor:
		return nil, invalid("", "The payment has been fully refunded already.")
	}
	minor := c.Amount.Minor - s.refundedOf[id]
	if ask.Amount != nil {
		if *ask.Amount <= 0 || *ask.Amount > minor {
			return nil, invalid("amount", "The refund amount provided is greater than amount captured.")
		}
		minor = *ask.Amount
	}
	if s.desk.Now != nil {
		s.w.Now = s.desk.Now()
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d", s.w.Options.Seed, len(s.w.Razorpay.Refunds))
	r := world.Refund{ID: fmt.Sprintf("rfnd_%014X", h.Sum64()>>8), ChargeID: id, At: s.w.Now,
		Amount: money.New(minor, c.Amount.Currency), State: book.Succeeded}
	m := world.Movement{ID: r.ID, Type: "refund", Category: "refund", At: s.w.Now, AvailableAt: s.w.Now,
		Currency: c.Amount.Currency, Gross: -minor, Net: -minor, SourceID: r.ID}
	r.MovementID = m.ID
	s.named[r.ID] = ask.Notes
	s.w.Razorpay.Refunds = append(s.w.Razorpay.Refunds, r)
	s.w.Razorpay.Movements = append(s.w.Razorpay.Movements, m)
	if key != "" {
		s.keys[key] = keyed{call, r.ID}
	}
	s.index()
	return s.refund(s.refunds[r.ID]), nil
}

// refundsOf are the refunds of one payment.
func (s *Simulator) refundsOf(payment string) *collection {
	all := byTime(s.w.Razorpay.Refunds, func(r *world.Refund) (book.Instant, string) { return r.At, r.ID })
	all = slices.DeleteFunc(all, func(r *world.Refund) bool { return r.ChargeID != payment })
	return list(all, func(r *world.Refund) (book.Instant, string) { return r.At, r.ID },
		func(r *world.Refund, _ bool) any { return s.refund(r) })
}

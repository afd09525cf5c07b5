package stripe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Verify proves a delivery by its signature over the body, with any of the signing secrets, made
// within the replay window, and reads from it which object changed. Events are rendered in the
// account's own version of the API, so that nothing else of them is used.
func (s *Stripe) Verify(_ context.Context, d source.Delivery) (source.Event, error) {
	header := d.Header.Get("Stripe-Signature")
	if err := s.signed(d.Body, header); err != nil {
		return source.Event{}, err
	}
	at, ok := signedAt(header)
	if !ok || !d.InWindow(at) {
		e := s.unproven(source.ErrStale.Error())
		e.Err = source.ErrStale
		e.Hint = "Set this computer's clock, unless somebody sends old events again."
		return source.Event{}, e
	}
	var e wireEvent
	err := json.Unmarshal(d.Body, &e)
	if err == nil && (e.Object != "event" || e.ID == "" || e.Type == "") {
		err = fmt.Errorf("it is no event")
	}
	if err != nil {
		return source.Event{}, &source.Error{Kind: source.KindMalformed, Source: s.o.Name,
			Op: "read a webhook", Detail: "the body is no event of Stripe", Err: source.ErrUnreadable}
	}
	if err := s.ours(e); err != nil {
		return source.Event{}, err
	}
	return source.Event{ID: e.ID, Type: e.Type, At: book.AtUnix(e.Created), About: about(e)}, nil
}

func (s *Stripe) unproven(detail string) *source.Error {
	return &source.Error{Kind: source.KindAuth, Source: s.o.Name, Op: "verify a webhook",
		Detail: detail}
}

// signed checks the signature of a body.
func (s *Stripe) signed(body []byte, header string) error {
	if len(s.signing) == 0 {
		e := s.unproven("webhook_secret is not set")
		e.Hint = "Copy the signing secret of the webhook endpoint from the Stripe Dashboard."
		return e
	}
	for _, secret := range s.signing {
		// The library would hold the time against the wall clock; ours is held against it below.
		if webhook.ValidatePayloadIgnoringTolerance(body, header, secret) == nil {
			return nil
		}
	}
	e := s.unproven("no signature fits")
	e.Hint = "Copy the signing secret again, if Stripe shows these deliveries as its own."
	return e
}

// signedAt is the time that a signature header states, as the library reads it: the last one.
func signedAt(header string) (at time.Time, ok bool) {
	for part := range strings.SplitSeq(header, ",") {
		if value, found := strings.CutPrefix(part, "t="); found {
			n, err := strconv.ParseInt(value, 10, 64)
			at, ok = time.Unix(n, 0), err == nil
		}
	}
	return at, ok
}

// ours checks that an event is of our account and of the key's mode.
func (s *Stripe) ours(e wireEvent) error {
	switch {
	case e.Account != "":
		return s.unproven("the event is of a connected account")
	case e.Live == nil:
		return nil
	case *e.Live && strings.Contains(s.key, "_test_"), !*e.Live && strings.Contains(s.key, "_live_"):
		err := s.unproven(fmt.Sprintf("live mode of the event is %v, the key is of the other", *e.Live))
		err.Hint = "The endpoint is of the other mode (live or test) than the key."
		return err
	}
	return nil
}

// refundsOf names all refunds of a charge, in what an event is about.
const refundsOf = "refunds of"

// about names the object of an event as Follow reads it: "charge/ch_1"; of a saved method with the time
// of the event, "payment_method/pm_1@1764201600". A charge that was refunded is not the refund.
func about(e wireEvent) []string {
	object := e.Data.Object
	if object.Object == savedMethod && object.ID != "" && slices.Contains(eventTypes, e.Type) {
		return []string{savedMethod + "/" + object.ID + toldMark + strconv.FormatInt(e.Created, 10)}
	}
	if object.ID == "" || !slices.Contains([]string{"charge", "refund", "dispute", "payout"},
		object.Object) {
		return nil
	}
	out := []string{object.Object + "/" + object.ID}
	if e.Type == "charge.refunded" {
		out = append(out, refundsOf+"/"+object.ID)
	}
	return out
}

// portion is how many objects Follow hands over at a time.
const portion = 50

// Follow reads objects as they are now, through the calls of a pull's changes. Payouts come last,
// so that their members keep what they belong to.
func (s *Stripe) Follow(ctx context.Context, about []string, books source.Books,
	keep func(source.Page) error) error {
	p := &pull{Stripe: s, ctx: ctx, books: books, at: cursor{Version: cursorVersion,
		Mark: 1, Run: &run{Stage: int(stageChanges)}}}
	p.take = func(page source.Page) error {
		page.Cursor = ""
		return keep(page)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	list := slices.Compact(slices.Sorted(slices.Values(about)))
	last := func(a string) int {
		if strings.HasPrefix(a, "payout/") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b string) int { return last(a) - last(b) })
	for part := range slices.Chunk(list, portion) {
		for _, a := range part {
			if err := p.follow(a); err != nil {
				return err
			}
			p.at.Run.Done++
		}
		if err := p.emit(stageChanges, p.at.Run.Done); err != nil {
			return err
		}
	}
	return nil
}

// follow reads one object, or the refunds of a charge.
func (p *pull) follow(about string) error {
	kind, id, _ := strings.Cut(about, "/")
	if kind == savedMethod {
		id, told, _ := strings.Cut(id, toldMark)
		at, _ := strconv.ParseInt(told, 10, 64)
		return p.method(id, book.AtUnix(at))
	}
	if kind != refundsOf {
		return p.fetch(kind, id)
	}
	q, after := query{"expand[]": {"data.balance_transaction"}, "charge": {id}}, ""
	for {
		l, err := p.list(p.ctx, "/v1/refunds", q.from(0, after))
		if refusedAs(err, "resource_missing") {
			return nil
		} else if err != nil {
			return err
		}
		for _, body := range l.Data {
			if err := p.refund(body); err != nil {
				return err
			}
		}
		if !l.More {
			return nil
		}
		if after, err = p.lastID(l, after); err != nil {
			return err
		}
	}
}

var _ source.Receiver = (*Stripe)(nil)

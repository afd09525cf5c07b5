package razorpay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// The headers of a webhook.
const (
	headerSignature = "X-Razorpay-Signature"
	headerEventID   = "X-Razorpay-Event-Id"
)

// wireEvent is a webhook. Of its payload only the ids are used: what happened is read again.
type wireEvent struct {
	Entity  string   `json:"entity"`
	Event   string   `json:"event"`
	Has     []string `json:"contains"`
	Payload map[string]struct {
		Entity struct {
			ID string `json:"id"`
		} `json:"entity"`
	} `json:"payload"`
	Created int64 `json:"created_at"`
}

// Verify proves a delivery by its signature over the body, with the present or the previous secret of
// the webhook, and reads from it which objects changed. Razorpay signs no time and not the event's id: an
// event that comes again is known by a digest of its body, so that nobody can pass an old one off as new.
func (s *Razorpay) Verify(_ context.Context, d source.Delivery) (source.Event, error) {
	if err := s.signed(d.Body, d.Header.Get(headerSignature)); err != nil {
		return source.Event{}, err
	}
	var e wireEvent
	err := json.Unmarshal(d.Body, &e)
	if err == nil && (e.Entity != "event" || e.Event == "") {
		err = errors.New("it is no event")
	}
	if err != nil {
		return source.Event{}, &source.Error{Kind: source.KindMalformed, Source: s.o.Name,
			Op: "read a webhook", Detail: "the body is no event of Razorpay",
			Err: source.ErrUnreadable}
	}
	sum := sha256.Sum256(d.Body)
	return source.Event{ID: "sha256-" + hex.EncodeToString(sum[:]), Type: e.Event, At: book.AtUnix(e.Created), About: about(e)}, nil
}

// signed checks the signature of a body in constant time.
func (s *Razorpay) signed(body []byte, signature string) error {
	refused := &source.Error{Kind: source.KindAuth, Source: s.o.Name, Op: "verify a webhook",
		Detail: "no signature fits"}
	given, err := hex.DecodeString(signature)
	set, fits := false, false
	for _, field := range []string{"webhook_secret", "webhook_secret_previous"} {
		secret := strings.TrimSpace(s.o.Secrets[field].Reveal())
		if secret == "" {
			continue
		}
		set = true
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		fits = hmac.Equal(mac.Sum(nil), given) && err == nil || fits
	}
	switch {
	case fits:
		return nil
	case !set:
		refused.Detail = "webhook_secret is not set"
		refused.Hint = "Store the secret that was typed in when the webhook was made in the " +
			"Razorpay Dashboard."
	default:
		refused.Hint = "Type the webhook's secret in again, here and in the Razorpay Dashboard."
	}
	return refused
}

// objects are what events may be about, in the order in which they are read: a payment before its
// refunds, a settlement behind everything that it may consist of. Of a dispute there is nothing to
// read before a settlement carries what it took.
var objects = []struct {
	word string
	id   *regexp.Regexp
}{
	{"payment", regexp.MustCompile(`^pay_[A-Za-z0-9]{1,40}$`)},
	{"refund", regexp.MustCompile(`^rfnd_[A-Za-z0-9]{1,40}$`)},
	{"settlement", regexp.MustCompile(`^setl_[A-Za-z0-9]{1,40}$`)},
}

// about names the objects of an event as Follow reads them: "payment/pay_1".
func about(e wireEvent) []string {
	var out []string
	for _, o := range objects {
		if id := e.Payload[o.word].Entity.ID; o.id.MatchString(id) {
			out = append(out, o.word+"/"+id)
		}
	}
	return out
}

// Follow reads objects as they are now, through the calls of a pull. A settlement brings along the
// rows that it consists of.
func (s *Razorpay) Follow(ctx context.Context, about []string, books source.Books,
	keep func(source.Page) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := s.newPull(ctx, cursor{Version: cursorVersion, Mark: 1,
		Run: &run{Began: latest, Lower: latest, ByID: true}}, books, nil)
	p.take = func(page source.Page) error {
		page.Cursor = ""
		return keep(page)
	}
	p.batch = newBatch()
	about = slices.Compact(slices.Sorted(slices.Values(about)))
	for i, o := range objects {
		var ids []string
		for _, a := range about {
			if word, id, _ := strings.Cut(a, "/"); word == o.word && o.id.MatchString(id) {
				ids = append(ids, id)
			}
		}
		if err := p.follow(step(i), o.word, ids); err != nil {
			return err
		}
	}
	return nil
}

// follow reads the objects of one kind.
func (p *pull) follow(place step, word string, ids []string) error {
	each := map[string]func(json.RawMessage) error{"payment": p.payment, "refund": p.refund}[word]
	if each == nil {
		return p.followSettlements(ids)
	}
	p.at.Run.Step, p.at.Run.Done = int(place), 0
	for part := range slices.Chunk(ids, portion) {
		for _, id := range part {
			if err := p.single("/v1/"+word+"s", id, each); err != nil {
				return err
			}
			p.at.Run.Done++
		}
		if err := p.emit(); err != nil {
			return err
		}
	}
	return nil
}

// followSettlements reads settlements and what they consist of.
func (p *pull) followSettlements(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	b := newBatch()
	for _, id := range ids {
		if err := p.addSettlement(b, id); err != nil {
			return err
		}
	}
	if err := p.fill(b); err != nil {
		return err
	}
	for _, k := range []struct {
		step step
		kind string
		each func(json.RawMessage) error
	}{{stepPayments, "payment", p.payment}, {stepRefunds, "refund", p.refund}} {
		p.at.Run.Step, p.at.Run.Done = int(k.step), 0
		if err := p.sweep(k.kind, k.each); err != nil {
			return err
		}
		missing, err := p.missing(b, k.kind)
		if err != nil {
			return err
		}
		if err := p.follow(k.step, k.kind, missing); err != nil {
			return err
		}
	}
	p.at.Run.Step, p.at.Run.Done = int(stepSettlements), 0
	if err := p.members(b); err != nil {
		return err
	}
	if err := p.payouts(); err != nil {
		return err
	}
	return p.emit()
}

// sweep reads members of settlements as a list where they are many, and keeps none but them.
func (p *pull) sweep(kind string, each func(json.RawMessage) error) error {
	var low, high int64
	many := 0
	for _, r := range p.batch.missing {
		if r.Type != kind {
			continue
		}
		if many++; many == 1 || r.Created < low {
			low = r.Created
		}
		high = max(high, r.Created)
	}
	low = max(low, high-backDays*oneDay)
	if many <= portion {
		return nil
	}
	p.at.Run.place = place{}
	return p.walk("/v1/"+kind+"s", query{
		"from": strconv.FormatInt(low, 10), "to": strconv.FormatInt(high, 10)},
		func(body json.RawMessage) error {
			if p.batch.missing[idOf(body)] == nil {
				return nil
			}
			return each(body)
		})
}

var _ source.Receiver = (*Razorpay)(nil)

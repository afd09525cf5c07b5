package razorpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// step is a part of reading a slice; its value is its place in stages.
type step int

const (
	stepPayments step = iota
	stepRefunds
	stepOnDemand
	stepSettlements
)

// stages are the words for the steps, in order: settlements come last, when their members are kept.
var stages = [...]string{
	stepPayments:    "payments",
	stepRefunds:     "refunds",
	stepOnDemand:    "on-demand settlements",
	stepSettlements: "settlements",
}

// pull is one call of Pull or Follow.
type pull struct {
	*Razorpay
	ctx   context.Context
	at    cursor
	books source.Books
	take  func(source.Page) error
	page  source.Page

	// batch is what the settlements of the slice of batchOf consist of, nil where it is not read yet.
	batch   *batch
	batchOf int
	// receipts are those of orders by id, receiptsOf the slice whose orders were all read, from 1.
	receipts   map[string]string
	receiptsOf int
	// sent are when money was sent on demand since sentFrom.
	sent     []int64
	sentFrom int64
	// parents are the marks of payments that are not in the books, disputes those of adjustments.
	parents  map[string]stored
	disputes map[string]wireDispute
}

func (s *Razorpay) newPull(ctx context.Context, at cursor, books source.Books,
	keep func(source.Page) error) *pull {
	return &pull{Razorpay: s, ctx: ctx, at: at, books: books, take: keep,
		receipts: map[string]string{}, parents: map[string]stored{},
		disputes: map[string]wireDispute{}}
}

// Pull reads slice by slice, oldest first: which settlements were made and what they consist of,
// payments, refunds, on-demand settlements, and at last the settlements themselves. A later
// pull reads again what may have changed: the payments of the last days, as one that failed may still
// succeed, the settlements of the last days, and what is open. The key's mode must stay what it was.
func (s *Razorpay) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	at, err := s.read(from.Cursor)
	if err != nil {
		return err
	}
	p := s.newPull(ctx, at, from.Books, keep)
	if err := p.begin(from); err != nil {
		return err
	}
	for p.at.Run != nil {
		if err := p.read(); err != nil {
			return err
		}
	}
	return nil
}

// begin asks for the time, and starts a new run unless one is under way that will do.
func (p *pull) begin(q source.Request) error {
	if q.Cursor != "" && p.at.Live != p.live() {
		return &source.Error{Kind: source.KindRefused, Source: p.o.Name, Op: "pull",
			Detail: fmt.Sprintf("live mode is %v and was %v", p.live(), p.at.Live),
			Hint: "The key is for the other mode (live or test) than the books. Use a key of " +
				"the same mode, or another source."}
	}
	p.at.Live = p.live()
	if _, err := p.list(p.ctx, "/v1/payments", query{"count": "1"}); err != nil {
		return err
	}
	if r := p.at.Run; r != nil && (r.Full || !q.Full) && since(q) >= p.at.From {
		return nil
	}
	if p.client.date.IsZero() {
		return p.malformed("list payments", errors.New("the reply has no date"))
	}
	p.at.begin(p.client.date.Unix(), q)
	if p.at.Run.Lower == 0 {
		return p.reachBack()
	}
	return nil
}

// reachBack sets where a pull of everything begins: before the first record of any kind.
func (p *pull) reachBack() error {
	low := p.at.Run.Began
	for step := int64(sliceDays * oneDay); low > earliest; step *= 2 {
		low = max(low-step, earliest)
		older := false
		for _, path := range []string{"/v1/payments", "/v1/settlements"} {
			items, err := p.list(p.ctx, path, query{"count": "1",
				"from": strconv.Itoa(earliest), "to": strconv.FormatInt(low, 10)})
			if err != nil {
				return err
			}
			older = older || len(items) > 0
		}
		if !older {
			low++
			break
		}
	}
	p.at.Run.Lower = low
	return nil
}

// read reads the step at which the run stands.
func (p *pull) read() error {
	s := step(p.at.Run.Step)
	r := p.at.Run
	if !r.ByID {
		if err := p.lists(s); err != nil {
			return err
		}
	}
	var err error
	switch s {
	case stepPayments, stepRefunds:
		err = p.singles(s)
	case stepSettlements:
		err = p.payouts()
	}
	if err != nil {
		return err
	}
	done := r.Done
	slice, stage := r.Slice, s
	slices := r.slices()
	r.next()
	if r.finished() {
		p.at.finish()
	} else if p.empty() {
		return p.ctx.Err()
	}
	return p.emitAt(stage, slice, slices, done)
}

// lists reads the list of a step, if it has one.
func (p *pull) lists(s step) error {
	b, err := p.settlements()
	if err != nil {
		return err
	}
	r := p.at.Run
	from, to := r.bounds()
	if r.Reach == 0 {
		r.Reach = map[step]int64{stepPayments: b.reach("payment", from),
			stepRefunds: b.reach("refund", from), stepOnDemand: p.at.again(settledDays)}[s]
	}
	window := query{"from": strconv.FormatInt(r.Reach, 10), "to": strconv.FormatInt(to, 10)}
	switch s {
	case stepPayments:
		err = p.walk("/v1/payments", window, p.payment)
	case stepRefunds:
		err = p.walk("/v1/refunds", window, p.refund)
	case stepOnDemand:
		err = p.walk(pathOnDemand, window.with(expandOnDemand, "ondemand_payouts"), p.onDemand)
		if withheld(err) && r.Offset == 0 {
			// Not every account may ask for settlements on demand.
			err = nil
		}
	case stepSettlements:
		return p.members(b)
	}
	p.at.Run.ByID = true
	return err
}

const expandOnDemand = "expand[]"

// empty says that there is nothing to hand over.
func (p *pull) empty() bool {
	return p.page.Records.Len() == 0 && len(p.page.Records.Gone) == 0 && len(p.page.Rejects) == 0
}

// emit hands over the page and begins a new one.
func (p *pull) emit() error {
	r := p.at.Run
	return p.emitAt(step(r.Step), r.Slice, r.slices(), r.Done)
}

func (p *pull) emitAt(s step, slice, slices, done int) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	page := p.page
	page.Stage, page.StageOf = stages[s], slice*len(stages)+int(s)+1
	page.Stages, page.Done, page.Cursor = slices*len(stages), done, p.at.write()
	p.page = source.Page{}
	return p.take(page)
}

// walk reads a step's list from where the run stands to its end, newest first, and hands over a page
// for each of the server's.
func (p *pull) walk(path string, q query, each func(json.RawMessage) error) error {
	r := p.at.Run
	for {
		items, err := p.Razorpay.page(p.ctx, path, q, pageMax, &r.place, idOf)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, body := range items {
			if err := each(body); err != nil {
				return err
			}
			r.Done++
		}
		if err := p.emit(); err != nil {
			return err
		}
	}
}

// portion is how many single records are handed over at a time.
const portion = 50

// singles reads one by one what the list of a step did not bring: what was settled and is older, and
// what is open.
func (p *pull) singles(s step) error {
	b, err := p.settlements()
	if err != nil {
		return err
	}
	kind, path, each := "payment", "/v1/payments", p.payment
	if s == stepRefunds {
		kind, path, each = "refund", "/v1/refunds", p.refund
	}
	ids, err := p.missing(b, kind)
	if err != nil {
		return err
	}
	if p.at.Run.last() && !p.at.whole() {
		open, err := p.open(book.KindTransaction, map[string]string{"payment": "pay_",
			"refund": "rfnd_"}[kind])
		if err != nil {
			return err
		}
		ids = append(ids, open...)
	}
	for i, id := range ids {
		if err := p.single(path, id, each); err != nil {
			return err
		}
		p.at.Run.Done++
		if i%portion == portion-1 {
			if err := p.emit(); err != nil {
				return err
			}
		}
	}
	return nil
}

// single reads one record; one that Razorpay does not know is left out.
func (p *pull) single(path, id string, each func(json.RawMessage) error) error {
	body, found, err := p.one(p.ctx, path, id, nil)
	if err != nil || !found {
		return err
	}
	return each(body)
}

// open are the stored records of a kind that are not final and whose ids begin so.
func (p *pull) open(kind book.Kind, prefix string) ([]string, error) {
	found, err := p.books.Unsettled(p.ctx, kind, book.AtUnix(p.at.Run.Began))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, id := range found {
		if native := id.Native(); len(native) > len(prefix) && native[:len(prefix)] == prefix {
			ids = append(ids, native)
		}
	}
	return ids, nil
}

// reject puts a record aside that could not be read.
func (p *pull) reject(kind book.Kind, what string, body json.RawMessage, err error) {
	place := idOf(body)
	if place == "" {
		place = entityOf(body)
	}
	if place == "" {
		place = fmt.Sprintf("%s after %q", what, p.at.Run.After)
	}
	p.page.Rejects = append(p.page.Rejects, book.Reject{Origin: string(p.o.Name),
		Place: p.mask(place), Kind: kind, Raw: p.mask(string(body)), Reason: p.mask(err.Error()),
		At: book.At(p.o.Clock())})
}

package paypal

import (
	"context"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// disputePage reads one page of the dispute list.
func (p *PayPal) disputePage(ctx context.Context, q url.Values) (*wireDisputes, error) {
	var d wireDisputes
	if err := p.get(ctx, "list disputes", "/v1/customer/disputes", q, &d); err != nil {
		return nil, err
	}
	return &d, nil
}

// eventPage reads one page of the webhook events.
func (p *PayPal) eventPage(ctx context.Context, q url.Values) (*wireEvents, error) {
	var e wireEvents
	err := p.get(ctx, "list webhook events", "/v1/notifications/webhooks-events", q, &e)
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// next is the query of the link to the next page, nil at the end. Only the query is taken: the token
// goes to no other address than the source's own.
func next(links []wireLink, current url.Values) url.Values {
	for _, l := range links {
		if l.Rel != "next" {
			continue
		}
		u, err := url.Parse(l.Href)
		if err != nil || u.RawQuery == "" || u.Query().Encode() == current.Encode() {
			return nil
		}
		return u.Query()
	}
	return nil
}

var plainID = regexp.MustCompile(`^[A-Z0-9]{1,24}$`)

// caseOf is the dispute about a transaction that was changed last, nil for none.
func (p *pull) caseOf(id string) (*wireDispute, error) {
	if p.noCases || !plainID.MatchString(id) {
		return nil, nil
	}
	if d, asked := p.cases[id]; asked {
		return d, nil
	}
	list, err := p.disputePage(p.ctx, url.Values{"disputed_transaction_id": {id},
		"page_size": {"50"}})
	switch {
	case refused(err):
		p.noCases = true
		return nil, nil
	case err != nil:
		return nil, err
	}
	p.cases[id] = nil
	for i := range list.Items {
		if d := p.cases[id]; d == nil || list.Items[i].Updated.unix() > d.Updated.unix() {
			p.cases[id] = &list.Items[i]
		}
	}
	return p.cases[id], nil
}

// disputes reads again the rows of disputes that changed since the last pull, where this one has
// not met them already. A pull of everything has met them all, but may have begun long ago.
func (p *pull) disputes() error {
	r := p.at.Run
	if !p.noCases {
		after, before := p.at.At, r.Lower
		if r.Whole {
			after, before = r.Began, math.MaxInt64
		}
		after = max(after-oneHour, p.now().Unix()-disputesKept)
		q := url.Values{"update_time_after": {stamp(after)}, "page_size": {"50"}}
		for q != nil {
			list, err := p.disputePage(p.ctx, q)
			if refused(err) {
				break
			}
			if err != nil {
				return err
			}
			for _, d := range list.Items {
				if err := p.dispute(d.ID, r.Until, before); err != nil {
					return err
				}
				r.Done++
			}
			q = next(list.Links, q)
		}
	}
	done := r.Done
	r.next()
	return p.emit(stageDisputes, done)
}

var disputeID = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// dispute reads a dispute and the rows that its case has moved before a moment, and no later than
// until. One that PayPal does not show is passed over.
func (p *pull) dispute(id string, until, before int64) error {
	if !disputeID.MatchString(id) {
		return nil
	}
	var d wireDispute
	err := p.get(p.ctx, "read dispute", "/v1/customer/disputes/"+id, nil, &d)
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	about := map[string]bool{}
	for _, t := range d.Transactions {
		about[t.ID] = true
		delete(p.cases, t.ID)
	}
	// Each span of time is read once; those that touch are one.
	spans := [][2]int64{}
	at := []int64{d.Created.unix()}
	for _, m := range d.Movements {
		at = append(at, m.At.unix())
	}
	slices.Sort(at)
	for _, t := range at {
		from, to := t-oneDay, min(t+oneDay, until)
		switch last := len(spans) - 1; {
		case t == 0 || t >= before || to < from:
		case last >= 0 && from <= spans[last][1]+1:
			spans[last][1] = to
		default:
			spans = append(spans, [2]int64{from, to})
		}
	}
	for _, s := range spans {
		err := p.span(s[0], s[1], func(r *row) bool {
			return disputed(r.Info.Code) && about[r.Info.Reference]
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// missing reports whether PayPal has no such thing.
func missing(err error) bool {
	return refusedAs(err, "RESOURCE_NOT_FOUND") || refusedAs(err, "INVALID_RESOURCE_ID")
}

// span keeps the wanted rows of a window of any length and size.
func (p *pull) span(from, to int64, wanted func(*row) bool) error {
	step := int64(sliceMost)
	for from <= to {
		end := min(from+step-1, to)
		bodies, err := p.slice(from, end, nil)
		if refusedAs(err, tooLarge) && end > from {
			step = max(1, (end-from+1)/2)
			continue
		}
		if err != nil {
			return err
		}
		if _, err := p.keepRows(bodies, wanted); err != nil {
			return err
		}
		from = end + 1
	}
	return nil
}

// events reads again what the webhook events since the last pull speak of, where this one has not
// met it already. Where the app may not list them, the search alone must do.
func (p *pull) events() error {
	r := p.at.Run
	if !r.Whole {
		from := max(p.at.At-oneHour, r.Began-eventsKept)
		q := url.Values{"start_time": {stamp(from)}, "end_time": {stamp(r.Began)},
			"page_size": {"100"}}
		seen := map[string]bool{}
		for q != nil {
			list, err := p.eventPage(p.ctx, q)
			if refused(err) {
				break
			}
			if err != nil {
				return err
			}
			for i := range list.Events {
				if err := p.event(&list.Events[i], seen); err != nil {
					return err
				}
				r.Done++
			}
			q = next(list.Links, q)
		}
		if err := p.waiting(); err != nil {
			return err
		}
	}
	done := r.Done
	r.next()
	return p.emit(stageEvents, done)
}

// waiting looks for what has been pending for longer than the windows reach back, one by one. It is
// done when a pull reads far back.
func (p *pull) waiting() error {
	for _, kind := range []book.Kind{book.KindTransaction, book.KindPayout} {
		if !p.at.Run.Far {
			return nil
		}
		open, err := p.books.Unsettled(p.ctx, kind, math.MaxInt64)
		if err != nil {
			return err
		}
		for _, id := range open {
			stored, err := p.books.Revision(p.ctx, id)
			if err != nil {
				return err
			}
			native, _, _ := strings.Cut(id.Native(), "/")
			_, at := markOf(stored)
			if at == 0 || at >= p.at.Run.Lower || !plainID.MatchString(native) {
				continue
			}
			if err := p.found(native, at, p.at.Run.Until); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pull) event(e *wireEvent, seen map[string]bool) error {
	for _, a := range e.about() {
		id, at, ok := transactionAbout(a)
		if !ok || seen[a] || at >= p.at.Run.Lower {
			continue
		}
		seen[a] = true
		if err := p.found(id, at, p.at.Run.Until); err != nil {
			return err
		}
	}
	return nil
}

// about names what an event speaks of, as Follow reads it: "transaction/ID@1700000000" with the
// moment in Unix seconds around which to look for it, and "dispute/PP-D-1".
func (e *wireEvent) about() []string {
	r := &e.Resource
	at := e.Created.unix()
	switch {
	case strings.HasPrefix(e.Type, "CUSTOMER.DISPUTE."):
		for _, id := range []string{r.DisputeID, r.ID} {
			if id != "" && disputeID.MatchString(id) {
				return []string{"dispute/" + id}
			}
		}
		return nil
	case !strings.HasPrefix(e.Type, "PAYMENT.CAPTURE.") &&
		!strings.HasPrefix(e.Type, "PAYMENT.REFUND.") &&
		!strings.HasPrefix(e.Type, "PAYMENT.SALE.") || at == 0:
		return nil
	}
	var out []string
	add := func(id string, at int64) {
		if plainID.MatchString(id) {
			out = append(out, "transaction/"+id+"@"+strconv.FormatInt(at, 10))
		}
	}
	made := r.Created.unix()
	if made == 0 {
		made = at
	}
	add(r.ID, made)
	// The search may go by the date of the last change, which may be far from the first.
	if at-made > 25*oneDay {
		add(r.ID, at)
	}
	return out
}

// transactionAbout takes apart what an event speaks of.
func transactionAbout(about string) (id string, at int64, ok bool) {
	rest, ok := strings.CutPrefix(about, "transaction/")
	id, moment, found := strings.Cut(rest, "@")
	at, err := strconv.ParseInt(moment, 10, 64)
	return id, at, ok && found && err == nil && plainID.MatchString(id)
}

// Follow reads transactions by their ids around the time of the event, and disputes with the rows
// of their cases. What lies behind PayPal's lag is left out: the next pull brings it.
func (p *PayPal) Follow(ctx context.Context, about []string, books source.Books,
	keep func(source.Page) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(about) == 0 {
		return nil
	}
	u := &pull{PayPal: p, ctx: ctx, books: books, take: keep, cases: map[string]*wireDispute{}}
	top, err := p.horizon(ctx)
	if err != nil {
		return err
	}
	until := min(p.now().Unix(), top.Refreshed.unix())
	list := slices.Compact(slices.Sorted(slices.Values(about)))
	for i, a := range list {
		if id, at, ok := transactionAbout(a); ok {
			err = u.found(id, at, until)
		} else if id, ok := strings.CutPrefix(a, "dispute/"); ok {
			err = u.dispute(id, until, math.MaxInt64)
		}
		if err != nil {
			return err
		}
		if u.page.Records.Len() == 0 && len(u.page.Rejects) == 0 && i < len(list)-1 {
			continue
		}
		if err := u.emit(stageEvents, i+1); err != nil {
			return err
		}
	}
	return nil
}

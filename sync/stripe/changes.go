package stripe

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// payouts reads payouts, each with its members, so that a payout whose members are stated is kept
// together with the last of them.
func (p *pull) payouts() error {
	r := p.at.Run
	for {
		l, err := p.list(p.ctx, "/v1/payouts", withReturn.from(p.at.lower(stagePayouts), r.After))
		if err != nil {
			return err
		}
		for _, body := range l.Data {
			if err := p.payout(stagePayouts, body); err != nil {
				return err
			}
			r.Done++
			if id := idOf(body); id != "" {
				r.After, r.Payout, r.Member = id, "", ""
			}
		}
		done := r.Done
		if l.More {
			if _, err := p.lastID(l, ""); err != nil {
				return err
			}
		} else {
			r.next()
		}
		if err := p.emit(stagePayouts, done); err != nil || !l.More {
			return err
		}
	}
}

var withReturn = query{"expand[]": {"data.failure_balance_transaction"}}

// payout adds a payout to the page. Where its members are stated and it is not stored as it is, the
// members are read first and all but the last page of them handed over.
func (p *pull) payout(s stage, body json.RawMessage) error {
	x, err := p.translate.payout(body)
	if err != nil {
		p.reject(book.KindPayout, "payouts", body, err)
		return nil
	}
	stored, err := p.books.Revision(p.ctx, x.ID)
	if err != nil {
		return err
	}
	if x.Members == book.MembersStated && (stored != x.Revision || p.at.whole()) {
		err := p.members(s, x.ID)
		if refusedAs(err, "payout_reconciliation_not_ready") {
			x = waiting(x)
		} else if err != nil {
			return err
		}
	}
	p.page.Records.Payouts = append(p.page.Records.Payouts, x)
	return nil
}

// members reads what a payout carried. Its own row is among them and is left out.
func (p *pull) members(s stage, payout book.ItemID) error {
	r := p.at.Run
	if r.Payout != payout.Native() {
		r.Payout, r.Member = payout.Native(), ""
	}
	q := query{"expand[]": {"data.source"}, "payout": {payout.Native()}}
	for {
		l, err := p.list(p.ctx, "/v1/balance_transactions", q.from(0, r.Member))
		if err != nil {
			return err
		}
		for _, body := range l.Data {
			x, ok, err := p.translate.movement(body)
			if err != nil {
				p.reject(book.KindTransaction, "members of "+payout.Native(), body, err)
				continue
			}
			if ok {
				x.PayoutID = payout
				x.Revision = revision(x)
				p.page.Records.Transactions = append(p.page.Records.Transactions, x)
			}
		}
		if !l.More {
			return nil
		}
		if r.Member, err = p.lastID(l, r.Member); err != nil {
			return err
		}
		if err := p.emit(s, r.Done); err != nil {
			return err
		}
	}
}

// changes fetches again what changed after it was made: what events name, or where they cannot
// tell, what is stored and not final. A pull of everything needs to know of saved methods only, which no
// list of all customers has.
func (p *pull) changes() error {
	switch {
	case p.at.whole():
		err := p.events(methodEvents)
		if source.KindOf(err) == source.KindAuth {
			p.at.Run.next()
			return p.emit(stageChanges, 0)
		}
		return err
	case p.at.Run.Blind:
		return p.unsettled()
	}
	if p.at.Run.After == "" {
		// Payouts whose members were not ready when they were announced have no further event.
		ids, err := p.open(book.KindPayout)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := p.fetch("", id); err != nil {
				return err
			}
		}
	}
	return p.events(eventTypes)
}

// open are the stored records of a kind that are not final.
func (p *pull) open(kind book.Kind) ([]string, error) {
	found, err := p.books.Unsettled(p.ctx, kind, book.AtUnix(p.at.Run.Began))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, id := range found {
		ids[i] = id.Native()
	}
	return ids, nil
}

// eventTypes are the events that tell of a change of something made earlier; Stripe takes 20 types
// at most (Stripe API, list events, read 2026-11).
var eventTypes = append([]string{
	"charge.succeeded", "charge.failed", "charge.captured", "charge.expired", "charge.updated",
	"refund.updated", "refund.failed", "charge.refund.updated",
	"charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
	"charge.dispute.funds_reinstated",
	"payout.updated", "payout.paid", "payout.failed", "payout.canceled",
	"payout.reconciliation_completed",
}, methodEvents...)

// methodEvents tell of a saved method: that it is there, or that its data was renewed.
var methodEvents = []string{"payment_method.attached", "payment_method.automatically_updated",
	"payment_method.updated"}

// events fetches what events name, each object once for a page of events. Objects that are younger
// than the lists of this pull are left out: they were just read.
func (p *pull) events(types []string) error {
	fetched := map[string]bool{}
	return p.walk(stageChanges, "/v1/events", query{"types[]": types},
		func(body json.RawMessage) error {
			var e wireEvent
			if err := json.Unmarshal(body, &e); err != nil {
				p.reject(book.KindTransaction, "events", body, err)
				return nil
			}
			object := e.Data.Object
			if object.Object == savedMethod && !fetched[object.ID] {
				fetched[object.ID] = true
				return p.method(object.ID, book.AtUnix(e.Created))
			}
			if fetched[object.ID] || object.Created >= p.at.Run.Lower {
				return nil
			}
			fetched[object.ID] = true
			return p.fetch(object.Object, object.ID)
		})
}

// unsettled fetches stored records that are not final. The lists of refunds and payouts have been
// read far enough back for the others.
func (p *pull) unsettled() error {
	r := p.at.Run
	ids, err := p.open(book.KindTransaction)
	if err != nil {
		return err
	}
	payouts, err := p.open(book.KindPayout)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(append(ids, payouts...), func(id string) bool { return id <= r.After })
	slices.Sort(ids)
	for part := range slices.Chunk(ids, portion) {
		for _, id := range part {
			if err := p.fetch("", id); err != nil {
				return err
			}
			r.Done++
		}
		r.After, r.Payout, r.Member = part[len(part)-1], "", ""
		if err := p.emit(stageChanges, r.Done); err != nil {
			return err
		}
	}
	done := r.Done
	r.next()
	return p.emit(stageChanges, done)
}

// objects say by kind, and by the beginning of an id, where an object is read.
var objects = []struct{ kind, prefix, path, expand string }{
	{"charge", "ch_", "charges", "balance_transaction"},
	{"charge", "py_", "charges", "balance_transaction"},
	{"refund", "re_", "refunds", "balance_transaction"},
	{"refund", "pyr_", "refunds", "balance_transaction"},
	{"dispute", "du_", "disputes", ""},
	{"dispute", "dp_", "disputes", ""},
	{"payout", "po_", "payouts", "failure_balance_transaction"},
}

// fetch reads one object and keeps it as it is now; kind "" stands for what its id begins with. One
// that Stripe does not know (any more), and one of another kind, is left out.
func (p *pull) fetch(kind, id string) error {
	for _, o := range objects {
		if kind != o.kind && (kind != "" || !strings.HasPrefix(id, o.prefix)) {
			continue
		}
		var q query
		if o.expand != "" {
			q = query{"expand[]": {o.expand}}
		}
		var object raw
		err := p.get(p.ctx, "read "+o.path, "/v1/"+o.path+"/"+url.PathEscape(id), q, &object)
		switch {
		case refusedAs(err, "resource_missing"):
			return nil
		case err != nil:
			return err
		}
		return p.keepObject(o.kind, object.body)
	}
	return nil
}

func (p *pull) keepObject(kind string, body json.RawMessage) error {
	switch kind {
	case "refund":
		return p.refund(body)
	case "dispute":
		return p.dispute(body)
	case "payout":
		return p.payout(stageChanges, body)
	}
	return p.charge(body)
}

// charge keeps a charge with its row of the ledger, if it has one.
func (p *pull) charge(body json.RawMessage) error {
	x, err := p.translate.charge(body)
	if err != nil {
		p.reject(book.KindTransaction, "charges", body, err)
		return nil
	}
	return p.keepRow(x)
}

// savedMethod is how Stripe calls a saved method.
const savedMethod = "payment_method"

// method keeps a saved method as it is now. An event that is older than the last that told of it renews
// nothing. A key that may not read them does without.
func (p *pull) method(id string, told book.Instant) error {
	var object raw
	err := p.get(p.ctx, "read payment method", "/v1/payment_methods/"+url.PathEscape(id), nil, &object)
	switch {
	case refusedAs(err, "resource_missing"), source.KindOf(err) == source.KindAuth:
		return nil
	case err != nil:
		return err
	}
	stored, err := p.books.Revision(p.ctx, p.item(id))
	if err != nil {
		return err
	}
	if _, last, ok := strings.Cut(stored, toldMark); ok {
		if n, err := strconv.ParseInt(last, 10, 64); err == nil {
			told = max(told, book.Instant(n))
		}
	}
	x, ok, err := p.translate.method(object.body, told)
	if err != nil {
		p.reject(book.KindSavedMethod, "payment methods", object.body, err)
	} else if ok && x.Revision != stored {
		p.page.Records.SavedMethods = append(p.page.Records.SavedMethods, x)
	}
	return nil
}

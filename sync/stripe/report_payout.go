package stripe

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// carried adds a row to its payout.
func (r *reading) carried(x *book.Transaction, cells []string) error {
	p := r.payouts[x.PayoutID]
	if p == nil {
		p = &book.Payout{ID: x.PayoutID, Source: r.o.Name, Amount: money.New(0, x.Currency)}
		r.payouts[x.PayoutID] = p
	}
	sum, err := p.Amount.Add(money.New(x.Net, x.Currency))
	if err != nil {
		return &source.Error{Kind: source.KindMalformed, Source: r.o.Name, Op: "read report",
			Detail: fmt.Sprintf("%s: %v", p.ID, err), Err: err,
			Hint: "A payout in the file is of two currencies. Download it again."}
	}
	p.Amount = sum
	// It was sent when the last of what it carried was there; no report says it better.
	p.SentAt = max(p.SentAt, x.AvailableAt, x.At)
	effective, err := r.moment(cells, "automatic_payout_effective_at")
	if err == nil && effective != 0 {
		p.ArrivesOn = effective.In(time.UTC)
	}
	p.Trace = cmp.Or(p.Trace, r.cell(cells, "trace_id"))
	return nil
}

// finish hands over what is left, and the payouts: a reconciliation states them in full, the other
// report only those that came back.
func (r *reading) finish() error {
	whole := r.report.Format == payoutReconciliation
	for id, back := range r.returned {
		if r.payouts[id] == nil {
			r.payouts[id] = &book.Payout{ID: id, Source: r.o.Name, SentAt: back.at, Amount: back.amount}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.payouts)) {
		if _, back := r.returned[id]; whole || back {
			if err := r.addPayout(*r.payouts[id], whole); err != nil {
				return err
			}
		}
	}
	if !whole {
		r.report.Notes = append(r.report.Notes, "This report does not state payouts in full: import "+
			"the Itemised payout reconciliation too, under the name that Stripe gave the file.")
	}
	if len(r.page.Records.Transactions)+len(r.page.Rejects)+len(r.page.Records.Payouts) == 0 {
		return nil
	}
	return r.emit()
}

// addPayout adds a payout to the page unless its API has brought it. What another report said of it,
// that its members are stated or that it came back, stands in its revision and is kept.
func (r *reading) addPayout(p book.Payout, stated bool) error {
	stored, err := r.books.Revision(r.ctx, p.ID)
	if err != nil {
		return err
	}
	known, reported := strings.CutPrefix(stored, source.FromReport)
	if stored != "" && !reported {
		return nil
	}
	parts := strings.Split(known, ":")
	if len(parts) == 3 {
		stated = stated || parts[0] == string(book.MembersStated)
		if at, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			p.FailedAt = book.Instant(at)
		}
	}
	back, failed := r.returned[p.ID]
	if failed {
		p.FailedAt, p.Amount = back.at, back.amount
	}
	p.Members, p.State = book.MembersPending, book.PayoutPaid
	if stated {
		p.Members = book.MembersStated
	}
	switch {
	case p.FailedAt != 0:
		p.State = book.PayoutFailed
	case p.ArrivesOn > book.At(r.o.Clock()).In(time.UTC):
		p.State = book.PayoutInTransit
	}
	p.Revision = fmt.Sprintf("%s%s:%d:%s", source.FromReport, p.Members, p.FailedAt, fingerprint(p))
	r.page.Records.Payouts = append(r.page.Records.Payouts, p)
	return nil
}

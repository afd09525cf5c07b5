package stripe

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// known is what reports have said of a payout. It stands in the record's revision, so that a report
// that knows one thing does not lose what another one knew.
type known struct {
	// Whole says that the itemised payouts have named it, Stated that a reconciliation has named its
	// members, Manual that nobody states them.
	Whole  bool `json:"w,omitempty"`
	Stated bool `json:"s,omitempty"`
	Manual bool `json:"m,omitempty"`

	Minor    int64          `json:"a"`
	Currency money.Currency `json:"c"`
	SentMS   int64          `json:"b"`
	Arrives  string         `json:"d,omitempty"`
	State    string         `json:"st,omitempty"`
	FailedMS int64          `json:"f,omitempty"`
	Trace    string         `json:"t,omitempty"`
}

// with is what was known with what a report says now. The itemised payouts know amounts and states,
// a reconciliation the members and with them best when it was sent, any report that it came back.
func (k known) with(now known) known {
	if k.Currency == "" {
		return now
	}
	out := k
	switch {
	case now.Whole:
		out = now
		out.Stated = k.Stated
		if k.Stated {
			out.SentMS = k.SentMS
		}
	case now.Stated && !k.Whole:
		out = now
	case now.Stated:
		out.Stated, out.SentMS = true, now.SentMS
	}
	out.Trace = cmp.Or(out.Trace, k.Trace, now.Trace)
	if out.FailedMS = cmp.Or(now.FailedMS, k.FailedMS); out.FailedMS != 0 && out.State == "" {
		out.State = "failed"
	}
	return out
}

// payout is the record of what is known.
func (r *reading) payout(id book.ItemID, k known) (book.Payout, error) {
	p := book.Payout{ID: id, Source: r.o.Name, Amount: money.New(k.Minor, k.Currency),
		SentAt: book.Instant(k.SentMS), FailedAt: book.Instant(k.FailedMS), Trace: k.Trace,
		State: book.PayoutPaid, Members: book.MembersPending}
	if k.Arrives != "" {
		on, err := book.ParseDate(k.Arrives)
		if err != nil {
			return p, fmt.Errorf("payout %s: %w", id, err)
		}
		p.ArrivesOn = on
	}
	switch {
	case k.Manual:
		p.Members = book.MembersUnstated
	case k.Stated:
		p.Members = book.MembersStated
	}
	switch {
	case k.FailedMS != 0:
		p.State = book.PayoutFailed
	case k.State != "":
		p.State = (&wirePayout{Status: k.State}).state()
	case p.ArrivesOn > book.At(r.o.Clock()).In(time.UTC):
		p.State = book.PayoutInTransit
	}
	text, err := json.Marshal(k)
	p.Revision = source.FromReport + string(text)
	return p, err
}

// addPayout adds a payout to the page unless its API has brought it.
func (r *reading) addPayout(id book.ItemID, now known) error {
	stored, err := r.books.Revision(r.ctx, id)
	if err != nil {
		return err
	}
	text, reported := strings.CutPrefix(stored, source.FromReport)
	if stored != "" && !reported {
		return nil
	}
	var before known
	if reported && json.Unmarshal([]byte(text), &before) != nil {
		before = known{}
	}
	p, err := r.payout(id, before.with(now))
	if err != nil {
		return err
	}
	r.page.Records.Payouts = append(r.page.Records.Payouts, p)
	return nil
}

// carried adds a row to its payout.
func (r *reading) carried(x *book.Transaction, cells []string) error {
	k := r.payouts[x.PayoutID]
	if k == nil {
		k = &known{Stated: true, Currency: x.Currency}
		r.payouts[x.PayoutID] = k
	}
	sum, err := money.New(k.Minor, k.Currency).Add(money.New(x.Net, x.Currency))
	if err != nil {
		return &source.Error{Kind: source.KindMalformed, Source: r.o.Name, Op: "read report",
			Detail: fmt.Sprintf("%s: %v", x.PayoutID, err), Err: err,
			Hint: "A payout in the file is of two currencies. Download it again."}
	}
	k.Minor = sum.Minor
	// It was sent when the last of what it carried was there; no report says it better.
	k.SentMS = max(k.SentMS, int64(x.AvailableAt), int64(x.At))
	effective, err := r.moment(cells, "automatic_payout_effective_at")
	if err == nil && effective != 0 {
		k.Arrives = effective.In(time.UTC).String()
	}
	k.Trace = cmp.Or(k.Trace, r.cell(cells, "trace_id"))
	return nil
}

// listed is a payout from a row of the itemised payouts.
func (r *reading) listed(cells []string) error {
	get := func(column string) string { return r.cell(cells, column) }
	id := get("payout_id")
	c, err := money.ParseCurrency(get("currency"))
	if err != nil {
		return err
	}
	gross, err := source.Amount(get("gross"), c)
	if err != nil {
		return fmt.Errorf("gross: %w", err)
	}
	effective, err := r.moment(cells, "effective_at")
	if err != nil {
		return err
	}
	back, err := r.moment(cells, "payout_reversed_at")
	if err != nil {
		return err
	}
	if id == "" || effective == 0 {
		return errors.New("the row has no payout or no date")
	}
	on := effective.In(time.UTC)
	r.span(on)
	item := r.translate.item(id)
	if category := get("reporting_category"); category == "payout_reversal" {
		r.returned[item] = returned{effective, money.New(gross, c)}
		return nil
	} else if category != "" && category != "payout" {
		return fmt.Errorf("category %q is none of a payout", category)
	}
	k := &known{Whole: true, Minor: -gross, Currency: c, SentMS: int64(effective),
		State: get("payout_status"), FailedMS: int64(back), Trace: get("trace_id"),
		Manual: !strings.EqualFold(get("payout_type"), "automatic"), Arrives: on.String()}
	if expected := get("payout_expected_arrival_date"); len(expected) >= len("2006-01-02") {
		k.Arrives = expected[:len("2006-01-02")]
	}
	if _, err := r.payout(item, *k); err != nil {
		return err
	}
	r.payouts[item] = k
	return nil
}

// finish hands over what is left, and the payouts: the itemised payouts and a reconciliation state
// them, the report of activity only those that came back.
func (r *reading) finish() error {
	for id, back := range r.returned {
		k := r.payouts[id]
		if k == nil {
			k = &known{SentMS: int64(back.at)}
			r.payouts[id] = k
		}
		k.FailedMS = int64(back.at)
		if !k.Whole {
			k.Minor, k.Currency = back.amount.Minor, back.amount.Currency
		}
	}
	partly := r.report.Format == itemisedBalance
	for _, id := range slices.Sorted(maps.Keys(r.payouts)) {
		k := *r.payouts[id]
		if partly {
			k.Stated = false
		}
		if partly && k.FailedMS == 0 {
			continue
		}
		if err := r.addPayout(id, k); err != nil {
			return err
		}
	}
	if partly {
		r.report.Notes = append(r.report.Notes, "This report does not state payouts in full: import "+
			"the Itemised payouts, and the Itemised payout reconciliation under the name that Stripe "+
			"gave the file.")
	}
	if len(r.page.Records.Transactions)+len(r.page.Rejects)+len(r.page.Records.Payouts) == 0 {
		return nil
	}
	return r.emit()
}

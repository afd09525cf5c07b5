package razorpay

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"countinghouse/app/book"
)

// batch is some settlements and the rows of the reconciliation around them.
type batch struct {
	// settlements are as they came, by id.
	settlements map[string]json.RawMessage
	// byEntity are the rows of payments and refunds, others the rows that stand for themselves, of
	// the rows of each settlement.
	byEntity map[string]*row
	others   []*row
	of       map[string][]*row
	// bad are rows that could not be read, with why.
	bad []badRow
	// missing are payments and refunds that are not in the books as they were settled, with when
	// they were made.
	missing map[string]*row
	days    map[book.Date]bool
}

type badRow struct {
	body json.RawMessage
	err  error
}

func newBatch() *batch {
	return &batch{settlements: map[string]json.RawMessage{}, byEntity: map[string]*row{},
		of: map[string][]*row{}, missing: map[string]*row{},
		days: map[book.Date]bool{}}
}

// settlements are the settlements of the slice with their rows, read once. Those that are still open
// in the books belong to the last slice.
func (p *pull) settlements() (*batch, error) {
	if p.batch != nil && p.batchOf == p.at.Run.Slice {
		return p.batch, nil
	}
	b := newBatch()
	_, to := p.at.Run.bounds()
	list, err := p.all(p.ctx, "/v1/settlements", query{
		"from": strconv.FormatInt(p.at.again(settledDays), 10),
		"to":   strconv.FormatInt(to, 10)}, pageMax, idOf)
	if err != nil {
		return nil, err
	}
	for _, body := range list {
		b.settlements[cmp.Or(idOf(body), string(body))] = body
	}
	if p.at.Run.last() && !p.at.whole() {
		open, err := p.open(book.KindPayout, "setl_")
		if err != nil {
			return nil, err
		}
		for _, id := range open {
			if err := p.addSettlement(b, id); err != nil {
				return nil, err
			}
		}
	}
	return b, p.fill(b)
}

// addSettlement reads one settlement into a batch.
func (p *pull) addSettlement(b *batch, id string) error {
	if b.settlements[id] != nil {
		return nil
	}
	body, found, err := p.one(p.ctx, "/v1/settlements", id, nil)
	if found {
		b.settlements[id] = body
	}
	return err
}

// fill reads the rows of the days on which settlements were made, and where they do not make a
// settlement's amount those of the days beside it. It makes the batch the pull's own.
func (p *pull) fill(b *batch) error {
	p.batch, p.batchOf = nil, p.at.Run.Slice
	for _, beside := range []book.Date{0, 1, -1} {
		for _, id := range slices.Sorted(maps.Keys(b.settlements)) {
			x, err := p.translate.payout(b.settlements[id])
			if err != nil || x.State == book.PayoutPending {
				continue
			}
			if sum, _ := b.sum(id); beside != 0 && sum == x.Amount.Minor && len(b.of[id]) > 0 {
				continue
			}
			if err := p.day(b, x.SentAt.In(ist)+beside); err != nil {
				return err
			}
		}
	}
	for id, r := range b.byEntity {
		s, err := p.stored(id)
		if err != nil {
			return err
		}
		if s.settled != r.settled {
			b.missing[id] = r
		}
	}
	p.batch = b
	return nil
}

// sum is the net of a settlement's rows; false where they are in several currencies.
func (b *batch) sum(settlement string) (sum int64, same bool) {
	same = true
	for _, r := range b.of[settlement] {
		sum += r.net
		same = same && r.currency == balanceCurrency
	}
	return sum, same
}

// day reads the rows of a day, once.
func (p *pull) day(b *batch, day book.Date) error {
	if b.days[day] || day.Start(ist) > book.AtUnix(p.at.Run.Began) {
		return nil
	}
	b.days[day] = true
	t := day.Time()
	list, err := p.all(p.ctx, pathRecon, query{"year": t.Format("2006"), "month": t.Format("01"),
		"day": t.Format("02")}, reconMax, entityOf)
	if err != nil {
		return err
	}
	for _, body := range list {
		r, err := readRow(body)
		if err != nil {
			b.bad = append(b.bad, badRow{body, err})
			continue
		}
		b.add(&r)
	}
	return nil
}

func (b *batch) add(r *row) {
	switch {
	case r.Type == "payment" || r.Type == "refund":
		if r.none() {
			// It is not settled yet: the payment itself says all there is.
			return
		}
		// A settlement that came back may have been settled again: the later one counts.
		if old := b.byEntity[r.EntityID]; old == nil || old.Settled <= r.Settled {
			b.byEntity[r.EntityID] = r
		}
	default:
		b.others = append(b.others, r)
	}
	if !r.none() {
		b.of[r.payout] = append(b.of[r.payout], r)
	}
}

// reach is the time from which a list must be read to bring what the batch settled, at most some
// days before from.
func (b *batch) reach(kind string, from int64) int64 {
	low := from
	for _, r := range b.missing {
		if r.Type == kind && r.Created >= from-backDays*oneDay {
			low = min(low, r.Created)
		}
	}
	return low
}

// missing are the payments or refunds of a batch that no list has brought, sorted.
func (p *pull) missing(b *batch, kind string) ([]string, error) {
	var ids []string
	for id, r := range b.missing {
		if r.Type == kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, p.ctx.Err()
}

// members keeps the rows that stand for themselves and hands them over, so that what the books hold
// proves what settlements consist of.
func (p *pull) members(b *batch) error {
	for _, bad := range b.bad {
		p.reject(book.KindTransaction, "settlement recon", bad.body, bad.err)
	}
	slices.SortFunc(b.others, func(x, y *row) int {
		return cmp.Or(cmp.Compare(x.Created, y.Created), cmp.Compare(x.EntityID, y.EntityID))
	})
	for _, r := range b.others {
		if err := p.other(r); err != nil {
			return err
		}
		p.at.Run.Done++
	}
	p.at.Run.ByID = true
	if p.empty() {
		return nil
	}
	return p.emit()
}

// payouts keeps the settlements.
func (p *pull) payouts() error {
	b, err := p.settlements()
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(b.settlements)) {
		if err := p.settlement(b, id); err != nil {
			return err
		}
		p.at.Run.Done++
	}
	return nil
}

// other keeps an adjustment or a transfer.
func (p *pull) other(r *row) error {
	if r.DisputeID == "" {
		p.keep(p.translate.movement(*r))
		return nil
	}
	d, err := p.disputeOf(r.DisputeID)
	if err != nil {
		return err
	}
	x, err := p.translate.dispute(*r, d)
	if err != nil {
		p.reject(book.KindTransaction, "settlement recon", r.body, err)
		return nil
	}
	p.keep(x)
	return nil
}

// disputeOf reads a dispute, empty where Razorpay does not show it.
func (p *pull) disputeOf(id string) (wireDispute, error) {
	if d, ok := p.disputes[id]; ok {
		return d, nil
	}
	body, found, err := p.one(p.ctx, "/v1/disputes", id, nil)
	if err != nil && !withheld(err) {
		return wireDispute{}, err
	}
	var d wireDispute
	if found && decode(body, &d) != nil {
		d = wireDispute{}
	}
	p.disputes[id] = d
	return d, nil
}

// settlement keeps a settlement. Its members are stated only where the books hold each of its rows
// as it was settled, and these make its amount.
func (p *pull) settlement(b *batch, id string) error {
	body := b.settlements[id]
	x, err := p.translate.payout(body)
	if err != nil {
		p.reject(book.KindPayout, "settlements", body, err)
		return nil
	}
	sum, same := b.sum(id)
	stated := same && len(b.of[id]) > 0 && sum == x.Amount.Minor && x.State != book.PayoutPending
	for _, r := range b.of[id] {
		if !stated {
			break
		}
		s, err := p.stored(r.EntityID)
		if err != nil {
			return err
		}
		stated = s.settled == r.settled
	}
	if stated {
		x = with(x, book.MembersStated)
	}
	p.page.Records.Payouts = append(p.page.Records.Payouts, x)
	return nil
}

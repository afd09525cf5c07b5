package razorpay

import (
	"encoding/json"
	"slices"
	"strconv"

	"countinghouse/app/book"
)

// stored is what the books remember of a record.
func (p *pull) stored(native string) (stored, error) {
	rev, err := p.books.Revision(p.ctx, p.item(native))
	if err != nil {
		return stored{}, err
	}
	s, err := readRevision(rev)
	if err != nil {
		// Of another version of the program: as if nothing were remembered.
		return stored{found: true, reported: s.reported}, nil
	}
	return s, nil
}

// settledAs is what a settlement says of a record: one of this batch, else what is remembered. of is
// the row of this batch.
func (p *pull) settledAs(native string) (m settled, of *row, err error) {
	if r, ok := p.batch.byEntity[native]; ok && !r.none() {
		return r.settled, r, nil
	}
	s, err := p.stored(native)
	return s.settled, nil, err
}

func (p *pull) keep(x book.Transaction) {
	p.page.Records.Transactions = append(p.page.Records.Transactions, x)
	delete(p.batch.missing, x.ID.Native())
}

// payment keeps a payment. Where it contradicts the row that settled it, the row is put aside.
func (p *pull) payment(body json.RawMessage) error {
	var w wirePayment
	if err := decode(body, &w); err != nil {
		p.reject(book.KindTransaction, "payments", body, err)
		return nil
	}
	m, of, err := p.settledAs(w.ID)
	if err != nil {
		return err
	}
	var k known
	if p.translate.wantsReceipt(w) {
		if k.receipt, err = p.receipt(w.OrderID); err != nil {
			return err
		}
	}
	if w.state() == book.Succeeded && m.none() {
		if k.sent, err = p.sentOnDemand(w.Created); err != nil {
			return err
		}
	}
	x, err := p.translate.payment(w, k, m)
	if err != nil && of != nil {
		p.reject(book.KindTransaction, "settlement recon", of.body, err)
		x, err = p.translate.payment(w, k, settled{})
	}
	if err != nil {
		p.reject(book.KindTransaction, "payments", body, err)
		return nil
	}
	p.parents[w.ID] = w.marks()
	p.keep(x)
	return nil
}

// sentOnDemand are the times at which money was sent on demand, from a moment to the run's beginning,
// in order. What was read before is remembered.
func (p *pull) sentOnDemand(from int64) ([]int64, error) {
	if from >= p.sentFrom && p.sentFrom != 0 {
		return p.sent, nil
	}
	to := p.at.Run.Began
	if p.sentFrom != 0 {
		to = p.sentFrom - 1
	}
	if start, _ := p.at.Run.bounds(); from > start {
		from = start
	}
	from = max(from-sliceDays*oneDay, earliest)
	list, err := p.all(p.ctx, pathOnDemand, query{"from": strconv.FormatInt(from, 10),
		"to": strconv.FormatInt(to, 10)}, pageMax, idOf)
	if err != nil && !withheld(err) {
		return nil, err
	}
	for _, body := range list {
		var s wireOnDemand
		if decode(body, &s) == nil {
			p.sent = append(p.sent, s.Created)
		}
	}
	slices.Sort(p.sent)
	p.sentFrom = from
	return p.sent, nil
}

// receipt is the receipt of an order, "" where it has none. A pull reads the orders of a slice at
// once.
func (p *pull) receipt(order string) (string, error) {
	if r, ok := p.receipts[order]; ok {
		return r, nil
	}
	if run := p.at.Run; p.receiptsOf != run.Slice+1 && !run.ByID {
		p.receiptsOf = run.Slice + 1
		from, to := run.bounds()
		from = p.batch.reach("payment", from) - oneDay
		list, err := p.all(p.ctx, "/v1/orders", query{"from": strconv.FormatInt(from, 10),
			"to": strconv.FormatInt(to, 10)}, pageMax, idOf)
		if err != nil && !withheld(err) {
			return "", err
		}
		for _, body := range list {
			p.keepReceipt(idOf(body), body)
		}
	}
	if r, ok := p.receipts[order]; ok {
		return r, nil
	}
	body, found, err := p.one(p.ctx, "/v1/orders", order, nil)
	if err != nil && !withheld(err) {
		return "", err
	}
	if !found {
		body = nil
	}
	p.keepReceipt(order, body)
	return p.receipts[order], nil
}

func (p *pull) keepReceipt(id string, body json.RawMessage) {
	var o wireOrder
	if body != nil && json.Unmarshal(body, &o) != nil {
		o.Receipt = ""
	}
	p.receipts[id] = o.Receipt
}

// parent is what is remembered of a payment; one that is not in the books is asked for.
func (p *pull) parent(id string) (stored, error) {
	if s, ok := p.parents[id]; ok || id == "" {
		return s, nil
	}
	s, err := p.stored(id)
	if err != nil || s.found && !s.reported {
		return s, err
	}
	body, found, err := p.one(p.ctx, "/v1/payments", id, nil)
	if err != nil {
		return s, err
	}
	var w wirePayment
	if found && decode(body, &w) == nil {
		s = w.marks()
	}
	p.parents[id] = s
	return s, nil
}

func (p *pull) refund(body json.RawMessage) error {
	var w wireRefund
	if err := decode(body, &w); err != nil {
		p.reject(book.KindTransaction, "refunds", body, err)
		return nil
	}
	of, err := p.parent(w.PaymentID)
	if err != nil {
		return err
	}
	m, row, err := p.settledAs(w.ID)
	if err != nil {
		return err
	}
	x, err := p.translate.refund(w, of, m)
	if err != nil && row != nil {
		p.reject(book.KindTransaction, "settlement recon", row.body, err)
		x, err = p.translate.refund(w, of, settled{})
	}
	if err != nil {
		p.reject(book.KindTransaction, "refunds", body, err)
		return nil
	}
	p.keep(x)
	return nil
}

func (p *pull) onDemand(body json.RawMessage) error {
	records, gone, err := p.translate.onDemand(body)
	if err != nil {
		p.reject(book.KindPayout, "on-demand settlements", body, err)
		return nil
	}
	p.page.Records.Add(records)
	for _, id := range gone {
		rev, err := p.books.Revision(p.ctx, id)
		if err != nil {
			return err
		}
		if rev != "" {
			p.page.Records.Gone = append(p.page.Records.Gone, id)
		}
	}
	return nil
}

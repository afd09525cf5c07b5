package paypal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"

	"countinghouse/sync/source"
)

// pageSize is how many rows a page of the search asks for: the most that PayPal gives.
const pageSize = 500

// tooLarge is PayPal's code for a window with more rows than it lists.
const tooLarge = "RESULTSET_TOO_LARGE"

// search reads one page of the transactions of a window, both ends included.
func (p *PayPal) search(ctx context.Context, from, to int64, page int, filter url.Values) (
	*wireSearch, error) {
	const op = "list transactions"
	q := url.Values{"start_date": {stamp(from)}, "end_date": {stamp(to)}, "fields": {"all"},
		"page_size": {atoi(pageSize)}, "page": {atoi(page)}}
	for k, v := range filter {
		q[k] = v
	}
	var s wireSearch
	if err := p.get(ctx, op, "/v1/reporting/transactions", q, &s); err != nil {
		return nil, err
	}
	if s.TotalItems == nil || s.TotalPages == nil || s.Refreshed.unix() == 0 {
		return nil, p.malformed(op, errNoSearch)
	}
	return &s, nil
}

// horizon asks a small question to learn the account and how far PayPal's data reach. They lag
// behind by hours, and a window that begins where they end is refused: then it looks further back.
func (p *PayPal) horizon(ctx context.Context) (*wireSearch, error) {
	// The server's clock counts; a token's reply tells it.
	if _, err := p.bearer(ctx); err != nil {
		return nil, err
	}
	for back := int64(oneDay); ; back *= 2 {
		at := p.now().Unix() - back
		s, err := p.search(ctx, at, at, 1, nil)
		if refusedAs(err, "INVALID_REQUEST") && back < sliceMost {
			continue
		}
		if refusedAs(err, tooLarge) {
			at -= oneHour
			s, err = p.search(ctx, at, at, 1, nil)
		}
		return s, err
	}
}

// restarts is how often a slice that changes while it is read is read from its start.
const restarts = 5

// slice reads all pages of a window. Where rows arrive between two pages, pages shift, and the
// window is read from its start.
func (p *pull) slice(from, to int64, filter url.Values) ([]json.RawMessage, error) {
	for range restarts {
		first, err := p.search(p.ctx, from, to, 1, filter)
		if err != nil {
			return nil, err
		}
		rows := first.Rows
		same := true
		for n := 2; n <= *first.TotalPages && same; n++ {
			next, err := p.search(p.ctx, from, to, n, filter)
			if err != nil {
				return nil, err
			}
			same = *next.TotalItems == *first.TotalItems && *next.TotalPages == *first.TotalPages &&
				len(next.Rows) > 0
			rows = append(rows, next.Rows...)
		}
		if same && len(rows) == *first.TotalItems {
			return rows, nil
		}
	}
	return nil, &source.Error{Kind: source.KindUnavailable, Source: p.o.Name,
		Op: "list transactions", Detail: fmt.Sprintf("the rows from %s to %s changed %d times "+
			"while they were read", stamp(from), stamp(to), restarts),
		Hint: "PayPal's list does not come to rest. Try again later."}
}

// found reads what the search has under a transaction's id around a moment.
func (p *pull) found(id string, at, until int64) error {
	from := at - 3*oneDay
	to := min(from+sliceMost-1, until)
	if to < from {
		return nil
	}
	bodies, err := p.slice(from, to, url.Values{"transaction_id": {id}})
	if err != nil {
		return err
	}
	_, err = p.keepRows(bodies, func(*row) bool { return true })
	return err
}

func fingerprint(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

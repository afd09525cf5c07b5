package spectrocoin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// pageSize is how many orders a list asks for.
const pageSize = 100

// maxPasses is how often a list that does not hold still is read before the pull gives up.
const maxPasses = 5

// loaded is what a pull works on: the orders and the wallet's rows from a moment on.
type loaded struct {
	orders []order
	bad    []badRow
	// ledger is nil where the wallet cannot be read.
	ledger *ledger
	claims *claims
	back   map[string]*row
	of     map[string]string
	// page is the largest number of records that came at once.
	page int
}

func (s *SpectroCoin) restless(op, why string) error {
	return &source.Error{Kind: source.KindUnavailable, Source: s.o.Name, Op: op, Detail: why,
		Hint: "SpectroCoin's lists change while they are read. Try again later."}
}

// listPage reads one page of the list of orders.
func (s *SpectroCoin) listPage(ctx context.Context, q listQuery) (orderPage, error) {
	const op = "list orders"
	var reply object
	if err := s.public.get(ctx, op, "/merchants/orders", q.values(s.project), &reply); err != nil {
		return orderPage{}, err
	}
	p, err := readPage(reply)
	if err != nil {
		return p, s.malformed(op, err)
	}
	return p, nil
}

// list reads all orders made from a moment on. Nothing is known of the list's order and new orders
// may move others from page to page, so it is read until as many have come as there are.
func (s *SpectroCoin) list(ctx context.Context, from book.Instant, to *loaded) error {
	found := map[string]json.RawMessage{}
	for range maxPasses {
		total := 0
		for page := 0; ; page++ {
			p, err := s.listPage(ctx, listQuery{page: page, size: pageSize, from: from})
			if err != nil {
				return err
			}
			total, to.page = p.total, max(to.page, len(p.content))
			for _, body := range p.content {
				found[idOf(body)] = body
			}
			if page+1 >= p.pages || len(p.content) == 0 {
				break
			}
		}
		if len(found) >= total {
			s.keep(found, from, to)
			return nil
		}
	}
	return s.restless("list orders", fmt.Sprintf("%d orders came, and more are said to be there",
		len(found)))
}

// keep reads what a list brought. What names another project is left out, and what is older than was
// asked for: the wallet is not read that far back.
func (s *SpectroCoin) keep(found map[string]json.RawMessage, from book.Instant, to *loaded) {
	for id, body := range found {
		o, err := readOrder(body, "", s.translate.zone)
		switch {
		case err != nil:
			to.bad = append(to.bad, badRow{id, body, err})
		case s.ours(&o) && (o.created == 0 || o.created >= from):
			to.orders = append(to.orders, o)
		}
	}
}

// ours reports whether an order is of our project, as far as it says.
func (s *SpectroCoin) ours(o *order) bool {
	return o.project == "" || strings.EqualFold(o.project, s.project)
}

// idOf is the id of an order that may not be readable otherwise, a fingerprint where it has none.
func idOf(body json.RawMessage) string {
	var o object
	if json.Unmarshal(body, &o) == nil {
		if id, err := o.text(names.id); err == nil && id != "" {
			return id
		}
	}
	return "order " + fingerprint(string(body))
}

// orderID is the form of an order's id.
var orderID = regexp.MustCompile(`^[0-9A-Za-z]{8}[0-9A-Za-z-]{8,56}$`)

// one reads an order by its id. It reports false for one that SpectroCoin does not know, or that
// belongs to another project.
func (s *SpectroCoin) one(ctx context.Context, id string, to *loaded) (bool, error) {
	var body json.RawMessage
	err := s.public.get(ctx, readOp, orderPath(id), nil, &body)
	if unknownOrder(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o, err := readOrder(body, id, s.translate.zone)
	switch {
	case err != nil:
		to.bad = append(to.bad, badRow{id, body, err})
	case s.ours(&o):
		to.orders = append(to.orders, o)
		return true, nil
	}
	return false, nil
}

// readOp is what reading an order is called in errors.
const readOp = "read order"

// unknownOrder reports whether an error says that there is no such order: it must come from the
// reading itself, not from asking for the token.
func unknownOrder(err error) bool {
	var e *source.Error
	if !errors.As(err, &e) || e.Op != readOp || e.Kind != source.KindRefused {
		return false
	}
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

func orderPath(id string) string { return "/merchants/orders/" + url.PathEscape(id) }

// open reads again the stored orders that were not in the list: those that are not final, and those
// whose money came since a moment though they are older, because a row of the wallet may be theirs.
func (s *SpectroCoin) open(ctx context.Context, books source.Books, since book.Instant,
	to *loaded) error {
	waiting, err := books.Unsettled(ctx, book.KindTransaction, since)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, o := range to.orders {
		known[o.id] = true
	}
	for _, bad := range to.bad {
		known[bad.place] = true
	}
	for _, id := range waiting {
		native := id.Native()
		// A row of the wallet has a number and no UUID.
		if known[native] || !orderID.MatchString(native) || !strings.Contains(native, "-") {
			continue
		}
		if _, err := s.one(ctx, native, to); err != nil {
			return err
		}
	}
	return nil
}

// probe reads the wallet from a moment on, nil where it cannot be read.
func (s *SpectroCoin) probe(ctx context.Context, from book.Instant) (*ledger, error) {
	l, err := s.readWallet(ctx, from)
	if err != nil && noWallet(err) {
		return nil, nil
	}
	return l, err
}

// settle puts what was read in order and finds out what belongs together.
func (to *loaded) settle() {
	slices.SortStableFunc(to.orders, func(a, b order) int { return strings.Compare(a.id, b.id) })
	to.orders = slices.CompactFunc(to.orders, func(a, b order) bool { return a.id == b.id })
	slices.SortFunc(to.bad, func(a, b badRow) int { return strings.Compare(a.place, b.place) })
	to.claims = claim(nil, nil)
	if to.ledger == nil {
		return
	}
	l := to.ledger
	to.page = max(to.page, l.page)
	slices.SortFunc(l.rows, func(a, b row) int { return strings.Compare(a.no, b.no) })
	slices.SortFunc(l.bad, func(a, b badRow) int { return strings.Compare(a.place, b.place) })
	to.claims = claim(l.rows, to.orders)
	to.back, to.of = returns(l.rows)
}

// records are the transactions of an order, and the ids of stored ones that are no more: a row that
// stood by itself until the order explained it.
func (s *SpectroCoin) records(ctx context.Context, books source.Books, o order, to *loaded,
	from book.Instant) ([]book.Transaction, []book.ItemID, error) {
	stored, err := books.Revision(ctx, s.item(o.id))
	if err != nil {
		return nil, nil, err
	}
	f, known := factsOf(stored)
	r, credited := to.claims.credit[o.id]
	switch {
	case o.state() != book.Succeeded:
		f = facts{seen: f.seen}
	case credited:
		f.wallet, f.row, f.credited, f.at = true, r.no, r.amount.Minor, r.at
	case to.ledger != nil && (!known || o.created >= from):
		f = facts{wallet: true, seen: f.seen}
	}
	if f.seen == 0 && first(o.created, o.validUntil, o.updated) == 0 {
		f.seen = s.now()
	}
	charge := s.translate.charge(o, f)
	out := []book.Transaction{charge}
	var gone []book.ItemID
	leave := func(id book.ItemID) error {
		revision, err := books.Revision(ctx, id)
		if revision != "" {
			gone = append(gone, id)
		}
		return err
	}
	if credited {
		if err := leave(s.item(r.no)); err != nil {
			return nil, nil, err
		}
	}
	if o.status == "REFUNDED" {
		if charge.State == book.Cancelled || to.claims.refunded[o.id] {
			err = leave(s.item(refundID(o.id)))
		} else {
			out = append(out, s.translate.refund(o, charge, f))
		}
	}
	return out, gone, err
}

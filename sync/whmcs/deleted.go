package whmcs

import (
	"context"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// see notes that WHMCS still has a record, and saw the same of an item.
func (p *pull) see(kind book.Kind, id int64) { p.saw(p.id(kind, id)) }

func (p *pull) saw(id book.ItemID) {
	if p.seen != nil {
		p.seen[id] = true
	}
}

// met notes that WHMCS still has the record of a row, though it may not be readable.
func (p *pull) met(kind book.Kind, row node) {
	if r := (&reader{node: row}); r.id("id") > 0 && r.err == nil {
		p.see(kind, r.id("id"))
		return
	}
	p.doubt(kind)
}

// doubt notes that not all records of a kind could be read. What a client's record does not say, its
// payments and credits cannot say either.
func (p *pull) doubt(kind book.Kind) {
	p.unsure[kind] = true
	if kind == book.KindCustomer {
		p.unsure[book.KindPayment], p.unsure[book.KindCredit] = true, true
		p.unsure[book.KindSavedMethod] = true
	}
}

// readDeleted names the stored records that WHMCS no longer has. Only a pull of everything that was
// not cut off can know: it has met all that is there. A client or service that it did not meet is
// asked for once more, because a list may shift while it is walked; payments, credits and saved
// methods have no call for a single one, and are named only where all of every client could be read.
func (p *pull) readDeleted(ctx context.Context) error {
	shelf, ok := p.request.Books.(source.Shelf)
	if p.seen == nil || !ok {
		return nil
	}
	for _, kind := range []book.Kind{book.KindCustomer, book.KindService, book.KindPayment,
		book.KindCredit, book.KindSavedMethod} {
		if p.unsure[kind] {
			continue
		}
		stored, err := shelf.Stored(ctx, kind)
		if err != nil {
			return fmt.Errorf("whmcs: ask the books for every %s: %w", kind, err)
		}
		missing := slices.DeleteFunc(stored, func(id book.ItemID) bool { return p.seen[id] })
		for _, id := range missing {
			gone, err := p.confirmed(ctx, kind, id)
			if err != nil {
				return err
			}
			if gone {
				p.page.Records.Gone = append(p.page.Records.Gone, id)
			} else {
				p.doubt(kind)
			}
		}
	}
	return nil
}

// confirmed asks once more whether a record is gone.
func (p *pull) confirmed(ctx context.Context, kind book.Kind, id book.ItemID) (bool, error) {
	n := natives([]book.ItemID{id})
	if len(n) != 1 {
		return false, nil
	}
	switch kind {
	case book.KindCustomer:
		_, err := p.details(ctx, n[0])
		if unreadable(err) {
			return isNotFound(err), nil
		}
		return false, err
	case book.KindService:
		r := getServiceOf(n[0])
		reply, err := p.call(ctx, r)
		if unreadable(err) {
			return isNotFound(err), nil
		}
		if err != nil {
			return false, err
		}
		rows, err := reply.list("products", "product")
		if err != nil {
			return false, p.malformed(r, err.Error(), err)
		}
		return len(rows) == 0, nil
	}
	return true, nil
}

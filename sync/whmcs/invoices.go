package whmcs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// gapMax is how many ids next to a neighbour of a gap in the list are looked up in the books;
// farther from it only invoices that are not final are.
const gapMax = 100

// readInvoices sweeps all invoices, newest first.
func (p *pull) readInvoices(ctx context.Context) error {
	open, err := p.request.Books.Unsettled(ctx, book.KindInvoice, 0)
	if err != nil {
		return fmt.Errorf("whmcs: ask the books for open invoices: %w", err)
	}
	p.unsettled = natives(open)
	err = p.walk(ctx, listing{ask: getInvoices, wrapper: "invoices", inner: "invoice",
		kind: book.KindInvoice, descending: true, each: p.readInvoice, between: p.readGap})
	p.cursor.Dirty = nil
	return err
}

// readNewest reads the invoices that were made while the sweep went on below them.
func (p *pull) readNewest(ctx context.Context) error {
	return p.walk(ctx, listing{ask: getInvoices, wrapper: "invoices", inner: "invoice",
		kind: book.KindInvoice, descending: true, until: p.cursor.Head, each: p.readInvoice})
}

// readInvoice reads an invoice's details, unless it is final and neither its row nor one of its
// transactions changed, or is final and all of it lies before the request's Since.
func (p *pull) readInvoice(ctx context.Context, n node) error {
	row, err := p.invoiceRow(n)
	if err != nil {
		p.reject(book.KindInvoice, "invoice "+n.word("id"), n, err)
		return nil
	}
	p.cursor.Head = max(p.cursor.Head, row.id)
	was, err := p.stored(ctx, p.id(book.KindInvoice, row.id))
	if err != nil {
		return err
	}
	_, dirty := slices.BinarySearch(p.cursor.Dirty, row.id)
	known := strings.HasPrefix(was, row.listed+"-")
	if row.final() && !dirty && (known && !p.cursor.Full || was == "" && row.lastOn <
		p.request.Since) {
		return nil
	}
	return p.readDetails(ctx, row, was, n)
}

func (p *pull) readDetails(ctx context.Context, row invoiceRow, was string, listed node) error {
	place := fmt.Sprintf("invoice %d", row.id)
	r := getInvoice(row.id)
	n, err := p.call(ctx, r)
	switch {
	case isNotFound(err):
		if was != "" {
			p.page.Records.Gone = append(p.page.Records.Gone, p.id(book.KindInvoice, row.id))
		}
		return nil
	case unreadable(err):
		p.reject(book.KindInvoice, place, listed, err)
		return nil
	case err != nil:
		return err
	}
	if err := p.answers(r, n, row.id, "invoiceid", "id"); err != nil {
		return err
	}
	c, err := p.codeOf(ctx, row)
	if err != nil {
		return err
	}
	if c.code == "" {
		p.reject(book.KindInvoice, place, listed, fmt.Errorf(
			"currencycode: %q is not a currency of ISO 4217", clip(row.code, 20)))
		return nil
	}
	invoice, err := p.invoice(row, n, c.code)
	switch {
	case err != nil:
		p.reject(book.KindInvoice, place, n, err)
	case p.cursor.Full || invoice.Revision != was:
		p.page.Records.Invoices = append(p.page.Records.Invoices, invoice)
	}
	rows, err := n.list("transactions", "transaction")
	if err != nil {
		p.reject(book.KindInvoice, place, n, err)
		return nil
	}
	return p.readPayments(ctx, row, rows, c)
}

// readPayments keeps the transactions of an invoice that the reading of clients did not.
func (p *pull) readPayments(ctx context.Context, row invoiceRow, rows []node, c currency) error {
	for _, n := range rows {
		pay, err := p.payment(n, row.client, row.id, c)
		if err != nil {
			p.met(book.KindPayment, n)
			p.reject(book.KindPayment, "payment "+n.word("id"), n, err)
			continue
		}
		p.saw(pay.ID)
		was, err := p.stored(ctx, pay.ID)
		if err != nil {
			return err
		}
		if was != pay.Revision {
			p.page.Records.Payments = append(p.page.Records.Payments, pay)
		}
	}
	return nil
}

// readGap asks for stored invoices that the list no longer has between two neighbours; 0 for the
// list's ends. A merge deletes invoices, and nothing else tells of it.
func (p *pull) readGap(ctx context.Context, high, low int64) error {
	from, _ := slices.BinarySearch(p.unsettled, low+1)
	to := len(p.unsettled)
	if high > 0 {
		to, _ = slices.BinarySearch(p.unsettled, high)
	}
	missing := slices.Clone(p.unsettled[from:max(from, to)])
	for _, id := range neighbours(high, low) {
		was, err := p.stored(ctx, p.id(book.KindInvoice, id))
		if err != nil {
			return err
		}
		if was != "" && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	for _, id := range missing {
		switch _, err := p.call(ctx, getInvoice(id)); {
		case isNotFound(err):
			p.page.Records.Gone = append(p.page.Records.Gone, p.id(book.KindInvoice, id))
		case err != nil && !unreadable(err):
			return err
		}
	}
	return nil
}

// neighbours are the ids of a gap that lie next to its ends.
func neighbours(high, low int64) []int64 {
	var out []int64
	if high == 0 {
		high = low + gapMax + 1
	}
	for id := low + 1; id < high; id++ {
		if id > low+gapMax && id < high-gapMax {
			id = high - gapMax
		}
		out = append(out, id)
	}
	return out
}

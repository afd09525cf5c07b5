package whmcs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

func (p *pull) readClients(ctx context.Context) error {
	return p.walk(ctx, listing{ask: getClients, wrapper: "clients", inner: "client",
		kind: book.KindCustomer, each: p.readClient})
}

// readClient reads a client's details, transactions and credits, if there is a reason to.
func (p *pull) readClient(ctx context.Context, n node) error {
	place := "client " + n.word("id")
	row, err := p.clientRow(n)
	if err != nil {
		p.doubt(book.KindCustomer)
		p.reject(book.KindCustomer, place, n, err)
		return nil
	}
	p.see(book.KindCustomer, row.id)
	was, err := p.stored(ctx, p.id(book.KindCustomer, row.id))
	if err != nil || !p.due(row, was) {
		return err
	}
	details, err := p.details(ctx, row.id)
	if unreadable(err) {
		p.doubt(book.KindPayment)
		p.doubt(book.KindCredit)
		p.doubt(book.KindSavedMethod)
		p.reject(book.KindCustomer, place, n, err)
		return nil
	}
	if err != nil {
		return err
	}
	c, err := p.currencyOf(details)
	p.clientCurrency[row.id] = c
	var customer book.Customer
	if err == nil {
		customer, err = p.customer(row, details, c)
	}
	switch {
	case err != nil:
		p.reject(book.KindCustomer, place, details, err)
	case p.cursor.Full || customer.Revision != was:
		p.page.Records.Customers = append(p.page.Records.Customers, customer)
	}
	if err := p.readTransactions(ctx, row.id, c); err != nil {
		return err
	}
	if err := p.readCredits(ctx, row.id, c); err != nil {
		return err
	}
	return p.readSaved(ctx, row.id)
}

func (p *pull) due(row clientRow, was string) bool {
	return p.everyone || p.cursor.Full || p.touched[row.id] ||
		(row.id+p.cursor.Pulls)%turns == 0 || !strings.HasPrefix(was, row.listed+"-")
}

// readTransactions reads all of a client's transactions. Those that pay an invoice and are older
// than the request's Since are left to their invoice, which is read where it is needed.
func (p *pull) readTransactions(ctx context.Context, client int64, c currency) error {
	rows, err := p.transactions(ctx, client)
	if err != nil {
		return err
	}
	for _, row := range rows {
		pay, err := p.payment(row, client, 0, c)
		if err != nil {
			p.met(book.KindPayment, row)
			p.reject(book.KindPayment, "payment "+row.word("id"), row, err)
			continue
		}
		p.saw(pay.ID)
		was, err := p.stored(ctx, pay.ID)
		if err != nil {
			return err
		}
		early := pay.InvoiceID != "" && pay.At.In(p.translator.zone) < p.request.Since
		if was == "" && early || was == pay.Revision && !p.cursor.Full {
			continue
		}
		p.page.Records.Payments = append(p.page.Records.Payments, pay)
		if err := p.soil(ctx, pay.InvoiceID, was == pay.Revision); err != nil {
			return err
		}
	}
	return nil
}

// soil marks a stored invoice to be read again although its row may look unchanged.
func (p *pull) soil(ctx context.Context, invoice book.ItemID, same bool) error {
	if invoice == "" || same || p.cursor.Full {
		return nil
	}
	was, err := p.stored(ctx, invoice)
	if err != nil || was == "" {
		return err
	}
	n := natives([]book.ItemID{invoice})
	if i, found := slices.BinarySearch(p.cursor.Dirty, n[0]); !found {
		p.cursor.Dirty = slices.Insert(p.cursor.Dirty, i, n[0])
	}
	return nil
}

// transactions are the rows of a client's transactions. Where WHMCS gives fewer rows than it
// counts, the rest is looked for in the client's invoices, and what is then still missing is said.
func (p *pull) transactions(ctx context.Context, client int64) ([]node, error) {
	rows, total, err := p.ledger(ctx, getTransactionsOfClient(client), "userid", client)
	if err != nil || len(rows) >= total {
		return rows, err
	}
	known := map[string]bool{}
	for _, row := range rows {
		known[row.word("id")] = true
	}
	invoices, err := p.invoicesOf(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, id := range invoices {
		more, _, err := p.ledger(ctx, getTransactionsOfInvoice(id), "invoiceid", id)
		if err != nil {
			return nil, err
		}
		for _, row := range more {
			if w := row.word("id"); !known[w] {
				known[w] = true
				rows = append(rows, row)
			}
		}
	}
	if len(rows) < total {
		p.doubt(book.KindPayment)
		p.warn(book.KindPayment, fmt.Sprintf("transactions of client %d", client), fmt.Sprintf(
			"WHMCS counts %d transactions of the client and gives %d, its invoices included; the "+
				"missing ones pay no invoice", total, len(rows)))
	}
	return rows, nil
}

// ledger is one reply of GetTransactions and the number of rows that it says there are. All rows
// must be about id, or the filter was ignored.
func (p *pull) ledger(ctx context.Context, r request, field string, id int64) ([]node, int, error) {
	n, err := p.call(ctx, r)
	if unreadable(err) {
		p.doubt(book.KindPayment)
		p.reject(book.KindPayment, fmt.Sprintf("transactions of %s %d", field, id), nil, err)
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	rows, err := n.list("transactions", "transaction")
	counters := reader{node: n}
	total := int(counters.int("totalresults"))
	if err == nil {
		err = counters.err
	}
	if err != nil {
		return nil, 0, p.malformed(r, err.Error(), err)
	}
	for _, row := range rows {
		if err := p.answers(r, row, id, field); err != nil {
			return nil, 0, err
		}
	}
	return rows, total, nil
}

// invoicesOf are the ids of a client's invoices.
func (p *pull) invoicesOf(ctx context.Context, client int64) ([]int64, error) {
	var out []int64
	seen := map[int64]bool{}
	for start := 0; ; {
		r := getInvoicesOf(client, start, pageSize)
		n, err := p.call(ctx, r)
		if err != nil {
			return nil, err
		}
		rows, err := n.list("invoices", "invoice")
		if err != nil {
			return nil, p.malformed(r, err.Error(), err)
		}
		for _, row := range rows {
			if err := p.answers(r, row, client, "userid"); err != nil {
				return nil, err
			}
			if id := (&reader{node: row}).int("id"); id > 0 && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		start += len(rows)
		if len(rows) == 0 || start >= int((&reader{node: n}).int("totalresults")) {
			return out, nil
		}
	}
}

// readCredits reads a client's credit log. It is read also where the balance is zero: credit that
// came and went between two pulls leaves no other trace.
func (p *pull) readCredits(ctx context.Context, client int64, c currency) error {
	r := getCredits(client)
	n, err := p.call(ctx, r)
	if unreadable(err) {
		p.doubt(book.KindCredit)
		p.reject(book.KindCredit, fmt.Sprintf("credits of client %d", client), nil, err)
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := n.list("credits", "credit")
	if err == nil {
		err = p.answers(r, n, client, "clientid")
	}
	if err != nil {
		return p.malformed(r, err.Error(), err)
	}
	if total := int((&reader{node: n}).int("totalresults")); len(rows) < total {
		p.doubt(book.KindCredit)
		p.warn(book.KindCredit, fmt.Sprintf("credits of client %d", client),
			fmt.Sprintf("WHMCS counts %d entries and gives %d", total, len(rows)))
	}
	for _, row := range rows {
		entry, err := p.credit(row, client, c)
		if err != nil {
			p.met(book.KindCredit, row)
			p.reject(book.KindCredit, "credit "+row.word("id"), row, err)
			continue
		}
		p.saw(entry.ID)
		was, err := p.stored(ctx, entry.ID)
		if err != nil {
			return err
		}
		if was != entry.Revision || p.cursor.Full {
			p.page.Records.Credits = append(p.page.Records.Credits, entry)
		}
	}
	return nil
}

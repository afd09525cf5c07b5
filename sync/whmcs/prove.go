package whmcs

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

var absent = source.Outcome{State: source.OutcomeAbsent}

func done(object book.ItemID, m money.Money) source.Outcome {
	return source.Outcome{State: source.OutcomeDone, Object: object, Amount: m,
		Evidence: fmt.Sprintf(`{"found":%q}`, object)}
}

func unsure(format string, args ...any) source.Outcome {
	return source.Outcome{State: source.OutcomeUnknown, Detail: fmt.Sprintf(format, args...)}
}

func (s *WHMCS) item(kind book.Kind, n int64) book.ItemID {
	return book.NewID(s.options.Name, string(kind)+"/"+strconv.FormatInt(n, 10))
}

// getTransactionsBy lists the rows that have a transaction id.
func getTransactionsBy(transID string) request {
	r := plain("GetTransactions")
	r.form = url.Values{"transid": {transID}}
	return r
}

// provesRow finds the row that was booked under a transaction id. Another row of that id is no proof:
// somebody booked something else under it.
func provesRow(ctx context.Context, s *WHMCS, o book.Order, _ string,
	_ book.Instant) (source.Outcome, error) {
	r := getTransactionsBy(o.Reference)
	reply, err := s.call(ctx, r)
	if err != nil {
		return source.Outcome{}, err
	}
	rows, err := reply.list("transactions", "transaction")
	if err != nil {
		return source.Outcome{}, s.malformed(r, err.Error(), errReply)
	}
	field := "amountin"
	if o.Do != book.Record {
		field = "amountout"
	}
	invoice, _ := numberIn(o.Invoice, book.KindInvoice)
	var found []source.Outcome
	for _, row := range rows {
		x := reader{node: row}
		if row.text("transid") != o.Reference {
			continue // a filter that was ignored
		}
		id, in, moved := x.id("id"), x.int("invoiceid"), x.amountOrNone(field, o.Amount.Currency)
		switch {
		case x.err != nil:
			return source.Outcome{}, s.malformed(r, x.err.Error(), errReply)
		case moved == 0 && o.Do != book.Record:
			continue // the payment that is given back may have the same id
		case invoice != 0 && in != invoice || moved != o.Amount.Minor:
			return unsure("Another row is booked under %s: %s on invoice %d.", o.Reference,
				money.New(moved, o.Amount.Currency), in), nil
		}
		found = append(found, done(s.item(book.KindPayment, id), money.New(moved, o.Amount.Currency)))
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return unsure("%s is booked %d times.", o.Reference, len(found)), nil
	case reply.word("totalresults") != "0" && len(rows) == 0:
		return unsure("The list of rows came without its rows."), nil
	}
	return absent, nil
}

// provesCapture finds what a capture came to: the invoice's own state, and the row that paid it.
func provesCapture(ctx context.Context, s *WHMCS, o book.Order, _ string,
	since book.Instant) (source.Outcome, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	if err != nil {
		return source.Outcome{}, err
	}
	if b.status == book.InvoicePending {
		return source.Outcome{State: source.OutcomePending, Detail: "The payment is pending."}, nil
	}
	const slack = 10 * 60 * 1000 // the server's clock need not be ours
	for _, row := range b.rows {
		x := reader{node: row}
		id, at, in := x.id("id"), x.instant("date", s.zone), x.amountOrNone("amountin", b.currency)
		if x.err == nil && at >= since-slack && in == o.Amount.Minor {
			out := done(s.item(book.KindPayment, id), o.Amount)
			return out, nil
		}
	}
	if b.status == book.InvoicePaid {
		return unsure("The invoice is paid, but not by a payment of %s.", o.Amount), nil
	}
	return absent, nil
}

// creditRows reads a client's credit log.
func (s *WHMCS) creditRows(ctx context.Context, client int64) ([]node, error) {
	r := getCredits(client)
	reply, err := s.call(ctx, r)
	if err != nil {
		return nil, err
	}
	rows, err := reply.list("credits", "credit")
	if err != nil {
		return nil, s.malformed(r, err.Error(), errReply)
	}
	return rows, nil
}

// provesCredit finds the entry that carries the key.
func provesCredit(ctx context.Context, s *WHMCS, o book.Order, key string,
	_ book.Instant) (source.Outcome, error) {
	client, err := numberIn(o.Customer, book.KindCustomer)
	if err != nil {
		return source.Outcome{}, err
	}
	rows, err := s.creditRows(ctx, client)
	if err != nil {
		return source.Outcome{}, err
	}
	for _, row := range rows {
		x := reader{node: row}
		if key != "" && strings.Contains(row.text("description"), "["+key+"]") {
			id, m := x.id("id"), x.amount("amount", o.Amount.Currency)
			if x.err != nil {
				return source.Outcome{}, x.err
			}
			return done(s.item(book.KindCredit, id), money.New(m, o.Amount.Currency)), nil
		}
	}
	return absent, nil
}

// provesApplied finds the entry by which credit was spent on the invoice, on or after the day.
func provesApplied(ctx context.Context, s *WHMCS, o book.Order, _ string,
	since book.Instant) (source.Outcome, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	if err != nil {
		return source.Outcome{}, err
	}
	rows, err := s.creditRows(ctx, b.client)
	if err != nil {
		return source.Outcome{}, err
	}
	invoice, _ := numberIn(o.Invoice, book.KindInvoice)
	for _, row := range rows {
		x := reader{node: row}
		id, on, m, about := x.id("id"), x.date("date"), x.amount("amount", b.currency), x.int("relid")
		if x.err == nil && m == -o.Amount.Minor && on >= since.In(s.zone) && (about == invoice ||
			strings.Contains(row.text("description"), "#"+strconv.FormatInt(invoice, 10))) {
			return done(s.item(book.KindCredit, id), o.Amount), nil
		}
	}
	return absent, nil
}

func provesReopen(ctx context.Context, s *WHMCS, o book.Order, _ string,
	_ book.Instant) (source.Outcome, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	if err != nil || b.status != book.InvoiceUnpaid {
		return absent, err
	}
	return done(o.Invoice, money.Money{}), nil
}

func provesService(ctx context.Context, s *WHMCS, o book.Order, _ string,
	_ book.Instant) (source.Outcome, error) {
	now, err := s.serviceNow(ctx, o.Service)
	if err != nil || !strings.EqualFold(now, after[o.Do]) {
		return absent, err
	}
	return done(o.Service, money.Money{}), nil
}

// provesMail finds a mail by its subject among those sent since.
func provesMail(ctx context.Context, s *WHMCS, o book.Order, _ string,
	since book.Instant) (source.Outcome, error) {
	client, err := numberIn(o.Customer, book.KindCustomer)
	if err != nil {
		return source.Outcome{}, err
	}
	r := about("GetEmails", "clientid", client)
	r.form.Set("subject", o.Message.Subject)
	r.form.Set("limitnum", "100")
	reply, err := s.call(ctx, r)
	if err != nil {
		return source.Outcome{}, err
	}
	rows, err := reply.list("emails", "email")
	if err != nil {
		return source.Outcome{}, s.malformed(r, err.Error(), errReply)
	}
	const slack = 10 * 60 * 1000
	for _, row := range rows {
		x := reader{node: row}
		id, at := x.id("id"), x.instant("date", s.zone)
		if x.err == nil && row.text("subject") == o.Message.Subject && at >= since-slack {
			return done(book.NewID(s.options.Name, "email/"+strconv.FormatInt(id, 10)), money.Money{}), nil
		}
	}
	return absent, nil
}

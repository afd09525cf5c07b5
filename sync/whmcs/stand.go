package whmcs

import (
	"context"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// bill is an invoice as WHMCS has it now.
type bill struct {
	status   book.InvoiceStatus
	balance  int64
	currency money.Currency
	client   int64
	// attempt is the last capture, rows its transactions.
	rows []node
}

// bill reads an invoice in the currency of an order.
func (s *WHMCS) bill(ctx context.Context, id book.ItemID, c money.Currency) (bill, error) {
	n, err := numberIn(id, book.KindInvoice)
	if err != nil {
		return bill{}, err
	}
	r := getInvoice(n)
	reply, err := s.call(ctx, r)
	if err != nil {
		return bill{}, err
	}
	x := reader{node: reply}
	b := bill{status: status(reply.word("status")), balance: x.amount("balance", c), currency: c,
		client: x.id("userid")}
	if got := x.id("invoiceid"); x.err == nil && got != n {
		return bill{}, s.malformed(r, fmt.Sprintf("answers invoice %d", got), errReply)
	}
	if x.err != nil {
		return bill{}, s.malformed(r, x.err.Error(), errReply)
	}
	if b.rows, err = reply.list("transactions", "transaction"); err != nil {
		return bill{}, s.malformed(r, err.Error(), errReply)
	}
	return b, nil
}

func blocked(format string, args ...any) (source.Standing, error) {
	return source.Standing{Blocked: fmt.Sprintf(format, args...)}, nil
}

func allowed(effects ...string) (source.Standing, error) {
	return source.Standing{Effects: effects}, nil
}

// standsInvoice is for collecting an invoice: it must still be owed, in exactly this amount at least.
func standsInvoice(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	switch {
	case err != nil:
		return source.Standing{}, err
	case b.status == book.InvoicePending:
		return blocked("A payment of the invoice is pending.")
	case b.status != book.InvoiceUnpaid:
		return blocked("The invoice is %s in WHMCS.", b.status)
	case b.balance != o.Amount.Minor:
		return blocked("The invoice owes %s now, not %s.", money.New(b.balance, b.currency), o.Amount)
	}
	out, err := allowed("WHMCS collects " + o.Amount.String() + " with the customer's saved method.")
	out.Left = money.New(b.balance, b.currency)
	return out, err
}

// standsRecord is for booking a payment: its transaction id must not be there.
func standsRecord(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	out, err := standsRow(ctx, s, o)
	if err != nil || out.Done || out.Blocked != "" {
		return out, err
	}
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	switch {
	case err != nil:
		return source.Standing{}, err
	case b.status == book.InvoiceCancelled:
		return blocked("The invoice is cancelled in WHMCS: reopen it first.")
	case b.status == book.InvoiceDraft || b.status == book.InvoiceGone:
		return blocked("The invoice is %s in WHMCS.", b.status)
	}
	effect := "Books " + o.Amount.String() + " on the invoice under " + o.Reference + "."
	if left := o.Amount.Minor - b.balance; left > 0 {
		effect += " " + money.New(left, b.currency).String() + " of it become the client's credit."
	}
	return allowed(effect)
}

// standsRow is for booking a row under an id: done where it is there already.
func standsRow(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	found, err := provesRow(ctx, s, o, "", 0)
	switch {
	case err != nil:
		return source.Standing{}, err
	case found.State == source.OutcomeDone:
		return source.Standing{Done: true, Object: found.Object}, nil
	case found.State != source.OutcomeAbsent:
		return blocked("%s", found.Detail)
	}
	return allowed("Books " + o.Amount.String() + " under " + o.Reference + ".")
}

func standsCredit(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	switch {
	case err != nil:
		return source.Standing{}, err
	case b.status != book.InvoiceUnpaid:
		return blocked("The invoice is %s in WHMCS.", b.status)
	case b.balance < o.Amount.Minor:
		return blocked("The invoice owes %s only.", money.New(b.balance, b.currency))
	}
	client, err := s.call(ctx, getClientsDetails(b.client))
	if err != nil {
		return source.Standing{}, err
	}
	x := reader{node: client}
	if have := x.amountOrNone("credit", b.currency); x.err == nil && have < o.Amount.Minor {
		return blocked("The client has %s of credit only.", money.New(have, b.currency))
	}
	return allowed("Pays " + o.Amount.String() + " of the invoice out of the client's credit.")
}

func standsCustomer(_ context.Context, _ *WHMCS, o book.Order) (source.Standing, error) {
	if o.Do == book.Notify {
		return allowed("WHMCS sends the mail “" + o.Message.Subject + "”.")
	}
	return allowed("Adds " + o.Amount.String() + " to the client's credit.")
}

func standsReopen(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	switch {
	case err != nil:
		return source.Standing{}, err
	case b.status == book.InvoiceUnpaid:
		return source.Standing{Done: true, Object: o.Invoice}, nil
	case b.status == book.InvoiceGone:
		return blocked("WHMCS does not know the invoice any more.")
	}
	return allowed("The invoice is owed again.")
}

// serviceNow reads the status of a service, in WHMCS's word.
func (s *WHMCS) serviceNow(ctx context.Context, id book.ItemID) (string, error) {
	n, err := numberIn(id, book.KindService)
	if err != nil {
		return "", err
	}
	r := getServiceOf(n)
	reply, err := s.call(ctx, r)
	if err != nil {
		return "", err
	}
	rows, err := reply.list("products", "product")
	if err != nil {
		return "", s.malformed(r, err.Error(), errReply)
	}
	for _, row := range rows {
		x := reader{node: row}
		if x.id("id") == n && x.err == nil {
			return row.word("status"), nil
		}
	}
	return "", s.malformed(r, "does not answer the service that was asked for", errReply)
}

// after are the states in which an action leaves a service.
var after = map[book.ActionKind]string{book.Suspend: "Suspended", book.Unsuspend: "Active",
	book.Terminate: "Terminated"}

func standsService(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	now, err := s.serviceNow(ctx, o.Service)
	switch {
	case err != nil:
		return source.Standing{}, err
	case strings.EqualFold(now, after[o.Do]):
		return source.Standing{Done: true, Object: o.Service}, nil
	case o.Do == book.Unsuspend && !strings.EqualFold(now, "Suspended"),
		o.Do == book.Suspend && !strings.EqualFold(now, "Active"):
		return blocked("The service is %s in WHMCS.", now)
	}
	return allowed("The service becomes " + after[o.Do] + ", by the server's module.")
}

// standsSuspend suspends nobody who paid, or whose money is on its way.
func standsSuspend(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	b, err := s.bill(ctx, o.Invoice, o.Amount.Currency)
	switch {
	case err != nil:
		return source.Standing{}, err
	case b.status == book.InvoicePending:
		return blocked("A payment of the invoice is pending: nobody loses a service for it.")
	case !b.status.Open() || b.balance <= 0:
		return blocked("The invoice is %s in WHMCS: nobody loses a service for it.", b.status)
	}
	return standsService(ctx, s, o)
}

// standsTerminate ends a service for an invoice only while that is owed, and else because somebody asked.
func standsTerminate(ctx context.Context, s *WHMCS, o book.Order) (source.Standing, error) {
	if o.Invoice == "" {
		return standsService(ctx, s, o)
	}
	return standsSuspend(ctx, s, o)
}

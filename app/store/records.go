package store

import (
	"cmp"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// allFacts are the tables of facts in the order in which a page is written.
var allFacts = []facts{
	&table[book.Customer]{
		name: "customers", kind: book.KindCustomer, key: []string{"id"}, fields: customer,
		of:    func(r *book.Records) *[]book.Customer { return &r.Customers },
		order: func(a, b book.Customer) int { return byID(a.ID, b.ID) },
	},
	&table[book.Service]{
		name: "services", kind: book.KindService, key: []string{"id"}, fields: service,
		of:    func(r *book.Records) *[]book.Service { return &r.Services },
		order: func(a, b book.Service) int { return byID(a.ID, b.ID) },
	},
	&table[book.Invoice]{
		name: "invoices", kind: book.KindInvoice, key: []string{"id"}, fields: invoice,
		of:    func(r *book.Records) *[]book.Invoice { return &r.Invoices },
		order: func(a, b book.Invoice) int { return byID(a.ID, b.ID) },
	},
	&table[book.Payment]{
		name: "payments", kind: book.KindPayment, key: []string{"id"}, fields: payment,
		of:    func(r *book.Records) *[]book.Payment { return &r.Payments },
		order: func(a, b book.Payment) int { return byID(a.ID, b.ID) },
	},
	&table[book.Credit]{
		name: "credits", kind: book.KindCredit, key: []string{"id"}, fields: credit,
		of:    func(r *book.Records) *[]book.Credit { return &r.Credits },
		order: func(a, b book.Credit) int { return byID(a.ID, b.ID) },
	},
	&table[book.Method]{
		name: "methods", kind: KindMethod, key: []string{"source", "name"}, fields: method,
		of: func(r *book.Records) *[]book.Method { return &r.Methods },
		order: func(a, b book.Method) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
		},
	},
	&table[book.Rate]{
		name: "rates", kind: KindRate, key: []string{"source", "currency"}, fields: rate,
		of: func(r *book.Records) *[]book.Rate { return &r.Rates },
		order: func(a, b book.Rate) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Currency, b.Currency))
		},
	},
	&table[book.SavedMethod]{
		name: "saved_methods", kind: book.KindSavedMethod, key: []string{"id"}, fields: savedMethod,
		of:    func(r *book.Records) *[]book.SavedMethod { return &r.SavedMethods },
		order: func(a, b book.SavedMethod) int { return byID(a.ID, b.ID) },
	},
	&table[book.Setting]{
		name: "settings", kind: KindSetting, key: []string{"source", "name"}, fields: setupOf,
		of: func(r *book.Records) *[]book.Setting { return &r.Settings },
		order: func(a, b book.Setting) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name))
		},
	},
	&table[book.Transaction]{
		name: "transactions", kind: book.KindTransaction, key: []string{"id"}, fields: transaction,
		of:    func(r *book.Records) *[]book.Transaction { return &r.Transactions },
		order: func(a, b book.Transaction) int { return byID(a.ID, b.ID) },
		keeps: map[string]string{"payout_id": knownPayout},
	},
	&table[book.Payout]{
		name: "payouts", kind: book.KindPayout, key: []string{"id"}, fields: payout,
		of:    func(r *book.Records) *[]book.Payout { return &r.Payouts },
		order: func(a, b book.Payout) int { return byID(a.ID, b.ID) },
	},
	&table[book.Balance]{
		name: "balances", kind: KindBalance, key: []string{"source", "currency", "at"},
		fields: balance,
		of:     func(r *book.Records) *[]book.Balance { return &r.Balances },
		order: func(a, b book.Balance) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Currency, b.Currency),
				cmp.Compare(a.At, b.At))
		},
	},
	&table[book.Statement]{
		name: "statements", kind: KindStatement, key: []string{"id"}, fields: statement,
		owner: "account",
		of:    func(r *book.Records) *[]book.Statement { return &r.Statements },
		order: func(a, b book.Statement) int { return byID(a.ID, b.ID) },
		keeps: map[string]string{"file": first("statements", "file"),
			"digest": first("statements", "digest"), "format": first("statements", "format")},
	},
	&table[book.BankLine]{
		name: "bank_lines", kind: book.KindBankLine, key: []string{"id"}, fields: bankLine,
		owner: "account",
		of:    func(r *book.Records) *[]book.BankLine { return &r.Lines },
		order: func(a, b book.BankLine) int { return byID(a.ID, b.ID) },
		keeps: map[string]string{"statement_id": first("bank_lines", "statement_id"),
			"row": first("bank_lines", "row")},
	},
}

// knownPayout keeps the payout of a transaction that comes again without one: providers name it in
// the payout's own listing, and a later page of the transaction's does not carry it. It is
// forgotten only when the transaction turns out to have moved nothing.
const knownPayout = `iif(excluded.payout_id = '' AND excluded.state NOT IN ('failed', 'cancelled'),
	transactions.payout_id, excluded.payout_id)`

// first keeps where a statement or line was read first: the same one in another file is no news.
func first(table, column string) string {
	return fmt.Sprintf("iif(%s.gone = 0, %[1]s.%[2]s, excluded.%[2]s)", table, column)
}

func byID(a, b book.ItemID) int { return strings.Compare(string(a), string(b)) }

func customer(f *fields, r *book.Customer) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	text(f, "name", &r.Name)
	text(f, "company", &r.Company)
	text(f, "email", &r.Email)
	word(f, "country", &r.Country)
	word(f, "language", &r.Language)
	word(f, "currency", &r.Currency)
	word(f, "status", &r.Status)
	number(f, "credit", &r.Credit)
	boolean(f, "no_notices", &r.NoNotices)
	boolean(f, "no_capture", &r.NoCapture)
	boolean(f, "no_overdue_notices", &r.NoOverdueNotices)
	text(f, "revision", &r.Revision)
}

func service(f *fields, r *book.Service) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	word(f, "customer_id", &r.CustomerID)
	word(f, "name", &r.Name)
	text(f, "domain", &r.Domain)
	word(f, "status", &r.Status)
	word(f, "cycle", &r.Cycle)
	word(f, "method", &r.Method)
	amount(f, "recurring", &r.Recurring)
	number(f, "next_due_on", &r.NextDueOn)
	text(f, "revision", &r.Revision)
}

func invoice(f *fields, r *book.Invoice) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	word(f, "customer_id", &r.CustomerID)
	text(f, "number", &r.Number)
	word(f, "status", &r.Status)
	word(f, "kind", &r.Kind)
	number(f, "issued_on", &r.IssuedOn)
	number(f, "due_on", &r.DueOn)
	number(f, "paid_at", &r.PaidAt)
	number(f, "updated_at", &r.UpdatedAt)
	word(f, "currency", &r.Currency)
	number(f, "total", &r.Total)
	number(f, "credit", &r.Credit)
	number(f, "balance", &r.Balance)
	word(f, "method", &r.Method)
	parts(f, "lines", &r.Lines)
	text(f, "revision", &r.Revision)
}

func payment(f *fields, r *book.Payment) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	text(f, "invoice_id", &r.InvoiceID)
	word(f, "customer_id", &r.CustomerID)
	number(f, "at", &r.At)
	amount(f, "amount", &r.Amount)
	number(f, "fee", &r.Fee)
	word(f, "method", &r.Method)
	text(f, "reference", &r.Reference)
	text(f, "refund_of", &r.RefundOf)
	text(f, "text", &r.Text)
	text(f, "revision", &r.Revision)
}

func credit(f *fields, r *book.Credit) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	word(f, "customer_id", &r.CustomerID)
	number(f, "on", &r.On)
	amount(f, "amount", &r.Amount)
	text(f, "text", &r.Text)
	word(f, "origin", &r.Origin)
	text(f, "invoice_id", &r.InvoiceID)
	text(f, "revision", &r.Revision)
}

func savedMethod(f *fields, r *book.SavedMethod) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	text(f, "customer_id", &r.CustomerID)
	word(f, "kind", &r.Kind)
	text(f, "title", &r.Title)
	word(f, "method", &r.Method)
	word(f, "brand", &r.Brand)
	text(f, "ending", &r.Ending)
	number(f, "expires_on", &r.ExpiresOn)
	word(f, "payer", &r.Payer)
	text(f, "fingerprint", &r.Fingerprint)
	number(f, "added_at", &r.AddedAt)
	number(f, "updated_at", &r.UpdatedAt)
	text(f, "revision", &r.Revision)
}

func setupOf(f *fields, r *book.Setting) {
	word(f, "source", &r.Source)
	text(f, "name", &r.Name)
	text(f, "value", &r.Value)
}

func method(f *fields, r *book.Method) {
	word(f, "source", &r.Source)
	text(f, "name", &r.Name)
	text(f, "title", &r.Title)
}

func rate(f *fields, r *book.Rate) {
	word(f, "source", &r.Source)
	word(f, "currency", &r.Currency)
	text(f, "rate", &r.Rate)
}

func transaction(f *fields, r *book.Transaction) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	word(f, "kind", &r.Kind)
	word(f, "state", &r.State)
	number(f, "at", &r.At)
	number(f, "available_at", &r.AvailableAt)
	word(f, "currency", &r.Currency)
	number(f, "gross", &r.Gross)
	number(f, "fee", &r.Fee)
	number(f, "tax", &r.Tax)
	number(f, "net", &r.Net)
	amount(f, "charged", &r.Charged)
	word(f, "rate", &r.Rate)
	text(f, "asked", &r.Asked)
	text(f, "paid", &r.Paid)
	text(f, "parent", &r.Parent)
	word(f, "payout_id", &r.PayoutID)
	list(f, "aliases", &r.Aliases)
	text(f, "invoice_ref", &r.InvoiceRef)
	word(f, "customer_ref", &r.CustomerRef)
	word(f, "payer", &r.Payer)
	word(f, "payer_name", &r.PayerName)
	text(f, "text", &r.Text)
	word(f, "reason", &r.Reason)
	number(f, "due_on", &r.DueOn)
	text(f, "revision", &r.Revision)
	instrument(f, &r.Instrument)
	decline(f, &r.Decline)
}

func instrument(f *fields, i *book.Instrument) {
	word(f, "instrument_id", &i.ID)
	word(f, "instrument_mandate", &i.Mandate)
	word(f, "instrument_fingerprint", &i.Fingerprint)
	word(f, "instrument_kind", &i.Kind)
	word(f, "instrument_brand", &i.Brand)
	word(f, "instrument_ending", &i.Ending)
	word(f, "instrument_region", &i.Region)
}

func decline(f *fields, d *book.Decline) {
	word(f, "decline_code", &d.Code)
	word(f, "decline_error", &d.Error)
	word(f, "decline_network", &d.Network)
	word(f, "decline_advice", &d.Advice)
	word(f, "decline_outcome", &d.Outcome)
}

func payout(f *fields, r *book.Payout) {
	text(f, "id", &r.ID)
	word(f, "source", &r.Source)
	word(f, "state", &r.State)
	amount(f, "amount", &r.Amount)
	number(f, "sent_at", &r.SentAt)
	number(f, "arrives_on", &r.ArrivesOn)
	word(f, "members", &r.Members)
	text(f, "trace", &r.Trace)
	text(f, "descriptor", &r.Descriptor)
	number(f, "failed_at", &r.FailedAt)
	word(f, "reason", &r.Reason)
	list(f, "aliases", &r.Aliases)
	text(f, "revision", &r.Revision)
}

func balance(f *fields, r *book.Balance) {
	word(f, "source", &r.Source)
	word(f, "currency", &r.Currency)
	number(f, "at", &r.At)
	number(f, "amount", &r.Amount)
	number(f, "ledger_from", &r.LedgerFrom)
}

func statement(f *fields, r *book.Statement) {
	text(f, "id", &r.ID)
	word(f, "account", &r.Account)
	text(f, "account_number", &r.AccountNumber)
	text(f, "number", &r.Number)
	word(f, "currency", &r.Currency)
	number(f, "from_on", &r.FromOn)
	number(f, "to_on", &r.ToOn)
	optional(f, "opening", &r.Opening)
	optional(f, "closing", &r.Closing)
	text(f, "file", &r.File)
	text(f, "digest", &r.Digest)
	word(f, "format", &r.Format)
}

func bankLine(f *fields, r *book.BankLine) {
	text(f, "id", &r.ID)
	word(f, "account", &r.Account)
	word(f, "statement_id", &r.StatementID)
	number(f, "on", &r.On)
	number(f, "value_on", &r.ValueOn)
	amount(f, "amount", &r.Amount)
	text(f, "counterparty", &r.Counterparty)
	text(f, "counterparty_account", &r.CounterpartyAccount)
	text(f, "reference", &r.Reference)
	text(f, "text", &r.Text)
	text(f, "bank_id", &r.BankID)
	boolean(f, "pending", &r.Pending)
	number(f, "row", &r.Row)
	number(f, "ordinal", &r.Ordinal)
	text(f, "structured", &r.Structured)
	parts(f, "details", &r.Details)
}

package whmcs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// currency is one of WHMCS's currencies by its own id.
type currency struct {
	id   int64
	code money.Currency
}

// translator turns rows of replies into records. Its methods are pure: the same rows give the same
// records, with the same revisions.
type translator struct {
	name book.SourceName
	zone *time.Location
	// currencies are WHMCS's, by id.
	currencies map[int64]currency
}

// id is the id of a record, "" for WHMCS's 0.
func (t translator) id(kind book.Kind, n int64) book.ItemID {
	if n == 0 {
		return ""
	}
	return book.NewID(t.name, string(kind)+"/"+strconv.FormatInt(n, 10))
}

// revision is a short digest of everything that was read of a record.
func revision(parts ...any) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// words are raw values of a row, to tell whether it changed.
func (n node) words(keys ...string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = n.word(k)
	}
	return out
}

func (t translator) rate(n node) (book.Rate, currency, error) {
	r := reader{node: n}
	c := currency{id: r.id("id")}
	code, err := money.ParseCurrency(n.word("code"))
	if err != nil {
		r.fail("code", "a currency of ISO 4217")
	}
	c.code = code
	rate := n.word("rate")
	if !decimal.MatchString(rate) {
		r.fail("rate", "a rate")
	}
	return book.Rate{Source: t.name, Currency: code, Rate: rate}, c, r.err
}

var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func (t translator) method(n node) (book.Method, error) {
	m := book.Method{Source: t.name, Name: n.word("module"), Title: n.text("displayname")}
	if m.Name == "" {
		return m, fmt.Errorf("module: a payment method without a name")
	}
	return m, nil
}

// clientRow is what the list of clients says of one.
type clientRow struct {
	id int64
	// listed is the revision of the row.
	listed string
}

func (t translator) clientRow(n node) (clientRow, error) {
	r := reader{node: n}
	return clientRow{r.id("id"), revision(n.words("id", "firstname", "lastname", "companyname",
		"email", "groupid", "status"))}, r.err
}

// currencyOf is a client's currency, from the client's details.
func (t translator) currencyOf(client node) (currency, error) {
	r := reader{node: client}
	id := r.int("currency")
	if r.err != nil {
		return currency{}, r.err
	}
	return t.currency(id)
}

func (t translator) currency(id int64) (currency, error) {
	c, ok := t.currencies[id]
	if !ok {
		return currency{}, fmt.Errorf("currency: WHMCS lists no readable currency of id %d", id)
	}
	return c, nil
}

// customer is a client, from its row and its details.
func (t translator) customer(row clientRow, client node, c currency) (book.Customer, error) {
	r := reader{node: client}
	name := strings.TrimSpace(client.text("firstname") + " " + client.text("lastname"))
	country := client.word("countrycode")
	if country == "" {
		country = client.word("country")
	}
	out := book.Customer{
		ID: t.id(book.KindCustomer, row.id), Source: t.name,
		Name: name, Company: client.text("companyname"), Email: client.text("email"),
		Country: country, Language: languageCode(client.word("language")), Currency: c.code,
		Status:    client.word("status"),
		Credit:    r.amountOrNone("credit", c.code),
		NoNotices: client.object("email_preferences").word("invoice") == "0",
		NoCapture: client.flag("disableautocc"), NoOverdueNotices: client.flag("overideduenotices"),
	}
	out.Revision = row.listed + "-" + revision(out)
	return out, r.err
}

// serviceListed is the id, the client and the revision of a service's row.
func (t translator) serviceListed(n node) (id, client int64, listed string, err error) {
	r := reader{node: n}
	return r.id("id"), r.int("clientid"), revision(n.words("id", "clientid", "name", "domain",
		"status", "billingcycle", "paymentmethod", "recurringamount", "nextduedate")), r.err
}

func (t translator) service(n node, c currency) (book.Service, error) {
	r := reader{node: n}
	id, client, listed, err := t.serviceListed(n)
	out := book.Service{
		ID: t.id(book.KindService, id), Source: t.name,
		CustomerID: t.id(book.KindCustomer, client),
		Name:       n.text("name"), Domain: n.text("domain"), Status: n.word("status"),
		Cycle: n.word("billingcycle"), Method: n.word("paymentmethod"),
		Recurring: money.New(r.amountOrNone("recurringamount", c.code), c.code),
		NextDueOn: r.date("nextduedate"), Revision: listed,
	}
	if err == nil {
		err = r.err
	}
	return out, err
}

// invoiceRow is what the list of invoices says of one.
type invoiceRow struct {
	id, client int64
	status     book.InvoiceStatus
	code       string
	updatedAt  book.Instant
	// lastOn is the latest date of anything that the row says happened.
	lastOn book.Date
	// listed is the revision of the row.
	listed string
}

// final reports whether nothing is expected to change the invoice any more.
func (r invoiceRow) final() bool {
	switch r.status {
	case book.InvoicePaid, book.InvoiceCancelled, book.InvoiceRefunded:
		return true
	}
	return false
}

func (t translator) invoiceRow(n node) (invoiceRow, error) {
	r := reader{node: n}
	out := invoiceRow{id: r.id("id"), client: r.int("userid"), status: status(n.word("status")),
		code: n.word("currencycode"), updatedAt: r.instant("updated_at", t.zone)}
	out.listed = revision(n.words("id", "userid", "invoicenum", "date", "duedate", "datepaid",
		"last_capture_attempt", "date_refunded", "date_cancelled", "subtotal", "credit", "tax", "tax2",
		"total", "status", "paymentmethod", "updated_at", "currencycode"))
	out.lastOn = max(r.date("date"), r.date("duedate"), r.date("datepaid"), r.date("date_refunded"),
		r.date("date_cancelled"), r.date("updated_at"))
	return out, r.err
}

var statuses = map[string]book.InvoiceStatus{"Draft": book.InvoiceDraft,
	"Unpaid": book.InvoiceUnpaid, "Paid": book.InvoicePaid, "Cancelled": book.InvoiceCancelled,
	"Refunded": book.InvoiceRefunded, "Collections": book.InvoiceCollections,
	"Payment Pending": book.InvoicePending}

// status is WHMCS's word in ours; one that we do not know stays as it is.
func status(word string) book.InvoiceStatus {
	if s, ok := statuses[word]; ok {
		return s
	}
	return book.InvoiceStatus(word)
}

// invoice is an invoice, from its row and its details. Its balance is WHMCS's own: since release 9
// a credit note may change it without leaving a row.
func (t translator) invoice(row invoiceRow, n node, c money.Currency) (book.Invoice, error) {
	r := reader{node: n}
	out := book.Invoice{
		ID: t.id(book.KindInvoice, row.id), Source: t.name,
		CustomerID: t.id(book.KindCustomer, r.int("userid")),
		Number:     n.text("invoicenum"), Status: status(n.word("status")),
		IssuedOn: r.date("date"), DueOn: r.date("duedate"), PaidAt: r.instant("datepaid", t.zone),
		UpdatedAt: row.updatedAt, Currency: c,
		Credit: r.amountOrNone("credit", c), Balance: r.amount("balance", c),
		Method: n.word("paymentmethod"),
	}
	out.Total = t.total(&r, c, out.Credit)
	items, err := n.list("items", "item")
	if err != nil {
		return out, err
	}
	for _, item := range items {
		line, err := t.line(item, c)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, line)
	}
	out.Kind = kind(out.Lines)
	out.Revision = row.listed + "-" + revision(out)
	return out, r.err
}

// total is what is owed after tax and before applied credit. WHMCS states a total that applied
// credit has lowered; where a row's parts say that its total has not been lowered, it is taken as
// it stands.
func (t translator) total(r *reader, c money.Currency, credit int64) int64 {
	stated := r.amount("total", c)
	if credit == 0 || r.word("subtotal") == "" {
		return stated + credit
	}
	parts := r.amount("subtotal", c) + r.amountOrNone("tax", c) + r.amountOrNone("tax2", c)
	if stated == parts {
		return stated
	}
	return stated + credit
}

func (t translator) line(n node, c money.Currency) (book.InvoiceLine, error) {
	r := reader{node: n}
	out := book.InvoiceLine{Kind: n.word("type"), Text: n.text("description"),
		Amount: r.amount("amount", c)}
	switch about := r.int("relid"); out.Kind {
	case "Invoice":
		out.About = t.id(book.KindInvoice, about)
	case "Hosting", "Setup", "PromoHosting", "ProrataProduct":
		out.About = t.id(book.KindService, about)
	}
	return out, r.err
}

// kind tells by the lines whether an invoice only collects money for others.
func kind(lines []book.InvoiceLine) book.InvoiceKind {
	only := func(word string) bool {
		for _, l := range lines {
			if l.Kind != word {
				return false
			}
		}
		return len(lines) > 0
	}
	switch {
	case only("Invoice"):
		return book.InvoiceMassPayment
	case only("AddFunds"):
		return book.InvoiceAddFunds
	}
	return book.InvoiceOrdinary
}

// errCurrency says that amounts of a client cannot be read.
var errCurrency = errors.New("currency: that of the client is not known")

// payment is a row of the transaction list, read for a client or found in an invoice, which are
// given for rows that do not name them. A row with both amountin and amountout is one movement: it
// is kept with the net, and its text says both, because splitting it would need an id that WHMCS
// does not have. The fee of a refund may be negative: given back.
func (t translator) payment(n node, client, invoice int64, c currency) (book.Payment, error) {
	r := reader{node: n}
	if id := r.int("currency"); id != 0 {
		own, err := t.currency(id)
		if err != nil {
			return book.Payment{}, err
		}
		c = own
	}
	if c.code == "" {
		return book.Payment{}, errCurrency
	}
	if n.word("userid") != "" {
		client = r.int("userid")
	}
	if n.word("invoiceid") != "" {
		invoice = r.int("invoiceid")
	}
	if n.word("amountin") == "" && n.word("amountout") == "" {
		r.fail("amountin", "an amount")
	}
	in, out := r.amountOrNone("amountin", c.code), r.amountOrNone("amountout", c.code)
	p := book.Payment{
		ID: t.id(book.KindPayment, r.id("id")), Source: t.name,
		InvoiceID: t.id(book.KindInvoice, invoice), CustomerID: t.id(book.KindCustomer, client),
		At: r.instant("date", t.zone), Amount: money.New(in-out, c.code),
		Fee:    r.amountOrNone("fees", c.code),
		Method: n.word("gateway"), Reference: html.UnescapeString(n.word("transid")),
		RefundOf: t.id(book.KindPayment, r.int("refundid")), Text: n.text("description"),
	}
	if in != 0 && out != 0 {
		p.Text = strings.TrimSpace(fmt.Sprintf("%s (in %s, out %s)", p.Text,
			money.New(in, c.code).Decimal(), money.New(out, c.code).Decimal()))
	}
	if p.At == 0 {
		r.fail("date", "a date and time")
	}
	p.Revision = revision(p)
	return p, r.err
}

package present

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Customer is everything that the books know of one customer.
type Customer struct {
	ID, Title string
	Facts     [][2]string
	Lists     []CustomerList
}

// CustomerList is one kind of record of a customer, newest first.
type CustomerList struct {
	Title string
	Rows  []CustomerRow
}

// CustomerRow is one record.
type CustomerRow struct {
	ID, When, What, Amount string
	at                     book.Instant
}

// customerRows is how many records of a kind the page shows.
const customerRows = 40

// NewCustomer gathers what a month's books know of a customer.
func NewCustomer(m *app.Month, id book.ItemID) *Customer {
	c := &Customer{ID: string(id), Title: "Customer"}
	p := m.Customer(id)
	if p == nil {
		c.Facts = [][2]string{{"Customer", "The books do not know this customer any more."}}
		return c
	}
	c.Title = p.Title()
	c.Facts = [][2]string{{"Name", cmp.Or(p.Name, None)}, {"Mail", cmp.Or(p.Email, None)},
		{"Country", cmp.Or(p.Country, None)}, {"Status", cmp.Or(p.Status, None)},
		{"Credit", Minor(p.Credit, p.Currency) + " " + string(p.Currency)}}
	zone := m.Config.Zone()
	invoices := CustomerList{Title: "Invoices"}
	mine := map[book.ItemID]bool{}
	for i := range m.Books.Invoices {
		x := &m.Books.Invoices[i]
		if x.CustomerID != id {
			continue
		}
		mine[x.ID] = true
		invoices.Rows = append(invoices.Rows, CustomerRow{ID: string(x.ID), When: DateText(x.IssuedOn),
			What:   "Invoice " + cmp.Or(x.Number, ShortID(x.ID)) + ", " + string(x.Status),
			Amount: Minor(x.Total, x.Currency) + " " + string(x.Currency), at: x.IssuedOn.Start(zone)})
	}
	payments := CustomerList{Title: "Payments in billing"}
	for i := range m.Books.Payments {
		if x := &m.Books.Payments[i]; x.CustomerID == id {
			payments.Rows = append(payments.Rows, CustomerRow{ID: string(x.ID),
				When: DateText(x.At.In(zone)),
				What: "Payment by " + x.Method + ", " + x.Reference, Amount: withCurrency(x.Amount), at: x.At})
		}
	}
	c.Lists = []CustomerList{services(m, id), invoices, payments, movements(m, p, mine),
		methods(m, p, mine)}
	for i := range c.Lists {
		rows := c.Lists[i].Rows
		slices.SortStableFunc(rows, func(a, b CustomerRow) int { return cmp.Compare(b.at, a.at) })
		c.Lists[i].Rows = rows[:min(len(rows), customerRows)]
	}
	return c
}

func withCurrency(a money.Money) string { return Amount(a) + " " + string(a.Currency) }

func services(m *app.Month, id book.ItemID) CustomerList {
	out := CustomerList{Title: "Services"}
	for i := range m.Books.Services {
		if x := &m.Books.Services[i]; x.CustomerID == id {
			out.Rows = append(out.Rows, CustomerRow{ID: string(x.ID), When: DateText(x.NextDueOn),
				What: cmp.Or(x.Name, x.Domain) + ", " + x.Status, Amount: withCurrency(x.Recurring)})
		}
	}
	return out
}

// movements are what gateways say of the customer: attempts, refunds and disputes.
func movements(m *app.Month, p *book.Customer, invoices map[book.ItemID]bool) CustomerList {
	out := CustomerList{Title: "At the gateways"}
	zone := m.Config.Zone()
	eachOf(m, p, invoices, func(t *book.Transaction) {
		what := upperFirst(string(t.Kind)) + " at " + m.Config.Title(t.Source) + ", " + string(t.State)
		if t.Reason != "" {
			what += ", " + t.Reason
		}
		out.Rows = append(out.Rows, CustomerRow{ID: string(t.ID), When: DateText(t.At.In(zone)), What: what,
			Amount: withCurrency(t.Charged), at: t.At})
	})
	return out
}

// eachOf calls fn with the gateways' transactions of the customer, who has these invoices.
func eachOf(m *app.Month, p *book.Customer, invoices map[book.ItemID]bool, fn func(*book.Transaction)) {
	ref, ok := strings.CutPrefix(p.ID.Native(), "customer/")
	if !ok {
		ref = ""
	}
	theirs := map[book.ItemID]bool{}
	for i := range m.Books.Transactions {
		t := &m.Books.Transactions[i]
		if t.CustomerRef != "" && t.CustomerRef == ref ||
			t.InvoiceRef != "" && invoices[book.NewID(p.Source, "invoice/"+t.InvoiceRef)] || theirs[t.Parent] {
			theirs[t.ID] = true
			fn(t)
		}
	}
}

// methods are what the customer has saved, as billing tells, and as the gateways do that know them by an
// id of their own.
func methods(m *app.Month, p *book.Customer, invoices map[book.ItemID]bool) CustomerList {
	out := CustomerList{Title: "Saved methods"}
	payers := map[string]bool{}
	eachOf(m, p, invoices, func(t *book.Transaction) { payers[string(t.Source)+" "+t.Payer] = t.Payer != "" })
	for i := range m.Books.SavedMethods {
		x := &m.Books.SavedMethods[i]
		if x.CustomerID != p.ID && !payers[string(x.Source)+" "+x.Payer] {
			continue
		}
		what := cmp.Or(x.Title, upperFirst(cmp.Or(x.Brand, x.Kind)))
		if x.Ending != "" {
			what += ", ending " + x.Ending
		}
		if x.AddedAt != 0 {
			what += ", saved at " + m.Config.Title(x.Source) + " on " + DateText(x.AddedAt.In(m.Config.Zone()))
		}
		row := CustomerRow{ID: string(x.ID), What: what, When: None}
		if x.ExpiresOn != 0 {
			row.When = "to " + DateText(x.ExpiresOn)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

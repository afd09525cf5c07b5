package present

import (
	"fmt"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// raw lists the stored records behind a detail: those of the chain, then the exception's others.
func (d *Detail) raw(m *app.Month, e *book.Exception) {
	for _, id := range d.items(e) {
		if r := Raw(m, id); len(r.Fields) > 0 {
			d.Raw = append(d.Raw, r)
		}
	}
}

// Raw is a record as it is stored; no fields where there is none.
func Raw(m *app.Month, id book.ItemID) RawRow {
	r := RawRow{Title: KindOf(m, id), Record: string(id)}
	zone := m.Config.Zone()
	add := func(name, value string) {
		if value != "" {
			r.Fields = append(r.Fields, [2]string{name, value})
		}
	}
	at := func(name string, i book.Instant) {
		if i != 0 {
			add(name, moment(i, zone))
		}
	}
	cash := func(name string, minor int64, c money.Currency) { add(name, money.New(minor, c).String()) }
	switch {
	case m.Invoice(id) != nil:
		add("Customer", m.Party(id))
		rawInvoice(m.Invoice(id), add, at, cash)
	case m.Payment(id) != nil:
		x := m.Payment(id)
		add("Invoice", string(x.InvoiceID))
		add("Customer", m.Party(id))
		at("Recorded", x.At)
		add("Amount", x.Amount.String())
		cash("Fee", x.Fee, x.Amount.Currency)
		add("Method", x.Method)
		add("Reference", x.Reference)
		add("Refund of", string(x.RefundOf))
		add("Text", x.Text)
	case m.Transaction(id) != nil:
		rawTransaction(m.Transaction(id), add, at, cash)
	case m.Payout(id) != nil:
		x := m.Payout(id)
		add("State", string(x.State))
		add("Amount", x.Amount.String())
		at("Sent", x.SentAt)
		add("Arrives", x.ArrivesOn.String())
		add("Members", string(x.Members))
		add("Trace", x.Trace)
		add("Descriptor", x.Descriptor)
		at("Came back", x.FailedAt)
		add("Reason", x.Reason)
	case m.Line(id) != nil:
		x := m.Line(id)
		add("Account", string(x.Account))
		add("Booked", x.On.String())
		add("Value date", x.ValueOn.String())
		add("Amount", x.Amount.String())
		add("Counterparty", x.Counterparty)
		add("Their account", x.CounterpartyAccount)
		add("Reference", x.Reference)
		add("Text", x.Text)
		add("Bank's id", x.BankID)
		add("Row", fmt.Sprint(x.Row))
	case m.Credit(id) != nil:
		x := m.Credit(id)
		add("Customer", m.Party(id))
		add("On", x.On.String())
		add("Amount", x.Amount.String())
		add("Text", x.Text)
		add("Invoice", string(x.InvoiceID))
	}
	return r
}

func rawInvoice(x *book.Invoice, add func(string, string), at func(string, book.Instant),
	cash func(string, int64, money.Currency)) {
	add("Number", x.Number)
	add("Status", string(x.Status))
	add("Kind", string(x.Kind))
	add("Issued", x.IssuedOn.String())
	add("Due", x.DueOn.String())
	at("Paid", x.PaidAt)
	cash("Total", x.Total, x.Currency)
	cash("Credit", x.Credit, x.Currency)
	cash("Open", x.Balance, x.Currency)
	add("Method", x.Method)
}

func rawTransaction(x *book.Transaction, add func(string, string), at func(string, book.Instant),
	cash func(string, int64, money.Currency)) {
	add("Kind", KindTitle(x.Kind))
	add("State", string(x.State))
	at("At", x.At)
	at("Available", x.AvailableAt)
	add("Charged", x.Charged.String())
	add("Asked", string(x.Asked))
	add("Received", string(x.Paid))
	cash("Gross", x.Gross, x.Currency)
	cash("Fee", x.Fee, x.Currency)
	cash("Tax", x.Tax, x.Currency)
	cash("Net", x.Net, x.Currency)
	add("Rate", x.Rate)
	add("Payout", string(x.PayoutID))
	add("Belongs to", string(x.Parent))
	add("Also known as", strings.Join(x.Aliases, ", "))
	add("Invoice named", x.InvoiceRef)
	add("Customer named", x.CustomerRef)
	add("Payer", x.PayerName)
	add("Text", x.Text)
	add("Reason", x.Reason)
}

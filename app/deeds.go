package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// deed is what a resolution that acts would do at another system.
type deed struct {
	kind     book.Resolution
	target   book.ItemID
	provider book.SourceName
	amount   money.Money
	title    string
	effect   string
	// second says that a second person has to approve.
	second  bool
	request book.Order
}

func (d *deed) encode() string {
	d.request.Provider = d.provider
	d.request.Do, d.request.Target, d.request.Amount = book.ActionKind(d.kind), d.target, d.amount
	b, err := json.Marshal(d.request)
	if err != nil {
		panic(err) // values of ours always have a JSON form
	}
	return string(b)
}

// parts are the records of an exception, the first of each kind; any may be nil.
type parts struct {
	invoice *book.Invoice
	payment *book.Payment
	charge  *book.Transaction
	line    *book.BankLine
	credit  *book.Credit
}

// partsOf finds the records of an exception, and the invoice that they are about.
func (m *Month) partsOf(x book.Exception, chosen []book.ItemID) parts {
	var p parts
	for _, id := range append(slices.Clone(chosen), x.Items...) {
		if v := m.Invoice(id); v != nil && p.invoice == nil {
			p.invoice = v
		} else if r := m.Payment(id); r != nil && p.payment == nil {
			p.payment = r
		} else if l := m.Line(id); l != nil && p.line == nil {
			p.line = l
		} else if c := m.Credit(id); c != nil && p.credit == nil {
			p.credit = c
		} else if t := m.Transaction(id); t != nil && (p.charge == nil || reverses(x, t)) {
			p.charge = t
		}
	}
	if p.invoice == nil && p.payment != nil {
		p.invoice = m.Invoice(p.payment.InvoiceID)
	}
	if p.invoice == nil && p.charge != nil && p.charge.InvoiceRef != "" {
		p.invoice = m.Invoice(book.NewID(m.billing(), "invoice/"+p.charge.InvoiceRef))
	}
	if p.invoice == nil && p.charge != nil {
		c := m.ChainOf([]book.ItemID{p.charge.ID, p.charge.Parent})
		p.invoice = c.Invoice
	}
	return p
}

// reverses reports whether a movement is the reversal that an exception of the R group is about, rather
// than what it reverses.
func reverses(x book.Exception, t *book.Transaction) bool {
	return x.Class.Group() == book.Reversal && t.Kind != book.Charge
}

// billing is the name of the billing system.
func (m *Month) billing() book.SourceName { return m.Config.billing() }

const needsSecond = " Needs a second person."

// deed is what a resolution does about an exception; chosen are records that the person named. The error
// says in words why it cannot be done.
func (m *Month) deed(x book.Exception, r book.Resolution, chosen []book.ItemID) (deed, error) {
	p := m.partsOf(x, chosen)
	d := deed{kind: r, provider: m.billing(), amount: x.Amount.Abs(), second: true}
	var err error
	switch r {
	case book.RecordPayment:
		err = m.recordPayment(x, p, &d)
	case book.CorrectPayment:
		err = m.correctPayment(x, p, &d)
	case book.RemovePosting:
		err = m.removePosting(x, p, &d)
	case book.ReopenInvoice:
		err = m.reopenInvoice(x, p, &d)
	case book.RefundCustomer:
		err = m.refund(x, p, &d)
	case book.CreditCustomer:
		err = m.creditCustomer(x, p, &d)
	case book.BookReversal:
		err = m.bookReversal(x, p, &d)
	default:
		err = fmt.Errorf("%s changes no other system", r)
	}
	if err == nil && d.second && !strings.Contains(d.effect, "second person") {
		d.effect += needsSecond
	}
	return d, err
}

func (m *Month) recordPayment(_ book.Exception, p parts, d *deed) error {
	switch {
	case p.charge == nil:
		return errors.New("there is no receipt that could be recorded")
	case p.invoice == nil:
		return errors.New("the charge names no invoice of ours: match it by hand with the invoice first")
	case p.invoice.Status == book.InvoiceCancelled:
		return fmt.Errorf("invoice %s is cancelled: refund the customer, or open it again in billing first",
			invoiceLabel(p.invoice))
	case chargedOf(p.charge).Currency != p.invoice.Currency:
		return fmt.Errorf("the charge is in %s and invoice %s in %s: it cannot be recorded as it is",
			chargedOf(p.charge).Currency, invoiceLabel(p.invoice), p.invoice.Currency)
	}
	d.amount, d.target, d.second = chargedOf(p.charge), p.charge.ID, false
	fee := money.New(p.charge.Fee, p.charge.Currency)
	d.request = book.Order{Invoice: p.invoice.ID, Customer: p.invoice.CustomerID, Fee: &fee,
		Charge: p.charge.ID, Method: m.Config.methodFor(p.charge.Source),
		Reference: p.charge.ID.Native(), Date: p.charge.At.In(m.Config.Zone())}
	d.title = "Record " + plainFigure(d.amount) + " in billing"
	rest := money.New(p.invoice.Balance-d.amount.Minor, p.invoice.Currency)
	state := "is paid then"
	switch {
	case rest.Minor > 0:
		state = "has " + plainFigure(rest) + " due then"
	case rest.Minor < 0:
		state = "is overpaid by " + plainFigure(rest) + " then"
	}
	d.effect = fmt.Sprintf("Invoice %s %s.", invoiceLabel(p.invoice), state)
	return nil
}

func (m *Month) correctPayment(x book.Exception, p parts, d *deed) error {
	if p.payment == nil || p.charge == nil && p.line == nil {
		return errors.New("there is no payment in billing with its receipt to correct it by")
	}
	d.target = p.payment.ID
	d.request = book.Order{Invoice: p.payment.InvoiceID, Reference: p.payment.Reference}
	number := strings.TrimPrefix(p.payment.ID.Native(), "payment/")
	switch x.Class {
	case book.A5:
		fee := money.New(p.charge.Fee+p.charge.Tax, p.charge.Currency)
		d.request.Fee, d.amount = &fee, p.payment.Amount.Abs()
		d.title = "Correct the fee to " + plainFigure(fee)
		d.effect = fmt.Sprintf("The fee of payment %s in billing becomes %s.", number, fee)
		return nil
	case book.D5:
		d.amount = p.payment.Amount.Abs()
		d.title = "Apply it to the right customer"
		d.effect = fmt.Sprintf("Takes payment %s of %s off and applies it to the customer who paid.", number,
			p.payment.Amount)
		return nil
	}
	came := m.cameIn(p)
	d.amount = came.Abs()
	d.title = "Correct payment to " + plainFigure(came)
	d.effect = fmt.Sprintf("Payment %s in billing becomes %s.", number, came)
	if p.invoice != nil && came.Currency == p.payment.Amount.Currency {
		switch due := p.invoice.Balance + p.payment.Amount.Minor - came.Minor; {
		case due > 0:
			d.effect = fmt.Sprintf("Reopens invoice %s with %s due.", invoiceLabel(p.invoice),
				plainFigure(money.New(due, came.Currency)))
		case came.Minor > p.payment.Amount.Minor:
			d.effect = fmt.Sprintf("Invoice %s gets %s more.", invoiceLabel(p.invoice),
				plainFigure(money.New(came.Minor-p.payment.Amount.Minor, came.Currency)))
		}
	}
	return nil
}

// cameIn is what a receipt brought.
func (m *Month) cameIn(p parts) money.Money {
	if p.charge != nil {
		return chargedOf(p.charge)
	}
	return p.line.Amount
}

func (m *Month) removePosting(x book.Exception, p parts, d *deed) error {
	if p.payment == nil {
		return errors.New("there is no row in billing that could be removed")
	}
	if x.Class == book.D6 && p.charge != nil && p.charge.State == book.Succeeded {
		return errors.New("the money came: refund it or keep it as credit, the row is right")
	}
	d.target, d.amount = p.payment.ID, p.payment.Amount.Abs()
	d.request = book.Order{Invoice: p.payment.InvoiceID, Reference: p.payment.Reference}
	number := strings.TrimPrefix(p.payment.ID.Native(), "payment/")
	d.title = "Remove payment " + number
	d.effect = fmt.Sprintf("Takes %s out of billing.", p.payment.Amount)
	if p.invoice != nil && x.Class != book.D2 {
		d.effect = fmt.Sprintf("Reopens invoice %s with %s due.", invoiceLabel(p.invoice),
			plainFigure(money.New(p.invoice.Balance+p.payment.Amount.Minor, p.invoice.Currency)))
	}
	return nil
}

func (m *Month) reopenInvoice(x book.Exception, p parts, d *deed) error {
	switch {
	case p.invoice == nil:
		return errors.New("there is no invoice to open again")
	case p.invoice.Status.Open():
		return fmt.Errorf("invoice %s is open already", invoiceLabel(p.invoice))
	}
	d.target = p.invoice.ID
	d.request = book.Order{Invoice: p.invoice.ID, Customer: p.invoice.CustomerID}
	d.title = "Reopen invoice " + invoiceLabel(p.invoice)
	d.effect = fmt.Sprintf("Reopens invoice %s with %s due.", invoiceLabel(p.invoice), plainFigure(x.Amount))
	if x.Class == book.D6 {
		d.effect = fmt.Sprintf("Invoice %s is no longer cancelled, and the payment stands for it.",
			invoiceLabel(p.invoice))
	}
	return nil
}

func (m *Month) refund(x book.Exception, p parts, d *deed) error {
	charge := p.charge
	if charge == nil && p.payment != nil {
		for _, s := range m.MatchesOf(p.payment.ID) {
			if s.State.Live() && s.Leg == book.BillingGateway {
				charge = m.Transaction(s.Right[0])
			}
		}
	}
	if charge == nil && p.payment != nil {
		// A refund that billing records names the payment that it gives back.
		c := m.ChainOf([]book.ItemID{p.payment.RefundOf})
		charge = c.Transaction
	}
	for charge != nil && charge.Kind != book.Charge && charge.Parent != "" {
		charge = m.Transaction(charge.Parent)
	}
	switch {
	case charge == nil:
		return errors.New("no charge at a gateway is known that could be given back: pay it back at the bank")
	case charge.State != book.Succeeded:
		return errors.New("the charge brought no money that could be given back")
	case x.Amount.Currency != chargedOf(charge).Currency || x.Amount.Minor > chargedOf(charge).Minor:
		return fmt.Errorf("the charge was %s: %s cannot be given back by it", chargedOf(charge), x.Amount)
	}
	d.target, d.provider = charge.ID, charge.Source
	d.request = book.Order{Reference: charge.ID.Native(), Charge: charge.ID,
		Method: m.Config.methodFor(charge.Source), ThenRecord: true}
	if p.invoice != nil {
		d.request.Invoice, d.request.Customer = p.invoice.ID, p.invoice.CustomerID
	}
	who := m.Party(charge.ID)
	if p.invoice != nil && m.Party(p.invoice.ID) != "" {
		who = m.Party(p.invoice.ID)
	}
	if who == "" {
		who = "the customer"
	}
	d.title = "Refund " + plainFigure(x.Amount)
	d.effect = fmt.Sprintf("%s gives %s back to %s.", m.Config.Title(charge.Source), x.Amount.Abs(), who)
	return nil
}

func (m *Month) creditCustomer(x book.Exception, p parts, d *deed) error {
	switch {
	case x.Class == book.A4:
		if err := m.correctPayment(x, p, d); err != nil {
			return err
		}
		came := m.cameIn(p)
		if p.payment.Amount.Currency != came.Currency || p.payment.Amount.Minor <= came.Minor {
			return errors.New("more came in than billing records: there is nothing to forgive")
		}
		then := x.Amount.Abs()
		d.request.ThenCredit = &then
		d.title = "Forgive the " + plainFigure(x.Amount)
		d.effect = fmt.Sprintf("Correct to %s and credit %s. %s", plainFigure(came), plainFigure(x.Amount),
			m.limitWords(x.Amount))
	case x.Class == book.A1 && p.invoice != nil:
		d.target = p.invoice.ID
		d.title = "Forgive the " + plainFigure(x.Amount)
		d.effect = fmt.Sprintf("Credits %s on invoice %s. %s", plainFigure(x.Amount), invoiceLabel(p.invoice),
			m.limitWords(x.Amount))
	default:
		who, customer := m.payer(x, p)
		if customer == "" {
			return errors.New("nobody knows whose money it is: match it by hand first")
		}
		d.target, d.request.Customer = x.Items[0], customer
		d.title = "Keep " + plainFigure(x.Amount) + " as client credit"
		d.effect = fmt.Sprintf("Adds %s to the credit of %s in billing.", x.Amount.Abs(), who)
		return nil
	}
	d.second = x.Amount.Abs().Minor > m.Config.WriteOffLimit(x.Amount.Currency).Minor
	if p.invoice != nil {
		d.request.Customer, d.request.Invoice = p.invoice.CustomerID, p.invoice.ID
	}
	return nil
}

// payer is the customer whose money an exception is about, "" where nobody knows.
func (m *Month) payer(_ book.Exception, p parts) (who string, id book.ItemID) {
	switch {
	case p.invoice != nil:
		id = p.invoice.CustomerID
	case p.payment != nil:
		id = p.payment.CustomerID
	case p.credit != nil:
		id = p.credit.CustomerID
	case p.line != nil:
		id = m.senderOf(p.line)
	case p.charge != nil && p.charge.CustomerRef != "":
		id = book.NewID(m.billing(), "customer/"+p.charge.CustomerRef)
	}
	if c := m.Customer(id); c != nil {
		return c.Title(), id
	}
	return "", ""
}

func (m *Month) bookReversal(x book.Exception, p parts, d *deed) error {
	if p.charge == nil {
		return errors.New("there is no reversal that could be booked")
	}
	d.target = p.charge.ID
	d.request = book.Order{Reference: p.charge.ID.Native(), Date: p.charge.At.In(m.Config.Zone()),
		Charge: p.charge.ID, Method: m.Config.methodFor(p.charge.Source)}
	d.title = "Book the " + txWords[p.charge.Kind]
	where := "in billing"
	if p.invoice != nil {
		d.request.Invoice, d.request.Customer = p.invoice.ID, p.invoice.CustomerID
		where = "on invoice " + invoiceLabel(p.invoice)
	}
	d.effect = fmt.Sprintf("Records %s %s.", chargedOf(p.charge), where)
	return nil
}

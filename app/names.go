package app

import (
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// txWords are what people call the kinds of transaction.
var txWords = map[book.TransactionKind]string{
	book.Charge: "charge", book.ChargeFailure: "failed debit", book.Refund: "refund",
	book.RefundFailure: "returned refund", book.Dispute: "dispute",
	book.Reinstatement: "won dispute", book.DisputeFee: "dispute fee", book.Fee: "fee",
	book.Tax: "tax", book.WithheldTax: "withheld tax", book.Adjustment: "adjustment",
	book.Conversion: "conversion", book.Reserve: "reserve",
	book.PayoutFailure: "returned payout", book.OtherMovement: "movement",
}

// ItemName is what people call a record, to begin a sentence: "Invoice 10482", "Stripe charge ch_1".
// One that is not in the books is called by its id.
func (m *Month) ItemName(id book.ItemID) string {
	if v := m.Invoice(id); v != nil {
		return "Invoice " + invoiceLabel(v)
	} else if p := m.Payment(id); p != nil {
		return "Payment " + strings.TrimPrefix(id.Native(), "payment/")
	} else if t := m.Transaction(id); t != nil {
		return m.Config.Title(t.Source) + " " + txWords[t.Kind] + " " + id.Native()
	} else if p := m.Payout(id); p != nil {
		return m.Config.Title(p.Source) + " payout " + id.Native()
	} else if l := m.Line(id); l != nil {
		name := "Bank line of " + lineOn(l).String()
		if l.Counterparty != "" {
			name += " from " + l.Counterparty
		}
		return name
	} else if m.Credit(id) != nil {
		return "Credit " + strings.TrimPrefix(id.Native(), "credit/")
	} else if c := m.Customer(id); c != nil {
		return c.Title()
	}
	return string(id)
}

// inSentence is a record's name within a sentence.
func (m *Month) inSentence(id book.ItemID) string {
	name := m.ItemName(id)
	for _, word := range []string{"Invoice ", "Payment ", "Bank line ", "Credit "} {
		if strings.HasPrefix(name, word) {
			return strings.ToLower(name[:1]) + name[1:]
		}
	}
	return name
}

// invoiceLabel is an invoice's printed number, else its id.
func invoiceLabel(v *book.Invoice) string {
	if v.Number != "" {
		return v.Number
	}
	return strings.TrimPrefix(v.ID.Native(), "invoice/")
}

func invoiceTotal(v *book.Invoice) money.Money { return money.New(v.Total, v.Currency) }

// invoiceOpen is what is due on an invoice: its balance while it is open.
func invoiceOpen(v *book.Invoice) money.Money { return money.New(v.Balance, v.Currency) }

// chargedOf is what the customer paid or got back.
func chargedOf(t *book.Transaction) money.Money {
	if t.Charged.Currency == "" {
		return money.New(t.Gross, t.Currency)
	}
	return t.Charged
}

// lineOn is a bank line's date: when it was booked, else its value date.
func lineOn(l *book.BankLine) book.Date {
	if l.On != 0 {
		return l.On
	}
	return l.ValueOn
}

// plainFigure is an amount without sign and code.
func plainFigure(m money.Money) string {
	s, _, _ := strings.Cut(m.Abs().String(), " ")
	return s
}

package world

import (
	"strconv"
	"strings"

	"countinghouse/app/book"
)

// Item is the payment row's id in the books.
func (p Payment) Item() book.ItemID { return billingID("payment/", p.ID) }

// Item is the invoice's id in the books.
func (i Invoice) Item() book.ItemID { return billingID("invoice/", i.ID) }

// Item is the credit entry's id in the books.
func (c Credit) Item() book.ItemID { return billingID("credit/", c.ID) }

// Item is the customer's id in the books.
func (c Customer) Item() book.ItemID { return billingID("customer/", c.ID) }

// Item is the charge's id in the books.
func (c Charge) Item() book.ItemID { return gatewayID(c.ID) }

// Item is the refund's id in the books.
func (r Refund) Item() book.ItemID { return gatewayID(r.ID) }

// Item is the dispute's id in the books, which is that of its withdrawal: at Stripe the dispute's own,
// elsewhere the row's.
func (d Dispute) Item() book.ItemID { return gatewayID(d.key()) }

func (d Dispute) key() string {
	if len(d.Movements) > 0 && GatewayOf(d.ID) != StripeName {
		return d.Movements[0]
	}
	return d.ID
}

// Item is the payout's id in the books.
func (p Payout) Item() book.ItemID { return gatewayID(p.ID) }

// Item is the movement's id in the books: the object's own where it is the object's first row, the
// balance transaction's for what has no object of its own (ruling 2). At PayPal the row is all that
// there is, and its source another row; a dispute is its row at Razorpay too.
func (v Movement) Item() book.ItemID {
	own, name := false, GatewayOf(v.ID)
	switch v.Category {
	case "charge", "refund", "payout":
		own = name != PayPalName
	case "dispute":
		own = name == StripeName
	}
	if own && v.SourceID != "" {
		return gatewayID(v.SourceID)
	}
	return gatewayID(v.ID)
}

func gatewayID(id string) book.ItemID { return book.NewID(GatewayOf(id), id) }

// GatewayOf is the gateway that an object's id belongs to, by its form: Razorpay's begin with the
// kind of object, PayPal's have 17 capital letters and digits or begin with PP-, SpectroCoin's are
// UUIDs or numbers. All others are Stripe's.
func GatewayOf(id string) book.SourceName {
	kind, _, _ := strings.Cut(id, "_")
	switch kind {
	case "pay", "order", "rfnd", "disp", "adj", "setl", "setlod", "setlodp", "trf":
		return RazorpayName
	}
	switch {
	case strings.HasPrefix(id, "PP-"),
		len(id) == 17 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "":
		return PayPalName
	case len(id) == 36 && strings.Count(id, "-") == 4,
		id != "" && strings.Trim(id, "0123456789") == "":
		return SpectroCoinName
	}
	return StripeName
}

// Item is the order's id in the books, that of its charge where it has one.
func (o Order) Item() book.ItemID { return gatewayID(o.ID) }

// Item is the line's id in the books of an account.
func (l BankLine) Item(account book.AccountName) book.ItemID {
	return book.NewID(account, l.BankID)
}

func billingID(kind string, id int) book.ItemID {
	return book.NewID(BillingName, kind+strconv.Itoa(id))
}

func (m *maker) pair(leg book.Leg, left, right book.ItemID) {
	m.w.Truth.Pairs = append(m.w.Truth.Pairs, Pair{leg, left, right})
}

// fault records an injected fault; the key is the first of the items.
func (m *maker) fault(class book.Class, note string, items ...book.ItemID) {
	m.w.Truth.Faults = append(m.w.Truth.Faults,
		Fault{Class: class, Key: items[0], Items: items, Note: note})
}

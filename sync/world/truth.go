package world

import (
	"strconv"

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
func (c Charge) Item() book.ItemID { return book.NewID(StripeName, c.ID) }

// Item is the refund's id in the books.
func (r Refund) Item() book.ItemID { return book.NewID(StripeName, r.ID) }

// Item is the dispute's id in the books, which is that of its withdrawal.
func (d Dispute) Item() book.ItemID { return book.NewID(StripeName, d.ID) }

// Item is the payout's id in the books.
func (p Payout) Item() book.ItemID { return book.NewID(StripeName, p.ID) }

// Item is the movement's id in the books: the object's own where it is the object's first row, the
// balance transaction's for what has no object of its own (ruling 2).
func (v Movement) Item() book.ItemID {
	switch v.Category {
	case "charge", "refund", "dispute", "payout":
		return book.NewID(StripeName, v.SourceID)
	}
	return book.NewID(StripeName, v.ID)
}

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

package app

import "countinghouse/app/book"

// Sender is the customer who sent a bank line as far as it is known, "" where nobody knows; account says
// that it is known by the account that the money came from.
func (m *Month) Sender(line book.ItemID) (customer book.ItemID, account bool) {
	l := m.Line(line)
	if l == nil {
		return "", false
	}
	for i := range m.Books.Customers {
		c := &m.Books.Customers[i]
		if l.Counterparty != "" && c.Title() == l.Counterparty {
			return c.ID, false
		}
	}
	return "", false
}

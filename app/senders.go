package app

import (
	"strings"
	"unicode"

	"countinghouse/app/book"
)

// foldWords is a text in lower case with nothing but letters and digits.
func foldWords(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// senders are the customers behind bank accounts and names, learned from live matches; "" where two
// customers share one.
type senders struct {
	accounts, names map[string]book.ItemID
}

func (s *senders) learn(known map[string]book.ItemID, key string, who book.ItemID) {
	if key == "" || who == "" {
		return
	}
	if old, ok := known[key]; ok && old != who {
		who = ""
	}
	known[key] = who
}

// senders learns whose account and whose name is whose.
func (m *Month) senders() *senders {
	return m.lazy.senders(func() *senders {
		s := &senders{map[string]book.ItemID{}, map[string]book.ItemID{}}
		for i := range m.Matches {
			x := &m.Matches[i]
			if x.Leg != book.BankBilling || !x.State.Live() {
				continue
			}
			for _, right := range x.Right {
				l := m.Line(right)
				if l == nil {
					continue
				}
				for _, left := range x.Left {
					s.learn(s.accounts, foldWords(l.CounterpartyAccount), m.customerOf(left))
				}
			}
		}
		for i := range m.Books.Customers {
			c := &m.Books.Customers[i]
			for _, name := range []string{foldWords(c.Company), foldWords(c.Name)} {
				if len(name) >= 5 {
					s.learn(s.names, name, c.ID)
				}
			}
		}
		return s
	})
}

// senderOf is the customer who sent a bank line, "" where nobody knows.
func (m *Month) senderOf(l *book.BankLine) book.ItemID {
	s := m.senders()
	if who := s.accounts[foldWords(l.CounterpartyAccount)]; who != "" {
		return who
	}
	return s.names[foldWords(l.Counterparty)]
}

// customerOf is the customer of a billing record, "" for none.
func (m *Month) customerOf(id book.ItemID) book.ItemID {
	if v := m.Invoice(id); v != nil {
		return v.CustomerID
	} else if p := m.Payment(id); p != nil {
		if p.CustomerID == "" && m.Invoice(p.InvoiceID) != nil {
			return m.Invoice(p.InvoiceID).CustomerID
		}
		return p.CustomerID
	} else if c := m.Credit(id); c != nil {
		return c.CustomerID
	} else if t := m.Transaction(id); t != nil && t.CustomerRef != "" {
		return book.NewID(m.billing(), "customer/"+t.CustomerRef)
	}
	return ""
}

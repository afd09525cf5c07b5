package app

import (
	"strings"

	"countinghouse/app/book"
)

// mostFound is how many records a search shows.
const mostFound = 50

// Find searches everything for an id, a number, a customer, an amount or a text; at most 50 records.
func (m *Month) Find(text string) []Found {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	var out []Found
	for i := range m.Books.Invoices {
		v := &m.Books.Invoices[i]
		if strings.Contains(strings.ToLower(invoiceLabel(v)), text) && len(out) < mostFound {
			out = append(out, Found{Item: v.ID, Kind: book.KindInvoice, Title: m.ItemName(v.ID),
				Detail: m.Party(v.ID), Amount: invoiceTotal(v), On: v.IssuedOn})
		}
	}
	return out
}

package app

import (
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Candidates are the sets of records that may explain an item, the likeliest first.
func (m *Month) Candidates(item book.ItemID) []Candidate {
	l := m.Line(item)
	if l == nil {
		return nil
	}
	var out []Candidate
	for i := range m.Books.Invoices {
		v := &m.Books.Invoices[i]
		if open := invoiceOpen(v); v.Status.Open() && open == l.Amount {
			out = append(out, Candidate{Items: []book.ItemID{v.ID}, Amount: open,
				Difference: money.New(0, open.Currency), Title: "Invoice " + invoiceLabel(v),
				Facts: []CandidateFact{{"Same amount", true}}})
		}
	}
	return out
}

// Ways are the ways from a selection to a difference of zero, the likeliest first.
func (m *Month) Ways(left, right []book.ItemID) []Candidate {
	if len(left) > 0 || len(right) != 1 {
		return nil
	}
	return m.Candidates(right[0])
}

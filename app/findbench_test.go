package app

import (
	"fmt"
	"testing"

	"countinghouse/app/book"
)

// BenchmarkSearch searches a month of many records, and ranks what may explain one of them.
func BenchmarkSearch(b *testing.B) {
	const n = 100_000
	m := &Month{Config: &Config{Sources: []SourceConfig{{Name: "billing", Kind: "whmcs",
		Gateways: map[string]string{"stripe": "stripe", "bank": "operating"}}},
		Accounts: []AccountConfig{{Name: "operating"}}}}
	for i := range n {
		m.Books.Customers = append(m.Books.Customers, book.Customer{
			ID: book.ItemID(fmt.Sprintf("billing:customer/%07d", i)), Company: fmt.Sprintf("Company %d", i)})
		v := invoice(0, 0, int64(i+100), 0)
		v.ID, v.CustomerID = book.ItemID(fmt.Sprintf("billing:invoice/%07d", i)), m.Books.Customers[i].ID
		if i%10 == 0 {
			v.Status, v.Balance = book.InvoiceUnpaid, v.Total
		}
		m.Books.Invoices = append(m.Books.Invoices, v)
		m.Books.Transactions = append(m.Books.Transactions, charge(fmt.Sprintf("ch_%07d", i), 1, int64(i+100), ""))
	}
	m.Books.Lines = []book.BankLine{line("L1", 5, 5100, "Company 5000", "LT1", "some words")}
	m.indexUses()
	m.Find("first")
	for _, text := range []string{"0099999", "company 77", "99.99", "no such text"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				m.Find(text)
			}
		})
	}
	b.Run("candidates", func(b *testing.B) {
		for b.Loop() {
			if len(m.Candidates("operating:L1")) == 0 {
				b.Fatal("nothing fits")
			}
		}
	})
}

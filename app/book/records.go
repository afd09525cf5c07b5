package book

// Records is a batch of facts of any kinds; order carries no meaning, nil and empty are the same.
type Records struct {
	Customers    []Customer
	Services     []Service
	Invoices     []Invoice
	Payments     []Payment
	Credits      []Credit
	Methods      []Method
	Rates        []Rate
	SavedMethods []SavedMethod
	Settings     []Setting
	Transactions []Transaction
	Payouts      []Payout
	Balances     []Balance
	Statements   []Statement
	Lines        []BankLine
	// Gone names records that the source no longer has; they are kept with a tombstone.
	Gone []ItemID
}

// Len counts the records of all kinds, Gone left out.
func (r *Records) Len() int {
	return len(r.Customers) + len(r.Services) + len(r.Invoices) + len(r.Payments) +
		len(r.Credits) + len(r.Methods) + len(r.Rates) + len(r.SavedMethods) + len(r.Settings) +
		len(r.Transactions) + len(r.Payouts) +
		len(r.Balances) + len(r.Statements) + len(r.Lines)
}

// Add appends all of another batch.
func (r *Records) Add(o Records) {
	r.Customers = append(r.Customers, o.Customers...)
	r.Services = append(r.Services, o.Services...)
	r.Invoices = append(r.Invoices, o.Invoices...)
	r.Payments = append(r.Payments, o.Payments...)
	r.Credits = append(r.Credits, o.Credits...)
	r.Methods = append(r.Methods, o.Methods...)
	r.Rates = append(r.Rates, o.Rates...)
	r.SavedMethods = append(r.SavedMethods, o.SavedMethods...)
	r.Settings = append(r.Settings, o.Settings...)
	r.Transactions = append(r.Transactions, o.Transactions...)
	r.Payouts = append(r.Payouts, o.Payouts...)
	r.Balances = append(r.Balances, o.Balances...)
	r.Statements = append(r.Statements, o.Statements...)
	r.Lines = append(r.Lines, o.Lines...)
	r.Gone = append(r.Gone, o.Gone...)
}

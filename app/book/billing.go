package book

import "countinghouse/app/money"

// Customer is a client of the billing system.
type Customer struct {
	ID     ItemID
	Source SourceName
	// Name is the person's, Company the firm's; both may be empty, neither is both.
	Name, Company, Email, Country string
	// Language is the one that the customer chose, in two letters (ISO 639-1), "" for none.
	Language string
	// Currency is the one that the customer is billed in.
	Currency money.Currency
	// Status is the source's own word: Active, Inactive, Closed.
	Status string
	// Credit is the balance that the customer may spend, in Currency's minor units.
	Credit int64
	// NoNotices says that the customer wants no invoice mail from the billing system.
	NoNotices bool
	// NoCapture says that the customer's saved methods are not to be charged by themselves,
	// NoOverdueNotices that the billing system sends no reminders of what is overdue.
	NoCapture, NoOverdueNotices bool
	// Revision changes whenever anything that was read changed.
	Revision string
}

// Title is what a person calls the customer: the company, else the name, else the id.
func (c Customer) Title() string {
	switch {
	case c.Company != "":
		return c.Company
	case c.Name != "":
		return c.Name
	}
	return c.ID.Native()
}

// Service is something that a customer rents and that can be suspended.
type Service struct {
	ID         ItemID
	Source     SourceName
	CustomerID ItemID
	Name       string
	Domain     string
	// Status is the source's own word: Pending, Active, Suspended, Terminated, Cancelled, ...
	Status    string
	Cycle     string
	Method    string
	Recurring money.Money
	NextDueOn Date
	Revision  string
}

// InvoiceStatus is the state of an invoice in our words; a source's unknown word is kept as it is.
type InvoiceStatus string

// The states of an invoice.
const (
	InvoiceDraft       InvoiceStatus = "draft"
	InvoiceUnpaid      InvoiceStatus = "unpaid"
	InvoicePaid        InvoiceStatus = "paid"
	InvoiceCancelled   InvoiceStatus = "cancelled"
	InvoiceRefunded    InvoiceStatus = "refunded"
	InvoiceCollections InvoiceStatus = "collections"
	InvoicePending     InvoiceStatus = "payment_pending"
	// InvoiceOnHold is set aside by billing: nothing is asked for until somebody decides.
	InvoiceOnHold InvoiceStatus = "on_hold"
	// InvoiceReplaced is closed because another invoice took its place: a proforma turned into one.
	InvoiceReplaced InvoiceStatus = "replaced"
	// InvoiceGone is a tombstone: the source no longer knows the id (merged or deleted).
	InvoiceGone InvoiceStatus = "gone"
)

// Open reports whether money may still be owed or is on its way.
func (s InvoiceStatus) Open() bool {
	return s == InvoiceUnpaid || s == InvoicePending || s == InvoiceCollections
}

// InvoiceKind tells ordinary invoices from those that only collect money for others.
type InvoiceKind string

// The kinds of invoice.
const (
	InvoiceOrdinary InvoiceKind = "ordinary"
	// InvoiceMassPayment collects for other invoices, which its lines name; it is not revenue.
	InvoiceMassPayment InvoiceKind = "mass_payment"
	// InvoiceAddFunds buys client credit.
	InvoiceAddFunds InvoiceKind = "add_funds"
)

// Invoice is what a customer owes.
type Invoice struct {
	ID         ItemID
	Source     SourceName
	CustomerID ItemID
	// Number is the printed number, which customers quote; it may be empty and need not be unique.
	Number    string
	Status    InvoiceStatus
	Kind      InvoiceKind
	IssuedOn  Date
	DueOn     Date
	PaidAt    Instant
	UpdatedAt Instant
	Currency  money.Currency
	// Total is owed after tax and before applied credit, Credit what client credit paid of it, and
	// Balance what is still open; minor units of Currency.
	Total, Credit, Balance int64
	// Method is the billing system's name of the payment method: "stripe", "banktransfer".
	Method   string
	Lines    []InvoiceLine
	Revision string
}

// InvoiceLine is one line of an invoice.
type InvoiceLine struct {
	Kind   string `json:"kind,omitempty"`
	Text   string `json:"text,omitempty"`
	Amount int64  `json:"amount"`
	// About is the service, or for a mass payment the invoice, that the line stands for.
	About ItemID `json:"about,omitempty"`
}

// Payment is the billing side's claim that money came in or went back.
type Payment struct {
	ID     ItemID
	Source SourceName
	// InvoiceID is empty for money that pays no invoice.
	InvoiceID  ItemID
	CustomerID ItemID
	At         Instant
	// Amount is gross: positive in, negative refunded.
	Amount money.Money
	// Fee is what billing recorded as the provider's fee, positive; in Amount's currency.
	Fee int64
	// Method is the billing system's payment-method name.
	Method string
	// Reference is the transaction id that billing keeps: any id that the gateway knows, or free text.
	Reference string
	// RefundOf is the payment that this one refunds, if billing says so.
	RefundOf ItemID
	Text     string
	Revision string
}

// Credit is one entry of a customer's credit log: positive added, negative spent.
type Credit struct {
	ID         ItemID
	Source     SourceName
	CustomerID ItemID
	On         Date
	Amount     money.Money
	Text       string
	// Origin says where added credit came from, "" where that is not known and for spent credit.
	Origin CreditOrigin
	// InvoiceID is the invoice that the entry came from or went to, where billing says so.
	InvoiceID ItemID
	Revision  string
}

// CreditOrigin is where a customer's credit came from.
type CreditOrigin string

// The origins of credit.
const (
	// CreditAddFunds was bought by an invoice for it, CreditMassPayment collected by an invoice for
	// several others, which it pays.
	CreditAddFunds    CreditOrigin = "add_funds"
	CreditMassPayment CreditOrigin = "mass_payment"
	// CreditOverpayment is what was paid beyond an invoice.
	CreditOverpayment CreditOrigin = "overpayment"
	// CreditRefund is a payment that was given back into credit, or credit that an invoice gave back.
	CreditRefund CreditOrigin = "refund"
	// CreditByHand was added by somebody: nothing was received for it.
	CreditByHand CreditOrigin = "by_hand"
)

// SavedMethod is a card or bank account that a customer has saved with the billing system. Its
// number and its token are never read.
type SavedMethod struct {
	ID         ItemID
	Source     SourceName
	CustomerID ItemID
	// Kind is the source's own word: RemoteCreditCard, BankAccount, ...
	Kind, Title string
	// Method is the billing system's name of the payment method that charges it, "" for none.
	Method string
	// Brand and Ending are a card's issuer and its last four digits, or a bank's name.
	Brand, Ending string
	// ExpiresOn is the last day on which a card is good, zero where it does not say.
	ExpiresOn Date
	// Payer is the gateway's id of the customer, where it is a gateway that tells: CustomerID is empty
	// then. Fingerprint is the same for the same card, as in Instrument.
	Payer       string `json:",omitempty"`
	Fingerprint string `json:",omitempty"`
	// AddedAt is when it was saved, UpdatedAt when the gateway last told of it: saved, or its data
	// renewed by the customer or by an updater. Zero where nobody says.
	AddedAt   Instant `json:",omitzero"`
	UpdatedAt Instant `json:",omitzero"`
	Revision  string
}

// Instrument is the method as a charge by it would name it; only where a gateway tells of it.
func (m *SavedMethod) Instrument() Instrument {
	return Instrument{ID: m.ID.Native(), Fingerprint: m.Fingerprint, Kind: m.Kind, Brand: m.Brand,
		Ending: m.Ending}
}

// Setting is how something in the billing system is set that acts by itself.
type Setting struct {
	Source SourceName
	// Name and Value are the system's own.
	Name, Value string
}

// Method is a payment method that the billing system offers.
type Method struct {
	Source SourceName
	// Name is what invoices and payments carry, Title what customers read.
	Name, Title string
}

// Rate is a currency of the billing system and its rate against the system's base currency.
type Rate struct {
	Source   SourceName
	Currency money.Currency
	// Rate is a decimal number as the source wrote it; "1.00000" for the base currency.
	Rate string
}

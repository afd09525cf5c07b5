// Package world owns a pretend business: from a seed it makes customers, services, invoices,
// payments, gateway movements, payouts and a bank account, with known faults and known truth. The
// simulators beside the sources serve it, the demo and the tests run on it; no source and no engine
// ever sees it other than through a protocol or a file.
package world

import (
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The names under which the pretend business is configured; ids in Truth carry them.
const (
	BillingName     book.SourceName = "billing"
	StripeName      book.SourceName = "stripe"
	PayPalName      book.SourceName = "paypal"
	RazorpayName    book.SourceName = "razorpay"
	SpectroCoinName book.SourceName = "spectrocoin"
)

// Options say which world to make. The same options give the same world, byte for byte.
type Options struct {
	Seed uint64
	// Customers is how many there are; at least 1.
	Customers int
	// Month is the month to reconcile. The business opens on the first day of the month before, with
	// empty balances, and stands at Now, a few business days after the month's end.
	Month book.Month
	// Faults says how many of each class to inject; nil for Usual, empty for none.
	Faults map[book.Class]int
	// Gateways are those that the business uses beside Stripe: PayPal, Razorpay, SpectroCoin, in
	// any order; names that are none of More are ignored. None gives the same world as before there
	// were others.
	Gateways []book.SourceName
}

// World is the whole business as it stands at Now. Slices are sorted by time, then id.
type World struct {
	Options   Options
	Name      string
	Base      money.Currency
	Zone      *time.Location
	OpeningOn book.Date
	Now       book.Instant

	// The billing system's side, with its own numbers.
	Customers []Customer
	Services  []Service
	Invoices  []Invoice
	Payments  []Payment
	Credits   []Credit
	// Methods maps the billing system's payment-method modules to the source or account behind them.
	Methods []Method
	Rates   []Rate

	// The gateways' sides; those that the business does not use are empty.
	Stripe, PayPal, Razorpay, SpectroCoin Ledger

	// The bank's side.
	Accounts []Account

	Truth Truth
}

// Ledger is one gateway's side of the business. The amounts that a provider prints in another form,
// and its own words, are its simulator's business.
type Ledger struct {
	Charges   []Charge
	Refunds   []Refund
	Disputes  []Dispute
	Movements []Movement
	Payouts   []Payout
	// Orders are SpectroCoin's; a charge stands beside each one whose money arrived.
	Orders []Order
	// Saved are methods that payers saved without paying by them; Stripe's only.
	Saved []Saved
}

// Saved is a method that a payer saved, and when its data was renewed since, zero for never.
type Saved struct {
	Instrument         book.Instrument
	Payer              string
	AddedAt, UpdatedAt book.Instant
}

// Customer is a client in billing and a customer at the gateway.
type Customer struct {
	ID                                   int
	First, Last, Company, Email, Country string
	Currency                             money.Currency
	// Status is WHMCS's word: Active, Inactive, Closed.
	Status    string
	CreatedOn book.Date
	// Credit is the client's credit balance in Currency's minor units.
	Credit int64
	// Method is the module of the default payment method, GatewayID the gateway's customer id, cus_.
	Method, GatewayID string
	NoNotices         bool
	// Language is WHMCS's word for the language that the client chose, "" for none.
	Language string
}

// Service is a hosting service.
type Service struct {
	ID, CustomerID  int
	Product, Domain string
	// Status is WHMCS's word: Active, Suspended, Terminated, ...
	Status, Cycle, Method string
	Recurring             money.Money
	RegisteredOn          book.Date
	NextDueOn             book.Date
}

// Invoice is an invoice in billing. Total = Subtotal + Tax.
type Invoice struct {
	ID, CustomerID int
	Number         string
	Status         book.InvoiceStatus
	Kind           book.InvoiceKind
	IssuedOn       book.Date
	DueOn          book.Date
	PaidAt         book.Instant
	UpdatedAt      book.Instant
	Currency       money.Currency
	Subtotal, Tax  int64
	// Credit is applied client credit; open = Subtotal + Tax − Credit − Σ payments.
	Credit int64
	Method string
	Lines  []Line
}

// Line is a line of an invoice.
type Line struct {
	ID int
	// Kind is WHMCS's type: Hosting, Setup, Domain, Invoice, AddFunds, LateFee, "".
	Kind   string
	RelID  int
	Text   string
	Amount int64
}

// Payment is a row of billing's transaction list; InvoiceID 0 is money that pays no invoice.
type Payment struct {
	ID, CustomerID, InvoiceID int
	At                        book.Instant
	Currency                  money.Currency
	In, Out, Fee              int64
	Method, TransID, Text     string
	// RefundID is the id of the row that this one refunds, 0 where it says none.
	RefundID int
}

// Credit is an entry of a client's credit log.
type Credit struct {
	ID, CustomerID, InvoiceID int
	On                        book.Date
	Amount                    money.Money
	Text                      string
}

// Method is a payment method of the billing system; Behind is a source's or an account's name.
type Method struct{ Module, Title, Behind string }

// Rate is a currency of the billing system; Value is "1.00000" for the base currency.
type Rate struct {
	ID       int
	Currency money.Currency
	Value    string
}

// Charge is an attempt to take money, in the customer's currency.
type Charge struct {
	// ID is the gateway's own: Stripe's ch_ or py_, PayPal's transaction and capture id of 17
	// letters and digits, Razorpay's pay_, SpectroCoin's order UUID. IntentID is Stripe's pi_, an
	// order's id elsewhere. Payer is the gateway's customer id.
	ID, IntentID, Payer string
	At                  book.Instant
	Amount              money.Money
	State               book.TransactionState
	// FailureCode and DeclineCode are the gateway's, for failed attempts.
	FailureCode, DeclineCode string
	// Network and Advice are what the issuer said to one that failed, "" for what it usually says then.
	Network, Advice string
	// MethodType is the gateway's word: card or sepa_debit; paypal; card, upi or netbanking; crypto.
	MethodType string
	// With is what was charged, empty for what the payer is known to have.
	With        book.Instrument
	Name, Email string
	// InvoiceRef and ClientRef stand in the metadata, Text is the description; any may be empty.
	InvoiceRef, ClientRef, Text string
	// MovementID is the balance transaction, "" where nothing moved.
	MovementID string
	// FailureMovementID reverses a delayed method that failed later.
	FailureMovementID string
}

// Refund gives a charge back, in the charge's currency; Amount is positive.
type Refund struct {
	ID, ChargeID string
	At           book.Instant
	Amount       money.Money
	State        book.TransactionState
	// FailedAt and FailureReason are set where the refund came back.
	FailedAt                      book.Instant
	FailureReason                 string
	MovementID, FailureMovementID string
}

// Dispute takes a charge back; Amount is positive, in the charge's currency.
type Dispute struct {
	ID, ChargeID string
	At           book.Instant
	Amount       money.Money
	// Status is the gateway's: Stripe's needs_response, under_review, won, lost,
	// warning_needs_response; Razorpay's open, under_review, won, lost, closed; PayPal's
	// dispute_state: OPEN_INQUIRIES, REQUIRED_ACTION, UNDER_PAYPAL_REVIEW, RESOLVED. Stage is the
	// life-cycle stage or phase where the gateway has one, UpdatedAt the last change, 0 for At.
	Status, Reason, Stage string
	UpdatedAt             book.Instant
	// Movements are the withdrawal and, if won, the reinstatement; an inquiry has none.
	Movements []string
}

// Movement is one row of the gateway's ledger. Gross − Fee − Tax = Net; the sum of Net by currency
// is the gateway's balance.
type Movement struct {
	ID string
	// Type and Category are Stripe's: charge/charge, refund/refund, adjustment/dispute, ... At
	// PayPal Type is the T-code, at Razorpay payment, refund, adjustment or transfer, at SpectroCoin
	// empty; Category is Stripe's word everywhere, payout for a payout's own row, conversion and
	// hold for what Stripe has not.
	Type, Category  string
	At, AvailableAt book.Instant
	// UpdatedAt is when the gateway changed the row last, 0 for At.
	UpdatedAt            book.Instant
	Currency             money.Currency
	Gross, Fee, Tax, Net int64
	// Rate is the gateway's exchange rate as it prints it, "" for none.
	Rate string
	// SourceID is the object behind it: ch_, re_, du_, po_; "" for none. At PayPal it is the related
	// transaction, paypal_reference_id.
	SourceID string
	// PayoutID is the automatic payout that carried it, once there is one; a payout's own row and
	// the rows that a manual payout took have none.
	PayoutID string
	Text     string
	// ReleaseOn is when held money comes back, for reserve rows.
	ReleaseOn book.Date
}

// Payout sends a balance to a bank account.
type Payout struct {
	ID        string
	At        book.Instant
	ArrivesOn book.Date
	Amount    money.Money
	State     book.PayoutState
	// Automatic payouts have members; of manual ones nobody states them.
	Automatic bool
	// Reconciled says that the provider states the members already.
	Reconciled bool
	// Instant ones were asked for and cost a fee: Razorpay's on-demand settlements.
	Instant bool
	// MovementID is the payout's own negative row, "" where the gateway's ledger has none.
	MovementID        string
	FailedAt          book.Instant
	FailureCode       string
	FailureMovementID string
	Trace, Descriptor string
	// Account is the bank account that it goes to.
	Account book.AccountName
}

// Order is an order at SpectroCoin.
type Order struct {
	// ID is the order's UUID, given when the payer has chosen a currency; PreOrderID is the one that
	// its making returned; RequestID is the number that the older API knows it by, 0 for none.
	ID, PreOrderID string
	RequestID      int64
	// Ref is the merchant's reference, "<invoice>-<1000 to 9999>"; Text the description.
	Ref, Text                         string
	At, PaidAt, UpdatedAt, ValidUntil book.Instant
	// Status is SpectroCoin's name: NEW, PENDING, PAID, EXPIRED, UNDERPAID, ...
	Status string
	// Receive is what the merchant asked for. Pay is what the payer was asked and Received what
	// came, in the payer's currency and exact; either may be none.
	Receive       money.Money
	Pay, Received money.Quantity
	Network       string
	// Older orders were made by the merchant API and are called back by signed forms.
	Older bool
	// MovementID is the row of the merchant's account that credited it, "" for none.
	MovementID string
}

// Account is a bank account with all its lines since the opening.
type Account struct {
	Name     book.AccountName
	Currency money.Currency
	// IBAN is the account's number, in a country without IBANs its plain one.
	IBAN     string
	Settles  []book.SourceName
	Calendar string
	// Aliases are sender names that the business has confirmed.
	Aliases []string
	Opening int64
	Lines   []BankLine
}

// HasIBAN says that IBAN holds one, and not a number of a country without them.
func (a *Account) HasIBAN() bool { return a.IBAN != "" && a.IBAN[0] >= 'A' }

// BankLine is a line of the bank's statement; positive is money in.
type BankLine struct {
	On, ValueOn                       book.Date
	Amount                            money.Money
	Counterparty, CounterpartyAccount string
	// BankID is the bank's unique reference of the line.
	BankID          string
	Reference, Text string
}

// Truth is what really happened, in the ids that the books will carry.
type Truth struct {
	// Pairs are all true matches: an automatic match of anything else is wrong. Left is nearer to
	// billing, on the gateway's own leg the older one. Left out are the members of a manual payout,
	// which nobody states; not to be found are those of payouts not Reconciled, the member that an
	// A8 lacks, and the ambiguous ones of a D7. A transfer that billing has booked has two pairs, with
	// the invoice and with the row: one of them explains the line.
	Pairs []Pair
	// Faults are the injected faults, sorted by class and key.
	Faults []Fault
}

// Pair says that two items explain each other on a leg.
type Pair struct {
	Leg         book.Leg
	Left, Right book.ItemID
}

// Fault is one injected fault: an exception of Class that holds Key among its items must be found.
type Fault struct {
	Class book.Class
	Key   book.ItemID
	Items []book.ItemID
	Note  string
}

package book

import "countinghouse/app/money"

// Statement is one bank statement, as its file states it.
type Statement struct {
	// ID is the account's name and a fingerprint of the statement's content.
	ID      ItemID
	Account AccountName
	// AccountNumber is the IBAN or number in the file, "" where it has none.
	AccountNumber string
	Number        string
	Currency      money.Currency
	FromOn, ToOn  Date
	// Opening and Closing are nil where the file states none.
	Opening, Closing *int64
	// File is the name of the file without its folder, Digest the SHA-256 of its bytes in hex.
	File, Digest, Format string
}

// BankLine is one line of a bank statement.
type BankLine struct {
	ID          ItemID
	Account     AccountName
	StatementID ItemID
	// On is the booking date as printed, ValueOn the value date; either may be missing.
	On, ValueOn Date
	// Amount is signed: positive is money into our account.
	Amount              money.Money
	Counterparty        string
	CounterpartyAccount string
	// Reference is the end-to-end id, else the structured reference; Structured is the reference that
	// the payee gave the payer to quote (RF, QR, ESR, KID, OCR), "" for none; Text is everything else.
	Reference, Structured, Text string
	// BankID is the bank's own reference, whether or not it is unique.
	BankID string
	// Pending lines are announced and not booked; they are never matched.
	Pending bool
	// Row is the line's place in its file, from 1.
	Row int
	// Ordinal counts equal lines of one statement, from 1.
	Ordinal int
	// Details are the payments of a batch that is booked as one line, in the bank's order; nil where
	// the line is one payment or the bank does not open the batch. They explain the line and are
	// never added to it: their sum need not be its amount, and their currency may be another.
	Details []BankDetail
}

// BankDetail is one payment of a batch, as the bank describes it. Its fields mean what those of a bank
// line mean; Amount is nil where the bank states none.
type BankDetail struct {
	Amount                              *money.Money
	Counterparty, CounterpartyAccount   string
	Reference, Structured, Text, BankID string
}

// Reject is a record that could not be read: kept aside with its reason, the others went on.
type Reject struct {
	// Origin is the source or account, and Place the record's id, page or row there.
	Origin string
	Place  string
	Kind   Kind
	// Raw is the unreadable text itself, cut at 4 KiB, with secrets and card numbers masked.
	Raw    string
	Reason string
	At     Instant
}

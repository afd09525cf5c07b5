// Package book owns the vocabulary: the facts that sources and banks state, and what the engines
// conclude from them. Everyone speaks it; it imports money and the standard library only, reads no
// clock and opens nothing.
package book

import "strings"

// ItemID names one record for good: the source's or account's name, a colon, and the record's own
// id there. Billing records carry their kind: "billing:invoice/1042", "billing:payment/991",
// "billing:credit/88", "billing:customer/42", "billing:service/310". Gateway records carry the
// object's own id: "stripe:ch_1", "stripe:po_9". Bank lines carry the bank's reference where it is
// unique in the account, else date, fingerprint and ordinal: "operating:2026-10-05/3f1c".
type ItemID string

// SourceName is the name of one configured source, as in the configuration: "billing", "stripe".
type SourceName string

// AccountName is the name of one configured bank account: "operating".
type AccountName string

// NewID is the id of a record of a source; native already holds the kind where there is one.
func NewID[N SourceName | AccountName](name N, native string) ItemID {
	return ItemID(string(name) + ":" + native)
}

// Source is the part before the colon.
func (id ItemID) Source() SourceName {
	s, _, _ := strings.Cut(string(id), ":")
	return SourceName(s)
}

// Native is the part after the colon: the record's own id, with its kind for billing records.
func (id ItemID) Native() string {
	_, n, _ := strings.Cut(string(id), ":")
	return n
}

// Kind says what sort of record an item is.
type Kind string

// The kinds of record.
const (
	KindCustomer    Kind = "customer"
	KindService     Kind = "service"
	KindInvoice     Kind = "invoice"
	KindPayment     Kind = "payment"
	KindCredit      Kind = "credit"
	KindTransaction Kind = "transaction"
	KindPayout      Kind = "payout"
	KindBankLine    Kind = "bank_line"
	// KindSavedMethod stands beside the chain.
	KindSavedMethod Kind = "saved_method"
)

// Kinds are all kinds of record in the order of the chain from customer to bank.
var Kinds = []Kind{KindCustomer, KindService, KindInvoice, KindPayment, KindCredit,
	KindTransaction, KindPayout, KindBankLine}

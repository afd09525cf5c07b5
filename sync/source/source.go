// Package source owns what a source of records offers: the contract that every billing system and
// gateway fulfils, pulling, HTTP with its limits and retries, and the kinds of error. app calls the
// contract and each source builds on it; it never stores anything and knows no provider.
package source

import (
	"context"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Description says what a source is and which settings it takes.
type Description struct {
	// Kind is the word in the configuration: "whmcs", "stripe".
	Kind string
	// Title is what people call it: "WHMCS", "Stripe".
	Title string
	// Role is Billing or Gateway.
	Role Role
	// Secrets are the secret fields that it needs, with what they are.
	Secrets []Field
	// URLRequired says that there is no live address to fall back to.
	URLRequired bool
	// Ack is the body that the provider expects as the answer to a webhook, "" for any.
	Ack string
	// Lag is how long after a movement the provider may publish it, where it says so; else zero.
	Lag time.Duration
	// Unstated says that a gateway never states what its payouts consist of, and Sweeps that one of
	// its payouts that leaves nothing consists of everything since there was nothing before.
	Unstated, Sweeps bool
	// NoFees says that billing systems' modules for a gateway record no fees, however few payments
	// there are to tell it by.
	NoFees bool
}

// Role says on which side of the books a source stands.
type Role string

// The roles.
const (
	Billing Role = "billing"
	Gateway Role = "gateway"
)

// Field is one setting of a source.
type Field struct {
	// Name is as in the contract: "secret_key".
	Name string
	// Title says in words what it is and where to find it.
	Title    string
	Optional bool
	// Webhook says that webhooks cannot be received without it; nothing else needs it.
	Webhook bool
}

// Health is what a check of the connection found.
type Health struct {
	// Account names what the credentials open, as the provider says it.
	Account string
	// Live is false for a provider's test mode or a sandbox.
	Live bool
	// Version is the provider's version where it has one.
	Version string
	// Missing lists reading permissions that the credentials lack, in words; empty when all is there.
	Missing []string
	// Permissions are all that were tried, in the order to show them; nil where nothing can be tried
	// one by one.
	Permissions []Permission
	// Warnings are sentences about what should be otherwise: a key that may do more than read.
	Warnings []string
	// At is the provider's own clock as its reply gave it, zero where it gave none.
	At time.Time
	// Balances are what the provider says it holds, by currency; nil for billing systems and where
	// there is no such call.
	Balances []money.Money
}

// Permission is one right of the credentials that a check has tried.
type Permission struct {
	// Title is the provider's name of it, Access what is asked: "read". UsedFor says in words what
	// stays off without it.
	Title, Access, UsedFor string
	Granted                bool
	// Needed says that a pull cannot do without it.
	Needed bool
}

// Source is one configured system. Implementations are safe for use by one goroutine at a time.
type Source interface {
	// Describe says what the source is; it never opens the network.
	Describe() Description
	// Check asks the provider whether the credentials work. Its errors are of the kinds of this
	// package.
	Check(ctx context.Context) (Health, error)
}

// Puller is a source whose records can be read.
type Puller interface {
	Source
	// Pull reads everything that is new or may have changed since the cursor and hands it to keep,
	// page by page, in the order in which it must be stored. It returns when there is nothing more,
	// when keep fails (with keep's error), or when ctx ends (with its error). A pull that was cut
	// off goes on from the last page that keep took, and a pull of unchanged books brings nothing
	// that changes a stored record.
	Pull(ctx context.Context, from Request, keep func(Page) error) error
}

// Balancer is a gateway that can say what it held at a moment of the past.
type Balancer interface {
	Source
	// BalancesAt are the balances at a moment, or at the last one before it for which the provider
	// has them; LedgerFrom is zero, as nothing is said of the pulled movements. Its error is of kind
	// unsupported for a moment too long ago.
	BalancesAt(ctx context.Context, at book.Instant) ([]book.Balance, error)
}

// Cursor is where a source's pull stands: an opaque text of the source's own, "" at the start.
type Cursor string

// Request is what a pull starts from.
type Request struct {
	Cursor Cursor
	// Since is the date before which nothing is needed; zero for everything.
	Since book.Date
	// Full asks to forget the cursor's short cuts and to read everything since Since again.
	Full bool
	// Books answers what is already stored; never nil.
	Books Books
}

// SinceUnix is the moment from which a pull is asked for, in Unix seconds, 0 for everything. The zone of
// the date is not known to a source: a day more does no harm.
func (q Request) SinceUnix() int64 {
	if q.Since == 0 {
		return 0
	}
	return q.Since.Time().Unix() - 24*60*60
}

// Books is what a source may ask about the records of its own that are already stored.
type Books interface {
	// Revision is the stored revision of a record, "" where it is not stored.
	Revision(ctx context.Context, id book.ItemID) (string, error)
	// Unsettled lists the source's stored records of a kind that are not final, and so must be read
	// again: open invoices, pending transactions, payouts on their way or with members not stated,
	// reversible ones younger than since. Sorted by id.
	Unsettled(ctx context.Context, kind book.Kind, since book.Instant) ([]book.ItemID, error)
}

// Shelf is what books may answer besides: a source that finds out by itself what was deleted asks
// for it, and does without where books have none.
type Shelf interface {
	// Stored lists the ids of all stored records of a kind, those with a tombstone left out, sorted.
	Stored(ctx context.Context, kind book.Kind) ([]book.ItemID, error)
}

// Page is one portion of a pull. Its records and its cursor are stored in one transaction.
type Page struct {
	Records book.Records
	Rejects []book.Reject
	// Cursor is where to go on after this page.
	Cursor Cursor
	// Stage says in words what is being read: "invoices". Done counts records of the stage so far;
	// Total is how many there will be, 0 where it is unknown. Done never runs backwards in a stage.
	Stage       string
	Done, Total int
	// StageOf and Stages place the stage among all of the pull, from 1.
	StageOf, Stages int
}

// Options are what every source needs to be opened.
type Options struct {
	Name book.SourceName
	// URL overrides the live address; ruling 44 says where it ends.
	URL string
	// Secrets holds the secret fields by name.
	Secrets map[string]Secret
	// Zone is the zone of the provider's server where its times carry none.
	Zone *time.Location
	// InvoiceKeys and CustomerKeys are the metadata keys that hold billing ids, first one first; nil
	// for the source's defaults. InvoicePattern is a pattern over the description whose first group
	// is the invoice.
	InvoiceKeys, CustomerKeys []string
	InvoicePattern            string
	// Profile is the text of a billing profile, "" for the one that the kind brings along.
	Profile string
	// Clock tells the time; it is never nil.
	Clock func() time.Time
	// Base is the business's base currency, for records that name none.
	Base money.Currency
	// Transport replaces the network in tests; nil for the real one.
	Transport Transport
	// Wait waits between tries; nil waits on the real clock. It returns ctx's error when ctx ends.
	Wait func(ctx context.Context, d time.Duration) error
}

// Secret is a text that prints as [redacted] wherever it is printed.
type Secret string

// String hides the secret.
func (Secret) String() string { return "[redacted]" }

// GoString hides the secret.
func (Secret) GoString() string { return "[redacted]" }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Reveal is the secret itself, to be handed to the provider only.
func (s Secret) Reveal() string { return string(s) }

package store

import (
	"context"
	"database/sql/driver"
	"strings"

	"countinghouse/app/book"
)

// Hold is a reason not to act on an invoice's renewal, or on any of a customer's.
type Hold struct {
	// Subject is the invoice or the customer.
	Subject book.ItemID
	Reason  string
	// UntilOn is the last day of the hold; every hold has one.
	UntilOn book.Date
	By      string
	At      book.Instant
}

// Consent is a customer's word that a saved method may be charged when another one fails.
type Consent struct {
	Customer book.ItemID
	// Credential names the method as book.Instrument.Credential does.
	Credential string
	// How says where the consent is written.
	How string
	By  string
	At  book.Instant
}

// Key names the consent among all.
func (c Consent) Key() string { return string(c.Customer) + " " + c.Credential }

func holdFields(f *fields, h *Hold) {
	text(f, "subject", &h.Subject)
	text(f, "reason", &h.Reason)
	number(f, "until_on", &h.UntilOn)
	word(f, "by", &h.By)
	number(f, "at", &h.At)
}

var holdColumns = columnsOf(holdFields)

func consentFields(f *fields, c *Consent) {
	key := c.Key()
	text(f, "id", &key)
	text(f, "customer", &c.Customer)
	text(f, "credential", &c.Credential)
	text(f, "how", &c.How)
	word(f, "by", &c.By)
	number(f, "at", &c.At)
}

var consentColumns = columnsOf(consentFields)

// readRows reads the rows of a small table.
func readRows[T any](ctx context.Context, c *conn, table, where string, args []any,
	carry func(*fields, *T), columns []string, fn func(T)) error {
	f := reader()
	return c.rows(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" "+where, args,
		func(vals []driver.Value) error {
			var v T
			f.vals, f.at = vals, 0
			carry(f, &v)
			fn(v)
			return f.err
		})
}

// Holds lists all holds, those that are over too, by subject.
func (s *Store) Holds(ctx context.Context) (map[book.ItemID]Hold, error) {
	out := map[book.ItemID]Hold{}
	err := s.view(ctx, "holds", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readRows(ctx, c, "holds", "", nil, holdFields, holdColumns,
				func(h Hold) { out[h.Subject] = h })
		})
	})
	return out, err
}

// Consents lists all consents, by customer and credential.
func (s *Store) Consents(ctx context.Context) ([]Consent, error) {
	var out []Consent
	err := s.view(ctx, "consents", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return readRows(ctx, c, "consents", "ORDER BY id", nil, consentFields, consentColumns,
				func(v Consent) { out = append(out, v) })
		})
	})
	return out, err
}

package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// packJSON writes texts as a JSON list, for json_each.
func packJSON(texts any) (string, error) {
	b, err := json.Marshal(texts)
	return string(b), err
}

// IDs lists the identifiers of a kind's records, sorted, tombstones left out.
func (s *Store) IDs(ctx context.Context, kind book.Kind) ([]book.ItemID, error) {
	op := "ids: " + string(kind)
	table, ok := factsOf(kind)
	if !ok || !table.about().hasID() {
		return nil, explain(op, ErrNotFound)
	}
	var out []book.ItemID
	err := s.view(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return ids(ctx, c, "SELECT id FROM "+table.about().name+
				" WHERE gone = 0 ORDER BY id", nil, &out)
		})
	})
	return out, err
}

// ByIDs reads records of any kinds by their identifiers, tombstones included; each slice is sorted
// by id, and an id that is not stored has no record.
func (s *Store) ByIDs(ctx context.Context, want []book.ItemID) (book.Records, error) {
	var out book.Records
	in, err := packJSON(want)
	if err != nil {
		return out, explain("records by id", err)
	}
	err = s.view(ctx, "records by id", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, table := range allFacts {
				if !table.about().hasID() {
					continue
				}
				err := table.read(ctx, c, reader(), "WHERE id IN (SELECT value FROM json_each(?))",
					[]any{in}, &out)
				if err != nil {
					return err
				}
				table.sort(&out)
			}
			return nil
		})
	})
	return out, err
}

// Item reads one record: a book.Invoice, book.Transaction, ... of the kind that is returned. It
// returns ErrNotFound where there is none.
func (s *Store) Item(ctx context.Context, id book.ItemID) (any, book.Kind, error) {
	recs, err := s.ByIDs(ctx, []book.ItemID{id})
	if err != nil {
		return nil, "", err
	}
	for _, table := range allFacts {
		if rec, ok := table.only(&recs); ok {
			return rec, table.about().kind, nil
		}
	}
	return nil, "", explain(fmt.Sprintf("item %s", id), ErrNotFound)
}

// Hit is a record that a search found.
type Hit struct {
	ID   book.ItemID
	Kind book.Kind
	// Where is the column that held the text: "id", "aliases", "number", "name".
	Where string
}

// searched are the columns that a search looks into after identifiers and numbers, kind by kind.
var searched = []struct {
	kind    book.Kind
	columns []string
}{
	{book.KindCustomer, []string{"id", "name", "company", "email"}},
	{book.KindInvoice, []string{"id", "number"}},
	{book.KindPayout, []string{"id", "trace", "descriptor", "aliases"}},
	{book.KindBankLine, []string{"id", "counterparty", "counterparty_account", "reference", "text",
		"bank_id"}},
	{book.KindService, []string{"id", "name", "domain"}},
	{book.KindPayment, []string{"id", "reference", "text"}},
	{book.KindTransaction, []string{"id", "aliases", "invoice_ref", "payer", "payer_name", "text"}},
}

// Search finds records by a text that an identifier, an alias, a number, a name or a reference
// holds, whatever the letter case of its ASCII letters: first records whose id or number is the
// text, then others, customers first. It reads through whole tables, which takes about a second for
// a million records: never call it where somebody waits for a keystroke.
func (s *Store) Search(ctx context.Context, text string, limit int) ([]Hit, error) {
	text = strings.TrimSpace(text)
	if text == "" || limit <= 0 {
		return nil, nil
	}
	var out []Hit
	err := s.view(ctx, "search", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, exact := range []bool{true, false} {
				for _, in := range searched {
					err := search(ctx, c, in.kind, in.columns, exact, text, limit, &out)
					if err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	return out, err
}

func search(ctx context.Context, c *conn, kind book.Kind, columns []string, exact bool,
	text string, limit int, out *[]Hit) error {
	if len(*out) >= limit {
		return nil
	}
	table, _ := factsOf(kind)
	var where string
	var cases, terms []string
	if exact {
		where = "id = ?1"
		cases = []string{"'id'"}
		if slices.Contains(columns, "number") {
			where += " OR number = ?1"
			cases = []string{"iif(id = ?1, 'id', 'number')"}
		}
	} else {
		text = "%" + likeEscaper.Replace(text) + "%"
		for _, col := range columns {
			terms = append(terms, quote(col)+` LIKE ?1 ESCAPE '\'`)
			cases = append(cases, "WHEN "+quote(col)+` LIKE ?1 ESCAPE '\' THEN '`+col+"'")
		}
		where = strings.Join(terms, " OR ")
		cases = []string{"CASE " + strings.Join(cases, " ") + " END"}
	}
	query := fmt.Sprintf("SELECT id, %s FROM %s WHERE gone = 0 AND (%s) LIMIT ?2", cases[0],
		table.about().name, where)
	return c.rows(ctx, query, []any{text, int64(limit)}, func(vals []driver.Value) error {
		id, _ := vals[0].(string)
		column, _ := vals[1].(string)
		hit := Hit{book.ItemID(id), kind, column}
		known := slices.ContainsFunc(*out, func(h Hit) bool { return h.ID == hit.ID })
		if !known && len(*out) < limit {
			*out = append(*out, hit)
		}
		return nil
	})
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

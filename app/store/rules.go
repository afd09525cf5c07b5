package store

import (
	"context"
	"database/sql/driver"

	"countinghouse/app/book"
)

// RuleAllowance says who let a version of a rule post by itself, and on which back-test: how often it
// would have acted in the months From to To, how often that agreed with what is known, and how often
// nothing is known. One that contradicted anything is no allowance and is never stored.
type RuleAllowance struct {
	Rule, Hash string
	By         string
	At         book.Instant
	From, To   book.Month
	// Acted is Agreed and New together, and at least 1.
	Acted, Agreed, New int
}

// AllowRule stores an allowance behind the others.
func (s *Store) AllowRule(ctx context.Context, r RuleAllowance) error {
	return s.write(ctx, "allow rule "+r.Rule, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			_, err := c.exec(`INSERT INTO rule_allowances (rule, hash, by, at, "from", "to", acted, agreed, new)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.Rule, r.Hash, r.By, int64(r.At), int64(r.From),
				int64(r.To), int64(r.Acted), int64(r.Agreed), int64(r.New))
			return err
		})
	})
}

// RuleAllowances lists all allowances in the order in which they were given.
func (s *Store) RuleAllowances(ctx context.Context) ([]RuleAllowance, error) {
	var out []RuleAllowance
	err := s.view(ctx, "rule allowances", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			return c.rows(ctx, `SELECT rule, hash, by, at, "from", "to", acted, agreed, new
				FROM rule_allowances ORDER BY seq`, nil, func(vals []driver.Value) error {
				var r RuleAllowance
				r.Rule, _ = vals[0].(string)
				r.Hash, _ = vals[1].(string)
				r.By, _ = vals[2].(string)
				n := func(i int) int64 { v, _ := vals[i].(int64); return v }
				r.At, r.From, r.To = book.Instant(n(3)), book.Month(n(4)), book.Month(n(5))
				r.Acted, r.Agreed, r.New = int(n(6)), int(n(7)), int(n(8))
				out = append(out, r)
				return nil
			})
		})
	})
	return out, err
}

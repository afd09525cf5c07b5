package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"countinghouse/app/book"
)

// Backup writes the whole database into a new file, which appears only when it is complete. It
// returns ErrConflict where the file exists.
func (s *Store) Backup(ctx context.Context, file string) error {
	op := "backup to " + file
	// The readers' connections write nothing, not even a copy.
	pool := sql.OpenDB(connector{path: s.path})
	c, err := pool.Conn(ctx)
	if err == nil {
		err = errors.Join(copyTo(ctx, c, file), c.Close())
	}
	return explain(op, errors.Join(err, pool.Close()))
}

// Check looks for what must never be: damage of the file, rows that refer to nothing, allocations
// that exceed their item or that differ from their match. It returns a sentence for each; none for
// sound books. A fact that shrank below its matches is listed until the next run.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	var out []string
	err := s.view(ctx, "check", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			if out, err = integrity(ctx, c); err != nil || len(out) > 0 {
				return err
			}
			for _, q := range checks {
				err := c.rows(ctx, q.query, nil, func(vals []driver.Value) error {
					out = append(out, fmt.Sprintf(q.says, vals[0], vals[1]))
					return nil
				})
				if err != nil {
					return err
				}
			}
			return checkUses(ctx, c, &out)
		})
	})
	return out, err
}

// mostFindings is where listing ends.
const mostFindings = 100

// checks are queries of two columns that must find nothing.
var checks = []struct{ query, says string }{
	{`SELECT a.item, a.leg FROM allocations a LEFT JOIN matches m ON m.seq = a.match
		WHERE m.seq IS NULL LIMIT 20`, "an allocation of %v on %v belongs to no match"},
	{`SELECT a.item, m.id FROM allocations a JOIN matches m ON m.seq = a.match
		WHERE a.leg <> m.leg OR a.live <> m.live LIMIT 20`,
		"the allocation of %v differs from its match %v in leg or state"},
	{`SELECT a.item, a.leg FROM (SELECT item, leg, sum(abs(amount)) AS used, min(amount) AS low,
			max(amount) AS high, min(currency) AS one, max(currency) AS other
			FROM allocations WHERE live = 1
			GROUP BY item, leg, iif(leg = 'gateway-gateway', side, 0)) a
		WHERE NOT EXISTS (SELECT 1 FROM capacities c WHERE c.item = a.item
			AND a.one = a.other
			AND a.one = iif(a.leg = 'gateway-payout', c.payout_currency, c.currency)
			AND a.used <= abs(iif(a.leg = 'gateway-payout', c.payout_holds, c.holds))
			AND iif(iif(a.leg = 'gateway-payout', c.payout_holds, c.holds) >= 0,
				a.low >= 0, a.high <= 0)) LIMIT 20`,
		"the matches of %v on %v take more than it holds"},
}

// checkUses compares what every match says it uses with its allocations: a sum over each match must
// come out on both sides.
func checkUses(ctx context.Context, c *conn, out *[]string) error {
	type sum struct{ items, minor int64 }
	stored := map[int64]sum{}
	err := c.rows(ctx, "SELECT match, amount FROM allocations", nil,
		func(vals []driver.Value) error {
			seq, _ := vals[0].(int64)
			minor, _ := vals[1].(int64)
			s := stored[seq]
			stored[seq] = sum{s.items + 1, s.minor + minor}
			return nil
		})
	if err != nil {
		return err
	}
	f := reader()
	return c.rows(ctx, `SELECT "left", "right", uses, id, seq FROM matches`, nil,
		func(vals []driver.Value) error {
			var m book.Match
			f.vals, f.at = vals, 0
			list(f, "left", &m.Left)
			list(f, "right", &m.Right)
			uses(f, "uses", &m.Uses)
			want := sum{items: int64(len(m.Left) + len(m.Right))}
			for _, u := range m.Uses {
				want.minor += u.Minor
			}
			seq, _ := vals[4].(int64)
			if stored[seq] != want && len(*out) < mostFindings {
				*out = append(*out, fmt.Sprintf("match %v differs from its allocations", vals[3]))
			}
			return f.err
		})
}

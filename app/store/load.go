package store

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"sync"

	"countinghouse/app/book"
)

func reader() *fields { return &fields{mode: reading, words: map[string]string{}} }

// Load reads all facts into memory, each slice sorted by id (by source and name where there is
// none). Records with a tombstone are left out and named in Gone, but invoices, which come with the
// status gone as well.
func (s *Store) Load(ctx context.Context) (book.Records, error) {
	var out book.Records
	// One kind is sorted while the next is read.
	var sorting sync.WaitGroup
	err := s.view(ctx, "load", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			f := reader()
			defer sorting.Wait()
			for _, table := range allFacts {
				m := table.about()
				n, err := c.number("SELECT count(*) FROM " + m.name)
				if err != nil {
					return err
				}
				table.grow(&out, int(n))
				where := "WHERE gone = 0"
				if m.kind == book.KindInvoice {
					where = ""
				}
				if err := table.read(ctx, c, f, where, nil, &out); err != nil {
					return err
				}
				sorting.Go(func() { table.sort(&out) })
				if !m.hasID() {
					continue
				}
				err = ids(ctx, c, "SELECT id FROM "+m.name+" WHERE gone = 1", nil, &out.Gone)
				if err != nil {
					return err
				}
			}
			slices.Sort(out.Gone)
			return nil
		})
	})
	if err != nil {
		return book.Records{}, err
	}
	return out, nil
}

// loadKinds reads the records of some kinds that fit a condition, sorted; tombstones are left out.
func (s *Store) loadKinds(ctx context.Context, op, where string, args []any,
	kinds ...book.Kind) (book.Records, error) {
	var out book.Records
	err := s.view(ctx, op, func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, kind := range kinds {
				table, _ := factsOf(kind)
				err := table.read(ctx, c, reader(), "WHERE gone = 0"+where, args, &out)
				if err != nil {
					return err
				}
				table.sort(&out)
			}
			return nil
		})
	})
	if err != nil {
		return book.Records{}, err
	}
	return out, nil
}

// GatewayRecords reads what gateways state: transactions, payouts and balances, each sorted.
func (s *Store) GatewayRecords(ctx context.Context) (book.Records, error) {
	return s.loadKinds(ctx, "load gateways", "", nil, book.KindTransaction, book.KindPayout,
		KindBalance)
}

// SourceDigest is the fingerprint of one source's or account's facts.
type SourceDigest struct {
	// Source is the name of the source or account.
	Source  string
	Records int
	// Digest is SHA-256 in hex over all its records, kind by kind, in the order of their ids.
	Digest string
}

// Digest fingerprints all facts, tombstones included, by source, sorted by name. Two databases with
// the same facts give the same digests, in whatever order the facts came.
func (s *Store) Digest(ctx context.Context) ([]SourceDigest, error) {
	sums := map[string]*digester{}
	err := s.view(ctx, "digest", func(t *tx) error {
		return t.bulk(func(c *conn) error {
			for _, table := range allFacts {
				if err := digest(ctx, c, table.about(), sums); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	var out []SourceDigest
	for name, d := range sums {
		out = append(out, SourceDigest{name, d.records, hex.EncodeToString(d.sum.Sum(nil))})
	}
	slices.SortFunc(out, func(a, b SourceDigest) int { return strings.Compare(a.Source, b.Source) })
	return out, nil
}

type digester struct {
	sum     hash.Hash
	records int
}

func digest(ctx context.Context, c *conn, m meta, sums map[string]*digester) error {
	owner := slices.Index(m.columns, m.owner)
	query := strings.Replace(m.selects(), " FROM ", ", gone FROM ", 1) +
		" ORDER BY " + strings.Join(m.key, ", ")
	var buf []byte
	return c.rows(ctx, query, nil, func(vals []driver.Value) error {
		name, _ := vals[owner].(string)
		d := sums[name]
		if d == nil {
			d = &digester{sum: sha256.New()}
			sums[name] = d
		}
		buf = appendText(buf[:0], m.name)
		for _, v := range vals {
			switch v := v.(type) {
			case int64:
				buf = binary.BigEndian.AppendUint64(append(buf, 'i'), uint64(v))
			case string:
				buf = appendText(append(buf, 's'), v)
			default:
				buf = append(buf, 'n')
			}
		}
		d.sum.Write(buf)
		d.records++
		return nil
	})
}

// appendText appends a text with its length before it, so that no two lists of texts look alike.
func appendText(buf []byte, s string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
}

package paypal

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// named gives the rows of one slice their ids. PayPal's transaction ids are not unique: the first
// row of an id has it plain, others have their event code behind it. What is stored already keeps
// its id, whatever else the slice shows, so that ids do not depend on where windows begin. A row
// that stands twice is kept as it was changed last.
func (t translator) named(ctx context.Context, rows []row, books source.Books) ([]row, error) {
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Info.ID, b.Info.ID),
			cmp.Compare(a.second(), b.second()), cmp.Compare(a.Info.Code, b.Info.Code),
			cmp.Compare(a.amount.Currency, b.amount.Currency),
			cmp.Compare(a.amount.Minor, b.amount.Minor), cmp.Compare(a.updatedAt, b.updatedAt))
	})
	var out []row
	taken := map[string]string{}
	place := map[string]int{}
	for _, r := range rows {
		whole := r.Info.ID + " " + r.mark() + " " + r.amount.Decimal()
		if i, again := place[whole]; again {
			r.native = out[i].native
			out[i] = r
			continue
		}
		native, err := t.fresh(ctx, &r, taken, books)
		if err != nil {
			return nil, err
		}
		r.native = native
		place[whole], taken[native] = len(out), r.mark()
		out = append(out, r)
	}
	return out, nil
}

// second puts rows that belong to another one of the same id behind it.
func (r *row) second() int {
	m := meaningOf(r.Info.Code)
	switch m.out {
	case book.Conversion, book.Reserve, book.Fee, book.DisputeFee:
		return 1
	}
	return 0
}

// fresh is the id of a row: the one under which it is stored, else the first that is free.
func (t translator) fresh(ctx context.Context, r *row, taken map[string]string,
	books source.Books) (string, error) {
	native := r.Info.ID
	for n := 1; ; n++ {
		stored, err := books.Revision(ctx, t.item(native))
		if err != nil {
			return "", err
		}
		_, used := taken[native]
		if mark, _ := markOf(stored); !used && (mark == "" || mark == r.mark()) {
			return native, nil
		}
		native = r.Info.ID + "/" + r.Info.Code
		if n > 1 {
			native += "/" + strconv.Itoa(n)
		}
	}
}

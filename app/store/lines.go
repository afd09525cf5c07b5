package store

import (
	"context"

	"countinghouse/app/book"
)

// LinesByID reads the bank lines that have one of the ids, without those that are gone. Sorted by id.
func (s *Store) LinesByID(ctx context.Context, ids []book.ItemID) ([]book.BankLine, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, err := packJSON(ids)
	if err != nil {
		return nil, explain("lines by id", err)
	}
	recs, err := s.loadKinds(ctx, "lines by id", " AND id IN (SELECT value FROM json_each(?))",
		[]any{in}, book.KindBankLine)
	return recs.Lines, err
}

// PendingLines reads an account's announced lines, of any date and of none. Sorted by id.
func (s *Store) PendingLines(ctx context.Context, account book.AccountName) ([]book.BankLine, error) {
	recs, err := s.loadKinds(ctx, "pending lines: "+string(account), " AND account = ? AND pending = 1",
		[]any{string(account)}, book.KindBankLine)
	return recs.Lines, err
}

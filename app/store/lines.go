package store

import (
	"context"

	"countinghouse/app/book"
)

// PendingLines reads an account's announced lines, of any date and of none. Sorted by id.
func (s *Store) PendingLines(ctx context.Context, account book.AccountName) ([]book.BankLine, error) {
	recs, err := s.loadKinds(ctx, "pending lines: "+string(account), " AND account = ? AND pending = 1",
		[]any{string(account)}, book.KindBankLine)
	return recs.Lines, err
}

package spectrocoin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// account is a balance of the merchant's wallet in a currency that the books can hold.
type account struct {
	ID       string
	Currency money.Currency
	Amount   int64
}

// accounts are the wallet's balances, by currency. Crypto currencies are left out: the books hold
// money of ISO 4217 only.
func (s *SpectroCoin) accounts(ctx context.Context) ([]account, error) {
	const op = "list wallet accounts"
	var reply struct {
		Accounts *[]object `json:"accounts"`
	}
	if err := s.wallet.get(ctx, op, "/wallet/accounts", nil, &reply); err != nil {
		return nil, err
	}
	if reply.Accounts == nil {
		return nil, s.malformed(op, errors.New("the reply holds no accounts"))
	}
	var out []account
	for _, o := range *reply.Accounts {
		t := &texts{o: o}
		id, in, balance := t.get(names.accountID), t.get(names.accountIn), t.get(names.balance)
		c, err := money.ParseCurrency(in)
		if err != nil && t.err == nil {
			continue
		}
		amount, err := amountOf(balance, string(c))
		if err = errors.Join(t.err, err); err != nil || id == "" {
			return nil, s.malformed(op, fmt.Errorf("the balance in %s cannot be read: %w", c, err))
		}
		out = append(out, account{ID: id, Currency: c, Amount: amount.Minor})
	}
	slices.SortFunc(out, func(a, b account) int {
		return strings.Compare(string(a.Currency)+" "+a.ID, string(b.Currency)+" "+b.ID)
	})
	return out, nil
}

// row is a row of a wallet account's history.
type row struct {
	no, text, status string
	amount           money.Money
	at               book.Instant
}

// badRow is a row that could not be read.
type badRow struct {
	place string
	body  json.RawMessage
	err   error
}

// Statuses of a row.
const (
	rowPending   = "PENDING"
	rowProcessed = "PROCESSED"
	rowFailed    = "FAILED"
)

func readRow(body json.RawMessage, c money.Currency, t translator) (row, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return row{}, err
	}
	f := &texts{o: o}
	r := row{no: f.get(names.number), text: f.get(names.note), at: f.at(names.date, t.zone),
		status: strings.ToUpper(f.get(names.status))}
	amount := f.get(names.amount)
	switch {
	case f.err != nil:
		return r, fmt.Errorf("wallet row %s: %w", r.no, f.err)
	case r.no == "" || r.at == 0:
		return r, fmt.Errorf("wallet row %s has no number or no date", r.no)
	}
	var err error
	if r.amount, err = amountOf(amount, string(c)); err != nil {
		return r, fmt.Errorf("wallet row %s: %w", r.no, err)
	}
	return r, nil
}

// walletPage is how many rows of a history are asked for at once, the documented number.
const walletPage = 25

// ledger is the wallet as it stood at one moment.
type ledger struct {
	accounts []account
	at       book.Instant
	rows     []row
	bad      []badRow
	// page is the largest number of rows that came at once.
	page int
}

// readWallet reads balances and all rows from a moment on. A balance has no time of its own, so the
// balances are read before and after the rows: they count where nothing moved in between.
func (s *SpectroCoin) readWallet(ctx context.Context, from book.Instant) (*ledger, error) {
	for range 5 {
		before, err := s.accounts(ctx)
		if err != nil {
			return nil, err
		}
		l := &ledger{accounts: before, at: s.now()}
		for _, a := range before {
			if err := s.history(ctx, a, from, l); err != nil {
				return nil, err
			}
		}
		after, err := s.accounts(ctx)
		if err != nil {
			return nil, err
		}
		if slices.Equal(before, after) {
			return l, nil
		}
	}
	return nil, s.restless("list wallet rows", "the wallet's balance changes while it is read")
}

// history reads an account's rows, newest first, from a moment on. Rows that move from page to page
// because new ones came are taken once.
func (s *SpectroCoin) history(ctx context.Context, a account, from book.Instant, l *ledger) error {
	const op = "list wallet rows"
	seen := map[string]bool{}
	for page := 0; ; page++ {
		var reply object
		q := url.Values{"page": {strconv.Itoa(page)}, "size": {strconv.Itoa(walletPage)}}
		path := "/wallet/account/" + url.PathEscape(a.ID)
		if err := s.wallet.get(ctx, op, path, q, &reply); err != nil {
			return err
		}
		var list []json.RawMessage
		total := 0
		if json.Unmarshal(reply[names.history[0]], &list) != nil ||
			json.Unmarshal(reply["totalCount"], &total) != nil {
			return s.malformed(op, errors.New("the reply holds no history"))
		}
		l.page = max(l.page, len(list))
		fresh, over := 0, false
		for _, body := range list {
			r, err := readRow(body, a.Currency, s.translate)
			key := r.no
			if key == "" {
				key = fingerprint(string(body))
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			fresh++
			switch {
			case err != nil:
				l.bad = append(l.bad, badRow{key, body, err})
			case r.at < from:
				over = true
			default:
				l.rows = append(l.rows, r)
			}
		}
		switch {
		case over || len(seen) >= total:
			return nil
		case fresh == 0:
			return s.restless(op, fmt.Sprintf("%d of %d rows came", len(seen), total))
		}
	}
}

// words are what descriptions of rows say; the wallet has no field for what a row is.
var words = []struct {
	kind  book.TransactionKind
	sign  int64 // of the amount, 0 for any
	parts []string
}{
	{book.PayoutFailure, 1, []string{"returned withdrawal", "withdrawal returned",
		"rejected withdrawal", "withdrawal rejected", "cancelled withdrawal"}},
	{payoutRow, -1, []string{"withdraw", "payout", "bank transfer", "sepa", "swift"}},
	{book.Refund, -1, []string{"refund"}},
	{book.Conversion, 0, []string{"exchange", "conversion", "converted"}},
	{book.Fee, -1, []string{"fee", "commission"}},
}

// payoutRow stands for a withdrawal to our bank, which is no transaction.
const payoutRow book.TransactionKind = "payout"

// kind is what a row is by its description.
func (r *row) kind() book.TransactionKind {
	text := strings.ToLower(r.text)
	for _, w := range words {
		if w.sign != 0 && w.sign*r.amount.Minor < 0 {
			continue
		}
		for _, part := range w.parts {
			if strings.Contains(text, part) {
				return w.kind
			}
		}
	}
	return book.OtherMovement
}

// movement is the transaction of a row that no order explains. Rows that are not final have moved
// nothing yet.
func (t translator) movement(r row, kind book.TransactionKind, parent book.ItemID) book.Transaction {
	x := book.Transaction{ID: t.item(r.no), Source: t.name, Kind: kind, State: book.Succeeded,
		At: r.at, AvailableAt: r.at, Currency: r.amount.Currency, Charged: r.amount, Text: r.text,
		Parent: parent}
	switch r.status {
	case rowPending:
		x.State = book.Pending
	case rowFailed:
		x.State = book.Failed
	default:
		x.Gross, x.Net = r.amount.Minor, r.amount.Minor
	}
	x.Revision = revision(x, facts{})
	return x
}

// payout is a withdrawal to our bank; back is the row by which it came back, nil for none.
func (t translator) payout(r row, back *row) book.Payout {
	x := book.Payout{ID: t.item(r.no), Source: t.name, State: book.PayoutPaid,
		Amount: r.amount.Neg(), SentAt: r.at, Members: book.MembersUnstated, Descriptor: r.text}
	switch {
	case r.status == rowPending:
		x.State = book.PayoutPending
	case r.status == rowFailed:
		x.State, x.FailedAt, x.Reason = book.PayoutFailed, r.at, rowFailed
	case back != nil:
		x.State, x.FailedAt, x.Reason = book.PayoutFailed, back.at, back.text
	}
	x.Revision = fingerprint(x)
	return x
}

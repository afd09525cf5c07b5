package spectrocoin

import (
	"context"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// stage is a part of a pull; its value is its place in stages.
type stage int

const (
	stageOrders stage = iota
	stageRows
	stageBalance
)

// stages are the words for the parts of a pull, in order: orders with what credited them, then what
// else moved in the wallet, then its balances.
var stages = [...]string{
	stageOrders:  "orders",
	stageRows:    "wallet rows",
	stageBalance: "balance",
}

// pull is one call of Pull.
type pull struct {
	*SpectroCoin
	ctx   context.Context
	at    cursor
	books source.Books
	take  func(source.Page) error
	page  source.Page
	loaded
}

// Pull reads the orders that are new or may have changed, and where it can be read the wallet, and
// hands over pages as large as the server's. A project whose wallet cannot be read, or not any more,
// goes on without.
func (s *SpectroCoin) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	at, err := s.read(from.Cursor)
	if err != nil {
		return err
	}
	p := &pull{SpectroCoin: s, ctx: ctx, at: at, books: from.Books, take: keep}
	if err := p.begin(from); err != nil {
		return err
	}
	for p.at.Run != nil {
		switch p.at.Run.Stage {
		case stageOrders:
			err = p.orders()
		case stageRows:
			err = p.rows()
		default:
			err = p.balance()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin starts a new run unless one is under way that will do, and reads all that it needs.
func (p *pull) begin(q source.Request) error {
	// The first call shows the project and tells the time.
	if _, err := p.listPage(p.ctx, listQuery{size: 1}); err != nil {
		return err
	}
	now := p.now()
	wallet, err := p.hasWallet()
	if err != nil {
		return err
	}
	r := p.at.Run
	if r == nil || !r.Full && q.Full || milli(since(q)) < p.at.From || wallet != (r.Wallet != "") {
		p.at.begin(now, q, wallet)
	}
	r = p.at.Run
	if wallet {
		if p.ledger, err = p.probe(p.ctx, r.orders()); err != nil {
			return err
		}
		if p.ledger == nil {
			p.at.begin(now, q, false)
			r = p.at.Run
		}
	}
	if err := p.list(p.ctx, r.orders(), &p.loaded); err != nil {
		return err
	}
	if err := p.open(p.ctx, p.books, r.orders(), &p.loaded); err != nil {
		return err
	}
	p.settle()
	print := ""
	if p.ledger != nil {
		print = fingerprint([]any{p.ledger.accounts, p.ledger.rows})
	}
	if r.Wallet != print {
		r.again(print)
	}
	return nil
}

// hasWallet reports whether there is a wallet to read. Where there never was one, an address that
// answers with something else has none either.
func (p *pull) hasWallet() (bool, error) {
	_, err := p.accounts(p.ctx)
	kind := source.KindOf(err)
	switch {
	case err == nil:
		return true, nil
	case noWallet(err), p.at.WalletMark == 0 &&
		(kind == source.KindMalformed || kind == source.KindRefused):
		return false, nil
	}
	return false, err
}

// emit hands over the page and begins a new one.
func (p *pull) emit(s stage, done, total int) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	page := p.page
	page.Stage, page.StageOf, page.Stages = stages[s], int(s)+1, len(stages)
	page.Done, page.Total, page.Cursor = done, total, p.at.write()
	p.page = source.Page{}
	return p.take(page)
}

// walk hands over a stage's records after the last one kept, in the order of their ids.
func (p *pull) walk(s stage, ids []string, each func(i int) error) error {
	r := p.at.Run
	from := 0
	for from < len(ids) && ids[from] <= r.After {
		from++
	}
	for {
		to := min(from+max(1, p.loaded.page), len(ids))
		for i := from; i < to; i++ {
			if err := each(i); err != nil {
				return err
			}
		}
		r.Done += to - from
		done := r.Done
		if to < len(ids) {
			r.After = ids[to-1]
		} else {
			r.next()
		}
		if err := p.emit(s, done, 0); err != nil || to == len(ids) {
			return err
		}
		from = to
	}
}

// orders hands over the orders.
func (p *pull) orders() error {
	if p.at.Run.After == "" {
		for _, bad := range p.loaded.bad {
			p.reject(bad)
		}
	}
	ids := make([]string, len(p.loaded.orders))
	for i := range ids {
		ids[i] = p.loaded.orders[i].id
	}
	return p.walk(stageOrders, ids, func(i int) error {
		xs, gone, err := p.records(p.ctx, p.books, p.loaded.orders[i], &p.loaded, p.at.Run.orders())
		p.page.Records.Transactions = append(p.page.Records.Transactions, xs...)
		p.page.Records.Gone = append(p.page.Records.Gone, gone...)
		return err
	})
}

// rows hands over the wallet's rows that are no order's.
func (p *pull) rows() error {
	var ids []string
	var rows []row
	if p.ledger != nil {
		if p.at.Run.After == "" {
			for _, bad := range p.ledger.bad {
				p.reject(bad)
			}
		}
		rows = p.ledger.rows
	}
	for _, r := range rows {
		ids = append(ids, r.no)
	}
	return p.walk(stageRows, ids, func(i int) error {
		return p.row(rows[i])
	})
}

// parent is the native id of what a row belongs to, "" for nothing. What it names may be too old to
// be read again, but stored.
func (p *pull) parent(r row) (string, error) {
	for _, of := range []map[string]string{p.claims.owner, p.of} {
		if id := of[r.no]; id != "" {
			return id, nil
		}
	}
	if kind := r.kind(); kind != book.Refund && kind != book.PayoutFailure {
		return "", nil
	}
	for _, token := range wordsOf(r.text) {
		if len(token) < nameMin {
			continue
		}
		revision, err := p.books.Revision(p.ctx, p.item(token))
		if err != nil || revision != "" {
			return token, err
		}
	}
	return "", nil
}

func (p *pull) row(r row) error {
	parent, err := p.parent(r)
	kind := r.kind()
	switch {
	case err != nil:
		return err
	case kind == payoutRow:
		p.page.Records.Payouts = append(p.page.Records.Payouts,
			p.translate.payout(r, p.back[r.no]))
		return nil
	case milli(r.at) < p.at.Run.Lower, parent != "" && kind != book.Refund && kind != book.PayoutFailure:
		// An order carries it, or it is older than what was asked for.
		return nil
	}
	var of book.ItemID
	if parent != "" {
		of = p.item(parent)
	}
	p.page.Records.Transactions = append(p.page.Records.Transactions,
		p.translate.movement(r, kind, of))
	return nil
}

// balance ends the pull.
func (p *pull) balance() error {
	var pending book.Instant
	if l := p.ledger; l != nil {
		p.page.Records.Balances = p.balances(l)
		for _, r := range l.rows {
			if r.status == rowPending && (pending == 0 || r.at < pending) {
				pending = r.at
			}
		}
	}
	done := len(p.page.Records.Balances)
	p.at.finish(p.ledger != nil, pending)
	return p.emit(stageBalance, done, 0)
}

// balances adds up the accounts of each currency.
func (p *pull) balances(l *ledger) []book.Balance {
	var out []book.Balance
	for _, a := range l.accounts {
		if n := len(out); n > 0 && out[n-1].Currency == a.Currency {
			out[n-1].Amount += a.Amount
			continue
		}
		out = append(out, book.Balance{Source: p.o.Name, Currency: a.Currency, At: l.at,
			Amount: a.Amount, LedgerFrom: book.Instant(p.at.From)})
	}
	return out
}

// reject puts a record aside that could not be read.
func (p *pull) reject(bad badRow) {
	p.page.Rejects = append(p.page.Rejects, p.rejected(bad))
}

func (s *SpectroCoin) rejected(bad badRow) book.Reject {
	return book.Reject{Origin: string(s.o.Name), Place: s.mask(bad.place),
		Kind: book.KindTransaction, Raw: s.mask(string(bad.body)), Reason: s.mask(bad.err.Error()),
		At: book.At(s.o.Clock())}
}

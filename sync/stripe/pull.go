package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// stage is a part of a pull; its value is its place in stages.
type stage int

const (
	stageLedger stage = iota
	stageCharges
	stageRefunds
	stageDisputes
	stagePayouts
	stageChanges
	stageBalance
)

// stages are the words for the parts of a pull, in order. What moved comes first, then what did not
// move, then what payouts consist of, then what changed since, and the balance last.
var stages = [...]string{
	stageLedger:   "balance transactions",
	stageCharges:  "charges",
	stageRefunds:  "refunds",
	stageDisputes: "disputes",
	stagePayouts:  "payouts",
	stageChanges:  "changes",
	stageBalance:  "balance",
}

// read reads the stage at which the run stands.
func (p *pull) read() error {
	switch stage(p.at.Run.Stage) {
	case stageLedger:
		return p.walk(stageLedger, "/v1/balance_transactions", withSource, p.row)
	case stageCharges:
		return p.walk(stageCharges, "/v1/charges", nil, p.attempt)
	case stageRefunds:
		return p.walk(stageRefunds, "/v1/refunds", withRow, p.refund)
	case stageDisputes:
		return p.walk(stageDisputes, "/v1/disputes", nil, p.dispute)
	case stagePayouts:
		return p.payouts()
	case stageChanges:
		return p.changes()
	}
	return p.balance()
}

// withSource and withRow ask for the objects behind rows, and for the rows of objects.
var (
	withSource = query{"expand[]": {"data.source"}}
	withRow    = query{"expand[]": {"data.balance_transaction"}}
)

// pull is one call of Pull.
type pull struct {
	*Stripe
	ctx   context.Context
	at    cursor
	books source.Books
	take  func(source.Page) error
	page  source.Page
}

// Pull reads the ledger from the last pull's beginning on, attempts, refunds, disputes and payouts
// with their members, fetches again what changed since it was read, and ends with the balance. The
// key's mode must stay what it was.
func (s *Stripe) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	at, err := s.read(from.Cursor)
	if err != nil {
		return err
	}
	p := &pull{Stripe: s, ctx: ctx, at: at, books: from.Books, take: keep}
	if err := p.begin(from); err != nil {
		return err
	}
	for p.at.Run != nil {
		if err := p.read(); err != nil {
			return err
		}
	}
	return nil
}

// begin asks for mode and time, and starts a new run unless one is under way that will do.
func (p *pull) begin(q source.Request) error {
	balance, err := p.Stripe.balance(p.ctx)
	if err != nil {
		return err
	}
	if q.Cursor != "" && p.at.Live != balance.Live {
		return &source.Error{Kind: source.KindRefused, Source: p.o.Name, Op: "pull",
			Detail: fmt.Sprintf("live mode is %v and was %v", balance.Live, p.at.Live),
			Hint: "The key is for the other mode (live or test) than the books. Use a key of " +
				"the same mode, or another source."}
	}
	p.at.Live = balance.Live
	if r := p.at.Run; r != nil && (r.Full || !q.Full) && q.SinceUnix() >= p.at.From {
		return nil
	}
	if p.date().IsZero() {
		return p.malformed("read balance", errors.New("the reply has no date"))
	}
	p.at.begin(p.date().Unix(), q)
	if p.at.whole() || p.at.Run.Blind {
		return nil
	}
	_, err = p.list(p.ctx, "/v1/events", query{"limit": {"1"}})
	if source.KindOf(err) == source.KindAuth {
		p.at.Run.Blind = true
		return nil
	}
	return err
}

// emit hands over the page and begins a new one.
func (p *pull) emit(s stage, done int) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	page := p.page
	page.Stage, page.StageOf, page.Stages = stages[s], int(s)+1, len(stages)
	page.Done, page.Cursor = done, p.at.write()
	p.page = source.Page{}
	return p.take(page)
}

// walk reads a stage's list from where the run stands to its end, newest first, and hands over a
// page for each of the server's.
func (p *pull) walk(s stage, path string, q query, each func(json.RawMessage) error) error {
	r := p.at.Run
	for {
		l, err := p.list(p.ctx, path, q.from(p.at.lower(s), r.After))
		if err != nil {
			return err
		}
		for _, body := range l.Data {
			if err := each(body); err != nil {
				return err
			}
			r.Done++
		}
		done := r.Done
		if l.More {
			if r.After, err = p.lastID(l, r.After); err != nil {
				return err
			}
		} else {
			r.next()
		}
		if err := p.emit(s, done); err != nil || !l.More {
			return err
		}
	}
}

// from is the query for the part of a list after a record.
func (q query) from(lower int64, after string) query {
	out := query{"limit": {pageSize}}
	for k, v := range q {
		out[k] = v
	}
	if lower > 0 {
		out["created[gte]"] = []string{strconv.FormatInt(lower, 10)}
	}
	if after != "" {
		out["starting_after"] = []string{after}
	}
	return out
}

// lastID is where the next part of a list begins; it must move.
func (p *pull) lastID(l *wireList, before string) (string, error) {
	id := idOf(l.Data[len(l.Data)-1])
	if id == "" || id == before {
		return "", p.malformed("page through a list", errors.New("its last record has no id"))
	}
	return id, nil
}

// reject puts a record aside that could not be read.
func (p *pull) reject(kind book.Kind, what string, body json.RawMessage, err error) {
	place := idOf(body)
	if place == "" {
		place = fmt.Sprintf("%s after %q", what, p.at.Run.After)
	}
	p.page.Rejects = append(p.page.Rejects, book.Reject{Origin: string(p.o.Name),
		Place: p.mask(place), Kind: kind, Raw: p.mask(string(body)), Reason: p.mask(err.Error()),
		At: book.At(p.o.Clock())})
}

// keepRow adds a transaction to the page. One that is read again keeps the payout that carried it,
// which the row itself does not say.
func (p *pull) keepRow(x book.Transaction) error {
	if x.PayoutID == "" && (p.at.Mark != 0 || p.at.Run.Full || p.at.Run.Stage > int(stagePayouts)) {
		stored, err := p.books.Revision(p.ctx, x.ID)
		if err != nil {
			return err
		}
		if _, payout, ok := strings.Cut(stored, "@"); ok {
			x.PayoutID = p.item(payout)
			x.Revision = revision(x)
		}
	}
	p.page.Records.Transactions = append(p.page.Records.Transactions, x)
	return nil
}

// row keeps a row of the ledger.
func (p *pull) row(body json.RawMessage) error {
	var m wireMovement
	err := decode(body, &m)
	if m.Status == "pending" {
		p.at.Run.sawPending(m.Created)
	}
	var x book.Transaction
	ok := false
	if err == nil {
		x, ok, err = p.translate.row(m)
	}
	if err != nil {
		p.reject(book.KindTransaction, "balance transactions", body, err)
		return nil
	}
	if !ok {
		return nil
	}
	return p.keepRow(x)
}

// attempt keeps a charge that moved nothing; the ledger has the others.
func (p *pull) attempt(body json.RawMessage) error {
	x, ok, err := p.translate.attempt(body)
	if err != nil {
		p.reject(book.KindTransaction, "charges", body, err)
	} else if ok {
		return p.keepRow(x)
	}
	return nil
}

func (p *pull) refund(body json.RawMessage) error {
	x, err := p.translate.refund(body)
	if err != nil {
		p.reject(book.KindTransaction, "refunds", body, err)
		return nil
	}
	return p.keepRow(x)
}

func (p *pull) dispute(body json.RawMessage) error {
	rows, err := p.translate.dispute(body)
	if err != nil {
		p.reject(book.KindTransaction, "disputes", body, err)
		return nil
	}
	for _, x := range rows {
		if err := p.keepRow(x); err != nil {
			return err
		}
	}
	return nil
}

// balance ends the pull. The balance has no time of its own, so it is read between two looks at the
// newest rows of the ledger: it is kept only where nothing moved in between.
func (p *pull) balance() error {
	for range 5 {
		top, err := p.tail()
		if err != nil {
			return err
		}
		balance, err := p.Stripe.balance(p.ctx)
		if err != nil {
			return err
		}
		at := p.date()
		l, err := p.list(p.ctx, "/v1/balance_transactions", query{"limit": {"1"}})
		if err != nil {
			return err
		}
		if len(l.Data) > 0 && idOf(l.Data[0]) != top {
			continue
		}
		if p.page.Records.Balances, err = p.balances(balance, book.At(at)); err != nil {
			return err
		}
		break
	}
	done := len(p.page.Records.Balances)
	p.at.finish()
	return p.emit(stageBalance, done)
}

// tail keeps what was entered into the ledger since the pull began, payouts too, and returns the
// newest row's id. Where nothing is that new, the newest row of all is asked for.
func (p *pull) tail() (string, error) {
	top, after := "", ""
	for {
		l, err := p.list(p.ctx, "/v1/balance_transactions",
			withSource.from(p.at.Run.Began-overlap, after))
		if err != nil {
			return "", err
		}
		if top == "" && len(l.Data) > 0 {
			top = idOf(l.Data[0])
		}
		for _, body := range l.Data {
			if err := p.tailRow(body); err != nil {
				return "", err
			}
		}
		if !l.More {
			break
		}
		if after, err = p.lastID(l, after); err != nil {
			return "", err
		}
	}
	if top != "" {
		return top, nil
	}
	l, err := p.list(p.ctx, "/v1/balance_transactions", query{"limit": {"1"}})
	if err != nil || len(l.Data) == 0 {
		return "", err
	}
	return idOf(l.Data[0]), nil
}

// tailRow keeps a row, or the payout whose own row it is where that is not stored yet.
func (p *pull) tailRow(body json.RawMessage) error {
	var m wireMovement
	if decode(body, &m) != nil || m.kind() != "" || m.Source.Object != "payout" {
		return p.row(body)
	}
	stored, err := p.books.Revision(p.ctx, p.item(m.Source.ID))
	if err != nil || stored != "" {
		return err
	}
	x, err := p.translate.payout(m.Source.body)
	if err != nil {
		p.reject(book.KindPayout, "payouts", m.Source.body, err)
		return nil
	}
	if x.Members == book.MembersStated {
		x = waiting(x)
	}
	p.page.Records.Payouts = append(p.page.Records.Payouts, x)
	return nil
}

// balances adds up what is available and pending, by currency in the order of the reply.
func (p *pull) balances(b *wireBalance, at book.Instant) ([]book.Balance, error) {
	var out []book.Balance
	place := map[money.Currency]int{}
	for _, part := range append(b.Available, b.Pending...) {
		a, err := amount(part.Amount, part.Currency)
		if err != nil {
			return nil, p.malformed("read balance", err)
		}
		i, ok := place[a.Currency]
		if !ok {
			i = len(out)
			place[a.Currency] = i
			out = append(out, book.Balance{Source: p.o.Name, Currency: a.Currency, At: at,
				LedgerFrom: book.AtUnix(p.at.From)})
		}
		out[i].Amount += a.Minor
	}
	return out, nil
}

package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// stage is a part of a pull; its value is its place in stages.
type stage int

const (
	stageRows stage = iota
	stageDisputes
	stageEvents
	stageBalances
)

// stages are the words for the parts of a pull, in order. What moved comes first, then what changed
// since it was read, and the balances last.
var stages = [...]string{
	stageRows:     "transactions",
	stageDisputes: "disputes",
	stageEvents:   "changes",
	stageBalances: "balances",
}

// pull is one call of Pull or of Follow.
type pull struct {
	*PayPal
	ctx   context.Context
	at    cursor
	books source.Books
	take  func(source.Page) error
	page  source.Page
	// cases are the disputes by the transaction that they are about, nil for none.
	cases map[string]*wireDispute
	// noCases says that the app may not read disputes.
	noCases bool
}

// Pull reads the transactions in slices from before the last pull's end to where PayPal's data
// reach, then what disputes and webhook events say has changed since it was read, and ends with the
// balances. The account must stay what it was.
func (p *PayPal) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	at, err := p.read(from.Cursor)
	if err != nil {
		return err
	}
	u := &pull{PayPal: p, ctx: ctx, at: at, books: from.Books, take: keep,
		cases: map[string]*wireDispute{}}
	if err := u.begin(from); err != nil {
		return err
	}
	for u.at.Run != nil {
		if err := u.stage(); err != nil {
			return err
		}
	}
	return nil
}

// stage reads the stage at which the run stands.
func (p *pull) stage() error {
	switch stage(p.at.Run.Stage) {
	case stageRows:
		return p.rows()
	case stageDisputes:
		return p.disputes()
	case stageEvents:
		return p.events()
	}
	return p.balance()
}

// begin asks for the account and how far its data reach, and starts a new run unless one is under
// way that will do.
func (p *pull) begin(q source.Request) error {
	top, err := p.horizon(p.ctx)
	if err != nil {
		return err
	}
	if p.at.Account != "" && top.Account != "" && p.at.Account != top.Account {
		return &source.Error{Kind: source.KindRefused, Source: p.o.Name, Op: "pull",
			Detail: fmt.Sprintf("account %s, and was %s", top.Account, p.at.Account),
			Hint: "The app belongs to another PayPal account than the books. Use an app of the " +
				"same account, or another source."}
	}
	now := p.now().Unix()
	until := min(now, top.Refreshed.unix())
	if p.at.serves(q) {
		// A run that was cut off long ago goes on to where the data reach by now.
		if r := p.at.Run; stage(r.Stage) == stageRows {
			r.Until = max(r.Until, until)
		}
		return nil
	}
	if top.Account != "" {
		p.at.Account = top.Account
	}
	far, err := p.far(now)
	if err != nil {
		return err
	}
	if p.at.begin(now, until, q, far) && p.at.Asked == 0 {
		return p.openings()
	}
	return nil
}

// far reports whether it is time to read far back: something is pending, or may be reversed.
func (p *pull) far(now int64) (bool, error) {
	if now-p.at.Deep < pendingEvery {
		return false, nil
	}
	young := book.Instant(math.MaxInt64)
	if now-p.at.Deep >= deepEvery {
		young = book.AtUnix(now - deepOverlap)
	}
	for _, kind := range []book.Kind{book.KindTransaction, book.KindPayout} {
		open, err := p.books.Unsettled(p.ctx, kind, young)
		if err != nil || len(open) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// openings finds out whether the account began within the time that PayPal shows: then it held
// nothing at that time's beginning. Else, or where that cannot be seen, the ledger is complete from
// there on only.
func (p *pull) openings() error {
	low := p.at.Run.Lower
	p.at.From = low
	b, err := p.PayPal.balances(p.ctx, time.Unix(low, 0))
	switch {
	case refused(err):
		return nil
	case err != nil:
		return err
	}
	totals, err := b.totals()
	if err != nil {
		return p.malformed("read balances", err)
	}
	for _, m := range totals {
		if !m.IsZero() {
			return nil
		}
	}
	p.at.From = 0
	return nil
}

// emit hands over the page and begins a new one.
func (p *pull) emit(s stage, done int) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	page := p.page
	page.Stage, page.StageOf, page.Stages = stages[s], int(s)+1, len(stages)
	page.Done = done
	if p.at.Version != 0 {
		page.Cursor = p.at.write()
	}
	p.page = source.Page{}
	return p.take(page)
}

// rows reads the transactions slice by slice. A slice without records is not handed over: the next
// one carries the cursor on.
func (p *pull) rows() error {
	r := p.at.Run
	for r.Next <= r.Until {
		to := r.slice()
		bodies, err := p.slice(r.Next, to, nil)
		if refusedAs(err, tooLarge) {
			if to == r.Next {
				return p.crowded(err)
			}
			r.Step = max(1, (to-r.Next+1)/2)
			continue
		}
		if err != nil {
			return err
		}
		n, err := p.keepRows(bodies, func(*row) bool { return true })
		if err != nil {
			return err
		}
		r.Done += n
		r.advance(to, len(bodies))
		if r.Next <= r.Until && (p.page.Records.Len() > 0 || len(p.page.Rejects) > 0) {
			if err := p.emit(stageRows, r.Done); err != nil {
				return err
			}
		}
	}
	done := r.Done
	r.next()
	return p.emit(stageRows, done)
}

// crowded says that one second holds more than PayPal shows.
func (p *pull) crowded(err error) error {
	at := time.Unix(p.at.Run.Next, 0).UTC().Format(time.RFC3339)
	return &source.Error{Kind: source.KindUnsupported, Source: p.o.Name, Op: "list transactions",
		Detail: "the second " + at + " holds more rows than PayPal lists", Err: err,
		Hint: "PayPal does not show all of one second. Read this day from a settlement report."}
}

// keepRows adds the records of a slice's rows to the page, those that are wanted, and counts them.
func (p *pull) keepRows(bodies []json.RawMessage, wanted func(*row) bool) (int, error) {
	var rows []row
	for _, body := range bodies {
		r, moves, err := open(body)
		if err != nil {
			p.reject(body, err)
		} else if moves {
			rows = append(rows, r)
		}
	}
	rows, err := p.translate.named(p.ctx, rows, p.books)
	if err != nil {
		return 0, err
	}
	before := p.page.Records.Len()
	for i := range rows {
		r := &rows[i]
		if !wanted(r) {
			continue
		}
		var d *wireDispute
		if disputed(r.Info.Code) {
			if d, err = p.caseOf(r.Info.Reference); err != nil {
				return 0, err
			}
		}
		records, err := p.translate.records(r, d)
		if err != nil {
			p.reject(r.body, err)
			continue
		}
		p.page.Records.Add(records)
	}
	return p.page.Records.Len() - before, nil
}

// reject puts a row aside that could not be read.
func (p *pull) reject(body json.RawMessage, err error) {
	place := idOf(body)
	if place == "" {
		place = fmt.Sprintf("transactions: %.16s", fingerprint(body))
	}
	p.page.Rejects = append(p.page.Rejects, book.Reject{Origin: string(p.o.Name),
		Place: p.mask(place), Kind: book.KindTransaction, Raw: p.mask(string(body)),
		Reason: p.mask(err.Error()), At: book.At(p.o.Clock())})
}

// balance ends the pull with what PayPal says it held at the moment up to which was read. Where it
// answers for a later one, rows may be missing between, and nothing is kept.
func (p *pull) balance() error {
	b, err := p.PayPal.balances(p.ctx, time.Unix(p.at.Run.Until, 0))
	if err != nil && !refused(err) {
		return err
	}
	if err == nil {
		if err := p.keepBalances(b); err != nil {
			return p.malformed("read balances", err)
		}
	}
	done := len(p.page.Records.Balances)
	p.at.finish()
	return p.emit(stageBalances, done)
}

func (p *pull) keepBalances(b *wireBalances) error {
	totals, err := b.totals()
	if err != nil {
		return err
	}
	at := p.at.Run.Until
	if b.AsOf != "" {
		asOf, err := b.AsOf.parse()
		if err != nil {
			return err
		}
		if at = asOf.Unix(); at > p.at.Run.Until {
			return nil
		}
	}
	for _, m := range totals {
		p.page.Records.Balances = append(p.page.Records.Balances, book.Balance{Source: p.o.Name,
			Currency: m.Currency, Amount: m.Minor, At: book.AtUnix(at),
			LedgerFrom: book.AtUnix(p.at.From)})
	}
	return nil
}

// balances asks what PayPal holds at a moment, the zero time for the last that it knows.
func (p *PayPal) balances(ctx context.Context, at time.Time) (*wireBalances, error) {
	q := url.Values{}
	if !at.IsZero() {
		q.Set("as_of_time", stamp(at.Unix()))
	}
	var b wireBalances
	if err := p.get(ctx, "read balances", "/v1/reporting/balances", q, &b); err != nil {
		return nil, err
	}
	return &b, nil
}

// stamp is a moment as PayPal's parameters take it.
func stamp(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

var errNoSearch = errors.New("the reply is no page of transactions")

func atoi(n int) string { return strconv.Itoa(n) }

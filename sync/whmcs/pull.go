package whmcs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// cursor is where a pull stands. At its end only the marks for the next one are left.
type cursor struct {
	Stage int `json:"stage,omitempty"`
	// Pos is how many rows of the stage's list were taken, Last the id of the last of them.
	Pos  int   `json:"pos,omitempty"`
	Last int64 `json:"last,omitempty"`
	Full bool  `json:"full,omitempty"`
	// From is the date from which the books are complete, in days since 1970.
	From int32 `json:"from,omitempty"`
	// Pulls counts the pulls that came to their end.
	Pulls int64 `json:"pulls,omitempty"`
	// Log is the newest entry of the activity log that the last pull knew, LogNext what this one
	// found; 0 where the log cannot be read.
	Log     int64 `json:"log,omitempty"`
	LogNext int64 `json:"log_next,omitempty"`
	// Dirty are stored invoices that got a new or changed transaction in this pull, ascending.
	Dirty []int64 `json:"dirty,omitempty"`
	// Head is the highest invoice id when the sweep of invoices began.
	Head int64 `json:"head,omitempty"`
}

// begin is the cursor from which a request goes on. A text that is none, a wish for everything, and
// a Since before the one that the books were read from all begin anew.
func begin(r source.Request) cursor {
	var c cursor
	if json.Unmarshal([]byte(r.Cursor), &c) != nil || c.Stage < 0 || c.Stage >= len(stages) ||
		c.Pos < 0 {
		c = cursor{}
	}
	underway := c.Stage > 0 || c.Pos > 0 || c.LogNext > 0
	if r.Full && !(underway && c.Full) || r.Cursor != "" && r.Since < book.Date(c.From) {
		c = cursor{Full: r.Cursor != "" || r.Full, Pulls: c.Pulls}
	}
	c.From = int32(r.Since)
	return c
}

// stage is one part of a pull.
type stage struct {
	title string
	read  func(*pull, context.Context) error
}

// stages are the parts of a pull in their order.
//
// Transactions and credits are read with their client. The details of an invoice, which are needed
// for its balance and lines, bring its transactions without another call; what they cannot bring
// are rows that pay no invoice and late rows on invoices that look settled. One call for a client
// brings both, and WHMCS has no list of transactions that can be paged or asked for changes. So an
// invoice costs one call when it changed, and a client three (details, transactions, credits) when
// there is a reason: it is new, its row changed, the activity log names it, or its turn has come.
// Rows that belong to neither client nor invoice cannot be asked for and are not read.
var stages []stage

// The stages call what counts them; a plain declaration would be a cycle.
func init() {
	stages = []stage{
		{"currencies", (*pull).readCurrencies},
		{"payment methods", (*pull).readMethods},
		{"clients, payments and credits", (*pull).readClients},
		{"services", (*pull).readServices},
		{"invoices", (*pull).readInvoices},
		{"newest invoices", (*pull).readNewest},
		{"deleted records", (*pull).readDeleted},
	}
}

// pull is one run of Pull.
type pull struct {
	*WHMCS
	translator
	request source.Request
	keep    func(source.Page) error
	cursor  cursor
	page    source.Page
	// done and total are the progress of the stage, sorted says that its list comes by id.
	done, total int
	sorted      bool
	// rejected are the places that were rejected in this run.
	rejected map[string]bool
	// everyone says that all clients are read, touched which are.
	everyone bool
	touched  map[int64]bool
	// clientCurrency remembers the currencies of clients.
	clientCurrency map[int64]currency
	// unsettled are stored invoices that are not final, ascending.
	unsettled []int64
	// seen is what a pull of everything found that began at the beginning, nil in every other pull;
	// unsure are the kinds of which it could not read all.
	seen map[book.ItemID]bool
	// noSaved says that saved payment methods cannot be read.
	noSaved bool
	unsure  map[book.Kind]bool
}

// Pull reads currencies, payment methods, clients with their transactions and credits, services and
// invoices. WHMCS cannot say what changed: the lists are swept every time, and the details of what
// looks unchanged and final are left out.
func (s *WHMCS) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	p := &pull{WHMCS: s, request: from, keep: keep, cursor: begin(from),
		translator: translator{name: s.options.Name, zone: s.zone,
			currencies: map[int64]currency{}},
		rejected: map[string]bool{}, touched: map[int64]bool{},
		clientCurrency: map[int64]currency{}, unsure: map[book.Kind]bool{}}
	if p.cursor.Full && p.cursor.Stage == 0 {
		p.seen = map[book.ItemID]bool{}
	}
	rates, err := p.loadCurrencies(ctx)
	if err != nil {
		return err
	}
	if p.cursor.Stage == 0 {
		p.page.Records.Rates = rates
	}
	if err := p.readLog(ctx); err != nil {
		return err
	}
	for p.cursor.Stage < len(stages) {
		p.done, p.total = p.cursor.Pos, 0
		if err := stages[p.cursor.Stage].read(p, ctx); err != nil {
			return err
		}
		p.done = max(p.done, p.total)
		at := p.cursor.Stage
		p.cursor.Stage, p.cursor.Pos, p.cursor.Last = at+1, 0, 0
		if at == len(stages)-1 {
			p.cursor = cursor{From: p.cursor.From, Pulls: p.cursor.Pulls + 1, Log: p.cursor.LogNext}
			return p.hand(ctx, at)
		}
		if err := p.hand(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// flush hands what was read so far to keep.
func (p *pull) flush(ctx context.Context) error {
	p.done = max(p.done, p.cursor.Pos)
	return p.hand(ctx, p.cursor.Stage)
}

func (p *pull) hand(ctx context.Context, stage int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := json.Marshal(p.cursor)
	if err != nil {
		return fmt.Errorf("whmcs: write cursor: %w", err)
	}
	p.page.Cursor = source.Cursor(c)
	p.page.Stage, p.page.StageOf, p.page.Stages = stages[stage].title, stage+1, len(stages)
	p.page.Done, p.page.Total = p.done, max(p.total, p.done)
	page := p.page
	p.page = source.Page{}
	return p.keep(page)
}

// stored is the revision of a record in the books.
func (p *pull) stored(ctx context.Context, id book.ItemID) (string, error) {
	r, err := p.request.Books.Revision(ctx, id)
	if err != nil {
		return "", fmt.Errorf("whmcs: ask the books for %s: %w", id, err)
	}
	return r, nil
}

// loadCurrencies reads the currencies, without which no amount can be read.
func (p *pull) loadCurrencies(ctx context.Context) ([]book.Rate, error) {
	r := getCurrencies()
	n, err := p.call(ctx, r)
	if err != nil {
		return nil, err
	}
	rows, err := n.list("currencies", "currency")
	if err != nil {
		return nil, p.malformed(r, err.Error(), err)
	}
	var rates []book.Rate
	for _, row := range rows {
		rate, c, err := p.rate(row)
		if err != nil {
			p.reject("", "currency "+row.word("code"), row, err)
			continue
		}
		p.currencies[c.id] = c
		rates = append(rates, rate)
	}
	return rates, nil
}

func (p *pull) readCurrencies(context.Context) error {
	p.total = len(p.page.Records.Rates)
	return nil
}

func (p *pull) readMethods(ctx context.Context) error {
	r := getPaymentMethods()
	n, err := p.call(ctx, r)
	if err != nil {
		return err
	}
	rows, err := n.list("paymentmethods", "paymentmethod")
	if err != nil {
		return p.malformed(r, err.Error(), err)
	}
	for _, row := range rows {
		m, err := p.method(row)
		if err != nil {
			p.reject("", "payment method "+m.Title, row, err)
			continue
		}
		p.page.Records.Methods = append(p.page.Records.Methods, m)
	}
	p.total = len(rows)
	if !p.settingsDue() {
		return nil
	}
	p.page.Records.Settings, err = p.readSettings(ctx)
	p.total += len(p.page.Records.Settings)
	return err
}

func (p *pull) readServices(ctx context.Context) error {
	return p.walk(ctx, listing{ask: getClientsProducts, wrapper: "products", inner: "product",
		kind: book.KindService, each: p.readService})
}

func (p *pull) readService(ctx context.Context, n node) error {
	place := "service " + n.word("id")
	id, client, listed, err := p.serviceListed(n)
	p.met(book.KindService, n)
	if err != nil {
		p.reject(book.KindService, place, n, err)
		return nil
	}
	was, err := p.stored(ctx, p.id(book.KindService, id))
	if err != nil || was == listed && !p.cursor.Full {
		return err
	}
	c, err := p.currencyOfClient(ctx, client)
	if err != nil {
		return err
	}
	service, err := p.service(n, c)
	if c.code == "" {
		err = errCurrency
	}
	if err != nil {
		p.reject(book.KindService, place, n, err)
		return nil
	}
	p.page.Records.Services = append(p.page.Records.Services, service)
	return nil
}

// currencyOfClient is a client's currency; without a code where it cannot be known.
func (p *pull) currencyOfClient(ctx context.Context, client int64) (currency, error) {
	if c, ok := p.clientCurrency[client]; ok {
		return c, nil
	}
	details, err := p.details(ctx, client)
	if err != nil && !unreadable(err) {
		return currency{}, err
	}
	c, _ := p.currencyOf(details)
	p.clientCurrency[client] = c
	return c, nil
}

// unreadable reports whether an error is about one record only: WHMCS has lost it meanwhile, or
// cannot write it.
func unreadable(err error) bool { return isNotFound(err) || errors.Is(err, errUTF8) }

// details are a client's details; the error is that of the call.
func (p *pull) details(ctx context.Context, client int64) (node, error) {
	r := getClientsDetails(client)
	n, err := p.call(ctx, r)
	if err != nil {
		return nil, err
	}
	if inner := n.object("client"); inner != nil {
		n = inner
	}
	return n, p.answers(r, n, client, "id", "client_id", "userid")
}

// answers makes sure that a reply is about what was asked: WHMCS ignores filters that it does not
// know. The first of the fields that is there decides.
func (p *pull) answers(r request, n node, id int64, fields ...string) error {
	for _, f := range fields {
		switch w := n.word(f); w {
		case "":
		case strconv.FormatInt(id, 10):
			return nil
		default:
			return p.malformed(r, "the reply is about "+f+" "+clip(w, 20), errReply)
		}
	}
	return nil
}

// readLog finds out which clients the activity log names since the last pull. The log is a short
// cut that nobody promises to be complete, so every client also has its turn once in turns pulls;
// without a readable log all clients are read every time.
func (p *pull) readLog(ctx context.Context) error {
	p.everyone = true
	if p.cursor.Stage > clientStage || p.cursor.Full && p.cursor.LogNext > 0 {
		return nil
	}
	underway := p.cursor.LogNext > 0
	for start := 0; start < logMax; {
		n, err := p.call(ctx, getActivityLog(start, pageSize))
		if errors.Is(err, errRole) || unreadable(err) ||
			source.KindOf(err) == source.KindUnsupported {
			return nil
		}
		if err != nil {
			return err
		}
		rows, err := n.list("activity", "entry")
		if err != nil || len(rows) == 0 {
			return nil
		}
		if !newestFirst(rows) {
			return nil
		}
		for _, row := range rows {
			r := reader{node: row}
			id, client := r.id("id"), r.int("clientId")
			if client == 0 {
				client = r.int("userid")
			}
			if r.err != nil {
				return nil
			}
			if !underway {
				p.cursor.LogNext = max(p.cursor.LogNext, id)
			}
			if p.cursor.Log == 0 {
				return nil
			}
			if id <= p.cursor.Log {
				p.everyone = false
				return nil
			}
			p.touched[client] = true
		}
		start += len(rows)
	}
	return nil
}

// newestFirst reports whether a page of the activity log is in the order that the short cut needs.
func newestFirst(rows []node) bool {
	return slices.IsSortedFunc(rows, func(a, b node) int {
		return cmp.Compare((&reader{node: b}).int("id"), (&reader{node: a}).int("id"))
	})
}

const (
	// clientStage is the index of the stage that reads clients.
	clientStage = 2
	// logMax is how many entries of the log are worth reading.
	logMax = 20_000
	// turns is in how many pulls every client is read at least once.
	turns = 16
)

// raw is a record's text for a reject, without the secrets that the decoder took out.
func (n node) raw() string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if _, marked := n[twice]; marked {
		n = maps.Clone(n)
		delete(n, twice)
	}
	if e.Encode(map[string]any(n)) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// codeOf is the currency that an invoice's row names, or its client's where it names none.
func (p *pull) codeOf(ctx context.Context, row invoiceRow) (currency, error) {
	if row.code == "" {
		return p.currencyOfClient(ctx, row.client)
	}
	code, err := money.ParseCurrency(row.code)
	if err != nil {
		return currency{}, nil
	}
	return currency{code: code}, nil
}

// natives are the numbers of ids of this source, ascending.
func natives(ids []book.ItemID) []int64 {
	var out []int64
	for _, id := range ids {
		_, n, _ := strings.Cut(id.Native(), "/")
		if i, err := strconv.ParseInt(n, 10, 64); err == nil {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}
